//! Deltas: what differs between two judgements of one record, and what tipped its label.
//!
//! Owns which scorecards and characteristics of two rulebooks correspond, by their names,
//! and the choice among the causes of another label. A cause is weighed by the label
//! without it, and with it alone, so that the one named is what would have to be undone.
//! It reads the evidence kept by judging the record, so that no delta disagrees with its
//! labels.

use crate::engine::evaluate::{Evaluation, Evidence};
use crate::engine::waterfall::{Bands, applied};
use crate::rulebook::{Rulebook, Scorecard};

/// What differs between two judgements of one record by scorecards of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta<'r> {
    /// The scorecard's name.
    pub scorecard: &'r str,
    /// The record's standing before.
    pub before: Standing<'r>,
    /// Its standing after.
    pub after: Standing<'r>,
    /// Every characteristic of either scorecard, changed or not: those of the new one in
    /// their order, then those that only the old one has.
    pub characteristics: Vec<CharacteristicDelta<'r>>,
    /// The cause that tipped the label, if the label differs.
    pub cause: Option<Cause<'r>>,
}

/// A record's standing on a scorecard: its score, and the bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'r> {
    /// The score before any evidence, in points.
    pub initial_score: i32,
    /// The score, in points.
    pub score: i32,
    /// The bands of the scorecard.
    pub bands: Bands<'r>,
}

/// The partial scores of one characteristic before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CharacteristicDelta<'r> {
    /// The criterion of the characteristic.
    pub criterion: &'r str,
    /// Its partial score before.
    pub before: PartialScore<'r>,
    /// Its partial score after.
    pub after: PartialScore<'r>,
}

/// What a characteristic gives a record: points, and their evidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PartialScore<'r> {
    /// Points; 0 if no attribute applies.
    pub points: i32,
    /// Its evidence; `None` if the scorecard has no such characteristic.
    pub evidence: Option<Evidence>,
    /// The reason code of the attribute that applies, if one does.
    pub reason_code: Option<&'r str>,
}

/// The cause that tipped a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause<'r> {
    /// A characteristic gives different points.
    Characteristic(CharacteristicDelta<'r>),
    /// The initial score differs.
    InitialScore {
        /// Before, in points.
        before: i32,
        /// And after.
        after: i32,
    },
    /// A band begins at another score, or has another label.
    Bands,
}

impl Delta<'_> {
    /// Whether the bands differ.
    pub fn bands_differ(&self) -> bool {
        self.before.bands != self.after.bands
    }
}

impl<'r> Standing<'r> {
    /// The label.
    pub fn label(&self) -> &'r str {
        self.bands.label(self.score)
    }
}

impl CharacteristicDelta<'_> {
    /// By how many points it moves the score.
    pub fn by(&self) -> i32 {
        self.after.points - self.before.points
    }
}

/// A scorecard that two rulebooks have in common.
#[derive(Debug)]
pub(crate) struct Pair<'r> {
    pub(crate) name: &'r str,
    pub(crate) before: PairedCard<'r>,
    pub(crate) after: PairedCard<'r>,
    /// Criterion, and place in either scorecard: those of the new one first.
    characteristics: Vec<(&'r str, Option<usize>, Option<usize>)>,
}

/// The scorecard of one of them.
#[derive(Debug)]
pub(crate) struct PairedCard<'r> {
    card: &'r Scorecard,
    /// Its place in its rulebook.
    pub(crate) place: usize,
    pub(crate) bands: Bands<'r>,
}

impl<'r> PairedCard<'r> {
    fn new(rulebook: &'r Rulebook, place: usize) -> Self {
        let card = &rulebook.scorecards[place];
        PairedCard {
            card,
            place,
            bands: Bands::of(card),
        }
    }

    /// What a characteristic gives; the default if there is no such characteristic.
    fn partial(&self, characteristic: Option<usize>, evaluation: &Evaluation) -> PartialScore<'r> {
        let Some(characteristic) = characteristic else {
            return PartialScore::default();
        };
        let evidence = evaluation.evidence[self.place][characteristic];
        let attribute = applied(&self.card.characteristics[characteristic], evidence);
        PartialScore {
            points: attribute.map_or(0, |attribute| attribute.partial_score),
            evidence: Some(evidence),
            reason_code: attribute.map(|attribute| &*attribute.reason_code),
        }
    }

    /// The standing of a record with this evaluation.
    pub(crate) fn standing(&self, evaluation: &Evaluation) -> Standing<'r> {
        Standing {
            initial_score: self.card.initial_score,
            score: evaluation.verdicts[self.place].score,
            bands: self.bands,
        }
    }
}

