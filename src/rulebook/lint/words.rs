//! The diagnostics of the words that a rulebook adds.
//!
//! Owns those of empty words, of words with two meanings, and of words for criteria or
//! values that do not exist.

use std::collections::{BTreeMap, BTreeSet};

use crate::lexicon::lookup::{CELLS, HEADERS};
use crate::lexicon::normalize::{header_key, spellings};
use crate::lexicon::vocabulary;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Diagnostics, Path, one_of};
use crate::rulebook::validate::criteria::MOST_VALUES;
use crate::rulebook::validate::unknown_criterion;
use crate::rulebook::{Criterion, Rulebook};
use crate::text::quoted;
use crate::value::Kind;
use crate::value::length::Part;
use crate::value::read::key_of;

/// The meaning of a word, and its place in the rulebook.
struct Known<'w> {
    criterion: &'w str,
    value: &'w str,
    at: Path,
    /// It is written exactly so, and not only with its accents dropped.
    exactly: bool,
}

/// What words can be about.
struct Names<'r> {
    rulebook: &'r Rulebook,
    criteria: BTreeMap<&'r str, &'r Criterion>,
    /// By the key of a name: the first two criteria that have it.
    headers: BTreeMap<String, Vec<&'r str>>,
    /// The values of all criteria.
    values: BTreeSet<&'r str>,
    related: BTreeSet<&'r str>,
}

impl<'r> Names<'r> {
    fn of(rulebook: &'r Rulebook) -> Self {
        let mut criteria = BTreeMap::new();
        let mut headers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for one in &rulebook.criteria {
            criteria.entry(&*one.name).or_insert(one);
            let same = headers.entry(header_key(&one.name)).or_default();
            if same.len() < 2 && !same.contains(&&*one.name) {
                same.push(&one.name);
            }
        }
        let values = rulebook.criteria.iter().flat_map(|one| &one.values);
        Names {
            rulebook,
            criteria,
            headers,
            values: values.map(String::as_str).collect(),
            related: rulebook.related.iter().map(|one| &*one.name).collect(),
        }
    }
}

/// Finds the diagnostics of a rulebook's own words.
pub(crate) fn word_diagnostics(rulebook: &Rulebook, diagnostics: &mut Diagnostics) {
    if rulebook.words.is_empty() {
        return;
    }
    let names = Names::of(rulebook);
    // By criterion (of columns: any) and key.
    let mut known: BTreeMap<(&str, String), Known<'_>> = BTreeMap::new();
    let root = Path::default().key("words");
    for (language, criteria) in &rulebook.words {
        for (criterion, values) in criteria {
            if diagnostics.is_full() {
                return;
            }
            let at = root.key(language).key(criterion);
            let is_known = criterion == "*"
                || vocabulary::is_reserved(criterion)
                || names.criteria.contains_key(&**criterion);
            if !is_known {
                let mut diagnostic = unknown_criterion(rulebook, criterion, &at.name());
                diagnostic.help += "; words for all criteria are under *, length, date, note, person, records, related or state";
                diagnostics.push(diagnostic);
                continue;
            }
            for (value, words) in values {
                if diagnostics.is_full() {
                    return;
                }
                let at = at.key(value);
                diagnostics.extend(bad_value(&names, criterion, value, &at));
                for (index, word) in words.iter().enumerate() {
                    let word = Word {
                        criterion,
                        value,
                        word,
                        at: at.at(index),
                        is_name: vocabulary::is_of_headers(value)
                            || vocabulary::is_of_names(criterion),
                    };
                    diagnostics.extend(word.diagnostic(&names, &mut known));
                }
            }
        }
    }
}

/// `contract = yes`, or `a column for contract`.
fn meaning(criterion: &str, value: &str) -> String {
    match value {
        "(column)" => format!("a column for {criterion}"),
        _ if criterion == "*" => format!("{value} everywhere"),
        _ => format!("{criterion} = {value}"),
    }
}

fn is_unit(value: &str) -> bool {
    matches!(Part::from_value(value), Some(Part::Unit(_)))
}

/// A word that a rulebook adds.
struct Word<'w> {
    criterion: &'w str,
    value: &'w str,
    word: &'w str,
    at: Path,
    /// It is a column name.
    is_name: bool,
}

impl<'w> Word<'w> {
    fn key_of(&self, spelling: &str) -> String {
        match self.is_name {
            true => header_key(spelling),
            false => key_of(spelling),
        }
    }

