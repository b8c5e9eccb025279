//! Parts of an export get the labels of the whole.

use std::fs;
use std::path::Path;

use super::{Ran, frozen, looked, planned, record, run};

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
