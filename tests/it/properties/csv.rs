//! CSV is unchanged, except for the added fields.

use std::num::NonZero;

use std::fmt::Write as _;
use std::io::{self, Read};

use clientype::internals::Options;
use clientype::internals::columns::Override;
use clientype::{Format, Layout, Ragged};
use proptest::prelude::*;

use super::{cases, csv_layout, label, label_from, layout, options};

/// A cell as written in a file, and whether it is a plain one.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["yes", "no", "ja", "3 years", "ongoing", "", " ", "5\" pipe", "x\"y\"", "zoë", "1.0", "a'b", "Acme"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["\"yes\"", "\"a\"\"b\"", "\"two\nlines\"", "\"\r\n\"", "\"\"", "\"a,b;c\td|e\"", "\"q\"tail", "\"ü\""]).prop_map(str::to_owned),
        1 => "[ -!#-+./0-:=-{}~é]{0,12}",
    ]
}

#[derive(Debug, Clone)]
pub(super) struct Csv {
    pub(super) text: String,
    delimiter: char,
    records: usize,
}

/// A CSV file of any odd shape, in which every record has the header's width.
pub(super) fn csv_file() -> impl Strategy<Value = Csv> {
    let rows = prop::collection::vec(prop::collection::vec(cell(), 4), 0..12);
    let breaks = prop::collection::vec(
        prop::sample::select(vec!["\n", "\r\n", "\n\n", "\r\n\r\n", "\r", "\r\n\n"]),
        13,
    );
    (
        rows,
        breaks,
        prop::sample::select(vec![',', ';', '\t', '|']),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(rows, breaks, delimiter, bom, last_break)| {
            let mut text = if bom {
                "\u{feff}".to_owned()
            } else {
                String::new()
            };
            let delimited = |cells: &[String]| cells.join(&delimiter.to_string());
            text += &delimited(
                &["contract", "\"duration\"", "engagement", "Our note"].map(str::to_owned),
            );
            let records = rows.len();
            for (row, line_break) in rows.iter().zip(&breaks) {
                // A cell of this strategy has a delimiter only inside quotes.
                let row: Vec<String> = row
                    .iter()
                    .map(|cell| {
                        if cell.starts_with('"') {
                            cell.clone()
                        } else {
                            cell.replace(delimiter, "_")
                        }
                    })
                    .collect();
                write!(text, "{line_break}{}", delimited(&row)).unwrap();
            }
            if last_break {
                text += breaks[12];
            }
            Csv {
                text,
                delimiter,
                records,
            }
        })
}

/// How a file is laid out around its records.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    sep: bool,
    /// Lines before the header.
    before: Vec<&'static str>,
    line_break: &'static str,
    no_header: bool,
    /// A delimiter at the end of each record, and of the header too.
    trailing: Option<bool>,
}

fn shape() -> impl Strategy<Value = Shape> {
    let line = prop::sample::select(vec!["Report 2024", "a;b,c", "\"open", ";;;", "", "# x"]);
    (
        any::<bool>(),
        prop::collection::vec(line, 0..4),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        any::<bool>(),
        prop::option::of(any::<bool>()),
    )
        .prop_map(|(sep, before, line_break, no_header, trailing)| Shape {
            sep,
            before,
            line_break,
            no_header,
            trailing,
        })
}

/// A file in that shape, whose records have two columns, and the expected output with
/// the labels of each record, put together field by field.
fn shaped(shape: &Shape, rows: &[[String; 2]], delimiter: char) -> (String, Layout) {
    let Shape { line_break, .. } = shape;
    let mut text = String::new();
    if shape.sep {
        write!(text, "sep={delimiter}{line_break}").unwrap();
    }
    for line in &shape.before {
        write!(text, "{line}{line_break}").unwrap();
    }
    let end = |is_there: bool| {
        if is_there {
            String::from(delimiter)
        } else {
            String::new()
        }
    };
    if !shape.no_header {
        let last = end(shape.trailing == Some(true));
        write!(text, "contract{delimiter}note{last}{line_break}").unwrap();
    }
    let last = end(shape.trailing.is_some());
    for [first, second] in rows {
        write!(text, "{first}{delimiter}{second}{last}{line_break}").unwrap();
    }
    let layout = Layout {
        delimiter: u8::try_from(delimiter).ok().filter(|_| !shape.sep),
        skip_lines: shape.before.len() + usize::from(shape.sep),
        no_header: shape.no_header,
        ..layout(Format::Csv)
    };
    (text, layout)
}

