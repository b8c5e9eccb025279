//! One desk at which records are judged, one after the other.
//!
//! Owns the row of slots that every format fills, and how a text gets into its
//! slot: recalled, or read. Knows nothing of how records are cut or written.
//! Each thread has a desk of its own.

mod case;
mod memory;
mod roll;
mod sought;
mod survey;
mod tally;
mod watch;
mod witness;

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::Date;

use crate::columns::Feed;
use crate::engine::bins::Bin;
use crate::engine::compile::{Derived, Rules};
use crate::engine::evaluate::{Evaluation, Plan};
use crate::error::Phrase;
use crate::value::Kind;
use crate::value::Value;
use crate::value::dates::{is_open, read_plain};
use crate::value::read::Sense;

pub use self::case::{Case, Fact, Filter, Ground, Selection, Unused};
use self::memory::{Digest, Known, Memory};
pub(crate) use self::roll::{Entry, Roll, Unheeded};
pub(crate) use self::sought::named;
pub(crate) use self::survey::{Seen, Survey};
pub use self::tally::Census;
pub(crate) use self::tally::Tally;
use self::tally::{Unreads, head};
pub(crate) use self::watch::{Watch, Watched};
pub(crate) use self::witness::{Testimony, Witness};

/// A text that was not understood, where that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) criterion: usize,
    /// The slot that it was for.
    pub(crate) seat: usize,
    pub(crate) text: String,
    pub(crate) expected: Phrase,
}

/// The slots of one record, and the verdict on it.
#[derive(Debug, Clone)]
pub(crate) struct Judge<'r> {
    pub(crate) rules: &'r Rules,
    plan: Plan,
    strict: bool,
    /// Verdicts come with their evidence.
    explains: bool,
    /// What its text was read as: by criterion, then what else may count for one.
    slots: Vec<Bin>,
    /// By slot: the day that was read last, and its text unless that is the
    /// day as it is printed. Two days may turn out to contradict each other.
    days: Vec<(Date, String)>,
    /// By slot.
    seats: Vec<Seat>,
    /// Slots that count for another one of which nothing is known, in the order in
    /// which they do.
    others: Vec<(usize, usize)>,
    /// What columns hold is counted, and nothing judged.
    survey: Option<Survey>,
    /// Records are looked for, and only those that are asked for are judged.
    witness: Option<Box<Witness>>,
    /// Every record is entered here.
    roll: Option<Box<Roll>>,
    key: String,
    pub(crate) evaluation: Evaluation,
    pub(crate) tally: Tally,
}

/// What it takes to read the texts of one criterion quickly.
#[derive(Debug, Clone)]
struct Seat {
    kind: Kind,
    memory: Memory,
}

impl Seat {
    fn new(kind: Kind) -> Self {
        Seat {
            kind,
            memory: Memory::default(),
        }
    }
}

impl<'r> Judge<'r> {
    /// A desk for records in which columns feed the criteria `fed`, some of them
    /// `others` than their criterion's own. `strict` makes it an error if a text
    /// is not understood; whoever `explains` gets the evidence too.
    pub(crate) fn new(
        rules: &'r Rules,
        fed: &[bool],
        others: &[Feed],
        strict: bool,
        explains: bool,
    ) -> Self {
        let criteria = &rules.rulebook().criteria;
        let derived = rules.derived().iter();
        let own = criteria.iter().map(|one| one.kind);
        let own = own.chain(derived.flat_map(|_| [Kind::Date, Kind::Length]));
        let mut seats: Vec<Seat> = own.map(Seat::new).collect();
        for feed in others {
            let least = seats.len().max(feed.seat + 1);
            seats.resize(least, Seat::new(Kind::Choice));
            seats[feed.seat] = Seat::new(criteria[feed.criterion].kind);
        }
        Judge {
            rules,
            plan: rules.plan(fed),
            strict,
            explains,
            slots: vec![Bin::MISSING; seats.len()],
            days: vec![(Date::ZERO, String::new()); seats.len()],
            others: others.iter().map(|feed| (feed.seat, feed.target)).collect(),
            seats,
            survey: None,
            witness: None,
            roll: None,
            key: String::new(),
            evaluation: Evaluation::default(),
            tally: Tally::new(rules),
        }
    }

