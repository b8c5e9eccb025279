//! Formats: how records are found in bytes, and how they are written with added fields.
//!
//! Owns what the formats share: detection, the `match` over them, and the interface
//! between them and their caller ([`records`]). A format finds records and fields,
//! hands over the texts of the columns that it is bound to, and writes a record's own
//! bytes with the added fields. It does not know what a text means.

mod added;
mod blocks;
mod convert;
pub(crate) mod csv;
mod detect;
mod fault;
mod foreign;
mod formula;
pub(crate) mod json;
pub(crate) mod ndjson;
mod records;
pub(crate) mod table;

use std::ops::Range;

use crate::error::Result;
use crate::input::{BOM, Format, Layout};
use crate::lexicon::normalize::visible;

use self::added::Frame;
pub(crate) use self::added::{AddedField, AddedFields, AddedValue, AddedValues, Text};
use self::convert::Header;
pub(crate) use self::convert::{Convert, other_columns};
pub(crate) use self::csv::CsvRecords;
pub(crate) use self::detect::detect;
pub(crate) use self::fault::{CHECK_EXPORT, Fault, FaultResult, input, taken, too_long};
#[cfg(feature = "cli")]
pub(crate) use self::formula::is_formula;
pub(crate) use self::json::JsonRecords;
pub(crate) use self::ndjson::NdjsonRecords;
pub(crate) use self::records::{Binding, Cells, Counts, Records, TakeTexts, TextSlot};

/// An open input, by format.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    Csv(csv::Input),
    Json(json::Input),
    Ndjson(ndjson::Input),
}

/// The end of the whole records in a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Up to here; more may follow.
    Batch(usize),
    /// Up to here; what follows holds no more records.
    Last(usize),
    /// Not even one record: read more.
    More,
}

/// Everything needed to find the end of the whole records in a buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cutter {
    Csv { delimiter: u8 },
    Json { series: json::Series },
    Ndjson { is_bulk: bool },
}

impl Cutter {
    /// Finds the end of the whole records in `buffer`; `complete` means that nothing
    /// follows it. What was found on the way may be left in `index`.
    pub(crate) fn cut(self, buffer: &[u8], complete: bool, index: &mut csv::Index) -> Cut {
        index.clear();
        match self {
            Cutter::Csv { delimiter } => csv::cut(buffer, complete, delimiter, index),
            Cutter::Json { series } => json::cut(buffer, complete, series),
            Cutter::Ndjson { is_bulk } => ndjson::cut(buffer, complete, is_bulk),
        }
    }
}

/// The bytes of whole records, and their position in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch<'a> {
    pub(crate) text: &'a str,
    /// No record of this input came before.
    pub(crate) first: bool,
    /// No record of this input follows.
    pub(crate) last: bool,
    /// What was found while it was cut.
    pub(crate) index: &'a csv::Index,
}

/// Everything needed to write records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out<'a> {
    pub(crate) added: &'a AddedFields,
    /// A format other than the input's.
    pub(crate) convert: Option<&'a Convert>,
    /// Records that cannot be read are set aside.
    pub(crate) rejects: bool,
}

/// How many records are read before the columns are decided.
pub(crate) const SAMPLE_RECORDS: usize = 100;

/// True for a whole text with neither a record nor a header: at most a byte order mark, white
/// space, and the lines that come before records without a header.
pub(crate) fn is_nothing(text: &[u8], layout: &Layout) -> bool {
    let plain = text.strip_prefix(BOM).unwrap_or(text);
    // A space is a field of CSV.
    let is_json = matches!(layout.format, Some(Format::Json | Format::Ndjson));
    let is_blank =
        |byte: &u8| matches!(byte, b'\r' | b'\n') || is_json && byte.is_ascii_whitespace();
    plain.iter().all(is_blank) || layout.no_header && !is_json && csv::holds_nothing(text, layout)
}

/// The beginning of a sampled value, without invisible characters; words are never
/// longer.
pub(crate) fn sampled(value: &str) -> String {
    beginning(&visible(value))
}

/// The beginning of a value, as it is.
pub(crate) fn beginning(value: &str) -> String {
    value.chars().take(200).collect()
}

