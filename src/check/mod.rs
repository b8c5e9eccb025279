//! Checks an export against expectations.
//!
//! Owns the kinds of expectations and the outcome of a check. Labels and evidence are
//! those of [`Labeler`](crate::Labeler). Knows neither flags nor report formats.

mod checker;
mod context;
mod expectations;
mod finding;
pub(crate) mod language;
mod share;
mod watch;

use std::collections::BTreeMap;
use std::io::{self, Write};

use self::checker::Checker;
pub use self::expectations::{Expectations, Limit, RelatedMatch};
pub use self::finding::{Code, Finding, Level, Reason};
pub use self::language::Language;
pub use self::share::{Share, percent};
use crate::columns::Columns;
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
pub use crate::rulebook::codes::Severity;
use crate::run::{
    Opened, Options, Reading, Row, Rulebook, Settling, Source, Summary, rows_aside, together,
};
use serde::Serialize;

/// The number of the label Undetermined in a verdict.
const UNDETERMINED: u8 = 2;

/// Reads and judges all records.
const READING: Reading = Reading {
    is_judged: true,
    passes_over: false,
    only: None,
};

/// The labels of an earlier run to compare with, or where to write those of this run.
#[derive(Default)]
pub enum Baseline<'a> {
    /// Compare with nothing.
    #[default]
    None,
    /// Compare with the labels of an earlier run: a file in any input format with the
    /// key's column and the label columns, named as `classify` names them.
    Compare(Source<'a>),
    /// Compare with nothing, and write the labels of this run as CSV.
    Write {
        /// The name of the baseline, for messages.
        name: String,
        /// The delimiter, an ASCII character.
        delimiter: u8,
        /// Where to write it.
        to: &'a mut (dyn Write + Send),
    },
}

/// An expectation and its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The option that states it.
    pub setting: Setting,
    /// The expectation, in words.
    pub says: String,
    /// What was measured, if anything.
    pub measured: Option<String>,
    /// The number of findings that are errors.
    pub errors: u64,
    /// The number of findings that are warnings.
    pub warnings: u64,
    /// The number of findings that are allowed, so neither errors nor warnings.
    pub allowed: u64,
}

/// How the records compare with a baseline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// The name of the baseline.
    pub file: String,
    /// The number of its entries.
    pub entries: u64,
    /// The number of records whose labels are the same.
    pub unchanged: u64,
    /// The number of records with a different label.
    pub changed: u64,
    /// The number of records whose key is not in the baseline.
    pub new: u64,
    /// The number of entries that no longer have a record.
    pub stale: u64,
    /// The keys of the first stale entries, at most three.
    pub first_stale: Vec<String>,
}

/// The outcome of a check.
#[derive(Debug, Default)]
pub struct Checked {
    /// The files that were opened.
    pub files: Vec<String>,
    /// The expectations and their results.
    pub rules: Vec<Rule>,
    /// By code, the number of errors and of warnings.
    pub counts: BTreeMap<Code, [u64; 2]>,
    /// The kept findings: first those about all records, then in the order of the
    /// records.
    pub findings: Vec<Finding>,
    /// Remarks for the user on how the check was done.
    pub notes: Vec<Phrase>,
    /// The number of records that were checked.
    pub records: u64,
    /// Counts of labels and of values that were not understood. After an error it may
    /// cover only some of the records.
    pub summary: Summary,
    /// How the records compare with the baseline, if there is one.
    pub baseline: Option<Matched>,
    /// The number of baseline entries that were written. Keep the written file only if the
    /// check passed.
    pub written: Option<u64>,
    /// The lowest severity that fails the check.
    pub fail_on: Severity,
    /// The error that ended the check early, if any.
    pub error: Option<Error>,
}

impl Checked {
    /// True if there was no error and no finding that fails the check.
    pub fn passed(&self) -> bool {
        let [errors, warnings] = self.totals();
        let fails = match self.fail_on {
            Severity::Error => errors,
            Severity::Warning => errors + warnings,
        };
        self.error.is_none() && fails == 0
    }

    /// The total number of errors and of warnings.
    pub fn totals(&self) -> [u64; 2] {
        let counts = self.counts.values();
        counts.fold([0, 0], |[errors, warnings], [more, others]| {
            [errors + more, warnings + others]
        })
    }
}

