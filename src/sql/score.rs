//! Points and labels.
//!
//! Owns the tables of a rulebook as expressions: which attribute of a characteristic
//! applies, the sum of the points, and the added columns.

use super::slots::Slots;
use crate::engine::compile::Rules;
use crate::rulebook::ir::{Characteristic, Condition, Scorecard, Test};
use crate::run::added::Field;
use crate::value::{Kind, Value};

/// What each label is in a record that has a text without a reading.
pub(super) const NO_READING: &str = "(no reading)";

/// The evidence of a record for one criterion, once all is decided.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The value; NULL if there is none.
    value: String,
    /// Whether it is assumed; `None` if it never is.
    is_assumed: Option<String>,
}

/// The columns of one scorecard.
#[derive(Debug)]
pub(super) struct Card {
    score: String,
    /// The number of characteristics with evidence, and the reasons; with details only.
    known: String,
    reasons: String,
}

impl Slots<'_> {
    /// The value of each criterion that is used, with what is assumed where nothing is known.
    pub(super) fn known(&mut self, assumed: &[(usize, Value)]) -> Vec<Option<Known>> {
        let criteria = &self.planned.rules.rulebook().criteria;
        let mut all = Vec::new();
        for (criterion, of) in criteria.iter().enumerate() {
            let own = self.place(criterion).map(|place| place.value.clone());
            let own = own.filter(|_| self.planned.judging.is_used(criterion));
            let mut stated = assumed.iter().filter(|(stated, _)| *stated == criterion);
            let assumed = stated.next().and_then(|(_, value)| match value {
                Value::Choice(value) => {
                    Some(self.steps.dialect.text(&of.values[usize::from(*value)]))
                }
                Value::Length(length) => Some(length.parts().to_string()),
                Value::Missing | Value::NotRecognized | Value::Day(_) => None,
            });
            let assumed = assumed.filter(|_| of.kind != Kind::Date);
            all.push(match (own, assumed) {
                (own, None) => own.map(|value| Known {
                    value,
                    is_assumed: None,
                }),
                (None, Some(assumed)) => Some(Known {
                    value: assumed,
                    is_assumed: Some("TRUE".to_owned()),
                }),
                (Some(own), Some(assumed)) => {
                    let name = &of.name;
                    let value = format!("COALESCE({own}, {assumed})");
                    let is_assumed = format!("({own} IS NULL)");
                    Some(Known {
                        value: self.steps.define(&format!("{name}_value"), value),
                        is_assumed: Some(
                            self.steps.define(&format!("{name}_is_assumed"), is_assumed),
                        ),
                    })
                }
            });
        }
        self.steps
            .close("what is assumed of records that say nothing else");
        all
    }

    /// Finds the attributes that apply, and adds up their points.
    pub(super) fn cards(&mut self, known: &[Option<Known>], details: bool) -> Vec<Card> {
        let rules = self.planned.rules;
        let mut attributes: Vec<Vec<Option<String>>> = Vec::new();
        for (card, of) in rules.scorecards().iter().enumerate() {
            let name = &rules.rulebook().scorecards[card].name;
            let each = of.characteristics.iter();
            let each = each.map(|one| self.attribute(name, one, known));
            attributes.push(each.collect());
        }
        self.steps
            .close("the first attribute of each characteristic that applies, by its number");
        let mut cards = Vec::new();
        for (card, of) in rules.scorecards().iter().enumerate() {
            let name = &rules.rulebook().scorecards[card].name;
            let score = score(of, &attributes[card]);
            let score = self.steps.define(&format!("{name}_points"), score);
            let (mut count, mut reasons) = (String::new(), String::new());
            if details {
                count = self
                    .steps
                    .define(&format!("{name}_known"), counted(&attributes[card]));
                let texts = self.reasons(card, &attributes[card], known);
                reasons = self.steps.define(&format!("{name}_because"), texts);
            }
            cards.push(Card {
                score,
                known: count,
                reasons,
            });
        }
        self.steps.close("the sum of the points");
        cards
    }

    /// The number of the attribute that applies, from 1; 0 if none does, NULL without
    /// evidence. `None` if no record has evidence.
    fn attribute(
        &mut self,
        card: &str,
        of: &Characteristic,
        known: &[Option<Known>],
    ) -> Option<String> {
        let own = known[of.criterion].as_ref()?;
        let criteria = &self.planned.rules.rulebook().criteria;
        let mut cases = format!("CASE WHEN {} IS NULL THEN NULL", own.value);
        let mut otherwise = 0;
        for (number, attribute) in (1..).zip(&of.attributes) {
            let conditions = attribute.conditions.iter();
            let conditions = conditions.map(|one| self.condition(one, known));
            let Some(conditions) = conditions.collect::<Option<Vec<String>>>() else {
                continue;
            };
            if conditions.is_empty() {
                otherwise = number;
                break;
            }
            cases += &format!(" WHEN {} THEN {number}", conditions.join(" AND "));
        }
        let expression = format!("{cases} ELSE {otherwise} END");
        let name = format!("{card}_{}", criteria[of.criterion].name);
        Some(self.steps.define(&name, expression))
    }

    /// A condition; `None` if it holds for no record.
    fn condition(&self, of: &Condition, known: &[Option<Known>]) -> Option<String> {
        let value = &known[of.criterion].as_ref()?.value;
        let values = &self.planned.rules.rulebook().criteria[of.criterion].values;
        match of.test {
            Test::OneOf(bits) => {
                let values = values.iter().take(64).enumerate();
                let values = values.filter(|(bit, _)| bits >> bit & 1 == 1);
                let values = values.map(|(_, value)| self.steps.dialect.text(value));
                match &values.collect::<Vec<_>>()[..] {
                    [] => None,
                    [one] => Some(format!("{value} = {one}")),
                    all => Some(format!("{value} IN ({})", all.join(", "))),
                }
            }
            Test::AtLeast(bound) => Some(format!("{value} >= {}", bound.parts())),
            Test::Below(bound) => Some(format!("{value} < {}", bound.parts())),
        }
    }

    /// The reasons of a scorecard, strongest first, each with a semicolon behind it.
    fn reasons(
        &self,
        card: usize,
        attributes: &[Option<String>],
        known: &[Option<Known>],
    ) -> String {
        let rules = self.planned.rules;
        let characteristics = &rules.scorecards()[card].characteristics;
        let mut texts = Vec::new();
        for &(characteristic, attribute) in rules.strongest(card) {
            let Some(applied) = &attributes[characteristic] else {
                continue;
            };
            let of = &characteristics[characteristic];
            let (code, points) = {
                let attribute = &of.attributes[attribute];
                (&attribute.reason_code, attribute.points)
            };
            let text = |at: &str| self.steps.dialect.text(&format!("{code}:{points:+}{at};"));
            let number = attribute + 1;
            let is_assumed = known[of.criterion]
                .as_ref()
                .and_then(|one| one.is_assumed.as_ref());
            texts.push(match is_assumed {
                None => format!("CASE WHEN {applied} = {number} THEN {} ELSE '' END", text("")),
                Some(is_assumed) => format!(
                    "CASE WHEN {applied} = {number} AND {is_assumed} THEN {} WHEN {applied} = {number} THEN {} ELSE '' END",
                    text("@assumed"),
                    text("")
                ),
            });
        }
        match texts.is_empty() {
            true => "''".to_owned(),
            false => texts.join("\n      || "),
        }
    }
}

