//! The command line: every flag, declared once, its help in its comment.
//!
//! Owns what a user can say. Each verb has a file of its own that turns what
//! was said into a call of the library.

mod check;
mod classify;
mod columns;
mod config;
mod explain;
mod markdown;
mod output;
mod overview;
mod progress;
mod render;
mod report;
mod rules;
mod styled;
mod wording;

use std::ffi::OsString;
use std::io::Write;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::columns::Override;
use crate::find::Filter;
use crate::input::{Encoding, Format, Layout, Ragged};
use crate::run::Options;
use crate::value::DateOrder;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Says of each record in a CRM export whether it is a Customer or a Client,
/// Internal or External, by rules that anybody can read.
#[derive(Debug, Parser)]
#[command(
    version,
    arg_required_else_help = true,
    after_long_help = "Example:\n    clientype classify examples/relationships.csv"
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

/// No machine is quicker with more, and each takes some memory.
const MOST_THREADS: usize = 64;

/// It could not be done: usage, input, rulebook.
const FAILED: u8 = 2;

/// Does what the command line says, and returns the exit code.
pub fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(code) => code,
        // The reader of our output has gone, as `head` does.
        Err(error)
            if error
                .downcast_ref()
                .is_some_and(crate::Error::is_broken_pipe) =>
        {
            ExitCode::SUCCESS
        }
        Err(error) => {
            // Where standard error is closed, the exit code still reports it.
            let message = wording::chain(&error);
            drop(writeln!(std::io::stderr(), "error: {message}"));
            ExitCode::from(FAILED)
        }
    }
}

#[derive(Debug, Subcommand)]
enum Verb {
    Classify(Classify),
    Explain(Explain),
    Check(Box<check::Check>),
    Columns(Columns),
    Rules(rules::Rules),
}

const CLASSIFY_EXAMPLES: &str = "\
Exit codes: 0 done, 2 it could not be done (the message says why).

Examples:
  Label an export:
    clientype classify examples/relationships.csv

  Label a stream into a file, telling who we are:
    cat examples/relationships.csv | clientype classify --own Acme -o out.csv

  Say how each label came about:
    clientype classify --details examples/relationships.csv

  Read it in the terminal:
    clientype classify --format table examples/relationships.csv";

/// Label every record of a file or of standard input.
///
/// Two fields are added to each record: relationship_label (Customer, Client or
/// Undetermined) and affiliation_label (Internal, External or Undetermined).
/// Everything else comes out byte for byte as it went in (what was no UTF-8, as
/// UTF-8; a workbook's sheet as CSV). Which column feeds
/// which criterion, and what was not understood, is told on standard error.
#[derive(Debug, Args)]
#[command(after_long_help = CLASSIFY_EXAMPLES)]
struct Classify {
    /// Files to label as one; `-` or none is standard input.
    ///
    /// CSV, TSV, JSON (an array of objects, or an object whose only array of
    /// objects holds the records) or NDJSON, in UTF-8, in UTF-16 with a byte order
    /// mark, or as --encoding says; packed with gzip or zstd or not; or .xlsx
    /// workbooks.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The format of the output.
    ///
    /// The one that came in, unless given. Only in that format do records pass
    /// byte for byte.
    #[arg(short, long, value_name = "FORMAT", value_parser = format(|_| true))]
    format: Option<Format>,

    /// Write to FILE, which is replaced only when all is done.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Add score, margin, coverage and reasons of each label, and the rulebook.
    #[arg(long)]
    details: bool,

    /// Overwrite fields that have the name of an added one.
    ///
    /// So labelled output can be labelled again.
    #[arg(long)]
    replace: bool,

    /// Begin the names of the added fields with TEXT.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    prefix: String,

    /// Make it an error if a value is not understood.
    ///
    /// Without this it counts as no evidence, never as a "no".
    #[arg(long)]
    strict: bool,

    /// Show on standard error how labels go together, what is known of each criterion, and
    /// the values that were not understood.
    #[arg(long)]
    summary: bool,

    /// Set records aside in FILE that cannot be read, and go on.
    ///
    /// CSV and TSV records with more or fewer fields than the header, and
    /// NDJSON lines that hold no object, byte for byte.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,

    /// Label with N threads; as many as there are cores, at most 8, unless given.
    ///
    /// The output is the same for any number.
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<NonZero<usize>>,

