//! The decision about all columns of an input.
//!
//! Owns how columns compete: for one criterion and part, by how they were found,
//! by their values, and which slot each of them fills.

use std::collections::BTreeMap;

use super::names::twin;
use super::values::{self, Doubt};
use super::{Columns, Feed, How, Mapping, Role, Why};
use crate::error::Result;
use crate::rules::read::{Reading, Sense};

/// Feeds of one criterion that play the same part, and their columns.
type Rivals = BTreeMap<(usize, usize, Role), Vec<(usize, Feed)>>;

impl Columns<'_> {
    /// Settles which of the columns `names` feeds which criterion. `values`
    /// are the first values of each column. `complete` says that `names` are all
    /// there are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`](crate::ErrorKind::Columns) where `--map` names a column that is not there.
    pub fn settle<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        complete: bool,
    ) -> Result<Mapping> {
        let resolved = self.resolve_told(names, complete)?;
        let name_of = |column: usize| names[column].as_ref();
        let values_of = |column: usize| values.get(column).map_or(&[][..], Vec::as_slice);
        let mut mapping = Mapping {
            feeds: vec![Vec::new(); names.len()],
            unused: vec![None; names.len()],
            undated: Vec::new(),
        };
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
                let spoiled = self.spoiled(&feed, names, values_of(column));
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
        self.doubtful(names, values, &unfed, &mut rivals, &mut mapping);
        for ((criterion, ..), rivals) in &rivals {
            if !self.rules.can_read(*criterion) {
                for (column, _) in rivals {
                    mapping.unused[*column] = Some(Why::NotCompared(*criterion));
                }
                continue;
            }
            self.choose(names, values, rivals, &mut mapping);
        }
        self.seat(&mut mapping);
        for (column, feeds) in mapping.feeds.iter().enumerate() {
            if !feeds.is_empty() {
                mapping.unused[column] = None;
            } else if mapping.unused[column].is_none() {
                mapping.unused[column] = Some(Why::Unknown);
            }
            let dates = feeds.iter().filter(|feed| self.is_date(feed.criterion));
            if dates.clone().any(|feed| feed.date_order().is_none())
                && let Some(text) = values::undated(values_of(column))
            {
                mapping.undated.push((column, text));
            }
        }
        Ok(mapping)
    }

    /// Why bare numbers are no length, if another column says what they are of.
    fn spoiled<S: AsRef<str>>(&self, feed: &Feed, names: &[S], values: &[String]) -> Option<Why> {
        let criterion = feed.criterion;
        let is_bare = self.is_length(criterion) && feed.sense == Sense::Plain;
        let may_be = feed.how != How::Told && is_bare && values::are_numbers(values);
        let mut others = names.iter();
        let spoils = may_be && others.any(|name| self.names.spoils(name.as_ref(), criterion));
        spoils.then_some(Why::Unclear(criterion))
    }

    /// The feed that the user named, in the part that the values show where the
    /// name is doubtful: `customer` may be a flag.
    fn meant(&self, feed: Feed, name: &str, values: &[String]) -> Feed {
        if feed.how != How::Told || feed.role != Role::Plain {
            return feed;
        }
        let doubts = self.names.doubts(name).into_iter();
        let parts = doubts.filter(|(criterion, _)| *criterion == feed.criterion);
        let parts: Vec<Feed> = parts
            .map(|(criterion, role)| self.feed(criterion, role, How::Told, name))
            .collect();
        match self.decide(&parts, values, &[feed.criterion]) {
            Doubt::Decided(part) => Feed {
                rank: feed.rank,
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
        rivals: &mut Rivals,
        mapping: &mut Mapping,
    ) {
        let clear: Vec<(usize, usize, Role)> = rivals.keys().copied().collect();
        let about: Vec<usize> = clear.iter().map(|(criterion, ..)| *criterion).collect();
        for &column in unfed {
            let name = names[column].as_ref();
            let mut doubts = self.names.doubts(name);
            doubts.retain(|(criterion, _)| !self.is_told(*criterion));
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
            match self.decide(&feeds, values, &about) {
                Doubt::Decided(feed) => {
                    let part = (feed.criterion, feed.rank, feed.role);
                    rivals.entry(part).or_default().push((column, feed));
                }
                Doubt::Open => {
                    let criterion = feeds.first().map(|feed| feed.criterion);
                    mapping.unused[column] = criterion.map(Why::Unclear);
                }
            }
        }
    }

    /// Chooses among several columns that play the same part: the one that was
    /// found best. Of several such the first, where all say the same; all of them,
    /// where none says something else than another; and else none.
    fn choose<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        rivals: &[(usize, Feed)],
        mapping: &mut Mapping,
    ) {
        let Some(best) = rivals.iter().map(|(_, feed)| feed.how).max() else {
            return;
        };
        let (tied, less): (Vec<_>, Vec<_>) = rivals
            .iter()
            .copied()
            .partition(|(_, feed)| feed.how == best);
        let Some(&(first, _)) = tied.first() else {
            return;
        };
        let name = |column: usize| names[column].as_ref().to_owned();
        for (column, feed) in less {
            mapping.unused[column] = Some(Why::Less(feed.criterion, name(first)));
        }
        let says = |(column, feed): &(usize, Feed)| {
            let values = values.get(*column).map_or(&[][..], Vec::as_slice);
            self.readings(feed, values)
        };
        let said: Vec<_> = tied.iter().map(says).collect();
        let known = |said: &Vec<Reading>| said.iter().any(|reading| reading.is_known());
        let contrary = |one: &Vec<Reading>, other: &Vec<Reading>| {
            let pairs = one.iter().zip(other);
            pairs
                .into_iter()
                .any(|(one, other)| one.is_known() && other.is_known() && one != other)
        };
        let (mut same, mut agree) = (known(&said[0]), said.iter().any(known));
        for (i, one) in said.iter().enumerate() {
            same &= *one == said[0];
            agree &= said[i + 1..].iter().all(|other| !contrary(one, other));
        }
        // Columns of objects that not all of them have are not side by side.
        agree &= said.iter().all(|one| one.len() == said[0].len());
        let alone = tied.len() == 1;
        for (place, (column, feed)) in tied.iter().copied().enumerate() {
            let other = if place == 0 { 1 } else { 0 };
            if alone || same && place == 0 || agree && !same {
                mapping.feeds[column].push(feed);
            } else if same {
                mapping.unused[column] = Some(Why::Same(feed.criterion, name(first)));
            } else {
                let other = name(tied[other].0);
                mapping.unused[column] = Some(Why::Tied(feed.criterion, other));
            }
        }
    }

    /// Gives each feed the slot it fills: the first of a criterion its own, in
    /// the order in which they count, unless its part has one of its own.
    fn seat(&self, mapping: &mut Mapping) {
        let feeds = mapping.feeds.iter_mut().flatten();
        let mut feeds: Vec<&mut Feed> = feeds
            .filter(|feed| self.own_seat(feed.criterion, feed.role).is_none())
            .collect();
        feeds.sort_by_key(|feed| (feed.criterion, feed.turn()));
        let mut seated = vec![false; self.rules.rulebook().criteria.len()];
        let mut next = self.rules.slots();
        for feed in feeds {
            feed.seat = feed.criterion;
            if std::mem::replace(&mut seated[feed.criterion], true) {
                feed.seat = next;
                next += 1;
            }
        }
    }

    /// The slot that there is for a part, beside the criterion's.
    pub(super) fn own_seat(&self, criterion: usize, role: Role) -> Option<usize> {
        let mut derived = self.rules.derived().iter();
        match role {
            Role::Since => derived
                .find(|derived| derived.start == criterion)
                .map(|derived| derived.since),
            Role::Term => derived
                .find(|derived| derived.length == criterion)
                .map(|derived| derived.term),
            Role::Before(_) | Role::Plain | Role::Filled(_) | Role::Flag(_) => None,
        }
    }

    /// The column with the words for the codes of this one.
    fn named_twin<S: AsRef<str>>(&self, names: &[S], column: usize) -> Option<String> {
        let name = names[column].as_ref();
        let is_told = |name: &str| {
            let mut told = self.told.iter();
            told.any(|(_, column)| column.as_deref() == Some(name))
        };
        let mut others = names.iter().map(AsRef::as_ref);
        others
            .find(|other| twin(other) == Some(name) && !is_told(name))
            .map(str::to_owned)
    }
}
