//! Where the records and fields of a text are.
//!
//! Owns the search that every byte of a CSV file goes through, sixty-four of
//! them at a time: a bit of a number for each byte tells whether it is a quote,
//! a delimiter or a line break, and arithmetic on these numbers which of them
//! stand outside of quoted fields. Only a block with a quote that is data is
//! looked at byte by byte.

use std::ops::Range;

use crate::formats::blocks::{BLOCK, block_of, is, lowest, masks, prefix_xor};

/// So many ends of fields are looked for at a time, if no record has more: few
/// enough to stay at hand until they are used.
const AT_A_TIME: usize = 512;

/// A quote that is never closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// Where its record begins.
    pub(super) record: usize,
    pub(super) quote: usize,
}

/// A record's place, and those of its fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'s> {
    /// The place before the record's first byte, then where each field ends: at
    /// a delimiter, the last at a line break or the end of the text. What is
    /// before the first byte of all is as far as a number goes.
    bounds: &'s [usize],
    may_swallow: bool,
}

impl Record<'_> {
    /// False where no quoted field holds a line break and goes on behind the quote
    /// that closes it.
    pub(super) fn may_swallow(&self) -> bool {
        self.may_swallow
    }

    /// Where it begins.
    pub(super) fn start(&self) -> usize {
        self.bounds
            .first()
            .map_or(0, |before| before.wrapping_add(1))
    }

    /// Where it ends, before its line break.
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
        let bounds = &self.bounds[index..index + 2];
        bounds[0].wrapping_add(1)..bounds[1]
    }

    /// The places of all fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = Range<usize>> {
        (0..self.width()).map(|index| self.field(index))
    }
}

/// What was found in the blocks of a text, one after the other, when it was cut;
/// nothing where that is not known.
#[derive(Debug, Default)]
pub(crate) struct Index {
    blocks: Vec<Found>,
    /// As [`Walk::may_swallow`] tells.
    may_swallow: bool,
}

impl Index {
    /// Forgets all, and keeps the memory.
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
    /// The index tells of a quote that may have swallowed lines.
    may_swallow: bool,
    walk: Walk,
    /// Where the next block begins.
    base: usize,
    /// Where the next record begins, or the line breaks before it.
    start: usize,
    /// The ends of fields; so many of them are set.
    ends: Vec<usize>,
    set: usize,
    /// Those before belong to records that were handed out. There is always one,
    /// which makes room for the place before the next record.
    used: usize,
    /// For each record found: the place in `ends` after its last field.
    records: Vec<usize>,
    handed_out: usize,
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
        }
    }

    /// A search through all of a text that ends with a line break, of which the
    /// `index` tells, if it is there.
    pub(super) fn with_index(text: &'t [u8], delimiter: u8, index: &'t Index) -> Self {
        Scanner {
            index: index.blocks.iter(),
            may_swallow: index.may_swallow,
            ..Scanner::new(text, 0, delimiter)
        }
    }

    /// The next record; blank lines are none.
    pub(super) fn next(&mut self) -> Option<Result<Record<'_>, Unclosed>> {
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
        let bounds = &self.ends[before..upto];
        self.used = upto;
        self.start = bounds.last().copied().unwrap_or(start);
        Some(Ok(Record {
            bounds,
            may_swallow: self.may_swallow || self.walk.may_swallow(),
        }))
    }

    /// Looks through the text until there is a record, or nothing more.
    fn search(&mut self) {
        // What is used up makes room.
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
        // Most blocks have a few ends. Noting some more than there are is
        // quicker than counting them.
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

/// The place after the last line break in `buffer` that ends a record. One at
/// its very end does not count if it is a `\r`, whose `\n` may follow. What was
/// found up to that place is left in `index`.
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

/// The first byte from `at` on that is no line break, or the end: blank lines
/// are no records.
pub(super) fn skip_breaks(text: &[u8], mut at: usize) -> usize {
    while let Some(b'\r' | b'\n') = text.get(at) {
        at += 1;
    }
    at
}

/// What was found in a block: a bit for each end of a field, and for each of
/// those that ends a record too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    fields: u64,
    records: u64,
}

/// The grammar's state between two blocks.
#[derive(Debug, Clone)]
struct Walk {
    delimiter: u8,
    /// All bits where the last byte is within a quoted field, else none.
    inside: u64,
    /// 1 where a quote may follow that is no data: at the start of a field, or
    /// as the second of two.
    may_open: u64,
    /// 1 where the last byte is a line break that ends a record or a blank line.
    at_break: u64,
    /// The line breaks outside of quoted fields in the last block.
    breaks: u64,
    /// 1 where the last byte is a quote that may have closed a field.
    is_closed: u64,
    /// Not zero once a line break was within a quoted field.
    inner_breaks: u64,
    /// Not zero once something may have stood behind a closing quote.
    tails: u64,
}

