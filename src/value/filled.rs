//! Texts that mean something just by being there.
//!
//! Owns what such a text has to look like: the number of a contract, the day on which it
//! was signed, the name of a manager. A note such as `not yet signed` is none of these.

use crate::value::date_order::DateOrder;
use crate::value::dates;

/// What a text has to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Filling {
    /// Any text.
    #[default]
    Any,
    /// The name of a person, or their address or user name.
    Name,
    /// A day, in any order.
    Day,
    /// The number of a document: `C-17`, `2024/0031`, `Contract 17`.
    Number,
}

/// The codes of currencies beside an amount.
const CURRENCIES: [&str; 8] = ["EUR", "USD", "GBP", "CHF", "PLN", "VND", "CZK", "SEK"];
/// The most words of a number, and of a name.
const MOST_WORDS: usize = 5;
/// A plain number has at most this many bytes.
const LONGEST: usize = 40;
/// A text of this many words and without a capital is prose.
const PROSE: usize = 3;
/// Words of at most this many letters occur in numbers: `No. 17`, `CTR-17`.
const SHORT: usize = 4;

impl Filling {
    /// The filling with this name in the vocabulary.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "filled" => Some(Filling::Any),
            "number" => Some(Filling::Number),
            "day" => Some(Filling::Day),
            "name" => Some(Filling::Name),
            _ => None,
        }
    }

    /// Its name in the vocabulary.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Filling::Any => "filled",
            Filling::Number => "number",
            Filling::Day => "day",
            Filling::Name => "name",
        }
    }

    /// True if `text` looks like this. `belongs` is whether a word belongs into a number
    /// (`Contract`) or name, or cannot (`none`); `None` if it is not known.
    pub(crate) fn is_met_by(
        self,
        text: &str,
        belongs: &dyn Fn(&str) -> Option<bool>,
        month: &dyn Fn(&str) -> Option<i8>,
    ) -> bool {
        let text = text.trim();
        match self {
            Filling::Any => true,
            Filling::Number => is_number(text, belongs),
            Filling::Day => is_day(text, month),
            Filling::Name => is_name(text, belongs),
        }
    }
}

/// True for the numbers that most exports have: capitals, digits and signs, with a digit.
/// They seldom repeat, and no word looks like them.
pub(crate) fn is_plain_number(text: &str) -> bool {
    let (mut letters, mut has_digits, mut is_plain, mut any) = (0, false, true, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => (has_digits, any) = (true, true),
            b'A'..=b'Z' => letters += 1,
            b'-' | b'/' | b'_' | b'.' => {
                is_plain &= has_digits || letters <= SHORT;
                (letters, has_digits) = (0, false);
            }
            _ => return false,
        }
    }
    any && is_plain && (has_digits || letters <= SHORT) && text.len() <= LONGEST
}

/// The words of a text, without what separates them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

fn has_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_numeric())
}

fn is_number(text: &str, belongs: &dyn Fn(&str) -> Option<bool>) -> bool {
    let is_currency = |word: &str| CURRENCIES.contains(&word);
    let fits = |word: &str| {
        has_digit(word)
            || belongs(word).unwrap_or_else(|| {
                let letters = word.chars().count();
                let is_code = word.chars().all(char::is_uppercase);
                letters <= if is_code { 2 * SHORT } else { SHORT }
            })
    };
    has_digit(text)
        // Neither an amount nor a phone number.
        && !text.starts_with('+')
        && !text.contains(['<', '>', '?', '%', '€', '$', '£', '¥', '₫'])
        && text.split_whitespace().count() <= MOST_WORDS
        && words(text).all(fits)
        && !words(text).any(is_currency)
}

fn is_day(text: &str, month: &dyn Fn(&str) -> Option<i8>) -> bool {
    let in_order = |order| dates::read(text, order, month).is_some();
    in_order(None)
        || DateOrder::ALL
            .into_iter()
            .any(|order| in_order(Some(order)))
}

fn is_name(text: &str, belongs: &dyn Fn(&str) -> Option<bool>) -> bool {
    let count = words(text).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_address = text.contains('@');
    letters > 1
        && (is_address || (1..=MOST_WORDS).contains(&count))
        && words(text).any(|word| word.chars().count() > 1)
        && !text.contains(['<', '>', '?', '#'])
        && (count < PROSE || is_address || text.contains(char::is_uppercase))
        && words(text).all(|word| belongs(word).unwrap_or(true))
}
