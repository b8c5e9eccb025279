//! A workbook's cells have the text that another reader of workbooks gives them.

use calamine::{DataRef, Reader, Xlsx};
use clientype::internals::Options;
use proptest::prelude::*;

use super::{cases, label};
use crate::workbooks::book::{Book, Part, SHEET, STYLES, TEXTS, WORKBOOK, sheet};

/// The formats of the styles, by their places.
const FORMATS: [&str; 8] = [
    "numFmtId=\"0\"",
    "numFmtId=\"14\"",
    "numFmtId=\"22\"",
    "numFmtId=\"46\"",
    "numFmtId=\"164\"",
    "numFmtId=\"165\"",
    "numFmtId=\"166\"",
    "",
];
const OWN_FORMATS: &str = "<numFmts><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy;@\"/>\
    <numFmt numFmtId=\"165\" formatCode=\"[h]:mm\"/>\
    <numFmt numFmtId=\"166\" formatCode=\"&quot;d&quot;0.00\"/></numFmts>";
/// Shared texts.
const SHARED: [&str; 7] = [
    "<t>Am Ring 1</t>",
    "<t xml:space=\"preserve\"> spaced </t>",
    "<t> trimmed&#10;twice </t>",
    "<r><rPr><b/></rPr><t>ri</t></r><r><t xml:space=\"preserve\">ch </t></r>",
    "<t>東京</t><rPh sb=\"0\" eb=\"2\"><t>トウキョウ</t></rPh>",
    "<t>a_x000D_\n_x005F_x000D_ &lt;&amp;&gt; \"q\"</t>",
    "<t/>",
];

/// The XML of a cell, without its place: the rest of its tag, and what is in it.
fn cell() -> impl Strategy<Value = (String, String)> {
    let number = prop_oneof![
        (-3_000_000..3_000_000_i64).prop_map(|number| number.to_string()),
        (0.0..2_957_000.0_f64).prop_map(|number| number.to_string()),
        (0..2_900_000_i64, 0..86_400_i64)
            .prop_map(|(days, seconds)| (days as f64 + seconds as f64 / 86_400.0).to_string()),
        any::<f32>().prop_map(|number| number.to_string()),
        prop::sample::select(vec![
            "0.1",
            "1E-12",
            "60",
            "61",
            "0",
            "-0",
            "366",
            "0.999999999"
        ])
        .prop_map(str::to_owned),
    ];
    let number = number.prop_filter("kept as it is", |number| {
        number
            .parse::<f64>()
            .is_ok_and(|number| number.abs() < 9e15)
    });
    let number = (number, 0..FORMATS.len(), any::<bool>()).prop_map(|(number, style, is_typed)| {
        let kind = if is_typed { " t=\"n\"" } else { "" };
        (format!(" s=\"{style}\"{kind}"), format!("<v>{number}</v>"))
    });
    let texts = prop::sample::select(SHARED.to_vec());
    let inline = texts.prop_map(|text| (" t=\"inlineStr\"".to_owned(), format!("<is>{text}</is>")));
    let shared =
        (0..SHARED.len()).prop_map(|number| (" t=\"s\"".to_owned(), format!("<v>{number}</v>")));
    let others = prop::sample::select(vec![
        (" t=\"b\"", "<v>1</v>"),
        (" t=\"b\"", "<f>A1</f><v>false</v>"),
        (" t=\"e\"", "<v>#N/A</v>"),
        (" t=\"e\"", "<f>1/0</f><v>#DIV/0!</v>"),
        (
            " t=\"str\"",
            "<f>\"a\"&amp;\"b\"</f><v>a&amp;b\r\nc_x000D_</v>",
        ),
        (
            " t=\"str\"",
            "<f t=\"shared\" ref=\"A1:A2\" si=\"0\">A1</f><v> x </v>",
        ),
        (" t=\"str\"", "<f>A1</f><v></v>"),
        (" t=\"d\"", "<v>2024-02-29T00:00:00.000</v>"),
        (" t=\"d\"", "<v>2024-02-29T12:30:00</v>"),
        ("", "<v></v>"),
        (" s=\"1\"", ""),
    ]);
    let others = others.prop_map(|(tag, inner)| (tag.to_owned(), inner.to_owned()));
    prop_oneof![3 => number, 1 => inline, 2 => shared, 2 => others]
}

