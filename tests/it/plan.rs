//! What a plan settles, case by case, through the binary.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a run printed, and its exit code.
struct Ran {
    out: String,
    err: String,
    code: Option<i32>,
}

/// Runs the binary in `folder` with `input` as its standard input.
fn run(folder: &Path, args: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It need not be read to its end.
    drop(stdin.write_all(input.as_bytes()));
    drop(stdin);
    let ran = child.wait_with_output().unwrap();
    Ran {
        out: String::from_utf8(ran.stdout).unwrap(),
        err: String::from_utf8(ran.stderr).unwrap(),
        code: ran.status.code(),
    }
}

/// A folder with this export and the plan that is frozen from it.
fn frozen(export: &str, args: &[&str]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let name = if export.starts_with('{') {
        "whole.ndjson"
    } else {
        "whole.csv"
    };
    fs::write(folder.path().join(name), export).unwrap();
    let mut all = vec!["columns", "--freeze", "plan.toml", "--as-of", "2026-01-31"];
    all.extend(args);
    all.push(name);
    let ran = run(folder.path(), &all, "");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let plan = fs::read_to_string(folder.path().join("plan.toml")).unwrap();
    (folder, plan)
}

fn planned(folder: &Path, input: &str) -> Ran {
    run(
        folder,
        &["classify", "-q", "--details", "--config", "plan.toml"],
        input,
    )
}

fn looked(folder: &Path, input: &str) -> Ran {
    run(
        folder,
        &["classify", "-q", "--details", "--as-of", "2026-01-31"],
        input,
    )
}

/// The second of two lines: the only record.
fn record(ran: &Ran) -> &str {
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    ran.out.lines().nth(1).unwrap()
}

#[test]
fn an_order_of_dates_that_only_another_part_shows_holds_for_every_part() {
    let whole = "Customer,Contract,Customer since\nA,yes,03/04/2019\nB,no,17/04/2021\n";
    let part = "Customer,Contract,Customer since\nA,yes,03/04/2019\n";
    let (folder, plan) = frozen(whole, &[]);
    assert!(plan.contains("order = \"dmy\""), "{plan}");
    let in_whole = looked(folder.path(), whole);
    let alone = looked(folder.path(), part);
    assert_ne!(record(&in_whole), record(&alone));
    assert_eq!(record(&in_whole), record(&planned(folder.path(), part)));
    // And another order does not overrule it.
    let other = "Customer,Contract,Customer since\nA,yes,03/04/2019\nB,no,04/17/2021\n";
    assert_eq!(record(&in_whole), record(&planned(folder.path(), other)));
}

#[test]
fn the_stated_order_of_dates_holds_against_the_sample() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "classify",
        "-q",
        "--as-of",
        "2020-05-01",
        "--details",
        "--date-order",
        "mdy",
    ];
    let input = "Contract,Customer since\nyes,03/04/2019\nyes,17/04/2019\n";
    let ran = run(folder.path(), &args, input);
    let march = run(
        folder.path(),
        &args,
        "Contract,Customer since\nyes,2019-03-04\n",
    );
    let behind = |ran: &Ran| record(ran).splitn(3, ',').nth(2).unwrap().to_owned();
    assert_eq!(behind(&ran), behind(&march));
    let args = ["classify", "--as-of", "2020-05-01", "--date-order", "mdy"];
    let ran = run(folder.path(), &args, input);
    assert!(
        ran.err.contains("start_date: \"17/04/2019\" 1x"),
        "{}",
        ran.err
    );
    // The order of one column counts more than that of all.
    let args = [
        "classify",
        "-q",
        "--as-of",
        "2020-05-01",
        "--details",
        "--date-order",
        "dmy",
        "--map",
        "start_date:mdy=Customer since",
    ];
    assert_eq!(behind(&run(folder.path(), &args, input)), behind(&march));
}

#[test]
fn columns_that_were_tied_stay_out_where_they_agree() {
    let whole = "Contract,Vertrag,Service\nyes,no,law\nno,yes,law\n";
    let part = "Contract,Vertrag,Service\nyes,yes,law\n";
    let (folder, plan) = frozen(whole, &[]);
    assert!(!plan.contains("contract ="), "{plan}");
    let alone = looked(folder.path(), part);
    assert!(record(&alone).contains("contract-signed"), "{}", alone.out);
    let under = planned(folder.path(), part);
    assert!(!record(&under).contains("contract-signed"), "{}", under.out);
}

