//! The decision about all columns of an input.
//!
//! Owns how columns compete for one criterion and part: by how they were matched and by
//! their values.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::firms::Beside;
use super::names::NameMeaning;
use super::subject::About;
use super::{Columns, Feed, How, Mapping, Part, Role, Why};
use crate::columns::values;
use crate::columns::values::Doubts;
use crate::error::Result;
use crate::lexicon::decoration::coded_field;
use crate::lexicon::normalize::header_words;
use crate::value::Value;
use crate::value::filled::Filling;
use crate::value::read::Sense;

/// Feeds of one criterion that play the same part, and their columns.
pub(super) type Rivals = BTreeMap<Part, Vec<(usize, Feed)>>;

/// The columns of an input: their names, and the first values of each.
pub(super) struct Sample<'s> {
    pub(super) names: Vec<&'s str>,
    values: &'s [Vec<String>],
}

impl<'s> Sample<'s> {
    pub(super) fn new(names: Vec<&'s str>, values: &'s [Vec<String>]) -> Self {
        Sample { names, values }
    }

    pub(super) fn values(&self, column: usize) -> &[String] {
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
        if let Some(plan) = &self.plan {
            return plan.mapping(&names, complete);
        }
        let resolved = self.resolve_stated(&names, complete)?;
        let sample = Sample::new(names, values);
        let columns = sample.names.len();
        let mut mapping = Mapping {
            feeds: vec![Vec::new(); columns],
            unused: vec![None; columns],
            ..Mapping::default()
        };
        let about = About::new(self, &sample);
        about.describe(&sample, &mut mapping);
        // The first column may be the key of contracts.
        let first = sample.names.first();
        let has_contract = sample.names.iter().any(|name| self.names_contract(name))
            || first.is_some_and(|name| !self.names.of_some_document(name).is_empty());
        let mut rivals = Rivals::new();
        let mut unfed: Vec<usize> = Vec::new();
        let twins = self.named_twins(&sample.names);
        for column in 0..columns {
            let name = sample.names[column];
            if let Some(other) = twins.get(name) {
                mapping.unused[column] = Some(Why::Twin((*other).to_owned()));
                continue;
            }
            let name = resolved.get(&column).map_or(name, String::as_str);
            let values = sample.values(column);
            let (feeds, why) = self.sure(name);
            let feeds = self.or_otherwise(feeds, name, values);
            for feed in &feeds {
                let mut feed = *feed;
                if feed.role == Role::InForce
                    && !feed.is_fixed
                    && !has_contract
                    && (about.document().is_some()
                        || self.names.is_in_force_of_some_document(name)
                            && !about.is_of_buyers(self, &sample, column))
                {
                    feed = self.feed(feed.criterion, Role::Plain, feed.how, name);
                }
                let feed = self.sensed(feed, values);
                let feed = self.meant(feed, name, values);
                if let Some(number) = self.coded(&feed, values) {
                    return Err(self.codes(feed.criterion, sample.names[column], number));
                }
                let elsewhere = self.elsewhere(&sample, &about, column, &feed);
                match elsewhere.or_else(|| self.contradicted(&feed, values)) {
                    Some(why) => mapping.unused[column] = Some(why),
                    None => add(&mut rivals, column, feed),
                }
            }
            if feeds.is_empty() && why.is_none() {
                unfed.push(column);
            }
            mapping.unused[column] = why.or(mapping.unused[column].take());
        }
        self.doubtful(&sample, &unfed, &about, &mut rivals, &mut mapping);
        self.dependent(&sample, &about, &mut rivals, &mut mapping);
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
        }
        self.undated(&sample, &mut mapping);
        Ok(mapping)
    }

    /// Notes the columns of numeric dates whose order nothing shows.
    pub(super) fn undated(&self, sample: &Sample<'_>, mapping: &mut Mapping) {
        for (column, feeds) in mapping.feeds.iter().enumerate() {
            let mut dates = feeds.iter().filter(|feed| self.is_date(feed.criterion));
            if dates.any(|feed| feed.date_order().is_none() && !feed.is_serial())
                && let Some(undecided) = values::undated(sample.values(column))
            {
                mapping.undated.push((column, undecided));
            }
        }
    }

    /// Whether the name of a column for a criterion has a word for this value of it, such as
    /// `Contract active`.
    fn shows(&self, criterion: usize, name: &str, value: u8) -> bool {
        let state = self.names.state_of(criterion, name);
        // What was never signed is not over, and `Contract` is not a state.
        self.names.states(&state).is_empty()
            && self.names.find(&state) == NameMeaning::Nothing
            && self.rules.read(criterion, &state) == Value::Choice(value)
    }

    /// Whether a column of this name is certainly about a contract, other than its days.
    fn names_contract(&self, name: &str) -> bool {
        let is_dated = |criterion: usize| {
            let mut in_force = self.rules.in_force().iter();
            in_force.any(|one| one.criterion == criterion)
        };
        match self.names.find(name) {
            NameMeaning::Means((criterion, _), _) => is_dated(criterion),
            _ => self
                .names
                .doubts(name)
                .iter()
                .any(|(criterion, _)| is_dated(*criterion)),
        }
    }

    /// The feed that the user named, in the part that the values show if the name is
    /// ambiguous: `customer` may be a flag.
    pub(super) fn meant(&self, feed: Feed, name: &str, values: &[String]) -> Feed {
        if feed.how != How::Stated || feed.role != Role::Plain || feed.is_fixed {
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
            beside: Beside::Nothing,
        };
        match self.decide(&parts, values, &doubts) {
            Some(part) => Feed {
                rank: feed.rank,
                slot: feed.slot,
                target: feed.target,
                is_sparse: feed.is_sparse,
                ..part
            },
            None => feed,
        }
    }

    /// The `feeds` of a name, or another one that its values show if none of them is
    /// understood as the name says: a French `Engagement` may be a commitment.
    fn or_otherwise(&self, feeds: Vec<Feed>, name: &str, values: &[String]) -> Vec<Feed> {
        let [feed] = feeds[..] else {
            return feeds;
        };
        let doubts = self.names.doubts(name).into_iter();
        let others = doubts
            .filter(|(criterion, _)| *criterion != feed.criterion && !self.is_stated(*criterion));
        let others: Vec<Feed> = others
            .map(|(criterion, role)| self.feed(criterion, role, How::Values, name))
            .collect();
        let mut in_force = self.rules.in_force().iter();
        if let Some(of) = in_force.find(|one| one.criterion == feed.criterion)
            && feed.how != How::Stated
            && feed.role == Role::Plain
            && self.are_answers(values)
            && self.shows(feed.criterion, name, of.during)
        {
            let sense = Sense::Running(of.during, of.after);
            return vec![Feed { sense, ..feed }];
        }
        let is_known = |feed: &Feed| {
            let readings = self.readings(feed, values.iter());
            readings.iter().any(|value| value.is_known())
        };
        if feed.how == How::Stated || is_known(&feed) {
            return feeds;
        }
        // `Contract signed` may have the days of signing.
        let mut in_force = self.rules.in_force().iter();
        if let Some(of) = in_force.find(|one| one.criterion == feed.criterion)
            && feed.role == Role::Plain
        {
            let role = Role::Filled(of.during, Filling::Day);
            let day = self.feed(feed.criterion, role, feed.how, name);
            if self.is_understood(&day, values) {
                return vec![day];
            }
        }
        if others.is_empty() {
            return feeds;
        }
        let doubts = Doubts {
            about: &[],
            alone: true,
            short: true,
            beside: Beside::Nothing,
        };
        let other = self.decide(&others, values, &doubts);
        other.map_or(feeds, |other| vec![other])
    }

    /// Lets the values decide about ambiguous names. These only compete for criteria
    /// that no clear name feeds.
    fn doubtful(
        &self,
        sample: &Sample<'_>,
        unfed: &[usize],
        about: &About,
        rivals: &mut Rivals,
        mapping: &mut Mapping,
    ) {
        let clear: BTreeSet<(usize, Role)> = (rivals.keys())
            .map(|(criterion, _, role)| (*criterion, *role))
            .collect();
        let certain: Vec<usize> = clear.iter().map(|(criterion, _)| *criterion).collect();
        let others = self.others_of_firms(&sample.names);
        for &column in unfed {
            let (name, values) = (sample.names[column], sample.values(column));
            let mut doubts = self.names.doubts(name);
            doubts.retain(|(criterion, _)| !self.is_stated(*criterion));
            let Some(&(first, _)) = doubts.first() else {
                continue;
            };
            let doubt = Doubts {
                about: &certain,
                // A yes or no answers only a name with one possible criterion.
                alone: doubts.iter().all(|(criterion, _)| *criterion == first),
                short: header_words(name).len() == 1,
                beside: self.beside(&others, name),
            };
            let open = doubts.iter().filter(|doubt| !clear.contains(doubt));
            let feeds =
                open.map(|&(criterion, role)| self.feed(criterion, role, How::Values, name));
            let feeds: Vec<Feed> = feeds.collect();
            let decided = self.decide(&feeds, values, &doubt);
            let elsewhere = decided.and_then(|feed| self.elsewhere(sample, about, column, &feed));
            match decided.filter(|_| elsewhere.is_none()) {
                Some(feed) => add(rivals, column, feed),
                None => {
                    let undecided = self.undecided(&feeds, values, doubt.beside);
                    mapping.unused[column] = elsewhere.or(undecided);
                }
            }
        }
    }

    /// Chooses among several columns that play the same part: the one with the best
    /// match; of equal matches all, if they never differ within a record, else none.
    pub(super) fn choose(
        &self,
        sample: &Sample<'_>,
        rivals: &[(usize, Feed)],
        mapping: &mut Mapping,
    ) -> Result<()> {
        // Any objection counts.
        if rivals.iter().all(|(_, feed)| feed.role == Role::Kind) {
            for (column, feed) in rivals {
                mapping.feeds[*column].push(*feed);
            }
            return Ok(());
        }
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
        // By record: the first value that is known.
        let mut known: Vec<Option<Value>> = Vec::new();
        let mut agree = true;
        for values in all_values {
            known.resize(known.len().max(values.len()), None);
            for (known, value) in known.iter_mut().zip(values) {
                if value.is_known() {
                    agree &= *known.get_or_insert(value) == value;
                }
            }
        }
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

    /// By name of a column with codes: the first column with the words for them.
    fn named_twins<'n>(&self, names: &[&'n str]) -> HashMap<&'n str, &'n str> {
        let mut twins = HashMap::new();
        for other in names {
            if let Some(name) = coded_field(other)
                && self.stated_as(name).is_empty()
            {
                twins.entry(name).or_insert(*other);
            }
        }
        twins
    }
}

pub(super) fn add(rivals: &mut Rivals, column: usize, feed: Feed) {
    rivals.entry(feed.part()).or_default().push((column, feed));
}
