//! What is reported of a related file.
//!
//! Owns the counts, and what was taken and what was not. How it is worded is decided by
//! the caller.

use crate::columns::Mapping;
use crate::engine::compile::Rules;
use crate::error::Place;
use crate::value::Value;

/// How a related file was read, and what came of it.
#[derive(Debug, Clone, Default)]
pub struct FileReport {
    /// The file, as the user named it.
    pub file: String,
    /// Its kind, and what such records are.
    pub kind: Option<(String, String)>,
    /// The column with its keys.
    pub theirs: String,
    /// The column of ours with the same keys.
    pub ours: String,
    /// Few of its records belong to ours, as is the rule for its kind.
    pub is_partial: bool,
    /// The user states the key.
    pub is_stated: bool,
    /// How keys were compared: as a configuration states it.
    pub compared: String,
    /// What was ignored when keys were compared.
    pub ignored: Option<String>,
    /// How many of its records were looked at: of those that are wanted, if only some are.
    pub records: u64,
    /// How many were found among ours.
    pub found: u64,
    /// How many have no key.
    pub without_key: u64,
    /// How many have a key that is not among ours.
    pub orphans: u64,
    /// How many lead to several of ours.
    pub unclear: u64,
    /// How many of our keys have a record, and how many keys there are.
    pub keys: (u64, u64),
    /// How many of our keys occur in several records of ours.
    pub repeated: u64,
    /// How many records that were found do not count, and why.
    pub not_counted: Vec<(NotCounted, u64)>,
    /// Words for states that are not understood, the most frequent first.
    pub unknown_states: Vec<(String, u64)>,
    /// By criterion, texts that are not understood, the most frequent first.
    pub not_understood: Vec<(usize, Vec<(String, u64)>)>,
    /// What is taken, in the order of the criteria.
    pub taken: Vec<Taken>,
    /// Its columns and what they feed.
    pub names: Vec<String>,
    /// What they feed.
    pub mapping: Mapping,
    /// Columns that show something else of a record.
    pub shows: Vec<(String, Shows)>,
    /// The records that were asked for.
    pub lines: Vec<RelatedLine>,
    /// The first records whose key is not among ours, and the key.
    pub orphan_places: Vec<(Place, String)>,
}

/// Why a record does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotCounted {
    /// It is not yet made.
    Draft,
    /// It was cancelled, returned, lost or deleted.
    Void,
    /// It is over, where that matters.
    Gone,
    /// It is in another state than one that counts.
    OtherState,
    /// Its state is not understood.
    Unknown,
    /// It is about somebody else.
    Others,
    /// It belongs to a record of another file that does not count.
    Parent,
}

/// What a column shows of a record, other than the value of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// Its state.
    State,
    /// That it is about somebody else, where it is filled in.
    Others,
    /// That it is a part of something, where it is filled in.
    Part,
    /// Its day.
    Day,
    /// That it names goods.
    Goods,
}

/// Evidence that is taken from a related file.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The criterion.
    pub criterion: usize,
    /// How it is found.
    pub by: TakenBy,
    /// The columns that it is read from.
    pub columns: Vec<String>,
    /// For how many keys the records contradict each other.
    pub conflicts: u64,
}

/// How evidence is found in a related file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenBy {
    /// From the first day to the last.
    Span,
    /// Whether it is in force on the as-of day.
    InForce,
    /// From columns, where the records agree.
    Columns,
    /// From how many records there are, and when.
    Often,
    /// A record means this value by being there.
    Means(String),
    /// The same for records that name goods.
    Goods(String),
    /// The user states that each record says this.
    Says(String),
    /// The user states that to have no record means this.
    Absent(String),
}

/// A record of a related file.
#[derive(Debug, Clone)]
pub struct RelatedLine {
    /// Where it is.
    pub place: Place,
    /// The number of its key among those of the main input.
    pub(crate) key: u32,
    /// Why it does not count, if so.
    pub not_counted: Option<NotCounted>,
    /// What it says, by criterion.
    pub values: Vec<(usize, Value)>,
    /// Its first and last day.
    pub days: [Option<jiff::civil::Date>; 2],
}

impl FileReport {
    /// Adds what the user states.
    pub(super) fn state(
        &mut self,
        rules: &Rules,
        says: &[(usize, Value)],
        absent: &[(usize, Value)],
    ) {
        let text =
            |criterion: usize, value: Value| rules.rulebook().criteria[criterion].text_of(value);
        let mut stated = |criterion, by| {
            self.taken.push(Taken {
                criterion,
                by,
                columns: Vec::new(),
                conflicts: 0,
            });
        };
        for (criterion, value) in says {
            stated(*criterion, TakenBy::Says(text(*criterion, *value)));
        }
        for (criterion, value) in absent {
            stated(*criterion, TakenBy::Absent(text(*criterion, *value)));
        }
        self.taken.sort_by_key(|one| one.criterion);
    }
}
