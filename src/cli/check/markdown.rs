//! The outcome for the summary of a job, or a comment on a change.

use clientype::check::{Finding, Rule};

use super::report::{Report, about, counted, place, reasons};
use crate::cli::markdown::{code, escaped, shown};

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
    for note in report.notes() {
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
    let fails = rule.errors > 0 || report.fails_on_warnings() && rule.warnings > 0;
    let word = match (fails, rule.warnings > 0) {
        _ if report.error.is_some() => "?",
        (true, _) => "**failed**",
        (false, true) => "warned",
        (false, false) => "ok",
    };
    let measured = rule.measured.as_deref().unwrap_or_default();
    format!(
        "| {word} | {} | {} |\n",
        escaped(&rule.says),
        escaped(measured)
    )
}

fn found(finding: &Finding) -> String {
    let mut at = place(finding).map_or(String::new(), |place| cell(&place));
    let about = about(finding);
    if !about.is_empty() {
        let gap = if at.is_empty() { "" } else { " " };
        at += &format!("{gap}{}", escaped(&about));
    }
    let found = finding.found.as_deref().map_or(String::new(), cell);
    format!(
        "| {at} | {} {} | {found} | {} | {} |\n",
        finding.severity.name(),
        finding.code.name(),
        escaped(&finding.expected),
        escaped(&reasons(finding)),
    )
}

/// A text as code within a table, where a bar would end it.
fn cell(text: &str) -> String {
    let text = clientype::visible(text);
    match text.contains('|') || text.is_empty() {
        true => escaped(&text),
        false => code(&text),
    }
}
