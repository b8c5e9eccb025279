//! The vocabulary: every row sound, no word of two meanings, every word read.

use std::collections::BTreeMap;

use clientype::internals::lexicon::vocabulary::{self, Entry};
use clientype::internals::rulebook::Rulebook;
use clientype::internals::value::Kind;
use clientype::internals::value::Value;
use unicode_normalization::UnicodeNormalization;

use super::rules;

/// Spanish and Portuguese have units of time, and a few names of columns.
const LANGUAGES: [&str; 8] = ["*", "en", "de", "fr", "pl", "vi", "es", "pt"];

fn is_lookup_of_values(entry: &Entry) -> bool {
    !vocabulary::is_of_names(entry.criterion)
        && !vocabulary::is_of_headers(entry.value)
        && !entry.value.starts_with(vocabulary::LABEL)
        && !matches!(
            entry.value,
            "(none)"
                | "(none?)"
                | "(doubtful)"
                | "(affix)"
                | "(account)"
                | "(posting)"
                | "(common)"
                | "(legal_form)"
                | "(and)"
                | "(firm)"
                | "free_mail"
                | vocabulary::TOTAL
                | vocabulary::GRAND_TOTAL
                | vocabulary::TOTAL_LAST
                | vocabulary::TOTAL_ONLY
                | vocabulary::FOOTER
        )
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
        let inner = value.trim_matches(['(', ')']);
        let is_label = |label: &str| {
            let mut cards = rulebook.scorecards.iter();
            let bands = cards
                .find(|card| card.name == criterion)
                .map(|card| &card.bands);
            let mut known = bands.into_iter().flatten().map(|band| band.label.as_str());
            label == "Undetermined" || known.any(|known| known == label)
        };
        let sound = match value {
            _ if value.starts_with(vocabulary::LABEL) => {
                let label = &value[vocabulary::LABEL.len()..value.len() - 1];
                is_label(label) && language != "*"
            }
            "(column)" | "(column?)" => of.is_some(),
            "(status)" | "(status?)" => of.is_some(),
            "(in force)" | "(in force?)" => of.is_some_and(|of| of.kind == Kind::Date),
            "(since)" => of.is_some_and(|of| of.kind == Kind::Date),
            "(unless)" => of.is_some(),
            "(term)" => of.is_some_and(|of| of.kind == Kind::Length),
            "(unless bare)" => of.is_some_and(|of| matches!(of.kind, Kind::Length | Kind::Date)),
            "(common)" => of.is_some() || criterion == "*",
            _ if ["(fill", "(flag", "(day", "(number", "(name"]
                .iter()
                .any(|kind| value.starts_with(kind)) =>
            {
                let (kind, means) = inner.split_once(' ').unwrap_or((inner, ""));
                match kind {
                    "filler" | "filler?" => criterion == "*",
                    "number" | "number?" | "day" | "day?" | "name" | "flag" | "flag!" | "flag?" => {
                        of.is_some() && is_value(means)
                    }
                    _ => false,
                }
            }
            "(missing)" => of.is_some() || criterion == "*",
            "(none)"
            | "(none?)"
            | vocabulary::TOTAL
            | vocabulary::GRAND_TOTAL
            | vocabulary::TOTAL_LAST
            | vocabulary::TOTAL_ONLY
            | vocabulary::FOOTER => criterion == "*",
            "(doubtful)" => of.is_some(),
            "(legal_form)" | "(affix)" | "(and)" | "(firm)" | "(account)" | "(posting)" => {
                criterion == "organization"
            }
            _ if criterion == "length" => {
                value.parse::<f64>().is_ok()
                    || matches!(
                        value,
                        "year"
                            | "month"
                            | "week"
                            | "day"
                            | "and"
                            | "plus_half"
                            | "since"
                            | "at_least"
                    )
            }
            _ if criterion == vocabulary::RELATED => {
                rulebook.related.iter().any(|kind| kind.name == value)
                    || vocabulary::OTHER_THINGS.contains(&value)
            }
            _ if !vocabulary::other_meanings(criterion).is_empty() => {
                vocabulary::other_meanings(criterion).contains(&value)
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
fn no_word_means_two_labels_in_one_language() {
    let labels = vocabulary::entries().filter(|entry| entry.value.starts_with(vocabulary::LABEL));
    let mut meanings: BTreeMap<(&str, &str, String), Entry> = BTreeMap::new();
    for entry in labels {
        for spelling in spellings(entry.word) {
            let key = (entry.criterion, entry.language, squeezed(&spelling));
            let known = meanings.entry(key).or_insert(entry);
            assert_eq!(known.value, entry.value, "{known:?} and {entry:?}");
        }
    }
    assert!(meanings.len() > 80);
}

#[test]
fn no_word_means_two_values_of_one_criterion() {
    let mut meanings: BTreeMap<(&str, String), Entry> = BTreeMap::new();
    for entry in vocabulary::entries().filter(is_lookup_of_values) {
        let words = match entry.word {
            "(yes)" => every("*,yes,"),
            "(no)" => every("*,no,"),
            word => spellings(word),
        };
        for spelling in words {
            let key = (entry.criterion, squeezed(&spelling));
            let known = meanings.entry(key).or_insert(entry);
            assert_eq!(
                known.value, entry.value,
                "{known:?} and {entry:?}, both as {spelling:?}"
            );
        }
    }
}

/// The spellings of all words of the rows that begin with `prefix`.
fn every(prefix: &str) -> Vec<String> {
    vocabulary::beginning_with(prefix)
        .flat_map(|entry| spellings(entry.word))
        .collect()
}

#[test]
fn no_column_name_means_two_criteria_or_is_one_never() {
    let mut meanings: BTreeMap<String, Entry> = BTreeMap::new();
    let clear = |entry: &Entry| {
        let value = entry.value.trim_matches(['(', ')']);
        let kind = value.split(' ').next().unwrap();
        let kinds = ["column", "filled", "flag", "flag!", "since", "term"];
        vocabulary::is_of_headers(entry.value) && kinds.contains(&kind)
    };
    for entry in vocabulary::entries().filter(clear) {
        for spelling in spellings(entry.word) {
            let known = meanings.entry(squeezed(&spelling)).or_insert(entry);
            let same = (known.criterion, known.value) == (entry.criterion, entry.value);
            assert!(same, "{known:?} and {entry:?}");
        }
    }
    let lines: Vec<&str> = vocabulary::NEVER.lines().collect();
    assert_eq!(lines[0], "reason,language,word");
    assert!(lines[1..].is_sorted(), "sort the lines by their bytes");
    for line in &lines[1..] {
        let fields: Vec<&str> = line.splitn(3, ',').collect();
        assert_eq!(fields.len(), 3, "{line}: reason, language, word");
        let (language, word) = (fields[1], fields[2]);
        assert!(LANGUAGES.contains(&language), "{line}");
        for spelling in spellings(word) {
            let known = meanings.get(&squeezed(&spelling));
            assert!(known.is_none(), "{line}: {known:?}");
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
        .filter(|c| !c.is_whitespace() && !"_-–—,".contains(*c))
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
                "(missing)" => Value::Missing,
                value => match criterion.values.iter().position(|own| own == value) {
                    Some(value) => Value::Choice(value as u8),
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
            for language in &LANGUAGES[1..6] {
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

/// What a text is read as for a criterion.
fn read(criterion: &str, text: &str) -> String {
    let rules = rules();
    let index = rules.criterion(criterion).unwrap();
    match rules.read(index, text) {
        Value::Choice(value) => rules.rulebook().criteria[index].values[usize::from(value)].clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_words_of_crms_are_read_as_a_careful_reader_reads_them() {
    for (criterion, value, words) in [
        (
            "affiliation",
            "company",
            "SME, Mid-Market, Non-profit, Government, Großunternehmen, Kleinunternehmen, \
             Mittleres Unternehmen, Mittelstand, KMU, Behörde, Stiftung, Verein, PME, PME/PMI, \
             ETI, Grand compte, TPE, Association, Collectivité, Mairie, ONG, Mała firma, \
             Średnia firma, Duża firma, MŚP, Urząd, Fundacja, Stowarzyszenie, Rządowy, \
             Spółka akcyjna, Công ty vừa, Công ty lớn, Doanh nghiệp nhỏ, Cơ quan nhà nước, \
             Tổ chức phi chính phủ, Chính phủ, Khởi nghiệp, Startup",
        ),
        (
            "affiliation",
            "external",
            "Klient aktywny, Klient utracony, Klient z czarnej listy, Firma konkurencyjna, \
             Customer - Direct, Analyst, Press, Nhà đầu tư",
        ),
        (
            "affiliation",
            "contractor",
            "Kontrahent, Contractor, Auftragnehmer",
        ),
        (
            "affiliation",
            "prospect",
            "Klient rokujący, KH tiềm năng, Interessent, Prospect",
        ),
        (
            "affiliation",
            "consumer",
            "Osoba fizyczna, Privatperson, Particulier, Cá nhân, Klient detaliczny",
        ),
        (
            "buyer_role",
            "reseller",
            "Großhandel, Grosshändler, Grossiste, Vente en gros, Hurtownik, Klient hurtowy, \
             Nhà bán buôn, Khách sỉ, Value-Added Reseller, Wholesale customer",
        ),
        ("customization", "custom", "high, hoch, élevé, wysoki, cao"),
        (
            "customization",
            "standard",
            "low, niedrig, gering, faible, niski, thấp",
        ),
        (
            "revenue_model",
            "per_purchase",
            "per product, per unit, per item, pro Produkt, pro Stück, par produit, à l'unité, \
             za sztukę, theo sản phẩm, theo đơn hàng",
        ),
        (
            "contract",
            "yes",
            "Running, live, Läuft, in Betrieb, En service, Działa, đang chạy, Nicht abgelaufen, \
             Działa nie wygasł, Chưa hết hạn, 12 mois, engagement 12 mois, avec engagement",
        ),
        ("contract", "rolling", "Sans engagement"),
        // Nobody can tell whether these are in force, or what they are about.
        (
            "contract",
            "NotRecognized",
            "Running expired, Läuft (abgelaufen), En service expiré, Działa wygasł, Medium",
        ),
        (
            "contract",
            "Missing",
            "In Progress, w trakcie, Draft, Brouillon",
        ),
        (
            "customization",
            "NotRecognized",
            "medium, mittel, moyen, średni, trung bình",
        ),
        (
            "affiliation",
            "NotRecognized",
            "high, per unit, running, Administration",
        ),
    ] {
        for word in words.split(", ") {
            assert_eq!(read(criterion, word), value, "{criterion}: {word}");
        }
    }
}
