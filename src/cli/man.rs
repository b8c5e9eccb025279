//! `clientype man`: manual pages, one for each verb.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Page;

use super::Cli;
use super::output::Output;
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
    let mut command = Cli::command();
    command.build();
    write(&command, &args.dir)?;
    let written = format!("{dir}: manual pages written; to read one: man {dir}/clientype.1\n");
    print(&written, Printed::Lines)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the page of a command, and those of its own commands.
fn write(command: &Command, dir: &Path) -> anyhow::Result<()> {
    for inner in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        write(inner, dir)?;
    }
    let page = Page::new(command.clone());
    let path = dir.join(page.get_filename());
    let cannot = || format!("{}: the page cannot be written", printed::path(&path));
    let mut text = Vec::new();
    page.render(&mut text).with_context(cannot)?;
    let mut file = Output::open(Some(&path))?;
    file.write_all(&text).with_context(cannot)?;
    printed::report(&file.finish()?);
    Ok(())
}
