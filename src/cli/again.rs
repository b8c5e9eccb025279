//! What is read several times: files that have to stay as they are, and pipes, of which a
//! copy is kept.
//!
//! Owns how it is opened again.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::bail;

use super::inputs::{OTHERWISE, not_opened};
use super::output::{opened, temporary};
use super::printed;
use super::standard::{self, Standard};
use crate::related::Opener;
use crate::run::Source;

/// Opens a file from its beginning each time. What can be read only once is copied to a
/// temporary file without a name, as far as it is read.
pub(super) fn reopened(path: &Path) -> anyhow::Result<Opener> {
    let name = path.to_string_lossy().into_owned();
    if path == Path::new("-") {
        return Ok(copied(
            "<stdin>",
            Box::new(standard::open(Standard::Input)?),
        )?);
    }
    let file = opened(path).map_err(|error| not_opened(path, &error, OTHERWISE))?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        let name = printed::path(path);
        bail!("{name}: this is a folder\n  help: name the files in it");
    }
    if !metadata.is_file() {
        return Ok(copied(&name, Box::new(file))?);
    }
    let path = path.to_owned();
    let state = State::of(&metadata);
    Ok(Arc::new(move || {
        let file = File::open(&path)?;
        // Nothing else names it here.
        let named = |error| io::Error::other(format!("{}: {error}", printed::path(&path)));
        state.check(&file).map_err(named)?;
        Ok(Source {
            name: name.clone(),
            reader: Box::new(Unchanged { file, state }),
        })
    }))
}

/// By what it is seen that a file has changed between two passes, so that the evidence of
/// the first would not be that of its records.
#[derive(Debug, Clone, Copy, PartialEq)]
struct State {
    length: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        State {
            length: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }

    fn check(self, file: &File) -> io::Result<()> {
        match State::of(&file.metadata()?) == self {
            true => Ok(()),
            false => Err(io::Error::other(
                "the file has changed while it was read, and it is read several times",
            )),
        }
    }
}

/// A file that is read several times, and has to stay as it is to its end.
struct Unchanged {
    file: File,
    state: State,
}

impl Read for Unchanged {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(to)?;
        if read == 0 && !to.is_empty() {
            self.state.check(&self.file)?;
        }
        Ok(read)
    }
}

/// What can be read only once, and the copy of what was read of it.
struct Spool {
    from: Box<dyn Read + Send>,
    copy: File,
    /// How much of it is in the copy.
    length: u64,
}

impl Spool {
    /// Reads from a place that was reached before.
    fn read(&mut self, at: u64, to: &mut [u8]) -> io::Result<usize> {
        self.copy.seek(SeekFrom::Start(at))?;
        let known = usize::try_from(self.length - at).unwrap_or(usize::MAX);
        if known > 0 {
            let most = known.min(to.len());
            return self.copy.read(&mut to[..most]);
        }
        let read = self.from.read(to)?;
        self.copy.write_all(&to[..read])?;
        self.length += read as u64;
        Ok(read)
    }
}

/// One pass over it.
struct Pass {
    spool: Arc<Mutex<Spool>>,
    at: u64,
}

impl Read for Pass {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut spool = self.spool.lock().unwrap_or_else(PoisonError::into_inner);
        let read = spool.read(self.at, to)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Keeps a copy of what can be read only once. That is made while it is read, so that what
/// is refused by its beginning is not copied to its end, which it may not have.
fn copied(name: &str, from: Box<dyn Read + Send>) -> io::Result<Opener> {
    let spool = Spool {
        from,
        copy: temporary()?,
        length: 0,
    };
    let spool = Arc::new(Mutex::new(spool));
    let name = name.to_owned();
    Ok(Arc::new(move || {
        let spool = Arc::clone(&spool);
        Ok(Source {
            name: name.clone(),
            reader: Box::new(Pass { spool, at: 0 }),
        })
    }))
}
