//! Conditions on the records to find.
//!
//! Owns which columns a condition means, and when a text matches.

use unicode_normalization::UnicodeNormalization;

use super::Filter;
use crate::run::{Row, Unrecognized};

/// A condition on the records of an input.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) column: String,
    /// The text that its column has to contain, apart from surrounding spaces.
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

    /// True if a row meets the condition. A text that differs only in case is kept in
    /// `near`, if it is the first.
    pub(super) fn holds(&self, row: &Row<'_>, near: &mut Option<String>) -> bool {
        let texts = self.texts.iter().filter_map(|text| row.text(*text));
        let mut trimmed = texts.map(str::trim);
        // A column missing from a record counts as empty, if other records have it.
        let is_empty = self.value.is_empty() && self.is_met && trimmed.clone().next().is_none();
        if is_empty || trimmed.clone().any(|text| is_same(text, &self.value)) {
            return true;
        }
        if near.is_none() {
            *near = trimmed
                .find(|text| is_alike(text, &self.value))
                .map(str::to_owned);
        }
        false
    }
}

/// True for the same characters, whether composed or not.
fn is_same(text: &str, value: &str) -> bool {
    text == value || !text.is_ascii() && !value.is_ascii() && text.nfc().eq(value.nfc())
}

/// True for texts that differ only in case, or in composition.
fn is_alike(text: &str, value: &str) -> bool {
    if text.is_ascii() || value.is_ascii() {
        return text.eq_ignore_ascii_case(value);
    }
    let lower = |text: &str| -> String { text.nfc().flat_map(char::to_lowercase).collect() };
    text.len() <= Unrecognized::LONGEST && lower(text) == lower(value)
}
