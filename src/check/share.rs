//! Shares in percent, and how they compare with a bound.
//!
//! Owns how shares are read, written and compared. All arithmetic is on integers, so that
//! rounding never puts a share on the wrong side of its bound.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};
use crate::text::{grouped, quoted};

/// A bound on a share, from 0% to 100%, with up to six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    /// Millionths of a percent.
    millionths: u32,
}

/// 100%, in millionths of a percent.
const ALL: u32 = 100_000_000;
/// The most decimals that a share can have.
const DECIMALS: usize = 6;

impl Share {
    /// True if `part` of `all` is at least this share, or if `all` is 0.
    ///
    /// ```
    /// use clientype::check::Share;
    ///
    /// let share: Share = "98%".parse().unwrap();
    /// assert!(share.is_reached(98, 100) && !share.is_reached(979, 1000));
    /// assert!(share.is_reached(0, 0));
    /// ```
    pub fn is_reached(self, part: u64, all: u64) -> bool {
        u128::from(part) * u128::from(ALL) >= u128::from(self.millionths) * u128::from(all)
    }

    /// True if `part` of `all` is more than this share; never if `all` is 0.
    pub fn is_exceeded(self, part: u64, all: u64) -> bool {
        u128::from(part) * u128::from(ALL) > u128::from(self.millionths) * u128::from(all)
    }
}

impl FromStr for Share {
    type Err = Error;

    /// Reads `98%` or `99.5%`; a space before the sign is accepted.
    fn from_str(text: &str) -> Result<Self> {
        let unlike = |expected: &str| {
            let found = format!("{} is not a percentage", quoted(text));
            Error::new(ErrorKind::Usage, found).expected(expected)
        };
        let expected = || unlike("a percentage such as 98% or 99.5%");
        let number = text.trim().strip_suffix('%').ok_or_else(expected)?.trim();
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = !whole.is_empty() && is_digits(whole) && is_digits(part);
        if !is_number || number.ends_with('.') || part.len() > DECIMALS {
            return Err(expected());
        }
        let padded = format!("{whole}{part:0<DECIMALS$}");
        let millionths = padded.parse().ok().filter(|share| *share <= ALL);
        let millionths = millionths.ok_or_else(|| unlike("a percentage from 0% to 100%"))?;
        Ok(Share { millionths })
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", decimal(u64::from(self.millionths), DECIMALS))
    }
}

/// `part` of `all` in percent, with up to two decimals. Rounded `up` or down, so that a
/// bound that is missed does not look met. `None` if `all` is 0.
pub fn percent(part: u64, all: u64, up: bool) -> Option<String> {
    if all == 0 {
        return None;
    }
    let (part, all) = (u128::from(part) * 10_000, u128::from(all));
    let hundredths = match up {
        true => part.div_ceil(all),
        false => part / all,
    };
    Some(format!("{}%", decimal(hundredths as u64, 2)))
}

/// `part` of `all` in percent, as by [`percent`], and in numbers: `80% (8 of 10)`.
pub(super) fn measured(part: u64, all: u64, up: bool) -> Option<String> {
    let share = percent(part, all, up)?;
    Some(format!("{share} ({} of {})", grouped(part), grouped(all)))
}

/// The counts that are not 0, each with what it counts: `2 changed, 1 new`. `None` if all
/// are 0.
pub(super) fn counts(counts: &[(u64, &str)]) -> Option<String> {
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts = counts.map(|(count, what)| format!("{} {what}", grouped(*count)));
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

/// `number` as a decimal fraction with `decimals` places, without trailing zeros.
fn decimal(number: u64, decimals: usize) -> String {
    let unit = 10_u64.pow(decimals as u32);
    let (whole, part) = (number / unit, number % unit);
    match part {
        0 => whole.to_string(),
        _ => {
            let part = format!("{part:0decimals$}");
            format!("{whole}.{}", part.trim_end_matches('0'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_and_written() {
        for (text, written) in [
            ("98%", "98%"),
            ("99.5 %", "99.5%"),
            (" 0% ", "0%"),
            ("100%", "100%"),
            ("0.000001%", "0.000001%"),
            ("5.10%", "5.1%"),
        ] {
            let share: Share = text.parse().unwrap();
            assert_eq!(share.to_string(), written);
        }
        for text in "98 0.98 % 100.1% -1% 1e2% 5.% .5% 1,5% 98%% 5.0000001%".split(' ') {
            assert!(text.parse::<Share>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_bound_is_met_to_the_last_record() {
        let share: Share = "33.333333%".parse().unwrap();
        assert!(share.is_reached(1, 3) && share.is_exceeded(1, 3));
        assert!(!share.is_reached(333_333, 1_000_001));
        let all: Share = "100%".parse().unwrap();
        assert!(!all.is_reached(u64::MAX - 1, u64::MAX) && !all.is_exceeded(5, 5));
        let none: Share = "0%".parse().unwrap();
        assert!(none.is_exceeded(1, u64::MAX) && !none.is_exceeded(0, 0));
    }

    #[test]
    fn a_share_that_is_missed_does_not_look_met() {
        assert_eq!(percent(9_799_999, 10_000_000, false).unwrap(), "97.99%");
        assert_eq!(percent(500_001, 10_000_000, true).unwrap(), "5.01%");
        assert_eq!(percent(1, 2, false).unwrap(), "50%");
        assert_eq!(percent(0, 0, false), None);
    }
}
