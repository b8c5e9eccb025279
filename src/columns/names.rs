//! The names by which columns are found.
//!
//! Owns what it means for a name to be known, known with fillers, ambiguous, known to
//! be useless, or misspelled.

use super::{How, Role};
use crate::engine::compile::Rules;
use crate::lexicon::decoration::undecorated;
use crate::lexicon::normalize::{header_key, header_words};
use crate::lexicon::vocabulary;
use crate::value::filled::Filling;
use crate::value::read::key_of;
use crate::value::{Kind, TimeUnit, Words};

/// What single words in the name of a column show about the records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// It names the buyer, those from whom we buy, or those of us who did the work.
    pub(super) buyer: bool,
    pub(super) supplier: bool,
    pub(super) worker: bool,
    /// Only lists of our own staff have it; or such lists have several of its kind.
    pub(super) staff: bool,
    pub(super) staff_hint: bool,
    /// It is such a list if the key of its records is a number of these.
    pub(super) staff_key: bool,
    /// It is such a list if no column names anybody else.
    pub(super) staff_person: bool,
    /// It is about single pieces of work, or about a document other than a contract.
    pub(super) activity: bool,
    pub(super) document: bool,
    /// It has numbers or codes of somebody or something; or counts them, or asks.
    pub(super) id: bool,
    pub(super) count: bool,
}

/// Column names and fillers are looked up in runs of at most this many words.
const LONGEST_NAME: usize = 8;

/// The names by which the columns of these criteria are found.
#[derive(Debug)]
pub(super) struct Names<'r> {
    rules: &'r Rules,
    /// By criterion: its name as a header key, which is a known name too.
    own: Vec<String>,
}

/// The meaning of a name: a criterion, and the part that the column plays for it.
pub(super) type Meaning = (usize, Role);

