//! The shape of rulebooks as a JSON Schema, which editors use to complete and check them.
//!
//! Owns the schema of each type that a key takes. A schema cannot express what keys mean
//! together: an unknown name, bands that overlap.

use serde_json::{Map, Value, json};

use crate::rulebook::MOST_POINTS;
use crate::rulebook::file::shape::{Need, RULEBOOK, Table, Takes};

/// The JSON Schema (draft 2020-12) of rulebook files.
///
/// A file that extends another rulebook may leave out what it inherits, so each table
/// has two forms: whole, and in part.
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
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in shape.keys {
        let is_needed = match key.need {
            Need::Always => true,
            Need::Unless => !in_part,
            Need::Never | Need::File => false,
            Need::Extending if in_part => false,
            Need::Extending => continue,
        };
        required.extend(is_needed.then_some(key.name));
        let mut property = takes(&key.takes, key.name, in_part, tables);
        property["description"] = key.says.into();
        properties.insert(key.name.to_owned(), property);
    }
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
        Takes::Title => json!({"type": "string", "pattern": "^\\S+$"}),
        Takes::Points => {
            json!({"type": "integer", "minimum": -MOST_POINTS, "maximum": MOST_POINTS})
        }
        Takes::Count(least, most) => {
            json!({"type": "integer", "minimum": least, "maximum": most})
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
        Takes::Scalar => json!({"type": ["string", "number", "boolean"]}),
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

#[cfg(test)]
mod tests {
    use boon::{Compiler, SchemaIndex, Schemas};
    use proptest::prelude::*;

    use crate::effort::cases;

    use super::*;
    use crate::rulebook::codes::Code;
    use crate::rulebook::diagnostic::{Diagnostic, Diagnostics};
    use crate::rulebook::file::merge::merge;
    use crate::rulebook::file::structure::structure;
    use crate::rulebook::{DOCUMENTS, Rulebook};

    const LAW_FIRM: &str = include_str!("../../../examples/rulebooks/law-firm.toml");
    const WEB_SHOP: &str = include_str!("../../../examples/rulebooks/web-shop.toml");

    fn compiled() -> (Schemas, SchemaIndex) {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("rulebook.json", schema()).unwrap();
        let index = compiler.compile("rulebook.json", &mut schemas).unwrap();
        (schemas, index)
    }

    fn accepts((schemas, index): &(Schemas, SchemaIndex), file: &toml::Table) -> bool {
        let file = serde_json::to_value(file).unwrap();
        schemas.validate(&file, *index).is_ok()
    }

    /// The diagnostics of a file's structure, whether it stands alone or extends.
    fn structural(text: &str) -> Vec<Diagnostic> {
        let table = toml::de::DeTable::parse(text).unwrap();
        let mut read = structure(table.get_ref());
        // A file that extends another may leave keys out.
        if read.is_readable && read.file.get("extend").is_none() {
            let more = merge(None, &read.file, Diagnostics::default());
            let more = more.diagnostics.into_vec().into_iter();
            let missing = more.filter(|one| one.code == Code::MissingKey);
            read.diagnostics.extend(missing);
        }
        read.diagnostics.into_vec()
    }

    #[test]
    fn the_built_in_rulebook_and_the_examples_satisfy_it() {
        let schema = compiled();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/rulebooks");
        let mut texts = vec![DOCUMENTS.to_owned()];
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                texts.push(std::fs::read_to_string(path).unwrap());
            }
        }
        assert!(texts.len() >= 3);
        for text in texts {
            assert!(accepts(&schema, &text.parse().unwrap()));
            assert_eq!(structural(&text), []);
        }
        // And so does a rulebook that is printed whole.
        let whole = crate::rulebook::file::written(&Rulebook::documents().unwrap(), &[]);
        assert!(accepts(&schema, &whole.parse().unwrap()));
    }

    /// The JSON pointers to all that is in a value.
    fn pointers(value: &Value, at: &str, to: &mut Vec<String>) {
        let parts: Vec<(String, &Value)> = match value {
            Value::Object(all) => all.iter().map(|(key, one)| (key.clone(), one)).collect(),
            Value::Array(all) => (0..).map(|place: u32| place.to_string()).zip(all).collect(),
            _ => return,
        };
        for (step, part) in parts {
            let step = step.replace('~', "~0").replace('/', "~1");
            let at = format!("{at}/{step}");
            pointers(part, &at, to);
            to.push(at);
        }
    }

    /// Edits the part at the end of a pointer.
    fn edit(file: &mut Value, pointer: &str, how: usize) {
        let (parent, step) = pointer.rsplit_once('/').unwrap();
        let step = &*step.replace("~1", "/").replace("~0", "~");
        match (file.pointer_mut(parent).unwrap(), how) {
            (Value::Object(all), 0) => drop(all.remove(step)),
            (Value::Array(all), 0) => drop(all.remove(step.parse().unwrap())),
            (Value::Object(all), 1) => {
                let old = all.remove(step).unwrap();
                all.insert(format!("{step}x"), old);
            }
            (Value::Object(all), 2) => drop(all.insert("more_values".into(), json!(["x"]))),
            (Value::Object(all), 3) => drop(all.insert("remove".into(), json!(true))),
            (Value::Object(all), 4) => drop(all.insert("after".into(), json!("x"))),
            _ => {
                let odd = json!([
                    "documents",
                    "",
                    2_000_000,
                    "Not a name",
                    false,
                    [],
                    ["two", "texts"],
                    {},
                    0.5,
                    7,
                    [1],
                ]);
                *file.pointer_mut(pointer).unwrap() = odd[how.saturating_sub(5)].clone();
            }
        }
    }

    proptest! {
        #![proptest_config(cases(100, 400))]

        #[test]
        fn it_rejects_what_is_wrong_with_a_structure_and_nothing_else(
            base in 0..3_usize,
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0..16_usize), 0..3),
        ) {
            let text = [LAW_FIRM, WEB_SHOP, DOCUMENTS][base];
            let mut file: Value = toml::from_str(text).unwrap();
            for (place, how) in edits {
                let mut all = Vec::new();
                pointers(&file, "", &mut all);
                edit(&mut file, &all[place.index(all.len())], how);
            }
            let (schemas, index) = compiled();
            let diagnostics = structural(&toml::to_string(&file).unwrap());
            let is_valid = schemas.validate(&file, index).is_ok();
            prop_assert_eq!(is_valid, diagnostics.is_empty(), "{:?}", diagnostics);
        }
    }
}
