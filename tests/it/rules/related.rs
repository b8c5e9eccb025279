//! Kinds of related files: what a rulebook declares of them, and the errors in that.

use std::collections::BTreeSet;

use clientype::internals::engine::compile::Rules;
use clientype::internals::lexicon::vocabulary;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::rulebook::difference::{How, differences};
use clientype::internals::rulebook::file::{RuleFile, written};
use clientype::internals::rulebook::ir::Test;
use clientype::internals::rulebook::related::State;
use clientype::internals::rulebook::related::checked::{FoldRule, RelatedKind};
use clientype::internals::value::Own;

const HEAD: &str = "name = \"mine\"\nversion = \"1\"\nextend = \"documents\"\n";

const FREQUENCY: &str = "frequency = { criterion = \"frequency\", once = \"once\", occasional = \"occasional\", regular = \"regular\", records = 4, span = \"half a year\", gap = \"4 months\" }";

/// A kind of related files with these keys.
fn kind(name: &str, rest: &str) -> String {
    format!("{HEAD}[[related]]\nname = \"{name}\"\n{rest}\n")
}

/// The same, complete.
fn visits(rest: &str) -> String {
    kind(
        "visits",
        &format!("says = \"visits of buyers\"\ncounts = [\"none\", \"done\"]\n{rest}"),
    )
}

/// The rules of a rulebook without diagnostics.
fn rules(text: &str) -> Rules {
    let file = RuleFile::check(text);
    assert_eq!(file.diagnostics, [], "{text}");
    let as_of = jiff::civil::date(2026, 1, 31);
    Rules::compile(file.rulebook.unwrap(), &Own::default(), as_of).unwrap()
}

fn of<'r>(rules: &'r Rules, name: &str) -> &'r RelatedKind {
    let mut all = rules.related().iter();
    all.find(|one| one.name == name).unwrap()
}

/// Code, text at the place, message and help of the only diagnostic.
fn only(text: &str) -> [String; 4] {
    let file = RuleFile::check(text);
    let [one] = &file.diagnostics[..] else {
        panic!("{text}: {:?}", file.diagnostics)
    };
    let code = one.code.name().to_owned();
    let at = text[one.span.clone()].to_owned();
    [code, at, one.found.clone(), one.help.clone()]
}

#[test]
fn a_kind_is_checked_into_indexes() {
    let rules = rules(&visits(&format!(
        "about = \"contract\"\ntake.contract = [\"yes\", \"ended\"]\ntake.market = \"niche\"\n\
         take.duration = \"longest\"\ntake.service = \"last\"\nmeans.revenue_model = \"per_purchase\"\n\
         goods.offering = \"product\"\nunless.service = \"client_example\"\ncontradicts.affiliation = [\"prospect\"]\n{FREQUENCY}",
    )));
    let visits = of(&rules, "visits");
    let place = |name: &str| rules.criterion(name).unwrap();
    assert_eq!(visits.says, "visits of buyers");
    assert_eq!(visits.about, Some(0));
    let counts = State::ALL.map(|state| visits.counts_in(state));
    assert_eq!(counts, [true, false, false, true, false, false]);
    assert_eq!(
        visits.take,
        [
            (place("contract"), FoldRule::Any(vec![0, 3])),
            (place("duration"), FoldRule::Longest),
            (place("market"), FoldRule::Any(vec![0])),
            (place("service"), FoldRule::Last),
        ]
    );
    assert_eq!(visits.means, [(place("revenue_model"), 2)]);
    assert_eq!(visits.goods, [(place("offering"), 2)]);
    assert_eq!(visits.unless[0].criterion, place("service"));
    assert_eq!(visits.unless[0].test, Test::OneOf(0b111_1111));
    assert_eq!(visits.contradicts[0].test, Test::OneOf(1 << 9));
    let frequency = visits.frequency.unwrap();
    assert_eq!(frequency.criterion, place("frequency"));
    let values = [frequency.once, frequency.occasional, frequency.regular];
    assert_eq!(values, [2, 1, 0]);
    let bounds = [frequency.records, frequency.span, frequency.gap];
    assert_eq!(bounds, [4, 6, 4]);
}

