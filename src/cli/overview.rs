//! Labels and evidence of a whole run, for whoever would rather look than read.
//!
//! Owns what is counted there and how it is drawn: labels by labels, what is known of
//! each criterion, and what was not understood.

use crate::engine::compile::Rules;
use crate::run::Summary;
use crate::text::grouped;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::markdown::{cell, escaped};
use super::report;
use super::styled::{FAINT, MORE, PLAIN, STRONG, Screen, Span, StyledText, span};

/// So many values that were not understood are shown.
const UNREAD: usize = 10;
/// Columns of a bar in the table, and of one behind a criterion.
const CELL: usize = 8;
const BAR: usize = 24;
/// The order in which labels are told: the lower band, the upper one, neither.
const ORDER: [u8; 3] = [1, 0, 2];

/// What is shown.
pub(super) struct Overview<'r> {
    /// What is in the rows and in the columns of the table of labels.
    title: Option<String>,
    rows: [&'r str; 3],
    /// Labels of the second scorecard; of one alone there is no other.
    columns: Vec<&'r str>,
    /// By row and column.
    records: Vec<Vec<u64>>,
    all: u64,
    criteria: Vec<Known<'r>>,
    /// Criteria of which nothing was said.
    silent: Vec<&'r str>,
    unread: Vec<Unread<'r>>,
    /// How many more different values were not understood, and whether there may be
    /// others beside.
    more: (u64, bool),
}

/// What is known of a criterion.
struct Known<'r> {
    name: &'r str,
    known: u64,
    not_understood: u64,
}

/// A value that was not understood.
struct Unread<'r> {
    value: &'r str,
    count: u64,
    criterion: &'r str,
}

impl<'r> Overview<'r> {
    pub(super) fn new(rules: &'r Rules, summary: &'r Summary) -> Self {
        let census = summary.census().cloned().unwrap_or_default();
        let rulebook = rules.rulebook();
        let criteria = rulebook.criteria.iter().enumerate();
        let known = |place: usize, counts: &[u64]| counts.get(place).copied().unwrap_or(0);
        let criteria = criteria.map(|(place, criterion)| Known {
            name: criterion.name.as_str(),
            known: known(place, &census.known),
            not_understood: known(place, &census.not_understood),
        });
        let is_told = |one: &Known<'_>| one.known + one.not_understood > 0;
        let (told, silent): (Vec<Known<'r>>, Vec<Known<'r>>) = criteria.partition(is_told);
        let has_second = rulebook.scorecards.len() > 1;
        let columns = if has_second { &ORDER[..] } else { &[] };
        let counted = if has_second { &ORDER[..] } else { &[0][..] };
        let records = ORDER.map(|row| {
            let of = &census.together[usize::from(row)];
            counted
                .iter()
                .map(|column| of[usize::from(*column)])
                .collect()
        });
        let (unread, more) = unread(rules, summary);
        Overview {
            title: has_second.then(|| {
                let cards = &rulebook.scorecards;
                format!("{} by {}", cards[0].name, cards[1].name)
            }),
            rows: ORDER.map(|label| rules.label(0, label)),
            columns: columns.iter().map(|label| rules.label(1, *label)).collect(),
            records: records.to_vec(),
            all: summary.records(),
            criteria: told,
            silent: silent.iter().map(|one| one.name).collect(),
            unread,
            more,
        }
    }

    /// For standard error.
    pub(super) fn plain(&self) -> String {
        let mut paper = StyledText::new(&Screen::of_file());
        self.text(&mut paper);
        paper.text
    }

    pub(super) fn text(&self, paper: &mut StyledText) {
        self.labels(paper);
        if !self.criteria.is_empty() {
            paper.heading("known of each criterion");
            self.coverage(paper);
        }
        if !self.unread.is_empty() {
            paper.heading("not understood, so no evidence");
            self.values(paper);
        }
    }

    /// The table of labels.
    fn labels(&self, paper: &mut StyledText) {
        let name = self.rows.iter().map(|name| name.width()).max().unwrap_or(0);
        let most = self.records.iter().flatten().copied().max().unwrap_or(0);
        let digits = grouped(self.all).len();
        let cell = digits + 1 + CELL;
        let cell = self
            .columns
            .iter()
            .map(|name| name.width())
            .fold(cell, usize::max);
        if let Some(title) = &self.title {
            paper.line(&[span(FAINT, title.as_str())]);
            let mut head = " ".repeat(name + 2);
            for column in &self.columns {
                head += &format!("  {}", padded(column, cell));
            }
            paper.line(&[span(FAINT, head)]);
        }
        for (row, counts) in self.rows.iter().zip(&self.records) {
            let mut line: Vec<Span> = vec![span(STRONG, format!("  {}", padded(row, name)))];
            for count in counts {
                let count_text = format!("  {:>digits$} ", grouped(*count));
                line.push(span(PLAIN, count_text));
                let bar = bar(*count, most, CELL);
                line.push(span(MORE, padded(&bar, cell - digits - 1)));
            }
            paper.line(&line);
        }
    }

    fn coverage(&self, paper: &mut StyledText) {
        let name = self.criteria.iter().map(|one| one.name.width()).max();
        let name = name.unwrap_or(0);
        for one in &self.criteria {
            let share = crate::check::percent(one.known, self.all, false).unwrap_or_default();
            let mut line = vec![
                span(PLAIN, format!("  {}", padded(one.name, name))),
                span(PLAIN, format!("  {share:>6}  ")),
                span(MORE, bar(one.known, self.all, BAR)),
            ];
            if one.not_understood > 0 {
                let text = format!("  {} not understood", grouped(one.not_understood));
                line.push(span(FAINT, text));
            }
            paper.line(&line);
        }
        if !self.silent.is_empty() {
            let text = format!("nothing of {}", self.silent.join(", "));
            paper.wrapped(2, &[span(PLAIN, "  ")], &[span(FAINT, text)]);
        }
    }

