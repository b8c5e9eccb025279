//! All words by which texts are read: those of the vocabulary, and those of a rulebook,
//! which have precedence.
//!
//! Owns how a rulebook changes the vocabulary:
//!
//! - A text means what the rulebook states; for criteria that the rulebook does not
//!   mention, it keeps its meaning in the vocabulary.
//! - A column name means only what the rulebook states, and is no longer never read. It
//!   stays a filler, for the sake of other names that contain it.
//! - An additional word for yes means yes wherever all words for yes do, and a word
//!   that no longer means yes does so nowhere.
//!
//! A table is built from the words that the rulebook mentions, and is looked up first.
//! Without such words there is no table, and nothing is built at startup.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, ErrorKind, Result};
use crate::lexicon::lookup::{CELLS, HEADERS, Lexicon, Meanings, NEVER};
use crate::lexicon::table::{ANSWERS, Meaning, Table, Tables, Written, answer};
use crate::lexicon::vocabulary;
use crate::value::domains::domain_key;
use crate::value::{Kind, TimeUnit};

/// A rulebook's own words: by language, criterion and value.
pub type OwnWords = BTreeMap<String, BTreeMap<String, BTreeMap<String, Vec<String>>>>;

/// The words of the vocabulary and of a rulebook.
#[derive(Debug, Default)]
pub(crate) struct Words {
    brought: Option<Brought>,
}

/// The meanings of each key that a rulebook mentions.
#[derive(Debug)]
struct Brought {
    cells: Written,
    headers: Written,
    legal_forms: Vec<String>,
    ands: Vec<String>,
    firms: Vec<String>,
    free_mail: Vec<String>,
}

impl Words {
    /// The words for the texts of a rulebook with these words of its own and with
    /// criteria of these kinds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rulebook`] if it brings gigabytes of them.
    pub(crate) fn new(own: &OwnWords, criteria: &[(&str, Kind)]) -> Result<Self> {
        let brought = match own.is_empty() {
            true => None,
            false => Some(Brought::new(own, criteria)?),
        };
        Ok(Words { brought })
    }

    /// The meaning of the text with this cell key: criterion and value of each row.
    pub(crate) fn cells(&self, key: &str) -> Meanings<'_> {
        let brought = self.brought.as_ref();
        let brought = brought.and_then(|brought| Lexicon::of(&brought.cells).find(key));
        brought.unwrap_or_else(|| CELLS.get(key))
    }

    /// Whether the text with this cell key answers yes (or else no).
    pub(crate) fn is_answer(&self, key: &str, yes: bool) -> bool {
        let answer = if yes { "yes" } else { "no" };
        self.cells(key).any(|row| row == ("*", answer))
    }

    /// The meaning of the column name, or the part of one, with this header key.
    pub(crate) fn headers(&self, key: &str) -> Meanings<'_> {
        let brought = self.brought.as_ref();
        let brought = brought.and_then(|brought| Lexicon::of(&brought.headers).find(key));
        brought.unwrap_or_else(|| HEADERS.get(key))
    }

    /// The header keys of all names, and of parts of names; some of them twice.
    pub(crate) fn header_keys(&self) -> impl Iterator<Item = &str> {
        let brought = self.brought.iter();
        let brought = brought.flat_map(|brought| Lexicon::of(&brought.headers).keys());
        HEADERS.keys().chain(brought)
    }

    /// Why columns with this header key are never read, if so.
    pub(crate) fn never(&self, key: &str) -> Option<&'static str> {
        let (_, reason) = NEVER.get(key).next()?;
        let mut brought = self.brought.iter();
        let is_brought = brought.any(|brought| Lexicon::of(&brought.headers).find(key).is_some());
        (!is_brought).then_some(reason)
    }

    /// The legal forms in names of organizations, and whether they may precede a name:
    /// in English they do not.
    pub(crate) fn legal_forms(&self) -> impl Iterator<Item = (&str, bool)> {
        let built_in = vocabulary::beginning_with("organization,(legal_form),");
        let brought = self.brought.iter().flat_map(|brought| &brought.legal_forms);
        built_in
            .map(|entry| (entry.word, entry.language != "en"))
            .chain(brought.map(|form| (form.as_str(), true)))
    }

    /// Words before or behind an organization's name that may be a part of it.
    pub(crate) fn affixes(&self) -> impl Iterator<Item = &'static str> {
        let built_in = vocabulary::beginning_with("organization,(affix),");
        built_in.map(|entry| entry.word)
    }

    /// The words that show that a name is an organization's.
    pub(crate) fn firms(&self) -> impl Iterator<Item = &str> {
        let built_in = vocabulary::beginning_with("organization,(firm),");
        let brought = self.brought.iter().flat_map(|brought| &brought.firms);
        built_in
            .map(|entry| entry.word)
            .chain(brought.map(String::as_str))
    }

    /// The words that join the parts of an organization's name, as `&` does.
    pub(crate) fn ands(&self) -> impl Iterator<Item = &str> {
        let built_in = vocabulary::beginning_with("organization,(and),");
        let brought = self.brought.iter().flat_map(|brought| &brought.ands);
        built_in
            .map(|entry| entry.word)
            .chain(brought.map(String::as_str))
    }

    /// The domains of free mail providers, in lower case.
    pub(crate) fn free_mail(&self) -> impl Iterator<Item = Cow<'static, [u8]>> {
        let built_in = vocabulary::beginning_with("email,free_mail,");
        let brought = self.brought.iter().flat_map(|brought| &brought.free_mail);
        built_in
            .map(|entry| Cow::Borrowed(entry.word.as_bytes()))
            .chain(brought.map(|domain| Cow::Owned(domain.clone().into_bytes())))
    }
}

