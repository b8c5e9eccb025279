//! The rows of a sheet as CSV, written as its cells are read.
//!
//! Owns the shape of that text: each row is a record with as many fields as the widest,
//! and an empty row is an empty line, which is not a record. The sheet is read twice: its
//! width has to be known before the first row is written, and a fault is to be found
//! before that too.

use std::io::{self, Cursor, Read};
use std::iter::repeat_n;

use super::bounds;
use super::cell;
use super::fault::Fault;
use super::place::Place;
use super::sheet::Cells;
use crate::error::Result;
use crate::input::line_breaks;
use crate::text::grouped;

/// How many bytes of text are produced at a time.
const STEP: usize = 32 * 1024;

/// What is known of a sheet once it was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    /// How many fields a row has; 0 if no cell has a text.
    width: u32,
    /// How many rows have a text.
    filled: u64,
    /// The last of them, from 0.
    last_row: u32,
    /// Bytes of the texts, and of a delimiter for each.
    bytes: u64,
    /// For each row with line breaks in its cells: its number, and that of the line of
    /// the text on which it ends, both from 1.
    ends: Vec<(u64, u64)>,
}

/// The cells of a sheet that have a text, in order.
enum Source {
    /// Read as they are needed.
    Streamed(Box<Cells>),
    /// Read already, since the file does not have them in order.
    Held(std::vec::IntoIter<(Place, String)>),
}

impl Source {
    fn next(&mut self, text: &mut String) -> Result<Option<Place>> {
        match self {
            Source::Streamed(cells) => cells.next(text),
            Source::Held(cells) => Ok(cells.next().map(|(place, held)| {
                *text = held;
                place
            })),
        }
    }
}

/// Reads a sheet for the first time. Returns its outline and its text.
pub(super) fn read(mut cells: Cells) -> Result<(Outline, Rows)> {
    let again = cells.again()?;
    let (mut outline, mut text) = (Outline::default(), String::new());
    let mut last = None;
    while let Some(place) = cells.next(&mut text)? {
        if last > Some(place) {
            return sorted(again);
        }
        last = Some(place);
        outline.add(place, &text);
        outline.check(outline.bytes, &cells)?;
    }
    outline.check(outline.text_bytes(), &cells)?;
    let rows = Rows::new(&outline, Source::Streamed(Box::new(again)));
    Ok((outline, rows))
}

/// The same for cells that the file does not have in order.
fn sorted(mut cells: Cells) -> Result<(Outline, Rows)> {
    let (mut held, mut bytes) = (Vec::new(), 0);
    let mut text = String::new();
    while let Some(place) = cells.next(&mut text)? {
        bytes += text.len();
        if held.len() == bounds::CELLS_OUT_OF_ORDER || bytes > bounds::TEXT_OUT_OF_ORDER {
            let cells_most = grouped(bounds::CELLS_OUT_OF_ORDER as u64);
            let text_most = bounds::size(bounds::TEXT_OUT_OF_ORDER as u64);
            return Err(cells.error(Fault::Beyond(
                "its cells are not in order, and too many to be sorted".to_owned(),
                format!("cells in order, or at most {cells_most} of them and {text_most} of text"),
            )));
        }
        held.push((place, std::mem::take(&mut text)));
    }
    held.sort_by_key(|(place, _)| *place);
    let mut outline = Outline::default();
    held.iter()
        .for_each(|(place, text)| outline.add(*place, text));
    outline.check(outline.text_bytes(), &cells)?;
    let rows = Rows::new(&outline, Source::Held(held.into_iter()));
    Ok((outline, rows))
}

impl Outline {
    /// Adds the next cell.
    fn add(&mut self, (row, column): Place, text: &str) {
        self.width = self.width.max(column + 1);
        self.filled += u64::from(self.filled == 0 || row > self.last_row);
        self.last_row = row;
        self.bytes += text.len() as u64 + 1;
        let breaks = line_breaks(text.as_bytes());
        if breaks > 0 {
            let row = u64::from(row) + 1;
            match self.ends.last_mut() {
                Some((last, end)) if *last == row => *end += breaks,
                last => {
                    let before = last.map_or(0, |(row, end)| *end - *row);
                    self.ends.push((row, row + before + breaks));
                }
            }
        }
    }

