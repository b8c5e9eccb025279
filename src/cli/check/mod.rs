//! `clientype check`: checks an export against conditions, for CI.
//!
//! Owns the flags of the verb. [`run`] does the work; each report format has its own
//! module.

mod run;

use std::num::NonZero;
use std::path::PathBuf;

use crate::check::{Code, Language, Limit, Severity, Share};
use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};

pub(super) use self::run::run;
use super::args::{Color, Judging, Reading, choices, threads};
use super::completions;
use super::render::Kind;
use super::wording;

const EXAMPLES: &str = "\
Exit codes: 0 passed, 1 findings, 2 not judged (the message says why).

Examples:
  Compare existing labels with the computed ones, and tolerate some differences:
    clientype check --expect relationship=Kind --min-agreement 75% examples/customers.csv

  Also write a report for CI:
    clientype check --require affiliation --report junit=out.xml examples/customers.csv

  Save today's labels, then fail when one changes:
    clientype check --key Id --baseline labels.csv --write-baseline examples/customers.csv
    clientype check --key Id --baseline labels.csv examples/customers.csv

  Make sure that the records of another file belong to ours:
    clientype check --with examples/agency/invoices.csv --min-match 90% examples/agency/accounts.csv

Guide: clientype guide checking, configuration, related";

const FINDINGS: &str = "Findings";

/// Check an export in CI: exit 0 if it passes, 1 if it fails
///
/// Labels the records as classify does, and checks them against conditions; without any, only
/// that the files can be read. Conditions can also be set in clientype.toml. A file that
/// cannot be read never passes; one without records does, unless --min-records is set.
#[derive(Debug, Args)]
#[command(
    after_help = crate::cli::LONGER,
    after_long_help = EXAMPLES,
    mut_arg("date_order", |arg| arg.hide_short_help(true)),
    mut_arg("rules", |arg| arg.hide_short_help(true)),
    mut_arg("report", |arg| arg.help_heading(None::<&str>))
)]
pub(super) struct Check {
    /// Files to check together [default: -, standard input]
    #[arg(
        value_name = "FILE",
        long_help = "Files to check together, in any format that classify reads; keys, unique values \
                     and shares cover all of them [default: -, standard input]"
    )]
    files: Vec<PathBuf>,

    /// Report format [default: text]
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        long_help = "Format of the report on standard output: text, json, junit, sarif, github or \
                     markdown [default: text]"
    )]
    format: Kind,

    /// Report labels and evidence as tables
    #[arg(
        long,
        hide_short_help = true,
        long_help = "Report, as tables, how labels combine, how much is known of each criterion, \
                     and which values were not understood"
    )]
    summary: bool,

    /// Print the JSON Schema of clientype.toml and exit
    #[arg(long, exclusive = true, hide_short_help = true)]
    pub(super) schema: bool,

    /// Write records that cannot be read to FILE, and check the others
    #[arg(
        long,
        value_name = "FILE",
        hide_short_help = true,
        long_help = "Write records that cannot be read to FILE, byte for byte, as classify does, and \
                     check the others"
    )]
    pub(super) rejects: Option<PathBuf>,

    /// Use N threads, at most 64 [default: one for each core, at most 8]
    #[arg(long, value_name = "N", value_parser = threads, hide_short_help = true)]
    threads: Option<NonZero<usize>>,

    /// Print nothing on standard error but errors, and that a clientype.toml was found and is
    /// used
    #[arg(short, long, hide_short_help = true)]
    pub(super) quiet: bool,

    #[command(flatten)]
    color: Color,

    #[command(flatten)]
    pub(super) asking: Asking,

    #[command(flatten)]
    pub(super) reading: Reading,

    #[command(flatten)]
    pub(super) judging: Judging,
}

