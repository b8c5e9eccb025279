//! How much a workbook may hold.
//!
//! Owns each bound with its reason. A workbook is packed, so a small file can claim, or
//! unpack to, more than any machine holds: what exceeds a bound is refused. The guide
//! lists them under `limits`.

const MIB: u64 = 1 << 20;

/// Bytes of the file itself, which is held in memory: its directory is at its end.
pub(super) const FILE: u64 = 256 * MIB;
/// Parts of the archive: as many as an archive without the 64-bit extension has. A
/// workbook has some ten, and a few for each sheet.
pub(super) const PARTS: usize = 65_535;
/// Bytes of a part's name. The names of parts that a workbook needs have some 30.
pub(super) const PART_NAME: usize = 1024;
/// How many times its packed size a large part may unpack to. Sheets and texts that
/// programs write unpack to 5 to 30 times as much; a bomb unpacks to 1,000 times as much.
pub(super) const RATIO: u64 = 100;
/// Bytes of a part, also of a large one: what an archive without the 64-bit
/// extension can hold.
const PART: u64 = u32::MAX as u64;
/// Bytes that a sheet may unpack to, however little it takes in the file. Its cells are read one
/// after the other, so this bounds time, not memory.
const SHEET_AT_LEAST: u64 = 128 * MIB;
/// The same for the shared texts, which are held in memory.
const TEXTS_AT_LEAST: u64 = 64 * MIB;
/// Bytes that any other part unpacks to: the list of sheets, the formats of numbers.
const OTHER_PART: u64 = 64 * MIB;

/// Bytes of a tag or a comment, with what encloses it, or of a text without markup in it:
/// they are held in memory. It is as much as a cell may hold.
pub(super) const TOKEN: usize = CELL;
/// Elements of XML within each other. Workbooks have about ten, and the parser remembers
/// each.
pub(super) const DEPTH: usize = 64;
/// Namespaces that open elements declare, and bytes of a prefix: they are held in memory,
/// and looked through for each element with a prefix. Workbooks declare up to 30.
pub(super) const NAMESPACES: usize = 128;
pub(super) const PREFIX: usize = 255;

/// Bytes that a shared text takes at least: `<si/>`. What claims to hold more texts than
/// it has room for is refused, if it claims more than `TEXTS_CLAIMED`: some programs state
/// how often the texts are referred to instead of how many there are.
pub(super) const SHARED_TEXT: u64 = 5;
pub(super) const TEXTS_CLAIMED: u64 = 10_000_000;

/// Sheets of a workbook: their names are held in memory.
pub(super) const SHEETS: usize = 10_000;
/// Characters of a sheet's name. Spreadsheet programs allow 31.
pub(super) const SHEET_NAME: usize = 255;
/// Sheets that a message names.
pub(super) const SHEETS_NAMED: usize = 20;

/// The last row and column of a sheet, from 1, in the format: `XFD1048576`.
pub(super) const LAST_ROW: u32 = 1_048_576;
pub(super) const LAST_COLUMN: u32 = 16_384;
/// Bytes of a cell's text. Spreadsheet programs allow 32,767 characters, which take at
/// most a tenth of it.
pub(super) const CELL: usize = MIB as usize;

/// Bytes of a sheet's text as CSV, however little the sheet takes: a shared text is stored
/// once and may be in each cell, and each row has as many fields as the widest.
const TEXT_AT_LEAST: u64 = 256 * MIB;
/// How many times what a sheet unpacks to its text may take.
const TEXT_RATIO: u64 = 64;

/// Cells of a sheet whose cells are not in order: they are held in memory. Spreadsheet
/// programs write cells in order.
pub(super) const CELLS_OUT_OF_ORDER: usize = 1_000_000;
/// Bytes of their texts.
pub(super) const TEXT_OUT_OF_ORDER: usize = 64 * MIB as usize;

/// What a part of the archive is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Sheet,
    Texts,
    Other,
}

impl Use {
    /// How many bytes a part may unpack to that takes `packed` bytes in the file.
    pub(super) fn most(self, packed: u64) -> u64 {
        let large = packed.saturating_mul(RATIO);
        match self {
            Use::Sheet => large.clamp(SHEET_AT_LEAST, PART),
            Use::Texts => large.clamp(TEXTS_AT_LEAST, PART),
            Use::Other => OTHER_PART,
        }
    }

    /// The same for a message.
    pub(super) fn most_in_words(self) -> String {
        match self {
            Use::Sheet => large_in_words(SHEET_AT_LEAST),
            Use::Texts => large_in_words(TEXTS_AT_LEAST),
            Use::Other => format!("at most {}", size(OTHER_PART)),
        }
    }
}

fn large_in_words(at_least: u64) -> String {
    let at_least = size(at_least);
    format!("at most {at_least}, or {RATIO} times what it takes in the file, up to 4 GiB")
}

/// How many bytes of text as CSV a sheet may have, of which `unpacked` bytes were read.
pub(super) fn text(unpacked: u64) -> u64 {
    unpacked.saturating_mul(TEXT_RATIO).max(TEXT_AT_LEAST)
}

/// The same for a message.
pub(super) fn text_in_words() -> String {
    let at_least = size(TEXT_AT_LEAST);
    format!("a text of at most {at_least}, or {TEXT_RATIO} times what the sheet itself takes")
}

/// A bound for a message.
pub(super) fn size(bytes: u64) -> String {
    format!("{} MiB", bytes / MIB)
}
