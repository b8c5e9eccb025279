//! Laws of related files: what changes nothing, and what it comes to.

use std::fmt::Write as _;
use std::io::Write as _;
use std::num::NonZero;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use clientype::internals::engine::compile::Rules;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::value::Own;
use clientype::internals::{Opener, Options, Related, RelatedFile, Source, gather};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{records, run, text};
use crate::effort::cases;

/// Our keys, and one that is not among them.
const KEYS: [&str; 7] = ["AXA", "BQB", "CZC", "DYD", "EWE", "FVF", "none of ours"];
const OURS: usize = 6;

/// A contract: its key, state and days.
const STATES: [&str; 5] = ["", "Active", "Expired", "Draft", "Zyx"];
const STARTS: [&str; 4] = ["", "2021-03-01", "2024-03-01", "2026-05-01"];
const ENDS: [&str; 4] = ["", "2023-02-28", "2026-12-31", "9999-12-31"];
const SERVICES: [&str; 4] = ["", "law", "retail", "hm"];
/// An order: its key, day and state.
const DAYS: [&str; 6] = [
    "",
    "2024-11-05",
    "2025-02-11",
    "2025-05-30",
    "2025-08-01",
    "2025-12-24",
];
const ORDER_STATES: [&str; 4] = ["", "Completed", "Cancelled", "Quote"];
/// What our records say themselves.
const OWN: [(&str, &[&str]); 3] = [
    ("service", &["", "", "law", "retail"]),
    ("contract", &["", "", "yes", "no"]),
    ("affiliation", &["", "company", "prospect", "employee"]),
];

type Row = Vec<String>;

fn row(values: &[&str]) -> Row {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn main_file() -> impl Strategy<Value = Vec<Row>> {
    let own = OWN.map(|(_, values)| prop::sample::select(values));
    prop::collection::vec(own, OURS).prop_map(|all| {
        let rows = all.iter().enumerate();
        rows.map(|(place, own)| row(&[&[KEYS[place]], &own[..], &["1"]].concat()))
            .collect()
    })
}

const MAIN: [&str; 5] = ["id", "service", "contract", "affiliation", "all"];

/// Mostly one of our keys.
fn key() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        12 => prop::sample::select(&KEYS[..OURS]),
        1 => Just(KEYS[OURS]),
        1 => Just(""),
    ]
}

fn contracts() -> impl Strategy<Value = Vec<Row>> {
    let select = prop::sample::select::<&str>;
    let one = (
        key(),
        select(&STATES[..]),
        select(&STARTS[..]),
        select(&ENDS[..]),
        select(&SERVICES[..]),
    );
    prop::collection::vec(one, 1..24).prop_map(|all| {
        let rows = all.into_iter().enumerate();
        rows.map(|(place, (key, state, start, end, service))| {
            row(&[&format!("C{place}"), key, state, start, end, service])
        })
        .collect()
    })
}

const CONTRACTS: [&str; 6] = [
    "contract_id",
    "customer_id",
    "status",
    "start_date",
    "end_date",
    "service",
];

fn orders() -> impl Strategy<Value = Vec<Row>> {
    let select = prop::sample::select::<&str>;
    let one = (key(), select(&DAYS[..]), select(&ORDER_STATES[..]));
    prop::collection::vec(one, 1..24).prop_map(|all| {
        let rows = all.into_iter().enumerate();
        rows.map(|(place, (key, day, state))| row(&[&format!("O{place}"), key, day, state]))
            .collect()
    })
}

const ORDERS: [&str; 4] = ["order_id", "customer_id", "order_date", "status"];

fn csv(names: &[&str], rows: &[Row]) -> String {
    let mut text = names.join(",") + "\n";
    for row in rows {
        text += &(row.join(",") + "\n");
    }
    text
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

/// A folder with a main file, contracts and orders.
fn folder(main: &[Row], contracts: &[Row], orders: &[Row]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "buyers.csv", &csv(&MAIN, main));
    write(folder.path(), "contracts.csv", &csv(&CONTRACTS, contracts));
    write(folder.path(), "orders.csv", &csv(&ORDERS, orders));
    folder
}

