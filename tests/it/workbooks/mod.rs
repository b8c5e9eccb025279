//! Workbooks that nobody would save: bombs, lies and odd ones, with the real binary under
//! a limit of memory and of computing time.

mod bombs;
pub(crate) mod book;
mod sizes;

use std::process::{Command, Output};

/// What the binary may take of the address space, in KiB. Threads reserve much of it
/// without using it.
const ADDRESSES: u64 = 700 << 10;
/// What it may compute, in seconds.
const SECONDS: u32 = 5;

/// Runs the binary on a workbook, under the limits.
fn run(workbook: &[u8], verb: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.xlsx");
    std::fs::write(&path, workbook).unwrap();
    let limits = format!("ulimit -v {ADDRESSES} && ulimit -t {SECONDS} && exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &limits, env!("CARGO_BIN_EXE_clientype")])
        .args(verb)
        .arg("export.xlsx")
        .current_dir(folder.path())
        .output()
        .unwrap()
}

/// Labels a workbook, which has to work; returns the labelled records.
fn labelled(workbook: &[u8]) -> String {
    let output = run(workbook, &["classify", "-q", "--threads", "2"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?} {said}", output.status);
    String::from_utf8(output.stdout).unwrap()
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
