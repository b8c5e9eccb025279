//! Which files a run reads and writes, and that none of them is written over by mistake.
//!
//! Owns the one check for that, which is made before anything is written. Files are
//! compared by device and inode, so that neither links nor other spellings of a path nor
//! descriptors nor mounts hide that two are one. A pipe or a device other than a disk may be
//! shared.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::Output;
use super::place::{Place, folder_of};
use crate::cli::args::Judging;
use crate::cli::config;
use crate::cli::printed;
use crate::cli::standard::{self, Standard};
use crate::rulebook::file::BUILT_IN;

/// What an input is called.
const INPUT: &str = "an input file";
/// What writes a report.
pub(in crate::cli) const REPORT: &str = "--report";

/// What makes two files one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Identity {
    #[cfg(unix)]
    Inode(u64, u64),
    /// A disk, which any number of files may name.
    #[cfg(unix)]
    Disk(u64),
    /// A file that is not there yet: its folder, and its name in it.
    New(Box<Identity>, OsString),
    /// Where there are no inodes.
    #[cfg(not(unix))]
    Path(PathBuf),
}

impl Identity {
    /// That of a file or a disk, or of a file that is not there yet.
    fn of(path: &Path) -> Option<Self> {
        match fs::metadata(path) {
            Ok(metadata) => Self::of_kept(&metadata, path),
            Err(_) => match Place::of(path) {
                Ok(Place::File(path, None)) => {
                    let folder = folder_of(&path);
                    let of_folder = Self::of_any(&fs::metadata(folder).ok()?, folder)?;
                    Some(Identity::New(Box::new(of_folder), path.file_name()?.into()))
                }
                _ => None,
            },
        }
    }

