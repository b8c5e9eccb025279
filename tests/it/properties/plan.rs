//! A plan decides once: under the plan of the whole, any part of an export gets the labels
//! that it gets within the whole, without a plan too.
//!
//! The exports are made of headers of the vocabulary, certain and doubtful, and of texts as
//! exports have them. The binary reads them, as users have it do.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::cases;

/// The headers of the vocabulary for columns that feed a criterion, certainly or perhaps.
fn headers() -> Vec<&'static str> {
    let rows = include_str!("../../../src/lexicon/vocabulary.csv").lines();
    let rows = rows.filter_map(|row| {
        let [criterion, value, _, word] = row.splitn(4, ',').collect::<Vec<_>>()[..] else {
            return None;
        };
        let is_plain = !word.contains([',', '"', ';', '\\']);
        let is_of_columns = value.starts_with('(')
            && [
                "column", "since", "in force", "term", "flag", "number", "day", "status", "name",
            ]
            .iter()
            .any(|kind| value[1..].starts_with(kind));
        let is_fed = !["*", "records", "related", "state", "length"].contains(&criterion);
        (is_plain && is_of_columns && is_fed).then_some(word)
    });
    rows.collect()
}

/// Texts of a column: those of one kind, so that values decide what it is about.
const TEXTS: [&[&str]; 14] = [
    &["", "yes", "no", "n/a"],
    &["yes", "no", "1", "0", ""],
    &["", "active", "draft", "terminated", "expired", "hm"],
    &["", "V-2019/17", "C-4711", "-", "none"],
    &["", "2019-03-01", "2031-12-31", "2024-02-29"],
    &["", "03/04/2024", "05/06/2021", "01/02/2019"],
    &["", "03/04/2024", "17/04/2021", "25/12/2019"],
    &["", "03/04/2024", "04/17/2021", "12/25/2019"],
    &["", "24/03/04", "19/12/25", "21-07-09"],
    &["", "12", "36", "3 years", "18 months", "2"],
    &["", "client", "customer", "Kunde", "Mandant"],
    &["", "internal", "external", "employee", "partner"],
    &[
        "",
        "regular visits",
        "advisory",
        "consulting",
        "retail",
        "law",
    ],
    &[
        "",
        "jo@acme.example",
        "jo@globex.example",
        "jo@gmail.com",
        "Acme GmbH",
        "Globex",
    ],
];

/// A column: its header, and two kinds of texts: those of the first records and those of
/// the later ones, which may show something else.
#[derive(Debug, Clone)]
struct Column {
    header: &'static str,
    early: &'static [&'static str],
    late: &'static [&'static str],
    /// Objects have it only among the later records.
    is_late: bool,
}

#[derive(Debug, Clone)]
struct Export {
    columns: Vec<Column>,
    /// For each record a pick for each column.
    records: Vec<Vec<u8>>,
    is_json: bool,
}

fn column() -> impl Strategy<Value = Column> {
    let texts = || select(TEXTS.to_vec());
    (
        select(headers()),
        texts(),
        texts(),
        any::<bool>(),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(header, early, late, same, is_late)| Column {
            header,
            early,
            late: if same { early } else { late },
            is_late,
        })
}

fn export() -> impl Strategy<Value = Export> {
    let columns = prop::collection::vec(column(), 1..7);
    let records = prop::collection::vec(prop::collection::vec(any::<u8>(), 7), 1..260);
    (columns, records, any::<bool>()).prop_map(|(mut columns, records, is_json)| {
        let mut seen = std::collections::BTreeSet::new();
        columns.retain(|column| seen.insert(column.header));
        Export {
            columns,
            records,
            is_json,
        }
    })
}

impl Export {
    fn head(&self) -> String {
        let names = self.columns.iter().map(|column| column.header);
        match self.is_json {
            true => String::new(),
            false => names.collect::<Vec<_>>().join(";") + "\n",
        }
    }

