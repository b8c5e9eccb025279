//! Explanations: they are of the same verdicts that labelling gives, and the changes
//! they suggest do change the label.

use std::num::NonZero;

use clientype::Format;
use clientype::internals::engine::compile::Rules;
use clientype::internals::engine::counterfactual::{Change, Counterfactual, Target};
use clientype::internals::engine::evaluate::Evaluation;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::value::Value;
use clientype::internals::value::{Kind, Length, Own};
use clientype::internals::{Case, Filter, Options, Selection, Source, case_of};
use proptest::prelude::*;

use super::{cases, label, layout, options, rules};

/// Values that a record may have in some columns: for criteria, in five languages, for
/// dates, for flags; understood or not.
const COLUMNS: [(&str, &[&str]); 14] = [
    ("contract", &["", "yes", "nein", "rolling", "hm", "n/a"]),
    ("Contract number", &["", "V-17", "none", "0000-00-00"]),
    ("duration", &["", "7", "3 ans", "2 lata", "hm", "P1Y6M"]),
    ("Customer since", &["", "2019-04-03", "2030-01-01", "soon"]),
    ("start_date", &["", "2024-02-29", "14.06.2021", "hm"]),
    (
        "end_date",
        &["", "2025-12-31", "2020-01-01", "9999-12-31", "unbefristet"],
    ),
    (
        "engagement",
        &["", "ongoing", "giao dịch", "transactional", "?"],
    ),
    ("Leistung", &["", "Rechtsberatung", "Friseur", "hm"]),
    (
        "offering",
        &["", "service", "produkt", "product_and_service"],
    ),
    ("Modèle de revenu", &["", "abonnement", "retainer", "hm"]),
    ("is_employee", &["", "yes", "no", "hm"]),
    ("affiliation", &["", "department", "supplier", "prospect"]),
    ("Firma", &["", "Acme GmbH", "Globex", "{}"]),
    (
        "email",
        &["", "a@acme.example", "a@b.example", "a@gmail.com", "none"],
    ),
];

pub(super) type Record = Vec<&'static str>;

pub(super) fn record() -> impl Strategy<Value = Record> {
    let columns = COLUMNS.iter();
    let values: Vec<_> = columns
        .map(|(_, values)| prop::sample::select(values.to_vec()))
        .collect();
    values
}

pub(super) fn as_csv(records: &[Record]) -> String {
    let mut text = COLUMNS.map(|(name, _)| name).join(",") + ",all\n";
    for record in records {
        text += &(record.join(",") + ",1\n");
    }
    text
}

pub(super) fn as_ndjson(records: &[Record]) -> String {
    let line = |record: &Record| {
        let members = COLUMNS.iter().zip(record);
        let members = members.filter(|(_, value)| !value.is_empty());
        let members: Vec<String> = members
            .map(|((name, _), value)| format!("{name:?}:{value:?},"))
            .collect();
        format!("{{{}\"all\":1}}\n", members.concat())
    };
    records.iter().map(line).collect()
}

/// All records of an input that a search finds.
fn looked_up(input: &str, asked: &Selection, options: &Options) -> Vec<Case> {
    let mut found = Vec::new();
    let source = Source {
        name: "input".to_owned(),
        reader: Box::new(input.as_bytes()),
    };
    let mut tell = |case| {
        found.push(case);
        Ok(())
    };
    clientype::internals::lookup(rules(), options, asked, source, &mut tell).unwrap();
    found
}

fn all() -> Selection {
    let condition = Filter {
        column: "all".to_owned(),
        value: "1".to_owned(),
    };
    Selection::Where(vec![condition], 1_000)
}

fn readings(case: &Case) -> Vec<Value> {
    case.grounds.iter().map(|ground| ground.reading).collect()
}

fn evaluated(rules: &Rules, readings: &[Value]) -> Evaluation {
    let mut evaluation = Evaluation::default();
    let steps = rules.steps(&vec![true; readings.len()]);
    rules.evaluate(readings, &steps, &mut evaluation);
    evaluation
}

