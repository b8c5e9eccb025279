//! The outcome for the summary of a job, or a comment on a change.

use crate::check::Finding;

use super::report::{Report, Status, expected, place, reasons};
use crate::cli::markdown::{cell, escaped};
use crate::cli::report::count;

pub(super) fn write(report: &Report<'_>) -> String {
    let (outcome, headline) = (report.outcome(), escaped(&report.headline()));
    let mut text = format!("## clientype: {outcome}\n\n{headline}\n");
    if let Some((error, _)) = &report.error {
        text.push('\n');
        for line in error.lines() {
            text += &format!("> {}  \n", escaped(line.trim_start()));
        }
    }
    if !report.checked.rules.is_empty() {
        text += "\n| | condition | measured |\n| --- | --- | --- |\n";
        for rule in &report.checked.rules {
            let word = match report.status(rule) {
                Status::NotJudged => "?",
                Status::Failed => "**failed**",
                Status::Warned => "warned",
                Status::Allowed => "allowed",
                Status::Met => "ok",
            };
            let measured = escaped(rule.measured.as_deref().unwrap_or_default());
            text += &format!("| {word} | {} | {measured} |\n", escaped(&rule.says));
        }
    }
    for note in &report.notes {
        text += &format!("\n- {}\n", escaped(note));
    }
    if !report.checked.counts.is_empty() {
        text += "\n| code | errors | warnings |\n| --- | ---: | ---: |\n";
        for (code, [errors, warnings]) in &report.checked.counts {
            text += &format!("| {} | {errors} | {warnings} |\n", code.name());
        }
    }
    if let Some(overview) = &report.overview {
        text += &overview.markdown();
    }
    if !report.checked.findings.is_empty() {
        text +=
            "\n| where | what | found | expected | because |\n| --- | --- | --- | --- | --- |\n";
        for finding in &report.checked.findings {
            text += &found(finding);
        }
    }
    if report.hidden() > 0 {
        text += &format!("\n{} not shown.\n", count(report.hidden(), "more finding"));
    }
    text
}

fn found(finding: &Finding) -> String {
    let at = &finding.place;
    let (key, column) = (finding.key.as_deref(), finding.column.as_deref());
    let at = [
        place(finding).as_deref().map(cell),
        at.row.map(|row| format!("row {row}")),
        at.record.map(|record| format!("record {record}")),
        key.map(|key| format!("key {}", cell(key))),
        column.map(|column| format!("column {}", cell(column))),
    ];
    let at = at.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let (severity, code) = (finding.severity.name(), finding.code.name());
    let found = finding.found.as_deref().map_or(String::new(), cell);
    let (expected, because) = (escaped(&expected(finding)), escaped(&reasons(finding)));
    format!("| {at} | {severity} {code} | {found} | {expected} | {because} |\n")
}