#[test]
fn a_flag_is_one_where_no_value_shows_it() {
    let whole = "Customer,Contract\nyes,no\nno,yes\n";
    let (folder, plan) = frozen(whole, &[]);
    assert!(plan.contains("flag = \"external\""), "{plan}");
    let part = "Customer,Contract\n1,no\n";
    assert!(record(&planned(folder.path(), part)).contains("External"));
    assert!(!record(&looked(folder.path(), part)).contains("External"));
}

#[test]
fn a_term_beside_dates_stays_a_term_in_a_part_without_dates() {
    let whole = "{\"Contract\":\"yes\",\"Customer since\":\"2015-01-31\",\"Vertragslaufzeit\":\"6\"}\n\
                 {\"Contract\":\"yes\",\"Vertragslaufzeit\":\"60\"}\n";
    let (folder, plan) = frozen(whole, &[]);
    assert!(plan.contains("commitment = true"), "{plan}");
    let whole_out = looked(folder.path(), whole).out;
    let parts: String = whole
        .lines()
        .map(|line| planned(folder.path(), &format!("{line}\n")).out)
        .collect();
    assert_eq!(parts, whole_out);
}

#[test]
fn an_input_without_records_is_no_error_under_a_plan() {
    let (folder, _) = frozen("Contract,Service\nyes,law\n", &[]);
    let empty = planned(folder.path(), "");
    assert_eq!(
        (empty.out.as_str(), empty.code),
        ("", Some(0)),
        "{}",
        empty.err
    );
    let header = planned(folder.path(), "Contract,Service\n");
    assert!(
        header
            .out
            .starts_with("Contract,Service,relationship_label,")
    );
    assert_eq!((header.out.lines().count(), header.code), (1, Some(0)));
    for verb in [&["check", "-q"][..], &["columns"]] {
        let args = [verb, &["--config", "plan.toml"]].concat();
        assert_eq!(run(folder.path(), &args, "").code, Some(0), "{verb:?}");
    }
    let (folder, _) = frozen("{\"Contract\":\"yes\",\"Service\":\"law\"}\n", &[]);
    let empty = planned(folder.path(), "");
    assert_eq!(
        (empty.out.as_str(), empty.code),
        ("", Some(0)),
        "{}",
        empty.err
    );
}

#[test]
fn a_key_that_no_record_of_a_part_has_is_an_empty_value() {
    let whole =
        "{\"Contract\":\"yes\",\"Service\":\"law\"}\n{\"Name\":\"B\"}\n{\"Service\":\"retail\"}\n";
    let (folder, _) = frozen(whole, &[]);
    let whole_out = looked(folder.path(), whole).out;
    let parts: String = whole
        .lines()
        .map(|line| {
            let part = planned(folder.path(), &format!("{line}\n"));
            assert_eq!(part.code, Some(0), "{}", part.err);
            part.out
        })
        .collect();
    assert_eq!(parts, whole_out);
}

#[test]
fn a_key_that_turned_up_late_counts_in_every_part_as_it_did_within_the_whole() {
    // A record without the last day of its contract is open only if records have one.
    let mut lines =
        vec!["{\"Contract start\":\"2019-01-01\",\"Service\":\"law\"}\n".to_owned(); 150];
    lines.push("{\"Contract start\":\"2019-01-01\",\"Contract end\":\"2020-01-01\",\"Laufzeit\":\"3 Jahre\"}\n".to_owned());
    let whole = lines.concat();
    let (folder, plan) = frozen(&whole, &[]);
    assert!(plan.contains("sparse = true"), "{plan}");
    let whole_out = looked(folder.path(), &whole).out;
    for line in [0, 149, 150] {
        let part = planned(folder.path(), &lines[line]).out;
        assert_eq!(part.lines().next(), whole_out.lines().nth(line));
    }
    assert_eq!(planned(folder.path(), &whole).out, whole_out);
}

#[test]
fn a_missing_column_of_csv_is_an_error_that_names_what_is_nearest() {
    let (folder, _) = frozen("Contract,Service\nyes,law\n", &[]);
    let ran = planned(folder.path(), "Contracts,Service\nyes,law\n");
    assert_eq!(ran.code, Some(2));
    let wanted = "the plan reads the column \"Contract\", which the input does not have";
    assert!(ran.err.contains(wanted), "{}", ran.err);
    assert!(
        ran.err
            .contains("\"Contract\" may be called \"Contracts\" now"),
        "{}",
        ran.err
    );
}

