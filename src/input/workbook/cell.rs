//! A cell's text.
//!
//! Owns how a cell's content is written: as its reader sees it, as far as that can be
//! known without its format, and dates so that they cannot be mistaken. What a
//! floating-point number does not hold exactly and an error, of which newer programs have
//! others, stay as the file has them. A value that its type does not allow is refused.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp, ToSpan};

use super::fault::{Checked, Fault};
use super::formats::{Formats, Shown};
use super::texts::{Texts, unescaped};
use crate::text::quoted;

/// From it on, integers are not stored exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// The first number after the calendar of spreadsheet programs: 10000-01-01.
const AFTER_DAYS: f64 = 2_958_466.0;
/// The day that spreadsheet programs have, and the calendar does not.
const NO_DAY: &str = "1900-02-29";
/// The types that a cell may state.
const TYPES: &str = "one of the types b, d, e, inlineStr, n, s, str, or none";

/// What the cells of a workbook refer to.
#[derive(Default)]
pub(super) struct Context {
    pub(super) texts: Texts,
    pub(super) formats: Formats,
    /// Dates are counted from 1904.
    pub(super) from_1904: bool,
}

/// What a cell's value is, as the cell states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing is stated: a number, or a text with runs of formatting in the cell.
    Unstated,
    Number,
    Bool,
    Error,
    /// A text in the cell, mostly that of a formula.
    Text,
    /// The number of a shared text.
    Shared,
    /// A text with runs of formatting in the cell.
    Inline,
    Day,
}

impl Kind {
    pub(super) fn of(stated: Option<&str>) -> Checked<Self> {
        Ok(match stated {
            None => Kind::Unstated,
            Some("n") => Kind::Number,
            Some("b") => Kind::Bool,
            Some("e") => Kind::Error,
            Some("str") => Kind::Text,
            Some("s") => Kind::Shared,
            Some("inlineStr") => Kind::Inline,
            Some("d") => Kind::Day,
            Some(other) => {
                let found = format!("the type of a cell is {}", quoted(other));
                return Err(Fault::Contradicted(found, TYPES));
            }
        })
    }
}

/// Writes the text of a cell with this value; returns false if it has none.
pub(super) fn text(
    kind: Kind,
    style: Option<usize>,
    value: &str,
    of: &Context,
    to: &mut String,
) -> Checked<bool> {
    let trimmed = value.trim_ascii();
    match kind {
        // The result of a formula may be an empty text.
        Kind::Text => to.push_str(&unescaped(value)),
        _ if trimmed.is_empty() => return Ok(false),
        Kind::Day if is_moment(trimmed) => to.push_str(day(trimmed)),
        Kind::Day => return contradicted("a date", value, "a date or a time by ISO 8601"),
        Kind::Shared => to.push_str(shared(trimmed, &of.texts)?),
        Kind::Bool if trimmed == "1" || trimmed.eq_ignore_ascii_case("true") => {
            to.push_str("TRUE");
        }
        Kind::Bool if trimmed == "0" || trimmed.eq_ignore_ascii_case("false") => {
            to.push_str("FALSE");
        }
        Kind::Bool => return contradicted("a logical value", value, "0, 1, true or false"),
        Kind::Error => to.push_str(&unescaped(trimmed)),
        Kind::Unstated | Kind::Number => match trimmed.parse::<f64>() {
            Ok(number) if !number.is_finite() => return no_number(value),
            Ok(number) if number.abs() >= EXACT => to.push_str(trimmed),
            Ok(number) => to.push_str(&match of.formats.of(style) {
                Shown::Number => self::number(number),
                Shown::Date => date(number, of.from_1904),
                Shown::Length => length(number),
            }),
            Err(_) => return no_number(value),
        },
        Kind::Inline => {
            let found = "a cell has a value instead of a text of its own".to_owned();
            return Err(Fault::Malformed(found));
        }
    }
    Ok(true)
}

/// An error if a cell of this kind has no text of its own, or not this one beside its
/// value. Some programs store the text as the value too.
pub(super) fn check_own(kind: Kind, value: &str, text: &str) -> Checked<()> {
    let stated = value.trim_ascii();
    let found = match (kind, stated.is_empty()) {
        (Kind::Inline | Kind::Unstated, true) => return Ok(()),
        (Kind::Inline, false) if unescaped(stated).trim_ascii() == text.trim_ascii() => {
            return Ok(());
        }
        (_, true) => "a cell has a text of its own, and its type states something else",
        (_, false) => "a cell has a text of its own beside its value",
    };
    Err(Fault::Malformed(found.to_owned()))
}

/// The error that a value is not what the cell's type states.
fn contradicted(stated: &str, value: &str, allowed: &'static str) -> Checked<bool> {
    let found = format!("a cell holds {stated}, and its value is {}", quoted(value));
    Err(Fault::Contradicted(found, allowed))
}

fn no_number(value: &str) -> Checked<bool> {
    contradicted(
        "a number",
        value,
        "digits, as in -1200.5 or 1.5E-3, up to 1.8E308",
    )
}

/// True if this is a day, a moment, a time of day or a length of time by ISO 8601. The
/// parser takes digits alone for some of them.
fn is_moment(text: &str) -> bool {
    let text = text.replacen(NO_DAY, "1900-02-28", 1);
    let has_day = text.contains('-');
    has_day && (text.parse::<DateTime>().is_ok() || text.parse::<Timestamp>().is_ok())
        || text.contains(':') && text.parse::<Time>().is_ok()
        || text.starts_with('P') && text.parse::<Span>().is_ok()
}