proptest! {
    #![proptest_config(cases(64, 128))]

    #[test]
    fn an_explanation_is_of_the_verdict_that_labelling_gives(records in prop::collection::vec(record(), 1..12), batch in 1_usize..400, json in any::<bool>()) {
        let (format, input) = match json {
            true => (Format::Ndjson, as_ndjson(&records)),
            false => (Format::Csv, as_csv(&records)),
        };
        let options = Options { layout: layout(format), details: true, ..options(format, batch) };
        let labelled = label(input.as_bytes(), &Options { format: Some(Format::Ndjson), ..options.clone() }, false);
        let labelled = String::from_utf8(labelled.out).unwrap();
        let labelled: Vec<serde_json::Value> = labelled.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let found = looked_up(&input, &all(), &options);
        prop_assert_eq!(found.len(), records.len());
        for (place, (case, expected)) in found.iter().zip(&labelled).enumerate() {
            prop_assert_eq!(case.place.record, Some(place as u64 + 1));
            prop_assert_eq!(case.place.line, Some(place as u64 + if json { 1 } else { 2 }));
            // Selected by its number, it is the same one.
            let by_number = looked_up(&input, &Selection::Record(NonZero::new(place as u64 + 1).unwrap()), &options);
            prop_assert_eq!(&by_number[0].evaluation, &case.evaluation);
            prop_assert_eq!(&by_number[0].facts, &case.facts);
            for (card, scorecard) in rules().rulebook().scorecards.iter().enumerate() {
                let of = |what: &str| &expected[format!("{}_{what}", scorecard.name)];
                let verdict = case.evaluation.verdicts[card];
                prop_assert_eq!(of("label"), rules().label(card, verdict.label));
                prop_assert_eq!(of("score"), verdict.score);
                prop_assert_eq!(of("margin"), verdict.margin);
                let why = case.explanation(rules(), card);
                let reasons = why.waterfall.applied().map(|(_, attribute)| {
                    format!("{}:{:+}", attribute.reason_code, attribute.partial_score)
                });
                prop_assert_eq!(of("reasons").as_str().unwrap(), reasons.collect::<Vec<_>>().join(";"));
                // Each characteristic is reported once.
                prop_assert_eq!(why.waterfall.applied().count() + why.gaps.len(), scorecard.characteristics.len());
                prop_assert_eq!(why.waterfall.label(), rules().label(card, verdict.label));
                let reach: Vec<i32> = why.gaps.iter().map(|gap| gap.highest.max(-gap.lowest)).collect();
                prop_assert!(reach.is_sorted_by(|a, b| a >= b), "{reach:?}");
            }
        }
    }

    // Labelling and searching find the same keys that no record of the sample had.
    #[test]
    fn late_keys_are_explained_as_they_are_labelled(mut records in prop::collection::vec(record(), 1..6), batch in 1_usize..4000) {
        let flag = COLUMNS.iter().position(|(name, _)| *name == "is_employee").unwrap();
        // Two late keys for one slot are an error.
        records.iter_mut().for_each(|record| record[flag] = "");
        let early = "{\"contract\":\"yes\"}\n".repeat(120);
        let input = early.clone() + &as_ndjson(&records);
        let options = Options { details: true, ..options(Format::Ndjson, batch) };
        let labelled = label(input.as_bytes(), &options, false);
        labelled.result.unwrap();
        let labelled = String::from_utf8(labelled.out).unwrap();
        let found = looked_up(&input, &all(), &options);
        prop_assert_eq!(found.len(), records.len());
        for (line, case) in labelled.lines().skip(120).zip(&found) {
            let expected: serde_json::Value = serde_json::from_str(line).unwrap();
            prop_assert_eq!(&evaluated(rules(), &readings(case)).verdicts, &case.evaluation.verdicts);
            for (card, scorecard) in rules().rulebook().scorecards.iter().enumerate() {
                let verdict = case.evaluation.verdicts[card];
                prop_assert_eq!(&expected[format!("{}_label", scorecard.name)], rules().label(card, verdict.label));
                prop_assert_eq!(&expected[format!("{}_score", scorecard.name)], verdict.score);
            }
        }
    }

    #[test]
    fn what_a_record_counts_as_is_what_the_verdict_rests_on(record in record(), json in any::<bool>()) {
        let (format, input) = match json {
            true => (Format::Ndjson, as_ndjson(&[record])),
            false => (Format::Csv, as_csv(&[record])),
        };
        let found = looked_up(&input, &all(), &options(format, 1 << 16));
        for case in found {
            let evaluation = evaluated(rules(), &readings(&case));
            prop_assert_eq!(&evaluation.verdicts, &case.evaluation.verdicts);
            prop_assert_eq!(&evaluation.evidence, &case.evaluation.evidence);
            for (criterion, ground) in case.grounds.iter().enumerate() {
                let Some(first) = ground.facts.first().map(|fact| &case.facts[*fact]) else {
                    prop_assert_eq!(ground.reading, Value::Missing);
                    continue;
                };
                // The facts of a criterion have its value, or are its dates.
                if first.criterion == criterion {
                    prop_assert_eq!(ground.reading, first.reading);
                } else if let Some((from, to)) = ground.days {
                    prop_assert_eq!(first.reading, Value::Day(from));
                    prop_assert!(from <= to || !ground.reading.is_known());
                }
            }
        }
    }

    #[test]
    fn suggested_changes_do_change_the_label(record in prop::collection::vec((0..22_usize, 0..13_usize), 0..9)) {
        let words = words(&record);
        let Some((case, readings)) = described(&words) else { return Ok(()) };
        for card in 0..rules().rulebook().scorecards.len() {
            for change in case.explanation(rules(), card).counterfactuals {
                for said in said(rules(), &change, &readings) {
                    let mut changed = words.clone();
                    for (criterion, text) in said {
                        let name = rules().rulebook().criteria[criterion].name.clone();
                        changed.retain(|(key, _)| *key != name);
                        changed.push((name, text));
                    }
                    let after = case_of(rules(), &Options::default(), &changed).unwrap();
                    prop_assert_eq!(after.evaluation.verdicts[card].label, change.to, "{:?} -> {:?}", words, changed);
                }
            }
        }
    }

    #[test]
    fn no_smaller_change_is_missed(rulebook in rulebook(), said in prop::collection::vec(0..12_usize, 4)) {
        let rules = Rules::compile(Rulebook::parse(&rulebook).unwrap(), &Own::default(), jiff::civil::date(2026, 1, 31)).unwrap();
        let all = every_reading(&rules);
        let mut now = vec![Value::Missing; all.len()];
        for (criterion, said) in said.iter().enumerate() {
            now[criterion] = match said {
                0 => Value::Missing,
                1 => Value::NotRecognized,
                said => all[criterion][said % all[criterion].len()],
            };
        }
        let evaluation = evaluated(&rules, &now);
        let label = |readings: &[Value]| evaluated(&rules, readings).verdicts[0].label;
        prop_assert_eq!(label(&now), evaluation.verdicts[0].label);

        // Every possible change, of one criterion or of two.
        let mut singles = Vec::new();
        let mut pairs = Vec::new();
        for one in 0..all.len() {
            for to in &all[one] {
                let mut then = now.clone();
                then[one] = *to;
                if label(&then) != label(&now) {
                    singles.push((one, *to, label(&then)));
                }
                for other in one + 1..all.len() {
                    for also in &all[other] {
                        let mut then = then.clone();
                        then[other] = *also;
                        if label(&then) != label(&now) {
                            pairs.push(((one, *to), (other, *also), label(&then)));
                        }
                    }
                }
            }
        }
        let found = rules.explanation(0, &evaluation, &now, &[]).counterfactuals;
        let holds = |one: &Change, criterion: usize, reading: Value| {
            one.criterion == criterion && fits(&one.to, reading)
        };
        if singles.is_empty() {
            for ((one, to), (other, also), label) in pairs {
                let mut found = found.iter().filter(|change| change.to == label && change.changes.len() == 2);
                prop_assert!(found.any(|change| {
                    let [a, b] = &change.changes[..] else { return false };
                    holds(a, one, to) && holds(b, other, also) || holds(b, one, to) && holds(a, other, also)
                }), "missed {one} {to:?} with {other} {also:?} in {rulebook}");
            }
            prop_assert!(found.iter().all(|change| change.changes.len() == 2));
        } else {
            for (criterion, to, label) in singles {
                let mut found = found.iter().filter(|change| change.to == label);
                prop_assert!(found.any(|change| holds(&change.changes[0], criterion, to)), "missed {criterion} {to:?} in {rulebook}");
            }
            prop_assert!(found.iter().all(|change| change.changes.len() == 1));
        }
        // Every reported change does give that label.
        for change in &found {
            for said in said_readings(change) {
                let mut then = now.clone();
                for (criterion, reading) in said {
                    then[criterion] = reading;
                }
                prop_assert_eq!(label(&then), change.to, "{:?} in {}", change, rulebook);
            }
        }
    }
}

