//! The names by which columns are found.
//!
//! Owns the tables made of the vocabulary, and what it means that a name is
//! known, known among fillers, doubtful, or misspelled.

use super::How;
use crate::rules::compile::Rules;
use crate::rules::{Kind, TimeUnit, WordMap, cell_key, header_key, spellings, vocabulary};

/// Column names and fillers are looked up in runs of at most this many words.
const LONGEST_NAME: usize = 8;

/// The names by which columns are found.
#[derive(Debug)]
pub(super) struct Names {
    known: WordMap<usize>,
    /// Names that can mean several things, and the criteria among them.
    doubtful: WordMap<Vec<usize>>,
    /// Words that change nothing, and whether that holds for the names of
    /// columns that name somebody too.
    fillers: WordMap<bool>,
    units: WordMap<TimeUnit>,
    /// Words for yes and no (true) and for none (false), by cell key: many
    /// criteria understand them, so they tell of none.
    answers: WordMap<bool>,
    kinds: Vec<Kind>,
}

impl Names {
    /// Collects the names for the criteria of `rules`.
    pub(super) fn new(rules: &Rules) -> Self {
        let criteria = &rules.rulebook().criteria;
        let mut names = Names {
            known: WordMap::default(),
            doubtful: WordMap::default(),
            fillers: WordMap::default(),
            units: WordMap::default(),
            answers: WordMap::default(),
            kinds: criteria.iter().map(|one| one.kind).collect(),
        };
        let keys = |word| spellings(word).into_iter().map(|word| letters(&word));
        for (index, criterion) in criteria.iter().enumerate() {
            names.known.insert(header_key(&criterion.name), index);
            for entry in vocabulary::beginning_with(&format!("{},(column", criterion.name)) {
                if entry.value == "(column)" {
                    names.known.extend(keys(entry.word).map(|key| (key, index)));
                    continue;
                }
                for key in keys(entry.word) {
                    let criteria = names.doubtful.entry(key).or_default();
                    if !criteria.contains(&index) {
                        criteria.push(index);
                    }
                }
            }
        }
        for entry in vocabulary::beginning_with("*,(filler") {
            let always = entry.value == "(filler)";
            names
                .fillers
                .extend(keys(entry.word).map(|key| (key, always)));
        }
        for entry in vocabulary::beginning_with("length,") {
            if let Some(unit) = TimeUnit::from_name(entry.value) {
                names.units.extend(keys(entry.word).map(|key| (key, unit)));
            }
        }
        for entry in ["*,yes,", "*,no,", "*,(none),"]
            .into_iter()
            .flat_map(vocabulary::beginning_with)
        {
            let answers = spellings(entry.word).into_iter().map(|word| {
                let mut key = String::new();
                cell_key(&word, &mut key);
                (key, entry.value != "(none)")
            });
            names.answers.extend(answers);
        }
        names
    }

    /// True where `value` is an answer that does not tell what was asked:
    /// none, or yes or no unless the criterion is a `question`.
    pub(super) fn tells_nothing(&self, value: &str, question: bool) -> bool {
        let mut key = String::new();
        cell_key(value, &mut key);
        let answer = self.answers.get(&key);
        answer.is_some_and(|yes_or_no| !(*yes_or_no && question))
    }

    /// The criterion that the column `name`, of these `words`, surely means.
    pub(super) fn find(&self, name: &str, words: &[String]) -> Option<(usize, How)> {
        let key = header_key(name);
        match self.known.get(&key) {
            Some(criterion) => Some((*criterion, How::Exact)),
            // What is known to be doubtful as a whole is not clear by a part.
            None if self.doubtful.contains_key(&key) => None,
            None => self
                .by_words(words, false)
                .map(|criterion| (criterion, How::Words)),
        }
    }

    /// The criteria that a name with these words may mean.
    pub(super) fn doubts(&self, words: &[String]) -> &[usize] {
        for n in (1..=words.len().min(LONGEST_NAME)).rev() {
            for at in 0..=words.len() - n {
                let Some(criteria) = self.doubtful.get(&words[at..at + n].concat()) else {
                    continue;
                };
                if self.only_fillers(&words[..at], Kind::Length)
                    && self.only_fillers(&words[at + n..], Kind::Length)
                {
                    return criteria;
                }
            }
        }
        &[]
    }

    /// The unit of time that a name states, as `Laufzeit in Jahren` does.
    pub(super) fn unit(&self, words: &[String]) -> Option<TimeUnit> {
        words.iter().find_map(|word| self.units.get(word)).copied()
    }

    /// The criterion whose longest known name stands within `words`, where
    /// all other words are fillers; or, for `near` misses, whatever they are.
    pub(super) fn by_words(&self, words: &[String], near: bool) -> Option<usize> {
        for n in (1..=words.len().min(LONGEST_NAME)).rev() {
            let mut found = None;
            for at in 0..=words.len() - n {
                let Some(&criterion) = self.known.get(&words[at..at + n].concat()) else {
                    continue;
                };
                let kind = self.kinds[criterion];
                // A name that says no is not even nearly the criterion's.
                let fits = near && !words.iter().any(|word| self.answers.contains_key(word))
                    || self.only_fillers(&words[..at], kind)
                        && self.only_fillers(&words[at + n..], kind);
                if !fits {
                    continue;
                }
                if found.is_some_and(|other| other != criterion) {
                    return None;
                }
                found = Some(criterion);
            }
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// True where `words` fall apart into fillers; a length of time may also
    /// name its unit.
    fn only_fillers(&self, words: &[String], kind: Kind) -> bool {
        let names_somebody = matches!(kind, Kind::Organization | Kind::Address);
        words.is_empty()
            || (1..=words.len().min(LONGEST_NAME)).any(|n| {
                let word = words[..n].concat();
                let filler = self.fillers.get(&word);
                (filler.is_some_and(|always| *always || !names_somebody)
                    || kind == Kind::Length && self.units.contains_key(&word))
                    && self.only_fillers(&words[n..], kind)
            })
    }

    /// The criterion one of whose names is spelled nearly as `name`.
    pub(super) fn misspelled(&self, name: &str) -> Option<usize> {
        let key = header_key(name);
        let mut best: Option<(f64, usize)> = None;
        // The best of a map whose order varies: ties go to the earlier criterion.
        #[allow(clippy::iter_over_hash_type)]
        for (known, criterion) in &self.known {
            if known.len().abs_diff(key.len()) * 4 > key.len() {
                continue;
            }
            let likeness = strsim::normalized_damerau_levenshtein(known, &key);
            let better = best.is_none_or(|(other, other_criterion)| {
                likeness > other || likeness == other && *criterion < other_criterion
            });
            if key.chars().count() > 3 && likeness > 0.8 && better {
                best = Some((likeness, *criterion));
            }
        }
        best.map(|(_, criterion)| criterion)
    }
}

/// The [`header_key`] of a word of the vocabulary, which is in lower case and
/// composed as it is.
fn letters(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}
