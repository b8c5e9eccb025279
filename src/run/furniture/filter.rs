//! A quick look at one cell: may it be a total or a footer?
//!
//! Owns a set of the beginnings and ends of the vocabulary's words, which takes a few
//! steps a cell and is sometimes wrong, but never says no to such a word.

use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;

use super::words::COPYRIGHT;
use crate::lexicon::normalize::spellings;
use crate::lexicon::vocabulary;

/// Which beginnings and ends texts have that the vocabulary knows.
pub(super) struct Filter {
    /// Of words for a total.
    totals: [Three; 2],
    /// The beginnings of footers.
    footers: Three,
}

static FILTER: OnceLock<Filter> = OnceLock::new();

/// A set of texts of three bytes, some of which are in it without having been added.
struct Three([u64; 512]);

impl Three {
    fn place(three: &[u8]) -> (usize, u64) {
        let bytes = three
            .iter()
            .fold(0_u32, |all, byte| all << 8 | u32::from(*byte | 0x20));
        let place = bytes.wrapping_mul(0x9E37_79B1) >> 17;
        (place as usize / 64, 1 << (place % 64))
    }

    fn add(&mut self, three: &[u8]) {
        let (word, bit) = Self::place(three);
        self.0[word] |= bit;
    }

    fn has(&self, three: &[u8]) -> bool {
        let (word, bit) = Self::place(three);
        self.0[word] & bit != 0
    }
}

/// The first three bytes of the first word, and the last three of all.
fn ends(text: &[u8]) -> [&[u8]; 2] {
    let is_letter = |byte: &&u8| byte.is_ascii_alphabetic() || **byte >= 0x80;
    let first = text.iter().take(3).take_while(is_letter).count();
    [&text[..first], &text[text.len().saturating_sub(3)..]]
}

/// Without everything before its first letter and after its last one.
fn letters(text: &[u8]) -> &[u8] {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0xc2;
    let from = text.iter().position(is_letter).unwrap_or(text.len());
    let is_end = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let to = text.iter().rposition(is_end).map_or(from, |last| last + 1);
    &text[from..to.max(from)]
}

impl Filter {
    pub(super) fn get() -> &'static Self {
        FILTER.get_or_init(Filter::new)
    }

    fn new() -> Self {
        let none = || Three([0; 512]);
        let mut filter = Filter {
            totals: [none(), none()],
            footers: none(),
        };
        for value in vocabulary::OF_RECORDS {
            for entry in vocabulary::beginning_with(&format!("*,{value},")) {
                each_form(entry.word, |word| {
                    let [start, end] = ends(letters(word.as_bytes()));
                    if value == vocabulary::FOOTER {
                        filter.footers.add(start);
                    } else {
                        filter.totals[0].add(start);
                        filter.totals[1].add(end);
                    }
                });
            }
        }
        filter
    }

    pub(super) fn may_be_total(&self, cell: &[u8]) -> bool {
        let [start, end] = ends(letters(cell));
        self.totals[0].has(start) || self.totals[1].has(end)
    }

    pub(super) fn may_stand_alone(&self, cell: &[u8]) -> bool {
        let letters = letters(cell);
        match letters.is_empty() {
            // A page or a time.
            true => cell.iter().any(|byte| b"/:-".contains(byte)) || cell[0] >= 0x80,
            false => {
                self.footers.has(ends(letters)[0])
                    || self.may_be_total(cell)
                    || COPYRIGHT
                        .iter()
                        .any(|sign| cell.trim_ascii_start().starts_with(sign.as_bytes()))
                    || letters.eq_ignore_ascii_case(b"am")
                    || letters.eq_ignore_ascii_case(b"pm")
            }
        }
    }
}

/// Calls `each` with a word in all forms that differ in their bytes by more than the case
/// of ASCII letters.
fn each_form(word: &str, mut each: impl FnMut(&str)) {
    spellings(word, |word| {
        each(word);
        if !word.is_ascii() {
            each(&word.to_uppercase());
            each(&word.nfd().collect::<String>());
            each(&word.to_uppercase().nfd().collect::<String>());
        }
    });
}
