//! What would change a label.
//!
//! Owns the search for the smallest changes to a record that give it another
//! label. Each is found by judging the changed record, so that attributes that
//! look at several criteria count as they do for any record.

use crate::engine::bins::Bin;
use crate::engine::compile::{Card, Look, Rules};
use crate::engine::evaluate::{Plan, Verdict};
use crate::value::Value;
use crate::value::length::LONGEST;
use crate::value::{Kind, Length};

/// What a record would have to say for another label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The label it would get; [`Rules::label`] names it.
    pub to: u8,
    /// What would have to be otherwise: one criterion, or two.
    pub moves: Vec<Move>,
}

/// A criterion that would have to say something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Its index in the rulebook.
    pub criterion: usize,
    /// What it would have to say.
    pub to: To,
}

/// What a criterion would have to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// Any of these values, by their indices: each gives that label.
    OneOf(Vec<u8>),
    /// A length of time from `from` on, and below `below` if that is given.
    /// `nearest` is one of them that is near to what the record says.
    Length {
        /// The shortest that will do.
        from: Length,
        /// The shortest that is too long.
        below: Option<Length>,
        /// One that will do.
        nearest: Length,
    },
}

/// No more changes are told of.
pub const MOST: usize = 1000;

/// Everything that one criterion could say to a scorecard.
struct Choice {
    criterion: usize,
    /// What it says now.
    reading: Value,
    alternatives: Vec<(Bin, To)>,
    /// By how much it could move the score at most, down and up, whatever else is said.
    bounds: (i32, i32),
}

/// The search for changes of one record and one scorecard.
pub(crate) struct Search<'r> {
    rules: &'r Rules,
    scorecard: usize,
    plan: Plan,
    bins: Vec<Bin>,
    now: Verdict,
    /// The scorecard's own criteria first, in the order of its characteristics.
    choices: Vec<Choice>,
}

impl<'r> Search<'r> {
    pub(crate) fn new(
        rules: &'r Rules,
        scorecard: usize,
        readings: &[Value],
        bins: Vec<Bin>,
        off: &[usize],
    ) -> Self {
        let card = &rules.cards[scorecard];
        let plan = rules.plan(&vec![true; bins.len()]);
        let own = card
            .characteristics
            .iter()
            .map(|sight| sight.looks[0].criterion);
        let mut order: Vec<usize> = own.collect();
        order.extend(0..bins.len());
        let mut choices: Vec<Choice> = Vec::new();
        for criterion in order {
            let is_there = choices.iter().any(|choice| choice.criterion == criterion);
            if is_there || off.contains(&criterion) || !rules.can_read(criterion) {
                continue;
            }
            let (reading, now) = (readings[criterion], bins[criterion]);
            let alternatives = alternatives(rules, card, criterion, reading, now);
            if !alternatives.is_empty() {
                choices.push(Choice {
                    criterion,
                    reading,
                    alternatives,
                    bounds: bounds(card, criterion),
                });
            }
        }
        Search {
            choices,
            now: rules.verdict(scorecard, &bins, &plan),
            rules,
            scorecard,
            plan,
            bins,
        }
    }

    /// How far a known value of the characteristic's criterion could move the
    /// score, down and up.
    pub(crate) fn reach(&self, characteristic: usize) -> (i32, i32) {
        let card = &self.rules.cards[self.scorecard];
        let looks = &card.characteristics[characteristic].looks;
        let own = looks.first().map(|own| own.criterion);
        let mut bins = self.bins.clone();
        let (mut lowest, mut highest) = (0, 0);
        let mut choices = self.choices.iter();
        if let Some(choice) = choices.find(|choice| Some(choice.criterion) == own) {
            for (bin, _) in &choice.alternatives {
                bins[choice.criterion] = *bin;
                let by = self.verdict(&bins).score - self.now.score;
                (lowest, highest) = (by.min(lowest), by.max(highest));
            }
        }
        (lowest, highest)
    }

