//! Which tables of a kind there are while a file is merged with them.
//!
//! Owns that each is found by its name without looking at all others: files may have many.

use std::collections::{BTreeMap, HashMap};

use crate::rulebook::file::tree::{Node, Span};

/// How many tables have been added, and where.
#[derive(Default)]
pub(super) struct Further<'f> {
    /// Before all inherited ones.
    pub(super) first: usize,
    /// With `after`.
    pub(super) after: usize,
    /// After the one with this code.
    pub(super) behind: BTreeMap<&'f str, usize>,
}

/// The tables with a name.
#[derive(Clone, Default)]
pub(super) struct Same {
    /// How many are inherited, and not stated in the file.
    pub(super) inherited: usize,
    /// Where the file states the first one.
    pub(super) stated: Option<Span>,
}

/// The tables of a kind, by name: files may have many.
pub(super) struct Known {
    pub(super) names: HashMap<String, Same>,
    /// How many were inherited.
    pub(super) inherited: usize,
}

impl Known {
    pub(super) fn of(all: &[Node], key: &str) -> Self {
        let mut known = Known {
            names: HashMap::new(),
            inherited: all.len(),
        };
        for one in all {
            known.same(one.text(key)).inherited += 1;
        }
        known
    }

    fn same(&mut self, name: &str) -> &mut Same {
        self.names.entry(name.to_owned()).or_default()
    }

    pub(super) fn add(&mut self, name: &str, at: Span) {
        self.same(name).stated.get_or_insert(at);
    }

    /// Notes that the file states an inherited one.
    pub(super) fn change(&mut self, name: &str, at: Span) {
        self.remove(name);
        self.add(name, at);
    }

    pub(super) fn remove(&mut self, name: &str) {
        let same = self.same(name);
        same.inherited = same.inherited.saturating_sub(1);
    }
}
