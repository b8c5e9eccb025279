//! The shape of a rulebook file: its tables, their keys and the type of each.
//!
//! Owns the one description by which files are read, checked and completed by editors.
//! Knows nothing of what the keys mean together.

use self::Need::{Always, Extending, File, Never, Unless};
use self::Takes::{
    Any, Condition, Count, Day, Name, One, Points, Scalar, Tables, Text, Texts, Title, True,
};
use crate::rulebook::MOST_POINTS;
use crate::rulebook::file::BUILT_IN;
use crate::rulebook::related::RECORDS;

/// A table and its keys.
#[derive(Debug)]
pub(crate) struct Table {
    /// What it is, in one line.
    pub(crate) says: &'static str,
    /// How to find the inherited table that a table of the file changes.
    pub(crate) known_by: KnownBy,
    /// Its keys; where there are several tables of a kind, the first key identifies it.
    pub(crate) keys: &'static [Key],
}

/// How tables of one kind are identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnownBy {
    /// By a unique name, which others may refer to.
    Name,
    /// By a code that several may share; their order matters.
    Code,
    /// By the end at which they are open, or else by the label.
    OpenEnd,
}

/// A key of a table.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// What it is, in one line.
    pub(crate) says: &'static str,
    pub(crate) takes: Takes,
    pub(crate) need: Need,
}

/// When a key is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Always: it identifies the table.
    Always,
    /// Unless it is inherited.
    Unless,
    /// It may be left out.
    Never,
    /// It may be left out; it is about the file, and not part of the rulebook.
    File,
    /// Only in a file that extends a rulebook: `remove`, `after`, and `more_x`, which adds
    /// to the inherited `x`.
    Extending,
}

/// What a key takes.
#[derive(Debug)]
pub(crate) enum Takes {
    /// A text that is not empty.
    Text,
    /// A name of `a-z`, `0-9` and this sign.
    Name(char),
    /// A name without spaces, such as that of a rulebook.
    Title,
    /// Points.
    Points,
    /// A whole number from the first to the second.
    Count(u32, u32),
    /// `true`.
    True,
    /// One of these texts.
    One(&'static [&'static str]),
    /// A list of at least this many texts, which replaces an inherited one.
    Texts(usize),
    /// A text, or a list of texts.
    Condition,
    /// A day such as `2026-01-31`.
    Day,
    /// A value of a record: a text, a number or true or false.
    Scalar,
    /// A table.
    Table(&'static Table),
    /// A list of tables.
    Tables(&'static Table),
    /// A table of any keys, each of which takes this.
    Any(&'static Takes),
}

impl Key {
    /// What its tables are called in messages.
    pub(crate) fn noun(&self) -> &'static str {
        match self.name {
            "related" => "related file",
            name => name,
        }
    }
}

impl Takes {
    /// What the value of a key, or an item of its list, must be.
    pub(crate) fn noun(&self, is_item: bool) -> String {
        match self {
            Text => "a text".to_owned(),
            Points | Count(..) => "a whole number".to_owned(),
            Texts(_) => "a list of texts".to_owned(),
            Condition => "a text or a list of texts".to_owned(),
            Tables(_) if !is_item => "a list of tables".to_owned(),
            Tables(_) => "a table".to_owned(),
            _ => self.in_words(),
        }
    }

    /// What to write, in words.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Text => "a text that is not empty".to_owned(),
            Name('-') => "a text of a-z, 0-9 and -".to_owned(),
            Name(_) => "a text of a-z, 0-9 and _".to_owned(),
            Title => "a text without spaces".to_owned(),
            Points => format!("a whole number from -{MOST_POINTS} to {MOST_POINTS}"),
            Count(least, most) => format!("a whole number from {least} to {most}"),
            True => "true".to_owned(),
            One(texts) => format!("one of {}", texts.join(", ")),
            Texts(0) => "texts in brackets, such as [\"yes\", \"no\"]".to_owned(),
            Texts(_) => "at least one text, in brackets, such as [\"yes\"]".to_owned(),
            Condition => {
                "a text, or at least one in brackets, such as \"yes\" or [\"yes\", \"no\"]"
                    .to_owned()
            }
            Day => "a day such as \"2026-01-31\"".to_owned(),
            Scalar => "a text, a number, true or false".to_owned(),
            Takes::Table(_) | Any(_) => "a table".to_owned(),
            Tables(_) => "tables, each with a header in two brackets".to_owned(),
        }
    }
}