const WITH: [&str; 5] = [
    "buyers.csv",
    "--with",
    "contracts.csv",
    "--with",
    "orders.csv",
];
/// The same with stated keys, so that records of others do not matter.
const WITH_ON: [&str; 9] = [
    "buyers.csv",
    "--with",
    "contracts.csv",
    "--on",
    "customer_id=id",
    "--with",
    "orders.csv",
    "--on",
    "customer_id=id",
];

fn classify(folder: &Path, arguments: &[&str]) -> Output {
    run(
        folder,
        "classify",
        &[&["--details"][..], arguments].concat(),
    )
}

fn all(output: &Output) -> (Option<i32>, String, String) {
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// What is printed and reported if all files are read in batches of this size.
fn in_batches(folder: &Path, batch: usize, threads: usize) -> (String, String) {
    let as_of = jiff::civil::date(2026, 1, 31);
    let rulebook = Rulebook::documents().unwrap();
    let rules = Rules::compile(rulebook, &Own::default(), as_of).unwrap();
    let opener = |name: &str| -> Opener {
        let (name, path) = (name.to_owned(), folder.join(name));
        Arc::new(move || {
            Ok(Source {
                name: name.clone(),
                reader: Box::new(std::fs::File::open(&path)?),
            })
        })
    };
    let file = |name: &str| RelatedFile {
        on: Some(("customer_id".to_owned(), "id".to_owned())),
        ..RelatedFile::new(name, opener(name))
    };
    let related = Related {
        files: vec![file("contracts.csv"), file("orders.csv")],
        assume: vec![("market".to_owned(), "niche".to_owned())],
    };
    let mut options = Options {
        batch,
        threads: NonZero::new(threads),
        details: true,
        ..Options::default()
    };
    let main = opener("buyers.csv");
    let gathered = match gather(&rules, &options, &related, std::slice::from_ref(&main)) {
        Err(error) => return (String::new(), error.to_string()),
        Ok(gathered) => gathered,
    };
    options.evidence.push(gathered.evidence());
    let mut out = Vec::new();
    let sources = vec![main().unwrap()];
    let result =
        clientype::internals::classify(&rules, &options, sources, &mut out, None, &mut |_| {});
    result.unwrap();
    (text(&out), format!("{:?}", gathered.files))
}

/// What a careful reader writes into the columns of our records, criterion by criterion.
fn folded(main: &[Row], contracts: &[Row], orders: &[Row]) -> String {
    let mut rows = Vec::new();
    for ours in main {
        let of_key = |rows: &[Row]| -> Vec<Row> {
            rows.iter()
                .filter(|row| row[1] == ours[0])
                .cloned()
                .collect()
        };
        let mut ours = ours.clone();
        let has_state = |wanted: &str| of_key(contracts).iter().any(|row| row[2] == wanted);
        if ours[2].is_empty() {
            ours[2] = match (has_state("Active"), has_state("Expired")) {
                (true, _) => "yes",
                (_, true) => "ended",
                _ => "",
            }
            .to_owned();
        }
        let counts = |row: &Row| ["", "Completed"].contains(&&*row[3]);
        let has_orders = of_key(orders).iter().any(counts);
        // Stated of each order that counts.
        let market = if has_orders { "niche" } else { "" };
        // Assumed of all.
        let attention = "high";
        let is_explained = ["yes", "ended"].contains(&&*ours[2]) || ["law"].contains(&&*ours[1]);
        let revenue = if has_orders && !is_explained {
            "per_purchase"
        } else {
            ""
        };
        ours.extend([market, attention, revenue].map(str::to_owned));
        rows.push(ours);
    }
    let names = [&MAIN[..], &["market", "attention", "revenue_model"]].concat();
    csv(&names, &rows)
}

/// Only some columns of each row.
fn without(rows: &[Row], columns: &[usize]) -> Vec<Row> {
    let kept = |row: &Row| {
        let cells = row.iter().enumerate();
        let cells = cells.map(|(place, cell)| match columns.contains(&place) {
            true => String::new(),
            false => cell.clone(),
        });
        cells.collect()
    };
    rows.iter().map(kept).collect()
}

fn verdicts(output: &Output) -> Vec<[String; 4]> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let all = records(&output.stdout).into_iter();
    all.map(|record| {
        [
            "relationship_label",
            "relationship_score",
            "affiliation_label",
            "affiliation_score",
        ]
        .map(|field| record[field].to_string())
    })
    .collect()
}

