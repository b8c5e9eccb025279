//! The query for the texts that a table has.
//!
//! Owns which texts need a reading: all but missing and empty ones, which have no meaning
//! in any column.

use super::{Dialect, Planned, Target};
use crate::text::quoted;

/// The query, and how its result becomes a file.
pub(super) fn query(planned: &Planned<'_>, target: &Target) -> String {
    let dialect = target.dialect;
    let table = target.table.sql(dialect);
    let [name, value] = ["column", "value"].map(|name| dialect.name_of(name));
    let each = planned.columns().into_iter().map(|column| {
        let text = dialect.as_text(&dialect.name_of(column));
        let column = dialect.text(column);
        format!("SELECT DISTINCT {column} AS {name}, {text} AS {value}\nFROM {table}\nWHERE {text} <> ''")
    });
    let query = each.collect::<Vec<_>>().join("\nUNION ALL\n");
    let open = planned.open_columns();
    let open = match open.is_empty() {
        true => String::new(),
        false => {
            let names: Vec<String> = open.iter().map(|column| quoted(column)).collect();
            format!(
                "-- May have about one text a record: {}.\n",
                names.join(", ")
            )
        }
    };
    let export = match dialect {
        Dialect::DuckDb => {
            "-- As a file: duckdb -init /dev/null -csv DATABASE < distinct.sql > texts.csv"
        }
        Dialect::Postgres => {
            "-- As a file: psql -Xq -v ON_ERROR_STOP=1 -P format=csv -f distinct.sql > texts.csv"
        }
        Dialect::Spark => {
            "-- As a file: INSERT OVERWRITE DIRECTORY 'texts' USING csv OPTIONS (header 'true',\n--   escape '\"', quoteAll 'true', ignoreLeadingWhiteSpace 'false', ignoreTrailingWhiteSpace 'false')\n--   SELECT /*+ COALESCE(1) */ * FROM (this query);"
        }
    };
    // Days are written as a plan expects them: the month is never taken for the day.
    let style = match dialect {
        Dialect::Postgres => "SET datestyle = ISO;\n",
        Dialect::DuckDb | Dialect::Spark => "",
    };
    format!(
        "-- 1. The different texts of each column that is read; NULL and '' need no reading.\n{open}{export}\n{style}{query};\n"
    )
}
