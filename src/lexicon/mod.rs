//! Words as data: the vocabulary, its tables, and how a text becomes the key for a
//! lookup.
//!
//! Owns the words of all languages and the format of a row. The meaning of a word for a
//! criterion is found elsewhere.

pub(crate) mod decoration;
pub mod lookup;
pub mod normalize;
pub mod table;
pub mod vocabulary;