/// `labelled` without the added fields: the two last of the header and of each record,
/// which have no quotes.
fn without_csv_labels(labelled: &str, delimiter: char) -> String {
    let header = format!("{delimiter}relationship_label{delimiter}affiliation_label");
    let (head, body) = labelled
        .split_once(&header)
        .expect("the header has the added names");
    let mut text = head.to_owned();
    let mut rest = body;
    // Labels occur only where records end: outside of quotes no other text in these
    // files is spelled like two labels.
    let labels: Vec<String> = ["Client", "Customer", "Undetermined"]
        .iter()
        .flat_map(|relationship| {
            ["Internal", "External", "Undetermined"]
                .map(|affiliation| format!("{delimiter}{relationship}{delimiter}{affiliation}"))
        })
        .collect();
    while let Some((at, label)) = labels
        .iter()
        .filter_map(|label| Some((rest.find(label.as_str())?, label)))
        .min()
    {
        text += &rest[..at];
        rest = &rest[at + label.len()..];
    }
    text + rest
}

/// Returns a few bytes at a time, and is interrupted before each.
struct SlowPipe<'t> {
    rest: &'t [u8],
    at_a_time: usize,
    interrupted: bool,
}

impl Read for SlowPipe<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = self.at_a_time.min(to.len());
        self.rest.read(&mut to[..size])
    }
}

