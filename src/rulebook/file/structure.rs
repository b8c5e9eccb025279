//! The structure of a rulebook file: tables, keys, and what they take.
//!
//! Owns how a file is read by the shape of rulebooks: into a tree, with the span of each
//! key and value in the text. Knows nothing of what it means.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::rulebook::MOST_POINTS;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path};
use crate::rulebook::file::BUILT_IN;
use crate::rulebook::file::shape::{Key, Need, RULEBOOK, Table, Takes};
use crate::rulebook::file::tree::Tree;
use crate::rulebook::validate::is_identifier;
use crate::text::{nearest, quoted};

/// Where each key and table of a file stands in its text.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    /// Where a key or the header of a table stands.
    keys: BTreeMap<Path, Range<usize>>,
    /// Where a value stands.
    values: BTreeMap<Path, Range<usize>>,
    /// The keys that misspelled ones seem to be meant for.
    meant: BTreeSet<Path>,
}

impl Spans {
    /// Where `path` stands: its value, or its key if that is a table.
    pub(crate) fn of(&self, path: &Path) -> Option<Range<usize>> {
        if let Some(path) = path.named() {
            return self.keys.get(&path).cloned();
        }
        let span = self.values.get(path).or_else(|| self.keys.get(path));
        span.cloned()
    }

    /// True if the file says something there, or seems to mean it.
    pub(crate) fn has(&self, path: &Path) -> bool {
        self.keys.contains_key(path) || self.meant.contains(path)
    }
}

/// A day written as `2026-01-31`.
pub(crate) fn day(text: &str) -> Option<jiff::civil::Date> {
    let day = jiff::civil::Date::strptime("%Y-%m-%d", text).ok()?;
    (text.len() == "2026-01-31".len()).then_some(day)
}

