//! What two rulebooks have that differs.
//!
//! Owns which parts of one are the same part of the other: by names, attributes by
//! their reason codes, bands by the side to which they are open. Knows nothing of
//! records; what a difference does to labels is found by judging them.

use std::collections::{BTreeMap, BTreeSet};

use crate::rulebook::{
    Attribute, Band, Characteristic, Condition, Criterion, OwnWords, Rulebook, Scorecard,
};

/// One thing in which two rulebooks differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The scorecard that it is in, if it is in one.
    pub scorecard: Option<String>,
    /// The characteristic of that, by its criterion, if it is in one.
    pub characteristic: Option<String>,
    /// What it is: `name`, `version`, `statement`, `criterion`, `words`, `scorecard`,
    /// `question`, `initial score`, `band`, `characteristic`, `attribute` or `order`.
    pub what: &'static str,
    /// Its name, where there are several of that kind.
    pub name: String,
    /// How it differs.
    pub how: How,
}

/// How a part of a rulebook differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// Only the second rulebook has it, and this is it in words.
    Added(String),
    /// Only the first one has it, and this is it in words.
    Removed(String),
    /// Both have it, with something else in this field.
    Changed {
        /// What differs.
        field: String,
        /// What it is in the first.
        before: String,
        /// What it is in the second.
        after: String,
    },
}

/// What differs between `old` and `new`, in the order of `new`.
///
/// ```
/// use clientype::rulebook::Rulebook;
/// use clientype::rulebook::difference::{How, differences};
///
/// let old = Rulebook::documents()?;
/// let mut new = old.clone();
/// new.scorecards[0].bands[0].at_least = Some(4);
/// let differences = differences(&old, &new);
/// let How::Changed { before, after, .. } = &differences[0].how else { unreachable!() };
/// assert_eq!((&**before, &**after), ("from +3 on", "from +4 on"));
/// # Ok::<(), clientype::Error>(())
/// ```
pub fn differences(old: &Rulebook, new: &Rulebook) -> Vec<Difference> {
    let mut found = Found {
        all: Vec::new(),
        scorecard: None,
        characteristic: None,
    };
    found.field("name", "", "", &old.name, &new.name);
    found.field("version", "", "", &old.version, &new.version);
    for (one, other) in paired(&old.statements, &new.statements, |one| &one.id) {
        match (one, other) {
            (Some(one), Some(other)) => {
                found.field("statement", &one.id, "says", &one.says, &other.says);
                let why = |of: &Option<String>| of.clone().unwrap_or_default();
                let (before, after) = (why(&one.not_a_rule), why(&other.not_a_rule));
                found.field("statement", &one.id, "why it is no rule", &before, &after);
            }
            (one, other) => found.whole("statement", one, other, |of| (&of.id, of.says.clone())),
        }
    }
    for (one, other) in paired(&old.criteria, &new.criteria, |one| &one.name) {
        match (one, other) {
            (Some(one), Some(other)) => found.criterion(one, other),
            (one, other) => found.whole("criterion", one, other, |of| {
                let values = match of.values.is_empty() {
                    true => of.kind.name().to_owned(),
                    false => of.values.join(", "),
                };
                (&of.name, format!("{} ({values})", of.says))
            }),
        }
    }
    let ids = [old, new].map(|of| names(&of.statements, |one| &one.id));
    found.order("statements", ids[0].clone(), ids[1].clone());
    found.order(
        "criteria",
        names(&old.criteria, |one| &one.name),
        names(&new.criteria, |one| &one.name),
    );
    found.words(&old.words, &new.words);
    for (one, other) in paired(&old.scorecards, &new.scorecards, |one| &one.name) {
        match (one, other) {
            (Some(one), Some(other)) => found.scorecard(one, other),
            (None, Some(new)) => found.added_scorecard(new),
            (one, other) => found.whole("scorecard", one, other, |of| {
                let labels: Vec<&str> = of.bands.iter().map(|band| &*band.label).collect();
                (&of.name, format!("{} {}", of.question, labels.join(" or ")))
            }),
        }
    }
    let cards = [old, new].map(|of| names(&of.scorecards, |one| &one.name));
    let [before, after] = cards;
    found.order("scorecards", before, after);
    found.all
}

/// An attribute's condition in words: `contract = yes & duration >= 12 months`.
pub fn condition_in_words(when: &BTreeMap<String, Condition>, own: &str) -> String {
    let part = |(name, condition): (&String, &Condition)| {
        let text = condition.alternatives().join(" or ");
        let compares = text.starts_with(['<', '>']);
        match (name == own, compares) {
            (true, _) => text,
            (false, true) => format!("{name} {text}"),
            (false, false) => format!("{name} = {text}"),
        }
    };
    let own_first = when.iter().filter(|(name, _)| *name == own);
    let others = when.iter().filter(|(name, _)| *name != own);
    let parts: Vec<String> = own_first.chain(others).map(part).collect();
    match parts.is_empty() {
        true => "whatever it is".to_owned(),
        false => parts.join(" & "),
    }
}

