//! Text to value, three-valued: known, missing, or not understood.
//!
//! Owns how a text is read. Knows nothing of scores, columns or files.

mod notes;

use jiff::civil::Date;

use crate::lexicon::lookup::Meanings;
use crate::lexicon::normalize::{cell_key, visible};
use crate::value::filled::{self, Filling};
use crate::value::length::{Expected, Part};
use crate::value::own::{Domain, OwnTables};
use crate::value::{
    DateOrder, Kind, Length, TimeUnit, Value, Words, blank, dates, entities, length,
};

/// How the texts of one column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sense {
    /// As words of the criterion, numbers of months, unambiguous dates.
    #[default]
    Plain,
    /// The same, in a column whose values decided what it is about: a word or name that
    /// occurs in other columns as well is not understood.
    Decided,
    /// As lengths of time; a bare number counts in this unit.
    Bare(TimeUnit),
    /// As dates; numeric ones have this order.
    Dated(DateOrder),
    /// As dates; a number counts the days since the end of 1899.
    Serial,
    /// Any text of this filling means this value, as a contract number means that there is
    /// a contract; unless it is a word of the criterion.
    Filled(u8, Filling),
    /// As words of the criterion; a number is a code that is not known.
    Status,
    /// As words of the criterion that show that what other columns are about is not of
    /// this kind; all others mean nothing.
    Kind,
    /// As words of the criterion; yes means the first value and no the second one, which
    /// is not a no: what is not active may have been.
    Running(u8, u8),
    /// As a question whose answer, if it is yes (or else no), means this value, or none on
    /// purpose; the other answer means nothing.
    Veto(bool, Option<u8>),
    /// Yes means this value; no means nothing, since it does not show another value.
    Flag(u8),
}

/// The meaning of a word for one criterion, the better last: the criterion's own words
/// have precedence over those for every criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Missing,
    Value(u8),
    /// A word that has a meaning elsewhere, and none here.
    None,
}

/// Everything needed to read the texts of one criterion.
#[derive(Debug)]
pub(crate) struct Reader {
    kind: Kind,
    /// The criterion's name.
    name: String,
    values: Vec<String>,
    /// By value: the cell key of its name.
    keys: Vec<String>,
    /// The value that a length of time means.
    length_means: Option<u8>,
    /// The value of what was, and is no longer.
    after: Option<u8>,
    /// The criterion is an end date that may be open.
    is_end: bool,
}

/// The greatest length of a word in bytes, including its spaces.
const LONGEST_WORD: usize = 256;

impl Reader {
    /// A reader for a criterion of this kind, with this name and these values.
    /// `length_means` is the value that a length of time means, and `after` that of what
    /// is no longer; `is_end` marks the date of an end that may be open.
    pub(crate) fn new(
        kind: Kind,
        name: &str,
        values: &[String],
        length_means: Option<&str>,
        after: Option<u8>,
        is_end: bool,
    ) -> Self {
        Reader {
            after,
            length_means: length_means.and_then(|value| value_index(kind, values, value)),
            is_end,
            kind,
            name: name.to_owned(),
            values: values.to_vec(),
            keys: values.iter().map(|value| key_of(value)).collect(),
        }
    }

    /// The meaning of the word with this cell key.
    fn meaning(&self, key: &str, words: &Words) -> Option<Meaning> {
        // The name of a value means that value, regardless of its meaning elsewhere.
        let named = self.keys.iter().rposition(|own| own == key);
        if let Some(value) =
            named.and_then(|index| value_index(self.kind, &self.values, &self.values[index]))
        {
            return Some(Meaning::Value(value));
        }
        let rows = words.cells(key);
        let own = rows
            .clone()
            .rev()
            .filter(|(criterion, _)| *criterion == self.name);
        let of_value = |value: &str| match value {
            "(missing)" => Some(Meaning::Missing),
            _ => value_index(self.kind, &self.values, value).map(Meaning::Value),
        };
        if let Some(meaning) = own.filter_map(|(_, value)| of_value(value)).next() {
            return Some(meaning);
        }
        let for_all = rows.filter_map(|(criterion, value)| match (criterion, value) {
            // A word for none is not a length, and not a date.
            ("*", "(none)") if matches!(self.kind, Kind::Length | Kind::Date) => {
                Some(Meaning::Missing)
            }
            // In a column of yes and no, such a word is not an organization's name.
            ("*", "yes" | "no") if self.kind == Kind::Organization => Some(Meaning::None),
            ("*", _) => of_value(value),
            _ => None,
        });
        for_all.max()
    }

