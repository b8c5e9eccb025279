//! The values that keys of `clientype.toml` take.
//!
//! Owns, of each kind of value, how TOML writes it and what JSON Schema says of it. Each
//! is read as texts, as a flag takes them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::check::Code;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error};
use serde_json::{Value, json};

/// A kind of value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Text,
    /// A path.
    File,
    /// A text, or a list of texts.
    Texts,
    OneOf(fn() -> Vec<&'static str>),
    /// Codes of findings: one, or a list.
    Codes,
    Yes,
    /// A number from 0 on.
    Count,
    Day,
    /// A table of criteria and columns, or lists of columns.
    Columns,
    /// `NAME=TEXT`, a list of those, or a table; of these names, if there are any.
    Pairs(fn() -> Vec<&'static str>),
    /// `98%`, `NAME:98%`, a list of those, or a table.
    Shares,
}

/// A text, or a list of texts.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a text, or a list of texts")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// What a flag takes as `NAME=TEXT`, as it is written there or as a table.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a text as the flag takes it, a list of such texts, or a table of texts"
)]
enum Pairs {
    Texts(OneOrMany),
    Table(BTreeMap<String, String>),
}

impl OneOrMany {
    fn texts(self) -> Vec<String> {
        match self {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}

impl Pairs {
    /// As the flag takes them, with this sign between name and text.
    fn texts(self, sign: char) -> Vec<String> {
        match self {
            Pairs::Texts(texts) => texts.texts(),
            Pairs::Table(table) => {
                let pairs = table.into_iter();
                let pairs = pairs.map(|(name, text)| format!("{name}{sign}{text}"));
                pairs.collect()
            }
        }
    }
}

/// What stands behind a key, as texts; or, of columns, what is wrong with it.
pub(super) type Texts = Result<Vec<String>, String>;

impl<'de> DeserializeSeed<'de> for Shape {
    type Value = Texts;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Texts, D::Error> {
        Ok(Ok(match self {
            Shape::Text | Shape::OneOf(_) => vec![String::deserialize(from)?],
            Shape::File => {
                let path = PathBuf::deserialize(from)?.into_os_string();
                let not_unicode = |_| D::Error::custom("a path is written in UTF-8");
                vec![path.into_string().map_err(not_unicode)?]
            }
            Shape::Texts | Shape::Codes => OneOrMany::deserialize(from)?.texts(),
            Shape::Pairs(_) => Pairs::deserialize(from)?.texts('='),
            Shape::Shares => Pairs::deserialize(from)?.texts(':'),
            Shape::Yes => match bool::deserialize(from)? {
                true => vec!["true".to_owned()],
                false => Vec::new(),
            },
            Shape::Count => vec![usize::deserialize(from)?.to_string()],
            // A day of TOML needs no quotes.
            Shape::Day => match toml::Value::deserialize(from)? {
                toml::Value::String(text) => vec![text],
                value => vec![value.to_string()],
            },
            Shape::Columns => return toml::Table::deserialize(from).map(columns),
        }))
    }
}

/// `CRITERION=COLUMN`, for each criterion and column of a table.
fn columns(table: toml::Table) -> Texts {
    let mut texts = Vec::new();
    for (criterion, columns) in table {
        let several = match columns {
            toml::Value::Array(columns) => columns,
            column => vec![column],
        };
        for column in several {
            let toml::Value::String(column) = column else {
                return Err(format!(
                    "map.{criterion}: expected the name of a column, or a list of names"
                ));
            };
            texts.push(format!("{criterion}={column}"));
        }
    }
    Ok(texts)
}

const SHARE: &str = r"^\s*0*(100(\.0{1,6})?|[0-9]{1,2}(\.[0-9]{1,6})?)\s*%\s*$";
const SHARE_OF: &str = r"^([^:]+:)?\s*0*(100(\.0{1,6})?|[0-9]{1,2}(\.[0-9]{1,6})?)\s*%\s*$";
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

impl Shape {
    /// True if a flag that says `said` beats `text` of the file. Of several values by
    /// name those of one name are meant, and of shares one that has none means all.
    pub(super) fn replaces(self, said: &str, text: &str) -> bool {
        let name = |text: &str, sign| Some(text.split_once(sign)?.0.trim().to_owned());
        match self {
            Shape::Columns | Shape::Pairs(_) => name(said, '=') == name(text, '='),
            Shape::Shares => name(said, ':').is_none_or(|said| name(text, ':') == Some(said)),
            Shape::Codes => said == text,
            _ => true,
        }
    }

    /// What JSON Schema says of it.
    pub(super) fn schema(self) -> Value {
        let text = || json!({"type": "string"});
        let some = |of: Value| json!({"anyOf": [of, {"type": "array", "items": of}]});
        let some_or_table = |of: &str, table: Value| {
            let text = json!({"type": "string", "pattern": of});
            json!({"anyOf": [text, {"type": "array", "items": text}, table]})
        };
        let table_of = |of: Value| json!({"type": "object", "additionalProperties": of});
        match self {
            Shape::Text | Shape::File => text(),
            Shape::Texts => some(text()),
            Shape::OneOf(values) => json!({"enum": values()}),
            Shape::Codes => some(json!({"enum": Code::ALL.map(Code::name)})),
            Shape::Yes => json!({"type": "boolean"}),
            Shape::Count => json!({"type": "integer", "minimum": 0}),
            Shape::Day => json!({"type": "string", "format": "date", "pattern": DAY}),
            Shape::Columns => table_of(some(text())),
            Shape::Pairs(names) => {
                let (names, mut table) = (names(), table_of(text()));
                if names.is_empty() {
                    return some_or_table(r"^[^=]*=[\s\S]*$", table);
                }
                table["propertyNames"] = json!({"enum": names});
                some_or_table(&format!(r"^({})=[\s\S]+$", names.join("|")), table)
            }
            Shape::Shares => {
                let share = json!({"type": "string", "pattern": SHARE});
                some_or_table(SHARE_OF, table_of(share))
            }
        }
    }
}
