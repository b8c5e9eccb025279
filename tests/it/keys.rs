//! The label of a record depends on the record and on how the columns are read, never on
//! how many other keys or records there are.

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;

use crate::effort::quick_or_long;

fn run(folder: &Path, arguments: &[&str]) -> (String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(ran.stdout), text(ran.stderr))
}

fn others(n: usize, name: &str) -> String {
    (0..n)
        .map(|place| format!("\"{name}{place}\":1,"))
        .collect()
}

/// The record whose label is known, with what may be around its keys.
const LAST: &str = "\"service\":\"law\",\"contract\":\"no\",\"engagement\":\"transactional\"";

/// Records before one, and that one.
fn inputs(n: usize) -> Vec<(&'static str, Vec<String>, String)> {
    let keys = others(n, "k");
    let law = |inner: &str| format!("{{{inner}\"service\":\"law\"}}");
    let last = format!("{{{LAST}}}");
    let pieces = (0..100).map(|piece| law(&others(n / 100, &format!("k{piece}_"))));
    vec![
        ("in one record", vec![law(&keys)], last.clone()),
        (
            "in one object",
            vec![law(&format!("\"n\":{{{keys}\"z\":1}},"))],
            last.clone(),
        ),
        ("in many records", pieces.collect(), last.clone()),
        (
            "under one array",
            vec![law(&format!("\"n\":[{{{keys}\"z\":1}}],"))],
            last.clone(),
        ),
        (
            "and the others inside",
            vec![law(&keys)],
            "{\"service\":\"law\",\"deal\":{\"contract\":\"no\",\"engagement\":\"transactional\"}}"
                .to_owned(),
        ),
        (
            "before them",
            vec![law(&keys)],
            format!("{{{}{LAST}}}", others(n, "j")),
        ),
        ("alone", Vec::new(), format!("{{{keys}{LAST}}}")),
    ]
}

#[test]
fn a_label_does_not_depend_on_how_many_other_keys_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let many = [1, 9_997, 9_998, 9_999, 10_000, 10_001, 20_001, 30_000];
    let (sizes, shapes) = quick_or_long((&[10_001][..], 2), (&many[..], usize::MAX));
    for &n in sizes {
        for (what, first, last) in inputs(n).into_iter().take(shapes) {
            for (file, between) in [("in.ndjson", 0), ("in.json", 150)] {
                let between = vec!["{\"service\":\"law\"}".to_owned(); between];
                let records = [&first[..], &between[..], &[last.clone()][..]].concat();
                let text = match file {
                    "in.json" => format!("[{}]", records.join(",")),
                    _ => records.join("\n") + "\n",
                };
                fs::write(at.join(file), text).unwrap();
                let row = records.len().to_string();
                let (out, error) = run(at, &["classify", "-f", "ndjson", file]);
                let of_run = out
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .contains("\"Customer\"");
                assert!(of_run, "{n} {what}: {file}: {error}");
                let (out, error) = run(at, &["explain", "--row", &row, file]);
                assert!(out.contains("Customer"), "{n} {what}: {file}: {out}{error}");
                let (out, _) = run(at, &["columns", file]);
                assert!(
                    out.contains("contract") && out.contains("engagement"),
                    "{n} {what}"
                );
            }
        }
    }
}

/// Keys for one criterion, each with a value, and a key for another.
const LATE: [(&str, &str); 7] = [
    ("contract", "\"contract\":\"no\""),
    ("deal.contract", "\"deal\":{\"contract\":\"no\"}"),
    ("is_draft", "\"is_draft\":true"),
    ("contract_number", "\"contract_number\":\"C-17\""),
    ("contract_start", "\"contract_start\":\"2020-01-01\""),
    ("contract_end", "\"contract_end\":\"2030-01-01\""),
    ("our contract", "\"our contract\":\"no\""),
];

