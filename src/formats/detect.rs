//! What an input is, by its name and its first bytes.
//!
//! Owns the guess at a format, which `--input-format` spares, and the refusal of
//! what is no text.

use super::fault::input;
use super::{Format, json, ndjson};
use crate::error::Result;

/// UTF-8's byte order mark.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Finds the format of an input: as told, else by the name's ending, else by
/// its first bytes. `sample` is its beginning.
pub(crate) fn detect(told: Option<Format>, name: &str, sample: &[u8]) -> Format {
    if let Some(told) = told {
        return told;
    }
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => return Format::Csv,
        Some("tsv" | "tab") => return Format::Tsv,
        Some("ndjson" | "jsonl") => return Format::Ndjson,
        _ => {}
    }
    let text = sample.strip_prefix(BOM).unwrap_or(sample);
    let start = json::text::skip_space(text, 0);
    match text.get(start) {
        Some(b'[') => Format::Json,
        Some(b'{') if ndjson::looks_like(&text[start..]) => Format::Ndjson,
        Some(b'{') => Format::Json,
        _ if ending.as_deref() == Some("json") => Format::Json,
        _ => Format::Csv,
    }
}

/// Refuses what is no text, with what it seems to be.
pub(crate) fn refuse_foreign(sample: &[u8]) -> Result<()> {
    let foreign = [
        (
            &b"\xff\xfe"[..],
            "UTF-16 text",
            "convert it: iconv -f UTF-16 -t UTF-8 FILE | clientype classify",
        ),
        (
            b"\xfe\xff",
            "UTF-16 text",
            "convert it: iconv -f UTF-16 -t UTF-8 FILE | clientype classify",
        ),
        (
            b"\x1f\x8b",
            "compressed with gzip",
            "unpack it: gzip -dc FILE | clientype classify",
        ),
        (
            b"\x28\xb5\x2f\xfd",
            "compressed with zstd",
            "unpack it: zstd -dc FILE | clientype classify",
        ),
        (
            b"PK\x03\x04",
            "a zip archive, perhaps an .xlsx workbook",
            "save it as CSV (UTF-8) first",
        ),
        (
            b"\xd0\xcf\x11\xe0",
            "an old Office file, perhaps an .xls workbook",
            "save it as CSV (UTF-8) first",
        ),
        (
            b"PAR1",
            "a Parquet file",
            "export it as CSV or NDJSON first",
        ),
        (b"%PDF", "a PDF file", "export the data as CSV first"),
        (
            b"SQLite format 3",
            "an SQLite database",
            "export a table as CSV first",
        ),
    ];
    match foreign.iter().find(|(magic, ..)| sample.starts_with(magic)) {
        Some((_, what, advice)) => Err(input(format!("this is {what}"))
            .expected("CSV, TSV, JSON or NDJSON in UTF-8")
            .advice(*advice)),
        None => Ok(()),
    }
}
