//! The merge of a file as an overlay over the rulebook that it extends.
//!
//! Owns which table of a file refers to which inherited one, whether it changes it, removes
//! it or adds a new one (which must be complete), and how values replace or extend inherited
//! ones. All of it follows from the table of keys.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Diagnostics, near, one_of};
use crate::rulebook::file::keys::Keys;
use crate::rulebook::file::known::{Further, Known};
use crate::rulebook::file::overlay::{add, is_same_band, replace};
use crate::rulebook::file::shape::{KnownBy, Need, RULEBOOK, Table, Takes};
use crate::rulebook::file::structure::missing_key;
use crate::rulebook::file::tree::{Holds, Node, Span};
use crate::rulebook::file::{BUILT_IN, removed};
use crate::text::{did_you_mean, quoted};
use crate::value::Kind;

/// How many attributes of a characteristic can have `after`: each of these places is
/// searched for.
const MOST_AFTER: usize = 1_000;

/// The result of merging a file with the rulebook that it extends.
pub(crate) struct Merged {
    pub(crate) tree: Node,
    /// The names of what the file removes, and the spans of `remove`.
    pub(crate) removed: Vec<(String, Span)>,
    pub(crate) diagnostics: Diagnostics,
}

/// Lays `file` over `base`; without a base, the file is a rulebook on its own. Adds to the
/// diagnostics of its structure.
pub(crate) fn merge(base: Option<Node>, file: &Node, diagnostics: Diagnostics) -> Merged {
    let mut merge = Merge {
        extends: base.is_some(),
        homes: base.as_ref().map(homes).unwrap_or_default(),
        removed: Vec::new(),
        diagnostics,
    };
    if base.is_none() {
        for mut missing in incomplete(&RULEBOOK, "the rulebook", "", file) {
            missing.help += &format!(", or inherit it: extend = {BUILT_IN:?}");
            merge.diagnostics.push(missing);
        }
    }
    let mut tree = base.unwrap_or_default();
    merge.table(&RULEBOOK, &mut tree, file, "");
    removed::from_related(&mut tree, &merge.removed);
    Merged {
        tree,
        removed: merge.removed,
        diagnostics: merge.diagnostics,
    }
}

/// By reason code: the scorecard and the characteristic that it belongs to.
fn homes(base: &Node) -> BTreeMap<String, String> {
    let mut homes = BTreeMap::new();
    for card in base.list("scorecard") {
        for one in card.list("characteristic") {
            let home = format!("{}, {}", card.text("name"), one.text("criterion"));
            let codes = one.list("attribute").iter();
            homes.extend(codes.map(|one| (one.text("reason_code").to_owned(), home.clone())));
        }
    }
    homes
}

/// The diagnostics of a table that inherits nothing and lacks `Unless` keys.
fn incomplete(table: &Table, what: &str, header: &str, of: &Node) -> Vec<Diagnostic> {
    let needed = table.keys.iter().filter(|key| key.need == Need::Unless);
    let missing = needed.filter(|key| of.stated(key.name).is_none());
    missing
        .map(|key| missing_key(what, key, header, of))
        .collect()
}

/// A table of the file.
struct Stated<'f> {
    /// What it is called, such as `band`, and the beginning of its header.
    kind: &'static str,
    header: &'f str,
    table: &'static Table,
    node: &'f Node,
}

impl Stated<'_> {
    /// The key by which tables of its kind are identified.
    fn key(&self) -> &'static str {
        self.table.keys[0].name
    }

    fn name(&self) -> &str {
        self.node.text(self.key())
    }
}

/// What a table of the file does.
enum Effect {
    Nothing,
    /// It changes the table at this place.
    Change(usize),
    /// It adds a table.
    Add,
}

struct Merge {
    extends: bool,
    homes: BTreeMap<String, String>,
    removed: Vec<(String, Span)>,
    diagnostics: Diagnostics,
}

