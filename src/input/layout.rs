//! How an input is laid out, as far as the user states it.
//!
//! Owns what can be stated about the bytes of an input before a record is read.
//! Everything else is detected, or asked for where a guess could be wrong.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use crate::input::Format;

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

/// An encoding of text, by one of the labels of the WHATWG Encoding Standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(pub(crate) &'static encoding_rs::Encoding);

impl Encoding {
    /// The encoding with this label, such as `windows-1252`, `latin1` or
    /// `utf-16le`, in any case.
    pub fn from_label(label: &str) -> Option<Self> {
        encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()).map(Encoding)
    }

    /// Its name in the standard.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// What decodes it.
    pub(crate) fn codec(self) -> &'static encoding_rs::Encoding {
        self.0
    }

    /// True unless it is one of Unicode's own.
    pub(crate) fn is_legacy(self) -> bool {
        ![UTF_8, UTF_16LE, UTF_16BE].contains(&self.0)
    }
}
