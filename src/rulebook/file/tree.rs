//! A rulebook, or a file of one, as a tree.
//!
//! Owns the form in which files and rulebooks are merged: rulebooks are converted to it and
//! back, and each part keeps its span in the file.

use std::ops::Range;

use serde_json::{Map, Value};

use crate::rulebook::Rulebook;
use crate::rulebook::file::keys::Keys;
use crate::rulebook::file::shape::{Need, RULEBOOK, Table, Takes};

/// A piece of a file's text, in bytes.
pub(crate) type Span = Range<usize>;

/// A value, and where the file states it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// The span of its key or table header; `None` where it is inherited, or has none.
    pub(crate) key: Option<Span>,
    /// The span of its value; `None` where it is inherited, or a table with a header.
    pub(crate) value: Option<Span>,
    pub(crate) holds: Holds,
    /// It has diagnostics of its own.
    pub(crate) has_diagnostics: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) enum Holds {
    /// Nothing: it is missing, or its value is not valid.
    #[default]
    Nothing,
    Plain(Value),
    List(Vec<Node>),
    Table(Keys),
}

impl Node {
    /// The span of its value, or of its key if it is a table.
    pub(crate) fn span(&self) -> Option<Span> {
        self.value.clone().or_else(|| self.key.clone())
    }

    /// The span of its key or header.
    pub(crate) fn header(&self) -> Span {
        self.key.clone().unwrap_or_default()
    }

    /// A key of this table, even if its value is not valid.
    pub(crate) fn stated(&self, key: &str) -> Option<&Node> {
        match &self.holds {
            Holds::Table(all) => all.get(key),
            _ => None,
        }
    }

    /// A key of this table that has a valid value.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let node = self.stated(key);
        node.filter(|node| !matches!(node.holds, Holds::Nothing))
    }

    /// The span of a key of this table, or else of the table.
    pub(crate) fn span_of(&self, key: &str) -> Span {
        let span = self.stated(key).and_then(Node::span);
        span.or_else(|| self.key.clone()).unwrap_or_default()
    }

    /// The text of a key; empty where it has none.
    pub(crate) fn text(&self, key: &str) -> &str {
        match self.get(key).map(|node| &node.holds) {
            Some(Holds::Plain(Value::String(text))) => text,
            _ => "",
        }
    }

    /// The items of a key's list; none where it has no list.
    pub(crate) fn list(&self, key: &str) -> &[Node] {
        match self.get(key).map(|node| &node.holds) {
            Some(Holds::List(all)) => all,
            _ => &[],
        }
    }

    /// Whether this is an empty list or table.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.holds {
            Holds::List(all) => all.is_empty(),
            Holds::Table(all) => all.is_empty(),
            Holds::Nothing | Holds::Plain(_) => false,
        }
    }

    /// A whole rulebook as a base, without spans.
    pub(crate) fn of(rulebook: &Rulebook) -> Self {
        let rulebook = serde_json::to_value(rulebook);
        Node::of_value(rulebook.expect("a rulebook has only strings as keys"))
    }

    fn of_value(value: Value) -> Self {
        let holds = match value {
            Value::Array(all) => Holds::List(all.into_iter().map(Node::of_value).collect()),
            Value::Object(all) => {
                let mut keys = Keys::default();
                keys.extend(all.into_iter().map(|(key, one)| (key, Node::of_value(one))));
                Holds::Table(keys)
            }
            plain => Holds::Plain(plain),
        };
        Node {
            holds,
            ..Node::default()
        }
    }

    /// A list of these texts.
    pub(crate) fn of_texts(texts: &[&str]) -> Self {
        Node::of_value(texts.iter().copied().collect())
    }

    /// Its value as JSON.
    pub(crate) fn json(&self) -> Value {
        match &self.holds {
            Holds::Nothing => Value::Null,
            Holds::Plain(value) => value.clone(),
            Holds::List(all) => all.iter().map(Node::json).collect(),
            Holds::Table(all) => {
                let all = all.iter().map(|(key, one)| (key.to_owned(), one.json()));
                all.filter(|(_, value)| !value.is_null()).collect()
            }
        }
    }

    /// Converts it to a rulebook. Missing keys, which are reported already, are empty.
    pub(crate) fn to_rulebook(&self) -> serde_json::Result<Rulebook> {
        serde_json::from_value(self.whole(&RULEBOOK))
    }

    fn whole(&self, table: &Table) -> Value {
        let mut all = Map::new();
        for key in table.keys {
            if matches!(key.need, Need::File | Need::Extending) {
                continue;
            }
            let value = match (&key.takes, self.get(key.name)) {
                (Takes::Tables(inner), _) => {
                    let list = self.list(key.name).iter();
                    Some(list.map(|one| one.whole(inner)).collect())
                }
                (_, Some(node)) => Some(node.json()),
                (Takes::Texts(0), None) => Some(Value::Array(Vec::new())),
                (takes, None) => (key.need == Need::Unless).then(|| nothing(takes)),
            };
            all.extend(value.map(|value| (key.name.to_owned(), value)));
        }
        Value::Object(all)
    }
}

/// The value in place of a missing key.
fn nothing(takes: &Takes) -> Value {
    match takes {
        Takes::Points => 0.into(),
        Takes::One(texts) => texts[0].into(),
        Takes::Texts(_) => Value::Array(Vec::new()),
        Takes::Any(_) => Value::Object(Map::new()),
        _ => "".into(),
    }
}
