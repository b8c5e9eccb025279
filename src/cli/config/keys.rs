//! The keys of `clientype.toml`: their names, what they say, and what stands behind them.
//!
//! Owns the one list of them, of which the JSON Schema and the error about an unknown key
//! are made.

use crate::check::{Code, Language};
use crate::input::Format;
use serde_json::{Value, json};

use crate::cli::render::Kind;

/// A key.
pub(super) struct Key {
    pub(super) name: &'static str,
    says: &'static str,
    shape: Shape,
}

/// What stands behind a key.
enum Shape {
    Text,
    /// A text, or a list of texts.
    Texts,
    OneOf(fn() -> Vec<&'static str>),
    /// Codes of findings: one, or a list.
    Codes,
    Yes,
    /// A number from this one on.
    Count(u64),
    Day,
    /// A table of criteria and columns, or lists of columns.
    Columns,
    /// `NAME=TEXT`, a list of those, or a table; these names if they are known.
    Pairs(fn() -> Vec<&'static str>),
    /// `98%`, `NAME:98%`, a list of those, or a table.
    Shares,
}

const fn key(name: &'static str, says: &'static str, shape: Shape) -> Key {
    Key { name, says, shape }
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
        Shape::Count(0),
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
        Shape::Text,
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
        Shape::Count(0),
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
        Shape::Text,
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
        Shape::Count(0),
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
        schema["description"] = key.says.into();
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

const SHARE: &str = r"^\s*0*(100(\.0{1,6})?|[0-9]{1,2}(\.[0-9]{1,6})?)\s*%\s*$";
const SHARE_OF: &str = r"^([^:]+:)?\s*0*(100(\.0{1,6})?|[0-9]{1,2}(\.[0-9]{1,6})?)\s*%\s*$";
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

impl Shape {
    fn schema(&self) -> Value {
        let text = || json!({"type": "string"});
        let some = |of: Value| json!({"anyOf": [of, {"type": "array", "items": of}]});
        match self {
            Shape::Text => text(),
            Shape::Texts => some(text()),
            Shape::OneOf(values) => json!({"enum": values()}),
            Shape::Codes => some(json!({"enum": Code::ALL.map(Code::name)})),
            Shape::Yes => json!({"type": "boolean"}),
            Shape::Count(least) => json!({"type": "integer", "minimum": least}),
            Shape::Day => json!({"type": "string", "format": "date", "pattern": DAY}),
            Shape::Columns => json!({"type": "object", "additionalProperties": some(text())}),
            Shape::Pairs(names) => {
                let names = names();
                let pair = match names.is_empty() {
                    true => r"^[^=]*=[\s\S]*$".to_owned(),
                    false => format!(r"^({})=[\s\S]+$", names.join("|")),
                };
                let mut table = json!({"type": "object", "additionalProperties": text()});
                if !names.is_empty() {
                    table["propertyNames"] = json!({"enum": names});
                }
                let pair = json!({"type": "string", "pattern": pair});
                json!({"anyOf": [pair, {"type": "array", "items": pair}, table]})
            }
            Shape::Shares => {
                let share = json!({"type": "string", "pattern": SHARE_OF});
                let of = json!({"type": "string", "pattern": SHARE});
                let table = json!({"type": "object", "additionalProperties": of});
                json!({"anyOf": [share, {"type": "array", "items": share}, table]})
            }
        }
    }
}
