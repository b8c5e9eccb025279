//! How a related file is read, for a person and for a program.

use serde_json::{Value, json};

use super::unread;
use crate::cli::report::{self, count, grouped, percent, taken_by};
use crate::engine::compile::Rules;
use crate::related::{FileReport, NotCounted, Shows, TakenBy};
use crate::text::quoted;

/// How many orphans are shown.
const ORPHANS: usize = 5;

/// For a person.
pub(super) fn shown(rules: &Rules, file: &FileReport) -> String {
    let mut lines = vec![String::new()];
    let kind = match &file.kind {
        Some((name, says)) => format!("{name}: {says}"),
        None => "of no known kind (`as` in clientype.toml states it)".to_owned(),
    };
    lines.push(format!("{}, {}", file.file, count(file.records, "record")));
    lines.push(format!("  {kind}"));
    let (theirs, ours) = (quoted(&file.theirs), quoted(&file.ours));
    let by = if file.is_stated { "stated" } else { "found" };
    lines.push(format!("  by {theirs} = {ours} ({by})"));
    let with_key = file.records - file.without_key;
    lines.push(format!(
        "  {} of {} with a key found ({}), for {} of {} keys of ours ({})",
        grouped(file.found),
        grouped(with_key),
        percent(file.found, with_key),
        grouped(file.keys.0),
        grouped(file.keys.1),
        percent(file.keys.0, file.keys.1),
    ));
    if !file.orphan_places.is_empty() {
        let orphans = file.orphan_places.iter().take(ORPHANS);
        let orphans: Vec<String> = orphans.map(|(_, key)| quoted(key)).collect();
        let more = report::and_more(file.orphans.saturating_sub(ORPHANS as u64), false);
        let more = more.map_or(String::new(), |more| format!(", {more}"));
        lines.push(format!("  not among ours: {}{more}", orphans.join(", ")));
    }
    let name = |criterion: usize| rules.rulebook().criteria[criterion].name.as_str();
    lines.extend(report::related_notes(file));
    for taken in &file.taken {
        lines.push(String::new());
        lines.push(format!(
            "{} <- {}",
            name(taken.criterion),
            taken_by(rules, taken)
        ));
    }
    let mut shows = file.shows.iter().peekable();
    if shows.peek().is_some() {
        lines.push(String::new());
    }
    for (column, shows) in shows {
        lines.push(format!("{} {}", quoted(column), in_words(*shows)));
    }
    let unused = not_read(rules, file);
    if !unused.is_empty() {
        lines.push(String::new());
        lines.push("not read:".to_owned());
    }
    for (column, why) in unused {
        lines.push(format!("  {}: {why}", quoted(column)));
    }
    report::ended(&lines)
}

/// What a column shows of a record.
fn in_words(shows: Shows) -> &'static str {
    match shows {
        Shows::State => "shows the state of each record",
        Shows::Others => "shows, where it is filled in, that a record is about somebody else",
        Shows::Part => "shows, where it is filled in, what a record is a part of",
        Shows::Day => "has the day of each record",
        Shows::Goods => "shows that the records name goods",
    }
}

/// The columns that show nothing, and why.
fn not_read<'f>(rules: &Rules, file: &'f FileReport) -> Vec<(&'f str, String)> {
    let columns = file.names.iter().enumerate();
    let columns = columns.filter(|(place, name)| {
        let is_fed = file
            .mapping
            .feeds
            .get(*place)
            .is_some_and(|feeds| !feeds.is_empty());
        let mut taken = file.taken.iter().flat_map(|one| &one.columns);
        let shows_something = file.shows.iter().any(|(column, _)| column == *name);
        !is_fed && !shows_something && **name != file.theirs && !taken.any(|column| column == *name)
    });
    let why = |place: usize| match file.mapping.unused.get(place) {
        Some(Some(why)) => unread(rules, why),
        _ => "no criterion matches its name".to_owned(),
    };
    columns
        .map(|(place, name)| (name.as_str(), why(place)))
        .collect()
}

/// For a program.
pub(super) fn json(rules: &Rules, file: &FileReport) -> Value {
    let name = |criterion: usize| rules.rulebook().criteria[criterion].name.as_str();
    let taken = file.taken.iter().map(|one| {
        let (by, value) = match &one.by {
            TakenBy::InForce => ("in_force", None),
            TakenBy::Span => ("span", None),
            TakenBy::Columns => ("columns", None),
            TakenBy::Often => ("frequency", None),
            TakenBy::Means(value) => ("means", Some(value)),
            TakenBy::Goods(value) => ("goods", Some(value)),
            TakenBy::Says(value) => ("says", Some(value)),
            TakenBy::Absent(value) => ("absent", Some(value)),
        };
        json!({
            "criterion": name(one.criterion),
            "by": by,
            "value": value,
            "columns": one.columns,
            "conflicts": one.conflicts,
        })
    });
    let not_counted = file.not_counted.iter();
    let not_counted =
        not_counted.map(|(why, records)| json!({"why": code(*why), "records": records}));
    let not_read = not_read(rules, file).into_iter();
    let not_read = not_read.map(|(column, why)| json!({"column": column, "why": why}));
    json!({
        "file": file.file,
        "kind": file.kind.as_ref().map(|(name, _)| name),
        "key": {
            "theirs": file.theirs,
            "ours": file.ours,
            "is_stated": file.is_stated,
            "ignored": file.ignored,
        },
        "records": file.records,
        "found": file.found,
        "without_key": file.without_key,
        "orphans": file.orphans,
        "unclear": file.unclear,
        "keys_found": file.keys.0,
        "keys": file.keys.1,
        "repeated": file.repeated,
        "taken": taken.collect::<Vec<_>>(),
        "not_counted": not_counted.collect::<Vec<_>>(),
        "not_read": not_read.collect::<Vec<_>>(),
    })
}

/// Why records do not count, as a program has it.
fn code(why: NotCounted) -> &'static str {
    match why {
        NotCounted::Draft => "draft",
        NotCounted::Void => "void",
        NotCounted::Gone => "gone",
        NotCounted::OtherState => "other_state",
        NotCounted::Unknown => "unknown_state",
        NotCounted::Others => "others",
        NotCounted::Parent => "parent",
    }
}
