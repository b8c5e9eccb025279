//! What is gathered of records that are not judged: keys, and the facts behind them.
//!
//! Owns what is kept of each record of a batch, in few bytes. Batches are gathered by any
//! thread, and handed over in the order of the input. What the facts come to is decided
//! elsewhere.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap};

use super::evidence::{Lookup, NO_KEY, NOT_FOUND};
use super::keys::KeyForm;
use super::options::Opened;
use super::tally::{Unrecognized, head};
use crate::columns::Mapping;
use crate::columns::related::StateSign;
use crate::engine::compile::Rules;
use crate::error::{Place, Result};
use crate::rulebook::related::{State, StateWord};
use crate::value::Value;
use crate::value::read::Sense;

/// Takes what is gathered of an input, batch by batch.
pub(crate) trait Gatherer: Send {
    /// Prepares for an input before its first record, and returns what it wants.
    fn open(&mut self, input: &Opened<'_>) -> Result<Wish>;
    /// Takes a batch; `place` is where a record of it begins.
    fn batch(&mut self, batch: &GatheredBatch, place: &dyn Fn(&Gathered) -> Place) -> Result<()>;
}

/// What is wanted of the records of an input.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    /// The columns that feed criteria.
    pub(crate) mapping: Mapping,
    /// The slots of values that are kept.
    pub(crate) values: Vec<usize>,
    /// Keys that are looked up.
    pub(crate) lookups: Vec<Lookup>,
    /// Columns whose keys are listed, and how they are compared.
    pub(crate) listed: Vec<(String, KeyForm)>,
    /// Columns that distinguish records, by their places.
    pub(crate) identity: Vec<usize>,
    /// Columns that show the state of a record, by their places.
    pub(crate) states: Vec<(usize, StateSign)>,
    /// Columns that show, where they are filled in, that a record is about somebody else.
    pub(crate) others: Vec<usize>,
    /// Columns that show, where they are filled in, that a record is a part of another one.
    pub(crate) parts: Vec<usize>,
    /// Only records count that have one of these texts in each of these columns.
    pub(crate) only: Vec<(usize, Vec<String>)>,
    /// The places of records and the texts of keys that are not found are needed.
    pub(crate) places: bool,
}

/// A record, as far as it was gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gathered {
    /// Its number in its batch, from 1, and its beginning there.
    pub(crate) number: u64,
    pub(crate) start: usize,
    /// What distinguishes it from others.
    pub(crate) identity: u64,
    /// Its state; `None` for one that is not understood.
    pub(crate) state: Option<State>,
    /// The value of what it is about, as a word for it says.
    pub(crate) value: Option<u8>,
    /// It was agreed; its days show whether it is in force.
    pub(crate) is_signed: bool,
    /// A flag says that it is not yet agreed, even if other columns say that it is.
    pub(crate) is_draft: bool,
    /// It is about somebody else.
    pub(crate) is_of_others: bool,
    /// It is a part of another one.
    pub(crate) is_part: bool,
    /// It is one of those that are wanted.
    pub(crate) is_wanted: bool,
}

impl Default for Gathered {
    fn default() -> Self {
        Gathered {
            number: 0,
            start: 0,
            identity: 0,
            state: Some(State::None),
            value: None,
            is_signed: false,
            is_draft: false,
            is_of_others: false,
            is_part: false,
            is_wanted: true,
        }
    }
}

/// What was gathered of the records of a batch.
#[derive(Debug, Clone, Default)]
pub(crate) struct GatheredBatch {
    pub(crate) rows: Vec<Gathered>,
    /// By record: the result of each lookup.
    hits: Vec<u32>,
    hits_each: usize,
    /// By record: the values that are kept.
    values: Vec<Value>,
    values_each: usize,
    /// By record: the keys that are looked up, and those that are listed.
    keys: Vec<u8>,
    ends: Vec<usize>,
    keys_each: usize,
    /// Keys that were not found: the record, the lookup and the text.
    pub(crate) orphans: Vec<(usize, usize, String)>,
    /// Keys as they are written, where they are compared in another form.
    written: Vec<(usize, usize, String)>,
    /// Words for states that are not understood.
    pub(crate) unknown: Unrecognized,
}