#[test]
fn a_key_that_turns_up_late_is_read_as_one_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let mut pairs = LATE.iter().flat_map(|one| LATE.map(|other| (*one, other)));
    let pairs: Vec<_> = match quick_or_long(false, true) {
        true => pairs.collect(),
        false => vec![(LATE[1], LATE[0]), pairs.nth(2).unwrap()],
    };
    for ((first, of_first), (late, of_late)) in pairs {
        let record = |value: &str, pad: usize| {
            format!(
                "{{\"service\":\"law\",{value},\"pad\":\"{}\"}}\n",
                "x".repeat(pad)
            )
        };
        let label = |before: usize, pad: usize| {
            let text = record(of_first, pad).repeat(before) + &record(of_late, 0);
            fs::write(at.join("in.ndjson"), text).unwrap();
            let _ = fs::remove_file(at.join("plan.toml"));
            let day = ["--as-of", "2026-01-31"];
            let arguments = [&["classify"][..], &day, &["in.ndjson"]].concat();
            let (out, error) = run(at, &arguments);
            let last = out.lines().last().unwrap_or_else(|| panic!("{error}"));
            let verdict = last.split("\"relationship_label\":\"").nth(1);
            let verdict = verdict.unwrap().split('"').next().unwrap().to_owned();
            // It is explained as it is labelled, and labelled so under a plan.
            let row = (before + 1).to_string();
            let arguments = [&["explain", "--row", &row][..], &day, &["in.ndjson"]].concat();
            let (out, _) = run(at, &arguments);
            assert!(
                out.contains(&format!("relationship: {verdict}")),
                "{first}, {late}: {out}"
            );
            let freeze = ["columns", "--freeze", "plan.toml"];
            run(at, &[&freeze[..], &day, &["in.ndjson"]].concat());
            let (out, error) = run(at, &["classify", "--config", "plan.toml", "in.ndjson"]);
            assert!(
                out.lines().last().unwrap_or(&error).contains(&verdict),
                "{first}, {late}: {out}{error}"
            );
            verdict
        };
        let in_sample = label(1, 0);
        // Beyond the first hundred records, and beyond the first MiB.
        for (before, pad) in [(110, 0), (1, 1_048_500)] {
            assert_eq!(
                label(before, pad),
                in_sample,
                "{first}, {late}: {before} {pad}"
            );
        }
    }
}

#[test]
fn a_contradiction_is_seen_however_long_the_first_record_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let pads = [0, 65_530, 1_048_555, 1_048_570, 1_048_576, 3_000_000];
    for (file, record) in [
        ("in.csv", "yes,PAD,no\nyes,a,no\n"),
        (
            "in.ndjson",
            "{\"contract\":\"yes\",\"pad\":\"PAD\",\"Vertrag\":\"nein\"}\n",
        ),
        (
            "in.json",
            "[{\"contract\":\"yes\",\"pad\":\"PAD\",\"Vertrag\":\"nein\"}]",
        ),
    ] {
        for pad in pads {
            let header = match file {
                "in.csv" => "contract,pad,Vertrag\n",
                _ => "",
            };
            let record = record.replace("PAD", &"x".repeat(pad));
            fs::write(at.join(file), format!("{header}{record}")).unwrap();
            let (out, error) = run(at, &["classify", file]);
            assert!(
                out.is_empty() && error.contains("two columns feed the criterion \"contract\""),
                "{file}, {pad}: {error}"
            );
        }
    }
}

#[test]
fn checks_judge_records_with_late_keys_as_runs_do() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for n in quick_or_long(&[10_001][..], &[9_000, 9_999, 10_001])
        .iter()
        .copied()
    {
        let first = format!(
            "{{{}\"service\":\"law\",\"id\":1,\"was\":\"Client\"}}",
            others(n, "k")
        );
        let last = format!("{{\"id\":2,\"was\":\"Customer\",{LAST}}}");
        fs::write(at.join("in.ndjson"), format!("{first}\n{last}\n")).unwrap();
        let arguments = [
            "check",
            "--expect",
            "relationship=was",
            "--min-agreement",
            "100%",
            "in.ndjson",
        ];
        let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
            .args(arguments)
            .current_dir(at)
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&ran.stdout);
        assert_eq!(ran.status.code(), Some(0), "{n}: {out}");
    }
}

