//! The records of a related file, as they are read.
//!
//! Owns which of them count, and what each adds to the values of its key.

use std::sync::Arc;

use jiff::civil::Date;

use super::RelatedFile;
use super::fold::{Column, Record};
use super::keys::{Match, OurColumn, OurKeys};
use super::propose::Strength;
use super::report::{FileReport, NotCounted, RelatedLine, Shows, Taken, TakenBy};
use crate::columns::related::RelatedColumns;
use crate::columns::{not_there, places};
use crate::engine::compile::{InForce, Rules};
use crate::error::{Place, Result, Setting};
use crate::rulebook::related::State;
use crate::rulebook::related::checked::{FoldRule, RelatedKind};
use crate::run::Opened;
use crate::run::evidence::{FileEvidence, Lookup, NO_KEY, NOT_FOUND};
use crate::run::gather::{Gathered, GatheredBatch, Gatherer, Wish};
use crate::value::{Kind, Length, Value};

/// The key by which a file is related to ours.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) theirs: String,
    pub(super) strength: Strength,
    pub(super) ours: OurColumn,
}

/// How many records with keys that are not among ours are remembered.
const MOST_ORPHANS: usize = 1000;
/// How many records of one key are shown.
const MOST_LINES: usize = 200;

/// A related file while it is read, and what came of it.
pub(super) struct Folding {
    /// The place of the file among all.
    pub(super) place: usize,
    /// How a record of the main input finds its key.
    pub(super) root: Lookup,
    pub(super) report: FileReport,
    key: Key,
    as_of: Date,
    kind: Option<RelatedKind>,
    only: Vec<(String, Vec<String>)>,
    about: Option<InForce>,
    columns: RelatedColumns,
    /// All records are about somebody else; or each is a part of another one.
    is_of_others: bool,
    pub(super) are_parts: bool,
    /// What is folded, and where its value is among those of a record.
    folds: Vec<(Column, Option<usize>)>,
    often: Option<Column>,
    /// Where the days and the term of a record are among its values, and the value of what
    /// it is about.
    days: Days,
    about_at: Option<usize>,
    marks: Vec<u8>,
    not_counted: [u64; 7],
    unknown: crate::run::Unrecognized,
    /// The keys of this file through which others are related, and the key that each leads
    /// to.
    hops: OurKeys,
    /// The keys whose records are shown, if that is all that is wanted.
    pub(super) watched: Vec<u32>,
}

/// What a record adds to its key.
struct Entry {
    /// Its place in the batch.
    row: usize,
    key: u32,
    record: Record,
    /// The value of what it is about.
    of_about: Value,
    not_counted: Option<NotCounted>,
    /// It shows something by being there.
    shows: bool,
}

/// Where the days of a record are among its values; the better first.
#[derive(Debug, Clone, Default)]
struct Days {
    first: Vec<usize>,
    last: Vec<usize>,
    term: Option<usize>,
}

impl Folding {
    pub(super) fn new(
        rules: &Rules,
        place: usize,
        file: &RelatedFile,
        kind: Option<&RelatedKind>,
        key: &Key,
        hops: &[String],
    ) -> Self {
        let root = key.ours.root();
        let keys = root.index.len();
        let hop = |column: &String| {
            let form = crate::run::keys::KeyForm::Exact;
            let mut hop = OurColumn::new(column, &form);
            hop.root = Some(root.clone());
            hop
        };
        Folding {
            place,
            report: FileReport {
                file: file.name.clone(),
                kind: kind.map(|kind| (kind.name.clone(), kind.says.clone())),
                theirs: key.theirs.clone(),
                ours: key.ours.column.clone(),
                is_partial: kind.is_some_and(|kind| kind.partial),
                is_stated: key.strength == Strength::Stated,
                compared: key.ours.form.name(),
                ignored: key.ours.form.ignores(),
                repeated: match key.ours.root {
                    None => key.ours.records - key.ours.index.len() as u64,
                    Some(_) => 0,
                },
                keys: (0, keys as u64),
                ..FileReport::default()
            },
            are_parts: false,
            key: key.clone(),
            as_of: rules.as_of(),
            about: kind.and_then(|kind| Some(rules.in_force()[kind.about?])),
            kind: kind.cloned(),
            only: file.only.clone(),
            columns: RelatedColumns::default(),
            is_of_others: false,
            folds: Vec::new(),
            often: None,
            days: Days::default(),
            about_at: None,
            marks: vec![0; keys],
            not_counted: [0; 7],
            unknown: crate::run::Unrecognized::default(),
            hops: OurKeys {
                columns: hops.iter().map(hop).collect(),
            },
            watched: Vec::new(),
            root,
        }
    }

