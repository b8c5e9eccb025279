//! A quick look at the first bytes of a cell.
//!
//! Owns what they show: a text, a number, or perhaps a word that stands beside others in
//! a record of totals.

/// What the first byte of a cell shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// A letter: the cell is neither a number nor empty.
    Letter,
    Digit,
    /// Neither, or the beginning of a word that may stand for an empty cell.
    Other,
}

pub(super) const LEADS: [Lead; 256] = {
    let mut leads = [Lead::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        if c.is_ascii_digit() {
            leads[byte] = Lead::Digit;
        } else if c.is_ascii_alphabetic() || c >= 0xc3 {
            leads[byte] = Lead::Letter;
        }
        byte += 1;
    }
    // `null`, `n/a`; and the label of a record without evidence.
    let others = b"nNU";
    let mut at = 0;
    while at < others.len() {
        leads[others[at] as usize] = Lead::Other;
        at += 1;
    }
    // Signs of currencies, dashes and spaces.
    leads[0xe2] = Lead::Other;
    leads
};

/// The first two bytes, in lower case, of the words for totals that may stand in any
/// cell, and of words that may stand beside them.
const PAIRS: [&[u8; 2]; 16] = [
    b"al",
    b"en",
    b"ge",
    b"gr",
    b"ov",
    b"ra",
    b"so",
    b"su",
    b"te",
    b"to",
    b"ws",
    b"zw",
    // zł, tổng, Σ, Ø
    b"z\xc5",
    b"t\xe1",
    b"\xce\xa3",
    b"\xc3\x98",
];

/// By the low bits of the first byte, those of the second.
const SEEN: [u32; 32] = {
    let mut seen = [0; 32];
    let mut at = 0;
    while at < PAIRS.len() {
        let [first, second] = *PAIRS[at];
        seen[(first & 31) as usize] |= 1 << (second & 31);
        at += 1;
    }
    seen
};

/// True for the beginning of a word that may stand in any cell of a record of totals,
/// and for some others.
#[inline(always)]
pub(super) fn is_beside_total(first: u8, second: u8) -> bool {
    SEEN[usize::from(first & 31)] & 1 << (second & 31) != 0
}

/// True for the beginning of the code of a currency, which may stand before an amount.
#[inline(always)]
pub(super) fn is_code(first: u8, second: u8) -> bool {
    first.is_ascii_uppercase() && second.is_ascii_uppercase()
}

/// True for the first bytes of a cell and of its column's name if they are the same
/// letter.
#[inline(always)]
pub(super) fn is_same_letter(first: u8, name: u8) -> bool {
    (first ^ name) & !0x20 == 0
}

/// True for a cell that is neither empty nor a number.
pub(super) fn is_text(cell: &[u8]) -> bool {
    match LEADS[usize::from(cell[0])] {
        Lead::Letter => !is_code(cell[0], second(cell)),
        Lead::Digit => false,
        Lead::Other if !cell[0].is_ascii_alphabetic() => false,
        Lead::Other => {
            let is_one_of = |words: &[&str]| {
                let mut words = words.iter().map(|word| word.as_bytes());
                let begins = |word: &[u8]| {
                    let beginning = cell.get(..word.len());
                    beginning.is_some_and(|text| text.eq_ignore_ascii_case(word))
                };
                words.any(begins)
            };
            !is_one_of(&["nu", "na", "n/", "n.", "ni", "none", "un"])
        }
    }
}

/// The second byte of a cell, as [`is_code`] and the others look at it.
pub(super) fn second(cell: &[u8]) -> u8 {
    cell.get(1).copied().unwrap_or(b',')
}

/// False for a cell that is not the name of its column, by its ASCII letters and digits;
/// accents decide nothing here.
pub(super) fn may_be_name(cell: &[u8], name: &[u8]) -> bool {
    let key = |text: &'_ [u8]| {
        let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
        letters.map(u8::to_ascii_lowercase).collect::<Vec<u8>>()
    };
    let head = |text: &[u8]| {
        let letter = text.iter().find(|byte| byte.is_ascii_alphanumeric());
        letter.map(u8::to_ascii_lowercase)
    };
    head(cell) == head(name) && key(cell) == key(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::vocabulary;

    #[test]
    fn words_for_totals_in_any_cell_are_seen() {
        let unambiguous = format!("*,{},", vocabulary::GRAND_TOTAL);
        let mut all: Vec<String> = vocabulary::beginning_with(&unambiguous)
            .map(|entry| entry.word.to_owned())
            .filter(|word| !word.starts_with(['p', 'r']))
            .collect();
        assert!(all.len() > 20);
        let others = [
            "total", "summe", "razem", "suma", "Ø 12", "zł", "alle", "tous",
        ];
        all.extend(others.map(str::to_owned));
        for word in all {
            for word in [word.to_uppercase(), word] {
                let bytes = word.as_bytes();
                assert!(is_beside_total(bytes[0], bytes[1]), "{word}");
            }
        }
    }
}
