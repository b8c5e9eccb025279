//! CSV and TSV: records that keep their bytes.
//!
//! Owns how fields are added to raw records. Where records and fields are is
//! the [`grammar`]'s; what the beginning of a file tells about all of it is found
//! out when it is [opened](opening).

mod beginning;
mod delimiter;
mod doubts;
mod grammar;
mod kinds;
mod opening;
mod scan;
mod walk;
mod widths;

use std::borrow::Cow;

use self::grammar::{after_break, is_special, swallows_lines, unquoted, write_field};
pub(crate) use self::scan::Index;
use self::scan::{Record, Scanner, Unclosed, last_break};
use self::widths::Widths;
use crate::columns::{Feed, Mapping};
use crate::error::{Help, Result, Setting};
use crate::format::{Cut, Desk, Fault, Passage, SAMPLE_RECORDS, Sheet, input, sampled};
use crate::input::line_breaks;
use crate::labels::{Frame, Labels};

/// So many values of each column are looked at, if they were read anyway.
const MOST_VALUES: usize = 10 * SAMPLE_RECORDS;

/// An open CSV input: what its header says.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    delimiter: u8,
    names: Vec<String>,
    /// Where the header begins, or the first record if there is none.
    start: usize,
    /// Where the header ends, before its line break; none without a header.
    header_end: Option<usize>,
    prologue: usize,
    widths: Widths,
    /// How many fields a record has.
    width: usize,
    /// How many bytes of a record come behind the added fields.
    behind: usize,
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
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// False where the first line is a record.
    pub(super) fn has_header(&self) -> bool {
        self.header_end.is_some()
    }

    /// True where records end with a delimiter that the header has not.
    pub(super) fn ends_with_delimiter(&self) -> bool {
        self.behind > 0
    }

    /// The first values of each column; records that cannot be read have none.
    pub(super) fn values(&self, sample: &[u8]) -> (Vec<Vec<String>>, usize) {
        let mut values = vec![Vec::new(); self.names.len()];
        let mut scanner = Scanner::new(sample, self.prologue, self.delimiter);
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
                return Err(crate::format::taken(name));
            }
            self.in_place.extend(there);
        }
        self.in_place.sort_unstable();
        if self.in_place.is_empty() && !self.quotable.contains(&true) {
            self.frame = Frame::new(self.appended.iter().map(|_| vec![delimiter]));
        }
        Ok(())
    }

    /// Writes what comes before the first record: the header with the names of the
    /// added fields.
    pub(super) fn begin(&self, prologue: &[u8], joined: bool, labels: &Labels, out: &mut Vec<u8>) {
        if joined {
            return;
        }
        let Some(end) = self.header_end else {
            return out.extend_from_slice(prologue);
        };
        out.extend_from_slice(&prologue[..end]);
        out.extend(std::iter::repeat_n(self.delimiter, self.widths.unnamed));
        for field in &self.appended {
            out.push(self.delimiter);
            write_field(&labels.names()[*field], self.delimiter, out);
        }
        out.extend_from_slice(&prologue[end..]);
    }

    pub(super) fn label(
        &mut self,
        text: &str,
        index: &Index,
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
            let is_sound = !record.may_swallow() || swallowed(bytes, &record).is_none();
            let told = if is_sound && self.fits(&record) {
                let told = self.judge(text, &record, desk, (sheet.records, record.start()));
                told.map(|()| self.write(text, &record, &mut passage, desk, &mut sheet.out))
            } else {
                self.misfit(text, &record, &mut passage, desk, sheet)
            };
            if let Err(fault) = told {
                passage.pass(record.start(), &mut sheet.out);
                return Err(fault);
            }
        }
        passage.pass(bytes.len(), &mut sheet.out);
        Ok(())
    }

    /// True where a record has as many fields as it should have.
    fn fits(&self, record: &Record<'_>) -> bool {
        record.width() == self.width
            && (self.behind == 0 || record.field(self.width - 1).is_empty())
    }

    /// True for a record that is filled up.
    fn is_short(&self, record: &Record<'_>) -> bool {
        self.widths.pads && record.width() < self.width
    }

    /// Fills a record up that has not as many fields as it should have, or sets
    /// it aside; one that swallowed others too.
    #[cold]
    fn misfit(
        &self,
        text: &str,
        record: &Record<'_>,
        passage: &mut Passage<'_>,
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let (start, end) = (record.start(), record.end());
        let quote = swallowed(text.as_bytes(), record);
        if quote.is_none() && self.is_short(record) {
            // Read again with the delimiters that are missing.
            let mut whole = text[start..end].to_owned();
            let missing = self.width - record.width();
            whole.extend(std::iter::repeat_n(char::from(self.delimiter), missing));
            let mut scanner = Scanner::new(whole.as_bytes(), 0, self.delimiter);
            if let Some(Ok(filled)) = scanner.next()
                && self.fits(&filled)
            {
                self.judge(&whole, &filled, desk, (sheet.records, start))
                    .map_err(|fault| {
                        Box::new(Fault {
                            at: start,
                            ..*fault
                        })
                    })?;
                passage.pass(start, &mut sheet.out);
                let mut own = Passage::new(&whole, desk);
                self.write(&whole, &filled, &mut own, desk, &mut sheet.out);
                own.pass(whole.len(), &mut sheet.out);
                passage.skip(end);
                sheet.padded += 1;
                return Ok(());
            }
        }
        if let (Some(quote), false) = (quote, desk.sets_aside(sheet.records)) {
            let lines = line_breaks(&text.as_bytes()[quote..end]);
            return Err(swallowing(quote, Some(sheet.records), lines));
        }
        if !desk.sets_aside(sheet.records) {
            return Err(self
                .widths
                .ragged(start, sheet.records, record.width(), !desk.set_aside));
        }
        // With its line break; nothing of it stays.
        let bytes = text.as_bytes();
        let end = after_break(bytes, end);
        passage.pass(start, &mut sheet.out);
        passage.skip(end);
        sheet.rejects.extend_from_slice(&bytes[start..end]);
        sheet.rejected += 1;
        Ok(())
    }

    #[inline(never)]
    fn judge(
        &self,
        text: &str,
        record: &Record<'_>,
        desk: &mut Desk<'_>,
        (number, at): (u64, usize),
    ) -> std::result::Result<(), Box<Fault>> {
        let judge = &mut desk.judge;
        judge.begin(number, at);
        for (column, feed) in &self.feeds {
            let told = judge.take(feed, text, record.field(*column), unquoted);
            told.map_err(|unread| self.unread(record.start(), number, &unread, judge.rules))?;
        }
        judge
            .decide()
            .map_err(|unread| self.unread(record.start(), number, &unread, judge.rules))
    }

    fn unread(
        &self,
        start: usize,
        record: u64,
        unread: &crate::judge::Unread,
        rules: &crate::engine::compile::Rules,
    ) -> Box<Fault> {
        let column = self.feeds.iter().find(|(_, feed)| feed.seat == unread.seat);
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
        let end = record.end() - self.behind;
        if let Some(convert) = &mut desk.convert {
            let fields = record.fields().take(self.names.len());
            let cells = fields.map(|place| unquoted(&text[place]));
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

/// Where a quote opens a field that swallowed lines.
#[cold]
fn swallowed(text: &[u8], record: &Record<'_>) -> Option<usize> {
    let mut fields = record.fields();
    let field = fields.find(|place| swallows_lines(&text[place.clone()]))?;
    Some(field.start)
}

fn swallowing(at: usize, record: Option<u64>, lines: u64) -> Box<Fault> {
    let lines = if lines == 1 {
        "line".to_owned()
    } else {
        format!("{lines} lines")
    };
    let error = input(format!("a quote opens a field here that takes in the next {lines}, and goes on behind the quote that closes it"))
        .expected("a second quote before the next delimiter or line break")
        .help(
            Help::from("quote the field and double it (\"5\"\" pipe\")")
                .in_case("the quote is text")
                .or(Help::set("set such records aside", Setting::Rejects, "FILE")),
        );
    Box::new(Fault {
        record,
        ..*Fault::of_input(at, error).with_character()
    })
}

fn unclosed(at: usize, record: Option<u64>) -> Box<Fault> {
    let error = input("a quote opens a field here and is never closed")
        .expected("a second quote before the next delimiter or line break")
        .help("close it; a quote that is data is doubled (\"\") in a quoted field");
    Box::new(Fault {
        record,
        ..*Fault::of_input(at, error).with_character()
    })
}
