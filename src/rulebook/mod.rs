//! Rulebooks: the rules as data, and the built-in rulebook.
//!
//! Owns the data model, in the terms of PMML's Scorecard:
//! *scorecard*, *characteristic*, *attribute*, *partial score*, *reason code*.
//! The submodules read rulebooks as their owners write them ([`RuleFile`]), check them
//! ([`Diagnostic`](diagnostic::Diagnostic)) and compare them ([`difference`]).
//! Nothing here opens files or knows of formats, threads or the clock.

pub mod codes;
pub mod diagnostic;
pub mod difference;
pub mod file;
pub mod ir;
pub mod lint;
pub(crate) mod partition;
pub mod related;
pub mod validate;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
use crate::rulebook::file::RuleFile;
pub use crate::rulebook::related::{Frequency, Related};
use crate::value::{Kind, OwnWords, Value};

/// The label of a score in neither band.
pub const UNDETERMINED: &str = "Undetermined";

/// The most points, which keeps sums within the range of `i32`.
pub(crate) const MOST_POINTS: i32 = 1_000_000;

/// The text of the built-in rulebook, with its comments.
pub const DOCUMENTS: &str = include_str!("documents.toml");

/// The same as JSON, which is faster to read; made by the build script.
const DOCUMENTS_JSON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/documents.json"));

/// The SHA-256 of the built-in vocabulary.
const WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.sha256"));

/// A rulebook: statements, the criteria they are about, kinds of related files, and
/// scorecards.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rulebook {
    /// Its name, which is printed with version and hash.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What the sources say, including what is not a rule.
    #[serde(rename = "statement", default)]
    pub statements: Vec<Statement>,
    /// The facts that a record may hold, in the order of reports.
    #[serde(rename = "criterion")]
    pub criteria: Vec<Criterion>,
    /// The kinds of files with any number of records for a relationship.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// The questions, in the order their labels are added.
    #[serde(rename = "scorecard")]
    pub scorecards: Vec<Scorecard>,
    /// Words that are added to the built-in ones and take precedence over them: by
    /// language, by criterion (or `*`, `length` or `date`) and by value, or entry in
    /// brackets, as in the vocabulary. The language is only for readers.
    ///
    /// In a file:
    ///
    /// ```toml
    /// [words.it]
    /// contract.yes = ["firmato"]
    /// contract."(column)" = ["contratto"]
    /// length.month = ["mese", "mesi"]
    /// ```
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: OwnWords,
}

/// One thing that a source says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Its short name, such as `vi.contract`, which attributes cite.
    pub id: String,
    /// Its text, in our own words.
    pub says: String,
    /// Why no attribute cites it, if none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_a_rule: Option<String>,
}

/// One fact about a relationship.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name: a column name, a key on the command line and an id in rules.
    pub name: String,
    /// Its meaning, in one line.
    pub says: String,
    /// How its text is read.
    pub kind: Kind,
    /// The values it can have; empty for lengths and dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Names for sets of values, for use in `when`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Vec<String>>,
    /// The value that a length of time means: a contract of `two years` is a `yes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_means: Option<String>,
    /// For a length: the date criteria that give it where it is not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_dates: Option<FromDates>,
    /// For a choice: the values that two dates mean where none is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_force: Option<InForce>,
}

impl Criterion {
    /// The name of a value; empty where there is no such value.
    pub fn value(&self, number: u8) -> &str {
        let value = self.values.get(usize::from(number));
        value.map_or("", String::as_str)
    }

    /// The text of a value, as a record could have it; empty if it is not known.
    pub(crate) fn text_of(&self, value: Value) -> String {
        match value {
            Value::Missing | Value::NotRecognized => String::new(),
            Value::Choice(value) => self.value(value).to_owned(),
            Value::Length(length) => length.to_string(),
            Value::Day(day) => day.to_string(),
        }
    }

    /// The texts that would be understood, in words.
    pub fn would_be_understood(&self) -> Phrase {
        match self.kind {
            Kind::Choice => format!("{}, or a word for one of them", self.values.join(", ")).into(),
            Kind::Length => {
                "a length of time such as \"18 months\", \"3y\", \"P1Y6M\" or a number of months"
                    .into()
            }
            Kind::Date => Phrase::from("a day such as 2024-06-14 or 14.06.2024 (3/4/2024 needs ")
                .setting(Setting::DateOrder)
                .text("), with the start before the end and not 100 years away"),
            Kind::Organization => "the name of an organization".into(),
            Kind::Address => "a mail address".into(),
        }
    }
}

/// The two dates between which a length of time is measured.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FromDates {
    /// The criterion with the first day.
    pub start: String,
    /// The criterion with the last day; the as-of date where it is missing.
    pub end: String,
}

