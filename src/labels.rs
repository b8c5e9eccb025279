//! The fields that are added to each record.
//!
//! Owns their names, their order and their text. Knows nothing of how a format
//! writes a field; formats quote and place what they get from here.

use crate::engine::compile::Rules;
use crate::engine::evaluate::Evaluation;
use crate::rulebook::Scorecard;

/// Which fields are added, and what they are called.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    fields: Vec<Field>,
    names: Vec<String>,
    cards: Vec<Texts>,
    /// Small numbers, from `-FEW` to `FEW`.
    numbers: Vec<Text>,
    rulebook: Text,
}

/// Scores and margins are seldom beyond.
const FEW: i32 = 100;

/// All that can be said of a scorecard, ready to be written.
#[derive(Debug, Clone)]
struct Texts {
    labels: [Text; 3],
    /// By how many characteristics had evidence.
    coverages: Vec<Text>,
    /// Reason codes with their points and a semicolon, strongest first.
    reasons: Vec<Text>,
}

/// A text that is mostly short: it is written quicker if as much is copied
/// whatever its length.
#[derive(Debug, Clone)]
struct Text {
    /// Its beginning, and zeros behind it.
    head: [u8; Text::SHORT],
    all: Box<[u8]>,
}

impl Text {
    const SHORT: usize = 32;

    fn new(text: &[u8]) -> Self {
        let mut head = [0; Text::SHORT];
        let length = text.len().min(Text::SHORT);
        head[..length].copy_from_slice(&text[..length]);
        Text {
            head,
            all: text.into(),
        }
    }

    #[inline(always)]
    fn write(&self, out: &mut Vec<u8>) {
        if self.all.len() <= Text::SHORT {
            let end = out.len() + self.all.len();
            out.extend_from_slice(&self.head);
            out.truncate(end);
        } else {
            out.extend_from_slice(&self.all);
        }
    }
}

impl Texts {
    fn new(card: usize, rules: &Rules, scorecard: &Scorecard) -> Self {
        let characteristics = &scorecard.characteristics;
        let coverage = |known: usize| {
            let share = known as f64 / characteristics.len().max(1) as f64;
            Text::new(((share * 100.0).round() / 100.0).to_string().as_bytes())
        };
        let reason = |&(i, attribute): &(usize, usize)| {
            let attribute = &characteristics[i].attributes[attribute];
            let (code, points) = (&attribute.reason_code, attribute.partial_score);
            Text::new(format!("{code}:{points:+};").as_bytes())
        };
        Texts {
            labels: [0, 1, 2].map(|label| Text::new(rules.label(card, label).as_bytes())),
            coverages: (0..=characteristics.len()).map(coverage).collect(),
            reasons: rules.strongest(card).iter().map(reason).collect(),
        }
    }

    /// `contract-signed:+3;short-relationship:-1`.
    fn write_reasons(&self, applied: &[u64], out: &mut Vec<u8>) {
        let start = out.len();
        for (word, mut bits) in applied.iter().copied().enumerate() {
            while bits != 0 {
                if let Some(reason) = self.reasons.get(64 * word + bits.trailing_zeros() as usize) {
                    reason.write(out);
                }
                bits &= bits - 1;
            }
        }
        if out.len() > start {
            // The last semicolon.
            out.pop();
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
            numbers: match details {
                true => (-FEW..=FEW)
                    .map(|n| Text::new(n.to_string().as_bytes()))
                    .collect(),
                false => Vec::new(),
            },
            rulebook: match details {
                true => {
                    let (name, version) = (&rulebook.name, &rulebook.version);
                    Text::new(format!("{name} {version} {}", rulebook.hash()).as_bytes())
                }
                false => Text::new(b""),
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

    /// Appends all fields in a frame.
    pub(crate) fn write_framed(&self, frame: &Frame, evaluation: &Evaluation, out: &mut Vec<u8>) {
        for (before, field) in frame.0.iter().zip(&self.fields) {
            before.write(out);
            self.write(*field, evaluation, out);
        }
        if let Some(behind) = frame.0.get(self.fields.len()) {
            behind.write(out);
        }
    }

    /// Appends the text of one field, unquoted.
    #[inline(always)]
    pub(crate) fn write(&self, field: Field, evaluation: &Evaluation, out: &mut Vec<u8>) {
        match field {
            Field::Label(card) => {
                let label = usize::from(evaluation.verdicts[card].label);
                self.cards[card].labels[label].write(out);
            }
            Field::Score(card) => self.write_number(evaluation.verdicts[card].score, out),
            Field::Margin(card) => self.write_number(evaluation.verdicts[card].margin, out),
            Field::Coverage(card) => {
                let known = usize::from(evaluation.verdicts[card].known);
                self.cards[card].coverages[known].write(out);
            }
            Field::Reasons(card) => {
                self.cards[card].write_reasons(&evaluation.applied[card], out);
            }
            Field::Rulebook => self.rulebook.write(out),
        }
    }

    fn write_number(&self, number: i32, out: &mut Vec<u8>) {
        match usize::try_from(number + FEW)
            .ok()
            .and_then(|at| self.numbers.get(at))
        {
            Some(text) => text.write(out),
            None => out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
        }
    }

    /// True if the text of a field may have a byte for which `is` holds.
    pub(crate) fn may_hold(&self, field: Field, is: impl Fn(u8) -> bool) -> bool {
        let holds = |text: &Text| text.all.iter().any(|byte| is(*byte));
        let any = |texts: &[Text]| texts.iter().any(holds);
        match field {
            Field::Label(card) => any(&self.cards[card].labels),
            Field::Score(_) | Field::Margin(_) => b"-0123456789".iter().any(|byte| is(*byte)),
            Field::Coverage(card) => any(&self.cards[card].coverages),
            Field::Reasons(card) => any(&self.cards[card].reasons),
            Field::Rulebook => holds(&self.rulebook),
        }
    }
}

/// What stands before the first of the added fields, between two, and behind the
/// last; none where they have to be written one by one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame(Vec<Text>);

impl Frame {
    pub(crate) fn new(texts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Frame(texts.into_iter().map(|text| Text::new(&text)).collect())
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}
