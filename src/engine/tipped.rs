//! What tipped a label: the one cause, of all that differ between two rulebooks.
//!
//! Owns the terms in which the difference of two scores is told, and the choice
//! among its causes. A cause is judged by what becomes of the label without it, and
//! with it alone, so that what is named is what somebody would have to take back.

use crate::engine::evaluate::{Evidence, label};
use crate::rulebook::ir::Scorecard;

/// What one characteristic gives a record by either rulebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Move<'r> {
    /// The criterion of the characteristic.
    pub criterion: &'r str,
    /// What it gave by the old rulebook.
    pub before: Given<'r>,
    /// What it gives by the new one.
    pub after: Given<'r>,
}

/// What a characteristic gives a record by one rulebook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Given<'r> {
    /// Points; 0 if no attribute applies.
    pub points: i32,
    /// What it had to go by; `None` if the scorecard has no such characteristic.
    pub evidence: Option<Evidence>,
    /// The reason code of the attribute that applies, if one does.
    pub reason_code: Option<&'r str>,
}

impl Move<'_> {
    /// By how many points it moves the score.
    pub fn by(&self) -> i32 {
        self.after.points - self.before.points
    }
}

/// The cause that tipped a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tip<'r> {
    /// A characteristic gives other points.
    Characteristic(Move<'r>),
    /// The score before any evidence is another one.
    InitialScore {
        /// By the old rulebook, in points.
        before: i32,
        /// By the new one.
        after: i32,
    },
    /// A band begins at another score, or has another label.
    Bands,
}

/// From which scores on the labels of a scorecard hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bands<'r> {
    upper_from: i32,
    lower_from: i32,
    /// As a verdict numbers them.
    pub(crate) labels: [&'r str; 3],
}

/// Where a record stands on a scorecard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'r> {
    /// The score before any evidence, in points.
    pub initial_score: i32,
    /// The score, in points.
    pub score: i32,
    pub(crate) bands: Bands<'r>,
}

impl<'r> Standing<'r> {
    /// The label.
    pub fn label(&self) -> &'r str {
        self.bands.label(self.score)
    }
}

impl Scorecard {
    pub(crate) fn bands(&self) -> Bands<'_> {
        Bands {
            upper_from: self.upper_from,
            lower_from: self.lower_from,
            labels: self.labels.each_ref().map(String::as_str),
        }
    }
}

impl<'r> Bands<'r> {
    /// The name of the label of a score.
    fn label(&self, score: i32) -> &'r str {
        self.labels[self.number(score)]
    }

    fn number(&self, score: i32) -> usize {
        usize::from(label(self.upper_from - score, score - self.lower_from))
    }

    /// How high the label of a score stands among the three.
    fn height(&self, score: i32) -> i32 {
        [1, -1, 0][self.number(score)]
    }
}

/// How much speaks for a cause: first what it takes or gives alone, best last, then
/// points.
type Weight = (bool, bool, i32, u32);

