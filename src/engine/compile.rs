//! A rulebook made ready: checked once, then only looked up.
//!
//! Owns what a rulebook must satisfy and the tables that reading and scoring
//! use. A [`Rules`] is never changed after it is made, but for the as-of date,
//! which may be asked for once, so that any number of threads can share it.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jiff::civil::Date;

use crate::engine::bins::{Bin, Bins};
use crate::engine::evaluate::{Evidence, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::lexicon::normalize::cell_key;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic as Flaw, Path as Spot};
use crate::rulebook::validate::unknown_criterion;
use crate::rulebook::{Attribute, Characteristic, Condition, Rulebook, Scorecard, UNDETERMINED};
use crate::text::{did_you_mean, nearest, quoted};
use crate::value::Value;
use crate::value::own::OwnTables;
use crate::value::read::{Reader, Sense};
use crate::value::{Kind, Length, Own, Words};

/// A checked rulebook with its vocabulary, our own names and the as-of date.
#[derive(Debug)]
pub struct Rules {
    rulebook: Rulebook,
    words: Words,
    /// By criterion.
    readers: Vec<Reader>,
    own: Own,
    compared: OwnTables,
    as_of: AsOf,
    /// The answer, once it was asked for.
    day: OnceLock<Date>,
    pub(crate) cards: Vec<Card>,
    pub(crate) derived: Vec<Derived>,
    /// By criterion.
    bins: Vec<Bins>,
}

/// The day on which open-ended durations end.
#[derive(Debug, Clone, Copy)]
pub enum AsOf {
    /// This one.
    Day(Date),
    /// Found out when a record needs it, and then the same for all: to look at
    /// the clock and the time zone takes longer than to label a record.
    WhenNeeded(fn() -> Date),
}

impl From<Date> for AsOf {
    fn from(day: Date) -> Self {
        AsOf::Day(day)
    }
}

/// A scorecard as numbers. Its labels are 0 for the band that is open upwards,
/// 1 for the one that is open downwards and 2 for neither.
#[derive(Debug)]
pub(crate) struct Card {
    pub(crate) initial_score: i32,
    pub(crate) upper_from: i32,
    pub(crate) lower_from: i32,
    pub(crate) labels: [String; 3],
    pub(crate) characteristics: Vec<Sight>,
    /// Characteristic and attribute of each reason: by points without their
    /// sign, then as in the rulebook.
    pub(crate) strongest: Vec<(usize, usize)>,
}

/// A characteristic as tables.
#[derive(Debug)]
pub(crate) struct Sight {
    /// What may come of it: one for each attribute, in their order, and then
    /// what comes of no attribute, whatever the reason.
    pub(crate) outcomes: Vec<Outcome>,
    /// The criteria that decide which of these it is, its own first.
    pub(crate) looks: Vec<Look>,
}

/// What one criterion tells about the outcome of a characteristic.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) criterion: usize,
    /// So many words have a bit for each outcome.
    pub(crate) words: usize,
    /// By bin of the criterion: those words, with the bits set of the outcomes
    /// that are possible.
    pub(crate) possible: Vec<u64>,
}

/// An attribute's conditions, by the places of the criteria.
#[derive(Debug)]
struct Test {
    criterion: usize,
    check: Check,
}

#[derive(Debug)]
pub(crate) enum Check {
    /// The value's bit is set.
    OneOf(u64),
    AtLeast(Length),
    Below(Length),
}

/// A length that two dates give where it is not stated.
#[derive(Debug)]
pub(crate) struct Derived {
    pub(crate) length: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The slot, beyond those of the criteria, of a start that is known to be
    /// that of the relationship itself.
    pub(crate) since: usize,
    /// The slot of the length of a commitment.
    pub(crate) term: usize,
}

