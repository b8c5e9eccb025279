//! What a text is read as, in one whole number, which SQL compares and looks up by.
//!
//! Owns the numbers. A choice is its place among the values of its criterion, a length its
//! 365ths of a month. A day is ordered as days are, and its parts can be taken out again.
//! Without a value it is below 0.

use jiff::civil::Date;

use crate::value::Value;

/// Missing on purpose, so that no other column counts instead.
pub(super) const WITHHELD: i32 = -1;
pub(super) const NOT_UNDERSTOOD: i32 = -2;
/// The lowest of those that a reading can have: of two columns of which the first is not
/// settled, the greater number counts.
pub(super) const MISSING: i32 = -3;
/// A text without a reading.
pub(super) const UNREAD: i32 = -4;
/// What is added to a number for the place in an array, from 1.
pub(super) const FIRST: i32 = 1 - UNREAD;

/// The number of a value.
pub(super) fn of(value: Value, is_withheld: bool) -> i32 {
    match value {
        Value::Missing if is_withheld => WITHHELD,
        Value::Missing => MISSING,
        Value::NotRecognized => NOT_UNDERSTOOD,
        Value::Choice(value) => i32::from(value),
        Value::Length(length) => length.parts(),
        Value::Day(day) => of_day(day),
    }
}

/// The number of a day. From the lowest bit: 2 bits for the length of the month before it,
/// above 28 days, 2 for that of its own month, 5 for the day, and the months since the
/// first year that a date can have.
pub(super) fn of_day(day: Date) -> i32 {
    let before = day.first_of_month().yesterday();
    let before = before.map_or(31, Date::days_in_month);
    let lengths = [day.days_in_month(), before].map(|days| i32::from(days) - 28);
    month(day) << 9 | i32::from(day.day()) << 4 | lengths[0] << 2 | lengths[1]
}

/// The months before that of a day, from the first one that a date can have.
pub(super) fn month(day: Date) -> i32 {
    (i32::from(day.year()) + YEARS) * 12 + i32::from(day.month()) - 1
}

/// The years before the year 0.
pub(super) const YEARS: i32 = 9999;

/// The parts of a day's number, as expressions.
#[derive(Debug, Clone)]
pub(super) struct DayParts {
    /// As [`month`] counts them.
    pub(super) month: String,
    pub(super) day: String,
    /// The days of its month, and of the month before, above 28.
    pub(super) days_in_month: String,
    pub(super) days_before: String,
}

impl DayParts {
    pub(super) fn of(code: &str, shifted: impl Fn(&str, i32) -> String) -> Self {
        DayParts {
            month: shifted(code, 9),
            day: format!("({} & 31)", shifted(code, 4)),
            days_in_month: format!("({} & 3)", shifted(code, 2)),
            days_before: format!("({code} & 3)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_are_ordered_as_their_numbers() {
        let mut day = date(1999, 12, 1);
        while day < date(2004, 3, 2) {
            let next = day.tomorrow().unwrap();
            assert!(of_day(day) < of_day(next), "{day}");
            day = next;
        }
        assert!(of_day(Date::MIN) >= 0);
        assert!(of_day(Date::MIN) < of_day(date(-1, 1, 1)));
        assert!(of_day(date(2024, 1, 1)) < of_day(Date::MAX));
    }

    #[test]
    fn a_number_has_the_parts_of_its_day() {
        let code = of_day(date(2024, 3, 17));
        assert_eq!(code >> 9, (2024 + YEARS) * 12 + 2);
        assert_eq!(code >> 4 & 31, 17);
        assert_eq!([code >> 2 & 3, code & 3], [31 - 28, 29 - 28]);
    }

    #[test]
    fn what_has_no_value_is_below_all_values() {
        let states = [UNREAD, MISSING, NOT_UNDERSTOOD, WITHHELD];
        assert!(states.is_sorted() && WITHHELD < of(Value::Choice(0), false));
        assert_eq!(of(Value::Missing, true), WITHHELD);
        assert_eq!(of(Value::Missing, false), MISSING);
    }
}
