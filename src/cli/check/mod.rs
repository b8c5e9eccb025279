//! `clientype check`: an export is held to what somebody asks of it, for CI.
//!
//! Owns the flags of the verb. What they come to is done in [`run`]; each report has a
//! file of its own.

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
Exit codes: 0 passed, 1 findings, 2 it could not be judged (the message says why).

Examples:
  Hold labels that are there already to the computed ones, and tolerate some:
    clientype check --expect relationship=Kind --min-agreement 75% examples/customers.csv

  Write a report for CI beside what is shown:
    clientype check --require affiliation --report junit=out.xml examples/customers.csv

  Keep the labels of today, and fail where one changes:
    clientype check --key Id --baseline labels.csv --write-baseline examples/customers.csv
    clientype check --key Id --baseline labels.csv examples/customers.csv";

const FINDINGS: &str = "What becomes of findings";

/// Judge an export in CI: exit 0 passes, 1 fails.
///
/// The records are labelled as classify labels them, and held to what is asked; where
/// nothing is, they only have to be readable. What is asked can also stand in
/// clientype.toml. Each finding has a code, a line and a record; a broken file is never a
/// pass. A file without records is one, unless --min-records asks for some.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Check {
    /// Files to judge together; `-` or none is standard input.
    ///
    /// In any format that classify reads. Each has columns of its own; keys, unique
    /// values and shares go over all of them.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// How the outcome is shown.
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true
    )]
    format: Kind,

    /// Add how labels go together, what is known of each criterion, and the values that
    /// are met most often among those that are not understood.
    #[arg(long)]
    summary: bool,

    /// Print the JSON Schema of clientype.toml, and judge nothing.
    #[arg(long, exclusive = true)]
    pub(super) schema: bool,

    /// Judge with N threads; as many as there are cores, at most 8, unless given.
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<NonZero<usize>>,

    /// Say nothing on standard error but what went wrong.
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// When to colour.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: When,

    #[command(flatten)]
    pub(super) asking: Asking,

    #[command(flatten)]
    pub(super) reading: Reading,

    #[command(flatten)]
    pub(super) judging: Judging,
}

/// What is asked of an export.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What is asked")]
pub(super) struct Asking {
    /// The labels in COLUMN have to agree with the computed ones. Repeatable.
    ///
    /// They are read as ours in five languages: Kunde is Customer, Mandant is Client.
    #[arg(long, value_name = "SCORECARD=COLUMN", value_parser = expectation)]
    pub(super) expect: Vec<(String, String)>,

    /// At least so many of these labels agree; each that does not is a warning then, and
    /// a missing one an error still. Of one scorecard: `relationship:98%`. Repeatable.
    #[arg(long, value_name = "SHARE", value_parser = limit)]
    pub(super) min_agreement: Vec<Limit>,

    /// The language of labels that mean another thing in another: de, en, fr, pl or vi.
    ///
    /// As client does in French, and klient in Polish. Needed where the headers do not
    /// tell which it is; other labels are read in any language.
    #[arg(long, value_name = "CODE", value_parser = language(), hide_possible_values = true)]
    pub(super) label_language: Option<Language>,

    /// At most so many records are undetermined, on each scorecard. Of one scorecard:
    /// `affiliation:5%`. Repeatable.
    #[arg(long, value_name = "SHARE", value_parser = limit)]
    pub(super) max_undetermined: Vec<Limit>,

    /// Each record fills CRITERION in so that it is understood. Repeatable.
    #[arg(long, value_name = "CRITERION")]
    pub(super) require: Vec<String>,

    /// Each value in a column that feeds a criterion is understood.
    #[arg(long)]
    pub(super) no_unread_values: bool,

    /// There are at least N records.
    #[arg(long, value_name = "N")]
    pub(super) min_records: Option<u64>,

    /// No value is twice in COLUMN; empty ones do not count. Repeatable.
    #[arg(long, value_name = "COLUMN")]
    pub(super) unique: Vec<String>,

    /// COLUMN says which record it is.
    ///
    /// It is shown with each finding, and tells the records of a baseline apart.
    #[arg(long, value_name = "COLUMN")]
    pub(super) key: Option<String>,

    /// No label is another than in FILE, which has the labels of an earlier run.
    ///
    /// Written by --write-baseline, or by classify: any file with the key's column and
    /// those of the labels. Records that it does not know are new and no finding.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Write the labels of this run to that file, if it passes, and compare with nothing.
    #[arg(long)]
    pub(super) write_baseline: bool,

    /// Entries of the baseline whose records have gone are findings.
    #[arg(long)]
    pub(super) strict_baseline: bool,

    /// Findings with CODE are warnings. Repeatable.
    #[arg(long_help = codes_help(), help_heading = FINDINGS, long, value_name = "CODE", value_parser = codes(), hide_possible_values = true)]
    pub(super) warn: Vec<Code>,

    /// Findings with CODE are none. Repeatable.
    #[arg(help_heading = FINDINGS, long, value_name = "CODE", value_parser = codes(), hide_possible_values = true)]
    pub(super) allow: Vec<Code>,

    /// Fail on errors only, or on warnings too; on errors unless given.
    #[arg(help_heading = FINDINGS, long, value_name = "SEVERITY", value_parser = severity(), hide_possible_values = true)]
    pub(super) fail_on: Option<Severity>,

    /// Show at most N findings, 100 unless given; all are counted.
    #[arg(help_heading = FINDINGS, long, value_name = "N")]
    pub(super) max_findings: Option<usize>,

    /// Write a report to a file too: text, json, junit, sarif, github or markdown.
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
        "-" => Err(format!("--format {name} writes to standard output")),
        _ => Ok((kind, PathBuf::from(file))),
    }
}

/// What `--help` says of `--warn`: which codes there are.
fn codes_help() -> String {
    let codes = Code::ALL.iter();
    let codes: String = codes
        .map(|code| format!("\n  {:24}{}", code.name(), code.says()))
        .collect();
    format!("Findings with CODE are warnings. Repeatable.\n\nThe codes:{codes}")
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
