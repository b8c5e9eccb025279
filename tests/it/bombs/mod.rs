//! Inputs that are made to take all memory or time: bounded, or refused.
//!
//! The bounds stand in `src/guide/limits.md`.

mod books;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::effort::quick_or_long;

const MIB: u64 = 1 << 20;

/// Runs the binary with an address space of this many MiB, and at most a minute.
fn run(folder: &Path, mib: u64, arguments: &[&str]) -> Output {
    let script = format!("ulimit -v {}; ulimit -t 60; exec \"$@\"", mib * 1024);
    Command::new("sh")
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_clientype")])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn refused(folder: &Path, mib: u64, arguments: &[&str], wanted: &str) {
    let ran = run(folder, mib, arguments);
    let error = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {error}");
    assert!(error.contains(wanted), "{arguments:?}: {error}");
}

fn read(folder: &Path, mib: u64, arguments: &[&str]) -> String {
    let ran = run(folder, mib, arguments);
    let error = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(0), "{arguments:?}: {error}");
    String::from_utf8(ran.stdout).unwrap()
}

/// gzip of `head` and this many MiB of `x`.
fn packed(head: &str, mib: u64) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(head.as_bytes()).unwrap();
    let piece = vec![b'x'; MIB as usize];
    for _ in 0..mib {
        packer.write_all(&piece).unwrap();
    }
    packer.finish().unwrap()
}

#[test]
fn a_record_that_never_ends_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let heads = [
        ("a.csv.gz", "id,contract\n1,yes\n2,\"", "line 3, record 2"),
        ("b.csv.gz", "\"", "line 1"),
        (
            "a.json.gz",
            "[{\"contract\":\"yes\"},{\"contract\":\"",
            "line 1, record 2",
        ),
        ("b.json.gz", "{\"contract\":\"", "line 1"),
        (
            "c.json.gz",
            "{\"rows\":[{\"contract\":\"yes\"}],\"rest\":\"",
            "line 1",
        ),
        (
            "a.ndjson.gz",
            "{\"contract\":\"yes\"}\n{\"contract\":\"",
            "line 2, record 2",
        ),
    ];
    for (file, head, place) in heads {
        fs::write(at.join(file), packed(head, quick_or_long(40, 400))).unwrap();
        for verb in ["classify", "columns", "check"] {
            let arguments = [verb, "--max-record", "8MiB", file];
            refused(at, 400, &arguments, &format!("{file}, {place}: "));
        }
    }
    refused(
        at,
        400,
        &["classify", "/dev/zero"],
        "its first bytes are all 0",
    );
}

#[test]
fn brackets_alone_take_little_more_than_their_size() {
    let folder = tempfile::tempdir().unwrap();
    let size: u64 = quick_or_long(48, 400);
    for (file, piece) in [("a.json", "["), ("b.json", "{\"a\":")] {
        let pieces = size * MIB / piece.len() as u64;
        fs::write(folder.path().join(file), piece.repeat(pieces as usize)).unwrap();
        let most = format!("{}MiB", size - 2);
        let arguments = ["classify", "--threads", "1", "--max-record", &most, file];
        let wanted = "neither a header nor a record ends within the first";
        refused(folder.path(), size * 3 / 2 + 80, &arguments, wanted);
    }
}

#[test]
fn a_name_that_is_too_long_to_mean_something_is_not_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let size = quick_or_long(8, 100) * MIB;
    let name = "contract ".repeat(size as usize / 9);
    for (file, text) in [
        ("a.csv", format!("service,{name}\nlaw,no\n")),
        (
            "a.json",
            format!("[{{\"service\":\"law\",\"{name}\":\"no\"}}]"),
        ),
        (
            "a.ndjson",
            format!("{{\"service\":\"law\"}}\n{{\"service\":\"law\",\"{name}\":\"no\"}}\n"),
        ),
    ] {
        fs::write(folder.path().join(file), text).unwrap();
        let arguments = ["classify", "--threads", "1", file];
        let labelled = read(folder.path(), size / MIB * 17 + 200, &arguments);
        assert!(
            labelled.contains("Client") && !labelled.contains("Customer"),
            "{file}"
        );
    }
    // Names of sentences are read.
    for (length, label) in [(1024, "Undetermined"), (1025, "Client")] {
        let name = format!("contract{}", ".".repeat(length - 8));
        fs::write(
            folder.path().join("b.csv"),
            format!("service,{name}\nlaw,no\n"),
        )
        .unwrap();
        let labelled = read(folder.path(), 600, &["classify", "b.csv"]);
        assert!(
            labelled.ends_with(&format!("law,no,{label},Undetermined\n")),
            "{length}"
        );
    }
}

