//! JSON and NDJSON are unchanged, except for the added fields.

use std::num::NonZero;

use clientype::internals::Options;
use clientype::internals::columns::Override;
use clientype::{Error, Format, Furniture, Summary};
use proptest::prelude::*;

use super::{cases, label, options};

/// A JSON value as written in a file.
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
        "{\"n\": {\"duration\": \"3 years\", \"$x\": {}}, \"contract\" : [ \"yes\" ] }",
        "{\"$date\": {\"$numberLong\": \"-226117231000\"}}",
        "{ \"$numberInt\" : \"5\" }",
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
pub(super) fn object(one_line: bool) -> impl Strategy<Value = String> {
    let keys = prop::sample::select(vec![
        "contract",
        "duration",
        "engagement",
        "customer",
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

/// `labelled` without the two added members, in any layout.
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

/// Values of which some recur: what is remembered of one may show in the next ones.
fn recurring<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<T>> {
    let order = prop::collection::vec(any::<prop::sample::Index>(), count);
    (prop::collection::vec(value, 1..6), order)
        .prop_map(|(values, order)| order.iter().map(|one| one.get(&values).clone()).collect())
}

proptest! {
    #![proptest_config(cases(128, 512))]

    #[test]
    fn objects_under_keys_are_labelled_as_elements_of_an_array_are(
        values in recurring((space(), value(), space()), 0..12),
        batch in 1..200_usize,
    ) {
        let object = |(before, value, after): &(String, String, String)| {
            format!("{{{before}\"contract\":{after}{value}{before}}}")
        };
        // Two of them show what they are.
        let shown = [" ", "\n"].map(|space| object(&(space.to_owned(), "\"yes\"".to_owned(), String::new())));
        let objects: Vec<String> = shown.into_iter().chain(values.iter().map(object)).collect();
        let numbered = objects.iter().enumerate();
        let members: Vec<String> = numbered.map(|(n, object)| format!("\"}}k{n}\" : {object}")).collect();
        let keyed = format!("{{\"next\":null,\"x\":{{{}}}\n}}\n", members.join(",\n"));
        let array = format!("[{}]", objects.join(","));
        let by_key = label(keyed.as_bytes(), &options(Format::Json, batch), false);
        let as_array = label(array.as_bytes(), &options(Format::Json, batch), false);
        let (by_key_of, array_of) = match (by_key.result, as_array.result) {
            (Ok(by_key), Ok(array)) => (by_key, array),
            (Err(_), Err(_)) => return Ok(()),
            (by_key, array) => return Err(TestCaseError::fail(format!("{by_key:?} {array:?}"))),
        };
        prop_assert_eq!(by_key_of.records(), objects.len() as u64);
        prop_assert_eq!(by_key_of.labels(0), array_of.labels(0));
        let out = String::from_utf8(by_key.out).unwrap();
        prop_assert_eq!(without_json_labels(&out), keyed);
    }
}

pub(super) fn json_document() -> impl Strategy<Value = (String, usize)> {
    let array = (recurring((space(), object(false), space()), 0..8), space()).prop_map(
        |(objects, inner)| {
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
        },
    );
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

/// A line of Elasticsearch's bulk interface.
fn action() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        r#"{"index":{}}"#,
        r#"{"index":{"_index":"crm","_id":"1"}}"#,
        r#"{ "create" : { "_id" : "é", "routing" : null } }"#,
        r#"{"update":{"_id":"7","retry_on_conflict":3}}"#,
        r#"{"delete":{"_id":"2"}}"#,
    ])
    .prop_map(str::to_owned)
}

/// The values of a record for three criteria and its sender, and their order.
type Facts = ([Option<&'static str>; 4], bool, bool);

fn facts() -> impl Strategy<Value = Facts> {
    let value = |values: Vec<&'static str>| prop::option::of(prop::sample::select(values));
    let values = (
        value(vec![
            "\"yes\"",
            "\"no\"",
            "true",
            "null",
            "\"perhaps\"",
            "[\"yes\"]",
        ]),
        value(vec![
            "\"3 years\"",
            "7",
            "{\"$numberInt\":\"7\"}",
            "{\"$numberDouble\":\"30.5\"}",
        ]),
        value(vec![
            "\"ongoing\"",
            "\"transactional\"",
            "{\"$oid\":\"00\"}",
        ]),
        value(vec![
            "\"ann@acme.example\"",
            "\"ann@globex.example\"",
            "\"\"",
        ]),
    );
    let values = values.prop_map(|(a, b, c, d)| [a, b, c, d]);
    (values, any::<bool>(), any::<bool>())
}

/// The record with its facts in objects.
fn nested((facts, back, noise): &Facts) -> String {
    let member = |key: &str, value: Option<&str>| value.map(|value| format!("\"{key}\":{value}"));
    let object = |members: Vec<Option<String>>| {
        let mut members: Vec<String> = members.into_iter().flatten().collect();
        if *back {
            members.reverse();
        }
        format!("{{{}}}", members.join(","))
    };
    let noise = noise.then(|| "\"z\":{\"$date\":{\"$numberLong\":\"1\"}}".to_owned());
    let b = object(vec![member("since", facts[1]), noise.clone()]);
    let a = object(vec![member("contract", facts[0]), member("b", Some(&b))]);
    let deep = object(vec![noise.clone(), member("kind", facts[2])]);
    let deep = ["h", "g", "f", "e", "d"]
        .iter()
        .fold(deep, |inner, key| format!("{{\"{key}\": {inner}}}"));
    let p = object(vec![member("q", facts[3]), noise]);
    object(vec![
        member("id", Some("1")),
        member("a", Some(&a)),
        member("c", Some(&deep)),
        member("p", Some(&p)),
    ])
}

/// The record with its facts under the paths to them.
fn flat((facts, ..): &Facts) -> String {
    let keys = ["a.contract", "a.b.since", "c.d.e.f.g.h.kind", "p.q"];
    let members = keys
        .iter()
        .zip(facts)
        .filter_map(|(key, value)| value.map(|value| format!(",\"{key}\":{value}")));
    format!("{{\"id\":1{}}}", members.collect::<String>())
}

/// The two labels of each line.
fn labels_of(out: &[u8]) -> Vec<(String, String)> {
    let lines = std::str::from_utf8(out).unwrap().lines();
    let label = |record: &serde_json::Value, name: &str| record[name].as_str().unwrap().to_owned();
    lines
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            (
                label(&record, "relationship_label"),
                label(&record, "affiliation_label"),
            )
        })
        .collect()
}

/// An expected error: the keys feed nothing, or two of them (`contract`, and in the
/// object `""` another) feed the same criterion.
fn feeds_nothing(result: &Result<Summary, Error>) -> bool {
    let expected = ["no column feeds any criterion", "two columns feed"];
    result
        .as_ref()
        .is_err_and(|error| expected.iter().any(|text| error.to_string().contains(text)))
}

proptest! {
    #![proptest_config(cases(128, 256))]

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
        lines in recurring((object(true), prop::sample::select(vec!["\n", "\r\n", "\n\n", " \n"])), 1..10),
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
        // Where each text is like its key, the record is the header again.
        let (again, _) = summary.furnished.of(Furniture::Header);
        prop_assert_eq!((summary.records() + again) as usize, lines.len());
        for line in out.lines().filter(|line| !line.trim().is_empty()) {
            prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok(), "{}", line);
        }
    }

    #[test]
    fn bulk_lines_less_the_added_fields_are_the_input(
        lines in recurring((action(), object(true), prop::sample::select(vec!["\n", "\r\n", "\n\n", " \n"])), 1..10),
        ended in any::<bool>(),
        batch in 1..200_usize,
    ) {
        let mut text: String = lines.iter().map(|(action, object, end)| {
            let document = if action.contains("delete") { String::new() } else { format!("{object}{end}") };
            format!("{action}{end}{document}")
        }).collect();
        if !ended {
            text.truncate(text.trim_end().len());
        }
        let documents = lines.iter().filter(|(action, ..)| !action.contains("delete")).count();
        let labelled = label(text.as_bytes(), &options(Format::Ndjson, batch), false);
        prop_assume!(!feeds_nothing(&labelled.result));
        let summary = labelled.result.unwrap();
        let out = String::from_utf8(labelled.out).unwrap();
        prop_assert_eq!(without_json_labels(&out), text);
        prop_assert_eq!((summary.records(), summary.actions), (documents as u64, lines.len() as u64));
        for (action, ..) in &lines {
            prop_assert!(out.lines().any(|line| line.trim() == action));
        }
    }

    #[test]
    fn what_a_nested_record_says_is_what_the_flat_one_says(
        records in prop::collection::vec(facts(), 1..150),
        batch in 1..400_usize,
        threads in 1..4_usize,
    ) {
        let nested: String = records.iter().map(|facts| nested(facts) + "\n").collect();
        let flat: String = records.iter().map(|facts| flat(facts) + "\n").collect();
        let options = Options {
            overrides: [("contract", "a.contract"), ("duration", "a.b.since"), ("engagement", "c.d.e.f.g.h.kind"), ("email", "p.q")]
                .map(|(criterion, column)| Override { criterion: criterion.to_owned(), read_as: Vec::new(), column: Some(column.to_owned()) })
                .to_vec(),
            threads: NonZero::new(threads),
            ..options(Format::Ndjson, batch)
        };
        let (nested, flat) = (label(nested.as_bytes(), &options, false), label(flat.as_bytes(), &options, false));
        prop_assume!(!feeds_nothing(&nested.result) || !feeds_nothing(&flat.result));
        let error = |result: &Result<Summary, Error>| result.as_ref().err().map(ToString::to_string);
        let names_unseen = |error: &Option<String>| error.as_ref().is_some_and(|error| error.contains("`map ") && error.contains(" names the column "));
        if names_unseen(&error(&nested.result)) || names_unseen(&error(&flat.result)) {
            prop_assert_eq!(names_unseen(&error(&nested.result)), names_unseen(&error(&flat.result)));
            return Ok(());
        }
        prop_assert_eq!((error(&nested.result), error(&flat.result)), (None, None));
        prop_assert_eq!(labels_of(&nested.out), labels_of(&flat.out));
        let unread = |summary: &Summary| (0..24).map(|i| format!("{:?}", summary.not_understood(i))).collect::<Vec<_>>();
        prop_assert_eq!(unread(&nested.result.unwrap()), unread(&flat.result.unwrap()));
    }

    #[test]
    fn nested_records_are_labelled_alike_by_any_batch_and_any_number_of_threads(
        objects in recurring(object(true), 1..60),
        batch in 1..200_usize,
        threads in 1..4_usize,
    ) {
        let text = objects.join("\n");
        let whole = label(text.as_bytes(), &Options { threads: NonZero::new(1), ..options(Format::Ndjson, 1 << 20) }, false);
        let parts = label(text.as_bytes(), &Options { threads: NonZero::new(threads), ..options(Format::Ndjson, batch) }, false);
        let summary = |result: Result<Summary, Error>| result.map(|summary| (summary.records(), summary.late)).map_err(|error| error.to_string());
        prop_assert_eq!(summary(whole.result), summary(parts.result));
        prop_assert_eq!(String::from_utf8_lossy(&whole.out), String::from_utf8_lossy(&parts.out));
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
        // Converted to NDJSON and back, the values are those of the document.
        let there = label(document.as_bytes(), &Options { format: Some(Format::Ndjson), ..options(Format::Json, 64) }, false);
        if feeds_nothing(&there.result) {
            return Ok(());
        }
        there.result.unwrap();
        let back = label(&there.out, &Options { format: Some(Format::Json), replace: true, ..options(Format::Ndjson, 64) }, false);
        // An empty document has no lines; keys that feed nothing are an error.
        if there.out.is_empty() || feeds_nothing(&back.result) {
            return Ok(());
        }
        back.result.unwrap();
        let direct = label(document.as_bytes(), &options(Format::Json, 64), false);
        let minified = |json: &[u8]| -> String {
            let text = String::from_utf8_lossy(json).into_owned();
            let start = text.find('[').unwrap();
            // The records of a wrapped document come after its own numbers.
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
