//! What of a rulebook looks as if its owner meant something else.
//!
//! Owns the search for it: what never matches, what has no effect, and words that mean
//! nothing.

pub(crate) mod reach;
pub(crate) mod words;
