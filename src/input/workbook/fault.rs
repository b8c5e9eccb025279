//! What is wrong with a workbook, before it is known where.
//!
//! Owns the wording that all faults share. The sheet, the cell or the part is added by
//! who knows it.

use crate::error::{Error, ErrorKind};
use crate::text::quoted;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The archive, or one of its parts, is not what it was when it was written.
    Damaged(String),
    /// A part is not XML as the format has it.
    Malformed(String),
    /// A cell contradicts itself: what was found, and what its type allows.
    Contradicted(String, &'static str),
    /// A bound is exceeded: what was found, and what is allowed.
    Beyond(String, String),
}

/// A result that has a fault if something is wrong.
pub(super) type Checked<T> = Result<T, Fault>;

impl Fault {
    /// The error of a fault in the archive itself.
    pub(super) fn error(self) -> Error {
        self.in_words(|found| format!("the workbook cannot be read: {found}"))
    }

    /// The error of a fault in the part of this name.
    pub(super) fn in_part(self, name: &str) -> Error {
        let name = quoted(name);
        self.in_words(|found| format!("the part {name} of the workbook cannot be read: {found}"))
    }

    /// The error of a fault at a place in a sheet: `in its first cell`.
    pub(super) fn in_sheet(self, sheet: &str, place: &str) -> Error {
        let sheet = quoted(sheet);
        self.in_words(|found| format!("the sheet {sheet} cannot be read {place}: {found}"))
    }

    /// An element stands where the format has none of its name.
    pub(super) fn misplaced(name: &str, within: &str) -> Self {
        let (name, within) = (quoted(name), quoted(within));
        Fault::Malformed(format!(
            "it has an element {name} in {within}, where the format has none"
        ))
    }

    /// Something is there twice that the format has once: `elements "sheetData"`.
    pub(super) fn twice(what: impl std::fmt::Display) -> Self {
        Fault::Malformed(format!("it has two {what}, where the format has one"))
    }

    fn in_words(self, found: impl Fn(String) -> String) -> Error {
        let error = |found| Error::new(ErrorKind::Input, found);
        match self {
            Fault::Damaged(what) => error(format!("the zip archive is damaged or cut off: {what}"))
                .expected("a complete .xlsx workbook")
                .help("export or download the file again"),
            Fault::Malformed(what) => error(found(what))
                .expected("a workbook as spreadsheet programs save it")
                .help(SAVE_AGAIN),
            Fault::Contradicted(what, allowed) => {
                error(found(what)).expected(allowed).help(SAVE_AGAIN)
            }
            Fault::Beyond(what, most) => error(found(what)).expected(most).help(SAVE_AGAIN),
        }
    }
}

/// What mostly helps.
pub(super) const SAVE_AGAIN: &str =
    "open it in a spreadsheet program and save it again, or save it as CSV (UTF-8)";
