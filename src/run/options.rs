//! The options and the results of a run.
//!
//! Owns the interface between a caller and the pipeline.

use std::collections::BTreeSet;
use std::io::Read;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::evidence::{Evidence, EvidenceCounts};
use super::furniture::Furnished;
use super::tally::{Census, Tally};
use super::together::Together;
use crate::columns::{Columns, Feed, Mapping, Override};
use crate::engine::compile::Rules;
use crate::input::{Format, Layout, Origin};
use crate::value::DateOrder;

/// One input: its name for messages, and its bytes.
pub struct Source<'i> {
    /// The name of the file, or `<stdin>`.
    pub name: String,
    /// Where the bytes come from.
    pub reader: Box<dyn Read + Send + 'i>,
}

/// The user's options for a run.
#[derive(Debug, Clone)]
pub struct Options {
    /// How the inputs are laid out.
    pub layout: Layout,
    /// The format of the output; that of the first input by default.
    pub format: Option<Format>,
    /// Which columns feed which criteria, as far as the user states it.
    pub overrides: Vec<Override>,
    /// The order of numeric dates of all columns, if it is stated.
    pub date_order: Option<DateOrder>,
    /// Adds the details of each label.
    pub details: bool,
    /// The prefix of the names of added fields.
    pub prefix: String,
    /// Overwrites fields that have the name of an added one.
    pub replace: bool,
    /// Writes an apostrophe before cells that look like formulas, where records are
    /// converted to CSV or TSV; elsewhere it is an error.
    pub escape_formulas: bool,
    /// Makes a value that is not understood an error.
    pub strict: bool,
    /// The greatest width of a table; unlimited by default.
    pub table_width: Option<usize>,
    /// The number of threads, at most 64; by default one for each core, at most 8. The
    /// output does not depend on it. With several threads, a fault is reported only
    /// after a read in progress on another thread returns.
    pub threads: Option<NonZero<usize>>,
    /// Counts how labels combine and how often each criterion is known:
    /// [`Summary::census`].
    pub census: bool,
    /// A counter of the records written, for a progress display.
    pub records: Option<Arc<AtomicU64>>,
    /// How many bytes are read and labelled at a time, if no record is longer. The
    /// output does not depend on it.
    pub batch: usize,
    /// By rulebook, what is known of relationships besides their records; empty for
    /// nothing.
    pub evidence: Vec<Arc<Evidence>>,
    /// Every record is about a buyer: none is a total, a footer or the header again.
    pub no_totals: bool,
    /// Whether what is stated is all that is read.
    pub settling: Settling,
    /// What the beginnings of several inputs show together, if it is known.
    pub together: Option<Arc<Together>>,
}

/// How it is settled what the columns of an input feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Settling {
    /// By what is stated, and where that leaves it open by names and first values.
    #[default]
    Looking,
    /// By what is stated alone: a plan. A column that CSV lacks is an error.
    Plan,
    /// The same, but a column that CSV lacks is empty.
    LenientPlan,
}

impl Settling {
    /// True if nothing is decided by looking.
    pub fn is_frozen(self) -> bool {
        self != Settling::Looking
    }
}

impl Options {
    /// The same options for reading only, by one thread, skipping records that cannot
    /// be read.
    pub(crate) fn reading_only(&self) -> Self {
        Options {
            format: None,
            replace: true,
            details: false,
            strict: false,
            escape_formulas: false,
            census: false,
            threads: NonZero::new(1),
            ..self.clone()
        }
    }
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
            escape_formulas: false,
            strict: false,
            table_width: None,
            threads: None,
            census: false,
            records: None,
            batch: 256 * 1024,
            evidence: Vec::new(),
            no_totals: false,
            settling: Settling::Looking,
            together: None,
        }
    }
}

/// An input whose columns are decided, before its records are processed.
#[derive(Debug)]
pub struct Opened<'o> {
    /// The file.
    pub file: &'o str,
    /// What it was before it became UTF-8 text.
    pub origin: &'o Origin,
    /// Its format.
    pub format: Format,
    /// Its delimiter, if it is CSV or TSV.
    pub delimiter: Option<u8>,
    /// Its records are objects under the keys of another.
    pub is_keyed: bool,
    /// Its columns, as far as its beginning shows them.
    pub names: &'o [String],
    /// Their first values, for a fold; else none.
    pub(crate) values: &'o [Vec<String>],
    /// There are action lines between its records.
    pub(crate) is_bulk: bool,
    /// How many columns CSV has, if the header has fewer, or if there is none.
    pub(crate) fields: Option<usize>,
    /// Its records end with a delimiter that the header does not have.
    pub(crate) ends_with_delimiter: bool,
    /// What they feed; by the first rulebook, if there are several.
    pub mapping: &'o Mapping,
    /// The same for each rulebook.
    pub(crate) mappings: &'o [Mapping],
    /// What decided that, for each.
    pub(crate) columns: &'o [Columns<'o>],
    /// There are no other columns.
    pub(crate) is_complete: bool,
    /// Columns that other inputs settle, and that this one alone would not read as they do:
    /// the column, and what it feeds by itself, if anything.
    pub(crate) otherwise: &'o [(String, Option<Feed>)],
}