impl Rules {
    /// Checks `rulebook` and makes its tables.
    ///
    /// `own` is whom organizations and addresses are compared with; `as_of`
    /// the day on which open-ended durations end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rulebook`] where the rulebook names what it does not
    /// define, defines something twice, or has bands that overlap. Words of it
    /// that mean nothing are passed over.
    pub fn compile(rulebook: Rulebook, own: &Own, as_of: impl Into<AsOf>) -> Result<Self> {
        Rules::make(rulebook, own, as_of).map_err(|flaws| {
            let first = flaws.first();
            let found = first.map_or("", |flaw| flaw.found.as_str());
            let error = Error::new(ErrorKind::Rulebook, found);
            first.map_or(Error::new(ErrorKind::Rulebook, ""), |flaw| {
                error.advice(&*flaw.help)
            })
        })
    }

    /// The same, with all flaws of a rulebook of which no tables can be made.
    pub(crate) fn make(
        rulebook: Rulebook,
        own: &Own,
        as_of: impl Into<AsOf>,
    ) -> std::result::Result<Self, Vec<Flaw>> {
        let mut flaws = crate::rulebook::validate::errors(&rulebook);
        let derived = derived(&rulebook);
        let criteria = rulebook.criteria.iter().enumerate();
        let readers = criteria
            .map(|(index, criterion)| {
                Reader::new(
                    criterion.kind,
                    &criterion.name,
                    &criterion.values,
                    criterion.length_means.as_deref(),
                    derived.iter().any(|derived| derived.end == index),
                )
            })
            .collect();
        let criteria = rulebook.criteria.iter();
        let kinds: Vec<_> = criteria.map(|one| (one.name.as_str(), one.kind)).collect();
        let words = Words::new(&rulebook.words, &kinds).map_err(|error| {
            let at = Spot::default().key("words");
            vec![Flaw::new(
                Code::OutOfRange,
                at,
                error.to_string(),
                "bring fewer words",
            )]
        })?;
        let mut rules = Rules {
            readers,
            compared: OwnTables::new(own, &words),
            words,
            own: own.clone(),
            as_of: as_of.into(),
            day: OnceLock::new(),
            cards: Vec::new(),
            derived,
            bins: Vec::new(),
            rulebook,
        };
        let tests = rules.all_tests(&mut flaws);
        rules.bins = rules.bins_for(&tests, &mut flaws);
        if !flaws.is_empty() {
            return Err(flaws);
        }
        for (scorecard, tests) in rules.rulebook.scorecards.iter().zip(&tests) {
            let card = rules.card(scorecard, tests);
            rules
                .cards
                .push(card.expect("its bands and its criteria are there, or there were flaws"));
        }
        Ok(rules)
    }

    /// The rulebook these tables were made from.
    pub fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    /// The rulebook, and nothing of the tables.
    pub(crate) fn into_rulebook(self) -> Rulebook {
        self.rulebook
    }

    /// The words by which texts are read.
    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// Who we are.
    pub(crate) fn own(&self) -> &Own {
        &self.own
    }

    /// The day on which open-ended durations end; asked for now, if it was not
    /// before.
    pub fn as_of(&self) -> Date {
        match self.as_of {
            AsOf::Day(day) => day,
            AsOf::WhenNeeded(ask) => *self.day.get_or_init(ask),
        }
    }

    /// Whether somebody needed the day, which was not given.
    pub(crate) fn was_asked_for_the_day(&self) -> bool {
        self.day.get().is_some()
    }

    /// Forgets that somebody needed it.
    pub(crate) fn forget_the_day(&mut self) {
        self.day = OnceLock::new();
    }

    /// The index of the criterion with this name.
    pub fn criterion(&self, name: &str) -> Option<usize> {
        self.rulebook
            .criteria
            .iter()
            .position(|criterion| criterion.name == name)
    }

    /// False for an organization or an address that there is nothing to
    /// compare with: we were not told who we are.
    pub fn can_read(&self, criterion: usize) -> bool {
        match self.rulebook.criteria[criterion].kind {
            Kind::Organization => self.own.has_names(),
            Kind::Address => self.own.has_domains(),
            Kind::Choice | Kind::Length | Kind::Date => true,
        }
    }

