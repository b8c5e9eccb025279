//! The records of a CSV batch, one after the other.
//!
//! Owns what happens to a record: its texts are handed over and fields are added to its
//! own bytes; a record with too few fields is filled up, and one that cannot be read is
//! left out.

use std::borrow::Cow;
use std::ops::Range;

use super::grammar::{after_break, unquoted, write_field};
use super::scan::{Index, Record, Scanner, Unclosed};
use super::{Input, swallowed, swallowing, unclosed};
use crate::format::convert::{Added, Convert};
use crate::format::records::{Passage, two};
use crate::format::{
    AddedFields, AddedValue, AddedValues, Cells, Counts, Fault, Out, Records, TakeTexts,
};
use crate::input::line_breaks;

/// The records of a batch.
pub(crate) struct CsvRecords<'b> {
    input: &'b Input,
    text: &'b str,
    scanner: Scanner<'b>,
    passage: Passage<'b>,
    writer: Writer<'b>,
    /// Records that cannot be read are set aside, so the help does not suggest it.
    rejects: bool,
    number: u64,
    start: usize,
    /// The current record, filled up with the missing delimiters.
    padded: Option<String>,
    /// The end of the current record, if it can be left out.
    rejectable: Option<usize>,
    counts: Counts,
}

/// Everything needed to write a record.
#[derive(Clone, Copy)]
struct Writer<'b> {
    input: &'b Input,
    added: &'b AddedFields,
    convert: Option<&'b Convert>,
}

impl<'b> CsvRecords<'b> {
    pub(crate) fn new(input: &'b Input, text: &'b str, index: &'b Index, out: Out<'b>) -> Self {
        CsvRecords {
            input,
            text,
            scanner: Scanner::with_index(text.as_bytes(), input.delimiter, index),
            passage: Passage::new(text, out.convert.is_none()),
            writer: Writer {
                input,
                added: out.added,
                convert: out.convert,
            },
            rejects: out.rejects,
            number: 0,
            start: 0,
            padded: None,
            rejectable: None,
            counts: Counts::default(),
        }
    }

    /// Fills up a record with too few fields, or reports what is wrong with it; also
    /// for one that swallowed others.
    #[cold]
    fn misfit(&mut self, to: &mut impl TakeTexts) -> Result<(), Box<Fault>> {
        let (input, record) = (self.input, self.scanner.record());
        let (start, end, width) = (record.start(), record.end(), record.width());
        let quote = swallowed(self.text.as_bytes(), &record);
        if quote.is_none() && input.is_short(&record) {
            // Read again with the missing delimiters.
            let mut whole = self.text[start..end].to_owned();
            let missing = input.width - width;
            whole.extend(std::iter::repeat_n(char::from(input.delimiter), missing));
            let mut scanner = Scanner::new(whole.as_bytes(), 0, input.delimiter);
            if let Some(Ok(filled)) = scanner.next()
                && input.fits(&filled)
            {
                take_texts(input, &whole, &filled, to);
                self.padded = Some(whole);
                self.counts.padded += 1;
                return Ok(());
            }
        }
        self.rejectable = Some(end);
        if let Some(quote) = quote {
            let lines = line_breaks(&self.text.as_bytes()[quote..end]);
            return Err(swallowing(quote, Some(self.number), lines));
        }
        let widths = &input.widths;
        Err(widths.ragged(start, self.number, width, !self.rejects))
    }

    /// Writes the current record, which was filled up.
    #[cold]
    fn write_padded(&mut self, whole: &str, values: &impl AddedValues, out: &mut Vec<u8>) {
        let end = self.scanner.record().end();
        self.passage.pass(self.start, out);
        let mut scanner = Scanner::new(whole.as_bytes(), 0, self.input.delimiter);
        if let Some(Ok(filled)) = scanner.next() {
            let mut passage = Passage::new(whole, self.writer.convert.is_none());
            (self.writer).record(whole, &filled, &mut passage, values, out);
            passage.pass(whole.len(), out);
        }
        self.passage.skip(end);
    }
}

impl Writer<'_> {
    /// Writes a record with the added fields.
    #[inline(always)]
    fn record(
        self,
        text: &str,
        record: &Record<'_>,
        passage: &mut Passage<'_>,
        values: &impl AddedValues,
        out: &mut Vec<u8>,
    ) {
        let input = self.input;
        let end = record.end() - input.behind;
        if let Some(convert) = self.convert {
            self.convert(convert, text, record, values, out);
            passage.skip(end);
            return;
        }
        if input.frame.is_none() {
            return self.fields(record, end, passage, values, out);
        }
        passage.pass(end, out);
        self.added.write_framed(&input.frame, values, out);
    }

    /// Writes a record whose added fields overwrite others, or may need quotes.
    fn fields(
        self,
        record: &Record<'_>,
        end: usize,
        passage: &mut Passage<'_>,
        values: &dyn AddedValues,
        out: &mut Vec<u8>,
    ) {
        let input = self.input;
        for &(column, field) in &input.in_place {
            let place = record.field(column);
            passage.pass(place.start, out);
            self.write_added(field, values.of(field), out);
            passage.skip(place.end);
        }
        passage.pass(end, out);
        for &field in &input.appended {
            out.push(input.delimiter);
            self.write_added(field, values.of(field), out);
        }
    }

    fn convert(
        self,
        convert: &Convert,
        text: &str,
        record: &Record<'_>,
        values: &dyn AddedValues,
        out: &mut Vec<u8>,
    ) {
        let fields = record.fields().take(self.input.names.len());
        let cells = fields.map(|place| unquoted(&text[place]));
        let cells: Vec<Cow<'_, str>> = cells.collect();
        let added = Added {
            fields: self.added,
            texts: self.added.texts(values),
        };
        convert.texts(&self.input.names, &cells, &added, out);
    }

    fn write_added(self, field: usize, value: AddedValue<'_>, out: &mut Vec<u8>) {
        if self.input.quotable[field] {
            let text = self.added.text(field, value);
            write_field(&text, self.input.delimiter, out);
        } else {
            self.added.write(field, value, out);
        }
    }
}