    /// Say nothing on standard error but what went wrong.
    #[arg(short, long)]
    quiet: bool,

    #[command(flatten)]
    reading: Reading,

    #[command(flatten)]
    judging: Judging,
}

/// How an input is read: the same for every verb that reads one.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Reading the input")]
struct Reading {
    /// The format of the input.
    ///
    /// Found out by the file's ending, else by its first bytes, unless given.
    #[arg(long, value_name = "FORMAT", value_parser = format(Format::is_input))]
    input_format: Option<Format>,

    /// The delimiter of CSV: a character, `tab`, `comma`, `semicolon` or `pipe`.
    ///
    /// Unless given, what a first line such as `sep=;` names, or else found out from
    /// `,` `;` tab and `|`.
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,

    /// The encoding of text that is not UTF-8: windows-1252, utf-16le, ...
    ///
    /// Any label of the WHATWG Encoding Standard. A byte order mark counts more.
    /// What comes out is UTF-8. Bytes without a meaning in it are an error.
    #[arg(long, value_name = "LABEL", value_parser = encoding)]
    encoding: Option<Encoding>,

    /// The sheet of a workbook, by its name or its number; the first unless given.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,

    /// Pass N lines of CSV through before the header is read.
    ///
    /// Lines as an editor counts them; a first line `sep=;` is one of them. They
    /// come out as they are; in another format they are left out.
    #[arg(long, value_name = "N")]
    skip_lines: Option<usize>,

    /// The first line is a record: columns are named 1, 2, 3, ... (`--map duration=3`).
    ///
    /// Of CSV. Such columns feed only what `--map` says, and no header is written.
    #[arg(long)]
    no_header: bool,

    /// What to do with CSV records that have more or fewer fields than the header.
    ///
    /// `pad` fills short ones up with empty fields, and gives the header unnamed
    /// columns where the first records are longer. `error`, unless given.
    #[arg(long, value_name = "WAY", value_parser = ragged())]
    ragged: Option<Ragged>,
}

/// By what records are judged: the same for every verb that judges one.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Judging the records")]
struct Judging {
    /// Our own organization: a name or a mail domain. Repeatable.
    ///
    /// Organizations are compared with the names, addresses with the domains.
    /// Case, punctuation and legal forms (GmbH, Ltd) do not matter.
    #[arg(long, value_name = "NAME_OR_DOMAIN")]
    own: Vec<String>,

    /// Read CRITERION from COLUMN; `CRITERION=` switches it off. Repeatable.
    ///
    /// Of several columns for one criterion the first that says something counts.
    /// Case and spaces do not matter where only one column fits.
    #[arg(long, value_name = "CRITERION=COLUMN", value_parser = override_)]
    map: Vec<Override>,

    /// The order of dates in digits where the first values of their column do not
    /// tell: dmy, mdy or ymd.
    ///
    /// `3/4/2024` is not understood otherwise.
    #[arg(long, value_name = "ORDER", value_parser = date_order())]
    date_order: Option<DateOrder>,

    /// The day on which open-ended durations are measured, as YYYY-MM-DD.
    ///
    /// Today, unless given.
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<jiff::civil::Date>,

    /// Use the rulebook in FILE instead of the built-in one, which is `documents`.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,

    /// Take from FILE what the command line does not say; from clientype.toml, if
    /// there is one here, unless given.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The criteria of which that file names the columns.
    #[arg(skip)]
    configured: Vec<String>,
}

impl Judging {
    /// What named the column of this criterion.
    fn told_by(&self, criterion: &str) -> &'static str {
        match self.configured.iter().any(|name| name == criterion) {
            true => config::NAME,
            false => "--map",
        }
    }
}

const COLUMNS_EXAMPLES: &str = "\
Exit codes: 0 done, 2 it could not be done (the message says why).

Examples:
  See what is read as what:
    clientype columns examples/relationships.csv

  The same for a program:
    clientype columns --format json examples/relationships.csv";

/// Show which column is read as which criterion, and which are not.
///
/// All of the file is read: of each column it is shown how it is read and how that
/// was decided, some of its values, how many are filled in and understood, and
/// those that are not understood, the most frequent first.
#[derive(Debug, Args)]
#[command(after_long_help = COLUMNS_EXAMPLES)]
struct Columns {
    /// The file to look at; `-` or none is standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// How it is shown: for a person, or for a program.
    #[arg(short, long, value_name = "FORMAT", value_parser = ["text", "json"], default_value = "text", hide_default_value = true)]
    format: String,

