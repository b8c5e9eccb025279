//! The row stream: what a fold sees of each record, in the order of the input.
//!
//! Owns what is kept of the records of a batch, in few bytes each: the place of a
//! record, its labels and values, and on request the texts of chosen columns and texts
//! that were not recognized. Evidence takes more memory and can be recomputed from the
//! values, so a fold that needs it for a few rows does that.

use std::ops::Range;

use super::evidence::{Evidence, NO_KEY, NOT_FOUND};
use super::furniture::Furniture;
use super::judging::Judging;
use super::options::Opened;
use super::tally::{Unrecognized, head};
use crate::columns::Columns;
use crate::engine::compile::Rules;
use crate::engine::evaluate::{Evaluation, Keep};
use crate::error::{Place, Result};
use crate::input::{Position, Stretch};
use crate::rulebook::partition::Bin;
use crate::value::Value;

/// Sees the rows of inputs, one after the other.
pub(crate) trait Fold: Send {
    /// Prepares for an input before its first row, and returns the texts it wants.
    fn open(&mut self, input: &Opened<'_>) -> Result<Wanted>;
    /// Sees a row.
    fn row(&mut self, row: &mut Row<'_>) -> Result<()>;
    /// Whether more rows are needed.
    fn need(&self) -> Need {
        Need::More
    }
    /// Whether it sees records that are not about a buyer too.
    fn sees_furniture(&self) -> bool {
        false
    }
}

/// Whether a fold needs more rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// All rows.
    More,
    /// It has what it needs, and would take more; errors in later rows do not count.
    Optional,
    /// No more rows: nothing that follows is read.
    None,
}

/// What a fold wants from an input.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// The columns whose texts are kept, by their places in the input, and the number
    /// of each text.
    pub(crate) columns: Vec<(usize, u32)>,
    /// The texts of columns that turn up late.
    pub(crate) late: LateTexts,
    /// Texts that are not recognized.
    pub(crate) unrecognized: bool,
}

/// Which texts are kept from columns that no record of the sample had.
#[derive(Debug, Clone, Default)]
pub(crate) enum LateTexts {
    #[default]
    None,
    /// Those of these exact names; each has its number.
    Named(Vec<(String, u32)>),
    /// Those of all columns; they are numbered from this number on. From that one on only
    /// columns are kept that may feed a criterion.
    All(Range<u32>),
}

/// A text that was not recognized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnrecognizedText {
    pub(crate) criterion: usize,
    pub(crate) column: String,
    /// Its beginning.
    pub(crate) text: String,
}

/// The rows of a batch.
#[derive(Debug, Clone, Default)]
pub(super) struct RowBatch {
    /// The number of labels and values in a row, over all rulebooks.
    labels_each: usize,
    values_each: usize,
    wanted: Wanted,
    /// The names of late columns whose texts are all kept.
    late: Vec<String>,
    /// By row: its number in the batch, from 1, and its beginning there.
    places: Vec<(u64, usize)>,
    labels: Vec<u8>,
    values: Vec<Value>,
    /// The texts that are kept, one after the other.
    text: String,
    /// The number of each text and its place there, row by row.
    texts: Vec<(u32, Range<usize>)>,
    /// By row: the place of its texts in that list.
    texts_from: Vec<usize>,
    /// By row: the results of the lookups of the first rulebook's evidence.
    hits: Vec<u32>,
    hits_each: usize,
    /// Rows that related files contradict: the file, and the criterion.
    denied: Vec<(usize, usize, usize)>,
    /// Rows that are not about a buyer, and what they are.
    furniture: Vec<(usize, Furniture)>,
    /// Texts that were not recognized, with their rows.
    unrecognized: Vec<(usize, UnrecognizedText)>,
}

impl RowBatch {
    /// How many late columns are kept, even if they may feed a criterion.
    const MOST_FEEDING: usize = 100_000;

