//! Exports with known faults: each is found where it is, and nothing else is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::Value;

use super::{check, write};
use crate::effort::cases;

/// The fault of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    WrongLabel,
    NoLabel,
    OddLabel,
    NothingRequired,
    OddRequired,
    TwinId,
    NewLabel,
}

/// Records whose labels are known, without `frequency`: it changes none of them.
const KINDS: [(&str, &str, &str, &str); 3] = [
    ("yes", "law", "dedicated", "Client"),
    ("no", "retail", "none", "Customer"),
    ("", "", "", "Undetermined"),
];

#[derive(Debug, Clone)]
struct Record {
    kind: usize,
    fault: Fault,
    /// A text that may span several lines.
    notes: String,
    /// Blank lines before it.
    blank: usize,
}

fn record() -> impl Strategy<Value = Record> {
    let faults = prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::WrongLabel),
        1 => Just(Fault::NoLabel),
        1 => Just(Fault::OddLabel),
        1 => Just(Fault::NothingRequired),
        1 => Just(Fault::OddRequired),
        1 => Just(Fault::TwinId),
        1 => Just(Fault::NewLabel),
    ];
    let notes = prop::sample::select(vec!["", "plain", "two\nlines", "a \"b\"\n\nc, d", "\n"]);
    let blank = prop_oneof![5 => Just(0_usize), 1 => 1..3_usize];
    (0..KINDS.len(), faults, notes, blank).prop_map(|(kind, fault, notes, blank)| Record {
        kind,
        fault,
        notes: notes.to_owned(),
        blank,
    })
}

/// The fields of a record: id, contract, service, manager, frequency, label, notes; and
/// its label in the baseline.
fn fields(number: usize, record: &Record) -> ([String; 7], &'static str) {
    let (contract, service, manager, label) = KINDS[record.kind];
    let other = if label == "Client" {
        "Customer"
    } else {
        "Client"
    };
    let id = match record.fault {
        // The record before is the twin.
        Fault::TwinId if number > 1 => number - 1,
        _ => number,
    };
    let frequency = match record.fault {
        Fault::NothingRequired => "",
        Fault::OddRequired => "when the moon is full",
        _ => "regularly",
    };
    let stored = match record.fault {
        Fault::WrongLabel => other,
        Fault::NoLabel => "",
        Fault::OddLabel => "VIP",
        _ => label,
    };
    let before = if record.fault == Fault::NewLabel {
        other
    } else {
        label
    };
    let fields = [
        &format!("R{id}"),
        contract,
        service,
        manager,
        frequency,
        stored,
        &record.notes,
    ];
    (fields.map(str::to_owned), before)
}

/// By code, records and columns with findings.
type Expected = BTreeMap<String, Vec<(u64, u64, String)>>;

/// The expected findings: the number of each record and the line on which it begins.
fn expected(records: &[Record], lines: &[u64]) -> Expected {
    let mut expected = Expected::new();
    let mut add = |code: &str, number: usize, column: &str| {
        let of = expected.entry(code.to_owned()).or_default();
        of.push((lines[number - 1], number as u64, column.to_owned()));
    };
    let mut ids = std::collections::BTreeSet::new();
    for (place, record) in records.iter().enumerate() {
        let number = place + 1;
        let (fields, before) = fields(number, record);
        let label = KINDS[record.kind].3;
        match record.fault {
            Fault::WrongLabel => add("label-differs", number, "Kind"),
            // A record without evidence needs no label.
            Fault::NoLabel if label != "Undetermined" => add("label-missing", number, "Kind"),
            Fault::OddLabel => add("label-not-understood", number, "Kind"),
            Fault::NothingRequired => add("required-missing", number, "Frequency"),
            Fault::OddRequired => {
                add("required-not-understood", number, "Frequency");
                add("value-not-understood", number, "Frequency");
            }
            _ => {}
        }
        if !ids.insert(fields[0].clone()) {
            add("duplicate-value", number, "Id");
            add("duplicate-key", number, "Id");
        } else if before != label {
            add("label-changed", number, "relationship_label");
        }
    }
    expected
}

const NAMES: [&str; 7] = [
    "Id",
    "Contract",
    "Service",
    "Account Manager",
    "Frequency",
    "Kind",
    "Notes",
];

/// The records as CSV, and the line on which each begins.
fn csv(records: &[Record], end: &str) -> (String, Vec<u64>) {
    let mut text = NAMES.join(",") + end;
    let mut lines = Vec::new();
    for (place, record) in records.iter().enumerate() {
        text += &end.repeat(record.blank);
        lines.push(text.matches(end).count() as u64 + 1);
        let quoted = |field: &String| match field.contains(['"', '\n', ',']) {
            true => format!("\"{}\"", field.replace('"', "\"\"").replace('\n', end)),
            false => field.clone(),
        };
        let fields: Vec<String> = fields(place + 1, record).0.iter().map(quoted).collect();
        text += &(fields.join(",") + end);
    }
    (text, lines)
}

