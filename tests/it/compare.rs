//! Two rulebooks on the same records: which labels change, and what tipped each.

use std::fmt::Write as _;
use std::io::Read;
use std::num::NonZero;

use clientype::internals::columns::Override;
use clientype::internals::engine::compile::Rules;
use clientype::internals::engine::delta::{Cause, CharacteristicDelta, PartialScore};
use clientype::internals::engine::evaluate::Evidence;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::value::Own;
use clientype::internals::{Changed, Compared, Options, Source, compare};
use clientype::{Error, ErrorKind, Layout};

/// Criteria with these values: `a: p q, b: p q`.
fn criteria(text: &str) -> String {
    let mut rulebook = "name = \"r\"\nversion = \"1\"\n".to_owned();
    for criterion in text.split(", ") {
        let (name, values) = criterion.split_once(": ").unwrap();
        let values: Vec<&str> = values.split(' ').collect();
        let head = "[[criterion]]\nsays = \"what\"\nkind = \"choice\"";
        writeln!(rulebook, "{head}\nname = {name:?}\nvalues = {values:?}").unwrap();
    }
    rulebook
}

/// A scorecard that says Up from a score on and Down up to another, by these
/// attributes: criterion, `when`, points and reason code.
fn card(
    name: &str,
    initial: i32,
    [upper, lower]: [i32; 2],
    attributes: &[(&str, &str, i32, &str)],
) -> String {
    let mut text = format!(
        "[[scorecard]]\nname = {name:?}\nquestion = \"Which?\"\ninitial_score = {initial}\n\
         [[scorecard.band]]\nlabel = \"Up\"\nat_least = {upper}\n\
         [[scorecard.band]]\nlabel = \"Down\"\nat_most = {lower}\n"
    );
    let mut last = "";
    for (criterion, when, points, code) in attributes {
        if *criterion != last {
            writeln!(
                text,
                "[[scorecard.characteristic]]\ncriterion = {criterion:?}"
            )
            .unwrap();
            last = criterion;
        }
        writeln!(
            text,
            "[[scorecard.characteristic.attribute]]\n\
             when = {{ {when} }}\npartial_score = {points}\nreason_code = {code:?}\n\
             reason = \"why\"\nsources = []"
        )
        .unwrap();
    }
    text
}

fn rules(text: &str) -> Rules {
    let as_of = jiff::civil::date(2026, 1, 31);
    Rules::compile(Rulebook::parse(text).unwrap(), &Own::default(), as_of).unwrap()
}

fn source(text: &str) -> Source<'_> {
    Source {
        name: "export".to_owned(),
        reader: Box::new(text.as_bytes()),
    }
}

type Found<'r> = (Vec<Changed<'r>>, Compared<'r>);

fn try_compared<'r>(
    old: &'r Rules,
    new: &'r Rules,
    input: &str,
    options: &Options,
) -> Result<Found<'r>, Error> {
    let mut found = Vec::new();
    let compared = compare(old, new, options, source(input), &mut |changed| {
        found.push(changed.clone());
        Ok(())
    })?;
    Ok((found, compared))
}

/// The result, which has to be the same for every size of a batch.
fn compared<'r>(old: &'r Rules, new: &'r Rules, input: &str) -> Found<'r> {
    let whole = try_compared(old, new, input, &Options::default()).unwrap();
    for batch in [1, 2, 3, 7, 20, 64] {
        let options = Options {
            batch,
            ..Options::default()
        };
        let found = try_compared(old, new, input, &options).unwrap();
        assert_eq!(format!("{found:?}"), format!("{whole:?}"), "{batch}");
    }
    whole
}

fn error(old: &Rules, new: &Rules, input: &str) -> Error {
    try_compared(old, new, input, &Options::default()).unwrap_err()
}

/// Line and record of what changed.
fn places(all: &[Changed<'_>]) -> Vec<(u64, u64)> {
    let places = all.iter().map(|changed| &changed.place);
    places
        .map(|place| (place.line.unwrap(), place.record.unwrap()))
        .collect()
}

fn labels<'r>(changed: &Changed<'r>) -> (&'r str, &'r str) {
    (changed.delta.before.label(), changed.delta.after.label())
}

/// What an attribute gives.
fn gives(points: i32, attribute: u16, reason_code: &str) -> PartialScore<'_> {
    PartialScore {
        points,
        evidence: Some(Evidence::Applied(attribute)),
        reason_code: Some(reason_code),
    }
}

