//! JSON's grammar over bytes that are copied, never rebuilt.
//!
//! Owns the beginning and end of values, exactly by RFC 8259, and the text of a string.
//! Works without recursion, so any depth of nesting is fine.

use std::borrow::Cow;
use std::ops::Range;

use wide::u8x16;

use crate::format::blocks::is;
use crate::format::json::nest::Nest;

/// Invalid JSON: the place, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) at: usize,
    pub(crate) expected: &'static str,
}

/// Only `expected` would be valid at this place.
#[cold]
pub(super) fn broken<T>(at: usize, expected: &'static str) -> Result<T, Broken> {
    Err(Broken { at, expected })
}

/// One member of an object, as places in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// The key with its quotes.
    pub(crate) key: Range<usize>,
    /// The value, of any kind.
    pub(crate) value: Range<usize>,
    /// The number by which a walk knows the key; 0 without a walk.
    pub(super) node: usize,
}

/// The first byte from `at` on that is not white space, or the end.
#[inline(always)]
pub(crate) fn skip_space(json: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = json.get(at) {
        at += 1;
    }
    at
}

/// The end of the value that begins at `at`.
#[inline]
pub(crate) fn value_end(json: &[u8], at: usize) -> Result<usize, Broken> {
    match json.get(at) {
        Some(b'"') => string_end(json, at),
        Some(b'{' | b'[') => nested_end(json, at),
        _ => scalar_end(json, at),
    }
}

/// Collects the members of the object that begins at `at` in `members` and returns its
/// end.
pub(crate) fn object(json: &[u8], at: usize, members: &mut Vec<Member>) -> Result<usize, Broken> {
    members.clear();
    if json.get(at) != Some(&b'{') {
        return broken(at, "an object");
    }
    let mut at = skip_space(json, at + 1);
    if json.get(at) == Some(&b'}') {
        return Ok(at + 1);
    }
    loop {
        let key = at..key_end(json, at)?;
        let value_at = after_colon(json, key.end)?;
        let value = value_at..value_end(json, value_at)?;
        at = skip_space(json, value.end);
        members.push(Member {
            key,
            value,
            node: 0,
        });
        match json.get(at) {
            Some(b',') => at = skip_space(json, at + 1),
            Some(b'}') => return Ok(at + 1),
            _ => {
                return broken(at, "`,` or `}`");
            }
        }
    }
}

#[inline]
pub(super) fn key_end(json: &[u8], at: usize) -> Result<usize, Broken> {
    if json.get(at) != Some(&b'"') {
        return broken(at, "a key in double quotes");
    }
    string_end(json, at)
}

/// The place of the value after a key that ends at `at`.
#[inline]
pub(super) fn after_colon(json: &[u8], at: usize) -> Result<usize, Broken> {
    let colon = skip_space(json, at);
    if json.get(colon) != Some(&b':') {
        return broken(colon, "`:`");
    }
    Ok(skip_space(json, colon + 1))
}

/// The end of the object or array that begins at `at`.
fn nested_end(json: &[u8], mut at: usize) -> Result<usize, Broken> {
    let mut open = Open::default();
    loop {
        // A value is expected here.
        match json.get(at) {
            Some(&bracket @ (b'{' | b'[')) => {
                let inside = skip_space(json, at + 1);
                // An opening bracket's closing one is two further in ASCII.
                if json.get(inside) == Some(&(bracket + 2)) {
                    at = inside + 1;
                } else {
                    open.push(bracket == b'{');
                    at = if bracket == b'{' {
                        after_colon(json, key_end(json, inside)?)?
                    } else {
                        inside
                    };
                    continue;
                }
            }
            _ => at = scalar_end(json, at)?,
        }
        // A value is complete here.
        loop {
            let Some(is_object) = open.last() else {
                return Ok(at);
            };
            at = skip_space(json, at);
            match (json.get(at), is_object) {
                (Some(b','), _) => {
                    at = skip_space(json, at + 1);
                    if is_object {
                        at = after_colon(json, key_end(json, at)?)?;
                    }
                    break;
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    open.pop();
                    at += 1;
                }
                (_, true) => return broken(at, "`,` or `}`"),
                (_, false) => return broken(at, "`,` or `]`"),
            }
        }
    }
}

/// The brackets that are open, in one bit each: a text may consist of nothing else.
#[derive(Default)]
struct Open {
    depth: usize,
    /// The last ones, the innermost lowest; a one is an object.
    last: u64,
    /// Those before, 64 in each.
    before: Vec<u64>,
}

