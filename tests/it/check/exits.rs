//! Exit codes of a check: 0 passed, 1 findings, 2 not judged.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use super::{check, write};

const GOOD: &str = "Id,Contract,Service,Kind\n1,yes,law,Client\n2,no,retail,Customer\n";

pub(super) fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "good.csv", GOOD);
    write(
        folder.path(),
        "short.csv",
        "Id,Contract,Kind\n1,yes,Client\n",
    );
    write(
        folder.path(),
        "runes.csv",
        &("Id,Contract,Service\n".to_owned() + &"1,\u{16a0}\u{16a2},law\n".repeat(20)),
    );
    write(folder.path(), "flag.toml", "summary = true");
    write(folder.path(), "sound.toml", "min-records = 1");
    write(folder.path(), "header.csv", "Id,Contract,Service,Kind\n");
    write(folder.path(), "empty.csv", "");
    write(
        folder.path(),
        "open-quote.csv",
        "Id,Contract\n1,\"yes\n2,no\n",
    );
    write(folder.path(), "ragged.csv", "Id,Contract\n1,yes\n2\n");
    write(
        folder.path(),
        "broken.json",
        "[{\"contract\": \"yes\"}, {\"contract\": ",
    );
    write(
        folder.path(),
        "broken.ndjson",
        "{\"contract\": \"yes\"}\n[1]\n",
    );
    std::fs::write(folder.path().join("latin.csv"), b"Id,Contract\n1,f\xfcr\n").unwrap();
    write(folder.path(), "nothing.csv", "a,b\n1,2\n");
    write(
        folder.path(),
        "twice.csv",
        "Id,relationship_label,affiliation_label\n1,Client,External\n1,Client,External\n",
    );
    write(
        folder.path(),
        "no-label.csv",
        "Id,relationship_label,affiliation_label\n1,,External\n",
    );
    write(folder.path(), "rules.toml", "name = 1");
    write(folder.path(), "unknown.toml", "min-record = 1");
    write(folder.path(), "wrong.toml", "min-records = \"many\"");
    write(folder.path(), "french.csv", "id,x,kind\n1,2,client\n");
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    folder
}

#[test]
fn it_passes_if_all_conditions_hold() {
    let folder = folder();
    for arguments in [
        &["good.csv"][..],
        &["header.csv"],
        &[
            "--expect",
            "relationship=Kind",
            "--label-language",
            "en",
            "good.csv",
        ],
        &[
            "--require",
            "contract",
            "--no-unread-values",
            "--unique",
            "Id",
            "good.csv",
        ],
        &[
            "--min-records",
            "2",
            "--max-undetermined",
            "relationship:0%",
            "good.csv",
        ],
        &["--min-records", "4", "good.csv", "good.csv"],
        &[
            "--min-records",
            "3",
            "--warn",
            "too-few-records",
            "good.csv",
        ],
        &[
            "--min-records",
            "3",
            "--allow",
            "too-few-records",
            "--fail-on",
            "warning",
            "good.csv",
        ],
        &["--schema"],
    ] {
        let ran = check(folder.path(), arguments);
        assert_eq!(ran.code, 0, "{arguments:?}\n{}\n{}", ran.out, ran.err);
    }
}

#[test]
fn it_fails_if_a_condition_does_not_hold() {
    let folder = folder();
    for (arguments, code) in [
        (
            &["--no-unread-values", "runes.csv"][..],
            "column-not-understood",
        ),
        (
            &["--require", "contract", "runes.csv"],
            "required-column-missing",
        ),
        (&["--min-records", "3", "good.csv"][..], "too-few-records"),
        (&["--min-records", "1", "header.csv"], "too-few-records"),
        (
            &["--max-undetermined", "affiliation:99.9%", "good.csv"],
            "too-many-undetermined",
        ),
        (
            &["--max-undetermined", "50%", "good.csv"],
            "too-many-undetermined",
        ),
        (
            &["--require", "duration", "good.csv"],
            "required-column-missing",
        ),
        (
            &["--unique", "Id", "good.csv", "good.csv"],
            "duplicate-value",
        ),
        (
            &["--expect", "affiliation=Kind", "good.csv"],
            "label-not-understood",
        ),
        (
            &[
                "--min-records",
                "3",
                "--warn",
                "too-few-records",
                "--fail-on",
                "warning",
                "good.csv",
            ],
            "too-few-records",
        ),
    ] {
        let ran = check(
            folder.path(),
            &[arguments, &["-q", "--format", "json"]].concat(),
        );
        assert_eq!(ran.code, 1, "{arguments:?}\n{}\n{}", ran.out, ran.err);
        assert!(
            ran.json()["counts"][code].as_u64() > Some(0),
            "{arguments:?} {}",
            ran.out
        );
        assert_eq!(ran.err, "");
    }
}

