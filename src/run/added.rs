//! The fields that labelling adds to each record.
//!
//! Owns which fields these are, their names, and the value of each for a judgement. How
//! a format writes them is not known here.

use crate::engine::compile::Rules;
use crate::engine::evaluate::Evaluation;
use crate::format::{AddedField, AddedFields, AddedValue, AddedValues, Text};
use crate::rulebook::Scorecard;

/// The content of an added field; the number is the scorecard's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Label(usize),
    Score(usize),
    Margin(usize),
    Coverage(usize),
    Reasons(usize),
    Rulebook,
}

/// The values of the added fields for one judgement.
pub(super) struct FieldsOf<'s> {
    pub(super) fields: &'s [Field],
    pub(super) evaluation: &'s Evaluation,
}

impl AddedValues for FieldsOf<'_> {
    #[inline(always)]
    fn of(&self, field: usize) -> AddedValue<'_> {
        self.fields[field].value_of(self.evaluation)
    }
}

impl Field {
    /// The labels of all scorecards, and the details of each with `details`.
    pub(crate) fn all(rules: &Rules, details: bool) -> Vec<Field> {
        let cards = 0..rules.rulebook().scorecards.len();
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
        fields
    }

    /// Its value for a judgement.
    #[inline(always)]
    pub(crate) fn value_of(self, evaluation: &Evaluation) -> AddedValue<'_> {
        let verdict = |card: usize| &evaluation.verdicts[card];
        match self {
            Field::Label(card) => AddedValue::Text(usize::from(verdict(card).label)),
            Field::Score(card) => AddedValue::Number(verdict(card).score),
            Field::Margin(card) => AddedValue::Number(verdict(card).margin),
            Field::Coverage(card) => AddedValue::Text(usize::from(verdict(card).known)),
            Field::Reasons(card) => AddedValue::Texts(&evaluation.applied[card]),
            Field::Rulebook => AddedValue::Text(0),
        }
    }

    /// The field in the form that formats write.
    fn added(self, rules: &Rules, prefix: &str, places: &[&str]) -> AddedField {
        let rulebook = rules.rulebook();
        let (is_number, texts) = match self {
            Field::Label(card) => {
                let labels = [0, 1, 2].map(|label| rules.label(card, label));
                let texts = labels.map(|label| Text::new(label.as_bytes()));
                (false, texts.into())
            }
            Field::Score(_) | Field::Margin(_) => (true, Vec::new()),
            Field::Coverage(card) => {
                let texts = coverages(&rulebook.scorecards[card]);
                let texts = texts.iter().map(|text| Text::new(text.as_bytes()));
                (true, texts.collect())
            }
            Field::Reasons(card) => (false, reasons(rules, card, places)),
            Field::Rulebook => {
                let (name, version) = (&rulebook.name, &rulebook.version);
                let text = format!("{name} {version} {}", rulebook.hash());
                (false, vec![Text::new(text.as_bytes())])
            }
        };
        AddedField {
            name: self.name(rules, prefix),
            is_number,
            texts,
        }
    }

    /// Its name.
    pub(crate) fn name(self, rules: &Rules, prefix: &str) -> String {
        let (card, what) = match self {
            Field::Label(card) => (card, "label"),
            Field::Score(card) => (card, "score"),
            Field::Margin(card) => (card, "margin"),
            Field::Coverage(card) => (card, "coverage"),
            Field::Reasons(card) => (card, "reasons"),
            Field::Rulebook => return format!("{prefix}rulebook"),
        };
        let name = &rules.rulebook().scorecards[card].name;
        format!("{prefix}{name}_{what}")
    }
}

/// The fields in the form that formats write; `prefix` begins every name. `places` are
/// the names of all places where evidence may come from, if these are several.
pub(crate) fn added_fields(
    rules: &Rules,
    fields: &[Field],
    prefix: &str,
    places: &[&str],
) -> AddedFields {
    let fields = fields
        .iter()
        .map(|field| field.added(rules, prefix, places));
    AddedFields::new(fields.collect())
}

/// The possible shares of a scorecard's coverage, by the number of characteristics with
/// evidence.
pub(crate) fn coverages(scorecard: &Scorecard) -> Vec<String> {
    let characteristics = scorecard.characteristics.len();
    let coverage = |known: usize| {
        let share = known as f64 / characteristics.max(1) as f64;
        ((share * 100.0).round() / 100.0).to_string()
    };
    (0..=characteristics).map(coverage).collect()
}

/// Reason codes with their points and a semicolon, strongest first; each with all places
/// where its evidence may come from, if these are several.
fn reasons(rules: &Rules, card: usize, places: &[&str]) -> Vec<Text> {
    let characteristics = &rules.rulebook().scorecards[card].characteristics;
    let places = if places.is_empty() { &[""] } else { places };
    let reason = |&(characteristic, attribute): &(usize, usize)| {
        let attribute = &characteristics[characteristic].attributes[attribute];
        let (code, points) = (&attribute.reason_code, attribute.partial_score);
        let at = |place: &&str| match *place {
            "" => String::new(),
            place => format!("@{place}"),
        };
        let texts = places.iter().map(at);
        let texts = texts.map(|at| Text::new(format!("{code}:{points:+}{at};").as_bytes()));
        texts.collect::<Vec<_>>()
    };
    rules.strongest(card).iter().flat_map(reason).collect()
}
