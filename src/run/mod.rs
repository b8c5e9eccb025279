//! A record's way from input to output, batch by batch: the one place where formats and
//! the engine meet.
//!
//! Owns the order of steps: open, decide the columns, label batch after batch, check
//! the end, join several files.

pub(crate) mod added;
mod batch;
pub(crate) mod evidence;
mod furniture;
pub(crate) mod gather;
pub(crate) mod judging;
pub(crate) mod keys;
mod late;
pub(crate) mod memo;
mod open;
mod options;
mod output;
mod reader;
mod rows;
mod tally;
mod threads;
mod together;

use std::collections::HashSet;
use std::io::Write;
use std::num::NonZero;

use crate::columns::{Columns, Mapping, Part};
use crate::engine::compile::Rules;
use crate::engine::evaluate::{Evaluation, Keep};
use crate::error::Result;
use crate::format::{AddedFields, Fault, Input, is_nothing, too_long};
use crate::input::{self, Intake, Origin, Position, Stretch};

use self::added::{Field, added_fields};
use self::batch::{Rows, Splitter, Worker, Writer, Writing, placed};
pub use self::evidence::Evidence;
pub use self::furniture::{Furnished, Furniture};
use self::gather::Gatherer;
use self::judging::Judging;
use self::open::SAMPLE;
pub use self::options::{Opened, Options, Settling, Source, Summary};
use self::output::{Joining, Output};
use self::reader::Reader;
pub(crate) use self::rows::{Fold, LateTexts, Need, Row, Wanted};
use self::rows::{RowBatch, RowContext};
pub use self::tally::Census;
pub(crate) use self::tally::Unrecognized;
pub use self::together::Together;
pub(crate) use self::together::together;

/// Reading and writing, which are not shared, keep no more threads busy than this.
const ENOUGH_THREADS: usize = 8;
/// More threads are not faster on any machine.
const MOST_THREADS: usize = 64;
/// How many bytes all threads together take at a time, if no record is longer, so that
/// memory hardly grows with their number.
const IN_HAND: usize = 1024 * 1024;

/// How many bytes are read at a time if rows are kept: these take more memory than the
/// bytes of short records.
const ROWS_IN_HAND: usize = 64 * 1024;

/// Labels the records of `sources` as one input.
///
/// Labelled records go to `out`, records that cannot be read to `rejects` if given.
/// `opened` is called for each input before its first record. Memory does not grow with
/// the inputs, only with the length of the longest records: each thread may hold one.
///
/// # Errors
///
/// The first record that cannot be read or written; all records before it are in `out`.
/// in `out` then.
pub fn classify<'o>(
    rules: &Rules,
    options: &Options,
    sources: Vec<Source<'_>>,
    out: &'o mut (dyn Write + Send),
    rejects: Option<&'o mut (dyn Write + Send)>,
    opened: &mut dyn FnMut(&Opened<'_>),
) -> Result<Summary> {
    let output = Output::new(out, rejects);
    let fields = Field::all(rules, options.details);
    let rulebooks = vec![Rulebook { name: "", rules }];
    let (sources, together) = together(&rulebooks, options, sources)?;
    let options = &Options {
        together,
        ..options.clone()
    };
    let mut run = Run::new(rulebooks, options, output, Some(fields), sources.len() > 1)?;
    for source in sources {
        let name = source.name.clone();
        if let Err(error) = run.file(source, Purpose::Label(opened)) {
            run.joining.output.flush()?;
            return Err(error.in_file(&name));
        }
    }
    run.end()
}

/// How the rows of an input are read for a fold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Rows are judged; otherwise columns need not feed a criterion.
    pub(crate) is_judged: bool,
    /// Records that cannot be read are skipped where possible.
    pub(crate) passes_over: bool,
    /// Only the row with this number is shown, and it may not be skipped. It is read by
    /// one thread.
    pub(crate) only: Option<NonZero<u64>>,
}