/// Where a band begins, in words.
pub fn band_in_words(band: &Band) -> String {
    match (band.at_least, band.at_most) {
        (Some(from), _) => format!("from {from:+} on"),
        (None, Some(to)) => format!("from {to:+} down"),
        (None, None) => "nowhere".to_owned(),
    }
}

/// Texts in a row, in quotes where a comma is no end of one.
fn list(texts: &[String]) -> String {
    let told: Vec<String> = texts
        .iter()
        .map(|text| match text.contains(", ") {
            true => format!("{text:?}"),
            false => text.clone(),
        })
        .collect();
    told.join(", ")
}

fn names<T>(of: &[T], name: fn(&T) -> &String) -> Vec<&str> {
    of.iter().map(|one| name(one).as_str()).collect()
}

/// The same of both, by name: those of `new` in their order, then what it lacks.
fn paired<'a, T>(
    old: &'a [T],
    new: &'a [T],
    name: fn(&T) -> &String,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let find = |of: &'a [T], wanted: &T| of.iter().find(|one| name(one) == name(wanted));
    let kept = new.iter().map(|one| (find(old, one), Some(one)));
    let gone = old.iter().filter(|one| find(new, one).is_none());
    kept.chain(gone.map(|one| (Some(one), None))).collect()
}

struct Found {
    all: Vec<Difference>,
    scorecard: Option<String>,
    characteristic: Option<String>,
}

impl Found {
    fn push(&mut self, what: &'static str, name: &str, how: How) {
        self.all.push(Difference {
            scorecard: self.scorecard.clone(),
            characteristic: self.characteristic.clone(),
            what,
            name: name.to_owned(),
            how,
        });
    }

    fn field(&mut self, what: &'static str, name: &str, field: &str, before: &str, after: &str) {
        if before != after {
            let how = How::Changed {
                field: field.to_owned(),
                before: before.to_owned(),
                after: after.to_owned(),
            };
            self.push(what, name, how);
        }
    }

