//! Evidence that stands outside of a record: in related files, and in what is assumed.
//!
//! Owns how such evidence joins that of a record, and which of several counts: what the
//! record says of itself, then its related files in their order, then what is assumed.
//! How the records of a related file become one value is decided elsewhere.

use std::sync::Arc;

use super::gather::is_blank;
use super::keys::{KeyForm, KeyIndex};
use crate::engine::compile::{Derived, Rules};
use crate::rulebook::ir::Condition;
use crate::value::{Kind, Length, Value};

/// A key of records, and the keys among which it is looked up.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    /// The column that has the key.
    pub(crate) column: String,
    pub(crate) form: KeyForm,
    pub(crate) index: Arc<KeyIndex>,
}

impl Lookup {
    /// The result for a text.
    pub(crate) fn find(&self, rules: &Rules, text: &str) -> u32 {
        if is_blank(rules, text, &mut String::new()) {
            return NO_KEY;
        }
        let mut key = Vec::new();
        self.form.write(text, &mut key);
        match key.is_empty() {
            true => NO_KEY,
            false => self.index.find(&key).unwrap_or(NOT_FOUND),
        }
    }
}

/// The result of a lookup for a record without a key.
pub(crate) const NO_KEY: u32 = u32::MAX;
/// That for a key that is not there.
pub(crate) const NOT_FOUND: u32 = u32::MAX - 1;

/// What is known of relationships besides their records.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The keys by which records find their evidence.
    pub(crate) lookups: Vec<Lookup>,
    /// The related files, in the order in which they count.
    pub(crate) files: Vec<FileEvidence>,
    /// By criterion, the value of records that say nothing else.
    pub(crate) assumed: Vec<(usize, Value)>,
}

/// What the records of a related file come to, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileEvidence {
    /// The name of the file.
    pub(crate) name: String,
    /// The lookup that gives the key.
    pub(crate) lookup: usize,
    /// By key: [`FileEvidence::HAS`] and others.
    pub(crate) marks: Vec<u8>,
    /// By criterion, the values by key.
    pub(crate) columns: Vec<(usize, Folded)>,
    /// What each record that counts says by being there, as the user states it.
    pub(crate) says: Vec<(usize, Value)>,
    /// What it means to have no record, as the user states it.
    pub(crate) absent: Vec<(usize, Value)>,
    /// What records that count show by being there, unless a condition holds.
    pub(crate) means: Vec<(usize, Value)>,
    /// By criterion, values that show something only unless a condition holds.
    pub(crate) weak: Vec<(usize, Folded)>,
    pub(crate) unless: Vec<Condition>,
    /// The files of whose records these are a part, so that they show nothing by being
    /// there beside one that counts.
    pub(crate) part_of: Vec<usize>,
    /// What a record says of itself that records which count contradict.
    pub(crate) contradicts: Vec<Condition>,
    /// The criterion that the file's own days and states are about: for it, these count
    /// more than what the user states of all records.
    pub(crate) about: Option<usize>,
}

/// Values by key, in few bytes.
#[derive(Debug, Clone)]
pub(crate) enum Folded {
    Choices(Vec<u8>),
    Lengths(Vec<i32>),
}

impl Folded {
    /// No value.
    pub(crate) const NONE: u8 = u8::MAX;
    /// Records contradict each other, so there is no value.
    pub(crate) const CONFLICT: u8 = u8::MAX - 1;

    /// The value of a key.
    pub(crate) fn value(&self, key: u32) -> Value {
        match self {
            Folded::Choices(values) => match values[key as usize] {
                Self::NONE | Self::CONFLICT => Value::Missing,
                value => Value::Choice(value),
            },
            Folded::Lengths(values) => match values[key as usize] {
                -1 => Value::Missing,
                parts => Length::from_parts(parts).map_or(Value::Missing, Value::Length),
            },
        }
    }
}

/// Where the value of a criterion comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Origin {
    /// From the record, if there is one.
    #[default]
    Own,
    /// From the related file with this place.
    File(u8),
    /// From what is assumed.
    Assumed,
}

/// How evidence and records come together, over some records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct EvidenceCounts {
    /// By file: the relationships that have a record there.
    pub(crate) found: Vec<u64>,
    /// By file: those whose own record it contradicts.
    pub(crate) contradicted: Vec<u64>,
}

