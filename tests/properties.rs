//! Laws that hold for all inputs: nothing is lost or changed, batches do not
//! matter, and no input makes the program panic.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::sync::LazyLock;

use clientype::columns::Columns;
use clientype::rules::compile::Rules;
use clientype::rules::{Own, Rulebook};
use clientype::{Error, Format, Options, Source, Summary};
use proptest::prelude::*;

/// One rulebook for all tests, and its table of columns.
fn rules() -> &'static Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(|| {
        let own = Own::new(["Acme", "acme.example"]);
        let as_of = jiff::civil::date(2026, 1, 31);
        Rules::compile(Rulebook::documents().unwrap(), &own, as_of).unwrap()
    });
    &RULES
}

struct Labelled {
    out: Vec<u8>,
    rejects: Vec<u8>,
    result: Result<Summary, Error>,
}

/// Labels `input` as the binary would, in this process.
fn label(input: &[u8], options: &Options, set_aside: bool) -> Labelled {
    let (mut out, mut rejects) = (Vec::new(), Vec::new());
    let source = Source {
        name: "input".to_owned(),
        reader: Box::new(input),
    };
    let rejected = set_aside.then_some(&mut rejects as &mut dyn std::io::Write);
    let result = clientype::classify(
        rules(),
        options,
        vec![source],
        &mut out,
        rejected,
        &mut |_| {},
    );
    Labelled {
        out,
        rejects,
        result,
    }
}

fn options(format: Format, batch: usize) -> Options {
    Options {
        input_format: Some(format),
        batch,
        ..Options::default()
    }
}

/// So many cases; the seed of a failure is printed, not kept.
/// At least so many cases; more with `PROPTEST_CASES`.
fn cases(cases: u32) -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    let wanted = wanted.and_then(|wanted| wanted.parse().ok()).unwrap_or(0);
    ProptestConfig {
        cases: wanted.max(cases),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

// ------------------------------------------------------------------------ CSV

/// A cell as it stands in a file, and whether it is a plain one.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["yes", "no", "ja", "3 years", "ongoing", "", " ", "5\" pipe", "x\"y\"", "zoë", "1.0", "a'b", "Acme"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["\"yes\"", "\"a\"\"b\"", "\"two\nlines\"", "\"\r\n\"", "\"\"", "\"a,b;c\td|e\"", "\"q\"tail", "\"ü\""]).prop_map(str::to_owned),
        1 => "[ -!#-+./0-:=-{}~é]{0,12}",
    ]
}

#[derive(Debug, Clone)]
struct Csv {
    text: String,
    delimiter: char,
    records: usize,
}

/// A CSV file of any odd shape, in which every record has the header's width.
fn csv_file() -> impl Strategy<Value = Csv> {
    let rows = prop::collection::vec(prop::collection::vec(cell(), 4), 0..12);
    let breaks = prop::collection::vec(
        prop::sample::select(vec!["\n", "\r\n", "\n\n", "\r\n\r\n", "\r", "\r\n\n"]),
        13,
    );
    (
        rows,
        breaks,
        prop::sample::select(vec![',', ';', '\t', '|']),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(rows, breaks, delimiter, bom, last_break)| {
            let mut text = if bom {
                "\u{feff}".to_owned()
            } else {
                String::new()
            };
            let delimited = |cells: &[String]| cells.join(&delimiter.to_string());
            text += &delimited(
                &["contract", "\"duration\"", "engagement", "Our note"].map(str::to_owned),
            );
            let records = rows.len();
            for (row, line_break) in rows.iter().zip(&breaks) {
                // A cell of this strategy has a delimiter only within quotes.
                let row: Vec<String> = row
                    .iter()
                    .map(|cell| {
                        if cell.starts_with('"') {
                            cell.clone()
                        } else {
                            cell.replace(delimiter, "_")
                        }
                    })
                    .collect();
                write!(text, "{line_break}{}", delimited(&row)).unwrap();
            }
            if last_break {
                text += breaks[12];
            }
            Csv {
                text,
                delimiter,
                records,
            }
        })
}

