//! Formats: how records are found in bytes, and how they leave with labels.
//!
//! Each format has one file, its reading and its writing side by side, since
//! labels are added to raw records. This one owns what they share: detection,
//! the `match` over them, and the sheet on which a batch's result is laid down.
//! Formats fill slots and copy bytes; they know nothing of points or of words.

mod blocks;
mod convert;
pub(crate) mod csv;
mod detect;
mod fault;
pub(crate) mod json;
pub(crate) mod ndjson;
pub(crate) mod table;

use std::ops::Range;

use crate::columns::{Columns, Mapping};
use crate::error::Result;
use crate::input::{BOM, Layout};
use crate::judge::{Case, Judge, Roll, Tally};
use crate::labels::Labels;

use self::convert::Header;
pub(crate) use self::convert::{Convert, Target, other_columns};
pub(crate) use self::detect::detect;
pub(crate) use self::fault::{Fault, input, taken};
pub(crate) use crate::input::Format;

/// An open input, by format.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    Csv(csv::Input),
    Json(json::Input),
    Ndjson(ndjson::Input),
}

/// How far a buffer holds whole records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Up to here; more may follow.
    Batch(usize),
    /// Up to here; what follows holds no more records.
    Last(usize),
    /// Not even one: read on.
    More,
}

/// What it takes to find how far a buffer holds whole records.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cutter {
    Csv(u8),
    Json(json::Cutter),
    Ndjson(ndjson::Cutter),
}

impl Cutter {
    /// Finds how far `buffer` holds whole records; `complete` says that
    /// nothing follows it. What was found on the way may be left in `index`.
    pub(crate) fn cut(self, buffer: &[u8], complete: bool, index: &mut csv::Index) -> Cut {
        index.clear();
        match self {
            Cutter::Csv(delimiter) => csv::cut(buffer, complete, delimiter, index),
            Cutter::Json(json) => json.cut(buffer, complete),
            Cutter::Ndjson(ndjson) => ndjson.cut(buffer, complete),
        }
    }
}

/// The bytes of whole records, and where in the file they stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch<'a> {
    pub(crate) text: &'a str,
    /// No record of this input came before.
    pub(crate) first: bool,
    /// No record of this input follows.
    pub(crate) last: bool,
    /// What was found when it was cut.
    pub(crate) index: &'a csv::Index,
}

/// The text of a batch on its way out: how far it is copied. Only records that
/// keep their format are.
#[derive(Debug)]
pub(crate) struct Passage<'t> {
    bytes: &'t [u8],
    copied: usize,
    raw: bool,
}

impl<'t> Passage<'t> {
    pub(crate) fn new(text: &'t str, desk: &Desk<'_>) -> Self {
        Passage {
            bytes: text.as_bytes(),
            copied: 0,
            raw: desk.convert.is_none(),
        }
    }

    /// Copies the text up to `upto`.
    pub(crate) fn pass(&mut self, upto: usize, out: &mut Vec<u8>) {
        if self.raw {
            out.extend_from_slice(&self.bytes[self.copied..upto]);
        }
        self.copied = upto;
    }

    /// How much is written once the text up to `upto` is copied.
    pub(crate) fn written(&self, upto: usize, out: &[u8]) -> usize {
        out.len() + if self.raw { upto - self.copied } else { 0 }
    }

    /// Leaves the text up to `upto` out.
    pub(crate) fn skip(&mut self, upto: usize) {
        self.copied = upto;
    }
}

/// What one thread works with.
#[derive(Debug, Clone)]
pub(crate) struct Desk<'a> {
    pub(crate) judge: Judge<'a>,
    pub(crate) labels: &'a Labels,
    pub(crate) columns: &'a Columns<'a>,
    /// Fields of our names are overwritten.
    pub(crate) replace: bool,
    /// Records that cannot be read are set aside.
    pub(crate) set_aside: bool,
    /// Another format than the input's.
    pub(crate) convert: Option<Convert>,
}

impl Desk<'_> {
    /// True if this record of a batch is set aside if it cannot be read; one that
    /// is asked for is not, nor what follows the last that is.
    pub(crate) fn sets_aside(&self, record: u64) -> bool {
        self.set_aside && !self.judge.asks_for(record) && !self.judge.is_satisfied()
    }
}

