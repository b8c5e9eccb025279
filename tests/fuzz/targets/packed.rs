//! Text in other encodings, and packed with gzip or zstd: what comes of it is what comes of the
//! plain text, and damage is never taken for the end.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::case::Case;
use super::labelled::{Find, bounded, label, options, rules, same, sound, steady_with};

pub(crate) const WORDS: &[&str] = &[
    "encode=windows-1252",
    "encode=windows-1250",
    "encode=utf-16le",
    "encode=utf-16be",
    "encode=gbk",
    "encode=shift_jis",
    "encode=iso-2022-jp",
    "encode=macintosh",
    "encode=euc-kr",
    "encode=big5",
    "encode=gb18030",
    "encode=windows-1258",
    "encoding=windows-1252",
    "encoding=utf-16le",
    "encoding=utf-16be",
    "encoding=cp437",
    "encoding=cp850",
    "encoding=shift_jis",
    "encoding=iso-2022-jp",
    "encoding=utf-8",
    "encoding=gb18030",
    "encoding=replacement",
    "encoding=x-user-defined",
    "mark",
    "pack=gzip",
    "pack=zstd",
    "piece=1",
    "piece=7",
    "piece=100",
    "damage=0",
    "damage=3",
    "damage=9",
    "damage=20",
    "damage=31",
    "short=1",
    "short=5",
    "short=8",
    "short=20",
    "raw",
    "twice",
    "batch=1",
    "batch=7",
    "batch=50",
    "threads=2",
    "threads=3",
    "cut=1",
    "cut=2",
    "cut=3",
    "cut=13",
    "format=json",
    "format=ndjson",
    "rejects",
    "in=csv",
    "in=json",
    "in=ndjson",
    "delimiter=,",
    "details",
];

pub(crate) const TOKENS: &[&str] = &[
    "Größe",
    "Été",
    "Łódź",
    "Đơn",
    "Клиент",
    "合同",
    "お客様",
    "–",
    "€",
    "\u{feff}",
    "\0",
    "\r\n",
    "\n",
    ",",
    "\"",
    "contract",
    "yes",
    "ÿ",
    "\u{1f600}",
    "\u{fffd}",
    "\u{1b}$B",
    "\u{1b}(B",
    "\u{80}",
    "\u{85}",
    "{\"contract\":\"ja\"}\n",
    "｜",
    "，",
];

/// The text in an encoding, if that has all of its characters.
fn encoded(text: &str, name: &str, mark: bool) -> Option<Vec<u8>> {
    let units = mark
        .then_some(0xfeff)
        .into_iter()
        .chain(text.encode_utf16());
    Some(match name {
        "utf-16le" => units.flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => units.flat_map(u16::to_be_bytes).collect(),
        _ => {
            let encoding = encoding_rs::Encoding::for_label(name.as_bytes())?;
            let (bytes, _, is_lossy) = encoding.encode(text);
            let (again, is_broken) = encoding.decode_without_bom_handling(&bytes);
            if is_lossy || is_broken || again != text {
                return None;
            }
            bytes.into_owned()
        }
    })
}

/// Packed in as many members or frames as there are pieces.
fn packed(bytes: &[u8], is_zstd: bool, piece: usize) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut pieces: Vec<&[u8]> = bytes.chunks(piece.max(1 + bytes.len() / 8)).collect();
    if pieces.is_empty() {
        pieces.push(&[]);
    }
    for piece in pieces {
        if is_zstd {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            packed.extend(ruzstd::encoding::compress_to_vec(piece, level));
        } else {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            // Nothing fails that is written to memory.
            drop(encoder.write_all(piece));
            packed.extend(encoder.finish().unwrap_or_default());
        }
    }
    packed
}