#[test]
fn what_cannot_be_judged_is_never_a_pass_and_leaves_no_old_report() {
    let folder = folder();
    for (arguments, says) in [
        (&["missing.csv"][..], "there is no such file"),
        (&["folder"], "this is a folder"),
        (&["empty.csv"], "empty"),
        (&["open-quote.csv"], "line 2"),
        (&["ragged.csv"], "line 3, record 2"),
        (&["broken.json"], "broken.json"),
        (&["broken.ndjson"], "record 2"),
        (&["latin.csv"], "not UTF-8"),
        (&["nothing.csv"], "no column feeds"),
        (&["good.csv", "ragged.csv"], "ragged.csv, line 3"),
        (&["--rules", "rules.toml", "good.csv"], "rules.toml"),
        (&["--rules", "missing.toml", "good.csv"], "missing.toml"),
        (
            &["--expect", "relationship=Typ", "good.csv"],
            "--expect names the column \"Typ\"",
        ),
        (
            &["--expect", "relation=Kind", "good.csv"],
            "relationship or affiliation",
        ),
        (
            &["--expect", "relationship=Kind", "short.csv"],
            "--label-language",
        ),
        (
            &[
                "--expect",
                "relationship=kind",
                "french.csv",
                "--map",
                "duration=x",
            ],
            "--label-language",
        ),
        (
            &["--expect", "Kind=relationship", "good.csv"],
            "did you mean relationship=Kind?",
        ),
        (
            &["--require", "contrakt", "good.csv"],
            "did you mean \"contract\"?",
        ),
        (&["--require", "email", "good.csv"], "--own"),
        (
            &["--unique", "No", "good.csv"],
            "--unique names the column \"No\"",
        ),
        (
            &["--key", "No", "good.csv"],
            "--key names the column \"No\"",
        ),
        (
            &["--min-agreement", "98%", "good.csv"],
            "--expect relationship=COLUMN",
        ),
        (
            &[
                "--min-agreement",
                "affiliation:98%",
                "--expect",
                "relationship=Kind",
                "good.csv",
            ],
            "--expect affiliation=COLUMN",
        ),
        (
            &[
                "--max-undetermined",
                "5%",
                "--max-undetermined",
                "6%",
                "good.csv",
            ],
            "twice",
        ),
        (
            &[
                "--warn",
                "key-missing",
                "--allow",
                "key-missing",
                "good.csv",
            ],
            "both name key-missing",
        ),
        (&["--baseline", "good.csv", "good.csv"], "--key COLUMN"),
        (
            &["--baseline", "missing.csv", "--key", "Id", "good.csv"],
            "--write-baseline",
        ),
        (
            &["--baseline", "ragged.csv", "--key", "Id", "good.csv"],
            "relationship_label",
        ),
        (
            &["--baseline", "twice.csv", "--key", "Id", "good.csv"],
            "already has the key \"1\", in record 1",
        ),
        (
            &["--baseline", "no-label.csv", "--key", "Id", "good.csv"],
            "line 2, record 1",
        ),
        (&["--write-baseline", "good.csv"], "--baseline FILE"),
        (&["--strict-baseline", "good.csv"], "--baseline FILE"),
        (
            &[
                "--write-baseline",
                "--baseline",
                "x.json",
                "--key",
                "Id",
                "good.csv",
            ],
            "CSV",
        ),
    ] {
        write(folder.path(), "out.xml", "<testsuites/>");
        write(folder.path(), "out.json", "{\"passed\": true}");
        let reports = ["--report", "junit=out.xml", "--report", "json=out.json"];
        let ran = check(folder.path(), &[arguments, &reports].concat());
        assert_eq!(ran.code, 2, "{arguments:?}\n{}\n{}", ran.out, ran.err);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("error: "), "{arguments:?}: {}", ran.err);
        // What was judged before the error is shown, but never as a whole run.
        let is_honest = ran.out.is_empty() || ran.out.starts_with("NOT JUDGED");
        assert!(is_honest, "{arguments:?}: {}", ran.out);
        let xml = std::fs::read_to_string(folder.path().join("out.xml")).unwrap();
        assert!(
            xml.contains("<error ") && xml.contains("errors=\"1\""),
            "{arguments:?} {xml}"
        );
        let json = std::fs::read_to_string(folder.path().join("out.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["passed"], false);
        let error = json["error"].as_str().unwrap();
        assert!(ran.err.contains(error), "{error}\n{}", ran.err);
    }
}

#[test]
fn invalid_options_are_reported_at_once() {
    let folder = folder();
    for (arguments, says) in [
        (&["--frobnicate"][..], "--frobnicate"),
        (&["--min-agreement", "98", "good.csv"], "98%"),
        (&["--max-undetermined", "101%", "good.csv"], "0% to 100%"),
        (&["--expect", "Kind", "good.csv"], "SCORECARD=COLUMN"),
        (
            &["--label-language", "es", "good.csv"],
            "de, en, fr, pl, vi",
        ),
        (&["--warn", "label-difers", "good.csv"], "label-differs"),
        (&["--fail-on", "anything", "good.csv"], "error, warning"),
        (&["--format", "xml", "good.csv"], "junit"),
        (&["--report", "out.xml", "good.csv"], "FORMAT=FILE"),
        (&["--report", "junit=-", "good.csv"], "--format junit"),
        (
            &["--report", "junit=missing/out.xml", "good.csv"],
            "missing/out.xml",
        ),
        (
            &["--report", "junit=good.csv", "good.csv"],
            "would replace an input file",
        ),
        (
            &["--report", "junit=x", "--report", "json=./x", "good.csv"],
            "same file",
        ),
        (
            &[
                "--report",
                "json=twice.csv",
                "--baseline",
                "twice.csv",
                "--key",
                "Id",
                "good.csv",
            ],
            "would replace the baseline",
        ),
        (
            &[
                "--write-baseline",
                "--baseline",
                "good.csv",
                "--key",
                "Id",
                "good.csv",
            ],
            "would replace an input file",
        ),
        (
            &["--baseline", "-", "--key", "Id", "good.csv"],
            "cannot be standard input",
        ),
        (
            &["--config", "unknown.toml", "good.csv"],
            "did you mean \"min-records\"?",
        ),
        (&["--config", "wrong.toml", "good.csv"], "wrong.toml"),
        (&["--config", "missing.toml", "good.csv"], "missing.toml"),
        (&["--schema", "good.csv"], "--schema"),
    ] {
        let ran = check(folder.path(), arguments);
        assert_eq!(ran.code, 2, "{arguments:?}\n{}\n{}", ran.out, ran.err);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(
        std::fs::read_to_string(folder.path().join("good.csv")).unwrap(),
        GOOD
    );
}

#[test]
fn findings_before_a_fault_are_reported_with_it() {
    let folder = folder();
    let text = "Id,Contract,Kind\n1,yes,Customer\n2,yes,Klient\n3,yes\n";
    write(folder.path(), "late.csv", text);
    let ran = check(
        folder.path(),
        &[
            "-q",
            "--expect",
            "relationship=Kind",
            "--label-language",
            "de",
            "--unique",
            "Id",
            "--format",
            "json",
            "late.csv",
        ],
    );
    assert_eq!(ran.code, 2);
    let json = ran.json();
    assert_eq!(
        (&json["passed"], &json["records"]),
        (&false.into(), &2.into())
    );
    assert_eq!(json["findings"][0]["record"], 1);
    assert!(
        json["error"].as_str().unwrap().contains("line 4, record 3"),
        "{json}"
    );
}

#[test]
fn a_reader_that_goes_away_does_not_make_it_pass() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "Id,Contract,Kind\n".to_owned();
    (0..20_000).for_each(|i| text += &format!("{i},yes,Customer\n"));
    write(folder.path(), "many.csv", &text);
    let mut child = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args([
            "check",
            "-q",
            "--expect",
            "relationship=Kind",
            "--label-language",
            "en",
        ])
        .args(["--max-findings", "20000", "many.csv"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 6];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"FAILED");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn records_may_come_from_standard_input() {
    let folder = folder();
    let report = |format: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clientype"))
            .args(["check", "-q", "--format", format, "--unique", "Contract"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let text = b"contract\nyes\n\nyes\n";
        child.stdin.take().unwrap().write_all(text).unwrap();
        super::ran(&child.wait_with_output().unwrap())
    };
    let finding = &report("json").json()["findings"][0];
    assert_eq!(
        (&finding["file"], &finding["line"]),
        (&"<stdin>".into(), &4.into())
    );
    let place =
        &report("sarif").json()["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (
            &place["artifactLocation"]["uri"],
            &place["region"]["startLine"]
        ),
        (&"stdin".into(), &4.into())
    );
    // GitHub has no file to show it in.
    assert!(
        report("github")
            .out
            .starts_with("::error title=clientype duplicate-value::line 4, record 2")
    );
}

#[test]
fn a_column_that_no_record_has_is_no_pass_however_long_the_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let records = 3_000;
    let line = |i: usize| {
        let filler = "-".repeat(60);
        let late = if i >= 2_900 {
            format!(", \"Late\": \"{}\"", i / 2)
        } else {
            String::new()
        };
        format!("{{\"contract\": \"yes\", \"n\": \"{filler}\"{late}}}")
    };
    let lines: Vec<String> = (0..records).map(line).collect();
    write(folder.path(), "long.ndjson", &lines.join("\n"));
    write(
        folder.path(),
        "long.json",
        &format!("[{}]", lines.join(",\n")),
    );
    for file in ["long.ndjson", "long.json"] {
        for arguments in [
            &["--unique", "Lates"][..],
            &["--key", "Lates"],
            &["--expect", "relationship=Lates", "--allow", "label-missing"],
        ] {
            for threads in ["1", "4"] {
                let ran = check(
                    folder.path(),
                    &[arguments, &["-q", "--threads", threads, file]].concat(),
                );
                assert_eq!(ran.code, 2, "{file} {arguments:?} {}", ran.out);
                assert!(
                    ran.err
                        .contains("names the column \"Lates\", which the input does not have"),
                    "{}",
                    ran.err
                );
            }
        }
        // A column that appears late is found by every flag that names it.
        let ran = check(
            folder.path(),
            &[
                "-q", "--unique", "Late", "--key", "Late", "--format", "json", file,
            ],
        );
        let json = ran.json();
        assert_eq!(
            (ran.code, &json["counts"]["duplicate-value"]),
            (1, &50.into())
        );
        assert_eq!(json["findings"][0]["key"], "1450");
    }
}

#[test]
fn no_report_of_an_earlier_run_is_left_where_another_cannot_be_written() {
    let folder = folder();
    for arguments in [
        &[
            "--report",
            "json=out.json",
            "--report",
            "junit=missing/out.xml",
            "good.csv",
        ][..],
        &[
            "--report",
            "junit=missing/out.xml",
            "--report",
            "json=out.json",
            "good.csv",
        ],
        &[
            "--report",
            "junit=/dev/full",
            "--report",
            "json=out.json",
            "good.csv",
        ],
        &[
            "--report",
            "json=out.json",
            "--config",
            "unknown.toml",
            "good.csv",
        ],
    ] {
        write(folder.path(), "out.json", "an earlier run");
        let ran = check(folder.path(), arguments);
        assert_eq!(ran.code, 2, "{arguments:?}\n{}", ran.err);
        let json = std::fs::read_to_string(folder.path().join("out.json")).unwrap();
        assert!(json.contains("\"passed\""), "{arguments:?}: {json}");
    }
}

#[test]
fn an_export_without_records_passes_in_any_format() {
    let folder = folder();
    write(folder.path(), "none.json", "[]");
    write(folder.path(), "none.ndjson", "\n");
    for file in ["header.csv", "none.json"] {
        let ran = check(
            folder.path(),
            &[
                "-q",
                "--unique",
                "Id",
                "--key",
                "Id",
                "--expect",
                "relationship=Kind",
                file,
            ],
        );
        assert_eq!(ran.code, 0, "{file} {}", ran.err);
        assert_eq!(
            check(folder.path(), &["-q", "--min-records", "1", file]).code,
            1
        );
    }
}

#[test]
fn a_report_of_a_faulty_configuration_says_so() {
    let folder = folder();
    for fault in ["foo = 1", "min-records = 'x'", "own = 3"] {
        write(folder.path(), "out.json", "an earlier run");
        let config = format!("{fault}\n[report]\njson = 'out.json'\n");
        write(folder.path(), "clientype.toml", &config);
        assert_eq!(check(folder.path(), &["good.csv"]).code, 2);
        let json = std::fs::read_to_string(folder.path().join("out.json")).unwrap();
        assert!(json.contains("\"passed\": false"), "{fault}: {json}");
    }
}

/// A log that standard output goes to is appended to, and not replaced.
#[cfg(unix)]
#[test]
fn what_goes_to_standard_output_by_its_name_keeps_what_is_there() {
    let folder = folder();
    let command = format!(
        "{{ echo before; {0} check -q --report json=/dev/stdout good.csv; {0} classify -q -o /dev/stdout good.csv; echo after; }} >log",
        env!("CARGO_BIN_EXE_clientype")
    );
    let status = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder.path())
        .status();
    assert!(status.unwrap().success());
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(
        log.starts_with("before\n") && log.ends_with("after\n"),
        "{log}"
    );
    for part in ["\"passed\": true", "PASSED", "relationship_label"] {
        assert!(log.contains(part), "{log}");
    }
}
