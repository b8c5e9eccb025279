//! The shape of rulebooks as a JSON Schema, by which editors complete and check them.
//!
//! Owns how each thing that a key takes is told to them. What keys mean together (a
//! name that is none, bands that overlap) no schema can tell.

use serde_json::{Map, Value, json};

use super::shape::{Key, MOST_POINTS, Need, RULEBOOK, Table, Takes};

/// The JSON Schema (draft 2020-12) of rulebook files.
///
/// A file that extends another rulebook may leave out what it inherits, so each table
/// is there in two forms: whole, and in part.
pub fn schema() -> Value {
    let mut tables = Map::new();
    let whole = table(&RULEBOOK, false, "rulebook", &mut tables);
    let part = table(&RULEBOOK, true, "rulebook", &mut tables);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rulebook of clientype",
        "description": RULEBOOK.says,
        "type": "object",
        "if": {"required": ["extend"]},
        "then": part,
        "else": whole,
        "$defs": tables,
    })
}

/// A reference to the definition of `shape`, which is added to `tables`.
fn table(
    shape: &'static Table,
    in_part: bool,
    name: &str,
    tables: &mut Map<String, Value>,
) -> Value {
    let name = match (in_part, name.strip_prefix("part of ")) {
        (true, None) => format!("part of {name}"),
        _ => name.to_owned(),
    };
    let reference = json!({"$ref": format!("#/$defs/{}", name.replace(' ', "%20"))});
    if tables.contains_key(&name) {
        return reference;
    }
    // Before its keys, so that the tables come in the order of the shape.
    tables.insert(name.clone(), Value::Null);
    let keys = shape.keys.iter();
    let keys = keys.filter(|key| in_part || key.need != Need::Extending);
    let mut properties = Map::new();
    for key in keys {
        properties.insert(key.name.to_owned(), property(key, in_part, tables));
    }
    let needs = |key: &&Key| match key.need {
        Need::Always => true,
        Need::Unless => !in_part,
        Need::Never | Need::Extending => false,
    };
    let required: Vec<&str> = shape
        .keys
        .iter()
        .filter(needs)
        .map(|key| key.name)
        .collect();
    let definition = json!({
        "description": shape.says,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    tables.insert(name, definition);
    reference
}

fn property(key: &'static Key, in_part: bool, tables: &mut Map<String, Value>) -> Value {
    let mut property = takes(&key.takes, key.name, in_part, tables);
    if let Value::Object(property) = &mut property {
        property.insert("description".to_owned(), key.says.into());
    }
    property
}

fn takes(
    takes_: &'static Takes,
    name: &str,
    in_part: bool,
    tables: &mut Map<String, Value>,
) -> Value {
    let text = || json!({"type": "string", "pattern": "\\S"});
    match takes_ {
        Takes::Text => text(),
        Takes::Name('-') => json!({"type": "string", "pattern": "^[a-z0-9-]+$"}),
        Takes::Name(_) => json!({"type": "string", "pattern": "^[a-z0-9_]+$"}),
        Takes::Title => json!({"type": "string", "pattern": "^[\\p{L}\\p{N}._-]+$"}),
        Takes::Points => {
            json!({"type": "integer", "minimum": -MOST_POINTS, "maximum": MOST_POINTS})
        }
        Takes::True => json!({"const": true}),
        Takes::One(texts) => json!({"enum": texts}),
        Takes::Texts(least) => json!({"type": "array", "items": text(), "minItems": least}),
        Takes::Condition => json!({
            "anyOf": [text(), {"type": "array", "items": text(), "minItems": 1}]
        }),
        Takes::Day => {
            json!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
        }
        Takes::Said => json!({"type": ["string", "number", "boolean"]}),
        Takes::Table(shape) => table(shape, in_part, name, tables),
        Takes::Tables(shape) => {
            json!({"type": "array", "items": table(shape, in_part, name, tables)})
        }
        Takes::Any(inner) => json!({
            "type": "object",
            "additionalProperties": takes(inner, name, in_part, tables)
        }),
    }
}
