//! What the first values of a column show.
//!
//! Owns the decisions that a name alone cannot carry: what a doubtful name
//! means, whether a clear one can be trusted, in which order dates are written.

use rustc_hash::FxHashMap;

use super::{Columns, Feed, How, Role, Why};
use crate::value::Value;
use crate::value::dates::are_serials;
use crate::value::read::{Sense, number};
use crate::value::{DateOrder, Kind, Undecided};

/// The number of values, none of them understood, that outweighs the criterion's very
/// name, and the number that outweighs a name that is not quite it. Fewer are reported,
/// value by value.
const NONE_OF: (usize, usize) = (20, 5);
/// The number of values that are numbers where words are expected, with the same effect.
const NUMBERS: usize = 3;
/// Fifty years: more months are not the length of a relationship.
const MOST_MONTHS: f64 = 600.0;

/// What values say of a doubtful name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Doubt {
    Decided(Feed),
    Open,
}

/// What there is to know of a doubtful name beside its values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doubts<'d> {
    /// The criteria that other columns are surely about.
    pub(super) about: &'d [usize],
    /// The name can mean one criterion only, so that yes and no answer it.
    pub(super) alone: bool,
    /// The name is one word, which does not say of whom it is.
    pub(super) short: bool,
}

impl Columns<'_> {
    /// The feed with the sense that its values show, where they have to.
    pub(super) fn sensed(&self, mut feed: Feed, values: &[String]) -> Feed {
        if self.serials && self.is_date(feed.criterion) && are_serials(values) {
            feed.sense = Sense::Serial;
            return feed;
        }
        if self.is_date(feed.criterion)
            && matches!(feed.sense, Sense::Plain | Sense::Dated(_))
            && let Ok(Some(order)) =
                DateOrder::of_column(values.iter().map(String::as_str), self.date_order)
        {
            feed.sense = Sense::Dated(order);
        }
        feed
    }

    /// What `values` are read as by a column's feed.
    pub(super) fn readings<'v>(
        &self,
        feed: &Feed,
        values: impl Iterator<Item = &'v String>,
    ) -> Vec<Value> {
        let mut key = String::new();
        // Most columns say the same again and again.
        let mut known: FxHashMap<&str, Value> = FxHashMap::default();
        values
            .map(|value| {
                *known.entry(value.as_str()).or_insert_with(|| {
                    self.rules
                        .read_in(feed.criterion, value, feed.sense, &mut key)
                })
            })
            .collect()
    }

    /// Why a clear name is not to be trusted, if its values are against it.
    pub(super) fn contradicted(&self, feed: &Feed, values: &[String]) -> Option<Why> {
        let criterion = feed.criterion;
        if feed.how == How::Stated || !self.rules.can_read(criterion) {
            return None;
        }
        let of = &self.rules.rulebook().criteria[criterion];
        let question = of.values.iter().any(|value| value == "yes");
        // That there is none, any column may say.
        let telling = values
            .iter()
            .filter(|value| !self.names.is_bare(value, question));
        let telling: Vec<&String> = telling.collect();
        let readings = self.readings(feed, telling.iter().copied());
        let filled = readings
            .iter()
            .filter(|reading| **reading != Value::Missing);
        let filled = filled.count();
        let understood = readings.iter().any(|reading| reading.is_known());
        let numbers = telling
            .iter()
            .filter(|value| number(value).is_some())
            .count();
        // A question may be answered by 0 and 1.
        let counts = |value: &&String| number(value).is_some_and(|one| one != 0.0 && one != 1.0);
        let is_counted = !understood || telling.iter().any(counts);
        if !self.strict
            && of.kind == Kind::Choice
            && feed.role == Role::Plain
            && is_counted
            && filled >= NUMBERS
            && numbers >= filled
        {
            return Some(Why::Numbers(criterion));
        }
        if of.kind == Kind::Date && self.date_order.is_none() && undated(values).is_some() {
            return None;
        }
        if of.kind == Kind::Length && feed.sense == Sense::Plain {
            let numbers = values.iter().filter_map(|value| number(value));
            let long = numbers.clone().filter(|months| *months > MOST_MONTHS);
            if long.count() * 50 > numbers.count() {
                return Some(Why::TooLong(criterion));
            }
        }
        let none_of = match (feed.how, feed.role) {
            (How::Exact, Role::Plain) => NONE_OF.0,
            _ => NONE_OF.1,
        };
        (!self.strict && !understood && filled >= none_of).then_some(Why::NotUnderstood(criterion))
    }

    /// The one of `feeds` that `values` are understood as: at least three fifths
    /// of those that are not missing, and as no other so often.
    pub(super) fn decide(&self, feeds: &[Feed], values: &[String], doubts: &Doubts<'_>) -> Doubt {
        let mut best: Option<(usize, Feed)> = None;
        let mut tied = false;
        for feed in feeds {
            if !self.rules.can_read(feed.criterion) {
                continue;
            }
            let feed = self.sensed(*feed, values);
            let understood = match feed.role {
                Role::Flag(_) | Role::Before(_) => self.answers(values),
                _ => self.understood(&feed, values, doubts),
            };
            let Some(understood) = understood else {
                continue;
            };
            tied &= best.is_none_or(|(most, _)| understood <= most);
            tied |= best.is_some_and(|(most, _)| most == understood);
            if best.is_none_or(|(most, _)| understood > most) {
                best = Some((understood, feed));
            }
        }
        match best {
            Some((_, feed)) if !tied => Doubt::Decided(feed),
            _ => Doubt::Open,
        }
    }

    /// How many of the values that count are understood, if these are at least
    /// three fifths of them. What many columns hold does not count, unless
    /// the whole file is about the criterion.
    fn understood(&self, feed: &Feed, values: &[String], doubts: &Doubts<'_>) -> Option<usize> {
        let criterion = &self.rules.rulebook().criteria[feed.criterion];
        let question = doubts.alone && criterion.values.iter().any(|value| value == "yes");
        let about = doubts.about.contains(&feed.criterion);
        // Any column of numbers could be a length of time.
        let is_number = |value: &str| {
            criterion.kind == Kind::Length && feed.sense == Sense::Plain && number(value).is_some()
        };
        let is_common = |value: &str| {
            let anywhere = !about && self.names.is_common(value, None);
            anywhere || doubts.short && self.names.is_common(value, Some(feed.criterion))
        };
        let is_bare = |value: &str| self.names.is_bare(value, question);
        let tells_nothing = |value: &str| is_number(value) || is_bare(value) || is_common(value);
        let telling = values.iter().filter(|value| !tells_nothing(value));
        let telling: Vec<&String> = telling.collect();
        let readings = self.readings(feed, telling.iter().copied());
        let filled = readings
            .iter()
            .filter(|reading| **reading != Value::Missing);
        let understood = readings.iter().filter(|reading| reading.is_known()).count();
        (understood > 0 && understood * 5 >= filled.count() * 3).then_some(understood)
    }

    /// How many of `values` answer a question, if all that are filled in do and
    /// there are some. A column of nothing but 1 may count something.
    fn answers(&self, values: &[String]) -> Option<usize> {
        let filled: Vec<&str> = values.iter().map(|value| value.trim()).collect();
        let filled = filled.iter().filter(|value| !value.is_empty());
        let is_clear = ["0", "1"]
            .iter()
            .all(|digit| filled.clone().any(|value| value == digit))
            || filled.clone().any(|value| number(value).is_none());
        let all = filled.clone().all(|value| self.names.is_answer(value));
        (is_clear && all).then(|| filled.count())
    }

    /// True where nothing but answers stands below a name, if anything does.
    pub(super) fn are_answers(&self, values: &[String]) -> bool {
        let filled = values.iter().filter(|value| !value.trim().is_empty());
        let mut filled = filled.peekable();
        filled.peek().is_some() && filled.all(|value| self.names.is_answer(value))
    }
}

/// What is doubtful in a column of dates whose order cannot be known.
pub(super) fn undated(values: &[String]) -> Option<Undecided> {
    DateOrder::of_column(values.iter().map(String::as_str), None).err()
}

/// True where one of `values` at least is a number, and none anything else.
pub(super) fn are_numbers(values: &[String]) -> bool {
    let mut filled = values.iter().filter(|value| !value.trim().is_empty());
    filled.clone().count() > 0 && filled.all(|value| number(value).is_some())
}
