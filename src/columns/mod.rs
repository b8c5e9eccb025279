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
//! column feeds a criterion only if at least three fifths of its first values are
//! understood as that criterion, and as no other so well. No name is trusted
//! against the values below it: none that is understood is no column of ours.
//!
//! Several columns may feed one criterion where they play different parts for
//! it: a number of a contract means that there is one, a flag that the buyer is
//! an employee. The first that says something counts, in the order of the
//! [`Role`]s.

mod mapping;
mod names;
mod settle;
mod trouble;
mod values;

use std::collections::HashMap;

use crate::error::{Error, ErrorKind, Result, quoted};
use crate::rules::compile::{Rules, nearest};
use crate::rules::read::Sense;
use crate::rules::{DateOrder, Kind, header_key};

pub use self::mapping::{Feed, How, Mapping, Override, Role, Why};
use self::names::{Found, Names};
use self::trouble::listed;
pub(crate) use self::trouble::no_criterion;

/// The names by which columns are found.
#[derive(Debug)]
pub struct Columns<'r> {
    rules: &'r Rules,
    names: Names<'r>,
    told: Vec<(usize, Option<String>)>,
    date_order: Option<DateOrder>,
    /// Values that are not understood are errors, so no column is left out
    /// since it has them.
    strict: bool,
    /// Columns that turn up after the sample feed nothing.
    closed: bool,
    /// Days may be numbers, as workbooks store them.
    serials: bool,
}

impl<'r> Columns<'r> {
    /// Collects the names for the criteria of `rules`. Where several overrides
    /// name columns for one criterion, the first that says something counts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where an override names no criterion, or a column
    /// for one that another switches off.
    pub fn new(rules: &'r Rules, overrides: &[Override]) -> Result<Self> {
        let mut columns = Columns {
            rules,
            names: Names::new(rules),
            told: Vec::new(),
            date_order: None,
            strict: false,
            closed: false,
            serials: false,
        };
        for one in overrides {
            let criterion = rules
                .criterion(&one.criterion)
                .ok_or_else(|| no_criterion(rules, &one.criterion))?;
            let mut before = columns.told.iter().filter(|(told, _)| *told == criterion);
            let clash = |(_, told): &(usize, Option<String>)| {
                *told == one.column || told.is_none() || one.column.is_none()
            };
            if before.any(clash) {
                let found = format!("--map names the criterion {:?} twice", one.criterion);
                return Err(Error::new(ErrorKind::Usage, found)
                    .expected("different columns for it, or once that it is off"));
            }
            columns.told.push((criterion, one.column.clone()));
        }
        Ok(columns)
    }

    /// With the order of dates in digits, where the user tells it.
    #[must_use]
    pub fn dated(mut self, order: Option<DateOrder>) -> Self {
        self.date_order = order;
        self
    }

    /// With no column left out for the reason that no value of it is understood.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// With nothing fed by columns that turn up after the sample.
    #[must_use]
    pub(crate) fn closed(mut self) -> Self {
        self.closed = true;
        self
    }

    /// Says whether days may be numbers, as workbooks store them.
    pub(crate) fn take_serials(&mut self, serials: bool) {
        self.serials = serials;
    }

    /// True if the column `name` surely feeds a criterion that can be read.
    pub(crate) fn knows(&self, name: &str) -> bool {
        let feeds = self.sure(name).0;
        feeds.iter().any(|feed| self.rules.can_read(feed.criterion))
    }

    /// What the column `name` feeds if no other column is there to compete.
    pub fn feeds(&self, name: &str) -> Vec<Feed> {
        match self.closed {
            true => Vec::new(),
            false => self.sure(name).0,
        }
    }

    /// What the column `name` surely feeds, or why it is never read.
    fn sure(&self, name: &str) -> (Vec<Feed>, Option<Why>) {
        let found = self.names.find(name);
        let overrides = self.told.iter().enumerate();
        let named = overrides.filter(|(_, (_, column))| column.as_deref() == Some(name));
        let told: Vec<_> = named
            .map(|(place, (criterion, _))| {
                let role = match found {
                    Found::Means((known, role), _) if known == *criterion => role,
                    _ => Role::Plain,
                };
                // Whoever names it means it, so nothing else comes first.
                let role = if role == Role::Term {
                    Role::Plain
                } else {
                    role
                };
                let feed = self.feed(*criterion, role, How::Told, name);
                Feed {
                    rank: place,
                    ..feed
                }
            })
            .collect();
        if !told.is_empty() {
            return (told, None);
        }
        match found {
            Found::Means((criterion, _), _) if self.is_told(criterion) => {
                (Vec::new(), Some(Why::Told(criterion)))
            }
            Found::Means((criterion, role), how) => {
                (vec![self.feed(criterion, role, how, name)], None)
            }
            Found::Never(reason) => (Vec::new(), Some(Why::Never(reason))),
            Found::Nothing => (Vec::new(), None),
        }
    }

    /// The feed of the column `name`, as far as its name tells.
    fn feed(&self, criterion: usize, role: Role, how: How, name: &str) -> Feed {
        let unit = Names::unit(name).filter(|_| self.is_length(criterion));
        let order = self.date_order.filter(|_| self.is_date(criterion));
        let sense = match (role, unit, order) {
            (Role::Filled(value), ..) => Sense::Filled(value),
            (Role::Before(value) | Role::Flag(value), ..) => Sense::Flag(value),
            (_, Some(unit), _) => Sense::Bare(unit),
            (_, _, Some(order)) => Sense::Dated(order),
            _ => Sense::Plain,
        };
        Feed {
            criterion,
            how,
            role,
            rank: 0,
            sense,
            seat: self.own_seat(criterion, role).unwrap_or(criterion),
        }
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
                || mapping
                    .unused
                    .iter()
                    .flatten()
                    .any(|why| *why == Why::NotCompared(criterion))
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
    fn is_told(&self, criterion: usize) -> bool {
        self.told.iter().any(|(told, _)| *told == criterion)
    }

    fn is_length(&self, criterion: usize) -> bool {
        self.rules.rulebook().criteria[criterion].kind == Kind::Length
    }

    fn is_date(&self, criterion: usize) -> bool {
        self.rules.rulebook().criteria[criterion].kind == Kind::Date
    }
}
