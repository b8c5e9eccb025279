//! Text to value, three-valued: known, missing, or not understood.
//!
//! Owns what a text is read as. Knows nothing of scores, columns or files.

use std::collections::HashMap;

use jiff::civil::Date;

use super::length::{Part, TimeUnit};
use super::own::{Domain, OwnTables};
use super::vocabulary::{self, Entry};
use super::words::{cell_key, spellings};
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

/// What a word of the vocabulary means to one criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Missing,
    Value(u8),
}

/// Everything needed to read the text of one criterion.
#[derive(Debug)]
pub(crate) struct Reader {
    kind: Kind,
    words: HashMap<String, Meaning>,
    parts: HashMap<String, Part>,
    months: HashMap<String, i8>,
}

impl Reader {
    /// Collects the words for `criterion`.
    pub(crate) fn new(criterion: &Criterion) -> Self {
        let mut reader = Reader {
            kind: criterion.kind,
            words: HashMap::new(),
            parts: HashMap::new(),
            months: HashMap::new(),
        };
        // The words of every criterion first, so that its own replace them.
        for own_words in [false, true] {
            for entry in vocabulary::entries() {
                if own_words == (entry.criterion != "*") {
                    reader.learn(criterion, entry);
                }
            }
        }
        reader
    }

    fn learn(&mut self, criterion: &Criterion, entry: Entry) {
        let for_kind = match entry.criterion {
            "*" => true,
            "length" => criterion.kind == Kind::Length,
            "date" => criterion.kind == Kind::Date,
            name => name == criterion.name,
        };
        if !for_kind {
            return;
        }
        let keys = || spellings(entry.word).into_iter().map(|word| key_of(&word));
        if entry.value == "(missing)" {
            self.words.extend(keys().map(|key| (key, Meaning::Missing)));
        } else if criterion.kind == Kind::Length {
            if let Some(part) = Part::from_value(entry.value).filter(|_| entry.criterion != "*") {
                self.parts.extend(keys().map(|key| (key, part)));
            }
        } else if criterion.kind == Kind::Date {
            if let Some(month) = entry.value.parse().ok().filter(|_| entry.criterion != "*") {
                self.months.extend(keys().map(|key| (key, month)));
            }
        } else if let Some(value) = value_index(criterion, entry.value) {
            self.words
                .extend(keys().map(|key| (key, Meaning::Value(value))));
        }
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
        cell_key(text, key);
        if key.is_empty() {
            // Only spaces and dashes, unless it is a sign such as `???`.
            return Reading::Missing;
        }
        match self.words.get(key.as_str()) {
            Some(Meaning::Missing) => return Reading::Missing,
            Some(Meaning::Value(value)) => return Reading::Value(*value),
            None => {}
        }
        let read = match self.kind {
            Kind::Choice => None,
            Kind::Length => length::read(text, bare, &self.parts).map(Reading::Length),
            Kind::Date => dates::read(text, &self.months).map(Reading::Date),
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
        length::read(text, TimeUnit::Month, &self.parts)
    }
}

/// The cell key of a word.
pub(crate) fn key_of(word: &str) -> String {
    let mut key = String::new();
    cell_key(word, &mut key);
    key
}

/// The index of `value` among the values of `criterion`. An organization's
/// and an address's values come from comparison, never from words.
pub(crate) fn value_index(criterion: &Criterion, value: &str) -> Option<u8> {
    if criterion.kind != Kind::Choice {
        return None;
    }
    let index = criterion.values.iter().position(|own| own == value)?;
    u8::try_from(index).ok()
}
