//! Counterfactuals: the changes that would give a record another label.
//!
//! Owns the search for the smallest ones. Each is found by judging the changed record, so
//! that attributes that test several criteria count as they do for any record.

use crate::engine::compile::Rules;
use crate::engine::evaluate::{CardVerdict, EvaluationSteps};
use crate::rulebook::ir::Scorecard;
use crate::rulebook::partition::{Bin, PossibleOutcomes};
use crate::value::length::LONGEST;
use crate::value::{Kind, Length, Value};

/// The smallest change to a record that gives it another label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterfactual {
    /// The label it would get; [`Rules::label`] names it.
    pub to: u8,
    /// The changes: to one criterion, or to two.
    pub changes: Vec<Change>,
}

/// A change to the value of one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The index of the criterion in the rulebook.
    pub criterion: usize,
    /// The value it would need.
    pub to: Target,
}

/// The values of a criterion that have the same effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Any of these values, by index.
    OneOf(Vec<u8>),
    /// A length of time of at least `from`, and less than `below` if that is given.
    Length {
        /// The shortest that has the effect.
        from: Length,
        /// The shortest that is too long.
        below: Option<Length>,
        /// One that has the effect, and is near to the record's own length.
        nearest: Length,
    },
}

/// The most counterfactuals that are found.
pub const MOST: usize = 1000;

/// The values that one criterion could have, as far as a scorecard distinguishes them.
struct Choice {
    criterion: usize,
    /// Its value now.
    now: Value,
    alternatives: Vec<(Bin, Target)>,
    /// The most points by which it could move the score, for any other values.
    spread: i32,
}

/// The search for changes of one record and one scorecard.
pub(crate) struct Search<'r> {
    rules: &'r Rules,
    scorecard: usize,
    steps: EvaluationSteps,
    bins: Vec<Bin>,
    now: CardVerdict,
    /// The scorecard's own criteria first, in the order of its characteristics.
    choices: Vec<Choice>,
}

impl<'r> Search<'r> {
    /// A search from the values of all criteria; those of the criteria `off` do not change.
    pub(crate) fn new(rules: &'r Rules, scorecard: usize, values: &[Value], off: &[usize]) -> Self {
        let bins = values.iter().enumerate();
        let bins: Vec<Bin> = bins.map(|(i, value)| rules.bin(i, *value)).collect();
        let steps = rules.steps(&vec![true; bins.len()]);
        let card = &rules.scorecards()[scorecard];
        let own = card.characteristics.iter().map(|one| one.criterion);
        let mut choices: Vec<Choice> = Vec::new();
        for criterion in own.chain(0..bins.len()) {
            let is_there = choices.iter().any(|choice| choice.criterion == criterion);
            if is_there || off.contains(&criterion) || !rules.can_read(criterion) {
                continue;
            }
            let now = values[criterion];
            choices.push(Choice {
                criterion,
                now,
                alternatives: alternatives(rules, scorecard, criterion, now),
                spread: spread(rules, scorecard, criterion),
            });
        }
        choices.retain(|choice| !choice.alternatives.is_empty());
        Search {
            choices,
            now: rules.verdict(scorecard, &bins, &steps),
            rules,
            scorecard,
            steps,
            bins,
        }
    }

    /// By how many points a known value of the characteristic's criterion could move the
    /// score, down and up.
    pub(crate) fn reach(&self, characteristic: usize) -> (i32, i32) {
        let own = self.card().characteristics[characteristic].criterion;
        let mut bins = self.bins.clone();
        let (mut lowest, mut highest) = (0, 0);
        let mut choices = self.choices.iter();
        if let Some(choice) = choices.find(|choice| choice.criterion == own) {
            for (bin, _) in &choice.alternatives {
                bins[choice.criterion] = *bin;
                let by = self.verdict(&bins).score - self.now.score;
                (lowest, highest) = (by.min(lowest), by.max(highest));
            }
        }
        (lowest, highest)
    }

