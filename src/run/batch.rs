//! A batch's way: cut, labelled, delivered.
//!
//! Owns the three stations and what each knows. Workers label batches independently of
//! each other; everything that depends on order (lines, record numbers, columns that
//! turn up late) is added on delivery.

use std::sync::atomic::{AtomicU64, Ordering};

use super::added::{Field, FieldsOf};
use super::furniture::Furniture;
use super::gather::{GatheredBatch, Gatherer};
use super::late::{Before, LateColumn, MOST_IGNORED};
use super::output::Output;
use super::reader::{NotRecognized, Reader};
use super::rows::{Fold, Need, RowBatch, RowContext};
use super::tally::Tally;
use super::{Late, Summary};
use crate::columns::Columns;
use crate::engine::evaluate::Evaluation;
use crate::error::{Error, Phrase, Result, Setting};
use crate::format::{
    AddedFields, Batch, Convert, Counts, CsvRecords, Cut, Cutter, Fault, Input, JsonRecords,
    NdjsonRecords, Out, Records, csv, input, too_long,
};
use crate::input::{Intake, Origin, Position, Stretch};
use crate::text::quoted;

/// The first station: cuts the stream into batches.
pub(super) struct Splitter<'r, 'i> {
    intake: &'r mut Intake<'i>,
    cutter: Cutter,
    batch: usize,
    /// How many bytes a record may have.
    longest: usize,
    /// How many batches were cut.
    batches: u64,
    is_done: bool,
}

/// Whole records, as they were read.
#[derive(Debug, Default)]
pub(super) struct RawBatch {
    /// The number of the batch, from 0.
    pub(super) number: u64,
    bytes: Vec<u8>,
    index: csv::Index,
    last: bool,
    /// Why no more could be read, if so: then it contains no whole record.
    trouble: Option<Error>,
    /// It contains no whole record, though it is longer than one may be.
    is_too_long: bool,
}

/// The second station: labels batches, in any order.
#[derive(Debug, Clone)]
pub(super) struct Worker<'d> {
    pub(super) input: Input,
    /// The text that may show the encoding of an input that is not UTF-8.
    pub(super) beginning: Vec<u8>,
    pub(super) reader: Reader<'d>,
    pub(super) writing: Writing<'d>,
    /// Records are judged, not only read.
    pub(super) is_judged: bool,
    /// How many bytes a record may have.
    pub(super) longest: usize,
    /// Only the record with this number is wanted, and it may not be skipped. There is
    /// only one worker then.
    pub(super) only: Option<u64>,
    /// How many records came before the batch, as far as a single worker knows.
    pub(super) before: u64,
}

/// Everything needed to write labelled records.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing<'d> {
    /// The fields that are added; none if nothing is written.
    pub(super) fields: Option<&'d [Field]>,
    pub(super) added: &'d AddedFields,
    pub(super) convert: Option<&'d Convert>,
    /// Records that cannot be read are set aside.
    pub(super) rejects: bool,
}

/// The result of a batch.
#[derive(Debug, Default)]
pub(super) struct BatchOutput {
    pub(super) number: u64,
    /// The bytes to write.
    out: Vec<u8>,
    /// Records that were set aside, byte for byte.
    rejects: Vec<u8>,
    /// The number of records, including those set aside.
    records: u64,
    rejected: u64,
    counts: Counts,
    tallies: Vec<Tally>,
    /// Columns that no earlier record of the batch had and that feed a criterion.
    news: Vec<LateColumn>,
    rows: RowBatch,
    gathered: GatheredBatch,
    /// Records that are not about a buyer: what each is, its number in the batch and its
    /// beginning there.
    furniture: Vec<(Furniture, u64, usize)>,
    stretch: Stretch,
    /// What is wrong with it, if anything, and its bytes if they are needed.
    fault: Option<Box<Fault>>,
    bytes: Vec<u8>,
}

/// The third station: writes batches in order.
pub(super) struct Writer<'w, 'o> {
    pub(super) file: &'w str,
    pub(super) origin: &'w Origin,
    pub(super) columns: &'w [Columns<'w>],
    pub(super) output: &'w mut Output<'o>,
    pub(super) summary: &'w mut Summary,
    /// Records are converted to another format.
    pub(super) converts: bool,
    /// The beginning of the next batch.
    pub(super) position: Position,
    /// The record counter for a progress display, if there is one.
    pub(super) watched: Option<&'w AtomicU64>,
    /// The columns that turned up late.
    pub(super) late: Vec<Late>,
    /// The fold that sees the rows.
    pub(super) rows: Option<Rows<'w>>,
    /// What takes that which was gathered.
    pub(super) gatherer: Option<&'w mut dyn Gatherer>,
}