fn nothing(evidence: Option<Evidence>) -> PartialScore<'static> {
    PartialScore {
        evidence,
        ..PartialScore::default()
    }
}

/// Attributes of two criteria, of which `a` gives these points.
fn two(points: i32) -> [(&'static str, &'static str, i32, &'static str); 3] {
    [
        ("a", "a = \"p\"", points, "a-p"),
        ("a", "a = \"q\"", -3, "a-q"),
        ("b", "b = \"p\"", 1, "b-p"),
    ]
}

const TWO: &str = "a: p q, b: p q";
const INPUT: &str = "a,b,notes\np,p,x\nq,p,\"two\nlines\"\np,q,x\np,,\"a \"\"b\"\"\r\nc\"\np,p,x\n";

#[test]
fn the_same_rules_change_nothing() {
    let text = criteria(TWO) + &card("s", 0, [3, -3], &two(2));
    let (old, new) = (rules(&text), rules(&text));
    let (all, compared) = compared(&old, &new, INPUT);
    assert!(all.is_empty() && compared.groups.is_empty());
    assert_eq!((compared.records, compared.rejected), (5, 0));
    let crossing = &compared.scorecards[0];
    assert_eq!(crossing.records, [[2, 0, 0], [0, 0, 0], [0, 0, 3]]);
    assert_eq!((compared.changes(), crossing.changes()), (0, 0));
    let empty = try_compared(&old, &new, "a,b\n", &Options::default()).unwrap();
    assert_eq!(empty.1.records, 0);
}

#[test]
fn other_points_tip_a_label() {
    let old = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(2))));
    let new = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(3))));
    let (all, compared) = compared(&old, &new, INPUT);
    // Records with line breaks count as lines and as one record.
    assert_eq!(places(&all), [(5, 3), (6, 4)]);
    let first = &all[0];
    assert_eq!(labels(first), ("Undetermined", "Up"));
    assert_eq!((first.delta.before.score, first.delta.after.score), (2, 3));
    let tip = CharacteristicDelta {
        criterion: "a",
        before: gives(2, 0, "a-p"),
        after: gives(3, 0, "a-p"),
    };
    assert_eq!(first.delta.cause, Some(Cause::Characteristic(tip)));
    let no_attribute = nothing(Some(Evidence::NoAttribute));
    let other = CharacteristicDelta {
        criterion: "b",
        before: no_attribute,
        after: no_attribute,
    };
    assert_eq!(first.delta.characteristics, [tip, other]);
    assert_eq!(
        all[1].delta.characteristics[1].after.evidence,
        Some(Evidence::Missing)
    );
    assert!(!first.delta.bands_differ());
    assert_eq!(compared.groups.len(), 1);
    let group = &compared.groups[0];
    assert_eq!((group.records, Some(group.cause)), (2, first.delta.cause));
    assert_eq!((group.before, group.after), ("Undetermined", "Up"));
    assert_eq!(group.first, [all[0].place.clone(), all[1].place.clone()]);
    assert_eq!(group.first[0].file.as_deref(), Some("export"));
    let mut pairs = compared.scorecards[0].pairs();
    assert!(pairs.any(|pair| pair == ("Undetermined", "Up", 2)));
}

#[test]
fn bands_and_initial_scores_tip_labels() {
    let old = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(2))));
    let wider = rules(&(criteria(TWO) + &card("s", 0, [2, -2], &two(2))));
    let (all, narrowed) = compared(&old, &wider, INPUT);
    assert_eq!(places(&all), [(3, 2), (5, 3), (6, 4)]);
    assert!(
        all.iter()
            .all(|changed| changed.delta.cause == Some(Cause::Bands))
    );
    assert!(all[0].delta.bands_differ());
    assert_eq!(narrowed.groups.len(), 2);
    assert_eq!(narrowed.groups[0].records, 2);
    let higher = rules(&(criteria(TWO) + &card("s", 1, [3, -3], &two(2))));
    let (all, _) = compared(&old, &higher, INPUT);
    assert_eq!(places(&all), [(5, 3), (6, 4)]);
    let initial = Cause::InitialScore {
        before: 0,
        after: 1,
    };
    assert!(
        all.iter()
            .all(|changed| changed.delta.cause == Some(initial))
    );
}

