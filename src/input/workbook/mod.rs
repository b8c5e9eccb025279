//! Workbooks: a sheet of an `.xlsx` file as CSV.
//!
//! Owns which sheet is read, how its cells are written, and which row a line of the
//! resulting text belongs to. A workbook is held in memory as a whole, since its sheets
//! are packed and its texts are stored separately. Knows nothing of columns or records.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read};
use std::iter::{Peekable, repeat_n};

use calamine::{DataRef, Range, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::input::{Bytes, Format, Layout, line_breaks};
use crate::text::quoted;

mod cell;
mod verbatim;

/// The first bytes of a zip archive.
pub(super) const ZIP: &[u8] = b"PK\x03\x04";
/// How many bytes of text are produced at a time.
const STEP: usize = 32 * 1024;

/// A sheet of a workbook.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its number among the workbook's sheets, from 1.
    pub number: usize,
    /// How many sheets the workbook has.
    pub of: usize,
    /// The numbers and names of all of them, the hidden ones last, if another could have
    /// been meant.
    pub(crate) others: Vec<(usize, String)>,
    /// Dates are counted from 1904, so a number without a date format is not taken for
    /// a date.
    pub(crate) from_1904: bool,
    /// For each cell with line breaks: its row, from 1, and their number.
    breaks: Vec<(u64, u64)>,
}

/// Row and column of a cell, from 0.
type Place = (u32, u32);
/// The same, with its text.
type Cell = (u32, u32, String);

/// Reads a workbook, and returns the sheet and its text as CSV.
pub(super) fn open(mut bytes: Bytes<'_>, layout: &Layout) -> Result<(Sheet, Rows)> {
    let mut file = Vec::new();
    bytes.read_to_end(&mut file).map_err(Error::reading)?;
    let (from_1904, sheets) = check(&file)?;
    if !sheets.is_empty() {
        file = verbatim::workbook(&file, sheets).map_err(|error| damaged(&error))?;
    }
    if let Some(stated) = layout.format.filter(|format| *format != Format::Csv) {
        let found = format!("this is a workbook, not {}", stated.title());
        return Err(Error::new(ErrorKind::Usage, found)
            .expected("no input format: a sheet is read as CSV")
            .help(Help::leave_out(Setting::InputFormat)));
    }
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(unreadable)?;
    let sheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let at = choose(&sheets, layout.sheet.as_deref())?;
    let name = &sheets[at].0;
    let (cells, filled) = read(&mut workbook, name)?;
    let formulas = workbook.worksheet_formula(name).map_err(unreadable)?;
    check_formulas(name, &formulas, &filled)?;
    if cells.is_empty() {
        let found = format!("the sheet {} is empty: no header, no records", quoted(name));
        return Err(Error::new(ErrorKind::Input, found)
            .expected("a first row with the column names")
            .help(
                Phrase::from("choose another sheet with ")
                    .setting(Setting::Sheet)
                    .text(format!(": {}", listed(&sheets))),
            ));
    }
    let sheet = Sheet {
        name: name.clone(),
        number: at + 1,
        of: sheets.len(),
        others: match layout.sheet {
            None if sheets.len() > 1 => hidden_last(&sheets)
                .map(|(number, name)| (number, name.to_owned()))
                .collect(),
            _ => Vec::new(),
        },
        from_1904,
        breaks: breaks(&cells),
    };
    Ok((sheet, Rows::new(cells)))
}

/// Refuses an archive that is damaged or not a workbook: reading a sheet does not
/// verify checksums. Returns true if dates are counted from 1904, and the sheets that
/// have to be read from another XML, by their places in the archive.
fn check(file: &[u8]) -> Result<(bool, Vec<verbatim::Entry>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).map_err(|error| damaged(&error))?;
    let holds = |ending: &str| {
        let mut names = archive.file_names_raw();
        names.any(|name| name.to_ascii_lowercase().ends_with(ending.as_bytes()))
    };
    if !holds("workbook.xml") {
        let kinds = [
            ("workbook.bin", "an .xlsb workbook"),
            ("content.xml", "an OpenDocument file"),
            ("document.xml", "a Word document"),
            ("presentation.xml", "a presentation"),
        ];
        let kind = kinds.iter().find(|(ending, _)| holds(ending));
        let what = kind.map_or("a zip archive without a workbook in it", |(_, what)| what);
        return Err(Error::new(ErrorKind::Input, format!("this is {what}"))
            .expected("CSV, TSV, JSON, NDJSON or an .xlsx workbook")
            .help(
                Help::from("save it as .xlsx or CSV first")
                    .or(Help::convert("unpack it", "unzip -p FILE")),
            ));
    }
    let (mut from_1904, mut sheets) = (false, Vec::new());
    let mut text = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index(at);
        let mut entry = entry.map_err(|error| damaged(&error))?;
        // Pictures and the like are not checked.
        let name = entry.name_raw().to_ascii_lowercase();
        if name.ends_with(b"workbook.xml") {
            text.clear();
            io::copy(&mut entry, &mut text).map_err(|error| damaged(&error))?;
            let is = |what: &[u8]| memchr::memmem::find(&text, what).is_some();
            from_1904 |= is(b"date1904=\"1\"") || is(b"date1904=\"true\"");
        } else if name.ends_with(b".xml") || name.ends_with(b".rels") {
            text.clear();
            io::copy(&mut entry, &mut text).map_err(|error| damaged(&error))?;
            sheets.extend(verbatim::sheet(&text).map(|text| (at, text)));
        }
    }
    Ok((from_1904, sheets))
}

