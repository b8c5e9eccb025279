//! The scale of a score, and the bars that lead to it.
//!
//! Owns which column of a line stands for which score. Where a band begins there is
//! a column of its own, so that a bar that reaches the band touches its edge.

/// Columns for the scores from `lowest` on, and two for the edges of the bands.
pub(super) struct Scale {
    lowest: i64,
    /// So many points, in so many columns.
    points: i64,
    columns: i64,
    upper_from: i64,
    lower_from: i64,
}

/// What adds points, and what takes them.
const MORE: char = '█';
const LESS: char = '▒';
const NEITHER: char = '│';
const EDGE: char = '┊';
const SCORE: char = '●';
/// Not more columns for a point.
const WIDEST: i64 = 3;

impl Scale {
    /// A scale in at most `room` columns for all of `scores`, and at least a point
    /// of both bands, which begin at `upper_from` and `lower_from`.
    pub(super) fn new(
        scores: impl Iterator<Item = i64>,
        upper_from: i64,
        lower_from: i64,
        room: usize,
    ) -> Self {
        let ends = (lower_from - 1, upper_from + 1);
        let (lowest, highest) =
            scores.fold(ends, |(low, high), score| (low.min(score), high.max(score)));
        let points = highest - lowest;
        let room = i64::try_from(room).unwrap_or(i64::MAX).max(6) - 2;
        let columns = match room / points {
            0 => room,
            each => points * each.min(WIDEST),
        };
        Scale {
            lowest,
            points,
            columns,
            upper_from,
            lower_from,
        }
    }

    /// The lowest score that it shows.
    pub(super) fn lowest(&self) -> i64 {
        self.lowest
    }

    /// How many columns it has.
    pub(super) fn width(&self) -> usize {
        usize::try_from(self.columns + 2).unwrap_or_default()
    }

    /// The column at which a score begins.
    fn at(&self, score: i64) -> usize {
        let at = (score - self.lowest) * self.columns / self.points;
        let edges = i64::from(score >= self.lower_from) + i64::from(score > self.upper_from);
        usize::try_from(at + edges).unwrap_or_default()
    }

    /// The columns of the two edges.
    pub(super) fn edges(&self) -> (usize, usize) {
        (self.at(self.lower_from) - 1, self.at(self.upper_from))
    }

    /// A line without a bar.
    pub(super) fn empty(&self) -> Vec<char> {
        let mut line = vec![' '; self.width()];
        let (lower, upper) = self.edges();
        (line[lower], line[upper]) = (EDGE, EDGE);
        line
    }

    /// A line with what leads from one score to another.
    pub(super) fn bar(&self, from: i64, to: i64) -> Vec<char> {
        let mut line = self.empty();
        let (start, end) = (self.at(from.min(to)), self.at(from.max(to)));
        if from == to {
            let at = start.min(line.len() - 1);
            line[at] = NEITHER;
            return line;
        }
        let sign = if from < to { MORE } else { LESS };
        let start = start.min(line.len() - 1);
        let end = end.clamp(start + 1, line.len());
        line[start..end].fill(sign);
        line
    }

    /// A line with a mark where a score stands: within its band.
    pub(super) fn mark(&self, score: i64) -> Vec<char> {
        let mut line = self.empty();
        let (lower, upper) = self.edges();
        let last = line.len() - 1;
        let at = self.at(score);
        let at = if score >= self.upper_from {
            at.clamp(upper + 1, last)
        } else if score <= self.lower_from {
            at.saturating_sub(1).min(lower.saturating_sub(1))
        } else {
            at.clamp(lower + 1, (upper - 1).max(lower + 1))
        };
        line[at] = SCORE;
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: Vec<char>) -> String {
        line.into_iter().collect()
    }

    #[test]
    fn a_bar_that_reaches_a_band_touches_its_edge() {
        let scale = Scale::new([0, 3, 1].into_iter(), 3, -2, 23);
        assert_eq!(text(scale.empty()), "   ┊               ┊   ");
        assert_eq!(text(scale.bar(0, 3)), "   ┊      █████████┊   ");
        assert_eq!(text(scale.bar(0, 4)), "   ┊      █████████████");
        assert_eq!(text(scale.bar(0, -2)), "   ┊▒▒▒▒▒▒         ┊   ");
        assert_eq!(text(scale.bar(1, 1)), "   ┊         │     ┊   ");
        assert_eq!(text(scale.mark(3)), "   ┊               ┊●  ");
        assert_eq!(text(scale.mark(-2)), "  ●┊               ┊   ");
        assert_eq!(text(scale.mark(2)), "   ┊            ●  ┊   ");
    }

    #[test]
    fn any_score_has_a_place_in_any_room() {
        for (upper, lower) in [(1, 0), (3, -2), (1_000_000, -1_000_000)] {
            for room in [0, 6, 7, 30] {
                let all = [-1_000_000, lower - 1, lower, 0, upper, upper + 1, 1_000_000];
                let scale = Scale::new(all.into_iter(), upper, lower, room);
                assert!(scale.width() <= room.max(6));
                for from in all {
                    assert_eq!(scale.mark(from).len(), scale.width());
                    assert!(scale.mark(from).contains(&SCORE));
                    for to in all {
                        let bar = scale.bar(from, to);
                        assert_eq!(bar.len(), scale.width());
                        assert!(bar.iter().any(|c| [MORE, LESS, NEITHER].contains(c)));
                    }
                }
            }
        }
    }
}
