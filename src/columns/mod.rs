//! Which column feeds which criterion.
//!
//! Owns the matching of column names: exact after normalization, then as whole words,
//! never as parts of words; by the values below if the name alone cannot decide; and
//! the columns that the user named. Knows nothing of file formats: it takes names and a
//! few values, and returns criteria.
//!
//! "As whole words" is strict. A name matches if its words are a known column name and
//! otherwise only fillers (`has`, `type`, `customer`): `Customer contract` is the
//! contract, `Supplier contract` is not, since `supplier` may change the meaning. Near
//! misses are reported.
//!
//! Some names have several possible meanings (`Type`, `Preis`, `Relation`). Such a
//! column feeds a criterion only if at least three fifths of its first values are
//! understood as that criterion, and fewer as any other. No name is trusted against its
//! values: if none of them is understood, the column is not read.
//!
//! Several columns may feed one criterion if they play different parts for it: a
//! contract number means that there is a contract, a flag that the buyer is an
//! employee. The first with a value counts, in the order of the [`Role`]s.

mod dependent;
mod firms;
mod late;
mod mapping;
mod names;
mod parts;
mod plan;
pub(crate) mod read_as;
pub(crate) mod related;
mod settle;
mod slots;
mod subject;
mod trouble;
mod values;
mod words;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::engine::compile::Rules;
use crate::engine::slot::SlotId;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
use crate::lexicon::normalize::header_key;
use crate::value::read::Sense;
use crate::value::{DateOrder, Kind};

use self::firms::FirmSigns;
pub(crate) use self::late::LateMeaning;
use self::late::Settled;
pub use self::mapping::{Feed, How, Mapping, Override, Role, Subject, Why};
use self::names::{NameMeaning, Names};
pub(crate) use self::parts::{Part, Parts};
use self::plan::Plan;
use self::read_as::ReadAs;
pub(crate) use self::trouble::{no_criterion, not_there};

/// The names by which columns are found.
#[derive(Debug)]
pub struct Columns<'r> {
    rules: &'r Rules,
    names: Names<'r>,
    firms: FirmSigns<'r>,
    stated: Vec<Stated>,
    /// By name of a column that the user named: the places of what is stated about it.
    stated_as: HashMap<String, Vec<usize>>,
    /// By criterion: whether the user states something about it, and switches it off.
    stated_of: BTreeMap<usize, bool>,
    /// All that is read, if nothing is decided by looking.
    plan: Option<Plan>,
    /// The order of numeric dates, if the user states it.
    pub(crate) date_order: Option<DateOrder>,
    /// Values that are not understood are errors, so no column is left out because of
    /// them.
    pub(crate) strict: bool,
    /// Dates may be numbers, as workbooks store them.
    pub(crate) serials: bool,
    /// The sample of an input whose records may have further columns.
    settled: Option<Settled>,
    /// The names were chosen for one record, so they say nothing about the records of a
    /// file.
    pub(crate) chosen: bool,
}

/// What the user states about one criterion.
#[derive(Debug)]
struct Stated {
    criterion: usize,
    /// `None` switches it off.
    column: Option<String>,
    role: Role,
    /// How it is read, as far as that is stated.
    read_as: ReadAs,
    /// As in [`Feed`].
    slot: SlotId,
    target: SlotId,
}