fn damaged(error: &dyn std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Input,
        format!("the zip archive is damaged or cut off: {error}"),
    )
    .expected("a complete .xlsx workbook")
    .help("export or download the file again")
}

fn unreadable(error: XlsxError) -> Error {
    Error::new(
        ErrorKind::Input,
        format!("the workbook cannot be read: {error}"),
    )
    .expected("an .xlsx workbook")
    .help("open it in a spreadsheet program and save it again, or save it as CSV (UTF-8)")
}

/// The error that a sheet cannot be read after its `last` cell.
fn broken_off(error: XlsxError, sheet: &str, last: Option<Place>) -> Error {
    let after = last.map_or("in its first cell".to_owned(), |(row, column)| {
        format!("after the cell {}{}", letters(column), u64::from(row) + 1)
    });
    Error::new(
        ErrorKind::Input,
        format!(
            "the sheet {} cannot be read {after}: {error}",
            quoted(sheet)
        ),
    )
    .expected("cells as spreadsheet programs save them")
    .help("open it in a spreadsheet program and save it again, or save it as CSV (UTF-8)")
}

/// The sheet to read: the named one, else the first that is not hidden.
fn choose(sheets: &[(String, bool)], named: Option<&str>) -> Result<usize> {
    let Some(named) = named else {
        let visible = sheets.iter().position(|(_, is_visible)| *is_visible);
        let first = visible.or((!sheets.is_empty()).then_some(0));
        return first.ok_or_else(|| {
            Error::new(ErrorKind::Input, "the workbook has no sheet with cells")
                .expected("a sheet with records")
                .help("export the records again, as a sheet or as CSV")
        });
    };
    // As in spreadsheet programs, names that differ only in case are the same.
    let wanted = named.trim().to_lowercase();
    let by_name = sheets
        .iter()
        .position(|(name, _)| name.trim().to_lowercase() == wanted);
    let by_number = || {
        let number = wanted.parse::<usize>().ok()?.checked_sub(1)?;
        (number < sheets.len()).then_some(number)
    };
    by_name.or_else(by_number).ok_or_else(|| {
        let found = format!("the workbook has no sheet {}", quoted(named));
        Error::new(ErrorKind::Usage, found)
            .expected(format!("one of {}", listed(sheets)))
            .help(
                Phrase::from("choose one with ")
                    .setting(Setting::Sheet)
                    .text(", by its name or number"),
            )
    })
}

/// The sheets as a message lists them, the hidden ones last.
fn listed(sheets: &[(String, bool)]) -> String {
    let names = hidden_last(sheets).map(|(number, name)| format!("{number} {}", quoted(name)));
    names.collect::<Vec<String>>().join(", ")
}

/// The numbers and names of the sheets, the hidden ones last.
fn hidden_last(sheets: &[(String, bool)]) -> impl Iterator<Item = (usize, &str)> {
    let all = || (1..).zip(sheets);
    let visible = all().filter(|(_, (_, is_visible))| *is_visible);
    let hidden = all().filter(|(_, (_, is_visible))| !is_visible);
    let both = visible.chain(hidden);
    both.map(|(number, (name, _))| (number, name.as_str()))
}

/// The cells of a sheet that have text, row by row, and the places of all cells that
/// are not empty.
fn read(workbook: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Result<(Vec<Cell>, BTreeSet<Place>)> {
    let mut reader = (workbook.worksheet_cells_reader(name)).map_err(unreadable)?;
    let mut filled = BTreeSet::new();
    let mut cells: Vec<Cell> = Vec::new();
    let mut last = None;
    while let Some(cell) = reader
        .next_cell()
        .map_err(|error| broken_off(error, name, last))?
    {
        let (row, column) = cell.get_position();
        last = Some((row, column));
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            value => cell::text(value),
        };
        filled.insert((row, column));
        if !text.is_empty() {
            cells.push((row, column, text));
        }
    }
    // The format does not guarantee their order, though programs write them in order.
    if !cells.is_sorted_by_key(|(row, column, _)| (*row, *column)) {
        cells.sort_by_key(|(row, column, _)| (*row, *column));
    }
    cells.dedup_by_key(|(row, column, _)| (*row, *column));
    Ok((cells, filled))
}