impl Open {
    fn push(&mut self, is_object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.before.push(self.last);
        }
        self.last = self.last << 1 | u64::from(is_object);
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.last >>= 1;
        self.depth -= 1;
        if self.depth.is_multiple_of(64) {
            self.last = self.before.pop().unwrap_or(0);
        }
    }

    /// Whether the innermost is an object.
    fn last(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.last & 1 == 1)
    }
}

fn scalar_end(json: &[u8], at: usize) -> Result<usize, Broken> {
    let literal = |word: &'static str| match json[at..].starts_with(word.as_bytes()) {
        true => Ok(at + word.len()),
        false => broken(at, "a value"),
    };
    match json.get(at) {
        Some(b'"') => string_end(json, at),
        Some(b'-' | b'0'..=b'9') => number_end(json, at),
        Some(b't') => literal("true"),
        Some(b'f') => literal("false"),
        Some(b'n') => literal("null"),
        _ => broken(at, "a value"),
    }
}

/// The end of the string that begins at `at`.
#[inline]
fn string_end(json: &[u8], at: usize) -> Result<usize, Broken> {
    let mut from = at + 1;
    loop {
        let found = first_special(json, from);
        match json.get(found) {
            Some(b'"') => return Ok(found + 1),
            Some(b'\\') => from = escape_end(json, found)?,
            Some(_) => {
                let expected = "control characters in a string as escapes (`\\n` for a line break)";
                return broken(found, expected);
            }
            None => return broken(found, "the closing quote of a string"),
        }
    }
}

