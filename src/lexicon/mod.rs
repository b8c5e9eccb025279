//! Words as data: the vocabulary, its tables, and how a text becomes the key under
//! which it is looked up.
//!
//! Owns the words of all languages and what a row of them is. What a word means to a
//! criterion is read elsewhere.

pub(crate) mod decoration;
pub mod lookup;
pub mod normalize;
pub mod table;
pub mod vocabulary;