#[test]
fn several_files_use_one_plan() {
    let (folder, _) = frozen(
        "Contract,Customer since\nyes,03/04/2019\nyes,17/04/2019\n",
        &[],
    );
    let first = "Contract,Customer since\nyes,03/04/2019\n";
    let second = "Contract,Customer since\nno,05/06/2024\n";
    fs::write(folder.path().join("a.csv"), first).unwrap();
    fs::write(folder.path().join("b.csv"), second).unwrap();
    fs::write(folder.path().join("none.csv"), "").unwrap();
    let args = [
        "classify",
        "-q",
        "--details",
        "--config",
        "plan.toml",
        "none.csv",
        "a.csv",
        "b.csv",
    ];
    let both = run(folder.path(), &args, "");
    assert_eq!(both.code, Some(0), "{}", both.err);
    let one = |text: &str| record(&planned(folder.path(), text)).to_owned();
    assert_eq!(
        both.out.lines().skip(1).collect::<Vec<_>>(),
        [one(first), one(second)]
    );
}

#[test]
fn action_lines_are_refused_under_a_plan_and_when_it_is_written() {
    let (folder, _) = frozen("{\"Contract\":\"yes\",\"Service\":\"law\"}\n", &[]);
    let bulk = "{\"index\":{}}\n{\"Contract\":\"yes\",\"Service\":\"law\"}\n";
    let ran = planned(folder.path(), bulk);
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(ran.err.contains("action lines"), "{}", ran.err);
    let ran = run(folder.path(), &["columns", "--freeze", "other.toml"], bulk);
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(!folder.path().join("other.toml").exists());
}

#[test]
fn another_rulebook_than_that_of_the_plan_is_an_error() {
    let (folder, plan) = frozen("Contract,Service\nyes,law\n", &[]);
    let hash = plan
        .lines()
        .find(|line| line.starts_with("rulebook"))
        .unwrap();
    let other = plan.replace(hash, "rulebook = \"documents 0.9.0 000000000000\"");
    fs::write(folder.path().join("plan.toml"), other).unwrap();
    let ran = planned(folder.path(), "Contract,Service\nyes,law\n");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err
            .contains("rulebook (plan.toml, line 4): expected the rulebook documents 0.9.0"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("rules diff"), "{}", ran.err);
}

#[test]
fn what_a_plan_has_to_state_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |plan: &str, why: &str| {
        fs::write(folder.path().join("plan.toml"), plan).unwrap();
        let ran = planned(folder.path(), "Contract,Since\nyes,2019-01-01\n");
        assert_eq!(ran.code, Some(2), "{plan}");
        assert!(ran.err.contains(why), "{plan}\n{}", ran.err);
    };
    fails("frozen = true\n", "reads no column");
    fails("frozen = true\nmap.contract = 'Contract'\n", "input-format");
    fails(
        "frozen = true\ninput-format = 'csv'\nmap.start_date = 'Since'\n",
        "states no day up to which lengths run",
    );
    fails(
        "frozen = true\ninput-format = 'csv'\n[map]\ncontract = { column = 'Contract', order = 'dmy' }\n",
        "\"dmy\"",
    );
    fails(
        "frozen = true\ninput-format = 'csv'\n[map]\ncontract = { column = 'Contract', rol = 'status' }\n",
        "unknown field `rol`",
    );
}

#[test]
fn a_plan_reads_nothing_that_it_does_not_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("plan.toml"),
        "frozen = true\ninput-format = 'csv'\n[map]\ncontract = { column = 'Paper' }\n",
    )
    .unwrap();
    let ran = planned(folder.path(), "Paper,Contract,Service\nyes,no,law\n");
    assert!(record(&ran).contains("contract-signed:+3"), "{}", ran.out);
    let nothing_else = planned(folder.path(), "Paper\nyes\n");
    let behind = |ran: &Ran| record(ran).rsplit_once("Client,").unwrap().1.to_owned();
    assert_eq!(behind(&ran), behind(&nothing_else));
}

