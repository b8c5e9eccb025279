//! What the texts of a record show: totals, footers and numbers.
//!
//! Owns how the words of the vocabulary are found in a text, and what a number is that
//! stands beside a total.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::Furniture;
use crate::lexicon::normalize::{folded, header_key, header_words, spellings};
use crate::lexicon::vocabulary;

/// Codes of currencies beside an amount.
const CURRENCIES: [&str; 10] = [
    "EUR", "USD", "GBP", "CHF", "PLN", "VND", "CZK", "zł", "đ", "₫",
];

/// True for one number, as a total would have it: signs of a currency or of percent may
/// surround it, and its digits may be in groups. A date or a phone number is not one.
pub(super) fn is_number(text: &str) -> bool {
    let mut text = text.trim();
    for code in CURRENCIES {
        let inner = text.strip_prefix(code).or_else(|| text.strip_suffix(code));
        if let Some(inner) = inner {
            text = inner;
            break;
        }
    }
    let is_around = |c: char| c.is_whitespace() || "+-\u{2212}\u{2013}()%€$£¥₫".contains(c);
    let text = text.trim_matches(is_around);
    let is_separator = |c: char| c.is_whitespace() || ".,'\u{2019}".contains(c);
    let groups: Vec<&str> = text.split(is_separator).collect();
    let signs: Vec<char> = text.chars().filter(|c| is_separator(*c)).collect();
    let are_digits = groups.iter().enumerate().all(|(place, group)| {
        let may_be_empty = place == 0 && groups.len() == 2;
        group.bytes().all(|byte| byte.is_ascii_digit()) && (may_be_empty || !group.is_empty())
    });
    let (Some(last), true) = (groups.last(), are_digits) else {
        return false;
    };
    match signs[..] {
        [] | ['.' | ','] => true,
        [_] => last.len() == 3,
        [first, .., end] => {
            let inner = &groups[1..groups.len() - 1];
            let same = signs[..signs.len() - 1].iter().all(|sign| *sign == first);
            let in_threes = inner.iter().all(|group| group.len() == 3);
            // Twelve lakh are written 12,00,000.
            let in_twos = first == ',' && inner.iter().all(|group| group.len() == 2);
            let ends = last.len() == 3 || end != first && matches!(end, '.' | ',') && in_threes;
            same && groups[0].len() <= 3 && ends && (in_threes || in_twos && end == ',')
        }
    }
}

/// A cell of a record that is not empty.
pub(super) struct Cell<'c> {
    pub(super) text: Cow<'c, str>,
    /// The name of its column.
    pub(super) name: &'c str,
    pub(super) is_number: bool,
}

/// The words of the vocabulary for totals and footers.
pub(super) struct Words {
    /// By words, as [`words`] joins them: how the text counts.
    whole: HashMap<String, Way>,
    /// Words with which a footer begins.
    footers: Vec<String>,
    /// Words with which a total begins, such as `sum of`.
    beginnings: Vec<String>,
    /// Legal forms of organizations, without spaces.
    forms: Vec<String>,
    /// Words that only names of organizations have, without accents.
    firms: Vec<String>,
    /// The greatest number of words in an entry.
    longest: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A total and nothing else, in any cell.
    Sure,
    /// A total, also as the beginning or the end of a text.
    Total,
    /// A total, also as the end of a text.
    Last,
    /// A total as the whole text only.
    Only,
    Footer,
}

/// Words for totals that are given names too.
const GIVEN_NAMES: [&str; 2] = ["max", "min"];

/// Words in the name of a column of persons, without accents.
const OF_PERSONS: &str = "\
    ansprechpartner contact first firstname forename given givenname ho imie kontakt last \
    lastname nachname name nazwisko nom osoba person personne prenom rufname surname ten \
    vorname";

/// What stands for all groups, without accents.
const ALL: &str = "all alle tous tout toutes wszystkie wszystko tat ca (all) (alle)";

