//! Which of three numbers is the day.
//!
//! Owns the decision for a whole column, from all of its values, and that it is
//! never guessed.

use super::dates::{Parts, is_year, likely, possible, whole, without_time};

/// The order in which day, month and year stand in a date of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/12/2025`
    Dmy,
    /// `12/31/2025`
    Mdy,
    /// `25/12/31`
    Ymd,
}

impl DateOrder {
    pub(super) const ALL: [DateOrder; 3] = [DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd];

    /// Its name, as `--date-order` takes it: `dmy`, `mdy` or `ymd`.
    pub fn name(self) -> &'static str {
        match self {
            DateOrder::Dmy => "dmy",
            DateOrder::Mdy => "mdy",
            DateOrder::Ymd => "ymd",
        }
    }

    /// The order that a user names so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }

    /// The orders in which `text` can be a date; `None` where its order is no
    /// question.
    fn possible(text: &str) -> Option<Vec<Self>> {
        let text = without_time(text.trim()).trim_end_matches('.');
        let parts = Parts::of(text);
        let [first, second, third] = parts.slice() else {
            return None;
        };
        let number = |part: &str| whole(part).filter(|_| part.len() <= 2);
        let (first, second) = (number(first)?, number(second)?);
        if parts.is_dotted || !is_year(third) && number(third).is_none() {
            return None;
        }
        let third = (whole(third)?, is_year(third));
        Some(possible(first, second, third))
    }

    /// The one order in which all of `texts` are dates; `Err` where several are
    /// possible, or none, and the order matters: with a text that shows it.
    pub(crate) fn of_column<'t>(
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<Option<Self>, &'t str> {
        let mut left: Option<Vec<Self>> = None;
        let mut doubtful = None;
        let mut is_slashed = false;
        for text in texts {
            let Some(possible) = Self::possible(text) else {
                continue;
            };
            if possible.is_empty() {
                continue;
            }
            if possible.len() > 1 && doubtful.is_none() {
                doubtful = Some(text);
            }
            let left = left.get_or_insert_with(|| Self::ALL.to_vec());
            left.retain(|order| possible.contains(order));
            is_slashed |= text.contains('/');
        }
        if let Some(left) = &mut left {
            likely(left, is_slashed);
        }
        match (left.as_deref(), doubtful) {
            (Some([order]), _) => Ok(Some(*order)),
            (_, Some(text)) => Err(text),
            _ => Ok(None),
        }
    }
}
