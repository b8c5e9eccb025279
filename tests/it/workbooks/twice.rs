//! What a workbook has twice, or elsewhere than the format has it, is refused with its
//! place, or read in the one way that the guide states.

use super::book::{Book, LIST_RELATIONSHIPS, Part, STYLES, TEXTS, WORKBOOK, sheet};
use super::{labelled, refused, run};

const NO: &str = "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v></c></row>";

#[test]
fn what_is_there_twice_is_refused_with_its_place() {
    let row = "<row r=\"3\"><c r=\"A3\"><v>1</v></c></row>";
    for (rows, found) in [
        (
            "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>",
            "in the cell A2 or after it: it has two cells A2, where the format has one",
        ),
        (
            "<row r=\"2\"><c r=\"B2\"/><c r=\"A2\"/><c r=\"B2\"><v>2</v></c></row>",
            "it has two cells B2,",
        ),
        // The one without a name follows A2.
        (
            "<row r=\"2\"><c r=\"B2\"/><c r=\"A2\"/><c><v>2</v></c></row>",
            "it has two cells B2,",
        ),
        (
            &format!("{row}{row}"),
            "in the cell A3 or after it: it has two rows 3, where the format has one",
        ),
        (&format!("{row}<row r=\"2\"/>{row}"), "it has two rows 3,"),
        // The one without a number follows row 2.
        (
            &format!("{row}<row r=\"2\"/><row><c><v>1</v></c></row>"),
            "it has two rows 3,",
        ),
        (
            "<row r=\"2\"><c r=\"A2\"><v>1</v><v>2</v></c></row>",
            "in the cell A2 or after it: it has two elements \"v\" in a cell",
        ),
        (
            "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>a</t></is><is/></c></row>",
            "two elements \"is\" in a cell",
        ),
        (
            "<row r=\"2\"><c r=\"A2\"><f>1</f><f>2</f><v>1</v></c></row>",
            "two elements \"f\" in a cell",
        ),
        (
            "<row r=\"2\"><c r=\"A2\" r=\"B2\"><v>1</v></c></row>",
            "an element \"c\" has two attributes \"r\"",
        ),
        (
            "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v><is><t>yes</t></is></c></row>",
            "a cell has a text of its own beside its value",
        ),
        (
            "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><v>yes</v></c></row>",
            "a cell has a value instead of a text of its own",
        ),
        (
            "<row r=\"2\"><c r=\"A5\"><v>1</v></c></row>",
            "the row 2 has a cell A5, which is in another row",
        ),
        (
            "<row><c r=\"A5\"/><c r=\"B6\"/></row>",
            "the row 5 has a cell B6, which is in another row",
        ),
        (
            "</sheetData><cols/><sheetData>",
            "it has two elements \"sheetData\"",
        ),
    ] {
        refused(rows, &Book::with_rows(rows).bytes(), found);
    }
    let output = run(
        &Book::with_rows("<row r=\"2\"><c r=\"A5\"/></row>").bytes(),
        &["classify"],
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: export.xlsx: the sheet \"Export\" cannot be read in the cell A1 or after it: \
         the row 2 has a cell A5, which is in another row\n  \
         expected: a workbook as spreadsheet programs save it\n  \
         help: open it in a spreadsheet program and save it again, or save it as CSV (UTF-8)\n  \
         more: clientype guide formats\n"
    );
}