/// A fold, and what the rows of an input have in common.
pub(super) struct Rows<'w> {
    pub(super) fold: &'w mut dyn Fold,
    pub(super) context: RowContext<'w>,
    pub(super) evaluation: Evaluation,
}

impl<'r, 'i> Splitter<'r, 'i> {
    /// Cuts batches of about this many bytes.
    pub(super) fn new(
        intake: &'r mut Intake<'i>,
        cutter: Cutter,
        batch: usize,
        longest: usize,
    ) -> Self {
        Splitter {
            intake,
            cutter,
            batch,
            longest,
            batches: 0,
            is_done: false,
        }
    }

    /// True if no records follow those that were cut.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// How many batches were cut.
    pub(super) fn batches(&self) -> u64 {
        self.batches
    }

    /// The next batch, if there is one. `spare` is a batch to reuse.
    pub(super) fn next(&mut self, mut spare: RawBatch) -> Option<RawBatch> {
        if self.is_done {
            return None;
        }
        let mut size = self.batch;
        let mut trouble = None;
        let mut is_too_long = false;
        let most = self.longest + BETWEEN;
        let (end, last) = loop {
            self.intake.fill(size);
            let held = self.intake.buffer();
            let window = &held[..held.len().min(size)];
            let complete = self.intake.is_complete() && window.len() == held.len();
            match self.cutter.cut(window, complete, &mut spare.index) {
                Cut::Batch(end) => break (end, false),
                Cut::Last(end) => break (end, true),
                Cut::More if window.len() < held.len() => size = window.len() * 2,
                // A record longer than the window, or cut off.
                Cut::More => {
                    let rest = held.len();
                    trouble = self.intake.check().err();
                    if trouble.is_some() {
                        break (rest, true);
                    }
                    is_too_long = rest > most;
                    if is_too_long {
                        break (rest, true);
                    }
                    size = (rest * 2).min(most.max(self.batch) + 1);
                }
            }
        };
        self.is_done = last;
        self.batches += 1;
        Some(RawBatch {
            number: self.batches - 1,
            bytes: self.intake.take(end, spare.bytes),
            index: spare.index,
            last,
            trouble,
            is_too_long,
        })
    }
}

