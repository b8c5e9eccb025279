//! Lengths of time, exactly.
//!
//! Owns the unit in which lengths are compared and the grammar in which they are
//! written. Takes the words for units and numbers from a table.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;
use unicode_normalization::char::is_combining_mark;

use crate::value::read::key_of;

/// A length of time, in 365ths of a month.
///
/// In this unit a day is 12 and a year 4380, so 365 days, 12 months and one year are
/// the same length and nothing is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Length(i32);

/// A unit in which lengths are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TimeUnit {
    Year,
    /// What a bare number counts.
    #[default]
    Month,
    Week,
    Day,
}

/// Longer than any relationship: 100 years. A bare `2019` in a column of lengths is a
/// calendar year, not 168 years.
pub(crate) const LONGEST: Length = Length::months(1200);

/// A length given only as a minimum counts as that minimum, if it is at least a year:
/// below that, the number of months is unknown.
const LEAST_OF_A_CLASS: Length = Length::months(12);

impl Length {
    /// A number of months.
    pub const fn months(months: i32) -> Self {
        Length(months * 365)
    }

    /// The number of 365ths of a month.
    pub(crate) fn parts(self) -> i32 {
        self.0
    }

    /// This number of 365ths of a month, unless it is negative or exceeds 100 years.
    pub(crate) fn from_parts(parts: i32) -> Option<Self> {
        Length::of(i64::from(parts))
    }

    /// This length in months.
    pub fn in_months(self) -> f64 {
        f64::from(self.0) / 365.0
    }

    /// A month less, which may be negative.
    pub(crate) fn less_a_month(self) -> Self {
        Length(self.0 - 365)
    }

    /// This length as a text that is read back as exactly this length.
    pub fn exactly(self) -> String {
        match self.0 {
            months if months % 365 == 0 => counted(months / 365, "month"),
            days if days % 12 == 0 => counted(days / 12, "day"),
            other => {
                let thousandths = (other * 1000 + 364) / 365;
                format!("{}.{:03} months", thousandths / 1000, thousandths % 1000)
            }
        }
    }

    /// This length for a person: years, months and days.
    pub fn in_words(self) -> String {
        let (months, days) = (self.0 / 365, self.0 % 365 / 12);
        let parts = [(months / 12, "year"), (months % 12, "month"), (days, "day")];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, unit)| counted(*count, unit)).collect();
        match parts.is_empty() {
            true => counted(0, "month"),
            false => parts.join(" "),
        }
    }

    /// The last day of a time of this length that begins on `first`.
    pub(crate) fn after(self, first: Date) -> Option<Date> {
        let (months, days) = (self.0 / 365, self.0 % 365 / 12);
        let after = first.checked_add(Span::new().months(months).days(days));
        after.ok()?.yesterday().ok()
    }

    /// This number of 365ths of a month, unless it is negative or exceeds [`LONGEST`].
    fn of(parts: i64) -> Option<Self> {
        let length = i32::try_from(parts).ok().map(Length);
        length.filter(|length| (Length(0)..=LONGEST).contains(length))
    }

    /// From one day to another, by the calendar: full months, then days.
    ///
    /// `None` if `end` is before `start`, or more than 100 years after it.
    pub fn between(start: Date, end: Date) -> Option<Self> {
        let month = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
        let (from, to) = (i64::from(start.day()), i64::from(end.day()));
        let whole = month(end) - month(start);
        // If the last month is incomplete: from the start's day in the month before, or
        // its last day.
        let rest = to + (days_in_month(month(end) - 1) - from).max(0);
        let is_full = from <= to;
        let months = if is_full { whole } else { whole - 1 };
        let days = if is_full { to - from } else { rest };
        Length::of(months * 365 + days * 12)
    }
}

/// `1 month`, `2 months`.
fn counted(count: i32, unit: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{s}")
}

/// The number of days in a month, counted from January of the year 0.
fn days_in_month(month: i64) -> i64 {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    days[month as usize] + i64::from(leap && month == 1)
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let months = (self.in_months() * 100.0).round() / 100.0;
        write!(f, "{months} month{}", if months == 1.0 { "" } else { "s" })
    }
}

impl TimeUnit {
    const ALL: [TimeUnit; 4] = [Self::Year, Self::Month, Self::Week, Self::Day];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|unit| unit.plural().strip_suffix('s') == Some(name))
    }

    pub(crate) fn plural(self) -> &'static str {
        match self {
            TimeUnit::Year => "years",
            TimeUnit::Month => "months",
            TimeUnit::Week => "weeks",
            TimeUnit::Day => "days",
        }
    }

    fn size(self) -> i64 {
        match self {
            TimeUnit::Year => 12 * 365,
            TimeUnit::Month => 365,
            TimeUnit::Week => 7 * 12,
            TimeUnit::Day => 12,
        }
    }
}

