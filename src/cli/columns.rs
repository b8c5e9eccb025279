//! `clientype columns`: what is read as what, and what is not.
//!
//! Owns the two ways to show it: for a person and for a program.

use std::io::Write;
use std::process::ExitCode;

use crate::columns::{Feed, How, Role, Why};
use crate::engine::compile::Rules;
use crate::rulebook::Criterion;
use crate::run::Options;
use crate::survey::{Column, Surveyed};
use crate::text::quoted;
use crate::value::Kind;
use anyhow::Context as _;
use serde::Serialize;

use super::progress::{Counts, Progress};
use super::{Columns, Judging, classify, config, report};

/// So many values that are not understood are shown.
const UNREAD: usize = 5;
/// And so many to a program.
const UNREAD_JSON: usize = 20;

pub(super) fn run(args: &Columns) -> anyhow::Result<ExitCode> {
    let rules = classify::rules(&args.judging)?;
    let mut options = Options {
        layout: args.reading.layout(),
        overrides: args.judging.map.clone(),
        date_order: args.judging.date_order,
        ..Options::default()
    };
    let files: Vec<_> = args.file.iter().cloned().collect();
    let mut head = String::new();
    let mut surveyed = Surveyed::default();
    let counts = Counts::default();
    let (sources, size) = classify::sources(&files, false, &counts)?;
    options.records = Some(counts.records.clone());
    let progress = Progress::show(&counts, size, true);
    for source in sources {
        surveyed = crate::survey::survey(&rules, &options, source, &mut |opened| {
            head = report::input(opened);
        })
        .map_err(|error| config::explained(error, &args.judging))?;
    }
    drop(progress);
    if args.write_config {
        config::write(&rules, &surveyed)?;
    }
    let text = match args.format.as_str() {
        "json" => as_json(&rules, &args.judging, &surveyed)?,
        _ => as_text(&rules, &args.judging, &surveyed, &head),
    };
    std::io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .or_else(closed)
        .context("the output cannot be written")?;
    Ok(ExitCode::SUCCESS)
}

/// That whoever reads has had enough is no error.
fn closed(error: std::io::Error) -> std::io::Result<()> {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    }
}

/// One column, for a program.
#[derive(Serialize)]
struct Shown<'s> {
    column: &'s str,
    criterion: Option<&'s str>,
    reading: Option<String>,
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

fn as_json(rules: &Rules, judging: &Judging, surveyed: &Surveyed) -> anyhow::Result<String> {
    let columns = surveyed.columns.iter();
    let shown: Vec<Shown<'_>> = columns
        .map(|column| show(rules, judging, surveyed.records, column))
        .collect();
    Ok(serde_json::to_string_pretty(&shown)? + "\n")
}

fn show<'s>(rules: &'s Rules, judging: &Judging, records: u64, column: &'s Column) -> Shown<'s> {
    let share = |part: u64, of: u64| match of {
        0 => None,
        of => Some((part as f64 / of as f64 * 10_000.0).round() / 10_000.0),
    };
    let unread = column.not_understood.iter().take(UNREAD_JSON);
    let unread = unread.map(|(value, count)| Unread {
        value,
        count: *count,
    });
    let name = |index: usize| rules.rulebook().criteria[index].name.as_str();
    Shown {
        column: &column.name,
        criterion: about(column).map(name),
        reading: column.feed.map(|feed| reading(rules, &feed)),
        decided_by: decided_by(rules, told_by(rules, judging, column), column),
        filled: share(column.filled, records),
        understood: column
            .feed
            .and_then(|_| share(column.understood, column.filled)),
        samples: &column.samples,
        not_understood: unread.collect(),
    }
}

/// The criterion that a column feeds, or would if we knew who we are.
fn about(column: &Column) -> Option<usize> {
    match (&column.feed, &column.why) {
        (Some(feed), _) => Some(feed.criterion),
        (None, Some(Why::NotCompared(criterion))) => Some(*criterion),
        _ => None,
    }
}

fn as_text(rules: &Rules, judging: &Judging, surveyed: &Surveyed, head: &str) -> String {
    let records = report::count(surveyed.records, "record");
    let mut lines = vec![format!("{head}, {records}")];
    if surveyed.rejected > 0 {
        lines.push(format!(
            "{} could not be read",
            report::count(surveyed.rejected, "record")
        ));
    }
    let (mut read, unread): (Vec<_>, Vec<_>) = surveyed
        .columns
        .iter()
        .partition(|column| column.feed.is_some());
    read.sort_by_key(|column| column.feed.map(|feed| (feed.criterion, feed.turn())));
    let values = |column: &Column| -> Vec<String> {
        column
            .samples
            .iter()
            .map(|value| report::shortened(value))
            .collect()
    };
    for column in read {
        let Some(feed) = &column.feed else { continue };
        let name = &criterion(rules, feed).name;
        let by = decided_by(rules, told_by(rules, judging, column), column);
        lines.push(String::new());
        lines.push(format!("{name} <- {} ({by})", quoted(&column.name)));
        lines.push(format!("  read as {}", reading(rules, feed)));
        let filled = percent(column.filled, surveyed.records);
        let understood = percent(column.understood, column.filled);
        lines.push(match column.filled {
            0 => "  never filled in".to_owned(),
            _ => format!(
                "  {filled} filled in, {understood} of it understood: {}",
                values(column).join(", ")
            ),
        });
        if let Some(undecided) = &column.undated {
            lines.push(format!("  {}", report::ask(undecided)));
        }
        if !column.not_understood.is_empty() {
            let shown = column.not_understood.iter().take(UNREAD);
            let shown: Vec<String> = shown
                .map(|(value, count)| {
                    format!("{} {}x", report::shortened(value), report::grouped(*count))
                })
                .collect();
            let more = column.not_understood.len().saturating_sub(UNREAD);
            let more = if more > 0 {
                format!(", and {more} more")
            } else {
                String::new()
            };
            lines.push(format!("  not understood: {}{more}", shown.join(", ")));
        }
    }
    if !unread.is_empty() {
        lines.push(String::new());
        lines.push("not read:".to_owned());
    }
    for column in &unread {
        let filled = percent(column.filled, surveyed.records);
        let values = match column.filled {
            0 => "never filled in".to_owned(),
            _ => format!("{filled} filled in: {}", values(column).join(", ")),
        };
        lines.push(format!(
            "  {}: {}",
            quoted(&column.name),
            decided_by(rules, told_by(rules, judging, column), column)
        ));
        lines.push(format!("    {values}"));
    }
    let fed = |index: usize| {
        let mut fed = surveyed.columns.iter().filter_map(about);
        fed.any(|criterion| criterion == index)
    };
    let criteria = rules.rulebook().criteria.iter().enumerate();
    let unfed: Vec<&str> = criteria
        .filter(|(index, _)| !fed(*index))
        .map(|(_, criterion)| criterion.name.as_str())
        .collect();
    if !unfed.is_empty() {
        lines.push(String::new());
        lines.push(format!("criteria without a column: {}", unfed.join(", ")));
    }
    report::ended(&lines)
}

