//! Values to verdict: one scoring path for everybody who asks.
//!
//! Owns what counts as evidence, the sum of the points and the label. Whoever
//! prints a label, explains one or judges one reads the same [`Evaluation`].

use super::compile::{Allowed, Card, Check, Rules, Sight, Test};
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

/// Which characteristics can have evidence at all, by scorecard: those whose
/// criterion something feeds. The rest is missing in every record.
#[derive(Debug, Clone)]
pub struct Plan(Vec<Vec<u16>>);

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
            let fed = card
                .characteristics
                .iter()
                .enumerate()
                .filter(|(_, c)| is_fed(c.criterion));
            fed.map(|(index, _)| index as u16).collect()
        };
        Plan(self.cards.iter().map(of_card).collect())
    }

    /// Fills in the lengths that dates give where none is known.
    ///
    /// Returns the criterion of a date that contradicts: an end before its
    /// start, a start after the as-of date, or more than 100 years between
    /// them. It gives no length.
    pub fn derive(&self, readings: &mut [Reading]) -> Option<usize> {
        let mut contradiction = None;
        for derived in &self.derived {
            if readings[derived.length].is_known() {
                continue;
            }
            let (start, end, ends_with) = match (readings[derived.start], readings[derived.end]) {
                (Reading::Date(start), Reading::Date(end)) => (start, end, derived.end),
                (Reading::Date(start), Reading::Missing) => (start, self.as_of(), derived.start),
                (Reading::NotUnderstood, _) | (Reading::Date(_), Reading::NotUnderstood) => {
                    readings[derived.length] = Reading::NotUnderstood;
                    continue;
                }
                _ => continue,
            };
            readings[derived.length] = match Length::between(start, end) {
                Some(length) => Reading::Length(length),
                None => {
                    contradiction = Some(ends_with);
                    Reading::NotUnderstood
                }
            };
        }
        contradiction
    }

    /// Judges one record. `readings` has one entry for each criterion, after
    /// [`derive`](Rules::derive).
    pub fn evaluate(&self, readings: &[Reading], plan: &Plan, to: &mut Evaluation) {
        let fits = to.evidence.len() == self.cards.len();
        if !fits {
            to.evidence = self
                .cards
                .iter()
                .map(|card| vec![Evidence::Missing; card.characteristics.len()])
                .collect();
        }
        to.verdicts.clear();
        for ((card, evidence), planned) in self.cards.iter().zip(&mut to.evidence).zip(&plan.0) {
            let mut score = card.initial_score;
            let mut known = 0;
            for &index in planned {
                let index = usize::from(index);
                let sight = &card.characteristics[index];
                let (found, points) = sight.weigh(readings);
                evidence[index] = found;
                score += points;
                known += u16::from(matches!(
                    found,
                    Evidence::Applied(_) | Evidence::NoAttribute
                ));
            }
            to.verdicts.push(card.verdict(score, known));
        }
    }
}

impl Sight {
    fn weigh(&self, readings: &[Reading]) -> (Evidence, i32) {
        let applies = |index: &u16| {
            self.attributes[usize::from(*index)]
                .tests
                .iter()
                .all(|test| test.holds(readings))
        };
        let applied = match readings[self.criterion] {
            Reading::Missing => return (Evidence::Missing, 0),
            Reading::NotUnderstood => return (Evidence::NotUnderstood, 0),
            Reading::Value(value) => match self.by_value.get(usize::from(value)) {
                Some(Allowed::First(index, points)) => return (Evidence::Applied(*index), *points),
                Some(Allowed::These(indexes)) => indexes.iter().copied().find(applies),
                None => None,
            },
            Reading::Length(_) | Reading::Date(_) => {
                (0..self.attributes.len() as u16).find(applies)
            }
        };
        applied.map_or((Evidence::NoAttribute, 0), |index| {
            (
                Evidence::Applied(index),
                self.attributes[usize::from(index)].points,
            )
        })
    }
}

impl Test {
    fn holds(&self, readings: &[Reading]) -> bool {
        match (&self.check, readings[self.criterion]) {
            (Check::OneOf(bits), Reading::Value(value)) => bits >> value & 1 == 1,
            (Check::AtLeast(length), Reading::Length(actual)) => actual >= *length,
            (Check::Below(length), Reading::Length(actual)) => actual < *length,
            _ => false,
        }
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