#[test]
fn words_state_on_the_command_line_what_entries_state_in_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let input = "A,B,C\nyes,7,03/04/2019\nno,1,17/04/2024\n1,,\n";
    for (words, entry) in [
        (
            "affiliation:flag:external=A",
            "affiliation = { column = 'A', flag = 'external' }",
        ),
        (
            "duration:years=B",
            "duration = { column = 'B', unit = 'year' }",
        ),
        (
            "duration:year:commitment=B",
            "duration = { column = 'B', unit = 'year', commitment = true }",
        ),
        (
            "contract:filled-number:yes=B",
            "contract = { column = 'B', filled = 'yes', like = 'number' }",
        ),
        (
            "contract:running=A",
            "contract = { column = 'A', role = 'running' }",
        ),
        (
            "start_date:mdy=C",
            "start_date = { column = 'C', order = 'mdy' }",
        ),
        (
            "start_date:dmy:relationship=C",
            "start_date = { column = 'C', order = 'dmy', since = 'relationship' }",
        ),
        (
            "end_date:contract:dmy=C",
            "end_date = { column = 'C', until = 'contract', order = 'dmy' }",
        ),
    ] {
        let args = [
            "classify",
            "-q",
            "--details",
            "--as-of",
            "2026-01-31",
            "--map",
            words,
        ];
        let by_flag = run(folder.path(), &args, input);
        assert_eq!(by_flag.code, Some(0), "{words}: {}", by_flag.err);
        fs::write(folder.path().join("map.toml"), format!("[map]\n{entry}\n")).unwrap();
        let args = [
            "classify",
            "-q",
            "--details",
            "--as-of",
            "2026-01-31",
            "--config",
            "map.toml",
        ];
        let by_entry = run(folder.path(), &args, input);
        assert_eq!(by_entry.out, by_flag.out, "{words}: {}", by_entry.err);
        let plain = words.split(':').next().unwrap().to_owned()
            + words.rfind('=').map_or("", |at| &words[at..]);
        let args = [
            "classify",
            "-q",
            "--details",
            "--as-of",
            "2026-01-31",
            "--map",
            &plain,
        ];
        if words.contains("relationship") {
            // It is that by its name in other files.
            continue;
        }
        assert_ne!(
            run(folder.path(), &args, input).out,
            by_flag.out,
            "{words} says no more than {plain}"
        );
    }
    for (words, why) in [
        ("contract:dmy=A", "which means nothing for contract"),
        (
            "start_date:commitment=C",
            "which means nothing for start_date",
        ),
        ("contract:flag=A", "states no value of contract"),
        ("duration:month:year=B", "two ways"),
    ] {
        let ran = run(folder.path(), &["classify", "--map", words], input);
        assert_eq!(ran.code, Some(2), "{words}");
        assert!(ran.err.contains(why), "{words}: {}", ran.err);
    }
}

#[test]
fn columns_state_for_a_program_how_each_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let input =
        "Status,Contract no,Customer since,Laufzeit in Jahren,Kunde\nactive,V-1,17/04/2019,3,ja\n";
    let ran = run(folder.path(), &["columns", "--format", "json"], input);
    let columns: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let of = |column: &str, key: &str| {
        let all = columns.as_array().unwrap();
        let one = all.iter().find(|one| one["column"] == column).unwrap();
        one[key].as_str().unwrap_or("-").to_owned()
    };
    assert_eq!(
        (of("Status", "role"), of("Status", "decided")),
        ("status".into(), "words".into())
    );
    assert_eq!(
        (of("Contract no", "role"), of("Contract no", "means")),
        ("filled".into(), "yes".into())
    );
    assert_eq!(
        (of("Customer since", "order"), of("Customer since", "role")),
        ("dmy".into(), "relationship".into())
    );
    assert_eq!(
        (
            of("Laufzeit in Jahren", "unit"),
            of("Laufzeit in Jahren", "sense")
        ),
        ("years".into(), "length".into())
    );
    assert_eq!(
        (of("Kunde", "role"), of("Kunde", "decided")),
        ("flag".into(), "values".into())
    );
}

#[test]
fn a_check_finds_where_an_export_does_not_fit_the_plan() {
    let whole =
        "Id,Contract,Customer since,Type\n1,yes,17/04/2019,Client\n2,no,03/04/2021,Customer\n";
    let (folder, _) = frozen(whole, &[]);
    let check = |input: &str| run(folder.path(), &["check", "--config", "plan.toml"], input);
    let fits = check(whole);
    assert_eq!(fits.code, Some(0), "{}{}", fits.out, fits.err);
    for (input, wanted) in [
        // Another order of dates.
        (
            "Id,Contract,Customer since,Type\n1,yes,04/17/2019,Client\n",
            "its dates are mdy, not dmy",
        ),
        // A column that went.
        (
            "Id,Contract,Type\n1,yes,Client\n",
            "the plan reads \"Customer since\", which is missing",
        ),
        // A new one that counts.
        (
            "Id,Contract,Customer since,Type,Service\n1,yes,17/04/2019,Client,law\n",
            "\"Service\"",
        ),
    ] {
        let ran = check(input);
        assert_eq!(ran.code, Some(1), "{input}{}{}", ran.out, ran.err);
        assert!(
            ran.out.replace("\n ", "").contains(wanted) || ran.out.contains(wanted),
            "{wanted}\n{}",
            ran.out
        );
    }
    // Nothing in it contradicts the plan.
    let open = check("Id,Contract,Customer since,Type\n1,yes,03/04/2019,\n");
    assert_eq!(open.code, Some(0), "{}", open.out);
}

