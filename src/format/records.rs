//! The interface between a format and its caller, for one record.
//!
//! Owns both sides of it: a caller takes texts and gives added fields, a format finds
//! records and writes them. Neither knows what the other does with them.

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

/// All cells of a record, in its order.
pub(crate) trait Cells {
    fn count(&self) -> usize;

    /// A cell as it is written: a text with its quotes, and nothing for no value.
    fn raw(&self, place: usize) -> &[u8];

    /// The first two bytes of a cell, without a quote before them, and the first of its
    /// column's name, perhaps without signs, where these are found at once; zeros if not,
    /// or if the first cell may be empty.
    #[inline(always)]
    fn glance(&self, _place: usize) -> [u8; 3] {
        [0; 3]
    }

    /// The text of a cell.
    fn text(&self, place: usize) -> Cow<'_, str>;

    /// The key under which the record is, beside its cells, if it has one.
    #[inline(always)]
    fn key(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// The name of its column, if it has one.
    fn name(&self, place: usize) -> Option<&str>;
}

/// The first byte of a name, without signs before it.
pub(super) fn initial(name: &str) -> u8 {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
    name.bytes().find(is_letter).unwrap_or(0)
}

/// The first two bytes of a cell, without a quote before them.
#[inline(always)]
pub(super) fn two(raw: &[u8]) -> [u8; 2] {
    match raw {
        [b'"', first, second, ..] => [*first, *second],
        [first, second, ..] => [*first, *second],
        [first] => [*first, 0],
        [] => [0; 2],
    }
}

/// Takes the texts of records.
pub(crate) trait TakeTexts {
    /// True for a record that is not about a buyer, as its cells show: its texts are
    /// only kept.
    fn is_furniture(&mut self, cells: &impl Cells) -> bool;

    /// Keeps the text for a slot, as [`take`](TakeTexts::take) would, if it is only kept.
    fn keep<'t>(
        &mut self,
        slot: TextSlot,
        text: &'t str,
        decode: impl FnOnce(&'t str) -> Cow<'t, str>,
    );

    /// The slots for a column that no record of the sample had.
    fn bind(&mut self, name: &str) -> Vec<TextSlot>;

    /// Takes the text for a slot: its place in `text`, and `decode` for its content. Equal
    /// bytes always decode to the same text.
    fn take<'t>(
        &mut self,
        slot: TextSlot,
        text: &'t str,
        place: Range<usize>,
        decode: impl FnOnce(&'t str) -> Cow<'t, str>,
    );
}

/// The records of a batch, one after the other.
pub(crate) trait Records {
    /// Moves to the next record, and hands over its texts. A record that cannot be read
    /// is a fault, as is anything else in its place.
    fn next(&mut self, to: &mut impl TakeTexts) -> Option<Result<(), Box<Fault>>>;

    /// The number of the current record in its batch, from 1.
    fn number(&self) -> u64;

    /// The beginning of the current record.
    fn start(&self) -> usize;

    /// Its length in bytes.
    fn length(&self) -> usize;

    /// How much is written once everything before the current record is copied.
    fn written(&self, out: &[u8]) -> usize;

    /// Writes the current record, and everything before it, with its added fields.
    fn write(&mut self, values: &impl AddedValues, out: &mut Vec<u8>) -> Result<(), Box<Fault>>;

    /// Writes everything before the current record, and copies the record to `rejects`;
    /// false if that is not possible.
    fn reject(&mut self, out: &mut Vec<u8>, rejects: &mut Vec<u8>) -> bool;

    /// Writes what belongs to the records before the current one, which is at fault.
    fn break_off(&mut self, out: &mut Vec<u8>);

    /// Writes the text after the last record.
    fn finish(&mut self, out: &mut Vec<u8>);

    /// What was counted between and in the records.
    fn counts(&self) -> Counts;
}

/// Counts of anything other than whole records.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    /// Action lines between records.
    pub(crate) actions: u64,
    /// Records that were filled up with empty fields.
    pub(crate) padded: u64,
}

/// The text of a batch while it is written: how far it is copied.
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

    /// Omits the text up to `upto`.
    pub(super) fn skip(&mut self, upto: usize) {
        self.copied = upto;
    }
}
