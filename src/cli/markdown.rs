//! Texts within Markdown.
//!
//! Owns the escaping: what a record or a rulebook contains comes out as text, and
//! never as a mention, HTML or the end of a table.

use crate::text::visible;

/// `text` as code: there is no link in it, no mention, no HTML, and no sign that
/// means anything.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    // A space at both ends does not count.
    match text.starts_with('`') || text.ends_with('`') {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

/// Words of ours or of the rulebook, with all that Markdown gives a meaning to taken
/// literally.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            // As entities, since a backslash does not take away their meaning
            // everywhere: mentions, references to issues, HTML.
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '&' => escaped += "&amp;",
            '@' => escaped += "&#64;",
            '#' => escaped += "&#35;",
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '~' | '$' | '!' => {
                escaped.extend(['\\', c]);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// A row of a table with these texts.
pub(super) fn row<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> String {
    let cells = cells.into_iter().map(|cell| escaped(cell.as_ref()));
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// The beginning of a text that somebody's file says, as code within a table: a bar would
/// end it, and a command to GitHub's runner must not stand in a log.
pub(super) fn cell(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown: String = visible(text).chars().take(MOST).collect();
    if text.chars().count() > MOST {
        shown.push('…');
    }
    match shown.contains('|') || shown.contains("##") || shown.trim().is_empty() {
        true => escaped(&shown),
        false => code(&shown),
    }
}
