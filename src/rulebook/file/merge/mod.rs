//! A file that states only what differs, laid over the rulebook that it extends.
//!
//! Owns how what keys hold is laid over what is inherited, by the table of keys alone.

mod effect;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path};
use crate::rulebook::file::BUILT_IN;
use crate::rulebook::file::merge::effect::{Effect, Further, Stated};
use crate::rulebook::file::shape::{Key, KnownBy, Need, RULEBOOK, Table, Takes};
use crate::rulebook::file::structure::{Spans, incomplete};
use crate::rulebook::file::tree::Tree;
use crate::text::{did_you_mean, nearest, quoted};
use crate::value::Kind;

/// What comes of a file and the rulebook that it extends.
pub(crate) struct Merged {
    pub(crate) tree: Tree,
    /// The names of what the file removes, and where it says so.
    pub(crate) removed: Vec<(String, Path)>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Lays `file` over `base`; without one, it is a rulebook by itself.
pub(crate) fn merge(base: Option<Tree>, file: &Tree, spans: &Spans) -> Merged {
    let root = Path::default();
    let mut merge = Merge {
        spans,
        extends: base.is_some(),
        homes: base.as_ref().map(homes).unwrap_or_default(),
        removed: Vec::new(),
        diagnostics: Vec::new(),
    };
    if base.is_none() {
        let missing = incomplete(&RULEBOOK, "the rulebook", &root, spans);
        let or_inherit = |mut one: Diagnostic| {
            one.help += &format!(", or inherit it: extend = {BUILT_IN:?}");
            one
        };
        merge
            .diagnostics
            .extend(missing.into_iter().map(or_inherit));
    }
    let mut tree = base.unwrap_or_default();
    merge.table(&RULEBOOK, &mut tree, file, &root);
    Merged {
        tree,
        removed: merge.removed,
        diagnostics: merge.diagnostics,
    }
}

/// By reason code: the scorecard and the characteristic that have it.
fn homes(base: &Tree) -> BTreeMap<String, String> {
    let mut homes = BTreeMap::new();
    for card in base.tables("scorecard") {
        for one in card.tables("characteristic") {
            let home = format!("{}, {}", card.text("name"), one.text("criterion"));
            let codes = one.tables("attribute").iter();
            homes.extend(codes.map(|one| (one.text("reason_code").to_owned(), home.clone())));
        }
    }
    homes
}

struct Merge<'s> {
    spans: &'s Spans,
    extends: bool,
    homes: BTreeMap<String, String>,
    removed: Vec<(String, Path)>,
    diagnostics: Vec<Diagnostic>,
}

