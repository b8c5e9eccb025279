//! A full device, a full file system, a largest size of files, and a reader who goes.

use std::fs;

use super::{Folder, export, mounted};

/// Commands that print.
pub(super) const PRINTING: [&str; 20] = [
    "classify -q in.csv",
    "classify -q -f table in.csv",
    "check in.csv",
    "check --format json in.csv",
    "check --schema",
    "columns in.csv",
    "columns --format json in.csv",
    "explain contract=yes",
    "explain --row 1 in.csv",
    "rules show",
    "rules check",
    "rules test documents",
    "rules diff documents documents",
    "rules schema",
    "guide",
    "guide dates",
    "completions bash",
    "man --dir pages",
    "--help",
    "--version",
];

/// What else prints, by other ways.
const HELPS: [&str; 6] = [
    "classify --help",
    "classify -h",
    "rules --help",
    "help",
    "help classify",
    "rules check --help",
];

#[test]
fn a_full_device_is_an_error_of_each_verb() {
    let folder = Folder::new();
    for verb in PRINTING.iter().chain(&HELPS) {
        folder
            .bash(&format!("clientype {verb} > /dev/full"))
            .refused(verb, &["cannot write the output", "space"]);
    }
    let plan = "clientype columns --freeze plan.toml in.csv";
    folder.bash(plan).done(plan);
    folder.write("texts.csv", "column,value\ncontract,yes\n");
    for command in [
        "clientype sql --config plan.toml --table t --dialect duckdb > /dev/full",
        "clientype read --config plan.toml texts.csv > /dev/full",
    ] {
        folder
            .bash(command)
            .refused(command, &["cannot write the output", "space"]);
    }
    for command in [
        "clientype classify -q in.csv -o /dev/full",
        "clientype classify -q in.csv -o /dev/fd/3 3> /dev/full",
        "clientype check in.csv --report junit=/dev/full",
        "clientype columns in.csv --freeze /dev/full",
    ] {
        folder.bash(command).refused(command, &["space"]);
    }
    folder.write("bad.csv", "name,contract\nA,yes\nB\nC,no\n");
    let command = "clientype classify -q bad.csv --rejects /dev/full";
    folder.bash(command).refused(command, &["space"]);
}

#[test]
fn a_reader_who_goes_ends_it_quietly() {
    let folder = Folder::new();
    folder.write("big.csv", &export(30_000));
    let of_big = [
        "classify -q big.csv",
        "classify -q -f ndjson big.csv",
        "classify -q --threads 4 big.csv",
    ];
    for verb in of_big.iter().chain(&PRINTING).chain(&HELPS) {
        let stages = match verb.contains("big") {
            true => &[0, 1, 60, 200_000][..],
            false => &[0, 60],
        };
        for bytes in stages {
            // The rest is not read: `head` has gone.
            let command =
                format!("clientype {verb} | head -c {bytes} > /dev/null; exit ${{PIPESTATUS[0]}}");
            let ran = folder.bash(&command);
            ran.done(&command);
            assert!(!ran.err.contains("error"), "{command}: {ran:?}");
        }
    }
}

#[test]
fn a_full_file_system_leaves_the_old_file() {
    let folder = Folder::new();
    folder.write("big.csv", &export(20_000));
    let script = "
        mount -t tmpfs -o size=256k none /mnt || exit 3
        printf old > /mnt/out.csv
        \"$BIN\" classify -q big.csv -o /mnt/out.csv; code=$?
        test \"$(cat /mnt/out.csv)\" = old || exit 4
        test \"$(ls -A /mnt)\" = out.csv || exit 5
        \"$BIN\" classify -q big.csv > /mnt/other.csv; test $? = 2 || exit 6
        exit $code";
    if let Some(ran) = mounted(&folder, script) {
        ran.refused(script, &["space"]);
    }
    // What is written in place is not touched either, if there is no room for all of it.
    let script = "
        mount -t tmpfs -o size=256k none /mnt || exit 3
        printf old > /mnt/out.csv; : > bound.csv; mount --bind /mnt/out.csv bound.csv || exit 3
        \"$BIN\" classify -q big.csv -o bound.csv; code=$?
        test \"$(cat /mnt/out.csv)\" = old || exit 4
        exit $code";
    if let Some(ran) = mounted(&folder, script) {
        ran.refused(script, &["space"]);
    }
}

#[test]
fn a_largest_size_of_files_is_an_error() {
    let folder = Folder::new();
    folder.write("big.csv", &export(20_000));
    folder.write("out.csv", "old");
    let limited = "ulimit -f 64; clientype classify -q big.csv";
    let ran = folder.bash(&format!("{limited} -o out.csv"));
    ran.refused(limited, &["too large"]);
    assert_eq!(folder.read("out.csv"), "old");
    assert_eq!(folder.names(), ["big.csv", "in.csv", "out.csv"]);
    let ran = folder.bash(&format!("{limited} > printed.csv"));
    ran.refused(limited, &["too large"]);
    let printed = fs::metadata(folder.path("printed.csv")).unwrap();
    assert!(printed.len() <= 64 * 1024);
}
