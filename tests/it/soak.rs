//! Random exports through `classify`, `check` and `explain` for as long as is asked for, with
//! random faults: memory stays flat, nothing panics, and no file is half written.
//!
//! `CLIENTYPE_SOAK` sets the seconds of each test: an hour is `CLIENTYPE_SOAK=3600`. What is
//! random depends on `CLIENTYPE_SEED` alone, which a failure names.

#![allow(clippy::print_stdout, reason = "it reports how much it did")]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::effort::quick_or_long;

/// How long each test here goes on.
fn time() -> Duration {
    let asked = std::env::var("CLIENTYPE_SOAK").ok();
    let asked = asked.map(|text| text.parse().expect("CLIENTYPE_SOAK is a number of seconds"));
    Duration::from_secs(asked.unwrap_or(quick_or_long(2, 60)))
}

/// Numbers that look random, the same for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len() as u64) as usize]
    }
}

const COLUMNS: [(&str, &[&str]); 8] = [
    (
        "Contract",
        &["yes", "no", "ended 2020", "draft", "", "see folder"],
    ),
    (
        "Vertragslaufzeit",
        &["12 Jahre", "3 Monate", "", "lang", "-1"],
    ),
    ("Engagement", &["ongoing", "transactional", "each visit"]),
    (
        "Email",
        &["a@acme.example", "b@other.example", "\u{1b}[31m"],
    ),
    (
        "Firma",
        &["Müller & Söhne", "Żółw", "Công ty", "=1+1", "a\"b"],
    ),
    (
        "Notes",
        &["", "two\nlines", "::error::x", "\u{202e}", "a;b,c|d\te"],
    ),
    ("Our service", &["law", "hair", "consulting", "???"]),
    ("Amount", &["1e999", "0", "-0.0", "12.345,67"]),
];

/// An export of this many records, as CSV or NDJSON, with texts that are all different in
/// one column.
fn export(random: &mut Random, records: u64, is_csv: bool) -> Vec<u8> {
    let mut text = Vec::new();
    let first = random.below(4) as usize;
    let columns = &COLUMNS[first..];
    if is_csv {
        text.extend(head(columns).into_bytes());
    }
    for number in 0..records {
        text.extend(record(random, columns, number, is_csv).into_bytes());
    }
    text
}

fn head(columns: &[(&str, &[&str])]) -> String {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    format!("Id,{}\n", names.join(","))
}

fn record(random: &mut Random, columns: &[(&str, &[&str])], id: u64, is_csv: bool) -> String {
    let texts = columns.iter().map(|(name, texts)| {
        let text = match random.below(9) {
            0 => format!("not a word {}", random.next()),
            _ => (*random.of(texts)).to_owned(),
        };
        (*name, text)
    });
    let texts = texts.collect::<Vec<_>>();
    if is_csv {
        let quoted = texts.iter().map(|(_, text)| text.replace('"', "\"\""));
        let quoted = quoted
            .map(|text| format!(",\"{text}\""))
            .collect::<String>();
        return format!("{id}{quoted}\n");
    }
    let member = |(name, text): &(&str, String)| {
        format!(",{}:{}", serde_json::json!(name), serde_json::json!(text))
    };
    let members: String = texts.iter().map(member).collect();
    format!("{{\"Id\":\"{id}\"{members}}}\n")
}

fn clientype(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientype"));
    command.args(arguments);
    command
}