#[test]
fn the_built_in_kinds_are_there_with_what_they_show() {
    let rulebook = Rulebook::documents().unwrap();
    let names: Vec<&str> = rulebook.related.iter().map(|one| &*one.name).collect();
    assert_eq!(
        names,
        [
            "contracts",
            "subscriptions",
            "orders",
            "order_lines",
            "invoices",
            "payments",
            "bookings",
            "opportunities",
            "matters",
            "staff",
            "suppliers",
            "people",
            "tickets",
            "time",
            "logs"
        ]
    );
    let rules = rules(HEAD);
    let taken = |name: &str| of(&rules, name).take.iter().map(|(_, rule)| rule);
    assert!(taken("contracts").any(|rule| *rule == FoldRule::Span));
    assert!(taken("people").all(|rule| *rule == FoldRule::Flag));
    assert!(of(&rules, "subscriptions").about.is_some());
    // A draft and what was cancelled never count.
    for one in rules.related() {
        assert!(!one.counts_in(State::Draft) && !one.counts_in(State::Void));
    }
}

#[test]
fn built_in_words_name_built_in_kinds_and_states() {
    let rulebook = Rulebook::documents().unwrap();
    let of = |criterion: &str| {
        let entries = vocabulary::entries();
        let of = entries.filter(|one| one.criterion == criterion);
        of.map(|one| one.value).collect::<BTreeSet<_>>()
    };
    let kinds = rulebook.related.iter().map(|one| &*one.name);
    let all: BTreeSet<&str> = kinds
        .chain(vocabulary::OTHER_THINGS.iter().copied())
        .collect();
    assert_eq!(of(vocabulary::RELATED), all);
    // Of a record that was signed its days show more, and some are of others.
    let states = State::ALL.map(State::name).into_iter().skip(1);
    let all: BTreeSet<&str> = states.chain(["signed", "other"]).collect();
    assert_eq!(of("state"), all);
    let states = vocabulary::other_meanings("state").iter().copied();
    assert_eq!(states.collect::<BTreeSet<_>>(), all);
}

#[test]
fn a_file_changes_a_kind_removes_one_and_adds_one() {
    let text = format!(
        "{HEAD}[[related]]\nname = \"orders\"\ncounts = [\"done\"]\ntake.service = \"last\"\n\
         [[related]]\nname = \"logs\"\nremove = true\n\
         [[related]]\nname = \"visits\"\nsays = \"visits of buyers\"\ncounts = [\"done\"]\n"
    );
    let rules = rules(&text);
    assert!(rules.related().iter().all(|one| one.name != "logs"));
    assert_eq!(rules.related().last().unwrap().name, "visits");
    let mine = rules.rulebook();
    let found = differences(&Rulebook::documents().unwrap(), mine);
    let found: Vec<_> = (found.iter())
        .filter(|one| one.what == "related file")
        .map(|one| match &one.how {
            How::Added(says) => (&*one.name, "+", says.clone()),
            How::Removed(says) => (&*one.name, "-", says.clone()),
            How::Changed {
                field,
                before,
                after,
            } => (&*one.name, "~", format!("{field}: {before} -> {after}")),
        })
        .collect();
    assert_eq!(
        found,
        [
            ("orders", "~", "counts: none, open, done -> done".to_owned()),
            ("orders", "~", "take service: agree -> last".to_owned()),
            ("visits", "+", "visits of buyers".to_owned()),
            (
                "logs",
                "-",
                "what happened with buyers: campaigns, audits, events".to_owned()
            ),
        ]
    );
    let again = RuleFile::read(&written(mine, &[]));
    assert_eq!(again.rulebook.as_ref(), Some(mine));
}

