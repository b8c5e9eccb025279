//! Days, where their notation leaves no doubt.
//!
//! Owns which notations of a date can be read without guessing: `3/4/2024`
//! is the third of April to some and the fourth of March to others, so it is
//! not understood; `17/4/2024` can only be the one.

use jiff::civil::Date;

use super::words::cell_key;

/// Reads `text` where it is a day as `2024-06-14`, which most exports write.
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

/// Reads `text` as a day. `months` knows the names of months by their cell keys.
pub(crate) fn read(text: &str, months: &dyn Fn(&str) -> Option<i8>) -> Option<Date> {
    let text = without_time(text.trim()).trim_end_matches('.');
    let mut all = text
        .split(|c: char| matches!(c, '-' | '/' | '.' | ',') || c.is_whitespace())
        .filter(|part| !part.is_empty());
    let mut parts = [""; 4];
    let mut count = 0;
    for (part, found) in parts.iter_mut().zip(&mut all) {
        *part = found;
        count += 1;
    }
    match parts[..count] {
        [digits] if digits.len() == 8 => {
            let number = whole(digits)?;
            date(number / 10_000, number / 100 % 100, number % 100)
        }
        [year, month, day] if is_year(year) => {
            date(whole(year)?, month_number(month, months)?, whole(day)?)
        }
        [first, second, year] if is_year(year) => {
            let year = whole(year)?;
            let (first_number, second_number) = (whole(first), whole(second));
            match (first_number, second_number) {
                (Some(day), None) => date(year, month_number(second, months)?, day),
                (None, Some(day)) => date(year, month_number(first, months)?, day),
                // Dots are written day first in every language we read.
                (Some(day), Some(month))
                    if !text.contains(['/', '-', ',']) && text.contains('.') =>
                {
                    date(year, month, day)
                }
                (Some(day), Some(month)) if day > 12 || day == month => date(year, month, day),
                (Some(month), Some(day)) if day > 12 => date(year, month, day),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Cuts off a time of day and whatever zone follows it.
fn without_time(text: &str) -> &str {
    let is_digit = |c: char| c.is_ascii_digit();
    // `2024-06-14T10:15:00Z` and `20240614T101500Z`; in a month's name no digit
    // stands before the letter.
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

fn is_year(text: &str) -> bool {
    text.len() == 4 && whole(text).is_some()
}

fn whole(text: &str) -> Option<i32> {
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
    let year = i16::try_from(year)
        .ok()
        .filter(|year| (1000..=9999).contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with_english(text: &str) -> Option<String> {
        let months = |name: &str| match name {
            "may" => Some(5),
            "december" => Some(12),
            _ => None,
        };
        read(text, &months).map(|date| date.to_string())
    }

    #[test]
    fn notations_without_doubt_are_read() {
        for text in [
            "2025-12-31",
            "2025/12/31",
            "20251231",
            "31.12.2025",
            "31/12/2025",
            "12/31/2025",
            "2025-12-31T23:59:59Z",
            "2025-12-31 3:15:52",
            "2025-12-31T10:00:00.000+01:00",
            "2025-12-31T10",
            "20251231T101500Z",
            "31.12.2025, 10:00",
            "31 December 2025",
            "December 31, 2025",
            " 31-December-2025 ",
        ] {
            assert_eq!(
                read_with_english(text).as_deref(),
                Some("2025-12-31"),
                "{text:?}"
            );
        }
        assert_eq!(read_with_english("1.1.1960").as_deref(), Some("1960-01-01"));
        assert_eq!(
            read_with_english("31-May-2026").as_deref(),
            Some("2026-05-31")
        );
        assert_eq!(read_with_english("5/5/2023").as_deref(), Some("2023-05-05"));
    }

    #[test]
    fn notations_that_leave_doubt_are_not_understood() {
        for text in [
            "3/4/2024",
            "3/4/2024.",
            "3/4.2024",
            "03-04-2024",
            "17/4/24",
            "2024",
            "2024-13-01",
            "31.2.2024",
            "soon",
            "",
        ] {
            assert_eq!(read_with_english(text), None, "{text:?}");
        }
    }
}
