//! Labels of an earlier run, by the keys of their records.
//!
//! Owns the format of a baseline: read from any file with the key's column and the label
//! columns, as `classify` writes them; written as CSV with only those columns.

use std::io::Write;

use hashbrown::HashMap;

use crate::check::context::RecordRef;
use crate::check::watch::Watch;
use crate::check::{READING, Row};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Place, Result, Setting};
use crate::run::{Fold, Opened, Options, Reading, Rulebook, Source, Wanted, rows};
use crate::text::quoted;

/// At most this many different labels are read.
const MOST_LABELS: u8 = 100;
/// Stands for no label.
const NONE: u8 = u8::MAX;

/// The labels of an earlier run.
#[derive(Debug, Default)]
pub(super) struct EarlierRun {
    file: String,
    /// By key.
    entries: HashMap<Box<str>, Entry>,
    /// The different labels that occur.
    names: Vec<String>,
}

#[derive(Debug)]
struct Entry {
    record: u64,
    /// The line on which it begins; `None` in a workbook.
    line: Option<u64>,
    /// By scorecard, the index of its label in `names`, or [`NONE`].
    labels: Box<[u8]>,
    /// The record with its key, once found.
    met: Option<RecordRef>,
}

/// The result of looking up a key in a baseline.
pub(super) enum Match<'b> {
    /// There is no such entry.
    Not,
    /// This earlier record has the same key.
    Taken(RecordRef),
    /// The labels of its entry, each with its scorecard.
    Labels(Vec<(usize, &'b str)>),
}

/// The name of the field of a scorecard's label.
pub(super) fn label_field(name: &str) -> String {
    format!("{name}_label")
}

impl EarlierRun {
    /// Reads a baseline whose keys are in the column `key`.
    pub(super) fn read(rules: &Rules, key: &str, source: Source<'_>) -> Result<Self> {
        let mut watch = Watch::default();
        watch.add(Setting::Key, key, false);
        for card in &rules.rulebook().scorecards {
            watch.add(Setting::Baseline, &label_field(&card.name), true);
        }
        let file = source.name.clone();
        let mut reader = Reader {
            watch,
            baseline: EarlierRun {
                file: file.clone(),
                ..EarlierRun::default()
            },
        };
        let options = Options {
            replace: true,
            ..Options::default()
        };
        let reading = Reading {
            is_judged: false,
            ..READING
        };
        let rulebook = Rulebook { name: "", rules };
        let (result, summary, _) = rows(&[rulebook], &options, source, reading, &mut reader);
        let result = result.and_then(|()| reader.watch.end(summary.records()));
        result.map_err(|error| error.in_file(&file))?;
        Ok(reader.baseline)
    }

    /// The number of its entries.
    pub(super) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Looks up the key of this `record`.
    pub(super) fn find(&mut self, key: &str, record: RecordRef) -> Match<'_> {
        let Some(entry) = self.entries.get_mut(key) else {
            return Match::Not;
        };
        if let Some(first) = entry.met.replace(record) {
            entry.met = Some(first);
            return Match::Taken(first);
        }
        let (labels, names) = (entry.labels.iter().enumerate(), &self.names);
        let named = labels.filter_map(|(card, label)| {
            let name = names.get(usize::from(*label))?;
            Some((card, name.as_str()))
        });
        Match::Labels(named.collect())
    }

    /// The keys and places of the first `most` entries that no longer have a record, in
    /// order, and the number of all such entries.
    pub(super) fn stale(&self, most: usize) -> (Vec<(String, Place)>, u64) {
        // Sorted below.
        #[allow(clippy::iter_over_hash_type)]
        let mut gone: Vec<(&str, &Entry)> = (self.entries.iter())
            .filter(|(_, entry)| entry.met.is_none())
            .map(|(key, entry)| (&**key, entry))
            .collect();
        gone.sort_unstable_by_key(|(_, entry)| entry.record);
        let stale = gone.iter().take(most).map(|(key, entry)| {
            let place = Place {
                file: Some(self.file.clone()),
                line: entry.line,
                record: Some(entry.record),
                ..Place::default()
            };
            ((*key).to_owned(), place)
        });
        (stale.collect(), gone.len() as u64)
    }
}

