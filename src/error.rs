//! The library's one error type.
//!
//! Owns what a failure says: where (file, line, record, column), what was found,
//! what was expected and what helps. Knows nothing of the verbs or of exit codes;
//! those belong to the binary.

use std::fmt;
use std::io;

use crate::text::{quoted, visible};

/// A result whose error says where and what to do.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, where, and what helps.
///
/// Its [`Display`](fmt::Display) form is the whole message for a person, over
/// up to three lines.
#[derive(Debug)]
pub struct Error(Box<Details>);

#[derive(Debug)]
struct Details {
    kind: ErrorKind,
    place: Place,
    found: String,
    expected: Option<String>,
    advice: Option<String>,
}

/// The families of failure, for a caller that reacts to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The options contradict each other or the data.
    Usage,
    /// An input could not be read.
    Reading(io::ErrorKind),
    /// The output could not be written.
    Writing(io::ErrorKind),
    /// A record, or the whole input, cannot be read right.
    Input,
    /// The columns do not say clearly which criterion they feed.
    Columns,
    /// A rulebook contradicts itself or cannot be read.
    Rulebook,
}

/// An option of a run that a message is about. The library calls it by its name, the
/// command line writes it as a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Setting {
    /// What a record is measured up to.
    AsOf,
    /// The labels of an earlier run.
    Baseline,
    /// The order of dates in digits.
    DateOrder,
    /// The delimiter of CSV.
    Delimiter,
    /// The encoding of a text.
    Encoding,
    /// The column that holds a scorecard's labels.
    Expect,
    /// The format of the input.
    InputFormat,
    /// The column that tells records apart.
    Key,
    /// The language of labels.
    LabelLanguage,
    /// The column of a criterion.
    Map,
    /// The highest share of undetermined records.
    MaxUndetermined,
    /// The lowest share of labels that agree.
    MinAgreement,
    /// The lowest number of records.
    MinRecords,
    /// The first line is a record.
    NoHeader,
    /// No value may be left unread.
    NoUnreadValues,
    /// Our own names and domains.
    Own,
    /// How the names of added fields begin.
    Prefix,
    /// What becomes of records with another number of fields.
    Ragged,
    /// Where records go that cannot be read.
    Rejects,
    /// Fields that are there already are overwritten.
    Replace,
    /// The criteria of which every record has to say something.
    Require,
    /// The sheet of a workbook.
    Sheet,
    /// How many lines come before the header.
    SkipLines,
    /// A value that is not recognized is an error.
    Strict,
    /// The column in which each value may be there once.
    Unique,
    /// A column and what a record has to say in it.
    Where,
    /// The labels of this run are written as a baseline.
    WriteBaseline,
}

/// Where in the input something was found; every part may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it, or `<stdin>`.
    pub file: Option<String>,
    /// Physical line, from 1.
    pub line: Option<u64>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Row of a sheet, from 1; a workbook has no lines.
    pub row: Option<u64>,
    /// Character within that line, from 1.
    pub character: Option<u64>,
    /// Record, from 1; a CSV header is not a record.
    pub record: Option<u64>,
    /// The name of the column.
    pub column: Option<String>,
}

impl Error {
    /// A failure of `kind`, described by what was `found`.
    pub fn new(kind: ErrorKind, found: impl Into<String>) -> Self {
        Error(Box::new(Details {
            kind,
            place: Place::default(),
            found: found.into(),
            expected: None,
            advice: None,
        }))
    }

    /// A failure to read an input: ours, if that is what a reader carries, or the
    /// operating system's.
    pub(crate) fn reading(source: io::Error) -> Self {
        source
            .downcast::<Error>()
            .unwrap_or_else(|source| Error::reading_failed(&source))
    }

    /// A failure of the operating system to read an input.
    pub(crate) fn reading_failed(source: &io::Error) -> Self {
        let found = format!("it cannot be read: {source}");
        Error::new(ErrorKind::Reading(source.kind()), found)
    }

    /// A failure of the operating system to write `what`.
    pub(crate) fn writing(what: &str, source: &io::Error) -> Self {
        let found = format!("{what} cannot be written: {source}");
        Error::new(ErrorKind::Writing(source.kind()), found)
    }

    /// Adds what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    /// Words its advice otherwise where that says `this`.
    pub(crate) fn advised_otherwise(mut self, this: &str, otherwise: &str) -> Self {
        self.0.advice = self.0.advice.map(|advice| advice.replace(this, otherwise));
        self
    }

    /// Says which rulebook it is about, of two.
    pub(crate) fn by_rulebook(mut self, which: &str) -> Self {
        self.0.found = format!("by the rulebook {which}: {}", self.0.found);
        self
    }

    /// Sets the whole place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.0.place = place;
        self
    }

    /// Names the file it is about, where none is named yet.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        if !matches!(self.0.kind, ErrorKind::Writing(_)) {
            self.0.place.file.get_or_insert_with(|| file.to_owned());
        }
        self
    }

    /// The family of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it happened.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// True where the reader of our output has gone away, as `head` does:
    /// no failure for whoever started us.
    pub fn is_broken_pipe(&self) -> bool {
        self.0.kind == ErrorKind::Writing(io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        let mut part = |f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>| {
            let result = write!(f, "{separator}{text}");
            separator = ", ";
            result
        };
        if let Some(file) = &self.file {
            part(f, format_args!("{}", visible(file)))?;
        }
        if let Some(line) = self.line {
            part(f, format_args!("line {line}"))?;
        }
        if let Some(sheet) = &self.sheet {
            part(f, format_args!("sheet {}", quoted(sheet)))?;
        }
        if let Some(row) = self.row {
            part(f, format_args!("row {row}"))?;
        }
        if let Some(character) = self.character {
            part(f, format_args!("character {character}"))?;
        }
        if let Some(record) = self.record {
            part(f, format_args!("record {record}"))?;
        }
        if let Some(column) = &self.column {
            part(f, format_args!("column {}", quoted(column)))?;
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details {
            place,
            found,
            expected,
            advice,
            ..
        } = &*self.0;
        if *place != Place::default() {
            write!(f, "{place}: ")?;
        }
        f.write_str(found)?;
        if let Some(expected) = expected {
            write!(f, "\n  expected: {expected}")?;
        }
        if let Some(advice) = advice {
            write!(f, "\n  to mend it: {advice}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
