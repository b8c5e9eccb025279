//! Where a file states the parts of the whole rulebook.
//!
//! Owns the way back from a path in the whole to one in the file.

use std::collections::BTreeMap;

use crate::rulebook::Rulebook;
use crate::rulebook::diagnostic::Path;
use crate::rulebook::file::merge::Merged;
use crate::rulebook::file::shape::{RULEBOOK, Table, Takes};
use crate::rulebook::file::tree::Tree;
use crate::text::quoted;

/// Where in the file the parts of the whole rulebook are stated.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    /// By part, and only for those that the file states.
    stated: BTreeMap<Path, Path>,
    /// The names of what the file removes, and where it says so.
    pub(crate) removed: Vec<(String, Path)>,
    /// The criteria that it changes, by name, and where.
    pub(crate) criteria: Vec<(String, Path)>,
    /// What the parts are called.
    pub(crate) names: BTreeMap<Path, String>,
}

impl Origins {
    pub(crate) fn of_merged(merged: &Merged) -> Self {
        let mut origins = Origins {
            removed: merged.removed.clone(),
            ..Origins::default()
        };
        let root = Path::default();
        for key in ["name", "version", "words", "case"] {
            origins.stated.insert(root.key(key), root.key(key));
        }
        origins.note(&RULEBOOK, &merged.tree, &root);
        origins
    }

    /// Notes all tables within one.
    fn note(&mut self, table: &'static Table, of: &Tree, at: &Path) {
        for key in table.keys {
            let Takes::Tables(inner) = key.takes else {
                continue;
            };
            for (index, one) in of.tables(key.name).iter().enumerate() {
                let part = at.item(key.name, index);
                let name = one.text(inner.keys[0].name);
                let called = format!("the {} {}", key.name, quoted(name));
                self.names.insert(part.clone(), called);
                if let Some(origin) = &one.origin {
                    self.stated.insert(part.clone(), origin.clone());
                    if key.name == "criterion" {
                        self.criteria.push((name.to_owned(), origin.clone()));
                    }
                }
                let joined = one.joined.iter();
                let joined = joined.map(|(rest, origin)| (part.then(rest), origin.clone()));
                self.stated.extend(joined);
                self.note(inner, one, &part);
            }
        }
    }

    /// Where the file states this very part.
    pub(crate) fn stated(&self, part: &Path) -> Option<&Path> {
        self.stated.get(part)
    }

    /// Where the file states what stands there; `None` where that is inherited.
    pub(crate) fn of(&self, path: &Path) -> Option<Path> {
        let mut outward = path.outward();
        let (part, origin) = outward.find_map(|part| {
            let origin = self.stated.get(&part)?;
            Some((part, origin))
        })?;
        let rest = path.below(&part)?;
        // A part of a table that is stated may be inherited itself.
        let mut parts = ["/band/", "/characteristic/", "/attribute/"].iter();
        let is_part = parts.any(|part| rest.starts_with(part));
        (!is_part).then(|| origin.then(rest))
    }

    /// The attributes that the file states: scorecard, characteristic, attribute.
    pub(crate) fn attributes(&self, rulebook: &Rulebook) -> Vec<(usize, usize, usize)> {
        let places = rulebook.attributes().map(|(place, _)| place);
        let stated = places.filter(|place| self.stated.contains_key(&Path::attribute(*place)));
        stated.map(|[i, j, k]| (i, j, k)).collect()
    }
}