#[test]
fn what_was_stated_is_kept_in_a_plan_and_no_check_doubts_it() {
    let whole = "Contract,Paper,Since\nno,yes,03/04/2019\nyes,no,05/06/2020\n";
    let args = [
        "--map",
        "contract=Paper",
        "--map",
        "service=",
        "--date-order",
        "mdy",
    ];
    let (folder, plan) = frozen(whole, &args);
    assert!(plan.contains("contract = { column = \"Paper\" }"), "{plan}");
    let ran = run(folder.path(), &["check", "--config", "plan.toml"], whole);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
}

#[test]
fn a_plan_from_a_configuration_keeps_what_that_says_of_other_things() {
    let folder = tempfile::tempdir().unwrap();
    let config = "min-records = 2\nown = ['Acme']\n[map]\ncontract = 'Paper'\n";
    fs::write(folder.path().join("clientype.toml"), config).unwrap();
    fs::write(folder.path().join("whole.csv"), "Paper,Company\nyes,Acme\n").unwrap();
    let ran = run(
        folder.path(),
        &["columns", "--freeze", "plan.toml", "whole.csv"],
        "",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let plan = fs::read_to_string(folder.path().join("plan.toml")).unwrap();
    assert!(
        plan.contains("min-records = 2") && plan.contains("own = [\"Acme\"]"),
        "{plan}"
    );
    assert_eq!(plan.matches("[map]").count(), 1, "{plan}");
}

#[test]
fn several_files_without_a_plan_are_labelled_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // Only the second shows the order of dates, and what a doubtful column means.
    let first = "{\"Contract\":\"yes\",\"Customer since\":\"03/04/2019\",\"Type\":\"\"}\n";
    let second = "{\"Contract\":\"no\",\"Customer since\":\"17/04/2019\",\"Type\":\"Client\",\"Service\":\"law\"}\n";
    fs::write(path("a.ndjson"), first).unwrap();
    fs::write(path("b.ndjson"), second).unwrap();
    let args = ["classify", "-q", "--details", "--as-of", "2026-01-31"];
    let apart = run(
        folder.path(),
        &[&args[..], &["a.ndjson", "b.ndjson"]].concat(),
        "",
    );
    let as_one = run(folder.path(), &args, &format!("{first}{second}"));
    assert_eq!(apart.code, Some(0), "{}", apart.err);
    assert_eq!(apart.out, as_one.out);

    // Beyond the beginning, a file is held to it, and the report says where it differs.
    let many = "Contract,Customer since\n".to_owned() + &"yes,17/04/2019\n".repeat(1200);
    fs::write(path("a.csv"), many).unwrap();
    fs::write(
        path("b.csv"),
        "Contract,Customer since\nyes,03/04/2019\nno,04/17/2019\n",
    )
    .unwrap();
    let args = [
        "classify",
        "--as-of",
        "2026-01-31",
        "-o",
        "out.csv",
        "a.csv",
        "b.csv",
    ];
    let ran = run(folder.path(), &args, "");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.err
            .contains("\"Customer since\": read as in the files before"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("start_date: \"04/17/2019\" 1x"),
        "{}",
        ran.err
    );
    let args = [
        "check",
        "--as-of",
        "2026-01-31",
        "a.csv",
        "b.csv",
        "--no-unread-values",
    ];
    assert_eq!(run(folder.path(), &args, "").code, Some(1));
}

