//! What differs between databases.
//!
//! Owns how names and texts are quoted, the names of types, and the few functions that are
//! not spelled alike. Knows no table and no rulebook.

use jiff::civil::Date;

/// A database, by the SQL that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB.
    DuckDb,
    /// PostgreSQL.
    Postgres,
    /// Spark SQL.
    Spark,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Dialect; 3] = [Dialect::DuckDb, Dialect::Postgres, Dialect::Spark];

    /// Its name, such as `duckdb`.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::DuckDb => "duckdb",
            Dialect::Postgres => "postgres",
            Dialect::Spark => "spark",
        }
    }

    /// The sign around names.
    pub(super) fn quote(self) -> char {
        match self {
            Dialect::DuckDb | Dialect::Postgres => '"',
            Dialect::Spark => '`',
        }
    }

    /// A name, quoted.
    pub(super) fn name_of(self, name: &str) -> String {
        let quote = self.quote();
        let doubled = name.replace(quote, &format!("{quote}{quote}"));
        format!("{quote}{doubled}{quote}")
    }

    /// A text as a literal. Spark takes a backslash for an escape, and two quotes for the
    /// end of one literal and the beginning of the next.
    pub(super) fn text(self, text: &str) -> String {
        let text = match self {
            Dialect::DuckDb | Dialect::Postgres => text.replace('\'', "''"),
            Dialect::Spark => text.replace('\\', "\\\\").replace('\'', "\\'"),
        };
        format!("'{text}'")
    }

    /// The type of texts.
    pub(super) fn text_type(self) -> &'static str {
        match self {
            Dialect::DuckDb => "VARCHAR",
            Dialect::Postgres => "TEXT",
            Dialect::Spark => "STRING",
        }
    }

    /// The type of shares.
    pub(super) fn share_type(self) -> &'static str {
        match self {
            Dialect::DuckDb | Dialect::Spark => "DOUBLE",
            Dialect::Postgres => "DOUBLE PRECISION",
        }
    }

    /// The text of a column of any type.
    pub(super) fn as_text(self, expression: &str) -> String {
        format!("CAST({expression} AS {})", self.text_type())
    }

    /// A text that is not a column under another name. Spark writes what it knows of a record
    /// once with each of two names, which doubles with each such column of the record.
    pub(super) fn no_alias(self, text: &str) -> String {
        match self {
            Dialect::DuckDb | Dialect::Postgres => text.to_owned(),
            Dialect::Spark => format!("NULLIF({text}, '')"),
        }
    }

    /// A day as a literal.
    pub(super) fn day(self, day: Date) -> String {
        format!("DATE '{day}'")
    }

    /// The whole record behind a table's alias, as one value.
    pub(super) fn whole(self, alias: &str) -> String {
        match self {
            Dialect::DuckDb | Dialect::Postgres => alias.to_owned(),
            Dialect::Spark => format!("struct({alias}.*)"),
        }
    }

    /// All columns of such a value.
    pub(super) fn unpacked(self, whole: &str) -> String {
        match self {
            Dialect::DuckDb | Dialect::Spark => format!("{whole}.*"),
            Dialect::Postgres => format!("({whole}).*"),
        }
    }

    /// Some days after a day; `days` may be an expression.
    pub(super) fn days_after(self, day: &str, days: &str) -> String {
        match self {
            Dialect::DuckDb | Dialect::Postgres => format!("({day} + {days})"),
            Dialect::Spark => format!("date_add({day}, {days})"),
        }
    }

    /// Some days before a day.
    pub(super) fn days_before(self, day: &str, days: &str) -> String {
        match self {
            Dialect::DuckDb | Dialect::Postgres => format!("({day} - {days})"),
            Dialect::Spark => format!("date_sub({day}, {days})"),
        }
    }

    /// The same day some months later, or the last day of that month.
    pub(super) fn months_after(self, day: &str, months: &str) -> String {
        match self {
            Dialect::DuckDb | Dialect::Postgres => {
                format!("CAST({day} + {months} * INTERVAL '1 month' AS DATE)")
            }
            Dialect::Spark => format!("add_months({day}, {months})"),
        }
    }

    /// A whole number divided by another, without the rest.
    pub(super) fn quotient(self, number: &str, divisor: i32) -> String {
        match self {
            Dialect::DuckDb => format!("({number} // {divisor})"),
            Dialect::Postgres => format!("({number} / {divisor})"),
            Dialect::Spark => format!("CAST({number} DIV {divisor} AS INT)"),
        }
    }

    /// A whole number without its lowest bits.
    pub(super) fn shifted(self, number: &str, bits: i32) -> String {
        match self {
            Dialect::DuckDb | Dialect::Postgres => format!("({number} >> {bits})"),
            Dialect::Spark => format!("shiftright({number}, {bits})"),
        }
    }

    /// One of some constants, by its place from 1. They are short literals, without a type
    /// of their own.
    pub(super) fn one_of(self, constants: &[String], kind: &str, place: &str) -> String {
        let all = constants.join(", ");
        match self {
            Dialect::DuckDb => format!("[{all}][{place}]"),
            Dialect::Postgres => format!("(CAST(ARRAY[{all}] AS {kind}[]))[{place}]"),
            Dialect::Spark => format!("array({all})[CAST({place} - 1 AS INT)]"),
        }
    }

    /// A column, 1 in each record, by which a step computes its columns once. PostgreSQL
    /// would otherwise write each one out wherever it is used, which multiplies from step to
    /// step. Unlike `OFFSET 0` a function that could return several rows lets conditions
    /// through to the table.
    pub(super) fn fence(self) -> Option<&'static str> {
        match self {
            Dialect::Postgres => Some("generate_series(1, 1)"),
            Dialect::DuckDb | Dialect::Spark => None,
        }
    }

    /// What stands behind the last step. DuckDB keeps the steps, unless a query groups or
    /// counts labels: then it looks through all of them for a join, and writes them out into
    /// one expression. So it finds one at once, with a single record. Unlike `OFFSET 0` that
    /// lets conditions through to the table, and several threads.
    pub(super) fn last_fence(self) -> &'static str {
        match self {
            Dialect::DuckDb => "\nCROSS JOIN (SELECT 1 AS one) AS fence",
            Dialect::Postgres | Dialect::Spark => "",
        }
    }
}
