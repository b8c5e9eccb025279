//! The labels within a database: a plan as SQL.
//!
//! Owns the statements that label a table where it lies: which texts it has, what each of
//! them is read as, and a view that judges records by these readings. Texts are read here,
//! once each, by the reading function that files are read by; SQL compares only what was
//! read. Knows no database: it writes text.

mod code;
mod dates;
mod dialect;
mod name;
mod planned;
mod readings;
mod reasons;
mod score;
mod slots;
mod steps;
mod tables;
mod texts;
mod view;

pub use self::dialect::Dialect;
pub use self::name::TableName;
pub use self::planned::Planned;
pub use self::readings::{HEADER, TextReading};

use crate::run::Evidence;

/// What is asked of the statements.
#[derive(Debug, Clone)]
pub struct Target {
    /// The database.
    pub dialect: Dialect,
    /// The table that has the records.
    pub table: TableName,
    /// The table of readings.
    pub readings: TableName,
    /// The view.
    pub view: TableName,
    /// Adds the details of each label.
    pub details: bool,
    /// The prefix of the names of added columns.
    pub prefix: String,
}

/// A part of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The query for all texts.
    Distinct,
    /// The table of readings.
    Readings,
    /// The view.
    View,
}

impl Part {
    /// All of them, in the order in which they are used.
    pub const ALL: [Part; 3] = [Part::Distinct, Part::Readings, Part::View];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Part::Distinct => "distinct",
            Part::Readings => "readings",
            Part::View => "view",
        }
    }
}

impl Planned<'_> {
    /// One part of the script for a table. `evidence` is what is assumed of every record;
    /// related files have no place in it.
    pub fn part(&self, part: Part, target: &Target, evidence: &Evidence) -> String {
        match part {
            Part::Distinct => texts::query(self, target),
            Part::Readings => readings::table(target),
            Part::View => view::view(self, target, evidence),
        }
    }
}