    fn values(&self, paper: &mut StyledText) {
        let digits = self
            .unread
            .first()
            .map_or(0, |one| grouped(one.count).len());
        for one in &self.unread {
            let head = [span(PLAIN, format!("  {:>digits$}x ", grouped(one.count)))];
            let value = format!("{} ({})", report::shortened(one.value), one.criterion);
            paper.wrapped(digits + 4, &head, &[span(PLAIN, value)]);
        }
        if let Some(more) = self.more() {
            paper.line(&[span(FAINT, format!("  {more}"))]);
        }
    }

    fn more(&self) -> Option<String> {
        let (more, others) = self.more;
        let at_least = if others { "at least " } else { "" };
        (more > 0 || others).then(|| format!("and {at_least}{} more", grouped(more)))
    }

    pub(super) fn json(&self) -> Value {
        let rows = self.rows.iter().zip(&self.records);
        let labels = rows.map(|(row, counts)| {
            let counts = match self.columns.is_empty() {
                true => counts[0].into(),
                false => {
                    let cells = self.columns.iter().zip(counts);
                    let cells =
                        cells.map(|(column, count)| ((*column).to_owned(), (*count).into()));
                    Value::Object(cells.collect())
                }
            };
            ((*row).to_owned(), counts)
        });
        let labels: serde_json::Map<String, Value> = labels.collect();
        let coverage = self.criteria.iter().map(|one| {
            let counts = json!({"known": one.known, "not_understood": one.not_understood});
            (one.name.to_owned(), counts)
        });
        let coverage: serde_json::Map<String, Value> = coverage.collect();
        let unread = self
            .unread
            .iter()
            .map(|one| json!({"value": one.value, "count": one.count, "criterion": one.criterion}));
        json!({
            "labels": labels,
            "coverage": coverage,
            "not_understood": unread.collect::<Vec<_>>(),
        })
    }

    pub(super) fn markdown(&self) -> String {
        let mut text = String::from("\n| |");
        let columns = match self.columns.is_empty() {
            true => &["records"][..],
            false => &self.columns,
        };
        for column in columns {
            text += &format!(" {} |", escaped(column));
        }
        text += &format!("\n| --- |{}\n", " ---: |".repeat(columns.len()));
        for (row, counts) in self.rows.iter().zip(&self.records) {
            text += &format!("| {} |", escaped(row));
            for count in counts {
                text += &format!(" {} |", grouped(*count));
            }
            text.push('\n');
        }
        if !self.criteria.is_empty() {
            text += "\n| criterion | known | | not understood |\n| --- | ---: | --- | ---: |\n";
        }
        for one in &self.criteria {
            let share = crate::check::percent(one.known, self.all, false).unwrap_or_default();
            let bar = bar(one.known, self.all, BAR / 2);
            let not_understood = grouped(one.not_understood);
            text += &format!(
                "| {} | {share} | {bar} | {not_understood} |\n",
                escaped(one.name)
            );
        }
        if !self.unread.is_empty() {
            text += "\n| not understood | times | criterion |\n| --- | ---: | --- |\n";
        }
        for one in &self.unread {
            let value = cell(one.value);
            let (count, criterion) = (grouped(one.count), escaped(one.criterion));
            text += &format!("| {value} | {count} | {criterion} |\n");
        }
        if let Some(more) = self.more() {
            text += &format!("\n{more}\n");
        }
        text
    }
}

/// The values that were not understood, the most frequent first, and how many more
/// there are.
fn unread<'r>(rules: &'r Rules, summary: &'r Summary) -> (Vec<Unread<'r>>, (u64, bool)) {
    let mut all = Vec::new();
    let mut others = false;
    for (place, criterion) in rules.rulebook().criteria.iter().enumerate() {
        let (ranked, more) = summary.not_understood(place);
        others |= more > 0;
        all.extend(ranked.into_iter().map(|(value, count)| Unread {
            value,
            count,
            criterion: &criterion.name,
        }));
    }
    // Of values that are as frequent the criteria's order decides.
    all.sort_by_key(|one| std::cmp::Reverse(one.count));
    let more = all.len().saturating_sub(UNREAD) as u64;
    all.truncate(UNREAD);
    (all, (more, others))
}

/// A bar for `part` of `all` in at most so many columns; what is there shows.
fn bar(part: u64, all: u64, columns: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if part == 0 || all == 0 {
        return String::new();
    }
    let eighths = u128::from(part) * columns as u128 * 8 / u128::from(all);
    let eighths = (eighths as usize).max(1);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// `text` with spaces behind it, up to so many columns.
fn padded(text: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share_and_never_hide_anything() {
        assert_eq!(bar(0, 10, 8), "");
        assert_eq!(bar(1, 1_000_000, 8), "▏");
        assert_eq!(bar(10, 10, 8), "████████");
        assert_eq!(bar(5, 10, 8), "████");
        assert_eq!(bar(9, 16, 8), "████▌");
        assert_eq!(bar(u64::MAX, u64::MAX, 24).width(), 24);
        assert_eq!(bar(0, 0, 8), "");
    }
}
