//! Bytes out: what the records of several inputs need between them.
//!
//! Owns the joints: a line break where a file ended without one, a comma
//! between the elements of an array, the layout of a table. Knows nothing of
//! what is in a record.

use std::io::{self, Write};

use crate::error::{Error, Result};
use crate::format::table::Table;
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

    /// Settles what is written; a table is at most `width` wide and never
    /// leaves out its last `labels` columns.
    pub(crate) fn settle(&mut self, format: Format, width: Option<usize>, labels: usize) {
        self.is_array = format == Format::Json;
        if format == Format::Table && self.table.is_none() {
            self.table = Some(Table::new(width, labels));
        }
    }

    /// True if unreadable records have a place to go.
    pub(crate) fn sets_aside(&self) -> bool {
        self.rejects.is_some()
    }

    /// Writes what stands around records.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(&last) = bytes.last() else {
            return Ok(());
        };
        self.last_byte = last;
        match &mut self.table {
            Some(table) => {
                let mut laid_out = Vec::new();
                table.rows(
                    std::str::from_utf8(bytes).unwrap_or_default(),
                    &mut laid_out,
                );
                self.out.write_all(&laid_out)
            }
            None => self.out.write_all(bytes),
        }
        .map_err(|error| unwritable(&error))
    }

    /// Writes the `count` records in `bytes`. `comma` says that, in an array,
    /// they do not bring the comma to what was written before.
    pub(crate) fn records(&mut self, bytes: &[u8], count: u64, comma: bool) -> Result<()> {
        // A batch whose first record is at fault has nothing to write, and no
        // comma may announce it.
        if self.is_array && comma && count > 0 && self.records > 0 && !bytes.is_empty() {
            self.write(b",")?;
        }
        self.records += count;
        self.write(bytes)
    }

    /// Ends the last line, where another file's lines follow.
    pub(crate) fn end_line(&mut self) -> Result<()> {
        if self.is_at_line_start() || self.is_array || self.table.is_some() {
            return Ok(());
        }
        self.write(b"\n")
    }

    /// True where nothing is written, or a line break last.
    pub(crate) fn is_at_line_start(&self) -> bool {
        self.table.is_some() || matches!(self.last_byte, b'\n' | b'\r')
    }

    /// Makes sure that all is written that was given.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(|error| unwritable(&error))
    }

    /// Writes records that are set aside, on lines of their own.
    pub(crate) fn set_aside(&mut self, bytes: &[u8]) -> Result<()> {
        let (Some(rejects), Some(&last)) = (&mut self.rejects, bytes.last()) else {
            return Ok(());
        };
        // The last record of the file before may have had no line break.
        let ended = matches!(self.last_reject, b'\n' | b'\r');
        let joint = if ended { &b""[..] } else { b"\n" };
        self.last_reject = last;
        rejects
            .write_all(joint)
            .and_then(|()| rejects.write_all(bytes))
            .map_err(|error| {
                // No pipe that may close early: what nobody takes here is lost.
                let error = io::Error::other(error);
                Error::writing("the file of rejected records", &error)
            })
    }

    /// Writes what still waits, and tells how many columns a table left out.
    pub(crate) fn end(&mut self) -> Result<usize> {
        let mut left_out = 0;
        if let Some(table) = &mut self.table {
            let mut laid_out = Vec::new();
            table.end(&mut laid_out);
            left_out = table.left_out();
            self.out
                .write_all(&laid_out)
                .map_err(|error| unwritable(&error))?;
        }
        self.flush()?;
        Ok(left_out)
    }
}

fn unwritable(error: &io::Error) -> Error {
    Error::writing("the output", error)
}
