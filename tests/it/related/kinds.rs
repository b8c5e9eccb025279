//! What the records of each kind of file show, in five languages.
//!
//! A case is a few small files, and for each record of the first one the reason codes that
//! rest on evidence from elsewhere. With `@file`, the codes of the record itself are there
//! too, and where each of the others comes from.

use super::kinds_cases::CASES;
use super::{arguments, folder, records, run, text};

/// The reason codes of a record, in order.
fn reasons(record: &serde_json::Value, with_origin: bool) -> String {
    let mut codes = Vec::new();
    for card in ["relationship", "affiliation"] {
        let reasons = record[format!("{card}_reasons")].as_str().unwrap();
        for reason in reasons.split(';').filter(|reason| !reason.is_empty()) {
            let (code, rest) = reason.split_once(':').unwrap();
            match rest.split_once('@') {
                Some((_, origin)) if with_origin => codes.push(format!("{code}@{origin}")),
                None if !with_origin => {}
                _ => codes.push(code.to_owned()),
            }
        }
    }
    codes.sort();
    codes.join(" ")
}

#[test]
fn each_kind_of_related_record_shows_what_a_careful_reader_sees() {
    let mut wrong = Vec::new();
    for (says, files, others, wanted) in CASES {
        let folder = folder(files);
        let flags = ["-q", "-f", "ndjson", "--details"];
        let all = [&flags[..], &arguments(files, others)].concat();
        let output = run(folder.path(), "classify", &all);
        if !output.status.success() {
            wrong.push(format!("{says}: {}", text(&output.stderr)));
            continue;
        }
        let with_origin = wanted.iter().any(|codes| codes.contains('@'));
        let got: Vec<String> = (records(&output.stdout).iter())
            .map(|record| reasons(record, with_origin))
            .collect();
        let sorted = |codes: &&str| {
            let mut codes: Vec<&str> = codes.split_whitespace().collect();
            codes.sort_unstable();
            codes.join(" ")
        };
        let wanted: Vec<String> = wanted.iter().map(sorted).collect();
        if got != wanted {
            wrong.push(format!("{says}:\n  {got:?} instead of\n  {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
