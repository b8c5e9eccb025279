//! One judgement, and access to its parts by name.
//!
//! Owns the views of a judgement: verdicts, reasons and explanations, without the
//! engine's indices.

use std::borrow::Cow;

use crate::engine::compile::Rules;
use crate::engine::evaluate::Evaluation;
use crate::engine::waterfall::Waterfall;
use crate::value::Value;

/// What an engine concludes about one record: a verdict for each scorecard of its
/// rulebook.
#[derive(Debug, Clone)]
pub struct Judgement<'j> {
    pub(super) rules: &'j Rules,
    pub(super) evaluation: Cow<'j, Evaluation>,
    /// By criterion.
    pub(super) values: Cow<'j, [Value]>,
    /// The criteria that are switched off.
    pub(super) off: Cow<'j, [usize]>,
}

/// The result of one scorecard.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Verdict<'j> {
    /// The name of the scorecard.
    pub scorecard: &'j str,
    /// The label; `Undetermined` where the score reaches no band.
    pub label: &'j str,
    /// The points, with the initial score.
    pub score: i32,
    /// The points by which the score would have to change for another label, at least
    /// 1.
    pub margin: i32,
    /// The share of the scorecard's characteristics that have evidence, from 0 to 1.
    pub coverage: f64,
}

/// Something that counted for a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason<'j> {
    /// The criterion.
    pub criterion: &'j str,
    /// The points that it gave.
    pub points: i32,
    /// The stable reason code.
    pub reason_code: &'j str,
    /// The reason in plain English.
    pub reason: &'j str,
    /// The statements from the sources that it rests on.
    pub sources: &'j [String],
}

/// Why a scorecard gives a record its label.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explanation<'j> {
    /// The verdict.
    pub verdict: Verdict<'j>,
    /// The score before any evidence, in points.
    pub initial_score: i32,
    /// What counted, strongest first; these points and the initial score add up to the
    /// score.
    pub reasons: Vec<Reason<'j>>,
    /// The criteria that gave no points, with those that could change the score most
    /// first.
    pub no_evidence: Vec<&'j str>,
    /// The smallest changes that would give another label, if there are texts that
    /// express them.
    pub would_change: Vec<Alternative<'j>>,
}

/// What would have to change in a record for another label.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alternative<'j> {
    /// The label that it would get.
    pub label: &'j str,
    /// The criteria that would have to change, each with a text for the new value.
    pub changes: Vec<(&'j str, String)>,
}

impl<'j> Judgement<'j> {
    /// The verdicts, in the order of the rulebook's scorecards.
    pub fn verdicts(&self) -> impl ExactSizeIterator<Item = Verdict<'_>> {
        let verdicts = self.evaluation.verdicts.iter().enumerate();
        verdicts.map(|(card, _)| self.verdict_of(card))
    }

    /// The verdict of the scorecard with this name, if there is one.
    pub fn verdict(&self, scorecard: &str) -> Option<Verdict<'_>> {
        self.card(scorecard).map(|card| self.verdict_of(card))
    }

    /// The label of the scorecard with this name, if there is one.
    pub fn label(&self, scorecard: &str) -> Option<&str> {
        self.verdict(scorecard).map(|verdict| verdict.label)
    }

    /// What counted for the label of the scorecard with this name, strongest first.
    pub fn reasons(&self, scorecard: &str) -> Vec<Reason<'_>> {
        let card = self.card(scorecard);
        card.map_or(Vec::new(), |card| reasons(&self.waterfall(card)))
    }

    /// Explains the verdict of the scorecard with this name, if there is one.
    pub fn explain(&self, scorecard: &str) -> Option<Explanation<'_>> {
        let card = self.card(scorecard)?;
        let (evaluation, values) = (&self.evaluation, &self.values);
        let explained = self.rules.explanation(card, evaluation, values, &self.off);
        let criteria = &self.rules.rulebook().criteria;
        let alternatives = explained.counterfactuals.iter().filter_map(|one| {
            let changes = one.changes.iter().map(|change| {
                let text = self.rules.example(change.criterion, &change.to)?;
                Some((criteria[change.criterion].name.as_str(), text))
            });
            Some(Alternative {
                label: self.rules.label(card, one.to),
                changes: changes.collect::<Option<_>>()?,
            })
        });
        let gaps = explained.gaps.iter();
        Some(Explanation {
            verdict: self.verdict_of(card),
            initial_score: self.rules.rulebook().scorecards[card].initial_score,
            reasons: reasons(&explained.waterfall),
            no_evidence: gaps.map(|gap| gap.contribution.criterion).collect(),
            would_change: alternatives.collect(),
        })
    }

    fn card(&self, name: &str) -> Option<usize> {
        let mut cards = self.rules.rulebook().scorecards.iter();
        cards.position(|card| card.name == name)
    }

    fn verdict_of(&self, card: usize) -> Verdict<'_> {
        let verdict = &self.evaluation.verdicts[card];
        Verdict {
            scorecard: &self.rules.rulebook().scorecards[card].name,
            label: self.rules.label(card, verdict.label),
            score: verdict.score,
            margin: verdict.margin,
            coverage: verdict.coverage(),
        }
    }

    fn waterfall(&self, card: usize) -> Waterfall<'_> {
        let value = |criterion: &str| self.rules.value(criterion, &self.values);
        Waterfall::new(self.rules.rulebook(), card, &self.evaluation, value)
    }
}

fn reasons<'j>(waterfall: &Waterfall<'j>) -> Vec<Reason<'j>> {
    let applied = waterfall.applied();
    let reasons = applied.map(|(contribution, attribute)| Reason {
        criterion: contribution.criterion,
        points: attribute.partial_score,
        reason_code: &attribute.reason_code,
        reason: &attribute.reason,
        sources: &attribute.sources,
    });
    reasons.collect()
}