const fn key(name: &'static str, need: Need, takes: Takes, says: &'static str) -> Key {
    Key {
        name,
        says,
        takes,
        need,
    }
}

const REMOVE: Key = key(
    "remove",
    Extending,
    True,
    "Removes what is inherited under this name",
);

// In these tables each key has one row.

/// The file.
#[rustfmt::skip]
pub(crate) static RULEBOOK: Table = Table {
    says: "A rulebook: criteria, and scorecards that give them points",
    known_by: KnownBy::Name,
    keys: &[
        key("name", Always, Title, "Its name, which is printed with each explained label"),
        key("version", Always, Title, "Its version"),
        key("extend", File, One(&[BUILT_IN]), "The rulebook from which everything is inherited that this file leaves out"),
        key("statement", Never, Tables(&STATEMENT), "What the sources say"),
        key("criterion", Unless, Tables(&CRITERION), "The facts that a record may hold"),
        key("related", Never, Tables(&RELATED), "The kinds of files with any number of records for a relationship"),
        key("scorecard", Unless, Tables(&SCORECARD), "The questions, each with two labels"),
        key("words", Never, Any(&Any(&Any(&Texts(1)))), "More words, by language, criterion and value; * is every criterion, (column) its column names"),
        key("case", File, Tables(&CASE), "Records and the labels they should get, for `clientype rules test`"),
    ],
};

#[rustfmt::skip]
static STATEMENT: Table = Table {
    says: "One thing that a source says",
    known_by: KnownBy::Name,
    keys: &[
        key("id", Always, Title, "Its short name, which attributes cite"),
        key("says", Unless, Text, "Its text, in the rulebook's own words"),
        key("not_a_rule", Never, Text, "Why no attribute cites it"),
        REMOVE,
    ],
};

#[rustfmt::skip]
static CRITERION: Table = Table {
    says: "One fact about a relationship",
    known_by: KnownBy::Name,
    keys: &[
        key("name", Always, Name('_'), "Its name: a key on the command line, a column name, an id in rules"),
        key("says", Unless, Text, "Its meaning, in one line"),
        key("kind", Unless, One(&["choice", "length", "date", "organization", "address"]), "How its text is read"),
        key("values", Never, Texts(0), "All values it can have; none for lengths and dates"),
        key("more_values", Extending, Texts(1), "Values added to the inherited ones"),
        key("groups", Never, Any(&Texts(1)), "Names for sets of values, for use in conditions"),
        key("more_groups", Extending, Any(&Texts(1)), "Values that join inherited groups"),
        key("length_means", Never, Text, "The value that a length of time means"),
        key("from_dates", Never, Takes::Table(&FROM_DATES), "The dates that give a length where none is stated"),
        key("in_force", Never, Takes::Table(&IN_FORCE), "The dates that give a choice where none is stated"),
        REMOVE,
    ],
};

#[rustfmt::skip]
static FROM_DATES: Table = Table {
    says: "The two dates between which a length is measured",
    known_by: KnownBy::Name,
    keys: &[
        key("start", Always, Text, "The criterion with the first day"),
        key("end", Always, Text, "The criterion with the last day"),
    ],
};

#[rustfmt::skip]
static IN_FORCE: Table = Table {
    says: "The dates between which something is in force, and the values that this means",
    known_by: KnownBy::Name,
    keys: &[
        key("start", Always, Text, "The criterion with the first day"),
        key("end", Always, Text, "The criterion with the last day"),
        key("during", Always, Text, "The value if the as-of date lies between them"),
        key("after", Always, Text, "The value if the as-of date lies after the last day"),
    ],
};

