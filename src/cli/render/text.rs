//! The outcome for a person: what came of each thing that was asked, then the findings.

use crate::check::{Finding, Rule, Severity};

use super::report::{Report, Status, about, counted, expected, place, reasons};
use crate::cli::styled::{FAINT, LESS, MORE, PLAIN, STRONG, Screen, Span, StyledText, span};

/// Room for the word that says how it came out.
const WORD: usize = 8;

/// The whole report.
pub(super) fn write(report: &Report<'_>, page: &Screen) -> String {
    laid_out(report, page, true)
}

/// The same for whoever reads on standard error what went wrong.
pub(in crate::cli) fn shown(report: &Report<'_>, page: &Screen) -> String {
    laid_out(report, page, false)
}

fn laid_out(report: &Report<'_>, page: &Screen, with_error: bool) -> String {
    let mut paper = StyledText::new(page);
    let outcome = report.outcome().to_uppercase();
    let style = match report.exit_code() {
        0 => MORE,
        _ => LESS,
    };
    let head = [span(style.bold(), format!("{outcome}  "))];
    let headline = report.headline();
    paper.wrapped(outcome.len() + 2, &head, &[span(STRONG, headline)]);
    if let Some((error, _)) = report.error.as_ref().filter(|_| with_error) {
        for line in error.lines() {
            paper.wrapped(2, &[span(PLAIN, "  ")], &[span(PLAIN, line)]);
        }
    }
    if !report.rules().is_empty() {
        paper.blank();
    }
    for rule in report.rules() {
        asked(&mut paper, rule, report);
    }
    if report.rules().is_empty() && report.error.is_none() {
        let text = "nothing was asked of the records but that they can be read; see clientype check --help";
        paper.wrapped(2, &[span(PLAIN, "  ")], &[span(FAINT, text)]);
    }
    let stale = report
        .baseline()
        .filter(|told| !told.first_stale.is_empty());
    if let Some(told) = stale {
        let keys: Vec<String> = told
            .first_stale
            .iter()
            .map(|key| crate::text::quoted(key))
            .collect();
        let more = told.stale - keys.len() as u64;
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let text = format!("no record any more for {}{more}", keys.join(", "));
        note(&mut paper, "stale", &text);
    }
    if let Some(written) = report.checked.and_then(|checked| checked.written) {
        let text = format!("the labels of {}", counted(written, "record"));
        note(&mut paper, "wrote", &text);
    }
    for text in &report.notes {
        note(&mut paper, "note", text);
    }
    counts(&mut paper, report);
    if let Some(overview) = &report.overview {
        paper.blank();
        overview.text(&mut paper);
    }
    for finding in report.findings() {
        found(&mut paper, finding);
    }
    if report.hidden() > 0 {
        paper.blank();
        let hidden = counted(report.hidden(), "more finding");
        let are = if report.hidden() == 1 { "is" } else { "are" };
        let text = format!("{hidden} {are} not shown; --max-findings N shows more");
        paper.wrapped(0, &[], &[span(FAINT, text)]);
    }
    paper.text
}

/// What came of one thing that was asked.
fn asked(paper: &mut StyledText, rule: &Rule, report: &Report<'_>) {
    let (word, style) = match report.status(rule) {
        Status::NotJudged => ("?", FAINT),
        Status::Failed => ("FAILED", LESS),
        Status::Warned => ("warned", PLAIN),
        Status::Allowed => ("allowed", PLAIN),
        Status::Met => ("ok", MORE),
    };
    let mut text = rule.says.clone();
    if let Some(measured) = &rule.measured {
        text.push_str(&format!(": {measured}"));
    }
    let head = [span(PLAIN, "  "), span(style, format!("{word:WORD$}"))];
    paper.wrapped(2 + WORD, &head, &[span(PLAIN, text)]);
}

fn note(paper: &mut StyledText, word: &str, text: &str) {
    let head = [span(PLAIN, "  "), span(FAINT, format!("{word:WORD$}"))];
    paper.wrapped(2 + WORD, &head, &[span(PLAIN, text)]);
}

/// How many findings there are with each code.
fn counts(paper: &mut StyledText, report: &Report<'_>) {
    let counts: Vec<_> = report.counts().collect();
    if counts.is_empty() {
        return;
    }
    paper.blank();
    for (code, [errors, warnings]) in counts {
        let what = match (errors, warnings) {
            (errors, 0) => counted(errors, "error"),
            (0, warnings) => counted(warnings, "warning"),
            (errors, warnings) => format!(
                "{}, {}",
                counted(errors, "error"),
                counted(warnings, "warning")
            ),
        };
        let head = [span(PLAIN, format!("  {:24}", code.name()))];
        paper.wrapped(26, &head, &[span(PLAIN, what)]);
    }
}

fn found(paper: &mut StyledText, finding: &Finding) {
    paper.blank();
    let style = match finding.severity {
        Severity::Error => LESS,
        Severity::Warning => PLAIN,
    };
    let mut head: Vec<Span> = Vec::new();
    if let Some(place) = place(finding) {
        head.push(span(STRONG, format!("{place}: ")));
    }
    let code = format!("{}[{}]", finding.severity.name(), finding.code.name());
    head.push(span(style, code));
    let about = about(finding);
    if !about.is_empty() {
        head.push(span(PLAIN, format!(" {about}")));
    }
    // As one line, for whoever greps.
    paper.line(&head);
    let indent = [span(PLAIN, "  ")];
    paper.wrapped(2, &indent, &[span(PLAIN, finding.message.clone())]);
    let expected = format!("expected: {}", expected(finding));
    paper.wrapped(2, &indent, &[span(PLAIN, expected)]);
    if !finding.reasons.is_empty() {
        let because = format!("because: {}", reasons(finding));
        paper.wrapped(2, &indent, &[span(FAINT, because)]);
    }
}
