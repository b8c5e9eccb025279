//! A rulebook made ready: checked once, then only looked up.
//!
//! Owns what a rulebook must satisfy and the tables that reading and scoring
//! use. A [`Rules`] is never changed after it is made, but for the as-of date,
//! which may be asked for once, so that any number of threads can share it.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jiff::civil::Date;

use super::bins::{Bin, Bins};
use super::check::{check_names, derived};
use super::evaluate::{Evidence, Outcome};
use super::known::Words;
use super::own::{Own, OwnTables};
use super::read::{Reader, Reading, Sense};
use super::{Attribute, Characteristic, Condition, Kind, Length, Rulebook, Scorecard, cell_key};
use crate::error::{Error, ErrorKind, Result};

/// The label of a score that reaches neither band.
pub const UNDETERMINED: &str = "Undetermined";

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
    pub(super) cards: Vec<Card>,
    pub(super) derived: Vec<Derived>,
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
pub(super) struct Card {
    pub(super) initial_score: i32,
    pub(super) upper_from: i32,
    pub(super) lower_from: i32,
    pub(super) labels: [String; 3],
    pub(super) characteristics: Vec<Sight>,
    /// Characteristic and attribute of each reason: by points without their
    /// sign, then as in the rulebook.
    pub(super) strongest: Vec<(usize, usize)>,
}

/// A characteristic as tables.
#[derive(Debug)]
pub(super) struct Sight {
    /// What may come of it: one for each attribute, in their order, and then
    /// what comes of no attribute, whatever the reason.
    pub(super) outcomes: Vec<Outcome>,
    /// The criteria that decide which of these it is, its own first.
    pub(super) looks: Vec<Look>,
}

/// What one criterion tells about the outcome of a characteristic.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) criterion: usize,
    /// So many words have a bit for each outcome.
    pub(super) words: usize,
    /// By bin of the criterion: those words, with the bits set of the outcomes
    /// that are possible.
    pub(super) possible: Vec<u64>,
}

/// An attribute's conditions, by the places of the criteria.
#[derive(Debug)]
struct Test {
    criterion: usize,
    check: Check,
}

