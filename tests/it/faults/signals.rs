//! Signals while an output file is written: the old one stays, and nothing is left.

use std::fs;
use std::io::Write as _;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{BIN, Folder, export};

/// A run that is in the middle of its input, and where its rest goes in.
#[allow(clippy::zombie_processes, reason = "the caller waits for it")]
fn begun(folder: &Folder, command: &mut Command) -> (Child, ChildStdin) {
    let mut child = command
        .current_dir(folder.0.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(export(20_000).as_bytes()).unwrap();
    // It has what it writes to, and labels what it got, when it heeds signals.
    let status = format!("/proc/{}/status", child.id());
    for _ in 0..500 {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let blocked = text.lines().find_map(|line| line.strip_prefix("SigBlk:"));
        let blocked = u64::from_str_radix(blocked.unwrap_or("0").trim(), 16).unwrap();
        if blocked >> (Signal::TERM.as_raw() - 1) & 1 == 1 {
            sleep(Duration::from_millis(20));
            return (child, input);
        }
        sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("{command:?} does not heed signals");
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

fn classify(arguments: &[&str]) -> Command {
    let mut command = Command::new(BIN);
    command.args(["classify", "-q"]).args(arguments);
    command
}

#[test]
fn a_signal_leaves_the_old_file_and_nothing_else() {
    for (signal, code) in [
        (Signal::INT, 130),
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        (Signal::QUIT, 131),
        (Signal::USR1, 138),
        (Signal::USR2, 140),
        (Signal::ALARM, 142),
        (Signal::VTALARM, 154),
        (Signal::PROF, 155),
        (Signal::XCPU, 152),
    ] {
        for arguments in [
            &["-o", "out.csv"][..],
            &["-o", "out.csv", "--rejects", "bad.csv"],
            &["-o", "/dev/null", "--rejects", "out.csv"],
        ] {
            let folder = Folder::new();
            folder.write("out.csv", "old");
            let (mut child, _input) = begun(&folder, &mut classify(arguments));
            send(&child, signal);
            let status = child.wait().unwrap();
            assert_eq!(status.code(), Some(code), "{arguments:?}");
            assert_eq!(folder.read("out.csv"), "old");
            assert_eq!(folder.names(), ["in.csv", "out.csv"]);
        }
    }
}

#[test]
fn a_signal_takes_the_name_away_that_a_file_has_meanwhile() {
    let folder = Folder::new();
    // Without /proc, a file has to have a name.
    let script = "
        printf old > out.csv; mkfifo fifo
        mount -t tmpfs none /proc || exit 3
        \"$BIN\" classify -q -o out.csv < fifo & pid=$!
        exec 3> fifo; printf 'contract\\nyes\\n' >&3
        until compgen -G '.clientype-*' > /dev/null; do sleep 0.05; done
        kill -TERM $pid; wait $pid; code=$?
        exit $code";
    let Some(ran) = super::mounted(&folder, script) else {
        return;
    };
    assert_eq!(ran.code, Some(143), "{ran:?}");
    assert_eq!(folder.names(), ["fifo", "in.csv", "out.csv"]);
    for (signal, code) in [("QUIT", 131), ("USR1", 138), ("XCPU", 152)] {
        let script = script.replace("TERM", signal).replace("mkfifo fifo", "");
        let ran = super::mounted(&folder, &script).unwrap();
        assert_eq!(ran.code, Some(code), "{signal}: {ran:?}");
        assert_eq!(folder.names(), ["fifo", "in.csv", "out.csv"]);
    }
    assert_eq!(folder.read("out.csv"), "old");
    // And it gets its place like any other.
    let script = "mount -t tmpfs none /proc && \"$BIN\" classify -q in.csv -o out.csv";
    if let Some(ran) = super::mounted(&folder, script) {
        ran.done(script);
        assert_eq!(folder.read("out.csv"), super::LABELLED);
        assert_eq!(folder.names(), ["fifo", "in.csv", "out.csv"]);
    }
}

#[test]
fn even_kill_leaves_the_old_file() {
    let folder = Folder::new();
    folder.write("out.csv", "old");
    let (mut child, _input) = begun(&folder, &mut classify(&["-o", "out.csv"]));
    send(&child, Signal::KILL);
    child.wait().unwrap();
    assert_eq!(folder.read("out.csv"), "old");
    // Where a file can be without a name, nothing is left, and else what the guide names.
    let names = folder.names();
    let others = names.iter().filter(|name| !name.starts_with(".clientype-"));
    assert_eq!(others.collect::<Vec<_>>(), ["in.csv", "out.csv"]);
}

#[test]
fn a_signal_that_is_ignored_at_the_start_stays_so() {
    for (signal, script) in [
        (Signal::INT, "trap '' INT; exec \"$0\" \"$@\""),
        (Signal::HUP, "exec nohup \"$0\" \"$@\""),
    ] {
        let folder = Folder::new();
        let mut command = Command::new("sh");
        command.args(["-c", script, BIN, "classify", "-q", "-o", "out.csv"]);
        let (mut child, mut input) = begun(&folder, &mut command);
        send(&child, signal);
        sleep(Duration::from_millis(50));
        input.write_all(b"Last,yes,1\n").unwrap();
        drop(input);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal:?}");
        let written = folder.read("out.csv");
        assert!(written.ends_with("Last,yes,1,Client,Undetermined\n"));
    }
}

#[test]
fn what_is_copied_of_standard_input_has_no_name() {
    let folder = Folder::new();
    folder.write("with.csv", "name,contract\nA,yes\n");
    let temporary = folder.path("temporary");
    fs::create_dir(&temporary).unwrap();
    for arguments in [
        &["classify", "-q", "--with", "with.csv", "-"][..],
        &["classify", "-q", "--with", "-", "in.csv"],
        &["check", "-q", "--with", "with.csv", "-"],
        &["columns", "--with", "with.csv", "-"],
        &["explain", "--row", "1", "--with", "with.csv", "-"],
        &[
            "rules",
            "diff",
            "documents",
            "documents",
            "--with",
            "with.csv",
            "-",
        ],
        &["rules", "diff", "documents", "documents", "-"],
    ] {
        let mut command = Command::new(BIN);
        let mut child = command
            .args(arguments)
            .env("TMPDIR", &temporary)
            .current_dir(folder.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(export(5_000).as_bytes()).unwrap();
        for _ in 0..5 {
            sleep(Duration::from_millis(10));
            let left = fs::read_dir(&temporary).unwrap().count();
            assert_eq!(left, 0, "{arguments:?}");
        }
        send(&child, Signal::KILL);
        child.wait().unwrap();
        assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    }
}
