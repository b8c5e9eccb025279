//! The texts of one record on their way into slots.
//!
//! Owns how a text becomes a value: from memory, or by reading; what is counted on the
//! way; and which texts are kept for a fold. Each thread has its own reader.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::evidence::{Evidence, EvidenceCounts, Lookup, NO_KEY, NOT_FOUND, Origin};
use super::furniture::{self, Furniture};
use super::gather::{self, Gather, GatherUse, Wish};
use super::judging::{Contradiction, Judging};
use super::late::{Clash, LateColumns, MOST_IGNORED};
use super::memo::{Digest, Known, Memo};
use super::rows::RowBatch;
use super::tally::{Census, Tally, Unrecognized, head};
use crate::columns::{Columns, Feed, How, LateMeaning, Mapping, places};
use crate::engine::compile::Rules;
use crate::error::{Error, Phrase};
use crate::format::{Binding, Cells, TakeTexts, TextSlot, sampled};
use crate::value::dates::{is_open, is_zero, read_plain};
use crate::value::{Kind, Value};

/// How many columns have a memory of their texts: each takes 20 KiB.
const MOST_MEMOS: usize = 256;
/// How many texts of a late column are remembered whose name does not show what it means.
const MOST_DOUBTS: usize = 1000;

/// Reads the texts of records.
#[derive(Debug, Clone)]
pub(super) struct Reader<'r> {
    /// One for each rulebook.
    pub(super) judgings: Vec<Judging<'r>>,
    /// The slots of the record, rulebook by rulebook.
    values: Vec<Value>,
    /// By rulebook: where its slots begin.
    begins: Vec<usize>,
    columns: Vec<&'r Columns<'r>>,
    strict: bool,
    /// By text slot: the use of the text, and how to read it.
    uses: Vec<Use>,
    readings: Vec<Option<Reading>>,
    pub(super) late: LateColumns,
    /// By text slot: what texts of late columns show whose names do not.
    doubts: HashMap<usize, HashMap<String, Arc<LateMeaning>>>,
    /// How many slots columns have that turned up late and are not read.
    unread: usize,
    /// The rows of the batch, if they are wanted.
    pub(super) rows: Option<Box<RowBatch>>,
    /// By rulebook: the counts.
    pub(super) tallies: Vec<Tally>,
    /// A text that is not recognized, if that is an error.
    pub(super) error: Option<Box<NotRecognized>>,
    key: String,
    /// The names of all columns that an earlier run may have added.
    pub(super) added: Vec<String>,
    /// Set for a record that is not about a buyer.
    pub(super) furniture: Option<Furniture>,
    /// Every record is about a buyer.
    pub(super) no_totals: bool,
    /// The place of a cell that showed a record to be an ordinary one.
    text_at: usize,
    /// Keys that are looked up, and the results for the current record.
    lookups: Vec<Lookup>,
    hits: Vec<u32>,
    /// By rulebook: evidence that joins that of the record, if there is any.
    joins: Vec<Option<Join>>,
    /// What is gathered of the records, if they are not judged.
    pub(super) gather: Option<Box<Gather>>,
    key_form: Vec<u8>,
}

/// Evidence that joins that of records, for one rulebook.
#[derive(Debug, Clone)]
struct Join {
    evidence: Arc<Evidence>,
    criteria: Vec<usize>,
    /// Where its lookups begin.
    lookups: usize,
    /// By criterion, for the current record.
    origins: Vec<Origin>,
}

/// A text that is not recognized, if that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotRecognized {
    /// The name of the criterion.
    pub(super) criterion: String,
    pub(super) column: String,
    pub(super) text: String,
    pub(super) expected: Phrase,
}

/// The use of a text: a few bytes, since it is looked up for every text of every
/// record.
#[derive(Debug, Clone)]
struct Use {
    way: Way,
    /// The place of its value among those of the record.
    at: u32,
    memo: Memo,
}

