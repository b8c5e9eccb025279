//! The format of an input, by its name and its first bytes.
//!
//! Owns the detection, which a stated format overrides.

use crate::format::{BOM, json, ndjson};
use crate::input::Format;

/// Detects the format of an input: as stated, else by the file extension, else by its
/// first bytes. `sample` is its beginning; `None` asks for more of it, and `enough`
/// means that there is no more.
pub(crate) fn detect(
    stated: Option<Format>,
    name: &str,
    sample: &[u8],
    enough: bool,
) -> Option<Format> {
    if stated.is_some() {
        return stated;
    }
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let text = sample.strip_prefix(BOM).unwrap_or(sample);
    let text = &text[json::text::skip_space(text, 0)..];
    match ending.as_deref().and_then(Format::from_ending) {
        // A record on a line never begins with a bracket: this is one array.
        Some(Format::Ndjson) if text.starts_with(b"[") => return Some(Format::Json),
        Some(sure) => return Some(sure),
        None => {}
    }
    match text.first() {
        Some(b'[') if begins_array(text) => Some(Format::Json),
        Some(b'{') => match ndjson::looks_like(text) {
            Some(true) => Some(Format::Ndjson),
            None if !enough => None,
            _ => Some(Format::Json),
        },
        _ if ending.as_deref() == Some("json") => Some(Format::Json),
        _ => Some(Format::Csv),
    }
}

/// True if a JSON value follows the bracket; `[Name],[City]` is a header.
fn begins_array(text: &[u8]) -> bool {
    let first = &text[json::text::skip_space(text, 1)..];
    let words = [&b"true"[..], b"false", b"null"];
    first
        .first()
        .is_none_or(|byte| matches!(byte, b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9'))
        || words.iter().any(|word| first.starts_with(word))
}
