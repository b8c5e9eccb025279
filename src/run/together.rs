//! Several inputs that are read as one.
//!
//! Owns what their beginnings show together: columns are settled once, by as much as would be
//! looked at if the inputs were one, and each input is held to that.

use std::collections::{HashMap, HashSet};
use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::output::Output;
use super::{Options, Rulebook, Run, Source};
use crate::columns::{Columns, Feed, Mapping, Why};
use crate::error::Result;
use crate::format::{Input, SAMPLE_RECORDS};
use crate::input;

/// How many records of CSV are looked at: the names of their columns are known from the
/// first.
const MOST_OF_CSV: usize = 10 * SAMPLE_RECORDS;

/// What several inputs show together.
#[derive(Debug, Default)]
pub struct Together {
    /// The columns: the name, and how many with the same name come before it.
    names: Vec<(String, usize)>,
    /// The first values of each.
    values: Vec<Vec<String>>,
    /// By rulebook.
    mappings: Vec<Mapping>,
    /// The inputs that were looked at: the first ones.
    inputs: Vec<String>,
}

/// Looks at the beginnings of `sources`, and returns them from their beginnings again, with
/// what they show together; nothing if there is only one, or if nothing is decided by looking.
///
/// An input that cannot be read ends the look; the error is that of reading it later.
///
/// # Errors
///
/// [`ErrorKind::Columns`](crate::ErrorKind::Columns) if columns that the user named contradict
/// each other.
pub(crate) fn together<'i>(
    rulebooks: &[Rulebook<'_>],
    options: &Options,
    sources: Vec<Source<'i>>,
) -> Result<(Vec<Source<'i>>, Option<Arc<Together>>)> {
    if sources.len() < 2 || options.settling.is_frozen() {
        return Ok((sources, None));
    }
    let mut nowhere = io::sink();
    let output = Output::new(&mut nowhere, None);
    let mut run = Run::new(rulebooks.to_vec(), options, output, None, true)?;
    let mut looked = Looked::default();
    let mut again = Vec::new();
    let mut sources = sources.into_iter();
    for source in sources.by_ref() {
        let (name, taken) = (source.name, Taken::of(source.reader));
        let goes_on = run.look(&name, &taken, &mut looked);
        again.push(Source {
            name,
            reader: taken.again(),
        });
        if !goes_on {
            break;
        }
    }
    again.extend(sources);
    if looked.names.is_empty() {
        return Ok((again, None));
    }
    let names: Vec<&str> = looked.names.iter().map(|(name, _)| name.as_str()).collect();
    let settled = run
        .columns
        .iter()
        .map(|columns| columns.settle(&names, &looked.values, false));
    let mappings = run.of_all(settled.collect())?;
    let together = Together {
        names: looked.names,
        values: looked.values,
        mappings,
        inputs: looked.inputs,
    };
    Ok((again, Some(Arc::new(together))))
}

/// What was looked at so far.
#[derive(Debug, Default)]
struct Looked {
    names: Vec<(String, usize)>,
    places: HashMap<(String, usize), usize>,
    /// By column: a value for each record.
    values: Vec<Vec<String>>,
    records: usize,
    /// The same with those that are not about a buyer.
    objects: usize,
    inputs: Vec<String>,
}

impl Looked {
    /// Adds the first values of an input, up to `most` records in all.
    fn add(&mut self, input: &Input, values: &[Vec<String>], most: usize) {
        let names = input.names().0;
        let records = values.iter().map(Vec::len).max().unwrap_or(0);
        let records = records.min(most.saturating_sub(self.records));
        // A key that only later objects have turns up late.
        let left = most.saturating_sub(self.objects);
        let objects = input.first_objects();
        let is_late = |place: usize| objects.is_some_and(|(before, _)| before[place] >= left);
        self.objects += objects.map_or(records, |(_, objects)| objects);
        let occurrences = occurrences(names);
        for (place, name) in names.iter().enumerate() {
            if is_late(place) {
                continue;
            }
            let column = (name.clone(), occurrences[place]);
            let known = self.places.get(&column).copied();
            let known = known.unwrap_or_else(|| {
                self.places.insert(column.clone(), self.names.len());
                self.names.push(column);
                self.values.push(Vec::new());
                self.names.len() - 1
            });
            // Those of one record stay side by side.
            self.values[known].resize(self.records, String::new());
            let values = values.get(place).into_iter().flatten();
            self.values[known].extend(values.take(records).cloned());
        }
        self.records += records;
        for values in &mut self.values {
            values.resize(self.records, String::new());
        }
    }
}

/// By column: how many columns before it have its name.
fn occurrences(names: &[String]) -> Vec<usize> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::with_capacity(names.len());
    for name in names {
        let count = counts.entry(name).or_default();
        all.push(*count);
        *count += 1;
    }
    all
}

impl Run<'_, '_> {
    /// Looks at one input; false if no further one is looked at.
    fn look<'i>(&mut self, name: &str, taken: &Taken<'i>, looked: &mut Looked) -> bool {
        let reader = Box::new(taken.clone());
        let Ok((mut intake, origin)) = input::open(reader, &self.options.layout) else {
            return false;
        };
        for columns in &mut self.columns {
            columns.serials |= origin.stores_days();
        }
        let Ok((input, values)) = self.open(&mut intake, name, &origin) else {
            return false;
        };
        let most = match input.delimiter() {
            Some(_) => MOST_OF_CSV,
            None => SAMPLE_RECORDS,
        };
        looked.add(&input, &values, most);
        looked.inputs.push(name.to_owned());
        intake.is_complete() && looked.objects < most
    }
}

