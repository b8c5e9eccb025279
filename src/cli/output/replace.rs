//! How a complete file gets to its place.
//!
//! Owns that the old file stays until the new one is complete and on the disk, what of the
//! old one is kept (owner, group, mode), and what happens to a file that cannot be
//! replaced: its new content is gathered elsewhere and copied into it at the end.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use super::place::folder_of;
use super::signals;
use super::temporary;
use crate::cli::printed;
use tempfile::NamedTempFile;

/// How the names of files begin that are not complete.
const PREFIX: &str = ".clientype-";

/// A file that is written, until it takes its place.
#[derive(Debug)]
pub(super) struct Replacement {
    place: PathBuf,
    /// The old file, open for writing, and what it was.
    old: Option<(File, Metadata)>,
    staged: Staged,
    /// The old file is still needed if this one cannot replace it.
    never_in_place: bool,
}

/// Where the new content is meanwhile.
#[derive(Debug)]
enum Staged {
    /// In the folder of its place, without a name: nothing can be left of it.
    #[cfg(target_os = "linux")]
    Unnamed(File),
    /// In the folder of its place, with a name that is taken away by signals.
    Named(NamedTempFile, signals::Name),
    /// Elsewhere without a name, since the old file cannot be replaced, for this reason.
    Apart(File, &'static str),
}

impl Replacement {
    /// Detects how the file at `place` can be written; it is not changed yet.
    pub(super) fn begin(place: &Path, old: Option<Metadata>) -> io::Result<Self> {
        let place = place.to_owned();
        let Some(metadata) = old else {
            let staged = Staged::beside(&place, None)?;
            return Ok(Replacement {
                place,
                old: None,
                staged,
                never_in_place: false,
            });
        };
        // A file that may not be written to is not replaced either.
        let file = OpenOptions::new().write(true).open(&place)?;
        let metadata = file.metadata().unwrap_or(metadata);
        let staged = match (is_mount_point(&file), only_grows(folder_of(&place))) {
            (true, _) => Err("it is a mount point"),
            (false, true) => Err("no file in its folder can be renamed"),
            (false, false) => Staged::beside(&place, Some(&metadata))
                .map_err(|_| "its folder takes no new file")
                .and_then(|staged| match staged.keep(&metadata) {
                    Ok(()) => Ok(staged),
                    Err(_) => Err("its owner and mode cannot be kept"),
                }),
        };
        let staged = match staged {
            Ok(staged) => staged,
            Err(why) => Staged::Apart(temporary()?, why),
        };
        Ok(Replacement {
            place,
            old: Some((file, metadata)),
            staged,
            never_in_place: false,
        })
    }

    /// From here on, a file that cannot be replaced after all is an error.
    pub(super) fn never_in_place(&mut self) {
        self.never_in_place = true;
    }

    pub(super) fn file(&self) -> &File {
        match &self.staged {
            #[cfg(target_os = "linux")]
            Staged::Unnamed(file) => file,
            Staged::Named(file, _) => file.as_file(),
            Staged::Apart(file, _) => file,
        }
    }

    /// Why the old file is written in place, if it is.
    pub(super) fn in_place(&self) -> Option<&'static str> {
        match self.staged {
            Staged::Apart(_, why) => Some(why),
            _ => None,
        }
    }

    /// The number of other names of the old file, which keep what it had.
    pub(super) fn other_names(&self) -> u64 {
        #[cfg(unix)]
        if let (Some((_, old)), None) = (&self.old, self.in_place()) {
            use std::os::unix::fs::MetadataExt;
            return old.nlink().saturating_sub(1);
        }
        0
    }

