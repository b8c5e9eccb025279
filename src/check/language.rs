//! In which language a file is written, as far as its headers tell.
//!
//! Owns that decision. One word never makes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::error::quoted;
use crate::rules::{header_key, vocabulary};

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
const TIMES: usize = 3;

/// What headers tell of their language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// It is this one, as these headers say.
    Language(Language, Vec<String>),
    /// It is not clear; by language the headers that are words of it alone.
    Unclear(BTreeMap<Language, Vec<String>>),
}

/// What `headers` tell of their language: those that are known names of columns, whether
/// they are read or never are.
pub(super) fn told_by(headers: &[String]) -> Told {
    let keys: BTreeSet<String> = headers.iter().map(|name| header_key(name)).collect();
    let mut languages: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (language, word) in names() {
        let mut add = |spelling: &str| {
            let key = header_key(spelling);
            if keys.contains(&key) {
                languages.entry(key).or_default().insert(language);
            }
        };
        crate::rules::spellings(word, &mut add);
    }
    let mut alone: BTreeMap<Language, Vec<String>> = BTreeMap::new();
    let mut counted = BTreeSet::new();
    for name in headers {
        let key = header_key(name);
        let of = languages.get(&key);
        let only = of.filter(|of| of.len() == 1).and_then(|of| of.first());
        if let Some(language) = only.and_then(|code| Language::from_code(code))
            && counted.insert(key)
        {
            alone.entry(language).or_default().push(name.clone());
        }
    }
    let best = alone.iter().max_by_key(|(_, names)| names.len());
    let is_clear = |language: Language, most: usize| {
        let mut others = alone.iter().filter(|(other, _)| **other != language);
        most >= ENOUGH && others.all(|(_, names)| names.len() * TIMES <= most)
    };
    match best {
        Some((language, names)) if is_clear(*language, names.len()) => {
            Told::Language(*language, names.clone())
        }
        _ => Told::Unclear(alone),
    }
}

/// Names of columns that look alike in several languages, whichever they are listed in.
const ALIKE: [&str; 54] = [
    "accent",
    "accord",
    "adaptation",
    "application",
    "attention",
    "audience",
    "b2b",
    "client",
    "collaboration",
    "concentration",
    "conditions",
    "convention",
    "csm",
    "email",
    "emails",
    "engagement",
    "expiration",
    "extern",
    "firma",
    "focus",
    "group",
    "implication",
    "institution",
    "kam",
    "mail",
    "manager",
    "mission",
    "model",
    "motif",
    "nature",
    "nda",
    "niche",
    "organisation",
    "organization",
    "orientation",
    "participants",
    "person",
    "pricing",
    "public",
    "role",
    "segment",
    "service",
    "services",
    "session",
    "solution",
    "start",
    "status",
    "structure",
    "support",
    "tarif",
    "termin",
    "typ",
    "type",
    "usage",
];

/// Language and word of all names of columns that tell a language. English names of
/// columns that are never read (Id, Status, Website) stand in files of any.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let read = vocabulary::entries()
        .filter(|entry| vocabulary::is_of_headers(entry.value) && !entry.value.contains("filler"))
        .map(|entry| (entry.language, entry.word));
    let never = vocabulary::never().map(|(_, language, word)| (language, word));
    let all = read.chain(never.filter(|(language, _)| *language != "en"));
    all.filter(|(_, word)| !ALIKE.contains(word))
}

/// Some of the headers, for a sentence.
pub(super) fn listed(headers: &[String]) -> String {
    const MOST: usize = 3;
    let mut shown: Vec<String> = headers.iter().take(MOST).map(|name| quoted(name)).collect();
    if headers.len() > MOST {
        shown.push(format!("{} more", headers.len() - MOST));
    }
    joined(shown, "and")
}

/// Things in a sentence: `a, b and c`.
pub(super) fn joined(mut things: Vec<String>, word: &str) -> String {
    match things.pop() {
        Some(last) if !things.is_empty() => format!("{} {word} {last}", things.join(", ")),
        last => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(headers: &str) -> Option<&'static str> {
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        match told_by(&headers) {
            Told::Language(language, _) => Some(language.code()),
            Told::Unclear(_) => None,
        }
    }

    #[test]
    fn several_headers_tell_the_language_and_one_never_does() {
        assert_eq!(told("id,Vertrag,Laufzeit,Typ"), Some("de"));
        assert_eq!(told("id,contrat,durée,type"), Some("fr"));
        assert_eq!(told("id,umowa,czas_trwania"), Some("pl"));
        assert_eq!(told("id,hợp_đồng,thời_hạn"), Some("vi"));
        assert_eq!(told("id,contract,account_manager,tenure"), Some("en"));
        assert_eq!(told("id,Vertrag,Typ,Type,Status"), None);
        assert_eq!(told("id,Type,Service,Volume,Email,Focus"), None);
        assert_eq!(told("id,Vertrag,Vertrag,vertrag"), None);
        assert_eq!(told("id,Vertrag,Laufzeit,contrat,durée"), None);
        assert_eq!(told("id,volume,email"), None);
        assert_eq!(told("Id,Status,Website,City"), None);
        assert_eq!(told("Id,Status,Umowa,Czas trwania,NIP"), Some("pl"));
        assert_eq!(told(""), None);
    }
}
