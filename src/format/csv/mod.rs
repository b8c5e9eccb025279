//! CSV and TSV: records that keep their bytes.
//!
//! Owns what is decided before the first record (the delimiter, the header, the names
//! of the columns, the width of records), and how fields are added to raw records. The
//! [`grammar`] defines records and fields.

mod beginning;
mod delimiter;
mod doubts;
mod grammar;
mod headers;
mod kinds;
mod records;
mod scan;
mod walk;
mod widths;

use std::iter::repeat_n;

use self::beginning::{Start, first_rows};
use self::grammar::{after_break, is_special, swallows_lines, unquoted, write_field};
pub(crate) use self::records::CsvRecords;
pub(crate) use self::scan::Index;
use self::scan::{Record, Scanner, Unclosed, last_break};
use self::widths::Widths;
use crate::error::{Help, Result, Setting};
use crate::format::records::initial;
use crate::format::{
    AddedFields, Binding, Cut, Fault, FaultResult, Frame, SAMPLE_RECORDS, TextSlot, input, sampled,
};
use crate::input::{Format, Layout, beginning, line_breaks};

/// How many values of each column are used, if they were read anyway.
const MOST_VALUES: usize = 10 * SAMPLE_RECORDS;

/// An open CSV input, as described by its header.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(super) delimiter: u8,
    pub(super) names: Vec<String>,
    /// The first byte of each column's name; 0 if it has none.
    initials: Vec<u8>,
    /// The beginning of the header, or of the first record if there is none.
    start: usize,
    /// The end of the header, before its line break; none without a header.
    header_end: Option<usize>,
    /// The length of the input before the first record.
    pub(super) prologue: usize,
    widths: Widths,
    /// How many fields a record has.
    width: usize,
    /// How many bytes of a record come after the added fields.
    behind: usize,
    /// The columns that fill slots, in order.
    slots: Vec<(u32, TextSlot)>,
    /// The columns that added fields overwrite, in order.
    in_place: Vec<(usize, usize)>,
    /// The added fields that come after the record's own.
    appended: Vec<usize>,
    /// By added field: whether it may need quotes.
    quotable: Vec<bool>,
    /// Set if all added fields come after the record's own, and need no quotes.
    frame: Frame,
}

/// True if nothing follows the lines before the first record of a whole text.
pub(super) fn holds_nothing(text: &[u8], layout: &Layout) -> bool {
    Start::find(text, true, layout.skip_lines).is_err()
}

/// The end of the whole records in `buffer`.
pub(super) fn cut(buffer: &[u8], complete: bool, delimiter: u8, index: &mut Index) -> Cut {
    if complete {
        return Cut::Last(buffer.len());
    }
    last_break(buffer, delimiter, index).map_or(Cut::More, Cut::Batch)
}

impl Input {
    /// Reads the input before the first record; `None` if the sample does not contain
    /// all of it. `format` is stated by the layout, or detected.
    pub(in crate::format) fn open(
        sample: &[u8],
        complete: bool,
        format: Format,
        layout: &Layout,
    ) -> FaultResult<Option<Self>> {
        let Some(Start { at: start, sep }) = Start::find(sample, complete, layout.skip_lines)?
        else {
            return Ok(None);
        };
        let tab = |format| (format == Format::Tsv).then_some(b'\t');
        let delimiter = layout
            .delimiter
            .or(layout.format.and_then(tab))
            .or(sep)
            .or(tab(format))
            .or(layout.frozen.then_some(b','))
            .unwrap_or_else(|| delimiter::detect(sample, start, complete));
        let mut scanner = Scanner::new(sample, start, delimiter);
        let first = match scanner.next() {
            Some(Ok(first)) if first.end() < sample.len() || complete => first,
            Some(Err(Unclosed { quote, .. })) if complete => {
                let record = layout.no_header.then_some(1);
                return Err(unclosed(quote, record));
            }
            _ => return Ok(None),
        };
        if let Some(quote) = swallowed(sample, &first).filter(|_| !layout.no_header) {
            let lines = line_breaks(&sample[quote..first.end()]);
            return Err(swallowing(quote, None, lines));
        }
        let end = first.end();
        let behind = after_break(sample, end);
        if behind == sample.len() && sample.ends_with(b"\r") && !complete {
            return Ok(None);
        }
        let text = std::str::from_utf8(&sample[..end]).map_err(|error| {
            Fault::not_utf8(sample, error.valid_up_to(), None, &beginning(sample))
        })?;
        let rows = first_rows(sample, start, delimiter, complete);
        let widths = Widths::of(&rows, layout);
        let texts = first
            .fields()
            .map(|place| unquoted(&text[place]).into_owned());
        let names: Vec<String> = match layout.no_header {
            true => (1..=widths.columns())
                .map(|number| number.to_string())
                .collect(),
            false => texts
                .chain(repeat_n(String::new(), widths.unnamed))
                .collect(),
        };
        let initials = names.iter().map(|name| initial(name));
        Ok(Some(Input {
            delimiter,
            initials: initials.collect(),
            names,
            start,
            header_end: (!layout.no_header).then_some(end),
            prologue: if layout.no_header { start } else { behind },
            width: widths.record(),
            behind: widths.trailing,
            widths,
            slots: Vec::new(),
            in_place: Vec::new(),
            appended: Vec::new(),
            quotable: Vec::new(),
            frame: Frame::default(),
        }))
    }

