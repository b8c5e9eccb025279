//! The words that a rulebook adds to the built-in ones.

use clientype::internals::columns::{Columns, Why};
use clientype::internals::engine::compile::Rules;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::value::Value;
use clientype::internals::value::{Length, Own};
use jiff::civil::date;

const ITALIAN: &str = r#"
    [it]
    "*".yes = ["sì"]
    "*"."(missing)" = ["non indicato"]
    "*"."(filler)" = ["tipo", "di"]
    contract.yes = ["Firmato"]
    contract."(column)" = ["contratto"]
    affiliation."(flag! employee)" = ["dipendente"]
    duration."(column)" = ["durata"]
    start_date."(since)" = ["cliente dal"]
    length.month = ["mese", "mesi"]
    length.year = ["anno", "anni"]
    length."1" = ["un"]
    length.and = ["e"]
    length.plus_half = ["mezzo"]
    date.3 = ["marzo"]
    organization."(legal_form)" = ["S.a.p.a.", "società cooperativa"]
    email.free_mail = ["Libero.it"]
"#;

/// The built-in rulebook, and `words` for it.
fn rulebook(words: &str) -> Rulebook {
    let mut rulebook = Rulebook::documents().unwrap();
    rulebook.words = toml::from_str(words).unwrap();
    rulebook
}

fn rules(words: &str) -> Rules {
    compiled(rulebook(words))
}

fn compiled(rulebook: Rulebook) -> Rules {
    let own = Own::new(["Acme", "acme.example"]);
    Rules::compile(rulebook, &own, date(2026, 1, 31)).unwrap()
}

/// What `text` is read as: the name of a value, or the reading as it is.
fn read(rules: &Rules, criterion: &str, text: &str) -> String {
    let index = rules.criterion(criterion).unwrap();
    match rules.read(index, text) {
        Value::Choice(value) => rules.rulebook().criteria[index].values[usize::from(value)].clone(),
        Value::Length(length) => length.exactly(),
        Value::Day(day) => day.to_string(),
        other => format!("{other:?}"),
    }
}

/// What a column feeds by its name alone.
fn fed_by(rules: &Rules, name: &str) -> Option<String> {
    let feeds = Columns::new(rules, &[]).unwrap().feeds(name);
    feeds
        .first()
        .map(|feed| rules.rulebook().criteria[feed.criterion].name.clone())
}

/// What a column with these values feeds, or why it feeds nothing.
fn settled(rules: &Rules, name: &str, values: &[&str]) -> Result<String, Option<Why>> {
    let columns = Columns::new(rules, &[]).unwrap();
    let values = vec![values.iter().map(|value| (*value).to_owned()).collect()];
    let mut mapping = columns.settle(&[name], &values, true).unwrap();
    match mapping.feeds[0].first() {
        Some(feed) => Ok(rules.rulebook().criteria[feed.criterion].name.clone()),
        None => Err(mapping.unused.remove(0)),
    }
}

#[test]
fn a_further_language_is_read() {
    let (italian, built_in) = (rules(ITALIAN), rules(""));
    for (criterion, text, value) in [
        ("contract", "sì", "yes"),
        ("contract", "SÌ", "yes"),
        ("contract", "si", "yes"),
        ("contract", "si\u{300}", "yes"),
        ("contract", "firmato", "yes"),
        ("contract", "non_indicato", "Missing"),
        ("contract", "un anno", "yes"),
        ("duration", "18 mesi", "18 months"),
        ("duration", "2 anni e 6 mesi", "30 months"),
        ("duration", "un anno e mezzo", "18 months"),
        ("start_date", "14 marzo 2024", "2024-03-14"),
        ("organization", "Acme S.a.p.A.", "own"),
        ("organization", "ACME SOCIETA COOPERATIVA", "own"),
        ("email", "maria@libero.it", "free_mail"),
    ] {
        assert_eq!(read(&italian, criterion, text), value, "{text:?}");
        assert_ne!(read(&built_in, criterion, text), value, "{text:?}");
    }
    // What is built in stays.
    assert_eq!(read(&italian, "contract", "ja"), "yes");
    assert_eq!(read(&italian, "duration", "3 Jahre"), "36 months");
    assert_eq!(read(&italian, "start_date", "14. März 2024"), "2024-03-14");
    assert_eq!(read(&italian, "organization", "Acme S.r.l."), "own");
    assert_eq!(read(&italian, "email", "a@gmail.com"), "free_mail");
}

