//! How anything is written: what is printed, and files, which are complete or untouched.
//!
//! Owns which of the ways is taken. A file is replaced when its new content is complete,
//! and written in place where it cannot be replaced ([`replace`]); what is no file is
//! written to directly, through its descriptor if it has one. [`identity`] refuses to write
//! over what is read, and [`signals`] cleans up.

mod identity;
mod place;
mod replace;
mod signals;

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(super) use self::identity::{Files, is_same};
use self::place::{Place, folder_of};
use self::replace::Replacement;
pub(super) use self::signals::survive_limits;
use super::report;
use super::standard::{self, Standard};
use crate::error::Error;
use anyhow::{Context, bail};

/// Writes to standard output.
pub(super) fn print(text: &str) -> crate::error::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let mut out = standard::open(Standard::Output).map_err(not_written)?;
    let written = out.write_all(text.as_bytes());
    let written = written.and_then(|()| out.flush());
    written
        .and_then(|()| standard::close(out))
        .map_err(not_written)
}

/// The error that what is printed cannot be written.
pub(super) fn not_written(error: io::Error) -> Error {
    Error::writing("the output", &error)
}

/// Where to write.
#[derive(Debug)]
pub(super) struct Output {
    name: PathBuf,
    to: To,
}

#[derive(Debug)]
enum To {
    /// A standard stream.
    Standard(standard::Stream),
    /// Another descriptor, a device, a pipe.
    Directly(std::fs::File),
    File(Replacement),
}

impl Output {
    /// Standard output, which `-` means too, or the file at `path`. Nothing is changed
    /// until the output is written to, and a file not until it is finished.
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            let out = standard::open(Standard::Output).map_err(not_written)?;
            return Ok(Output {
                name: PathBuf::from("-"),
                to: To::Standard(out),
            });
        };
        let cannot = || format!("{}: the output file cannot be written", path.display());
        let to = match Place::of(path).with_context(cannot)? {
            #[cfg(target_os = "linux")]
            Place::Descriptor(number) => match Standard::of(number) {
                Some(standard) => To::Standard(standard::open(standard).with_context(cannot)?),
                None => To::Directly(descriptor::open(number).with_context(cannot)?),
            },
            Place::Special(path) => {
                let file = OpenOptions::new().write(true).open(path);
                To::Directly(file.with_context(cannot)?)
            }
            Place::File(place, old) => {
                let folder = folder_of(&place);
                if !folder.is_dir() {
                    bail!("{}: there is no folder {}", cannot(), folder.display());
                }
                signals::watch();
                To::File(Replacement::begin(&place, old).with_context(cannot)?)
            }
        };
        let name = path.to_owned();
        Ok(Output { name, to })
    }

    /// Why the file is written in place and not replaced, if it is.
    pub(super) fn in_place(&self) -> Option<&'static str> {
        match &self.to {
            To::File(file) => file.in_place(),
            _ => None,
        }
    }

    /// Puts a complete file in its place. What other names of the old one keep is reported,
    /// unless `quiet`.
    pub(super) fn finish(self, quiet: bool) -> anyhow::Result<()> {
        let name = self.name.display();
        let file = match self.to {
            To::Standard(stream) => return Ok(standard::close(stream).map_err(not_written)?),
            To::Directly(file) => {
                let cannot = || format!("{name}: the output file cannot be written");
                return standard::close(file).with_context(cannot);
            }
            To::File(file) => file,
        };
        let others = file.other_names();
        let cannot = || format!("{name}: the output file cannot be replaced");
        file.finish().with_context(cannot)?;
        if others > 0 && !quiet {
            let (names, keep) = match others {
                1 => ("another name (a hard link)".to_owned(), "keeps"),
                others => (format!("{others} other names (hard links)"), "keep"),
            };
            report::print(&format!(
                "{name}: the old file has {names}, which {keep} its old content\n"
            ));
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Standard(stream) => stream.write(bytes),
            To::Directly(file) => file.write(bytes),
            To::File(file) => file.file().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Standard(stream) => stream.flush(),
            To::Directly(file) => file.flush(),
            To::File(file) => file.file().flush(),
        }
    }
}

#[cfg(target_os = "linux")]
mod descriptor;
