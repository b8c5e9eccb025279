//! `clientype explain --format json`: its keys, and that its labels are those of
//! `classify --details`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

fn clientype(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn objects(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn files() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/files"))
}

/// The names of scorecards.
const CARDS: [&str; 3] = ["relationship", "affiliation", "loyalty"];

/// The paths of all keys, with `CARD` for the name of a scorecard: `.CARD.reasons.points`.
fn keys(value: &Value, within: &str, to: &mut BTreeSet<String>) {
    match value {
        Value::Array(elements) => elements
            .iter()
            .for_each(|element| keys(element, within, to)),
        Value::Object(members) => {
            for (key, value) in members {
                let is_card = within.is_empty() && CARDS.contains(&key.as_str());
                let key = format!("{within}.{}", if is_card { "CARD" } else { key });
                keys(value, &key, to);
                to.insert(key);
            }
        }
        _ => {}
    }
}

#[test]
fn its_keys_are_those_of_the_guide() {
    let mut met = BTreeSet::new();
    let explained = |record: &str| {
        let explain = ["explain", "--format", "json"];
        let record: Vec<&str> = record.split(' ').collect();
        clientype(&[&explain[..], &record].concat(), files())
    };
    let texts = [
        "contract=hm Firma=Globex email=a@b.example --own Acme --own acme.example",
        "--row 1 contract-status.csv",
        "--row 1 --sheet 2 customers.xlsx",
        "--rules seasons.toml frequency=once",
    ]
    .map(explained);
    for object in texts.iter().flat_map(|text| objects(text)) {
        keys(&object, "", &mut met);
    }
    let mut expected = BTreeSet::new();
    let mut add = |within: &str, keys: &str| {
        let keys = keys.split(' ').map(|key| format!("{within}.{key}"));
        expected.extend(keys);
    };
    let of_card =
        "label score margin coverage reasons without_points no_evidence gaps would_change";
    let said = "criterion column value read_as note";
    let reason = "criterion value read_as points reason_code reason sources said";
    add("", "record CARD not_counted rulebook");
    add(".record", "file number line sheet row");
    add(".not_counted", said);
    add(".rulebook", "name version hash");
    add(".CARD", of_card);
    add(".CARD", "initial_score");
    add(".CARD.reasons", reason);
    add(".CARD.reasons", "days given");
    add(".CARD.reasons.said", said);
    add(".CARD.reasons.given", "criterion read_as");
    add(".CARD.without_points", "criterion read_as said");
    add(
        ".CARD.without_points.said",
        "criterion column value read_as",
    );
    add(
        ".CARD.gaps",
        "criterion why lowest highest said note expected",
    );
    add(".CARD.gaps.said", said);
    add(".CARD.would_change", "to changes");
    let change = "criterion from to or at_least below read_as";
    add(".CARD.would_change.changes", change);

    assert_eq!(met, expected);

    let section = include_str!("../../src/guide/explaining.md");
    for key in expected.iter().filter_map(|key| key.rsplit('.').next()) {
        assert!(
            key == "CARD" || section.contains(&format!("`{key}`")),
            "{key}"
        );
    }
}

/// A text for a cell of any column.
fn cell() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "",
        "yes",
        "no",
        "ja",
        "nein",
        "3 years",
        "7",
        "2019-04-03",
        "ongoing",
        "transaktion",
        "law",
        "Friseur",
        "service",
        "sản phẩm",
        "retainer",
        "abonnement",
        "regularnie",
        "employee",
        "prospect",
        "Acme GmbH",
        "Globex",
        "a@acme.example",
        "a@gmail.com",
        "hm",
        "n/a",
        "\"two\nlines\"",
    ])
}

#[test]
fn labels_and_scores_are_those_of_classify() {
    let columns = [
        "contract",
        "Laufzeit",
        "Customer since",
        "engagement",
        "service",
        "offering",
        "Modèle de revenu",
        "frequency",
        "affiliation",
        "Firma",
        "email",
        "account_manager",
        "customization",
        "internal_supplier",
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.csv");
    let records = prop::collection::vec(prop::collection::vec(cell(), columns.len()), 60);
    let judging = [
        "--own",
        "Acme",
        "--own",
        "acme.example",
        "--as-of",
        "2025-06-30",
        "export.csv",
    ];
    TestRunner::new(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    })
    .run(&records, |records| {
        let mut text = columns.join(",") + ",all\n";
        for record in &records {
            text += &(record.join(",") + ",1\n");
        }
        std::fs::write(&path, text).unwrap();
        let details = ["classify", "-q", "--details", "-f", "ndjson"];
        let labelled = objects(&clientype(
            &[&details[..], &judging].concat(),
            folder.path(),
        ));
        let explain = [
            "explain", "--format", "json", "--where", "all=1", "--limit", "100",
        ];
        let explained = objects(&clientype(
            &[&explain[..], &judging].concat(),
            folder.path(),
        ));
        prop_assert_eq!(labelled.len(), explained.len());
        for (labelled, explained) in labelled.iter().zip(&explained) {
            for card in ["relationship", "affiliation"] {
                for what in ["label", "score", "margin", "coverage"] {
                    let (one, other) =
                        (&labelled[format!("{card}_{what}")], &explained[card][what]);
                    prop_assert!(
                        one == other || one.as_f64().is_some() && one.as_f64() == other.as_f64(),
                        "{one} {other}"
                    );
                }
                let reasons = explained[card]["reasons"].as_array().unwrap().iter();
                let reasons = reasons.map(|reason| {
                    format!(
                        "{}:{:+}",
                        reason["reason_code"].as_str().unwrap(),
                        reason["points"].as_i64().unwrap()
                    )
                });
                prop_assert_eq!(
                    &labelled[format!("{card}_reasons")],
                    &reasons.collect::<Vec<_>>().join(";")
                );
            }
            let named =
                ["name", "version", "hash"].map(|key| explained["rulebook"][key].as_str().unwrap());
            prop_assert_eq!(&labelled["rulebook"], &named.join(" "));
        }
        Ok(())
    })
    .unwrap();
}
