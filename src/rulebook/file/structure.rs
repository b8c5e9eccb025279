//! The structure of a rulebook file: tables, keys, and their types.
//!
//! Owns how a file is read by the shape of rulebooks into a tree that keeps the span of
//! each key and value. Knows nothing of what they mean.

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::rulebook::MOST_POINTS;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Diagnostics, Path};
use crate::rulebook::file::BUILT_IN;
use crate::rulebook::file::keys::Keys;
use crate::rulebook::file::shape::{Key, Need, RULEBOOK, Table, Takes};
use crate::rulebook::file::tree::{Holds, Node, Span};
use crate::rulebook::file::wording::{above, belongs, subject};
use crate::rulebook::validate::is_identifier;
use crate::text::{nearest, quoted};

/// A day written as `2026-01-31`.
pub(crate) fn day(text: &str) -> Option<jiff::civil::Date> {
    let day = jiff::civil::Date::strptime("%Y-%m-%d", text).ok()?;
    (text.len() == "2026-01-31".len()).then_some(day)
}

/// A file as a tree.
pub(crate) struct Structure {
    pub(crate) file: Node,
    /// No error in it prevents reading the rest.
    pub(crate) is_readable: bool,
    pub(crate) diagnostics: Diagnostics,
}

/// Reads a file, and finds the diagnostics of its structure.
pub(crate) fn structure(file: &DeTable<'_>) -> Structure {
    // A misspelled `extend` counts, too.
    let is_like = |key: &str| nearest(key, std::iter::once("extend")).is_some();
    let mut walk = Walk {
        diagnostics: Diagnostics::default(),
        extends: file.iter().any(|(key, _)| is_like(key.get_ref())),
        is_readable: true,
    };
    let file = walk.table(&RULEBOOK, file, None, &Path::default());
    Structure {
        file,
        // With so much wrong, the rest was not read.
        is_readable: walk.is_readable && !walk.diagnostics.is_full(),
        diagnostics: walk.diagnostics,
    }
}

/// The diagnostic of a table that lacks a key.
pub(crate) fn missing_key(what: &str, key: &Key, header: &str, of: &Node) -> Diagnostic {
    let help = match key.takes {
        Takes::Tables(_) => format!("add [[{header}{}]]", key.name),
        _ => format!("add `{}`: {}", key.name, key.takes.in_words()),
    };
    let found = format!("{what} has no `{}`", key.name);
    Code::MissingKey.in_text(of.header(), found, help)
}

struct Walk {
    diagnostics: Diagnostics,
    extends: bool,
    is_readable: bool,
}

impl Walk {
    fn table(
        &mut self,
        shape: &'static Table,
        of: &DeTable<'_>,
        header: Option<Span>,
        at: &Path,
    ) -> Node {
        let before = self.diagnostics.len();
        let mut all = Keys::default();
        for (key, value) in of.iter() {
            if self.diagnostics.is_full() {
                break;
            }
            let name = key.get_ref();
            let path = at.key(name);
            let Some(known) = shape.keys.iter().find(|known| known.name == *name) else {
                if let Some(meant) = self.unknown(shape, name, key.span(), &path) {
                    let node = all.entry(meant);
                    node.key.get_or_insert(key.span());
                }
                continue;
            };
            if known.need == Need::Extending && !self.extends {
                let found = format!(
                    "`{name}` changes what is inherited, but this rulebook extends nothing"
                );
                let help = format!("remove it, or extend a rulebook: extend = {BUILT_IN:?}");
                self.push(Code::NotInherited, value.span(), found, help);
            }
            all.insert(name, self.node(&known.takes, key, value, &path));
        }
        let mut node = Node {
            key: header,
            holds: Holds::Table(all),
            ..Node::default()
        };
        let needed = shape.keys.iter().filter(|key| key.need == Need::Always);
        for key in needed {
            self.is_readable &= of.contains_key(key.name);
            if node.stated(key.name).is_none() {
                let missing = missing_key("this table", key, "", &node);
                self.diagnostics.push(missing);
            }
        }
        node.has_diagnostics = self.diagnostics.len() > before;
        node
    }

