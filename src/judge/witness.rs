//! Records that somebody asks about, with all that they say.
//!
//! Owns which records are asked for, and what is kept of them. Texts are kept as
//! they are taken and read only if their record is asked for; it is judged then as
//! all records are, so that whoever asks sees what labelling would have done.

use std::num::NonZero;

use super::Judge;
use super::case::{Case, Fact, Filter, Ground, Selection, Unused};
use super::sought::{Sought, places};
use crate::columns::{Columns, Feed, Mapping, Why};
use crate::engine::bins::Bin;
use crate::error::{Place, Result, Setting};
use crate::lexicon::normalize::header_key;
use crate::value::Value;
use crate::value::{DateOrder, Kind};

/// Whoever listens while records are judged.
#[derive(Debug, Clone)]
pub(crate) struct Witness {
    asked: Selection,
    /// By condition.
    sought: Vec<Sought>,
    /// By slot: the column that fills it.
    columns: Vec<Option<String>>,
    /// The slots from here on are those of the conditions, and of columns that are not
    /// used.
    first_asked: usize,
    /// Columns that are not used, and their slots.
    unused: Vec<(usize, Why)>,
    /// What was taken of a record; behind `taken` there is room.
    texts: Vec<(Feed, String)>,
    taken: usize,
    /// By slot.
    grounds: Vec<Ground>,
    facts: Vec<Fact>,
    /// The criteria that the user has switched off.
    off: Vec<usize>,
    /// Records of earlier batches.
    before: u64,
    /// The record within its batch, from 1, and where it begins.
    record: u64,
    at: usize,
    /// How many were met that are asked for.
    met: usize,
    /// A value that is the one that is asked for but for its case.
    near: Option<String>,
    /// A late column whose name is that of a condition but for its case.
    alike: Option<String>,
    cases: Vec<Case>,
}

/// What a search has come to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Testimony {
    pub(crate) found: usize,
    pub(crate) more: bool,
    pub(crate) near: Option<String>,
    pub(crate) alike: Option<String>,
    /// The columns of conditions that no record had.
    pub(crate) unmet: Vec<String>,
}

impl Witness {
    /// A witness of records whose columns feed criteria as `mapping` says; and a
    /// mapping in which the columns of conditions have slots too. `complete` says
    /// that these are all columns.
    ///
    /// # Errors
    ///
    /// A condition on a column that is not there.
    pub(crate) fn new(
        asked: Selection,
        names: &[String],
        mapping: &Mapping,
        complete: bool,
        columns: &Columns<'_>,
    ) -> Result<(Self, Mapping)> {
        let mut heard = mapping.clone();
        let mut next = columns.slots(mapping);
        let mut witness = Witness {
            asked,
            sought: Vec::new(),
            columns: vec![None; next],
            first_asked: next,
            unused: Vec::new(),
            texts: Vec::new(),
            taken: 0,
            grounds: Vec::new(),
            facts: Vec::new(),
            off: columns.switched_off(),
            before: 0,
            record: 0,
            at: 0,
            met: 0,
            near: None,
            alike: None,
            cases: Vec::new(),
        };
        for (name, feeds) in names.iter().zip(&mapping.feeds) {
            witness.name(name, feeds);
        }
        for condition in witness.conditions().to_vec() {
            let places = places(&condition.column, names);
            if places.is_empty() && complete {
                return Err(columns.not_there(Setting::Where, &condition.column, names));
            }
            // One that no record of the sample has may turn up, spelled just so.
            let is_exact = places.iter().any(|place| names[*place] == condition.column);
            let late = (!is_exact && !complete).then_some(next + places.len());
            let seats: Vec<usize> = (next..next + places.len()).chain(late).collect();
            next += seats.len();
            for (column, seat) in places.iter().zip(&seats) {
                heard.feeds[*column].push(Feed::surveyed(None, *seat));
            }
            witness.sought.push(Sought {
                seats,
                late,
                is_met: !places.is_empty(),
            });
        }
        for (column, why) in mapping.unused.iter().enumerate() {
            if let Some(why) = why
                && why.criterion().is_some()
            {
                let feed = Feed::surveyed(None, next);
                witness.name(&names[column], &[feed]);
                witness.unused.push((next, why.clone()));
                heard.feeds[column].push(feed);
                next += 1;
            }
        }
        witness.columns.resize(next, None);
        Ok((witness, heard))
    }

