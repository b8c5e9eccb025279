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

/// All there is to say about a format.
struct Profile {
    format: Format,
    name: &'static str,
    title: &'static str,
    says: &'static str,
    endings: &'static [&'static str],
    is_input: bool,
}

const PROFILES: [Profile; 5] = [
    Profile {
        format: Format::Csv,
        name: "csv",
        title: "CSV",
        says: "Fields with commas between them, or what the input has",
        endings: &["csv"],
        is_input: true,
    },
    Profile {
        format: Format::Tsv,
        name: "tsv",
        title: "TSV",
        says: "Fields with tabs between them",
        endings: &["tsv", "tab"],
        is_input: true,
    },
    Profile {
        format: Format::Json,
        name: "json",
        title: "JSON",
        says: "An array of objects; as input also an object that holds one",
        // By its first bytes: a file of objects on lines often ends so too.
        endings: &[],
        is_input: true,
    },
    Profile {
        format: Format::Ndjson,
        name: "ndjson",
        title: "NDJSON",
        says: "An object on each line; as input also Elasticsearch's bulk format",
        endings: &["ndjson", "jsonl"],
        is_input: true,
    },
    Profile {
        format: Format::Table,
        name: "table",
        title: "table",
        says: "Aligned columns, for reading",
        endings: &[],
        is_input: false,
    },
];

impl Format {
    fn profile(self) -> &'static Profile {
        // In the order in which the formats are declared; a test holds it.
        &PROFILES[self as usize]
    }

    /// All formats, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Self> {
        PROFILES.iter().map(|profile| profile.format)
    }

    /// The format that a user names so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|format| format.name() == name)
    }

    /// As a user names it: `ndjson`.
    pub fn name(self) -> &'static str {
        self.profile().name
    }

    /// As a message names it: `NDJSON`.
    pub fn title(self) -> &'static str {
        self.profile().title
    }

    /// What it is, in a few words.
    pub fn says(self) -> &'static str {
        self.profile().says
    }

    /// True if records are read in this format, and not only written.
    pub fn is_input(self) -> bool {
        self.profile().is_input
    }

    /// The format of a file whose name ends so, where that is sure.
    pub(crate) fn from_ending(ending: &str) -> Option<Self> {
        Self::all().find(|format| format.profile().endings.contains(&ending))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_its_own_profile() {
        for format in Format::all() {
            assert_eq!(format.profile().format, format);
            assert_eq!(Format::from_name(format.name()), Some(format));
        }
    }
}