/// The meaning of a name, if anything is known about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameMeaning {
    Means(Meaning, How),
    /// It is known to be useless, for this reason.
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

    /// The meaning of a name by a row of the vocabulary, and whether it is ambiguous.
    fn meaning(&self, (criterion, value): (&str, &str)) -> Option<(Meaning, bool)> {
        let criterion = self.rules.criterion(criterion)?;
        let inner = value.strip_prefix('(')?.strip_suffix(')')?;
        if matches!(inner, "in force" | "in force?") {
            return Some(((criterion, Role::InForce), false));
        }
        let (kind, value) = inner.split_once(' ').unwrap_or((inner, ""));
        let values = &self.rules.rulebook().criteria[criterion].values;
        let place = || values.iter().position(|own| own == value);
        let value = || place().and_then(|place| u8::try_from(place).ok());
        let role = match kind {
            "column" | "column?" => Role::Plain,
            "since" => Role::Since,
            "term" => Role::Term,
            "filled" | "number" | "day" | "name" => {
                Role::Filled(value()?, Filling::from_name(kind)?)
            }
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

    /// The meaning of a column with this name.
    fn known(&self, key: &str) -> Option<Meaning> {
        let sure = self.meanings(key).filter(|(_, doubtful)| !doubtful);
        let own = self.own.iter().rposition(|own| own == key);
        let own = own.map(|criterion| (criterion, Role::Plain));
        sure.map(|(meaning, _)| meaning).chain(own).max()
    }

    /// The possible meanings of this name, if it is ambiguous.
    fn doubtful(&self, key: &str) -> Vec<Meaning> {
        let doubtful = self.meanings(key).filter(|(_, doubtful)| *doubtful);
        let mut meanings: Vec<Meaning> = doubtful.map(|(meaning, _)| meaning).collect();
        meanings.sort_unstable();
        meanings
    }

    /// Whether a word is a filler; false for one that is none in the names of columns
    /// about a person or organization.
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

    /// Whether a word means yes or no.
    pub(super) fn is_answer(&self, value: &str) -> bool {
        let key = key_of(value);
        let mut rows = self.words().cells(&key);
        rows.any(|row| matches!(row, ("*", "yes" | "no")))
    }

    /// Whether a word means yes or no (true) or none (false): many criteria understand
    /// such words, so these point to no criterion.
    fn answer(&self, key: &str) -> Option<bool> {
        let mut rows = self.words().cells(key).rev();
        rows.find_map(|row| match row {
            ("*", "(none)") => Some(false),
            ("*", "yes" | "no") => Some(true),
            _ => None,
        })
    }

    /// True if `value` points to no criterion: it means none, or yes or no unless the
    /// criterion is a `question`.
    pub(super) fn is_bare(&self, value: &str, question: bool) -> bool {
        let answer = self.answer(&key_of(value));
        answer.is_some_and(|yes_or_no| !(yes_or_no && question))
    }

    /// True if `value` is a word that many columns have: in general, or for this
    /// criterion if a name is one word.
    pub(super) fn is_common(&self, value: &str, criterion: Option<usize>) -> bool {
        let criteria = &self.rules.rulebook().criteria;
        let name = criterion.map_or("*", |criterion| &criteria[criterion].name);
        let key = key_of(value);
        let mut rows = self.words().cells(&key);
        rows.any(|row| row == (name, "(common)"))
    }

    /// What a word in the name of a column shows about the records.
    fn marked_by(&self, key: &str) -> impl Iterator<Item = &'r str> + use<'r> {
        let rows = self.words().headers(key);
        rows.filter_map(|(of, value)| (of == vocabulary::RECORDS).then_some(value))
    }

    /// The parts of a German compound such as `Lieferantenname`.
    pub(super) fn compound<'w>(&self, word: &'w str) -> Option<(&'w str, &'w str)> {
        self.compound_with(word, "tail")
    }

    /// The parts of a German compound whose second part has this `mark`.
    pub(super) fn compound_with<'w>(
        &self,
        word: &'w str,
        mark: &str,
    ) -> Option<(&'w str, &'w str)> {
        // Each end is looked up.
        if word.len() > LONGEST_COMPOUND {
            return None;
        }
        let mut ends = word.char_indices().skip(4);
        let end = ends.find(|(at, _)| self.has_mark(&word[*at..], mark));
        end.map(|(at, _)| word.split_at(at))
    }

    /// What the words in the name of a column show about the records.
    pub(super) fn marks(&self, name: &str) -> Marks {
        let words = header_words(&undecorated(name));
        let mut marks = Marks::default();
        let compounds = words.iter().filter_map(|word| self.compound(word));
        let compounds = compounds.flat_map(<[&str; 2]>::from).map(str::to_owned);
        let runs = runs(&words).map(|(words, _)| words.concat());
        for word in runs.chain(compounds) {
            for value in self.marked_by(&word) {
                match value {
                    "buyer" => marks.buyer = true,
                    "supplier" => marks.supplier = true,
                    "worker" => marks.worker = true,
                    "staff" => marks.staff = true,
                    "staff_hint" => marks.staff_hint = true,
                    "activity" => marks.activity = true,
                    "document" => marks.document = true,
                    "id" => marks.id = true,
                    "count" | "question" => marks.count = true,
                    "staff_key" => marks.staff_key = true,
                    "staff_person" => marks.staff_person = true,
                    _ => {}
                }
            }
        }
        marks
    }

    /// The rows of a name.
    pub(super) fn headers_of(
        &self,
        key: &str,
    ) -> impl DoubleEndedIterator<Item = (&'r str, &'r str)> + use<'r> {
        self.words().headers(key)
    }

    /// Whether a word in the name of a column shows this about the records.
    pub(super) fn has_mark(&self, word: &str, mark: &str) -> bool {
        self.marked_by(word).any(|one| one == mark)
    }

    /// The same for a part of a German compound among `words`.
    pub(super) fn compound_has_mark(&self, words: &[String], mark: &str) -> bool {
        let parts = words.iter().filter_map(|word| self.compound(word));
        parts
            .flat_map(<[&str; 2]>::from)
            .any(|part| self.has_mark(part, mark))
    }

    /// Whether a word changes nothing in the name of a column.
    pub(super) fn is_filler(&self, word: &str) -> bool {
        self.filler(word).is_some()
    }

    /// Whether a word only introduces a day, as `on` does.
    pub(super) fn is_on(&self, word: &str) -> bool {
        let mut rows = self.words().cells(word);
        rows.any(|row| row == ("note", "on"))
    }

    /// The words for a state, and those beside them, if there are such.
    pub(super) fn status_and_rest(&self, words: &[String]) -> Option<(String, Vec<String>)> {
        let is_status = |key: &str| {
            let mut rows = self.words().headers(key);
            rows.any(|(_, value)| matches!(value, "(status)" | "(status?)"))
        };
        let whole = runs(words).find_map(|(run, [before, after])| {
            is_status(&run.concat()).then(|| (run.join(" "), [before, after].concat()))
        });
        // `Auftragsstatus`.
        whole.or_else(|| {
            words.iter().enumerate().find_map(|(at, word)| {
                let (head, tail) = self.compound(word).filter(|(_, tail)| is_status(tail))?;
                let mut rest = words.to_vec();
                head.clone_into(&mut rest[at]);
                Some((tail.to_owned(), rest))
            })
        })
    }

    /// The criterion whose own name this is, or the last part of this path.
    pub(super) fn own(&self, name: &str) -> Option<usize> {
        let key = header_key(name);
        let mut own = self.own.iter();
        own.position(|own| *own == key)
            .or_else(|| self.within(name))
    }

    /// The criterion whose own name ends this path in a JSON object, if the objects that
    /// contain it have the facts about a relationship.
    fn within(&self, name: &str) -> Option<usize> {
        let (parents, name) = name.rsplit_once('.')?;
        let key = header_key(name);
        let criterion = self.own.iter().position(|own| *own == key)?;
        let is_parent = |parent: &str| {
            let mut marks = self.marked_by(&header_key(parent));
            marks.any(|mark| matches!(mark, "parent" | "buyer"))
        };
        parents.split('.').all(is_parent).then_some(criterion)
    }

    /// The criteria whose state a column of this name may show.
    pub(super) fn states(&self, name: &str) -> Vec<usize> {
        self.marked(name, "(status)")
    }

    /// Whether the days in a column of this name are those of a contract, unless they are
    /// those of another document.
    pub(super) fn is_in_force_of_some_document(&self, name: &str) -> bool {
        !self.marked(name, "(in force?)").is_empty()
    }

    /// The words of a name without those that change nothing, and without those for the
    /// criterion itself: `cancelled` of `Is contract cancelled?`.
    pub(super) fn state_of(&self, criterion: usize, name: &str) -> String {
        let is_idle = |word: &String| {
            let mut rows = self.words().cells(word);
            let is_thing = self.known(word).is_some_and(|(of, _)| of == criterion);
            self.filler(word).is_some() || is_thing || rows.any(|row| row == ("note", "on"))
        };
        let words = header_words(&undecorated(name)).into_iter();
        words
            .filter(|word| !is_idle(word))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether a name has only words that do not show what the records are: `Id`, `Name`.
    pub(super) fn is_idle(&self, name: &str) -> bool {
        let words = header_words(&undecorated(name));
        let is_idle = |word: &String| {
            let mut marks = self.marked_by(word);
            self.filler(word).is_some() || marks.any(|mark| matches!(mark, "id" | "name"))
        };
        words.iter().all(is_idle)
    }

    /// Whether a name has a word for a state among any others.
    pub(super) fn may_state(&self, criterion: usize, name: &str) -> bool {
        let words = header_words(&undecorated(name));
        runs(&words).any(|(words, _)| {
            let mut rows = self.words().headers(&words.concat());
            rows.any(|(of, value)| {
                matches!(value, "(status)" | "(status?)")
                    && self.rules.criterion(of) == Some(criterion)
            })
        })
    }

    /// The criteria for which a day or a number in a column of this name counts, unless
    /// it is that of another document.
    pub(super) fn of_some_document(&self, name: &str) -> Vec<Meaning> {
        let key = header_key(&undecorated(name));
        let rows = self.words().headers(&key);
        let meanings = rows.filter_map(|(criterion, value)| {
            let (kind, value) = value.strip_prefix('(')?.split_once("? ")?;
            let is_filled = matches!(kind, "day" | "number");
            self.meaning((criterion, &format!("({kind} {value}")))
                .filter(|_| is_filled)
        });
        meanings.map(|(meaning, _)| meaning).collect()
    }

    /// The criteria of the rows with this value for a name, alone or among fillers.
    fn marked(&self, name: &str, value: &str) -> Vec<usize> {
        let words = header_words(&undecorated(name));
        let mut marked = Vec::new();
        for (words, around) in runs(&words) {
            if self.are_fillers(around, Kind::Length) {
                let rows = self.words().headers(&words.concat());
                let rows = rows.filter(|(_, of)| *of == value);
                marked.extend(rows.filter_map(|(criterion, _)| self.rules.criterion(criterion)));
            }
        }
        marked
    }

    /// The criteria that records with a column of this name are not about, and whether
    /// that holds for bare numbers only: in a list of calls, a number is not the length
    /// of a relationship, and a supplier's contract is not a buyer's.
    pub(super) fn spoils(&self, name: &str) -> Vec<(usize, bool)> {
        let words = header_words(&undecorated(name));
        let mut spoilt = Vec::new();
        for (words, around) in runs(&words) {
            let is_whole = self.are_fillers(around, Kind::Length);
            for (criterion, value) in self.words().headers(&words.concat()) {
                let Some(of) = self.rules.criterion(criterion) else {
                    continue;
                };
                let is_date = self.rules.rulebook().criteria[of].kind == Kind::Date;
                match value {
                    "(unless)" if is_whole => spoilt.push((of, false)),
                    "(unless bare)" if is_whole || !is_date => spoilt.push((of, true)),
                    _ => {}
                }
            }
        }
        spoilt
    }

    /// Whether a word that usually changes nothing is written as the code of a country or
    /// a language: `DE contract` is not `contrat de`.
    fn has_code(&self, name: &str) -> bool {
        let mut words = name.split(|c: char| !c.is_alphanumeric());
        name.contains(char::is_lowercase)
            && words.any(|word| {
                word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_uppercase()) && {
                    let key = header_key(word);
                    let mut marks = self.marked_by(&key);
                    self.filler(&key).is_some() && !marks.any(|mark| mark == "id")
                }
            })
    }

    /// The certain meaning of the column `name`, or that it has none.
    pub(super) fn find(&self, name: &str) -> NameMeaning {
        let name = &*undecorated(name);
        if self.has_code(name) {
            return NameMeaning::Nothing;
        }
        let key = header_key(name);
        if let Some(meaning) = self.known(&key) {
            return NameMeaning::Means(self.numbered(meaning, name), How::Exact);
        }
        if let Some(criterion) = self.within(name) {
            return NameMeaning::Means((criterion, Role::Plain), How::Exact);
        }
        if let Some(reason) = self.words().never(&key) {
            return NameMeaning::Never(reason);
        }
        // A name that is ambiguous as a whole is not made clear by a part of it.
        if !self.doubtful(&key).is_empty() {
            return NameMeaning::Nothing;
        }
        let words = header_words(name);
        if let Some(meaning) = self.by_words(&words, false) {
            return NameMeaning::Means(self.numbered(meaning, name), How::Words);
        }
        match self.never(&words) {
            Some(reason) => NameMeaning::Never(reason),
            None => NameMeaning::Nothing,
        }
    }

    /// The meaning of a column of names, if it has the numbers of those named.
    fn numbered(&self, (criterion, role): Meaning, name: &str) -> Meaning {
        match role {
            Role::Filled(value, Filling::Name) if self.marks(name).id => {
                (criterion, Role::Filled(value, Filling::Number))
            }
            _ => (criterion, role),
        }
    }

    /// The possible meanings of the column `name`.
    pub(super) fn doubts(&self, name: &str) -> Vec<Meaning> {
        if self.has_code(name) {
            return Vec::new();
        }
        let words = header_words(&undecorated(name));
        let mut within = runs(&words).filter(|(_, around)| self.are_fillers(*around, Kind::Length));
        let found = within.find_map(|(words, _)| {
            let meanings = self.doubtful(&words.concat());
            (!meanings.is_empty()).then_some(meanings)
        });
        found.unwrap_or_default()
    }

    /// The unit of time in a name, such as `Laufzeit in Jahren`.
    pub(super) fn unit(&self, name: &str) -> Option<TimeUnit> {
        let words = header_words(&undecorated(name));
        words.iter().find_map(|word| self.unit_of(word))
    }

    /// The meaning of the longest known name within `words`, if all other words are
    /// fillers; for `near` misses they may be any words.
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
            // A name that means no is not even a near miss.
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

    /// The criterion that has a name spelled almost like `name`.
    pub(super) fn misspelled(&self, name: &str) -> Option<usize> {
        let key = header_key(&undecorated(name));
        if key.chars().count() <= 3 {
            return None;
        }
        let (counts, length) = (character_counts(&key), key.chars().count());
        let own = self.own.iter().map(String::as_str);
        let near = self.words().header_keys().chain(own).filter_map(|known| {
            if known.len().abs_diff(key.len()) * 4 > key.len() {
                return None;
            }
            // Most names share too few characters to be compared in full.
            let other = character_counts(known);
            let lacks = counts.iter().zip(&other);
            let lacks: usize = lacks
                .map(|(ours, theirs)| usize::from(ours.saturating_sub(*theirs)))
                .sum();
            if lacks * 4 > length {
                return None;
            }
            let likeness = strsim::normalized_damerau_levenshtein(known, &key);
            if likeness <= 0.8 {
                return None;
            }
            let (criterion, _) = self.known(known)?;
            Some((likeness, criterion))
        });
        // Ties go to the earlier criterion.
        let best = near.max_by(|one, other| {
            let by_likeness = one.0.total_cmp(&other.0);
            by_likeness.then(other.1.cmp(&one.1))
        });
        best.map(|(_, criterion)| criterion)
    }

    /// Why a column with these words is never read, if they are such a name and
    /// fillers.
    fn never(&self, words: &[String]) -> Option<&'static str> {
        runs(words).find_map(|(name, around)| {
            let reason = self.words().never(&name.concat())?;
            self.are_fillers(around, Kind::Length).then_some(reason)
        })
    }

    /// True if the words `around` a name do not change its meaning for a criterion of
    /// this kind.
    fn are_fillers(&self, around: [&[String]; 2], kind: Kind) -> bool {
        around.iter().all(|words| self.only_fillers(words, kind))
    }

    /// True if `words` consist of fillers; for a length of time, also of its unit.
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

/// A longer word isn't a compound.
const LONGEST_COMPOUND: usize = 200;

/// A name with more words is treated as text.
const MOST_WORDS: usize = 24;

/// The runs of at most [`LONGEST_NAME`] words, longest first, each with the words
/// before and after it.
pub(super) fn runs(words: &[String]) -> impl Iterator<Item = (&[String], [&[String]; 2])> {
    let words = if words.len() > MOST_WORDS { &[] } else { words };
    let lengths = (1..=words.len().min(LONGEST_NAME)).rev();
    lengths.flat_map(move |n| {
        (0..=words.len() - n).map(move |at| (&words[at..at + n], [&words[..at], &words[at + n..]]))
    })
}

/// How often each character occurs; some characters share a count.
fn character_counts(text: &str) -> [u8; 32] {
    let mut counts = [0_u8; 32];
    for character in text.chars() {
        let count = &mut counts[character as usize % 32];
        *count = count.saturating_add(1);
    }
    counts
}
