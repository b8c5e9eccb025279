//! Faults on purpose, with the real binary: full disks, readers that go, signals, outputs
//! that are inputs, files that cannot be replaced.
//!
//! What a machine or its user does not allow is skipped, and said.

mod closed;
mod descriptors;
mod full;
mod inputs;
mod place;
mod rights;
mod same;
mod signals;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BIN: &str = env!("CARGO_BIN_EXE_clientype");

/// A folder of its own for a test.
struct Folder(tempfile::TempDir);

impl Folder {
    /// With `in.csv`, which has two records.
    fn new() -> Self {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("in.csv", "name,contract\nA,yes\nB,no\n");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of all files in it, in order.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// Runs a script of bash in it, in which `clientype` is the binary.
    fn bash(&self, script: &str) -> Ran {
        let script = format!("clientype() {{ \"$BIN\" \"$@\"; }}\n{script}");
        Ran::of(
            Command::new("bash")
                .args(["--norc", "-c", &script])
                .current_dir(self.0.path())
                .env("BIN", BIN),
        )
    }

    /// Runs the binary in it.
    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(
            Command::new(BIN)
                .args(arguments)
                .current_dir(self.0.path())
                .stdin(std::process::Stdio::null()),
        )
    }
}

/// What a run ended with.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    fn of(command: &mut Command) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        Ran {
            code: status.code(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    /// Refused with an error that has all of these words.
    fn refused(&self, of: &str, words: &[&str]) {
        assert_eq!(self.code, Some(2), "{of}: {self:?}");
        assert!(self.err.contains("error: "), "{of}: {self:?}");
        for word in words {
            assert!(self.err.contains(word), "{of}: {word}: {self:?}");
        }
    }

    fn done(&self, of: &str) {
        assert_eq!(self.code, Some(0), "{of}: {self:?}");
    }
}

/// The labelled form of `in.csv`.
const LABELLED: &str = "name,contract,relationship_label,affiliation_label\nA,yes,Client,Undetermined\nB,no,Customer,Undetermined\n";

/// CSV of `records` records of about 30 bytes.
fn export(records: usize) -> String {
    let contract = |number: usize| {
        if number.is_multiple_of(3) {
            "yes"
        } else {
            "no"
        }
    };
    let lines = (0..records)
        .map(|number| format!("Customer {number:08},{},{number:08}\n", contract(number)));
    "name,contract,number\n".to_owned() + &lines.collect::<String>()
}

/// The records of labelled CSV without the labels.
fn without_labels(labelled: &str) -> String {
    let lines = labelled.split_inclusive('\n').map(|line| {
        let end = if line.ends_with('\n') { "\n" } else { "" };
        let mut fields: Vec<&str> = line.trim_end_matches('\n').split(',').collect();
        fields.truncate(fields.len().saturating_sub(2));
        fields.join(",") + end
    });
    lines.collect()
}

/// Says that a test holds nothing on this machine.
#[allow(clippy::print_stderr, reason = "a test that is skipped has to be seen")]
fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// True for root, who may mount, and run programs as others.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A script that runs within mounts of its own; `None` where that is not allowed.
fn mounted(folder: &Folder, script: &str) -> Option<Ran> {
    let is_allowed = Command::new("unshare")
        .args(["-m", "sh", "-c", "mount -t tmpfs none /mnt"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_allowed {
        skipped("nothing can be mounted here");
        return None;
    }
    Some(Ran::of(
        Command::new("unshare")
            .args(["-m", "bash", "--norc", "-c", script])
            .current_dir(folder.0.path())
            .env("BIN", BIN),
    ))
}

/// The same program where another user can run it, and a command that does so.
fn as_nobody(folder: &Folder) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    if !is_root() {
        skipped("only root runs a program as another user");
        return None;
    }
    let all = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.0.path(), all).unwrap();
    let place = folder.path("clientype");
    let made = fs::hard_link(BIN, &place).is_ok() || fs::copy(BIN, &place).is_ok();
    assert!(made, "the program can be copied");
    let run = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    let can = Command::new("bash")
        .args(["-c", &format!("{run} ./clientype --version")])
        .current_dir(folder.0.path())
        .output();
    if !can.is_ok_and(|output| output.status.success()) {
        skipped("setpriv cannot run the program as another user");
        return None;
    }
    Some(format!("{run} ./clientype"))
}

fn inode(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).unwrap().ino()
}
