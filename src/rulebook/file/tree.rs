//! A rulebook, or a file of one, as a tree.
//!
//! Owns the form in which files and rulebooks are laid over each other: rulebooks are read
//! into it and made of it, and each part of it knows where a file states it.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value};

use crate::rulebook::Rulebook;
use crate::rulebook::file::shape::{Need, RULEBOOK, Table, Takes};

/// A piece of a file's text, in bytes.
pub(crate) type Span = Range<usize>;

/// What a key has, and where the file says so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// The key, or the header of a table; `None` where it is inherited, or has none.
    pub(crate) key: Option<Span>,
    /// What it has; `None` where that is inherited, or a table with a header.
    pub(crate) value: Option<Span>,
    pub(crate) holds: Holds,
    /// Something in it is wrong by itself.
    pub(crate) is_flawed: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) enum Holds {
    /// Nothing that counts: what stands there is wrong.
    #[default]
    Nothing,
    Plain(Value),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

impl Node {
    /// Where it stands: its value, or its key if that is a table.
    pub(crate) fn span(&self) -> Option<Span> {
        self.value.clone().or_else(|| self.key.clone())
    }

    /// Where its key or header stands.
    pub(crate) fn header(&self) -> Span {
        self.key.clone().unwrap_or_default()
    }

    /// A key of this table, whatever it holds.
    pub(crate) fn stated(&self, key: &str) -> Option<&Node> {
        match &self.holds {
            Holds::Table(all) => all.get(key),
            _ => None,
        }
    }

    /// A key of this table that holds something.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let node = self.stated(key);
        node.filter(|node| !matches!(node.holds, Holds::Nothing))
    }

    /// Where a key of this table stands, or else the table.
    pub(crate) fn span_of(&self, key: &str) -> Span {
        let span = self.stated(key).and_then(Node::span);
        span.or_else(|| self.key.clone()).unwrap_or_default()
    }

    /// The text that a key holds; empty where it holds none.
    pub(crate) fn text(&self, key: &str) -> &str {
        match self.get(key).map(|node| &node.holds) {
            Some(Holds::Plain(Value::String(text))) => text,
            _ => "",
        }
    }

    /// What the list that a key holds has; nothing if it holds none.
    pub(crate) fn list(&self, key: &str) -> &[Node] {
        match self.get(key).map(|node| &node.holds) {
            Some(Holds::List(all)) => all,
            _ => &[],
        }
    }

    /// Whether this is a list or a table of nothing.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.holds {
            Holds::List(all) => all.is_empty(),
            Holds::Table(all) => all.is_empty(),
            Holds::Nothing | Holds::Plain(_) => false,
        }
    }

    /// A whole rulebook, all of it inherited.
    pub(crate) fn of(rulebook: &Rulebook) -> Self {
        let rulebook = serde_json::to_value(rulebook);
        Node::of_value(rulebook.expect("a rulebook has only strings as keys"))
    }

    fn of_value(value: Value) -> Self {
        let holds = match value {
            Value::Array(all) => Holds::List(all.into_iter().map(Node::of_value).collect()),
            Value::Object(all) => {
                let all = all.into_iter();
                Holds::Table(all.map(|(key, one)| (key, Node::of_value(one))).collect())
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

    /// What it holds.
    pub(crate) fn json(&self) -> Value {
        match &self.holds {
            Holds::Nothing => Value::Null,
            Holds::Plain(value) => value.clone(),
            Holds::List(all) => all.iter().map(Node::json).collect(),
            Holds::Table(all) => {
                let all = all.iter().map(|(key, one)| (key.clone(), one.json()));
                all.filter(|(_, value)| !value.is_null()).collect()
            }
        }
    }

    /// The rulebook that this is. What is missing has been complained of, and is empty.
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

/// What stands where a key is missing that has to be there.
fn nothing(takes: &Takes) -> Value {
    match takes {
        Takes::Points => 0.into(),
        Takes::One(texts) => texts[0].into(),
        Takes::Any(_) => Value::Object(Map::new()),
        _ => "".into(),
    }
}
