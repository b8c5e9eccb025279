//! The shape of rulebooks as a JSON Schema, by which editors complete and check them.
//!
//! Owns the schema of each thing that a key takes. What keys mean together (a name that is
//! not there, bands that overlap) no schema can express.

use serde_json::{Map, Value, json};

use crate::rulebook::MOST_POINTS;
use crate::rulebook::file::shape::{Key, Need, RULEBOOK, Table, Takes};

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
        Need::Never | Need::File | Need::Extending => false,
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
        Takes::Title => json!({"type": "string", "pattern": "^\\S+$"}),
        Takes::Points => {
            json!({"type": "integer", "minimum": -MOST_POINTS, "maximum": MOST_POINTS})
        }
        Takes::True => json!({"const": true}),
        Takes::One(texts) => json!({"enum": texts}),
        Takes::Texts(least) => json!({"type": "array", "items": text(), "minItems": least}),
        Takes::Words => takes(&Takes::Texts(1), name, in_part, tables),
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

#[cfg(test)]
mod tests {
    use boon::{Compiler, SchemaIndex, Schemas};
    use proptest::prelude::*;

    use crate::effort::cases;

    use super::*;
    use crate::rulebook::codes::Code;
    use crate::rulebook::diagnostic::Diagnostic;
    use crate::rulebook::file::merge::merge;
    use crate::rulebook::file::structure::{Structure, structure};
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

    /// What is wrong with the structure of a file, by which it stands alone or extends.
    fn structural(text: &str) -> Vec<Diagnostic> {
        let table = toml::de::DeTable::parse(text).unwrap();
        let Structure {
            tree,
            spans,
            mut diagnostics,
        } = structure(table.get_ref());
        // What extends another may inherit what it does not say.
        if let Some(tree) = tree.filter(|tree| !tree.values.contains_key("extend")) {
            let more = merge(None, &tree, &spans).diagnostics.into_iter();
            diagnostics.extend(more.filter(|one| one.code == Code::MissingKey));
        }
        diagnostics
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
        // A rulebook that is printed whole as well.
        let whole = crate::rulebook::file::written(&Rulebook::documents().unwrap(), &[]);
        assert!(accepts(&schema, &whole.parse().unwrap()));
    }

    #[test]
    fn it_rejects_the_structures_that_have_codes() {
        let schema = compiled();
        let structures = [
            Code::UnknownKey,
            Code::WrongType,
            Code::BadName,
            Code::OutOfRange,
        ];
        for code in structures {
            let explained = code.explained();
            for (text, is_right) in [(explained.wrong, false), (explained.right, true)] {
                let head = "name = \"mine\"\nversion = \"1\"\nextend = \"documents\"\n";
                let table = format!("{head}{text}").parse().unwrap();
                assert_eq!(accepts(&schema, &table), is_right, "{}", explained.name);
            }
        }
    }

    /// All keys of tables and places of arrays in a value, each as the way to it.
    fn ways(value: &toml::Value, at: &[String], to: &mut Vec<Vec<String>>) {
        let mut each = |name: String, value: &toml::Value| {
            let mut way = at.to_vec();
            way.push(name);
            to.push(way.clone());
            ways(value, &way, to);
        };
        match value {
            toml::Value::Table(table) => {
                table
                    .iter()
                    .for_each(|(key, value)| each(key.clone(), value));
            }
            toml::Value::Array(array) => {
                array
                    .iter()
                    .enumerate()
                    .for_each(|(place, value)| each(place.to_string(), value));
            }
            _ => {}
        }
    }

    /// Does something to the thing at the end of a way.
    fn edit(value: &mut toml::Value, way: &[String], how: u8) {
        let [name, rest @ ..] = way else { return };
        match value {
            toml::Value::Table(table) if rest.is_empty() => {
                let old = table.get(name).cloned();
                match (how, old) {
                    (0, _) => drop(table.remove(name)),
                    (1, Some(old)) => {
                        table.remove(name);
                        table.insert(format!("{name}x"), old);
                    }
                    (2, _) => drop(table.insert("more_values".into(), vec!["x"].into())),
                    (3, _) => drop(table.insert("remove".into(), true.into())),
                    (4, _) => drop(table.insert("after".into(), "x".into())),
                    (how, _) => drop(table.insert(name.clone(), odd(how))),
                }
            }
            toml::Value::Array(array) if rest.is_empty() => {
                let place: usize = name.parse().unwrap();
                match how {
                    0 => drop(array.remove(place)),
                    how => array[place] = odd(how),
                }
            }
            toml::Value::Table(table) => edit(table.get_mut(name).unwrap(), rest, how),
            toml::Value::Array(array) => {
                edit(&mut array[name.parse::<usize>().unwrap()], rest, how);
            }
            _ => {}
        }
    }

    fn odd(how: u8) -> toml::Value {
        match how {
            5 => "".into(),
            6 => 2_000_000.into(),
            7 => "Not a name".into(),
            8 => false.into(),
            9 => toml::Value::Array(Vec::new()),
            10 => vec!["two", "texts"].into(),
            11 => toml::Table::new().into(),
            12 => 0.5.into(),
            13 => 7.into(),
            14 => toml::Value::Array(vec![1.into()]),
            _ => "documents".into(),
        }
    }

    proptest! {
        #![proptest_config(cases(100, 400))]

        #[test]
        fn it_rejects_what_is_wrong_with_a_structure_and_nothing_else(
            base in 0..3_usize,
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0..16_u8), 0..3),
        ) {
            let text = [LAW_FIRM, WEB_SHOP, DOCUMENTS][base];
            let mut file: toml::Value = toml::from_str::<toml::Table>(text).unwrap().into();
            for (place, how) in edits {
                let mut all = Vec::new();
                ways(&file, &[], &mut all);
                edit(&mut file, &all[place.index(all.len())], how);
            }
            let toml::Value::Table(file) = file else { unreachable!() };
            let schema = compiled();
            let diagnostics = structural(&toml::to_string(&file).unwrap());
            prop_assert_eq!(accepts(&schema, &file), diagnostics.is_empty(), "{:?}", diagnostics);
        }
    }
}
