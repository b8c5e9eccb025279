//! The findings of a check, and their counts.
//!
//! Owns the codes, which never change, their levels, and the limit on how many findings
//! are kept, so that memory does not grow with them.

use std::collections::BTreeMap;

use super::{Rule, Severity};
use crate::error::{Phrase, Place};
use serde::Serialize;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

/// A kind of finding. Users read these doc comments as the description of each code.
/// Codes keep their names and their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[derive(EnumMessage, IntoStaticStr, Serialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Code {
    /// A record's label differs from the computed one.
    LabelDiffers,
    /// A record has no label.
    LabelMissing,
    /// A record's label is not a word that is known for any label.
    LabelNotUnderstood,
    /// Too few labels agree with the computed ones.
    AgreementTooLow,
    /// Too many records are undetermined.
    TooManyUndetermined,
    /// A record has no value for a required criterion.
    RequiredMissing,
    /// A record's value for a required criterion is not understood.
    RequiredNotUnderstood,
    /// No column feeds a required criterion.
    RequiredColumnMissing,
    /// A value is not understood, so it does not count as evidence.
    ValueNotUnderstood,
    /// Nothing in a column is understood, so the column is ignored.
    ColumnNotUnderstood,
    /// There are too few records.
    TooFewRecords,
    /// A value that must be unique occurs more than once.
    DuplicateValue,
    /// A record's label differs from the one in the baseline.
    LabelChanged,
    /// A record has no key, so it cannot be matched with the baseline.
    KeyMissing,
    /// A record has the same key as another one.
    DuplicateKey,
    /// An entry of the baseline no longer has a record.
    StaleBaselineEntry,
    /// No record matches any entry of the baseline.
    BaselineNotMatched,
    /// A record of a related file belongs to no record.
    RelatedOrphan,
    /// A record has the same key for a related file as another one.
    RelatedKeyTwice,
    /// A related file contradicts what a record says of itself.
    RelatedContradicts,
    /// Too few records of a related file belong to a record.
    RelatedMatchTooLow,
    /// A column that the plan reads is missing.
    PlanColumnMissing,
    /// A column would be read otherwise than the plan says, by what it contains now.
    PlanReadOtherwise,
}

impl Code {
    /// All codes, in order of declaration.
    pub const ALL: &[Code] = Code::VARIANTS;

    /// Its name, which never changes.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Its description, one sentence.
    pub fn says(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// True for a value or key that two records share, which therefore does not identify
    /// the record.
    pub(crate) fn is_of_twins(self) -> bool {
        matches!(self, Code::DuplicateKey | Code::DuplicateValue)
    }
}

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// The rule that it violates, an index into [`Checked::rules`](super::Checked::rules).
    pub rule: usize,
    /// Where the record begins; empty for a finding about all records.
    pub place: Place,
    /// The key of the record, if a key column is set.
    pub key: Option<String>,
    /// The column that it is about, if any.
    pub column: Option<String>,
    /// The scorecard or criterion that it is about, if any.
    pub subject: Option<String>,
    /// The value that was found; `None` if there is none.
    pub found: Option<String>,
    /// What was expected.
    pub expected: Phrase,
    /// A sentence for a person, without a full stop.
    pub message: String,
    /// The strongest reasons for the computed label, at most two, if it is about one.
    pub reasons: Vec<Reason>,
}

impl Finding {
    /// A finding whose details are still empty.
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

    /// The line on which the record begins, from 1, or its row in a workbook.
    pub fn line(&self) -> Option<u64> {
        self.place.line.or(self.place.row)
    }
}

/// An attribute that counted for a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The criterion of the characteristic.
    pub criterion: String,
    /// Its partial score, in points.
    pub points: i32,
    /// The attribute's reason code.
    pub reason_code: String,
    /// Its reason, a sentence.
    pub reason: String,
}

/// How findings with a code are treated instead of being errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// They are not reported.
    Allow,
    /// They are reported as warnings.
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

/// Findings, collected as they occur.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Codes whose findings are not errors.
    pub(super) levels: BTreeMap<Code, Level>,
    /// At most this many findings are kept.
    pub(super) most: usize,
    /// The kept ones, by importance and by the number of findings before each.
    pub(super) kept: BTreeMap<(Severity, Scope, u64), Finding>,
    /// By code, the number of errors and of warnings.
    pub(super) counts: BTreeMap<Code, [u64; 2]>,
}

impl Findings {
    /// Counts a finding of a `rule` with that `number`, and keeps it if there is room:
    /// errors displace warnings, and findings about all records displace those about one.
    /// A `tolerated` finding is only a warning. `fill` sets its other fields.
    pub(super) fn add(
        &mut self,
        (number, rule): (usize, &mut Rule),
        code: Code,
        scope: Scope,
        tolerated: bool,
        fill: impl FnOnce(&mut Finding),
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
            fill(&mut finding);
            self.kept.insert(rank, finding);
        }
        if self.kept.len() > self.most {
            self.kept.pop_last();
        }
    }

    /// The kept ones: first those about all records, then in the order of occurrence.
    pub(super) fn in_order(self) -> Vec<Finding> {
        let mut kept: Vec<_> = self.kept.into_iter().collect();
        kept.sort_by_key(|((_, scope, met), _)| (*scope, *met));
        kept.into_iter().map(|(_, finding)| finding).collect()
    }
}
