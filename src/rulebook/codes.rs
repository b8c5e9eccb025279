//! The codes of what can be wrong with a rulebook.
//!
//! Owns the codes, how much each matters, and where its explanation is found: in
//! `codes.md`, which is at once its documentation and what is printed of it. A test holds
//! that each example that is called wrong gets its code, and that the one that is called
//! right does not.

use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Serialize};

/// How much a diagnostic of a rulebook or a finding of a check matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The rulebook cannot be used; the check fails.
    #[default]
    Error,
    /// It can be used, and looks as if its owner meant something else; the check fails
    /// where that is asked for.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// What is wrong with a rulebook, or looks so; errors first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each has its explanation below")]
pub enum Code {
    NotToml,
    UnknownKey,
    WrongType,
    MissingKey,
    BadName,
    DefinedTwice,
    NotInherited,
    UnknownCriterion,
    UnknownValue,
    BadComparison,
    BadValues,
    BadBands,
    BandOverlap,
    BadLabel,
    OutOfRange,
    UnknownSource,
    CodeWithTwoTexts,
    WordWithTwoMeanings,
    EmptyWord,
    UnknownLabel,
    UnknownReason,
    NeverMatches,
    NoEffect,
    UnreachableLabel,
    LabelWithoutEvidence,
    Gap,
    UnusedCriterion,
    UncitedStatement,
    OverridesWord,
    ChangesNothing,
    BorrowedName,
}

/// What there is to say about a code.
#[derive(Debug, Serialize)]
pub struct Explained {
    /// Its name, which does not change.
    #[serde(rename = "code")]
    pub name: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What it means, and how it is mended.
    pub says: &'static str,
    /// A rulebook that has it. Without a `name`, one that extends the built-in one.
    pub wrong: &'static str,
    /// The same rulebook, mended.
    pub right: &'static str,
}

/// The explanations, a section for each code.
const EXPLANATIONS: &str = include_str!("codes.md");

impl Code {
    /// All codes, errors first.
    pub fn all() -> impl Iterator<Item = Code> {
        let sections = EXPLANATIONS.split("\n## ").skip(1);
        let names = sections.filter_map(|section| section.lines().next());
        names.filter_map(Code::from_name)
    }

    /// Its name, such as `unknown-key`.
    pub fn name(self) -> &'static str {
        self.section().0
    }

    /// The name and the text of its section. They come in the order of the codes.
    fn section(self) -> (&'static str, &'static str) {
        let section = EXPLANATIONS.split("\n## ").nth(1 + self as usize);
        let section = section.and_then(|section| section.split_once('\n'));
        section.expect("each code has its section, as a test holds")
    }

    /// Whether a rulebook that has it cannot be used.
    pub(crate) fn is_error(self) -> bool {
        self < Code::NeverMatches
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self.is_error() {
            true => Severity::Error,
            false => Severity::Warning,
        }
    }

    /// The code of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        let name: StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
        Code::deserialize(name).ok()
    }

    /// What it means, and how it is mended.
    pub fn explained(self) -> Explained {
        let (name, text) = self.section();
        let mut parts = text
            .split("```")
            .map(|part| part.trim_start_matches("toml\n"));
        let mut part = || parts.next().unwrap_or_default();
        let (says, wrong, _, right) = (part().trim(), part(), part(), part());
        Explained {
            name,
            severity: self.severity(),
            says,
            wrong,
            right,
        }
    }
}
