//! Workbooks that claim or unpack to more than they may: each is refused, soon and in
//! little memory.

use super::book::{
    AFTER, BEFORE, Book, HEAD, Part, SHEET, STYLES, TEXTS, WORKBOOK, long_sheet, sheet,
};
use super::{labelled, refused, run};

#[test]
fn cells_and_rows_beyond_the_last_are_refused() {
    let cell = |name: &str| format!("<row><c r=\"{name}\"><v>1</v></c></row>");
    let of = "beyond XFD1048576";
    for name in [
        "ZZZZZZ1",
        "XFE2",
        "A1048577",
        "A4294967295",
        "A4294967297",
        "ZZZZZZZZZZZZZZ9",
    ] {
        refused(name, &Book::with_rows(&cell(name)).bytes(), of);
    }
    for row in ["4294967295", "1048577", "18446744073709551616"] {
        let rows = format!("<row r=\"{row}\"/>");
        refused(row, &Book::with_rows(&rows).bytes(), of);
    }
    let rows = "<row/>".repeat(1024);
    let long = Book::of(long_sheet(&[(&rows, 1024)]));
    refused("1,048,577 rows", &long.bytes(), of);
    let row = format!("<row>{}</row>", "<c/>".repeat(16_385));
    refused("16,385 cells", &Book::with_rows(&row).bytes(), of);
    for name in ["1A", "A0", "A", "$A$1", ""] {
        refused(
            name,
            &Book::with_rows(&cell(name)).bytes(),
            "a cell is named",
        );
    }
}

