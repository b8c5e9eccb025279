//! Sixty-four bytes at a time.
//!
//! Owns the search for bytes in blocks, for any format: masks with a bit for each byte,
//! and their evaluation.

use wide::u8x16;

/// The number of bytes in a block, one for each bit of a mask.
pub(super) const BLOCK: usize = 64;

/// The first bytes of `rest`, padded with zeros, and their number.
#[inline(always)]
pub(super) fn block_of(rest: &[u8]) -> ([u8; BLOCK], usize) {
    match rest.first_chunk::<BLOCK>() {
        Some(block) => (*block, BLOCK),
        None => {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            (block, rest.len())
        }
    }
}

/// Masks of a block, one for each part of `are`: a bit is set if all bits of that byte
/// are set in the part.
#[inline(always)]
pub(super) fn masks<const N: usize>(
    block: &[u8; BLOCK],
    are: impl Fn(u8x16) -> [u8x16; N],
) -> [u64; N] {
    let mut masks = [0; N];
    let (sixteens, _) = block.as_chunks::<16>();
    for (i, sixteen) in sixteens.iter().enumerate() {
        let found = are(u8x16::new(*sixteen));
        for part in 0..N {
            masks[part] |= u64::from(found[part].to_bitmask()) << (16 * i);
        }
    }
    masks
}

/// All bits set in the bytes that equal `byte`.
#[inline(always)]
pub(super) fn is(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

/// Each bit of the result is set if an odd number of bits up to it are set.
#[inline]
pub(super) fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// The position of the lowest set bit of a mask, if there is one.
#[inline]
pub(super) fn lowest(mask: u64) -> usize {
    // The added bit avoids a check for zero.
    (mask | 1 << 63).trailing_zeros() as usize
}

/// Bytes that a text may begin with. Short ones are compared in a fixed number of
/// steps.
#[derive(Debug, Clone, Default)]
pub(super) struct Beginning {
    all: Vec<u8>,
    /// Its first bytes, padded with zeros, and all bits of those that count.
    head: [[u8; 16]; 2],
    mask: [[u8; 16]; 2],
}

impl Beginning {
    pub(super) fn set(&mut self, all: &[u8]) {
        self.all.clear();
        self.all.extend_from_slice(all);
        (self.head, self.mask) = Default::default();
        for (at, byte) in all.iter().enumerate().take(32) {
            self.head[at / 16][at % 16] = *byte;
            self.mask[at / 16][at % 16] = 0xff;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// True if `text` begins with it.
    #[inline(always)]
    pub(super) fn begins(&self, text: &[u8]) -> bool {
        match text.first_chunk::<32>() {
            Some(bytes) if self.all.len() <= 32 => {
                let (halves, _) = bytes.as_chunks::<16>();
                let same = |half: usize| {
                    let bytes = u8x16::new(halves[half]) & u8x16::new(self.mask[half]);
                    bytes.simd_eq(u8x16::new(self.head[half]))
                };
                (same(0) & same(1)).to_bitmask() == 0xffff
            }
            _ => text.starts_with(&self.all),
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
        fn a_beginning_is_recognized(text in "[ab]{0,40}", length in 0..40_usize, change in 0..60_usize) {
            let mut beginning = text.as_bytes()[..length.min(text.len())].to_vec();
            if let Some(byte) = beginning.get_mut(change) {
                *byte = b'c';
            }
            let mut ours = Beginning::default();
            ours.set(b"another one before");
            ours.set(&beginning);
            prop_assert_eq!(ours.begins(text.as_bytes()), text.as_bytes().starts_with(&beginning));
        }
    }
}
