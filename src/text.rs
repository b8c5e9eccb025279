//! Texts for messages: quoted, made visible, grouped, and the nearest of several.
//!
//! Owns how text from data looks in a message, and which known name is nearest to a
//! misspelled one. Imports nothing of the crate.

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
/// characters, direction marks, zero-width spaces) are escaped.
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

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn push_visible(c: char, to: &mut String) {
    match c {
        '\n' | '\r' | '\t' => to.extend(c.escape_debug()),
        _ if is_hidden(c) => to.extend(c.escape_unicode()),
        _ => to.push(c),
    }
}

/// The candidate most similar to `name`, if one is similar enough.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let name = name.to_lowercase();
    let candidates = candidates.map(|one| (strsim::jaro_winkler(&name, &one.to_lowercase()), one));
    let near = candidates.filter(|(likeness, _)| *likeness > 0.84);
    let nearest = near.max_by(|a, b| a.0.total_cmp(&b.0));
    nearest.map(|(_, candidate)| candidate)
}

/// `did you mean "contract"?`
pub(crate) fn did_you_mean(near: &str) -> String {
    format!("did you mean {near:?}?")
}
