//! What a plan has, what can be stated in it, and what is refused.

use std::fs;
use std::path::Path;

use super::{Ran, frozen, planned, record, run};

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
