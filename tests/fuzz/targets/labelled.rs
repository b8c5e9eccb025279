//! One labelling of one input, and what has to be the same however it is done.
//!
//! Owns the options that the words of a case state, how an input is handed over, and the
//! bounds of time and memory.

use std::io::{self, Read, Write};
use std::num::NonZero;
use std::sync::LazyLock;

use clientype::internals::columns::Override;
use clientype::internals::engine::compile::Rules;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::value::Own;
use clientype::internals::{Options, Settling, Source, classify};
use clientype::{DateOrder, Encoding, Error, ErrorKind, Format, Layout, Ragged, Summary};

use super::case::Case;

/// Why an input is a find.
pub(crate) type Find = Result<(), String>;

/// The built-in rulebook, compiled once.
pub(crate) fn rules() -> &'static Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(|| {
        let rulebook = Rulebook::documents().expect("the built-in rulebook is sound");
        compiled(rulebook).expect("the built-in rulebook can be compiled")
    });
    &RULES
}

/// A rulebook for our own organization, on a day that does not move.
pub(crate) fn compiled(rulebook: Rulebook) -> Result<Rules, Error> {
    let own = Own::new(["Acme", "acme.example"]);
    Rules::compile(rulebook, &own, jiff::civil::date(2026, 1, 31))
}

/// The words of a case that [`options`] knows.
pub(crate) const WORDS: &[&str] = &[
    "batch=1",
    "batch=2",
    "batch=7",
    "batch=31",
    "batch=100",
    "batch=4096",
    "threads=2",
    "threads=3",
    "threads=7",
    "cut=1",
    "cut=2",
    "cut=5",
    "cut=64",
    "cut=1000",
    "format=csv",
    "format=tsv",
    "format=json",
    "format=ndjson",
    "format=table",
    "in=csv",
    "in=tsv",
    "in=json",
    "in=ndjson",
    "delimiter=;",
    "delimiter=,",
    "delimiter=|",
    "delimiter=x",
    "skip=1",
    "skip=2",
    "skip=9",
    "no-header",
    "pad",
    "rejects",
    "replace",
    "details",
    "strict",
    "prefix=p_",
    "prefix=,",
    "prefix=\"",
    "census",
    "no-totals",
    "map=contract=contract",
    "map=contract=1",
    "map=duration=2",
    "map=service=a",
    "map=contract=",
    "map=email=E-Mail",
    "map=start_date=3",
    "map=organization=Firma",
    "date-order=dmy",
    "date-order=ymd",
    "date-order=mdy",
    "plan",
    "lenient",
    "frozen",
    "fields=3",
    "fields=5",
    "trailing",
    "width=20",
    "width=1",
];

/// The options that the words state, for one thread and one batch.
pub(crate) fn options(case: &Case<'_>) -> Options {
    let format = |name: Option<String>| {
        let name = name?;
        Format::all().find(|format| format.name() == name)
    };
    Options {
        layout: Layout {
            format: format(case.value("in")).filter(|format| format.is_input()),
            delimiter: case.value("delimiter").and_then(|text| text.bytes().next()),
            encoding: case
                .value("encoding")
                .and_then(|name| Encoding::from_label(&name)),
            sheet: case.value("sheet"),
            skip_lines: case.number("skip", 1 << 40).unwrap_or_default(),
            no_header: case.says("no-header"),
            ragged: if case.says("pad") {
                Ragged::Pad
            } else {
                Ragged::Error
            },
            fields: case.number("fields", 1 << 20),
            trailing_delimiter: case.says("trailing"),
            frozen: case.says("frozen"),
            max_record: case.number("max-record", 1 << 40),
        },
        format: format(case.value("format")),
        overrides: case.all("map").filter_map(|text| mapped(&text)).collect(),
        date_order: match case.value("date-order").as_deref() {
            Some("dmy") => Some(DateOrder::Dmy),
            Some("mdy") => Some(DateOrder::Mdy),
            Some("ymd") => Some(DateOrder::Ymd),
            _ => None,
        },
        details: case.says("details"),
        prefix: case.value("prefix").unwrap_or_default(),
        replace: case.says("replace"),
        strict: case.says("strict"),
        census: case.says("census"),
        no_totals: case.says("no-totals"),
        table_width: case.number("width", 500),
        threads: NonZero::new(1),
        batch: 1 << 20,
        settling: match (case.says("plan"), case.says("lenient")) {
            (true, false) => Settling::Plan,
            (_, true) => Settling::LenientPlan,
            _ => Settling::Looking,
        },
        ..Options::default()
    }
}

