//! What the texts of a record show: totals, footers and numbers.
//!
//! Owns how the words of the vocabulary are found in a text, and what a number is that
//! stands beside a total.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::Furniture;
use crate::lexicon::normalize::{header_key, spellings};
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

/// The words of the vocabulary for totals and footers.
pub(super) struct Words {
    /// By words, as [`words`] joins them: how the text counts.
    whole: HashMap<String, Way>,
    /// Words with which a footer begins.
    beginnings: Vec<String>,
    /// Legal forms of organizations.
    forms: Vec<String>,
    /// The greatest number of words in an entry.
    longest: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A total, also as the beginning or the end of a text.
    Total,
    /// A total as the whole text only.
    TotalOnly,
    Footer,
}

/// The words of a text, in lower case: each run of numbers is one `#`.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
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
            beginnings: Vec::new(),
            forms: Vec::new(),
            longest: 1,
        };
        let ways = [
            (vocabulary::TOTAL, Way::Total),
            (vocabulary::TOTAL_ONLY, Way::TotalOnly),
            (vocabulary::FOOTER, Way::Footer),
        ];
        for (value, way) in ways {
            for entry in vocabulary::beginning_with(&format!("*,{value},")) {
                spellings(entry.word, |word| match word.strip_suffix(" ...") {
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
        all.forms = forms.map(|entry| in_words(entry.word)).collect();
        all
    }

    /// The kind of a record whose first cell has this text, next to `numbers` numbers and
    /// nothing else.
    pub(super) fn kind(&self, text: &str, numbers: usize) -> Option<Furniture> {
        // No footer is longer.
        if text.len() > 300 {
            return None;
        }
        let words = words(text);
        let whole = words.join(" ");
        let way = |words: &[String]| self.whole.get(&words.join(" ")).copied();
        if numbers == 0 {
            let begins = |beginning: &String| {
                let rest = whole.strip_prefix(beginning.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            };
            if way(&words) == Some(Way::Footer) || self.beginnings.iter().any(begins) {
                return Some(Furniture::Footer);
            }
        }
        let first = words.iter().position(|word| word != "#")?;
        let last = words.iter().rposition(|word| word != "#")?;
        let words = &words[first..=last];
        if matches!(way(words), Some(Way::Total | Way::TotalOnly)) {
            return Some(Furniture::Total);
        }
        if numbers == 0 {
            return None;
        }
        // `Total Nord`, but not `Total AG`.
        let is_total = |words: &[String], rest: &[String]| {
            way(words) == Some(Way::Total) && !self.forms.contains(&rest.join(" "))
        };
        let most = self.longest.min(words.len().saturating_sub(1));
        let is_any = (1..=most).any(|count| {
            let (beginning, rest) = words.split_at(count);
            let (start, end) = words.split_at(words.len() - count);
            is_total(beginning, rest) || is_total(end, start)
        });
        is_any.then_some(Furniture::Total)
    }
}

/// The words of an entry, in which `#` stands for numbers.
fn words_of_entry(entry: &str) -> Vec<String> {
    words(&entry.replace('#', " 1 "))
}

fn in_words(text: &str) -> String {
    words_of_entry(text).join(" ")
}
