//! Single records, on request, with all their evidence.
//!
//! Owns the two ways to such a record: it is searched for among the rows of an input,
//! or given in words. Both are judged like any other record.

mod case;
mod condition;
mod provenance;

use std::num::NonZero;

use crate::columns::{Columns, Feed, LateMeaning, Mapping, Parts, Why, not_there, places};
use crate::engine::compile::Rules;
use crate::engine::evaluate::Keep;
use crate::error::{Error, ErrorKind, Help, Result, Setting};
use crate::format::sampled;
use crate::lexicon::normalize::header_key;
use crate::run::evidence::{Evidence, NO_KEY};
use crate::run::judging::Judging;
use crate::run::{
    Fold, LateTexts, Need, Opened, Options, Reading, Row, Rulebook, Source, Wanted, rows,
};
use crate::text::quoted;

pub use self::case::{Case, Fact, FactSource, Filter, Ground, Selection, Unused};
use self::condition::Condition;

/// The number of bytes that are searched at a time.
const BATCH: usize = 16 * 1024;
/// How many columns are known, including those that turn up late.
const MOST_COLUMNS: u32 = 10_000;

/// The result of a search.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// How many records were reported.
    pub found: usize,
    /// There is at least one more than requested.
    pub more: bool,
    /// How many records were read, including those that could not be or that are not about
    /// a buyer.
    pub records: u64,
    /// How many of them could not be read, and were skipped.
    pub rejected: u64,
    /// A text that differs only in case from the requested one, if no record has the
    /// exact text.
    pub near: Option<String>,
}

/// Searches `source` for records and passes each to `tell` as it is found. Reading ends
/// with the last record that is requested; memory does not grow with the input.
///
/// A record is judged as [`Labeler`](crate::Labeler) with the same options would judge
/// it; options for the output, threads and strictness are ignored. Records that cannot
/// be read are skipped where possible, but not the one requested by its number. With
/// conditions, reading ends with the first record beyond the requested number.
///
/// # Errors
///
/// Those of `classify`, up to the last record that is requested; [`ErrorKind::Columns`]
/// for a condition on a column that does not exist; errors that `tell` returns. If
/// there is no such record, that is not an error.
pub fn lookup(
    rules: &Rules,
    options: &Options,
    asked: &Selection,
    source: Source<'_>,
    tell: &mut (dyn FnMut(Case) -> Result<()> + Send),
) -> Result<Looked> {
    let options = Options {
        // All rows of a batch are held until they are shown.
        batch: options.batch.min(BATCH),
        ..options.reading_only()
    };
    let name = source.name.clone();
    let (only, filters, limit) = match asked {
        Selection::Record(number) => (Some(*number), &[][..], usize::MAX),
        Selection::Where(filters, limit) => (None, &filters[..], *limit),
    };
    let mut finder = Finder {
        rules,
        only,
        filters,
        limit,
        tell,
        judging: None,
        columns: Vec::new(),
        conditions: Vec::new(),
        parts: Parts::default(),
        first_late: 0,
        off: Vec::new(),
        evidence: options.evidence.first().map(|one| &**one),
        found: 0,
        near: None,
        alike: None,
    };
    let reading = Reading {
        is_judged: true,
        passes_over: true,
        only,
    };
    let rulebook = Rulebook { name: "", rules };
    let (result, summary, _) = rows(&[rulebook], &options, source, reading, &mut finder);
    result?;
    let unmet = finder.conditions.iter().find(|condition| !condition.is_met);
    if let (Some(condition), 0) = (unmet, finder.found) {
        let column = quoted(&condition.column);
        let found = format!("names the column {column}, which no record has");
        let error = Error::about(Setting::Where, ErrorKind::Columns, found)
            .expected("a column of the input, spelled as in the input")
            .in_file(&name);
        return Err(match &finder.alike {
            Some(alike) => error.help(Help::did_you_mean(alike)),
            None => error,
        });
    }
    Ok(Looked {
        found: finder.found.min(limit),
        more: finder.found > limit,
        records: summary.records() + summary.rejected + summary.furnished.count(),
        rejected: summary.rejected,
        near: finder.near,
    })
}