impl Worker<'_> {
    /// Labels a batch. `spare` is an output to reuse.
    pub(super) fn label(&mut self, raw: &mut RawBatch, spare: BatchOutput) -> BatchOutput {
        let mut output = spare.cleared();
        output.number = raw.number;
        let fault = self.label_bytes(raw, &mut output).err();
        self.before += output.records;
        output.fault = fault;
        output.news = self.reader.late.take_news();
        if let Some(rows) = &mut self.reader.rows {
            output.rows = rows.take();
        }
        if let Some(gather) = &mut self.reader.gather {
            output.gathered = gather.take_batch();
        }
        let judgings = 0..self.reader.judgings.len();
        output.tallies = judgings.map(|one| self.reader.take_tally(one)).collect();
        output.stretch = Stretch::of(&raw.bytes);
        let is_needed = !output.news.is_empty() || !output.rows.is_empty();
        let is_needed = is_needed
            || !output.furniture.is_empty()
            || self
                .reader
                .gather
                .as_ref()
                .is_some_and(|one| one.needs_places());
        if output.fault.is_some() || is_needed {
            output.bytes = std::mem::take(&mut raw.bytes);
        }
        output
    }

    /// Text that is not UTF-8 ends a batch at the record before.
    fn label_bytes(
        &mut self,
        raw: &mut RawBatch,
        output: &mut BatchOutput,
    ) -> std::result::Result<(), Box<Fault>> {
        if let Some(error) = raw.trouble.take() {
            return Err(cut_off(&raw.bytes, error));
        }
        if raw.is_too_long {
            let is_between = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
            let start = raw.bytes.iter().position(|byte| !is_between(byte));
            return Err(longer(start.unwrap_or(0), 1, self.longest));
        }
        let bytes = &raw.bytes[..];
        let batch = |text, last, index| Batch {
            text,
            first: raw.number == 0,
            last,
            index,
        };
        let wrong = match std::str::from_utf8(bytes) {
            Ok(text) => {
                let batch = batch(text, raw.last, &raw.index);
                return self.label_batch(batch, output);
            }
            Err(error) => error.valid_up_to(),
        };
        // Including the invalid byte, which is not a line feed after a last `\r`.
        let mut index = csv::Index::default();
        let sound = match self.input.cutter().cut(&bytes[..=wrong], false, &mut index) {
            Cut::Batch(end) | Cut::Last(end) => end,
            Cut::More => 0,
        };
        let text = std::str::from_utf8(&bytes[..sound]).unwrap_or_default();
        self.label_batch(batch(text, false, &index), output)?;
        let record = Some(output.records + 1);
        let text = self.input.context(bytes, wrong);
        let within = wrong - text.start;
        let fault = Fault::not_utf8(&bytes[text], within, record, &self.beginning);
        Err(Box::new(Fault {
            at: wrong,
            ..*fault
        }))
    }

    fn label_batch(
        &mut self,
        batch: Batch<'_>,
        output: &mut BatchOutput,
    ) -> std::result::Result<(), Box<Fault>> {
        let Writing {
            added,
            convert,
            rejects,
            ..
        } = self.writing;
        let out = Out {
            added,
            convert,
            rejects,
        };
        let mut labelling = Labelling {
            reader: &mut self.reader,
            fields: self.writing.fields,
            rejects,
            is_judged: self.is_judged,
            longest: self.longest,
            only: self.only.map(|only| only.saturating_sub(self.before)),
            output,
        };
        match &mut self.input {
            Input::Csv(csv) => labelling.all(CsvRecords::new(csv, batch.text, batch.index, out)),
            Input::Json(json) => labelling.all(JsonRecords::new(json, batch, out)),
            Input::Ndjson(ndjson) => labelling.all(NdjsonRecords::new(ndjson, batch.text, out)),
        }
    }
}

/// The labelling of one batch.
struct Labelling<'l, 'd> {
    reader: &'l mut Reader<'d>,
    fields: Option<&'l [Field]>,
    rejects: bool,
    is_judged: bool,
    longest: usize,
    /// The number in the batch of the only record that is wanted.
    only: Option<u64>,
    output: &'l mut BatchOutput,
}

impl Labelling<'_, '_> {
    /// Labels all records. If one is at fault, all before it are done.
    fn all(&mut self, mut records: impl Records) -> std::result::Result<(), Box<Fault>> {
        self.reader.abandon();
        let labelled = self.each(&mut records);
        self.output.records = records.number();
        self.output.counts = records.counts();
        match &labelled {
            Ok(()) if self.fields.is_some() => records.finish(&mut self.output.out),
            Err(_) if self.fields.is_some() => records.break_off(&mut self.output.out),
            _ => {}
        }
        labelled
    }

    #[inline(always)]
    fn each(&mut self, records: &mut impl Records) -> std::result::Result<(), Box<Fault>> {
        loop {
            // Nothing after the only record is read.
            if self.only.is_some_and(|only| records.number() >= only) {
                return Ok(());
            }
            self.reader.begin();
            let news = self.reader.late.news.len();
            let Some(found) = records.next(self.reader) else {
                return Ok(());
            };
            if let Err(fault) = found {
                self.reader.late.forget_news(news);
                self.passes_over(fault, records)?;
                continue;
            }
            let (number, start) = (records.number(), records.start());
            if records.length() > self.longest {
                return Err(longer(start, number, self.longest));
            }
            if let Some(kind) = self.reader.furniture.take() {
                self.furniture(kind, records)?;
                continue;
            }
            if self.reader.late.news.len() > news || self.reader.late.clash.is_some() {
                let before = Before {
                    record: number,
                    start,
                    written: records.written(&self.output.out),
                    rejected: self.output.rejects.len(),
                };
                self.late(news, before)?;
            }
            if self.only.is_some_and(|only| only != number) {
                self.reader.skip();
                continue;
            }
            if self.reader.gather.is_some() {
                self.reader.gather_record(number, start);
            } else if self.is_judged {
                self.reader.judge(number, start);
                if let Some(error) = self.reader.error.take() {
                    return Err(not_recognized(&error, start, number));
                }
            } else {
                self.reader.pass(number, start);
            }
            if let Some(fields) = self.fields {
                let evaluation = &self.reader.judgings[0].evaluation;
                let values = FieldsOf { fields, evaluation };
                records.write(&values, &mut self.output.out)?;
            }
        }
    }

