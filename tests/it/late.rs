//! Keys that turn up after the first records mean what they would mean among them, or make
//! the criterion unknown; they never make another label.

use std::io::Write;
use std::process::{Command, Stdio};

/// The first records, and one that has another key. Its labels are those that it gets as
/// one of the first.
const CASES: [(&str, &str); 27] = [
    // Days of a quote, a delivery, a supplier or our own staff are not those of a contract.
    (
        r#"{"Quote No":"Q-3","start_date":"2024-01-01"}"#,
        r#"{"Quote No":"Q-3","start_date":"2024-01-01","Valid until":"2030-01-01"}"#,
    ),
    (
        r#"{"Delivery note":"D-3","start_date":"2024-01-01"}"#,
        r#"{"Delivery note":"D-3","start_date":"2024-01-01","Valid until":"2030-01-01"}"#,
    ),
    (
        r#"{"start_date":"2024-01-01","contract_end":"2030-01-01"}"#,
        r#"{"start_date":"2024-01-01","contract_end":"2030-01-01","Quote No":"Q-1"}"#,
    ),
    (
        r#"{"Vendor":"a","frequency":"weekly"}"#,
        r#"{"Vendor":"a","frequency":"weekly","Contract Number":"V-1"}"#,
    ),
    (
        r#"{"Lieferant":"a","frequency":"weekly"}"#,
        r#"{"Lieferant":"a","frequency":"weekly","Vertragsnummer":"V-1"}"#,
    ),
    (
        r#"{"frequency":"weekly","Contract Number":"V-1"}"#,
        r#"{"frequency":"weekly","Contract Number":"V-1","Vendor":"a"}"#,
    ),
    (
        r#"{"frequency":"weekly","Contract Number":"V-1"}"#,
        r#"{"frequency":"weekly","Contract Number":"V-1","dostawca":"a"}"#,
    ),
    (
        r#"{"engagement":"ongoing","HireDate":"2020-01-01","frequency":"weekly"}"#,
        r#"{"engagement":"ongoing","HireDate":"2020-01-01","frequency":"weekly","contract":"no"}"#,
    ),
    // The clearer name counts, whichever comes first.
    (
        r#"{"Contract Number":"V-1","Status":"active"}"#,
        r#"{"Contract Number":"V-2","Status":"active","contract":"no"}"#,
    ),
    (
        r#"{"Contract Number":"V-1","Status":"active"}"#,
        r#"{"Contract Number":"V-2","Status":"active","Contract Status":"terminated"}"#,
    ),
    (
        r#"{"tenure_months":2}"#,
        r#"{"tenure_months":2,"duration":"5 years"}"#,
    ),
    // Columns that contradict each other show nothing.
    (
        r#"{"contract":"yes","affiliation":"company"}"#,
        r#"{"contract":"yes","affiliation":"company","Contract Status":"terminated"}"#,
    ),
    (
        r#"{"service":"law","contract":"yes"}"#,
        r#"{"service":"law","contract":"yes","Our service":"retail"}"#,
    ),
    (
        r#"{"Contract signed":"no","Contract status":"active","frequency":"weekly"}"#,
        r#"{"Contract signed":"no","Contract status":"active","frequency":"weekly","Vertrag":"ja"}"#,
    ),
    // Columns that mean something else beside others.
    (
        r#"{"Signed on":"2019-02-03"}"#,
        r#"{"Signed on":"2019-02-03","Contract Term":"24 months"}"#,
    ),
    (
        r#"{"Contract Start":"2020-01-01"}"#,
        r#"{"Contract Start":"2020-01-01","Signed on":"2020-01-01"}"#,
    ),
    // A status, an end, another kind of contract.
    (
        r#"{"Contract Number":"V-1"}"#,
        r#"{"Contract Number":"V-2","Status":"terminated"}"#,
    ),
    (
        r#"{"Contract Number":"V-1"}"#,
        r#"{"Contract Number":"V-2","Status":"draft"}"#,
    ),
    (
        r#"{"Contract Number":"V-1"}"#,
        r#"{"Contract Number":"V-2","Status":"active"}"#,
    ),
    (
        r#"{"Contract Number":"V-1"}"#,
        r#"{"Contract Number":"V-2","Cancelled":"true"}"#,
    ),
    (
        r#"{"Contract Number":"V-1"}"#,
        r#"{"Contract Number":"V-2","Is Active":"false"}"#,
    ),
    (
        r#"{"Contract Number":"V-1"}"#,
        r#"{"Contract Number":"V-2","Terminated on":"2020-01-01"}"#,
    ),
    (
        r#"{"Contract Number":"V-1"}"#,
        r#"{"Contract Number":"V-2","Contract Type":"employment"}"#,
    ),
    (
        r#"{"Contract Number":"V-1"}"#,
        r#"{"Contract Number":"V-2","Vertragsart":"Arbeitsvertrag"}"#,
    ),
    // What values show of a length, and different parts.
    (
        r#"{"frequency":"weekly"}"#,
        r#"{"frequency":"weekly","duration":300}"#,
    ),
    (
        r#"{"frequency":"weekly"}"#,
        r#"{"Contract Status":"active","Contract Number":"V-1"}"#,
    ),
    (
        r#"{"contract":"yes","Contract End":"2030-01-01"}"#,
        r#"{"contract":"","Contract End":"2030-01-01","Valid until":"2020-01-01"}"#,
    ),
];

fn run(arguments: &[&str], text: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(arguments)
        .args(["--as-of", "2025-06-30"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{arguments:?}: {text}");
    String::from_utf8(out.stdout).unwrap()
}

/// The labels of the last record, as a run gives them and as an explanation does.
fn labels(first: &str, times: usize, last: &str) -> [String; 2] {
    let text = format!("{first}\n").repeat(times) + last + "\n";
    let labelled = run(&["classify", "-q"], &text);
    let last = labelled.lines().last().unwrap();
    let label = |card: &str| {
        let from = last.split(&format!("\"{card}_label\":\"")).nth(1).unwrap();
        from.split('"').next().unwrap().to_owned()
    };
    let of_run = format!(
        "relationship: {}, affiliation: {}",
        label("relationship"),
        label("affiliation")
    );
    let row = (times + 1).to_string();
    let explained = run(&["explain", "--row", &row], &text);
    let of_explanation = explained.lines().nth(1).unwrap().to_owned();
    [of_run, of_explanation]
}

#[test]
fn a_late_key_makes_no_other_label_than_an_early_one() {
    for (first, last) in CASES {
        let early = labels(first, 1, last);
        assert_eq!(early[0], early[1], "early: {last}");
        let late = labels(first, 110, last);
        assert_eq!(late, early, "late: {last}");
    }
}

#[test]
fn a_key_that_is_not_read_but_changes_what_others_show_is_reported() {
    let text = "{\"Contract Number\":\"V-1\"}\n".repeat(110)
        + "{\"Contract Number\":\"V-2\",\"Cancelled\":\"true\"}\n";
    let mut child = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .arg("classify")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(text.as_bytes()).unwrap();
    drop(stdin);
    let out = child.wait_with_output().unwrap();
    let report = String::from_utf8(out.stderr).unwrap();
    let line = "from record 111 on, \"Cancelled\" is not read, but may change contract";
    assert!(report.contains(line), "{report}");
}
