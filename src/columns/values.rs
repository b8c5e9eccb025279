//! What the first values of a column show.
//!
//! Owns the decisions that a name alone cannot make: what an ambiguous name means,
//! whether a clear one can be trusted, in which order dates are written.

use hashbrown::HashMap;

use super::firms::Beside;
use super::{Columns, Feed, How, Role, Why};
use crate::value::Value;
use crate::value::dates::are_serials;
use crate::value::read::{Sense, number};
use crate::value::{DateOrder, Kind, Undecided};

/// How many values, none of them understood, outweigh the criterion's exact name, and
/// how many outweigh a name that only contains it. Fewer are reported one by one.
const NONE_OF: (usize, usize) = (20, 5);
/// How many buyers do not have the same address.
const ONE_FOR_ALL: usize = 5;
/// How many numbers, where words are expected, have the same effect.
const NUMBERS: usize = 3;
/// Twenty years: where more than a few numbers are larger, they are rather days.
const MOST_MONTHS: f64 = 240.0;
/// This many numbers, all of them below a year's months, may be years.
const MAY_BE_YEARS: usize = 5;

/// What is known about an ambiguous name besides its values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doubts<'d> {
    /// The criteria that other columns are certainly about.
    pub(super) about: &'d [usize],
    /// The name can mean only one criterion, so yes and no are answers.
    pub(super) alone: bool,
    /// The name is a single word, which does not show whom it is about.
    pub(super) short: bool,
    /// What other columns show about firms.
    pub(super) beside: Beside,
}

