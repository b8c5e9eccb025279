//! One record that was judged, with all that it says.
//!
//! Owns the terms in which such a record is asked for and told.

use std::num::NonZero;

use jiff::civil::Date;

use crate::columns::Role;
use crate::error::Place;
use crate::rules::compile::Rules;
use crate::rules::evaluate::Evaluation;
use crate::rules::explain::Explanation;
use crate::rules::read::Reading;

/// Which records of an input are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The one with this number, from 1; a CSV header is no record.
    Record(NonZero<u64>),
    /// Those of which all conditions hold, at most so many.
    Where(Vec<Condition>, usize),
}

/// What a column has to say: this, but for spaces around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
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
    /// By criterion: what it counts as, and why.
    pub grounds: Vec<Ground>,
    /// The verdicts, and the evidence each rests on.
    pub evaluation: Evaluation,
    /// Where it begins in its batch.
    pub(crate) at: usize,
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
    pub reading: Reading,
}

/// What a record says about one criterion, all told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ground {
    /// What it counts as.
    pub reading: Reading,
    /// The facts that say so: one, or the days between which a length is measured.
    pub facts: Vec<usize>,
    /// These days, if it is such a length; the second may be the as-of date.
    pub days: Option<(Date, Date)>,
}

impl Case {
    /// Explains what a scorecard says of it.
    ///
    /// # Panics
    ///
    /// If there is no such scorecard.
    pub fn explanation(&self, rules: &Rules, scorecard: usize) -> Explanation {
        let readings: Vec<Reading> = self.grounds.iter().map(|ground| ground.reading).collect();
        rules.explanation(scorecard, &self.evaluation, &readings)
    }
}