impl<'r> Columns<'r> {
    /// Collects the names for the criteria of `rules`. If several overrides name
    /// columns for one criterion, the first column with a value counts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] if an override names an unknown criterion, or a column for
    /// a criterion that another override switches off.
    pub fn new(rules: &'r Rules, overrides: &[Override]) -> Result<Self> {
        let mut columns = Columns {
            rules,
            names: Names::new(rules),
            firms: FirmSigns::new(rules),
            stated: Vec::new(),
            stated_as: HashMap::new(),
            stated_of: BTreeMap::new(),
            plan: None,
            date_order: None,
            strict: false,
            serials: false,
            settled: None,
            chosen: false,
        };
        let mut taken = Taken::default();
        for one in overrides {
            let criterion = rules.criterion(&one.criterion).ok_or_else(|| {
                let column = one.column.as_deref().unwrap_or_default();
                let option = Phrase::default().map(&one.criterion, column);
                no_criterion(rules, option, &one.criterion)
            })?;
            let is_off = columns.stated_of.get(&criterion).copied();
            let same = one.column.as_deref().map(|name| columns.stated_as(name));
            let is_same = |place: &usize| columns.stated[*place].criterion == criterion;
            let clash = is_off.is_some_and(|is_off| is_off || one.column.is_none())
                || same.is_some_and(|same| same.iter().any(is_same));
            if clash {
                let found = format!("sets the criterion {:?} twice", one.criterion);
                return Err(
                    Error::about(Setting::Map, ErrorKind::Usage, found).expected(
                        Phrase::from("different columns for it, or only ")
                            .map(&one.criterion, "")
                            .text(" to switch it off"),
                    ),
                );
            }
            let read_as = ReadAs::of(rules, criterion, &one.read_as)?;
            columns.state(criterion, read_as, one.column.clone(), &mut taken);
        }
        // A commitment that is the only named column is meant as the length, so dates
        // do not come first.
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for stated in &columns.stated {
            *counts.entry(stated.criterion).or_default() += 1;
        }
        for stated in &mut columns.stated {
            let is_stated = stated.read_as.role.is_some();
            if stated.role == Role::Term && !is_stated && counts[&stated.criterion] == 1 {
                stated.role = Role::Plain;
                stated.slot = SlotId::new(stated.criterion);
                stated.target = stated.slot;
            }
        }
        Ok(columns)
    }

    fn state(
        &mut self,
        criterion: usize,
        read_as: ReadAs,
        column: Option<String>,
        taken: &mut Taken,
    ) {
        let named = |column: &str| match self.names.find(column) {
            NameMeaning::Means((known, role), _) if known == criterion => Some(role),
            _ => {
                let mut days = self.names.of_some_document(column).into_iter();
                let day = days.find(|(known, _)| *known == criterion);
                day.map(|(_, role)| role)
            }
        };
        let named = || column.as_deref().and_then(named);
        let role = read_as.role.or_else(named).unwrap_or(Role::Plain);
        let target = self.slot_of(criterion, role);
        let is_first = taken.targets.insert(target);
        let is_free = |slot: &SlotId| !taken.slots.contains(slot);
        let extra = SlotId::new(self.rules.slots() + taken.extras);
        let slot = match self.own_slot(criterion, role) {
            Some(own) if is_free(&own) => own,
            None if is_first => target,
            _ => extra,
        };
        taken.slots.insert(slot);
        taken.extras += usize::from(slot != target);
        self.stated_of.insert(criterion, column.is_none());
        if let Some(column) = &column {
            let places = self.stated_as.entry(column.clone()).or_default();
            places.push(self.stated.len());
        }
        self.stated.push(Stated {
            criterion,
            column,
            role,
            read_as,
            slot,
            target,
        });
    }

    /// The places of what the user states about the column `name`.
    fn stated_as(&self, name: &str) -> &[usize] {
        self.stated_as.get(name).map_or(&[], Vec::as_slice)
    }

    /// The columns that the user named and that have their own slot.
    fn extras(&self) -> impl Iterator<Item = &Stated> {
        let stated = self.stated.iter();
        stated.filter(|stated| stated.slot != stated.target)
    }

    fn stated_extras(&self) -> usize {
        self.extras().count()
    }

    /// The criteria that the user has switched off.
    pub(crate) fn switched_off(&self) -> Vec<usize> {
        let off = self.stated.iter().filter(|stated| stated.column.is_none());
        off.map(|stated| stated.criterion).collect()
    }

    /// The number of slots for columns that feed criteria as `mapping` says, and for
    /// those that may turn up later.
    pub(crate) fn slots(&self, mapping: &Mapping) -> usize {
        let planned = self.plan.as_ref().map_or(0, Plan::slots);
        let feeds = mapping.feeds.iter().flatten().chain(&mapping.elsewhere);
        let used = feeds.map(|feed| feed.slot.index() + 1).max().unwrap_or(0);
        used.max(planned)
            .max(self.rules.slots() + self.stated_extras())
    }

