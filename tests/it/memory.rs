//! Memory does not grow with the file.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::effort::quick_or_long;

/// The peak memory of a process, in KiB.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Pipes `head`, `record` repeated to make up `size` bytes, and `tail` through the
/// binary; returns its peak memory before it ends, and the number of output lines.
fn run(arguments: &[&str], head: &str, record: &str, tail: &str, size: usize) -> (u64, usize) {
    run_into(arguments, head, record, tail, size, Duration::ZERO)
}

/// The same, with a reader that pauses after each piece of the output.
fn run_into(
    arguments: &[&str],
    head: &str,
    record: &str,
    tail: &str,
    size: usize,
    rest: Duration,
) -> (u64, usize) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(match arguments {
            ["explain", ..] => &[][..],
            _ if arguments.contains(&"--threads") => &["classify", "--quiet"],
            // The limits below hold for two threads, on any machine.
            _ => &["classify", "--quiet", "--threads", "2"],
        })
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let lines = std::thread::spawn(move || {
        let (mut lines, mut buffer) = (0, vec![0; 1 << 16]);
        loop {
            if !rest.is_zero() {
                std::thread::sleep(rest);
            }
            match stdout.read(&mut buffer).unwrap() {
                0 => return lines,
                read => lines += buffer[..read].iter().filter(|&&byte| byte == b'\n').count(),
            }
        }
    });
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(head.as_bytes()).unwrap();
    let chunk = record.repeat(((1 << 16) / record.len()).max(1));
    for _ in 0..size / chunk.len() {
        stdin.write_all(chunk.as_bytes()).unwrap();
    }
    stdin.write_all(tail.as_bytes()).unwrap();
    stdin.flush().unwrap();
    // All batches except the last are through by now: the pipe holds no more.
    let peak = peak(child.id());
    drop(stdin);
    assert!(child.wait().unwrap().success());
    (peak, lines.join().unwrap())
}

/// In bytes: the length of a long input.
fn long_input() -> usize {
    quick_or_long(12 << 20, 48 << 20)
}

/// The additional memory that a long input takes, compared with a short one, in KiB.
fn growth(arguments: &[&str], head: &str, record: &str, tail: &str) -> u64 {
    let (short, _) = run(arguments, head, record, tail, 1 << 20);
    let (long, lines) = run(arguments, head, record, tail, long_input());
    assert!(lines > 100_000, "{lines}");
    long.saturating_sub(short)
}

/// A few buffers for each thread, and what an allocator rounds them up to.
const LITTLE: u64 = 8 << 10;

#[test]
fn memory_stays_flat_for_csv() {
    let record = "Buyer,yes,3 years,ongoing,\"two\nlines\",not a word\n";
    assert!(
        growth(
            &[],
            "name,contract,duration,engagement,notes,frequency\n",
            record,
            ""
        ) < LITTLE
    );
}

#[test]
fn memory_stays_flat_for_utf16() {
    let utf16 = |text: &str| text.chars().flat_map(|c| [c, '\0']).collect::<String>();
    let (head, record) = (utf16("name,contract\n"), utf16("Buyer,yes\n"));
    assert!(growth(&["--encoding", "utf-16le"], &head, &record, "") < LITTLE);
}

#[test]
fn memory_stays_flat_for_tsv() {
    assert!(
        growth(
            &["--input-format", "tsv"],
            "name\tcontract\n",
            "Buyer\tyes\n",
            ""
        ) < LITTLE
    );
}

#[test]
fn memory_stays_flat_for_ndjson() {
    assert!(
        growth(
            &[],
            "",
            "{\"name\":\"Buyer\",\"contract\":\"yes\",\"duration\":\"3 years\"}\n",
            ""
        ) < LITTLE
    );
}

#[test]
fn memory_stays_flat_for_a_json_array() {
    let record = "  {\"name\": \"Buyer\", \"contract\": \"yes\", \"duration\": \"3 years\"},\n";
    assert!(
        growth(
            &[],
            "{\"meta\": 1, \"value\": [\n",
            record,
            "  {\"contract\": \"no\"}\n]}\n"
        ) < LITTLE
    );
}

#[test]
fn memory_stays_flat_when_converting_and_for_a_table() {
    for format in ["json", "table"] {
        assert!(
            growth(&["--format", format], "name,contract\n", "Buyer,yes\n", "") < LITTLE,
            "{format}"
        );
    }
}

#[test]
fn memory_stays_flat_when_every_value_is_another_one_not_understood() {
    // Texts that are not understood are counted up to a limit.
    let words: String = (0..20_000)
        .map(|i| format!("word{i:05} and some more of it\n"))
        .collect();
    let (short, _) = run(
        &[],
        "contract\nyes\n",
        &words[..words.len() / 10],
        "",
        1 << 20,
    );
    let (long, _) = run(
        &[],
        "contract\nyes\n",
        &words,
        "",
        quick_or_long(10 << 20, 16 << 20),
    );
    assert!(long.saturating_sub(short) < LITTLE, "{short} {long}");
}