/// A record in words: each names a criterion, and one of its values.
fn words(record: &[(usize, usize)]) -> Vec<(String, String)> {
    let criteria = &rules().rulebook().criteria;
    let mut words: Vec<(String, String)> = Vec::new();
    for (criterion, value) in record {
        let criterion = &criteria[criterion % criteria.len()];
        let text = match criterion.kind {
            Kind::Length => format!("{} months", value * 3),
            Kind::Date => format!("20{:02}-01-01", 10 + value),
            Kind::Organization => ["Acme", "Globex"][value % 2].to_owned(),
            Kind::Address => {
                ["a@acme.example", "a@globex.example", "a@gmail.com"][value % 3].to_owned()
            }
            Kind::Choice => criterion.values[value % criterion.values.len()].clone(),
        };
        if words.iter().all(|(name, _)| *name != criterion.name) {
            words.push((criterion.name.clone(), text));
        }
    }
    words
}

fn described(words: &[(String, String)]) -> Option<(Case, Vec<Value>)> {
    // A record needs at least one word.
    let case = case_of(rules(), &Options::default(), words).ok()?;
    let readings = readings(&case);
    Some((case, readings))
}

/// All ways to express a change in words.
fn said(rules: &Rules, change: &Counterfactual, now: &[Value]) -> Vec<Vec<(usize, String)>> {
    let texts = |one: &Change| -> Vec<(usize, String)> {
        let example = rules.example(one.criterion, &one.to).unwrap();
        let mut texts = vec![example];
        match &one.to {
            Target::OneOf(values) => {
                let of = &rules.rulebook().criteria[one.criterion];
                if of.kind == Kind::Choice {
                    texts = values
                        .iter()
                        .map(|value| of.values[usize::from(*value)].clone())
                        .collect();
                }
            }
            Target::Length { from, .. } => texts.push(from.exactly()),
        }
        // It differs from the current one.
        for text in &texts {
            assert_ne!(rules.read(one.criterion, text), now[one.criterion]);
        }
        texts
            .into_iter()
            .map(|text| (one.criterion, text))
            .collect()
    };
    combined(change.changes.iter().map(texts).collect())
}

