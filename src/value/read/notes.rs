//! Notes, and texts that mean a value by being there, as a criterion reads them.
//!
//! Owns which words of the criterion and of the vocabulary play which part in them.

use super::{LONGEST_WORD, Meaning, Reader, key_of, value_index};
use crate::lexicon::normalize::{cell_key, header_key};
use crate::value::filled::Filling;
use crate::value::note::{self, Note};
use crate::value::{Value, Words, dates};

impl Reader {
    /// What a note in words means: `not yet signed`, or `cancelled 2020`.
    pub(super) fn note(&self, text: &str, words: &Words, key: &mut String) -> Option<Value> {
        if text.len() > LONGEST_WORD || !text.contains(char::is_whitespace) {
            return None;
        }
        let no = value_index(self.kind, &self.values, "no");
        let part = |run: &str| {
            let key = key_of(run);
            let stated = match self.meaning(&key, words) {
                Some(Meaning::Missing) => Some(note::Part::Postpones),
                Some(Meaning::Value(value)) if Some(value) == no => Some(note::Part::Denies),
                _ => None,
            };
            let part = note_part(&key, words).or(stated);
            part.or_else(|| self.is_thing(run, words).then_some(note::Part::Thing))
        };
        if let Some(note) = note::read(text, &part) {
            return Some(match note {
                Note::Denied => no.map_or(Value::Missing, Value::Choice),
                Note::Postponed => Value::Missing,
                Note::Past => self.after.map_or(Value::Missing, Value::Choice),
            });
        }
        let is_on = |word: &str| {
            let mut rows = words.cells(&key_of(word));
            rows.any(|row| row == ("note", "on"))
        };
        let month = |key: &str| self.month(key, words);
        let is_day =
            |text: &str| dates::is_month(text) || Filling::Day.is_met_by(text, &|_| None, &month);
        let head = note::without_day(text, &is_on, &is_day)?;
        cell_key(head, key);
        match self.meaning(key, words)? {
            Meaning::Value(value) => Some(Value::Choice(value)),
            Meaning::Missing => Some(Value::Missing),
            Meaning::None => None,
        }
    }

    /// True for words that name what the criterion is about, one of its values, or
    /// nothing: `contract`, `signed`, `in`.
    fn is_thing(&self, run: &str, words: &Words) -> bool {
        let is_of = |value: &str| matches!(value, "(column)" | "(column?)" | "(status)");
        let mut names = words.headers(&header_key(run));
        names
            .any(|(criterion, value)| value == "(filler)" || criterion == self.name && is_of(value))
            || match self.meaning(&key_of(run), words) {
                // `Running expired` contradicts itself.
                Some(Meaning::Value(value)) => Some(value) != self.after,
                _ => false,
            }
    }

    /// What the words beside a number mean, if that decides: `V-17 (cancelled)`.
    pub(super) fn beside_number(&self, text: &str, words: &Words) -> Option<Value> {
        let without = |parts: &mut dyn Iterator<Item = &str>| {
            let parts = parts.filter(|part| !part.contains(|c: char| c.is_numeric()));
            key_of(&parts.collect::<Vec<_>>().join(" "))
        };
        let by_space = without(&mut text.split_whitespace());
        let by_sign = without(&mut text.split(|c: char| !c.is_alphanumeric()));
        [by_space, by_sign].iter().find_map(|key| {
            if key.is_empty() || *key == key_of(text) {
                return None;
            }
            if note_part(key, words) == Some(note::Part::NoLonger) {
                return Some(self.after.map_or(Value::Missing, Value::Choice));
            }
            match self.meaning(key, words) {
                Some(Meaning::Missing) => Some(Value::Missing),
                Some(Meaning::Value(value)) if Some(value) == self.after => {
                    Some(Value::Choice(value))
                }
                _ => None,
            }
        })
    }

    /// True if a text looks like what has this filling.
    pub(super) fn looks_like(&self, filling: Filling, text: &str, words: &Words) -> bool {
        let month = |key: &str| self.month(key, words);
        let belongs = |word: &str| {
            let key = key_of(word);
            let mut rows = words.cells(&key);
            let mut names = words.headers(&header_key(word));
            let is_named = filling == Filling::Number
                && names.any(|(of, value)| value == "(filler)" || of == self.name);
            let is_foreign = !is_named
                && match filling {
                    // `Nie` is a name.
                    Filling::Name if rows.any(|row| row == ("person", "nobody")) => true,
                    Filling::Name if word.contains(char::is_uppercase) => false,
                    _ => note_part(&key, words).is_some_and(|part| part != note::Part::Thing),
                };
            (is_named || is_foreign).then_some(is_named)
        };
        filling.is_met_by(text, &belongs, &month)
    }
}

/// The part that the word with this cell key plays in a note.
fn note_part(key: &str, words: &Words) -> Option<note::Part> {
    let mut rows = words.cells(key);
    rows.find_map(|(of, value)| note::Part::from_name(value).filter(|_| of == "note"))
}
