//! What a record has to say to be found.
//!
//! Owns which columns a condition means, and when a text is the one that is asked for.

use unicode_normalization::UnicodeNormalization;

use super::Filter;
use crate::lexicon::normalize::header_key;
use crate::run::{Row, Unrecognized};

/// A condition on the records of an input.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) column: String,
    /// What its column has to say, but for spaces around it.
    value: String,
    /// The numbers of the texts of its columns.
    pub(super) texts: Vec<usize>,
    /// A record has such a column.
    pub(super) is_met: bool,
}

impl Condition {
    pub(super) fn new(filter: &Filter, texts: Vec<usize>) -> Self {
        Condition {
            column: filter.column.clone(),
            value: filter.value.trim().to_owned(),
            is_met: !texts.is_empty(),
            texts,
        }
    }

    /// True if a row says what is asked for. What it says but for its case is kept in
    /// `near`, if it is the first.
    pub(super) fn holds(&self, row: &Row<'_>, near: &mut Option<String>) -> bool {
        let texts = self.texts.iter().filter_map(|text| row.text(*text));
        let mut said = texts.map(str::trim);
        // What a record does not have says nothing, if others have it.
        let is_empty = self.value.is_empty() && self.is_met && said.clone().next().is_none();
        if is_empty || said.clone().any(|text| is_same(text, &self.value)) {
            return true;
        }
        if near.is_none() {
            *near = said
                .find(|text| is_alike(text, &self.value))
                .map(str::to_owned);
        }
        false
    }
}

/// True for the same characters, however they are composed.
fn is_same(text: &str, value: &str) -> bool {
    text == value || !text.is_ascii() && !value.is_ascii() && text.nfc().eq(value.nfc())
}

/// True for what is the same but for its case, or for how it is composed.
fn is_alike(text: &str, value: &str) -> bool {
    if text.is_ascii() || value.is_ascii() {
        return text.eq_ignore_ascii_case(value);
    }
    let lower = |text: &str| -> String { text.nfc().flat_map(char::to_lowercase).collect() };
    text.len() <= Unrecognized::LONGEST && lower(text) == lower(value)
}

/// The columns that a condition means.
pub(crate) fn places(column: &str, names: &[String]) -> Vec<usize> {
    let all = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let named = names.iter().enumerate().filter(|(_, name)| is(name));
        named.map(|(place, _)| place).collect()
    };
    let exact = all(&|name| name == column);
    if !exact.is_empty() {
        return exact;
    }
    let key = header_key(column);
    let alike = all(&|name| header_key(name) == key);
    match alike[..] {
        [one] if !key.is_empty() => vec![one],
        _ => Vec::new(),
    }
}