#[test]
fn an_attribute_that_comes_before_another_tips_by_its_reason() {
    let mut attributes = two(3).to_vec();
    let old = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &attributes)));
    attributes.insert(0, ("a", "a = \"p\", b = \"p\"", 0, "a-with-b"));
    let new = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &attributes)));
    let (all, _) = compared(&old, &new, INPUT);
    assert_eq!(places(&all), [(2, 1), (8, 5)]);
    let tip = CharacteristicDelta {
        criterion: "a",
        before: gives(3, 0, "a-p"),
        after: gives(0, 0, "a-with-b"),
    };
    assert_eq!(all[0].delta.cause, Some(Cause::Characteristic(tip)));
    assert_eq!(tip.by(), -3);
}

#[test]
fn what_is_read_now_tips_a_label() {
    // One rulebook has no such value, one no such criterion.
    let attributes = [("a", "a = \"p\"", 3, "a-p"), ("b", "b = \"p\"", 3, "b-p")];
    let both = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &attributes)));
    let value = rules(&(criteria("a: x, b: p") + &card("s", 0, [3, -3], &attributes[1..])));
    let other = [("a", "a = \"x\"", 3, "a-x"), ("b", "b = \"p\"", 3, "b-p")];
    let word = rules(&(criteria("a: x, b: p") + &card("s", 0, [3, -3], &other)));
    let input = "a,b\nx,\np,\np,p\n";
    let (all, _) = compared(&word, &both, input);
    assert_eq!(places(&all), [(2, 1), (3, 2)]);
    let not_understood = nothing(Some(Evidence::NotUnderstood));
    let tips = [
        CharacteristicDelta {
            criterion: "a",
            before: gives(3, 0, "a-x"),
            after: not_understood,
        },
        CharacteristicDelta {
            criterion: "a",
            before: not_understood,
            after: gives(3, 0, "a-p"),
        },
    ];
    assert_eq!(all[0].delta.cause, Some(Cause::Characteristic(tips[0])));
    assert_eq!(all[1].delta.cause, Some(Cause::Characteristic(tips[1])));
    // A characteristic that one side has not comes last if it is the old one's.
    let (all, found) = compared(&both, &value, input);
    assert_eq!(places(&all), [(3, 2)]);
    let criteria: Vec<&str> = all[0]
        .delta
        .characteristics
        .iter()
        .map(|one| one.criterion)
        .collect();
    assert_eq!(criteria, ["b", "a"]);
    assert_eq!(all[0].delta.characteristics[1].after, nothing(None));
    assert_eq!(labels(&all[0]), ("Up", "Undetermined"));
    // What columns feed is reported for both.
    let fed = |side: usize| found.settled[side].mapping.feeds.iter();
    assert_eq!(found.settled[0].names, ["a", "b"]);
    assert_eq!(fed(0).map(Vec::len).collect::<Vec<_>>(), [1, 1]);
    let (_, found) = compared(&both, &both, "a\np\n");
    assert_eq!(found.settled[1].names, ["a"]);
}

#[test]
fn scorecards_are_compared_by_their_names() {
    let points = |points| [("a", "a = \"p\"", points, "one")];
    let again = |points| [("a", "a = \"p\"", points, "two")];
    let third = [("a", "a = \"p\"", 9, "three")];
    let old = [
        criteria("a: p q"),
        card("gone", 0, [3, -3], &third),
        card("s", 0, [3, -3], &points(3)),
        card("t", 0, [3, -3], &again(3)),
    ];
    let new = [
        criteria("a: p q"),
        card("t", 0, [3, -3], &again(-3)),
        card("s", 0, [3, -3], &points(1)),
        card("fresh", 0, [3, -3], &third),
    ];
    let (old, new) = (rules(&old.concat()), rules(&new.concat()));
    let (all, compared) = compared(&old, &new, "a\nq\np\n");
    let changed: Vec<_> = all
        .iter()
        .map(|one| (one.delta.scorecard, labels(one)))
        .collect();
    assert_eq!(
        changed,
        [("t", ("Up", "Down")), ("s", ("Up", "Undetermined"))]
    );
    assert_eq!(places(&all), [(3, 2), (3, 2)]);
    assert_eq!(compared.only_before, ["gone"]);
    assert_eq!(compared.only_after, ["fresh"]);
    let names: Vec<&str> = compared
        .scorecards
        .iter()
        .map(|one| one.scorecard)
        .collect();
    assert_eq!(names, ["t", "s"]);
    assert_eq!((compared.changes(), compared.groups.len()), (2, 2));
}

