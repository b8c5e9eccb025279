//! `columns --freeze`: everything that was decided by looking, as a configuration that leaves
//! nothing to be decided.
//!
//! Owns what a plan has and how it is written, with a comment on how each entry was decided.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Value, value};

use super::Written;
use crate::check::language::guessed;
use crate::cli::args::{Judging, Reading};
use crate::cli::related::WithFile;
use crate::cli::{columns, printed, whole};
use crate::columns::{Feed, How, Why};
use crate::engine::compile::Rules;
use crate::input::{Encoding, Format};
use crate::related::FileReport;
use crate::run::Opened;
use crate::survey::{Column, Surveyed};
use crate::text::{quoted, visible};
use crate::value::Kind;

/// The keys that a plan states itself; those of a configuration that are about other things
/// are kept.
const OWN_KEYS: &str = "frozen rulebook rules as-of date-order own assume with input-format delimiter \
    encoding sheet skip-lines no-header ragged fields trailing-delimiter no-totals \
    map";

/// How an input is laid out, as it was found.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Found {
    format: Option<Format>,
    delimiter: Option<u8>,
    encoding: Option<Encoding>,
    sheet: Option<String>,
    fields: Option<usize>,
    ends_with_delimiter: bool,
    is_bulk: bool,
    is_keyed: bool,
    headers: Vec<String>,
    file: String,
}

impl Found {
    pub(in crate::cli) fn of(opened: &Opened<'_>) -> Self {
        let origin = opened.origin;
        let is_sheet = origin.sheet.is_some();
        Found {
            format: Some(opened.format).filter(|_| !is_sheet),
            delimiter: opened.delimiter.filter(|_| !is_sheet),
            encoding: origin.encoding.as_ref().map(|(encoding, _)| *encoding),
            sheet: origin.sheet.as_ref().map(|sheet| sheet.name.clone()),
            fields: opened.fields,
            ends_with_delimiter: opened.ends_with_delimiter,
            is_bulk: opened.is_bulk,
            is_keyed: opened.is_keyed,
            headers: opened.names.to_vec(),
            file: opened.file.to_owned(),
        }
    }
}

