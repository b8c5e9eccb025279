//! Bytes out: how the records of several inputs become one output.
//!
//! Owns the format in which they are written, which the first input decides, and the
//! text between inputs and at the end: a line break after a file without one, a comma
//! between the elements of an array, the layout of a table. Knows nothing of a record's
//! content.

use std::io::{self, Write};

use super::options::{Options, Summary};
use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::format::table::Table;
use crate::format::{self, AddedFields, Convert, Input};
use crate::input::Format;

/// Where labelled records, and those set aside, go.
pub(crate) struct Output<'o> {
    out: &'o mut (dyn Write + Send),
    rejects: Option<&'o mut (dyn Write + Send)>,
    /// The last byte that was set aside.
    last_reject: u8,
    table: Option<Table>,
    is_array: bool,
    /// Records written, over all inputs.
    records: u64,
    last_byte: u8,
}

impl<'o> Output<'o> {
    pub(crate) fn new(
        out: &'o mut (dyn Write + Send),
        rejects: Option<&'o mut (dyn Write + Send)>,
    ) -> Self {
        Output {
            out,
            rejects,
            last_reject: b'\n',
            table: None,
            is_array: false,
            records: 0,
            last_byte: b'\n',
        }
    }

    /// Sets the format; a table is at most `width` wide and never leaves out its last
    /// `labels` columns.
    pub(crate) fn settle(&mut self, format: Format, width: Option<usize>, labels: usize) {
        self.is_array = format == Format::Json;
        if format == Format::Table && self.table.is_none() {
            self.table = Some(Table::new(width, labels));
        }
    }

    /// True if unreadable records are set aside.
    pub(crate) fn sets_aside(&self) -> bool {
        self.rejects.is_some()
    }

    /// Writes text around records.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(&last) = bytes.last() else {
            return Ok(());
        };
        self.last_byte = last;
        let mut laid_out = Vec::new();
        let bytes = match &mut self.table {
            Some(table) => {
                let rows = std::str::from_utf8(bytes).unwrap_or_default();
                table.rows(rows, &mut laid_out);
                &laid_out
            }
            None => bytes,
        };
        self.out
            .write_all(bytes)
            .map_err(|error| unwritable(&error))
    }

    /// Writes the `count` records in `bytes`. `comma` means that they are elements of
    /// an array without the comma before them.
    pub(crate) fn records(&mut self, bytes: &[u8], count: u64, comma: bool) -> Result<()> {
        // If the first record of a batch is at fault, there is nothing to write, and no
        // comma may announce it.
        if self.is_array && comma && count > 0 && self.records > 0 && !bytes.is_empty() {
            self.write(b",")?;
        }
        self.records += count;
        self.write(bytes)
    }

    /// Ends the last line, if another file's lines follow.
    pub(crate) fn end_line(&mut self) -> Result<()> {
        if self.is_at_line_start() || self.is_array || self.table.is_some() {
            return Ok(());
        }
        self.write(b"\n")
    }

    /// True if nothing was written yet, or a line break last.
    pub(crate) fn is_at_line_start(&self) -> bool {
        self.table.is_some() || matches!(self.last_byte, b'\n' | b'\r')
    }

    /// Flushes everything that was written.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(|error| unwritable(&error))
    }

    /// Writes records that are set aside, each on its own line.
    pub(crate) fn set_aside(&mut self, bytes: &[u8]) -> Result<()> {
        let (Some(rejects), Some(&last)) = (&mut self.rejects, bytes.last()) else {
            return Ok(());
        };
        // The last record of the previous file may have had no line break.
        let ended = matches!(self.last_reject, b'\n' | b'\r');
        let joint = if ended { &b""[..] } else { b"\n" };
        self.last_reject = last;
        rejects
            .write_all(&[joint, bytes].concat())
            .map_err(|error| {
                // Not a pipe that may close early: what is not written here is lost.
                Error::writing("the file of rejected records", &io::Error::other(error))
            })
    }

    /// Writes the rest, and returns how many columns a table left out.
    pub(crate) fn end(&mut self) -> Result<usize> {
        let mut left_out = 0;
        if let Some(table) = &mut self.table {
            let mut laid_out = Vec::new();
            table.end(&mut laid_out);
            left_out = table.left_out();
            let written = self.out.write_all(&laid_out);
            written.map_err(|error| unwritable(&error))?;
        }
        self.flush()?;
        Ok(left_out)
    }
}

/// An output in progress.
pub(super) struct Joining<'o> {
    pub(super) output: Output<'o>,
    mode: Option<Mode>,
    /// The end of a JSON document, held back since another may follow.
    tail: Vec<u8>,
    /// There are several inputs.
    several: bool,
}