proptest! {
    #![proptest_config(cases(128, 256))]

    #[test]
    fn csv_less_the_added_fields_is_the_input(csv in csv_file(), batch in 1..200_usize) {
        let labelled = label(csv.text.as_bytes(), &Options { layout: csv_layout(csv.delimiter), ..options(Format::Csv, batch) }, false);
        let summary = labelled.result.unwrap();
        let out = String::from_utf8(labelled.out).unwrap();
        prop_assert_eq!(without_csv_labels(&out, csv.delimiter), &*csv.text);
        // The csv crate sees the same records, each with two more fields.
        let records = |text: &str| -> Vec<csv::StringRecord> {
            let mut reader = csv::ReaderBuilder::new().delimiter(csv.delimiter as u8).has_headers(false).flexible(true).from_reader(text.as_bytes());
            reader.records().map(Result::unwrap).collect()
        };
        let (before, after) = (records(&csv.text), records(&out));
        prop_assert_eq!(summary.records() as usize + 1, before.len());
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(before.len() + 2, after.len());
            prop_assert!(before.iter().eq(after.iter().take(before.len())));
        }
    }

    #[test]
    fn so_it_is_in_all_shapes_of_a_file(
        shape in shape(),
        rows in prop::collection::vec([cell(), cell()], 1..8),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        batch in 1..200_usize,
        threads in 1..4_usize,
    ) {
        let rows: Vec<[String; 2]> = rows.into_iter().map(|row| row.map(|cell| {
            if cell.starts_with('"') { cell } else { cell.replace(delimiter, "_") }
        })).collect();
        // A cell that stands alone with a number may be that of a page.
        let rows: Vec<[String; 2]> = rows.into_iter().map(|row| {
            let is_alone = row.iter().any(|cell| cell.trim_matches([' ', '"', '\t']).is_empty());
            row.map(|cell| if is_alone { cell.replace(|c: char| c.is_numeric(), "n") } else { cell })
        }).collect();
        let (text, layout) = shaped(&shape, &rows, delimiter);
        let column = if shape.no_header { "1" } else { "contract" };
        // Where a column of answers is stated, one of numbers is an error.
        let mapped = Override { criterion: "engagement".to_owned(), read_as: Vec::new(), column: Some(column.to_owned()) };
        let options = Options { layout, overrides: vec![mapped], threads: NonZero::new(threads), ..options(Format::Csv, batch) };
        let labelled = label(text.as_bytes(), &options, false);
        let summary = labelled.result.unwrap();
        prop_assert_eq!(summary.records() as usize, rows.len());
        let out = String::from_utf8(labelled.out).unwrap();
        if shape.no_header {
            // No header is written.
            let with_header = format!("{delimiter}relationship_label{delimiter}affiliation_label{out}");
            prop_assert_eq!(without_csv_labels(&with_header, delimiter), text);
        } else {
            prop_assert_eq!(without_csv_labels(&out, delimiter), text);
        }
    }

    #[test]
    fn records_are_filled_up_to_the_widest_and_keep_what_they_say(
        rows in prop::collection::vec(prop::collection::vec("[a-c]{1,3}", 1..6), 1..12),
        header in 1..4_usize,
        batch in 1..100_usize,
    ) {
        let names = ["contract", "name", "note"];
        let lines: Vec<String> = rows.iter().map(|row| row.join(";")).collect();
        let text = format!("{}\n{}\n", names[..header].join(";"), lines.join("\n"));
        let mapped = Override { criterion: "contract".to_owned(), read_as: Vec::new(), column: Some("contract".to_owned()) };
        let layout = Layout { ragged: Ragged::Pad, ..csv_layout(';') };
        let options = Options { layout, overrides: vec![mapped], ..options(Format::Csv, batch) };
        let labelled = label(text.as_bytes(), &options, false);
        let summary = labelled.result.unwrap();
        let width = rows.iter().map(Vec::len).max().unwrap().max(header);
        prop_assert_eq!(summary.padded as usize, rows.iter().filter(|row| row.len() < width).count());
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(&labelled.out[..]);
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(records.len(), rows.len() + 1);
        for (record, row) in records[1..].iter().zip(&rows) {
            prop_assert_eq!(record.len(), width + 2);
            let empty = std::iter::repeat_n("", width - row.len());
            prop_assert!(record.iter().take(width).eq(row.iter().map(String::as_str).chain(empty)));
        }
    }

    #[test]
    fn labelling_again_in_place_changes_nothing(csv in csv_file(), details in any::<bool>()) {
        let options = Options { layout: csv_layout(csv.delimiter), details, replace: true, ..options(Format::Csv, 1 << 16) };
        let once = label(csv.text.as_bytes(), &options, false);
        once.result.unwrap();
        let twice = label(&once.out, &options, false);
        twice.result.unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&once.out), String::from_utf8_lossy(&twice.out));
    }

    #[test]
    fn a_slow_pipe_is_read_like_a_file(csv in csv_file(), batch in 1..64_usize, at_a_time in 1..9_usize) {
        let options = Options { layout: csv_layout(csv.delimiter), ..options(Format::Csv, batch) };
        let whole = label(csv.text.as_bytes(), &options, false);
        let pipe = SlowPipe { rest: csv.text.as_bytes(), at_a_time, interrupted: false };
        prop_assert_eq!(label_from(pipe, &options, false).out, whole.out);
    }

    #[test]
    fn neither_batches_nor_threads_matter(csv in csv_file(), batch in 1..64_usize, threads in 1..5_usize, details in any::<bool>()) {
        let options = |batch, threads| Options {
            layout: csv_layout(csv.delimiter),
            details,
            threads: NonZero::new(threads),
            ..options(Format::Csv, batch)
        };
        let small = label(csv.text.as_bytes(), &options(batch, threads), false);
        let large = label(csv.text.as_bytes(), &options(1 << 20, 1), false);
        prop_assert_eq!(small.out, large.out);
        let (small, large) = (small.result.unwrap(), large.result.unwrap());
        prop_assert_eq!(small.records(), large.records());
        prop_assert_eq!(small.records() as usize, csv.records);
        for criterion in 0..3 {
            prop_assert_eq!(small.not_understood(criterion), large.not_understood(criterion));
        }
    }

    #[test]
    fn set_aside_and_labelled_make_up_the_input(csv in csv_file(), odd in prop::collection::vec((0..12_usize, "[a-c]{0,3}(,[a-c]{0,3}){0,6}"), 0..4), batch in 1..100_usize) {
        let csv = Csv { delimiter: ',', text: csv.text.replace(csv.delimiter, ","), ..csv };
        let mut text = csv.text.trim_end_matches(['\r', '\n']).to_owned();
        for (_, line) in &odd {
            write!(text, "\nodd{line}").unwrap();
        }
        text.push('\n');
        let labelled = label(text.as_bytes(), &options(Format::Csv, batch), true);
        let summary = match labelled.result {
            // With few records, the odd ones may be all that is consistent with the
            // header.
            Err(error) if error.to_string().contains("looks like a title") => return Ok(()),
            result => result.unwrap(),
        };
        let out = String::from_utf8(labelled.out).unwrap();
        let rejects = String::from_utf8(labelled.rejects).unwrap();
        let mut kept: Vec<char> = without_csv_labels(&out, ',').chars().chain(rejects.chars()).collect();
        let mut whole: Vec<char> = text.chars().collect();
        kept.sort_unstable();
        whole.sort_unstable();
        prop_assert_eq!(kept, whole, "not a byte more or less");
        let lines = rejects.lines().filter(|line| line.starts_with("odd")).count();
        prop_assert!(summary.rejected as usize >= lines);
    }
}