    /// By key of the main input: whether a record has it.
    pub(super) fn seen(&self) -> Vec<bool> {
        let marks = self.marks.iter();
        marks.map(|marks| marks & FileEvidence::HAS != 0).collect()
    }

    /// How well its key fits.
    pub(super) fn fit(&self) -> Match {
        Match {
            found: self.report.found,
            not_found: self.report.orphans,
            ours: self.seen().iter().filter(|seen| **seen).count() as u64,
            ..Match::default()
        }
    }

    /// The keys through which other files are related.
    pub(super) fn hop(&self) -> &OurKeys {
        &self.hops
    }

    /// What its columns feed, and where each value is among those that are kept.
    fn plan(&mut self, rules: &Rules) -> Vec<usize> {
        let mut kept: Vec<usize> = Vec::new();
        let mut keep = |slot: usize| {
            kept.iter().position(|one| *one == slot).unwrap_or_else(|| {
                kept.push(slot);
                kept.len() - 1
            })
        };
        let Some(kind) = &self.kind else { return kept };
        // What shows who the buyer is has to be about the buyer.
        let is_of_buyers = self.key.strength != Strength::Foreign;
        let fed = self.columns.mapping.fed(rules.rulebook().criteria.len());
        if let Some(about) = self.about {
            self.days = Days {
                first: [about.from, about.start, about.signed]
                    .map(&mut keep)
                    .to_vec(),
                last: [about.until, about.end].map(&mut keep).to_vec(),
                term: about.term.map(&mut keep),
            };
            self.about_at = Some(keep(about.criterion));
        } else if self.columns.day.is_some()
            && let Some(derived) = rules.derived().first()
        {
            self.days.first = vec![keep(derived.start)];
        }
        let of_kind = |criterion: usize| rules.rulebook().criteria[criterion].kind;
        for (criterion, rule) in &kind.take {
            let (criterion, is_span) = (*criterion, *rule == FoldRule::Span);
            let is_about = self.about.is_some_and(|about| about.criterion == criterion);
            let has_days = self.about.is_some() && !self.mapped(&self.in_force()).is_empty();
            let is_fed = match (is_about, is_span) {
                (true, _) => has_days || fed[criterion] || self.has_state(),
                (_, true) => has_days || fed[criterion],
                _ => fed[criterion],
            };
            if !is_fed || *rule == FoldRule::Flag && !is_of_buyers {
                continue;
            }
            let at = (of_kind(criterion) != Kind::Length || !is_span).then(|| keep(criterion));
            self.folds.push((Column::new(criterion, rule), at));
        }
        if let (Some(often), true, true) =
            (&kind.frequency, self.columns.day.is_some(), is_of_buyers)
        {
            self.often = Some(Column::often(often));
        }
        kept
    }

    fn in_force(&self) -> Vec<usize> {
        self.about
            .map_or(Vec::new(), |about| vec![about.start, about.end])
    }

    fn has_state(&self) -> bool {
        !self.columns.states.is_empty()
    }

    /// The names of the columns that feed these criteria.
    fn mapped(&self, criteria: &[usize]) -> Vec<String> {
        let columns = self.report.names.iter().zip(&self.columns.mapping.feeds);
        let fed = columns
            .filter(|(_, feeds)| feeds.iter().any(|feed| criteria.contains(&feed.criterion)));
        fed.map(|(name, _)| name.clone()).collect()
    }

    /// Why a record does not count, if so.
    fn not_counted(&self, row: &Gathered, state: Option<State>) -> Option<NotCounted> {
        if row.is_of_others || self.is_of_others {
            return Some(NotCounted::Others);
        }
        let Some(mut state) = state else {
            return Some(NotCounted::Unknown);
        };
        if row.is_draft {
            return Some(NotCounted::Draft);
        }
        // An offer that was accepted is won.
        if state == State::None && row.is_signed && self.about.is_none() {
            state = State::Done;
        }
        let counts = self
            .kind
            .as_ref()
            .is_none_or(|kind| kind.counts & state.bit() != 0);
        let why = match state {
            State::Draft => NotCounted::Draft,
            State::Void => NotCounted::Void,
            State::Gone => NotCounted::Gone,
            State::None | State::Open | State::Done => NotCounted::OtherState,
        };
        (!counts).then_some(why)
    }