/// Cells by their places, one for each.
fn cells() -> impl Strategy<Value = Vec<(u32, u32, (String, String))>> {
    prop::collection::vec((1..12_u32, 0..30_u32, cell()), 0..30).prop_map(|mut cells| {
        let mut places = std::collections::BTreeSet::new();
        cells.retain(|(row, column, _)| places.insert((*row, *column)));
        cells
    })
}

fn column(number: u32) -> String {
    match number {
        0..26 => char::from(b'A' + number as u8).to_string(),
        _ => format!("A{}", char::from(b'A' + (number - 26) as u8)),
    }
}

/// A workbook with these cells below a header, row by row.
fn book(cells: &[(u32, u32, (String, String))], from_1904: bool) -> Book {
    let mut rows = String::new();
    for row in 1..12 {
        let of_row = cells.iter().filter(|(of, ..)| *of == row);
        let mut xml = String::new();
        for (_, at, (tag, inner)) in of_row {
            let name = format!("{}{}", column(*at), row + 1);
            xml += &format!("<c r=\"{name}\"{tag}>{inner}</c>");
        }
        if !xml.is_empty() {
            rows += &format!("<row r=\"{}\">{xml}</row>\n", row + 1);
        }
    }
    let styles: String = FORMATS.iter().map(|of| format!("<xf {of}/>")).collect();
    let styles = format!(
        "<styleSheet>{OWN_FORMATS}<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>\
         <cellXfs>{styles}</cellXfs></styleSheet>"
    );
    let texts: String = SHARED
        .iter()
        .map(|text| format!("<si>{text}</si>"))
        .collect();
    let book = Book::of(Part::stored(sheet(&rows)))
        .with(STYLES, Part::stored(styles))
        .with(TEXTS, Part::stored(format!("<sst>{texts}</sst>")));
    let list = String::from_utf8(book.parts[WORKBOOK].packed.clone()).unwrap();
    let epoch = list.replace("<sheets>", "<workbookPr date1904=\"1\"/><sheets>");
    match from_1904 {
        true => book.with(WORKBOOK, Part::stored(epoch)),
        false => book,
    }
}

/// The text of a number with at most 15 significant digits.
fn number(number: f64) -> String {
    let rounded = match number.fract() == 0.0 {
        true => number,
        false => format!("{number:.14e}").parse().unwrap(),
    };
    match rounded {
        0.0 => "0".to_owned(),
        _ if (1e-9..1e21).contains(&f64::abs(rounded)) => rounded.to_string(),
        _ => format!("{rounded:E}"),
    }
}

