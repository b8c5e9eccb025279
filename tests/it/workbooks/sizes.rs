//! Workbooks that are large, sparse or odd, and are read: in memory and time that follow
//! from their cells.

use super::book::{AFTER, Book, Part, SHEET, STYLES, TEXTS, long_sheet, sheet};
use super::{labelled, labelled_within};
use crate::effort::quick_or_long;

/// What a run may compute whose time is measured, in seconds: many times what it takes,
/// also on a slow machine.
const LONG: u32 = 60;

#[test]
fn a_cell_in_the_last_row_costs_an_empty_line_for_each_row_before() {
    for last in [
        "<c r=\"ZZ1048576\" t=\"str\"><v>no</v></c>",
        "<c r=\"ZZ1048576\"><f>A1</f><v>7</v></c>",
    ] {
        let labels =
            labelled(&Book::with_rows(&format!("<row r=\"1048576\">{last}</row>")).bytes());
        let lines: Vec<&str> = labels.lines().collect();
        assert_eq!(lines.len(), 1_048_576);
        assert!(lines[0].starts_with(&format!("contract{}", ",".repeat(702))));
        assert!(lines[1..1_048_575].iter().all(|line| line.is_empty()));
        assert!(lines[1_048_575].starts_with(&",".repeat(701)));
    }
    // Cells without a text add nothing.
    let rows = "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v></c></row>\
                <row r=\"1048576\"><c r=\"XFD1048576\" s=\"1\"/></row>";
    let labels = labelled(&Book::with_rows(rows).bytes());
    assert_eq!(labels.lines().count(), 2);
}

#[test]
fn what_a_sheet_says_of_its_size_is_not_believed() {
    let row = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c></row>";
    let texts =
        Part::stored("<sst count=\"4294967295\" uniqueCount=\"1000\"><si><t>no</t></si></sst>");
    let plain = labelled(&Book::with_rows(row).with(TEXTS, texts.clone()).bytes());
    assert!(plain.contains("\nno,Customer"), "{plain}");
    for reference in ["A1:XFD1048576", "B9:A1", "ZZZZZZ4294967295", "", "A1:B2:C3"] {
        let lying = sheet(row)
            .replace("ref=\"A1\"", &format!("ref=\"{reference}\""))
            .replace(AFTER, &format!("</sheetData><mergeCells count=\"4294967295\"><mergeCell ref=\"{reference}\"/></mergeCells></worksheet>"));
        let book = Book::of(Part::stored(lying)).with(TEXTS, texts.clone());
        assert_eq!(labelled(&book.bytes()), plain, "{reference}");
    }
}

#[test]
fn parts_that_no_cell_needs_are_not_unpacked() {
    let row = "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v></c></row>";
    let spaces = " ".repeat(1 << 20);
    let bomb = Part::repeated(&[(&spaces, 1000)]);
    // Many parts of the same bytes, as a bomb has them.
    let mut book = Book::with_rows(row).with("a/bomb.xml", bomb.clone());
    for number in 0..1000 {
        let at = Some("a/bomb.xml".to_owned());
        let part = Part {
            packed: Vec::new(),
            at,
            ..bomb.clone()
        };
        book = book.with(&format!("xl/worksheets/other{number}.xml"), part);
    }
    // A workbook within the workbook.
    book = book.with(
        "xl/embeddings/book.xlsx",
        Part::stored(Book::with_rows(row).bytes()),
    );
    assert_eq!(
        labelled(&book.bytes()),
        labelled(&Book::with_rows(row).bytes())
    );
}

#[test]
fn many_styles_and_many_references_to_one_text_are_read() {
    let styles = Part::repeated(&[
        (
            "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"[\"/>",
            1,
        ),
        (
            &format!(
                "<numFmt numFmtId=\"165\" formatCode=\"{}\"/>",
                "[".repeat(500_000)
            ),
            2,
        ),
        ("</numFmts><cellXfs>", 1),
        (&"<xf numFmtId=\"165\"/>".repeat(1000), 1000),
        ("<xf numFmtId=\"14\"/></cellXfs></styleSheet>", 1),
    ]);
    let texts = Part::stored("<sst><si><t>no</t></si></sst>");
    let cells = "<row><c t=\"s\"><v>0</v></c><c s=\"1000000\"><v>45292</v></c></row>".repeat(1000);
    let rows = quick_or_long(100, 400);
    let book = Book::of(long_sheet(&[(&cells, rows)]))
        .with(STYLES, styles)
        .with(TEXTS, texts);
    let labels = labelled(&book.bytes());
    assert_eq!(labels.lines().count() as u64, rows * 1000 + 1);
    assert!(
        labels
            .lines()
            .skip(1)
            .all(|line| line.starts_with("no,2024-01-01,"))
    );
}

/// The seconds that labelling a sheet of `rows` rows with 30 cells each takes on a
/// processor.
fn long(rows: u64) -> f64 {
    let cells = "<c><v>1</v></c>".repeat(29);
    let row = format!("<row><c t=\"str\"><v>yes</v></c>{cells}</row>").repeat(100);
    let file = Book::of(long_sheet(&[(&row, rows / 100)])).bytes();
    let (labels, seconds) = labelled_within(LONG, &file);
    assert_eq!(labels.lines().count() as u64, rows + 1);
    seconds
}

/// The least of a few runs: other processes only add to it.
fn least(rows: u64) -> f64 {
    (0..3).map(|_| long(rows)).fold(f64::INFINITY, f64::min)
}

#[test]
fn time_grows_with_the_cells_and_memory_does_not() {
    let rows = quick_or_long(2_000, 20_000);
    let (mut once, mut four_times) = (least(rows), least(rows * 4));
    // What takes no time is measured badly, and so is what others disturb.
    for _ in 0..3 {
        if four_times >= once.max(0.06) * 8.0 {
            once = once.max(least(rows));
            four_times = four_times.min(least(rows * 4));
        }
    }
    assert!(
        four_times < once.max(0.06) * 8.0,
        "{once} s, and four times as much: {four_times} s"
    );
}

#[test]
fn damaged_parts_that_are_not_read_do_not_matter() {
    let row = "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v></c></row>";
    let other = Part {
        checksum: 1,
        ..Part::stored("x")
    };
    let book = Book::with_rows(row).with("xl/media/image1.png", other);
    assert!(labelled(&book.bytes()).contains("\nno,Customer"));
    assert!(book.parts.contains_key(SHEET));
}