impl EvidenceCounts {
    pub(crate) fn add(&mut self, later: &EvidenceCounts) {
        for (mine, theirs) in [
            (&mut self.found, &later.found),
            (&mut self.contradicted, &later.contradicted),
        ] {
            mine.resize(theirs.len().max(mine.len()), 0);
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        }
    }
}

/// No more related files than this, so that a bit can stand for each.
pub(crate) const MOST_FILES: usize = 64;

impl FileEvidence {
    /// The mark of a key with a record; with one that counts; with one that shows something
    /// by being there.
    pub(crate) const HAS: u8 = 1;
    pub(crate) const COUNTS: u8 = 2;
    pub(crate) const SHOWS: u8 = 4;

    /// The marks of a key.
    pub(crate) fn marks(&self, hit: u32) -> u8 {
        self.marks.get(hit as usize).copied().unwrap_or(0)
    }

    /// What it says of a criterion.
    pub(super) fn value(&self, criterion: usize, hit: u32) -> Value {
        let marks = self.marks(hit);
        if marks & Self::HAS == 0 {
            return match hit {
                NO_KEY => Value::Missing,
                _ => stated(&self.absent, criterion),
            };
        }
        let folded = || {
            let mut columns = self.columns.iter();
            let column = columns.find(|(of, _)| *of == criterion);
            column.map_or(Value::Missing, |(_, column)| column.value(hit))
        };
        let says = match marks & Self::COUNTS {
            0 => Value::Missing,
            _ => stated(&self.says, criterion),
        };
        match self.about == Some(criterion) {
            true => Some(folded())
                .filter(|value| value.is_known())
                .unwrap_or(says),
            false if says.is_known() => says,
            false => folded(),
        }
    }

    /// What it shows of a criterion unless a condition holds.
    fn weak_value(&self, criterion: usize, hit: u32) -> Value {
        let marks = self.marks(hit);
        let means = stated(&self.means, criterion);
        if marks & Self::SHOWS != 0 && means.is_known() {
            return means;
        }
        let mut weak = self.weak.iter();
        match weak.find(|(of, _)| *of == criterion) {
            Some((_, column)) if marks & Self::HAS != 0 => column.value(hit),
            _ => Value::Missing,
        }
    }

    /// The criteria that it may be evidence for.
    fn criteria(&self) -> impl Iterator<Item = usize> {
        let stated = self.says.iter().chain(&self.absent).chain(&self.means);
        let folded = self.columns.iter().chain(&self.weak).map(|(of, _)| *of);
        stated.map(|(of, _)| *of).chain(folded)
    }
}

fn stated(values: &[(usize, Value)], criterion: usize) -> Value {
    let mut values = values.iter();
    let value = values.find(|(of, _)| *of == criterion);
    value.map_or(Value::Missing, |(_, value)| *value)
}

