//! Workbooks made by hand: parts of XML that nobody's program writes, and grids of which each
//! cell has to come out.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::case::Case;
use super::delimited::records;
use super::labelled::{Find, options, rules, steady_with};

pub(crate) const WORDS: &[&str] = &[
    "grid",
    "stored",
    "shared",
    "plain-refs",
    "no-refs",
    "raw",
    "sheet=1",
    "sheet=2",
    "sheet=B",
    "sheet=nothing",
    "batch=1",
    "batch=30",
    "threads=2",
    "cut=1",
    "cut=100",
    "format=json",
    "format=csv",
    "format=ndjson",
    "details",
    "damage=40",
    "damage=200",
    "damage=700",
    "short=10",
    "short=80",
    "map=contract=contract",
    "1904",
    "no-header",
    "skip=1",
    "pad",
    "pack=gzip",
    "rejects",
    "twice",
];

pub(crate) const TOKENS: &[&str] = &[
    "<row r=\"1\">",
    "<row r=\"1048576\">",
    "<row r=\"4294967295\">",
    "<row r=\"0\">",
    "<row>",
    "</row>",
    "<c r=\"A1\" t=\"inlineStr\"><is><t>contract</t></is></c>",
    "<c r=\"XFD1048576\"><v>1</v></c>",
    "<c r=\"ZZZZZZ1\"><v>1</v></c>",
    "<c r=\"A0\"><v>1</v></c>",
    "<c r=\"\">",
    "<c>",
    "<c t=\"s\"><v>0</v></c>",
    "<c t=\"s\"><v>4294967295</v></c>",
    "<c t=\"b\"><v>1</v></c>",
    "<c t=\"e\"><v>#N/A</v></c>",
    "<c t=\"str\"><f>A1</f><v>yes</v></c>",
    "<c t=\"d\"><v>2024-01-01</v></c>",
    "<c s=\"1\"><v>45000</v></c>",
    "<c s=\"99999\"><v>45000.5</v></c>",
    "<f t=\"shared\" si=\"0\" ref=\"A1:A9\">A1</f>",
    "<f t=\"shared\" si=\"4294967295\"/>",
    "<f t=\"array\" ref=\"A1:XFD1048576\">1</f>",
    "<v>",
    "</v>",
    "<v/>",
    "<is>",
    "</is>",
    "<t xml:space=\"preserve\"> ",
    "</t>",
    "<r>",
    "</r>",
    "<rPh><t>x</t></rPh>",
    "<dimension ref=\"A1:XFD1048576\"/>",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "count=\"1\" uniqueCount=\"4294967295\"",
    "&amp;",
    "&#x0;",
    "&#10;",
    "&x;",
    "&lt;",
    "_x000D_",
    "_x0041_",
    "<!DOCTYPE x [<!ENTITY a \"b\">]>",
    "&a;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
    "<x:row xmlns:x=\"y\">",
    "</x:row>",
    "xmlns=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"",
    "xmlns=\"y\"",
    "xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"",
    "<x:v>",
    "</x:v>",
    "<extLst>",
    "</extLst>",
    "1E+300",
    "-1",
    "0.1",
    "NaN",
    "2958466",
    "60",
    "1e-320",
    "\u{0}",
    "\r\n",
    "\"",
    "<",
    ">",
    "/",
    "state=\"hidden\"",
    "r:id=\"rId2\"",
    "Target=\"/xl/worksheets/sheet1.xml\"",
    "Target=\"../../x\"",
    "date1904=\"1\"",
    "numFmtId=\"14\"",
    "formatCode=\"yyyy\\-mm\"",
    "=== sheet\n",
    "=== other\n",
    "=== strings\n",
    "=== styles\n",
    "=== workbook\n",
    "=== rels\n",
];

/// The parts of a workbook: their key in a case, their path, and what they are by default.
const PARTS: [(&str, &str, &str); 8] = [
    (
        "types",
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>",
    ),
    (
        "root",
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    ),
    (
        "workbook",
        "xl/workbook.xml",
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><workbookPr/><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
    ),
    (
        "rels",
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet2.xml\"/><Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId4\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>",
    ),
    (
        "styles",
        "xl/styles.xml",
        "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
    ),
    (
        "strings",
        "xl/sharedStrings.xml",
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"2\" uniqueCount=\"2\"><si><t>contract</t></si><si><t>yes</t></si></sst>",
    ),
    (
        "sheet",
        "xl/worksheets/sheet1.xml",
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c></row></sheetData></worksheet>",
    ),
    (
        "other",
        "xl/worksheets/sheet2.xml",
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>",
    ),
];

