//! The decision about all columns of an input.
//!
//! Owns how columns compete for one criterion and part: by how they were matched and by
//! their values; and which slot each of them fills.

use std::collections::{BTreeMap, BTreeSet};

use super::{Columns, Feed, How, Mapping, Role, Why};
use crate::columns::values;
use crate::columns::values::Doubts;
use crate::engine::slot::SlotId;
use crate::error::Result;
use crate::lexicon::decoration::coded_field;
use crate::lexicon::normalize::header_words;
use crate::value::read::Sense;

/// Feeds of one criterion that play the same part, and their columns.
type Rivals = BTreeMap<(usize, usize, Role), Vec<(usize, Feed)>>;

/// The columns of an input: their names, and the first values of each.
struct Sample<'s> {
    names: Vec<&'s str>,
    values: &'s [Vec<String>],
}

impl Sample<'_> {
    fn values(&self, column: usize) -> &[String] {
        self.values.get(column).map_or(&[][..], Vec::as_slice)
    }
}

impl Columns<'_> {
    /// Decides which of the columns `names` feeds which criterion. `values` are the
    /// first values of each column. `complete` means that there are no other columns.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`](crate::ErrorKind::Columns) if the user named a column
    /// that does not exist.
    pub fn settle<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        complete: bool,
    ) -> Result<Mapping> {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let resolved = self.resolve_stated(&names, complete)?;
        let sample = Sample { names, values };
        let columns = sample.names.len();
        let mut mapping = Mapping {
            feeds: vec![Vec::new(); columns],
            unused: vec![None; columns],
            undated: Vec::new(),
        };
        let spoilt = self.spoilt(&sample);
        let mut rivals = Rivals::new();
        let mut unfed: Vec<usize> = Vec::new();
        for column in 0..columns {
            let name = sample.names[column];
            if let Some(other) = self.named_twin(&sample.names, name) {
                mapping.unused[column] = Some(Why::Twin(other.to_owned()));
                continue;
            }
            let name = resolved.get(&column).map_or(name, String::as_str);
            let values = sample.values(column);
            let (feeds, why) = self.sure(name);
            for feed in &feeds {
                let feed = self.sensed(*feed, values);
                let feed = self.meant(feed, name, values);
                let spoiled = self.spoiled(&feed, &spoilt, values);
                match spoiled.or_else(|| self.contradicted(&feed, values)) {
                    Some(why) => mapping.unused[column] = Some(why),
                    None => add(&mut rivals, column, feed),
                }
            }
            if feeds.is_empty() && why.is_none() {
                unfed.push(column);
            }
            mapping.unused[column] = why.or(mapping.unused[column].take());
        }
        self.doubtful(&sample, &unfed, &spoilt, &mut rivals, &mut mapping);
        for ((criterion, ..), rivals) in &rivals {
            if self.rules.can_read(*criterion) {
                self.choose(&sample, rivals, &mut mapping)?;
            } else {
                for (column, _) in rivals {
                    mapping.unused[*column] = Some(Why::NotCompared(*criterion));
                }
            }
        }
        self.assign(&mut mapping);
        for (column, feeds) in mapping.feeds.iter().enumerate() {
            let why = mapping.unused[column].take();
            if feeds.is_empty() {
                mapping.unused[column] = why.or(Some(Why::Unknown));
            }
            let mut dates = feeds.iter().filter(|feed| self.is_date(feed.criterion));
            if dates.any(|feed| feed.date_order().is_none() && !feed.is_serial())
                && let Some(undecided) = values::undated(sample.values(column))
            {
                mapping.undated.push((column, undecided));
            }
        }
        Ok(mapping)
    }

    /// Why a column is about something else, if other columns show it.
    fn spoiled(&self, feed: &Feed, spoilt: &[(usize, bool)], values: &[String]) -> Option<Why> {
        let bare = match self.is_date(feed.criterion) {
            // A start that does not name what it begins.
            true => feed.role == Role::Plain,
            false => {
                self.is_length(feed.criterion)
                    && feed.sense == Sense::Plain
                    && values::are_numbers(values)
            }
        };
        let is_spoilt = |(criterion, is_bare): &(usize, bool)| {
            *criterion == feed.criterion && (bare || !is_bare)
        };
        let is_spoilt = feed.how != How::Stated && spoilt.iter().any(is_spoilt);
        is_spoilt.then_some(Why::Elsewhere(feed.criterion))
    }

    /// What the records are not about, by the columns that contain more than answers.
    fn spoilt(&self, sample: &Sample<'_>) -> Vec<(usize, bool)> {
        let mut spoilt = Vec::new();
        for (column, name) in sample.names.iter().enumerate() {
            let found = self.names.spoils(name);
            if !self.chosen && !found.is_empty() && !self.are_answers(sample.values(column)) {
                spoilt.extend(found);
            }
        }
        spoilt
    }

    /// The feed that the user named, in the part that the values show if the name is
    /// ambiguous: `customer` may be a flag.
    fn meant(&self, feed: Feed, name: &str, values: &[String]) -> Feed {
        if feed.how != How::Stated || feed.role != Role::Plain {
            return feed;
        }
        let parts = self.names.doubts(name).into_iter();
        let parts = parts.filter(|(criterion, _)| *criterion == feed.criterion);
        let parts: Vec<Feed> = parts
            .map(|(criterion, role)| self.feed(criterion, role, How::Stated, name))
            .collect();
        let doubts = Doubts {
            about: &[feed.criterion],
            alone: true,
            short: false,
            firms: false,
        };
        match self.decide(&parts, values, &doubts) {
            Some(part) => Feed {
                rank: feed.rank,
                slot: feed.slot,
                target: feed.target,
                ..part
            },
            None => feed,
        }
    }

    /// Lets the values decide about ambiguous names. These only compete for criteria
    /// that no clear name feeds.
    fn doubtful(
        &self,
        sample: &Sample<'_>,
        unfed: &[usize],
        spoilt: &[(usize, bool)],
        rivals: &mut Rivals,
        mapping: &mut Mapping,
    ) {
        let clear: BTreeSet<(usize, Role)> = (rivals.keys())
            .map(|(criterion, _, role)| (*criterion, *role))
            .collect();
        let firms = sample.names.iter().any(|name| self.is_about_firms(name));
        let about: Vec<usize> = clear.iter().map(|(criterion, _)| *criterion).collect();
        for &column in unfed {
            let (name, values) = (sample.names[column], sample.values(column));
            let mut doubts = self.names.doubts(name);
            doubts.retain(|(criterion, _)| !self.is_stated(*criterion));
            let Some(&(first, _)) = doubts.first() else {
                continue;
            };
            let doubt = Doubts {
                about: &about,
                // A yes or no answers only a name with one possible criterion.
                alone: doubts.iter().all(|(criterion, _)| *criterion == first),
                short: header_words(name).len() == 1,
                firms,
            };
            let open = doubts.iter().filter(|doubt| !clear.contains(doubt));
            let feeds =
                open.map(|&(criterion, role)| self.feed(criterion, role, How::Values, name));
            let feeds: Vec<Feed> = feeds.collect();
            match self.decide(&feeds, values, &doubt) {
                Some(feed) if self.spoiled(&feed, spoilt, values).is_none() => {
                    add(rivals, column, feed);
                }
                _ => mapping.unused[column] = self.undecided(&feeds, values, firms),
            }
        }
    }

    /// Chooses among several columns that play the same part: the one with the best
    /// match; of equal matches all, if they never differ within a record, else none.
    fn choose(
        &self,
        sample: &Sample<'_>,
        rivals: &[(usize, Feed)],
        mapping: &mut Mapping,
    ) -> Result<()> {
        let best = rivals.iter().map(|(_, feed)| feed.how).max();
        let rivals = rivals.iter().copied();
        let (tied, less): (Vec<_>, Vec<_>) = rivals.partition(|(_, feed)| Some(feed.how) == best);
        let Some(&(first, Feed { criterion, .. })) = tied.first() else {
            return Ok(());
        };
        let name = |column: usize| sample.names[column].to_owned();
        for (column, _) in less {
            mapping.unused[column] = Some(Why::Less(criterion, name(first)));
        }
        let all_values = tied
            .iter()
            .map(|(column, feed)| self.readings(feed, sample.values(*column).iter()));
        let all_values: Vec<_> = all_values.collect();
        let agree = all_values.iter().enumerate().all(|(place, one)| {
            all_values[place + 1..].iter().all(|other| {
                let mut pairs = one.iter().zip(other);
                pairs.all(|(one, other)| !one.is_known() || !other.is_known() || one == other)
            })
        });
        for (place, (column, feed)) in tied.iter().enumerate() {
            let other = tied[usize::from(place == 0 && tied.len() > 1)].0;
            if agree {
                mapping.feeds[*column].push(*feed);
            } else if best == Some(How::Stated) {
                let (one, other) = (sample.names[first], sample.names[other]);
                return Err(self.two_columns(criterion, one, other));
            } else {
                mapping.unused[*column] = Some(Why::Tied(criterion, name(other)));
            }
        }
        Ok(())
    }

    /// Assigns each feed its slot: the first feed gets the one that it counts for, in
    /// the order in which they count, and each other one its own.
    fn assign(&self, mapping: &mut Mapping) {
        let mut feeds: Vec<&mut Feed> = mapping.feeds.iter_mut().flatten().collect();
        feeds.sort_by_key(|feed| (feed.target, feed.turn()));
        let mut filled = BTreeSet::new();
        let mut next = self.rules.slots() + self.stated_extras();
        for feed in feeds {
            if feed.how != How::Stated {
                feed.slot = feed.target;
            }
            if !filled.insert(feed.slot) {
                feed.slot = SlotId::new(next);
                next += 1;
            }
        }
    }

    /// The slot that a part counts for: its own, or the criterion's.
    pub(super) fn slot_of(&self, criterion: usize, role: Role) -> SlotId {
        let derived = self.rules.derived().iter();
        let own = derived.filter_map(|derived| match role {
            Role::Since => (derived.start == criterion).then_some(derived.since),
            Role::Term => (derived.length == criterion).then_some(derived.term),
            Role::Before(_) | Role::Plain | Role::Filled(_) | Role::Flag(_) => None,
        });
        SlotId::new({ own }.next().unwrap_or(criterion))
    }

    /// The column with the words for the codes of the column `name`.
    fn named_twin<'n>(&self, names: &[&'n str], name: &str) -> Option<&'n str> {
        let is_stated = |name: &str| {
            let mut stated = self.stated.iter();
            stated.any(|stated| stated.column.as_deref() == Some(name))
        };
        let mut names = names.iter().copied();
        names.find(|other| coded_field(other) == Some(name) && !is_stated(name))
    }
}

fn add(rivals: &mut Rivals, column: usize, feed: Feed) {
    let part = (feed.criterion, feed.rank, feed.role);
    rivals.entry(part).or_default().push((column, feed));
}
