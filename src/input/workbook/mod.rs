//! Workbooks: a sheet of an `.xlsx` file as CSV.
//!
//! Owns which sheet is read, and which row a line of the resulting text belongs to. The
//! file is held in memory packed, since its directory is at its end; what its sheets
//! unpack to is read piece by piece. Knows nothing of columns or records.

use std::io::Read;
use std::sync::Arc;

use self::book::{Book, Listed};
use self::cell::Context;
use self::fault::Fault;
use self::formats::Formats;
use self::package::Package;
use self::sheet::Cells;
use self::texts::Texts;
use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::input::{Bytes, Format, Layout};
use crate::text::{grouped, quoted};

mod book;
mod bounds;
mod cell;
mod fault;
mod formats;
mod namespaces;
mod package;
mod place;
mod rows;
mod sheet;
mod tag;
mod texts;
mod xml;

/// The first bytes of a zip archive.
pub(super) const ZIP: &[u8] = b"PK\x03\x04";

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
    /// For each row with line breaks in its cells: its number, and that of the line of
    /// the text on which it ends, both from 1.
    ends: Vec<(u64, u64)>,
}

/// Reads a workbook, and returns the sheet and its text as CSV.
pub(super) fn open(bytes: Bytes<'_>, layout: &Layout) -> Result<(Sheet, Bytes<'static>)> {
    let package = Package::open(whole(bytes)?).map_err(Fault::error)?;
    check_kind(&package)?;
    if let Some(stated) = layout.format.filter(|format| *format != Format::Csv) {
        let found = format!("this is a workbook, not {}", stated.title());
        return Err(Error::new(ErrorKind::Usage, found)
            .expected("no input format: a sheet is read as CSV")
            .help(Help::leave_out(Setting::InputFormat)));
    }
    let mut book = Book::read(package)?;
    let at = choose(&book.sheets, layout.sheet.as_deref())?;
    let part = book.sheet(at)?;
    let context = Arc::new(context(&mut book)?);
    let name = &book.sheets[at].name;
    let (outline, rows) = rows::read(Cells::of(name, part, context)?)?;
    if outline.is_empty() {
        let found = format!("the sheet {} is empty: no header, no records", quoted(name));
        return Err(Error::new(ErrorKind::Input, found)
            .expected("a first row with the column names")
            .help(
                Phrase::from("choose another sheet with ")
                    .setting(Setting::Sheet)
                    .text(format!(": {}", listed(&book.sheets))),
            ));
    }
    let sheet = Sheet {
        name: name.clone(),
        number: at + 1,
        of: book.sheets.len(),
        others: match layout.sheet {
            None if book.sheets.len() > 1 => hidden_last(&book.sheets)
                .map(|(number, name)| (number, name.to_owned()))
                .collect(),
            _ => Vec::new(),
        },
        from_1904: book.from_1904,
        ends: outline.into_ends(),
    };
    Ok((sheet, Box::new(rows)))
}

/// The bytes of the file, if they are not too many.
fn whole(bytes: Bytes<'_>) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut bytes = bytes.take(bounds::FILE + 1);
    bytes.read_to_end(&mut file).map_err(Error::reading)?;
    if file.len() as u64 <= bounds::FILE {
        return Ok(file);
    }
    let most = bounds::size(bounds::FILE);
    let found = format!("the workbook is larger than {most}");
    Err(Error::new(ErrorKind::Input, found)
        .expected(format!("a workbook of at most {most}"))
        .help("save the sheet as CSV (UTF-8), which is read piece by piece"))
}

/// What the cells refer to.
fn context(book: &mut Book) -> Result<Context> {
    let mut context = Context {
        from_1904: book.from_1904,
        ..Context::default()
    };
    if let Some(part) = book.texts()? {
        context.texts = Texts::read(&part).map_err(|fault| fault.in_part(&part.name))?;
    }
    if let Some(part) = book.formats()? {
        context.formats = Formats::read(&part).map_err(|fault| fault.in_part(&part.name))?;
    }
    Ok(context)
}

/// Refuses an archive that is not a workbook.
fn check_kind(package: &Package) -> Result<()> {
    if package.holds("workbook.xml") {
        return Ok(());
    }
    let kinds = [
        ("workbook.bin", "an .xlsb workbook"),
        ("content.xml", "an OpenDocument file"),
        ("document.xml", "a Word document"),
        ("presentation.xml", "a presentation"),
    ];
    let kind = kinds.iter().find(|(ending, _)| package.holds(ending));
    let what = kind.map_or("a zip archive without a workbook in it", |(_, what)| what);
    Err(Error::new(ErrorKind::Input, format!("this is {what}"))
        .expected("CSV, TSV, JSON, NDJSON or an .xlsx workbook")
        .help(
            Help::from("save it as .xlsx or CSV first")
                .or(Help::convert("unpack it", "unzip -p FILE")),
        ))
}