/// Writes the plan.
pub(in crate::cli) fn freeze(
    plan: Written,
    rules: &Rules,
    (reading, judging): (&Reading, &Judging),
    found: &Found,
    surveyed: &Surveyed,
    related: &[FileReport],
) -> anyhow::Result<()> {
    let path = plan.path.clone();
    let path = path.as_path();
    if found.is_bulk {
        bail!(
            "{}: there are action lines between the records, which a plan does not read\n  expected: only records, one on each line",
            visible(&found.file)
        );
    }
    if found.is_keyed {
        bail!(
            "{}: its records are under keys, which a part of them does not show\n  help: convert it \
             first: clientype classify --format ndjson",
            visible(&found.file)
        );
    }
    competing(rules, surveyed)?;
    let entries = entries(rules, judging, surveyed)?;
    let knows_nothing = related.is_empty() && judging.assume.is_empty();
    if entries.is_empty() && knows_nothing {
        bail!(
            "{}: nothing to freeze: no column feeds a criterion\n  help: see why: clientype columns FILE",
            visible(&found.file)
        );
    }
    let mut document = kept(judging, path)?;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "# How {} is read: everything that was decided by looking at it. Nothing else is read.\n\
         # Label it, or any part of it: clientype classify --config {} FILE",
        quoted(&found.file),
        printed::path(path),
    );
    document.insert("frozen", value(true));
    let rulebook = rules.rulebook();
    let name = format!("{} {} {}", rulebook.name, rulebook.version, rulebook.hash());
    document.insert("rulebook", value(name));
    if let Some(rules) = &judging.rules {
        document.insert("rules", value(from_plan(rules, path)?));
    }
    let has_dates = surveyed.columns.iter().filter_map(|column| column.feed);
    let has_dates = has_dates.map(|feed| rules.rulebook().criteria[feed.criterion].kind);
    let is_dated = has_dates.clone().any(|kind| kind == Kind::Date) || !related.is_empty();
    if is_dated || judging.as_of.is_some() {
        let mut day = value(rules.as_of().to_string());
        if judging.as_of.is_none() {
            comment(&mut day, "the day of writing; --as-of states another");
        }
        document.insert("as-of", day);
    }
    if let Some(order) = judging.date_order {
        document.insert("date-order", value(order.name()));
    }
    if !judging.own.is_empty() {
        document.insert("own", value(judging.own.iter().collect::<Array>()));
    }
    if !judging.assume.is_empty() {
        let pairs = judging.assume.iter();
        let pairs = pairs.map(|(criterion, value)| format!("{criterion}={value}"));
        document.insert("assume", value(pairs.collect::<Array>()));
    }
    layout(&mut document, reading, found);
    if let (Some(language), false) = (
        guessed(&found.headers),
        document.contains_key("label-language"),
    ) {
        let mut language = value(language.code());
        comment(&mut language, "by the names of the columns");
        document.insert("label-language", language);
    }
    text += &document.to_string();
    text += "\n[map]\n";
    let criteria: Vec<usize> = entries.iter().map(|(criterion, _)| *criterion).collect();
    for (criterion, columns) in entries {
        let name = &rules.rulebook().criteria[criterion].name;
        let key = toml_edit::Key::new(name.as_str())
            .display_repr()
            .into_owned();
        match &columns[..] {
            [(column, feed, by)] => {
                let entry = entry(rules, column, feed, true);
                let _ = writeln!(text, "# {by}\n{key} = {entry}");
            }
            several => {
                let _ = writeln!(text, "{key} = [");
                for (column, feed, by) in several {
                    let entry = entry(rules, column, feed, true);
                    let _ = writeln!(text, "    # {by}\n    {entry},");
                }
                text += "]\n";
            }
        }
    }
    text += &stated(rules, judging, &criteria);
    text += &left_out(rules, judging, surveyed);
    text += &with(judging, related, path)?;
    // What is written has to be read as it was meant.
    let cannot = || format!("{}: the plan cannot be written", printed::path(path));
    whole::CONFIGURATION.check(&text).with_context(cannot)?;
    text.parse::<DocumentMut>().with_context(cannot)?;
    let done = match &plan.before {
        None => "written; review it and keep it",
        Some(before) if *before == text => "unchanged",
        Some(_) => "replaced by a plan that differs; review it and keep it",
    };
    plan.write(&text)?;
    printed::report(&format!("{}: {done}\n", printed::path(path)));
    Ok(())
}

/// The related files, each with its key and kind as they were found.
fn with(judging: &Judging, related: &[FileReport], plan: &Path) -> anyhow::Result<String> {
    #[derive(Serialize)]
    struct Tables {
        with: Vec<WithFile>,
    }
    if related.is_empty() {
        return Ok(String::new());
    }
    let files = judging.with.files.iter().zip(related);
    let with = files
        .map(|(file, report)| Ok(file.settled(report, from_plan(&file.file, plan)?)))
        .collect::<anyhow::Result<_>>()?;
    let tables = Tables { with };
    Ok(format!("\n{}", toml::to_string(&tables)?))
}

/// What the configuration says of other things.
fn kept(judging: &Judging, path: &Path) -> anyhow::Result<DocumentMut> {
    let file = judging.configured.file();
    if file.is_empty() {
        return Ok(DocumentMut::new());
    }
    let cannot = || format!("{file}: the configuration cannot be read");
    let place = judging.config.as_deref().unwrap_or(Path::new(super::NAME));
    let text = whole::configuration(place).with_context(cannot)?;
    let mut document: DocumentMut = text.parse().with_context(cannot)?;
    for key in OWN_KEYS.split_whitespace() {
        document.remove(key);
    }
    // Its path was from the folder of the configuration.
    if let Some(baseline) = document.get("baseline").and_then(Item::as_str) {
        let folder = place.parent().unwrap_or(Path::new(""));
        let moved = from_plan(&folder.join(baseline), path)?;
        document.insert("baseline", value(moved));
    }
    Ok(document)
}

