//! CSV and TSV: records cut and fields found by the csv crate's grammar.
//!
//! Owns the grammar (a quote opens a field only at its start; elsewhere it is
//! data), the detection of the delimiter, and the adding of fields to raw
//! records. The csv crate reads here only as the oracle in the tests: it gives
//! fields, and records have to be copied as they are.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr3, memrchr2};

use super::{BOM, Cut, Desk, Fault, Passage, SAMPLE_RECORDS, Sheet, input, sampled};
use crate::columns::{Feed, Mapping};
use crate::error::Result;
use crate::labels::Labels;

/// The delimiters that are detected, likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

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

/// A field's place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
    quoted: bool,
}

impl Span {
    /// The field as it stands in the text.
    fn raw<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }

    /// What the field says.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.unquoted(self.raw(text))
    }

    fn unquoted<'t>(&self, raw: &'t str) -> Cow<'t, str> {
        if self.quoted {
            unquote(raw)
        } else {
            Cow::Borrowed(raw)
        }
    }
}

/// The text of a quoted field: `""` is one quote, and what follows the closing
/// quote counts as it is.
fn unquote(raw: &str) -> Cow<'_, str> {
    let inner = &raw[1..];
    if let Some(plain) = inner.strip_suffix('"')
        && !plain.contains('"')
    {
        return Cow::Borrowed(plain);
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(quote) = rest.find('"') {
        text.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                text.push('"');
                rest = after;
            }
            None => break,
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// A quote that is never closed, at its place.
#[derive(Debug, PartialEq, Eq)]
struct Unclosed(usize);

/// Finds the fields of the record that begins at `start` and returns its end,
/// which is that of the text or the place of a line break.
fn fields(
    text: &[u8],
    start: usize,
    delimiter: u8,
    spans: &mut Vec<Span>,
) -> std::result::Result<usize, Unclosed> {
    spans.clear();
    let mut at = start;
    loop {
        let field = at;
        let quoted = text.get(at) == Some(&b'"');
        if quoted {
            at = closing_quote(text, at + 1).ok_or(Unclosed(field))? + 1;
        }
        at = field_end(text, at, delimiter);
        spans.push(Span {
            start: field,
            end: at,
            quoted,
        });
        if text.get(at) != Some(&delimiter) {
            return Ok(at);
        }
        at += 1;
    }
}

/// The place of the first delimiter or line break from `at` on, or the end.
fn field_end(text: &[u8], mut at: usize, delimiter: u8) -> usize {
    // Most fields are shorter than what a search needs to get going, so the
    // first words are looked at as numbers: where a byte equals a needle, the
    // difference is zero, and the lowest zero byte is found by borrowing.
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let needles = [delimiter, b'\n', b'\r'].map(|needle| u64::from(needle) * ONES);
    for _ in 0..4 {
        let Some(word) = text.get(at..at + 8).and_then(|word| word.try_into().ok()) else {
            break;
        };
        let word = u64::from_le_bytes(word);
        let found = needles.iter().fold(0, |found, needle| {
            let difference = word ^ needle;
            found | difference.wrapping_sub(ONES) & !difference & HIGHS
        });
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    memchr3(delimiter, b'\n', b'\r', &text[at..]).map_or(text.len(), |i| at + i)
}

/// The place of the quote that closes a field opened before `from`.
fn closing_quote(text: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = from + memchr(b'"', text.get(from..)?)?;
        if text.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

/// The first byte from `at` on that is no line break, or the end: blank lines
/// are no records.
fn skip_breaks(text: &[u8], at: usize) -> usize {
    at + text[at..]
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count()
}

/// The place after the line break at `at`, if there is one.
fn after_break(text: &[u8], at: usize) -> usize {
    match text.get(at..) {
        Some([b'\r', b'\n', ..]) => at + 2,
        Some([b'\r' | b'\n', ..]) => at + 1,
        _ => at,
    }
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
        let end = match fields(sample, start, delimiter, &mut spans) {
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
        let mut at = skip_breaks(sample, self.prologue);
        for _ in 0..SAMPLE_RECORDS {
            let Ok(end) = fields(sample, at, self.delimiter, &mut spans) else {
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
            match self.names.iter().position(|column| column == name) {
                Some(_) if !replace => return Err(super::taken(name)),
                Some(column) => self.in_place.push((column, field)),
                None => self.appended.push(field),
            }
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
        let mut at = skip_breaks(bytes, 0);
        let mut result = Ok(());
        while at < bytes.len() {
            let start = at;
            sheet.records += 1;
            let judged = match fields(bytes, start, self.delimiter, &mut spans) {
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

/// Appends a field, quoted where it has to be.
fn write_field(text: &str, delimiter: u8, out: &mut Vec<u8>) {
    let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    if text.bytes().any(special) {
        out.push(b'"');
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

/// The place after the last line break in `buffer` that ends a record. One at
/// its very end does not count if it is a `\r`, whose `\n` may follow.
fn last_break(buffer: &[u8], delimiter: u8) -> Option<usize> {
    let end = buffer.len() - usize::from(buffer.ends_with(b"\r"));
    // Stretches outside of quoted fields, of which the last line break counts.
    let mut outside: Vec<Range<usize>> = Vec::new();
    let (mut from, mut search) = (0, 0);
    loop {
        let Some(i) = memchr(b'"', &buffer[search..end]) else {
            outside.push(from..end);
            break;
        };
        let quote = search + i;
        let opens = quote == 0
            || matches!(buffer[quote - 1], b'\n' | b'\r')
            || buffer[quote - 1] == delimiter;
        if !opens {
            search = quote + 1;
            continue;
        }
        outside.push(from..quote);
        match closing_quote(&buffer[..end], quote + 1) {
            // The last byte may be the first half of a doubled quote.
            Some(close) if close + 1 < buffer.len() => {
                from = close + 1;
                search = from;
            }
            _ => break,
        }
    }
    let stretch = outside.iter().rev();
    stretch
        .filter_map(|range| Some(range.start + memrchr2(b'\n', b'\r', &buffer[range.clone()])? + 1))
        .next()
}

/// The delimiter by which the records of `sample` fall apart most evenly.
fn detect_delimiter(sample: &[u8], complete: bool) -> u8 {
    let mut best = (DELIMITERS[0], 0, 0);
    let mut spans = Vec::new();
    for delimiter in DELIMITERS {
        let mut at = 0;
        let (mut width, mut even, mut records) = (0, 0, 0);
        while at < sample.len() && records < SAMPLE_RECORDS {
            let Ok(end) = fields(sample, at, delimiter, &mut spans) else {
                break;
            };
            if end == sample.len() && !complete && records > 0 {
                break;
            }
            if records == 0 {
                width = spans.len();
            }
            records += 1;
            even += usize::from(spans.len() == width);
            at = skip_breaks(sample, end);
        }
        // Only one that splits the header counts; evenness is in hundredths.
        if width > 1 && (even * 100 / records, width) > (best.1, best.2) {
            best = (delimiter, even * 100 / records, width);
        }
    }
    best.0
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes of which most mean something in CSV.
    fn nearly_csv() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop::sample::select(b"\"\"\",,;\n\r\t|ab \xc3".to_vec());
        prop::collection::vec(byte, 0..40)
    }

    /// Records as we cut them, by field; the error for an unclosed quote too.
    fn ours(text: &[u8], delimiter: u8) -> std::result::Result<Vec<Vec<Vec<u8>>>, Unclosed> {
        let mut records = Vec::new();
        let mut spans = Vec::new();
        let mut at = skip_breaks(text, 0);
        while at < text.len() {
            let end = fields(text, at, delimiter, &mut spans)?;
            let bytes = |span: &Span| {
                let raw = &text[span.start..span.end];
                if span.quoted {
                    unquote_bytes(raw)
                } else {
                    raw.to_vec()
                }
            };
            records.push(spans.iter().map(bytes).collect());
            at = skip_breaks(text, end);
        }
        Ok(records)
    }

    /// [`unquote`], for bytes that are no text: each byte as one character.
    fn unquote_bytes(raw: &[u8]) -> Vec<u8> {
        let text: String = raw.iter().map(|&byte| char::from(byte)).collect();
        unquote(&text)
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect()
    }

    fn the_crates(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
        let reader = ::csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text);
        reader
            .into_byte_records()
            .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn records_and_fields_are_those_of_the_csv_crate(text in nearly_csv(), delimiter in prop::sample::select(DELIMITERS.to_vec())) {
            // The crate ends an unclosed quote at the end of the text; we refuse it.
            match ours(&text, delimiter) {
                Ok(records) => prop_assert_eq!(records, the_crates(&text, delimiter)),
                Err(Unclosed(at)) => {
                    prop_assert_eq!(text[at], b'"');
                    let mut closed = text.clone();
                    closed.push(b'"');
                    prop_assert!(ours(&closed, delimiter).is_ok());
                }
            }
        }

        #[test]
        fn a_cut_falls_between_two_records(text in nearly_csv()) {
            if let Some(at) = last_break(&text, b',') {
                let (Ok(whole), Ok(before), Ok(after)) = (ours(&text, b','), ours(&text[..at], b','), ours(&text[at..], b',')) else {
                    prop_assume!(ours(&text, b',').is_err());
                    prop_assert!(ours(&text[..at], b',').is_ok());
                    return Ok(());
                };
                prop_assert_eq!([before, after].concat(), whole);
            }
        }
    }

    #[test]
    fn a_carriage_return_at_the_end_of_a_buffer_waits_for_its_line_feed() {
        assert_eq!(last_break(b"a,b\r", b','), None);
        assert_eq!(last_break(b"a,b\r\n", b','), Some(5));
        assert_eq!(last_break(b"a\rb", b','), Some(2));
        assert_eq!(last_break(b"a,\"b\n\"", b','), None);
    }

    #[test]
    fn the_delimiter_is_the_one_that_splits_evenly() {
        for (sample, delimiter) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n", b';'),
            ("a\tb c\n1\t2, 3\n", b'\t'),
            ("a|b\n1|2\n", b'|'),
            ("only\none\n", b','),
            ("name,note;x\n1,a\n2,b;c\n", b','),
            ("\"a;b\";c,d;e\n1;2;3\n", b';'),
        ] {
            assert_eq!(
                detect_delimiter(sample.as_bytes(), true),
                delimiter,
                "{sample:?}"
            );
        }
    }
}