/// True for bytes that are unpacked as they are.
fn is_packed(bytes: &[u8]) -> bool {
    let is_skippable = matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    is_skippable
        || [&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd", b"PK"]
            .iter()
            .any(|mark| bytes.starts_with(mark))
}

pub(crate) fn run(case: &Case<'_>) -> Find {
    let mut options = options(case);
    let text = case.main();
    if case.says("raw") {
        return steady_with(rules(), &options, case, &[text], text.len() + (3 << 17)).map(drop);
    }
    let mut bytes = text.to_vec();
    let mut is_same;
    if let Some(name) = case.value("encode") {
        let Some(encoded) = std::str::from_utf8(text)
            .ok()
            .and_then(|text| encoded(text, &name, case.says("mark")))
        else {
            return Ok(());
        };
        bytes = encoded;
        options.layout.encoding = clientype::Encoding::from_label(&name);
        // The mark of another encoding within the text counts more.
        is_same = !["\u{feff}", "\u{fffe}"]
            .iter()
            .any(|mark| text.starts_with(mark.as_bytes()))
            && !bytes.starts_with(b"\xef\xbb\xbf")
            && !text.is_empty()
            && (case.says("mark")
                || !bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff"));
        // Marks of control are a sign of the wrong encoding.
        let is_control =
            |sign: char| ('\u{80}'..'\u{a0}').contains(&sign) || sign == '\u{fffd}' || sign == '\0';
        is_same &= !String::from_utf8_lossy(text).contains(is_control);
        is_same &= !is_packed(&bytes) && !bytes.starts_with(b"%PDF") && !text.starts_with(b"%PDF");
    } else {
        options.layout.encoding = None;
        is_same = case.value("encoding").is_none();
        if let Some(name) = case.value("encoding") {
            options.layout.encoding = clientype::Encoding::from_label(&name);
        }
    }
    is_same &= !is_packed(text);
    let intact = bytes.clone();
    if let Some(pack) = case.value("pack") {
        let piece = case.number("piece", 1 << 20).unwrap_or(1 << 20);
        bytes = packed(&bytes, pack == "zstd", piece);
        if case.says("twice") {
            bytes = packed(&bytes, pack != "zstd", piece);
        }
        let mut is_damaged = false;
        if let Some(at) = case.number("damage", bytes.len()) {
            let at = at.min(bytes.len() - 1);
            bytes[at] ^= 0x11;
            is_damaged = true;
        }
        if let Some(short) = case.number("short", bytes.len()) {
            bytes.truncate(bytes.len() - short);
            is_damaged = true;
        }
        if is_damaged {
            return damaged(case, &options, &intact, &bytes);
        }
        is_same &= !case.says("twice");
    }
    let labelled = steady_with(
        rules(),
        &options,
        case,
        &[&bytes],
        bytes.len() + text.len() + (1 << 16),
    )?;
    if !is_same {
        return Ok(());
    }
    // A name may depend on it, a message too.
    let mut plain = options.clone();
    plain.layout.encoding = None;
    let (expected, _) = label(rules(), &plain, &[text], case.says("rejects"), None);
    if expected.result.is_ok() || labelled.result.is_ok() {
        if expected.result != labelled.result {
            return Err(format!(
                "{:?}, and packed or in another encoding {:?}",
                expected.result, labelled.result
            ));
        }
        same("output", &expected.out, &labelled.out)?;
        same("rejects", &expected.rejects, &labelled.rejects)?;
    }
    Ok(())
}

/// What is damaged is an error, or what it was, or no longer taken for packed.
fn damaged(
    case: &Case<'_>,
    options: &clientype::internals::Options,
    intact: &[u8],
    bytes: &[u8],
) -> Find {
    let run = || label(rules(), options, &[bytes], case.says("rejects"), None);
    // A damaged frame may claim the largest window, 128 MiB.
    let (labelled, error) = bounded(bytes.len() + intact.len() + (3 << 17), run)?;
    if let Some(error) = error {
        return sound(&error);
    }
    let (expected, _) = label(rules(), options, &[intact], case.says("rejects"), None);
    // Frames that were cut off whole cannot be missed.
    let has_pieces = case.value("piece").is_some();
    if is_packed(bytes)
        && !has_pieces
        && case.value("pack").as_deref() == Some("gzip")
        && !case.says("twice")
    {
        same("output of a damaged file", &expected.out, &labelled.out)?;
    }
    Ok(())
}
