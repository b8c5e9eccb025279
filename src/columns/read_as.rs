//! How a column is stated to be read: its role, order and unit, in words.
//!
//! Owns these words, which the command line and a configuration share, and what they mean for a
//! criterion. Knows no names of columns and no values: what is stated holds.

use super::mapping::{Feed, How, Role, found};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
use crate::text::quoted;
use crate::value::filled::Filling;
use crate::value::read::Sense;
use crate::value::{DateOrder, Kind, TimeUnit};

/// What is stated about how a column is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ReadAs {
    pub(super) role: Option<Role>,
    /// What goes with the role, or the order of dates, or the unit of numbers.
    pub(super) sense: Option<Sense>,
    /// A record that lacks it shows nothing by that.
    pub(super) is_sparse: bool,
    /// How it was found, if it was not stated when a plan was written.
    pub(super) found: Option<How>,
}

/// A role that a word states, before it is known for which criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stated {
    States,
    Careful,
    Status,
    Kind,
    Running,
    /// Yes means that it is over.
    Over,
    /// No means that it is over.
    Active,
    Void,
    Relationship,
    Contract,
    Signing,
    Commitment,
}

/// The roles, by the word for each; the key of a configuration that takes it, with the value
/// there; and what it says.
pub(crate) const ROLES: [(&str, &str, &str, &str); 12] = [
    ("states", "role", "states", "its texts state the criterion"),
    (
        "careful",
        "role",
        "careful",
        "the same, but words and names that other kinds of columns have too are not understood",
    ),
    (
        "status",
        "role",
        "status",
        "the state of what the criterion is about",
    ),
    (
        "kind",
        "role",
        "kind",
        "its kind: only what speaks against it counts",
    ),
    (
        "running",
        "role",
        "running",
        "a question: no means that it is over",
    ),
    (
        "over",
        "role",
        "over",
        "a question: yes means that it is over, no means nothing",
    ),
    (
        "active",
        "role",
        "active",
        "a question: no means that it is over, yes means nothing",
    ),
    (
        "void",
        "role",
        "void",
        "a question: yes means that nothing counts",
    ),
    (
        "relationship",
        "since",
        "relationship",
        "the first day of the relationship itself",
    ),
    (
        "contract",
        "since",
        "contract",
        "the first or last day of a contract, in force between them",
    ),
    (
        "signing",
        "since",
        "signing",
        "the day of signing, from which a term may run",
    ),
    (
        "commitment",
        "commitment",
        "true",
        "the length of a commitment, not of the relationship",
    ),
];

/// The words that take a value of the criterion, and what an answer or a text then means.
pub(crate) const WITH_VALUE: [(&str, &str); 6] = [
    ("flag", "yes means the value, no means nothing"),
    ("override", "the same, before every other column"),
    ("filled", "any text means the value"),
    (
        "filled-number",
        "a number as documents have it means the value",
    ),
    ("filled-day", "a day means the value"),
    ("filled-name", "a name means the value"),
];

/// The word for a column that many records lack.
pub(super) const SPARSE: &str = "sparse";
/// The word for days that are numbers, as workbooks store them.
pub(crate) const SERIAL: &str = "serial";
pub(crate) const ORDERS: [&str; 4] = ["dmy", "mdy", "ymd", SERIAL];
pub(crate) const UNITS: [&str; 4] = ["day", "week", "month", "year"];

fn stated(word: &str) -> Option<Stated> {
    const ALL: [Stated; 12] = [
        Stated::States,
        Stated::Careful,
        Stated::Status,
        Stated::Kind,
        Stated::Running,
        Stated::Over,
        Stated::Active,
        Stated::Void,
        Stated::Relationship,
        Stated::Contract,
        Stated::Signing,
        Stated::Commitment,
    ];
    let place = ROLES.iter().position(|(known, ..)| *known == word)?;
    Some(ALL[place])
}

fn order(word: &str) -> Option<Sense> {
    match DateOrder::from_name(word) {
        Some(order) => Some(Sense::Dated(order)),
        None => (word == SERIAL).then_some(Sense::Serial),
    }
}

/// The unit with this name, in the singular or plural.
fn unit(word: &str) -> Option<TimeUnit> {
    TimeUnit::from_name(word.strip_suffix('s').unwrap_or(word))
}

impl ReadAs {
    /// What `words` state for a criterion.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] for a word that is not known or means nothing for the
    /// criterion, and for two that contradict each other.
    pub(super) fn of(rules: &Rules, criterion: usize, words: &[String]) -> Result<Self> {
        let mut read_as = ReadAs::default();
        let mut words = words.iter().map(|word| word.trim());
        let (mut roles, mut senses) = (0, 0);
        while let Some(word) = words.next() {
            let takes_value = WITH_VALUE.iter().any(|(known, _)| *known == word);
            let is_value = value(rules, criterion, word).is_some();
            let (role, sense) = match word {
                _ if takes_value && !is_value => {
                    let named = words.next().unwrap_or_default();
                    let value = value(rules, criterion, named)
                        .ok_or_else(|| no_value(rules, criterion, named))?;
                    (Some(with_value(word, value)), None)
                }
                _ if is_value => {
                    let value = value(rules, criterion, word);
                    (value.map(|value| Role::Filled(value, Filling::Any)), None)
                }
                _ if found(word).is_some() => {
                    read_as.found = found(word);
                    continue;
                }
                SPARSE => {
                    read_as.is_sparse = true;
                    continue;
                }
                _ => match (stated(word), order(word), unit(word)) {
                    (Some(stated), ..) => {
                        let part = part(rules, criterion, stated);
                        let (role, sense) = part.ok_or_else(|| not_for(rules, criterion, word))?;
                        (Some(role), sense)
                    }
                    (_, Some(order), _) if kind(rules, criterion) == Kind::Date => {
                        (None, Some(order))
                    }
                    (_, _, Some(unit)) if kind(rules, criterion) == Kind::Length => {
                        (None, Some(Sense::Bare(unit)))
                    }
                    (None, None, None) => return Err(no_value(rules, criterion, word)),
                    _ => return Err(not_for(rules, criterion, word)),
                },
            };
            roles += usize::from(role.is_some());
            senses += usize::from(sense.is_some());
            read_as.role = role.or(read_as.role);
            read_as.sense = sense.or(read_as.sense);
        }
        match roles > 1 || senses > 1 {
            false => Ok(read_as),
            true => {
                let name = &rules.rulebook().criteria[criterion].name;
                let found = format!("states two ways to read one column for {name}");
                Err(Error::about(Setting::Map, ErrorKind::Usage, found)
                    .expected("one role, and one order or unit"))
            }
        }
    }

