//! Cells whose value is not what their type states are refused with their place; what
//! programs write is read.

use super::book::{BEFORE, Book, HEAD, Part, TEXTS};
use super::{labelled, refused, run};

/// A workbook with this cell after one with a text.
fn with_cell(cell: &str) -> Vec<u8> {
    let rows = format!("<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v></c>{cell}</row>");
    Book::with_rows(&rows).bytes()
}

#[test]
fn a_value_that_its_type_does_not_allow_is_refused() {
    let value = |tag: &str, value: &str| format!("<c r=\"B2\"{tag}><v>{value}</v></c>");
    for (tag, text, found) in [
        ("", "yes", "a cell holds a number, and its value is \"yes\""),
        ("", "1e999", "its value is \"1e999\""),
        ("", "-1e999", "its value is \"-1e999\""),
        ("", "NaN", "its value is \"NaN\""),
        ("", "inf", "its value is \"inf\""),
        ("", "1,5", "its value is \"1,5\""),
        (" t=\"n\"", "yes", "a cell holds a number"),
        (" t=\"n\"", "Infinity", "a cell holds a number"),
        (" t=\"b\"", "7", "a cell holds a logical value"),
        (" t=\"b\"", "yes", "a cell holds a logical value"),
        (" t=\"d\"", "soon", "a cell holds a date"),
        (" t=\"d\"", "45292", "a cell holds a date"),
        (" t=\"d\"", "2023-02-29", "a cell holds a date"),
        (" t=\"zz\"", "1", "the type of a cell is \"zz\""),
        (" t=\"is\"", "", "the type of a cell is \"is\""),
        (" t=\"\"", "1", "the type of a cell is \"\""),
    ] {
        let found = format!("in the cell B2 or after it: {found}");
        let found = found.replace("after it: its", "after it: a cell holds a number, and its");
        refused(text, &with_cell(&value(tag, text)), &found);
    }
    let output = run(&with_cell(&value(" t=\"b\"", "7")), &["classify"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: export.xlsx: the sheet \"Export\" cannot be read in the cell B2 or after it: \
         a cell holds a logical value, and its value is \"7\"\n  \
         expected: 0, 1, true or false\n  \
         help: open it in a spreadsheet program and save it again, or save it as CSV (UTF-8)\n  \
         more: clientype guide formats\n"
    );
}

#[test]
fn a_text_in_the_cell_is_refused_beside_another_value_or_type() {
    let text = "<is><t>yes</t></is>";
    for inner in [format!("<v>no</v>{text}"), format!("{text}<v>0</v>")] {
        let cell = format!("<c r=\"B2\" t=\"inlineStr\">{inner}</c>");
        refused(
            &cell,
            &with_cell(&cell),
            "a text of its own beside its value",
        );
    }
    let cell = format!("<c r=\"B2\"><v>1</v>{text}</c>");
    refused(
        &cell,
        &with_cell(&cell),
        "a text of its own beside its value",
    );
    for kind in ["n", "b", "d", "e", "s", "str"] {
        let cell = format!("<c r=\"B2\" t=\"{kind}\">{text}</c>");
        refused(&cell, &with_cell(&cell), "its type states something else");
    }
}

#[test]
fn the_values_that_programs_write_are_read() {
    for (cell, text) in [
        ("<c r=\"B2\"><v></v></c>", ""),
        ("<c r=\"B2\" t=\"b\"><v> </v></c>", ""),
        ("<c r=\"B2\" t=\"d\"><v/></c>", ""),
        ("<c r=\"B2\"/>", ""),
        ("<c r=\"B2\"><v>1.5E-3</v></c>", "0.0015"),
        ("<c r=\"B2\"><v>2e+3</v></c>", "2000"),
        ("<c r=\"B2\"><v>-.5</v></c>", "-0.5"),
        ("<c r=\"B2\" t=\"b\"><v>1</v></c>", "TRUE"),
        ("<c r=\"B2\" t=\"b\"><v>TRUE</v></c>", "TRUE"),
        ("<c r=\"B2\" t=\"b\"><v>false</v></c>", "FALSE"),
        ("<c r=\"B2\" t=\"e\"><v>#N/A</v></c>", "#N/A"),
        ("<c r=\"B2\" t=\"e\"><v>Err:508</v></c>", "Err:508"),
        ("<c r=\"B2\" t=\"d\"><v>2024-02-29</v></c>", "2024-02-29"),
        (
            "<c r=\"B2\" t=\"d\"><v>2024-02-29T12:30:00Z</v></c>",
            "2024-02-29T12:30:00Z",
        ),
        ("<c r=\"B2\" t=\"d\"><v>12:30:00</v></c>", "12:30:00"),
        (
            "<c r=\"B2\" t=\"inlineStr\"><is><t> a_x000D_</t></is><v> a_x000D_</v></c>",
            "\"a\r\"",
        ),
    ] {
        let last = "<c r=\"C2\"><v>1</v></c>";
        let labels = labelled(&with_cell(&format!("{cell}{last}")));
        let start = format!("\nno,{text},1,Customer");
        assert!(labels.contains(&start), "{cell}: {labels}");
    }
}

#[test]
fn half_a_surrogate_pair_stays_as_it_is_written() {
    let text = "a_xD83D_b _xD83D__xDE00_ _xde00_";
    let read = "a_xD83D_b \u{1f600} _xde00_";
    let texts = format!("<sst><si><t>{text}</t></si></sst>");
    for cell in [
        "<c r=\"B2\" t=\"s\"><v>0</v></c>".to_owned(),
        format!("<c r=\"B2\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        format!("<c r=\"B2\" t=\"str\"><v>{text}</v></c>"),
    ] {
        let rows = format!("<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v></c>{cell}</row>");
        let book = Book::with_rows(&rows).with(TEXTS, Part::stored(&texts));
        let labels = labelled(&book.bytes());
        assert!(labels.contains(&format!("\nno,{read},")), "{labels}");
    }
}

#[test]
fn a_piece_of_xml_has_at_most_a_mebibyte() {
    const MOST: usize = 1 << 20;
    let around = |before: &str, after: &str, bytes: usize| {
        let filling = if before == "<row>" { " " } else { "x" }.repeat(bytes);
        let row = "<row r=\"2\"><c r=\"A2\"><f>1</f><v>7</v></c></row>";
        let row = match before {
            "<f>" => row.replace("<f>1", &format!("<f>{filling}")),
            _ => format!("{row}{before}{filling}{after}"),
        };
        let text = format!("{BEFORE}{HEAD}{row}</sheetData></worksheet>");
        Book::of(Part::stored(text)).bytes()
    };
    for (before, after, brackets) in [
        ("<!--", "-->", 7),
        ("<?a ", "?>", 6),
        ("<row a=\"", "\"/>", 11),
        ("<row><![CDATA[", "]]></row>", 12),
        ("<row>", "</row>", 0),
        ("<f>", "</f>", 0),
    ] {
        let most = MOST - brackets;
        refused(
            before,
            &around(before, after, most + 1),
            "a text or a tag is longer than 1 MiB",
        );
        // A text outside of any value is refused for that.
        if !before.contains("CDATA") {
            let labels = labelled(&around(before, after, most));
            assert!(labels.contains("\n7,"), "{before}: {labels}");
        }
    }
}
