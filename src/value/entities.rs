//! Characters as HTML writes them.
//!
//! Owns the entities that occur in the names of people and firms: `M&uuml;ller`,
//! `Smith &amp; Sons`, `&#252;`. Web forms leave them behind.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The longest entity, without `&` and `;`.
const LONGEST: usize = 8;

/// `text` with its entities as the characters for which they stand. An entity may be
/// written as one again: `&amp;uuml;`.
pub(crate) fn decoded(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return text;
    }
    match once(&text) {
        Some(text) => Cow::Owned(once(&text).unwrap_or(text)),
        None => text,
    }
}

/// `text` with its entities decoded, if it has any.
fn once(text: &str) -> Option<String> {
    let mut decoded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        decoded.push_str(before);
        let name = entity[1..].split_once(';');
        let name = name.filter(|(name, _)| name.len() <= LONGEST);
        match name.and_then(|(name, after)| Some((character(name)?, after))) {
            Some((character, after)) => {
                decoded.push_str(&character);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = &entity[1..];
            }
        }
    }
    decoded.push_str(rest);
    (decoded != text).then_some(decoded)
}

/// The character for which the entity `name` stands.
fn character(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(number.ok()?).map(String::from);
    }
    let character = match name {
        "amp" | "AMP" => "&",
        "apos" | "rsquo" | "lsquo" => "'",
        "quot" | "ldquo" | "rdquo" | "bdquo" | "laquo" | "raquo" => "\"",
        "lt" => "<",
        "gt" => ">",
        "nbsp" | "ensp" | "emsp" | "thinsp" => " ",
        "ndash" => "\u{2013}",
        "mdash" => "\u{2014}",
        "shy" | "zwnj" | "zwj" | "lrm" | "rlm" => "",
        "szlig" => "ß",
        "aelig" => "æ",
        "AElig" => "Æ",
        "oelig" => "œ",
        "OElig" => "Œ",
        "oslash" => "ø",
        "Oslash" => "Ø",
        "lstrok" => "ł",
        "Lstrok" => "Ł",
        "dstrok" => "đ",
        "Dstrok" => "Đ",
        _ => return accented(name),
    };
    Some(character.to_owned())
}

/// A letter with the accent of this name, such as `uuml`.
fn accented(name: &str) -> Option<String> {
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let accent = match &name[1..] {
        "uml" => '\u{308}',
        "acute" => '\u{301}',
        "grave" => '\u{300}',
        "circ" => '\u{302}',
        "tilde" => '\u{303}',
        "cedil" => '\u{327}',
        "ring" => '\u{30a}',
        "ogon" => '\u{328}',
        "caron" => '\u{30c}',
        "dot" => '\u{307}',
        "breve" => '\u{306}',
        "macr" => '\u{304}',
        "dblac" => '\u{30b}',
        _ => return None,
    };
    Some([letter, accent].into_iter().nfc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_decoded_and_other_texts_stay() {
        for (text, wanted) in [
            ("M&uuml;ller &amp; S&ouml;hne", "Müller & Söhne"),
            ("M&amp;uuml;ller", "Müller"),
            ("M&#252;ller&#xDF;", "Müllerß"),
            ("Ko&sacute;&ccedil;&aring;&Lstrok;", "KośçåŁ"),
            ("R&D; Ltd & Co; &; &x", "R&D; Ltd & Co; &; &x"),
            ("&#xD800;&#99999999999;&é;&", "&#xD800;&#99999999999;&é;&"),
        ] {
            assert_eq!(decoded(Cow::Borrowed(text)), wanted);
        }
    }
}
