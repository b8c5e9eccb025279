//! The library's one error type.
//!
//! Owns what a failure reports: where (file, line, record, column), what was found,
//! what was expected, and a typed [`Help`]. Knows no flag, verb or exit code: it names
//! an option by its [`Setting`], and the command line shows that as a flag.

mod help;
mod phrase;
mod setting;

use std::fmt;
use std::io;

use crate::text::{quoted, visible};

pub use self::help::Help;
pub use self::phrase::{Part, Phrase};
pub use self::setting::Setting;

/// A result whose error reports where it happened and what to do.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, where, and what to do.
///
/// Its [`Display`](fmt::Display) form is the whole message for a person, in up to three
/// lines. It names options as the library does (`date_order`); a program with flags or
/// buttons of its own writes [`found`](Error::found), [`expects`](Error::expects) and
/// [`helps`](Error::helps) in its own words.
#[derive(Debug)]
pub struct Error(Box<Details>);

#[derive(Debug)]
struct Details {
    kind: ErrorKind,
    place: Place,
    found: Phrase,
    expected: Option<Phrase>,
    help: Option<Help>,
}

/// The kind of failure, for a caller that reacts to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The options contradict each other or the data.
    Usage,
    /// An input could not be read.
    Reading(io::ErrorKind),
    /// The output could not be written.
    Writing(io::ErrorKind),
    /// A record, or the whole input, cannot be read correctly.
    Input,
    /// It is not clear which criterion the columns feed.
    Columns,
    /// A rulebook contradicts itself or cannot be read.
    Rulebook,
}

/// Where in the input something was found; any part may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it, or `<stdin>`.
    pub file: Option<String>,
    /// Physical line, from 1.
    pub line: Option<u64>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Row of a sheet, from 1; a workbook has rows instead of lines.
    pub row: Option<u64>,
    /// Character in that line, from 1.
    pub character: Option<u64>,
    /// Record, from 1; a CSV header does not count.
    pub record: Option<u64>,
    /// The name of the column.
    pub column: Option<String>,
}

impl Error {
    /// A failure of `kind`, described by what was `found`.
    pub fn new(kind: ErrorKind, found: impl Into<Phrase>) -> Self {
        Error(Box::new(Details {
            kind,
            place: Place::default(),
            found: found.into(),
            expected: None,
            help: None,
        }))
    }

    /// A failure of `kind` that is about an option: `found` continues the sentence
    /// after its name, as in "names the column "X", which the input does not have".
    pub fn about(setting: Setting, kind: ErrorKind, found: impl Into<Phrase>) -> Self {
        Error::new(kind, Phrase::from(setting).text(" ").then(found.into()))
    }

    /// A failure to read an input: the library's own error if the reader carries one,
    /// else the operating system's.
    pub(crate) fn reading(source: io::Error) -> Self {
        source
            .downcast::<Error>()
            .unwrap_or_else(|source| Error::reading_failed(&source))
    }

    /// A failure of the operating system to read an input.
    pub(crate) fn reading_failed(source: &io::Error) -> Self {
        let found = format!("reading failed: {source}");
        Error::new(ErrorKind::Reading(source.kind()), found)
    }

    /// A failure of the operating system to write `what`.
    pub(crate) fn writing(what: &str, source: &io::Error) -> Self {
        let found = format!("cannot write {what}: {source}");
        Error::new(ErrorKind::Writing(source.kind()), found)
    }

    /// Adds what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<Phrase>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    /// Adds what to do next: a [`Help`], or a sentence that names no option.
    #[must_use]
    pub fn help(mut self, help: impl Into<Help>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Names the one of two rulebooks that it is about.
    pub(crate) fn by_rulebook(mut self, which: &str) -> Self {
        let found = std::mem::take(&mut self.0.found);
        self.0.found = Phrase::from(format!("with the rulebook {which}: ")).then(found);
        self
    }

    /// Sets the whole place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.0.place = place;
        self
    }

    /// Names the file, unless one is named already.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        if !matches!(self.0.kind, ErrorKind::Writing(_)) {
            self.0.place.file.get_or_insert_with(|| file.to_owned());
        }
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it happened.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Adds another thing to do.
    #[must_use]
    pub(crate) fn or_help(mut self, other: Help) -> Self {
        self.0.help = Some(match self.0.help.take() {
            Some(help) => help.or(other),
            None => other,
        });
        self
    }

    /// What was found.
    pub fn found(&self) -> &Phrase {
        &self.0.found
    }

    /// What was expected, if known.
    pub fn expects(&self) -> Option<&Phrase> {
        self.0.expected.as_ref()
    }

    /// What to do next, if something helps.
    pub fn helps(&self) -> Option<&Help> {
        self.0.help.as_ref()
    }

    /// True if the reader of our output went away, as `head` does: that is not a
    /// failure of this run.
    pub fn is_broken_pipe(&self) -> bool {
        self.0.kind == ErrorKind::Writing(io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, sheet) = (self.file.as_deref(), self.sheet.as_deref());
        let column = self.column.as_deref();
        let parts = [
            file.map(|file| visible(file).into_owned()),
            self.line.map(|line| format!("line {line}")),
            sheet.map(|sheet| format!("sheet {}", quoted(sheet))),
            self.row.map(|row| format!("row {row}")),
            (self.character).map(|character| format!("character {character}")),
            self.record.map(|record| format!("record {record}")),
            column.map(|column| format!("column {}", quoted(column))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}

impl Error {
    /// The whole message, as its `Display` form has it, with each part of a phrase
    /// written by `word`, and of what helps by `help`.
    pub(crate) fn worded(
        &self,
        word: impl Fn(&Part) -> String,
        help: impl Fn(&Part) -> String,
    ) -> String {
        let of = &*self.0;
        let mut text = String::new();
        if of.place != Place::default() {
            text += &format!("{}: ", of.place);
        }
        text += &in_lines(&of.found.worded(&word));
        if let Some(expected) = &of.expected {
            text += "\n  expected: ";
            text += &in_lines(&expected.worded(&word));
        }
        if let Some(helps) = &of.help {
            text += "\n  help: ";
            text += &in_lines(&helps.phrase().worded(help));
        }
        text
    }
}

/// A part of a message. Its own lines are indented by four spaces; any other line break
/// comes from data, and is shown.
fn in_lines(text: &str) -> String {
    let mut lines = text.split('\n');
    let mut shown = visible(lines.next().unwrap_or_default()).into_owned();
    for line in lines {
        shown += if line.starts_with("    ") {
            "\n"
        } else {
            "\\n"
        };
        shown += &visible(line);
    }
    shown
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.worded(ToString::to_string, ToString::to_string))
    }
}

impl std::error::Error for Error {}
