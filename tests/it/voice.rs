//! One voice: phrases that read badly are nowhere, in messages, help, guide or comments.
//!
//! The list holds what was found and reworded; what to write instead stands beside it.

use std::fs;
use std::path::Path;

/// What is not written, and what is written instead.
const BANNED: &[(&str, &str)] = &[
    ("whoever", "name them: the user, the owner of a rulebook"),
    ("whatever", "any, whether or not"),
    ("so many", "a number, or `how many`"),
    ("told", "reports, shows, states"),
    ("tells", "reports, shows, states"),
    ("he", "they"),
    ("him", "them"),
    ("his", "their"),
    ("himself", "themselves"),
    ("mend", "fix; a message has `help:`"),
    ("mended", "fixed"),
    ("mends", "fixes"),
    ("found out", "detected from"),
    ("finds out", "detects"),
    ("but for", "except"),
    ("is said", "is given, stated, set"),
    ("are said", "are given, stated, set"),
    ("was said", "was given, stated, set"),
    ("be said", "be given, stated, set"),
    ("not said", "not given, stated, set"),
    ("is no", "isn't a, is not"),
    ("are no", "aren't, are not"),
    ("was no", "wasn't a, was not"),
    ("were no", "weren't, were not"),
    ("says nothing to us", "no criterion matches"),
    ("for what the command line", "using settings from"),
];

/// After these, and before those, the words mean something else.
const BEFORE: &[&str] = &["there", "nothing", "here"];
const AFTER: &[&str] = &["longer", "more"];

/// The text files below a folder of the project, or one file, by path.
pub(crate) fn files(from: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join(from)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap();
            open.extend(entries.map(|entry| entry.unwrap().path()));
            continue;
        }
        let ending = path.extension().and_then(|ending| ending.to_str());
        if !matches!(ending, Some("rs" | "md" | "toml" | "yml" | "yaml")) {
            continue;
        }
        let name = path.strip_prefix(root).unwrap().display().to_string();
        found.push((name, fs::read_to_string(&path).unwrap()));
    }
    found.sort();
    found
}

/// The words of a text in lower case, each with its line.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        // A name in code is one word; so is a value in quotes.
        let of_line = line.split(|c: char| !c.is_alphabetic() && c != '_' && c != '"');
        let of_line = of_line.map(|word| match word.strip_prefix('"') {
            Some(inner) if inner.ends_with('"') => word,
            _ => word.trim_matches('"'),
        });
        let of_line = of_line.filter(|word| !word.is_empty());
        words.extend(of_line.map(|word| (number, word.to_lowercase())));
    }
    words
}

/// The banned phrases of a text, with their lines and what to write instead.
fn banned(text: &str) -> Vec<String> {
    let words = words(text);
    let mut found = Vec::new();
    for (place, (line, _)) in words.iter().enumerate() {
        for (phrase, instead) in BANNED {
            let phrase: Vec<&str> = phrase.split(' ').collect();
            let here = words[place..].iter().map(|(_, word)| word.as_str());
            let fits = here.take(phrase.len()).eq(phrase.iter().copied());
            let word = |place: Option<usize>| {
                let word = place.and_then(|place| words.get(place));
                word.map_or("", |(_, word)| word.as_str())
            };
            let before = word(place.checked_sub(1));
            let after = word(Some(place + phrase.len()));
            let is_meant = phrase.last() != Some(&"no")
                || !BEFORE.contains(&before) && !AFTER.contains(&after);
            if fits && is_meant {
                found.push(format!("{line}: {:?}: {instead}", phrase.join(" ")));
            }
        }
    }
    found
}

#[test]
fn a_phrase_is_found_across_lines_and_cases() {
    assert_eq!(banned("The buyer\nHis name"), ["2: \"his\": their"]);
    assert_eq!(banned("It is\n/// no client.").len(), 1);
    let fine = "There is no client. It is no longer there. This history.";
    assert_eq!(banned(fine), Vec::<String>::new());
}

#[test]
fn no_text_has_a_banned_phrase() {
    let mut found = Vec::new();
    for source in [
        "README.md",
        ".github",
        "src",
        "tests",
        "examples",
        "Cargo.toml",
    ] {
        for (file, text) in files(source) {
            if file.ends_with("tests/it/voice.rs") {
                continue;
            }
            found.extend(
                banned(&text)
                    .into_iter()
                    .map(|what| format!("{file}:{what}")),
            );
        }
    }
    assert!(
        found.is_empty(),
        "{}\n{} in all",
        found.join("\n"),
        found.len()
    );
}
