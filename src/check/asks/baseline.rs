//! Labels of an earlier run, by the keys of their records.
//!
//! Owns what a baseline is: any file with the key's column and those of the labels, as
//! `classify` writes them; and the short one that is written here.

use std::io::Write;

use rustc_hash::FxHashMap;

use crate::error::{Error, ErrorKind, Place, Result, quoted};
use crate::judge::Watched;
use crate::pipeline::{Inspected, Inspector, Opened, Options, Source, inspect};
use crate::rules::compile::Rules;

/// The labels of an earlier run.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    file: String,
    places: FxHashMap<Box<str>, usize>,
    entries: Vec<Entry>,
    /// The different labels that it has.
    labels: Vec<Box<str>>,
}

#[derive(Debug)]
struct Entry {
    record: u64,
    line: Option<u64>,
    /// By scorecard: the place of its label among these.
    labels: Box<[u16]>,
    /// A record has its key.
    is_met: bool,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stale {
    pub(super) key: String,
    pub(super) place: Place,
}

/// The name of the field of a scorecard's label.
pub(super) fn label_field(name: &str) -> String {
    format!("{name}_label")
}

impl Baseline {
    /// Reads a baseline whose keys are in the column `key`.
    pub(super) fn read(rules: &Rules, key: &str, source: Source<'_>) -> Result<Self> {
        let watched = |flag, column: String| Watched { flag, column };
        let mut columns = vec![watched("--key", key.to_owned())];
        let cards = rules.rulebook().scorecards.iter();
        columns.extend(cards.map(|card| watched("--baseline", label_field(&card.name))));
        let mut reader = Reading {
            columns: &columns,
            baseline: Baseline {
                file: source.name.clone(),
                ..Baseline::default()
            },
        };
        let options = Options {
            replace: true,
            ..Options::default()
        };
        let told = inspect(
            rules,
            &options,
            source,
            &columns,
            (false, false),
            &mut reader,
        );
        told.0.map(|()| reader.baseline)
    }

    /// How many entries it has.
    pub(super) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// By scorecard, the labels of the record with this key.
    pub(super) fn meets(&mut self, key: &str) -> Option<impl Iterator<Item = &str>> {
        let entry = &mut self.entries[*self.places.get(key)?];
        entry.is_met = true;
        let labels = &self.labels;
        Some(
            entry
                .labels
                .iter()
                .map(|label| &*labels[usize::from(*label)]),
        )
    }

    /// The entries whose records have gone, in their order.
    pub(super) fn stale(&self) -> Vec<Stale> {
        // Each goes to a place of its own, whatever the order.
        #[allow(clippy::iter_over_hash_type)]
        let mut gone: Vec<(usize, &str)> = (self.places.iter())
            .filter(|(_, place)| !self.entries[**place].is_met)
            .map(|(key, place)| (*place, &**key))
            .collect();
        gone.sort_unstable();
        let stale = |(place, key): (usize, &str)| Stale {
            key: key.to_owned(),
            place: Place {
                file: Some(self.file.clone()),
                line: self.entries[place].line,
                record: Some(self.entries[place].record),
                ..Place::default()
            },
        };
        gone.into_iter().map(stale).collect()
    }
}

/// A baseline as it is read.
struct Reading<'c> {
    columns: &'c [Watched],
    baseline: Baseline,
}

impl Inspector for Reading<'_> {
    fn opens(&mut self, _: &Opened<'_>) -> Result<()> {
        Ok(())
    }

    fn inspect(&mut self, record: &mut Inspected<'_>) -> Result<()> {
        let input = |found: String| Error::new(ErrorKind::Input, found);
        let mut labels = Vec::new();
        for (place, Watched { column, .. }) in self.columns.iter().enumerate() {
            let text = record.text(place).filter(|text| !text.is_empty());
            let Some(text) = text else {
                let found = format!("an entry of the baseline has no {}", quoted(column));
                let error = input(found).expected("a key and a label in each entry");
                return Err(error.at(record.place()));
            };
            if place == 0 {
                continue;
            }
            let known = (self.baseline.labels.iter()).position(|label| **label == *text);
            let label = known.unwrap_or_else(|| {
                self.baseline.labels.push(text.into());
                self.baseline.labels.len() - 1
            });
            let Ok(label) = u16::try_from(label) else {
                let error = input(format!("{} has too many labels", quoted(column)));
                let error = error.expected("the labels that classify writes");
                return Err(error.at(record.place()));
            };
            labels.push(label);
        }
        let key: Box<str> = record.text(0).unwrap_or_default().into();
        let next = self.baseline.entries.len();
        if let Some(first) = self.baseline.places.insert(key.clone(), next) {
            let first = self.baseline.entries[first].record;
            let found = format!(
                "the baseline has the key {} in record {first} too",
                quoted(&key)
            );
            let error = input(found).expected("each key once");
            return Err(error.at(record.place()));
        }
        let place = record.place();
        self.baseline.entries.push(Entry {
            record: record.number(),
            line: place.line.or(place.row),
            labels: labels.into(),
            is_met: false,
        });
        Ok(())
    }
}

/// A baseline as it is written: a header, and a line for each record that has a key.
pub(super) struct Written<'w> {
    to: csv::Writer<&'w mut (dyn Write + Send)>,
    /// How many entries were written.
    pub(super) entries: u64,
}

impl<'w> Written<'w> {
    pub(super) fn new(
        rules: &Rules,
        key: &str,
        delimiter: u8,
        to: &'w mut (dyn Write + Send),
    ) -> Result<Self> {
        let mut writer = csv::WriterBuilder::new();
        let mut written = Written {
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
            let kind = match error.kind() {
                csv::ErrorKind::Io(error) => error.kind(),
                _ => std::io::ErrorKind::Other,
            };
            let found = format!("the baseline cannot be written: {error}");
            Error::new(ErrorKind::Writing(kind), found)
        })
    }

    /// Hands over what is not written yet.
    pub(super) fn end(&mut self) -> Result<()> {
        (self.to.flush()).map_err(|error| Error::writing("the baseline", &error))
    }
}
