//! A batch's way: cut, labelled, delivered.
//!
//! Owns the three stations and what each knows. Batches are labelled
//! independently of each other, by whichever worker; what depends on order
//! (lines, record numbers, columns that turn up late) is added on delivery.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::columns::Columns;
use crate::error::{Error, Result};
use crate::format::{Batch, Cut, Cutter, Desk, Fault, Input, Sheet, csv};
use crate::input::{Intake, Origin, Position, Stretch};
use crate::pipeline::Summary;
use crate::pipeline::page::Page;
use crate::pipeline::purpose::{Enroll, Tell, Told};
use crate::sink::Sink;

/// The first station: cuts the stream into batches.
pub(super) struct Reader<'r, 'i> {
    intake: &'r mut Intake<'i>,
    cutter: Cutter,
    batch: usize,
    /// How many batches were cut.
    batches: u64,
    is_done: bool,
}

/// Whole records, as they were read.
#[derive(Debug, Default)]
pub(super) struct Cutting {
    /// Counts batches, from 0.
    pub(super) number: u64,
    bytes: Vec<u8>,
    index: csv::Index,
    last: bool,
    /// Why no more could be read, if so: there is no whole record in it then.
    trouble: Option<Error>,
}

/// The second station: labels batches, in any order.
#[derive(Debug, Clone)]
pub(super) struct Worker<'d> {
    pub(super) input: Input,
    /// What tells the encoding of an input that is not UTF-8.
    pub(super) beginning: Vec<u8>,
    pub(super) desk: Desk<'d>,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Labelled {
    pub(super) number: u64,
    sheet: Sheet,
    stretch: Stretch,
    /// What is wrong with it, if anything, and its bytes if they matter.
    fault: Option<Box<Fault>>,
    bytes: Vec<u8>,
}

/// The third station: writes batches in their order.
pub(super) struct Writer<'w, 'o> {
    pub(super) file: &'w str,
    pub(super) origin: &'w Origin,
    pub(super) columns: &'w Columns<'w>,
    pub(super) sink: &'w mut Sink<'o>,
    pub(super) summary: &'w mut Summary,
    /// Records leave in another format than they came in.
    pub(super) converts: bool,
    /// Where the next batch begins.
    pub(super) position: Position,
    /// Where somebody watches how many records there are.
    pub(super) watched: Option<&'w AtomicU64>,
    /// Slot, criterion, column and record of the columns that turned up late.
    pub(super) late: Vec<(usize, usize, String, u64)>,
    /// Those of them that another column left no room for.
    pub(super) ignored: Vec<(usize, String, u64)>,
    /// Who is told of records that were asked for.
    pub(super) tell: Option<Tell<'w>>,
    /// Who is told of all records.
    pub(super) enroll: Option<Enroll<'w>>,
}

impl<'r, 'i> Reader<'r, 'i> {
    /// Cuts batches of about so many bytes.
    pub(super) fn new(intake: &'r mut Intake<'i>, cutter: Cutter, batch: usize) -> Self {
        Reader {
            intake,
            cutter,
            batch,
            batches: 0,
            is_done: false,
        }
    }

    /// True where no records follow those that were cut.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// How many batches were cut.
    pub(super) fn batches(&self) -> u64 {
        self.batches
    }

    /// The next batch, if there is one. `spare` is a batch that is done with.
    pub(super) fn next(&mut self, mut spare: Cutting) -> Option<Cutting> {
        if self.is_done {
            return None;
        }
        let mut size = self.batch;
        let mut trouble = None;
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
                    size = rest * 2;
                }
            }
        };
        self.is_done = last;
        self.batches += 1;
        Some(Cutting {
            number: self.batches - 1,
            bytes: self.intake.take(end, spare.bytes),
            index: spare.index,
            last,
            trouble,
        })
    }
}

impl Worker<'_> {
    /// Labels a batch. `spare` is one that is done with.
    pub(super) fn label(&mut self, cutting: &mut Cutting, spare: Labelled) -> Labelled {
        let mut sheet = spare.sheet;
        sheet.clear();
        let mut fault = self.label_bytes(cutting, &mut sheet).err();
        if self.desk.judge.is_full() {
            // What follows the records that were asked for is nobody's concern.
            fault = None;
        }
        sheet.cases = self.desk.judge.pass(sheet.records);
        sheet.roll = self.desk.judge.take_roll();
        sheet.tally = self.desk.judge.take_tally();
        let stretch = Stretch::of(&cutting.bytes);
        let is_told_of = !sheet.cases.is_empty() || !sheet.roll.is_empty();
        let has_news = !sheet.news.is_empty() || is_told_of;
        let bytes = if fault.is_some() || has_news {
            std::mem::take(&mut cutting.bytes)
        } else {
            Vec::new()
        };
        Labelled {
            number: cutting.number,
            sheet,
            stretch,
            fault,
            bytes,
        }
    }

    /// Text that is not UTF-8 ends a batch at the record before.
    fn label_bytes(
        &mut self,
        cutting: &mut Cutting,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        if let Some(error) = cutting.trouble.take() {
            return Err(cut_off(&cutting.bytes, error));
        }
        let bytes = &cutting.bytes[..];
        let batch = |text, last, index| Batch {
            text,
            first: cutting.number == 0,
            last,
            index,
        };
        let wrong = match std::str::from_utf8(bytes) {
            Ok(text) => {
                let batch = batch(text, cutting.last, &cutting.index);
                return self.input.label(batch, &mut self.desk, sheet);
            }
            Err(error) => error.valid_up_to(),
        };
        // With the byte at fault, which is no line feed after a last `\r`.
        let mut index = csv::Index::default();
        let sound = match self.input.cutter().cut(&bytes[..=wrong], false, &mut index) {
            Cut::Batch(end) | Cut::Last(end) => end,
            Cut::More => 0,
        };
        let text = std::str::from_utf8(&bytes[..sound]).unwrap_or_default();
        self.input
            .label(batch(text, false, &index), &mut self.desk, sheet)?;
        let record = Some(sheet.records + 1);
        let text = self.input.context(bytes, wrong);
        let within = wrong - text.start;
        let fault = Fault::not_utf8(&bytes[text], within, record, &self.beginning);
        Err(Box::new(Fault {
            at: wrong,
            ..*fault
        }))
    }
}