/// Words that mean yes, or no, to all criteria.
struct Answer<'w> {
    /// The row of each such word.
    row: Meaning<'static>,
    /// What all of them mean in addition, by the vocabulary and by the rulebook.
    built_in: Vec<Meaning<'static>>,
    brought: Vec<Meaning<'w>>,
}

impl Brought {
    fn new(own: &OwnWords, criteria: &[(&str, Kind)]) -> Result<Self> {
        let mut brought = Tables::default();
        let mut answers = ANSWERS.map(|(all, value)| Answer {
            row: ("*", value),
            built_in: vocabulary::entries()
                .filter(|entry| entry.word == all)
                .map(|entry| (entry.criterion, entry.value))
                .collect(),
            brought: Vec::new(),
        });
        let (mut legal_forms, mut ands) = (Vec::new(), Vec::new());
        let (mut firms, mut free_mail) = (Vec::new(), Vec::new());
        for (meaning, word) in rows(own) {
            let (criterion, value) = meaning;
            match value {
                "(legal_form)" => legal_forms.push(word),
                "(and)" => ands.push(word),
                "(firm)" => firms.push(word),
                "free_mail" if is_of_addresses(criteria, criterion) => {
                    free_mail.extend(domain_key(&word));
                }
                _ if !is_sound(criteria, criterion, value) => {}
                _ => match answer(value, &word) {
                    Some(answer) => answers
                        .iter_mut()
                        .filter(|one| one.row.1 == answer)
                        .for_each(|one| one.brought.push(meaning)),
                    None => brought.add(meaning, &word),
                },
            }
        }
        let too_many = || Error::new(ErrorKind::Rulebook, "it has too many words to look up");
        let cells = all_cells(&brought.cells, &answers);
        let headers = all_headers(&brought.headers);
        Ok(Brought {
            cells: cells.written().ok_or_else(too_many)?,
            headers: headers.written().ok_or_else(too_many)?,
            legal_forms,
            ands,
            firms,
            free_mail,
        })
    }
}