/// The sheet to read: the named one, else the first that is not hidden.
fn choose(sheets: &[Listed], named: Option<&str>) -> Result<usize> {
    let Some(named) = named else {
        let visible = sheets.iter().position(|sheet| sheet.is_visible);
        let first = visible.or((!sheets.is_empty()).then_some(0));
        return first.ok_or_else(|| {
            Error::new(ErrorKind::Input, "the workbook has no sheet with cells")
                .expected("a sheet with records")
                .help("export the records again, as a sheet or as CSV")
        });
    };
    if let Some(at) = by_name(sheets, named)? {
        return Ok(at);
    }
    let by_number = || {
        let number = named.trim().parse::<usize>().ok()?.checked_sub(1)?;
        (number < sheets.len()).then_some(number)
    };
    by_number().ok_or_else(|| {
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

/// The sheet of this name. As in spreadsheet programs, names that differ only in case are
/// the same; those that differ only in the spaces around them are not.
fn by_name(sheets: &[Listed], named: &str) -> Result<Option<usize>> {
    let as_it_is: fn(&str) -> String = str::to_owned;
    let trimmed: fn(&str) -> String = |name| name.trim().to_lowercase();
    for read in [as_it_is, |name| name.to_lowercase(), trimmed] {
        let wanted = read(named);
        let mut fitting = (0..sheets.len()).filter(|at| read(&sheets[*at].name) == wanted);
        let (first, second) = (fitting.next(), fitting.next());
        if second.is_some() {
            let found = format!("the workbook has two sheets {}", quoted(named));
            return Err(Error::new(ErrorKind::Input, found)
                .expected(format!("one of {}", listed(sheets)))
                .help(
                    Phrase::from("choose one with ")
                        .setting(Setting::Sheet)
                        .text(", by its number"),
                ));
        }
        if first.is_some() {
            return Ok(first);
        }
    }
    Ok(None)
}

/// The sheets as a message lists them, the hidden ones last.
fn listed(sheets: &[Listed]) -> String {
    named(hidden_last(sheets))
}

/// Sheets by their numbers and names, the first of them if they are many.
fn named<'s>(sheets: impl Iterator<Item = (usize, &'s str)>) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut more = 0;
    for (number, name) in sheets {
        match names.len() < bounds::SHEETS_NAMED {
            true => names.push(format!("{number} {}", quoted(name))),
            false => more += 1,
        }
    }
    let names = names.join(", ");
    match more {
        0 => names,
        more => format!("{names} and {} more", grouped(more)),
    }
}

/// The numbers and names of the sheets, the hidden ones last.
fn hidden_last(sheets: &[Listed]) -> impl Iterator<Item = (usize, &str)> {
    let all = || (1..).zip(sheets);
    let visible = all().filter(|(_, sheet)| sheet.is_visible);
    let hidden = all().filter(|(_, sheet)| !sheet.is_visible);
    let both = visible.chain(hidden);
    both.map(|(number, sheet)| (number, sheet.name.as_str()))
}

impl Sheet {
    /// What to do if the records are on another sheet, unless the user chose this one.
    pub(crate) fn another(&self) -> Option<Help> {
        let mut names = self.others.iter();
        let (_, next) = names.find(|(number, _)| *number != self.number)?;
        let listed = named(self.others.iter().map(|(number, name)| (*number, &**name)));
        let help = Phrase::from("if the records are on another sheet: ").set(Setting::Sheet, next);
        Some(help.text(format!(" (there are {listed})")).into())
    }

    /// The row that a line of the text belongs to, both from 1.
    pub(super) fn row_of_line(&self, line: u64) -> u64 {
        let at = self.ends.partition_point(|(_, end)| *end < line);
        // The line breaks in cells before.
        let before = at.checked_sub(1).map(|before| self.ends[before]);
        let row = line.saturating_sub(before.map_or(0, |(row, end)| end - row));
        self.ends.get(at).map_or(row, |(last, _)| row.min(*last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_belongs_to_the_row_that_has_it() {
        let sheet = Sheet {
            name: "s".to_owned(),
            number: 1,
            of: 1,
            others: Vec::new(),
            from_1904: false,
            ends: vec![(2, 5), (5, 9)],
        };
        let rows: Vec<u64> = (1..=10).map(|line| sheet.row_of_line(line)).collect();
        assert_eq!(rows, [1, 2, 2, 2, 2, 3, 4, 5, 5, 6]);
    }

    #[test]
    fn a_message_names_a_few_of_many_sheets() {
        let names: Vec<String> = (1..=25).map(|number| format!("s{number}")).collect();
        let named = named((1..).zip(&names).map(|(number, name)| (number, &**name)));
        assert!(named.ends_with("20 \"s20\" and 5 more"), "{named}");
    }
}
