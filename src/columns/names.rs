//! The names by which columns are found.
//!
//! Owns what it means that a name is known, known among fillers, doubtful,
//! known for being of no use, or misspelled.

use super::{How, Role};
use crate::engine::compile::Rules;
use crate::lexicon::decoration::undecorated;
use crate::lexicon::normalize::{header_key, header_words};
use crate::value::read::key_of;
use crate::value::{Kind, TimeUnit, Words};

/// Column names and fillers are looked up in runs of at most this many words.
const LONGEST_NAME: usize = 8;

/// The names by which the columns of these criteria are found.
#[derive(Debug)]
pub(super) struct Names<'r> {
    rules: &'r Rules,
    /// By criterion: its name as a header key, by which it is known too.
    own: Vec<String>,
}

/// What a name means: a criterion, and what part the column plays for it.
pub(super) type Meaning = (usize, Role);

/// What a name means, if anything is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameMeaning {
    Means(Meaning, How),
    /// It is known for being of no use, for this reason.
    Never(&'static str),
    Nothing,
}

impl<'r> Names<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        let criteria = rules.rulebook().criteria.iter();
        Names {
            rules,
            own: criteria.map(|one| header_key(&one.name)).collect(),
        }
    }

    fn words(&self) -> &'r Words {
        self.rules.words()
    }

    /// What a row of the vocabulary says a name means, and whether that is
    /// doubtful.
    fn meaning(&self, (criterion, value): (&str, &str)) -> Option<(Meaning, bool)> {
        let criterion = self.rules.criterion(criterion)?;
        let inner = value.strip_prefix('(')?.strip_suffix(')')?;
        let (kind, value) = inner.split_once(' ').unwrap_or((inner, ""));
        let values = &self.rules.rulebook().criteria[criterion].values;
        let place = || values.iter().position(|own| own == value);
        let value = || place().and_then(|place| u8::try_from(place).ok());
        let role = match kind {
            "column" | "column?" => Role::Plain,
            "since" => Role::Since,
            "term" => Role::Term,
            "filled" => Role::Filled(value()?),
            "flag!" => Role::Before(value()?),
            "flag" | "flag?" => Role::Flag(value()?),
            _ => return None,
        };
        Some(((criterion, role), kind.ends_with('?')))
    }

    fn meanings(&self, key: &str) -> impl Iterator<Item = (Meaning, bool)> {
        self.words()
            .headers(key)
            .filter_map(|row| self.meaning(row))
    }

    /// What a column with this name is for.
    fn known(&self, key: &str) -> Option<Meaning> {
        let sure = self.meanings(key).filter(|(_, doubtful)| !doubtful);
        let own = self.own.iter().rposition(|own| own == key);
        let own = own.map(|criterion| (criterion, Role::Plain));
        sure.map(|(meaning, _)| meaning).chain(own).max()
    }

    /// What this name can mean, among other things.
    fn doubtful(&self, key: &str) -> Vec<Meaning> {
        let doubtful = self.meanings(key).filter(|(_, doubtful)| *doubtful);
        let mut meanings: Vec<Meaning> = doubtful.map(|(meaning, _)| meaning).collect();
        meanings.sort_unstable();
        meanings
    }

    /// Whether a word that changes nothing changes nothing for the names of
    /// columns that name somebody either.
    fn filler(&self, key: &str) -> Option<bool> {
        let mut rows = self.words().headers(key).rev();
        rows.find_map(|row| match row {
            ("*", "(filler)") => Some(true),
            ("*", "(filler?)") => Some(false),
            _ => None,
        })
    }

    fn unit_of(&self, key: &str) -> Option<TimeUnit> {
        let mut rows = self.words().headers(key).rev();
        rows.find_map(|(criterion, value)| {
            TimeUnit::from_name(value).filter(|_| criterion == "length")
        })
    }

    /// Whether a word is yes or no.
    pub(super) fn is_answer(&self, value: &str) -> bool {
        let key = key_of(value);
        let mut rows = self.words().cells(&key);
        rows.any(|row| matches!(row, ("*", "yes" | "no")))
    }

    /// Whether a word is yes or no (true) or none (false): many criteria
    /// understand them, so they point to none of these.
    fn answer(&self, key: &str) -> Option<bool> {
        let mut rows = self.words().cells(key).rev();
        rows.find_map(|row| match row {
            ("*", "(none)") => Some(false),
            ("*", "yes" | "no") => Some(true),
            _ => None,
        })
    }

    /// True where `value` does not answer what was asked: it is none, or yes or no
    /// unless the criterion is a `question`.
    pub(super) fn is_bare(&self, value: &str, question: bool) -> bool {
        let answer = self.answer(&key_of(value));
        answer.is_some_and(|yes_or_no| !(yes_or_no && question))
    }

    /// True where `value` is a word that many columns have: of all criteria, or of
    /// this one where a name is one word.
    pub(super) fn is_common(&self, value: &str, criterion: Option<usize>) -> bool {
        let criteria = &self.rules.rulebook().criteria;
        let name = criterion.map_or("*", |criterion| &criteria[criterion].name);
        let key = key_of(value);
        let mut rows = self.words().cells(&key);
        rows.any(|row| row == (name, "(common)"))
    }

    /// The criteria that records with a column of this name are not about, and
    /// whether only bare numbers are not: where calls are listed, they are no
    /// relationship's length, and a supplier's contract is none of a buyer.
    pub(super) fn spoils(&self, name: &str) -> Vec<(usize, bool)> {
        let words = header_words(&undecorated(name));
        let mut spoilt = Vec::new();
        for (words, around) in runs(&words) {
            let is_whole = self.are_fillers(around, Kind::Length);
            for (criterion, value) in self.words().headers(&words.concat()) {
                let is_bare = match value {
                    "(unless)" if is_whole => false,
                    "(unless bare)" => true,
                    _ => continue,
                };
                spoilt.extend(self.rules.criterion(criterion).map(|of| (of, is_bare)));
            }
        }
        spoilt
    }

    /// What the column `name` surely means, or surely not.
    pub(super) fn find(&self, name: &str) -> NameMeaning {
        let name = &*undecorated(name);
        let key = header_key(name);
        if let Some(meaning) = self.known(&key) {
            return NameMeaning::Means(meaning, How::Exact);
        }
        if let Some(reason) = self.words().never(&key) {
            return NameMeaning::Never(reason);
        }
        // What is known to be doubtful as a whole is not clear by a part.
        if !self.doubtful(&key).is_empty() {
            return NameMeaning::Nothing;
        }
        let words = header_words(name);
        if let Some(meaning) = self.by_words(&words, false) {
            return NameMeaning::Means(meaning, How::Words);
        }
        match self.never(&words) {
            Some(reason) => NameMeaning::Never(reason),
            None => NameMeaning::Nothing,
        }
    }

    /// What the column `name` may mean.
    pub(super) fn doubts(&self, name: &str) -> Vec<Meaning> {
        let words = header_words(&undecorated(name));
        let mut within = runs(&words).filter(|(_, around)| self.are_fillers(*around, Kind::Length));
        let found = within.find_map(|(words, _)| {
            let meanings = self.doubtful(&words.concat());
            (!meanings.is_empty()).then_some(meanings)
        });
        found.unwrap_or_default()
    }

    /// The unit of time that a name states, as `Laufzeit in Jahren` does.
    pub(super) fn unit(&self, name: &str) -> Option<TimeUnit> {
        let words = header_words(&undecorated(name));
        words.iter().find_map(|word| self.unit_of(word))
    }

    /// The meaning whose longest known name stands within `words`, where
    /// all other words are fillers; or, for `near` misses, whatever they are.
    pub(super) fn by_words(&self, words: &[String], near: bool) -> Option<Meaning> {
        let mut found: Option<(Meaning, usize)> = None;
        for (name, around) in runs(words) {
            if found.is_some_and(|(_, length)| length > name.len()) {
                break;
            }
            let Some(meaning) = self.known(&name.concat()) else {
                continue;
            };
            let kind = self.rules.rulebook().criteria[meaning.0].kind;
            // A name that says no is not even nearly the criterion's.
            let fits = near && !words.iter().any(|word| self.answer(word).is_some())
                || self.are_fillers(around, kind);
            if !fits {
                continue;
            }
            if found.is_some_and(|(other, _)| other != meaning) {
                return None;
            }
            found = Some((meaning, name.len()));
        }
        found.map(|(meaning, _)| meaning)
    }

    /// The criterion one of whose names is spelled nearly as `name`.
    pub(super) fn misspelled(&self, name: &str) -> Option<usize> {
        let key = header_key(&undecorated(name));
        let own = self.own.iter().map(String::as_str);
        let near = self.words().header_keys().chain(own).filter_map(|known| {
            if known.len().abs_diff(key.len()) * 4 > key.len() {
                return None;
            }
            let (criterion, _) = self.known(known)?;
            let likeness = strsim::normalized_damerau_levenshtein(known, &key);
            (key.chars().count() > 3 && likeness > 0.8).then_some((likeness, criterion))
        });
        // Ties go to the earlier criterion.
        let best = near.max_by(|one, other| {
            let by_likeness = one.0.total_cmp(&other.0);
            by_likeness.then(other.1.cmp(&one.1))
        });
        best.map(|(_, criterion)| criterion)
    }

    /// Why a column with these words is never read, if they are the words of such a
    /// name and fillers.
    fn never(&self, words: &[String]) -> Option<&'static str> {
        runs(words).find_map(|(name, around)| {
            let reason = self.words().never(&name.concat())?;
            self.are_fillers(around, Kind::Length).then_some(reason)
        })
    }

    /// True where the words `around` a name change nothing of what it means to a
    /// criterion of this kind.
    fn are_fillers(&self, around: [&[String]; 2], kind: Kind) -> bool {
        around.iter().all(|words| self.only_fillers(words, kind))
    }

    /// True where `words` fall apart into fillers; a length of time may also name
    /// its unit.
    fn only_fillers(&self, words: &[String], kind: Kind) -> bool {
        let names_somebody = matches!(kind, Kind::Organization | Kind::Address);
        words.is_empty()
            || (1..=words.len().min(LONGEST_NAME)).any(|n| {
                let word = words[..n].concat();
                let filler = self.filler(&word);
                let filler = filler.is_some_and(|always| always || !names_somebody);
                (filler || kind == Kind::Length && self.unit_of(&word).is_some())
                    && self.only_fillers(&words[n..], kind)
            })
    }
}

/// A name of more words is a text.
const MOST_WORDS: usize = 24;

/// The runs of at most [`LONGEST_NAME`] words, the longest first, each with the
/// words before and behind it.
fn runs(words: &[String]) -> impl Iterator<Item = (&[String], [&[String]; 2])> {
    let words = if words.len() > MOST_WORDS { &[] } else { words };
    let lengths = (1..=words.len().min(LONGEST_NAME)).rev();
    lengths.flat_map(move |n| {
        (0..=words.len() - n).map(move |at| (&words[at..at + n], [&words[..at], &words[at + n..]]))
    })
}
