//! Reports are valid by their published schemas, and agree with each other.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use boon::{Compiler, SchemaIndex, Schemas};
use proptest::prelude::*;
use serde_json::Value;
use uppsala::XsdValidator;

use super::{check, write};
use crate::effort::cases;
use crate::printed::fault;

const JUNIT: &str = include_str!("schemas/junit-10.xsd");
const SARIF: &str = include_str!("schemas/sarif-schema-2.1.0.json");

/// The first schema violation in a SARIF file, if any.
fn sarif_faults(sarif: &Value) -> Option<String> {
    static COMPILED: OnceLock<(Schemas, SchemaIndex)> = OnceLock::new();
    let (schemas, index) = COMPILED.get_or_init(|| {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let schema: Value = serde_json::from_str(SARIF).unwrap();
        compiler.add_resource("sarif.json", schema).unwrap();
        let index = compiler.compile("sarif.json", &mut schemas).unwrap();
        (schemas, index)
    });
    let result = schemas.validate(sarif, *index);
    result.err().map(|error| error.to_string())
}

/// The schema violations in a JUnit file.
fn junit_faults(xml: &str) -> Vec<String> {
    let schema = uppsala::parse(JUNIT).unwrap();
    let validator = XsdValidator::from_schema(&schema).unwrap();
    let document = match uppsala::parse(xml) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let errors = validator.validate(&document);
    errors.iter().map(|error| error.to_string()).collect()
}

/// Test cases, failures, errors and warnings of a JUnit file, counted by its elements.
fn junit_counts(xml: &str) -> [usize; 4] {
    [
        "<testcase ",
        "<failure ",
        "<error ",
        "<system-out>warning: ",
    ]
    .map(|element| xml.matches(element).count())
}

fn attribute(xml: &str, name: &str) -> usize {
    let (_, rest) = xml
        .split_once("<testsuites name=\"clientype check\"")
        .unwrap();
    let (_, rest) = rest.split_once(&format!(" {name}=\"")).unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

/// All reports on one run, by their names.
fn reports(folder: &Path, arguments: &[&str]) -> (BTreeMap<&'static str, String>, i32) {
    let names = ["text", "json", "junit", "sarif", "github", "markdown"];
    let mut all: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
    for name in names {
        all.extend(["--report".to_owned(), format!("{name}=report.{name}")]);
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let ran = check(folder, &all);
    let read = |name| std::fs::read_to_string(folder.join(format!("report.{name}"))).unwrap();
    (names.map(|name| (name, read(name))).into(), ran.code)
}

/// Asserts that all reports are valid and agree.
fn agree(reports: &BTreeMap<&str, String>, code: i32) {
    let json: Value = serde_json::from_str(&reports["json"]).unwrap();
    let sarif: Value = serde_json::from_str(&reports["sarif"]).unwrap();
    let junit = &reports["junit"];
    assert_eq!(junit_faults(junit), Vec::<String>::new(), "{junit}");
    assert_eq!(sarif_faults(&sarif), None, "{sarif:#}");

    let findings = json["findings"].as_array().unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(findings.len(), results.len());
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    for (finding, result) in findings.iter().zip(results) {
        assert_eq!(finding["code"], result["ruleId"]);
        assert_eq!(finding["severity"], result["level"]);
        let rule = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            finding["line"], place["region"]["startLine"],
            "{finding} {result}"
        );
    }
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["exitCode"], code);
    assert_eq!(invocation["executionSuccessful"], code != 2);
    assert_eq!(json["passed"], code == 0);
    assert_eq!(json["error"].is_string(), code == 2);

    let errors = json["errors"].as_u64().unwrap() as usize;
    let severe = |severity: &str| {
        let of = findings
            .iter()
            .filter(|finding| finding["severity"] == severity);
        of.count()
    };
    let [cases, failures, broken, warned] = junit_counts(junit);
    assert_eq!(attribute(junit, "tests"), cases);
    assert_eq!(attribute(junit, "failures"), failures);
    assert_eq!(attribute(junit, "errors"), broken);
    assert_eq!(broken, usize::from(code == 2));
    // Readers identify cases by name, so each name occurs once.
    let names: Vec<&str> = junit
        .split("<testcase ")
        .skip(1)
        .map(|case| case.split('>').next().unwrap())
        .collect();
    let different: std::collections::BTreeSet<&&str> = names.iter().collect();
    assert_eq!(names.len(), different.len(), "{junit}");
    // Each error that is shown is a failure, the others are one failure for each rule, and
    // warnings never are.
    assert!(failures >= severe("error"), "{junit}");
    assert_eq!(failures > 0, errors > 0, "{junit}");
    assert_eq!(warned, severe("warning"));

    let github = &reports["github"];
    for (kind, all) in [
        ("error", errors + broken),
        ("warning", json["warnings"].as_u64().unwrap() as usize),
    ] {
        let lines = github
            .lines()
            .filter(|line| line.starts_with(&format!("::{kind} ")));
        let shown = lines.count();
        assert!(shown <= 10 && (shown > 0) == (all > 0), "{github}");
    }
    let last = github.lines().last().unwrap();
    let outcome = ["passed", "failed", "not judged"][code as usize];
    assert!(
        last.starts_with(&format!("clientype: {outcome}: ")),
        "{last}"
    );
    assert!(
        github
            .lines()
            .all(|line| line.starts_with("::") || line == last),
        "{github}"
    );
    assert!(reports["text"].starts_with(&outcome.to_uppercase()));
    assert!(reports["markdown"].starts_with(&format!("## clientype: {outcome}\n")));
}