#[test]
fn a_stated_column_is_found_among_any_number_of_keys() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for n in quick_or_long(&[10_001][..], &[9_999, 10_001])
        .iter()
        .copied()
    {
        let text = format!(
            "{{{}\"service\":\"law\",\"agreement x\":\"no\",\"engagement\":\"transactional\"}}\n",
            others(n, "k")
        );
        fs::write(at.join("in.ndjson"), text).unwrap();
        let arguments = ["classify", "--map", "contract=agreement x", "in.ndjson"];
        let (out, error) = run(at, &arguments);
        assert!(out.contains("\"Customer\""), "{n}: {error}");
    }
}

/// The same facts and other keys as a record of JSON, or as a line of CSV below its header.
fn as_json(facts: &[(&str, &str)], keys: usize, place: usize) -> String {
    let others = (0..keys).map(|one| format!("\"k{place}x{one}\":1"));
    let facts = facts
        .iter()
        .map(|(key, value)| format!("\"{key}\":\"{value}\""));
    format!("{{{}}}", others.chain(facts).collect::<Vec<_>>().join(","))
}

const FACTS: [(&str, &[&str]); 4] = [
    ("service", &["law", "accounting", "retail"]),
    ("contract", &["yes", "no"]),
    ("engagement", &["transactional", "ongoing"]),
    ("duration", &["2 years", "1 month"]),
];

proptest! {
    #![proptest_config(crate::effort::cases(4, 60))]

    #[test]
    fn a_label_depends_on_its_record_alone(
        chosen in prop::array::uniform4(0..4_usize),
        keys in 0..3_000_usize,
        before in 0..4_usize,
        keys_before in 0..3_000_usize,
        shape in 0..3_usize,
        planned in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let facts = FACTS.iter().zip(chosen);
        let facts = facts.filter_map(|((key, values), place)| Some((*key, *values.get(place)?)));
        let facts: Vec<(&str, &str)> = facts.collect();
        // All facts are known before, in any case: what is tried is only the number of keys.
        let full: Vec<(&str, &str)> = FACTS.iter().map(|(key, values)| (*key, values[0])).collect();
        let text = |keys: usize, before: usize, keys_before: usize| {
            let mut records = vec![as_json(&full, 0, 0)];
            records.extend((0..before).map(|place| as_json(&full, keys_before, place + 1)));
            records.push(as_json(&facts, keys, before + 1));
            match shape {
                0 => records.join("\n") + "\n",
                1 => format!("[{}]", records.join(",")),
                _ => {
                    let names: Vec<&str> = FACTS.iter().map(|(key, _)| *key).collect();
                    let row = |facts: &[(&str, &str)]| {
                        let cell = |name: &&str| facts.iter().find(|one| one.0 == *name).map_or("", |one| one.1);
                        "1,".repeat(keys) + &names.iter().map(cell).collect::<Vec<_>>().join(",") + "\n"
                    };
                    let others: String = (0..keys).map(|one| format!("k{one},")).collect();
                    format!("{others}{}\n{}{}", names.join(","), row(&full).repeat(before + 1), row(&facts))
                }
            }
        };
        let file = ["in.ndjson", "in.json", "in.csv"][shape];
        let labels = |text: String| {
            fs::write(at.join(file), text).unwrap();
            let mut arguments = vec!["classify", "-f", "ndjson", file];
            if planned {
                let _ = fs::remove_file(at.join("plan.toml"));
                run(at, &["columns", "--freeze", "plan.toml", "--as-of", "2026-01-31", file]);
                arguments.extend(["--config", "plan.toml"]);
            }
            let (out, error) = run(at, &arguments);
            let last = out.lines().last().unwrap_or_default().to_owned();
            let from = last.find("\"relationship_label\"").unwrap_or_else(|| panic!("{last}{error}"));
            last[from..].to_owned()
        };
        prop_assert_eq!(labels(text(0, 0, 0)), labels(text(keys, before, keys_before)));
    }
}
