//! Which column feeds which criterion.
//!
//! Owns the matching of column names: exact after normalization, then as whole
//! words, never as parts of words; by the values below it where the name alone
//! cannot decide; and the columns that the user named. Knows nothing of file
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
//! against the values below it: where none is understood, the column is not read.
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

use crate::engine::compile::Rules;
use crate::engine::slot::SlotId;
use crate::error::{Error, ErrorKind, Result, Setting};
use crate::lexicon::normalize::header_key;
use crate::text::quoted;
use crate::value::read::Sense;
use crate::value::{DateOrder, Kind};

pub use self::mapping::{Feed, How, Mapping, Override, Role, Why};
use self::names::{NameMeaning, Names};
pub(crate) use self::trouble::{no_criterion, not_there};

/// The names by which columns are found.
#[derive(Debug)]
pub struct Columns<'r> {
    rules: &'r Rules,
    names: Names<'r>,
    stated: Vec<Stated>,
    date_order: Option<DateOrder>,
    /// Values that are not understood are errors, so no column is left out
    /// since it has them.
    strict: bool,
    /// Days may be numbers, as workbooks store them.
    serials: bool,
    /// Each name was chosen for one record: none says what all records are about.
    chosen: bool,
}

/// What the user states of one criterion.
#[derive(Debug)]
struct Stated {
    criterion: usize,
    /// `None` switches it off.
    column: Option<String>,
    role: Role,
    /// As in [`Feed`].
    slot: SlotId,
    target: SlotId,
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
            stated: Vec::new(),
            date_order: None,
            strict: false,
            serials: false,
            chosen: false,
        };
        for one in overrides {
            let criterion = rules
                .criterion(&one.criterion)
                .ok_or_else(|| no_criterion(rules, &one.criterion))?;
            let mut before = columns
                .stated
                .iter()
                .filter(|stated| stated.criterion == criterion);
            let clash = |stated: &Stated| {
                stated.column == one.column || stated.column.is_none() || one.column.is_none()
            };
            if before.any(clash) {
                let found = format!("names the criterion {:?} twice", one.criterion);
                return Err(Error::about(Setting::Map, ErrorKind::Usage, found)
                    .expected("different columns for it, or once that it is off"));
            }
            columns.state(criterion, one.column.clone());
        }
        // A commitment that is named alone is meant, so that no dates come first.
        for place in 0..columns.stated.len() {
            let criterion = columns.stated[place].criterion;
            let of = columns
                .stated
                .iter()
                .filter(|stated| stated.criterion == criterion);
            let stated = (of.count() == 1).then(|| &mut columns.stated[place]);
            if let Some(stated) = stated.filter(|stated| stated.role == Role::Term) {
                stated.role = Role::Plain;
                let own = SlotId::new(criterion);
                (stated.slot, stated.target) = (own, own);
            }
        }
        Ok(columns)
    }

    fn state(&mut self, criterion: usize, column: Option<String>) {
        let role = match column.as_deref().map(|column| self.names.find(column)) {
            Some(NameMeaning::Means((known, role), _)) if known == criterion => role,
            _ => Role::Plain,
        };
        let target = self.slot_of(criterion, role);
        let is_first = self.stated.iter().all(|stated| stated.target != target);
        let extra = SlotId::new(self.rules.slots() + self.stated_extras());
        self.stated.push(Stated {
            criterion,
            column,
            role,
            slot: if is_first { target } else { extra },
            target,
        });
    }

    /// How many of the columns that the user named have a slot of their own.
    fn stated_extras(&self) -> usize {
        let others = self
            .stated
            .iter()
            .filter(|stated| stated.slot != stated.target);
        others.count()
    }

    /// The criteria that the user has switched off.
    pub(crate) fn switched_off(&self) -> Vec<usize> {
        let off = self.stated.iter().filter(|stated| stated.column.is_none());
        off.map(|stated| stated.criterion).collect()
    }

    /// The number of slots for columns that feed criteria as `mapping` says, and for
    /// those that may turn up.
    pub(crate) fn slots(&self, mapping: &Mapping) -> usize {
        let feeds = mapping.feeds.iter().flatten();
        let used = feeds.map(|feed| feed.slot.index() + 1).max().unwrap_or(0);
        used.max(self.rules.slots() + self.stated_extras())
    }

    /// The feeds that count for another slot than their own, in the order in which
    /// they do: those of `mapping`, and those that the user named, who may turn up.
    pub(crate) fn others(&self, mapping: &Mapping) -> Vec<Feed> {
        let mut others = mapping.others();
        let stated = self
            .stated
            .iter()
            .filter(|stated| stated.slot != stated.target);
        for stated in stated {
            let Some(column) = &stated.column else {
                continue;
            };
            if others.iter().all(|feed| feed.slot != stated.slot) {
                let named = self.sure(column).0.into_iter();
                others.extend(named.filter(|feed| feed.slot == stated.slot));
            }
        }
        others
    }

    /// With the order of dates in digits, where the user states it.
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

    /// With no column that says what the records are not about, since each was chosen
    /// for one record.
    pub(crate) fn chosen(mut self) -> Self {
        self.chosen = true;
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

    /// The criterion that the column `name` may mean, among other things.
    pub(crate) fn doubted(&self, name: &str) -> Option<usize> {
        let doubts = self.names.doubts(name);
        let mut open = doubts.iter().map(|(criterion, _)| *criterion);
        open.find(|criterion| !self.is_stated(*criterion))
    }

    /// What the column `name` feeds if no other column is there to compete.
    pub fn feeds(&self, name: &str) -> Vec<Feed> {
        self.sure(name).0
    }

    /// What the column `name` surely feeds, or why it is never read.
    fn sure(&self, name: &str) -> (Vec<Feed>, Option<Why>) {
        let found = self.names.find(name);
        let overrides = self.stated.iter().enumerate();
        let named = overrides.filter(|(_, stated)| stated.column.as_deref() == Some(name));
        let stated: Vec<_> = named
            .map(|(place, stated)| Feed {
                rank: place,
                slot: stated.slot,
                target: stated.target,
                ..self.feed(stated.criterion, stated.role, How::Stated, name)
            })
            .collect();
        if !stated.is_empty() {
            return (stated, None);
        }
        match found {
            NameMeaning::Means((criterion, _), _) if self.is_stated(criterion) => {
                (Vec::new(), Some(Why::Stated(criterion)))
            }
            NameMeaning::Means((criterion, role), how) => {
                (vec![self.feed(criterion, role, how, name)], None)
            }
            NameMeaning::Never(reason) => (Vec::new(), Some(Why::Never(reason))),
            NameMeaning::Nothing => (Vec::new(), None),
        }
    }

    /// The feed of the column `name`, as far as its name shows.
    fn feed(&self, criterion: usize, role: Role, how: How, name: &str) -> Feed {
        let unit = self.names.unit(name).filter(|_| self.is_length(criterion));
        let order = self.date_order.filter(|_| self.is_date(criterion));
        let sense = match (role, unit, order) {
            (Role::Filled(value), ..) => Sense::Filled(value),
            (Role::Before(value) | Role::Flag(value), ..) => Sense::Flag(value),
            (_, Some(unit), _) => Sense::Bare(unit),
            (_, _, Some(order)) => Sense::Dated(order),
            _ => Sense::Plain,
        };
        let target = self.slot_of(criterion, role);
        Feed {
            criterion,
            how,
            role,
            rank: 0,
            sense,
            slot: target,
            target,
        }
    }

    /// The error of a column that the user named and that was never there:
    /// neither settled in `mapping` nor `met` later.
    pub(crate) fn stated_but_unseen(
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
        let unseen = self.stated.iter().find_map(|stated| {
            let column = stated.column.as_deref();
            column.filter(|column| !settled(stated.criterion) && !met(column))
        })?;
        let found = format!("names the column {}, which no record has", quoted(unseen));
        Some(
            Error::about(Setting::Map, ErrorKind::Columns, found)
                .expected("a column of the input, spelled as it is there"),
        )
    }

    /// For each column that the user named with other case or spaces, the name as the
    /// user wrote it.
    fn resolve_stated<S: AsRef<str>>(
        &self,
        names: &[S],
        complete: bool,
    ) -> Result<HashMap<usize, String>> {
        let mut resolved = HashMap::new();
        for stated in self
            .stated
            .iter()
            .filter_map(|stated| stated.column.as_deref())
        {
            if names.iter().any(|name| name.as_ref() == stated) {
                continue;
            }
            let key = header_key(stated);
            let mut alike = names
                .iter()
                .enumerate()
                .filter(|(_, name)| header_key(name.as_ref()) == key);
            match (alike.next(), alike.next()) {
                (Some((column, _)), None) if !key.is_empty() => {
                    resolved.insert(column, stated.to_owned());
                }
                _ if complete => {
                    return Err(not_there(Setting::Map, stated, names));
                }
                _ => {}
            }
        }
        Ok(resolved)
    }
    fn is_stated(&self, criterion: usize) -> bool {
        self.stated
            .iter()
            .any(|stated| stated.criterion == criterion)
    }

    fn is_length(&self, criterion: usize) -> bool {
        self.rules.rulebook().criteria[criterion].kind == Kind::Length
    }

    fn is_date(&self, criterion: usize) -> bool {
        self.rules.rulebook().criteria[criterion].kind == Kind::Date
    }
}