    /// The feeds that count for another slot than their own, in order: those of
    /// `mapping`, and those of named columns, which may turn up later.
    pub(crate) fn others(&self, mapping: &Mapping) -> Vec<Feed> {
        let mut others = plan::others(self.all_feeds(mapping));
        if self.is_frozen() {
            return others;
        }
        let mut known: BTreeSet<SlotId> = others.iter().map(|feed| feed.slot).collect();
        for stated in self.extras() {
            if let Some(column) = &stated.column
                && known.insert(stated.slot)
            {
                let named = self.sure(column).0.into_iter();
                others.extend(named.filter(|feed| feed.slot == stated.slot));
            }
        }
        // The days of a contract may turn up later.
        for of in self.rules.in_force() {
            for criterion in [of.start, of.end] {
                let feed = self.feed(criterion, Role::InForce, How::Exact, "");
                if others.iter().all(|one| one.slot != feed.slot) {
                    others.push(feed);
                }
            }
        }
        plan::others(others)
    }

    /// True if the column `name` certainly feeds a criterion that can be read.
    pub(crate) fn knows(&self, name: &str) -> bool {
        let feeds = self.sure(name).0;
        feeds.iter().any(|feed| self.rules.can_read(feed.criterion))
    }

    /// What the column `name` feeds if no other column competes.
    pub fn feeds(&self, name: &str) -> Vec<Feed> {
        self.sure(name).0
    }

    /// What the column `name` certainly feeds, or why it is never read.
    fn sure(&self, name: &str) -> (Vec<Feed>, Option<Why>) {
        if let Some(plan) = &self.plan {
            return (plan.feeds(name), None);
        }
        let found = self.names.find(name);
        let named = self.stated_as(name).iter();
        let stated: Vec<_> = named
            .map(|place| {
                let stated = &self.stated[*place];
                let feed = self.feed(stated.criterion, stated.role, How::Stated, name);
                Feed {
                    rank: *place,
                    slot: stated.slot,
                    target: stated.target,
                    ..stated.read_as.applied(feed)
                }
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
            (Role::Filled(value, filling), ..) => Sense::Filled(value, filling),
            (Role::Before(value) | Role::Flag(value), ..) => Sense::Flag(value),
            (_, Some(unit), _) => Sense::Bare(unit),
            (_, _, Some(order)) => Sense::Dated(order),
            (Role::Plain, ..) if how == How::Values && self.is_of_words(criterion) => {
                Sense::Decided
            }
            _ => Sense::Plain,
        };
        let target = self.slot_of(criterion, role);
        Feed {
            criterion,
            how,
            role,
            rank: 0,
            sense,
            slot: self.own_slot(criterion, role).unwrap_or(target),
            target,
            is_fixed: false,
            is_sparse: false,
        }
    }

    /// The error for a column that the user named and that never occurred: neither in
    /// `mapping` nor later, by `met`.
    pub(crate) fn stated_but_unseen(
        &self,
        met: impl Fn(&str) -> bool,
        mapping: &Mapping,
    ) -> Option<Error> {
        if self.is_frozen() {
            return None;
        }
        let feeds = mapping.feeds.iter().flatten().chain(&mapping.elsewhere);
        let mut settled: BTreeSet<usize> = feeds.map(|feed| feed.criterion).collect();
        settled.extend(mapping.unused.iter().flatten().filter_map(|why| match why {
            Why::NotCompared(criterion) => Some(*criterion),
            _ => None,
        }));
        let is_settled = |one: &&Stated| settled.contains(&one.criterion);
        let mut unsettled = self.stated.iter().filter(|one| !is_settled(one));
        let (criterion, unseen) = unsettled.find_map(|one| {
            let column = one.column.as_deref().filter(|name| !met(name))?;
            Some((one.criterion, column))
        })?;
        Some(self.in_no_record(criterion, unseen))
    }

    /// The columns that the user named.
    pub(crate) fn stated_columns(&self) -> impl Iterator<Item = &str> {
        let stated = self.stated.iter();
        stated.filter_map(|one| one.column.as_deref())
    }

    /// The error for a criterion of whose named columns none of several inputs has one.
    pub(crate) fn stated_in_none(&self, met: &BTreeSet<String>) -> Option<Error> {
        let is_met = |one: &&Stated| {
            let column = one.column.as_ref();
            column.is_none_or(|column| met.contains(column))
        };
        let fed = self.stated.iter().filter(is_met).map(|one| one.criterion);
        let fed: BTreeSet<usize> = fed.collect();
        let unmet = (self.stated.iter()).find(|one| !fed.contains(&one.criterion))?;
        let column = unmet.column.as_deref()?;
        Some(self.in_no_record(unmet.criterion, column))
    }

    fn in_no_record(&self, criterion: usize, column: &str) -> Error {
        let found = self.map(criterion, column);
        let found = found.text(" names the column ").quote(column);
        let found = found.text(", which no record has");
        Error::new(ErrorKind::Columns, found)
            .expected("a column of the input, spelled as in the input")
    }

    /// Refuses an input that lacks a column that the user named, if it is `complete`.
    pub(crate) fn check_stated<S: AsRef<str>>(&self, names: &[S], complete: bool) -> Result<()> {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        self.resolve_stated(&names, complete).map(drop)
    }

    /// For each column that the user named with different case or spaces, the name as
    /// the user wrote it.
    fn resolve_stated(&self, names: &[&str], complete: bool) -> Result<HashMap<usize, String>> {
        let mut resolved = HashMap::new();
        let places = Places::of(names);
        let stated = self.stated.iter();
        for (criterion, column) in
            stated.filter_map(|one| Some((one.criterion, one.column.as_deref()?)))
        {
            match places.find(column)[..] {
                [place] if names[place] != column => {
                    resolved.insert(place, column.to_owned());
                }
                [] if complete => {
                    return Err(not_there(self.map(criterion, column), column, names));
                }
                _ => {}
            }
        }
        Ok(resolved)
    }

    /// The option that names a column for a criterion.
    fn map(&self, criterion: usize, column: &str) -> Phrase {
        let name = &self.rules.rulebook().criteria[criterion].name;
        Phrase::default().map(name, column)
    }

    fn is_stated(&self, criterion: usize) -> bool {
        self.stated_of.contains_key(&criterion)
    }

    fn is_length(&self, criterion: usize) -> bool {
        self.rules.rulebook().criteria[criterion].kind == Kind::Length
    }

    /// True for a choice between values, and for organizations.
    fn is_of_words(&self, criterion: usize) -> bool {
        let kind = self.rules.rulebook().criteria[criterion].kind;
        matches!(kind, Kind::Choice | Kind::Organization)
    }

    fn is_date(&self, criterion: usize) -> bool {
        self.rules.rulebook().criteria[criterion].kind == Kind::Date
    }
}

/// The runs of words with their places, longest first.
fn runs(words: &[String]) -> impl Iterator<Item = (usize, &[String])> {
    names::runs(words).map(|(run, [before, _])| (before.len(), run))
}

/// The slots that stated columns fill and count for, and how many have one of their own.
#[derive(Debug, Default)]
struct Taken {
    slots: BTreeSet<SlotId>,
    targets: BTreeSet<SlotId>,
    extras: usize,
}

/// The places of columns by their names, and by what these are without case and spaces.
struct Places<'n> {
    exact: HashMap<&'n str, Vec<usize>>,
    names: &'n [&'n str],
    alike: OnceCell<HashMap<String, Vec<usize>>>,
}

