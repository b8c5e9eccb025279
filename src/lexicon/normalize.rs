//! The forms in which one word is the same word.
//!
//! Owns normalization: invisible characters, case, spaces, `_` and `-`, accents composed
//! or decomposed, accents dropped. Knows no word and no criterion.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The role of an ASCII byte in a cell: text, a separator of words, or punctuation
/// without a meaning at the edge.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Text,
    Separator,
    Edge,
}

const CLASSES: [Class; 128] = {
    let mut classes = [Class::Text; 128];
    let separators = b" \t\n\x0b\x0c\r_-,";
    let mut i = 0;
    while i < separators.len() {
        classes[separators[i] as usize] = Class::Separator;
        i += 1;
    }
    let edges = b".:;!?*#()[]\"'";
    i = 0;
    while i < edges.len() {
        classes[edges[i] as usize] = Class::Edge;
        i += 1;
    }
    classes
};

/// True for a character that does not show, so that it cannot change a meaning: of no
/// width, a mark of direction, a soft hyphen, a byte order mark, a selector of a variant.
/// These are the code points that Unicode calls default-ignorable.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` without invisible characters.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    match !text.is_ascii() && text.contains(is_invisible) {
        true => Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect()),
        false => Cow::Borrowed(text),
    }
}

/// Space of any kind, `_`, any hyphen or dash, a comma, and invisible characters
/// separate words; some punctuation has no meaning at the edge.
fn class(c: char) -> Class {
    match CLASSES.get(c as usize) {
        Some(class) => *class,
        None if c.is_whitespace() => Class::Separator,
        None => match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => Class::Separator,
            c if is_invisible(c) => Class::Separator,
            _ => Class::Text,
        },
    }
}

/// Writes into `key` the form under which a cell's text is looked up: lower case,
/// composed, without separators, without punctuation at its edges. A minus sign before
/// a digit stays, since `-1` is not `1`.
pub(crate) fn cell_key(text: &str, key: &mut String) {
    key.clear();
    let is_minus = |c| matches!(c, '-' | '\u{2212}');
    let start = text.find(|c| class(c) == Class::Text || is_minus(c));
    let text = start.map_or("", |start| &text[start..]);
    let text = text.trim_end_matches(|c| class(c) != Class::Text);
    let unsigned = text.trim_start_matches(|c| class(c) != Class::Text);
    if unsigned.len() < text.len()
        && text
            .trim_start_matches(is_minus)
            .starts_with(|c: char| c.is_ascii_digit())
    {
        key.push('-');
    }
    if unsigned.is_ascii() {
        key.push_str(unsigned);
        key.make_ascii_lowercase();
        if unsigned
            .bytes()
            .any(|byte| CLASSES[usize::from(byte)] == Class::Separator)
        {
            let sign = key.starts_with('-') && key.len() > unsigned.len();
            let mut at = 0;
            key.retain(|c| {
                at += 1;
                sign && at == 1 || class(c) != Class::Separator
            });
        }
    } else {
        for c in visible(unsigned)
            .nfc()
            .filter(|&c| class(c) != Class::Separator)
        {
            push_lower(if c == '\u{2019}' { '\'' } else { c }, key);
        }
    }
}

/// The longest header that can mean something, in bytes: it is looked at in many ways.
const LONGEST_HEADER: usize = 1024;

/// The form under which a header is looked up: only its letters and digits, in lower
/// case and composed. One that is too long to mean something stays as it is.
pub(crate) fn header_key(text: &str) -> String {
    if text.len() > LONGEST_HEADER {
        return text.to_owned();
    }
    let mut key = String::with_capacity(text.len());
    for c in visible(text).nfc().filter(|c| c.is_alphanumeric()) {
        push_lower(c, &mut key);
    }
    key
}

