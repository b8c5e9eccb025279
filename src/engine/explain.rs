//! Evidence to explanation: what counted, what did not, what would change it.
//!
//! Owns the order in which these are told. It reads the evidence that judging a
//! record has left and adds nothing up of its own, so that no explanation can
//! disagree with its label.

use crate::engine::compile::Rules;
use crate::engine::counterfactual;
use crate::engine::counterfactual::Counterfactual;
use crate::engine::evaluate::{Evaluation, Evidence};
use crate::value::Value;

/// Why a scorecard says what it says of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What counted: those with the most points first, whatever their sign.
    pub reasons: Vec<Applied>,
    /// What gave no evidence: what could move the score most first.
    pub gaps: Vec<Gap>,
    /// The smallest changes that would give another label; at most
    /// [`MOST`](changes::MOST).
    pub changes: Vec<Counterfactual>,
}

/// An attribute that applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Index of the characteristic in its scorecard.
    pub characteristic: usize,
    /// Index of the attribute in it.
    pub attribute: usize,
}

/// A characteristic that gave no points, since nothing is known or no attribute is
/// there for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Index of the characteristic in its scorecard.
    pub characteristic: usize,
    /// Why: never [`Evidence::Applied`].
    pub evidence: Evidence,
    /// By how many points a known value could move the score down, at most; 0 or
    /// less. A criterion that cannot be read moves nothing.
    pub lowest: i32,
    /// And up; 0 or more.
    pub highest: i32,
}

impl Rules {
    /// Explains what a scorecard says of a record. `evaluation` is the one of
    /// `readings`, after [`derive`](Rules::derive), which have one entry for each
    /// criterion. Whatever a record says of the criteria `off`, it is not read: no
    /// change to them is proposed.
    ///
    /// ```
    /// use clientype::engine::compile::Rules;
    /// use clientype::engine::evaluate::Evaluation;
    /// use clientype::value::Value;
    /// use clientype::rulebook::Rulebook;
    /// use clientype::value::Own;
    ///
    /// let as_of = jiff::civil::date(2026, 1, 31);
    /// let rules = Rules::compile(Rulebook::documents()?, &Own::default(), as_of)?;
    /// let mut readings = vec![Value::Missing; rules.rulebook().criteria.len()];
    /// let contract = rules.criterion("contract").unwrap();
    /// readings[contract] = rules.read(contract, "ja");
    /// let mut evaluation = Evaluation::default();
    /// rules.evaluate(&readings, &rules.plan(&vec![true; readings.len()]), &mut evaluation);
    ///
    /// let why = rules.explanation(0, &evaluation, &readings, &[]);
    /// let card = &rules.rulebook().scorecards[0];
    /// let reason = &card.characteristics[why.reasons[0].characteristic].attributes[why.reasons[0].attribute];
    /// assert_eq!(reason.reason_code, "contract-signed");
    /// // Without it, nothing makes a Client.
    /// assert_eq!(rules.label(0, why.changes[0].to), "Undetermined");
    /// # Ok::<(), clientype::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If there is no such scorecard, the evaluation is by other rules, or there are not
    /// as many readings as criteria.
    pub fn explanation(
        &self,
        scorecard: usize,
        evaluation: &Evaluation,
        readings: &[Value],
        off: &[usize],
    ) -> Explanation {
        let evidence = &evaluation.evidence[scorecard];
        let applied = self.strongest(scorecard).iter();
        let reasons = applied
            .filter(|&&(characteristic, attribute)| {
                evidence[characteristic] == Evidence::Applied(attribute as u16)
            })
            .map(|&(characteristic, attribute)| Applied {
                characteristic,
                attribute,
            });
        let search = counterfactual::Search::new(self, scorecard, readings, off);
        let silent = evidence.iter().enumerate();
        let mut gaps: Vec<Gap> = silent
            .filter(|(_, evidence)| !matches!(evidence, Evidence::Applied(_)))
            .map(|(characteristic, evidence)| {
                let (lowest, highest) = search.reach(characteristic);
                Gap {
                    characteristic,
                    evidence: *evidence,
                    lowest,
                    highest,
                }
            })
            .collect();
        gaps.sort_by_key(|gap| std::cmp::Reverse(gap.highest.max(-gap.lowest)));
        Explanation {
            reasons: reasons.collect(),
            gaps,
            changes: search.smallest(),
        }
    }
}
