//! Texts that were read recently: most columns repeat a few words.
//!
//! Owns how a short text is found again without reading it. A lookup takes the same
//! steps for any text, so there are no branches to mispredict.

use std::ops::Range;

use crate::value::Value;

/// Longer texts are read again each time.
const LONGEST: usize = 32;

/// The most recent texts of one criterion, and their values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memo(Option<Box<[Remembered; PLACES]>>);

/// One for each value of a byte.
const PLACES: usize = 256;

/// The value of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) value: Value,
    /// Where it is counted, if it was not recognized.
    pub(crate) counted: u32,
    /// Only the value has to be noted when the text occurs again.
    pub(crate) is_plain: bool,
}

/// One to a cache line.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Remembered {
    text: Digest,
    known: Known,
}

impl Remembered {
    /// Equals no digest.
    const NOTHING: Self = Remembered {
        text: Digest {
            words: [0; 4],
            length: u32::MAX,
        },
        known: Known {
            value: Value::Missing,
            counted: 0,
            is_plain: true,
        },
    };

    fn is_nothing(&self) -> bool {
        self.text.length == u32::MAX
    }
}

impl Memo {
    /// The value of the text at a place in `text`, if it is remembered.
    #[inline(always)]
    pub(crate) fn recall_at(&self, text: &[u8], place: &Range<usize>) -> Option<Known> {
        let length = place.end.wrapping_sub(place.start);
        let bits = BITS.get(length)?;
        let bytes = text.get(place.start..place.start.wrapping_add(LONGEST))?;
        let bytes = bytes.first_chunk()?;
        self.recall(&Digest::of_the_first(bytes, bits, length))
    }

    /// The value of the text with this digest, if it is remembered.
    #[inline(always)]
    pub(crate) fn recall(&self, text: &Digest) -> Option<Known> {
        let places = self.0.as_ref()?;
        let [first, second] = text.places();
        let here = &places[usize::from(first)];
        if here.text == *text {
            return Some(here.known);
        }
        let here = &places[usize::from(second)];
        (here.text == *text).then_some(here.known)
    }

    pub(crate) fn remember(&mut self, text: Digest, known: Known) {
        // Most criteria are not fed at all.
        let places = self
            .0
            .get_or_insert_with(|| Box::new([Remembered::NOTHING; PLACES]));
        let [first, second] = text.places().map(usize::from);
        let place = if places[first].is_nothing() || !places[second].is_nothing() {
            first
        } else {
            second
        };
        // The entry that is replaced may fit elsewhere.
        let before = std::mem::replace(&mut places[place], Remembered { text, known });
        let elsewhere = before.text.places().map(usize::from);
        if let Some(other) = elsewhere.into_iter().find(|other| *other != place)
            && !before.is_nothing()
            && places[other].is_nothing()
        {
            places[other] = before;
        }
    }

    /// Forgets counted texts, since counting starts again.
    pub(crate) fn forget_counted(&mut self) {
        for one in self.0.iter_mut().flat_map(|places| places.iter_mut()) {
            if one.known.value == Value::NotRecognized {
                *one = Remembered::NOTHING;
            }
        }
    }
}

/// A short text in a few machine words: equal digests are equal texts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digest {
    /// The bytes, padded with zeros.
    words: [u64; 4],
    length: u32,
}

impl PartialEq for Digest {
    /// Compares everything, without a branch.
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        let [a, b, c, d] = self.words;
        let [e, f, g, h] = other.words;
        (a ^ e) | (b ^ f) | (c ^ g) | (d ^ h) | u64::from(self.length ^ other.length) == 0
    }
}

/// By length: the bits of a digest that belong to the text.
const BITS: [[u64; 4]; LONGEST + 1] = {
    let mut bits = [[0; 4]; LONGEST + 1];
    let mut length = 0;
    while length <= LONGEST {
        let mut at = 0;
        while at < length {
            bits[length][at / 8] |= 0xff << (8 * (at % 8));
            at += 1;
        }
        length += 1;
    }
    bits
};