#[test]
fn a_record_that_is_too_long_is_refused_wherever_its_batch_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(70_000);
    for before in [0, 3, 20_000] {
        let mut text = "id,contract\n".to_owned() + &"1,yes\n".repeat(before);
        text += &format!("2,{long}\n3,yes\n");
        fs::write(folder.path().join("a.csv"), text).unwrap();
        let place = format!(
            "line {}, record {}: the record is longer",
            before + 2,
            before + 1
        );
        for size in ["64KiB", "70001", "70kB"] {
            let arguments = ["classify", "--max-record", size, "a.csv"];
            refused(folder.path(), 600, &arguments, &place);
        }
        read(
            folder.path(),
            600,
            &["classify", "--max-record", "70002", "a.csv"],
        );
    }
}

#[test]
fn a_window_of_zstd_that_is_too_large_is_not_called_damage() {
    let folder = tempfile::tempdir().unwrap();
    // A frame without a size, whose window is 2 GiB, and an empty last block.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0x00, 0x00];
    fs::write(folder.path().join("a.csv.zst"), frame).unwrap();
    let arguments = ["classify", "a.csv.zst"];
    refused(
        folder.path(),
        400,
        &arguments,
        "a window of 2048 MiB is needed",
    );
    let error = String::from_utf8(run(folder.path(), 400, &arguments).stderr).unwrap();
    assert!(error.contains("zstd -dcM2048MB"), "{error}");
    assert!(!error.contains("damaged"), "{error}");
}

/// What a record takes in memory, in its sizes: as it came, as it goes, and a buffer that
/// grew by doubling.
const RECORD_IN_MEMORY: u64 = 5;

/// A zstd frame of `head` and this many MiB of `x`: blocks that say how often a byte is
/// repeated, 8 for a MiB.
fn repeated(head: &str, mib: u64) -> Vec<u8> {
    const BLOCK: usize = 128 << 10;
    let header = |is_last: bool, kind: usize, size: usize| {
        let bits = usize::from(is_last) | kind << 1 | size << 3;
        [bits as u8, (bits >> 8) as u8, (bits >> 16) as u8]
    };
    // Without a size; a window of 128 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3];
    frame.extend(header(false, 0, head.len()));
    frame.extend(head.bytes());
    for place in 0..8 * mib {
        frame.extend(header(place + 1 == 8 * mib, 1, BLOCK));
        frame.push(b'x');
    }
    frame
}

#[test]
fn a_small_file_of_zstd_that_unpacks_to_gigabytes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let bomb = repeated("id,contract\n1,yes\n2,\"", 5 * 1024);
    assert!(bomb.len() < 200_000);
    fs::write(at.join("a.csv.zst"), bomb).unwrap();
    let bomb = repeated("{\"contract\":\"yes\"}\n{\"contract\":\"", 5 * 1024);
    fs::write(at.join("a.ndjson.zst"), bomb).unwrap();
    for file in ["a.csv.zst", "a.ndjson.zst"] {
        let arguments = ["classify", "--max-record", "8MiB", file];
        refused(at, 400, &arguments, "record 2: the record is longer");
    }
    // The bound that holds unless one is given.
    if quick_or_long(false, true) {
        let arguments = ["classify", "a.csv.zst"];
        refused(at, 4200, &arguments, "record 2: the record is longer");
    }
}

#[test]
fn gzip_of_ten_gigabytes_in_one_record_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mib = quick_or_long(64, 10 * 1024);
    fs::write(
        folder.path().join("a.csv.gz"),
        packed("contract\nyes\n\"", mib),
    )
    .unwrap();
    let size = quick_or_long("32MiB", "1GiB");
    let arguments = ["classify", "--max-record", size, "a.csv.gz"];
    refused(
        folder.path(),
        quick_or_long(400, 4200),
        &arguments,
        "longer",
    );
}

