//! What a rulebook file may say: its tables, their keys and what each takes.
//!
//! Owns the one description by which files are read, checked and completed by
//! editors. Knows nothing of what the keys mean together.

use self::Need::{Always, Extending, File, Never, Unless};
use self::Takes::{Any, Condition, Day, Name, One, Points, Said, Tables, Text, Texts, Title, True};
use crate::rulebook::MOST_POINTS;
use crate::rulebook::file::BUILT_IN;

/// A table and its keys.
#[derive(Debug)]
pub(crate) struct Table {
    /// What it is, in one line.
    pub(crate) says: &'static str,
    /// How the inherited table is found that one of a file changes.
    pub(crate) known_by: KnownBy,
    /// Its keys; where there are several tables of a kind, the first one names it.
    pub(crate) keys: &'static [Key],
}

/// How tables of one kind are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnownBy {
    /// By a name that is there once, and that others may refer to.
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

/// When a key has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Always: it is what the table is known by.
    Always,
    /// Unless what is extended has it.
    Unless,
    /// It may be left out.
    Never,
    /// It may be left out; it is about the file, and no part of the rulebook.
    File,
    /// It may be there only where something is extended: `remove`, `after`, and `more_x`,
    /// which adds to the inherited `x`.
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
    /// `true`.
    True,
    /// One of these texts.
    One(&'static [&'static str]),
    /// Texts; at least so many. They replace those that are inherited.
    Texts(usize),
    /// A text, or several.
    Condition,
    /// A day such as `2026-01-31`.
    Day,
    /// What a record says: a text, a number or true or false.
    Said,
    /// A table.
    Table(&'static Table),
    /// Tables, one after the other.
    Tables(&'static Table),
    /// Any keys, of which each takes this.
    Any(&'static Takes),
}

impl Takes {
    /// What would have been right, in words.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Text => "a text that is not empty".to_owned(),
            Name('-') => "a text of a-z, 0-9 and -".to_owned(),
            Name(_) => "a text of a-z, 0-9 and _".to_owned(),
            Title => "a text without spaces".to_owned(),
            Points => format!("a whole number from -{MOST_POINTS} to {MOST_POINTS}"),
            True => "true".to_owned(),
            One(texts) => format!("one of {}", texts.join(", ")),
            Texts(0) => "texts in brackets, such as [\"yes\", \"no\"]".to_owned(),
            Texts(_) => "at least one text, in brackets, such as [\"yes\"]".to_owned(),
            Condition => {
                "a text, or at least one in brackets, such as \"yes\" or [\"yes\", \"no\"]"
                    .to_owned()
            }
            Day => "a day such as \"2026-01-31\"".to_owned(),
            Said => "a text, a number, true or false".to_owned(),
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
    "Leaves out what is inherited under this name",
);

// In these tables each key has a row.

/// The file.
#[rustfmt::skip]
pub(crate) static RULEBOOK: Table = Table {
    says: "A rulebook: criteria, and scorecards that say what they count",
    known_by: KnownBy::Name,
    keys: &[
        key("name", Always, Title, "Its name, which stands beside each explained label"),
        key("version", Always, Title, "Its version, as its owner counts"),
        key("extend", File, One(&[BUILT_IN]), "The rulebook from which all is inherited that this one does not say"),
        key("statement", Never, Tables(&STATEMENT), "What the sources say"),
        key("criterion", Unless, Tables(&CRITERION), "The facts that a record may hold"),
        key("scorecard", Unless, Tables(&SCORECARD), "The questions, each with two labels"),
        key("words", Never, Any(&Any(&Any(&Texts(1)))), "Further words, by language, criterion and value; * is every criterion, (column) its names as a column"),
        key("case", File, Tables(&CASE), "Records and the labels they should get, for `clientype rules test`"),
    ],
};

#[rustfmt::skip]
static STATEMENT: Table = Table {
    says: "One thing that a source says",
    known_by: KnownBy::Name,
    keys: &[
        key("id", Always, Title, "Its short name, which attributes cite"),
        key("says", Unless, Text, "What it says, in the rulebook's own words"),
        key("not_a_rule", Never, Text, "Why no attribute rests on it"),
        REMOVE,
    ],
};

#[rustfmt::skip]
static CRITERION: Table = Table {
    says: "One fact about a relationship",
    known_by: KnownBy::Name,
    keys: &[
        key("name", Always, Name('_'), "Its name: a key on the command line, a name for a column, an id in rules"),
        key("says", Unless, Text, "What it tells, in one line"),
        key("kind", Unless, One(&["choice", "length", "date", "organization", "address"]), "How its text is read"),
        key("values", Never, Texts(0), "All values it can take; none for lengths and dates"),
        key("more_values", Extending, Texts(1), "Values beside the inherited ones"),
        key("groups", Never, Any(&Texts(1)), "Names for sets of values, for use in conditions"),
        key("more_groups", Extending, Any(&Texts(1)), "Values that join inherited groups"),
        key("length_means", Never, Text, "The value that a length of time stands for"),
        key("from_dates", Never, Takes::Table(&FROM_DATES), "The dates that give a length where none is stated"),
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
static SCORECARD: Table = Table {
    says: "One question with two labels, answered by adding up points",
    known_by: KnownBy::Name,
    keys: &[
        key("name", Always, Name('_'), "Its name, from which the added fields are named: NAME_label"),
        key("question", Unless, Text, "The question in plain words"),
        key("initial_score", Never, Points, "The points before any evidence; 0 unless given"),
        key("band", Unless, Tables(&BAND), "From which score on a label holds: one band upwards, one downwards"),
        key("characteristic", Unless, Tables(&CHARACTERISTIC), "What is looked at"),
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
    says: "One criterion as a scorecard sees it",
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
        key("when", Unless, Any(&Condition), "What has to hold, by criterion: a value, a group or several; for a length \">= 12 months\" or \"< 2 years\""),
        key("partial_score", Unless, Points, "The points it gives"),
        key("reason", Unless, Text, "The reason in plain words"),
        key("sources", Never, Texts(0), "The statements it rests on"),
        key("after", Extending, Text, "The reason code of the attribute behind which this further one is tried; before all inherited ones unless given"),
        REMOVE,
    ],
};

#[rustfmt::skip]
static CASE: Table = Table {
    says: "A record, and the labels it should get",
    known_by: KnownBy::Name,
    keys: &[
        key("name", Always, Text, "What the case is about"),
        key("record", Always, Any(&Said), "What the record says, by criterion or by any name of a column for one"),
        key("expect", Always, Any(&Text), "The label it should get, by scorecard"),
        key("reasons", Never, Texts(1), "Reason codes that should be among those that count"),
        key("own", Never, Texts(0), "Our own names and mail domains; none, if the case is about nobody having said them"),
        key("as_of", Never, Day, "The day on which open-ended durations are measured"),
    ],
};