/// What became of one batch.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// The bytes to write.
    pub(crate) out: Vec<u8>,
    /// Records set aside, byte for byte.
    pub(crate) rejects: Vec<u8>,
    /// How many records were met, those set aside with them.
    pub(crate) records: u64,
    pub(crate) rejected: u64,
    /// Lines between records that say what to do with these.
    pub(crate) actions: u64,
    /// How many were filled up with empty fields.
    pub(crate) padded: u64,
    /// Columns that no earlier record had and that feed a criterion.
    pub(crate) news: Vec<News>,
    /// Records that were asked for.
    pub(crate) cases: Vec<Case>,
    /// All records, if they are enrolled.
    pub(crate) roll: Roll,
    pub(crate) tally: Tally,
}

/// A column that turned up late.
#[derive(Debug, Clone)]
pub(crate) struct News {
    pub(crate) criterion: usize,
    /// The slot that it fills.
    pub(crate) seat: usize,
    /// It feeds the criterion, and no other column has left no room for it.
    pub(crate) used: bool,
    pub(crate) column: String,
    /// The record within the batch, from 1, and its place.
    pub(crate) record: u64,
    pub(crate) at: usize,
    /// How much was written before that record, and how much set aside.
    pub(crate) written: usize,
    pub(crate) rejected: usize,
}

impl Sheet {
    /// Makes it as good as new, with its memory kept.
    pub(crate) fn clear(&mut self) {
        self.out.clear();
        self.rejects.clear();
        self.news.clear();
        self.cases.clear();
        (self.records, self.rejected) = (0, 0);
        (self.actions, self.padded) = (0, 0);
    }
}

/// So many records are looked at before the columns are settled.
pub(crate) const SAMPLE_RECORDS: usize = 100;

/// The beginning of a value of the sample; no word is longer than that.
pub(crate) fn sampled(value: &str) -> String {
    value.chars().take(200).collect()
}

impl Input {
    /// Opens an input of `format` from its beginning. `None` asks for more of
    /// it; `complete` says that there is no more.
    pub(crate) fn open(
        format: Format,
        layout: &Layout,
        sample: &[u8],
        complete: bool,
        feeds: &dyn Fn(&str) -> bool,
    ) -> std::result::Result<Option<Self>, Box<Fault>> {
        Ok(match format {
            Format::Csv | Format::Tsv => {
                csv::Input::open(sample, complete, format, layout)?.map(Input::Csv)
            }
            Format::Json => json::Input::open(sample, complete, feeds)?.map(Input::Json),
            Format::Ndjson | Format::Table => {
                ndjson::Input::open(sample, complete)?.map(Input::Ndjson)
            }
        })
    }

    /// Refuses what would be read wrong, as far as the beginning tells. `known` is
    /// true for the name of a column that feeds a criterion, `told` for one that
    /// the user named.
    pub(crate) fn check(
        &self,
        sample: &[u8],
        complete: bool,
        known: &dyn Fn(&str) -> bool,
        told: &dyn Fn(&str) -> bool,
    ) -> std::result::Result<(), Box<Fault>> {
        match self {
            Input::Csv(csv) => csv.check(sample, complete, known, told),
            Input::Json(_) | Input::Ndjson(_) => Ok(()),
        }
    }

    /// True where records end with a delimiter that the header has not.
    pub(crate) fn ends_with_delimiter(&self) -> bool {
        matches!(self, Input::Csv(csv) if csv.ends_with_delimiter())
    }

    /// The format, as `-f` names it.
    pub(crate) fn format(&self) -> Format {
        match self {
            Input::Csv(csv) if csv.delimiter() == b'\t' => Format::Tsv,
            Input::Csv(_) => Format::Csv,
            Input::Json(_) => Format::Json,
            Input::Ndjson(_) => Format::Ndjson,
        }
    }

    /// The delimiter of CSV and TSV.
    pub(crate) fn delimiter(&self) -> Option<u8> {
        match self {
            Input::Csv(csv) => Some(csv.delimiter()),
            Input::Json(_) | Input::Ndjson(_) => None,
        }
    }

