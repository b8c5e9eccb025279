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
            let old = None;
            return Ok(Replacement { place, old, staged });
        };
        // A file that may not be written to is not replaced either.
        let file = OpenOptions::new().write(true).open(&place)?;
        let metadata = file.metadata().unwrap_or(metadata);
        let staged = match is_mount_point(&file) {
            true => Err("it is a mount point"),
            false => Staged::beside(&place, Some(&metadata))
                .map_err(|_| "its folder takes no new file")
                .and_then(|staged| match staged.keep(&metadata) {
                    Ok(()) => Ok(staged),
                    Err(_) => Err("its owner and mode cannot be kept"),
                }),
        };
        let staged = match staged {
            Ok(staged) => staged,
            Err(why) => Staged::Apart(tempfile::tempfile()?, why),
        };
        let old = Some((file, metadata));
        Ok(Replacement { place, old, staged })
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
        let (moved, content) = match self.staged {
            #[cfg(target_os = "linux")]
            Staged::Unnamed(file) => {
                synced(file.sync_all())?;
                // Between a name and its place no signal ends the program.
                let held = signals::hold();
                let moved = link(&file, &place).or_else(|_| copy_beside(&file, &place));
                drop(held);
                (moved, file)
            }
            Staged::Named(file, name) => {
                synced(file.as_file().sync_all())?;
                let content = file.as_file().try_clone()?;
                let held = signals::hold();
                let moved = file.persist(&place);
                drop(held);
                drop(name);
                (moved.map(drop).map_err(|error| error.error), content)
            }
            Staged::Apart(content, _) => {
                let (old, metadata) = self.old.expect("only an old file is written in place");
                let _held = signals::hold();
                return copy(content, old, &metadata);
            }
        };
        match (moved, self.old) {
            (Ok(()), _) => sync_folder(&place),
            // What could not be foreseen: the content is complete, and goes into the file.
            (Err(_), Some((old, metadata))) if is_still(&place, &metadata) => {
                let _held = signals::hold();
                copy(content, old, &metadata)
            }
            (Err(error), _) => Err(error),
        }
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
        let made = || builder.tempfile_in(folder);
        let (file, name) = signals::named(made, NamedTempFile::path)?;
        Ok(Staged::Named(file, name))
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

/// Gives a file without a name the one of `place`, which may be taken.
#[cfg(target_os = "linux")]
fn link(file: &File, place: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    let linked = |name: &Path| {
        let from = by_descriptor(file);
        Ok(linkat(CWD, &from, CWD, name, AtFlags::SYMLINK_FOLLOW)?)
    };
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
    named.persist(place).map(drop).map_err(|error| error.error)
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
fn copy(mut content: File, mut old: File, metadata: &Metadata) -> io::Result<()> {
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
    if length == 0 {
        return Ok(());
    }
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, length) {
        // Not every file system can tell.
        Err(error) if error != rustix::io::Errno::NOSPC && error != rustix::io::Errno::FBIG => {
            Ok(())
        }
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
