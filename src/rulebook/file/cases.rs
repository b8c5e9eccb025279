//! The cases that a rulebook file states.
//!
//! Owns what they expect, and what is wrong with that. What comes of them is found
//! by judging them.

use std::collections::{BTreeMap, BTreeSet};

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path};
use crate::rulebook::file::locate::{Lines, Locator};
use crate::rulebook::file::structure::day;
use crate::rulebook::file::tree::Tree;
use crate::rulebook::{Rulebook, UNDETERMINED};
use crate::text::{did_you_mean, nearest, quoted};

/// A record, and the labels that a rulebook's owner expects for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCase {
    /// What it is about.
    pub name: String,
    /// What the record says: criteria, or names of columns, and texts.
    pub record: Vec<(String, String)>,
    /// Scorecards, and the labels expected.
    pub expect: Vec<(String, String)>,
    /// Reason codes that are expected to be among those that count.
    pub reasons: Vec<String>,
    /// Our own names and mail domains, if the case says them, or that there are none.
    pub own: Option<Vec<String>>,
    /// The day on which open-ended durations are measured.
    pub as_of: Option<jiff::civil::Date>,
    /// The physical line on which it begins, from 1.
    pub line: u64,
}

/// The cases of a file.
pub(crate) fn cases(trees: &[Tree], locator: &Locator<'_>) -> Vec<RuleCase> {
    let lines = Lines::of(locator.text);
    let case = |(index, case): (usize, &Tree)| {
        let span = locator.near(&Path::default().item("case", index));
        RuleCase {
            name: case.text("name").to_owned(),
            record: case.pairs("record"),
            expect: case.pairs("expect"),
            reasons: case.texts("reasons").unwrap_or_default(),
            own: case.texts("own"),
            as_of: day(case.text("as_of")),
            line: lines.place(span.map_or(0, |span| span.start)).0,
        }
    };
    trees.iter().enumerate().map(case).collect()
}

/// What is wrong with cases, beside what comes of them.
pub(crate) fn case_diagnostics(cases: &[RuleCase], rulebook: &Rulebook) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let attributes = rulebook.attributes();
    let codes: BTreeSet<&str> = attributes.map(|(_, one)| &*one.reason_code).collect();
    for (index, case) in cases.iter().enumerate() {
        let at = Path::default().item("case", index);
        let first = *names.entry(&case.name).or_insert(index);
        if first != index {
            let diagnostic = Diagnostic::new(
                Code::DefinedTwice,
                at.key("name"),
                format!("case {} is there twice", quoted(&case.name)),
                "give this one another name",
            );
            let first = Path::default().item("case", first).key("name");
            diagnostics.push(diagnostic.related(first, "the first one"));
        }
        if case.expect.is_empty() && case.reasons.is_empty() {
            diagnostics.push(Diagnostic::new(
                Code::UnknownLabel,
                at.key("expect").name(),
                format!("case {} expects nothing", quoted(&case.name)),
                "say the label that it should get: expect.SCORECARD = \"LABEL\"",
            ));
        }
        for (card, label) in &case.expect {
            let at = at.key("expect").key(card);
            let cards = || rulebook.scorecards.iter().map(|card| &*card.name);
            let Some(of) = rulebook.scorecards.iter().find(|one| one.name == *card) else {
                diagnostics.push(unknown(
                    Code::UnknownLabel,
                    at.name(),
                    "scorecard",
                    card,
                    cards(),
                ));
                continue;
            };
            let labels = of.bands.iter().map(|band| &*band.label);
            let mut labels = labels.chain(std::iter::once(UNDETERMINED));
            if labels.clone().all(|one| one != label) {
                let what = format!("label of {card}");
                diagnostics.push(unknown(Code::UnknownLabel, at, &what, label, &mut labels));
            }
        }
        for (index, code) in case.reasons.iter().enumerate() {
            if !codes.contains(&**code) {
                let at = at.key("reasons").then(&format!("/{index}"));
                let codes = codes.iter().copied();
                diagnostics.push(unknown(Code::UnknownReason, at, "reason code", code, codes));
            }
        }
    }
    diagnostics
}

fn unknown<'n>(
    code: Code,
    at: Path,
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'n str>,
) -> Diagnostic {
    const MOST: usize = 8;
    let known: Vec<&str> = known.collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => did_you_mean(near),
        None if known.len() <= MOST => format!("take one of {}", known.join(", ")),
        None => "`clientype rules show` lists them".to_owned(),
    };
    Diagnostic::new(code, at, format!("{} is no {what}", quoted(name)), help)
}
