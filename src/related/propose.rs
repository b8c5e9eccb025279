//! Which columns may have the keys of a related file.
//!
//! Owns the proposals, from the names of columns: what the file is about, and what a key
//! identifies. Whether they fit is decided by the keys themselves.

use super::RelatedFile;
use crate::columns::related::{BUYERS, KeyName, KeyPart, PARTIES};
use crate::columns::{not_there, places};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Result, Setting};
use crate::lexicon::normalize::header_key;
use crate::run::keys::KeyForm;
use crate::run::{Fold, Need, Opened, Options, Reading, Row, Rulebook, Source, Wanted, rows};

/// The beginning of an input.
#[derive(Debug, Clone, Default)]
pub(super) struct Peeked {
    pub(super) name: String,
    pub(super) names: Vec<String>,
    /// By column.
    pub(super) values: Vec<Vec<String>>,
    /// By column, what its name shows about a key in it.
    keys: Vec<KeyName>,
    /// There are no other columns.
    pub(super) is_complete: bool,
    /// Its kind, by its name or its first column.
    pub(super) kind: Option<String>,
    /// Few of its records belong to ours, as is the rule for its kind.
    pub(super) is_partial: bool,
}

/// A key that may relate a file to ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) theirs: String,
    pub(super) ours: String,
    pub(super) form: KeyForm,
    pub(super) strength: Strength,
}

/// How much speaks for a key before any key is compared, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// The user states it.
    Stated,
    /// The names of both columns say that they identify one of ours by the same part.
    Names(Spelling, Certainty, KeyPart),
    /// Ours names something else, of which the related file is the list.
    Foreign,
    /// The columns have the same name, or the other column does not say what it
    /// identifies: the keys have to speak for themselves.
    Values,
}

/// Whether two columns have the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spelling {
    Same,
    Different,
}

/// How certain it is that a name means one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// It has a word for a buyer, and says by what it identifies them.
    Certain,
    /// It may name something else: another firm, a user, or how many buyers there are.
    Likely,
}

/// Kinds in which the person named is the buyer, unless another column names them.
const OF_PERSONS: [&str; 7] = [
    "orders",
    "bookings",
    "payments",
    "subscriptions",
    "invoices",
    "contracts",
    "tickets",
];

struct Peek<'p> {
    to: &'p mut Peeked,
}

impl Fold for Peek<'_> {
    fn open(&mut self, input: &Opened<'_>) -> Result<Wanted> {
        let columns = &input.columns[0];
        let names = input.names.iter();
        self.to.keys = names.clone().map(|name| columns.key_name(name)).collect();
        self.to.names = input.names.to_vec();
        self.to.values = input.values.to_vec();
        // Under a plan, an object may lack any key.
        let may_lack = columns.is_frozen() && input.delimiter.is_none();
        self.to.is_complete = input.is_complete && !may_lack;
        let name = super::base_name(input.file);
        // `hr.employee.csv` has its name in two parts.
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let by_column = || {
            let kind = self.to.keys.first()?.of(None)?;
            (kind != BUYERS && kind != PARTIES).then(|| kind.to_owned())
        };
        self.to.kind = columns.kind_of_file(stem).or_else(by_column);
        Ok(Wanted::default())
    }

    fn row(&mut self, _: &mut Row<'_>) -> Result<()> {
        Ok(())
    }

    fn need(&self) -> Need {
        Need::None
    }
}

/// Reads the beginning of an input.
pub(super) fn peek(rules: &Rules, options: &Options, source: Source<'_>) -> Result<Peeked> {
    let mut peeked = Peeked {
        name: source.name.clone(),
        ..Peeked::default()
    };
    let reading = Reading {
        is_judged: false,
        passes_over: true,
        only: None,
    };
    let mut peek = Peek { to: &mut peeked };
    let rulebook = Rulebook { name: "", rules };
    let options = Options {
        threads: std::num::NonZero::new(1),
        ..options.clone()
    };
    let (result, ..) = rows(&[rulebook], &options, source, reading, &mut peek);
    result?;
    Ok(peeked)
}

