//! How an input is laid out, as far as the user states it.
//!
//! Owns what can be stated about the bytes of an input before a record is read.
//! Everything else is detected, or asked for where a guess could be wrong.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use crate::input::Format;
use crate::input::dos::{CodePage, PAGES};

/// How an input is laid out, where the user knows better than the first bytes show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The format; detected by default.
    pub format: Option<Format>,
    /// The delimiter of CSV; detected by default.
    pub delimiter: Option<u8>,
    /// The encoding of text without a byte order mark; UTF-8 by default.
    pub encoding: Option<Encoding>,
    /// The sheet of a workbook, by its name or its number from 1; the first by default.
    pub sheet: Option<String>,
    /// How many lines before the header (or, without one, the first record) are copied
    /// without being read. CSV and TSV only.
    pub skip_lines: usize,
    /// The first line is a record; columns are named by their numbers from 1. CSV
    /// and TSV only.
    pub no_header: bool,
    /// What to do with records that have more or fewer fields than the header.
    pub ragged: Ragged,
    /// How many columns there are, if the header has fewer, or if there is none. Shown by the
    /// first records by default. CSV and TSV only.
    pub fields: Option<usize>,
    /// Each record ends with a delimiter that the header does not have; shown by the first
    /// records by default. CSV and TSV only.
    pub trailing_delimiter: bool,
    /// Nothing is detected: what is not stated has its default.
    pub frozen: bool,
    /// How many bytes a record may have; [`Layout::MAX_RECORD`] by default. So may what
    /// comes before the first record, and after the last one.
    pub max_record: Option<usize>,
}

impl Layout {
    /// How many bytes a record may have if nothing is stated: 1 GiB.
    pub const MAX_RECORD: usize = 1 << 30;

    /// How many bytes a record may have.
    pub(crate) fn longest(&self) -> usize {
        self.max_record.unwrap_or(Self::MAX_RECORD)
    }
}

/// What to do with CSV records that have more or fewer fields than the header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ragged {
    /// They are errors, or set aside.
    #[default]
    Error,
    /// Short records get empty fields; the header gets unnamed columns if records of
    /// the sample are longer.
    Pad,
}

impl Ragged {
    /// Its name: `error` or `pad`.
    pub fn name(self) -> &'static str {
        match self {
            Ragged::Error => "error",
            Ragged::Pad => "pad",
        }
    }
}

/// An encoding of text, by one of the labels of the WHATWG Encoding Standard, or one of
/// the code pages of DOS: `cp437`, `cp850`, `cp852`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(Codec);

/// What decodes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    Standard(&'static encoding_rs::Encoding),
    Dos(&'static CodePage),
}

impl Encoding {
    /// The encoding with this label, such as `windows-1252`, `latin1`, `cp850` or
    /// `utf-16le`, in any case.
    pub fn from_label(label: &str) -> Option<Self> {
        let standard = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes());
        let codec = standard.map(Codec::Standard);
        let codec = codec.or_else(|| CodePage::from_label(label).map(Codec::Dos));
        codec.map(Encoding)
    }

    /// One of the standard's encodings.
    pub(crate) const fn standard(encoding: &'static encoding_rs::Encoding) -> Self {
        Encoding(Codec::Standard(encoding))
    }

    /// The code pages of DOS.
    pub(crate) fn of_dos() -> impl Iterator<Item = Self> {
        PAGES.iter().map(|page| Encoding(Codec::Dos(page)))
    }

    /// Its name, as the standard has it.
    pub fn name(self) -> &'static str {
        match self.0 {
            Codec::Standard(encoding) => encoding.name(),
            Codec::Dos(page) => page.name,
        }
    }

    /// What decodes it.
    pub(crate) fn codec(self) -> Codec {
        self.0
    }

    /// True if it is this one of the standard's encodings.
    pub(crate) fn is(self, encoding: &'static encoding_rs::Encoding) -> bool {
        self.0 == Codec::Standard(encoding)
    }

    /// True unless it is one of Unicode's own.
    pub(crate) fn is_legacy(self) -> bool {
        ![UTF_8, UTF_16LE, UTF_16BE].iter().any(|one| self.is(one))
    }
}