    /// Reads `text` as a value of the criterion with this index.
    ///
    /// ```
    /// # use clientype::engine::compile::Rules;
    /// # use clientype::rulebook::Rulebook;
    /// # use clientype::value::Own;
    /// # use clientype::value::Value;
    /// # let rulebook = Rulebook::documents()?;
    /// let rules = Rules::compile(rulebook, &Own::default(), jiff::civil::date(2026, 1, 31))?;
    /// let contract = rules.criterion("contract").unwrap();
    /// assert_eq!(rules.read(contract, "Ja"), Value::Choice(0));
    /// assert_eq!(rules.read(contract, "n/a"), Value::Missing);
    /// assert_eq!(rules.read(contract, "perhaps"), Value::NotRecognized);
    /// # Ok::<(), clientype::Error>(())
    /// ```
    pub fn read(&self, criterion: usize, text: &str) -> Value {
        self.read_in(criterion, text, Sense::Plain, &mut String::new())
    }

    /// [`read`](Rules::read) in the sense of a column, with scratch space.
    pub(crate) fn read_in(
        &self,
        criterion: usize,
        text: &str,
        sense: Sense,
        key: &mut String,
    ) -> Value {
        if !self.can_read(criterion) {
            return Value::Missing;
        }
        self.readers[criterion].read(text, sense, &self.words, &self.compared, key)
    }

    /// True for a text that says nothing in any column: nothing but spaces and
    /// signs, or a word for that. `key` is scratch space.
    pub(crate) fn is_blank(&self, text: &str, key: &mut String) -> bool {
        cell_key(text, key);
        key.is_empty() || self.words.cells(key).any(|row| row == ("*", "(missing)"))
    }

    /// The same, or a word for none.
    pub(crate) fn says_nothing(&self, text: &str, key: &mut String) -> bool {
        let is_blank = self.is_blank(text, key);
        is_blank || self.words.cells(key).any(|row| row == ("*", "(none)"))
    }

    /// So many slots a record has: one for each criterion, and those of
    /// [`Derived`].
    pub(crate) fn slots(&self) -> usize {
        self.rulebook.criteria.len() + 2 * self.derived.len()
    }

    /// True if a date of the criterion `from` may tell the length that `criterion` is.
    pub(crate) fn gives(&self, from: usize, criterion: usize) -> bool {
        let mut derived = self.derived.iter();
        derived.any(|one| one.length == criterion && [one.start, one.end].contains(&from))
    }

    /// The lengths that dates give.
    pub(crate) fn derived(&self) -> &[Derived] {
        &self.derived
    }

    pub(crate) fn bins(&self, criterion: usize) -> &Bins {
        &self.bins[criterion]
    }

    /// What a reading counts as to the scorecards.
    pub(crate) fn bin(&self, criterion: usize, reading: Value) -> Bin {
        self.bins[criterion].of(reading)
    }

    /// The characteristic and attribute of each reason that a scorecard can
    /// give, strongest first.
    pub(crate) fn strongest(&self, scorecard: usize) -> &[(usize, usize)] {
        &self.cards[scorecard].strongest
    }

    /// The label that a verdict's number stands for.
    pub fn label(&self, scorecard: usize, label: u8) -> &str {
        &self.cards[scorecard].labels[usize::from(label)]
    }

    /// The conditions of all attributes, by scorecard, characteristic and
    /// attribute.
    fn all_tests(&self, flaws: &mut Vec<Flaw>) -> Vec<Vec<Vec<Vec<Test>>>> {
        let mut of_attribute = |attribute: &Attribute, at: Spot| {
            let at = at.key("when");
            let mut tests = Vec::new();
            for (name, condition) in &attribute.when {
                match self.test(name, condition, &at.key(name)) {
                    Ok(test) => tests.push(test),
                    Err(flaw) => flaws.push(*flaw),
                }
            }
            tests
        };
        let mut all = Vec::new();
        for (i, scorecard) in self.rulebook.scorecards.iter().enumerate() {
            let card = Spot::default().item("scorecard", i);
            let mut of_card = Vec::new();
            for (j, characteristic) in scorecard.characteristics.iter().enumerate() {
                let at = card.item("characteristic", j);
                let attributes = characteristic.attributes.iter().enumerate();
                let tests = attributes.map(|(k, one)| of_attribute(one, at.item("attribute", k)));
                of_card.push(tests.collect());
            }
            all.push(of_card);
        }
        all
    }