impl GatheredBatch {
    /// The results of the lookups for a record.
    pub(crate) fn hits(&self, row: usize) -> &[u32] {
        &self.hits[row * self.hits_each..][..self.hits_each]
    }

    /// The values that are kept of a record.
    pub(crate) fn values(&self, row: usize) -> &[Value] {
        &self.values[row * self.values_each..][..self.values_each]
    }

    /// A listed key of a record; empty if it has none.
    pub(crate) fn key(&self, row: usize, listed: usize) -> &[u8] {
        self.any_key(row, self.hits_each + listed)
    }

    fn any_key(&self, row: usize, number: usize) -> &[u8] {
        let place = row * self.keys_each + number;
        let from = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.keys[from..self.ends[place]]
    }

    /// Looks up all keys. Nothing else is done between two of them, so that the processor
    /// looks at several places in memory at a time.
    fn look_up(&mut self, lookups: &[Lookup], notes: bool) {
        let (rows, each) = (self.rows.len(), self.hits_each);
        let mut hits = vec![NO_KEY; rows * each];
        for (number, lookup) in lookups.iter().enumerate() {
            let keys = (0..rows).map(|row| self.any_key(row, number));
            lookup.index.find_all(keys, |row, found| {
                hits[row * each + number] = found.unwrap_or(NOT_FOUND);
            });
            for row in 0..rows {
                let key = self.any_key(row, number);
                if key.is_empty() {
                    hits[row * each + number] = NO_KEY;
                } else if notes && hits[row * each + number] == NOT_FOUND {
                    let written = self.written.binary_search_by_key(&(row, number), |one| {
                        let (row, number, _) = one;
                        (*row, *number)
                    });
                    let text = match written {
                        Ok(at) => self.written[at].2.clone(),
                        Err(_) => String::from_utf8_lossy(key).into_owned(),
                    };
                    let text = head(&text, Unrecognized::LONGEST).to_owned();
                    self.orphans.push((row, number, text));
                }
            }
        }
        self.hits = hits;
        self.written.clear();
    }
}

/// The use of a column for gathering.
#[derive(Debug, Clone)]
pub(super) enum GatherUse {
    List(usize, KeyForm),
    Identity(usize),
    State(StateSign),
    Other,
    Part,
    Only(Vec<String>),
}

/// Gathers the records of one thread.
#[derive(Debug, Clone)]
pub(super) struct Gather {
    wish: Wish,
    pub(super) uses: Vec<GatherUse>,
    hasher: DefaultHashBuilder,
    batch: GatheredBatch,
    /// The current record.
    row: Gathered,
    /// Its listed keys, and before them those that are looked up.
    keys: Vec<Vec<u8>>,
    /// How many conditions on it hold.
    holds: usize,
    /// By use: words for states, and what each shows.
    known: Vec<HashMap<Box<str>, Option<StateWord>>>,
    scratch: String,
}

/// How many different words for states a thread remembers.
const REMEMBERED: usize = 1000;

impl Gather {
    pub(super) fn new(wish: Wish) -> Self {
        let mut gather = Gather {
            uses: Vec::new(),
            // Identities are compared within a run only.
            hasher: DefaultHashBuilder::default(),
            batch: GatheredBatch::default(),
            row: Gathered::default(),
            keys: vec![Vec::new(); wish.lookups.len() + wish.listed.len()],
            holds: 0,
            known: Vec::new(),
            scratch: String::new(),
            wish,
        };
        gather.batch = gather.empty();
        gather
    }

    fn empty(&self) -> GatheredBatch {
        GatheredBatch {
            hits_each: self.wish.lookups.len(),
            values_each: self.wish.values.len(),
            keys_each: self.keys.len(),
            ..GatheredBatch::default()
        }
    }

    /// Whether the bytes of records are needed to know where they are.
    pub(super) fn needs_places(&self) -> bool {
        self.wish.places
    }

    /// Begins a record.
    pub(super) fn begin(&mut self) {
        self.row = Gathered::default();
        self.holds = 0;
        self.keys.iter_mut().for_each(Vec::clear);
    }

    /// The uses of a column that turned up late.
    pub(super) fn late(&mut self, name: &str) -> Vec<u32> {
        let listed = self.wish.listed.iter().enumerate();
        let listed = listed.filter(|(_, (column, _))| column == name);
        let uses: Vec<GatherUse> = listed
            .map(|(listed, (_, form))| GatherUse::List(listed, form.clone()))
            .collect();
        let first = self.uses.len() as u32;
        self.uses.extend(uses);
        (first..self.uses.len() as u32).collect()
    }

