//! The csv crate's grammar over bytes that are copied, never rebuilt.
//!
//! Owns where records and fields begin and end: a quote opens a field only at
//! its start and is data elsewhere; `\n`, `\r\n` and `\r` end a record; blank
//! lines are none. The crate itself is the oracle in the tests.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memrchr2};

use super::scan::Scanner;
use crate::formats::SAMPLE_RECORDS;

/// The delimiters that are detected, likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A field's place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) quoted: bool,
}

impl Span {
    /// The field as it stands in the text.
    pub(super) fn raw<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }

    /// What the field says.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.unquoted(self.raw(text))
    }

    pub(super) fn unquoted<'t>(&self, raw: &'t str) -> Cow<'t, str> {
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
pub(super) struct Unclosed(pub(super) usize);

/// Finds the fields of the record that begins at `start` and returns its end,
/// which is that of the text or the place of a line break. Records are looked
/// for in their order.
pub(super) fn fields(
    scanner: &mut Scanner<'_>,
    start: usize,
    spans: &mut Vec<Span>,
) -> std::result::Result<usize, Unclosed> {
    let (text, delimiter) = (scanner.text, scanner.delimiter);
    spans.clear();
    let mut at = start;
    loop {
        let field = at;
        let quoted = text.get(at) == Some(&b'"');
        if quoted {
            at = closing_quote(text, at + 1).ok_or(Unclosed(field))? + 1;
        }
        at = scanner.next(at);
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
pub(super) fn skip_breaks(text: &[u8], at: usize) -> usize {
    at + text[at..]
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count()
}

/// The place after the line break at `at`, if there is one.
pub(super) fn after_break(text: &[u8], at: usize) -> usize {
    match text.get(at..) {
        Some([b'\r', b'\n', ..]) => at + 2,
        Some([b'\r' | b'\n', ..]) => at + 1,
        _ => at,
    }
}

/// Appends a field, quoted where it has to be.
pub(super) fn write_field(text: &str, delimiter: u8, out: &mut Vec<u8>) {
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
pub(super) fn last_break(buffer: &[u8], delimiter: u8) -> Option<usize> {
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
pub(super) fn detect_delimiter(sample: &[u8], complete: bool) -> u8 {
    let mut best = (DELIMITERS[0], 0, 0);
    let mut spans = Vec::new();
    for delimiter in DELIMITERS {
        let mut scanner = Scanner::new(sample, delimiter);
        let mut at = 0;
        let (mut width, mut even, mut records) = (0, 0, 0);
        while at < sample.len() && records < SAMPLE_RECORDS {
            let Ok(end) = fields(&mut scanner, at, &mut spans) else {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes of which most mean something in CSV.
    fn nearly_csv() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop::sample::select(b"\"\"\",,;\n\r\t|ab \xc3".to_vec());
        prop::collection::vec(byte, 0..150)
    }

    /// Records as we cut them, by field; the error for an unclosed quote too.
    fn ours(text: &[u8], delimiter: u8) -> std::result::Result<Vec<Vec<Vec<u8>>>, Unclosed> {
        let mut records = Vec::new();
        let mut spans = Vec::new();
        let mut scanner = Scanner::new(text, delimiter);
        let mut at = skip_breaks(text, 0);
        while at < text.len() {
            let end = fields(&mut scanner, at, &mut spans)?;
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
