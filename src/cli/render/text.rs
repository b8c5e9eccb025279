//! The outcome for a person: the result of each condition, then the findings.

use crate::check::{Finding, Severity};
use crate::text::quoted;

use super::report::{Report, Status, about, expected, in_words, place, reasons};
use crate::cli::report::count;
use crate::cli::styled::{FAINT, LESS, MORE, PLAIN, STRONG, Screen, Span, StyledText, span};

/// The column after the word for the status.
const WORD: usize = 10;

/// The whole report.
pub(super) fn write(report: &Report<'_>, page: &Screen) -> String {
    laid_out(report, page, true)
}

/// The report without the error, which is on standard error.
pub(in crate::cli) fn shown(report: &Report<'_>, page: &Screen) -> String {
    laid_out(report, page, false)
}

fn laid_out(report: &Report<'_>, page: &Screen, with_error: bool) -> String {
    let mut paper = StyledText::new(page);
    let (checked, outcome) = (report.checked, report.outcome().to_uppercase());
    let style = if report.exit_code() == 0 { MORE } else { LESS };
    let head = [span(style.bold(), format!("{outcome}  "))];
    paper.wrapped(outcome.len() + 2, &head, &[span(STRONG, report.headline())]);
    let error = report.error.as_ref().filter(|_| with_error);
    for line in error.iter().flat_map(|(error, _)| error.lines()) {
        paper.hanging(2, 2, [span(PLAIN, line)]);
    }
    if !checked.rules.is_empty() {
        paper.blank();
    }
    for rule in &checked.rules {
        let (word, style) = match report.status(rule) {
            Status::NotJudged => ("?", FAINT),
            Status::Failed => ("FAILED", LESS),
            Status::Warned => ("warned", PLAIN),
            Status::Allowed => ("allowed", PLAIN),
            Status::Met => ("ok", MORE),
        };
        beside(&mut paper, WORD, span(style, word), &in_words(rule));
    }
    if checked.rules.is_empty() && report.error.is_none() {
        let text =
            "no conditions set: only checked that the file can be read; see clientype check --help";
        paper.hanging(2, 2, [span(FAINT, text)]);
    }
    let mut notes: Vec<(&str, String)> = Vec::new();
    if let Some(matched) = checked.baseline.as_ref().filter(|one| one.stale > 0) {
        let keys = matched.first_stale.iter().map(|key| quoted(key));
        let mut keys = keys.collect::<Vec<_>>().join(", ");
        if let more @ 1.. = matched.stale - matched.first_stale.len() as u64 {
            keys += &format!(" and {more} more");
        }
        notes.push((
            "stale",
            format!("in the baseline, but not in the input: {keys}"),
        ));
    }
    let written = checked.written.iter();
    notes.extend(written.map(|one| ("wrote", format!("the labels of {}", count(*one, "record")))));
    notes.extend(report.notes.iter().map(|note| ("note", note.clone())));
    for (word, text) in notes {
        beside(&mut paper, WORD, span(FAINT, word), &text);
    }
    if !checked.counts.is_empty() {
        paper.blank();
    }
    for (code, [errors, warnings]) in &checked.counts {
        let counts = [(*errors, "error"), (*warnings, "warning")].into_iter();
        let counts = counts.filter(|(number, _)| *number > 0);
        let counts: Vec<String> = counts.map(|(number, what)| count(number, what)).collect();
        beside(&mut paper, 26, span(PLAIN, code.name()), &counts.join(", "));
    }
    if let Some(overview) = &report.overview {
        paper.blank();
        overview.text(&mut paper);
    }
    for finding in &checked.findings {
        found(&mut paper, finding);
    }
    if let hidden @ 1.. = report.hidden() {
        paper.blank();
        let are = if hidden == 1 { "is" } else { "are" };
        let hidden = count(hidden, "more finding");
        let text = format!("{hidden} {are} not shown; --max-findings N shows more");
        paper.hanging(0, 0, [span(FAINT, text)]);
    }
    paper.text
}

/// A word, and a text that begins at `column`.
fn beside(paper: &mut StyledText, column: usize, Span(style, word): Span, text: &str) {
    let width = column - 2;
    let head = [span(PLAIN, "  "), span(style, format!("{word:width$}"))];
    paper.wrapped(column, &head, &[span(PLAIN, text)]);
}

fn found(paper: &mut StyledText, finding: &Finding) {
    paper.blank();
    let style = match finding.severity {
        Severity::Error => LESS,
        Severity::Warning => PLAIN,
    };
    let place = place(finding).map_or(String::new(), |place| format!("{place}: "));
    let code = format!("{}[{}]", finding.severity.name(), finding.code.name());
    let about = format!(" {}", about(finding));
    // Never wrapped, so that it can be searched with grep.
    paper.line(&[span(STRONG, place), span(style, code), span(PLAIN, about)]);
    paper.hanging(2, 2, [span(PLAIN, &*finding.message)]);
    paper.hanging(
        2,
        2,
        [span(PLAIN, format!("expected: {}", expected(finding)))],
    );
    if !finding.reasons.is_empty() {
        paper.hanging(
            2,
            2,
            [span(FAINT, format!("because: {}", reasons(finding)))],
        );
    }
}