/// The words of a header, each as its [`header_key`]. A capital after a small letter
/// begins a word, as in `accountManager` and in `URLPath`. One that is too long to mean
/// something has none.
pub(crate) fn header_words(text: &str) -> Vec<String> {
    if text.len() > LONGEST_HEADER {
        return Vec::new();
    }
    let mut words = vec![String::new()];
    let chars: Vec<char> = visible(text).nfc().collect();
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let previous = i.checked_sub(1).map(|i| chars[i]);
        let next = chars.get(i + 1);
        let humps = c.is_uppercase()
            && previous.is_some_and(|p| {
                p.is_lowercase() || p.is_uppercase() && next.is_some_and(|n| n.is_lowercase())
            });
        if humps {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            push_lower(c, word);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn push_lower(c: char, to: &mut String) {
    if c.is_ascii() {
        to.push(c.to_ascii_lowercase());
    } else {
        to.extend(c.to_lowercase());
    }
}

/// A number for a word, the same on every machine and in every build.
pub(crate) fn hash(word: &str) -> u64 {
    // FNV-1a, then a rotation, since only the low bits are used.
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^ hash >> 32
}

/// Calls `each` with the usual spellings of `word`, first as written: with accents,
/// without any, with `ä` as `ae` and `ß` as `ss`, and without the accent of the first
/// letter only, as capitals often are.
pub(crate) fn spellings(word: &str, mut each: impl FnMut(&str)) {
    each(word);
    if word.is_ascii() {
        return;
    }
    let bare = fold(word, false);
    each(&bare);
    if word.contains('ß') {
        each(&word.replace('ß', "ss"));
    }
    if word.contains(['ä', 'ö', 'ü', 'Ä', 'Ö', 'Ü']) {
        each(&fold(word, true));
    }
    let first = word.chars().next().map_or(0, char::len_utf8);
    if first > 1 {
        each(&(fold(&word[..first], false) + &word[first..]));
    }
}

/// `text`, which is composed, with its accents dropped.
pub(crate) fn folded(text: &str) -> String {
    fold(text, false)
}

/// `text`, which is composed, with its accents dropped; `umlauts` writes `ä` as `ae`.
fn fold(text: &str, umlauts: bool) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii() => folded.push(c),
            'ß' => folded.push_str("ss"),
            'đ' => folded.push('d'),
            'Đ' => folded.push('D'),
            'ł' => folded.push('l'),
            'Ł' => folded.push('L'),
            'ø' => folded.push('o'),
            'Ø' => folded.push('O'),
            'œ' => folded.push_str("oe"),
            'Œ' => folded.push_str("OE"),
            'æ' => folded.push_str("ae"),
            'Æ' => folded.push_str("AE"),
            c => {
                decompose_canonical(c, |part| {
                    if !is_combining_mark(part) {
                        folded.push(part);
                    }
                });
                if umlauts && matches!(c, 'ä' | 'ö' | 'ü' | 'Ä' | 'Ö' | 'Ü') {
                    folded.push('e');
                }
            }
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        let mut key = String::new();
        cell_key(text, &mut key);
        key
    }

    #[test]
    fn a_minus_before_a_digit_is_a_sign() {
        assert_eq!(key("-1"), "-1");
        assert_eq!(key(" - "), "");
        assert_eq!(key("-n/a-"), "n/a");
        assert_eq!(key("(\u{2212}1)"), "-1");
        assert_eq!(key("- 1 2"), "12");
        assert_eq!(key("-1 2"), "-12");
        assert_eq!(key("Few, but  large"), "fewbutlarge");
    }

    #[test]
    fn what_does_not_show_does_not_matter() {
        for text in [
            "Ver\u{ad}trag",
            "\u{feff}Vertrag",
            "Vertrag\u{200b}",
            "\u{202d}Ver\u{2060}trag\u{202c}",
            "V\u{fe0f}ertrag\u{3164}",
        ] {
            assert_eq!(key(text), "vertrag", "{text:?}");
            assert_eq!(header_key(text), "vertrag", "{text:?}");
            assert_eq!(header_words(text), ["vertrag"], "{text:?}");
            assert_eq!(visible(text), "Vertrag", "{text:?}");
        }
        // An accent still joins its letter.
        assert_eq!(key("Müu\u{34f}\u{308}ü"), "müüü");
        assert!(matches!(visible("Trần"), Cow::Borrowed(_)));
    }
}
