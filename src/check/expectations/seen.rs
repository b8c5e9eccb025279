//! Values that have to be unique, and where each was first met.
//!
//! Owns what is remembered of a value: itself, or of a long one a digest, so that memory
//! grows with how many values there are and not with their length.

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::check::context::RecordRef;

/// Values of so many bytes are remembered as they are.
const SHORT: usize = 48;

/// The values of one column.
#[derive(Debug, Default)]
pub(super) struct Seen {
    first: FxHashMap<Box<str>, RecordRef>,
}

impl Seen {
    /// Remembers a value. Returns the record that has it already, if one does.
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

/// What is remembered of a long value, which is longer than any short one.
fn long(value: &str) -> String {
    let digest = Sha256::digest(value);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_told_apart_too() {
        let mut seen = Seen::default();
        let at = RecordRef::of_test;
        let long = "x".repeat(500);
        assert_eq!(seen.insert(&long, at(1)), None);
        assert_eq!(seen.insert(&format!("{long}y"), at(2)), None);
        assert_eq!(seen.insert(&long, at(3)), Some(at(1)));
        assert_eq!(seen.insert("", at(4)), None);
        assert_eq!(seen.insert("", at(5)), Some(at(4)));
        // What is remembered of a long value is no value itself.
        assert_eq!(seen.insert(&super::long(&long), at(6)), None);
    }
}
