//! Values to verdicts: the one scoring path.
//!
//! Owns what counts as evidence, the sum of the points and the label. Printing, explaining
//! and comparing labels all read the same [`Evaluation`].

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::Date;

use crate::engine::compile::{Rules, Tables};
use crate::rulebook::ir::{Characteristic, Derived, InForce, Scorecard};
use crate::rulebook::partition::{Bin, PossibleOutcomes};
use crate::value::Length;
use crate::value::Value;

/// The evidence of a characteristic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The attribute with this index applied.
    Applied(u16),
    /// The value is known, but the rulebook has no attribute for it.
    NoAttribute,
    /// The record has no value.
    Missing,
    /// The record has a value that is not recognized.
    NotUnderstood,
}

/// The verdict of one scorecard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardVerdict {
    /// 0: the label of the band that is open upwards; 1: of the one that is
    /// open downwards; 2: undetermined. [`Rules::label`] names it.
    pub label: u8,
    /// The score, in points, including the initial score.
    pub score: i32,
    /// The points by which the score would have to move for another label, at least 1.
    pub margin: i32,
    /// The number of characteristics with evidence.
    pub known: u16,
    /// The number of characteristics of the scorecard.
    pub characteristics: u16,
}

impl CardVerdict {
    /// The share of the characteristics with evidence, from 0 to 1.
    pub fn coverage(&self) -> f64 {
        if self.characteristics == 0 {
            return 0.0;
        }
        f64::from(self.known) / f64::from(self.characteristics)
    }
}

/// How much of an evaluation is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// The verdicts.
    Verdicts,
    /// The verdicts, and the attributes that applied.
    Reasons,
    /// The verdicts, and the evidence of each characteristic.
    Evidence,
}

/// All verdicts on one record, and their evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// By scorecard.
    pub verdicts: Vec<CardVerdict>,
    /// By scorecard and characteristic, as in the rulebook.
    pub evidence: Vec<Vec<Evidence>>,
    /// By scorecard: a bit for each attribute that applied, strongest first; the bit after
    /// these has no meaning.
    pub(crate) applied: Vec<Vec<u64>>,
}

/// The outcome of one characteristic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Outcome {
    points: i32,
    evidence: Evidence,
}

impl Outcome {
    /// All outcomes of a characteristic, in the order of [`PossibleOutcomes`].
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

/// Points and the number of characteristics with evidence, as one number that adds up
/// both at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum(i64);

impl Sum {
    /// The unit in which evidence is counted, far above any points.
    const KNOWN: i64 = 1 << 32;

    fn of(outcome: Outcome) -> Self {
        let known = matches!(
            outcome.evidence,
            Evidence::Applied(_) | Evidence::NoAttribute
        );
        Sum(i64::from(outcome.points) + if known { Self::KNOWN } else { 0 })
    }

    /// The points, and the number of characteristics with evidence.
    fn parts(self) -> (i32, u16) {
        let points = self.0 as i32;
        let known = (self.0 - i64::from(points)) / Self::KNOWN;
        (points, known as u16)
    }
}

/// The characteristics that can have evidence: those whose criterion is fed by a column.
/// The rest is missing in every record.
#[derive(Debug, Clone, Default)]
pub struct EvaluationSteps {
    /// By scorecard.
    cards: Vec<Steps>,
}

/// The steps of one scorecard, with all their tables in a few vectors.
#[derive(Debug, Clone, Default)]
struct Steps {
    /// The initial score, and the scores at which the bands begin.
    initial_score: i32,
    upper_from: i32,
    lower_from: i32,
    /// The number of characteristics of the scorecard.
    characteristics: u16,
    alone: Vec<Alone>,
    /// Those that two criteria decide and whose outcomes fit into the bits of one word,
    /// those that more decide, and the others.
    pairs: Vec<Pair>,
    together: Vec<Together>,
    crowded: Vec<Together>,
    views: Vec<View>,
    bits: Vec<u64>,
    /// By outcome: what it adds, and its evidence.
    sums: Vec<Sum>,
    evidence: Vec<Evidence>,
    /// By outcome: the place of its reason among all, strongest first; past the end for an
    /// outcome without a reason.
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

/// A characteristic that several criteria decide: its outcome is the first that none of
/// them rules out.
#[derive(Debug, Clone)]
struct Together {
    characteristic: usize,
    /// The range of its views.
    views: Range<usize>,
    /// The number of words that hold a bit for each outcome.
    words: usize,
    /// Where its outcomes begin, one for each bit.
    outcomes: usize,
}

/// The same for two criteria, most often.
#[derive(Debug, Clone)]
struct Pair {
    characteristic: usize,
    views: [View; 2],
    /// Where its outcomes begin, one for each bit.
    outcomes: usize,
}

/// The part of one criterion in that.
#[derive(Debug, Clone, Copy)]
struct View {
    criterion: usize,
    /// Where its bits begin: words for each bin.
    bits: usize,
}

impl Steps {
    /// The steps of a scorecard where only `fed` criteria have values.
    fn new(card: &Scorecard, tables: &Tables, fed: impl Fn(usize) -> bool) -> Self {
        let mut steps = Steps {
            initial_score: card.initial_score,
            upper_from: card.upper_from,
            lower_from: card.lower_from,
            characteristics: card.characteristics.len() as u16,
            ..Steps::default()
        };
        let mut reasons: Vec<Vec<usize>> = card
            .characteristics
            .iter()
            .map(|one| vec![0; one.attributes.len()])
            .collect();
        for (place, &(of, attribute)) in tables.strongest.iter().enumerate() {
            reasons[of][attribute] = place;
        }
        let characteristics = card.characteristics.iter().zip(&tables.possible);
        for (index, (characteristic, possible)) in characteristics.enumerate() {
            if fed(characteristic.criterion) {
                let outcomes = Outcome::all(characteristic);
                let outcomes = steps.add(index, outcomes, possible, &fed);
                steps.sums.extend(outcomes.iter().copied().map(Sum::of));
                steps
                    .evidence
                    .extend(outcomes.iter().map(|one| one.evidence));
                let reason = |outcome: &Outcome| match outcome.evidence {
                    Evidence::Applied(attribute) => reasons[index][usize::from(attribute)],
                    _ => tables.strongest.len(),
                };
                steps.reasons.extend(outcomes.iter().map(reason));
            }
        }
        steps
    }

