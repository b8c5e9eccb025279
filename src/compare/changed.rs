//! What two rulebooks make of the same records, as it is told.
//!
//! Owns the terms of a comparison, and how changed records are grouped and counted
//! without keeping them.

use rustc_hash::FxHashMap;

use crate::columns::Mapping;
use crate::engine::delta::{Cause, Delta};
use crate::error::Place;

/// A record to which a scorecard gives another label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed<'r> {
    /// Where it is.
    pub place: Place,
    /// What differs, by the old rulebook and by the new one.
    pub delta: Delta<'r>,
}

/// What two rulebooks make of an input.
#[derive(Debug, Clone, Default)]
pub struct Compared<'r> {
    /// How many records were compared.
    pub records: u64,
    /// How many more could not be read, and were passed over.
    pub rejected: u64,
    /// The scorecards that both have, in the order of the new rulebook.
    pub scorecards: Vec<Crossing<'r>>,
    /// Those that only the old one has; they are not compared.
    pub only_before: Vec<&'r str>,
    /// Those that only the new one has.
    pub only_after: Vec<&'r str>,
    /// What changed, the most frequent first, then as met.
    pub groups: Vec<Group<'r>>,
    /// How often a label changed in a way that is in none of these, since there were
    /// too many.
    pub ungrouped: u64,
    /// What columns feed, by the old rulebook and by the new one.
    pub settled: [Settled; 2],
}

impl Compared<'_> {
    /// How often a label changed.
    pub fn changes(&self) -> u64 {
        self.scorecards.iter().map(Crossing::changes).sum()
    }
}

/// How often a scorecard gave which label before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing<'r> {
    /// The scorecard's name.
    pub scorecard: &'r str,
    /// The labels by the old rulebook, in the order of
    /// [`CardVerdict::label`](crate::engine::evaluate::CardVerdict::label).
    pub before: [&'r str; 3],
    /// Those by the new one.
    pub after: [&'r str; 3],
    /// By label before and label after: so many records.
    pub records: [[u64; 3]; 3],
}

impl<'r> Crossing<'r> {
    /// Each label before and after, and how many records have them: those that stayed
    /// as they are too, and pairs that no record has.
    pub fn pairs(&self) -> impl Iterator<Item = (&'r str, &'r str, u64)> {
        let rows = self.before.iter().zip(&self.records);
        rows.flat_map(|(before, row)| {
            let cells = self.after.iter().zip(row);
            cells.map(|(after, records)| (*before, *after, *records))
        })
    }

    /// How many records have another label.
    pub fn changes(&self) -> u64 {
        let changed = self.pairs().filter(|(before, after, _)| before != after);
        changed.map(|(.., records)| records).sum()
    }
}

/// Records whose label one and the same cause has tipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'r> {
    /// The scorecard's name.
    pub scorecard: &'r str,
    /// The label by the old rulebook.
    pub before: &'r str,
    /// The label by the new one.
    pub after: &'r str,
    /// The cause.
    pub cause: Cause<'r>,
    /// How many there are.
    pub records: u64,
    /// Where the first of them are, at most three.
    pub first: Vec<Place>,
}

/// What the columns of an input feed by one rulebook; criteria go by their places
/// there.
#[derive(Debug, Clone, Default)]
pub struct Settled {
    /// The columns, as far as they are known from the input's beginning.
    pub names: Vec<String>,
    /// What they feed.
    pub mapping: Mapping,
    /// Columns that turned up later: the criterion, the column, and the record in
    /// which it was first met.
    pub late: Vec<(usize, String, u64)>,
}

/// Groups as they grow.
#[derive(Debug, Default)]
pub(super) struct Groups<'r> {
    places: FxHashMap<(&'r str, &'r str, &'r str, Cause<'r>), usize>,
    /// As met.
    groups: Vec<Group<'r>>,
    ungrouped: u64,
}

impl<'r> Groups<'r> {
    /// The number of groups that are kept apart.
    const MOST: usize = 1000;
    /// The number of records of a group that are shown.
    const FIRST: usize = 3;

    /// Counts a record in its group.
    pub(super) fn add(&mut self, changed: &Changed<'r>) {
        let delta = &changed.delta;
        let Some(cause) = delta.cause else {
            return;
        };
        let (before, after) = (delta.before.label(), delta.after.label());
        let key = (delta.scorecard, before, after, cause);
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None if self.groups.len() == Self::MOST => {
                self.ungrouped += 1;
                return;
            }
            None => {
                self.groups.push(Group {
                    scorecard: delta.scorecard,
                    before,
                    after,
                    cause,
                    records: 0,
                    first: Vec::new(),
                });
                self.places.insert(key, self.groups.len() - 1);
                self.groups.len() - 1
            }
        };
        let group = &mut self.groups[place];
        group.records += 1;
        if group.first.len() < Self::FIRST {
            group.first.push(changed.place.clone());
        }
    }

    /// The groups, the most frequent first, and how often there was no room for one.
    pub(super) fn ranked(mut self) -> (Vec<Group<'r>>, u64) {
        self.groups
            .sort_by_key(|group| std::cmp::Reverse(group.records));
        (self.groups, self.ungrouped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::delta::Standing;
    use crate::engine::waterfall::Bands;

    #[test]
    fn what_has_no_group_is_counted_too() {
        let standing = Standing {
            initial_score: 0,
            score: 0,
            bands: Bands {
                upper_from: 1,
                lower_from: -1,
                labels: ["Up", "Down", "Undetermined"],
            },
        };
        let changed = |after: i32, record: u64| Changed {
            place: Place {
                record: Some(record),
                ..Place::default()
            },
            delta: Delta {
                scorecard: "card",
                before: standing,
                after: standing,
                characteristics: Vec::new(),
                cause: Some(Cause::InitialScore { before: 0, after }),
            },
        };
        let mut groups = Groups::default();
        for record in 1..=3_000 {
            groups.add(&changed(record % 1_500, record as u64));
        }
        for record in 3_001..=3_003 {
            groups.add(&changed(7, record));
        }
        let (groups, ungrouped) = groups.ranked();
        assert_eq!((groups.len(), ungrouped), (1_000, 1_000));
        for (group, records, first) in [
            (&groups[0], 5, &[7, 1_507, 3_001][..]),
            (&groups[1], 2, &[1, 1_501]),
        ] {
            let places = group.first.iter().map(|place| place.record.unwrap());
            assert_eq!(
                (group.records, &places.collect::<Vec<_>>()[..]),
                (records, first)
            );
        }
    }
}
