//! The layers of the code: which folder of `src` may import which.
//!
//! Re-exports are followed, so that an import counts for the module that defines the
//! name, not for the one that passes it on. The façade in `lib.rs` may name everything.

use std::collections::BTreeSet;

use crate::sources::{Modules, Token, sources};

/// The folders and files of `src`, from the top down. Each may import those on the
/// lines below its own, and itself.
const ORDER: &[&[&str]] = &[
    &["cli"],
    &["embed"],
    &[
        "find", "survey", "compare", "check", "cases", "related", "sql",
    ],
    &["run"],
    &["format", "columns"],
    &["engine"],
    &["rulebook"],
    &["value"],
    &["lexicon"],
    &["input"],
    &["error"],
    &["text", "guide"],
];

/// Neighbours on one line of which one may import the other.
const NEIGHBOURS: &[(&str, &str)] = &[
    // A case is a record described in words, or one of a file: both are found.
    ("cases", "find"),
];

/// Folders on lower lines that must not be imported nevertheless.
const BARRED: &[(&str, &str)] = &[
    // A format finds records and fields, and knows no scores.
    ("format", "engine"),
    ("format", "rulebook"),
    ("format", "value"),
    // Code that works on slots knows no files.
    ("engine", "input"),
    ("rulebook", "input"),
    ("value", "input"),
    ("lexicon", "input"),
];

/// The level of a folder, from the top.
fn level(folder: &str) -> Option<usize> {
    ORDER.iter().position(|line| line.contains(&folder))
}

fn may_import(from: &str, to: &str) -> bool {
    let barred = BARRED.contains(&(from, to));
    let below = level(from) < level(to);
    from == to || NEIGHBOURS.contains(&(from, to)) || below && !barred
}

/// Each import of a folder by another: the two folders, and the place.
fn imports() -> Vec<(String, String, String)> {
    let sources = sources();
    let modules = Modules::of(&sources);
    let folder = |module: &[String]| module.first().cloned().unwrap_or_default();
    let mut all = Vec::new();
    for source in sources.iter().filter(|source| !source.module.is_empty()) {
        for import in &modules.imports[&source.module] {
            let defined = modules.defines(&import.path);
            assert!(
                !import.is_glob || defined == import.path,
                "{}:{}: import names, not `*`",
                source.file,
                import.line
            );
            let place = format!(
                "{}:{}: {}",
                source.file,
                import.line,
                import.path.join("::")
            );
            all.push((folder(&source.module), folder(&defined), place));
        }
    }
    all
}

#[test]
fn every_folder_has_a_place_in_the_order() {
    let missing: BTreeSet<_> = imports()
        .into_iter()
        .flat_map(|(from, to, _)| [from, to])
        .filter(|folder| !folder.is_empty() && level(folder).is_none())
        .collect();
    assert!(missing.is_empty(), "add to ORDER: {missing:?}");
}

#[test]
fn imports_go_down() {
    let against: Vec<String> = imports()
        .into_iter()
        .filter(|(from, to, _)| !may_import(from, to))
        .map(|(from, to, place)| format!("{from} must not import {to}: {place}"))
        .collect();
    assert!(against.is_empty(), "{}", against.join("\n"));
}

#[test]
fn no_exception_outlives_its_import() {
    let all = imports();
    let is_there = |(one, other): &(&str, &str)| {
        let mut all = all.iter();
        all.any(|(from, to, _)| (from.as_str(), to.as_str()) == (*one, *other))
    };
    let stale: Vec<_> = NEIGHBOURS.iter().filter(|pair| !is_there(pair)).collect();
    assert!(stale.is_empty(), "delete from NEIGHBOURS: {stale:?}");
}

#[test]
fn the_library_names_no_flag() {
    let is_flag = |text: &str| {
        text.match_indices("--").any(|(at, _)| {
            let after = text[at + 2..].chars().next();
            after.is_some_and(|c| c.is_ascii_lowercase())
        })
    };
    let mut named = Vec::new();
    for source in sources() {
        let folder = source.module.first().map_or("", String::as_str);
        if folder == "cli" {
            continue;
        }
        for (line, token) in &source.tokens {
            if let Token::Text(text) = token
                && is_flag(text)
            {
                named.push(format!("{}:{line}: {text}", source.file));
            }
        }
    }
    assert!(
        named.is_empty(),
        "name an option by its `Setting`:\n{}",
        named.join("\n")
    );
}
