//! The keys of `clientype.toml`, and the values that they take.
//!
//! Owns which flags are keys, and how TOML writes the value of each. What a key is for and
//! which values it takes is stated once, where its flag is declared: a key has the name, the
//! help and the type of its flag. Each value is read as texts, as the flag takes them.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::check::{Limit, Share};
use crate::columns::Override;
use clap::{Arg, ArgAction, Args, Command};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error};
use serde_json::{Map, Value, json};

use super::entry::{Entry, columns};
use crate::cli::args::{Judging, Reading};
use crate::cli::check::Asking;
use crate::cli::related::WithFile;
use crate::cli::render::Kind;

/// The flags that are keys, as they are listed.
const NAMES: &str = "own map assume with input-format delimiter encoding sheet skip-lines no-header ragged \
    fields trailing-delimiter no-totals max-record date-order as-of rules rulebook frozen expect min-agreement min-match max-undetermined require no-unread-values \
    min-records unique key baseline strict-baseline label-language warn allow fail-on \
    max-findings report";

/// A key: all that is known of it.
pub(super) struct Key {
    pub(super) name: &'static str,
    description: String,
    pub(super) shape: Shape,
}

/// All keys.
pub(super) static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let command = flags();
    let flag = |name: &str| {
        command
            .get_arguments()
            .find(|flag| flag.get_long() == Some(name))
    };
    let key = |name| {
        let flag = flag(name)?;
        let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
        Some(Key {
            name,
            description: help.trim_end_matches(" Repeatable.").to_owned(),
            shape: Shape::of(flag),
        })
    };
    NAMES.split(' ').filter_map(key).collect()
});

impl Key {
    /// The key with this name.
    pub(super) fn of(name: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| key.name == name)
    }
}

/// A command with the flags of which some are keys.
pub(super) fn flags() -> Command {
    let command = Command::new("clientype").no_binary_name(true);
    Asking::augment_args(Judging::augment_args(Reading::augment_args(command)))
}

/// The JSON Schema of the file.
pub(in crate::cli) fn schema() -> Value {
    let properties = KEYS.iter().map(|key| {
        let mut schema = key.shape.schema();
        schema["description"] = (*key.description).into();
        (key.name.to_owned(), schema)
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "clientype.toml",
        "description": "Settings of clientype; what the command line sets wins.",
        "type": "object",
        "properties": properties.collect::<Map<_, _>>(),
        "additionalProperties": false,
    })
}

/// A kind of value.
#[derive(Debug)]
pub(super) enum Shape {
    Text,
    /// A path.
    File,
    /// A text, or a list of texts.
    Texts,
    OneOf(Vec<String>),
    /// Codes of findings: one, or a list.
    Codes(Vec<String>),
    Yes,
    /// A number from 0 on.
    Count,
    Day,
    /// A table of criteria and columns, or lists of columns.
    Columns,
    /// `NAME=TEXT`, a list of those, or a table.
    Pairs,
    /// The same with files to write, of these names.
    Files(Vec<String>),
    /// `98%`, `NAME:98%`, a list of those, or a table.
    Shares,
    /// `95%`.
    Share,
    /// Tables, one for each related file.
    Related,
}

/// Texts as TOML writes them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Written {
    One(String),
    Many(Vec<String>),
    Table(BTreeMap<String, String>),
}

impl Written {
    /// As a flag takes them; of a table with this `sign` between name and text. None where
    /// there is no such sign, so that a table has no meaning.
    fn texts(self, sign: Option<char>) -> Option<Vec<String>> {
        Some(match (self, sign) {
            (Written::One(text), _) => vec![text],
            (Written::Many(texts), _) => texts,
            (Written::Table(table), sign) => {
                let (sign, pairs) = (sign?, table.into_iter());
                let pairs = pairs.map(|(name, text)| format!("{name}{sign}{text}"));
                pairs.collect()
            }
        })
    }
}

/// What stands behind a key, as texts; or, of columns, the key within its table that is
/// wrong, and why.
pub(in crate::cli) type Texts = Result<Vec<String>, (String, String)>;

impl<'de> DeserializeSeed<'de> for &Shape {
    type Value = Texts;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Texts, D::Error> {
        Ok(Ok(match self {
            Shape::Text | Shape::OneOf(_) | Shape::Share => {
                vec![String::deserialize(from).map_err(|_| D::Error::custom("expected a text"))?]
            }
            Shape::File => {
                let path = PathBuf::deserialize(from);
                let path = path.map_err(|_| D::Error::custom("expected a path, as a text"))?;
                let path = path.into_os_string();
                let not_unicode = |_| D::Error::custom("a path is written in UTF-8");
                vec![path.into_string().map_err(not_unicode)?]
            }
            Shape::Texts | Shape::Codes(_) | Shape::Pairs | Shape::Files(_) | Shape::Shares => {
                let (sign, expected) = match self {
                    Shape::Pairs | Shape::Files(_) => (Some('='), PAIRS),
                    Shape::Shares => (Some(':'), PAIRS),
                    _ => (None, "expected a text, or a list of texts"),
                };
                let texts = Written::deserialize(from).ok();
                let texts = texts.and_then(|written| written.texts(sign));
                texts.ok_or_else(|| D::Error::custom(expected))?
            }
            Shape::Yes => match bool::deserialize(from)
                .map_err(|_| D::Error::custom("expected true or false"))?
            {
                true => vec!["true".to_owned()],
                false => Vec::new(),
            },
            Shape::Count => {
                let count = usize::deserialize(from);
                let count =
                    count.map_err(|_| D::Error::custom("expected a whole number from 0 on"));
                vec![count?.to_string()]
            }
            // A day of TOML needs no quotes.
            Shape::Day => match toml::Value::deserialize(from)? {
                toml::Value::String(text) => vec![text],
                value => vec![value.to_string()],
            },
            Shape::Related => {
                let files = Vec::<WithFile>::deserialize(from)?;
                if files.iter().any(|one| one.file.as_os_str().is_empty()) {
                    return Err(D::Error::custom("a table lacks `file`"));
                }
                let texts = files.iter().map(serde_json::to_string);
                texts.collect::<Result<_, _>>().map_err(D::Error::custom)?
            }
            Shape::Columns => {
                let table = toml::Table::deserialize(from).map(columns);
                let expected = "expected a table, such as [map] with contract = \"Vertrag\"";
                return table.map_err(|_| D::Error::custom(expected));
            }
        }))
    }
}