    fn bins_for(&self, tests: &[Vec<Vec<Vec<Test>>>], flaws: &mut Vec<Flaw>) -> Vec<Bins> {
        let mut all = Vec::new();
        for (index, criterion) in self.rulebook.criteria.iter().enumerate() {
            let tests = tests.iter().flatten().flatten().flatten();
            let bounds = tests
                .filter(|test| test.criterion == index)
                .filter_map(|test| match test.check {
                    Check::AtLeast(bound) | Check::Below(bound) => Some(bound),
                    Check::OneOf(_) => None,
                });
            match Bins::new(criterion, bounds.collect()) {
                Ok(bins) => all.push(bins),
                Err(found) => flaws.push(Flaw::new(
                    Code::OutOfRange,
                    Spot::default().item("criterion", index),
                    found,
                    "let fewer different lengths decide",
                )),
            }
        }
        all
    }

    /// The tables of a scorecard that has no flaws.
    fn card(&self, scorecard: &Scorecard, tests: &[Vec<Vec<Test>>]) -> Option<Card> {
        let upper = scorecard
            .bands
            .iter()
            .find(|band| band.at_least.is_some())?;
        let lower = scorecard.bands.iter().find(|band| band.at_most.is_some())?;
        let characteristics = scorecard.characteristics.iter().zip(tests);
        let sights =
            characteristics.map(|(characteristic, tests)| self.sight(characteristic, tests));
        Some(Card {
            initial_score: scorecard.initial_score,
            upper_from: upper.at_least?,
            lower_from: lower.at_most?,
            labels: [
                upper.label.clone(),
                lower.label.clone(),
                UNDETERMINED.to_owned(),
            ],
            characteristics: sights.collect::<Option<_>>()?,
            strongest: strongest(scorecard),
        })
    }

    fn sight(&self, characteristic: &Characteristic, attributes: &[Vec<Test>]) -> Option<Sight> {
        let criterion = self.criterion(&characteristic.criterion)?;
        let points = characteristic
            .attributes
            .iter()
            .map(|one| one.partial_score);
        let mut outcomes: Vec<Outcome> = (0..)
            .zip(points)
            .map(|(index, points)| Outcome {
                points,
                evidence: Evidence::Applied(index),
            })
            .collect();
        let without = [
            Evidence::NoAttribute,
            Evidence::Missing,
            Evidence::NotUnderstood,
        ];
        outcomes.extend(without.map(|evidence| Outcome {
            points: 0,
            evidence,
        }));

        let others = attributes.iter().flatten().map(|test| test.criterion);
        let others: BTreeSet<usize> = others.filter(|other| *other != criterion).collect();
        let looks = std::iter::once(criterion)
            .chain(others)
            .map(|other| self.look(other, other == criterion, attributes));
        Some(Sight {
            outcomes,
            looks: looks.collect(),
        })
    }

    /// What a criterion tells about a characteristic with these `attributes`,
    /// by their conditions: whether they apply, and whether any can if it is
    /// the characteristic's `own`.
    fn look(&self, criterion: usize, own: bool, attributes: &[Vec<Test>]) -> Look {
        let bins = &self.bins[criterion];
        let words = (attributes.len() + 3).div_ceil(64);
        let mut possible = Vec::new();
        for bin in bins.all() {
            let mut bits = vec![0; words];
            let mut set = |place: usize| bits[place / 64] |= 1 << (place % 64);
            for (place, tests) in attributes.iter().enumerate() {
                let mut tests = tests.iter().filter(|test| test.criterion == criterion);
                if (bin.is_known() || !own) && tests.all(|test| bins.holds(&test.check, bin)) {
                    set(place);
                }
            }
            // What comes of no attribute: none applies, missing, not understood.
            let ways = [
                bin.is_known(),
                bin == Bin::MISSING,
                bin == Bin::NOT_UNDERSTOOD,
            ];
            for (place, _) in ways.iter().enumerate().filter(|(_, way)| **way || !own) {
                set(attributes.len() + place);
            }
            possible.extend(bits);
        }
        Look {
            criterion,
            words,
            possible,
        }
    }

