//! Rulebooks and configurations that are made to take time: those that are read, and those
//! that are refused.
//!
//! Each took the square of its size once.

use super::{Case, holds, list, rulebook};
use crate::effort::quick_or_long;

/// A rulebook with this before its criterion and its scorecard.
fn with(text: &str) -> String {
    rulebook(1, 1, 1).replace("[[criterion]]", &format!("{text}[[criterion]]"))
}

/// A rulebook with this in its criterion.
fn criterion(text: &str) -> String {
    let values = "values = [\"yes\", \"no\"]";
    rulebook(1, 1, 1).replace(values, text)
}

/// The built-in rulebook, extended.
fn extending(text: &str) -> String {
    format!("name = \"x\"\nversion = \"1\"\nextend = \"documents\"\n{text}")
}

fn attributes(n: usize, one: impl Fn(usize) -> String) -> String {
    let of = |place| {
        let conditions = "[[scorecard.characteristic.attribute]]\nwhen.contract = \"yes\"";
        let points = "partial_score = 1\nreason = \"x\"";
        format!("{conditions}\n{points}\n{}\n", one(place))
    };
    let head = "[[scorecard]]\nname = \"relationship\"\n[[scorecard.characteristic]]";
    extending(&format!(
        "{head}\ncriterion = \"contract\"\n{}",
        list(n, of, "")
    ))
}

/// Three criteria each: two days, and what they give.
fn days(n: usize, of: &str) -> String {
    let named = |name: &str, i| format!("[[criterion]]\nname = \"{name}{i}\"\nsays = \"a\"\n");
    let three = |i| {
        let (from, to, length) = (named("x", i), named("y", i), named("z", i));
        let dates = format!("start = \"x{i}\", end = \"y{i}\"");
        let day = "kind = \"date\"\n";
        format!(
            "{from}{day}{to}{day}{length}{}\n",
            of.replace("DATES", &dates)
        )
    };
    rulebook(1, 1, 1) + &list(n, three, "")
}

/// What is read.
const READ: [Case; 6] = [
    (1_000, "explain a0=yes --rules in.toml", |n| {
        rulebook(1, 1, n)
    }),
    (2_000, "explain a0=yes --rules in.toml", |n| {
        rulebook(n, 1, 1)
    }),
    (4_000, "classify a.csv --rules in.toml", |n| {
        rulebook(n, 1, 1)
    }),
    (2_000, "classify a.csv --rules in.toml", |n| {
        days(n, "kind = \"length\"\nfrom_dates = { DATES }")
    }),
    (2_000, "classify a.csv --rules in.toml", |n| {
        days(
            n,
            "kind = \"choice\"\nvalues = [\"a\", \"b\"]\nin_force = { DATES, during = \"a\", after = \"b\" }",
        )
    }),
    (6_000, "rules show --diff in.toml", |n| {
        attributes(n, |i| format!("reason_code = \"z{i}\""))
    }),
];

/// What is refused: rulebooks with errors, then configurations.
const REFUSED: [Case; 14] = [
    (4_000, "classify a.csv --rules in.toml", |n| {
        rulebook(1, 1, n).replace("question = \"q?\"\n", "")
    }),
    (8_000, "explain a0=yes --rules in.toml", |n| {
        with("") + &list(n, |i| format!("[[scorecard]]\nname = \"x{i}\"\n"), "")
    }),
    (16_000, "rules show in.toml", |n| {
        with("") + &list(n, |i| format!("[[statement]]\nid = \"i{i}\"\n"), "")
    }),
    (40_000, "rules check in.toml", |n| {
        criterion(&format!(
            "values = [{}]",
            list(n, |i| format!("\"v{i}\""), ",")
        ))
    }),
    (40_000, "rules check in.toml", |n| {
        criterion(&format!(
            "values = [{}]",
            list(n, |_| "\"\"".to_owned(), ",")
        ))
    }),
    (8_000, "rules check in.toml", |n| {
        with("") + &list(n, |i| format!("[[scorecard.band]]\nlabel = \"L{i}\"\n"), "")
    }),
    (8_000, "rules check in.toml", |n| {
        days(n, "kind = \"length\"\nfrom_dates = { DATES }").replace("start = \"x", "start = \"u")
    }),
    (1_600, "rules check in.toml", |n| {
        rulebook(n, 1, 1).replace("\ncriterion = \"a", "\ncriterion = \"u")
    }),
    (8_000, "rules check in.toml", |n| {
        extending(&list(
            n,
            |i| format!("[[criterion]]\nname = \"u{i}\"\n"),
            "",
        ))
    }),
    (8_000, "rules check in.toml", |n| {
        attributes(n, |_| "reason_code = \"z\"\nafter = \"z\"".to_owned())
    }),
    (20_000, "classify a.csv --config in.toml", |n| {
        list(n, |i| format!("k{i} = 1"), "\n")
    }),
    (20_000, "check a.csv --config in.toml", |n| {
        format!("[map]\n{}", list(n, |i| format!("u{i} = \"x\""), "\n"))
    }),
    (20_000, "explain contract=yes --config in.toml", |n| {
        format!("[assume]\n{}", list(n, |i| format!("u{i} = \"x\""), "\n"))
    }),
    (20_000, "check a.csv --config in.toml", |n| {
        format!("unique = [{}]", list(n, |i| format!("\"u{i}\""), ","))
    }),
];

#[test]
fn time_grows_with_a_rulebook_and_not_with_its_square() {
    for case in READ.into_iter().take(quick_or_long(1, READ.len())) {
        holds(case, |code| code < 2);
    }
}

#[test]
fn time_grows_with_what_is_refused_and_not_with_its_square() {
    for case in REFUSED.into_iter().take(quick_or_long(1, REFUSED.len())) {
        // `rules check` has found errors.
        holds(case, |code| code == 1 || code == 2);
    }
}