impl Walk {
    fn new(delimiter: u8) -> Self {
        Walk {
            delimiter,
            inside: 0,
            may_open: 1,
            at_break: 1,
            breaks: 0,
            is_closed: 0,
            inner_breaks: 0,
            tails: 0,
        }
    }

    /// True if some quoted field may hold a line break and go on behind the quote
    /// that closes it.
    fn may_swallow(&self) -> bool {
        self.inner_breaks != 0 && self.tails != 0
    }

    fn is_inside(&self) -> bool {
        self.inside != 0
    }

    fn is_at_break(&self) -> bool {
        self.at_break != 0
    }

    fn end(&mut self) {
        self.at_break = 1;
    }

    /// Moves past a block of which the first `length` bytes count.
    #[inline(always)]
    fn step(&mut self, block: &[u8; BLOCK], length: usize) -> Found {
        let mut masks = Masks::of(block, self.delimiter);
        if length < BLOCK {
            masks = masks.only(!(u64::MAX << length));
        }
        // From each opening quote up to before the closing one. A doubled quote
        // closes and opens.
        let mut inside = prefix_xor(masks.quotes) ^ self.inside;
        let may_open = (masks.quotes | masks.delimiters | masks.breaks) << 1 | self.may_open;
        let last = length.wrapping_sub(1) % BLOCK;
        let opens = masks.quotes | masks.delimiters | masks.breaks;
        if masks.quotes & inside & !may_open == 0 {
            self.may_open = opens >> last & 1;
        } else {
            (inside, self.may_open) = self.step_by_step(&masks, length);
        }
        self.inside = (inside >> last & 1).wrapping_neg();
        self.breaks = masks.breaks & !inside;
        let closing = masks.quotes & !inside;
        self.tails |= (closing << 1 | self.is_closed) & !opens;
        self.is_closed = closing >> last & 1;
        self.inner_breaks |= masks.breaks & inside;
        // A line break after a line break ends nothing.
        let records = self.breaks & !(self.breaks << 1 | self.at_break);
        self.at_break = self.breaks >> last & 1;
        Found {
            fields: masks.delimiters & !inside | records,
            records,
        }
    }

    /// The bytes of a block that are inside of quoted fields, where some quote
    /// is data; and whether a quote may follow that is not.
    #[cold]
    fn step_by_step(&self, masks: &Masks, length: usize) -> (u64, u64) {
        let mut inside = 0;
        let (mut is_inside, mut may_open) = (self.is_inside(), self.may_open != 0);
        for bit in (0..length).map(|at| 1_u64 << at) {
            if masks.quotes & bit == 0 {
                may_open = (masks.delimiters | masks.breaks) & bit != 0;
            } else if is_inside {
                (is_inside, may_open) = (false, true);
            } else {
                // After a quote that is data there is no start of a field.
                (is_inside, may_open) = (may_open, false);
            }
            if is_inside {
                inside |= bit;
            }
        }
        (inside, u64::from(may_open))
    }
}

/// A bit for each byte of a block that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Masks {
    quotes: u64,
    delimiters: u64,
    breaks: u64,
}

impl Masks {
    fn only(self, bits: u64) -> Self {
        Masks {
            quotes: self.quotes & bits,
            delimiters: self.delimiters & bits,
            breaks: self.breaks & bits,
        }
    }

    #[inline(always)]
    fn of(block: &[u8; BLOCK], delimiter: u8) -> Self {
        let [quotes, delimiters, breaks] = masks(block, |bytes| {
            let breaks = is(bytes, b'\n') | is(bytes, b'\r');
            [is(bytes, b'"'), is(bytes, delimiter), breaks]
        });
        Masks {
            quotes,
            delimiters,
            breaks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn masks_tell_what_each_byte_is(
            bytes in prop::collection::vec(prop::sample::select(b",;\n\r\"aa\0\xff".to_vec()), BLOCK),
            delimiter in prop::sample::select(b",;\0".to_vec()),
        ) {
            let block: [u8; BLOCK] = bytes.try_into().unwrap();
            let bits = |is: &dyn Fn(u8) -> bool| (0..BLOCK).fold(0, |mask, at| mask | u64::from(is(block[at])) << at);
            prop_assert_eq!(Masks::of(&block, delimiter), Masks {
                quotes: bits(&|byte| byte == b'"'),
                delimiters: bits(&|byte| byte == delimiter),
                breaks: bits(&|byte| byte == b'\n' || byte == b'\r'),
            });
        }
    }
}
