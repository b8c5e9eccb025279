//! Which of three numbers is the day.
//!
//! Owns that decision, which is made for a whole column, from all its values, and never
//! guessed.

use std::collections::BTreeSet;

use crate::value::dates::{Parts, is_year, possible, whole, without_time};

/// The order of day, month and year in a numeric date.
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
    pub(crate) const ALL: [DateOrder; 3] = [DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd];

    /// Its name: `dmy`, `mdy` or `ymd`.
    pub fn name(self) -> &'static str {
        match self {
            DateOrder::Dmy => "dmy",
            DateOrder::Mdy => "mdy",
            DateOrder::Ymd => "ymd",
        }
    }

    /// The order with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }

    /// The orders in which `text` would be a date, if there are several.
    pub(crate) fn open(text: &str) -> Vec<Self> {
        match Self::of_column(std::iter::once(text)) {
            Ok(_) => Vec::new(),
            Err(undecided) => undecided.orders,
        }
    }

    /// The orders in which `text` can be a date, its first and last number, and whether
    /// dots separate them; `None` if its order does not matter.
    fn possible(text: &str) -> Option<(Vec<Self>, i32, i32, bool)> {
        let text = without_time(text.trim()).trim_end_matches('.');
        let parts = Parts::of(text);
        let [first, second, third] = parts.slice() else {
            return None;
        };
        let number = |part: &str| whole(part).filter(|_| part.len() <= 2);
        let (first, second) = (number(first)?, number(second)?);
        if !is_year(third) && number(third).is_none() {
            return None;
        }
        let third = (whole(third)?, is_year(third));
        let possible = possible(first, second, third);
        (!possible.is_empty()).then_some((possible, first, third.0, parts.is_dotted))
    }

    /// The one order in which all of `texts` are dates; `Err` with an example if
    /// several orders are possible, or none, and the order matters.
    pub(crate) fn of_column<'t>(
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<Option<Self>, Undecided> {
        let mut left: Vec<Self> = Self::ALL.to_vec();
        let mut doubtful = None;
        let mut is_dotted = true;
        let (mut firsts, mut thirds) = (BTreeSet::new(), BTreeSet::new());
        for text in texts {
            let Some((possible, first, third, dotted)) = Self::possible(text) else {
                continue;
            };
            if possible.len() > 1 && doubtful.is_none() {
                doubtful = Some((text, possible.clone()));
            }
            left.retain(|order| possible.contains(order));
            is_dotted &= dotted;
            firsts.insert(first);
            thirds.insert(third);
        }
        if firsts.is_empty() {
            return Ok(None);
        }
        if left.contains(&Self::Dmy) && left.contains(&Self::Ymd) {
            // There are many days, and few years.
            let many = |some: &BTreeSet<i32>, others: &BTreeSet<i32>| {
                some.len() >= MANY_DAYS && some.len() >= 2 * others.len()
            };
            left.retain(|order| match order {
                Self::Ymd => !many(&firsts, &thirds),
                Self::Dmy | Self::Mdy => !many(&thirds, &firsts),
            });
        }
        let Some((text, orders)) = doubtful else {
            return Ok(match left[..] {
                [order] => Some(order),
                _ => None,
            });
        };
        match &left[..] {
            [order] => Ok(Some(*order)),
            // Between dots the day comes first in every language we read.
            left if is_dotted && left.contains(&Self::Dmy) => Ok(Some(Self::Dmy)),
            left => Err(Undecided {
                text: text.to_owned(),
                orders: if left.is_empty() {
                    orders
                } else {
                    left.to_vec()
                },
            }),
        }
    }
}

/// A numeric date whose order cannot be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The date as written.
    pub text: String,
    /// The orders that it and the others of its column may have.
    pub orders: Vec<DateOrder>,
}

/// This many different numbers in one place of a column's dates show that it is the
/// day, if there are at most half as many in the other place.
const MANY_DAYS: usize = 16;