impl Columns<'_> {
    /// The feed with the sense that its values show, if they decide.
    pub(super) fn sensed(&self, mut feed: Feed, values: &[String]) -> Feed {
        if !self.is_date(feed.criterion) {
            return feed;
        }
        if self.serials && are_serials(values) {
            feed.sense = Sense::Serial;
        } else if feed.sense == Sense::Plain
            && let Ok(Some(order)) = DateOrder::of_column(values.iter().map(String::as_str))
        {
            feed.sense = Sense::Dated(order);
        }
        feed
    }

    /// The values that a column's feed reads from `values`.
    pub(super) fn readings<'v>(
        &self,
        feed: &Feed,
        values: impl Iterator<Item = &'v String>,
    ) -> Vec<Value> {
        let mut key = String::new();
        // Most columns repeat the same texts.
        let mut known: HashMap<&str, Value> = HashMap::default();
        let read = |value: &'v String| {
            let known = known.entry(value);
            *known.or_insert_with(|| {
                (self.rules).read_in(feed.criterion, value, feed.sense, &mut key)
            })
        };
        values.map(read).collect()
    }

    /// How many of `values` are not missing, and how many of these are understood.
    fn counts(&self, feed: &Feed, values: &[&String]) -> (usize, usize) {
        let readings = self.readings(feed, values.iter().copied());
        let count = |is: fn(&Value) -> bool| readings.iter().filter(|one| is(one)).count();
        let filled = count(|value| *value != Value::Missing);
        (filled, count(|value| value.is_known()))
    }

    /// A number that is not an answer, if the user named a column of numbers for a yes or
    /// no: the numbers of contracts, among which 1 does not mean yes.
    pub(super) fn coded<'v>(&self, feed: &Feed, values: &'v [String]) -> Option<&'v str> {
        let of = &self.rules.rulebook().criteria[feed.criterion];
        let is_question = of.values.iter().any(|value| value == "yes");
        let is_plain = feed.how == How::Stated && feed.role == Role::Plain;
        if !is_plain || !is_question || self.chosen || !are_numbers(values) {
            return None;
        }
        let mut values = values.iter().map(|value| value.trim());
        values.find(|value| number(value).is_some_and(|one| one != 0.0 && one != 1.0))
    }

    /// Why a clear name cannot be trusted, if its values contradict it.
    pub(super) fn contradicted(&self, feed: &Feed, values: &[String]) -> Option<Why> {
        let criterion = feed.criterion;
        if feed.how == How::Stated || !self.rules.can_read(criterion) {
            return None;
        }
        let of = &self.rules.rulebook().criteria[criterion];
        if of.kind == Kind::Address && are_one(values) {
            return Some(Why::OneForAll(criterion));
        }
        let question = of.values.iter().any(|value| value == "yes");
        // A word for none occurs in any kind of column.
        let counted = values.iter();
        let counted = counted.filter(|value| !self.names.is_bare(value, question));
        let counted: Vec<&String> = counted.collect();
        let (filled, understood) = self.counts(feed, &counted);
        let numbers: Vec<f64> = counted.iter().filter_map(|value| number(value)).collect();
        // A question may be answered by 0 and 1.
        let is_counted = understood == 0 || numbers.iter().any(|one| *one != 0.0 && *one != 1.0);
        if !self.strict
            && of.kind == Kind::Choice
            && feed.role == Role::Plain
            && is_counted
            && filled >= NUMBERS
            && numbers.len() >= filled
        {
            return Some(Why::Numbers(criterion));
        }
        if of.kind == Kind::Date && self.date_order.is_none() && undated(values).is_some() {
            return None;
        }
        if of.kind == Kind::Length && feed.sense == Sense::Plain && !may_only_be_months(values) {
            return Some(Why::TooLong(criterion));
        }
        let none_of = match (feed.how, feed.role) {
            (How::Exact, Role::Plain) => NONE_OF.0,
            _ => NONE_OF.1,
        };
        (!self.strict && understood == 0 && filled >= none_of)
            .then_some(Why::NotUnderstood(criterion))
    }

    /// The one of `feeds` as which `values` are understood: at least three fifths of
    /// those that are not missing, and more than for any other feed.
    pub(super) fn decide(
        &self,
        feeds: &[Feed],
        values: &[String],
        doubts: &Doubts<'_>,
    ) -> Option<Feed> {
        let mut best: Option<(usize, Option<Feed>)> = None;
        for feed in feeds {
            if !self.rules.can_read(feed.criterion) {
                continue;
            }
            let feed = self.sensed(*feed, values);
            let kind = self.rules.rulebook().criteria[feed.criterion].kind;
            if kind == Kind::Organization && !self.firms.are_firms(values, doubts.beside) {
                continue;
            }
            let understood = match feed.role {
                Role::Flag(_) | Role::Before(_) => self.answers(values),
                _ => self.understood(&feed, values, doubts),
            };
            let Some(understood) = understood else {
                continue;
            };
            best = match best {
                Some((most, _)) if most > understood => best,
                Some((most, _)) if most == understood => Some((most, None)),
                _ => Some((understood, Some(feed))),
            };
        }
        best?.1
    }

    /// Whether three fifths of the values that are not missing are understood.
    pub(crate) fn is_understood(&self, feed: &Feed, values: &[String]) -> bool {
        let values: Vec<&String> = values.iter().collect();
        let (filled, understood) = self.counts(feed, &values);
        understood > 0 && understood * 5 >= filled * 3
    }

    /// How many of the values that count are understood, if these are at least three
    /// fifths of them. Words that occur in many kinds of columns do not count, unless
    /// the whole file is about the criterion.
    fn understood(&self, feed: &Feed, values: &[String], doubts: &Doubts<'_>) -> Option<usize> {
        let criterion = &self.rules.rulebook().criteria[feed.criterion];
        let question = doubts.alone && criterion.values.iter().any(|value| value == "yes");
        let about = doubts.about.contains(&feed.criterion);
        // Any column of numbers could be a length of time.
        let any_number = criterion.kind == Kind::Length && feed.sense == Sense::Plain;
        let counts = |value: &&String| {
            let is_common = !about && self.names.is_common(value, None)
                || doubts.short && self.names.is_common(value, Some(feed.criterion));
            let is_number = any_number && number(value).is_some();
            !is_number && !is_common && !self.names.is_bare(value, question)
        };
        let counted: Vec<&String> = values.iter().filter(counts).collect();
        let (filled, understood) = self.counts(feed, &counted);
        (understood > 0 && understood * 5 >= filled * 3).then_some(understood)
    }

    /// How many of `values` answer a question, if there are some and all of them do. A
    /// column with only 1 may be a count.
    fn answers(&self, values: &[String]) -> Option<usize> {
        let filled = values.iter().map(|value| value.trim());
        let filled: Vec<&str> = filled.filter(|value| !value.is_empty()).collect();
        let is_clear = filled.contains(&"0") && filled.contains(&"1")
            || filled.iter().any(|value| number(value).is_none());
        (is_clear && self.are_answers(values)).then_some(filled.len())
    }

    /// True if all values below a name are answers.
    pub(super) fn are_answers(&self, values: &[String]) -> bool {
        let mut filled = values.iter().filter(|value| !value.trim().is_empty());
        filled.clone().count() > 0 && filled.all(|value| self.names.is_answer(value))
    }
}

/// False if the bare numbers among `values` may count something else than months.
fn may_only_be_months(values: &[String]) -> bool {
    let numbers = values.iter().filter_map(|value| number(value));
    let count = numbers.clone().count();
    let long = numbers.clone().filter(|months| *months > MOST_MONTHS);
    let may_be_days = long.count() * 50 > count;
    let may_be_years = count >= MAY_BE_YEARS && numbers.clone().all(|months| months < 12.0);
    !may_be_days && !may_be_years
}

/// What is ambiguous in a column of dates whose order is unknown.
pub(super) fn undated(values: &[String]) -> Option<Undecided> {
    DateOrder::of_column(values.iter().map(String::as_str)).err()
}

/// True if several values are filled in, and all of these are the same.
fn are_one(values: &[String]) -> bool {
    let filled = values.iter().map(|value| value.trim());
    let mut filled = filled.filter(|value| !value.is_empty());
    let is_one = match filled.clone().next() {
        Some(first) => filled.clone().all(|value| value == first),
        None => false,
    };
    is_one && filled.nth(ONE_FOR_ALL - 1).is_some()
}

/// True if there is a number among `values`, and nothing else.
pub(super) fn are_numbers(values: &[String]) -> bool {
    let mut filled = values.iter().filter(|value| !value.trim().is_empty());
    filled.clone().count() > 0 && filled.all(|value| number(value).is_some())
}
