//! Columns for a program.
//!
//! Owns the keys of the JSON: a program need not parse a sentence.

use serde::Serialize;

use super::{about, decided_by, reading, related};
use crate::cli::args::Judging;
use crate::columns::How;
use crate::engine::compile::Rules;
use crate::related::Gathered;
use crate::survey::Surveyed;

/// How many values that are not understood are shown.
const UNREAD: usize = 20;

/// One column, for a program.
#[derive(Serialize)]
struct Shown<'s> {
    column: &'s str,
    criterion: Option<&'s str>,
    reading: Option<String>,
    /// How it speaks: `states`, `flag`, `filled`, `status`, `commitment` …
    role: Option<&'static str>,
    /// The value that a flag or a text means.
    means: Option<&'s str>,
    /// The order of dates in digits.
    order: Option<&'static str>,
    /// What a bare number counts.
    unit: Option<&'static str>,
    /// What its texts are read as.
    sense: Option<&'static str>,
    /// Whether only later records have it.
    sparse: Option<bool>,
    /// What decided that: `stated`, `name`, `words` of the name, `values`, or `plan`.
    decided: Option<&'static str>,
    decided_by: String,
    /// Of the records.
    filled: Option<f64>,
    /// Of those that are filled in.
    understood: Option<f64>,
    samples: &'s [String],
    not_understood: Vec<Unread<'s>>,
}

#[derive(Serialize)]
struct Unread<'s> {
    value: &'s str,
    count: u64,
}

/// The columns; with related files, an object that has both.
pub(super) fn as_json(
    rules: &Rules,
    judging: &Judging,
    surveyed: &Surveyed,
    gathered: &Gathered,
) -> anyhow::Result<String> {
    let share = |part: u64, of: u64| match of {
        0 => None,
        of => Some((part as f64 / of as f64 * 10_000.0).round() / 10_000.0),
    };
    let shown = surveyed.columns.iter().map(|column| {
        let unread = column.not_understood.iter().take(UNREAD);
        let unread = unread.map(|(value, count)| Unread {
            value,
            count: *count,
        });
        let understood = share(column.understood, column.filled);
        Shown {
            column: &column.name,
            criterion: about(column).map(|index| &*rules.rulebook().criteria[index].name),
            reading: column.feed.map(|feed| reading(rules, &feed)),
            role: column.feed.map(|feed| feed.role_word()),
            means: column.feed.and_then(|feed| feed.means(rules)),
            order: column.feed.and_then(|feed| feed.order_word()),
            unit: column.feed.and_then(|feed| feed.bare_unit()),
            sense: column.feed.map(|feed| feed.sense_word(rules)),
            sparse: column.feed.map(|feed| feed.is_sparse),
            decided: column.feed.map(|feed| match feed.how {
                How::Stated if judging.frozen => "plan",
                How::Stated => "stated",
                How::Exact => "name",
                How::Words => "words",
                How::Values => "values",
            }),
            decided_by: decided_by(rules, judging, column),
            filled: share(column.filled, surveyed.records),
            understood: column.feed.and(understood),
            samples: &column.samples,
            not_understood: unread.collect(),
        }
    });
    let columns: Vec<Shown<'_>> = shown.collect();
    let json = match &gathered.files[..] {
        [] => serde_json::to_string_pretty(&columns)?,
        files => {
            let files: Vec<_> = files
                .iter()
                .map(|file| related::json(rules, file))
                .collect();
            let json = serde_json::json!({"columns": columns, "related": files});
            serde_json::to_string_pretty(&json)?
        }
    };
    Ok(json + "\n")
}
