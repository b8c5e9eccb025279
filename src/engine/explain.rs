//! Evidence to explanation: what counted, what did not, what would change it.
//!
//! Owns the order in which what did not count is listed. It reads the evidence that
//! judging a record has left, so that no explanation can disagree with its label.

use crate::engine::compile::Rules;
use crate::engine::counterfactual::{Counterfactual, Search};
use crate::engine::evaluate::Evaluation;
use crate::engine::waterfall::{Contribution, Waterfall};
use crate::value::Value;

/// Why a scorecard says what it says of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardExplanation<'r> {
    /// How the score comes about.
    pub waterfall: Waterfall<'r>,
    /// What gave no points: what could move the score most first.
    pub gaps: Vec<Gap<'r>>,
    /// The smallest changes that would give another label; at most
    /// [`MOST`](crate::engine::counterfactual::MOST).
    pub counterfactuals: Vec<Counterfactual>,
}

/// A characteristic of which no attribute applies, since nothing is known or no attribute
/// is there for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap<'r> {
    /// What it gives, which are no points, and why.
    pub contribution: Contribution<'r>,
    /// By how many points a known value could move the score down, at most; 0 or
    /// less. A criterion that cannot be read moves nothing.
    pub lowest: i32,
    /// And up; 0 or more.
    pub highest: i32,
}

impl Rules {
    /// Explains what a scorecard says of a record. `evaluation` is the one of
    /// `values`, after [`derive`](Rules::derive), which have one entry for each
    /// criterion. Whatever a record says of the criteria `off`, it is not read: no
    /// change to them is proposed.
    ///
    /// # Panics
    ///
    /// If there is no such scorecard, the evaluation is by other rules, or there are not
    /// as many values as criteria.
    pub fn explanation(
        &self,
        scorecard: usize,
        evaluation: &Evaluation,
        values: &[Value],
        off: &[usize],
    ) -> CardExplanation<'_> {
        let waterfall = Waterfall::new(self.rulebook(), scorecard, evaluation, values);
        let search = Search::new(self, scorecard, values, off);
        let mut gaps = Vec::new();
        for contribution in &waterfall.contributions {
            if contribution.attribute.is_none() {
                let (lowest, highest) = search.reach(contribution.characteristic);
                gaps.push(Gap {
                    contribution: *contribution,
                    lowest,
                    highest,
                });
            }
        }
        gaps.sort_by_key(|gap| std::cmp::Reverse(gap.highest.max(-gap.lowest)));
        CardExplanation {
            waterfall,
            gaps,
            counterfactuals: search.smallest(),
        }
    }
}
