//! Cases: records with the labels that a rulebook's owner expects for them.
//!
//! Owns how cases are judged and what they cover. They are judged as all records
//! are; what is expected is compared afterwards.

mod csv;

use jiff::civil::Date;

pub use self::csv::try_csv;
use crate::engine::compile::{AsOf, Rules};
use crate::engine::evaluate::Evidence;
use crate::engine::waterfall::Waterfall;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
use crate::find::{Case, case_of};
use crate::rulebook::Rulebook;
use crate::rulebook::file::RuleCase;
use crate::run::Options;
use crate::value::Own;

/// On what terms cases are judged that do not say it themselves.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Our own names and mail domains.
    pub own: Vec<String>,
    /// The day on which open-ended durations are measured; there is none unless given.
    pub as_of: Option<Date>,
    /// Whether a record may say what the rulebook does not know, which is passed over
    /// then, as columns of an export are.
    pub lenient: bool,
}

/// A case, and what came of it.
#[derive(Debug)]
pub struct Tried {
    /// The case.
    pub case: RuleCase,
    /// What it was judged to be, or why it could not be.
    pub judged: Result<Case>,
    /// What came out otherwise than expected.
    pub misses: Vec<Miss>,
}

/// Something that came out otherwise than expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// The scorecard with this index gave another label than this one.
    Label(usize, String),
    /// This reason code did not count.
    Reason(String),
}

impl Tried {
    /// Whether all came out as expected.
    pub fn passed(&self) -> bool {
        self.judged.is_ok() && self.misses.is_empty()
    }

    fn new(rules: &Rules, case: RuleCase, judged: Result<Case>) -> Self {
        let misses = match &judged {
            Ok(judged) => misses(rules, &case, judged),
            Err(_) => Vec::new(),
        };
        Tried {
            case,
            judged,
            misses,
        }
    }
}

fn misses(rules: &Rules, case: &RuleCase, judged: &Case) -> Vec<Miss> {
    let cards = &rules.rulebook().scorecards;
    let mut misses = Vec::new();
    for (card, label) in &case.expect {
        let index = cards.iter().position(|one| one.name == *card);
        if let Some(index) = index
            && rules.label(index, judged.evaluation.verdicts[index].label) != label
        {
            misses.push(Miss::Label(index, label.clone()));
        }
    }
    let waterfalls: Vec<_> = (0..cards.len())
        .map(|card| judged.waterfall(rules.rulebook(), card))
        .collect();
    let counts = |code: &str| {
        let mut applied = waterfalls.iter().flat_map(Waterfall::applied);
        applied.any(|(_, attribute)| attribute.reason_code == code)
    };
    let missing = case.reasons.iter().filter(|code| !counts(code));
    misses.extend(missing.map(|code| Miss::Reason(code.clone())));
    misses
}

/// Judges cases that a rulebook states, one by one.
///
/// # Errors
///
/// [`ErrorKind::Rulebook`] where the rulebook has errors. A case that cannot be judged
/// is told in its place.
pub fn try_cases(rulebook: &Rulebook, cases: &[RuleCase], terms: &Terms) -> Result<Vec<Tried>> {
    // Most cases share who we are, and the day, with the one before.
    let mut last: Option<(&[String], Option<Date>, Rules)> = None;
    let mut all = Vec::new();
    for case in cases {
        let own = &case.own.as_ref().unwrap_or(&terms.own)[..];
        let day = case.as_of.or(terms.as_of);
        let known = last.take().filter(|known| (known.0, known.1) == (own, day));
        let known = match known {
            Some(known) => known,
            None => (own, day, rules_on(rulebook, own, day)?),
        };
        let rules = &mut last.insert(known).2;
        let judged = judge(rules, &case.record, terms.lenient);
        let judged = judged.and_then(|judged| match rules.was_asked_for_the_day() {
            true => Err(no_day()),
            false => Ok(judged),
        });
        all.push(Tried::new(rules, case.clone(), judged));
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
    let known = record.iter();
    let known = known.filter(|word| case_of(rules, &options, std::slice::from_ref(word)).is_ok());
    let known: Vec<(String, String)> = known.cloned().collect();
    rules.forget_the_day();
    case_of(rules, &options, &known)
}

/// The rules, on some terms. Without a day they take note if one is needed.
fn rules_on(rulebook: &Rulebook, own: &[String], as_of: Option<Date>) -> Result<Rules> {
    let as_of = as_of.map_or(AsOf::WhenNeeded(|| Date::MAX), AsOf::Day);
    Rules::compile(rulebook.clone(), &Own::new(own), as_of)
}

/// The error that what comes of a case depends on today.
fn no_day() -> Error {
    Error::new(
        ErrorKind::Input,
        "its length depends on today, so that it would come out otherwise some day",
    )
    .expected("a day on which open-ended durations are measured")
    .help(
        Phrase::from("say as_of = \"2026-01-31\" in the case, or ")
            .set(Setting::AsOf, "2026-01-31"),
    )
}

/// How often each attribute applied, by scorecard, characteristic and attribute.
pub fn coverage<'t>(
    rulebook: &Rulebook,
    tried: impl Iterator<Item = &'t Tried>,
) -> Vec<Vec<Vec<u64>>> {
    let cards = rulebook.scorecards.iter();
    let mut counts: Vec<Vec<Vec<u64>>> = cards
        .map(|card| {
            let each = card.characteristics.iter();
            each.map(|one| vec![0; one.attributes.len()]).collect()
        })
        .collect();
    for judged in tried.filter_map(|one| one.judged.as_ref().ok()) {
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