/// The cause that tipped the label of a record that stood `before` and stands
/// `after`, as `moves`, in their order, and the initial score have moved its score.
/// `None` if no label was tipped.
///
/// It is the one that both brings the old label back if it alone is undone, and gives
/// the new one if it alone is done; else one that does the former; else one that does
/// the latter; else the one that moves the score furthest towards the new label.
/// Among equals it is the one with the most points, then the first: the initial
/// score, the characteristics, the bands.
pub(crate) fn tip<'r>(
    before: &Standing<'r>,
    after: &Standing<'r>,
    moves: &[Move<'r>],
) -> Option<Tip<'r>> {
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
    let initial = Tip::InitialScore {
        before: before.initial_score,
        after: after.initial_score,
    };
    let initial = (initial, after.initial_score - before.initial_score);
    let moves = moves
        .iter()
        .map(|one| (Tip::Characteristic(*one), one.by()));
    let points = std::iter::once(initial).chain(moves);
    let points = points.filter(|(_, by)| *by != 0);
    let bands = (before.bands != after.bands).then(|| {
        let (undone, alone) = (
            before.bands.label(after.score),
            after.bands.label(before.score),
        );
        (Tip::Bands, weigh(undone, alone, 0))
    });
    let causes = points.map(|(tip, by)| (tip, of_points(by))).chain(bands);
    // The last of those that are equal would be taken, and the first one counts.
    let tipped = causes.rev().max_by_key(|(_, weight)| *weight);
    tipped.map(|(tip, _)| tip)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LABELS: [&str; 3] = ["Up", "Down", "Undetermined"];

    fn bands(upper_from: i32, lower_from: i32) -> Bands<'static> {
        Bands {
            upper_from,
            lower_from,
            labels: LABELS,
        }
    }

    fn standing(initial_score: i32, score: i32, bands: Bands<'static>) -> Standing<'static> {
        Standing {
            initial_score,
            score,
            bands,
        }
    }

    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    fn moves(points: &[(i32, i32)]) -> Vec<Move<'static>> {
        let given = |points| Given {
            points,
            ..Given::default()
        };
        let moves = NAMES.iter().zip(points);
        moves
            .map(|(criterion, (before, after))| Move {
                criterion,
                before: given(*before),
                after: given(*after),
            })
            .collect()
    }

    /// Where a record stands with the points of one side.
    fn stood(
        initial: i32,
        points: impl Iterator<Item = i32>,
        bands: Bands<'static>,
    ) -> Standing<'static> {
        standing(initial, initial + points.sum::<i32>(), bands)
    }

    /// The tip of a record with these points before and after, by bands from 3 and
    /// from -3.
    fn tipped(points: &[(i32, i32)]) -> Option<&'static str> {
        let bands = bands(3, -3);
        let before = stood(0, points.iter().map(|one| one.0), bands);
        let after = stood(0, points.iter().map(|one| one.1), bands);
        match tip(&before, &after, &moves(points))? {
            Tip::Characteristic(one) => Some(one.criterion),
            other => unreachable!("nothing else differs: {other:?}"),
        }
    }

    #[test]
    fn no_label_is_tipped_that_stays() {
        assert_eq!(tipped(&[(1, 2)]), None);
        assert_eq!(tipped(&[(3, 9), (0, -2)]), None);
    }

    #[test]
    fn the_only_cause_is_the_tip() {
        assert_eq!(tipped(&[(1, 1), (1, 2)]), Some("b"));
    }

    #[test]
    fn what_is_needed_and_enough_comes_first() {
        // Without a or b it would not be Up; only b is enough.
        assert_eq!(tipped(&[(0, 1), (1, 3), (0, -1)]), Some("b"));
    }

    #[test]
    fn then_what_is_needed() {
        // Only b is enough, but without it the label would be a third one.
        assert_eq!(tipped(&[(0, 2), (0, 8), (0, -7)]), Some("a"));
        // All are needed, and none is enough.
        assert_eq!(tipped(&[(0, 1), (0, 2)]), Some("b"));
    }

    #[test]
    fn then_what_is_enough() {
        assert_eq!(tipped(&[(0, 2), (0, 3), (0, 2)]), Some("b"));
    }

    #[test]
    fn then_what_moves_most_that_way() {
        // From Down to Up in steps of which none is needed, nor enough.
        assert_eq!(
            tipped(&[(0, 2), (-3, 0), (0, 2), (0, 3), (0, -4)]),
            Some("b")
        );
        assert_eq!(tipped(&[(0, 2), (0, 2), (0, 2), (0, -1)]), Some("a"));
    }

    #[test]
    fn the_initial_score_and_the_bands_are_causes_too() {
        let before = standing(0, 2, bands(3, -3));
        let after = standing(1, 3, bands(3, -3));
        let initial = Tip::InitialScore {
            before: 0,
            after: 1,
        };
        assert_eq!(tip(&before, &after, &[]), Some(initial));
        let after = standing(0, 2, bands(2, -3));
        assert_eq!(tip(&before, &after, &[]), Some(Tip::Bands));
        // Each is enough, and none needed: points come before bands.
        let after = standing(1, 3, bands(2, -3));
        assert_eq!(tip(&before, &after, &[]), Some(initial));
    }

    #[test]
    fn a_label_by_another_name_is_another_label() {
        let before = standing(0, 3, bands(3, -3));
        let mut after = before;
        after.bands.labels[0] = "Over";
        assert_eq!(tip(&before, &after, &[]), Some(Tip::Bands));
        let points = moves(&[(3, 4)]);
        after.score = 4;
        assert_eq!(tip(&before, &after, &points), Some(Tip::Bands));
    }

    fn some_bands() -> impl Strategy<Value = Bands<'static>> {
        let one = (1..5_i32, 0..5_i32).prop_map(|(upper, lower)| bands(upper, -lower));
        prop_oneof![3 => Just(bands(3, -3)), 1 => one]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_best_cause_is_the_tip(
            points in prop::collection::vec((-4..5_i32, prop_oneof![1 => Just(None), 2 => (-4..5_i32).prop_map(Some)]), 0..6),
            initial in (-1..2_i32, -1..2_i32),
            both in (some_bands(), some_bands()),
        ) {
            let points: Vec<(i32, i32)> = points.iter().map(|(before, after)| (*before, after.unwrap_or(*before))).collect();
            let before = stood(initial.0, points.iter().map(|one| one.0), both.0);
            let after = stood(initial.1, points.iter().map(|one| one.1), both.1);
            let moves = moves(&points);
            let label = |standing: &Standing<'static>| standing.label();
            let told = tip(&before, &after, &moves);
            if label(&before) == label(&after) {
                prop_assert_eq!(told, None);
                return Ok(());
            }
            let told = told.unwrap();
            // Each cause by the points that it moves, as `tip` orders them.
            let mut causes: Vec<(Tip<'_>, i32)> = Vec::new();
            if initial.0 != initial.1 {
                let tip = Tip::InitialScore { before: initial.0, after: initial.1 };
                causes.push((tip, initial.1 - initial.0));
            }
            let differ = moves.iter().filter(|one| one.by() != 0);
            causes.extend(differ.map(|one| (Tip::Characteristic(*one), one.by())));
            if both.0 != both.1 {
                causes.push((Tip::Bands, 0));
            }
            prop_assert!(causes.iter().any(|(tip, _)| *tip == told));
            if let [(only, _)] = causes[..] {
                prop_assert_eq!(told, only);
            }
            // The record as it would stand had one side only some of the causes.
            let with = |base: &Standing<'static>, of: &Standing<'static>, sign: i32, some: &[(Tip<'_>, i32)]| {
                let mut standing = *base;
                for (tip, by) in some {
                    match tip {
                        Tip::Bands => standing.bands = of.bands,
                        _ => standing.score += sign * by,
                    }
                }
                label(&standing)
            };
            // Undoing all of them gives the old label, as doing them gives the new one.
            prop_assert_eq!(with(&after, &before, -1, &causes), label(&before));
            prop_assert_eq!(with(&before, &after, 1, &causes), label(&after));
            let class = |cause: &(Tip<'_>, i32)| {
                let restores = with(&after, &before, -1, &[*cause]) == label(&before);
                let gives = with(&before, &after, 1, &[*cause]) == label(&after);
                2 * u8::from(restores) + u8::from(gives)
            };
            let best = causes.iter().map(class).max().unwrap();
            let chosen = causes.iter().position(|(tip, _)| *tip == told).unwrap();
            prop_assert_eq!(class(&causes[chosen]), best);
            for (place, other) in causes.iter().enumerate().filter(|(_, other)| class(other) == best) {
                let (mine, theirs) = (causes[chosen].1, other.1);
                if best > 0 {
                    prop_assert!(mine.abs() > theirs.abs() || mine.abs() == theirs.abs() && chosen <= place);
                } else {
                    let up = after.bands.height(after.score) - before.bands.height(before.score);
                    prop_assert!(mine * up.signum() >= theirs * up.signum());
                    prop_assert!(mine * up > 0, "nothing moves it there");
                }
            }
        }
    }
}
