//! Waterfalls: how a score adds up, from the initial score through the contribution of
//! each characteristic to the total and its label.
//!
//! Owns the one form in which a verdict is broken down. It reads the evidence kept by
//! judging the record and adds nothing up itself, so that all breakdowns agree with the
//! score.

use crate::engine::evaluate::{CardVerdict, Evaluation, Evidence, label};
use crate::rulebook::{Attribute, Characteristic, Rulebook, Scorecard, UNDETERMINED};
use crate::value::Value;

/// The breakdown of one scorecard's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waterfall<'r> {
    /// The scorecard.
    pub scorecard: &'r Scorecard,
    /// The bands of the scorecard.
    pub bands: Bands<'r>,
    /// Its verdict on the record: total, margin and coverage.
    pub verdict: CardVerdict,
    /// The contributions. Those with an attribute that applies come first, sorted by
    /// absolute points; the others are as in the rulebook.
    pub contributions: Vec<Contribution<'r>>,
}

/// The contribution of one characteristic to a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution<'r> {
    /// The index of the characteristic in its scorecard.
    pub characteristic: usize,
    /// The name of its criterion.
    pub criterion: &'r str,
    /// The value of the criterion.
    pub value: Value,
    /// The evidence of the characteristic.
    pub evidence: Evidence,
    /// The attribute that applies: points, reason code, reason and sources.
    pub attribute: Option<&'r Attribute>,
}

/// The bands of a scorecard: the scores for which its labels hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bands<'r> {
    /// The lowest score of the band that is open upwards.
    pub upper_from: i32,
    /// The highest score of the band that is open downwards.
    pub lower_from: i32,
    /// The labels: of the upper band, of the lower one, and of neither.
    pub labels: [&'r str; 3],
}

impl<'r> Waterfall<'r> {
    /// The breakdown of the verdict by the scorecard with this index. `evaluation` is by
    /// `rulebook`; `value` gives the value of a criterion.
    ///
    /// # Panics
    ///
    /// If there is no such scorecard, or the evaluation is by another rulebook.
    pub fn new(
        rulebook: &'r Rulebook,
        scorecard: usize,
        evaluation: &Evaluation,
        value: impl Fn(&str) -> Value,
    ) -> Self {
        let card = &rulebook.scorecards[scorecard];
        let evidence = evaluation.evidence[scorecard].iter().enumerate();
        let mut contributions: Vec<Contribution<'r>> = evidence
            .map(|(characteristic, evidence)| {
                let of = &card.characteristics[characteristic];
                Contribution {
                    characteristic,
                    criterion: &of.criterion,
                    value: value(&of.criterion),
                    evidence: *evidence,
                    attribute: applied(of, *evidence),
                }
            })
            .collect();
        contributions.sort_by_key(|one| {
            let points = one.points().unsigned_abs();
            (one.attribute.is_none(), std::cmp::Reverse(points))
        });
        Waterfall {
            scorecard: card,
            bands: Bands::of(card),
            verdict: evaluation.verdicts[scorecard],
            contributions,
        }
    }

    /// The label of the total.
    pub fn label(&self) -> &'r str {
        self.bands.labels[usize::from(self.verdict.label)]
    }

    /// The contributions of attributes that apply, strongest first.
    pub fn applied(&self) -> impl Iterator<Item = (&Contribution<'r>, &'r Attribute)> {
        let contributions = self.contributions.iter();
        contributions.filter_map(|one| Some((one, one.attribute?)))
    }
}

impl Contribution<'_> {
    /// Points added to the score; 0 if no attribute applies.
    pub fn points(&self) -> i32 {
        self.attribute
            .map_or(0, |attribute| attribute.partial_score)
    }
}

/// The attribute of a characteristic that applied, by its evidence.
pub(crate) fn applied(of: &Characteristic, evidence: Evidence) -> Option<&Attribute> {
    match evidence {
        Evidence::Applied(index) => of.attributes.get(usize::from(index)),
        _ => None,
    }
}

impl<'r> Bands<'r> {
    /// The bands of a scorecard, of a rulebook without errors: it has one of each kind.
    pub fn of(card: &'r Scorecard) -> Self {
        let upper = card.bands.iter().find(|band| band.at_least.is_some());
        let lower = card.bands.iter().find(|band| band.at_most.is_some());
        Bands {
            upper_from: upper.and_then(|band| band.at_least).unwrap_or_default(),
            lower_from: lower.and_then(|band| band.at_most).unwrap_or_default(),
            labels: [
                upper.map_or("", |band| &band.label),
                lower.map_or("", |band| &band.label),
                UNDETERMINED,
            ],
        }
    }

    /// The name of the label of a score.
    pub fn label(&self, score: i32) -> &'r str {
        self.labels[self.number(score)]
    }

    fn number(&self, score: i32) -> usize {
        usize::from(label(self.upper_from - score, score - self.lower_from))
    }

    /// The rank of a score's label: 1 for the upper band, -1 for the lower, 0 for neither.
    pub(crate) fn height(&self, score: i32) -> i32 {
        [1, -1, 0][self.number(score)]
    }

    /// The label and the range of each band, upper band first: `from +3 on`.
    pub fn in_words(&self) -> [(&'r str, String); 2] {
        let [upper, lower, _] = self.labels;
        [
            (upper, format!("from {:+} on", self.upper_from)),
            (lower, format!("from {:+} down", self.lower_from)),
        ]
    }
}
