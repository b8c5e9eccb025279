//! An export is held to what somebody asks of it.
//!
//! Owns what a check is: which records are looked at for what, and what comes of it. The
//! labels are those that [`classify`](crate::classify()) gives, and the evidence too.
//! Nothing here knows how findings are shown.

mod asked;
mod asks;
mod checker;
mod desk;
mod finding;
mod language;
mod share;

use std::collections::BTreeMap;
use std::io::Write;

pub use self::asked::{Asked, Limit};
use self::checker::Checker;
pub use self::finding::{Code, Finding, Level, Reason};
pub use self::language::Language;
pub use self::share::{Share, percent};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Result};
use crate::pipeline::{Heard, Opened, Options, Source, Summary, inspect};
pub use crate::rulebook::codes::Severity;

/// The number of the label of a record that has none, as verdicts number them.
const UNDETERMINED: u8 = 2;

/// What labels are compared with from one run to the next.
#[derive(Default)]
pub enum Against<'a> {
    /// Nothing.
    #[default]
    Nothing,
    /// The labels of an earlier run: a file in any format with the key's column and
    /// those of the labels, as `classify` names them.
    Baseline(Source<'a>),
    /// Nothing yet: those of this run are written, as CSV.
    Write {
        /// What the baseline is called.
        name: String,
        /// The delimiter, a character of ASCII.
        delimiter: u8,
        /// Where it is written.
        to: &'a mut (dyn Write + Send),
    },
}

/// Something that was asked for, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The flag that asks for it.
    pub flag: &'static str,
    /// What was asked for, in words.
    pub says: String,
    /// What was measured, if there is something to measure.
    pub measured: Option<String>,
    /// So many findings that are errors.
    pub errors: u64,
    /// And warnings.
    pub warnings: u64,
    /// And so many that are neither, since they are allowed.
    pub allowed: u64,
}

/// What became of the records that a baseline knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matched {
    /// The baseline.
    pub file: String,
    /// How many entries it has.
    pub entries: u64,
    /// How many records have the labels that it says.
    pub unchanged: u64,
    /// How many have others.
    pub changed: u64,
    /// How many it does not know.
    pub new: u64,
    /// How many of its entries have no record any more.
    pub stale: u64,
    /// The keys of the first of them, at most three.
    pub first_stale: Vec<String>,
}

/// What a check has come to.
#[derive(Debug)]
pub struct Checked {
    /// The files, as far as they were opened.
    pub files: Vec<String>,
    /// What was asked for.
    pub rules: Vec<Rule>,
    /// By code, how many findings are errors, and how many warnings.
    pub counts: BTreeMap<Code, [u64; 2]>,
    /// The findings that were kept: what is about all records, then in the order of the
    /// records.
    pub findings: Vec<Finding>,
    /// What else is to be known of how it was judged.
    pub notes: Vec<String>,
    /// How many records were looked at.
    pub records: u64,
    /// What happened, with labels and what was not understood. Where it could not be
    /// judged to its end, how far this goes is left open.
    pub summary: Summary,
    /// What became of the records that a baseline knows, if there was one.
    pub baseline: Option<Matched>,
    /// How many entries of a baseline were written, if it passed: whoever asked for it
    /// keeps it only then.
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

/// Judges the records of `sources`, and holds them to what is `asked`. `opened` is told
/// of each input before its first record.
///
/// Each file has its own columns; keys, unique values and shares go over all of them.
/// Memory grows with the keys that are remembered and not with the findings.
///
/// ```
/// use clientype::check::{Against, Asked, Code, check};
/// use clientype::engine::compile::Rules;
/// use clientype::rulebook::Rulebook;
/// use clientype::value::Own;
/// use clientype::{Options, Source};
///
/// let as_of = jiff::civil::date(2026, 1, 31);
/// let rules = Rules::compile(Rulebook::documents()?, &Own::default(), as_of)?;
/// let asked = Asked {
///     expect: vec![("relationship".to_owned(), "Art".to_owned())],
///     ..Asked::default()
/// };
/// let source = Source {
///     name: "export.csv".to_owned(),
///     reader: Box::new(&b"Vertrag,Laufzeit,Art\nja,3 Jahre,Kunde\nnein,,Kunde\n"[..]),
/// };
/// let (options, against) = (Options::default(), Against::Nothing);
/// let checked = check(&rules, &options, &asked, vec![source], against, &mut |_| {})?;
/// assert!(!checked.passed());
/// let finding = &checked.findings[0];
/// assert_eq!((finding.code, finding.line()), (Code::LabelDiffers, Some(2)));
/// assert_eq!((finding.found.as_deref(), finding.expected.as_str()), (Some("Kunde"), "Client"));
/// # Ok::<(), clientype::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] where what is asked contradicts itself or the rulebook. What
/// ends the run itself is in [`Checked::error`], with all that was found before.
pub fn check(
    rules: &Rules,
    options: &Options,
    asked: &Asked,
    sources: Vec<Source<'_>>,
    against: Against<'_>,
    opened: &mut (dyn FnMut(&Opened<'_>) + Send),
) -> Result<Checked> {
    let mut checker = Checker::new(rules, asked, against, opened)?;
    let options = Options {
        format: None,
        replace: true,
        details: false,
        strict: false,
        ..options.clone()
    };
    let mut result = checker.begin();
    let mut summary = Summary::default();
    let watched = checker.watched();
    let values = checker.needs_values();
    for source in sources {
        if result.is_err() {
            break;
        }
        let heard = Heard {
            columns: &watched,
            values,
            unjudged: false,
        };
        let (told, of) = inspect(rules, &options, source, heard, &mut checker);
        result = told;
        summary.add(of);
    }
    Ok(checker.end(asked, summary, result.err()))
}

/// What is asked contradicts itself.
fn usage(found: impl Into<Phrase>, expected: impl Into<Phrase>) -> Error {
    Error::new(ErrorKind::Usage, found).expected(expected)
}
