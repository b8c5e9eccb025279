//! First lines that are not the header, though they look like one.
//!
//! Owns two of them: names of groups of columns above the header, and a header with
//! another delimiter than the records.

use super::beginning::{Row, first_rows};
use super::delimiter::{DELIMITERS, is_loose};
use super::doubts::{Doubts, shown};
use crate::error::{Help, Setting};
use crate::format::{Fault, input};
use crate::input::line_breaks;
use crate::text::{joined, quoted};

impl Doubts<'_> {
    /// A header that another delimiter splits into as many names as the records have
    /// fields.
    pub(super) fn other_delimiter(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        if self.no_header {
            return None;
        }
        let rows_of = |delimiter: &u8| {
            let rows = first_rows(self.sample, first.start, *delimiter, self.complete);
            (*delimiter, rows)
        };
        let split: Vec<(u8, Vec<Row<'_>>)> = DELIMITERS.iter().map(rows_of).collect();
        let pairs = split
            .iter()
            .flat_map(|one| split.iter().map(move |other| (one, other)));
        let (of_names, of_records) = pairs
            .filter(|((of_names, _), (of_records, _))| of_names != of_records)
            .find(|((of_names, by_names), (_, by_records))| {
                let width = by_names.first().map_or(0, Row::width);
                let (Some(header), records) = (by_records.first(), by_records.get(1..)) else {
                    return false;
                };
                let records = records.unwrap_or_default();
                let others = by_names.get(1..).unwrap_or_default();
                // Each could still be split as the names are.
                let is_split = others.iter().all(|row| row.width() == width)
                    && !others.iter().all(|row| is_loose(row, *of_names));
                width > 1
                    && header.width() == 1
                    && !records.is_empty()
                    && records.iter().all(|row| row.width() == width)
                    && !is_split
            })
            .map(|((of_names, _), (of_records, _))| (*of_names, *of_records))?;
        let line = line_breaks(&self.sample[..first.start]) + 1;
        let (from, to) = (in_sed(of_names), in_sed(of_records));
        let error = input(format!(
            "the column names have {} between them, but the records {}",
            shown(of_names),
            shown(of_records)
        ))
        .expected("the same delimiter in each line")
        .help(Help::convert(
            "replace it between the names, if no name contains it",
            format!("sed '{line} s/{from}/{to}/g' FILE"),
        ));
        Some(Fault::of_input(first.start, error))
    }

    /// Names of groups of columns, with the column names below them.
    pub(super) fn groups(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        let [_, names, records @ ..] = self.rows else {
            return None;
        };
        let known = |row: &Row<'_>| {
            let texts = row.texts().filter(|text| !text.is_empty());
            texts.filter(|text| (self.known)(text)).count()
        };
        let groups: Vec<String> = first.texts().filter(|text| !text.is_empty()).collect();
        let mut once = groups.clone();
        once.sort();
        once.dedup();
        let is_repeated = once.len() < groups.len();
        let has_gaps = first.filled() < names.width() || is_repeated;
        let (of_groups, of_names) = (known(first), known(names));
        let enough = if is_repeated { 1 } else { 2 };
        let is_header = of_names > of_groups || of_names == of_groups && of_names >= enough;
        let mut rest = records.iter();
        if self.no_header
            || groups.is_empty()
            || !has_gaps
            || names.filled() <= once.len()
            || !is_header
            || rest.any(|row| row.width() != names.width() || known(row) >= of_names)
        {
            return None;
        }
        let lines = line_breaks(&self.sample[..names.start]);
        let groups: Vec<String> = once.iter().take(3).map(|name| quoted(name)).collect();
        let error = input(format!(
            "the first line looks like names of groups, {}: the column names seem to be on line {}",
            joined(&groups, "and"),
            lines + 1
        ))
        .expected("the column names in the first line")
        .help(Help::set("", Setting::SkipLines, lines.to_string()));
        Some(Fault::of_input(first.start, error))
    }
}

/// A delimiter in a command of sed.
fn in_sed(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "\\t".to_owned(),
        other => char::from(other).to_string(),
    }
}