/// How a text is processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Its value is looked up, or read.
    Recall,
    /// It is a date: these seldom repeat.
    Day,
    /// It is read if no other column plays its part better: no record of the sample had
    /// it.
    Late,
    /// Where it is filled in, a criterion is unknown.
    Withhold,
    /// It may be about a criterion: what it says is compared with the others.
    Doubt,
    /// It is kept as text, under this number.
    Keep(u32),
    /// It is a key, for the lookup with this number.
    Find(u32),
    /// It is gathered, for the use with this number.
    Gather(u32),
}

/// Everything needed to read the texts of one column as values of one criterion.
#[derive(Debug, Clone)]
struct Reading {
    judging: usize,
    feed: Feed,
    kind: Kind,
    column: String,
    /// The text of the last date, unless it is the date in its printed form: it is
    /// needed if two dates contradict each other.
    day_text: String,
}

impl<'r> Reader<'r> {
    /// A reader for records whose columns, called `names`, feed criteria as `mappings`
    /// say, one for each of the `judgings`; with the text slots that the columns fill.
    /// `kept` are the columns whose texts are kept, with the number of each.
    pub(super) fn new(
        judgings: Vec<Judging<'r>>,
        columns: Vec<&'r Columns<'r>>,
        names: &[String],
        mappings: &[Mapping],
        kept: &[(usize, u32)],
        strict: bool,
    ) -> (Self, Binding) {
        let slots = judgings.iter().map(Judging::slots);
        let begins = slots.clone().scan(0, |next, slots| {
            let begin = *next;
            *next += slots;
            Some(begin)
        });
        let begins: Vec<usize> = begins.collect();
        let mut reader = Reader {
            values: vec![Value::Missing; slots.sum()],
            begins,
            tallies: judgings.iter().map(|one| Tally::new(one.rules)).collect(),
            late: LateColumns::new(mappings),
            doubts: HashMap::new(),
            unread: 0,
            judgings,
            columns,
            strict,
            uses: Vec::new(),
            readings: Vec::new(),
            rows: None,
            error: None,
            key: String::new(),
            added: Vec::new(),
            furniture: None,
            no_totals: false,
            text_at: 0,
            lookups: Vec::new(),
            hits: Vec::new(),
            joins: Vec::new(),
            gather: None,
            key_form: Vec::new(),
        };
        let mut binding = vec![Vec::new(); names.len()];
        for (judging, mapping) in mappings.iter().enumerate() {
            for (column, feeds) in mapping.feeds.iter().enumerate() {
                for feed in feeds {
                    let slot = reader.read_into(judging, *feed, &names[column], false);
                    binding[column].push(slot);
                }
            }
            for (column, feed) in &mapping.late {
                let slot = reader.read_into(judging, *feed, &names[*column], true);
                binding[*column].push(slot);
            }
            for column in &mapping.open {
                let meaning = reader.columns[judging].late(&names[*column]);
                let slots = reader.listen(judging, &meaning, &names[*column]);
                binding[*column].extend(slots);
            }
        }
        for (column, number) in kept {
            binding[*column].push(reader.add(Way::Keep(*number), 0, None));
        }
        (reader, binding)
    }

    /// Adds a slot for the texts of a column that feeds a criterion; `late` for a
    /// column that turned up late.
    fn read_into(&mut self, judging: usize, feed: Feed, column: &str, late: bool) -> TextSlot {
        let late = late && !self.columns[judging].is_frozen();
        let feed = match late {
            true if self.late.is_played(judging, &feed) => feed,
            true => self.judgings[judging].feed_late(&feed),
            false => {
                self.judgings[judging].feed(&feed);
                feed
            }
        };
        self.make_room();
        let criteria = &self.judgings[judging].rules.rulebook().criteria;
        let kind = criteria[feed.criterion].kind;
        let way = match kind {
            _ if late => Way::Late,
            Kind::Date => Way::Day,
            _ => Way::Recall,
        };
        let at = self.begins[judging] + feed.slot.index();
        let reading = self.reading(judging, feed, column);
        self.add(way, at, Some(reading))
    }

