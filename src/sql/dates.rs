//! What days show: whether a contract is in force, and how long a relationship lasts.
//!
//! Owns the same decisions as [`Judging::settle`](crate::run::judging::Judging::settle)
//! makes from days, and the calendar in SQL: a length between two days is whole months,
//! then days, as [`Length::between`](crate::value::Length::between) counts them.

use jiff::civil::Date;

use super::code::{self, DayParts, MISSING, NOT_UNDERSTOOD};
use super::slots::Slots;
use super::steps::Place;
use crate::engine::compile::{Derived, InForce};
use crate::engine::slot::SlotId;
use crate::value::length::LONGEST;

impl Slots<'_> {
    fn as_of(&self) -> Date {
        self.planned.rules.as_of()
    }

    fn parts(&self, code: &str) -> DayParts {
        let dialect = self.steps.dialect;
        DayParts::of(code, |code, bits| dialect.shifted(code, bits))
    }

    /// Lets days decide the choices that are not stated.
    pub(super) fn decide(&mut self) {
        let all: Vec<(InForce, bool)> = self.planned.judging.in_force().collect();
        for (of, may_end) in all {
            let dated = self.by_days(&of, may_end);
            self.choose(&of, dated);
        }
    }

    /// What the days of something show, if any column has one.
    fn by_days(&mut self, of: &InForce, may_end: bool) -> Option<Place> {
        let name = self.name(SlotId::new(of.criterion));
        let filled = self.place(of.filled).map(Place::is_known);
        let own = [of.from, of.until].map(|slot| self.place(slot).map(Place::is_stated));
        let signs: Vec<String> = filled
            .into_iter()
            .chain(own.into_iter().flatten())
            .collect();
        let slots = [(of.from, of.start), (of.until, of.end)];
        let differs = |(own, general)| {
            self.place(general).is_some() && self.place(own) != self.place(general)
        };
        let mut is_of_one = None;
        if !signs.is_empty() && slots.map(differs).contains(&true) {
            // Any first and last day of the record are those of the contract.
            let sign = format!("({})", signs.join(" OR "));
            is_of_one = Some(self.steps.define(&format!("{name}_is_there"), sign));
            let what = format!("{name}: whether the days of the record are its days");
            self.steps.close(&what);
        }
        let is_of_one = is_of_one.as_deref();
        let first = self.day(&format!("{name}_first"), slots[0], is_of_one, false);
        let last = self.day(&format!("{name}_last"), slots[1], is_of_one, true);
        self.steps.close(&format!("{name}: its first and last day"));
        let last = self.agreed(&name, of, first.as_ref(), last);
        self.shown(&name, of, may_end, first.as_ref(), last.as_ref())
    }

    /// The day that counts of its own and that of the record; `or_earlier` also where both
    /// have one.
    fn day(
        &mut self,
        name: &str,
        (own, general): (usize, usize),
        is_of_one: Option<&str>,
        or_earlier: bool,
    ) -> Option<Place> {
        let [own, general] = [own, general].map(|slot| self.place(slot).cloned());
        match (own, general) {
            (Some(own), Some(general)) if own != general => {
                let missing = format!("{} AND {}", own.is_missing(), is_of_one?);
                let earlier = format!("{} AND {} < {}", general.is_known(), general.code, own.code);
                let condition = match or_earlier {
                    true => format!("{missing} OR {earlier}"),
                    false => missing,
                };
                Some(self.either(name, &condition, &general.code, &own.code))
            }
            (Some(own), _) => Some(own),
            (None, Some(general)) => {
                Some(self.either(name, is_of_one?, &general.code, &MISSING.to_string()))
            }
            (None, None) => None,
        }
    }

    /// One number if a condition holds, else another.
    fn either(&mut self, name: &str, condition: &str, then: &str, otherwise: &str) -> Place {
        let either = format!("CASE WHEN {condition} THEN {then} ELSE {otherwise} END");
        self.steps.define_place(name, either)
    }

    /// The last day, or else the one on which the term of a commitment ends.
    fn agreed(
        &mut self,
        name: &str,
        of: &InForce,
        first: Option<&Place>,
        last: Option<Place>,
    ) -> Option<Place> {
        let Some(term) = of.term.and_then(|slot| self.place(slot)).cloned() else {
            return last;
        };
        let begun = match (first.cloned(), self.place(of.signed).cloned()) {
            (Some(first), Some(signed)) => {
                let is_missing = first.is_missing();
                self.either(
                    &format!("{name}_begun"),
                    &is_missing,
                    &signed.code,
                    &first.code,
                )
            }
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => return last,
        };
        self.steps
            .close(&format!("{name}: the day from which a term runs"));
        let (dialect, parts) = (self.steps.dialect, self.parts(&begun.code));
        let mut condition = format!("{} AND {}", begun.is_known(), term.is_known());
        if let Some(last) = &last {
            condition += &format!(" AND {}", last.is_missing());
        }
        let year = dialect.quotient(&parts.month, 12);
        let date = format!(
            "CASE WHEN {condition} THEN make_date({year} - {}, {} % 12 + 1, {}) END",
            code::YEARS,
            parts.month,
            parts.day
        );
        let date = self.steps.define(&format!("{name}_begun_on"), date);
        self.steps
            .close(&format!("{name}: the same where a term is used"));
        let term = &term.code;
        let end = dialect.months_after(&date, &dialect.quotient(term, 365));
        let days = dialect.quotient(&format!("({term} % 365)"), 12);
        let end = dialect.days_before(&dialect.days_after(&end, &days), "1");
        let end = self.steps.define(&format!("{name}_agreed_on"), end);
        self.steps
            .close(&format!("{name}: the day on which the term ends"));
        let part = |part: &str| format!("CAST(EXTRACT({part} FROM {end}) AS INTEGER)");
        // It is compared only; no other number of the same day is less.
        let of_day = format!(
            "(({} + {}) * 12 + {} - 1) * 512 + {} * 16 + 15",
            part("YEAR"),
            code::YEARS,
            part("MONTH"),
            part("DAY")
        );
        let condition = format!("{end} < {}", dialect.day(Date::MAX));
        let otherwise = last.map_or(MISSING.to_string(), |last| last.code);
        let last = self.either(&format!("{name}_last"), &condition, &of_day, &otherwise);
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
        let as_of = code::of_day(self.as_of());
        let (during, after) = (i32::from(of.during), i32::from(of.after));
        let both = || [first, last].into_iter().flatten();
        let any = |of: fn(&Place) -> String| both().map(of).collect::<Vec<_>>().join(" OR ");
        let mut cases: Vec<(String, i32)> = Vec::new();
        if let Some(last) = last.filter(|_| !may_end) {
            // Nothing shows whether it has ended.
            cases.push((last.is_missing(), MISSING));
        }
        if let (Some(first), Some(last)) = (first, last) {
            let against = format!("{} AND {} < {}", last.is_known(), last.code, first.code);
            cases.push((against, NOT_UNDERSTOOD));
        }
        if let Some(last) = last {
            let ended = format!("{} AND {} < {as_of}", last.is_known(), last.code);
            cases.push((ended, after));
        }
        cases.push((any(Place::is_not_understood), NOT_UNDERSTOOD));
        if let Some(first) = first {
            cases.push((format!("{} > {as_of}", first.code), MISSING));
        }
        cases.push((any(Place::is_known), during));
        let cases = cases.into_iter();
        let cases: String = cases
            .map(|(condition, code)| format!(" WHEN {condition} THEN {code}"))
            .collect();
        let shown = format!("CASE{cases} ELSE {MISSING} END");
        let place = self.steps.define_place(&format!("{name}_by_days"), shown);
        self.steps.close(&format!("{name}: what its days show"));
        Some(place)
    }

    /// What is stated of a choice, or else what its days show, or else a text that shows it
    /// by being there.
    fn choose(&mut self, of: &InForce, dated: Option<Place>) {
        let own = self.place(of.criterion).cloned();
        let all = [own, dated, self.place(of.filled).cloned()];
        let mut all: Vec<String> = all.into_iter().flatten().map(|one| one.code).collect();
        let Some(last) = all.pop() else {
            return;
        };
        let name = self.name(SlotId::new(of.criterion));
        let cases: String = all
            .iter()
            .map(|one| format!(" WHEN {one} <> {MISSING} THEN {one}"))
            .collect();
        let place = match all.is_empty() {
            true => Place { code: last },
            false => {
                let chosen = format!("CASE{cases} ELSE {last} END");
                self.steps.define_place(&name, chosen)
            }
        };
        self.steps
            .close(&format!("{name}: stated, or else what shows it"));
        self.places[of.criterion] = Some(place);
    }

    /// Measures the lengths that are not stated. From here on it only counts whether there
    /// is a value.
    pub(super) fn measure(&mut self) {
        let all: Vec<&Derived> = self.planned.judging.derived().collect();
        for of in all {
            let starts = [(of.since, true), (of.start, false)];
            let starts = starts.map(|(slot, is_since)| {
                let start = self.place(slot).cloned()?;
                let last = self.last_before(of, &start, is_since);
                Some((start, last))
            });
            self.steps.close("the last day up to which a length runs");
            let lengths = starts.map(|one| one.map(|(start, last)| self.parted(of, start, last)));
            self.steps
                .close("days in months and days; the length of the month before the last");
            let lengths = lengths.map(|one| one.map(|parts| self.measured(of, parts)));
            self.steps
                .close("whole months, then days, in 365ths of a month");
            let own = self.place(of.length).cloned();
            let term = self.place(of.term).map(|term| term.code.clone());
            if lengths.iter().all(Option::is_none) && own.is_none() {
                self.places[of.length] = term.map(|code| Place { code });
                continue;
            }
            let mut cases = own.map_or(String::new(), |own| {
                format!(" WHEN {} THEN {}", own.is_known(), own.code)
            });
            for (length, condition) in lengths.into_iter().flatten() {
                cases += &format!(" WHEN {condition} THEN {length}");
            }
            let otherwise = term.unwrap_or_else(|| MISSING.to_string());
            let name = self.name(SlotId::new(of.length));
            let length = format!("CASE{cases} ELSE {otherwise} END");
            let place = self.steps.define_place(&name, length);
            self.steps
                .close(&format!("{name}: stated, or else measured, or else agreed"));
            self.places[of.length] = Some(place);
        }
    }

    /// The last day up to which a length runs; not known if that is not understood, or
    /// before the start. One of the relationship itself lasts until the as-of day, even if
    /// a contract ends later. `None` if each lasts until then.
    fn last_before(&mut self, of: &Derived, start: &Place, is_since: bool) -> Option<Place> {
        let end = self.place(of.end).cloned()?;
        let as_of = code::of_day(self.as_of());
        let yesterday = self.as_of().yesterday().map_or(MISSING, code::of_day);
        let mut ends = end.is_known();
        if is_since {
            ends += &format!(" AND {} < {as_of}", end.code);
        }
        let last = format!(
            "CASE WHEN {} OR {ends} AND {end} < {} THEN {NOT_UNDERSTOOD} WHEN {ends} THEN {end} ELSE {yesterday} END",
            end.is_not_understood(),
            start.code,
            end = end.code
        );
        let name = format!("{}_until", self.name(SlotId::new(of.length)));
        Some(self.steps.define_place(&name, last))
    }
}