/// Judges a record that is not in a file: `words` are criteria, or names of columns,
/// with their values.
///
/// ```
/// use clientype::internals::engine::compile::Rules;
/// use clientype::internals::rulebook::Rulebook;
/// use clientype::internals::value::Own;
/// use clientype::internals::{Options, case_of};
///
/// let as_of = jiff::civil::date(2026, 1, 31);
/// let rules = Rules::compile(Rulebook::documents()?, &Own::default(), as_of)?;
/// let words = [("Vertrag", "ja"), ("duration", "3y")];
/// let case = case_of(&rules, &Options::default(), &words)?;
/// assert_eq!(rules.label(0, case.evaluation.verdicts[0].label), "Client");
/// assert_eq!(case.facts[0].column, "Vertrag");
/// # Ok::<(), clientype::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Columns`] if a name does not feed a criterion, or if two names for the
/// same criterion contradict each other. Values that are not understood are not an
/// error.
pub fn case_of<K: AsRef<str>, V: AsRef<str>>(
    rules: &Rules,
    options: &Options,
    words: &[(K, V)],
) -> Result<Case> {
    let names = words.iter().map(|(key, _)| key.as_ref().to_owned());
    let names: Vec<String> = names.collect();
    let values = words.iter().map(|(_, value)| vec![sampled(value.as_ref())]);
    let values: Vec<Vec<String>> = values.collect();
    // Values that are not recognized are shown, not left out.
    let mut columns = Columns::new(rules, &options.overrides)?;
    columns.date_order = options.date_order;
    (columns.strict, columns.chosen) = (true, true);
    let mapping = columns.settle(&names, &values, true)?;
    columns.all_used(&names, &values, &mapping)?;
    let mut judging = Judging::new(rules, &columns, &mapping, Keep::Evidence);
    let evidence = options.evidence.first();
    if let Some(evidence) = evidence {
        judging.may_know(&evidence.criteria());
    }
    let feeds = names.iter().zip(words).zip(&mapping.feeds);
    let texts = feeds.flat_map(|((name, (_, text)), feeds)| {
        let feeds = feeds.iter();
        feeds.map(move |feed| (name.as_str(), *feed, text.as_ref()))
    });
    // Words have no key.
    let elsewhere = evidence.map(|one| (&**one, vec![NO_KEY; one.lookups.len()]));
    let mut case = provenance::case(&mut judging, texts, elsewhere);
    case.off = columns.switched_off();
    let unused = unused(&names, &mapping).map(|(place, name, why)| Unused {
        column: name.to_owned(),
        text: words[place].1.as_ref().to_owned(),
        why,
        source: FactSource::Record,
    });
    case.unused.extend(unused);
    Ok(case)
}

/// The columns that could feed a criterion, but do not: the place, the name and why.
fn unused<'m>(
    names: &'m [String],
    mapping: &'m Mapping,
) -> impl Iterator<Item = (usize, &'m str, Why)> {
    let whys = names.iter().zip(&mapping.unused).enumerate();
    whys.filter_map(|(place, (name, why))| {
        let why = why.as_ref().filter(|why| why.criterion().is_some())?;
        Some((place, name.as_str(), why.clone()))
    })
}

/// Finds the requested records among rows.
struct Finder<'f> {
    rules: &'f Rules,
    /// The number of the requested record, if it is requested by number.
    only: Option<NonZero<u64>>,
    /// Otherwise the conditions, and how many records are shown at most.
    filters: &'f [Filter],
    limit: usize,
    tell: &'f mut (dyn FnMut(Case) -> Result<()> + Send),
    judging: Option<Judging<'f>>,
    /// By number of a text.
    columns: Vec<Column>,
    conditions: Vec<Condition>,
    /// The columns that play each part.
    parts: Parts<String>,
    /// The number of the first late column.
    first_late: usize,
    /// The criteria that the user has switched off.
    off: Vec<usize>,
    /// Evidence from elsewhere.
    evidence: Option<&'f Evidence>,
    /// How many requested records were found.
    found: usize,
    /// A value that differs from the requested one only in case.
    near: Option<String>,
    /// A late column whose name differs from that of a condition only in case.
    alike: Option<String>,
}

