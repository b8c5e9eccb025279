//! Comparisons: they report the labels that each rulebook gives.

use std::collections::BTreeMap;

use clientype::Format;
use clientype::internals::engine::compile::Rules;
use clientype::internals::engine::delta::Cause;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::value::Own;
use clientype::internals::{Changed, Options, Source};
use proptest::prelude::*;
use serde_json::Value;

use super::explain::{as_csv, as_ndjson, record};
use super::{cases, layout, options};

/// How a rulebook differs from the built-in one: points of attributes, initial score
/// and bands of each scorecard, and a characteristic that is left out.
#[derive(Debug, Clone)]
struct Edits {
    points: Vec<(usize, usize, usize, i32)>,
    initial: [i32; 2],
    bands: [i32; 2],
    without: Option<usize>,
}

fn edits() -> impl Strategy<Value = Edits> {
    let points = prop::collection::vec((0..2_usize, 0..20_usize, 0..6_usize, -4..5_i32), 0..6);
    let bands = prop_oneof![2 => Just([0, 0]), 1 => [-2..3_i32, -2..3_i32]];
    let initial = prop_oneof![2 => Just([0, 0]), 1 => [-1..2_i32, -1..2_i32]];
    let without = prop::option::weighted(0.2, 0..20_usize);
    (points, initial, bands, without).prop_map(|(points, initial, bands, without)| Edits {
        points,
        initial,
        bands,
        without,
    })
}

fn edited(edits: &Edits) -> Rules {
    let mut rulebook = Rulebook::documents().unwrap();
    for (card, characteristic, attribute, points) in &edits.points {
        let all = &mut rulebook.scorecards[*card].characteristics;
        let place = characteristic % all.len();
        let all = &mut all[place].attributes;
        let place = attribute % all.len();
        all[place].partial_score = *points;
    }
    let changes = edits.initial.iter().zip(&edits.bands);
    for (card, (initial, band)) in rulebook.scorecards.iter_mut().zip(changes) {
        card.initial_score += initial;
        for band_of in &mut card.bands {
            band_of.at_least = band_of.at_least.map(|from| from + band);
        }
    }
    if let Some(place) = edits.without {
        let all = &mut rulebook.scorecards[0].characteristics;
        all.remove(place % all.len());
    }
    let own = Own::new(["Acme", "acme.example"]);
    Rules::compile(rulebook, &own, jiff::civil::date(2026, 1, 31)).unwrap()
}

fn source(input: &str) -> Source<'_> {
    Source {
        name: "input".to_owned(),
        reader: Box::new(input.as_bytes()),
    }
}

/// What `classify` adds to each record.
fn labelled(rules: &Rules, input: &str, options: &Options) -> Vec<Value> {
    let options = Options {
        format: Some(Format::Ndjson),
        details: true,
        ..options.clone()
    };
    let mut out = Vec::new();
    let sources = vec![source(input)];
    clientype::internals::classify(rules, &options, sources, &mut out, None, &mut |_| {}).unwrap();
    let lines = std::str::from_utf8(&out).unwrap().lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

proptest! {
    #![proptest_config(cases(64, 128))]

    #[test]
    fn a_comparison_is_of_the_labels_that_both_rulebooks_give(
        records in prop::collection::vec(record(), 1..16),
        both in (edits(), edits()),
        batch in 1_usize..400,
        json in any::<bool>(),
    ) {
        let (format, input) = match json {
            true => (Format::Ndjson, as_ndjson(&records)),
            false => (Format::Csv, as_csv(&records)),
        };
        let options = Options { layout: layout(format), ..options(format, 1 << 16) };
        let (old, new) = (edited(&both.0), edited(&both.1));
        let compare = |batch: usize| {
            let mut changes: Vec<Changed<'_>> = Vec::new();
            let options = Options { batch, ..options.clone() };
            let compared = clientype::internals::compare(&old, &new, &options, source(&input), &mut |changed| {
                changes.push(changed.clone());
                Ok(())
            });
            (changes, compared.unwrap())
        };
        let (changes, compared) = compare(1 << 16);
        prop_assert_eq!(format!("{:?}", compare(batch)), format!("{:?}", (&changes, &compared)));

        let (before, after) = (labelled(&old, &input, &options), labelled(&new, &input, &options));
        prop_assert_eq!(compared.records, records.len() as u64);
        let mut expected = Vec::new();
        for (place, (before, after)) in before.iter().zip(&after).enumerate() {
            for card in &new.rulebook().scorecards {
                let of = |record: &Value, what: &str| record[format!("{}_{what}", card.name)].clone();
                if of(before, "label") != of(after, "label") {
                    expected.push((place as u64 + 1, card.name.clone(), [of(before, "label"), of(after, "label"), of(before, "score"), of(after, "score")]));
                }
            }
        }
        let changed_of = changes.iter().map(|one| {
            let labels = [one.delta.before.label().into(), one.delta.after.label().into(), one.delta.before.score.into(), one.delta.after.score.into()];
            (one.place.record.unwrap(), one.delta.scorecard.to_owned(), labels)
        });
        prop_assert_eq!(changed_of.collect::<Vec<_>>(), expected);
        for crossing in &compared.scorecards {
            let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
            let name = format!("{}_label", crossing.scorecard);
            for (before, after) in before.iter().zip(&after) {
                let labels = (before[&name].as_str().unwrap(), after[&name].as_str().unwrap());
                *counts.entry(labels).or_default() += 1;
            }
            let met = crossing.pairs().filter(|(.., records)| *records > 0);
            prop_assert_eq!(met.map(|(before, after, records)| ((before, after), records)).collect::<BTreeMap<_, _>>(), counts);
        }

        // The moves add up to the difference, and the tip is one of them.
        for changed in &changes {
            let one = &changed.delta;
            let moved: i32 = one.characteristics.iter().map(|one| one.by()).sum();
            let initial = one.after.initial_score - one.before.initial_score;
            prop_assert_eq!(one.after.score - one.before.score, initial + moved);
            match one.cause.as_ref().unwrap() {
                Cause::Characteristic(tip) => prop_assert!(tip.by() != 0 && one.characteristics.contains(tip)),
                Cause::InitialScore { .. } => prop_assert!(initial != 0),
                Cause::Bands => prop_assert!(one.bands_differ()),
            }
            let reasons = |record: &Value| record[format!("{}_reasons", one.scorecard)].as_str().unwrap().to_owned();
            let place = changed.place.record.unwrap() as usize - 1;
            for (given, reasons) in one.characteristics.iter().flat_map(|one| [(one.before, reasons(&before[place])), (one.after, reasons(&after[place]))]) {
                if let Some(code) = given.reason_code {
                    let reason = format!("{code}:{:+}", given.points);
                    prop_assert!(reasons.split(';').any(|one| one == reason), "{} {}", reason, reasons);
                }
            }
        }

        // Groups are the changed records, counted.
        let records: u64 = compared.groups.iter().map(|group| group.records).sum();
        prop_assert_eq!((records, compared.ungrouped), (changes.len() as u64, 0));
        prop_assert!(compared.groups.is_sorted_by_key(|group| std::cmp::Reverse(group.records)));
        for group in &compared.groups {
            let same = changes.iter().filter(|one| (one.delta.scorecard, one.delta.before.label(), one.delta.after.label(), one.delta.cause) == (group.scorecard, group.before, group.after, Some(group.cause)));
            let places: Vec<_> = same.map(|one| one.place.clone()).collect();
            prop_assert_eq!(places.len() as u64, group.records);
            prop_assert_eq!(&places[..places.len().min(3)], &group.first[..]);
        }
    }
}