    /// The same for one record that is in no file.
    pub(crate) fn of_words(
        names: &[String],
        mapping: &Mapping,
        columns: &Columns<'_>,
    ) -> (Self, Mapping) {
        let asked = Selection::Record(NonZero::<u64>::MIN);
        match Self::new(asked, names, mapping, true, columns) {
            Ok(heard) => heard,
            Err(_) => unreachable!("only conditions can be at fault"),
        }
    }

    fn conditions(&self) -> &[Filter] {
        match &self.asked {
            Selection::Record(_) => &[],
            Selection::Where(conditions, _) => conditions,
        }
    }

    /// Remembers which column fills a slot.
    fn name(&mut self, name: &str, feeds: &[Feed]) {
        for feed in feeds {
            let slots = self.columns.len().max(feed.seat + 1);
            self.columns.resize(slots, None);
            self.columns[feed.seat].get_or_insert_with(|| name.to_owned());
        }
    }

    pub(super) fn begin(&mut self, record: u64, at: usize) {
        (self.record, self.at, self.taken) = (record, at, 0);
    }

    /// Keeps what a column says. Of a column that a record has twice the last one
    /// counts.
    fn take(&mut self, feed: &Feed, text: &str) {
        if let Selection::Record(asked) = self.asked
            && asked.get() != self.number()
        {
            return;
        }
        let mut taken = self.texts[..self.taken].iter();
        let place = taken.position(|(other, _)| other.seat == feed.seat);
        let place = place.unwrap_or_else(|| {
            self.taken += 1;
            self.taken - 1
        });
        match self.texts.get_mut(place) {
            Some((of, kept)) => {
                *of = *feed;
                kept.clear();
                kept.push_str(text);
            }
            None => self.texts.push((*feed, text.to_owned())),
        }
    }

    /// The number of the record in its file.
    fn number(&self) -> u64 {
        self.before + self.record
    }

    /// True for the record that is being read, if it is asked for.
    fn is_asked(&mut self) -> bool {
        if self.is_satisfied() {
            return false;
        }
        match &self.asked {
            Selection::Record(asked) => asked.get() == self.number(),
            Selection::Where(conditions, _) => {
                let texts = &self.texts[..self.taken];
                let near = &mut self.near;
                let mut holds = true;
                // All are looked at, so that a near miss of each is seen.
                for (one, sought) in conditions.iter().zip(&self.sought) {
                    holds &= sought.holds(one.value.trim(), texts, near);
                }
                holds
            }
        }
    }

    /// True where no more records are needed.
    fn is_satisfied(&self) -> bool {
        match self.asked {
            Selection::Record(_) => self.met > 0,
            Selection::Where(_, limit) => self.met > limit,
        }
    }

    /// True where all is found that was asked for.
    fn is_full(&self) -> bool {
        match self.asked {
            Selection::Record(_) => self.met > 0,
            Selection::Where(_, limit) => self.met >= limit,
        }
    }

    /// The column that fills a slot.
    fn column(&self, seat: usize) -> String {
        self.columns
            .get(seat)
            .cloned()
            .flatten()
            .unwrap_or_default()
    }

    /// What the columns say that are not used.
    fn unused(&self) -> Vec<Unused> {
        let texts = &self.texts[..self.taken];
        let said = self.unused.iter().filter_map(|(seat, why)| {
            let (_, text) = texts.iter().find(|(feed, _)| feed.seat == *seat)?;
            Some(Unused {
                column: self.column(*seat),
                text: text.clone(),
                why: why.clone(),
            })
        });
        said.collect()
    }

