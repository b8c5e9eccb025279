//! What SQL takes for granted: the texts that need no reading, and readings that are those
//! of files.
//!
//! That the statements give the labels of `classify` is shown against databases, which no
//! test here has.

use clientype::internals::Evidence;
use clientype::internals::columns::Columns;
use clientype::internals::engine::compile::Rules;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::sql::{Dialect, Part, Planned, TableName, Target};
use clientype::internals::value::{Own, Value};

/// Columns that play each part for a criterion.
const NAMES: &[(&str, &[&str])] = &[
    ("Contract", &["yes", "no", "12 months"]),
    ("Contract number", &["C-1", "C-2"]),
    ("Contract status", &["active", "draft"]),
    ("Contract type", &["nda", "retainer"]),
    ("Contract start", &["2020-01-01"]),
    ("Contract end", &["2027-01-01"]),
    ("Contract term", &["12", "24"]),
    ("Signed on", &["2020-01-01"]),
    ("Customer since", &["2019-01-01"]),
    ("Relationship length", &["3 years"]),
    ("Is employee", &["yes", "no"]),
    ("Key account manager", &["Ann Lee", "Bob Ray"]),
    ("Organization", &["Globex", "Acme"]),
    ("Email", &["ann@globex.example", "bob@acme.example"]),
    ("Frequency", &["weekly", "once"]),
];

fn rules() -> Rules {
    let rulebook = Rulebook::documents().unwrap();
    let own = Own::new(["Acme", "acme.example"]);
    Rules::compile(rulebook, &own, jiff::civil::date(2026, 1, 31)).unwrap()
}

fn planned(rules: &Rules) -> Planned<'_> {
    let columns = Columns::new(rules, &[]).unwrap();
    let names: Vec<String> = NAMES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let values: Vec<Vec<String>> = NAMES
        .iter()
        .map(|(_, values)| values.iter().map(|value| (*value).to_owned()).collect())
        .collect();
    let mapping = columns.settle(&names, &values, true).unwrap();
    Planned::new(rules, &columns, &mapping, &names)
}

#[test]
fn an_empty_text_is_missing_in_every_column() {
    let rules = rules();
    let mut planned = planned(&rules);
    let columns: Vec<String> = planned.columns().into_iter().map(str::to_owned).collect();
    assert!(columns.len() > 10, "{columns:?}");
    for column in &columns {
        let readings = planned.read(column, "", &mut String::new()).unwrap();
        assert!(
            readings.iter().all(|one| one.state == "missing"),
            "{column}"
        );
    }
}

#[test]
fn a_reading_does_not_depend_on_those_before_it() {
    let rules = rules();
    let mut planned = planned(&rules);
    let mut read = |column: &str, text: &str| {
        let readings = planned.read(column, text, &mut String::new()).unwrap();
        let states: Vec<&str> = readings.iter().map(|one| one.state).collect();
        states.join(" ")
    };
    assert_eq!(read("Contract", "draft"), "withheld");
    assert_eq!(read("Contract", "n/a"), "missing");
    assert_eq!(read("Contract", "yes"), "known");
    assert_eq!(read("Contract", "yes?"), "not understood");
    assert_eq!(read("Contract number", "C-17"), "known");
    assert_eq!(read("Contract number", "none"), "missing");
}

#[test]
fn a_reading_is_that_of_a_file() {
    let rules = rules();
    let mut planned = planned(&rules);
    let contract = rules.criterion("contract").unwrap();
    for text in [
        "ja",
        "12 Monate",
        " YES ",
        "n/a",
        "perhaps",
        "ended",
        "x\ny",
    ] {
        let readings = planned.read("Contract", text, &mut String::new()).unwrap();
        let is_known = rules.read(contract, text) != Value::Missing
            && rules.read(contract, text) != Value::NotRecognized;
        assert_eq!(readings[0].state == "known", is_known, "{text}");
    }
    assert_eq!(planned.read("Nothing", "ja", &mut String::new()), None);
}

#[test]
fn every_computed_column_has_a_name_of_its_own() {
    let rules = rules();
    let planned = planned(&rules);
    for dialect in Dialect::ALL {
        let table = TableName::new("crm.accounts", dialect).unwrap();
        let target = Target {
            dialect,
            readings: table.beside("readings"),
            view: table.ended("_labels"),
            table,
            details: true,
            prefix: String::new(),
        };
        let view = planned.part(Part::View, &target, &Evidence::default());
        let mut names: Vec<&str> = view
            .split(" AS ")
            .skip(1)
            .filter_map(|rest| rest.split([',', '\n', ' ', ')']).next())
            .filter(|name| name.ends_with("_code"))
            .collect();
        let count = names.len();
        assert!(count > 15, "{view}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{view}");
        // Each database computes a column once.
        let series = view.matches("generate_series(1, 1) AS fence").count();
        assert_eq!(series > 5, dialect == Dialect::Postgres);
        let joined = view.matches("CROSS JOIN (SELECT 1 AS one)").count();
        assert_eq!(joined == 1, dialect == Dialect::DuckDb);
    }
}
