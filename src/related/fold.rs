//! How the records of one key become one value.
//!
//! Owns the table of folded values: a few bytes for each key and criterion, for any
//! number of records. No fold depends on the order of the records, nor on how often one of
//! them occurs.

use jiff::civil::Date;

use crate::rulebook::related::checked::{FoldRule, Frequency};
use crate::run::evidence::Folded;
use crate::value::{Length, Value};

/// A day as a number that is ordered as days are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct DayNumber(i32);

impl DayNumber {
    const NONE: DayNumber = DayNumber(i32::MIN);

    fn of(day: Date) -> Self {
        DayNumber(i32::from(day.year()) << 9 | i32::from(day.month()) << 5 | i32::from(day.day()))
    }

    fn day(self) -> Option<Date> {
        let part = |part: i32| i8::try_from(part).ok();
        let (month, day) = (part(self.0 >> 5 & 15)?, part(self.0 & 31)?);
        Date::new(i16::try_from(self.0 >> 9).ok()?, month, day).ok()
    }
}

/// One record, as far as it is folded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Record {
    /// Its first and last day, if it has them.
    pub(super) first: Option<Date>,
    pub(super) last: Option<Date>,
    /// The length of its commitment.
    pub(super) term: Option<Length>,
    /// What distinguishes it from others.
    pub(super) identity: u64,
}

/// The folded values of one criterion.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) criterion: usize,
    kept: Kept,
}

#[derive(Debug, Clone)]
enum Kept {
    /// The best place of a value in an order.
    Ranked {
        order: Vec<u8>,
        best: Vec<u8>,
    },
    Agreed(Vec<u8>),
    /// The value of the first day, or of the last.
    ByDay {
        is_last: bool,
        days: Vec<DayNumber>,
        values: Vec<u8>,
    },
    Span(Vec<Span>),
    Longest(Vec<i32>),
    Sum(Vec<i32>),
    /// How often, and in which of the last 64 months.
    Often {
        of: Frequency,
        counts: Vec<Count>,
    },
}

/// The first and last day, and the longest commitment.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: DayNumber,
    last: DayNumber,
    longest: i32,
}

impl Default for Span {
    fn default() -> Self {
        Span {
            first: DayNumber::NONE,
            last: DayNumber::NONE,
            longest: -1,
        }
    }
}

/// The different records of a key, up to a few, and the months in which they are.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(32))]
struct Count {
    months: u64,
    identities: [u32; 5],
    different: u8,
    has_no_day: bool,
}

impl Column {
    pub(super) fn new(criterion: usize, rule: &FoldRule) -> Self {
        let kept = match rule {
            FoldRule::Any(order) => Kept::Ranked {
                order: order.clone(),
                best: Vec::new(),
            },
            FoldRule::Flag | FoldRule::Agree => Kept::Agreed(Vec::new()),
            FoldRule::First | FoldRule::Last => Kept::ByDay {
                is_last: *rule == FoldRule::Last,
                days: Vec::new(),
                values: Vec::new(),
            },
            FoldRule::Span => Kept::Span(Vec::new()),
            FoldRule::Longest => Kept::Longest(Vec::new()),
            FoldRule::Sum => Kept::Sum(Vec::new()),
        };
        Column { criterion, kept }
    }

    pub(super) fn often(of: &Frequency) -> Self {
        Column {
            criterion: of.criterion,
            kept: Kept::Often {
                of: *of,
                counts: Vec::new(),
            },
        }
    }

    /// Makes room for keys up to this number.
    pub(super) fn grow(&mut self, keys: usize) {
        let none = Folded::NONE;
        match &mut self.kept {
            Kept::Ranked { best, .. } => best.resize(keys, none),
            Kept::Agreed(values) => values.resize(keys, none),
            Kept::ByDay { days, values, .. } => {
                days.resize(keys, DayNumber::NONE);
                values.resize(keys, none);
            }
            Kept::Span(spans) => spans.resize(keys, Span::default()),
            Kept::Longest(lengths) | Kept::Sum(lengths) => lengths.resize(keys, -1),
            Kept::Often { counts, .. } => counts.resize(keys, Count::default()),
        }
    }

