//! Points and labels.
//!
//! Owns the sum of the points, and the added columns. Which attribute applies is found by
//! [`tables`](super::tables).

use super::Dialect;
use super::reasons::Reasons;
use super::slots::Slots;
use super::tables::{Known, Lookup};
use crate::engine::compile::Rules;
use crate::run::added::Field;

/// What each label is in a record that has a text without a reading.
pub(super) const NO_READING: &str = "(no reading)";

/// The columns of one scorecard.
#[derive(Debug)]
pub(super) struct Card {
    score: String,
    /// The number of characteristics with evidence, and the reasons; with details only.
    known: String,
    reasons: String,
}

impl Slots<'_> {
    /// Adds up the points.
    pub(super) fn cards(&mut self, known: &[Known], details: bool) -> Vec<Card> {
        match details {
            true => self.detailed(known),
            false => self.scored(known),
        }
    }

    /// Only the points.
    fn scored(&mut self, known: &[Known]) -> Vec<Card> {
        let rules = self.planned.rules;
        let mut cards = Vec::new();
        for (card, of) in rules.scorecards().iter().enumerate() {
            let lookups = of.characteristics.iter();
            let lookups = lookups.filter_map(|one| Some((one, Lookup::new(one, known)?)));
            let points =
                lookups.filter(|(one, _)| one.attributes.iter().any(|one| one.points != 0));
            let points = points.map(|(one, lookup)| {
                lookup.expression(&self.steps, "INTEGER", |place| {
                    place
                        .map_or(0, |place| one.attributes[place].points)
                        .to_string()
                })
            });
            let sum = sum(of.initial_score, points);
            cards.push(self.card(card, sum));
        }
        self.steps.close("the sum of the points");
        cards
    }

    fn card(&mut self, card: usize, sum: String) -> Card {
        let name = &self.planned.rules.rulebook().scorecards[card].name;
        Card {
            score: self.steps.define(&format!("{name}_points"), sum),
            known: String::new(),
            reasons: String::new(),
        }
    }

    /// The points, the coverage and the reasons.
    fn detailed(&mut self, known: &[Known]) -> Vec<Card> {
        let rules = self.planned.rules;
        let criteria = &rules.rulebook().criteria;
        let mut numbers: Vec<Vec<Option<String>>> = Vec::new();
        for (card, of) in rules.scorecards().iter().enumerate() {
            let name = &rules.rulebook().scorecards[card].name;
            let mut each = Vec::new();
            for one in &of.characteristics {
                let number = Lookup::new(one, known).map(|lookup| {
                    let number = |place: Option<usize>| place.map_or(0, |place| place + 1);
                    let of_place = |place| number(place).to_string();
                    let number = lookup.expression(&self.steps, "INTEGER", of_place);
                    let name = format!("{name}_{}", criteria[one.criterion].name);
                    self.steps.define(&name, number)
                });
                each.push(number);
            }
            numbers.push(each);
        }
        self.steps.close(
            "the first attribute of each characteristic that applies, by its number; 0: none",
        );
        let mut cards = Vec::new();
        for (card, of) in rules.scorecards().iter().enumerate() {
            let each = of.characteristics.iter().zip(&numbers[card]);
            let each = each.filter_map(|(one, number)| Some((one, number.as_ref()?)));
            let points = each
                .clone()
                .filter(|(one, _)| one.attributes.iter().any(|one| one.points != 0));
            let points = points.map(|(one, number)| {
                let points = one.attributes.iter().map(|one| one.points.to_string());
                let points: Vec<String> = ["0".to_owned()].into_iter().chain(points).collect();
                let place = format!("{number} + 1");
                self.steps.dialect.one_of(&points, "INTEGER", &place)
            });
            let score = sum(of.initial_score, points);
            let count = sum(0, each.map(|(one, _)| known[one.criterion].counted()));
            let mut card_of = self.card(card, score);
            let name = &rules.rulebook().scorecards[card].name;
            card_of.known = self.steps.define(&format!("{name}_known"), count);
            let reasons = Reasons::new(self, card, &numbers[card], known);
            card_of.reasons = reasons.expression(self);
            cards.push(card_of);
        }
        self.steps
            .close("the sum of the points, and a bit for each reason");
        cards
    }
}

/// A sum, a line for each number that is added.
fn sum(initial: i32, numbers: impl Iterator<Item = String>) -> String {
    numbers.fold(initial.to_string(), |sum, number| {
        format!("{sum}\n      + {number}")
    })
}

/// A number after a minus sign.
fn parenthesized(number: i32) -> String {
    match number < 0 {
        true => format!("({number})"),
        false => number.to_string(),
    }
}

impl Slots<'_> {
    /// An added column. Where `unread` is true, a text of the record has no reading, and no
    /// value is given that could be taken for a judgement.
    pub(super) fn field(&self, field: Field, cards: &[Card], unread: &str) -> String {
        let (rules, dialect) = (self.planned.rules, self.steps.dialect);
        let unless_wrong = |value: String| format!("CASE WHEN NOT {unread} THEN {value} END");
        match field {
            Field::Label(card) => {
                let (of, score) = (&rules.scorecards()[card], &cards[card].score);
                let [upper, lower, neither] =
                    [0, 1, 2].map(|one| dialect.text(rules.label(card, one)));
                let (from, to) = (of.upper_from, of.lower_from);
                format!(
                    "CASE WHEN {unread} THEN '{NO_READING}' WHEN {score} >= {from} THEN {upper} WHEN {score} <= {to} THEN {lower} ELSE {neither} END"
                )
            }
            Field::Score(card) => unless_wrong(cards[card].score.clone()),
            Field::Margin(card) => {
                let (of, score) = (&rules.scorecards()[card], &cards[card].score);
                let (from, to) = (of.upper_from, of.lower_from);
                // To leave a band, and to reach the nearest one.
                unless_wrong(format!(
                    "CASE WHEN {score} >= {from} THEN {score} - {} WHEN {score} <= {to} THEN {} - {score} ELSE LEAST({from} - {score}, {score} - {}) END",
                    parenthesized(from - 1),
                    to + 1,
                    parenthesized(to)
                ))
            }
            Field::Coverage(card) => unless_wrong(coverage(rules, card, &cards[card], dialect)),
            Field::Reasons(card) => unless_wrong(cards[card].reasons.clone()),
            Field::Rulebook => {
                let of = rules.rulebook();
                dialect.text(&format!("{} {} {}", of.name, of.version, of.hash()))
            }
        }
    }
}

/// The share of characteristics with evidence, rounded as in files.
fn coverage(rules: &Rules, card: usize, of: &Card, dialect: Dialect) -> String {
    let share = dialect.share_type();
    let shares = crate::run::added::coverages(&rules.rulebook().scorecards[card]);
    let place = format!("{} + 1", of.known);
    format!(
        "CAST({} AS {share})",
        dialect.one_of(&shares, share, &place)
    )
}
