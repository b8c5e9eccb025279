//! What a check finds: each finding, and how many there are.
//!
//! Owns the codes, which are a promise, what becomes of each, and how many findings are
//! kept: memory does not grow with them.

use std::collections::BTreeMap;

use super::Severity;
use crate::error::{Phrase, Place};
use serde::{Serialize, Serializer};

/// A kind of finding. Codes keep their names and their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The label that a record carries is not the computed one.
    LabelDiffers,
    /// A record carries no label.
    LabelMissing,
    /// The label that a record carries is no word for a label.
    LabelNotUnderstood,
    /// Too few of the labels that records carry are the computed ones.
    AgreementTooLow,
    /// Too many records are undetermined.
    TooManyUndetermined,
    /// A record does not say what is required.
    RequiredMissing,
    /// What a record says of what is required is not understood.
    RequiredNotUnderstood,
    /// No column says what is required of every record.
    RequiredColumnMissing,
    /// A value is not understood, so it is no evidence.
    ValueNotUnderstood,
    /// Nothing in a column is understood, so it is not read at all.
    ColumnNotUnderstood,
    /// There are too few records.
    TooFewRecords,
    /// A value that has to be unique is there twice.
    DuplicateValue,
    /// The label of a record is not that of the baseline.
    LabelChanged,
    /// A record has no key, so it cannot be found in a baseline.
    KeyMissing,
    /// A record has the key of another one.
    DuplicateKey,
    /// The record of an entry of the baseline has gone.
    StaleBaselineEntry,
    /// No record has a key of the baseline.
    BaselineNotMatched,
}

/// All that is known of a code: itself, its name, and what it says of a file.
type Row = (Code, &'static str, &'static str);

/// The codes, in their order.
const CODES: [Row; 17] = [
    (
        Code::LabelDiffers,
        "label-differs",
        "The label that a record carries is not the computed one.",
    ),
    (
        Code::LabelMissing,
        "label-missing",
        "A record carries no label.",
    ),
    (
        Code::LabelNotUnderstood,
        "label-not-understood",
        "The label that a record carries is no word for a label.",
    ),
    (
        Code::AgreementTooLow,
        "agreement-too-low",
        "Too few of the labels that records carry are the computed ones.",
    ),
    (
        Code::TooManyUndetermined,
        "too-many-undetermined",
        "Too many records are undetermined.",
    ),
    (
        Code::RequiredMissing,
        "required-missing",
        "A record does not say what is required.",
    ),
    (
        Code::RequiredNotUnderstood,
        "required-not-understood",
        "What a record says of what is required is not understood.",
    ),
    (
        Code::RequiredColumnMissing,
        "required-column-missing",
        "No column says what is required of every record.",
    ),
    (
        Code::ValueNotUnderstood,
        "value-not-understood",
        "A value is not understood, so it is no evidence.",
    ),
    (
        Code::ColumnNotUnderstood,
        "column-not-understood",
        "Nothing in a column is understood, so it is not read at all.",
    ),
    (
        Code::TooFewRecords,
        "too-few-records",
        "There are too few records.",
    ),
    (
        Code::DuplicateValue,
        "duplicate-value",
        "A value that has to be unique is there twice.",
    ),
    (
        Code::LabelChanged,
        "label-changed",
        "The label of a record is not that of the baseline.",
    ),
    (
        Code::KeyMissing,
        "key-missing",
        "A record has no key, so it cannot be found in a baseline.",
    ),
    (
        Code::DuplicateKey,
        "duplicate-key",
        "A record has the key of another one.",
    ),
    (
        Code::StaleBaselineEntry,
        "stale-baseline-entry",
        "The record of an entry of the baseline has gone.",
    ),
    (
        Code::BaselineNotMatched,
        "baseline-not-matched",
        "No record has a key of the baseline.",
    ),
];

impl Code {
    /// All codes, in their order.
    pub const ALL: [Code; CODES.len()] = {
        let mut all = [Code::LabelDiffers; CODES.len()];
        let mut place = 0;
        while place < all.len() {
            all[place] = CODES[place].0;
            place += 1;
        }
        all
    };

