//! Scorecards that two rulebooks have in common.
//!
//! Owns what belongs together: scorecards by their names, characteristics by their
//! criteria. What differs for one record is read off the evidence that judging it
//! has left, so that no difference can disagree with its labels.

use crate::engine::compile::Rules;
use crate::engine::evaluate::{Evaluation, Evidence};
use crate::engine::tipped::{Bands, Given, Move, Standing};

/// A scorecard of two rulebooks.
#[derive(Debug)]
pub(crate) struct Pair<'r> {
    pub(crate) name: &'r str,
    pub(crate) before: Side<'r>,
    pub(crate) after: Side<'r>,
    /// Criterion, and place in either scorecard: those of the new one first.
    characteristics: Vec<(&'r str, Option<usize>, Option<usize>)>,
}

/// A scorecard of one of them.
#[derive(Debug)]
pub(crate) struct Side<'r> {
    rules: &'r Rules,
    /// Its place in its rulebook.
    pub(crate) place: usize,
    pub(crate) bands: Bands<'r>,
    initial_score: i32,
}

impl<'r> Side<'r> {
    fn new(rules: &'r Rules, place: usize) -> Self {
        let card = &rules.scorecards()[place];
        Side {
            rules,
            place,
            bands: card.bands(),
            initial_score: card.initial_score,
        }
    }

    /// What a characteristic gives, if there is one.
    fn given(&self, characteristic: Option<usize>, evaluation: &Evaluation) -> Given<'r> {
        let Some(characteristic) = characteristic else {
            return Given::default();
        };
        let evidence = evaluation.evidence[self.place][characteristic];
        let Evidence::Applied(attribute) = evidence else {
            return Given {
                evidence: Some(evidence),
                ..Given::default()
            };
        };
        let card = &self.rules.rulebook().scorecards[self.place];
        let attribute = &card.characteristics[characteristic].attributes[usize::from(attribute)];
        Given {
            points: attribute.partial_score,
            evidence: Some(evidence),
            reason_code: Some(&attribute.reason_code),
        }
    }

    /// Where a record stands that was evaluated so.
    pub(crate) fn standing(&self, evaluation: &Evaluation) -> Standing<'r> {
        Standing {
            initial_score: self.initial_score,
            score: evaluation.verdicts[self.place].score,
            bands: self.bands,
        }
    }
}

impl<'r> Pair<'r> {
    /// The scorecards that both rulebooks have, in the order of the new one.
    pub(crate) fn all(old: &'r Rules, new: &'r Rules) -> Vec<Self> {
        let earlier = &old.rulebook().scorecards;
        let later = new.rulebook().scorecards.iter().enumerate();
        let pairs = later.filter_map(|(place, card)| {
            let before = earlier.iter().position(|other| other.name == card.name)?;
            let mut characteristics = Vec::new();
            for (after, one) in card.characteristics.iter().enumerate() {
                characteristics.push((one.criterion.as_str(), None, Some(after)));
            }
            for (before, one) in earlier[before].characteristics.iter().enumerate() {
                let mut known = characteristics.iter_mut();
                match known.find(|(criterion, ..)| *criterion == one.criterion) {
                    Some((_, place, _)) => *place = Some(before),
                    None => characteristics.push((one.criterion.as_str(), Some(before), None)),
                }
            }
            Some(Pair {
                name: &card.name,
                before: Side::new(old, before),
                after: Side::new(new, place),
                characteristics,
            })
        });
        pairs.collect()
    }

    /// By the number of a label before and of one after: whether they are the same.
    pub(crate) fn same(&self) -> [[bool; 3]; 3] {
        let is_same = |before: &str| self.after.bands.labels.map(|after| before == after);
        self.before.bands.labels.map(is_same)
    }

    /// What every characteristic of either scorecard gives by two evaluations of one
    /// record.
    pub(crate) fn moves(&self, before: &Evaluation, after: &Evaluation) -> Vec<Move<'r>> {
        let moves = self.characteristics.iter();
        let moves = moves.map(|&(criterion, earlier, later)| Move {
            criterion,
            before: self.before.given(earlier, before),
            after: self.after.given(later, after),
        });
        moves.collect()
    }
}
