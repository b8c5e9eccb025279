//! The ends of objects and arrays, without inspecting their content.
//!
//! Owns the search that every byte of a JSON document goes through before its records
//! are parsed: brackets are counted, except those in strings. In invalid JSON, what it
//! finds only serves to find the error.

use crate::format::blocks::{BLOCK, block_of, is, lowest, masks, prefix_xor};

/// A search that moves forward through a text, from object to object.
#[derive(Debug)]
pub(super) struct Nest<'t> {
    text: &'t [u8],
    /// The beginning of the block, and its length in bytes.
    base: usize,
    length: usize,
    /// The remaining brackets in the block, and which of them open.
    brackets: u64,
    opening: u64,
    /// All bits set if the block ends inside a string, else none.
    inside: u64,
    /// 1 where the first byte of the next block is escaped.
    escaped: u64,
}

impl<'t> Nest<'t> {
    /// A search from a place outside of strings.
    pub(super) fn new(text: &'t [u8], at: usize) -> Self {
        Nest {
            text,
            base: at,
            length: 0,
            brackets: 0,
            opening: 0,
            inside: 0,
            escaped: 0,
        }
    }

    /// The end of the object or array that begins with the next bracket, if the text
    /// contains it.
    pub(super) fn end(&mut self) -> Option<usize> {
        let mut depth = 0_usize;
        loop {
            while self.brackets != 0 {
                let place = lowest(self.brackets);
                let bit = self.brackets & self.brackets.wrapping_neg();
                self.brackets ^= bit;
                if self.opening & bit != 0 {
                    depth += 1;
                } else if depth <= 1 {
                    return Some(self.base + place + 1);
                } else {
                    depth -= 1;
                }
            }
            self.base += self.length;
            if self.base >= self.text.len() {
                self.length = 0;
                return None;
            }
            self.load();
        }
    }

    fn load(&mut self) {
        let (block, length) = block_of(&self.text[self.base..]);
        let [quotes, backslashes, opening, closing] = masks(&block, |bytes| {
            // Square brackets differ from braces in one bit.
            let braces = bytes | wide::u8x16::splat(0x20);
            [
                is(bytes, b'"'),
                is(bytes, b'\\'),
                is(braces, b'{'),
                is(braces, b'}'),
            ]
        });
        let quotes = quotes & !self.escapes(backslashes, length);
        // From each opening quote to the byte before the closing one.
        let inside = prefix_xor(quotes) ^ self.inside;
        let last = length.wrapping_sub(1) % BLOCK;
        self.inside = (inside >> last & 1).wrapping_neg();
        self.length = length;
        self.opening = opening & !inside;
        self.brackets = (opening | closing) & !inside;
    }

    /// The bytes of a block that are escaped by a backslash.
    fn escapes(&mut self, mut backslashes: u64, length: usize) -> u64 {
        let mut escaped = self.escaped;
        self.escaped = 0;
        backslashes &= !escaped;
        while backslashes != 0 {
            let bit = backslashes & backslashes.wrapping_neg();
            if bit == 1 << (length - 1) {
                self.escaped = 1;
            }
            escaped |= bit << 1;
            backslashes &= !(bit | bit << 1);
        }
        escaped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::effort::cases;

    /// Text that is JSON as far as strings are concerned.
    fn nested() -> impl Strategy<Value = String> {
        let long = "\"bbbbbbbbbbbbbbbbbbbbb[\"";
        let other = [
            "\"\"",
            "\"}\"",
            "\"{\\\"]\"",
            "\"\\\\\"",
            "1",
            "  \n",
            "aaaaaaaaaaaaaaaa",
            long,
        ];
        let token = prop::sample::select([&["{", "}", "[", "]", ","][..], &other].concat());
        prop::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
    }

    /// As [`Nest::end`], byte by byte.
    fn end(text: &str, at: usize) -> Option<usize> {
        let (mut depth, mut inside, mut escaped) = (0, false, false);
        for (place, byte) in text.bytes().enumerate().skip(at) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = inside,
                b'"' => inside = !inside,
                b'{' | b'[' if !inside => depth += 1,
                b'}' | b']' if !inside && depth <= 1 => return Some(place + 1),
                b'}' | b']' if !inside => depth -= 1,
                _ => {}
            }
        }
        None
    }

    proptest! {
        #![proptest_config(cases(256, 2048))]

        #[test]
        fn the_end_is_where_a_look_at_each_byte_finds_it(before in 0..70_usize, texts in prop::collection::vec(nested(), 1..4)) {
            // One search, several objects.
            let all: Vec<String> = texts.iter().map(|text| format!("{{{text}")).collect();
            let text = " ".repeat(before) + &all.concat();
            let mut nest = Nest::new(text.as_bytes(), before);
            let mut at = before;
            loop {
                let wanted = end(&text, at);
                prop_assert_eq!(nest.end(), wanted);
                match wanted {
                    // The next one, as long as only brackets begin something.
                    Some(end) if text[end..].starts_with(['{', '[']) => at = end,
                    _ => break,
                }
            }
        }
    }
}