#[rustfmt::skip]
static RELATED: Table = Table {
    says: "A kind of files with any number of records for a relationship",
    known_by: KnownBy::Name,
    keys: &[
        key("name", Always, Name('_'), "Its name"),
        key("says", Unless, Text, "What such files have, in one line"),
        key("about", Never, Text, "The criterion, with `in_force`, whose state, days and term the records have"),
        key("counts", Unless, Texts(1), "The states in which a record counts: none, draft, open, done, gone, void"),
        key("take", Never, Any(&Condition), "How several records become one, by criterion: agree, first, last or flag, or values of which the first counts; for a length span, longest or sum"),
        key("means", Never, Any(&Text), "The values, by criterion, that a record shows by being there"),
        key("goods", Never, Any(&Text), "The values, by criterion, that a record shows where it names goods"),
        key("unless", Never, Any(&Condition), "The values or groups, by criterion, with any of which `means`, `goods` and `frequency` show nothing"),
        key("contradicts", Never, Any(&Condition), "The values or groups, by criterion, of a record about the buyer that such records contradict"),
        key("part_of", Never, Texts(1), "The kinds of which a record may be a part, such as contracts: then `means`, `goods` and `frequency` show nothing"),
        key("partial", Never, True, "Few of its records belong to a relationship, or none"),
        key("frequency", Never, Takes::Table(&FREQUENCY), "What the number of records and their days show"),
        REMOVE,
    ],
};

#[rustfmt::skip]
static FREQUENCY: Table = Table {
    says: "The values of a criterion that the number of records and their days show",
    known_by: KnownBy::Name,
    keys: &[
        key("criterion", Always, Text, "The criterion"),
        key("once", Always, Text, "The value for exactly one record"),
        key("occasional", Always, Text, "The value for several that are not regular"),
        key("regular", Always, Text, "The value for at least `records` over at least `span`, without a gap longer than `gap`"),
        key("records", Always, Count(RECORDS.0, RECORDS.1), "How many records are regular"),
        key("span", Always, Text, "Whole months, from 1 to 60, such as \"6 months\""),
        key("gap", Always, Text, "Whole months, from 1 to 60, such as \"4 months\""),
    ],
};

#[rustfmt::skip]
static SCORECARD: Table = Table {
    says: "One question with two labels, answered by adding up points",
    known_by: KnownBy::Name,
    keys: &[
        key("name", Always, Name('_'), "Its name, from which the added fields are named: NAME_label"),
        key("question", Unless, Text, "The question in plain words"),
        key("initial_score", Never, Points, "The points before any evidence; 0 unless given"),
        key("band", Unless, Tables(&BAND), "The scores for which a label holds: one band upwards, one downwards"),
        key("characteristic", Unless, Tables(&CHARACTERISTIC), "The criteria that it gives points for"),
        REMOVE,
    ],
};

#[rustfmt::skip]
static BAND: Table = Table {
    says: "A range of scores that is open at one end, and its label",
    known_by: KnownBy::OpenEnd,
    keys: &[
        key("label", Unless, Text, "The label that holds within the band"),
        key("at_least", Never, Points, "The lowest score of the band that is open upwards"),
        key("at_most", Never, Points, "The highest score of the band that is open downwards"),
    ],
};

#[rustfmt::skip]
static CHARACTERISTIC: Table = Table {
    says: "One criterion, as a scorecard uses it",
    known_by: KnownBy::Name,
    keys: &[
        key("criterion", Always, Text, "The criterion that has to be known for any points"),
        key("attribute", Unless, Tables(&ATTRIBUTE), "Tried in this order; the first that holds counts"),
        REMOVE,
    ],
};

#[rustfmt::skip]
static ATTRIBUTE: Table = Table {
    says: "A condition, and the points it gives",
    known_by: KnownBy::Code,
    keys: &[
        key("reason_code", Always, Name('-'), "A stable short name for the reason"),
        key("when", Unless, Any(&Condition), "The conditions, by criterion: a value, a group or a list of them; for a length \">= 12 months\" or \"< 2 years\""),
        key("partial_score", Unless, Points, "The points it gives"),
        key("reason", Unless, Text, "The reason in plain words"),
        key("sources", Never, Texts(0), "The ids of the statements that it is based on"),
        key("after", Extending, Text, "The reason code of the attribute after which this new one is tried; before all inherited ones unless given"),
        REMOVE,
    ],
};

#[rustfmt::skip]
static CASE: Table = Table {
    says: "A record, and the labels it should get",
    known_by: KnownBy::Name,
    keys: &[
        key("name", Always, Text, "The name of the case"),
        key("record", Always, Any(&Scalar), "The record, by criterion or by any column name for one"),
        key("expect", Always, Any(&Text), "The label it should get, by scorecard"),
        key("reasons", Never, Texts(1), "Reason codes that should be among those that count"),
        key("own", Never, Texts(0), "Our own names and mail domains; an empty list for none"),
        key("as_of", Never, Day, "The day on which open-ended durations are measured"),
    ],
};
