//! The built-in rulebook and the vocabulary.

mod columns;
mod related;
mod rulebooks;
mod vocabulary;
mod words;

use clientype::internals::engine::compile::Rules;
use clientype::internals::engine::evaluate::{Evaluation, Evidence};
use clientype::internals::rulebook::{Condition, Rulebook};
use clientype::internals::value::Value;
use clientype::internals::value::{Kind, Own};
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::effort::cases;

/// The ids of all statements of the four documents.
const STATEMENTS: &[&str] = &[
    "vi.contract",
    "vi.agency",
    "de.contract",
    "vi.tenure",
    "vi.long-project",
    "de.term",
    "vi.engagement",
    "de.relationship",
    "de.regulars",
    "de.customization",
    "de.minimal",
    "vi.meaning",
    "vi.offering",
    "de.service-oriented",
    "vi.focus",
    "vi.attention",
    "de.manager",
    "de.revenue",
    "de.frequency",
    "de.volume",
    "de.market",
    "de.confidential",
    "vi.resale",
    "vi.examples",
    "de.examples-client",
    "de.examples-customer",
    "vi.both",
    "de.subset",
    "de.nature",
    "de.saas",
    "fr.internal",
    "fr.external",
    "fr.same-industry",
    "fr.prospect",
    "fr.price",
    "fr.knows-seller",
    "pl.inside",
    "pl.roles",
    "pl.external",
    "pl.own-job",
    "pl.unit",
];

fn rules() -> Rules {
    let own = Own::new(["Acme", "acme.example"]);
    Rules::compile(
        Rulebook::documents().unwrap(),
        &own,
        jiff::civil::date(2026, 1, 31),
    )
    .unwrap()
}

#[test]
fn every_statement_is_cited_or_gives_the_reason_why_not() {
    let rulebook = Rulebook::documents().unwrap();
    let known: Vec<&str> = rulebook
        .statements
        .iter()
        .map(|statement| statement.id.as_str())
        .collect();
    assert_eq!(known, STATEMENTS);
    let cited: Vec<&str> = rulebook
        .scorecards
        .iter()
        .flat_map(|card| &card.characteristics)
        .flat_map(|characteristic| &characteristic.attributes)
        .flat_map(|attribute| attribute.sources.iter().map(String::as_str))
        .collect();
    for statement in &rulebook.statements {
        let is_cited = cited.contains(&statement.id.as_str());
        assert_ne!(is_cited, statement.not_a_rule.is_some(), "{}", statement.id);
    }
}

#[test]
fn every_attribute_has_a_reason_and_a_source() {
    for card in Rulebook::documents().unwrap().scorecards {
        for attribute in card
            .characteristics
            .iter()
            .flat_map(|characteristic| &characteristic.attributes)
        {
            assert!(
                !attribute.reason.is_empty() && !attribute.sources.is_empty(),
                "{}",
                attribute.reason_code
            );
        }
    }
}

/// Judges a record of one scorecard, given as criteria and texts.
fn judge(rules: &Rules, record: &[(&str, &str)]) -> Evaluation {
    let criteria = rules.rulebook().criteria.len();
    let mut readings = vec![Value::Missing; criteria];
    for (criterion, text) in record {
        let criterion = rules.criterion(criterion).unwrap();
        readings[criterion] = rules.read(criterion, text);
        assert!(readings[criterion].is_known(), "{text:?}");
    }
    rules.derive(&mut readings);
    let mut evaluation = Evaluation::default();
    rules.evaluate(
        &readings,
        &rules.steps(&vec![true; criteria]),
        &mut evaluation,
    );
    evaluation
}

fn relationship(record: &[(&str, &str)]) -> String {
    let rules = rules();
    rules
        .label(0, judge(&rules, record).verdicts[0].label)
        .to_owned()
}

#[test]
fn every_value_has_an_attribute() {
    let rules = rules();
    for (index, criterion) in rules.rulebook().criteria.iter().enumerate() {
        let readings: Vec<Value> = match criterion.kind {
            Kind::Length => ["0", "5", "6", "11", "12", "23", "24", "1200"]
                .map(|text| rules.read(index, text))
                .to_vec(),
            Kind::Date => continue,
            _ => (0..criterion.values.len())
                .map(|value| Value::Choice(value as u8))
                .collect(),
        };
        for reading in readings {
            let mut record = vec![Value::Missing; rules.rulebook().criteria.len()];
            record[index] = reading;
            let mut evaluation = Evaluation::default();
            rules.evaluate(
                &record,
                &rules.steps(&vec![true; record.len()]),
                &mut evaluation,
            );
            let applied = evaluation
                .evidence
                .iter()
                .flatten()
                .filter(|e| matches!(e, Evidence::Applied(_)))
                .count();
            assert_eq!(applied, 1, "{} {reading:?}", criterion.name);
        }
    }
}