impl Merge<'_> {
    /// Lays one table over another of the same kind; true if that makes a difference.
    fn table(&mut self, table: &'static Table, into: &mut Tree, from: &Tree, at: &Path) -> bool {
        let before = into.values.clone();
        let mut has_tables = false;
        for key in table.keys {
            match &key.takes {
                _ if key.need == Need::File => {}
                Takes::Tables(inner) => {
                    has_tables |= !from.tables(key.name).is_empty();
                    let mut all = into.tables.remove(key.name).unwrap_or_default();
                    self.tables(key, inner, &mut all, from.tables(key.name), at);
                    into.tables.insert(key.name, all);
                }
                takes => {
                    let Some(value) = from.values.get(key.name) else {
                        continue;
                    };
                    match key.name.strip_prefix("more_") {
                        Some(list) => self.join(list, into, value, &at.key(key.name)),
                        None if key.need == Need::Extending => {}
                        // It is as good as not said.
                        None if is_empty(value) && !into.values.contains_key(key.name) => {}
                        None => replace(takes, &mut into.values, key.name, value),
                    }
                }
            }
        }
        has_tables || into.values != before
    }

    /// Lays the tables of a key over those that are inherited.
    fn tables(
        &mut self,
        key: &'static Key,
        table: &'static Table,
        all: &mut Vec<Tree>,
        from: &[Tree],
        at: &Path,
    ) {
        let mut further = Further::default();
        for (index, tree) in from.iter().enumerate() {
            let stated = Stated {
                kind: key.name,
                table,
                tree,
                at: at.item(key.name, index),
            };
            match self.effect(&stated, all) {
                Effect::Nothing => {}
                Effect::Change(place) => self.change(&stated, &mut all[place]),
                Effect::Add => {
                    let place = match table.known_by {
                        KnownBy::Code => self.place(&stated, all, &mut further),
                        KnownBy::Name | KnownBy::OpenEnd => Some(all.len()),
                    };
                    if let Some(place) = place {
                        let new = self.added(&stated);
                        all.insert(place, new);
                    }
                }
            }
        }
    }

    /// Lays a table of the file over the inherited one.
    fn change(&mut self, stated: &Stated<'_>, into: &mut Tree) {
        let name = into.text(stated.key()).to_owned();
        if stated.has("after") {
            self.push(
                Code::NotInherited,
                stated.at.key("after"),
                format!("{} is inherited, and stays in its place", quoted(&name)),
                "leave `after` out, or remove it and add another under a new code",
            );
        }
        into.origin = Some(stated.at.clone());
        if !self.table(stated.table, into, stated.tree, &stated.at) {
            self.push(
                Code::ChangesNothing,
                stated.at.clone(),
                format!("the {} {} is inherited just so", stated.kind, quoted(&name)),
                "take this table out, or say what is to differ",
            );
        }
    }

    /// A further table, which only the file has.
    fn added(&mut self, stated: &Stated<'_>) -> Tree {
        let mut new = Tree {
            origin: Some(stated.at.clone()),
            ..Tree::default()
        };
        // Of some kinds the values are not for the rulebook to say.
        let kind = stated.tree.values.get("kind");
        let kind = kind.and_then(|kind| Kind::deserialize(kind).ok());
        if let Some(fixed) = kind.and_then(Kind::fixed_values) {
            new.values
                .insert("values".to_owned(), fixed.iter().copied().collect());
        }
        let more = stated.tree.values.get("more_values");
        if self.extends && more.is_some_and(|more| !is_empty(more)) {
            self.push(
                Code::NotInherited,
                stated.at.key("more_values").name(),
                format!(
                    "{} is new, so there are no values to add to",
                    quoted(stated.name())
                ),
                "say `values`",
            );
        }
        self.table(stated.table, &mut new, stated.tree, &stated.at);
        new
    }

    /// Adds texts to an inherited list, or to those of an inherited table.
    fn join(&mut self, list: &str, into: &mut Tree, more: &Value, at: &Path) {
        if let Value::Array(more) = more {
            let all = into.values.entry(list);
            let all = all.or_insert_with(|| Value::Array(Vec::new()));
            return add(all, more, &format!("/{list}"), at, &mut into.joined);
        }
        let mut groups = Map::new();
        let groups = into
            .values
            .get_mut(list)
            .and_then(Value::as_object_mut)
            .unwrap_or(&mut groups);
        for (group, more) in more.as_object().into_iter().flatten() {
            let at = at.key(group);
            if let (Some(all), Value::Array(more)) = (groups.get_mut(group), more) {
                add(
                    all,
                    more,
                    &format!("/{list}/{group}"),
                    &at,
                    &mut into.joined,
                );
            } else if self.extends {
                let near = nearest(group, groups.keys().map(String::as_str));
                self.push(
                    Code::NotInherited,
                    at.name(),
                    format!("no group {} is inherited", quoted(group)),
                    near.map_or_else(|| "say it under `groups`".to_owned(), did_you_mean),
                );
            }
        }
    }

    fn push(&mut self, code: Code, at: Path, found: String, help: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::new(code, at, found, help));
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        _ => false,
    }
}

/// Puts `value` in the place of what a key holds. Tables are laid over each other key by
/// key, and words join those that are there.
fn replace(takes: &Takes, of: &mut Map<String, Value>, key: &str, value: &Value) {
    match (takes, value, of.get_mut(key)) {
        (Takes::Any(inner), Value::Object(more), Some(Value::Object(all))) => {
            for (key, value) in more {
                replace(inner, all, key, value);
            }
        }
        (Takes::Words, Value::Array(more), Some(Value::Array(all))) => {
            all.extend(more.iter().cloned());
        }
        _ => drop(of.insert(key.to_owned(), value.clone())),
    }
}

/// Adds texts to a list, and notes where the file states each.
fn add(list: &mut Value, more: &[Value], rest: &str, at: &Path, joined: &mut Vec<(String, Path)>) {
    if let Value::Array(list) = list {
        for (index, text) in more.iter().enumerate() {
            let rest = format!("{rest}/{}", list.len());
            joined.push((rest, at.then(&format!("/{index}"))));
            list.push(text.clone());
        }
    }
}