    /// The meaning of a word with this cell key within a length of time.
    fn part(&self, key: &str, expected: Expected, words: &Words) -> Option<Part> {
        let rows = words.cells(key);
        let fits = |value: &str| Part::from_value(value).filter(|part| expected.is_met_by(*part));
        self.specific("length", rows.clone(), fits)
            .or_else(|| self.specific("length", rows, Part::from_value))
    }

    /// The number of the month with this cell key.
    fn month(&self, key: &str, words: &Words) -> Option<i8> {
        self.specific("date", words.cells(key), |value| value.parse().ok())
    }

    /// The meaning in the criterion's own rows, or else those of its kind.
    fn specific<T>(
        &self,
        kind: &str,
        rows: Meanings<'_>,
        meaning: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let of = |name: &str| {
            let mut rows = rows.clone().rev();
            rows.find_map(|(criterion, value)| meaning(value).filter(|_| criterion == name))
        };
        of(&self.name).or_else(|| of(kind))
    }

    /// Reads `text` in the sense of its column. `key` is a buffer for reuse.
    pub(crate) fn read(
        &self,
        text: &str,
        sense: Sense,
        words: &Words,
        own: &OwnTables,
        key: &mut String,
    ) -> Value {
        if self.kind == Kind::Date
            && let Some(date) = dates::read_plain(text.as_bytes())
        {
            return self.day(date);
        }
        if let Sense::Filled(value, Filling::Number) = sense
            && filled::is_plain_number(text)
            && !is_nothing(text)
        {
            return Value::Choice(value);
        }
        let text = &*entities::decoded(visible(text));
        // Words for addresses do not contain `@`.
        let is_address = self.kind == Kind::Address && text.contains('@');
        if text.len() <= LONGEST_WORD && !is_address {
            cell_key(text, key);
            // Only spaces, dashes and signs such as `???`.
            if key.is_empty() || blank::is_blank(text, words) {
                return Value::Missing;
            }
            if text.trim_end().ends_with('?') {
                // `yes?` does not mean yes.
                return Value::NotRecognized;
            }
            if let Sense::Flag(value) = sense {
                return flag(words.cells(key), value);
            }
            if let Sense::Veto(on_yes, value) = sense {
                let is_met = words.is_answer(key, on_yes);
                return match value.filter(|_| is_met) {
                    Some(value) => Value::Choice(value),
                    None => Value::Missing,
                };
            }
            if let Sense::Running(yes, no) = sense {
                match (words.is_answer(key, true), words.is_answer(key, false)) {
                    (true, _) => return Value::Choice(yes),
                    (false, true) => return Value::Choice(no),
                    (false, false) => {}
                }
            }
            let is_code = matches!(sense, Sense::Status | Sense::Kind | Sense::Filled(..));
            // No number, no day: nothing shows whether there is a contract.
            if let Sense::Filled(_, Filling::Number | Filling::Day) = sense
                && (words.is_answer(key, false)
                    || words.cells(key).any(|row| row == ("*", "(none)")))
            {
                return Value::Missing;
            }
            let meaning = match is_code && number(text).is_some() {
                true => None,
                false => self.meaning(key, words),
            };
            // `Signed: no` beside the number of a contract is a draft.
            if sense == Sense::Status && words.cells(key).any(|row| row == ("*", "no")) {
                return Value::Missing;
            }
            if sense == Sense::Kind {
                return match meaning {
                    Some(Meaning::Value(value)) if self.values[usize::from(value)] == "no" => {
                        Value::Choice(value)
                    }
                    _ => Value::Missing,
                };
            }
            if sense == Sense::Decided
                && words
                    .cells(key)
                    .any(|row| row == (&*self.name, "(doubtful)"))
            {
                return Value::NotRecognized;
            }
            match meaning {
                Some(Meaning::None) => return Value::NotRecognized,
                Some(Meaning::Missing) => return Value::Missing,
                Some(Meaning::Value(value)) => return Value::Choice(value),
                None => {}
            }
        }
        let bare = match sense {
            Sense::Bare(unit) => unit,
            _ => TimeUnit::default(),
        };
        let order = match sense {
            Sense::Dated(order) => Some(order),
            _ => None,
        };
        let read = match (self.kind, sense) {
            // A JSON structure does not count as filled in.
            (_, Sense::Filled(..)) if text.starts_with(['{', '[']) => None,
            (_, Sense::Filled(..)) if self.is_none(text, words) => return Value::Missing,
            (_, Sense::Filled(value, filling)) => {
                let note = self.note(text, words, key);
                let note = note.or_else(|| self.beside_number(text, words));
                note.or_else(|| {
                    self.looks_like(filling, text, words)
                        .then_some(Value::Choice(value))
                })
            }
            (_, Sense::Flag(_)) => None,
            (Kind::Choice, _) => self
                .length_means
                .filter(|_| {
                    text.contains(char::is_alphabetic)
                        && self
                            .length_in(text, bare, words)
                            .is_some_and(|length| length > Length::default())
                })
                .map(Value::Choice)
                .or_else(|| self.note(text, words, key)),
            (Kind::Length, _) => self.length_in(text, bare, words).map(Value::Length),
            // What databases write for an unknown date.
            (Kind::Date, _) if is_nothing(text) => return Value::Missing,
            (Kind::Date, _) => {
                let serial = (sense == Sense::Serial)
                    .then(|| dates::serial(text))
                    .flatten();
                let date =
                    serial.or_else(|| dates::read(text, order, &|key| self.month(key, words)));
                date.map(|date| self.day(date))
            }
            // A JSON structure is not a name.
            (Kind::Organization, _) if text.starts_with(['{', '[']) => None,
            (Kind::Organization, _) => own
                .is_own_organization(text)
                .filter(|own_name| *own_name || sense != Sense::Decided || !own.may_be_person(text))
                .map(|own| Value::Choice(if own { 0 } else { 1 })),
            (Kind::Address, _) => own.domain(text).map(|domain| {
                Value::Choice(match domain {
                    Domain::Own => 0,
                    Domain::Other => 1,
                    Domain::FreeMail => 2,
                })
            }),
        };
        read.unwrap_or(Value::NotRecognized)
    }