/// A column whose texts are kept.
struct Column {
    name: String,
    feeds: Vec<Feed>,
    /// What it means, if it turned up late.
    late: LateMeaning,
    /// Why it is not used, though it could feed a criterion.
    why: Option<Why>,
}

impl Finder<'_> {
    fn is_wanted(&mut self, row: &Row<'_>) -> bool {
        if let Some(number) = self.only {
            return number.get() == row.number();
        }
        let mut holds = true;
        // All are checked, so that a near miss of each is noticed.
        for condition in &self.conditions {
            holds &= condition.holds(row, &mut self.near);
        }
        holds
    }

    /// Whether a column has keys by which evidence is found.
    fn has_key(&self, column: usize, names: &[String]) -> bool {
        let lookups = self.evidence.map_or(&[][..], |one| &one.lookups[..]);
        lookups
            .iter()
            .any(|one| places(&one.column, names).contains(&column))
    }

    /// Adds a column that turned up late.
    fn admit(&mut self, name: &str, columns: &Columns<'_>) {
        let number = self.columns.len();
        for condition in &mut self.conditions {
            if condition.column == name {
                condition.is_met = true;
                condition.texts.push(number);
            } else if self.alike.is_none() && header_key(&condition.column) == header_key(name) {
                self.alike = Some(name.to_owned());
            }
        }
        let mut late = columns.late(name);
        let mut feeds = std::mem::take(&mut late.feeds);
        let mut why = late.why.take();
        // If another column plays its part better, this one is not used, nor if its name
        // is ambiguous.
        why = why.filter(|why| feeds.is_empty() && why.criterion().is_some());
        feeds.retain(|feed| {
            let rival = self.parts.rival(feed);
            if let Some(rival) = rival {
                why.get_or_insert(Why::Late(feed.criterion, rival.clone()));
            }
            rival.is_none()
        });
        for feed in &mut feeds {
            self.parts.add_late(feed, name.to_owned());
            if let (Some(judging), false) = (&mut self.judging, columns.is_frozen()) {
                *feed = judging.feed_late(feed);
            }
        }
        self.columns.push(Column {
            name: name.to_owned(),
            feeds,
            late,
            why,
        });
    }

    /// The case for a row.
    fn case(&mut self, row: &mut Row<'_>) -> Option<Case> {
        let place = row.place();
        let late_columns = row.columns();
        if let Some(furniture) = row.furniture() {
            let case = provenance::nothing(self.judging.as_mut()?);
            return Some(Case {
                place,
                furniture: Some(furniture),
                off: self.off.clone(),
                ..case
            });
        }
        // If a record has a column twice, the last one counts.
        let mut texts: Vec<(u32, &str)> = Vec::new();
        for (number, text) in row.texts() {
            match texts.iter_mut().find(|(known, _)| *known == number) {
                Some((_, known)) => *known = text,
                None => texts.push((number, text)),
            }
        }
        let columns = texts
            .iter()
            .map(|(number, text)| (&self.columns[*number as usize], *text));
        let mut key = String::new();
        if let Some(judging) = &mut self.judging {
            judging.abandon();
            for (column, text) in columns.clone() {
                if self.rules.is_blank(text, &mut key) {
                    continue;
                }
                let text = sampled(text);
                judging.compare(&column.late, &text, &mut key);
                if column.late.is_open {
                    let meaning = late_columns.late_text(&column.name, text.clone());
                    judging.compare(&meaning, &text, &mut key);
                }
            }
        }
        let read = columns.clone().flat_map(|(column, text)| {
            let feeds = column.feeds.iter();
            feeds.map(move |feed| (column.name.as_str(), *feed, text))
        });
        let unused = columns.filter_map(|(column, text)| {
            Some(Unused {
                column: column.name.clone(),
                text: text.to_owned(),
                why: column.why.clone()?,
                source: FactSource::Record,
            })
        });
        let unused: Vec<Unused> = unused.collect();
        let elsewhere = self.evidence.map(|evidence| {
            let text = |name: &str| {
                let mut texts = texts.iter();
                let of = texts.find(|(number, _)| self.columns[*number as usize].name == name);
                of.map(|(_, text)| *text)
            };
            let lookups = evidence.lookups.iter();
            let hits =
                lookups.map(|one| one.find(self.rules, text(&one.column).unwrap_or_default()));
            (evidence, hits.collect())
        });
        let case = provenance::case(self.judging.as_mut()?, read, elsewhere);
        Some(Case {
            place,
            unused: [case.unused, unused].concat(),
            off: self.off.clone(),
            ..case
        })
    }
}

