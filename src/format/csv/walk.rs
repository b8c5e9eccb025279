//! The role of each byte of a text, sixty-four at a time.
//!
//! Owns the grammar's state between two blocks: masks have a bit for each byte that is
//! a quote, a delimiter or a line break, and arithmetic on them finds those outside of
//! quoted fields. Only a block with a quote that is data is inspected byte by byte.
//! Knows nothing of records.

use crate::format::blocks::{BLOCK, is, masks, prefix_xor};

/// What was found in a block: a bit for each end of a field, and for each of those that
/// ends a record too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) fields: u64,
    pub(super) records: u64,
}

/// The grammar's state between two blocks.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    delimiter: u8,
    /// All bits set if the last byte is inside a quoted field, else none.
    inside: u64,
    /// 1 if a quote may follow that is not data: at the start of a field, or as the
    /// second of two.
    may_open: u64,
    /// 1 if the last byte is a line break that ends a record or a blank line.
    at_break: u64,
    /// The line breaks outside of quoted fields in the last block.
    pub(super) breaks: u64,
    /// 1 if the last byte is a quote that may have closed a field.
    is_closed: u64,
    /// Not zero once a line break was inside a quoted field.
    inner_breaks: u64,
    /// Not zero once there may have been text after a closing quote.
    tails: u64,
}

impl Walk {
    pub(super) fn new(delimiter: u8) -> Self {
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

    /// True if some quoted field may contain a line break and have text after its
    /// closing quote.
    pub(super) fn may_swallow(&self) -> bool {
        self.inner_breaks != 0 && self.tails != 0
    }

    pub(super) fn is_inside(&self) -> bool {
        self.inside != 0
    }

    pub(super) fn is_at_break(&self) -> bool {
        self.at_break != 0
    }

    pub(super) fn end(&mut self) {
        self.at_break = 1;
    }

    /// Moves past a block of which the first `length` bytes count.
    #[inline(always)]
    pub(super) fn step(&mut self, block: &[u8; BLOCK], length: usize) -> Found {
        let mut masks = Masks::of(block, self.delimiter);
        if length < BLOCK {
            masks = masks.only(!(u64::MAX << length));
        }
        // From each opening quote to the byte before the closing one. A doubled quote
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

    /// The bytes of a block that are inside quoted fields, if some quote is data; and
    /// whether a quote may follow that is not.
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
                // After a quote that is data a field cannot start.
                (is_inside, may_open) = (may_open, false);
            }
            if is_inside {
                inside |= bit;
            }
        }
        (inside, u64::from(may_open))
    }
}

/// A bit for each byte of a block that has a meaning.
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
    use crate::effort::cases;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(256, 1024))]

        #[test]
        fn masks_show_what_each_byte_is(
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
