//! The scale of a score, and the bars of a waterfall.
//!
//! Owns the mapping from scores to columns of a line. Edges separate the bands, so that a
//! score is always drawn in the band of its label.

use crate::engine::waterfall::Bands;

/// The columns for a range of scores, and two for the edges of the bands.
pub(super) struct Scale {
    lowest: i64,
    /// The number of scores, and of the columns for them.
    scores: i64,
    columns: i64,
    /// The first column above the lower band, and the first of the upper one, not counting
    /// edges.
    above_lower: i64,
    upper: i64,
    upper_from: i64,
    lower_from: i64,
}

/// The bars of points added and points deducted.
const MORE: char = '█';
const LESS: char = '▒';
const NEITHER: char = '│';
const EDGE: char = '┊';
const SCORE: char = '●';
/// At most this many columns for each score.
const WIDEST: i64 = 3;
/// One column for each band, and one between them.
const LEAST: i64 = 3;

impl Scale {
    /// A scale that covers `scores`, 0, and at least two scores of each band. `room` gives
    /// the most columns for a number of scores.
    pub(super) fn new(scores: &[i64], bands: &Bands<'_>, room: impl Fn(usize) -> usize) -> Self {
        let [upper_from, lower_from] = [bands.upper_from, bands.lower_from].map(i64::from);
        let ends = ((lower_from - 1).min(0), (upper_from + 1).max(0));
        let scores = scores.iter();
        let (lowest, highest) = scores.fold(ends, |(low, high), score| {
            (low.min(*score), high.max(*score))
        });
        let scores = highest - lowest + 1;
        let room = (room(scores as usize) as i64 - 2).max(LEAST);
        let columns = match room / scores {
            0 => room,
            each => scores * each.min(WIDEST),
        };
        let at = |score: i64| (score - lowest) * columns / scores;
        let above_lower = at(lower_from + 1).clamp(1, columns - 2);
        let has_between = upper_from - lower_from > 1;
        let upper = at(upper_from).clamp(above_lower + i64::from(has_between), columns - 1);
        Scale {
            lowest,
            scores,
            columns,
            above_lower,
            upper,
            upper_from,
            lower_from,
        }
    }

    /// The first and last column of a score.
    fn at(&self, score: i64) -> (usize, usize) {
        // Without the edges.
        let bare = |score: i64| (score - self.lowest) * self.columns / self.scores;
        let (first, last) = (bare(score), bare(score + 1) - 1);
        let last = last.max(first);
        let (first, last) = if score <= self.lower_from {
            let most = self.above_lower - 1;
            (first.min(most), last.min(most))
        } else if score >= self.upper_from {
            (first.max(self.upper) + 2, last.max(self.upper) + 2)
        } else {
            let (least, most) = (self.above_lower, self.upper - 1);
            (first.clamp(least, most) + 1, last.clamp(least, most) + 1)
        };
        (first as usize, last as usize)
    }

    /// The column at which a score is marked.
    pub(super) fn mark_at(&self, score: i64) -> usize {
        let (first, last) = self.at(score);
        (first + last) / 2
    }

    /// The columns of the two edges.
    pub(super) fn edges(&self) -> (usize, usize) {
        (self.above_lower as usize, self.upper as usize + 1)
    }

    /// A line without a bar.
    pub(super) fn empty(&self) -> Vec<char> {
        let mut line = vec![' '; self.columns as usize + 2];
        let (lower, upper) = self.edges();
        (line[lower], line[upper]) = (EDGE, EDGE);
        line
    }

    /// A line with a bar from one score to another.
    pub(super) fn bar(&self, from: i64, to: i64) -> Vec<char> {
        let mut line = self.empty();
        match from.cmp(&to) {
            std::cmp::Ordering::Equal => line[self.mark_at(to)] = NEITHER,
            std::cmp::Ordering::Less => {
                let (first, last) = (self.at(from + 1).0, self.at(to).1);
                line[first..=last].fill(MORE);
            }
            std::cmp::Ordering::Greater => {
                let (first, last) = (self.at(to).0, self.at(from - 1).1);
                line[first..=last].fill(LESS);
            }
        }
        line
    }

    /// A line with a mark at a score.
    pub(super) fn mark(&self, score: i64) -> Vec<char> {
        let mut line = self.empty();
        line[self.mark_at(score)] = SCORE;
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands(upper_from: i32, lower_from: i32) -> Bands<'static> {
        Bands {
            upper_from,
            lower_from,
            labels: [""; 3],
        }
    }

    #[test]
    fn a_score_is_drawn_in_the_band_of_its_label() {
        let scale = Scale::new(&[0, 3, 1], &bands(3, -2), |_| 26);
        // Two scores of each band, and four between them.
        for (line, shown) in [
            (scale.empty(), "      ┊            ┊      "),
            (scale.bar(0, 3), "      ┊      ██████████   "),
            (scale.bar(0, 2), "      ┊      ██████┊      "),
            (scale.bar(0, -2), "   ▒▒▒▒▒▒▒         ┊      "),
            (scale.bar(0, -1), "      ┊▒▒▒         ┊      "),
            (scale.bar(1, 1), "      ┊       │    ┊      "),
            (scale.bar(3, 3), "      ┊            ┊ │    "),
            (scale.mark(3), "      ┊            ┊ ●    "),
            (scale.mark(-2), "    ● ┊            ┊      "),
            (scale.mark(2), "      ┊          ● ┊      "),
        ] {
            assert_eq!(String::from_iter(line), shown);
        }
    }

    #[test]
    fn any_score_has_a_place_in_any_room() {
        for (upper, lower) in [(1, 0), (2, 0), (3, -2), (900, 899), (1_000_000, -1_000_000)] {
            for room in [0, 5, 6, 7, 30] {
                let near = [-1, 0, 1].map(|by| [i64::from(lower) + by, i64::from(upper) + by]);
                let all = [&near.concat()[..], &[-1_000_000, 0, 1_000_000]].concat();
                let scale = Scale::new(&all, &bands(upper, lower), |_| room);
                let width = scale.empty().len();
                assert!(width <= room.max(5), "{upper} {lower} {room}");
                let (left, right) = scale.edges();
                for from in &all {
                    let at = scale.mark_at(*from);
                    let holds = (*from <= lower.into(), *from >= upper.into());
                    assert_eq!(
                        (at < left, at > right),
                        holds,
                        "{from} of {upper} {lower} in {room}"
                    );
                    assert!(scale.mark(*from).contains(&SCORE));
                    for to in &all {
                        let bar = scale.bar(*from, *to);
                        assert_eq!(bar.len(), width);
                        assert!(bar.iter().any(|c| [MORE, LESS, NEITHER].contains(c)));
                    }
                }
            }
        }
    }
}