    /// Add what feeds which criterion to clientype.toml, to be reviewed and kept.
    ///
    /// Into its table [map]; what stands there stays, and so does all else.
    #[arg(long)]
    write_config: bool,

    #[command(flatten)]
    reading: Reading,

    #[command(flatten)]
    judging: Judging,
}

const EXPLAIN_EXAMPLES: &str = "\
Exit codes: 0 done, 2 it could not be done (the message says why).

Examples:
  Ask about a buyer in your own words:
    clientype explain Vertrag=ja Laufzeit='3 Jahre' affiliation=employee

  Ask why a record of an export got its labels:
    clientype explain --row 17 examples/relationships.csv
    clientype explain --where Company='Globex' examples/relationships.csv

  Put it into a ticket, or a program:
    clientype explain --format markdown contract=yes duration=3y
    clientype explain --format json contract=yes duration=3y";

/// Label a record and show why.
///
/// The record is told in words, or is one of a file. For each scorecard it is shown
/// what counted, and how much; what gave no evidence, and how much it could add; and
/// the smallest changes that would give another label.
#[derive(Debug, Args)]
#[command(
    after_long_help = EXPLAIN_EXAMPLES,
    override_usage = "clientype explain [OPTIONS] KEY=VALUE...\n       clientype explain [OPTIONS] --row <N> [FILE]\n       clientype explain [OPTIONS] --where <COLUMN=VALUE> [FILE]"
)]
struct Explain {
    /// What the record says: a criterion, or any name of a column for one, and a
    /// value in any language we read. With --row or --where, the file.
    #[arg(value_name = "KEY=VALUE")]
    words: Vec<OsString>,

    /// Explain record N of FILE, or of standard input; a CSV header is no record.
    #[arg(long, value_name = "N", value_parser = counted, conflicts_with = "conditions")]
    row: Option<NonZero<u64>>,

    /// Explain the records of FILE, or of standard input, that say VALUE in COLUMN.
    /// Repeatable: all have to hold.
    ///
    /// Just that, but for spaces around it.
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = condition)]
    conditions: Vec<Filter>,

    /// Explain at most N of the records that --where finds.
    #[arg(long, value_name = "N", value_parser = counted, default_value = "10", requires = "conditions", conflicts_with = "row")]
    limit: NonZero<u64>,

    /// How it is shown: for a person, for a program, or for a ticket.
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Form,

    /// Add what the cited statements say, and which document each is from.
    #[arg(long)]
    sources: bool,

    /// When to colour.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: When,

    #[command(flatten)]
    reading: Reading,

    #[command(flatten)]
    judging: Judging,
}

/// A form in which a record is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Form {
    /// For a person
    #[default]
    Text,
    /// For a program: JSON, each object on a line
    Json,
    /// For a ticket
    Markdown,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum When {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also in a pipe or a file
    Always,
    /// Not even on a terminal
    Never,
}

fn counted(text: &str) -> Result<NonZero<u64>, String> {
    let number = text.parse();
    number.map_err(|_| "expected a number from 1 on".to_owned())
}

fn condition(text: &str) -> Result<Filter, String> {
    let (column, value) = text
        .split_once('=')
        .filter(|(column, _)| !column.trim().is_empty())
        .ok_or("expected COLUMN=VALUE, such as Company=Globex")?;
    Ok(Filter {
        column: column.to_owned(),
        value: value.to_owned(),
    })
}

impl Reading {
    /// One of the flags that was said, if any was.
    fn said(&self) -> Option<&'static str> {
        let said = [
            (self.input_format.is_some(), "--input-format"),
            (self.delimiter.is_some(), "--delimiter"),
            (self.encoding.is_some(), "--encoding"),
            (self.sheet.is_some(), "--sheet"),
            (self.skip_lines.is_some(), "--skip-lines"),
            (self.no_header, "--no-header"),
            (self.ragged.is_some(), "--ragged"),
        ];
        said.iter().find(|(is, _)| *is).map(|(_, flag)| *flag)
    }

    fn layout(&self) -> Layout {
        Layout {
            format: self.input_format,
            delimiter: self.delimiter,
            encoding: self.encoding,
            sheet: self.sheet.clone(),
            skip_lines: self.skip_lines.unwrap_or_default(),
            no_header: self.no_header,
            ragged: self.ragged.unwrap_or_default(),
        }
    }
}