    /// The changes to one criterion that give another label; where there are none,
    /// those to two.
    pub(crate) fn smallest(&self) -> Vec<Change> {
        let mut bins = self.bins.clone();
        let mut changes = Vec::new();
        for one in &self.choices {
            let moves = self.moves(one, &mut bins).into_iter();
            changes.extend(moves.map(|(to, one)| Change {
                to,
                moves: vec![one],
            }));
        }
        for (place, one) in self.choices.iter().enumerate() {
            if !changes.is_empty() && changes[0].moves.len() == 1 {
                break;
            }
            for other in &self.choices[place + 1..] {
                if changes.len() < MOST && self.could_change(one, other) {
                    changes.extend(self.pairs(one, other, &mut bins));
                }
            }
        }
        changes.truncate(MOST);
        changes
    }

    /// False where two criteria together cannot move the score far enough.
    fn could_change(&self, one: &Choice, other: &Choice) -> bool {
        let card = &self.rules.cards[self.scorecard];
        let sum = |a: i32, b: i32| self.now.score.saturating_add(a.saturating_add(b));
        let lowest = sum(one.bounds.0, other.bounds.0);
        let highest = sum(one.bounds.1, other.bounds.1);
        match self.now.label {
            0 => lowest < card.upper_from,
            1 => highest > card.lower_from,
            _ => lowest <= card.lower_from || highest >= card.upper_from,
        }
    }

    /// The changes to two criteria that give another label. What `one` could say with
    /// the same effect is told together.
    fn pairs(&self, one: &Choice, other: &Choice, bins: &mut [Bin]) -> Vec<Change> {
        let mut rows: Vec<(To, Vec<(u8, Move)>)> = Vec::new();
        for (bin, to) in &one.alternatives {
            bins[one.criterion] = *bin;
            let moves = self.moves(other, bins);
            let mut alike = rows.iter_mut().filter(|(_, known)| *known == moves);
            if !alike.any(|(known, _)| known.takes(to, one.reading)) {
                rows.push((to.clone(), moves));
            }
        }
        bins[one.criterion] = self.bins[one.criterion];
        let changes = rows.into_iter().flat_map(|(to, moves)| {
            moves.into_iter().map(move |(label, also)| Change {
                to: label,
                moves: vec![one.to(to.clone()), also],
            })
        });
        changes.collect()
    }

    /// What one criterion would have to say, beside what `bins` say, for which other
    /// label. What gives the same label is told together.
    fn moves(&self, choice: &Choice, bins: &mut [Bin]) -> Vec<(u8, Move)> {
        let mut moves: Vec<(u8, To)> = Vec::new();
        for (bin, to) in &choice.alternatives {
            bins[choice.criterion] = *bin;
            let label = self.verdict(bins).label;
            if label == self.now.label {
                continue;
            }
            let mut alike = moves.iter_mut().filter(|(other, _)| *other == label);
            if !alike.any(|(_, known)| known.takes(to, choice.reading)) {
                moves.push((label, to.clone()));
            }
        }
        bins[choice.criterion] = self.bins[choice.criterion];
        let moves = moves.into_iter();
        moves.map(|(label, to)| (label, choice.to(to))).collect()
    }

    fn verdict(&self, bins: &[Bin]) -> Verdict {
        self.rules.verdict(self.scorecard, bins, &self.plan)
    }
}

impl Choice {
    fn to(&self, to: To) -> Move {
        Move {
            criterion: self.criterion,
            to,
        }
    }
}