    /// The changes to one criterion that give another label; if there are none, those to
    /// two.
    pub(crate) fn smallest(&self) -> Vec<Counterfactual> {
        let mut bins = self.bins.clone();
        let (mut found, mut pairs) = (Vec::new(), Vec::new());
        for one in &self.choices {
            let changes = self.changes(one, &mut bins).into_iter();
            found.extend(changes.map(|(to, change)| Counterfactual {
                to,
                changes: vec![change],
            }));
        }
        let choices = self.choices.iter().enumerate();
        for (place, one) in choices.filter(|_| found.is_empty()) {
            for other in &self.choices[place + 1..] {
                if pairs.len() < MOST && self.could_change(one, other) {
                    self.pairs(one, other, &mut bins, &mut pairs);
                }
            }
        }
        found.append(&mut pairs);
        found.truncate(MOST);
        found
    }

    /// Whether two criteria together could move the score far enough.
    fn could_change(&self, one: &Choice, other: &Choice) -> bool {
        let card = self.card();
        let by = one.spread.saturating_add(other.spread);
        let lowest = self.now.score.saturating_sub(by);
        let highest = self.now.score.saturating_add(by);
        match self.now.label {
            0 => lowest < card.upper_from,
            1 => highest > card.lower_from,
            _ => lowest <= card.lower_from || highest >= card.upper_from,
        }
    }

    /// The changes to two criteria that give another label. Values of `one` with the same
    /// effect are one change.
    fn pairs(
        &self,
        one: &Choice,
        other: &Choice,
        bins: &mut [Bin],
        found: &mut Vec<Counterfactual>,
    ) {
        let mut rows: Vec<(Target, Vec<(u8, Change)>)> = Vec::new();
        for (bin, to) in &one.alternatives {
            bins[one.criterion] = *bin;
            let changes = self.changes(other, bins);
            let mut alike = rows.iter_mut().filter(|(_, known)| *known == changes);
            if !alike.any(|(known, _)| known.takes(to, one.now)) {
                rows.push((to.clone(), changes));
            }
        }
        bins[one.criterion] = self.bins[one.criterion];
        for (to, changes) in rows {
            found.extend(changes.into_iter().map(|(label, also)| Counterfactual {
                to: label,
                changes: vec![one.change(to.clone()), also],
            }));
        }
    }

    /// The changes to one criterion, with all others as in `bins`, and the labels they give.
    /// Values that give the same label are one change.
    fn changes(&self, choice: &Choice, bins: &mut [Bin]) -> Vec<(u8, Change)> {
        let mut targets: Vec<(u8, Target)> = Vec::new();
        for (bin, to) in &choice.alternatives {
            bins[choice.criterion] = *bin;
            let label = self.verdict(bins).label;
            let mut alike = targets.iter_mut().filter(|(other, _)| *other == label);
            if label != self.now.label && !alike.any(|(_, known)| known.takes(to, choice.now)) {
                targets.push((label, to.clone()));
            }
        }
        bins[choice.criterion] = self.bins[choice.criterion];
        let changes = targets.into_iter();
        changes
            .map(|(label, to)| (label, choice.change(to)))
            .collect()
    }

    fn card(&self) -> &'r Scorecard {
        &self.rules.scorecards()[self.scorecard]
    }

    fn verdict(&self, bins: &[Bin]) -> CardVerdict {
        self.rules.verdict(self.scorecard, bins, &self.steps)
    }
}

impl Choice {
    fn change(&self, to: Target) -> Change {
        Change {
            criterion: self.criterion,
            to,
        }
    }
}

impl Target {
    /// Merges another target into this one, if possible; lengths have to be adjacent. `now`
    /// is the record's value.
    fn takes(&mut self, other: &Target, now: Value) -> bool {
        match (self, other) {
            (Target::OneOf(values), Target::OneOf(more)) => {
                values.extend(more);
                true
            }
            (
                Target::Length {
                    from,
                    below,
                    nearest,
                },
                Target::Length {
                    from: next,
                    below: end,
                    ..
                },
            ) if *below == Some(*next) => {
                *below = *end;
                *nearest = near_to(now, *from, *below);
                true
            }
            _ => false,
        }
    }
}

/// The most points by which a criterion could move the score of a scorecard: the sum of
/// the ranges of points of all characteristics that test it.
fn spread(rules: &Rules, card: usize, criterion: usize) -> i32 {
    let characteristics = rules.scorecards()[card].characteristics.iter();
    let looking = characteristics
        .zip(&rules.tables[card].possible)
        .filter(|(_, possible)| possible.iter().any(|one| one.criterion == criterion));
    let spread = looking.map(|(one, _)| {
        let points = || one.attributes.iter().map(|one| one.points).chain([0]);
        points().max().unwrap_or(0) - points().min().unwrap_or(0)
    });
    spread.sum()
}

