//! Which slot each column fills.
//!
//! Owns the slots of parts, and those of further columns for one part.

use std::collections::BTreeSet;

use super::{Columns, Feed, How, Mapping, Role};
use crate::engine::slot::SlotId;

impl Columns<'_> {
    /// Assigns each feed its slot: the first feed gets the one that it counts for, in
    /// the order in which they count, and each other one its own.
    pub(super) fn assign(&self, mapping: &mut Mapping) {
        let next = self.rules.slots() + self.stated_extras();
        self.assign_slots(mapping.feeds.iter_mut().flatten().collect(), next);
    }

    /// The same for these feeds; further slots begin at `next`. Returns how many slots there
    /// are. What the user named has its slot.
    pub(super) fn assign_slots(&self, mut feeds: Vec<&mut Feed>, mut next: usize) -> usize {
        feeds.sort_by_key(|feed| (feed.target, feed.turn()));
        let (mut filled, mut targets) = (BTreeSet::new(), BTreeSet::new());
        for feed in feeds {
            if feed.how != How::Stated {
                feed.slot = self
                    .own_slot(feed.criterion, feed.role)
                    .unwrap_or(feed.target);
            }
            // Another one counts first.
            let is_later = !targets.insert(feed.target) && feed.slot == feed.target;
            if is_later || !filled.insert(feed.slot) {
                // What it shows counts as what the first one shows.
                feed.target = feed.slot;
                feed.slot = SlotId::new(next);
                next += 1;
            }
        }
        next
    }

    /// The slot that a part counts for: its own, or the criterion's.
    pub(super) fn slot_of(&self, criterion: usize, role: Role) -> SlotId {
        let mut derived = self.rules.derived().iter();
        let mut in_force = self.rules.in_force().iter();
        let own = match role {
            Role::Since => derived
                .find(|one| one.start == criterion)
                .map(|one| one.since),
            Role::Term => derived
                .find(|one| one.length == criterion)
                .map(|one| one.term),
            Role::Filled(..) => {
                let of = in_force.find(|one| one.criterion == criterion);
                of.map(|one| one.filled)
            }
            Role::Signed => in_force
                .find(|one| one.start == criterion)
                .map(|one| one.signed),
            Role::Before(_) | Role::Kind | Role::Plain | Role::InForce | Role::Flag(_) => None,
        };
        SlotId::new(own.unwrap_or(criterion))
    }

    /// The slot of a part that counts for another one too: the days of a contract are
    /// those of the relationship where nothing else is stated.
    pub(super) fn own_slot(&self, criterion: usize, role: Role) -> Option<SlotId> {
        let mut in_force = self.rules.in_force().iter();
        let of = in_force.find(|one| [one.start, one.end].contains(&criterion));
        let of = of.filter(|_| role == Role::InForce)?;
        Some(SlotId::new(if of.start == criterion {
            of.from
        } else {
            of.until
        }))
    }
}
