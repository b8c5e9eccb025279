//! One judged record with all its evidence.
//!
//! Owns the terms in which such a record is requested and described.

use std::num::NonZero;

use jiff::civil::Date;

use crate::columns::{Role, Why};
use crate::engine::compile::Rules;
use crate::engine::evaluate::Evaluation;
use crate::engine::explain::CardExplanation;
use crate::engine::waterfall::Waterfall;
use crate::error::Place;
use crate::rulebook::Rulebook;
use crate::run::Furniture;
use crate::value::DateOrder;
use crate::value::Value;

/// Which records of an input are requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// The one with this number, from 1; a CSV header does not count.
    Record(NonZero<u64>),
    /// Those that meet all of these conditions, at most this many.
    Where(Vec<Filter>, usize),
}

/// The text that a column has to contain, apart from surrounding spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The column's name. Case and spaces are ignored if only one column fits.
    pub column: String,
    /// The text it has to contain.
    pub value: String,
}

/// One requested record: its values, and the verdict on it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its place; empty for a record that is not in a file.
    pub place: Place,
    /// What it is, if it is not about a buyer: then nothing in it is read.
    pub furniture: Option<Furniture>,
    /// Its values in fields that feed criteria.
    pub facts: Vec<Fact>,
    /// Its values in fields that could feed a criterion, but do not.
    pub unused: Vec<Unused>,
    /// By criterion: its value, and where that comes from.
    pub grounds: Vec<Ground>,
    /// The criteria that are switched off: they are not read from any record.
    pub off: Vec<usize>,
    /// The verdicts, with the evidence for each.
    pub evaluation: Evaluation,
    /// By related file: the number of its key there, if it is found.
    pub(crate) keys: Vec<Option<u32>>,
}

/// A field that feeds a criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The index of the criterion.
    pub criterion: usize,
    /// The part that the column plays for the criterion.
    pub role: Role,
    /// The column's name.
    pub column: String,
    /// Its text.
    pub text: String,
    /// The value of that text.
    pub reading: Value,
    /// The orders in which it would be a date, if that is why it is not understood.
    pub orders: Vec<DateOrder>,
    /// Where it stands.
    pub source: FactSource,
}

/// Where a fact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FactSource {
    /// In the record.
    #[default]
    Record,
    /// In the related file with this place; the column is its name.
    File(usize),
    /// It is assumed of every record.
    Assumed,
}

/// A field that could feed a criterion, but does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// The column's name.
    pub column: String,
    /// Its text.
    pub text: String,
    /// Why it is not used.
    pub why: Why,
    /// Where it stands.
    pub source: FactSource,
}

/// The value of one criterion, from the whole record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ground {
    /// The value.
    pub reading: Value,
    /// The facts behind it: one, or the dates between which a length is measured.
    pub facts: Vec<usize>,
    /// These dates, if they give a length or contradict each other; the second may be
    /// the as-of date.
    pub days: Option<(Date, Date)>,
}

impl Case {
    /// Explains the verdict of a scorecard.
    ///
    /// # Panics
    ///
    /// If there is no such scorecard, or the case was judged by other rules.
    pub fn explanation<'r>(&self, rules: &'r Rules, scorecard: usize) -> CardExplanation<'r> {
        rules.explanation(scorecard, &self.evaluation, &self.values(), &self.off)
    }

    /// How the score of a scorecard is reached, in the rulebook that judged it.
    ///
    /// # Panics
    ///
    /// If there is no such scorecard, or the case was judged by another rulebook.
    pub fn waterfall<'r>(&self, rulebook: &'r Rulebook, scorecard: usize) -> Waterfall<'r> {
        let value = |name: &str| {
            let mut criteria = rulebook.criteria.iter().zip(&self.grounds);
            let of = criteria.find(|(criterion, _)| criterion.name == name);
            of.map_or(Value::Missing, |(_, ground)| ground.reading)
        };
        Waterfall::new(rulebook, scorecard, &self.evaluation, value)
    }

    /// By criterion: its value.
    pub fn values(&self) -> Vec<Value> {
        self.grounds.iter().map(|ground| ground.reading).collect()
    }
}