/// A file as a tree.
pub(crate) struct Structure {
    /// What it says; `None` where something in it cannot be read at all.
    pub(crate) tree: Option<Tree>,
    pub(crate) spans: Spans,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads a file, and finds what is wrong with its structure.
pub(crate) fn structure(file: &DeTable<'_>) -> Structure {
    // A key that is misspelled is meant all the same.
    let is_like = |key: &str| nearest(key, std::iter::once("extend")).is_some();
    let extends = file.iter().any(|(key, _)| is_like(key.get_ref()));
    let mut walk = Walk {
        spans: Spans::default(),
        diagnostics: Vec::new(),
        extends,
        is_readable: true,
    };
    let tree = walk.table(&RULEBOOK, file, &Path::default());
    Structure {
        tree: walk.is_readable.then_some(tree),
        spans: walk.spans,
        diagnostics: walk.diagnostics,
    }
}

/// The diagnostics of a table of which nothing is inherited and that lacks `Unless` keys.
pub(crate) fn incomplete(table: &Table, what: &str, at: &Path, spans: &Spans) -> Vec<Diagnostic> {
    let needed = table.keys.iter().filter(|key| key.need == Need::Unless);
    let missing = needed.filter(|key| !spans.has(&at.key(key.name)));
    missing.map(|key| missing_key(what, key, at)).collect()
}

fn missing_key(what: &str, key: &Key, at: &Path) -> Diagnostic {
    let help = match key.takes {
        Takes::Tables(_) => format!("add [[{}]]", at.key(key.name).header()),
        _ => format!("add `{}`, {}", key.name, key.takes.in_words()),
    };
    Diagnostic::new(
        Code::MissingKey,
        at.clone(),
        format!("{what} has no `{}`", key.name),
        help,
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
fn above(at: &Path) -> Option<String> {
    let mut keys = RULEBOOK.keys.iter();
    // Others are called `name` too.
    let is_own = |name: &str| name != "name" && at.is_called(name);
    let key =
        keys.find(|key| matches!(key.takes, Takes::Title | Takes::One(_)) && is_own(key.name))?;
    let is_within = at.parent() != Some(Path::default());
    is_within.then(|| {
        format!(
            "put `{}` above the first header, where the file begins",
            key.name
        )
    })
}

struct Walk {
    spans: Spans,
    diagnostics: Vec<Diagnostic>,
    extends: bool,
    is_readable: bool,
}

impl Walk {
    fn table(&mut self, shape: &'static Table, table: &DeTable<'_>, at: &Path) -> Tree {
        let mut tree = Tree::default();
        for (key, value) in table.iter() {
            let name = key.get_ref();
            let path = at.key(name);
            self.spans.keys.insert(path.clone(), key.span());
            let Some(known) = shape.keys.iter().find(|known| known.name == *name) else {
                self.unknown(shape, name, path);
                continue;
            };
            if known.need == Need::Extending && !self.extends {
                self.diagnostics.push(Diagnostic::new(
                    Code::NotInherited,
                    path.clone(),
                    format!("`{name}` is about what is inherited, and this rulebook extends none"),
                    format!("take it out, or say what is extended: extend = {BUILT_IN:?}"),
                ));
            }
            if let (Takes::Tables(inner), DeValue::Array(array)) = (&known.takes, value.get_ref()) {
                self.spans.values.insert(path.clone(), value.span());
                let tables = self.tables(&known.takes, inner, array, &path);
                tree.tables.insert(known.name, tables);
            } else if let Some(value) = self.value(&known.takes, value, &path) {
                tree.values.insert(known.name.to_owned(), value);
            }
        }
        for key in shape.keys.iter().filter(|key| key.need == Need::Always) {
            self.is_readable &= table.contains_key(key.name);
            if !self.spans.has(&at.key(key.name)) {
                self.diagnostics.push(missing_key("this table", key, at));
            }
        }
        tree
    }

    fn tables(
        &mut self,
        takes: &Takes,
        shape: &'static Table,
        array: &DeArray<'_>,
        at: &Path,
    ) -> Vec<Tree> {
        let mut tables = Vec::new();
        for (index, one) in array.iter().enumerate() {
            let at = at.then(&format!("/{index}"));
            self.spans.keys.insert(at.clone(), one.span());
            match one.get_ref() {
                DeValue::Table(table) => tables.push(self.table(shape, table, &at)),
                other => self.wrong_type(takes, other, at),
            }
        }
        tables
    }

    fn unknown(&mut self, shape: &Table, name: &str, path: Path) {
        let known = || shape.keys.iter().map(|key| key.name);
        let help = match nearest(name, known()) {
            Some(near) => {
                let table = path.parent().unwrap_or_default();
                self.spans.meant.insert(table.key(near));
                format!("did you mean `{near}`?")
            }
            None if let Some(help) = above(&path) => help,
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
        self.diagnostics
            .push(Diagnostic::new(Code::UnknownKey, path, found, help));
    }

    /// What a key holds; `None` where that does not count.
    fn value(
        &mut self,
        takes: &'static Takes,
        value: &Spanned<DeValue<'_>>,
        at: &Path,
    ) -> Option<Value> {
        self.spans.values.insert(at.clone(), value.span());
        match (takes, value.get_ref()) {
            (Takes::Table(shape), DeValue::Table(table)) => {
                return Some(Value::Object(self.table(shape, table, at).values));
            }
            (Takes::Any(inner), DeValue::Table(table)) => {
                let mut all = Map::new();
                for (key, value) in table.iter() {
                    let at = at.key(key.get_ref());
                    self.spans.keys.insert(at.clone(), key.span());
                    if let Some(value) = self.value(inner, value, &at) {
                        all.insert(key.get_ref().to_string(), value);
                    }
                }
                return Some(Value::Object(all));
            }
            (Takes::Texts(0), DeValue::Array(array)) => return self.texts(takes, 0, array, at),
            (Takes::Texts(_) | Takes::Words, DeValue::Array(array)) => {
                return self.texts(takes, 1, array, at);
            }
            (Takes::Condition, DeValue::Array(array)) => {
                return match self.texts(takes, 1, array, at)? {
                    // A list of one is that one, so that equal rules are equal however they
                    // are written.
                    Value::Array(mut texts) if texts.len() == 1 => texts.pop(),
                    texts => Some(texts),
                };
            }
            (Takes::Points, DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
                let most = i64::from(MOST_POINTS);
                if !number.is_some_and(|number| (-most..=most).contains(&number)) {
                    self.diagnostics.push(Diagnostic::new(
                        Code::OutOfRange,
                        at.clone(),
                        "these are more points than can be counted",
                        format!("expected {}", takes.in_words()),
                    ));
                }
                let points = number.and_then(|number| i32::try_from(number).ok());
                self.is_readable &= points.is_some();
                return points.map(Value::from);
            }
            (Takes::Said, DeValue::Integer(number)) => {
                let whole = i64::from_str_radix(number.as_str(), number.radix()).ok();
                if whole.is_none() {
                    self.is_readable = false;
                    self.diagnostics.push(Diagnostic::new(
                        Code::OutOfRange,
                        at.clone(),
                        "this number is too long",
                        "put it in quotes: a record says it as a text",
                    ));
                }
                return whole.map(|whole| whole.to_string().into());
            }
            (Takes::Said, DeValue::Float(number)) => {
                let number = number.as_str().parse().map(toml::Value::Float);
                return number.ok().map(|number| number.to_string().into());
            }
            (Takes::Said, DeValue::Boolean(is)) => return Some(is.to_string().into()),
            (Takes::True, DeValue::Boolean(true)) => return Some(true.into()),
            (Takes::Said, DeValue::String(_)) => {}
            (takes, DeValue::String(text)) => self.text(takes, text, at),
            (takes, other) => self.wrong_type(takes, other, at.clone()),
        }
        value.get_ref().as_str().map(Value::from)
    }

    fn texts(
        &mut self,
        takes: &Takes,
        least: usize,
        array: &DeArray<'_>,
        at: &Path,
    ) -> Option<Value> {
        if array.len() < least {
            self.diagnostics.push(Diagnostic::new(
                Code::WrongType,
                at.clone(),
                "there is nothing in these brackets",
                format!("expected {}", takes.in_words()),
            ));
        }
        for (index, one) in array.iter().enumerate() {
            let at = at.then(&format!("/{index}"));
            self.spans.values.insert(at.clone(), one.span());
            match one.get_ref() {
                DeValue::String(text) => self.text(&Takes::Text, text, &at),
                other => self.wrong_type(&Takes::Text, other, at),
            }
        }
        let texts = array.iter().filter_map(|one| one.get_ref().as_str());
        Some(texts.map(Value::from).collect())
    }

    fn text(&mut self, takes: &Takes, text: &str, at: &Path) {
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
        self.is_readable &= matches!(
            takes,
            Takes::Text | Takes::Condition | Takes::Name(_) | Takes::Title | Takes::Day
        );
        let near = match takes {
            Takes::One(texts) => nearest(text, texts.iter().copied()),
            _ => None,
        };
        let is_number = matches!(takes, Takes::Points) && text.trim().parse::<i64>().is_ok();
        let help = match near {
            _ if let Some(help) = above(at) => help,
            Some(near) => format!("did you mean {near:?}?"),
            None if is_number => "take the quotes off".to_owned(),
            None => format!("expected {}", takes.in_words()),
        };
        let found = format!("{} cannot stand here", quoted(text));
        self.diagnostics
            .push(Diagnostic::new(code, at.clone(), found, help));
    }

    fn wrong_type(&mut self, takes: &Takes, value: &DeValue<'_>, at: Path) {
        self.is_readable &= matches!(
            (takes, value),
            (Takes::True, DeValue::Boolean(_)) | (Takes::Said, _)
        );
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
        let help = match (takes, value) {
            _ if let Some(help) = above(&at) => help,
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
        self.diagnostics
            .push(Diagnostic::new(Code::WrongType, at, found, help));
    }
}