#[test]
fn what_stands_elsewhere_than_the_format_has_it_is_refused() {
    let none = "where the format has none";
    for rows in [
        "<c r=\"A2\"><v>1</v></c>",
        "<v>1</v>",
        "<row><v>1</v></row>",
        "<row><row/></row>",
        "<row><c><c/></c></row>",
        "<row><c><t>a</t></c></row>",
        "<row><c t=\"inlineStr\"><is><v>1</v></is></c></row>",
        "<row><c t=\"inlineStr\"><is><r><r><t>a</t></r></r></is></c></row>",
        "<row><c><v>1<v>2</v></v></c></row>",
        "</sheetData><row/><sheetData>",
        "</sheetData><a><row/></a><sheetData>",
        "<a><row><c><v>1</v></c></row></a>",
    ] {
        refused(rows, &Book::with_rows(rows).bytes(), none);
    }
    for rows in [
        "yes",
        "<row>yes</row>",
        "<row><c>yes</c></row>",
        "<row><c t=\"inlineStr\"><is>yes</is></c></row>",
    ] {
        refused(
            rows,
            &Book::with_rows(rows).bytes(),
            "the text \"yes\" outside of any value",
        );
    }
    for texts in [
        "<sst><sst><si><t>yes</t></si></sst></sst>",
        "<sst><si><t>yes</t><si><t>no</t></si></si></sst>",
        "<sst><t>yes</t></sst>",
    ] {
        let book = Book::with_rows("").with(TEXTS, Part::stored(texts));
        refused(texts, &book.bytes(), none);
    }
    let twice = "<sst><si><t>yes</t></si></sst><sst><si><t>no</t></si></sst>";
    let book = Book::with_rows("").with(TEXTS, Part::stored(twice));
    refused("two", &book.bytes(), "an element \"sst\" follows its end");
}

#[test]
fn a_row_without_a_number_is_the_one_of_its_first_cell() {
    let rows = "<row><c r=\"A4\" t=\"str\"><v>no</v></c><c><v>7</v></c></row>\
                <row><c t=\"str\"><v>yes</v></c></row>";
    let labels = labelled(&Book::with_rows(rows).bytes());
    let lines: Vec<&str> = labels.lines().skip(1).collect();
    assert_eq!(lines[..2], ["", ""]);
    assert!(
        lines[2].starts_with("no,7,") && lines[3].starts_with("yes,,"),
        "{labels}"
    );
    // Some programs write a text of the cell as its value too.
    let rows = "<row><c t=\"inlineStr\"><v>yes</v><is><t>yes</t></is></c></row>\
                <row><c><is><t>no</t></is><v/></c></row>";
    let labels = labelled(&Book::with_rows(rows).bytes());
    assert!(
        labels.contains("\nyes,Client") && labels.contains("\nno,Customer"),
        "{labels}"
    );
}

#[test]
fn the_list_of_sheets_and_the_styles_have_each_thing_once() {
    let list = |of: &str| {
        let text = format!("<workbook xmlns:r=\"x\">{of}</workbook>");
        Book::with_rows(NO)
            .with(WORKBOOK, Part::stored(text))
            .bytes()
    };
    let one = "<sheets><sheet name=\"A\" r:id=\"rId1\"/></sheets>";
    refused("lists", &list(&one.repeat(2)), "two elements \"sheets\"");
    let epochs = format!("<workbookPr date1904=\"1\"/><workbookPr/>{one}");
    refused("epochs", &list(&epochs), "two elements \"workbookPr\"");
    let epoch = format!("<workbookPr date1904=\"on\"/>{one}");
    refused(
        "an epoch",
        &list(&epoch),
        "its attribute \"date1904\" is \"on\"",
    );
    let two = "<sheets><sheet name=\"A\" r:id=\"rId1\"/><sheet name=\"B\" r:id=\"rId1\"/></sheets>";
    refused(
        "a part",
        &list(two),
        "two sheets have the part \"xl/worksheets/sheet1.xml\"",
    );
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relationships = |of: &str| {
        let text = format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
             Target=\"worksheets/sheet1.xml\" Type=\"{kind}/worksheet\"/>{of}</Relationships>"
        );
        Book::with_rows(NO)
            .with(LIST_RELATIONSHIPS, Part::stored(text))
            .bytes()
    };
    for (id, of, found) in [
        (
            "rId1",
            "worksheet",
            "two parts for the sheet of one relationship",
        ),
        ("a", "styles", "two parts with styles"),
        ("a", "sharedStrings", "two parts with shared texts"),
    ] {
        let one = |target| {
            format!("<Relationship Id=\"{id}\" Target=\"{target}\" Type=\"{kind}/{of}\"/>")
        };
        refused(of, &relationships(&(one("a.xml") + &one("b.xml"))), found);
    }
    assert!(labelled(&relationships("")).contains("\nno,"));
    for (styles, found) in [
        ("<cellXfs/><cellXfs/>", "two elements \"cellXfs\""),
        ("<numFmts/><numFmts/>", "two elements \"numFmts\""),
        (
            "<numFmts><numFmt numFmtId=\"164\" formatCode=\"0\"/>\
             <numFmt numFmtId=\"164\" formatCode=\"d\"/></numFmts>",
            "two formats with the number 164",
        ),
    ] {
        let text = format!("<styleSheet>{styles}</styleSheet>");
        let book = Book::with_rows(NO).with(STYLES, Part::stored(text));
        refused(styles, &book.bytes(), found);
    }
    // Other lists have styles and formats too, and the order of the lists does not matter.
    let styles = "<styleSheet><cellXfs><xf numFmtId=\"164\"/></cellXfs>\
        <numFmts><numFmt numFmtId=\"164\" formatCode=\"d\"/></numFmts><dxfs><dxf>\
        <numFmt numFmtId=\"164\" formatCode=\"0\"/></dxf></dxfs></styleSheet>";
    let rows = "<row><c t=\"str\"><v>no</v></c><c s=\"0\"><v>45292</v></c></row>";
    let book = Book::with_rows(rows).with(STYLES, Part::stored(styles));
    assert!(labelled(&book.bytes()).contains("\nno,2024-01-01,"));
}

