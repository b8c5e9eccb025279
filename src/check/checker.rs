//! A check under way: a fold over the records of all inputs.
//!
//! Owns the order in which expectations see inputs and records, and what it comes to.

use super::context::Context;
use super::expectations::Expectation;
use super::{Baseline, Checked, Expectations, Row};
use crate::check::watch::Inspector;
use crate::check::watch::Watched;
use crate::engine::compile::Rules;
use crate::error::{Error, Result};
use crate::run::{Opened, Summary};

/// A check under way.
pub(super) struct Checker<'c, 'a> {
    opened: &'c mut (dyn FnMut(&Opened<'_>) + Send),
    expectations: Vec<Expectation<'a>>,
    context: Context<'c>,
    records: u64,
}

impl<'c, 'a> Checker<'c, 'a> {
    pub(super) fn new(
        rules: &'c Rules,
        expectations: &Expectations,
        baseline: Baseline<'a>,
        opened: &'c mut (dyn FnMut(&Opened<'_>) + Send),
    ) -> Result<Self> {
        let mut context = Context::new(rules, expectations);
        let checked = Expectation::all(expectations, baseline, &mut context)?;
        Ok(Checker {
            opened,
            expectations: checked,
            context,
            records: 0,
        })
    }

    /// The columns whose texts are needed.
    pub(super) fn columns(&self) -> Vec<Watched> {
        self.context.columns.clone()
    }

    /// True if single values that are not understood matter.
    pub(super) fn needs_values(&self) -> bool {
        self.expectations.iter().any(Expectation::needs_values)
    }

    /// Begins, before all inputs.
    pub(super) fn begin(&mut self) -> Result<()> {
        let mut all = self.expectations.iter_mut();
        all.try_for_each(|one| one.begin(&self.context))
    }

    /// What it has come to, if it ended with this `error` or none.
    pub(super) fn end(
        mut self,
        expectations: &Expectations,
        summary: Summary,
        error: Option<Error>,
    ) -> Checked {
        let (mut written, mut baseline, mut error) = (None, None, error);
        if error.is_none() {
            for one in &mut self.expectations {
                one.end(&summary, &mut self.context);
            }
        }
        for one in &mut self.expectations {
            match one.close() {
                Ok((entries, matched)) => {
                    (written, baseline) = (written.or(entries), baseline.or(matched));
                }
                Err(unwritten) => error = error.or(Some(unwritten)),
            }
        }
        if error.is_some() {
            (written, baseline) = (None, None);
        }
        let context = self.context;
        let mut rules = context.results;
        for (place, rule) in rules.iter_mut().enumerate() {
            [rule.errors, rule.warnings, rule.allowed] = context.findings.by_rule(place);
        }
        let mut checked = Checked {
            files: context.files,
            rules,
            counts: context.findings.counts(),
            findings: context.findings.kept(),
            notes: context.notes,
            records: self.records,
            summary,
            baseline,
            written,
            fail_on: expectations.fail_on,
            error,
        };
        if checked.written.is_some() && !checked.passed() {
            checked.written = None;
            let note = "the baseline stays as it was, since the check failed";
            checked.notes.push(note.into());
        }
        checked
    }
}

impl Inspector for Checker<'_, '_> {
    fn opens(&mut self, opened: &Opened<'_>) -> Result<()> {
        (self.opened)(opened);
        self.context.open(opened.file, opened.names);
        for one in &mut self.expectations {
            one.open(opened, &mut self.context);
        }
        Ok(())
    }

    fn inspect(&mut self, row: &mut Row<'_>) -> Result<()> {
        let mut all = self.expectations.iter_mut();
        all.try_for_each(|one| one.row(row, &mut self.context))?;
        self.records += 1;
        Ok(())
    }
}