/// A rulebook, and its name if there are several.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rulebook<'r> {
    pub(crate) name: &'static str,
    pub(crate) rules: &'r Rules,
}

/// Shows the rows of `source` to a fold, in order, as `rulebooks` judge them. Nothing
/// is written. Memory does not grow with the input.
///
/// The second part of the result is a summary, also if the end was not reached; the
/// third lists the columns that turned up late.
///
/// # Errors
///
/// Those of [`classify`], and those of the fold. An error that concerns only one of
/// several rulebooks names it.
pub(crate) fn rows(
    rulebooks: &[Rulebook<'_>],
    options: &Options,
    source: Source<'_>,
    reading: Reading,
    fold: &mut dyn Fold,
) -> (Result<()>, Summary, Vec<Late>) {
    let mut rejects = std::io::sink();
    let rejects: Option<&mut (dyn Write + Send)> = match reading.passes_over {
        true => Some(&mut rejects),
        false => None,
    };
    rows_aside(rulebooks, options, source, reading, fold, rejects)
}

/// The same, with records that cannot be read written to `rejects`, if given.
pub(crate) fn rows_aside(
    rulebooks: &[Rulebook<'_>],
    options: &Options,
    source: Source<'_>,
    reading: Reading,
    fold: &mut dyn Fold,
    rejects: Option<&mut (dyn Write + Send)>,
) -> (Result<()>, Summary, Vec<Late>) {
    let mut out = std::io::sink();
    // As short-lived as `out`.
    let rejects = rejects.map(|rejects| rejects as &mut (dyn Write + Send));
    let output = Output::new(&mut out, rejects);
    let name = source.name.clone();
    let options = Options {
        batch: options.batch.min(ROWS_IN_HAND),
        ..options.clone()
    };
    let mut run = match Run::new(rulebooks.to_vec(), &options, output, None, false) {
        Ok(run) => run,
        Err(error) => return (Err(error), Summary::default(), Vec::new()),
    };
    let read = run.file(source, Purpose::Fold(reading, fold));
    let (result, late) = match read {
        Ok(late) => (Ok(()), late),
        Err(error) => (Err(error.in_file(&name)), Vec::new()),
    };
    (result, run.summary, late)
}

/// Gathers what `gatherer` wants of the records of `source`, by all threads; the batches
/// are handed over in the order of the input. With `passes_over`, records that cannot be
/// read are skipped where possible.
///
/// # Errors
///
/// Those of [`classify`], except that columns need not feed any criterion, and those of
/// the gatherer.
pub(crate) fn gather(
    rules: &Rules,
    options: &Options,
    source: Source<'_>,
    passes_over: bool,
    gatherer: &mut dyn Gatherer,
) -> Result<Summary> {
    let (mut out, mut rejects) = (std::io::sink(), std::io::sink());
    let rejects = passes_over.then_some(&mut rejects as &mut (dyn Write + Send));
    let output = Output::new(&mut out, rejects);
    let name = source.name.clone();
    let rulebooks = vec![Rulebook { name: "", rules }];
    let mut run = Run::new(rulebooks, options, output, None, false)?;
    let read = run.file(source, Purpose::Gather(gatherer));
    read.map_err(|error| error.in_file(&name))?;
    Ok(run.summary)
}

/// The purpose of reading an input.
enum Purpose<'p> {
    /// They are labelled and written; this is called with the input.
    Label(&'p mut dyn FnMut(&Opened<'_>)),
    /// A fold sees them.
    Fold(Reading, &'p mut dyn Fold),
    /// They are gathered.
    Gather(&'p mut dyn Gatherer),
}

/// A column that turned up late.
#[derive(Debug, Clone)]
pub(crate) struct Late {
    /// The place of the rulebook that reads it.
    pub(crate) judging: usize,
    pub(crate) criterion: usize,
    part: Part,
    /// False if a column of the sample plays this part better.
    pub(crate) is_used: bool,
    /// It may be about the criterion, or what others show of it.
    is_unclear: bool,
    pub(crate) column: String,
    /// The first record that has it.
    pub(crate) record: u64,
}

struct Run<'r, 'o> {
    rulebooks: Vec<Rulebook<'r>>,
    options: &'r Options,
    /// By rulebook.
    columns: Vec<Columns<'r>>,
    /// The fields added to each record, if anything is written.
    fields: Option<Vec<Field>>,
    added: AddedFields,
    /// The names of all fields that a run may add.
    addable: Vec<String>,
    joining: Joining<'o>,
    summary: Summary,
}

impl<'r, 'o> Run<'r, 'o> {
    /// A run over one input, or `several`.
    fn new(
        rulebooks: Vec<Rulebook<'r>>,
        options: &'r Options,
        output: Output<'o>,
        fields: Option<Vec<Field>>,
        several: bool,
    ) -> Result<Self> {
        let columns = rulebooks.iter().map(|rulebook| {
            let mut columns = Columns::new(rulebook.rules, &options.overrides)?;
            (columns.date_order, columns.strict) = (options.date_order, options.strict);
            Ok(match options.settling {
                Settling::Looking => columns,
                Settling::Plan => columns.frozen(false),
                Settling::LenientPlan => columns.frozen(true),
            })
        });
        let columns = columns.collect();
        let rules = rulebooks[0].rules;
        let mut run = Run {
            added: added_fields(
                rules,
                fields.as_deref().unwrap_or_default(),
                &options.prefix,
                &places(options),
            ),
            addable: (Field::all(rules, true).into_iter())
                .map(|field| field.name(rules, &options.prefix))
                .collect(),
            rulebooks,
            options,
            columns: Vec::new(),
            fields,
            joining: Joining::new(output, several),
            summary: Summary::default(),
        };
        run.columns = run.of_all(columns)?;
        Ok(run)
    }

    /// The results for all rulebooks. An error in the input is not specific to a
    /// rulebook; any other error names the rulebook.
    fn of_all<T>(&self, results: Vec<Result<T>>) -> Result<Vec<T>> {
        let text = |result: &Result<T>| result.as_ref().err().map(ToString::to_string);
        let first = results.first().and_then(text);
        let is_shared = first.is_some() && results.iter().all(|result| text(result) == first);
        let results = results.into_iter().zip(&self.rulebooks);
        let results = results.map(|(result, rulebook)| match is_shared {
            true => result,
            false => result.map_err(|error| error.by_rulebook(rulebook.name)),
        });
        results.collect()
    }

    fn file(&mut self, source: Source<'_>, purpose: Purpose<'_>) -> Result<Vec<Late>> {
        self.summary.files += 1;
        let (mut intake, origin) = input::open(source.reader, &self.options.layout)?;
        // Under a plan an input may be any part of one, and so none of it.
        if self.options.settling.is_frozen() {
            intake.fill(SAMPLE);
            let layout = &self.options.layout;
            if intake.is_at_end() && is_nothing(intake.buffer(), layout) {
                intake.check()?;
                if self.fields.is_some() {
                    self.joining.output.write(intake.buffer())?;
                }
                return Ok(Vec::new());
            }
        }
        self.text(source.name, intake, &origin, purpose)
            .map_err(|error| origin.placed(error))
    }

    /// Decides what the columns of an input feed, for each rulebook.
    fn settle(
        &mut self,
        input: &Input,
        names: &[String],
        values: &[Vec<String>],
        origin: &Origin,
        is_judged: bool,
    ) -> Result<Vec<Mapping>> {
        for columns in &mut self.columns {
            columns.serials = origin.stores_days();
        }
        if input.is_empty() {
            return Ok(vec![Mapping::default(); self.columns.len()]);
        }
        let (_, complete) = input.names();
        for columns in &mut self.columns {
            columns.forget();
        }
        let settled = match &self.options.together {
            Some(together) => {
                if input.delimiter().is_none() {
                    together.keep(&mut self.columns);
                }
                let is_csv = input.delimiter().is_some();
                together.mappings(&self.columns, names, complete && is_csv)
            }
            None => {
                let all = self.columns.iter();
                let is_closed = |columns: &Columns<'_>| {
                    // An object may lack any key.
                    complete && !(columns.is_frozen() && input.delimiter().is_none())
                };
                all.map(|columns| columns.settle(names, values, is_closed(columns)))
                    .collect()
            }
        };
        let knows_nothing = self.options.evidence.iter().all(|one| one.is_empty());
        let settled = settled
            .into_iter()
            .zip(&self.columns)
            .map(|(mapping, columns)| {
                let mapping = mapping?;
                let reads_nothing = mapping.is_empty()
                && mapping.late.is_empty()
                && columns.planned().is_empty()
                // Objects of another file may have the columns that this one lacks.
                && (mapping.elsewhere.is_empty() || input.delimiter().is_some());
                match reads_nothing && is_judged && knows_nothing {
                    true => Err(columns.nothing_fed(names, &mapping)),
                    false => Ok(mapping),
                }
            });
        let mappings = self.of_all(settled.collect())?;
        if !complete && self.options.together.is_none() {
            for (columns, mapping) in self.columns.iter_mut().zip(&mappings) {
                columns.keep(names, values, mapping);
            }
        }
        Ok(mappings)
    }

    /// Reads the records of a text.
    fn text(
        &mut self,
        file: String,
        mut intake: Intake<'_>,
        origin: &Origin,
        purpose: Purpose<'_>,
    ) -> Result<Vec<Late>> {
        let (mut input, values) = self.open(&mut intake, &file, origin)?;
        let beginning = input::beginning(intake.buffer());
        let (names, complete) = input.names();
        let names = names.to_vec();
        let (is_judged, only) = match &purpose {
            Purpose::Label(_) => (true, None),
            Purpose::Fold(reading, _) => (reading.is_judged, reading.only),
            Purpose::Gather(_) => (false, None),
        };
        // What is gathered has its own columns.
        let mappings = match &purpose {
            Purpose::Gather(_) => vec![Mapping::default()],
            _ => self.settle(&input, &names, &values, origin, is_judged)?,
        };
        let otherwise = match &self.options.together {
            Some(together) if is_judged && !together.knows(&file) => {
                let own = self.columns[0].settle(&names, &values, complete);
                own.map_or(Vec::new(), |own| {
                    together::otherwise(&names, &mappings[0], &own)
                })
            }
            _ => Vec::new(),
        };
        // They take memory, and only folds look at them again.
        let values = match &purpose {
            Purpose::Label(_) => Vec::new(),
            Purpose::Fold(..) | Purpose::Gather(_) => values,
        };
        if matches!(purpose, Purpose::Gather(_)) {
            for columns in &mut self.columns {
                columns.serials = origin.stores_days();
            }
        }
        let opened = Opened {
            file: &file,
            origin,
            format: input.format(),
            delimiter: input.delimiter(),
            is_keyed: input.is_keyed(),
            names: &names,
            is_bulk: input.is_bulk(),
            fields: input.fields(),
            ends_with_delimiter: input.ends_with_delimiter(),
            values: &values,
            mapping: &mappings[0],
            mappings: &mappings,
            columns: &self.columns,
            is_complete: complete,
            otherwise: &otherwise,
        };
        let (purpose, gathers) = match purpose {
            Purpose::Gather(gather) => (None, Some((gather.open(&opened)?, gather))),
            purpose => (Some(purpose), None),
        };
        let (wish, gatherer) = gathers.unzip();
        let wished = wish.as_ref().map(|wish| [wish.mapping.clone()]);
        let mappings = wished.as_ref().map_or(&mappings[..], |one| one);
        let opened = Opened {
            mapping: &mappings[0],
            mappings,
            ..opened
        };
        let (wanted, mut notify) = match purpose {
            Some(Purpose::Label(notify)) => (None, Some(notify)),
            Some(Purpose::Fold(_, fold)) => (Some((fold.open(&opened)?, fold)), None),
            Some(Purpose::Gather(_)) | None => (None, None),
        };
        let keep = match self.options.details {
            true => Keep::Reasons,
            false => Keep::Verdicts,
        };
        let judgings = self.rulebooks.iter().zip(&self.columns).zip(mappings);
        let mut judgings: Vec<Judging<'_>> = judgings
            .map(|((rulebook, columns), mapping)| {
                Judging::new(rulebook.rules, columns, mapping, keep)
            })
            .collect();
        for (judging, evidence) in judgings.iter_mut().zip(&self.options.evidence) {
            judging.may_know(&evidence.criteria());
        }
        let kept = wanted
            .as_ref()
            .map_or(&[][..], |(wanted, _)| &wanted.columns);
        let read = match is_judged || wish.is_some() {
            true => mappings,
            false => &[],
        };
        let columns = self.columns.iter().collect();
        let strict = self.options.strict;
        let (mut reader, mut binding) =
            Reader::new(judgings.clone(), columns, &names, read, kept, strict);
        let is_frozen = self.options.settling.is_frozen();
        let judgings: Vec<Judging<'_>> = match complete || is_frozen {
            true => judgings,
            false => judgings.into_iter().map(Judging::with_all_fed).collect(),
        };
        // Most inputs have no such column.
        reader.added = self.addable.clone();
        reader
            .added
            .retain(|name| !complete || names.contains(name));
        reader.no_totals = self.options.no_totals;
        if self.options.census {
            reader = reader.with_census();
        }
        if is_judged {
            reader.join(&self.options.evidence, &names, &mut binding);
        }
        if let Some(wish) = wish {
            reader.gather(wish, &names, &mut binding);
        }
        let mut rows = None;
        if let Some((wanted, fold)) = wanted {
            reader.rows = Some(Box::new(RowBatch::new(&judgings, wanted)));
            rows = Some(Rows {
                fold,
                context: RowContext {
                    input: &opened,
                    judgings: &judgings,
                    evidence: self.options.evidence.first().map(|one| &**one),
                },
                evaluation: Evaluation::default(),
            });
        }
        input.bind(&binding, &self.added, self.options.replace)?;
        if let Some(notify) = &mut notify {
            notify(&opened);
        }
        let joined = self.joining.has_begun();
        let mut convert = match self.fields {
            Some(_) => self.joining.convert_for(
                &input,
                origin.sheet.is_some(),
                self.options,
                &self.added,
            )?,
            None => None,
        };
        let prologue = intake.take(input.prologue(), Vec::new());
        let mut begin = Vec::new();
        input.begin(&prologue, joined, &self.added, convert.as_mut(), &mut begin)?;
        if self.fields.is_some() {
            self.joining.output.end_line()?;
            self.joining.output.write(&begin)?;
        }
        let mut position = Position::default();
        position.pass(Stretch::of(&prologue), 0);

        let threads = match only {
            Some(_) => 1,
            None => threads(self.options),
        };
        let batch = self.options.batch.min(IN_HAND / threads).max(1);
        let longest = self.options.layout.longest();
        let mut splitter = Splitter::new(&mut intake, input.cutter(), batch, longest);
        let worker = Worker {
            input,
            beginning,
            reader,
            writing: Writing {
                fields: self.fields.as_deref(),
                added: &self.added,
                convert: convert.as_ref(),
                rejects: self.joining.output.sets_aside(),
            },
            is_judged,
            longest,
            only: only.map(NonZero::get),
            before: 0,
        };
        let mut writer = Writer {
            file: &file,
            origin,
            columns: &self.columns,
            output: &mut self.joining.output,
            summary: &mut self.summary,
            converts: convert.is_some(),
            position,
            watched: self.options.records.as_deref(),
            late: Vec::new(),
            rows,
            gatherer: match gatherer {
                Some(gatherer) => Some(gatherer),
                None => None,
            },
        };
        let (workers, is_done) = threads::label(&mut splitter, worker, &mut writer, threads)?;
        let (late, position) = (writer.late, writer.position);
        if is_done {
            return Ok(late);
        }
        let tail = tail(&workers[0].input, intake, longest, &position, &file)?;
        let known: HashSet<&str> = names.iter().map(String::as_str).collect();
        let met = |column: &str| {
            let mut workers = workers.iter();
            known.contains(column)
                || workers.any(|worker| worker.reader.late.stated.contains(column))
        };
        let is_empty = position.records == 0 && opened.delimiter.is_none();
        for (columns, mapping) in self.columns.iter().zip(mappings) {
            if self.options.together.is_some() {
                let stated = columns.stated_columns().filter(|column| met(column));
                self.summary.met.extend(stated.map(str::to_owned));
            } else if let (Some(error), false) = (columns.stated_but_unseen(met, mapping), is_empty)
            {
                return Err(error);
            }
        }
        let planned = self.columns[0].planned().iter();
        let planned = planned.filter(|(_, feed)| !feed.is_sparse);
        let planned = planned.map(|(column, _)| column.as_str());
        let unseen = planned.filter(|column| !met(column)).map(str::to_owned);
        let unseen: Vec<String> = unseen.collect();
        if !unseen.is_empty() && (position.records > 0 || opened.delimiter.is_some()) {
            self.summary.unseen.push((file.clone(), unseen));
        }
        self.joining.go_on(convert, tail);
        for one in late.iter().filter(|one| one.judging == 0) {
            let to = match (one.is_used, one.is_unclear) {
                (true, _) => &mut self.summary.late,
                (false, true) => &mut self.summary.unclear,
                (false, false) => &mut self.summary.ignored,
            };
            to.push((one.criterion, one.column.clone(), file.clone(), one.record));
        }
        Ok(late)
    }

    fn end(mut self) -> Result<Summary> {
        if self.options.together.is_some() && self.summary.records() > 0 {
            let mut unmet = self.columns.iter();
            let met = &self.summary.met;
            if let Some(error) = unmet.find_map(|columns| columns.stated_in_none(met)) {
                return Err(error);
            }
        }
        self.joining.end(&mut self.summary)?;
        Ok(self.summary)
    }
}

