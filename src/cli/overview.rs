//! Labels and evidence of a whole run, as tables.
//!
//! Owns what is counted there and how it is drawn: labels by labels, what is known of
//! each criterion, and what was not understood.

use crate::check::percent;
use crate::engine::compile::Rules;
use crate::run::Summary;
use crate::text::grouped;
use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr;

use super::markdown::{cell, escaped, row};
use super::report;
use super::styled::{FAINT, MORE, PLAIN, STRONG, Screen, StyledText, span};

/// How many values that were not understood are shown.
const UNREAD: usize = 10;
/// Columns of a bar in the table, and of one behind a criterion.
const CELL: usize = 8;
const BAR: usize = 24;
/// The order in which labels are shown: the lower band, the upper one, neither.
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
    /// The records that are not about a buyer, in words and by kind.
    furnished: Vec<String>,
    furniture: Vec<(&'static str, u64)>,
    criteria: Vec<Known<'r>>,
    /// Criteria for which there was no value.
    silent: Vec<&'r str>,
    unread: Vec<Unread<'r>>,
    /// How many more different values were not understood.
    more: Option<String>,
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
        let of = |counts: &[u64], place: usize| counts.get(place).copied().unwrap_or(0);
        let criteria = rulebook.criteria.iter().enumerate();
        let known = criteria.clone().map(|(place, criterion)| Known {
            name: &criterion.name,
            known: of(&census.known, place),
            not_understood: of(&census.not_understood, place),
        });
        let (known, silent): (Vec<Known<'r>>, Vec<Known<'r>>) =
            known.partition(|one| one.known + one.not_understood > 0);
        let (title, columns, counted) = match &rulebook.scorecards[..] {
            [rows, columns, ..] => {
                let title = format!("{} by {}", rows.name, columns.name);
                (Some(title), &ORDER[..], &ORDER[..])
            }
            _ => (None, &[][..], &[0][..]),
        };
        let records = ORDER.map(|row| {
            let of = &census.together[usize::from(row)];
            let of = |column: &u8| of[usize::from(*column)];
            counted.iter().map(of).collect()
        });
        let mut unread = Vec::new();
        let mut has_others = false;
        for (place, criterion) in criteria {
            let (ranked, others) = summary.not_understood(place);
            has_others |= others > 0;
            unread.extend(ranked.into_iter().map(|(value, count)| Unread {
                value,
                count,
                criterion: &criterion.name,
            }));
        }
        // Of values that are as frequent the criteria's order decides.
        unread.sort_by_key(|one| std::cmp::Reverse(one.count));
        let more = unread.len().saturating_sub(UNREAD) as u64;
        unread.truncate(UNREAD);
        Overview {
            title,
            rows: ORDER.map(|label| rules.label(0, label)),
            columns: columns.iter().map(|label| rules.label(1, *label)).collect(),
            records: records.to_vec(),
            all: summary.records(),
            furnished: report::furnished(summary),
            furniture: (report::FURNITURE.into_iter())
                .map(|kind| (report::furniture_kind(kind), summary.furnished.of(kind).0))
                .filter(|(_, count)| *count > 0)
                .collect(),
            criteria: known,
            silent: silent.iter().map(|one| one.name).collect(),
            unread,
            more: report::and_more(more, has_others),
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
        let columns = self.columns.iter().map(|name| name.width());
        let cell = columns.fold(digits + 1 + CELL, usize::max);
        if let Some(title) = &self.title {
            paper.line(&[span(FAINT, title.as_str())]);
            let columns = self.columns.iter();
            let columns = columns.map(|column| format!("  {}", padded(column, cell)));
            let head = " ".repeat(name + 2) + &columns.collect::<String>();
            paper.line(&[span(FAINT, head)]);
        }
        for (row, counts) in self.rows.iter().zip(&self.records) {
            let mut line = vec![span(STRONG, format!("  {}", padded(row, name)))];
            for count in counts {
                line.push(span(PLAIN, format!("  {:>digits$} ", grouped(*count))));
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
            let share = percent(one.known, self.all, false).unwrap_or_default();
            let mut line = vec![
                span(PLAIN, format!("  {}  {share:>6}  ", padded(one.name, name))),
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
            paper.hanging(2, 2, [span(FAINT, text)]);
        }
    }

    fn values(&self, paper: &mut StyledText) {
        let most = self.unread.first().map_or(0, |one| one.count);
        let digits = grouped(most).len();
        for one in &self.unread {
            let head = [span(PLAIN, format!("  {:>digits$}x ", grouped(one.count)))];
            let value = format!("{} ({})", report::shortened(one.value), one.criterion);
            paper.wrapped(digits + 4, &head, &[span(PLAIN, value)]);
        }
        if let Some(more) = &self.more {
            paper.line(&[span(FAINT, format!("  {more}"))]);
        }
    }

    pub(super) fn json(&self) -> Value {
        let rows = self.rows.iter().zip(&self.records);
        let labels = rows.map(|(row, counts)| {
            let cells = self.columns.iter().zip(counts);
            let cells = cells.map(|(column, count)| ((*column).to_owned(), (*count).into()));
            let counts = match self.columns.is_empty() {
                true => counts[0].into(),
                false => Value::Object(cells.collect()),
            };
            ((*row).to_owned(), counts)
        });
        let coverage = self.criteria.iter().map(|one| {
            let counts = json!({"known": one.known, "not_understood": one.not_understood});
            (one.name.to_owned(), counts)
        });
        let unread = self.unread.iter();
        let unread = unread
            .map(|one| json!({"value": one.value, "count": one.count, "criterion": one.criterion}));
        let mut json = json!({
            "labels": labels.collect::<Map<_, _>>(),
            "coverage": coverage.collect::<Map<_, _>>(),
            "not_understood": unread.collect::<Vec<_>>(),
        });
        if !self.furniture.is_empty() {
            let counts = self.furniture.iter();
            let counts = counts.map(|(kind, count)| ((*kind).to_owned(), (*count).into()));
            json["not_records"] = Value::Object(counts.collect());
        }
        json
    }

    pub(super) fn markdown(&self) -> String {
        let columns = match self.columns.is_empty() {
            true => &["records"][..],
            false => &self.columns,
        };
        let names = columns.iter().map(|name| format!(" {} |", escaped(name)));
        let names: String = names.collect();
        let mut text = format!("\n| |{names}\n| --- |{}\n", " ---: |".repeat(columns.len()));
        for (label, counts) in self.rows.iter().zip(&self.records) {
            let counts = counts.iter().map(|count| grouped(*count));
            text += &row(std::iter::once((*label).to_owned()).chain(counts));
        }
        for line in &self.furnished {
            text += &format!("\n{}\n", escaped(line));
        }
        if !self.criteria.is_empty() {
            text += "\n| criterion | known | | not understood |\n| --- | ---: | --- | ---: |\n";
        }
        for one in &self.criteria {
            let share = percent(one.known, self.all, false).unwrap_or_default();
            let bar = bar(one.known, self.all, BAR / 2);
            text += &row([one.name, &share, &bar, &grouped(one.not_understood)]);
        }
        if !self.unread.is_empty() {
            text += "\n| not understood | times | criterion |\n| --- | ---: | --- |\n";
        }
        for one in &self.unread {
            let value = cell(one.value);
            let (count, criterion) = (grouped(one.count), escaped(one.criterion));
            text += &format!("| {value} | {count} | {criterion} |\n");
        }
        if let Some(more) = &self.more {
            text += &format!("\n{more}\n");
        }
        text
    }
}

/// A bar for `part` of `all` in at most `columns` columns; any part shows.
fn bar(part: u64, all: u64, columns: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if part == 0 || all == 0 {
        return String::new();
    }
    let eighths = u128::from(part) * columns as u128 * 8 / u128::from(all);
    let eighths = (eighths as usize).max(1);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// `text` with spaces behind it, up to `columns` columns.
fn padded(text: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share_and_never_hide_anything() {
        for (part, all, drawn) in [
            (0, 10, ""),
            (0, 0, ""),
            (1, 1_000_000, "▏"),
            (5, 10, "████"),
            (9, 16, "████▌"),
            (u64::MAX, u64::MAX, "████████"),
        ] {
            assert_eq!(bar(part, all, 8), drawn);
        }
    }
}
