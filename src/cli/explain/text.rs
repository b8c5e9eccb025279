//! A record for a person: labels, waterfall, gaps and what would change it.
//!
//! Owns how the parts of such a page are laid out in the width there is.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::bars::Scale;
use super::view::{Gap, Part, Row, View, Why, signed};
use crate::cli::paper::{
    FAINT, LESS, MORE, PLAIN, Page, Paper, STRONG, Span, broken, pieces, span,
};

/// So many changes to each label are shown.
const CHANGES: usize = 6;
/// Narrower pages have no bars.
const NARROW: usize = 56;
/// So much of the lower band's name stands above the bars.
const MOST_OF_A_NAME: usize = 20;
/// The whole page of a record; one `after` another begins with a line between.
pub(super) fn shown(view: &View<'_>, page: &Page, after: bool) -> String {
    let mut paper = Paper::new(page);
    if after {
        let rule = "─".repeat(paper.width());
        paper.line(&[span(FAINT, rule)]);
    }
    if let Some(place) = view.place() {
        paper.wrapped(0, &[], &[span(PLAIN, place)]);
    }
    paper.wrapped(0, &[], &[span(STRONG, view.labels())]);
    for part in &view.parts {
        paper.part(part);
    }
    if !view.uncounted.is_empty() {
        paper.heading("Said, but not counted");
        for said in &view.uncounted {
            let text = said.apart().text();
            paper.wrapped(2, &[span(PLAIN, "  ")], &[span(PLAIN, text)]);
        }
    }
    paper.blank();
    paper.wrapped(0, &[], &[span(FAINT, view.rulebook.in_words())]);
    paper.text
}

impl Paper {
    fn part(&mut self, part: &Part<'_>) {
        self.blank();
        self.wrapped(0, &[], &[span(STRONG, part.card.question.clone())]);
        let in_words = format!(": {}", part.in_words());
        self.wrapped(0, &[], &[span(STRONG, part.label), span(PLAIN, in_words)]);
        self.waterfall(part);
        let (missing, others): (Vec<_>, Vec<_>) =
            part.gaps.iter().partition(|gap| gap.why == Why::Missing);
        self.gaps("Not understood or not read, and what it could add", &others);
        match missing.len() == part.gaps.len() && part.rows.is_empty() {
            true => self.missing_all(&missing),
            false => self.gaps("Missing, and what it could add", &missing),
        }
        self.changes(part);
    }

    fn waterfall(&mut self, part: &Part<'_>) {
        let initial = i64::from(part.card.initial_score);
        let mut sums = vec![initial];
        let mut sum = initial;
        let rows = part.rows.iter().chain(&part.pointless);
        for row in rows.clone() {
            sum += i64::from(row.points);
            sums.push(sum);
        }
        let (upper_from, lower_from) = (i64::from(part.upper.1), i64::from(part.lower.1));
        let room = match self.width() {
            NARROW.. => (self.width() / 4).clamp(14, 40),
            _ => 0,
        };
        // A few columns more, where each point has its own then.
        let points = Scale::points(sums.iter().copied(), upper_from, lower_from);
        let room = match points.saturating_add(2) {
            wanted if (room..=self.width() * 2 / 5).contains(&wanted) && room > 0 => wanted,
            _ => room,
        };
        let scale = Scale::new(sums.iter().copied(), upper_from, lower_from, room);
        let scale = (room > 0).then_some(&scale);
        let numbers = part.rows.iter().map(|row| row.points);
        let numbers = numbers.chain([part.verdict.score, part.card.initial_score]);
        let widest = numbers.map(|number| signed(number.into()).len()).max();
        // Room for a sign before the points, and for the name of the lower band.
        let mut widest = widest.unwrap_or(2) + 2;
        let below = below(part);
        if let Some(scale) = scale {
            let name = below.width().min(MOST_OF_A_NAME);
            widest = widest.max(name.saturating_sub(scale.edges().0 + 1));
        }
        self.blank();
        if let Some(scale) = scale {
            self.header(part, scale, widest);
        }
        if initial != 0 {
            let text = [span(PLAIN, "where everybody starts")];
            let bar = scale.map(|scale| (scale, scale.bar(0, initial)));
            self.row(initial, bar, widest, &[&text]);
        }
        for (row, ends) in rows.zip(sums.windows(2)) {
            let bar = scale.map(|scale| (scale, scale.bar(ends[0], ends[1])));
            let lines = row_lines(row);
            let lines: Vec<&[Span]> = lines.iter().map(Vec::as_slice).collect();
            self.row(i64::from(row.points), bar, widest, &lines);
        }
        let score = i64::from(part.verdict.score);
        let mark = scale.map(|scale| (scale, scale.mark(score)));
        let nothing = if part.rows.is_empty() && part.pointless.is_empty() {
            ": nothing is known that counts"
        } else {
            ""
        };
        let label = [span(STRONG, part.label), span(PLAIN, nothing)];
        self.labelled_row(
            &format!("= {}", signed(score)),
            STRONG,
            mark,
            widest,
            &[&label],
        );
    }

    /// The names of the bands and where they begin, above their edges, and the zero.
    fn header(&mut self, part: &Part<'_>, scale: &Scale, widest: usize) {
        let (lower, upper) = scale.edges();
        let room = widest + 1 + lower;
        let below = below(part);
        let below = match below.width() {
            width if width <= room => " ".repeat(room - width) + &below,
            width => pieces(&below, room.min(width))
                .first()
                .copied()
                .unwrap_or_default()
                .to_owned(),
        };
        let below = " ".repeat(room - below.width()) + &below;
        let mut between = scale.empty()[lower..=upper].to_vec();
        if let Some(zero) = scale.mark_at(0).checked_sub(lower)
            && between.get(zero) == Some(&' ')
        {
            between[zero] = '0';
        }
        let between: String = between.into_iter().collect();
        let line = format!(
            "{below}{between} {} {}",
            signed(part.upper.1.into()),
            part.upper.0
        );
        let line = pieces(&line, self.width())
            .first()
            .copied()
            .unwrap_or_default()
            .to_owned();
        self.line(&[span(FAINT, line)]);
    }

