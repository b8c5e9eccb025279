//! `clientype columns`: what is read as what, and what is not.
//!
//! Owns how it is shown to a person.

mod json;
mod related;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::columns::{Feed, How, Role, Why};
use crate::engine::compile::Rules;
use crate::error::Help;
use crate::related::Gathered;
use crate::rulebook::Criterion;
use crate::survey::{Column, Surveyed};
use crate::text::quoted;
use crate::value::Kind;
use crate::value::filled::Filling;
use clap::Args;

use super::args::{self, Judging, Reading};
use super::inputs::Inputs;
use super::output::Files;
use super::printed::{Printed, print};
use super::related::Stated;
use super::report::percent;
use super::{classify, config, report, wording};

/// How many values that are not understood are shown.
const UNREAD: usize = 5;

const EXAMPLES: &str = "\
Exit codes: 0 done, 2 it could not be done (the message says why).

Examples:
  See what is read as what:
    clientype columns examples/relationships.csv

  Decide it once, and label by that:
    clientype columns --freeze plan.toml examples/relationships.csv
    clientype classify --config plan.toml examples/relationships.csv

  The same for a program:
    clientype columns --format json examples/relationships.csv

Guide: clientype guide columns, plan, values, dates, formats";

/// Show which column is read as which criterion, and which are not
///
/// Reads the whole file and shows, for each column, how it is read and how that was decided,
/// some of its values, how many are filled in and understood, and the most frequent of those
/// that are not understood.
#[derive(Debug, Args)]
#[command(after_help = super::LONGER, after_long_help = EXAMPLES)]
pub(super) struct Columns {
    /// The file to look at [default: -, standard input]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Output format: text or json [default: text]
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_parser = ["text", "json"],
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: String,

    /// Add what was found to clientype.toml.
    #[arg(
        long,
        long_help = "Add what feeds which criterion to [map] of clientype.toml, or of the file \
                     that --config names, for you to review. What is there stays"
    )]
    write_config: bool,

    /// Write everything that is decided by looking to PLAN.
    #[arg(
        long,
        value_name = "PLAN",
        conflicts_with = "write_config",
        long_help = "Write everything that is decided by looking to PLAN. Under this \
                     configuration, any part of an export gets the labels of the whole"
    )]
    freeze: Option<PathBuf>,

    #[command(flatten)]
    pub(super) reading: Reading,

    #[command(flatten)]
    pub(super) judging: Judging,
}

