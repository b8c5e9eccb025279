//! Time grows with the input, not with its square; and no key of data is hashed so that
//! it can be chosen to make it grow.

mod hostile;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::effort::quick_or_long;
use crate::sources::{Token, sources};

/// The seconds that a run takes on a processor, by what the shell says of its children.
fn seconds(folder: &Path, arguments: &[String]) -> f64 {
    let ran = Command::new("sh")
        .args(["-c", "\"$@\" >/dev/null 2>&1; times", "sh"])
        .arg(env!("CARGO_BIN_EXE_clientype"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let times = String::from_utf8(ran.stdout).unwrap();
    user_seconds(times.lines().nth(1).unwrap())
}

/// The first of two times of a line of the shell, in seconds: `0m1.25s 0m0.02s`.
pub(crate) fn user_seconds(line: &str) -> f64 {
    let user = line.split(' ').next().unwrap();
    let (minutes, seconds) = user.trim_end_matches('s').split_once('m').unwrap();
    minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
}

/// The least of a few runs: other processes only add to it.
fn least(folder: &Path, arguments: &[String]) -> f64 {
    let runs = (0..quick_or_long(1, 3)).map(|_| seconds(folder, arguments));
    runs.fold(f64::INFINITY, f64::min)
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn list(n: usize, one: impl Fn(usize) -> String, between: &str) -> String {
    (0..n).map(one).collect::<Vec<_>>().join(between)
}

fn csv(n: usize, name: impl Fn(usize) -> String, value: &str) -> String {
    let values = list(n, |_| value.to_owned(), ",");
    format!("contract,{}\nyes,{values}\n", list(n, name, ","))
}

fn rulebook(criteria: usize, attributes: usize, cards: usize) -> String {
    let mut text = "name = \"x\"\nversion = \"1\"\n".to_owned();
    for one in 0..criteria {
        let values = "kind = \"choice\"\nvalues = [\"yes\", \"no\"]";
        write!(
            text,
            "[[criterion]]\nname = \"a{one}\"\nsays = \"a\"\n{values}\n"
        )
        .unwrap();
    }
    for card in 0..cards {
        write!(
            text,
            "[[scorecard]]\nname = \"s{card}\"\nquestion = \"q?\"\ninitial_score = 0\n"
        )
        .unwrap();
        text += "[[scorecard.band]]\nlabel = \"A\"\nat_least = 1\n";
        text += "[[scorecard.band]]\nlabel = \"B\"\nat_most = -1\n";
        for one in 0..criteria {
            write!(
                text,
                "[[scorecard.characteristic]]\ncriterion = \"a{one}\"\n"
            )
            .unwrap();
            for place in 0..attributes {
                write!(
                    text,
                    "[[scorecard.characteristic.attribute]]\nwhen.a{one} = \"yes\"\n"
                )
                .unwrap();
                write!(
                    text,
                    "partial_score = 1\nreason_code = \"r{card}-{one}-{place}\"\nreason = \"x\"\n"
                )
                .unwrap();
            }
        }
    }
    text
}

/// A rulebook whose attributes compare with as many lengths.
fn lengths(n: usize) -> String {
    let text = rulebook(1, n, 1).replace(
        "kind = \"choice\"\nvalues = [\"yes\", \"no\"]",
        "kind = \"length\"",
    );
    let mut pieces = text.split("\"yes\"");
    let mut text = pieces.next().unwrap().to_owned();
    for (place, piece) in pieces.enumerate() {
        write!(text, "\">= {} days\"{piece}", n - place).unwrap();
    }
    text
}

/// What is tried: its size, its arguments, and the text of `in`, the last of these.
type Case = (usize, &'static str, fn(usize) -> String);

const CASES: [Case; 18] = [
    (3_000, "classify a.csv --rules in.toml", lengths),
    (20_000, "check --unique Id in.csv", |n| {
        format!(
            "Id,contract\n{}",
            list(n, |i| format!("{},yes\n", i / 2), "")
        )
    }),
    (20_000, "classify --rejects rejects in.ndjson", |n| {
        "{\"contract\":\"yes\"}\n{\"contract\":}\n".repeat(n)
    }),
    (4_000, "classify -f table in.csv", |n| {
        csv(n, |i| format!("c{i}"), "x")
    }),
    (1_000, "rules check in.toml", |n| rulebook(1, n, 1)),
    (200, "rules check in.toml", |n| rulebook(n, 1, 1)),
    (50, "rules check in.toml", |n| rulebook(1, 1, n)),
    (4_000, "classify --config map.toml in.csv", |n| {
        csv(n, |i| format!("c{i}"), "yes")
    }),
    (8_000, "classify in.csv", |n| {
        csv(n, |i| format!("c{i}"), "x")
    }),
    (8_000, "columns in.csv", |n| {
        csv(n, |i| format!("Type {i}"), "x")
    }),
    (8_000, "classify in.csv", |n| {
        csv(n, |_| "contract".to_owned(), "yes")
    }),
    (8_000, "classify in.csv", |n| {
        csv(n, |i| format!("Contract status {i}"), "active")
    }),
    (8_000, "columns in.json", |n| {
        format!("[{{{}}}]", list(n, |i| format!("\"k{i}\":1"), ","))
    }),
    (8_000, "classify in.json", |n| {
        format!(
            "[{{\"n\":{{{}}},\"service\":\"law\"}}]",
            list(n, |i| format!("\"k{i}\":1"), ",")
        )
    }),
    (2_000_000, "classify in.json", |n| {
        format!("[{{\"service\":\"law\",\"{}\":1}}]", "k".repeat(n))
    }),
    (8_000, "classify in.csv", |n| {
        format!(
            "contract\n{}{}\n",
            "yes\n".repeat(200),
            list(n, |i| format!("w{i}"), "\n")
        )
    }),
    (5_000, "rules check in.toml", lengths),
    (1_000, "rules show in.toml", |n| rulebook(n, 1, 1)),
];

/// Fails if four times as much takes at least eight times as long. `is_expected` gets the
/// exit code: the case would test nothing if the run were refused, or were not.
fn holds((n, line, text): Case, is_expected: fn(i32) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("a.csv"), "a0,contract\nyes,yes\n3 days,no\n").unwrap();
    let arguments = words(line);
    let measured = |n: usize| {
        fs::write(at.join(arguments.last().unwrap()), text(n)).unwrap();
        let map = list(n, |i| format!("\"c{i}\""), ",");
        fs::write(at.join("map.toml"), format!("[map]\ncontract = [{map}]\n")).unwrap();
        let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
            .args(&arguments)
            .current_dir(at)
            .output()
            .unwrap();
        assert!(
            ran.status.code().is_some_and(is_expected),
            "{line}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        least(at, &arguments)
    };
    let (mut one, mut four) = (measured(n), measured(4 * n));
    // What takes no time is measured badly, and so is what others disturb.
    for _ in 0..3 {
        if four >= 8.0 * one.max(0.06) {
            (one, four) = (one.max(measured(n)), four.min(measured(4 * n)));
        }
    }
    assert!(
        four < 8.0 * one.max(0.06),
        "{line}: {n}: {one} s, and four times as much: {four} s"
    );
}

#[test]
fn time_grows_with_the_input_and_not_with_its_square() {
    for case in CASES.into_iter().take(quick_or_long(1, CASES.len())) {
        holds(case, |code| code < 2);
    }
}

#[test]
fn keys_of_data_are_not_hashed_without_a_random_seed() {
    // In these, keys are words of the vocabulary and what the user states, or slots.
    let allowed = ["value/own.rs", "value/firm.rs"];
    let is_quick = |token: &Token| matches!(token, Token::Word(word) if word.starts_with("Fx"));
    let sources = sources();
    let quick = sources
        .iter()
        .filter(|one| one.tokens.iter().any(|(_, token)| is_quick(token)));
    let quick: Vec<&str> = quick.map(|one| one.file.as_str()).collect();
    let mut allowed = allowed.to_vec();
    allowed.sort_unstable();
    let mut found = quick.clone();
    found.sort_unstable();
    assert_eq!(found, allowed);
}