/// The keys that may relate a file, of which `theirs` is the beginning, to `ours`, whose
/// records are of this kind; the best first.
///
/// # Errors
///
/// If the user states a key that is not there.
pub(super) fn propose(
    file: &RelatedFile,
    theirs: &Peeked,
    ours: &Peeked,
    our_kind: &str,
) -> Result<Vec<Candidate>> {
    if let Some((their_key, our_key)) = &file.on {
        let find = |peeked: &Peeked, column: &str| match places(column, &peeked.names)[..] {
            [place] => Ok(peeked.names[place].clone()),
            [_, _, ..] => {
                let found = Phrase::default().setting(Setting::On);
                let found = found
                    .text(" names ")
                    .quote(column)
                    .text(", and several columns have that name");
                let error =
                    Error::new(ErrorKind::Columns, found).expected("one column with the key");
                Err(error.help("rename the others").in_file(&peeked.name))
            }
            [] if !peeked.is_complete => Ok(column.to_owned()),
            [] => {
                let error = not_there(Setting::On, column, &peeked.names);
                Err(error.in_file(&peeked.name))
            }
        };
        let (their_key, our_key) = (find(theirs, their_key)?, find(ours, our_key)?);
        let part = |peeked: &Peeked, column: &str| peeked.part(column);
        let is_domain =
            part(theirs, &their_key) == KeyPart::Domain || part(ours, &our_key) == KeyPart::Domain;
        let is_domain = match &file.compared {
            Some(compared) => KeyForm::from_name(compared) == Some(KeyForm::Domain),
            None => is_domain,
        };
        return Ok(vec![Candidate {
            form: if is_domain {
                KeyForm::Domain
            } else {
                KeyForm::Exact
            },
            theirs: their_key,
            ours: our_key,
            strength: Strength::Stated,
        }]);
    }
    let their_kind = theirs.kind.as_deref();
    let of_buyers = |peeked: &Peeked, kind: Option<&str>| {
        let mut keys = peeked.keys.iter();
        keys.any(|key| key.of(kind).is_some_and(|of| of == our_kind))
    };
    // Another key leads to the buyer: a payment's user may be ours who took it.
    let is_indirect = theirs.keys.iter().any(|key| {
        let of = key.of(their_kind);
        key.is_key && of.is_some_and(|of| OF_PERSONS.contains(&of) && Some(of) != their_kind)
    });
    let may_be_person = our_kind == BUYERS
        && !of_buyers(theirs, their_kind)
        && !of_buyers(ours, None)
        && !is_indirect
        && their_kind.is_some_and(|kind| OF_PERSONS.contains(&kind));
    // A name that two columns have says of neither what it is.
    let is_single = |peeked: &Peeked, name: &String| {
        peeked.names.iter().filter(|other| *other == name).count() == 1
    };
    let mut candidates = Vec::new();
    for (their_place, their_key) in theirs.keys.iter().enumerate() {
        let their_name = &theirs.names[their_place];
        let is_same = |our_name: &String| header_key(their_name) == header_key(our_name);
        if !their_key.is_key || !theirs.may_be_key(their_place) || !is_single(theirs, their_name) {
            continue;
        }
        let of_theirs = their_key.of(their_kind);
        // Their own number, unless they list what ours do.
        let is_their_own = their_key.is_bare() || of_theirs.is_none_or(|of| Some(of) == their_kind);
        // A column of ours has the same name, but not each key once: it refers to theirs.
        let is_reference = ours.names.iter().enumerate().any(|(place, name)| {
            is_same(name) && !ours.is_key_of_ours(place) && ours.may_be_key(place)
        });
        for (our_place, our_key) in ours.keys.iter().enumerate() {
            let our_name = &ours.names[our_place];
            if !our_key.is_key || !ours.may_be_key(our_place) || !is_single(ours, our_name) {
                continue;
            }
            let is_same = is_same(our_name);
            let of_ours = our_key.of(Some(our_kind)).or(our_key.of(None));
            let is_unique = ours.is_key_of_ours(our_place);
            let refers = of_ours.is_some_and(|of| same_thing(of, their_kind.unwrap_or_default()))
                && of_ours != Some(our_kind)
                && (is_same || is_their_own && their_key.part == our_key.part);
            let names_theirs = is_reference && is_same && !is_unique;
            let is_of_buyers = of_theirs == Some(our_kind);
            if (refers || names_theirs) && !is_unique && !is_of_buyers {
                candidates.push(Candidate {
                    theirs: their_name.clone(),
                    ours: our_name.clone(),
                    form: KeyForm::Exact,
                    strength: Strength::Foreign,
                });
                continue;
            }
            // Where ours has keys in several records, that is asked.
            let is_asked = is_same && is_of_buyers;
            if (is_reference || !is_unique) && !is_asked || theirs.is_partial {
                continue;
            }
            let is_our_number = |key: &KeyName| {
                key.is_key
                    && key.part == KeyPart::Number
                    && key
                        .of(None)
                        .is_none_or(|of| of == our_kind || of == PARTIES)
            };
            // A column that says that it has numbers is not compared with names.
            if their_key.part == KeyPart::Number
                && our_key.part == KeyPart::Bare
                && ours.keys.iter().any(is_our_number)
            {
                continue;
            }
            let is_ours = match of_ours {
                Some(of) => {
                    of == our_kind || our_kind == BUYERS && [PARTIES, "people"].contains(&of)
                }
                None => our_key.is_bare() && our_key.part != KeyPart::Bare,
            };
            let certainty = match of_theirs {
                Some(of) if of == our_kind && their_key.part != KeyPart::Bare => {
                    Some(Certainty::Certain)
                }
                // `Customers` may count them.
                Some(of) if of == our_kind => their_kind.map(|_| Certainty::Likely),
                Some(PARTIES) if our_kind == BUYERS && !is_reference => Some(Certainty::Likely),
                Some("people") if may_be_person => Some(Certainty::Likely),
                None if their_key.is_bare()
                    && their_kind == Some(our_kind)
                    && their_key.part != KeyPart::Bare =>
                {
                    Some(Certainty::Certain)
                }
                _ => None,
            };
            let form = match (their_key.part, our_key.part) {
                (KeyPart::Domain, KeyPart::Domain | KeyPart::Mail)
                | (KeyPart::Mail, KeyPart::Domain) => KeyForm::Domain,
                (one, other) if one == other => KeyForm::Exact,
                (KeyPart::Bare, KeyPart::Number | KeyPart::Name)
                | (KeyPart::Number | KeyPart::Name, KeyPart::Bare) => KeyForm::Exact,
                _ => continue,
            };
            let part = match (their_key.part, our_key.part) {
                (KeyPart::Bare, part) | (part, KeyPart::Bare) => part,
                (part, other) => part.max(other),
            };
            let spelling = if is_same {
                Spelling::Same
            } else {
                Spelling::Different
            };
            let is_open =
                their_key.is_bare() && their_kind.is_none() && their_key.part == KeyPart::Number;
            let strength = match certainty {
                Some(certainty) if is_ours => Strength::Names(spelling, certainty, part),
                _ if is_same && (their_key.is_bare() || of_ours == of_theirs) => Strength::Values,
                _ if is_ours && is_open => Strength::Values,
                _ => continue,
            };
            candidates.push(Candidate {
                theirs: their_name.clone(),
                ours: our_name.clone(),
                form,
                strength,
            });
        }
    }
    candidates.sort_by_key(|one| one.strength);
    Ok(candidates)
}