/// How records are written; settled by the first input.
#[derive(Debug)]
enum Mode {
    /// As they are, for inputs like the first.
    Raw(Box<Input>),
    /// In another format than the first input's.
    Convert(Convert),
}

impl<'o> Joining<'o> {
    pub(super) fn new(output: Output<'o>, several: bool) -> Self {
        Joining {
            output,
            mode: None,
            tail: Vec::new(),
            several,
        }
    }

    /// True if an input was written already.
    pub(super) fn has_begun(&self) -> bool {
        self.mode.is_some()
    }

    /// The conversion that this input needs, if any. What `is_sheet` of a workbook has no
    /// bytes to keep.
    pub(super) fn convert_for(
        &mut self,
        input: &Input,
        is_sheet: bool,
        options: &Options,
        added: &AddedFields,
    ) -> Result<Option<Convert>> {
        let (format, delimiter) = (input.format(), input.delimiter());
        let wanted = options.format.unwrap_or(format);
        let escapes = options.escape_formulas;
        if escapes && !matches!(wanted, Format::Csv | Format::Tsv) {
            return Err(no_cells(wanted));
        }
        let mode = self.mode.get_or_insert_with(|| match wanted == format {
            true if !(escapes && is_sheet) => Mode::Raw(Box::new(input.clone())),
            _ => Mode::Convert(Convert::new(wanted, None).escaping_formulas(escapes)),
        });
        if escapes && matches!(mode, Mode::Raw(_)) {
            return Err(as_they_are(wanted));
        }
        let first = match mode {
            Mode::Convert(convert) => {
                let labels = added.names().len();
                self.output.settle(wanted, options.table_width, labels);
                return Ok(Some(convert.clone()));
            }
            Mode::Raw(first) => first,
        };
        self.output.settle(first.format(), None, 0);
        if let (Input::Json(_), Input::Json(json), true) = (&**first, input, self.several)
            && !json.is_array()
        {
            return Err(no_array());
        }
        let (first_names, _) = first.names();
        if (first.format(), first.delimiter()) != (format, delimiter) {
            let (format, delimiter) = (first.format(), first.delimiter());
            let convert = Convert::joining(format, delimiter, first_names, added);
            return Ok(Some(convert));
        }
        let ends_alike = first.ends_with_delimiter() == input.ends_with_delimiter();
        if delimiter.is_some() && (first_names != input.names().0 || !ends_alike) {
            return Err(format::other_columns());
        }
        Ok(None)
    }

    /// Takes the state with which the next input continues.
    pub(super) fn go_on(&mut self, convert: Option<Convert>, tail: Vec<u8>) {
        match convert {
            Some(convert) if matches!(self.mode, Some(Mode::Convert(_))) => {
                self.mode = Some(Mode::Convert(convert));
            }
            Some(_) => {}
            None => self.tail = tail,
        }
    }

    /// Writes the end of the output.
    pub(super) fn end(&mut self, summary: &mut Summary) -> Result<()> {
        let mut end = std::mem::take(&mut self.tail);
        if let Some(Mode::Convert(convert)) = &self.mode {
            convert.end(&mut end);
        }
        self.output.write(&end)?;
        summary.left_out = self.output.end()?;
        summary.ends_within_line = !self.output.is_at_line_start();
        Ok(())
    }
}

/// The error that formulas cannot be escaped in this format.
fn no_cells(format: Format) -> Error {
    let found = format!(
        "is about the cells of CSV and TSV, but the output is {}",
        format.title()
    );
    Error::about(Setting::EscapeFormulas, ErrorKind::Usage, found).help(Help::set(
        "",
        Setting::Format,
        "csv",
    ))
}

/// The error that nothing is converted, so that no cell may change.
fn as_they_are(format: Format) -> Error {
    let title = format.title();
    let other = match format {
        Format::Csv => "tsv",
        _ => "csv",
    };
    let found = format!("changes cells, but records pass byte for byte from {title} to {title}");
    let error = Error::about(Setting::EscapeFormulas, ErrorKind::Usage, found);
    let error = error.expected("an output in another format than the input, or a workbook");
    error.help(Help::set("convert them", Setting::Format, other))
}

fn no_array() -> Error {
    Error::new(
        ErrorKind::Input,
        "several JSON files are joined into one array, and this file is not an array",
    )
    .expected("files that are arrays of records")
    .help(
        Phrase::from("label the files one at a time, or together with ")
            .set(Setting::Format, "ndjson"),
    )
}

fn unwritable(error: &io::Error) -> Error {
    Error::writing("the output", error)
}