    /// That of something that keeps what is written to it.
    fn of_kept(metadata: &Metadata, path: &Path) -> Option<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{FileTypeExt, MetadataExt};
            if metadata.file_type().is_block_device() {
                return Some(Identity::Disk(metadata.rdev()));
            }
        }
        Self::of_any(metadata, path).filter(|_| metadata.is_file())
    }

    /// That of a file, a pipe or a device.
    #[cfg(unix)]
    fn of_any(metadata: &Metadata, _: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Identity::Inode(metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    fn of_any(_: &Metadata, path: &Path) -> Option<Self> {
        fs::canonicalize(path).ok().map(Identity::Path)
    }

    #[cfg(unix)]
    fn of_standard(which: Standard) -> Option<Self> {
        let metadata = standard::open(which).ok()?.metadata().ok()?;
        Self::of_kept(&metadata, Path::new(""))
    }

    #[cfg(not(unix))]
    fn of_standard(_: Standard) -> Option<Self> {
        None
    }
}

/// True if both inputs are one: the same file, or the same pipe, which only one can read.
pub(in crate::cli) fn is_same(one: &Path, other: &Path) -> bool {
    let identity = |path: &Path| {
        let path = match path == Path::new("-") {
            true => Path::new("/dev/stdin"),
            false => path,
        };
        Identity::of_any(&fs::metadata(path).ok()?, path)
    };
    let identities = identity(one).zip(identity(other));
    one == other || identities.is_some_and(|(one, other)| one == other)
}

/// A file with a part in a run.
#[derive(Debug)]
struct File {
    /// Its part: an option, or what it is to the run.
    part: &'static str,
    /// As the user named it; none for a standard stream.
    path: Option<PathBuf>,
    identity: Option<Identity>,
    /// The descriptor through which it is written.
    stream: Option<i32>,
    /// It is read as an input.
    is_input: bool,
    /// It takes the place of the old one at the end, when all inputs are read.
    is_replaced: bool,
}

impl File {
    fn standard(which: Standard) -> Self {
        File {
            part: which.name(),
            path: None,
            identity: Identity::of_standard(which),
            stream: Some(which as i32),
            is_input: false,
            is_replaced: false,
        }
    }

    fn at(part: &'static str, path: &Path) -> Self {
        File {
            part,
            path: Some(path.to_owned()),
            identity: Identity::of(path),
            stream: Place::of(path).ok().and_then(|place| place.descriptor()),
            is_input: false,
            is_replaced: false,
        }
    }

    fn is(&self, other: &File) -> bool {
        self.identity.is_some() && self.identity == other.identity
    }

    /// True if two outputs follow each other in one file as in a log: both are written
    /// through one descriptor, and one of them is a report, which is written whole.
    fn follows(&self, other: &File) -> bool {
        let is_report = |file: &File| file.part == REPORT || file.stream == Some(2);
        let streams = self.stream.zip(other.stream);
        // Those of `2>&1` are one.
        let is_one = streams.is_some_and(|of| of.0 == of.1 || matches!(of, (1, 2) | (2, 1)));
        is_one && (is_report(self) || is_report(other))
    }

    /// Its part, and its name unless it is that of `other`.
    fn beside(&self, other: &File) -> String {
        match &self.path {
            Some(path) if self.path != other.path && other.path.is_some() => {
                format!("{} ({})", self.part, printed::path(path))
            }
            _ => self.part.to_owned(),
        }
    }
}

/// All files of a run.
#[derive(Debug, Default)]
pub(in crate::cli) struct Files {
    read: Vec<File>,
    written: Vec<File>,
}

impl Files {
    /// The files by which records are judged: the rulebook, related files, the
    /// configuration.
    pub(in crate::cli) fn of(judging: &Judging) -> Self {
        let mut files = Files::default();
        files.reads_judging(judging);
        files.reads_configuration(judging.config.as_deref());
        files
    }

    /// The same without the configuration.
    pub(in crate::cli) fn reads_judging(&mut self, judging: &Judging) {
        self.reads_rulebook(judging.rules.as_deref());
        for with in &judging.with.files {
            self.reads("a related file", &with.file);
        }
    }

    /// The configuration: the one that is named, or the one that this folder has or
    /// would have.
    pub(in crate::cli) fn reads_configuration(&mut self, path: Option<&Path>) {
        let path = path.unwrap_or(Path::new(config::NAME));
        self.reads("the configuration", path);
    }

    pub(in crate::cli) fn reads_rulebook(&mut self, path: Option<&Path>) {
        if let Some(path) = path.filter(|path| *path != Path::new(BUILT_IN)) {
            self.reads("the rulebook", path);
        }
    }

    /// The inputs; standard input if there are none.
    pub(in crate::cli) fn reads_inputs(&mut self, paths: &[PathBuf]) {
        for path in paths {
            self.reads(INPUT, path);
        }
        if paths.is_empty() {
            self.reads(INPUT, Path::new("-"));
        }
    }

    pub(in crate::cli) fn reads(&mut self, part: &'static str, path: &Path) {
        let file = match path == Path::new("-") {
            true => File::standard(Standard::Input),
            false => File::at(part, path),
        };
        self.read.push(File {
            is_input: part == INPUT,
            ..file
        });
    }

    /// An output that may not be a file that is read.
    pub(in crate::cli) fn writes(&mut self, part: &'static str, path: &Path) {
        self.written.push(match path == Path::new("-") {
            true => File {
                part,
                ..File::standard(Standard::Output)
            },
            false => File::at(part, path),
        });
    }

    /// An output that may be an input, where that is replaced when all is read.
    pub(in crate::cli) fn replaces(&mut self, part: &'static str, path: &Path) {
        self.writes(part, path);
        if let Some(last) = self.written.last_mut() {
            last.is_replaced = matches!(Place::of(path), Ok(Place::File(..)));
        }
    }

    /// Standard output.
    pub(in crate::cli) fn prints(&mut self) {
        self.written.push(File::standard(Standard::Output));
    }

    /// Refuses a run in which an output would be written over a file that is read, or two
    /// outputs into one file.
    pub(in crate::cli) fn check(&self) -> anyhow::Result<()> {
        let report = File::standard(Standard::Error);
        // The refusal itself would go into it.
        if self.read.iter().any(|read| read.is(&report)) {
            printed::silence();
        }
        self.refuse(&report)?;
        printed::release();
        Ok(())
    }

    fn refuse(&self, report: &File) -> anyhow::Result<()> {
        for (place, written) in self.written.iter().enumerate() {
            // What is printed and what is reported may well go to one file.
            let is_file = written.path.is_some() && written.stream.is_none();
            let report = [report].into_iter().filter(|_| is_file);
            let mut others = self.written[..place].iter().chain(report);
            let clashes = |other: &&File| other.is(written) && !other.follows(written);
            if let Some(other) = others.find(clashes) {
                let (named, other) = match &written.path {
                    Some(_) => (written, other),
                    None => (other, written),
                };
                bail!(
                    "{}{} and {} are the same file\n  help: write to two files",
                    headed(named),
                    named.part,
                    other.beside(named),
                );
            }
            self.refuse_read(written, written.is_replaced)?;
        }
        self.refuse_read(report, false)
    }

    /// Refuses to write over a file that is read; `but_inputs` are fine.
    fn refuse_read(&self, written: &File, but_inputs: bool) -> anyhow::Result<()> {
        let mut read = self.read.iter();
        let found = read.find(|read| read.is(written) && !(but_inputs && read.is_input));
        if let Some(read) = found {
            let (head, would) = match written.path {
                Some(_) => (written, "would replace"),
                None => (read, "goes into"),
            };
            bail!(
                "{}{} {would} {}\n  help: write to another file",
                headed(head),
                written.part,
                read.beside(written)
            );
        }
        Ok(())
    }

    /// Refuses to write `output`, the one that may replace an input, in place over it, now
    /// or at its end: a run that fails would leave neither.
    pub(in crate::cli) fn refuse_in_place(&self, output: &mut Output) -> anyhow::Result<()> {
        let Some(written) = self.written.iter().find(|written| written.is_replaced) else {
            return Ok(());
        };
        let Some(read) = self.read.iter().find(|read| read.is(written)) else {
            return Ok(());
        };
        if let Some(why) = output.in_place() {
            bail!(
                "{}this file cannot be replaced, since {why}; {} in place would destroy {}\n  \
                 help: write to another file",
                headed(written),
                written.part,
                read.beside(written)
            );
        }
        output.never_in_place();
        Ok(())
    }
}

/// The name of a file, which begins an error.
fn headed(file: &File) -> String {
    let path = file.path.as_ref();
    path.map_or(String::new(), |path| format!("{}: ", printed::path(path)))
}
