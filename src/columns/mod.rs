//! Which column feeds which criterion.
//!
//! Owns the matching of column names: exact after normalization, then as whole
//! words, never as parts of words; by the values below it where the name alone
//! cannot tell; and what the user said with `--map`. Knows nothing of file
//! formats: names and a few values come in, criteria come out.
//!
//! "As whole words" is meant strictly. A name matches where its words are a
//! known column name and, besides, only fillers (`has`, `type`, `customer`):
//! `Customer contract` is the contract, `Supplier contract` is not, since
//! `supplier` may change what it means. What was nearly matched is reported.
//!
//! Some names can mean several things (`Type`, `Preis`, `Relation`). Such a
//! column feeds a criterion only if at least half of its first values are
//! understood as that criterion, and as no other so well.

mod names;
mod trouble;

use std::collections::HashMap;

use crate::error::{Error, ErrorKind, Result, quoted};
use crate::rules::compile::{Rules, nearest};
use crate::rules::read::Reading;
use crate::rules::{Kind, TimeUnit, header_key, header_words};

use self::names::Names;
use self::trouble::listed;
pub(crate) use self::trouble::no_criterion;

/// How a column was found to feed a criterion, best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// A name that can mean several things, and values that tell which.
    Values,
    /// A known name among fillers.
    Words,
    /// A known name.
    Exact,
    /// `--map` says so.
    Told,
}

/// One column's use: it feeds this criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// Index of the criterion in the rulebook.
    pub criterion: usize,
    /// How it was found.
    pub how: How,
    /// The unit of a bare number, where the column states one and feeds a
    /// length of time.
    pub(crate) bare: Option<TimeUnit>,
}

impl Feed {
    /// The unit of a bare number, where the column states one.
    pub fn bare_unit(&self) -> Option<&'static str> {
        self.bare.map(TimeUnit::plural)
    }
}

/// What `--map` says: for a criterion a column, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The criterion's name.
    pub criterion: String,
    /// The column's name; `None` switches the criterion off.
    pub column: Option<String>,
}

/// The names by which columns are found.
#[derive(Debug)]
pub struct Columns<'r> {
    rules: &'r Rules,
    names: Names<'r>,
    told: Vec<(usize, Option<String>)>,
}

/// Columns and the criteria they feed, once settled.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// By column, as given: the criteria it feeds.
    pub feeds: Vec<Vec<Feed>>,
    /// Columns that look like a criterion but are not used, and the criterion.
    pub near: Vec<(usize, usize)>,
    /// Columns that nothing can be compared with, and the criterion: an
    /// organization or an address while our own are not known.
    pub idle: Vec<(usize, usize)>,
}

impl Mapping {
    /// By criterion: whether a column feeds it.
    pub fn fed(&self, criteria: usize) -> Vec<bool> {
        let mut fed = vec![false; criteria];
        for feed in self.feeds.iter().flatten() {
            fed[feed.criterion] = true;
        }
        fed
    }
}

impl<'r> Columns<'r> {
    /// Collects the names for the criteria of `rules`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where an override names no criterion, or one twice.
    pub fn new(rules: &'r Rules, overrides: &[Override]) -> Result<Self> {
        let mut columns = Columns {
            rules,
            names: Names::new(rules),
            told: Vec::new(),
        };
        for one in overrides {
            let criterion = rules
                .criterion(&one.criterion)
                .ok_or_else(|| no_criterion(rules, &one.criterion))?;
            if columns.told.iter().any(|(told, _)| *told == criterion) {
                let found = format!("--map names the criterion {:?} twice", one.criterion);
                return Err(
                    Error::new(ErrorKind::Usage, found).expected("one column for each criterion")
                );
            }
            columns.told.push((criterion, one.column.clone()));
        }
        Ok(columns)
    }

