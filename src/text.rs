//! Texts for messages: quoted, made visible, grouped, and the nearest of several.
//!
//! Owns how text from data looks in a message or a log, and which known name is nearest to
//! a misspelled one. Imports nothing of the crate.

use std::borrow::Cow;

/// `text` in double quotes, for a message: its first 80 characters, with
/// control characters escaped and accents as they are.
pub fn quoted(text: &str) -> String {
    const MOST: usize = 80;
    let mut quoted = String::from('"');
    for (i, c) in text.chars().enumerate() {
        if i == MOST {
            quoted.push('…');
            break;
        }
        if matches!(c, '"' | '\\') {
            quoted.extend(['\\', c]);
        } else {
            push_visible(c, &mut quoted);
        }
    }
    quoted.push('"');
    quoted
}

/// `text` for a message or a terminal: characters without a shape of their own (control
/// characters, line breaks, direction marks, zero-width spaces) are escaped.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::new();
    text.chars().for_each(|c| push_visible(c, &mut visible));
    Cow::Owned(visible)
}

/// Digits in groups of three: `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Items in a sentence: `a, b or c`.
pub(crate) fn one_of<S: AsRef<str>>(things: &[S]) -> String {
    joined(things, "or")
}

/// Items in a sentence: `a, b and c`, with `word` in place of `and`.
pub(crate) fn joined<S: AsRef<str>>(things: &[S], word: &str) -> String {
    let things: Vec<&str> = things.iter().map(AsRef::as_ref).collect();
    match things.split_last() {
        Some((last, first)) if !first.is_empty() => {
            format!("{} {word} {last}", first.join(", "))
        }
        _ => things.concat(),
    }
}

/// `line` with nothing in it that a CI runner takes for a command: `::` at its beginning
/// (GitHub), and `##[`, `##vso[` or `##teamcity[` anywhere (Azure, GitHub, TeamCity). A sign
/// of each is escaped by `escape`.
pub(crate) fn without_commands(line: &str, escape: impl Fn(char) -> String) -> Cow<'_, str> {
    let begins = line.trim_start().starts_with("::");
    if !begins && !line.contains("##") {
        return Cow::Borrowed(line);
    }
    let mut safe = String::new();
    let mut rest = line;
    if begins {
        let indent = line.len() - line.trim_start().len();
        safe += &line[..indent];
        safe += &escape(':');
        rest = &line[indent + 1..];
    }
    while let Some(at) = rest.find("##") {
        let (before, after) = rest.split_at(at + 1);
        safe += before;
        rest = &after[1..];
        // Of several signs, the last two count.
        let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        match name.starts_with('[') {
            true => safe += &escape('#'),
            false => {
                rest = after;
            }
        }
    }
    Cow::Owned(safe + rest)
}

/// True of characters that cannot be seen, or that change how others are shown: control
/// characters, line and paragraph separators, direction marks, characters without a width,
/// and code points that aren't characters.
pub(crate) fn is_hidden(c: char) -> bool {
    // Those that only choose the shape of the character before them, as in emoji, stay.
    c.is_control()
        || c as u32 & 0xfffe == 0xfffe
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

fn push_visible(c: char, to: &mut String) {
    match c {
        '\n' | '\r' | '\t' => to.extend(c.escape_debug()),
        _ if is_hidden(c) => to.extend(c.escape_unicode()),
        _ => to.push(c),
    }
}

/// The most candidates that are compared with a misspelled name, and how long they may be, in
/// bytes: comparing takes the product of both lengths.
const MOST_CANDIDATES: usize = 10_000;
const LONGEST_CANDIDATE: usize = 256;

/// The candidate most similar to `name`, if one is similar enough; among very many, the first
/// are compared.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let is_short = |one: &str| one.len() <= LONGEST_CANDIDATE;
    if !is_short(name) {
        return None;
    }
    let name = name.to_lowercase();
    let candidates = candidates.take(MOST_CANDIDATES).filter(|one| is_short(one));
    let candidates = candidates.map(|one| (strsim::jaro_winkler(&name, &one.to_lowercase()), one));
    let near = candidates.filter(|(likeness, _)| *likeness > 0.84);
    let nearest = near.max_by(|a, b| a.0.total_cmp(&b.0));
    nearest.map(|(_, candidate)| candidate)
}

/// `did you mean "contract"?`
pub(crate) fn did_you_mean(near: &str) -> String {
    format!("did you mean {near:?}?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::cases;
    use proptest::prelude::*;

    fn shown(line: &str) -> String {
        without_commands(line, |c| c.escape_unicode().to_string()).into_owned()
    }

    #[test]
    fn commands_of_ci_runners_are_taken_apart() {
        for (line, safe) in [
            ("::error::x", "\\u{3a}:error::x"),
            ("  ::error::x", "  \\u{3a}:error::x"),
            ("a ::error::x", "a ::error::x"),
            ("a ##[group]b", "a #\\u{23}[group]b"),
            ("####vso[x]", "###\\u{23}vso[x]"),
            ("##VSO[x]", "#\\u{23}VSO[x]"),
            ("::##teamcity[x]##", "\\u{3a}:#\\u{23}teamcity[x]##"),
            ("## a [heading]", "## a [heading]"),
        ] {
            assert_eq!(shown(line), safe);
        }
    }

    proptest! {
        #![proptest_config(cases(256, 4096))]

        #[test]
        fn no_text_holds_a_command_or_anything_hidden(text in "([ :#a\\[]|vso|\\PC|.|\n)*") {
            let safe = shown(&visible(&text));
            prop_assert!(!safe.chars().any(is_hidden), "{safe:?}");
            prop_assert!(!safe.trim_start().starts_with("::"), "{safe:?}");
            prop_assert!(!safe.contains("##[") && !safe.contains("##vso["), "{safe:?}");
            prop_assert_eq!(shown(&safe), safe.clone());
        }
    }
}
