//! `.github/DEPENDENCIES.md`: every crate that is built into the program or runs when it is
//! built, with its licence, its reason and the unsafe code in it.
//!
//! Owns how these facts are found: from what cargo has resolved, from the table in the
//! README, and from the sources of the crates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::sources::{Token, tokens};

const FILE: &str = ".github/DEPENDENCIES.md";
/// The tables stand between these lines.
const BEGIN: &str = "<!-- tables: written by UPDATE_GUIDE=1 cargo test dependencies -->";
const END: &str = "<!-- end of the tables -->";
/// The most crates that are named as needing one.
const NEEDED_BY: usize = 4;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A crate, as cargo has resolved it.
struct Package {
    name: String,
    version: String,
    license: String,
    folder: PathBuf,
    is_macro: bool,
    /// What it depends on, and whether only its build script does.
    needs: Vec<(String, bool)>,
}

/// What cargo has resolved for Linux, by id, and the id of this crate.
fn resolved() -> (BTreeMap<String, Package>, String) {
    let ran = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let metadata: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut needs: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        let of = needs.entry(text(&node["id"])).or_default();
        for dep in list(&node["deps"]) {
            let kinds: BTreeSet<String> = list(&dep["dep_kinds"])
                .iter()
                .map(|kind| text(&kind["kind"]))
                .collect();
            // A kind without a name is the usual one.
            if kinds.contains("") || kinds.contains("build") {
                of.push((text(&dep["pkg"]), !kinds.contains("")));
            }
        }
    }
    let packages = list(&metadata["packages"]).into_iter().map(|package| {
        let id = text(&package["id"]);
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        let kinds = list(&package["targets"]);
        let mut kinds = kinds.iter().flat_map(|target| list(&target["kind"]));
        let of = Package {
            name: text(&package["name"]),
            version: text(&package["version"]),
            license: text(&package["license"]).replace('/', " OR "),
            folder: manifest.parent().unwrap().to_owned(),
            is_macro: kinds.any(|kind| kind == "proc-macro"),
            needs: needs.remove(&id).unwrap_or_default(),
        };
        (id, of)
    });
    (packages.collect(), text(&metadata["resolve"]["root"]))
}

/// The ids of crates that are built in, and of those that run at build time.
fn reached(all: &BTreeMap<String, Package>, root: &str) -> [BTreeSet<String>; 2] {
    let mut reached = [BTreeSet::new(), BTreeSet::new()];
    let mut waiting: Vec<(String, bool)> = vec![(root.to_owned(), false)];
    while let Some((id, at_build)) = waiting.pop() {
        for (needed, for_script) in &all[&id].needs {
            let at_build = at_build || *for_script || all[needed].is_macro;
            if reached[usize::from(at_build)].insert(needed.clone()) {
                waiting.push((needed.clone(), at_build));
            }
        }
    }
    let [built_in, at_build] = reached;
    let only = at_build.difference(&built_in).cloned().collect();
    [built_in, only]
}

/// The reasons in the README, by crate.
fn reasons() -> BTreeMap<String, String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let rows = readme.lines().filter_map(|line| {
        let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
        cells.split_once(" | ")
    });
    rows.flat_map(|(names, reason)| {
        let names = names
            .split(", ")
            .map(|name| name.trim_end_matches(" (tests)").to_owned());
        names
            .map(|name| (name, reason.to_owned()))
            .collect::<Vec<_>>()
    })
    .collect()
}

/// How often the word `unsafe` stands in the sources of a crate, without its comments.
fn unsafe_words(folder: &Path) -> usize {
    let mut waiting = vec![folder.join("src")];
    let mut found = 0;
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            if text.contains("unsafe") {
                let words = tokens(&text);
                let is_unsafe = |token: &Token| *token == Token::Word("unsafe".to_owned());
                found += words.iter().filter(|(_, token)| is_unsafe(token)).count();
            }
        }
    }
    found
}

fn table(all: &BTreeMap<String, Package>, root: &str, ids: &BTreeSet<String>) -> String {
    let reasons = reasons();
    let direct: BTreeSet<&String> = all[root].needs.iter().map(|(id, _)| id).collect();
    let mut rows: Vec<[String; 5]> = Vec::new();
    for id in ids {
        let package = &all[id];
        let mut why = Vec::new();
        if direct.contains(id) {
            let reason = reasons.get(&package.name);
            let missing = format!("the README's table has no reason for {}", package.name);
            why.push(reason.expect(&missing).clone());
        }
        let needing = all.iter().filter(|(other, of)| {
            *other != root && of.needs.iter().any(|(needed, _)| needed == id)
        });
        let needing: BTreeSet<&str> = needing.map(|(_, of)| of.name.as_str()).collect();
        if !direct.contains(id) {
            let named: Vec<&str> = needing.iter().copied().take(NEEDED_BY).collect();
            let more = match needing.len().saturating_sub(NEEDED_BY) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            why.push(format!("for {}{more}", named.join(", ")));
        }
        let found = match unsafe_words(&package.folder) {
            0 => "none".to_owned(),
            found => found.to_string(),
        };
        rows.push([
            package.name.clone(),
            package.version.clone(),
            package.license.clone(),
            why.concat(),
            found,
        ]);
    }
    rows.sort();
    let mut text =
        "| crate | version | licence | why | unsafe |\n| --- | --- | --- | --- | ---: |\n"
            .to_owned();
    for row in rows {
        text += &format!("| {} |\n", row.join(" | "));
    }
    text
}

#[test]
fn every_dependency_is_listed_as_it_is() {
    let (all, root_id) = resolved();
    let [built_in, at_build] = reached(&all, &root_id);
    let tables = format!(
        "{BEGIN}\n\n## Built into the program\n\n{}\n## Run when it is built\n\n{}\n{END}",
        table(&all, &root_id, &built_in),
        table(&all, &root_id, &at_build),
    );
    let path = root().join(FILE);
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let whole = format!("{before}{tables}{after}");
    if std::env::var_os("UPDATE_GUIDE").is_some() {
        fs::write(&path, whole).unwrap();
        return;
    }
    assert!(
        text == whole,
        "{FILE} is not what Cargo.lock says: UPDATE_GUIDE=1 cargo test dependencies writes it"
    );
}

/// A crate that reads bytes of others is looked at again when its version changes.
#[test]
fn what_was_looked_at_is_what_is_built_in() {
    let (all, root_id) = resolved();
    let [built_in, _] = reached(&all, &root_id);
    let versions: BTreeSet<String> = built_in
        .iter()
        .map(|id| format!("{} {}", all[id].name, all[id].version))
        .collect();
    let text = fs::read_to_string(root().join(FILE)).unwrap();
    let looked_at: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .collect();
    assert!(!looked_at.is_empty());
    for one in looked_at.iter().flat_map(|heading| heading.split(", ")) {
        assert!(
            versions.contains(one),
            "{FILE}: {one} is not built in: look at what is, and say what you saw"
        );
    }
}