#[test]
fn duration_alone_never_makes_a_client_nor_a_customer() {
    for duration in ["0", "1 month", "2 years", "15 years", "100 years"] {
        assert_eq!(
            relationship(&[("duration", duration)]),
            "Undetermined",
            "{duration}"
        );
    }
}

#[test]
fn long_duration_earns_nothing_where_each_visit_is_a_transaction() {
    let rules = rules();
    let mut shortly = Vec::new();
    for service in [
        "retail",
        "restaurant",
        "spa_salon",
        "bakery",
        "petrol_station",
        "wedding_planning",
    ] {
        shortly.push(("service", service));
    }
    shortly.push(("engagement", "transactional"));
    for circumstance in shortly {
        let without = judge(&rules, &[circumstance]).verdicts[0].score;
        for duration in ["12 months", "9 years"] {
            let with = judge(&rules, &[circumstance, ("duration", duration)]).verdicts[0].score;
            assert_eq!(with, without, "{circumstance:?} {duration}");
        }
    }
    let alone = judge(&rules, &[("duration", "9 years")]).verdicts[0].score;
    assert!(alone > 0, "elsewhere it earns something");
}

#[test]
fn a_subscriber_with_premium_support_for_years_has_not_earned_client() {
    let subscriber = [
        ("revenue_model", "subscription"),
        ("account_manager", "dedicated"),
        ("duration", "5 years"),
    ];
    assert_eq!(relationship(&subscriber), "Undetermined");
    let premium = [
        ("revenue_model", "subscription"),
        ("account_manager", "dedicated"),
        ("attention", "high"),
        ("frequency", "regular"),
        ("duration", "6 years"),
    ];
    assert_eq!(relationship(&premium), "Undetermined");
}

#[test]
fn a_wedding_stays_a_purchase_however_much_is_planned() {
    let couple = [
        ("service", "wedding_planning"),
        ("contract", "yes"),
        ("customization", "custom"),
        ("attention", "high"),
        ("account_manager", "dedicated"),
        ("frequency", "once"),
    ];
    assert_eq!(relationship(&couple), "Customer");
}

#[test]
fn dates_give_the_duration_that_is_not_stated() {
    let rules = rules();
    let score = |record: &[(&str, &str)]| judge(&rules, record).verdicts[0].score;
    let long = score(&[("duration", "3 years")]);
    assert_eq!(
        score(&[("start_date", "2023-01-31")]),
        long,
        "until the as-of date"
    );
    assert_eq!(
        score(&[("start_date", "2010-05-01"), ("end_date", "2013-05-01")]),
        long
    );
    assert_eq!(
        score(&[("start_date", "2010-05-01"), ("duration", "1 month")]),
        score(&[("duration", "1 month")])
    );
}

#[test]
fn contradicting_dates_are_not_understood() {
    let rules = rules();
    let [start, end, duration] =
        ["start_date", "end_date", "duration"].map(|name| rules.criterion(name).unwrap());
    for (from, to, blamed) in [
        ("2024-05-01", Some("2024-04-30"), end),
        ("2026-02-01", None, start),
        ("1900-05-01", None, start),
    ] {
        let mut readings = vec![Value::Missing; rules.rulebook().criteria.len()];
        readings[start] = rules.read(start, from);
        readings[end] = to.map_or(Value::Missing, |to| rules.read(end, to));
        assert_eq!(rules.derive(&mut readings), Some(blamed));
        assert_eq!(readings[duration], Value::NotRecognized);
    }
}

#[test]
fn an_end_that_is_open_runs_to_the_as_of_date() {
    for end in ["", "9999-12-31", "31.12.9999", "2099-12-31", "n/a"] {
        assert_eq!(
            length(&[("start_date", "2020-01-31"), ("end_date", end)]),
            Some(72.0),
            "{end:?}"
        );
    }
}