    /// Begins a record, by its number in its batch and its place there: all slots
    /// are empty.
    #[inline(always)]
    pub(crate) fn begin(&mut self, record: u64, at: usize) {
        self.slots.fill(Bin::MISSING);
        if let Some(witness) = &mut self.witness {
            witness.begin(record, at);
        }
        if let Some(roll) = &mut self.roll {
            roll.begin(record, at);
        }
    }

    /// Fills the slot of a criterion with what its column says at a place in
    /// `text`, of which `says` makes the text it stands for. What stands there
    /// equally has to stand for equal texts.
    #[inline(always)]
    pub(crate) fn take<'t>(
        &mut self,
        feed: &Feed,
        text: &'t str,
        place: Range<usize>,
        says: impl FnOnce(&'t str) -> Cow<'t, str>,
    ) -> Result<(), Box<Unread>> {
        let seat = &self.seats[feed.seat];
        if seat.kind == Kind::Date {
            if self.take_day(feed, text, &place) {
                return Ok(());
            }
            return self.take_anew(feed, text, place, says);
        }
        match seat.memory.recall_at(text.as_bytes(), &place) {
            Some(known) if known.bin != Bin::NOT_UNDERSTOOD => {
                self.slots[feed.seat] = known.bin;
                Ok(())
            }
            _ => self.take_anew(feed, text, place, says),
        }
    }

    /// Fills the slot of a date with a day as most exports write it, if one
    /// stands there: seldom the same one again.
    #[inline(never)]
    fn take_day(&mut self, feed: &Feed, text: &str, place: &Range<usize>) -> bool {
        if self.witness.is_some() {
            return false;
        }
        let raw = match &text.as_bytes()[place.clone()] {
            [b'"', inner @ .., b'"'] => inner,
            raw => raw,
        };
        let Some(day) = read_plain(raw).filter(|day| !is_open(*day)) else {
            return false;
        };
        self.slots[feed.seat] = self.rules.bin(feed.criterion, Value::Day(day));
        self.days[feed.seat].0 = day;
        self.days[feed.seat].1.clear();
        true
    }

    /// [`take`](Judge::take) for what is not remembered, or has to be counted.
    #[inline(never)]
    fn take_anew<'t>(
        &mut self,
        feed: &Feed,
        text: &'t str,
        place: Range<usize>,
        says: impl FnOnce(&'t str) -> Cow<'t, str>,
    ) -> Result<(), Box<Unread>> {
        if self.witness.is_some() {
            self.hears(feed, &says(&text[place]));
            return Ok(());
        }
        if let Some(roll) = self.roll.as_mut().filter(|roll| roll.watches(feed.seat)) {
            roll.hears(feed.seat, &says(&text[place]));
            return Ok(());
        }
        let seat = &self.seats[feed.seat];
        let digest = if seat.kind == Kind::Address {
            digest_of_address(text.as_bytes(), place.clone())
        } else {
            Digest::of(text.as_bytes(), place.clone())
        };
        let known = digest
            .as_ref()
            .and_then(|digest| seat.memory.recall(digest));
        let Some(known) = known else {
            return self.read(feed, digest, &says(&text[place]));
        };
        self.slots[feed.seat] = known.bin;
        if known.bin == Bin::NOT_UNDERSTOOD {
            self.tally.unread[feed.criterion].count(known.counted);
            if let Some(roll) = self.roll.as_mut().filter(|roll| roll.notes()) {
                roll.note(feed.criterion, feed.seat, &says(&text[place]));
            }
        }
        Ok(())
    }