    /// The value of what a record is about: by its state, or else by its days, which have
    /// this `value`.
    fn about(
        &self,
        about: InForce,
        value: Value,
        row: &Gathered,
        days: [Option<Date>; 2],
    ) -> Value {
        let during = Value::Choice(row.value.unwrap_or(about.during));
        let is_to_come = days[0] > Some(self.as_of);
        match row.state {
            Some(State::Open) => during,
            Some(State::Done | State::Gone) => Value::Choice(about.after),
            Some(State::Draft | State::Void) => Value::Missing,
            // Signed, and not yet begun.
            Some(State::None) if value == Value::Missing && is_to_come => during,
            // Signed, and nothing shows an end.
            Some(State::None) if value == Value::Missing && row.is_signed && days[1].is_none() => {
                during
            }
            Some(State::None) | None if value == Value::Choice(about.during) => during,
            Some(State::None) | None => value,
        }
    }

    /// What a record adds to its key.
    fn entry(&self, batch: &GatheredBatch, row: usize, key: u32, parent_counts: bool) -> Entry {
        let gathered = &batch.rows[row];
        let values = batch.values(row);
        let day = |places: &[usize]| {
            places.iter().find_map(|place| match values[*place] {
                Value::Day(day) => Some(day),
                _ => None,
            })
        };
        let term = self.days.term.and_then(|place| match values[place] {
            Value::Length(term) => Some(term),
            _ => None,
        });
        let (first, mut last) = (day(&self.days.first), day(&self.days.last));
        if let (Some(first), None, Some(term)) = (first, last, term) {
            last = Length::after(term, first);
        }
        let mut state = gathered.state;
        let mut of_about = Value::Missing;
        if let (Some(about), Some(place)) = (self.about, self.about_at) {
            of_about = self.about(about, values[place], gathered, [first, last]);
            let is_over = of_about == Value::Choice(about.after);
            if is_over && state == Some(State::None) {
                state = Some(State::Done);
            }
        }
        let not_counted = match parent_counts {
            true => self.not_counted(gathered, state),
            false => Some(NotCounted::Parent),
        };
        Entry {
            row,
            key,
            record: Record {
                first,
                last,
                term,
                identity: gathered.identity,
            },
            of_about,
            not_counted,
            shows: not_counted.is_none() && !gathered.is_part && !self.are_parts,
        }
    }

    /// What a record says of a criterion, whose value is at this place among those kept.
    fn value(
        about: Option<InForce>,
        batch: &GatheredBatch,
        entry: &Entry,
        criterion: usize,
        at: Option<usize>,
    ) -> Option<Value> {
        let about = about.filter(|about| about.criterion == criterion);
        let value = match about {
            Some(_) => entry.of_about,
            None => at.map_or(Value::Missing, |at| batch.values(entry.row)[at]),
        };
        // What is over is known to have been, also if it was called off.
        let is_over = about.is_some_and(|about| value == Value::Choice(about.after));
        match entry.not_counted {
            None => Some(value),
            Some(NotCounted::Gone) if is_over => Some(value),
            Some(_) => None,
        }
    }

    /// Adds records to the values of their keys: column by column, so that the many places
    /// in memory are looked at side by side.
    fn fold(&mut self, batch: &GatheredBatch, entries: &[Entry]) {
        for entry in entries {
            let mark = &mut self.marks[entry.key as usize];
            *mark |= FileEvidence::HAS;
            match entry.not_counted {
                None => *mark |= FileEvidence::COUNTS,
                Some(why) => self.not_counted[why as usize] += 1,
            }
            if entry.shows {
                *mark |= FileEvidence::SHOWS;
            }
        }
        for (column, at) in &mut self.folds {
            for entry in entries {
                let value = Self::value(self.about, batch, entry, column.criterion, *at);
                if let Some(value) = value {
                    column.add(entry.key as usize, value, &entry.record, self.as_of);
                }
            }
        }
        if let Some(often) = &mut self.often {
            for entry in entries.iter().filter(|entry| entry.shows) {
                often.add(
                    entry.key as usize,
                    Value::Missing,
                    &entry.record,
                    self.as_of,
                );
            }
        }
    }

