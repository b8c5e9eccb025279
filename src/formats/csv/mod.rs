//! CSV and TSV: the header, and records that keep their bytes.
//!
//! Owns how fields are added to raw records. Where records and fields are is
//! the [`grammar`]'s.

mod grammar;
mod scan;

use std::borrow::Cow;

use self::grammar::{
    Span, Unclosed, after_break, detect_delimiter, fields, last_break, skip_breaks, write_field,
};
use self::scan::Scanner;
use super::{BOM, Cut, Desk, Fault, Passage, SAMPLE_RECORDS, Sheet, input, sampled};
use crate::columns::{Feed, Mapping};
use crate::error::Result;
use crate::labels::Labels;

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
    /// By scorecard and label: a delimiter and the label, ready to append.
    suffixes: Vec<[Vec<u8>; 3]>,
    spans: Vec<Span>,
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
        let mut spans = Vec::new();
        let end = match fields(&mut Scanner::new(sample, delimiter), start, &mut spans) {
            Ok(end) if end < sample.len() || complete => end,
            Ok(_) => return Ok(None),
            Err(_) if !complete => return Ok(None),
            Err(Unclosed(at)) => return Err(unclosed(at, None)),
        };
        let prologue = after_break(sample, end);
        if prologue == sample.len() && sample.ends_with(b"\r") && !complete {
            return Ok(None);
        }
        let header = std::str::from_utf8(&sample[..end])
            .map_err(|error| Fault::not_utf8(sample, error.valid_up_to(), None))?;
        Ok(Some(Input {
            delimiter,
            names: spans
                .iter()
                .map(|span| span.text(header).into_owned())
                .collect(),
            header_end: end,
            prologue,
            feeds: Vec::new(),
            in_place: Vec::new(),
            appended: Vec::new(),
            suffixes: Vec::new(),
            spans,
        }))
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The first values of each column; records that cannot be read have none.
    pub(super) fn values(&self, sample: &[u8]) -> Vec<Vec<String>> {
        let mut values = vec![Vec::new(); self.names.len()];
        let mut spans = Vec::new();
        let mut scanner = Scanner::new(sample, self.delimiter);
        let mut at = skip_breaks(sample, self.prologue);
        for _ in 0..SAMPLE_RECORDS {
            let Ok(end) = fields(&mut scanner, at, &mut spans) else {
                break;
            };
            let Ok(text) = std::str::from_utf8(&sample[at..end]) else {
                break;
            };
            if at == sample.len() {
                break;
            }
            if spans.len() == self.names.len() {
                for (values, span) in values.iter_mut().zip(&spans) {
                    let span = Span {
                        start: span.start - at,
                        end: span.end - at,
                        ..*span
                    };
                    values.push(sampled(&span.text(text)));
                }
            }
            at = skip_breaks(sample, end);
        }
        values
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
        Ok(())
    }

    pub(super) fn cut(&self, buffer: &[u8], complete: bool) -> Cut {
        if complete {
            return Cut::Last(buffer.len());
        }
        match last_break(buffer, self.delimiter) {
            Some(at) => Cut::Batch(at),
            None => Cut::More,
        }
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
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let bytes = text.as_bytes();
        let mut spans = std::mem::take(&mut self.spans);
        self.prepare_suffixes(desk);
        let mut passage = Passage::new(text, desk);
        let mut scanner = Scanner::new(bytes, self.delimiter);
        let mut at = skip_breaks(bytes, 0);
        let mut result = Ok(());
        while at < bytes.len() {
            let start = at;
            sheet.records += 1;
            let judged = match fields(&mut scanner, start, &mut spans) {
                Ok(end) => {
                    at = end;
                    self.judge(text, start, &spans, desk, sheet.records)
                }
                Err(Unclosed(quote)) => Err(unclosed(quote, Some(sheet.records))),
            };
            match judged {
                Ok(true) => self.write(text, at, &spans, &mut passage, desk, &mut sheet.out),
                Ok(false) => {
                    // Set aside: with its line break, and nothing of it stays.
                    at = after_break(bytes, at);
                    passage.pass(start, &mut sheet.out);
                    passage.skip(at);
                    sheet.rejects.extend_from_slice(&bytes[start..at]);
                    sheet.rejected += 1;
                }
                Err(fault) => {
                    passage.pass(start, &mut sheet.out);
                    passage.skip(bytes.len());
                    result = Err(fault);
                    break;
                }
            }
            at = skip_breaks(bytes, at);
        }
        passage.pass(bytes.len(), &mut sheet.out);
        self.spans = spans;
        result
    }

    /// Judges the record whose fields are `spans`; false where it is to be set
    /// aside.
    fn judge(
        &self,
        text: &str,
        start: usize,
        spans: &[Span],
        desk: &mut Desk<'_>,
        record: u64,
    ) -> std::result::Result<bool, Box<Fault>> {
        if spans.len() != self.names.len() {
            if desk.set_aside {
                return Ok(false);
            }
            return Err(ragged(start, record, spans.len(), self.names.len()));
        }
        let judge = &mut desk.judge;
        judge.begin();
        for (column, feed) in &self.feeds {
            let span = spans[*column];
            let told = judge.take(feed, span.raw(text), |raw| span.unquoted(raw));
            told.map_err(|unread| self.unread(start, record, &unread, judge.rules))?;
        }
        judge
            .decide()
            .map_err(|unread| self.unread(start, record, &unread, judge.rules))?;
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

    /// Writes the record that ends at `end`, with the added fields.
    fn write(
        &self,
        text: &str,
        end: usize,
        spans: &[Span],
        passage: &mut Passage<'_>,
        desk: &mut Desk<'_>,
        out: &mut Vec<u8>,
    ) {
        if let Some(convert) = &mut desk.convert {
            let cells: Vec<Cow<'_, str>> = spans.iter().map(|span| span.text(text)).collect();
            convert.texts(&self.names, &cells, &desk.judge, desk.labels, out);
            passage.skip(end);
            return;
        }
        for &(column, field) in &self.in_place {
            passage.pass(spans[column].start, out);
            self.write_added(field, desk, out);
            passage.skip(spans[column].end);
        }
        passage.pass(end, out);
        if self.appended.len() == self.suffixes.len() && self.in_place.is_empty() {
            // Nothing but the labels, one for each scorecard.
            let verdicts = &desk.judge.evaluation.verdicts;
            for (suffixes, verdict) in self.suffixes.iter().zip(verdicts) {
                out.extend_from_slice(&suffixes[usize::from(verdict.label)]);
            }
            return;
        }
        for &field in &self.appended {
            out.push(self.delimiter);
            self.write_added(field, desk, out);
        }
    }

    fn write_added(&self, field: usize, desk: &Desk<'_>, out: &mut Vec<u8>) {
        let mut text = Vec::new();
        desk.labels.write(
            desk.labels.fields()[field],
            desk.judge.rules,
            &desk.judge.evaluation,
            &mut text,
        );
        write_field(&String::from_utf8_lossy(&text), self.delimiter, out);
    }

    fn prepare_suffixes(&mut self, desk: &Desk<'_>) {
        if !self.suffixes.is_empty() {
            return;
        }
        let rules = desk.judge.rules;
        let suffix = |card: usize, label: u8| {
            let mut suffix = vec![self.delimiter];
            write_field(rules.label(card, label), self.delimiter, &mut suffix);
            suffix
        };
        let cards = 0..rules.rulebook().scorecards.len();
        self.suffixes = cards
            .map(|card| [0, 1, 2].map(|label| suffix(card, label)))
            .collect();
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
