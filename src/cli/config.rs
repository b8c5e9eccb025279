//! `clientype.toml`: what the command line does not say.
//!
//! Owns the keys of that file, which are the names of the flags, and what comes
//! of both: flags win. A key that is none is an error.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clientype::columns::{Override, Role};
use clientype::rules::DateOrder;
use clientype::rules::compile::Rules;
use clientype::{Column, ErrorKind, Format, Ragged, Surveyed};
use serde::Deserialize;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::{Judging, Reading, columns, date, delimiter, report};

/// Its name where none is given.
pub(super) const NAME: &str = "clientype.toml";

/// What the file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Config {
    own: OneOrMany,
    map: toml::Table,
    input_format: Option<String>,
    delimiter: Option<String>,
    encoding: Option<String>,
    sheet: Option<String>,
    skip_lines: Option<usize>,
    no_header: bool,
    ragged: Option<String>,
    date_order: Option<String>,
    as_of: Option<toml::Value>,
    rules: Option<PathBuf>,
}

/// A text, or a list of texts.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        OneOrMany::Many(Vec::new())
    }
}

const KEYS: [&str; 12] = [
    "own",
    "map",
    "input-format",
    "delimiter",
    "encoding",
    "sheet",
    "skip-lines",
    "no-header",
    "ragged",
    "date-order",
    "as-of",
    "rules",
];

/// Fills in what the command line does not say, from the file that it names or
/// else the one that is here. Says so, unless `quiet`.
pub(super) fn fill(
    reading: &mut Reading,
    judging: &mut Judging,
    quiet: bool,
) -> anyhow::Result<()> {
    let here = Path::new(NAME);
    let Some(path) = judging
        .config
        .clone()
        .or_else(|| here.is_file().then(|| here.to_owned()))
    else {
        return Ok(());
    };
    let text = fs::read_to_string(&path)
        .with_context(|| format!("{}: the configuration cannot be read", path.display()))?;
    let named = |error: anyhow::Error| error.context(path.display().to_string());
    let config = parse(&text).map_err(named)?;
    apply(config, reading, judging).map_err(named)?;
    if !quiet {
        report::tell(&format!(
            "{}: for what the command line does not say\n",
            path.display()
        ));
    }
    Ok(())
}

/// An error about columns, with a word on who may have named them.
pub(super) fn explained(error: clientype::Error, judging: &Judging) -> anyhow::Error {
    let is_about = matches!(error.kind(), ErrorKind::Columns | ErrorKind::Usage);
    if judging.configured.is_empty() || !is_about {
        return error.into();
    }
    let file = judging.config.as_deref().unwrap_or(Path::new(NAME));
    anyhow::anyhow!(
        "{error}\n  note: {} names columns too, for {}",
        file.display(),
        judging.configured.join(", ")
    )
}

fn parse(text: &str) -> anyhow::Result<Config> {
    let table: toml::Table = toml::from_str(text)?;
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        let near = KEYS.iter().copied().max_by(|a, b| {
            let likeness = |known: &str| strsim::jaro_winkler(known, key);
            likeness(a).total_cmp(&likeness(b))
        });
        bail!(
            "{key:?} is no key of a configuration\n  expected: one of {}\n  to mend it: did you mean {:?}?",
            KEYS.join(", "),
            near.unwrap_or_default()
        );
    }
    Ok(toml::from_str(text)?)
}

