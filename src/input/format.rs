//! The formats and their names.
//!
//! Owns the names and file extensions by which a format is known.

/// A format of records, as input or as output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Fields separated by a comma, or by the input's own delimiter.
    Csv,
    /// Fields separated by tabs, quoted as in CSV.
    Tsv,
    /// An array of objects, or an object that contains one.
    Json,
    /// One object per line.
    Ndjson,
    /// Aligned columns for reading; output only.
    Table,
}

impl Format {
    /// All formats, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Self> {
        use Format::{Csv, Json, Ndjson, Table, Tsv};
        [Csv, Tsv, Json, Ndjson, Table].into_iter()
    }

    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|format| format.name() == name)
    }

    /// Its name as an option's value: `ndjson`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Table => "table",
        }
    }

    /// Its name in messages: `NDJSON`.
    pub fn title(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::Tsv => "TSV",
            Format::Json => "JSON",
            Format::Ndjson => "NDJSON",
            Format::Table => "table",
        }
    }

    /// True if records can be read in this format, not only written.
    pub fn is_input(self) -> bool {
        self != Format::Table
    }

    /// The format of a file with this extension, where its first bytes leave it open.
    pub(crate) fn from_ending(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            // The first bytes decide for `json`: such files often have one object per
            // line.
            _ => None,
        }
    }
}
