//! Days, if their notation is unambiguous.
//!
//! Owns which notations of a date can be read without guessing: `3/4/2024` is the third
//! of April to some and the fourth of March to others, so it is not understood unless
//! the order of its column is known; `17/4/2024` has only one reading.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::lexicon::normalize::cell_key;
use crate::value::DateOrder;
use crate::value::read::number;

/// From this year on a date does not mean a day: an end such as `9999-12-31` is open.
const OPEN_YEAR: i16 = 2200;

/// True for a date that stands for an open end.
pub(crate) fn is_open(date: Date) -> bool {
    date.year() >= OPEN_YEAR || date == Date::constant(2099, 12, 31)
}

/// True for a day that programs write if none is known: the first one that they can
/// count, or write.
pub(crate) fn is_zero(date: Date) -> bool {
    match (date.year(), date.month(), date.day()) {
        (1 | 1601 | 1753 | 1900 | 1904 | 1970, 1, 1) => true,
        // The first second of 32 bits.
        (1901, 12, 13) => true,
        // A day before, as spreadsheets count, or where the sun sets later.
        (1899, 12, 30 | 31) | (1969, 12, 31) => true,
        _ => false,
    }
}

/// True for a day before any on which somebody signed what a file of buyers is about: it
/// stands for none, or is an error in writing.
pub(crate) fn is_long_past(date: Date) -> bool {
    date.year() < 1920
}

/// True for a day so far away that it only means that there is none. Another day of a
/// year as late may be an error in writing.
pub(crate) fn is_never(date: Date) -> bool {
    is_open(date) && matches!((date.month(), date.day()), (1, 1) | (12, 30 | 31))
}

/// Reads `text` if it is a date such as `2024-06-14`, which most exports write.
pub(crate) fn read_plain(text: &[u8]) -> Option<Date> {
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else {
        return None;
    };
    let digits = [y0, y1, y2, y3, m0, m1, d0, d1].map(|byte| byte.wrapping_sub(b'0'));
    if digits.iter().fold(0, |most, digit| most.max(*digit)) > 9 {
        return None;
    }
    let [y0, y1, y2, y3, m0, m1, d0, d1] = digits.map(i32::from);
    date(
        (y0 * 10 + y1) * 100 + y2 * 10 + y3,
        m0 * 10 + m1,
        d0 * 10 + d1,
    )
}

/// The parts of a date between its separators.
pub(crate) struct Parts<'t> {
    parts: [&'t str; 4],
    count: usize,
    /// Only dots separate them.
    pub(crate) is_dotted: bool,
}

impl<'t> Parts<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let mut parts = [""; 4];
        let mut count = 0;
        let mut all = text
            .split(|c: char| matches!(c, '-' | '/' | '.' | ',') || c.is_whitespace())
            .filter(|part| !part.is_empty());
        for (part, found) in parts.iter_mut().zip(&mut all) {
            *part = found;
            count += 1;
        }
        Parts {
            parts,
            count,
            is_dotted: text.contains('.') && !text.contains(['/', '-', ',']),
        }
    }

    pub(crate) fn slice(&self) -> &[&'t str] {
        &self.parts[..self.count]
    }
}

/// Reads `text` as a date. `order` is that of its column, if it is known; `months` maps
/// the names of months by their cell keys.
pub(crate) fn read(
    text: &str,
    order: Option<DateOrder>,
    months: &dyn Fn(&str) -> Option<i8>,
) -> Option<Date> {
    let text = text.trim();
    if let Some(day) = epoch(text) {
        return Some(day);
    }
    let text = without_time(text).trim_end_matches('.');
    // A Polish year, as in `3.04.2019 r.`
    let text = text.strip_suffix(" r").map_or(text, |text| text.trim_end());
    if text.starts_with('-') {
        return None;
    }
    let parts = Parts::of(text);
    match *parts.slice() {
        [digits] if digits.len() == 8 => {
            let number = whole(digits)?;
            date(number / 10_000, number / 100 % 100, number % 100)
        }
        // With a time of day: `20251231101500`.
        [digits] if digits.len() == 14 => {
            let number = whole(digits.get(..8)?)?;
            whole(&digits[8..])?;
            date(number / 10_000, number / 100 % 100, number % 100)
        }
        [year, month, day] if is_year(year) => {
            date(whole(year)?, month_number(month, months)?, whole(day)?)
        }
        [first, second, third] => {
            let year = (whole(third)?, is_year(third));
            if !year.1 && third.len() != 2 {
                return None;
            }
            match (whole(ordinal(first)), whole(ordinal(second))) {
                (Some(day), None) => in_words(day, second, year, months),
                (None, Some(day)) => in_words(day, first, year, months),
                (Some(first), Some(second)) => match order {
                    Some(order) => in_order(order, first, second, year),
                    // Between dots the day comes first in every language we read.
                    None if parts.is_dotted => in_order(DateOrder::Dmy, first, second, year),
                    None => in_any_order(first, second, year),
                },
                (None, None) => None,
            }
        }
        _ => None,
    }
}

