//! Text to value, three-valued: known, missing, or not understood.
//!
//! Owns what a text is read as. Knows nothing of scores, columns or files.

use jiff::civil::Date;

use super::length::{Part, TimeUnit};
use super::own::{Domain, OwnTables};
use super::vocabulary;
use super::words::{WordMap, cell_key, spellings};
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
    /// A word that has a meaning elsewhere, and none here.
    None,
    Value(u8),
}

/// Everything needed to read the text of one criterion.
#[derive(Debug)]
pub(crate) struct Reader {
    kind: Kind,
    words: WordMap<Meaning>,
    parts: WordMap<Part>,
    months: WordMap<i8>,
}

/// No word is longer, in bytes, however many spaces are in it.
const LONGEST_WORD: usize = 256;

impl Reader {
    /// Collects the words for `criterion`.
    pub(crate) fn new(criterion: &Criterion) -> Self {
        let mut reader = Reader {
            kind: criterion.kind,
            words: WordMap::default(),
            parts: WordMap::default(),
            months: WordMap::default(),
        };
        // The words for every criterion first, so that its own replace them.
        reader.learn_all(criterion, "*,(missing),");
        for value in &criterion.values {
            if let Some(index) = value_index(criterion, value) {
                reader.words.insert(key_of(value), Meaning::Value(index));
            }
            reader.learn_all(criterion, &format!("*,{value},"));
        }
        if criterion.kind == Kind::Organization {
            // A column that says whether there is one names none.
            for word in ["(yes)", "(no)"].into_iter().flat_map(words_of) {
                reader.words.insert(word, Meaning::None);
            }
        }
        match criterion.kind {
            Kind::Length => reader.learn_all(criterion, "length,"),
            Kind::Date => reader.learn_all(criterion, "date,"),
            Kind::Choice | Kind::Organization | Kind::Address => {}
        }
        reader.learn_all(criterion, &format!("{},", criterion.name));
        reader
    }

    fn learn_all(&mut self, criterion: &Criterion, prefix: &str) {
        for entry in vocabulary::beginning_with(prefix) {
            let keys = || words_of(entry.word);
            if entry.value == "(missing)" {
                self.words
                    .extend(keys().into_iter().map(|key| (key, Meaning::Missing)));
            } else if let (Kind::Length, Some(part)) =
                (criterion.kind, Part::from_value(entry.value))
            {
                self.parts.extend(keys().into_iter().map(|key| (key, part)));
            } else if let (Kind::Date, Ok(month)) = (criterion.kind, entry.value.parse()) {
                self.months
                    .extend(keys().into_iter().map(|key| (key, month)));
            } else if let Some(value) = value_index(criterion, entry.value) {
                self.words
                    .extend(keys().into_iter().map(|key| (key, Meaning::Value(value))));
            }
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
        if self.kind == Kind::Date
            && let Some(date) = dates::read_plain(text)
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
            match self.words.get(key.as_str()) {
                // `yes?` is no yes.
                _ if text.trim_end().ends_with('?') => return Reading::NotUnderstood,
                Some(Meaning::None) => return Reading::NotUnderstood,
                Some(Meaning::Missing) => return Reading::Missing,
                Some(Meaning::Value(value)) => return Reading::Value(*value),
                None => {}
            }
        }
        let read = match self.kind {
            Kind::Choice => None,
            Kind::Length => length::read(text, bare, &self.parts).map(Reading::Length),
            Kind::Date => dates::read(text, &self.months).map(Reading::Date),
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
        length::read(text, TimeUnit::Month, &self.parts)
    }
}

/// The cell keys of a word of the vocabulary in all its spellings; of all the
/// words for yes or no where it stands for them.
fn words_of(word: &'static str) -> Vec<String> {
    let all = match word {
        "(yes)" => "*,yes,",
        "(no)" => "*,no,",
        _ => {
            let spellings = spellings(word);
            return spellings.iter().map(|word| key_of(word)).collect();
        }
    };
    vocabulary::beginning_with(all)
        .flat_map(|entry| spellings(entry.word))
        .map(|word| key_of(&word))
        .collect()
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