/// What a word means within a length of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Part {
    Unit(TimeUnit),
    /// A number, in thousandths.
    Number(i64),
    /// Joins two parts, as in `2 years and 3 months`.
    And,
    /// A half of the unit before it, as in `2 ans et demi`.
    PlusHalf,
    /// A word before a length that leaves it unchanged, as in `seit 5 Jahren` and
    /// `about 5 years`.
    Since,
    /// The length may be greater: `over 5 years` counts as 5 years. Less than a year
    /// could be anything, and is not a length.
    AtLeast,
}

/// Which meaning of a word is expected: after a number it is a unit (`3 y`), elsewhere
/// not (`1 año y 2 meses`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Unit,
    Other,
}

impl Expected {
    /// True if `part` is what is expected.
    pub(crate) fn is_met_by(self, part: Part) -> bool {
        (self == Expected::Unit) == matches!(part, Part::Unit(_))
    }
}

impl Part {
    /// The meaning of a vocabulary value: a unit, `and`, `plus_half`, `since`,
    /// `at_least` or a number.
    pub(crate) fn from_value(value: &str) -> Option<Self> {
        match value {
            "and" => Some(Part::And),
            "since" => Some(Part::Since),
            "at_least" => Some(Part::AtLeast),
            "plus_half" => Some(Part::PlusHalf),
            _ => TimeUnit::from_name(value)
                .map(Part::Unit)
                .or_else(|| thousandths(value).map(Part::Number)),
        }
    }
}

/// Words of at most this many parts are looked up, such as `m-cy` or `et demi`.
const LONGEST_WORD: usize = 3;

/// Reads `text` as a length of time; a bare number counts in `bare`.
///
/// `None` if it is not a length, negative, or longer than 100 years.
pub(crate) fn read(
    text: &str,
    bare: TimeUnit,
    parts: &dyn Fn(&str, Expected) -> Option<Part>,
) -> Option<Length> {
    let text = text.trim();
    if let Some(number) = thousandths(text) {
        // Not yet a year: any number of months.
        let is_no_year = number == 0 && bare == TimeUnit::Year;
        return bounded(counted_in(text, number, bare)?).filter(|_| !is_no_year);
    }
    if let Some((low, high, unit)) = class(text) {
        let of = |number: &str| read(&format!("{number}{unit}"), bare, parts);
        let (low, high) = (of(low)?, of(high)?);
        return Some(low).filter(|low| *low < high && *low >= LEAST_OF_A_CLASS);
    }
    if let Some(text) = text.strip_suffix('+')
        && let Some(number) = thousandths(text)
    {
        let least = bounded(counted_in(text, number, bare)?)?;
        return Some(least).filter(|least| *least >= LEAST_OF_A_CLASS);
    }
    if text.starts_with(['P', 'p']) && text[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return iso(text);
    }
    spelled(text, parts)
}

/// The two numbers of a class such as `1-2 years`, and the text after them.
fn class(text: &str) -> Option<(&str, &str, &str)> {
    let dash = |c| matches!(c, '-' | '\u{2013}' | '\u{2014}');
    let (low, rest) = text.split_once(dash)?;
    let rest = rest.trim_start();
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let end = rest.find(|c| !is_number(c)).unwrap_or(rest.len());
    let (low, high) = (low.trim_end(), &rest[..end]);
    let are_numbers = thousandths(low).is_some() && thousandths(high).is_some();
    let unit = &rest[end..];
    // `1-2-3` is not a class.
    let is_class = are_numbers && !unit.trim_start().starts_with(dash);
    is_class.then_some((low, high, unit))
}

fn bounded(thousandths: i64) -> Option<Length> {
    Length::of(thousandths / 1000)
}

/// A decimal number with `.` or `,` and without a sign, in thousandths.
fn thousandths(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    // `1,200` may mean 1200.
    let is_grouped = text.contains(',') && fraction.len() == 3;
    if !digits(whole) || !digits(fraction) || whole.len() > 9 || is_grouped {
        return None;
    }
    let mut value = whole.parse::<i64>().ok()? * 1000;
    for (digit, worth) in fraction.bytes().zip([100, 10, 1]) {
        value += i64::from(digit - b'0') * worth;
    }
    Some(value)
}

/// This number of thousandths of a unit; `None` if `text`, of which they were read, may mean
/// something else: `1.095` days are three years to those who group digits with dots.
fn counted_in(text: &str, thousandths: i64, unit: TimeUnit) -> Option<i64> {
    let is_short = matches!(unit, TimeUnit::Day | TimeUnit::Week);
    let may_be_grouped = text.split_once('.').is_some_and(|(whole, fraction)| {
        fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0')
    });
    if is_short && may_be_grouped {
        return None;
    }
    thousandths.checked_mul(unit.size())
}

/// An ISO 8601 period such as `P1Y6M`.
fn iso(text: &str) -> Option<Length> {
    let span: Span = text.to_ascii_uppercase().parse().ok()?;
    let sum = i64::from(span.get_years()) * TimeUnit::Year.size()
        + i64::from(span.get_months()) * TimeUnit::Month.size()
        + i64::from(span.get_weeks()) * TimeUnit::Week.size()
        + i64::from(span.get_days()) * TimeUnit::Day.size();
    bounded(sum.checked_mul(1000)?)
}

