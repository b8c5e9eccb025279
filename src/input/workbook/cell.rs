//! A cell's text.
//!
//! Owns how a cell's content is written: as its reader sees it, as far as that can be
//! known without its format, and dates so that they cannot be mistaken. What a
//! floating-point number does not hold exactly, an error of a newer program, and a value
//! that its type does not allow stay as the file has them.

use jiff::ToSpan;
use jiff::civil::Date;

use super::fault::{Checked, Fault};
use super::formats::{Formats, Shown};
use super::texts::{Texts, unescaped};
use crate::text::quoted;

/// From it on, integers are not stored exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// The first number after the calendar of spreadsheet programs: 10000-01-01.
const AFTER_DAYS: f64 = 2_958_466.0;
/// The errors that are written without what is around them.
const ERRORS: [&str; 7] = [
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!",
];

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
    /// Nothing is stated: a number, or a text that is none.
    Unstated,
    Number,
    Bool,
    Error,
    /// A text in the cell, mostly that of a formula.
    Text,
    /// The number of a shared text.
    Shared,
    /// A text with runs of formatting in the cell; its value is not looked at.
    Inline,
    Day,
    Unknown,
}

impl Kind {
    pub(super) fn of(stated: Option<&str>) -> Self {
        match stated {
            None => Kind::Unstated,
            Some("n") => Kind::Number,
            Some("b") => Kind::Bool,
            Some("e") => Kind::Error,
            Some("str") => Kind::Text,
            Some("s") => Kind::Shared,
            Some("inlineStr" | "is") => Kind::Inline,
            Some("d") => Kind::Day,
            Some(_) => Kind::Unknown,
        }
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
        Kind::Inline => return Ok(false),
        // The result of a formula may be an empty text.
        Kind::Text => to.push_str(&unescaped(value)),
        Kind::Day => to.push_str(day(value)),
        _ if trimmed.is_empty() => return Ok(false),
        Kind::Shared => to.push_str(shared(trimmed, &of.texts)?),
        Kind::Bool if trimmed == "1" || trimmed.eq_ignore_ascii_case("true") => {
            to.push_str("TRUE");
        }
        Kind::Bool if trimmed == "0" || trimmed.eq_ignore_ascii_case("false") => {
            to.push_str("FALSE");
        }
        Kind::Error if ERRORS.contains(&trimmed) => to.push_str(trimmed),
        Kind::Unstated | Kind::Number => match trimmed.parse::<f64>() {
            Ok(number) if number.abs() >= EXACT => to.push_str(trimmed),
            Ok(number) => to.push_str(&match of.formats.of(style) {
                Shown::Number => self::number(number),
                Shown::Date => date(number, of.from_1904),
                Shown::Length => length(number),
            }),
            Err(_) if kind == Kind::Unstated => to.push_str(value),
            Err(_) => to.push_str(&unescaped(value)),
        },
        Kind::Bool | Kind::Error | Kind::Unknown => to.push_str(&unescaped(value)),
    }
    Ok(true)
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
        (false, 60) => return Some("1900-02-29".to_owned()),
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