proptest! {
    #![proptest_config(cases(24, 128))]

    #[test]
    fn the_order_of_related_records_and_threads_change_nothing(
        main in main_file(),
        (contracts, mixed_contracts) in contracts().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        (orders, mixed_orders) in orders().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        is_stated in any::<bool>(),
    ) {
        let with = if is_stated { &WITH_ON[..] } else { &WITH[..] };
        let before = folder(&main, &contracts, &orders);
        let after = folder(&main, &mixed_contracts, &mixed_orders);
        let expected = all(&classify(before.path(), &[with, &["--threads", "1"]].concat()));
        for threads in ["1", "3"] {
            let got = all(&classify(after.path(), &[with, &["--threads", threads]].concat()));
            prop_assert_eq!(&got, &expected);
        }
    }

    #[test]
    fn a_related_record_that_is_there_twice_counts_once(
        main in main_file(),
        contracts in contracts(),
        orders in orders(),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let with_doubles = |rows: &[Row]| {
            let mut rows = rows.to_vec();
            for index in &again {
                rows.push(rows[index.index(rows.len())].clone());
            }
            rows
        };
        let before = folder(&main, &contracts, &orders);
        let after = folder(&main, &with_doubles(&contracts), &with_doubles(&orders));
        let [before, after] = [before, after].map(|folder| classify(folder.path(), &WITH_ON));
        prop_assert_eq!(text(&before.stdout), text(&after.stdout));
        prop_assert_eq!(before.status.code(), after.status.code());
    }

    #[test]
    fn how_files_are_cut_changes_nothing(
        main in main_file(),
        contracts in contracts(),
        orders in orders(),
        batch in 1_usize..400,
        threads in 1_usize..5,
    ) {
        let folder = folder(&main, &contracts, &orders);
        let whole = in_batches(folder.path(), 1 << 16, 1);
        prop_assert_eq!(in_batches(folder.path(), batch, threads), whole);
    }

    #[test]
    fn labels_are_those_of_the_values_written_into_the_records(
        main in main_file(),
        contracts in contracts(),
        orders in orders(),
    ) {
        // States without days, and orders without days: no lengths, and no frequency.
        let contracts = without(&contracts, &[3, 4, 5]);
        let orders = without(&orders, &[2]);
        let written = folder(&main, &contracts, &orders);
        write(written.path(), "folded.csv", &folded(&main, &contracts, &orders));
        let flags = ["-f", "ndjson", "--says", "market=niche", "--assume", "attention=high"];
        let got = classify(written.path(), &[&WITH_ON[..], &flags].concat());
        // No key that any record has is an error, and not tested here.
        prop_assume!(!text(&got.stderr).starts_with("error"));
        let wanted = classify(written.path(), &["folded.csv", "-f", "ndjson"]);
        prop_assert_eq!(verdicts(&got), verdicts(&wanted), "{}", text(&got.stdout));
    }

    #[test]
    fn an_explanation_is_of_the_label_that_is_given(
        main in main_file(),
        contracts in contracts(),
        orders in orders(),
    ) {
        let folder = folder(&main, &contracts, &orders);
        let flags = ["--assume", "market=niche"];
        let labelled = classify(folder.path(), &[&WITH_ON[..], &["-f", "ndjson"], &flags].concat());
        prop_assume!(!text(&labelled.stderr).starts_with("error"));
        let found = ["--format", "json", "--where", "all=1", "--limit", "100"];
        let explained = run(folder.path(), "explain", &[&WITH_ON[..], &found, &flags].concat());
        prop_assert!(explained.status.success(), "{}", text(&explained.stderr));
        let (labelled, explained) = (records(&labelled.stdout), records(&explained.stdout));
        prop_assert_eq!(labelled.len(), OURS);
        prop_assert_eq!(explained.len(), OURS);
        for (record, case) in labelled.iter().zip(&explained) {
            for card in ["relationship", "affiliation"] {
                let of = |what: &str| &record[format!("{card}_{what}")];
                prop_assert_eq!(of("label"), &case[card]["label"]);
                prop_assert_eq!(of("score"), &case[card]["score"]);
                // And it rests on the same evidence from the same files.
                let mut reasons = Vec::new();
                for list in ["reasons", "without_points"] {
                    for reason in case[card][list].as_array().unwrap() {
                        let points = reason["points"].as_i64().unwrap();
                        let origin = match &reason["said"][0]["file"] {
                            Value::String(file) => format!("@{file}"),
                            _ if reason["criterion"] == "market" => "@assumed".to_owned(),
                            _ => String::new(),
                        };
                        reasons.push(format!("{}:{points:+}{origin}", reason["reason_code"].as_str().unwrap()));
                    }
                }
                reasons.sort();
                let mut given: Vec<&str> = of("reasons").as_str().unwrap().split(';').filter(|one| !one.is_empty()).collect();
                given.sort_unstable();
                prop_assert_eq!(given, reasons);
            }
        }
    }

    #[test]
    fn records_keep_every_byte(
        main in main_file(),
        contracts in contracts(),
        notes in prop::collection::vec(prop::sample::select(&["plain", "\"a, \"\"b\"\"\"", "\"two\nlines\"", " ", "\"\"", "ż\u{301}"][..]), OURS),
        line_break in prop::sample::select(&["\n", "\r\n"][..]),
        ends in any::<bool>(),
    ) {
        let folder = folder(&main, &contracts, &[]);
        let rows = main.iter().zip(&notes);
        let rows: Vec<String> = rows.map(|(row, note)| format!("{note},{}", row.join(","))).collect();
        let mut input = format!("notes,{}{line_break}", MAIN.join(",")) + &rows.join(line_break);
        if ends {
            input += line_break;
        }
        write(folder.path(), "buyers.csv", &input);
        let output = run(folder.path(), "classify", &["-q", "buyers.csv", "--with", "contracts.csv", "--on", "customer_id=id"]);
        prop_assume!(output.status.success());
        let output = text(&output.stdout);
        let header = format!("notes,{},relationship_label,affiliation_label{line_break}", MAIN.join(","));
        let mut rest = output.strip_prefix(&header).unwrap();
        for row in &rows {
            let labels = rest.strip_prefix(row.as_str());
            prop_assert!(labels.is_some(), "{row:?} in {rest:?}");
            let (labels, next) = match labels.unwrap().split_once(line_break) {
                Some(parts) => parts,
                None => (labels.unwrap(), ""),
            };
            let labels: Vec<&str> = labels.split(',').collect();
            prop_assert_eq!(labels.len(), 3);
            prop_assert!(["Client", "Customer", "Undetermined"].contains(&labels[1]));
            prop_assert!(["Internal", "External", "Undetermined"].contains(&labels[2]));
            rest = next;
        }
        prop_assert_eq!(rest, "");
    }

    #[test]
    fn the_format_of_a_related_file_changes_nothing(main in main_file(), contracts in contracts()) {
        let folder = folder(&main, &contracts, &[]);
        let path = folder.path();
        let as_csv = csv(&CONTRACTS, &contracts);
        write(path, "contracts.tsv", &as_csv.replace(',', "\t"));
        write(path, "contracts2.csv", &as_csv.replace(',', ";").replace('\n', "\r\n"));
        let objects: Vec<Value> = contracts
            .iter()
            .map(|row| {
                let members = CONTRACTS.iter().zip(row);
                members.map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>().into()
            })
            .collect();
        write(path, "contracts.json", &serde_json::to_string_pretty(&objects).unwrap());
        let mut lines = String::new();
        for object in &objects {
            writeln!(lines, "{object}").unwrap();
        }
        write(path, "contracts.ndjson", &lines);
        let file = std::fs::File::create(path.join("contracts.csv.gz")).unwrap();
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        packed.write_all(as_csv.as_bytes()).unwrap();
        drop(packed.finish().unwrap());
        let label = |name: &str| {
            let output = run(path, "classify", &["-q", "buyers.csv", "--with", name, "--on", "customer_id=id"]);
            (output.status.code(), text(&output.stdout))
        };
        let expected = label("contracts.csv");
        for name in ["contracts.tsv", "contracts2.csv", "contracts.json", "contracts.ndjson", "contracts.csv.gz"] {
            prop_assert_eq!(label(name), expected.clone(), "{}", name);
        }
    }
}
