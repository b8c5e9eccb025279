//! Labels that a file already has, read as labels of a scorecard.
//!
//! Owns the meaning of words for labels, some of which depend on the language: French
//! *client* and Polish *klient* mean Customer, English *client* and German *Klient* mean
//! Client. If the meaning depends on a language that is not known, that is an error; it is
//! never guessed.

use std::collections::{BTreeMap, BTreeSet};

use super::earlier::label_field;
use crate::check::language::{self, Guess, Language};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
use crate::lexicon::normalize::{cell_key, header_key, spellings};
use crate::lexicon::vocabulary;
use crate::text::{joined, nearest, one_of, quoted};

/// At most this many texts are remembered, each of at most [`SHORT`] bytes.
const REMEMBERED: usize = 1000;
const SHORT: usize = 64;

/// How a stored label is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Missing,
    NotUnderstood,
    Label(u8),
}

/// The label that a word means, by language; `None` stands for all languages.
type Meanings = BTreeMap<Option<Language>, u8>;

/// The labels in one column of a file, read record by record.
#[derive(Debug, Default)]
pub(super) struct StoredLabels {
    /// The names of the labels, by their numbers in a verdict.
    labels: [String; 3],
    /// The known words, by cell key.
    words: BTreeMap<String, Meanings>,
    /// Whether `classify` wrote the column, so that only the labels' own names are read.
    is_ours: bool,
    /// The language that the user names, if any.
    language: Option<Language>,
    headers: Vec<String>,
    /// The language of the headers, detected when first needed.
    guess: Option<Guess>,
    /// Words whose meaning the headers decided: each text, its meanings and the label.
    decided: BTreeMap<String, (String, Meanings, u8)>,
    /// That decision in words, until it is reported.
    pub(super) news: Option<Phrase>,
    /// Words with the same meaning in every language that has them: each text, and these
    /// languages.
    plain: BTreeMap<String, (String, BTreeSet<Language>)>,
    known: BTreeMap<String, Stored>,
    /// The languages that the column's first labels have in common, and those of them that
    /// mean the same in every language.
    shown: Option<(Vec<Language>, Vec<String>)>,
    /// They decided, and not the headers.
    is_by_values: bool,
}

impl StoredLabels {
    /// The labels of a scorecard in `column`.
    pub(super) fn new(
        rules: &Rules,
        card: usize,
        column: &str,
        headers: &[String],
        language: Option<Language>,
    ) -> Self {
        let labels = [0, 1, 2].map(|label| rules.label(card, label).to_owned());
        let name = &rules.rulebook().scorecards[card].name;
        let is_ours = header_key(column).ends_with(&header_key(&label_field(name)));
        let mut words: BTreeMap<String, Meanings> = BTreeMap::new();
        let mut key = String::new();
        let prefix = format!("{name},{}", vocabulary::LABEL);
        for entry in vocabulary::beginning_with(&prefix).filter(|_| !is_ours) {
            let means = entry.value[vocabulary::LABEL.len()..].trim_end_matches(')');
            let label = labels.iter().position(|label| label == means);
            let language = Language::from_code(entry.language);
            if let (Some(label), Some(_)) = (label, language) {
                spellings(entry.word, |spelling| {
                    cell_key(spelling, &mut key);
                    let of = words.entry(key.clone()).or_default();
                    of.insert(language, label as u8);
                });
            }
        }
        for (label, name) in (0..).zip(&labels) {
            cell_key(name, &mut key);
            let in_all = || [(None, label)].into();
            words.entry(key.clone()).or_insert_with(in_all);
        }
        StoredLabels {
            labels,
            words,
            is_ours,
            language,
            headers: headers.to_vec(),
            ..StoredLabels::default()
        }
    }

