//! The cells of a sheet, one after the other.
//!
//! Owns where a cell is, that no other is there, that each element is where the format has
//! it, and that a formula has a stored result. Nothing is held but the cell that is read,
//! and a bit for each row: what a sheet says of its own size, its merged cells and the
//! ranges of its formulas is not looked at.

use std::sync::Arc;

use super::cell::{self, Context, Kind};
use super::fault::{Checked, Fault};
use super::namespaces::{MAIN, Vocabulary};
use super::package::Part;
use super::place::{Place, Taken, name, place_of, row_of, within};
use super::tag::Tag;
use super::texts;
use super::xml::{Item, Xml, check_blank};
use crate::error::{Error, ErrorKind, Result};
use crate::text::quoted;

/// The elements of a sheet.
const SHEET: Vocabulary = Vocabulary {
    root: "worksheet",
    namespaces: MAIN,
    read: &["sheetData", "row", "c", "f", "v", "is", "r", "t"],
};
/// Those that are nowhere but in each other, below the root.
const AROUND_CELLS: &[&str] = &["sheetData", "row", "c"];

/// A sheet being read.
pub(super) struct Cells {
    name: String,
    part: Part,
    context: Arc<Context>,
    xml: Xml,
    /// Where the next cell is if it does not say so.
    row: u32,
    column: u32,
    /// A row is open, and whether it is known that its number is `row`.
    in_row: bool,
    is_numbered: bool,
    /// The rows, and the columns of this row, that were there.
    rows: Taken,
    columns: Taken,
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
            xml: Xml::of(&part, SHEET),
            part,
            context,
            row: 0,
            column: 0,
            in_row: false,
            is_numbered: false,
            rows: Taken::default(),
            columns: Taken::default(),
            last: None,
            value: String::new(),
            is_over: false,
        };
        match cells.around().map_err(|fault| cells.error(fault))? {
            true => Ok(cells),
            false => {
                let found = "it has no element \"sheetData\"".to_owned();
                Err(cells.error(Fault::Malformed(found)))
            }
        }
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

    /// Reads what is before the cells, or after them. Returns true where cells follow.
    fn around(&mut self) -> Checked<bool> {
        loop {
            match self.xml.next()? {
                // The root.
                Item::Start(tag) if tag.depth == 1 => {}
                Item::Start(tag) => match tag.name() {
                    "sheetData" => return Ok(true),
                    "extLst" => self.xml.skip()?,
                    name if AROUND_CELLS.contains(&name) => {
                        return Err(Fault::misplaced(name, SHEET.root));
                    }
                    _ => {
                        let name = tag.name().to_owned();
                        self.xml.skip_all_but(AROUND_CELLS, &name)?;
                    }
                },
                Item::Over => return Ok(false),
                _ => {}
            }
        }
    }

    fn step(&mut self, text: &mut String) -> Checked<Step> {
        match self.xml.next()? {
            Item::Start(tag) => match (tag.name(), self.in_row) {
                ("row", false) => {
                    let number = tag.value("r")?;
                    let number = number.map(|number| row_of(&number)).transpose()?;
                    (self.in_row, self.is_numbered) = (true, false);
                    self.columns.clear();
                    match number {
                        Some(row) => self.number(row)?,
                        None => within(self.row, self.column)?,
                    }
                }
                ("c", true) => {
                    let (stated, kind, style) = stated(&tag)?;
                    let place = stated.unwrap_or((self.row, self.column));
                    self.take(place)?;
                    self.last = Some(place);
                    return self.cell(place, kind?, style, text);
                }
                ("extLst", true) => self.xml.skip()?,
                (name, true) => return Err(Fault::misplaced(name, "row")),
                (name, false) => return Err(Fault::misplaced(name, "sheetData")),
            },
            Item::Text(text) => check_blank(&text)?,
            Item::End if self.in_row => {
                if !self.is_numbered {
                    self.number(self.row)?;
                }
                self.in_row = false;
                (self.row, self.column) = (self.row + 1, 0);
            }
            Item::End => {
                // What remains is read too, so that its size and checksum are known to be
                // right.
                return match self.around()? {
                    true => Err(Fault::twice("elements \"sheetData\"")),
                    false => Ok(Step::Over),
                };
            }
            _ => {}
        }
        Ok(Step::Nothing)
    }

    /// The row that is open has this number.
    fn number(&mut self, row: u32) -> Checked<()> {
        if !self.rows.add(row) {
            return Err(Fault::twice(format!("rows {}", u64::from(row) + 1)));
        }
        (self.row, self.is_numbered) = (row, true);
        Ok(())
    }

    /// A cell is at this place. A row without a number is the one that its first cell is
    /// in.
    fn take(&mut self, place: Place) -> Checked<()> {
        within(place.0, place.1)?;
        if !self.is_numbered {
            self.number(place.0)?;
        }
        if place.0 != self.row {
            let (row, cell) = (u64::from(self.row) + 1, name(place));
            let found = format!("the row {row} has a cell {cell}, which is in another row");
            return Err(Fault::Malformed(found));
        }
        if !self.columns.add(place.1) {
            return Err(Fault::twice(format!("cells {}", name(place))));
        }
        self.column = place.1 + 1;
        Ok(())
    }

    /// Reads a cell that was just opened, up to its end.
    fn cell(
        &mut self,
        place: Place,
        kind: Kind,
        style: Option<usize>,
        text: &mut String,
    ) -> Checked<Step> {
        self.value.clear();
        text.clear();
        let (mut has_value, mut has_text, mut has_formula) = (false, false, false);
        let mut is_formula = false;
        loop {
            match self.xml.next()? {
                Item::Start(tag) => match tag.name() {
                    "v" => {
                        once(&mut has_value, "v")?;
                        let value = &mut self.value;
                        self.xml.text("v", |piece| {
                            value.push_str(piece);
                            texts::check_length(value.len())
                        })?;
                    }
                    "is" => {
                        once(&mut has_text, "is")?;
                        texts::read(&mut self.xml, text)?;
                    }
                    "f" => {
                        once(&mut has_formula, "f")?;
                        // The formula itself is stored with one of the cells that share it.
                        if tag.value("t")?.as_deref() == Some("shared") {
                            is_formula = true;
                            check_index(tag.value("si")?.as_deref(), self.part.size)?;
                        }
                        self.xml.text("f", |piece| {
                            is_formula |= !piece.is_empty();
                            Ok(())
                        })?;
                    }
                    "extLst" => self.xml.skip()?,
                    name => return Err(Fault::misplaced(name, "c")),
                },
                Item::Text(text) => check_blank(&text)?,
                Item::End => break,
                Item::Over => return Err(Fault::Malformed("it ends within a cell".to_owned())),
                _ => {}
            }
        }
        let has_result = match (has_text, has_value) {
            (true, _) => {
                cell::check_own(kind, &self.value, text)?;
                true
            }
            (false, true) => cell::text(kind, style, &self.value, &self.context, text)?,
            (false, false) => false,
        };
        Ok(match (is_formula, has_result) {
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

/// An error if a cell has a second element of this name.
fn once(has: &mut bool, name: &str) -> Checked<()> {
    match std::mem::replace(has, true) {
        true => Err(Fault::twice(format!("elements {} in a cell", quoted(name)))),
        false => Ok(()),
    }
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

/// What the tag of a cell says: where it is, the type of its value, and its style. A type
/// is refused once it is known where the cell is.
fn stated(tag: &Tag<'_>) -> Checked<(Option<Place>, Checked<Kind>, Option<usize>)> {
    let [place, kind, style] = tag.values(["r", "t", "s"])?;
    let place = place.map(|name| place_of(&name)).transpose()?;
    let style = style.map(|style| style.parse().unwrap_or(0));
    Ok((place, Kind::of(kind.as_deref()), style))
}
