//! `clientype rules`: look at a rulebook, check it, test it, compare it.
//!
//! Owns what a user can say about rulebooks. Each word has a file of its own.

mod book;
mod cases;
mod check;
mod diff;
mod differences;
mod export;
mod misses;
mod show;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::rulebook::file::schema;
use clap::{Args, Subcommand, ValueEnum};

pub(super) use self::book::{RulebookId, rulebook};
use super::args::{Form, Judging, Reading, When, date};
use super::config;
use super::output::print;

const EXAMPLES: &str = "\
Exit codes: 0 done, 1 `check` or `test` found something, 2 it could not be done.

Examples:
  Read the rules, or begin with a copy of them:
    clientype rules show
    clientype rules show --format toml > mine.toml

  Write only what differs, then check it, test it, and see what it changes:
    clientype rules check examples/rulebooks/law-firm.toml
    clientype rules test examples/rulebooks/law-firm.toml
    clientype rules diff documents examples/rulebooks/law-firm.toml examples/relationships.csv";

/// Look at a rulebook, check it, test it, and see what it changes.
///
/// A rulebook is a TOML file; `--rules FILE` of the other verbs uses it. One that says
/// `extend = "documents"` states only what differs from the built-in one.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES, arg_required_else_help = true, subcommand_value_name = "WHAT")]
pub(super) struct Rules {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Show(Show),
    Check(Check),
    Test(Test),
    Diff(Box<Diff>),
    Schema(Schema),
}

/// Which rulebook is meant.
#[derive(Debug, Args)]
struct Which {
    /// The rulebook; the built-in one, `documents`, unless given; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// The same, as the other verbs call it.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    rules: Option<PathBuf>,

    /// Take what is not said from FILE; from clientype.toml, if there is one here,
    /// unless given. Only its `rules` counts.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Which {
    /// The file that is meant; none for the built-in rulebook.
    fn path(&self) -> anyhow::Result<Option<PathBuf>> {
        let mut judging = Judging {
            rules: self.file.clone().or_else(|| self.rules.clone()),
            config: self.config.clone(),
            ..Judging::default()
        };
        if judging.rules.is_none() {
            config::fill(&mut Reading::default(), &mut judging, true)?;
        }
        Ok(judging.rules)
    }
}

/// Print a rulebook with all that it inherits.
///
/// For each scorecard its bands and characteristics; for each of these its attributes,
/// tried from the top, with points, reason and sources.
#[derive(Debug, Args)]
struct Show {
    #[command(flatten)]
    which: Which,

    /// How it is shown. `toml` is the file to begin one's own with, and not for --diff.
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    format: ShowForm,

    /// Show only what differs from the rulebook that it extends, or else from the
    /// built-in one.
    #[arg(long)]
    diff: bool,

    /// When to colour.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: When,
}

/// A form in which a rulebook is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ShowForm {
    /// For a person
    #[default]
    Text,
    /// A rulebook file
    Toml,
    /// For a program
    Json,
    /// Tables
    Markdown,
}

/// Look for mistakes in rulebooks, and for what may not be meant.
///
/// Each finding has its place, a code, and what to do. Errors are what no verb accepts;
/// warnings are about rulebooks that work, and seem to mean something else.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Exit codes: 0 no errors (nor warnings with --fail-on warning), 1 some, 2 it could not be done."
)]
struct Check {
    /// The rulebooks; the built-in one, or the one of clientype.toml, unless given.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The same, as the other verbs call it.
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    rules: Option<PathBuf>,

    /// Say what CODE means and how it is mended; `all` lists the codes.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["files", "rules"])]
    explain: Option<String>,

    /// What makes the exit code 1.
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t)]
    fail_on: FailOn,

    /// How it is told: for a person, or for a program.
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    format: TextOrJson,

    /// When to colour.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: When,

    /// Take what is not said from FILE; from clientype.toml, if there is one here,
    /// unless given. Only its `rules` counts.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What makes a check fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum FailOn {
    /// Errors alone
    #[default]
    Error,
    /// Warnings too
    Warning,
}

/// For whom something is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum TextOrJson {
    /// For a person
    #[default]
    Text,
    /// For a program
    Json,
}

/// Judge the cases of a rulebook, and tell those that do not come out as expected.
///
/// Cases stand in the rulebook ([[case]]), or in a CSV file: a column `case` with their
/// names, `expected_NAME` with the label of each scorecard, `expected_reasons` with
/// reason codes and `;` between them; all other columns are the record.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Exit codes: 0 all as expected, 1 not, or covered too little, 2 it could not be done."
)]
struct Test {
    #[command(flatten)]
    which: Which,

    /// Judge the cases in this CSV file too. Repeatable.
    ///
    /// NAME.cases.csv beside a rulebook NAME.toml is taken unless one is given.
    #[arg(long, value_name = "FILE")]
    cases: Vec<PathBuf>,

    /// Fail if the cases cover less: the share of the attributes that the file states
    /// that apply in some case, such as 90%.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_coverage: Option<f64>,

    /// Our own organization, for cases that do not say it: a name or a mail domain.
    /// Repeatable.
    #[arg(long, value_name = "NAME_OR_DOMAIN")]
    own: Vec<String>,

    /// The day on which open-ended durations are measured, for cases that do not say it.
    ///
    /// There is none unless given: what comes of a test must not change overnight.
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<jiff::civil::Date>,

    /// How it is told: for a person, or for a program.
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    format: TextOrJson,

    /// When to colour.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: When,
}

/// Show what differs between two rulebooks, and whose labels it changes.
///
/// With an EXPORT both judge each of its records. Those that change their label are
/// counted by what tipped them, the most frequent first. Without one, the cases of both
/// rulebooks are judged.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Exit codes: 0 done, 2 it could not be done (the message says why).",
    mut_arg("rules", |arg| arg.hide(true))
)]
struct Diff {
    /// The rulebook before; `documents` is the built-in one.
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The rulebook after.
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// The records to judge; `-` is standard input.
    #[arg(value_name = "EXPORT")]
    export: Option<PathBuf>,

    /// How it is shown: for a person, for a program, or for a ticket.
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Form,

    /// When to colour.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: When,

    #[command(flatten)]
    reading: Reading,

    #[command(flatten)]
    judging: Judging,
}

/// Print the JSON Schema of rulebooks, by which editors complete and check them.
#[derive(Debug, Args)]
#[command(
    after_long_help = "For editors that know Taplo, begin a rulebook with:\n    #:schema ./rulebook.schema.json"
)]
struct Schema {}

fn share(text: &str) -> Result<f64, String> {
    let expected = || "expected a share such as 90%".to_owned();
    let number = text.strip_suffix('%').ok_or_else(expected)?;
    let share: f64 = number.trim().parse().map_err(|_| expected())?;
    match (0.0..=100.0).contains(&share) {
        true => Ok(share / 100.0),
        false => Err("expected a share from 0% to 100%".to_owned()),
    }
}

/// Does what was asked for.
pub(super) fn run(args: Rules) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Show(args) => show::run(&args),
        What::Check(args) => check::run(&args),
        What::Test(args) => test::run(&args),
        What::Diff(mut args) => diff::run(&mut args),
        What::Schema(_) => {
            print(&format!("{:#}\n", schema()))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