    /// Takes the text of a column.
    pub(super) fn take(&mut self, use_: usize, text: &str, rules: &Rules) {
        match &self.uses[use_] {
            GatherUse::List(listed, form) => {
                if !is_blank(rules, text, &mut self.scratch) {
                    let listed = self.wish.lookups.len() + listed;
                    form.write(text, &mut self.keys[listed]);
                }
            }
            GatherUse::Identity(column) => {
                // Neighbouring texts do not run together.
                let hash = self.hasher.hash_one((column, text));
                self.row.identity = self.row.identity.rotate_left(5) ^ hash;
            }
            GatherUse::State(sign) => {
                let sign = *sign;
                self.take_state(use_, sign, text, rules);
            }
            GatherUse::Other => {
                self.row.is_of_others |= !rules.says_nothing(text, &mut self.scratch);
            }
            GatherUse::Part => {
                self.row.is_part |= !rules.says_nothing(text, &mut self.scratch);
            }
            GatherUse::Only(texts) => {
                let text = text.trim();
                self.holds += usize::from(texts.iter().any(|one| one.trim() == text));
            }
        }
    }

    fn take_state(&mut self, use_: usize, sign: StateSign, text: &str, rules: &Rules) {
        if self.known.len() <= use_ {
            self.known.resize_with(use_ + 1, HashMap::default);
        }
        let known = self.known[use_].get(text).copied();
        let state = known.unwrap_or_else(|| {
            let state = sign.read(text, rules, &mut self.scratch);
            let known = &mut self.known[use_];
            if known.len() < REMEMBERED && text.len() <= Unrecognized::LONGEST {
                known.insert(text.into(), state);
            }
            state
        });
        if state.is_none() {
            self.batch
                .unknown
                .add(head(text.trim(), Unrecognized::LONGEST), 1);
        }
        let row = &mut self.row;
        let mut add = |state: State| {
            // A word that is not understood may be that of a record that does not count.
            let is_known = row.state.is_some() || state == State::Void;
            row.state = is_known.then(|| row.state.map_or(state, |known| known.max(state)));
        };
        match state {
            Some(StateWord::State(State::Draft)) if sign == StateSign::Affirmed(State::Draft) => {
                row.is_draft = true;
            }
            Some(StateWord::State(state)) => add(state),
            Some(StateWord::As(state, value)) => {
                add(state);
                row.value = Some(value);
            }
            Some(StateWord::Signed) => row.is_signed = true,
            Some(StateWord::Other) => row.is_of_others = true,
            None if row.state != Some(State::Void) => row.state = None,
            None => {}
        }
    }

    /// Ends the current record.
    pub(super) fn end(&mut self, number: u64, start: usize, values: &[Value]) {
        self.row.is_wanted = self.holds == self.wish.only.len();
        (self.row.number, self.row.start) = (number, start);
        let batch = &mut self.batch;
        batch.rows.push(self.row);
        for slot in &self.wish.values {
            batch.values.push(values[*slot]);
        }
        for key in &self.keys {
            batch.keys.extend_from_slice(key);
            batch.ends.push(batch.keys.len());
        }
    }

    /// The current record has no key for a lookup.
    pub(super) fn forget_key(&mut self, lookup: usize) {
        self.keys[lookup].clear();
    }

    /// Takes the key of the current record for a lookup.
    pub(super) fn take_key(&mut self, lookup: usize, text: &str, form: &KeyForm) {
        form.write(text, &mut self.keys[lookup]);
        if self.wish.places && *form != KeyForm::Exact {
            let row = self.batch.rows.len();
            self.batch.written.push((row, lookup, text.to_owned()));
        }
    }

    /// Hands over what was gathered since the last call.
    pub(super) fn take_batch(&mut self) -> GatheredBatch {
        let next = self.empty();
        self.batch.look_up(&self.wish.lookups, self.wish.places);
        std::mem::replace(&mut self.batch, next)
    }
}

/// Whether a text is blank, and not a key.
pub(super) fn is_blank(rules: &Rules, text: &str, scratch: &mut String) -> bool {
    let is_plain = text.len() > 24 || text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    !is_plain && rules.says_nothing(text, scratch)
}

