//! A record for a ticket: headings, tables and lists in Markdown.
//!
//! Owns the layout of such a ticket.

use crate::text::{quoted, visible};

use super::sentence::Sentence;
use super::view::{Gap, Row, Section, View, Why, signed};
use crate::cli::markdown::{code, escaped};

/// So many changes to each label are listed.
const CHANGES: usize = 6;

pub(super) fn shown(view: &View<'_>) -> String {
    let mut lines = vec![format!("## {}", escaped(&view.labels())), String::new()];
    if let Some(place) = view.place() {
        lines.push(code(&place));
        lines.push(String::new());
    }
    for section in &view.sections {
        add_section(section, &mut lines);
    }
    if !view.uncounted.is_empty() {
        lines.push("Said, but not counted:".to_owned());
        lines.push(String::new());
        let fields = view.uncounted.iter();
        lines.extend(fields.map(|field| format!("- {}", sentence(&field.apart()))));
        lines.push(String::new());
    }
    lines.push(escaped(&view.rulebook.in_words()));
    lines
        .iter()
        .map(|line| format!("{}\n", visible(line)))
        .collect()
}

fn add_section(section: &Section<'_>, lines: &mut Vec<String>) {
    let waterfall = &section.waterfall;
    lines.push(format!("### {}", escaped(&waterfall.scorecard.question)));
    lines.push(String::new());
    let (label, in_words) = (escaped(waterfall.label()), escaped(&section.in_words()));
    lines.push(format!("**{label}**: {in_words}"));
    lines.push(String::new());
    let rows = section.reasons.iter().chain(&section.without_points);
    let initial = waterfall.scorecard.initial_score;
    if rows.clone().next().is_some() || initial != 0 {
        lines.push("| points | criterion | the record says | reason | sources |".to_owned());
        lines.push("| ---: | --- | --- | --- | --- |".to_owned());
        if initial != 0 {
            let initial = signed(initial);
            lines.push(format!("| {initial} | | | where everybody starts | |"));
        }
        lines.extend(rows.map(table_row));
        lines.push(String::new());
    }
    let (missing, others): (Vec<_>, Vec<_>) =
        section.gaps.iter().partition(|gap| gap.why == Why::Missing);
    add_gaps(
        "Not understood or not read, and what it could add:",
        &others,
        lines,
    );
    add_gaps("Missing, and what it could add:", &missing, lines);
    lines.push("What would change it:".to_owned());
    lines.push(String::new());
    for (label, changes) in section.by_label() {
        let label = escaped(label);
        if changes.is_empty() {
            lines.push(format!("- **{label}**: {}", section.unchanged()));
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
        let why = sentence(&gap.in_words());
        lines.push(format!("- {criterion} ({range}): {why}"));
    }
    lines.push(String::new());
}

fn table_row(row: &Row<'_>) -> String {
    let (heading, given) = row.heading();
    // The table is cut into cells before anything else is read.
    let statement = sentence(&row.statement).replace('|', "\\|");
    format!(
        "| {} | {} | {} | {} | {} |",
        signed(row.points),
        escaped(&(heading + &given)),
        statement,
        escaped(row.reason),
        escaped(&row.sources.join(", "))
    )
}

fn sentence(sentence: &Sentence) -> String {
    sentence.shown(escaped, |text| code(&quoted(text)))
}