fn said_readings(change: &Counterfactual) -> Vec<Vec<(usize, Value)>> {
    let readings = |one: &Change| -> Vec<(usize, Value)> {
        let readings: Vec<Value> = match &one.to {
            Target::OneOf(values) => values.iter().map(|value| Value::Choice(*value)).collect(),
            Target::Length { from, nearest, .. } => {
                let lengths = (0..48).map(Length::months).chain([*from, *nearest]);
                let lengths = lengths.map(Value::Length);
                lengths.filter(|length| fits(&one.to, *length)).collect()
            }
        };
        readings
            .into_iter()
            .map(|reading| (one.criterion, reading))
            .collect()
    };
    combined(change.changes.iter().map(readings).collect())
}

/// One of each, in all combinations.
fn combined<T: Clone>(of: Vec<Vec<T>>) -> Vec<Vec<T>> {
    let mut all = vec![Vec::new()];
    for choices in of {
        let before = std::mem::take(&mut all);
        for chosen in before {
            for choice in &choices {
                let mut chosen = chosen.clone();
                chosen.push(choice.clone());
                all.push(chosen);
            }
        }
    }
    all
}

fn fits(to: &Target, reading: Value) -> bool {
    match (to, reading) {
        (Target::OneOf(values), Value::Choice(value)) => values.contains(&value),
        (Target::Length { from, below, .. }, Value::Length(length)) => {
            *from <= length && below.is_none_or(|below| length < below)
        }
        _ => false,
    }
}