impl Evidence {
    /// True if there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.criteria().is_empty()
    }

    /// The criteria that it may be evidence for, in order.
    pub(crate) fn criteria(&self) -> Vec<usize> {
        let of_files = self.files.iter().flat_map(FileEvidence::criteria);
        let mut criteria: Vec<usize> = of_files
            .chain(self.assumed.iter().map(|(of, _)| *of))
            .collect();
        criteria.sort_unstable();
        criteria.dedup();
        criteria
    }

    /// Adds the evidence for a record to its `values`, by criterion; `hits` are the results
    /// of its lookups. Notes where each value comes from, and what is counted.
    pub(crate) fn join(
        &self,
        rules: &Rules,
        criteria: &[usize],
        values: &mut [Value],
        hits: &[u32],
        origins: &mut [Origin],
        counts: &mut EvidenceCounts,
    ) {
        origins.fill(Origin::Own);
        counts.found.resize(self.files.len(), 0);
        counts.contradicted.resize(self.files.len(), 0);
        for (place, file) in self.files.iter().enumerate() {
            let hit = hits[file.lookup];
            counts.found[place] += u64::from(file.marks(hit) & FileEvidence::HAS != 0);
            let is_denied = file.denied(rules, values, hit).next().is_some();
            counts.contradicted[place] += u64::from(is_denied);
        }
        let open = self.open_ended(rules, values);
        for &criterion in criteria {
            let is_open = open == Some(criterion);
            if values[criterion].is_known() && !is_open {
                continue;
            }
            for (place, file) in self.files.iter().enumerate() {
                let value = file.value(criterion, hits[file.lookup]);
                if value.is_known() && (!is_open || file.about.is_some()) {
                    values[criterion] = value;
                    origins[criterion] = Origin::File(place as u8);
                    break;
                }
            }
            if !values[criterion].is_known() {
                let value = stated(&self.assumed, criterion);
                if value.is_known() {
                    values[criterion] = value;
                    origins[criterion] = Origin::Assumed;
                }
            }
        }
        // What only being there shows comes last, since more may be known that explains it.
        let is_explained = |file: &FileEvidence, values: &[Value]| {
            let counts = |whole: &usize| {
                let whole = &self.files[*whole];
                whole.marks(hits[whole.lookup]) & FileEvidence::COUNTS != 0
            };
            file.unless.iter().any(|one| one.holds(values)) || file.part_of.iter().any(counts)
        };
        for (place, file) in self.files.iter().enumerate() {
            if is_explained(file, values) {
                continue;
            }
            for &criterion in criteria {
                if values[criterion].is_known() && origins[criterion] != Origin::Assumed {
                    continue;
                }
                let value = file.weak_value(criterion, hits[file.lookup]);
                if value.is_known() {
                    values[criterion] = value;
                    origins[criterion] = Origin::File(place as u8);
                }
            }
        }
    }
}

impl Evidence {
    /// The length that a record has only from the first day of a contract without a last
    /// one. The contracts themselves show more.
    fn open_ended(&self, rules: &Rules, values: &[Value]) -> Option<usize> {
        if self.files.iter().all(|file| file.about.is_none()) {
            return None;
        }
        let is_open = |derived: &&Derived| {
            let mut in_force = rules.in_force().iter();
            let of = in_force.find(|one| one.start == derived.start);
            let starts = of.is_some_and(|of| {
                matches!(values[of.from], Value::Day(_)) && values[of.until] == Value::Missing
            });
            let ends = values[derived.end] != Value::Missing || values[derived.since].is_known();
            let measured =
                || derived.length(values[derived.start], Value::Missing, || rules.as_of());
            starts
                && !ends
                && measured().is_some_and(|(length, _)| length == values[derived.length])
        };
        rules.derived().iter().find(is_open).map(|one| one.length)
    }
}

impl FileEvidence {
    /// The criteria of which a record says something of itself, by its `values`, that the
    /// records of this file contradict.
    pub(crate) fn denied<'d>(
        &'d self,
        rules: &'d Rules,
        values: &'d [Value],
        hit: u32,
    ) -> impl Iterator<Item = usize> + 'd {
        let marks = self.marks(hit);
        let counts = marks & Self::COUNTS != 0;
        let contradicts = self.contradicts.iter();
        let contradicts = contradicts.filter(move |one| counts && one.holds(values));
        let columns = self.columns.iter().map(|(of, _)| *of);
        let differ = columns.filter(move |&criterion| {
            let is_choice = rules.rulebook().criteria[criterion].kind == Kind::Choice;
            let (own, other) = (values[criterion], self.value(criterion, hit));
            let are_known = own.is_known() && other.is_known();
            marks & Self::HAS != 0 && is_choice && are_known && own != other
        });
        contradicts.map(|one| one.criterion).chain(differ)
    }
}

impl Evidence {
    /// The names of all places where evidence may come from, by [`Origin::place`]; the
    /// first, the record itself, has none.
    pub(crate) fn places(&self) -> Vec<&str> {
        let files = self.files.iter().map(|file| file.name.as_str());
        std::iter::once("")
            .chain(files)
            .chain(std::iter::once("assumed"))
            .collect()
    }
}

impl Origin {
    /// Its number among the places where evidence may come from, of this many
    /// files.
    pub(crate) fn place(self, files: usize) -> usize {
        match self {
            Origin::Own => 0,
            Origin::File(place) => 1 + usize::from(place),
            Origin::Assumed => 1 + files,
        }
    }
}
