//! The parts that columns play for criteria.
//!
//! Owns whether a column that turns up late is read: as those of the sample, unless the
//! name of one that plays its part says more.

use std::collections::BTreeMap;

use super::mapping::{Feed, How, Role};

/// A criterion, the place among the columns that the user named for it, and a role.
/// Columns that play the same part compete.
pub(crate) type Part = (usize, usize, Role);

/// The columns that play each part, as far as they decide about others.
#[derive(Debug, Clone)]
pub(crate) struct Parts<C> {
    first: BTreeMap<Part, Player<C>>,
}

#[derive(Debug, Clone)]
struct Player<C> {
    column: C,
    how: How,
    is_late: bool,
}

impl<C> Default for Parts<C> {
    fn default() -> Self {
        Parts {
            first: BTreeMap::new(),
        }
    }
}

impl<C> Parts<C> {
    /// Adds a column of the sample.
    pub(crate) fn add(&mut self, feed: &Feed, column: C) {
        self.insert(feed, column, false);
    }

    /// The column in whose favour one that turns up late is not read: it plays the same
    /// part, and its name says more, or it turned up late too.
    pub(crate) fn rival(&self, late: &Feed) -> Option<&C> {
        let first = self.first.get(&late.part())?;
        (first.is_late || first.how > late.how).then_some(&first.column)
    }

    /// Adds a column that turned up late, if there is no [`rival`](Parts::rival).
    pub(crate) fn add_late(&mut self, feed: &Feed, column: C) {
        if self.rival(feed).is_none() {
            self.first.remove(&feed.part());
            self.insert(feed, column, true);
        }
    }

    fn insert(&mut self, feed: &Feed, column: C, is_late: bool) {
        let player = Player {
            column,
            how: feed.how,
            is_late,
        };
        self.first.entry(feed.part()).or_insert(player);
    }
}
