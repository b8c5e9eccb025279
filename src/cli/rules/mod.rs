//! `clientype rules`: look at a rulebook, check it, test it, compare it.
//!
//! Owns the arguments of these commands. Each command has its own file.

mod book;
mod cases;
mod check;
mod diff;
mod differences;
mod export;
mod mismatches;
mod show;
mod statements;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::rulebook::file::schema;
use clap::{Args, Subcommand, ValueEnum};

pub(super) use self::book::{RulebookId, rulebook};
use super::args::{Color, Form, Judging, Reading, date};
use super::output::Files;
use super::printed::{Printed, print};
use super::{completions, config};

/// What a file with cases is called.
const CASES: &str = "a file with cases";

const EXAMPLES: &str = "\
Exit codes: 0 done, 1 `check` or `test` found something, 2 it could not be done.

Examples:
  Read the rules, look up a statement that they cite, or start from a copy of them:
    clientype rules show
    clientype rules show --statement vi.contract
    clientype rules show --format toml > mine.toml

  Write only what differs, then check it, test it, and see what it changes:
    clientype rules check examples/rulebooks/law-firm.toml
    clientype rules test examples/rulebooks/law-firm.toml
    clientype rules diff documents examples/rulebooks/law-firm.toml examples/relationships.csv

Guide: clientype guide rulebooks";

const SHOW_EXAMPLES: &str = "\
Examples:
  Read the rules, and what a statement says that they cite:
    clientype rules show
    clientype rules show --statement vi.contract

  Start a rulebook of your own from a copy:
    clientype rules show --format toml > mine.toml

Guide: clientype guide rulebooks";

const CHECK_EXAMPLES: &str = "\
Exit codes: 0 no errors (and no warnings with --fail-on warning), 1 some, 2 it could not be done.

Examples:
  Check a rulebook:
    clientype rules check examples/rulebooks/law-firm.toml

  Read what a code means:
    clientype rules check --explain never-matches

Guide: clientype guide rulebooks";

const TEST_EXAMPLES: &str = "\
Exit codes: 0 all as expected, 1 not, or coverage too low, 2 it could not be done.

Examples:
  Judge the cases of a rulebook:
    clientype rules test examples/rulebooks/law-firm.toml

Guide: clientype guide rulebooks";

const DIFF_EXAMPLES: &str = "\
Exit codes: 0 done, 2 it could not be done.

Examples:
  See which records of an export get another label:
    clientype rules diff documents examples/rulebooks/law-firm.toml examples/relationships.csv

Guide: clientype guide rulebooks";

/// Look at a rulebook, check it, test it, and see what it changes
///
/// A rulebook is a TOML file, which other commands use with `--rules FILE`. One with
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

/// The rulebook to use.
#[derive(Debug, Args)]
struct Which {
    /// The rulebook; - is standard input [default: documents, the built-in one]
    #[arg(value_name = "FILE", add = completions::rulebook())]
    file: Option<PathBuf>,

    /// The rulebook, given as an option
    #[arg(long, value_name = "FILE", conflicts_with = "file", hide_short_help = true, add = completions::rulebook())]
    rules: Option<PathBuf>,

    /// Read `rules` from this file if no rulebook is given [default: clientype.toml, if this
    /// folder has one]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    config: Option<PathBuf>,
}

impl Which {
    /// The path of the rulebook; `None` for the built-in one.
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

    /// What a command reads that prints something about the rulebook at `path`.
    fn files(&self, path: Option<&Path>) -> Files {
        let mut files = Files::default();
        files.reads_rulebook(path);
        files.reads_configuration(self.config.as_deref());
        files.prints();
        files
    }
}

/// Print a rulebook with all that it inherits
///
/// Each scorecard is shown with its bands and characteristics, and each characteristic with
/// its attributes, which are tried from the top: condition, points, reason and the
/// statements that the attribute is based on.
#[derive(Debug, Args)]
#[command(after_help = crate::cli::LONGER, after_long_help = SHOW_EXAMPLES)]
struct Show {
    #[command(flatten)]
    which: Which,

    /// Output format: text, toml, json or markdown
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        long_help = "Output format: text, toml, json or markdown; toml prints a file to start your \
                     own from [default: text]"
    )]
    format: ShowForm,

    /// Show only what it changes
    #[arg(
        long,
        long_help = "Show only what differs from the rulebook that it extends, or else from the \
                     built-in one"
    )]
    diff: bool,

    /// Show the statement with this id, and what cites it. Repeatable.
    #[arg(long = "statement", value_name = "ID", conflicts_with = "diff")]
    statements: Vec<String>,

    #[command(flatten)]
    color: Color,
}

/// The output format of a rulebook.
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