/// The dates between which something is in force, and the values that this means: on the
/// as-of date it is in force, or it was.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InForce {
    /// The criterion with the first day.
    pub start: String,
    /// The criterion with the last day.
    pub end: String,
    /// The value between these days.
    pub during: String,
    /// The value after the last day.
    pub after: String,
}

/// One question with two labels, answered by adding up points.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scorecard {
    /// Its name, from which the added fields are named: `NAME_label`.
    pub name: String,
    /// The question in plain words.
    pub question: String,
    /// The score before any evidence, in points.
    #[serde(default)]
    pub initial_score: i32,
    /// The scores for which a label holds: one band upwards, one downwards.
    #[serde(rename = "band")]
    pub bands: Vec<Band>,
    /// The criteria that it gives points for.
    #[serde(rename = "characteristic")]
    pub characteristics: Vec<Characteristic>,
}

impl Scorecard {
    /// All labels that it can give.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> + Clone {
        let labels = self.bands.iter().map(|band| &*band.label);
        labels.chain(std::iter::once(UNDETERMINED))
    }
}

/// A range of scores, open at one end, and its label.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The label that holds within the band.
    pub label: String,
    /// The lowest score of a band that is open upwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i32>,
    /// The highest score of a band that is open downwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i32>,
}

/// One criterion, as one scorecard uses it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Characteristic {
    /// The criterion that has to be known for any points.
    pub criterion: String,
    /// Tried in this order; the first that holds counts.
    #[serde(rename = "attribute")]
    pub attributes: Vec<Attribute>,
}

/// A condition, and the points it gives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// The conditions by criterion, all of which have to hold.
    pub when: BTreeMap<String, Condition>,
    /// Points added to the score.
    pub partial_score: i32,
    /// A stable short name for the reason.
    pub reason_code: String,
    /// The reason in plain English.
    pub reason: String,
    /// The ids of the statements that it is based on.
    pub sources: Vec<String>,
}

/// What a criterion has to be: a value, a group of values or several of
/// either; for a length a comparison such as `>= 12 months` or `< 2 years`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Condition {
    /// One value, group or comparison.
    One(String),
    /// Any of these values or groups.
    AnyOf(Vec<String>),
}

impl Condition {
    /// The alternatives, one or more.
    pub fn alternatives(&self) -> &[String] {
        match self {
            Condition::One(one) => std::slice::from_ref(one),
            Condition::AnyOf(several) => several,
        }
    }
}

impl Rulebook {
    /// The built-in rulebook.
    ///
    /// # Errors
    ///
    /// None in practice: a test checks that the built-in text is valid.
    pub fn documents() -> Result<Self> {
        serde_json::from_slice(DOCUMENTS_JSON)
            .map_err(|error| Error::new(ErrorKind::Rulebook, error.to_string()))
    }

    /// Reads a rulebook from TOML.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rulebook`] with line and character of the first error.
    /// [`RuleFile::read`] finds all of them.
    pub fn parse(text: &str) -> Result<Self> {
        RuleFile::read(text).into_rulebook(text)
    }

    /// All attributes, each with the indexes of its scorecard, its characteristic and itself.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = ([usize; 3], &Attribute)> {
        let cards = self.scorecards.iter().enumerate();
        cards.flat_map(|(i, card)| {
            let characteristics = card.characteristics.iter().enumerate();
            characteristics.flat_map(move |(j, characteristic)| {
                let attributes = characteristic.attributes.iter().enumerate();
                attributes.map(move |(k, attribute)| ([i, j, k], attribute))
            })
        })
    }

    /// The first twelve hexadecimal digits of the SHA-256 of the rules and the words by
    /// which texts are read.
    ///
    /// Comments, layout and cases of the file do not count.
    pub fn hash(&self) -> String {
        self.hash_with(WORDS)
    }

    fn hash_with(&self, words: &[u8]) -> String {
        let mut digest = Sha256::new();
        let rules = serde_json::to_vec(self)
            .expect("a rulebook has only strings as keys and no fallible serializer");
        digest.update(rules);
        digest.update(words);
        digest
            .finalize()
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_changes_with_the_rules_and_with_the_words() {
        let rulebook = Rulebook::documents().unwrap();
        let mut words = Sha256::new();
        words.update(crate::lexicon::vocabulary::TEXT);
        words.update(crate::lexicon::vocabulary::NEVER);
        assert_eq!(rulebook.hash(), rulebook.hash_with(&words.finalize()));
        assert_ne!(rulebook.hash(), rulebook.hash_with(b"other words"));
        assert_eq!(rulebook.hash(), Rulebook::parse(DOCUMENTS).unwrap().hash());
        let mut other = rulebook.clone();
        other.scorecards[0].characteristics[0].attributes[0].partial_score += 1;
        assert_ne!(rulebook.hash(), other.hash());
        let commented = Rulebook::parse(&format!("# Hello.\n{DOCUMENTS}")).unwrap();
        assert_eq!(rulebook.hash(), commented.hash());
    }
}
