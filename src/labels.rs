//! The fields that are added to each record.
//!
//! Owns their names, their order and their text. Knows nothing of how a format
//! writes a field; formats quote and place what they get from here.

use std::fmt::Display;
use std::io::Write as _;

use crate::rules::compile::Rules;
use crate::rules::evaluate::{Evaluation, Evidence};

/// Which fields are added, and what they are called.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    fields: Vec<Field>,
    names: Vec<String>,
    rulebook: String,
}

/// One added field; the number is the scorecard's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Label(usize),
    Score(usize),
    Margin(usize),
    Coverage(usize),
    Reasons(usize),
    Rulebook,
}

impl Field {
    /// True for a field that JSON writes as a number.
    pub(crate) fn is_number(self) -> bool {
        matches!(
            self,
            Field::Score(_) | Field::Margin(_) | Field::Coverage(_)
        )
    }
}

impl Labels {
    /// The labels of all scorecards, and with `details` how each came about.
    /// `prefix` begins every name.
    pub(crate) fn new(rules: &Rules, details: bool, prefix: &str) -> Self {
        let rulebook = rules.rulebook();
        let cards = 0..rulebook.scorecards.len();
        let mut fields: Vec<Field> = cards.clone().map(Field::Label).collect();
        if details {
            for card in cards {
                fields.extend([
                    Field::Score(card),
                    Field::Margin(card),
                    Field::Coverage(card),
                    Field::Reasons(card),
                ]);
            }
            fields.push(Field::Rulebook);
        }
        let name = |field: &Field| {
            let of = |card: usize, what: &str| {
                format!("{prefix}{}_{what}", rulebook.scorecards[card].name)
            };
            match *field {
                Field::Label(card) => of(card, "label"),
                Field::Score(card) => of(card, "score"),
                Field::Margin(card) => of(card, "margin"),
                Field::Coverage(card) => of(card, "coverage"),
                Field::Reasons(card) => of(card, "reasons"),
                Field::Rulebook => format!("{prefix}rulebook"),
            }
        };
        Labels {
            names: fields.iter().map(name).collect(),
            fields,
            rulebook: if details {
                format!("{} {} {}", rulebook.name, rulebook.version, rulebook.hash())
            } else {
                String::new()
            },
        }
    }

    /// The names of the added fields, in their order.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// A number for the labels of a record, where they are all that is added
    /// and are not too many: what is written for a number once can be written
    /// again.
    pub(crate) fn number(&self, evaluation: &Evaluation) -> Option<usize> {
        let cards = evaluation.verdicts.len();
        if self.fields.len() != cards || cards > 4 {
            return None;
        }
        let labels = evaluation.verdicts.iter();
        Some(labels.fold(0, |number, verdict| 3 * number + usize::from(verdict.label)))
    }

    /// Appends the text of one field, unquoted.
    pub(crate) fn write(
        &self,
        field: Field,
        rules: &Rules,
        evaluation: &Evaluation,
        out: &mut Vec<u8>,
    ) {
        match field {
            Field::Label(card) => {
                out.extend_from_slice(
                    rules
                        .label(card, evaluation.verdicts[card].label)
                        .as_bytes(),
                );
            }
            Field::Score(card) => push(out, evaluation.verdicts[card].score),
            Field::Margin(card) => push(out, evaluation.verdicts[card].margin),
            Field::Coverage(card) => {
                let coverage = (evaluation.verdicts[card].coverage() * 100.0).round() / 100.0;
                push(out, coverage);
            }
            Field::Reasons(card) => write_reasons(card, rules, evaluation, out),
            Field::Rulebook => out.extend_from_slice(self.rulebook.as_bytes()),
        }
    }
}

/// What was written for labels before, by their number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ready(Vec<Vec<u8>>);

impl Ready {
    /// Forgets everything, since it would be written in another way now.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Writes what was written for this number, if anything was.
    #[inline(always)]
    pub(crate) fn write(&self, number: Option<usize>, out: &mut Vec<u8>) -> bool {
        let Some(ready) = number.and_then(|number| self.0.get(number)) else {
            return false;
        };
        out.extend_from_slice(ready);
        !ready.is_empty()
    }

    /// Remembers what was written for this number.
    pub(crate) fn put(&mut self, number: Option<usize>, written: &[u8]) {
        if let Some(number) = number {
            self.0.resize_with(self.0.len().max(number + 1), Vec::new);
            self.0[number] = written.to_vec();
        }
    }
}

/// `contract-signed:+3;short-relationship:-1`: by points without their sign,
/// then as in the rulebook.
fn write_reasons(card: usize, rules: &Rules, evaluation: &Evaluation, out: &mut Vec<u8>) {
    let characteristics = &rules.rulebook().scorecards[card].characteristics;
    let mut reasons: Vec<(&str, i32)> = Vec::new();
    for (characteristic, evidence) in characteristics.iter().zip(&evaluation.evidence[card]) {
        if let Evidence::Applied(attribute) = evidence {
            let attribute = &characteristic.attributes[usize::from(*attribute)];
            reasons.push((&attribute.reason_code, attribute.partial_score));
        }
    }
    reasons.sort_by_key(|(_, points)| std::cmp::Reverse(points.unsigned_abs()));
    for (i, (code, points)) in reasons.iter().enumerate() {
        let separator = if i == 0 { "" } else { ";" };
        push(out, format_args!("{separator}{code}:{points:+}"));
    }
}

fn push(out: &mut Vec<u8>, what: impl Display) {
    let written = write!(out, "{what}");
    debug_assert!(written.is_ok(), "writing to a vector cannot fail");
}
