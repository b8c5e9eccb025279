//! Where cells are: names, the bounds of a sheet, and which places are taken.
//!
//! Owns that a place is within the format's bounds, and that no row or column is there
//! twice.

use super::bounds::{LAST_COLUMN, LAST_ROW};
use super::fault::{Checked, Fault};
use crate::text::quoted;

/// Row and column of a cell, from 0.
pub(super) type Place = (u32, u32);

/// The rows of a sheet, or the columns of a row, that were there: a bit for each.
#[derive(Default)]
pub(super) struct Taken(Vec<u64>);

impl Taken {
    /// Adds one within the bounds; returns false if it was there.
    #[inline]
    pub(super) fn add(&mut self, number: u32) -> bool {
        let (at, bit) = (number as usize / 64, 1 << (number % 64));
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        let is_new = self.0[at] & bit == 0;
        self.0[at] |= bit;
        is_new
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The place of a cell by its name: `B7`.
pub(super) fn place_of(name: &str) -> Checked<Place> {
    let digits = name
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(name.len());
    let (letters, digits) = name.split_at(digits);
    let is_name = letters.bytes().all(|byte| byte.is_ascii_alphabetic()) && !letters.is_empty();
    if !is_name || !is_number(digits) {
        let found = format!("a cell is named {}", quoted(name));
        return Err(Fault::Malformed(found));
    }
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let letter = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        column = column.saturating_mul(26).saturating_add(letter);
    }
    let row = digits.parse::<u32>().unwrap_or(u32::MAX);
    if row > LAST_ROW || column > LAST_COLUMN {
        return Err(beyond(&format!("the cell {}", quoted(name))));
    }
    match row.checked_sub(1) {
        Some(row) => Ok((row, column - 1)),
        None => Err(Fault::Malformed(format!(
            "a cell is named {}",
            quoted(name)
        ))),
    }
}

/// The place of a row by its number.
pub(super) fn row_of(number: &str) -> Checked<u32> {
    let row = is_number(number).then(|| number.parse::<u32>().unwrap_or(u32::MAX));
    match row.and_then(|row| row.checked_sub(1)) {
        Some(row) if row < LAST_ROW => Ok(row),
        Some(_) => Err(beyond(&format!("the row {}", quoted(number)))),
        None => Err(Fault::Malformed(format!(
            "a row has the number {}",
            quoted(number)
        ))),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An error if a place that follows from the one before is beyond the last.
pub(super) fn within(row: u32, column: u32) -> Checked<()> {
    match row < LAST_ROW && column < LAST_COLUMN {
        true => Ok(()),
        false => Err(beyond("a cell")),
    }
}

fn beyond(what: &str) -> Fault {
    let last = name((LAST_ROW - 1, LAST_COLUMN - 1));
    Fault::Beyond(
        format!("{what} lies beyond {last}"),
        format!("cells up to {last}, the last that the format has"),
    )
}

/// The name of a cell in spreadsheets.
pub(super) fn name((row, column): Place) -> String {
    format!("{}{}", letters(column), u64::from(row) + 1)
}

/// The name of a column in spreadsheets: A, B, ..., Z, AA, ...
fn letters(column: u32) -> String {
    let mut letters = String::new();
    let mut rest = Some(column);
    while let Some(column) = rest {
        // One of 26 letters.
        letters.insert(0, char::from(b'A' + (column % 26) as u8));
        rest = (column / 26).checked_sub(1);
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_once_until_all_are_free_again() {
        let mut taken = Taken::default();
        let added = [5, 64, 5, 0, 64, LAST_ROW - 1, 63].map(|number| taken.add(number));
        assert_eq!(added, [true, true, false, true, false, true, true]);
        taken.clear();
        assert!(taken.add(64) && taken.add(0));
    }

    #[test]
    fn the_last_cell_is_read_and_none_beyond_it() {
        for (cell, place) in [
            ("A1", (0, 0)),
            ("zz10", (9, 701)),
            ("XFD1048576", (LAST_ROW - 1, LAST_COLUMN - 1)),
        ] {
            assert_eq!(place_of(cell), Ok(place));
            assert_eq!(name(place), cell.to_uppercase());
        }
        for cell in ["XFE1", "A1048577", "ZZZZZZZZZZ1", "A99999999999999999999"] {
            assert!(matches!(place_of(cell), Err(Fault::Beyond(..))), "{cell}");
        }
        for cell in [
            "",
            "A",
            "1",
            "A0",
            "$A$1",
            "A1:B2",
            "A-1",
            "Ä1",
            "A1\u{661}",
        ] {
            assert!(matches!(place_of(cell), Err(Fault::Malformed(_))), "{cell}");
        }
        assert!(matches!(row_of("4294967295"), Err(Fault::Beyond(..))));
        assert!(matches!(row_of("-1"), Err(Fault::Malformed(_))));
        assert_eq!(row_of("1048576"), Ok(LAST_ROW - 1));
    }
}
