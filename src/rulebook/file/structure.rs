//! The structure of a rulebook file: tables, keys, and what they take.
//!
//! Owns the comparison of a file with the shape of rulebooks, and where in the
//! text everything stands. Knows nothing of what it means.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::rulebook::MOST_POINTS;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Flaw, Spot};
use crate::rulebook::file::shape::{Need, RULEBOOK, Table, Takes};
use crate::rulebook::validate::is_identifier;
use crate::text::{nearest, quoted};

/// Where each key and table of a file stands in its text.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Where a key or the header of a table stands.
    keys: BTreeMap<Spot, Range<usize>>,
    /// Where a value stands.
    values: BTreeMap<Spot, Range<usize>>,
    /// The keys that misspelled ones seem to be meant for.
    meant: BTreeSet<Spot>,
}

impl Places {
    /// Where `spot` is told: its value, or its key if that is a table.
    pub(crate) fn of(&self, spot: &Spot) -> Option<Range<usize>> {
        if let Some(spot) = spot.named() {
            return self.keys.get(&spot).cloned();
        }
        let place = self.values.get(spot).or_else(|| self.keys.get(spot));
        place.cloned()
    }

    /// True if the file says something there, or seems to mean it.
    pub(crate) fn has(&self, spot: &Spot) -> bool {
        self.keys.contains_key(spot) || self.meant.contains(spot)
    }
}

/// A day written as `2026-01-31`.
pub(crate) fn day(text: &str) -> Option<jiff::civil::Date> {
    let day = jiff::civil::Date::strptime("%Y-%m-%d", text).ok()?;
    (text.len() == "2026-01-31".len()).then_some(day)
}

/// What is wrong with the structure of a file, and where everything stands.
pub(crate) fn structure(file: &DeTable<'_>) -> (Places, Vec<Flaw>) {
    // A key that is misspelled is meant all the same.
    let is_like = |key: &str| nearest(key, std::iter::once("extend")).is_some();
    let extends = file.iter().any(|(key, _)| is_like(key.get_ref()));
    let mut walk = Walk {
        places: Places::default(),
        flaws: Vec::new(),
        extends,
    };
    walk.table(&RULEBOOK, file, &Spot::default());
    (walk.places, walk.flaws)
}

/// The flaws of a table of which nothing is inherited and that lacks `Unless` keys.
pub(crate) fn incomplete(table: &Table, what: &str, at: &Spot, places: &Places) -> Vec<Flaw> {
    let needed = table.keys.iter().filter(|key| key.need == Need::Unless);
    let missing = needed.filter(|key| !places.has(&at.key(key.name)));
    missing
        .map(|key| missing_key(what, key.name, &key.takes, at))
        .collect()
}

fn missing_key(what: &str, key: &str, takes: &Takes, at: &Spot) -> Flaw {
    let mend = match takes {
        Takes::Tables(_) => format!("add [[{}]]", at.key(key).header()),
        _ => format!("add `{key}`, {}", takes.in_words()),
    };
    Flaw::new(
        Code::MissingKey,
        at.clone(),
        format!("{what} has no `{key}`"),
        mend,
    )
}

/// The header of tables of this name further down, if there are any.
fn belongs(shape: &Table, name: &str, above: &str) -> Option<String> {
    shape.keys.iter().find_map(|key| {
        let Takes::Tables(inner) = key.takes else {
            return None;
        };
        let header = match above {
            "" => key.name.to_owned(),
            above => format!("{above}.{}", key.name),
        };
        match key.name == name {
            true => Some(header),
            false => belongs(inner, name, &header),
        }
    })
}

/// What to do with a key of the file itself that stands behind a header.
fn above(at: &Spot) -> Option<String> {
    let mut keys = RULEBOOK.keys.iter();
    // Others are called `name` too.
    let is_own = |name: &str| name != "name" && at.is_called(name);
    let key =
        keys.find(|key| matches!(key.takes, Takes::Title | Takes::One(_)) && is_own(key.name))?;
    let is_within = at.parent() != Some(Spot::default());
    is_within.then(|| {
        format!(
            "put `{}` above the first header, where the file begins",
            key.name
        )
    })
}

struct Walk {
    places: Places,
    flaws: Vec<Flaw>,
    extends: bool,
}

impl Walk {
    fn table(&mut self, shape: &'static Table, table: &DeTable<'_>, at: &Spot) {
        for (key, value) in table.iter() {
            let name = key.get_ref();
            let spot = at.key(name);
            self.places.keys.insert(spot.clone(), key.span());
            let Some(known) = shape.keys.iter().find(|known| known.name == *name) else {
                self.unknown(shape, name, spot);
                continue;
            };
            if known.need == Need::Extending && !self.extends {
                self.flaws.push(Flaw::new(
                    Code::NotInherited,
                    spot.clone(),
                    format!("`{name}` is about what is inherited, and this rulebook extends none"),
                    format!(
                        "take it out, or say what is extended: extend = {:?}",
                        crate::rulebook::file::BUILT_IN
                    ),
                ));
            }
            self.value(&known.takes, value, &spot);
        }
        let always = shape.keys.iter().filter(|key| key.need == Need::Always);
        for key in always {
            if self.places.has(&at.key(key.name)) {
                continue;
            }
            let flaw = missing_key("this table", key.name, &key.takes, at);
            self.flaws.push(flaw);
        }
    }