/// The options of a run that these flags say.
fn options(reading: &Reading, judging: &Judging) -> Options {
    Options {
        layout: reading.layout(),
        overrides: judging.map.clone(),
        date_order: judging.date_order,
        ..Options::default()
    }
}

fn encoding(text: &str) -> Result<Encoding, String> {
    Encoding::from_label(text).ok_or_else(|| {
        "expected a label of the WHATWG Encoding Standard, such as windows-1252, windows-1250, windows-1258 or utf-16le".to_owned()
    })
}

/// Takes one of these names, and lists them in the help with what each says.
fn choices<T: Copy + Send + Sync + 'static>(
    all: impl IntoIterator<Item = (&'static str, &'static str, T)>,
) -> impl TypedValueParser<Value = T> {
    let all: Vec<_> = all.into_iter().collect();
    let value = |(name, says, _): &(&'static str, &'static str, T)| match *says {
        "" => PossibleValue::new(*name),
        says => PossibleValue::new(*name).help(says),
    };
    PossibleValuesParser::new(all.iter().map(value)).map(move |name| {
        let of = all.iter().find(|(known, ..)| *known == name);
        of.expect("only these names are taken").2
    })
}

fn ragged() -> impl TypedValueParser<Value = Ragged> {
    let error = "They end the run, or go to --rejects";
    let pad = "Short ones are filled up with empty fields";
    choices([("error", error, Ragged::Error), ("pad", pad, Ragged::Pad)])
}

/// Takes the names of those formats.
fn format(fits: fn(Format) -> bool) -> impl TypedValueParser<Value = Format> {
    let formats = Format::all().filter(move |format| fits(*format));
    choices(formats.map(|format| (format.name(), format.says(), format)))
}

fn date_order() -> impl TypedValueParser<Value = DateOrder> {
    choices([
        ("dmy", "31/12/2025", DateOrder::Dmy),
        ("mdy", "12/31/2025", DateOrder::Mdy),
        ("ymd", "25/12/31", DateOrder::Ymd),
    ])
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "pipe" => Ok(b'|'),
        _ => match text.as_bytes() {
            [b'"' | b'\n' | b'\r'] => {
                Err("a quote or a line break cannot delimit fields".to_owned())
            }
            [byte] if byte.is_ascii() => Ok(*byte),
            [_, _, ..] if text.chars().all(|c| !c.is_alphanumeric()) => Err(
                "a delimiter of several characters, or one that is not ASCII, is not supported: put one in its place, \
                 such as a tab (sed 's/.../\\t/g') that no field holds"
                    .to_owned(),
            ),
            _ => Err("expected one ASCII character, or tab, comma, semicolon or pipe".to_owned()),
        },
    }
}

fn threads(text: &str) -> Result<NonZero<usize>, String> {
    let number = text.parse().ok().filter(|number| *number <= MOST_THREADS);
    let number = number.and_then(NonZero::new);
    number.ok_or_else(|| format!("expected a number from 1 to {MOST_THREADS}"))
}

fn override_(text: &str) -> Result<Override, String> {
    let (criterion, column) = text
        .split_once('=')
        .ok_or("expected CRITERION=COLUMN, such as contract=Vertrag")?;
    Ok(Override {
        criterion: criterion.trim().to_owned(),
        column: (!column.is_empty()).then(|| column.to_owned()),
    })
}

fn date(text: &str) -> Result<jiff::civil::Date, String> {
    jiff::civil::Date::strptime("%Y-%m-%d", text)
        .map_err(|_| "expected a day such as 2026-01-31".to_owned())
}

impl Cli {
    /// Does what was asked for.
    fn run(self) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::Classify(mut args) => {
                config::fill(&mut args.reading, &mut args.judging, args.quiet)?;
                classify::run(&args)
            }
            Verb::Explain(mut args) => explain::run(&mut args),
            Verb::Check(args) if args.schema => {
                output::print(&format!("{:#}\n", config::schema()))?;
                Ok(ExitCode::SUCCESS)
            }
            Verb::Check(mut args) => check::run(&mut args),
            Verb::Columns(mut args) => {
                config::fill(&mut args.reading, &mut args.judging, false)?;
                columns::run(&args)
            }
            Verb::Rules(args) => rules::run(args),
        }
    }
}