#[test]
fn scorecards_that_nothing_else_has_are_no_error() {
    let (old, new) = (
        rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(2)))),
        rules(&(criteria(TWO) + &card("t", 0, [3, -3], &two(2)))),
    );
    let (_, compared) = compared(&old, &new, INPUT);
    assert_eq!((compared.records, compared.scorecards.len()), (5, 0));
    assert_eq!(
        (compared.only_before, compared.only_after),
        (vec!["s"], vec!["t"])
    );
}

#[test]
fn lines_are_reported_in_other_formats_too() {
    let old = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(2))));
    let new = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(3))));
    // The broken one is skipped, and counts as a record.
    let ndjson = "{\"a\":\"p\"}\n\n{\"a\":\"q\"}\n{\"a\":\n{\"b\":\"q\",\"a\":\"p\"}\n";
    let (all, found) = compared(&old, &new, ndjson);
    assert_eq!(places(&all), [(1, 1), (5, 4)]);
    assert_eq!((found.records, found.rejected), (3, 1));
    let json = "{\"value\":\n[{\"a\":\"p\"}, {\"a\":\"p\"},\r\n {\"a\":\"q\"},\r{\"a\":\n\"p\"}]}";
    let (all, _) = compared(&old, &new, json);
    assert_eq!(places(&all), [(2, 1), (2, 2), (4, 4)]);
    let bare = "a\rp\rq\rp";
    let (all, _) = compared(&old, &new, bare);
    assert_eq!(places(&all), [(2, 1), (4, 3)]);
}

#[test]
fn rows_of_a_workbook_are_reported() {
    let old = rules(clientype::internals::rulebook::DOCUMENTS);
    let bands = clientype::internals::rulebook::DOCUMENTS.replace("at_least = 3", "at_least = 9");
    let new = rules(&bands.replace("at_most = -2", "at_most = -9"));
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/cli/files/customers.xlsx"
    );
    let source = Source {
        name: "customers.xlsx".to_owned(),
        reader: Box::new(std::fs::File::open(file).unwrap()),
    };
    let layout = Layout {
        sheet: Some("Kunden".to_owned()),
        ..Layout::default()
    };
    let options = Options {
        layout,
        ..Options::default()
    };
    let mut places = Vec::new();
    compare(&old, &new, &options, source, &mut |changed| {
        places.push(changed.place.to_string());
        Ok(())
    })
    .unwrap();
    let rows = [2, 4].iter().zip(1..);
    let rows = rows.map(|(row, record)| {
        format!("customers.xlsx, sheet \"Kunden\", row {row}, record {record}")
    });
    assert_eq!(places, rows.collect::<Vec<_>>());
}

#[test]
fn keys_that_turn_up_late_are_read() {
    let old =
        rules(&(criteria("b: p q") + &card("s", 0, [3, -3], &[("b", "b = \"p\"", 1, "b-p")])));
    let new = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(3))));
    let input = "{\"b\":\"q\"}\n".repeat(150) + "{\"b\":\"q\",\"a\":\"p\"}\n";
    let (all, compared) = compared(&old, &new, &input);
    assert_eq!(places(&all), [(151, 151)]);
    assert_eq!(compared.settled[0].late, []);
    assert_eq!(compared.settled[1].late, [(0, "a".to_owned(), 151)]);
}

#[test]
fn a_rulebook_that_cannot_read_the_input_is_named() {
    let one =
        rules(&(criteria("a: p q") + &card("s", 0, [3, -3], &[("a", "a = \"p\"", 3, "a-p")])));
    let other =
        rules(&(criteria("b: p q") + &card("s", 0, [3, -3], &[("b", "b = \"p\"", 3, "b-p")])));
    let failed = error(&one, &other, "a\np\n");
    assert_eq!(failed.kind(), ErrorKind::Columns);
    let text = failed.to_string();
    assert!(
        text.starts_with("export: with the rulebook NEW: no column feeds"),
        "{text}"
    );
    let text = error(&other, &one, "a\np\n").to_string();
    assert!(
        text.starts_with("export: with the rulebook OLD: no column feeds"),
        "{text}"
    );
    // An error of both is reported once.
    let text = error(&one, &one, "c\np\n").to_string();
    assert!(text.starts_with("export: no column feeds"), "{text}");
    let text = error(&one, &one, "a\n\"p\n").to_string();
    assert!(
        text.starts_with("export, line 2, character 1, record 1: a quote"),
        "{text}"
    );
    let options = Options {
        overrides: vec![Override {
            criterion: "b".to_owned(),
            read_as: Vec::new(),
            column: None,
        }],
        ..Options::default()
    };
    let failed = try_compared(&one, &other, "a,b\np,p\n", &options).unwrap_err();
    assert!(
        failed.to_string().contains("with the rulebook OLD: "),
        "{failed}"
    );
}