impl<'r> Pair<'r> {
    /// The scorecards that both rulebooks have, in the order of the new one.
    pub(crate) fn all(old: &'r Rulebook, new: &'r Rulebook) -> Vec<Self> {
        let cards = new.scorecards.iter().enumerate();
        let pairs = cards.filter_map(|(after, card)| {
            let mut earlier = old.scorecards.iter();
            let before = earlier.position(|other| other.name == card.name)?;
            Some(Pair::new(
                PairedCard::new(old, before),
                PairedCard::new(new, after),
            ))
        });
        pairs.collect()
    }

    fn new(before: PairedCard<'r>, after: PairedCard<'r>) -> Self {
        let mut characteristics = Vec::new();
        for (place, one) in after.card.characteristics.iter().enumerate() {
            characteristics.push((one.criterion.as_str(), None, Some(place)));
        }
        for (place, one) in before.card.characteristics.iter().enumerate() {
            let mut known = characteristics.iter_mut();
            match known.find(|(criterion, ..)| *criterion == one.criterion) {
                Some((_, earlier, _)) => *earlier = Some(place),
                None => characteristics.push((one.criterion.as_str(), Some(place), None)),
            }
        }
        Pair {
            name: &after.card.name,
            before,
            after,
            characteristics,
        }
    }

    /// By the number of a label before and of one after: whether they are the same.
    pub(crate) fn same(&self) -> [[bool; 3]; 3] {
        let is_same = |before: &str| self.after.bands.labels.map(|after| before == after);
        self.before.bands.labels.map(is_same)
    }

    /// What differs between two evaluations of one record.
    pub(crate) fn delta(&self, before: &Evaluation, after: &Evaluation) -> Delta<'r> {
        let characteristics = self.characteristics.iter();
        let characteristics: Vec<_> = characteristics
            .map(|&(criterion, earlier, later)| CharacteristicDelta {
                criterion,
                before: self.before.partial(earlier, before),
                after: self.after.partial(later, after),
            })
            .collect();
        let (before, after) = (self.before.standing(before), self.after.standing(after));
        Delta {
            scorecard: self.name,
            before,
            after,
            cause: cause(&before, &after, &characteristics),
            characteristics,
        }
    }
}

/// How strong a cause is: whether undoing it restores the old label, whether it alone
/// gives the new one, then points.
type Weight = (bool, bool, i32, u32);

