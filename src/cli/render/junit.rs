//! The outcome as JUnit XML, by the schema of Jenkins' xUnit plugin (`junit-10.xsd`).
//!
//! A condition that holds is a test case that passes, and each error is one that fails. A
//! warning is a test case that passes with output. A run that could not be judged has a
//! test case with an error.

use std::collections::BTreeMap;

use crate::check::{Finding, Rule, Severity};
use crate::text::{quoted, visible};
use quick_xml::escape::escape;

use super::report::{Report, in_words, place, sentence};
use crate::cli::report::count;

/// A test case.
struct Case {
    class: String,
    name: String,
    outcome: Outcome,
}

/// The outcome of a test case, with its type and its text.
enum Outcome {
    Passed,
    /// Passed, with output.
    Warned(String),
    Failed(&'static str, String),
    Error(String),
}

pub(super) fn write(report: &Report<'_>) -> String {
    let cases = cases(report);
    let count = |is: fn(&Outcome) -> bool| cases.iter().filter(|case| is(&case.outcome)).count();
    let tests = cases.len();
    let failures = count(|outcome| matches!(outcome, Outcome::Failed(..)));
    let errors = count(|outcome| matches!(outcome, Outcome::Error(_)));
    let counts = format!(r#"tests="{tests}" failures="{failures}" errors="{errors}""#);
    let name = match &report.checked.files[..] {
        [] => "records".to_owned(),
        files => safe(&files.join(", ")),
    };
    let name = attribute(&name);
    let cases: String = cases.iter().map(Case::xml).collect();
    let notes = report.notes.iter();
    let notes = notes.map(|note| format!("    {}\n", output(&safe(note))));
    let notes: String = notes.collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="clientype check" {counts}>
  <testsuite name="{name}" {counts} skipped="0">
{cases}{notes}  </testsuite>
</testsuites>
"#
    )
}

/// The value of an attribute; a bare line break would be read as a space.
fn attribute(text: &str) -> String {
    escape(text).replace('\n', "&#10;")
}

/// The output of a case that passes, or of the suite.
fn output(text: &str) -> String {
    format!("<system-out>{}</system-out>", escape(text))
}

impl Case {
    fn xml(&self) -> String {
        let (class, name) = (attribute(&self.class), attribute(&self.name));
        let case = format!(r#"    <testcase classname="{class}" name="{name}""#);
        let (element, kind, says) = match &self.outcome {
            Outcome::Passed => return format!("{case}/>\n"),
            Outcome::Warned(says) => {
                return format!("{case}>\n      {}\n    </testcase>\n", output(says));
            }
            Outcome::Failed(code, says) => ("failure", *code, says),
            Outcome::Error(says) => ("error", "not-judged", says),
        };
        let head = attribute(says.lines().next().unwrap_or_default());
        let says = escape(says);
        format!(
            r#"{case}>
      <{element} type="{kind}" message="{head}">{says}</{element}>
    </testcase>
"#
        )
    }
}

fn cases(report: &Report<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (place, rule) in report.checked.rules.iter().enumerate() {
        let outcome = match (rule.errors, rule.warnings, rule.allowed) {
            _ if report.error.is_some() => None,
            (0, 0, 0) => Some(match &rule.measured {
                None => Outcome::Passed,
                Some(measured) => Outcome::Warned(safe(measured)),
            }),
            (0, 0, allowed) => Some(Outcome::Warned(count(allowed, "finding") + " allowed")),
            (0, warnings, _) => Some(Outcome::Warned(count(warnings, "warning"))),
            _ => None,
        };
        cases.extend(outcome.map(|outcome| case(rule, &rule.says, outcome)));
        let findings = report.checked.findings.iter();
        let of = findings.filter(|finding| finding.rule == place);
        let errors = of.clone().filter(|one| one.severity == Severity::Error);
        let errors = errors.count();
        cases.extend(of.map(|finding| of_finding(rule, finding)));
        if let hidden @ 1.. = rule.errors - errors as u64 {
            let says = format!("{}: {}", count(hidden, "more error"), in_words(rule));
            let name = format!("{}: errors not shown", rule.says);
            cases.push(case(rule, &name, Outcome::Failed("not-shown", safe(&says))));
        }
    }
    let [_, warnings] = report.checked.totals();
    if report.fails_on_warnings() && warnings > 0 {
        cases.push(Case {
            class: "clientype.fail-on".to_owned(),
            name: "there are no warnings".to_owned(),
            outcome: Outcome::Failed("fail-on", count(warnings, "warning")),
        });
    }
    number_duplicates(&mut cases);
    let first = Case {
        class: "clientype.check".to_owned(),
        name: match &report.checked.files[..] {
            [] => "the records can be read".to_owned(),
            files => format!("{} can be read", safe(&files.join(", "))),
        },
        outcome: match &report.error {
            None => Outcome::Passed,
            Some((error, _)) => Outcome::Error(safe(error)),
        },
    };
    cases.insert(0, first);
    cases
}

/// Numbers cases with the same name, from the second on, because readers identify cases by
/// name.
fn number_duplicates(cases: &mut [Case]) {
    let mut met: BTreeMap<(String, String), u64> = BTreeMap::new();
    for case in cases {
        let same = (case.class.clone(), case.name.clone());
        let times = met.entry(same).or_default();
        *times += 1;
        if *times > 1 {
            case.name += &format!(" ({times})");
        }
    }
}

fn case(rule: &Rule, name: &str, outcome: Outcome) -> Case {
    Case {
        class: format!("clientype.{}", rule.setting.name().replace('_', "-")),
        name: safe(name),
        outcome,
    }
}

fn of_finding(rule: &Rule, finding: &Finding) -> Case {
    let code = finding.code.name();
    let place = place(finding);
    // With a key, the name stays the same when lines move.
    let key = finding.key.as_ref().filter(|_| !finding.code.is_of_twins());
    let which = key.map(|key| format!("key {}", quoted(key)));
    let which = which.or_else(|| place.clone());
    let column = finding.column.as_deref();
    let column = column.map(|column| format!("column {}", quoted(column)));
    // For a record, the column implies the subject.
    let is_whole = finding.place.record.is_none();
    let subject = finding.subject.clone().filter(|_| is_whole);
    let parts: Vec<String> = which.into_iter().chain(subject).chain(column).collect();
    let name = match parts.is_empty() {
        true => code.to_owned(),
        false => format!("{code}: {}", parts.join(", ")),
    };
    let place = place.map_or(String::new(), |place| format!("{place}, "));
    let says = safe(&format!("{place}{}", sentence(finding)));
    let outcome = match finding.severity {
        Severity::Error => Outcome::Failed(code, says),
        Severity::Warning => Outcome::Warned(format!("warning: {says}")),
    };
    case(rule, &name, outcome)
}

/// `text` without characters that XML does not allow, and with hidden ones made visible;
/// line breaks stay.
fn safe(text: &str) -> String {
    let lines = text.lines().map(visible);
    let text = lines.collect::<Vec<_>>().join("\n");
    // The only other characters that XML does not allow.
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