impl Input {
    /// Opens an input of `format` from its beginning. `None` asks for more of it;
    /// `complete` means that there is no more.
    pub(crate) fn open(
        format: Format,
        layout: &Layout,
        sample: &[u8],
        complete: bool,
        feeds: &dyn Fn(&str) -> bool,
    ) -> FaultResult<Option<Self>> {
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

    /// Refuses input that would be read wrongly, as far as the beginning shows. `known`
    /// is true for the name of a column that feeds a criterion, `stated` for one that
    /// the user named.
    pub(crate) fn check(
        &self,
        sample: &[u8],
        complete: bool,
        known: &dyn Fn(&str) -> bool,
        stated: &dyn Fn(&str) -> bool,
    ) -> FaultResult {
        match self {
            Input::Csv(csv) => csv.check(sample, complete, known, stated),
            Input::Json(_) | Input::Ndjson(_) => Ok(()),
        }
    }

    /// True if records end with a delimiter that the header does not have.
    pub(crate) fn ends_with_delimiter(&self) -> bool {
        matches!(self, Input::Csv(csv) if csv.ends_with_delimiter())
    }

    /// The format, as an option names it.
    pub(crate) fn format(&self) -> Format {
        match self {
            Input::Csv(csv) if csv.delimiter == b'\t' => Format::Tsv,
            Input::Csv(_) => Format::Csv,
            Input::Json(_) => Format::Json,
            Input::Ndjson(_) => Format::Ndjson,
        }
    }

    /// False for CSV of which the first line is a record.
    pub(crate) fn has_header(&self) -> bool {
        match self {
            Input::Csv(csv) => csv.has_header(),
            Input::Json(_) | Input::Ndjson(_) => true,
        }
    }

    /// The delimiter of CSV and TSV.
    pub(crate) fn delimiter(&self) -> Option<u8> {
        match self {
            Input::Csv(csv) => Some(csv.delimiter),
            Input::Json(_) | Input::Ndjson(_) => None,
        }
    }

    /// True if there are action lines among the first lines.
    pub(crate) fn is_bulk(&self) -> bool {
        matches!(self, Input::Ndjson(ndjson) if ndjson.has_actions)
    }

    /// True if the records are objects under the keys of another.
    pub(crate) fn is_keyed(&self) -> bool {
        matches!(self, Input::Json(json) if json.series() == json::Series::Members)
    }

    /// How many columns CSV has, if the header has fewer, or if there is none.
    pub(crate) fn fields(&self) -> Option<usize> {
        match self {
            Input::Csv(csv) => csv.fields(),
            Input::Json(_) | Input::Ndjson(_) => None,
        }
    }

    /// The names of the columns, and whether records cannot have others.
    pub(crate) fn names(&self) -> (&[String], bool) {
        match self {
            Input::Csv(csv) => (&csv.names, true),
            Input::Json(json::Input { keys, .. }) | Input::Ndjson(ndjson::Input { keys, .. }) => {
                keys.names()
            }
        }
    }

    /// By column of objects: how many of the first ones come before one that has it; and how
    /// many were looked at.
    pub(crate) fn first_objects(&self) -> Option<(&[usize], usize)> {
        match self {
            Input::Csv(_) => None,
            Input::Json(json) => Some(json.keys.first_objects()),
            Input::Ndjson(ndjson) => Some(ndjson.keys.first_objects()),
        }
    }

    /// True if there is nothing that could have columns: neither a record nor a header.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Input::Csv(_) => false,
            Input::Json(json) => json.keys.is_empty(),
            Input::Ndjson(ndjson) => ndjson.keys.is_empty(),
        }
    }

    /// The first values of each column, from the beginning of the input, and the number
    /// of whole records they come from.
    pub(crate) fn values(&self, sample: &[u8], complete: bool) -> (Vec<Vec<String>>, usize) {
        match self {
            Input::Csv(csv) => csv.values(sample, complete),
            Input::Json(json) => json.keys.values(),
            Input::Ndjson(ndjson) => ndjson.keys.values(),
        }
    }

    /// The length of the input before the first record.
    pub(crate) fn prologue(&self) -> usize {
        match self {
            Input::Csv(csv) => csv.prologue,
            Input::Json(json) => json.prologue,
            Input::Ndjson(ndjson) => ndjson.bom,
        }
    }

    /// Sets which slots the columns fill and which fields are added; `overwrites`
    /// allows them to replace existing fields.
    pub(crate) fn bind(
        &mut self,
        binding: &Binding,
        added: &AddedFields,
        overwrites: bool,
    ) -> Result<()> {
        match self {
            Input::Csv(csv) => csv.bind(binding, added, overwrites),
            Input::Json(json) => json.keys.bind(binding, added, overwrites),
            Input::Ndjson(ndjson) => ndjson.keys.bind(binding, added, overwrites),
        }
    }

    /// The beginning of the first record.
    pub(crate) fn first_record(&self, sample: &[u8]) -> usize {
        json::text::skip_space(sample, self.prologue())
    }

    pub(crate) fn cutter(&self) -> Cutter {
        match self {
            Input::Csv(csv) => Cutter::Csv {
                delimiter: csv.delimiter,
            },
            Input::Json(json) => Cutter::Json {
                series: json.series(),
            },
            Input::Ndjson(ndjson) => Cutter::Ndjson {
                is_bulk: ndjson.is_bulk,
            },
        }
    }

    /// Writes the input before the first record, converted if the format changes.
    /// `joined` means that another file's records were written before.
    pub(crate) fn begin(
        &self,
        prologue: &[u8],
        joined: bool,
        added: &AddedFields,
        convert: Option<&mut Convert>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        if let Some(convert) = convert {
            let (names, header) = match self {
                Input::Csv(csv) if csv.has_header() => (&csv.names[..], Header::Texts),
                Input::Csv(csv) => (&csv.names[..], Header::None),
                Input::Json(json) => (json.keys.header(), Header::Keys),
                Input::Ndjson(ndjson) => (ndjson.keys.header(), Header::Keys),
            };
            return convert.begin(names, added, header, out);
        }
        match self {
            Input::Csv(csv) => csv.begin(prologue, joined, added, out),
            _ if joined => {}
            Input::Json(_) | Input::Ndjson(_) => out.extend_from_slice(prologue),
        }
        Ok(())
    }

    /// The part of a batch to show around a byte that is not text: the same wherever
    /// the batch was cut. Several JSON records may share a line.
    pub(crate) fn context(&self, batch: &[u8], at: usize) -> Range<usize> {
        match self {
            Input::Csv(_) | Input::Ndjson(_) => 0..batch.len(),
            Input::Json(_) => json::context(batch, at),
        }
    }

    /// Checks the input after the last record.
    pub(crate) fn check_tail(&self, tail: &str) -> FaultResult {
        match self {
            Input::Csv(_) | Input::Ndjson(_) => Ok(()),
            Input::Json(json) => json.check_tail(tail),
        }
    }
}
