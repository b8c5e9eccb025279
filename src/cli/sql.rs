//! `clientype sql`: labels within a database, by a plan.
//!
//! Owns the flags for that and which plans it takes. The statements are those of
//! [`crate::sql`].

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::Args;

use crate::columns::Columns;
use crate::engine::compile::Rules;
use crate::run::Options;
use crate::sql::{Dialect, Part, Planned, TableName, Target};

use super::args::{self, Judging, Reading, choices, name_part};
use super::classify;
use super::config;
use super::output::Files;
use super::printed::{self, Printed, print};
use super::related::Stated;

const EXAMPLES: &str = "\
Exit codes: 0 done, 2 it could not be done (the message says why).

Examples:
  The three parts for a table of DuckDB, to be run in turn with `clientype read` between them:
    clientype sql --config examples/sql/plan.toml --table crm.accounts --dialect duckdb

  Only the query for its texts:
    clientype sql --config examples/sql/plan.toml --table accounts --dialect duckdb --part distinct

  The same for Spark, with scores and reasons:
    clientype sql --config examples/sql/plan.toml --table crm.accounts --dialect spark --details

Guide: clientype guide sql, configuration";

/// Print SQL that labels a table within a database, by a plan
///
/// It has three parts: the query for the different texts of each column; the table of
/// readings, which `clientype read` makes of them; and a view that adds the labels. Texts
/// are read by `clientype read` only, and the view compares what was read.
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
pub(super) struct Sql {
    /// The table that has the records, such as crm.accounts.
    #[arg(
        long,
        value_name = "NAME",
        long_help = "The table that has the records, such as crm.accounts. A part with a dot in it \
                     is quoted as the database does"
    )]
    table: String,

    /// The database: duckdb, postgres or spark.
    #[arg(long, value_name = "NAME", value_parser = dialect(), hide_possible_values = true)]
    dialect: Dialect,

    /// Only one part: distinct, readings or view.
    #[arg(long, value_name = "PART", value_parser = part(), hide_possible_values = true)]
    part: Option<Part>,

    /// Add score, margin, coverage and reasons.
    #[arg(long)]
    details: bool,

    /// Name of the view [default: that of the table with _labels]
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    view: Option<String>,

    /// Name of the table of readings [default: clientype_readings, beside the table]
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    readings: Option<String>,

    /// Begin the names of the added columns with TEXT
    #[arg(
        long,
        value_name = "TEXT",
        value_parser = name_part,
        default_value = "",
        hide_default_value = true,
        hide_short_help = true
    )]
    prefix: String,

    #[arg(skip)]
    pub(super) reading: Reading,

    #[command(flatten)]
    pub(super) judging: Judging,
}

fn dialect() -> impl clap::builder::TypedValueParser<Value = Dialect> {
    choices(Dialect::ALL.map(|dialect| (dialect.name(), dialect)))
}

fn part() -> impl clap::builder::TypedValueParser<Value = Part> {
    choices(Part::ALL.map(|part| (part.name(), part)))
}

pub(super) fn run(args: &Sql) -> anyhow::Result<ExitCode> {
    let name = |flag: &str, text: &str| {
        TableName::new(text, args.dialect).map_err(|why| anyhow!("{flag} {text:?}: {why}"))
    };
    let table = name("--table", &args.table)?;
    let readings = args
        .readings
        .as_deref()
        .map(|text| name("--readings", text));
    let view = args.view.as_deref().map(|text| name("--view", text));
    let target = Target {
        dialect: args.dialect,
        readings: readings.unwrap_or_else(|| Ok(table.beside("clientype_readings")))?,
        view: view.unwrap_or_else(|| Ok(table.ended("_labels")))?,
        table,
        details: args.details,
        prefix: args.prefix.clone(),
    };
    let mut files = Files::of(&args.judging);
    files.prints();
    files.check()?;
    refuse_related(&args.judging)?;
    let rules = classify::rules(&args.judging)?;
    let planned = planned(&rules, &args.reading, &args.judging)?;
    let evidence = assumed(&rules, &args.reading, &args.judging)?;
    let parts = match args.part {
        Some(part) => vec![part],
        None => Part::ALL.to_vec(),
    };
    let parts = parts.into_iter();
    let parts: Vec<String> = parts
        .map(|part| planned.part(part, &target, &evidence))
        .collect();
    print(&parts.join("\n"), Printed::AsIs)?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses evidence that stands in other files.
pub(super) fn refuse_related(judging: &Judging) -> anyhow::Result<()> {
    let Some(file) = judging.with.files.first() else {
        return Ok(());
    };
    bail!(
        "{}: related files can't be joined in SQL\n  help: label an export instead (clientype \
         classify --with), or omit the file",
        printed::path(&file.file)
    )
}

/// What is assumed of records that say nothing else.
fn assumed(
    rules: &Rules,
    reading: &Reading,
    judging: &Judging,
) -> anyhow::Result<std::sync::Arc<crate::run::Evidence>> {
    let mut options: Options = args::options(reading, judging);
    if let Some(assumed) = Stated::assumed(judging) {
        assumed.add(rules, judging, &mut options, &[])?;
    }
    Ok(options.evidence.pop().unwrap_or_default())
}

/// The plan that the configuration is.
pub(super) fn planned<'r>(
    rules: &'r Rules,
    reading: &Reading,
    judging: &Judging,
) -> anyhow::Result<Planned<'r>> {
    if !judging.frozen {
        let which = match judging.configured.file() {
            "" => "no plan is named".to_owned(),
            file => format!("{file} isn't a plan: it leaves open what some columns are read as"),
        };
        bail!(
            "{which}\n  help: clientype columns --freeze plan.toml FILE writes a plan for an export \
             of the table; name it by --config plan.toml"
        );
    }
    let explained = |error| config::explained(error, judging);
    let options = args::options(reading, judging);
    let mut columns = Columns::new(rules, &options.overrides).map_err(explained)?;
    columns.date_order = options.date_order;
    let columns = columns.frozen(false);
    let mut names: Vec<String> = Vec::new();
    for (name, _) in columns.planned() {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mapping = columns.settle(&names, &[], true).map_err(explained)?;
    if mapping.is_empty() {
        bail!(
            "the plan reads no column\n  help: clientype columns FILE shows which columns are read, and why others are not"
        );
    }
    Ok(Planned::new(rules, &columns, &mapping, &names))
}
