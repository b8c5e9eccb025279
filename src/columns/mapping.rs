//! What a column is used for, or why it is not used.
//!
//! Owns the terms of a mapping.

use super::parts::Part;
use crate::engine::slot::SlotId;
use crate::value::filled::Filling;
use crate::value::read::Sense;
use crate::value::{DateOrder, Undecided};

/// How a column was matched to a criterion, best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// An ambiguous name, and values that decide its meaning.
    Values,
    /// A known name with fillers around it.
    Words,
    /// A known name.
    Exact,
    /// The user named it.
    Stated,
}

/// The part that a column plays for its criterion. If there are several columns, the
/// first with a value counts, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A flag that overrides everything else: yes means this value.
    Before(u8),
    /// The start of the relationship itself, rather than of a contract.
    Since,
    /// What only speaks against what other columns are about: it may be of another kind,
    /// or be over.
    Kind,
    /// What the criterion is about.
    Plain,
    /// The first or last day of a contract, between which it is in force.
    InForce,
    /// The day on which a contract was signed, from which its term may run.
    Signed,
    /// Any text that looks like this means this value.
    Filled(u8, Filling),
    /// A flag: yes means this value, no means nothing.
    Flag(u8),
    /// The length of a commitment, if nothing gives that of the relationship.
    Term,
}

impl Role {
    /// Its place in that order. Of several flags, the one whose value comes last counts
    /// first: what somebody is to others, before what they are to us.
    fn place(self) -> (u8, u8, Filling) {
        match self {
            Role::Before(value) => (0, value, Filling::Any),
            Role::Since => (1, 0, Filling::Any),
            Role::Kind => (2, 0, Filling::Any),
            Role::Plain => (3, 0, Filling::Any),
            Role::InForce => (4, 0, Filling::Any),
            Role::Signed => (4, 1, Filling::Any),
            Role::Filled(value, filling) => (5, value, filling),
            Role::Flag(value) => (6, u8::MAX - value, Filling::Any),
            Role::Term => (7, 0, Filling::Any),
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
    /// How it was matched.
    pub how: How,
    /// The part it plays.
    pub role: Role,
    /// Its place among several columns that the user named for the criterion.
    pub(super) rank: usize,
    /// How its texts are read.
    pub(crate) sense: Sense,
    /// The slot of a record that it fills.
    pub(crate) slot: SlotId,
    /// The slot that it counts for: its own, or an earlier one that has no value.
    pub(crate) target: SlotId,
    /// Its role is stated, so that no value decides it.
    pub(super) is_fixed: bool,
    /// Only a part of the records has it, and one without it shows nothing by that.
    pub(crate) is_sparse: bool,
}

impl Feed {
    /// Its turn among the columns of its criterion: the place at which the user named
    /// it, then its part.
    pub fn turn(&self) -> (usize, Role) {
        (self.rank, self.role)
    }

    /// The part that it plays, for which columns compete.
    pub(crate) fn part(&self) -> Part {
        (self.criterion, self.rank, self.role)
    }

    /// The unit of a bare number, if the column states one.
    pub fn bare_unit(&self) -> Option<&'static str> {
        match self.sense {
            Sense::Bare(unit) => Some(unit.plural()),
            _ => None,
        }
    }

    /// True if dates are numbers, as workbooks store them.
    pub fn is_serial(&self) -> bool {
        self.sense == Sense::Serial
    }

    /// The order of numeric dates, if it is known.
    pub fn date_order(&self) -> Option<DateOrder> {
        match self.sense {
            Sense::Dated(order) => Some(order),
            _ => None,
        }
    }
}

/// The user's mapping of a criterion: to a column, or to none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The criterion's name.
    pub criterion: String,
    /// How the column is read, as far as it is stated: a role, an order of dates (`dmy`), a
    /// unit (`month`); `flag` and `filled`, each with a value of the criterion after it. A
    /// value alone is one that any text means.
    pub read_as: Vec<String>,
    /// The column's name; `None` switches the criterion off.
    pub column: Option<String>,
}