/// The memory that a process has now, in KiB; nothing once it has ended.
fn memory(process: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// In KiB: buffers that grow with the longest record, and lists of texts up to their limit.
const LITTLE: u64 = 16 << 10;

#[test]
fn memory_stays_flat_while_records_stream_through_all_verbs() {
    let piped = |arguments: &[&str], out: Stdio| {
        let mut command = clientype(arguments);
        command.stdin(Stdio::piped()).stdout(out);
        command.stderr(Stdio::null()).spawn().unwrap()
    };
    let mut classify = piped(&["classify", "-q", "--threads", "2"], Stdio::piped());
    let check = [
        "check",
        "-q",
        "--threads",
        "2",
        "--max-undetermined",
        "100%",
    ];
    let mut check = piped(&check, Stdio::null());
    let mut explain = piped(&["explain", "--where", "Id=last", "-"], Stdio::null());

    let (mut to, mut from) = (
        classify.stdin.take().unwrap(),
        classify.stdout.take().unwrap(),
    );
    let mut both = [check.stdin.take().unwrap(), explain.stdin.take().unwrap()];
    let is_over = AtomicBool::new(false);
    let mut written = 0_u64;
    thread::scope(|scope| {
        let feeder = scope.spawn(|| {
            let mut random = Random(7);
            to.write_all(head(&COLUMNS).as_bytes()).unwrap();
            let mut id = 0;
            while !is_over.load(Ordering::Relaxed) {
                let records = (0..200).map(|next| record(&mut random, &COLUMNS, id + next, true));
                to.write_all(records.collect::<String>().as_bytes())
                    .unwrap();
                id += 200;
            }
            to.write_all(b"last,yes,,,,,,,\n").unwrap();
            drop(to);
            id
        });
        scope.spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            loop {
                let read = from.read(&mut buffer).unwrap();
                if read == 0 {
                    return;
                }
                for to in &mut both {
                    to.write_all(&buffer[..read]).unwrap();
                }
            }
        });
        // What is full once, such as lists of texts, is full after a quarter of the time.
        let (started, mut early, mut late) = (Instant::now(), [0; 3], [0; 3]);
        while started.elapsed() < time() {
            thread::sleep(Duration::from_millis(50));
            let now = [&classify, &check, &explain].map(|process| memory(process).unwrap());
            let most = match started.elapsed() < time() / 4 {
                true => &mut early,
                false => &mut late,
            };
            for (most, now) in most.iter_mut().zip(now) {
                *most = now.max(*most);
            }
        }
        is_over.store(true, Ordering::Relaxed);
        written = feeder.join().unwrap();
        for ((verb, early), late) in ["classify", "check", "explain"].iter().zip(early).zip(late) {
            println!("{verb}: {early} KiB early, {late} KiB late, of {written} records");
            assert!(late < early + LITTLE, "{verb}: from {early} to {late} KiB");
        }
    });
    assert!(written > 1000, "{written} records were written");
    for process in [&mut classify, &mut check, &mut explain] {
        let status = process.wait().unwrap();
        assert!(status.success(), "{status}");
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Nothing,
    /// Bytes of the export are others.
    Damage,
    /// The export ends within a record.
    Cut,
    /// This signal comes while it runs.
    Signal(i32),
    /// No file may get longer than some blocks.
    NoSpace,
    /// Nobody reads on.
    NoReader,
    /// Standard output takes nothing.
    Full,
    /// The export gets longer while it is read.
    Grows,
}

const FAULTS: [Fault; 11] = [
    Fault::Nothing,
    Fault::Damage,
    Fault::Damage,
    Fault::Cut,
    Fault::Signal(1),
    Fault::Signal(2),
    Fault::Signal(9),
    Fault::NoSpace,
    Fault::NoReader,
    Fault::Full,
    Fault::Grows,
];

#[test]
fn random_faults_leave_whole_files_and_clear_ends() {
    let seed = std::env::var("CLIENTYPE_SEED").map_or(1, |text| text.parse().unwrap());
    let (started, mut runs) = (Instant::now(), 0);
    for seed in seed.. {
        one_run(seed);
        runs += 1;
        if started.elapsed() >= time() {
            break;
        }
    }
    println!("{runs} exports");
}

fn one_run(seed: u64) {
    let mut random = Random(seed);
    let fault = *random.of(&FAULTS);
    let context = format!("CLIENTYPE_SEED={seed}, {fault:?}");
    let is_csv = random.below(2) == 0;
    let records = match random.below(8) {
        0 => random.below(3),
        1 => random.below(20_000),
        _ => random.below(500),
    };
    let mut bytes = export(&mut random, records, is_csv);
    match fault {
        Fault::Damage => {
            for _ in 0..=random.below(5) {
                let at = random.below(bytes.len() as u64 + 1) as usize;
                let end = (at + random.below(3) as usize).min(bytes.len());
                let hostile = [0, b'"', b'\n', b'{', b'}', 0xff, 0x1b, b',', b'\\'];
                bytes.splice(at..end, [*random.of(&hostile)]);
            }
        }
        Fault::Cut => bytes.truncate(random.below(bytes.len() as u64 + 1) as usize),
        _ => {}
    }
    let folder = tempfile::tempdir().unwrap();
    let name = if is_csv {
        "export.csv"
    } else {
        "export.ndjson"
    };
    let export = folder.path().join(name);
    fs::write(&export, &bytes).unwrap();

    let plain = run(folder.path(), &["classify", "-q", name]);
    expect_clear_end(&plain, &[0, 2], &context);
    let checked = run(folder.path(), &["check", "-q", "--min-records", "3", name]);
    expect_clear_end(&checked, &[0, 1, 2], &context);
    let row = (1 + random.below(records + 1)).to_string();
    let explained = run(folder.path(), &["explain", "--row", &row, name]);
    expect_clear_end(&explained, &[0, 2], &context);

    into_a_file(folder.path(), name, fault, &plain, &mut random, &context);
    into_a_pipe(folder.path(), name, fault, &plain, &context);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    let is_killed = matches!(fault, Fault::Signal(9));
    assert!(left.len() == 2 || is_killed, "{context}: {left:?}");
}

