//! What the texts of a table are read as.
//!
//! Owns the columns of the table of readings, and the words in it. The reading itself is
//! that of files.

use jiff::civil::Date;

use super::{Dialect, Planned, Target, code};
use crate::value::Value;

/// The columns of the table of readings.
pub const HEADER: [&str; 10] = [
    "column",
    "value",
    "plan",
    "feed",
    "criterion",
    "state",
    "choice",
    "length",
    "day",
    "code",
];

/// The states of a reading.
const KNOWN: &str = "known";
const MISSING: &str = "missing";
/// Missing on purpose, so that no other column counts instead.
const WITHHELD: &str = "withheld";
const NOT_UNDERSTOOD: &str = "not understood";

/// What a text of a column is read as for one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextReading<'p> {
    /// The fingerprint of the plan.
    pub plan: &'p str,
    /// The number of the column's use in the plan, from 1.
    pub feed: usize,
    /// The name of the criterion.
    pub criterion: &'p str,
    /// Whether there is a value: `known`, `missing`, `withheld` or `not understood`.
    pub state: &'static str,
    /// The value, if it is one of several.
    pub choice: Option<&'p str>,
    /// The length of time in 365ths of a month, the unit in which lengths are compared: a
    /// day is 12, a month 365, a year 4380.
    pub length: Option<i32>,
    /// The day.
    pub day: Option<Date>,
    /// All of this as one whole number, by which the view compares readings.
    pub code: i32,
}

impl Planned<'_> {
    /// What `text` is read as in the column called `column`, one reading for each of its
    /// uses; `None` if the plan does not read the column. `key` is a buffer for reuse.
    pub fn read(
        &mut self,
        column: &str,
        text: &str,
        key: &mut String,
    ) -> Option<Vec<TextReading<'_>>> {
        let criteria = &self.rules.rulebook().criteria;
        let mut readings = Vec::new();
        for of in self.feeds.iter().filter(|of| of.column == column) {
            let (value, is_withheld) = self.judging.read(&mut self.values, &of.feed, text, key);
            self.judging.abandon();
            let criterion = &criteria[of.feed.criterion];
            let mut reading = TextReading {
                plan: &self.print,
                feed: of.number,
                criterion: &criterion.name,
                state: KNOWN,
                choice: None,
                length: None,
                day: None,
                code: code::of(value, is_withheld),
            };
            match value {
                Value::Missing if is_withheld => reading.state = WITHHELD,
                Value::Missing => reading.state = MISSING,
                Value::NotRecognized => reading.state = NOT_UNDERSTOOD,
                Value::Choice(value) => {
                    reading.choice = Some(&criterion.values[usize::from(value)]);
                }
                Value::Length(length) => reading.length = Some(length.parts()),
                Value::Day(day) => reading.day = Some(day),
            }
            readings.push(reading);
        }
        (!readings.is_empty()).then_some(readings)
    }
}

impl TextReading<'_> {
    /// Its fields after column and value, in the order of [`HEADER`].
    pub fn fields(&self) -> [String; 8] {
        [
            self.plan.to_owned(),
            self.feed.to_string(),
            self.criterion.to_owned(),
            self.state.to_owned(),
            self.choice.unwrap_or_default().to_owned(),
            self.length.map_or_else(String::new, |one| one.to_string()),
            self.day.map_or_else(String::new, |day| day.to_string()),
            self.code.to_string(),
        ]
    }
}

/// The table, and how it is filled.
pub(super) fn table(target: &Target) -> String {
    let dialect = target.dialect;
    let (name, text) = (target.readings.sql(dialect), dialect.text_type());
    let columns = HEADER.map(|column| {
        let kind = match column {
            "feed" | "length" | "code" => "INTEGER",
            "day" => "DATE",
            _ => text,
        };
        format!("  {} {kind}", dialect.name_of(column))
    });
    let (columns, load) = (
        columns.join(",\n"),
        match dialect {
            Dialect::DuckDb => format!(
                "-- COPY {name} FROM 'readings.csv'\n--   (FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '', AUTO_DETECT false);"
            ),
            Dialect::Postgres => format!(
                "-- \\copy {name} FROM 'readings.csv' WITH (FORMAT csv, HEADER)\n-- ANALYZE {name};"
            ),
            Dialect::Spark => {
                let columns: Vec<String> = HEADER
                    .iter()
                    .map(|column| match *column {
                        "feed" | "length" | "code" => format!("{column} INT"),
                        "day" => format!("{column} DATE"),
                        _ => format!("{column} STRING"),
                    })
                    .collect();
                let columns = columns.join(", ");
                format!(
                    "-- CREATE OR REPLACE TEMPORARY VIEW clientype_csv ({columns})\n--   USING csv OPTIONS (path 'readings.csv', header 'true', multiLine 'true', escape '\"');\n-- INSERT INTO {name} SELECT * FROM clientype_csv;"
                )
            }
        },
    );
    let using = match dialect {
        Dialect::Spark => " USING parquet",
        Dialect::DuckDb | Dialect::Postgres => "",
    };
    format!(
        "-- 2. What each text is read as, which `clientype read` shows in readings.csv.\nCREATE TABLE IF NOT EXISTS {name} (\n{columns}\n){using};\n-- The file goes into it. Readings of another plan may stay.\n{load}\n"
    )
}