/// A day number without its ordinal suffix: `1st`, `1er`.
fn ordinal(text: &str) -> &str {
    let endings = ["st", "nd", "rd", "th", "er"];
    let mut plain = endings
        .iter()
        .filter_map(|ending| text.strip_suffix(ending));
    plain.next().unwrap_or(text)
}

/// Reads three numbers as a date in this order; `third` comes with whether it is
/// certainly a year.
pub(crate) fn in_order(
    order: DateOrder,
    first: i32,
    second: i32,
    third: (i32, bool),
) -> Option<Date> {
    match (order, third) {
        (DateOrder::Dmy, year) => date(full_year(year), second, first),
        (DateOrder::Mdy, year) => date(full_year(year), first, second),
        (DateOrder::Ymd, (day, false)) => date(full_year((first, false)), second, day),
        (DateOrder::Ymd, (_, true)) => None,
    }
}

/// The orders in which these numbers are a date.
pub(crate) fn possible(first: i32, second: i32, third: (i32, bool)) -> Vec<DateOrder> {
    let is_day = |order: &DateOrder| in_order(*order, first, second, third).is_some();
    DateOrder::ALL.into_iter().filter(is_day).collect()
}

/// The date on which all possible orders agree.
fn in_any_order(first: i32, second: i32, third: (i32, bool)) -> Option<Date> {
    let orders = possible(first, second, third).into_iter();
    let mut days = orders.filter_map(|order| in_order(order, first, second, third));
    let day = days.next()?;
    days.all(|other| other == day).then_some(day)
}

fn in_words(
    day: i32,
    month: &str,
    year: (i32, bool),
    months: &dyn Fn(&str) -> Option<i8>,
) -> Option<Date> {
    date(full_year(year), month_number(month, months)?, day)
}

/// A two-digit year is one from 1969 to 2068, as in POSIX.
fn full_year((year, is_full): (i32, bool)) -> i32 {
    match year {
        year if is_full => year,
        0..=68 => 2000 + year,
        _ => 1900 + year,
    }
}

/// Reads the number by which spreadsheets store a date: of five digits, so from 1927 to
/// 2173. A fraction for the time of day is ignored.
pub(crate) fn serial(text: &str) -> Option<Date> {
    let text = text.trim();
    let digits = text.split_once('.').map_or(text, |(days, _)| days);
    let days = whole(digits).filter(|_| digits.len() == 5 && digits >= "10000")?;
    let is_number = text.parse::<f64>().is_ok();
    let day = Date::constant(1899, 12, 30).checked_add(jiff::Span::new().days(days));
    day.ok().filter(|_| is_number)
}

/// True if at least one of a column's `texts` is a date as spreadsheets store it, and
/// none is another number.
pub(crate) fn are_serials(texts: &[String]) -> bool {
    let mut numbers = texts.iter().filter(|text| number(text).is_some());
    let first = numbers.next();
    first.is_some_and(|first| serial(first).is_some()) && numbers.all(|text| serial(text).is_some())
}