impl<'n> Places<'n> {
    fn of(names: &'n [&'n str]) -> Self {
        let mut exact: HashMap<_, Vec<usize>> = HashMap::new();
        for (place, name) in names.iter().enumerate() {
            exact.entry(*name).or_default().push(place);
        }
        Places {
            exact,
            names,
            alike: OnceCell::new(),
        }
    }

    /// As [`places`].
    fn find(&self, column: &str) -> Vec<usize> {
        if let Some(exact) = self.exact.get(column) {
            return exact.clone();
        }
        let alike = self.alike.get_or_init(|| {
            let mut alike: HashMap<String, Vec<usize>> = HashMap::new();
            for (place, name) in self.names.iter().enumerate() {
                alike.entry(header_key(name)).or_default().push(place);
            }
            alike
        });
        let key = header_key(column);
        match alike.get(&key).map(Vec::as_slice) {
            Some([only]) if !key.is_empty() => vec![*only],
            _ => Vec::new(),
        }
    }
}

/// The places among `names` of the columns that `column` means: those with exactly that
/// name, else the one whose name differs only in case or spaces.
pub(crate) fn places<S: AsRef<str>>(column: &str, names: &[S]) -> Vec<usize> {
    let all = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let named = names.iter().enumerate();
        let named = named.filter(|(_, name)| is(name.as_ref()));
        named.map(|(place, _)| place).collect()
    };
    let exact = all(&|name| name == column);
    if !exact.is_empty() {
        return exact;
    }
    let key = header_key(column);
    let mut alike = all(&|name| header_key(name) == key);
    if alike.len() != 1 || key.is_empty() {
        alike.clear();
    }
    alike
}
