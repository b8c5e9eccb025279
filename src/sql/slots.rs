//! Which column counts: from the readings of a record to the values of its criteria.
//!
//! Owns the same decisions as [`Judging::settle`](crate::run::judging::Judging::settle),
//! in the same order, as expressions. What no column of the plan fills is left out.

use super::Planned;
use super::readings::{KNOWN, MISSING, NOT_UNDERSTOOD, WITHHELD};
use super::steps::{Place, Steps};
use crate::engine::compile::Rules;
use crate::engine::slot::SlotId;

/// The columns of all slots at one point of the query.
pub(super) struct Slots<'p> {
    pub(super) planned: &'p Planned<'p>,
    pub(super) steps: Steps,
    /// By slot.
    pub(super) places: Vec<Option<Place>>,
}

impl Place {
    /// The record has nothing there.
    pub(super) fn is_missing(&self) -> String {
        format!("{} IN ('{MISSING}', '{WITHHELD}')", self.state)
    }

    /// It has something there, if only a text that is not understood.
    pub(super) fn is_stated(&self) -> String {
        format!("{} IN ('{KNOWN}', '{NOT_UNDERSTOOD}')", self.state)
    }

    pub(super) fn is_not_understood(&self) -> String {
        format!("{} = '{NOT_UNDERSTOOD}'", self.state)
    }
}

impl Slots<'_> {
    /// Lets slots without a value have that of another one.
    pub(super) fn substitute(&mut self) {
        for &(slot, target) in self.planned.judging.substitutes() {
            let Some(Some(other)) = self.places.get(slot.index()).cloned() else {
                continue;
            };
            let name = self.name(target);
            let place = &mut self.places[target.index()];
            let Some(own) = place else {
                *place = Some(other);
                continue;
            };
            let value = format!(
                "CASE WHEN {} IN ('{MISSING}', '{NOT_UNDERSTOOD}') THEN {} ELSE {} END",
                own.state, other.value, own.value
            );
            let state = format!(
                "CASE WHEN {own} = '{MISSING}' OR {own} = '{NOT_UNDERSTOOD}' AND {other} IN ('{KNOWN}', '{WITHHELD}') THEN {other} ELSE {own} END",
                own = own.state,
                other = other.state
            );
            self.places[target.index()] = Some(self.steps.define_place(&name, value, state));
            let what = format!("{name}: another column where it has no value");
            self.steps.close(&what);
        }
    }

    /// The name of a slot.
    pub(super) fn name(&self, slot: SlotId) -> String {
        name(self.planned.rules, slot.index())
    }

    pub(super) fn place(&self, slot: usize) -> Option<&Place> {
        self.places.get(slot)?.as_ref()
    }
}

/// The name of a slot: that of its criterion, and its part.
pub(super) fn name(rules: &Rules, slot: usize) -> String {
    let criteria = &rules.rulebook().criteria;
    let of = |criterion: usize, part: &str| format!("{}{part}", criteria[criterion].name);
    if slot < criteria.len() {
        return of(slot, "");
    }
    for one in rules.derived() {
        if slot == one.since {
            return of(one.start, "_of_relationship");
        }
        if slot == one.term {
            return of(one.length, "_of_commitment");
        }
    }
    for one in rules.in_force() {
        if slot == one.from {
            return of(one.start, "_in_force");
        }
        if slot == one.until {
            return of(one.end, "_in_force");
        }
        if slot == one.filled {
            return of(one.criterion, "_filled");
        }
        if slot == one.signed {
            return of(one.start, "_signed");
        }
    }
    "further".to_owned()
}