    /// Adds slots for the texts of a late column that is not read, but that may change what
    /// others show.
    fn listen(&mut self, judging: usize, meaning: &LateMeaning, column: &str) -> Vec<TextSlot> {
        let withheld = meaning.withheld.iter();
        let withheld = withheld.map(|criterion| (Way::Withhold, *criterion));
        let open = meaning.is_open.then_some((Way::Doubt, 0));
        let mut slots = Vec::new();
        for (way, criterion) in withheld.chain(open) {
            let feed = self.columns[judging].blank(criterion);
            let reading = self.reading(judging, feed, column);
            slots.push(self.add(way, 0, Some(reading)));
        }
        slots
    }

    fn reading(&self, judging: usize, feed: Feed, column: &str) -> Reading {
        let criteria = &self.judgings[judging].rules.rulebook().criteria;
        Reading {
            judging,
            feed,
            kind: criteria[feed.criterion].kind,
            column: column.to_owned(),
            day_text: String::new(),
        }
    }

    /// Moves the slots of records after those of a rulebook that has more of them now.
    fn make_room(&mut self) {
        for judging in 0..self.judgings.len() {
            let end = self.begins[judging] + self.judgings[judging].slots();
            let next = self.begins.get(judging + 1).copied();
            let next = next.unwrap_or(self.values.len());
            let Some(more) = end.checked_sub(next).filter(|more| *more > 0) else {
                continue;
            };
            let added = std::iter::repeat_n(Value::Missing, more);
            self.values.splice(next..next, added);
            for begin in &mut self.begins[judging + 1..] {
                *begin += more;
            }
            for (of, reading) in self.uses.iter_mut().zip(&self.readings) {
                if reading.as_ref().is_some_and(|one| one.judging > judging) {
                    of.at += more as u32;
                }
            }
        }
    }

    /// Adds a slot. Memory limits the number of column names long before `u32` does.
    fn add(&mut self, way: Way, at: usize, reading: Option<Reading>) -> TextSlot {
        self.uses.push(Use {
            way,
            at: at as u32,
            memo: Memo::default(),
        });
        self.readings.push(reading);
        TextSlot(self.uses.len() as u32 - 1)
    }

    /// Joins other evidence to that of each record, by rulebook, and binds the columns
    /// called `names` that have its keys.
    pub(super) fn join(
        &mut self,
        evidence: &[Arc<Evidence>],
        names: &[String],
        binding: &mut Binding,
    ) {
        for (judging, evidence) in self.judgings.iter().zip(evidence) {
            if evidence.is_empty() && evidence.files.is_empty() {
                self.joins.push(None);
                continue;
            }
            let criteria = evidence.criteria();
            self.joins.push(Some(Join {
                origins: vec![Origin::Own; judging.rules.rulebook().criteria.len()],
                lookups: self.lookups.len(),
                criteria,
                evidence: Arc::clone(evidence),
            }));
            self.lookups.extend(evidence.lookups.iter().cloned());
        }
        self.bind_lookups(names, binding);
    }

    /// Gathers records as `wish` says.
    pub(super) fn gather(&mut self, wish: Wish, names: &[String], binding: &mut Binding) {
        self.lookups.extend(wish.lookups.iter().cloned());
        self.bind_lookups(names, binding);
        let mut uses: Vec<(usize, GatherUse)> = Vec::new();
        for (listed, (column, form)) in wish.listed.iter().enumerate() {
            for place in places(column, names) {
                uses.push((place, GatherUse::List(listed, form.clone())));
            }
        }
        let identity = wish.identity.iter();
        uses.extend(identity.map(|column| (*column, GatherUse::Identity(*column))));
        let states = wish.states.iter();
        uses.extend(states.map(|(column, sign)| (*column, GatherUse::State(*sign))));
        uses.extend(wish.others.iter().map(|column| (*column, GatherUse::Other)));
        uses.extend(wish.parts.iter().map(|column| (*column, GatherUse::Part)));
        let only = wish.only.iter();
        uses.extend(only.map(|(column, texts)| (*column, GatherUse::Only(texts.clone()))));
        let mut gather = Gather::new(wish);
        for (column, of) in uses {
            let way = Way::Gather(gather.uses.len() as u32);
            binding[column].push(self.add(way, 0, None));
            gather.uses.push(of);
        }
        self.gather = Some(Box::new(gather));
    }

