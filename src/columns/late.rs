//! Columns that turn up after the sample.
//!
//! Owns what such a column means: what it would mean in the sample, as far as its name and
//! the columns there show.

use std::collections::BTreeSet;

use super::names::Marks;
use super::{Columns, Feed, How, Mapping, Role, Why};

/// How many columns of the sample are looked at again for each.
const MOST_COLUMNS: usize = 1000;

/// The sample, and what was decided from it.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    names: Vec<String>,
    values: Vec<Vec<String>>,
    feeds: Vec<Vec<Feed>>,
}

/// What a column means that turned up late.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LateMeaning {
    /// What it feeds, unless another column plays its part better.
    pub(crate) feeds: Vec<Feed>,
    /// Why it feeds nothing, if it could.
    pub(crate) why: Option<Why>,
    /// The criteria that other columns would feed otherwise beside it: in a record that has
    /// it, they are unknown.
    pub(crate) withheld: Vec<usize>,
    /// Only its texts show what it means ([`Columns::late_text`]).
    pub(crate) is_open: bool,
}

impl LateMeaning {
    /// True if it means nothing for any criterion.
    pub(crate) fn is_nothing(&self) -> bool {
        self.feeds.is_empty() && self.withheld.is_empty() && !self.is_open
    }
}

impl Columns<'_> {
    /// Keeps the sample of an input whose records may have further columns.
    pub(crate) fn keep(&mut self, names: &[String], values: &[Vec<String>], mapping: &Mapping) {
        let most = names.len().min(MOST_COLUMNS);
        self.settled = Some(Settled {
            names: names[..most].to_vec(),
            values: values.iter().take(most).cloned().collect(),
            feeds: mapping.feeds.iter().take(most).cloned().collect(),
        });
    }

    /// Forgets the sample of another input.
    pub(crate) fn forget(&mut self) {
        self.settled = None;
    }

    /// What the column `name` means, which turned up late.
    pub(crate) fn late(&self, name: &str) -> LateMeaning {
        let (sure, why) = self.sure(name);
        let is_stated = sure.iter().any(|feed| feed.how == How::Stated);
        let Some(settled) = (self.settled.as_ref()).filter(|_| !self.is_frozen() && !is_stated)
        else {
            return LateMeaning {
                feeds: sure,
                why,
                ..LateMeaning::default()
            };
        };
        let by_name = !sure.is_empty()
            || !self.names.states(name).is_empty()
            || !self.names.of_some_document(name).is_empty();
        // An id or a count alone is about nobody.
        let marks = Marks {
            id: false,
            count: false,
            ..self.names.marks(name)
        };
        let is_open = marks != Marks::default() || self.may_object(name);
        let beside = by_name.then(|| self.with_late(settled, name, Vec::new()));
        match beside.filter(|one| !one.feeds.is_empty() || !one.withheld.is_empty()) {
            Some(meaning) => meaning,
            None => LateMeaning {
                why: why.or_else(|| {
                    let doubts = self.names.doubts(name);
                    let first = doubts.first();
                    first.map(|(criterion, _)| Why::Unclear(*criterion))
                }),
                is_open: is_open || by_name && sure.is_empty(),
                ..LateMeaning::default()
            },
        }
    }

    /// What a sampled text of the column `name` shows, which turned up late, if its name
    /// does not.
    /// It is not read, but compared with what other columns show.
    pub(crate) fn late_text(&self, name: &str, text: String) -> LateMeaning {
        match &self.settled {
            Some(settled) => self.with_late(settled, name, vec![text]),
            None => LateMeaning::default(),
        }
    }

    /// Whether the texts of a column of this name may speak against what others show.
    fn may_object(&self, name: &str) -> bool {
        let doubts = self.names.doubts(name);
        let mut open = doubts.iter().map(|(criterion, _)| *criterion);
        let mut in_force = self.rules.in_force().iter();
        open.any(|criterion| !self.is_stated(criterion))
            || in_force.any(|of| {
                let state = self.names.state_of(of.criterion, name);
                let mut key = String::new();
                self.names.may_state(of.criterion, name)
                    || !state.is_empty() && self.rules.read(of.criterion, &state).is_known()
                    || self.rules.is_withheld(of.criterion, &state, &mut key)
            })
    }

    /// What a column with these values means beside those of the sample.
    fn with_late(&self, settled: &Settled, name: &str, values: Vec<String>) -> LateMeaning {
        let names: Vec<&str> = settled.names.iter().map(String::as_str).collect();
        let names = [&names[..], &[name]].concat();
        let values = [&settled.values[..], &[values]].concat();
        let Ok(mapping) = self.settle(&names, &values, false) else {
            return LateMeaning::default();
        };
        let late = settled.names.len();
        let mut withheld = BTreeSet::new();
        for (column, before) in settled.feeds.iter().enumerate() {
            let now = &mapping.feeds[column];
            let why = &mapping.unused[column];
            // It competes with the late one, which is decided record by record.
            let competes =
                matches!(why, Some(Why::Less(_, other) | Why::Tied(_, other)) if other == name);
            let mut pairs = before.iter().zip(now);
            let are_same =
                before.len() == now.len() && pairs.all(|(one, other)| is_same_reading(one, other));
            if !competes && !are_same {
                withheld.extend(before.iter().chain(now).map(|feed| feed.criterion));
            }
        }
        let why = mapping.unused[late].clone();
        let sure = self.sure(name).0;
        let mut played = settled.feeds.iter().flatten();
        let is_played = |feed: &Feed| played.any(|one| one.part() == feed.part());
        let feeds = match why {
            // Columns of the sample contradict each other already.
            Some(Why::Tied(criterion, _)) if !sure.iter().any(is_played) => {
                withheld.insert(criterion);
                Vec::new()
            }
            Some(Why::Less(..) | Why::Tied(..)) => sure,
            _ => mapping.feeds[late].clone(),
        };
        let feeds: Vec<Feed> = feeds
            .iter()
            .map(|feed| Feed {
                sense: feed.sense,
                ..self.feed(feed.criterion, feed.role, feed.how, name)
            })
            .collect();
        LateMeaning {
            why: why.filter(|why| feeds.is_empty() && why.criterion().is_some()),
            feeds,
            withheld: withheld.into_iter().collect(),
            is_open: false,
        }
    }

    /// A feed of a criterion without a reading of its own.
    pub(crate) fn blank(&self, criterion: usize) -> Feed {
        self.feed(criterion, Role::Plain, How::Values, "")
    }

    /// Whether a text of a column that turned up late speaks against its name, as one of the
    /// sample would.
    pub(crate) fn speaks_against(&self, feed: &Feed, text: &str) -> bool {
        self.settled.is_some() && {
            let why = self.contradicted(feed, &[text.to_owned()]);
            matches!(why, Some(Why::TooLong(_)))
        }
    }
}

/// Whether two feeds read the same.
fn is_same_reading(one: &Feed, other: &Feed) -> bool {
    (one.criterion, one.role, one.sense) == (other.criterion, other.role, other.sense)
}