#[derive(Debug)]
pub(super) enum Check {
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

/// Beyond this, sums of points could leave the range of `i32`.
const MOST_POINTS: i32 = 1_000_000;

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
        check_names(&rulebook)?;
        let derived = derived(&rulebook)?;
        let criteria = rulebook.criteria.iter().enumerate();
        let readers = criteria
            .map(|(index, criterion)| {
                Reader::new(
                    criterion,
                    derived.iter().any(|derived| derived.end == index),
                )
            })
            .collect();
        let words = Words::new(&rulebook)?;
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
        let tests = rules.all_tests()?;
        rules.bins = rules.bins_for(&tests)?;
        for (scorecard, tests) in rules.rulebook.scorecards.iter().zip(&tests) {
            let card = rules.card(scorecard, tests)?;
            rules.cards.push(card);
        }
        Ok(rules)
    }

    /// The rulebook these tables were made from.
    pub fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    /// The words by which texts are read.
    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// Who we are.
    pub(super) fn own(&self) -> &Own {
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
    /// # use clientype::rules::{Own, Rulebook, compile::Rules, read::Reading};
    /// # let rulebook = Rulebook::documents()?;
    /// let rules = Rules::compile(rulebook, &Own::default(), jiff::civil::date(2026, 1, 31))?;
    /// let contract = rules.criterion("contract").unwrap();
    /// assert_eq!(rules.read(contract, "Ja"), Reading::Value(0));
    /// assert_eq!(rules.read(contract, "n/a"), Reading::Missing);
    /// assert_eq!(rules.read(contract, "perhaps"), Reading::NotUnderstood);
    /// # Ok::<(), clientype::Error>(())
    /// ```
    pub fn read(&self, criterion: usize, text: &str) -> Reading {
        self.read_in(criterion, text, Sense::Plain, &mut String::new())
    }

    /// [`read`](Rules::read) in the sense of a column, with scratch space.
    pub(crate) fn read_in(
        &self,
        criterion: usize,
        text: &str,
        sense: Sense,
        key: &mut String,
    ) -> Reading {
        if !self.can_read(criterion) {
            return Reading::Missing;
        }
        self.readers[criterion].read(text, sense, &self.words, &self.compared, key)
    }

    /// True for a text that says nothing in any column: nothing but spaces and
    /// signs, or a word for that. `key` is scratch space.
    pub(crate) fn is_blank(&self, text: &str, key: &mut String) -> bool {
        cell_key(text, key);
        key.is_empty() || self.words.cells(key).any(|row| row == ("*", "(missing)"))
    }

    /// So many slots a record has: one for each criterion, and those of
    /// [`Derived`].
    pub(crate) fn slots(&self) -> usize {
        self.rulebook.criteria.len() + 2 * self.derived.len()
    }

    /// The lengths that dates give.
    pub(crate) fn derived(&self) -> &[Derived] {
        &self.derived
    }

    pub(super) fn bins(&self, criterion: usize) -> &Bins {
        &self.bins[criterion]
    }

    /// What a reading counts as to the scorecards.
    pub(crate) fn bin(&self, criterion: usize, reading: Reading) -> Bin {
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
    fn all_tests(&self) -> Result<Vec<Vec<Vec<Vec<Test>>>>> {
        let of_attribute =
            |scorecard: &Scorecard, characteristic: &Characteristic, attribute: &Attribute| {
                self.tests(attribute).map_err(|what| {
                    let code = &attribute.reason_code;
                    wrong(
                        scorecard,
                        format!(
                            "characteristic {:?}, attribute {code:?}: {what}",
                            characteristic.criterion
                        ),
                    )
                })
            };
        let of_characteristic = |scorecard: &Scorecard, characteristic: &Characteristic| {
            let attributes = characteristic.attributes.iter();
            attributes
                .map(|attribute| of_attribute(scorecard, characteristic, attribute))
                .collect::<Result<Vec<_>>>()
        };
        let of_card = |scorecard: &Scorecard| {
            let characteristics = scorecard.characteristics.iter();
            characteristics
                .map(|characteristic| of_characteristic(scorecard, characteristic))
                .collect::<Result<Vec<_>>>()
        };
        self.rulebook.scorecards.iter().map(of_card).collect()
    }

    fn bins_for(&self, tests: &[Vec<Vec<Vec<Test>>>]) -> Result<Vec<Bins>> {
        let criteria = self.rulebook.criteria.iter().enumerate();
        let bins = criteria.map(|(index, criterion)| {
            let tests = tests.iter().flatten().flatten().flatten();
            let bounds = tests
                .filter(|test| test.criterion == index)
                .filter_map(|test| match test.check {
                    Check::AtLeast(bound) | Check::Below(bound) => Some(bound),
                    Check::OneOf(_) => None,
                });
            Bins::new(criterion, bounds.collect()).map_err(|what| {
                let what = format!("criterion {:?}: {what}", criterion.name);
                Error::new(ErrorKind::Rulebook, what)
            })
        });
        bins.collect()
    }

    fn card(&self, scorecard: &Scorecard, tests: &[Vec<Vec<Test>>]) -> Result<Card> {
        let wrong = |what| wrong(scorecard, what);
        let upper: Vec<_> = scorecard
            .bands
            .iter()
            .filter(|band| band.at_least.is_some())
            .collect();
        let lower: Vec<_> = scorecard
            .bands
            .iter()
            .filter(|band| band.at_most.is_some())
            .collect();
        let ([upper], [lower], 2) = (&upper[..], &lower[..], scorecard.bands.len()) else {
            return Err(
                wrong("its bands are not two, one open upwards and one downwards".into())
                    .expected("one [[scorecard.band]] with `at_least` and one with `at_most`"),
            );
        };
        let (Some(upper_from), Some(lower_from)) = (upper.at_least, lower.at_most) else {
            return Err(wrong("a band has no score".into()));
        };
        let beyond = |from: i32| from.unsigned_abs() > MOST_POINTS.unsigned_abs();
        if beyond(upper_from) || beyond(lower_from) {
            return Err(wrong(format!("a band begins beyond {MOST_POINTS} points")));
        }
        if lower_from >= upper_from {
            return Err(wrong(format!(
                "its bands overlap: {} up to {lower_from} and {} from {upper_from}",
                lower.label, upper.label
            )));
        }
        let labels = [
            upper.label.clone(),
            lower.label.clone(),
            UNDETERMINED.to_owned(),
        ];
        if labels[0] == labels[1]
            || labels[..2]
                .iter()
                .any(|label| label.is_empty() || label == UNDETERMINED)
        {
            return Err(wrong(format!(
                "its labels have to be two, and not {UNDETERMINED:?}"
            )));
        }
        let mut card = Card {
            initial_score: scorecard.initial_score,
            upper_from,
            lower_from,
            labels,
            characteristics: Vec::new(),
            strongest: strongest(scorecard),
        };
        let mut reachable = scorecard.initial_score.unsigned_abs();
        for (i, characteristic) in scorecard.characteristics.iter().enumerate() {
            let name = &characteristic.criterion;
            let earlier = &scorecard.characteristics[..i];
            if earlier.iter().any(|other| other.criterion == *name) {
                return Err(wrong(format!("{name:?} is a characteristic twice")));
            }
            let sight = self.sight(characteristic, &tests[i]).map_err(wrong)?;
            let points = sight.outcomes.iter().map(|one| one.points.unsigned_abs());
            reachable = reachable.saturating_add(points.max().unwrap_or(0));
            card.characteristics.push(sight);
        }
        if reachable > MOST_POINTS.unsigned_abs() {
            return Err(wrong(format!(
                "its scores can go beyond {MOST_POINTS} points"
            )));
        }
        Ok(card)
    }

    fn sight(
        &self,
        characteristic: &Characteristic,
        attributes: &[Vec<Test>],
    ) -> std::result::Result<Sight, String> {
        let criterion = self.criterion(&characteristic.criterion).ok_or_else(|| {
            format!(
                "characteristic {:?} is no criterion{}",
                characteristic.criterion,
                self.nearest_criterion(&characteristic.criterion)
            )
        })?;
        if attributes.len() > usize::from(u16::MAX) {
            return Err(format!(
                "characteristic {:?} has more than {} attributes",
                characteristic.criterion,
                u16::MAX
            ));
        }
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
        Ok(Sight {
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

    fn tests(&self, attribute: &Attribute) -> std::result::Result<Vec<Test>, String> {
        attribute
            .when
            .iter()
            .map(|(name, condition)| {
                let criterion = self.criterion(name).ok_or_else(|| {
                    format!("{name:?} is no criterion{}", self.nearest_criterion(name))
                })?;
                let check = self.check(criterion, condition)?;
                Ok(Test { criterion, check })
            })
            .collect()
    }

    fn check(&self, index: usize, condition: &Condition) -> std::result::Result<Check, String> {
        let criterion = &self.rulebook.criteria[index];
        if criterion.kind == Kind::Date {
            return Err(format!(
                "{:?} is a date, which no condition can test",
                criterion.name
            ));
        }
        if criterion.kind == Kind::Length {
            let [comparison] = condition.alternatives() else {
                return Err(format!("{:?} takes one comparison", criterion.name));
            };
            let compare = |sign: &str| {
                let text = comparison.strip_prefix(sign)?;
                self.readers[index].length(text, &self.words)
            };
            return compare(">=")
                .map(Check::AtLeast)
                .or_else(|| compare("<").map(Check::Below))
                .ok_or_else(|| {
                    format!(
                        "{comparison:?} is no comparison such as \">= 12 months\" or \"< 2 years\""
                    )
                });
        }
        let mut bits = 0;
        for name in condition.alternatives() {
            let group = criterion.groups.get(name).map(Vec::as_slice);
            for value in group.unwrap_or(std::slice::from_ref(name)) {
                let bit = criterion
                    .values
                    .iter()
                    .position(|own| own == value)
                    .ok_or_else(|| {
                        format!(
                            "{value:?} is no value of {:?}, which has {}",
                            criterion.name,
                            criterion.values.join(", ")
                        )
                    })?;
                bits |= 1 << bit;
            }
        }
        Ok(Check::OneOf(bits))
    }

    fn nearest_criterion(&self, name: &str) -> String {
        let names = self
            .rulebook
            .criteria
            .iter()
            .map(|criterion| criterion.name.as_str());
        nearest(name, names).map_or(String::new(), |near| format!(" (did you mean {near:?}?)"))
    }
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

fn wrong(scorecard: &Scorecard, what: String) -> Error {
    let what = format!("scorecard {:?}: {what}", scorecard.name);
    Error::new(ErrorKind::Rulebook, what)
}

/// The candidate most like `name`, if any is much like it.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .map(|candidate| {
            (
                strsim::jaro_winkler(&name.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.84)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
