//! Laws that hold for all inputs: nothing is lost or changed, batches do not matter,
//! and no input makes the program panic.

mod compare;
mod csv;
mod damage;
mod encodings;
mod explain;
mod furniture;
mod json;
mod plan;
mod roles;
mod rulebooks;
mod workbooks;

use std::io::Read;
use std::sync::LazyLock;

use clientype::internals::engine::compile::Rules;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::value::Own;
use clientype::internals::{Options, Source};
use clientype::{Error, Format, Layout, Summary};
use proptest::prelude::*;

use crate::effort::cases;

/// One rulebook for all tests, and its table of columns.
fn rules() -> &'static Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(|| {
        let own = Own::new(["Acme", "acme.example"]);
        let as_of = jiff::civil::date(2026, 1, 31);
        Rules::compile(Rulebook::documents().unwrap(), &own, as_of).unwrap()
    });
    &RULES
}

struct Labelled {
    out: Vec<u8>,
    rejects: Vec<u8>,
    result: Result<Summary, Error>,
}

/// Labels `input` as the binary would, in this process.
fn label(input: &[u8], options: &Options, set_aside: bool) -> Labelled {
    label_from(input, options, set_aside)
}

/// Labels everything from `input`.
fn label_from(input: impl Read + Send, options: &Options, set_aside: bool) -> Labelled {
    let (mut out, mut rejects) = (Vec::new(), Vec::new());
    let source = Source {
        name: "input".to_owned(),
        reader: Box::new(input),
    };
    let rejected = set_aside.then_some(&mut rejects as &mut (dyn std::io::Write + Send));
    let result = clientype::internals::classify(
        rules(),
        options,
        vec![source],
        &mut out,
        rejected,
        &mut |_| {},
    );
    Labelled {
        out,
        rejects,
        result,
    }
}

fn layout(format: Format) -> Layout {
    Layout {
        format: Some(format),
        ..Layout::default()
    }
}

fn csv_layout(delimiter: char) -> Layout {
    Layout {
        delimiter: u8::try_from(delimiter).ok(),
        ..layout(Format::Csv)
    }
}

fn options(format: Format, batch: usize) -> Options {
    Options {
        layout: layout(format),
        batch,
        ..Options::default()
    }
}

proptest! {
    #![proptest_config(cases(128, 256))]

    #[test]
    fn the_reasons_add_up_to_the_score_and_the_margin_to_another_label(
        values in prop::collection::vec(prop::option::of(0..13_usize), 24),
    ) {
            let criteria = &rules().rulebook().criteria;
            let header: Vec<&str> = criteria.iter().map(|criterion| criterion.name.as_str()).collect();
            let text = |(criterion, value): (&clientype::internals::rulebook::Criterion, &Option<usize>)| {
                let Some(value) = value else { return String::new() };
                match criterion.kind {
                    clientype::internals::value::Kind::Length => format!("{} months", value * 3),
                    clientype::internals::value::Kind::Date => format!("20{:02}-01-01", 10 + value),
                    clientype::internals::value::Kind::Organization => ["Acme", "Globex"][value % 2].to_owned(),
                    clientype::internals::value::Kind::Address => ["a@acme.example", "a@globex.example", "a@gmail.com"][value % 3].to_owned(),
                    clientype::internals::value::Kind::Choice => criterion.values[value % criterion.values.len()].clone(),
                }
            };
            let row: Vec<String> = criteria.iter().zip(&values).map(text).collect();
            let input = format!("{}\n{}\n", header.join(","), row.join(","));
            let labelled = label(input.as_bytes(), &Options { details: true, ..options(Format::Csv, 1 << 16) }, false);
            labelled.result.unwrap();
            let mut reader = ::csv::Reader::from_reader(&labelled.out[..]);
            let names = reader.headers().unwrap().clone();
            let record = reader.records().next().unwrap().unwrap();
            let field = |name: &str| &record[names.iter().position(|header| header == name).unwrap()];
            for card in &rules().rulebook().scorecards {
                let of = |what: &str| field(&format!("{}_{what}", card.name));
                let points: i32 = of("reasons").split(';').filter(|r| !r.is_empty()).map(|r| r.rsplit(':').next().unwrap().parse::<i32>().unwrap()).sum();
                let score: i32 = of("score").parse().unwrap();
                prop_assert_eq!(score, card.initial_score + points);
                let upper = card.bands.iter().find(|band| band.at_least.is_some()).unwrap();
                let lower = card.bands.iter().find(|band| band.at_most.is_some()).unwrap();
                let label_at = |score: i32| {
                    if score >= upper.at_least.unwrap() {
                        upper.label.as_str()
                    } else if score <= lower.at_most.unwrap() {
                        lower.label.as_str()
                    } else {
                        "Undetermined"
                    }
                };
                prop_assert_eq!(of("label"), label_at(score));
                let margin: i32 = of("margin").parse().unwrap();
                let changes = |by: i32| label_at(score + by) != label_at(score) || label_at(score - by) != label_at(score);
                prop_assert!(changes(margin) && !(1..margin).any(changes), "score {score}, margin {margin}");
            }
    }
}