impl Merge {
    /// Lays one table over another of the same kind; true if that makes a difference.
    fn table(&mut self, table: &'static Table, into: &mut Node, from: &Node, above: &str) -> bool {
        if let Holds::Nothing = into.holds {
            into.holds = Holds::Table(Keys::default());
        }
        let mut differs = false;
        for key in table.keys {
            let (Some(new), Holds::Table(all)) = (from.get(key.name), &mut into.holds) else {
                continue;
            };
            match (&key.takes, key.name.strip_prefix("more_")) {
                _ if key.need == Need::File => drop(all.insert(key.name, new.clone())),
                (Takes::Tables(inner), _) => {
                    let header = format!("{above}{}", key.name);
                    let inherited = all.entry(key.name);
                    let mut tables = match std::mem::take(&mut inherited.holds) {
                        Holds::List(tables) => tables,
                        _ => Vec::new(),
                    };
                    differs |= !new.is_empty();
                    self.tables(key.noun(), inner, &mut tables, from.list(key.name), &header);
                    inherited.holds = Holds::List(tables);
                }
                (_, Some(list)) => {
                    differs |= self.join(all, list, new);
                    all.insert(key.name, new.clone());
                }
                (_, None) if key.need == Need::Extending => {}
                // An empty list or table changes nothing.
                (_, None) if new.is_empty() && !all.contains_key(key.name) => {}
                (takes, None) => differs |= replace(takes, all, key.name, new),
            }
        }
        differs
    }

    /// Lays the tables of a key over those that are inherited.
    fn tables(
        &mut self,
        kind: &'static str,
        table: &'static Table,
        all: &mut Vec<Node>,
        from: &[Node],
        header: &str,
    ) {
        let header = &*format!("{header}.");
        let mut further = Further::default();
        let key = table.keys[0].name;
        let mut known = Known::of(all, key);
        for node in from {
            if self.diagnostics.is_full() {
                break;
            }
            let stated = Stated {
                kind,
                header,
                table,
                node,
            };
            let place = match self.effect(&stated, all, &mut known) {
                Effect::Nothing => continue,
                Effect::Change(place) => {
                    self.change(&stated, &mut all[place]);
                    known.change(stated.name(), all[place].span_of(key));
                    continue;
                }
                Effect::Add if table.known_by == KnownBy::Code => {
                    self.place(&stated, all, &mut further)
                }
                Effect::Add => Some(all.len()),
            };
            if let Some(place) = place {
                let new = self.added(&stated);
                known.add(stated.name(), new.span_of(key));
                all.insert(place, new);
            }
        }
    }

