//! A plan: everything that is read, settled before any record is seen.
//!
//! Owns the closed mapping of a frozen configuration: a column that it does not name is not
//! read, one that it names is read as it says, whichever records an input has. Knows no
//! values.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::Columns;
use super::mapping::{Feed, How, Mapping, Role, Why};
use super::trouble::not_planned;
use crate::engine::slot::SlotId;
use crate::error::Result;

/// The columns of a plan, in the order in which they count, and what each feeds.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    columns: Vec<(String, Feed)>,
    /// By name: their places.
    named: HashMap<String, Vec<usize>>,
    /// The number of slots that they fill.
    slots: usize,
    /// A column that the input lacks is empty, rather than an error.
    is_lenient: bool,
}

impl<'r> Columns<'r> {
    /// The same with what is stated as all that is read. With `is_lenient`, a column that
    /// CSV lacks is empty.
    pub(crate) fn frozen(mut self, is_lenient: bool) -> Self {
        let named = self.stated.iter().enumerate();
        let named = named.filter_map(|(rank, one)| Some((rank, one, one.column.clone()?)));
        let mut columns: Vec<(String, Feed)> = named
            .map(|(rank, one, column)| {
                let role = one.read_as.role.unwrap_or(Role::Plain);
                // Its name shows nothing.
                let feed = self.feed(one.criterion, role, How::Stated, "");
                let feed = one.read_as.applied(Feed { rank, ..feed });
                let how = one.read_as.found.unwrap_or(How::Stated);
                let is_fixed = true;
                (
                    column,
                    Feed {
                        how,
                        is_fixed,
                        ..feed
                    },
                )
            })
            .filter(|(_, feed)| self.rules.can_read(feed.criterion))
            .collect();
        let first = self.rules.slots();
        let slots = self.assign_slots(columns.iter_mut().map(|(_, feed)| feed).collect(), first);
        let mut named: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, (column, _)) in columns.iter().enumerate() {
            named.entry(column.clone()).or_default().push(place);
        }
        self.plan = Some(Plan {
            columns,
            named,
            slots,
            is_lenient,
        });
        self
    }

    /// True if nothing is decided by looking.
    pub(crate) fn is_frozen(&self) -> bool {
        self.plan.is_some()
    }

    /// The columns of the plan, each with what it feeds; none without a plan.
    pub(crate) fn planned(&self) -> &[(String, Feed)] {
        self.plan.as_ref().map_or(&[], |plan| &plan.columns)
    }

    /// What the columns of `mapping` feed, and those of the plan that this input lacks.
    pub(crate) fn all_feeds(&self, mapping: &Mapping) -> Vec<Feed> {
        let feeds = mapping.feeds.iter().flatten().chain(&mapping.elsewhere);
        let mut feeds: Vec<Feed> = feeds.copied().collect();
        let mut filled: BTreeSet<SlotId> = feeds.iter().map(|feed| feed.slot).collect();
        for (_, feed) in self.planned() {
            if filled.insert(feed.slot) {
                feeds.push(*feed);
            }
        }
        feeds
    }
}

impl Plan {
    /// What the column `name` feeds.
    pub(super) fn feeds(&self, name: &str) -> Vec<Feed> {
        let places = self.named.get(name).into_iter().flatten();
        places.map(|place| self.columns[*place].1).collect()
    }

    pub(super) fn slots(&self) -> usize {
        self.slots
    }

    /// What the columns `names` feed. `complete` means that there are no others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`](crate::ErrorKind::Columns) if a column of the plan is not
    /// among all of them.
    pub(super) fn mapping(&self, names: &[&str], complete: bool) -> Result<Mapping> {
        let planned = self.columns.iter().map(|(column, _)| column.as_str());
        let all: HashSet<&str> = names.iter().copied().collect();
        let mut missing: Vec<&str> = planned.filter(|column| !all.contains(column)).collect();
        missing.dedup();
        if complete && !self.is_lenient && !missing.is_empty() {
            return Err(not_planned(&missing, names));
        }
        let mut mapping = Mapping {
            unused: vec![None; names.len()],
            ..Mapping::default()
        };
        let mut next = self.slots;
        let mut before = HashSet::new();
        for (place, name) in names.iter().enumerate() {
            let mut feeds = self.feeds(name);
            // Of columns with one name, the first with a value counts.
            if !before.insert(*name) {
                for feed in &mut feeds {
                    feed.target = feed.slot;
                    feed.slot = SlotId::new(next);
                    next += 1;
                }
            }
            if feeds.is_empty() {
                mapping.unused[place] = Some(Why::NotPlanned);
            }
            mapping.feeds.push(feeds);
        }
        Ok(mapping)
    }
}

/// The feeds that count for another slot than their own, in order.
pub(super) fn others(mut feeds: Vec<Feed>) -> Vec<Feed> {
    feeds.retain(|feed| feed.slot != feed.target);
    // A slot after those of the criteria gets its value before it counts for one.
    feeds.sort_by_key(|feed| (Reverse(feed.target), feed.turn()));
    feeds
}
