//! Texts that name options and programs as typed parts.
//!
//! Owns the library's wording of a part, which names an option in backticks
//! (`date_order`). Another front end writes the parts in its own way: the command line
//! shows the same part as a flag.

use std::fmt;

use super::Setting;
use crate::text::{quoted, visible};

/// A part of a [`Phrase`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Words.
    Text(String),
    /// Text from a record, or the name of a column.
    Quote(String),
    /// An option, with the value that it has or should have.
    Setting(Setting, Option<String>),
    /// A statement about a record that is described in words: criterion and value.
    Statement(String, String),
    /// A program to run on the input (`FILE`) and whose output to read instead, with an
    /// option.
    Program(String, Option<(Setting, String)>),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Text(text) => f.write_str(text),
            Part::Quote(text) => f.write_str(&quoted(text)),
            Part::Setting(setting, None) => setting.fmt(f),
            Part::Setting(setting, Some(value)) => {
                write!(f, "`{} {}`", setting.name(), visible(value))
            }
            Part::Statement(criterion, value) => write!(f, "`{criterion}={}`", visible(value)),
            Part::Program(command, None) => write!(f, "`{command}`"),
            Part::Program(command, Some((setting, value))) => {
                write!(f, "`{command}`, read with `{} {value}`", setting.name())
            }
        }
    }
}

/// A text for a person that names options and programs as typed parts, so that each
/// front end can write them in its own way.
///
/// Its [`Display`](fmt::Display) form is the library's wording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase(Vec<Part>);

impl Phrase {
    /// Its parts, in order; separators are part of the texts.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// These phrases, with `between` between them.
    pub(crate) fn joined(all: impl IntoIterator<Item = Phrase>, between: &str) -> Self {
        let joined = all
            .into_iter()
            .reduce(|all, one| all.text(between).then(one));
        joined.unwrap_or_default()
    }

    /// Appends words.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.part(Part::Text(text.into()))
    }

    /// Appends text from a record, or the name of a column.
    #[must_use]
    pub fn quote(self, text: impl Into<String>) -> Self {
        self.part(Part::Quote(text.into()))
    }

    /// Appends the name of an option.
    #[must_use]
    pub fn setting(self, setting: Setting) -> Self {
        self.part(Part::Setting(setting, None))
    }

    /// Appends an option and its value.
    #[must_use]
    pub fn set(self, setting: Setting, value: impl Into<String>) -> Self {
        self.part(Part::Setting(setting, Some(value.into())))
    }

    /// Appends a column for a criterion; an empty `column` switches the criterion off.
    #[must_use]
    pub fn map(self, criterion: &str, column: &str) -> Self {
        self.set(Setting::Map, format!("{criterion}={column}"))
    }

    /// Appends a statement about a record that is described in words.
    #[must_use]
    pub fn statement(self, criterion: &str, value: &str) -> Self {
        self.part(Part::Statement(criterion.to_owned(), value.to_owned()))
    }

    /// Appends a program whose output is read instead of the input.
    #[must_use]
    pub fn program(self, command: impl Into<String>) -> Self {
        self.part(Part::Program(command.into(), None))
    }

    /// Appends another phrase.
    #[must_use]
    pub fn then(mut self, other: Phrase) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The phrase as a text, each part written by `word`.
    pub fn worded(&self, word: impl Fn(&Part) -> String) -> String {
        self.0.iter().map(word).collect()
    }

    pub(super) fn part(mut self, part: Part) -> Self {
        self.0.push(part);
        self
    }

    /// Appends `items`, each added by `add`, with `between` before all but the first.
    pub(crate) fn each<T>(
        mut self,
        items: impl IntoIterator<Item = T>,
        between: &str,
        mut add: impl FnMut(Self, T) -> Self,
    ) -> Self {
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                self = self.text(between);
            }
            self = add(self, item);
        }
        self
    }
}

impl From<&str> for Phrase {
    fn from(text: &str) -> Self {
        Phrase::default().text(text)
    }
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        Phrase::default().text(text)
    }
}

impl From<Setting> for Phrase {
    fn from(setting: Setting) -> Self {
        Phrase::default().setting(setting)
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| part.fmt(f))
    }
}
