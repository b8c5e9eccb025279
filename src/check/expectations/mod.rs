//! What an export has to hold: one file for each expectation, and the one `match` over
//! them.
//!
//! Owns the terms in which a caller states expectations, and when each of them sees what.

mod agreement;
mod baseline;
mod earlier;
mod labels;
mod min_records;
mod required;
mod resolve;
mod seen;
mod undetermined;
mod unique;
mod unread_values;

use std::collections::BTreeMap;

use self::agreement::Agreement;
use self::baseline::BaselineLabels;
use self::min_records::MinRecords;
use self::required::Required;
use self::undetermined::Undetermined;
use self::unique::Unique;
use self::unread_values::UnreadValues;
use super::context::Context;
use super::finding::{Code, Level};
use super::language::Language;
use super::share::Share;
use super::{Baseline, Matched, Row, Severity};
use crate::error::Result;
use crate::run::{Opened, Summary};

/// What an export has to hold; by default only that it can be read.
#[derive(Debug, Clone)]
pub struct Expectations {
    /// Scorecards, and the columns with the labels that have to agree with the computed
    /// ones.
    pub expect: Vec<(String, String)>,
    /// The lowest share of them that has to agree; a single one that does not is a
    /// warning then.
    pub min_agreement: Vec<Limit>,
    /// The highest share of records that may be undetermined.
    pub max_undetermined: Vec<Limit>,
    /// Criteria that each record has to state so that they are understood.
    pub require: Vec<String>,
    /// Each value that is not understood is a finding.
    pub no_unread_values: bool,
    /// The lowest number of records.
    pub min_records: Option<u64>,
    /// Columns in which each value may occur once.
    pub unique: Vec<String>,
    /// The column that identifies a record.
    pub key: Option<String>,
    /// The language of the labels that `expect` compares, if the headers do not tell.
    pub label_language: Option<Language>,
    /// Entries of a baseline whose records have gone are findings.
    pub strict_baseline: bool,
    /// What becomes of findings with these codes.
    pub levels: BTreeMap<Code, Level>,
    /// From which severity on a finding fails the check.
    pub fail_on: Severity,
    /// The number of findings that are kept; all are counted.
    pub max_findings: usize,
}

impl Default for Expectations {
    fn default() -> Self {
        Expectations {
            expect: Vec::new(),
            min_agreement: Vec::new(),
            max_undetermined: Vec::new(),
            require: Vec::new(),
            no_unread_values: false,
            min_records: None,
            unique: Vec::new(),
            key: None,
            label_language: None,
            strict_baseline: false,
            levels: BTreeMap::new(),
            fail_on: Severity::Error,
            max_findings: 100,
        }
    }
}

/// A bound on a share of the records, of one scorecard or of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The scorecard; each of them unless given.
    pub scorecard: Option<String>,
    /// The bound.
    pub share: Share,
}

/// One expectation, checked record by record.
pub(super) enum Expectation<'c> {
    Agreement(Box<Agreement>),
    Undetermined(Undetermined),
    Required(Required),
    UnreadValues(UnreadValues),
    MinRecords(MinRecords),
    Unique(Unique),
    Baseline(Box<BaselineLabels<'c>>),
}

impl<'c> Expectation<'c> {
    /// All `expectations`, in the order in which they are reported. The baseline is read
    /// later, by [`begin`](Expectation::begin).
    ///
    /// # Errors
    ///
    /// What contradicts itself or the rulebook.
    pub(super) fn all(
        expectations: &Expectations,
        baseline: Baseline<'c>,
        context: &mut Context<'_>,
    ) -> Result<Vec<Self>> {
        let agreements = Agreement::all(expectations, context)?.into_iter();
        let mut all: Vec<Self> = (agreements.map(Box::new))
            .map(Expectation::Agreement)
            .collect();
        let undetermined = Undetermined::all(expectations, context)?.into_iter();
        all.extend(undetermined.map(Expectation::Undetermined));
        let required = Required::all(expectations, context)?.into_iter();
        all.extend(required.map(Expectation::Required));
        all.extend(UnreadValues::new(expectations, context).map(Expectation::UnreadValues));
        all.extend(MinRecords::new(expectations, context).map(Expectation::MinRecords));
        let unique = Unique::all(expectations, context).into_iter();
        all.extend(unique.map(Expectation::Unique));
        let labels = BaselineLabels::new(expectations, baseline, context)?;
        all.extend(labels.map(Box::new).map(Expectation::Baseline));
        Ok(all)
    }

    /// True if single values that are not understood matter.
    pub(super) fn needs_values(&self) -> bool {
        matches!(
            self,
            Expectation::UnreadValues(_) | Expectation::Required(_)
        )
    }

    /// Begins, before all inputs.
    pub(super) fn begin(&mut self, context: &Context<'_>) -> Result<()> {
        match self {
            Expectation::Baseline(labels) => labels.begin(context),
            _ => Ok(()),
        }
    }

    /// Sees an input, before its first record.
    pub(super) fn open(&mut self, opened: &Opened<'_>, context: &mut Context<'_>) {
        match self {
            Expectation::Agreement(agreement) => agreement.open(opened, context),
            Expectation::Required(required) => required.open(opened, context),
            Expectation::UnreadValues(values) => values.open(opened, context),
            _ => {}
        }
    }

    /// Sees a record.
    pub(super) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) -> Result<()> {
        match self {
            Expectation::Agreement(agreement) => agreement.row(row, context)?,
            Expectation::Required(required) => required.row(row, context),
            Expectation::UnreadValues(values) => values.row(row, context),
            Expectation::Unique(unique) => unique.row(row, context),
            Expectation::Baseline(labels) => labels.row(row, context)?,
            Expectation::Undetermined(_) | Expectation::MinRecords(_) => {}
        }
        Ok(())
    }

    /// Ends, after the last record of the last input.
    pub(super) fn end(&mut self, summary: &Summary, context: &mut Context<'_>) {
        match self {
            Expectation::Agreement(agreement) => agreement.end(context),
            Expectation::Undetermined(undetermined) => undetermined.end(summary, context),
            Expectation::Required(required) => required.end(context),
            Expectation::UnreadValues(values) => values.end(context),
            Expectation::MinRecords(least) => least.end(summary, context),
            Expectation::Unique(unique) => unique.end(context),
            Expectation::Baseline(labels) => labels.end(context),
        }
    }

    /// Writes what is still to be written, also after an error. Returns the number of
    /// entries of a baseline that were written, or how its entries matched.
    pub(super) fn close(&mut self) -> Result<(Option<u64>, Option<Matched>)> {
        match self {
            Expectation::Baseline(labels) => labels.close(),
            _ => Ok((None, None)),
        }
    }
}