fn criterion<'r>(rules: &'r Rules, feed: &Feed) -> &'r Criterion {
    &rules.rulebook().criteria[feed.criterion]
}

/// What the texts of a column are read as.
fn reading(rules: &Rules, feed: &Feed) -> String {
    let of = criterion(rules, feed);
    let value = |value: u8| &of.values[usize::from(value)];
    match feed.role {
        Role::Filled(means) => return format!("{}, whatever is filled in", value(means)),
        Role::Before(means) | Role::Flag(means) => {
            return format!("a flag: yes means {}, no tells nothing", value(means));
        }
        Role::Plain | Role::Since | Role::Term => {}
    }
    let text = match of.kind {
        Kind::Choice => format!("one of {}", of.values.join(", ")),
        Kind::Length => {
            let unit = feed.bare_unit().unwrap_or("months");
            format!("a length of time; a bare number counts {unit}")
        }
        Kind::Date => match feed.date_order() {
            Some(order) => format!("a day; in digits {}", report::order(order)),
            None if feed.is_serial() => "a day, stored as a number".to_owned(),
            None => "a day".to_owned(),
        },
        Kind::Organization => "the name of an organization, compared with our own".to_owned(),
        Kind::Address => "a mail address, its domain compared with our own".to_owned(),
    };
    match feed.role {
        Role::Term => {
            format!("{text}; of a commitment, so only where nothing else tells the length")
        }
        Role::Since => format!("{text}; of the relationship itself"),
        _ => text,
    }
}

/// What named a column's criterion.
fn told_by(rules: &Rules, judging: &Judging, column: &Column) -> &'static str {
    let feed = column.feed.as_ref();
    feed.map_or("--map", |feed| {
        judging.told_by(&criterion(rules, feed).name)
    })
}

/// How it was decided whether a column is read, and as what.
pub(super) fn decided_by(rules: &Rules, told_by: &str, column: &Column) -> String {
    let name = |criterion: usize| &rules.rulebook().criteria[criterion].name;
    if let Some(feed) = &column.feed {
        return match feed.how {
            How::Stated => told_by,
            How::Exact => "its name",
            How::Words => "the words of its name",
            How::Values => "its values",
        }
        .to_owned();
    }
    match &column.why {
        None | Some(Why::Unknown) => "its name says nothing to us".to_owned(),
        Some(Why::Never(reason)) => (*reason).to_owned(),
        Some(Why::NotCompared(criterion)) => format!(
            "--own does not say whom to compare it with as {}",
            name(*criterion)
        ),
        Some(Why::Unclear(criterion)) => format!(
            "neither its name nor its values tell whether it is {}",
            name(*criterion)
        ),
        Some(Why::Elsewhere(criterion)) => format!(
            "its name says {}, but other columns say that the records are about something else",
            name(*criterion)
        ),
        Some(Why::NotUnderstood(criterion)) => {
            format!(
                "its name says {}, but none of its values is understood",
                name(*criterion)
            )
        }
        Some(Why::Numbers(criterion)) => {
            format!("its name says {}, but it holds numbers", name(*criterion))
        }
        Some(Why::TooLong(criterion)) => format!(
            "its name says {}, but so many months would be more than fifty years",
            name(*criterion)
        ),
        Some(Why::Less(criterion, other)) => {
            format!("{} is more clearly {}", quoted(other), name(*criterion))
        }
        Some(Why::Tied(criterion, other)) => format!(
            "{} could be {} as well, and says something else",
            quoted(other),
            name(*criterion)
        ),
        Some(Why::Late(criterion, other)) => format!(
            "it turned up late, when {} fed {}",
            quoted(other),
            name(*criterion)
        ),
        Some(Why::Twin(other)) => format!("{} has its codes as words", quoted(other)),
        Some(Why::Stated(criterion)) => {
            format!("another column was named for {}, or none", name(*criterion))
        }
    }
}

pub(super) fn percent(part: u64, of: u64) -> String {
    match of {
        0 => "0 %".to_owned(),
        of => {
            let percent = part as f64 / of as f64 * 100.0;
            // Neither all nor nothing unless it is.
            let shown = match percent.round() {
                100.0 if part < of => "more than 99".to_owned(),
                0.0 if part > 0 => "less than 1".to_owned(),
                rounded => rounded.to_string(),
            };
            format!("{shown} %")
        }
    }
}