/// A path as it is written in a plan: from the plan's folder.
fn from_plan(path: &Path, plan: &Path) -> anyhow::Result<String> {
    let folder = plan.parent().unwrap_or(Path::new(""));
    let here = folder.as_os_str().is_empty() || folder == Path::new(".");
    let absolute = || std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let place: PathBuf = match path.strip_prefix(folder) {
        _ if here => path.to_owned(),
        Ok(within) => within.to_owned(),
        Err(_) => absolute(),
    };
    match place.into_os_string().into_string() {
        Ok(place) => Ok(place),
        Err(_) => bail!(
            "{}: the path is not UTF-8, so a plan cannot name it\n  help: rename the file, or its \
             folder",
            printed::path(path)
        ),
    }
}

/// Adds how the input is laid out: what is stated, and what was found.
fn layout(document: &mut DocumentMut, reading: &Reading, found: &Found) {
    let delimiter = |byte: u8| match byte {
        b'\t' => "tab".to_owned(),
        byte => char::from(byte).to_string(),
    };
    if let Some(format) = found.format {
        document.insert("input-format", value(format.name()));
    }
    let is_tsv = found.format == Some(Format::Tsv);
    if let Some(byte) = found.delimiter.filter(|_| !is_tsv) {
        document.insert("delimiter", value(delimiter(byte)));
    }
    if let Some(encoding) = reading.encoding.or(found.encoding) {
        document.insert("encoding", value(encoding.name()));
    }
    if let Some(sheet) = reading.sheet.as_ref().or(found.sheet.as_ref()) {
        document.insert("sheet", value(sheet.as_str()));
    }
    if let Some(lines) = reading.skip_lines {
        document.insert(
            "skip-lines",
            value(i64::try_from(lines).unwrap_or(i64::MAX)),
        );
    }
    if reading.no_header {
        document.insert("no-header", value(true));
    }
    if let Some(ragged) = reading.ragged {
        document.insert("ragged", value(ragged.name()));
    }
    if let Some(fields) = found.fields {
        document.insert("fields", value(i64::try_from(fields).unwrap_or(i64::MAX)));
    }
    if reading.no_totals {
        document.insert("no-totals", value(true));
    }
    if found.ends_with_delimiter {
        document.insert("trailing-delimiter", value(true));
    }
}

fn comment(item: &mut Item, text: &str) {
    if let Some(value) = item.as_value_mut() {
        value.decor_mut().set_suffix(format!(" # {text}"));
    }
}

/// A column and what it feeds, and how that was decided.
pub(super) type Entry<'s> = (&'s Column, Feed, String);

/// By criterion the columns that feed it, in the order in which they count.
pub(super) fn entries<'s>(
    rules: &Rules,
    judging: &Judging,
    surveyed: &'s Surveyed,
) -> anyhow::Result<Vec<(usize, Vec<Entry<'s>>)>> {
    let mut all = Vec::new();
    for criterion in 0..rules.rulebook().criteria.len() {
        let fed = surveyed.columns.iter();
        let fed = fed.filter_map(|column| Some((column, column.feed?)));
        let fed = fed.filter(|(_, feed)| feed.criterion == criterion);
        let mut fed: Vec<(&Column, Feed)> = fed.collect();
        // Of columns that play one part, one that turns up late may have the clearer name.
        fed.sort_by_key(|(_, feed)| (feed.target, feed.turn(), Reverse(feed.how)));
        let mut entries: Vec<Entry<'_>> = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for (column, feed) in &fed {
            same_name(surveyed, column, feed)?;
            if names.contains(&column.name.as_str()) {
                continue;
            }
            names.push(&column.name);
            let by = match feed.how {
                How::Stated => "stated".to_owned(),
                _ => format!("found by {}", columns::decided_by(rules, judging, column)),
            };
            let by = match (&column.undated, feed.is_sparse) {
                (Some(undecided), _) => {
                    let orders = undecided.orders.iter().map(|order| order.name());
                    let orders = orders.collect::<Vec<_>>().join(" or ");
                    let text = quoted(&undecided.text);
                    format!("{by}; {text} is not read without an order: {orders}")
                }
                (None, true) => format!("{by}; not in the first records"),
                (None, false) => by,
            };
            entries.push((*column, *feed, by));
        }
        if !entries.is_empty() {
            all.push((criterion, entries));
        }
    }
    Ok(all)
}

