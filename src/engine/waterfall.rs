//! How a score comes about: from the initial score, by what each characteristic gives,
//! to the total and its label.
//!
//! Owns the one form in which a verdict is taken apart. It reads the evidence that
//! judging a record has left and adds nothing up of its own, so that whatever is shown of
//! a score agrees with it.

use crate::engine::evaluate::{CardVerdict, Evaluation, Evidence, label};
use crate::rulebook::{Attribute, Characteristic, Rulebook, Scorecard, UNDETERMINED};
use crate::value::Value;

/// A verdict of one scorecard, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waterfall<'r> {
    /// The scorecard.
    pub scorecard: &'r Scorecard,
    /// From which scores on its labels hold.
    pub bands: Bands<'r>,
    /// Its verdict on the record: total, margin and coverage.
    pub verdict: CardVerdict,
    /// What each characteristic gives. Those with an attribute that applies come first,
    /// the most points first whatever their sign; the others are as in the rulebook.
    pub contributions: Vec<Contribution<'r>>,
}

/// What one characteristic gives to a score, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution<'r> {
    /// The index of the characteristic in its scorecard.
    pub characteristic: usize,
    /// The name of its criterion.
    pub criterion: &'r str,
    /// What the criterion counts as.
    pub value: Value,
    /// What the characteristic had to go by.
    pub evidence: Evidence,
    /// The attribute that applies: points, reason code, reason and sources.
    pub attribute: Option<&'r Attribute>,
}

/// From which scores on the labels of a scorecard hold.
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
    /// What the scorecard with this index makes of a record with these values, one for
    /// each criterion, of which `evaluation` is the one by `rulebook`.
    ///
    /// # Panics
    ///
    /// If there is no such scorecard, the evaluation is by another rulebook, or there are
    /// not as many values as criteria.
    pub fn new(
        rulebook: &'r Rulebook,
        scorecard: usize,
        evaluation: &Evaluation,
        values: &[Value],
    ) -> Self {
        let card = &rulebook.scorecards[scorecard];
        let evidence = evaluation.evidence[scorecard].iter().enumerate();
        let mut contributions: Vec<Contribution<'r>> = evidence
            .map(|(characteristic, evidence)| {
                let of = &card.characteristics[characteristic];
                let mut criteria = rulebook.criteria.iter();
                let criterion = criteria.position(|one| one.name == of.criterion);
                Contribution {
                    characteristic,
                    criterion: &of.criterion,
                    value: criterion.map_or(Value::Missing, |index| values[index]),
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

/// The attribute of a characteristic that applies by this evidence.
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

    /// How high the label of a score stands among the three.
    pub(crate) fn height(&self, score: i32) -> i32 {
        [1, -1, 0][self.number(score)]
    }

    /// The label of each band and where it begins, upper band first, in words:
    /// `from +3 on`.
    pub fn in_words(&self) -> [(&'r str, String); 2] {
        let [upper, lower, _] = self.labels;
        [
            (upper, format!("from {:+} on", self.upper_from)),
            (lower, format!("from {:+} down", self.lower_from)),
        ]
    }
}