/// The cause that tipped the label between `before` and `after`; `None` if the label stays.
///
/// It is the one that both restores the old label if it alone is undone, and gives the new
/// one on its own; else one that does the former; else one that does the latter; else the
/// one that moves the score furthest towards the new label. Among equals it is the one
/// with the most points, then the first: the initial score, the characteristics in their
/// order, the bands.
fn cause<'r>(
    before: &Standing<'r>,
    after: &Standing<'r>,
    characteristics: &[CharacteristicDelta<'r>],
) -> Option<Cause<'r>> {
    let (old, new) = (before.label(), after.label());
    if old == new {
        return None;
    }
    let up = after.bands.height(after.score) - before.bands.height(before.score);
    let weigh = |undone: &str, alone: &str, by: i32| -> Weight {
        let (restores, gives) = (undone == old, alone == new);
        let towards = match restores || gives || up == 0 {
            true => by.abs(),
            false => by * up.signum(),
        };
        (restores, gives, towards, by.unsigned_abs())
    };
    let of_points = |by: i32| {
        let undone = after.bands.label(after.score - by);
        weigh(undone, before.bands.label(before.score + by), by)
    };
    let initial = Cause::InitialScore {
        before: before.initial_score,
        after: after.initial_score,
    };
    let initial = (initial, after.initial_score - before.initial_score);
    let characteristics = characteristics.iter();
    let characteristics = characteristics.map(|one| (Cause::Characteristic(*one), one.by()));
    let points = std::iter::once(initial).chain(characteristics);
    let points = points.filter(|(_, by)| *by != 0);
    let bands = (before.bands != after.bands).then(|| {
        let (undone, alone) = (
            before.bands.label(after.score),
            after.bands.label(before.score),
        );
        (Cause::Bands, weigh(undone, alone, 0))
    });
    let causes = points
        .map(|(cause, by)| (cause, of_points(by)))
        .chain(bands);
    // `max_by_key` takes the last of equals, but the first one counts.
    let strongest = causes.rev().max_by_key(|(_, weight)| *weight);
    strongest.map(|(cause, _)| cause)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::effort::cases;

    use super::*;

    const LABELS: [&str; 3] = ["Up", "Down", "Undetermined"];
    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    fn bands(upper_from: i32, lower_from: i32) -> Bands<'static> {
        Bands {
            upper_from,
            lower_from,
            labels: LABELS,
        }
    }

    fn deltas(points: &[(i32, i32)]) -> Vec<CharacteristicDelta<'static>> {
        let given = |points| PartialScore {
            points,
            ..PartialScore::default()
        };
        let deltas = NAMES.iter().zip(points);
        let deltas = deltas.map(|(criterion, (before, after))| CharacteristicDelta {
            criterion,
            before: given(*before),
            after: given(*after),
        });
        deltas.collect()
    }

    /// The standing of a record with these points.
    fn stood(
        initial_score: i32,
        points: impl Iterator<Item = i32>,
        bands: Bands<'static>,
    ) -> Standing<'static> {
        Standing {
            initial_score,
            score: initial_score + points.sum::<i32>(),
            bands,
        }
    }

    #[test]
    fn a_label_by_another_name_is_another_label() {
        let before = stood(3, std::iter::empty(), bands(3, -3));
        let mut after = before;
        after.bands.labels[0] = "Over";
        assert_eq!(cause(&before, &after, &[]), Some(Cause::Bands));
        after.score = 4;
        assert_eq!(
            cause(&before, &after, &deltas(&[(3, 4)])),
            Some(Cause::Bands)
        );
    }

    fn some_bands() -> impl Strategy<Value = Bands<'static>> {
        let one = (1..5_i32, 0..5_i32).prop_map(|(upper, lower)| bands(upper, -lower));
        prop_oneof![3 => Just(bands(3, -3)), 1 => one]
    }

    proptest! {
        #![proptest_config(cases(256, 2_000))]

        #[test]
        fn the_best_cause_tips(
            points in prop::collection::vec((-4..5_i32, prop_oneof![1 => Just(None), 2 => (-4..5_i32).prop_map(Some)]), 0..6),
            initial in (-1..2_i32, -1..2_i32),
            both in (some_bands(), some_bands()),
        ) {
            let points: Vec<(i32, i32)> = points.iter().map(|(before, after)| (*before, after.unwrap_or(*before))).collect();
            let before = stood(initial.0, points.iter().map(|one| one.0), both.0);
            let after = stood(initial.1, points.iter().map(|one| one.1), both.1);
            let deltas = deltas(&points);
            let found = super::cause(&before, &after, &deltas);
            if before.label() == after.label() {
                prop_assert_eq!(found, None);
                return Ok(());
            }
            // All causes in their order, with the points by which they move the score.
            let mut causes: Vec<(Cause<'_>, i32)> = Vec::new();
            if initial.0 != initial.1 {
                let cause = Cause::InitialScore { before: initial.0, after: initial.1 };
                causes.push((cause, initial.1 - initial.0));
            }
            let differ = deltas.iter().filter(|one| one.by() != 0);
            causes.extend(differ.map(|one| (Cause::Characteristic(*one), one.by())));
            if both.0 != both.1 {
                causes.push((Cause::Bands, 0));
            }
            // The label with only some of the causes applied to one side.
            let with = |base: &Standing<'static>, of: &Standing<'static>, sign: i32, some: &[(Cause<'_>, i32)]| {
                let mut standing = *base;
                for (cause, by) in some {
                    match cause {
                        Cause::Bands => standing.bands = of.bands,
                        _ => standing.score += sign * by,
                    }
                }
                standing.label()
            };
            // Undoing all of them gives the old label, as doing them gives the new one.
            prop_assert_eq!(with(&after, &before, -1, &causes), before.label());
            prop_assert_eq!(with(&before, &after, 1, &causes), after.label());
            let up = after.bands.height(after.score) - before.bands.height(before.score);
            let weight = |cause: &(Cause<'_>, i32)| {
                let restores = with(&after, &before, -1, &[*cause]) == before.label();
                let gives = with(&before, &after, 1, &[*cause]) == after.label();
                let towards = match restores || gives {
                    true => cause.1.abs(),
                    false => cause.1 * up.signum(),
                };
                (restores, gives, towards)
            };
            let best = causes.iter().map(weight).max().unwrap();
            let first = causes.iter().find(|cause| weight(cause) == best).unwrap();
            prop_assert_eq!(found, Some(first.0));
            prop_assert!(best.0 || best.1 || best.2 > 0, "nothing moves it there");
        }
    }
}
