//! CSV and TSV: the header, and records that keep their bytes.
//!
//! Owns how fields are added to raw records. Where records and fields are is
//! the [`grammar`]'s.

mod grammar;
mod scan;

use std::borrow::Cow;

use self::grammar::{after_break, detect_delimiter, is_special, unquoted, write_field};
pub(crate) use self::scan::{Found, Index};
use self::scan::{Record, Scanner, Unclosed, last_break, skip_breaks};
use super::{BOM, Cut, Desk, Fault, Passage, SAMPLE_RECORDS, Sheet, input, sampled};
use crate::columns::{Feed, Mapping};
use crate::error::Result;
use crate::intake::beginning;
use crate::labels::{Frame, Labels};

/// An open CSV input: what its header says.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    delimiter: u8,
    names: Vec<String>,
    /// The header without its line break.
    header_end: usize,
    prologue: usize,
    feeds: Vec<(usize, Feed)>,
    /// The columns that added fields overwrite, in their order.
    in_place: Vec<(usize, usize)>,
    /// The added fields that come after the record's own.
    appended: Vec<usize>,
    /// By added field: whether it may need quotes.
    quotable: Vec<bool>,
    /// Where all added fields come after the record's own, and need no quotes.
    frame: Frame,
}

/// How far `buffer` holds whole records.
pub(super) fn cut(buffer: &[u8], complete: bool, delimiter: u8, index: &mut Index) -> Cut {
    if complete {
        return Cut::Last(buffer.len());
    }
    last_break(buffer, delimiter, index).map_or(Cut::More, Cut::Batch)
}

