//! Baselines: their formats, when they are written, and when they stay as they were.

use super::exits::folder;
use super::{check, run, write};

#[test]
fn a_baseline_is_what_classify_writes_too_in_any_format() {
    let folder = folder();
    for (format, file) in [
        ("csv", "l.csv"),
        ("json", "l.json"),
        ("ndjson", "l.ndjson"),
        ("tsv", "l.tsv"),
    ] {
        let ran = run(
            folder.path(),
            &["classify", "-q", "-f", format, "-o", file, "good.csv"],
        );
        assert_eq!(ran.code, 0, "{}", ran.err);
        let ran = check(
            folder.path(),
            &[
                "-q",
                "--key",
                "Id",
                "--baseline",
                file,
                "--format",
                "json",
                "good.csv",
            ],
        );
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert_eq!(ran.json()["baseline"]["unchanged"], 2);
    }
}

#[test]
fn a_check_that_fails_leaves_the_baseline_as_it_was() {
    let folder = folder();
    let baseline = "Id,relationship_label,affiliation_label\n1,Client,Undetermined\n";
    let write_it = [
        "-q",
        "--key",
        "Id",
        "--baseline",
        "kept.csv",
        "--write-baseline",
    ];
    for (more, code) in [
        (&["--min-records", "9", "good.csv"][..], 1),
        (&["good.csv", "good.csv"], 1),
        (&["good.csv", "ragged.csv"], 2),
        (&["good.csv"], 0),
    ] {
        write(folder.path(), "kept.csv", baseline);
        let ran = check(folder.path(), &[&write_it[..], more].concat());
        assert_eq!(ran.code, code, "{}", ran.err);
        let now = std::fs::read_to_string(folder.path().join("kept.csv")).unwrap();
        assert_eq!(now == baseline, code != 0, "{more:?}: {now}");
        assert_eq!(ran.out.contains("the labels of"), code == 0, "{}", ran.out);
    }
}

#[test]
fn a_baseline_that_cannot_be_written_is_no_quiet_end() {
    let folder = folder();
    let ran = check(
        folder.path(),
        &[
            "-q",
            "--key",
            "Id",
            "--baseline",
            "/dev/full",
            "--write-baseline",
            "good.csv",
        ],
    );
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("the baseline cannot be written"),
        "{}",
        ran.err
    );
}

#[test]
fn a_baseline_that_knows_nobody_is_no_pass() {
    let folder = folder();
    let labels = "Id,relationship_label\nK-1,Client\nK-2,Customer\n";
    write(folder.path(), "labels.csv", labels);
    let against = |file: &str| {
        let ran = check(
            folder.path(),
            &[
                "-q",
                "--key",
                "Id",
                "--baseline",
                "labels.csv",
                "--format",
                "json",
                file,
            ],
        );
        assert_eq!(ran.code, 1);
        assert_eq!(ran.json()["counts"]["baseline-not-matched"], 1);
    };
    against("good.csv");
    against("header.csv");
    write(folder.path(), "labels.csv", "Id,relationship_label\n");
    against("good.csv");
    // A baseline may have the labels of one scorecard only.
    write(folder.path(), "labels.csv", &labels.replace("K-", ""));
    let ran = check(
        folder.path(),
        &[
            "-q",
            "--key",
            "Id",
            "--baseline",
            "labels.csv",
            "--format",
            "json",
            "good.csv",
        ],
    );
    assert_eq!(
        (ran.code, &ran.json()["baseline"]["unchanged"]),
        (0, &2.into())
    );
}

#[test]
fn a_baseline_is_kept_where_a_report_cannot_be_written() {
    let folder = folder();
    write(
        folder.path(),
        "kept.csv",
        "Id,relationship_label\n1,Client\n",
    );
    let ran = check(
        folder.path(),
        &[
            "-q",
            "--key",
            "Id",
            "--baseline",
            "kept.csv",
            "--write-baseline",
            "--report",
            "json=/dev/full",
            "good.csv",
        ],
    );
    assert_eq!(ran.code, 2, "{}", ran.err);
    let kept = std::fs::read_to_string(folder.path().join("kept.csv")).unwrap();
    assert_eq!(kept, "Id,relationship_label\n1,Client\n");
}