/// By criterion: all values that it can have; some of the lengths.
fn every_reading(rules: &Rules) -> Vec<Vec<Value>> {
    let criteria = rules.rulebook().criteria.iter();
    criteria
        .map(|criterion| match criterion.kind {
            Kind::Length => [0, 1, 3, 6, 9, 12, 18, 24, 40]
                .map(|months| Value::Length(Length::months(months)))
                .into(),
            _ => (0..criterion.values.len())
                .map(|value| Value::Choice(value as u8))
                .collect(),
        })
        .collect()
}

/// A rulebook of four criteria, whose attributes look at one, two or three of them.
fn rulebook() -> impl Strategy<Value = String> {
    let condition = |criterion: usize| {
        prop::sample::select(match criterion {
            3 => vec![
                "\">= 6 months\"",
                "\"< 6 months\"",
                "\">= 18 months\"",
                "\"< 24 months\"",
            ],
            _ => vec!["\"p\"", "\"q\"", "\"r\"", "[\"p\", \"q\"]"],
        })
    };
    let when = (0..4_usize).prop_flat_map(move |own| {
        let others = prop::collection::btree_set(0..4_usize, 0..3);
        others.prop_flat_map(move |others| {
            let all: std::collections::BTreeSet<usize> = others.into_iter().chain([own]).collect();
            let conditions: Vec<_> = all
                .into_iter()
                .map(|criterion| (Just(criterion), condition(criterion)))
                .collect();
            (Just(own), conditions, -5..=5_i32)
        })
    });
    let attributes = prop::collection::vec(when, 1..9);
    (attributes, -1..=1_i32, 1..=6_i32, 1..=6_i32).prop_map(|(attributes, initial, upper, lower)| {
        let mut text = "name = \"r\"\nversion = \"1\"\n".to_owned();
        for name in ["a", "b", "c"] {
            text += &format!("[[criterion]]\nname = {name:?}\nsays = \"what\"\nkind = \"choice\"\nvalues = [\"p\", \"q\", \"r\"]\n");
        }
        text += "[[criterion]]\nname = \"d\"\nsays = \"what\"\nkind = \"length\"\n";
        text += &format!("[[scorecard]]\nname = \"s\"\nquestion = \"Which?\"\ninitial_score = {initial}\n[[scorecard.band]]\nlabel = \"U\"\nat_least = {upper}\n[[scorecard.band]]\nlabel = \"L\"\nat_most = -{lower}\n");
        let names = ["a", "b", "c", "d"];
        for (own, name) in names.iter().enumerate() {
            let mut own = attributes.iter().enumerate().filter(|(_, (of, ..))| *of == own).peekable();
            if own.peek().is_some() {
                text += &format!("[[scorecard.characteristic]]\ncriterion = {name:?}\n");
            }
            for (place, (_, conditions, points)) in own {
                text += "[[scorecard.characteristic.attribute]]\n";
                for (criterion, condition) in conditions {
                    text += &format!("when.{} = {condition}\n", names[*criterion]);
                }
                text += &format!("partial_score = {points}\nreason_code = \"r-{place}\"\nreason = \"why\"\nsources = []\n");
            }
        }
        text
    })
}
