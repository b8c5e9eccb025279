//! A record's way from input to output, batch by batch.
//!
//! Owns the order of things: open, settle the columns, label batch after
//! batch, check the end, join several files.

mod labelling;
mod survey;
mod threads;

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::columns::{Columns, Mapping, Override};
use crate::error::{Error, ErrorKind, Result};
use crate::formats::{self, Convert, Desk, Fault, Format, Input, SAMPLE_RECORDS, Target};
use crate::intake::{self, Intake, Origin, Position, Stretch};
use crate::judge::{Judge, Survey, Tally};
use crate::labels::Labels;
use crate::layout::{Layout, Ragged};
use crate::rules::DateOrder;
use crate::rules::compile::Rules;
use crate::rules::header_key;
use crate::sink::Sink;

use self::labelling::{Reader, Worker, Writer, placed};
pub use self::survey::{Column, Surveyed, survey};

/// So much is read before columns are settled; more, up to the second, if it
/// holds fewer than [`SAMPLE_RECORDS`], and beyond that until there is one.
const SAMPLE: usize = 64 * 1024;
const SAMPLE_MOST: usize = 1024 * 1024;

/// Reading and writing, which are not shared, leave no more than that to do.
const ENOUGH_THREADS: usize = 8;
/// No machine is quicker with more.
const MOST_THREADS: usize = 64;
/// So many bytes all threads together take at a time, if no record is longer, so
/// that memory hardly grows with their number.
const IN_HAND: usize = 1024 * 1024;

/// One input: its name for messages, and its bytes.
pub struct Source<'i> {
    /// The name of the file, or `<stdin>`.
    pub name: String,
    /// Where the bytes come from.
    pub reader: Box<dyn Read + Send + 'i>,
}

/// What the user wants of a run.
#[derive(Debug, Clone)]
pub struct Options {
    /// How the inputs are laid out.
    pub layout: Layout,
    /// The format of the output; that of the first input if not given.
    pub format: Option<Format>,
    /// What columns feed which criteria, where the user knows better.
    pub overrides: Vec<Override>,
    /// The order of dates in digits, where no value of their column tells it.
    pub date_order: Option<DateOrder>,
    /// Adds how each label came about.
    pub details: bool,
    /// Begins the name of each added field.
    pub prefix: String,
    /// Overwrites fields that have the name of an added one.
    pub replace: bool,
    /// Makes it an error if a value is not understood.
    pub strict: bool,
    /// How wide a table may be; unlimited if not given.
    pub table_width: Option<usize>,
    /// How many threads label, at most 64; as many as there are cores, at most 8,
    /// if not given. The output does not depend on it. With several, a fault is
    /// told once a read that another thread has begun is over.
    pub threads: Option<NonZero<usize>>,
    /// Records are counted here as they are written, for whoever watches.
    pub records: Option<Arc<AtomicU64>>,
    /// How many bytes are read and labelled at a time, if no record is longer.
    /// The output does not depend on it.
    pub batch: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            layout: Layout::default(),
            format: None,
            overrides: Vec::new(),
            date_order: None,
            details: false,
            prefix: String::new(),
            replace: false,
            strict: false,
            table_width: None,
            threads: None,
            records: None,
            batch: 256 * 1024,
        }
    }
}

/// An input whose columns are settled: what is about to happen.
#[derive(Debug)]
pub struct Opened<'o> {
    /// The file.
    pub file: &'o str,
    /// What it was before it was text in UTF-8.
    pub origin: &'o Origin,
    /// Its format.
    pub format: Format,
    /// Its delimiter, if it is CSV or TSV.
    pub delimiter: Option<u8>,
    /// Its columns, as far as they are known from its beginning.
    pub names: &'o [String],
    /// What they feed.
    pub mapping: &'o Mapping,
}

