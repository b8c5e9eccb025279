//! The outcome for a program: one JSON object.
//!
//! Owns the shape of that object, which the README describes.

use std::collections::BTreeMap;

use crate::check::{Code, Finding, Matched, Reason, Rule};
use serde::Serialize;
use serde_json::Value;

use super::report::{Report, expected};
use crate::cli::wording;

pub(super) fn write(report: &Report<'_>) -> String {
    let [errors, warnings] = report.totals();
    let outcome = Outcome {
        passed: report.passed(),
        records: report.records(),
        counts: counts(report),
        findings: report.findings().iter().map(found).collect(),
        errors,
        warnings,
        rules: report.rules().iter().map(measured).collect(),
        notes: &report.notes,
        rulebook: rulebook(report),
        baseline: report.baseline(),
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
    rulebook: Option<Rulebook<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'r Matched>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'r String>,
}

/// A finding; what is not known of it is null.
#[derive(Serialize)]
struct Found<'r> {
    code: Code,
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

/// The rulebook by which it was judged.
#[derive(Serialize)]
pub(super) struct Rulebook<'r> {
    name: &'r str,
    version: &'r str,
    hash: &'r str,
}

/// How many findings there are, by code.
pub(super) fn counts(report: &Report<'_>) -> BTreeMap<&'static str, u64> {
    let counts = report.counts();
    let counts = counts.map(|(code, of)| (code.name(), of.iter().sum()));
    counts.collect()
}

pub(super) fn rulebook<'r>(report: &'r Report<'_>) -> Option<Rulebook<'r>> {
    let [name, version, hash] = report.rulebook.as_ref()?;
    Some(Rulebook {
        name,
        version,
        hash,
    })
}

fn found(finding: &Finding) -> Found<'_> {
    Found {
        code: finding.code,
        severity: finding.severity.name(),
        file: finding.place.file.as_deref(),
        line: finding.line(),
        about: about(finding),
    }
}

pub(super) fn about(finding: &Finding) -> About<'_> {
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

fn measured(rule: &Rule) -> Measured<'_> {
    Measured {
        rule: wording::flag(rule.setting),
        says: &rule.says,
        measured: rule.measured.as_deref(),
        errors: rule.errors,
        warnings: rule.warnings,
        allowed: rule.allowed,
    }
}