    /// Tells what the text that fills a slot is read as.
    fn ground(&mut self, feed: &Feed, text: &str, reading: Value) {
        self.facts.push(Fact {
            criterion: feed.criterion,
            role: feed.role,
            column: self.column(feed.seat),
            text: text.to_owned(),
            reading,
            orders: match reading {
                Value::NotRecognized if feed.date_order().is_none() => DateOrder::open(text),
                _ => Vec::new(),
            },
        });
        self.grounds[feed.seat] = Ground {
            reading,
            facts: vec![self.facts.len() - 1],
            days: None,
        };
    }
}

impl<'r> Judge<'r> {
    /// A desk beside which somebody listens. Nothing is recalled there, since each
    /// text has to be heard.
    pub(crate) fn heard_by(mut self, witness: Witness) -> Self {
        let seats = self.seats.len().max(witness.columns.len());
        self.seats.resize(seats, super::Seat::new(Kind::Choice));
        self.slots.resize(seats, Bin::MISSING);
        self.days.resize(seats, Default::default());
        // Records that nobody asks for are not judged, but written to nowhere.
        self.rules
            .evaluate_bins(&self.slots, &self.plan, &mut self.evaluation);
        self.witness = Some(Box::new(witness));
        self
    }

    /// True where no more records are needed.
    pub(crate) fn is_satisfied(&self) -> bool {
        let witness = self.witness.as_ref();
        witness.is_some_and(|witness| witness.is_satisfied())
    }

    /// True where all is found that was asked for, though it may not be known yet
    /// whether there is more.
    pub(crate) fn is_full(&self) -> bool {
        let witness = self.witness.as_ref();
        witness.is_some_and(|witness| witness.is_full())
    }

    /// True for a record of this batch that is asked for by its number.
    pub(crate) fn asks_for(&self, record: u64) -> bool {
        self.witness.as_ref().is_some_and(|witness| {
            matches!(witness.asked, Selection::Record(asked) if asked.get() == witness.before + record)
        })
    }

    /// What conditions make of a column that no record of the sample had: a slot to
    /// fill, if they ask for it. `feeds` are those it has already.
    pub(crate) fn asks_about(
        &mut self,
        name: &str,
        feeds: &[Feed],
        columns: &Columns<'_>,
    ) -> Vec<Feed> {
        let Some(witness) = &mut self.witness else {
            return Vec::new();
        };
        let mut added = Vec::new();
        for place in 0..witness.sought.len() {
            let column = &witness.conditions()[place].column;
            if column == name {
                let sought = &mut witness.sought[place];
                sought.is_met = true;
                added.extend(sought.late.map(|seat| Feed::surveyed(None, seat)));
            } else if witness.alike.is_none() && header_key(column) == header_key(name) {
                witness.alike = Some(name.to_owned());
            }
        }
        // Where another column fills the slot, this one is not used, nor if it could
        // mean several things.
        let filled = |feed: &Feed| {
            let first = witness.columns.get(feed.seat).cloned().flatten();
            let first = first.filter(|first| first != name && feed.seat < witness.first_asked);
            first.map(|first| Why::Late(feed.criterion, first))
        };
        let mut whys: Vec<Why> = feeds.iter().filter_map(filled).collect();
        if feeds.is_empty() {
            whys.extend(columns.doubted(name).map(Why::Unclear));
        }
        for why in whys {
            let own = Feed::surveyed(None, witness.columns.len());
            witness.name(name, &[own]);
            witness.unused.push((own.seat, why));
            added.push(own);
        }
        witness.name(name, feeds);
        let slots = self.seats.len().max(witness.columns.len());
        self.seats.resize(slots, super::Seat::new(Kind::Choice));
        self.slots.resize(slots, Bin::MISSING);
        self.days.resize(slots, Default::default());
        added
    }

    /// Passes a batch of so many records, and hands over those that were asked for.
    pub(crate) fn pass(&mut self, records: u64) -> Vec<Case> {
        let Some(witness) = &mut self.witness else {
            return Vec::new();
        };
        witness.before += records;
        std::mem::take(&mut witness.cases)
    }

