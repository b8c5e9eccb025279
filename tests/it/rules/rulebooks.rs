//! Rulebook files: what they inherit, and their diagnostics.

use clientype::internals::engine::compile::Rules;
use clientype::internals::lexicon::vocabulary;
use clientype::internals::rulebook::codes::{Code, Severity};
use clientype::internals::rulebook::difference::{How, differences};
use clientype::internals::rulebook::file::{RuleFile, written};
use clientype::internals::rulebook::{DOCUMENTS, Rulebook};
use clientype::internals::value::Own;

const HEAD: &str = "name = \"mine\"\nversion = \"1\"\nextend = \"documents\"\n";

/// A rulebook that extends the built-in one.
fn extending(rest: &str) -> RuleFile {
    RuleFile::check(&format!("{HEAD}{rest}"))
}

/// The same, without diagnostics.
fn sound(rest: &str) -> Rulebook {
    let file = extending(rest);
    assert_eq!(file.diagnostics, [], "{rest}");
    file.rulebook.unwrap()
}

fn codes(file: &RuleFile) -> Vec<&'static str> {
    file.diagnostics.iter().map(|one| one.code.name()).collect()
}

/// An attribute of the question Customer or Client, in its characteristic.
fn attribute(characteristic: &str, rest: &str) -> String {
    format!(
        "[[scorecard]]\nname = \"relationship\"\n[[scorecard.characteristic]]\ncriterion = \"{characteristic}\"\n\
         [[scorecard.characteristic.attribute]]\n{rest}\n"
    )
}

#[test]
fn each_code_is_found_in_its_example() {
    for code in Code::all() {
        let explained = code.explained();
        let read = |text: &str| match text.starts_with("name") {
            true => RuleFile::check(text),
            false => extending(&format!("\n{text}")),
        };
        let wrong = read(explained.wrong);
        assert!(
            wrong.diagnostics.iter().any(|one| one.code == code),
            "{}: {:?}",
            explained.name,
            wrong.diagnostics
        );
        let is_error = explained.severity == Severity::Error;
        assert_eq!(wrong.rulebook.is_none(), is_error, "{}", explained.name);
        assert_eq!(
            codes(&read(explained.right)),
            Vec::<&str>::new(),
            "{}",
            explained.name
        );
        assert_eq!(Code::from_name(explained.name), Some(code));
    }
}

#[test]
fn the_built_in_rulebook_has_no_diagnostics_and_is_printed_without_loss() {
    let file = RuleFile::check(DOCUMENTS);
    assert_eq!(file.diagnostics, []);
    let rulebook = file.rulebook.unwrap();
    assert_eq!(rulebook, Rulebook::documents().unwrap());
    let again = RuleFile::read(&written(&rulebook, &[]));
    assert_eq!(again.rulebook.as_ref(), Some(&rulebook));
    assert_eq!(again.rulebook.unwrap().hash(), rulebook.hash());
}

#[test]
fn what_states_nothing_inherits_all() {
    let base = Rulebook::documents().unwrap();
    let mine = sound("");
    assert_ne!(mine.hash(), base.hash(), "its name is another");
    let renamed = Rulebook {
        name: base.name.clone(),
        version: base.version.clone(),
        ..mine
    };
    assert_eq!(renamed, base);
}

#[test]
fn what_is_stated_replaces_that_field_and_no_other() {
    let mine = sound(&attribute(
        "duration",
        "reason_code = \"long-contract\"\nwhen.duration = \">= 30 months\"",
    ));
    let of = differences(&Rulebook::documents().unwrap(), &mine);
    let of: Vec<_> = of.iter().filter(|one| one.scorecard.is_some()).collect();
    let [only] = &of[..] else { panic!("{of:?}") };
    assert_eq!(only.name, "long-contract");
    let How::Changed {
        field,
        before,
        after,
    } = &only.how
    else {
        panic!("{only:?}")
    };
    // The other half of the condition is inherited.
    assert_eq!(field, "when");
    assert_eq!(before, ">= 12 months & contract = yes");
    assert_eq!(after, ">= 30 months & contract = yes");
}

#[test]
fn bands_are_found_again_by_their_side() {
    let mine = sound(
        "[[scorecard]]\nname = \"relationship\"\n[[scorecard.band]]\nlabel = \"Mandant\"\nat_least = 4\n",
    );
    let bands = &mine.scorecards[0].bands;
    assert_eq!(bands.len(), 2);
    assert_eq!((&*bands[0].label, bands[0].at_least), ("Mandant", Some(4)));
    assert_eq!((&*bands[1].label, bands[1].at_most), ("Customer", Some(-2)));
}