#[test]
fn related_files_give_every_part_what_they_give_the_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/agency");
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(&root).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let freeze = ["columns", "--freeze", "plan.toml", "accounts.csv"];
    let ran = run(folder.path(), &freeze, "");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let plan = fs::read_to_string(folder.path().join("plan.toml")).unwrap();
    assert!(
        plan.contains("compared = \"") && plan.contains("on = \""),
        "{plan}"
    );
    let whole = fs::read_to_string(folder.path().join("accounts.csv")).unwrap();
    let looked = run(
        folder.path(),
        &["classify", "-q", "--details", "accounts.csv"],
        "",
    );
    let under = planned(folder.path(), &whole);
    assert_eq!(under.out, looked.out, "{}\n{plan}", under.err);
    let (head, body) = whole.split_once('\n').unwrap();
    let mut parts = looked.out.lines().next().unwrap().to_owned() + "\n";
    for line in body.lines() {
        let part = planned(folder.path(), &format!("{head}\n{line}\n"));
        parts += record(&part);
        parts += "\n";
    }
    assert_eq!(parts, looked.out);
    let empty = planned(folder.path(), "");
    assert_eq!(
        (empty.out.as_str(), empty.code),
        ("", Some(0)),
        "{}",
        empty.err
    );
}

#[test]
fn a_plan_replaces_only_a_plan_and_says_whether_it_differs() {
    let (folder, _) = frozen("Contract,Service\nyes,law\n", &[]);
    let freeze = |to: &str, input: &str| {
        let args = ["columns", "--freeze", to, "--as-of", "2026-01-31"];
        run(folder.path(), &args, input)
    };
    fs::write(folder.path().join("data.csv"), "a,b\n").unwrap();
    let ran = freeze("data.csv", "Contract\nyes\n");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("isn't a plan"), "{}", ran.err);
    let kept = fs::read_to_string(folder.path().join("data.csv")).unwrap();
    assert_eq!(kept, "a,b\n");
    assert!(
        freeze("plan.toml", "Contract\nyes\n")
            .err
            .contains("replaced by a plan that differs")
    );
    assert!(
        freeze("plan.toml", "Contract\nyes\n")
            .err
            .contains("unchanged")
    );
}

#[test]
fn a_plan_says_which_order_is_missing_and_replaces_no_file_that_is_read() {
    let export = "Contract,Customer since\nyes,03/04/2019\n";
    let (folder, plan) = frozen(export, &[]);
    assert!(
        plan.contains("is not read without an order: dmy or mdy"),
        "{plan}"
    );
    let freeze = ["columns", "--freeze", "whole.csv", "whole.csv"];
    let ran = run(folder.path(), &freeze, "");
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    let kept = fs::read_to_string(folder.path().join("whole.csv")).unwrap();
    assert_eq!(kept, export);
}

#[test]
fn the_rulebook_of_a_plan_is_found_from_another_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("kept")).unwrap();
    fs::copy(
        root.join("examples/rulebooks/web-shop.toml"),
        path("kept/shop.toml"),
    )
    .unwrap();
    fs::write(path("whole.csv"), "Contract,Service\nyes,law\n").unwrap();
    let freeze = [
        "columns",
        "--freeze",
        "kept/plan.toml",
        "--rules",
        "kept/shop.toml",
        "whole.csv",
    ];
    let ran = run(folder.path(), &freeze, "");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let plan = fs::read_to_string(path("kept/plan.toml")).unwrap();
    assert!(plan.contains("rules = \"shop.toml\""), "{plan}");
    let args = ["classify", "-q", "--config", "kept/plan.toml", "whole.csv"];
    let ran = run(folder.path(), &args, "");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let args = ["classify", "-q", "--config", "plan.toml", "../whole.csv"];
    let beside = run(&path("kept"), &args, "");
    assert_eq!(beside.out, ran.out, "{}", beside.err);
}

#[test]
fn what_is_wrong_in_an_entry_is_named_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    for (entry, why) in [
        (
            "{ column = 'A', since = 'status' }",
            "since = \"status\": expected relationship, contract or signing",
        ),
        (
            "{ column = 'A', role = 'dmy' }",
            "role = \"dmy\": expected states, careful, status",
        ),
        (
            "{ column = 'A', by = 'magic' }",
            "by = \"magic\": expected name, words or values",
        ),
        ("{ column = 'A', like = 'number' }", "like is about filled"),
        ("{ role = 'status' }", "column is missing"),
        ("7", "expected the name of a column"),
    ] {
        let config = format!("[map]\ncontract = {entry}\n");
        fs::write(folder.path().join("map.toml"), &config).unwrap();
        let ran = run(
            folder.path(),
            &["classify", "--config", "map.toml"],
            "A\nyes\n",
        );
        assert_eq!(ran.code, Some(2), "{config}");
        assert!(ran.err.contains(why), "{config}{}", ran.err);
        assert!(ran.err.contains("map.toml, line 2"), "{config}{}", ran.err);
    }
}