/// A workbook with these parts, and defaults for all others.
fn workbook(parts: &[(&str, Vec<u8>)], is_stored: bool) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let method = if is_stored {
        CompressionMethod::Stored
    } else {
        CompressionMethod::Deflated
    };
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .compression_level((!is_stored).then_some(1));
    for (key, path, default) in PARTS {
        let stated = parts.iter().find(|(name, _)| *name == key);
        let text = stated.map_or(default.as_bytes(), |(_, text)| text);
        if text == b"-\n" {
            continue;
        }
        zip.start_file(path, options).ok()?;
        zip.write_all(text).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

pub(crate) fn run(case: &Case<'_>) -> Find {
    if case.says("grid") {
        return grid(case);
    }
    let parts: Vec<(&str, Vec<u8>)> = case
        .files
        .iter()
        .map(|(name, text)| match *name {
            "main" => ("sheet", text.to_vec()),
            name => (name.trim(), text.to_vec()),
        })
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let unpacked: usize = parts.iter().map(|(_, text)| text.len()).sum();
    let bytes = match case.says("raw") {
        true => case.main().to_vec(),
        false => workbook(&parts, case.says("stored")).unwrap_or_default(),
    };
    steady_with(
        rules(),
        &options(case),
        case,
        &[&damaged(case, bytes)],
        unpacked + (1 << 17),
    )
    .map(drop)
}

fn damaged(case: &Case<'_>, mut bytes: Vec<u8>) -> Vec<u8> {
    if let (Some(at), 1..) = (case.number("damage", 1 << 20), bytes.len()) {
        let at = at % bytes.len();
        bytes[at] ^= 0x21;
    }
    if let Some(short) = case.number("short", 1 << 20) {
        bytes.truncate(bytes.len().saturating_sub(short));
    }
    bytes
}

/// The letters of a column, from 0.
fn letters(mut column: usize) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'A' + (column % 26) as u8));
        match (column / 26).checked_sub(1) {
            Some(rest) => column = rest,
            None => return letters,
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\r', "&#13;")
}

/// A grid of texts, as the csv crate reads it from the main file: each comes out in its place.
fn grid(case: &Case<'_>) -> Find {
    let Some(rows) = records(case.main(), b',') else {
        return Ok(());
    };
    let mut grid: Vec<Vec<String>> = Vec::new();
    for row in &rows {
        let Ok(row) = row
            .iter()
            .map(|field| std::str::from_utf8(field).map(str::to_owned))
            .collect()
        else {
            return Ok(());
        };
        grid.push(row);
    }
    // What XML cannot hold, and `_x0041_`, which workbooks read as a letter.
    let is_odd = |text: &String| {
        text.contains("_x")
            || text.chars().any(|sign| {
                sign < ' ' && !['\n', '\t'].contains(&sign)
                    || ['\u{fffe}', '\u{ffff}', '\r'].contains(&sign)
            })
    };
    let width = grid.iter().map(Vec::len).max().unwrap_or_default();
    if grid.is_empty()
        || width > 60
        || grid.iter().flatten().any(is_odd)
        || grid.iter().any(|row| row.len() != width)
    {
        return Ok(());
    }
    let (mut sheet, mut strings) = (String::new(), String::new());
    let mut count = 0;
    for (row, texts) in grid.iter().enumerate() {
        match case.says("no-refs") {
            true => sheet += "<row>",
            false => write!(sheet, "<row r=\"{}\">", row + 1).unwrap_or_default(),
        }
        for (column, text) in texts.iter().enumerate() {
            let of = match case.says("no-refs") || case.says("plain-refs") {
                true => String::new(),
                false => format!(" r=\"{}{}\"", letters(column), row + 1),
            };
            let text = escaped(text);
            if case.says("shared") {
                write!(sheet, "<c{of} t=\"s\"><v>{count}</v></c>").unwrap_or_default();
                write!(strings, "<si><t xml:space=\"preserve\">{text}</t></si>")
                    .unwrap_or_default();
                count += 1;
            } else {
                write!(
                    sheet,
                    "<c{of} t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
                )
                .unwrap_or_default();
            }
        }
        sheet += "</row>";
    }
    let space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let sheet = format!("<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>");
    let strings = format!("<sst {space} count=\"{count}\" uniqueCount=\"{count}\">{strings}</sst>");
    let parts = [
        ("sheet", sheet.into_bytes()),
        ("strings", strings.into_bytes()),
    ];
    let Some(bytes) = workbook(&parts, case.says("stored")) else {
        return Ok(());
    };
    let mut options = options(case);
    options.format = None;
    let labelled = steady_with(
        rules(),
        &options,
        case,
        &[&bytes],
        bytes.len() + 40 * case.main().len() + (1 << 17),
    )?;
    if labelled.result.is_err()
        || case.says("rejects")
        || case.says("pad")
        || options.replace
        || options.layout.delimiter.is_some()
    {
        return Ok(());
    }
    let Some(out) = records(&labelled.out, b',') else {
        return Err("the csv crate cannot read the output".to_owned());
    };
    // Blank rows at the end don't count, nor do blank columns.
    let blank = |row: &Vec<String>| row.iter().all(String::is_empty);
    let grid: Vec<Vec<String>> = grid.iter().filter(|row| !blank(row)).cloned().collect();
    let out: Vec<Vec<String>> = out
        .iter()
        .map(|row| {
            row.iter()
                .map(|field| String::from_utf8_lossy(field).into_owned())
                .collect()
        })
        .collect();
    let used = grid
        .iter()
        .filter_map(|row| row.iter().rposition(|text| !text.is_empty()))
        .max()
        .map_or(0, |last| last + 1);
    let first = grid
        .iter()
        .filter_map(|row| row.iter().position(|text| !text.is_empty()))
        .min()
        .unwrap_or_default();
    let out: Vec<&Vec<String>> = out
        .iter()
        .filter(|row| {
            row.iter()
                .any(|text| !text.is_empty() && text != "Undetermined")
        })
        .collect();
    for (row, out) in grid.iter().zip(&out) {
        let is_there = |from: usize| {
            out.get(..used - from)
                .is_some_and(|out| *out == row[from..used])
        };
        if !is_there(0) && !is_there(first) {
            return Err(format!("{row:?} became {out:?}"));
        }
    }
    if grid.len() > out.len() {
        return Err(format!("{} rows became {}", grid.len(), out.len()));
    }
    Ok(())
}
