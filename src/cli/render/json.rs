//! The outcome for a program: one JSON object.
//!
//! Owns the shape of that object, which the README describes.

use std::collections::BTreeMap;

use crate::check::{Code, Finding, Matched, Reason};
use serde::Serialize;
use serde_json::Value;

use super::report::{Report, expected};
use crate::cli::rules::RulebookId;
use crate::cli::wording;

pub(super) fn write(report: &Report<'_>) -> String {
    let [errors, warnings] = report.checked.totals();
    let findings = report.checked.findings.iter().map(|finding| Found {
        code: finding.code,
        severity: finding.severity.name(),
        file: finding.place.file.as_deref(),
        line: finding.line(),
        about: About::of(finding),
    });
    let rules = report.checked.rules.iter().map(|rule| Measured {
        rule: wording::flag(rule.setting),
        says: &rule.says,
        measured: rule.measured.as_deref(),
        errors: rule.errors,
        warnings: rule.warnings,
        allowed: rule.allowed,
    });
    let outcome = Outcome {
        passed: report.passed(),
        records: report.checked.records,
        counts: counts(report),
        findings: findings.collect(),
        errors,
        warnings,
        rules: rules.collect(),
        notes: &report.notes,
        rulebook: report.rulebook.as_ref(),
        baseline: report.checked.baseline.as_ref(),
        summary: report.overview.as_ref().map(|overview| overview.json()),
        error: report.error.as_ref().map(|(error, _)| error),
    };
    let json = serde_json::to_string_pretty(&outcome);
    json.expect("texts, numbers and lists of these all have a form in JSON") + "\n"
}

#[derive(Serialize)]
struct Outcome<'r> {
    passed: bool,
    records: u64,
    counts: BTreeMap<&'static str, u64>,
    findings: Vec<Found<'r>>,
    errors: u64,
    warnings: u64,
    rules: Vec<Measured<'r>>,
    notes: &'r [String],
    rulebook: Option<&'r RulebookId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'r Matched>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'r String>,
}

/// A finding; unknown members are null.
#[derive(Serialize)]
struct Found<'r> {
    code: Code,
    severity: &'static str,
    file: Option<&'r str>,
    line: Option<u64>,
    #[serde(flatten)]
    about: About<'r>,
}

/// The part of a finding that SARIF has as properties.
#[derive(Serialize)]
pub(super) struct About<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'r str>,
    record: Option<u64>,
    key: Option<&'r str>,
    column: Option<&'r str>,
    subject: Option<&'r str>,
    found: Option<&'r str>,
    expected: String,
    reasons: &'r [Reason],
    message: &'r str,
}

#[derive(Serialize)]
struct Measured<'r> {
    rule: String,
    says: &'r str,
    measured: Option<&'r str>,
    errors: u64,
    warnings: u64,
    allowed: u64,
}

/// The number of findings, by code.
pub(super) fn counts(report: &Report<'_>) -> BTreeMap<&'static str, u64> {
    let counts = report.checked.counts.iter();
    let counts = counts.map(|(code, of)| (code.name(), of.iter().sum()));
    counts.collect()
}

impl<'r> About<'r> {
    pub(super) fn of(finding: &'r Finding) -> Self {
        About {
            sheet: finding.place.sheet.as_deref(),
            record: finding.place.record,
            key: finding.key.as_deref(),
            column: finding.column.as_deref(),
            subject: finding.subject.as_deref(),
            found: finding.found.as_deref(),
            expected: expected(finding),
            reasons: &finding.reasons,
            message: &finding.message,
        }
    }
}