impl Together {
    /// True if an input was looked at.
    pub(super) fn knows(&self, input: &str) -> bool {
        self.inputs.iter().any(|one| one == input)
    }

    /// Lets columns that turn up later mean what they would beside those looked at.
    pub(super) fn keep(&self, columns: &mut [Columns<'_>]) {
        let names: Vec<String> = self.names.iter().map(|(name, _)| name.clone()).collect();
        for (columns, mapping) in columns.iter_mut().zip(&self.mappings) {
            columns.keep(&names, &self.values, mapping);
        }
    }

    /// What the columns `names` of an input feed, by rulebook.
    pub(super) fn mappings(
        &self,
        columns: &[Columns<'_>],
        names: &[String],
        complete: bool,
    ) -> Vec<Result<Mapping>> {
        let both = columns.iter().zip(&self.mappings);
        both.map(|(columns, settled)| self.mapping(columns, settled, names, complete))
            .collect()
    }

    fn mapping(
        &self,
        columns: &Columns<'_>,
        settled: &Mapping,
        names: &[String],
        complete: bool,
    ) -> Result<Mapping> {
        columns.check_stated(names, complete)?;
        let mut mapping = Mapping {
            subject: settled.subject.clone(),
            ..Mapping::default()
        };
        let mut there = vec![false; self.names.len()];
        let places = self.names.iter().enumerate();
        let places: HashMap<(&str, usize), usize> = places
            .map(|(place, (name, nth))| ((name.as_str(), *nth), place))
            .collect();
        let undated: HashMap<usize, _> =
            settled.undated.iter().map(|(at, one)| (*at, one)).collect();
        let occurrences = occurrences(names);
        for (place, name) in names.iter().enumerate() {
            match places.get(&(name.as_str(), occurrences[place])).copied() {
                Some(known) => {
                    there[known] = true;
                    mapping.feeds.push(settled.feeds[known].clone());
                    mapping.unused.push(settled.unused[known].clone());
                    let undated = undated.get(&known);
                    mapping
                        .undated
                        .extend(undated.map(|one| (place, (*one).clone())));
                }
                // As one that turns up late.
                None => {
                    mapping.feeds.push(Vec::new());
                    mapping.unused.push(Some(Why::Unknown));
                    let late = columns.late(name);
                    if !late.withheld.is_empty() || late.is_open {
                        mapping.open.push(place);
                    }
                    let feeds = late.feeds.into_iter();
                    mapping.late.extend(feeds.map(|feed| (place, feed)));
                }
            }
        }
        let elsewhere = settled
            .feeds
            .iter()
            .zip(&there)
            .filter(|(_, there)| !**there);
        mapping.elsewhere = elsewhere.flat_map(|(feeds, _)| feeds.clone()).collect();
        Ok(mapping)
    }
}

/// The columns that an input by itself would read otherwise, each with what it would feed.
pub(super) fn otherwise(
    names: &[String],
    held: &Mapping,
    own: &Mapping,
) -> Vec<(String, Option<Feed>)> {
    let is_same = |one: &Feed, other: &Feed| {
        (one.criterion, one.role, one.sense) == (other.criterion, other.role, other.sense)
    };
    let mut all = Vec::new();
    let late: HashSet<usize> = held.late.iter().map(|(column, _)| *column).collect();
    for (place, name) in names.iter().enumerate() {
        let (held_feeds, own_feeds) = (&held.feeds[place], &own.feeds[place]);
        let is_late = late.contains(&place);
        let are_same = held_feeds.len() == own_feeds.len()
            && held_feeds
                .iter()
                .zip(own_feeds)
                .all(|(one, other)| is_same(one, other));
        if !are_same && !is_late {
            all.push((name.clone(), own_feeds.first().copied()));
        }
    }
    all
}

/// A reader whose bytes are kept, so that they can be read again.
#[derive(Clone)]
struct Taken<'i>(Arc<Mutex<Kept<'i>>>);

struct Kept<'i> {
    bytes: Vec<u8>,
    /// The rest; none at its end, so that no file stays open for nothing.
    rest: Option<Box<dyn Read + Send + 'i>>,
}

impl<'i> Taken<'i> {
    fn of(reader: Box<dyn Read + Send + 'i>) -> Self {
        Taken(Arc::new(Mutex::new(Kept {
            bytes: Vec::new(),
            rest: Some(reader),
        })))
    }

    fn kept(&self) -> MutexGuard<'_, Kept<'i>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn again(&self) -> Box<dyn Read + Send + 'i> {
        let mut kept = self.kept();
        let first = Cursor::new(std::mem::take(&mut kept.bytes));
        match kept.rest.take() {
            Some(rest) => Box::new(first.chain(rest)),
            None => Box::new(first),
        }
    }
}

impl Read for Taken<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut kept = self.kept();
        let Some(rest) = &mut kept.rest else {
            return Ok(0);
        };
        let read = rest.read(to)?;
        kept.bytes.extend_from_slice(&to[..read]);
        if read == 0 && !to.is_empty() {
            kept.rest = None;
        }
        Ok(read)
    }
}