/// The conditions that an export must meet.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Conditions")]
pub(super) struct Asking {
    /// Labels in COLUMN must agree
    #[arg(
        long,
        value_name = "SCORECARD=COLUMN",
        value_parser = expectation,
        add = completions::expectation(),
        long_help = "The labels in COLUMN must agree with the computed ones; they are read in five \
                     languages: Kunde is Customer. Repeatable"
    )]
    pub(super) expect: Vec<(String, String)>,

    /// At least this share of them, such as 98%
    #[arg(
        long,
        hide_short_help = true,
        value_name = "SHARE",
        value_parser = limit,
        add = completions::limit(),
        long_help = "At least this share of the labels must agree, such as 98% or relationship:98%; \
                     each that differs is then only a warning. Repeatable"
    )]
    pub(super) min_agreement: Vec<Limit>,

    /// At least this share of the records of each --with belongs to a record, such as 95%;
    /// each that doesn't is then only a warning
    #[arg(long, hide_short_help = true, value_name = "SHARE", value_parser = share)]
    pub(super) min_match: Option<Share>,

    /// Language of labels whose meaning depends on it, such as client or klient: de, en,
    /// fr, pl or vi [default: by headers or labels]
    #[arg(long, value_name = "CODE", value_parser = language(), hide_possible_values = true, hide_short_help = true)]
    pub(super) label_language: Option<Language>,

    /// At most this share is Undetermined
    #[arg(
        long,
        value_name = "SHARE",
        value_parser = limit,
        add = completions::limit(),
        long_help = "At most this share of the records may be Undetermined, such as 5% on each \
                     scorecard, or affiliation:5% on one. Repeatable"
    )]
    pub(super) max_undetermined: Vec<Limit>,

    /// Each record has evidence for CRITERION
    #[arg(
        long,
        hide_short_help = true,
        value_name = "CRITERION",
        add = completions::criterion(),
        long_help = "Each record must have a value for CRITERION that is understood. Repeatable"
    )]
    pub(super) require: Vec<String>,

    /// Each value in a column that feeds a criterion must be understood
    #[arg(long, hide_short_help = true)]
    pub(super) no_unread_values: bool,

    /// There must be at least N records
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(super) min_records: Option<u64>,

    /// No value may occur twice in COLUMN, except empty ones. Repeatable.
    #[arg(long, value_name = "COLUMN", hide_short_help = true)]
    pub(super) unique: Vec<String>,

    /// COLUMN identifies each record
    #[arg(
        long,
        value_name = "COLUMN",
        long_help = "COLUMN identifies each record: findings show it, and a baseline is matched by it"
    )]
    pub(super) key: Option<String>,

    /// No label differs from those in FILE
    #[arg(
        long,
        value_name = "FILE",
        long_help = "No label may differ from FILE, which --write-baseline or classify wrote in an \
                     earlier run. Records that FILE lacks are new, not findings"
    )]
    pub(super) baseline: Option<PathBuf>,

    /// Instead of comparing, write the labels of this run to that file if it passes
    #[arg(long, hide_short_help = true)]
    pub(super) write_baseline: bool,

    /// Baseline entries that no longer have a record are findings
    #[arg(long, hide_short_help = true)]
    pub(super) strict_baseline: bool,

    /// Report findings with CODE as warnings. Repeatable. The codes: clientype guide checking
    #[arg(help_heading = FINDINGS, long, value_name = "CODE", value_parser = codes(), hide_possible_values = true, hide_short_help = true)]
    pub(super) warn: Vec<Code>,

    /// Don't report findings with CODE. Repeatable.
    #[arg(help_heading = FINDINGS, long, value_name = "CODE", value_parser = codes(), hide_possible_values = true, hide_short_help = true)]
    pub(super) allow: Vec<Code>,

    /// Fail on errors only (error), or on warnings too (warning) [default: error]
    #[arg(help_heading = FINDINGS, long, value_name = "SEVERITY", value_parser = severity(), hide_possible_values = true, hide_short_help = true)]
    pub(super) fail_on: Option<Severity>,

    /// Show at most N findings, and count all [default: 100]
    #[arg(help_heading = FINDINGS, long, value_name = "N", hide_short_help = true)]
    pub(super) max_findings: Option<usize>,

    /// Also write a report, such as junit=out.xml
    #[arg(
        long,
        value_name = "FORMAT=FILE",
        value_parser = report,
        long_help = "Also write a report to FILE, as text, json, junit, sarif, github or markdown. \
                     Repeatable"
    )]
    pub(super) report: Vec<(Kind, PathBuf)>,
}

/// Reads `95%`.
fn share(text: &str) -> Result<Share, String> {
    text.parse()
        .map_err(|error: crate::Error| error.to_string())
}

/// Reads `SCORECARD=COLUMN`.
fn expectation(text: &str) -> Result<(String, String), String> {
    let (scorecard, column) = text
        .split_once('=')
        .filter(|(_, column)| !column.trim().is_empty())
        .ok_or("expected SCORECARD=COLUMN, such as relationship=Type")?;
    Ok((scorecard.trim().to_owned(), column.to_owned()))
}

/// Reads `98%` or `relationship:98%`.
fn limit(text: &str) -> Result<Limit, String> {
    let (scorecard, share) = match text.rsplit_once(':') {
        Some((scorecard, share)) => (Some(scorecard.trim().to_owned()), share),
        None => (None, text),
    };
    let share = share.parse();
    let share = share.map_err(|error| wording::error(&error))?;
    Ok(Limit { scorecard, share })
}

/// Reads `junit=out.xml`.
fn report(text: &str) -> Result<(Kind, PathBuf), String> {
    let expected = || {
        let names = Kind::names().join(", ");
        format!("expected FORMAT=FILE, such as junit=out.xml; formats are {names}")
    };
    let (name, file) = text.split_once('=').ok_or_else(expected)?;
    let kind = Kind::from_str(name, false).map_err(|_| expected())?;
    match file {
        "" => Err(expected()),
        "-" => Err(format!("to write to standard output: --format {name}")),
        _ => Ok((kind, PathBuf::from(file))),
    }
}

fn codes() -> impl TypedValueParser<Value = Code> {
    choices(Code::ALL.iter().map(|code| (code.name(), *code)))
}

fn language() -> impl TypedValueParser<Value = Language> {
    choices(Language::all().map(|language| (language.code(), language)))
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    choices([Severity::Error, Severity::Warning].map(|one| (one.name(), one)))
}
