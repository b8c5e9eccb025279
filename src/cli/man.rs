//! `clientype man`: manual pages, one for each verb.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Page;

use super::Cli;
use super::output::{Files, Output};
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
    let mut pages = Vec::new();
    add(&command, &args.dir, &mut pages);
    let mut files = Files::default();
    for (path, _) in &pages {
        files.writes("a manual page", path);
    }
    files.prints();
    files.check()?;
    for (path, page) in &pages {
        write(path, page)?;
    }
    let written = format!("{dir}: manual pages written; to read one: man {dir}/clientype.1\n");
    print(&written, Printed::Lines)?;
    Ok(ExitCode::SUCCESS)
}

/// Adds the pages of a command and of its own commands, each with its path.
fn add(command: &Command, dir: &Path, pages: &mut Vec<(PathBuf, Page)>) {
    for inner in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        add(inner, dir, pages);
    }
    let page = Page::new(command.clone());
    pages.push((dir.join(page.get_filename()), page));
}

fn write(path: &Path, page: &Page) -> anyhow::Result<()> {
    let cannot = || format!("{}: the page cannot be written", printed::path(path));
    let mut text = Vec::new();
    page.render(&mut text).with_context(cannot)?;
    let mut file = Output::open(Some(path))?;
    file.write_all(&text).with_context(cannot)?;
    printed::report(&file.finish()?);
    Ok(())
}