    /// Adds a record of a key, of which this is the `value` of the criterion.
    pub(super) fn add(&mut self, key: usize, value: Value, record: &Record, as_of: Date) {
        let choice = match value {
            Value::Choice(choice) => Some(choice),
            _ => None,
        };
        match &mut self.kept {
            Kept::Ranked { order, best } => {
                let place = choice.and_then(|choice| order.iter().position(|one| *one == choice));
                if let Some(place) = place {
                    best[key] = best[key].min(place as u8);
                }
            }
            Kept::Agreed(values) => {
                if let Some(choice) = choice {
                    values[key] = agreed(values[key], choice);
                }
            }
            Kept::ByDay {
                is_last,
                days,
                values,
            } => {
                let (Some(choice), Some(day)) = (choice, record.first) else {
                    return;
                };
                let day = DayNumber::of(day);
                let known = days[key];
                let is_better =
                    known == DayNumber::NONE || (day > known) == *is_last && day != known;
                if is_better {
                    (days[key], values[key]) = (day, choice);
                } else if day == known {
                    values[key] = agreed(values[key], choice);
                }
            }
            Kept::Span(spans) => {
                let span = &mut spans[key];
                if let Some(day) = record.first.map(DayNumber::of) {
                    let is_first = span.first == DayNumber::NONE || day < span.first;
                    span.first = if is_first { day } else { span.first };
                    // What has no end is not over.
                    let end = record.last.unwrap_or(as_of);
                    span.last = span.last.max(DayNumber::of(end));
                }
                if let Some(term) = record.term {
                    span.longest = span.longest.max(term.parts());
                }
            }
            Kept::Longest(lengths) => {
                if let Value::Length(length) = value {
                    lengths[key] = lengths[key].max(length.parts());
                }
            }
            Kept::Sum(lengths) => {
                if let Value::Length(length) = value {
                    lengths[key] = lengths[key].max(0).saturating_add(length.parts());
                }
            }
            Kept::Often { counts, .. } => counts[key].add(record, as_of),
        }
    }

    /// The values by key, and how many keys have records that contradict each other.
    pub(super) fn finish(self) -> (Folded, u64) {
        let folded = match self.kept {
            Kept::Ranked { order, best } => {
                let value = |place: u8| order.get(usize::from(place)).copied();
                let values = best
                    .into_iter()
                    .map(|place| value(place).unwrap_or(Folded::NONE));
                Folded::Choices(values.collect())
            }
            Kept::Agreed(values) | Kept::ByDay { values, .. } => Folded::Choices(values),
            Kept::Span(spans) => {
                let between = |span: &Span| {
                    Length::between(span.first.day()?, span.last.day()?.tomorrow().ok()?)
                };
                let lengths = spans.iter().map(|span| match between(span) {
                    Some(length) => length.parts().max(span.longest),
                    None => span.longest,
                });
                Folded::Lengths(lengths.collect())
            }
            Kept::Longest(lengths) | Kept::Sum(lengths) => Folded::Lengths(lengths),
            Kept::Often { of, counts } => {
                let values = counts
                    .iter()
                    .map(|count| count.value(&of).unwrap_or(Folded::NONE));
                Folded::Choices(values.collect())
            }
        };
        let conflicts = match &folded {
            Folded::Choices(values) => values
                .iter()
                .filter(|value| **value == Folded::CONFLICT)
                .count(),
            Folded::Lengths(_) => 0,
        };
        (folded, conflicts as u64)
    }
}

/// Two values, if they agree.
fn agreed(known: u8, value: u8) -> u8 {
    match known {
        Folded::NONE => value,
        known if known == value => value,
        _ => Folded::CONFLICT,
    }
}

impl Count {
    fn add(&mut self, record: &Record, as_of: Date) {
        let identity = (record.identity ^ record.identity >> 32) as u32;
        let different = usize::from(self.different);
        let known = &self.identities[..different.min(self.identities.len())];
        if different <= self.identities.len() && !known.contains(&identity) {
            if let Some(room) = self.identities.get_mut(different) {
                *room = identity;
            }
            self.different += 1;
        }
        let Some(day) = record.first else {
            self.has_no_day = true;
            return;
        };
        let month = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
        let ago = month(as_of) - month(day);
        // What is older counts as the oldest month.
        self.months |= 1 << ago.clamp(0, 63);
    }