    fn bind_lookups(&mut self, names: &[String], binding: &mut Binding) {
        self.hits = vec![NO_KEY; self.lookups.len()];
        for lookup in 0..self.lookups.len() {
            for place in places(&self.lookups[lookup].column, names) {
                binding[place].push(self.add(Way::Find(lookup as u32), 0, None));
            }
        }
    }

    /// Looks a key up; of gathered records at the end of the batch, all at once.
    fn find(&mut self, lookup: usize, text: &str) {
        let is_blank = gather::is_blank(self.judgings[0].rules, text, &mut self.key);
        let of = &self.lookups[lookup];
        match &mut self.gather {
            Some(gather) if is_blank => gather.forget_key(lookup),
            Some(gather) => gather.take_key(lookup, text, &of.form),
            None => {
                self.key_form.clear();
                if !is_blank {
                    of.form.write(text, &mut self.key_form);
                }
                self.hits[lookup] = match self.key_form.is_empty() {
                    true => NO_KEY,
                    false => of.index.find(&self.key_form).unwrap_or(NOT_FOUND),
                };
            }
        }
    }

    /// Counts a census too.
    pub(super) fn with_census(mut self) -> Self {
        for (tally, judging) in self.tallies.iter_mut().zip(&self.judgings) {
            tally.census = Some(Box::new(Census::new(judging.rules)));
        }
        self
    }

    /// Begins a record, given its number in its batch.
    #[inline(always)]
    pub(super) fn begin(&mut self) {
        self.values.fill(Value::Missing);
        if !self.hits.is_empty() {
            self.hits.fill(NO_KEY);
        }
        if let Some(gather) = &mut self.gather {
            gather.begin();
        }
        if let Some(rows) = &mut self.rows {
            rows.begin();
        }
    }

    /// Judges the record whose texts were taken, which begins at `start`.
    #[inline(always)]
    pub(super) fn judge(&mut self, number: u64, start: usize) {
        for index in 0..self.judgings.len() {
            let (judging, tally) = (&mut self.judgings[index], &mut self.tallies[index]);
            let values = &mut self.values[self.begins[index]..];
            let contradiction = judging.settle(values, &mut ());
            if let (Some(Some(join)), Some(rows), 0) = (self.joins.first(), &mut self.rows, index) {
                let hits = join.hits(&self.hits);
                rows.found(hits, join.denied(judging.rules, values, hits));
            }
            if let Some(Some(join)) = self.joins.get_mut(index) {
                let counts = tally.evidence.get_or_insert_default();
                join.join(judging.rules, values, &self.hits, counts);
            }
            judging.evaluate(values);
            if let Some(Some(join)) = self.joins.get(index) {
                join.place_reasons(judging);
            }
            let verdicts = &judging.evaluation.verdicts;
            tally.records += 1;
            for (card, verdict) in verdicts.iter().enumerate() {
                tally.labels[card][usize::from(verdict.label)] += 1;
            }
            if let Some(census) = &mut tally.census {
                census.count(judging.rules, values, verdicts);
            }
            if let Some(contradiction) = contradiction {
                self.contradicts(index, contradiction);
            }
        }
        if let Some(rows) = &mut self.rows {
            rows.end(number, start, &self.judgings, &self.values);
        }
    }