    /// The records, each with its line break.
    fn lines(&self) -> Vec<String> {
        let line = |(number, picks): (usize, &Vec<u8>)| {
            let mut cells = Vec::new();
            for (column, pick) in self.columns.iter().zip(picks) {
                let is_late = number >= 100;
                let texts = if is_late { column.late } else { column.early };
                let text = texts[usize::from(*pick) % texts.len()];
                let is_left_out = column.is_late && !is_late || text.is_empty() && *pick > 127;
                match self.is_json {
                    true if is_left_out => {}
                    true => cells.push(format!("{:?}:{text:?}", column.header)),
                    false => cells.push(text.to_owned()),
                }
            }
            match self.is_json {
                true => format!("{{{}}}\n", cells.join(",")),
                false => cells.join(";") + "\n",
            }
        };
        self.records.iter().enumerate().map(line).collect()
    }
}

/// Runs the binary in `folder`; its output, or else what it says.
fn run(folder: &Path, args: &[&str], input: &str) -> Result<String, String> {
    fs::write(folder.join("input"), input).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::from(fs::File::open(folder.join("input")).unwrap()))
        .output()
        .unwrap();
    match ran.status.success() {
        true => Ok(String::from_utf8(ran.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&ran.stderr).into_owned()),
    }
}

const STATED: [&str; 6] = [
    "--as-of",
    "2026-01-31",
    "--own",
    "Acme",
    "--own",
    "acme.example",
];

/// Whether keys that turned up late are compared with other columns, by what the report says.
fn compares_late_keys(folder: &Path, format: &str, input: &str) -> bool {
    fs::write(folder.join("whole"), input).unwrap();
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(["classify", "--input-format", format])
        .args(STATED)
        .arg("whole")
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8_lossy(&ran.stderr).contains("is not read, but may change")
}

/// Labels without a plan.
fn looked(folder: &Path, format: &str, input: &str) -> Result<String, String> {
    let mut args = vec!["classify", "-q", "--details", "--input-format", format];
    args.extend(STATED);
    run(folder, &args, input)
}

fn planned(folder: &Path, threads: &str, input: &str) -> Result<String, String> {
    let args = [
        "classify",
        "-q",
        "--details",
        "--config",
        "plan.toml",
        "--threads",
        threads,
    ];
    run(folder, &args, input)
}

/// The lines of an output after its header.
fn body<'t>(output: &'t str, head: &str) -> &'t str {
    match head.is_empty() {
        true => output,
        false => output.split_once('\n').map_or("", |(_, body)| body),
    }
}