/// The cells of a record, without those that have no column.
struct RecordCells<'r> {
    input: &'r Input,
    text: &'r str,
    record: &'r Record<'r>,
}

impl Cells for RecordCells<'_> {
    #[inline(always)]
    fn count(&self) -> usize {
        self.input.names.len().min(self.record.width())
    }

    #[inline(always)]
    fn raw(&self, place: usize) -> &[u8] {
        &self.text.as_bytes()[self.record.field(place)]
    }

    #[inline(always)]
    fn glance(&self, place: usize) -> [u8; 3] {
        let Some([first, cell]) = self.record.beginnings(place) else {
            return [0; 3];
        };
        let bytes = self.text.as_bytes();
        // A cell that is shorter is followed by a delimiter or by a line break.
        let is_empty = match bytes.get(first) {
            Some(b'"') => bytes.get(first + 1) == Some(&b'"'),
            Some(byte) => *byte == self.input.delimiter,
            None => true,
        };
        if is_empty {
            return [0; 3];
        }
        let [one, two] = two(bytes.get(cell..).unwrap_or_default());
        [
            one,
            two,
            self.input.initials.get(place).copied().unwrap_or(0),
        ]
    }

    fn text(&self, place: usize) -> Cow<'_, str> {
        unquoted(&self.text[self.record.field(place)])
    }

    #[inline(always)]
    fn name(&self, place: usize) -> Option<&str> {
        // Without a header the names are numbers, and not its cells.
        let name = self.input.names.get(place);
        name.filter(|_| self.input.has_header()).map(String::as_str)
    }
}

/// Hands over the texts of a record with the right width.
#[inline(always)]
fn take_texts(input: &Input, text: &str, record: &Record<'_>, to: &mut impl TakeTexts) {
    let cells = RecordCells {
        input,
        text,
        record,
    };
    if to.is_furniture(&cells) {
        return keep_texts(input, text, record, to);
    }
    for (column, slot) in &input.slots {
        let place: Range<usize> = record.field(*column as usize);
        to.take(*slot, text, place, unquoted);
    }
}

/// Hands over the texts of a record that are only kept.
#[cold]
fn keep_texts(input: &Input, text: &str, record: &Record<'_>, to: &mut impl TakeTexts) {
    for (column, slot) in &input.slots {
        to.keep(*slot, &text[record.field(*column as usize)], unquoted);
    }
}

impl Records for CsvRecords<'_> {
    #[inline(always)]
    fn next(&mut self, to: &mut impl TakeTexts) -> Option<Result<(), Box<Fault>>> {
        let advanced = self.scanner.advance()?;
        self.number += 1;
        self.padded = None;
        self.rejectable = None;
        if let Err(Unclosed { record, quote }) = advanced {
            self.start = record;
            return Some(Err(unclosed(quote, Some(self.number))));
        }
        let record = self.scanner.record();
        self.start = record.start();
        let is_sound = !record.may_swallow() || swallowed(self.text.as_bytes(), &record).is_none();
        if !is_sound || !self.input.fits(&record) {
            return Some(self.misfit(to));
        }
        take_texts(self.input, self.text, &record, to);
        Some(Ok(()))
    }

    fn number(&self) -> u64 {
        self.number
    }

    fn start(&self) -> usize {
        self.start
    }

    fn length(&self) -> usize {
        self.scanner.record().end().saturating_sub(self.start)
    }

    fn written(&self, out: &[u8]) -> usize {
        self.passage.written(self.start, out)
    }

    #[inline(always)]
    fn write(&mut self, values: &impl AddedValues, out: &mut Vec<u8>) -> Result<(), Box<Fault>> {
        if let Some(whole) = self.padded.take() {
            self.write_padded(&whole, values, out);
            return Ok(());
        }
        let record = self.scanner.record();
        (self.writer).record(self.text, &record, &mut self.passage, values, out);
        Ok(())
    }

    #[cold]
    fn reject(&mut self, out: &mut Vec<u8>, rejects: &mut Vec<u8>) -> bool {
        let Some(end) = self.rejectable else {
            return false;
        };
        // With its line break; nothing of it stays.
        let bytes = self.text.as_bytes();
        let end = after_break(bytes, end);
        self.passage.pass(self.start, out);
        self.passage.skip(end);
        rejects.extend_from_slice(&bytes[self.start..end]);
        true
    }

    fn break_off(&mut self, out: &mut Vec<u8>) {
        self.passage.pass(self.start, out);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.passage.pass(self.text.len(), out);
    }

    fn counts(&self) -> Counts {
        self.counts
    }
}