#[test]
fn all_reports_are_valid_and_agree_on_how_it_came_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "Id,Contract,Service,Account Manager,Frequency,Kind\n".to_owned();
    for i in 0..40 {
        let kind = ["Client", "Customer", "", "VIP"][i % 4];
        text += &format!(
            "{},yes,law,dedicated,{},{kind}\n",
            i / 2,
            ["weekly", "odd"][i % 2]
        );
    }
    write(folder.path(), "many.csv", &text);
    let labels =
        "Id,relationship_label,affiliation_label\n0,Customer,Internal\n99,Client,External\n";
    write(folder.path(), "labels.csv", labels);
    write(
        folder.path(),
        "broken.csv",
        "Id,Contract\n1,yes\n2,yes,no\n",
    );
    let expect = ["--expect", "relationship=Kind", "--label-language", "en"];
    let all = [
        &expect[..],
        &[
            "--no-unread-values",
            "--unique",
            "Id",
            "--min-records",
            "100",
            "--require",
            "contract",
        ],
        &[
            "--max-undetermined",
            "1%",
            "--key",
            "Id",
            "--baseline",
            "labels.csv",
            "--strict-baseline",
            "--summary",
        ],
    ]
    .concat();
    for (arguments, expected) in [
        (&["--require", "contract", "many.csv"][..], 0),
        (&["many.csv"], 0),
        (&[&expect[..], &["many.csv"]].concat(), 1),
        (
            &[
                &expect[..],
                &[
                    "--min-agreement",
                    "10%",
                    "--allow",
                    "label-missing",
                    "many.csv",
                ],
            ]
            .concat(),
            0,
        ),
        (
            &[
                &expect[..],
                &[
                    "--min-agreement",
                    "10%",
                    "--allow",
                    "label-missing",
                    "--fail-on",
                    "warning",
                    "many.csv",
                ],
            ]
            .concat(),
            1,
        ),
        (&[&all[..], &["many.csv"]].concat(), 1),
        (
            &[&all[..], &["--max-findings", "3", "many.csv"]].concat(),
            1,
        ),
        (
            &[&all[..], &["--max-findings", "0", "many.csv", "many.csv"]].concat(),
            1,
        ),
        (
            &[
                &all[..],
                &[
                    "--warn",
                    "label-differs",
                    "--warn",
                    "duplicate-value",
                    "many.csv",
                ],
            ]
            .concat(),
            1,
        ),
        (&["broken.csv"], 2),
        (&["missing.csv"], 2),
        (&["--unique", "Id", "many.csv", "broken.csv"], 2),
    ] {
        let (reports, code) = reports(folder.path(), arguments);
        assert_eq!(code, expected, "{arguments:?}");
        // `--fail-on warning` adds a failure, because warnings are not failures themselves.
        if !arguments.contains(&"--fail-on") {
            agree(&reports, code);
        } else {
            let junit = &reports["junit"];
            assert!(junit.contains("there are no warnings"), "{junit}");
            assert_eq!(attribute(junit, "failures"), 1);
        }
    }
}

