//! Elements are known by their namespaces: what is of another one is skipped, and what
//! would be overlooked by that is refused. So is XML in another encoding than UTF-8.

use super::book::{BEFORE, Book, HEAD, LIST_RELATIONSHIPS, Part, STYLES, TEXTS, WORKBOOK, sheet};
use super::{labelled, refused};

const TRANSITIONAL: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const STRICT: &str = "http://purl.oclc.org/ooxml/spreadsheetml/main";
const REFERENCES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A sheet with these namespaces and rows, as text.
fn declared(namespaces: &str, rows: &str) -> String {
    sheet(rows).replace("<worksheet", &format!("<worksheet {namespaces}"))
}

/// The same with a prefix before each name.
fn prefixed(text: &str, prefix: &str, address: &str) -> String {
    let text = text
        .replace("</", "\0")
        .replace('<', &format!("<{prefix}:"));
    let text = text.replace('\0', &format!("</{prefix}:"));
    text.replacen('>', &format!(" xmlns:{prefix}=\"{address}\">"), 1)
}

/// A workbook with this sheet.
fn of(sheet: &str) -> Vec<u8> {
    Book::of(Part::stored(sheet)).bytes()
}

const NO: &str = "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v></c></row>";

#[test]
fn the_namespaces_of_the_format_are_read_under_any_prefix() {
    let plain = labelled(&Book::with_rows(NO).bytes());
    for address in [TRANSITIONAL, STRICT, &TRANSITIONAL.replace('m', "&#109;")] {
        let default = declared(&format!("xmlns=\"{address}\""), NO);
        assert_eq!(labelled(&of(&default)), plain, "{address}");
        let all = prefixed(&sheet(NO), "x", address);
        assert_eq!(labelled(&of(&all)), plain, "{all}");
        // A namespace holds for the element that declares it, and not for those after it.
        let row = prefixed(
            "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v></c></row>",
            "y",
            address,
        );
        let mixed = declared(&format!("xmlns=\"{address}\""), &row);
        assert_eq!(labelled(&of(&mixed)), plain, "{mixed}");
    }
    // All parts, with the prefixes that programs use.
    let list = format!(
        "<x:workbook xmlns:x=\"{TRANSITIONAL}\"><x:workbookPr date1904=\"0\"/><x:sheets>\
         <x:sheet name=\"Export\" sheetId=\"1\" d3p1:id=\"rId1\" xmlns:d3p1=\"{REFERENCES}\"/>\
         </x:sheets></x:workbook>"
    );
    let texts = prefixed("<sst><si><r><t>no</t></r></si></sst>", "x", TRANSITIONAL);
    let styles = prefixed(
        "<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
        "x",
        STRICT,
    );
    let rows =
        "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" s=\"0\"><v>45292</v></c></row>";
    let book = Book::of(Part::stored(prefixed(&sheet(rows), "x", TRANSITIONAL)))
        .with(WORKBOOK, Part::stored(list))
        .with(TEXTS, Part::stored(texts))
        .with(STYLES, Part::stored(styles));
    let labels = labelled(&book.bytes());
    assert!(labels.contains("\nno,2024-01-01,Customer"), "{labels}");
}

#[test]
fn elements_of_other_namespaces_are_skipped_with_what_is_in_them() {
    let plain = labelled(&Book::with_rows(NO).bytes());
    let other = "<x:row r=\"2\"><x:c r=\"A2\" t=\"str\"><x:v>yes</x:v></x:c></x:row>";
    let cell = "<x:c r=\"B2\"><x:v>7</x:v></x:c>";
    let value = "<x:v>yes</x:v><x:is><x:t>yes</x:t></x:is><x:f>1</x:f>";
    let inner = NO
        .replace("<c ", &format!("{cell}<c "))
        .replace("<v>", &format!("{value}<v>"));
    let data = "<x:sheetData/><x:AlternateContent><x:Choice><x:p/></x:Choice></x:AlternateContent>";
    for namespaces in [
        "xmlns:x=\"urn:other\"".to_owned(),
        format!("xmlns=\"{TRANSITIONAL}\" xmlns:x=\"urn:other\""),
    ] {
        let text = declared(&namespaces, &format!("{other}{inner}{other}"));
        let text = text.replace("<sheetData>", &format!("{data}<sheetData>"));
        let text = text.replace("</worksheet>", &format!("{data}</worksheet>"));
        assert_eq!(labelled(&of(&text)), plain, "{text}");
    }
    let texts = "<sst xmlns:x=\"urn:other\"><x:si><x:t>yes</x:t></x:si>\
                 <si><x:t>yes</x:t><t>no</t><x:r/></si></sst>";
    let rows = NO.replace("\"str\"", "\"s\"").replace("no", "0");
    let book = Book::with_rows(&rows).with(TEXTS, Part::stored(texts));
    assert_eq!(labelled(&book.bytes()), plain);
    // What an extension holds is not looked at, of any namespace.
    let list =
        "<extLst><ext uri=\"a\"><row r=\"2\"><c><v>1</v></c></row><sheetData/></ext></extLst>";
    let inner = NO.replace("</c>", &format!("{list}</c>{list}"));
    let text = sheet(&inner).replace("</worksheet>", &format!("{list}</worksheet>"));
    assert_eq!(labelled(&of(&text)), plain);
}

