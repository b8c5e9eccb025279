//! Inputs that change while they are read, and folders in their place.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{BIN, Folder, export, without_labels};

#[test]
fn a_folder_is_no_input() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("sub")).unwrap();
    for arguments in [
        &["classify", "sub"][..],
        &["classify", "in.csv", "sub"],
        &["classify", "in.csv", "--with", "sub"],
        &["check", "sub"],
        &["columns", "sub"],
        &["explain", "--row", "1", "sub"],
        &["rules", "show", "sub"],
        &["classify", "in.csv", "--config", "sub"],
        &["classify", "in.csv", "--rules", "sub"],
    ] {
        folder.run(arguments).refused("a folder", &["sub"]);
    }
}

/// Labels `big.csv` while `change` happens to it, and returns the records without labels.
fn meanwhile(folder: &Folder, change: impl FnOnce()) -> String {
    let mut command = Command::new(BIN);
    let child = command
        .args(["classify", "-q", "--threads", "2", "big.csv"])
        .current_dir(folder.0.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    change();
    let output = child.wait_with_output().unwrap();
    // It may stop at a record that is cut off, but never goes wrong in silence.
    assert!(
        matches!(output.status.code(), Some(0 | 2)),
        "{:?}",
        output.status
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        !text.contains("Customer 00000000,no"),
        "no record is read wrong"
    );
    without_labels(&text)
}

#[test]
fn an_input_that_grows_is_read_as_far_as_it_goes() {
    let folder = Folder::new();
    let whole = export(60_000);
    let (first, rest) = whole.split_at(whole.len() / 2);
    folder.write("big.csv", first);
    let read = meanwhile(&folder, || {
        let mut file = OpenOptions::new();
        let mut file = file.append(true).open(folder.path("big.csv")).unwrap();
        for part in rest.as_bytes().chunks(4096) {
            file.write_all(part).unwrap();
        }
    });
    let end = read.trim_end_matches('\n');
    assert!(whole.starts_with(end), "the records are those of the file");
}

#[test]
fn an_input_that_shrinks_is_read_as_far_as_it_goes() {
    for share in [0, 3, 10] {
        let folder = Folder::new();
        let whole = export(60_000);
        folder.write("big.csv", &whole);
        let read = meanwhile(&folder, || {
            let file = OpenOptions::new().write(true).open(folder.path("big.csv"));
            let length = whole.len() as u64 * share / 20;
            file.unwrap().set_len(length).unwrap();
        });
        let end = read.trim_end_matches('\n');
        assert!(whole.starts_with(end), "the records are those of the file");
    }
}

/// Waits until the run reads the pipe, so that it has opened what comes before.
const READS: &str = "for i in $(seq 200); do ls -l /proc/$pid/fd 2>/dev/null | grep -q fifo && break; sleep 0.05; done; sleep 0.2";

#[test]
fn an_input_that_changes_between_two_passes_is_an_error() {
    for change in [
        "head -n 50 big.csv > less; cat less > big.csv",
        "echo Late,yes,1 >> big.csv",
        "sed s/yes/no/ big.csv > other; cat other > big.csv",
    ] {
        let folder = Folder::new();
        folder.write("big.csv", &export(2_000));
        let script = format!(
            "mkfifo fifo; head -n 20 big.csv > with.csv; \"$BIN\" classify -q big.csv fifo --with with.csv --on name=name -o out.csv & pid=$!
             exec 3<> fifo
             {READS}; {change}; echo name,contract,number >&3; exec 3>&-
             wait $pid"
        );
        let ran = folder.bash(&script);
        ran.refused(&script, &["big.csv", "has changed"]);
        assert!(!folder.path("out.csv").exists());
    }
    // The same of a related file.
    let folder = Folder::new();
    let script = format!(
        "cat in.csv > with.csv
        mkfifo fifo; \"$BIN\" classify -q in.csv fifo --with with.csv --on name=name & pid=$!
        exec 3<> fifo
        {READS}; echo C,yes >> with.csv; cat in.csv >&3; exec 3>&-
        wait $pid"
    );
    folder
        .bash(&script)
        .refused(&script, &["with.csv", "has changed"]);
}

#[test]
fn the_configuration_that_is_named_is_the_one_that_is_written() {
    let folder = Folder::new();
    folder.write("c.toml", "# mine\ndate-order = \"dmy\"\n");
    let ran = folder.run(&["columns", "--config", "c.toml", "--write-config", "in.csv"]);
    ran.done("c.toml");
    let text = folder.read("c.toml");
    assert!(text.starts_with("# mine\ndate-order = \"dmy\"\n"), "{text}");
    assert!(
        text.contains("[map]") && text.contains("contract = \"contract\""),
        "{text}"
    );
    assert!(ran.err.contains("c.toml: written"), "{ran:?}");
    assert_eq!(folder.names(), ["c.toml", "in.csv"]);
    // The one that lies in the folder is written where none is named.
    folder
        .run(&["columns", "--write-config", "in.csv"])
        .done("clientype.toml");
    assert_eq!(folder.names(), ["c.toml", "clientype.toml", "in.csv"]);
}
