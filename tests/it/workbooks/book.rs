//! Workbooks made by hand, honest or not: every size, checksum and place in the archive
//! can be wrong.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::{Compress, Compression, Crc, FlushCompress};

/// A part of an archive.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) packed: Vec<u8>,
    /// The size that the archive claims.
    pub(crate) size: u64,
    pub(crate) checksum: u32,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    /// Its bytes are those of this part.
    pub(crate) at: Option<String>,
}

impl Part {
    pub(crate) fn stored(text: impl AsRef<[u8]>) -> Self {
        let text = text.as_ref();
        let mut checksum = Crc::new();
        checksum.update(text);
        Part {
            packed: text.to_vec(),
            size: text.len() as u64,
            checksum: checksum.sum(),
            method: 0,
            flags: 0,
            at: None,
        }
    }

    /// Packed pieces, each repeated: no more is packed than each once.
    pub(crate) fn repeated(pieces: &[(&str, u64)]) -> Self {
        let mut of = Part::stored("");
        of.method = 8;
        let mut checksum = Crc::new();
        for (piece, times) in pieces {
            let mut once = Vec::with_capacity(piece.len() + 1024);
            Compress::new(Compression::fast(), false)
                .compress_vec(piece.as_bytes(), &mut once, FlushCompress::Full)
                .unwrap();
            let mut of_piece = Crc::new();
            of_piece.update(piece.as_bytes());
            for _ in 0..*times {
                of.packed.extend_from_slice(&once);
                checksum.combine(&of_piece);
            }
            of.size += piece.len() as u64 * times;
        }
        // An empty block, the last.
        of.packed.extend_from_slice(&[3, 0]);
        of.checksum = checksum.sum();
        of
    }
}

/// A workbook with one sheet.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    pub(crate) parts: BTreeMap<String, Part>,
    /// Empty parts beside them.
    pub(crate) others: Vec<String>,
}

pub(crate) const SHEET: &str = "xl/worksheets/sheet1.xml";
pub(crate) const TEXTS: &str = "xl/sharedStrings.xml";
pub(crate) const STYLES: &str = "xl/styles.xml";
pub(crate) const WORKBOOK: &str = "xl/workbook.xml";
pub(crate) const LIST_RELATIONSHIPS: &str = "xl/_rels/workbook.xml.rels";

const ROOT: &str = r#"<Relationships><Relationship Id="r" Target="xl/workbook.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>"#;
const SHEETS: &str = r#"<workbook xmlns:r="x"><sheets><sheet name="Export" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELATIONSHIPS: &str = r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>"#;

impl Book {
    /// A workbook whose sheet is this part.
    pub(crate) fn of(sheet: Part) -> Self {
        let fixed = [
            ("_rels/.rels", ROOT),
            (WORKBOOK, SHEETS),
            (LIST_RELATIONSHIPS, RELATIONSHIPS),
        ];
        let fixed = fixed.map(|(name, text)| (name.to_owned(), Part::stored(text)));
        let mut book = Book {
            parts: fixed.into(),
            others: Vec::new(),
        };
        book.parts.insert(SHEET.to_owned(), sheet);
        book
    }

    /// A workbook whose sheet has these rows after one with a column `contract`.
    pub(crate) fn with_rows(rows: &str) -> Self {
        Book::of(Part::stored(sheet(rows)))
    }

    /// The same with another part.
    pub(crate) fn with(mut self, name: &str, part: Part) -> Self {
        self.parts.insert(name.to_owned(), part);
        self
    }

    /// The same with its first part changed as asked.
    pub(crate) fn changed(mut self, name: &str, change: impl FnOnce(&mut Part)) -> Self {
        change(self.parts.get_mut(name).unwrap());
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        let mut places = BTreeMap::new();
        let empty = Part::stored("");
        let others = self.others.iter().map(|name| (name, &empty));
        let all = self.parts.iter().chain(others);
        let count = self.parts.len() + self.others.len();
        for (name, part) in all {
            let place = match &part.at {
                Some(other) => places[other],
                None => file.len() as u32,
            };
            let header = header(part, name.len());
            if part.at.is_none() {
                file.write_all(b"PK\x03\x04").unwrap();
                file.write_all(&header).unwrap();
                file.write_all(&[0, 0]).unwrap();
                file.write_all(name.as_bytes()).unwrap();
                file.write_all(&part.packed).unwrap();
            }
            places.insert(name.clone(), place);
            directory.write_all(b"PK\x01\x02\x14\0").unwrap();
            directory.write_all(&header).unwrap();
            directory.write_all(&[0; 12]).unwrap();
            directory.write_all(&place.to_le_bytes()).unwrap();
            directory.write_all(name.as_bytes()).unwrap();
        }
        let (start, size) = (file.len() as u32, directory.len() as u32);
        file.append(&mut directory);
        let count = u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
        file.write_all(b"PK\x05\x06\0\0\0\0").unwrap();
        for field in [
            &count[..],
            &count,
            &size.to_le_bytes(),
            &start.to_le_bytes(),
            &[0, 0],
        ] {
            file.write_all(field).unwrap();
        }
        file
    }
}

/// What both headers of a part have in common: from the version to the length of the name.
fn header(part: &Part, name: usize) -> Vec<u8> {
    let mut header = vec![20, 0];
    header.extend(part.flags.to_le_bytes());
    header.extend(part.method.to_le_bytes());
    header.extend([0, 0, 0x21, 0]);
    header.extend(part.checksum.to_le_bytes());
    header.extend((part.packed.len() as u32).to_le_bytes());
    header.extend((part.size as u32).to_le_bytes());
    header.extend((name as u16).to_le_bytes());
    header
}

pub(crate) const BEFORE: &str = "<worksheet><dimension ref=\"A1\"/><sheetData>";
pub(crate) const AFTER: &str = "</sheetData></worksheet>";
/// A first row with the names of columns.
pub(crate) const HEAD: &str = r#"<row r="1"><c r="A1" t="str"><v>contract</v></c></row>"#;

/// The XML of a sheet with these rows after the first.
pub(crate) fn sheet(rows: &str) -> String {
    format!("{BEFORE}{HEAD}{rows}{AFTER}")
}

/// A sheet whose rows after the first are these pieces, each repeated.
pub(crate) fn long_sheet(rows: &[(&str, u64)]) -> Part {
    let mut pieces = vec![(BEFORE, 1), (HEAD, 1)];
    pieces.extend(rows);
    pieces.push((AFTER, 1));
    Part::repeated(&pieces)
}
