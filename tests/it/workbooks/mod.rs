//! Workbooks that nobody would save: bombs, lies and odd ones, with the real binary under
//! a limit of memory and of computing time.

mod bombs;
pub(crate) mod book;
mod cells;
mod names;
mod sizes;
mod twice;

use std::process::{Command, Output};

use crate::growth::user_seconds;

/// What the binary may take of the address space, in KiB. Threads reserve much of it
/// without using it.
const ADDRESSES: u64 = 700 << 10;
/// What it may compute, in seconds.
const SECONDS: u32 = 5;

/// Runs the binary on a workbook, under the limits. What it takes on a processor follows
/// its messages, as the shell has it.
fn run_within(seconds: u32, workbook: &[u8], verb: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.xlsx");
    std::fs::write(&path, workbook).unwrap();
    let limits = format!("ulimit -v {ADDRESSES} && ulimit -t {seconds}");
    let script = format!("{limits} && \"$0\" \"$@\"; code=$?; times >&2; exit $code");
    Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_clientype")])
        .args(verb)
        .arg("export.xlsx")
        .current_dir(folder.path())
        .output()
        .unwrap()
}

/// The same with the limit that is enough for most; its messages are all that it says.
fn run(workbook: &[u8], verb: &[&str]) -> Output {
    let mut output = run_within(SECONDS, workbook, verb);
    let said = String::from_utf8_lossy(&output.stderr);
    let (messages, _) = split(&said);
    output.stderr = messages.into();
    output
}

/// Messages, and the two lines with the times after them.
fn split(said: &str) -> (String, [&str; 2]) {
    let mut lines: Vec<&str> = said.split_inclusive('\n').collect();
    let times = lines.split_off(lines.len() - 2);
    (lines.concat(), [times[0], times[1]])
}

/// Labels a workbook, which has to work; returns the labelled records.
fn labelled(workbook: &[u8]) -> String {
    labelled_within(SECONDS, workbook).0
}

/// The same with this limit of computing time, and with the seconds that it took.
fn labelled_within(seconds: u32, workbook: &[u8]) -> (String, f64) {
    let output = run_within(seconds, workbook, &["classify", "-q", "--threads", "2"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?} {said}", output.status);
    let (_, [_, of_children]) = split(&said);
    let labels = String::from_utf8(output.stdout).unwrap();
    (labels, user_seconds(of_children))
}

/// Tries to label a workbook, which has to be refused with this text in the message.
fn refused(what: &str, workbook: &[u8], found: &str) {
    let output = run(workbook, &["classify", "-q", "--threads", "2"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(2),
        "{what}: {:?} {said}",
        output.status
    );
    let is_whole = said.starts_with("error: export.xlsx: ")
        && said.contains("\n  expected: ")
        && said.contains("\n  help: ");
    assert!(is_whole && said.contains(found), "{what}: {said}");
    assert!(said.len() < 2000, "{what}: {said}");
    assert!(output.stdout.is_empty(), "{what}");
}
