//! The outcome as SARIF 2.1.0.

use clientype::Place;
use clientype::check::{Code, Finding, Severity};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::json::{self, About};
use super::report::{Report, about, sentence};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(report: &Report<'_>) -> String {
    let rules = Code::ALL.map(|code| {
        json!({
            "id": code.name(),
            "shortDescription": {"text": code.says()},
            "defaultConfiguration": {"level": "error"},
        })
    });
    let first = report.files().first();
    let results = report.findings().iter();
    let results = results.map(|finding| result(finding, first.map(String::as_str)));
    let mut invocation = json!({
        "executionSuccessful": report.error.is_none(),
        "exitCode": report.exit_code(),
    });
    if let Some((error, place)) = &report.error {
        let mut told = json!({"level": "error", "message": {"text": error}});
        if let Some(location) = location(place, None) {
            told["locations"] = json!([location]);
        }
        invocation["toolExecutionNotifications"] = json!([told]);
    }
    let whole = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "clientype",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "invocations": [invocation],
            "results": results.collect::<Vec<_>>(),
            "columnKind": "unicodeCodePoints",
            "properties": {
                "passed": report.passed(),
                "records": report.records(),
                "counts": json::counts(report),
            },
        }],
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn result(finding: &Finding, first: Option<&str>) -> Value {
    let code = finding.code;
    let about = about(finding);
    let says = match about.is_empty() {
        true => sentence(finding),
        false => format!("{about}: {}", sentence(finding)),
    };
    let rule = Code::ALL.iter().position(|other| *other == code);
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut result = json!({
        "ruleId": code.name(),
        "ruleIndex": rule,
        "level": level,
        "message": {"text": says},
        "partialFingerprints": {"clientype/v1": fingerprint(finding)},
        "properties": About::new(finding),
    });
    if let Some(location) = location(&finding.place, first) {
        result["locations"] = json!([location]);
    }
    result
}

/// Where it is; what is about all records is at the `first` file.
fn location(place: &Place, first: Option<&str>) -> Option<Value> {
    let file = place.file.as_deref().or(first)?;
    let mut location = json!({"artifactLocation": {"uri": uri(file)}});
    if let Some(line) = place.line {
        location["region"] = json!({"startLine": line});
    }
    Some(json!({"physicalLocation": location}))
}

/// What stays the same where lines move: which record it is, and what is wrong with it.
fn fingerprint(finding: &Finding) -> String {
    let record = finding.place.record.map(|record| record.to_string());
    let which = finding.key.clone().or(record).unwrap_or_default();
    let file = finding.place.file.as_deref().unwrap_or_default();
    let column = finding.column.as_deref().unwrap_or_default();
    let found = finding.found.as_deref().unwrap_or_default();
    let mut digest = Sha256::new();
    for part in [finding.code.name(), file, &which, column, found] {
        digest.update(part);
        digest.update([0]);
    }
    let digest = digest.finalize();
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
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
