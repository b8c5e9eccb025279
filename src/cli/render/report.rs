//! What all reports of a check share.
//!
//! Owns the wording of its parts, in the terms of the command line.

use crate::check::{Checked, Finding, Rule, Severity};
use crate::engine::compile::Rules;
use crate::error::Place;
use crate::text::{grouped, quoted, visible};

use crate::cli::overview::Overview;
use crate::cli::report::count;
use crate::cli::rules::RulebookId;
use crate::cli::wording;

/// The content of a report.
pub(in crate::cli) struct Report<'r> {
    /// The findings; empty if the check did not start.
    pub(in crate::cli) checked: &'r Checked,
    /// Why it could not be judged, if so, and where.
    pub(super) error: Option<(String, Place)>,
    pub(in crate::cli) overview: Option<Overview<'r>>,
    /// Remarks for the user on how the check was done.
    pub(super) notes: Vec<String>,
    /// The rulebook; `None` if the check did not start.
    pub(in crate::cli) rulebook: Option<RulebookId>,
}

impl<'r> Report<'r> {
    /// A report on a check, with a summary if `with_summary`.
    pub(in crate::cli) fn of(rules: &'r Rules, checked: &'r Checked, with_summary: bool) -> Self {
        let word = wording::part;
        let error = checked.error.as_ref();
        let is_whole = with_summary && error.is_none();
        Report {
            checked,
            error: error.map(|error| (wording::message(error, word, word), error.place().clone())),
            overview: is_whole.then(|| Overview::new(rules, &checked.summary)),
            notes: checked.notes.iter().map(wording::phrase).collect(),
            rulebook: Some(RulebookId::of(rules.rulebook())),
        }
    }

    /// A report that nothing was judged because of `error`.
    pub(in crate::cli) fn of_error(nothing: &'r Checked, error: String) -> Self {
        Report {
            checked: nothing,
            error: Some((error, Place::default())),
            overview: None,
            notes: Vec::new(),
            rulebook: None,
        }
    }

    pub(super) fn passed(&self) -> bool {
        self.error.is_none() && self.checked.passed()
    }

    pub(in crate::cli) fn exit_code(&self) -> u8 {
        match (&self.error, self.passed()) {
            (Some(_), _) => 2,
            (None, false) => 1,
            (None, true) => 0,
        }
    }

    /// True if warnings fail the check too.
    pub(super) fn fails_on_warnings(&self) -> bool {
        self.checked.fail_on == Severity::Warning
    }

    /// The number of findings that are not shown.
    pub(super) fn hidden(&self) -> u64 {
        self.checked.totals().iter().sum::<u64>() - self.checked.findings.len() as u64
    }

    /// The outcome: `passed`, `failed` or `not judged`.
    pub(super) fn outcome(&self) -> &'static str {
        match self.exit_code() {
            0 => "passed",
            1 => "failed",
            _ => "not judged",
        }
    }

    /// The files, records, errors and warnings, in one line.
    pub(super) fn headline(&self) -> String {
        let files = match &self.checked.files[..] {
            [] => String::new(),
            [file] => format!("{}: ", visible(file)),
            files => format!("{} files: ", grouped(files.len() as u64)),
        };
        let [errors, warnings] = self.checked.totals();
        let mut parts = vec![count(self.checked.records, "record")];
        if errors > 0 {
            parts.push(count(errors, "error"));
        }
        if warnings > 0 {
            parts.push(count(warnings, "warning"));
        }
        format!("{files}{}", parts.join(", "))
    }
}

/// The status of an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Met,
    /// There are findings, but all are allowed.
    Allowed,
    Warned,
    Failed,
    /// It could not be judged.
    NotJudged,
}

impl Report<'_> {
    pub(super) fn status(&self, rule: &Rule) -> Status {
        let fails = rule.errors > 0 || self.fails_on_warnings() && rule.warnings > 0;
        match fails {
            _ if self.error.is_some() => Status::NotJudged,
            true => Status::Failed,
            false if rule.warnings > 0 => Status::Warned,
            false if rule.allowed > 0 => Status::Allowed,
            false => Status::Met,
        }
    }
}

/// An expectation and what was measured, in one sentence.
pub(super) fn in_words(rule: &Rule) -> String {
    match &rule.measured {
        Some(measured) => format!("{}: {measured}", rule.says),
        None => rule.says.clone(),
    }
}

/// The reasons of a finding: `contract-signed +3, client-trade +3`.
pub(super) fn reasons(finding: &Finding) -> String {
    let reasons = finding.reasons.iter();
    let reasons = reasons.map(|reason| format!("{} {:+}", reason.reason_code, reason.points));
    reasons.collect::<Vec<_>>().join(", ")
}

/// The expected value, in words.
pub(super) fn expected(finding: &Finding) -> String {
    wording::phrase(&finding.expected)
}

/// All of a finding except its file and line, in one line.
pub(super) fn sentence(finding: &Finding) -> String {
    let (message, expected) = (&finding.message, expected(finding));
    let mut sentence = format!("{message}; expected: {expected}");
    let about = about(finding);
    if !about.is_empty() {
        sentence = format!("{about}: {sentence}");
    }
    if !finding.reasons.is_empty() {
        sentence += &format!("; {}", reasons(finding));
    }
    sentence
}

/// The file and line of a finding: `customers.csv:17`.
pub(super) fn place(finding: &Finding) -> Option<String> {
    let place = &finding.place;
    let file = visible(place.file.as_deref()?);
    Some(match place.line {
        Some(line) => format!("{file}:{line}"),
        None => file.into_owned(),
    })
}

/// The record of a finding: its row in a workbook, number, key and column.
pub(super) fn about(finding: &Finding) -> String {
    let place = &finding.place;
    let (key, column) = (finding.key.as_deref(), finding.column.as_deref());
    let sheet = place.sheet.as_deref().zip(place.row);
    let parts = [
        sheet.map(|(sheet, row)| format!("sheet {}, row {row}", quoted(sheet))),
        (place.record).map(|record| format!("record {}", grouped(record))),
        key.map(|key| format!("key {}", quoted(key))),
        column.map(|column| format!("column {}", quoted(column))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(", ")
}