/// What stands for the word `copyright`; a letter without its brackets is part of a name.
pub(super) const COPYRIGHT: [&str; 3] = ["©", "(c)", "(C)"];

/// The words of a text, in lower case: each run of numbers is one `#`.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut text = text.replace('∑', "Σ");
    for sign in COPYRIGHT {
        text = text.replace(sign, " copyright ");
    }
    let characters: Vec<char> = text.chars().collect();
    let is_break = |place: usize| {
        let c = characters[place];
        let is_hyphen = matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '\u{2014}');
        let letter = |at: Option<usize>| {
            let neighbour = at.and_then(|at| characters.get(at));
            neighbour.is_none_or(|c| c.is_alphabetic() || c.is_whitespace())
        };
        let digit = |at: Option<usize>| {
            let neighbour = at.and_then(|at| characters.get(at));
            neighbour.is_some_and(char::is_ascii_digit)
        };
        let (before, after) = (place.checked_sub(1), Some(place + 1));
        c.is_whitespace()
            || ":()[]{}/|,;.*=<>_".contains(c)
            || is_hyphen && (letter(before) && letter(after) || digit(before) && digit(after))
    };
    let mut word = String::new();
    for place in 0..=characters.len() {
        match characters.get(place) {
            Some(c) if !is_break(place) => word.push(*c),
            _ => {
                let key = header_key(&word);
                let is_number = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
                word.clear();
                match is_number {
                    true if words.last().is_some_and(|last| last == "#") => {}
                    true => words.push("#".to_owned()),
                    false if key.is_empty() => {}
                    false => words.push(key),
                }
            }
        }
    }
    words
}

