//! The text of a JSON value.
//!
//! Owns the values whose text is not their own JSON text: strings, null, and the types
//! that exports wrap in an object with one key (MongoDB's extended JSON) or in a string
//! (OData's dates).

use std::borrow::Cow;

use crate::format::json::text::{Broken, after_colon, key_end, skip_space, unescape, value_end};

/// The content of the object at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing; it ends here.
    Nothing(usize),
    /// A value in one member whose key begins with `$`; it ends here.
    Value(usize),
    /// Members of its own.
    Members,
}

/// Looks at the beginning of the object at `at`.
#[inline]
pub(super) fn content(json: &[u8], at: usize) -> Result<Content, Broken> {
    let inside = skip_space(json, at + 1);
    match json.get(inside..) {
        Some([b'}', ..]) => Ok(Content::Nothing(inside + 1)),
        Some([b'"', b'$', ..]) => {
            let value = after_colon(json, key_end(json, inside)?)?;
            let end = skip_space(json, value_end(json, value)?);
            Ok(match json.get(end) {
                Some(b'}') => Content::Value(end + 1),
                _ => Content::Members,
            })
        }
        _ => Ok(Content::Members),
    }
}

/// True if the value at `at` is an object without a text of its own: its members are
/// columns of their own.
#[inline(always)]
pub(super) fn is_plain_object(json: &[u8], at: usize) -> bool {
    json.get(at) == Some(&b'{') && !matches!(content(json, at), Ok(Content::Value(_)))
}

/// The text for a slot from a valid JSON value: the text of a string; an empty text for
/// null, for an object and for anything empty; the value wrapped in an object or alone
/// in an array; any other value as written.
pub(super) fn value_text(raw: &str) -> Cow<'_, str> {
    match raw.as_bytes() {
        [b'{', ..] => wrapped(raw).map_or(Cow::Borrowed(""), |(name, value)| {
            unwrapped(&unescape(name), value)
        }),
        [b'[', ..] => match only_element(raw) {
            Some("") => Cow::Borrowed(""),
            Some(only) => scalar_text(only),
            None => Cow::Borrowed(raw),
        },
        _ => scalar_text(raw),
    }
}

fn scalar_text(raw: &str) -> Cow<'_, str> {
    match raw.as_bytes() {
        [b'"', ..] => {
            let text = unescape(raw);
            match odata_day(&text) {
                Some(day) => Cow::Owned(day),
                None => text,
            }
        }
        [b'n', ..] => Cow::Borrowed(""),
        _ => Cow::Borrowed(raw),
    }
}

/// The key with its quotes and the value of an object that wraps a value.
fn wrapped(raw: &str) -> Option<(&str, &str)> {
    let json = raw.as_bytes();
    let Ok(Content::Value(_)) = content(json, 0) else {
        return None;
    };
    let key = skip_space(json, 1);
    let key_end = key_end(json, key).ok()?;
    let value = after_colon(json, key_end).ok()?;
    Some((
        &raw[key..key_end],
        &raw[value..value_end(json, value).ok()?],
    ))
}

/// The text for the value of `$name`; empty if it is not a number, date or name.
fn unwrapped<'t>(name: &str, value: &'t str) -> Cow<'t, str> {
    let is_scalar = !value.starts_with(['{', '[']);
    match name {
        "$numberInt" | "$numberLong" | "$numberDouble" | "$numberDecimal" | "$oid" | "$uuid"
        | "$symbol"
            if is_scalar =>
        {
            scalar_text(value)
        }
        "$date" if value.starts_with('"') => scalar_text(value),
        "$date" => {
            let number = match wrapped(value) {
                Some((name, number)) if name.starts_with("\"$number") => scalar_text(number),
                Some(_) => return Cow::Borrowed(""),
                None if is_scalar => scalar_text(value),
                None => return Cow::Borrowed(""),
            };
            // A value that is not a date keeps its own text, so that it is reported.
            day_of(&number).map_or(number, Cow::Owned)
        }
        _ => Cow::Borrowed(""),
    }
}

/// The date and time of this number of milliseconds since 1970, or before it if
/// negative.
fn day_of(milliseconds: &str) -> Option<String> {
    let milliseconds = milliseconds.trim().parse().ok()?;
    let time = jiff::Timestamp::from_millisecond(milliseconds).ok()?;
    Some(time.to_string())
}

/// The date in `/Date(1356998400000)/`, as OData wrote it up to version 2; an offset
/// after the milliseconds does not change the time.
fn odata_day(text: &str) -> Option<String> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let digits = inner.char_indices().skip(1);
    let offset = digits.into_iter().find(|(_, c)| matches!(c, '+' | '-'));
    day_of(offset.map_or(inner, |(at, _)| &inner[..at]))
}

/// The only element of an array, unless it is an object or array; an empty text if
/// there is none.
fn only_element(raw: &str) -> Option<&str> {
    let json = raw.as_bytes();
    let at = skip_space(json, 1);
    if json.get(at) == Some(&b']') {
        return Some("");
    }
    if matches!(json.get(at), Some(b'{' | b'[')) {
        return None;
    }
    let end = value_end(json, at).ok()?;
    (json.get(skip_space(json, end)) == Some(&b']')).then(|| &raw[at..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_says_what_it_stands_for() {
        let cases = [
            (r#""ja\u0021""#, "ja!"),
            ("12.50", "12.50"),
            ("1e400", "1e400"),
            ("true", "true"),
            ("null", ""),
            ("{ }", ""),
            (r#"{"name": "Acme"}"#, ""),
            (r#"{"$id": "1", "name": "Acme"}"#, ""),
            ("[ ]", ""),
            (r#"[ "yes" ]"#, "yes"),
            ("[null]", ""),
            ("[1, 2]", "[1, 2]"),
            (r#"[{"a": 1}]"#, r#"[{"a": 1}]"#),
            (
                r#"{"$date": "2019-05-01T00:00:00Z"}"#,
                "2019-05-01T00:00:00Z",
            ),
            (r#"{"$date": 226117231000}"#, "1977-03-02T02:20:31Z"),
            (
                r#"{ "$date" : { "$numberLong" : "-226117231000" } }"#,
                "1962-11-01T21:39:29Z",
            ),
            (r#"{"$date": {"$numberLong": "9e99"}}"#, "9e99"),
            (r#"{"$date": 99999999999999999999}"#, "99999999999999999999"),
            (r#"{"$date": {"a": 1}}"#, ""),
            (r#"{"$date": [1]}"#, ""),
            (r#"{"$numberInt":"5"}"#, "5"),
            (r#"{"$numberLong": 7}"#, "7"),
            (r#"{"$numberDecimal":"1.50"}"#, "1.50"),
            (r#"{"$numberInt": {"$numberInt": "5"}}"#, ""),
            (
                r#"{"$oid":"5ca4bbcea2dd94ee58162a68"}"#,
                "5ca4bbcea2dd94ee58162a68",
            ),
            (r#"{"$binary":{"base64":"AA==","subType":"00"}}"#, ""),
            (r#"{"$timestamp":{"t":1,"i":1}}"#, ""),
            (r#"{"$undefined":true}"#, ""),
            (r#""\/Date(1356998400000)\/""#, "2013-01-01T00:00:00Z"),
            (r#""/Date(-226117231000+0060)/""#, "1962-11-01T21:39:29Z"),
            (r#""/Date(x)/""#, "/Date(x)/"),
            (r#""/Date()/""#, "/Date()/"),
            (r#""/Date(é-1)/""#, "/Date(é-1)/"),
        ];
        for (raw, text) in cases {
            assert_eq!(value_text(raw), text, "{raw}");
        }
    }
}