    /// Reads a `text` with this digest.
    fn read(&mut self, feed: &Feed, digest: Option<Digest>, text: &str) -> Result<(), Box<Unread>> {
        if self.surveys(feed, text) {
            return Ok(());
        }
        let (reading, counted) = self.fill(feed, text)?;
        let seat = feed.seat;
        // What is counted is the whole text, and a day may have to be counted.
        let is_all_of_it = match reading {
            Value::NotRecognized => digest.is_none_or(|digest| !digest.is_of_a_part()),
            Value::Day(_) => false,
            _ => true,
        };
        if let Some(digest) = digest.filter(|_| is_all_of_it) {
            let bin = self.slots[seat];
            self.seats[seat]
                .memory
                .remember(digest, Known { bin, counted });
        }
        Ok(())
    }

    /// Fills a slot with what a `text` is read as. Returns that, and where it is
    /// counted if it was not understood.
    fn fill(&mut self, feed: &Feed, text: &str) -> Result<(Value, u32), Box<Unread>> {
        let (criterion, seat) = (feed.criterion, feed.seat);
        let reading = self
            .rules
            .read_in(criterion, text, feed.sense, &mut self.key);
        let mut bin = self.rules.bin(criterion, reading);
        if bin == Bin::MISSING && self.is_silent(feed, text) {
            bin = Bin::SILENT;
        }
        self.slots[seat] = bin;
        let mut counted = 0;
        match reading {
            Value::NotRecognized => counted = self.not_understood(criterion, seat, text)?,
            Value::Day(date) => {
                let (day, dated) = &mut self.days[seat];
                *day = date;
                text.clone_into(dated);
            }
            _ => {}
        }
        Ok((reading, counted))
    }

    /// True for a word that says nothing on purpose, where another column could
    /// be asked: a draft is no contract, though it has a number.
    fn is_silent(&mut self, feed: &Feed, text: &str) -> bool {
        let mut others = self.others.iter();
        feed.sense == Sense::Plain
            && others.any(|(_, target)| *target == feed.target)
            && !self.rules.is_blank(text, &mut self.key)
    }

    /// Judges the record whose slots are filled.
    #[inline(always)]
    pub(crate) fn decide(&mut self) -> Result<(), Box<Unread>> {
        if self.witness.is_some() && !self.is_heard() {
            self.tally.records += 1;
            return Ok(());
        }
        for index in 0..self.others.len() {
            self.fill_in(index);
        }
        for &(_, target) in &self.others {
            if self.slots[target] == Bin::SILENT {
                self.slots[target] = Bin::MISSING;
            }
        }
        let mut contradicts = None;
        for index in 0..self.rules.derived().len() {
            contradicts = self.derive(index).or(contradicts);
        }
        if let Some((criterion, seat)) = contradicts {
            self.contradicts(criterion, seat)?;
        }
        let evaluation = &mut self.evaluation;
        if self.explains {
            self.rules
                .evaluate_bins(&self.slots, &self.plan, evaluation);
        } else {
            self.rules.weigh(&self.slots, &self.plan, evaluation);
        }
        self.tally.records += 1;
        for (counts, verdict) in self.tally.labels.iter_mut().zip(&self.evaluation.verdicts) {
            counts[usize::from(verdict.label)] += 1;
        }
        if self.witness.is_some() {
            self.testify();
        }
        if let Some(census) = &mut self.tally.census {
            census.count(self.rules, &self.slots, &self.evaluation.verdicts);
        }
        if let Some(roll) = &mut self.roll {
            roll.enter(&self.slots, &self.evaluation.verdicts);
        }
        Ok(())
    }

    /// Lets a slot count for another of which nothing is known.
    fn fill_in(&mut self, index: usize) {
        let (seat, target) = self.others[index];
        if yields(self.slots[target], self.slots[seat]) {
            self.slots[target] = self.slots[seat];
            if self.seats[target].kind == Kind::Date {
                self.days[target] = self.days[seat].clone();
            }
            self.hear_of(target, seat);
        }
    }

