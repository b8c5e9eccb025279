//! A record for a ticket: headings, tables and lists in Markdown.
//!
//! Owns the escaping: whatever a record says comes out as text, and never as a
//! link, a mention, HTML or the end of a table.

use clientype::Place;

use super::view::{Part, Row, View, signed};

/// So many changes to each scorecard's label are listed.
const CHANGES: usize = 12;

pub(super) fn shown(view: &View<'_>) -> String {
    let labels: Vec<String> = view.parts.iter().map(|part| escaped(part.label)).collect();
    let mut lines = vec![format!("## {}", labels.join(", ")), String::new()];
    if view.case.place != Place::default() {
        lines.push(escaped(&view.case.place.to_string()));
        lines.push(String::new());
    }
    for part in &view.parts {
        add_part(part, &mut lines);
    }
    if !view.uncounted.is_empty() {
        lines.push("Said, but not counted:".to_owned());
        lines.push(String::new());
        for said in &view.uncounted {
            let text = said.apart();
            lines.push(format!("- {}", escaped(&text)));
        }
        lines.push(String::new());
    }
    let rulebook = view.rulebook;
    let rulebook = format!(
        "rulebook {} {} {}",
        rulebook.name, rulebook.version, rulebook.hash
    );
    lines.push(escaped(&rulebook));
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

fn add_part(part: &Part<'_>, lines: &mut Vec<String>) {
    lines.push(format!("### {}", escaped(&part.card.question)));
    lines.push(String::new());
    let (label, in_words) = (escaped(part.label), escaped(&part.in_words()));
    lines.push(format!("**{label}**: {in_words}"));
    lines.push(String::new());
    if !part.rows.is_empty() {
        lines.push("| points | criterion | the record says | reason | sources |".to_owned());
        lines.push("| ---: | --- | --- | --- | --- |".to_owned());
        if part.card.initial_score != 0 {
            let initial = signed(part.card.initial_score.into());
            lines.push(format!("| {initial} | | | where everybody starts | |"));
        }
        lines.extend(part.rows.iter().map(table_row));
        lines.push(String::new());
    }
    if !part.silences.is_empty() {
        lines.push("No evidence, and by how much it could move the score:".to_owned());
        lines.push(String::new());
        for silence in &part.silences {
            let (criterion, range) = (escaped(silence.criterion), silence.range());
            lines.push(format!(
                "- {criterion} ({range}): {}",
                escaped(&silence.in_words())
            ));
        }
        lines.push(String::new());
    }
    lines.push("What would change it:".to_owned());
    lines.push(String::new());
    for change in part.changes.iter().take(CHANGES) {
        let moves = escaped(&change.in_words());
        lines.push(format!("- **{}** {moves}", escaped(change.to)));
    }
    match part.changes.len().saturating_sub(CHANGES) {
        0 if part.changes.is_empty() => {
            lines.push("- nothing that one criterion could say, nor two together".to_owned());
        }
        0 => {}
        more => lines.push(format!("- and {more} more")),
    }
    lines.push(String::new());
}

fn table_row(row: &Row<'_>) -> String {
    let given = row.given_in_words();
    let given = given.map_or(String::new(), |given| format!(", {given}"));
    let criterion = format!("{}: {}{given}", row.criterion, row.in_words);
    let said = row.said_in_words().unwrap_or_default();
    format!(
        "| {} | {} | {} | {} | {} |",
        signed(row.points.into()),
        escaped(&criterion),
        escaped(&said),
        escaped(row.reason),
        escaped(&row.sources.join(", "))
    )
}

/// `text` with all that Markdown gives a meaning to taken literally. It has no line
/// breaks, since it comes quoted or from the rulebook.
fn escaped(text: &str) -> String {
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