    /// Gathers the record whose texts were taken, which begins at `start`.
    pub(super) fn gather_record(&mut self, number: u64, start: usize) {
        let values = &mut self.values[..];
        let contradiction = self.judgings[0].settle(values, &mut ());
        self.tallies[0].records += 1;
        if let Some(contradiction) = contradiction {
            self.contradicts(0, contradiction);
        }
        if let Some(gather) = &mut self.gather {
            gather.end(number, start, &self.values);
        }
    }

    /// Forgets the current record, whose texts were taken.
    pub(super) fn abandon(&mut self) {
        for judging in &mut self.judgings {
            judging.abandon();
        }
    }

    /// Counts a record that is not wanted.
    pub(super) fn skip(&mut self) {
        self.abandon();
        for tally in &mut self.tallies {
            tally.records += 1;
        }
    }

    /// Ends a record whose texts were taken, and that is not judged.
    pub(super) fn pass(&mut self, number: u64, start: usize) {
        self.skip();
        if let Some(rows) = &mut self.rows {
            rows.end(number, start, &self.judgings, &self.values);
        }
    }

    /// Ends a record that is not about a buyer: it gives no evidence and is not counted.
    #[cold]
    pub(super) fn pass_furniture(&mut self, kind: Furniture, number: u64, start: usize) {
        for judging in &mut self.judgings {
            judging.abandon();
            judging.judge_nothing();
        }
        if let Some(rows) = &mut self.rows {
            rows.end_furniture(kind, number, start, &self.judgings, &self.values);
        }
    }

    /// Notes what a record is, if it is not about a buyer.
    #[cold]
    #[inline(never)]
    fn recognize(&mut self, cells: &impl Cells) -> bool {
        let (rules, key) = (self.judgings[0].rules, &mut self.key);
        self.furniture = furniture::kind(cells, &self.added, |text| rules.is_blank(text, key));
        self.furniture.is_some()
    }

    /// The error for two late columns that compete.
    pub(super) fn competing(&self, clash: &Clash) -> Error {
        let [first, second] = &clash.columns;
        self.columns[clash.judging].two_columns(clash.criterion, first, second)
    }

    /// Hands over the counts since the last call.
    pub(super) fn take_tally(&mut self, judging: usize) -> Tally {
        for of in &mut self.uses {
            of.memo.forget_counted();
        }
        let rules = self.judgings[judging].rules;
        let tally = &mut self.tallies[judging];
        let mut next = Tally::new(rules);
        next.census = (tally.census.as_ref()).map(|_| Box::new(Census::new(rules)));
        std::mem::replace(tally, next)
    }

    /// [`take`](TakeTexts::take) for a text that is not remembered, or has to be
    /// counted.
    #[inline(never)]
    fn take_anew<'t>(
        &mut self,
        slot: TextSlot,
        text: &'t str,
        place: Range<usize>,
        decode: impl FnOnce(&'t str) -> Cow<'t, str>,
    ) {
        let (of, reading) = (&self.uses[slot.index()], &mut self.readings[slot.index()]);
        let Some(reading) = reading else {
            let text = decode(&text[place]);
            match of.way {
                Way::Keep(number) => {
                    if let Some(rows) = &mut self.rows {
                        rows.keep(number, &text);
                    }
                }
                Way::Find(lookup) => self.find(lookup as usize, &text),
                Way::Gather(of) => {
                    if let Some(gather) = &mut self.gather {
                        gather.take(of as usize, &text, self.judgings[0].rules);
                    }
                }
                Way::Recall | Way::Day | Way::Late | Way::Withhold | Way::Doubt => {}
            }
            return;
        };
        if of.way == Way::Day
            && let Some(value) = plain_day(&text[place.clone()])
        {
            self.values[of.at as usize] = value;
            reading.day_text.clear();
            return;
        }
        if of.way == Way::Late {
            let can_read = self.judgings[reading.judging]
                .rules
                .can_read(reading.feed.criterion);
            let late = &mut self.late;
            if !late.accepts(reading.judging, &reading.feed, &reading.column, can_read) {
                return;
            }
        }
        if let Way::Withhold | Way::Doubt = of.way {
            let text = decode(&text[place]);
            return self.hold_back(slot, &text);
        }
        let digest = match reading.kind {
            Kind::Address => digest_of_address(text.as_bytes(), place.clone()),
            _ => Digest::of(text.as_bytes(), place.clone()),
        };
        let known = digest.as_ref().and_then(|digest| of.memo.recall(digest));
        let Some(known) = known else {
            return self.read(slot, digest, &decode(&text[place]));
        };
        let (judging, feed) = (reading.judging, reading.feed);
        self.values[of.at as usize] = known.value;
        if known.value == Value::NotRecognized {
            self.tallies[judging].unread[feed.criterion].count(known.counted);
            if self.rows.as_ref().is_some_and(|rows| rows.notes()) {
                self.note(slot, &decode(&text[place]));
            }
        } else if !known.is_plain {
            self.judgings[judging].set_silent(feed.slot);
        }
    }