    /// A feed in this role and sense.
    pub(super) fn applied(self, feed: Feed) -> Feed {
        Feed {
            sense: self.sense.unwrap_or(feed.sense),
            is_sparse: self.is_sparse,
            is_fixed: self.role.is_some(),
            ..feed
        }
    }
}

fn kind(rules: &Rules, criterion: usize) -> Kind {
    rules.rulebook().criteria[criterion].kind
}

/// The value of a choice with this name.
fn value(rules: &Rules, criterion: usize, name: &str) -> Option<u8> {
    let of = &rules.rulebook().criteria[criterion];
    let place = of.values.iter().position(|own| own == name);
    let place = place.filter(|_| of.kind == Kind::Choice)?;
    u8::try_from(place).ok()
}

fn with_value(word: &str, value: u8) -> Role {
    match word {
        "flag" => Role::Flag(value),
        "override" => Role::Before(value),
        "filled-number" => Role::Filled(value, Filling::Number),
        "filled-day" => Role::Filled(value, Filling::Day),
        "filled-name" => Role::Filled(value, Filling::Name),
        _ => Role::Filled(value, Filling::Any),
    }
}

/// The role for a criterion, if it has that: only a contract can be over.
fn part(rules: &Rules, criterion: usize, stated: Stated) -> Option<(Role, Option<Sense>)> {
    let mut in_force = rules.in_force().iter();
    let mut derived = rules.derived().iter();
    let state = in_force.clone().find(|one| one.criterion == criterion);
    let of_words = matches!(kind(rules, criterion), Kind::Choice | Kind::Organization);
    Some(match stated {
        Stated::States => (Role::Plain, None),
        Stated::Careful if of_words => (Role::Plain, Some(Sense::Decided)),
        Stated::Status if state.is_some() => (Role::Plain, Some(Sense::Status)),
        Stated::Kind if state.is_some() => (Role::Kind, Some(Sense::Kind)),
        Stated::Running => {
            let of = state?;
            (Role::Plain, Some(Sense::Running(of.during, of.after)))
        }
        Stated::Over => (Role::Kind, Some(Sense::Veto(true, Some(state?.after)))),
        Stated::Active => (Role::Kind, Some(Sense::Veto(false, Some(state?.after)))),
        Stated::Void if state.is_some() => (Role::Kind, Some(Sense::Veto(true, None))),
        Stated::Relationship if derived.any(|one| one.start == criterion) => (Role::Since, None),
        Stated::Contract if in_force.any(|one| [one.start, one.end].contains(&criterion)) => {
            (Role::InForce, None)
        }
        Stated::Signing if in_force.any(|one| one.start == criterion) => (Role::Signed, None),
        Stated::Commitment if derived.any(|one| one.length == criterion) => (Role::Term, None),
        _ => return None,
    })
}

fn not_for(rules: &Rules, criterion: usize, word: &str) -> Error {
    let name = &rules.rulebook().criteria[criterion].name;
    let found = format!("states {}, which means nothing for {name}", quoted(word));
    Error::about(Setting::Map, ErrorKind::Usage, found).expected(expected(rules, criterion))
}

fn no_value(rules: &Rules, criterion: usize, word: &str) -> Error {
    let name = &rules.rulebook().criteria[criterion].name;
    let found = match word {
        "" => format!("states no value of {name}"),
        _ => format!("states {}, which {name} does not have", quoted(word)),
    };
    Error::about(Setting::Map, ErrorKind::Usage, found).expected(expected(rules, criterion))
}

/// What can be stated for a criterion.
fn expected(rules: &Rules, criterion: usize) -> Phrase {
    let of = &rules.rulebook().criteria[criterion];
    let roles = ROLES.iter().map(|(word, ..)| *word);
    let roles = roles.filter(|word| {
        let role = stated(word).and_then(|one| part(rules, criterion, one));
        *word != "states" && role.is_some()
    });
    let mut words: Vec<&str> = match of.kind {
        Kind::Date => ORDERS.to_vec(),
        Kind::Length => UNITS.to_vec(),
        Kind::Choice => of.values.iter().map(String::as_str).collect(),
        Kind::Organization | Kind::Address => vec!["states"],
    };
    words.extend(roles);
    let flag = of.values.first().filter(|_| of.kind == Kind::Choice);
    let flag = flag.map_or(String::new(), |value| format!(", flag:{value}"));
    format!("one of {}{flag}", words.join(", ")).into()
}