    /// Room for rows judged by these.
    pub(super) fn new(judgings: &[Judging<'_>], wanted: Wanted) -> Self {
        let cards = judgings
            .iter()
            .map(|one| one.rules.rulebook().scorecards.len());
        RowBatch {
            labels_each: cards.sum(),
            values_each: judgings.iter().map(|one| one.rules.slots()).sum(),
            wanted,
            ..RowBatch::default()
        }
    }

    /// Begins a row. Texts kept for a row that was not judged are dropped.
    pub(super) fn begin(&mut self) {
        let rows = self.places.len();
        let from = self.texts_from.get(rows).copied();
        self.texts.truncate(from.unwrap_or(self.texts.len()));
        self.texts_from.truncate(rows);
        self.texts_from.push(self.texts.len());
        while self.unrecognized.pop_if(|(row, _)| *row >= rows).is_some() {}
    }

    /// Keeps a text.
    pub(super) fn keep(&mut self, number: u32, text: &str) {
        let from = self.text.len();
        self.text.push_str(text);
        self.texts.push((number, from..self.text.len()));
    }

    /// The numbers under which the texts of a late column are kept.
    pub(super) fn keep_late(&mut self, name: &str, may_feed: impl FnOnce() -> bool) -> Vec<u32> {
        match &self.wanted.late {
            LateTexts::None => Vec::new(),
            LateTexts::Named(named) => {
                let named = named.iter().filter(|(column, _)| column == name);
                named.map(|(_, number)| *number).collect()
            }
            LateTexts::All(numbers) => {
                let number = numbers.start + self.late.len() as u32;
                let is_kept =
                    number < numbers.end || self.late.len() < Self::MOST_FEEDING && may_feed();
                if !is_kept {
                    return Vec::new();
                }
                self.late.push(name.to_owned());
                vec![number]
            }
        }
    }

    /// True if texts that are not recognized are noted.
    pub(super) fn notes(&self) -> bool {
        self.wanted.unrecognized
    }

    /// Notes a text that is not recognized, if that is wanted.
    pub(super) fn note(&mut self, criterion: usize, column: &str, text: &str) {
        if !self.notes() {
            return;
        }
        let noted = UnrecognizedText {
            criterion,
            column: column.to_owned(),
            text: head(text.trim(), Unrecognized::LONGEST).to_owned(),
        };
        // If a record has a column twice, the last one counts.
        let row = self.places.len();
        let from = self.unrecognized.partition_point(|(of, _)| *of < row);
        let mut of_row = self.unrecognized[from..].iter();
        let is_same = |(_, other): &(usize, UnrecognizedText)| {
            (other.criterion, &other.column) == (criterion, &noted.column)
        };
        if let Some(at) = of_row.position(is_same) {
            self.unrecognized.remove(from + at);
        }
        self.unrecognized.push((row, noted));
    }

    /// Ends the row that was just judged. `values` are those of all slots, rulebook by
    /// rulebook.
    pub(super) fn end(
        &mut self,
        number: u64,
        start: usize,
        judgings: &[Judging<'_>],
        mut values: &[Value],
    ) {
        self.places.push((number, start));
        for judging in judgings {
            let verdicts = judging.evaluation.verdicts.iter();
            self.labels.extend(verdicts.map(|one| one.label));
            let (own, rest) = values.split_at(judging.slots());
            self.values.extend_from_slice(&own[..judging.rules.slots()]);
            values = rest;
        }
    }

    /// Adds the results of the row's lookups, and what related files contradict: the file
    /// and the criterion.
    pub(super) fn found(&mut self, hits: &[u32], denied: impl Iterator<Item = (usize, usize)>) {
        let row = self.places.len();
        self.denied
            .extend(denied.map(|(file, criterion)| (row, file, criterion)));
        self.hits_each = hits.len();
        // Rows that are not about a buyer have none.
        self.hits.resize(row * hits.len(), NO_KEY);
        self.hits.extend_from_slice(hits);
    }

    /// The same for a row that is not about a buyer.
    pub(super) fn end_furniture(
        &mut self,
        kind: Furniture,
        number: u64,
        start: usize,
        judgings: &[Judging<'_>],
        values: &[Value],
    ) {
        self.furniture.push((self.places.len(), kind));
        self.end(number, start, judgings, values);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Hands over the rows kept since the last call.
    pub(super) fn take(&mut self) -> Self {
        let next = RowBatch {
            labels_each: self.labels_each,
            values_each: self.values_each,
            wanted: self.wanted.clone(),
            late: self.late.clone(),
            // The next batch is about as long.
            places: Vec::with_capacity(self.places.len()),
            labels: Vec::with_capacity(self.labels.len()),
            values: Vec::with_capacity(self.values.len()),
            text: String::with_capacity(self.text.len()),
            texts: Vec::with_capacity(self.texts.len()),
            texts_from: Vec::with_capacity(self.texts_from.len()),
            hits: Vec::with_capacity(self.hits.len()),
            hits_each: self.hits_each,
            denied: Vec::new(),
            furniture: Vec::new(),
            unrecognized: Vec::new(),
        };
        std::mem::replace(self, next)
    }

    /// Keeps only the rows before this record of the batch.
    pub(super) fn end_before(&mut self, record: u64) {
        let rows = self.places.partition_point(|(number, _)| *number < record);
        self.places.truncate(rows);
    }
}

/// What is the same for all rows of an input.
#[derive(Debug)]
pub(super) struct RowContext<'i> {
    pub(super) input: &'i Opened<'i>,
    /// The rulebooks and the plans by which rows are judged.
    pub(super) judgings: &'i [Judging<'i>],
    /// Evidence from elsewhere, for the first rulebook.
    pub(super) evidence: Option<&'i Evidence>,
}

/// A record, as it was judged.
pub(crate) struct Row<'p> {
    context: &'p RowContext<'p>,
    batch: &'p RowBatch,
    /// The place of the row in its batch.
    index: usize,
    cursor: &'p mut Cursor,
    bytes: &'p [u8],
    evaluation: &'p mut Evaluation,
}

/// How far lines are counted in a batch.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    position: Position,
    passed: usize,
}

