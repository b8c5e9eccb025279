//! Labels that a file carries already, read as ours.
//!
//! Owns what a word for a label means, and when that depends on the language: *client*
//! is a customer in French, *klient* in Polish, and a Client in English and German. Where
//! it does and the language is not known, that is an error and never a guess.

use std::collections::{BTreeMap, BTreeSet};

use super::earlier::label_field;
use crate::check::language;
use crate::check::language::{Guess, Language};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::lexicon::normalize::{cell_key, header_key, spellings};
use crate::lexicon::vocabulary;
use crate::text::{joined, nearest, one_of, quoted};

/// So many different texts are remembered, of so many bytes at most.
const REMEMBERED: usize = 1000;
const SHORT: usize = 64;

/// The words for the labels of one scorecard.
#[derive(Debug, Clone, Default)]
pub(super) struct LabelWords {
    /// The names of its labels, as verdicts number them.
    labels: [String; 3],
    /// By cell key: the label in each language, or in all.
    words: BTreeMap<String, BTreeMap<Option<Language>, u8>>,
    /// The labels' own names and nothing else, as this tool writes them.
    is_ours: bool,
}

/// What a stored label was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Missing,
    NotUnderstood,
    Label(u8),
}

impl LabelWords {
    /// The words for the labels of a scorecard in a column that is called `column`.
    pub(super) fn new(rules: &Rules, card: usize, column: &str) -> Self {
        let labels = [0, 1, 2].map(|label| rules.label(card, label).to_owned());
        let name = &rules.rulebook().scorecards[card].name;
        let is_ours = header_key(column).ends_with(&header_key(&label_field(name)));
        let mut words: BTreeMap<String, BTreeMap<Option<Language>, u8>> = BTreeMap::new();
        let mut key = String::new();
        if !is_ours {
            let prefix = format!("{name},{}", vocabulary::LABEL);
            for entry in vocabulary::beginning_with(&prefix) {
                let means = entry.value[vocabulary::LABEL.len()..].trim_end_matches(')');
                let label = labels.iter().position(|label| label == means);
                let language = Language::from_code(entry.language);
                let (Some(label), Some(language)) = (label, language) else {
                    continue;
                };
                spellings(entry.word, |spelling| {
                    cell_key(spelling, &mut key);
                    let of = words.entry(key.clone()).or_default();
                    of.insert(Some(language), label as u8);
                });
            }
        }
        for (label, name) in labels.iter().enumerate() {
            cell_key(name, &mut key);
            let of = words.entry(key.clone()).or_default();
            if of.is_empty() {
                of.insert(None, label as u8);
            }
        }
        LabelWords {
            labels,
            words,
            is_ours,
        }
    }

    /// What would be understood instead of a text.
    fn expected(&self, text: &str) -> String {
        let [upper, lower, neither] = &self.labels;
        let mut expected = format!("{lower}, {upper} or {neither}");
        if !self.is_ours {
            expected.push_str(", or a word for one of them");
        }
        let near = match text.len() <= SHORT {
            true => nearest(text, self.words.keys().map(String::as_str)),
            false => None,
        };
        if let Some(near) = near {
            expected.push_str(&format!("; did you mean {}?", quoted(near)));
        }
        expected
    }
}

/// The labels of one column, read record by record.
#[derive(Debug)]
pub(super) struct StoredLabels {
    words: LabelWords,
    /// The language that the user names.
    language: Option<Language>,
    /// The headers of the file at hand, and what they tell, once that was needed.
    headers: Vec<String>,
    guess: Option<Guess>,
    /// Words of the file whose meaning the headers have decided, by cell key.
    decided: BTreeMap<String, Decided>,
    /// That was not reported yet.
    is_news: bool,
    /// Words of the file that mean the same in all languages that have them, by cell key:
    /// as they stand there, and these languages.
    plain: BTreeMap<String, (String, BTreeSet<Language>)>,
    known: BTreeMap<String, Stored>,
}

/// A word that means one label in one language and another in another.
#[derive(Debug, Clone)]
struct Decided {
    text: String,
    means: BTreeMap<Option<Language>, u8>,
    label: u8,
}

