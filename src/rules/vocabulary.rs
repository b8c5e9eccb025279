//! The words we understand: criterion, value, language, word.
//!
//! Owns the vocabulary file and its special entries. A row with the criterion
//! `*` holds for every criterion that has its value; a criterion's own row
//! beats it. Values in brackets are no values:
//!
//! | value | the word is |
//! | --- | --- |
//! | `(column)` | a column name for the criterion |
//! | `(column?)` | a column name that may mean the criterion: its values decide |
//! | `(filler)` | a word that does not change what a column name means |
//! | `(missing)` | a way to write that nothing is known |
//! | `(legal_form)` | a legal form in an organization's name |
//!
//! Rows with the criterion `length` are the words within any length of time:
//! `year`, `month`, `week`, `day`, `and`, `plus_half` or a number; those with
//! `date` are the names of the months by number. For `email`, `free_mail` lists
//! domains.

/// The text of the vocabulary, as CSV with a header and no quotes.
pub const TEXT: &str = include_str!("vocabulary.csv");

/// One word and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The criterion, or `*`.
    pub criterion: &'static str,
    /// The value, or an entry in brackets.
    pub value: &'static str,
    /// `en`, `de`, `fr`, `pl`, `vi`, or `*` for signs.
    pub language: &'static str,
    /// The word, accents as written.
    pub word: &'static str,
}

/// All entries, in the order of the file.
pub fn entries() -> impl Iterator<Item = Entry> {
    TEXT.lines().skip(1).filter_map(|line| {
        let mut fields = line.splitn(4, ',');
        Some(Entry {
            criterion: fields.next()?,
            value: fields.next()?,
            language: fields.next()?,
            word: fields.next()?,
        })
    })
}