#[test]
fn a_length_that_may_be_another_is_not_understood() {
    let rules = rules();
    let duration = rules.criterion("duration").unwrap();
    // Less than a year is not less than half a year, and dots may group digits.
    for text in
        "0 years|0 Jahre|0 ans|0.0 lat|1.095 days|1.500 Tage|1.095 ngày|104.000 tygodni|1,095 jours"
            .split('|')
    {
        assert_eq!(rules.read(duration, text), Value::NotRecognized, "{text}");
    }
    for (text, months) in [
        ("0 months", 0.0),
        ("0 years 3 months", 3.0),
        ("0.5 years", 6.0),
        ("1.095 months", 1.095),
        ("36.5 days", 1.2),
        ("1.0950 days", 0.036),
        ("0.365 days", 0.012),
    ] {
        let Value::Length(length) = rules.read(duration, text) else {
            panic!("{text}");
        };
        assert!((length.in_months() - months).abs() < 0.01, "{text}");
    }
}

#[test]
fn the_last_day_belongs_to_the_length() {
    for (start, end, months) in [
        ("2025-05-31", "2026-05-30", 12.0),
        ("2024-01-01", "2024-12-31", 12.0),
        ("2024-01-01", "2025-06-30", 18.0),
    ] {
        assert_eq!(
            length(&[("start_date", start), ("end_date", end)]),
            Some(months),
            "{start} to {end}"
        );
    }
}

/// The length, in months, that these texts give.
fn length(texts: &[(&str, &str)]) -> Option<f64> {
    let rules = rules();
    let mut readings = vec![Value::Missing; rules.rulebook().criteria.len()];
    for (name, text) in texts {
        let criterion = rules.criterion(name).unwrap();
        readings[criterion] = rules.read(criterion, text);
    }
    rules.derive(&mut readings);
    match readings[rules.criterion("duration").unwrap()] {
        Value::Length(length) => Some(length.in_months()),
        _ => None,
    }
}

#[test]
fn a_date_that_is_not_understood_is_not_missing() {
    let rules = rules();
    let [start, end, duration] =
        ["start_date", "end_date", "duration"].map(|name| rules.criterion(name).unwrap());
    for (from, to, wanted) in [
        (Some("soon"), None, Value::NotRecognized),
        (Some("2250-05-01"), None, Value::NotRecognized),
        // What programs write for a missing start.
        (Some("1900-01-01"), None, Value::Missing),
        (Some("01.01.0001"), None, Value::Missing),
        (Some("9999-12-31"), None, Value::Missing),
        (Some("2024-05-01"), Some("soon"), Value::NotRecognized),
        (None, Some("2024-05-01"), Value::Missing),
    ] {
        let mut readings = vec![Value::Missing; rules.rulebook().criteria.len()];
        readings[start] = from.map_or(Value::Missing, |from| rules.read(start, from));
        readings[end] = to.map_or(Value::Missing, |to| rules.read(end, to));
        assert_eq!(rules.derive(&mut readings), None);
        assert_eq!(readings[duration], wanted, "{from:?} to {to:?}");
    }
}

