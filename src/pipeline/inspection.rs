//! All records of an input, one by one, for whoever checks them.
//!
//! Owns what a check sees of a record. What it makes of that is not known here.

use super::page::Page;
use super::purpose::{Heard, Purpose, Told};
use super::{Opened, Options, Run, Source, Summary};
use crate::engine::bins::Bin;
use crate::engine::compile::Rules;
use crate::engine::evaluate::{Evaluation, Plan};
use crate::error::{Place, Result};
use crate::input::Origin;
use crate::judge::{Entry, Unheeded, Watched};
use crate::sink::Sink;

/// Whoever looks at records.
pub(crate) trait Inspector: Send {
    /// Takes notice of an input, before its first record.
    fn opens(&mut self, opened: &Opened<'_>) -> Result<()>;
    /// Looks at a record, in the order of the input.
    fn inspect(&mut self, record: &mut Inspected<'_>) -> Result<()>;
}

/// A record, as it was judged.
pub(crate) struct Inspected<'p> {
    rules: &'p Rules,
    file: &'p str,
    known: &'p Known,
    page: &'p mut Page,
    evaluation: &'p mut Evaluation,
}

/// What is known of an input that was opened.
struct Known {
    names: Vec<String>,
    origin: Origin,
    plan: Plan,
}

impl Inspected<'_> {
    fn entry(&self) -> Entry<'_> {
        let Some(entry) = self.page.entry() else {
            unreachable!("there is a record at hand while it is looked at");
        };
        entry
    }

    /// By scorecard, as verdicts number them.
    pub(crate) fn labels(&self) -> &[u8] {
        self.entry().labels
    }

    /// What a criterion was read as; of a start, that of the relationship itself too.
    pub(crate) fn bin(&self, criterion: usize) -> Bin {
        let entry = self.entry();
        let bin = entry.bins[criterion];
        let derived = self.rules.derived().iter().zip(entry.since);
        let mut since = derived.filter(|(one, _)| one.start == criterion);
        match since.next() {
            Some((_, since)) if !bin.is_known() && *since != Bin::MISSING => *since,
            _ => bin,
        }
    }

    /// What it says in a column that is watched, without spaces around it; `None` where
    /// it does not have it.
    pub(crate) fn text(&self, watched: usize) -> Option<&str> {
        self.entry().text(watched).map(str::trim)
    }

    /// The values that were not understood, if they are watched.
    pub(crate) fn unread(&self) -> impl Iterator<Item = &Unheeded> {
        self.entry().unread()
    }

    /// The line on which it begins; in a workbook there are none.
    pub(crate) fn line(&mut self) -> Option<u64> {
        match self.known.origin.sheet {
            Some(_) => None,
            None => self.place().line,
        }
    }

    /// Its number in its file.
    pub(crate) fn number(&self) -> u64 {
        self.page.whereabouts().map_or(0, |(record, _)| record)
    }

    /// Where it begins.
    pub(crate) fn place(&mut self) -> Place {
        self.page.place(self.file, &self.known.origin)
    }

    /// The evidence that its labels rest on.
    pub(crate) fn evaluation(&mut self) -> &Evaluation {
        if let Some(entry) = self.page.entry() {
            self.rules
                .evaluate_bins(entry.bins, &self.known.plan, self.evaluation);
        }
        self.evaluation
    }
}

/// Judges all records of `source` as [`classify`](super::classify()) does, and lets an
/// `inspector` look at each, with what else is `heard`.
///
/// # Errors
///
/// What ends a run of `classify`; a column that is to be heard and that no record has;
/// what the inspector returns. The second part tells how far it came.
pub(crate) fn inspect(
    rules: &Rules,
    options: &Options,
    source: Source<'_>,
    heard: Heard<'_>,
    inspector: &mut dyn Inspector,
) -> (Result<()>, Summary) {
    let mut out = std::io::sink();
    let sink = Sink::new(&mut out, None);
    let mut run = match Run::new(rules, options, sink, false) {
        Ok(run) => run,
        Err(error) => return (Err(error), Summary::default()),
    };
    let file = source.name.clone();
    let mut known = None;
    let mut met = vec![false; heard.columns.len()];
    let mut evaluation = Evaluation::default();
    let mut look = |told: Told<'_>| -> Result<()> {
        let mut page = match told {
            Told::Opened(opened) => {
                known = Some(Known {
                    names: opened.names.to_vec(),
                    origin: opened.origin.clone(),
                    plan: rules.plan(&opened.may_feed(rules)),
                });
                return inspector.opens(opened);
            }
            Told::Page(page) => page,
        };
        let Some(known) = &known else {
            unreachable!("an input is opened before it is read");
        };
        while let Some(entry) = page.entry() {
            let columns = met.iter_mut().enumerate();
            columns.for_each(|(column, met)| *met |= entry.text(column).is_some());
            inspector.inspect(&mut Inspected {
                rules,
                file: &file,
                known,
                page: &mut page,
                evaluation: &mut evaluation,
            })?;
            page.pass();
        }
        Ok(())
    };
    let purpose = Purpose::Enroll(heard, &mut look);
    let result = run.file(source, purpose, &mut |_| {}).map(drop);
    let unmet =
        (heard.columns.iter().zip(&met)).find(|(column, met)| !**met && !column.is_optional);
    let result = match (result, unmet, &known) {
        (Ok(()), Some((unmet, _)), Some(known)) if run.summary.records() > 0 => {
            let Watched {
                setting, column, ..
            } = unmet;
            Err(run.columns.not_there(*setting, column, &known.names))
        }
        (result, ..) => result,
    };
    let result = result.map_err(|error| error.in_file(&file));
    (result, run.summary)
}