#[test]
fn an_error_names_the_sheet_and_the_cell() {
    let rows = "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"ZZZZZZ2\"><v>1</v></c></row>";
    let output = run(&Book::with_rows(rows).bytes(), &["classify"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: export.xlsx: the sheet \"Export\" cannot be read in the cell A2 or after it: \
         the cell \"ZZZZZZ2\" lies beyond XFD1048576\n  \
         expected: cells up to XFD1048576, the last that the format has\n  \
         help: open it in a spreadsheet program and save it again, or save it as CSV (UTF-8)\n  \
         more: clientype guide formats\n"
    );
}

#[test]
fn claims_of_formulas_and_of_shared_texts_are_refused() {
    for index in ["4294967295", "18446744073709551616", "-1"] {
        let formula = format!(
            "<row r=\"2\"><c r=\"A2\"><f t=\"shared\" ref=\"A2:A3\" si=\"{index}\">B2</f>\
             <v>1</v></c></row>"
        );
        let book = Book::with_rows(&formula);
        refused(index, &book.bytes(), "of those that cells share");
    }
    for count in [
        "4294967295",
        "18446744073709551615",
        "99999999999999999999999",
    ] {
        let texts = format!("<sst uniqueCount=\"{count}\"><si><t>yes</t></si></sst>");
        let book = Book::with_rows("").with(TEXTS, Part::stored(texts));
        refused(count, &book.bytes(), "shared texts");
    }
    for number in ["1", "4294967295", "x"] {
        let rows = format!("<row r=\"2\"><c r=\"A2\" t=\"s\"><v>{number}</v></c></row>");
        let texts = Part::stored("<sst><si><t>yes</t></si></sst>");
        let book = Book::with_rows(&rows).with(TEXTS, texts);
        refused(number, &book.bytes(), "it refers to the shared text");
    }
}

#[test]
fn a_formula_far_away_without_a_result_is_refused() {
    for rows in [
        "<row r=\"1048576\"><c r=\"ZZ1048576\"><f>A1</f></c></row>",
        "<row r=\"2\"><c r=\"A2\"><f>1</f><v>1</v></c></row>\
         <row r=\"1048576\"><c r=\"XFD1048576\"><f>A1</f><v/></c></row>",
        "<row r=\"2\"><c r=\"A2\"><f t=\"shared\" si=\"0\"/></c></row>",
    ] {
        refused(
            rows,
            &Book::with_rows(rows).bytes(),
            "has a formula without a stored result",
        );
    }
}

#[test]
fn parts_that_claim_to_unpack_to_more_than_they_may_are_refused() {
    let spaces = " ".repeat(1 << 20);
    let after = "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>";
    let spaced = long_sheet(&[(&spaces, 1024), (after, 1)]);
    refused(
        "a GiB of spaces",
        &Book::of(spaced).bytes(),
        "would unpack from",
    );
    for name in [TEXTS, STYLES, WORKBOOK] {
        let part = Part::repeated(&[("<a>", 1), (&spaces, 80), ("</a>", 1)]);
        let book = Book::with_rows(after).with(name, part);
        refused(name, &book.bytes(), "would unpack from");
    }
}

#[test]
fn parts_that_lie_about_their_size_are_refused() {
    let cells = "<row><c><v>1</v></c></row>".repeat(1000);
    let long = Book::of(long_sheet(&[(&cells, 500)]));
    let claims = |size| long.clone().changed(SHEET, |part| part.size = size).bytes();
    refused("more", &claims(1000), "holds more than its 1,000 bytes");
    refused(
        "less",
        &claims(100 << 20),
        "ends before its 104,857,600 bytes",
    );
    // What would unpack to 10 GB claims to be small.
    let spaces = " ".repeat(1 << 20);
    let spaced = long_sheet(&[(&spaces, 10_000)]);
    let bomb = Book::of(spaced).changed(SHEET, |part| part.size = 200 << 20);
    refused(
        "10 GB",
        &bomb.bytes(),
        "a text or a tag is longer than 1 MiB",
    );
    let checksum = Book::with_rows("").changed(SHEET, |part| part.checksum ^= 1);
    refused("checksum", &checksum.bytes(), "checksum");
    let cut = long
        .clone()
        .changed(SHEET, |part| part.packed.truncate(1000));
    refused(
        "cut off",
        &cut.bytes(),
        "the zip archive is damaged or cut off",
    );
    for (name, text) in [(TEXTS, "<sst/>"), (STYLES, "<styleSheet/>")] {
        let lying = Part {
            checksum: 1,
            ..Part::stored(text)
        };
        refused(
            name,
            &Book::with_rows("").with(name, lying).bytes(),
            "checksum",
        );
    }
}

#[test]
fn long_texts_and_tags_are_refused_wherever_they_are() {
    let long = "x".repeat(1 << 20);
    let some = "x".repeat(1 << 10);
    let token = "a text or a tag is longer than 1 MiB";
    let cell = "the text of a cell is longer than 1 MiB";
    let around = |before: &str, piece: &str, times: u64, after: &str| {
        let pieces = [
            (BEFORE, 1),
            (HEAD, 1),
            (before, 1),
            (piece, times),
            (after, 1),
            (AFTER, 1),
        ];
        Book::of(Part::repeated(&pieces)).bytes()
    };
    let value = "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>";
    let inline = "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is>";
    let entity = "&amp;".repeat(1 << 10);
    let run = format!("<r><t>{some}</t></r>");
    let data = format!("<![CDATA[{some}]]>");
    for (what, workbook, found) in [
        (
            "a cell of 500 MB",
            around(value, &long, 500, "</v></c></row>"),
            "would unpack from",
        ),
        (
            "a cell of 100 MB",
            around(value, &long, 100, "</v></c></row>"),
            token,
        ),
        ("a comment", around("<!--", &long, 100, "-->"), token),
        ("a tag", around("<row a=\"", &long, 100, "\"/>"), token),
        ("an instruction", around("<?a ", &long, 100, "?>"), token),
        (
            "CDATA",
            around("<row><![CDATA[", &long, 100, "]]></row>"),
            token,
        ),
        (
            "entities",
            around(value, &entity, 2000, "</v></c></row>"),
            cell,
        ),
        ("pieces", around(value, &data, 2000, "</v></c></row>"), cell),
        ("runs", around(inline, &run, 2000, "</is></c></row>"), cell),
    ] {
        refused(what, &workbook, found);
    }
    let texts = Part::repeated(&[("<sst><si>", 1), (&run, 2000), ("</si></sst>", 1)]);
    refused(
        "a shared text",
        &Book::with_rows("").with(TEXTS, texts).bytes(),
        cell,
    );
    // The longest that is read.
    let labels = labelled(&around(value, &data, 1024, "</v></c></row>"));
    assert!(
        labels
            .lines()
            .nth(1)
            .unwrap()
            .starts_with(&format!("{long},"))
    );
    // A formula is not held at all.
    let formula = "<row r=\"2\"><c r=\"A2\" t=\"str\"><f>";
    let after = "</f><v>yes</v></c></row>";
    let labels = labelled(&around(formula, &entity, 2000, after));
    assert!(labels.contains("\nyes,"), "{labels}");
}

#[test]
fn elements_within_each_other_are_refused_before_they_are_many() {
    let deep = "<a>".repeat(1 << 12);
    let pieces = [
        (BEFORE, 1),
        (HEAD, 1),
        ("<row><extLst>", 1),
        (&*deep, 10_000),
    ];
    let found = "more than 64 elements are within each other";
    refused("deep", &Book::of(Part::repeated(&pieces)).bytes(), found);
    for rows in [
        "<row r=\"2\"><c r=\"A2\">",
        "<row r=\"2\"><c r=\"A2\"><v>1",
        "<row",
    ] {
        let cut = format!("{BEFORE}{HEAD}{rows}");
        refused(rows, &Book::of(Part::stored(cut)).bytes(), "cannot be read");
    }
}

#[test]
fn entities_of_the_file_itself_are_refused() {
    let laughs = "<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    let rows = "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>&b;</v></c></row>";
    let declared = Part::stored(format!("{laughs}{}", sheet(rows)));
    refused("declared", &Book::of(declared).bytes(), "a document type");
    for entity in ["&b;", "&nbsp;", "&#xFFFFFFFFFF;", "&#xD83D;", "&#0;", "&"] {
        let rows = rows.replace("&b;", entity);
        refused(entity, &Book::with_rows(&rows).bytes(), "cannot be read");
    }
    let outside = "<!DOCTYPE w SYSTEM \"file:///etc/passwd\"><sst/>";
    let book = Book::with_rows("").with(TEXTS, Part::stored(outside));
    refused("outside", &book.bytes(), "a document type");
}

#[test]
fn a_text_that_is_repeated_or_padded_without_end_is_refused() {
    let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1 << 19));
    let cells = "<row><c t=\"s\"><v>0</v></c></row>".repeat(1000);
    let book = Book::of(long_sheet(&[(&cells, 200)])).with(TEXTS, Part::stored(long));
    refused("one text in 200,000 cells", &book.bytes(), "as CSV, ");
    let rows = "<row><c><v>1</v></c></row>".repeat(1000);
    let wide = "<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row>";
    let book = Book::of(long_sheet(&[(wide, 1), (&rows, 1000)]));
    refused("a million rows as wide as one", &book.bytes(), "as CSV, ");
}

