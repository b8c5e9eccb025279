//! The formats, and what each is called.
//!
//! Owns the names under which a user and a file name know a format.

/// A format of records, as input or as output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Fields separated by a comma, or by what the input has.
    Csv,
    /// Fields separated by tabs, quoted as in CSV.
    Tsv,
    /// An array of objects, or an object that holds one.
    Json,
    /// An object on each line.
    Ndjson,
    /// Columns aligned for reading; output only.
    Table,
}

impl Format {
    /// All formats, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Self> {
        use Format::{Csv, Json, Ndjson, Table, Tsv};
        [Csv, Tsv, Json, Ndjson, Table].into_iter()
    }

    /// The format that a user names so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|format| format.name() == name)
    }

    /// As a user names it: `ndjson`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Table => "table",
        }
    }

    /// As a message names it: `NDJSON`.
    pub fn title(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::Tsv => "TSV",
            Format::Json => "JSON",
            Format::Ndjson => "NDJSON",
            Format::Table => "table",
        }
    }

    /// What it is, in a few words.
    pub fn says(self) -> &'static str {
        match self {
            Format::Csv => "Fields with commas between them, or what the input has",
            Format::Tsv => "Fields with tabs between them",
            Format::Json => "An array of objects; as input also an object that holds one",
            Format::Ndjson => "An object on each line; as input also Elasticsearch's bulk format",
            Format::Table => "Aligned columns, for reading",
        }
    }

    /// True if records are read in this format, and not only written.
    pub fn is_input(self) -> bool {
        self != Format::Table
    }

    /// The format of a file whose name ends so, where that is sure.
    pub(crate) fn from_ending(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            // `json` is told by its first bytes: a file of objects on lines often ends so.
            _ => None,
        }
    }
}