#[test]
fn columns_of_a_further_language_are_found() {
    let (italian, built_in) = (rules(ITALIAN), rules(""));
    for (name, criterion) in [
        ("Contratto", "contract"),
        ("Contratto cliente", "contract"),
        ("TipoDiContratto", "contract"),
        ("Durata (anni)", "duration"),
        ("Cliente dal", "start_date"),
        ("Dipendente", "affiliation"),
    ] {
        assert_eq!(fed_by(&italian, name).as_deref(), Some(criterion), "{name}");
        assert_eq!(fed_by(&built_in, name), None, "{name}");
    }
    assert_eq!(
        fed_by(&italian, "Vertragsdauer").as_deref(),
        Some("duration")
    );
    assert_eq!(fed_by(&italian, "Contratto fornitore"), None);
    // However the rulebook writes them.
    let decomposed = rules("de.usage.'(column)' = ['Anla\u{308}sse']");
    for name in ["Anlässe", "anla\u{308}sse", "ANLASSE", "Anlaesse"] {
        assert_eq!(
            fed_by(&decomposed, name).as_deref(),
            Some("usage"),
            "{name}"
        );
    }
}

#[test]
fn yes_of_a_further_language_answers_questions() {
    // The name is a question, whose answers decide what is meant.
    let answered = |rules: &Rules| settled(rules, "Customer", &["sì", "no", "si"]);
    assert_eq!(answered(&rules(ITALIAN)).as_deref(), Ok("affiliation"));
    assert!(answered(&rules("")).is_err());
}

#[test]
fn yes_and_no_stand_for_all_their_words() {
    let italian = rules("it.'*'.yes = ['sì']\nit.'*'.no = ['nix']");
    // `(yes)` in the vocabulary.
    assert_eq!(read(&italian, "account_manager", "Si"), "dedicated");
    assert_eq!(read(&italian, "market", "sì"), "niche");
    assert_eq!(read(&italian, "market", "nix"), "broad");
    assert_eq!(read(&italian, "market", "oui"), "niche");
    // What the vocabulary says of a criterion stays.
    let own = rules("en.'*'.yes = ['low']");
    assert_eq!(read(&own, "attention", "low"), "low");
    assert_eq!(read(&own, "market", "low"), "niche");
    // `(no)` in the rulebook.
    let own =
        rules("it.'*'.no = ['nix']\nit.contract.rolling = ['(no)']\nit.focus.selling = ['(no)']");
    for no in ["nix", "nein", "Không", "khong", "0"] {
        assert_eq!(read(&own, "contract", no), "rolling", "{no}");
        assert_eq!(read(&own, "focus", no), "selling", "{no}");
        assert_eq!(read(&own, "market", no), "broad", "{no}");
    }
    assert_eq!(read(&own, "contract", "ja"), "yes");
    assert_eq!(read(&rules(""), "focus", "nein"), "NotRecognized");
    // What one word says counts more than what all say.
    let own = rules("it.contract.no = ['ja']\nit.contract.rolling = ['(yes)']");
    assert_eq!(read(&own, "contract", "ja"), "no");
    assert_eq!(read(&own, "contract", "oui"), "rolling");
}

#[test]
fn a_word_of_the_rulebook_beats_the_same_criterion_of_the_vocabulary() {
    let own = rules("it.contract.no = ['ja', 'Unterschrieben']");
    assert_eq!(read(&own, "contract", "JA"), "no");
    assert_eq!(read(&own, "contract", "unterschrieben"), "no");
    assert_eq!(read(&own, "confidentiality", "ja"), "yes");
    assert_eq!(read(&own, "account_manager", "ja"), "dedicated");
    let own = rules("it.'*'.'(missing)' = ['unterschrieben', 'oui']");
    assert_eq!(read(&own, "contract", "unterschrieben"), "yes");
    assert_eq!(read(&own, "confidentiality", "unterschrieben"), "Missing");
    assert_eq!(read(&own, "confidentiality", "oui"), "Missing");
    let own = rules("it.length.week = ['Jahre']\nit.date.4 = ['März']");
    assert_eq!(read(&own, "duration", "2 Jahre"), "14 days");
    assert_eq!(read(&own, "duration", "2 Jahren"), "24 months");
    assert_eq!(read(&own, "start_date", "1. Maerz 2024"), "2024-04-01");
}

