//! Compiled rulebooks: checked once, then only looked up.
//!
//! Owns what reading and scoring use in addition to the checked rulebook: our own names,
//! the as-of day, and the tables of the scorecards. A [`Rules`] does not change after it is
//! made, except for the as-of day, which is determined once, so that any number of threads
//! can share it.

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::error::{Error, ErrorKind, Result};
use crate::lexicon::normalize::{cell_key, header_key};
use crate::lexicon::vocabulary;
use crate::rulebook::Rulebook;
use crate::rulebook::ir::{CheckedRulebook, Scorecard};
pub(crate) use crate::rulebook::ir::{Derived, InForce};
use crate::rulebook::partition::{Bin, Partition, PossibleOutcomes};
use crate::rulebook::related::StateWord;
use crate::rulebook::related::checked::RelatedKind;
use crate::value::blank;
use crate::value::own::OwnTables;
use crate::value::read::Sense;
use crate::value::{Kind, Own, Value, Words};

/// A text with more words than this shows no state.
const LONGEST_STATE: usize = 6;

/// A compiled rulebook with its words, our own names and the as-of day.
#[derive(Debug)]
pub struct Rules {
    checked: CheckedRulebook,
    own: Own,
    compared: OwnTables,
    as_of: AsOf,
    /// The as-of day, once it was determined.
    day: OnceLock<Date>,
    /// By scorecard.
    pub(crate) tables: Vec<Tables>,
}