    /// A record, for a person.
    fn line(&self, batch: &GatheredBatch, entry: &Entry, place: Place) -> RelatedLine {
        let values = self.folds.iter().filter_map(|(column, at)| {
            let value = Self::value(self.about, batch, entry, column.criterion, *at)?;
            value.is_known().then_some((column.criterion, value))
        });
        RelatedLine {
            place,
            key: entry.key,
            not_counted: entry.not_counted,
            values: values.collect(),
            days: [entry.record.first, entry.record.last],
        }
    }

    /// The evidence in it, and the report.
    pub(super) fn finish(
        mut self,
        rules: &Rules,
        kind: Option<&RelatedKind>,
    ) -> (FileEvidence, FileReport) {
        let marks = &self.marks;
        self.report.keys.0 = marks
            .iter()
            .filter(|one| **one & FileEvidence::HAS != 0)
            .count() as u64;
        let reasons = [
            NotCounted::Draft,
            NotCounted::Void,
            NotCounted::Gone,
            NotCounted::OtherState,
            NotCounted::Unknown,
            NotCounted::Others,
            NotCounted::Parent,
        ];
        let not_counted = reasons.into_iter().zip(self.not_counted);
        self.report.not_counted = not_counted.filter(|(_, count)| *count > 0).collect();
        let unknown = self.unknown.ranked().into_iter();
        self.report.unknown_states = unknown
            .map(|(text, count)| (text.to_owned(), count))
            .collect();
        self.report.mapping = self.columns.mapping.clone();
        let states = self
            .columns
            .states
            .iter()
            .map(|(column, _)| (*column, Shows::State));
        let others = self
            .columns
            .others
            .iter()
            .map(|column| (*column, Shows::Others));
        let parts = self
            .columns
            .parts
            .iter()
            .map(|column| (*column, Shows::Part));
        let day = self.columns.day.map(|column| (column, Shows::Day));
        let takes_goods = kind.is_some_and(|kind| !kind.goods.is_empty());
        let goods = self.columns.goods.iter().filter(|_| takes_goods);
        let goods = goods.map(|column| (*column, Shows::Goods));
        let shows = states.chain(others).chain(parts).chain(day).chain(goods);
        let named = shows
            .filter_map(|(column, shows)| Some((self.report.names.get(column)?.clone(), shows)));
        self.report.shows = named.collect();
        let mut evidence = FileEvidence {
            about: self.about.map(|about| about.criterion),
            ..FileEvidence::default()
        };
        let states: Vec<String> = (self.columns.states.iter())
            .filter_map(|(column, _)| self.report.names.get(*column).cloned())
            .collect();
        let of_days = self.mapped(&self.in_force());
        let term = self.about.and_then(|about| about.term);
        let length = rules.derived().iter().find(|one| Some(one.term) == term);
        let of_term = length.map_or(Vec::new(), |one| self.mapped(&[one.length]));
        for (column, _) in std::mem::take(&mut self.folds) {
            let criterion = column.criterion;
            let (folded, conflicts) = column.finish();
            let is_about = evidence.about == Some(criterion);
            let is_span = kind.is_some_and(|kind| kind.take.contains(&(criterion, FoldRule::Span)));
            let (by, columns) = match (is_about, is_span) {
                (true, _) => {
                    let all = states.iter().chain(&of_days).chain(&of_term);
                    (TakenBy::InForce, all.cloned().collect())
                }
                (_, true) => (
                    TakenBy::Span,
                    of_days.iter().chain(&of_term).cloned().collect(),
                ),
                _ => (TakenBy::Columns, self.mapped(&[criterion])),
            };
            self.report.taken.push(Taken {
                criterion,
                by,
                columns,
                conflicts,
            });
            evidence.columns.push((criterion, folded));
        }
        if let Some(kind) = kind {
            evidence.unless = kind.unless.clone();
            evidence.contradicts = kind.contradicts.clone();
            let is_of_buyers = self.key.strength != Strength::Foreign;
            let text = |criterion: usize, value: u8| {
                rules.rulebook().criteria[criterion].value(value).to_owned()
            };
            let names_goods = !self.columns.goods.is_empty();
            let means = kind.means.iter().map(|one| (one, false));
            let goods = kind
                .goods
                .iter()
                .map(|one| (one, true))
                .filter(|_| names_goods);
            for ((criterion, value), is_goods) in means
                .chain(goods)
                .filter(|_| is_of_buyers && !self.is_of_others)
            {
                evidence.means.push((*criterion, Value::Choice(*value)));
                let value = text(*criterion, *value);
                self.report.taken.push(Taken {
                    criterion: *criterion,
                    by: if is_goods {
                        TakenBy::Goods(value)
                    } else {
                        TakenBy::Means(value)
                    },
                    columns: Vec::new(),
                    conflicts: 0,
                });
            }
        }
        if let Some(often) = self.often.take() {
            let day = self
                .columns
                .day
                .and_then(|day| self.report.names.get(day).cloned());
            self.report.taken.push(Taken {
                criterion: often.criterion,
                by: TakenBy::Often,
                columns: day.into_iter().collect(),
                conflicts: 0,
            });
            evidence.weak.push((often.criterion, often.finish().0));
        }
        evidence.marks = self.marks;
        (evidence, self.report)
    }
}

