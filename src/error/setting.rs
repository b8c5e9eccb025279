//! The options of a run, by name.
//!
//! Owns the names that messages use. Knows no flag: the command line turns a name into
//! one.

use std::fmt;

use strum::{IntoStaticStr, VariantArray};

/// An option of a run that a message is about.
///
/// Its [`Display`](fmt::Display) form is its name in backticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum Setting {
    /// What it means for a relationship to have no related record.
    Absent,
    /// The day up to which open-ended lengths are measured.
    AsOf,
    /// What is true of records that say nothing else.
    Assume,
    /// The labels of an earlier run.
    Baseline,
    /// The order of day, month and year in numeric dates.
    DateOrder,
    /// The delimiter of CSV.
    Delimiter,
    /// The encoding of a text.
    Encoding,
    /// Cells that look like formulas get an apostrophe.
    EscapeFormulas,
    /// The column that holds a scorecard's labels.
    Expect,
    /// The number of columns.
    Fields,
    /// The format of the output.
    Format,
    /// The format of the input.
    InputFormat,
    /// Nothing is decided by looking at an input.
    Frozen,
    /// The column that identifies a record.
    Key,
    /// The language of labels.
    LabelLanguage,
    /// The column of a criterion.
    Map,
    /// The length of the longest record.
    MaxRecord,
    /// The highest share of undetermined records.
    MaxUndetermined,
    /// The lowest share of labels that agree.
    MinAgreement,
    /// The lowest share of related records that belong to a record.
    MinMatch,
    /// The lowest number of records.
    MinRecords,
    /// The first line is a record, not a header.
    NoHeader,
    /// Every text has to be understood in a column that feeds a criterion.
    NoUnreadValues,
    /// The key of a related file.
    On,
    /// Our organization's names and domains.
    Own,
    /// The prefix of the names of added fields.
    Prefix,
    /// What to do with records that have another number of fields.
    Ragged,
    /// Where records that cannot be read go.
    Rejects,
    /// Existing fields with the name of an added one are overwritten.
    Replace,
    /// The criteria that each record has to give.
    Require,
    /// The rulebook that is expected.
    Rulebook,
    /// What each record of a related file says.
    Says,
    /// The sheet of a workbook.
    Sheet,
    /// The number of lines before the header.
    SkipLines,
    /// A value that is not recognized is an error.
    Strict,
    /// Records end with a delimiter that the header does not have.
    TrailingDelimiter,
    /// The column in which each value may occur once.
    Unique,
    /// A column, and the value that a record has there.
    Where,
    /// A related file.
    With,
    /// The labels of this run are written as a baseline.
    WriteBaseline,
}

impl Setting {
    /// Every option.
    pub const ALL: &[Setting] = Setting::VARIANTS;

    /// Its name, such as `date_order`.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name())
    }
}