    /// An error if the text takes more than it may, after what was read of the cells.
    fn check(&self, bytes: u64, cells: &Cells) -> Result<()> {
        if bytes <= bounds::text(cells.unpacked()) {
            return Ok(());
        }
        let found = format!(
            "as CSV, {} rows with up to {} fields would take {} bytes or more",
            grouped(self.filled),
            grouped(self.width.into()),
            grouped(bytes)
        );
        Err(cells.error(Fault::Beyond(found, bounds::text_in_words())))
    }

    /// At least how many bytes the text takes.
    fn text_bytes(&self) -> u64 {
        let delimiters = self.filled * u64::from(self.width) + u64::from(self.last_row);
        self.bytes.saturating_add(delimiters)
    }

    /// True if no cell has a text.
    pub(super) fn is_empty(&self) -> bool {
        self.width == 0
    }

    /// For each row with line breaks: its number, and its last line in the text.
    pub(super) fn into_ends(self) -> Vec<(u64, u64)> {
        self.ends
    }
}

/// The text of a sheet.
pub(super) struct Rows {
    source: Source,
    /// The next cell, once the first was read, and its text.
    next: Option<Place>,
    cell: String,
    has_begun: bool,
    width: u32,
    row: u32,
    /// The column of the cell that was written last, if the row has one.
    column: Option<u32>,
    /// Text that is written and not yet handed out.
    text: Cursor<Vec<u8>>,
}

impl Rows {
    fn new(outline: &Outline, source: Source) -> Self {
        Rows {
            source,
            next: None,
            cell: String::new(),
            has_begun: false,
            width: outline.width,
            row: 0,
            column: None,
            text: Cursor::default(),
        }
    }

    /// Writes some cells, and what is between them.
    fn write(&mut self, out: &mut Vec<u8>) -> Result<()> {
        if !self.has_begun {
            self.has_begun = true;
            self.next = self.source.next(&mut self.cell)?;
        }
        while out.len() < STEP {
            let Some((row, column)) = self.next else {
                if self.column.is_some() {
                    self.end_row(out);
                }
                break;
            };
            while self.row < row {
                self.end_row(out);
            }
            let before = self.column.unwrap_or(0);
            out.extend(repeat_n(b',', (column - before) as usize));
            cell::write(&self.cell, out);
            self.column = Some(column);
            self.next = self.source.next(&mut self.cell)?;
        }
        Ok(())
    }

    fn end_row(&mut self, out: &mut Vec<u8>) {
        if let Some(column) = self.column.take() {
            out.extend(repeat_n(b',', (self.width - column - 1) as usize));
        }
        out.push(b'\n');
        self.row += 1;
    }
}

impl Read for Rows {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.text.position() == self.text.get_ref().len() as u64 {
            let mut text = std::mem::take(&mut self.text).into_inner();
            text.clear();
            self.write(&mut text).map_err(io::Error::other)?;
            self.text = Cursor::new(text);
        }
        self.text.read(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ends and the text of a sheet with these cells: row, column, text.
    fn sheet(cells: &[(u32, u32, &str)]) -> (Vec<(u64, u64)>, String) {
        let mut outline = Outline::default();
        let cells = cells.iter().map(|(row, column, text)| {
            outline.add((*row, *column), text);
            ((*row, *column), (*text).to_owned())
        });
        let cells: Vec<(Place, String)> = cells.collect();
        let mut text = String::new();
        let mut rows = Rows::new(&outline, Source::Held(cells.into_iter()));
        rows.read_to_string(&mut text).unwrap();
        assert!(outline.text_bytes() >= text.replace('"', "").len() as u64);
        (outline.into_ends(), text)
    }

    #[test]
    fn each_row_has_all_columns_and_an_empty_row_is_an_empty_line() {
        let (_, text) = sheet(&[(1, 0, "a"), (1, 2, "c"), (3, 1, "x,\"y\""), (4, 2, "z")]);
        assert_eq!(text, "\na,,c\n\n,\"x,\"\"y\"\"\",\n,,z\n");
    }

    #[test]
    fn a_row_ends_on_a_later_line_by_the_line_breaks_before() {
        let (ends, _) = sheet(&[
            (0, 0, "head"),
            (1, 0, "two\nlines"),
            (1, 1, "and\r\nthree\nmore"),
            (3, 0, "x"),
            (4, 0, "a\rb"),
            (5, 0, "last"),
        ]);
        assert_eq!(ends, [(2, 5), (5, 9)]);
    }
}
