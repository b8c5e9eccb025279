//! A record's way from input to output, batch by batch.
//!
//! Owns the order of things: open, settle the columns, label batch after
//! batch, check the end, join several files.

mod changed;
mod comparison;
mod inspection;
mod labelling;
mod lookup;
mod opening;
mod page;
mod purpose;
mod side;
mod survey;
mod terms;
mod threads;

use std::io::Write;
use std::num::NonZero;

use crate::columns::{Columns, Mapping};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
use crate::format::{Convert, Desk, Fault, Input, Target};
use crate::input::{Format, Intake, Origin, Position, Stretch};
use crate::judge::{Judge, Survey, Watch, Witness};
use crate::labels::Labels;
use crate::sink::Sink;
use crate::{format, input};

pub use self::changed::{Changed, Compared, Crossing, Group, Settled};
pub use self::comparison::compare;
pub(crate) use self::inspection::{Inspected, Inspector, inspect};
use self::labelling::{Reader, Worker, Writer, placed};
pub use self::lookup::{Looked, case_of, lookup};
pub(crate) use self::purpose::Heard;
use self::purpose::{Outcome, Purpose, Told};
pub use self::survey::{Column, Surveyed, survey};
pub use self::terms::{Opened, Options, Source, Summary};

/// Value and writing, which are not shared, leave no more than that to do.
const ENOUGH_THREADS: usize = 8;
/// No machine is quicker with more.
const MOST_THREADS: usize = 64;
/// So many bytes all threads together take at a time, if no record is longer, so
/// that memory hardly grows with their number.
const IN_HAND: usize = 1024 * 1024;
/// Labels the records of `sources` as if they were one.
///
/// Labelled records go to `out`, records that cannot be read to `rejects` if
/// it is there. `opened` is told of each input before its first record.
/// Memory does not grow with the inputs, except with the length of the longest
/// records: each thread may hold one.
///
/// # Errors
///
/// The first record that cannot be read or written; all records before it are
/// in `out` then.
pub fn classify<'o>(
    rules: &Rules,
    options: &Options,
    sources: Vec<Source<'_>>,
    out: &'o mut (dyn Write + Send),
    rejects: Option<&'o mut (dyn Write + Send)>,
    opened: &mut dyn FnMut(&Opened<'_>),
) -> Result<Summary> {
    let sink = Sink::new(out, rejects);
    let mut run = Run::new(rules, options, sink, sources.len() > 1)?;
    for source in sources {
        let name = source.name.clone();
        if let Err(error) = run.file(source, Purpose::Label, opened) {
            run.sink.flush()?;
            return Err(error.in_file(&name));
        }
    }
    run.end()
}

/// How records are written; settled by the first input.
#[derive(Debug, Clone)]
enum Mode {
    /// As they came in, for inputs like the first.
    Raw {
        format: Format,
        delimiter: Option<u8>,
        names: Vec<String>,
        /// Its records end with a delimiter that the header has not.
        ends_with_delimiter: bool,
    },
    /// In another format than the first input's.
    Convert(Convert),
}

struct Run<'r, 'o> {
    rules: &'r Rules,
    options: &'r Options,
    columns: Columns<'r>,
    labels: Labels,
    sink: Sink<'o>,
    mode: Option<Mode>,
    /// The end of a JSON document, held back since another may follow.
    tail: Vec<u8>,
    summary: Summary,
    several: bool,
}

impl<'r, 'o> Run<'r, 'o> {
    /// A run over one input, or `several`.
    fn new(rules: &'r Rules, options: &'r Options, sink: Sink<'o>, several: bool) -> Result<Self> {
        Ok(Run {
            rules,
            options,
            columns: Columns::new(rules, &options.overrides)?
                .dated(options.date_order)
                .strict(options.strict),
            labels: Labels::new(rules, options.details, &options.prefix),
            sink,
            mode: None,
            tail: Vec::new(),
            summary: Summary::default(),
            several,
        })
    }

