//! Evidence from related files: what they show, by which keys, and what changes nothing.

mod config;
mod keys;
mod kinds;
mod kinds_cases;
mod laws;
#[cfg(target_os = "linux")]
mod memory;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Files and their texts: the main one, then those that are related.
type Files<'f> = &'f [(&'f str, &'f str)];

/// A folder with these files.
fn folder(files: Files<'_>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Runs the program in a folder, as of 2026-01-31.
fn run(folder: &Path, verb: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clientype"))
        .current_dir(folder)
        .arg(verb)
        .args(["--as-of", "2026-01-31"])
        .args(arguments)
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The arguments for files: the main one, each related one, and others, which belong to the
/// last of them. If these or a configuration name related files, they name all.
fn arguments<'a>(files: Files<'a>, others: &'a str) -> Vec<&'a str> {
    let mut arguments = vec![files[0].0];
    let has_config = files.iter().any(|(name, _)| *name == "clientype.toml");
    if !has_config && !others.contains("--with") {
        for (name, _) in &files[1..] {
            arguments.extend(["--with", name]);
        }
    }
    arguments.extend(others.split_whitespace());
    arguments
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The lines of an output, each a record.
fn records(output: &[u8]) -> Vec<serde_json::Value> {
    let text = text(output);
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