    /// The same, for a column with these first texts: they may show its language.
    pub(super) fn with_first(mut self, texts: &[String]) -> Self {
        let mut common: Option<BTreeSet<Language>> = None;
        let mut plain = BTreeSet::new();
        // By language, the labels that mean the same in each language that has them.
        let mut beside: BTreeMap<Language, BTreeSet<String>> = BTreeMap::new();
        let mut unclear: Option<BTreeSet<Language>> = None;
        let mut key = String::new();
        for text in texts.iter().map(|text| text.trim()) {
            cell_key(text, &mut key);
            let Some(means) = self.words.get(&key).filter(|_| !text.contains('?')) else {
                continue;
            };
            let languages: BTreeSet<Language> = means.keys().flatten().copied().collect();
            if languages.is_empty() {
                continue;
            }
            let labels: BTreeSet<&u8> = means.values().collect();
            if labels.len() == 1 {
                plain.insert(text.to_owned());
                for language in &languages {
                    beside.entry(*language).or_default().insert(text.to_owned());
                }
            } else {
                unclear = Some(match unclear {
                    Some(unclear) => &unclear & &languages,
                    None => languages.clone(),
                });
            }
            common = Some(match common {
                Some(common) => &common & &languages,
                None => languages,
            });
        }
        let common: Vec<Language> = common.into_iter().flatten().collect();
        if !common.is_empty() && !plain.is_empty() {
            self.shown = Some((common, plain.into_iter().collect()));
            return self;
        }
        // Labels of several languages: those in which the unclear ones are words, and at
        // least one of the others too.
        let unclear = unclear.into_iter().flatten();
        let both = unclear.filter_map(|one| Some((one, beside.get(&one)?.clone())));
        let (languages, texts): (Vec<_>, Vec<_>) = both.unzip();
        if !languages.is_empty() {
            let texts: BTreeSet<String> = texts.into_iter().flatten().collect();
            self.shown = Some((languages, texts.into_iter().collect()));
        }
        self
    }

    /// The labels that would be understood instead of `text`.
    pub(super) fn expected(&self, text: &str) -> String {
        let [upper, lower, neither] = &self.labels;
        let mut expected = format!("{lower}, {upper} or {neither}");
        if !self.is_ours {
            expected += ", or a word for one of them";
        }
        let words = self.words.keys().map(String::as_str);
        if let Some(near) = nearest(text, words).filter(|_| text.len() <= SHORT) {
            expected += &format!("; did you mean {}?", quoted(near));
        }
        expected
    }

