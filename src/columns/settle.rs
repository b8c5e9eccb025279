//! The decision about all columns of an input.
//!
//! Owns how columns compete: for one criterion and part, by how they were found,
//! by their values, and which slot each of them fills.

use std::collections::{BTreeMap, BTreeSet};

use super::{Columns, Feed, How, Mapping, Role, Why};
use crate::columns::values;
use crate::columns::values::{Doubt, Doubts};
use crate::engine::slot::SlotId;
use crate::error::Result;
use crate::lexicon::decoration::coded_field;
use crate::lexicon::normalize::header_words;
use crate::value::Value;
use crate::value::read::Sense;

/// Feeds of one criterion that play the same part, and their columns.
type Rivals = BTreeMap<(usize, usize, Role), Vec<(usize, Feed)>>;

impl Columns<'_> {
    /// Settles which of the columns `names` feeds which criterion. `values`
    /// are the first values of each column. `complete` says that `names` are all
    /// there are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`](crate::ErrorKind::Columns) where the user named a column that is not there.
    pub fn settle<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        complete: bool,
    ) -> Result<Mapping> {
        let resolved = self.resolve_stated(names, complete)?;
        let name_of = |column: usize| names[column].as_ref();
        let values_of = |column: usize| values.get(column).map_or(&[][..], Vec::as_slice);
        let mut mapping = Mapping {
            feeds: vec![Vec::new(); names.len()],
            unused: vec![None; names.len()],
            undated: Vec::new(),
        };
        let spoilt = self.spoilt(names, values);
        let mut rivals = Rivals::new();
        let mut unfed: Vec<usize> = Vec::new();
        for column in 0..names.len() {
            let name = resolved
                .get(&column)
                .map_or(name_of(column), String::as_str);
            if let Some(other) = self.named_twin(names, column) {
                mapping.unused[column] = Some(Why::Twin(other));
                continue;
            }
            let (feeds, why) = self.sure(name);
            for feed in &feeds {
                let feed = self.sensed(*feed, values_of(column));
                let feed = self.meant(feed, name, values_of(column));
                let spoiled = self.spoiled(&feed, &spoilt, values_of(column));
                match spoiled.or_else(|| self.contradicted(&feed, values_of(column))) {
                    Some(why) => mapping.unused[column] = Some(why),
                    None => {
                        let part = (feed.criterion, feed.rank, feed.role);
                        rivals.entry(part).or_default().push((column, feed));
                    }
                }
            }
            if feeds.is_empty() && why.is_none() {
                unfed.push(column);
            }
            if why.is_some() {
                mapping.unused[column] = why;
            }
        }
        self.doubtful(names, values, &unfed, &spoilt, &mut rivals, &mut mapping);
        for ((criterion, ..), rivals) in &rivals {
            if !self.rules.can_read(*criterion) {
                for (column, _) in rivals {
                    mapping.unused[*column] = Some(Why::NotCompared(*criterion));
                }
                continue;
            }
            self.choose(names, values, rivals, &mut mapping)?;
        }
        self.assign(&mut mapping);
        for (column, feeds) in mapping.feeds.iter().enumerate() {
            if !feeds.is_empty() {
                mapping.unused[column] = None;
            } else if mapping.unused[column].is_none() {
                mapping.unused[column] = Some(Why::Unknown);
            }
            let mut dates = feeds.iter().filter(|feed| self.is_date(feed.criterion));
            if dates.any(|feed| feed.date_order().is_none() && !feed.is_serial())
                && let Some(undecided) = values::undated(values_of(column))
            {
                mapping.undated.push((column, undecided));
            }
        }
        Ok(mapping)
    }

    /// Why a column is about something else, if other columns say so.
    fn spoiled(&self, feed: &Feed, spoilt: &[(usize, bool)], values: &[String]) -> Option<Why> {
        let bare = self.is_length(feed.criterion)
            && feed.sense == Sense::Plain
            && values::are_numbers(values);
        let is_spoilt = |(criterion, is_bare): &(usize, bool)| {
            *criterion == feed.criterion && (bare || !is_bare)
        };
        let is_spoilt = feed.how != How::Stated && spoilt.iter().any(is_spoilt);
        is_spoilt.then_some(Why::Elsewhere(feed.criterion))
    }

    /// What the records are not about, by the columns that hold more than answers.
    fn spoilt<S: AsRef<str>>(&self, names: &[S], values: &[Vec<String>]) -> Vec<(usize, bool)> {
        let mut spoilt = Vec::new();
        if self.chosen {
            return spoilt;
        }
        for (column, name) in names.iter().enumerate() {
            let values = values.get(column).map_or(&[][..], Vec::as_slice);
            let found = self.names.spoils(name.as_ref());
            if !found.is_empty() && !self.are_answers(values) {
                spoilt.extend(found);
            }
        }
        spoilt
    }

    /// The feed that the user named, in the part that the values show where the
    /// name is doubtful: `customer` may be a flag.
    fn meant(&self, feed: Feed, name: &str, values: &[String]) -> Feed {
        if feed.how != How::Stated || feed.role != Role::Plain {
            return feed;
        }
        let doubts = self.names.doubts(name).into_iter();
        let parts = doubts.filter(|(criterion, _)| *criterion == feed.criterion);
        let parts: Vec<Feed> = parts
            .map(|(criterion, role)| self.feed(criterion, role, How::Stated, name))
            .collect();
        let doubts = Doubts {
            about: &[feed.criterion],
            alone: true,
            short: false,
        };
        match self.decide(&parts, values, &doubts) {
            Doubt::Decided(part) => Feed {
                rank: feed.rank,
                slot: feed.slot,
                target: feed.target,
                ..part
            },
            Doubt::Open => feed,
        }
    }

    /// Lets the values below doubtful names decide. They only compete for what
    /// no clear name feeds.
    fn doubtful<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        unfed: &[usize],
        spoilt: &[(usize, bool)],
        rivals: &mut Rivals,
        mapping: &mut Mapping,
    ) {
        let clear: Vec<(usize, usize, Role)> = rivals.keys().copied().collect();
        let about: Vec<usize> = clear.iter().map(|(criterion, ..)| *criterion).collect();
        for &column in unfed {
            let name = names[column].as_ref();
            let mut doubts = self.names.doubts(name);
            doubts.retain(|(criterion, _)| !self.is_stated(*criterion));
            if doubts.is_empty() {
                continue;
            }
            let taken = |criterion: usize, role: Role| {
                let mut clear = clear.iter();
                clear.any(|&(fed, _, by)| fed == criterion && by == role)
            };
            let open = doubts
                .iter()
                .filter(|(criterion, role)| !taken(*criterion, *role));
            let feeds =
                open.map(|&(criterion, role)| self.feed(criterion, role, How::Values, name));
            let feeds: Vec<Feed> = feeds.collect();
            let values = values.get(column).map_or(&[][..], Vec::as_slice);
            let doubt = Doubts {
                about: &about,
                // Whether it is so is asked of one thing only.
                alone: doubts
                    .iter()
                    .all(|(criterion, _)| *criterion == doubts[0].0),
                short: header_words(name).len() == 1,
            };
            match self.decide(&feeds, values, &doubt) {
                Doubt::Decided(feed) if self.spoiled(&feed, spoilt, values).is_none() => {
                    let part = (feed.criterion, feed.rank, feed.role);
                    rivals.entry(part).or_default().push((column, feed));
                }
                _ => {
                    let criterion = feeds.first().map(|feed| feed.criterion);
                    mapping.unused[column] = criterion.map(Why::Unclear);
                }
            }
        }
    }

    /// Chooses among several columns that play the same part: the one that was
    /// found best; of several such all, where none says something else than another
    /// of the same record, and else none.
    fn choose<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        rivals: &[(usize, Feed)],
        mapping: &mut Mapping,
    ) -> Result<()> {
        let Some(best) = rivals.iter().map(|(_, feed)| feed.how).max() else {
            return Ok(());
        };
        let (tied, less): (Vec<_>, Vec<_>) = rivals
            .iter()
            .copied()
            .partition(|(_, feed)| feed.how == best);
        let Some(&(first, _)) = tied.first() else {
            return Ok(());
        };
        let name = |column: usize| names[column].as_ref().to_owned();
        for (column, feed) in less {
            mapping.unused[column] = Some(Why::Less(feed.criterion, name(first)));
        }
        if let [(column, feed)] = tied[..] {
            mapping.feeds[column].push(feed);
            return Ok(());
        }
        let says = |(column, feed): &(usize, Feed)| {
            let values = values.get(*column).map_or(&[][..], Vec::as_slice);
            self.readings(feed, values.iter())
        };
        let said: Vec<_> = tied.iter().map(says).collect();
        let contrary = |one: &Vec<Value>, other: &Vec<Value>| {
            let mut pairs = one.iter().zip(other);
            pairs.any(|(one, other)| one.is_known() && other.is_known() && one != other)
        };
        let mut others = said.iter().enumerate();
        let agree = others.all(|(place, one)| {
            let mut later = said[place + 1..].iter();
            later.all(|other| !contrary(one, other))
        });
        if !agree && best == How::Stated {
            let (first, second) = (&names[tied[0].0], &names[tied[1].0]);
            let criterion = tied[0].1.criterion;
            return Err(self.two_columns(criterion, first.as_ref(), second.as_ref()));
        }
        for (place, (column, feed)) in tied.iter().copied().enumerate() {
            if agree {
                mapping.feeds[column].push(feed);
            } else {
                let other = name(tied[usize::from(place == 0)].0);
                mapping.unused[column] = Some(Why::Tied(feed.criterion, other));
            }
        }
        Ok(())
    }

    /// Gives each feed the slot it fills: the first the one that it counts for, in
    /// the order in which they count, and the others one of their own.
    fn assign(&self, mapping: &mut Mapping) {
        let mut feeds: Vec<&mut Feed> = mapping.feeds.iter_mut().flatten().collect();
        feeds.sort_by_key(|feed| (feed.target, feed.turn()));
        let mut filled = BTreeSet::new();
        let mut next = self.rules.slots() + self.stated_extras();
        for feed in feeds {
            let wanted = match feed.how {
                How::Stated => feed.slot,
                _ => feed.target,
            };
            feed.slot = wanted;
            if !filled.insert(wanted) {
                feed.slot = SlotId::new(next);
                next += 1;
            }
        }
    }

    /// The slot that a part counts for: one of its own, or the criterion's.
    pub(super) fn slot_of(&self, criterion: usize, role: Role) -> SlotId {
        let mut derived = self.rules.derived().iter();
        let own = match role {
            Role::Since => derived
                .find(|derived| derived.start == criterion)
                .map(|derived| derived.since),
            Role::Term => derived
                .find(|derived| derived.length == criterion)
                .map(|derived| derived.term),
            Role::Before(_) | Role::Plain | Role::Filled(_) | Role::Flag(_) => None,
        };
        SlotId::new(own.unwrap_or(criterion))
    }

    /// The column with the words for the codes of this one.
    fn named_twin<S: AsRef<str>>(&self, names: &[S], column: usize) -> Option<String> {
        let name = names[column].as_ref();
        let is_stated = |name: &str| {
            let mut stated = self.stated.iter();
            stated.any(|stated| stated.column.as_deref() == Some(name))
        };
        let mut others = names.iter().map(AsRef::as_ref);
        others
            .find(|other| coded_field(other) == Some(name) && !is_stated(name))
            .map(str::to_owned)
    }
}
