//! Values to verdict: one scoring path for everybody who asks.
//!
//! Owns what counts as evidence, the sum of the points and the label. Whoever
//! prints a label, explains one or judges one reads the same [`Evaluation`].

use jiff::civil::Date;

use super::bins::Bin;
use super::compile::{Card, Derived, Look, Rules, Sight};
use super::{Length, read::Reading};

/// What a characteristic had to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The attribute with this index applied.
    Applied(u16),
    /// The value is known, but the rulebook has no attribute for it.
    NoAttribute,
    /// The record says nothing.
    Missing,
    /// The record says something that we cannot read.
    NotUnderstood,
}

/// The answer of one scorecard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// 0: the label of the band that is open upwards; 1: of the one that is
    /// open downwards; 2: undetermined. [`Rules::label`] names it.
    pub label: u8,
    /// The points, with the initial score.
    pub score: i32,
    /// The points by which the score would have to move for another label,
    /// at least 1.
    pub margin: i32,
    /// How many characteristics had evidence.
    pub known: u16,
    /// How many characteristics the scorecard has.
    pub characteristics: u16,
}

impl Verdict {
    /// The share of the characteristics that had evidence, from 0 to 1.
    pub fn coverage(&self) -> f64 {
        if self.characteristics == 0 {
            return 0.0;
        }
        f64::from(self.known) / f64::from(self.characteristics)
    }
}

/// All verdicts on one record, and the evidence each rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// By scorecard.
    pub verdicts: Vec<Verdict>,
    /// By scorecard and characteristic, as in the rulebook.
    pub evidence: Vec<Vec<Evidence>>,
}

/// What comes of one characteristic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) points: i32,
    evidence: Evidence,
    /// 1 where there is evidence.
    known: u16,
}

impl Outcome {
    pub(super) fn new(evidence: Evidence, points: i32) -> Self {
        let known = matches!(evidence, Evidence::Applied(_) | Evidence::NoAttribute);
        Outcome {
            points,
            evidence,
            known: u16::from(known),
        }
    }
}

/// Which characteristics can have evidence at all: those whose criterion
/// something feeds. The rest is missing in every record.
#[derive(Debug, Clone)]
pub struct Plan {
    /// By scorecard.
    steps: Vec<Vec<Step>>,
}

/// One characteristic that can have evidence.
#[derive(Debug, Clone)]
struct Step {
    /// Its place in the scorecard.
    characteristic: usize,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    /// Its own criterion decides, by bin.
    Alone(usize, Vec<Outcome>),
    /// Others have a say: the first outcome that none of them rules out.
    Together(Vec<Look>, Vec<Outcome>),
}

impl Step {
    /// The step for a characteristic where only `fed` criteria say something.
    fn new(characteristic: usize, sight: &Sight, fed: impl Fn(usize) -> bool) -> Option<Self> {
        let (own, others) = sight.looks.split_first()?;
        if !fed(own.criterion) {
            return None;
        }
        let (saying, silent): (Vec<&Look>, Vec<&Look>) =
            others.iter().partition(|look| fed(look.criterion));
        let mut own = own.clone();
        for look in silent {
            let missing = look.possible[Bin::MISSING.index()];
            own.possible.iter_mut().for_each(|bits| *bits &= missing);
        }
        let way = if saying.is_empty() {
            let outcomes = own
                .possible
                .iter()
                .map(|bits| first(*bits, &sight.outcomes));
            Way::Alone(own.criterion, outcomes.collect())
        } else {
            let looks = std::iter::once(own).chain(saying.into_iter().cloned());
            Way::Together(looks.collect(), sight.outcomes.clone())
        };
        Some(Step {
            characteristic,
            way,
        })
    }

    fn outcome(&self, bins: &[Bin]) -> Outcome {
        match &self.way {
            Way::Alone(own, outcomes) => outcomes[bins[*own].index()],
            Way::Together(looks, outcomes) => {
                let possible = |look: &Look| look.possible[bins[look.criterion].index()];
                let bits = looks
                    .iter()
                    .fold(u128::MAX, |bits, look| bits & possible(look));
                first(bits, outcomes)
            }
        }
    }
}

