//! `clientype check`: checks an export against conditions, for CI.
//!
//! Owns the flags of the verb. [`run`] does the work; each report format has its own
//! module.

mod run;

use std::num::NonZero;
use std::path::PathBuf;

use crate::check::{Code, Language, Limit, Severity};
use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};

pub(super) use self::run::run;
use super::args::{Judging, Reading, When, choices, threads};
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
    clientype check --key Id --baseline labels.csv examples/customers.csv";

const FINDINGS: &str = "Findings";

/// Check an export in CI: exit 0 if it passes, 1 if it fails.
///
/// Labels the records as classify does, and checks them against conditions. Without any,
/// only checks that the files can be read. Conditions can also be set in clientype.toml.
/// Each finding has a code, a line and a record. A file that cannot be read never passes;
/// one without records does, unless --min-records is set.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Check {
    /// Files to check together; `-` or none is standard input.
    ///
    /// In any format that classify reads. Each file has its own columns; keys, unique
    /// values and shares cover all files.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The format of the report on standard output.
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true
    )]
    format: Kind,

    /// Add a table of the labels, the share of known values for each criterion, and the
    /// most frequent values that are not understood.
    #[arg(long)]
    summary: bool,

    /// Print the JSON Schema of clientype.toml and exit.
    #[arg(long, exclusive = true)]
    pub(super) schema: bool,

    /// Use N threads; by default one per core, at most 8.
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<NonZero<usize>>,

    /// Print only errors on standard error.
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// When to use colours.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: When,

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
    /// The labels in COLUMN must agree with the computed ones. Repeatable.
    ///
    /// They are read in five languages: Kunde means Customer, Mandant means Client.
    #[arg(long, value_name = "SCORECARD=COLUMN", value_parser = expectation)]
    pub(super) expect: Vec<(String, String)>,

    /// At least this share of the labels must agree. A label that differs is then only a
    /// warning; a missing one is still an error. For one scorecard: `relationship:98%`.
    /// Repeatable.
    #[arg(long, value_name = "SHARE", value_parser = limit)]
    pub(super) min_agreement: Vec<Limit>,

    /// The language of the labels that --expect compares: de, en, fr, pl or vi.
    ///
    /// Needed only for words whose meaning depends on it, such as client (Customer in
    /// French) and klient (Customer in Polish), if the headers do not show the language.
    #[arg(long, value_name = "CODE", value_parser = language(), hide_possible_values = true)]
    pub(super) label_language: Option<Language>,

    /// At most this share of the records may be Undetermined, on each scorecard. For one
    /// scorecard: `affiliation:5%`. Repeatable.
    #[arg(long, value_name = "SHARE", value_parser = limit)]
    pub(super) max_undetermined: Vec<Limit>,

    /// Each record must have a value for CRITERION that is understood. Repeatable.
    #[arg(long, value_name = "CRITERION")]
    pub(super) require: Vec<String>,

    /// Each value in a column that feeds a criterion must be understood.
    #[arg(long)]
    pub(super) no_unread_values: bool,

    /// There must be at least N records.
    #[arg(long, value_name = "N")]
    pub(super) min_records: Option<u64>,

    /// No value may occur twice in COLUMN, except empty ones. Repeatable.
    #[arg(long, value_name = "COLUMN")]
    pub(super) unique: Vec<String>,

    /// COLUMN identifies each record.
    ///
    /// It is shown with each finding, and matches records with those of a baseline.
    #[arg(long, value_name = "COLUMN")]
    pub(super) key: Option<String>,

    /// No label may differ from FILE, which has the labels of an earlier run.
    ///
    /// Written by --write-baseline or by classify: any file with the key's column and the
    /// label columns. New records, which are not in FILE, are not findings.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Instead of comparing, write the labels of this run to that file if it passes.
    #[arg(long)]
    pub(super) write_baseline: bool,

    /// Baseline entries that no longer have a record are findings.
    #[arg(long)]
    pub(super) strict_baseline: bool,

    /// Report findings with CODE as warnings. Repeatable.
    #[arg(long_help = codes_help(), help_heading = FINDINGS, long, value_name = "CODE", value_parser = codes(), hide_possible_values = true)]
    pub(super) warn: Vec<Code>,

    /// Do not report findings with CODE. Repeatable.
    #[arg(help_heading = FINDINGS, long, value_name = "CODE", value_parser = codes(), hide_possible_values = true)]
    pub(super) allow: Vec<Code>,

    /// Fail on errors only (error, the default), or on warnings too (warning).
    #[arg(help_heading = FINDINGS, long, value_name = "SEVERITY", value_parser = severity(), hide_possible_values = true)]
    pub(super) fail_on: Option<Severity>,

    /// Show at most N findings, by default 100; all are counted.
    #[arg(help_heading = FINDINGS, long, value_name = "N")]
    pub(super) max_findings: Option<usize>,

    /// Also write a report to FILE, as text, json, junit, sarif, github or markdown.
    /// Repeatable.
    #[arg(help_heading = FINDINGS, long, value_name = "FORMAT=FILE", value_parser = report)]
    pub(super) report: Vec<(Kind, PathBuf)>,
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

/// The help of `--warn`, which lists all codes.
fn codes_help() -> String {
    let codes = Code::ALL.iter();
    let codes: String = codes
        .map(|code| format!("\n  {:24}{}", code.name(), code.says()))
        .collect();
    format!("Report findings with CODE as warnings. Repeatable.\n\nThe codes:{codes}")
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
