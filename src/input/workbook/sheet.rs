//! The cells of a sheet, one after the other.
//!
//! Owns where a cell is, that it is within the format's bounds, and that a formula has a
//! stored result. Nothing is held but the cell that is read: what a sheet says of its own
//! size, its merged cells and the ranges of its formulas is not looked at.

use std::sync::Arc;

use super::bounds::{LAST_COLUMN, LAST_ROW};
use super::cell::{self, Context, Kind};
use super::fault::{Checked, Fault};
use super::package::Part;
use super::texts;
use super::xml::{Item, Tag, Xml};
use crate::error::{Error, ErrorKind, Result};
use crate::text::quoted;

/// Row and column of a cell, from 0.
pub(super) type Place = (u32, u32);

/// A sheet being read.
pub(super) struct Cells {
    name: String,
    part: Part,
    context: Arc<Context>,
    xml: Xml,
    /// Where the next cell is if it does not say so.
    row: u32,
    column: u32,
    last: Option<Place>,
    /// The value of a cell, as the file has it.
    value: String,
    is_over: bool,
}

/// What follows in a sheet.
enum Step {
    /// A cell with a text.
    Text(Place),
    /// A cell with a formula without a stored result.
    Unstored(Place),
    /// Another cell, or something around cells.
    Nothing,
    Over,
}

impl Cells {
    /// The cells of the sheet of this name in this part.
    pub(super) fn of(name: &str, part: Part, context: Arc<Context>) -> Result<Self> {
        let mut cells = Cells {
            name: name.to_owned(),
            xml: Xml::of(&part),
            part,
            context,
            row: 0,
            column: 0,
            last: None,
            value: String::new(),
            is_over: false,
        };
        let found = cells.find_data();
        found.map_err(|fault| cells.error(fault))?;
        Ok(cells)
    }

    /// The same cells from the beginning.
    pub(super) fn again(&self) -> Result<Self> {
        Cells::of(&self.name, self.part.clone(), Arc::clone(&self.context))
    }

    /// How many bytes of the sheet were unpacked so far.
    pub(super) fn unpacked(&self) -> u64 {
        self.xml.unpacked()
    }

    /// The next cell that has a text, and the text.
    pub(super) fn next(&mut self, text: &mut String) -> Result<Option<Place>> {
        while !self.is_over {
            text.clear();
            match self.step(text).map_err(|fault| self.error(fault))? {
                Step::Text(place) => return Ok(Some(place)),
                Step::Unstored(place) => return Err(self.unstored(place)),
                Step::Nothing => {}
                Step::Over => self.is_over = true,
            }
        }
        Ok(None)
    }

    fn find_data(&mut self) -> Checked<()> {
        loop {
            match self.xml.next()? {
                Item::Start(tag) if tag.name() == "sheetData" => return Ok(()),
                Item::Over => {
                    return Err(Fault::Malformed("it has no element sheetData".to_owned()));
                }
                _ => {}
            }
        }
    }

    fn step(&mut self, text: &mut String) -> Checked<Step> {
        match self.xml.next()? {
            Item::Start(tag) => match tag.name() {
                "row" => {
                    if let Some(row) = tag.value("r")? {
                        self.row = row_of(&row)?;
                    }
                    within(self.row, self.column)?;
                }
                "c" => {
                    let (place, kind, style) = stated(&tag, (self.row, self.column))?;
                    self.column = place.1;
                    let step = self.cell(place, kind, style, text);
                    self.column += 1;
                    return step;
                }
                _ => {}
            },
            Item::End(tag) => match tag.local_name().into_inner() {
                "row" => (self.row, self.column) = (self.row + 1, 0),
                "sheetData" => {
                    self.xml.finish()?;
                    return Ok(Step::Over);
                }
                _ => {}
            },
            Item::Over => return Err(Fault::Malformed("it ends within its cells".to_owned())),
            _ => {}
        }
        Ok(Step::Nothing)
    }

