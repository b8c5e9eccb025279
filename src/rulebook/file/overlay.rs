//! The values of a file laid over inherited ones.
//!
//! Owns what becomes of one value: replaced, merged key by key, or joined.

use crate::rulebook::file::keys::Keys;
use crate::rulebook::file::shape::Takes;
use crate::rulebook::file::tree::{Holds, Node};

/// Replaces the value of a key by that of the file; true if it differs. Tables of any
/// keys are merged key by key.
pub(super) fn replace(takes: &Takes, of: &mut Keys, key: &str, new: &Node) -> bool {
    if let (Takes::Any(inner), Holds::Table(more), Some(old)) = (takes, &new.holds, of.get_mut(key))
        && let Holds::Table(all) = &mut old.holds
    {
        (old.key, old.value) = (new.key.clone(), new.value.clone());
        let replaced = more.iter().map(|(key, new)| replace(inner, all, key, new));
        return replaced.fold(false, |differs, one| differs | one);
    }
    let old = of.insert(key, new.clone());
    old.is_none_or(|old| old.json() != new.json())
}

/// Adds the texts of one list to another; true if there are any.
pub(super) fn add(list: &mut Node, more: &Node) -> bool {
    if let Holds::Nothing = list.holds {
        list.holds = Holds::List(Vec::new());
    }
    if let (Holds::List(list), Holds::List(more)) = (&mut list.holds, &more.holds) {
        list.extend(more.iter().cloned());
    }
    !more.is_empty()
}

/// Whether a band of a file changes this inherited one: by the end at which it is open, or
/// else by the label.
pub(super) fn is_same_band(inherited: &Node, stated: &Node) -> bool {
    let is_up = |of: &Node| of.get("at_least").is_some();
    let has_end = is_up(stated) || stated.get("at_most").is_some();
    inherited.key.is_none()
        && match has_end {
            true => is_up(inherited) == is_up(stated),
            false => stated.text("label") == inherited.text("label"),
        }
}
