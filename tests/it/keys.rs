//! The label of a record depends on the record and on how the columns are read, never on
//! how many other keys or records there are.

use std::fs;
use std::path::Path;
use std::process::Command;

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
