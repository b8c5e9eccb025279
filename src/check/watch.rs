//! The columns of an input that a check reads besides those that are judged.
//!
//! Owns how they are found, and the errors if they are missing. Does not know what a check
//! does with their texts.

use crate::columns::{not_there, places};
use crate::error::{Error, ErrorKind, Result, Setting};
use crate::run::{LateTexts, Opened, Row, Wanted};
use crate::text::quoted;

/// The watched columns, from one input to the next.
#[derive(Debug, Default)]
pub(super) struct Watch {
    columns: Vec<Watched>,
    /// The column names of the current input.
    names: Vec<String>,
}

/// A watched column, and the option that names it.
#[derive(Debug)]
struct Watched {
    /// The option that names it.
    setting: Setting,
    column: String,
    /// It may be missing.
    is_optional: bool,
    /// A record of the current input has it.
    is_met: bool,
}

impl Watch {
    /// Adds a column. Returns its index for [`Row::text`].
    pub(super) fn add(&mut self, setting: Setting, column: &str, is_optional: bool) -> usize {
        self.columns.push(Watched {
            setting,
            column: column.to_owned(),
            is_optional,
            is_met: false,
        });
        self.columns.len() - 1
    }

    /// Begins an input, and returns which texts are wanted from it.
    pub(super) fn open(&mut self, input: &Opened<'_>) -> Result<Wanted> {
        let mut columns = Vec::new();
        let mut late = Vec::new();
        self.names = input.names.to_vec();
        for (number, of) in (0..).zip(&mut self.columns) {
            of.is_met = false;
            match places(&of.column, input.names)[..] {
                [one] => columns.push((one, number)),
                // An input without records cannot lack a column.
                [] if input.is_complete && (of.is_optional || input.names.is_empty()) => {}
                [] if input.is_complete => {
                    return Err(not_there(of.setting, &of.column, input.names));
                }
                [] => late.push((of.column.clone(), number)),
                [..] => {
                    let column = quoted(&of.column);
                    let found =
                        format!("names the column {column}, but several columns have that name");
                    return Err(Error::about(of.setting, ErrorKind::Columns, found)
                        .expected("a column name that occurs once")
                        .help("rename one of them"));
                }
            }
        }
        Ok(Wanted {
            columns,
            late: LateTexts::Named(late),
            unrecognized: false,
        })
    }

    /// Notes which columns a record has.
    pub(super) fn see(&mut self, row: &Row<'_>) {
        for (number, _) in row.texts() {
            self.columns[number as usize].is_met = true;
        }
    }

    /// Ends an input that had this many records.
    ///
    /// # Errors
    ///
    /// No record has a column that is not optional.
    pub(super) fn end(&self, records: u64) -> Result<()> {
        let mut columns = self.columns.iter();
        match columns.find(|column| !column.is_met && !column.is_optional) {
            Some(of) if records > 0 => Err(not_there(of.setting, &of.column, &self.names)),
            _ => Ok(()),
        }
    }

    /// The names of the columns, as the user spells them.
    pub(super) fn asked(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|one| one.column.as_str())
    }

    /// The name of a column, as the current input spells it if exactly one column matches.
    pub(super) fn name(&self, number: usize) -> String {
        let column = &self.columns[number].column;
        match places(column, &self.names)[..] {
            [one] => self.names[one].clone(),
            _ => column.clone(),
        }
    }
}