    /// Fills the slot of a length that dates give, if it is not known. Returns
    /// criterion and slot of a date that contradicts.
    fn derive(&mut self, index: usize) -> Option<(usize, usize)> {
        let derived = &self.rules.derived()[index];
        if self.slots[derived.length].is_known() {
            return None;
        }
        let mut contradicts = None;
        let rules = self.rules;
        for (seat, is_since) in [(derived.since, true), (derived.start, false)] {
            if self.slots[seat] == Bin::MISSING || self.slots[derived.length].is_known() {
                continue;
            }
            let (start, mut end) = (self.day(seat), self.day(derived.end));
            if is_since {
                end = Derived::end_since(end, || rules.as_of());
            }
            let Some((length, against)) = derived.length(start, end, || rules.as_of()) else {
                continue;
            };
            self.slots[derived.length] = rules.bin(derived.length, length);
            let ends = end != Value::Missing;
            self.hear_between(derived.length, length, [seat, derived.end], ends);
            if let Some(criterion) = against {
                let is_start = criterion == derived.start;
                contradicts = Some((criterion, if is_start { seat } else { derived.end }));
            }
        }
        if yields(self.slots[derived.length], self.slots[derived.term]) {
            self.slots[derived.length] = self.slots[derived.term];
            self.hear_of(derived.length, derived.term);
        }
        contradicts
    }

    fn day(&self, seat: usize) -> Value {
        match self.slots[seat] {
            Bin::MISSING => Value::Missing,
            Bin::NOT_UNDERSTOOD => Value::NotRecognized,
            _ => Value::Day(self.days[seat].0),
        }
    }

    /// Counts the day that was read of a criterion.
    fn contradicts(&mut self, criterion: usize, seat: usize) -> Result<(), Box<Unread>> {
        let (day, text) = &self.days[seat];
        let text = match text.is_empty() {
            true => day.to_string(),
            false => text.clone(),
        };
        self.not_understood(criterion, seat, &text).map(drop)
    }

    /// Hands over what was counted since the last time.
    pub(crate) fn take_tally(&mut self) -> Tally {
        for seat in &mut self.seats {
            seat.memory.forget_counted();
        }
        let mut next = Tally::new(self.rules);
        next.census = (self.tally.census.as_ref()).map(|_| Box::new(Census::new(self.rules)));
        std::mem::replace(&mut self.tally, next)
    }

    /// A desk that takes a census too.
    pub(crate) fn taking_census(mut self) -> Self {
        self.tally.census = Some(Box::new(Census::new(self.rules)));
        self
    }

    /// Counts a text; returns where.
    fn not_understood(
        &mut self,
        criterion: usize,
        seat: usize,
        text: &str,
    ) -> Result<u32, Box<Unread>> {
        let text = text.trim();
        if self.strict {
            return Err(Box::new(Unread {
                criterion,
                seat,
                text: head(text, Unreads::LONGEST).to_owned(),
                expected: self.rules.rulebook().criteria[criterion].would_be_understood(),
            }));
        }
        if let Some(roll) = &mut self.roll {
            roll.note(criterion, seat, text);
        }
        Ok(self.tally.unread[criterion].add(text, 1))
    }
}

/// True where a slot of which nothing is known yields to what `other` says.
fn yields(slot: Bin, other: Bin) -> bool {
    !slot.is_known() && (other.is_known() || slot == Bin::MISSING)
}

/// The digest of what follows the first `@`, where nothing before it can make a
/// difference: a plain user. Else that of all of it. Of an address only the
/// domain is evidence, and that repeats.
fn digest_of_address(text: &[u8], place: Range<usize>) -> Option<Digest> {
    let plain = |byte: &u8| PLAIN[usize::from(*byte)];
    let raw = &text[place.clone()];
    match memchr::memchr(b'@', raw) {
        Some(at) if at > 0 && raw[..at].iter().all(plain) => {
            Digest::of(text, place.start + at..place.end).map(Digest::of_a_part)
        }
        _ => Digest::of(text, place),
    }
}

/// The bytes of a plain user: none ends an address or makes it none.
const PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        table[byte] = c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-' | b'+');
        byte += 1;
    }
    table
};
