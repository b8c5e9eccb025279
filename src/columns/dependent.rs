//! Columns that mean something only beside others.
//!
//! Owns which of them are used: a status or a kind is that of a contract if another column
//! is certainly about one; a day of signing, unless another column is about something else
//! that is signed.

use std::collections::BTreeSet;

use super::names::NameMeaning;
use super::settle::{Rivals, Sample, add};
use super::subject::About;
use super::{Columns, Feed, How, Mapping, Role, Subject, Why};
use crate::value::Value;
use crate::value::filled::Filling;
use crate::value::read::Sense;

impl Columns<'_> {
    /// Adds columns that depend on others: a status is that of a contract if another
    /// column is certainly about one. A day of signing is that of a contract unless another
    /// column is about something else that is signed; and where records are documents of
    /// another kind, the id of a contract only shows what they belong to.
    ///
    /// A status counts text by text, and the number of a contract does not count against
    /// one that is not understood; so it is used even if few texts are.
    pub(super) fn dependent(
        &self,
        sample: &Sample<'_>,
        about: &About,
        rivals: &mut Rivals,
        mapping: &mut Mapping,
    ) {
        let count = sample.names.len();
        // By column: how many feeds it has.
        let mut fed = vec![0_usize; count];
        for (column, _) in rivals.values().flatten() {
            fed[*column] += 1;
        }
        let mut with_kinds_only = BTreeSet::new();
        for (column, fed) in fed.iter_mut().enumerate() {
            let name = sample.names[column];
            let days = self.names.of_some_document(name).into_iter();
            let day = days.filter(|(criterion, _)| !self.is_stated(*criterion));
            for (criterion, role) in day {
                let feed = self.feed(criterion, role, How::Words, name);
                let is_key = column == 0 && matches!(role, Role::Filled(_, Filling::Number));
                let is_sure = is_key || self.is_about(rivals, criterion);
                let why = match about.document() {
                    Some(other) if !is_sure => {
                        let other = sample.names[other].to_owned();
                        Some(Why::Elsewhere(criterion, Subject::Other, other))
                    }
                    _ if !is_sure && !about.is_of_buyers(self, sample, column) => {
                        Some(Why::Unclear(criterion))
                    }
                    _ => self.elsewhere(sample, about, column, &feed),
                };
                let values = sample.values(column);
                match why.or_else(|| self.contradicted(&feed, values)) {
                    Some(why) => mapping.unused[column] = Some(why),
                    None => {
                        *fed += 1;
                        add(rivals, column, feed);
                    }
                }
            }
        }
        for column in 0..count {
            let name = sample.names[column];
            for criterion in self.names.states(name) {
                if fed[column] > 0 || self.is_stated(criterion) {
                    continue;
                }
                let mut feed = self.feed(criterion, Role::Plain, How::Words, name);
                feed.sense = Sense::Status;
                let why = match self.is_about(rivals, criterion) {
                    true => self.elsewhere(sample, about, column, &feed),
                    false => Some(Why::Unclear(criterion)),
                };
                match why {
                    Some(why) => mapping.unused[column] = Some(why),
                    None => {
                        // What was decided by values alone shows the kind at most.
                        let part = (criterion, feed.rank, Role::Plain);
                        if with_kinds_only.insert(part)
                            && let Some(rivals) = rivals.get_mut(&part)
                        {
                            for (column, _) in
                                rivals.extract_if(.., |(_, one)| one.how == How::Values)
                            {
                                fed[column] -= 1;
                            }
                        }
                        mapping.unused[column] = None;
                        fed[column] += 1;
                        add(rivals, column, feed);
                    }
                }
            }
        }
        let criteria: Vec<usize> = (self.rules.in_force().iter())
            .map(|one| one.criterion)
            .filter(|criterion| !self.is_stated(*criterion) && self.is_about(rivals, *criterion))
            .collect();
        for criterion in criteria {
            let part = (criterion, 0, Role::Plain);
            let stated = rivals.get(&part).into_iter().flatten();
            let is_stated = stated.clone().any(|(_, feed)| feed.sense != Sense::Status);
            for (column, fed) in fed.iter_mut().enumerate() {
                if *fed > 0 {
                    continue;
                }
                let (name, values) = (sample.names[column], sample.values(column));
                let Some(feed) = self.objection(criterion, name, values) else {
                    continue;
                };
                // It may be the state of the buyer.
                if is_stated && feed.sense != Sense::Kind {
                    continue;
                }
                if self.elsewhere(sample, about, column, &feed).is_none() {
                    mapping.unused[column] = None;
                    *fed += 1;
                    add(rivals, column, feed);
                }
            }
            self.signed(sample, criterion, rivals);
        }
    }

    /// The feed of a column that may speak against what other columns are certainly about:
    /// it is of another kind, or in a state of its own, or a question or a day shows that
    /// it is over.
    fn objection(&self, criterion: usize, name: &str, values: &[String]) -> Option<Feed> {
        let with = |role, sense| {
            let feed = self.feed(criterion, role, How::Values, name);
            Some(Feed { sense, ..feed })
        };
        let doubts = self.names.doubts(name);
        let is_free = matches!(
            self.names.find(name),
            NameMeaning::Nothing | NameMeaning::Never(_)
        );
        if !doubts.is_empty()
            && doubts
                .iter()
                .all(|doubt| *doubt == (criterion, Role::Plain))
        {
            return with(Role::Kind, Sense::Kind);
        }
        if is_free && self.names.may_state(criterion, name) {
            let feed = with(Role::Plain, Sense::Status)?;
            return self.are_states(&feed, values).then_some(feed);
        }
        if !is_free {
            return None;
        }
        let state = self.names.state_of(criterion, name);
        let mut key = String::new();
        let read = self
            .rules
            .read_in(criterion, &state, Sense::Plain, &mut key);
        let of = self
            .rules
            .in_force()
            .iter()
            .find(|one| one.criterion == criterion)?;
        let is_withheld = self.rules.is_withheld(criterion, &state, &mut key);
        if self.are_answers(values) {
            return match read {
                Value::Choice(value) if value == of.during => {
                    with(Role::Kind, Sense::Veto(false, Some(of.after)))
                }
                Value::Choice(value) if value == of.after => {
                    with(Role::Kind, Sense::Veto(true, Some(value)))
                }
                _ if is_withheld => with(Role::Kind, Sense::Veto(true, None)),
                _ => None,
            };
        }
        let ends = read == Value::Choice(of.after) && !self.is_stated(of.end);
        let day = ends.then(|| self.feed(of.end, Role::Plain, How::Values, name))?;
        let day = self.sensed(day, values);
        self.is_understood(&day, values).then_some(day)
    }

    /// Whether at least half of the values that are not missing are states, or withhold
    /// one on purpose.
    fn are_states(&self, feed: &Feed, values: &[String]) -> bool {
        let mut key = String::new();
        let filled = values
            .iter()
            .filter(|value| !self.rules.is_blank(value, &mut key));
        let filled: Vec<&String> = filled.collect();
        let is_state = |value: &&&String| {
            let read = self
                .rules
                .read_in(feed.criterion, value, feed.sense, &mut key);
            read.is_known() || self.rules.is_withheld(feed.criterion, value, &mut key)
        };
        let states = filled.iter().filter(is_state).count();
        states > 0 && 2 * states >= filled.len()
    }

    /// Adds the days of signing where a term is stated that may run from them.
    fn signed(&self, sample: &Sample<'_>, criterion: usize, rivals: &mut Rivals) {
        let mut in_force = self.rules.in_force().iter();
        let Some(of) = in_force.find(|one| one.criterion == criterion) else {
            return;
        };
        let has_term = rivals.keys().any(|(_, _, role)| *role == Role::Term);
        let is_day = |feed: &Feed| {
            let is_of_days = matches!(feed.role, Role::Filled(_, Filling::Day));
            feed.criterion == criterion && is_of_days
        };
        let days = rivals.values().flatten().filter(|(_, feed)| is_day(feed));
        let days: Vec<usize> = days.map(|(column, _)| *column).collect();
        if !has_term || self.is_stated(of.start) {
            return;
        }
        for column in days {
            let (name, values) = (sample.names[column], sample.values(column));
            let feed = self.feed(of.start, Role::Signed, How::Words, name);
            add(rivals, column, self.sensed(feed, values));
        }
    }

    /// Whether another column than a status is certainly about a criterion: it feeds it,
    /// or has the days between which it is in force.
    fn is_about(&self, rivals: &Rivals, criterion: usize) -> bool {
        let in_force = self.rules.in_force().iter();
        let days: Vec<usize> = in_force
            .filter(|one| one.criterion == criterion)
            .flat_map(|one| [one.start, one.end])
            .collect();
        let mut parts = rivals.keys();
        parts.any(|(of, _, role)| *of == criterion || *role == Role::InForce && days.contains(of))
    }
}
