//! `clientype read`: what the texts of a table are read as, by a plan.
//!
//! Owns the two files, texts and readings, and what is reported of them. Reading itself is
//! the library's.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use crate::sql::{HEADER, Planned};
use crate::text::{did_you_mean, nearest, quoted, visible};

use super::args::{Judging, Reading};
use super::inputs::Inputs;
use super::output::{Files, not_written};
use super::report::{self, count};
use super::standard::{self, Standard};
use super::{classify, printed, sql};

/// From this number on, a column may have about one text a record, and reading them
/// beforehand saves nothing: a column of organizations, addresses or numbers, and any other,
/// such as one of days.
const MANY: [u64; 2] = [10_000, 100_000];

const EXAMPLES: &str = "\
Exit codes: 0 done, 2 it could not be done (the message says why).

Examples:
  Read the texts that the query of `clientype sql --part distinct` gives:
    clientype read --config examples/sql/plan.toml examples/sql/texts.csv

  The same in a pipe:
    clientype read --config examples/sql/plan.toml < examples/sql/texts.csv > readings.csv

Guide: clientype guide sql, values";

/// Print what each text of a table is read as, by a plan
///
/// FILE is CSV with the columns column and value, as the query of `clientype sql` gives them.
/// The output is the table of readings: for each text and each criterion that its column
/// feeds, whether it is known and its value.
#[derive(Debug, Args)]
#[command(
    after_help = super::LONGER,
    after_long_help = EXAMPLES,
    mut_arg("with", |arg| arg.hide(true)),
    mut_arg("on", |arg| arg.hide(true)),
    mut_arg("says", |arg| arg.hide(true)),
    mut_arg("absent", |arg| arg.hide(true)),
    mut_arg("config", |arg| arg.help("The plan [default: clientype.toml, if this folder has one]").hide_short_help(false))
)]
pub(super) struct Read {
    /// The texts: CSV with the columns column and value [default: -, standard input]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    #[arg(skip)]
    pub(super) reading: Reading,

    #[command(flatten)]
    pub(super) judging: Judging,
}

pub(super) fn run(args: &Read) -> anyhow::Result<ExitCode> {
    let mut files = Files::of(&args.judging);
    files.reads_inputs(args.file.as_slice());
    files.prints();
    files.check()?;
    sql::refuse_related(&args.judging)?;
    let rules = classify::rules(&args.judging)?;
    let mut planned = sql::planned(&rules, &args.reading, &args.judging)?;
    let source = Inputs::open(args.file.as_slice())?.one();
    let name = visible(&source.name).into_owned();
    let mut texts = csv::Reader::from_reader(source.reader);
    check(texts.headers(), &name)?;
    let mut out = csv::Writer::from_writer(standard::open(Standard::Output).map_err(not_written)?);
    let (mut key, mut counts) = (String::new(), BTreeMap::<String, u64>::new());
    let written = |result: csv::Result<()>| match result.map_err(csv::Error::into_kind) {
        Err(csv::ErrorKind::Io(error)) => Err(not_written(error)),
        _ => Ok(()),
    };
    written(out.write_record(HEADER))?;
    for row in texts.records() {
        let row = row.map_err(|error| anyhow!("{name}: {error}"))?;
        let line = row.position().map_or(0, csv::Position::line);
        let (column, text) = (&row[0], &row[1]);
        let columns = planned.columns().into_iter();
        let near = nearest(column, columns).map(did_you_mean);
        let Some(readings) = planned.read(column, text, &mut key) else {
            let near = near.map_or(String::new(), |near| format!("\n  help: {near}"));
            let column = quoted(column);
            bail!("{name}, line {line}: the plan does not read the column {column}{near}");
        };
        for reading in readings {
            let fields = reading.fields();
            let fields = fields.iter().map(String::as_str);
            written(out.write_record([column, text].into_iter().chain(fields)))?;
        }
        *counts.entry(column.to_owned()).or_default() += 1;
    }
    let flushed = out.into_inner().map_err(|error| error.into_error());
    flushed.and_then(standard::close).map_err(not_written)?;
    printed::report(&reported(&planned, &counts));
    Ok(ExitCode::SUCCESS)
}

/// Checks the header of the texts.
fn check(header: csv::Result<&csv::StringRecord>, name: &str) -> anyhow::Result<()> {
    let header = header.with_context(|| format!("{name}: the header cannot be read"))?;
    if header.iter().eq(["column", "value"]) {
        return Ok(());
    }
    if header.is_empty() {
        bail!("{name}: the file is empty\n  help: see whether the query of its texts failed");
    }
    let found: Vec<String> = header.iter().map(quoted).collect();
    bail!(
        "{name}: the header is {}\n  expected: column,value, as the query of clientype sql --part \
         distinct gives it",
        found.join(",")
    )
}

/// How many texts each column has, and which have about one a record.
fn reported(planned: &Planned<'_>, counts: &BTreeMap<String, u64>) -> String {
    let count_of = |column: &str| counts.get(column).copied().unwrap_or_default();
    let (columns, open) = (planned.columns(), planned.open_columns());
    let texts = columns
        .iter()
        .map(|column| format!("{} {}", quoted(column), report::grouped(count_of(column))));
    let mut lines = vec![format!(
        "different texts: {}",
        texts.collect::<Vec<_>>().join(", ")
    )];
    for column in columns {
        let number = count_of(column);
        let is_open = open.contains(&column);
        if number >= MANY[usize::from(!is_open)] {
            let texts = count(number, "text");
            let column = quoted(column);
            lines.push(format!(
                "{column}: {texts}, which may be about one a record, so the table of readings grows \
                 with the table itself; where that is too much, run clientype over its records \
                 instead (in Spark: mapInArrow)"
            ));
        }
    }
    report::ended(&lines)
}
