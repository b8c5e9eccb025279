//! A file that states only what differs, laid over the rulebook that it extends.
//!
//! Owns how a table of the file finds the inherited one, by the table of keys alone,
//! and what it does to it: removes it, changes it or stands beside it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path};
use crate::rulebook::file::BUILT_IN;
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

/// A table of the file.
struct Stated<'f> {
    /// The key under which it stands, such as `scorecard`.
    kind: &'static str,
    table: &'static Table,
    tree: &'f Tree,
    at: Path,
}

/// What a table of the file does.
enum Effect {
    Nothing,
    /// It changes the table at this place.
    Change(usize),
    /// It is a further table.
    Add,
}

/// How many further tables stand where.
#[derive(Default)]
struct Further<'f> {
    /// Before all inherited ones.
    first: usize,
    /// Behind the one with this code.
    behind: BTreeMap<&'f str, usize>,
}

impl Stated<'_> {
    /// The key by which tables of its kind are known.
    fn key(&self) -> &'static str {
        self.table.keys[0].name
    }

    fn name(&self) -> &str {
        self.tree.text(self.key())
    }

    fn has(&self, key: &str) -> bool {
        self.tree.values.contains_key(key)
    }
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
                        let new = self.new(&stated);
                        all.insert(place, new);
                    }
                }
            }
        }
    }

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

    fn new(&mut self, stated: &Stated<'_>) -> Tree {
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

    /// What a table does to those that are there.
    fn effect(&mut self, stated: &Stated<'_>, all: &mut Vec<Tree>) -> Effect {
        let (kind, key, name) = (stated.kind, stated.key(), stated.name());
        if stated.table.known_by == KnownBy::OpenEnd {
            return match all.iter().position(|one| is_same_band(one, stated.tree)) {
                Some(place) => Effect::Change(place),
                None if self.is_complete(stated, &[]) => Effect::Add,
                None => Effect::Nothing,
            };
        }
        let same = || all.iter().filter(|one| one.text(key) == name);
        let inherited = same().filter(|one| one.origin.is_none()).count();
        let before = same().find_map(|one| one.origin.clone());
        if stated.table.known_by == KnownBy::Code && inherited > 1 {
            self.push(
                Code::NotInherited,
                stated.at.key(key),
                format!("several inherited {kind}s have the code {}", quoted(name)),
                "it cannot be told which is meant: remove the characteristic, and say it anew",
            );
            return Effect::Nothing;
        }
        let is_removal = stated.has("remove");
        if let Some(before) = before {
            // A further one with the same code is stated whole.
            let mut needed = stated.table.keys.iter();
            let is_whole = needed.all(|one| one.need != Need::Unless || is_stated(stated, one));
            if stated.table.known_by == KnownBy::Code && is_whole && !is_removal {
                return Effect::Add;
            }
            let twice = Diagnostic::new(
                Code::DefinedTwice,
                stated.at.key(key),
                format!("{kind} {} is there twice", quoted(name)),
                "make them one table, or give this one another name",
            );
            self.diagnostics
                .push(twice.related(before.key(key), "the first one"));
            return Effect::Nothing;
        }
        let place = all.iter().position(|one| one.text(key) == name);
        if is_removal {
            self.only_removal(stated);
            match place {
                Some(place) => {
                    all.remove(place);
                    let at = stated.at.key("remove");
                    self.removed.push((name.to_owned(), at));
                }
                None if self.extends => self.push(
                    Code::NotInherited,
                    stated.at.key("remove"),
                    format!(
                        "no {kind} {} is inherited, so none can be left out",
                        quoted(name)
                    ),
                    "take this table out, or name one that is inherited",
                ),
                // That nothing is extended has been complained of.
                None => {}
            }
            return Effect::Nothing;
        }
        if let Some(place) = place {
            return Effect::Change(place);
        }
        let names: Vec<&str> = all.iter().map(|one| one.text(key)).collect();
        // What others refer to by its name is there, also where it is not whole.
        match self.is_complete(stated, &names) || stated.table.known_by == KnownBy::Name {
            true => Effect::Add,
            false => Effect::Nothing,
        }
    }

    /// Complains of what is said of a thing that is left out.
    fn only_removal(&mut self, stated: &Stated<'_>) {
        for key in stated.table.keys {
            let at = stated.at.key(key.name);
            let is_needed = key.name == "remove" || key.name == stated.key();
            if !is_needed && self.spans.has(&at) {
                self.push(
                    Code::ChangesNothing,
                    at.name(),
                    format!("`{}` is said of what is left out", key.name),
                    "take it out, or take out `remove`",
                );
            }
        }
    }

    /// Whether a further table says all that it has to. `inherited` are the names of
    /// those that it may be meant to change.
    fn is_complete(&mut self, stated: &Stated<'_>, inherited: &[&str]) -> bool {
        let (kind, key, name) = (stated.kind, stated.key(), stated.name());
        let what = format!("the {kind} {}", quoted(name));
        let missing = incomplete(stated.table, &what, &stated.at, self.spans);
        if missing.is_empty() {
            return true;
        }
        let is_code = stated.table.known_by == KnownBy::Code;
        if let Some(home) = self.homes.get(name).filter(|_| is_code) {
            let help = format!("state it where it is inherited: {home}");
            let found = format!("{} is inherited, but not here", quoted(name));
            self.push(Code::NotInherited, stated.at.key(key), found, help);
            return false;
        }
        match nearest(name, inherited.iter().copied()) {
            Some(near) if self.extends => self.push(
                Code::NotInherited,
                stated.at.key(key),
                format!(
                    "no {kind} {} is inherited, and it is not told whole",
                    quoted(name)
                ),
                format!("{} To add one, say all of it", did_you_mean(near)),
            ),
            _ => self.diagnostics.extend(missing),
        }
        false
    }

    /// Where a further attribute is tried: before the inherited ones, or behind one of
    /// them; those with the same place in the order of the file.
    fn place<'f>(
        &mut self,
        stated: &Stated<'f>,
        all: &[Tree],
        further: &mut Further<'f>,
    ) -> Option<usize> {
        if !stated.has("after") {
            if !self.extends {
                return Some(all.len());
            }
            further.first += 1;
            return Some(further.first - 1);
        }
        let after = stated.tree.text("after");
        let mut codes = all.iter().map(|one| one.text(stated.key()));
        let Some(place) = codes.clone().position(|code| code == after) else {
            if self.extends {
                let near = nearest(after, codes.clone()).map(did_you_mean);
                let one_of = || format!("take one of {}", join(&mut codes));
                let help = near.unwrap_or_else(one_of);
                let found = format!("no attribute here has the code {}", quoted(after));
                self.push(Code::NotInherited, stated.at.key("after"), found, help);
            }
            return None;
        };
        if place < further.first {
            further.first += 1;
        }
        let behind = further.behind.entry(after).or_default();
        *behind += 1;
        Some((place + *behind).min(all.len()))
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

/// Whether a key has something, be it in tables of their own.
fn is_stated(stated: &Stated<'_>, key: &Key) -> bool {
    match stated.tree.values.get(key.name) {
        Some(Value::Object(all)) => !all.is_empty(),
        Some(_) => true,
        None => !stated.tree.tables(key.name).is_empty(),
    }
}

/// Whether a band of a file means an inherited one: by the end at which it is open, or
/// else by the label.
fn is_same_band(inherited: &Tree, stated: &Tree) -> bool {
    let is_up = |of: &Tree| of.values.contains_key("at_least");
    let has_end = is_up(stated) || stated.values.contains_key("at_most");
    inherited.origin.is_none()
        && match has_end {
            true => is_up(inherited) == is_up(stated),
            false => stated.values.get("label") == inherited.values.get("label"),
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
fn add(list: &mut Value, more: &[Value], way: &str, at: &Path, joined: &mut Vec<(String, Path)>) {
    if let Value::Array(list) = list {
        for (index, text) in more.iter().enumerate() {
            let way = format!("{way}/{}", list.len());
            joined.push((way, at.then(&format!("/{index}"))));
            list.push(text.clone());
        }
    }
}

fn join<'t>(texts: &mut dyn Iterator<Item = &'t str>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}
