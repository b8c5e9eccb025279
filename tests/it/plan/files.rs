//! Several files: under one plan, and as one without a plan.

use std::fs;

use super::{frozen, planned, record, run};

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
