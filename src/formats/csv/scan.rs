//! Where the delimiters and line breaks of a text are.
//!
//! Owns the search that every byte of a CSV file goes through: sixty-four bytes
//! are compared at a time, and a bit of a number tells for each whether it ends
//! a field. Knows nothing of quotes.

/// So many bytes are compared at a time, one for each bit of the mask.
const BLOCK: usize = 64;

/// A search that moves forward through a text.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'t> {
    pub(super) text: &'t [u8],
    pub(super) delimiter: u8,
    /// Where the block begins.
    base: usize,
    /// The ends of fields in the block, as far as they are still ahead.
    mask: u64,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8], delimiter: u8) -> Self {
        let mut scanner = Scanner {
            text,
            delimiter,
            base: 0,
            mask: 0,
        };
        scanner.load(0);
        scanner
    }

    /// The place of the first delimiter or line break from `from` on, or the
    /// end of the text. `from` never goes back.
    pub(super) fn next(&mut self, from: usize) -> usize {
        match from.checked_sub(self.base) {
            Some(ahead @ 0..BLOCK) => self.mask &= u64::MAX << ahead,
            _ => self.load(from),
        }
        while self.mask == 0 {
            let next = self.base + BLOCK;
            if next >= self.text.len() {
                return self.text.len();
            }
            self.load(next);
        }
        self.base + self.mask.trailing_zeros() as usize
    }

    fn load(&mut self, base: usize) {
        self.base = base;
        let rest = self.text.get(base..).unwrap_or_default();
        self.mask = match rest.first_chunk::<BLOCK>() {
            Some(block) => ends(block, self.delimiter),
            None => {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                ends(&block, self.delimiter) & !(u64::MAX << rest.len())
            }
        };
    }
}

/// A bit for each byte of the block, set where it ends a field.
fn ends(block: &[u8; BLOCK], delimiter: u8) -> u64 {
    // In this shape the compiler compares many bytes at once.
    let mut is_end = [0_u8; BLOCK];
    for (is_end, byte) in is_end.iter_mut().zip(block) {
        *is_end = u8::from((*byte == delimiter) | (*byte == b'\n') | (*byte == b'\r'));
    }
    let (eights, _) = is_end.as_chunks::<8>();
    eights.iter().rev().fold(0, |mask, eight| {
        // The product gathers the lowest bits of eight bytes in the highest byte.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask << 8 | bits
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_next_end_is_the_first_from_there(
            text in prop::collection::vec(prop::sample::select(b",\n\r\"aaaaaaaaaaaa\0\xff".to_vec()), 0..300),
            steps in prop::collection::vec(0..90_usize, 0..20),
            delimiter in prop::sample::select(b",\0".to_vec()),
        ) {
            let mut scanner = Scanner::new(&text, delimiter);
            let mut from = 0;
            for step in steps {
                from = (from + step).min(text.len());
                let wanted = text[from..].iter().position(|&byte| byte == delimiter || byte == b'\n' || byte == b'\r');
                prop_assert_eq!(scanner.next(from), wanted.map_or(text.len(), |at| from + at));
            }
        }
    }
}
