//! The library gives a record the same labels as the binary.

use std::process::Command;

use clientype::{DateOrder, Engine, Format, Rulebook};

const OWN: [&str; 3] = ["Acme", "Acme GmbH", "acme.example"];

fn engine() -> Engine {
    let as_of = jiff::civil::date(2026, 1, 31);
    let engine = Engine::builder().own(OWN).as_of(as_of);
    engine.build().unwrap()
}

/// The labels that the binary gives each record of a CSV, by scorecard.
fn labels_of_binary(csv: &str) -> Vec<[String; 2]> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.csv");
    std::fs::write(&path, csv).unwrap();
    let own = OWN.iter().flat_map(|own| ["--own", own]);
    let output = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(["classify", "-q", "--as-of", "2026-01-31"])
        .args(own)
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut reader = csv::Reader::from_reader(&output.stdout[..]);
    let headers = reader.headers().unwrap().clone();
    let place = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let [relationship, affiliation] = ["relationship_label", "affiliation_label"].map(place);
    let records = reader.records().map(Result::unwrap);
    let labels = records.map(|record| [record[relationship].into(), record[affiliation].into()]);
    labels.collect()
}

/// Compares all ways through the library with the binary.
fn assert_same(csv: &str) {
    let expected = labels_of_binary(csv);
    let engine = engine();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let records: Vec<Vec<String>> = reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let mut binding = engine.bind_with_sample(&headers, &records).unwrap();
    assert_eq!(records.len(), expected.len());
    for (record, expected) in records.iter().zip(&expected) {
        let bound = binding.judge(record);
        let labels = ["relationship", "affiliation"].map(|card| bound.label(card).unwrap());
        assert_eq!(labels, [&*expected[0], &*expected[1]], "bound: {record:?}");

        let criteria = &engine.rulebook().criteria;
        let words = headers.iter().zip(record);
        let words = words.filter(|(name, _)| criteria.iter().any(|one| one.name == **name));
        let judged = engine.judge(words).unwrap();
        let labels = ["relationship", "affiliation"].map(|card| judged.label(card).unwrap());
        assert_eq!(labels, [&*expected[0], &*expected[1]], "judged: {record:?}");
    }
    let mut out = Vec::new();
    let summary = engine
        .labeler()
        .label("export.csv", csv.as_bytes(), &mut out)
        .unwrap();
    assert_eq!(summary.records(), expected.len() as u64);
    let mut labelled = csv::Reader::from_reader(&out[..]);
    let width = headers.len();
    for (record, expected) in labelled.records().zip(&expected) {
        let record = record.unwrap();
        assert_eq!(
            [&record[width], &record[width + 1]],
            [&*expected[0], &*expected[1]]
        );
    }
}

#[test]
fn every_golden_case_has_the_same_labels() {
    assert_same(include_str!("../golden.csv"));
}

#[test]
fn a_record_with_only_dates_has_the_same_labels() {
    assert_same(
        "id,contract,start_date,end_date\n\
         1,yes,2019-05-01,\n\
         2,yes,2019-05-01,2019-07-01\n\
         3,,2025-12-01,\n\
         4,no,2010-01-01,2024-12-31\n\
         5,yes,2027-01-01,\n\
         6,yes,2020-01-01,2019-01-01\n",
    );
    // A start that counts by itself, without a stated length.
    let engine = engine();
    let long = engine
        .judge([("contract", "yes"), ("start_date", "2010-01-01")])
        .unwrap();
    let bare = engine.judge([("contract", "yes")]).unwrap();
    let score =
        |judgement: &clientype::Judgement<'_>| judgement.verdict("relationship").unwrap().score;
    assert!(score(&long) > score(&bare));
}

