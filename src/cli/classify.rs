//! `clientype classify`: its flags, turned into one call of the library.

use std::io::Write;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::engine::compile::{AsOf, Rules};
use crate::input::Format;
use crate::related::Gathered;
use crate::run::Options;
use crate::run::added::Field;
use crate::value::Own;
use clap::Args;

use super::advice::Evidence;
use super::args::{self, Judging, Reading, format, name_part, threads};
use super::inputs::Inputs;
use super::overview::Overview;
use super::related::Stated;
use super::rules::rulebook;
use super::{config, printed, report};
use crate::cli::output::{Files, Output};

const EXAMPLES: &str = "\
Exit codes: 0 done, 2 it could not be done (the message says why).

Examples:
  Label an export:
    clientype classify examples/relationships.csv

  Label a stream into a file, and state who we are:
    cat examples/relationships.csv | clientype classify --own Acme -o out.csv

  Show how each label came about:
    clientype classify --details examples/relationships.csv

  Take contracts in another file as evidence:
    clientype classify --with examples/agency/contracts.csv examples/agency/accounts.csv

  Read it in the terminal:
    clientype classify --format table examples/relationships.csv

Guide: clientype guide start, columns, dates, related, formats, output";

/// Label every record of a file or of standard input
///
/// Two fields are added to each record: relationship_label (Customer, Client or
/// Undetermined) and affiliation_label (Internal, External or Undetermined). All else comes
/// out byte for byte as it went in. The report on standard error shows the result, which
/// column feeds which criterion, and which values were not understood.
#[derive(Debug, Args)]
#[command(after_help = super::LONGER, after_long_help = EXAMPLES)]
pub(super) struct Classify {
    /// Files to label as one [default: -, standard input]
    #[arg(
        value_name = "FILE",
        long_help = "Files to label as one: CSV, TSV, JSON, NDJSON or .xlsx, plain or packed with \
                     gzip or zstd [default: -, standard input]"
    )]
    files: Vec<PathBuf>,

    /// Output format [default: the input's]
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_parser = format(|_| true),
        hide_possible_values = true,
        long_help = "Output format: csv, tsv, json, ndjson or table [default: that of the input, \
                     the only one in which records pass byte for byte]"
    )]
    format: Option<Format>,

    /// Write to FILE, replaced only when complete.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Add score, margin, coverage and reasons.
    #[arg(
        long,
        long_help = "Add the score, margin, coverage and reasons of each label, and the name, \
                     version and hash of the rulebook"
    )]
    details: bool,

    /// Overwrite fields that have the name of an added one, so that labelled output can be
    /// labelled again
    #[arg(long, hide_short_help = true)]
    replace: bool,

    /// Begin the names of the added fields with TEXT.
    #[arg(
        long,
        value_name = "TEXT",
        value_parser = name_part,
        default_value = "",
        hide_default_value = true,
        hide_short_help = true
    )]
    prefix: String,

    /// In CSV or TSV from another format or a workbook, write an apostrophe before cells and
    /// column names that look like formulas
    #[arg(long, hide_short_help = true)]
    escape_formulas: bool,

    /// Make a value that is not understood an error. Without this it counts as missing, and
    /// never as "no"
    #[arg(long, hide_short_help = true)]
    strict: bool,

    /// Report labels and evidence as tables.
    #[arg(
        long,
        long_help = "Report, as tables, how labels combine, how much is known of each criterion, \
                     and which values were not understood"
    )]
    summary: bool,

    /// Write unreadable records to FILE, and go on.
    #[arg(
        long,
        value_name = "FILE",
        long_help = "Write records that cannot be read to FILE, byte for byte, and go on: CSV with \
                     too many or too few fields, NDJSON lines without an object"
    )]
    rejects: Option<PathBuf>,

    /// Use N threads, at most 64 [default: one for each core, at most 8]. The output is the
    /// same for any number
    #[arg(long, value_name = "N", value_parser = threads, hide_short_help = true)]
    threads: Option<NonZero<usize>>,

    /// Print nothing but errors on standard error.
    #[arg(
        short,
        long,
        long_help = "Print nothing on standard error but errors, and that a clientype.toml was \
                     found and is used"
    )]
    pub(super) quiet: bool,

    #[command(flatten)]
    pub(super) reading: Reading,

    #[command(flatten)]
    pub(super) judging: Judging,
}