    /// The names of the columns, and whether no record can have others.
    pub(crate) fn names(&self) -> (&[String], bool) {
        match self {
            Input::Csv(csv) => (csv.names(), true),
            Input::Json(json) => json.names(),
            Input::Ndjson(ndjson) => ndjson.names(),
        }
    }

    /// True if there is nothing that could have columns: not a single record,
    /// nor a header.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Input::Csv(_) => false,
            Input::Json(json) => json.is_empty(),
            Input::Ndjson(ndjson) => ndjson.is_empty(),
        }
    }

    /// The first values of each column, from the beginning of the input, and
    /// how many records were looked at.
    pub(crate) fn values(&self, sample: &[u8]) -> (Vec<Vec<String>>, usize) {
        match self {
            Input::Csv(csv) => csv.values(sample),
            Input::Json(json) => json.values(),
            Input::Ndjson(ndjson) => ndjson.values(),
        }
    }

    /// True if a record may have, or had, a column of this name.
    pub(crate) fn met(&self, name: &str) -> bool {
        match self {
            Input::Csv(csv) => csv.names().iter().any(|column| column == name),
            Input::Json(json) => json.met(name),
            Input::Ndjson(ndjson) => ndjson.met(name),
        }
    }

    /// How much of the input comes before the first record.
    pub(crate) fn prologue(&self) -> usize {
        match self {
            Input::Csv(csv) => csv.prologue(),
            Input::Json(json) => json.prologue(),
            Input::Ndjson(ndjson) => ndjson.prologue(),
        }
    }

    /// Takes over what was settled about the columns.
    pub(crate) fn settle(
        &mut self,
        mapping: &Mapping,
        labels: &Labels,
        replace: bool,
    ) -> Result<()> {
        match self {
            Input::Csv(csv) => csv.settle(mapping, labels, replace),
            Input::Json(json) => json.settle(mapping, labels, replace),
            Input::Ndjson(ndjson) => ndjson.settle(mapping, labels, replace),
        }
    }

    pub(crate) fn cutter(&self) -> Cutter {
        match self {
            Input::Csv(csv) => Cutter::Csv(csv.delimiter()),
            Input::Json(json) => Cutter::Json(json.cutter()),
            Input::Ndjson(ndjson) => Cutter::Ndjson(ndjson.cutter()),
        }
    }

    /// Writes what comes before the first record. `joined` says that another
    /// file's records were written before.
    pub(crate) fn begin(
        &self,
        prologue: &[u8],
        joined: bool,
        desk: &mut Desk<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        if let Some(convert) = &mut desk.convert {
            let (names, header) = match self {
                Input::Csv(csv) if csv.has_header() => (csv.names(), Header::Texts),
                Input::Csv(csv) => (csv.names(), Header::None),
                Input::Json(json) => (json.header(), Header::Keys),
                Input::Ndjson(ndjson) => (ndjson.header(), Header::Keys),
            };
            return convert.begin(names, desk.labels, header, out);
        }
        match self {
            Input::Csv(csv) => csv.begin(prologue, joined, desk.labels, out),
            Input::Json(_) | Input::Ndjson(_) => {
                if !joined {
                    out.extend_from_slice(prologue);
                }
            }
        }
        Ok(())
    }

    /// Labels the records of a batch.
    pub(crate) fn label(
        &mut self,
        batch: Batch<'_>,
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        match self {
            Input::Csv(csv) => csv.label(batch.text, batch.index, desk, sheet),
            Input::Json(json) => json.label(batch, desk, sheet),
            Input::Ndjson(ndjson) => ndjson.label(batch.text, desk, sheet),
        }
    }

    /// What to show of a batch around a byte that is no text: the same however
    /// the batch was cut. Records of JSON may share a line.
    pub(crate) fn context(&self, batch: &[u8], at: usize) -> Range<usize> {
        match self {
            Input::Csv(_) | Input::Ndjson(_) => 0..batch.len(),
            Input::Json(_) => json::context(batch, at),
        }
    }

    /// Checks what follows the last record.
    pub(crate) fn check_tail(&self, tail: &str) -> std::result::Result<(), Box<Fault>> {
        match self {
            Input::Csv(_) | Input::Ndjson(_) => Ok(()),
            Input::Json(json) => json.check_tail(tail),
        }
    }
}