#[test]
fn memory_stays_flat_when_records_are_looked_for() {
    let record = "Buyer,yes,3 years,ongoing,\"two\nlines\",not a word\n";
    let head = "name,contract,duration,engagement,notes,frequency\n";
    let last = "Last,no,,,,\n";
    let found = ["explain", "--format", "json", "--where", "name=Last"];
    let (short, _) = run(&found, head, record, last, 1 << 20);
    let (long, lines) = run(&found, head, record, last, long_input());
    assert_eq!(lines, 1);
    assert!(long.saturating_sub(short) < LITTLE, "{short} {long}");
}

#[test]
fn memory_stays_small_when_every_record_is_found() {
    let found = [
        "explain", "--format", "json", "--where", "all=1", "--limit", "100000",
    ];
    let records = quick_or_long(10_000, 20_000);
    let head = "all,contract\n".to_owned() + &"1,y\n".repeat(records);
    let (most, lines) = run(&found, &head, "2,y\n", "", 2 << 20);
    assert!(lines == records && most < MOST, "{most} KiB");
}

/// In KiB: the memory of a run.
const MOST: u64 = 32 << 10;

/// In KiB: what many threads take, compared with one.
const MUCH: u64 = 20 << 10;

#[test]
fn memory_stays_flat_with_many_threads_and_a_slow_reader() {
    let record = "Buyer,yes,3 years,ongoing,\"two\nlines\",not a word\n";
    let head = "name,contract,duration,engagement,notes,frequency\n";
    for arguments in [
        &["--threads", "8", "--details"][..],
        &["--threads", "64", "--format", "json", "--details"],
    ] {
        let rest = Duration::from_micros(200);
        let size = quick_or_long(12 << 20, 24 << 20);
        // The program itself, and the words that it looks up, take memory too.
        let (idle, _) = run(&["--threads", "1"], head, record, "", 1 << 20);
        let (most, lines) = run_into(arguments, head, record, "", size, rest);
        let more = most.saturating_sub(idle);
        assert!(lines > 100_000 && more < MUCH, "{arguments:?}: {more} KiB");
    }
}

#[test]
fn a_huge_record_takes_its_own_size_in_and_out() {
    let lines = "x".repeat(99) + "\n";
    let size = 32 << 20;
    let tail = "\"\n".to_owned() + &"yes,short\n".repeat(50_000);
    let (most, _) = run(&[], "contract,notes\nno,\"", &lines, &tail, size);
    let allowed = 2 * (size as u64 >> 10) + MOST;
    assert!(most < allowed, "{most} KiB");
}

#[test]
fn two_rulebooks_are_compared_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export.csv");
    let records =
        "yes,3 years,law,company\nno,,,consumer\n".repeat(quick_or_long(24 << 20, 48 << 20) / 39);
    std::fs::write(
        &export,
        format!("contract,duration,service,affiliation\n{records}"),
    )
    .unwrap();
    let softer = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/files/softer.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientype"));
    command.args(["rules", "diff", "documents", softer]);
    let (most, code) = run_to_its_end(command.arg(&export));
    assert_eq!(code, Some(0));
    assert!((1..32 * 1024).contains(&most), "{most} KiB");
}

/// Runs a command without its output; returns its peak memory, as far as it was seen,
/// and its exit code.
pub(crate) fn run_to_its_end(command: &mut Command) -> (u64, Option<i32>) {
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        // It may have ended in the meantime.
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        if status.is_ok_and(|status| status.contains("VmHWM:")) {
            most = peak(child.id());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    (most, child.wait().unwrap().code())
}

#[test]
fn millions_of_findings_take_no_more_memory_than_those_that_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export.csv");
    // The two have six findings.
    let record = "A1,yes,when it rains,law,Customer\nA1,yes,weekly,law,Customer\n";
    let records = record.repeat(quick_or_long(7 << 20, 28 << 20) / record.len());
    let text = format!("Id,contract,frequency,service,kind\n{records}");
    std::fs::write(&export, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientype"));
    command.args([
        "check",
        "-q",
        "--expect",
        "relationship=kind",
        "--label-language",
        "en",
    ]);
    command.args([
        "--require",
        "frequency",
        "--require",
        "volume",
        "--no-unread-values",
    ]);
    command.args([
        "--unique",
        "Id",
        "--key",
        "Id",
        "--format",
        "json",
        "--threads",
        "2",
    ]);
    let report = folder.path().join("report.json");
    command
        .arg("--report")
        .arg(format!("json={}", report.display()));
    let (most, code) = run_to_its_end(command.arg(&export));
    assert_eq!(code, Some(1));
    assert!((1..MOST).contains(&most), "{most} KiB");
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert!(
        report["errors"].as_u64() > Some(quick_or_long(500_000, 2_000_000)),
        "{}",
        report["errors"]
    );
    assert_eq!(report["findings"].as_array().unwrap().len(), 100);
}