#[test]
fn of_two_stated_days_the_first_counts_and_a_plan_keeps_that() {
    let input = "A,B,C\n2019-06-08,2020-08-22,2022-01-01\n";
    for map in [
        &["start_date=A", "start_date:contract=B", "end_date=C"][..],
        &["start_date:contract=B", "start_date=A", "end_date=C"],
        &["end_date=B", "end_date:contract=C"],
        &["start_date=A", "end_date=B", "end_date:contract=C"],
        &["start_date:signing=A", "end_date:contract=C", "end_date=B"],
        &[
            "start_date:relationship=A",
            "start_date:contract=B",
            "start_date=C",
        ],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let map: Vec<&str> = map.iter().flat_map(|one| ["--map", one]).collect();
        let stated = ["--as-of", "2021-06-30"];
        let args = [&["classify", "-q", "--details"][..], &stated, &map].concat();
        let looked = run(folder.path(), &args, input);
        let args = [&["columns", "--freeze", "plan.toml"][..], &stated, &map].concat();
        let freeze = run(folder.path(), &args, input);
        assert_eq!(freeze.code, Some(0), "{}", freeze.err);
        assert_eq!(planned(folder.path(), input).out, looked.out, "{map:?}");
        let args = [&["check", "-q", "--config", "plan.toml"][..]].concat();
        let checked = run(folder.path(), &args, input);
        assert_eq!(checked.code, Some(0), "{map:?}\n{}", checked.out);
    }
}

#[test]
fn a_stated_key_may_come_late_and_be_missing_in_one_of_several_files() {
    let folder = tempfile::tempdir().unwrap();
    let late =
        "{\"contract\":\"yes\"}\n".repeat(100) + "{\"contract\":\"no\",\"Category\":\"3 years\"}\n";
    let map = ["--map", "duration=Category"];
    let args = [&["columns", "--freeze", "plan.toml"][..], &map].concat();
    let ran = run(folder.path(), &args, &late);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let args = [&["classify", "-q", "--details"][..], &map].concat();
    let looked = run(folder.path(), &args, &late);
    assert_eq!(planned(folder.path(), &late).out, looked.out);

    fs::write(folder.path().join("a.ndjson"), "{\"service\":\"law\"}\n").unwrap();
    fs::write(folder.path().join("b.ndjson"), "{\"Paper\":\"ja\"}\n").unwrap();
    let args = [
        "classify",
        "-q",
        "--map",
        "contract=Paper",
        "a.ndjson",
        "b.ndjson",
    ];
    let apart = run(folder.path(), &args, "");
    let as_one = run(
        folder.path(),
        &args[..4],
        "{\"service\":\"law\"}\n{\"Paper\":\"ja\"}\n",
    );
    assert_eq!(
        (apart.code, &apart.out),
        (Some(0), &as_one.out),
        "{}",
        apart.err
    );
    let args = [
        "classify",
        "-q",
        "--map",
        "contract=Nowhere",
        "a.ndjson",
        "b.ndjson",
    ];
    let ran = run(folder.path(), &args, "");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("which no record has"), "{}", ran.err);
    let check = |map| {
        let args = ["check", "-q", "--map", map, "a.ndjson", "b.ndjson"];
        run(folder.path(), &args, "").code
    };
    assert_eq!(
        [check("contract=Paper"), check("contract=Nowhere")],
        [Some(0), Some(2)]
    );
}

#[test]
fn late_keys_that_compete_are_refused_as_labelling_refuses_them() {
    let folder = tempfile::tempdir().unwrap();
    let export = "{\"contract\":\"yes\"}\n".repeat(100)
        + "{\"tenure\":\"3 years\"}\n{\"duration\":\"1 month\"}\n";
    assert_eq!(
        run(folder.path(), &["classify", "-q"], &export).code,
        Some(2)
    );
    let ran = run(
        folder.path(),
        &["columns", "--freeze", "plan.toml"],
        &export,
    );
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err
            .contains("two columns feed the criterion \"duration\""),
        "{}",
        ran.err
    );
}

#[test]
fn what_is_switched_off_or_cannot_be_read_yet_is_kept_in_a_plan() {
    let whole = "Contract,Customer since,Service,Contract Start\nyes,2020-01-01,law,a@b.example\n";
    let args = ["--map", "service=", "--map", "email=Contract Start"];
    let (folder, plan) = frozen(whole, &args);
    assert!(plan.contains("service = \"\""), "{plan}");
    assert!(plan.contains("email = \"Contract Start\""), "{plan}");
    let ran = run(
        folder.path(),
        &["check", "-q", "--config", "plan.toml"],
        whole,
    );
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
}