impl Override {
    /// True if it was found, not stated, when a plan was written.
    pub fn is_found(&self) -> bool {
        self.read_as.iter().any(|word| found(word).is_some())
    }
}

/// How a column was matched when a plan was written.
pub(super) fn found(word: &str) -> Option<How> {
    match word {
        "by-name" => Some(How::Exact),
        "by-words" => Some(How::Words),
        "by-values" => Some(How::Values),
        _ => None,
    }
}

/// Why a column feeds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Its name is not recognized.
    Unknown,
    /// It is known to be useless, for this reason.
    Never(&'static str),
    /// There is nothing to compare it with: our own names are not stated.
    NotCompared(usize),
    /// It may feed this criterion, but neither its name nor its values decide.
    Unclear(usize),
    /// It should feed this criterion, but another column shows that the records are about
    /// something else.
    Elsewhere(usize, Subject, String),
    /// It should feed this criterion, but none of its values is understood.
    NotUnderstood(usize),
    /// It should feed this criterion, but contains numbers instead of words.
    Numbers(usize),
    /// It should feed this length, but its numbers may count something else than months.
    TooLong(usize),
    /// It should feed this criterion, but has the same address in all records.
    OneForAll(usize),
    /// Another column feeds this criterion more clearly.
    Less(usize, String),
    /// Another column would feed this criterion as well, with different values.
    Tied(usize, String),
    /// It turned up when another column fed this criterion already.
    Late(usize, String),
    /// Another column has the words for its codes.
    Twin(String),
    /// Another column was named for this criterion, or none.
    Stated(usize),
    /// The plan does not name it.
    NotPlanned,
    /// Records of this kind of related file show nothing of this criterion.
    NotTaken(usize),
    /// A related file contradicts what the record says of itself.
    Contradicts(usize),
}

impl Why {
    /// The criterion that the column may be about.
    pub fn criterion(&self) -> Option<usize> {
        match self {
            Why::Unknown | Why::Never(_) | Why::Twin(_) | Why::NotPlanned => None,
            Why::NotCompared(criterion)
            | Why::Unclear(criterion)
            | Why::Elsewhere(criterion, ..)
            | Why::NotUnderstood(criterion)
            | Why::Numbers(criterion)
            | Why::TooLong(criterion)
            | Why::OneForAll(criterion)
            | Why::Less(criterion, _)
            | Why::Tied(criterion, _)
            | Why::Late(criterion, _)
            | Why::Stated(criterion)
            | Why::NotTaken(criterion)
            | Why::Contradicts(criterion) => Some(*criterion),
        }
    }
}

/// What records are about, if not about buyers, or whom a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// What we buy, rent or borrow, and from whom.
    Purchases,
    /// Our own staff.
    Staff,
    /// Those of us who did the work.
    Workers,
    /// Something else, such as calls or audits.
    Other,
}

impl Subject {
    /// What it is, in words.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Purchases => "what we buy",
            Subject::Staff => "our own staff",
            Subject::Workers => "those who did the work",
            Subject::Other => "something else",
        }
    }
}

/// Columns and the criteria they feed, once decided.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// What all records are about, if not about buyers, and the columns that show it.
    pub subject: Option<(Subject, Vec<String>)>,
    /// By column: the criteria it feeds.
    pub feeds: Vec<Vec<Feed>>,
    /// By column: why it feeds nothing, if so.
    pub unused: Vec<Option<Why>>,
    /// Columns of numeric dates whose order neither the sample nor the user shows.
    pub undated: Vec<(usize, Undecided)>,
    /// What columns feed that other inputs have, and this one does not.
    pub(crate) elsewhere: Vec<Feed>,
    /// What columns feed that no other input had when columns were settled, each unless
    /// another column feeds the same.
    pub(crate) late: Vec<(usize, Feed)>,
    /// Such columns whose texts may change what others show.
    pub(crate) open: Vec<usize>,
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
}
