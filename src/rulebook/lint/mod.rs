//! Warnings about a rulebook that works, but probably not as meant.
//!
//! Owns the search for them: what never matches, what has no effect, and words without a
//! meaning.

pub(crate) mod reach;
pub(crate) mod words;