    /// Its diagnostic; it is added to the known words.
    fn diagnostic(
        &self,
        names: &Names<'_>,
        known: &mut BTreeMap<(&'w str, String), Known<'w>>,
    ) -> Option<Diagnostic> {
        if matches!(self.word, "(yes)" | "(no)") {
            return None;
        }
        let key = self.key_of(self.word);
        if key.is_empty() {
            let found = format!("{} has no letter and no digit", quoted(self.word));
            let help = "remove it: it never matches";
            return Some(Code::EmptyWord.at(&self.at, found, help));
        }
        // A word may be common, a filler, or a doubtful name of several, in addition to its
        // certain meaning.
        let doubtful = ["(fill", "(unless", "(status"];
        let is_doubtful = match self.is_name {
            true if vocabulary::is_of_names(self.criterion) => true,
            true => {
                doubtful.iter().any(|one| self.value.starts_with(one))
                    || self.value.ends_with("?)")
                    || self.value.contains("? ")
            }
            false => matches!(
                self.value,
                "(common)"
                    | "(none)"
                    | "(none?)"
                    | "(doubtful)"
                    | "(account)"
                    | "(posting)"
                    | "(affix)"
                    | "(firm)"
                    | "(and)"
            ),
        };
        if is_doubtful {
            return None;
        }
        let of = if self.is_name {
            "(column)"
        } else {
            self.criterion
        };
        let mut keys: Vec<String> = Vec::new();
        spellings(self.word, |spelling| keys.push(self.key_of(spelling)));
        let clash = keys.iter().find_map(|other| {
            let first = known.get(&(of, other.clone()))?;
            let differs = match self.is_name {
                true => first.criterion != self.criterion,
                false => first.value != self.value,
            };
            differs.then_some(first)
        });
        if let Some(first) = clash {
            return Some(self.two_meanings(first));
        }
        let diagnostic = self.names_another(names, &keys);
        let diagnostic = diagnostic.or_else(|| self.overrides(names, &keys));
        for other in keys {
            let exactly = other == key;
            let new = || Known {
                criterion: self.criterion,
                value: self.value,
                at: self.at.clone(),
                exactly,
            };
            let one = known.entry((of, other)).or_insert_with(new);
            if exactly && !one.exactly {
                *one = new();
            }
        }
        diagnostic
    }

    fn two_meanings(&self, first: &Known<'_>) -> Diagnostic {
        let one = meaning(first.criterion, first.value);
        let other = meaning(self.criterion, self.value);
        let found = format!("{} means two things: {one}, and {other}", quoted(self.word));
        let help = "keep the meaning that you want, and remove the other";
        let two = Code::WordWithTwoMeanings.at(&self.at, found, help);
        two.related(first.at.clone(), "first meaning")
    }

    /// The warning about a word that has another built-in meaning, as it is written or with
    /// its accents dropped.
    fn overrides(&self, names: &Names<'_>, keys: &[String]) -> Option<Diagnostic> {
        let lexicon = if self.is_name { HEADERS } else { CELLS };
        let of = names.criteria.get(self.criterion);
        let can_mean = |meaning: &str| {
            let values = of.into_iter().flat_map(|of| &of.values);
            let mut values = values.take(MOST_VALUES);
            meaning == "(missing)" || values.any(|one| one == meaning)
        };
        let is_another = |(other, meaning): &(&str, &str)| match self.is_name {
            // Another way of being a column for this criterion does not count.
            true => {
                *other != self.criterion
                    && !vocabulary::is_of_names(other)
                    && vocabulary::is_of_headers(meaning)
                    && !meaning.starts_with("(filler")
            }
            false if *meaning == "(common)" => false,
            // A unit of time may be another word where no number comes before it.
            false if self.criterion == "length" && is_unit(self.value) != is_unit(meaning) => false,
            false => {
                let for_all = *other == "*" && *meaning != self.value && can_mean(meaning);
                *other == self.criterion || for_all
            }
        };
        let mut others = keys.iter().filter_map(|key| {
            let mut rows = lexicon.get(key);
            let is_same = rows.clone().any(|row| row == (self.criterion, self.value));
            rows.find(|row| !is_same && is_another(row))
        });
        let (other, means) = others.next()?;
        let [old, new] = [(other, means), (self.criterion, self.value)];
        let [old, new] = [old, new].map(|(criterion, value)| meaning(criterion, value));
        let word = quoted(self.word);
        let found =
            format!("the built-in meaning of {word} is {old}; this rulebook changes it to {new}");
        let help = "remove it if you did not mean that";
        Some(Code::OverridesWord.at(&self.at, found, help))
    }

    /// The diagnostic of a column name that is the name of another criterion.
    fn names_another(&self, names: &Names<'_>, keys: &[String]) -> Option<Diagnostic> {
        let criterion = self.criterion;
        let keys = keys.iter().filter(|_| self.is_name);
        let others = keys.filter_map(|key| names.headers.get(key)).flatten();
        let other = { others }.find(|other| **other != criterion)?;
        let (word, other) = (quoted(self.word), quoted(other));
        let found = format!(
            "{word} is the name of the criterion {other}, so it cannot be a column for {criterion}"
        );
        let help = "remove it, or give that criterion another name";
        Some(Code::WordWithTwoMeanings.at(&self.at, found, help))
    }
}

/// The diagnostic of a kind of related files that the rulebook does not declare.
fn unknown_kind(names: &Names<'_>, name: &str, at: &Path) -> Option<Diagnostic> {
    let mut others = vocabulary::OTHER_THINGS.iter();
    if names.related.contains(name) || others.any(|one| *one == name) {
        return None;
    }
    let known = names.rulebook.related.iter().map(|one| one.name.as_str());
    let help = match names.related.is_empty() {
        true => "add a [[related]]".to_owned(),
        false => one_of(name, known, ", or add a [[related]]"),
    };
    let found = format!("no related file is called {}", quoted(name));
    Some(Code::UnknownValue.at(&at.clone().name(), found, help))
}

/// The diagnostic of a value that its criterion does not have.
fn bad_value(names: &Names<'_>, criterion: &str, value: &str, at: &Path) -> Option<Diagnostic> {
    if criterion == vocabulary::RELATED {
        return unknown_kind(names, value, at);
    }
    let of = names.criteria.get(criterion).copied();
    let values = of.map_or(&[][..], |one| &one.values);
    if values.len() > MOST_VALUES {
        // That is reported.
        return None;
    }
    let has = |values: &[String], value: &str| values.iter().any(|one| one == value);
    let inner = value.strip_prefix('(');
    let inner = inner.and_then(|rest| rest.strip_suffix(')'));
    let help = if let Some(inner) = inner {
        let (kind, means) = inner.split_once(' ').unwrap_or((inner, ""));
        match (of, kind) {
            (None, "missing" | "none" | "none?" | "common" | "filler" | "filler?")
                if criterion == "*" =>
            {
                return None;
            }
            (None, _) => "use one of (missing), (none), (filler), (common)".to_owned(),
            (Some(_), "unless") if means == "bare" => return None,
            (Some(of), "legal_form" | "affix" | "and" | "firm" | "account" | "posting")
                if of.kind == Kind::Organization =>
            {
                return None;
            }
            (
                Some(_),
                "column" | "column?" | "since" | "term" | "unless" | "missing" | "common"
                | "status" | "status?" | "doubtful",
            ) if means.is_empty() => return None,
            (Some(of), "in") if matches!(means, "force" | "force?") && of.kind == Kind::Date => {
                return None;
            }
            (
                Some(_),
                "filled" | "number" | "number?" | "day" | "day?" | "name" | "flag" | "flag!"
                | "flag?",
            ) if has(values, means) => return None,
            (
                Some(_),
                "filled" | "number" | "number?" | "day" | "day?" | "name" | "flag" | "flag!"
                | "flag?",
            ) => match values {
                [] => "remove it: the criterion has no values to name".to_owned(),
                values => format!("name one of its values: {}", values.join(", ")),
            },
            (Some(_), _) => {
                "use one of (column), (filled VALUE), (flag VALUE), (missing)".to_owned()
            }
        }
    } else {
        match (criterion, of.map(|of| of.kind)) {
            ("*", _) => {
                if matches!(value, "yes" | "no") || names.values.contains(value) {
                    return None;
                }
                "use a value of some criterion, such as yes or no".to_owned()
            }
            ("length", _) | (_, Some(Kind::Length)) => {
                if Part::from_value(value).is_some() {
                    return None;
                }
                "use one of year, month, week, day, and, plus_half, since, at_least, or a number"
                    .to_owned()
            }
            (_, None) if !vocabulary::other_meanings(criterion).is_empty() => {
                let known = vocabulary::other_meanings(criterion);
                if known.contains(&value) {
                    return None;
                }
                one_of(value, known.iter().copied(), "")
            }
            ("date", _) | (_, Some(Kind::Date)) => {
                if value
                    .parse()
                    .is_ok_and(|month: u8| (1..=12).contains(&month))
                {
                    return None;
                }
                "use the number of a month, from 1 to 12".to_owned()
            }
            (_, Some(Kind::Address)) if value == "free_mail" => return None,
            (_, Some(Kind::Address | Kind::Organization)) => {
                "use (column): its values are compared with our own names, and not looked up"
                    .to_owned()
            }
            _ if has(values, value) => return None,
            _ => {
                let names = values.iter().map(String::as_str).chain(["(column)"]);
                one_of(value, names, "")
            }
        }
    };
    let has = match of.map(|of| of.kind) {
        Some(Kind::Choice) => format!("; it has {}", values.join(", ")),
        _ => String::new(),
    };
    let found = format!("{criterion} has no value {}{has}", quoted(value));
    Some(Code::UnknownValue.at(&at.clone().name(), found, help))
}
