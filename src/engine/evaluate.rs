//! Values to verdict: one scoring path for everybody who asks.
//!
//! Owns what counts as evidence, the sum of the points and the label. Whoever
//! prints a label, explains one or judges one reads the same [`Evaluation`].

use std::ops::Range;

use jiff::civil::Date;

use crate::engine::compile::{Rules, Tables};
use crate::rulebook::ir::{Characteristic, Derived, Scorecard};
use crate::rulebook::partition::{Bin, PossibleOutcomes};
use crate::value::Length;
use crate::value::Value;

/// What a characteristic had to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
pub struct CardVerdict {
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

impl CardVerdict {
    /// The share of the characteristics that had evidence, from 0 to 1.
    pub fn coverage(&self) -> f64 {
        if self.characteristics == 0 {
            return 0.0;
        }
        f64::from(self.known) / f64::from(self.characteristics)
    }
}

/// How much is kept of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// The verdicts.
    Verdicts,
    /// The verdicts, and the attributes that applied.
    Reasons,
    /// All of it.
    Evidence,
}

/// All verdicts on one record, and the evidence each rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// By scorecard.
    pub verdicts: Vec<CardVerdict>,
    /// By scorecard and characteristic, as in the rulebook.
    pub evidence: Vec<Vec<Evidence>>,
    /// By scorecard: a bit for each attribute that applied, strongest first; the
    /// bit behind these says nothing.
    pub(crate) applied: Vec<Vec<u64>>,
}

/// What comes of one characteristic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Outcome {
    points: i32,
    evidence: Evidence,
}

impl Outcome {
    /// All that may come of a characteristic, in the order of [`PossibleOutcomes`].
    fn all(of: &Characteristic) -> Vec<Outcome> {
        let attributes = (0..).zip(&of.attributes).map(|(index, attribute)| Outcome {
            points: attribute.points,
            evidence: Evidence::Applied(index),
        });
        let without = [
            Evidence::NoAttribute,
            Evidence::Missing,
            Evidence::NotUnderstood,
        ];
        let without = without.map(|evidence| Outcome {
            points: 0,
            evidence,
        });
        attributes.chain(without).collect()
    }
}

/// Points, and how many characteristics had evidence, as one number: both are
/// added up at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum(i64);

impl Sum {
    /// How often there was evidence counts in this unit, far above any points.
    const KNOWN: i64 = 1 << 32;

    fn of(outcome: Outcome) -> Self {
        let known = matches!(
            outcome.evidence,
            Evidence::Applied(_) | Evidence::NoAttribute
        );
        Sum(i64::from(outcome.points) + if known { Self::KNOWN } else { 0 })
    }

    /// The points, and how often there was evidence.
    fn parts(self) -> (i32, u16) {
        let points = self.0 as i32;
        let known = (self.0 - i64::from(points)) / Self::KNOWN;
        (points, known as u16)
    }
}

/// Which characteristics can have evidence at all: those whose criterion
/// something feeds. The rest is missing in every record.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// By scorecard.
    cards: Vec<Steps>,
}

/// What is looked up for one scorecard, in tables that lie one behind the other.
#[derive(Debug, Clone, Default)]
struct Steps {
    /// The points that a score begins with, and those that the bands begin at.
    initial_score: i32,
    upper_from: i32,
    lower_from: i32,
    /// How many characteristics the scorecard has.
    characteristics: u16,
    alone: Vec<Alone>,
    /// Those whose outcomes have their bits in one word, and the others.
    together: Vec<Together>,
    crowded: Vec<Together>,
    views: Vec<View>,
    bits: Vec<u64>,
    /// By outcome: what it adds, and what it rests on.
    sums: Vec<Sum>,
    evidence: Vec<Evidence>,
    /// By outcome: where its reason is among all, strongest first; behind them
    /// where it is none.
    reasons: Vec<usize>,
}

/// A characteristic that only its own criterion decides.
#[derive(Debug, Clone)]
struct Alone {
    characteristic: usize,
    criterion: usize,
    /// Where its outcomes begin, one for each bin.
    outcomes: usize,
}

/// A characteristic in which several criteria have a say: its outcome is the
/// first that none of them rules out.
#[derive(Debug, Clone)]
struct Together {
    characteristic: usize,
    /// Where its views are.
    views: Range<usize>,
    /// How many words have a bit for each outcome.
    words: usize,
    /// Where its outcomes begin, one for each bit.
    outcomes: usize,
}

/// What one criterion says to that.
#[derive(Debug, Clone)]
struct View {
    criterion: usize,
    /// Where its bits begin: words for each bin.
    bits: usize,
}

