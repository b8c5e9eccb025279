//! Rulebooks, configurations and other files that are read whole.

use std::fs;

use super::{MIB, read, refused, run};
use crate::effort::quick_or_long;

#[test]
fn files_that_are_read_whole_are_not_read_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("a.csv"), "contract\nyes\n").unwrap();
    fs::write(at.join("cases.csv"), "contract\nyes\n").unwrap();
    let larger = "it is larger than 8 MiB";
    for arguments in [
        ["classify", "--rules", "/dev/zero", "a.csv"],
        ["classify", "--config", "/dev/zero", "a.csv"],
    ] {
        refused(at, 600, &arguments, larger);
    }
    refused(at, 600, &["rules", "check", "/dev/zero"], larger);
    // Nested deep: refused, without a stack overflow.
    let deep = format!("map = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    fs::write(at.join("deep.toml"), deep).unwrap();
    refused(
        at,
        600,
        &["classify", "--config", "deep.toml", "a.csv"],
        "deep.toml",
    );
    refused(
        at,
        600,
        &["classify", "--rules", "deep.toml", "a.csv"],
        "deep.toml",
    );
}

/// A rulebook of two characteristics with this many attributes together, each comparing
/// with another length.
fn attributes(n: usize) -> String {
    let mut text = "name = \"x\"\nversion = \"1\"\n".to_owned();
    for name in ["a", "b"] {
        text += &format!("[[criterion]]\nname = \"{name}\"\nsays = \"a\"\nkind = \"length\"\n");
    }
    text += "[[scorecard]]\nname = \"s\"\nquestion = \"q?\"\ninitial_score = 0\n";
    text += "[[scorecard.band]]\nlabel = \"Long\"\nat_least = 1\n";
    text += "[[scorecard.band]]\nlabel = \"Short\"\nat_most = -1\n";
    for name in ["a", "b"] {
        text += &format!("[[scorecard.characteristic]]\ncriterion = \"{name}\"\n");
        for place in 0..n / 2 {
            let days = 36_000_usize.saturating_sub(place).max(1);
            text += &format!(
                "[[scorecard.characteristic.attribute]]\nwhen.{name} = \">= {days} days\"\n\
                 partial_score = 1\nreason_code = \"{name}-{place}\"\nreason = \"x\"\n"
            );
        }
    }
    text
}

#[test]
fn a_rulebook_of_very_many_attributes_is_used_and_checked_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("a.csv"), "a\n36000 days\n35999 days\n").unwrap();
    fs::write(at.join("a.toml"), attributes(quick_or_long(4_000, 60_000))).unwrap();
    let out = read(at, 3000, &["classify", "--rules", "a.toml", "a.csv"]);
    assert!(out.contains("Long"), "{out}");
    let out = read(at, 3000, &["rules", "check", "a.toml"]);
    assert!(out.contains("note: not all was searched"), "{out}");
    if quick_or_long(false, true) {
        // More than can be held is refused, in words.
        fs::write(at.join("a.toml"), attributes(66_000)).unwrap();
        let arguments = ["classify", "--rules", "a.toml", "a.csv"];
        refused(
            at,
            4000,
            &arguments,
            "more combinations with values than can be held",
        );
    }
}

#[test]
fn rulebooks_and_configurations_of_a_hundred_megabytes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("a.csv"), "contract\nyes\n").unwrap();
    let comment = "# words\n".repeat(quick_or_long(40, 100) * MIB as usize / 8);
    fs::write(at.join("large.toml"), comment).unwrap();
    for option in ["--rules", "--config"] {
        let arguments = ["classify", option, "large.toml", "a.csv"];
        refused(at, 400, &arguments, "it is larger than 8 MiB");
    }
    refused(
        at,
        400,
        &["rules", "check", "large.toml"],
        "it is larger than 8 MiB",
    );
}

/// The bounds of words and tables, by option.
const BOUNDS: [(&str, usize, usize); 2] = [
    ("--rules", 3_000_000, 300_000),
    ("--config", 500_000, 100_000),
];

/// TOML that takes as much memory as it can, with about this many words and tables.
const HEAVY: [fn(usize, usize) -> String; 6] = [
    |words, _| "[".repeat(words),
    |words, _| format!("a = [{}]", "1,".repeat(words / 2)),
    |words, tables| format!("a = [{}]", "{a=1},".repeat(tables.min(words / 6))),
    |words, tables| numbered((tables / 3).min(words / 10), ".b.c.d=1\n", "a"),
    |words, tables| numbered((tables / 2).min(words / 7), ".b]\n", "[a"),
    |words, _| "\n".repeat(words),
];

fn numbered(n: usize, after: &str, before: &str) -> String {
    (0..n)
        .map(|place| format!("{before}{place}{after}"))
        .collect()
}

#[test]
fn reading_a_rulebook_or_configuration_takes_half_a_gibibyte_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("a.csv"), "contract\nyes\n").unwrap();
    for heavy in HEAVY {
        for (option, words, tables) in BOUNDS {
            // What is just allowed, and more.
            for share in [97, 130] {
                let text = heavy(words * share / 100, tables * share / 100);
                fs::write(at.join("in.toml"), &text).unwrap();
                let ran = run(at, 512, &["classify", option, "in.toml", "a.csv"]);
                let error = String::from_utf8_lossy(&ran.stderr);
                let is_refused = error.contains("it has more than");
                let code = ran.status.code();
                assert!(matches!(code, Some(0 | 2)), "{:.20}: {error}", text);
                assert_eq!(is_refused, share > 100, "{:.20}: {error}", text);
            }
        }
    }
}

#[test]
fn a_thousand_errors_and_a_thousand_warnings_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let statements = numbered(1_500, "\"\n", "[[statement]]\nid = \"i");
    fs::write(at.join("a.toml"), attributes(2) + &statements).unwrap();
    let ran = run(at, 600, &["rules", "check", "a.toml"]);
    let out = String::from_utf8(ran.stdout).unwrap();
    assert!(out.contains("a.toml: 1,000 errors"), "{out}");
    assert!(out.contains("note: there may be more"), "{out}");
    refused(
        at,
        600,
        &["rules", "show", "a.toml"],
        "(and at least 999 more: clientype rules check)",
    );
    // Warnings leave it usable.
    let said = statements.replace("\"\n[", "\"\nsays = \"x\"\n[") + "says = \"x\"\n";
    fs::write(at.join("a.toml"), attributes(2) + &said).unwrap();
    let out = read(at, 600, &["rules", "check", "a.toml"]);
    assert!(out.contains("a.toml: 0 errors, 1,000 warnings"), "{out}");
}
