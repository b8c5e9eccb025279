//! No input makes the program panic, and damage is found wherever a batch ends.

use std::num::NonZero;

use std::sync::LazyLock;

use clientype::internals::Options;
use clientype::internals::columns::{Columns, Override};
use clientype::{Format, Layout, Ragged, Summary};
use proptest::prelude::*;

use super::csv::csv_file;
use super::json::{json_document, object};
use super::{cases, label, rules};

/// Bytes that mostly have a meaning in one format or another.
fn nearly_anything() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"contract"[..],
        b"duration",
        b"start_date",
        b"end_date",
        b",",
        b";",
        b"\"",
        b"\"\"",
        b"\n",
        b"\r",
        b"\r\n",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b"\"contract\":",
        b"\"yes\"",
        b"yes",
        b"3 years",
        b"2024-05-01",
        b"-1",
        b"9999999999999999999",
        b"P9999999999Y",
        b"1e9",
        b"\\u12",
        b"\\",
        b" ",
        b"\xff",
        b"\xc3",
        b"\xc3\xa9",
        b"\xef\xbb\xbf",
        b"null",
        b"\0",
        b"a@b.c",
        b"Acme",
        b"\xe2\x88\x92",
        b"1\xc2\xbd years",
        b"\"relationship_label\":",
        b"sep=;\n",
        b"#",
        b"~",
        b"||",
        b"2024-05-01;",
        b";;;",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// What a user may state about a file, true or not.
fn any_layout() -> impl Strategy<Value = Layout> {
    (
        prop::sample::select(vec![None, None, Some(b';'), Some(b'~')]),
        prop_oneof![2 => Just(0), 1 => 0..5_usize],
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(delimiter, skip_lines, no_header, pad)| Layout {
            delimiter,
            skip_lines,
            no_header,
            ragged: if pad { Ragged::Pad } else { Ragged::Error },
            ..Layout::default()
        })
}

/// Damage to files: a piece is lost, duplicated, or inserted.
#[derive(Debug, Clone)]
struct Damage {
    at: prop::sample::Index,
    lost: usize,
    twice: bool,
    new: &'static [u8],
}

fn damage() -> impl Strategy<Value = Damage> {
    let new = prop::sample::select(vec![
        &b""[..],
        b"",
        b"",
        b",",
        b"\"",
        b"\n",
        b"\r",
        b"]",
        b"}",
        b"{",
        b"[",
        b":",
        b"\\",
        b"\xff",
        b" ",
        b"x",
    ]);
    (
        any::<prop::sample::Index>(),
        0..20_usize,
        any::<bool>(),
        new,
    )
        .prop_map(|(at, lost, twice, new)| Damage {
            at,
            lost,
            twice,
            new,
        })
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let at = self.at.index(bytes.len() + 1);
        let end = (at + self.lost).min(bytes.len());
        let piece = if self.twice {
            bytes[at..end].repeat(2)
        } else {
            Vec::new()
        };
        bytes.splice(at..end, [self.new, &piece].concat());
    }
}

