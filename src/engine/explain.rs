//! Explanations: what counted, what did not, and what would change the label.
//!
//! Owns the order in which gaps are listed. It reads the evidence kept by judging the
//! record, so that no explanation disagrees with its label.

use crate::engine::compile::Rules;
use crate::engine::counterfactual::{Counterfactual, Search};
use crate::engine::evaluate::Evaluation;
use crate::engine::waterfall::{Contribution, Waterfall};
use crate::value::Value;

/// The explanation of one scorecard's verdict on one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardExplanation<'r> {
    /// How the score adds up.
    pub waterfall: Waterfall<'r>,
    /// Characteristics without points; the one that could move the score most comes first.
    pub gaps: Vec<Gap<'r>>,
    /// The smallest changes that would give another label; at most
    /// [`MOST`](crate::engine::counterfactual::MOST).
    pub counterfactuals: Vec<Counterfactual>,
}

/// A characteristic without an attribute that applies: its criterion is not known, or no
/// attribute covers its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap<'r> {
    /// Its contribution: no points, and the evidence why.
    pub contribution: Contribution<'r>,
    /// By how many points, at most, a known value could move the score down; 0 or less. It
    /// is 0 for a criterion that cannot be read.
    pub lowest: i32,
    /// The same upwards; 0 or more.
    pub highest: i32,
}

impl Rules {
    /// Explains the verdict of a scorecard on a record. `evaluation` is that of `values`,
    /// after [`derive`](Rules::derive), which have one entry for each criterion. The
    /// criteria `off` are not read, so no change to them is proposed.
    ///
    /// # Panics
    ///
    /// If there is no such scorecard, the evaluation is by other rules, or there are fewer
    /// values than criteria.
    pub fn explanation(
        &self,
        scorecard: usize,
        evaluation: &Evaluation,
        values: &[Value],
        off: &[usize],
    ) -> CardExplanation<'_> {
        let value = |criterion: &str| self.value(criterion, values);
        let waterfall = Waterfall::new(self.rulebook(), scorecard, evaluation, value);
        let search = Search::new(self, scorecard, waterfall.verdict, values, off);
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