#[test]
fn archives_with_too_many_parts_or_two_of_one_name_are_refused() {
    let mut book = Book::with_rows("");
    book.others = (0..70_000).map(|number| format!("{number}")).collect();
    refused(
        "70,000 parts",
        &book.bytes(),
        "it has more than 65,535 parts",
    );
    for name in [
        "XL/worksheets/Sheet1.xml",
        "xl\\worksheets\\sheet1.xml",
        SHEET,
    ] {
        let mut book = Book::with_rows("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>");
        book.others = vec![name.to_owned()];
        refused(name, &book.bytes(), "it has two parts of");
    }
    let named = Book::with_rows("").changed(SHEET, |part| part.flags = 1);
    refused("a password", &named.bytes(), "has a password");
    let packed = Book::with_rows("").changed(SHEET, |part| part.method = 12);
    refused("bzip2", &packed.bytes(), "is packed by");
}

#[test]
fn lists_of_sheets_without_end_are_refused() {
    let entry = "<sheet name=\"a\" r:id=\"rId1\"/>".repeat(1000);
    let list = Part::repeated(&[
        ("<workbook xmlns:r=\"x\"><sheets>", 1),
        (&entry, 11),
        ("</sheets></workbook>", 1),
    ]);
    let book = Book::with_rows("").with(WORKBOOK, list);
    refused(
        "11,000 sheets",
        &book.bytes(),
        "it lists more than 10,000 sheets",
    );
    let name = "n".repeat(256);
    let name = format!("<workbook><sheets><sheet name=\"{name}\"/></sheets></workbook>");
    let book = Book::with_rows("").with(WORKBOOK, Part::stored(name));
    refused("a long name", &book.bytes(), "has more than 255 characters");
}

#[test]
fn many_cells_that_are_not_in_order_are_refused_and_some_are_sorted() {
    let rows = "<row r=\"9\"><c r=\"A9\"><v>9</v></c></row>\
                <row r=\"3\"><c r=\"B3\"><v>3</v></c><c r=\"A3\" t=\"str\"><v>no</v></c></row>";
    let labels = labelled(&Book::with_rows(rows).bytes());
    assert!(labels.contains("\nno,3,"), "{labels}");
    let rows = "<row><c><v>1</v></c><c><v>1</v></c></row>".repeat(1000);
    let last = "<row r=\"1000000\"><c><v>1</v></c></row><row r=\"2\"/>";
    let book = Book::of(long_sheet(&[(last, 1), (&rows, 501)]));
    refused(
        "a million",
        &book.bytes(),
        "not in order, and too many to be sorted",
    );
}

#[test]
fn a_packed_file_that_is_too_large_is_refused() {
    use flate2::write::GzEncoder;
    use std::io::Write;
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"PK\x03\x04").unwrap();
    for _ in 0..257 {
        gzip.write_all(&[0; 1 << 20]).unwrap();
    }
    let file = gzip.finish().unwrap();
    refused(
        "gzip of 257 MiB",
        &file,
        "the workbook is larger than 256 MiB",
    );
}

#[test]
fn reports_are_written_also_if_a_workbook_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.xlsx");
    let far = "<row><c r=\"ZZZZZZ1\"><v>1</v></c></row>";
    std::fs::write(&path, Book::with_rows(far).bytes()).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args([
            "check",
            "-q",
            "--report",
            "json=report.json",
            "--report",
            "junit=report.xml",
        ])
        .arg("export.xlsx")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    for report in ["report.json", "report.xml"] {
        let text = std::fs::read_to_string(folder.path().join(report)).unwrap();
        assert!(text.contains("lies beyond XFD1048576"), "{report}: {text}");
    }
}
