//! One record as one rulebook judges it: slots of values, and the verdict on them.
//!
//! Owns how the values of several columns become those of the criteria: which of them
//! counts, and which lengths result from dates. Knows nothing of texts, formats or
//! files.

use std::cmp::Reverse;

use jiff::civil::Date;

use crate::columns::{Columns, Feed, Mapping};
use crate::engine::compile::{Derived, InForce, Rules};
use crate::engine::evaluate::{Evaluation, EvaluationSteps, Keep};
use crate::engine::slot::SlotId;
use crate::rulebook::partition::{Bin, Partition};
use crate::value::read::Sense;
use crate::value::{Kind, Value};

/// How the slots of a record become values of criteria, and the verdict on them. The
/// caller keeps the values of the slots.
#[derive(Debug, Clone)]
pub(crate) struct Judging<'r> {
    pub(crate) rules: &'r Rules,
    keep: Keep,
    /// By criterion: whether a column feeds it.
    fed: Vec<bool>,
    /// By slot: whether a column fills it.
    filled: Vec<bool>,
    /// What is looked up, and the criteria that need a value for that: those with
    /// choices, and those with lengths. No table uses dates.
    steps: EvaluationSteps,
    choices: Vec<usize>,
    lengths: Vec<(usize, &'r Partition)>,
    /// The lengths that may result from dates, by their places among those of the
    /// rulebook.
    derived: Vec<usize>,
    /// The choices that may result from dates, in the same way.
    in_force: Vec<usize>,
    /// By choice that may result from dates: the input has a column for the last day, so
    /// that a record without one has no end.
    may_end: Vec<bool>,
    /// Slots that state an unknown value on purpose, so that no other slot is used.
    silent: Vec<SlotId>,
    /// Columns whose slots count for another one without a value, in order. Only those
    /// that a column fills are used: the slot, and that other one.
    substitutes: Vec<Feed>,
    used: Vec<(SlotId, SlotId)>,
    /// Columns that turned up late and count before the one that fills their target, the
    /// first of them last.
    before: Vec<Feed>,
    /// All columns that are known, and those of them that turned up late.
    feeds: Vec<Feed>,
    late: Vec<Feed>,
    /// Slots that count for another one in this record.
    substituted: Vec<(SlotId, SlotId)>,
    /// By criterion, for the tables.
    bins: Vec<Bin>,
    pub(crate) evaluation: Evaluation,
}

/// A date that contradicts another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contradiction {
    pub(crate) criterion: usize,
    /// The slot that it was read into.
    pub(crate) slot: SlotId,
}

/// Observes how the value of a slot is found.
pub(crate) trait Trace {
    /// One slot counts for another.
    fn substitutes(&mut self, slot: SlotId, target: SlotId, value: Value, is_silent: bool);
    /// A length was measured between the dates in two slots; up to the as-of day unless
    /// the second one `ends` it.
    fn measured(&mut self, length: SlotId, value: Value, days: [SlotId; 2], ends: bool);
    /// The days in these slots decide a choice, or do not; it ends on the second one, if
    /// that has a day, or else on `last`.
    fn dated(&mut self, choice: SlotId, value: Value, days: [SlotId; 2], last: Option<Date>);
}

/// Observes nothing.
impl Trace for () {
    #[inline(always)]
    fn substitutes(&mut self, _: SlotId, _: SlotId, _: Value, _: bool) {}
    #[inline(always)]
    fn measured(&mut self, _: SlotId, _: Value, _: [SlotId; 2], _: bool) {}
    #[inline(always)]
    fn dated(&mut self, _: SlotId, _: Value, _: [SlotId; 2], _: Option<Date>) {}
}

