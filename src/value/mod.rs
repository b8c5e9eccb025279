//! Values: what a text is read as, and how.
//!
//! Owns the kinds of values, lengths of time, days and the order of numeric dates, our
//! own organization, and the reading of a text as one of them by the words of the
//! lexicon and of a rulebook. Knows nothing of scores, columns or files.

pub(crate) mod blank;
pub mod date_order;
pub mod dates;
pub(crate) mod domains;
pub(crate) mod entities;
pub mod filled;
pub(crate) mod firm;
pub mod length;
pub(crate) mod note;
pub mod own;
pub mod read;
pub mod words;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::date_order::{DateOrder, Undecided};
pub use self::length::Length;
pub(crate) use self::length::TimeUnit;
pub use self::own::Own;
pub use self::words::OwnWords;
pub(crate) use self::words::Words;

/// How a criterion's texts are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One of its values, by the words of the vocabulary.
    Choice,
    /// A length of time.
    Length,
    /// A day.
    Date,
    /// The name of an organization: `own` or `other`.
    Organization,
    /// A mail address: `own`, `other` or `free_mail`, by its domain.
    Address,
}

impl Kind {
    /// Its name in a rulebook.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Choice => "choice",
            Kind::Length => "length",
            Kind::Date => "date",
            Kind::Organization => "organization",
            Kind::Address => "address",
        }
    }

    /// The values of a criterion of this kind, if the rulebook cannot choose them.
    pub(crate) fn fixed_values(self) -> Option<&'static [&'static str]> {
        match self {
            Kind::Choice => None,
            Kind::Length | Kind::Date => Some(&[]),
            Kind::Organization => Some(&["own", "other"]),
            Kind::Address => Some(&["own", "other", "free_mail"]),
        }
    }
}

/// What a text means to a criterion.
///
/// Missing and unrecognized texts both give no evidence, but they differ: nothing was
/// written, or the words are unknown. A value takes eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Value {
    /// Nothing, or a word for an unknown value.
    #[default]
    Missing,
    /// A text that cannot be read.
    NotRecognized,
    /// The value with this index in the criterion's list; for an organization or an
    /// address: ours, another's or a free mail provider's.
    Choice(u8),
    /// A length of time.
    Length(Length),
    /// A day.
    Day(Date),
}

impl Value {
    /// True if it is evidence.
    pub fn is_known(self) -> bool {
        !matches!(self, Value::Missing | Value::NotRecognized)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_small_enough_to_be_kept_for_each_slot() {
        assert_eq!(size_of::<Value>(), 8);
    }
}
