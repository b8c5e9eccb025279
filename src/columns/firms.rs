//! Whether the values of a column are the names of firms.
//!
//! Owns that decision, for a column of buyers (`client_name`, `Kunde`) that may be people
//! as well: only the name of a firm shows whether it is another organization than ours.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use super::names::NameMeaning;
use super::{Columns, Feed, Why};
use crate::engine::compile::Rules;
use crate::lexicon::normalize::visible;
use crate::value::Kind;
use crate::value::firm::{FirmWords, key};

/// A column is sampled up to here for this decision.
const MOST: usize = 200;

/// What shows that a name is a firm's.
#[derive(Debug)]
pub(super) struct FirmSigns<'r> {
    rules: &'r Rules,
    /// Made when a column needs it.
    words: OnceLock<(FirmWords, FxHashSet<String>)>,
}

/// Whose name a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Firm,
    Person,
    /// It could be either: `Klein`, `Bioplex`.
    Either,
    /// A number, or a key such as `C-001`.
    NoName,
}

impl<'r> FirmSigns<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        FirmSigns {
            rules,
            words: OnceLock::new(),
        }
    }

    /// True if `values` are names of firms: three fifths of them have a legal form or
    /// another word of firms; or a tenth, where `beside` them is what firms have, and
    /// fewer than half look like people.
    pub(super) fn are_firms(&self, values: &[String], beside: bool) -> bool {
        let mut scratch = String::new();
        let named = values.iter().map(|value| value.trim());
        let named = named.filter(|value| !self.rules.says_nothing(value, &mut scratch));
        let names: BTreeSet<&str> = named.take(MOST).collect();
        let signs: Vec<Sign> = names.iter().map(|name| self.sign(name)).collect();
        let count = |sign: Sign| signs.iter().filter(|one| **one == sign).count();
        let (firms, people) = (count(Sign::Firm), count(Sign::Person));
        let either = count(Sign::Either);
        let all = signs.len();
        // Keys aren't names, and a few of them spoil all.
        if firms + people + either == 0 || count(Sign::NoName) * 5 > all {
            return false;
        }
        match beside {
            true => firms * 10 >= all && people * 2 < all,
            false => firms * 5 >= all * 3,
        }
    }

    fn words(&self) -> &(FirmWords, FxHashSet<String>) {
        self.words.get_or_init(|| {
            let words = self.rules.words();
            (FirmWords::new(words), words.firms().map(key).collect())
        })
    }

    fn sign(&self, name: &str) -> Sign {
        let (firm, known) = self.words();
        let name = &*visible(name);
        let core = firm.core(name);
        let is_letter = |c: char| c.is_alphabetic();
        let digits = name.chars().filter(char::is_ascii_digit).count();
        let letters = name.chars().filter(|c| is_letter(*c)).count();
        if letters < 2 || !name.contains(' ') && digits * 2 >= letters {
            return Sign::NoName;
        }
        // `ngân hàng` is two words.
        let is_known = |n: usize| {
            let mut runs = core.words.windows(n);
            runs.any(|run| known.contains(&run.concat()))
        };
        // `Autohaus`, `Spezialbank`: German writes compounds as one word.
        let is_compound = |word: &String| {
            let ends = |end: &String| {
                end.len() >= 4 && word.len() >= end.len() + 3 && word.ends_with(end.as_str())
            };
            known.iter().any(ends)
        };
        if core.has_any_form()
            || (1..=3).any(is_known)
            || core.words.iter().any(is_compound)
            || name.contains(['&', '+']) && core.words.len() > 1
        {
            return Sign::Firm;
        }
        let mut words = name.split([' ', ',']).filter(|word| !word.is_empty());
        let is_name = |word: &str| {
            word.chars().next().is_some_and(char::is_uppercase)
                && word
                    .chars()
                    .all(|c| is_letter(c) || matches!(c, '.' | '-' | '\'' | '\u{2019}'))
        };
        let count = words.clone().count();
        match (2..=4).contains(&count) && words.all(is_name) {
            true => Sign::Person,
            false => Sign::Either,
        }
    }
}

impl Columns<'_> {
    /// Why a column with an ambiguous name is not used, if none of `feeds` was chosen.
    pub(super) fn undecided(&self, feeds: &[Feed], values: &[String], firms: bool) -> Option<Why> {
        let is_of_names = |feed: &&Feed| {
            self.rules.rulebook().criteria[feed.criterion].kind == Kind::Organization
        };
        let named = feeds.iter().find(is_of_names);
        if let Some(feed) = named
            && !self.rules.can_read(feed.criterion)
            && self.firms.are_firms(values, firms)
        {
            return Some(Why::NotCompared(feed.criterion));
        }
        // The names of people mean nothing.
        let other = feeds.iter().find(|feed| !is_of_names(feed));
        other.map(|feed| Why::Unclear(feed.criterion))
    }

    /// True for the name of a column that only firms have, such as their industry or
    /// how many people they employ.
    pub(super) fn is_about_firms(&self, name: &str) -> bool {
        let NameMeaning::Never(reason) = self.names.find(name) else {
            return false;
        };
        OF_FIRMS.contains(&reason)
    }
}

/// The reasons why columns about firms are not read.
const OF_FIRMS: [&str; 2] = [
    "a headcount",
    "the buyer's industry says nothing about what we sell them",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::Rulebook;
    use crate::value::Own;

    #[test]
    fn names_of_firms_are_not_those_of_people() {
        let day = jiff::civil::date(2026, 1, 31);
        let rules = Rules::compile(Rulebook::documents().unwrap(), &Own::default(), day).unwrap();
        let signs = FirmSigns::new(&rules);
        let are = |texts: &str, beside| {
            let texts: Vec<String> = texts.split('|').map(str::to_owned).collect();
            signs.are_firms(&texts, beside)
        };
        for firms in [
            "Globex GmbH|Initech Inc.|Klein",
            "Autohaus Müller|Sparkasse Hagen|Hotel Adler|n/a|",
            "Cabinet Dupont|Boulangerie Petit|SARL Martin",
            "Hurtownia Nowak|Kowalski Sp. z o.o.|Piekarnia Zdrowa",
            "Công ty TNHH An Phát|Ngân hàng Á Châu",
            "CTCP Hoa Sen|Khách sạn Hoa Sen",
            "Meridian Accounting Group|Clearstone Legal|Summit Engineering",
        ] {
            assert!(are(firms, false) && are(firms, true), "{firms}");
        }
        for people in [
            "Kim Lee|Anna Becker|Jude Law",
            "Hartmann|Klein|Weber",
            "Nguyễn Văn An|Trương Thị Bình|Trần Quý",
            "Becker, Anna|Dupont, Marie",
            "4711|4712|4713",
            "K-4711|K-4712|Globex GmbH",
            "n/a||-",
            "Nowak Jan|Kowalska Anna|Globex GmbH",
        ] {
            assert!(!are(people, false), "{people}");
        }
        let mixed = "Bioholding|Betasoloin|Bioplex|Cheers|Condax";
        assert!(are(mixed, true) && !are(mixed, false));
        assert!(!are("Anna Becker|Kim Lee|Globex GmbH", true));
    }
}
