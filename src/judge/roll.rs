//! What all records of a batch come to, in a few bytes each.
//!
//! Owns what is kept of a record for whoever compares or checks: where it is, its
//! labels, what its texts were read as, and what it says in columns that are watched.
//! Evidence takes more room and can be found again from that, so it is left to whoever
//! needs it of a few.

use std::ops::Range;

use super::Judge;
use super::tally::{Unreads, head};
use super::watch::Watch;
use crate::columns::Feed;
use crate::engine::bins::Bin;
use crate::engine::evaluate::Verdict;
use crate::value::Kind;

/// The records of a batch, one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roll {
    criteria: usize,
    /// The slots of starts of the relationship itself, which stand behind the criteria's.
    since: Vec<usize>,
    /// The record that is being read.
    current: (u64, usize),
    /// By record: its number in the batch, from 1, and where it begins there.
    places: Vec<(u64, usize)>,
    /// By record and scorecard, as verdicts number them.
    labels: Vec<u8>,
    /// By record: of each criterion, then of each of these starts.
    bins: Vec<Bin>,
    /// What is heard beside what is judged.
    watch: Watch,
    /// What the columns say that are watched, one text behind the other; by column
    /// where the text of the record that is being read is, and by record and column.
    texts: String,
    heard: Vec<Option<Range<usize>>>,
    said: Vec<Option<Range<usize>>>,
    /// What was not understood, and the place of its record on the roll.
    unread: Vec<(usize, Unheeded)>,
}

/// A text that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unheeded {
    pub(crate) criterion: usize,
    pub(crate) column: String,
    /// Its beginning.
    pub(crate) text: String,
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
    /// Of the starts of the relationship itself, in the order of
    /// [`Rules::derived`](crate::engine::compile::Rules::derived).
    pub(crate) since: &'r [Bin],
    roll: &'r Roll,
    /// Its place on the roll.
    place: usize,
}

impl<'r> Entry<'r> {
    /// What it says in a column that is watched; `None` where it does not have it.
    pub(crate) fn text(&self, watched: usize) -> Option<&'r str> {
        let columns = self.roll.heard.len();
        let said = self.roll.said.get(self.place * columns + watched)?;
        said.clone().map(|range| &self.roll.texts[range])
    }

    /// What was not understood of it, if that is watched.
    pub(crate) fn unread(&self) -> impl Iterator<Item = &'r Unheeded> + use<'r> {
        let (all, place) = (&self.roll.unread, self.place);
        let from = all.partition_point(|(record, _)| *record < place);
        let of = all[from..].iter();
        of.take_while(move |(record, _)| *record == place)
            .map(|(_, unread)| unread)
    }
}

impl Roll {
    pub(super) fn begin(&mut self, record: u64, at: usize) {
        self.current = (record, at);
        self.heard.fill(None);
        // What was noted of a record that was not judged in the end.
        let entered = self.places.len();
        while self.unread.pop_if(|(place, _)| *place >= entered).is_some() {}
    }

    /// Keeps what a column says, if it is watched. Of a column that a record has twice
    /// the last one counts.
    pub(super) fn hears(&mut self, seat: usize, text: &str) {
        if let Some(column) = self.watch.column_of(seat) {
            let from = self.texts.len();
            self.texts.push_str(text);
            self.heard[column] = Some(from..self.texts.len());
        }
    }

    /// True for the slot of a column that is watched.
    pub(super) fn watches(&self, seat: usize) -> bool {
        self.watch.column_of(seat).is_some()
    }

    /// True if texts that are not understood are watched.
    pub(super) fn notes(&self) -> bool {
        self.watch.values
    }

