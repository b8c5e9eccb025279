//! Two rulebooks on the same records: which labels change, and what tipped each.
//!
//! Owns how the two go side by side, each on a thread of its own, and that they see
//! the same records. What differs for one record is found by
//! [`rules`](crate::rulebook), from what it was read as.

use super::changed::{Changed, Compared, Crossing, Groups};
use super::side::Side;
use super::{Options, Source};
use crate::engine::compile::Rules;
use crate::engine::delta::Pair;
use crate::engine::evaluate::Evaluation;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::judge::Entry;

/// Reads the same input by two rulebooks, and tells of each record to which a
/// scorecard of both gives another label: in the order of the records, and for each in
/// that of the new rulebook's scorecards. Scorecards are the same if they have the
/// same name, and so are labels and criteria.
///
/// `sources` are two readers of that input. A record is judged as
/// [`classify`](super::classify()) with the same options would judge it; what these say
/// of the output, of threads and of strictness does not count. Records that cannot be
/// read are passed over, if that can be done. Memory does not grow with the input.
///
/// ```
/// use clientype::engine::compile::Rules;
/// use clientype::engine::delta::Cause;
/// use clientype::rulebook::{DOCUMENTS, Rulebook};
/// use clientype::value::Own;
/// use clientype::{Options, Source, compare};
///
/// let as_of = jiff::civil::date(2026, 1, 31);
/// let rules = |text: &str| Rules::compile(Rulebook::parse(text)?, &Own::default(), as_of);
/// let old = rules(DOCUMENTS)?;
/// let new = rules(&DOCUMENTS.replace("at_least = 3", "at_least = 6"))?;
/// let source = || Source {
///     name: "export.csv".to_owned(),
///     reader: Box::new(&b"contract,duration\nyes,3 years\nyes,\nno,\n"[..]),
/// };
/// let mut lines = Vec::new();
/// let compared = compare(&old, &new, &Options::default(), [source(), source()], &mut |changed| {
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
/// What ends a run of `classify`; if it does so by one of the rulebooks only, the error
/// says whether it is `OLD` or `NEW`. [`ErrorKind::Input`] if the two do not see the
/// same records, since a rulebook has a say in where the records of a JSON document
/// are. What `tell` returns.
pub fn compare<'r>(
    old: &'r Rules,
    new: &'r Rules,
    options: &Options,
    sources: [Source<'_>; 2],
    tell: &mut dyn FnMut(&Changed<'r>) -> Result<()>,
) -> Result<Compared<'r>> {
    let [earlier, later] = sources;
    // Each record is there twice, and counts once.
    let uncounted = Options {
        records: None,
        ..options.clone()
    };
    std::thread::scope(|scope| {
        let mut before = Side::start(scope, "OLD", old, options, earlier)?;
        let mut after = Side::start(scope, "NEW", new, &uncounted, later)?;
        let mut comparison = Comparison::new(old, new);
        loop {
            let places = (before.wait(), after.wait());
            if places.0 != places.1 {
                return Err(apart(before, after));
            }
            if places.0.is_none() {
                return comparison.end(before, after);
            }
            comparison.take(&mut before, &mut after, tell)?;
            before.pass();
            after.pass();
        }
    })
}

/// A comparison under way.
struct Comparison<'r> {
    pairs: Vec<Pair<'r>>,
    /// By pair: which labels before and after are the same.
    same: Vec<[[bool; 3]; 3]>,
    groups: Groups<'r>,
    compared: Compared<'r>,
}

impl<'r> Comparison<'r> {
    fn new(old: &'r Rules, new: &'r Rules) -> Self {
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
            compared: Compared {
                scorecards: pairs.iter().map(crossing).collect(),
                only_before: lonely(old),
                only_after: lonely(new),
                ..Compared::default()
            },
            pairs,
        }
    }

    /// Compares the record at hand.
    #[inline]
    fn take(
        &mut self,
        before: &mut Side<'r>,
        after: &mut Side<'r>,
        tell: &mut dyn FnMut(&Changed<'r>) -> Result<()>,
    ) -> Result<()> {
        let (Some(earlier), Some(later)) = (before.entry(), after.entry()) else {
            return Ok(());
        };
        self.compared.records += 1;
        if !self.count(earlier, later) {
            return Ok(());
        }
        before.evaluate();
        after.evaluate();
        let place = after.place();
        self.tell(&place, [&before.evaluation, &after.evaluation], tell)
    }

    /// Counts the labels of a record, and says whether any changed.
    #[inline]
    fn count(&mut self, before: Entry<'_>, after: Entry<'_>) -> bool {
        let mut is_changed = false;
        let crossings = self.compared.scorecards.iter_mut();
        for ((pair, same), crossing) in self.pairs.iter().zip(&self.same).zip(crossings) {
            let from = usize::from(before.labels[pair.before.place]);
            let to = usize::from(after.labels[pair.after.place]);
            crossing.records[from][to] += 1;
            is_changed |= !same[from][to];
        }
        is_changed
    }

    /// Tells of the record at `place`, which was evaluated so.
    fn tell(
        &mut self,
        place: &Place,
        [earlier, later]: [&Evaluation; 2],
        tell: &mut dyn FnMut(&Changed<'r>) -> Result<()>,
    ) -> Result<()> {
        for pair in &self.pairs {
            if pair.before.standing(earlier).label() == pair.after.standing(later).label() {
                continue;
            }
            let changed = Changed {
                place: place.clone(),
                delta: pair.delta(earlier, later),
            };
            self.groups.add(&changed);
            tell(&changed)?;
        }
        Ok(())
    }

    /// Ends where both sides have told all their records.
    fn end(self, mut before: Side<'_>, mut after: Side<'_>) -> Result<Compared<'r>> {
        let (earlier, later) = match (before.end(), after.end()) {
            (Ok(earlier), Ok(later)) => (earlier, later),
            // What is wrong with the input is no rulebook's fault.
            (Err(error), Err(other)) if error.to_string() == other.to_string() => {
                return Err(error);
            }
            (Err(error), _) => return Err(error.by_rulebook(before.which())),
            (_, Err(error)) => return Err(error.by_rulebook(after.which())),
        };
        let ((rejected, earlier), (others, later)) = (earlier, later);
        if rejected != others {
            let [old, new] = [before.which(), after.which()];
            let how = format!("{old} passes over {rejected} and {new} over {others}");
            return Err(differ(&how, after.file()));
        }
        let (groups, ungrouped) = self.groups.ranked();
        Ok(Compared {
            rejected,
            groups,
            ungrouped,
            settled: [earlier, later],
            ..self.compared
        })
    }
}

/// The error that the two sides are not at the same record.
fn apart<'r>(mut before: Side<'r>, mut after: Side<'r>) -> Error {
    let mut places = Vec::new();
    for side in [&mut before, &mut after] {
        let which = side.which();
        if side.wait().is_some() {
            let place = Place {
                file: None,
                ..side.place()
            };
            places.push(format!("{which} finds the next at {place}"));
        } else if let Err(error) = side.end() {
            return error.by_rulebook(which);
        } else {
            places.push(format!("{which} finds no more"));
        }
    }
    differ(&places.join(" and "), after.file())
}

fn differ(how: &str, file: &str) -> Error {
    let found = format!("the rulebooks do not find the same records: {how}");
    Error::new(ErrorKind::Input, found)
        .expected("records that are in the same places by both")
        .advice("give the records alone, as one array or with one on each line")
        .in_file(file)
}