    /// Reads a label.
    ///
    /// # Errors
    ///
    /// Its meaning depends on the language, and the language is not known.
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
            // A question mark means doubt, as in any other value.
            return Ok(Stored::NotUnderstood);
        }
        let Some(means) = self.words.get(&key).cloned() else {
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
        if self.language.is_some() {
            let label = means.get(&self.language);
            return Ok(label.map_or(Stored::NotUnderstood, |label| Stored::Label(*label)));
        }
        let guess = self
            .guess
            .get_or_insert_with(|| language::guess(&self.headers));
        let of = |one| means.get(&Some(one)).copied();
        let by_headers = guess.language.and_then(of);
        // All languages that the other labels leave open have to agree.
        let by_values = self.shown.as_ref().and_then(|(languages, _)| {
            let labels: BTreeSet<u8> = languages.iter().copied().filter_map(of).collect();
            labels.first().copied().filter(|_| labels.len() == 1)
        });
        let Some(label) = by_headers.or(by_values) else {
            return Err(self.unknown_language(text, &means));
        };
        self.is_by_values = by_headers.is_none();
        if let (Some((what, languages, alike)), true) = (self.shows(), self.decided.is_empty()) {
            let language = named(&languages);
            let alike = language::listed(alike);
            let read = format!("read as {language}, like the {what} {alike} (to change that: ");
            let read = Phrase::from(read).set(Setting::LabelLanguage, "CODE");
            self.news = Some(read.text(")"));
        }
        self.decided.insert(key, (text.to_owned(), means, label));
        self.contradicted()?;
        Ok(Stored::Label(label))
    }

    /// The language of the headers, and the headers that show it.
    fn guessed(&self) -> Option<(Language, &[String])> {
        let guess = self.guess.as_ref()?;
        let language = guess.language?;
        Some((language, guess.alone.get(&language)?))
    }

    /// What decided the language of the labels: headers or labels, and which of them.
    fn shows(&self) -> Option<(&'static str, Vec<Language>, &[String])> {
        match &self.shown {
            Some((languages, texts)) if self.is_by_values => {
                Some(("other labels", languages.clone(), texts))
            }
            _ => {
                let (language, headers) = self.guessed()?;
                Some(("headers", vec![language], headers))
            }
        }
    }

    /// Refuses to go by the headers, or by the first labels, if another word of the same column belongs only to
    /// other languages, in one of which a word that the headers decided means another label.
    fn contradicted(&self) -> Result<()> {
        let Some((what, languages, alike)) = self.shows() else {
            return Ok(());
        };
        for (text, means, label) in self.decided.values() {
            let mut plain = self.plain.values();
            let other = plain.find(|(_, of)| {
                let mut labels = of.iter().filter_map(|other| means.get(&Some(*other)));
                languages.iter().all(|one| !of.contains(one)) && labels.any(|other| other != label)
            });
            if let Some((other, _)) = other {
                let (text, other) = (quoted(text), quoted(other));
                let alike = language::listed(alike);
                let language = named(&languages);
                let found = format!(
                    "the language of the label {text} is unclear: the {what} {alike} are {language}, but the label {other} is not"
                );
                return Err(self.depends(found, means));
            }
        }
        Ok(())
    }

    /// The error that the language of a label is not known.
    fn unknown_language(&self, text: &str, means: &Meanings) -> Error {
        let alone = self.guess.iter().flat_map(|guess| &guess.alone);
        let alone = alone.map(|(language, headers)| {
            let are = if headers.len() == 1 { "is" } else { "are" };
            format!("{} {are} {language}", language::listed(headers))
        });
        let alone: Vec<String> = alone.collect();
        let why = match self.guessed() {
            Some((language, headers)) => {
                let headers = language::listed(headers);
                format!("the headers {headers} are {language}, where it is not a label")
            }
            None if alone.is_empty() => "the headers do not show it".to_owned(),
            None => format!("the headers do not settle it ({})", alone.join(", ")),
        };
        let text = quoted(text);
        let found = format!("the language of the label {text} is unknown: {why}");
        self.depends(found, means)
    }

    fn depends(&self, found: String, means: &Meanings) -> Error {
        let mut by_label: BTreeMap<u8, Vec<&str>> = BTreeMap::new();
        for (language, label) in means {
            let name = language.map_or("any language", Language::name);
            by_label.entry(*label).or_default().push(name);
        }
        let meanings = by_label.iter().map(|(label, languages)| {
            let label = &self.labels[usize::from(*label)];
            format!("{label} in {}", joined(languages, "and"))
        });
        let meanings = meanings.collect::<Vec<_>>().join(", and ");
        let codes: Vec<&str> = means.keys().flatten().map(|one| one.code()).collect();
        let help = Phrase::from("name the language: ").setting(Setting::LabelLanguage);
        Error::new(ErrorKind::Input, found)
            .expected(format!("a known language, because it means {meanings}"))
            .help(help.text(format!(" {}", one_of(&codes))))
    }
}