/// Labels into a file that is there: it is whole, or as it was.
fn into_a_file(
    folder: &Path,
    name: &str,
    fault: Fault,
    plain: &Output,
    random: &mut Random,
    context: &str,
) {
    let out = folder.join("out");
    fs::write(&out, "as it was").unwrap();
    let binary = env!("CARGO_BIN_EXE_clientype");
    let threads = (1 + random.below(3)).to_string();
    let arguments = ["classify", "-q", name, "-o", "out", "--threads", &threads];
    let mut command = match fault {
        Fault::NoSpace => {
            let mut command = Command::new("sh");
            let limited = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
            let blocks = random.below(64).to_string();
            command.args(["-c", limited, "sh", &blocks, binary]);
            command
        }
        _ => Command::new(binary),
    };
    command.current_dir(folder).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let process = command.spawn().unwrap();
    match fault {
        Fault::Signal(signal) => {
            thread::sleep(Duration::from_micros(random.below(20_000)));
            let signal = rustix::process::Signal::from_named_raw(signal).unwrap();
            let process = rustix::process::Pid::from_child(&process);
            // It may have ended.
            let _ = rustix::process::kill_process(process, signal);
        }
        Fault::Grows => {
            let more = fs::OpenOptions::new().append(true).open(folder.join(name));
            more.unwrap().write_all(b"\n").unwrap();
        }
        _ => {}
    }
    let ended = process.wait_with_output().unwrap();
    let written = fs::read(&out).unwrap();
    let is_signalled = match fault {
        Fault::Signal(signal) => {
            ended.status.code() == Some(128 + signal) || ended.status.signal() == Some(signal)
        }
        _ => false,
    };
    if !is_signalled {
        expect_clear_end(&ended, &[0, 2], context);
    }
    match (ended.status.success(), fault) {
        (false, _) => assert!(
            written == b"as it was" || (is_signalled && written == plain.stdout),
            "{context}: the file was touched"
        ),
        (true, Fault::Grows) => assert!(written.starts_with(&plain.stdout), "{context}"),
        (true, _) => assert!(written == plain.stdout, "{context}: other bytes"),
    }
}

/// Labels into a pipe, or what stands for one that is broken.
fn into_a_pipe(folder: &Path, name: &str, fault: Fault, plain: &Output, context: &str) {
    let mut command = clientype(&["classify", "-q", name]);
    command.current_dir(folder).stderr(Stdio::piped());
    match fault {
        Fault::Full => {
            let full = fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap();
            let ended = command.stdout(full).output().unwrap();
            let nothing_to_write = plain.stdout.is_empty();
            assert!(
                nothing_to_write || ended.status.code() == Some(2),
                "{context}"
            );
            expect_clear_end(&ended, &[0, 2], context);
        }
        Fault::NoReader => {
            let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
            drop(process.stdout.take());
            let ended = process.wait_with_output().unwrap();
            let is_broken = plain.status.code() == Some(2);
            assert!(is_broken || ended.status.success(), "{context}");
            expect_clear_end(&ended, &[0, 2], context);
        }
        _ => {
            let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
            let labelled = process.stdout.take().unwrap();
            let mut check = clientype(&[
                "check",
                "-q",
                "--expect",
                "relationship=relationship_label",
                "-",
            ]);
            let checked = check.stdin(labelled).output().unwrap();
            let ended = process.wait_with_output().unwrap();
            expect_clear_end(&ended, &[0, 2], context);
            expect_clear_end(&checked, &[0, 1, 2], context);
        }
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = clientype(arguments);
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Ended with one of these codes, and said what is wrong without a panic.
fn expect_clear_end(output: &Output, codes: &[i32], context: &str) {
    let (status, said): (ExitStatus, _) = (output.status, String::from_utf8_lossy(&output.stderr));
    let is_clear = status.code().is_some_and(|code| codes.contains(&code));
    assert!(is_clear, "{context}: {status}: {said}");
    assert!(!said.contains("panicked"), "{context}: {said}");
    if status.code() == Some(2) {
        assert!(said.contains("error: "), "{context}: {said}");
    }
    let is_plain =
        |c: char| c == '\n' || !(c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    assert!(said.chars().all(is_plain), "{context}: {said:?}");
}