impl<'r> Judging<'r> {
    /// For records whose columns feed criteria as `mapping` says, and other columns as
    /// [`feed`](Judging::feed) adds later. Judgements are kept as `keep` says.
    pub(crate) fn new(
        rules: &'r Rules,
        columns: &Columns<'_>,
        mapping: &Mapping,
        keep: Keep,
    ) -> Self {
        let criteria = rules.rulebook().criteria.len();
        let feeds = columns.all_feeds(mapping);
        let substitutes = columns.others(mapping);
        let used = substitutes.iter().map(|one| one.slot.index() + 1).max();
        let slots = columns.slots(mapping).max(used.unwrap_or(0));
        let mut judging = Judging {
            rules,
            keep,
            fed: vec![false; criteria],
            filled: vec![false; slots],
            steps: EvaluationSteps::default(),
            choices: Vec::new(),
            lengths: Vec::new(),
            derived: Vec::new(),
            in_force: Vec::new(),
            may_end: Vec::new(),
            silent: Vec::new(),
            substitutes,
            used: Vec::new(),
            before: Vec::new(),
            feeds: Vec::new(),
            late: Vec::new(),
            substituted: Vec::new(),
            bins: vec![Bin::MISSING; criteria],
            evaluation: Evaluation::default(),
        };
        for feed in &feeds {
            judging.fed[feed.criterion] = true;
            judging.filled[feed.slot.index()] = true;
        }
        // Columns that turn up late do not count, so that no record depends on another.
        let ends = |one: &InForce| {
            let mut feeds = feeds.iter();
            feeds.any(|feed| feed.criterion == one.end && !feed.is_sparse)
        };
        judging.may_end = rules.in_force().iter().map(ends).collect();
        judging.feeds = feeds;
        judging.settle_steps();
        judging
    }

    /// Adds a column that feeds a criterion.
    pub(crate) fn feed(&mut self, feed: &Feed) {
        let is_known = self.fed[feed.criterion] && self.filled[feed.slot.index()];
        self.fed[feed.criterion] = true;
        self.filled[feed.slot.index()] = true;
        if !is_known {
            self.settle_steps();
        }
    }

    /// Adds a column that turned up late, and returns its feed with the slot that it
    /// fills. Where another column fills that already, it completes this one in its turn,
    /// as it would in the sample.
    pub(crate) fn feed_late(&mut self, feed: &Feed) -> Feed {
        let mut feed = *feed;
        let mut late = self.late.iter();
        if let Some(known) = late.find(|known| known.part() == feed.part()) {
            // The two compete, which is an error of the run.
            (feed.slot, feed.target) = (known.slot, known.target);
            return feed;
        }
        let first = self.feeds.iter().find(|first| first.slot == feed.slot);
        if let Some(first) = first {
            let (turn, counts_first) = (feed.turn(), feed.turn() < first.turn());
            feed.target = feed.slot;
            feed.slot = SlotId::new(self.filled.len());
            self.filled.push(true);
            if counts_first {
                let place = self.before.partition_point(|one| one.turn() > turn);
                self.before.insert(place, feed);
            } else {
                let order = |one: &Feed| (Reverse(one.target), one.turn());
                let others = &mut self.substitutes;
                let place = others.partition_point(|one| order(one) <= order(&feed));
                others.insert(place, feed);
            }
            self.fed[feed.criterion] = true;
            self.settle_steps();
        } else {
            self.feed(&feed);
        }
        self.feeds.push(feed);
        self.late.push(feed);
        feed
    }

    /// Evidence for these criteria may stand elsewhere than in the record.
    pub(crate) fn may_know(&mut self, criteria: &[usize]) {
        for criterion in criteria {
            self.fed[*criterion] = true;
        }
        self.settle_steps();
    }

    /// Any column may feed any criterion.
    #[must_use]
    pub(crate) fn with_all_fed(mut self) -> Self {
        self.fed.fill(true);
        self.filled.fill(true);
        self.settle_steps();
        self
    }