#[test]
fn reasons_and_explanations_are_those_of_the_verdict() {
    let engine = engine();
    let record = [
        ("contract", "ja"),
        ("start_date", "2019-05-01"),
        ("service", "law"),
    ];
    let judgement = engine.judge(record).unwrap();
    for verdict in judgement.verdicts() {
        let explanation = judgement.explain(verdict.scorecard).unwrap();
        assert_eq!(explanation.verdict, verdict);
        assert_eq!(explanation.reasons, judgement.reasons(verdict.scorecard));
        let points = explanation.reasons.iter().map(|reason| reason.points);
        assert_eq!(
            explanation.initial_score + points.sum::<i32>(),
            verdict.score
        );
        for alternative in &explanation.would_change {
            let changed = record
                .into_iter()
                .filter(|(name, _)| alternative.changes.iter().all(|(other, _)| other != name))
                .chain(
                    alternative
                        .changes
                        .iter()
                        .map(|(name, text)| (*name, text.as_str())),
                );
            // A stated length has precedence over one measured between dates.
            let changed = engine.judge(changed).unwrap();
            assert_eq!(changed.label(verdict.scorecard), Some(alternative.label));
        }
    }
    assert!(judgement.explain("no such scorecard").is_none());
    assert_eq!(judgement.label("no such scorecard"), None);
}

#[test]
fn what_a_builder_states_holds() {
    let as_of = jiff::civil::date(2026, 1, 31);
    let engine = Engine::builder()
        .as_of(as_of)
        .map("contract", "Spalte 7")
        .without("service");
    let engine = engine.date_order(DateOrder::Dmy).build().unwrap();
    let mut binding = engine.bind(&["Spalte 7", "Kunde seit", "service"]).unwrap();
    assert_eq!(
        binding.columns().collect::<Vec<_>>(),
        [("contract", "Spalte 7"), ("start_date", "Kunde seit")]
    );
    let label =
        |judgement: clientype::Judgement<'_>| judgement.label("relationship").unwrap().to_owned();
    assert_eq!(label(binding.judge(&["ja", "3/4/2019", "law"])), "Client");
    // Missing fields at the end are empty, and extra ones are ignored.
    assert_eq!(label(binding.judge(&["nein"])), "Customer");
    assert_eq!(label(binding.judge(&["nein", "", "", "more"])), "Customer");

    let error = Engine::builder().map("contrakt", "x").build().unwrap_err();
    assert_eq!(error.kind(), clientype::ErrorKind::Usage);
    let error = engine.bind(&["x", "y"]).map(drop).unwrap_err();
    assert_eq!(error.kind(), clientype::ErrorKind::Columns);

    let mine = Rulebook::parse(
        "name = \"mine\"\nversion = \"1\"\nextend = \"documents\"\n\
         [[scorecard]]\nname = \"relationship\"\ninitial_score = 9\n",
    );
    let engine = Engine::builder().rulebook(mine.unwrap()).build().unwrap();
    assert_eq!(engine.rulebook().name, "mine");
    let judgement = engine.judge([("contract", "perhaps")]).unwrap();
    assert_eq!(judgement.label("relationship"), Some("Client"));
}

#[test]
fn a_labeler_follows_its_options() {
    let engine = engine();
    let mut out = Vec::new();
    let labeler = engine
        .labeler()
        .format(Format::Ndjson)
        .prefix("our_")
        .details(true);
    labeler
        .label("a.csv", &b"contract\nyes\n"[..], &mut out)
        .unwrap();
    let record: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(record["our_relationship_label"], "Client");
    assert_eq!(record["our_relationship_score"], 3);
    let error = engine
        .labeler()
        .strict(true)
        .label("a.csv", &b"contract\nhm\n"[..], &mut out);
    assert_eq!(error.unwrap_err().kind(), clientype::ErrorKind::Input);
}

#[test]
fn a_bound_engine_judges_without_allocating() {
    let engine = engine();
    let headers = ["contract", "duration", "start_date", "company", "email"];
    let mut binding = engine.bind(&headers).unwrap();
    let records = [
        [
            "yes",
            "3 years",
            "2020-01-31",
            "Acme GmbH",
            "ann@acme.example",
        ],
        ["no", "", "31 March 2024", "Other Ltd", "bob@other.example"],
        ["perhaps", "long", "someday", "", ""],
    ];
    let mut labels = 0;
    let mut judge_all = || {
        for record in &records {
            let judged = binding.judge(record);
            labels += judged.label("relationship").map_or(0, str::len);
        }
    };
    judge_all();
    let measured = allocation_counter::measure(&mut judge_all);
    assert_eq!(measured.count_total, 0);
    assert!(labels > 0);
}
