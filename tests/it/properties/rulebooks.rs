//! Any rulebook: what is reported as impossible never happens, what is printed is read
//! back as the same, and no text makes the reader panic.

use clientype::internals::engine::compile::Rules;
use clientype::internals::engine::evaluate::{Evaluation, Evidence};
use clientype::internals::rulebook::codes::Code;
use clientype::internals::rulebook::difference::differences;
use clientype::internals::rulebook::file::{RuleFile, written};
use clientype::internals::rulebook::{DOCUMENTS, Rulebook};
use clientype::internals::value::Own;
use clientype::internals::value::Value;
use proptest::prelude::*;

use crate::effort::cases;

/// A condition on each of some criteria, as bits of their values; 0 is none.
type When = [u8; 3];

/// How many values the criteria have.
const VALUES: [u8; 3] = [2, 3, 2];

#[derive(Debug, Clone)]
struct Attribute {
    when: When,
    points: i32,
}

fn attribute() -> impl Strategy<Value = Attribute> {
    let bits = |count: u8| 0..(1_u8 << count);
    (
        (bits(2), bits(3), bits(2)),
        prop::sample::select(vec![-5, -1, 0, 1, 2, 5]),
    )
        .prop_map(|((a, b, c), points)| Attribute {
            when: [a, b, c],
            points,
        })
}

/// A rulebook of three criteria and one scorecard with these characteristics.
fn rulebook(characteristics: &[Vec<Attribute>], initial: i32, bands: (i32, i32)) -> String {
    let mut text = "name = \"any\"\nversion = \"1\"\n".to_owned();
    for (place, count) in VALUES.iter().enumerate() {
        let values: Vec<String> = (0..*count).map(|value| format!("\"v{value}\"")).collect();
        text += &format!(
            "[[criterion]]\nname = \"c{place}\"\nsays = \"one\"\nkind = \"choice\"\nvalues = [{}]\n",
            values.join(", ")
        );
    }
    text += &format!(
        "[[scorecard]]\nname = \"any\"\nquestion = \"Which?\"\ninitial_score = {initial}\n\
         [[scorecard.band]]\nlabel = \"Up\"\nat_least = {}\n[[scorecard.band]]\nlabel = \"Down\"\nat_most = {}\n",
        bands.1, bands.0
    );
    for (place, attributes) in characteristics.iter().enumerate() {
        text += &format!("[[scorecard.characteristic]]\ncriterion = \"c{place}\"\n");
        for (index, one) in attributes.iter().enumerate() {
            text += "[[scorecard.characteristic.attribute]]\nwhen = {";
            let parts: Vec<String> = (one.when.iter().enumerate())
                .filter(|(_, bits)| **bits != 0)
                .map(|(criterion, bits)| {
                    let values = (0..8).filter(|value| bits >> value & 1 == 1);
                    let values: Vec<String> = values.map(|value| format!("\"v{value}\"")).collect();
                    format!("c{criterion} = [{}]", values.join(", "))
                })
                .collect();
            text += &format!(
                "{}}}\npartial_score = {}\nreason_code = \"r{place}-{index}\"\nreason = \"Why\"\n",
                parts.join(", "),
                one.points
            );
        }
    }
    text
}

/// All possible records for three criteria.
fn all_records() -> Vec<Vec<Value>> {
    let of = |count: u8| -> Vec<Value> {
        let values = (0..count).map(Value::Choice);
        values
            .chain([Value::Missing, Value::NotRecognized])
            .collect()
    };
    let mut all = Vec::new();
    for a in of(VALUES[0]) {
        for b in of(VALUES[1]) {
            all.extend(of(VALUES[2]).into_iter().map(|c| vec![a, b, c]));
        }
    }
    all
}