    /// How often somebody with these records buys.
    fn value(&self, of: &Frequency) -> Option<u8> {
        match self.different {
            0 => return None,
            1 => return Some(of.once),
            _ if self.has_no_day => return None,
            _ => {}
        }
        let (newest, oldest) = (
            self.months.trailing_zeros(),
            63 - self.months.leading_zeros(),
        );
        let mut gap = 0;
        let mut before = newest;
        for month in newest..=oldest {
            if self.months >> month & 1 == 1 {
                gap = gap.max(month - before);
                before = month;
            }
        }
        let is_regular =
            u32::from(self.different) >= of.records && oldest - newest >= of.span && gap <= of.gap;
        Some(if is_regular {
            of.regular
        } else {
            of.occasional
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const AS_OF: Date = date(2026, 1, 31);

    fn folded(rule: &FoldRule, records: &[(Value, Option<Date>, Option<Date>)]) -> Folded {
        let mut column = Column::new(0, rule);
        column.grow(1);
        for (value, first, last) in records {
            let record = Record {
                first: *first,
                last: *last,
                ..Record::default()
            };
            column.add(0, *value, &record, AS_OF);
        }
        column.finish().0
    }

    #[test]
    fn several_records_become_one_value_whatever_their_order() {
        let (yes, ended) = (Value::Choice(0), Value::Choice(3));
        let day = |month| Some(date(2025, month, 1));
        let cases = [
            (
                FoldRule::Any(vec![0, 3]),
                vec![(ended, None, None), (yes, None, None)],
                yes,
            ),
            (
                FoldRule::Agree,
                vec![(yes, None, None), (yes, None, None)],
                yes,
            ),
            (
                FoldRule::Agree,
                vec![(yes, None, None), (ended, None, None), (yes, None, None)],
                Value::Missing,
            ),
            (
                FoldRule::First,
                vec![(yes, day(3), None), (ended, day(2), None)],
                ended,
            ),
            (
                FoldRule::Last,
                vec![(yes, day(3), None), (ended, day(2), None)],
                yes,
            ),
            (
                FoldRule::Last,
                vec![(yes, day(3), None), (ended, day(3), None)],
                Value::Missing,
            ),
            (
                FoldRule::Span,
                vec![
                    (yes, day(3), Some(date(2025, 6, 30))),
                    (yes, day(1), Some(date(2025, 2, 28))),
                ],
                Value::Length(Length::months(6)),
            ),
        ];
        for (rule, mut records, value) in cases {
            assert_eq!(folded(&rule, &records).value(0), value, "{rule:?}");
            records.reverse();
            assert_eq!(folded(&rule, &records).value(0), value, "{rule:?}");
        }
    }

    #[test]
    fn how_often_somebody_buys_depends_on_different_records_and_their_months() {
        let of = Frequency {
            criterion: 0,
            once: 2,
            occasional: 1,
            regular: 0,
            records: 4,
            span: 6,
            gap: 4,
        };
        let value = |records: &[(u64, Date)]| {
            let mut column = Column::often(&of);
            column.grow(1);
            for (identity, day) in records {
                let record = Record {
                    first: Some(*day),
                    identity: *identity,
                    ..Record::default()
                };
                column.add(0, Value::Missing, &record, AS_OF);
            }
            column.finish().0.value(0)
        };
        let order = |number: u64, month: i8| (number, date(2025, month, 5));
        assert_eq!(value(&[order(1, 3), order(1, 3)]), Value::Choice(2));
        assert_eq!(value(&[order(1, 3), order(2, 3)]), Value::Choice(1));
        let regular = [order(1, 1), order(2, 4), order(3, 7), order(4, 11)];
        assert_eq!(value(&regular), Value::Choice(0));
        let with_gap = [order(1, 1), order(2, 2), order(3, 3), order(4, 8)];
        assert_eq!(value(&with_gap), Value::Choice(1));
    }

    #[test]
    fn days_are_ordered_as_numbers() {
        let days = [
            date(-3, 12, 31),
            date(1999, 12, 31),
            date(2000, 1, 1),
            date(2000, 2, 1),
        ];
        for pair in days.windows(2) {
            assert!(DayNumber::of(pair[0]) < DayNumber::of(pair[1]));
        }
        for day in days {
            assert_eq!(DayNumber::of(day).day(), Some(day));
        }
    }
}