/// One of several languages, for a sentence.
fn named(languages: &[Language]) -> String {
    let names: Vec<&str> = languages.iter().map(|language| language.name()).collect();
    joined(&names, "or")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::Rulebook;
    use crate::value::Own;

    /// What each of the labels is read as: its name, `missing` or `?`; `asks` if it ends
    /// there with an error.
    fn read(rules: &Rules, headers: &str, language: &str, labels: &str) -> String {
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        let (column, language) = (headers.last().unwrap(), Language::from_code(language));
        let first: Vec<String> = labels.split(',').map(str::to_owned).collect();
        let stored = StoredLabels::new(rules, 0, column, &headers, language);
        let mut stored = stored.with_first(&first[..first.len().min(3)]);
        let mut read = Vec::new();
        for label in labels.split(',') {
            match stored.read(rules, label) {
                Ok(Stored::Label(label)) => read.push(rules.label(0, label)),
                Ok(Stored::Missing) => read.push("missing"),
                Ok(Stored::NotUnderstood) => read.push("?"),
                Err(_) => {
                    read.push("asks");
                    break;
                }
            }
        }
        read.join(",")
    }

    #[test]
    fn what_a_label_means_depends_on_the_language_where_it_does() {
        const NONE: &str = "id,art";
        const FRENCH: &str = "id,contrat,durée,type";
        const GERMAN: &str = "id,Vertrag,Laufzeit,Typ";
        const POLISH: &str = "id,umowa,czas_trwania,typ";
        const OURS: &str = "id,contrat,durée,x_relationship_label";
        let as_of = jiff::civil::date(2026, 1, 31);
        let documents = Rulebook::documents().unwrap();
        let rules = Rules::compile(documents, &Own::default(), as_of).unwrap();
        for (headers, language, labels, expected) in [
            // With a named language.
            (NONE, "en", "client,klient", "Client,?"),
            (NONE, "fr", "client,klient", "Customer,?"),
            (NONE, "de", "client,klient", "Client,Client"),
            (NONE, "pl", "client,klient", "?,Customer"),
            (NONE, "vi", "client,klient", "Client,?"),
            (FRENCH, "en", "client", "Client"),
            // Without one.
            (NONE, "", "client", "asks"),
            (NONE, "", "Klient", "asks"),
            (
                NONE,
                "",
                "Kunde,KUNDIN,khách hàng",
                "Customer,Customer,Customer",
            ),
            (NONE, "", "Khach hang,customer", "Customer,Customer"),
            (NONE, "", "Mandant,thân chủ", "Client,Client"),
            (NONE, "", "Undetermined", "Undetermined"),
            // With a language that several headers show.
            (FRENCH, "", "client,Cliente", "Customer,Customer"),
            (POLISH, "", "klient", "Customer"),
            (POLISH, "", "client", "asks"),
            (GERMAN, "", "Klient,Client", "Client,Client"),
            ("id,contrat,typ", "", "client", "asks"),
            // With a language that the column's own labels show.
            (NONE, "", "client,Customer", "Client,Customer"),
            (NONE, "", "Customer,n/a,Client", "Customer,missing,Client"),
            (NONE, "", "Klient,Kunde", "Client,Customer"),
            (NONE, "", "Khách hàng,Client", "Customer,Client"),
            (POLISH, "", "client,Customer", "Client,Customer"),
            (NONE, "", "client,klient", "asks"),
            // Others of another language do not matter, if they all agree.
            (
                NONE,
                "",
                "client,Customer,Kunde",
                "Client,Customer,Customer",
            ),
            (
                NONE,
                "",
                "Kunde,Klient,Customer",
                "Customer,Client,Customer",
            ),
            (NONE, "", "Customer,Klient", "Customer,asks"),
            (
                NONE,
                "",
                "client,Customer,x,cliente",
                "Client,Customer,?,asks",
            ),
            // A word of another language contradicts the headers, in any order.
            (FRENCH, "", "client,Customer", "Customer,asks"),
            (FRENCH, "", "Customer,client", "Customer,asks"),
            (GERMAN, "", "Client,Customer", "Client,Customer"),
            (GERMAN, "", "client,klient,cliente", "Client,Client,asks"),
            (GERMAN, "", "klient,client,cliente", "Client,Client,asks"),
            // Labels that `classify` wrote are the same in any language.
            (OURS, "", "Client,Customer", "Client,Customer"),
            (
                OURS,
                "",
                "Undetermined,Kunde,,n/a",
                "Undetermined,?,missing,missing",
            ),
            (OURS, "", "Client?", "?"),
            (
                "id,contrat,durée,Relationship Label",
                "",
                "Client",
                "Client",
            ),
        ] {
            let found = read(&rules, headers, language, labels);
            assert_eq!(found, expected, "{headers} {language}: {labels}");
        }
    }
}