/// `labelled` without the added fields: the two last of the header and of each
/// record, which have no quotes.
fn without_csv_labels(labelled: &str, delimiter: char) -> String {
    let header = format!("{delimiter}relationship_label{delimiter}affiliation_label");
    let (head, body) = labelled
        .split_once(&header)
        .expect("the header has the added names");
    let mut text = head.to_owned();
    let mut rest = body;
    // Labels stand only where records end: outside of quotes nothing in these
    // files spells like two labels.
    let labels: Vec<String> = ["Client", "Customer", "Undetermined"]
        .iter()
        .flat_map(|relationship| {
            ["Internal", "External", "Undetermined"]
                .map(|affiliation| format!("{delimiter}{relationship}{delimiter}{affiliation}"))
        })
        .collect();
    while let Some((at, label)) = labels
        .iter()
        .filter_map(|label| Some((rest.find(label.as_str())?, label)))
        .min()
    {
        text += &rest[..at];
        rest = &rest[at + label.len()..];
    }
    text + rest
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn csv_less_the_added_fields_is_the_input(csv in csv_file(), batch in 1..200_usize) {
        let labelled = label(csv.text.as_bytes(), &Options { delimiter: Some(csv.delimiter as u8), ..options(Format::Csv, batch) }, false);
        let summary = labelled.result.unwrap();
        let out = String::from_utf8(labelled.out).unwrap();
        prop_assert_eq!(without_csv_labels(&out, csv.delimiter), &*csv.text);
        // The csv crate sees the same records, each with two fields more.
        let records = |text: &str| -> Vec<csv::StringRecord> {
            let mut reader = csv::ReaderBuilder::new().delimiter(csv.delimiter as u8).has_headers(false).flexible(true).from_reader(text.as_bytes());
            reader.records().map(Result::unwrap).collect()
        };
        let (before, after) = (records(&csv.text), records(&out));
        prop_assert_eq!(summary.records() as usize + 1, before.len());
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(before.len() + 2, after.len());
            prop_assert!(before.iter().eq(after.iter().take(before.len())));
        }
    }

    #[test]
    fn labelling_again_in_place_changes_nothing(csv in csv_file(), details in any::<bool>()) {
        let options = Options { delimiter: Some(csv.delimiter as u8), details, replace: true, ..options(Format::Csv, 1 << 16) };
        let once = label(csv.text.as_bytes(), &options, false);
        once.result.unwrap();
        let twice = label(&once.out, &options, false);
        twice.result.unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&once.out), String::from_utf8_lossy(&twice.out));
    }

    #[test]
    fn batches_do_not_matter(csv in csv_file(), batch in 1..64_usize, details in any::<bool>()) {
        let options = |batch| Options { delimiter: Some(csv.delimiter as u8), details, ..options(Format::Csv, batch) };
        let small = label(csv.text.as_bytes(), &options(batch), false);
        let large = label(csv.text.as_bytes(), &options(1 << 20), false);
        prop_assert_eq!(small.out, large.out);
        let (small, large) = (small.result.unwrap(), large.result.unwrap());
        prop_assert_eq!(small.records(), large.records());
        prop_assert_eq!(small.records() as usize, csv.records - blank(&csv));
        for criterion in 0..3 {
            prop_assert_eq!(small.not_understood(criterion), large.not_understood(criterion));
        }
    }

    #[test]
    fn set_aside_and_labelled_make_up_the_input(csv in csv_file(), odd in prop::collection::vec((0..12_usize, "[a-c]{0,3}(,[a-c]{0,3}){0,6}"), 0..4), batch in 1..100_usize) {
        let csv = Csv { delimiter: ',', text: csv.text.replace(csv.delimiter, ","), ..csv };
        let mut text = csv.text.trim_end_matches(['\r', '\n']).to_owned();
        for (_, line) in &odd {
            write!(text, "\nodd{line}").unwrap();
        }
        text.push('\n');
        let labelled = label(text.as_bytes(), &options(Format::Csv, batch), true);
        let summary = labelled.result.unwrap();
        let out = String::from_utf8(labelled.out).unwrap();
        let rejects = String::from_utf8(labelled.rejects).unwrap();
        let mut kept: Vec<char> = without_csv_labels(&out, ',').chars().chain(rejects.chars()).collect();
        let mut whole: Vec<char> = text.chars().collect();
        kept.sort_unstable();
        whole.sort_unstable();
        prop_assert_eq!(kept, whole, "not a byte more or less");
        let lines = rejects.lines().filter(|line| line.starts_with("odd")).count();
        prop_assert!(summary.rejected as usize >= lines);
    }
}