#[test]
fn further_attributes_are_tried_first_or_where_they_are_put() {
    let codes_of = |mine: &Rulebook| -> Vec<String> {
        let contract = &mine.scorecards[0].characteristics[1];
        assert_eq!(contract.criterion, "contract");
        contract
            .attributes
            .iter()
            .map(|one| one.reason_code.clone())
            .collect()
    };
    let further = |after: &str| {
        attribute(
            "contract",
            &format!(
                "reason_code = \"signed-long\"\nwhen.contract = \"yes\"\nwhen.duration = \">= 3 years\"\npartial_score = 4\nreason = \"Signed for years\"{after}"
            ),
        )
    };
    let inherited = [
        "contract-of-ours",
        "contract-signed",
        "no-contract",
        "contract-ended",
        "rolling-contract",
    ];
    let first = codes_of(&sound(&further("")));
    assert_eq!(first[0], "signed-long");
    assert_eq!(first[1..], inherited);
    let file = extending(&further("\nafter = \"no-contract\""));
    // It comes after an attribute that always holds first.
    assert_eq!(codes(&file), ["never-matches"]);
    let last = codes_of(&file.rulebook.unwrap());
    assert_eq!(
        last,
        [
            "contract-of-ours",
            "contract-signed",
            "no-contract",
            "signed-long",
            "contract-ended",
            "rolling-contract"
        ]
    );
}

#[test]
fn what_is_removed_is_gone() {
    let mine = sound(
        "[[scorecard]]\nname = \"affiliation\"\nremove = true\n[[scorecard]]\nname = \"relationship\"\n\
         [[scorecard.characteristic]]\ncriterion = \"market\"\nremove = true\n[[criterion]]\nname = \"market\"\nremove = true\n",
    );
    assert_eq!(mine.scorecards.len(), 1);
    assert!(
        mine.scorecards[0]
            .characteristics
            .iter()
            .all(|one| one.criterion != "market")
    );
    assert!(mine.criteria.iter().all(|one| one.name != "market"));
}

#[test]
fn the_words_of_a_rulebook_are_in_its_hash_and_its_cases_are_not() {
    let bare = sound("");
    let with_words = sound("[words.it]\ncontract.yes = [\"firmato\"]\n");
    assert_ne!(bare.hash(), with_words.hash());
    let with_case = sound(
        "[[case]]\nname = \"A contract\"\nrecord.contract = \"yes\"\nexpect.relationship = \"Client\"\n",
    );
    assert_eq!(bare.hash(), with_case.hash());
}

#[test]
fn equal_rules_have_an_equal_hash_however_they_are_written() {
    let text = include_str!("../../../examples/rulebooks/law-firm.toml");
    let short = RuleFile::read(text).rulebook.unwrap();
    let long = RuleFile::read(&written(&short, &["All of it.".to_owned()]));
    assert_eq!(long.rulebook.unwrap().hash(), short.hash());
}

#[test]
fn all_errors_of_a_file_are_reported_at_once_each_at_its_place() {
    let text = format!(
        "{HEAD}\n[[scorecard]]\nname = \"relationship\"\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\
         [[scorecard.characteristic.attribute]]\nreason_code = \"no-contract\"\nwhen.contarct = \"no\"\nsources = [\"vi.contract\", \"xx.none\"]\n\
         [[scorecard.characteristic.attribute]]\nreason_code = \"rolling-contract\"\nwhen.contract = [\"rolling\", \"monthly\"]\n"
    );
    let file = RuleFile::read(&text);
    let found: Vec<(&str, &str)> = (file.diagnostics.iter())
        .map(|one| (one.code.name(), &text[one.span.clone()]))
        .collect();
    assert_eq!(
        found,
        [
            ("unknown-criterion", "contarct"),
            ("unknown-source", "\"xx.none\""),
            ("unknown-value", "\"monthly\""),
        ]
    );
    assert!(
        file.diagnostics[0].help.contains("\"contract\""),
        "{:?}",
        file.diagnostics[0]
    );
}