    /// Notes a text that was not understood, if that is watched.
    pub(super) fn note(&mut self, criterion: usize, seat: usize, text: &str) {
        if !self.notes() {
            return;
        }
        let unread = Unheeded {
            criterion,
            column: self.watch.name(seat).to_owned(),
            text: head(text.trim(), Unreads::LONGEST).to_owned(),
        };
        // Of a column that a record has twice the last one counts.
        let place = self.places.len();
        let is_same = |(of, other): &(usize, Unheeded)| {
            *of == place && (other.criterion, &other.column) == (criterion, &unread.column)
        };
        let from = self.unread.partition_point(|(of, _)| *of < place);
        if let Some(at) = self.unread[from..]
            .iter()
            .position(is_same)
            .map(|at| from + at)
        {
            self.unread.remove(at);
        }
        self.unread.push((place, unread));
    }

    /// Enters the record that was just judged.
    pub(super) fn enter(&mut self, slots: &[Bin], verdicts: &[Verdict]) {
        self.places.push(self.current);
        self.labels.extend(verdicts.iter().map(|one| one.label));
        self.bins.extend_from_slice(&slots[..self.criteria]);
        self.bins.extend(self.since.iter().map(|seat| slots[*seat]));
        self.said.extend_from_slice(&self.heard);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Leaves only the records before this one of its batch.
    pub(crate) fn end_before(&mut self, record: u64) {
        let entries = self.places.partition_point(|(number, _)| *number < record);
        let all = self.places.len().max(1);
        self.labels.truncate(self.labels.len() / all * entries);
        self.bins.truncate(self.bins.len() / all * entries);
        self.said.truncate(self.said.len() / all * entries);
        self.places.truncate(entries);
    }

    /// The record with this place on it.
    pub(crate) fn get(&self, place: usize) -> Option<Entry<'_>> {
        let (record, at) = *self.places.get(place)?;
        // A rulebook has a scorecard, and may have no criteria.
        let labels = self.labels.len() / self.places.len();
        let bins = self.criteria + self.since.len();
        let (bins, since) = self.bins[place * bins..][..bins].split_at(self.criteria);
        Some(Entry {
            record,
            at,
            labels: &self.labels[place * labels..][..labels],
            bins,
            since,
            roll: self,
            place,
        })
    }
}

impl Judge<'_> {
    /// A desk at which every record is entered on a roll, with what is to `watch`.
    pub(crate) fn enrolling(mut self, watch: Watch) -> Self {
        let slots = self.seats.len().max(watch.slots());
        self.seats.resize(slots, super::Seat::new(Kind::Choice));
        self.slots.resize(slots, Bin::MISSING);
        self.days.resize(slots, Default::default());
        let roll = Roll {
            criteria: self.rules.rulebook().criteria.len(),
            since: self.rules.derived().iter().map(|one| one.since).collect(),
            heard: vec![None; watch.columns()],
            watch,
            ..Roll::default()
        };
        self.roll = Some(Box::new(roll));
        self
    }

    /// True for the slot of a column that is only watched.
    pub(crate) fn only_hears(&self, seat: usize) -> bool {
        self.roll.as_ref().is_some_and(|roll| roll.watches(seat))
    }

    /// What is made of a column that no record of the sample had and that feeds
    /// `feeds`: slots to fill, if it is to be watched.
    pub(crate) fn watches_late(&mut self, name: &str, feeds: &[Feed]) -> Vec<Feed> {
        let roll = self.roll.as_mut();
        roll.map_or(Vec::new(), |roll| roll.watch.turns_up(name, feeds))
    }

    /// Hands over the records that were entered since the last time.
    pub(crate) fn take_roll(&mut self) -> Roll {
        let Some(roll) = self.roll.as_deref_mut() else {
            return Roll::default();
        };
        let new = Roll {
            criteria: roll.criteria,
            since: roll.since.clone(),
            watch: roll.watch.clone(),
            heard: vec![None; roll.heard.len()],
            // The next batch is about as long.
            places: Vec::with_capacity(roll.places.len()),
            labels: Vec::with_capacity(roll.labels.len()),
            bins: Vec::with_capacity(roll.bins.len()),
            said: Vec::with_capacity(roll.said.len()),
            texts: String::with_capacity(roll.texts.len()),
            ..Roll::default()
        };
        std::mem::replace(roll, new)
    }
}