proptest! {
    #![proptest_config(cases(128, 1024))]

    #[test]
    fn no_input_makes_it_panic_and_neither_batches_nor_threads_matter_even_then(
        input in nearly_anything(),
        format in prop::sample::select(vec![None, Some(Format::Csv), Some(Format::Tsv), Some(Format::Json), Some(Format::Ndjson)]),
        wanted in prop::sample::select(vec![None, Some(Format::Csv), Some(Format::Json), Some(Format::Ndjson), Some(Format::Table)]),
        batch in 1..50_usize,
        threads in 1..5_usize,
        details in any::<bool>(),
        replace in any::<bool>(),
        set_aside in any::<bool>(),
        layout in any_layout(),
        is_stated in any::<bool>(),
    ) {
        let mapped = Override { criterion: "contract".to_owned(), read_as: Vec::new(), column: is_stated.then(|| "1".to_owned()) };
        let overrides = if layout.no_header { vec![mapped] } else { Vec::new() };
        let options = |batch, threads| Options { layout: Layout { format, ..layout.clone() }, overrides: overrides.clone(), format: wanted, batch, threads: NonZero::new(threads), details, replace, ..Options::default() };
        let small = label(&input, &options(batch, threads), set_aside);
        let large = label(&input, &options(1 << 20, 1), set_aside);
        prop_assert_eq!(small.result.as_ref().map(Summary::records).map_err(ToString::to_string), large.result.as_ref().map(Summary::records).map_err(ToString::to_string));
        prop_assert_eq!(String::from_utf8_lossy(&small.out), String::from_utf8_lossy(&large.out));
        prop_assert_eq!(small.rejects, large.rejects);
    }

    #[test]
    fn damage_is_seen_and_neither_batches_nor_threads_matter_even_then(
        (input, format) in prop_oneof![
            csv_file().prop_map(|csv| (csv.text, Format::Csv)),
            json_document().prop_map(|(document, _)| (document, Format::Json)),
            prop::collection::vec(object(true), 1..8).prop_map(|lines| (lines.join("\n"), Format::Ndjson)),
        ],
        damages in prop::collection::vec(damage(), 1..3),
        is_stated in any::<bool>(),
        wanted in prop::sample::select(vec![None, Some(Format::Csv), Some(Format::Json), Some(Format::Ndjson), Some(Format::Table)]),
        batch in 1..100_usize,
        threads in 1..5_usize,
        set_aside in any::<bool>(),
        pad in any::<bool>(),
    ) {
        let ragged = if pad { Ragged::Pad } else { Ragged::Error };
        let mut damaged = input.into_bytes();
        for damage in damages {
            damage.apply(&mut damaged);
        }
        let input_format = is_stated.then_some(format);
        let options = |batch, threads| Options { layout: Layout { format: input_format, ragged, ..Layout::default() }, format: wanted, batch, threads: NonZero::new(threads), ..Options::default() };
        let small = label(&damaged, &options(batch, threads), set_aside);
        let large = label(&damaged, &options(1 << 20, 1), set_aside);
        prop_assert_eq!(small.result.as_ref().map(Summary::records).map_err(ToString::to_string), large.result.as_ref().map(Summary::records).map_err(ToString::to_string));
        prop_assert_eq!(String::from_utf8_lossy(&small.out), String::from_utf8_lossy(&large.out));
        prop_assert_eq!(&small.rejects, &large.rejects);
        // Input that is accepted as JSON is JSON.
        if is_stated && small.result.is_ok() && small.rejects.is_empty() {
            let document = damaged.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&damaged);
            let is_json = |text: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
            let mut lines = document.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
            let sound = match format {
                Format::Json => is_json(document),
                Format::Ndjson => lines.all(is_json),
                _ => true,
            };
            prop_assert!(sound, "{}", String::from_utf8_lossy(&damaged));
        }
    }

    #[test]
    fn no_text_makes_reading_panic(text in any::<String>()) {
        for criterion in 0..rules().rulebook().criteria.len() {
            let _ = rules().read(criterion, &text);
        }
    }
}

proptest! {
    #![proptest_config(cases(128, 256))]

    #[test]
    fn no_column_name_makes_matching_panic(names in prop::collection::vec(any::<String>(), 0..4)) {
        static COLUMNS: LazyLock<Columns<'_>> = LazyLock::new(|| Columns::new(rules(), &[]).unwrap());
        let _ = COLUMNS.settle(&names, &[], true);
    }
}

#[test]
fn what_stands_before_a_fault_does_not_depend_on_the_batch() {
    let inputs = [
        "contract\nyes\nno\n\"never closed\n",
        "contract,team\nyes,a\nno\n",
        "{\"contract\": 1}\n{\"contract\": 0}\n{\"contract\" 1}\n",
        "[{\"contract\": 1},\n {\"contract\": 0} , 17]\n",
        "[{\"contract\": 1},\n {\"contract\": 0} , ]\n",
        "[{\"contract\": 1},\n {\"contract\": 0}  {}]\n",
    ];
    for input in inputs {
        fails_alike(input, 1..=input.len());
    }
    // Two keys that compete, neither of them in the first hundred records.
    let mut records = vec!["{\"contract\": 1}"; 100];
    records.extend(["{\"duration\":\"3y\"}", "{\"a\":1}", "{\"tenure\":\"3y\"}"]);
    let lines = records.join("\n");
    let out = fails_alike(&lines, [1, 17, 33, lines.len() - 10]);
    assert!(
        out.ends_with("\"affiliation_label\":\"Undetermined\"}\n"),
        "{out}"
    );
    let array = format!("[{}]", records.join(",\n"));
    let out = fails_alike(&array, [1, 17, 33, array.len() - 10]);
    assert!(
        out.ends_with("\"affiliation_label\":\"Undetermined\"}"),
        "{out}"
    );
}

/// Labels `input`, which has an error, whole and in small batches; returns the output
/// in the format of the input.
fn fails_alike(input: &str, batches: impl IntoIterator<Item = usize> + Clone) -> String {
    let formats = [
        Some(Format::Csv),
        Some(Format::Json),
        Some(Format::Ndjson),
        Some(Format::Table),
        None,
    ];
    let mut unchanged = String::new();
    for format in formats {
        let options = |batch| Options {
            format,
            batch,
            ..Options::default()
        };
        let whole = label(input.as_bytes(), &options(1 << 20), false);
        assert!(whole.result.is_err(), "{input}");
        unchanged = String::from_utf8(whole.out).unwrap();
        for batch in batches.clone() {
            let small = label(input.as_bytes(), &options(batch), false);
            assert_eq!(
                String::from_utf8_lossy(&small.out),
                unchanged,
                "{input} as {format:?} in batches of {batch} bytes"
            );
        }
    }
    unchanged
}
