//! Sixty-four bytes at a time.
//!
//! Owns what searching bytes in blocks takes, whatever the format: a bit of a
//! number for each byte, and what such numbers tell.

use wide::u8x16;

/// So many bytes are looked at together, one for each bit of a mask.
pub(super) const BLOCK: usize = 64;

/// The first bytes of `rest`, filled up with zeros, and how many they are.
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

/// Masks of a block, each with a bit for the bytes for which its part of `are`
/// holds: all bits of those bytes are set in it.
#[inline(always)]
pub(super) fn masks<const N: usize>(
    block: &[u8; BLOCK],
    are: impl Fn(u8x16) -> [u8x16; N],
) -> [u64; N] {
    let mut masks = [0; N];
    let (sixteens, _) = block.as_chunks::<16>();
    for (i, sixteen) in sixteens.iter().enumerate() {
        for (mask, found) in masks.iter_mut().zip(are(u8x16::new(*sixteen))) {
            *mask |= u64::from(found.to_bitmask()) << (16 * i);
        }
    }
    masks
}

/// All bits of the bytes that are this one.
#[inline(always)]
pub(super) fn is(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

/// Each bit of the result says whether the bits up to it are odd in number.
pub(super) fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// The place of the lowest bit of a mask, if it has one.
pub(super) fn lowest(mask: u64) -> usize {
    // The bit that is added spares a check for zero.
    (mask | 1 << 63).trailing_zeros() as usize
}