/// `CRITERION:WORDS=COLUMN`, as `--map` takes it.
pub(crate) fn mapped(text: &str) -> Option<Override> {
    let (left, column) = text.split_once('=')?;
    let mut words = left.split(':').map(str::to_owned);
    Some(Override {
        criterion: words.next()?,
        read_as: words.collect(),
        column: (!column.is_empty()).then(|| column.to_owned()),
    })
}

/// What a labelling came to.
#[derive(PartialEq)]
pub(crate) struct Labelled {
    pub(crate) out: Vec<u8>,
    pub(crate) rejects: Vec<u8>,
    /// The summary in words, or the error.
    pub(crate) result: Result<String, String>,
    /// Records that were labelled.
    pub(crate) records: u64,
    /// Records that are not about a buyer, that were filled up or set aside.
    pub(crate) others: u64,
}

/// An input that is read a few bytes at a time, and interrupted before each.
pub(crate) struct Cut<'t> {
    pub(crate) rest: &'t [u8],
    pub(crate) at_a_time: usize,
    pub(crate) is_interrupted: bool,
}

impl Read for Cut<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.is_interrupted = !self.is_interrupted;
        if self.is_interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = self.at_a_time.min(to.len());
        self.rest.read(&mut to[..size])
    }
}

/// Labels these inputs as one, each cut into pieces if `cut` says so.
pub(crate) fn label(
    rules: &Rules,
    options: &Options,
    inputs: &[&[u8]],
    sets_aside: bool,
    cut: Option<usize>,
) -> (Labelled, Option<Error>) {
    let (mut out, mut rejects) = (Vec::new(), Vec::new());
    let sources = inputs.iter().enumerate().map(|(place, bytes)| Source {
        name: format!("input{place}"),
        reader: match cut {
            None => Box::new(*bytes) as Box<dyn Read + Send + '_>,
            Some(at_a_time) => Box::new(Cut {
                rest: bytes,
                at_a_time,
                is_interrupted: false,
            }),
        },
    });
    let sources = sources.collect();
    let aside = sets_aside.then_some(&mut rejects as &mut (dyn Write + Send));
    let result = classify(rules, options, sources, &mut out, aside, &mut |_| {});
    let (result, records, others, error) = match result {
        Ok(summary) => {
            let others = summary.padded + summary.rejected + summary.actions;
            (Ok(in_words(&summary)), summary.records(), others, None)
        }
        Err(error) => (Err(error.to_string()), 0, 0, Some(error)),
    };
    (
        Labelled {
            out,
            rejects,
            result,
            records,
            others,
        },
        error,
    )
}

/// All that a summary says.
fn in_words(summary: &Summary) -> String {
    let mut text = format!(
        "{} {} {} {} {:?} {:?} {:?} {} {} {:?}",
        summary.records(),
        summary.rejected,
        summary.actions,
        summary.padded,
        summary.furnished,
        summary.late,
        summary.ignored,
        summary.left_out,
        summary.ends_within_line,
        summary.census(),
    );
    for card in 0..2 {
        text += &format!(" {:?}", summary.labels(card));
    }
    for criterion in 0..rules().rulebook().criteria.len() {
        let (texts, others) = summary.not_understood(criterion);
        if !texts.is_empty() || others > 0 {
            text += &format!(" {criterion}: {texts:?} {others}");
        }
    }
    text
}

/// What one run may take with any input: mebibytes, and bytes for each byte read.
const MOST_MEMORY: (u64, u64) = (12 << 20, 400);

/// Processor time in milliseconds that no small input takes.
const LONGEST: u128 = 300;

