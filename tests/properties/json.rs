//! JSON and NDJSON come out as they went in, but for the added fields.

use clientype::{Error, Format, Options, Summary};
use proptest::prelude::*;

use super::{cases, label, options};

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
pub(super) fn object(one_line: bool) -> impl Strategy<Value = String> {
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

pub(super) fn json_document() -> impl Strategy<Value = (String, usize)> {
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