/// How many of the rows are nothing but a blank line: four empty cells are not.
fn blank(_: &Csv) -> usize {
    0
}

// ----------------------------------------------------------------------- JSON

/// A JSON value as it stands in a file.
fn value() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "\"yes\"",
        "\"no\"",
        "\"3 years\"",
        "true",
        "false",
        "null",
        "1",
        "1.50",
        "-0.0",
        "1e400",
        "12345678901234567890",
        "\"\\u00e9\\n\\\"\"",
        "\"a,b]}\"",
        "[]",
        "{}",
        "[1, [2, {\"x\": \"}\"}]]",
        "{\"contract\": \"yes\"}",
        "\"\\ud83d\"",
        "\"\u{1f600}\"",
        "[ \"a\" ,\n 1 ]",
    ])
    .prop_map(str::to_owned)
}

fn space() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "", "", " ", "\n  ", "\r\n\t", "  "]).prop_map(str::to_owned)
}

/// An object, with spaces of any kind or, on one line, of one kind.
fn object(one_line: bool) -> impl Strategy<Value = String> {
    let keys = prop::sample::select(vec![
        "contract",
        "duration",
        "engagement",
        "a b",
        "é",
        "",
        "\\u0063ontract2",
        "contract",
    ]);
    let space = move || {
        space().prop_map(move |space| {
            if one_line {
                space.replace(['\n', '\r'], " ")
            } else {
                space
            }
        })
    };
    let member = (space(), keys, space(), space(), value(), space()).prop_map(
        move |(before, key, mid, after, value, end)| {
            let value = if one_line {
                value.replace('\n', " ")
            } else {
                value
            };
            format!("{before}\"{key}\"{mid}:{after}{value}{end}")
        },
    );
    (prop::collection::vec(member, 0..5), space()).prop_map(|(members, inner)| {
        if members.is_empty() {
            format!("{{{inner}}}")
        } else {
            format!("{{{}}}", members.join(","))
        }
    })
}

/// `labelled` without the two added members, whatever their layout.
fn without_json_labels(labelled: &str) -> String {
    let mut text = labelled.to_owned();
    for name in ["affiliation_label", "relationship_label"] {
        let key = format!("\"{name}\"");
        while let Some(at) = text.rfind(&key) {
            let before = text[..at].trim_end_matches([' ', '\n', '\r', '\t']);
            // After a comma, or first in an object that was empty.
            let from = if before.ends_with(',') {
                before.len() - 1
            } else {
                at
            };
            let value = at + key.len() + text[at + key.len()..].find('"').unwrap();
            let to = value + 1 + text[value + 1..].find('"').unwrap() + 1;
            text.replace_range(from..to, "");
        }
    }
    text
}

