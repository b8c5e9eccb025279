//! One of two rulebooks on its way through an input, on a thread of its own.
//!
//! Owns that thread, and what it tells: pages of records, in order, and how it ended.
//! It is never ahead by more than a few pages, so memory stays flat; and whoever
//! listens goes by what is told and not by when, so nothing depends on timing.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, Scope};

use super::page::Page;
use super::{Options, Run, Settled, Source};
use crate::engine::compile::Rules;
use crate::engine::evaluate::{Evaluation, Plan};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::input::Origin;
use crate::judge::Entry;
use crate::pipeline::purpose;
use crate::pipeline::purpose::{Heard, Purpose};
use crate::sink::Sink;

/// So many bytes are judged at a time: what is kept of many short records is more
/// than their bytes.
const BATCH: usize = 32 * 1024;
/// So many pages may wait.
const WAITING: usize = 2;

/// What a side tells.
enum Told {
    Opened(Origin, Settled, Plan),
    Page(Box<Page>),
    /// The last it tells.
    Ended(Result<Ended>),
}

/// How many records were passed over, and the columns that turned up late.
#[derive(Debug, Default)]
struct Ended {
    rejected: u64,
    late: Vec<(usize, String, u64)>,
}

/// A side, as whoever listens to it sees it.
pub(super) struct Side<'r> {
    rules: &'r Rules,
    /// What the rulebook is called.
    which: &'static str,
    file: String,
    told: Receiver<Told>,
    origin: Origin,
    settled: Settled,
    plan: Option<Plan>,
    /// That of the record that was evaluated last.
    pub(super) evaluation: Evaluation,
    page: Box<Page>,
    ended: Option<Result<Ended>>,
}

impl<'r> Side<'r> {
    /// Sets a rulebook on its way.
    pub(super) fn start<'scope, 's: 'scope>(
        scope: &'scope Scope<'scope, '_>,
        which: &'static str,
        rules: &'r Rules,
        options: &Options,
        source: Source<'s>,
    ) -> Result<Self>
    where
        'r: 'scope,
    {
        let options = Options {
            batch: options.batch.min(BATCH),
            ..options.reading_only()
        };
        let file = source.name.clone();
        let (to, told) = sync_channel(WAITING);
        Builder::new()
            .spawn_scoped(scope, move || go(rules, &options, source, &to))
            .map_err(|error| {
                let found = format!("there is no second thread to be had: {error}");
                Error::new(ErrorKind::Reading(error.kind()), found)
            })?;
        Ok(Side {
            rules,
            which,
            file,
            told,
            origin: Origin::default(),
            settled: Settled::default(),
            plan: None,
            evaluation: Evaluation::default(),
            page: Box::default(),
            ended: None,
        })
    }

    /// Passes the record at hand.
    pub(super) fn pass(&mut self) {
        self.page.pass();
    }

    /// Waits for the next record: its number, and where it begins. `None` if there are
    /// no more.
    pub(super) fn wait(&mut self) -> Option<(u64, u64)> {
        loop {
            if let Some(place) = self.page.whereabouts() {
                return Some(place);
            }
            if self.ended.is_some() {
                return None;
            }
            match self.told.recv() {
                Ok(Told::Opened(origin, settled, plan)) => {
                    (self.origin, self.settled, self.plan) = (origin, settled, Some(plan));
                }
                Ok(Told::Page(page)) => self.page = page,
                Ok(Told::Ended(ended)) => self.ended = Some(ended),
                // It panicked, and whoever waits for the thread is told of that.
                Err(_) => self.ended = Some(Err(gone())),
            }
        }
    }

    /// The record at hand.
    pub(super) fn entry(&self) -> Option<Entry<'_>> {
        self.page.entry()
    }

    /// Finds the evidence of the record at hand.
    pub(super) fn evaluate(&mut self) {
        if let (Some(entry), Some(plan)) = (self.page.entry(), &self.plan) {
            self.rules
                .evaluate_bins(entry.bins, plan, &mut self.evaluation);
        }
    }

    /// The place of the record at hand.
    pub(super) fn place(&mut self) -> Place {
        self.page.place(&self.file, &self.origin)
    }

    /// How it ended, once it has told all its records: so many it passed over.
    pub(super) fn end(&mut self) -> Result<(u64, Settled)> {
        let ended = self.ended.take().unwrap_or_else(|| Err(gone()))?;
        let mut settled = std::mem::take(&mut self.settled);
        settled.late = ended.late;
        Ok((ended.rejected, settled))
    }

    /// The name of the file.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// What the rulebook is called.
    pub(super) fn which(&self) -> &'static str {
        self.which
    }
}

/// Reads all of `source` by `rules`, and tells of its records.
fn go(rules: &Rules, options: &Options, source: Source<'_>, to: &SyncSender<Told>) {
    // If nobody listens any more, it does not matter how it ends.
    let _ = to.send(Told::Ended(enroll(rules, options, source, to)));
}

fn enroll(
    rules: &Rules,
    options: &Options,
    source: Source<'_>,
    to: &SyncSender<Told>,
) -> Result<Ended> {
    let (mut out, mut rejects) = (std::io::sink(), std::io::sink());
    let sink = Sink::new(&mut out, Some(&mut rejects));
    let mut run = Run::new(rules, options, sink, false)?;
    let name = source.name.clone();
    let mut tell = |told: purpose::Told<'_>| {
        let told = match told {
            purpose::Told::Page(page) => Told::Page(page),
            purpose::Told::Opened(opened) => {
                let settled = Settled {
                    names: opened.names.to_vec(),
                    mapping: opened.mapping.clone(),
                    late: Vec::new(),
                };
                let plan = rules.plan(&opened.may_feed(rules));
                Told::Opened(opened.origin.clone(), settled, plan)
            }
        };
        to.send(told).map_err(|_| gone())
    };
    let purpose = Purpose::Enroll(Heard::default(), &mut tell);
    run.file(source, purpose, &mut |_| {})
        .map_err(|error| error.in_file(&name))?;
    let late = run.summary.late.into_iter();
    Ok(Ended {
        rejected: run.summary.rejected,
        late: late
            .map(|(criterion, column, _, record)| (criterion, column, record))
            .collect(),
    })
}

/// What ends a side to which nobody listens, or of which nothing more is heard.
fn gone() -> Error {
    Error::new(ErrorKind::Usage, "the comparison was given up")
}