/// The first outcome that is possible; one always is.
fn first(possible: u128, outcomes: &[Outcome]) -> Outcome {
    outcomes[possible.trailing_zeros() as usize]
}

impl Rules {
    /// The characteristics that `fed` criteria can give evidence for.
    pub fn plan(&self, fed: &[bool]) -> Plan {
        let is_fed = |criterion: usize| {
            fed[criterion]
                || self
                    .derived
                    .iter()
                    .any(|d| d.length == criterion && fed[d.start])
        };
        let of_card = |card: &Card| {
            let sights = card.characteristics.iter().enumerate();
            sights
                .filter_map(|(i, sight)| Step::new(i, sight, is_fed))
                .collect()
        };
        Plan {
            steps: self.cards.iter().map(of_card).collect(),
        }
    }

    /// Fills in the lengths that dates give where none is known.
    ///
    /// Returns the criterion of a date that contradicts: an end before its
    /// start, a start after the as-of date, or more than 100 years between
    /// them. It gives no length.
    pub fn derive(&self, readings: &mut [Reading]) -> Option<usize> {
        let mut contradiction = None;
        for derived in &self.derived {
            if !readings[derived.length].is_known()
                && let Some((reading, contradicts)) =
                    derived.length(readings[derived.start], readings[derived.end], self.as_of())
            {
                readings[derived.length] = reading;
                contradiction = contradicts.or(contradiction);
            }
        }
        contradiction
    }

    /// Judges one record. `readings` has one entry for each criterion, after
    /// [`derive`](Rules::derive).
    pub fn evaluate(&self, readings: &[Reading], plan: &Plan, to: &mut Evaluation) {
        let bins = readings.iter().enumerate();
        let bins: Vec<Bin> = bins.map(|(i, reading)| self.bin(i, *reading)).collect();
        // It may hold another record's, judged by another plan.
        to.evidence.clear();
        self.weigh(&bins, plan, to);
    }

    /// Judges one record by the bins of its readings. An evaluation that is
    /// used again has to be one by the same plan.
    pub(crate) fn weigh(&self, bins: &[Bin], plan: &Plan, to: &mut Evaluation) {
        if to.evidence.len() != self.cards.len() {
            let characteristics = self.cards.iter().map(|card| card.characteristics.len());
            to.evidence = characteristics
                .map(|n| vec![Evidence::Missing; n])
                .collect();
            to.verdicts = self.cards.iter().map(|card| card.verdict(0, 0)).collect();
        }
        let evidence = to.evidence.iter_mut().zip(&mut to.verdicts);
        for ((card, steps), (evidence, verdict)) in self.cards.iter().zip(&plan.steps).zip(evidence)
        {
            let (mut score, mut known) = (card.initial_score, 0);
            for step in steps {
                let outcome = step.outcome(bins);
                evidence[step.characteristic] = outcome.evidence;
                score += outcome.points;
                known += outcome.known;
            }
            *verdict = card.verdict(score, known);
        }
    }
}

impl Derived {
    /// The length that two dates give, if they tell of one, and the criterion
    /// of the date that contradicts.
    pub(crate) fn length(
        &self,
        start: Reading,
        end: Reading,
        as_of: Date,
    ) -> Option<(Reading, Option<usize>)> {
        let (start, end, ends_with) = match (start, end) {
            (Reading::Date(start), Reading::Date(end)) => (start, end, self.end),
            (Reading::Date(start), Reading::Missing) => (start, as_of, self.start),
            (Reading::NotUnderstood, _) | (Reading::Date(_), Reading::NotUnderstood) => {
                return Some((Reading::NotUnderstood, None));
            }
            _ => return None,
        };
        Some(match Length::between(start, end) {
            Some(length) => (Reading::Length(length), None),
            None => (Reading::NotUnderstood, Some(ends_with)),
        })
    }
}

impl Card {
    fn verdict(&self, score: i32, known: u16) -> Verdict {
        let (label, margin) = if score >= self.upper_from {
            (0, score - self.upper_from + 1)
        } else if score <= self.lower_from {
            (1, self.lower_from + 1 - score)
        } else {
            (2, (self.upper_from - score).min(score - self.lower_from))
        };
        Verdict {
            label,
            score,
            margin,
            known,
            characteristics: self.characteristics.len() as u16,
        }
    }
}
