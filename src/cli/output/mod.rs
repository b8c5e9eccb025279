//! How anything is written: what is printed, and files, which are complete or untouched.
//!
//! Owns which of the ways is taken. A file is replaced when its new content is complete,
//! and written in place where it cannot be replaced ([`replace`]); a device or a pipe is
//! written to directly, through its descriptor if it has one. [`identity`] refuses to write
//! over what is read, and [`signals`] cleans up.

mod identity;
mod place;
mod replace;
mod signals;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(super) use self::identity::{Files, REPORT, is_same};
use self::place::{Place, folder_of};
use self::replace::Replacement;
pub(super) use self::signals::survive_limits;
use super::printed;
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

/// Opens a file to be read: `/dev/fd/3` only if that was handed to this program, and is
/// none of the files that it has opened itself.
pub(super) fn opened(path: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    descriptor::check_read(path)?;
    File::open(path)
}

/// A file without a name in the folder for temporary files.
pub(super) fn temporary() -> io::Result<File> {
    tempfile::tempfile().map_err(|error| {
        let error = replace::cause(error);
        let folder = printed::path(&std::env::temp_dir());
        let why = format!("no file can be made in {folder}, the folder for temporary files");
        io::Error::new(error.kind(), format!("{why}: {error}"))
    })
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
    Directly(File),
    File(Box<Replacement>),
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
        let cannot = || format!("{}: the output file cannot be written", printed::path(path));
        let to = match Place::of(path).with_context(cannot)? {
            #[cfg(target_os = "linux")]
            Place::Descriptor(number) => {
                let standard = Standard::of(number);
                let stream = standard.map(standard::open).transpose();
                match (stream.with_context(cannot)?, standard) {
                    (Some(out), Some(Standard::Output | Standard::Error)) => To::Standard(out),
                    _ => To::Directly(descriptor::open(number).with_context(cannot)?),
                }
            }
            Place::Special(path) => {
                let file = OpenOptions::new().write(true).open(path);
                To::Directly(file.with_context(cannot)?)
            }
            Place::File(place, old) => {
                let folder = folder_of(&place);
                if !folder.is_dir() {
                    bail!("{}: there is no folder {}", cannot(), printed::path(folder));
                }
                signals::watch();
                let file = Replacement::begin(&place, old).with_context(cannot)?;
                To::File(Box::new(file))
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

    /// From here on, a file that cannot be replaced after all is an error.
    fn never_in_place(&mut self) {
        if let To::File(file) = &mut self.to {
            file.never_in_place();
        }
    }

    /// Puts a complete file in its place. Returns what is to be reported of it: that the
    /// old one has other names, which keep it.
    pub(super) fn finish(self) -> anyhow::Result<String> {
        let name = printed::path(&self.name);
        let file = match self.to {
            To::Standard(stream) => {
                standard::close(stream).map_err(not_written)?;
                return Ok(String::new());
            }
            To::Directly(file) => {
                let cannot = || format!("{name}: the output file cannot be written");
                standard::close(file).with_context(cannot)?;
                return Ok(String::new());
            }
            To::File(file) => file,
        };
        let others = file.other_names();
        let cannot = || format!("{name}: the output file cannot be replaced");
        file.finish().with_context(cannot)?;
        Ok(match others {
            0 => String::new(),
            1 => format!("{name}: another name of this file (a hard link) keeps the old content\n"),
            others => format!(
                "{name}: {others} other names of this file (hard links) keep the old content\n"
            ),
        })
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