    fn file(
        &mut self,
        source: Source<'_>,
        purpose: Purpose<'_>,
        opened: &mut dyn FnMut(&Opened<'_>),
    ) -> Result<Outcome> {
        let (intake, origin) = input::open(source.reader, &self.options.layout)?;
        self.text(source.name, intake, &origin, purpose, opened)
            .map_err(|error| origin.placed(error))
    }

    /// Labels the records of a text.
    fn text(
        &mut self,
        file: String,
        mut intake: Intake<'_>,
        origin: &Origin,
        purpose: Purpose<'_>,
        opened: &mut dyn FnMut(&Opened<'_>),
    ) -> Result<Outcome> {
        let (mut input, values) = self.open(&mut intake, &file, origin)?;
        let beginning = input::beginning(intake.buffer());
        let (names, complete) = input.names();
        let names = names.to_vec();
        let complete_names = input.delimiter().is_some();
        let stores_days = origin.sheet.as_ref().is_some_and(|sheet| !sheet.from_1904);
        self.columns.take_serials(stores_days);
        let mapping = if input.is_empty() {
            Mapping::default()
        } else {
            self.columns.settle(&names, &values, complete)?
        };
        let is_judged = match &purpose {
            Purpose::Survey => false,
            Purpose::Enroll(asked, _) => !asked.unjudged,
            Purpose::Label | Purpose::Lookup(..) => true,
        };
        if mapping.is_empty() && !input.is_empty() && is_judged {
            return Err(self.columns.nothing_fed(&names, &mapping));
        }
        let (mut survey, mut witness, mut watch) = (None, None, None);
        let (mut tell, mut enroll) = (None, None);
        let mut read = mapping.clone();
        match purpose {
            Purpose::Label => {}
            Purpose::Survey => {
                let (new, apart) = Survey::new(&mapping);
                (survey, read) = (Some(new), apart);
            }
            Purpose::Lookup(asked, told) => {
                let heard = Witness::new(asked, &names, &mapping, complete, &self.columns)?;
                (witness, read) = (Some(heard.0), heard.1);
                tell = Some(told);
            }
            Purpose::Enroll(asked, told) => {
                let (columns, values) = (asked.columns, asked.values);
                let of = &self.columns;
                let heard = Watch::new(columns, values, &names, &mapping, complete, of)?;
                (watch, read) = (Some(heard.0), heard.1);
                enroll = Some(told);
            }
        }
        input.settle(&read, &self.labels, self.options.replace)?;
        let (format, delimiter) = (input.format(), input.delimiter());
        let told = Opened {
            file: &file,
            origin,
            format,
            delimiter,
            names: &names,
            mapping: &mapping,
        };
        opened(&told);
        if let Some(enroll) = &mut enroll {
            enroll(Told::Opened(&told))?;
        }

        let joined = self.mode.is_some();
        let convert = self.convert_for(&input, &names)?;
        // Where keys may still turn up, any criterion may be fed.
        let criteria = self.rules.rulebook().criteria.len();
        let fed = if complete {
            mapping.fed(criteria)
        } else {
            vec![true; criteria]
        };
        let explains = self.options.details || witness.is_some();
        let others = self.columns.others(&mapping);
        let judge = || Judge::new(self.rules, &fed, &others, self.options.strict, explains);
        let mut judge = match (survey, witness, watch) {
            (Some(survey), ..) => Judge::surveying(self.rules, survey),
            (_, Some(witness), _) => judge().heard_by(witness),
            (.., Some(watch)) => judge().enrolling(watch),
            (None, None, None) => judge(),
        };
        if self.options.census {
            judge = judge.taking_census();
        }
        let mut desk = Desk {
            judge,
            labels: &self.labels,
            columns: &self.columns,
            replace: self.options.replace,
            set_aside: self.sink.sets_aside(),
            convert,
        };
        let prologue = intake.take(input.prologue(), Vec::new());
        let mut begin = Vec::new();
        input.begin(&prologue, joined, &mut desk, &mut begin)?;
        self.sink.end_line()?;
        self.sink.write(&begin)?;
        let mut position = Position::default();
        position.pass(Stretch::of(&prologue), 0);

        let convert = desk.convert.clone();
        let threads = self.threads();
        let mut reader = Reader::new(&mut intake, input.cutter(), self.batch(threads));
        let mut writer = Writer {
            file: &file,
            origin,
            columns: &self.columns,
            sink: &mut self.sink,
            summary: &mut self.summary,
            converts: convert.is_some(),
            watched: self.options.records.as_deref(),
            position,
            late: Vec::new(),
            ignored: Vec::new(),
            tell: match tell {
                Some(tell) => Some(&mut *tell),
                None => None,
            },
            enroll: match enroll {
                Some(enroll) => Some(&mut *enroll),
                None => None,
            },
        };
        let worker = Worker {
            input,
            beginning,
            desk,
        };
        let mut workers = threads::label(&mut reader, worker, &mut writer, threads)?;
        let (late, position) = (writer.late, writer.position);
        let ignored = writer.ignored;
        let judge = &mut workers[0].desk.judge;
        let is_satisfied = judge.is_satisfied();
        let outcome = Outcome {
            survey: judge.take_survey().unwrap_or_default(),
            testimony: judge.testimony().unwrap_or_default(),
        };
        if is_satisfied {
            return Ok(outcome);
        }
        let tail = tail(&workers[0].input, intake, &position, &file)?;
        let met = |column: &str| workers.iter().any(|worker| worker.input.met(column));
        let is_empty = position.records == 0 && !complete_names;
        if let (Some(error), false) = (self.columns.told_but_unseen(met, &mapping), is_empty) {
            return Err(error);
        }
        match convert {
            Some(convert) if matches!(self.mode, Some(Mode::Convert(_))) => {
                self.mode = Some(Mode::Convert(convert))
            }
            Some(_) => {}
            None => self.tail = tail,
        }
        let late = late
            .into_iter()
            .map(|(_, criterion, column, record)| (criterion, column, file.clone(), record));
        self.summary.late.extend(late);
        let ignored = ignored
            .into_iter()
            .map(|(criterion, column, record)| (criterion, column, file.clone(), record));
        self.summary.ignored.extend(ignored);
        Ok(outcome)
    }

    fn threads(&self) -> usize {
        let cores = || {
            let cores = std::thread::available_parallelism();
            cores.map_or(1, NonZero::get).min(ENOUGH_THREADS)
        };
        let threads = self.options.threads.map_or_else(cores, NonZero::get);
        threads.min(MOST_THREADS)
    }

    /// How many bytes a thread takes at a time.
    fn batch(&self, threads: usize) -> usize {
        let share = IN_HAND / threads;
        self.options.batch.min(share).max(1)
    }
    /// Into what this input has to be converted, if it has to.
    fn convert_for(&mut self, input: &Input, names: &[String]) -> Result<Option<Convert>> {
        let (format, delimiter) = (input.format(), input.delimiter());
        let wanted = self.options.format.unwrap_or(format);
        let mode = self.mode.get_or_insert_with(|| {
            if wanted == format {
                Mode::Raw {
                    format,
                    delimiter,
                    names: names.to_vec(),
                    ends_with_delimiter: input.ends_with_delimiter(),
                }
            } else {
                Mode::Convert(Convert::new(Target::from(wanted)))
            }
        });
        match mode {
            Mode::Convert(convert) => {
                self.sink
                    .settle(wanted, self.options.table_width, self.labels.names().len());
                Ok(Some(convert.clone()))
            }
            Mode::Raw {
                format: first,
                delimiter: first_delimiter,
                names: first_names,
                ends_with_delimiter,
            } => {
                self.sink.settle(*first, None, 0);
                if let Input::Json(json) = input
                    && *first == Format::Json
                    && self.several
                    && !json.is_array()
                {
                    return Err(no_array());
                }
                if (*first, *first_delimiter) != (format, delimiter) {
                    let target = first_delimiter.map_or((*first).into(), Target::Csv);
                    return Ok(Some(Convert::joining(target, first_names, &self.labels)));
                }
                let ends_alike = *ends_with_delimiter == input.ends_with_delimiter();
                if delimiter.is_some() && (first_names != names || !ends_alike) {
                    return Err(format::other_columns());
                }
                Ok(None)
            }
        }
    }

    fn end(mut self) -> Result<Summary> {
        let mut end = std::mem::take(&mut self.tail);
        if let Some(Mode::Convert(convert)) = &self.mode {
            convert.end(&mut end);
        }
        self.sink.write(&end)?;
        self.summary.left_out = self.sink.end()?;
        self.summary.ends_within_line = !self.sink.is_at_line_start();
        Ok(self.summary)
    }
}

/// Reads and checks what follows the records.
fn tail(input: &Input, mut intake: Intake<'_>, position: &Position, file: &str) -> Result<Vec<u8>> {
    intake.fill_up();
    if let Err(error) = intake.check() {
        let tail = intake.buffer();
        let fault = Fault::of_input(tail.len(), error);
        return Err(placed(*fault, position, tail, file));
    }
    let tail = intake.buffer();
    let text = std::str::from_utf8(tail).map_err(|error| {
        placed(
            *Fault::not_utf8(tail, error.valid_up_to(), None, &[]),
            position,
            tail,
            file,
        )
    })?;
    input
        .check_tail(text)
        .map_err(|fault| placed(*fault, position, tail, file))?;
    Ok(tail.to_vec())
}
fn no_array() -> Error {
    Error::new(
        ErrorKind::Input,
        "several JSON files become one array, and this file is no array",
    )
    .expected("files that are arrays of records")
    .help(
        Phrase::from("label the files one at a time, or together as ")
            .set(Setting::Format, "ndjson"),
    )
}
