//! `columns --write-config`: what feeds which criterion, kept to be reviewed.
//!
//! Owns what is written; what the file has already stays.

use crate::engine::compile::Rules;
use crate::survey::Surveyed;
use anyhow::Context;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::Written;
use super::freeze::{Entry, entries, entry};
use crate::cli::args::Judging;
use crate::cli::{printed, whole};

/// Adds what feeds which criterion to the configuration, and leaves all that it says.
pub(in crate::cli) fn write(
    file: Written,
    rules: &Rules,
    judging: &Judging,
    surveyed: &Surveyed,
) -> anyhow::Result<()> {
    let name = file.name();
    let cannot = || format!("{name}: the configuration cannot be read");
    let before = file.before.as_deref().unwrap_or_default();
    whole::CONFIGURATION.check(before).with_context(cannot)?;
    let mut document: DocumentMut = before.parse().with_context(cannot)?;
    let gap = if document.is_empty() { "" } else { "\n" };
    let table = document.entry("map").or_insert_with(|| {
        let mut table = Table::new();
        table.decor_mut().set_prefix(format!("{gap}{HEADING}\n"));
        Item::Table(table)
    });
    let table = table
        .as_table_like_mut()
        .with_context(|| format!("{name}: map must be a table"))?;
    for (criterion, columns) in map(rules, surveyed)? {
        // What is there stays.
        if !table.contains_key(&criterion) {
            table.insert(&criterion, columns);
        }
    }
    for off in judging.map.iter().filter(|one| one.column.is_none()) {
        if !table.contains_key(&off.criterion) {
            table.insert(&off.criterion, value(""));
        }
    }
    file.write(&document.to_string())?;
    printed::report(&format!("{name}: written; review it and keep it\n"));
    Ok(())
}

const HEADING: &str =
    "# What feeds which criterion; written by `clientype columns --write-config`.";

/// By criterion its columns, as they are read, with a word on how they were found.
fn map(rules: &Rules, surveyed: &Surveyed) -> anyhow::Result<Vec<(String, Item)>> {
    // What a flag set is kept as the flag had it.
    let entries = entries(rules, &Judging::default(), surveyed)?;
    let item = |columns: Vec<Entry<'_>>| {
        let by: Vec<&str> = columns.iter().map(|(_, _, by)| by.as_str()).collect();
        let by = by.join("; ");
        let mut values = columns
            .iter()
            .map(|(column, feed, _)| entry(rules, column, feed, false));
        let mut item = match columns.len() {
            1 => values.next().map_or(Item::None, value),
            _ => value(values.collect::<Array>()),
        };
        if let Some(value) = item.as_value_mut() {
            value.decor_mut().set_suffix(format!(" # {by}"));
        }
        item
    };
    let criteria = &rules.rulebook().criteria;
    let items = entries.into_iter();
    let items = items.map(|(criterion, columns)| (criteria[criterion].name.clone(), item(columns)));
    Ok(items.collect())
}