    /// Adds the step of a characteristic from its possible outcomes; returns the outcomes
    /// in the order of its table.
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
        let mut own = Cow::Borrowed(own);
        if !silent.is_empty() {
            // The same in every record.
            let missing = all_missing(own.words, silent.into_iter());
            let bits = own.to_mut().bits.iter_mut().zip(missing.iter().cycle());
            bits.for_each(|(bits, missing)| *bits &= missing);
        }
        let own = &*own;
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
        for one in std::iter::once(own).chain(saying) {
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
            1 if let [one, other] = self.views[views..] => self.pairs.push(Pair {
                characteristic,
                views: [one, other],
                outcomes,
            }),
            1 => self.together.push(step),
            _ => self.crowded.push(step),
        }
        all
    }

    /// Finds the outcome of each step for a record; `take` gets the characteristic and the
    /// place of the outcome.
    #[inline(always)]
    fn take(&self, bins: &[Bin], mut take: impl FnMut(usize, usize)) {
        for step in &self.alone {
            let bin = bins[step.criterion].index();
            take(step.characteristic, step.outcomes + bin);
        }
        for step in &self.pairs {
            let [one, other] = step.views.map(|view| {
                let bin = bins[view.criterion].index();
                self.bits[view.bits + bin]
            });
            let place = (one & other).trailing_zeros() as usize;
            take(step.characteristic, step.outcomes + place);
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

/// The outcomes that are possible while none of these criteria has a value.
fn all_missing<'t>(words: usize, silent: impl Iterator<Item = &'t PossibleOutcomes>) -> Vec<u64> {
    let mut all = vec![u64::MAX; words];
    for one in silent {
        let bits = all.iter_mut().zip(one.with(Bin::MISSING));
        bits.for_each(|(bits, missing)| *bits &= missing);
    }
    all
}

/// The place of the first bit that is set in words of bits; at least one has to be.
#[inline(always)]
fn first(word: impl Fn(usize) -> u64) -> usize {
    let mut place = 0;
    while word(place) == 0 {
        place += 1;
    }
    place * 64 + word(place).trailing_zeros() as usize
}

impl Rules {
    /// The steps for records in which only `fed` criteria have values. `fed` has one entry
    /// for each criterion.
    ///
    /// # Panics
    ///
    /// If `fed` has fewer.
    pub fn steps(&self, fed: &[bool]) -> EvaluationSteps {
        let mut known = fed.to_vec();
        for one in self.derived() {
            known[one.length] |= fed[one.start];
        }
        for one in self.in_force() {
            known[one.criterion] |= fed[one.start] || fed[one.end];
        }
        let cards = self.scorecards().iter().zip(&self.tables);
        EvaluationSteps {
            cards: cards
                .map(|(card, tables)| Steps::new(card, tables, |criterion| known[criterion]))
                .collect(),
        }
    }

    /// Fills in missing lengths from dates.
    ///
    /// Returns the criterion of a contradicting date, which gives no length: an end before
    /// its start, a start after the as-of date, or more than 100 years between them.
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
    pub fn evaluate(&self, readings: &[Value], all: &EvaluationSteps, to: &mut Evaluation) {
        let bins = readings.iter().enumerate();
        let bins: Vec<Bin> = bins.map(|(i, reading)| self.bin(i, *reading)).collect();
        // It may hold the evidence of other steps.
        to.evidence.clear();
        self.evaluate_bins(&bins, all, Keep::Evidence, to);
    }

    /// Judges one record by the bins of its values. An evaluation may be reused for the same
    /// steps, or for more of them.
    #[inline(always)]
    pub(crate) fn evaluate_bins(
        &self,
        bins: &[Bin],
        all: &EvaluationSteps,
        keep: Keep,
        to: &mut Evaluation,
    ) {
        match keep {
            Keep::Verdicts => all.weigh(bins, to),
            Keep::Reasons => self.weigh_and_keep::<false>(bins, all, to),
            Keep::Evidence => self.weigh_and_keep::<true>(bins, all, to),
        }
    }

    /// Turns an evaluation into that of a record that is not judged: without evidence, and
    /// undetermined, even if a rulebook gives points for what is missing.
    pub(crate) fn withhold(&self, to: &mut Evaluation) {
        for (verdict, card) in to.verdicts.iter_mut().zip(self.scorecards()) {
            let to_upper = card.upper_from.saturating_sub(card.initial_score);
            let to_lower = card.initial_score.saturating_sub(card.lower_from);
            *verdict = CardVerdict {
                label: 2,
                score: card.initial_score,
                margin: to_upper.min(to_lower).max(1),
                known: 0,
                characteristics: verdict.characteristics,
            };
        }
        to.applied.iter_mut().for_each(|applied| applied.fill(0));
        let evidence = to.evidence.iter_mut().flatten();
        evidence.for_each(|evidence| *evidence = Evidence::Missing);
    }

    /// The points of one characteristic for a record with these bins, by criterion: what it
    /// adds to the sum of [`Steps`].
    pub(crate) fn points(
        &self,
        card: usize,
        characteristic: usize,
        bin: impl Fn(usize) -> Bin,
    ) -> i32 {
        let possible = &self.tables[card].possible[characteristic];
        let views = || possible.iter().map(|one| one.with(bin(one.criterion)));
        let word = |word: usize| views().fold(u64::MAX, |bits, view| bits & view[word]);
        let attributes = &self.scorecards()[card].characteristics[characteristic].attributes;
        attributes.get(first(word)).map_or(0, |one| one.points)
    }

    fn weigh_and_keep<const EVIDENCE: bool>(
        &self,
        bins: &[Bin],
        all: &EvaluationSteps,
        to: &mut Evaluation,
    ) {
        if to.evidence.len() != self.tables.len() {
            let missing = |of: &Tables| vec![Evidence::Missing; of.possible.len()];
            let none = |of: &Tables| vec![0; of.strongest.len() / 64 + 1];
            to.evidence = self.tables.iter().map(missing).collect();
            to.applied = self.tables.iter().map(none).collect();
        }
        to.verdicts.clear();
        for (card, steps) in all.cards.iter().enumerate() {
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
    /// The length that two dates give, if any, and the criterion of a contradicting date.
    /// The last day counts: from the first of January to the last of December is a year.
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

    /// The end to use with a start of the relationship itself: the relationship lasts until
    /// the as-of day, even if a contract ends later.
    pub(crate) fn end_since(end: Value, as_of: impl Fn() -> Date) -> Value {
        match end {
            Value::Day(end) if end >= as_of() => Value::Missing,
            end => end,
        }
    }
}

impl InForce {
    /// The value on the as-of day of something with this first and last day: missing if
    /// neither decides, and not recognized if a text that is not understood could decide.
    pub(crate) fn on(&self, first: Value, last: Value, as_of: impl Fn() -> Date) -> Value {
        match (first, last) {
            (Value::Day(first), Value::Day(last)) if last < first => Value::NotRecognized,
            (_, Value::Day(last)) if last < as_of() => Value::Choice(self.after),
            (Value::NotRecognized, _) | (_, Value::NotRecognized) => Value::NotRecognized,
            (Value::Day(first), _) if first > as_of() => Value::Missing,
            (Value::Day(_), _) | (_, Value::Day(_)) => Value::Choice(self.during),
            _ => Value::Missing,
        }
    }
}

/// The number of the label of a score, by the points up to the band above and down to
/// the one below.
#[inline(always)]
pub(crate) fn label(to_upper: i32, to_lower: i32) -> u8 {
    2 - 2 * u8::from(to_upper <= 0) - u8::from(to_lower <= 0)
}

impl EvaluationSteps {
    fn weigh(&self, bins: &[Bin], to: &mut Evaluation) {
        to.verdicts.clear();
        for steps in &self.cards {
            to.verdicts.push(steps.weigh(bins, |_, _| {}));
        }
    }
}

impl Steps {
    /// Adds up the outcomes of all steps, and passes each to `keep`.
    #[inline(always)]
    fn weigh(&self, bins: &[Bin], mut keep: impl FnMut(usize, usize)) -> CardVerdict {
        let mut sum = i64::from(self.initial_score);
        self.take(bins, |characteristic, outcome| {
            sum += self.sums[outcome].0;
            keep(characteristic, outcome);
        });
        let (score, known) = Sum(sum).parts();
        // Both bands at once, without a branch that processors could not predict.
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
