//! What inherited kinds of related files lose with a criterion.
//!
//! Owns what they have about a criterion that a file removes: a rule of one kind cannot be
//! removed alone, and a kind is still of use without it. What the file states itself is
//! kept, and reported.

use crate::rulebook::file::keys::Keys;
use crate::rulebook::file::tree::{Holds, Node, Span};

/// The keys of a kind that have something for each criterion.
const BY_CRITERION: [&str; 5] = ["take", "means", "goods", "unless", "contradicts"];

/// Removes what inherited kinds have about criteria among `removed`.
pub(super) fn from_related(tree: &mut Node, removed: &[(String, Span)]) {
    let criteria = tree.list("criterion").iter();
    let kept: Vec<String> = criteria.map(|one| one.text("name").to_owned()).collect();
    let is_gone = |name: &str| {
        let mut removed = removed.iter().map(|(name, _)| name);
        removed.any(|one| one == name) && !kept.iter().any(|one| one == name)
    };
    let Holds::Table(all) = &mut tree.holds else {
        return;
    };
    let Some(Holds::List(kinds)) = all.get_mut("related").map(|node| &mut node.holds) else {
        return;
    };
    for kind in kinds {
        if let Holds::Table(kind) = &mut kind.holds {
            lose(kind, &is_gone);
        }
    }
}

fn lose(kind: &mut Keys, is_gone: &impl Fn(&str) -> bool) {
    let names = |key: &str, node: &Node| match key {
        "about" => node.json().as_str().is_some_and(is_gone),
        "frequency" => is_gone(node.text("criterion")),
        _ => false,
    };
    kind.retain(|key, node| node.value.is_some() || !names(key, node));
    for key in BY_CRITERION {
        if let Some(Holds::Table(all)) = kind.get_mut(key).map(|node| &mut node.holds) {
            all.retain(|name, node| node.value.is_some() || !is_gone(name));
        }
    }
}