#[test]
fn a_word_that_no_longer_means_yes_means_it_nowhere() {
    let own = rules("it.'*'.no = ['ja']");
    assert_eq!(read(&own, "contract", "ja"), "no");
    assert_eq!(read(&own, "account_manager", "ja"), "shared");
    assert_eq!(read(&own, "account_manager", "oui"), "dedicated");
    let own = rules("it.'*'.'(missing)' = ['ja']\nit.focus.serving = ['(yes)']");
    assert_eq!(read(&own, "account_manager", "ja"), "Missing");
    assert_eq!(read(&own, "focus", "ja"), "Missing");
    assert_eq!(read(&own, "focus", "oui"), "serving");
}

#[test]
fn that_a_word_is_common_does_not_take_its_meaning() {
    let own = rules("en.affiliation.'(common)' = ['vendor']");
    assert_eq!(read(&own, "affiliation", "vendor"), "supplier");
    let values = ["vendor", "vendor", "vendor"];
    assert!(settled(&rules(""), "Type", &values).is_ok());
    assert!(settled(&own, "Type", &values).is_err());
}

#[test]
fn a_column_name_of_the_rulebook_beats_those_of_the_vocabulary() {
    assert_eq!(fed_by(&rules(""), "Vertrag").as_deref(), Some("contract"));
    let own = rules("de.pricing.'(column)' = ['Vertrag']");
    assert_eq!(fed_by(&own, "VERTRAG").as_deref(), Some("pricing"));
    assert_eq!(fed_by(&own, "Contract").as_deref(), Some("contract"));
    // A filler is no longer a name.
    let own = rules("de.'*'.'(filler)' = ['Vertrag']");
    assert_eq!(fed_by(&own, "Vertrag"), None);
    assert_eq!(
        fed_by(&own, "Vertrag Laufzeit").as_deref(),
        Some("duration")
    );
}

#[test]
fn a_name_that_changes_nothing_beside_others_still_does_not() {
    let own = rules("en.affiliation.'(column)' = ['Customer']");
    assert_eq!(fed_by(&own, "Customer").as_deref(), Some("affiliation"));
    assert_eq!(
        fed_by(&own, "Customer contract").as_deref(),
        Some("contract")
    );
    // A rulebook's own filler counts.
    let own = rules("en.'*'.'(filler?)' = ['Customer']");
    assert_eq!(
        fed_by(&own, "Customer contract").as_deref(),
        Some("contract")
    );
    assert_eq!(fed_by(&own, "Customer Firma"), None);
    assert_eq!(
        fed_by(&rules(""), "Customer Firma").as_deref(),
        Some("organization")
    );
    // Words within lengths say nothing in names, unless they are units.
    let own = rules("de.length.since = ['Vertrag']");
    assert_eq!(fed_by(&own, "Vertrag").as_deref(), Some("contract"));
    let own = rules("de.length.week = ['Vertrag']");
    assert_eq!(fed_by(&own, "Vertrag"), None);
}

#[test]
fn a_column_name_of_the_rulebook_is_read_though_none_was() {
    let name = "Arbeitsvertrag";
    let values = ["ja", "nein", "unterschrieben"];
    assert!(matches!(
        settled(&rules(""), name, &values),
        Err(Some(Why::Never(_)))
    ));
    for kind in ["(column)", "(column?)"] {
        let own = rules(&format!("de.contract.'{kind}' = ['{name}']"));
        assert_eq!(settled(&own, name, &values).as_deref(), Ok("contract"));
        assert_eq!(
            settled(&own, "Kunde Arbeitsvertrag", &values).as_deref(),
            Ok("contract")
        );
    }
}

