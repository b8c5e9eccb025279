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
            if let Some(place) = descriptor(&folder, &path)? {
                return Ok(place);
            }
            let metadata = match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let Some(name) = path.file_name() else {
                        return Err(error);
                    };
                    if names_folder(&path) {
                        let why = "this names a folder, which is not there";
                        return Err(io::Error::new(ErrorKind::IsADirectory, why));
                    }
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
                if is_of_kernel(&place) {
                    let why = "this is a setting of the system and not a file";
                    return Err(io::Error::other(why));
                }
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

/// True if a path can only name a folder, since it ends in a slash.
fn names_folder(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    let is_slash = |byte: u8| std::path::is_separator(char::from(byte));
    match bytes {
        [.., before, b'.'] => is_slash(*before),
        [.., last] => is_slash(*last),
        [] => false,
    }
}

/// True if what looks like a file is a part of the kernel, which takes no file in its place.
#[cfg(target_os = "linux")]
fn is_of_kernel(path: &Path) -> bool {
    /// The types of such file systems: proc, sys, control groups, debugging, tracing,
    /// security.
    const OF_KERNEL: [rustix::fs::FsWord; 6] = [
        0x9fa0,
        0x6265_6572,
        0x6367_7270,
        0x6462_6720,
        0x7472_6163,
        0x7363_6673,
    ];
    let found = rustix::fs::statfs(path).ok();
    found.is_some_and(|found| OF_KERNEL.contains(&found.f_type))
}

#[cfg(not(target_os = "linux"))]
fn is_of_kernel(_: &Path) -> bool {
    false
}

/// The descriptor that a path within `folder` names, if that is a folder of descriptors.
#[cfg(target_os = "linux")]
fn descriptor(folder: &Path, path: &Path) -> io::Result<Option<Place>> {
    let name = path.file_name().and_then(std::ffi::OsStr::to_str);
    let Some(number) = name.and_then(|name| name.parse::<i32>().ok()) else {
        return Ok(None);
    };
    let Ok(folder) = fs::canonicalize(folder) else {
        return Ok(None);
    };
    if !folder.starts_with("/proc") || !folder.ends_with("fd") {
        return Ok(None);
    }
    if fs::canonicalize("/proc/self").is_ok_and(|own| folder.starts_with(own)) {
        return Ok(Some(Place::Descriptor(number)));
    }
    // One of another process: what has no path of its own is opened by this one. A file
    // would be replaced, and that process would not see it.
    match fs::metadata(path)?.is_file() {
        true => Err(io::Error::other(
            "this is a descriptor of another program, which leads to a file",
        )),
        false => Ok(Some(Place::Special(path.to_owned()))),
    }
}

/// Opening such a path gives the descriptor itself.
#[cfg(not(target_os = "linux"))]
fn descriptor(folder: &Path, path: &Path) -> io::Result<Option<Place>> {
    let is_one = cfg!(unix) && folder == Path::new("/dev/fd");
    Ok(is_one.then(|| Place::Special(path.to_owned())))
}