/// The records as objects over several lines, or with `flat` on one each.
fn json(records: &[Record], flat: bool) -> (String, Vec<u64>) {
    let mut text = if flat {
        String::new()
    } else {
        "[\n".to_owned()
    };
    let mut lines = Vec::new();
    for (place, record) in records.iter().enumerate() {
        text += &"\n".repeat(record.blank);
        lines.push(text.matches('\n').count() as u64 + 1);
        let fields = fields(place + 1, record).0;
        let members = NAMES.iter().zip(&fields).map(|(name, field)| {
            format!("{}: {}", Value::from(*name), Value::from(field.as_str()))
        });
        let members: Vec<String> = members.collect();
        let last = place + 1 == records.len();
        match flat {
            true => text += &format!("{{{}}}\n", members.join(", ")),
            false => {
                let comma = if last { "" } else { "," };
                text += &format!("{{\n  {}\n}}{comma}\n", members.join(",\n  "));
            }
        }
    }
    if !flat {
        text.push(']');
    }
    (text, lines)
}

fn baseline(records: &[Record]) -> String {
    let mut text = "Id,relationship_label,affiliation_label\n".to_owned();
    let mut ids = std::collections::BTreeSet::new();
    for (place, record) in records.iter().enumerate() {
        let (fields, before) = fields(place + 1, record);
        if ids.insert(fields[0].clone()) {
            writeln!(text, "{},{before},Undetermined", fields[0]).unwrap();
        }
    }
    text
}

fn found(json: &Value) -> Expected {
    let mut found = Expected::new();
    for finding in json["findings"].as_array().unwrap() {
        let of = found.entry(finding["code"].as_str().unwrap().to_owned());
        of.or_default().push((
            finding["line"].as_u64().unwrap(),
            finding["record"].as_u64().unwrap(),
            finding["column"].as_str().unwrap_or_default().to_owned(),
        ));
    }
    found
}

proptest! {
    #![proptest_config(cases(20, 60))]

    #[test]
    fn every_seeded_fault_is_found_where_it_is_and_nothing_else(
        records in prop::collection::vec(record(), 2..40),
        form in 0..4_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (name, (text, lines)) = match form {
            0 => ("export.csv", csv(&records, "\n")),
            1 => ("export.csv", csv(&records, "\r\n")),
            2 => ("export.json", json(&records, false)),
            _ => ("export.ndjson", json(&records, true)),
        };
        write(folder.path(), name, &text);
        write(folder.path(), "labels.csv", &baseline(&records));
        let ran = check(folder.path(), &[
            "-q", "--expect", "relationship=Kind", "--require", "frequency", "--no-unread-values",
            "--unique", "Id", "--key", "Id", "--baseline", "labels.csv", "--strict-baseline",
            "--label-language", "en", "--max-findings", "1000", "--format", "json", name,
        ]);
        let expected = expected(&records, &lines);
        let json = ran.json();
        prop_assert_eq!(&found(&json), &expected, "{}\n{}", text, ran.out);
        prop_assert_eq!(ran.code, i32::from(!expected.is_empty()));
        prop_assert_eq!(json["passed"].as_bool(), Some(expected.is_empty()));
        prop_assert_eq!(json["records"].as_u64(), Some(records.len() as u64));
        let counts: BTreeMap<String, u64> = serde_json::from_value(json["counts"].clone()).unwrap();
        let wanted: BTreeMap<String, u64> = expected.iter().map(|(code, of)| (code.clone(), of.len() as u64)).collect();
        prop_assert_eq!(counts, wanted);
        for finding in json["findings"].as_array().unwrap() {
            let number = finding["record"].as_u64().unwrap() as usize;
            let fields = fields(number, &records[number - 1]).0;
            prop_assert_eq!(finding["key"].as_str(), Some(fields[0].as_str()));
            prop_assert_eq!(finding["file"].as_str(), Some(name));
            prop_assert!(!finding["expected"].as_str().unwrap().is_empty());
            // A finding about a label has reasons.
            let code = finding["code"].as_str().unwrap();
            let is_of_label = code.starts_with("label-");
            let reasons = finding["reasons"].as_array().unwrap().len();
            let has_some = is_of_label && records[number - 1].kind < 2;
            prop_assert!(if has_some { reasons == 2 } else { reasons == 0 || is_of_label }, "{}", finding);
        }
    }

    /// The bounds on shares are exact for all numbers.
    #[test]
    fn shares_are_held_to_the_last_record(wrong in 0..6_u32, right in 0..20_u32, share in 0..=100_u32) {
        let folder = tempfile::tempdir().unwrap();
        let mut text = "contract,service,account_manager,kind\n".to_owned();
        for i in 0..wrong + right {
            let kind = if i < wrong { "Customer" } else { "Client" };
            writeln!(text, "yes,law,dedicated,{kind}").unwrap();
        }
        write(folder.path(), "export.csv", &text);
        let ran = check(folder.path(), &[
            "-q", "--expect", "relationship=kind", "--label-language", "en", "--min-agreement",
            &format!("{share}%"), "--format", "json", "export.csv",
        ]);
        let all = wrong + right;
        let holds = right * 100 >= share * all;
        prop_assert_eq!(ran.code, i32::from(!holds), "{}", ran.out);
        let json = ran.json();
        prop_assert_eq!(json["counts"]["agreement-too-low"].as_u64().is_none(), holds);
        // Single differences are tolerated, and reported as warnings.
        prop_assert_eq!(json["counts"]["label-differs"].as_u64().unwrap_or(0), u64::from(wrong));
        prop_assert_eq!(json["warnings"].as_u64(), Some(u64::from(wrong)));
    }
}
