//! Files that are complete or untouched, never half.
//!
//! Owns how an output file comes about: it is written beside its place and
//! moved there at the end. What is no file (a device, a pipe) is written to
//! directly.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use anyhow::Context;
use tempfile::NamedTempFile;

/// Where to write.
#[derive(Debug)]
pub(super) enum Output {
    Stdout(io::Stdout),
    Stderr(io::Stderr),
    Direct(File),
    /// The file beside, and its place.
    Beside(NamedTempFile, PathBuf),
}

/// Writes to standard output.
pub(super) fn print(text: &str) -> crate::error::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| {
            let found = format!("the output cannot be written: {error}");
            Error::new(ErrorKind::Writing(error.kind()), found)
        })
}

impl Output {
    /// Standard output, which `-` means too, or the file at `path`. What that is
    /// redirected to is written to by whoever else has it open, and not replaced.
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let path = match path {
            None => return Ok(Output::Stdout(io::stdout())),
            Some(path) => path,
        };
        match path.to_str() {
            Some("-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1") => {
                return Ok(Output::Stdout(io::stdout()));
            }
            Some("/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2") => {
                return Ok(Output::Stderr(io::stderr()));
            }
            _ => {}
        }
        let cannot = || format!("{}: the output file cannot be written", path.display());
        let place = behind_links(path);
        let metadata = fs::metadata(&place).ok();
        if let Some(metadata) = &metadata
            && !metadata.is_file()
        {
            return Ok(Output::Direct(
                OpenOptions::new()
                    .write(true)
                    .open(&place)
                    .with_context(cannot)?,
            ));
        }
        let folder = place
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        if !folder.is_dir() {
            anyhow::bail!(
                "{}: the output file cannot be written: there is no folder {}",
                path.display(),
                folder.display()
            );
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
            OpenOptions::new()
                .append(true)
                .open(&place)
                .with_context(cannot)?;
            file.as_file()
                .set_permissions(metadata.permissions())
                .with_context(cannot)?;
        }
        Ok(Output::Beside(file, place))
    }

    /// Moves a complete file to its place.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        if let Output::Beside(file, place) = self {
            let cannot = || format!("{}: the output file cannot be replaced", place.display());
            file.persist(&place)
                .map_err(|error| error.error)
                .with_context(cannot)?;
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
        match self {
            Output::Stdout(out) => out.write(bytes),
            Output::Stderr(err) => err.write(bytes),
            Output::Direct(file) => file.write(bytes),
            // Its own name, which is in the other's errors, would only confuse.
            Output::Beside(file, _) => file.as_file_mut().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Stdout(out) => out.flush(),
            Output::Stderr(err) => err.flush(),
            Output::Direct(file) => file.flush(),
            Output::Beside(file, _) => file.as_file_mut().flush(),
        }
    }
}
