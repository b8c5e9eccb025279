//! Which column counts: from the readings of a record to the values of its criteria.
//!
//! Owns the same decisions as [`Judging::settle`](crate::run::judging::Judging::settle),
//! in the same order, as expressions. What no column of the plan fills is left out.

use super::Planned;
use super::code::{MISSING, NOT_UNDERSTOOD, WITHHELD};
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
    pub(super) fn is_known(&self) -> String {
        format!("{} >= 0", self.code)
    }

    /// The record has nothing there.
    pub(super) fn is_missing(&self) -> String {
        format!("{} IN ({MISSING}, {WITHHELD})", self.code)
    }

    /// It has something there, if only a text that is not understood.
    pub(super) fn is_stated(&self) -> String {
        format!("({} >= 0 OR {0} = {NOT_UNDERSTOOD})", self.code)
    }

    pub(super) fn is_not_understood(&self) -> String {
        format!("{} = {NOT_UNDERSTOOD}", self.code)
    }
}

impl Slots<'_> {
    /// Lets slots without a value have that of another one.
    pub(super) fn substitute(&mut self) {
        for (slot, target) in self.planned.judging.substitutes() {
            let Some(other) = self.place(slot.index()).cloned() else {
                continue;
            };
            let Some(own) = self.place(target.index()).cloned() else {
                self.places[target.index()] = Some(other);
                continue;
            };
            let name = self.name(target);
            // A text that is not understood counts before a missing one, and after the rest.
            let code = format!(
                "CASE WHEN {own} >= {WITHHELD} THEN {own} ELSE GREATEST({own}, {}) END",
                other.code,
                own = own.code
            );
            self.places[target.index()] = Some(self.steps.define_place(&name, code));
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
