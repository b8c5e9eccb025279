//! The checks of a rulebook before it is compiled.
//!
//! Owns the checks of names, values, references, bands and points. Conditions are checked
//! where they are compiled.

pub(crate) mod criteria;
mod scorecards;

use std::collections::{BTreeMap, BTreeSet};

use crate::rulebook::Rulebook;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Diagnostics, Path, one_of};
use crate::text::quoted;
use crate::value::Kind;

/// Finds the errors of a rulebook. Without errors names are unique and printable, values fit
/// their kinds, statements and groups exist, and bands do not overlap.
pub(crate) fn errors(rulebook: &Rulebook, diagnostics: &mut Diagnostics) {
    let root = Path::default();
    let ids = rulebook.statements.iter().map(|statement| &*statement.id);
    twice("statement", "id", ids, &root, diagnostics);
    let names = rulebook.criteria.iter().map(|criterion| &*criterion.name);
    twice("criterion", "name", names, &root, diagnostics);
    let known = Known::of(rulebook);
    for (index, criterion) in rulebook.criteria.iter().enumerate() {
        if diagnostics.is_full() {
            return;
        }
        let at = root.item("criterion", index);
        criteria::criterion(&known, criterion, &at, diagnostics);
    }
    let names = rulebook.scorecards.iter().map(|scorecard| &*scorecard.name);
    twice("scorecard", "name", names, &root, diagnostics);
    for (index, scorecard) in rulebook.scorecards.iter().enumerate() {
        if diagnostics.is_full() {
            return;
        }
        let at = root.item("scorecard", index);
        scorecards::scorecard(rulebook, &known, scorecard, &at, diagnostics);
    }
    scorecards::two_texts(rulebook, diagnostics);
    if rulebook.scorecards.is_empty() {
        let help = "add a [[scorecard]]: a question, two bands and at least one characteristic";
        diagnostics.push(Code::MissingKey.at(&root, "the rulebook has no scorecard", help));
    }
}

/// The names that scorecards and criteria refer to.
struct Known<'r> {
    criteria: BTreeSet<&'r str>,
    /// The criteria that are dates; and one of these, the first.
    dates: BTreeSet<&'r str>,
    date: Option<&'r str>,
    statements: BTreeSet<&'r str>,
}

impl<'r> Known<'r> {
    fn of(rulebook: &'r Rulebook) -> Self {
        let statements = rulebook.statements.iter();
        let dates = rulebook.criteria.iter();
        let dates = dates.filter(|one| one.kind == Kind::Date);
        let dates = dates.map(|one| &*one.name);
        Known {
            date: dates.clone().next(),
            dates: dates.collect(),
            criteria: rulebook.criteria.iter().map(|one| &*one.name).collect(),
            statements: statements.map(|one| &*one.id).collect(),
        }
    }
}

/// Finds the diagnostics of names that are defined more than once.
pub(crate) fn twice<'n>(
    what: &str,
    key: &str,
    names: impl Iterator<Item = &'n str>,
    at: &Path,
    diagnostics: &mut Diagnostics,
) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, name) in names.enumerate() {
        let first = *first.entry(name).or_insert(index);
        if first != index {
            let found = format!("{what} {} is defined twice", quoted(name));
            let help = "merge them, or give this one another name";
            let twice = Code::DefinedTwice.at(&at.item(what, index).key(key), found, help);
            diagnostics.push(twice.related(at.item(what, first).key(key), "first defined here"));
        }
    }
}

/// The diagnostic of an invalid name. `at` is called only then: each start of the program
/// checks hundreds of names.
pub(crate) fn bad_name(
    what: &str,
    name: &str,
    joint: char,
    at: impl FnOnce() -> Path,
) -> Option<Diagnostic> {
    if is_identifier(name, joint) {
        return None;
    }
    let found = format!("{} is not a valid name for a {what}", quoted(name));
    let help = format!("use only a-z, 0-9 and {joint}");
    Some(Code::BadName.at(&at(), found, help))
}

/// The diagnostic of an unknown criterion.
pub(crate) fn unknown_criterion(rulebook: &Rulebook, name: &str, at: &Path) -> Diagnostic {
    let names = rulebook.criteria.iter().map(|one| &*one.name);
    let help = match rulebook.criteria.is_empty() {
        true => "add a [[criterion]]".to_owned(),
        false => one_of(name, names, ", or add a [[criterion]]"),
    };
    let found = format!("unknown criterion {}", quoted(name));
    Code::UnknownCriterion.at(at, found, help)
}

/// Whether a name consists of `a-z`, `0-9` and `joint`, so that it needs no quotes in a CSV
/// cell, a JSON key or a list of reasons.
pub(crate) fn is_identifier(name: &str, joint: char) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint;
    !name.is_empty() && name.chars().all(is_plain)
}
