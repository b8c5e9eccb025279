//! How a table of a file is found again in what it extends.
//!
//! Owns what a table may be meant for: to leave a thing out, to change it, or to add
//! one, which has to be told whole.

use crate::rulebook::file::shape::{RULEBOOK, Table, Takes};
use crate::rulebook::file::structure::{Places, incomplete};
use std::collections::BTreeMap;

use crate::rulebook::Rulebook;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Flaw, Spot};
use crate::text::{did_you_mean, nearest, quoted};

/// What is laid over the rulebook that is extended.
pub(crate) struct Over<'p> {
    places: &'p Places,
    pub(crate) extends: bool,
    /// By reason code that is inherited: the scorecard and characteristic of it.
    homes: BTreeMap<String, String>,
    pub(crate) flaws: Vec<Flaw>,
    /// What is left out of what is inherited, by name, and where that is said.
    pub(crate) removed: Vec<(String, Spot)>,
    pub(crate) joined: Vec<Joined>,
}

/// A value that joins inherited ones.
pub(crate) struct Joined {
    pub(crate) criterion: String,
    /// The way to it, from its criterion.
    pub(crate) way: String,
    /// Where the file says it.
    pub(crate) at: Spot,
}

/// What a table is meant for.
pub(crate) enum Meant {
    /// Nothing more is to be done.
    Done,
    /// To change the thing at this place.
    Change(usize),
    /// To add one; whether it is told whole.
    Add(bool),
}

/// A table of a file.
pub(crate) struct Named<'n> {
    /// The tables that lead to it, itself last.
    pub(crate) path: &'n [&'n str],
    /// The key by which it is known, and what that has.
    pub(crate) key: &'n str,
    pub(crate) name: &'n str,
    pub(crate) at: &'n Spot,
    pub(crate) remove: bool,
}

impl Named<'_> {
    fn kind(&self) -> &str {
        self.path.last().copied().unwrap_or_default()
    }
}

impl<'p> Over<'p> {
    pub(crate) fn new(places: &'p Places, base: Option<&Rulebook>) -> Self {
        let mut homes = BTreeMap::new();
        for card in base.iter().flat_map(|base| &base.scorecards) {
            for one in &card.characteristics {
                let home = format!("{}, {}", card.name, one.criterion);
                let codes = one.attributes.iter().map(|one| one.reason_code.clone());
                homes.extend(codes.map(|code| (code, home.clone())));
            }
        }
        Over {
            places,
            extends: base.is_some(),
            homes,
            flaws: Vec::new(),
            removed: Vec::new(),
            joined: Vec::new(),
        }
    }

    pub(crate) fn flaw(&mut self, code: Code, at: Spot, found: String, mend: String) {
        self.flaws.push(Flaw::new(code, at, found, mend));
    }

    /// What a table is meant for, if things are known as `known` tells: by name, each
    /// with where the file has stated it before.
    pub(crate) fn meant<T>(
        &mut self,
        table: &Named<'_>,
        all: &mut Vec<T>,
        known: impl Fn(&T) -> (&str, Option<&Spot>),
    ) -> Meant {
        let kind = table.kind().to_owned();
        let name = quoted(table.name);
        let mut told = all
            .iter()
            .map(&known)
            .filter(|(name, _)| *name == table.name);
        if let Some(first) = told.find_map(|(_, at)| at.cloned()) {
            self.twice(table, &first);
            return Meant::Done;
        }
        let place = all.iter().position(|one| known(one).0 == table.name);
        if table.remove {
            self.nothing_beside(table);
            match place {
                Some(place) => {
                    drop(all.remove(place));
                    self.removed
                        .push((table.name.to_owned(), table.at.key("remove")));
                }
                None if self.extends => self.flaw(
                    Code::NotInherited,
                    table.at.key("remove"),
                    format!("no {kind} {name} is inherited, so none can be left out"),
                    "take this table out, or name one that is inherited".to_owned(),
                ),
                // That nothing is extended has been told.
                None => {}
            }
            return Meant::Done;
        }
        match place {
            Some(place) => Meant::Change(place),
            None => {
                let names: Vec<&str> = all.iter().map(|one| known(one).0).collect();
                Meant::Add(self.is_complete(table, &names))
            }
        }
    }

    pub(crate) fn twice(&mut self, table: &Named<'_>, first: &Spot) {
        let flaw = Flaw::new(
            Code::DefinedTwice,
            table.at.key(table.key),
            format!("{} {} is there twice", table.kind(), quoted(table.name)),
            "make them one table, or give this one another name",
        );
        self.flaws
            .push(flaw.beside(first.key(table.key), "the first one"));
    }

    /// Tells of what is said of a thing that is left out.
    pub(crate) fn nothing_beside(&mut self, table: &Named<'_>) {
        for key in shape_at(table.path).keys {
            let at = table.at.key(key.name);
            let is_needed = key.name == "remove" || key.name == table.key;
            if !is_needed && self.places.has(&at) {
                self.flaw(
                    Code::ChangesNothing,
                    at.name(),
                    format!("`{}` is said of what is left out", key.name),
                    "take it out, or take out `remove`".to_owned(),
                );
            }
        }
    }

    /// Whether a new table says all that it has to. `inherited` are the names of
    /// those that it may be meant to change.
    pub(crate) fn is_complete(&mut self, table: &Named<'_>, inherited: &[&str]) -> bool {
        let kind = table.kind();
        let what = format!("the {kind} {}", quoted(table.name));
        let missing = incomplete(shape_at(table.path), &what, table.at, self.places);
        if missing.is_empty() {
            return true;
        }
        let home = self
            .homes
            .get(table.name)
            .filter(|_| table.key == "reason_code");
        if let Some(home) = home {
            let found = format!("{} is inherited, but not here", quoted(table.name));
            let mend = format!("state it where it is inherited: {home}");
            self.flaw(Code::NotInherited, table.at.key(table.key), found, mend);
            return false;
        }
        match nearest(table.name, inherited.iter().copied()) {
            Some(near) if self.extends => self.flaw(
                Code::NotInherited,
                table.at.key(table.key),
                format!(
                    "no {kind} {} is inherited, and it is not told whole",
                    quoted(table.name)
                ),
                format!("{} To add one, say all of it", did_you_mean(near)),
            ),
            _ => self.flaws.extend(missing),
        }
        false
    }

    /// Tells that a table changes nothing, if it does not.
    pub(crate) fn must_change(&mut self, changes: bool, [kind, name]: [&str; 2], at: &Spot) {
        if !changes {
            self.flaw(
                Code::ChangesNothing,
                at.clone(),
                format!("the {kind} {} is inherited just so", quoted(name)),
                "take this table out, or say what is to differ".to_owned(),
            );
        }
    }
}

/// The shape of the tables at the end of a path.
fn shape_at(path: &[&str]) -> &'static Table {
    path.iter().fold(&RULEBOOK, |shape, name| {
        let key = shape.keys.iter().find(|one| one.name == *name);
        match key.map(|key| &key.takes) {
            Some(Takes::Tables(shape)) => shape,
            _ => shape,
        }
    })
}