    fn test(
        &self,
        name: &str,
        condition: &Condition,
        at: &Spot,
    ) -> std::result::Result<Test, Box<Flaw>> {
        let criterion = self
            .criterion(name)
            .ok_or_else(|| unknown_criterion(&self.rulebook, name, at.name()))?;
        let check = self.check(criterion, condition, at)?;
        Ok(Test { criterion, check })
    }

    fn check(
        &self,
        index: usize,
        condition: &Condition,
        at: &Spot,
    ) -> std::result::Result<Check, Box<Flaw>> {
        let criterion = &self.rulebook.criteria[index];
        let of = quoted(&criterion.name);
        let comparison = |found: String, mend: &str| {
            Box::new(Flaw::new(Code::BadComparison, at.clone(), found, mend))
        };
        if criterion.kind == Kind::Date {
            return Err(comparison(
                format!("{of} is a date, which no condition can test"),
                "test the length that it gives instead",
            ));
        }
        if criterion.kind == Kind::Length {
            let [text] = condition.alternatives() else {
                return Err(comparison(
                    format!("{of} is a length, and this is no single comparison"),
                    "say one, such as \">= 12 months\"; for another one add an attribute",
                ));
            };
            let compare = |sign: &str| {
                let text = text.strip_prefix(sign)?;
                self.readers[index].length(text, &self.words)
            };
            return compare(">=")
                .map(Check::AtLeast)
                .or_else(|| compare("<").map(Check::Below))
                .ok_or_else(|| {
                    comparison(
                        format!(
                            "{} is no comparison of lengths, as {of} takes",
                            quoted(text)
                        ),
                        "say such as \">= 12 months\" or \"< 2 years\", up to 100 years",
                    )
                });
        }
        let mut bits = 0;
        for (place, name) in condition.alternatives().iter().enumerate() {
            let group = criterion.groups.get(name).map(Vec::as_slice);
            for value in group.unwrap_or(std::slice::from_ref(name)) {
                let mut values = criterion.values.iter().take(64);
                let bit = values.position(|own| own == value);
                // What is wrong with a group is told there.
                if bit.is_none() && group.is_some() {
                    continue;
                }
                let Some(bit) = bit else {
                    let known = criterion.values.iter().chain(criterion.groups.keys());
                    let mend = match nearest(value, known.clone().map(String::as_str)) {
                        Some(near) => did_you_mean(near),
                        None => format!(
                            "take one of {}",
                            known.map(String::as_str).collect::<Vec<_>>().join(", ")
                        ),
                    };
                    let at = match condition {
                        Condition::One(_) => at.clone(),
                        Condition::AnyOf(_) => at.then(&format!("/{place}")),
                    };
                    let found = format!("{} is no value of {of}, nor a group", quoted(value));
                    return Err(Box::new(Flaw::new(Code::UnknownValue, at, found, mend)));
                };
                bits |= 1 << bit;
            }
        }
        Ok(Check::OneOf(bits))
    }
}

/// The lengths that dates give, by the places of the criteria.
fn derived(rulebook: &Rulebook) -> Vec<Derived> {
    let mut derived: Vec<Derived> = Vec::new();
    let place = |name: &str| rulebook.criteria.iter().position(|one| one.name == name);
    for (length, criterion) in rulebook.criteria.iter().enumerate() {
        let slot = rulebook.criteria.len() + 2 * derived.len();
        if let Some(dates) = &criterion.from_dates
            && let (Some(start), Some(end)) = (place(&dates.start), place(&dates.end))
        {
            derived.push(Derived {
                length,
                start,
                end,
                since: slot,
                term: slot + 1,
            });
        }
    }
    derived
}

/// All attributes, those with the most points first, whatever their sign.
fn strongest(scorecard: &Scorecard) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize, u32)> = Vec::new();
    for (i, characteristic) in scorecard.characteristics.iter().enumerate() {
        for (j, attribute) in characteristic.attributes.iter().enumerate() {
            all.push((i, j, attribute.partial_score.unsigned_abs()));
        }
    }
    all.sort_by_key(|(.., points)| std::cmp::Reverse(*points));
    all.into_iter().map(|(i, j, _)| (i, j)).collect()
}