#[test]
fn what_github_has_no_room_for_is_summed_up_in_one() {
    let folder = tempfile::tempdir().unwrap();
    for (records, shown) in [(10, 10), (11, 10), (1000, 10)] {
        let text = "Contract,Kind\n".to_owned() + &"yes,Customer\n".repeat(records);
        write(folder.path(), "many.csv", &text);
        let ran = check(
            folder.path(),
            &[
                "-q",
                "--expect",
                "relationship=Kind",
                "--label-language",
                "en",
                "--format",
                "github",
                "many.csv",
            ],
        );
        let lines: Vec<&str> = ran
            .out
            .lines()
            .filter(|line| line.starts_with("::error "))
            .collect();
        assert_eq!(lines.len(), shown);
        assert!(
            lines[0].starts_with(
                "::error file=many.csv,line=2,title=clientype label-differs::record 1, "
            )
        );
        let rest = "::error title=clientype::";
        match records {
            10 => assert!(!ran.out.contains(rest)),
            _ => {
                let grouped = clientype::internals::grouped(records as u64 - 9);
                let all = clientype::internals::grouped(records as u64);
                assert_eq!(
                    lines[9],
                    format!("{rest}{grouped} more errors; in total: {all} label-differs")
                );
            }
        }
    }
}

#[test]
fn the_first_findings_are_shown_and_all_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "Id,Contract,Kind\n".to_owned();
    for i in 0..500 {
        text += &format!("{},yes,{}\n", i % 400, ["Customer", "Client"][i % 2]);
    }
    write(folder.path(), "many.csv", &text);
    let expect = [
        "-q",
        "--expect",
        "relationship=Kind",
        "--label-language",
        "en",
        "--unique",
        "Id",
    ];
    let records = |more: &[&str]| {
        let ran = check(
            folder.path(),
            &[&expect[..], &["--format", "json"], more, &["many.csv"]].concat(),
        );
        assert_eq!(ran.code, 1);
        let json = ran.json();
        assert_eq!(json["counts"]["label-differs"], 250);
        assert_eq!(json["counts"]["duplicate-value"], 100);
        let records: Vec<u64> = json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["record"].as_u64().unwrap_or(0))
            .collect();
        records
    };
    let odd = |most: u64| -> Vec<u64> { (1..=most).map(|i| 2 * i - 1).collect() };
    assert_eq!(records(&[]), odd(100));
    assert_eq!(records(&["--max-findings", "3"]), odd(3));
    // Errors displace warnings, and findings about all records come first.
    let twins = records(&[
        "--max-findings",
        "5",
        "--warn",
        "label-differs",
        "--min-records",
        "1000",
    ]);
    assert_eq!(twins, [0, 401, 402, 403, 404]);
    assert_eq!(records(&["--max-findings", "1000"]).len(), 350);
}