    /// Takes the text of a late column that is not read, but that speaks about what others
    /// show.
    #[cold]
    fn hold_back(&mut self, slot: TextSlot, text: &str) {
        let (way, Some(reading)) = (self.uses[slot.index()].way, &self.readings[slot.index()])
        else {
            return;
        };
        let (place, feed) = (reading.judging, reading.feed);
        let judging = &mut self.judgings[place];
        if judging.rules.is_blank(text, &mut self.key) {
            return;
        }
        if way == Way::Withhold {
            judging.withhold(feed.criterion);
            self.late.leave_out(place, &feed, &reading.column);
            return;
        }
        let text = sampled(text);
        let known = self.doubts.entry(slot.index()).or_default();
        let meaning = match known.get(&text) {
            Some(meaning) => Arc::clone(meaning),
            None => {
                let meaning = self.columns[place].late_text(&reading.column, text.clone());
                let meaning = Arc::new(meaning);
                if known.len() < MOST_DOUBTS {
                    known.insert(text.clone(), Arc::clone(&meaning));
                }
                meaning
            }
        };
        let first = judging.compare(&meaning, &text, &mut self.key);
        let of_others = meaning.withheld.first();
        let of_others = of_others.map(|criterion| self.columns[place].blank(*criterion));
        if let Some(feed) = first.or(of_others) {
            self.late.leave_out(place, &feed, &reading.column);
        }
    }

    /// Reads a `text` with this digest.
    fn read(&mut self, slot: TextSlot, digest: Option<Digest>, text: &str) {
        let Some(reading) = &mut self.readings[slot.index()] else {
            return;
        };
        let (index, feed) = (reading.judging, reading.feed);
        let judging = &mut self.judgings[index];
        let values = &mut self.values[self.begins[index]..];
        let (mut value, mut is_silent) = judging.read(values, &feed, text, &mut self.key);
        let is_late = self.uses[slot.index()].way == Way::Late;
        if is_late && value.is_known() && self.columns[index].speaks_against(&feed, text) {
            (value, is_silent) = (Value::NotRecognized, false);
            values[feed.slot.index()] = value;
        }
        if matches!(value, Value::Day(_)) {
            text.clone_into(&mut reading.day_text);
        }
        let mut counted = 0;
        // The whole text is counted, and a date may have to be counted.
        let is_all_of_it = match value {
            Value::NotRecognized => {
                counted = self.not_recognized(slot, text);
                digest.is_none_or(|digest| !digest.is_of_a_part())
            }
            Value::Day(_) => false,
            Value::Missing | Value::Choice(_) | Value::Length(_) => true,
        };
        if let Some(digest) = digest.filter(|_| is_all_of_it && slot.index() < MOST_MEMOS) {
            let known = Known {
                value,
                counted,
                is_plain: value != Value::NotRecognized && !is_silent,
            };
            self.uses[slot.index()].memo.remember(digest, known);
        }
    }

