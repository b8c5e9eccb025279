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

mod names;
mod trouble;
mod values;

use std::collections::{BTreeMap, HashMap};

use crate::error::{Error, ErrorKind, Result, quoted};
use crate::rules::compile::{Rules, nearest};
use crate::rules::read::{Reading, Sense};
use crate::rules::{DateOrder, Kind, header_key};

use self::names::{Found, Names, twin};
use self::trouble::listed;
pub(crate) use self::trouble::no_criterion;
use self::values::Doubt;

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

/// The part that a column plays for its criterion. Of several columns the first
/// that says something counts, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A flag that beats all else: yes means this value.
    Before(u8),
    /// The start of the relationship itself, rather than of a contract.
    Since,
    /// What the criterion is about.
    Plain,
    /// Whatever is filled in means this value.
    Filled(u8),
    /// A flag: yes means this value, no tells nothing.
    Flag(u8),
    /// The length of a commitment, where nothing tells that of the relationship.
    Term,
}

impl Role {
    /// Its place in that order. Of several flags the one counts first whose
    /// value comes last: what somebody is to others, before what he is to us.
    fn place(self) -> (u8, u8) {
        match self {
            Role::Before(value) => (0, value),
            Role::Since => (1, 0),
            Role::Plain => (2, 0),
            Role::Filled(value) => (3, value),
            Role::Flag(value) => (4, u8::MAX - value),
            Role::Term => (5, 0),
        }
    }
}

impl Ord for Role {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for Role {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// One column's use: it feeds this criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// Index of the criterion in the rulebook.
    pub criterion: usize,
    /// How it was found.
    pub how: How,
    /// The part it plays.
    pub role: Role,
    /// Among several that the user named for the criterion, its place.
    rank: usize,
    /// How its texts are read.
    pub(crate) sense: Sense,
    /// The slot of a record that it fills: the criterion's, or one of its own.
    pub(crate) seat: usize,
}

impl Feed {
    /// A feed of the slot `seat`, for which nothing else counts.
    pub(crate) fn surveyed(feed: Option<&Feed>, seat: usize) -> Self {
        let unread = Feed {
            criterion: 0,
            how: How::Told,
            role: Role::Plain,
            rank: 0,
            sense: Sense::Plain,
            seat,
        };
        feed.map_or(unread, |feed| Feed { seat, ..*feed })
    }

    /// Its turn among those of its criterion: the place at which the user named it,
    /// then its part.
    pub fn turn(&self) -> (usize, Role) {
        (self.rank, self.role)
    }

    /// The unit of a bare number, where the column states one.
    pub fn bare_unit(&self) -> Option<&'static str> {
        match self.sense {
            Sense::Bare(unit) => Some(unit.plural()),
            _ => None,
        }
    }

    /// The order of dates in digits, where it is known.
    pub fn date_order(&self) -> Option<DateOrder> {
        match self.sense {
            Sense::Dated(order) => Some(order),
            _ => None,
        }
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
    date_order: Option<DateOrder>,
    /// Values that are not understood are errors, so no column is left out
    /// since it has them.
    strict: bool,
    /// Columns that turn up after the sample feed nothing.
    closed: bool,
}

/// Why a column feeds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Its name says nothing to us.
    Unknown,
    /// It is known for being nothing of ours, for this reason.
    Never(&'static str),
    /// There is nothing to compare it with: `--own` does not say who we are.
    NotCompared(usize),
    /// It may feed this criterion, but neither its name nor its values tell.
    Unclear(usize),
    /// It should feed this criterion, but none of its values is understood.
    NotUnderstood(usize),
    /// It should feed this criterion, but holds numbers, which are no words.
    Numbers(usize),
    /// It should feed this length, but its numbers are too large for one.
    TooLong(usize),
    /// Another column feeds this criterion more clearly.
    Less(usize, String),
    /// Another column says the same of this criterion, as far as was looked.
    Same(usize, String),
    /// Another column would feed this criterion as well, and says something
    /// else.
    Tied(usize, String),
    /// Another column has the words for its codes.
    Twin(String),
    /// Another column was named for this criterion, or none.
    Told(usize),
}

impl Why {
    /// The criterion that the column may be about.
    pub fn criterion(&self) -> Option<usize> {
        match self {
            Why::Unknown | Why::Never(_) | Why::Twin(_) => None,
            Why::NotCompared(criterion)
            | Why::Unclear(criterion)
            | Why::NotUnderstood(criterion)
            | Why::Numbers(criterion)
            | Why::TooLong(criterion)
            | Why::Less(criterion, _)
            | Why::Same(criterion, _)
            | Why::Tied(criterion, _)
            | Why::Told(criterion) => Some(*criterion),
        }
    }
}

/// Columns and the criteria they feed, once settled.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// By column, as given: the criteria it feeds.
    pub feeds: Vec<Vec<Feed>>,
    /// By column: why it feeds nothing, if it does not.
    pub unused: Vec<Option<Why>>,
    /// Columns of days in digits whose order neither the sample nor the user
    /// tells, with a text that shows it.
    pub undated: Vec<(usize, String)>,
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