    /// What the search has come to, if this was one.
    pub(crate) fn testimony(&mut self) -> Option<Testimony> {
        let witness = self.witness.take()?;
        let unmet = witness.conditions().iter().zip(&witness.sought);
        let unmet = unmet.filter(|(_, sought)| !sought.is_met);
        Some(Testimony {
            found: match witness.asked {
                Selection::Record(_) => witness.met,
                Selection::Where(_, limit) => witness.met.min(limit),
            },
            more: witness.is_satisfied() && matches!(witness.asked, Selection::Where(..)),
            unmet: unmet.map(|(one, _)| one.column.clone()).collect(),
            near: witness.near,
            alike: witness.alike,
        })
    }

    /// Keeps a text for later, if somebody listens.
    pub(super) fn hears(&mut self, feed: &Feed, text: &str) {
        if let Some(witness) = &mut self.witness {
            witness.take(feed, text);
        }
    }

    /// Reads what was kept of a record, if it is asked for and there is room for
    /// it; false if not.
    #[cold]
    pub(super) fn is_heard(&mut self) -> bool {
        let slots = self.slots.len();
        let Some(witness) = &mut self.witness else {
            return false;
        };
        if !witness.is_asked() {
            return false;
        }
        witness.met += 1;
        if witness.is_satisfied() && matches!(witness.asked, Selection::Where(..)) {
            // One more than was asked for.
            return false;
        }
        witness.grounds.clear();
        witness.grounds.resize(slots, Ground::default());
        witness.facts.clear();
        let texts = std::mem::take(&mut witness.texts);
        let (taken, first_asked) = (witness.taken, witness.first_asked);
        for (feed, text) in &texts[..taken] {
            if feed.seat >= first_asked {
                continue;
            }
            // A reading that fails does so only where that is an error.
            let reading = self
                .fill(feed, text)
                .map_or(Value::NotRecognized, |(reading, _)| reading);
            if let Some(witness) = &mut self.witness {
                witness.ground(feed, text, reading);
            }
        }
        if let Some(witness) = &mut self.witness {
            witness.texts = texts;
        }
        true
    }

    /// Notes that a slot now counts as another one does.
    pub(super) fn hear_of(&mut self, target: usize, seat: usize) {
        if let Some(witness) = &mut self.witness {
            // A column that says nothing takes nothing from one that does.
            let silent = witness.grounds[seat].reading == Value::Missing
                && !witness.grounds[target].facts.is_empty();
            if !silent || self.slots[seat] == Bin::SILENT {
                witness.grounds[target] = witness.grounds[seat].clone();
            }
        }
    }

    /// Notes that a length was measured between the days in two slots, or up to the
    /// as-of date unless the second one `ends` it.
    pub(super) fn hear_between(
        &mut self,
        length: usize,
        reading: Value,
        [from, to]: [usize; 2],
        ends: bool,
    ) {
        let (Some(witness), rules) = (&mut self.witness, self.rules) else {
            return;
        };
        if !reading.is_known() && witness.grounds[length].reading == Value::NotRecognized {
            return;
        }
        let mut facts = witness.grounds[from].facts.clone();
        // An end that is open is told too; one that has not come yet does not count.
        let end = &witness.grounds[to];
        if ends || end.reading == Value::Missing {
            let told = end.facts.iter().copied();
            facts.extend(told.filter(|fact| !witness.facts[*fact].text.trim().is_empty()));
        }
        let day = |seat: usize| match witness.grounds[seat].reading {
            Value::Day(day) => Some(day),
            _ => None,
        };
        let days = day(from).and_then(|first| {
            let last = if ends { day(to)? } else { rules.as_of() };
            Some((first, last))
        });
        witness.grounds[length] = Ground {
            reading,
            facts,
            days,
        };
    }

    /// Keeps the record that was just judged.
    pub(super) fn testify(&mut self) {
        let criteria = self.rules.rulebook().criteria.len();
        let Some(witness) = &mut self.witness else {
            return;
        };
        let mut grounds = witness.grounds.clone();
        grounds.truncate(criteria);
        witness.cases.push(Case {
            place: Place {
                record: Some(witness.record),
                ..Place::default()
            },
            facts: witness.facts.clone(),
            unused: witness.unused(),
            off: witness.off.clone(),
            grounds,
            evaluation: self.evaluation.clone(),
            at: witness.at,
        });
    }
}
