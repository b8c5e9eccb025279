//! Labels of an earlier run, by the keys of their records.
//!
//! Owns what a baseline is: any file with the key's column and those of the labels, as
//! `classify` writes them; and the short one that is written here.

use std::io::Write;

use rustc_hash::FxHashMap;

use crate::check::Row;
use crate::check::context::RecordRef;
use crate::check::watch::Watched;
use crate::check::watch::{Inspector, Watching, inspect};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Place, Result, Setting};
use crate::run::{Opened, Options, Source};
use crate::text::quoted;

/// The number of different labels, at most.
const MOST_LABELS: u8 = 100;
/// Stands for no label.
const NONE: u8 = u8::MAX;

/// The labels of an earlier run.
#[derive(Debug, Default)]
pub(super) struct EarlierRun {
    file: String,
    places: FxHashMap<Box<str>, u32>,
    entries: Vec<Entry>,
    /// By entry and scorecard: the place of its label among all, or behind them.
    labels: Vec<u8>,
    cards: usize,
    /// The different labels that it has.
    names: Vec<Box<str>>,
}

#[derive(Debug)]
struct Entry {
    record: u64,
    /// The line on which it begins; 0 in a workbook.
    line: u64,
    /// The record that has its key, once that was met.
    met: Option<RecordRef>,
}

/// What a key is to a baseline.
pub(super) enum Match<'b> {
    /// It has no such entry.
    Not,
    /// This record has it already.
    Taken(RecordRef),
    /// By scorecard, the labels of its entry.
    Labels(Vec<(usize, &'b str)>),
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StaleEntry {
    pub(super) key: String,
    pub(super) place: Place,
}

/// The name of the field of a scorecard's label.
pub(super) fn label_field(name: &str) -> String {
    format!("{name}_label")
}

impl EarlierRun {
    /// Reads a baseline whose keys are in the column `key`.
    pub(super) fn read(rules: &Rules, key: &str, source: Source<'_>) -> Result<Self> {
        let watched = |setting, column: String, is_optional| Watched {
            setting,
            column,
            is_optional,
        };
        let mut columns = vec![watched(Setting::Key, key.to_owned(), false)];
        let cards = rules.rulebook().scorecards.iter();
        columns.extend(cards.map(|card| watched(Setting::Baseline, label_field(&card.name), true)));
        let mut reader = Reader {
            columns: &columns,
            baseline: EarlierRun {
                file: source.name.clone(),
                cards: columns.len() - 1,
                ..EarlierRun::default()
            },
        };
        let options = Options {
            replace: true,
            ..Options::default()
        };
        let watching = Watching {
            columns: &columns,
            values: false,
            unjudged: true,
        };
        let (result, _) = inspect(rules, &options, source, watching, &mut reader);
        result.map(|()| reader.baseline)
    }

    /// How many entries it has.
    pub(super) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The entry with the key of this `record`, which is the first to have it or not.
    pub(super) fn find(&mut self, key: &str, record: RecordRef) -> Match<'_> {
        let Some(&place) = self.places.get(key) else {
            return Match::Not;
        };
        let place = place as usize;
        if let Some(first) = self.entries[place].met {
            return Match::Taken(first);
        }
        self.entries[place].met = Some(record);
        let labels = self.labels[place * self.cards..][..self.cards].iter();
        let names = &self.names;
        let named = labels.enumerate().filter_map(|(card, label)| {
            let name = names.get(usize::from(*label))?;
            Some((card, &**name))
        });
        Match::Labels(named.collect())
    }

    /// The entries whose records have gone, in their order: at most so many, and how many
    /// there are.
    pub(super) fn stale(&self, most: usize) -> (Vec<StaleEntry>, u64) {
        let gone = self.entries.iter().filter(|entry| entry.met.is_none());
        let all = gone.count() as u64;
        // Each goes to a place of its own, whatever the order.
        #[allow(clippy::iter_over_hash_type)]
        let mut gone: Vec<(u32, &str)> = (self.places.iter())
            .filter(|(_, place)| self.entries[**place as usize].met.is_none())
            .map(|(key, place)| (*place, &**key))
            .collect();
        gone.sort_unstable();
        gone.truncate(most);
        let stale = |(place, key): (u32, &str)| {
            let entry = &self.entries[place as usize];
            StaleEntry {
                key: key.to_owned(),
                place: Place {
                    file: Some(self.file.clone()),
                    line: (entry.line > 0).then_some(entry.line),
                    record: Some(entry.record),
                    ..Place::default()
                },
            }
        };
        (gone.into_iter().map(stale).collect(), all)
    }
}

/// A baseline as it is read.
struct Reader<'c> {
    columns: &'c [Watched],
    baseline: EarlierRun,
}

