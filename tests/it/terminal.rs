//! What depends on a terminal: its width, the pager, and standard input without a file.

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// What the program prints on a terminal that is `width` columns wide, and its exit code.
fn run(arguments: &[&str], width: u16, variables: &[(&str, &str)]) -> (String, i32) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let side = File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: width,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&side, size).unwrap();
    let stdio = || Stdio::from(side.try_clone().unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientype"));
    command
        .args(arguments)
        .env_remove("PAGER")
        .env_remove("LESS")
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"));
    for (name, value) in variables {
        command.env(name, value);
    }
    let mut child = command
        .stdin(stdio())
        .stdout(stdio())
        .stderr(stdio())
        .spawn()
        .unwrap();
    drop(command);
    drop(side);
    let mut text = Vec::new();
    // At the end of the last process on the other side, reading fails.
    let _ = File::from(terminal).read_to_end(&mut text);
    let code = child.wait().unwrap().code().unwrap_or(-1);
    let text = String::from_utf8(text).unwrap();
    (text.replace("\r\n", "\n"), code)
}

/// The text without its colours.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain += before;
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[test]
fn the_guide_fits_a_narrow_terminal() {
    for topic in clientype::guide::Topic::ALL {
        for width in [30, 40, 80] {
            let (text, code) = run(&["guide", topic.name], width, &[]);
            assert_eq!(code, 0);
            assert!(text.contains('\u{1b}'), "{}: colours", topic.name);
            // Code is shown as it is.
            let plain = plain(&text);
            let prose = || plain.lines().filter(|line| !line.starts_with("    "));
            assert!(
                prose().all(|line| !line.contains('`')),
                "{}: {plain}",
                topic.name
            );
            let widest = prose().map(|line| line.chars().count()).max();
            assert!(
                widest <= Some(width.into()),
                "{} {width}: {widest:?}",
                topic.name
            );
        }
    }
}

#[test]
fn the_guide_goes_through_the_pager() {
    let (text, code) = run(&["guide", "dates"], 80, &[("PAGER", "sed 's/^/> /'")]);
    assert_eq!(code, 0);
    assert!(text.lines().all(|line| line.starts_with("> ")), "{text}");
    assert!(text.contains("DATES"), "{text}");
    // One that is not there is passed by; an empty one is none.
    for pager in ["no-such-pager", ""] {
        let (text, code) = run(&["guide", "dates"], 80, &[("PAGER", pager)]);
        assert_eq!(code, 0);
        assert!(text.contains("DATES"), "{text}");
    }
    // A reader who leaves at the first line ends it quietly.
    let (text, code) = run(&["guide", "labels"], 80, &[("PAGER", "head -n 1")]);
    assert_eq!((code, text.lines().count()), (0, 1), "{text}");
}

#[test]
fn colours_pass_a_pager_that_shows_them() {
    let show = |variables: &[(&str, &str)]| {
        let (text, _) = run(&["guide", "dates"], 80, variables);
        text.contains('\u{1b}')
    };
    assert!(show(&[("PAGER", "cat")]));
    assert!(!show(&[("PAGER", "cat"), ("LESS", "F")]));
    assert!(show(&[("PAGER", "cat"), ("LESS", "FR")]));
    assert!(!show(&[("PAGER", "cat"), ("NO_COLOR", "1")]));
}

#[test]
fn a_verb_that_would_wait_for_typed_records_says_what_to_do() {
    for arguments in [
        &["classify"][..],
        &["classify", "-q"],
        &["check"],
        &["columns"],
        &["explain", "--row", "1"],
    ] {
        let (text, code) = run(arguments, 80, &[]);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(text.starts_with("error: no input"), "{arguments:?}: {text}");
        assert!(text.contains("help: name a file"), "{arguments:?}: {text}");
    }
}

/// Completes `line` in a real bash.
fn completed(line: &str) -> Option<Vec<String>> {
    let script = format!(
        r#"
set -u
PATH="$BIN:$PATH"
source <(clientype completions bash)
function_name=$(complete -p clientype | sed 's/.*-F \([^ ]*\) .*/\1/')
COMP_WORDS=({line})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
COMP_TYPE=9
COMPREPLY=()
"$function_name" clientype "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}" 2>/dev/null
printf '%s\n' "${{COMPREPLY[@]}}"
"#
    );
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_clientype"))
        .parent()
        .unwrap();
    let output = Command::new("bash")
        .args(["--norc", "--noprofile", "-c", &script])
        .env("BIN", bin)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"))
        .output();
    // A machine without bash has nothing to complete.
    let output = output.ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(text.lines().map(str::to_owned).collect())
}

#[test]
fn a_real_bash_completes() {
    for (line, wanted) in [
        ("clientype cl", &["classify"][..]),
        ("clientype classify --date-order ''", &["dmy", "mdy", "ymd"]),
        (
            "clientype classify --map con",
            &["contract=", "confidentiality="],
        ),
        ("clientype check --expect aff", &["affiliation="]),
        ("clientype check --require vol", &["volume"]),
        ("clientype check --max-undetermined rel", &["relationship:"]),
        ("clientype check --warn label-c", &["label-changed"]),
        ("clientype check --format j", &["json", "junit"]),
        ("clientype classify --rules doc", &["documents"]),
        (
            "clientype classify --rules rulebooks/law",
            &["rulebooks/law-firm.toml"],
        ),
        ("clientype rules check --explain never", &["never-matches"]),
        ("clientype explain buyer", &["buyer_role="]),
        ("clientype guide rule", &["rulebooks"]),
        ("clientype classify custom", &["customers.csv"]),
    ] {
        let Some(found) = completed(line) else { return };
        for one in wanted {
            assert!(found.iter().any(|found| found == one), "{line}: {found:?}");
        }
    }
}

#[test]
fn each_shell_has_a_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = Command::new(env!("CARGO_BIN_EXE_clientype"))
            .args(["completions", shell])
            .output()
            .unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert!(script.contains("CLIENTYPE_COMPLETE"), "{shell}: {script}");
    }
}
