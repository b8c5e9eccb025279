//! Counterfactuals: the changes that would give a record another label.
//!
//! Owns the search for the smallest ones. Each is found by judging the changed record, so
//! that attributes that test several criteria count as they do for any record.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::compile::Rules;
use crate::engine::evaluate::{CardVerdict, label};
use crate::rulebook::ir::{Characteristic, Scorecard};
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

/// How many steps the search for changes of two criteria takes at most: a step looks at one
/// criterion of one characteristic. The built-in rulebook takes some hundred thousand.
const MOST_STEPS: usize = 50_000_000;

/// What a pair of criteria takes besides.
const STEPS_OF_PAIR: usize = 20;

/// The values that one criterion could have, as far as a scorecard distinguishes them.
struct Choice {
    criterion: usize,
    /// The places of the characteristics that test it.
    tested_by: Vec<usize>,
    /// Its value now.
    now: Value,
    alternatives: Vec<(Bin, Target)>,
    /// The most points by which it could move the score, for any other values: the sum of
    /// those by which the attributes of each characteristic differ that tests it.
    spread: i32,
}

/// The search for changes of one record and one scorecard.
pub(crate) struct Search<'r> {
    rules: &'r Rules,
    scorecard: usize,
    values: &'r [Value],
    now: CardVerdict,
    /// By characteristic: its points now.
    points: Vec<i32>,
    /// The scorecard's own criteria first, in the order of its characteristics.
    choices: Vec<Choice>,
    /// By criterion: its place among these.
    places: BTreeMap<usize, usize>,
}

/// Criteria that have other bins than those of the record's values.
type Changed = [(usize, Bin)];

/// The criteria that decide a scorecard's characteristics, each with the places of those, and
/// with its tables.
fn tables(rules: &Rules, card: usize) -> BTreeMap<usize, Vec<(usize, &PossibleOutcomes)>> {
    let mut tables: BTreeMap<usize, Vec<(usize, &PossibleOutcomes)>> = BTreeMap::new();
    for (place, possible) in rules.tables[card].possible.iter().enumerate() {
        for one in possible {
            tables.entry(one.criterion).or_default().push((place, one));
        }
    }
    tables
}

impl<'r> Search<'r> {
    /// A search from the verdict on the values of all criteria; those of the criteria `off`
    /// do not change.
    pub(crate) fn new(
        rules: &'r Rules,
        scorecard: usize,
        now: CardVerdict,
        values: &'r [Value],
        off: &[usize],
    ) -> Self {
        let mut search = Search {
            rules,
            scorecard,
            values,
            now,
            points: Vec::new(),
            choices: Vec::new(),
            places: BTreeMap::new(),
        };
        let characteristics = 0..search.card().characteristics.len();
        let points = characteristics.map(|place| search.points(place, &[]));
        search.points = points.collect();
        let spreads = search.card().characteristics.iter().map(spread);
        let spreads: Vec<i32> = spreads.collect();
        let mut tables = tables(rules, scorecard);
        let own = search.card().characteristics.iter();
        let own: Vec<usize> = own.map(|one| one.criterion).collect();
        let own = own.into_iter().filter_map(|of| tables.remove_entry(&of));
        let own: Vec<_> = own.collect();
        for (criterion, tables) in own.into_iter().chain(tables) {
            if off.contains(&criterion) || !rules.can_read(criterion) {
                continue;
            }
            let now = values[criterion];
            let alternatives = alternatives(rules, &tables, criterion, now);
            if alternatives.is_empty() {
                continue;
            }
            search.places.insert(criterion, search.choices.len());
            let tested_by: Vec<usize> = tables.into_iter().map(|(place, _)| place).collect();
            search.choices.push(Choice {
                criterion,
                now,
                alternatives,
                spread: tested_by.iter().map(|place| spreads[*place]).sum(),
                tested_by,
            });
        }
        search
    }

    /// The points of a characteristic with these changes.
    fn points(&self, characteristic: usize, changed: &Changed) -> i32 {
        let bin = |criterion: usize| {
            let mut changed = changed.iter().filter(|(other, _)| *other == criterion);
            let to = changed.next().map(|(_, to)| *to);
            to.unwrap_or_else(|| self.rules.bin(criterion, self.values[criterion]))
        };
        self.rules.points(self.scorecard, characteristic, bin)
    }

    /// The score with these changes, which only characteristics at these places test.
    fn score(&self, places: &[usize], changed: &Changed) -> i32 {
        let by = places
            .iter()
            .map(|place| self.points(*place, changed) - self.points[*place]);
        self.now.score + by.sum::<i32>()
    }

    fn label(&self, places: &[usize], changed: &Changed) -> u8 {
        let (card, score) = (self.card(), self.score(places, changed));
        label(card.upper_from - score, score - card.lower_from)
    }

