//! TOML with nothing hidden in it, and the same values.
//!
//! Owns where the strings and the comments of a file are. What cannot be seen is escaped
//! within strings; literal strings, which have no escapes, become ordinary ones. In a
//! comment it is shown as in a message.

use crate::text::is_hidden;

use super::{commands_apart, plain};

/// `text` as it is shown; it has been read as TOML.
pub(super) fn safe(text: &str) -> String {
    let mut safe = String::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(at) = rest.find(['#', '"', '\'']) {
        let (before, piece) = rest.split_at(at);
        safe += before;
        let (shown, length) = match piece.as_bytes() {
            [b'#', ..] => comment(piece),
            [quote, a, b, ..] if a == quote && b == quote => string(piece, 3),
            _ => string(piece, 1),
        };
        safe += &shown;
        rest = &piece[length..];
    }
    safe + rest
}

/// The comment at the beginning of `piece`, and its length.
fn comment(piece: &str) -> (String, usize) {
    let end = piece.find('\n').unwrap_or(piece.len());
    let line = piece[..end].trim_end_matches('\r');
    let parts: Vec<String> = line.split('\t').map(plain).collect();
    (parts.join("\t"), line.len())
}

/// The string at the beginning of `piece`, with that many quotes around it, and its length.
fn string(piece: &str, quotes: usize) -> (String, usize) {
    let (around, inside) = piece.split_at(quotes);
    let is_literal = around.starts_with('\'');
    let end = end(inside, around, !is_literal);
    let content = &inside[..end];
    let length = (end + 2 * quotes).min(piece.len());
    if shown(content) == content {
        return (piece[..length].to_owned(), length);
    }
    let around = around.replace('\'', "\"");
    let content = match is_literal {
        true => content.replace('\\', "\\\\").replace('"', "\\\""),
        false => content.to_owned(),
    };
    (format!("{around}{}{around}", shown(&content)), length)
}

/// Where the quotes `around` end a string.
fn end(inside: &str, around: &str, has_escapes: bool) -> usize {
    let mut at = 0;
    while let Some(c) = inside[at..].chars().next() {
        if inside[at..].starts_with(around) {
            // Up to two quotes more belong to a long string.
            let quote = &around[..1];
            let more = inside[at + around.len()..].chars();
            let more = more.take_while(|c| quote.starts_with(*c)).count();
            return at + if around.len() == 3 { more.min(2) } else { 0 };
        }
        at += c.len_utf8();
        if has_escapes && c == '\\' {
            at += inside[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    inside.len()
}

/// The content of an ordinary string, with escapes for what is hidden.
fn shown(content: &str) -> String {
    let lines = content.split_inclusive('\n').map(|whole| {
        let line = whole.trim_end_matches(['\r', '\n']);
        let mut shown = String::new();
        for c in line.chars() {
            match is_hidden(c) && c != '\t' {
                true => shown += &escape(c),
                false => shown.push(c),
            }
        }
        commands_apart(&shown, escape) + &whole[line.len()..]
    });
    lines.collect()
}

fn escape(c: char) -> String {
    match c as u32 {
        code @ ..0x1_0000 => format!("\\u{code:04X}"),
        code => format!("\\U{code:08X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::cases;
    use proptest::prelude::*;

    fn values(text: &str) -> Option<toml::Table> {
        text.parse().ok()
    }

    proptest! {
        #![proptest_config(cases(512, 8192))]

        #[test]
        fn what_is_shown_has_the_same_values(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "a = ", "\"", "'", "\"\"\"", "'''", "\\", "\\\"", "\n", "\r\n", "\t", " ", "# ", "::error::",
                "##vso[", "\u{202e}", "\u{9b}", "\u{feff}", "\u{e0041}", "\u{2028}", "x", "[", "]", ",", "1",
            ]), 0..12),
            quotes in prop::sample::select(vec!["\"", "'", "\"\"\"", "'''"]),
        ) {
            let inside = pieces.concat();
            for text in [format!("a = {quotes}{inside}{quotes} # {inside}\nb = 1"), inside] {
                let Some(table) = values(&text) else { continue };
                let safe = safe(&text);
                prop_assert_eq!(values(&safe), Some(table), "{:?}", safe);
                let hidden = |c: char| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
                prop_assert!(!safe.contains(hidden), "{safe:?}");
                prop_assert!(!safe.contains("##vso["), "{safe:?}");
                prop_assert!(!safe.lines().any(|line| line.trim_start().starts_with("::")), "{safe:?}");
            }
        }
    }
}
