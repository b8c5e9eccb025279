//! What diagnostics of the structure call a key, and where it would belong.

use crate::rulebook::diagnostic::Path;
use crate::rulebook::file::shape::{Key, RULEBOOK, Table, Takes};

/// The header of tables of this name further down, if there are any.
pub(super) fn belongs(shape: &Table, name: &str, above: &str) -> Option<String> {
    shape.keys.iter().find_map(|key| {
        let Takes::Tables(inner) = key.takes else {
            return None;
        };
        let header = format!("{above}{}", key.name);
        match key.name == name {
            true => Some(header),
            false => belongs(inner, name, &format!("{header}.")),
        }
    })
}

/// The help for a top-level key that stands below a header.
pub(super) fn above(at: &Path) -> Option<String> {
    let [_, .., last] = &at.steps[..] else {
        return None;
    };
    let is_own = |key: &&Key| matches!(key.takes, Takes::Title | Takes::One(_));
    let mut own = RULEBOOK.keys.iter().filter(is_own);
    // Other tables have a `name` too.
    let key = own.find(|key| key.name != "name" && key.name == last)?;
    let place = "at the top of the file, above the first header";
    Some(format!("put `{}` {place}", key.name))
}

/// A key in a message, or the items of its list. A key of a table with any keys comes with
/// the names around it: `when.contract`.
pub(super) fn subject(at: &Path, is_item: bool) -> String {
    const OPEN: [&str; 11] = [
        "when",
        "groups",
        "more_groups",
        "take",
        "means",
        "goods",
        "unless",
        "contradicts",
        "record",
        "expect",
        "words",
    ];
    let open = at.steps.iter().position(|step| OPEN.contains(&&**step));
    let from = open.unwrap_or(at.steps.len().saturating_sub(1));
    let names = at.steps[from..].iter();
    let names = names.map(|name| name.chars().take(LONGEST_NAME).collect::<String>());
    let key = names.collect::<Vec<_>>().join(".");
    match is_item {
        true => format!("an item of `{key}`"),
        false => format!("`{key}`"),
    }
}

/// The most characters of a key that a message names.
const LONGEST_NAME: usize = 80;