    /// By how many points a known value of the characteristic's criterion could move the
    /// score, down and up.
    pub(crate) fn reach(&self, characteristic: usize) -> (i32, i32) {
        let own = self.card().characteristics[characteristic].criterion;
        let (mut lowest, mut highest) = (0, 0);
        if let Some(choice) = self.places.get(&own).map(|place| &self.choices[*place]) {
            for (bin, _) in &choice.alternatives {
                let changed = [(choice.criterion, *bin)];
                let by = self.score(&choice.tested_by, &changed) - self.now.score;
                (lowest, highest) = (by.min(lowest), by.max(highest));
            }
        }
        (lowest, highest)
    }

    /// The changes to one criterion that give another label; if there are none, those to
    /// two, as far as the steps for that suffice.
    pub(crate) fn smallest(&self) -> Vec<Counterfactual> {
        let (mut found, mut pairs) = (Vec::new(), Vec::new());
        for one in &self.choices {
            let changes = self.changes(one, &one.tested_by, &[]).into_iter();
            found.extend(changes.map(|(to, change)| Counterfactual {
                to,
                changes: vec![change],
            }));
        }
        if found.is_empty() {
            self.all_pairs(&mut pairs);
        }
        found.append(&mut pairs);
        found.truncate(MOST);
        found
    }

    /// The changes to two criteria that give another label, the first ones.
    fn all_pairs(&self, found: &mut Vec<Counterfactual>) {
        let mut steps = 0;
        for (place, one) in self.choices.iter().enumerate() {
            for other in &self.choices[place + 1..] {
                steps += 1;
                if found.len() >= MOST || steps > MOST_STEPS {
                    return;
                }
                if self.could_change(one, other) {
                    let both = self.tested_by(one, other);
                    let possible = &self.rules.tables[self.scorecard].possible;
                    let views: usize = both.iter().map(|place| possible[*place].len()).sum();
                    steps +=
                        STEPS_OF_PAIR + views * one.alternatives.len() * other.alternatives.len();
                    self.pairs(one, other, &both, found);
                }
            }
        }
    }

    /// The places of the characteristics that test any of two criteria.
    fn tested_by(&self, one: &Choice, other: &Choice) -> Vec<usize> {
        let both = one.tested_by.iter().chain(&other.tested_by).copied();
        both.collect::<BTreeSet<_>>().into_iter().collect()
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
    fn pairs(&self, one: &Choice, other: &Choice, both: &[usize], found: &mut Vec<Counterfactual>) {
        let mut rows: Vec<(Target, Vec<(u8, Change)>)> = Vec::new();
        for (bin, to) in &one.alternatives {
            let changes = self.changes(other, both, &[(one.criterion, *bin)]);
            let mut alike = rows.iter_mut().filter(|(_, known)| *known == changes);
            if !alike.any(|(known, _)| known.takes(to, one.now)) {
                rows.push((to.clone(), changes));
            }
        }
        for (to, changes) in rows {
            found.extend(changes.into_iter().map(|(label, also)| Counterfactual {
                to: label,
                changes: vec![one.change(to.clone()), also],
            }));
        }
    }

    /// The changes to one criterion, in addition to a change of another, and the labels they
    /// give; `places` are those of the characteristics that test any of both. Values that
    /// give the same label are one change.
    fn changes(&self, choice: &Choice, places: &[usize], also: &Changed) -> Vec<(u8, Change)> {
        let mut targets: Vec<(u8, Target)> = Vec::new();
        let mut changed = also.to_vec();
        changed.push((choice.criterion, Bin::MISSING));
        for (bin, to) in &choice.alternatives {
            changed[also.len()].1 = *bin;
            let label = self.label(places, &changed);
            let mut alike = targets.iter_mut().filter(|(other, _)| *other == label);
            if label != self.now.label && !alike.any(|(_, known)| known.takes(to, choice.now)) {
                targets.push((label, to.clone()));
            }
        }
        let changes = targets.into_iter();
        changes
            .map(|(label, to)| (label, choice.change(to)))
            .collect()
    }

    fn card(&self) -> &'r Scorecard {
        &self.rules.scorecards()[self.scorecard]
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

/// By how many points the attributes of a characteristic differ at most.
fn spread(of: &Characteristic) -> i32 {
    let points = || of.attributes.iter().map(|one| one.points).chain([0]);
    points().max().unwrap_or(0) - points().min().unwrap_or(0)
}

/// The other values of a criterion that make a difference to a scorecard with these tables
/// for it. Values that they do not distinguish are one alternative.
fn alternatives(
    rules: &Rules,
    tables: &[(usize, &PossibleOutcomes)],
    criterion: usize,
    now: Value,
) -> Vec<(Bin, Target)> {
    let alike = |a: Bin, b: Bin| tables.iter().all(|(_, one)| one.with(a) == one.with(b));
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