    /// Gives the complete file its place.
    pub(super) fn finish(self) -> io::Result<()> {
        let place = self.place;
        // The name is given up last, when the content is no longer needed.
        let (moved, content, _name) = match self.staged {
            #[cfg(target_os = "linux")]
            Staged::Unnamed(file) => {
                synced(file.sync_all())?;
                // Between a name and its place no signal ends the program.
                let held = signals::hold();
                let moved = match self.old {
                    // A new file gets its name at once.
                    None => link_new(&file, &place),
                    Some(_) => Err(io::ErrorKind::AlreadyExists.into()),
                };
                let moved = moved
                    .or_else(|_| link(&file, &place))
                    .or_else(|_| copy_beside(&file, &place));
                drop(held);
                (moved, file, None)
            }
            Staged::Named(file, name) => {
                synced(file.as_file().sync_all())?;
                let content = file.as_file().try_clone()?;
                let held = signals::hold();
                let moved = file.persist(&place);
                drop(held);
                let moved = moved.map(drop).map_err(|error| error.error);
                (moved, content, Some(name))
            }
            Staged::Apart(content, _) => {
                let (old, metadata) = self.old.expect("only an old file is written in place");
                let _held = signals::hold();
                return copy(&content, old, &metadata);
            }
        };
        let moved = match moved {
            Ok(()) => return sync_folder(&place),
            Err(error) => error,
        };
        let _held = signals::hold();
        let ended = match self.old {
            // What could not be foreseen: the content is complete, and goes into the file.
            Some((old, metadata)) if is_still(&place, &metadata) && !self.never_in_place => {
                copy(&content, old, &metadata)
            }
            _ => Err(moved),
        };
        // A name beside it that could not be taken away is not to have the records.
        if content.metadata().is_ok_and(|now| !is_still(&place, &now)) {
            drop(content.set_len(0));
        }
        ended
    }
}

impl Staged {
    /// A file in the folder of `place`, for one that was `old`.
    fn beside(place: &Path, old: Option<&Metadata>) -> io::Result<Self> {
        let folder = folder_of(place);
        // Nobody else reads the new content before it has the mode of the old file. A new
        // file has the mode of any new file; the umask applies.
        let mode = if old.is_some() { 0o600 } else { 0o666 };
        #[cfg(target_os = "linux")]
        if let Ok(file) = unnamed(folder, mode) {
            return Ok(Staged::Unnamed(file));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        let cannot = |error: &dyn std::fmt::Display| {
            let folder = printed::path(folder);
            format!("no file can be made in the folder {folder}: {error}")
        };
        // It could neither be renamed nor removed.
        if only_grows(folder) {
            return Err(io::Error::other(cannot(
                &"none of its files can be renamed",
            )));
        }
        let made = || builder.tempfile_in(folder);
        match signals::named(made, NamedTempFile::path) {
            Ok((file, name)) => Ok(Staged::Named(file, name)),
            Err(error) => {
                let error = cause(error);
                Err(io::Error::new(error.kind(), cannot(&error)))
            }
        }
    }

    /// Gives it owner, group and mode of the old file.
    fn keep(&self, old: &Metadata) -> io::Result<()> {
        let file = match self {
            #[cfg(target_os = "linux")]
            Staged::Unnamed(file) => file,
            Staged::Named(file, _) => file.as_file(),
            Staged::Apart(..) => return Ok(()),
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let now = file.metadata()?;
            if (now.uid(), now.gid()) != (old.uid(), old.gid()) {
                fchown(file, Some(old.uid()), Some(old.gid()))?;
            }
        }
        file.set_permissions(plain(old))
    }
}

/// An error without the name of a temporary file, which says nothing to anybody.
pub(super) fn cause(error: io::Error) -> io::Error {
    match error.to_string().rsplit_once(" at path ") {
        Some((what, _)) => io::Error::new(error.kind(), what),
        None => error,
    }
}

/// The permissions of a file, without the bits that make a program of another user of it.
fn plain(metadata: &Metadata) -> fs::Permissions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::Permissions::from_mode(metadata.permissions().mode() & 0o777)
    }
    #[cfg(not(unix))]
    metadata.permissions()
}

/// A file without a name, which can get one.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path, mode: u32) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = File::from(open(folder, flags, Mode::from_raw_mode(mode))?);
    // Without /proc it could get none.
    fs::symlink_metadata(by_descriptor(&file))?;
    Ok(file)
}