    fn unknown(&mut self, shape: &Table, name: &str, spot: Spot) {
        let known = || shape.keys.iter().map(|key| key.name);
        let mend = match nearest(name, known()) {
            Some(near) => {
                let table = spot.parent().unwrap_or_default();
                self.places.meant.insert(table.key(near));
                format!("did you mean `{near}`?")
            }
            None if let Some(mend) = above(&spot) => mend,
            None if let Some(place) = belongs(&RULEBOOK, name, "") => {
                format!("put it where it belongs: [[{place}]]")
            }
            None => format!(
                "this table may have {}",
                known()
                    .map(|key| format!("`{key}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        let found = format!("{} is no key here", quoted(name));
        self.flaws
            .push(Flaw::new(Code::UnknownKey, spot, found, mend));
    }

    fn value(&mut self, takes: &'static Takes, value: &Spanned<DeValue<'_>>, at: &Spot) {
        self.places.values.insert(at.clone(), value.span());
        match (takes, value.get_ref()) {
            (Takes::Table(shape), DeValue::Table(table)) => self.table(shape, table, at),
            (Takes::Tables(shape), DeValue::Array(array)) => {
                for (index, one) in array.iter().enumerate() {
                    let at = at.then(&format!("/{index}"));
                    self.places.keys.insert(at.clone(), one.span());
                    match one.get_ref() {
                        DeValue::Table(table) => self.table(shape, table, &at),
                        other => self.wrong_type(takes, other, at),
                    }
                }
            }
            (Takes::Any(inner), DeValue::Table(table)) => {
                for (key, value) in table.iter() {
                    let at = at.key(key.get_ref());
                    self.places.keys.insert(at.clone(), key.span());
                    self.value(inner, value, &at);
                }
            }
            (Takes::Texts(least), DeValue::Array(array)) => self.texts(takes, *least, array, at),
            (Takes::Condition, DeValue::Array(array)) => self.texts(takes, 1, array, at),
            (Takes::Points, DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                let most = i64::from(MOST_POINTS);
                if !number.is_ok_and(|number| (-most..=most).contains(&number)) {
                    self.flaws.push(Flaw::new(
                        Code::OutOfRange,
                        at.clone(),
                        "these are more points than can be counted",
                        format!("expected {}", takes.in_words()),
                    ));
                }
            }
            (Takes::Said, DeValue::Integer(number))
                if i64::from_str_radix(number.as_str(), number.radix()).is_err() =>
            {
                self.flaws.push(Flaw::new(
                    Code::OutOfRange,
                    at.clone(),
                    "this number is too long",
                    "put it in quotes: a record says it as a text",
                ));
            }
            (
                Takes::Said,
                DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_),
            )
            | (Takes::True, DeValue::Boolean(true)) => {}
            (takes, DeValue::String(text)) => self.text(takes, text, at),
            (takes, other) => self.wrong_type(takes, other, at.clone()),
        }
    }

    fn texts(&mut self, takes: &Takes, least: usize, array: &DeArray<'_>, at: &Spot) {
        if array.len() < least {
            self.flaws.push(Flaw::new(
                Code::WrongType,
                at.clone(),
                "there is nothing in these brackets",
                format!("expected {}", takes.in_words()),
            ));
        }
        for (index, one) in array.iter().enumerate() {
            let at = at.then(&format!("/{index}"));
            self.places.values.insert(at.clone(), one.span());
            match one.get_ref() {
                DeValue::String(text) => self.text(&Takes::Text, text, &at),
                other => self.wrong_type(&Takes::Text, other, at),
            }
        }
    }

    fn text(&mut self, takes: &Takes, text: &str, at: &Spot) {
        let is_title = |c: char| !c.is_whitespace() && !c.is_control();
        let (fits, code) = match takes {
            Takes::Text | Takes::Condition => (!text.trim().is_empty(), Code::WrongType),
            Takes::Name(joint) => (is_identifier(text, *joint), Code::BadName),
            Takes::Title => (
                !text.is_empty() && text.chars().all(is_title),
                Code::BadName,
            ),
            Takes::One(texts) => (texts.contains(&text), Code::WrongType),
            Takes::Day => (day(text).is_some(), Code::WrongType),
            _ => (false, Code::WrongType),
        };
        if fits {
            return;
        }
        let near = match takes {
            Takes::One(texts) => nearest(text, texts.iter().copied()),
            _ => None,
        };
        let is_number = matches!(takes, Takes::Points) && text.trim().parse::<i64>().is_ok();
        let mend = match near {
            _ if let Some(mend) = above(at) => mend,
            Some(near) => format!("did you mean {near:?}?"),
            None if is_number => "take the quotes off".to_owned(),
            None => format!("expected {}", takes.in_words()),
        };
        let found = format!("{} cannot stand here", quoted(text));
        self.flaws.push(Flaw::new(code, at.clone(), found, mend));
    }

    fn wrong_type(&mut self, takes: &Takes, value: &DeValue<'_>, at: Spot) {
        let found = match value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date without quotes",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let found = format!("{found} cannot stand here");
        let mend = match (takes, value) {
            _ if let Some(mend) = above(&at) => mend,
            (Takes::Tables(_), DeValue::Table(_)) => {
                format!("write [[{}]], in two brackets", at.header())
            }
            (
                Takes::Text | Takes::Title | Takes::Day | Takes::Condition,
                DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Datetime(_)
                | DeValue::Boolean(_),
            ) => format!("put it in quotes: expected {}", takes.in_words()),
            _ => format!("expected {}", takes.in_words()),
        };
        self.flaws.push(Flaw::new(Code::WrongType, at, found, mend));
    }
}
