//! Columns that mean something only beside others.
//!
//! Owns which of them are used: a status or a kind is that of a contract if another column
//! is certainly about one; a day of signing, unless another column is about something else
//! that is signed.

use super::settle::{Rivals, Sample, add};
use super::subject::About;
use super::{Columns, How, Mapping, Role, Subject, Why};
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
        let is_fed = |rivals: &Rivals, column: usize| {
            let mut feeds = rivals.values().flatten();
            feeds.any(|(of, _)| *of == column)
        };
        let count = sample.names.len();
        for column in 0..count {
            let name = sample.names[column];
            let days = self.names.of_some_document(name).into_iter();
            let day = days.filter(|(criterion, _)| !self.is_stated(*criterion));
            for (criterion, role) in day {
                let feed = self.feed(criterion, role, How::Words, name);
                let is_sure = self.is_about(rivals, criterion);
                let why = match about.document() {
                    Some(other) if !is_sure => {
                        let other = sample.names[other].to_owned();
                        Some(Why::Elsewhere(criterion, Subject::Other, other))
                    }
                    _ => self.elsewhere(sample, about, column, &feed),
                };
                let values = sample.values(column);
                match why.or_else(|| self.contradicted(&feed, values)) {
                    Some(why) => mapping.unused[column] = Some(why),
                    None => add(rivals, column, feed),
                }
            }
        }
        for column in (0..count)
            .filter(|column| !is_fed(rivals, *column))
            .collect::<Vec<_>>()
        {
            let name = sample.names[column];
            for criterion in self.names.states(name) {
                if self.is_stated(criterion) {
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
                        if let Some(rivals) = rivals.get_mut(&part) {
                            rivals.retain(|(_, one)| one.how != How::Values);
                        }
                        mapping.unused[column] = None;
                        add(rivals, column, feed);
                    }
                }
            }
        }
        for column in (0..count)
            .filter(|column| !is_fed(rivals, *column))
            .collect::<Vec<_>>()
        {
            let name = sample.names[column];
            let doubts = self.names.doubts(name);
            let Some(&(criterion, _)) = doubts.first() else {
                continue;
            };
            let is_kind = self.names.states(name).is_empty()
                && doubts
                    .iter()
                    .all(|doubt| *doubt == (criterion, Role::Plain))
                && self
                    .rules
                    .in_force()
                    .iter()
                    .any(|one| one.criterion == criterion)
                && !self.is_stated(criterion);
            if !is_kind || !self.is_about(rivals, criterion) {
                continue;
            }
            let mut feed = self.feed(criterion, Role::Kind, How::Values, name);
            feed.sense = Sense::Kind;
            if self.elsewhere(sample, about, column, &feed).is_none() {
                mapping.unused[column] = None;
                add(rivals, column, feed);
            }
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
