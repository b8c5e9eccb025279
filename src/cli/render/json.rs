//! The outcome for a program: one JSON object.
//!
//! Owns the shape of that object, which the README describes.

use std::collections::BTreeMap;

use crate::check::{Finding, Matched, Rule};
use serde::Serialize;
use serde_json::Value;

use super::report::Report;

pub(super) fn write(report: &Report<'_>) -> String {
    let [errors, warnings] = report.totals();
    let outcome = Outcome {
        passed: report.passed(),
        records: report.records(),
        counts: counts(report),
        findings: report.findings().iter().map(Found::new).collect(),
        errors,
        warnings,
        rules: report.rules().iter().map(Asked::new).collect(),
        notes: report.notes(),
        rulebook: rulebook(report),
        baseline: report.baseline().map(Compared::new),
        summary: report.overview.as_ref().map(|overview| overview.json()),
        error: report.error.as_ref().map(|(error, _)| error),
    };
    let json = serde_json::to_string_pretty(&outcome);
    json.expect("texts, numbers and lists of these all have a form in JSON") + "\n"
}

/// How many findings there are, by code.
pub(super) fn counts(report: &Report<'_>) -> BTreeMap<&'static str, u64> {
    let counts = report.counts();
    let counts = counts.map(|(code, of)| (code.name(), of.iter().sum()));
    counts.collect()
}

/// The rulebook by which it was judged.
#[derive(Serialize)]
pub(super) struct Rulebook<'r> {
    name: &'r str,
    version: &'r str,
    hash: &'r str,
}

pub(super) fn rulebook<'r>(report: &'r Report<'_>) -> Option<Rulebook<'r>> {
    let [name, version, hash] = report.rulebook.as_ref()?;
    Some(Rulebook {
        name,
        version,
        hash,
    })
}

#[derive(Serialize)]
struct Outcome<'r> {
    passed: bool,
    records: u64,
    counts: BTreeMap<&'static str, u64>,
    findings: Vec<Found<'r>>,
    errors: u64,
    warnings: u64,
    rules: Vec<Asked<'r>>,
    notes: &'r [String],
    rulebook: Option<Rulebook<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<Compared<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'r String>,
}

/// A finding; what is not known of it is null.
#[derive(Serialize)]
struct Found<'r> {
    code: &'static str,
    severity: &'static str,
    file: Option<&'r str>,
    line: Option<u64>,
    #[serde(flatten)]
    about: About<'r>,
}

/// The part of a finding that SARIF takes as its properties.
#[derive(Serialize)]
pub(super) struct About<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'r str>,
    record: Option<u64>,
    key: Option<&'r str>,
    column: Option<&'r str>,
    subject: Option<&'r str>,
    found: Option<&'r str>,
    expected: &'r str,
    reasons: Vec<Reason<'r>>,
    message: &'r str,
}

#[derive(Serialize)]
struct Reason<'r> {
    criterion: &'r str,
    points: i32,
    reason_code: &'r str,
    reason: &'r str,
}

#[derive(Serialize)]
struct Asked<'r> {
    rule: &'static str,
    says: &'r str,
    measured: Option<&'r str>,
    errors: u64,
    warnings: u64,
    allowed: u64,
}

#[derive(Serialize)]
struct Compared<'r> {
    file: &'r str,
    entries: u64,
    unchanged: u64,
    changed: u64,
    new: u64,
    stale: u64,
    first_stale: &'r [String],
}

impl<'r> Found<'r> {
    fn new(finding: &'r Finding) -> Self {
        Found {
            code: finding.code.name(),
            severity: finding.severity.name(),
            file: finding.place.file.as_deref(),
            line: finding.line(),
            about: About::new(finding),
        }
    }
}

impl<'r> About<'r> {
    pub(super) fn new(finding: &'r Finding) -> Self {
        let reasons = finding.reasons.iter().map(|reason| Reason {
            criterion: &reason.criterion,
            points: reason.points,
            reason_code: &reason.reason_code,
            reason: &reason.reason,
        });
        About {
            sheet: finding.place.sheet.as_deref(),
            record: finding.place.record,
            key: finding.key.as_deref(),
            column: finding.column.as_deref(),
            subject: finding.subject.as_deref(),
            found: finding.found.as_deref(),
            expected: &finding.expected,
            reasons: reasons.collect(),
            message: &finding.says,
        }
    }
}

impl<'r> Asked<'r> {
    fn new(rule: &'r Rule) -> Self {
        Asked {
            rule: rule.flag,
            says: &rule.says,
            measured: rule.measured.as_deref(),
            errors: rule.errors,
            warnings: rule.warnings,
            allowed: rule.allowed,
        }
    }
}

impl<'r> Compared<'r> {
    fn new(matched: &'r Matched) -> Self {
        Compared {
            file: &matched.file,
            entries: matched.entries,
            unchanged: matched.unchanged,
            changed: matched.changed,
            new: matched.new,
            stale: matched.stale,
            first_stale: &matched.first_stale,
        }
    }
}
