//! What days show: whether a contract is in force, and how long a relationship lasts.
//!
//! Owns the same decisions as [`Judging::settle`](crate::run::judging::Judging::settle)
//! makes from days, and the calendar in SQL: a length between two days is whole months,
//! then days, as [`Length::between`](crate::value::Length::between) counts them.

use jiff::civil::Date;

use super::readings::{KNOWN, MISSING, NOT_UNDERSTOOD};
use super::slots::Slots;
use super::steps::Place;
use crate::engine::compile::{Derived, InForce};
use crate::engine::slot::SlotId;
use crate::value::length::LONGEST;

/// The month of a date, counted from the year 0, and its day in the month.
fn month_and_day(date: &str) -> [String; 2] {
    let part = |part: &str| format!("CAST(EXTRACT({part} FROM {date}) AS INTEGER)");
    let months = format!("{} * 12 + {}", part("YEAR"), part("MONTH"));
    [months, part("DAY")]
}

/// The same of a day that is known.
fn month_and_day_of(date: Date) -> [String; 2] {
    let months = i32::from(date.year()) * 12 + i32::from(date.month());
    [months.to_string(), date.day().to_string()]
}

/// One expression if a condition holds, else another.
fn either(condition: &str, then: &str, otherwise: &str) -> String {
    format!("CASE WHEN {condition} THEN {then} ELSE {otherwise} END")
}