/// A length to be measured, in parts.
struct Parts {
    start: Place,
    last: Option<Place>,
    from_month: String,
    from_day: String,
    to_month: String,
    to_day: String,
    /// The days of the month before the day after the last.
    rest: String,
}

impl Slots<'_> {
    /// The parts of a start, and of the day after the last one.
    fn parted(&mut self, of: &Derived, start: Place, last: Option<Place>) -> Parts {
        let name = self.name(SlotId::new(of.length));
        let from = self.parts(&start.code);
        let (to_month, to_day, rest) = match &last {
            Some(last) => {
                let last = self.parts(&last.code);
                let (day, length) = (&last.day, &last.days_in_month);
                let is_last = format!("{day} = 28 + {length}");
                let mut part = |base: &str, then: String, otherwise: String| {
                    let part = format!("CASE WHEN {is_last} THEN {then} ELSE {otherwise} END");
                    self.steps.define(&format!("{name}_{base}"), part)
                };
                let month = &last.month;
                (
                    part("to_month", format!("{month} + 1"), month.clone()),
                    part("to_day", "1".to_owned(), format!("{day} + 1")),
                    part(
                        "month_before",
                        format!("28 + {length}"),
                        format!("28 + {}", last.days_before),
                    ),
                )
            }
            None => {
                let as_of = self.as_of();
                let before = as_of.first_of_month().yesterday();
                let rest = before.map_or(31, |before| before.day());
                (
                    code::month(as_of).to_string(),
                    as_of.day().to_string(),
                    rest.to_string(),
                )
            }
        };
        let mut part =
            |base: &str, part: String| self.steps.define(&format!("{name}_{base}"), part);
        Parts {
            from_month: part("from_month", from.month),
            from_day: part("from_day", from.day),
            to_month,
            to_day,
            rest,
            start,
            last,
        }
    }

    /// The length, and the condition under which it is one.
    fn measured(&mut self, of: &Derived, parts: Parts) -> (String, String) {
        let name = self.name(SlotId::new(of.length));
        let Parts {
            from_month,
            from_day,
            to_month,
            to_day,
            rest,
            ..
        } = &parts;
        let length = format!(
            "CASE WHEN {from_day} <= {to_day} THEN ({to_month} - {from_month}) * 365 + ({to_day} - {from_day}) * 12 ELSE ({to_month} - {from_month} - 1) * 365 + ({to_day} + GREATEST({rest} - {from_day}, 0)) * 12 END"
        );
        let length = self.steps.define(&format!("{name}_measured"), length);
        let days = [Some(&parts.start), parts.last.as_ref()];
        let mut conditions: Vec<String> = days.into_iter().flatten().map(Place::is_known).collect();
        conditions.push(format!("{length} BETWEEN 0 AND {}", LONGEST.parts()));
        (length, conditions.join(" AND "))
    }
}
