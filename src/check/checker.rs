//! A check in progress: a fold over the records of all inputs.
//!
//! Owns the order in which expectations see inputs and records, and the outcome.

use super::context::Context;
use super::expectations::{
    Agreement, BaselineLabels, MinRecords, PlanDrift, RelatedFile, Required, Undetermined, Unique,
    UnreadValues,
};
use super::{Baseline, Checked, Expectations, Row, Severity};
use crate::engine::compile::Rules;
use crate::error::{Error, Phrase, Result, Setting};
use crate::run::{Fold, Opened, Options, Summary, Wanted};

/// A check in progress. Expectations are reported in the order of these fields.
pub(super) struct Checker<'c, 'a> {
    opened: &'c mut (dyn FnMut(&Opened<'_>) + Send),
    context: Context<'c>,
    records: u64,
    fail_on: Severity,
    agreements: Vec<Agreement>,
    undetermined: Vec<Undetermined>,
    required: Vec<Required>,
    unread: Option<UnreadValues>,
    min_records: Option<MinRecords>,
    unique: Vec<Unique>,
    related: Vec<RelatedFile>,
    plan: Option<PlanDrift<'c>>,
    baseline: Option<BaselineLabels<'a>>,
}

impl<'c, 'a> Checker<'c, 'a> {
    pub(super) fn new(
        rules: &'c Rules,
        options: &Options,
        expectations: &Expectations,
        baseline: Baseline<'a>,
        opened: &'c mut (dyn FnMut(&Opened<'_>) + Send),
    ) -> Result<Self> {
        let mut context = Context::new(rules, expectations);
        Ok(Checker {
            opened,
            records: 0,
            fail_on: expectations.fail_on,
            agreements: Agreement::all(expectations, &mut context)?,
            undetermined: Undetermined::all(expectations, &mut context)?,
            required: Required::all(expectations, &mut context)?,
            unread: UnreadValues::new(expectations, &mut context),
            min_records: MinRecords::new(expectations, &mut context),
            unique: Unique::all(expectations, &mut context),
            related: RelatedFile::all(expectations, &mut context),
            plan: PlanDrift::new(options, &mut context),
            baseline: BaselineLabels::new(expectations, baseline, &mut context)?,
            context,
        })
    }

    /// Ends an input that had this many records.
    pub(super) fn close(&self, records: u64) -> Result<()> {
        self.context.watch.end(records)
    }

    /// Begins, before the first input.
    pub(super) fn begin(&mut self) -> Result<()> {
        let baseline = self.baseline.as_mut();
        baseline.map_or(Ok(()), |labels| labels.begin(&self.context))
    }

    /// The outcome of a check that ended with this `error`, or without one.
    pub(super) fn end(mut self, summary: Summary, mut error: Option<Error>) -> Checked {
        let context = &mut self.context;
        if error.is_none() {
            (self.agreements.iter_mut()).for_each(|one| one.end(context));
            (self.undetermined.iter()).for_each(|one| one.end(&summary, context));
            (self.required.iter()).for_each(|one| one.end(context));
            (self.unread.iter()).for_each(|one| one.end(context));
            (self.min_records.iter()).for_each(|one| one.end(&summary, context));
            (self.unique.iter()).for_each(|one| one.end(context));
            (self.related.iter()).for_each(|one| one.end(context));
            (self.plan.iter()).for_each(|one| one.end(&summary, context));
            (self.baseline.iter_mut()).for_each(|one| one.end(context));
        }
        // The baseline is flushed even after an error.
        let closed = self.baseline.map(BaselineLabels::close).transpose();
        let (mut written, mut baseline) = match closed {
            Ok(closed) => closed.unwrap_or_default(),
            Err(unwritten) => {
                error.get_or_insert(unwritten);
                (None, None)
            }
        };
        if error.is_some() {
            (written, baseline) = (None, None);
        }
        let mut context = self.context;
        if summary.rejected > 0 {
            let records = match summary.rejected {
                1 => "1 record".to_owned(),
                several => format!("{several} records"),
            };
            let note = format!("{records} could not be read and went to ");
            context
                .notes
                .push(Phrase::from(note).setting(Setting::Rejects));
        }
        let mut checked = Checked {
            files: context.files,
            rules: context.results,
            counts: context.findings.counts.clone(),
            findings: context.findings.in_order(),
            notes: context.notes,
            records: self.records,
            summary,
            baseline,
            written,
            fail_on: self.fail_on,
            error,
        };
        if checked.written.is_some() && !checked.passed() {
            checked.written = None;
            let note = "the baseline was not written, because the check failed";
            checked.notes.push(note.into());
        }
        checked
    }
}

impl Fold for Checker<'_, '_> {
    fn open(&mut self, input: &Opened<'_>) -> Result<Wanted> {
        let context = &mut self.context;
        let wanted = context.watch.open(input)?;
        (self.opened)(input);
        context.files.push(input.file.to_owned());
        (self.agreements.iter_mut()).for_each(|one| one.open(input, context));
        (self.required.iter_mut()).for_each(|one| one.open(input, context));
        (self.unread.iter()).for_each(|one| one.open(input, context));
        (self.plan.iter()).try_for_each(|one| one.open(input, context))?;
        Ok(Wanted {
            unrecognized: self.unread.is_some() || !self.required.is_empty(),
            ..wanted
        })
    }

    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        let context = &mut self.context;
        context.watch.see(row);
        (self.agreements.iter_mut()).try_for_each(|one| one.row(row, context))?;
        (self.required.iter_mut()).for_each(|one| one.row(row, context));
        (self.unread.iter_mut()).for_each(|one| one.row(row, context));
        (self.unique.iter_mut()).for_each(|one| one.row(row, context));
        (self.related.iter_mut()).for_each(|one| one.row(row, context));
        (self.baseline.iter_mut()).try_for_each(|one| one.row(row, context))?;
        self.records += 1;
        Ok(())
    }
}
