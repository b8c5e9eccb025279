//! One record as one rulebook judges it: slots of values, and the verdict on them.
//!
//! Owns how the values of several columns become those of the criteria: which of them
//! counts, and which lengths dates give. Knows nothing of texts, formats or files.

use crate::columns::{Columns, Feed, Mapping};
use crate::engine::compile::{Derived, Rules};
use crate::engine::evaluate::{Evaluation, Plan};
use crate::engine::slot::SlotId;
use crate::rulebook::partition::{Bin, Partition};
use crate::value::read::Sense;
use crate::value::{Kind, Value};

/// How the slots of a record become values of criteria, and the verdict on them. The
/// values of the slots are the caller's.
#[derive(Debug, Clone)]
pub(crate) struct Judging<'r> {
    pub(crate) rules: &'r Rules,
    plan: Plan,
    /// Verdicts come with their evidence.
    explains: bool,
    /// The criteria of which something may be known: those with choices, and those with
    /// lengths. No table looks at a day.
    choices: Vec<usize>,
    lengths: Vec<(usize, &'r Partition)>,
    /// How many slots a record has.
    slots: usize,
    /// Slots that say on purpose that nothing is known, so that no other one is asked.
    silent: Vec<SlotId>,
    /// Slots that count for another one of which nothing is known, in the order in
    /// which they do: the slot, and that other one.
    substitutes: Vec<(SlotId, SlotId)>,
    /// Slots that count for another one in this record.
    substituted: Vec<(SlotId, SlotId)>,
    /// By criterion, for the tables.
    bins: Vec<Bin>,
    pub(crate) evaluation: Evaluation,
}

/// A day that contradicts another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contradiction {
    pub(crate) criterion: usize,
    /// The slot that it was read into.
    pub(crate) slot: SlotId,
}

/// Takes notice of how the value of a slot came about.
pub(crate) trait Trace {
    /// One slot counts for another.
    fn substitutes(&mut self, slot: SlotId, target: SlotId, value: Value, is_silent: bool);
    /// A length was measured between the days in two slots; up to the as-of day unless
    /// the second one `ends` it.
    fn measured(&mut self, length: SlotId, value: Value, days: [SlotId; 2], ends: bool);
}

/// Nobody takes notice.
impl Trace for () {
    #[inline(always)]
    fn substitutes(&mut self, _: SlotId, _: SlotId, _: Value, _: bool) {}
    #[inline(always)]
    fn measured(&mut self, _: SlotId, _: Value, _: [SlotId; 2], _: bool) {}
}

impl<'r> Judging<'r> {
    /// For records whose columns feed criteria as `mapping` says; `complete` says that
    /// these are all columns. With `explains`, verdicts come with their evidence.
    pub(crate) fn new(
        rules: &'r Rules,
        columns: &Columns<'_>,
        mapping: &Mapping,
        complete: bool,
        explains: bool,
    ) -> Self {
        let criteria = rules.rulebook().criteria.len();
        // Where keys may still turn up, any criterion may be fed.
        let fed = match complete {
            true => mapping.fed(criteria),
            false => vec![true; criteria],
        };
        let gives = |criterion: usize| {
            let mut derived = rules.derived().iter();
            derived.any(|one| one.length == criterion && fed[one.start])
        };
        let kind = |criterion: usize| rules.rulebook().criteria[criterion].kind;
        let substitutes = columns.others(mapping).into_iter();
        let substitutes: Vec<_> = substitutes.map(|feed| (feed.slot, feed.target)).collect();
        let used = substitutes.iter().map(|(slot, _)| slot.index() + 1).max();
        let slots = columns.slots(mapping).max(used.unwrap_or(0));
        Judging {
            plan: rules.plan(&fed),
            explains,
            slots,
            silent: Vec::new(),
            substitutes,
            substituted: Vec::new(),
            bins: vec![Bin::MISSING; criteria],
            choices: (0..criteria)
                .filter(|one| fed[*one] && !matches!(kind(*one), Kind::Length | Kind::Date))
                .collect(),
            lengths: (0..criteria)
                .filter(|one| kind(*one) == Kind::Length && (fed[*one] || gives(*one)))
                .map(|one| (one, rules.partition(one)))
                .collect(),
            evaluation: Evaluation::default(),
            rules,
        }
    }

    /// How many slots a record has.
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }

    /// Begins a record, of which all slots are empty.
    #[inline(always)]
    pub(crate) fn begin(&mut self) {
        self.silent.clear();
        self.substituted.clear();
    }

    /// Reads a text as what a feed says and fills its slot; true for a word that says on
    /// purpose that nothing is known, where another column could be asked: a draft is no
    /// contract, though it has a number. `key` is scratch space.
    pub(crate) fn read(
        &mut self,
        values: &mut [Value],
        feed: &Feed,
        text: &str,
        key: &mut String,
    ) -> (Value, bool) {
        let rules = self.rules;
        let value = rules.read_in(feed.criterion, text, feed.sense, key);
        let mut substitutes = self.substitutes.iter();
        let is_silent = value == Value::Missing
            && feed.sense == Sense::Plain
            && substitutes.any(|(_, target)| *target == feed.target)
            && !rules.is_blank(text, key);
        values[feed.slot.index()] = value;
        if is_silent {
            self.set_silent(feed.slot);
        }
        (value, is_silent)
    }

    /// Notes that a slot says on purpose that nothing is known.
    pub(crate) fn set_silent(&mut self, slot: SlotId) {
        self.silent.push(slot);
    }

    /// The plan by which records are judged.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The slot in which the value of a slot was read.
    pub(crate) fn origin(&self, slot: SlotId) -> SlotId {
        let mut substituted = self.substituted.iter().rev();
        substituted
            .find(|(_, target)| *target == slot)
            .map_or(slot, |(origin, _)| *origin)
    }

    /// Lets slots count for others and measures lengths, so that each criterion's slot
    /// has what the record says of it. Returns a day that contradicts another.
    #[inline(always)]
    pub(crate) fn settle(
        &mut self,
        values: &mut [Value],
        trace: &mut impl Trace,
    ) -> Option<Contradiction> {
        for index in 0..self.substitutes.len() {
            let (slot, target) = self.substitutes[index];
            if self.yields(values, target, slot) {
                self.substitute(values, slot, target, trace);
            }
        }
        self.silent.clear();
        let mut contradiction = None;
        for index in 0..self.rules.derived().len() {
            contradiction = self.measure(values, index, trace).or(contradiction);
        }
        contradiction
    }

    /// Gives the verdict on the values of slots.
    #[inline(always)]
    pub(crate) fn evaluate(&mut self, values: &[Value]) {
        for criterion in &self.choices {
            self.bins[*criterion] = Partition::of_choice(values[*criterion]);
        }
        for (criterion, partition) in &self.lengths {
            self.bins[*criterion] = partition.of(values[*criterion]);
        }
        if self.explains {
            (self.rules).evaluate_bins(&self.bins, &self.plan, &mut self.evaluation);
        } else {
            (self.rules).weigh(&self.bins, &self.plan, &mut self.evaluation);
        }
    }

    /// True where a slot of which nothing is known yields to what another one says.
    #[inline(always)]
    fn yields(&self, values: &[Value], slot: SlotId, other: SlotId) -> bool {
        let (value, other_value) = (values[slot.index()], values[other.index()]);
        let is_settled = value.is_known() || self.silent.contains(&slot);
        let says = other_value.is_known() || self.silent.contains(&other);
        !is_settled && (says || value == Value::Missing)
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

    /// Fills the slot of a length that dates give, if it is not known. Returns the date
    /// that contradicts.
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