pub(super) fn run(args: &Columns) -> anyhow::Result<ExitCode> {
    files(args).check()?;
    let mut written = match (&args.freeze, args.write_config) {
        (Some(path), _) => Some(config::Written::plan(path)?),
        (None, true) => Some(config::Written::configuration(&args.judging)?),
        (None, false) => None,
    };
    let rules = classify::rules(&args.judging)?;
    let mut options = args::options(&args.reading, &args.judging);
    let evidence = Stated::of(&args.judging, args.file.as_slice())?;
    let (inputs, openers) = Inputs::open_again(args.file.as_slice(), evidence.is_some())?;
    let gathered = match &evidence {
        Some(evidence) => evidence.add(&rules, &args.judging, &mut options, &openers)?,
        None => Gathered::default(),
    };
    let progress = inputs.progress(&mut options, true);
    let (mut head, mut another, mut found) = (String::new(), None, config::Found::default());
    let surveyed = crate::survey::survey(&rules, &options, inputs.one(), &mut |opened| {
        head = report::input(opened);
        found = config::Found::of(opened);
        another = opened
            .origin
            .sheet
            .as_ref()
            .and_then(|sheet| sheet.another());
    })
    .map_err(|error| config::explained(error, &args.judging))?;
    drop(progress);
    match written.take() {
        Some(file) if args.write_config => config::write(file, &rules, &args.judging, &surveyed)?,
        Some(plan) => {
            let stated = (&args.reading, &args.judging);
            config::freeze(plan, &rules, stated, &found, &surveyed, &gathered.files)?;
            return Ok(ExitCode::SUCCESS);
        }
        None => {}
    }
    let text = match args.format.as_str() {
        "json" => {
            let json = json::as_json(&rules, &args.judging, &surveyed, &gathered)?;
            print(&json, Printed::Json)?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {
            let elsewhere = gathered.criteria();
            let another = another.as_ref();
            let text = as_text(&rules, &args.judging, &surveyed, &head, another, &elsewhere);
            let files = gathered.files.iter();
            text + &files
                .map(|file| related::shown(&rules, file))
                .collect::<String>()
        }
    };
    print(&text, Printed::Lines)?;
    Ok(ExitCode::SUCCESS)
}

/// The files of the run. A plan or a configuration may be written over the one by which
/// the input is read.
fn files(args: &Columns) -> Files {
    let mut files = Files::default();
    files.reads_inputs(args.file.as_slice());
    files.reads_judging(&args.judging);
    match (&args.freeze, args.write_config) {
        (Some(path), _) => files.writes("--freeze", path),
        (None, true) => {
            files.writes("--write-config", config::path(&args.judging));
            files.prints();
        }
        (None, false) => {
            files.reads_configuration(args.judging.config.as_deref());
            files.prints();
        }
    }
    files
}

/// The criterion that a column feeds, or would if we knew who we are.
fn about(column: &Column) -> Option<usize> {
    match (&column.feed, &column.why) {
        (Some(feed), _) => Some(feed.criterion),
        (None, Some(Why::NotCompared(criterion))) => Some(*criterion),
        _ => None,
    }
}

/// `another` is what to do if the records are on another sheet; `elsewhere` are the criteria
/// that other files may be evidence for.
fn as_text(
    rules: &Rules,
    judging: &Judging,
    surveyed: &Surveyed,
    head: &str,
    another: Option<&Help>,
    elsewhere: &[usize],
) -> String {
    let records = report::count(surveyed.records, "record");
    let mut lines = vec![format!("{head}, {records}")];
    if surveyed.rejected > 0 {
        let rejected = report::count(surveyed.rejected, "record");
        lines.push(format!("{rejected} could not be read"));
    }
    let (mut read, unread): (Vec<_>, Vec<_>) =
        (surveyed.columns.iter()).partition(|column| column.feed.is_some());
    read.sort_by_key(|column| column.feed.map(|feed| (feed.criterion, feed.turn())));
    // How many are filled in, and some of the values.
    let filled = |column: &Column, understood: &str| match column.filled {
        0 => "never filled in".to_owned(),
        filled => {
            let values = column.samples.iter().map(|value| report::shortened(value));
            let (share, values) = (
                percent(filled, surveyed.records),
                values.collect::<Vec<_>>(),
            );
            format!("{share} filled in{understood}: {}", values.join(", "))
        }
    };
    for column in read {
        let Some(feed) = &column.feed else { continue };
        let name = &criterion(rules, feed).name;
        let by = decided_by(rules, judging, column);
        lines.push(String::new());
        lines.push(format!("{name} <- {} ({by})", quoted(&column.name)));
        lines.push(format!("  read as {}", reading(rules, feed)));
        let understood = percent(column.understood, column.filled);
        let understood = format!(", {understood} of them understood");
        lines.push(format!("  {}", filled(column, &understood)));
        if let Some(undecided) = &column.undated {
            lines.push(format!("  {}", report::ask(undecided)));
        }
        let unread = &column.not_understood;
        if !unread.is_empty() {
            let texts = unread.iter().map(|(value, count)| (value.as_str(), *count));
            let mut shown = report::most_frequent(texts, UNREAD);
            shown.extend(report::and_more(
                unread.len().saturating_sub(UNREAD) as u64,
                false,
            ));
            lines.push(format!("  not understood: {}", shown.join(", ")));
        }
    }
    if !unread.is_empty() {
        lines.push(String::new());
        lines.push("not read:".to_owned());
    }
    for column in &unread {
        let (name, by) = (quoted(&column.name), decided_by(rules, judging, column));
        lines.push(format!("  {name}: {by}"));
        lines.push(format!("    {}", filled(column, "")));
    }
    let mut fed: Vec<usize> = surveyed.columns.iter().filter_map(about).collect();
    let has_column = !fed.is_empty();
    fed.extend(elsewhere);
    let criteria = rules.rulebook().criteria.iter().enumerate();
    let unfed = criteria.filter(|(index, _)| !fed.contains(index));
    let unfed: Vec<&str> = unfed.map(|(_, criterion)| &*criterion.name).collect();
    if !unfed.is_empty() {
        lines.push(String::new());
        lines.push(format!("criteria without a column: {}", unfed.join(", ")));
    }
    if let (Some(another), false) = (another, has_column) {
        lines.push(String::new());
        lines.push(wording::phrase(&another.phrase()));
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
        Role::Filled(means, filling) => {
            return format!("words; {}", filled(value(means), filling));
        }
        Role::Before(means) | Role::Flag(means) => {
            return format!("a flag: yes means {}, no means nothing", value(means));
        }
        Role::Kind => return "only what speaks against it".to_owned(),
        Role::Signed => return "a day from which a term may run".to_owned(),
        Role::Plain | Role::Since | Role::InForce | Role::Term => {}
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
            format!("{text}; of a commitment, so only where nothing else gives the length")
        }
        Role::Since => format!("{text}; of the relationship itself"),
        Role::InForce => format!("{text}; of a contract, which is in force between its days"),
        _ => text,
    }
}