/// In the form in which [`Sheet`] keeps them.
fn breaks(cells: &[Cell]) -> Vec<(u64, u64)> {
    let breaks = cells
        .iter()
        .map(|(row, _, text)| (u64::from(*row) + 1, line_breaks(text.as_bytes())));
    breaks.filter(|(_, breaks)| *breaks > 0).collect()
}

/// Refuses a formula whose result is not stored in the workbook. Programs that do not
/// calculate write such formulas.
fn check_formulas(sheet: &str, formulas: &Range<String>, filled: &BTreeSet<Place>) -> Result<()> {
    let (top, left) = formulas.start().unwrap_or_default();
    let mut places = formulas
        .used_cells()
        .filter(|(.., formula)| !formula.is_empty())
        // Sheets have fewer rows and columns than `u32` can count.
        .map(|(row, column, _)| (top + row as u32, left + column as u32));
    let Some((row, column)) = places.find(|place| !filled.contains(place)) else {
        return Ok(());
    };
    let found = format!(
        "the sheet {} has a formula without a stored result in cell {}{}",
        quoted(sheet),
        letters(column),
        u64::from(row) + 1
    );
    Err(Error::new(ErrorKind::Input, found)
        .expected("a workbook saved with calculated results")
        .help("open it in a spreadsheet program, which calculates it, and save it"))
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

impl Sheet {
    /// What to do if the records are on another sheet, unless the user chose this one.
    pub(crate) fn another(&self) -> Option<Help> {
        let mut names = self.others.iter();
        let (_, next) = names.find(|(number, _)| *number != self.number)?;
        let listed = self.others.iter();
        let listed: Vec<String> = listed
            .map(|(number, name)| format!("{number} {}", quoted(name)))
            .collect();
        let help = Phrase::from("if the records are on another sheet: ").set(Setting::Sheet, next);
        Some(
            help.text(format!(" (there are {})", listed.join(", ")))
                .into(),
        )
    }

    /// The row that a line of the text belongs to, both from 1.
    pub(super) fn row_of_line(&self, line: u64) -> u64 {
        // Line breaks in the cells before.
        let mut within = 0;
        for &(row, breaks) in &self.breaks {
            if line <= row + within + breaks {
                return row.min(line.saturating_sub(within));
            }
            within += breaks;
        }
        line.saturating_sub(within)
    }
}

/// The text of a sheet as CSV: each row is a record with as many fields as the widest;
/// an empty row is an empty line, which is not a record.
pub(super) struct Rows {
    cells: Peekable<std::vec::IntoIter<Cell>>,
    width: u32,
    row: u32,
    /// Text that is written and not yet handed out.
    text: Cursor<Vec<u8>>,
}

impl Rows {
    fn new(cells: Vec<Cell>) -> Self {
        let widths = cells.iter().map(|(_, column, _)| column.saturating_add(1));
        Rows {
            width: widths.max().unwrap_or(0),
            cells: cells.into_iter().peekable(),
            row: 0,
            text: Cursor::default(),
        }
    }

    /// Writes the next row.
    fn write_row(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        let mut column = 0;
        while let Some((_, at, text)) = self.cells.next_if(|(row, ..)| *row == self.row) {
            out.extend(repeat_n(b',', (at - column) as usize));
            column = at;
            cell::write(&text, out);
        }
        if out.len() > start {
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
            while text.len() < STEP && self.cells.peek().is_some() {
                self.write_row(&mut text);
            }
            self.text = Cursor::new(text);
        }
        self.text.read(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sheet with these cells: row, column, text.
    fn sheet(cells: &[(u32, u32, &str)]) -> (Sheet, String) {
        let cells = cells
            .iter()
            .map(|(row, at, text)| (*row, *at, (*text).to_owned()));
        let cells: Vec<Cell> = cells.collect();
        let sheet = Sheet {
            name: "s".to_owned(),
            number: 1,
            of: 1,
            others: Vec::new(),
            from_1904: false,
            breaks: breaks(&cells),
        };
        let mut text = String::new();
        Rows::new(cells).read_to_string(&mut text).unwrap();
        (sheet, text)
    }

    #[test]
    fn each_row_has_all_columns_and_an_empty_row_is_an_empty_line() {
        let (_, text) = sheet(&[(1, 0, "a"), (1, 2, "c"), (3, 1, "x,\"y\""), (4, 2, "z")]);
        assert_eq!(text, "\na,,c\n\n,\"x,\"\"y\"\"\",\n,,z\n");
    }

    #[test]
    fn a_line_belongs_to_the_row_that_has_it() {
        let (sheet, text) = sheet(&[
            (0, 0, "head"),
            (1, 0, "two\nlines"),
            (1, 1, "and\r\nthree\nmore"),
            (3, 0, "x"),
            (4, 0, "a\rb"),
            (5, 0, "last"),
        ]);
        let rows: Vec<u64> = (1..=10).map(|line| sheet.row_of_line(line)).collect();
        assert_eq!(rows, [1, 2, 2, 2, 2, 3, 4, 5, 5, 6], "{text:?}");
    }
}
