//! Text to value, three-valued: known, missing, or not understood.
//!
//! Owns what a text is read as. Knows nothing of scores, columns or files.

use jiff::civil::Date;

use super::length::{Part, TimeUnit};
use super::lexicon::CELLS;
use super::own::{Domain, OwnTables};
use super::words::cell_key;
use super::{Criterion, Kind, Length, dates, length};

/// What a record's text was read as.
///
/// Missing and not understood are both no evidence, but they are two things:
/// nobody wrote anything, or we do not know the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// Nothing is there, or a word that says that nothing is known.
    #[default]
    Missing,
    /// Something is there that we cannot read.
    NotUnderstood,
    /// The value with this index in the criterion's list.
    Value(u8),
    /// A length of time.
    Length(Length),
    /// A day.
    Date(Date),
}

impl Reading {
    /// True where there is a value.
    pub fn is_known(self) -> bool {
        !matches!(self, Reading::Missing | Reading::NotUnderstood)
    }
}

/// What a word of the vocabulary means to one criterion, the better last: its
/// own words count more than those for every criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Missing,
    Value(u8),
    /// A word that has a meaning elsewhere, and none here.
    None,
}

/// Everything needed to read the text of one criterion.
#[derive(Debug)]
pub(crate) struct Reader {
    kind: Kind,
    /// The criterion's name.
    name: String,
    values: Vec<String>,
    /// By value: the cell key of its name.
    keys: Vec<String>,
}

/// No word is longer, in bytes, however many spaces are in it.
const LONGEST_WORD: usize = 256;

impl Reader {
    /// What it takes to read `criterion`.
    pub(crate) fn new(criterion: &Criterion) -> Self {
        Reader {
            kind: criterion.kind,
            name: criterion.name.clone(),
            values: criterion.values.clone(),
            keys: criterion.values.iter().map(|value| key_of(value)).collect(),
        }
    }

    /// What the word with this cell key means.
    fn meaning(&self, key: &str) -> Option<Meaning> {
        let rows = CELLS.get(key);
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
            // A column that says whether there is one names none.
            ("*", "yes" | "no") if self.kind == Kind::Organization => Some(Meaning::None),
            ("*", _) => of_value(value),
            _ => None,
        });
        let named = self.keys.iter().rposition(|own| own == key);
        let named = named.and_then(|index| of_value(&self.values[index]));
        for_all.chain(named).max()
    }

    /// What a word with this cell key is within a length of time.
    fn part(&self, key: &str) -> Option<Part> {
        self.taught("length", key, Part::from_value)
    }

    /// The number of the month with this cell key.
    fn month(&self, key: &str) -> Option<i8> {
        self.taught("date", key, |value| value.parse().ok())
    }

    /// The meaning in the criterion's own rows, or else those of its kind.
    fn taught<T>(&self, kind: &str, key: &str, meaning: impl Fn(&str) -> Option<T>) -> Option<T> {
        let rows = CELLS.get(key);
        let of = |name: &str| {
            let mut rows = rows.clone().rev();
            rows.find_map(|(criterion, value)| meaning(value).filter(|_| criterion == name))
        };
        of(&self.name).or_else(|| of(kind))
    }

    /// Reads `text`; a bare number of a length counts in `bare`. `key` is
    /// scratch space.
    pub(crate) fn read(
        &self,
        text: &str,
        bare: TimeUnit,
        own: &OwnTables,
        key: &mut String,
    ) -> Reading {
        if self.kind == Kind::Date
            && let Some(date) = dates::read_plain(text.as_bytes())
        {
            return Reading::Date(date);
        }
        // No word for an address has an `@` in it.
        let is_address = self.kind == Kind::Address && text.contains('@');
        if text.len() <= LONGEST_WORD && !is_address {
            cell_key(text, key);
            if key.is_empty() {
                // Only spaces, dashes and signs such as `???`.
                return Reading::Missing;
            }
            if text.trim_end().ends_with('?') {
                // `yes?` is no yes.
                return Reading::NotUnderstood;
            }
            match self.meaning(key) {
                Some(Meaning::None) => return Reading::NotUnderstood,
                Some(Meaning::Missing) => return Reading::Missing,
                Some(Meaning::Value(value)) => return Reading::Value(value),
                None => {}
            }
        }
        let read = match self.kind {
            Kind::Choice => None,
            Kind::Length => length::read(text, bare, &|key| self.part(key)).map(Reading::Length),
            Kind::Date => dates::read(text, &|key| self.month(key)).map(Reading::Date),
            // A structure of JSON is no name.
            Kind::Organization if text.starts_with(['{', '[']) => None,
            Kind::Organization => own
                .is_own_organization(text)
                .map(|own| Reading::Value(if own { 0 } else { 1 })),
            Kind::Address => own.domain(text).map(|domain| {
                Reading::Value(match domain {
                    Domain::Own => 0,
                    Domain::Other => 1,
                    Domain::FreeMail => 2,
                })
            }),
        };
        read.unwrap_or(Reading::NotUnderstood)
    }

    /// Reads a length of time as rules state it.
    pub(crate) fn length(&self, text: &str) -> Option<Length> {
        length::read(text, TimeUnit::Month, &|key| self.part(key))
    }
}

/// The cell key of a word.
pub(crate) fn key_of(word: &str) -> String {
    let mut key = String::new();
    cell_key(word, &mut key);
    key
}

/// The index of `value` among the values of a criterion of this kind. An
/// organization's and an address's values come from comparison, never from words.
pub(crate) fn value_index(kind: Kind, values: &[String], value: &str) -> Option<u8> {
    if kind != Kind::Choice {
        return None;
    }
    let index = values.iter().position(|own| own == value)?;
    u8::try_from(index).ok()
}
