//! Compares two rulebooks on the same records: which labels change, and what tipped each.
//!
//! Owns the comparison as a fold over rows that both have judged. The engine finds the
//! delta of one record.

mod changed;

use self::changed::Groups;
pub use self::changed::{Changed, Compared, Crossing, Group, Settled};
use crate::engine::compile::Rules;
use crate::engine::delta::Pair;
use crate::engine::evaluate::Evaluation;
use crate::error::{Error, Place, Result};
use crate::run::{Fold, Need, Opened, Options, Reading, Row, Rulebook, Source, Wanted, rows};

/// The number of bytes that are judged at a time. It is small, since the evaluations of
/// many short records take more memory than their bytes.
const BATCH: usize = 32 * 1024;

/// Judges each record of an input by two rulebooks, and reports each record to which a
/// scorecard of both gives another label: in the order of the records, and for each in
/// that of the new rulebook's scorecards. Scorecards are the same if they have the
/// same name, and so are labels and criteria.
///
/// A record is judged as by [`Labeler`](crate::Labeler) with the same options; those for
/// output and strictness are ignored. Records that cannot be read are skipped, if possible.
/// Memory does not grow with the input.
///
/// ```
/// use clientype::internals::engine::compile::Rules;
/// use clientype::internals::engine::delta::Cause;
/// use clientype::internals::rulebook::{DOCUMENTS, Rulebook};
/// use clientype::internals::value::Own;
/// use clientype::internals::{Options, Source, compare};
///
/// let as_of = jiff::civil::date(2026, 1, 31);
/// let rules = |text: &str| Rules::compile(Rulebook::parse(text)?, &Own::default(), as_of);
/// let old = rules(DOCUMENTS)?;
/// let new = rules(&DOCUMENTS.replace("at_least = 3", "at_least = 6"))?;
/// let source = Source {
///     name: "export.csv".to_owned(),
///     reader: Box::new(&b"contract,duration\nyes,3 years\nyes,\nno,\n"[..]),
/// };
/// let mut lines = Vec::new();
/// let compared = compare(&old, &new, &Options::default(), source, &mut |changed| {
///     lines.push(changed.place.line);
///     let delta = &changed.delta;
///     assert_eq!((delta.before.label(), delta.after.label()), ("Client", "Undetermined"));
///     assert_eq!(delta.cause, Some(Cause::Bands));
///     Ok(())
/// })?;
/// assert_eq!(lines, [Some(2), Some(3)]);
/// assert_eq!((compared.records, compared.groups[0].records), (3, 2));
/// # Ok::<(), clientype::Error>(())
/// ```
///
/// # Errors
///
/// The errors of labelling; if only one of the rulebooks has one, the error names it as
/// `OLD` or `NEW`. [`ErrorKind::Input`](crate::ErrorKind::Input) if the two do not find the
/// same records, since the rulebook affects where the records of a JSON document are found.
/// The errors of `on_change`.
pub fn compare<'r>(
    old: &'r Rules,
    new: &'r Rules,
    options: &Options,
    source: Source<'_>,
    on_change: &mut (dyn FnMut(&Changed<'r>) -> Result<()> + Send),
) -> Result<Compared<'r>> {
    let options = Options {
        batch: options.batch.min(BATCH),
        threads: options.threads,
        ..options.reading_only()
    };
    let reading = Reading {
        is_judged: true,
        passes_over: true,
        only: None,
    };
    let rulebooks = [("OLD", old), ("NEW", new)];
    let rulebooks = rulebooks.map(|(name, rules)| Rulebook { name, rules });
    let mut comparison = Comparison::new(old, new, on_change);
    let (result, summary, late) = rows(&rulebooks, &options, source, reading, &mut comparison);
    if let Some(error) = comparison.error {
        return Err(error);
    }
    result?;
    let (groups, ungrouped) = comparison.groups.ranked();
    let mut settled = comparison.settled;
    for one in late.into_iter().filter(|one| one.is_used) {
        let settled = &mut settled[one.judging];
        settled.late.push((one.criterion, one.column, one.record));
    }
    Ok(Compared {
        rejected: summary.rejected,
        groups,
        ungrouped,
        settled,
        ..comparison.compared
    })
}

