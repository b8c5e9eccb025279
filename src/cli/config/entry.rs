//! The entries of the table `[map]`: a column, and how it is read.
//!
//! Owns their keys, what `--map` takes for each, and their JSON Schema.

use serde::Deserialize;
use serde_json::{Value, json};

use super::keys::Texts;
use crate::columns::read_as::{ORDERS, ROLES, UNITS};

/// A column for a criterion.
#[derive(Deserialize)]
#[serde(untagged)]
enum MappedColumn {
    Name(String),
    ReadAs(Box<Entry>),
}

/// A column, and how it is read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Entry {
    column: String,
    role: Option<String>,
    flag: Option<String>,
    r#override: Option<String>,
    filled: Option<String>,
    like: Option<String>,
    since: Option<String>,
    until: Option<String>,
    commitment: bool,
    order: Option<String>,
    unit: Option<String>,
    by: Option<String>,
    sparse: bool,
}

impl Entry {
    /// What `--map` takes before the column.
    fn words(&self) -> String {
        let filled = match &self.like {
            Some(like) => format!("filled-{like}"),
            None => "filled".to_owned(),
        };
        let with_value = [
            ("flag", &self.flag),
            ("override", &self.r#override),
            (filled.as_str(), &self.filled),
        ];
        let alone = [
            &self.role,
            &self.since,
            &self.until,
            &self.order,
            &self.unit,
        ];
        let mut words = String::new();
        for (word, value) in with_value {
            words.extend(value.iter().map(|value| format!(":{word}:{value}")));
        }
        words.extend(alone.into_iter().flatten().map(|word| format!(":{word}")));
        words.extend(self.commitment.then_some(":commitment"));
        words.extend(self.by.iter().map(|by| format!(":by-{by}")));
        words.extend(self.sparse.then_some(":sparse"));
        words
    }

    /// What JSON Schema says of it.
    pub(super) fn schema() -> Value {
        let says = |says: &str, mut of: Value| {
            of["description"] = says.into();
            of
        };
        let text = || json!({"type": "string"});
        let roles_of = |key: &str| {
            let of_key = ROLES.iter().filter(|(_, of, ..)| *of == key);
            json!({"enum": of_key.map(|(_, _, value, _)| *value).collect::<Vec<_>>()})
        };
        let role = ROLES.iter().filter(|(_, of, ..)| *of == "role");
        let role = role.map(|(word, _, _, what)| format!("{word}: {what}"));
        let role = role.collect::<Vec<_>>().join("; ");
        json!({
            "type": "object",
            "properties": {
                "column": says("The name of the column", text()),
                "role": says(&role, roles_of("role")),
                "flag": says("Yes means this value, no means nothing", text()),
                "override": says("The same, before every other column", text()),
                "filled": says("Any text means this value", text()),
                "like": says("Only a text that looks like this", json!({"enum": ["number", "day", "name"]})),
                "since": says("What the day begins", roles_of("since")),
                "until": says("What the day ends", json!({"enum": ["contract"]})),
                "commitment": says("The length is that of a commitment", json!({"type": "boolean"})),
                "order": says("The order of dates in digits; serial: days as workbooks count them", json!({"enum": ORDERS})),
                "unit": says("What a bare number counts", json!({"enum": UNITS})),
                "by": says("What it was found by; else it is stated", json!({"enum": ["name", "words", "values"]})),
                "sparse": says("Many records lack it, and show nothing by that", json!({"type": "boolean"})),
            },
            "required": ["column"],
            "additionalProperties": false,
        })
    }
}

/// `CRITERION=COLUMN` or `CRITERION:VALUE=COLUMN`, for each criterion and column of a
/// table.
pub(in crate::cli) fn columns(table: toml::Table) -> Texts {
    let mut texts = Vec::new();
    for (criterion, columns) in table {
        let wrong = || {
            let expected = "expected the name of a column, a list of names, or a table such as \
                            { column = \"Contract no\", filled = \"yes\" }; its keys: column, role, \
                            flag, override, filled, like, since, until, commitment, order, unit, \
                            by, sparse";
            (format!("map.{criterion}"), expected)
        };
        let columns = match columns {
            toml::Value::Array(columns) => columns,
            column => vec![column],
        };
        for column in columns {
            let column: MappedColumn = column.try_into().map_err(|_| wrong())?;
            texts.push(match column {
                MappedColumn::Name(column) => format!("{criterion}={column}"),
                MappedColumn::ReadAs(entry) if entry.column.is_empty() => return Err(wrong()),
                MappedColumn::ReadAs(entry) => {
                    format!("{criterion}{}={}", entry.words(), entry.column)
                }
            });
        }
    }
    Ok(texts)
}
