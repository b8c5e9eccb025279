//! An export is held to expectations.
//!
//! Owns what a check is: which expectations there are, and what comes of each. The labels
//! and the evidence are those of [`Labeler`](crate::Labeler). Knows no flag, and not
//! how findings are shown.

mod checker;
mod context;
mod expectations;
mod finding;
mod language;
mod share;
mod watch;

use std::collections::BTreeMap;
use std::io::Write;

use self::checker::Checker;
pub use self::expectations::{Expectations, Limit};
pub use self::finding::{Code, Finding, Level, Reason};
pub use self::language::Language;
pub use self::share::{Share, percent};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
pub use crate::rulebook::codes::Severity;
use crate::run::{Opened, Options, Reading, Row, Rulebook, Source, Summary, rows};
use serde::Serialize;

/// The number of the label of a record that has none, as verdicts number them.
const UNDETERMINED: u8 = 2;

/// All records are read and judged.
const READING: Reading = Reading {
    is_judged: true,
    passes_over: false,
    only: None,
};

/// What labels are compared with from one run to the next.
#[derive(Default)]
pub enum Baseline<'a> {
    /// Nothing.
    #[default]
    None,
    /// The labels of an earlier run: a file in any format with the key's column and
    /// those of the labels, as `classify` names them.
    Compare(Source<'a>),
    /// Nothing; the labels of this run are written, as CSV.
    Write {
        /// What the baseline is called.
        name: String,
        /// The delimiter, a character of ASCII.
        delimiter: u8,
        /// Where it is written.
        to: &'a mut (dyn Write + Send),
    },
}

/// An expectation, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The option that states it.
    pub setting: Setting,
    /// What was expected, in words.
    pub says: String,
    /// What was measured, if there is something to measure.
    pub measured: Option<String>,
    /// The number of findings that are errors.
    pub errors: u64,
    /// The number of findings that are warnings.
    pub warnings: u64,
    /// The number of findings that are neither, since they are allowed.
    pub allowed: u64,
}

/// How the records matched a baseline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// The baseline.
    pub file: String,
    /// The number of its entries.
    pub entries: u64,
    /// The number of records that have its labels.
    pub unchanged: u64,
    /// The number of records that have others.
    pub changed: u64,
    /// The number of records that it does not have.
    pub new: u64,
    /// The number of its entries whose records have gone.
    pub stale: u64,
    /// The keys of the first of those, at most three.
    pub first_stale: Vec<String>,
}

/// The outcome of a check.
#[derive(Debug, Default)]
pub struct Checked {
    /// The files, as far as they were opened.
    pub files: Vec<String>,
    /// What was expected.
    pub rules: Vec<Rule>,
    /// By code, how many findings are errors, and how many warnings.
    pub counts: BTreeMap<Code, [u64; 2]>,
    /// The findings that were kept: what is about all records, then in the order of the
    /// records.
    pub findings: Vec<Finding>,
    /// Remarks on how it was judged.
    pub notes: Vec<Phrase>,
    /// The number of records that were looked at.
    pub records: u64,
    /// What happened, with labels and what was not understood. Where it could not be
    /// judged to its end, how far this goes is left open.
    pub summary: Summary,
    /// How the records matched the baseline, if there was one.
    pub baseline: Option<Matched>,
    /// The number of entries of a baseline that were written. They are to be kept only
    /// where the check passed.
    pub written: Option<u64>,
    /// From which severity on a finding fails the check.
    pub fail_on: Severity,
    /// Why it could not be judged, if so.
    pub error: Option<Error>,
}

impl Checked {
    /// True if all was judged, and nothing was found that fails it.
    pub fn passed(&self) -> bool {
        let [errors, warnings] = self.totals();
        let fails = match self.fail_on {
            Severity::Error => errors,
            Severity::Warning => errors + warnings,
        };
        self.error.is_none() && fails == 0
    }

    /// How many findings are errors, and how many warnings.
    pub fn totals(&self) -> [u64; 2] {
        let counts = self.counts.values();
        counts.fold([0, 0], |[errors, warnings], [more, others]| {
            [errors + more, warnings + others]
        })
    }
}

/// Judges the records of `sources`, and holds them to `expectations`. `opened` sees each
/// input before its first record.
///
/// Each file has its own columns; keys, unique values and shares go over all of them.
/// Memory grows with the keys that are remembered and not with the findings.
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
/// let checked = check(&rules, &options, &expectations, vec![source], baseline, &mut |_| {})?;
/// assert!(!checked.passed());
/// let finding = &checked.findings[0];
/// assert_eq!((finding.code, finding.line()), (Code::LabelDiffers, Some(2)));
/// assert_eq!((finding.found.as_deref(), finding.expected.to_string()), (Some("Kunde"), "Client".to_owned()));
/// # Ok::<(), clientype::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] where the expectations contradict themselves or the rulebook. What
/// ends the run itself is in [`Checked::error`], with all that was found before.
pub fn check(
    rules: &Rules,
    options: &Options,
    expectations: &Expectations,
    sources: Vec<Source<'_>>,
    baseline: Baseline<'_>,
    opened: &mut (dyn FnMut(&Opened<'_>) + Send),
) -> Result<Checked> {
    let mut checker = Checker::new(rules, expectations, baseline, opened)?;
    let options = Options {
        format: None,
        replace: true,
        details: false,
        strict: false,
        ..options.clone()
    };
    let mut result = checker.begin();
    let mut summary = Summary::default();
    for source in sources {
        if result.is_err() {
            break;
        }
        let (file, rulebook) = (source.name.clone(), Rulebook { name: "", rules });
        let (ended, of, _) = rows(&[rulebook], &options, source, READING, &mut checker);
        let ended = ended.and_then(|()| checker.close(of.records()));
        result = ended.map_err(|error| error.in_file(&file));
        summary.add(of);
    }
    Ok(checker.end(summary, result.err()))
}

/// The error that a setting contradicts others or lacks something.
fn usage(setting: Setting, found: impl Into<Phrase>, expected: impl Into<Phrase>) -> Error {
    Error::about(setting, ErrorKind::Usage, found).expected(expected)
}