    /// What only one of the two has.
    fn whole<'t, T>(
        &mut self,
        what: &'static str,
        old: Option<&'t T>,
        new: Option<&'t T>,
        told: impl Fn(&'t T) -> (&'t String, String),
    ) {
        let (name, how) = match (old, new) {
            (None, Some(new)) => {
                let (name, text) = told(new);
                (name, How::Added(text))
            }
            (Some(old), None) => {
                let (name, text) = told(old);
                (name, How::Removed(text))
            }
            _ => return,
        };
        self.push(what, name, how);
    }

    /// What both have, in another order.
    fn order(&mut self, of: &str, old: Vec<&str>, new: Vec<&str>) {
        let common = |one: &[&str], other: &[&str]| {
            let kept = one.iter().filter(|name| other.contains(name));
            kept.copied().collect::<Vec<_>>().join(", ")
        };
        let (before, after) = (common(&old, &new), common(&new, &old));
        self.field("order", of, "", &before, &after);
    }

    fn criterion(&mut self, old: &Criterion, new: &Criterion) {
        let name = &*old.name;
        self.field("criterion", name, "says", &old.says, &new.says);
        self.field("criterion", name, "kind", old.kind.name(), new.kind.name());
        let values = |of: &Criterion| list(&of.values);
        self.field("criterion", name, "values", &values(old), &values(new));
        let groups: BTreeSet<&String> = old.groups.keys().chain(new.groups.keys()).collect();
        for group in groups {
            let of = |one: &Criterion| one.groups.get(group).map_or(String::new(), |of| list(of));
            self.field(
                "criterion",
                name,
                &format!("group {group}"),
                &of(old),
                &of(new),
            );
        }
        let means = |of: &Criterion| of.length_means.clone().unwrap_or_default();
        self.field(
            "criterion",
            name,
            "a length means",
            &means(old),
            &means(new),
        );
        let dates = |of: &Criterion| {
            let dates = of.from_dates.as_ref();
            dates.map_or(String::new(), |of| format!("{} and {}", of.start, of.end))
        };
        self.field("criterion", name, "dates", &dates(old), &dates(new));
    }

    /// The words of a language with one meaning are told together.
    fn words(&mut self, old: &OwnWords, new: &OwnWords) {
        let all = |of: &OwnWords| -> BTreeMap<String, Vec<String>> {
            let mut all = BTreeMap::new();
            for (language, criteria) in of {
                for (criterion, values) in criteria {
                    for (value, words) in values {
                        all.insert(format!("{language}, {criterion} {value}"), words.clone());
                    }
                }
            }
            all
        };
        let (old, new) = (all(old), all(new));
        let meanings: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for meaning in meanings {
            let none = Vec::new();
            let before = old.get(meaning).unwrap_or(&none);
            let after = new.get(meaning).unwrap_or(&none);
            let only = |one: &[String], other: &[String]| -> String {
                let only = one.iter().filter(|word| !other.contains(word));
                list(&only.cloned().collect::<Vec<_>>())
            };
            let (added, removed) = (only(after, before), only(before, after));
            match (added.is_empty(), removed.is_empty()) {
                (true, true) => self.field("words", meaning, "", &list(before), &list(after)),
                (added_none, removed_none) => {
                    if !added_none {
                        self.push("words", meaning, How::Added(added));
                    }
                    if !removed_none {
                        self.push("words", meaning, How::Removed(removed));
                    }
                }
            }
        }
    }

    /// A scorecard that only the second has, with all that it counts.
    fn added_scorecard(&mut self, new: &Scorecard) {
        self.push("scorecard", &new.name, How::Added(new.question.clone()));
        self.scorecard = Some(new.name.clone());
        for band in &new.bands {
            self.push("band", &band.label, How::Added(band_in_words(band)));
        }
        for one in &new.characteristics {
            self.characteristic = Some(one.criterion.clone());
            for attribute in &one.attributes {
                let told = in_short(attribute, &one.criterion);
                self.push("attribute", &attribute.reason_code, How::Added(told));
            }
            self.characteristic = None;
        }
        self.scorecard = None;
    }

    fn scorecard(&mut self, old: &Scorecard, new: &Scorecard) {
        self.scorecard = Some(new.name.clone());
        self.field("question", "", "", &old.question, &new.question);
        let points = |of: &Scorecard| format!("{:+}", of.initial_score);
        self.field("initial score", "", "", &points(old), &points(new));
        let upwards = |band: &&Band| band.at_least.is_some();
        for side in [true, false] {
            let of = |card: &'_ Scorecard| {
                let mut bands = card.bands.iter().filter(|band| upwards(band) == side);
                bands.next().cloned()
            };
            if let (Some(one), Some(other)) = (of(old), of(new)) {
                self.field("band", &one.label, "label", &one.label, &other.label);
                self.field(
                    "band",
                    &other.label,
                    "begins",
                    &band_in_words(&one),
                    &band_in_words(&other),
                );
            }
        }
        let sides = |of: &Scorecard| -> Vec<String> {
            let sides = of.bands.iter().map(|band| match band.at_least {
                Some(_) => "upwards".to_owned(),
                None => "downwards".to_owned(),
            });
            sides.collect()
        };
        self.field("order", "bands", "", &list(&sides(old)), &list(&sides(new)));
        let pairs = paired(&old.characteristics, &new.characteristics, |one| {
            &one.criterion
        });
        for (one, other) in pairs {
            match (one, other) {
                (Some(one), Some(other)) => self.characteristic(one, other),
                (one, other) => self.whole("characteristic", one, other, |of| {
                    let attributes = of.attributes.iter();
                    let told: Vec<String> =
                        attributes.map(|one| in_short(one, &of.criterion)).collect();
                    (&of.criterion, told.join("; "))
                }),
            }
        }
        let of = |card| names::<Characteristic>(card, |one| &one.criterion);
        self.order(
            "characteristics",
            of(&old.characteristics),
            of(&new.characteristics),
        );
        self.scorecard = None;
    }

    fn characteristic(&mut self, old: &Characteristic, new: &Characteristic) {
        self.characteristic = Some(new.criterion.clone());
        let own = &*new.criterion;
        // One code may stand for several attributes: the first of one is the first of the other.
        let numbered = |of: &Characteristic| -> Vec<(String, Attribute)> {
            let count = |place: usize, code: &str| {
                let earlier = of.attributes[..place].iter();
                earlier.filter(|one| one.reason_code == code).count()
            };
            let named = |(place, one): (usize, &Attribute)| {
                let code = &one.reason_code;
                let name = match count(place, code) {
                    0 => code.clone(),
                    more => format!("{code} ({})", more + 1),
                };
                (name, one.clone())
            };
            of.attributes.iter().enumerate().map(named).collect()
        };
        let (old, new) = (numbered(old), numbered(new));
        for (one, other) in paired(&old, &new, |(name, _)| name) {
            match (one, other) {
                (Some((name, one)), Some((_, other))) => {
                    let points = |of: &Attribute| format!("{:+}", of.partial_score);
                    self.field("attribute", name, "points", &points(one), &points(other));
                    let when = |of: &Attribute| condition_in_words(&of.when, own);
                    self.field("attribute", name, "when", &when(one), &when(other));
                    self.field("attribute", name, "reason", &one.reason, &other.reason);
                    let sources = |of: &Attribute| list(&of.sources);
                    self.field("attribute", name, "sources", &sources(one), &sources(other));
                }
                (one, other) => self.whole("attribute", one, other, |(name, of)| {
                    (name, in_short(of, own))
                }),
            }
        }
        let of = |all| names::<(String, Attribute)>(all, |(name, _)| name);
        self.order("attributes", of(&old), of(&new));
        self.characteristic = None;
    }
}

/// An attribute in words.
fn in_short(of: &Attribute, own: &str) -> String {
    format!(
        "{:+} if {}: {}",
        of.partial_score,
        condition_in_words(&of.when, own),
        of.reason
    )
}