/// A short address, or nearly one, with repeating parts.
fn address() -> impl Strategy<Value = String> {
    let user = prop::sample::select(vec!["ann", "b.c+d", "", "x y", "zoë", "Ann <a", "a@b"]);
    let at = prop::sample::select(vec!["@", "@", "@", "", " @"]);
    let domain = prop::sample::select(vec![
        "acme.example",
        "ACME.example",
        "eu.acme.example",
        "globex.example",
        "gmail.com",
        "acme",
        "acme.example>",
        "acme.example; b@globex.example",
        "globex.example?",
        "",
    ]);
    (user, at, domain).prop_map(|(user, at, domain)| format!("{user}{at}{domain}"))
}

proptest! {
    #![proptest_config(cases(64, 128))]

    #[test]
    fn a_record_is_labelled_as_if_it_were_alone(
        rows in prop::collection::vec((address(), cell(), prop::sample::select(vec!["2024-05-01", "2030-01-01", "1.5.2020", "soon", ""])), 1..9),
    ) {
        let header = "email,organization,start_date\n";
        let line = |(address, cell, date): &(String, String, &str)| {
            let cell = if cell.starts_with('"') { cell.clone() } else { cell.replace(',', "_") };
            format!("{address},{cell},{date}\n")
        };
        let out = |text: String| {
            let options = Options { details: true, ..options(Format::Csv, 1 << 16) };
            let labelled = label(text.as_bytes(), &options, false);
            let summary = labelled.result.unwrap();
            let unread: u64 = (0..30).flat_map(|criterion| summary.not_understood(criterion).0).map(|(_, count)| count).sum();
            let text = String::from_utf8(labelled.out).unwrap();
            let (_, records) = text.split_once('\n').unwrap();
            (records.to_owned(), unread)
        };
        let alone: Vec<(String, u64)> = rows.iter().map(|row| out(header.to_owned() + &line(row))).collect();
        let together = out(header.to_owned() + &rows.iter().map(line).collect::<String>());
        prop_assert_eq!(together.0, alone.iter().map(|(records, _)| records.as_str()).collect::<String>());
        prop_assert_eq!(together.1, alone.iter().map(|(_, unread)| unread).sum::<u64>());
    }
}
