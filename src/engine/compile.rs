//! A rulebook made ready to judge: checked once, then only looked up.
//!
//! Owns what reading and scoring use beside the checked rulebook: who we are, the as-of
//! day, and the tables of the scorecards. A [`Rules`] is never changed after it is made,
//! but for the as-of day, which may be asked for once, so that any number of threads can
//! share it.

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::error::{Error, ErrorKind, Result};
use crate::lexicon::normalize::cell_key;
use crate::rulebook::Rulebook;
pub(crate) use crate::rulebook::ir::Derived;
use crate::rulebook::ir::{CheckedRulebook, Scorecard};
use crate::rulebook::partition::{Bin, Partition, PossibleOutcomes};
use crate::value::own::OwnTables;
use crate::value::read::Sense;
use crate::value::{Kind, Own, Value, Words};

/// A compiled rulebook with its words, our own names and the as-of day.
#[derive(Debug)]
pub struct Rules {
    checked: CheckedRulebook,
    own: Own,
    compared: OwnTables,
    as_of: AsOf,
    /// The answer, once it was asked for.
    day: OnceLock<Date>,
    /// By scorecard.
    pub(crate) tables: Vec<Tables>,
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

/// The tables of a scorecard.
#[derive(Debug)]
pub(crate) struct Tables {
    /// By characteristic: what the criteria that decide it leave possible, its own
    /// criterion first.
    pub(crate) possible: Vec<Vec<PossibleOutcomes>>,
    /// Characteristic and attribute of each reason: by points without their
    /// sign, then as in the rulebook.
    pub(crate) strongest: Vec<(usize, usize)>,
}

impl Tables {
    fn new(checked: &CheckedRulebook, card: &Scorecard) -> Self {
        let mut strongest: Vec<(usize, usize, u32)> = Vec::new();
        for (i, characteristic) in card.characteristics.iter().enumerate() {
            for (j, attribute) in characteristic.attributes.iter().enumerate() {
                strongest.push((i, j, attribute.points.unsigned_abs()));
            }
        }
        strongest.sort_by_key(|(.., points)| std::cmp::Reverse(*points));
        let characteristics = card.characteristics.iter();
        Tables {
            possible: characteristics.map(|one| checked.possible(one)).collect(),
            strongest: strongest.into_iter().map(|(i, j, _)| (i, j)).collect(),
        }
    }
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
        let checked = CheckedRulebook::new(rulebook).map_err(|diagnostics| {
            let first = diagnostics.into_iter().next();
            let (found, help) = first.map(|one| (one.found, one.help)).unwrap_or_default();
            Error::new(ErrorKind::Rulebook, found).help(help)
        })?;
        let cards = checked.scorecards.iter();
        Ok(Rules {
            tables: cards.map(|card| Tables::new(&checked, card)).collect(),
            compared: OwnTables::new(own, &checked.words),
            own: own.clone(),
            as_of: as_of.into(),
            day: OnceLock::new(),
            checked,
        })
    }

    /// The rulebook that was compiled.
    pub fn rulebook(&self) -> &Rulebook {
        &self.checked.rulebook
    }

    /// Its checked form: conditions, points and bands, by the indexes of criteria.
    pub fn checked(&self) -> &CheckedRulebook {
        &self.checked
    }

    /// The words by which texts are read.
    pub(crate) fn words(&self) -> &Words {
        &self.checked.words
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
        self.checked.criterion(name)
    }

    /// False for an organization or an address that there is nothing to
    /// compare with: we were not told who we are.
    pub fn can_read(&self, criterion: usize) -> bool {
        match self.rulebook().criteria[criterion].kind {
            Kind::Organization => self.own.has_names(),
            Kind::Address => self.own.has_domains(),
            Kind::Choice | Kind::Length | Kind::Date => true,
        }
    }

    /// Reads `text` as a value of the criterion with this index.
    ///
    /// ```
    /// # use clientype::internals::engine::compile::Rules;
    /// # use clientype::internals::rulebook::Rulebook;
    /// # use clientype::internals::value::Own;
    /// # use clientype::internals::value::Value;
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
        let reader = &self.checked.readers[criterion];
        reader.read(text, sense, self.words(), &self.compared, key)
    }

    /// True for a text that says nothing in any column: nothing but spaces and
    /// signs, or a word for that. `key` is scratch space.
    pub(crate) fn is_blank(&self, text: &str, key: &mut String) -> bool {
        cell_key(text, key);
        key.is_empty() || self.words().cells(key).any(|row| row == ("*", "(missing)"))
    }

    /// The same, or a word for none.
    pub(crate) fn says_nothing(&self, text: &str, key: &mut String) -> bool {
        let is_blank = self.is_blank(text, key);
        is_blank || self.words().cells(key).any(|row| row == ("*", "(none)"))
    }

    /// So many slots a record has: one for each criterion, and those of
    /// [`Derived`].
    pub(crate) fn slots(&self) -> usize {
        self.rulebook().criteria.len() + 2 * self.derived().len()
    }

    /// True if a date of the criterion `from` may tell the length that `criterion` is.
    pub(crate) fn gives(&self, from: usize, criterion: usize) -> bool {
        let mut derived = self.derived().iter();
        derived.any(|one| one.length == criterion && [one.start, one.end].contains(&from))
    }

    /// The lengths that dates give.
    pub(crate) fn derived(&self) -> &[Derived] {
        &self.checked.derived
    }

    pub(crate) fn scorecards(&self) -> &[Scorecard] {
        &self.checked.scorecards
    }

    pub(crate) fn partition(&self, criterion: usize) -> &Partition {
        &self.checked.partitions[criterion]
    }

    /// What a value counts as in the tables.
    pub(crate) fn bin(&self, criterion: usize, value: Value) -> Bin {
        self.checked.partitions[criterion].of(value)
    }

    /// The characteristic and attribute of each reason that a scorecard can
    /// give, strongest first.
    pub(crate) fn strongest(&self, scorecard: usize) -> &[(usize, usize)] {
        &self.tables[scorecard].strongest
    }

    /// The label that a verdict's number stands for.
    pub fn label(&self, scorecard: usize, label: u8) -> &str {
        &self.scorecards()[scorecard].labels[usize::from(label)]
    }
}