/// The names of all places where evidence may come from, if there are several.
fn places(options: &Options) -> Vec<&str> {
    let evidence = options.evidence.first();
    let evidence = evidence.filter(|one| !one.is_empty() || !one.files.is_empty());
    evidence.map_or_else(Vec::new, |evidence| evidence.places())
}

/// Reads and checks the input after the records.
fn tail(
    input: &Input,
    mut intake: Intake<'_>,
    longest: usize,
    position: &Position,
    file: &str,
) -> Result<Vec<u8>> {
    let is_whole = intake.fill_up(longest.max(SAMPLE));
    let trouble = intake.check().err();
    if !is_whole && trouble.is_none() {
        let error = too_long("what follows the last record is longer than", longest);
        return Err(placed(*Fault::of_input(0, error), position, &[], file));
    }
    let tail = intake.buffer();
    let checked = match (trouble, std::str::from_utf8(tail)) {
        (Some(error), _) => Err(Fault::of_input(tail.len(), error)),
        (None, Err(error)) => Err(Fault::not_utf8(tail, error.valid_up_to(), None, &[])),
        (None, Ok(text)) => input.check_tail(text),
    };
    checked.map_err(|fault| placed(*fault, position, tail, file))?;
    Ok(tail.to_vec())
}

fn threads(options: &Options) -> usize {
    let cores = || {
        let cores = std::thread::available_parallelism();
        cores.map_or(1, NonZero::get).min(ENOUGH_THREADS)
    };
    let threads = options.threads.map_or_else(cores, NonZero::get);
    threads.min(MOST_THREADS)
}
