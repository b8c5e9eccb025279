//! Whether the values of a column are the names of firms.
//!
//! Owns that decision, for a column of buyers (`client_name`, `Kunde`) that may be people
//! as well: only the name of a firm shows whether it is another organization than ours.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::names::NameMeaning;
use super::{Columns, Feed, Why};
use crate::engine::compile::Rules;
use crate::lexicon::normalize::header_words;
use crate::value::Kind;
use crate::value::firm::{FirmWords, Sign};
use crate::value::read::key_of;

/// A column is sampled up to here for this decision.
const MOST: usize = 200;

/// What shows that a name is a firm's.
#[derive(Debug)]
pub(super) struct FirmSigns<'r> {
    rules: &'r Rules,
    /// Made when a column needs it.
    words: OnceLock<FirmWords>,
}

/// What the other columns show about one that may have the names of firms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Nothing,
    /// The records are about firms.
    Firms,
    /// Nothing, and the column may be about accounts at a bank, or of a ledger.
    Accounts,
    /// It is the account of a ledger, since amounts are posted to it.
    Postings,
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
    /// fewer than half look like people. Those of accounts need legal forms.
    pub(super) fn are_firms(&self, values: &[String], beside: Beside) -> bool {
        let mut scratch = String::new();
        let named = values.iter().map(|value| value.trim());
        let named = named.filter(|value| !self.rules.says_nothing(value, &mut scratch));
        let names: BTreeSet<&str> = named.take(MOST).collect();
        let signs: Vec<Sign> = names.iter().map(|name| self.words().sign(name)).collect();
        let count = |sign: Sign| signs.iter().filter(|one| **one == sign).count();
        let (firms, people) = (count(Sign::Firm), count(Sign::Person));
        let either = count(Sign::Either);
        let all = signs.len();
        // Keys aren't names, and a few of them spoil all.
        if firms + people + either == 0 || count(Sign::NoName) * 5 > all {
            return false;
        }
        match beside {
            Beside::Firms => firms * 10 >= all && people * 2 < all,
            Beside::Nothing => firms * 5 >= all * 3,
            Beside::Accounts => {
                let forms = names
                    .iter()
                    .filter(|name| self.words().has_legal_form(name));
                firms * 5 >= all * 3 && forms.count() * 2 >= all
            }
            Beside::Postings => false,
        }
    }

    fn words(&self) -> &FirmWords {
        self.words
            .get_or_init(|| FirmWords::new(self.rules.words()))
    }
}

impl Columns<'_> {
    /// Why a column with an ambiguous name is not used, if none of `feeds` was chosen.
    pub(super) fn undecided(
        &self,
        feeds: &[Feed],
        values: &[String],
        beside: Beside,
    ) -> Option<Why> {
        let is_of_names = |feed: &&Feed| {
            self.rules.rulebook().criteria[feed.criterion].kind == Kind::Organization
        };
        let named = feeds.iter().find(is_of_names);
        if let Some(feed) = named
            && !self.rules.can_read(feed.criterion)
            && self.firms.are_firms(values, beside)
        {
            return Some(Why::NotCompared(feed.criterion));
        }
        // The names of people mean nothing.
        let other = feeds.iter().find(|feed| !is_of_names(feed));
        other.map(|feed| Why::Unclear(feed.criterion))
    }

    /// What the columns `names` show about others.
    pub(super) fn others_of_firms<'n>(&self, names: &[&'n str]) -> OfFirms<'n> {
        let of = |is: &dyn Fn(&str) -> bool| {
            let mut of = names.iter().copied().filter(|name| is(name));
            let first = of.next();
            // A column shows nothing about itself.
            let second = of.find(|name| Some(*name) != first);
            [first, second]
        };
        OfFirms {
            postings: of(&|name| self.is_account_word(name, "(posting)")),
            firms: of(&|name| self.is_about_firms(name)),
        }
    }

    fn is_account_word(&self, name: &str, what: &str) -> bool {
        let key = key_of(&header_words(name).join(" "));
        let mut rows = self.rules.words().cells(&key);
        rows.any(|(_, value)| value == what)
    }

    /// What the other columns show about the one with this `name`.
    pub(super) fn beside(&self, others: &OfFirms<'_>, name: &str) -> Beside {
        let has_other = |of: &[Option<&str>; 2]| of.iter().flatten().any(|other| *other != name);
        let is_account = self.is_account_word(name, "(account)");
        if is_account && has_other(&others.postings) {
            return Beside::Postings;
        }
        match has_other(&others.firms) {
            true => Beside::Firms,
            false if is_account => Beside::Accounts,
            false => Beside::Nothing,
        }
    }

    /// True for the name of a column that only firms have, such as their industry or
    /// how many people they employ.
    fn is_about_firms(&self, name: &str) -> bool {
        let NameMeaning::Never(reason) = self.names.find(name) else {
            return false;
        };
        OF_FIRMS.contains(&reason)
    }
}

/// The first two different names of columns that have postings, and that only firms have.
pub(super) struct OfFirms<'n> {
    postings: [Option<&'n str>; 2],
    firms: [Option<&'n str>; 2],
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
            assert!(
                are(firms, Beside::Nothing) && are(firms, Beside::Firms),
                "{firms}"
            );
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
            assert!(!are(people, Beside::Nothing), "{people}");
        }
        let mixed = "Bioholding|Betasoloin|Bioplex|Cheers|Condax";
        assert!(are(mixed, Beside::Firms) && !are(mixed, Beside::Nothing));
        assert!(!are("Anna Becker|Kim Lee|Globex GmbH", Beside::Firms));
        for accounts in [
            "Bank charges|Hotel & Travel|Insurance",
            "Deutsche Bank|Sparkasse|Commerzbank",
            "Commerzbank AG|Deutsche Bank|Sparkasse",
        ] {
            assert!(!are(accounts, Beside::Accounts), "{accounts}");
        }
        let firms = "Globex GmbH|Initech Inc.|Klein";
        assert!(are(firms, Beside::Accounts) && !are(firms, Beside::Postings));
    }
}