fn json_document() -> impl Strategy<Value = (String, usize)> {
    let array = (
        prop::collection::vec((space(), object(false), space()), 0..8),
        space(),
    )
        .prop_map(|(objects, inner)| {
            let count = objects.len();
            let elements: Vec<String> = objects
                .into_iter()
                .map(|(before, object, after)| before + &object + &after)
                .collect();
            (
                if count == 0 {
                    format!("[{inner}]")
                } else {
                    format!("[{}]", elements.join(","))
                },
                count,
            )
        });
    (array, space(), space(), any::<bool>(), any::<bool>()).prop_map(|((array, count), before, after, wrapped, bom)| {
        let bom = if bom { "\u{feff}" } else { "" };
        let document = if wrapped {
            format!("{{\"meta\":{{\"n\":[1,2]}},{before}\"value\"{before}:{after}{array}{after},\"next\" : null{before}}}")
        } else {
            array
        };
        (format!("{bom}{before}{document}{after}"), count)
    })
}

/// An error that says, rightly, that the keys feed nothing.
fn feeds_nothing(result: &Result<Summary, Error>) -> bool {
    result
        .as_ref()
        .is_err_and(|error| error.to_string().contains("no column feeds any criterion"))
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn json_less_the_added_fields_is_the_input((document, count) in json_document(), batch in 1..200_usize) {
        let labelled = label(document.as_bytes(), &options(Format::Json, batch), false);
        prop_assume!(!feeds_nothing(&labelled.result));
        let summary = labelled.result.unwrap();
        let out = String::from_utf8(labelled.out).unwrap();
        prop_assert_eq!(without_json_labels(&out), &*document);
        prop_assert_eq!(summary.records() as usize, count);
        prop_assert_eq!(out.matches("\"relationship_label\"").count(), count);
        let sound = serde_json::from_str::<serde::de::IgnoredAny>(out.trim_start_matches('\u{feff}'));
        prop_assert!(sound.is_ok(), "{}", out);
    }

    #[test]
    fn ndjson_less_the_added_fields_is_the_input(
        lines in prop::collection::vec((object(true), prop::sample::select(vec!["\n", "\r\n", "\n\n", " \n"])), 1..10),
        ended in any::<bool>(),
        batch in 1..200_usize,
    ) {
        let mut text: String = lines.iter().map(|(object, end)| format!("{object}{end}")).collect();
        if !ended {
            text.truncate(text.trim_end().len());
        }
        let labelled = label(text.as_bytes(), &options(Format::Ndjson, batch), false);
        prop_assume!(!feeds_nothing(&labelled.result));
        let summary = labelled.result.unwrap();
        let out = String::from_utf8(labelled.out).unwrap();
        prop_assert_eq!(without_json_labels(&out), text);
        prop_assert_eq!(summary.records() as usize, lines.len());
        for line in out.lines().filter(|line| !line.trim().is_empty()) {
            prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok(), "{}", line);
        }
    }

    #[test]
    fn json_is_labelled_again_in_place_without_a_change((document, _) in json_document()) {
        let options = Options { replace: true, details: true, ..options(Format::Json, 1 << 16) };
        let once = label(document.as_bytes(), &options, false);
        prop_assume!(!feeds_nothing(&once.result));
        once.result.unwrap();
        let twice = label(&once.out, &options, false);
        twice.result.unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&once.out), String::from_utf8_lossy(&twice.out));
    }

    #[test]
    fn converted_records_say_the_same((document, _) in json_document()) {
        // Over NDJSON and back, the values are those of the document.
        let there = label(document.as_bytes(), &Options { format: Some(Format::Ndjson), ..options(Format::Json, 64) }, false);
        if feeds_nothing(&there.result) {
            return Ok(());
        }
        there.result.unwrap();
        let back = label(&there.out, &Options { format: Some(Format::Json), replace: true, ..options(Format::Ndjson, 64) }, false);
        // An empty document has no lines; keys that feed nothing are no input.
        if there.out.is_empty() || feeds_nothing(&back.result) {
            return Ok(());
        }
        back.result.unwrap();
        let direct = label(document.as_bytes(), &options(Format::Json, 64), false);
        let minified = |json: &[u8]| -> String {
            let text = String::from_utf8_lossy(json).into_owned();
            let start = text.find('[').unwrap();
            // The records of a wrapped document are behind its own numbers.
            let array = if text.contains("\"meta\"") { text.find("\"value\"").map(|at| at + text[at..].find('[').unwrap()).unwrap() } else { start };
            let mut values = serde_json::Deserializer::from_str(&text[array..]).into_iter::<Box<serde_json::value::RawValue>>();
            squeeze(values.next().unwrap().unwrap().get())
        };
        prop_assert_eq!(minified(&back.out), minified(&direct.out));
    }
}

