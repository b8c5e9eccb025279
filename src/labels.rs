//! The fields that are added to each record.
//!
//! Owns their names, their order and their text. Knows nothing of how a format
//! writes a field; formats quote and place what they get from here.

use crate::rules::Scorecard;
use crate::rules::compile::Rules;
use crate::rules::evaluate::{Evaluation, Evidence};

/// Which fields are added, and what they are called.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    fields: Vec<Field>,
    names: Vec<String>,
    cards: Vec<Texts>,
    rulebook: String,
}

/// All that can be said of a scorecard, ready to be written.
#[derive(Debug, Clone)]
struct Texts {
    labels: [String; 3],
    /// By how many characteristics had evidence.
    coverages: Vec<String>,
    /// Reason codes with their points: by points without their sign, then as in
    /// the rulebook.
    reasons: Vec<String>,
    /// By characteristic and attribute: the place of its reason.
    places: Vec<Vec<usize>>,
}

impl Texts {
    fn new(card: usize, rules: &Rules, scorecard: &Scorecard) -> Self {
        let characteristics = &scorecard.characteristics;
        let coverage = |known: usize| {
            let share = known as f64 / characteristics.len().max(1) as f64;
            ((share * 100.0).round() / 100.0).to_string()
        };
        let mut order: Vec<(usize, usize)> = Vec::new();
        for (i, characteristic) in characteristics.iter().enumerate() {
            order.extend((0..characteristic.attributes.len()).map(|attribute| (i, attribute)));
        }
        let attribute =
            |&(i, attribute): &(usize, usize)| &characteristics[i].attributes[attribute];
        let weight = |one: &(usize, usize)| attribute(one).partial_score.unsigned_abs();
        order.sort_by_key(|one| std::cmp::Reverse(weight(one)));
        let reason = |one: &(usize, usize)| {
            let attribute = attribute(one);
            format!("{}:{:+}", attribute.reason_code, attribute.partial_score)
        };
        let mut places: Vec<Vec<usize>> = characteristics
            .iter()
            .map(|characteristic| vec![0; characteristic.attributes.len()])
            .collect();
        for (place, (i, attribute)) in order.iter().enumerate() {
            places[*i][*attribute] = place;
        }
        Texts {
            labels: [0, 1, 2].map(|label| rules.label(card, label).to_owned()),
            coverages: (0..=characteristics.len()).map(coverage).collect(),
            reasons: order.iter().map(reason).collect(),
            places,
        }
    }

    /// `contract-signed:+3;short-relationship:-1`.
    fn write_reasons(&self, evidence: &[Evidence], out: &mut Vec<u8>) {
        // A bit for each reason that applies puts them in order.
        let words = self.reasons.len().div_ceil(64);
        let (mut few, mut many) = ([0_u64; 4], Vec::new());
        let bits = match few.get_mut(..words) {
            Some(bits) => bits,
            None => {
                many.resize(words, 0);
                &mut many[..]
            }
        };
        for (places, evidence) in self.places.iter().zip(evidence) {
            if let Evidence::Applied(attribute) = evidence {
                let place = places[usize::from(*attribute)];
                bits[place / 64] |= 1 << (place % 64);
            }
        }
        let start = out.len();
        for (word, mut bits) in bits.iter().copied().enumerate() {
            while bits != 0 {
                if out.len() > start {
                    out.push(b';');
                }
                let place = 64 * word + bits.trailing_zeros() as usize;
                out.extend_from_slice(self.reasons[place].as_bytes());
                bits &= bits - 1;
            }
        }
    }
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
        let cards = rulebook.scorecards.iter().enumerate();
        Labels {
            cards: cards
                .map(|(card, scorecard)| Texts::new(card, rules, scorecard))
                .collect(),
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
    pub(crate) fn write(&self, field: Field, evaluation: &Evaluation, out: &mut Vec<u8>) {
        let number = |number: i32, out: &mut Vec<u8>| {
            out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        };
        match field {
            Field::Label(card) => {
                let label = usize::from(evaluation.verdicts[card].label);
                out.extend_from_slice(self.cards[card].labels[label].as_bytes());
            }
            Field::Score(card) => number(evaluation.verdicts[card].score, out),
            Field::Margin(card) => number(evaluation.verdicts[card].margin, out),
            Field::Coverage(card) => {
                let known = usize::from(evaluation.verdicts[card].known);
                out.extend_from_slice(self.cards[card].coverages[known].as_bytes());
            }
            Field::Reasons(card) => {
                self.cards[card].write_reasons(&evaluation.evidence[card], out);
            }
            Field::Rulebook => out.extend_from_slice(self.rulebook.as_bytes()),
        }
    }

    /// True if the text of a field may have a byte for which `is` holds.
    pub(crate) fn may_hold(&self, field: Field, is: impl Fn(u8) -> bool) -> bool {
        let any = |texts: &[String]| texts.iter().any(|text| text.bytes().any(&is));
        match field {
            Field::Label(card) => any(&self.cards[card].labels),
            Field::Score(_) | Field::Margin(_) => b"-0123456789".iter().any(|byte| is(*byte)),
            Field::Coverage(card) => any(&self.cards[card].coverages),
            Field::Reasons(card) => is(b';') || any(&self.cards[card].reasons),
            Field::Rulebook => self.rulebook.bytes().any(is),
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