/// Reads a baseline.
struct Reader {
    watch: Watch,
    baseline: EarlierRun,
}

impl Reader {
    /// The labels of an entry, by scorecard.
    fn labels(&mut self, row: &Row<'_>) -> Result<Box<[u8]>> {
        let mut labels = Vec::new();
        for (place, column) in self.watch.asked().enumerate() {
            let column = quoted(column);
            let text = match row.text(place).map(str::trim) {
                // A scorecard without a column is not compared.
                None if place > 0 => {
                    labels.push(NONE);
                    continue;
                }
                None | Some("") => {
                    let found = format!("an entry of the baseline has no {column}");
                    return Err(input(found, "a key and a label in each entry"));
                }
                Some(_) if place == 0 => continue,
                Some(text) => text,
            };
            let names = &mut self.baseline.names;
            let label = names.iter().position(|name| *name == text);
            let label = label.unwrap_or_else(|| {
                names.push(text.to_owned());
                names.len() - 1
            });
            if label >= usize::from(MOST_LABELS) {
                let found = format!("{column} has more than {MOST_LABELS} different labels");
                return Err(input(found, "the labels that classify writes"));
            }
            labels.push(label as u8);
        }
        if labels.iter().all(|label| *label == NONE) {
            let columns = self.watch.asked().skip(1).map(quoted);
            let columns = columns.collect::<Vec<_>>().join(" or ");
            let found = format!("the baseline has no column {columns}");
            let expected = Phrase::from("the labels of an earlier run, as classify or ")
                .setting(Setting::WriteBaseline)
                .text(" writes them");
            return Err(input(found, expected));
        }
        Ok(labels.into())
    }
}

impl Fold for Reader {
    fn open(&mut self, input: &Opened<'_>) -> Result<Wanted> {
        self.watch.open(input)
    }

    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        self.watch.see(row);
        let labels = self.labels(row).map_err(|error| error.at(row.place()))?;
        let line = row.line();
        let key = row.text(0).map(str::trim).unwrap_or_default();
        let entry = Entry {
            record: row.number(),
            line,
            labels,
            met: None,
        };
        if let Some(first) = self.baseline.entries.insert(key.into(), entry) {
            let (key, first) = (quoted(key), first.record);
            let found = format!("the baseline already has the key {key}, in record {first}");
            return Err(input(found, "each key once").at(row.place()));
        }
        Ok(())
    }
}

fn input(found: String, expected: impl Into<Phrase>) -> Error {
    Error::new(ErrorKind::Input, found).expected(expected)
}

/// Writes a baseline: a header, and a line for each record with a key.
pub(super) struct BaselineWriter<'w> {
    to: csv::Writer<&'w mut (dyn Write + Send)>,
    /// The number of entries written so far.
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
        let mut to = writer.delimiter(delimiter).from_writer(to);
        let cards = rules.rulebook().scorecards.iter();
        let fields = cards.map(|card| label_field(&card.name));
        let header = std::iter::once(key.to_owned()).chain(fields);
        to.write_record(header).map_err(unwritten)?;
        Ok(BaselineWriter { to, entries: 0 })
    }

    /// Writes the labels of a record.
    pub(super) fn entry(&mut self, rules: &Rules, key: &str, labels: &[u8]) -> Result<()> {
        let labels = labels.iter().enumerate();
        let labels = labels.map(|(card, label)| rules.label(card, *label));
        let entry = std::iter::once(key).chain(labels);
        self.entries += 1;
        self.to.write_record(entry).map_err(unwritten)
    }

    /// Flushes what is not written yet.
    pub(super) fn end(&mut self) -> Result<()> {
        self.to.flush().map_err(unwritten)
    }
}

/// The error that a baseline cannot be written. Unlike for standard output, a closed pipe
/// is an error here too.
fn unwritten(error: impl std::fmt::Display) -> Error {
    let found = format!("the baseline cannot be written: {error}");
    Error::new(ErrorKind::Writing(std::io::ErrorKind::Other), found)
}
