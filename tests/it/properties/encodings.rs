//! The encoding of a text does not matter, and damage is never taken for the end.

use std::io::Write;
use std::num::NonZero;

use clientype::internals::Options;
use clientype::{Encoding, Format, Layout, Summary};
use encoding_rs::{UTF_16BE, UTF_16LE};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::{cases, label};

const ENCODINGS: [&str; 11] = [
    "windows-1252",
    "windows-1250",
    "windows-1258",
    "windows-1251",
    "iso-8859-2",
    "macintosh",
    "gbk",
    "shift_jis",
    "iso-2022-jp",
    "utf-16le",
    "utf-16be",
];

/// A CSV file with letters of many languages.
fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "yes",
        "nein",
        "3 ans",
        "Größe",
        "Été",
        "œuvre",
        "Łódź",
        "księgowość",
        "Đơn",
        "ưu",
        "Клиент",
        "合同",
        "お客様",
        "\"two\nlines\"",
        "–",
        "€",
        "",
        "x",
    ]);
    let row = prop::collection::vec(word, 3);
    prop::collection::vec(row, 0..40).prop_map(|rows| {
        let rows: String = rows.iter().map(|row| row.join(",") + "\r\n").collect();
        format!("name,contract,duration\r\n{rows}")
    })
}

/// The text, as far as the encoding has its characters, and its bytes.
fn encoded(text: &str, label: &str, mark: bool) -> (String, Vec<u8>) {
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
    if encoding != UTF_16LE && encoding != UTF_16BE {
        let has = |c: &char| !encoding.encode(c.encode_utf8(&mut [0; 4])).2;
        let text: String = text.chars().filter(has).collect();
        let bytes = encoding.encode(&text).0.into_owned();
        return (text, bytes);
    }
    let units = mark
        .then_some(0xfeff)
        .into_iter()
        .chain(text.encode_utf16());
    let bytes = |unit: u16| match encoding == UTF_16LE {
        true => unit.to_le_bytes(),
        false => unit.to_be_bytes(),
    };
    (text.to_owned(), units.flat_map(bytes).collect())
}

/// Packed in as many members or frames as there are pieces.
fn packed(bytes: &[u8], zstd: bool, piece: usize) -> Vec<u8> {
    let mut packed = Vec::new();
    for piece in bytes.chunks(piece.max(1)) {
        if zstd {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            packed.extend(ruzstd::encoding::compress_to_vec(piece, level));
        } else {
            let mut encoder = GzEncoder::new(&mut packed, Compression::default());
            encoder.write_all(piece).unwrap();
            encoder.finish().unwrap();
        }
    }
    packed
}

fn options(encoding: Option<&str>, batch: usize, threads: usize) -> Options {
    Options {
        layout: Layout {
            format: Some(Format::Csv),
            delimiter: Some(b','),
            encoding: encoding.map(|label| Encoding::from_label(label).unwrap()),
            ..Layout::default()
        },
        batch,
        threads: NonZero::new(threads),
        ..Options::default()
    }
}

proptest! {
    #![proptest_config(cases(128, 256))]

    #[test]
    fn text_in_any_encoding_is_labelled_as_in_utf8(
        text in text(),
        name in prop::sample::select(&ENCODINGS[..]),
        mark in any::<bool>(),
        pack in prop::option::of((any::<bool>(), 1..4000_usize)),
        batch in 1..200_usize,
        threads in 1..4_usize,
    ) {
        let (text, mut bytes) = encoded(&text, name, mark);
        // Text that is valid UTF-8 too is refused; a transcript covers that.
        prop_assume!(text.is_ascii() || name.starts_with("utf-16") || std::str::from_utf8(&bytes).is_err());
        if let Some((zstd, piece)) = pack {
            bytes = packed(&bytes, zstd, piece);
        }
        let plain = label(text.as_bytes(), &options(None, 1 << 20, 1), true);
        let ours = label(&bytes, &options(Some(name), batch, threads), true);
        prop_assert_eq!(ours.result.unwrap().records(), plain.result.unwrap().records());
        prop_assert_eq!(String::from_utf8_lossy(&ours.out), String::from_utf8_lossy(&plain.out));
        prop_assert_eq!(ours.rejects, plain.rejects);
    }

    #[test]
    fn damage_to_a_packed_text_never_passes_for_its_end(
        text in text(),
        zstd in any::<bool>(),
        at in any::<prop::sample::Index>(),
        bit in prop::option::of(0..8_u8),
        batch in 1..200_usize,
        threads in 1..4_usize,
    ) {
        let mut bytes = packed(text.as_bytes(), zstd, usize::MAX);
        let at = at.index(bytes.len());
        match bit {
            Some(bit) => bytes[at] ^= 1 << bit,
            // An empty input is another error.
            None => bytes.truncate(at),
        }
        let whole = label(text.as_bytes(), &options(None, 1 << 20, 1), true);
        let ours = label(&bytes, &options(None, batch, threads), true);
        let again = label(&bytes, &options(None, 1 << 20, 1), true);
        prop_assert_eq!(ours.result.as_ref().map(Summary::records).map_err(ToString::to_string), again.result.as_ref().map(Summary::records).map_err(ToString::to_string));
        prop_assert_eq!(&ours.out, &again.out);
        if ours.result.is_ok() {
            prop_assert_eq!(ours.out, whole.out);
        }
    }

    #[test]
    fn damage_to_encoded_text_makes_no_panic_and_neither_batches_nor_threads_matter(
        text in text(),
        name in prop::sample::select(&ENCODINGS[..]),
        stated in prop::option::of(prop::sample::select(&ENCODINGS[..])),
        at in any::<prop::sample::Index>(),
        new in any::<Option<u8>>(),
        batch in 1..200_usize,
        threads in 1..4_usize,
    ) {
        let (_, mut bytes) = encoded(&text, name, true);
        let at = at.index(bytes.len());
        match new {
            Some(byte) => bytes[at] = byte,
            None => bytes.truncate(at),
        }
        let ours = label(&bytes, &options(stated, batch, threads), true);
        let again = label(&bytes, &options(stated, 1 << 20, 1), true);
        prop_assert_eq!(ours.result.as_ref().map(Summary::records).map_err(ToString::to_string), again.result.as_ref().map(Summary::records).map_err(ToString::to_string));
        prop_assert_eq!(&ours.out, &again.out);
        // Half a character remains.
        if name.starts_with("utf-16") && new.is_none() && at % 2 == 1 {
            prop_assert!(ours.result.is_err());
        }
        // Nothing is replaced silently.
        let replaced = String::from_utf8_lossy(&ours.out).contains(char::REPLACEMENT_CHARACTER);
        prop_assert!(!replaced, "{:?}", ours.out);
    }

    #[test]
    fn damage_to_a_workbook_never_passes_for_its_end(
        at in any::<prop::sample::Index>(),
        bit in prop::option::of(0..8_u8),
    ) {
        let mut bytes = include_bytes!("../../cli/files/customers.xlsx").to_vec();
        let at = at.index(bytes.len());
        match bit {
            Some(bit) => bytes[at] ^= 1 << bit,
            None => bytes.truncate(at),
        }
        let layout = Layout { sheet: Some("2".to_owned()), ..Layout::default() };
        let ours = label(&bytes, &Options { layout, ..Options::default() }, true);
        if let Ok(summary) = ours.result {
            prop_assert_eq!(summary.records(), 2);
        }
    }
}