impl StateSign {
    /// What a text shows of a record; `None` if it is not understood.
    fn read(self, text: &str, rules: &Rules, key: &mut String) -> Option<StateWord> {
        const NOTHING: StateWord = StateWord::State(State::None);
        if rules.says_nothing(text, key) {
            return Some(NOTHING);
        }
        let word = |key: &mut String| rules.state(text, key);
        Some(match self {
            StateSign::Words => word(key)?,
            StateSign::Only(state) => {
                let state = StateWord::State(state);
                word(key).filter(|read| *read == state).unwrap_or(NOTHING)
            }
            StateSign::Of(criterion) => {
                let is_withheld = rules.is_withheld(criterion, text, key);
                let draft = StateWord::State(State::Draft);
                match (word(key), is_withheld) {
                    (Some(StateWord::State(State::Open)) | None, true) => draft,
                    // A contract that was cancelled has been one.
                    (Some(StateWord::State(State::Void)), _) => {
                        let value = rules.read_in(criterion, text, Sense::Status, key);
                        let is_over =
                            of_value(rules, criterion, value) == StateWord::State(State::Done);
                        StateWord::State(if is_over { State::Gone } else { State::Void })
                    }
                    (Some(word), _) => word,
                    (None, false) => match rules.read_in(criterion, text, Sense::Status, key) {
                        Value::NotRecognized => return None,
                        Value::Missing => draft,
                        value => of_value(rules, criterion, value),
                    },
                }
            }
            StateSign::Signed => match word(key) {
                _ if rules.is_answer(text, false, key) => StateWord::State(State::Draft),
                Some(word) => word,
                None => StateWord::Signed,
            },
            StateSign::Flagged(state) => {
                let is_zero = text
                    .bytes()
                    .all(|byte| !byte.is_ascii_alphanumeric() || byte == b'0');
                let is_to_come = is_to_come(rules, text, key);
                match is_zero || is_to_come || rules.is_answer(text, false, key) {
                    true => NOTHING,
                    false => StateWord::State(state),
                }
            }
            StateSign::Affirmed(state) => match rules.is_answer(text, true, key) {
                true => StateWord::State(state),
                false => NOTHING,
            },
            StateSign::Denied(state) => match rules.is_answer(text, false, key) {
                true => StateWord::State(state),
                false => NOTHING,
            },
            StateSign::KindOf(about) => match word(key) {
                Some(StateWord::State(State::Void)) => StateWord::State(State::Void),
                Some(StateWord::Other | StateWord::State(State::Draft)) => StateWord::Other,
                _ => about.map_or(NOTHING, |about| kind_of(rules, about, text, key)),
            },
        })
    }
}

/// Whether a text is a day after the as-of day.
fn is_to_come(rules: &Rules, text: &str, key: &mut String) -> bool {
    let start = rules.derived().first().map(|one| one.start);
    let day = start.map(|start| rules.read_in(start, text, Sense::Plain, key));
    matches!(day, Some(Value::Day(day)) if day > rules.as_of())
}

/// What a text for the kind of a record shows, which should be about this criterion.
fn kind_of(rules: &Rules, about: usize, text: &str, key: &mut String) -> StateWord {
    let value = rules.read_in(about, text, Sense::Status, key);
    match of_value(rules, about, value) {
        _ if rules.is_withheld(about, text, key) => StateWord::Other,
        StateWord::State(State::Draft) => StateWord::Other,
        StateWord::As(_, value) => StateWord::As(State::None, value),
        _ => StateWord::State(State::None),
    }
}

/// What a value of this criterion shows of a record: that it is in force, or was, or is in
/// another way.
fn of_value(rules: &Rules, criterion: usize, value: Value) -> StateWord {
    let mut all = rules.in_force().iter();
    let in_force = all.find(|one| one.criterion == criterion);
    match (value, in_force) {
        (Value::Choice(value), Some(one)) if value == one.after => StateWord::State(State::Done),
        (Value::Choice(value), Some(one)) if value != one.during => {
            match rules.rulebook().criteria[criterion].value(value) {
                "no" => StateWord::State(State::Draft),
                _ => StateWord::As(State::Open, value),
            }
        }
        _ => StateWord::State(State::Open),
    }
}