/// Adds what `config` says to what the command line says, which wins.
fn apply(config: Config, reading: &mut Reading, judging: &mut Judging) -> anyhow::Result<()> {
    for (criterion, columns) in &config.map {
        let mut told = judging.map.iter();
        if told.any(|told| told.criterion == *criterion) {
            continue;
        }
        let named = |column: &toml::Value| match column {
            toml::Value::String(column) => Ok(Override {
                criterion: criterion.clone(),
                column: (!column.is_empty()).then(|| column.clone()),
            }),
            _ => bail!("map.{criterion}: expected the name of a column, or a list of names"),
        };
        let several = match columns {
            toml::Value::Array(columns) => columns.iter().map(named).collect(),
            column => named(column).map(|one| vec![one]),
        };
        judging.map.extend::<Vec<Override>>(several?);
        judging.configured.push(criterion.clone());
    }
    if judging.own.is_empty() {
        judging.own = match config.own {
            OneOrMany::One(own) => vec![own],
            OneOrMany::Many(own) => own,
        };
    }
    let format = |name: &str| Format::from_name(name).filter(|format| format.is_input());
    said(
        "input-format",
        &mut reading.input_format,
        config.input_format,
        |name| format(name).ok_or_else(|| "expected csv, tsv, json or ndjson".to_owned()),
    )?;
    said(
        "delimiter",
        &mut reading.delimiter,
        config.delimiter,
        delimiter,
    )?;
    said(
        "encoding",
        &mut reading.encoding,
        config.encoding,
        super::encoding,
    )?;
    said(
        "ragged",
        &mut reading.ragged,
        config.ragged,
        |way| match way {
            "error" => Ok(Ragged::Error),
            "pad" => Ok(Ragged::Pad),
            _ => Err("expected error or pad".to_owned()),
        },
    )?;
    said(
        "date-order",
        &mut judging.date_order,
        config.date_order,
        |name| DateOrder::from_name(name).ok_or_else(|| "expected dmy, mdy or ymd".to_owned()),
    )?;
    // A day of TOML needs no quotes.
    let as_of = config.as_of.map(|value| match value {
        toml::Value::String(text) => text,
        value => value.to_string(),
    });
    said("as-of", &mut judging.as_of, as_of, date)?;
    reading.sheet = reading.sheet.take().or(config.sheet);
    reading.skip_lines = reading.skip_lines.or(config.skip_lines);
    reading.no_header |= config.no_header;
    judging.rules = judging.rules.take().or(config.rules);
    Ok(())
}

/// Takes the value of a key, unless a flag has said it.
fn said<T>(
    key: &str,
    flag: &mut Option<T>,
    value: Option<String>,
    read: impl Fn(&str) -> Result<T, String>,
) -> anyhow::Result<()> {
    if let (None, Some(value)) = (&flag, value) {
        let read = read(&value).map_err(|error| anyhow::anyhow!("{key} = {value:?}: {error}"))?;
        *flag = Some(read);
    }
    Ok(())
}

/// Adds what feeds which criterion to the file that is here, and leaves all that
/// it says.
pub(super) fn write(rules: &Rules, surveyed: &Surveyed) -> anyhow::Result<()> {
    let path = Path::new(NAME);
    let before = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(error).context(format!("{NAME}: the configuration cannot be read"));
        }
    };
    let mut document: DocumentMut = before
        .parse()
        .with_context(|| format!("{NAME}: the configuration cannot be read"))?;
    let gap = if document.is_empty() { "" } else { "\n" };
    let table = document.entry("map").or_insert_with(|| {
        let mut table = Table::new();
        table.decor_mut().set_prefix(format!("{gap}{HEADING}\n"));
        Item::Table(table)
    });
    let table = table
        .as_table_like_mut()
        .with_context(|| format!("{NAME}: map is no table"))?;
    for (criterion, columns) in map(rules, surveyed) {
        // What is there was said by somebody.
        if !table.contains_key(&criterion) {
            table.insert(&criterion, columns);
        }
    }
    let mut file = super::output::Output::open(Some(path))?;
    std::io::Write::write_all(&mut file, document.to_string().as_bytes())?;
    file.finish()?;
    report::tell(&format!("{NAME}: written; review it and keep it\n"));
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
            several => value(
                several
                    .iter()
                    .map(|column| column.name.as_str())
                    .collect::<Array>(),
            ),
        };
        let by: Vec<String> = fed
            .iter()
            .map(|column| columns::decided_by(rules, "--map", column))
            .collect();
        if let Some(value) = item.as_value_mut() {
            value
                .decor_mut()
                .set_suffix(format!(" # {}", by.join("; ")));
        }
        map.push((criterion.name.clone(), item));
    }
    map
}
