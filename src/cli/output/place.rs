//! Where the path of an output leads.
//!
//! Owns how links are followed, and which path is a descriptor: what
//! `/dev/fd/3` leads to may have no name, or one that says nothing of where it is written.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The most links that are followed, as the system follows them.
const MOST_LINKS: usize = 40;

/// What a path names.
#[derive(Debug)]
pub(super) enum Place {
    /// A descriptor that this program was started with.
    #[cfg(target_os = "linux")]
    Descriptor(i32),
    /// A device, a pipe or a socket, by the path that opens it.
    Special(PathBuf),
    /// A file behind all links, and what it is if it is there.
    File(PathBuf, Option<Metadata>),
}

impl Place {
    /// Follows `path`. A link may lead to a file that is not there yet.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..=MOST_LINKS {
            let folder = folder_of(&path).to_owned();
            if let Some(place) = descriptor(&folder, &path) {
                return Ok(place);
            }
            let metadata = match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let Some(name) = path.file_name() else {
                        return Err(error);
                    };
                    let place = fs::canonicalize(folder).map(|folder| folder.join(name));
                    return Ok(Place::File(place.unwrap_or(path), None));
                }
                metadata => metadata?,
            };
            if metadata.is_symlink() {
                path = folder.join(fs::read_link(&path)?);
            } else if metadata.is_dir() {
                return Err(io::Error::new(ErrorKind::IsADirectory, "this is a folder"));
            } else if metadata.is_file() {
                let place = fs::canonicalize(&path)?;
                return Ok(Place::File(place, Some(metadata)));
            } else {
                return Ok(Place::Special(path));
            }
        }
        Err(io::Error::other("its links lead in a circle"))
    }
}

impl Place {
    /// The descriptor that it is.
    pub(super) fn descriptor(&self) -> Option<i32> {
        match self {
            #[cfg(target_os = "linux")]
            Place::Descriptor(number) => Some(*number),
            _ => None,
        }
    }
}

/// The folder in which a path has its last name.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        // A path that ends in .. or is / has no parent that would help.
        _ => Path::new("."),
    }
}

/// The descriptor that a path within `folder` names, if that is a folder of descriptors.
#[cfg(target_os = "linux")]
fn descriptor(folder: &Path, path: &Path) -> Option<Place> {
    let number: i32 = path.file_name()?.to_str()?.parse().ok()?;
    let folder = fs::canonicalize(folder).ok()?;
    if !folder.starts_with("/proc") || !folder.ends_with("fd") {
        return None;
    }
    if folder.starts_with(fs::canonicalize("/proc/self").ok()?) {
        return Some(Place::Descriptor(number));
    }
    // One of another process: what has no path of its own is opened by this one.
    let is_file = fs::metadata(path).ok()?.is_file();
    (!is_file).then(|| Place::Special(path.to_owned()))
}

/// Opening such a path gives the descriptor itself.
#[cfg(not(target_os = "linux"))]
fn descriptor(folder: &Path, path: &Path) -> Option<Place> {
    let is_one = cfg!(unix) && folder == Path::new("/dev/fd");
    is_one.then(|| Place::Special(path.to_owned()))
}
