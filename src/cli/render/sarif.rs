//! The outcome as SARIF 2.1.0.

use crate::check::{Code, Finding};
use crate::error::Place;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::json::{About, counts};
use super::report::{Report, sentence};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(report: &Report<'_>) -> String {
    let rules = Code::ALL.iter().map(|code| {
        json!({
            "id": code.name(),
            "shortDescription": {"text": code.says()},
            "defaultConfiguration": {"level": "error"},
        })
    });
    let first = report.checked.files.first().map(String::as_str);
    let results = report.checked.findings.iter();
    let results = results.map(|finding| result(finding, first));
    let mut invocation = json!({
        "executionSuccessful": report.error.is_none(),
        "exitCode": report.exit_code(),
    });
    let notes = report.notes.iter();
    let notes = notes.map(|note| json!({"level": "note", "message": {"text": note}}));
    let mut notifications: Vec<Value> = notes.collect();
    if let Some((error, place)) = &report.error {
        let mut error = json!({"level": "error", "message": {"text": error}});
        if let Some(location) = location(place, None) {
            error["locations"] = json!([location]);
        }
        notifications.push(error);
    }
    if !notifications.is_empty() {
        invocation["toolExecutionNotifications"] = notifications.into();
    }
    let whole = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "clientype",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            }},
            "invocations": [invocation],
            "results": results.collect::<Vec<_>>(),
            "columnKind": "unicodeCodePoints",
            "properties": {
                "passed": report.passed(),
                "records": report.checked.records,
                "counts": counts(report),
                "rulebook": report.rulebook,
            },
        }],
    });
    format!("{whole:#}\n")
}

fn result(finding: &Finding, first: Option<&str>) -> Value {
    let code = finding.code;
    let mut result = json!({
        "ruleId": code.name(),
        "ruleIndex": code as usize,
        "level": finding.severity.name(),
        "message": {"text": sentence(finding)},
        "partialFingerprints": {"clientype/v1": fingerprint(finding)},
        "properties": About::of(finding),
    });
    if let Some(location) = location(&finding.place, first) {
        result["locations"] = json!([location]);
    }
    result
}

/// The location of a finding; one about all records is at the `first` file.
fn location(place: &Place, first: Option<&str>) -> Option<Value> {
    let file = place.file.as_deref().or(first)?;
    let mut location = json!({"artifactLocation": {"uri": uri(file)}});
    if let Some(line) = place.line {
        location["region"] = json!({"startLine": line});
    }
    Some(json!({"physicalLocation": location}))
}

/// A fingerprint that stays the same when lines move: it covers the record and what is
/// wrong with it. A record without a key counts by its number, which moves with records.
fn fingerprint(finding: &Finding) -> String {
    let record = finding.place.record.map(|record| record.to_string());
    let key = finding.key.clone().filter(|_| !finding.code.is_of_twins());
    let which = key.or(record).unwrap_or_default();
    let file = finding.place.file.as_deref().unwrap_or_default();
    let column = finding.column.as_deref().unwrap_or_default();
    // A measurement over all records differs from run to run.
    let found = finding.found.as_deref();
    let found = found.filter(|_| finding.place.record.is_some());
    let found = found.unwrap_or_default();
    let subject = finding.subject.as_deref().unwrap_or_default();
    let mut digest = Sha256::new();
    for part in [finding.code.name(), file, &which, column, subject, found] {
        digest.update(part);
        digest.update([0]);
    }
    let digest = digest.finalize();
    let bytes = digest.iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    // Standard input needs a name too, because it has lines.
    let path = if path == "<stdin>" { "stdin" } else { path };
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
