//! Files that are read whole: rulebooks, configurations, plans and cases.
//!
//! Owns how large such a file may be, so that a device or a wrong file ends with an error
//! rather than with the memory.

use std::io::{self, Read};
use std::path::Path;

use super::output::opened;

/// A rulebook of 100,000 attributes is far smaller.
const MOST_MIB: u64 = 32;

/// All of a file.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    bytes_of(opened(path)?)
}

/// All that a reader gives.
pub(super) fn bytes_of(reader: impl Read) -> io::Result<Vec<u8>> {
    let most = MOST_MIB << 20;
    let mut bytes = Vec::new();
    let read = reader.take(most + 1).read_to_end(&mut bytes)?;
    match read as u64 > most {
        true => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is larger than {MOST_MIB} MiB"),
        )),
        false => Ok(bytes),
    }
}

/// All of a file, as text.
pub(super) fn text(path: &Path) -> io::Result<String> {
    let not_utf8 = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text");
    String::from_utf8(bytes(path)?).map_err(not_utf8)
}