/// The day on which open-ended durations end.
#[derive(Debug, Clone, Copy)]
pub enum AsOf {
    /// This day.
    Day(Date),
    /// Determined when a record needs it, and then the same for all: reading the clock
    /// and the time zone takes longer than labelling a record.
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
    /// By characteristic: the outcomes that each deciding criterion leaves possible, its
    /// own criterion first.
    pub(crate) possible: Vec<Vec<PossibleOutcomes>>,
    /// Characteristic and attribute of each reason: by absolute points, then as in the
    /// rulebook.
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
    /// Checks `rulebook` and compiles its tables.
    ///
    /// Organizations and addresses are compared with `own`; open-ended durations end on
    /// `as_of`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rulebook`] if the rulebook has errors, such as unknown names, double
    /// definitions or overlapping bands. Words without a meaning are ignored.
    pub fn compile(rulebook: Rulebook, own: &Own, as_of: impl Into<AsOf>) -> Result<Self> {
        let checked = CheckedRulebook::new(rulebook).map_err(|diagnostics| {
            let first = diagnostics.into_vec().into_iter().next();
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

    /// Our own names and mail domains.
    pub(crate) fn own(&self) -> &Own {
        &self.own
    }

    /// The day on which open-ended durations end; determined now if it was not before.
    pub fn as_of(&self) -> Date {
        match self.as_of {
            AsOf::Day(day) => day,
            AsOf::WhenNeeded(ask) => *self.day.get_or_init(ask),
        }
    }

    /// Whether a record needed the day, and it was not given.
    pub(crate) fn was_asked_for_the_day(&self) -> bool {
        self.day.get().is_some()
    }

    /// Forgets that a record needed it.
    pub(crate) fn forget_the_day(&mut self) {
        self.day = OnceLock::new();
    }

    /// The index of the criterion with this name.
    pub fn criterion(&self, name: &str) -> Option<usize> {
        self.checked.criterion(name)
    }

    /// The value of the criterion with this name; `values` has one for each criterion.
    pub(crate) fn value(&self, criterion: &str, values: &[Value]) -> Value {
        let index = self.criterion(criterion);
        index.map_or(Value::Missing, |index| values[index])
    }

    /// Whether values of a criterion can be read: organizations and addresses cannot if our
    /// own names or domains are not set, since there is nothing to compare them with.
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

    /// [`read`](Rules::read) in the sense of a column, with a scratch buffer.
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

    /// Whether a text counts as empty in any column: only spaces and punctuation, or a word
    /// for a missing value. `key` is a scratch buffer.
    pub(crate) fn is_blank(&self, text: &str, key: &mut String) -> bool {
        cell_key(text, key);
        key.is_empty()
            || blank::is_blank(text, self.words())
            || self.words().cells(key).any(|row| row == ("*", "(missing)"))
    }

    /// Whether a text answers yes (or else no). `key` is a scratch buffer.
    pub(crate) fn is_answer(&self, text: &str, yes: bool, key: &mut String) -> bool {
        cell_key(text, key);
        self.words().is_answer(key, yes)
    }

    /// Whether a text is a word by which the criterion has no value on purpose. `key` is a
    /// scratch buffer.
    pub(crate) fn is_withheld(&self, criterion: usize, text: &str, key: &mut String) -> bool {
        cell_key(text, key);
        let name = &self.rulebook().criteria[criterion].name;
        let mut rows = self.words().cells(key);
        rows.any(|(of, value)| of == name && value == "(missing)")
    }

    /// What a word shows of a record, if it is a word for that. `key` is a scratch buffer.
    pub(crate) fn state_word(&self, text: &str, key: &mut String) -> Option<StateWord> {
        cell_key(text, key);
        let mut rows = self.words().cells(key).rev();
        rows.find_map(|(of, value)| {
            StateWord::from_value(value).filter(|_| of == vocabulary::STATE)
        })
    }

    /// The same for a text with words beside it that only name the record.
    pub(crate) fn state(&self, text: &str, key: &mut String) -> Option<StateWord> {
        if let Some(state) = self.state_word(text, key) {
            return Some(state);
        }
        let mut of = |text: &str| self.state_word(text, key);
        let is_word = |c: &char| c.is_alphanumeric() || *c == '\'';
        let words: Vec<&str> = text
            .split(|c| !is_word(&c))
            .filter(|word| !word.is_empty())
            .collect();
        if words.len() > LONGEST_STATE || words.len() < 2 {
            return None;
        }
        let mut found: Option<StateWord> = None;
        let mut covered = vec![false; words.len()];
        for length in (1..words.len()).rev() {
            for at in 0..=words.len() - length {
                if covered[at..at + length].contains(&true) {
                    continue;
                }
                let Some(state) = of(&words[at..at + length].join(" ")) else {
                    continue;
                };
                covered[at..at + length].fill(true);
                match found {
                    Some(other) if other != state => return None,
                    _ => found = Some(state),
                }
            }
        }
        // Other words may change what it means: `waiting for Ute`.
        let rest = words.iter().zip(covered).filter(|(_, covered)| !covered);
        let is_idle = |word: &str| {
            let mut rows = self.words().headers(&header_key(word));
            rows.any(|(of, value)| of == vocabulary::RELATED || value.starts_with("(filler"))
        };
        found.filter(|_| rest.map(|(word, _)| *word).all(is_idle))
    }

    /// Whether a text is blank, or a word for none.
    pub(crate) fn says_nothing(&self, text: &str, key: &mut String) -> bool {
        let is_blank = self.is_blank(text, key);
        is_blank || self.words().cells(key).any(|row| row == ("*", "(none)"))
    }

    /// The number of slots of a record: one for each criterion, and those of [`Derived`]
    /// and [`InForce`].
    pub(crate) fn slots(&self) -> usize {
        let criteria = self.rulebook().criteria.len();
        criteria + 2 * self.derived().len() + 4 * self.in_force().len()
    }

    /// Whether a date of the criterion `from` can give the length of `criterion`.
    pub(crate) fn gives(&self, from: usize, criterion: usize) -> bool {
        let mut derived = self.derived().iter();
        derived.any(|one| one.length == criterion && [one.start, one.end].contains(&from))
    }

    /// The lengths that dates give.
    pub(crate) fn derived(&self) -> &[Derived] {
        &self.checked.derived
    }

    /// The choices that dates give.
    pub(crate) fn in_force(&self) -> &[InForce] {
        &self.checked.in_force
    }

    /// The kinds of related files.
    pub fn related(&self) -> &[RelatedKind] {
        self.checked.related()
    }

    pub(crate) fn scorecards(&self) -> &[Scorecard] {
        &self.checked.scorecards
    }

    pub(crate) fn partition(&self, criterion: usize) -> &Partition {
        &self.checked.partitions[criterion]
    }

    /// The bin of a value in the tables.
    pub(crate) fn bin(&self, criterion: usize, value: Value) -> Bin {
        self.checked.partitions[criterion].of(value)
    }

    /// The characteristic and attribute of each reason that a scorecard can give, strongest
    /// first.
    pub(crate) fn strongest(&self, scorecard: usize) -> &[(usize, usize)] {
        &self.tables[scorecard].strongest
    }

    /// The name of a verdict's label.
    pub fn label(&self, scorecard: usize, label: u8) -> &str {
        &self.scorecards()[scorecard].labels[usize::from(label)]
    }
}
