//! The entries of the table `[map]`: a column, and how it is read.
//!
//! Owns their keys, what `--map` takes for each, and their JSON Schema.

use serde::Deserialize;
use serde_json::{Value, json};

use super::keys::Texts;
use crate::columns::read_as::{ORDERS, ROLES, UNITS};
use crate::text::one_of;

const EXPECTED: &str = "expected the name of a column, a list of names, or a table such as \
    { column = \"Contract no\", filled = \"yes\" }";

/// The words and the column of a table.
fn entry(table: toml::Table) -> Result<(String, String), String> {
    let entry: Entry = table.try_into().map_err(|error: toml::de::Error| {
        let message = error.message().trim_end().replace('\n', ", ");
        format!("{message}\n  {EXPECTED}")
    })?;
    entry.check()?;
    Ok((entry.words(), entry.column))
}

const LIKE: [&str; 3] = ["number", "day", "name"];
const BY: [&str; 3] = ["name", "words", "values"];

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

    /// Refuses a value that its key does not take.
    fn check(&self) -> Result<(), String> {
        let roles = |key: &str| {
            let of_key = ROLES.iter().filter(|(_, of, ..)| *of == key);
            of_key.map(|(_, _, value, _)| *value).collect::<Vec<_>>()
        };
        let taken = [
            ("role", &self.role, roles("role")),
            ("since", &self.since, roles("since")),
            ("until", &self.until, vec!["contract"]),
            ("order", &self.order, ORDERS.to_vec()),
            ("unit", &self.unit, UNITS.to_vec()),
            ("like", &self.like, LIKE.to_vec()),
            ("by", &self.by, BY.to_vec()),
        ];
        for (key, value, values) in taken {
            if let Some(value) = value.as_deref().filter(|value| !values.contains(value)) {
                let values = one_of(&values);
                return Err(format!("{key} = {value:?}: expected {values}"));
            }
        }
        if self.column.is_empty() {
            return Err("column is missing: expected the name of a column".to_owned());
        }
        if self.like.is_some() && self.filled.is_none() {
            return Err("like is about filled, which is missing".to_owned());
        }
        Ok(())
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
                "like": says("Only a text that looks like this", json!({"enum": LIKE})),
                "since": says("What the day begins", roles_of("since")),
                "until": says("What the day ends", json!({"enum": ["contract"]})),
                "commitment": says("The length is that of a commitment", json!({"type": "boolean"})),
                "order": says("The order of dates in digits; serial: days as workbooks count them", json!({"enum": ORDERS})),
                "unit": says("What a bare number counts", json!({"enum": UNITS})),
                "by": says("What it was found by; else it is stated", json!({"enum": BY})),
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
        let columns = match columns {
            toml::Value::Array(columns) => columns,
            column => vec![column],
        };
        for column in columns {
            let name = match column {
                toml::Value::String(name) => Ok((String::new(), name)),
                toml::Value::Table(table) => entry(table),
                _ => Err(EXPECTED.to_owned()),
            };
            let (words, column) = name.map_err(|why| (format!("map.{criterion}"), why))?;
            texts.push(format!("{criterion}{words}={column}"));
        }
    }
    Ok(texts)
}
