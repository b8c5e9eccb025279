//! What would change a label.
//!
//! Owns the search for the smallest changes to a record that give it another
//! label. Each is found by judging the changed record, so that attributes that
//! look at several criteria count as they do for any record.

use super::bins::Bin;
use super::compile::{Card, Look, Rules};
use super::evaluate::{Plan, Verdict};
use super::length::LONGEST;
use super::read::Reading;
use super::{Kind, Length};

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

/// Everything that one criterion could say to a scorecard.
struct Choice {
    criterion: usize,
    /// What it says now.
    reading: Reading,
    /// Somebody could write it; else it is only weighed.
    can_be_said: bool,
    alternatives: Vec<(Bin, To)>,
}

/// The search for changes of one record and one scorecard.
pub(super) struct Search<'r> {
    rules: &'r Rules,
    scorecard: usize,
    plan: Plan,
    bins: Vec<Bin>,
    now: Verdict,
    choices: Vec<Choice>,
}

impl<'r> Search<'r> {
    pub(super) fn new(
        rules: &'r Rules,
        scorecard: usize,
        readings: &[Reading],
        bins: Vec<Bin>,
    ) -> Self {
        let card = &rules.cards[scorecard];
        let plan = rules.plan(&vec![true; bins.len()]);
        let choices = (0..bins.len()).map(|criterion| Choice {
            criterion,
            reading: readings[criterion],
            can_be_said: rules.can_read(criterion),
            alternatives: alternatives(
                rules,
                card,
                criterion,
                readings[criterion],
                bins[criterion],
            ),
        });
        Search {
            choices: choices
                .filter(|choice| !choice.alternatives.is_empty())
                .collect(),
            now: rules.verdict(scorecard, &bins, &plan),
            rules,
            scorecard,
            plan,
            bins,
        }
    }

    /// How far a known value of the characteristic's criterion could move the
    /// score, down and up.
    pub(super) fn reach(&self, characteristic: usize) -> (i32, i32) {
        let card = &self.rules.cards[self.scorecard];
        let looks = &card.characteristics[characteristic].looks;
        let own = looks.first().map(|own| own.criterion);
        let mut bins = self.bins.clone();
        let (mut lowest, mut highest) = (0, 0);
        let mut choices = self.choices.iter();
        let choice = choices.find(|choice| Some(choice.criterion) == own);
        for (choice, (bin, _)) in choice.into_iter().flat_map(|choice| {
            let alternatives = choice.alternatives.iter();
            alternatives.map(move |alternative| (choice, alternative))
        }) {
            bins[choice.criterion] = *bin;
            let verdict = self.rules.verdict(self.scorecard, &bins, &self.plan);
            let by = verdict.score - self.now.score;
            (lowest, highest) = (by.min(lowest), by.max(highest));
        }
        (lowest, highest)
    }

    /// The changes to one criterion that give another label; where there are none,
    /// those to two. In the order of the rulebook's characteristics.
    pub(super) fn smallest(&self) -> Vec<Change> {
        let mut bins = self.bins.clone();
        let choices = self.in_order();
        let mut changes = Vec::new();
        for one in &choices {
            let moves = self.moves(one, &mut bins).into_iter();
            changes.extend(moves.map(|(to, one)| Change {
                to,
                moves: vec![one],
            }));
        }
        if !changes.is_empty() {
            return changes;
        }
        for (place, one) in choices.iter().enumerate() {
            for (bin, to) in &one.alternatives {
                bins[one.criterion] = *bin;
                for other in &choices[place + 1..] {
                    let moves = self.moves(other, &mut bins).into_iter();
                    changes.extend(moves.map(|(label, other)| Change {
                        to: label,
                        moves: vec![one.to(to.clone()), other],
                    }));
                }
            }
            bins[one.criterion] = self.bins[one.criterion];
        }
        changes
    }

    /// What one criterion would have to say, beside what `bins` say, for which other
    /// label. What gives the same label is told together.
    fn moves(&self, choice: &Choice, bins: &mut [Bin]) -> Vec<(u8, Move)> {
        let mut moves: Vec<(u8, To)> = Vec::new();
        let mut before = None;
        for (bin, to) in &choice.alternatives {
            bins[choice.criterion] = *bin;
            let label = self.rules.verdict(self.scorecard, bins, &self.plan).label;
            if label != self.now.label {
                let mut known = moves.iter_mut().filter(|(other, _)| *other == label);
                match (known.next_back(), to) {
                    (Some((_, To::OneOf(values))), To::OneOf(more)) => values.extend(more),
                    // Only what is one range is told as one.
                    (
                        Some((
                            _,
                            To::Length {
                                from,
                                below,
                                nearest,
                            },
                        )),
                        To::Length { below: end, .. },
                    ) if before == Some(label) => {
                        *below = *end;
                        *nearest = near_to(choice.reading, *from, *below);
                    }
                    _ => moves.push((label, to.clone())),
                }
            }
            before = Some(label);
        }
        bins[choice.criterion] = self.bins[choice.criterion];
        let moves = moves.into_iter();
        moves.map(|(label, to)| (label, choice.to(to))).collect()
    }

    /// What could be changed: the scorecard's own criteria first, in their order.
    fn in_order(&self) -> Vec<&Choice> {
        let card = &self.rules.cards[self.scorecard];
        let place = |choice: &&Choice| {
            let mut own = card.characteristics.iter();
            own.position(|sight| sight.looks[0].criterion == choice.criterion)
                .unwrap_or(usize::MAX)
        };
        let sayable = self.choices.iter().filter(|choice| choice.can_be_said);
        let mut choices: Vec<&Choice> = sayable.collect();
        choices.sort_by_key(place);
        choices
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

/// What a criterion could say else that makes a difference to a scorecard. What
/// makes none between themselves is one alternative.
fn alternatives(
    rules: &Rules,
    card: &Card,
    criterion: usize,
    reading: Reading,
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
    found.retain(|(bin, _)| !alike(*bin, now));
    found
}

/// A length of this range near to what a record says: its beginning for whoever
/// says less or nothing, and for whoever says more a month less than its end.
fn near_to(reading: Reading, from: Length, below: Option<Length>) -> Length {
    let is_longer = |below: Length| matches!(reading, Reading::Length(now) if now >= below);
    let last = below.map(|below| (below, below.less_a_month()));
    match last {
        Some((below, last)) if last >= from && (is_longer(below) || from == Length::default()) => {
            last
        }
        _ => from,
    }
}

impl Rules {
    /// A text that says this, of those that [`read`](Rules::read) understands as
    /// it; `None` if there is no word for it.
    pub fn example(&self, criterion: usize, to: &To) -> Option<String> {
        let of = &self.rulebook().criteria[criterion];
        let value = match to {
            To::Length { nearest, .. } => return Some(nearest.exactly()),
            To::OneOf(values) => *values.first()?,
        };
        let name = of.values[usize::from(value)].clone();
        let domains = self.own().domains().iter();
        let mut tries: Vec<String> = match of.kind {
            Kind::Choice | Kind::Length | Kind::Date => Vec::new(),
            Kind::Organization => {
                let names = self.own().names().iter().chain(domains);
                names.cloned().collect()
            }
            Kind::Address => {
                let others = ["other.example", "gmail.com"].map(str::to_owned);
                let domains = domains.cloned().chain(others);
                domains.map(|domain| format!("name@{domain}")).collect()
            }
        };
        tries.push(name);
        let says = |text: &String| self.read(criterion, text) == Reading::Value(value);
        tries.into_iter().find(says)
    }
}