    /// What a table does to the inherited ones.
    fn effect(&mut self, stated: &Stated<'_>, all: &mut Vec<Node>, known: &mut Known) -> Effect {
        let (kind, key, name) = (stated.kind, stated.key(), stated.name());
        if stated.table.known_by == KnownBy::OpenEnd {
            // New ones come after these.
            let mut inherited = all[..known.inherited].iter();
            return match inherited.position(|one| is_same_band(one, stated.node)) {
                Some(place) => Effect::Change(place),
                None if self.is_complete(stated, &[]) => Effect::Add,
                None => Effect::Nothing,
            };
        }
        let by_code = stated.table.known_by == KnownBy::Code;
        let (at, quoted_name) = (stated.node.span_of(key), quoted(name));
        let same = known.names.get(name).cloned().unwrap_or_default();
        if by_code && same.inherited > 1 {
            let found = format!("several inherited {kind}s have the code {quoted_name}");
            let help =
                "it is not clear which one is meant: remove the characteristic, and define it anew";
            self.push(Code::NotInherited, at, found, help);
            return Effect::Nothing;
        }
        let is_removal = stated.node.get("remove").is_some();
        if let Some(before) = same.stated {
            // A second one with the same code has to be complete.
            let mut needed = stated.table.keys.iter();
            let is_whole = needed.all(|key| {
                let value = stated.node.get(key.name);
                key.need != Need::Unless || value.is_some_and(|value| !value.is_empty())
            });
            if by_code && is_whole && !is_removal {
                return Effect::Add;
            }
            let found = format!("{kind} {quoted_name} is defined twice");
            let help = "merge them into one table, or give this one another name";
            let twice = Code::DefinedTwice.in_text(at, found, help);
            let twice = twice.beside(before, "first defined here");
            self.diagnostics.push(twice);
            return Effect::Nothing;
        }
        // Each inherited one is looked for once.
        let place = (same.inherited > 0).then(|| all.iter().position(|one| one.text(key) == name));
        match place.flatten() {
            Some(place) if is_removal => {
                self.only_removal(stated);
                all.remove(place);
                known.remove(name);
                let at = stated.node.span_of("remove");
                self.removed.push((name.to_owned(), at));
                Effect::Nothing
            }
            Some(place) => Effect::Change(place),
            None if is_removal => {
                self.only_removal(stated);
                // A file that extends nothing is reported elsewhere.
                if self.extends {
                    let found =
                        format!("no {kind} {quoted_name} is inherited, so it cannot be removed");
                    let help = "remove this table, or name one that is inherited";
                    self.push(
                        Code::NotInherited,
                        stated.node.span_of("remove"),
                        found,
                        help,
                    );
                }
                Effect::Nothing
            }
            None => {
                // Others may refer to it by its name, even if it is incomplete.
                match self.is_complete(stated, all) || !by_code {
                    true => Effect::Add,
                    false => Effect::Nothing,
                }
            }
        }
    }

    /// Reports keys that have no effect, since their table is removed.
    fn only_removal(&mut self, stated: &Stated<'_>) {
        for key in stated.table.keys {
            let is_needed = key.name == "remove" || key.name == stated.key();
            if let Some(lost) = stated.node.stated(key.name).filter(|_| !is_needed) {
                let found = format!("`{}` has no effect, since its table is removed", key.name);
                let help = "remove the key, or remove `remove`";
                // A misspelled key has no value here, and is reported on its own.
                let at = lost.value.as_ref().map_or(stated.node, |_| lost).header();
                self.push(Code::ChangesNothing, at, found, help);
            }
        }
    }

    /// Whether a new table has all keys that it needs. `inherited` are the tables that it may
    /// have been meant to change.
    fn is_complete(&mut self, stated: &Stated<'_>, inherited: &[Node]) -> bool {
        let (kind, name) = (stated.kind, stated.name());
        let what = format!("the {kind} {}", quoted(name));
        let missing = incomplete(stated.table, &what, stated.header, stated.node);
        if missing.is_empty() {
            return true;
        }
        let at = stated.node.span_of(stated.key());
        let is_code = stated.table.known_by == KnownBy::Code;
        if let Some(home) = self.homes.get(name).filter(|_| is_code) {
            let help = format!("move it to the characteristic that has it: {home}");
            let found = format!("{} is inherited by another characteristic", quoted(name));
            self.push(Code::NotInherited, at, found, help);
            return false;
        }
        let names = inherited.iter().map(|one| one.text(stated.key()));
        let near = (self.extends).then(|| near(name, names));
        match near.flatten() {
            Some(near) => {
                let name = quoted(name);
                let found = format!("no {kind} {name} is inherited, and this table is incomplete");
                let help = format!("{} To add a new one, give all its keys", did_you_mean(near));
                self.push(Code::NotInherited, at, found, help);
            }
            None => self.diagnostics.extend(missing),
        }
        false
    }

