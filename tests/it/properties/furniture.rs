//! Records that are not about a buyer are the same ones in all formats, wherever a file
//! is cut, and change nothing about the others.

use std::num::NonZero;

use clientype::internals::Options;
use clientype::{Format, Furniture, Summary};
use proptest::prelude::*;

use super::{cases, label, options};

const HEADER: [&str; 4] = ["company", "contract", "duration", "amount"];
const KINDS: [Furniture; 3] = [Furniture::Total, Furniture::Footer, Furniture::Header];

/// Records, and what each is if it is not about a buyer.
const RECORDS: [([&str; 4], Option<usize>); 20] = [
    (["Nord", "yes", "3 years", "17"], None),
    (["Süd", "no", "", "1,200.00"], None),
    (["Total", "yes", "", "17"], None),
    (["Summe AG", "perhaps", "2", "3"], None),
    (["", "ja", "", ""], None),
    (["Razem", "", "x", "3"], None),
    (["Grand Total", "1", "", "1,200.00"], Some(0)),
    (["Nord Gesamt", "", "", "5"], Some(0)),
    (["Tổng cộng", "-", "", ""], Some(0)),
    (["Seite 1 von 3", "", "", ""], Some(1)),
    (["", "(3 rows affected)", "", ""], Some(1)),
    (["", "Zwischensumme", "", "4"], Some(0)),
    (["", "", "", "Page 1 of 1"], Some(1)),
    (HEADER, Some(2)),
    (["COMPANY", "Contract", "duration:", "Amount"], Some(2)),
    (["Nord", "Subtotal", "2", "4"], Some(0)),
    (["3", "Razem", "2", "4"], Some(0)),
    (["Grand Total", "alle", "2 contracts", "4"], Some(0)),
    (["Nord", "Total", "2", "4"], None),
    (["company", "contract", "yes", ""], None),
];

/// A file with these records, each on a line.
fn text(records: &[usize], format: Format) -> String {
    let rows = records.iter().map(|one| RECORDS[*one].0);
    if format == Format::Csv {
        let mut to = ::csv::Writer::from_writer(Vec::new());
        to.write_record(HEADER).unwrap();
        rows.for_each(|row| to.write_record(row).unwrap());
        return String::from_utf8(to.into_inner().unwrap()).unwrap();
    }
    // In this order, unlike a map.
    let objects = rows.map(|row| {
        let members = HEADER.iter().zip(row);
        let members = members.map(|(key, cell)| format!("{key:?}:{cell:?}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    });
    match format {
        Format::Json => format!("[\n{}\n]", objects.collect::<Vec<_>>().join(",\n")),
        _ => objects.map(|object| object + "\n").collect(),
    }
}

/// Everything that a summary counts.
fn counted(summary: &Summary) -> String {
    let furniture = KINDS.map(|kind| summary.furnished.of(kind));
    let labels = [summary.labels(0), summary.labels(1)];
    let unread: Vec<_> = (0..4).map(|one| summary.not_understood(one)).collect();
    format!("{} {labels:?} {unread:?} {furniture:?}", summary.records())
}

proptest! {
    #![proptest_config(cases(96, 512))]

    #[test]
    fn furniture_is_the_same_however_a_file_is_cut(
        records in prop::collection::vec(0..RECORDS.len(), 1..40),
        format in prop::sample::select(vec![Format::Csv, Format::Json, Format::Ndjson]),
        batch in 1..300_usize,
        threads in 2..5_usize,
    ) {
        // The columns of the file are known from its first record.
        let records = [vec![0], records].concat();
        let text = text(&records, format);
        let whole = label(text.as_bytes(), &options(format, 1 << 20), false);
        let summary = whole.result.unwrap();
        let several = Options { threads: NonZero::new(threads), ..options(format, batch) };
        let cut = label(text.as_bytes(), &several, true);
        prop_assert_eq!(&cut.out, &whole.out);
        prop_assert_eq!(counted(&cut.result.unwrap()), counted(&summary));
        let ordinary: Vec<usize> = records.iter().copied().filter(|one| RECORDS[*one].1.is_none()).collect();
        prop_assert_eq!(summary.records() as usize, ordinary.len());
        let first_line = if format == Format::Ndjson { 1 } else { 2 };
        for (place, kind) in KINDS.into_iter().enumerate() {
            let of = |one: &(usize, &usize)| RECORDS[*one.1].1 == Some(place);
            let lines: Vec<Option<u64>> = records.iter().enumerate().filter(of).map(|(at, _)| Some(at as u64 + first_line)).collect();
            let (count, places) = summary.furnished.of(kind);
            prop_assert_eq!(count as usize, lines.len());
            let found: Vec<Option<u64>> = places.iter().map(|place| place.line).collect();
            prop_assert_eq!(&found[..], &lines[..lines.len().min(10)]);
        }
    }

    #[test]
    fn furniture_changes_no_other_label(
        records in prop::collection::vec(0..RECORDS.len(), 1..40),
        details in any::<bool>(),
    ) {
        let records = [vec![0], records].concat();
        let ordinary: Vec<usize> = records.iter().copied().filter(|one| RECORDS[*one].1.is_none()).collect();
        let options = Options { details, ..options(Format::Csv, 100) };
        let with = label(text(&records, Format::Csv).as_bytes(), &options, false);
        let without = label(text(&ordinary, Format::Csv).as_bytes(), &options, false);
        let lines = |out: Vec<u8>| -> Vec<String> {
            let text = String::from_utf8(out).unwrap();
            text.lines().skip(1).map(str::to_owned).collect()
        };
        let both = records.iter().zip(lines(with.out));
        let others: Vec<String> = both.filter(|(one, _)| RECORDS[**one].1.is_none()).map(|(_, line)| line).collect();
        prop_assert_eq!(others, lines(without.out));
    }
}