    /// Writes a record that is not about a buyer.
    #[cold]
    fn furniture(
        &mut self,
        kind: Furniture,
        records: &mut impl Records,
    ) -> std::result::Result<(), Box<Fault>> {
        let (number, start) = (records.number(), records.start());
        self.output.furniture.push((kind, number, start));
        if self.only.is_some_and(|only| only != number) {
            self.reader.abandon();
            return Ok(());
        }
        self.reader.pass_furniture(kind, number, start);
        let Some(fields) = self.fields else {
            return Ok(());
        };
        let evaluation = &self.reader.judgings[0].evaluation;
        let values = FieldsOf { fields, evaluation };
        records.write(&values, &mut self.output.out)
    }

    /// Sets aside a record that cannot be read, or ends with its fault.
    #[cold]
    fn passes_over(
        &mut self,
        fault: Box<Fault>,
        records: &mut impl Records,
    ) -> std::result::Result<(), Box<Fault>> {
        self.reader.abandon();
        let output = &mut *self.output;
        let is_wanted = self.only == Some(records.number());
        let is_rejected = self.rejects
            && !is_wanted
            && fault.is_unreadable()
            && records.reject(&mut output.out, &mut output.rejects);
        if !is_rejected {
            return Err(fault);
        }
        output.rejected += 1;
        Ok(())
    }

    /// Records where columns turned up that no earlier record had, from the one with
    /// this index on; an error if two of them compete.
    #[cold]
    fn late(&mut self, news: usize, before: Before) -> std::result::Result<(), Box<Fault>> {
        let late = &mut self.reader.late;
        for one in &mut late.news[news..] {
            one.at = before;
        }
        let Some(clash) = late.clash.take() else {
            return Ok(());
        };
        let error = self.reader.competing(&clash);
        Err(Fault::new(before.start, before.record, error))
    }
}

/// How much may be between two records beside their lengths.
const BETWEEN: usize = 64 * 1024;

/// The fault of a record that is longer than one may be. Where it is cut off, its end is
/// not known, so that it is never set aside.
#[cold]
fn longer(start: usize, number: u64, longest: usize) -> Box<Fault> {
    Fault::new(
        start,
        number,
        too_long("the record is longer than", longest),
    )
}

/// The fault of a text that is not recognized, if that is an error.
fn not_recognized(error: &NotRecognized, start: usize, number: u64) -> Box<Fault> {
    let found = format!(
        "{} is not understood as {}",
        quoted(&error.text),
        error.criterion
    );
    let fault = input(found).expected(error.expected.clone()).help(
        Phrase::from("correct it, or omit ")
            .setting(Setting::Strict)
            .text(" to count it as no evidence"),
    );
    Box::new(Fault {
        column: Some(error.column.clone()),
        ..*Fault::new(start, number, fault)
    })
}

impl BatchOutput {
    /// Ready for reuse, with its memory kept.
    fn cleared(self) -> Self {
        let (mut out, mut rejects) = (self.out, self.rejects);
        out.clear();
        rejects.clear();
        BatchOutput {
            out,
            rejects,
            ..BatchOutput::default()
        }
    }
}