pub(super) fn run(args: &Classify) -> anyhow::Result<ExitCode> {
    let files = files(args);
    files.check()?;
    let rules = rules(&args.judging)?;
    let evidence = Stated::of(&args.judging, &args.files)?;
    let mut output = Output::open(args.output.as_deref())?;
    files.refuse_in_place(&mut output)?;
    let rejects = args.rejects.as_deref();
    let mut rejects = rejects.map(|path| Output::open(Some(path))).transpose()?;
    let (inputs, openers) = Inputs::open_again(&args.files, evidence.is_some())?;
    let print = |text: &str| {
        if !args.quiet {
            printed::report(text);
        }
    };
    let is_terminal = args.output.is_none() && printed::is_to_terminal();
    let mut options = options(args, is_terminal);
    let gathered = match &evidence {
        Some(stated) => Some(stated.add(&rules, &args.judging, &mut options, &openers)?),
        None => None,
    };
    let progress = inputs.progress(&mut options, !is_terminal && !args.quiet);
    let added = Field::all(&rules, args.details).into_iter();
    let added: Vec<String> = added
        .map(|field| field.name(&rules, &args.prefix))
        .collect();
    let (mut found, mut read) = (Evidence::default(), String::new());
    let labelled = crate::run::classify(
        &rules,
        &options,
        inputs.sources,
        &mut output,
        rejects
            .as_mut()
            .map(|rejects| rejects as &mut (dyn Write + Send)),
        &mut |opened| {
            found.add(&rules, opened);
            read += &report::opened(&rules, &args.judging, opened);
            if args.escape_formulas {
                read += &report::formulas(opened, &added);
            }
        },
    );
    drop(progress);
    let summary = match labelled {
        Ok(summary) => summary,
        Err(error) => {
            // How the input was read may be what is wrong.
            if !error.is_broken_pipe() {
                print(&read);
            }
            return Err(config::explained(error, &args.judging));
        }
    };
    let mut notes = String::new();
    if let Some(rejects) = rejects {
        notes += &rejects.finish()?;
    }
    notes += &output.finish()?;
    if summary.ends_within_line && is_terminal {
        print("\n");
    }
    let place = args.rejects.as_deref().map(printed::path);
    let elsewhere = gathered.as_ref().map_or(Vec::new(), Gathered::criteria);
    found.add_elsewhere(&elsewhere);
    let advice = found.advice(&rules, &summary);
    print(&report::result(&rules, &summary));
    print(&report::ended(&advice));
    print(&read);
    if let Some(gathered) = &gathered {
        print(&report::related(&rules, gathered, &summary));
    }
    print(&report::rest(
        &rules,
        &summary,
        place.as_deref(),
        args.summary,
    ));
    print(&notes);
    if args.summary {
        print("\n");
        printed::report(&Overview::new(&rules, &summary).plain());
    }
    Ok(ExitCode::SUCCESS)
}

/// The rulebook that is meant, ready to judge by.
pub(super) fn rules(args: &Judging) -> anyhow::Result<Rules> {
    let today = AsOf::WhenNeeded(|| jiff::Zoned::now().date());
    let path = args.rules.as_deref();
    let rules = Rules::compile(
        rulebook(path)?,
        &Own::new(&args.own),
        args.as_of.map_or(today, AsOf::Day),
    );
    let name = || path.map_or("built-in rulebook".into(), Path::to_string_lossy);
    let rules = rules.map_err(|error| error.in_file(&name()))?;
    config::check_plan(args, &rules)?;
    Ok(rules)
}

fn options(args: &Classify, is_terminal: bool) -> Options {
    let size = is_terminal.then(terminal_size::terminal_size).flatten();
    Options {
        format: args.format,
        details: args.details,
        prefix: args.prefix.clone(),
        replace: args.replace,
        strict: args.strict,
        escape_formulas: args.escape_formulas,
        threads: args.threads,
        census: args.summary,
        table_width: size.map(|(width, _)| usize::from(width.0)),
        ..args::options(&args.reading, &args.judging)
    }
}

/// The files of the run. The output may be the input; records that are set aside must not
/// replace what they came from.
fn files(args: &Classify) -> Files {
    let mut files = Files::of(&args.judging);
    files.reads_inputs(&args.files);
    match &args.output {
        Some(path) => files.replaces("--output", path),
        None => files.prints(),
    }
    if let Some(path) = &args.rejects {
        files.writes("--rejects", path);
    }
    files
}