/// The first byte from `from` on that needs attention in a string: a quote, a backslash
/// or a control character; or the end.
#[inline(always)]
fn first_special(json: &[u8], mut from: usize) -> usize {
    while let Some(bytes) = json.get(from..).and_then(<[u8]>::first_chunk::<16>) {
        let bytes = u8x16::new(*bytes);
        let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
        let special = is(bytes, b'"') | is(bytes, b'\\') | control;
        match special.to_bitmask() {
            0 => from += 16,
            mask => return from + mask.trailing_zeros() as usize,
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let rest = json.get(from..).unwrap_or_default();
    from + rest.iter().position(special).unwrap_or(rest.len())
}

/// The end of the escape that begins at `at`.
fn escape_end(json: &[u8], at: usize) -> Result<usize, Broken> {
    let is_hex = |hex: &[u8]| hex.iter().all(u8::is_ascii_hexdigit);
    match json.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') if json.get(at + 2..at + 6).is_some_and(is_hex) => Ok(at + 6),
        _ => broken(at, "an escape such as `\\n` or `\\u00e9`"),
    }
}

fn number_end(json: &[u8], start: usize) -> Result<usize, Broken> {
    let digits = |at: usize| {
        let rest = json[at..].iter();
        at + rest.take_while(|byte| byte.is_ascii_digit()).count()
    };
    let some_digits = |at: usize| match digits(at) {
        end if end > at => Ok(end),
        _ => broken(at, "a digit"),
    };
    let first = start + usize::from(json[start] == b'-');
    let mut at = if json.get(first) == Some(&b'0') {
        first + 1
    } else {
        some_digits(first)?
    };
    if json.get(at) == Some(&b'.') {
        at = some_digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = json.get(at) {
        let sign = usize::from(matches!(json.get(at + 1), Some(b'+' | b'-')));
        at = some_digits(at + 1 + sign)?;
    }
    Ok(at)
}

/// The text of the string `raw`, which is valid and has its quotes. Half a surrogate
/// pair is not a character: its escape stays as it is written.
pub(crate) fn unescape(raw: &str) -> Cow<'_, str> {
    let inner = &raw[1..raw.len() - 1];
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = rest.as_bytes()[at + 1];
        let written = &rest[at..];
        rest = &rest[at + 2..];
        let c = match escape {
            b'b' => Some('\u{8}'),
            b'f' => Some('\u{c}'),
            b'n' => Some('\n'),
            b'r' => Some('\r'),
            b't' => Some('\t'),
            b'u' => {
                let unit = hex(rest);
                rest = &rest[4..];
                match (unit, rest.strip_prefix("\\u").map(hex)) {
                    (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
                        rest = &rest[6..];
                        char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
                    }
                    _ => char::from_u32(unit),
                }
            }
            other => Some(char::from(other)),
        };
        match c {
            Some(c) => text.push(c),
            None => text.push_str(&written[..6]),
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The number in the four hexadecimal digits at the beginning of `text`.
fn hex(text: &str) -> u32 {
    text.bytes().take(4).fold(0, |number, byte| {
        number * 16 + char::from(byte).to_digit(16).unwrap_or(0)
    })
}

/// Skips the value that begins at `at` without checking its content, to find its end in
/// a text that may not be complete; `None` if it is not.
pub(crate) fn rough_end(json: &[u8], at: usize) -> Option<usize> {
    match json.get(at)? {
        b'"' => rough_string_end(json, at),
        b'{' | b'[' => Nest::new(json, at).end(),
        _ => {
            let is_end = |byte: &u8| b",]} \t\n\r".contains(byte);
            json[at..].iter().position(is_end).map(|length| at + length)
        }
    }
}

fn rough_string_end(json: &[u8], at: usize) -> Option<usize> {
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', json.get(from..)?)?;
        if json[found] == b'"' {
            return Some(found + 1);
        }
        from = found + 2;
    }
}

/// Appends `json` without the white space between its tokens.
pub(crate) fn minify(json: &str, out: &mut Vec<u8>) {
    let bytes = json.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        if bytes[at] == b'"' {
            at = string_end(bytes, at).unwrap_or(bytes.len());
            out.extend_from_slice(&bytes[start..at]);
        } else {
            at += 1;
            if !matches!(bytes[start], b' ' | b'\t' | b'\n' | b'\r') {
                out.push(bytes[start]);
            }
        }
    }
}

/// Appends `text` as a JSON string.
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
    // Writing a string to a vector cannot fail.
    drop(serde_json::to_writer(out, text));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::cases;
    use proptest::prelude::*;

    /// Text that is JSON, nearly JSON, or not at all.
    fn nearly_json() -> impl Strategy<Value = String> {
        let signs = ["{", "}", "[", "]", ",", ":", " ", "\n", "\"", "\\", "é"];
        let strings = ["\"a\"", "\"\\u00e9\\n\"", "\"\\x\"", "\"\t\""];
        let others = ["1", "-0.5e+3", "01", "1.", "true", "null", "nul"];
        let token = prop::sample::select([&signs[..], &strings, &others].concat());
        prop::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat())
    }

    proptest! {
        #![proptest_config(cases(256, 1024))]

        #[test]
        fn agrees_with_serde_json_on_what_is_json(text in nearly_json()) {
            let start = skip_space(text.as_bytes(), 0);
            let ours = value_end(text.as_bytes(), start)
                .is_ok_and(|end| skip_space(text.as_bytes(), end) == text.len());
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(ours, theirs, "{:?}", text);
        }

        #[test]
        fn strings_say_what_serde_json_reads(text in any::<String>()) {
            let raw = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescape(&raw), text);
        }

        #[test]
        fn the_rough_end_of_sound_json_is_its_end(text in nearly_json()) {
            let text = format!("[{text}]");
            if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() {
                prop_assert_eq!(rough_end(text.as_bytes(), 0), Some(text.len()));
                for cut in 0..text.len() {
                    prop_assert_eq!(rough_end(&text.as_bytes()[..cut], 0), None);
                }
            }
        }
    }

    #[test]
    fn brackets_are_matched_at_any_depth() {
        for depth in [1, 63, 64, 65, 127, 128, 129, 1000] {
            let is_object = |level: usize| level.is_multiple_of(3) || level == 64;
            let levels = 0..depth;
            let opened = levels.clone().map(|level| match is_object(level) {
                true => "{\"a\":",
                false => "[",
            });
            let closed = levels.rev().map(|level| match is_object(level) {
                true => "}",
                false => "]",
            });
            let text = opened.chain(["1"]).chain(closed).collect::<String>();
            assert_eq!(value_end(text.as_bytes(), 0), Ok(text.len()), "{depth}");
            // With one of the closing brackets turned, it ends there.
            for at in text.len() - depth..text.len() {
                let mut turned = text.clone().into_bytes();
                turned[at] ^= b'}' ^ b']';
                let broken = value_end(&turned, 0).unwrap_err();
                assert_eq!(broken.at, at, "{depth}");
            }
        }
    }

    #[test]
    fn surrogates_are_put_together() {
        assert_eq!(
            unescape(r#""\ud83d\ude00 \ud83d \u0041""#),
            "\u{1f600} \\ud83d A"
        );
        assert_eq!(unescape(r#""\uDE00\ud83d""#), "\\uDE00\\ud83d");
    }
}
