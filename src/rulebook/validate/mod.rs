//! What a rulebook must satisfy before tables can be made of it.
//!
//! Owns the soundness of names, values, references, bands and points. What
//! conditions say is checked where they are made into tables.

mod criteria;
mod scorecards;

use std::collections::BTreeMap;

use crate::rulebook::Rulebook;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path, one_of};
use crate::text::quoted;

/// What the tables rely on: names that are unique and can be printed, values
/// that fit, statements and groups that exist, bands that tell labels apart.
pub(crate) fn errors(rulebook: &Rulebook) -> Vec<Diagnostic> {
    let root = Path::default();
    let mut diagnostics = Vec::new();
    let ids = rulebook.statements.iter().map(|statement| &*statement.id);
    diagnostics.extend(twice("statement", "id", ids, &root));
    let names = rulebook.criteria.iter().map(|criterion| &*criterion.name);
    diagnostics.extend(twice("criterion", "name", names, &root));
    for (index, criterion) in rulebook.criteria.iter().enumerate() {
        let at = root.item("criterion", index);
        criteria::criterion(rulebook, criterion, &at, &mut diagnostics);
    }
    let names = rulebook.scorecards.iter().map(|scorecard| &*scorecard.name);
    diagnostics.extend(twice("scorecard", "name", names, &root));
    for (index, scorecard) in rulebook.scorecards.iter().enumerate() {
        let at = root.item("scorecard", index);
        scorecards::scorecard(rulebook, scorecard, &at, &mut diagnostics);
    }
    diagnostics.extend(scorecards::two_texts(rulebook));
    if rulebook.scorecards.is_empty() {
        let help = "add a [[scorecard]]: a question, two bands and at least one characteristic";
        diagnostics.push(Code::MissingKey.at(&root, "it has no scorecard", help));
    }
    diagnostics
}

/// The diagnostics of names that are there more than once.
fn twice<'n>(
    what: &str,
    key: &str,
    names: impl Iterator<Item = &'n str>,
    at: &Path,
) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (index, name) in names.enumerate() {
        let first = *first.entry(name).or_insert(index);
        if first != index {
            let found = format!("{what} {} is there twice", quoted(name));
            let help = "make them one, or give this one another name";
            let twice = Code::DefinedTwice.at(&at.item(what, index).key(key), found, help);
            diagnostics.push(twice.related(at.item(what, first).key(key), "the first one"));
        }
    }
    diagnostics
}

/// The diagnostic of a name that is none. Where it stands is asked for only then: each
/// start of the program checks hundreds of them.
fn bad_name(what: &str, name: &str, joint: char, at: impl FnOnce() -> Path) -> Option<Diagnostic> {
    if is_identifier(name, joint) {
        return None;
    }
    let found = format!("{what} {} cannot be called so", quoted(name));
    let help = format!("take a name of a-z, 0-9 and {joint}");
    Some(Code::BadName.at(&at(), found, help))
}

/// The diagnostic that `name` is no criterion.
pub(crate) fn unknown_criterion(rulebook: &Rulebook, name: &str, at: &Path) -> Diagnostic {
    let names = rulebook.criteria.iter().map(|one| &*one.name);
    let help = match rulebook.criteria.is_empty() {
        true => "add a [[criterion]]".to_owned(),
        false => one_of(name, names, ", or add a [[criterion]]"),
    };
    let found = format!("{} is no criterion", quoted(name));
    Code::UnknownCriterion.at(at, found, help)
}

/// True for a name of `a-z`, `0-9` and `joint`, which can stand in a CSV cell,
/// a JSON key and a list of reasons as it is.
pub(crate) fn is_identifier(name: &str, joint: char) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint;
    !name.is_empty() && name.chars().all(is_plain)
}