/// A comparison in progress.
struct Comparison<'r, 't> {
    pairs: Vec<Pair<'r>>,
    /// By pair: which labels before and after are the same.
    same: Vec<[[bool; 3]; 3]>,
    groups: Groups<'r>,
    compared: Compared<'r>,
    /// What columns feed, by either rulebook.
    settled: [Settled; 2],
    on_change: &'t mut (dyn FnMut(&Changed<'r>) -> Result<()> + Send),
    /// The error of `on_change` that ended it.
    error: Option<Error>,
}

impl<'r, 't> Comparison<'r, 't> {
    fn new(
        old: &'r Rules,
        new: &'r Rules,
        on_change: &'t mut (dyn FnMut(&Changed<'r>) -> Result<()> + Send),
    ) -> Self {
        let pairs = Pair::all(old.rulebook(), new.rulebook());
        let lonely = |rules: &'r Rules| -> Vec<&'r str> {
            let names = rules.rulebook().scorecards.iter();
            let names = names.map(|card| card.name.as_str());
            let is_lonely = |name: &&str| pairs.iter().all(|pair| pair.name != *name);
            names.filter(is_lonely).collect()
        };
        let crossing = |pair: &Pair<'r>| Crossing {
            scorecard: pair.name,
            before: pair.before.bands.labels,
            after: pair.after.bands.labels,
            records: [[0; 3]; 3],
        };
        Comparison {
            same: pairs.iter().map(Pair::same).collect(),
            groups: Groups::default(),
            settled: [Settled::default(), Settled::default()],
            on_change,
            error: None,
            compared: Compared {
                scorecards: pairs.iter().map(crossing).collect(),
                only_before: lonely(old),
                only_after: lonely(new),
                ..Compared::default()
            },
            pairs,
        }
    }

    /// Counts the labels of a row; returns whether any changed.
    #[inline]
    fn count(&mut self, before: &[u8], after: &[u8]) -> bool {
        let mut is_changed = false;
        let crossings = self.compared.scorecards.iter_mut();
        for ((pair, same), crossing) in self.pairs.iter().zip(&self.same).zip(crossings) {
            let from = usize::from(before[pair.before.place]);
            let to = usize::from(after[pair.after.place]);
            crossing.records[from][to] += 1;
            is_changed |= !same[from][to];
        }
        is_changed
    }

    /// Reports the changed labels of the record at `place`.
    fn report(&mut self, place: &Place, [earlier, later]: [&Evaluation; 2]) -> Result<()> {
        for pair in &self.pairs {
            if pair.before.standing(earlier).label() == pair.after.standing(later).label() {
                continue;
            }
            let changed = Changed {
                place: place.clone(),
                delta: pair.delta(earlier, later),
            };
            self.groups.add(&changed);
            (self.on_change)(&changed)?;
        }
        Ok(())
    }
}

impl Fold for Comparison<'_, '_> {
    fn open(&mut self, input: &Opened<'_>) -> Result<Wanted> {
        for (settled, mapping) in self.settled.iter_mut().zip(input.mappings) {
            settled.names = input.names.to_vec();
            settled.mapping = mapping.clone();
        }
        Ok(Wanted::default())
    }

    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        self.compared.records += 1;
        if !self.count(row.labels(0), row.labels(1)) {
            return Ok(());
        }
        let before = row.evaluation(0).clone();
        let place = row.place();
        let reported = self.report(&place, [&before, row.evaluation(1)]);
        self.error = reported.err();
        Ok(())
    }

    fn need(&self) -> Need {
        match self.error {
            Some(_) => Need::None,
            None => Need::More,
        }
    }
}
