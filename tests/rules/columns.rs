//! Column names: what is found, and what never is.

use clientype::columns::Columns;

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
        "contract_id",
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
    assert_eq!(settle("Type", &["A", "supplier"]), None, "half of them");
    assert_eq!(
        settle("Type", &["A", "B", "supplier", "partner", "prospect"]).as_deref(),
        Some("affiliation"),
        "three fifths"
    );
    // Answers that do not tell what was asked.
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