/// Reads a number of seconds or milliseconds since 1970: of nine or ten digits, or of
/// twelve or thirteen. With fewer it could be anything, with eleven either.
fn epoch(text: &str) -> Option<Date> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let digits = digits.split_once('.').map_or(digits, |(whole, fraction)| {
        let is_fraction = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
        if is_fraction { whole } else { "" }
    });
    if !matches!(digits.len(), 9 | 10 | 12 | 13) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let number = if text.starts_with('-') {
        -number
    } else {
        number
    };
    let time = match digits.len() {
        9 | 10 => Timestamp::from_second(number),
        _ => Timestamp::from_millisecond(number),
    };
    Some(time.ok()?.to_zoned(TimeZone::UTC).date())
}

/// Cuts off a time of day and any zone after it.
pub(crate) fn without_time(text: &str) -> &str {
    let is_digit = |c: char| c.is_ascii_digit();
    // `2024-06-14T10:15:00Z` and `20240614T101500Z`; in a month's name no digit comes
    // before the letter.
    for (at, _) in text.match_indices(['T', 't']) {
        if text[..at].ends_with(is_digit) && text[at + 1..].starts_with(is_digit) {
            return &text[..at];
        }
    }
    let Some(colon) = text.find(':') else {
        return text.trim_end_matches(['T', 'Z']);
    };
    let hour = text[..colon].trim_end_matches(is_digit);
    match hour.strip_suffix([' ', ',']) {
        Some(day) => day.trim_end(),
        None => text,
    }
}

pub(crate) fn is_year(text: &str) -> bool {
    text.len() == 4 && whole(text).is_some()
}

/// True for a year, or a month of one in numbers: `2020`, `12/2021`, `2021-12`.
pub(crate) fn is_month(text: &str) -> bool {
    let mut parts = text.split(['/', '.', '-']);
    let is_part = |part: &str| is_year(part) || part.len() <= 2 && whole(part).is_some();
    text.split(['/', '.', '-']).any(is_year)
        && parts.by_ref().take(2).all(is_part)
        && parts.next().is_none()
}