    /// Its name, which never changes.
    pub fn name(self) -> &'static str {
        CODES[self as usize].1
    }

    /// The code with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Code::ALL.into_iter().find(|code| code.name() == name)
    }

    /// What it says of a file, in a sentence.
    pub fn says(self) -> &'static str {
        CODES[self as usize].2
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Something that is not as it was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// The rule that found it: its place among [`Checked::rules`](super::Checked::rules).
    pub rule: usize,
    /// Where the record begins. No part is known of what is about all records.
    pub place: Place,
    /// The key of the record, if a key was asked for.
    pub key: Option<String>,
    /// The column that it is about.
    pub column: Option<String>,
    /// The scorecard or the criterion that it is about, if it is about one.
    pub subject: Option<String>,
    /// What was found; `None` if there is nothing.
    pub found: Option<String>,
    /// What was expected.
    pub expected: Phrase,
    /// All of it, in a sentence without an end.
    pub message: String,
    /// The strongest reasons for the computed label, at most two, if it is about one.
    pub reasons: Vec<Reason>,
}

impl Finding {
    /// The line on which the record begins, or its row in a workbook.
    pub fn line(&self) -> Option<u64> {
        self.place.line.or(self.place.row)
    }
}

/// What counted for a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The criterion of the characteristic.
    pub criterion: String,
    /// Its partial score, in points.
    pub points: i32,
    /// The attribute's reason code.
    pub reason_code: String,
    /// Its reason.
    pub reason: String,
}

/// What becomes of findings with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// They are none.
    Allow,
    /// They are warnings.
    Warn,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// All records, or a file.
    All,
    /// One record.
    Record,
}

/// Findings as they come in.
#[derive(Debug, Clone)]
pub(super) struct Findings {
    levels: BTreeMap<Code, Level>,
    most: usize,
    /// The first ones, and how many came before each: errors about all records, errors
    /// about one, and warnings likewise.
    kept: [Vec<(u64, Finding)>; 4],
    met: u64,
    /// Errors and warnings.
    counts: BTreeMap<Code, [u64; 2]>,
    /// By rule, with those that are allowed.
    by_rule: BTreeMap<usize, [u64; 3]>,
}

impl Findings {
    /// Keeps at most so many of them. What is in `levels` does not count as an error.
    pub(super) fn new(levels: BTreeMap<Code, Level>, most: usize) -> Self {
        Findings {
            levels,
            most,
            kept: Default::default(),
            met: 0,
            counts: BTreeMap::new(),
            by_rule: BTreeMap::new(),
        }
    }

    /// Counts a finding, and keeps it if there is room for it. `tolerated` says that it
    /// is no error in itself.
    pub(super) fn add(
        &mut self,
        code: Code,
        rule: usize,
        scope: Scope,
        tolerated: bool,
        make: impl FnOnce(Severity) -> Finding,
    ) {
        let Some(severity) = self.count(code, rule, tolerated) else {
            return;
        };
        let kind = 2 * usize::from(severity == Severity::Warning) + scope as usize;
        let kept = &mut self.kept[kind];
        if kept.len() < self.most {
            kept.push((self.met, make(severity)));
        }
    }

    fn count(&mut self, code: Code, rule: usize, tolerated: bool) -> Option<Severity> {
        let severity = match self.levels.get(&code) {
            Some(Level::Allow) => {
                self.by_rule.entry(rule).or_default()[2] += 1;
                return None;
            }
            Some(Level::Warn) => Severity::Warning,
            None if tolerated => Severity::Warning,
            None => Severity::Error,
        };
        let place = usize::from(severity == Severity::Warning);
        self.counts.entry(code).or_default()[place] += 1;
        self.by_rule.entry(rule).or_default()[place] += 1;
        self.met += 1;
        Some(severity)
    }

    /// By code, so many errors and warnings.
    pub(super) fn counts(&self) -> BTreeMap<Code, [u64; 2]> {
        self.counts.clone()
    }

    /// By rule, so many errors, warnings, and those that are allowed.
    pub(super) fn by_rule(&self, rule: usize) -> [u64; 3] {
        self.by_rule.get(&rule).copied().unwrap_or_default()
    }

    /// Those that are kept: first what is about all records, then as they came in. Where
    /// there is no room for all, warnings make room for errors, and what is about one
    /// record for what is about all.
    pub(super) fn kept(self) -> Vec<Finding> {
        let ranked = self
            .kept
            .into_iter()
            .enumerate()
            .flat_map(|(kind, findings)| {
                let is_single = kind % 2 == 1;
                let place = move |(met, finding)| (is_single, met, finding);
                findings.into_iter().map(place)
            });
        let mut kept: Vec<(bool, u64, Finding)> = ranked.take(self.most).collect();
        kept.sort_by_key(|(is_single, met, _)| (*is_single, *met));
        kept.into_iter().map(|(.., finding)| finding).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_own_row() {
        for (place, (code, name, _)) in CODES.iter().enumerate() {
            assert_eq!(*code as usize, place, "{name}");
            assert_eq!(Code::from_name(name), Some(*code));
        }
    }
}
