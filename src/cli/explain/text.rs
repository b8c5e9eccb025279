//! An explanation for a person: labels, waterfall, gaps and counterfactuals.
//!
//! Owns how these parts are laid out in the width of the screen.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::engine::waterfall::Bands;
use crate::rulebook::Statement;

use super::bars::Scale;
use super::sources;
use super::view::{Gap, Row, Section, View, Why, signed};
use crate::cli::styled::{
    FAINT, LESS, MORE, PLAIN, STRONG, Screen, Span, StyledText, broken, pieces, span,
};
use crate::cli::wording;

/// At most this many changes to each label are shown.
const CHANGES: usize = 6;
/// Screens narrower than this show no bars.
const NARROW: usize = 56;
/// At most this many columns of the lower band's name are shown above the bars.
const MOST_OF_A_NAME: usize = 20;

/// The whole explanation of a record. One `after` another begins with a separating line.
pub(super) fn shown(view: &View<'_>, screen: &Screen, after: bool) -> String {
    let mut out = StyledText::new(screen);
    if after {
        let rule = "─".repeat(out.width());
        out.line(&[span(FAINT, rule)]);
    }
    if let Some(place) = view.place() {
        out.hanging(0, 0, [span(PLAIN, place)]);
    }
    out.hanging(0, 0, [span(STRONG, view.labels())]);
    match view.furniture() {
        Some(sentence) => out.hanging(0, 0, [span(PLAIN, sentence)]),
        None => view.sections.iter().for_each(|one| out.section(one)),
    }
    if !view.uncounted.is_empty() {
        out.heading("Given, but not counted");
        for field in &view.uncounted {
            out.hanging(2, 2, [span(PLAIN, wording::phrase(&field.apart()))]);
        }
    }
    out.blank();
    out.hanging(0, 0, [span(FAINT, view.rulebook_in_words())]);
    out.text
}

/// The statements that the records cite, after all of them.
pub(super) fn sources(cited: &[&Statement], screen: &Screen) -> String {
    let mut out = StyledText::new(screen);
    out.heading("Sources");
    let width = cited.iter().map(|one| one.id.width()).max().unwrap_or(0);
    for one in cited {
        let document = match sources::document(one) {
            none if none.is_empty() => none,
            document => format!(" ({document})"),
        };
        let text = [span(PLAIN, &*one.says), span(FAINT, document)];
        if out.width() < NARROW {
            out.hanging(2, 2, [span(STRONG, &*one.id)]);
            out.wrapped(4, &[span(PLAIN, "    ")], &text);
        } else {
            let head = [
                span(PLAIN, "  "),
                span(STRONG, format!("{:width$}  ", one.id)),
            ];
            out.wrapped(width + 4, &head, &text);
        }
    }
    out.text
}

/// How to show those statements.
pub(super) fn sources_hint(screen: &Screen) -> String {
    let mut out = StyledText::new(screen);
    let hint = "--sources shows what the statements in brackets say";
    out.hanging(0, 0, [span(FAINT, hint)]);
    out.text
}

impl StyledText {
    fn section(&mut self, section: &Section<'_>) {
        let waterfall = &section.waterfall;
        self.blank();
        self.hanging(0, 0, [span(STRONG, &*waterfall.scorecard.question)]);
        let in_words = span(PLAIN, format!(" {}", section.in_words()));
        self.hanging(0, 0, [span(STRONG, section.label), in_words]);
        self.waterfall(section);
        let (missing, others): (Vec<_>, Vec<_>) =
            section.gaps.iter().partition(|gap| gap.why == Why::Missing);
        self.gaps("Not understood or not read, with possible points", &others);
        match missing.len() == section.gaps.len() && section.reasons.is_empty() {
            true => self.missing_all(&missing),
            false => self.gaps("Missing, with possible points", &missing),
        }
        self.counterfactuals(section);
    }

    fn waterfall(&mut self, section: &Section<'_>) {
        let initial = section.initial_score.unwrap_or(0);
        let rows = section.reasons.iter().chain(&section.without_points);
        let mut sums = vec![i64::from(initial)];
        for row in rows.clone() {
            sums.push(sums[sums.len() - 1] + i64::from(row.points));
        }
        let columns = Columns::new(section, &sums, self.width());
        self.blank();
        if let Some(scale) = &columns.scale {
            self.header(&section.waterfall.bands, scale, columns.points);
        }
        if initial != 0 {
            let text = vec![span(PLAIN, "initial score")];
            let bar = columns.bar(|scale| scale.bar(0, initial.into()));
            self.row(&columns, &signed(initial), style_of(initial), bar, &[text]);
        }
        for (row, ends) in rows.zip(sums.windows(2)) {
            let bar = columns.bar(|scale| scale.bar(ends[0], ends[1]));
            let style = style_of(row.points);
            self.row(&columns, &signed(row.points), style, bar, &row_lines(row));
        }
        let mut label = vec![span(STRONG, section.label)];
        if section.reasons.is_empty() && section.without_points.is_empty() {
            label.push(span(PLAIN, ": no evidence"));
        }
        let mark = columns.bar(|scale| scale.mark(section.score.into()));
        let total = format!("= {}", signed(section.score));
        self.row(&columns, &total, STRONG, mark, &[label]);
    }

