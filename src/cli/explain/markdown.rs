//! A record for a ticket: headings, tables and lists in Markdown.
//!
//! Owns the layout of such a ticket.

use crate::text::{quoted, visible};

use super::sentence::Sentence;
use super::view::{Gap, Part, Row, View, Why, signed};
use crate::cli::markdown::{code, escaped};

/// So many changes to each label are listed.
const CHANGES: usize = 6;

pub(super) fn shown(view: &View<'_>) -> String {
    let mut lines = vec![format!("## {}", escaped(&view.labels())), String::new()];
    if let Some(place) = view.place() {
        lines.push(code(&place));
        lines.push(String::new());
    }
    for part in &view.parts {
        add_part(part, &mut lines);
    }
    if !view.uncounted.is_empty() {
        lines.push("Said, but not counted:".to_owned());
        lines.push(String::new());
        let said = view.uncounted.iter();
        lines.extend(said.map(|said| format!("- {}", sentence(&said.apart()))));
        lines.push(String::new());
    }
    lines.push(escaped(&view.rulebook.in_words()));
    lines
        .iter()
        .map(|line| format!("{}\n", visible(line)))
        .collect()
}

fn add_part(part: &Part<'_>, lines: &mut Vec<String>) {
    lines.push(format!("### {}", escaped(&part.card.question)));
    lines.push(String::new());
    let (label, in_words) = (escaped(part.label), escaped(&part.in_words()));
    lines.push(format!("**{label}**: {in_words}"));
    lines.push(String::new());
    let rows = part.rows.iter().chain(&part.pointless);
    if rows.clone().next().is_some() || part.card.initial_score != 0 {
        lines.push("| points | criterion | the record says | reason | sources |".to_owned());
        lines.push("| ---: | --- | --- | --- | --- |".to_owned());
        if part.card.initial_score != 0 {
            let initial = signed(part.card.initial_score.into());
            lines.push(format!("| {initial} | | | where everybody starts | |"));
        }
        lines.extend(rows.map(table_row));
        lines.push(String::new());
    }
    let (missing, others): (Vec<_>, Vec<_>) =
        part.gaps.iter().partition(|gap| gap.why == Why::Missing);
    add_gaps(
        "Not understood or not read, and what it could add:",
        &others,
        lines,
    );
    add_gaps("Missing, and what it could add:", &missing, lines);
    lines.push("What would change it:".to_owned());
    lines.push(String::new());
    for (label, changes) in part.by_label() {
        let label = escaped(label);
        if changes.is_empty() {
            lines.push(format!("- **{label}**: {}", part.unchanged()));
        }
        for change in changes.iter().take(CHANGES) {
            lines.push(format!("- **{label}** {}", escaped(&change.in_words())));
        }
        if let more @ 1.. = changes.len().saturating_sub(CHANGES) {
            lines.push(format!(
                "- **{label}**: {more} more (--format json has all)"
            ));
        }
    }
    lines.push(String::new());
}

fn add_gaps(heading: &str, gaps: &[&Gap<'_>], lines: &mut Vec<String>) {
    if gaps.is_empty() {
        return;
    }
    lines.push(heading.to_owned());
    lines.push(String::new());
    for gap in gaps {
        let (criterion, range) = (escaped(gap.criterion), gap.range());
        let told = sentence(&gap.in_words());
        lines.push(format!("- {criterion} ({range}): {told}"));
    }
    lines.push(String::new());
}

fn table_row(row: &Row<'_>) -> String {
    let (heading, given) = row.heading();
    // The table is cut into cells before anything else is read.
    let told = sentence(&row.told).replace('|', "\\|");
    format!(
        "| {} | {} | {} | {} | {} |",
        signed(row.points.into()),
        escaped(&(heading + &given)),
        told,
        escaped(row.reason),
        escaped(&row.sources.join(", "))
    )
}

fn sentence(sentence: &Sentence) -> String {
    sentence.shown(escaped, |text| code(&quoted(text)))
}
