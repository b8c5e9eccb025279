//! What a check finds: each finding, and how many there are.
//!
//! Owns the codes, which are a promise, what becomes of each, and how many findings are
//! kept: memory does not grow with them.

use std::collections::BTreeMap;

use super::{Rule, Severity};
use crate::error::{Phrase, Place};
use serde::Serialize;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

/// A kind of finding, whose documentation is what users read about it. Codes keep their
/// names and their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[derive(EnumMessage, IntoStaticStr, Serialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
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

impl Code {
    /// All codes, in their order.
    pub const ALL: &[Code] = Code::VARIANTS;

    /// Its name, which never changes.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What it says of a file, in a sentence.
    pub fn says(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// True if it is about a record that has what another one has too, so that this does
    /// not tell them apart.
    pub(crate) fn is_of_twins(self) -> bool {
        matches!(self, Code::DuplicateKey | Code::DuplicateValue)
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
    /// One that says nothing yet.
    fn new(code: Code, severity: Severity, rule: usize) -> Self {
        Finding {
            code,
            severity,
            rule,
            place: Place::default(),
            key: None,
            column: None,
            subject: None,
            found: None,
            expected: Phrase::default(),
            message: String::new(),
            reasons: Vec::new(),
        }
    }

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// All records, or a file.
    All,
    /// One record.
    Record,
}

/// Findings as they come in.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What is in here does not count as an error.
    pub(super) levels: BTreeMap<Code, Level>,
    /// The number of findings that are kept, at most.
    pub(super) most: usize,
    /// Those that are kept, by how much they matter, and by how many came before each.
    pub(super) kept: BTreeMap<(Severity, Scope, u64), Finding>,
    /// By code: errors and warnings.
    pub(super) counts: BTreeMap<Code, [u64; 2]>,
}

impl Findings {
    /// Counts a finding of a `rule`, which has that `number`. Where there is no room for
    /// all, warnings make room for errors, and what is about one record for what is about
    /// all. `tolerated` says that it is no error in itself. `tell` says the rest.
    pub(super) fn add(
        &mut self,
        (number, rule): (usize, &mut Rule),
        code: Code,
        scope: Scope,
        tolerated: bool,
        tell: impl FnOnce(&mut Finding),
    ) {
        let severity = match self.levels.get(&code) {
            Some(Level::Allow) => {
                rule.allowed += 1;
                return;
            }
            None if !tolerated => Severity::Error,
            Some(Level::Warn) | None => Severity::Warning,
        };
        let of_rule = match severity {
            Severity::Error => &mut rule.errors,
            Severity::Warning => &mut rule.warnings,
        };
        *of_rule += 1;
        let met: u64 = self.counts.values().flatten().sum();
        self.counts.entry(code).or_default()[severity as usize] += 1;
        let rank = (severity, scope, met);
        let is_full = self.kept.len() >= self.most;
        let last = self.kept.last_key_value();
        if !is_full || last.is_some_and(|(last, _)| rank < *last) {
            let mut finding = Finding::new(code, severity, number);
            tell(&mut finding);
            self.kept.insert(rank, finding);
        }
        if self.kept.len() > self.most {
            self.kept.pop_last();
        }
    }

    /// Those that are kept: first what is about all records, then as they came in.
    pub(super) fn in_order(self) -> Vec<Finding> {
        let mut kept: Vec<_> = self.kept.into_iter().collect();
        kept.sort_by_key(|((_, scope, met), _)| (*scope, *met));
        kept.into_iter().map(|(_, finding)| finding).collect()
    }
}
