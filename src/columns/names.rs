//! The names by which columns are found.
//!
//! Owns what it means that a name is known, known among fillers, doubtful, or
//! misspelled.

use super::How;
use crate::rules::compile::Rules;
use crate::rules::{CELLS, HEADERS, Kind, TimeUnit, cell_key, header_key};

/// Column names and fillers are looked up in runs of at most this many words.
const LONGEST_NAME: usize = 8;

/// The names by which the columns of these criteria are found.
#[derive(Debug)]
pub(super) struct Names<'r> {
    rules: &'r Rules,
    /// By criterion: its name as a header key, by which it is known too.
    own: Vec<String>,
}

impl<'r> Names<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        let criteria = rules.rulebook().criteria.iter();
        Names {
            rules,
            own: criteria.map(|one| header_key(&one.name)).collect(),
        }
    }

    /// The criterion with this name.
    fn known(&self, key: &str) -> Option<usize> {
        let rows = HEADERS.get(key).filter(|(_, value)| *value == "(column)");
        let criteria = rows.filter_map(|(criterion, _)| self.rules.criterion(criterion));
        let own = self.own.iter().rposition(|own| own == key);
        criteria.chain(own).max()
    }

    /// The criteria that this name can mean, among other things.
    fn doubtful(&self, key: &str) -> Vec<usize> {
        let rows = HEADERS.get(key).filter(|(_, value)| *value == "(column?)");
        let criteria = rows.filter_map(|(criterion, _)| self.rules.criterion(criterion));
        let mut criteria: Vec<usize> = criteria.collect();
        criteria.sort_unstable();
        criteria
    }

    /// Whether a word that changes nothing changes nothing for the names of
    /// columns that name somebody either.
    fn filler(key: &str) -> Option<bool> {
        let mut rows = HEADERS.get(key).rev();
        rows.find_map(|row| match row {
            ("*", "(filler)") => Some(true),
            ("*", "(filler?)") => Some(false),
            _ => None,
        })
    }

    fn unit_of(key: &str) -> Option<TimeUnit> {
        let mut rows = HEADERS.get(key).rev();
        rows.find_map(|(criterion, value)| {
            TimeUnit::from_name(value).filter(|_| criterion == "length")
        })
    }

    /// Whether a word is yes or no (true) or none (false): many criteria
    /// understand them, so they tell of none.
    fn answer(key: &str) -> Option<bool> {
        let mut rows = CELLS.get(key).rev();
        rows.find_map(|row| match row {
            ("*", "(none)") => Some(false),
            ("*", "yes" | "no") => Some(true),
            _ => None,
        })
    }

    /// True where `value` is an answer that does not tell what was asked:
    /// none, or yes or no unless the criterion is a `question`.
    pub(super) fn tells_nothing(value: &str, question: bool) -> bool {
        let mut key = String::new();
        cell_key(value, &mut key);
        Self::answer(&key).is_some_and(|yes_or_no| !(yes_or_no && question))
    }

    /// The criterion that the column `name`, of these `words`, surely means.
    pub(super) fn find(&self, name: &str, words: &[String]) -> Option<(usize, How)> {
        let key = header_key(name);
        match self.known(&key) {
            Some(criterion) => Some((criterion, How::Exact)),
            // What is known to be doubtful as a whole is not clear by a part.
            None if !self.doubtful(&key).is_empty() => None,
            None => self
                .by_words(words, false)
                .map(|criterion| (criterion, How::Words)),
        }
    }

    /// The criteria that a name with these words may mean.
    pub(super) fn doubts(&self, words: &[String]) -> Vec<usize> {
        for n in (1..=words.len().min(LONGEST_NAME)).rev() {
            for at in 0..=words.len() - n {
                let criteria = self.doubtful(&words[at..at + n].concat());
                if !criteria.is_empty()
                    && only_fillers(&words[..at], Kind::Length)
                    && only_fillers(&words[at + n..], Kind::Length)
                {
                    return criteria;
                }
            }
        }
        Vec::new()
    }

    /// The unit of time that a name states, as `Laufzeit in Jahren` does.
    pub(super) fn unit(words: &[String]) -> Option<TimeUnit> {
        words.iter().find_map(|word| Self::unit_of(word))
    }

    /// The criterion whose longest known name stands within `words`, where
    /// all other words are fillers; or, for `near` misses, whatever they are.
    pub(super) fn by_words(&self, words: &[String], near: bool) -> Option<usize> {
        for n in (1..=words.len().min(LONGEST_NAME)).rev() {
            let mut found = None;
            for at in 0..=words.len() - n {
                let Some(criterion) = self.known(&words[at..at + n].concat()) else {
                    continue;
                };
                let kind = self.rules.rulebook().criteria[criterion].kind;
                // A name that says no is not even nearly the criterion's.
                let fits = near && !words.iter().any(|word| Self::answer(word).is_some())
                    || only_fillers(&words[..at], kind) && only_fillers(&words[at + n..], kind);
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

    /// The criterion one of whose names is spelled nearly as `name`.
    pub(super) fn misspelled(&self, name: &str) -> Option<usize> {
        let key = header_key(name);
        let mut best: Option<(f64, usize)> = None;
        // Ties go to the earlier criterion.
        let vocabulary = HEADERS.all().map(|(known, _)| known);
        let own = self.own.iter().map(String::as_str);
        for known in vocabulary.chain(own) {
            if known.len().abs_diff(key.len()) * 4 > key.len() {
                continue;
            }
            let Some(criterion) = self.known(known) else {
                continue;
            };
            let likeness = strsim::normalized_damerau_levenshtein(known, &key);
            let better = best.is_none_or(|(other, other_criterion)| {
                likeness > other || likeness == other && criterion < other_criterion
            });
            if key.chars().count() > 3 && likeness > 0.8 && better {
                best = Some((likeness, criterion));
            }
        }
        best.map(|(_, criterion)| criterion)
    }
}

/// True where `words` fall apart into fillers; a length of time may also name
/// its unit.
fn only_fillers(words: &[String], kind: Kind) -> bool {
    let names_somebody = matches!(kind, Kind::Organization | Kind::Address);
    words.is_empty()
        || (1..=words.len().min(LONGEST_NAME)).any(|n| {
            let word = words[..n].concat();
            let filler = Names::filler(&word).is_some_and(|always| always || !names_somebody);
            (filler || kind == Kind::Length && Names::unit_of(&word).is_some())
                && only_fillers(&words[n..], kind)
        })
}
