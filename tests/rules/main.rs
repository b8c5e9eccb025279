//! What the built-in rulebook and the vocabulary promise.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod columns;
mod vocabulary;

use clientype::rules::compile::Rules;
use clientype::rules::evaluate::{Evaluation, Evidence};
use clientype::rules::read::Reading;
use clientype::rules::{Kind, Own, Rulebook};

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
fn every_statement_is_cited_or_says_why_it_is_no_rule() {
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
    let mut readings = vec![Reading::Missing; criteria];
    for (criterion, text) in record {
        let criterion = rules.criterion(criterion).unwrap();
        readings[criterion] = rules.read(criterion, text);
        assert!(readings[criterion].is_known(), "{text:?}");
    }
    rules.derive(&mut readings);
    let mut evaluation = Evaluation::default();
    rules.evaluate(
        &readings,
        &rules.plan(&vec![true; criteria]),
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
        let readings: Vec<Reading> = match criterion.kind {
            Kind::Length => ["0", "5", "6", "11", "12", "23", "24", "1200"]
                .map(|text| rules.read(index, text))
                .to_vec(),
            Kind::Date => continue,
            _ => (0..criterion.values.len())
                .map(|value| Reading::Value(value as u8))
                .collect(),
        };
        for reading in readings {
            let mut record = vec![Reading::Missing; rules.rulebook().criteria.len()];
            record[index] = reading;
            let mut evaluation = Evaluation::default();
            rules.evaluate(
                &record,
                &rules.plan(&vec![true; record.len()]),
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
    ] {
        let mut readings = vec![Reading::Missing; rules.rulebook().criteria.len()];
        readings[start] = rules.read(start, from);
        readings[end] = to.map_or(Reading::Missing, |to| rules.read(end, to));
        assert_eq!(rules.derive(&mut readings), Some(blamed));
        assert_eq!(readings[duration], Reading::NotUnderstood);
    }
}

#[test]
fn known_missing_and_not_understood_are_three_things() {
    let rules = rules();
    let contract = rules.criterion("contract").unwrap();
    for (text, evidence) in [
        ("no", Evidence::Applied(1)),
        ("", Evidence::Missing),
        ("n/a", Evidence::Missing),
        ("hmm", Evidence::NotUnderstood),
    ] {
        let mut readings = vec![Reading::Missing; rules.rulebook().criteria.len()];
        readings[contract] = rules.read(contract, text);
        let mut evaluation = Evaluation::default();
        rules.evaluate(
            &readings,
            &rules.plan(&vec![true; readings.len()]),
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
        Reading::Length(length) => Some(length.in_months()),
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
        "2-3 years",
        "> 5 years",
        "5+",
        "years",
        "3 4 months",
        "1 year 2 years",
        "P",
        "PT5H3",
        "1e3",
        "2 years and",
    ] {
        assert_eq!(
            rules.read(duration, text),
            Reading::NotUnderstood,
            "{text:?}"
        );
    }
}
