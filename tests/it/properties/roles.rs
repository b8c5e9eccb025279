//! Of several columns for one criterion, the first with a value counts.

use clientype::Format;
use clientype::internals::Options;
use proptest::prelude::*;

use super::{cases, label, layout, options};

/// Number, status, employee, customer, tenure and term of a record.
type Record = [&'static str; 6];

fn record() -> impl Strategy<Value = Record> {
    let of = prop::sample::select::<&'static str>;
    let number = of(vec!["", "V-1", "17", "n/a", "none", "0000-00-00"]);
    let status = of(vec!["", "active", "draft", "terminated", "hm", "n/a"]);
    let flag = || of(vec!["", "yes", "no", "hm"]);
    let tenure = of(vec!["", "7", "40", "hm"]);
    let term = of(vec!["", "3", "36", "hm"]);
    (number, status, flag(), flag(), tenure, term).prop_map(
        |(number, status, employee, customer, tenure, term)| {
            [number, status, employee, customer, tenure, term]
        },
    )
}

/// Contract, affiliation and duration, derived one after the other.
fn plain([number, status, employee, customer, tenure, term]: Record) -> [&'static str; 3] {
    let contract = match (status, number) {
        ("active", _) => "yes",
        ("terminated", _) => "ended",
        ("draft", _) => "",
        // A number does not count against a status that is not understood.
        ("hm", _) => "hm",
        (_, "V-1" | "17") => "yes",
        (_, "none") => "",
        _ => "",
    };
    let affiliation = match (employee, customer) {
        ("yes", _) => "employee",
        (_, "yes") => "external",
        ("hm", _) | (_, "hm") => "hm",
        _ => "",
    };
    let duration = match (tenure, term) {
        ("7" | "40", _) => tenure,
        (_, "3" | "36") => term,
        ("hm", _) | (_, "hm") => "hm",
        _ => "",
    };
    [contract, affiliation, duration]
}

/// Number, status, first and last day of a contract.
fn contract() -> impl Strategy<Value = [&'static str; 4]> {
    let of = prop::sample::select::<&'static str>;
    let number = of(vec!["", "V-1", "not yet signed"]);
    let status = of(vec![
        "",
        "active",
        "draft",
        "terminated",
        "hm",
        "no contract",
    ]);
    let first = of(vec!["", "2019-01-01", "2090-01-01"]);
    let last = of(vec!["", "2020-12-31", "2091-12-31", "soon"]);
    (number, status, first, last).prop_map(Into::into)
}

/// Whether there is a contract, on a day of this century's twenties.
fn in_force([number, status, first, last]: [&'static str; 4]) -> &'static str {
    match (status, first, last) {
        ("active", ..) => "yes",
        ("terminated", ..) => "ended",
        ("no contract", ..) => "no",
        ("hm", ..) => "hm",
        ("draft", ..) => "",
        (_, "2090-01-01", "2020-12-31") => "hm",
        (.., "2020-12-31") => "ended",
        (.., "soon") => "hm",
        (_, "2019-01-01", _) | (_, "", "2091-12-31") => "yes",
        _ if number == "V-1" => "yes",
        _ => "",
    }
}

proptest! {
    #![proptest_config(cases(128, 256))]

    // Few records, so that no name is doubted because of its values.
    #[test]
    fn the_first_column_that_says_something_counts(records in prop::collection::vec(record(), 1..5), batch in 1_usize..200, threads in 1_usize..4, json in any::<bool>()) {
        let names = ["Contract number", "Contract status", "is_employee", "is_customer", "tenure", "term_months"];
        let input = if json {
            let object = |record: &Record| {
                let members = names.iter().zip(record).map(|(name, value)| format!("{name:?}:{value:?}"));
                format!("{{{}}}\n", members.collect::<Vec<_>>().join(","))
            };
            records.iter().map(object).collect()
        } else {
            names.join(",") + "\n" + &records.iter().map(|record| record.join(",") + "\n").collect::<String>()
        };
        let one_each = "contract,affiliation,duration\n".to_owned()
            + &records.iter().map(|record| plain(*record).join(",") + "\n").collect::<String>();
        let added = |input: &str, format, batch, threads| {
            let options = Options {
                layout: layout(format),
                format: Some(Format::Ndjson),
                details: true,
                threads: std::num::NonZero::new(threads),
                ..options(format, batch)
            };
            let out = String::from_utf8(label(input.as_bytes(), &options, false).out).unwrap();
            let labels = out.lines().map(|line| line[line.find("\"relationship_label\"").unwrap()..].to_owned());
            labels.collect::<Vec<_>>()
        };
        let format = if json { Format::Ndjson } else { Format::Csv };
        prop_assert_eq!(added(&input, format, batch, threads), added(&one_each, Format::Csv, 1 << 16, 1), "{}", input);
    }

    // A number, a status and days against what they mean, with the same days beside it.
    #[test]
    fn a_status_beats_days_and_days_beat_a_number(records in prop::collection::vec(contract(), 1..5), batch in 1_usize..200, threads in 1_usize..4) {
        let input = "Contract number,Contract status,Contract start,Contract end\n".to_owned()
            + &records.iter().map(|record| record.join(",") + "\n").collect::<String>();
        let one_each = "contract,start_date,end_date\n".to_owned()
            + &records.iter().map(|record| format!("{},{},{}\n", in_force(*record), record[2], record[3])).collect::<String>();
        let added = |input: &str, batch, threads| {
            let options = Options {
                format: Some(Format::Ndjson),
                details: true,
                threads: std::num::NonZero::new(threads),
                ..options(Format::Csv, batch)
            };
            let out = String::from_utf8(label(input.as_bytes(), &options, false).out).unwrap();
            let labels = out.lines().map(|line| line[line.find("\"relationship_label\"").unwrap()..].to_owned());
            labels.collect::<Vec<_>>()
        };
        prop_assert_eq!(added(&input, batch, threads), added(&one_each, 1 << 16, 1), "{}", input);
    }
}