    /// Reads a cell that was just opened, up to its end.
    fn cell(
        &mut self,
        place: Place,
        kind: Kind,
        style: Option<usize>,
        text: &mut String,
    ) -> Checked<Step> {
        self.last = Some(place);
        let (mut has_value, mut has_formula) = (false, false);
        loop {
            match self.xml.next()? {
                Item::Start(tag) => match tag.name() {
                    "v" => {
                        self.value.clear();
                        let value = &mut self.value;
                        inner(&mut self.xml, |piece| {
                            value.push_str(piece);
                            texts::check_length(value.len())
                        })?;
                        if kind != Kind::Inline {
                            text.clear();
                            has_value = cell::text(kind, style, value, &self.context, text)?;
                        }
                    }
                    "is" => {
                        text.clear();
                        texts::read(&mut self.xml, text)?;
                        has_value = true;
                    }
                    "f" => {
                        // The formula itself is stored with one of the cells that share it.
                        if tag.value("t")?.as_deref() == Some("shared") {
                            has_formula = true;
                            check_index(tag.value("si")?.as_deref(), self.part.size)?;
                        }
                        inner(&mut self.xml, |piece| {
                            has_formula |= !piece.is_empty();
                            Ok(())
                        })?;
                    }
                    _ => inner(&mut self.xml, |_| Ok(()))?,
                },
                Item::End(_) => break,
                Item::Over => return Err(Fault::Malformed("it ends within a cell".to_owned())),
                _ => {}
            }
        }
        Ok(match (has_formula, has_value) {
            (true, false) => Step::Unstored(place),
            (_, true) if !text.is_empty() => Step::Text(place),
            _ => Step::Nothing,
        })
    }

    /// The error of a fault in the cell that was read last, or after it.
    pub(super) fn error(&self, fault: Fault) -> Error {
        let place = match self.last {
            None => "in its first cell".to_owned(),
            Some(place) => format!("in the cell {} or after it", name(place)),
        };
        fault.in_sheet(&self.name, &place)
    }

    /// Programs that do not calculate write such formulas.
    fn unstored(&self, place: Place) -> Error {
        let found = format!(
            "the sheet {} has a formula without a stored result in cell {}",
            quoted(&self.name),
            name(place)
        );
        Error::new(ErrorKind::Input, found)
            .expected("a workbook saved with calculated results")
            .help("open it in a spreadsheet program, which calculates it, and save it")
    }
}

/// Hands out the text of an element that was just opened, up to its end.
fn inner(xml: &mut Xml, mut each: impl FnMut(&str) -> Checked<()>) -> Checked<()> {
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Item::Start(_) => depth += 1,
            Item::End(_) => depth -= 1,
            Item::Text(piece) => each(&piece)?,
            Item::Over => return Err(Fault::Malformed("it ends within a cell".to_owned())),
            Item::Other => {}
        }
    }
    Ok(())
}

/// An error if the number of a formula that cells share is larger than the part, in
/// bytes: programs count them from 0.
fn check_index(number: Option<&str>, size: u64) -> Checked<()> {
    let Some(number) = number else { return Ok(()) };
    match number.trim().parse::<u64>() {
        Ok(parsed) if parsed < size => Ok(()),
        _ => Err(Fault::Beyond(
            format!(
                "a formula has the number {} of those that cells share",
                quoted(number)
            ),
            "numbers that count the formulas, from 0".to_owned(),
        )),
    }
}

/// What the tag of a cell says: where it is, if not `here`, the type of its value, and
/// its style.
fn stated(tag: &Tag<'_>, here: Place) -> Checked<(Place, Kind, Option<usize>)> {
    let place = match tag.value("r")? {
        Some(name) => place_of(&name)?,
        None => here,
    };
    within(place.0, place.1)?;
    let kind = Kind::of(tag.value("t")?.as_deref());
    let style = tag.value("s")?.map(|style| style.parse().unwrap_or(0));
    Ok((place, kind, style))
}

/// The place of a cell by its name: `B7`.
fn place_of(name: &str) -> Checked<Place> {
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
fn row_of(number: &str) -> Checked<u32> {
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
fn within(row: u32, column: u32) -> Checked<()> {
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
fn name((row, column): Place) -> String {
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