    /// The value of a date.
    fn day(&self, date: Date) -> Value {
        match dates::is_open(date) {
            _ if dates::is_zero(date) || dates::is_never(date) => Value::Missing,
            false => Value::Day(date),
            true if self.is_end => Value::Missing,
            true => Value::NotRecognized,
        }
    }

    /// True for a number or date that stands for none, where any text has a meaning.
    fn is_none(&self, text: &str, words: &Words) -> bool {
        let is_digit = |c: char| c.is_ascii_digit();
        let text = text.trim();
        // A number of another length could count seconds, and is rather a contract's.
        let may_be_day =
            text.contains(is_digit) && (text.len() == 8 || !text.chars().all(is_digit));
        let day = || dates::read(text, None, &|key| self.month(key, words));
        let is_written = text.contains(|c| !is_digit(c));
        let is_none = |day| {
            dates::is_zero(day) || dates::is_never(day) || is_written && dates::is_long_past(day)
        };
        is_nothing(text) || may_be_day && day().is_some_and(is_none)
    }

    fn length_in(&self, text: &str, bare: TimeUnit, words: &Words) -> Option<Length> {
        length::read(text, bare, &|key, expected| self.part(key, expected, words))
    }

    /// Reads a length of time as rules state it.
    pub(crate) fn length(&self, text: &str, words: &Words) -> Option<Length> {
        self.length_in(text, TimeUnit::Month, words)
    }
}

/// The value of a flag by the rows of its text, if yes means `value`.
fn flag(rows: Meanings<'_>, value: u8) -> Value {
    let meaning = rows.rev().find_map(|row| match row {
        ("*", "yes") => Some(Value::Choice(value)),
        ("*", "no" | "(missing)" | "(none)") => Some(Value::Missing),
        _ => None,
    });
    meaning.unwrap_or(Value::NotRecognized)
}

/// True for a number or date that stands for none: `0000-00-00`.
fn is_nothing(text: &str) -> bool {
    text.chars().all(|c| c == '0' || !c.is_alphanumeric())
}

/// The cell key of a word.
pub(crate) fn key_of(word: &str) -> String {
    let mut key = String::new();
    cell_key(word, &mut key);
    key
}

/// The index of `value` among the values of a criterion of this kind. Values of an
/// organization or address come from comparison, never from words.
pub(crate) fn value_index(kind: Kind, values: &[String], value: &str) -> Option<u8> {
    if kind != Kind::Choice {
        return None;
    }
    let index = values.iter().position(|own| own == value)?;
    u8::try_from(index).ok()
}

/// Reads a plain number with a decimal point or comma.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | ',')) {
        return None;
    }
    let text = text.replace(',', ".");
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