/// The other values of a criterion that make a difference to a scorecard. Values that a
/// scorecard does not distinguish are one alternative.
fn alternatives(rules: &Rules, card: usize, criterion: usize, now: Value) -> Vec<(Bin, Target)> {
    let tables = rules.tables[card].possible.iter().flatten();
    let tables: Vec<&PossibleOutcomes> = tables.filter(|one| one.criterion == criterion).collect();
    if tables.is_empty() {
        return Vec::new();
    }
    let alike = |a: Bin, b: Bin| tables.iter().all(|one| one.with(a) == one.with(b));
    let partition = rules.partition(criterion);
    let mut found: Vec<(Bin, Target)> = Vec::new();
    match rules.rulebook().criteria[criterion].kind {
        Kind::Date => {}
        Kind::Length => {
            for (bin, from, next) in partition.ranges() {
                if from > LONGEST || next.is_some_and(|next| next <= from) {
                    continue;
                }
                // Ranges without a difference are merged.
                match found.last_mut() {
                    Some((other, Target::Length { below, .. })) if alike(*other, bin) => {
                        *below = next;
                    }
                    _ => found.push((
                        bin,
                        Target::Length {
                            from,
                            below: next,
                            nearest: from,
                        },
                    )),
                }
            }
        }
        Kind::Choice | Kind::Organization | Kind::Address => {
            for (value, bin) in (0..).zip(partition.choices()) {
                match found.iter_mut().find(|(other, _)| alike(*other, bin)) {
                    Some((_, Target::OneOf(values))) => values.push(value),
                    _ => found.push((bin, Target::OneOf(vec![value]))),
                }
            }
        }
    }
    // Drop what makes no difference, and values that no text is read as.
    let is_now = rules.bin(criterion, now);
    found.retain(|(bin, _)| !alike(*bin, is_now));
    found.retain_mut(|(_, to)| match to {
        Target::OneOf(values) => {
            values.retain(|value| rules.example_of(criterion, *value).is_some());
            !values.is_empty()
        }
        Target::Length {
            from,
            below,
            nearest,
        } => {
            *nearest = near_to(now, *from, *below);
            true
        }
    });
    found
}

/// A length of this range near to the record's own: the start of the range if that is
/// shorter or missing, and a month less than the end if it is longer.
fn near_to(now: Value, from: Length, below: Option<Length>) -> Length {
    let is_longer = |below: Length| matches!(now, Value::Length(now) if now >= below);
    let last = below.map(|below| (below, below.less_a_month()));
    match last {
        Some((below, last)) if last >= from && (is_longer(below) || from == Length::default()) => {
            last
        }
        _ => from,
    }
}

impl Rules {
    /// A text that [`read`](Rules::read) understands as this; `None` if there is none.
    pub fn example(&self, criterion: usize, to: &Target) -> Option<String> {
        match to {
            Target::Length { nearest, .. } => Some(nearest.exactly()),
            Target::OneOf(values) => self.example_of(criterion, *values.first()?),
        }
    }

    /// A text that is understood as this value.
    fn example_of(&self, criterion: usize, value: u8) -> Option<String> {
        let of = &self.rulebook().criteria[criterion];
        let says = |text: &str| self.read(criterion, text) == Value::Choice(value);
        let name = &of.values[usize::from(value)];
        let domains = self.own().domains().iter();
        let tries: Vec<String> = match of.kind {
            Kind::Choice | Kind::Length | Kind::Date => Vec::new(),
            Kind::Organization => {
                let names = self.own().names().iter().chain(domains).cloned();
                names
                    .chain(["other", "another"].map(str::to_owned))
                    .collect()
            }
            Kind::Address => {
                let others = ["other.example", "another.example", "gmail.com"];
                let domains = domains.map(String::as_str).chain(others);
                domains.map(|domain| format!("name@{domain}")).collect()
            }
        };
        let mut tries = tries.into_iter();
        tries
            .find(|text| says(text))
            .or_else(|| says(name).then(|| name.clone()))
    }
}
