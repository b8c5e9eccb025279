//! Kinds of records that were once labelled wrongly, in five languages.
//!
//! Each is a small file, and the label of one scorecard for each of its records: `C` for
//! Client, `K` for Customer, `I` and `E` for Internal and External, `-` for none.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::kinds_cases::CASES;

/// The labels of a file, as letters.
fn labels(input: &str, arguments: &[&str], scorecard: usize) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(["classify", "-q", "-f", "ndjson", "--as-of", "2026-01-31"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        // Nothing is labelled, so nothing is wrong.
        assert!(
            error.contains("no column feeds any criterion"),
            "{input}: {error}"
        );
        return String::new();
    }
    let text = String::from_utf8(output.stdout).unwrap();
    let letter = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = ["relationship_label", "affiliation_label"][scorecard];
        match record[field].as_str().unwrap() {
            "Client" => 'C',
            "Customer" => 'K',
            "Internal" => 'I',
            "External" => 'E',
            _ => '-',
        }
    };
    text.lines().map(letter).collect()
}

#[test]
fn each_kind_of_record_gets_the_label_of_a_careful_reader() {
    let mut wrong = Vec::new();
    for (input, arguments, scorecard, wanted) in CASES {
        let got = labels(input, arguments, *scorecard);
        let is_right = got == *wanted || got.is_empty() && wanted.chars().all(|one| one == '-');
        if !is_right {
            wrong.push(format!(
                "{input:?} {arguments:?}: {got} instead of {wanted}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