/// The rows of a rulebook, with their words composed as in the vocabulary.
fn rows(own: &OwnWords) -> Vec<(Meaning<'_>, String)> {
    let mut rows = Vec::new();
    for (criterion, values) in own.values().flatten() {
        for (value, words) in values {
            let meaning = (criterion.as_str(), value.as_str());
            rows.extend(words.iter().map(|word| (meaning, word.nfc().collect())));
        }
    }
    rows
}

/// True if `free_mail` lists domains: under the vocabulary's name for addresses, or a
/// name that the rulebook gives them.
fn is_of_addresses(criteria: &[(&str, Kind)], criterion: &str) -> bool {
    criterion == "email" || criteria.contains(&(criterion, Kind::Address))
}

/// True for a row that may mean something to this rulebook, and that fits into a line
/// of a table.
fn is_sound(criteria: &[(&str, Kind)], criterion: &str, value: &str) -> bool {
    let mut criteria = criteria.iter();
    let is_known = criterion == "*"
        || vocabulary::is_reserved(criterion)
        || criteria.any(|(name, _)| *name == criterion);
    is_known && !value.contains(char::is_control)
}

/// The meanings of the cell keys that the rulebook mentions.
fn all_cells<'w>(brought: &Table<'w>, answers: &[Answer<'w>]) -> Table<'w> {
    let mut keys: BTreeSet<&str> = brought.0.keys().map(String::as_str).collect();
    for answer in answers.iter().filter(|answer| !answer.brought.is_empty()) {
        keys.extend(
            CELLS
                .keys()
                .filter(|key| CELLS.get(key).any(|row| row == answer.row)),
        );
    }
    let mut cells = Table::default();
    for key in keys {
        let brought = brought.0.get(key).map_or(&[][..], Vec::as_slice);
        for row in cell_rows(CELLS.get(key).collect(), brought, answers) {
            cells.add(key, row);
        }
    }
    cells
}

/// The meanings of a cell key for which the vocabulary has the rows `built_in` and the
/// rulebook those `brought`. The last row for a criterion counts.
fn cell_rows<'w>(
    mut built_in: Vec<Meaning<'w>>,
    brought: &[Meaning<'w>],
    answers: &[Answer<'w>],
) -> Vec<Meaning<'w>> {
    // A row that a word is common does not give it a meaning.
    let speaks = |brought: &[Meaning<'_>], of: &str| {
        let mut brought = brought.iter();
        brought.any(|(criterion, value)| *criterion == of && *value != "(common)")
    };
    let mut rows = Vec::new();
    for answer in answers {
        let was = built_in.contains(&answer.row);
        let is = brought.contains(&answer.row) || was && !speaks(brought, answer.row.0);
        if is {
            rows.extend_from_slice(&answer.brought);
        }
        if is && !was {
            built_in.splice(..0, answer.built_in.iter().copied());
        }
        if was && !is {
            built_in.retain(|row| !answer.built_in.contains(row));
        }
    }
    rows.extend_from_slice(brought);
    // Within a length, a word may be a unit after a number and something else
    // elsewhere.
    built_in.retain(|(criterion, _)| *criterion == "length" || !speaks(&rows, criterion));
    built_in.extend(rows);
    built_in
}

/// The meanings of the header keys that the rulebook mentions.
fn all_headers<'w>(brought: &Table<'w>) -> Table<'w> {
    let is_filler = |(_, value): &Meaning<'_>| matches!(*value, "(filler)" | "(filler?)");
    let mut headers = Table::default();
    for (key, rows) in &brought.0 {
        // Of the words within lengths, only units have a meaning in a name.
        let has_meaning = |(criterion, value): &&Meaning<'_>| {
            *criterion != "length" || TimeUnit::from_name(value).is_some()
        };
        let rows: Vec<Meaning<'w>> = rows.iter().filter(has_meaning).copied().collect();
        if rows.is_empty() {
            continue;
        }
        // The last row for a filler counts.
        let fillers = HEADERS.get(key).filter(is_filler);
        fillers.chain(rows).for_each(|row| headers.add(key, row));
    }
    headers
}