    fn row(
        &mut self,
        points: i64,
        bar: Option<(&Scale, Vec<char>)>,
        widest: usize,
        lines: &[&[Span]],
    ) {
        let style = match points {
            0 => PLAIN,
            1.. => MORE,
            _ => LESS,
        };
        self.labelled_row(&signed(points), style, bar, widest, lines);
    }

    /// A row: its points, its bar, and beside these some lines.
    fn labelled_row(
        &mut self,
        points: &str,
        style: Style,
        bar: Option<(&Scale, Vec<char>)>,
        widest: usize,
        lines: &[&[Span]],
    ) {
        let bar_width = bar.as_ref().map_or(0, |(scale, _)| scale.width() + 1);
        let indent = widest + 1 + bar_width + 1;
        let mut is_first = true;
        for spans in lines {
            for line in broken(spans, self.width().saturating_sub(indent)) {
                let mut whole = vec![span(
                    style,
                    format!("{:>widest$} ", if is_first { points } else { "" }),
                )];
                if let Some((scale, bar)) = &bar {
                    let bar: String = match is_first {
                        true => bar.iter().collect(),
                        false => scale.empty().into_iter().collect(),
                    };
                    whole.push(span(if is_first { style } else { PLAIN }, bar + " "));
                }
                whole.push(span(PLAIN, " "));
                whole.extend(line);
                is_first = false;
                self.line(&whole);
            }
        }
    }

    fn gaps(&mut self, heading: &str, gaps: &[&Gap<'_>]) {
        if gaps.is_empty() {
            return;
        }
        self.heading(heading);
        let ranges = gaps.iter().map(|gap| gap.range().len());
        let names = gaps.iter().map(|gap| gap.criterion.len());
        let (range, name) = (ranges.max().unwrap_or(0), names.max().unwrap_or(0));
        for gap in gaps {
            let style = match gap.why {
                Why::Missing => PLAIN,
                _ => STRONG,
            };
            let head = [
                span(PLAIN, format!("  {:>range$}  ", gap.range())),
                span(style, format!("{:name$}  ", gap.criterion)),
            ];
            let text = [span(PLAIN, gap.in_words().text())];
            if self.width() < NARROW {
                self.wrapped(4, &[], &head);
                self.wrapped(4, &[span(PLAIN, "    ")], &text);
            } else {
                self.wrapped(range + name + 6, &head, &text);
            }
        }
    }

    /// The same, in short, where nothing at all is known.
    fn missing_all(&mut self, gaps: &[&Gap<'_>]) {
        self.heading("Missing, and what it could add");
        let gaps = gaps.iter().map(|gap| {
            let moves = gap.lowest != 0 || gap.highest != 0;
            let without = if moves {
                gap.range()
            } else {
                "only with --own".to_owned()
            };
            format!("{} ({without})", gap.criterion)
        });
        let text = gaps.collect::<Vec<_>>().join(", ");
        self.wrapped(2, &[span(PLAIN, "  ")], &[span(PLAIN, text)]);
    }

    fn changes(&mut self, part: &Part<'_>) {
        self.heading("What would change it");
        let labels = part.by_label();
        let widest = labels.iter().map(|(label, _)| label.width()).max();
        // Longer labels have lines of their own.
        let width = widest.unwrap_or(0).min(MOST_OF_A_NAME);
        for (label, changes) in labels {
            let blank = [span(PLAIN, " ".repeat(width + 4))];
            let mut head = blank.to_vec();
            match width.checked_sub(label.width()) {
                Some(pad) => {
                    let pad = " ".repeat(pad + 2);
                    head = vec![span(PLAIN, "  "), span(STRONG, label), span(PLAIN, pad)];
                }
                None => self.wrapped(2, &[span(PLAIN, "  ")], &[span(STRONG, label)]),
            }
            if changes.is_empty() {
                self.wrapped(width + 4, &head, &[span(FAINT, part.unchanged())]);
            }
            for change in changes.iter().take(CHANGES) {
                self.wrapped(width + 4, &head, &[span(PLAIN, change.in_words())]);
                head = blank.to_vec();
            }
            if let more @ 1.. = changes.len().saturating_sub(CHANGES) {
                let text = format!("and {more} more (--format json has all)");
                self.wrapped(width + 4, &blank, &[span(FAINT, text)]);
            }
        }
    }
}

/// The name of the lower band, and where it begins.
fn below(part: &Part<'_>) -> String {
    format!("{} {} ", part.lower.0, signed(part.lower.1.into()))
}

/// What a row says.
fn row_lines(row: &Row<'_>) -> Vec<Vec<Span>> {
    let (heading, given) = row.heading();
    let mut lines = vec![vec![span(STRONG, heading), span(PLAIN, given)]];
    if !row.told.is_empty() {
        lines.push(vec![span(PLAIN, row.told.text())]);
    }
    let mut reason = vec![span(PLAIN, row.reason)];
    if !row.sources.is_empty() {
        let sources = row.sources.join(", ");
        reason.push(span(FAINT, format!(" [{sources}]")));
    }
    lines.push(reason);
    lines
}
