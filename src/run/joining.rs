//! How the records of several inputs become one output.
//!
//! Owns in which format they are written, which the first input settles, and what ends
//! the output.

use super::options::{Options, Summary};
use super::output::Output;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
use crate::format::{self, AddedFields, Convert, Input};

/// An output under way.
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
    /// As they came in, for inputs like the first.
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

    /// True where an input was written already.
    pub(super) fn has_begun(&self) -> bool {
        self.mode.is_some()
    }

    /// Into what this input has to be converted, if it has to.
    pub(super) fn convert_for(
        &mut self,
        input: &Input,
        options: &Options,
        added: &AddedFields,
    ) -> Result<Option<Convert>> {
        let (format, delimiter) = (input.format(), input.delimiter());
        let wanted = options.format.unwrap_or(format);
        let mode = self.mode.get_or_insert_with(|| match wanted == format {
            true => Mode::Raw(Box::new(input.clone())),
            false => Mode::Convert(Convert::new(wanted, None)),
        });
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

    /// Takes over what the next input goes on with, once one is written.
    pub(super) fn go_on(&mut self, convert: Option<Convert>, tail: Vec<u8>) {
        match convert {
            Some(convert) if matches!(self.mode, Some(Mode::Convert(_))) => {
                self.mode = Some(Mode::Convert(convert));
            }
            Some(_) => {}
            None => self.tail = tail,
        }
    }

    /// Writes what ends the output.
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

fn no_array() -> Error {
    Error::new(
        ErrorKind::Input,
        "several JSON files become one array, and this file is no array",
    )
    .expected("files that are arrays of records")
    .help(
        Phrase::from("label the files one at a time, or together as ")
            .set(Setting::Format, "ndjson"),
    )
}