#[test]
fn two_sheets_of_one_name_are_read_by_their_numbers() {
    let other = sheet(&NO.replace("no", "yes"));
    let named = |first: &str, second: &str| {
        let list = format!(
            "<workbook xmlns:r=\"x\"><sheets><sheet name=\"{first}\" r:id=\"rId1\"/>\
             <sheet name=\"{second}\" r:id=\"rId2\"/></sheets></workbook>"
        );
        let book = Book::with_rows(NO).with(WORKBOOK, Part::stored(list));
        let book = book.with("xl/worksheets/sheet2.xml", Part::stored(&other));
        book.changed(LIST_RELATIONSHIPS, |part| {
            let text = String::from_utf8(part.packed.clone()).unwrap();
            let (before, after) = text.split_at(text.find("<Relationship ").unwrap());
            let one = after.strip_suffix("</Relationships>").unwrap();
            let second = one.replace("rId1", "rId2").replace("sheet1", "sheet2");
            *part = Part::stored(format!("{before}{one}{second}</Relationships>"));
        })
        .bytes()
    };
    let read = |workbook: &[u8], sheet: &str| {
        let output = run(workbook, &["classify", "-q", "--sheet", sheet]);
        let said = String::from_utf8(output.stderr).unwrap();
        let labels = String::from_utf8(output.stdout).unwrap();
        (labels.lines().nth(1).unwrap_or_default().to_owned(), said)
    };
    for (first, second, stated) in [("A", "A", "A"), ("A", "a", " a"), ("a ", "A ", " A")] {
        let book = named(first, second);
        let (line, said) = read(&book, stated);
        let name = format!("the workbook has two sheets \"{stated}\"\n");
        assert!(line.is_empty() && said.contains(&name), "{said}");
        assert!(
            said.contains("help: choose one with --sheet, by its number"),
            "{said}"
        );
        assert!(read(&book, "1").0.starts_with("no,"));
        assert!(read(&book, "2").0.starts_with("yes,"));
    }
    // Case and spaces matter where another sheet differs in nothing else.
    for (first, second) in [("A", "a"), ("A", "A "), ("a", "A ")] {
        let book = named(first, second);
        assert!(read(&book, first).0.starts_with("no,"), "{first}");
        assert!(read(&book, second).0.starts_with("yes,"), "{second}");
    }
}