impl Gatherer for Folding {
    fn open(&mut self, input: &Opened<'_>) -> Result<Wish> {
        let columns = &input.columns[0];
        self.report.names = input.names.to_vec();
        let (names, complete) = (input.names, input.is_complete);
        self.columns = columns.related(
            names,
            input.values,
            complete,
            self.kind.as_ref(),
            &self.key.theirs,
        )?;
        self.is_of_others =
            columns.is_of_others(names, input.values, self.kind.as_ref(), &self.key.theirs);
        let mut only = Vec::new();
        for (column, texts) in &self.only {
            match places(column, names)[..] {
                [place, ..] => only.push((place, texts.clone())),
                [] => return Err(not_there(Setting::With, column, names)),
            }
        }
        let keys = self.marks.len();
        let values = self.plan(columns.rules());
        for (column, _) in &mut self.folds {
            column.grow(keys);
        }
        if let Some(often) = &mut self.often {
            often.grow(keys);
        }
        let hops = self.hops.columns.iter();
        Ok(Wish {
            mapping: self.columns.mapping.clone(),
            values,
            lookups: vec![Lookup {
                column: self.key.theirs.clone(),
                form: self.key.ours.form.clone(),
                index: Arc::clone(&self.key.ours.index),
            }],
            listed: hops
                .map(|one| (one.column.clone(), one.form.clone()))
                .collect(),
            identity: match self.often {
                Some(_) => self.columns.identity.clone(),
                None => Vec::new(),
            },
            states: self.columns.states.clone(),
            others: self.columns.others.clone(),
            parts: self.columns.parts.clone(),
            only,
            places: true,
        })
    }

    fn batch(&mut self, batch: &GatheredBatch, place: &dyn Fn(&Gathered) -> Place) -> Result<()> {
        self.unknown.add_all(&batch.unknown);
        for (row, _, text) in &batch.orphans {
            if self.report.orphan_places.len() < MOST_ORPHANS
                && batch.rows.get(*row).is_some_and(|row| row.is_wanted)
            {
                self.report
                    .orphan_places
                    .push((place(&batch.rows[*row]), text.clone()));
            }
        }
        let mut entries = Vec::with_capacity(batch.rows.len());
        for (row, gathered) in batch.rows.iter().enumerate() {
            if !gathered.is_wanted {
                continue;
            }
            self.report.records += 1;
            let hit = batch.hits(row)[0];
            let key = match hit {
                NO_KEY => {
                    self.report.without_key += 1;
                    continue;
                }
                NOT_FOUND => {
                    self.report.orphans += 1;
                    continue;
                }
                hit => self.key.ours.target(hit),
            };
            self.report.found += 1;
            let Some(key) = key else {
                self.report.unclear += 1;
                continue;
            };
            let entry = self.entry(batch, row, key, self.key.ours.counts(hit));
            let counts = entry.not_counted.is_none();
            for (listed, hop) in self.hops.columns.iter_mut().enumerate() {
                let their_key = batch.key(row, listed);
                if !their_key.is_empty() {
                    hop.add(their_key, key, counts)?;
                }
            }
            if self.watched.contains(&key) && self.report.lines.len() < MOST_LINES {
                let line = self.line(batch, &entry, place(gathered));
                self.report.lines.push(line);
            }
            entries.push(entry);
        }
        self.fold(batch, &entries);
        Ok(())
    }
}