impl StoredLabels {
    pub(super) fn new(language: Option<Language>) -> Self {
        StoredLabels {
            words: LabelWords::default(),
            language,
            headers: Vec::new(),
            guess: None,
            decided: BTreeMap::new(),
            is_news: false,
            plain: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }

    /// Begins a file with these headers, in which the labels have these `words`.
    pub(super) fn open(&mut self, words: LabelWords, headers: &[String]) {
        self.words = words;
        self.headers = headers.to_vec();
        self.guess = None;
        self.decided.clear();
        self.plain.clear();
        self.known.clear();
    }

    /// What would be understood instead of a text.
    pub(super) fn expected(&self, text: &str) -> String {
        self.words.expected(text)
    }

    /// Reads a label.
    ///
    /// # Errors
    ///
    /// It means one thing in one language and another in another, and it is not known
    /// which one this is.
    pub(super) fn read(&mut self, rules: &Rules, text: &str) -> Result<Stored> {
        if let Some(known) = self.known.get(text) {
            return Ok(*known);
        }
        let stored = self.read_anew(rules, text)?;
        if text.len() <= SHORT {
            if self.known.len() == REMEMBERED {
                self.known.clear();
            }
            self.known.insert(text.to_owned(), stored);
        }
        Ok(stored)
    }

    fn read_anew(&mut self, rules: &Rules, text: &str) -> Result<Stored> {
        let mut key = String::new();
        cell_key(text, &mut key);
        if text.contains('?') && !key.is_empty() {
            // Somebody doubts it, as with any other value.
            return Ok(Stored::NotUnderstood);
        }
        let Some(means) = self.words.words.get(&key).cloned() else {
            return Ok(match rules.says_nothing(text, &mut key) {
                true => Stored::Missing,
                false => Stored::NotUnderstood,
            });
        };
        let labels: BTreeSet<u8> = means.values().copied().collect();
        if let (Some(label), 1) = (labels.first(), labels.len()) {
            let languages = means.keys().flatten().copied().collect();
            self.plain.insert(key, (text.to_owned(), languages));
            self.contradicted()?;
            return Ok(Stored::Label(*label));
        }
        if let Some(language) = self.language {
            let label = means.get(&Some(language));
            return Ok(label.map_or(Stored::NotUnderstood, |label| Stored::Label(*label)));
        }
        let guess = self
            .guess
            .get_or_insert_with(|| language::guess(&self.headers));
        let by_headers = match guess {
            Guess::Language(language, _) => means.get(&Some(*language)).copied(),
            Guess::Unclear(_) => None,
        };
        let Some(label) = by_headers else {
            return Err(self.unknown_language(text, &means));
        };
        self.is_news = self.decided.is_empty();
        let text = text.to_owned();
        let decided = Decided { text, means, label };
        self.decided.insert(key, decided);
        self.contradicted()?;
        Ok(Stored::Label(label))
    }

    /// Refuses to go by the headers where another word of the same column is of another
    /// language, in which the word that they have decided is another label.
    fn contradicted(&self) -> Result<()> {
        let Some(Guess::Language(language, headers)) = &self.guess else {
            return Ok(());
        };
        let is_other = |decided: &Decided, of: &BTreeSet<Language>| {
            let mut labels = of
                .iter()
                .filter_map(|other| decided.means.get(&Some(*other)));
            !of.is_empty() && !of.contains(language) && labels.any(|label| *label != decided.label)
        };
        let mut decided = self.decided.values();
        let other = decided.find_map(|decided| {
            let mut plain = self.plain.values();
            let (other, _) = plain.find(|(_, of)| is_other(decided, of))?;
            Some((decided, other))
        });
        let Some((decided, other)) = other else {
            return Ok(());
        };
        let found = format!(
            "{} is a label in {language}, of which the headers {} are, and {} is none",
            quoted(&decided.text),
            language::listed(headers),
            quoted(other),
        );
        Err(self.depends(found, &decided.means))
    }

    /// The error that it is not known in which language a label is.
    fn unknown_language(&self, text: &str, means: &BTreeMap<Option<Language>, u8>) -> Error {
        let why = match &self.guess {
            Some(Guess::Language(language, headers)) => format!(
                "the headers {} are {language}, in which it is no label",
                language::listed(headers)
            ),
            Some(Guess::Unclear(alone)) if !alone.is_empty() => {
                let alone = alone.iter().map(|(language, headers)| {
                    let are = if headers.len() == 1 { "is" } else { "are" };
                    format!("{} {are} {language}", language::listed(headers))
                });
                let alone: Vec<String> = alone.collect();
                format!("the headers do not tell: {}", alone.join(", "))
            }
            _ => "the headers do not tell".to_owned(),
        };
        let found = format!(
            "{} is a label whose language is not known: {why}",
            quoted(text)
        );
        self.depends(found, means)
    }

    fn depends(&self, found: String, means: &BTreeMap<Option<Language>, u8>) -> Error {
        let mut by_label: BTreeMap<u8, Vec<String>> = BTreeMap::new();
        for (language, label) in means {
            let name = language.map_or("any language", Language::name);
            by_label.entry(*label).or_default().push(name.to_owned());
        }
        let meanings = by_label.iter().map(|(label, languages)| {
            let label = &self.words.labels[usize::from(*label)];
            format!("{label} in {}", joined(languages, "and"))
        });
        let meanings: Vec<String> = meanings.collect();
        let codes = means.keys().flatten().map(|one| one.code().to_owned());
        Error::new(ErrorKind::Input, found)
            .expected(format!(
                "a language that is known, since it is {}",
                meanings.join(", and ")
            ))
            .help(Help::Say(
                Phrase::from("say in which it is: ")
                    .setting(Setting::LabelLanguage)
                    .text(format!(" {}", one_of(&codes.collect::<Vec<_>>()))),
            ))
    }

    /// What the headers have decided of the file at hand, if they have since the last
    /// time.
    pub(super) fn take_decided(&mut self) -> Option<Phrase> {
        if !std::mem::take(&mut self.is_news) {
            return None;
        }
        let Some(Guess::Language(language, headers)) = &self.guess else {
            return None;
        };
        let headers = language::listed(headers);
        let read = format!("read as {language}, since the headers {headers} are (");
        Some(
            Phrase::from(read)
                .set(Setting::LabelLanguage, "CODE")
                .text(" says otherwise)"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::Rulebook;
    use crate::value::Own;

    fn rules() -> Rules {
        let as_of = jiff::civil::date(2026, 1, 31);
        Rules::compile(Rulebook::documents().unwrap(), &Own::default(), as_of).unwrap()
    }

    /// What each of the labels is read as, by its name; `missing`, `?`, or `asks` where it
    /// ends there.
    fn read(headers: &str, language: &str, labels: &str) -> String {
        let rules = rules();
        let words = LabelWords::new(&rules, 0, headers.rsplit(',').next().unwrap());
        let mut stored = StoredLabels::new(Language::from_code(language));
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        stored.open(words, &headers);
        let mut read = Vec::new();
        for label in labels.split(',') {
            read.push(match stored.read(&rules, label) {
                Ok(Stored::Label(label)) => rules.label(0, label).to_owned(),
                Ok(Stored::Missing) => "missing".to_owned(),
                Ok(Stored::NotUnderstood) => "?".to_owned(),
                Err(_) => "asks".to_owned(),
            });
            if read.last().is_some_and(|last| last == "asks") {
                break;
            }
        }
        read.join(",")
    }

    #[test]
    fn what_client_and_klient_mean_depends_on_the_language() {
        for (language, client, klient) in [
            ("en", "Client", "?"),
            ("fr", "Customer", "?"),
            ("de", "Client", "Client"),
            ("pl", "?", "Customer"),
            ("vi", "Client", "?"),
        ] {
            let found = read("id,art", language, "client,klient");
            assert_eq!(found, format!("{client},{klient}"), "{language}");
        }
        assert_eq!(read("id,art", "", "client"), "asks");
        assert_eq!(read("id,art", "", "Klient"), "asks");
    }

    #[test]
    fn words_that_mean_the_same_everywhere_need_no_language() {
        let labels = "Kunde,KUNDIN,Mandant,khách hàng,Khach hang,thân chủ,customer,Undetermined";
        let read = read("id,art", "", labels);
        let customers = "Customer,Customer,Client,Customer,Customer,Client,Customer,Undetermined";
        assert_eq!(read, customers);
    }

    #[test]
    fn several_headers_tell_the_language() {
        let french = "id,contrat,durée,type";
        assert_eq!(read(french, "", "client,Cliente"), "Customer,Customer");
        assert_eq!(read("id,umowa,czas_trwania,typ", "", "klient"), "Customer");
        assert_eq!(
            read("id,Vertrag,Laufzeit,Typ", "", "Klient,Client"),
            "Client,Client"
        );
        assert_eq!(read("id,contrat,typ", "", "client"), "asks");
        assert_eq!(read("id,umowa,czas_trwania,typ", "", "client"), "asks");
        assert_eq!(read(french, "en", "client"), "Client");
    }

    #[test]
    fn a_word_of_another_language_takes_the_headers_word_away() {
        let french = "id,contrat,durée,type";
        assert_eq!(read(french, "", "client,Customer"), "Customer,asks");
        assert_eq!(read(french, "", "Customer,client"), "Customer,asks");
        let german = "id,Vertrag,Laufzeit,Typ";
        assert_eq!(read(german, "", "Client,Customer"), "Client,Customer");
    }

    #[test]
    fn the_labels_that_this_tool_writes_are_its_own_in_any_language() {
        let french = "id,contrat,durée,x_relationship_label";
        let labels = "Client,Customer,Undetermined,Kunde,,n/a,Client?";
        let told = read(french, "", labels);
        assert_eq!(told, "Client,Customer,Undetermined,?,missing,missing,?");
        let spelled = "id,contrat,durée,Relationship Label";
        assert_eq!(read(spelled, "", "Client"), "Client");
    }

    #[test]
    fn a_contradiction_is_told_whatever_comes_first() {
        let german = "id,Vertrag,Laufzeit,Typ";
        for labels in ["client,klient,cliente", "klient,client,cliente"] {
            assert!(read(german, "", labels).ends_with("asks"), "{labels}");
        }
    }
}
