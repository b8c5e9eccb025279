//! What the built-in rulebook and the vocabulary promise.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use clientype::columns::Columns;
use clientype::rules::compile::Rules;
use clientype::rules::evaluate::{Evaluation, Evidence};
use clientype::rules::read::Reading;
use clientype::rules::vocabulary::{self, Entry};
use clientype::rules::{Kind, Own, Rulebook};
use unicode_normalization::UnicodeNormalization;

/// The ids of all statements of the four documents.
const STATEMENTS: [&str; 40] = [
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
];
/// The last one, since 40 is where a line ends.
const LAST_STATEMENT: &str = "pl.unit";

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
    let wanted: Vec<&str> = STATEMENTS.into_iter().chain([LAST_STATEMENT]).collect();
    assert_eq!(known, wanted);
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

// ------------------------------------------------------------------ vocabulary

const LANGUAGES: [&str; 6] = ["*", "en", "de", "fr", "pl", "vi"];

fn is_lookup_of_values(entry: &Entry) -> bool {
    !entry.value.starts_with("(column")
        && !matches!(entry.value, "(filler)" | "(legal_form)" | "free_mail")
}

#[test]
fn the_vocabulary_is_sorted_and_every_row_is_sound() {
    let lines: Vec<&str> = vocabulary::TEXT.lines().collect();
    assert_eq!(lines[0], "criterion,value,language,word");
    assert!(lines[1..].is_sorted(), "sort the lines by their bytes");
    assert!(vocabulary::TEXT.ends_with('\n') && !vocabulary::TEXT.contains(['"', '\r']));
    let rulebook = Rulebook::documents().unwrap();
    let mut reader = csv::Reader::from_reader(vocabulary::TEXT.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let entries: Vec<Entry> = vocabulary::entries().collect();
    assert_eq!(rows.len(), entries.len());
    for (row, entry) in rows.iter().zip(&entries) {
        let Entry {
            criterion,
            value,
            language,
            word,
        } = *entry;
        assert_eq!(row, [criterion, value, language, word].as_slice());
        assert!(LANGUAGES.contains(&language), "{entry:?}");
        let canonical: String = word.nfc().flat_map(char::to_lowercase).collect();
        assert!(
            word == canonical && word == word.trim() && !word.is_empty(),
            "{entry:?}: lower case, composed, trimmed"
        );
        let of = rulebook.criteria.iter().find(|c| c.name == criterion);
        let is_value = |value: &str| match of {
            Some(of) => of.values.iter().any(|own| own == value),
            None => rulebook
                .criteria
                .iter()
                .any(|c| c.values.iter().any(|own| own == value)),
        };
        let sound = match value {
            "(column)" | "(column?)" => of.is_some(),
            "(missing)" => of.is_some() || criterion == "*",
            "(filler)" => criterion == "*",
            "(legal_form)" => criterion == "organization",
            _ if criterion == "length" => {
                value.parse::<f64>().is_ok()
                    || matches!(
                        value,
                        "year" | "month" | "week" | "day" | "and" | "plus_half"
                    )
            }
            _ if criterion == "date" => value
                .parse()
                .is_ok_and(|month: u8| (1..=12).contains(&month)),
            _ => is_value(value) && (of.is_some() || criterion == "*"),
        };
        assert!(sound, "{entry:?}");
    }
}

#[test]
fn no_word_means_two_values_of_one_criterion() {
    let mut meanings: BTreeMap<(&str, String), Entry> = BTreeMap::new();
    for entry in vocabulary::entries().filter(is_lookup_of_values) {
        for spelling in spellings(entry.word) {
            let key = (entry.criterion, squeezed(&spelling));
            let known = meanings.entry(key).or_insert(entry);
            assert_eq!(
                known.value, entry.value,
                "{known:?} and {entry:?}, both as {spelling:?}"
            );
        }
    }
}

#[test]
fn no_column_name_means_two_criteria() {
    let mut meanings: BTreeMap<String, Entry> = BTreeMap::new();
    for entry in vocabulary::entries().filter(|entry| entry.value == "(column)") {
        for spelling in spellings(entry.word) {
            let known = meanings.entry(squeezed(&spelling)).or_insert(entry);
            assert_eq!(known.criterion, entry.criterion, "{known:?} and {entry:?}");
        }
    }
}

/// A word as written, and with its accents dropped in the ways that people do.
fn spellings(word: &str) -> Vec<String> {
    let plain = |text: &str| -> String {
        let text = text
            .replace('ß', "ss")
            .replace('đ', "d")
            .replace('ł', "l")
            .replace('œ', "oe");
        text.nfd()
            .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
            .collect()
    };
    let umlauts = word
        .replace('ä', "ae")
        .replace('ö', "oe")
        .replace('ü', "ue");
    vec![
        word.to_owned(),
        word.replace('ß', "ss"),
        plain(word),
        plain(&umlauts),
    ]
}

fn squeezed(text: &str) -> String {
    let edge = |c: char| c.is_whitespace() || ".,:;!?*#()[]\"'".contains(c);
    text.trim_matches(edge)
        .chars()
        .filter(|c| !c.is_whitespace() && !"_-–—".contains(*c))
        .collect()
}

#[test]
fn every_word_is_read_however_it_is_typed() {
    let rules = rules();
    let criteria = &rules.rulebook().criteria;
    let own_words = |criterion: &str| -> Vec<String> {
        let own = vocabulary::entries()
            .filter(|e| e.criterion == criterion)
            .filter(is_lookup_of_values);
        own.flat_map(|entry| spellings(entry.word))
            .map(|word| squeezed(&word))
            .collect()
    };
    for (index, criterion) in criteria
        .iter()
        .enumerate()
        .filter(|(_, c)| c.kind == Kind::Choice)
    {
        let overridden = own_words(&criterion.name);
        for entry in vocabulary::entries().filter(is_lookup_of_values) {
            let wanted = match entry.value {
                "(missing)" => Reading::Missing,
                value => match criterion.values.iter().position(|own| own == value) {
                    Some(value) => Reading::Value(value as u8),
                    None => continue,
                },
            };
            let for_all = entry.criterion == "*";
            if !for_all && entry.criterion != criterion.name {
                continue;
            }
            for spelling in spellings(entry.word) {
                if for_all && overridden.contains(&squeezed(&spelling)) {
                    continue;
                }
                let decomposed: String = spelling.nfd().collect();
                let spaced = format!("  {}  ", spelling.replace(' ', "  "));
                for typed in [
                    spelling.clone(),
                    spelling.to_uppercase(),
                    spaced,
                    spelling.replace(' ', "_"),
                    spelling.replace(' ', "-"),
                    decomposed,
                ] {
                    assert_eq!(
                        rules.read(index, &typed),
                        wanted,
                        "{}: {typed:?} of {entry:?}",
                        criterion.name
                    );
                }
            }
        }
    }
}

#[test]
fn every_canonical_value_is_a_word_in_each_language() {
    for criterion in Rulebook::documents()
        .unwrap()
        .criteria
        .iter()
        .filter(|c| c.kind == Kind::Choice)
    {
        for value in &criterion.values {
            for language in &LANGUAGES[1..] {
                let has = vocabulary::entries().any(|e| {
                    (e.criterion == criterion.name || e.criterion == "*")
                        && e.value == value
                        && e.language == *language
                });
                // A word that two languages share is there once, in the first.
                assert!(has, "{} {value} {language}", criterion.name);
            }
        }
    }
}

// --------------------------------------------------------------------- columns

/// What a single column of this name feeds, by its name alone.
fn fed_by(name: &str) -> Option<String> {
    let rules = rules();
    let columns = Columns::new(&rules, &[]).unwrap();
    let feeds = columns.feeds(name);
    feeds
        .first()
        .map(|feed| rules.rulebook().criteria[feed.criterion].name.clone())
}

#[test]
fn column_names_are_found_exactly_or_as_whole_words() {
    for (name, criterion) in [
        ("contract", "contract"),
        ("Vertrag", "contract"),
        ("Contrat", "contract"),
        ("UMOWA", "contract"),
        ("Hợp đồng", "contract"),
        ("hop_dong", "contract"),
        ("Has contract?", "contract"),
        ("Customer contract", "contract"),
        ("hasContract", "contract"),
        ("Laufzeit (Jahre)", "duration"),
        ("tenure_months", "duration"),
        ("TenureMonths", "duration"),
        ("Durée du contrat", "duration"),
        ("Account-Manager", "account_manager"),
        ("Key Account Manager", "account_manager"),
        ("ACCOUNTMANAGER", "account_manager"),
        ("E-Mail", "email"),
        ("Kunde seit", "start_date"),
        ("Client depuis", "start_date"),
        ("Dienstleistung", "service"),
        ("Our service", "service"),
        ("Type of service", "service"),
        ("Mitarbeiterrabatt", "pricing"),
        ("przynależność", "affiliation"),
    ] {
        assert_eq!(fed_by(name).as_deref(), Some(criterion), "{name:?}");
    }
}

#[test]
fn column_names_are_never_matched_by_a_part_of_a_word() {
    for name in [
        "subcontract",
        "contractor",
        "contracting",
        "Vertragspartner",
        "durations",
        "serviceable",
        "emailed",
        "supermarket",
    ] {
        assert_eq!(fed_by(name), None, "{name:?}");
    }
}

#[test]
fn a_word_that_changes_the_meaning_stops_the_match() {
    for name in [
        "Supplier contract",
        "contract_id",
        "Contract value",
        "PhoneService",
        "Call duration",
        "Email opt-out",
        "Expected affiliation",
        "Lead email source",
    ] {
        assert_eq!(fed_by(name), None, "{name:?}");
    }
}

#[test]
fn the_buyers_industry_is_never_our_service() {
    for name in [
        "Industry",
        "INDUSTRY",
        "Branche",
        "Industrie",
        "Sector",
        "Sektor",
        "Secteur",
        "Secteur d'activité",
        "Branża",
        "Ngành",
        "Ngành nghề",
        "Lĩnh vực",
        "Company industry",
        "Account Industry",
        "property_industry",
        "industrycode",
        "Kundenbranche",
        "Wirtschaftszweig",
    ] {
        assert_eq!(fed_by(name), None, "{name:?}");
    }
}

#[test]
fn an_owner_is_no_manager_and_a_headcount_or_a_source_no_affiliation() {
    for name in [
        "Owner",
        "Account Owner",
        "Company owner",
        "OwnerId",
        "Inhaber",
        "Propriétaire",
        "Właściciel",
        "Người phụ trách",
        "Employees",
        "NumberOfEmployees",
        "No. of Employees",
        "Mitarbeiterzahl",
        "Effectif",
        "Liczba pracowników",
        "Số nhân viên",
        "Lead Source",
        "LeadSource",
        "Source",
        "Employer",
        "audit_type",
        "internal_notes",
    ] {
        assert_eq!(fed_by(name), None, "{name:?}");
    }
}

#[test]
fn a_doubtful_column_feeds_only_what_its_values_say() {
    let rules = rules();
    let columns = Columns::new(&rules, &[]).unwrap();
    let settle = |name: &str, values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        // A second column, so that not being used is no error.
        let mapping = columns
            .settle(&[name, "confidentiality"], &[values, Vec::new()], true)
            .unwrap();
        mapping.feeds[0]
            .first()
            .map(|feed| rules.rulebook().criteria[feed.criterion].name.clone())
    };
    assert_eq!(
        settle("Type", &["prospect", "supplier", "", "employee"]).as_deref(),
        Some("affiliation")
    );
    assert_eq!(settle("Type", &["A", "B", "supplier"]), None);
    assert_eq!(settle("Type", &["", ""]), None);
    assert_eq!(
        settle("Relation", &["ongoing", "transactional"]).as_deref(),
        Some("engagement")
    );
    assert_eq!(
        settle("Relation", &["employee", "external"]).as_deref(),
        Some("affiliation")
    );
    assert_eq!(settle("Preis", &["12.50", "9.99"]), None);
    assert_eq!(
        settle("Preis", &["Listenpreis", "Mitarbeiterrabatt"]).as_deref(),
        Some("pricing")
    );
    assert_eq!(
        settle("Period", &["12", "24"]),
        None,
        "any numbers could be a length"
    );
    assert_eq!(
        settle("Period", &["12 months", "2 years"]).as_deref(),
        Some("duration")
    );
}
