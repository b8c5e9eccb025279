//! Cells whose content has to stay as the file has it.
//!
//! Owns which cells of a sheet the reader of workbooks would round or refuse: a number
//! that a floating-point number does not hold exactly, an error that it does not know, a
//! value that its type does not allow. They are turned into texts before it sees them.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Below it, integers are stored exactly, each as itself.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// The errors that the reader knows.
const KNOWN: [&[u8]; 7] = [
    b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!",
];
/// The types of cells; any other is refused.
const TYPES: [&[u8]; 8] = [b"n", b"s", b"b", b"e", b"str", b"d", b"inlineStr", b"is"];

/// The place of a sheet in its archive, and its XML.
pub(super) type Entry = (usize, Vec<u8>);

/// The XML of a sheet with such cells as texts; `None` if it has none, or is not a
/// sheet.
pub(super) fn sheet(xml: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(xml, b"sheetData")?;
    let mut patched = Vec::new();
    let mut copied = 0;
    let mut cell: Option<Tag<'_>> = None;
    let mut from = 0;
    while let Some(tag) = Tag::next(xml, from) {
        from = tag.end;
        match tag.name {
            b"c" => cell = Some(tag),
            b"v" => {
                let Some(cell) = cell.take() else { continue };
                let length = memchr::memchr(b'<', &xml[tag.end..])?;
                let value = &xml[tag.end..tag.end + length];
                let kind = cell.kind().map(|kind| &xml[kind]);
                if is_kept(kind, value) {
                    match cell.kind() {
                        Some(kind) => {
                            patched.extend_from_slice(&xml[copied..kind.start]);
                            patched.extend_from_slice(b"str");
                            copied = kind.end;
                        }
                        None => {
                            let at = cell.start + 1 + cell.prefix + cell.name.len();
                            patched.extend_from_slice(&xml[copied..at]);
                            patched.extend_from_slice(b" t=\"str\"");
                            copied = at;
                        }
                    }
                } else if is_padded(kind, value) {
                    patched.extend_from_slice(&xml[copied..tag.end]);
                    patched.extend_from_slice(value.trim_ascii());
                    copied = tag.end + length;
                }
            }
            _ => {}
        }
    }
    (copied > 0).then(|| {
        patched.extend_from_slice(&xml[copied..]);
        patched
    })
}

/// The workbook with these sheets, by their places in its archive.
pub(super) fn workbook(file: &[u8], sheets: Vec<Entry>) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(file))?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true);
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at)?;
        match sheets.iter().find(|(place, _)| *place == at) {
            Some((_, xml)) => {
                let name = entry.name()?.into_owned();
                writer.start_file(name, stored)?;
                writer.write_all(xml)?;
            }
            None => writer.raw_copy_file(entry)?,
        }
    }
    Ok(writer.finish()?.into_inner())
}

/// True if a cell of this type with this value is kept as its text.
fn is_kept(kind: Option<&[u8]>, value: &[u8]) -> bool {
    let value = value.trim_ascii();
    match kind {
        _ if value.is_empty() => false,
        Some(b"n") | None => match std::str::from_utf8(value).map(str::parse::<f64>) {
            Ok(Ok(number)) => number.abs() >= EXACT,
            // Without a type, it is a text already.
            _ => kind.is_some(),
        },
        Some(b"e") => !KNOWN.contains(&value),
        Some(b"b") => !["0", "1", "true", "false"]
            .iter()
            .any(|known| value.eq_ignore_ascii_case(known.as_bytes())),
        Some(kind) => !TYPES.contains(&kind),
    }
}

/// True for a number, or the number of a text, with spaces around it, which the reader
/// would refuse or take for a text.
fn is_padded(kind: Option<&[u8]>, value: &[u8]) -> bool {
    let number = value.trim_ascii();
    let is_number = std::str::from_utf8(number).is_ok_and(|text| text.parse::<f64>().is_ok());
    matches!(kind, None | Some(b"n" | b"s" | b"b")) && number.len() < value.len() && is_number
}

/// An opening tag of XML.
#[derive(Debug)]
struct Tag<'x> {
    xml: &'x [u8],
    /// The place of its bracket.
    start: usize,
    /// The length of its prefix, with the colon.
    prefix: usize,
    /// Its name without the prefix.
    name: &'x [u8],
    /// The place after it.
    end: usize,
}

