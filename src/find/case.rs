//! One record that was judged, with all that it says.
//!
//! Owns the terms in which such a record is asked for and told.

use std::num::NonZero;

use jiff::civil::Date;

use crate::columns::{Role, Why};
use crate::engine::compile::Rules;
use crate::engine::evaluate::Evaluation;
use crate::engine::explain::CardExplanation;
use crate::engine::waterfall::Waterfall;
use crate::error::Place;
use crate::rulebook::Rulebook;
use crate::value::DateOrder;
use crate::value::Value;

/// Which records of an input are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// The one with this number, from 1; a CSV header is no record.
    Record(NonZero<u64>),
    /// Those of which all of this holds, at most so many.
    Where(Vec<Filter>, usize),
}

/// What a column has to say: this, but for spaces around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The column's name. Case and spaces do not matter where only one fits.
    pub column: String,
    /// What it has to say.
    pub value: String,
}

/// One record that was asked for: what it says, and the verdict on it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Where it stands; no part is known of a record that is in no file.
    pub place: Place,
    /// What it says in the fields that feed criteria.
    pub facts: Vec<Fact>,
    /// What it says in fields that could feed a criterion, and do not.
    pub unused: Vec<Unused>,
    /// By criterion: what it counts as, and why.
    pub grounds: Vec<Ground>,
    /// The criteria that are switched off: whatever a record says of them, it is not
    /// read.
    pub off: Vec<usize>,
    /// The verdicts, and the evidence each rests on.
    pub evaluation: Evaluation,
}

/// A field that feeds a criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The index of the criterion.
    pub criterion: usize,
    /// The part that the column plays for it.
    pub role: Role,
    /// The column's name.
    pub column: String,
    /// What stands there.
    pub text: String,
    /// What it is read as.
    pub reading: Value,
    /// The orders in which it would be a day, if that is why it is not understood.
    pub orders: Vec<DateOrder>,
}

/// A field that could feed a criterion, and does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// The column's name.
    pub column: String,
    /// What stands there.
    pub text: String,
    /// Why it is not used.
    pub why: Why,
}

/// What a record says about one criterion, all told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ground {
    /// What it counts as.
    pub reading: Value,
    /// The facts that say so: one, or the days between which a length is measured.
    pub facts: Vec<usize>,
    /// These days, whether they give a length or contradict each other; the second may
    /// be the as-of date.
    pub days: Option<(Date, Date)>,
}

impl Case {
    /// Explains what a scorecard says of it.
    ///
    /// # Panics
    ///
    /// If there is no such scorecard, or the case was judged by other rules.
    pub fn explanation<'r>(&self, rules: &'r Rules, scorecard: usize) -> CardExplanation<'r> {
        rules.explanation(scorecard, &self.evaluation, &self.values(), &self.off)
    }

    /// How the score of a scorecard comes about, of the rulebook that judged it.
    ///
    /// # Panics
    ///
    /// If there is no such scorecard, or the case was judged by another rulebook.
    pub fn waterfall<'r>(&self, rulebook: &'r Rulebook, scorecard: usize) -> Waterfall<'r> {
        Waterfall::new(rulebook, scorecard, &self.evaluation, &self.values())
    }

    /// By criterion: what it counts as.
    pub fn values(&self) -> Vec<Value> {
        self.grounds.iter().map(|ground| ground.reading).collect()
    }
}