impl Slots<'_> {
    fn as_of(&self) -> String {
        self.steps.dialect.day(self.planned.rules.as_of())
    }

    /// A place that is another one if a condition holds, else none.
    fn place_if(&mut self, name: &str, condition: &str, of: &Place) -> Place {
        let value = format!("CASE WHEN {condition} THEN {} END", of.value);
        let state = either(condition, &of.state, &format!("'{MISSING}'"));
        self.steps.define_place(name, value, state)
    }

    /// A place that is one if a condition holds, else the other.
    fn one_of(&mut self, name: &str, condition: &str, one: &Place, other: &Place) -> Place {
        let value = either(condition, &one.value, &other.value);
        let state = either(condition, &one.state, &other.state);
        self.steps.define_place(name, value, state)
    }

    /// Lets days decide the choices that are not stated.
    pub(super) fn decide(&mut self) {
        let all: Vec<(InForce, bool)> = self.planned.judging.in_force().collect();
        for (of, may_end) in all {
            let dated = self.by_days(&of, may_end);
            self.choose(&of, dated);
        }
    }

    /// The value that the days of something show, if any column has one.
    fn by_days(&mut self, of: &InForce, may_end: bool) -> Option<Place> {
        let name = self.name(SlotId::new(of.criterion));
        let filled = self
            .place(of.filled)
            .map(|one| format!("{} IS NOT NULL", one.value));
        let own = [of.from, of.until].map(|slot| self.place(slot).map(Place::is_stated));
        let signs: Vec<String> = filled
            .into_iter()
            .chain(own.into_iter().flatten())
            .collect();
        let are_others = [of.start, of.end].map(|slot| self.place(slot).is_some());
        let mut is_of_one = None;
        if !signs.is_empty() && are_others.contains(&true) {
            // Any first and last day of the record are those of the contract.
            let sign = format!("({})", signs.join(" OR "));
            is_of_one = Some(self.steps.define(&format!("{name}_is_there"), sign));
            let what = format!("{name}: whether the days of the record are its days");
            self.steps.close(&what);
        }
        let first = self.first_day(&name, of, is_of_one.as_deref());
        let last = self.last_day(&name, of, is_of_one.as_deref());
        self.steps.close(&format!("{name}: its first and last day"));
        let last = self.agreed(&name, of, first.as_ref(), last);
        self.shown(&name, of, may_end, first.as_ref(), last.as_ref())
    }

    fn first_day(&mut self, name: &str, of: &InForce, is_of_one: Option<&str>) -> Option<Place> {
        let (own, general) = (self.place(of.from).cloned(), self.place(of.start).cloned());
        let name = format!("{name}_first");
        match (own, general) {
            (Some(own), Some(general)) => {
                let condition = format!("{} AND {}", own.is_missing(), is_of_one?);
                Some(self.one_of(&name, &condition, &general, &own))
            }
            (Some(own), None) => Some(own),
            (None, Some(general)) => Some(self.place_if(&name, is_of_one?, &general)),
            (None, None) => None,
        }
    }

    /// Of two last days the earlier one counts.
    fn last_day(&mut self, name: &str, of: &InForce, is_of_one: Option<&str>) -> Option<Place> {
        let (own, general) = (self.place(of.until).cloned(), self.place(of.end).cloned());
        let name = format!("{name}_last");
        match (own, general) {
            (Some(own), Some(general)) => {
                let (missing, is_of_one) = (own.is_missing(), is_of_one?);
                let earlier = format!("{} < {}", general.value, own.value);
                let condition = format!("{missing} AND {is_of_one} OR {earlier}");
                Some(self.one_of(&name, &condition, &general, &own))
            }
            (Some(own), None) => Some(own),
            (None, Some(general)) => Some(self.place_if(&name, is_of_one?, &general)),
            (None, None) => None,
        }
    }

    /// The last day, or else the one on which the term of a commitment ends.
    fn agreed(
        &mut self,
        name: &str,
        of: &InForce,
        first: Option<&Place>,
        last: Option<Place>,
    ) -> Option<Place> {
        let term = of.term.and_then(|slot| self.place(slot));
        let term = term.map(|term| term.value.clone());
        let signed = self.place(of.signed).map(|one| one.value.clone());
        let begun = match (first, signed) {
            (Some(first), Some(signed)) => either(&first.is_missing(), &signed, &first.value),
            (Some(first), None) => first.value.clone(),
            (None, Some(signed)) => signed,
            (None, None) => return last,
        };
        let Some(term) = term else {
            return last;
        };
        let begun = self.steps.define(&format!("{name}_begun"), begun);
        self.steps
            .close(&format!("{name}: the day from which a term runs"));
        let dialect = self.steps.dialect;
        let end = dialect.months_after(&begun, &dialect.quotient(&term, 365));
        let days = dialect.quotient(&format!("({term} % 365)"), 12);
        let end = dialect.days_before(&dialect.days_after(&end, &days), "1");
        let end = match &last {
            Some(last) => format!("CASE WHEN {} THEN {end} END", last.is_missing()),
            None => end,
        };
        let end = self.steps.define(&format!("{name}_agreed"), end);
        self.steps
            .close(&format!("{name}: the day on which the term ends"));
        let (value, otherwise) = match &last {
            Some(last) => (
                format!("COALESCE({}, {end})", last.value),
                last.state.clone(),
            ),
            None => (end.clone(), format!("'{MISSING}'")),
        };
        let state = either(
            &format!("{end} IS NOT NULL"),
            &format!("'{KNOWN}'"),
            &otherwise,
        );
        let last = self
            .steps
            .define_place(&format!("{name}_last"), value, state);
        self.steps.close(&format!("{name}: its last day"));
        Some(last)
    }

    /// The value on the as-of day of something with this first and last day.
    fn shown(
        &mut self,
        name: &str,
        of: &InForce,
        may_end: bool,
        first: Option<&Place>,
        last: Option<&Place>,
    ) -> Option<Place> {
        if last.is_none() && !may_end || first.is_none() && last.is_none() {
            return None;
        }
        let as_of = self.as_of();
        let values = &self.planned.rules.rulebook().criteria[of.criterion].values;
        let text = |value: u8| self.steps.dialect.text(&values[usize::from(value)]);
        let (during, after) = (text(of.during), text(of.after));
        let (known, not_understood) = (format!("'{KNOWN}'"), format!("'{NOT_UNDERSTOOD}'"));
        let (none, missing) = ("NULL".to_owned(), format!("'{MISSING}'"));
        // By case: the condition, the value and the state.
        let mut cases: Vec<(String, &String, &String)> = Vec::new();
        if let Some(last) = last.filter(|_| !may_end) {
            // Nothing shows whether it has ended.
            cases.push((last.is_missing(), &none, &missing));
        }
        if let (Some(first), Some(last)) = (first, last) {
            let against = format!("{} < {}", last.value, first.value);
            cases.push((against, &none, &not_understood));
        }
        if let Some(last) = last {
            cases.push((format!("{} < {as_of}", last.value), &after, &known));
        }
        let both = || [first, last].into_iter().flatten();
        let unclear: Vec<String> = both().map(Place::is_not_understood).collect();
        cases.push((unclear.join(" OR "), &none, &not_understood));
        if let Some(first) = first {
            cases.push((format!("{} > {as_of}", first.value), &none, &missing));
        }
        let days: Vec<String> = both()
            .map(|one| format!("{} IS NOT NULL", one.value))
            .collect();
        cases.push((days.join(" OR "), &during, &known));
        let (mut value, mut state) = ("CASE".to_owned(), "CASE".to_owned());
        for (condition, of_value, of_state) in cases {
            value += &format!(" WHEN {condition} THEN {of_value}");
            state += &format!(" WHEN {condition} THEN {of_state}");
        }
        let (value, state) = (
            format!("{value} END"),
            format!("{state} ELSE {missing} END"),
        );
        let place = self
            .steps
            .define_place(&format!("{name}_by_days"), value, state);
        self.steps.close(&format!("{name}: what its days show"));
        Some(place)
    }

    /// What is stated of a choice, or else what its days show, or else a text that shows it
    /// by being there.
    fn choose(&mut self, of: &InForce, dated: Option<Place>) {
        let name = self.name(SlotId::new(of.criterion));
        let own = self.place(of.criterion).cloned();
        let all = [own, dated, self.place(of.filled).cloned()];
        let mut all = all.into_iter().flatten();
        let Some(mut place) = all.next() else {
            return;
        };
        for next in all {
            let condition = format!("{} = '{MISSING}'", place.state);
            place = self.one_of(&name, &condition, &next, &place);
            self.steps.close(&format!("{name}: else what shows it"));
        }
        self.places[of.criterion] = Some(place);
    }

    /// Measures the lengths that are not stated.
    pub(super) fn measure(&mut self) {
        let all: Vec<&Derived> = self.planned.judging.derived().collect();
        for of in all {
            for (start, is_since) in [(of.since, true), (of.start, false)] {
                if let Some(start) = self.place(start).cloned() {
                    self.measure_from(of, &start, is_since);
                }
            }
            self.commitment(of);
        }
    }

    /// Fills a length without a value with that from a start. One of the relationship
    /// itself lasts until the as-of day, even if a contract ends later.
    fn measure_from(&mut self, of: &Derived, start: &Place, is_since: bool) {
        let name = self.name(SlotId::new(of.length));
        let until = self.place(of.end).cloned();
        let until = until.map(|end| self.day_after_last(&name, start, &end, is_since));
        let mut part = |base: &str, expression: String| {
            self.steps.define(&format!("{name}_{base}"), expression)
        };
        let [month, day] = month_and_day(&start.value);
        let from = [part("from_month", month), part("from_day", day)];
        let (to, rest) = match until {
            Some(until) => {
                let [month, day] = month_and_day(&until);
                let before = self.steps.dialect.days_before(&until, &day);
                let [_, rest] = month_and_day(&before);
                let mut part = |base: &str, expression: String| {
                    self.steps.define(&format!("{name}_{base}"), expression)
                };
                let to = [part("to_month", month), part("to_day", day)];
                (to, part("month_before", rest))
            }
            None => {
                let as_of = self.planned.rules.as_of();
                let before = as_of.first_of_month().yesterday();
                let rest = before.map_or(31, |before| before.day());
                (month_and_day_of(as_of), rest.to_string())
            }
        };
        self.steps.close(&format!(
            "{name}: its days in months and days; the length of the month before the last"
        ));
        let ([from_month, from_day], [to_month, to_day]) = (from, to);
        let length = format!(
            "CASE WHEN {from_day} <= {to_day} THEN ({to_month} - {from_month}) * 365 + ({to_day} - {from_day}) * 12 ELSE ({to_month} - {from_month} - 1) * 365 + ({to_day} + GREATEST({rest} - {from_day}, 0)) * 12 END"
        );
        let length = self.steps.define(&format!("{name}_measured"), length);
        self.steps.close(&format!(
            "{name}: whole months, then days, in 365ths of a month"
        ));
        let most = LONGEST.parts();
        let is_length = format!("{length} BETWEEN 0 AND {most}");
        let measured = Place {
            value: format!("CASE WHEN {is_length} THEN {length} END"),
            state: format!("CASE WHEN {is_length} THEN '{KNOWN}' ELSE '{NOT_UNDERSTOOD}' END"),
        };
        let stated = start.is_stated();
        let place = match self.place(of.length).cloned() {
            Some(own) => {
                let condition = format!("{} IS NULL AND {stated}", own.value);
                self.one_of(&name, &condition, &measured, &own)
            }
            None => self.place_if(&name, &stated, &measured),
        };
        self.steps
            .close(&format!("{name}: measured where none is stated"));
        self.places[of.length] = Some(place);
    }

    /// The day after the last one, up to which a length runs; NULL if that is not known, or
    /// before the start.
    fn day_after_last(&mut self, name: &str, start: &Place, end: &Place, is_since: bool) -> String {
        let as_of = self.as_of();
        let tomorrow = self.steps.dialect.days_after(&end.value, "1");
        let ends = match is_since {
            true => format!("{} < {as_of}", end.value),
            false => format!("{} IS NOT NULL", end.value),
        };
        let (is_before, unclear) = (
            format!("{} < {}", end.value, start.value),
            end.is_not_understood(),
        );
        let day = format!(
            "CASE WHEN {ends} AND {is_before} THEN NULL WHEN {ends} THEN {tomorrow} WHEN {unclear} THEN NULL ELSE {as_of} END"
        );
        let day = self.steps.define(&format!("{name}_until"), day);
        self.steps
            .close(&format!("{name}: the day after its last one"));
        day
    }

    /// Lets a length without a value be that of a commitment.
    fn commitment(&mut self, of: &Derived) {
        let Some(term) = self.place(of.term).cloned() else {
            return;
        };
        let name = self.name(SlotId::new(of.length));
        let Some(own) = self.place(of.length).cloned() else {
            self.places[of.length] = Some(term);
            return;
        };
        let condition = format!(
            "{} OR {} AND {} IS NOT NULL",
            own.is_missing(),
            own.is_not_understood(),
            term.value
        );
        let place = self.one_of(&name, &condition, &term, &own);
        self.steps
            .close(&format!("{name}: else that of a commitment"));
        self.places[of.length] = Some(place);
    }
}