impl Inspector for Reader<'_> {
    fn opens(&mut self, _: &Opened<'_>) -> Result<()> {
        Ok(())
    }

    fn inspect(&mut self, row: &mut Row<'_>) -> Result<()> {
        let baseline = &mut self.baseline;
        let from = baseline.labels.len();
        for (place, Watched { column, .. }) in self.columns.iter().enumerate() {
            // Where a scorecard has no column, nothing is compared.
            let text = match row.text(place).map(str::trim) {
                None if place > 0 => {
                    baseline.labels.push(NONE);
                    continue;
                }
                text => text.unwrap_or_default(),
            };
            if text.is_empty() {
                let found = format!("an entry of the baseline has no {}", quoted(column));
                let error = input(found).expected("a key and a label in each entry");
                return Err(error.at(row.place()));
            }
            if place == 0 {
                continue;
            }
            let known = (baseline.names.iter()).position(|name| **name == *text);
            let label = known.unwrap_or_else(|| {
                baseline.names.push(text.into());
                baseline.names.len() - 1
            });
            match u8::try_from(label) {
                Ok(label) if label < MOST_LABELS => baseline.labels.push(label),
                _ => {
                    let found = format!("{} has more than {MOST_LABELS} labels", quoted(column));
                    let error = input(found).expected("the labels that classify writes");
                    return Err(error.at(row.place()));
                }
            }
        }
        if baseline.labels[from..].iter().all(|label| *label == NONE) {
            let columns = self.columns[1..].iter().map(|one| quoted(&one.column));
            let columns: Vec<String> = columns.collect();
            let found = format!("the baseline has no column {}", columns.join(" or "));
            let error = input(found).expected(
                Phrase::from("the labels of an earlier run, as classify or ")
                    .setting(Setting::WriteBaseline)
                    .text(" writes them"),
            );
            return Err(error.at(row.place()));
        }
        let key = row.text(0).map(str::trim).unwrap_or_default();
        let Ok(next) = u32::try_from(baseline.entries.len()) else {
            return Err(input(
                "the baseline has more than four thousand million entries".to_owned(),
            ));
        };
        if let Some(first) = baseline.places.insert(key.into(), next) {
            let first = baseline.entries[first as usize].record;
            let found = format!(
                "the baseline has the key {} in record {first} too",
                quoted(key)
            );
            let error = input(found).expected("each key once");
            return Err(error.at(row.place()));
        }
        baseline.entries.push(Entry {
            record: row.number(),
            line: row.line().unwrap_or(0),
            met: None,
        });
        Ok(())
    }
}

fn input(found: String) -> Error {
    Error::new(ErrorKind::Input, found)
}

/// A baseline as it is written: a header, and a line for each record that has a key.
pub(super) struct BaselineWriter<'w> {
    to: csv::Writer<&'w mut (dyn Write + Send)>,
    /// How many entries were written.
    pub(super) entries: u64,
}

impl<'w> BaselineWriter<'w> {
    pub(super) fn new(
        rules: &Rules,
        key: &str,
        delimiter: u8,
        to: &'w mut (dyn Write + Send),
    ) -> Result<Self> {
        let mut writer = csv::WriterBuilder::new();
        let mut written = BaselineWriter {
            to: writer.delimiter(delimiter).from_writer(to),
            entries: 0,
        };
        let cards = rules.rulebook().scorecards.iter();
        let fields = cards.map(|card| label_field(&card.name));
        written.line(std::iter::once(key.to_owned()).chain(fields))?;
        Ok(written)
    }

    /// Writes the labels of a record.
    pub(super) fn entry(&mut self, rules: &Rules, key: &str, labels: &[u8]) -> Result<()> {
        let labels = labels.iter().enumerate();
        let labels = labels.map(|(card, label)| rules.label(card, *label));
        self.line(std::iter::once(key).chain(labels))?;
        self.entries += 1;
        Ok(())
    }

    fn line<T: AsRef<[u8]>>(&mut self, fields: impl Iterator<Item = T>) -> Result<()> {
        self.to.write_record(fields).map_err(|error| {
            let found = format!("the baseline cannot be written: {error}");
            unwritten(found)
        })
    }

    /// Hands over what is not written yet.
    pub(super) fn end(&mut self) -> Result<()> {
        let flushed = self.to.flush();
        flushed.map_err(|error| unwritten(format!("the baseline cannot be written: {error}")))
    }
}

/// That a baseline cannot be written is never the quiet end of somebody who has read
/// enough.
fn unwritten(found: String) -> Error {
    Error::new(ErrorKind::Writing(std::io::ErrorKind::Other), found)
}