#[test]
fn an_inherited_attribute_that_no_longer_matches_is_reported_at_what_takes_its_place() {
    let file = extending(&attribute(
        "contract",
        "reason_code = \"signed\"\nwhen.contract = \"yes\"\npartial_score = 5\nreason = \"Signed\"",
    ));
    assert_eq!(codes(&file), ["never-matches", "never-matches"]);
    for (found, code) in file
        .diagnostics
        .iter()
        .zip(["contract-of-ours", "contract-signed"])
    {
        assert!(found.found.contains(&format!("{code:?}")), "{found:?}");
        assert!(found.help.contains("remove = true"), "{found:?}");
        assert!(found.span.start > HEAD.len(), "{found:?}");
    }
}

#[test]
fn a_code_may_stand_for_one_reason_twice() {
    let twice = attribute(
        "contract",
        "reason_code = \"retainer\"\nwhen.contract = \"rolling\"\nwhen.revenue_model = \"retainer\"\npartial_score = 1\nreason = \"The buyer pays a fixed fee each period for our continuing service\"",
    );
    sound(&twice);
}

#[test]
fn a_rulebook_with_errors_is_refused_with_its_first_one_and_how_many_more() {
    let text =
        format!("{HEAD}nmae = 1\n[[scorecard]]\nname = \"relationship\"\ninitial_score = 0.5\n");
    let error = Rulebook::parse(&text).unwrap_err().to_string();
    assert_eq!(
        error,
        "line 4, character 1: unknown key \"nmae\"\n  help: did you mean `name`? (and 1 more: clientype rules check)"
    );
}

#[test]
fn a_third_scorecard_has_its_own_labels() {
    let text = include_str!("../../../examples/rulebooks/law-firm.toml");
    let rulebook = RuleFile::read(text).rulebook.unwrap();
    let as_of = jiff::civil::date(2026, 1, 31);
    let rules = Rules::compile(rulebook, &Own::default(), as_of).unwrap();
    assert_eq!(rules.rulebook().scorecards.len(), 3);
    assert_eq!(
        [rules.label(2, 0), rules.label(2, 1)],
        ["Clear", "Conflict"]
    );
}

#[test]
fn a_language_can_be_written_as_the_five_are() {
    for language in ["en", "de", "fr", "pl", "vi"] {
        let mut text = format!("{HEAD}[words.xx]\n");
        let mut rows = std::collections::BTreeMap::<_, Vec<String>>::new();
        let own = vocabulary::entries().filter(|one| one.language == language);
        // Words for labels, and for records that are not about a buyer, are those of the
        // vocabulary alone.
        let only_built_in = [
            vocabulary::TOTAL,
            vocabulary::GRAND_TOTAL,
            vocabulary::TOTAL_LAST,
            vocabulary::TOTAL_ONLY,
            vocabulary::FOOTER,
        ];
        let own = own.filter(|one| !one.value.starts_with(vocabulary::LABEL));
        for entry in own.filter(|one| !only_built_in.contains(&one.value)) {
            let key = (entry.criterion, entry.value);
            rows.entry(key)
                .or_default()
                .push(format!("{:?}", entry.word));
        }
        for ((criterion, value), words) in rows {
            text += &format!("\"{criterion}\".\"{value}\" = [{}]\n", words.join(", "));
        }
        let file = RuleFile::check(&text);
        assert_eq!(file.diagnostics, [], "{language}");
    }
}

#[test]
fn words_clash_with_their_accents_dropped_too() {
    let file =
        extending("[words.it]\ncontract.yes = [\"attività\"]\ncontract.no = [\"attivita\"]\n");
    assert_eq!(codes(&file), ["word-with-two-meanings"]);
    let file = extending("[words.it]\ncontract.yes = [\"dealé\"]\ncontract.no = [\"déale\"]\n");
    assert_eq!(codes(&file), ["word-with-two-meanings"]);
    let file = extending(
        "[words.it]\ncontract.\"(column)\" = [\"accordo\"]\nduration.\"(column)\" = [\"Accordo\"]\n",
    );
    assert_eq!(codes(&file), ["word-with-two-meanings"]);
}

#[test]
fn an_error_is_reported_beside_others() {
    // What still cites it is inherited, or stated unchanged.
    for rest in [
        "",
        "[[scorecard.characteristic.attribute]]\nreason_code = \"contract-signed\"\n",
    ] {
        let file = extending(&format!(
            "[[statement]]\nid = \"vi.agency\"\nremove = true\n[[scorecard]]\nname = \"relationship\"\n\
             [[scorecard.characteristic]]\ncriterion = \"contract\"\n{rest}"
        ));
        assert!(file.rulebook.is_none(), "{rest}");
        assert!(
            codes(&file).contains(&"unknown-source"),
            "{:?}",
            file.diagnostics
        );
    }
}