/// What happened in a run.
#[derive(Debug, Default)]
pub struct Summary {
    pub(crate) tally: Tally,
    /// Records that were set aside.
    pub rejected: u64,
    /// Lines of Elasticsearch's bulk format that say what to do with the record on
    /// the next: passed as they are, or left out where records are converted.
    pub actions: u64,
    /// Short records that were filled up with empty fields.
    pub padded: u64,
    /// Columns that no record of the sample had: the criterion, the column,
    /// and the file and record where it was first met.
    pub late: Vec<(usize, String, String, u64)>,
    /// Columns that the table had no room for.
    pub left_out: usize,
    /// True where the output ends within a line.
    pub ends_within_line: bool,
}

impl Summary {
    /// Records labelled.
    pub fn records(&self) -> u64 {
        self.tally.records
    }

    /// How often a label of a scorecard was given; 0, 1 and 2 as in
    /// [`Verdict::label`](crate::rules::evaluate::Verdict::label).
    pub fn labels(&self, scorecard: usize) -> [u64; 3] {
        self.tally
            .labels
            .get(scorecard)
            .copied()
            .unwrap_or_default()
    }

    /// The texts of a criterion that were not understood, most frequent first,
    /// and how often further ones were met that were too many to tell apart.
    pub fn not_understood(&self, criterion: usize) -> (Vec<(&str, u64)>, u64) {
        self.tally
            .unread
            .get(criterion)
            .map_or((Vec::new(), 0), |unread| (unread.ranked(), unread.others))
    }
}

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
    let mut run = Run {
        rules,
        options,
        columns: Columns::new(rules, &options.overrides)?
            .dated(options.date_order)
            .strict(options.strict),
        labels: Labels::new(rules, options.details, &options.prefix),
        sink: Sink::new(out, rejects),
        mode: None,
        tail: Vec::new(),
        summary: Summary::default(),
        several: sources.len() > 1,
        survey: None,
    };
    for source in sources {
        let name = source.name.clone();
        if let Err(error) = run.file(source, opened) {
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
    /// Columns are surveyed, and nothing is labelled.
    survey: Option<Survey>,
}

impl Run<'_, '_> {
    fn file(&mut self, source: Source<'_>, opened: &mut dyn FnMut(&Opened<'_>)) -> Result<()> {
        let (intake, origin) = intake::open(source.reader, &self.options.layout)?;
        self.text(source.name, intake, &origin, opened)
            .map_err(|error| origin.placed(error))
    }

    /// Labels the records of a text.
    fn text(
        &mut self,
        file: String,
        mut intake: Intake<'_>,
        origin: &Origin,
        opened: &mut dyn FnMut(&Opened<'_>),
    ) -> Result<()> {
        let (mut input, values) = self.open(&mut intake, &file, origin)?;
        let beginning = intake::beginning(intake.buffer());
        let (names, complete) = input.names();
        let names = names.to_vec();
        let mapping = if input.is_empty() {
            Mapping::default()
        } else {
            self.columns.settle(&names, &values, complete)?
        };
        if mapping.is_empty() && !input.is_empty() && self.survey.is_none() {
            return Err(self.columns.nothing_fed(&names, &mapping));
        }
        let survey = self.survey.take().map(|_| Survey::new(&mapping));
        let read = survey.as_ref().map_or(&mapping, |(_, apart)| apart);
        input.settle(read, &self.labels, self.options.replace)?;
        let (format, delimiter) = (input.format(), input.delimiter());
        opened(&Opened {
            file: &file,
            origin,
            format,
            delimiter,
            names: &names,
            mapping: &mapping,
        });

        let joined = self.mode.is_some();
        let convert = self.convert_for(&input, &names)?;
        // Where keys may still turn up, any criterion may be fed.
        let criteria = self.rules.rulebook().criteria.len();
        let fed = if complete {
            mapping.fed(criteria)
        } else {
            vec![true; criteria]
        };
        let judge = match survey {
            Some((survey, _)) => Judge::surveying(self.rules, survey),
            None => Judge::new(
                self.rules,
                &fed,
                &mapping.others(),
                self.options.strict,
                self.options.details,
            ),
        };
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
            columns: &self.columns,
            sink: &mut self.sink,
            summary: &mut self.summary,
            converts: convert.is_some(),
            watched: self.options.records.as_deref(),
            position,
            late: Vec::new(),
        };
        let worker = Worker {
            input,
            beginning,
            desk,
        };
        let mut workers = threads::label(&mut reader, worker, &mut writer, threads)?;
        let (late, position) = (writer.late, writer.position);
        self.survey = workers[0].desk.judge.take_survey();
        let tail = tail(&workers[0].input, intake, &position, &file)?;
        let met = |column: &str| workers.iter().any(|worker| worker.input.met(column));
        if let Some(error) = self.columns.told_but_unseen(met, &mapping) {
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
            .map(|(criterion, column, record)| (criterion, column, file.clone(), record));
        self.summary.late.extend(late);
        Ok(())
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

    /// Reads as much as it takes to know the input, and returns the first
    /// values of its columns.
    fn open(
        &self,
        intake: &mut Intake<'_>,
        file: &str,
        origin: &Origin,
    ) -> Result<(Input, Vec<Vec<String>>)> {
        let mut layout = self.options.layout.clone();
        if origin.sheet.is_some() {
            // A sheet is written as CSV with commas, whatever its name is.
            layout.format = Some(Format::Csv);
            layout.delimiter = Some(b',');
        }
        let name = origin.name_inside(file);
        let mut size = SAMPLE;
        let feeds = |key: &str| self.columns.knows(key);
        let overrides = self.options.overrides.iter();
        let named: Vec<String> = overrides
            .filter_map(|one| one.column.as_deref().map(header_key))
            .filter(|key| !key.is_empty())
            .collect();
        let told = |name: &str| named.contains(&header_key(name));
        loop {
            intake.fill(size);
            let (sample, complete) = (intake.buffer(), intake.is_complete());
            let enough = intake.is_at_end() || sample.len() >= SAMPLE_MOST;
            let format = formats::detect(layout.format, name, sample, enough);
            let open = |format| Input::open(format, &layout, sample, complete, &feeds);
            let opened = format.map_or(Ok(None), open);
            if let Some(input) =
                opened.map_err(|fault| placed(*fault, &Position::default(), sample, file))?
            {
                only_for_csv(&layout, &input)?;
                let (values, records) = input.values(sample);
                if enough || records >= SAMPLE_RECORDS {
                    let checked = input.check(sample, complete, &feeds, &told);
                    checked.map_err(|fault| placed(*fault, &Position::default(), sample, file))?;
                    return Ok((input, values));
                }
            }
            size = sample.len() * 2;
            let stands = sample.len();
            if let Err(error) = intake.check() {
                let fault = Fault::of_input(stands, error);
                return Err(placed(*fault, &Position::default(), intake.buffer(), file));
            }
        }
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
                Mode::Convert(Convert::new(wanted.target()))
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
                    let target = first_delimiter.map_or(first.target(), Target::Csv);
                    return Ok(Some(Convert::joining(target, first_names, &self.labels)));
                }
                let ends_alike = *ends_with_delimiter == input.ends_with_delimiter();
                if delimiter.is_some() && (first_names != names || !ends_alike) {
                    return Err(formats::other_columns());
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

/// Refuses what can only be said of CSV where the input is no CSV.
fn only_for_csv(layout: &Layout, input: &Input) -> Result<()> {
    let said = [
        (layout.skip_lines > 0, "--skip-lines"),
        (layout.no_header, "--no-header"),
        (layout.ragged != Ragged::Error, "--ragged"),
        (layout.delimiter.is_some(), "--delimiter"),
    ];
    let what = said.iter().find(|(said, _)| *said);
    let (Some((_, flag)), Input::Json(_) | Input::Ndjson(_)) = (what, input) else {
        return Ok(());
    };
    let found = format!("{flag} is for CSV, and this is {}", input.format().title());
    Err(Error::new(ErrorKind::Usage, found)
        .expected("CSV or TSV")
        .advice(format!(
            "leave {flag} out, or name the format: --input-format csv"
        )))
}

fn no_array() -> Error {
    Error::new(
        ErrorKind::Input,
        "several JSON files become one array, and this file is no array",
    )
    .expected("files that are arrays of records")
    .advice("label the files one at a time, or together as -f ndjson")
}