    /// Where a new attribute is tried: before the inherited ones, or after one of them;
    /// those with the same place in the order of the file.
    fn place<'f>(
        &mut self,
        stated: &Stated<'f>,
        all: &[Node],
        further: &mut Further<'f>,
    ) -> Option<usize> {
        if stated.node.get("after").is_none() {
            if !self.extends {
                return Some(all.len());
            }
            further.first += 1;
            return Some(further.first - 1);
        }
        let after = stated.node.text("after");
        let codes = all.iter().map(|one| one.text(stated.key()));
        let Some(place) = codes.clone().position(|code| code == after) else {
            if self.extends {
                let found = format!("no attribute here has the code {}", quoted(after));
                let at = stated.node.span_of("after");
                self.push(Code::NotInherited, at, found, one_of(after, codes, ""));
            }
            return None;
        };
        further.after += 1;
        if further.after > MOST_AFTER {
            let at = stated.node.span_of("after");
            let found = "too many attributes of a characteristic have `after`".to_owned();
            let help = format!("keep at most {MOST_AFTER}: without it, they keep their order");
            self.push(Code::OutOfRange, at, found, help);
            return None;
        }
        if place < further.first {
            further.first += 1;
        }
        let behind = further.behind.entry(after).or_default();
        *behind += 1;
        Some((place + *behind).min(all.len()))
    }

    /// Lays a table of the file over the inherited one.
    fn change(&mut self, stated: &Stated<'_>, into: &mut Node) {
        let name = quoted(into.text(stated.key()));
        let before = self.diagnostics.len();
        if stated.node.get("after").is_some() {
            let found = format!("{name} is inherited, and cannot be moved");
            let help = "remove `after`, or remove the attribute and add it under a new code";
            let at = stated.node.span_of("after");
            self.push(Code::NotInherited, at, found, help);
        }
        into.key.clone_from(&stated.node.key);
        let differs = self.table(stated.table, into, stated.node, stated.header);
        // A table with other diagnostics is not reported again.
        let has_diagnostics = stated.node.has_diagnostics || self.diagnostics.len() > before;
        if !differs && !has_diagnostics {
            let found = format!("the {} {name} is inherited unchanged", stated.kind);
            let help = "remove this table, or change something in it";
            self.push(Code::ChangesNothing, stated.node.header(), found, help);
        }
    }

    /// A new table, which only the file has.
    fn added(&mut self, stated: &Stated<'_>) -> Node {
        let mut all = Keys::default();
        // Some kinds have fixed values.
        let kind = stated.node.get("kind").map(Node::json);
        let kind = kind.and_then(|kind| Kind::deserialize(kind).ok());
        if let Some(fixed) = kind.and_then(Kind::fixed_values) {
            all.insert("values", Node::of_texts(fixed));
        }
        let mut new = Node {
            key: stated.node.key.clone(),
            holds: Holds::Table(all),
            ..Node::default()
        };
        let more = stated.node.get("more_values");
        if let Some(more) = more.filter(|more| self.extends && !more.is_empty()) {
            let name = quoted(stated.name());
            let found = format!("{name} is new, so there are no values to add to");
            self.push(
                Code::NotInherited,
                more.header(),
                found,
                "use `values` instead",
            );
        }
        self.table(stated.table, &mut new, stated.node, stated.header);
        new
    }

    /// Adds texts to an inherited list, or to those of an inherited table; true if there
    /// are any.
    fn join(&mut self, into: &mut Keys, list: &str, more: &Node) -> bool {
        let Holds::Table(groups) = &more.holds else {
            return add(into.entry(list), more);
        };
        let mut none = Keys::default();
        let inherited = match into.get_mut(list).map(|node| &mut node.holds) {
            Some(Holds::Table(inherited)) => inherited,
            _ => &mut none,
        };
        let mut differs = false;
        for (group, more) in groups.iter() {
            if self.diagnostics.is_full() {
                break;
            }
            if let Some(all) = inherited.get_mut(group) {
                differs |= add(all, more);
            } else if self.extends {
                let found = format!("no group {} is inherited", quoted(group));
                let near = near(group, inherited.iter().map(|(name, _)| name));
                let help = near.map_or_else(|| "add it under `groups`".to_owned(), did_you_mean);
                self.push(Code::NotInherited, more.header(), found, help);
            }
        }
        differs
    }

    fn push(&mut self, code: Code, at: Span, found: String, help: impl Into<String>) {
        self.diagnostics.push(code.in_text(at, found, help));
    }
}
