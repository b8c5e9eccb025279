//! The golden cases: records and the labels that the documents ask for.
//!
//! A case is never changed to fit the rules. The cases exist in English as they were
//! given, and with headers and values as people write them in the other four languages.

use std::path::Path;
use std::process::Command;

/// Runs the binary on a file of cases and returns those that fail, as lines of a table.
fn failures(file: &str, extra: &[&str]) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(file);
    let output = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args([
            "classify",
            "--own",
            "Acme",
            "--own",
            "Acme GmbH",
            "--own",
            "acme.example",
        ])
        .args(extra)
        .arg(&path)
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    let mut reader = csv::Reader::from_reader(&output.stdout[..]);
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let columns = [
        "id",
        "expected_relationship",
        "relationship_label",
        "expected_affiliation",
        "affiliation_label",
    ]
    .map(column);
    let mut failures = Vec::new();
    let mut cases = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let [
            id,
            relationship,
            got_relationship,
            affiliation,
            got_affiliation,
        ] = columns.map(|column| record[column].to_owned());
        cases += 1;
        if relationship != got_relationship || affiliation != got_affiliation {
            failures.push(format!("{id:30} {relationship:12} {got_relationship:12} {affiliation:12} {got_affiliation:12}"));
        }
    }
    assert_eq!(cases, 45, "{file}");
    failures
}

fn assert_all_pass(file: &str) {
    let failures = failures(file, &[]);
    let head = format!(
        "{:30} {:12} {:12} {:12} {:12}",
        "id", "expected", "got", "expected", "got"
    );
    assert!(
        failures.is_empty(),
        "{file}\n{head}\n{}",
        failures.join("\n")
    );
}

#[test]
fn the_golden_cases_have_their_labels() {
    assert_all_pass("golden.csv");
}

#[test]
fn the_golden_cases_have_their_labels_in_german() {
    assert_all_pass("golden-de.csv");
}

#[test]
fn the_golden_cases_have_their_labels_in_french() {
    assert_all_pass("golden-fr.csv");
}

#[test]
fn the_golden_cases_have_their_labels_in_polish() {
    assert_all_pass("golden-pl.csv");
}

#[test]
fn the_golden_cases_have_their_labels_in_vietnamese() {
    assert_all_pass("golden-vi.csv");
}

#[test]
fn without_our_own_names_nobody_is_internal_by_organization_or_address() {
    // The same cases without our own names: only those that depend on them change.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden.csv");
    let output = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .arg("classify")
        .arg(path)
        .output()
        .unwrap();
    let mut reader = csv::Reader::from_reader(&output.stdout[..]);
    let headers = reader.headers().unwrap().clone();
    let label = headers
        .iter()
        .position(|header| header == "affiliation_label")
        .unwrap();
    let labels: Vec<(String, String)> = reader
        .records()
        .map(Result::unwrap)
        .map(|record| (record[0].to_owned(), record[label].to_owned()))
        .collect();
    for id in [
        "own-organization",
        "other-organization",
        "own-mail",
        "own-mail-subdomain",
        "lookalike-mail",
    ] {
        let found = labels.iter().find(|(case, _)| case == id).unwrap();
        assert_eq!(found.1, "Undetermined", "{id}");
    }
    let found = labels
        .iter()
        .find(|(case, _)| case == "supplier-elsewhere")
        .unwrap();
    assert_eq!(
        found.1, "Internal",
        "nothing shows that the supplier works elsewhere"
    );
}