pub(crate) fn whole(text: &str) -> Option<i32> {
    let digits = !text.is_empty() && text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

fn month_number(text: &str, months: &dyn Fn(&str) -> Option<i8>) -> Option<i32> {
    whole(text).or_else(|| {
        let mut key = String::new();
        cell_key(text, &mut key);
        months(&key).map(i32::from)
    })
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    // The day before the first one, as spreadsheets write their zero.
    if (year, month, day) == (1900, 1, 0) {
        return Some(Date::constant(1899, 12, 31));
    }
    let year = i16::try_from(year)
        .ok()
        .filter(|year| (1000..=9999).contains(year) || *year == 1)?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in(order: Option<DateOrder>, text: &str) -> Option<String> {
        let months = |name: &str| match name {
            "may" => Some(5),
            "december" => Some(12),
            _ => None,
        };
        read(text, order, &months).map(|date| date.to_string())
    }

    #[test]
    fn notations_without_doubt_are_read_and_no_others() {
        let last_of_2025 = "2025-12-31|2025/12/31|20251231|31.12.2025|31/12/2025|12/31/2025|\
            2025-12-31T23:59:59Z|2025-12-31 3:15:52|2025-12-31T10:00:00.000+01:00|2025-12-31T10|\
            20251231T101500Z|31.12.2025, 10:00|12/31/25|31.12.25|20251231101500|1767139200|\
            1767139200000|1767139200.5|31.12.2025 r.|31st December 2025|31 December 2025|\
            31-December-25|December 31, 2025| 31-December-2025 ";
        for text in last_of_2025.split('|') {
            let read = read_in(None, text);
            assert_eq!(read.as_deref(), Some("2025-12-31"), "{text:?}");
        }
        for (text, wanted) in [
            ("1.1.1960", "1960-01-01"),
            ("31-May-2026", "2026-05-31"),
            ("-126403200000", "1965-12-30"),
            ("1.2.69", "1969-02-01"),
            ("1.2.68", "2068-02-01"),
            ("5/5/2023", "2023-05-05"),
        ] {
            assert_eq!(read_in(None, text).as_deref(), Some(wanted), "{text:?}");
        }
        let doubtful = "3/4/2024|3/4/2024.|3/4.2024|03-04-2024|3/4/24|31/12/25|17-4-24|\
            1767139200.|17671392001|17671392|-20251231|2024|2024-13-01|31.2.2024|soon|";
        for text in doubtful.split('|') {
            assert_eq!(read_in(None, text), None, "{text:?}");
        }
    }

    #[test]
    fn a_column_has_one_order_and_it_is_not_guessed() {
        let order = |texts: &str| DateOrder::of_column(texts.split('|')).map_err(|no| no.text);
        // There are many days, and few years.
        let days = |days: std::ops::Range<u8>, is_first: bool| {
            let days = days.map(|day| match is_first {
                true => format!("{day}/05/{}", 20 + day % 4),
                false => format!("{}/05/{day:02}", 20 + day % 4),
            });
            days.collect::<Vec<_>>().join("|")
        };
        for (texts, wanted) in [
            ("3/4/2024|17/4/2024||soon", DateOrder::Dmy),
            ("8/17/19|3/4/19", DateOrder::Mdy),
            ("03-04-2024|04-13-2024 10:00", DateOrder::Mdy),
            ("24-12-31|99-11-02", DateOrder::Ymd),
            ("99/11/02|24/11/02", DateOrder::Ymd),
            ("3.4.2024|2024-01-01", DateOrder::Dmy),
            ("3.4.2024|4.13.2024", DateOrder::Mdy),
            (&days(1..21, true), DateOrder::Dmy),
            (&days(1..21, false), DateOrder::Ymd),
        ] {
            assert_eq!(order(texts), Ok(Some(wanted)), "{texts}");
        }
        for (texts, doubtful) in [
            ("3/4/2024|5/6/2024", "3/4/2024"),
            ("17/4/2024|3/4/2024|4/17/2024", "3/4/2024"),
            (&days(13..21, true), "13/05/21"),
            ("24-12-11", "24-12-11"),
        ] {
            assert_eq!(order(texts), Err(doubtful.to_owned()), "{texts}");
        }
        assert_eq!(order("2024-03-04|n/a"), Ok(None));
    }

    #[test]
    fn in_a_known_order_nothing_is_read_in_another() {
        for (text, order, wanted) in [
            ("3/4/2024", DateOrder::Dmy, Some("2024-04-03")),
            ("3/4/2024", DateOrder::Mdy, Some("2024-03-04")),
            ("24/3/4", DateOrder::Ymd, None),
            ("24/03/04", DateOrder::Ymd, Some("2024-03-04")),
            ("17/4/2024", DateOrder::Mdy, None),
            ("17.4.2024", DateOrder::Mdy, None),
            ("2024-04-17", DateOrder::Mdy, Some("2024-04-17")),
        ] {
            assert_eq!(read_in(Some(order), text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn a_workbook_counts_days() {
        for text in ["45657", " 45657.75 "] {
            assert_eq!(serial(text), Some(Date::constant(2024, 12, 31)), "{text}");
        }
        for text in "4565|456570|45657.x|09999|-45657|2024-12-31|".split('|') {
            assert_eq!(serial(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_day_before_all_is_known_in_any_notation() {
        let zeros = "1900-01-01|01.01.1900|1/1/1900|1899-12-30|12/30/1899|1899-12-31|0001-01-01|\
            0001-01-01T00:00:00|1/1/0001 12:00:00 AM|01.01.1753|1753-01-01 00:00:00.000|\
            1970-01-01|1970-01-01T00:00:00Z|1/0/1900|00.01.1900|1900-01-00|-2208988800|\
            1601-01-01|1904-01-01|1901-12-13|13.12.1901";
        for text in zeros.split('|') {
            let day = read(text, None, &|_| None);
            assert!(day.is_some_and(is_zero), "{text}");
        }
        for text in "1900-01-02|1970-02-01|1899-12-29|2001-01-01".split('|') {
            let day = read(text, None, &|_| None);
            assert!(day.is_some_and(|day| !is_zero(day)), "{text}");
        }
        assert_eq!(read("0002-01-01", None, &|_| None), None);
    }

    #[test]
    fn an_open_end_is_no_day() {
        for open in ["9999-12-31", "2999-12-31", "2099-12-31"] {
            assert!(is_open(read_plain(open.as_bytes()).unwrap()), "{open}");
        }
        assert!(!is_open(Date::constant(2098, 12, 31)));
    }
}