proptest! {
    #![proptest_config(cases(24, 256))]

    #[test]
    fn under_a_plan_every_part_gets_the_labels_of_the_whole(
        export in export(),
        cuts in prop::collection::vec(any::<Index>(), 0..5),
        value in any::<Index>(),
        threads in 1_usize..4,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let format = if export.is_json { "ndjson" } else { "csv" };
        let (head, lines) = (export.head(), export.lines());
        let input = head.clone() + &lines.concat();
        let whole = looked(folder, format, &input);
        // If it is an error without a plan, there is nothing to hold to.
        prop_assume!(whole.is_ok());
        // A plan does not compare what it does not name.
        prop_assume!(!compares_late_keys(folder, format, &input));
        let whole = whole.unwrap_or_default();
        let mut freeze = vec!["columns", "--freeze", "plan.toml", "--input-format", format];
        freeze.extend(STATED);
        let frozen = run(folder, &freeze, &input);
        prop_assert!(frozen.is_ok(), "{:?}\n{}", frozen, input);
        let plan = fs::read_to_string(folder.join("plan.toml")).unwrap();
        let threads = threads.to_string();
        let under = planned(folder, &threads, &input);
        prop_assert_eq!(under.as_ref(), Ok(&whole), "{}\n{}", plan, input);

        // Parts: some of them empty or of a single record.
        let whole_body: Vec<&str> = body(&whole, &head).lines().collect();
        prop_assert_eq!(whole_body.len(), lines.len());
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(lines.len() + 1)).collect();
        ends.push(lines.len());
        ends.sort_unstable();
        let mut start = 0;
        let mut together = String::new();
        for end in ends {
            let part = planned(folder, &threads, &(head.clone() + &lines[start..end].concat()));
            prop_assert!(part.is_ok(), "{:?}\n{}", part, plan);
            together += body(&part.unwrap_or_default(), &head);
            start = end;
        }
        prop_assert_eq!(together.lines().collect::<Vec<_>>(), whole_body.clone(), "{}\n{}", plan, input);

        // By value: the records with one text of a column, from the last to the first.
        let of = export.columns[value.index(export.columns.len())].early[0];
        let chosen = (0..lines.len()).rev().filter(|line| lines[*line].contains(of));
        let chosen: Vec<usize> = chosen.collect();
        let part: String = chosen.iter().map(|line| lines[*line].as_str()).collect();
        let part = planned(folder, &threads, &(head.clone() + &part));
        let wanted: Vec<&str> = chosen.iter().map(|line| whole_body[*line]).collect();
        prop_assert_eq!(part.as_deref().map(|part| body(part, &head).lines().collect::<Vec<_>>()), Ok(wanted), "{}\n{}", plan, input);
    }

    // An oracle that knows no plan: what is looked at comes first.
    #[test]
    fn a_part_behind_the_beginning_of_the_whole_gets_the_same_labels_as_under_the_plan(
        export in export(),
        cut in any::<Index>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let format = if export.is_json { "ndjson" } else { "csv" };
        // Enough records, so that nothing behind them is looked at.
        let mut export = export;
        export.records = export.records.iter().cycle().take(1200).cloned().collect();
        for column in &mut export.columns {
            column.is_late = false;
        }
        let (head, lines) = (export.head(), export.lines());
        let input = head.clone() + &lines.concat();
        prop_assume!(looked(folder, format, &input).is_ok());
        let mut freeze = vec!["columns", "--freeze", "plan.toml", "--input-format", format];
        freeze.extend(STATED);
        let frozen = run(folder, &freeze, &input);
        prop_assert!(frozen.is_ok(), "{:?}\n{}", frozen, input);
        let first = 1000;
        let part = &lines[first + cut.index(lines.len() - first)..];
        let mut both = head.clone() + &lines[..first].concat();
        // More than is looked at, for any width of records.
        while both.len() < 64 * 1024 {
            let _ = write!(both, "{}", lines[..first].concat());
        }
        let before = both.lines().count() - usize::from(!head.is_empty());
        both += &part.concat();
        let looked = looked(folder, format, &both);
        let looked = looked.as_deref().map(|text| body(text, &head).lines().skip(before).collect::<Vec<_>>());
        let under = planned(folder, "2", &(head.clone() + &part.concat()));
        let under = under.as_deref().map(|text| body(text, &head).lines().collect::<Vec<_>>());
        prop_assert_eq!(under, looked, "{}", fs::read_to_string(folder.join("plan.toml")).unwrap());
    }

    // Without a plan, several files are one.
    #[test]
    fn several_files_of_objects_are_labelled_as_their_concatenation_is(
        export in export(),
        cuts in prop::collection::vec(any::<Index>(), 1..4),
    ) {
        let export = Export { is_json: true, ..export };
        let lines = export.lines();
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let whole = looked(folder, "ndjson", &lines.concat());
        prop_assume!(whole.is_ok());
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(lines.len())).collect();
        ends.push(lines.len());
        ends.sort_unstable();
        ends.dedup();
        ends.retain(|end| *end > 0);
        let mut args = vec!["classify", "-q", "--details", "--input-format", "ndjson"];
        args.extend(STATED);
        let names: Vec<String> = ends.iter().map(|end| format!("{end}.ndjson")).collect();
        let mut start = 0;
        for (end, name) in ends.iter().zip(&names) {
            fs::write(folder.join(name), lines[start..*end].concat()).unwrap();
            args.push(name);
            start = *end;
        }
        prop_assert_eq!(run(folder, &args, ""), whole);
    }
}
