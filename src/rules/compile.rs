//! A rulebook made ready: checked once, then only looked up.
//!
//! Owns what a rulebook must satisfy and the tables that reading and scoring
//! use. A [`Rules`] is never changed after it is made, so that any number of
//! threads can share it.

use std::sync::OnceLock;

use jiff::civil::Date;

use super::check::{check_names, derived};
use super::length::TimeUnit;
use super::own::{Own, OwnTables};
use super::read::{Reader, Reading};
use super::{Attribute, Characteristic, Condition, Kind, Length, Rulebook, Scorecard, vocabulary};
use crate::error::{Error, ErrorKind, Result};

/// The label of a score that reaches neither band.
pub const UNDETERMINED: &str = "Undetermined";

/// A checked rulebook with its vocabulary, our own names and the as-of date.
#[derive(Debug)]
pub struct Rules {
    rulebook: Rulebook,
    /// Made on first use: most runs read few of the criteria.
    readers: Vec<OnceLock<Reader>>,
    own: OwnTables,
    has_own: [bool; 2],
    as_of: Date,
    pub(super) cards: Vec<Card>,
    pub(super) derived: Vec<Derived>,
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
}

/// A characteristic as numbers.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) criterion: usize,
    pub(super) attributes: Vec<Branch>,
    /// By value of the criterion: the attributes that it does not rule out.
    pub(super) by_value: Vec<Allowed>,
}

/// The attributes that a value does not rule out, in their order.
#[derive(Debug)]
pub(super) enum Allowed {
    /// The first of them asks for nothing else: it applies, with these points.
    First(u16, i32),
    /// They have conditions on other criteria too.
    These(Vec<u16>),
}

/// An attribute as numbers.
#[derive(Debug)]
pub(super) struct Branch {
    /// The conditions on the characteristic's own criterion, if it is a length.
    /// That on a value is in [`Sight::by_value`].
    pub(super) tests: Vec<Test>,
    pub(super) points: i32,
}

/// One condition of an attribute.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) criterion: usize,
    pub(super) check: Check,
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
pub(super) struct Derived {
    pub(super) length: usize,
    pub(super) start: usize,
    pub(super) end: usize,
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
    /// define, defines something twice, or has bands that overlap.
    pub fn compile(rulebook: Rulebook, own: &Own, as_of: Date) -> Result<Self> {
        check_names(&rulebook)?;
        let readers: Vec<_> = rulebook.criteria.iter().map(|_| OnceLock::new()).collect();
        let words = |prefix| vocabulary::beginning_with(prefix).map(|entry| entry.word);
        let mut rules = Rules {
            readers,
            own: OwnTables::new(
                own,
                words("organization,(legal_form),"),
                words("email,free_mail,"),
            ),
            has_own: [own.has_names(), own.has_domains()],
            as_of,
            cards: Vec::new(),
            derived: derived(&rulebook)?,
            rulebook,
        };
        for scorecard in &rules.rulebook.scorecards {
            let card = rules.card(scorecard)?;
            rules.cards.push(card);
        }
        Ok(rules)
    }

    /// The rulebook these tables were made from.
    pub fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    /// The day on which open-ended durations end.
    pub fn as_of(&self) -> Date {
        self.as_of
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
            Kind::Organization => self.has_own[0],
            Kind::Address => self.has_own[1],
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
        self.read_in(criterion, text, TimeUnit::Month, &mut String::new())
    }

    /// [`read`](Rules::read) with the unit of a bare number, and scratch space.
    pub(crate) fn read_in(
        &self,
        criterion: usize,
        text: &str,
        bare: TimeUnit,
        key: &mut String,
    ) -> Reading {
        if !self.can_read(criterion) {
            return Reading::Missing;
        }
        self.reader(criterion).read(text, bare, &self.own, key)
    }

    fn reader(&self, criterion: usize) -> &Reader {
        self.readers[criterion].get_or_init(|| Reader::new(&self.rulebook.criteria[criterion]))
    }

    /// The label that a verdict's number stands for.
    pub fn label(&self, scorecard: usize, label: u8) -> &str {
        &self.cards[scorecard].labels[usize::from(label)]
    }

    fn card(&self, scorecard: &Scorecard) -> Result<Card> {
        let wrong = |what: String| {
            Error::new(
                ErrorKind::Rulebook,
                format!("scorecard {:?}: {what}", scorecard.name),
            )
        };
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
        if upper_from.abs().max(lower_from.abs()) > MOST_POINTS {
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
        };
        let mut reachable = scorecard.initial_score.unsigned_abs();
        for characteristic in &scorecard.characteristics {
            let sight = self.sight(characteristic).map_err(&wrong)?;
            if card
                .characteristics
                .iter()
                .any(|other| other.criterion == sight.criterion)
            {
                return Err(wrong(format!(
                    "{:?} is a characteristic twice",
                    characteristic.criterion
                )));
            }
            let most = sight
                .attributes
                .iter()
                .map(|branch| branch.points.unsigned_abs())
                .max();
            reachable = reachable.saturating_add(most.unwrap_or(0));
            card.characteristics.push(sight);
        }
        if reachable > MOST_POINTS.unsigned_abs() {
            return Err(wrong(format!(
                "its scores can go beyond {MOST_POINTS} points"
            )));
        }
        Ok(card)
    }

    fn sight(&self, characteristic: &Characteristic) -> std::result::Result<Sight, String> {
        let criterion = self.criterion(&characteristic.criterion).ok_or_else(|| {
            format!(
                "characteristic {:?} is no criterion{}",
                characteristic.criterion,
                self.nearest_criterion(&characteristic.criterion)
            )
        })?;
        let mut attributes = Vec::new();
        for attribute in &characteristic.attributes {
            let tests = self.tests(attribute).map_err(|what| {
                format!(
                    "characteristic {:?}, attribute {:?}: {what}",
                    characteristic.criterion, attribute.reason_code
                )
            })?;
            attributes.push(Branch {
                tests,
                points: attribute.partial_score,
            });
        }
        let values = self.rulebook.criteria[criterion].values.len();
        let allows = |branch: &Branch, value: usize| {
            let rules_out = |test: &Test| {
                test.criterion == criterion
                    && matches!(test.check, Check::OneOf(bits) if bits >> value & 1 == 0)
            };
            !branch.tests.iter().any(rules_out)
        };
        let allowed: Vec<Vec<u16>> = (0..values)
            .map(|value| {
                let branches = attributes
                    .iter()
                    .enumerate()
                    .filter(|(_, branch)| allows(branch, value));
                branches.map(|(index, _)| index as u16).collect()
            })
            .collect();
        for branch in &mut attributes {
            branch.tests.retain(|test| {
                test.criterion != criterion || !matches!(test.check, Check::OneOf(_))
            });
        }
        let by_value = allowed.into_iter().map(|allowed| {
            match allowed
                .first()
                .map(|&first| (first, &attributes[usize::from(first)]))
            {
                Some((first, branch)) if branch.tests.is_empty() => {
                    Allowed::First(first, branch.points)
                }
                _ => Allowed::These(allowed),
            }
        });
        let by_value = by_value.collect();
        Ok(Sight {
            criterion,
            attributes,
            by_value,
        })
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
                self.reader(index).length(text)
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
