//! The language of a file, as far as its headers tell.
//!
//! Owns that decision. One word never makes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::lexicon::normalize::{header_key, spellings};
use crate::lexicon::vocabulary;
use crate::text::{joined, quoted};

/// A language that the vocabulary has words for labels in.
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
    /// All of them, by code.
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

/// So many headers have to be words of a language and of no other.
const ENOUGH: usize = 2;
/// Of any other language there may be so many times fewer.
const TIMES: usize = 2;

/// The language of headers, as far as they tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Guess {
    /// It is this one, as these headers say.
    Language(Language, Vec<String>),
    /// It is not clear; by language the headers that are words of it alone.
    Unclear(BTreeMap<Language, Vec<String>>),
}

/// The language of `headers`: of those that are known names of columns, whether
/// they are read or never are.
pub(super) fn guess(headers: &[String]) -> Guess {
    let keys: BTreeSet<String> = headers.iter().map(|name| header_key(name)).collect();
    // By header: the languages in which it is a word, and those in which it is one as it
    // is spelled there.
    let mut words: BTreeMap<String, [BTreeSet<&str>; 2]> = BTreeMap::new();
    let mut foreign: BTreeSet<String> = BTreeSet::new();
    for Name {
        language,
        word,
        is_read,
    } in names()
    {
        let exact = header_key(word);
        spellings(word, |spelling| {
            let key = header_key(spelling);
            if !keys.contains(&key) {
                return;
            }
            // Without its accents a French word is often an English one: âge, rôle.
            let is_sure = key == exact || language != "fr";
            let [any, sure] = words.entry(key.clone()).or_default();
            any.insert(language);
            if is_sure {
                sure.insert(language);
            }
            if language == "en" && !is_read {
                foreign.insert(key);
            }
        });
    }
    let mut alone: BTreeMap<Language, Vec<String>> = BTreeMap::new();
    // English names of columns that are never read stand in files of any language: they
    // speak against others and not for English.
    let mut english = 0;
    let mut counted = BTreeSet::new();
    for name in headers {
        let key = header_key(name);
        let Some([any, sure]) = words.get(&key) else {
            continue;
        };
        if any.len() != 1
            || sure.len() != 1
            || ALIKE.split(' ').any(|alike| alike == key)
            || !counted.insert(key.clone())
        {
            continue;
        }
        match sure.first().and_then(|code| Language::from_code(code)) {
            Some(language) if language.0 == "en" && foreign.contains(&key) => english += 1,
            Some(language) => alone.entry(language).or_default().push(name.clone()),
            None => {}
        }
    }
    let votes = |language: Language| {
        let names = alone.get(&language).map_or(0, Vec::len);
        names + if language.0 == "en" { english } else { 0 }
    };
    let is_clear = |language: Language, names: usize| {
        let mut others = Language::all().filter(|other| *other != language);
        names >= ENOUGH && others.all(|other| votes(other) * TIMES <= names)
    };
    let best = alone.iter().max_by_key(|(_, names)| names.len());
    match best {
        Some((language, names)) if is_clear(*language, names.len()) => {
            Guess::Language(*language, names.clone())
        }
        _ => Guess::Unclear(alone),
    }
}

/// Header keys of names that look alike in several languages, whichever they are listed
/// in.
const ALIKE: &str = "\
    accent accord adaptation affiliation agent application attention audience axe b2b \
    but client collaboration commercial concentration concurrent conditions convention \
    csm email emails engagement expiration extern firma focus group id implication \
    institution interaction kam land mail manager mission model motif nature nda \
    newsletter niche note notes observations optout organisation organization \
    orientation participants person phase pricing prognose public role satisfaction \
    scoring segment service services session site solution start status structure \
    support tarif termin ticket typ type usage volume";

/// A name of columns that is known.
struct Name {
    language: &'static str,
    word: &'static str,
    /// It is read, and not one of those that never are.
    is_read: bool,
}

fn names() -> impl Iterator<Item = Name> {
    let read = vocabulary::entries()
        .filter(|entry| vocabulary::is_of_headers(entry.value) && !entry.value.contains("filler"))
        .map(|entry| (entry.language, entry.word, true));
    let never = vocabulary::never().map(|(_, language, word)| (language, word, false));
    read.chain(never).map(|(language, word, is_read)| Name {
        language,
        word,
        is_read,
    })
}

/// Some of the headers, for a sentence.
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

    fn told(headers: &str) -> Option<&'static str> {
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        match guess(&headers) {
            Guess::Language(language, _) => Some(language.code()),
            Guess::Unclear(_) => None,
        }
    }

    #[test]
    fn several_headers_tell_the_language_and_one_never_does() {
        assert_eq!(told("id,Vertrag,Laufzeit,Typ"), Some("de"));
        assert_eq!(told("id,contrat,durée,type"), Some("fr"));
        assert_eq!(
            told("Nom,Courriel,Agent,Volume,Service,Contrat"),
            Some("fr")
        );
        assert_eq!(told("id,umowa,czas_trwania"), Some("pl"));
        assert_eq!(told("Id,Status,Umowa,Czas trwania,NIP"), Some("pl"));
        assert_eq!(told("id,hợp_đồng,thời_hạn"), Some("vi"));
        assert_eq!(told("id,contract,account_manager,tenure"), Some("en"));
        assert_eq!(
            told("Account;Vertrag;Laufzeit;Art".replace(';', ",").as_str()),
            Some("de")
        );
        for unclear in [
            "Nom,Prénom,Adresse,Agent,Volume,Service,Type",
            "id,Vertrag,Typ,Type,Status",
            "id,Vertrag,Vertrag,vertrag",
            "id,Vertrag,Laufzeit,contrat,durée",
            "id,volume,email",
            "Id,Status,Website,City",
            "id,Type,Service,Volume,Email,Focus",
            "",
        ] {
            assert_eq!(told(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn english_that_looks_like_french_is_not_french() {
        for english in [
            "Account,Site,Region,Service,Kind",
            "Id,Name,Age,Education,Region,Service,Contract,Kind",
            "Account,Role,Region,Service,Kind",
            "Id,Site,Commercial,Observations,Satisfaction,Evaluation",
            "Newsletter,Phase,Opt-out,Prognose,UID",
        ] {
            let found = told(english);
            assert!(matches!(found, None | Some("en")), "{english}: {found:?}");
        }
    }

    #[test]
    fn names_that_look_alike_are_names_that_are_known() {
        let known: BTreeSet<String> = names().map(|name| header_key(name.word)).collect();
        for alike in ALIKE.split(' ') {
            let is_spelled = names().any(|name| {
                let mut is = false;
                spellings(name.word, |spelling| is |= header_key(spelling) == alike);
                is
            });
            assert!(known.contains(alike) || is_spelled, "{alike}");
        }
        assert!(ALIKE.split(' ').is_sorted());
    }
}
