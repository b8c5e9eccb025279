//! Whoever looks at the records of a check, one after the other.
//!
//! Owns the order in which whatever is asked is told of inputs and records.

use super::asks::Ask;
use super::desk::Desk;
use super::{Against, Asked, Checked};
use crate::check::inspected::Watched;
use crate::check::inspected::{Inspected, Inspector};
use crate::engine::compile::Rules;
use crate::error::{Error, Result};
use crate::run::{Opened, Summary};

/// A check under way.
pub(super) struct Checker<'c, 'a> {
    opened: &'c mut (dyn FnMut(&Opened<'_>) + Send),
    asks: Vec<Ask<'a>>,
    desk: Desk<'c>,
    records: u64,
}

impl<'c, 'a> Checker<'c, 'a> {
    pub(super) fn new(
        rules: &'c Rules,
        asked: &Asked,
        against: Against<'a>,
        opened: &'c mut (dyn FnMut(&Opened<'_>) + Send),
    ) -> Result<Self> {
        let mut desk = Desk::new(rules, asked);
        let asks = Ask::all(asked, against, &mut desk)?;
        Ok(Checker {
            opened,
            asks,
            desk,
            records: 0,
        })
    }

    /// The columns that have to be heard.
    pub(super) fn watched(&self) -> Vec<Watched> {
        self.desk.watched.clone()
    }

    /// True if single values that are not understood matter.
    pub(super) fn needs_values(&self) -> bool {
        self.asks.iter().any(Ask::needs_values)
    }

    /// Begins, before all inputs.
    pub(super) fn begin(&mut self) -> Result<()> {
        let mut asks = self.asks.iter_mut();
        asks.try_for_each(|ask| ask.begins(&self.desk))
    }

    /// What it has come to, if it ended with this `error` or none.
    pub(super) fn end(mut self, asked: &Asked, summary: Summary, error: Option<Error>) -> Checked {
        let (mut written, mut baseline, mut error) = (None, None, error);
        if error.is_none() {
            for ask in &mut self.asks {
                ask.ends(&summary, &mut self.desk);
            }
        }
        for ask in &mut self.asks {
            match ask.closes() {
                Ok((entries, matched)) => {
                    (written, baseline) = (written.or(entries), baseline.or(matched));
                }
                Err(unwritten) => error = error.or(Some(unwritten)),
            }
        }
        if error.is_some() {
            (written, baseline) = (None, None);
        }
        let desk = self.desk;
        let mut told = desk.told;
        for (place, rule) in told.iter_mut().enumerate() {
            [rule.errors, rule.warnings, rule.allowed] = desk.findings.by_rule(place);
        }
        let mut checked = Checked {
            files: desk.files,
            rules: told,
            counts: desk.findings.counts(),
            findings: desk.findings.kept(),
            notes: desk.notes,
            records: self.records,
            summary,
            baseline,
            written,
            fail_on: asked.fail_on,
            error,
        };
        if checked.written.is_some() && !checked.passed() {
            checked.written = None;
            let note = "the baseline stays as it was, since the check failed";
            checked.notes.push(note.to_owned());
        }
        checked
    }
}

impl Inspector for Checker<'_, '_> {
    fn opens(&mut self, opened: &Opened<'_>) -> Result<()> {
        (self.opened)(opened);
        self.desk.opens(opened.file, opened.names);
        for ask in &mut self.asks {
            ask.opens(opened, &mut self.desk);
        }
        Ok(())
    }

    fn inspect(&mut self, record: &mut Inspected<'_, '_>) -> Result<()> {
        let mut asks = self.asks.iter_mut();
        asks.try_for_each(|ask| ask.inspect(record, &mut self.desk))?;
        self.records += 1;
        Ok(())
    }
}