impl Opened<'_> {
    /// By criterion: whether a column may feed it. Only for CSV all columns are known;
    /// a key that turns up later may feed any criterion.
    pub(crate) fn may_feed(&self, rules: &Rules) -> Vec<bool> {
        let criteria = rules.rulebook().criteria.len();
        match self.delimiter {
            Some(_) => self.mapping.fed(criteria),
            None => vec![true; criteria],
        }
    }
}

/// The results of a run.
#[derive(Debug, Default)]
pub struct Summary {
    /// By rulebook.
    pub(crate) tallies: Vec<Tally>,
    /// Records that were set aside.
    pub rejected: u64,
    /// Action lines of Elasticsearch's bulk format: copied, or left out if records are
    /// converted.
    pub actions: u64,
    /// Short records that were filled up with empty fields.
    pub padded: u64,
    /// Records that are not about a buyer: totals, footers, the header again. They are
    /// neither records labelled nor counted otherwise.
    pub furnished: Furnished,
    /// The number of inputs.
    pub(crate) files: usize,
    /// Columns that no record of the sample had: the criterion, the column, and the
    /// file and record in which it first occurred.
    pub late: Vec<(usize, String, String, u64)>,
    /// Such columns that were not used, since another one feeds the criterion.
    pub ignored: Vec<(usize, String, String, u64)>,
    /// Such columns that may be about the criterion, or beside which others may be read
    /// otherwise.
    pub unclear: Vec<(usize, String, String, u64)>,
    /// By input: the columns of its plan that no record has.
    pub(crate) unseen: Vec<(String, Vec<String>)>,
    /// Of several inputs, the columns that the user named and that some input has.
    pub(crate) met: BTreeSet<String>,
    /// Columns that did not fit into the table.
    pub left_out: usize,
    /// True if the output ends within a line.
    pub ends_within_line: bool,
}

impl Summary {
    /// Adds later counts, by rulebook.
    pub(crate) fn add_tallies(&mut self, later: &[Tally]) {
        let rulebooks = self.tallies.len().max(later.len());
        self.tallies.resize_with(rulebooks, Tally::default);
        for (tally, later) in self.tallies.iter_mut().zip(later) {
            tally.add(later);
        }
    }

    fn tally(&self) -> Option<&Tally> {
        self.tallies.first()
    }

    /// Adds the results of a later run.
    pub(crate) fn add(&mut self, later: Summary) {
        self.add_tallies(&later.tallies);
        self.rejected += later.rejected;
        self.actions += later.actions;
        self.padded += later.padded;
        self.files += later.files;
        self.furnished.add(later.furnished);
        self.late.extend(later.late);
        self.ignored.extend(later.ignored);
        self.unclear.extend(later.unclear);
        self.unseen.extend(later.unseen);
        self.met.extend(later.met);
        self.left_out += later.left_out;
        self.ends_within_line = later.ends_within_line;
    }

    /// Records labelled.
    pub fn records(&self) -> u64 {
        self.tally().map_or(0, |tally| tally.records)
    }

    /// How often each label of a scorecard was given; 0, 1 and 2 as in
    /// [`CardVerdict::label`](crate::engine::evaluate::CardVerdict::label).
    pub fn labels(&self, scorecard: usize) -> [u64; 3] {
        let labels = self.tally().and_then(|tally| tally.labels.get(scorecard));
        labels.copied().unwrap_or_default()
    }

    /// How records and evidence from elsewhere come together.
    pub(crate) fn evidence(&self) -> Option<&EvidenceCounts> {
        self.tally()?.evidence.as_deref()
    }

    /// How labels combine and how often each criterion is known, if that was requested.
    pub fn census(&self) -> Option<&Census> {
        self.tally()?.census.as_deref()
    }

    /// The texts of a criterion that were not understood, most frequent first, and the
    /// number of further ones that were too many to list.
    pub fn not_understood(&self, criterion: usize) -> (Vec<(&str, u64)>, u64) {
        let unread = self.tally().and_then(|tally| tally.unread.get(criterion));
        unread.map_or((Vec::new(), 0), |unread| (unread.ranked(), unread.others))
    }
}
