//! The language of a file, detected from its headers.
//!
//! Owns that decision, which never rests on a single word.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::lexicon::normalize::{header_key, spellings};
use crate::lexicon::vocabulary;
use crate::text::{joined, quoted};

/// A language in which the vocabulary has words for labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(&'static str, &'static str);

/// The languages, by code.
const ALL: [Language; 5] = [
    Language("de", "German"),
    Language("en", "English"),
    Language("fr", "French"),
    Language("pl", "Polish"),
    Language("vi", "Vietnamese"),
];

impl Language {
    /// All languages, by code.
    pub fn all() -> impl Iterator<Item = Language> {
        ALL.into_iter()
    }

    /// The language with this code: `de`, `en`, `fr`, `pl` or `vi`.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|language| language.0 == code)
    }

    /// Its code, as in ISO 639-1.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// Its name in English.
    pub fn name(self) -> &'static str {
        self.1
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.1)
    }
}

/// At least this many headers must be words of the language and of no other.
const ENOUGH: usize = 2;
/// Any other language must have fewer such headers by this factor.
const TIMES: usize = 2;

/// The language that headers suggest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guess {
    /// The language, if it is clear.
    pub(super) language: Option<Language>,
    /// By language, the headers that are words of no other language.
    pub(super) alone: BTreeMap<Language, Vec<String>>,
}

/// The language that `headers` suggest, if it is clear.
pub(crate) fn guessed(headers: &[String]) -> Option<Language> {
    guess(headers).language
}

/// Detects the language of `headers`. Only known names of columns count, including names
/// that are never read.
pub(super) fn guess(headers: &[String]) -> Guess {
    let keys = headers.iter().map(|name| header_key(name));
    // By header, the languages in which it is a word.
    let mut words: BTreeMap<String, BTreeSet<&str>> = keys.map(|key| (key, [].into())).collect();
    for (language, word) in names() {
        let exact = header_key(word);
        spellings(word, |spelling| {
            let key = header_key(spelling);
            // Without accents, a French word is often an English one: âge, rôle.
            let is_doubtful = language == "fr" && key != exact;
            if let Some(languages) = words.get_mut(&key) {
                languages.insert(language);
                languages.extend(is_doubtful.then_some("en"));
            }
        });
    }
    let mut alone: BTreeMap<Language, Vec<String>> = BTreeMap::new();
    let mut foreign = 0;
    for name in headers {
        let key = header_key(name);
        let languages = words.remove(&key).unwrap_or_default();
        if languages.len() != 1 || ALIKE.split(' ').any(|alike| alike == key) {
            continue;
        }
        match languages.first().and_then(|code| Language::from_code(code)) {
            Some(language) => alone.entry(language).or_default().push(name.clone()),
            None => foreign += 1,
        }
    }
    let votes = |language: Language| {
        let names = alone.get(&language).map_or(0, Vec::len);
        names + if language.code() == "en" { foreign } else { 0 }
    };
    let is_clear = |language: Language, names: usize| {
        let mut others = Language::all().filter(|other| *other != language);
        names >= ENOUGH && others.all(|other| votes(other) * TIMES <= names)
    };
    let best = alone.iter().max_by_key(|(_, names)| names.len());
    let language = best.filter(|(language, names)| is_clear(**language, names.len()));
    Guess {
        language: language.map(|(language, _)| *language),
        alone,
    }
}

/// Header keys that look alike in several languages, so that they count for none.
const ALIKE: &str = "\
    accent accord adaptation affiliation agent application attention audience axe b2b \
    but client collaboration commercial concentration concurrent conditions convention \
    csm email emails engagement expiration extern firma focus group id implication \
    institution interaction kam land mail manager mission model motif nature nda \
    newsletter niche note notes observations optout organisation organization \
    orientation participants person phase pricing prognose public role satisfaction \
    scoring segment service services session site solution start status structure \
    support tarif termin ticket typ type usage volume";

/// The language code of English names of columns that are never read. Such names occur
/// in files of any language, so they count against other languages but not for English.
const FOREIGN: &str = "";

/// All known names of columns, including those that are never read, each with its
/// language.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let read = vocabulary::entries()
        .filter(|entry| vocabulary::is_of_headers(entry.value) && !entry.value.contains("filler"))
        .map(|entry| (entry.language, entry.word));
    let never = vocabulary::never().map(|(_, language, word)| match language {
        "en" => (FOREIGN, word),
        language => (language, word),
    });
    read.chain(never)
}

/// The first few headers, for a sentence.
pub(super) fn listed(headers: &[String]) -> String {
    const MOST: usize = 3;
    let mut shown: Vec<String> = headers.iter().take(MOST).map(|name| quoted(name)).collect();
    if headers.len() > MOST {
        shown.push(format!("{} more", headers.len() - MOST));
    }
    joined(&shown, "and")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_headers_show_the_language_and_one_never_does() {
        for (headers, expected) in [
            ("id,Vertrag,Laufzeit,Typ", Some("de")),
            ("Account,Vertrag,Laufzeit,Art", Some("de")),
            ("id,contrat,durée,type", Some("fr")),
            ("Nom,Courriel,Agent,Volume,Service,Contrat", Some("fr")),
            ("id,umowa,czas_trwania", Some("pl")),
            ("Id,Status,Umowa,Czas trwania,NIP", Some("pl")),
            ("id,hợp_đồng,thời_hạn", Some("vi")),
            ("id,contract,account_manager,tenure", Some("en")),
            ("Nom,Prénom,Adresse,Agent,Volume,Service,Type", None),
            ("id,Vertrag,Typ,Type,Status", None),
            ("id,Vertrag,Vertrag,vertrag", None),
            ("id,Vertrag,Laufzeit,contrat,durée", None),
            ("id,volume,email", None),
            ("Id,Status,Website,City", None),
            ("id,Type,Service,Volume,Email,Focus", None),
            ("", None),
            // English that looks like French.
            ("Account,Site,Region,Service,Kind", None),
            ("Id,Name,Age,Education,Region,Service,Contract,Kind", None),
            ("Account,Role,Region,Service,Kind", None),
            (
                "Id,Site,Commercial,Observations,Satisfaction,Evaluation",
                None,
            ),
            ("Newsletter,Phase,Opt-out,Prognose,UID", None),
        ] {
            let names: Vec<String> = headers.split(',').map(str::to_owned).collect();
            assert_eq!(
                guess(&names).language.map(Language::code),
                expected,
                "{headers}"
            );
        }
    }

    #[test]
    fn names_that_look_alike_are_names_that_are_known() {
        let mut known = BTreeSet::new();
        for (_, word) in names() {
            spellings(word, |spelling| known.extend([header_key(spelling)]));
        }
        let unknown: Vec<&str> = ALIKE
            .split(' ')
            .filter(|name| !known.contains(*name))
            .collect();
        assert_eq!(unknown, [""; 0]);
        assert!(ALIKE.split(' ').is_sorted());
    }
}