impl Words {
    pub(super) fn get() -> &'static Words {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS.get_or_init(Words::new)
    }

    fn new() -> Self {
        let mut all = Words {
            whole: HashMap::new(),
            footers: Vec::new(),
            beginnings: Vec::new(),
            forms: Vec::new(),
            firms: Vec::new(),
            longest: 1,
        };
        let ways = [
            (vocabulary::GRAND_TOTAL, Way::Sure),
            (vocabulary::TOTAL, Way::Total),
            (vocabulary::TOTAL_LAST, Way::Last),
            (vocabulary::TOTAL_ONLY, Way::Only),
            (vocabulary::FOOTER, Way::Footer),
        ];
        for (value, way) in ways {
            for entry in vocabulary::beginning_with(&format!("*,{value},")) {
                spellings(entry.word, |word| match word.strip_suffix(" ...") {
                    Some(beginning) if way == Way::Footer => all.footers.push(in_words(beginning)),
                    Some(beginning) => all.beginnings.push(in_words(beginning)),
                    None => {
                        let words = words_of_entry(word);
                        all.longest = all.longest.max(words.len());
                        all.whole.entry(words.join(" ")).or_insert(way);
                    }
                });
            }
        }
        let forms = vocabulary::beginning_with("organization,(legal_form),");
        all.forms = forms
            .map(|entry| in_words(entry.word).replace(' ', ""))
            .collect();
        let firms = vocabulary::beginning_with("organization,(firm),");
        all.firms = firms.map(|entry| folded(&in_words(entry.word))).collect();
        all
    }

    /// The kind of a record of `count` cells with these texts, in their order.
    pub(super) fn kind(&self, filled: &[Cell<'_>], count: usize) -> Option<Furniture> {
        let (first, others) = filled.split_first()?;
        // No footer and no total is longer.
        if filled.iter().any(|cell| cell.text.len() > 300) {
            return None;
        }
        if others.is_empty() {
            let is_one = self.is_footer(&first.text) || count > 1 && is_page(&first.text);
            if is_one {
                return Some(Furniture::Footer);
            }
        }
        let all_numbers = others.iter().all(|cell| cell.is_number);
        let is_total = all_numbers && self.is_total(first, !others.is_empty())
            || first.is_number && self.is_bare(others)
            || self.is_sure(filled);
        is_total.then_some(Furniture::Total)
    }

    /// True for the key of a record that is a total and nothing else.
    pub(super) fn is_key(&self, key: &str) -> bool {
        self.way(&words(key)) == Some(Way::Sure)
    }

    fn way(&self, words: &[String]) -> Option<Way> {
        self.whole.get(&words.join(" ")).copied()
    }

    fn is_footer(&self, text: &str) -> bool {
        // They belong to code or stand for something, so `p{0}` is not page 0.
        if text.contains(['{', '}']) {
            return false;
        }
        let words = words(text);
        // `S. 3` is a page; `S 3` may well be what a buyer is called.
        let is_letter = words.len() == 2 && words[0].chars().count() == 1;
        let is_name = text.trim_start().starts_with(char::is_alphabetic) && !text.contains('.');
        if is_letter && is_name {
            return false;
        }
        self.way(&words) == Some(Way::Footer) || begins(&self.footers, &words)
    }

    /// True if the first cell is a word for a total, next to numbers or to nothing.
    fn is_total(&self, cell: &Cell<'_>, has_numbers: bool) -> bool {
        let words = words(&cell.text);
        let words = without_numbers(&words);
        match self.way(words) {
            Some(Way::Only) => return !is_person(cell, words),
            Some(Way::Sure | Way::Total | Way::Last) => return true,
            Some(Way::Footer) | None => {}
        }
        has_numbers && (begins(&self.beginnings, words) || self.has_total(words, true))
    }

    /// True for `Total Nord` and for `Nord Gesamt`, but not for `Total AG`; `at_end` is
    /// false if the word has to come first.
    fn has_total(&self, words: &[String], at_end: bool) -> bool {
        let most = self.longest.min(words.len().saturating_sub(1));
        (1..=most).any(|count| {
            let (beginning, rest) = words.split_at(count);
            let begins = match self.way(beginning) {
                Some(Way::Sure) => !self.is_form(rest),
                Some(Way::Total) => !self.is_name(rest),
                _ => false,
            };
            let (start, end) = words.split_at(words.len() - count);
            let ends = match self.way(end) {
                Some(Way::Sure) => true,
                Some(Way::Total | Way::Last) => !self.is_form(start) && !self.is_firm(start),
                _ => false,
            };
            begins || at_end && ends
        })
    }

    /// True if one of the texts is a word for a total and nothing else. Others may be
    /// numbers or stand beside them, and one before it may be the name of a group.
    fn is_sure(&self, filled: &[Cell<'_>]) -> bool {
        (filled.iter().enumerate()).any(|(at, cell)| {
            let words = words(&cell.text);
            let words = without_numbers(&words);
            let is_word = self.way(words) == Some(Way::Sure) || self.has_sure(words, at == 0);
            let mut others = filled.iter().enumerate().filter(|(place, _)| *place != at);
            is_word && others.all(|(place, cell)| place == 0 || is_beside(cell))
        })
    }

    fn has_sure(&self, words: &[String], at_end: bool) -> bool {
        let most = self.longest.min(words.len().saturating_sub(1));
        (1..=most).any(|count| {
            let (beginning, rest) = words.split_at(count);
            let end = &words[words.len() - count..];
            self.way(beginning) == Some(Way::Sure) && !self.is_form(rest)
                || at_end && self.way(end) == Some(Way::Sure)
        })
    }

    /// True if one of the texts is a word for a total, and all others are numbers.
    fn is_bare(&self, others: &[Cell<'_>]) -> bool {
        let mut texts = others.iter().filter(|cell| !cell.is_number);
        let (Some(cell), None) = (texts.next(), texts.next()) else {
            return false;
        };
        let words = words(&cell.text);
        let words = without_numbers(&words);
        match self.way(words) {
            Some(Way::Sure | Way::Total | Way::Last) => true,
            Some(Way::Only) => words.iter().all(|word| !GIVEN_NAMES.contains(&&**word)),
            Some(Way::Footer) | None => false,
        }
    }

    fn is_form(&self, words: &[String]) -> bool {
        self.forms.contains(&words.concat())
    }

    /// True for one word that only names of organizations have, in the singular or with
    /// an `s` at its end.
    fn is_firm(&self, words: &[String]) -> bool {
        let [word] = words else { return false };
        let word = folded(word);
        let singular = word.strip_suffix('s').unwrap_or(&word);
        let is = |text: &str| self.firms.iter().any(|firm| firm == text);
        is(&word)
            || is(singular)
            || word
                .strip_suffix("ies")
                .is_some_and(|stem| is(&format!("{stem}y")))
    }

    /// True for the rest of an organization's name: it ends with a legal form or has a
    /// word that only such names have.
    fn is_name(&self, words: &[String]) -> bool {
        (0..words.len()).any(|at| self.is_form(&words[at..]))
            || words
                .iter()
                .any(|word| self.is_firm(std::slice::from_ref(word)))
    }
}

/// True if the words begin with one of `beginnings`.
fn begins(beginnings: &[String], words: &[String]) -> bool {
    let whole = words.join(" ");
    beginnings.iter().any(|beginning| {
        let rest = whole.strip_prefix(beginning.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

/// The words between the first one and the last one that are not numbers.
fn without_numbers(words: &[String]) -> &[String] {
    let first = words.iter().position(|word| word != "#");
    let last = words.iter().rposition(|word| word != "#");
    match (first, last) {
        (Some(first), Some(last)) => &words[first..=last],
        _ => &[],
    }
}

/// True for `Max` in a column of persons.
fn is_person(cell: &Cell<'_>, words: &[String]) -> bool {
    let [word] = words else { return false };
    let mut names = header_words(cell.name).into_iter();
    GIVEN_NAMES.contains(&&**word)
        && names.any(|name| OF_PERSONS.split(' ').any(|one| one == folded(&name)))
}

/// True for what may stand beside an unambiguous word for a total: a number, with a word
/// or two about what it counts, a day, the code of a currency, or a word for all groups.
fn is_beside(cell: &Cell<'_>) -> bool {
    let text = cell.text.trim();
    if cell.is_number || CURRENCIES.contains(&text) {
        return true;
    }
    let words = words(text);
    let is_all = |word: &String| ALL.split(' ').any(|one| one == folded(word));
    let is_sign = |c: char| c.is_whitespace() || "∑ΣØø~\u{2248}+-\u{2212}(=<>€$£¥".contains(c);
    let number = text.trim_start_matches(is_sign);
    !words.is_empty() && words.iter().all(is_all)
        || number.starts_with(|c: char| c.is_ascii_digit()) && words.len() <= 4
}

/// True for the number of a page among all, such as `1/3` and `- 2 -`, and for a time.
fn is_page(text: &str) -> bool {
    let text = text.trim();
    let is_dash = |c: char| matches!(c, '-' | '\u{2013}' | '\u{2014}');
    let number = |text: &str| {
        let text = text.trim();
        let is_short = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        is_short.then(|| text.parse::<u16>().ok()).flatten()
    };
    if let (Some(inner), true) = (text.strip_prefix(is_dash), text.ends_with(is_dash)) {
        return number(inner.trim_end_matches(is_dash)).is_some();
    }
    if let Some((page, all)) = text.split_once('/') {
        let pages = number(page).zip(number(all));
        return pages.is_some_and(|(page, all)| 0 < page && page <= all && all < 1000);
    }
    let time = text.to_ascii_lowercase();
    let time = time.trim_end_matches(['a', 'p', 'm', '.', ' ']);
    let parts: Vec<&str> = time.split(':').collect();
    let is_pair = |part: &&str| part.len() <= 2 && number(part).is_some_and(|part| part < 60);
    (2..=3).contains(&parts.len()) && parts.iter().all(is_pair)
}

/// The words of an entry, in which `#` stands for numbers.
fn words_of_entry(entry: &str) -> Vec<String> {
    words(&entry.replace('#', " 1 "))
}

fn in_words(text: &str) -> String {
    words_of_entry(text).join(" ")
}
