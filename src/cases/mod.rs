//! Cases: records with the labels that a rulebook's owner expects for them.
//!
//! Owns how cases are judged and what they cover. They are judged as all records are, and
//! then compared with what is expected.

mod csv;

use std::collections::BTreeSet;

use jiff::civil::Date;

pub use self::csv::run_csv_cases;
use crate::engine::compile::{AsOf, Rules};
use crate::engine::evaluate::Evidence;
use crate::engine::waterfall::applied;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
use crate::find::{Case, case_of};
use crate::rulebook::Rulebook;
use crate::rulebook::file::RuleCase;
use crate::run::Options;
use crate::value::Own;

/// Options for judging cases that do not set them themselves.
#[derive(Debug, Clone, Default)]
pub struct CaseOptions {
    /// Our own names and mail domains.
    pub own: Vec<String>,
    /// The day on which open-ended durations are measured, if set.
    pub as_of: Option<Date>,
    /// Whether to ignore what the rulebook does not know in a record, as in an export,
    /// instead of failing.
    pub lenient: bool,
}

/// A case and its result.
#[derive(Debug)]
pub struct CaseResult {
    /// The case.
    pub case: RuleCase,
    /// The judgement, or why it could not be judged.
    pub judged: Result<Case>,
    /// What differs from what is expected.
    pub mismatches: Vec<Mismatch>,
}

/// A difference between a case's result and what it expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// The scorecard with this index did not give this label.
    Label(usize, String),
    /// This reason code did not count.
    Reason(String),
}

impl CaseResult {
    /// Whether the result is as expected.
    pub fn passed(&self) -> bool {
        self.judged.is_ok() && self.mismatches.is_empty()
    }

    fn new(rules: &Rules, case: RuleCase, judged: Result<Case>) -> Self {
        let mismatches = match &judged {
            Ok(judged) => mismatches(rules, &case, judged),
            Err(_) => Vec::new(),
        };
        CaseResult {
            case,
            judged,
            mismatches,
        }
    }
}

fn mismatches(rules: &Rules, case: &RuleCase, judged: &Case) -> Vec<Mismatch> {
    let cards = &rules.rulebook().scorecards;
    let mut mismatches = Vec::new();
    for (card, label) in &case.expect {
        let index = cards.iter().position(|one| one.name == *card);
        if let Some(index) = index
            && rules.label(index, judged.evaluation.verdicts[index].label) != label
        {
            mismatches.push(Mismatch::Label(index, label.clone()));
        }
    }
    let evidence = cards.iter().zip(&judged.evaluation.evidence);
    let evidence = evidence.flat_map(|(card, evidence)| card.characteristics.iter().zip(evidence));
    let applied = evidence.filter_map(|(of, evidence)| applied(of, *evidence));
    let counted: BTreeSet<&str> = applied.map(|one| &*one.reason_code).collect();
    let missing = case.reasons.iter();
    let missing = missing.filter(|code| !counted.contains(code.as_str()));
    mismatches.extend(missing.map(|code| Mismatch::Reason(code.clone())));
    mismatches
}

/// Judges the cases of a rulebook file, one by one.
///
/// # Errors
///
/// [`ErrorKind::Rulebook`] if the rulebook has errors. A case that cannot be judged has the
/// error in its result.
pub fn run_cases(
    rulebook: &Rulebook,
    cases: &[RuleCase],
    options: &CaseOptions,
) -> Result<Vec<CaseResult>> {
    // Most cases share own names and day with the one before.
    let mut last: Option<(&[String], Option<Date>, Rules)> = None;
    let mut all = Vec::new();
    for case in cases {
        let own = &case.own.as_ref().unwrap_or(&options.own)[..];
        let day = case.as_of.or(options.as_of);
        let known = last.take().filter(|known| (known.0, known.1) == (own, day));
        let known = match known {
            Some(known) => known,
            None => (own, day, rules_on(rulebook, own, day)?),
        };
        let rules = &mut last.insert(known).2;
        let judged = judge(rules, &case.record, options.lenient);
        let judged = judged.and_then(|judged| match rules.was_asked_for_the_day() {
            true => Err(no_day()),
            false => Ok(judged),
        });
        all.push(CaseResult::new(rules, case.clone(), judged));
    }
    Ok(all)
}

fn judge(rules: &mut Rules, record: &[(String, String)], lenient: bool) -> Result<Case> {
    rules.forget_the_day();
    let options = Options::default();
    let judged = case_of(rules, &options, record);
    if judged.is_ok() || !lenient {
        return judged;
    }
    let fields = record.iter();
    let known =
        fields.filter(|field| case_of(rules, &options, std::slice::from_ref(field)).is_ok());
    let known: Vec<(String, String)> = known.cloned().collect();
    rules.forget_the_day();
    case_of(rules, &options, &known)
}

/// Compiled rules. Without a day they record whether one is needed.
fn rules_on(rulebook: &Rulebook, own: &[String], as_of: Option<Date>) -> Result<Rules> {
    let as_of = as_of.map_or(AsOf::WhenNeeded(|| Date::MAX), AsOf::Day);
    Rules::compile(rulebook.clone(), &Own::new(own), as_of)
}

/// The error that the result of a case depends on today.
fn no_day() -> Error {
    Error::new(
        ErrorKind::Input,
        "its length depends on the current day, so the result would change over time",
    )
    .expected("a day on which open-ended durations are measured")
    .help(
        Phrase::from("add as_of = \"2026-01-31\" to the case, or use ")
            .set(Setting::AsOf, "2026-01-31"),
    )
}

/// The number of cases in which each attribute applied, by scorecard, characteristic and
/// attribute.
pub fn coverage<'t>(
    rulebook: &Rulebook,
    results: impl Iterator<Item = &'t CaseResult>,
) -> Vec<Vec<Vec<u64>>> {
    let cards = rulebook.scorecards.iter();
    let mut counts: Vec<Vec<Vec<u64>>> = cards
        .map(|card| {
            let each = card.characteristics.iter();
            each.map(|one| vec![0; one.attributes.len()]).collect()
        })
        .collect();
    for judged in results.filter_map(|one| one.judged.as_ref().ok()) {
        for (card, evidence) in counts.iter_mut().zip(&judged.evaluation.evidence) {
            for (counts, evidence) in card.iter_mut().zip(evidence) {
                if let Evidence::Applied(place) = evidence {
                    counts[usize::from(*place)] += 1;
                }
            }
        }
    }
    counts
}