impl RowBatch {
    /// What a row is, if it is not about a buyer.
    fn furniture_of(&self, row: usize) -> Option<Furniture> {
        let found = self.furniture.binary_search_by_key(&row, |(row, _)| *row);
        found.ok().map(|at| self.furniture[at].1)
    }

    /// Shows the rows of a batch with these `bytes`, which begins at a position, to a
    /// fold.
    pub(super) fn show(
        &self,
        context: &RowContext<'_>,
        position: Position,
        bytes: &[u8],
        evaluation: &mut Evaluation,
        fold: &mut dyn Fold,
    ) -> Result<()> {
        let mut cursor = Cursor {
            position,
            passed: 0,
        };
        for index in 0..self.places.len() {
            if fold.need() == Need::None {
                break;
            }
            if !fold.sees_furniture() && self.furniture_of(index).is_some() {
                continue;
            }
            fold.row(&mut Row {
                context,
                batch: self,
                index,
                cursor: &mut cursor,
                bytes,
                evaluation,
            })?;
        }
        Ok(())
    }
}

impl Row<'_> {
    /// What it is, if it is not about a buyer.
    pub(crate) fn furniture(&self) -> Option<Furniture> {
        self.batch.furniture_of(self.index)
    }

    /// The columns of the input, as decided for the first rulebook.
    pub(crate) fn columns(&self) -> &Columns<'_> {
        &self.context.input.columns[0]
    }

    /// A rulebook that judges the row, by its place.
    pub(crate) fn rules(&self, rulebook: usize) -> &Rules {
        self.context.judgings[rulebook].rules
    }

    /// By scorecard of a rulebook, as verdicts number them.
    pub(crate) fn labels(&self, rulebook: usize) -> &[u8] {
        let (before, own) = self.context.judgings.split_at(rulebook);
        let cards = |judging: &Judging<'_>| judging.rules.rulebook().scorecards.len();
        let from: usize = before.iter().map(cards).sum();
        let labels = &self.batch.labels[self.index * self.batch.labels_each..];
        &labels[from..][..own.first().map_or(0, cards)]
    }

    /// The value of a criterion; for a start, also that of the relationship itself.
    pub(crate) fn value(&self, rulebook: usize, criterion: usize) -> Value {
        let values = self.values(rulebook);
        let value = values[criterion];
        let mut derived = self.rules(rulebook).derived().iter();
        match derived.find(|one| one.start == criterion) {
            Some(one) if !value.is_known() && values[one.since] != Value::Missing => {
                values[one.since]
            }
            _ => value,
        }
    }

    /// By slot, those of the criteria first.
    fn values(&self, rulebook: usize) -> &[Value] {
        let (before, own) = self.context.judgings.split_at(rulebook);
        let from: usize = before.iter().map(|one| one.rules.slots()).sum();
        let values = &self.batch.values[self.index * self.batch.values_each..];
        &values[from..][..own.first().map_or(0, |one| one.rules.slots())]
    }

    /// The texts that are kept: the number of each, and the text. If a record has a
    /// column twice, both are included.
    pub(crate) fn texts(&self) -> impl DoubleEndedIterator<Item = (u32, &str)> {
        let from = self.batch.texts_from[self.index];
        let to = self.batch.texts_from.get(self.index + 1);
        let texts = &self.batch.texts[from..to.copied().unwrap_or(self.batch.texts.len())];
        let text = &self.batch.text;
        texts
            .iter()
            .map(|(number, place)| (*number, &text[place.clone()]))
    }

    /// The text with this number; the last of several. `None` if the record does not
    /// have it.
    pub(crate) fn text(&self, number: usize) -> Option<&str> {
        let mut texts = self.texts().rev();
        texts
            .find(|(of, _)| *of as usize == number)
            .map(|(_, text)| text)
    }

    /// The names of the late columns whose texts are all kept, by their numbers from
    /// the first one on.
    pub(crate) fn late(&self) -> &[String] {
        &self.batch.late
    }

    /// Texts that were not recognized, if they are wanted.
    pub(crate) fn unrecognized(&self) -> impl Iterator<Item = &UnrecognizedText> {
        let (all, row) = (&self.batch.unrecognized, self.index);
        let from = all.partition_point(|(of, _)| *of < row);
        let of_row = all[from..].iter().take_while(move |(of, _)| *of == row);
        of_row.map(|(_, noted)| noted)
    }

    /// The result of a lookup of the first rulebook's evidence.
    fn hit(&self, lookup: usize) -> u32 {
        let hits = self
            .batch
            .hits
            .get(self.index * self.batch.hits_each + lookup);
        hits.copied().unwrap_or(NO_KEY)
    }

    /// The number of its key in a related file, if the file has records for it.
    pub(crate) fn related_key(&self, file: usize) -> Option<u32> {
        let file = self.context.evidence?.files.get(file)?;
        let hit = self.hit(file.lookup);
        (hit < NOT_FOUND).then_some(hit)
    }

    /// What a related file contradicts: the criterion, its value in the record, and that in
    /// the file, if it has one.
    pub(crate) fn contradicted(&self, file: usize) -> Vec<(usize, Value, Option<Value>)> {
        let Some(of) = self.context.evidence.and_then(|one| one.files.get(file)) else {
            return Vec::new();
        };
        let hit = self.hit(of.lookup);
        let denied = self.batch.denied.iter();
        let denied = denied.filter(|(row, of, _)| *row == self.index && *of == file);
        let denied = denied.map(|(.., criterion)| {
            let other = of.value(*criterion, hit);
            (
                *criterion,
                self.values(0)[*criterion],
                Some(other).filter(|other| other.is_known()),
            )
        });
        denied.collect()
    }

    /// Its number in its file.
    pub(crate) fn number(&self) -> u64 {
        self.cursor.position.records + self.batch.places[self.index].0
    }

    /// The line on which it begins; a workbook has none.
    pub(crate) fn line(&mut self) -> Option<u64> {
        match self.context.input.origin.sheet {
            Some(_) => None,
            None => self.place().line,
        }
    }

    /// The place where it begins.
    pub(crate) fn place(&mut self) -> Place {
        let (record, start) = self.batch.places[self.index];
        let cursor = &mut *self.cursor;
        let between = Stretch::of(&self.bytes[cursor.passed..start]);
        let mut position = cursor.position;
        position.pass(between, 0);
        // Inside a line break it would be counted twice.
        if !self.bytes[..start].ends_with(b"\r") || self.bytes.get(start) != Some(&b'\n') {
            (cursor.position, cursor.passed) = (position, start);
        }
        let input = self.context.input;
        let mut place = position.place_after(b"", input.file, false);
        place = input.origin.place(place);
        place.record = Some(position.records + record);
        place
    }

    /// The evidence for its labels by a rulebook.
    pub(crate) fn evaluation(&mut self, rulebook: usize) -> &Evaluation {
        let judging = &self.context.judgings[rulebook];
        let values = self.values(rulebook).iter().enumerate();
        let criteria = judging.rules.rulebook().criteria.len();
        let bins: Vec<Bin> = values
            .take(criteria)
            .map(|(criterion, value)| judging.rules.bin(criterion, *value))
            .collect();
        // It may contain evidence from another plan.
        self.evaluation.evidence.clear();
        (judging.rules).evaluate_bins(&bins, judging.steps(), Keep::Evidence, self.evaluation);
        self.evaluation
    }
}
