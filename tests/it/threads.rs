//! The output does not depend on the number of threads.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::effort::quick_or_long;

fn clientype(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientype"));
    command.args(["classify", "--as-of", "2026-01-31"]);
    command.args(arguments);
    command
}

/// The numbers of threads that are compared with one.
fn several() -> &'static [&'static str] {
    quick_or_long(&["2", "8"], &["2", "3", "8"])
}

/// A file with a name of its own in a folder of its own.
fn file(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    File::create(&path)
        .unwrap()
        .write_all(content.as_bytes())
        .unwrap();
    path
}

/// This number of CSV records, some of them with line breaks and with words that are
/// not understood.
fn csv(records: usize) -> String {
    let mut text = "name,contract,duration,frequency,notes\n".to_owned();
    for i in 0..records {
        let contract = ["yes", "no", "", "ja", "perhaps"][i % 5];
        let duration = ["3 years", "18 months", "", "x"][i / 7 % 4];
        let frequency = ["regular", "once", &format!("word{}", i % 1500)][i / 3 % 3].to_owned();
        let notes = [
            "plain",
            "\"two\nlines\"",
            "\"a, \"\"b\"\"\"",
            "a \"stray\" one",
        ][i % 4];
        text += &format!("Buyer {i},{contract},{duration},{frequency},{notes}\n");
    }
    text
}

/// The same as objects; some have keys that others do not have.
fn objects(records: usize) -> Vec<String> {
    let object = |i: usize| {
        let contract = ["\"yes\"", "false", "null", "\"ja\""][i % 4];
        let late = if i > records / 2 {
            ", \"Laufzeit\": \"3 Jahre\""
        } else {
            ""
        };
        format!(
            "{{\"name\": \"Buyer \\\"{i}\\\" }} ]\", \"contract\": {contract}{late}, \"id-{i}\": [1, {{\"a\": {i}}}]}}"
        )
    };
    (0..records).map(object).collect()
}

/// Runs with one thread and with several, and returns the common result.
fn alike(arguments: &[&str], input: &Path, rejects: Option<&Path>) -> (Output, Vec<u8>) {
    let run = |threads: &str| {
        let mut command = clientype(&["--threads", threads]);
        command.args(arguments).arg(input);
        if let Some(rejects) = rejects {
            command.arg("--rejects").arg(rejects);
        }
        let output = command.output().unwrap();
        let rejected = rejects.and_then(|path| std::fs::read(path).ok());
        (output, rejected.unwrap_or_default())
    };
    let one = run("1");
    for threads in several() {
        let several = run(threads);
        assert!(
            one.0.stdout == several.0.stdout,
            "{threads} threads, {arguments:?}"
        );
        assert_eq!(
            String::from_utf8_lossy(&one.0.stderr),
            String::from_utf8_lossy(&several.0.stderr)
        );
        assert_eq!(one.0.status, several.0.status);
        assert_eq!(one.1, several.1);
    }
    one
}

#[test]
fn files_in_all_formats_come_out_alike() {
    let folder = tempfile::tempdir().unwrap();
    let objects = objects(quick_or_long(12_000, 20_000));
    let csv = file(folder.path(), "a.csv", &csv(quick_or_long(24_000, 40_000)));
    let ndjson = file(folder.path(), "a.ndjson", &objects.join("\n"));
    let json = file(
        folder.path(),
        "a.json",
        &format!("[\n{}\n]\n", objects.join(",\n")),
    );
    for input in [&csv, &ndjson, &json] {
        for arguments in [&[][..], &["--details"], &["-f", "ndjson"], &["-f", "json"]] {
            let (output, _) = alike(arguments, input, None);
            assert!(output.status.success(), "{output:?}");
            assert!(output.stdout.len() > 1 << 20, "too little to share");
        }
    }
    let (output, _) = alike(&["-f", "table"], &csv, None);
    assert!(output.status.success());
}

#[test]
fn a_check_finds_the_same_in_the_same_order() {
    let folder = tempfile::tempdir().unwrap();
    let records = quick_or_long(30_000, 60_000);
    let objects = objects(quick_or_long(20_000, 40_000)).join("\n");
    let labels = (0..records).map(|i| format!("Buyer {i},Client,External\n"));
    let labels =
        "name,relationship_label,affiliation_label\n".to_owned() + &labels.collect::<String>();
    let baseline = file(folder.path(), "labels.csv", &labels);
    for input in [
        file(folder.path(), "some.csv", &csv(records)),
        file(folder.path(), "some.ndjson", &objects),
    ] {
        let run = |threads: &str| {
            let output = Command::new(env!("CARGO_BIN_EXE_clientype"))
                .args([
                    "check",
                    "-q",
                    "--as-of",
                    "2026-01-31",
                    "--format",
                    "json",
                    "--summary",
                ])
                .args([
                    "--no-unread-values",
                    "--require",
                    "duration",
                    "--unique",
                    "name",
                ])
                .args([
                    "--key",
                    "name",
                    "--strict-baseline",
                    "--max-findings",
                    "5000",
                ])
                .args([
                    "--max-undetermined",
                    "1%",
                    "--threads",
                    threads,
                    "--baseline",
                ])
                .args([&baseline, &input])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            output.stdout
        };
        let one = run("1");
        assert!(one.len() > 1_000_000, "{}", one.len());
        for threads in several() {
            assert!(
                run(threads) == one,
                "{threads} threads, {}",
                input.display()
            );
        }
    }
}