impl<'x> Tag<'x> {
    /// The next tag that opens an element with content.
    fn next(xml: &'x [u8], mut from: usize) -> Option<Self> {
        loop {
            let start = from + memchr::memchr(b'<', xml.get(from..)?)?;
            let inner = &xml[start + 1..];
            let length = inner
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))?;
            // Attributes may contain a bracket.
            let mut quote = None;
            let close = inner.iter().position(|byte| match (quote, byte) {
                (None, b'"' | b'\'') => {
                    quote = Some(*byte);
                    false
                }
                (Some(open), byte) => {
                    if open == *byte {
                        quote = None;
                    }
                    false
                }
                (None, byte) => *byte == b'>',
            })?;
            from = start + close + 2;
            let name = &inner[..length];
            if name.is_empty() || name.starts_with(b"!") || inner[..close].ends_with(b"/") {
                continue;
            }
            let prefix = memchr::memchr(b':', name).map_or(0, |colon| colon + 1);
            return Some(Tag {
                xml,
                start,
                prefix,
                name: &name[prefix..],
                end: from,
            });
        }
    }

    /// The place of the value of its attribute `t`.
    fn kind(&self) -> Option<std::ops::Range<usize>> {
        let text = &self.xml[self.start..self.end];
        let mut at = 1 + self.prefix + self.name.len();
        loop {
            at += text[at..]
                .iter()
                .position(|byte| !byte.is_ascii_whitespace())?;
            let equals = at + memchr::memchr(b'=', &text[at..])?;
            let open = equals + 1 + memchr::memchr2(b'"', b'\'', &text[equals + 1..])?;
            let close = open + 1 + memchr::memchr(text[open], &text[open + 1..])?;
            if text[at..equals].trim_ascii() == b"t" {
                return Some(self.start + open + 1..self.start + close);
            }
            at = close + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(cells: &str) -> Option<String> {
        let xml =
            format!("<worksheet><sheetData><row r=\"1\">{cells}</row></sheetData></worksheet>");
        let patched = String::from_utf8(sheet(xml.as_bytes())?).unwrap();
        let (_, cells) = patched.split_once("<row r=\"1\">").unwrap();
        Some(cells.split_once("</row>").unwrap().0.to_owned())
    }

    #[test]
    fn only_cells_that_would_be_changed_or_refused_become_texts() {
        for (cells, expected) in [
            (
                "<c r=\"A1\"><v> 7 </v></c><c t=\"s\"><v>\n1</v></c>",
                Some("<c r=\"A1\"><v>7</v></c><c t=\"s\"><v>1</v></c>"),
            ),
            ("<c t=\"str\"><v> 7 </v></c>", None),
            (
                "<c r=\"A1\"><v>9007199254740993</v></c>",
                Some("<c t=\"str\" r=\"A1\"><v>9007199254740993</v></c>"),
            ),
            (
                "<x:c s='>' t='n'><f>a&lt;b</f><x:v>-1E+300</x:v></x:c>",
                Some("<x:c s='>' t='str'><f>a&lt;b</f><x:v>-1E+300</x:v></x:c>"),
            ),
            (
                "<c t=\"e\"><v>#SPILL!</v></c>",
                Some("<c t=\"str\"><v>#SPILL!</v></c>"),
            ),
            ("<c t=\"b\"><v>2</v></c>", Some("<c t=\"str\"><v>2</v></c>")),
            (
                "<c t=\"n\"><v>abc</v></c>",
                Some("<c t=\"str\"><v>abc</v></c>"),
            ),
            (
                "<c t=\"new\"><v>a</v></c>",
                Some("<c t=\"str\"><v>a</v></c>"),
            ),
            ("<c><v>9007199254740991</v></c>", None),
            ("<c t=\"n\"><v>0.30000000000000004</v></c>", None),
            ("<c t=\"e\"><v>#N/A</v></c>", None),
            ("<c t=\"b\"><v>true</v></c>", None),
            ("<c t=\"s\"><v>12345678901234567890</v></c>", None),
            (
                "<c r=\"A1\"/><c t=\"str\"><v>12345678901234567890</v></c>",
                None,
            ),
            (
                "<c t=\"inlineStr\"><is><t>12345678901234567890</t></is></c>",
                None,
            ),
        ] {
            assert_eq!(patched(cells).as_deref(), expected, "{cells}");
        }
    }

    #[test]
    fn damaged_xml_ends_the_search() {
        for xml in [
            "sheetData<c",
            "sheetData<c><v>1",
            "sheetData<c t=<v>1<",
            "sheetData<>",
            "sheetData<c t=\"><v>1<",
        ] {
            assert_eq!(sheet(xml.as_bytes()), None, "{xml}");
        }
    }
}
