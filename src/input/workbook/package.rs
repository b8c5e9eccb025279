//! The archive that a workbook is: its parts, unpacked as they are read.
//!
//! Owns which bytes of the file are a part's, and that a part unpacks to what the
//! archive's directory says, no more, no less, with the right checksum. Knows nothing of
//! XML. Only parts that are asked for are unpacked.

use std::collections::HashMap;
use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;

use flate2::bufread::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::bounds::{self, Use};
use super::fault::{Checked, Fault};
use crate::text::{grouped, quoted};

/// The first bytes of a header in the archive's directory.
const HEADER: &[u8] = b"PK\x01\x02";
/// How many bytes of a part are unpacked at a time.
const STEP: usize = 32 * 1024;

/// An archive in memory.
pub(super) struct Package {
    file: Shared,
    archive: ZipArchive<Cursor<Shared>>,
    /// The places of the parts in the archive, by their names as they are looked up;
    /// none for a name that several have.
    places: HashMap<String, Option<usize>>,
}

/// The file.
#[derive(Clone)]
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Where a part is, and what it has to unpack to.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) name: String,
    file: Shared,
    start: u64,
    packed: u64,
    is_deflated: bool,
    /// How many bytes it unpacks to.
    pub(super) size: u64,
    checksum: u32,
}

impl Package {
    pub(super) fn open(file: Vec<u8>) -> Checked<Self> {
        // Before the directory is read: each of its entries is held in memory.
        let entries = memchr::memmem::find_iter(&file, HEADER);
        if entries.take(bounds::PARTS + 1).count() > bounds::PARTS {
            return Err(Fault::Beyond(
                format!("it has more than {} parts", grouped(bounds::PARTS as u64)),
                format!("at most {} parts", grouped(bounds::PARTS as u64)),
            ));
        }
        let file = Shared(Arc::new(file));
        let archive = ZipArchive::new(Cursor::new(file.clone())).map_err(damaged)?;
        if archive.has_duplicate_names() {
            return Err(Fault::Malformed("it has two parts of one name".to_owned()));
        }
        let mut places = HashMap::new();
        for (place, name) in archive.file_names_raw().enumerate() {
            if name.len() > bounds::PART_NAME {
                continue;
            }
            let name = key(&String::from_utf8_lossy(name));
            let place = (!places.contains_key(&name)).then_some(place);
            places.insert(name, place);
        }
        Ok(Package {
            file,
            archive,
            places,
        })
    }

    /// True if the name of a part ends like this, in upper or lower case.
    pub(super) fn holds(&self, ending: &str) -> bool {
        let mut names = self.archive.file_names_raw();
        names.any(|name| {
            let start = name.len().checked_sub(ending.len());
            start.is_some_and(|start| name[start..].eq_ignore_ascii_case(ending.as_bytes()))
        })
    }

    /// The part of this name, if there is one and it claims no more than it may hold.
    pub(super) fn part(&mut self, name: &str, purpose: Use) -> Checked<Option<Part>> {
        let Some(place) = self.places.get(&key(name)) else {
            return Ok(None);
        };
        let Some(place) = *place else {
            let found = format!("it has two parts of the name {}", quoted(name));
            return Err(Fault::Malformed(found));
        };
        let file = self.file.clone();
        let entry = self.archive.by_index_raw(place).map_err(damaged)?;
        if entry.encrypted() {
            let found = format!("its part {} has a password", quoted(name));
            return Err(Fault::Malformed(found));
        }
        let (packed, size) = (entry.compressed_size(), entry.size());
        let start = entry.data_start().unwrap_or(u64::MAX);
        let end = start.checked_add(packed);
        if end.is_none_or(|end| end > file.as_ref().len() as u64) {
            let found = format!("its part {} is not all there", quoted(name));
            return Err(Fault::Damaged(found));
        }
        let most = purpose.most(packed);
        if size > most {
            let found = format!(
                "its part {} would unpack from {} to {} bytes",
                quoted(name),
                grouped(packed),
                grouped(size)
            );
            return Err(Fault::Beyond(found, purpose.most_in_words()));
        }
        let is_deflated = match entry.compression() {
            CompressionMethod::Deflated => true,
            CompressionMethod::Stored => false,
            method => {
                let found = format!("its part {} is packed by {method}", quoted(name));
                return Err(Fault::Malformed(found));
            }
        };
        Ok(Some(Part {
            name: name.to_owned(),
            start,
            packed,
            is_deflated,
            size,
            checksum: entry.crc32(),
            file,
        }))
    }
}

/// A name as it is looked up: as spreadsheet programs do, in upper or lower case.
fn key(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

fn damaged(error: impl std::fmt::Display) -> Fault {
    Fault::Damaged(error.to_string())
}

/// What a part unpacks to.
pub(super) type Content = BufReader<Unpacking>;

impl Part {
    /// Reads it from its beginning.
    pub(super) fn content(&self) -> Content {
        let mut packed = Cursor::new(self.file.clone());
        packed.set_position(self.start);
        let packed = packed.take(self.packed);
        let packed = match self.is_deflated {
            true => Packed::Deflated(DeflateDecoder::new(packed)),
            false => Packed::Stored(packed),
        };
        let unpacking = Unpacking {
            packed,
            read: 0,
            size: self.size,
            checksum: self.checksum,
            found: flate2::Crc::new(),
            fault: None,
        };
        BufReader::with_capacity(STEP, unpacking)
    }
}

type Slice = io::Take<Cursor<Shared>>;

enum Packed {
    Stored(Slice),
    Deflated(DeflateDecoder<Slice>),
}

/// A part that is being unpacked.
pub(super) struct Unpacking {
    packed: Packed,
    /// How many bytes were unpacked.
    pub(super) read: u64,
    size: u64,
    checksum: u32,
    found: flate2::Crc,
    /// Why it cannot be unpacked any further.
    pub(super) fault: Option<Fault>,
}

impl Unpacking {
    /// What is wrong after the bytes that were read last.
    fn wrong(&self, read: usize) -> Option<String> {
        let size = grouped(self.size);
        match read {
            _ if self.read > self.size => Some(format!("a part holds more than its {size} bytes")),
            0 if self.read < self.size => Some(format!("a part ends before its {size} bytes")),
            0 if self.found.sum() != self.checksum => {
                Some("the checksum of a part does not match".to_owned())
            }
            _ => None,
        }
    }
}

impl Read for Unpacking {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.packed {
            Packed::Stored(packed) => packed.read(to),
            Packed::Deflated(packed) => packed.read(to),
        };
        let wrong = match &read {
            Ok(read) => {
                self.found.update(&to[..*read]);
                self.read += *read as u64;
                self.wrong(*read)
            }
            Err(error) => Some(error.to_string()),
        };
        match wrong {
            Some(wrong) => {
                self.fault = Some(Fault::Damaged(wrong));
                Err(io::ErrorKind::InvalidData.into())
            }
            None => read,
        }
    }
}
