//! The cases that a rulebook file states.
//!
//! Owns what they expect, and the diagnostics of that. Their results come from judging
//! them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Diagnostics, Path, near};
use crate::rulebook::file::locate::Lines;
use crate::rulebook::file::structure::day;
use crate::rulebook::file::tree::Node;
use crate::rulebook::{Rulebook, Scorecard};
use crate::text::{did_you_mean, quoted};

/// A record, and the labels that the rulebook's owner expects for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCase {
    /// Its name.
    pub name: String,
    /// The record: criteria or column names, and their texts.
    pub record: Vec<(String, String)>,
    /// Scorecards, and the labels expected.
    pub expect: Vec<(String, String)>,
    /// Reason codes expected among those that count.
    pub reasons: Vec<String>,
    /// Our own names and mail domains: empty for none, `None` if the case does not set them.
    pub own: Option<Vec<String>>,
    /// The day on which open-ended durations are measured.
    pub as_of: Option<jiff::civil::Date>,
    /// The physical line on which it begins, from 1.
    pub line: u64,
}

/// The cases of a file with this text.
pub(super) fn cases(file: &Node, text: &str) -> Vec<RuleCase> {
    let lines = Lines::of(text);
    let text_of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let texts = |of: &Node| {
        of.json()
            .as_array()
            .map(|all| all.iter().map(text_of).collect())
    };
    let pairs = |of: &Node| match of.json() {
        Value::Object(all) => all
            .iter()
            .map(|(key, one)| (key.clone(), text_of(one)))
            .collect(),
        _ => Vec::new(),
    };
    let case = |case: &Node| RuleCase {
        name: case.text("name").to_owned(),
        record: case.get("record").map(pairs).unwrap_or_default(),
        expect: case.get("expect").map(pairs).unwrap_or_default(),
        reasons: case.get("reasons").and_then(texts).unwrap_or_default(),
        own: case.get("own").and_then(texts),
        as_of: day(case.text("as_of")),
        line: lines.place(case.header().start).0,
    };
    file.list("case").iter().map(case).collect()
}

/// Finds the diagnostics of cases: names and expectations that are not valid.
pub(super) fn case_diagnostics(
    cases: &[RuleCase],
    rulebook: &Rulebook,
    diagnostics: &mut Diagnostics,
) {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let attributes = rulebook.attributes();
    let codes: BTreeSet<&str> = attributes.map(|(_, one)| &*one.reason_code).collect();
    let cards = rulebook.scorecards.iter().map(|card| (&*card.name, card));
    let cards: BTreeMap<&str, &Scorecard> = cards.collect();
    for (index, case) in cases.iter().enumerate() {
        let at = Path::default().item("case", index);
        let name = quoted(&case.name);
        let first = *names.entry(&case.name).or_insert(index);
        if first != index {
            let found = format!("case {name} is defined twice");
            let help = "give this case another name";
            let twice = Code::DefinedTwice.at(&at.key("name"), found, help);
            let first = Path::default().item("case", first).key("name");
            diagnostics.push(twice.related(first, "first defined here"));
        }
        if case.expect.is_empty() && case.reasons.is_empty() {
            let found = format!("case {name} expects nothing");
            let help = "add the label that it should get: expect.SCORECARD = \"LABEL\"";
            diagnostics.push(Code::UnknownLabel.at(&at.key("expect").name(), found, help));
        }
        for (card, label) in &case.expect {
            if diagnostics.is_full() {
                return;
            }
            let at = at.key("expect").key(card);
            let Some(of) = cards.get(&**card) else {
                let cards = rulebook.scorecards.iter().map(|card| &*card.name);
                let at = at.name();
                diagnostics.push(unknown(Code::UnknownLabel, &at, "scorecard", card, cards));
                continue;
            };
            if of.labels().all(|known| known != label) {
                let what = format!("label of {card}");
                let labels = of.labels();
                diagnostics.push(unknown(Code::UnknownLabel, &at, &what, label, labels));
            }
        }
        for (index, code) in case.reasons.iter().enumerate() {
            if diagnostics.is_full() {
                return;
            }
            if !codes.contains(&**code) {
                let at = at.key("reasons").at(index);
                let known = codes.iter().copied();
                diagnostics.push(unknown(
                    Code::UnknownReason,
                    &at,
                    "reason code",
                    code,
                    known,
                ));
            }
        }
    }
}

/// The diagnostic of a name that is not among the known ones.
fn unknown<'n>(
    code: Code,
    at: &Path,
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) -> Diagnostic {
    const MOST: usize = 8;
    let few: Vec<&str> = known.clone().take(MOST + 1).collect();
    let help = match near(name, known) {
        Some(near) => did_you_mean(near),
        None if few.is_empty() => "remove it: there is none to name here".to_owned(),
        None if few.len() <= MOST => format!("use one of {}", few.join(", ")),
        None => "`clientype rules show` lists them".to_owned(),
    };
    let found = format!("unknown {what} {}", quoted(name));
    code.at(at, found, help)
}
