//! The expectation that each value of a column occurs once.
//!
//! Owns how values are remembered: short ones as they are, long ones as a digest, so that
//! memory grows with the number of values and not with their length.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use sha2::{Digest, Sha256};

use super::Expectations;
use crate::check::Row;
use crate::check::context::{Context, RecordRef};
use crate::check::finding::Code;
use crate::check::share::counts;
use crate::error::Setting;
use crate::text::quoted;

/// A column whose values must be unique.
pub(crate) struct Unique {
    rule: usize,
    column: usize,
    seen: Seen,
    repeated: u64,
}

impl Unique {
    pub(crate) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Vec<Self> {
        let mut all: Vec<Unique> = Vec::new();
        let mut names = BTreeSet::new();
        for name in &expectations.unique {
            if names.insert(name) {
                let says = format!("{} is unique", quoted(name));
                all.push(Unique {
                    rule: context.rule(Setting::Unique, says),
                    column: context.watch.add(Setting::Unique, name, false),
                    seen: Seen::default(),
                    repeated: 0,
                });
            }
        }
        all
    }

    pub(crate) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) {
        let text = row.text(self.column).map(str::trim).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        let Some(first) = self.seen.insert(text, context.reference(row)) else {
            return;
        };
        self.repeated += 1;
        let (text, other) = (text.to_owned(), context.in_words(first));
        let column = context.watch.name(self.column);
        context.find(row, Code::DuplicateValue, self.rule, |finding| {
            finding.message = format!("{} also occurs in {other}", quoted(&text));
            finding.column = Some(column);
            finding.found = Some(text);
            finding.expected = "a value that no other record has".into();
        });
    }

    pub(crate) fn end(&self, context: &mut Context<'_>) {
        context.measure(self.rule, counts(&[(self.repeated, "repeated")]));
    }
}

/// Values of at most this many bytes are remembered as they are.
const SHORT: usize = 48;

/// The values of one column.
#[derive(Debug, Default)]
pub(super) struct Seen {
    first: HashMap<Box<str>, RecordRef>,
}

impl Seen {
    /// Remembers a value. Returns the record that already has it, if any.
    pub(super) fn insert(&mut self, value: &str, at: RecordRef) -> Option<RecordRef> {
        let digest;
        let value = match value.len() <= SHORT {
            true => value,
            false => {
                digest = long(value);
                &digest
            }
        };
        if let Some(first) = self.first.get(value) {
            return Some(*first);
        }
        self.first.insert(value.into(), at);
        None
    }
}

/// The digest of a long value, which is longer than any short value.
fn long(value: &str) -> String {
    let digest = Sha256::digest(value);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn values_are_hashed_with_a_seed_of_their_own() {
        let hash = || Seen::default().first.hasher().hash_one("a");
        let hashes: std::collections::BTreeSet<u64> = (0..8).map(|_| hash()).collect();
        assert!(hashes.len() > 1);
    }

    #[test]
    fn long_values_are_distinguished_too() {
        let mut seen = Seen::default();
        let at = |record| RecordRef { file: 1, record };
        let long = "x".repeat(500);
        assert_eq!(seen.insert(&long, at(1)), None);
        assert_eq!(seen.insert(&format!("{long}y"), at(2)), None);
        assert_eq!(seen.insert(&long, at(3)), Some(at(1)));
        assert_eq!(seen.insert("", at(4)), None);
        assert_eq!(seen.insert("", at(5)), Some(at(4)));
        // The digest of a long value is not a value itself.
        assert_eq!(seen.insert(&super::long(&long), at(6)), None);
    }
}
