//! What all records of a batch come to, in a few bytes each.
//!
//! Owns what is kept of a record for whoever compares: where it is, its labels, and
//! what its texts were read as. Evidence takes more room and can be found again from
//! that, so it is left to whoever needs it of a few.

use super::Judge;
use crate::rules::Bin;
use crate::rules::evaluate::Verdict;

/// The records of a batch, one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roll {
    criteria: usize,
    /// The record that is being read.
    current: (u64, usize),
    /// By record: its number in the batch, from 1, and where it begins there.
    places: Vec<(u64, usize)>,
    /// By record and scorecard, as verdicts number them.
    labels: Vec<u8>,
    /// By record and criterion.
    bins: Vec<Bin>,
}

/// A record on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'r> {
    /// The record within its batch, from 1.
    pub(crate) record: u64,
    /// Where it begins there.
    pub(crate) at: usize,
    /// By scorecard.
    pub(crate) labels: &'r [u8],
    /// By criterion.
    pub(crate) bins: &'r [Bin],
}

impl Roll {
    pub(super) fn begin(&mut self, record: u64, at: usize) {
        self.current = (record, at);
    }

    /// Enters the record that was just judged.
    pub(super) fn enter(&mut self, slots: &[Bin], verdicts: &[Verdict]) {
        self.places.push(self.current);
        self.labels.extend(verdicts.iter().map(|one| one.label));
        self.bins.extend_from_slice(&slots[..self.criteria]);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The record with this place on it.
    pub(crate) fn get(&self, place: usize) -> Option<Entry<'_>> {
        let (record, at) = *self.places.get(place)?;
        // A rulebook has a scorecard, and may have no criteria.
        let labels = self.labels.len() / self.places.len();
        Some(Entry {
            record,
            at,
            labels: &self.labels[place * labels..][..labels],
            bins: &self.bins[place * self.criteria..][..self.criteria],
        })
    }
}

impl Judge<'_> {
    /// A desk at which every record is entered on a roll.
    pub(crate) fn enrolling(mut self) -> Self {
        let roll = Roll {
            criteria: self.rules.rulebook().criteria.len(),
            ..Roll::default()
        };
        self.roll = Some(Box::new(roll));
        self
    }

    /// Hands over the records that were entered since the last time.
    pub(crate) fn take_roll(&mut self) -> Roll {
        let Some(roll) = self.roll.as_deref_mut() else {
            return Roll::default();
        };
        let new = Roll {
            criteria: roll.criteria,
            // The next batch is about as long.
            places: Vec::with_capacity(roll.places.len()),
            labels: Vec::with_capacity(roll.labels.len()),
            bins: Vec::with_capacity(roll.bins.len()),
            ..Roll::default()
        };
        std::mem::replace(roll, new)
    }
}
