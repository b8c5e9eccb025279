//! The result of comparing two rulebooks on the same records.
//!
//! Owns its types, and how changed records are grouped and counted without keeping them.

use hashbrown::HashMap;

use crate::columns::Mapping;
use crate::engine::delta::{Cause, Delta};
use crate::error::Place;

/// A record to which a scorecard gives another label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed<'r> {
    /// Its place in the input.
    pub place: Place,
    /// What differs between the old rulebook and the new one.
    pub delta: Delta<'r>,
}

/// The comparison of two rulebooks on an input.
#[derive(Debug, Clone, Default)]
pub struct Compared<'r> {
    /// The number of records that were compared.
    pub records: u64,
    /// The number of other records, which could not be read and were skipped.
    pub rejected: u64,
    /// The scorecards that both have, in the order of the new rulebook.
    pub scorecards: Vec<Crossing<'r>>,
    /// Scorecards that only the old one has, which are not compared.
    pub only_before: Vec<&'r str>,
    /// Scorecards that only the new one has.
    pub only_after: Vec<&'r str>,
    /// The groups of changed records, the most frequent first, then in order of appearance.
    pub groups: Vec<Group<'r>>,
    /// The number of changed labels that are in none of the groups, since there were too
    /// many groups.
    pub ungrouped: u64,
    /// What the columns feed, by the old rulebook and by the new one.
    pub settled: [Settled; 2],
}

impl Compared<'_> {
    /// The number of changed labels.
    pub fn changes(&self) -> u64 {
        self.scorecards.iter().map(Crossing::changes).sum()
    }
}

/// A scorecard's labels before and after, with the number of records for each pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing<'r> {
    /// The scorecard's name.
    pub scorecard: &'r str,
    /// The labels by the old rulebook, in the order of
    /// [`CardVerdict::label`](crate::engine::evaluate::CardVerdict::label).
    pub before: [&'r str; 3],
    /// The labels by the new one.
    pub after: [&'r str; 3],
    /// The number of records, by label before and label after.
    pub records: [[u64; 3]; 3],
}

impl<'r> Crossing<'r> {
    /// Each pair of labels before and after with its number of records, including equal
    /// labels and pairs that no record has.
    pub fn pairs(&self) -> impl Iterator<Item = (&'r str, &'r str, u64)> {
        let rows = self.before.iter().zip(&self.records);
        rows.flat_map(|(before, row)| {
            let cells = self.after.iter().zip(row);
            cells.map(|(after, records)| (*before, *after, *records))
        })
    }

    /// The number of records with another label.
    pub fn changes(&self) -> u64 {
        let changed = self.pairs().filter(|(before, after, _)| before != after);
        changed.map(|(.., records)| records).sum()
    }
}

/// Records whose label was tipped by the same cause.
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
    /// The number of records.
    pub records: u64,
    /// The places of the first ones, at most three.
    pub first: Vec<Place>,
}

/// What the columns of an input feed by one rulebook; criteria are given by index.
#[derive(Debug, Clone, Default)]
pub struct Settled {
    /// The columns, as far as they are known from the start of the input.
    pub names: Vec<String>,
    /// What they feed.
    pub mapping: Mapping,
    /// Columns that appeared later: the criterion, the column, and the number of the record
    /// in which it first appeared.
    pub late: Vec<(usize, String, u64)>,
}

/// Groups while they are collected.
#[derive(Debug, Default)]
pub(super) struct Groups<'r> {
    places: HashMap<(&'r str, &'r str, &'r str, Cause<'r>), usize>,
    /// In order of appearance.
    groups: Vec<Group<'r>>,
    ungrouped: u64,
}

impl<'r> Groups<'r> {
    /// The most groups that are kept.
    const MOST: usize = 1000;
    /// The number of places that are kept for each group.
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

    /// The groups, the most frequent first, and the number of changes without a group.
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
