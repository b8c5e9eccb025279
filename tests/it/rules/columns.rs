//! Column names: which are found, and which never are.

use clientype::internals::columns::{Columns, Role, Why};
use clientype::internals::value::filled::Filling;

use super::rules;

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
        "Contract value",
        "PhoneService",
        "Call duration",
        "Email opt-out",
        "Expected affiliation",
        "Lead email source",
        "Our company",
        "Unsere Firma",
        "Notre société",
        "Nasza firma",
        "Công ty chúng tôi",
        "Our email",
        "Type d'entreprise",
        "Loại công ty",
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
fn an_owner_is_not_a_manager_and_a_headcount_or_a_source_not_an_affiliation() {
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
        // A second column, so that an unused one does not fail.
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
    assert_eq!(settle("Type", &["A", "supplier"]), None, "half of them");
    assert_eq!(
        settle("Type", &["A", "B", "supplier", "partner", "prospect"]).as_deref(),
        Some("affiliation"),
        "three fifths"
    );
    // Answers that do not show what was asked.
    assert_eq!(settle("Support", &["Yes", "No"]), None);
    assert_eq!(settle("Discount", &["ja", "nein"]), None);
    assert_eq!(settle("Contract type", &["None", "None"]), None);
    assert_eq!(
        settle("Agreement status", &["yes", "no"]).as_deref(),
        Some("contract")
    );
    assert_eq!(
        settle("Relation", &["ongoing", "transactional"]).as_deref(),
        Some("engagement")
    );
    assert_eq!(
        settle("Relation", &["employee", "external"]).as_deref(),
        Some("affiliation")
    );
    assert_eq!(
        settle("Relation", &["ongoing", "employee"]),
        None,
        "as much the one as the other"
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

/// What a single column of this name feeds, and its role.
fn role_of(name: &str) -> Option<(String, Role)> {
    let rules = rules();
    let columns = Columns::new(&rules, &[]).unwrap();
    let feeds = columns.feeds(name);
    let feed = feeds.first()?;
    let criterion = &rules.rulebook().criteria[feed.criterion].name;
    Some((criterion.clone(), feed.role))
}

#[test]
fn what_crms_call_things_is_found() {
    let filled = Role::Filled(0, Filling::Number);
    let signed = Role::Filled(0, Filling::Day);
    let named = Role::Filled(0, Filling::Name);
    for (names, criterion, role) in [
        // Salesforce: labels, API names, its own and added ones.
        (
            &[
                "Contract Start Date",
                "CONTRACT_START_DATE__C",
                "ContractStartDate",
            ][..],
            "start_date",
            Role::InForce,
        ),
        (
            &["Contract End Date", "Contract: End Date"],
            "end_date",
            Role::InForce,
        ),
        (
            &["Contract Term (months)", "ContractTerm", "contract_term_c"],
            "duration",
            Role::Term,
        ),
        (
            &["Contract Number", "Contract #", "ContractNumber"],
            "contract",
            filled,
        ),
        (&["Customer Signed Date"], "contract", signed),
        (
            &["Account Name", "Account: Account Name"],
            "organization",
            Role::Plain,
        ),
        // HubSpot and what replicates it.
        (
            &["property_email", "properties.email", "Email"],
            "email",
            Role::Plain,
        ),
        (
            &["Company name", "property_company"],
            "organization",
            Role::Plain,
        ),
        // Pipedrive.
        (&["Person - Email - Work"], "email", Role::Plain),
        (&["Organization - Name"], "organization", Role::Plain),
        // Dynamics, Odoo, SuiteCRM, EspoCRM.
        (&["emailaddress1"], "email", Role::Plain),
        (
            &["is_company", "Is a Company"],
            "affiliation",
            Role::Flag(7),
        ),
        (
            &["Is a Customer", "is_customer"],
            "affiliation",
            Role::Flag(5),
        ),
        (&["is_employee"], "affiliation", Role::Before(0)),
        (
            &["contractStatus", "Vertragsstatus", "Statut du contrat"],
            "contract",
            Role::Plain,
        ),
        // Screens in other languages.
        (
            &[
                "Vertragsnummer",
                "Vertrags-Nr.",
                "Numéro de contrat",
                "Nr umowy",
                "Số hợp đồng",
            ],
            "contract",
            filled,
        ),
        (
            &["Kunde seit", "Client depuis", "Klient od", "Khách hàng từ"],
            "start_date",
            Role::Since,
        ),
        (
            &[
                "Vertragsbeginn",
                "Début du contrat",
                "Ngày bắt đầu hợp đồng",
            ],
            "start_date",
            Role::InForce,
        ),
        (
            &[
                "Vertragslaufzeit",
                "Durée du contrat",
                "Okres umowy",
                "Thời hạn hợp đồng",
            ],
            "duration",
            Role::Term,
        ),
        (
            &["Ancienneté", "anciennete_ans", "TenureYears", "tenure"],
            "duration",
            Role::Plain,
        ),
        (
            &["KAM", "Key Account Manager", "KAM nazwisko"],
            "account_manager",
            named,
        ),
    ] {
        for name in names {
            assert_eq!(
                role_of(name),
                Some((criterion.to_owned(), role)),
                "{name:?}"
            );
        }
    }
}

#[test]
fn what_is_never_ours_is_not_found_for_any_values() {
    let rules = rules();
    let columns = Columns::new(&rules, &[]).unwrap();
    let words = [
        "yes",
        "no",
        "employee",
        "supplier",
        "law",
        "retail",
        "2024-05-01",
        "12 months",
    ];
    for name in [
        "Industry",
        "Branche",
        "Secteur d'activité",
        "Branża",
        "Ngành nghề",
        "Employees",
        "No. of Employees",
        "Mitarbeiterzahl",
        "Effectif",
        "Owner",
        "Account Owner",
        "OwnerId",
        "Zuständig",
        "Responsable",
        "Opiekun klienta",
        "Lead Source",
        "LeadSource",
        "Herkunft",
        "audit_type",
        "internal_notes",
        "Call duration",
        "call_duration_seconds",
        "employer",
        "Arbeitgeber",
        "Created Date",
        "createdate",
        "Erstellt am",
        "Last Activity",
        "Supplier contract",
        "Contract value",
        "Partner",
        "owner_email",
        "Email opt out",
        "Birth date",
        "Payment terms",
        "Renewal reminder date",
        "Parent account",
    ] {
        for word in words {
            let values = vec![word.to_owned(); 30];
            let mapping = columns.settle(&[name], &[values], true).unwrap();
            assert!(
                mapping.feeds[0].is_empty(),
                "{name:?} of {word:?}: {:?}",
                mapping.feeds[0]
            );
        }
    }
}

#[test]
fn numbers_are_not_words_and_too_many_months_not_a_length() {
    let rules = rules();
    let columns = Columns::new(&rules, &[]).unwrap();
    let why = |name: &str, values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let mapping = columns.settle(&[name], &[values], true).unwrap();
        mapping.unused[0].clone()
    };
    let [frequency, duration, market] =
        ["frequency", "duration", "market"].map(|name| rules.criterion(name).unwrap());
    assert_eq!(
        why("Frequency", &["14", "3", "", "21.5"]),
        Some(Why::Numbers(frequency))
    );
    assert_eq!(why("Frequency", &["14", "3", "", "weekly"]), None);
    assert_eq!(
        why("Duration", &["245", "1033", "12"]),
        Some(Why::TooLong(duration))
    );
    assert_eq!(why("Duration (days)", &["245", "1033", "12"]), None);
    // Days, and years.
    assert_eq!(
        why("Tenure", &["30", "365", "420", "12", "90"]),
        Some(Why::TooLong(duration))
    );
    assert_eq!(
        why("Tenure", &["3", "10", "1", "0", "7"]),
        Some(Why::TooLong(duration))
    );
    assert_eq!(why("Tenure", &["3", "72", "1", "0", "60"]), None);
    assert_eq!(why("Tenure (years)", &["3", "10", "1", "0", "7"]), None);
    assert_eq!(
        why("Market", &["APAC"; 20]),
        Some(Why::NotUnderstood(market))
    );
    assert_eq!(why("Market", &["APAC"; 19]), None, "these are reported");
}

#[test]
fn columns_that_never_contradict_each_other_complete_each_other() {
    let rules = rules();
    let columns = Columns::new(&rules, &[]).unwrap();
    let fed = |first: &[&str], second: &[&str]| {
        let values = [first, second].map(|values| {
            values
                .iter()
                .map(|value| (*value).to_owned())
                .collect::<Vec<String>>()
        });
        // Names that are found equally well.
        let mapping = columns
            .settle(&["contract", "Contract"], &values, true)
            .unwrap();
        [0, 1].map(|column| !mapping.feeds[column].is_empty())
    };
    assert_eq!(fed(&["yes", "", "no"], &["", "yes", ""]), [true, true]);
    assert_eq!(
        fed(&["yes", "no"], &["ja", "nein"]),
        [true, true],
        "the same"
    );
    assert_eq!(fed(&["yes", "no"], &["yes", "yes"]), [false, false]);
    assert_eq!(fed(&["", ""], &["", ""]), [true, true], "so far");
}