#[test]
fn what_is_read_elsewhere_is_not_overlooked_within_another_element() {
    let other = "xmlns:x=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"";
    let both = |what: &str| {
        format!(
            "<x:AlternateContent><x:Choice Requires=\"y\">{what}</x:Choice>\
             <x:Fallback>{what}</x:Fallback></x:AlternateContent>"
        )
    };
    let rows = [
        both(NO),
        NO.replace("<c", &format!("{}<c", both("<c r=\"B2\"/>"))),
        NO.replace("<v>no</v>", &both("<v>no</v>")),
        format!("<x:wrap>{NO}</x:wrap>"),
        format!("<x:c><v>1</v></x:c>{NO}"),
    ];
    for rows in rows {
        for namespace in ["", &format!("xmlns=\"{TRANSITIONAL}\"")] {
            let text = declared(&format!("{namespace} {other}"), &rows);
            refused(&rows, &of(&text), "in \"x:");
        }
    }
    for value in ["<x:a>1</x:a>", "1<x:Choice/>", "<b>1</b>"] {
        let text = declared(other, &NO.replace("no", value));
        refused(value, &of(&text), "in \"v\", where the format has none");
    }
    let inline = "<c r=\"B2\" t=\"inlineStr\"><is><t>a<x:b>c</x:b></t></is></c>";
    let formula = "<c r=\"B2\"><f>A1<x:b/></f><v>1</v></c>";
    for (cell, name) in [(inline, "t"), (formula, "f")] {
        let text = declared(other, &NO.replace("</row>", &format!("{cell}</row>")));
        let found = format!("an element \"x:b\" in \"{name}\", where the format has none");
        refused(cell, &of(&text), &found);
    }
    let around = sheet(NO).replace(
        BEFORE,
        &format!("<worksheet {other}><x:Fallback><sheetData/></x:Fallback><sheetData>"),
    );
    refused(
        "a sheet",
        &of(&around),
        "an element \"sheetData\" in \"x:Fallback\"",
    );
    let texts = format!("<sst {other}><si>{}</si></sst>", both("<t>yes</t>"));
    let book = Book::with_rows(NO).with(TEXTS, Part::stored(texts));
    refused(
        "a text",
        &book.bytes(),
        "an element \"t\" in \"x:AlternateContent\"",
    );
    let styles = format!("<styleSheet {other}>{}</styleSheet>", both("<cellXfs/>"));
    let book = Book::with_rows(NO).with(STYLES, Part::stored(styles));
    refused("styles", &book.bytes(), "an element \"cellXfs\" in \"x:");
    let list = format!("<workbook {other}>{}</workbook>", both("<sheets/>"));
    let book = Book::with_rows(NO).with(WORKBOOK, Part::stored(list));
    refused("sheets", &book.bytes(), "an element \"sheets\" in \"x:");
}