#[test]
fn a_value_of_another_type_is_reported_at_its_place() {
    let frequency = |from: &str, to: &str| visits(&FREQUENCY.replace(from, to));
    for (text, code, at, help) in [
        (
            visits("take.contract = []"),
            "wrong-type",
            "[]",
            "write a text, or at least one in brackets, such as \"yes\" or [\"yes\", \"no\"]",
        ),
        (
            visits("means.offering = [\"product\"]"),
            "wrong-type",
            "[\"product\"]",
            "write a text that is not empty",
        ),
        (
            frequency("records = 4", "records = \"4\""),
            "wrong-type",
            "\"4\"",
            "remove the quotes",
        ),
        (
            frequency("records = 4", "records = 7"),
            "out-of-range",
            "7",
            "write a whole number from 2 to 6",
        ),
        (
            frequency("records = 4", "records = -4"),
            "out-of-range",
            "-4",
            "write a whole number from 2 to 6",
        ),
        (
            frequency("\"4 months\"", "4"),
            "wrong-type",
            "4",
            "put it in quotes, as a text that is not empty",
        ),
        (
            visits("cuonts = [\"open\"]"),
            "unknown-key",
            "cuonts",
            "did you mean `counts`?",
        ),
        (
            kind("Visits", "says = \"visits\"\ncounts = [\"done\"]"),
            "bad-name",
            "\"Visits\"",
            "write a text of a-z, 0-9 and _",
        ),
    ] {
        let [found_code, found_at, _, found_help] = only(&text);
        assert_eq!([&*found_code, &*found_at, &*found_help], [code, at, help]);
    }
}

#[test]
fn a_new_kind_has_to_be_complete_and_its_own() {
    let [code, _, found, help] = only(&kind("visits", "says = \"visits\""));
    assert_eq!(code, "missing-key");
    assert_eq!(found, "the related file \"visits\" has no `counts`");
    assert!(help.contains("add `counts`"), "{help}");
    let [code, at, found, help] = only(&kind("order", "counts = [\"done\"]"));
    assert_eq!((&*code, &*at), ("not-inherited", "\"order\""));
    assert_eq!(
        found,
        "no related file \"order\" is inherited, and this table is incomplete"
    );
    assert!(help.contains("\"orders\""), "{help}");
    let [code, at, ..] = only(&kind("orders", ""));
    assert_eq!((&*code, &*at), ("changes-nothing", "[[related]]"));
    let twice =
        visits("") + "[[related]]\nname = \"visits\"\nsays = \"again\"\ncounts = [\"open\"]\n";
    assert_eq!(only(&twice)[0], "defined-twice");
}

#[test]
fn names_that_do_not_exist_are_reported_at_their_place() {
    let frequency = |from: &str, to: &str| visits(&FREQUENCY.replace(from, to));
    for (text, code, at, found) in [
        (
            visits("about = \"contrakt\""),
            "unknown-criterion",
            "\"contrakt\"",
            "unknown criterion \"contrakt\"",
        ),
        (
            visits("about = \"market\""),
            "bad-values",
            "\"market\"",
            "\"market\" has no `in_force`",
        ),
        (
            kind("orders", "counts = [\"open\", \"dnoe\"]"),
            "unknown-value",
            "\"dnoe\"",
            "\"dnoe\" is not a state of records",
        ),
        (
            visits("take.contrakt = \"agree\""),
            "unknown-criterion",
            "contrakt",
            "unknown criterion \"contrakt\"",
        ),
        (
            visits("take.contract = \"span\""),
            "unknown-value",
            "\"span\"",
            "\"span\" is neither a rule nor a value of \"contract\"",
        ),
        (
            visits("take.contract = [\"yes\", \"rollng\"]"),
            "unknown-value",
            "\"rollng\"",
            "\"contract\" has no value \"rollng\"",
        ),
        (
            visits("take.duration = \"agree\""),
            "unknown-value",
            "\"agree\"",
            "\"agree\" is not a rule for \"duration\", which is a length",
        ),
        (
            visits("take.duration = [\"span\", \"sum\"]"),
            "unknown-value",
            "[\"span\", \"sum\"]",
            "\"duration\" is a length, and takes exactly one rule",
        ),
        (
            visits("take.start_date = \"first\""),
            "bad-comparison",
            "\"first\"",
            "\"start_date\" is a date, which `take` cannot take",
        ),
        (
            visits("means.duration = \"yes\""),
            "bad-comparison",
            "duration",
            "\"duration\" is a length, and not a choice",
        ),
        (
            visits("means.service = \"client_example\""),
            "unknown-value",
            "\"client_example\"",
            "\"service\" has no value \"client_example\"",
        ),
        (
            visits("goods.offring = \"product\""),
            "unknown-criterion",
            "offring",
            "unknown criterion \"offring\"",
        ),
        (
            visits("unless.service = [\"law\", \"notary\"]"),
            "unknown-value",
            "\"notary\"",
            "\"service\" has no value or group \"notary\"",
        ),
        (
            visits("contradicts.start_date = \"prospect\""),
            "bad-comparison",
            "start_date",
            "\"start_date\" is a date, and not a choice",
        ),
        (
            frequency("criterion = \"frequency\"", "criterion = \"duration\""),
            "bad-comparison",
            "\"duration\"",
            "\"duration\" is a length, and not a choice",
        ),
        (
            frequency("once = \"once\"", "once = \"onec\""),
            "unknown-value",
            "\"onec\"",
            "\"frequency\" has no value \"onec\"",
        ),
        (
            frequency("\"4 months\"", "\"soon\""),
            "bad-comparison",
            "\"soon\"",
            "`gap` is \"soon\", which is not a length",
        ),
        (
            frequency("\"4 months\"", "\"6 years\""),
            "out-of-range",
            "\"6 years\"",
            "`gap` is \"6 years\", which is out of range",
        ),
        (
            frequency("\"half a year\"", "\"10 days\""),
            "out-of-range",
            "\"10 days\"",
            "`span` is \"10 days\", which is out of range",
        ),
    ] {
        let [found_code, found_at, found_text, help] = only(&text);
        assert_eq!([&*found_code, &*found_at, &*found_text], [code, at, found]);
        assert!(!help.is_empty(), "{found}");
    }
}

