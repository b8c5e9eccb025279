//! What a record has to say to be found.
//!
//! Owns which columns a condition means, and when a text is the one that is asked for.

use unicode_normalization::UnicodeNormalization;

use super::tally::Unreads;
use crate::columns::Feed;
use crate::lexicon::normalize::header_key;

/// Where a condition's columns are.
#[derive(Debug, Clone)]
pub(super) struct Sought {
    /// Their slots.
    pub(super) seats: Vec<usize>,
    /// The one of a column that no record of the sample has.
    pub(super) late: Option<usize>,
    /// A record has it.
    pub(super) is_met: bool,
}

impl Sought {
    /// True if a record with these `texts` says `value`. One that says it but for its
    /// case is kept in `near`, if it is the first.
    pub(super) fn holds(
        &self,
        value: &str,
        texts: &[(Feed, String)],
        near: &mut Option<String>,
    ) -> bool {
        let mut said = (texts.iter())
            .filter(|(feed, _)| self.seats.contains(&feed.seat))
            .map(|(_, text)| text.trim());
        // What a record does not have says nothing, if others have it.
        let is_empty = value.is_empty() && self.is_met && said.clone().next().is_none();
        if is_empty || said.clone().any(|text| is_same(text, value)) {
            return true;
        }
        if near.is_none() {
            *near = said.find(|text| is_alike(text, value)).map(str::to_owned);
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
    text.len() <= Unreads::LONGEST && lower(text) == lower(value)
}

/// The columns that a condition means.
pub(super) fn places(column: &str, names: &[String]) -> Vec<usize> {
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

/// A column as it is spelled among `names`, if it is the only one that is meant.
pub(crate) fn named(column: &str, names: &[String]) -> String {
    match places(column, names)[..] {
        [one] => names[one].clone(),
        _ => column.to_owned(),
    }
}