impl Digest {
    /// The digest of a place in `text`, if it is short enough.
    pub(crate) fn of(text: &[u8], place: Range<usize>) -> Option<Self> {
        let length = place.len();
        let bits = BITS.get(length)?;
        Some(match text.get(place.start..)?.first_chunk::<LONGEST>() {
            Some(bytes) => Self::of_the_first(bytes, bits, length),
            None => Self::of_the_last(text.get(place)?),
        })
    }

    /// The digest of the first `length` of these bytes; `bits` has the bits for that
    /// length.
    #[inline(always)]
    fn of_the_first(bytes: &[u8; LONGEST], bits: &[u64; 4], length: usize) -> Self {
        let (eights, _) = bytes.as_chunks::<8>();
        let word = |i: usize| u64::from_le_bytes(eights[i]) & bits[i];
        Digest {
            words: [word(0), word(1), word(2), word(3)],
            length: length as u32,
        }
    }

    /// The digest of a short text with few bytes after it.
    fn of_the_last(text: &[u8]) -> Self {
        let mut bytes = [0; LONGEST];
        bytes[..text.len()].copy_from_slice(text);
        Self::of_the_first(&bytes, &[u64::MAX; 4], text.len())
    }

    /// The digest of the same bytes as a part of a text, which differs from that of any
    /// whole text.
    pub(crate) fn of_a_part(self) -> Self {
        Digest {
            length: self.length + 2 * LONGEST as u32,
            ..self
        }
    }

    pub(crate) fn is_of_a_part(&self) -> bool {
        self.length > LONGEST as u32
    }

    /// The two places in a memory where it may be.
    #[inline(always)]
    fn places(&self) -> [u8; 2] {
        let [a, b, c, d] = self.words;
        let mixed = (a ^ c).wrapping_add((b ^ d).rotate_left(29));
        let mixed = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        [(mixed >> 56) as u8, (mixed >> 48) as u8]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::cases;
    use proptest::prelude::*;

    fn digest(text: &str) -> Option<Digest> {
        Digest::of(text.as_bytes(), 0..text.len())
    }

    proptest! {
        #![proptest_config(cases(256, 1024))]

        #[test]
        fn equal_digests_are_equal_texts(a in "[ab\0]{0,34}", b in "[ab\0]{0,34}", at in 0..34_usize) {
            prop_assert_eq!(digest(&a).is_none(), a.len() > LONGEST);
            if digest(&a).is_some() {
                prop_assert_eq!(digest(&a) == digest(&b), a == b);
                // One byte makes the difference, in any place.
                if at < a.len() {
                    let mut other = a.clone();
                    other.replace_range(at..=at, "c");
                    prop_assert_ne!(digest(&a), digest(&other));
                }
            }
        }

        #[test]
        fn what_surrounds_a_text_makes_no_difference(a in "[ab]{0,34}", before in "[ab]{0,9}", behind in "[ab]{0,60}") {
            let text = format!("{before}{a}{behind}");
            let place = before.len()..before.len() + a.len();
            prop_assert_eq!(Digest::of(text.as_bytes(), place), digest(&a));
        }

        #[test]
        fn what_is_recalled_is_what_was_remembered(texts in prop::collection::vec("[a-d]{0,4}", 0..600)) {
            let mut memo = Memo::default();
            let number = |text: &str| text.bytes().fold(1, |number, byte| number * 5 + u32::from(byte - b'a'));
            for text in &texts {
                let digest = digest(text).unwrap();
                if let Some(known) = memo.recall(&digest) {
                    prop_assert_eq!(known.counted, number(text));
                }
                let known = Known { value: Value::Missing, counted: number(text), is_plain: true };
                memo.remember(digest, known);
                prop_assert_eq!(memo.recall(&digest).map(|known| known.counted), Some(number(text)));
            }
        }
    }
}