#[test]
fn a_check_that_cannot_go_on_ends_at_the_same_record() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "name,contract,kind\n".to_owned();
    // No language has both of these labels.
    (0..40_000).for_each(|i| text += &format!("Buyer {i},yes,{}\n", ["Kunde", "thân chủ"][i % 2]));
    let unknown = text.clone() + "Buyer,no,client\n" + &"Buyer,no,Kunde\n".repeat(20_000);
    let ragged = text + "Buyer,no\n" + &"Buyer,no,Kunde\n".repeat(20_000);
    for (name, text) in [("unknown.csv", unknown), ("ragged.csv", ragged)] {
        let input = file(folder.path(), name, &text);
        let run = |threads: &str| {
            let output = Command::new(env!("CARGO_BIN_EXE_clientype"))
                .args([
                    "check",
                    "-q",
                    "--format",
                    "json",
                    "--expect",
                    "relationship=kind",
                ])
                .args(["--max-findings", "100000", "--threads", threads])
                .arg(&input)
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            (String::from_utf8(output.stdout).unwrap(), output.stderr)
        };
        let one = run("1");
        assert!(one.0.contains("\"records\": 40000"), "{name}");
        assert!(one.0.contains("\"errors\": 20000"), "{name}");
        for threads in several() {
            assert!(run(threads) == one, "{name}, {threads} threads");
        }
    }
}

#[test]
fn a_fault_far_behind_ends_every_run_at_the_same_record() {
    let folder = tempfile::tempdir().unwrap();
    let sound = csv(40_000);
    let faulty = format!(
        "{sound}Buyer,yes\n{}",
        &sound[sound.find('\n').unwrap() + 1..]
    );
    let csv = file(folder.path(), "a.csv", &faulty);
    let (output, _) = alike(&[], &csv, None);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("record 40001: the record has 2 fields"),
        "{message}"
    );
    let labelled = output.stdout.iter().filter(|&&byte| byte == b'\n').count();
    assert!(labelled > 40_000, "all before is there");

    let rejects = folder.path().join("rejects.csv");
    let (output, rejected) = alike(&[], &csv, Some(&rejects));
    assert!(output.status.success());
    assert_eq!(rejected, b"Buyer,yes\n");
}

#[test]
fn two_keys_for_one_criterion_are_reported_where_the_second_begins() {
    let folder = tempfile::tempdir().unwrap();
    let mut objects = objects(20_000);
    objects[15_000] = "{\"Vertragsdauer\": \"2 Jahre\"}".to_owned();
    let ndjson = file(folder.path(), "a.ndjson", &objects.join("\n"));
    let (output, _) = alike(&[], &ndjson, None);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("record 15001"), "{message}");
}

#[test]
fn what_was_set_aside_before_two_keys_clash_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut objects = objects(20_000);
    // In the batch of the clash, and far from the first of the two keys.
    objects[17_900] = "broken".to_owned();
    objects[17_901] = "{\"Vertragsdauer\": \"2 Jahre\"}".to_owned();
    let ndjson = file(folder.path(), "a.ndjson", &objects.join("\n"));
    let run = |threads: &str| {
        let mut command = clientype(&["--quiet", "--threads", threads, "--rejects", "-"]);
        let output = command.arg(&ndjson).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        output
    };
    for threads in ["1", "8"] {
        let output = run(threads);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("broken\n"), "{threads}");
    }
}

/// Reads well at first, then panics.
struct Panics(usize);

impl Read for Panics {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        assert!(self.0 > 0, "the reader panics");
        self.0 -= 1;
        to.fill(b'\n');
        let head = b"contract\nyes\n";
        let length = head.len().min(to.len());
        to[..length].copy_from_slice(&head[..length]);
        Ok(to.len())
    }
}

#[test]
fn a_panic_is_passed_on_and_nobody_waits() {
    let rulebook = clientype::internals::rulebook::Rulebook::documents().unwrap();
    let own = clientype::internals::value::Own::default();
    let day = jiff::civil::date(2026, 1, 31);
    let rules = clientype::internals::engine::compile::Rules::compile(rulebook, &own, day).unwrap();
    for threads in [1, 2, 4] {
        let labelled = std::panic::catch_unwind(|| {
            let options = clientype::internals::Options {
                layout: clientype::Layout {
                    format: Some(clientype::Format::Csv),
                    ..clientype::Layout::default()
                },
                threads: std::num::NonZero::new(threads),
                batch: 1 << 10,
                ..clientype::internals::Options::default()
            };
            let source = clientype::internals::Source {
                name: "input".to_owned(),
                reader: Box::new(Panics(300)),
            };
            let mut out = Vec::new();
            let labelled = clientype::internals::classify(
                &rules,
                &options,
                vec![source],
                &mut out,
                None,
                &mut |_| {},
            );
            labelled.map(|summary| summary.records())
        });
        assert!(labelled.is_err(), "{labelled:?}");
    }
}

#[test]
fn a_reader_that_stops_early_ends_the_run_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let csv = file(folder.path(), "a.csv", &csv(200_000));
    for threads in ["1", "2", "8"] {
        let mut child = clientype(&["--quiet", "--threads", threads])
            .arg(&csv)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 100];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn a_fault_in_the_first_input_is_reported_before_more_arrives() {
    // Somebody who types, or pipes from a service, does not wait for a second batch.
    let mut child = clientype(&["--threads", "8"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = format!("contract\nyes\nno,no\n{}", "yes\n".repeat(100_000));
    // It may end before everything is written.
    drop(stdin.write_all(text.as_bytes()));
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(20), "it still waits");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(2));
}