/// JSON without the white space between tokens.
fn squeeze(json: &str) -> String {
    let mut in_string = false;
    let mut escaped = false;
    json.chars()
        .filter(|&c| {
            if in_string {
                in_string = escaped || c != '"';
                escaped = !escaped && c == '\\';
                return true;
            }
            in_string = c == '"';
            !c.is_ascii_whitespace()
        })
        .collect()
}

// ------------------------------------------------------------- no input panics

/// Bytes of which most mean something in one format or the other.
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
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// What happens to files: a piece is lost, comes twice, or gets in.
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
    #![proptest_config(cases(1024))]

    #[test]
    fn no_input_makes_it_panic_and_batches_do_not_matter_even_then(
        input in nearly_anything(),
        format in prop::sample::select(vec![None, Some(Format::Csv), Some(Format::Tsv), Some(Format::Json), Some(Format::Ndjson)]),
        wanted in prop::sample::select(vec![None, Some(Format::Csv), Some(Format::Json), Some(Format::Ndjson), Some(Format::Table)]),
        batch in 1..50_usize,
        details in any::<bool>(),
        replace in any::<bool>(),
        set_aside in any::<bool>(),
    ) {
        let options = |batch| Options { input_format: format, format: wanted, batch, details, replace, ..Options::default() };
        let small = label(&input, &options(batch), set_aside);
        let large = label(&input, &options(1 << 20), set_aside);
        prop_assert_eq!(small.result.as_ref().map(Summary::records).map_err(ToString::to_string), large.result.as_ref().map(Summary::records).map_err(ToString::to_string));
        prop_assert_eq!(String::from_utf8_lossy(&small.out), String::from_utf8_lossy(&large.out));
        prop_assert_eq!(small.rejects, large.rejects);
    }

    #[test]
    fn damage_is_seen_and_batches_do_not_matter_even_then(
        input in prop_oneof![
            csv_file().prop_map(|csv| csv.text),
            json_document().prop_map(|(document, _)| document),
            prop::collection::vec(object(true), 1..8).prop_map(|lines| lines.join("\n")),
        ],
        damages in prop::collection::vec(damage(), 1..3),
        wanted in prop::sample::select(vec![None, Some(Format::Csv), Some(Format::Json), Some(Format::Ndjson), Some(Format::Table)]),
        batch in 1..100_usize,
        set_aside in any::<bool>(),
    ) {
        let mut damaged = input.into_bytes();
        for damage in damages {
            damage.apply(&mut damaged);
        }
        let options = |batch| Options { format: wanted, batch, ..Options::default() };
        let small = label(&damaged, &options(batch), set_aside);
        let large = label(&damaged, &options(1 << 20), set_aside);
        prop_assert_eq!(small.result.as_ref().map(Summary::records).map_err(ToString::to_string), large.result.as_ref().map(Summary::records).map_err(ToString::to_string));
        prop_assert_eq!(String::from_utf8_lossy(&small.out), String::from_utf8_lossy(&large.out));
        prop_assert_eq!(&small.rejects, &large.rejects);
        // What passes for JSON is JSON.
        let document = damaged.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&damaged);
        let first = document.trim_ascii_start().first();
        if small.result.is_ok() && small.rejects.is_empty() && matches!(first, Some(b'[' | b'{')) {
            let whole = serde_json::from_slice::<serde::de::IgnoredAny>(document);
            let lines = || document.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).all(|line| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok());
            prop_assert!(whole.is_ok() || lines(), "{}", String::from_utf8_lossy(&damaged));
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
    #![proptest_config(cases(256))]

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
    ];
    let formats = [
        None,
        Some(Format::Csv),
        Some(Format::Json),
        Some(Format::Ndjson),
        Some(Format::Table),
    ];
    for input in inputs {
        for format in formats {
            let options = |batch| Options {
                format,
                batch,
                ..Options::default()
            };
            let whole = label(input.as_bytes(), &options(1 << 20), false);
            assert!(whole.result.is_err(), "{input}");
            for batch in 1..=input.len() {
                let small = label(input.as_bytes(), &options(batch), false);
                assert_eq!(
                    String::from_utf8_lossy(&small.out),
                    String::from_utf8_lossy(&whole.out),
                    "{input} as {format:?} in batches of {batch} bytes"
                );
            }
        }
    }
}