/// Gives a few bytes at a time, and rests before each.
struct Slow<'t>(&'t [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        std::thread::sleep(std::time::Duration::from_micros(50));
        let size = to.len().min(700);
        self.0.read(&mut to[..size])
    }
}

#[test]
fn it_does_not_matter_how_many_threads_compare() {
    let old = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(2))));
    let new = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(3))));
    let sound = "a,b\n".to_owned() + &"p,q\nq,p\n".repeat(20_000);
    for input in [sound.clone(), sound + "\"p,q\n"] {
        let compared = |threads: usize, slow: bool| {
            let options = Options {
                threads: NonZero::new(threads),
                ..Options::default()
            };
            let source = match slow {
                true => Source {
                    name: "export".to_owned(),
                    reader: Box::new(Slow(input.as_bytes())),
                },
                false => source(&input),
            };
            let mut changes = Vec::new();
            let compared = compare(&old, &new, &options, source, &mut |changed| {
                changes.push(changed.clone());
                Ok(())
            });
            format!(
                "{:?} {changes:?}",
                compared.map_err(|error| error.to_string())
            )
        };
        let one = compared(1, false);
        assert!(one.contains("line: Some(40000)"));
        assert!(
            [(1, true), (2, false), (3, true), (8, false)]
                .iter()
                .all(|(threads, slow)| compared(*threads, *slow) == one)
        );
    }
}

#[test]
fn a_fault_within_ends_it_for_any_size_of_a_batch() {
    let one = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(2))));
    let other = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(3))));
    let input = "a,b\n".to_owned() + &"p,q\n".repeat(40) + "\"p,q\n";
    for batch in [1, 9, 100, 1 << 20] {
        let options = Options {
            batch,
            ..Options::default()
        };
        let mut records = 0;
        let failed = compare(&one, &other, &options, source(&input), &mut |_| {
            records += 1;
            Ok(())
        });
        let text = failed.unwrap_err().to_string();
        assert!(
            text.starts_with("export, line 42, character 1, record 41: "),
            "{text}"
        );
        assert_eq!(records, 40);
    }
}

#[test]
fn the_callback_may_end_it() {
    let one = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(2))));
    let other = rules(&(criteria(TWO) + &card("s", 0, [3, -3], &two(3))));
    let input = "a,b\n".to_owned() + &"p,q\n".repeat(100_000);
    let mut records = 0;
    let failed = compare(
        &one,
        &other,
        &Options::default(),
        source(&input),
        &mut |_| {
            records += 1;
            Err(Error::new(ErrorKind::Usage, "enough"))
        },
    );
    assert_eq!(
        (failed.unwrap_err().to_string().as_str(), records),
        ("enough", 1)
    );
}

#[test]
fn records_that_only_one_rulebook_finds_are_an_error() {
    let one =
        rules(&(criteria("a: p q") + &card("s", 0, [3, -3], &[("a", "a = \"p\"", 3, "a-p")])));
    let other =
        rules(&(criteria("b: p q") + &card("s", 0, [3, -3], &[("b", "b = \"p\"", 3, "b-p")])));
    let input = "{\"a\": \"p\", \"lines\": [\n{\"b\": \"p\"}, {\"b\": \"q\"}]}";
    let failed = error(&one, &other, input);
    assert_eq!(failed.kind(), ErrorKind::Input, "{failed}");
    let text = failed.to_string();
    assert!(
        text.starts_with("export: the rulebooks do not find the same records: OLD finds the first at line 1, record 1 and NEW finds the first at line 2, record 1\n"),
        "{text}"
    );
}