/// Check rulebooks for errors, and for what was probably not meant
///
/// Each diagnostic has a place, a code, and what to do. A rulebook with errors cannot be
/// used; warnings are about rulebooks that work, but probably not as meant.
#[derive(Debug, Args)]
#[command(after_help = crate::cli::LONGER, after_long_help = CHECK_EXAMPLES)]
struct Check {
    /// The rulebooks [default: that of clientype.toml, or the built-in one]
    #[arg(value_name = "FILE", add = completions::rulebook())]
    files: Vec<PathBuf>,

    /// The rulebook, given as an option
    #[arg(long, value_name = "FILE", conflicts_with = "files", hide_short_help = true, add = completions::rulebook())]
    rules: Option<PathBuf>,

    /// Explain what CODE means and how to fix it; `all` lists the codes
    #[arg(long, value_name = "CODE", add = completions::diagnostic(), conflicts_with_all = ["files", "rules"])]
    explain: Option<String>,

    /// What makes the exit code 1: error or warning [default: error]
    #[arg(
        long,
        value_name = "SEVERITY",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true
    )]
    fail_on: FailOn,

    /// Output format: text or json [default: text]
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: TextOrJson,

    #[command(flatten)]
    color: Color,

    /// Read `rules` from this file if no rulebook is given [default: clientype.toml, if this
    /// folder has one]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
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

/// A format for people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum TextOrJson {
    /// For a person
    #[default]
    Text,
    /// For a program
    Json,
}

/// Judge the cases of a rulebook, and report those whose result is not as expected
///
/// Cases are in the rulebook ([[case]]), or in a CSV file: a column `case` with their
/// names, `expected_NAME` with the label of each scorecard, `expected_reasons` with
/// reason codes separated by `;`; all other columns are the record.
#[derive(Debug, Args)]
#[command(after_help = crate::cli::LONGER, after_long_help = TEST_EXAMPLES)]
struct Test {
    #[command(flatten)]
    which: Which,

    /// Judge the cases in this CSV file too. Repeatable.
    #[arg(
        long,
        value_name = "FILE",
        long_help = "Judge the cases in this CSV file too. Repeatable [default: NAME.cases.csv next \
                     to the rulebook NAME.toml, if there is one]"
    )]
    cases: Vec<PathBuf>,

    /// Fail if coverage is lower, such as 90%
    #[arg(
        long,
        value_name = "SHARE",
        value_parser = share,
        long_help = "Fail if coverage is lower, such as 90%: the share of the attributes stated in \
                     the file that apply in at least one case"
    )]
    min_coverage: Option<f64>,

    /// A name or a mail domain of ours, for cases that do not set `own`. Repeatable.
    #[arg(hide_short_help = true, long, value_name = "NAME_OR_DOMAIN")]
    own: Vec<String>,

    /// Day up to which open-ended lengths run, for cases that do not set `as_of`. It has no
    /// default, so that no result changes overnight
    #[arg(hide_short_help = true, long, value_name = "DATE", value_parser = date)]
    as_of: Option<jiff::civil::Date>,

    /// Output format: text or json [default: text]
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: TextOrJson,

    #[command(flatten)]
    color: Color,
}

/// Show what differs between two rulebooks, and which labels change
///
/// With an EXPORT both judge each of its records. Records whose label changes are counted
/// by what tipped them, the most frequent first. Without one, the cases of both rulebooks
/// are judged.
#[derive(Debug, Args)]
#[command(
    after_help = crate::cli::LONGER,
    after_long_help = DIFF_EXAMPLES,
    mut_arg("rules", |arg| arg.hide(true))
)]
struct Diff {
    /// The old rulebook; `documents` is the built-in one.
    #[arg(value_name = "OLD", add = completions::rulebook())]
    old: PathBuf,

    /// The new rulebook.
    #[arg(value_name = "NEW", add = completions::rulebook())]
    new: PathBuf,

    /// The records to judge; `-` is standard input.
    #[arg(value_name = "EXPORT")]
    export: Option<PathBuf>,

    /// Output format: text, json or markdown [default: text]
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true
    )]
    format: Form,

    #[command(flatten)]
    color: Color,

    #[command(flatten)]
    reading: Reading,

    #[command(flatten)]
    judging: Judging,
}

/// Print the JSON Schema of rulebooks, which editors use to complete and check them.
#[derive(Debug, Args)]
#[command(
    after_long_help = "For editors that use Taplo, start a rulebook with the line\n  #:schema ./rulebook.schema.json\n\nExamples:\n  Write the schema for an editor:\n    clientype rules schema > rulebook.schema.json"
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

/// Runs the command.
pub(super) fn run(args: Rules) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Show(args) => show::run(&args),
        What::Check(args) => check::run(&args),
        What::Test(args) => test::run(&args),
        What::Diff(mut args) => diff::run(&mut args),
        What::Schema(_) => {
            print(&format!("{:#}\n", schema()), Printed::Json)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
