//! The records of a batch, as whoever is told of them goes through them.
//!
//! Owns where a record is: its number, and its line.

use crate::error::Place;
use crate::input::{Origin, Position, Stretch};
use crate::judge::{Entry, Roll};

/// What the records of a batch come to.
#[derive(Debug, Default)]
pub(super) struct Page {
    roll: Roll,
    /// The batch.
    bytes: Vec<u8>,
    /// Where it begins; once it has been moved, a place within it.
    position: Position,
    /// How far into the batch it has been moved.
    passed: usize,
    /// The record at hand.
    entry: usize,
}

impl Page {
    /// The records of a batch that begins at a position.
    pub(super) fn new(roll: Roll, bytes: Vec<u8>, position: Position) -> Self {
        Page {
            roll,
            bytes,
            position,
            passed: 0,
            entry: 0,
        }
    }

    /// The record at hand, if there is one.
    pub(super) fn entry(&self) -> Option<Entry<'_>> {
        self.roll.get(self.entry)
    }

    /// Passes the record at hand.
    pub(super) fn pass(&mut self) {
        self.entry += 1;
    }

    /// The number of the record at hand in its file, and the byte at which it begins.
    pub(super) fn whereabouts(&self) -> Option<(u64, u64)> {
        let entry = self.entry()?;
        let Position { records, bytes, .. } = self.position;
        // Once moved, a position is behind the bytes that it passed.
        let begin = bytes - self.passed as u64;
        Some((records + entry.record, begin + entry.at as u64))
    }

    /// The place of the record at hand.
    pub(super) fn place(&mut self, file: &str, origin: &Origin) -> Place {
        let Some(Entry { record, at, .. }) = self.entry() else {
            return Place::default();
        };
        let between = Stretch::of(&self.bytes[self.passed..at]);
        let mut position = self.position;
        position.pass(between, 0);
        // Within a line break it would be counted twice.
        if !self.bytes[..at].ends_with(b"\r") || self.bytes.get(at) != Some(&b'\n') {
            (self.position, self.passed) = (position, at);
        }
        let mut place = position.place_after(b"", file, false);
        place = origin.place(place);
        place.record = Some(position.records + record);
        place
    }
}
