//! Files that are complete or untouched, never half.
//!
//! Owns how an output file comes about: it is written beside its place and
//! moved there at the end. A device or a pipe is written to
//! directly.

#![allow(
    clippy::disallowed_methods,
    reason = "records and files pass as they are"
)]

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;
use anyhow::Context;
use tempfile::TempPath;

use super::printed;

/// Where to write.
pub(super) struct Output {
    to: Box<dyn Write + Send>,
    /// The file beside that is written to, and its place.
    beside: Option<(TempPath, PathBuf)>,
}

/// Writes to standard output.
pub(super) fn print(text: &str) -> crate::error::Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes());
    let written = written.and_then(|()| out.flush());
    written.map_err(|error| Error::writing("the output", &error))
}

impl Output {
    /// Standard output, which `-` means too, or the file at `path`. What that is
    /// redirected to may be open elsewhere too, so it is written to and not replaced.
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let straight_to = |to: Box<dyn Write + Send>| Ok(Output { to, beside: None });
        let path = path.unwrap_or(Path::new("-"));
        match path.to_str() {
            Some("-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1") => {
                return straight_to(Box::new(io::stdout()));
            }
            Some("/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2") => {
                return straight_to(Box::new(io::stderr()));
            }
            _ => {}
        }
        let cannot = || format!("{}: the output file cannot be written", printed::path(path));
        let place = behind_links(path);
        let metadata = fs::metadata(&place).ok();
        if metadata
            .as_ref()
            .is_some_and(|metadata| !metadata.is_file())
        {
            let file = OpenOptions::new().write(true).open(&place);
            return straight_to(Box::new(file.with_context(cannot)?));
        }
        let folder = place.parent().unwrap_or(Path::new(""));
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        if !folder.is_dir() {
            anyhow::bail!("{}: there is no folder {}", cannot(), printed::path(folder));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".clientype-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As any new file has them; the umask applies.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).with_context(cannot)?;
        if let Some(metadata) = metadata {
            // A file that may not be written to is not replaced either.
            let replaced = OpenOptions::new().append(true).open(&place);
            replaced.with_context(cannot)?;
            let set = file.as_file().set_permissions(metadata.permissions());
            set.with_context(cannot)?;
        }
        let (file, path) = file.into_parts();
        Ok(Output {
            to: Box::new(file),
            beside: Some((path, place)),
        })
    }

    /// Moves a complete file to its place.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        if let Some((file, place)) = self.beside {
            let cannot = || {
                format!(
                    "{}: the output file cannot be replaced",
                    printed::path(&place)
                )
            };
            let moved = file.persist(&place).map_err(|error| error.error);
            moved.with_context(cannot)?;
        }
        Ok(())
    }
}

/// The file that `path` names, in one spelling: a link leads to its file, also
/// where that is not there yet.
pub(super) fn behind_links(path: &Path) -> PathBuf {
    if let Ok(place) = fs::canonicalize(path) {
        return place;
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    if let Ok(target) = fs::read_link(path) {
        return folder.join(target);
    }
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