    /// Decides what has to be looked up for each record.
    fn settle_steps(&mut self) {
        let (rules, fed, filled) = (self.rules, &self.fed, &self.filled);
        let (criteria, derived) = (&rules.rulebook().criteria, rules.derived());
        let gives = |length: usize| {
            let mut derived = derived.iter();
            derived.any(|one| one.length == length && fed[one.start])
        };
        let of_days = |one: &InForce| [one.from, one.until, one.filled];
        let is_dated = |criterion: usize| {
            let mut in_force = rules.in_force().iter();
            in_force.any(|one| {
                one.criterion == criterion && of_days(one).iter().any(|slot| filled[*slot])
            })
        };
        let is_length = |criterion: usize| criteria[criterion].kind == Kind::Length;
        let choices = (0..criteria.len()).filter(|one| {
            (fed[*one] || is_dated(*one))
                && !matches!(criteria[*one].kind, Kind::Length | Kind::Date)
        });
        self.choices = choices.collect();
        let in_force = rules.in_force();
        self.in_force = (0..in_force.len())
            .filter(|one| of_days(&in_force[*one]).iter().any(|slot| filled[*slot]))
            .collect();
        let is_used = |one: &&Feed| filled[one.slot.index()];
        let used = self.substitutes.iter().filter(is_used);
        self.used = used.map(|one| (one.slot, one.target)).collect();
        let mut filled = filled.clone();
        for (slot, target) in &self.used {
            filled[target.index()] |= filled[slot.index()];
        }
        self.steps = rules.steps(fed);
        self.lengths = (0..criteria.len())
            .filter(|one| is_length(*one) && (fed[*one] || gives(*one)))
            .map(|one| (one, rules.partition(one)))
            .collect();
        let of_slots = |one: &Derived| [one.since, one.start, one.end, one.term];
        self.derived = (0..derived.len())
            .filter(|one| of_slots(&derived[*one]).iter().any(|slot| filled[*slot]))
            .collect();
    }

    /// The number of slots of a record.
    pub(crate) fn slots(&self) -> usize {
        self.filled.len()
    }

    /// Slots that count for another one where that has no value, in order.
    pub(crate) fn substitutes(&self) -> impl Iterator<Item = (SlotId, SlotId)> {
        self.substitutes.iter().map(|one| (one.slot, one.target))
    }

    /// The choices that may result from dates, by their places in the rulebook; each with
    /// whether the input has a column for the last day.
    pub(crate) fn in_force(&self) -> impl Iterator<Item = (InForce, bool)> {
        let all = self.rules.in_force();
        let places = self.in_force.iter();
        places.map(|place| (all[*place], self.may_end[*place]))
    }