proptest! {
    #![proptest_config(cases(20, 40))]

    /// No text in a file or its name makes a report invalid.
    #[test]
    fn no_text_breaks_a_report(
        values in prop::collection::vec(
            r#"([\PC\x00-\x1f\u{85}\u{9b}\u{202e}\u{200b}\u{2028}\u{feff}\u{fffe}\u{ffff}"<>&:%,\]|`*\r\n]|::error::|##\[x\]|##vso\[x\]|##teamcity\[x\]|\]\]>|%0A|\\ud800){0,8}"#,
            1..6,
        ),
        column in r#"[\PC\x01-\x09\u{fffe}\u{202e}"<>&:%,|`]{1,8}"#,
        name in r#"[a-zA-Z %#:,&<>"'éü\n\u{1b}\u{9b}\u{202e}]{1,8}"#,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["Id", "Contract", "Frequency", "", column.as_str()]).unwrap();
        for value in &values {
            writer.write_record([value, "yes", value, "", value]).unwrap();
        }
        let file = format!("{name}.csv");
        std::fs::write(folder.path().join(&file), writer.into_inner().unwrap()).unwrap();
        let column = column.as_str();
        prop_assume!(!column.is_empty() && column == column.trim());
        let expect = format!("relationship={column}");
        let (reports, code) = reports(folder.path(), &[
            "-q", "--expect", &expect, "--key", "Id", "--unique", "Id", "--no-unread-values", "--summary",
            "--require", "frequency", "--label-language", "fr", "--input-format", "csv",
            "--delimiter", "comma", &format!("./{file}"),
        ]);
        agree(&reports, code);
        // Two columns may have the same name; everything else can be judged.
        let is_twice = ["Id", "Contract", "Frequency"].iter().any(|name| name.eq_ignore_ascii_case(column));
        prop_assert!(code < 2 || is_twice, "{}", &reports["text"]);
        // No report hides anything, or commands a runner.
        for (kind, report) in &reports {
            prop_assert_eq!(fault(report, *kind == "github"), None, "{}: {}", kind, report);
        }
    }
}

#[test]
fn what_is_found_stays_the_same_where_lines_move() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Id,Contract,Kind\nA,yes,Customer\nB,yes,Client\n";
    let identity = |text: &str| {
        write(folder.path(), "list.csv", text);
        let (reports, _) = reports(
            folder.path(),
            &[
                "-q",
                "--expect",
                "relationship=Kind",
                "--label-language",
                "en",
                "--key",
                "Id",
                "list.csv",
            ],
        );
        let sarif: Value = serde_json::from_str(&reports["sarif"]).unwrap();
        let fingerprint = sarif["runs"][0]["results"][0]["partialFingerprints"].clone();
        let (_, name) = reports["junit"]
            .split_once("name=\"label-differs: ")
            .unwrap();
        (fingerprint, name.split('"').next().unwrap().to_owned())
    };
    let before = identity(text);
    assert_eq!(before.1, "key &quot;A&quot;, column &quot;Kind&quot;");
    assert_eq!(
        identity(
            &text
                .replace("A,yes", "B,yes,Client\nA,yes")
                .replacen("B,yes,Client\nB", "B", 1)
        ),
        before
    );
    assert_ne!(identity(&text.replace("A,yes", "C,yes")), before);
}

/// GitHub's runner obeys `::command` at the beginning of a line and `##[command]` within
/// one, no matter who wrote it.
#[test]
fn nothing_that_a_file_says_is_a_command_to_the_runner() {
    let folder = tempfile::tempdir().unwrap();
    let value = format!("{} ::stop-commands::x ##[stop-commands]y", "a".repeat(61));
    let text =
        format!("Contract,Frequency,##[group],Kind\nyes,weekly,x,{value}\nno,{value},y,Client\n");
    write(folder.path(), "##[x].csv", &text);
    for format in ["text", "json", "junit", "sarif", "github", "markdown"] {
        let ran = check(
            folder.path(),
            &[
                "--summary",
                "--expect",
                "relationship=Kind",
                "--label-language",
                "en",
                "--no-unread-values",
                "--unique",
                "##[group]",
                "--key",
                "Kind",
                "--format",
                format,
                "##[x].csv",
            ],
        );
        assert_eq!(ran.code, 1, "{}", ran.err);
        for text in [&ran.out, &ran.err] {
            assert!(!text.contains("##["), "{format}: {text}");
            let ours = |line: &str| {
                ["error", "warning", "notice"]
                    .iter()
                    .any(|kind| line.starts_with(&format!("::{kind} ")))
            };
            let commands = text
                .lines()
                .filter(|line| line.trim_start().starts_with("::"));
            for command in commands {
                assert!(format == "github" && ours(command), "{format}: {command}");
            }
        }
    }
}