const PAIRS: &str =
    "expected a text as the flag takes it, a list of such texts, or a table of texts";
const SHARE: &str = r"^\s*0*(100(\.0{1,6})?|[0-9]{1,2}(\.[0-9]{1,6})?)\s*%\s*$";
const SHARE_OF: &str = r"^([^:]+:)?\s*0*(100(\.0{1,6})?|[0-9]{1,2}(\.[0-9]{1,6})?)\s*%\s*$";
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

impl Shape {
    /// That of the values of a flag.
    fn of(flag: &Arg) -> Self {
        let names = flag.get_possible_values();
        let names: Vec<String> = names.iter().map(|one| one.get_name().to_owned()).collect();
        let is_repeated = matches!(flag.get_action(), ArgAction::Append);
        let of = flag.get_value_parser().type_id();
        match (flag.get_action().takes_values(), names.is_empty()) {
            (false, _) => Shape::Yes,
            (true, false) if is_repeated => Shape::Codes(names),
            (true, false) => Shape::OneOf(names),
            _ if of == TypeId::of::<u64>() || of == TypeId::of::<usize>() => Shape::Count,
            _ if of == TypeId::of::<jiff::civil::Date>() => Shape::Day,
            _ if of == TypeId::of::<PathBuf>() && is_repeated => Shape::Related,
            _ if of == TypeId::of::<PathBuf>() => Shape::File,
            _ if of == TypeId::of::<Override>() => Shape::Columns,
            _ if of == TypeId::of::<Limit>() => Shape::Shares,
            _ if of == TypeId::of::<Share>() => Shape::Share,
            _ if of == TypeId::of::<(String, String)>() => Shape::Pairs,
            _ if of == TypeId::of::<(Kind, PathBuf)>() => Shape::Files(Kind::names()),
            _ if is_repeated => Shape::Texts,
            _ => Shape::Text,
        }
    }

    /// True if a flag that says `said` beats `text` of the file. Of several values by
    /// name those of one name are meant, and of shares one that has none means all.
    pub(super) fn replaces(&self, said: &str, text: &str) -> bool {
        let name = |text: &str, sign| Some(text.split_once(sign)?.0.trim().to_owned());
        match self {
            Shape::Columns => {
                let of = |text: &str| {
                    let name = name(text, '=')?;
                    Some(
                        name.split_once(':')
                            .map_or(name.clone(), |(name, _)| name.to_owned()),
                    )
                };
                of(said) == of(text)
            }
            Shape::Pairs | Shape::Files(_) => name(said, '=') == name(text, '='),
            Shape::Shares => name(said, ':').is_none_or(|said| name(text, ':') == Some(said)),
            Shape::Codes(_) => said == text,
            _ => true,
        }
    }

    /// What JSON Schema says of it.
    fn schema(&self) -> Value {
        let text = || json!({"type": "string"});
        let some = |of: Value| json!({"anyOf": [of, {"type": "array", "items": of}]});
        let some_or_table = |of: &str, table: Value| {
            let text = json!({"type": "string", "pattern": of});
            json!({"anyOf": [text, {"type": "array", "items": text}, table]})
        };
        let table_of = |of: Value| json!({"type": "object", "additionalProperties": of});
        match self {
            Shape::Text | Shape::File => text(),
            Shape::Share => json!({"type": "string", "pattern": SHARE}),
            Shape::Related => WithFile::schema(&Shape::Columns.schema()),
            Shape::Texts => some(text()),
            Shape::OneOf(values) => json!({"enum": values}),
            Shape::Codes(codes) => some(json!({"enum": codes})),
            Shape::Yes => json!({"type": "boolean"}),
            Shape::Count => json!({"type": "integer", "minimum": 0}),
            Shape::Day => json!({"type": "string", "format": "date", "pattern": DAY}),
            Shape::Columns => table_of(some(json!({"anyOf": [text(), Entry::schema()]}))),
            Shape::Pairs => some_or_table(r"^[^=]*=[\s\S]*$", table_of(text())),
            Shape::Files(names) => {
                let mut table = table_of(text());
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
