//! A descriptor that the program was started with, such as that of `>(command)`.
//!
//! Owns how it is used as it is: with its place in a file, and whether it appends, which a
//! file that is opened by the same path would not share.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

use super::place::Place;
use crate::cli::standard::{self, Standard};

const WRITE_ONLY: u32 = 0o1;
const READ_AND_WRITE: u32 = 0o2;
const ACCESS: u32 = 0o3;
const CLOSED_BY_EXEC: u32 = 0o2_000_000;

/// The flags of a descriptor that was handed over; one that this program has opened itself
/// was not.
fn flags(number: i32) -> io::Result<u32> {
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default();
    let mut lines = info.lines();
    let flags = lines.find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    let handed = flags.filter(|flags| flags & CLOSED_BY_EXEC == 0);
    handed.ok_or_else(|| io::Error::other(format!("descriptor {number} is not open")))
}

/// Refuses to read a descriptor that was not handed over.
pub(super) fn check_read(path: &Path) -> io::Result<()> {
    let Ok(Place::Descriptor(number)) = Place::of(path) else {
        return Ok(());
    };
    match Standard::of(number) {
        Some(standard) => standard::check_open(standard),
        None => flags(number).map(drop),
    }
}

/// A handle of its own for the descriptor `number`.
pub(super) fn open(number: i32) -> io::Result<File> {
    let path = format!("/proc/self/fd/{number}");
    let flags = flags(number)?;
    if !matches!(flags & ACCESS, WRITE_ONLY | READ_AND_WRITE) {
        let why = format!("descriptor {number} is not open for writing");
        return Err(io::Error::other(why));
    }
    let own = pidfd_open(getpid(), PidfdFlags::empty())
        .and_then(|own| pidfd_getfd(own, number, PidfdGetfdFlags::empty()));
    match own {
        Ok(handle) => Ok(File::from(handle)),
        // A sandbox may forbid it. A pipe or a device can be opened by its path as well; a
        // file would be written from its beginning.
        Err(error) if fs::metadata(&path).is_ok_and(|found| found.is_file()) => Err(error.into()),
        Err(_) => OpenOptions::new().write(true).open(path),
    }
}
