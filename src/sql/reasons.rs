//! The reasons of a label.
//!
//! Owns how they are written in their order without a comparison for each one: a record has
//! a bit for each reason, strongest first, and each few bits stand for a text.

use super::slots::Slots;
use super::tables::Known;
use crate::engine::compile::Rules;

/// The reasons that one array writes: it has a text for each combination.
const TOGETHER: usize = 5;
/// The reasons in one number.
const IN_NUMBER: usize = 12 * TOGETHER;

/// A reason that a scorecard can give.
#[derive(Debug)]
struct Reason {
    characteristic: usize,
    attribute: usize,
    is_assumed: bool,
    text: String,
}

/// All of them, strongest first.
fn all(rules: &Rules, card: usize, numbers: &[Option<String>], known: &[Known]) -> Vec<Reason> {
    let characteristics = &rules.scorecards()[card].characteristics;
    let mut all = Vec::new();
    for &(characteristic, attribute) in rules.strongest(card) {
        if numbers[characteristic].is_none() {
            continue;
        }
        let of = &characteristics[characteristic];
        let assumed = known[of.criterion].is_assumed();
        let (code, points) = {
            let attribute = &of.attributes[attribute];
            (&attribute.reason_code, attribute.points)
        };
        for (is_assumed, at) in [(false, ""), (true, "@assumed")] {
            // One that is always assumed has no other reason.
            let is_possible = match assumed.as_deref() {
                None => !is_assumed,
                Some("TRUE") => is_assumed,
                Some(_) => true,
            };
            if is_possible {
                all.push(Reason {
                    characteristic,
                    attribute,
                    is_assumed,
                    text: format!("{code}:{points:+}{at}"),
                });
            }
        }
    }
    all
}

/// The reasons of a scorecard, with semicolons between them, as an expression.
#[derive(Debug)]
pub(super) struct Reasons {
    all: Vec<Reason>,
    /// The columns that have their bits.
    bits: Vec<String>,
}

impl Reasons {
    /// Computes the bits; `numbers` are the columns with the attributes that apply, from 1.
    pub(super) fn new(
        slots: &mut Slots<'_>,
        card: usize,
        numbers: &[Option<String>],
        known: &[Known],
    ) -> Self {
        let rules = slots.planned.rules;
        let all = all(rules, card, numbers, known);
        let name = &rules.rulebook().scorecards[card].name;
        let mut bits = Vec::new();
        for part in all.chunks(IN_NUMBER) {
            let mut sum = Vec::new();
            for (characteristic, number) in numbers.iter().enumerate() {
                let Some(number) = number else { continue };
                let of = &rules.scorecards()[card].characteristics[characteristic];
                let bit = |attribute: Option<usize>, is_assumed: bool| {
                    let mut places = part.iter();
                    let place = places.position(|one| {
                        one.characteristic == characteristic
                            && Some(one.attribute) == attribute
                            && one.is_assumed == is_assumed
                    });
                    place.map_or(0, |place| 1_u64 << place).to_string()
                };
                let bits = |is_assumed: bool| {
                    let attributes = (0..of.attributes.len()).map(Some);
                    let bits = [None].into_iter().chain(attributes);
                    let bits: Vec<String> = bits.map(|one| bit(one, is_assumed)).collect();
                    let place = format!("{number} + 1");
                    slots.steps.dialect.one_of(&bits, "BIGINT", &place)
                };
                sum.push(match known[of.criterion].is_assumed().as_deref() {
                    None => bits(false),
                    Some("TRUE") => bits(true),
                    Some(is_assumed) => format!(
                        "CASE WHEN {is_assumed} THEN {} ELSE {} END",
                        bits(true),
                        bits(false)
                    ),
                });
            }
            let sum = sum.join("\n      + ");
            bits.push(slots.steps.define(&format!("{name}_bits"), sum));
        }
        Reasons { all, bits }
    }

    /// Their texts.
    pub(super) fn expression(&self, slots: &Slots<'_>) -> String {
        let dialect = slots.steps.dialect;
        let mut texts = Vec::new();
        for (part, column) in self.all.chunks(IN_NUMBER).zip(&self.bits) {
            for (few, at) in part.chunks(TOGETHER).zip(0..) {
                let all: Vec<String> = (0..1_usize << few.len())
                    .map(|bits| match combined(few, bits) {
                        Some(text) => dialect.text(&text),
                        None => "NULL".to_owned(),
                    })
                    .collect();
                let bits = match at {
                    0 => column.clone(),
                    _ => dialect.shifted(column, at * TOGETHER as i32),
                };
                let place = format!("({bits} & {}) + 1", all.len() - 1);
                texts.push(dialect.one_of(&all, dialect.text_type(), &place));
            }
        }
        match texts.is_empty() {
            true => "''".to_owned(),
            false => format!("CONCAT_WS(';',\n      {})", texts.join(",\n      ")),
        }
    }
}

/// The reasons whose bits are set; `None` if none is, or no record can have all of them.
fn combined(few: &[Reason], bits: usize) -> Option<String> {
    let set = few.iter().enumerate();
    let set: Vec<&Reason> = set
        .filter(|(place, _)| bits >> place & 1 == 1)
        .map(|(_, one)| one)
        .collect();
    let mut characteristics: Vec<usize> = set.iter().map(|one| one.characteristic).collect();
    characteristics.sort_unstable();
    characteristics.dedup();
    let is_possible = !set.is_empty() && characteristics.len() == set.len();
    let texts: Vec<&str> = set.iter().map(|one| one.text.as_str()).collect();
    is_possible.then(|| texts.join(";"))
}