impl Writer<'_, '_> {
    /// Writes the next batch, and shows its rows. Returns true if no more rows are
    /// needed.
    pub(super) fn deliver(&mut self, batch: &mut BatchOutput) -> Result<bool> {
        // Converted records never bring the comma before them.
        let comma = batch.number == 0 || self.converts;
        if let Some((late, error)) = self.note_late(std::mem::take(&mut batch.news)) {
            let written = &batch.out[..late.at.written];
            self.output.records(written, late.at.record - 1, comma)?;
            self.output.set_aside(&batch.rejects[..late.at.rejected])?;
            batch.rows.end_before(late.at.record);
            if self.show(batch)? != Need::More {
                return Ok(true);
            }
            let fault = Fault::new(late.at.start, late.at.record, error);
            return Err(self.placed(*fault, &batch.bytes));
        }
        let need = self.show(batch)?;
        if let Some(gatherer) = &mut self.gatherer {
            let (position, bytes, file) = (&self.position, &batch.bytes, self.file);
            let origin = self.origin;
            gatherer.batch(&batch.gathered, &|one| {
                let before = bytes.get(..one.start).unwrap_or_default();
                let place = position.place_after(before, file, false);
                let mut place = origin.place(place);
                place.record = Some(position.records + one.number);
                place
            })?;
        }
        let written = batch.records - batch.rejected;
        self.output.records(&batch.out, written, comma)?;
        self.output.set_aside(&batch.rejects)?;
        if let Some(watched) = self.watched {
            watched.fetch_add(batch.records, Ordering::Relaxed);
        }
        self.summary.rejected += batch.rejected;
        self.summary.actions += batch.counts.actions;
        self.summary.padded += batch.counts.padded;
        self.summary.add_tallies(&batch.tallies);
        for (kind, record, start) in batch.furniture.drain(..) {
            let (position, bytes, origin) = (&self.position, &batch.bytes, self.origin);
            self.summary.furnished.note(kind, || {
                let place = position.place_after(&bytes[..start], self.file, false);
                let mut place = origin.place(place);
                place.record = Some(position.records + record);
                place
            });
        }
        match batch.fault.take() {
            // Nothing after the rows that were needed is read.
            Some(fault) if need == Need::More => Err(self.placed(*fault, &batch.bytes)),
            Some(_) => Ok(true),
            None => {
                self.position.pass(batch.stretch, batch.records);
                Ok(need == Need::None)
            }
        }
    }

    /// Shows the rows of a batch to the fold, if there is one, and returns whether it
    /// needs more.
    fn show(&mut self, batch: &BatchOutput) -> Result<Need> {
        let Some(rows) = &mut self.rows else {
            return Ok(Need::More);
        };
        let Rows {
            fold,
            context,
            evaluation,
        } = rows;
        let (position, bytes) = (self.position, &batch.bytes);
        (batch.rows).show(context, position, bytes, evaluation, &mut **fold)?;
        Ok(fold.need())
    }

    /// Notes columns that turned up late. If one of them competes with a column of an
    /// earlier batch, returns it with the error.
    fn note_late(&mut self, news: Vec<LateColumn>) -> Option<(LateColumn, Error)> {
        for one in news {
            let mut known = self.late.iter().filter(|late| late.judging == one.judging);
            let known = match one.is_used {
                true => known.find(|late| late.is_used && late.part == one.part),
                false => known.find(|late| !late.is_used && late.column == one.column),
            };
            let ignored = self.late.iter().filter(|late| !late.is_used);
            match known {
                None if !one.is_used && ignored.count() >= MOST_IGNORED => {}
                None => self.late.push(Late {
                    judging: one.judging,
                    criterion: one.criterion,
                    part: one.part,
                    is_used: one.is_used,
                    is_unclear: one.is_unclear,
                    column: one.column,
                    record: self.position.records + one.at.record,
                }),
                Some(late) if late.column == one.column => {}
                Some(late) => {
                    let columns = &self.columns[one.judging];
                    let error = columns.two_columns(late.criterion, &late.column, &one.column);
                    return Some((one, error));
                }
            }
        }
        None
    }

    fn placed(&self, fault: Fault, bytes: &[u8]) -> Error {
        placed(fault, &self.position, bytes, self.file)
    }
}

/// The fault if the input after `bytes`, which contain no whole record, cannot be read.
fn cut_off(bytes: &[u8], error: Error) -> Box<Fault> {
    let is_within = bytes.iter().any(|byte| !byte.is_ascii_whitespace());
    Box::new(Fault {
        record: is_within.then_some(1),
        ..*Fault::of_input(bytes.len(), error)
    })
}

/// The error for a fault in `bytes`, which begin at a position.
pub(super) fn placed(fault: Fault, position: &Position, bytes: &[u8], file: &str) -> Error {
    let before = &bytes[..fault.at.min(bytes.len())];
    let mut place = position.place_after(before, file, fault.with_character);
    place.record = fault.record.map(|record| position.records + record);
    place.column = fault.column;
    fault.error.at(place)
}