impl Fold for Finder<'_> {
    fn open(&mut self, input: &Opened<'_>) -> Result<Wanted> {
        let (columns, mapping) = (&input.columns[0], input.mapping);
        let complete = input.is_complete;
        let mut judging = Judging::new(self.rules, columns, mapping, Keep::Evidence);
        if let Some(evidence) = self.evidence {
            judging.may_know(&evidence.criteria());
        }
        self.judging = Some(match complete {
            true => judging,
            false => judging.with_all_fed(),
        });
        self.off = columns.switched_off();
        let filters = self.filters;
        let mut meant = Vec::new();
        for filter in filters {
            let places = places(&filter.column, input.names);
            if places.is_empty() && complete {
                return Err(not_there(Setting::Where, &filter.column, input.names));
            }
            meant.push(places);
        }
        let mut wanted = Vec::new();
        for (column, name) in input.names.iter().enumerate() {
            let feeds = mapping.feeds.get(column).cloned().unwrap_or_default();
            let why = mapping.unused.get(column).cloned().flatten();
            let why = why.filter(|why| why.criterion().is_some());
            let is_meant = meant.iter().any(|places| places.contains(&column))
                || self.has_key(column, input.names);
            if feeds.is_empty() && why.is_none() && !is_meant {
                continue;
            }
            for feed in &feeds {
                self.parts.add(feed, name.clone());
            }
            wanted.push((column, self.columns.len() as u32));
            self.columns.push(Column {
                name: name.clone(),
                feeds,
                late: LateMeaning::default(),
                why,
            });
        }
        for (filter, places) in filters.iter().zip(meant) {
            let texts = wanted.iter().filter(|(column, _)| places.contains(column));
            let texts = texts.map(|(_, number)| *number as usize).collect();
            self.conditions.push(Condition::new(filter, texts));
        }
        self.first_late = self.columns.len();
        let first = u32::try_from(self.first_late).unwrap_or(u32::MAX);
        Ok(Wanted {
            columns: wanted,
            late: match complete {
                true => LateTexts::None,
                false => LateTexts::All(first..MOST_COLUMNS.max(first)),
            },
            unrecognized: false,
        })
    }

    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        while let Some(name) = row.late().get(self.columns.len() - self.first_late) {
            self.admit(name, row.columns());
        }
        if !self.is_wanted(row) {
            return Ok(());
        }
        self.found += 1;
        // The one beyond the requested number is not shown.
        if self.found > self.limit {
            return Ok(());
        }
        match self.case(row) {
            Some(case) => (self.tell)(case),
            None => Ok(()),
        }
    }

    fn sees_furniture(&self) -> bool {
        true
    }

    fn need(&self) -> Need {
        let last = if self.only.is_some() { 0 } else { self.limit };
        match self.found {
            found if found > last => Need::None,
            found if found == self.limit => Need::Optional,
            _ => Need::More,
        }
    }
}
