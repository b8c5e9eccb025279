//! What the columns of an input are read as, and what they hold.
//!
//! Owns what a survey tells. It goes the way of labelling, record by record, so
//! that it sees what labelling would.

use super::{Opened, Options, Purpose, Run, Source};
use crate::columns::{Feed, Mapping, Why};
use crate::engine::compile::Rules;
use crate::error::Result;
use crate::judge::Seen;
use crate::sink::Sink;
use crate::value::Undecided;

/// One column of an input: how it is read, and what it holds.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// How it is read; `None` if it is not.
    pub feed: Option<Feed>,
    /// Why it is not read.
    pub why: Option<Why>,
    /// A day in digits, if nothing tells in which order.
    pub undated: Option<Undecided>,
    /// How many records have a value there that says something.
    pub filled: u64,
    /// How many of these values are understood.
    pub understood: u64,
    /// The first different values, at most three.
    pub samples: Vec<String>,
    /// The values that are not understood and how often each was met, the most
    /// frequent first.
    pub not_understood: Vec<(String, u64)>,
}

/// All columns of an input. One that feeds several criteria is there several
/// times.
#[derive(Debug, Clone, Default)]
pub struct Surveyed {
    /// The columns, in the order of the input.
    pub columns: Vec<Column>,
    /// How many records were looked at.
    pub records: u64,
    /// How many more could not be read.
    pub rejected: u64,
}

/// Reads all of `source` and tells of its columns. Records that cannot be read
/// are passed over, if that can be done.
///
/// # Errors
///
/// What ends a run of [`classify`](super::classify()), but not that no column
/// feeds any criterion.
pub fn survey(
    rules: &Rules,
    options: &Options,
    source: Source<'_>,
    opened: &mut dyn FnMut(&Opened<'_>),
) -> Result<Surveyed> {
    let options = options.reading_only();
    let (mut out, mut rejects) = (std::io::sink(), std::io::sink());
    let sink = Sink::new(&mut out, Some(&mut rejects));
    let mut run = Run::new(rules, &options, sink, false)?;
    let name = source.name.clone();
    let mut names = Vec::new();
    let mut mapping = Mapping::default();
    let mut remember = |input: &Opened<'_>| {
        names = input.names.to_vec();
        mapping = input.mapping.clone();
        opened(input);
    };
    let outcome = run
        .file(source, Purpose::Survey, &mut remember)
        .map_err(|error| error.in_file(&name))?;
    let column = |seen: Seen| Column {
        why: match &seen.name {
            Some(_) => Some(Why::Unknown),
            None => mapping.unused.get(seen.column).cloned().flatten(),
        },
        name: (seen.name)
            .or_else(|| names.get(seen.column).cloned())
            .unwrap_or_default(),
        undated: (mapping.undated.iter())
            .find(|(column, _)| *column == seen.column)
            .map(|(_, undecided)| undecided.clone()),
        feed: seen.feed,
        filled: seen.filled,
        understood: seen.filled - seen.unread,
        samples: seen.samples.clone(),
        not_understood: (seen.unreads.ranked().into_iter())
            .map(|(text, count)| (text.to_owned(), count))
            .collect(),
    };
    Ok(Surveyed {
        columns: outcome.survey.columns.into_iter().map(column).collect(),
        records: run.summary.records(),
        rejected: run.summary.rejected,
    })
}
