//! The keys of a vocabulary's rows, and how rows are stored.
//!
//! Owns the making of the tables in which [`lexicon`](crate::lexicon::lookup) looks
//! words up. Shared with `src/build.rs`, which makes those of the vocabulary, so that
//! the words of a rulebook are found like those that are built in.

use std::collections::BTreeMap;

use super::normalize::{cell_key, hash, header_key, spellings};
use super::vocabulary;

/// Criterion and value of a row.
pub(crate) type Meaning<'w> = (&'w str, &'w str);

/// The words that stand for all words of a value of all criteria, and that value.
pub(crate) const ANSWERS: [(&str, &str); 2] = [("(yes)", "yes"), ("(no)", "no")];

/// The value for all of whose words the word of a row with `value` stands, if it is
/// such a placeholder.
pub(crate) fn answer(value: &str, word: &str) -> Option<&'static str> {
    let mut answers = ANSWERS.iter();
    let (_, answer) = answers.find(|(all, _)| *all == word)?;
    (!vocabulary::is_of_headers(value)).then_some(answer)
}

/// The rows of a vocabulary.
#[derive(Default)]
pub(crate) struct Tables<'w> {
    /// Words, by cell key.
    pub(crate) cells: Table<'w>,
    /// Column names, fillers and units of time, by header key.
    pub(crate) headers: Table<'w>,
}

impl<'w> Tables<'w> {
    /// Adds a row with this `word`, which is composed, wherever it is looked up.
    pub(crate) fn add(&mut self, meaning: Meaning<'w>, word: &str) {
        let (criterion, value) = meaning;
        // The language of labels is known when they are read, so they are looked up
        // elsewhere.
        if value.starts_with(vocabulary::LABEL) {
            return;
        }
        // Those of whole records are not values.
        if vocabulary::OF_RECORDS.contains(&value) {
            return;
        }
        let is_of_headers = vocabulary::is_of_headers(value) || vocabulary::is_of_names(criterion);
        if is_of_headers || criterion == "length" {
            self.headers.add_name(meaning, word);
        }
        if !is_of_headers && !matches!(value, "(legal_form)" | "(affix)" | "(and)" | "(firm)") {
            self.cells.add_text(meaning, word);
        }
    }
}

/// By key: criterion and value of each row with that key, in the order of the rows.
#[derive(Default)]
pub(crate) struct Table<'w>(pub(crate) BTreeMap<String, Vec<Meaning<'w>>>);

/// A table in the form for lookups.
#[derive(Debug)]
pub(crate) struct Written {
    /// A line for each key: the key, and for each of its rows a tab, the criterion, a
    /// comma and the value.
    pub(crate) text: String,
    /// By hash of the key: four bytes with the place of its line, counted from 1, the
    /// lowest first. Zero means that there is no further key.
    pub(crate) places: Vec<u8>,
}

impl<'w> Table<'w> {
    /// Adds a row under the keys of a column name.
    pub(crate) fn add_name(&mut self, meaning: Meaning<'w>, name: &str) {
        spellings(name, |name| self.add(&header_key(name), meaning));
    }

    /// Adds a row under the keys of a cell's text.
    fn add_text(&mut self, meaning: Meaning<'w>, text: &str) {
        let mut key = String::new();
        spellings(text, |spelling| {
            cell_key(spelling, &mut key);
            self.add(&key, meaning);
        });
    }

    /// Adds a row under this key.
    pub(crate) fn add(&mut self, key: &str, meaning: Meaning<'w>) {
        // Signs such as `--`, which every reader knows.
        if key.is_empty() {
            return;
        }
        let meanings = self.0.entry(key.to_owned()).or_default();
        // Of equal rows the last counts.
        meanings.retain(|other| *other != meaning);
        meanings.push(meaning);
    }

    /// The table for lookups; `None` if it is longer than places can count.
    pub(crate) fn written(&self) -> Option<Written> {
        let mut places = vec![0_u32; (2 * self.0.len()).next_power_of_two()];
        let mut text = String::new();
        for (key, meanings) in &self.0 {
            let mut place = hash(key) as usize % places.len();
            while places[place] != 0 {
                place = (place + 1) % places.len();
            }
            places[place] = u32::try_from(text.len() + 1).ok()?;
            text.push_str(key);
            for (criterion, value) in meanings {
                text.extend(["\t", criterion, ",", value]);
            }
            text.push('\n');
        }
        let places = places.iter().flat_map(|place| place.to_le_bytes());
        Some(Written {
            places: places.collect(),
            text,
        })
    }
}
