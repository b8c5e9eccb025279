//! Bytes in: buffers that are filled, cut and refilled, and the position in the input.
//!
//! Owns reading and the counting of lines. Knows nothing of formats: where a buffer is
//! cut is decided elsewhere. [`origin`] turns what is not UTF-8 text into it.

mod decode;
mod dos;
mod foreign;
mod format;
mod guess;
mod layout;
mod origin;
mod unpack;
mod workbook;

use std::io::{self, Read};

use crate::error::{Error, Place, Result};

pub use self::decode::KnownBy;
pub(crate) use self::decode::hex;
pub use self::format::Format;
pub(crate) use self::guess::{beginning, readings};
pub use self::layout::{Encoding, Layout, Ragged};
pub(crate) use self::origin::open;
pub use self::origin::{Meter, Origin};
pub use self::unpack::Packing;
pub use self::workbook::Sheet;

/// UTF-8's byte order mark.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// The length of the byte order mark that the bytes begin with.
pub(crate) fn bom_length(bytes: &[u8]) -> usize {
    if bytes.starts_with(BOM) { BOM.len() } else { 0 }
}

/// Where bytes come from.
type Bytes<'i> = Box<dyn Read + Send + 'i>;

/// An input being read.
pub(crate) struct Intake<'i> {
    reader: Bytes<'i>,
    /// Its bytes from `taken` to `filled` are read and not yet taken. The others are
    /// left as they are, so no buffer has to be cleared before reading.
    buffer: Vec<u8>,
    taken: usize,
    filled: usize,
    complete: bool,
    /// Why nothing follows the buffer, though the input is not complete.
    trouble: Option<Error>,
}

impl<'i> Intake<'i> {
    pub(crate) fn new(reader: Bytes<'i>) -> Self {
        Intake {
            reader,
            buffer: Vec::new(),
            taken: 0,
            filled: 0,
            complete: false,
            trouble: None,
        }
    }

    /// Reads until the buffer holds `size` bytes, or all there are. If reading fails,
    /// it holds what came before, and [`check`](Self::check) returns the error.
    pub(crate) fn fill(&mut self, size: usize) {
        if self.is_at_end() || self.buffer().len() >= size {
            return;
        }
        self.buffer.copy_within(self.taken..self.filled, 0);
        (self.taken, self.filled) = (0, self.filled - self.taken);
        if self.buffer.len() < size {
            self.buffer.resize(size, 0);
        }
        while self.filled < size {
            match self.reader.read(&mut self.buffer[self.filled..size]) {
                Ok(0) => {
                    self.complete = true;
                    break;
                }
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.trouble = Some(Error::reading(error));
                    break;
                }
            }
        }
    }

    /// Reads everything, if it is at most `most` bytes; false if there is more.
    pub(crate) fn fill_up(&mut self, most: usize) -> bool {
        while !self.is_at_end() && self.buffer().len() <= most {
            self.fill((self.buffer().len() * 2).clamp(64 * 1024, most.max(64 * 1024) + 1));
        }
        self.buffer().len() <= most
    }

    /// For a caller that needs more than the buffer holds: an error if more could not
    /// be read.
    pub(crate) fn check(&mut self) -> Result<()> {
        self.trouble.take().map_or(Ok(()), Err)
    }

    /// What is read and not yet taken.
    pub(crate) fn buffer(&self) -> &[u8] {
        &self.buffer[self.taken..self.filled]
    }

    /// True if nothing follows the buffer.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// True if nothing can be read after the buffer.
    pub(crate) fn is_at_end(&self) -> bool {
        self.complete || self.trouble.is_some()
    }

    /// Takes the first `size` bytes; `other` is a buffer to reuse.
    pub(crate) fn take(&mut self, size: usize, mut other: Vec<u8>) -> Vec<u8> {
        // The shorter part is copied.
        let from = self.taken + size;
        if self.taken > 0 || size < self.filled - from {
            other.clear();
            other.extend_from_slice(&self.buffer[self.taken..from]);
            self.taken = from;
            return other;
        }
        let rest = self.filled - from;
        if other.len() < rest {
            other.resize(rest, 0);
        }
        other[..rest].copy_from_slice(&self.buffer[from..self.filled]);
        self.filled = rest;
        let mut taken = std::mem::replace(&mut self.buffer, other);
        taken.truncate(size);
        taken
    }
}