#[test]
fn evidence_that_is_only_in_related_files_can_be_frozen_and_has_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let main = "id,Name\n1,Kim\n2,Lee\n";
    let contracts = "Contract No,id,Start date,End date\nK1,1,2020-01-01,2027-01-01\n";
    fs::write(folder.path().join("main.csv"), main).unwrap();
    fs::write(folder.path().join("contracts.csv"), contracts).unwrap();
    let with = ["--with", "contracts.csv", "--on", "id=id"];
    let freeze = |to: &str| {
        let args = [&["columns", "--freeze", to][..], &with, &["main.csv"]].concat();
        run(folder.path(), &args, "")
    };
    let ran = freeze("plan.toml");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let plan = fs::read_to_string(folder.path().join("plan.toml")).unwrap();
    assert!(
        plan.contains("as-of = ") && plan.contains("compared = "),
        "{plan}"
    );
    let args = [&["classify", "-q", "--details"][..], &with, &["main.csv"]].concat();
    assert_eq!(
        planned(folder.path(), main).out,
        run(folder.path(), &args, "").out
    );
    // A related file is read, too.
    assert_eq!(freeze("contracts.csv").code, Some(2));
    let kept = fs::read_to_string(folder.path().join("contracts.csv")).unwrap();
    assert_eq!(kept, contracts);
    let open = plan.replace("compared = ", "# ");
    fs::write(folder.path().join("plan.toml"), open).unwrap();
    let ran = planned(folder.path(), main);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("leaves its key to be found"),
        "{}",
        ran.err
    );
}

#[test]
fn flags_win_over_a_plan() {
    let export = "Contract;Customer since;x\nyes;03/04/2019;1;\nyes;17/04/2019;2;\n";
    let (folder, plan) = frozen(export, &[]);
    assert!(plan.contains("trailing-delimiter = true"), "{plan}");
    let part = "Contract,Customer since\nyes,03/04/2019\n";
    let layout = ["--input-format", "csv", "--delimiter", ","];
    let label = |more: &[&str]| {
        let args = ["classify", "-q", "--details", "--config", "plan.toml"];
        let as_of = ["--as-of", "2020-03-20"];
        run(
            folder.path(),
            &[&args[..], &layout, &as_of, more].concat(),
            part,
        )
    };
    // On that day it is 11 months from April, and a year from March.
    let april = label(&[]);
    assert_eq!(april.code, Some(0), "{}", april.err);
    assert_ne!(record(&label(&["--date-order", "mdy"])), record(&april));
}

#[test]
fn records_of_a_table_are_no_totals_if_that_is_stated() {
    let whole = "Account,City,Contract Number,Tenure (months),Company\nA1,Paris,,36,Acme GmbH\nA2,Lyon,,48,Total\nA6,Metz,7/9,,\n";
    let (folder, _) = frozen(whole, &["--own", "Acme"]);
    let cut = |line: &str| line.split(',').skip(2).collect::<Vec<_>>().join(",");
    let columns: String = whole.lines().map(|line| cut(line) + "\n").collect();
    let labels = |ran: &Ran| {
        let lines = ran.out.lines().skip(1);
        lines
            .map(|line| {
                line.split(',')
                    .rev()
                    .take(9)
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
    };
    let in_whole = planned(folder.path(), whole);
    let args = [
        "classify",
        "-q",
        "--details",
        "--config",
        "plan.toml",
        "--no-totals",
    ];
    let projected = run(folder.path(), &args, &columns);
    assert_eq!(labels(&projected), labels(&in_whole), "{}", projected.err);
    assert_ne!(labels(&planned(folder.path(), &columns)), labels(&in_whole));
}

#[test]
fn records_under_keys_and_parts_of_a_bulk_file_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let keyed = "{\"DE\":{\"contract\":\"yes\"},\"FR\":{\"contract\":\"no\"}}";
    let ran = run(folder.path(), &["columns", "--freeze", "plan.toml"], keyed);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("records are under keys"), "{}", ran.err);
    let (folder, _) = frozen("{\"contract\":\"yes\"}\n", &[]);
    let part = "{\"contract\":\"yes\"}\n{\"index\":{}}\n{\"contract\":\"no\"}\n";
    let ran = planned(folder.path(), part);
    assert_eq!(ran.code, Some(2), "{}", ran.out);
}