#[test]
fn parts_of_another_format_and_names_without_a_namespace_are_refused() {
    let other = "is of another namespace";
    refused("a sheet", &of(&declared("xmlns=\"urn:other\"", NO)), other);
    for (name, text) in [
        (TEXTS, "<sst xmlns=\"urn:other\"/>"),
        (STYLES, "<x:styleSheet xmlns:x=\"urn:other\"/>"),
        (WORKBOOK, "<workbook xmlns=\"urn:other\"/>"),
        (LIST_RELATIONSHIPS, "<Relationships xmlns=\"urn:other\"/>"),
    ] {
        let book = Book::with_rows(NO).with(name, Part::stored(text));
        refused(text, &book.bytes(), other);
        let book = Book::with_rows(NO).with(name, Part::stored("<html/>"));
        refused(text, &book.bytes(), "it is an element \"html\" instead of");
    }
    let undeclared = declared("", &NO.replace("c", "x:c"));
    refused("x", &of(&undeclared), "the prefix \"x\" is not declared");
    let taken_back = NO.replace("<row", "<row xmlns=\"\"");
    let taken_back = declared(&format!("xmlns=\"{TRANSITIONAL}\""), &taken_back);
    refused(
        "none",
        &of(&taken_back),
        "the element \"row\" has no namespace",
    );
    let two = declared("xmlns:x=\"urn:a\" xmlns:x=\"urn:b\"", NO);
    refused("two", &of(&two), "the prefix \"x\" is declared twice");
    let second = format!("{}<worksheet>{HEAD}</worksheet>", sheet(NO));
    refused(
        "two roots",
        &of(&second),
        "an element \"worksheet\" follows its end",
    );
    // A relationship is known by its namespace.
    let list = format!(
        "<workbook xmlns=\"{TRANSITIONAL}\" xmlns:r=\"{REFERENCES}\" xmlns:x=\"urn:other\"><sheets>\
         <sheet name=\"Export\" x:id=\"rId2\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let book = Book::with_rows(NO).with(WORKBOOK, Part::stored(list.clone()));
    assert!(labelled(&book.bytes()).contains("\nno,"));
    let book = Book::with_rows(NO).with(WORKBOOK, Part::stored(list.replace("r:id=", "x:di=")));
    refused("none", &book.bytes(), "the sheet \"Export\" has no part");
}

#[test]
fn many_namespaces_are_refused_and_cost_little() {
    let many: String = (0..129)
        .map(|number| format!("xmlns:n{number}=\"urn:a\" "))
        .collect();
    let found = "more than 128 namespaces are declared";
    refused("many", &of(&declared(&many, NO)), found);
    let long = format!("xmlns:{}=\"urn:a\"", "n".repeat(256));
    refused("long", &of(&declared(&long, NO)), found);
    // They are forgotten with their element.
    let row = "<row xmlns:a=\"urn:a\" xmlns:b=\"urn:b\"><c xmlns:c=\"urn:c\"><v>1</v></c></row>";
    let labels = labelled(&Book::with_rows(&row.repeat(1000)).bytes());
    assert_eq!(labels.lines().count(), 1001);
}

#[test]
fn xml_in_other_encodings_than_utf_8_is_refused() {
    let plain = labelled(&Book::with_rows(NO).bytes());
    let stating = |encoding: &str, rows: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"{encoding}\"?>{}",
            sheet(rows)
        )
    };
    for encoding in ["UTF-8", "utf-8", "US-ASCII", "utf-16"] {
        assert_eq!(labelled(&of(&stating(encoding, NO))), plain, "{encoding}");
    }
    let marked = format!("\u{feff}{}", stating("utf-8", NO));
    assert_eq!(labelled(&of(&marked)), plain);
    // What is UTF-8 by chance would be read as other letters.
    let stated = stating("ISO-8859-1", &NO.replace("no", "Ã©"));
    refused(
        "stated",
        &of(&stated),
        "its encoding is \"ISO-8859-1\", not UTF-8",
    );
    let latin: Vec<u8> = sheet(&NO.replace("no", "n\u{e9}"))
        .chars()
        .map(|c| c as u8)
        .collect();
    let book = Book::of(Part::stored(latin)).bytes();
    refused("Latin-1", &book, "its encoding is another one, not UTF-8");
    let text = stating("UTF-16", NO);
    let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let marked = format!("\u{feff}{text}");
        marked.encode_utf16().flat_map(bytes).collect()
    };
    for wide in [wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
        // With a byte order mark, and without one.
        for bytes in [&wide[..], &wide[2..]] {
            let book = Book::of(Part::stored(bytes)).bytes();
            refused("UTF-16", &book, ", not UTF-8\n  expected: XML in UTF-8");
        }
    }
}