/// A place in a file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Position {
    /// Line breaks before it.
    lines: u64,
    /// Characters before it on its line.
    characters: u64,
    /// Bytes of its text before it.
    pub(crate) bytes: u64,
    /// Records before it.
    pub(crate) records: u64,
}

impl Position {
    /// Moves past bytes that contain this number of records.
    pub(crate) fn pass(&mut self, stretch: Stretch, records: u64) {
        if stretch.breaks > 0 {
            self.characters = 0;
        }
        self.lines += stretch.breaks;
        self.characters += stretch.characters;
        self.bytes += stretch.bytes;
        self.records += records;
    }

    /// The place after `bytes`, for a message.
    pub(crate) fn place_after(mut self, bytes: &[u8], file: &str, with_character: bool) -> Place {
        self.pass(Stretch::of(bytes), 0);
        Place {
            file: Some(file.to_owned()),
            line: Some(self.lines + 1),
            character: with_character.then_some(self.characters + 1),
            ..Place::default()
        }
    }
}

/// How some bytes move a position.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stretch {
    breaks: u64,
    /// Characters after the last line break.
    characters: u64,
    bytes: u64,
}

impl Stretch {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let line = memchr::memrchr2(b'\n', b'\r', bytes).map_or(bytes, |at| &bytes[at + 1..]);
        // Editors do not count a byte order mark as a character.
        let line = line.strip_prefix(BOM).unwrap_or(line);
        let is_first = |byte: &&u8| **byte & 0xc0 != 0x80;
        Stretch {
            breaks: line_breaks(bytes),
            characters: line.iter().filter(is_first).count() as u64,
            bytes: bytes.len() as u64,
        }
    }
}

/// Line breaks as an editor counts them: `\n`, `\r\n`, or `\r` alone.
pub(crate) fn line_breaks(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let lone = memchr::memchr_iter(b'\r', bytes)
        .filter(|&at| bytes.get(at + 1) != Some(&b'\n'))
        .count();
    (feeds + lone) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_an_editor_does() {
        let place = |bytes: &[u8]| {
            let place = Position::default().place_after(bytes, "f", true);
            (place.line.unwrap(), place.character.unwrap())
        };
        assert_eq!(place(b""), (1, 1));
        assert_eq!(place(b"ab\ncd"), (2, 3));
        assert_eq!(place("a\r\nb\rzoë".as_bytes()), (3, 4));
        let mut position = Position::default();
        position.pass(Stretch::of(b"[\n  {}, "), 1);
        assert_eq!(position.place_after(b"{}", "f", true).character, Some(9));
    }

    #[test]
    fn what_is_not_taken_stays() {
        let mut intake = Intake::new(Box::new(&b"abcdef"[..]));
        intake.fill(4);
        assert_eq!(
            (intake.buffer(), intake.is_complete()),
            (&b"abcd"[..], false)
        );
        assert_eq!(intake.take(3, b"before".to_vec()), b"abc");
        intake.fill(10);
        assert_eq!((intake.buffer(), intake.is_complete()), (&b"def"[..], true));
        let mut intake = Intake::new(Box::new(&b"abc"[..]));
        intake.fill(1);
        assert!(!Intake::new(Box::new(&[0; 70_000][..])).fill_up(65_536));
        assert!(intake.fill_up(100));
        assert_eq!((intake.buffer(), intake.is_complete()), (&b"abc"[..], true));
    }
}