/// Numbers and units in words: `18 months`, `2 ans et 3 mois`, `3y`.
fn spelled(text: &str, parts: &dyn Fn(&str, Expected) -> Option<Part>) -> Option<Length> {
    if text.starts_with(['-', '\u{2212}']) {
        return None;
    }
    // `12 months (1 year)`: the same length again, in other words.
    if let Some((length, again)) = text.strip_suffix(')').and_then(|text| text.split_once('('))
        && again.starts_with(|c: char| c.is_ascii_digit())
    {
        let length = spelled(length, parts)?;
        return (spelled(again, parts) == Some(length)).then_some(length);
    }
    let tokens = tokens(text);
    let mut sum = 0_i64;
    let mut number: Option<i64> = None;
    let mut written = "";
    let mut units: Vec<TimeUnit> = Vec::new();
    let mut joined = false;
    let mut at_least = false;
    let mut at = 0;
    while at < tokens.len() {
        let expected = match number {
            Some(_) => Expected::Unit,
            None => Expected::Other,
        };
        let (part, length) = part_at(&tokens[at..], expected, parts)?;
        if matches!(part, Part::Number(_)) {
            written = &tokens[at];
        }
        at += length;
        joined = part == Part::And;
        match part {
            Part::Number(n) => match number {
                None => number = Some(n),
                // `3 ½`: a half after a whole number.
                Some(whole) if n == 500 && whole % 1000 == 0 && whole > 0 => {
                    number = Some(whole + n);
                }
                Some(_) => return None,
            },
            Part::Unit(unit) => {
                let length = counted_in(written, number.take()?, unit)?;
                // `2 years 24 months` repeats a length, or is something else.
                if units
                    .last()
                    .is_some_and(|last| length >= 1000 * last.size())
                {
                    return None;
                }
                sum = sum.checked_add(length)?;
                units.push(unit);
            }
            Part::PlusHalf => match (number, units.last()) {
                (None, Some(unit)) => sum += 500 * unit.size(),
                (Some(whole), _) => number = Some(whole + 500),
                (None, None) => return None,
            },
            Part::And if number.is_none() && !units.is_empty() => {}
            Part::Since if number.is_none() && units.is_empty() => {}
            Part::AtLeast if units.is_empty() => at_least = true,
            Part::And | Part::Since | Part::AtLeast => return None,
        }
    }
    let is_no_year = sum == 0 && units[..] == [TimeUnit::Year];
    (number.is_none() && !units.is_empty() && !joined && !is_no_year)
        .then_some(sum)
        .and_then(bounded)
        .filter(|length| !at_least || *length >= LEAST_OF_A_CLASS)
}

/// The longest run of tokens with a meaning, and its length.
fn part_at(
    tokens: &[String],
    expected: Expected,
    parts: &dyn Fn(&str, Expected) -> Option<Part>,
) -> Option<(Part, usize)> {
    if let Some(number) = thousandths(&tokens[0]) {
        return Some((Part::Number(number), 1));
    }
    (1..=LONGEST_WORD.min(tokens.len())).rev().find_map(|n| {
        let part = parts(&tokens[..n].concat(), expected)?;
        Some((part, n))
    })
}

/// Runs of digits (with a decimal sign) and runs of letters, in lower case.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '0'..='9' => number_end(rest),
            c if c.is_alphabetic() => {
                let end = rest.find(|c: char| !c.is_alphabetic() && !is_combining_mark(c));
                end.unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        let token;
        (token, rest) = rest.split_at(end);
        match first {
            c if c.is_alphabetic() => tokens.push(key_of(token)),
            '½' => tokens.push("0.5".to_owned()),
            '¼' => tokens.push("0.25".to_owned()),
            '¾' => tokens.push("0.75".to_owned()),
            '.' | ',' | '_' | '-' | '(' | ')' | '\'' | '\u{2019}' => {}
            c if c.is_whitespace() => {}
            // A number. Other tokens are not part of a length, unless they are words
            // such as `>`.
            _ => tokens.push(token.to_owned()),
        }
    }
    tokens
}

/// The end of the number at the beginning of a text. A decimal sign is followed by a
/// digit.
fn number_end(text: &str) -> usize {
    let is_digit = |c: char| c.is_ascii_digit();
    let end = text.char_indices().find(|(at, c)| {
        let is_decimal = matches!(c, '.' | ',') && text[at + 1..].starts_with(is_digit);
        !is_digit(*c) && !is_decimal
    });
    end.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::cases;
    use jiff::Unit;
    use jiff::civil::date;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(256, 1024))]

        #[test]
        fn months_and_days_are_those_of_the_calendar(from in 0..40_000_i32, days in -500..36_000_i32) {
            let start = date(1950, 1, 1).checked_add(Span::new().days(from)).unwrap();
            let end = start.checked_add(Span::new().days(days)).unwrap();
            let span = start.until((Unit::Month, end)).unwrap();
            let wanted = span.get_months() * 365 + span.get_days() * 12;
            prop_assert_eq!(Length::between(start, end), (wanted >= 0).then_some(Length(wanted)));
        }
    }
}