    /// Counts the date that contradicts another one.
    #[cold]
    fn contradicts(&mut self, judging: usize, contradiction: Contradiction) {
        let of = &self.judgings[judging];
        let slot = of.origin(contradiction.slot);
        let Value::Day(day) = self.values[self.begins[judging] + slot.index()] else {
            return;
        };
        let fills = |reading: &Option<Reading>| {
            let reading = reading.as_ref();
            reading.is_some_and(|one| one.judging == judging && one.feed.slot == slot)
        };
        // Of late columns that compete the first is an error before this.
        let place = self.readings.iter().rposition(fills);
        let Some(place) = place else { return };
        let text = (self.readings[place].as_ref()).map_or("", |one| &one.day_text);
        let text = match text.is_empty() {
            true => day.to_string(),
            false => text.to_owned(),
        };
        self.not_recognized(TextSlot(place as u32), &text);
    }

    /// Counts a text; returns its place.
    fn not_recognized(&mut self, slot: TextSlot, text: &str) -> u32 {
        let text = text.trim();
        self.note(slot, text);
        let Some(reading) = &self.readings[slot.index()] else {
            return 0;
        };
        let (judging, criterion) = (reading.judging, reading.feed.criterion);
        if self.strict && self.error.is_none() {
            let criterion = &self.judgings[judging].rules.rulebook().criteria[criterion];
            self.error = Some(Box::new(NotRecognized {
                criterion: criterion.name.clone(),
                column: reading.column.clone(),
                text: head(text, Unrecognized::LONGEST).to_owned(),
                expected: criterion.would_be_understood(),
            }));
        }
        self.tallies[judging].unread[criterion].add(text, 1)
    }

    /// Notes a text that is not recognized, for a fold.
    fn note(&mut self, slot: TextSlot, text: &str) {
        if let (Some(rows), Some(reading)) = (&mut self.rows, &self.readings[slot.index()]) {
            rows.note(reading.feed.criterion, &reading.column, text);
        }
    }
}

impl TakeTexts for Reader<'_> {
    #[inline(always)]
    fn is_furniture(&mut self, cells: &impl Cells) -> bool {
        !self.no_totals
            && furniture::is_possible(cells, &self.added, &mut self.text_at)
            && self.recognize(cells)
    }

    #[cold]
    fn keep<'t>(
        &mut self,
        slot: TextSlot,
        text: &'t str,
        decode: impl FnOnce(&'t str) -> Cow<'t, str>,
    ) {
        if let (Way::Keep(number), Some(rows)) = (self.uses[slot.index()].way, &mut self.rows) {
            rows.keep(number, &decode(text));
        }
    }

    #[cold]
    fn bind(&mut self, name: &str) -> Vec<TextSlot> {
        let mut slots = Vec::new();
        // Also where nothing is judged.
        let is_stated = |feed: &Feed| feed.how == How::Stated;
        let mut columns = self.columns.iter();
        if columns.any(|one| one.feeds(name).iter().any(is_stated)) {
            self.late.stated.insert(name.to_owned());
        }
        for judging in 0..self.late.rulebooks() {
            let meaning = self.columns[judging].late(name);
            slots.extend(self.listen(judging, &meaning, name));
            let feeds = meaning.feeds;
            if !feeds.is_empty() && self.columns[judging].is_frozen() {
                self.late.stated.insert(name.to_owned());
            }
            for feed in feeds {
                // Enough of those that are not read are reported.
                if !self.columns[judging].is_frozen() && self.late.is_played(judging, &feed) {
                    if self.unread >= MOST_IGNORED {
                        continue;
                    }
                    self.unread += 1;
                }
                slots.push(self.read_into(judging, feed, name, true));
            }
        }
        for lookup in 0..self.lookups.len() {
            if self.lookups[lookup].column == name {
                slots.push(self.add(Way::Find(lookup as u32), 0, None));
            }
        }
        for of in self
            .gather
            .as_mut()
            .map_or_else(Vec::new, |one| one.late(name))
        {
            slots.push(self.add(Way::Gather(of), 0, None));
        }
        let mut columns = self.columns.iter();
        let may_feed = || columns.any(|one| !one.late(name).is_nothing());
        let rows = self.rows.as_mut();
        for number in rows.map_or(Vec::new(), |rows| rows.keep_late(name, may_feed)) {
            slots.push(self.add(Way::Keep(number), 0, None));
        }
        slots
    }

    #[inline(always)]
    fn take<'t>(
        &mut self,
        slot: TextSlot,
        text: &'t str,
        place: Range<usize>,
        decode: impl FnOnce(&'t str) -> Cow<'t, str>,
    ) {
        let of = &self.uses[slot.index()];
        if of.way == Way::Recall
            && let Some(known) = of.memo.recall_at(text.as_bytes(), &place)
            && known.is_plain
        {
            self.values[of.at as usize] = known.value;
        } else {
            self.take_anew(slot, text, place, decode);
        }
    }
}