fn shared<'t>(number: &str, texts: &'t Texts) -> Checked<&'t str> {
    let text = number.parse().ok().and_then(|number| texts.get(number));
    text.ok_or_else(|| {
        let (number, count) = (quoted(number), texts.count());
        let found = format!("it refers to the shared text {number}, and there are {count}");
        Fault::Malformed(found)
    })
}

/// A day that is written as such, without a time of midnight.
fn day(text: &str) -> &str {
    let day = text.strip_suffix(".000").unwrap_or(text);
    day.strip_suffix("T00:00:00").unwrap_or(text)
}

/// A number with at most 15 significant digits, as spreadsheets show it: a stored
/// 0.30000000000000004 is 0.3.
fn number(number: f64) -> String {
    let is_exact = number.fract() == 0.0 && number.abs() <= EXACT;
    let rounded = match is_exact {
        true => number,
        false => format!("{number:.14e}").parse().unwrap_or(number),
    };
    match rounded {
        0.0 => "0".to_owned(),
        _ if (1e-9..1e21).contains(&f64::abs(rounded)) => rounded.to_string(),
        _ => format!("{rounded:E}"),
    }
}

/// The date that is counted as `value` days, with the time of day if there is one; the
/// time alone if there is no day.
fn date(value: f64, from_1904: bool) -> String {
    if !(0.0..AFTER_DAYS).contains(&value) {
        return number(value);
    }
    let seconds = value.fract() * 86_400.0;
    let mut milliseconds = seconds.trunc() as u64 * 1000;
    milliseconds += (seconds.fract() * 1000.0).round() as u64;
    let next_day = milliseconds / 86_400_000;
    milliseconds %= 86_400_000;
    let (minutes, seconds) = (milliseconds / 60_000, milliseconds / 1000 % 60);
    let mut time = format!("{:02}:{:02}:{seconds:02}", minutes / 60, minutes % 60);
    if !milliseconds.is_multiple_of(1000) {
        time += &format!(".{:03}", milliseconds % 1000);
    }
    if value < 1.0 {
        return time;
    }
    match calendar_day(value.trunc() as i64 + next_day as i64, from_1904) {
        Some(day) if milliseconds == 0 => day,
        Some(day) => format!("{day}T{time}"),
        None => number(value),
    }
}

/// The day with this number. In the count from 1900, spreadsheet programs have the day
/// 1900-02-29, which was none.
fn calendar_day(number: i64, from_1904: bool) -> Option<String> {
    let (before, number) = match (from_1904, number) {
        (true, _) => (Date::constant(1904, 1, 1), number),
        (false, 60) => return Some(NO_DAY.to_owned()),
        (false, ..60) => (Date::constant(1899, 12, 31), number),
        (false, _) => (Date::constant(1899, 12, 30), number),
    };
    let day = before.checked_add(number.days()).ok()?;
    Some(day.to_string())
}

/// A length of time that is counted in days, as hours, minutes and seconds.
fn length(value: f64) -> String {
    if !(0.0..AFTER_DAYS).contains(&value) {
        return number(value);
    }
    let seconds = (value * 86_400.0).round() as u64;
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60)
}

/// Writes a text as a field of CSV.
pub(super) fn write(text: &str, out: &mut Vec<u8>) {
    if text.contains([',', '"', '\n', '\r']) {
        out.extend_from_slice(format!("\"{}\"", text.replace('"', "\"\"")).as_bytes());
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_spreadsheets_show_them() {
        for (value, text) in [
            (1200.0, "1200"),
            (0.1 + 0.2, "0.3"),
            (-2.5, "-2.5"),
            (-0.0, "0"),
            (123456789012345.0, "123456789012345"),
            (1.0 / 3.0, "0.333333333333333"),
            (1e300, "1E300"),
            (1.5e-12, "1.5E-12"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_day_has_a_time_only_where_there_is_one() {
        let date = |value| super::date(value, false);
        assert_eq!(date(45292.0), "2024-01-01");
        assert_eq!(date(45292.573), "2024-01-01T13:45:07.200");
        assert_eq!(date(45292.75), "2024-01-01T18:00:00");
        assert_eq!(date(45_292.999_999_999), "2024-01-02");
        assert_eq!(date(0.75), "18:00:00");
        assert_eq!(date(-1.0), "-1");
        assert_eq!(length(1.5), "36:00:00");
    }

    #[test]
    fn a_moment_is_written_by_iso_8601() {
        for text in [
            "2024-02-29",
            "2024-02-29T12:30:00.250",
            "2024-02-29T12:30:00Z",
            "1900-02-29T12:30:00",
            "12:30:00",
            "T12:30",
            "PT36H",
        ] {
            assert!(is_moment(text), "{text}");
        }
        for text in [
            "2023-02-29",
            "2024-02",
            "2024",
            "20240229",
            "123456",
            "45292",
            "soon",
            "29.02.2024",
            "2 hours",
            "P",
            "24-02-29",
        ] {
            assert!(!is_moment(text), "{text}");
        }
    }

    #[test]
    fn days_are_counted_from_1900_with_a_day_that_was_none_or_from_1904() {
        for (value, of_1900, of_1904) in [
            (1.0, "1900-01-01", "1904-01-02"),
            (59.0, "1900-02-28", "1904-02-29"),
            (60.0, "1900-02-29", "1904-03-01"),
            (61.0, "1900-03-01", "1904-03-02"),
            (366.0, "1900-12-31", "1905-01-01"),
            (2_958_465.0, "9999-12-31", "2958465"),
        ] {
            assert_eq!(
                (&*date(value, false), &*date(value, true)),
                (of_1900, of_1904)
            );
        }
    }
}