    /// What the column `name` feeds if no other column is there to compete.
    pub fn feeds(&self, name: &str) -> Vec<Feed> {
        let words = header_words(name);
        let unit = Names::unit(&words);
        let feed = |criterion: usize, how| Feed {
            criterion,
            how,
            bare: unit.filter(|_| self.is_length(criterion)),
        };
        let told: Vec<Feed> = self
            .told
            .iter()
            .filter(|(_, column)| column.as_deref() == Some(name))
            .map(|(criterion, _)| feed(*criterion, How::Told))
            .collect();
        if !told.is_empty() {
            return told;
        }
        self.names
            .find(name, &words)
            .filter(|(criterion, _)| !self.is_told(*criterion))
            .map(|(criterion, how)| feed(criterion, how))
            .into_iter()
            .collect()
    }

    /// Settles which of the columns `names` feeds which criterion. `values`
    /// are the first values of each column, to decide about doubtful names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`] where two columns feed one criterion equally
    /// well, where `--map` names a column that is not there (`complete` says
    /// that `names` are all there are), or where nothing feeds any criterion.
    pub fn settle<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        complete: bool,
    ) -> Result<Mapping> {
        let resolved = self.resolve_told(names, complete)?;
        let criteria = self.rules.rulebook().criteria.len();
        let mut rivals: Vec<Vec<(usize, Feed)>> = vec![Vec::new(); criteria];
        let mut unfed: Vec<usize> = Vec::new();
        for (column, name) in names.iter().enumerate() {
            let feeds = self.feeds(resolved.get(&column).map_or(name.as_ref(), String::as_str));
            for feed in &feeds {
                rivals[feed.criterion].push((column, *feed));
            }
            if feeds.is_empty() {
                unfed.push(column);
            }
        }
        let mut mapping = Mapping {
            feeds: vec![Vec::new(); names.len()],
            ..Mapping::default()
        };
        // Doubtful names only compete for what no clear name feeds.
        let open: Vec<bool> = rivals.iter().map(Vec::is_empty).collect();
        for column in unfed {
            let words = header_words(names[column].as_ref());
            let mut candidates = self.names.doubts(&words);
            candidates.retain(|&criterion| !self.is_told(criterion));
            let values = values.get(column).map_or(&[][..], Vec::as_slice);
            if let Some(feed) = self.decide(&candidates, &open, Names::unit(&words), values) {
                rivals[feed.criterion].push((column, feed));
            } else if let Some(criterion) = candidates.iter().copied().find(|&c| open[c]) {
                mapping.near.push((column, criterion));
            }
        }
        for (criterion, rivals) in rivals.iter().enumerate() {
            let Some(best) = rivals.iter().map(|(_, feed)| feed.how).max() else {
                continue;
            };
            if !self.rules.can_read(criterion) {
                mapping
                    .idle
                    .extend(rivals.iter().map(|(column, _)| (*column, criterion)));
                continue;
            }
            let chosen: Vec<_> = rivals.iter().filter(|(_, feed)| feed.how == best).collect();
            match chosen[..] {
                [(column, feed)] => mapping.feeds[*column].push(*feed),
                [(first, _), (second, _), ..] => {
                    return Err(self.two_columns(
                        criterion,
                        names[*first].as_ref(),
                        names[*second].as_ref(),
                    ));
                }
                [] => {}
            }
            let unused = rivals.iter().filter(|(_, feed)| feed.how != best);
            mapping
                .near
                .extend(unused.map(|(column, _)| (*column, criterion)));
        }
        mapping.near.sort_unstable();
        if mapping.feeds.iter().all(Vec::is_empty) {
            return Err(self.nothing_fed(names, &mapping));
        }
        Ok(mapping)
    }

    fn is_told(&self, criterion: usize) -> bool {
        self.told.iter().any(|(told, _)| *told == criterion)
    }

    /// The one of `candidates` that `values` are understood as: at least half
    /// of those that are not missing, and as no other candidate so often.
    fn decide(
        &self,
        candidates: &[usize],
        open: &[bool],
        unit: Option<TimeUnit>,
        values: &[String],
    ) -> Option<Feed> {
        let mut best: Option<(usize, Feed)> = None;
        let mut tied = false;
        for &criterion in candidates
            .iter()
            .filter(|&&criterion| open[criterion] && self.rules.can_read(criterion))
        {
            let bare = unit.filter(|_| self.is_length(criterion));
            let values_of = &self.rules.rulebook().criteria[criterion].values;
            let question = values_of.iter().any(|value| value == "yes");
            // Any column of numbers could be a length of time.
            let is_number = |value: &str| value.trim().parse::<f64>().is_ok();
            let says_nothing = |value: &&String| {
                self.is_length(criterion) && bare.is_none() && is_number(value)
                    || Names::tells_nothing(value, question)
            };
            let readings = values
                .iter()
                .filter(|value| !says_nothing(value))
                .map(|value| {
                    self.rules.read_in(
                        criterion,
                        value,
                        bare.unwrap_or_default(),
                        &mut String::new(),
                    )
                })
                .filter(|reading| *reading != Reading::Missing);
            let understood = readings
                .clone()
                .filter(|reading| reading.is_known())
                .count();
            if understood == 0 || understood * 2 < readings.count() {
                continue;
            }
            tied &= best.is_none_or(|(most, _)| understood <= most);
            tied |= best.is_some_and(|(most, _)| most == understood);
            if best.is_none_or(|(most, _)| understood > most) {
                best = Some((
                    understood,
                    Feed {
                        criterion,
                        how: How::Values,
                        bare,
                    },
                ));
            }
        }
        best.filter(|_| !tied).map(|(_, feed)| feed)
    }

    /// The error of a column that `--map` names and that was never there:
    /// neither settled in `mapping` nor `met` later.
    pub(crate) fn told_but_unseen(
        &self,
        met: impl Fn(&str) -> bool,
        mapping: &Mapping,
    ) -> Option<Error> {
        let settled = |criterion: usize| {
            mapping
                .feeds
                .iter()
                .flatten()
                .any(|feed| feed.criterion == criterion)
                || mapping.idle.iter().any(|(_, idle)| *idle == criterion)
        };
        let unseen = self.told.iter().find_map(|(criterion, column)| {
            column
                .as_deref()
                .filter(|column| !settled(*criterion) && !met(column))
        })?;
        let found = format!(
            "--map names the column {}, which no record has",
            quoted(unseen)
        );
        Some(
            Error::new(ErrorKind::Columns, found)
                .expected("a column of the input, spelled as it is there"),
        )
    }

    /// For each column that `--map` means in other words (case, spaces), the
    /// name that it wrote.
    fn resolve_told<S: AsRef<str>>(
        &self,
        names: &[S],
        complete: bool,
    ) -> Result<HashMap<usize, String>> {
        let mut resolved = HashMap::new();
        for told in self.told.iter().filter_map(|(_, column)| column.as_deref()) {
            if names.iter().any(|name| name.as_ref() == told) {
                continue;
            }
            let key = header_key(told);
            let mut alike = names
                .iter()
                .enumerate()
                .filter(|(_, name)| header_key(name.as_ref()) == key);
            match (alike.next(), alike.next()) {
                (Some((column, _)), None) if !key.is_empty() => {
                    resolved.insert(column, told.to_owned());
                }
                _ if complete => {
                    let near = nearest(told, names.iter().map(AsRef::as_ref));
                    let found = format!(
                        "--map names the column {}, which is not there",
                        quoted(told)
                    );
                    let advice = near.map(|near| format!("did you mean {}?", quoted(near)));
                    let error = Error::new(ErrorKind::Columns, found)
                        .expected(format!("one of the columns {}", listed(names)));
                    return Err(match advice {
                        Some(advice) => error.advice(advice),
                        None => error,
                    });
                }
                _ => {}
            }
        }
        Ok(resolved)
    }

    fn is_length(&self, criterion: usize) -> bool {
        self.rules.rulebook().criteria[criterion].kind == Kind::Length
    }
}
