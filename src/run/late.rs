//! Columns that turn up after the columns were decided.
//!
//! Owns which of them is read: one with which no other late column competes, nor one of
//! the sample whose name says more.

use std::collections::{BTreeSet, HashSet};

use crate::columns::{Feed, How, Mapping, Part, Parts};

/// How many columns that turned up late and are not read are reported.
pub(super) const MOST_IGNORED: usize = 1000;

/// The columns that turned up late, as far as one worker knows.
#[derive(Debug, Clone, Default)]
pub(super) struct LateColumns {
    /// By rulebook: the parts that columns of the sample play.
    parts: Vec<Parts<()>>,
    /// Those that the user named.
    pub(super) stated: BTreeSet<String>,
    /// Those that no earlier record of the batch had.
    pub(super) news: Vec<LateColumn>,
    /// By rulebook: those of them that are not read.
    ignored: Vec<HashSet<String>>,
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
    /// The part that it plays.
    pub(super) part: Part,
    /// True unless a column of the sample plays it better.
    pub(super) is_used: bool,
    /// It may be about the criterion, or what others show of it.
    pub(super) is_unclear: bool,
    pub(super) column: String,
    /// The first record of the batch that has it.
    pub(super) at: Before,
}

/// Two late columns that would play the same part.
#[derive(Debug, Clone)]
pub(super) struct Clash {
    pub(super) judging: usize,
    pub(super) criterion: usize,
    pub(super) columns: [String; 2],
}

impl LateColumns {
    pub(super) fn new(mappings: &[Mapping]) -> Self {
        let of_mapping = |mapping: &Mapping| {
            let mut parts = Parts::default();
            for feed in mapping.feeds.iter().flatten().chain(&mapping.elsewhere) {
                parts.add(feed, ());
            }
            parts
        };
        LateColumns {
            parts: mappings.iter().map(of_mapping).collect(),
            ignored: vec![HashSet::new(); mappings.len()],
            ..LateColumns::default()
        }
    }

    /// The number of rulebooks.
    pub(super) fn rulebooks(&self) -> usize {
        self.parts.len()
    }

    /// True if a column of the sample plays this part better, so that a late one is not
    /// read.
    pub(super) fn is_played(&self, judging: usize, feed: &Feed) -> bool {
        self.parts[judging].rival(feed).is_some()
    }

    /// Hands over the news of a batch.
    pub(super) fn take_news(&mut self) -> Vec<LateColumn> {
        for ignored in &mut self.ignored {
            ignored.clear();
        }
        std::mem::take(&mut self.news)
    }

    /// Forgets all news but the first ones.
    pub(super) fn forget_news(&mut self, from: usize) {
        for one in self.news.drain(from..).filter(|one| !one.is_used) {
            self.ignored[one.judging].remove(&one.column);
        }
    }

    /// Notes a column that is not read, though it may be about a criterion.
    pub(super) fn leave_out(&mut self, judging: usize, feed: &Feed, column: &str) {
        let ignored = &mut self.ignored[judging];
        if ignored.len() < MOST_IGNORED && ignored.insert(column.to_owned()) {
            self.news.push(LateColumn {
                judging,
                criterion: feed.criterion,
                part: feed.part(),
                is_used: false,
                is_unclear: true,
                column: column.to_owned(),
                at: Before::default(),
            });
        }
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
        let is_played = self.is_played(judging, feed);
        let is_known = if is_played {
            let ignored = &mut self.ignored[judging];
            let is_known = ignored.len() >= MOST_IGNORED || ignored.contains(column);
            if !is_known {
                ignored.insert(column.to_owned());
            }
            is_known
        } else {
            let mut news = self.news.iter().filter(|one| one.judging == judging);
            match news.find(|one| one.is_used && one.part == feed.part()) {
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
                part: feed.part(),
                is_used: !is_played,
                is_unclear: false,
                column: column.to_owned(),
                // Set by the caller, which knows the record's position.
                at: Before::default(),
            });
        }
        !is_played
    }
}
