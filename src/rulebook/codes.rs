//! The codes of a rulebook's diagnostics.
//!
//! Owns the codes, their severities, and how explanations are read from `codes.md`, which
//! is both documentation and the text that is printed. A test checks that each example
//! called wrong gets its code, and that the one called right has no diagnostic.

use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Serialize};

/// The severity of a rulebook's diagnostic or of a finding of a check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The rulebook cannot be used; the check fails.
    #[default]
    Error,
    /// It can be used, but its owner probably meant something else; the check fails
    /// only if warnings are set to fail it.
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

/// The kind of a diagnostic; errors first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "codes.md explains each")]
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

/// The explanation of a code.
#[derive(Debug, Serialize)]
pub struct Explained {
    /// Its name, which does not change.
    #[serde(rename = "code")]
    pub name: &'static str,
    /// How severe it is.
    pub severity: Severity,
    /// What it means, and how to fix it.
    pub says: &'static str,
    /// A rulebook that has it. Without a `name`, it extends the built-in one.
    pub wrong: &'static str,
    /// The same rulebook, fixed.
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
        section.expect("each code has its section, as a test checks")
    }

    /// Whether a rulebook that has it cannot be used.
    pub(crate) fn is_error(self) -> bool {
        self < Code::NeverMatches
    }

    /// How severe it is.
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

    /// What it means, and how to fix it.
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
