//! `columns --write-config`: what feeds which criterion, kept to be reviewed.
//!
//! Owns what is written; what the file has already stays.

use std::fs;
use std::path::Path;

use crate::columns::Role;
use crate::engine::compile::Rules;
use crate::survey::{Column, Surveyed};
use anyhow::Context;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::NAME;
use crate::cli::args::Judging;
use crate::cli::{columns, output, report};

/// Adds what feeds which criterion to the file that is here, and leaves all that
/// it says.
pub(in crate::cli) fn write(rules: &Rules, surveyed: &Surveyed) -> anyhow::Result<()> {
    let path = Path::new(NAME);
    let cannot = || format!("{NAME}: the configuration cannot be read");
    let before = match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.with_context(cannot)?,
    };
    let mut document: DocumentMut = before.parse().with_context(cannot)?;
    let gap = if document.is_empty() { "" } else { "\n" };
    let table = document.entry("map").or_insert_with(|| {
        let mut table = Table::new();
        table.decor_mut().set_prefix(format!("{gap}{HEADING}\n"));
        Item::Table(table)
    });
    let table = table
        .as_table_like_mut()
        .with_context(|| format!("{NAME}: map must be a table"))?;
    for (criterion, columns) in map(rules, surveyed) {
        // What is there stays.
        if !table.contains_key(&criterion) {
            table.insert(&criterion, columns);
        }
    }
    let mut file = output::Output::open(Some(path))?;
    std::io::Write::write_all(&mut file, document.to_string().as_bytes())?;
    file.finish()?;
    report::print(&format!("{NAME}: written; review it and keep it\n"));
    Ok(())
}

const HEADING: &str =
    "# What feeds which criterion; written by `clientype columns --write-config`.";

/// By criterion its columns, with a word on how they were found.
fn map(rules: &Rules, surveyed: &Surveyed) -> Vec<(String, Item)> {
    let mut map = Vec::new();
    for (index, criterion) in rules.rulebook().criteria.iter().enumerate() {
        let feeds = |column: &&Column| column.feed.is_some_and(|feed| feed.criterion == index);
        let mut fed: Vec<&Column> = surveyed.columns.iter().filter(feeds).collect();
        fed.sort_by_key(|column| column.feed.map(|feed| feed.turn()));
        let is_term = |column: &&Column| column.feed.is_some_and(|feed| feed.role == Role::Term);
        // Alone it would beat the dates, which it does not as it is found.
        if fed.is_empty() || fed.iter().all(is_term) {
            continue;
        }
        // Columns of one name are meant together.
        fed.dedup_by_key(|column| column.name.clone());
        let mut item = match &fed[..] {
            [column] => value(column.name.as_str()),
            several => {
                let names = several.iter().map(|one| one.name.as_str());
                value(names.collect::<Array>())
            }
        };
        // What a flag set is kept as the flag had it.
        let judging = Judging::default();
        let by = |column: &&Column| columns::decided_by(rules, &judging, column);
        let by = fed.iter().map(by).collect::<Vec<_>>().join("; ");
        if let Some(value) = item.as_value_mut() {
            value.decor_mut().set_suffix(format!(" # {by}"));
        }
        map.push((criterion.name.clone(), item));
    }
    map
}
