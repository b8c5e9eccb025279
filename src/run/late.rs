//! Columns that turn up after the columns were decided.
//!
//! Owns which of them is read: one whose criterion no column of the sample feeds, and
//! with which no other late column competes.

use std::collections::BTreeSet;

use crate::columns::{Feed, How, Mapping};
use crate::engine::slot::SlotId;

/// The columns that turned up late, as far as one worker knows.
#[derive(Debug, Clone, Default)]
pub(super) struct LateColumns {
    /// By rulebook: the slots that columns of the sample fill.
    filled: Vec<BTreeSet<usize>>,
    /// Those that the user named.
    pub(super) stated: BTreeSet<String>,
    /// Those that no earlier record of the batch had.
    pub(super) news: Vec<LateColumn>,
    /// Two that compete in the current record.
    pub(super) clash: Option<Clash>,
}

/// The state before a record of a batch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    /// The number of the record in its batch, from 1.
    pub(super) record: u64,
    /// The beginning of the record.
    pub(super) start: usize,
    /// How much was written, and how much was set aside.
    pub(super) written: usize,
    pub(super) rejected: usize,
}

/// A column that turned up late.
#[derive(Debug, Clone)]
pub(super) struct LateColumn {
    /// The place of the rulebook that reads it.
    pub(super) judging: usize,
    pub(super) criterion: usize,
    /// The slot that it fills.
    pub(super) slot: SlotId,
    /// True unless another column already feeds its slot.
    pub(super) is_used: bool,
    pub(super) column: String,
    /// The first record of the batch that has it.
    pub(super) at: Before,
}

/// Two late columns that would fill the same slot.
#[derive(Debug, Clone)]
pub(super) struct Clash {
    pub(super) judging: usize,
    pub(super) criterion: usize,
    pub(super) columns: [String; 2],
}

impl LateColumns {
    pub(super) fn new(mappings: &[Mapping]) -> Self {
        let of_mapping = |mapping: &Mapping| {
            let feeds = mapping.feeds.iter().flatten().chain(&mapping.elsewhere);
            feeds.map(|feed| feed.slot.index()).collect()
        };
        LateColumns {
            filled: mappings.iter().map(of_mapping).collect(),
            ..LateColumns::default()
        }
    }

    /// The number of rulebooks.
    pub(super) fn rulebooks(&self) -> usize {
        self.filled.len()
    }

    /// True if a column that turned up late is read.
    pub(super) fn accepts(
        &mut self,
        judging: usize,
        feed: &Feed,
        column: &str,
        can_read: bool,
    ) -> bool {
        if feed.how == How::Stated && !self.stated.contains(column) {
            self.stated.insert(column.to_owned());
        }
        if !can_read {
            return true;
        }
        let is_filled = self.filled[judging].contains(&feed.slot.index());
        let mut news = self.news.iter().filter(|one| one.judging == judging);
        let is_known = if is_filled {
            news.any(|one| one.column == column)
        } else {
            match news.find(|one| one.is_used && one.slot == feed.slot) {
                Some(other) if other.column != column => {
                    self.clash.get_or_insert(Clash {
                        judging,
                        criterion: feed.criterion,
                        columns: [other.column.clone(), column.to_owned()],
                    });
                    return false;
                }
                other => other.is_some(),
            }
        };
        if !is_known {
            self.news.push(LateColumn {
                judging,
                criterion: feed.criterion,
                slot: feed.slot,
                is_used: !is_filled,
                column: column.to_owned(),
                // Set by the caller, which knows the record's position.
                at: Before::default(),
            });
        }
        !is_filled
    }
}