impl To {
    /// Takes in what another one says, if both can be told together: of lengths only
    /// what follows. `now` is what the record says.
    fn takes(&mut self, other: &To, now: Value) -> bool {
        match (self, other) {
            (To::OneOf(values), To::OneOf(more)) => {
                values.extend(more);
                true
            }
            (
                To::Length {
                    from,
                    below,
                    nearest,
                },
                To::Length {
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

/// By how much a criterion could move the score of a scorecard at most, down and up:
/// no characteristic that looks at it gives more or less than any of its attributes.
fn bounds(card: &Card, criterion: usize) -> (i32, i32) {
    let looking = card.characteristics.iter().filter(|sight| {
        let mut looks = sight.looks.iter();
        looks.any(|look| look.criterion == criterion)
    });
    let spread = looking.map(|sight| {
        let points = sight.outcomes.iter().map(|outcome| outcome.points);
        let least = points.clone().min().unwrap_or(0);
        points.max().unwrap_or(0) - least
    });
    let spread = spread.sum::<i32>();
    (-spread, spread)
}

/// What a criterion could say else that makes a difference to a scorecard. What
/// makes none between themselves is one alternative.
fn alternatives(
    rules: &Rules,
    card: &Card,
    criterion: usize,
    reading: Value,
    now: Bin,
) -> Vec<(Bin, To)> {
    let characteristics = card.characteristics.iter();
    let looks: Vec<&Look> = characteristics
        .flat_map(|sight| &sight.looks)
        .filter(|look| look.criterion == criterion)
        .collect();
    if looks.is_empty() {
        return Vec::new();
    }
    let alike = |a: Bin, b: Bin| looks.iter().all(|look| look.of(a) == look.of(b));
    let bins = rules.bins(criterion);
    let mut found: Vec<(Bin, To)> = Vec::new();
    match rules.rulebook().criteria[criterion].kind {
        Kind::Date => {}
        Kind::Length => {
            for (bin, from, below) in bins.ranges() {
                if from > LONGEST || below.is_some_and(|below| below <= from) {
                    continue;
                }
                // Ranges that make no difference are one.
                match found.last_mut() {
                    Some((other, To::Length { below: end, .. })) if alike(*other, bin) => {
                        *end = below;
                    }
                    _ => found.push((
                        bin,
                        To::Length {
                            from,
                            below,
                            nearest: from,
                        },
                    )),
                }
            }
            for (_, to) in &mut found {
                if let To::Length {
                    from,
                    below,
                    nearest,
                } = to
                {
                    *nearest = near_to(reading, *from, *below);
                }
            }
        }
        Kind::Choice | Kind::Organization | Kind::Address => {
            for (value, bin) in (0..).zip(bins.values()) {
                let known = found.iter_mut().find(|(other, _)| alike(*other, bin));
                match known {
                    Some((_, To::OneOf(values))) => values.push(value),
                    _ => found.push((bin, To::OneOf(vec![value]))),
                }
            }
        }
    }
    // What makes no difference is no change, nor what nobody could say.
    found.retain(|(bin, _)| !alike(*bin, now));
    for (_, to) in &mut found {
        if let To::OneOf(values) = to {
            values.retain(|value| rules.example_of(criterion, *value).is_some());
        }
    }
    found.retain(|(_, to)| *to != To::OneOf(Vec::new()));
    found
}

/// A length of this range near to what a record says: its beginning for whoever
/// says less or nothing, and for whoever says more a month less than its end.
fn near_to(reading: Value, from: Length, below: Option<Length>) -> Length {
    let is_longer = |below: Length| matches!(reading, Value::Length(now) if now >= below);
    let last = below.map(|below| (below, below.less_a_month()));
    match last {
        Some((below, last)) if last >= from && (is_longer(below) || from == Length::default()) => {
            last
        }
        _ => from,
    }
}

impl Rules {
    /// A text that says this, of those that [`read`](Rules::read) understands as it;
    /// `None` if there is no word for it.
    pub fn example(&self, criterion: usize, to: &To) -> Option<String> {
        match to {
            To::Length { nearest, .. } => Some(nearest.exactly()),
            To::OneOf(values) => self.example_of(criterion, *values.first()?),
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
                let others = ["other", "another"].map(str::to_owned);
                names.chain(others).collect()
            }
            Kind::Address => {
                let others = ["other.example", "another.example", "gmail.com"];
                let others = others.map(str::to_owned);
                let domains = domains.cloned().chain(others);
                domains.map(|domain| format!("name@{domain}")).collect()
            }
        };
        let mut tries = tries.into_iter();
        tries
            .find(|text| says(text))
            .or_else(|| says(name).then(|| name.clone()))
    }
}