    /// False where the first line is a record.
    pub(super) fn has_header(&self) -> bool {
        self.header_end.is_some()
    }

    /// How many columns there are, if the header has fewer, or if there is none.
    pub(super) fn fields(&self) -> Option<usize> {
        let is_shown = self.widths.unnamed() > 0 || !self.has_header();
        Some(self.names.len()).filter(|_| is_shown)
    }

    /// True if records end with a delimiter that the header does not have.
    pub(super) fn ends_with_delimiter(&self) -> bool {
        self.behind > 0
    }

    /// The first values of each column, of whole records; those that cannot be read have
    /// none.
    pub(super) fn values(&self, sample: &[u8], complete: bool) -> (Vec<Vec<String>>, usize) {
        let mut values = vec![Vec::new(); self.names.len()];
        let records = &sample[self.prologue..];
        let end = match cut(records, complete, self.delimiter, &mut Index::default()) {
            Cut::Batch(end) | Cut::Last(end) => self.prologue + end,
            Cut::More => self.prologue,
        };
        let mut scanner = Scanner::new(&sample[..end], self.prologue, self.delimiter);
        let mut records = 0;
        while records < MOST_VALUES
            && let Some(Ok(record)) = scanner.next()
        {
            records += 1;
            let start = record.start();
            let Ok(text) = std::str::from_utf8(&sample[start..record.end()]) else {
                break;
            };
            if self.fits(&record) || self.is_short(&record) {
                let mut fields = record.fields();
                for values in &mut values {
                    let raw = fields
                        .next()
                        .map(|place| &text[place.start - start..place.end - start]);
                    values.push(raw.map_or(String::new(), |raw| sampled(&unquoted(raw))));
                }
            }
        }
        (values, records)
    }

    /// Sets which slots the columns fill and which fields are added; `overwrites`
    /// allows them to replace existing fields.
    pub(super) fn bind(
        &mut self,
        binding: &Binding,
        added: &AddedFields,
        overwrites: bool,
    ) -> Result<()> {
        let delimiter = self.delimiter;
        let names = added.names().iter().enumerate();
        self.quotable = (0..added.names().len())
            .map(|field| added.may_hold(field, |byte| is_special(byte, delimiter)))
            .collect();
        let slots = binding.iter().enumerate();
        self.slots = slots
            .flat_map(|(column, slots)| slots.iter().map(move |slot| (column as u32, *slot)))
            .collect();
        for (field, name) in names {
            let columns = self.names.iter().enumerate();
            let there = columns.filter(|(_, column)| *column == name);
            let there: Vec<_> = there.map(|(column, _)| (column, field)).collect();
            if there.is_empty() {
                self.appended.push(field);
            } else if !overwrites {
                return Err(super::taken(name));
            }
            self.in_place.extend(there);
        }
        self.in_place.sort_unstable();
        if self.in_place.is_empty() && !self.quotable.contains(&true) {
            self.frame = Frame::new(self.appended.iter().map(|_| vec![delimiter]));
        }
        Ok(())
    }

    /// Writes the input before the first record: the header with the names of the added
    /// fields.
    pub(super) fn begin(
        &self,
        prologue: &[u8],
        joined: bool,
        added: &AddedFields,
        out: &mut Vec<u8>,
    ) {
        if joined {
            return;
        }
        let Some(end) = self.header_end else {
            return out.extend_from_slice(prologue);
        };
        out.extend_from_slice(&prologue[..end]);
        out.extend(repeat_n(self.delimiter, self.widths.unnamed));
        for field in &self.appended {
            out.push(self.delimiter);
            write_field(&added.names()[*field], self.delimiter, out);
        }
        out.extend_from_slice(&prologue[end..]);
    }

    /// True if a record has the right number of fields.
    fn fits(&self, record: &Record<'_>) -> bool {
        record.width() == self.width
            && (self.behind == 0 || record.field(self.width - 1).is_empty())
    }

    /// True for a record that is filled up with empty fields.
    fn is_short(&self, record: &Record<'_>) -> bool {
        self.widths.pads && record.width() < self.width
    }
}

/// The place of a quote that opens a field which swallowed lines.
#[cold]
fn swallowed(text: &[u8], record: &Record<'_>) -> Option<usize> {
    let mut fields = record.fields();
    let field = fields.find(|place| swallows_lines(&text[place.clone()]))?;
    Some(field.start)
}

fn swallowing(at: usize, record: Option<u64>, lines: u64) -> Box<Fault> {
    let lines = match lines {
        1 => "line".to_owned(),
        _ => format!("{lines} lines"),
    };
    let error = input(format!("a quote opens a field here that runs over the next {lines}, with text after its closing quote"))
        .expected("a closing quote, followed by a delimiter or line break")
        .help(
            Help::from("quote the field and double the quote (\"5\"\" pipe\")")
                .in_case("the quote is part of the text")
                .or(Help::set("set such records aside", Setting::Rejects, "FILE")),
        );
    Fault::new(at, record, error).with_character()
}

fn unclosed(at: usize, record: Option<u64>) -> Box<Fault> {
    let error = input("a quote opens a field here and is never closed")
        .expected("a closing quote, followed by a delimiter or line break")
        .help("close the field; write a quote inside a quoted field twice (\"\")");
    Fault::new(at, record, error).with_character()
}