#[test]
fn an_inherited_kind_loses_what_it_has_about_a_removed_criterion() {
    let removal = "[[scorecard]]\nname = \"relationship\"\n[[scorecard.characteristic]]\ncriterion = \"frequency\"\nremove = true\n\
         [[scorecard.characteristic]]\ncriterion = \"market\"\nremove = true\n\
         [[criterion]]\nname = \"frequency\"\nremove = true\n[[criterion]]\nname = \"market\"\nremove = true\n";
    let without = rules(&format!("{HEAD}{removal}"));
    assert!(of(&without, "orders").frequency.is_none());
    assert_eq!(of(&without, "orders").means.len(), 1);
    // But what the file states itself is reported.
    for (rest, at) in [
        ("take.market = \"agree\"\n", "market"),
        (FREQUENCY, "\"frequency\""),
    ] {
        let [code, found, ..] = only(&(visits(rest) + "\n" + removal));
        assert_eq!((&*code, &*found), ("unknown-criterion", at));
    }
}

#[test]
fn the_words_of_a_kind_are_those_of_one_that_is_declared() {
    let words = "[words.nl]\nrelated.visits = [\"bezoeken\"]\nstate.done = [\"bezocht\"]\n";
    rules(&(visits("") + words));
    let [code, at, found, _] = only(&format!("{HEAD}{words}"));
    assert_eq!((&*code, &*at), ("unknown-value", "visits"));
    assert_eq!(found, "no related file is called \"visits\"");
    let [code, _, found, help] = only(&format!("{HEAD}[words.nl]\nstate.dnoe = [\"klaar\"]\n"));
    assert_eq!(code, "unknown-value");
    assert!(
        found.contains("dnoe") && help.contains("done"),
        "{found} {help}"
    );
    // Their names are those of no criterion.
    for name in ["related", "state"] {
        let text = format!(
            "{HEAD}[[criterion]]\nname = \"{name}\"\nsays = \"it\"\nkind = \"choice\"\nvalues = [\"a\"]\n"
        );
        let file = RuleFile::read(&text);
        assert_eq!(file.diagnostics[0].code.name(), "bad-name");
    }
}

#[test]
fn a_rulebook_of_its_own_needs_no_kind() {
    let mut rulebook = Rulebook::documents().unwrap();
    rulebook.related.clear();
    let json = serde_json::to_value(&rulebook).unwrap();
    assert!(json.get("related").is_none());
    let again: Rulebook = serde_json::from_value(json).unwrap();
    assert_eq!(again, rulebook);
    // Also if it was not read from a file, its kinds are checked.
    let mut twice = Rulebook::documents().unwrap();
    let mut first = twice.related[0].clone();
    first.counts.clear();
    twice.related.push(first);
    let rules = Rules::compile(twice, &Own::default(), jiff::civil::date(2026, 1, 31));
    let error = rules.unwrap_err().to_string();
    assert!(error.contains("defined twice"), "{error}");
}