/// The name that a file without one has meanwhile.
#[cfg(target_os = "linux")]
fn by_descriptor(file: &File) -> PathBuf {
    use std::os::fd::AsRawFd;
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// Gives a file without a name the one of `place`, if that is free.
#[cfg(target_os = "linux")]
fn link_new(file: &File, place: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    let from = by_descriptor(file);
    Ok(linkat(CWD, &from, CWD, place, AtFlags::SYMLINK_FOLLOW)?)
}

/// Gives a file without a name the one of `place`, which may be taken.
#[cfg(target_os = "linux")]
fn link(file: &File, place: &Path) -> io::Result<()> {
    let linked = |name: &Path| link_new(file, name);
    let mut builder = tempfile::Builder::new();
    let named = builder.prefix(PREFIX).make_in(folder_of(place), linked)?;
    named.persist(place).map(drop).map_err(|error| error.error)
}

/// Moves a copy of a file there. Not every sandbox lets a file get a name late.
#[cfg(target_os = "linux")]
fn copy_beside(mut content: &File, place: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let mut builder = tempfile::Builder::new();
    let mut named = builder.prefix(PREFIX).tempfile_in(folder_of(place))?;
    let metadata = content.metadata()?;
    content.rewind()?;
    io::copy(&mut content, named.as_file_mut())?;
    let file = named.as_file();
    let now = file.metadata()?;
    if (now.uid(), now.gid()) != (metadata.uid(), metadata.gid()) {
        fchown(file, Some(metadata.uid()), Some(metadata.gid()))?;
    }
    file.set_permissions(plain(&metadata))?;
    synced(file.sync_all())?;
    named.persist(place).map(drop).map_err(|failed| {
        // If its name stays, it is not to have the records.
        drop(failed.file.as_file().set_len(0));
        failed.error
    })
}

/// True if a file is where another file system begins, such as a bind mount.
#[cfg(target_os = "linux")]
fn is_mount_point(file: &File) -> bool {
    use rustix::fs::{AtFlags, StatxAttributes, StatxFlags, statx};
    let found = statx(file, "", AtFlags::EMPTY_PATH, StatxFlags::BASIC_STATS);
    found.is_ok_and(|found| found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

#[cfg(not(target_os = "linux"))]
fn is_mount_point(_: &File) -> bool {
    false
}

/// True if a folder takes new files, but none of them can be renamed or removed.
#[cfg(target_os = "linux")]
fn only_grows(folder: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    let found = statx(CWD, folder, AtFlags::empty(), StatxFlags::BASIC_STATS);
    found.is_ok_and(|found| found.stx_attributes.contains(StatxAttributes::APPEND))
}

#[cfg(not(target_os = "linux"))]
fn only_grows(_: &Path) -> bool {
    false
}

/// True if `place` still has the file that it had.
fn is_still(place: &Path, old: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let now = fs::symlink_metadata(place);
        now.is_ok_and(|now| (now.dev(), now.ino()) == (old.dev(), old.ino()))
    }
    #[cfg(not(unix))]
    {
        _ = (place, old);
        false
    }
}

/// Writes the complete `content` into a file. Where there is no room for it, the file stays
/// as it is, as far as its file system can tell.
fn copy(mut content: &File, mut old: File, metadata: &Metadata) -> io::Result<()> {
    let length = content.metadata()?.len();
    reserve(&old, length)?;
    content.rewind()?;
    let copied = io::copy(&mut content, &mut old)
        .and_then(|_| old.set_len(length))
        .and_then(|()| synced(old.sync_all()));
    copied.map_err(|error| {
        let text = "the file cannot be replaced, and could be written only in part";
        io::Error::new(error.kind(), format!("{text}: {error}"))
    })?;
    // The owner may change it, and else the system has done so.
    drop(old.set_permissions(plain(metadata)));
    Ok(())
}

/// Makes sure of the room for `length` bytes.
#[cfg(target_os = "linux")]
fn reserve(file: &File, length: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::{Errno, retry_on_intr};
    if length == 0 {
        return Ok(());
    }
    match retry_on_intr(|| fallocate(file, FallocateFlags::KEEP_SIZE, 0, length)) {
        // Not every file system can tell.
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        reserved => Ok(reserved?),
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

/// Makes the new name of a file as durable as its content.
fn sync_folder(place: &Path) -> io::Result<()> {
    // A folder that cannot be read cannot be synced either.
    match File::open(folder_of(place)) {
        Ok(folder) if cfg!(unix) => synced(folder.sync_all()),
        _ => Ok(()),
    }
}

/// What is not there to be synced is none the worse.
fn synced(result: io::Result<()>) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, Unsupported};
    match result {
        Err(error) if matches!(error.kind(), InvalidInput | Unsupported) => Ok(()),
        result => result,
    }
}