/// Labels the inputs, and holds the bounds of one run. `size` is their length unpacked.
pub(crate) fn bounded<T>(size: usize, run: impl Fn() -> T) -> Result<T, String> {
    let mut result = None;
    let mut shortest = u128::MAX;
    for _ in 0..3 {
        let before = processor_time();
        let used = allocation_counter::measure(|| result = Some(run()));
        let most = MOST_MEMORY.0 + MOST_MEMORY.1 * size as u64;
        if used.bytes_max > most {
            return Err(format!(
                "memory: {} bytes for an input of {size}",
                used.bytes_max
            ));
        }
        shortest = shortest.min(processor_time() - before);
        // Another program may have disturbed it.
        if shortest < LONGEST {
            break;
        }
    }
    if shortest >= LONGEST {
        return Err(format!("time: {shortest} ms for an input of {size} bytes"));
    }
    result.ok_or_else(|| "not run".to_owned())
}

fn processor_time() -> u128 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let millis = time.tv_sec * 1000 + time.tv_nsec / 1_000_000;
    u128::try_from(millis).unwrap_or_default()
}

/// Labels the inputs in one piece and again as the words say; both have to be the same.
pub(crate) fn steady(rules: &Rules, case: &Case<'_>, inputs: &[&[u8]]) -> Result<Labelled, String> {
    let size: usize = inputs.iter().map(|bytes| bytes.len()).sum();
    steady_with(rules, &options(case), case, inputs, size)
}

/// The same with other options; `size` is the length of the inputs unpacked.
pub(crate) fn steady_with(
    rules: &Rules,
    options: &Options,
    case: &Case<'_>,
    inputs: &[&[u8]],
    size: usize,
) -> Result<Labelled, String> {
    let sets_aside = case.says("rejects");
    let (whole, error) = bounded(size, || label(rules, options, inputs, sets_aside, None))?;
    if let Some(error) = error {
        sound(&error)?;
    }
    let batch = case.number("batch", 1 << 20);
    let threads = case.number("threads", 8);
    let cut = case.number("cut", 1 << 20);
    if (batch, threads, cut) == (None, None, None) {
        return Ok(whole);
    }
    let varied = Options {
        batch: batch.unwrap_or(options.batch),
        threads: threads.and_then(NonZero::new).or(options.threads),
        ..options.clone()
    };
    let (parts, _) = label(rules, &varied, inputs, sets_aside, cut);
    if whole.result != parts.result {
        let (one, other) = (said(&whole.result), said(&parts.result));
        return Err(format!("in one piece: {one}\nin parts: {other}"));
    }
    same("output", &whole.out, &parts.out)?;
    same("rejects", &whole.rejects, &parts.rejects)?;
    Ok(whole)
}

fn said(result: &Result<String, String>) -> &str {
    match result {
        Ok(summary) => summary,
        Err(error) => error,
    }
}

/// A find unless both are the same bytes.
pub(crate) fn same(what: &str, one: &[u8], other: &[u8]) -> Find {
    if one == other {
        return Ok(());
    }
    let (one, other) = (String::from_utf8_lossy(one), String::from_utf8_lossy(other));
    Err(format!("{what} differs:\n{one}\n---\n{other}"))
}

/// What every error has: its file, and no sign that a terminal would obey.
pub(crate) fn sound(error: &Error) -> Find {
    let text = error.to_string();
    plain(&text)?;
    let place = error.place();
    let is_about_input = matches!(error.kind(), ErrorKind::Input | ErrorKind::Reading(_));
    if is_about_input && place.file.is_none() {
        return Err(format!("an error without a file: {text}"));
    }
    let is_record = place.record.is_some() || place.character.is_some();
    if is_record && place.line.is_none() && place.row.is_none() {
        return Err(format!("an error without a line: {text}"));
    }
    Ok(())
}

/// A text for people has no control or direction marks.
pub(crate) fn plain(text: &str) -> Find {
    let is_raw = |sign: &char| {
        sign.is_control() && *sign != '\n'
            || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    match text.chars().find(is_raw) {
        Some(sign) => Err(format!("a raw {sign:?} in {text:?}")),
        None => Ok(()),
    }
}

/// True if `part` is what remains of `whole` when bytes are left out.
pub(crate) fn is_subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|byte| whole.any(|other| other == byte))
}