/// What a text has to be to mean a value just by being there.
pub(super) fn filled(means: &str, filling: Filling) -> String {
    match filling {
        Filling::Any => format!("filled in means {means}"),
        Filling::Number => format!("a number means {means}"),
        Filling::Day => format!("a day means {means}"),
        Filling::Name => format!("a name means {means}"),
    }
}

/// How it was decided whether a column is read, and as what.
pub(super) fn decided_by(rules: &Rules, judging: &Judging, column: &Column) -> String {
    if let Some(feed) = &column.feed {
        let by = match feed.how {
            How::Stated => judging.named_by(&criterion(rules, feed).name),
            How::Exact => "its name",
            How::Words => "the words of its name",
            How::Values => "its values",
        };
        return by.to_owned();
    }
    unread(rules, column.why.as_ref().unwrap_or(&Why::Unknown))
}

/// Why a column is not read.
fn unread(rules: &Rules, why: &Why) -> String {
    let name = (why.criterion()).map_or("", |index| &rules.rulebook().criteria[index].name);
    match why {
        Why::Unknown => "no criterion matches its name".to_owned(),
        Why::NotPlanned => "the plan does not name it".to_owned(),
        Why::Never(reason) => (*reason).to_owned(),
        Why::NotCompared(_) => format!(
            "it would be {name}, but nothing is set to compare it with: --own NAME_OR_DOMAIN"
        ),
        Why::Unclear(_) => {
            format!("it could be {name}, but neither its name nor its values settle that")
        }
        Why::Elsewhere(_, subject, other) => {
            let other = quoted(other);
            format!(
                "its name means {name}, but {other} shows that it is about {}",
                subject.name()
            )
        }
        Why::OneForAll(_) => {
            format!("its name means {name}, but all its values are the same address")
        }
        Why::NotUnderstood(_) => {
            format!("its name means {name}, but none of its values is understood")
        }
        Why::Numbers(_) => format!("its name means {name}, but it contains numbers"),
        Why::TooLong(_) => {
            format!("its name means {name}, but its numbers may be years or days instead of months")
        }
        Why::Less(_, other) => format!("{} is more clearly {name}", quoted(other)),
        Why::Tied(_, other) => {
            let other = quoted(other);
            format!("{other} could be {name} as well, and the two differ")
        }
        Why::Late(_, other) => format!(
            "it first appeared when {} already fed {name}",
            quoted(other)
        ),
        Why::Twin(other) => format!("{} has the same as words", quoted(other)),
        Why::Stated(_) => format!("{name} is mapped to another column, or to none"),
        Why::Contradicts(_) => format!("{name} is known from the record itself"),
        Why::NotTaken(_) => format!("its name means {name}, of which such records show nothing"),
    }
}