    /// True if no column feeds any criterion.
    pub fn is_empty(&self) -> bool {
        self.feeds.iter().all(Vec::is_empty)
    }

    /// The feeds that do not fill their criterion's own slot, in the order in
    /// which they count.
    pub(crate) fn others(&self) -> Vec<Feed> {
        let feeds = self.feeds.iter().flatten().copied();
        let mut others: Vec<Feed> = feeds.filter(|feed| feed.seat != feed.criterion).collect();
        others.sort_by_key(|feed| feed.seat);
        others
    }
}

/// Feeds of one criterion that play the same part, and their columns.
type Rivals = BTreeMap<(usize, usize, Role), Vec<(usize, Feed)>>;

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

    /// Settles which of the columns `names` feeds which criterion. `values`
    /// are the first values of each column. `complete` says that `names` are all
    /// there are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`] where `--map` names a column that is not there.
    pub fn settle<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        complete: bool,
    ) -> Result<Mapping> {
        let resolved = self.resolve_told(names, complete)?;
        let name_of = |column: usize| names[column].as_ref();
        let values_of = |column: usize| values.get(column).map_or(&[][..], Vec::as_slice);
        let mut mapping = Mapping {
            feeds: vec![Vec::new(); names.len()],
            unused: vec![None; names.len()],
            undated: Vec::new(),
        };
        let mut rivals = Rivals::new();
        let mut unfed: Vec<usize> = Vec::new();
        for column in 0..names.len() {
            let name = resolved
                .get(&column)
                .map_or(name_of(column), String::as_str);
            if let Some(other) = self.named_twin(names, column) {
                mapping.unused[column] = Some(Why::Twin(other));
                continue;
            }
            let (feeds, why) = self.sure(name);
            for feed in &feeds {
                let feed = self.sensed(*feed, values_of(column));
                let feed = self.meant(feed, name, values_of(column));
                let spoiled = self.spoiled(&feed, names, values_of(column));
                match spoiled.or_else(|| self.contradicted(&feed, values_of(column))) {
                    Some(why) => mapping.unused[column] = Some(why),
                    None => {
                        let part = (feed.criterion, feed.rank, feed.role);
                        rivals.entry(part).or_default().push((column, feed));
                    }
                }
            }
            if feeds.is_empty() && why.is_none() {
                unfed.push(column);
            }
            if why.is_some() {
                mapping.unused[column] = why;
            }
        }
        self.doubtful(names, values, &unfed, &mut rivals, &mut mapping);
        for ((criterion, ..), rivals) in &rivals {
            if !self.rules.can_read(*criterion) {
                for (column, _) in rivals {
                    mapping.unused[*column] = Some(Why::NotCompared(*criterion));
                }
                continue;
            }
            self.choose(names, values, rivals, &mut mapping);
        }
        self.seat(&mut mapping);
        for (column, feeds) in mapping.feeds.iter().enumerate() {
            if !feeds.is_empty() {
                mapping.unused[column] = None;
            } else if mapping.unused[column].is_none() {
                mapping.unused[column] = Some(Why::Unknown);
            }
            let dates = feeds.iter().filter(|feed| self.is_date(feed.criterion));
            if dates.clone().any(|feed| feed.date_order().is_none())
                && let Some(text) = values::undated(values_of(column))
            {
                mapping.undated.push((column, text));
            }
        }
        Ok(mapping)
    }

    /// Why bare numbers are no length, if another column says what they are of.
    fn spoiled<S: AsRef<str>>(&self, feed: &Feed, names: &[S], values: &[String]) -> Option<Why> {
        let criterion = feed.criterion;
        let is_bare = self.is_length(criterion) && feed.sense == Sense::Plain;
        let may_be = feed.how != How::Told && is_bare && values::are_numbers(values);
        let mut others = names.iter();
        let spoils = may_be && others.any(|name| self.names.spoils(name.as_ref(), criterion));
        spoils.then_some(Why::Unclear(criterion))
    }

    /// The feed that the user named, in the part that the values show where the
    /// name is doubtful: `customer` may be a flag.
    fn meant(&self, feed: Feed, name: &str, values: &[String]) -> Feed {
        if feed.how != How::Told || feed.role != Role::Plain {
            return feed;
        }
        let doubts = self.names.doubts(name).into_iter();
        let parts = doubts.filter(|(criterion, _)| *criterion == feed.criterion);
        let parts: Vec<Feed> = parts
            .map(|(criterion, role)| self.feed(criterion, role, How::Told, name))
            .collect();
        match self.decide(&parts, values, &[feed.criterion]) {
            Doubt::Decided(part) => Feed {
                rank: feed.rank,
                ..part
            },
            Doubt::Open => feed,
        }
    }

    /// Lets the values below doubtful names decide. They only compete for what
    /// no clear name feeds.
    fn doubtful<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        unfed: &[usize],
        rivals: &mut Rivals,
        mapping: &mut Mapping,
    ) {
        let clear: Vec<(usize, usize, Role)> = rivals.keys().copied().collect();
        let about: Vec<usize> = clear.iter().map(|(criterion, ..)| *criterion).collect();
        for &column in unfed {
            let name = names[column].as_ref();
            let mut doubts = self.names.doubts(name);
            doubts.retain(|(criterion, _)| !self.is_told(*criterion));
            if doubts.is_empty() {
                continue;
            }
            let taken = |criterion: usize, role: Role| {
                let mut clear = clear.iter();
                clear.any(|&(fed, _, by)| fed == criterion && by == role)
            };
            let open = doubts
                .iter()
                .filter(|(criterion, role)| !taken(*criterion, *role));
            let feeds =
                open.map(|&(criterion, role)| self.feed(criterion, role, How::Values, name));
            let feeds: Vec<Feed> = feeds.collect();
            let values = values.get(column).map_or(&[][..], Vec::as_slice);
            match self.decide(&feeds, values, &about) {
                Doubt::Decided(feed) => {
                    let part = (feed.criterion, feed.rank, feed.role);
                    rivals.entry(part).or_default().push((column, feed));
                }
                Doubt::Open => {
                    let criterion = feeds.first().map(|feed| feed.criterion);
                    mapping.unused[column] = criterion.map(Why::Unclear);
                }
            }
        }
    }

    /// Chooses among several columns that play the same part: the one that was
    /// found best. Of several such the first, where all say the same; all of them,
    /// where none says something else than another; and else none.
    fn choose<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        rivals: &[(usize, Feed)],
        mapping: &mut Mapping,
    ) {
        let Some(best) = rivals.iter().map(|(_, feed)| feed.how).max() else {
            return;
        };
        let (tied, less): (Vec<_>, Vec<_>) = rivals
            .iter()
            .copied()
            .partition(|(_, feed)| feed.how == best);
        let Some(&(first, _)) = tied.first() else {
            return;
        };
        let name = |column: usize| names[column].as_ref().to_owned();
        for (column, feed) in less {
            mapping.unused[column] = Some(Why::Less(feed.criterion, name(first)));
        }
        let says = |(column, feed): &(usize, Feed)| {
            let values = values.get(*column).map_or(&[][..], Vec::as_slice);
            self.readings(feed, values)
        };
        let said: Vec<_> = tied.iter().map(says).collect();
        let known = |said: &Vec<Reading>| said.iter().any(|reading| reading.is_known());
        let contrary = |one: &Vec<Reading>, other: &Vec<Reading>| {
            let pairs = one.iter().zip(other);
            pairs
                .into_iter()
                .any(|(one, other)| one.is_known() && other.is_known() && one != other)
        };
        let (mut same, mut agree) = (known(&said[0]), said.iter().any(known));
        for (i, one) in said.iter().enumerate() {
            same &= *one == said[0];
            agree &= said[i + 1..].iter().all(|other| !contrary(one, other));
        }
        // Columns of objects that not all of them have are not side by side.
        agree &= said.iter().all(|one| one.len() == said[0].len());
        let alone = tied.len() == 1;
        for (place, (column, feed)) in tied.iter().copied().enumerate() {
            let other = if place == 0 { 1 } else { 0 };
            if alone || same && place == 0 || agree && !same {
                mapping.feeds[column].push(feed);
            } else if same {
                mapping.unused[column] = Some(Why::Same(feed.criterion, name(first)));
            } else {
                let other = name(tied[other].0);
                mapping.unused[column] = Some(Why::Tied(feed.criterion, other));
            }
        }
    }

    /// Gives each feed the slot it fills: the first of a criterion its own, in
    /// the order in which they count, unless its part has one of its own.
    fn seat(&self, mapping: &mut Mapping) {
        let feeds = mapping.feeds.iter_mut().flatten();
        let mut feeds: Vec<&mut Feed> = feeds
            .filter(|feed| self.own_seat(feed.criterion, feed.role).is_none())
            .collect();
        feeds.sort_by_key(|feed| (feed.criterion, feed.turn()));
        let mut seated = vec![false; self.rules.rulebook().criteria.len()];
        let mut next = self.rules.slots();
        for feed in feeds {
            feed.seat = feed.criterion;
            if std::mem::replace(&mut seated[feed.criterion], true) {
                feed.seat = next;
                next += 1;
            }
        }
    }

    /// The slot that there is for a part, beside the criterion's.
    fn own_seat(&self, criterion: usize, role: Role) -> Option<usize> {
        let mut derived = self.rules.derived().iter();
        match role {
            Role::Since => derived
                .find(|derived| derived.start == criterion)
                .map(|derived| derived.since),
            Role::Term => derived
                .find(|derived| derived.length == criterion)
                .map(|derived| derived.term),
            Role::Before(_) | Role::Plain | Role::Filled(_) | Role::Flag(_) => None,
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

    /// The column with the words for the codes of this one.
    fn named_twin<S: AsRef<str>>(&self, names: &[S], column: usize) -> Option<String> {
        let name = names[column].as_ref();
        let is_told = |name: &str| {
            let mut told = self.told.iter();
            told.any(|(_, column)| column.as_deref() == Some(name))
        };
        let mut others = names.iter().map(AsRef::as_ref);
        others
            .find(|other| twin(other) == Some(name) && !is_told(name))
            .map(str::to_owned)
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
