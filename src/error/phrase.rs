//! Texts that name options and programs as typed parts.
//!
//! Owns the library's wording of a part, which names an option in backticks
//! (`date_order`). Another front end words the parts in its own way: the command line
//! writes the same part as a flag.

use std::fmt;

use super::Setting;
use crate::text::{quoted, visible};

/// A part of a [`Phrase`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Words.
    Text(String),
    /// What a record says, or calls a column.
    Quote(String),
    /// An option, with the value that it has or should have.
    Setting(Setting, Option<String>),
    /// A statement of a record that is described in words: criterion and value.
    Statement(String, String),
    /// A program whose output is read instead of the input (`FILE`), with an option.
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
/// front end words them in its own way.
///
/// Its [`Display`](fmt::Display) form is the library's wording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase(Vec<Part>);

impl Phrase {
    /// Its parts, in order; what separates them is part of the texts.
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

    /// Goes on with words.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.part(Part::Text(text.into()))
    }

    /// Goes on with what a record says, or calls a column.
    #[must_use]
    pub fn quote(self, text: impl Into<String>) -> Self {
        self.part(Part::Quote(text.into()))
    }

    /// Goes on with the name of an option.
    #[must_use]
    pub fn setting(self, setting: Setting) -> Self {
        self.part(Part::Setting(setting, None))
    }

    /// Goes on with an option and its value.
    #[must_use]
    pub fn set(self, setting: Setting, value: impl Into<String>) -> Self {
        self.part(Part::Setting(setting, Some(value.into())))
    }

    /// Goes on with a column for a criterion; an empty `column` switches it off.
    #[must_use]
    pub fn map(self, criterion: &str, column: &str) -> Self {
        self.set(Setting::Map, format!("{criterion}={column}"))
    }

    /// Goes on with a statement of a record that is described in words.
    #[must_use]
    pub fn statement(self, criterion: &str, value: &str) -> Self {
        self.part(Part::Statement(criterion.to_owned(), value.to_owned()))
    }

    /// Goes on with a program whose output is read instead of the input.
    #[must_use]
    pub fn program(self, command: impl Into<String>) -> Self {
        self.part(Part::Program(command.into(), None))
    }

    /// Goes on with another phrase.
    #[must_use]
    pub fn then(mut self, other: Phrase) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Its parts, each written by `word`.
    pub fn worded(&self, word: impl Fn(&Part) -> String) -> String {
        self.0.iter().map(word).collect()
    }

    pub(super) fn part(mut self, part: Part) -> Self {
        self.0.push(part);
        self
    }

    /// `items`, each added by `add`, with `between` before all but the first.
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