/// The score: the initial one, and the points of the attributes that apply.
fn score(of: &Scorecard, attributes: &[Option<String>]) -> String {
    let mut sum = of.initial_score.to_string();
    for (characteristic, applied) in of.characteristics.iter().zip(attributes) {
        let Some(applied) = applied else { continue };
        let mut cases = String::new();
        for (number, attribute) in (1..).zip(&characteristic.attributes) {
            if attribute.points != 0 {
                cases += &format!(" WHEN {number} THEN {}", attribute.points);
            }
        }
        if !cases.is_empty() {
            sum += &format!("\n      + CASE {applied}{cases} ELSE 0 END");
        }
    }
    sum
}

/// The number of characteristics with evidence.
fn counted(attributes: &[Option<String>]) -> String {
    let each = attributes.iter().flatten();
    let each = each.map(|applied| format!("CASE WHEN {applied} IS NULL THEN 0 ELSE 1 END"));
    let each: Vec<String> = each.collect();
    match each.is_empty() {
        true => "0".to_owned(),
        false => each.join("\n      + "),
    }
}

/// A number after a minus sign.
fn parenthesized(number: i32) -> String {
    match number < 0 {
        true => format!("({number})"),
        false => number.to_string(),
    }
}

impl Slots<'_> {
    /// An added column. Where `error` is not NULL, a text of the record has no reading, and
    /// no value is given that could be taken for a judgement.
    pub(super) fn field(&self, field: Field, cards: &[Card], error: &str) -> String {
        let (rules, dialect) = (self.planned.rules, self.steps.dialect);
        let unless_wrong = |value: String| format!("CASE WHEN {error} IS NULL THEN {value} END");
        match field {
            Field::Label(card) => {
                let (of, score) = (&rules.scorecards()[card], &cards[card].score);
                let [upper, lower, neither] =
                    [0, 1, 2].map(|one| dialect.text(rules.label(card, one)));
                let (from, to) = (of.upper_from, of.lower_from);
                format!(
                    "CASE WHEN {error} IS NOT NULL THEN '{NO_READING}' WHEN {score} >= {from} THEN {upper} WHEN {score} <= {to} THEN {lower} ELSE {neither} END"
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
            Field::Coverage(card) => {
                unless_wrong(coverage(rules, card, &cards[card], dialect.share_type()))
            }
            Field::Reasons(card) => {
                unless_wrong(format!("TRIM(TRAILING ';' FROM {})", cards[card].reasons))
            }
            Field::Rulebook => {
                let of = rules.rulebook();
                dialect.text(&format!("{} {} {}", of.name, of.version, of.hash()))
            }
        }
    }
}

/// The share of characteristics with evidence, rounded as in files.
fn coverage(rules: &Rules, card: usize, of: &Card, share: &str) -> String {
    let shares = crate::run::added::coverages(&rules.rulebook().scorecards[card]);
    let cases = shares.iter().enumerate();
    let cases: String = cases
        .map(|(known, text)| format!(" WHEN {known} THEN {text}"))
        .collect();
    format!("CAST(CASE {}{cases} END AS {share})", of.known)
}
