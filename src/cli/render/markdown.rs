//! The outcome for the summary of a job, or a comment on a change.

use crate::check::{Finding, Rule};

use super::report::{Report, Status, counted, expected, place, reasons};
use crate::cli::markdown::{cell, escaped, shown};

pub(super) fn write(report: &Report<'_>) -> String {
    let mut text = format!(
        "## clientype: {}\n\n{}\n",
        report.outcome(),
        escaped(&report.headline())
    );
    if let Some((error, _)) = &report.error {
        text.push('\n');
        for line in error.lines() {
            text += &format!("> {}  \n", escaped(line.trim_start()));
        }
    }
    if !report.rules().is_empty() {
        text += "\n| | asked | measured |\n| --- | --- | --- |\n";
        for rule in report.rules() {
            text += &asked(rule, report);
        }
    }
    for note in &report.notes {
        text += &format!("\n- {}\n", escaped(note));
    }
    let counts: Vec<_> = report.counts().collect();
    if !counts.is_empty() {
        text += "\n| code | errors | warnings |\n| --- | ---: | ---: |\n";
        for (code, [errors, warnings]) in counts {
            text += &format!("| {} | {errors} | {warnings} |\n", code.name());
        }
    }
    if let Some(overview) = &report.overview {
        text += &overview.markdown();
    }
    if !report.findings().is_empty() {
        text +=
            "\n| where | what | found | expected | because |\n| --- | --- | --- | --- | --- |\n";
        for finding in report.findings() {
            text += &found(finding);
        }
    }
    if report.hidden() > 0 {
        text += &format!("\n{}.\n", counted(report.hidden(), "more finding"));
    }
    shown(&text)
}

fn asked(rule: &Rule, report: &Report<'_>) -> String {
    let word = match report.status(rule) {
        Status::NotJudged => "?",
        Status::Failed => "**failed**",
        Status::Warned => "warned",
        Status::Allowed => "allowed",
        Status::Met => "ok",
    };
    let measured = rule.measured.as_deref().unwrap_or_default();
    format!(
        "| {word} | {} | {} |\n",
        escaped(&rule.says),
        escaped(measured)
    )
}

fn found(finding: &Finding) -> String {
    let mut at: Vec<String> = place(finding).iter().map(|place| cell(place)).collect();
    if let Some(row) = finding.place.row {
        at.push(format!("row {row}"));
    }
    if let Some(record) = finding.place.record {
        at.push(format!("record {record}"));
    }
    if let Some(key) = &finding.key {
        at.push(format!("key {}", cell(key)));
    }
    if let Some(column) = &finding.column {
        at.push(format!("column {}", cell(column)));
    }
    let found = finding.found.as_deref().map_or(String::new(), cell);
    format!(
        "| {} | {} {} | {found} | {} | {} |\n",
        at.join(", "),
        finding.severity.name(),
        finding.code.name(),
        escaped(&expected(finding)),
        escaped(&reasons(finding)),
    )
}
