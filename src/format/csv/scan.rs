//! The places of a text's records and fields.
//!
//! Owns the search that every byte of a CSV file goes through, and what it leaves for a
//! second pass. The meaning of a byte is defined by [`walk`](crate::format::csv::walk).

use std::ops::Range;

use crate::format::blocks::{BLOCK, block_of, lowest};
use crate::format::csv::walk::{Found, Walk};

/// How many ends of fields are searched at a time, if no record has more: few enough to
/// stay in the cache until they are used.
const AT_A_TIME: usize = 512;

/// A quote that is never closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// The beginning of its record.
    pub(super) record: usize,
    pub(super) quote: usize,
}

/// A record's place, and those of its fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'s> {
    /// The place before the record's first byte, then the end of each field: a
    /// delimiter, or for the last field a line break or the end of the text. The place
    /// before the very first byte wraps around.
    bounds: &'s [usize],
    may_swallow: bool,
}

impl Record<'_> {
    /// False if no quoted field contains a line break and has text after its closing
    /// quote.
    pub(super) fn may_swallow(&self) -> bool {
        self.may_swallow
    }

    /// Its beginning.
    pub(super) fn start(&self) -> usize {
        self.bounds
            .first()
            .map_or(0, |before| before.wrapping_add(1))
    }

    /// Its end, before its line break.
    pub(super) fn end(&self) -> usize {
        self.bounds.last().copied().unwrap_or_default()
    }

    /// How many fields it has, at least one.
    pub(super) fn width(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The place of a field, with its quotes.
    #[inline(always)]
    pub(super) fn field(&self, index: usize) -> Range<usize> {
        let end = self.bounds[index + 1];
        self.bounds[index].wrapping_add(1)..end
    }

    /// The beginnings of the first field and of another one, if it has that.
    #[inline(always)]
    pub(super) fn beginnings(&self, index: usize) -> Option<[usize; 2]> {
        let (first, other) = (self.bounds.first()?, self.bounds.get(index)?);
        let is_there = index + 1 < self.bounds.len();
        is_there.then(|| [first.wrapping_add(1), other.wrapping_add(1)])
    }

    /// The places of all fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = Range<usize>> {
        (0..self.width()).map(|index| self.field(index))
    }
}

/// What was found in the blocks of a text, in order, when it was cut; empty if unknown.
#[derive(Debug, Default)]
pub(crate) struct Index {
    blocks: Vec<Found>,
    /// As returned by [`Walk::may_swallow`].
    may_swallow: bool,
}

impl Index {
    /// Clears it, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.may_swallow = false;
    }
}

/// A search that moves forward through a text, from record to record.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t [u8],
    index: std::slice::Iter<'t, Found>,
    /// The index reports a quote that may have swallowed lines.
    may_swallow: bool,
    walk: Walk,
    /// The beginning of the next block.
    base: usize,
    /// The beginning of the next record, or of the line breaks before it.
    start: usize,
    /// The ends of fields; this many of them are set.
    ends: Vec<usize>,
    set: usize,
    /// Those before belong to records that were handed out. There is always one, which
    /// makes room for the place before the next record.
    used: usize,
    /// For each record found: the place in `ends` after its last field.
    records: Vec<usize>,
    handed_out: usize,
    /// The current record: the place in `ends` before it, and the one after it.
    bounds: Range<usize>,
}

impl<'t> Scanner<'t> {
    /// A search from `start` on, where a record or a line break begins.
    pub(super) fn new(text: &'t [u8], start: usize, delimiter: u8) -> Self {
        Scanner {
            text,
            index: [].iter(),
            may_swallow: false,
            walk: Walk::new(delimiter),
            base: start,
            start,
            ends: vec![0],
            set: 1,
            used: 1,
            records: Vec::new(),
            handed_out: 0,
            bounds: 0..0,
        }
    }

    /// A search through all of a text that ends with a line break, with its `index` if
    /// there is one.
    pub(super) fn with_index(text: &'t [u8], delimiter: u8, index: &'t Index) -> Self {
        Scanner {
            index: index.blocks.iter(),
            may_swallow: index.may_swallow,
            ..Scanner::new(text, 0, delimiter)
        }
    }

