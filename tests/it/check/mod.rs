//! `clientype check`, as CI runs it.

mod baseline;
mod ci;
mod config;
mod exits;
mod faults;
mod reports;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a run printed, and how it ended.
struct Ran {
    out: String,
    err: String,
    code: i32,
}

impl Ran {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| {
            panic!("{error}\n{}\n{}", self.out, self.err);
        })
    }
}

/// Runs `clientype check` in a folder.
fn check(folder: &Path, arguments: &[&str]) -> Ran {
    run(folder, &[&["check"], arguments].concat())
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    ran(&output)
}

fn ran(output: &Output) -> Ran {
    Ran {
        out: String::from_utf8(output.stdout.clone()).unwrap(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap(),
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}