impl Steps {
    /// What is looked up for a scorecard where only `fed` criteria say something.
    fn new(card: &Scorecard, tables: &Tables, fed: impl Fn(usize) -> bool) -> Self {
        let mut steps = Steps {
            initial_score: card.initial_score,
            upper_from: card.upper_from,
            lower_from: card.lower_from,
            characteristics: card.characteristics.len() as u16,
            ..Steps::default()
        };
        let characteristics = card.characteristics.iter().zip(&tables.possible);
        for (index, (characteristic, possible)) in characteristics.enumerate() {
            if fed(characteristic.criterion) {
                let outcomes = Outcome::all(characteristic);
                let outcomes = steps.add(index, outcomes, possible, &fed);
                steps.sums.extend(outcomes.iter().copied().map(Sum::of));
                steps
                    .evidence
                    .extend(outcomes.iter().map(|one| one.evidence));
                let reason = |outcome: &Outcome| {
                    let mut strongest = tables.strongest.iter();
                    let place = strongest.position(|&(of, attribute)| {
                        of == index && outcome.evidence == Evidence::Applied(attribute as u16)
                    });
                    place.unwrap_or(tables.strongest.len())
                };
                steps.reasons.extend(outcomes.iter().map(reason));
            }
        }
        steps
    }

    /// Adds the step of a characteristic, by what is possible; returns the outcomes that
    /// are looked up in it.
    fn add(
        &mut self,
        characteristic: usize,
        all: Vec<Outcome>,
        possible: &[PossibleOutcomes],
        fed: impl Fn(usize) -> bool,
    ) -> Vec<Outcome> {
        let Some((own, others)) = possible.split_first() else {
            return Vec::new();
        };
        let (saying, silent): (Vec<&PossibleOutcomes>, Vec<&PossibleOutcomes>) =
            others.iter().partition(|one| fed(one.criterion));
        let mut own = own.clone();
        for one in silent {
            // The same in every record.
            let missing = one.with(Bin::MISSING).iter().cycle();
            let bits = own.bits.iter_mut().zip(missing);
            bits.for_each(|(bits, missing)| *bits &= missing);
        }
        let outcomes = self.sums.len();
        if saying.is_empty() {
            self.alone.push(Alone {
                characteristic,
                criterion: own.criterion,
                outcomes,
            });
            let of_bin = |bits: &[u64]| all[first(|word| bits[word])];
            return own.bits.chunks(own.words).map(of_bin).collect();
        }
        let views = self.views.len();
        for one in std::iter::once(&own).chain(saying) {
            self.views.push(View {
                criterion: one.criterion,
                bits: self.bits.len(),
            });
            self.bits.extend(&one.bits);
        }
        let step = Together {
            characteristic,
            views: views..self.views.len(),
            words: own.words,
            outcomes,
        };
        match step.words {
            1 => self.together.push(step),
            _ => self.crowded.push(step),
        }
        all
    }

    /// Finds the outcome of each step, as its place, for a record; `take` gets
    /// the characteristic with it.
    #[inline(always)]
    fn take(&self, bins: &[Bin], mut take: impl FnMut(usize, usize)) {
        for step in &self.alone {
            let bin = bins[step.criterion].index();
            take(step.characteristic, step.outcomes + bin);
        }
        for step in &self.together {
            let mut bits = u64::MAX;
            for view in &self.views[step.views.clone()] {
                bits &= self.bits[view.bits + bins[view.criterion].index()];
            }
            take(
                step.characteristic,
                step.outcomes + bits.trailing_zeros() as usize,
            );
        }
        for step in &self.crowded {
            let bits = |word: usize| {
                let views = self.views[step.views.clone()].iter();
                views.fold(u64::MAX, |all, view| {
                    let bin = bins[view.criterion].index();
                    all & self.bits[view.bits + bin * step.words + word]
                })
            };
            take(step.characteristic, step.outcomes + first(bits));
        }
    }
}

/// The place of the first bit that is set in words of bits; one always is.
#[inline(always)]
fn first(word: impl Fn(usize) -> u64) -> usize {
    let mut place = 0;
    while word(place) == 0 {
        place += 1;
    }
    place * 64 + word(place).trailing_zeros() as usize
}

impl Rules {
    /// The characteristics that `fed` criteria can give evidence for. `fed` has
    /// one entry for each criterion.
    ///
    /// # Panics
    ///
    /// If `fed` has fewer.
    pub fn plan(&self, fed: &[bool]) -> Plan {
        let is_fed = |criterion: usize| {
            let mut derived = self.derived().iter();
            fed[criterion] || derived.any(|one| one.length == criterion && fed[one.start])
        };
        let cards = self.scorecards().iter().zip(&self.tables);
        Plan {
            cards: cards
                .map(|(card, tables)| Steps::new(card, tables, is_fed))
                .collect(),
        }
    }

    /// Fills in the lengths that dates give where none is known.
    ///
    /// Returns the criterion of a date that contradicts: an end before its
    /// start, a start after the as-of date, or more than 100 years between
    /// them. It gives no length.
    pub fn derive(&self, readings: &mut [Value]) -> Option<usize> {
        let mut contradiction = None;
        for derived in self.derived() {
            if !readings[derived.length].is_known()
                && let Some((reading, contradicts)) =
                    derived.length(readings[derived.start], readings[derived.end], || {
                        self.as_of()
                    })
            {
                readings[derived.length] = reading;
                contradiction = contradicts.or(contradiction);
            }
        }
        contradiction
    }