    /// The next record; blank lines are skipped.
    pub(super) fn next(&mut self) -> Option<Result<Record<'_>, Unclosed>> {
        match self.advance()? {
            Ok(()) => Some(Ok(self.record())),
            Err(unclosed) => Some(Err(unclosed)),
        }
    }

    /// Moves to the next record, if there is one.
    #[inline(always)]
    pub(super) fn advance(&mut self) -> Option<Result<(), Unclosed>> {
        if self.handed_out == self.records.len() {
            self.search();
        }
        let Some(&upto) = self.records.get(self.handed_out) else {
            // Only a quoted field that does not end keeps its record open.
            let record = skip_breaks(self.text, self.start);
            let before = self.ends[self.used..self.set].last();
            let quote = before.map_or(record, |end| end + 1);
            let is_open = self.walk.is_inside();
            return is_open.then_some(Err(Unclosed { record, quote }));
        };
        self.handed_out += 1;
        let start = skip_breaks(self.text, self.start);
        let before = self.used - 1;
        self.ends[before] = start.wrapping_sub(1);
        self.bounds = before..upto;
        self.used = upto;
        self.start = self.ends[upto - 1];
        Some(Ok(()))
    }

    /// The current record.
    #[inline(always)]
    pub(super) fn record(&self) -> Record<'_> {
        Record {
            bounds: &self.ends[self.bounds.clone()],
            may_swallow: self.may_swallow || self.walk.may_swallow(),
        }
    }

    /// Searches the text until there is a record, or the text ends.
    fn search(&mut self) {
        // Remove what is used up, to make room.
        let before = self.used - 1;
        self.ends.copy_within(before..self.set, 0);
        (self.set, self.used) = (self.set - before, 1);
        self.records.clear();
        self.handed_out = 0;
        while self.base < self.text.len() && (self.records.is_empty() || self.set < AT_A_TIME) {
            if self.ends.len() < self.set + BLOCK {
                self.ends
                    .resize((self.set + BLOCK).max(2 * AT_A_TIME).max(self.set * 2), 0);
            }
            if let Some(found) = self.index.next() {
                self.note(*found);
                self.base += BLOCK;
                continue;
            }
            let rest = &self.text[self.base..];
            let (block, length) = block_of(rest);
            let found = self.walk.step(&block, length);
            self.note(found);
            self.base += length;
        }
        if self.base >= self.text.len() && !self.walk.is_inside() && !self.walk.is_at_break() {
            // The last record has no line break.
            self.walk.end();
            if self.ends.len() == self.set {
                self.ends.push(0);
            }
            self.ends[self.set] = self.text.len();
            self.set += 1;
            self.records.push(self.set);
        }
    }

    /// Notes the ends of fields in the block at the base.
    fn note(&mut self, found: Found) {
        let mut breaks = found.records;
        while breaks != 0 {
            // Including itself.
            let before = found.fields & (breaks ^ (breaks - 1));
            self.records.push(self.set + before.count_ones() as usize);
            breaks &= breaks - 1;
        }
        let count = found.fields.count_ones() as usize;
        let Some(room) = self.ends[self.set..].first_chunk_mut::<BLOCK>() else {
            return;
        };
        let mut fields = found.fields;
        // Most blocks have a few ends. Noting more than there are is faster than
        // counting them.
        let (few, more) = room.split_at_mut(8);
        for end in few {
            *end = self.base + lowest(fields);
            fields &= fields.wrapping_sub(1);
        }
        if count > 8 {
            for end in &mut more[..count - 8] {
                *end = self.base + lowest(fields);
                fields &= fields.wrapping_sub(1);
            }
        }
        self.set += count;
    }
}

/// The place after the last line break in `buffer` that ends a record. A `\r` at its
/// very end does not count, since its `
/// ` may follow. What was found up to that place is left in `index`.
pub(super) fn last_break(buffer: &[u8], delimiter: u8, index: &mut Index) -> Option<usize> {
    let end = buffer.len() - usize::from(buffer.ends_with(b"\r"));
    let mut walk = Walk::new(delimiter);
    let mut last = None;
    let mut base = 0;
    index.clear();
    while base < end {
        let (block, length) = block_of(&buffer[base..end]);
        index.blocks.push(walk.step(&block, length));
        if walk.breaks != 0 {
            last = Some(base + BLOCK - walk.breaks.leading_zeros() as usize);
        }
        base += length;
    }
    index.may_swallow = walk.may_swallow();
    index.blocks.truncate(last.unwrap_or(0).div_ceil(BLOCK));
    if let (Some(found), Some(last)) = (index.blocks.last_mut(), last) {
        let before = u64::MAX >> (BLOCK - 1 - (last - 1) % BLOCK);
        found.fields &= before;
        found.records &= before;
    }
    last
}

/// The first byte from `at` on that is not a line break, or the end: blank lines are
/// skipped.
pub(super) fn skip_breaks(text: &[u8], mut at: usize) -> usize {
    while let Some(b'\r' | b'\n') = text.get(at) {
        at += 1;
    }
    at
}
