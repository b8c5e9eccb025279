//! A table for reading in a terminal; output only.
//!
//! Owns the layout: widths are taken from the first rows, so that a table can begin
//! before its input has ended. Wide cells are cut with `…`; if the terminal is too
//! narrow for all columns, the labels stay and the last of the other columns are left
//! out.

use crate::text::{visible, without_commands};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Separators of cells and rows before the layout. Texts do not contain control
/// characters at that point.
const CELL: &str = "\u{1f}";
const ROW: &str = "\u{1e}";

/// How many rows decide the widths.
const SAMPLE: usize = 200;
/// The greatest width of a column, in terminal cells.
const WIDEST: usize = 40;
/// Between columns.
const GAP: &str = "  ";

/// Writes a row in the form that the layout expects.
pub(super) fn write_row<'c>(cells: impl Iterator<Item = &'c str>, out: &mut Vec<u8>) {
    let cells = cells.map(shown);
    let row = cells.collect::<Vec<_>>().join(CELL) + ROW;
    out.extend_from_slice(row.as_bytes());
}

/// A cell in one line, with nothing in it that steers a terminal or a CI runner.
fn shown(cell: &str) -> String {
    let line = cell.trim().replace(['\n', '\r', '\t'], " ");
    let line = visible(&line);
    without_commands(&line, |c| c.escape_unicode().to_string()).into_owned()
}

/// Rows that are being laid out.
#[derive(Debug)]
pub(crate) struct Table {
    /// The width of the terminal; unlimited if there is none.
    width: Option<usize>,
    /// The number of columns at the end that are never left out.
    labels: usize,
    waiting: Vec<String>,
    /// By column: its width; `None` if it is left out.
    columns: Option<Vec<Option<usize>>>,
}

impl Table {
    pub(crate) fn new(width: Option<usize>, labels: usize) -> Self {
        Table {
            width,
            labels,
            waiting: Vec::new(),
            columns: None,
        }
    }

    /// Takes rows and writes those that can be laid out.
    pub(crate) fn rows(&mut self, rows: &str, out: &mut Vec<u8>) {
        for row in rows.split_terminator(ROW) {
            match &self.columns {
                Some(columns) => write_line(row, columns, out),
                None => {
                    self.waiting.push(row.to_owned());
                    if self.waiting.len() > SAMPLE {
                        self.settle(out);
                    }
                }
            }
        }
    }

    /// Writes the remaining rows.
    pub(crate) fn end(&mut self, out: &mut Vec<u8>) {
        if self.columns.is_none() {
            self.settle(out);
        }
    }

    /// How many columns are left out.
    pub(crate) fn left_out(&self) -> usize {
        let columns = self.columns.iter().flatten();
        columns.filter(|width| width.is_none()).count()
    }

    fn settle(&mut self, out: &mut Vec<u8>) {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.waiting {
            for (column, cell) in row.split(CELL).enumerate() {
                if column == widths.len() {
                    widths.push(1);
                }
                widths[column] = widths[column].max(cell.width().min(WIDEST));
            }
        }
        let columns = fit(&widths, self.labels, self.width);
        for (i, row) in std::mem::take(&mut self.waiting).iter().enumerate() {
            write_line(row, &columns, out);
            if i == 0 {
                let rule = columns.iter().flatten().map(|width| "─".repeat(*width));
                out.extend_from_slice(rule.collect::<Vec<_>>().join(GAP).as_bytes());
                out.push(b'\n');
            }
        }
        self.columns = Some(columns);
    }
}

/// Leaves out columns before the last `labels`, from the right, until all fit.
fn fit(widths: &[usize], labels: usize, limit: Option<usize>) -> Vec<Option<usize>> {
    let mut columns: Vec<Option<usize>> = widths.iter().copied().map(Some).collect();
    let Some(limit) = limit else { return columns };
    // Each with the gap after it, except the last.
    let mut total = widths.iter().map(|width| width + GAP.len()).sum::<usize>();
    for column in (0..widths.len().saturating_sub(labels)).rev() {
        if total <= limit + GAP.len() {
            break;
        }
        total -= widths[column] + GAP.len();
        columns[column] = None;
    }
    columns
}

fn write_line(row: &str, columns: &[Option<usize>], out: &mut Vec<u8>) {
    let mut line = String::new();
    for (cell, width) in row.split(CELL).zip(columns) {
        let Some(width) = width else { continue };
        if !line.is_empty() {
            line.push_str(GAP);
        }
        let used = push_cut(cell, *width, &mut line);
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
    }
    out.extend_from_slice(line.trim_end().as_bytes());
    out.push(b'\n');
}

/// Appends as much of `cell` as fits, with `…` if it does not, and returns its width.
fn push_cut(cell: &str, width: usize, line: &mut String) -> usize {
    let whole = cell.width();
    if whole <= width {
        line.push_str(cell);
        return whole;
    }
    let mut used = 1;
    for c in cell.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > width {
            break;
        }
        used += wide;
        line.push(c);
    }
    line.push('…');
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay_out(rows: &[&[&str]], width: Option<usize>, labels: usize) -> String {
        let mut encoded = Vec::new();
        for row in rows {
            write_row(row.iter().copied(), &mut encoded);
        }
        let (mut table, mut out) = (Table::new(width, labels), Vec::new());
        table.rows(std::str::from_utf8(&encoded).unwrap(), &mut out);
        table.end(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_aligned_by_what_a_terminal_shows() {
        let table = lay_out(
            &[&["name", "label"], &["Zoë 日本", "Client"], &["a\nb", "x"]],
            None,
            1,
        );
        assert_eq!(
            table,
            "name      label\n────────  ──────\nZoë 日本  Client\na b       x\n"
        );
    }

    #[test]
    fn the_labels_stay_when_the_terminal_is_narrow() {
        let table = lay_out(
            &[&["a", "long column", "label"], &["1", "2", "Client"]],
            Some(12),
            1,
        );
        assert_eq!(table, "a  label\n─  ──────\n1  Client\n");
    }

    #[test]
    fn wide_cells_are_cut() {
        let table = lay_out(&[&["a"], &[&"x".repeat(50)]], None, 1);
        assert_eq!(table.lines().last().unwrap(), "x".repeat(39) + "…");
    }
}