proptest! {
    #![proptest_config(cases(64, 200))]

    #[test]
    fn what_is_reported_as_impossible_never_happens(
        characteristics in prop::collection::vec(prop::collection::vec(attribute(), 1..5), 1..=3),
        initial in -3..=3_i32,
        bands in (-12..=0_i32, 1..=12_i32),
    ) {
        let text = rulebook(&characteristics, initial, bands);
        let file = RuleFile::check(&text);
        let Some(rulebook) = file.rulebook else {
            return Err(TestCaseError::fail(format!("{:?}\n{text}", file.diagnostics)));
        };
        let reported = |code: Code, name: &str| {
            let mut findings = file.diagnostics.iter();
            findings.any(|one| one.code == code && one.found.contains(name))
        };
        let day = jiff::civil::date(2026, 1, 31);
        let rules = Rules::compile(rulebook, &Own::default(), day).unwrap();
        let card = &rules.rulebook().scorecards[0];
        let steps = rules.steps(&[true; 3]);
        let mut evaluation = Evaluation::default();
        let mut applied = vec![[false; 5]; characteristics.len()];
        let mut tips = vec![false; characteristics.len()];
        let mut labels = [false; 3];
        for record in all_records() {
            rules.evaluate(&record, &steps, &mut evaluation);
            let verdict = evaluation.verdicts[0];
            labels[usize::from(verdict.label)] = true;
            for (place, evidence) in evaluation.evidence[0].iter().enumerate() {
                if let Evidence::Applied(attribute) = evidence {
                    let attribute = usize::from(*attribute);
                    applied[place][attribute] = true;
                    // Without it, but otherwise unchanged.
                    let points = card.characteristics[place].attributes[attribute].partial_score;
                    let without = verdict.score - points;
                    let number = match without {
                        _ if without >= bands.1 => 0,
                        _ if without <= bands.0 => 1,
                        _ => 2,
                    };
                    tips[place] |= number != verdict.label;
                }
            }
        }
        for (place, characteristic) in characteristics.iter().enumerate() {
            for (index, happens) in applied[place].iter().take(characteristic.len()).enumerate() {
                // Each attribute that cannot match is reported, and no other.
                let is_reported = reported(Code::NeverMatches, &format!("attribute \"r{place}-{index}\""));
                prop_assert_eq!(is_reported, !happens, "r{}-{}\n{}", place, index, text);
            }
            let name = format!("characteristic \"c{place}\"");
            prop_assert!(!(reported(Code::NoEffect, &name) && tips[place]), "{name}\n{text}");
        }
        for (number, label) in ["Up", "Down"].iter().enumerate() {
            let is_reported = reported(Code::UnreachableLabel, &format!("{label:?}"));
            prop_assert!(!(is_reported && labels[number]), "{label}\n{text}");
        }
        // With one characteristic nothing can depend on anything else.
        if let [only] = &characteristics[..] {
            let is_reported = reported(Code::NoEffect, "characteristic \"c0\"");
            prop_assert_eq!(is_reported, !tips[0], "{:?}\n{}", only, text);
        }
    }

    #[test]
    fn what_is_printed_is_read_as_the_same(
        characteristics in prop::collection::vec(prop::collection::vec(attribute(), 1..4), 1..=3),
        texts in prop::collection::vec("[ -~äß\\n\\t\\u{7}\\u{1F600}]{0,12}x", 6),
        language in "[a-z ]{1,4}",
        comment in "\\PC{0,20}",
    ) {
        let mut rulebook = Rulebook::parse(&rulebook(&characteristics, 0, (-2, 2))).unwrap();
        rulebook.criteria[0].says.clone_from(&texts[0]);
        rulebook.scorecards[0].question.clone_from(&texts[1]);
        rulebook.scorecards[0].bands[0].label.clone_from(&texts[2]);
        for one in &mut rulebook.scorecards[0].characteristics[0].attributes {
            one.reason.clone_from(&texts[3]);
        }
        let words = rulebook.words.entry(language).or_default();
        let words = words.entry("c0".to_owned()).or_default();
        words.insert("v0".to_owned(), vec![texts[4].clone() + "y", texts[5].clone() + "z"]);
        let again = RuleFile::read(&written(&rulebook, &[comment]));
        prop_assert_eq!(again.rulebook.as_ref(), Some(&rulebook), "{:?}", again.diagnostics);
        prop_assert_eq!(again.rulebook.map(|one| one.hash()), Some(rulebook.hash()));
    }

    #[test]
    fn differences_are_reported_and_nothing_else(
        characteristics in prop::collection::vec(prop::collection::vec(attribute(), 1..4), 1..=3),
        edits in prop::collection::vec((0..9_u8, any::<prop::sample::Index>()), 0..3),
    ) {
        let old = Rulebook::parse(&rulebook(&characteristics, 0, (-2, 2))).unwrap();
        let mut new = old.clone();
        for (how, place) in edits {
            let card = &mut new.scorecards[0];
            let at = place.index(card.characteristics.len());
            match how {
                0 => card.initial_score = 1,
                1 => card.bands.reverse(),
                2 => card.characteristics.reverse(),
                3 => card.characteristics[at].attributes.reverse(),
                4 => drop(card.characteristics.remove(at)),
                5 => card.characteristics[at].attributes[0].partial_score = 7,
                6 => card.bands[0].label = "Above".to_owned(),
                7 => new.criteria.reverse(),
                _ => {
                    let words = new.words.entry("it".to_owned()).or_default();
                    let words = words.entry("c0".to_owned()).or_default();
                    words.insert("v0".to_owned(), vec!["uno".to_owned()]);
                }
            }
            if new.scorecards[0].characteristics.is_empty() {
                return Ok(());
            }
        }
        prop_assert_eq!(differences(&old, &new).is_empty(), old == new, "{:?}", new);
        prop_assert_eq!(old.hash() == new.hash(), old == new);
    }

    #[test]
    fn no_text_makes_the_reader_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..30_usize, "[\\[\\]=\".a-z0-9 \\n{},-]{0,6}|remove = true|extend = \"documents\"|[0-9]{12}"), 1..6),
        base in 0..3_usize,
    ) {
        let law = include_str!("../../../examples/rulebooks/law-firm.toml");
        let shop = include_str!("../../../examples/rulebooks/web-shop.toml");
        let mut text: Vec<char> = [law, shop, DOCUMENTS][base].chars().collect();
        for (place, length, with) in edits {
            let at = place.index(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, with.chars());
        }
        let text: String = text.into_iter().collect();
        let file = RuleFile::check(&text);
        for one in &file.diagnostics {
            prop_assert!(text.get(one.span.clone()).is_some(), "{one:?}");
            prop_assert!(!one.found.is_empty() && !one.help.is_empty(), "{one:?}");
        }
        let has_error = file.counts().0 > 0;
        prop_assert_eq!(file.rulebook.is_none(), has_error, "{:?}", file.diagnostics);
        prop_assert_eq!(Rulebook::parse(&text).is_err(), has_error);
    }
}
