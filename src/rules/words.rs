//! The forms in which one word is the same word.
//!
//! Owns normalization: case, spaces, `_` and `-`, accents composed or
//! decomposed, accents dropped. Knows no word and no criterion.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Punctuation that says nothing at the edge of a cell.
const EDGE: &[char] = &[
    '.', ',', ':', ';', '!', '?', '*', '#', '(', ')', '[', ']', '"', '\'',
];

/// True for what stands between words: space of any kind, `_`, any hyphen or
/// dash, and characters that show nothing.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '_' | '-' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{feff}'
        )
}

/// Writes into `key` the form under which a cell's text is looked up: lower
/// case, composed, without separators, without punctuation at its edges. A
/// minus sign before a digit stays, since `-1` is not `1`.
pub(crate) fn cell_key(text: &str, key: &mut String) {
    key.clear();
    if text.is_ascii() {
        let text = text.trim_matches(|c: char| is_separator(c) && c != '-' || EDGE.contains(&c));
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        if unsigned.len() < text.len() && unsigned.starts_with(|c: char| c.is_ascii_digit()) {
            key.push('-');
        }
        let letters = unsigned
            .bytes()
            .filter(|byte| !is_separator(char::from(*byte)));
        key.extend(letters.map(|byte| char::from(byte.to_ascii_lowercase())));
    } else {
        let text = text.trim_matches(|c| is_separator(c) && c != '\u{2212}' || EDGE.contains(&c));
        if text
            .strip_prefix('\u{2212}')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        {
            key.push('-');
        }
        for c in text.nfc().filter(|&c| !is_separator(c)) {
            push_lower(if c == '\u{2019}' { '\'' } else { c }, key);
        }
    }
    let inner = key.trim_matches(EDGE);
    if inner.len() < key.len() {
        *key = inner.to_owned();
    }
}

/// The form under which a header is looked up: its letters and digits in
/// lower case, composed, and nothing else.
pub(crate) fn header_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.nfc().filter(|c| c.is_alphanumeric()) {
        push_lower(c, &mut key);
    }
    key
}

/// The words of a header, each as its [`header_key`]. A capital after a small
/// letter begins a word, as in `accountManager` and in `URLPath`.
pub(crate) fn header_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let chars: Vec<char> = text.nfc().collect();
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

/// The spellings under which people write `word`, as written first: with
/// accents, with all of them dropped, `ä` as `ae`, `ß` as `ss`, and with the
/// accent of the first letter alone dropped, as capitals often are.
pub(crate) fn spellings(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if word.is_ascii() {
        return forms;
    }
    forms.push(word.replace('ß', "ss"));
    forms.push(fold(word, false));
    forms.push(fold(word, true));
    let mut chars = word.chars();
    if let Some(first) = chars.next() {
        forms.push(fold(first.encode_utf8(&mut [0; 4]), false) + chars.as_str());
    }
    let mut seen: Vec<String> = Vec::with_capacity(forms.len());
    for form in forms {
        if !seen.contains(&form) {
            seen.push(form);
        }
    }
    seen
}

/// `text` with its accents dropped; `umlauts` writes `ä` as `ae`.
fn fold(text: &str, umlauts: bool) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            'ä' | 'ö' | 'ü' | 'Ä' | 'Ö' | 'Ü' if umlauts => {
                folded.extend(c.nfd().filter(|&c| !is_combining_mark(c)));
                folded.push('e');
            }
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
            _ => folded.extend(c.nfd().filter(|&c| !is_combining_mark(c))),
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
    fn case_spaces_underscores_and_hyphens_do_not_matter() {
        for text in [
            "Per Purchase",
            " per  purchase ",
            "PER_PURCHASE",
            "per-purchase",
            "per\u{a0}purchase.",
        ] {
            assert_eq!(key(text), "perpurchase", "{text:?}");
        }
    }

    #[test]
    fn a_minus_before_a_digit_is_a_sign() {
        assert_eq!(key("-1"), "-1");
        assert_eq!(key(" - "), "");
        assert_eq!(key("-n/a-"), "n/a");
    }

    #[test]
    fn decomposed_accents_are_the_same_word() {
        assert_eq!(key("Cafe\u{301}"), key("CAFÉ"));
    }

    #[test]
    fn headers_fall_apart_into_words_at_humps_and_signs() {
        assert_eq!(header_words("accountManager"), ["account", "manager"]);
        assert_eq!(header_words("TenureMonths"), ["tenure", "months"]);
        assert_eq!(header_words("KAMName (main)"), ["kam", "name", "main"]);
        assert_eq!(header_words("hợp_đồng"), ["hợp", "đồng"]);
        assert_eq!(header_key("Account-Manager?"), "accountmanager");
    }

    #[test]
    fn dropped_accents_are_spellings_of_the_word() {
        let forms = spellings("regelmäßig");
        for form in ["regelmäßig", "regelmässig", "regelmassig", "regelmaessig"] {
            assert!(forms.iter().any(|f| f == form), "{form} in {forms:?}");
        }
        assert!(spellings("à l'unité").contains(&"a l'unité".to_owned()));
        assert!(spellings("hợp đồng").contains(&"hop dong".to_owned()));
    }
}
