//! The csv crate's grammar over bytes that are copied, never rebuilt.
//!
//! Owns the text of a field and how a field is written: a quote opens a field only at
//! its start and is data elsewhere; `
//! `, `\r
//! ` and `\r` end a record; blank lines are skipped. Records and fields are found by
//! [`scan`](crate::format::csv::scan). The tests compare with the crate itself.

use std::borrow::Cow;

/// The text of the field `raw`.
pub(super) fn unquoted(raw: &str) -> Cow<'_, str> {
    if raw.starts_with('"') {
        unquote(raw)
    } else {
        Cow::Borrowed(raw)
    }
}

/// The text of a quoted field: `""` is one quote, and text after the closing quote is
/// taken as it is.
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

/// True for a quoted field that contains a line break and has text after its closing
/// quote: no program writes that, so a quote in a text opened the field, and it
/// contains records.
pub(super) fn swallows_lines(raw: &[u8]) -> bool {
    let Some(inner) = raw.strip_prefix(b"\"") else {
        return false;
    };
    let mut quotes = memchr::memchr_iter(b'"', inner);
    while let Some(quote) = quotes.next() {
        if inner.get(quote + 1) == Some(&b'"') {
            quotes.next();
            continue;
        }
        return quote + 1 < inner.len()
            && inner[..quote]
                .iter()
                .any(|byte| matches!(byte, b'\n' | b'\r'));
    }
    false
}

/// The place after the line break at `at`, if there is one.
pub(super) fn after_break(text: &[u8], at: usize) -> usize {
    match text.get(at..) {
        Some([b'\r', b'\n', ..]) => at + 2,
        Some([b'\r' | b'\n', ..]) => at + 1,
        _ => at,
    }
}

/// True for a byte that needs a quoted field.
pub(super) fn is_special(byte: u8, delimiter: u8) -> bool {
    byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r')
}

/// Appends a field, quoted if necessary.
pub(super) fn write_field(text: &str, delimiter: u8, out: &mut Vec<u8>) {
    if text.bytes().any(|byte| is_special(byte, delimiter)) {
        out.push(b'"');
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::csv::delimiter::DELIMITERS;
    use crate::format::csv::scan::{Index, Scanner, Unclosed, last_break};
    use proptest::prelude::*;

    use crate::effort::cases;
    use std::ops::Range;

    /// Bytes that mostly have a meaning in CSV.
    fn nearly_csv() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop::sample::select(b"\"\"\",,;\n\r\t|ab \xc3".to_vec());
        prop::collection::vec(byte, 0..150)
    }

    /// Records as we cut them, by field; the error for an unclosed quote too.
    fn ours(text: &[u8], delimiter: u8) -> std::result::Result<Vec<Vec<Vec<u8>>>, Unclosed> {
        let mut records = Vec::new();
        let mut scanner = Scanner::new(text, 0, delimiter);
        while let Some(record) = scanner.next() {
            let bytes = |place: Range<usize>| match &text[place] {
                raw @ [b'"', ..] => unquote_bytes(raw),
                raw => raw.to_vec(),
            };
            records.push(record?.fields().map(bytes).collect());
        }
        Ok(records)
    }

    /// [`unquote`], for bytes that are not text: each byte as one character.
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
        #![proptest_config(cases(512, 4096))]

        #[test]
        fn records_and_fields_are_those_of_the_csv_crate(text in nearly_csv(), delimiter in prop::sample::select(DELIMITERS.to_vec())) {
            // The crate ends an unclosed quote at the end of the text; we refuse it.
            match ours(&text, delimiter) {
                Ok(records) => prop_assert_eq!(records, the_crates(&text, delimiter)),
                Err(Unclosed { quote, .. }) => {
                    prop_assert_eq!(text[quote], b'"');
                    let mut closed = text.clone();
                    closed.push(b'"');
                    prop_assert!(ours(&closed, delimiter).is_ok());
                }
            }
        }

        #[test]
        fn a_cut_falls_between_two_records(text in nearly_csv()) {
            if let Some(at) = last_break(&text, b',', &mut Index::default()) {
                let (Ok(whole), Ok(before), Ok(after)) = (ours(&text, b','), ours(&text[..at], b','), ours(&text[at..], b',')) else {
                    prop_assume!(ours(&text, b',').is_err());
                    prop_assert!(ours(&text[..at], b',').is_ok());
                    return Ok(());
                };
                prop_assert_eq!([before, after].concat(), whole);
            }
        }
    }

    proptest! {
        #![proptest_config(cases(256, 2048))]

        #[test]
        fn a_search_for_records_notes_if_one_may_be_swallowed(text in nearly_csv(), before in 0..130_usize) {
            let text = [&b"x".repeat(before)[..], b"\n", &text].concat();
            let mut scanner = Scanner::new(&text, 0, b',');
            while let Some(Ok(record)) = scanner.next() {
                let swallows = record.fields().any(|place| swallows_lines(&text[place]));
                prop_assert!(!swallows || record.may_swallow());
            }
            let mut index = Index::default();
            if let Some(end) = last_break(&text, b',', &mut index) {
                let mut scanner = Scanner::with_index(&text[..end], b',', &index);
                while let Some(Ok(record)) = scanner.next() {
                    let swallows = record.fields().any(|place| swallows_lines(&text[place]));
                    prop_assert!(!swallows || record.may_swallow());
                }
            }
        }
    }

    #[test]
    fn a_quote_that_is_text_is_known_by_what_it_swallows() {
        for (raw, swallows) in [
            ("\"a\nb\"", false),
            ("\"a\n\"\"b\"\"\"", false),
            ("\"a\"tail", false),
            ("a \"b\nc\" d", false),
            ("\"5 inch\nB,x\nC,\"6 inch", true),
            ("\"a\rb\"\"c\"x\"", true),
        ] {
            assert_eq!(swallows_lines(raw.as_bytes()), swallows, "{raw:?}");
        }
    }

    #[test]
    fn a_carriage_return_at_the_end_of_a_buffer_waits_for_its_line_feed() {
        assert_eq!(last_break(b"a,b\r", b',', &mut Index::default()), None);
        assert_eq!(last_break(b"a,b\r\n", b',', &mut Index::default()), Some(5));
        assert_eq!(last_break(b"a\rb", b',', &mut Index::default()), Some(2));
        assert_eq!(last_break(b"a,\"b\n\"", b',', &mut Index::default()), None);
    }
}