    /// Reports an unknown key; returns the key that was probably meant.
    fn unknown(
        &mut self,
        shape: &Table,
        name: &str,
        span: Span,
        path: &Path,
    ) -> Option<&'static str> {
        let near = nearest(name, shape.keys.iter().map(|key| key.name));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if let Some(help) = above(path) => help,
            None if let Some(place) = belongs(&RULEBOOK, name, "") => {
                format!("move it to where it belongs: [[{place}]]")
            }
            None => {
                let known = shape.keys.iter().map(|key| format!("`{}`", key.name));
                let known: Vec<String> = known.collect();
                format!("this table can have {}", known.join(", "))
            }
        };
        let found = format!("unknown key {}", quoted(name));
        self.push(Code::UnknownKey, span, found, help);
        near
    }

    fn node(
        &mut self,
        takes: &'static Takes,
        key: &Spanned<impl Sized>,
        value: &Spanned<DeValue<'_>>,
        at: &Path,
    ) -> Node {
        let before = self.diagnostics.len();
        Node {
            key: Some(key.span()),
            value: Some(value.span()),
            holds: self.holds(takes, value, at),
            has_diagnostics: self.diagnostics.len() > before,
        }
    }

    /// The value of a key, as far as it is valid.
    fn holds(&mut self, takes: &'static Takes, value: &Spanned<DeValue<'_>>, at: &Path) -> Holds {
        let plain = match (takes, value.get_ref()) {
            (Takes::Tables(shape), DeValue::Array(array)) => {
                let mut tables = Vec::new();
                for (index, one) in array.iter().enumerate() {
                    if self.diagnostics.is_full() {
                        break;
                    }
                    match one.get_ref() {
                        DeValue::Table(table) => {
                            let at = at.at(index);
                            tables.push(self.table(shape, table, Some(one.span()), &at));
                        }
                        _ => self.wrong_type(takes, one, at, true),
                    }
                }
                return Holds::List(tables);
            }
            (Takes::Table(shape), DeValue::Table(table)) => {
                return self.table(shape, table, Some(value.span()), at).holds;
            }
            (Takes::Any(inner), DeValue::Table(table)) => {
                let mut all = Keys::default();
                for (key, value) in table.iter() {
                    if self.diagnostics.is_full() {
                        break;
                    }
                    let (name, at) = (key.get_ref(), at.key(key.get_ref()));
                    all.insert(name, self.node(inner, key, value, &at));
                }
                return Holds::Table(all);
            }
            (Takes::Texts(_), DeValue::Array(array)) => {
                return Holds::List(self.texts(takes, array, value.span(), at));
            }
            (Takes::Condition, DeValue::Array(array)) => {
                let mut texts = self.texts(takes, array, value.span(), at);
                // A list of one becomes its item, so that equal rules are equal however
                // they are written.
                return match texts.len() {
                    1 => texts.remove(0).holds,
                    _ => Holds::List(texts),
                };
            }
            (Takes::Points, DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
                let most = i64::from(MOST_POINTS);
                if !number.is_some_and(|number| (-most..=most).contains(&number)) {
                    let help = format!("write {}", takes.in_words());
                    let found = "too many points";
                    self.push(Code::OutOfRange, value.span(), found, help);
                }
                let points = number.and_then(|number| i32::try_from(number).ok());
                self.is_readable &= points.is_some();
                points.map(Value::from)
            }
            (Takes::Count(least, most), DeValue::Integer(number)) => {
                let number = u32::from_str_radix(number.as_str(), number.radix()).ok();
                if !number.is_some_and(|number| (*least..=*most).contains(&number)) {
                    let found = format!("{} is out of range", subject(at, false));
                    let help = format!("write {}", takes.in_words());
                    self.push(Code::OutOfRange, value.span(), found, help);
                }
                self.is_readable &= number.is_some();
                number.map(Value::from)
            }
            (Takes::Scalar, DeValue::Integer(number)) => {
                let whole = i64::from_str_radix(number.as_str(), number.radix()).ok();
                if whole.is_none() {
                    self.is_readable = false;
                    let help = "put it in quotes: records hold texts";
                    let found = "this number is too large";
                    self.push(Code::OutOfRange, value.span(), found, help);
                }
                whole.map(|whole| whole.to_string().into())
            }
            (Takes::Scalar, DeValue::Float(number)) => {
                let number = number.as_str().parse().map(toml::Value::Float);
                number.ok().map(|number| number.to_string().into())
            }
            (Takes::Scalar, DeValue::Boolean(is)) => Some(is.to_string().into()),
            (Takes::True, DeValue::Boolean(true)) => Some(true.into()),
            (_, DeValue::String(text)) => {
                self.text(takes, text, value.span(), at, false);
                Some(Value::from(text.as_ref()))
            }
            _ => {
                self.wrong_type(takes, value, at, false);
                None
            }
        };
        plain.map_or(Holds::Nothing, Holds::Plain)
    }

    fn texts(&mut self, takes: &Takes, array: &DeArray<'_>, span: Span, at: &Path) -> Vec<Node> {
        if array.is_empty() && !matches!(takes, Takes::Texts(0)) {
            let help = format!("write {}", takes.in_words());
            let found = format!("{} is empty", subject(at, false));
            self.push(Code::WrongType, span, found, help);
        }
        let mut texts = Vec::new();
        for one in array.iter() {
            if self.diagnostics.is_full() {
                break;
            }
            match one.get_ref() {
                DeValue::String(text) => {
                    self.text(&Takes::Text, text, one.span(), at, true);
                    texts.push(Node {
                        value: Some(one.span()),
                        holds: Holds::Plain(Value::from(text.as_ref())),
                        ..Node::default()
                    });
                }
                _ => self.wrong_type(&Takes::Text, one, at, true),
            }
        }
        texts
    }

    /// Checks a text, which is the value of a key or an item of its list.
    fn text(&mut self, takes: &Takes, text: &str, span: Span, at: &Path, is_item: bool) {
        let is_title = |c: char| !c.is_whitespace() && !c.is_control();
        let (fits, code) = match takes {
            Takes::Scalar => (true, Code::WrongType),
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
        let is_number =
            matches!(takes, Takes::Points | Takes::Count(..)) && text.trim().parse::<i64>().is_ok();
        let help = match near {
            _ if let Some(help) = above(at) => help,
            Some(near) => format!("did you mean {near:?}?"),
            None if is_number => "remove the quotes".to_owned(),
            None => format!("write {}", takes.in_words()),
        };
        let subject = subject(at, is_item);
        let found = match takes {
            Takes::Text | Takes::Condition => format!("{subject} is empty"),
            Takes::Name(_) | Takes::Title | Takes::One(_) | Takes::Day => {
                format!("{subject} cannot be {}", quoted(text))
            }
            _ => format!("{subject} must be {}, not a text", takes.noun(is_item)),
        };
        self.push(code, span, found, help);
    }

    /// Reports a value of another type than the key or the items of its list take.
    fn wrong_type(
        &mut self,
        takes: &Takes,
        value: &Spanned<DeValue<'_>>,
        at: &Path,
        is_item: bool,
    ) {
        use DeValue::{Boolean, Datetime, Float, Integer};
        let (span, value) = (value.span(), value.get_ref());
        self.is_readable &= matches!(
            (takes, value),
            (Takes::True, Boolean(_)) | (Takes::Scalar, _)
        );
        let found = match value {
            DeValue::String(_) => "a text",
            Integer(_) => "a whole number",
            Float(_) => "a number with a fraction",
            Boolean(true) => "true",
            Boolean(false) => "false",
            Datetime(_) => "a date without quotes",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let takes_text = matches!(
            takes,
            Takes::Text | Takes::Title | Takes::Day | Takes::Condition
        );
        let help = match (takes, value) {
            _ if let Some(help) = above(at) => help,
            (Takes::Tables(_), DeValue::Table(_)) => {
                format!("write [[{}]], in two brackets", at.header())
            }
            (_, Integer(_) | Float(_) | Datetime(_) | Boolean(_)) if takes_text => {
                format!("put it in quotes, as {}", takes.in_words())
            }
            _ => format!("write {}", takes.in_words()),
        };
        let (subject, noun) = (subject(at, is_item), takes.noun(is_item));
        let found = format!("{subject} must be {noun}, not {found}");
        self.push(Code::WrongType, span, found, help);
    }

    fn push(&mut self, code: Code, span: Span, found: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(code.in_text(span, found, help));
    }
}