/// Whether two kinds are of the same things: a list of users may be one of our staff.
fn same_thing(one: &str, other: &str) -> bool {
    let is_person = |kind: &str| ["staff", "people"].contains(&kind);
    one == other || is_person(one) && is_person(other)
}

impl Peeked {
    /// By what the column identifies something.
    fn part(&self, column: &str) -> KeyPart {
        let place = self.names.iter().position(|name| name == column);
        place.map_or(KeyPart::Bare, |place| self.keys[place].part)
    }

    /// Whether the first values of a column may be keys.
    fn may_be_key(&self, column: usize) -> bool {
        let filled = self.filled(column);
        let is_amount = |value: &&&str| {
            let fraction = value.rsplit_once(['.', ',']).map(|(_, fraction)| fraction);
            let is_number = value
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b".,-+ $".contains(&byte));
            is_number && fraction.is_some_and(|fraction| fraction.bytes().any(|byte| byte != b'0'))
        };
        let are_short = filled.iter().all(|value| value.len() <= LONGEST_KEY);
        are_short && filled.iter().filter(is_amount).count() * 2 <= filled.len()
    }

    /// Whether nearly each of the first values of a column is there once.
    fn is_key_of_ours(&self, column: usize) -> bool {
        let mut filled = self.filled(column);
        let all = filled.len();
        filled.sort_unstable();
        filled.dedup();
        filled.len() * 20 >= all * 19 || all < 20 && filled.len() * 4 >= all * 3
    }

    /// The first values of a column.
    fn filled(&self, column: usize) -> Vec<&str> {
        let values = self.values.get(column).map_or(&[][..], Vec::as_slice);
        let filled = values.iter().map(|value| value.trim());
        filled.filter(|value| !value.is_empty()).collect()
    }
}

/// The greatest length of a key, in bytes.
const LONGEST_KEY: usize = 200;
