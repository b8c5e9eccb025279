//! The file that `columns` writes: a plan or a configuration.
//!
//! Owns that it is opened before anything else is read, so that the work is not in vain,
//! and which files may be written over.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::{NAME, not_a_way_out};
use crate::cli::args::Judging;
use crate::cli::output::Output;
use crate::cli::{printed, whole};

/// A file to be written, and what it has before.
pub(in crate::cli) struct Written {
    pub(super) path: PathBuf,
    /// The old text, if there is a file.
    pub(super) before: Option<String>,
    output: Output,
}

/// The configuration: the one that is named, or that of this folder.
pub(in crate::cli) fn path(judging: &Judging) -> &Path {
    judging.config.as_deref().unwrap_or(Path::new(NAME))
}

impl Written {
    /// A plan at `path`, which may replace a plan, but no other file.
    pub(in crate::cli) fn plan(path: &Path) -> anyhow::Result<Self> {
        let Some(before) = read(path, "this file cannot be read")? else {
            return Written::over(path, None);
        };
        let text = String::from_utf8(before).ok();
        let text = text.filter(|text| whole::CONFIGURATION.check(text).is_ok());
        let table = text
            .as_deref()
            .and_then(|text| text.parse::<toml::Table>().ok());
        let is_plan = table.is_some_and(|table| table.contains_key("frozen"));
        match text.filter(|text| is_plan || text.is_empty()) {
            Some(text) => Written::over(path, Some(text)),
            None => bail!(
                "{}: this file is there already, and it isn't a plan\n  help: write the plan to another file, or remove this one",
                printed::path(path)
            ),
        }
    }

    /// The configuration, which keeps what it has.
    pub(in crate::cli) fn configuration(judging: &Judging) -> anyhow::Result<Self> {
        if judging.config.is_none() {
            not_a_way_out()?;
        }
        let path = path(judging);
        let cannot = "the configuration cannot be read";
        let before = read(path, cannot)?.map(String::from_utf8).transpose();
        let before = before.with_context(|| format!("{}: {cannot}", printed::path(path)))?;
        Written::over(path, before)
    }

    fn over(path: &Path, before: Option<String>) -> anyhow::Result<Self> {
        Ok(Written {
            path: path.to_owned(),
            before,
            output: Output::open(Some(path))?,
        })
    }

    /// As the user named it.
    pub(super) fn name(&self) -> String {
        printed::path(&self.path)
    }

    pub(super) fn write(mut self, text: &str) -> anyhow::Result<()> {
        let cannot = || format!("{}: the file cannot be written", printed::path(&self.path));
        let written = self.output.write_all(text.as_bytes());
        written.with_context(cannot)?;
        printed::report(&self.output.finish()?);
        Ok(())
    }
}

/// What a file has, if it is one; a pipe would never end.
fn read(path: &Path, cannot: &str) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        _ => {}
    }
    let before =
        whole::bytes(path).with_context(|| format!("{}: {cannot}", printed::path(path)))?;
    Ok(Some(before))
}
