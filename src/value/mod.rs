//! Values: what a text is read as, and how.
//!
//! Owns the kinds of values, lengths of time, days and the order of their digits, our
//! own organization, and the reading of a text as one of them by the words of the
//! lexicon and those of a rulebook. Knows nothing of scores, columns or files.

pub mod date_order;
pub mod dates;
pub mod length;
pub mod own;
pub mod read;
pub mod words;

use serde::{Deserialize, Serialize};

pub use self::date_order::{DateOrder, Undecided};
pub use self::length::Length;
pub(crate) use self::length::TimeUnit;
pub use self::own::Own;
pub use self::words::OwnWords;
pub(crate) use self::words::Words;

/// How a criterion's text is read.
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

    /// The values that reading gives for this kind, where the rulebook cannot
    /// choose them.
    pub(crate) fn fixed_values(self) -> Option<&'static [&'static str]> {
        match self {
            Kind::Choice => None,
            Kind::Length | Kind::Date => Some(&[]),
            Kind::Organization => Some(&["own", "other"]),
            Kind::Address => Some(&["own", "other", "free_mail"]),
        }
    }
}
