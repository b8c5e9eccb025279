//! What a format and its caller say to each other about one record.
//!
//! Owns the two sides of that: a caller takes texts and gives added fields, a format
//! finds records and writes them. Neither knows what the other does with them.

use std::borrow::Cow;
use std::ops::Range;

use super::{AddedValues, Fault};

/// A place for the text of one column of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextSlot(pub(crate) u32);

impl TextSlot {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Which text slots each column of an input fills.
pub(crate) type Binding = Vec<Vec<TextSlot>>;

/// Takes the texts of records.
pub(crate) trait TakeTexts {
    /// The slots that a column fills which no record of the sample had.
    fn bind(&mut self, name: &str) -> Vec<TextSlot>;

    /// Takes what fills a slot: it stands at a place in `text`, and `says` makes of it
    /// what it says. What stands there equally says the same.
    fn take<'t>(
        &mut self,
        slot: TextSlot,
        text: &'t str,
        place: Range<usize>,
        says: impl FnOnce(&'t str) -> Cow<'t, str>,
    );
}

/// The records of a batch, one after the other.
pub(crate) trait Records {
    /// Moves to the next record, and hands its texts over. A record that cannot be
    /// read is a fault, as is what stands in the place of one.
    fn next(&mut self, to: &mut impl TakeTexts) -> Option<Result<(), Box<Fault>>>;

    /// The number of the record at hand in its batch, from 1; so many there were.
    fn number(&self) -> u64;

    /// Where the record at hand begins.
    fn start(&self) -> usize;

    /// How much is written once all before the record at hand is copied.
    fn written(&self, out: &[u8]) -> usize;

    /// Writes the record at hand, and all before it, with its added fields.
    fn write(&mut self, values: &impl AddedValues, out: &mut Vec<u8>) -> Result<(), Box<Fault>>;

    /// Writes all before the record at hand, and leaves the record to `rejects`; false
    /// where that cannot be done.
    fn reject(&mut self, out: &mut Vec<u8>, rejects: &mut Vec<u8>) -> bool;

    /// Writes what belongs to the records before the one at hand, which is at fault.
    fn break_off(&mut self, out: &mut Vec<u8>);

    /// Writes what follows the last record.
    fn finish(&mut self, out: &mut Vec<u8>);

    /// What was met between and in the records.
    fn counts(&self) -> Counts;
}

/// What was met beside whole records.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    /// Lines between records that say what to do with these.
    pub(crate) actions: u64,
    /// Records that were filled up with empty fields.
    pub(crate) padded: u64,
}

/// The text of a batch on its way out: how far it is copied.
#[derive(Debug)]
pub(super) struct Passage<'t> {
    bytes: &'t [u8],
    copied: usize,
    /// Records keep their format.
    is_raw: bool,
}

impl<'t> Passage<'t> {
    pub(super) fn new(text: &'t str, is_raw: bool) -> Self {
        Passage {
            bytes: text.as_bytes(),
            copied: 0,
            is_raw,
        }
    }

    /// Copies the text up to `upto`.
    #[inline]
    pub(super) fn pass(&mut self, upto: usize, out: &mut Vec<u8>) {
        if self.is_raw {
            out.extend_from_slice(&self.bytes[self.copied..upto]);
        }
        self.copied = upto;
    }

    /// How much is written once the text up to `upto` is copied.
    pub(super) fn written(&self, upto: usize, out: &[u8]) -> usize {
        out.len() + if self.is_raw { upto - self.copied } else { 0 }
    }

    /// Leaves the text up to `upto` out.
    pub(super) fn skip(&mut self, upto: usize) {
        self.copied = upto;
    }
}