#[test]
fn a_new_criterion_has_words_and_columns_of_its_own() {
    let text = r#"
        name = "seats"
        version = "1"
        [[criterion]]
        name = "seat"
        says = "where the guest sits"
        kind = "choice"
        values = ["window", "aisle"]
        length_means = "aisle"
        [[criterion]]
        name = "stay"
        says = "how long the guest stays"
        kind = "length"
        [[criterion]]
        name = "sender"
        says = "who writes"
        kind = "address"
        values = ["own", "other", "free_mail"]
        [[criterion]]
        name = "firm"
        says = "for whom"
        kind = "organization"
        values = ["own", "other"]
        [[scorecard]]
        name = "view"
        question = "Is there a view?"
        [[scorecard.band]]
        label = "View"
        at_least = 1
        [[scorecard.band]]
        label = "None"
        at_most = -1
        [[scorecard.characteristic]]
        criterion = "seat"
        [[scorecard.characteristic.attribute]]
        when = { seat = "window", stay = ">= 2 notti" }
        partial_score = 1
        reason_code = "window"
        reason = "There is a view"
        sources = []
        [words.en.seat]
        "(column)" = ["place", "seat"]
        window = ["by the window", "(yes)"]
        [words.it]
        seat."(column?)" = ["posto"]
        seat.aisle = ["corridoio", "nein"]
        stay."(column)" = ["permanenza"]
        stay.day = ["notti"]
        sender.free_mail = ["libero.it"]
        firm."(legal_form)" = ["s.a.p.a."]
    "#;
    let rules = compiled(Rulebook::parse(text).unwrap());
    for (text, value) in [
        ("by the window", "window"),
        ("Ja", "window"),
        ("nein", "aisle"),
        ("CORRIDOIO", "aisle"),
        ("perhaps", "NotRecognized"),
    ] {
        assert_eq!(read(&rules, "seat", text), value, "{text}");
    }
    assert_eq!(read(&rules, "stay", "3 notti"), "3 days");
    assert_eq!(read(&rules, "sender", "a@libero.it"), "free_mail");
    assert_eq!(read(&rules, "firm", "Acme S.a.p.a."), "own");
    assert_eq!(fed_by(&rules, "Place").as_deref(), Some("seat"));
    assert_eq!(fed_by(&rules, "Permanenza").as_deref(), Some("stay"));
    assert_eq!(fed_by(&rules, "Posto"), None);
    let values = ["corridoio", "corridoio", "by the window"];
    assert_eq!(settled(&rules, "Posto", &values).as_deref(), Ok("seat"));
}

#[test]
fn what_cannot_be_looked_up_is_passed_over() {
    let own = rules(
        r#"
        [it]
        contract.yes = ["", "--", "?"]
        contract."(column)" = ["", "***"]
        "".yes = ["ja"]
        "no,such".no = ["ja"]
        seat.window = ["ja"]
        seat."(column)" = ["Vertrag"]
        contract."a\tcontract,no" = ["ja"]
        contract."a\ncontract,no" = ["nein"]
        email.free_mail = ["no domain"]
        "#,
    );
    assert_eq!(read(&own, "contract", "ja"), "yes");
    assert_eq!(read(&own, "contract", "nein"), "no");
    assert_eq!(read(&own, "contract", "--"), "Missing");
    assert_eq!(fed_by(&own, "Vertrag").as_deref(), Some("contract"));
    assert_eq!(fed_by(&own, "***"), None);
}

#[test]
fn the_words_of_the_rulebook_count_for_its_hash() {
    let built_in = Rulebook::documents().unwrap();
    assert_eq!(built_in.hash(), rulebook("").hash());
    let hashes = [ITALIAN, "it.'*'.yes = ['sì']", "it.'*'.no = ['sì']"];
    let mut hashes = hashes.map(|words| rulebook(words).hash()).to_vec();
    hashes.push(built_in.hash());
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 4);
}

#[test]
fn a_condition_may_use_the_words() {
    let mut italian = rulebook(ITALIAN);
    let text = toml::to_string(&italian.scorecards[0]).unwrap();
    assert!(text.contains("months"), "{text}");
    italian.scorecards[0] = toml::from_str(&text.replace("months", "mesi")).unwrap();
    let rules = compiled(italian);
    assert_eq!(
        read(&rules, "duration", "3 mesi"),
        Length::months(3).exactly()
    );
}
