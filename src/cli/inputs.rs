//! What a verb reads: files and standard input.
//!
//! Owns how they are opened, and the message where that fails.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use crate::run::{Options, Source};
use crate::text::{nearest, quoted};
use anyhow::{Context, bail};

use super::again::reopened;
use super::output::opened;
use super::printed;
use super::progress::{Counted, Counts, Progress};
use super::standard::{self, Standard};
use crate::related::Opener;

/// What is to be read.
pub(super) struct Inputs {
    pub(super) sources: Vec<Source<'static>>,
    /// How many bytes they have, if that is known.
    size: Option<u64>,
    /// What is read of them.
    counts: Counts,
}

impl Inputs {
    /// The inputs at these paths; standard input if there are none, unless it is a terminal.
    pub(super) fn open(files: &[PathBuf]) -> anyhow::Result<Self> {
        let counts = Counts::default();
        let source = |name: &str, reader: Box<dyn Read + Send>| Source {
            name: name.to_owned(),
            reader: Box::new(Counted {
                reader,
                read: counts.read.clone(),
            }),
        };
        let is_stdin = |path: &&PathBuf| **path == Path::new("-");
        if files.is_empty() && io::stdin().is_terminal() {
            bail!(
                "no input: no FILE is named, and nothing is piped in\n  help: name a file, or pipe \
                 records in; to type them here, name - and end with Ctrl-D"
            );
        }
        if files.iter().filter(is_stdin).count() > 1 {
            bail!("standard input (-) is named twice, but can be read only once");
        }
        let mut size = Some(0);
        let mut sources = Vec::new();
        let stdin = PathBuf::from("-");
        let none = [stdin];
        for path in if files.is_empty() { &none } else { files } {
            if is_stdin(&path) {
                size = None;
                let stdin = standard::open(Standard::Input).map_err(|error| {
                    anyhow::anyhow!("{error}\n  help: name a file, or pipe records in")
                })?;
                sources.push(source("<stdin>", Box::new(stdin)));
                continue;
            }
            let cannot = || format!("{}: the file cannot be opened", printed::path(path));
            let file = opened(path).map_err(|error| not_opened(path, &error, OTHERWISE))?;
            let metadata = file.metadata().with_context(cannot)?;
            if metadata.is_dir() {
                bail!(
                    "{}: this is a folder\n  help: name the files in it",
                    printed::path(path)
                );
            }
            let reader: Box<dyn Read + Send> = if metadata.is_file() {
                size = size.map(|size| size + metadata.len());
                Box::new(InTurn::Closed(path.clone()))
            } else {
                // A pipe can be opened once only.
                size = None;
                Box::new(file)
            };
            sources.push(source(&path.to_string_lossy(), reader));
        }
        Ok(Inputs {
            sources,
            size,
            counts,
        })
    }

    /// The same, and how to open each again, if `again`: what can be read only once is
    /// copied then.
    pub(super) fn open_again(
        files: &[PathBuf],
        again: bool,
    ) -> anyhow::Result<(Self, Vec<Opener>)> {
        if !again {
            return Ok((Self::open(files)?, Vec::new()));
        }
        let inputs = Self::open(files)?;
        let stdin = [PathBuf::from("-")];
        let files = if files.is_empty() { &stdin[..] } else { files };
        let openers = files.iter().map(|path| reopened(path));
        let openers = openers.collect::<anyhow::Result<Vec<Opener>>>()?;
        let mut sources = Vec::new();
        for (opener, path) in openers.iter().zip(files) {
            sources.push(Source {
                name: opener().with_context(|| printed::path(path))?.name,
                reader: Box::new(Counted {
                    reader: Box::new(InTurn::Again(opener.clone())),
                    read: inputs.counts.read.clone(),
                }),
            });
        }
        Ok((Inputs { sources, ..inputs }, openers))
    }

    /// Shows how far a run with these `options` is, on a terminal; `aside` says that the
    /// records themselves do not go there.
    pub(super) fn progress(&self, options: &mut Options, aside: bool) -> Option<Progress> {
        options.records = Some(self.counts.records.clone());
        Progress::show(&self.counts, self.size, aside)
    }

    /// The only source, of one path at most.
    pub(super) fn one(self) -> Source<'static> {
        let mut sources = self.sources.into_iter();
        sources
            .next()
            .expect("there is an input for each path, and one for none")
    }
}

/// A file that is there, and is opened when its turn comes: there may be more
/// files than can be open at a time.
enum InTurn {
    Closed(PathBuf),
    Again(Opener),
    Open(Box<dyn Read + Send>),
}

impl Read for InTurn {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self {
            InTurn::Closed(path) => *self = InTurn::Open(Box::new(File::open(path)?)),
            InTurn::Again(opener) => *self = InTurn::Open(opener()?.reader),
            InTurn::Open(_) => {}
        }
        match self {
            InTurn::Open(file) => file.read(to),
            InTurn::Closed(_) | InTurn::Again(_) => Ok(0),
        }
    }
}

/// What to do where no file with a similar name was likely meant.
pub(super) const OTHERWISE: &str = "name a file, or - for standard input";

/// The error that a file cannot be opened. If it is missing, it suggests the one beside it
/// with the nearest name and the same extension, or else what `otherwise` says.
pub(super) fn not_opened(path: &Path, error: &io::Error, otherwise: &str) -> anyhow::Error {
    let mut message = format!("{}: {}", printed::path(path), plainly(error));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().unwrap_or(Path::new(""));
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    if error.kind() == io::ErrorKind::NotFound {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let is_alike = |file: &Path| file.is_file() && file.extension() == path.extension();
        let files = entries.filter(|entry| is_alike(&entry.path()));
        let mut names: Vec<String> = files
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        message += &match nearest(&name, names.iter().map(String::as_str)) {
            Some(near) => {
                let near = path.with_file_name(near);
                format!(
                    "\n  help: did you mean {}?",
                    quoted(&near.to_string_lossy())
                )
            }
            None => format!("\n  help: {otherwise}"),
        };
    }
    anyhow::Error::msg(message)
}

/// What the operating system says of a file.
fn plainly(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read this file".to_owned(),
        _ => format!("the file cannot be opened: {error}"),
    }
}