// ------------------------------------------------------- labels and their score

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn the_reasons_add_up_to_the_score_and_the_margin_to_another_label(
        values in prop::collection::vec(prop::option::of(0..13_usize), 24),
    ) {
            let criteria = &rules().rulebook().criteria;
            let header: Vec<&str> = criteria.iter().map(|criterion| criterion.name.as_str()).collect();
            let text = |(criterion, value): (&clientype::rules::Criterion, &Option<usize>)| {
                let Some(value) = value else { return String::new() };
                match criterion.kind {
                    clientype::rules::Kind::Length => format!("{} months", value * 3),
                    clientype::rules::Kind::Date => format!("20{:02}-01-01", 10 + value),
                    clientype::rules::Kind::Organization => ["Acme", "Globex"][value % 2].to_owned(),
                    clientype::rules::Kind::Address => ["a@acme.example", "a@globex.example", "a@gmail.com"][value % 3].to_owned(),
                    clientype::rules::Kind::Choice => criterion.values[value % criterion.values.len()].clone(),
                }
            };
            let row: Vec<String> = criteria.iter().zip(&values).map(text).collect();
            let input = format!("{}\n{}\n", header.join(","), row.join(","));
            let labelled = label(input.as_bytes(), &Options { details: true, ..options(Format::Csv, 1 << 16) }, false);
            labelled.result.unwrap();
            let mut reader = csv::Reader::from_reader(&labelled.out[..]);
            let names = reader.headers().unwrap().clone();
            let record = reader.records().next().unwrap().unwrap();
            let field = |name: &str| &record[names.iter().position(|header| header == name).unwrap()];
            for card in &rules().rulebook().scorecards {
                let of = |what: &str| field(&format!("{}_{what}", card.name));
                let points: i32 = of("reasons").split(';').filter(|r| !r.is_empty()).map(|r| r.rsplit(':').next().unwrap().parse::<i32>().unwrap()).sum();
                let score: i32 = of("score").parse().unwrap();
                prop_assert_eq!(score, card.initial_score + points);
                let upper = card.bands.iter().find(|band| band.at_least.is_some()).unwrap();
                let lower = card.bands.iter().find(|band| band.at_most.is_some()).unwrap();
                let label_at = |score: i32| {
                    if score >= upper.at_least.unwrap() {
                        upper.label.as_str()
                    } else if score <= lower.at_most.unwrap() {
                        lower.label.as_str()
                    } else {
                        "Undetermined"
                    }
                };
                prop_assert_eq!(of("label"), label_at(score));
                let margin: i32 = of("margin").parse().unwrap();
                let changes = |by: i32| label_at(score + by) != label_at(score) || label_at(score - by) != label_at(score);
                prop_assert!(changes(margin) && !(1..margin).any(changes), "score {score}, margin {margin}");
            }
    }
}