    /// Judges one record. `readings` has one entry for each criterion, after
    /// [`derive`](Rules::derive).
    ///
    /// # Panics
    ///
    /// If `readings` has fewer.
    pub fn evaluate(&self, readings: &[Value], plan: &Plan, to: &mut Evaluation) {
        let bins = readings.iter().enumerate();
        let bins: Vec<Bin> = bins.map(|(i, reading)| self.bin(i, *reading)).collect();
        // It may hold what another plan has found.
        to.evidence.clear();
        self.evaluate_bins(&bins, plan, Keep::Evidence, to);
    }

    /// Judges one record by the bins of its values. An evaluation that is used again has
    /// to be one by the same plan, or by one that looks up less.
    #[inline(always)]
    pub(crate) fn evaluate_bins(&self, bins: &[Bin], plan: &Plan, keep: Keep, to: &mut Evaluation) {
        match keep {
            Keep::Verdicts => plan.weigh(bins, to),
            Keep::Reasons => self.weigh_and_keep::<false>(bins, plan, to),
            Keep::Evidence => self.weigh_and_keep::<true>(bins, plan, to),
        }
    }

    /// What one scorecard says to a record with these bins.
    pub(crate) fn verdict(&self, card: usize, bins: &[Bin], plan: &Plan) -> CardVerdict {
        plan.cards[card].weigh(bins, |_, _| {})
    }

    fn weigh_and_keep<const EVIDENCE: bool>(&self, bins: &[Bin], plan: &Plan, to: &mut Evaluation) {
        if to.evidence.len() != self.tables.len() {
            let missing = |of: &Tables| vec![Evidence::Missing; of.possible.len()];
            let none = |of: &Tables| vec![0; of.strongest.len() / 64 + 1];
            to.evidence = self.tables.iter().map(missing).collect();
            to.applied = self.tables.iter().map(none).collect();
        }
        to.verdicts.clear();
        for (card, steps) in plan.cards.iter().enumerate() {
            let (evidence, applied) = (&mut to.evidence[card], &mut to.applied[card]);
            applied.fill(0);
            let verdict = steps.weigh(bins, |characteristic, outcome| {
                if EVIDENCE {
                    evidence[characteristic] = steps.evidence[outcome];
                }
                let reason = steps.reasons[outcome];
                applied[reason / 64] |= 1 << (reason % 64);
            });
            to.verdicts.push(verdict);
        }
    }
}

impl Derived {
    /// The length that two dates give, if they tell of one, and the criterion
    /// of the date that contradicts. The last day belongs to it: from the first
    /// of January to the last of December is a year.
    pub(crate) fn length(
        &self,
        start: Value,
        end: Value,
        as_of: impl Fn() -> Date,
    ) -> Option<(Value, Option<usize>)> {
        let (length, ends_with) = match (start, end) {
            (Value::Day(start), Value::Day(end)) => {
                let after = end.tomorrow().ok().filter(|_| start <= end);
                let length = after.and_then(|after| Length::between(start, after));
                (length, self.end)
            }
            (Value::Day(start), Value::Missing) => (Length::between(start, as_of()), self.start),
            (Value::NotRecognized, _) | (Value::Day(_), Value::NotRecognized) => {
                return Some((Value::NotRecognized, None));
            }
            _ => return None,
        };
        Some(match length {
            Some(length) => (Value::Length(length), None),
            None => (Value::NotRecognized, Some(ends_with)),
        })
    }

    /// The end that counts where the start is known to be that of the relationship
    /// itself: it lasts until today, whatever a contract says of the days to come.
    pub(crate) fn end_since(end: Value, as_of: impl Fn() -> Date) -> Value {
        match end {
            Value::Day(end) if end >= as_of() => Value::Missing,
            end => end,
        }
    }
}

/// The number of the label of a score, by the points up to the band above and down to
/// the one below.
#[inline(always)]
pub(crate) fn label(to_upper: i32, to_lower: i32) -> u8 {
    2 - 2 * u8::from(to_upper <= 0) - u8::from(to_lower <= 0)
}

impl Plan {
    fn weigh(&self, bins: &[Bin], to: &mut Evaluation) {
        to.verdicts.clear();
        for steps in &self.cards {
            to.verdicts.push(steps.weigh(bins, |_, _| {}));
        }
    }
}

impl Steps {
    /// Adds up the outcomes of all steps, and tells `keep` of each.
    #[inline(always)]
    fn weigh(&self, bins: &[Bin], mut keep: impl FnMut(usize, usize)) -> CardVerdict {
        let mut sum = i64::from(self.initial_score);
        self.take(bins, |characteristic, outcome| {
            sum += self.sums[outcome].0;
            keep(characteristic, outcome);
        });
        let (score, known) = Sum(sum).parts();
        // Both bands at once, since no processor could guess which it is.
        let to_upper = self.upper_from - score;
        let to_lower = score - self.lower_from;
        let label = label(to_upper, to_lower);
        let nearest = to_upper.min(to_lower);
        let margin = if nearest > 0 { nearest } else { 1 - nearest };
        CardVerdict {
            label,
            score,
            margin,
            known,
            characteristics: self.characteristics,
        }
    }
}