/// Judges the records of `sources` and checks them against `expectations`. `opened` is
/// called for each input before its first record. Records that cannot be read go to
/// `rejects`, if given; else the first is an error.
///
/// Columns are settled once for all files; keys, unique values and shares cover all files.
/// Memory grows with the number of keys and unique values, not with the findings.
///
/// ```
/// use clientype::check::{Baseline, Code, Expectations, check};
/// use clientype::internals::engine::compile::Rules;
/// use clientype::internals::rulebook::Rulebook;
/// use clientype::internals::value::Own;
/// use clientype::internals::{Options, Source};
///
/// let as_of = jiff::civil::date(2026, 1, 31);
/// let rules = Rules::compile(Rulebook::documents()?, &Own::default(), as_of)?;
/// let expectations = Expectations {
///     expect: vec![("relationship".to_owned(), "Art".to_owned())],
///     ..Expectations::default()
/// };
/// let source = Source {
///     name: "export.csv".to_owned(),
///     reader: Box::new(&b"Vertrag,Laufzeit,Art\nja,3 Jahre,Kunde\nnein,,Kunde\n"[..]),
/// };
/// let (options, baseline) = (Options::default(), Baseline::None);
/// let sources = vec![source];
/// let checked = check(&rules, &options, &expectations, sources, baseline, None, &mut |_| {})?;
/// assert!(!checked.passed());
/// let finding = &checked.findings[0];
/// assert_eq!((finding.code, finding.line()), (Code::LabelDiffers, Some(2)));
/// assert_eq!((finding.found.as_deref(), finding.expected.to_string()), (Some("Kunde"), "Client".to_owned()));
/// # Ok::<(), clientype::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] if the expectations contradict each other or the rulebook. An error
/// while reading is in [`Checked::error`] instead, with everything found before it.
pub fn check(
    rules: &Rules,
    options: &Options,
    expectations: &Expectations,
    sources: Vec<Source<'_>>,
    baseline: Baseline<'_>,
    rejects: Option<&mut (dyn Write + Send)>,
    opened: &mut (dyn FnMut(&Opened<'_>) + Send),
) -> Result<Checked> {
    let mut checker = Checker::new(rules, options, expectations, baseline, opened)?;
    let options = Options {
        format: None,
        replace: true,
        details: false,
        strict: false,
        // A column that is missing is a finding.
        settling: match options.settling {
            Settling::Plan => Settling::LenientPlan,
            other => other,
        },
        ..options.clone()
    };
    let mut result = checker.begin();
    let mut summary = Summary::default();
    let mut aside = rejects.map(Aside::new);
    let rulebook = Rulebook { name: "", rules };
    let (sources, together) = together(&[rulebook], &options, sources)?;
    let options = Options {
        together,
        ..options
    };
    for source in sources {
        if result.is_err() {
            break;
        }
        let file = source.name.clone();
        let rejects = aside.as_mut().map(Aside::next);
        let fold = &mut checker;
        let (ended, of, _) = rows_aside(&[rulebook], &options, source, READING, fold, rejects);
        let ended = ended.and_then(|()| checker.close(of.records()));
        result = ended.map_err(|error| error.in_file(&file));
        summary.add(of);
    }
    if options.together.is_some() && summary.records() > 0 && result.is_ok() {
        let columns = Columns::new(rules, &options.overrides)?;
        let unmet = columns.stated_in_none(&summary.met);
        result = unmet.map_or(Ok(()), Err);
    }
    Ok(checker.end(summary, result.err()))
}

/// Where the unreadable records of several inputs go, each on its own line.
struct Aside<'a> {
    to: &'a mut (dyn Write + Send),
    /// What was written ends within a line, and the next input begins.
    is_within_line: bool,
    is_next: bool,
}

impl<'a> Aside<'a> {
    fn new(to: &'a mut (dyn Write + Send)) -> Self {
        Aside {
            to,
            is_within_line: false,
            is_next: false,
        }
    }

    /// For the records of the next input.
    fn next(&mut self) -> &mut (dyn Write + Send) {
        self.is_next = self.is_within_line;
        self
    }
}

impl Write for Aside<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(last) = bytes.last() else {
            return Ok(0);
        };
        if std::mem::take(&mut self.is_next) {
            self.to.write_all(b"\n")?;
        }
        self.to.write_all(bytes)?;
        self.is_within_line = !matches!(last, b'\n' | b'\r');
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The error that a setting is invalid or incomplete.
fn usage(setting: Setting, found: impl Into<Phrase>, expected: impl Into<Phrase>) -> Error {
    Error::about(setting, ErrorKind::Usage, found).expected(expected)
}