    /// The lengths that may result from dates.
    pub(crate) fn derived(&self) -> impl Iterator<Item = &'r Derived> {
        let all = self.rules.derived();
        self.derived.iter().map(|place| &all[*place])
    }

    /// Whether the value of a criterion is used.
    pub(crate) fn is_used(&self, criterion: usize) -> bool {
        let mut lengths = self.lengths.iter();
        self.choices.contains(&criterion) || lengths.any(|(of, _)| *of == criterion)
    }

    /// Forgets the texts of a record that is not settled.
    pub(crate) fn abandon(&mut self) {
        self.silent.clear();
    }

    /// Reads a text as the value of a feed and fills its slot; true for a word that
    /// states an unknown value on purpose, if another column could be used: a draft is
    /// not a contract, though it has a number. `key` is a buffer for reuse.
    pub(crate) fn read(
        &mut self,
        values: &mut [Value],
        feed: &Feed,
        text: &str,
        key: &mut String,
    ) -> (Value, bool) {
        let rules = self.rules;
        let value = rules.read_in(feed.criterion, text, feed.sense, key);
        let is_silent = value == Value::Missing
            && self.has_others(feed.target)
            && match feed.sense {
                Sense::Plain | Sense::Decided | Sense::Status => !rules.is_blank(text, key),
                Sense::Kind => rules.is_withheld(feed.criterion, text, key),
                Sense::Veto(on_yes, None) => rules.is_answer(text, on_yes, key),
                _ => false,
            };
        values[feed.slot.index()] = value;
        if is_silent {
            self.set_silent(feed.slot);
        }
        (value, is_silent)
    }

    /// True if other slots count for this one where it has no value.
    fn has_others(&self, target: SlotId) -> bool {
        let mut substitutes = self.used.iter();
        let mut in_force = self.rules.in_force().iter();
        substitutes.any(|(_, of)| *of == target)
            || self
                .before
                .iter()
                .any(|one| [one.slot, one.target].contains(&target))
            || in_force.any(|one| one.criterion == target.index())
    }

    /// Notes that a slot states an unknown value on purpose.
    pub(crate) fn set_silent(&mut self, slot: SlotId) {
        self.silent.push(slot);
    }

    /// The steps by which records are judged.
    pub(crate) fn steps(&self) -> &EvaluationSteps {
        &self.steps
    }

    /// The slot from which the value of a slot was taken.
    pub(crate) fn origin(&self, slot: SlotId) -> SlotId {
        let mut substituted = self.substituted.iter().rev();
        substituted
            .find(|(_, target)| *target == slot)
            .map_or(slot, |(origin, _)| *origin)
    }

    /// Substitutes slots and measures lengths, so that each criterion's slot has the
    /// record's value. Returns a date that contradicts another.
    #[inline(always)]
    pub(crate) fn settle(
        &mut self,
        values: &mut [Value],
        trace: &mut impl Trace,
    ) -> Option<Contradiction> {
        self.substituted.clear();
        for index in 0..self.before.len() {
            let Feed { slot, target, .. } = self.before[index];
            if values[slot.index()].is_known() || self.silent.contains(&slot) {
                self.substitute(values, slot, target, trace);
            }
        }
        for index in 0..self.used.len() {
            let (slot, target) = self.used[index];
            if self.yields(values, target, slot) {
                self.substitute(values, slot, target, trace);
            }
        }
        for index in 0..self.in_force.len() {
            self.decide(values, self.in_force[index], trace);
        }
        self.silent.clear();
        let mut contradiction = None;
        for index in 0..self.derived.len() {
            let derived = self.derived[index];
            contradiction = self.measure(values, derived, trace).or(contradiction);
        }
        contradiction
    }

    /// Computes the verdict on the values of slots.
    #[inline(always)]
    pub(crate) fn evaluate(&mut self, values: &[Value]) {
        // The first slots are those of the criteria.
        let bins = &mut self.bins[..];
        let values = &values[..bins.len()];
        for criterion in &self.choices {
            bins[*criterion] = Partition::of_choice(values[*criterion]);
        }
        for (criterion, partition) in &self.lengths {
            bins[*criterion] = partition.of(values[*criterion]);
        }
        let (steps, evaluation) = (&self.steps, &mut self.evaluation);
        (self.rules).evaluate_bins(&self.bins, steps, self.keep, evaluation);
    }

    /// The judgement of a record that is not about a buyer: nothing is known, and no
    /// label is given.
    #[cold]
    pub(crate) fn judge_nothing(&mut self) {
        self.bins.fill(Bin::MISSING);
        let (steps, evaluation) = (&self.steps, &mut self.evaluation);
        (self.rules).evaluate_bins(&self.bins, steps, self.keep, evaluation);
        self.rules.withhold(evaluation);
    }

    /// True if a slot without a value is replaced by the value of another.
    #[inline(always)]
    fn yields(&self, values: &[Value], slot: SlotId, other: SlotId) -> bool {
        let (value, other_value) = (values[slot.index()], values[other.index()]);
        let is_settled = value.is_known() || self.silent.contains(&slot);
        let decides = other_value.is_known() || self.silent.contains(&other);
        !is_settled && (decides || value == Value::Missing)
    }

    fn substitute(
        &mut self,
        values: &mut [Value],
        slot: SlotId,
        target: SlotId,
        trace: &mut impl Trace,
    ) {
        let value = values[slot.index()];
        let is_silent = self.silent.contains(&slot);
        values[target.index()] = value;
        if is_silent {
            self.silent.push(target);
        }
        if matches!(value, Value::Day(_)) {
            self.substituted.push((self.origin(slot), target));
        }
        trace.substitutes(slot, target, value, is_silent);
    }

    /// Fills the slot of a choice that has no value from the days between which it is in
    /// force, or else from a text that shows it by being there.
    ///
    /// A text such as the number of a contract makes any first and last day of the record
    /// those of the contract; so does one of its own days. Of two last days the earlier
    /// one counts.
    #[inline(always)]
    fn decide(&self, values: &mut [Value], index: usize, trace: &mut impl Trace) {
        let of = &self.rules.in_force()[index];
        let choice = SlotId::new(of.criterion);
        if values[of.criterion] != Value::Missing || self.silent.contains(&choice) {
            return;
        }
        let filled = values[of.filled];
        let is_of_one = filled.is_known()
            || values[of.from] != Value::Missing
            || values[of.until] != Value::Missing;
        let day_of = |own: usize, general: usize| match (values[own], values[general]) {
            (Value::Missing, _) if is_of_one => general,
            // It may have been ended before its time.
            (Value::Day(one), Value::Day(other)) if own == of.until && other < one => general,
            _ => own,
        };
        let days = [day_of(of.from, of.start), day_of(of.until, of.end)];
        let [first, mut last] = days.map(|slot| values[slot]);
        let mut agreed = None;
        let begun = match first {
            Value::Missing => values[of.signed],
            first => first,
        };
        if let (Value::Day(begun), Value::Missing, Some(term)) = (begun, last, of.term)
            && let Value::Length(term) = values[term]
        {
            agreed = term.after(begun);
            last = agreed.map_or(last, Value::Day);
        }
        let is_open = last == Value::Missing && !self.may_end[index];
        let value = match is_open {
            // Nothing shows whether it has ended.
            true => Value::Missing,
            false => of.on(first, last, || self.rules.as_of()),
        };
        if first != Value::Missing || last != Value::Missing {
            trace.dated(choice, value, days.map(SlotId::new), agreed);
        }
        values[of.criterion] = value;
        if value == Value::Missing && filled != Value::Missing {
            values[of.criterion] = filled;
            trace.substitutes(SlotId::new(of.filled), choice, filled, false);
        }
    }

    /// Fills the slot of a length from dates, if it has no value. Returns the date that
    /// contradicts another.
    #[inline(always)]
    fn measure(
        &mut self,
        values: &mut [Value],
        index: usize,
        trace: &mut impl Trace,
    ) -> Option<Contradiction> {
        let rules = self.rules;
        let derived = &rules.derived()[index];
        if values[derived.length].is_known() {
            return None;
        }
        let mut contradiction = None;
        let (length, end) = (SlotId::new(derived.length), SlotId::new(derived.end));
        for (start, is_since) in [(derived.since, true), (derived.start, false)] {
            if values[start] == Value::Missing || values[derived.length].is_known() {
                continue;
            }
            let mut last = values[derived.end];
            if is_since {
                last = Derived::end_since(last, || rules.as_of());
            }
            let measured = derived.length(values[start], last, || rules.as_of());
            let Some((value, against)) = measured else {
                continue;
            };
            let start = SlotId::new(start);
            values[derived.length] = value;
            trace.measured(length, value, [start, end], last != Value::Missing);
            if let Some(criterion) = against {
                let slot = match criterion == derived.start {
                    true => start,
                    false => end,
                };
                contradiction = Some(Contradiction { criterion, slot });
            }
        }
        let term = SlotId::new(derived.term);
        if self.yields(values, length, term) {
            self.substitute(values, term, length, trace);
        }
        contradiction
    }
}