#[test]
fn what_a_removal_breaks_is_reported_at_the_removal() {
    let text = format!("{HEAD}[[statement]]\nid = \"vi.agency\"\nremove = true\n");
    let file = RuleFile::check(&text);
    for one in &file.diagnostics {
        assert_eq!(
            (one.code.name(), &text[one.span.clone()]),
            ("unknown-source", "true")
        );
        assert!(one.help.contains("the attribute "), "{}", one.help);
    }
    assert!(!file.diagnostics.is_empty());
}

#[test]
fn what_joins_inherited_values_is_reported_where_it_stands() {
    let text = format!(
        "{HEAD}[[criterion]]\nname = \"service\"\nmore_groups.client_example = [\"notary\"]\n"
    );
    let file = RuleFile::check(&text);
    let found: Vec<&str> = file
        .diagnostics
        .iter()
        .map(|one| &text[one.span.clone()])
        .collect();
    assert!(found.contains(&"\"notary\""), "{found:?}");
}

#[test]
fn attributes_with_one_place_stand_in_the_order_of_the_file() {
    let one = |code: &str, value: &str| {
        format!(
            "[[scorecard.characteristic.attribute]]\nreason_code = \"{code}\"\nwhen.contract = \"yes\"\nwhen.market = \"{value}\"\n\
             partial_score = 1\nreason = \"Why {code}\"\nafter = \"no-contract\"\n"
        )
    };
    let file = extending(&format!(
        "[[scorecard]]\nname = \"relationship\"\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n{}{}",
        one("zz-a", "niche"),
        one("zz-b", "broad")
    ));
    let rulebook = file.rulebook.unwrap();
    let attributes = &rulebook.scorecards[0].characteristics[1].attributes;
    let order: Vec<&str> = attributes.iter().map(|one| &*one.reason_code).collect();
    assert_eq!(
        order,
        [
            "contract-of-ours",
            "contract-signed",
            "no-contract",
            "zz-a",
            "zz-b",
            "contract-ended",
            "rolling-contract"
        ]
    );
}

#[test]
fn keys_beside_a_removal_are_reported() {
    let file = extending(&attribute(
        "contract",
        "reason_code = \"rolling-contract\"\npartial_score = 1\nremove = true",
    ));
    assert_eq!(codes(&file), ["gap", "changes-nothing"]);
    let file = extending(&attribute(
        "contract",
        "reason_code = \"no-contract\"\npartial_score = -1\n[[scorecard.characteristic.attribute]]\nreason_code = \"no-contract\"\npartial_score = -2",
    ));
    assert_eq!(codes(&file), ["defined-twice"]);
}

#[test]
fn a_list_of_one_is_that_one() {
    let of = |when: &str| {
        sound(&attribute(
            "contract",
            &format!("reason_code = \"no-contract\"\nwhen.contract = {when}\npartial_score = -4"),
        ))
    };
    assert_eq!(of("\"no\"").hash(), of("[\"no\"]").hash());
}

#[test]
fn a_bound_of_nothing_leaves_no_gap_below_it() {
    let rest =
        "[[criterion]]\nname = \"visits\"\nsays = \"how long a visit is\"\nkind = \"length\"\n";
    let any = attribute(
        "visits",
        "when.visits = \">= 0 months\"\npartial_score = 1\nreason_code = \"any-visit\"\nreason = \"A visit\"",
    );
    sound(&format!("{rest}{any}"));
}

#[test]
fn a_word_with_another_built_in_meaning_is_reported() {
    for word in ["cancelled", "ja", "n/a", "sígned"] {
        let value = if word == "sígned" || word == "ja" {
            "no"
        } else {
            "yes"
        };
        let file = extending(&format!("[words.xx]\ncontract.{value} = [{word:?}]\n"));
        assert_eq!(codes(&file), ["overrides-word"], "{word}");
    }
    let file = extending("[words.xx]\nmarket.\"(column)\" = [\"Duration\"]\n");
    assert_eq!(codes(&file), ["word-with-two-meanings"]);
}