/// Refuses columns with one name that are read differently: an entry is for all of them.
fn same_name(surveyed: &Surveyed, column: &Column, feed: &Feed) -> anyhow::Result<()> {
    let others = surveyed
        .columns
        .iter()
        .filter(|one| one.name == column.name);
    let place = |one: &Column| one.place;
    for other in others.filter(|one| place(one) != place(column)) {
        let same = surveyed
            .columns
            .iter()
            .filter(|one| place(one) == place(other));
        let mut same = same.filter_map(|one| one.feed);
        let is_read_alike = same.any(|one| {
            (one.criterion, one.role, one.sense) == (feed.criterion, feed.role, feed.sense)
        });
        if !is_read_alike {
            let name = quoted(&column.name);
            bail!(
                "two columns have the name {name}, and they are read differently\n  expected: one name for each column that is read\n  help: rename one of them, or state what they mean: --map CRITERION={}",
                column.name
            );
        }
    }
    Ok(())
}

/// An entry of the table: only the name of the column if that is all. With
/// `by`, it says how the column was found.
pub(super) fn entry(rules: &Rules, column: &Column, feed: &Feed, by: bool) -> Value {
    let mut words = feed.words(rules);
    words.retain(|(key, _)| by || *key != "by");
    if words.is_empty() && !by {
        return Value::from(column.name.as_str());
    }
    let mut table = InlineTable::new();
    table.insert("column", Value::from(column.name.as_str()));
    for (key, text) in words {
        let value = match text.as_str() {
            "true" => Value::from(true),
            text => Value::from(text),
        };
        table.insert(key, value);
    }
    Value::InlineTable(table)
}

/// What was stated for criteria that no column feeds: that nothing is read for them, or a
/// column that cannot be read yet.
fn stated(rules: &Rules, judging: &Judging, fed: &[usize]) -> String {
    let mut text = String::new();
    for one in &judging.map {
        let is_fed = rules
            .criterion(&one.criterion)
            .is_some_and(|criterion| fed.contains(&criterion));
        let is_read = one.column.is_some() && !one.read_as.is_empty();
        if is_fed || is_read {
            continue;
        }
        let key = toml_edit::Key::new(one.criterion.as_str());
        let column = Value::from(one.column.as_deref().unwrap_or_default());
        let line = format!("{} = {column}\n", key.display_repr());
        // Several columns of one criterion that cannot be read.
        if !text.contains(&format!("{} = ", key.display_repr())) {
            text += &format!("# stated\n{line}");
        }
    }
    text
}

/// Refuses columns that compete for a criterion, each in later records only: labelling
/// does not decide between them.
fn competing(rules: &Rules, surveyed: &Surveyed) -> anyhow::Result<()> {
    for column in &surveyed.columns {
        let Some(Why::Late(criterion, other)) = &column.why else {
            continue;
        };
        let mut columns = surveyed.columns.iter();
        let is_late = |one: &Column| one.feed.is_some_and(|feed| feed.is_sparse);
        if column.feed.is_none() && columns.any(|one| one.name == *other && is_late(one)) {
            let (name, other) = (quoted(&column.name), quoted(other));
            let criterion = &rules.rulebook().criteria[*criterion].name;
            bail!(
                "two columns feed the criterion {criterion:?}: {other} and {name}\n  expected: one \
                 column for each criterion\n  help: choose one: --map {criterion}=COLUMN"
            );
        }
    }
    Ok(())
}

/// The columns that are not read, and why, as comments.
fn left_out(rules: &Rules, judging: &Judging, surveyed: &Surveyed) -> String {
    let unread = surveyed
        .columns
        .iter()
        .filter(|column| column.feed.is_none());
    let mut lines: Vec<String> = unread
        .map(|column| {
            let by = columns::decided_by(rules, judging, column);
            format!("#   {}: {by}\n", quoted(&column.name))
        })
        .collect();
    if !lines.is_empty() {
        lines.insert(0, "\n# Not read:\n".to_owned());
    }
    lines.concat()
}