impl Writer<'_, '_> {
    /// Writes what became of the next batch, and takes notice of its news.
    pub(super) fn deliver(&mut self, labelled: &mut Labelled) -> Result<()> {
        let sheet = &mut labelled.sheet;
        // Converted records never bring the comma before them.
        let comma = labelled.number == 0 || self.converts;
        let mut clash = None;
        for news in std::mem::take(&mut sheet.news) {
            if !news.used {
                let mut ignored = self.ignored.iter();
                if !ignored.any(|(_, column, _)| *column == news.column) {
                    let record = self.position.records + news.record;
                    self.ignored.push((news.criterion, news.column, record));
                }
                continue;
            }
            let mut late = self.late.iter();
            match late.find(|(seat, ..)| *seat == news.seat) {
                None => self.late.push((
                    news.seat,
                    news.criterion,
                    news.column,
                    self.position.records + news.record,
                )),
                Some((_, _, column, _)) if *column == news.column => {}
                Some((_, criterion, column, _)) => {
                    let error = self.columns.two_columns(*criterion, column, &news.column);
                    clash = Some((error, news));
                    break;
                }
            }
        }
        if let Some((error, news)) = clash {
            let written = &sheet.out[..news.written];
            self.sink.records(written, news.record - 1, comma)?;
            self.sink.set_aside(&sheet.rejects[..news.rejected])?;
            let fault = Fault::new(news.at, news.record, error);
            if let Some(enroll) = &mut self.enroll {
                let mut roll = std::mem::take(&mut sheet.roll);
                roll.end_before(news.record);
                let page = Page::new(roll, labelled.bytes.clone(), self.position);
                enroll(Told::Page(Box::new(page)))?;
            }
            return Err(self.placed(*fault, &labelled.bytes));
        }
        if let Some(tell) = &mut self.tell {
            for mut case in std::mem::take(&mut sheet.cases) {
                let record = case.place.record;
                let before = &labelled.bytes[..case.at];
                let place = self.position.place_after(before, self.file, false);
                case.place = self.origin.place(place);
                case.place.record = record.map(|record| self.position.records + record);
                tell(case)?;
            }
        }
        if let Some(enroll) = &mut self.enroll {
            let bytes = match labelled.fault {
                Some(_) => labelled.bytes.clone(),
                None => std::mem::take(&mut labelled.bytes),
            };
            let roll = std::mem::take(&mut sheet.roll);
            let page = Page::new(roll, bytes, self.position);
            enroll(Told::Page(Box::new(page)))?;
        }
        let written = sheet.records - sheet.rejected;
        self.sink.records(&sheet.out, written, comma)?;
        self.sink.set_aside(&sheet.rejects)?;
        if let Some(watched) = self.watched {
            watched.fetch_add(sheet.records, Ordering::Relaxed);
        }
        self.summary.rejected += sheet.rejected;
        self.summary.actions += sheet.actions;
        self.summary.padded += sheet.padded;
        self.summary.tally.add(&std::mem::take(&mut sheet.tally));
        if let Some(fault) = labelled.fault.take() {
            return Err(self.placed(*fault, &labelled.bytes));
        }
        self.position.pass(labelled.stretch, sheet.records);
        Ok(())
    }

    fn placed(&self, fault: Fault, bytes: &[u8]) -> Error {
        placed(fault, &self.position, bytes, self.file)
    }
}

/// The fault that what follows `bytes`, which hold no whole record, cannot be
/// read.
fn cut_off(bytes: &[u8], error: Error) -> Box<Fault> {
    let is_within = bytes.iter().any(|byte| !byte.is_ascii_whitespace());
    Box::new(Fault {
        record: is_within.then_some(1),
        ..*Fault::of_input(bytes.len(), error)
    })
}

/// The error of a fault in `bytes`, which begin at a position.
pub(super) fn placed(fault: Fault, position: &Position, bytes: &[u8], file: &str) -> Error {
    let before = &bytes[..fault.at.min(bytes.len())];
    let mut place = position.place_after(before, file, fault.with_character);
    place.record = fault.record.map(|record| position.records + record);
    place.column = fault.column;
    fault.error.at(place)
}