#[test]
fn a_value_is_called_by_its_name_even_if_that_is_another_word() {
    let mine =
        extending("[[criterion]]\nname = \"contract\"\nmore_values = [\"signed\", \"ja\"]\n");
    let day = jiff::civil::date(2026, 1, 31);
    let rules = Rules::compile(mine.rulebook.unwrap(), &Own::default(), day).unwrap();
    let contract = rules.criterion("contract").unwrap();
    for (text, value) in [("Signed", 4), ("JA", 5), ("oui", 0)] {
        assert_eq!(
            rules.read(contract, text),
            clientype::internals::value::Value::Choice(value),
            "{text}"
        );
    }
    let file = extending("[[criterion]]\nname = \"contract\"\nmore_values = [\"Rolling\"]\n");
    assert!(
        codes(&file).contains(&"bad-values"),
        "{:?}",
        file.diagnostics
    );
}

#[test]
fn one_mistake_brings_one_finding() {
    for (text, code) in [
        (
            "name = \"a\"\nversion = \"1\"\nextend = \"document\"\n[[scorecard]]\nname = \"relationship\"\ninitial_score = 1\n",
            "wrong-type",
        ),
        (
            "name = \"a\"\nversion = \"1\"\nextends = \"documents\"\n[[scorecard]]\nname = \"relationship\"\ninitial_score = 1\n",
            "unknown-key",
        ),
        (
            "name = \"a\"\nversion = \"1\"\nextend = \"documents\"\n[scorecard]\nname = \"relationship\"\n",
            "wrong-type",
        ),
        (
            "name = \"a\"\nversion = \"1\"\nextend = \"documents\"\n[[characteristic]]\ncriterion = \"contract\"\n",
            "unknown-key",
        ),
    ] {
        let file = RuleFile::check(text);
        assert_eq!(codes(&file), [code], "{:?}", file.diagnostics);
    }
    let file = RuleFile::check(
        "name = \"a\"\nversion = \"1\"\nextend = \"documents\"\n[[characteristic]]\n",
    );
    assert_eq!(
        file.diagnostics[0].help,
        "move it to where it belongs: [[scorecard.characteristic]]"
    );
    let file = extending(&attribute(
        "contract",
        "reason_code = \"retainer\"\npartial_score = 2",
    ));
    assert_eq!(codes(&file), ["not-inherited"]);
    assert_eq!(
        file.diagnostics[0].help,
        "move it to the characteristic that has it: relationship, revenue_model"
    );
}

#[test]
fn a_key_below_a_header_is_reported_with_its_place() {
    let file =
        RuleFile::check("name = \"a\"\nversion = \"1\"\n[words.en]\nextend = \"documents\"\n");
    let helps: Vec<&str> = file.diagnostics.iter().map(|one| &*one.help).collect();
    assert!(
        helps.contains(&"put `extend` at the top of the file, above the first header"),
        "{helps:?}"
    );
}

#[test]
fn what_a_change_of_a_criterion_breaks_is_reported_there() {
    let text = format!("{HEAD}[[criterion]]\nname = \"contract\"\nvalues = [\"yes\", \"no\"]\n");
    let file = RuleFile::check(&text);
    let found: Vec<(&str, &str)> = (file.diagnostics.iter())
        .map(|one| (one.code.name(), &text[one.span.clone()]))
        .collect();
    assert_eq!(found[0], ("bad-values", "[[criterion]]"));
    // Two attributes, and the kinds of related files.
    assert_eq!(found.len(), 11);
    for one in &found[1..] {
        assert_eq!(*one, ("unknown-value", "[\"yes\", \"no\"]"));
    }
    let file =
        extending("[[criterion]]\nname = \"service\"\ngroups.client_example = [\"acounting\"]\n");
    assert_eq!(codes(&file), ["bad-values"]);
}

#[test]
fn a_word_may_join_lengths_that_is_a_unit_behind_a_number() {
    let mine = sound(
        "[words.es]\nlength.and = [\"y\"]\nlength.year = [\"año\", \"años\"]\nlength.month = [\"meses\"]\n",
    );
    let day = jiff::civil::date(2026, 1, 31);
    let rules = Rules::compile(mine, &Own::default(), day).unwrap();
    let duration = rules.criterion("duration").unwrap();
    for (text, months) in [
        ("1 año y 2 meses", 14.0),
        ("3y", 36.0),
        ("1y2m", 14.0),
        ("2 años", 24.0),
    ] {
        let clientype::internals::value::Value::Length(length) = rules.read(duration, text) else {
            panic!("{text}")
        };
        assert_eq!(length.in_months(), months, "{text}");
    }
}
