//! The keys of `clientype.toml`: one table.
//!
//! Owns the names of the keys, what the JSON Schema says of each, and what value each
//! takes. A key is named like the flag that it stands for, and its values are read as that
//! flag reads them; so a row is all that a key needs.

use crate::check::Language;
use crate::input::Format;
use serde_json::{Value, json};

use super::shape::Shape;
use crate::cli::render::Kind;

/// A key: all that is known of it.
pub(super) struct Key {
    pub(super) name: &'static str,
    description: &'static str,
    pub(super) shape: Shape,
}

impl Key {
    /// The key with this name.
    pub(super) fn of(name: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| key.name == name)
    }
}

const fn key(name: &'static str, description: &'static str, shape: Shape) -> Key {
    Key {
        name,
        description,
        shape,
    }
}

/// All keys, each named like its flag.
pub(super) static KEYS: [Key; 28] = [
    key(
        "own",
        "Our own organization: names and mail domains.",
        Shape::Texts,
    ),
    key(
        "map",
        "Which columns feed which criterion; an empty name switches one off.",
        Shape::Columns,
    ),
    key(
        "input-format",
        "The format of the input.",
        Shape::OneOf(formats),
    ),
    key(
        "delimiter",
        "The delimiter of CSV: a character, tab, comma, semicolon or pipe.",
        Shape::Text,
    ),
    key(
        "encoding",
        "The encoding of text that is not UTF-8: a label of the WHATWG Encoding Standard.",
        Shape::Text,
    ),
    key(
        "sheet",
        "The sheet of a workbook, by its name or its number.",
        Shape::Text,
    ),
    key(
        "skip-lines",
        "So many lines of CSV come before the header.",
        Shape::Count,
    ),
    key(
        "no-header",
        "The first line of CSV is a record.",
        Shape::Yes,
    ),
    key(
        "ragged",
        "What to do with CSV records that have more or fewer fields than the header.",
        Shape::OneOf(|| vec!["error", "pad"]),
    ),
    key(
        "date-order",
        "The order of dates in digits where their column does not tell.",
        Shape::OneOf(|| vec!["dmy", "mdy", "ymd"]),
    ),
    key(
        "as-of",
        "The day on which open-ended durations are measured.",
        Shape::Day,
    ),
    key(
        "rules",
        "A rulebook to use instead of the built-in one.",
        Shape::File,
    ),
    key(
        "expect",
        "Columns with labels that have to agree with the computed ones, by scorecard.",
        Shape::Pairs(Vec::new),
    ),
    key(
        "min-agreement",
        "At least so many of these labels have to agree, of each scorecard or of one.",
        Shape::Shares,
    ),
    key(
        "max-undetermined",
        "At most so many records may be undetermined, on each scorecard or on one.",
        Shape::Shares,
    ),
    key(
        "require",
        "Criteria that each record has to fill in so that they are understood.",
        Shape::Texts,
    ),
    key(
        "no-unread-values",
        "Each value that is not understood is a finding.",
        Shape::Yes,
    ),
    key(
        "min-records",
        "So many records there have to be.",
        Shape::Count,
    ),
    key(
        "unique",
        "Columns in which no value may be there twice.",
        Shape::Texts,
    ),
    key(
        "key",
        "The column that says which record it is.",
        Shape::Text,
    ),
    key(
        "baseline",
        "A file with the labels of an earlier run.",
        Shape::File,
    ),
    key(
        "strict-baseline",
        "Entries of the baseline whose records have gone are findings.",
        Shape::Yes,
    ),
    key(
        "label-language",
        "The language of the labels that expect compares.",
        Shape::OneOf(languages),
    ),
    key(
        "warn",
        "Findings with these codes are warnings.",
        Shape::Codes,
    ),
    key("allow", "Findings with these codes are none.", Shape::Codes),
    key(
        "fail-on",
        "From which severity on a finding fails the check.",
        Shape::OneOf(|| vec!["error", "warning"]),
    ),
    key(
        "max-findings",
        "So many findings are shown; all are counted.",
        Shape::Count,
    ),
    key(
        "report",
        "Further reports, and the files they go to.",
        Shape::Pairs(|| Kind::ALL.map(Kind::name).to_vec()),
    ),
];

fn formats() -> Vec<&'static str> {
    let formats = Format::all().filter(|format| format.is_input());
    formats.map(Format::name).collect()
}

fn languages() -> Vec<&'static str> {
    Language::all().map(Language::code).collect()
}

/// The JSON Schema of the file.
pub(in crate::cli) fn schema() -> Value {
    let properties = KEYS.iter().map(|key| {
        let mut schema = key.shape.schema();
        schema["description"] = key.description.into();
        (key.name.to_owned(), schema)
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "clientype.toml",
        "description": "What the command line of clientype does not say.",
        "type": "object",
        "properties": properties.collect::<serde_json::Map<_, _>>(),
        "additionalProperties": false,
    })
}