/// What `text` is read as: the value's name, or why it is not evidence.
fn read(rules: &Rules, criterion: &str, text: &str) -> String {
    let index = rules.criterion(criterion).unwrap();
    match rules.read(index, text) {
        Value::Choice(value) => rules.rulebook().criteria[index].values[usize::from(value)].clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn yes_and_no_answer_the_questions_that_columns_ask() {
    let rules = rules();
    for (criterion, yes, no) in [
        ("contract", "yes", "no"),
        ("account_manager", "dedicated", "shared"),
        ("customization", "custom", "standard"),
        ("pricing", "internal_discount", "list_price"),
        ("usage", "own_job", "other"),
        ("buyer_role", "reseller", "end_user"),
    ] {
        for word in ["yes", "Y", "x", "1", "true", "J", "ja", "oui", "Tak", "có"] {
            assert_eq!(read(&rules, criterion, word), yes, "{criterion} {word:?}");
        }
        for word in ["no", "N", "0", "FALSE", "nein", "non", "nie", "không"] {
            assert_eq!(read(&rules, criterion, word), no, "{criterion} {word:?}");
        }
        for word in ["yes?", "no?", "maybe"] {
            assert_eq!(read(&rules, criterion, word), "NotRecognized", "{word:?}");
        }
    }
}

#[test]
fn no_band_is_so_far_away_that_numbers_end() {
    for far in [i32::MIN, i32::MAX, -1_000_001] {
        let mut rulebook = Rulebook::documents().unwrap();
        let bands = &mut rulebook.scorecards[0].bands;
        let lower = bands.iter_mut().find(|band| band.at_most.is_some());
        lower.unwrap().at_most = Some(far);
        let day = jiff::civil::date(2026, 1, 31);
        let error = Rules::compile(rulebook, &Own::default(), day).unwrap_err();
        assert!(
            error.to_string().contains("beyond 1000000 points"),
            "{error}"
        );
    }
}

#[test]
fn no_organization_is_not_another_one() {
    let rules = rules();
    for word in ["none", "Privat", "osoba prywatna", "aucune", "không có"] {
        assert_eq!(read(&rules, "organization", word), "Missing", "{word:?}");
    }
    // A flag, a legal form or a structure names nobody.
    for word in ["true", "Nein", "GmbH", "{\"name\":\"Acme\"}", "[\"Acme\"]"] {
        assert_eq!(
            read(&rules, "organization", word),
            "NotRecognized",
            "{word:?}"
        );
    }
    for (word, whose) in [
        ("Globex", "other"),
        ("Acme", "own"),
        ("acme.example", "own"),
    ] {
        assert_eq!(read(&rules, "organization", word), whose, "{word:?}");
    }
}

#[test]
fn commas_stand_between_words() {
    let rules = rules();
    let value = "high_volume_low_value";
    for word in ["gros volume, faible valeur", "số lượng lớn, giá trị thấp"] {
        assert_eq!(read(&rules, "volume", word), value, "{word:?}");
    }
}

#[test]
fn the_values_of_a_new_criterion_are_words_already() {
    let tier = "[[criterion]]\nname = \"tier\"\nsays = \"which plan\"\nkind = \"choice\"\nvalues = [\"gold\", \"old_silver\"]\n\n";
    let (before, after) = clientype::internals::rulebook::DOCUMENTS
        .split_once("[[criterion]]\n")
        .unwrap();
    let text = format!("{before}{tier}[[criterion]]\n{after}");
    let day = jiff::civil::date(2026, 1, 31);
    let rules = Rules::compile(Rulebook::parse(&text).unwrap(), &Own::default(), day).unwrap();
    assert_eq!(read(&rules, "tier", "Gold"), "gold");
    assert_eq!(read(&rules, "tier", "old silver"), "old_silver");
}

#[test]
fn known_missing_and_not_understood_are_three_things() {
    let rules = rules();
    let contract = rules.criterion("contract").unwrap();
    for (text, evidence) in [
        ("no", Evidence::Applied(2)),
        ("", Evidence::Missing),
        ("n/a", Evidence::Missing),
        ("hmm", Evidence::NotUnderstood),
    ] {
        let mut readings = vec![Value::Missing; rules.rulebook().criteria.len()];
        readings[contract] = rules.read(contract, text);
        let mut evaluation = Evaluation::default();
        rules.evaluate(
            &readings,
            &rules.steps(&vec![true; readings.len()]),
            &mut evaluation,
        );
        let card = &rules.rulebook().scorecards[0];
        let place = card
            .characteristics
            .iter()
            .position(|c| c.criterion == "contract")
            .unwrap();
        assert_eq!(evaluation.evidence[0][place], evidence, "{text:?}");
        assert_eq!(
            evaluation.verdicts[0].known,
            u16::from(matches!(evidence, Evidence::Applied(_)))
        );
    }
}

#[test]
fn lengths_are_read_in_all_their_forms() {
    let rules = rules();
    let duration = rules.criterion("duration").unwrap();
    let months = |text: &str| match rules.read(duration, text) {
        Value::Length(length) => Some(length.in_months()),
        _ => None,
    };
    for (text, wanted) in [
        ("18 months", 18.0),
        ("3y", 36.0),
        ("P1Y6M", 18.0),
        ("2 years 3 months", 27.0),
        ("14", 14.0),
        ("10.7", 10.7),
        ("1,5 Jahre", 18.0),
        ("3 Jahre", 36.0),
        ("2 ans et 3 mois", 27.0),
        ("2 lata i 3 miesiące", 27.0),
        ("5 lat", 60.0),
        ("3 năm 2 tháng", 38.0),
        ("3 nam 2 thang", 38.0),
        ("2 năm rưỡi", 30.0),
        ("2 ans et demi", 30.0),
        ("anderthalb Jahre", 18.0),
        ("półtora roku", 18.0),
        ("one year", 12.0),
        ("Two Years", 24.0),
        ("half a year", 6.0),
        ("3½ years", 42.0),
        ("24-months", 24.0),
        ("365 days", 12.0),
        ("730 Tage", 24.0),
        ("p18m", 18.0),
        ("0", 0.0),
        ("18 MIESIĘCY", 18.0),
        ("12 mies.", 12.0),
        ("un an", 12.0),
        ("1 an", 12.0),
        ("zwei Jahre und einen Monat", 25.0),
        ("12 months (1 year)", 12.0),
        ("1 an (12 mois)", 12.0),
        ("3 year(s)", 36.0),
        ("seit 5 Jahren", 60.0),
        ("depuis 5 ans", 60.0),
        ("od 5 lat", 60.0),
        ("ca. 2 Jahre", 24.0),
        // A class is as long as its shortest.
        ("2-3 years", 24.0),
        ("1–2 ans", 12.0),
        ("2 - 5 Jahre", 24.0),
        ("12-24", 12.0),
        ("24+", 24.0),
        // More than a length: at least that length.
        ("over 10 years", 120.0),
        ("> 5 years", 60.0),
        ("5+ years", 60.0),
        ("über 10 Jahre", 120.0),
        ("plus de 10 ans", 120.0),
        ("ponad 10 lat", 120.0),
        ("hơn 10 năm", 120.0),
    ] {
        let read = months(text);
        assert!(
            read.is_some_and(|read| (read - wanted).abs() < 0.01),
            "{text:?}: {read:?}, not {wanted}"
        );
    }
    for text in [
        "-3",
        "2019",
        "3 years ago",
        "2-3 months",
        "1,200",
        "1-2",
        "3-2 years",
        "2019-2021",
        "01-02-2020",
        "12-13-14-15-16-17-18-19-20-21-22-23-24-25-26-27-28-29-30-31-32-33-34-35-36-37 months",
        // Perhaps a month, perhaps ten years.
        "> 2 months",
        "over 11 months",
        "5+",
        "5 years over",
        // Twice the same, or a contradiction.
        "2 years 24 months",
        "3 months 2 years",
        "12 months (2 years)",
        "years",
        "3 4 months",
        "1 year 2 years",
        "P",
        "PT5H3",
        "1e3",
        "2 years and",
    ] {
        assert_eq!(rules.read(duration, text), Value::NotRecognized, "{text:?}");
    }
}

/// Judges a record by the rulebook's text alone, one attribute after the other.
fn judge_naively(rules: &Rules, readings: &[Value], card: usize) -> (i32, Vec<Evidence>) {
    let criteria = &rules.rulebook().criteria;
    let holds = |name: &String, condition: &Condition| {
        let index = rules.criterion(name).unwrap();
        let criterion = &criteria[index];
        let alternatives = match condition {
            Condition::One(one) => vec![one],
            Condition::AnyOf(several) => several.iter().collect(),
        };
        let length = |text: &str| match rules.read(index, text) {
            Value::Length(length) => length,
            other => unreachable!("{text:?} is {other:?}"),
        };
        match readings[index] {
            Value::Choice(value) => {
                let value = &criterion.values[usize::from(value)];
                alternatives.iter().any(|one| {
                    *one == value
                        || criterion
                            .groups
                            .get(*one)
                            .is_some_and(|group| group.contains(value))
                })
            }
            Value::Length(actual) => match alternatives[0].strip_prefix(">=") {
                Some(bound) => actual >= length(bound),
                None => actual < length(alternatives[0].strip_prefix('<').unwrap()),
            },
            _ => false,
        }
    };
    let scorecard = &rules.rulebook().scorecards[card];
    let mut score = scorecard.initial_score;
    let evidence = scorecard.characteristics.iter().map(|characteristic| {
        match readings[rules.criterion(&characteristic.criterion).unwrap()] {
            Value::Missing => return Evidence::Missing,
            Value::NotRecognized => return Evidence::NotUnderstood,
            _ => {}
        }
        let mut attributes = characteristic.attributes.iter();
        let applies = attributes.position(|one| one.when.iter().all(|(n, c)| holds(n, c)));
        applies.map_or(Evidence::NoAttribute, |index| {
            score += characteristic.attributes[index].partial_score;
            Evidence::Applied(index as u16)
        })
    });
    let evidence = evidence.collect();
    (score, evidence)
}

/// The same by the checked form of the rulebook.
fn judge_by_conditions(rules: &Rules, values: &[Value], card: usize) -> (i32, Vec<Evidence>) {
    let card = &rules.checked().scorecards[card];
    let mut score = card.initial_score;
    let evidence = card.characteristics.iter().map(|characteristic| {
        match values[characteristic.criterion] {
            Value::Missing => return Evidence::Missing,
            Value::NotRecognized => return Evidence::NotUnderstood,
            _ => {}
        }
        let mut attributes = characteristic.attributes.iter();
        let applies = attributes.position(|attribute| {
            let mut conditions = attribute.conditions.iter();
            conditions.all(|one| one.test.holds(values[one.criterion]))
        });
        applies.map_or(Evidence::NoAttribute, |index| {
            score += characteristic.attributes[index].points;
            Evidence::Applied(index as u16)
        })
    });
    let evidence = evidence.collect();
    (score, evidence)
}

/// A characteristic with more attributes than a machine word has bits, some of which test
/// another criterion.
fn crowded() -> Rules {
    let mut rulebook = Rulebook::documents().unwrap();
    let characteristics = &mut rulebook.scorecards[0].characteristics;
    let duration = characteristics
        .iter_mut()
        .find(|one| one.criterion == "duration")
        .unwrap();
    let conditional = duration.attributes[0].clone();
    duration.attributes = (0..150)
        .rev()
        .map(|months| {
            let mut attribute = conditional.clone();
            let bound = Condition::One(format!(">= {months} months"));
            attribute.when.insert("duration".to_owned(), bound);
            if months % 3 > 0 {
                attribute.when.retain(|name, _| name == "duration");
            }
            attribute.partial_score = months % 7 - 3;
            attribute.reason_code = format!("months-{months}");
            attribute
        })
        .collect();
    let day = jiff::civil::date(2026, 1, 31);
    Rules::compile(rulebook, &Own::new(["Acme", "acme.example"]), day).unwrap()
}

proptest! {
    #![proptest_config(cases(256, 2000))]

    #[test]
    fn the_tables_agree_with_the_rulebook(
        values in prop::collection::vec(0..200_usize, 24),
        fed in prop::collection::vec(any::<bool>(), 24),
        crowd in any::<bool>(),
    ) {
        static RULES: LazyLock<[Rules; 2]> = LazyLock::new(|| [rules(), crowded()]);
        let rules = &RULES[usize::from(crowd)];
        let criteria = &rules.rulebook().criteria;
        let reading = |((index, criterion), (value, fed)): ((usize, &clientype::internals::rulebook::Criterion), (&usize, &bool))| {
            match (criterion.kind, value) {
                _ if !fed => Value::Missing,
                (_, 0..20) => Value::Missing,
                (_, 20..30) => Value::NotRecognized,
                (Kind::Date, _) => rules.read(index, "2020-02-29"),
                (Kind::Length, _) => rules.read(index, &format!("{} months", value - 30)),
                _ => Value::Choice((value % criterion.values.len()) as u8),
            }
        };
        let inputs = values.iter().zip(&fed);
        let readings: Vec<Value> = criteria.iter().enumerate().zip(inputs).map(reading).collect();
        prop_assert_eq!(readings.len(), criteria.len());
        let mut evaluation = Evaluation::default();
        rules.evaluate(&readings, &rules.steps(&fed), &mut evaluation);
        for card in 0..rules.rulebook().scorecards.len() {
            let (score, evidence) = judge_naively(rules, &readings, card);
            prop_assert_eq!(judge_by_conditions(rules, &readings, card), (score, evidence.clone()));
            // A length may be derived from dates that are fed, but was not here.
            prop_assert_eq!(evaluation.verdicts[card].score, score);
            prop_assert_eq!(&evaluation.evidence[card], &evidence);
            let known = evidence.iter().filter(|one| matches!(one, Evidence::Applied(_) | Evidence::NoAttribute));
            prop_assert_eq!(usize::from(evaluation.verdicts[card].known), known.count());
        }
    }
}
