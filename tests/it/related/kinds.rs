//! What the records of each kind of file show, in five languages.
//!
//! A case is a few small files, and for each record of the first one the reason codes that
//! rest on evidence from elsewhere. With `@file`, the codes of the record itself are there
//! too, and where each of the others comes from.

use std::fmt::Write as _;

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

/// Records beyond the sample by which columns are settled count as those in it.
#[test]
fn a_state_that_only_a_late_record_shows_counts() {
    let of_orders = [
        ("is_quote", "true"),
        ("draft", "yes"),
        ("_fivetran_deleted", "true"),
        ("cancel_reason", "changed mind"),
        ("status", "cancelled"),
        ("deleted_at", "2025-02-02"),
    ];
    let of_contracts = [
        ("supplier", "Globex"),
        ("Lieferant", "Globex"),
        ("contract_type", "Employment"),
        ("contract_type", "Month-to-month"),
        ("active", "false"),
        ("terminated_on", "2025-02-02"),
    ];
    let orders = ("orders.csv", ["order_date", "2025-01-01"], "Customer");
    let days = ["start_date,end_date", "2024-01-01,2028-01-01"];
    let contracts = ("contracts.csv", days, "Client");
    let all = of_orders.map(|one| (orders, one)).into_iter();
    for ((file, [names, days], label), (name, value)) in
        all.chain(of_contracts.map(|one| (contracts, one)))
    {
        let mut text = format!("id,customer_id,{names},{name},text\n");
        for number in 0..20_000 {
            writeln!(text, "R{number},K-2,{days},,{:60}", "").unwrap();
        }
        writeln!(text, "R20000,K-1,{days},{value},").unwrap();
        let files = [
            ("buyers.csv", "id,name\nK-1,Alpha\nK-2,Beta\n"),
            (file, &text),
        ];
        let folder = folder(&files);
        let arguments = ["-q", "-f", "ndjson", "buyers.csv", "--with", file];
        let output = run(folder.path(), "classify", &arguments);
        let all = records(&output.stdout);
        let labels: Vec<&str> = (all.iter())
            .map(|record| record["relationship_label"].as_str().unwrap())
            .collect();
        assert_eq!(labels, ["Undetermined", label], "{name}");
    }
}
