//! One record as one rulebook judges it: slots of values, and the verdict on them.
//!
//! Owns how the values of several columns become those of the criteria: which of them
//! counts, and which lengths result from dates. Knows nothing of texts, formats or
//! files.

use std::cmp::Reverse;

use jiff::civil::Date;

use crate::columns::{Columns, Feed, LateMeaning, Mapping, Role};
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
    /// Columns that turned up late and others that play the same part, with the criterion:
    /// where they contradict each other, it is unknown.
    rivals: Vec<(SlotId, SlotId, usize)>,
    /// The criteria that are unknown in this record, and what a column of another that may
    /// be about one says of it.
    withheld: Vec<usize>,
    doubted: Vec<(usize, Value)>,
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
    /// A criterion is unknown, since columns contradict each other.
    fn withheld(&mut self, criterion: usize);
}

/// Observes nothing.
impl Trace for () {
    #[inline(always)]
    fn substitutes(&mut self, _: SlotId, _: SlotId, _: Value, _: bool) {}
    #[inline(always)]
    fn measured(&mut self, _: SlotId, _: Value, _: [SlotId; 2], _: bool) {}
    #[inline(always)]
    fn dated(&mut self, _: SlotId, _: Value, _: [SlotId; 2], _: Option<Date>) {}
    #[inline(always)]
    fn withheld(&mut self, _: usize) {}
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
            rivals: Vec::new(),
            withheld: Vec::new(),
            doubted: Vec::new(),
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
        for feed in feeds.iter().filter(|feed| feed.is_sparse) {
            judging.oppose(feed, &feeds);
        }
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
            let turn = feed.turn();
            let is_clearer = feed.part() == first.part() && feed.how > first.how;
            let counts_first = turn < first.turn() || is_clearer;
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
        let feeds = std::mem::take(&mut self.feeds);
        self.oppose(&feed, &feeds);
        self.feeds = feeds;
        self.feeds.push(feed);
        self.late.push(feed);
        feed
    }

    /// Notes with which columns a late one competes.
    fn oppose(&mut self, late: &Feed, feeds: &[Feed]) {
        let part = |feed: &Feed| (feed.criterion, feed.role, feed.how);
        let is_rival = |other: &&Feed| {
            part(other) == part(late) && other.slot != late.slot && late.role != Role::Kind
        };
        let rivals = feeds.iter().filter(is_rival);
        let rivals = rivals.map(|other| (late.slot, other.slot, late.criterion));
        self.rivals.extend(rivals);
    }

    /// In this record, columns contradict each other about a criterion: it is unknown.
    pub(crate) fn withhold(&mut self, criterion: usize) {
        self.withheld.push(criterion);
    }

    /// Takes what a text of a late column would show in the sample: it is not read, but where
    /// the record shows something else, that is unknown. Returns a feed, if it shows anything.
    pub(crate) fn compare(
        &mut self,
        meaning: &LateMeaning,
        text: &str,
        key: &mut String,
    ) -> Option<Feed> {
        for criterion in &meaning.withheld {
            self.withhold(*criterion);
        }
        for feed in &meaning.feeds {
            let value = self.rules.read_in(feed.criterion, text, feed.sense, key);
            match value {
                Value::Missing if self.is_silent(feed, text, key) => self.withhold(feed.criterion),
                value if value.is_known() => self.doubted.push((feed.criterion, value)),
                _ => {}
            }
        }
        meaning.feeds.first().copied()
    }

    /// Whether a text without a value states that on purpose.
    fn is_silent(&self, feed: &Feed, text: &str, key: &mut String) -> bool {
        let rules = self.rules;
        match feed.sense {
            Sense::Plain | Sense::Decided | Sense::Status => !rules.is_blank(text, key),
            Sense::Kind => rules.is_withheld(feed.criterion, text, key),
            Sense::Veto(on_yes, None) => rules.is_answer(text, on_yes, key),
            _ => false,
        }
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
        self.withheld.clear();
        self.doubted.clear();
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
            && self.is_silent(feed, text, key);
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
        for (late, other, criterion) in &self.rivals {
            let [one, other] = [late, other].map(|slot| values[slot.index()]);
            if one.is_known() && other.is_known() && one != other {
                self.withheld.push(*criterion);
            }
        }
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
        let is_open = self.withheld.is_empty() && self.doubted.is_empty();
        let stated = match is_open {
            true => Vec::new(),
            false => self.hold_back(values, trace),
        };
        for index in 0..self.in_force.len() {
            self.decide(values, self.in_force[index], trace);
        }
        self.silent.clear();
        let mut contradiction = None;
        for index in 0..self.derived.len() {
            let derived = self.derived[index];
            let of = &self.rules.derived()[derived];
            if self.is_withheld(&[of.start, of.end, of.length]) {
                continue;
            }
            contradiction = self.measure(values, derived, trace).or(contradiction);
        }
        if !is_open {
            self.compare_doubts(values, &stated, trace);
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

    fn is_withheld(&self, criteria: &[usize]) -> bool {
        !self.withheld.is_empty() && criteria.iter().any(|one| self.withheld.contains(one))
    }

    /// Removes the values of the criteria that are unknown, and keeps others from being
    /// derived from them. Returns which criteria have a value.
    #[cold]
    fn hold_back(&mut self, values: &mut [Value], trace: &mut impl Trace) -> Vec<bool> {
        for criterion in &self.withheld {
            values[*criterion] = Value::Missing;
            self.silent.push(SlotId::new(*criterion));
            trace.withheld(*criterion);
        }
        for of in self.rules.in_force() {
            if self.is_withheld(&[of.start, of.end]) {
                self.silent.push(SlotId::new(of.criterion));
            }
        }
        let criteria = &values[..self.fed.len()];
        criteria.iter().map(|value| value.is_known()).collect()
    }

    /// Removes the values of the criteria of which another column may say something else,
    /// and those that are derived from them. `stated` are those that were not derived.
    #[cold]
    fn compare_doubts(&mut self, values: &mut [Value], stated: &[bool], trace: &mut impl Trace) {
        for (criterion, doubt) in std::mem::take(&mut self.doubted) {
            let is_same = values[criterion] == doubt;
            let mut unknown = vec![criterion];
            let is_derived = |of: usize| !stated[of] && !is_same;
            for of in self.rules.in_force() {
                if [of.start, of.end].contains(&criterion) && is_derived(of.criterion) {
                    unknown.push(of.criterion);
                }
            }
            for of in self.rules.derived() {
                if [of.start, of.end].contains(&criterion) && is_derived(of.length) {
                    unknown.push(of.length);
                }
            }
            for one in unknown {
                if values[one].is_known() && !(one == criterion && is_same) {
                    values[one] = Value::Missing;
                    trace.withheld(one);
                }
            }
        }
        self.withheld.clear();
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