#[test]
fn a_record_takes_a_few_times_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let mib = quick_or_long(32, 500);
    let field = "x".repeat(mib << 20);
    let records = [
        ("a.csv", format!("n,contract\n{field},yes\n")),
        (
            "a.ndjson",
            format!("{{\"n\":\"{field}\",\"contract\":\"yes\"}}\n"),
        ),
        (
            "a.json",
            format!("[{{\"n\":\"{field}\",\"contract\":\"yes\"}}]"),
        ),
    ];
    for (file, text) in records {
        fs::write(at.join(file), text).unwrap();
        let out = read(
            at,
            200 + RECORD_IN_MEMORY * mib as u64,
            &["classify", "--threads", "1", file],
        );
        assert!(out.contains("Client"), "{file}");
        fs::remove_file(at.join(file)).unwrap();
    }
}

#[test]
fn many_columns_many_keys_and_deep_nesting_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let n = quick_or_long(20_000, 100_000);
    let names: Vec<String> = (0..n).map(|place| format!("c{place}")).collect();
    let csv = format!("{},contract\n{}yes\n", names.join(","), "1,".repeat(n));
    fs::write(at.join("a.csv"), csv).unwrap();
    assert!(read(at, 900, &["classify", "a.csv"]).ends_with(",yes,Client,Undetermined\n"));
    let keys = quick_or_long(50_000, 1_000_000);
    let keys: String = (0..keys).map(|place| format!("\"k{place}\":1,")).collect();
    let json = format!("[{{{keys}\"contract\":\"yes\"}}]");
    fs::write(at.join("a.json"), json).unwrap();
    assert!(read(at, 3000, &["classify", "a.json"]).contains("\"Client\""));
    let deep = 1_000_000;
    for (open, close) in [("{\"a\":", "}"), ("[", "]")] {
        let nested = format!("{}1{}", open.repeat(deep), close.repeat(deep));
        let json = format!("[{{\"contract\":\"yes\",\"x\":{nested}}}]");
        fs::write(at.join("deep.json"), json).unwrap();
        assert!(read(at, 900, &["classify", "deep.json"]).contains("\"Client\""));
    }
}

#[test]
fn columns_that_feed_a_criterion_take_little_each() {
    let folder = tempfile::tempdir().unwrap();
    let count = quick_or_long(20_000, 100_000);
    let row = |cell: &str| vec![cell; count].join(",");
    let text = format!("{}\n{}\n", row("contract"), row("yes"));
    fs::write(folder.path().join("a.csv"), text).unwrap();
    let most = 100 + count as u64 / 400;
    let labelled = read(
        folder.path(),
        most,
        &["classify", "--threads", "1", "a.csv"],
    );
    assert!(labelled.ends_with("yes,Client,Undetermined\n"));
}

#[test]
fn more_fields_than_records_can_have_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "id,contract\n1,yes\n").unwrap();
    for fields in ["1048577", "9223372036854775807", "18446744073709551615"] {
        for verb in ["classify", "columns", "check"] {
            let arguments = [verb, "--fields", fields, "a.csv"];
            refused(
                folder.path(),
                400,
                &arguments,
                "--fields is more than 1048576",
            );
        }
    }
}

#[test]
fn a_record_with_too_many_keys_is_refused_and_can_be_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let keys: String = (0..1_048_577)
        .map(|place| format!("\"k{place}\":1,"))
        .collect();
    let lines = format!("{{\"contract\":\"yes\"}}\n{{{keys}\"contract\":\"yes\"}}\n");
    fs::write(at.join("a.ndjson"), lines).unwrap();
    let arguments = ["classify", "a.ndjson"];
    refused(
        at,
        3000,
        &arguments,
        "record 2: the record has too many keys",
    );
    let arguments = ["classify", "--rejects", "rejects", "a.ndjson"];
    let ran = run(at, 3000, &arguments);
    assert_eq!(
        fs::read_to_string(at.join("rejects"))
            .unwrap()
            .lines()
            .count(),
        1
    );
    assert_eq!(String::from_utf8(ran.stdout).unwrap().lines().count(), 1);
}

#[test]
fn blank_lines_take_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let blank = "\n".repeat(quick_or_long(1_000_000, 10_000_000));
    fs::write(
        at.join("a.csv"),
        format!("id,contract\n{blank}1,yes\n{blank}"),
    )
    .unwrap();
    let record = "{\"contract\":\"yes\"}\n";
    fs::write(at.join("a.ndjson"), format!("{record}{blank}{record}")).unwrap();
    for file in ["a.csv", "a.ndjson"] {
        let out = read(at, 400, &["classify", "--threads", "2", file]);
        assert!(out.contains("Client"), "{file}");
    }
}
