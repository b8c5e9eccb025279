//! Texts that stand for no value, by their shape.
//!
//! Owns the shapes: the errors of spreadsheets, the entries of a picklist that choose
//! nothing, and a word for none that is set apart by brackets or dashes. The words come
//! from the vocabulary.

use unicode_normalization::char::is_combining_mark;

use crate::value::Words;
use crate::value::read::key_of;

/// True if `text` has the shape of no value: `#REF!`, `Err:502`, `-None-`, `<null>`.
pub(crate) fn is_blank(text: &str, words: &Words) -> bool {
    let text = text.trim();
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return true;
    };
    match first {
        '#' | '=' => is_error(text),
        '0'..='9' | '-' if is_no_number(text) => true,
        _ if !first.is_alphanumeric() => {
            !last.is_alphanumeric() && (is_no_choice(text) || is_none_apart(text, words))
        }
        _ if last.is_ascii_digit() => is_numbered_error(text, words),
        _ => false,
    }
}

/// True for an error that a spreadsheet shows in place of a value, in any language:
/// `#NAME?`, `#WERT!`, `#DIV/0!`, `#N/A`, `#NV`.
fn is_error(text: &str) -> bool {
    let text = text.strip_prefix('=').unwrap_or(text);
    let Some(name) = text.strip_prefix('#') else {
        return false;
    };
    // Spanish: `#¡REF!`.
    let name = name.trim_start_matches(['¡', '¿']);
    let is_part =
        |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '/' | '_' | '.' | ' ');
    let is_letter = |c: char| c.is_alphabetic();
    if let Some(body) = name.strip_suffix(['!', '?']) {
        return body.starts_with(is_letter) && body.chars().all(is_part);
    }
    // `#N/A`, with or without what is missing.
    let word = name.split(' ').next().unwrap_or_default();
    if let Some((one, other)) = word.split_once('/') {
        let is_short = |part: &str| (1..=2).contains(&part.len()) && part.chars().all(is_letter);
        return is_short(one) && is_short(other);
    }
    // `#NV`, `#GETTING_DATA`; a word could be more than an error.
    let is_capital = |c: char| c.is_uppercase() || c == '_';
    let is_short = name.chars().count() <= 3 || name.contains('_');
    name.chars().count() > 1 && is_short && name.chars().all(is_capital)
}

/// True for what C prints for a number that is none: `1.#QNAN`, `-1.#IND`.
fn is_no_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, name) = digits.split_once(".#").unwrap_or_default();
    whole == "1" && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// True for a word for an error and its number: `Err:502`, `Fehler: 522`. Shorter words
/// may be those before the number of a contract.
fn is_numbered_error(text: &str, words: &Words) -> bool {
    let Some((word, number)) = text.split_once(':') else {
        return false;
    };
    let number = number.trim();
    let is_number = number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && word.trim().chars().count() > 2 && is_missing(word, words)
}

/// True for `--None--` and similar texts, which a picklist shows if nothing was chosen.
fn is_no_choice(text: &str) -> bool {
    let apart = |text: &str| text.chars().take_while(|c| is_dash(*c)).count();
    let back: String = text.chars().rev().take(2).collect();
    apart(text) >= 2 && apart(&back) >= 2
}

/// True for a word for none, or for a missing value, between brackets, dashes or stars:
/// `(blank)`, `<none>`, `[null]`, `-None-`. Without these, `none` may mean no.
fn is_none_apart(text: &str, words: &Words) -> bool {
    let mut inner = text;
    while let Some(within) = within(inner) {
        inner = within.trim();
    }
    inner.len() < text.len() && is_missing(inner, words)
}

/// What is between a pair of brackets, or between two equal signs.
fn within(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    let inner = &text[first.len_utf8()..];
    let last = inner.chars().next_back()?;
    let is_pair = match first {
        '(' => last == ')',
        '[' => last == ']',
        '<' => last == '>',
        '{' => last == '}',
        '*' | '_' | '=' | '~' | '.' | '\'' | '"' => last == first,
        _ => is_dash(first) && is_dash(last),
    };
    is_pair.then(|| &inner[..inner.len() - last.len_utf8()])
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// True for a word for none, or for a missing value.
fn is_missing(word: &str, words: &Words) -> bool {
    let mut rows = words.cells(&key_of(word));
    rows.any(|row| matches!(row, ("*", "(missing)" | "(none)" | "(none?)")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanks(texts: &str) -> impl Iterator<Item = (&str, bool)> {
        let words = Words::default();
        texts
            .split('|')
            .map(move |text| (text, is_blank(text, &words)))
    }

    #[test]
    fn errors_of_spreadsheets_are_known_by_their_shape() {
        let errors = "#NAME?|#WERT!|#DIV/0!|#N/A|#n/a|#N/D|#N/D!|#NV|#BEZUG!|#LICZBA!|#SPILL!|\
            #ÜBERLAUF!|#GIÁ TRỊ!|#DZIEL/0!|#GETTING_DATA|#¡VALOR!|#¿NOMBRE?|#Error!|=#REF!|\
            #N/A Requesting Data...| #REF! |Err:502|Fehler:502|Erreur : 522|Błąd:508|Lỗi:504|\
            1.#IND|-1.#QNAN|1.#INF";
        for (text, is_blank) in blanks(errors) {
            assert!(is_blank, "{text:?}");
        }
        let none = "#4711|#V-17|#A/17|#yes|#client|#1!|# 3|V:502|Nr:512|Err:50|1.#|C#|2#3";
        for (text, is_blank) in blanks(none) {
            assert!(!is_blank, "{text:?}");
        }
    }

    #[test]
    fn a_word_for_none_that_is_set_apart_is_missing() {
        let none = "-None-|--None--|---|(Leer)|(blank)|<none>|[null]|(vide)|(puste)|(trống)|\
            (keine)|- aucun -|–brak–|-- bitte wählen --|({none})|*unknown*|(không có)|-Kein-|\
            - ohne -|[néant]|- Sans -|-Không-|(Không)|(nothing)|<żaden>|-bez-|(rien)|[KHONG]";
        for (text, is_blank) in blanks(none) {
            assert!(is_blank, "{text:?}");
        }
        for (text, is_blank) in blanks(
            "none|keine|kein|ohne|néant|sans|không|(nie)|(nein)|(non)|brak|(yes)|-no-|-1-|(V-17)|- none|(none",
        ) {
            assert!(!is_blank, "{text:?}");
        }
    }
}