impl Input {
    /// Reads the header; `None` where the sample does not hold all of it.
    pub(super) fn open(
        sample: &[u8],
        complete: bool,
        delimiter: Option<u8>,
    ) -> std::result::Result<Option<Self>, Box<Fault>> {
        let bom = if sample.starts_with(BOM) {
            BOM.len()
        } else {
            0
        };
        let start = skip_breaks(sample, bom);
        if start == sample.len() {
            if !complete {
                return Ok(None);
            }
            let error = input("the file is empty: no header, no records")
                .expected("a first line with the names of the columns");
            return Err(Fault::of_input(0, error));
        }
        let delimiter = delimiter.unwrap_or_else(|| detect_delimiter(&sample[start..], complete));
        let mut scanner = Scanner::new(sample, start, delimiter);
        let header = match scanner.next() {
            Some(Ok(header)) if header.end() < sample.len() || complete => header,
            Some(Err(Unclosed { quote, .. })) if complete => return Err(unclosed(quote, None)),
            _ => return Ok(None),
        };
        let end = header.end();
        let prologue = after_break(sample, end);
        if prologue == sample.len() && sample.ends_with(b"\r") && !complete {
            return Ok(None);
        }
        let text = std::str::from_utf8(&sample[..end]).map_err(|error| {
            Fault::not_utf8(sample, error.valid_up_to(), None, &beginning(sample))
        })?;
        Ok(Some(Input {
            delimiter,
            names: header
                .fields()
                .map(|place| unquoted(&text[place]).into_owned())
                .collect(),
            header_end: end,
            prologue,
            feeds: Vec::new(),
            in_place: Vec::new(),
            appended: Vec::new(),
            quotable: Vec::new(),
            frame: Frame::default(),
        }))
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The first values of each column; records that cannot be read have none.
    pub(super) fn values(&self, sample: &[u8]) -> (Vec<Vec<String>>, usize) {
        let mut values = vec![Vec::new(); self.names.len()];
        let mut scanner = Scanner::new(sample, self.prologue, self.delimiter);
        let mut records = 0;
        while records < SAMPLE_RECORDS
            && let Some(Ok(record)) = scanner.next()
        {
            records += 1;
            let start = record.start();
            let Ok(text) = std::str::from_utf8(&sample[start..record.end()]) else {
                break;
            };
            if record.width() == self.names.len() {
                for (values, place) in values.iter_mut().zip(record.fields()) {
                    let raw = &text[place.start - start..place.end - start];
                    values.push(sampled(&unquoted(raw)));
                }
            }
        }
        (values, records)
    }

    pub(super) fn prologue(&self) -> usize {
        self.prologue
    }

    pub(super) fn settle(
        &mut self,
        mapping: &Mapping,
        labels: &Labels,
        replace: bool,
    ) -> Result<()> {
        let delimiter = self.delimiter;
        let fields = labels.fields().iter();
        self.quotable = fields
            .map(|field| labels.may_hold(*field, |byte| is_special(byte, delimiter)))
            .collect();
        let feeds = mapping.feeds.iter().enumerate();
        self.feeds = feeds
            .flat_map(|(column, feeds)| feeds.iter().map(move |feed| (column, *feed)))
            .collect();
        for (field, name) in labels.names().iter().enumerate() {
            let columns = self.names.iter().enumerate();
            let there = columns.filter(|(_, column)| *column == name);
            let there: Vec<_> = there.map(|(column, _)| (column, field)).collect();
            if there.is_empty() {
                self.appended.push(field);
            } else if !replace {
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

    /// Writes the header with the names of the added fields.
    pub(super) fn begin(&self, prologue: &[u8], joined: bool, labels: &Labels, out: &mut Vec<u8>) {
        if joined {
            return;
        }
        out.extend_from_slice(&prologue[..self.header_end]);
        for field in &self.appended {
            out.push(self.delimiter);
            write_field(&labels.names()[*field], self.delimiter, out);
        }
        out.extend_from_slice(&prologue[self.header_end..]);
    }

    pub(super) fn label(
        &mut self,
        text: &str,
        index: &[Found],
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let bytes = text.as_bytes();
        let mut passage = Passage::new(text, desk);
        let mut scanner = Scanner::with_index(bytes, self.delimiter, index);
        while let Some(found) = scanner.next() {
            sheet.records += 1;
            let record = match found {
                Ok(record) => record,
                Err(Unclosed { record, quote }) => {
                    passage.pass(record, &mut sheet.out);
                    return Err(unclosed(quote, Some(sheet.records)));
                }
            };
            match self.judge(text, &record, desk, sheet.records) {
                Ok(true) => self.write(text, &record, &mut passage, desk, &mut sheet.out),
                Ok(false) => {
                    // Set aside: with its line break, and nothing of it stays.
                    let end = after_break(bytes, record.end());
                    passage.pass(record.start(), &mut sheet.out);
                    passage.skip(end);
                    sheet.rejects.extend_from_slice(&bytes[record.start()..end]);
                    sheet.rejected += 1;
                }
                Err(fault) => {
                    passage.pass(record.start(), &mut sheet.out);
                    return Err(fault);
                }
            }
        }
        passage.pass(bytes.len(), &mut sheet.out);
        Ok(())
    }

    /// Judges a record; false where it is to be set aside.
    #[inline(never)]
    fn judge(
        &self,
        text: &str,
        record: &Record<'_>,
        desk: &mut Desk<'_>,
        number: u64,
    ) -> std::result::Result<bool, Box<Fault>> {
        if record.width() != self.names.len() {
            if desk.set_aside {
                return Ok(false);
            }
            let (found, wanted) = (record.width(), self.names.len());
            return Err(ragged(record.start(), number, found, wanted));
        }
        let judge = &mut desk.judge;
        judge.begin();
        for (column, feed) in &self.feeds {
            let told = judge.take(feed, text, record.field(*column), unquoted);
            told.map_err(|unread| self.unread(record.start(), number, &unread, judge.rules))?;
        }
        judge
            .decide()
            .map_err(|unread| self.unread(record.start(), number, &unread, judge.rules))?;
        Ok(true)
    }

    fn unread(
        &self,
        start: usize,
        record: u64,
        unread: &crate::judge::Unread,
        rules: &crate::rules::compile::Rules,
    ) -> Box<Fault> {
        let column = self
            .feeds
            .iter()
            .find(|(_, feed)| feed.criterion == unread.criterion);
        let column = column.map_or("", |(column, _)| &self.names[*column]);
        Fault::unread(
            start,
            record,
            column,
            unread,
            &rules.rulebook().criteria[unread.criterion].name,
        )
    }

    /// Writes a record with the added fields.
    fn write(
        &self,
        text: &str,
        record: &Record<'_>,
        passage: &mut Passage<'_>,
        desk: &mut Desk<'_>,
        out: &mut Vec<u8>,
    ) {
        let end = record.end();
        if let Some(convert) = &mut desk.convert {
            let cells = record.fields().map(|place| unquoted(&text[place]));
            let cells: Vec<Cow<'_, str>> = cells.collect();
            convert.texts(&self.names, &cells, &desk.judge, desk.labels, out);
            passage.skip(end);
            return;
        }
        for &(column, field) in &self.in_place {
            let place = record.field(column);
            passage.pass(place.start, out);
            self.write_added(field, desk, out);
            passage.skip(place.end);
        }
        passage.pass(end, out);
        if !self.frame.is_none() {
            let evaluation = &desk.judge.evaluation;
            return desk.labels.write_framed(&self.frame, evaluation, out);
        }
        for &field in &self.appended {
            out.push(self.delimiter);
            self.write_added(field, desk, out);
        }
    }

    fn write_added(&self, field: usize, desk: &Desk<'_>, out: &mut Vec<u8>) {
        let evaluation = &desk.judge.evaluation;
        let kind = desk.labels.fields()[field];
        if !self.quotable[field] {
            return desk.labels.write(kind, evaluation, out);
        }
        let mut text = Vec::new();
        desk.labels.write(kind, evaluation, &mut text);
        write_field(&String::from_utf8_lossy(&text), self.delimiter, out);
    }
}

fn ragged(at: usize, record: u64, found: usize, header: usize) -> Box<Fault> {
    let fields = |n: usize| format!("{n} field{}", if n == 1 { "" } else { "s" });
    let error = input(format!("the record has {}, the header has {}", fields(found), fields(header)))
        .expected(format!("{} in each record", fields(header)))
        .advice("correct the record (a field that holds the delimiter or a line break needs quotes), or set such records aside: --rejects FILE");
    Fault::new(at, record, error)
}

fn unclosed(at: usize, record: Option<u64>) -> Box<Fault> {
    let error = input("a quote opens a field here and is never closed")
        .expected("a second quote before the next delimiter or line break")
        .advice("close it; a quote that is data is doubled (\"\") in a quoted field");
    Box::new(Fault {
        record,
        ..*Fault::of_input(at, error).with_character()
    })
}
