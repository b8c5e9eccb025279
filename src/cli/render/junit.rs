//! The outcome as JUnit XML, of the kind that Jenkins' xUnit plugin describes
//! (`junit-10.xsd`).
//!
//! What was asked and holds is a test case that passes, each error one that fails. A
//! warning is a test case that passes and says so; that it could not be judged is an
//! error of the suite.

use std::collections::BTreeMap;

use crate::check::{Code, Finding, Rule, Severity};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::report::{Report, counted, place, sentence};

/// A test case.
struct Case {
    class: String,
    name: String,
    outcome: Outcome,
}

/// How it came out, its type and what it says.
enum Outcome {
    Passed,
    /// It passes, and says something.
    Warned(String),
    Failed(&'static str, String),
    Error(String),
}

pub(super) fn write(report: &Report<'_>) -> String {
    let cases = cases(report);
    let count = |is: fn(&Outcome) -> bool| {
        let cases = cases.iter().filter(|case| is(&case.outcome));
        cases.count().to_string()
    };
    let tests = cases.len().to_string();
    let failures = count(|outcome| matches!(outcome, Outcome::Failed(..)));
    let errors = count(|outcome| matches!(outcome, Outcome::Error(_)));
    let counts = [
        ("tests", tests.as_str()),
        ("failures", failures.as_str()),
        ("errors", errors.as_str()),
    ];
    let name = match report.files() {
        [] => "records".to_owned(),
        files => safe(&files.join(", ")),
    };
    let notes: Vec<String> = report.notes.iter().map(|note| safe(note)).collect();
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let written = (|| -> std::io::Result<()> {
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let suites = writer.create_element("testsuites");
        let suites = suites.with_attribute(("name", "clientype check"));
        suites
            .with_attributes(counts)
            .write_inner_content(|writer| {
                let suite = writer.create_element("testsuite");
                let suite = suite.with_attribute(("name", name.as_str()));
                let suite = suite.with_attributes(counts);
                suite
                    .with_attribute(("skipped", "0"))
                    .write_inner_content(|writer| {
                        cases.iter().try_for_each(|case| case.write(writer))?;
                        notes.iter().try_for_each(|note| {
                            let out = writer.create_element("system-out");
                            out.write_text_content(BytesText::new(note)).map(drop)
                        })
                    })?;
                Ok(())
            })?;
        Ok(())
    })();
    written.expect("memory takes all that is written");
    let text = String::from_utf8(writer.into_inner());
    text.expect("texts are written as texts") + "\n"
}

impl Case {
    fn write(&self, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        let case = writer.create_element("testcase");
        let case = case.with_attribute(("classname", self.class.as_str()));
        let case = case.with_attribute(("name", self.name.as_str()));
        let (element, kind, says) = match &self.outcome {
            Outcome::Passed => return case.write_empty().map(drop),
            Outcome::Warned(says) => {
                return case
                    .write_inner_content(|writer| {
                        let out = writer.create_element("system-out");
                        out.write_text_content(BytesText::new(says)).map(drop)
                    })
                    .map(drop);
            }
            Outcome::Failed(code, says) => ("failure", *code, says),
            Outcome::Error(says) => ("error", "not-judged", says),
        };
        let head = says.lines().next().unwrap_or_default();
        case.write_inner_content(|writer| {
            let failure = writer.create_element(element);
            let failure = failure.with_attribute(("type", kind));
            let failure = failure.with_attribute(("message", head));
            failure.write_text_content(BytesText::new(says)).map(drop)
        })
        .map(drop)
    }
}

fn cases(report: &Report<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (place, rule) in report.rules().iter().enumerate() {
        let findings = report.findings().iter();
        let of: Vec<&Finding> = findings.filter(|finding| finding.rule == place).collect();
        let outcome = match (rule.errors, rule.warnings, rule.allowed) {
            _ if report.error.is_some() => None,
            (0, 0, 0) => Some(match &rule.measured {
                None => Outcome::Passed,
                Some(measured) => Outcome::Warned(safe(measured)),
            }),
            (0, 0, allowed) => Some(Outcome::Warned(format!(
                "{} allowed",
                counted(allowed, "finding")
            ))),
            (0, warnings, _) => Some(Outcome::Warned(counted(warnings, "warning"))),
            _ => None,
        };
        if let Some(outcome) = outcome {
            cases.push(case(rule, rule.says.clone(), outcome));
        }
        let mut shown = 0;
        for finding in of {
            shown += u64::from(finding.severity == Severity::Error);
            cases.push(of_finding(rule, finding));
        }
        let hidden = rule.errors - shown;
        if hidden > 0 {
            let hidden = counted(hidden, "more error");
            let says = format!("{hidden}: {}", rule_in_words(rule));
            let name = format!("{}: errors that are not shown", rule.says);
            cases.push(case(rule, name, Outcome::Failed("not-shown", safe(&says))));
        }
    }
    let [_, warnings] = report.totals();
    if report.fails_on_warnings() && warnings > 0 {
        cases.push(Case {
            class: "clientype.fail-on".to_owned(),
            name: "there are no warnings".to_owned(),
            outcome: Outcome::Failed("fail-on", counted(warnings, "warning")),
        });
    }
    let name = || match report.files() {
        [] => "the records can be read".to_owned(),
        files => format!("{} can be read", safe(&files.join(", "))),
    };
    tell_apart(&mut cases);
    cases.insert(
        0,
        Case {
            class: "clientype.check".to_owned(),
            name: name(),
            outcome: match &report.error {
                None => Outcome::Passed,
                Some((error, _)) => Outcome::Error(safe(error)),
            },
        },
    );
    cases
}

/// Numbers cases whose names are the same, from the second on: readers go by names.
fn tell_apart(cases: &mut [Case]) {
    let mut met: BTreeMap<(String, String), u64> = BTreeMap::new();
    for case in cases {
        let times = met
            .entry((case.class.clone(), case.name.clone()))
            .or_default();
        *times += 1;
        if *times > 1 {
            case.name.push_str(&format!(" ({times})"));
        }
    }
}

fn case(rule: &Rule, name: String, outcome: Outcome) -> Case {
    Case {
        class: format!("clientype.{}", rule.setting.name().replace('_', "-")),
        name: safe(&name),
        outcome,
    }
}

fn rule_in_words(rule: &Rule) -> String {
    match &rule.measured {
        Some(measured) => format!("{}: {measured}", rule.says),
        None => rule.says.clone(),
    }
}

fn of_finding(rule: &Rule, finding: &Finding) -> Case {
    let code = finding.code.name();
    let place = place(finding);
    // A name that stays where lines move, if a key tells which record it is.
    let is_known =
        finding.key.is_some() && !matches!(finding.code, Code::DuplicateKey | Code::DuplicateValue);
    let which = match (&finding.key, &place) {
        (Some(key), _) if is_known => Some(format!("key {}", crate::text::quoted(key))),
        (_, Some(place)) => Some(place.clone()),
        _ => None,
    };
    let column = finding.column.as_deref();
    let column = column.map(|column| format!("column {}", crate::text::quoted(column)));
    // Of a record its column tells as much.
    let is_whole = finding.place.record.is_none();
    let subject = finding.subject.clone().filter(|_| is_whole);
    let parts = which.into_iter().chain(subject).chain(column);
    let parts: Vec<String> = parts.collect();
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
    case(rule, name, outcome)
}

/// `text` with nothing in it that XML has no sign for, nor what nobody sees; lines stay.
fn safe(text: &str) -> String {
    let lines = text.lines().map(crate::text::visible);
    let text = lines.collect::<Vec<_>>().join("\n");
    // The only other characters that XML does not have.
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
