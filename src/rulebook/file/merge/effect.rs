//! Which table a table of a file means, and what it does to it.
//!
//! Owns what a table may do: remove an inherited one, change it, or stand beside it, which
//! takes a whole one. Knows nothing of what the keys hold.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path, one_of};
use crate::rulebook::file::merge::Merge;
use crate::rulebook::file::shape::{Key, KnownBy, Need, Table};
use crate::rulebook::file::structure::incomplete;
use crate::rulebook::file::tree::Tree;
use crate::text::{did_you_mean, nearest, quoted};

/// A table of the file.
pub(super) struct Stated<'f> {
    /// The key under which it stands, such as `scorecard`.
    pub(super) kind: &'static str,
    pub(super) table: &'static Table,
    pub(super) tree: &'f Tree,
    pub(super) at: Path,
}

/// What a table of the file does.
pub(super) enum Effect {
    Nothing,
    /// It changes the table at this place.
    Change(usize),
    /// It is a further table.
    Add,
}

/// How many further tables stand where.
#[derive(Default)]
pub(super) struct Further<'f> {
    /// Before all inherited ones.
    first: usize,
    /// Behind the one with this code.
    behind: BTreeMap<&'f str, usize>,
}

impl Stated<'_> {
    /// The key by which tables of its kind are known.
    pub(super) fn key(&self) -> &'static str {
        self.table.keys[0].name
    }

    pub(super) fn name(&self) -> &str {
        self.tree.text(self.key())
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.tree.values.contains_key(key)
    }
}

impl Merge<'_> {
    /// What a table does to those that are there.
    pub(super) fn effect(&mut self, stated: &Stated<'_>, all: &mut Vec<Tree>) -> Effect {
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
    pub(super) fn place<'f>(
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
        let codes = all.iter().map(|one| one.text(stated.key()));
        let Some(place) = codes.clone().position(|code| code == after) else {
            if self.extends {
                let help = one_of(after, codes);
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
