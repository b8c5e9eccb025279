//! One input, batch by batch.
//!
//! Owns the cutting of the stream and the order in which batches are put
//! together: batches are labelled independently of each other, and what depends
//! on order (lines, record numbers, columns that turn up late) is added here.

use crate::error::{Error, Result};
use crate::formats::{Batch, Cut, Desk, Fault, Input, Sheet};
use crate::intake::Intake;
use crate::pipeline::Summary;
use crate::sink::Sink;

/// The labelling of the batches of one input.
pub(super) struct Labelling<'l, 'd, 'o> {
    pub(super) file: &'l str,
    pub(super) input: &'l mut Input,
    pub(super) desk: &'l mut Desk<'d>,
    pub(super) sink: &'l mut Sink<'o>,
    pub(super) summary: &'l mut Summary,
    pub(super) batch: usize,
    /// Criterion, column and record of the columns that turned up late.
    pub(super) late: Vec<(usize, String, u64)>,
}

impl Labelling<'_, '_, '_> {
    pub(super) fn records(&mut self, intake: &mut Intake<'_>) -> Result<()> {
        let mut size = self.batch;
        let mut sheet = Sheet::default();
        loop {
            intake.fill(size).map_err(|error| Error::reading(&error))?;
            let held = intake.buffer();
            let window = &held[..held.len().min(size)];
            let complete = intake.is_complete() && window.len() == held.len();
            let (end, last) = match self.input.cut(window, complete) {
                Cut::Batch(end) => (end, false),
                Cut::Last(end) => (end, true),
                Cut::More => {
                    // A record longer than the window.
                    size = window.len() * 2;
                    continue;
                }
            };
            size = self.batch;
            let bytes = intake.take(end);
            let first = intake.position.records == 0;
            sheet.clear();
            let labelled = self.label(&bytes, first, last, &mut sheet);
            sheet.tally = self.desk.judge.take_tally();
            self.deliver(&mut sheet, &bytes, first, intake)?;
            if let Err(fault) = labelled {
                return Err(placed(*fault, intake, &bytes, self.file));
            }
            intake.position.pass(&bytes);
            intake.position.records += sheet.records;
            intake.recycle(bytes);
            if last {
                return Ok(());
            }
        }
    }

    /// Labels one batch. Text that is not UTF-8 ends it at the record before.
    fn label(
        &mut self,
        bytes: &[u8],
        first: bool,
        last: bool,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let wrong = match std::str::from_utf8(bytes) {
            Ok(text) => {
                return self
                    .input
                    .label(Batch { text, first, last }, self.desk, sheet);
            }
            Err(error) => error.valid_up_to(),
        };
        // With the byte at fault, which is no line feed after a last `\r`.
        let sound = match self.input.cut(&bytes[..=wrong], false) {
            Cut::Batch(end) | Cut::Last(end) => end,
            Cut::More => 0,
        };
        let text = std::str::from_utf8(&bytes[..sound]).unwrap_or_default();
        self.input.label(
            Batch {
                text,
                first,
                last: false,
            },
            self.desk,
            sheet,
        )?;
        Err(Fault::not_utf8(bytes, wrong, Some(sheet.records + 1)))
    }

    /// Writes what became of a batch, and takes notice of its news.
    fn deliver(
        &mut self,
        sheet: &mut Sheet,
        bytes: &[u8],
        first: bool,
        intake: &Intake<'_>,
    ) -> Result<()> {
        // Converted records never bring the comma before them.
        let comma = first || self.desk.convert.is_some();
        for news in std::mem::take(&mut sheet.news) {
            match self
                .late
                .iter()
                .find(|(criterion, ..)| *criterion == news.criterion)
            {
                None => self.late.push((
                    news.criterion,
                    news.column,
                    intake.position.records + news.record,
                )),
                Some((_, column, _)) if *column == news.column => {}
                Some((criterion, column, _)) => {
                    let error = self
                        .desk
                        .columns
                        .two_columns(*criterion, column, &news.column);
                    self.sink
                        .records(&sheet.out[..news.written], news.record - 1, comma)?;
                    return Err(placed(
                        *Fault::new(news.at, news.record, error),
                        intake,
                        bytes,
                        self.file,
                    ));
                }
            }
        }
        let written = sheet.records - sheet.rejected;
        self.sink.records(&sheet.out, written, comma)?;
        self.sink.set_aside(&sheet.rejects)?;
        self.summary.rejected += sheet.rejected;
        self.summary.tally.add(&sheet.tally);
        Ok(())
    }
}

/// The error of a fault in `bytes`, which begin where the intake is.
pub(super) fn placed(fault: Fault, intake: &Intake<'_>, bytes: &[u8], file: &str) -> Error {
    let mut place = intake.position.place_after(
        &bytes[..fault.at.min(bytes.len())],
        file,
        fault.with_character,
    );
    place.record = fault.record.map(|record| intake.position.records + record);
    place.column = fault.column;
    fault.error.at(place)
}