impl Join {
    /// The results of its lookups.
    fn hits<'h>(&self, hits: &'h [u32]) -> &'h [u32] {
        &hits[self.lookups..self.lookups + self.evidence.lookups.len()]
    }

    /// What related files contradict in a record: the file, and the criterion.
    fn denied<'d>(
        &'d self,
        rules: &'d Rules,
        values: &'d [Value],
        hits: &'d [u32],
    ) -> impl Iterator<Item = (usize, usize)> + 'd {
        let files = self.evidence.files.iter().enumerate();
        files.flat_map(move |(place, file)| {
            let denied = file.denied(rules, values, hits[file.lookup]);
            denied.map(move |criterion| (place, criterion))
        })
    }

    fn join(
        &mut self,
        rules: &Rules,
        values: &mut [Value],
        hits: &[u32],
        counts: &mut EvidenceCounts,
    ) {
        let hits = &hits[self.lookups..self.lookups + self.evidence.lookups.len()];
        let (criteria, origins) = (&self.criteria, &mut self.origins);
        (self.evidence).join(rules, criteria, values, hits, origins, counts);
    }

    /// Replaces each reason by that for the place where its evidence comes from.
    fn place_reasons(&self, judging: &mut Judging<'_>) {
        let (rules, files) = (judging.rules, self.evidence.files.len());
        let places = files + 2;
        for (card, applied) in judging.evaluation.applied.iter_mut().enumerate() {
            let reasons = rules.strongest(card);
            let mut placed = vec![0u64; reasons.len() * places / 64 + 1];
            for (reason, (characteristic, _)) in reasons.iter().enumerate() {
                if applied[reason / 64] >> (reason % 64) & 1 == 1 {
                    let characteristics = &rules.scorecards()[card].characteristics;
                    let criterion = characteristics[*characteristic].criterion;
                    let at = reason * places + self.origins[criterion].place(files);
                    placed[at / 64] |= 1 << (at % 64);
                }
            }
            *applied = placed;
        }
    }
}

/// A date in the form that most exports write, if the text is one: these seldom repeat.
fn plain_day(text: &str) -> Option<Value> {
    let raw = match text.as_bytes() {
        [b'"', inner @ .., b'"'] => inner,
        raw => raw,
    };
    let day = read_plain(raw).filter(|day| !is_open(*day) && !is_zero(*day));
    day.map(Value::Day)
}

/// The digest of the text after the first `@`, if the part before it cannot matter: a
/// plain user name. Otherwise that of the whole text. Only the domain of an address is
/// evidence, and domains repeat.
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

/// The bytes of a plain user name: none of them ends an address or makes it invalid.
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
