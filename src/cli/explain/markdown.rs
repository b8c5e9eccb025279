//! An explanation in Markdown, for a ticket.
//!
//! Owns its layout: headings, tables and lists.

use crate::error::{Part, Phrase};
use crate::rulebook::Statement;
use crate::text::quoted;

use super::sources;
use super::view::{Gap, Row, Section, View, Why, signed};
use crate::cli::markdown::{code, escaped, row};
use crate::cli::wording;

/// At most this many changes to each label are listed.
const CHANGES: usize = 6;

pub(super) fn shown(view: &View<'_>) -> String {
    let mut text = format!("## {}\n\n", escaped(&view.labels()));
    if let Some(place) = view.place() {
        text += &format!("{}\n\n", code(&place));
    }
    match view.furniture() {
        Some(sentence) => text += &format!("{}\n\n", escaped(sentence)),
        None => text.extend(view.sections.iter().map(section)),
    }
    if !view.uncounted.is_empty() {
        let fields = view.uncounted.iter();
        let fields = fields.map(|field| format!("- {}\n", sentence(&field.apart())));
        text += &list("Given, but not counted:", fields);
    }
    text + &escaped(&view.rulebook_in_words()) + "\n"
}

/// The statements that the records cite, after all of them.
pub(super) fn sources(cited: &[&Statement]) -> String {
    let mut text =
        "\n### Sources\n\n| statement | says | document |\n| --- | --- | --- |\n".to_owned();
    text.extend(
        cited
            .iter()
            .map(|one| row([&one.id, &one.says, &sources::document(one)])),
    );
    text
}

fn section(section: &Section<'_>) -> String {
    let question = escaped(&section.waterfall.scorecard.question);
    let (label, in_words) = (escaped(section.label), escaped(&section.in_words()));
    let mut text = format!("### {question}\n\n**{label}** {in_words}\n\n");
    let rows = section.reasons.iter().chain(&section.without_points);
    if rows.clone().next().is_some() || section.initial_score.is_some() {
        text += "| points | criterion | evidence | reason | sources |\n";
        text += "| ---: | --- | --- | --- | --- |\n";
        if let Some(initial) = section.initial_score.map(signed) {
            text += &format!("| {initial} | | | initial score | |\n");
        }
        text.extend(rows.map(table_row));
        text.push('\n');
    }
    let (missing, others): (Vec<_>, Vec<_>) =
        section.gaps.iter().partition(|gap| gap.why == Why::Missing);
    for (what, gaps) in [("Not understood or not read", others), ("Missing", missing)] {
        if !gaps.is_empty() {
            let heading = format!("{what}, with possible points:");
            text += &list(&heading, gaps.into_iter().map(gap));
        }
    }
    let changes = section.by_label().into_iter().flat_map(|(label, changes)| {
        let label = escaped(label);
        let mut lines = Vec::new();
        if changes.is_empty() {
            lines.push(format!("- **{label}**: {}\n", section.unchanged()));
        }
        let shown = changes.iter().take(CHANGES);
        lines.extend(shown.map(|one| format!("- **{label}** {}\n", escaped(&one.in_words()))));
        if let more @ 1.. = changes.len().saturating_sub(CHANGES) {
            lines.push(format!(
                "- **{label}**: {more} more (--format json has all)\n"
            ));
        }
        lines
    });
    text + &list("What would change the label:", changes)
}

/// A list with a heading, each followed by a blank line.
fn list(heading: &str, items: impl Iterator<Item = String>) -> String {
    format!("{heading}\n\n{}\n", items.collect::<String>())
}

fn gap(gap: &Gap<'_>) -> String {
    let (criterion, why) = (escaped(gap.criterion), sentence(&gap.in_words()));
    format!("- {criterion} ({}): {why}\n", gap.range())
}

fn table_row(row: &Row<'_>) -> String {
    let (heading, given) = row.heading();
    // A table is split into cells before code spans are read.
    let statement = sentence(&row.statement).replace('|', "\\|");
    let (points, heading) = (signed(row.points), escaped(&(heading + &given)));
    let (reason, sources) = (escaped(row.reason), escaped(&row.sources.join(", ")));
    format!("| {points} | {heading} | {statement} | {reason} | {sources} |\n")
}

fn sentence(sentence: &Phrase) -> String {
    sentence.worded(|part| match part {
        Part::Quote(text) => code(&quoted(text)),
        part => escaped(&wording::part(part)),
    })
}
