//! The scale of a score, and the bars that lead to it.
//!
//! Owns which columns of a line stand for which score. Each score has its own, and
//! between the bands there are edges, so that a score stands where its label holds.

/// Columns for the scores from `lowest` to `highest`, and two for the edges of the
/// bands.
pub(super) struct Scale {
    lowest: i64,
    /// How many scores there are, in how many columns.
    scores: i64,
    columns: i64,
    /// The first columns, not counting edges, above the lower band and of the upper.
    above_lower: i64,
    upper: i64,
    upper_from: i64,
    lower_from: i64,
}

/// What adds points, and what takes them.
const MORE: char = '█';
const LESS: char = '▒';
const NEITHER: char = '│';
const EDGE: char = '┊';
const SCORE: char = '●';
/// Not more columns for a score.
const WIDEST: i64 = 3;
/// There is a column for each band, and one between.
const LEAST: i64 = 3;

impl Scale {
    /// A scale in at most `room` columns for all of `scores` and for none, and at least
    /// two scores of both bands, which begin at `upper_from` and `lower_from`.
    pub(super) fn new(
        scores: impl Iterator<Item = i64>,
        upper_from: i64,
        lower_from: i64,
        room: usize,
    ) -> Self {
        let (lowest, highest) = Self::ends(scores, upper_from, lower_from);
        let scores = highest - lowest + 1;
        let room = (i64::try_from(room).unwrap_or(i64::MAX) - 2).max(LEAST);
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

    /// The lowest and the highest score that are shown.
    fn ends(scores: impl Iterator<Item = i64>, upper_from: i64, lower_from: i64) -> (i64, i64) {
        let ends = ((lower_from - 1).min(0), (upper_from + 1).max(0));
        scores.fold(ends, |(low, high), score| (low.min(score), high.max(score)))
    }

    /// How many scores such a scale shows.
    pub(super) fn points(
        scores: impl Iterator<Item = i64>,
        upper_from: i64,
        lower_from: i64,
    ) -> usize {
        let (lowest, highest) = Self::ends(scores, upper_from, lower_from);
        usize::try_from(highest - lowest + 1).unwrap_or(usize::MAX)
    }

    /// How many columns it has.
    pub(super) fn width(&self) -> usize {
        usize::try_from(self.columns + 2).unwrap_or_default()
    }

    /// The first column of a score, or with `score + 1` that behind its last, as if
    /// there were no edges.
    fn bare(&self, score: i64) -> i64 {
        (score - self.lowest) * self.columns / self.scores
    }

    /// The columns of a score, from its first to its last.
    fn at(&self, score: i64) -> (usize, usize) {
        let (first, last) = (self.bare(score), self.bare(score + 1) - 1);
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
        let place = |column: i64| usize::try_from(column).unwrap_or_default();
        (place(first), place(last))
    }

    /// The column at which a score is marked.
    pub(super) fn mark_at(&self, score: i64) -> usize {
        let (first, last) = self.at(score);
        (first + last) / 2
    }

    /// The columns of the two edges.
    pub(super) fn edges(&self) -> (usize, usize) {
        let place = |column: i64| usize::try_from(column).unwrap_or_default();
        (place(self.above_lower), place(self.upper + 1))
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

    /// A line with a mark where a score stands.
    pub(super) fn mark(&self, score: i64) -> Vec<char> {
        let mut line = self.empty();
        line[self.mark_at(score)] = SCORE;
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
    fn a_score_stands_where_its_label_holds() {
        let scale = Scale::new([0, 3, 1].into_iter(), 3, -2, 26);
        // Two scores of each band, and four between them.
        assert_eq!(text(scale.empty()), "      ┊            ┊      ");
        assert_eq!(text(scale.bar(0, 3)), "      ┊      ██████████   ");
        assert_eq!(text(scale.bar(0, 2)), "      ┊      ██████┊      ");
        assert_eq!(text(scale.bar(0, -2)), "   ▒▒▒▒▒▒▒         ┊      ");
        assert_eq!(text(scale.bar(0, -1)), "      ┊▒▒▒         ┊      ");
        assert_eq!(text(scale.bar(1, 1)), "      ┊       │    ┊      ");
        assert_eq!(text(scale.bar(3, 3)), "      ┊            ┊ │    ");
        assert_eq!(text(scale.mark(3)), "      ┊            ┊ ●    ");
        assert_eq!(text(scale.mark(-2)), "    ● ┊            ┊      ");
        assert_eq!(text(scale.mark(2)), "      ┊          ● ┊      ");
    }

    #[test]
    fn any_score_has_a_place_in_any_room() {
        for (upper, lower) in [(1, 0), (2, 0), (3, -2), (900, 899), (1_000_000, -1_000_000)] {
            for room in [0, 5, 6, 7, 30] {
                let all = [
                    -1_000_000,
                    lower - 1,
                    lower,
                    lower + 1,
                    0,
                    upper - 1,
                    upper,
                    upper + 1,
                    1_000_000,
                ];
                let scale = Scale::new(all.into_iter(), upper, lower, room);
                assert!(scale.width() <= room.max(5), "{upper} {lower} {room}");
                let (left, right) = scale.edges();
                for from in all {
                    let at = scale.mark_at(from);
                    let holds = (at < left, at > right);
                    assert_eq!(
                        holds,
                        (from <= lower, from >= upper),
                        "{from} of {upper} {lower} in {room}"
                    );
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