    /// The names and limits of the bands above their edges, and the zero.
    fn header(&mut self, bands: &Bands<'_>, scale: &Scale, points: usize) {
        let (lower, upper) = scale.edges();
        let room = points + 1 + lower;
        let below = below(bands);
        let below = beginning(&below, room);
        let below = " ".repeat(room - below.width()) + below;
        let mut between = scale.empty()[lower..=upper].to_vec();
        if let Some(zero) = scale.mark_at(0).checked_sub(lower)
            && between.get(zero) == Some(&' ')
        {
            between[zero] = '0';
        }
        let between: String = between.into_iter().collect();
        let above = format!("{} {}", signed(bands.upper_from), bands.labels[0]);
        let line = format!("{below}{between} {above}");
        let line = beginning(&line, self.width());
        self.line(&[span(FAINT, line)]);
    }

    /// A row: its points, its bar, and the lines beside them.
    fn row(
        &mut self,
        columns: &Columns,
        points: &str,
        style: Style,
        bar: String,
        lines: &[Vec<Span>],
    ) {
        let width = columns.points;
        let indent = width + 2 + bar.width();
        let empty = columns.bar(Scale::empty);
        let mut head = [span(style, format!("{points:>width$} ")), span(style, bar)];
        for spans in lines {
            for line in broken(spans, self.width().saturating_sub(indent)) {
                let mut whole = head.to_vec();
                whole.push(span(PLAIN, " "));
                whole.extend(line);
                self.line(&whole);
                let below = span(PLAIN, " ".repeat(width + 1));
                head = [below, span(PLAIN, &*empty)];
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
            let text = [span(PLAIN, wording::phrase(&gap.in_words()))];
            if self.width() < NARROW {
                self.wrapped(4, &[], &head);
                self.hanging(4, 4, text);
            } else {
                self.wrapped(range + name + 6, &head, &text);
            }
        }
    }

    /// The gaps in short, for a scorecard without any evidence.
    fn missing_all(&mut self, gaps: &[&Gap<'_>]) {
        self.heading("Missing, with possible points");
        let gaps = gaps.iter().map(|gap| match (gap.lowest, gap.highest) {
            (0, 0) => format!("{} (only with --own)", gap.criterion),
            _ => format!("{} ({})", gap.criterion, gap.range()),
        });
        let text = gaps.collect::<Vec<_>>().join(", ");
        self.hanging(2, 2, [span(PLAIN, text)]);
    }

    fn counterfactuals(&mut self, section: &Section<'_>) {
        self.heading("What would change the label");
        let labels = section.by_label();
        let widest = labels.iter().map(|(label, _)| label.width()).max();
        // Longer labels get a line of their own.
        let width = widest.unwrap_or(0).min(MOST_OF_A_NAME);
        for (label, changes) in labels {
            let blank = [span(PLAIN, " ".repeat(width + 4))];
            let mut head = blank.to_vec();
            if let Some(pad) = width.checked_sub(label.width()) {
                let pad = span(PLAIN, " ".repeat(pad + 2));
                head = vec![span(PLAIN, "  "), span(STRONG, label), pad];
            } else {
                self.hanging(2, 2, [span(STRONG, label)]);
            }
            if changes.is_empty() {
                self.wrapped(width + 4, &head, &[span(FAINT, section.unchanged())]);
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

/// The layout of the rows of a waterfall.
struct Columns {
    /// The width of the points.
    points: usize,
    /// The scale of the bars, if there is room for them.
    scale: Option<Scale>,
}

impl Columns {
    fn new(section: &Section<'_>, sums: &[i64], width: usize) -> Self {
        let bands = &section.waterfall.bands;
        let usual = (width / 4).clamp(14, 40);
        // A few columns more, if each point then gets its own.
        let room = |scores: usize| match scores + 2 {
            wanted if (usual..=width * 2 / 5).contains(&wanted) => wanted,
            _ => usual,
        };
        let scale = (width >= NARROW).then(|| Scale::new(sums, bands, room));
        let numbers = section.reasons.iter().map(|row| row.points);
        let numbers = numbers.chain([section.score]).chain(section.initial_score);
        let widest = numbers.map(|number| signed(number).len()).max();
        // Room for a sign before the points, and for the name of the lower band.
        let mut points = widest.unwrap_or(2) + 2;
        if let Some(scale) = &scale {
            let name = below(bands).width().min(MOST_OF_A_NAME);
            points = points.max(name.saturating_sub(scale.edges().0 + 1));
        }
        Columns { points, scale }
    }

    /// A bar and the space after it; empty if there is no room for bars.
    fn bar(&self, of: impl Fn(&Scale) -> Vec<char>) -> String {
        let scale = self.scale.iter();
        let bar = scale.flat_map(|scale| of(scale).into_iter().chain([' ']));
        bar.collect()
    }
}

fn style_of(points: i32) -> Style {
    match points {
        0 => PLAIN,
        1.. => MORE,
        _ => LESS,
    }
}

/// As much of a text as fits.
fn beginning(text: &str, room: usize) -> &str {
    pieces(text, room).first().copied().unwrap_or_default()
}

/// The name of the lower band, and its limit.
fn below(bands: &Bands<'_>) -> String {
    format!("{} {} ", bands.labels[1], signed(bands.lower_from))
}

/// The lines of a row: its criterion, its fields and its reason.
fn row_lines(row: &Row<'_>) -> Vec<Vec<Span>> {
    let (heading, given) = row.heading();
    let mut lines = vec![vec![span(STRONG, heading), span(PLAIN, given)]];
    if !row.statement.parts().is_empty() {
        lines.push(vec![span(PLAIN, wording::phrase(&row.statement))]);
    }
    let mut reason = vec![span(PLAIN, row.reason)];
    if !row.sources.is_empty() {
        let sources = row.sources.join(", ");
        reason.push(span(FAINT, format!(" [{sources}]")));
    }
    lines.push(reason);
    lines
}
