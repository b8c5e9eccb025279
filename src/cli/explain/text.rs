//! A record for a person: labels, waterfall, gaps and what would change it.
//!
//! Owns lines: where they break, how they are laid out in the width there is, and
//! their colours, which never say anything alone.

use anstyle::{AnsiColor, Style};
use clientype::visible;
use unicode_width::UnicodeWidthStr;

use super::bars::Scale;
use super::view::{Gap, Part, Row, View, Why, signed};

/// How a page looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// Columns of a line.
    pub(super) width: usize,
    pub(super) colour: bool,
}

/// So many changes to each label are shown.
const CHANGES: usize = 6;
/// Narrower pages have no bars.
const NARROW: usize = 56;
/// So much of the lower band's name stands above the bars.
const MOST_OF_A_NAME: usize = 20;
/// No line is made narrower.
const NARROWEST: usize = 24;

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const PLAIN: Style = Style::new();
const MORE: Style = AnsiColor::Cyan.on_default();
const LESS: Style = AnsiColor::Yellow.on_default();

/// A piece of a line in one style.
#[derive(Debug, Clone)]
struct Span(Style, String);

fn span(style: Style, text: impl Into<String>) -> Span {
    Span(style, text.into())
}

/// The whole page of a record; one `after` another begins with a line between.
pub(super) fn shown(view: &View<'_>, page: &Page, after: bool) -> String {
    let mut paper = Paper {
        page: *page,
        text: String::new(),
    };
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

/// Where lines are written.
struct Paper {
    page: Page,
    text: String,
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

    fn width(&self) -> usize {
        self.page.width.max(NARROWEST)
    }

    fn heading(&mut self, text: &str) {
        self.blank();
        self.wrapped(0, &[], &[span(FAINT, text)]);
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Lines that begin with `head`, or below it with as many spaces.
    fn wrapped(&mut self, indent: usize, head: &[Span], spans: &[Span]) {
        let room = self.width().saturating_sub(indent);
        for (place, line) in broken(spans, room).into_iter().enumerate() {
            let mut whole = match place {
                0 => head.to_vec(),
                _ => vec![span(PLAIN, " ".repeat(indent))],
            };
            whole.extend(line);
            self.line(&whole);
        }
    }

    fn line(&mut self, spans: &[Span]) {
        let mut line = String::new();
        for Span(style, text) in spans {
            let text = visible(text);
            match self.page.colour && *style != PLAIN && !text.trim().is_empty() {
                true => line += &format!("{style}{text}{style:#}"),
                false => line += &text,
            }
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
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

/// Spans as lines of at most `room` columns, broken at spaces, and within words that
/// are longer; at least one line.
fn broken(spans: &[Span], room: usize) -> Vec<Vec<Span>> {
    let room = room.max(8);
    let mut lines: Vec<Vec<Span>> = vec![Vec::new()];
    let mut at = 0;
    let mut space = false;
    for Span(style, text) in spans {
        for (place, word) in text.split(' ').enumerate() {
            if place > 0 {
                space = true;
            }
            for piece in pieces(word, room) {
                let width = piece.width();
                let is_begun = lines.last().is_some_and(|line| !line.is_empty());
                if is_begun && at + usize::from(space) + width > room {
                    lines.push(Vec::new());
                    at = 0;
                }
                let Some(line) = lines.last_mut() else {
                    continue;
                };
                let gap = if std::mem::take(&mut space) && !line.is_empty() {
                    " "
                } else {
                    ""
                };
                match line.last_mut() {
                    Some(Span(last, text)) if last == style => {
                        text.push_str(gap);
                        text.push_str(piece);
                    }
                    _ => line.push(Span(*style, format!("{gap}{piece}"))),
                }
                at += gap.len() + width;
            }
        }
    }
    lines
}

/// A word in pieces that are no wider than `room`.
fn pieces(word: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while rest.width() > room {
        let mut ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
        // At least one character, and as many as there is room for.
        let first = ends.next().unwrap_or(rest.len());
        let end = ends.take_while(|end| rest[..*end].width() <= room).last();
        let (piece, more) = rest.split_at(end.unwrap_or(first));
        pieces.push(piece);
        rest = more;
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn style() -> impl Strategy<Value = Style> {
        prop::sample::select(vec![PLAIN, STRONG, FAINT])
    }

    fn text(line: &[Span]) -> String {
        line.iter().map(|Span(_, text)| text.as_str()).collect()
    }

    proptest! {
        #[test]
        fn lines_are_as_wide_as_there_is_room_and_lose_nothing(
            spans in prop::collection::vec((style(), "[a-c \\u{e9}\\u{6f22}\\u{301}]{0,40}"), 0..5),
            room in 0..30_usize,
        ) {
            let spans: Vec<Span> = spans.into_iter().map(|(style, text)| Span(style, text + " ")).collect();
            let lines = broken(&spans, room);
            prop_assert!(!lines.is_empty());
            for line in &lines {
                prop_assert!(text(line).width() <= room.max(8), "{line:?}");
            }
            let bare = |text: &str| text.replace(' ', "");
            let broken: String = lines.iter().map(|line| bare(&text(line))).collect();
            prop_assert_eq!(broken, bare(&text(&spans)));
            // Words that fit stay whole.
            let words: Vec<String> = lines.iter().flat_map(|line| text(line).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
            for word in text(&spans).split(' ').filter(|word| !word.is_empty() && word.width() <= 8) {
                prop_assert!(words.iter().any(|known| known == word), "{word:?} in {words:?}");
            }
        }
    }
}