/// The text of a cell as the other reader has it.
fn text(value: &DataRef<'_>, from_1904: bool) -> String {
    match value {
        DataRef::Float(value) => number(*value),
        DataRef::Bool(value) => value.to_string().to_uppercase(),
        DataRef::DateTimeIso(text) => {
            let day = text.strip_suffix(".000").unwrap_or(text);
            day.strip_suffix("T00:00:00").unwrap_or(text).to_owned()
        }
        DataRef::DateTime(moment) => {
            let value = moment.as_f64();
            let (year, month, day, hours, minutes, seconds, milliseconds) =
                moment.to_ymd_hms_milli();
            let mut time = format!("{hours:02}:{minutes:02}:{seconds:02}");
            if milliseconds > 0 {
                time += &format!(".{milliseconds:03}");
            }
            // It gives a number after the last day that day.
            let last = if from_1904 && !moment.is_duration() {
                2_957_003.0
            } else {
                2_958_465.0
            };
            if !(0.0..last + 1.0).contains(&value) {
                number(value)
            } else if moment.is_duration() {
                let seconds = (value * 86_400.0).round() as u64;
                let minutes = seconds / 60;
                format!("{}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60)
            } else if value < 1.0 {
                time
            } else if time == "00:00:00" {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{time}")
            }
        }
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Error(error) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The text of the cells that have one, by their places, as the other reader has it.
fn expected(file: &[u8], from_1904: bool) -> std::collections::BTreeMap<(u32, u32), String> {
    let mut workbook = Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let mut reader = workbook.worksheet_cells_reader("Export").unwrap();
    let mut texts = std::collections::BTreeMap::new();
    while let Some(cell) = reader.next_cell().unwrap() {
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            value => text(value, from_1904),
        };
        if !text.is_empty() {
            texts.insert(cell.get_position(), text);
        }
    }
    texts
}

proptest! {
    #![proptest_config(cases(96, 2000))]

    #[test]
    fn the_cells_of_a_workbook_have_the_texts_that_another_reader_gives_them(
        mut cells in cells(),
        is_sorted in prop::bool::weighted(0.8),
        from_1904 in any::<bool>(),
    ) {
        if is_sorted {
            cells.sort_by_key(|(row, column, _)| (*row, *column));
        }
        let file = book(&cells, from_1904).bytes();
        let expected = expected(&file, from_1904);
        let (last, _) = *expected.keys().next_back().unwrap();
        let width = expected.keys().map(|(_, column)| column + 1).max().unwrap();
        let of_row = |row| {
            let cell = |column| expected.get(&(row, column)).cloned().unwrap_or_default();
            (0..width).map(cell).collect::<Vec<String>>()
        };
        let is_filled = |row: &Vec<String>| row.iter().any(|text| !text.is_empty());
        let rows: Vec<Vec<String>> = (0..=last).map(of_row).filter(is_filled).collect();
        let ours = label(&file, &Options::default(), true);
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&ours.out[..]);
        let read: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().take(width as usize).map(str::to_owned).collect())
            .collect();
        prop_assert_eq!(read, rows, "{:?}", ours.result.map(|_| ()));
    }
}

proptest! {
    #![proptest_config(cases(256, 20_000))]

    /// The checksums are right, so the parser sees what was changed.
    #[test]
    fn no_change_of_its_xml_makes_a_panic_or_an_output_that_depends_on_batches(
        cells in prop::collection::vec((1..4_u32, 0..4_u32, cell()), 0..6),
        part in prop::sample::select(vec![
            SHEET, TEXTS, STYLES, WORKBOOK, "_rels/.rels", "xl/_rels/workbook.xml.rels",
        ]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), change()), 1..4),
        batch in 1..200_usize,
    ) {
        let mut book = book(&cells, false);
        let mut xml = book.parts[part].packed.clone();
        for (at, change) in changes {
            let at = at.index(xml.len() + 1);
            match change {
                Change::Cut(length) => drop(xml.drain(at..(at + length).min(xml.len()))),
                Change::Insert(text) => drop(xml.splice(at..at, text.bytes())),
                Change::Set(byte) => xml.iter_mut().skip(at).take(1).for_each(|of| *of = byte),
            }
        }
        book = book.with(part, Part::stored(xml));
        let file = book.bytes();
        let ours = label(&file, &Options { batch, ..Options::default() }, true);
        let again = label(&file, &Options { batch: 1 << 20, ..Options::default() }, true);
        prop_assert_eq!(ours.out, again.out);
        prop_assert_eq!(
            ours.result.map(|_| ()).map_err(|error| error.to_string()),
            again.result.map(|_| ()).map_err(|error| error.to_string())
        );
    }
}

/// A change of a part's XML.
#[derive(Debug, Clone)]
enum Change {
    Cut(usize),
    Insert(&'static str),
    Set(u8),
}

fn change() -> impl Strategy<Value = Change> {
    let pieces = vec![
        "<",
        ">",
        "/",
        "\"",
        "&",
        "&#x41;",
        "<!--",
        "-->",
        "<!DOCTYPE a>",
        "<![CDATA[",
        "]]>",
        "<?",
        "</c>",
        "<c>",
        "<v>9</v>",
        "<row>",
        "</row>",
        "<is>",
        "<t>",
        "</sheetData>",
        "<si>",
        "<f>",
        " r=\"ZZ9\"",
        " r=\"A1\"",
        " t=\"s\"",
        " s=\"99\"",
        "\u{0}",
        "é",
        "_xD83D_",
        "1e309",
        "-",
    ];
    prop_oneof![
        (1..40_usize).prop_map(Change::Cut),
        prop::sample::select(pieces).prop_map(Change::Insert),
        any::<u8>().prop_map(Change::Set),
    ]
}
