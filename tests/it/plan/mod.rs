//! What a plan settles, case by case, through the binary.

mod checks;
mod entries;
mod files;
mod parts;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a run printed, and its exit code.
struct Ran {
    out: String,
    err: String,
    code: Option<i32>,
}

/// Runs the binary in `folder` with `input` as its standard input.
fn run(folder: &Path, args: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It need not be read to its end.
    drop(stdin.write_all(input.as_bytes()));
    drop(stdin);
    let ran = child.wait_with_output().unwrap();
    Ran {
        out: String::from_utf8(ran.stdout).unwrap(),
        err: String::from_utf8(ran.stderr).unwrap(),
        code: ran.status.code(),
    }
}

/// A folder with this export and the plan that is frozen from it.
fn frozen(export: &str, args: &[&str]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let name = if export.starts_with('{') {
        "whole.ndjson"
    } else {
        "whole.csv"
    };
    fs::write(folder.path().join(name), export).unwrap();
    let mut all = vec!["columns", "--freeze", "plan.toml", "--as-of", "2026-01-31"];
    all.extend(args);
    all.push(name);
    let ran = run(folder.path(), &all, "");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let plan = fs::read_to_string(folder.path().join("plan.toml")).unwrap();
    (folder, plan)
}

fn planned(folder: &Path, input: &str) -> Ran {
    run(
        folder,
        &["classify", "-q", "--details", "--config", "plan.toml"],
        input,
    )
}

fn looked(folder: &Path, input: &str) -> Ran {
    run(
        folder,
        &["classify", "-q", "--details", "--as-of", "2026-01-31"],
        input,
    )
}

/// The second of two lines: the only record.
fn record(ran: &Ran) -> &str {
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    ran.out.lines().nth(1).unwrap()
}
