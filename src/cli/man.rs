//! `clientype man`: manual pages, one for each verb.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, CommandFactory};

use super::Cli;
use super::printed::{self, Printed, print};

/// Write manual pages, one for each verb
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  Write them, and read one:\n    clientype man --dir man && ls man/clientype-classify.1"
)]
pub(super) struct Man {
    /// Write the pages into DIR, which is created if need be
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

pub(super) fn run(args: &Man) -> anyhow::Result<ExitCode> {
    let dir = printed::path(&args.dir);
    fs::create_dir_all(&args.dir)
        .with_context(|| format!("{dir}: the folder cannot be created"))?;
    let pages = clap_mangen::generate_to(Cli::command(), &args.dir);
    pages.with_context(|| format!("{dir}: the pages cannot be written"))?;
    let written = format!("{dir}: manual pages written; to read one: man {dir}/clientype.1\n");
    print(&written, Printed::Lines)?;
    Ok(ExitCode::SUCCESS)
}
