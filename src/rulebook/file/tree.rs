//! A rulebook, or a file of one, as a tree of tables.
//!
//! Owns the form in which files and rulebooks are laid over each other: both are read
//! into it by the table of keys, and rulebooks are made of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::rulebook::Rulebook;
use crate::rulebook::diagnostic::Path;
use crate::rulebook::file::shape::{Need, RULEBOOK, Table, Takes};

/// One table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    /// Where the file states it; `None` where it is inherited.
    pub(crate) origin: Option<Path>,
    /// What its keys hold, but for those with tables of their own.
    pub(crate) values: Map<String, Value>,
    /// The tables of its keys that hold any, in their order.
    pub(crate) tables: BTreeMap<&'static str, Vec<Tree>>,
    /// The rests of the paths to texts that the file adds to inherited lists, each with
    /// where the file states it.
    pub(crate) joined: Vec<(String, Path)>,
}

impl Tree {
    /// The text that a key holds; empty where it holds none.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.values
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The texts of the list that a key holds.
    pub(crate) fn texts(&self, key: &str) -> Option<Vec<String>> {
        let list = self.values.get(key)?.as_array()?.iter();
        let text = |one: &Value| one.as_str().map(str::to_owned);
        Some(list.filter_map(text).collect())
    }

    /// The texts of the table that a key holds, with their keys.
    pub(crate) fn pairs(&self, key: &str) -> Vec<(String, String)> {
        let table = self.values.get(key).and_then(Value::as_object);
        let pairs = table.into_iter().flatten();
        let pair = |(key, one): (&String, &Value)| Some((key.clone(), one.as_str()?.to_owned()));
        pairs.filter_map(pair).collect()
    }

    /// The tables of a key.
    pub(crate) fn tables(&self, key: &str) -> &[Tree] {
        self.tables.get(key).map_or(&[], Vec::as_slice)
    }

    /// A whole rulebook, all of it inherited.
    pub(crate) fn of(rulebook: &Rulebook) -> Self {
        let rulebook = serde_json::to_value(rulebook);
        let rulebook = rulebook.expect("a rulebook has only strings as keys");
        Tree::of_value(&RULEBOOK, rulebook)
    }

    fn of_value(table: &'static Table, value: Value) -> Self {
        let Value::Object(mut values) = value else {
            return Tree::default();
        };
        let mut tables = BTreeMap::new();
        for key in table.keys {
            if let Takes::Tables(inner) = key.takes
                && let Some(Value::Array(list)) = values.remove(key.name)
            {
                let list = list.into_iter().map(|one| Tree::of_value(inner, one));
                tables.insert(key.name, list.collect());
            }
        }
        Tree {
            values,
            tables,
            ..Tree::default()
        }
    }

    /// The rulebook that this is. What is missing has been complained of, and is empty.
    pub(crate) fn into_rulebook(self) -> serde_json::Result<Rulebook> {
        serde_json::from_value(self.into_value(&RULEBOOK))
    }

    fn into_value(mut self, table: &'static Table) -> Value {
        let mut all = Map::new();
        for key in table.keys {
            if matches!(key.need, Need::File | Need::Extending) {
                continue;
            }
            let value = match &key.takes {
                Takes::Tables(inner) => {
                    let list = self.tables.remove(key.name).unwrap_or_default();
                    Some(list.into_iter().map(|one| one.into_value(inner)).collect())
                }
                takes => self.values.remove(key.name).or_else(|| match takes {
                    Takes::Texts(0) => Some(Value::Array(Vec::new())),
                    takes if key.need == Need::Unless => Some(nothing(takes)),
                    _ => None,
                }),
            };
            if let Some(value) = value {
                all.insert(key.name.to_owned(), value);
            }
        }
        Value::Object(all)
    }
}

/// What stands where a key is missing that has to be there.
fn nothing(takes: &Takes) -> Value {
    match takes {
        Takes::Points => 0.into(),
        Takes::One(texts) => texts[0].into(),
        Takes::Any(_) | Takes::Table(_) => Value::Object(Map::new()),
        Takes::Texts(_) | Takes::Words | Takes::Tables(_) => Value::Array(Vec::new()),
        _ => "".into(),
    }
}
