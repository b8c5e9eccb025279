//! The keys of `clientype.toml`: one table.
//!
//! Owns the names of the keys, what the JSON Schema says of each, what value each takes,
//! and which option each sets. The reader, the schema and the error about an unknown key
//! are made from the table. Values that are texts are read as the flag of that name reads
//! them.

use std::str::FromStr;

use crate::check::{Code, Language, Limit, Severity};
use crate::input::{Format, Ragged};
use crate::text::one_of;
use crate::value::DateOrder;
use serde_json::{Value, json};

use super::shape::Shape;
use crate::cli::check::{self, Asking};
use crate::cli::render::Kind;
use crate::cli::{Judging, Reading, date, delimiter, encoding, override_};

/// A key: all that is known of it.
pub(super) struct Key {
    pub(super) name: &'static str,
    description: &'static str,
    pub(super) shape: Shape,
    /// Sets the option from these texts, as far as the command line does not.
    pub(super) set: fn(&mut Flags<'_>, Vec<String>) -> Result<(), String>,
}

/// The options of the command line that keys set.
pub(in crate::cli) struct Flags<'f> {
    pub(super) reading: &'f mut Reading,
    pub(super) judging: &'f mut Judging,
    pub(super) asking: &'f mut Asking,
    /// The codes that the command line names, which the file does not change.
    pub(super) named: Vec<Code>,
}

impl Key {
    pub(super) fn of(name: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| key.name == name)
    }
}

const fn key(
    name: &'static str,
    description: &'static str,
    shape: Shape,
    set: fn(&mut Flags<'_>, Vec<String>) -> Result<(), String>,
) -> Key {
    Key {
        name,
        description,
        shape,
        set,
    }
}

/// All keys, each named like its flag.
pub(super) static KEYS: [Key; 28] = [
    key(
        "own",
        "Our own organization: names and mail domains.",
        Shape::Texts,
        |to, texts| list(&mut to.judging.own, texts),
    ),
    key(
        "map",
        "Which columns feed which criterion; an empty name switches one off.",
        Shape::Columns,
        |to, texts| {
            let map = &mut to.judging.map;
            let flags = map.len();
            by_name(map, texts, override_, |one| one.criterion.clone())?;
            let configured = map[flags..].iter().map(|one| one.criterion.clone());
            to.judging.configured = configured.collect();
            to.judging.configured.dedup();
            Ok(())
        },
    ),
    key(
        "input-format",
        "The format of the input.",
        Shape::OneOf(formats),
        |to, texts| {
            let read = |name: &str| Format::from_name(name).filter(|format| format.is_input());
            one(&mut to.reading.input_format, texts, named(formats, read))
        },
    ),
    key(
        "delimiter",
        "The delimiter of CSV: a character, tab, comma, semicolon or pipe.",
        Shape::Text,
        |to, texts| one(&mut to.reading.delimiter, texts, delimiter),
    ),
    key(
        "encoding",
        "The encoding of text that is not UTF-8: a label of the WHATWG Encoding Standard.",
        Shape::Text,
        |to, texts| one(&mut to.reading.encoding, texts, encoding),
    ),
    key(
        "sheet",
        "The sheet of a workbook, by its name or its number.",
        Shape::Text,
        |to, texts| one(&mut to.reading.sheet, texts, plain),
    ),
    key(
        "skip-lines",
        "So many lines of CSV come before the header.",
        Shape::Count,
        |to, texts| one(&mut to.reading.skip_lines, texts, plain),
    ),
    key(
        "no-header",
        "The first line of CSV is a record.",
        Shape::Yes,
        |to, texts| yes(&mut to.reading.no_header, &texts),
    ),
    key(
        "ragged",
        "What to do with CSV records that have more or fewer fields than the header.",
        Shape::OneOf(|| vec!["error", "pad"]),
        |to, texts| one(&mut to.reading.ragged, texts, ragged),
    ),
    key(
        "date-order",
        "The order of dates in digits where their column does not tell.",
        Shape::OneOf(orders),
        |to, texts| {
            let read = named(orders, DateOrder::from_name);
            one(&mut to.judging.date_order, texts, read)
        },
    ),
    key(
        "as-of",
        "The day on which open-ended durations are measured.",
        Shape::Day,
        |to, texts| one(&mut to.judging.as_of, texts, date),
    ),
    key(
        "rules",
        "A rulebook to use instead of the built-in one.",
        Shape::File,
        |to, texts| one(&mut to.judging.rules, texts, plain),
    ),
    key(
        "expect",
        "Columns with labels that have to agree with the computed ones, by scorecard.",
        Shape::Pairs(Vec::new),
        |to, texts| {
            let read = check::expectation;
            by_name(&mut to.asking.expect, texts, read, |one| one.0.clone())
        },
    ),
    key(
        "min-agreement",
        "At least so many of these labels have to agree, of each scorecard or of one.",
        Shape::Shares,
        |to, texts| limits(&mut to.asking.min_agreement, texts),
    ),
    key(
        "max-undetermined",
        "At most so many records may be undetermined, on each scorecard or on one.",
        Shape::Shares,
        |to, texts| limits(&mut to.asking.max_undetermined, texts),
    ),
    key(
        "require",
        "Criteria that each record has to fill in so that they are understood.",
        Shape::Texts,
        |to, texts| list(&mut to.asking.require, texts),
    ),
    key(
        "no-unread-values",
        "Each value that is not understood is a finding.",
        Shape::Yes,
        |to, texts| yes(&mut to.asking.no_unread_values, &texts),
    ),
    key(
        "min-records",
        "So many records there have to be.",
        Shape::Count,
        |to, texts| one(&mut to.asking.min_records, texts, plain),
    ),
    key(
        "unique",
        "Columns in which no value may be there twice.",
        Shape::Texts,
        |to, texts| list(&mut to.asking.unique, texts),
    ),
    key(
        "key",
        "The column that says which record it is.",
        Shape::Text,
        |to, texts| one(&mut to.asking.key, texts, plain),
    ),
    key(
        "baseline",
        "A file with the labels of an earlier run.",
        Shape::File,
        |to, texts| one(&mut to.asking.baseline, texts, plain),
    ),
    key(
        "strict-baseline",
        "Entries of the baseline whose records have gone are findings.",
        Shape::Yes,
        |to, texts| yes(&mut to.asking.strict_baseline, &texts),
    ),
    key(
        "label-language",
        "The language of the labels that expect compares.",
        Shape::OneOf(languages),
        |to, texts| {
            let read = named(languages, Language::from_code);
            one(&mut to.asking.label_language, texts, read)
        },
    ),
    key(
        "warn",
        "Findings with these codes are warnings.",
        Shape::Codes,
        |to, texts| codes(&mut to.asking.warn, &to.named, texts),
    ),
    key(
        "allow",
        "Findings with these codes are none.",
        Shape::Codes,
        |to, texts| codes(&mut to.asking.allow, &to.named, texts),
    ),
    key(
        "fail-on",
        "From which severity on a finding fails the check.",
        Shape::OneOf(|| vec!["error", "warning"]),
        |to, texts| one(&mut to.asking.fail_on, texts, severity),
    ),
    key(
        "max-findings",
        "So many findings are shown; all are counted.",
        Shape::Count,
        |to, texts| one(&mut to.asking.max_findings, texts, plain),
    ),
    key(
        "report",
        "Further reports, and the files they go to.",
        Shape::Pairs(|| Kind::ALL.map(Kind::name).to_vec()),
        |to, texts| by_name(&mut to.asking.report, texts, check::report, |one| one.0),
    ),
];

fn formats() -> Vec<&'static str> {
    let formats = Format::all().filter(|format| format.is_input());
    formats.map(Format::name).collect()
}

fn orders() -> Vec<&'static str> {
    [DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd]
        .map(DateOrder::name)
        .to_vec()
}

fn languages() -> Vec<&'static str> {
    Language::all().map(Language::code).collect()
}

fn ragged(name: &str) -> Result<Ragged, String> {
    match name {
        "error" => Ok(Ragged::Error),
        "pad" => Ok(Ragged::Pad),
        _ => Err("expected error or pad".to_owned()),
    }
}

fn severity(name: &str) -> Result<Severity, String> {
    match name {
        "error" => Ok(Severity::Error),
        "warning" => Ok(Severity::Warning),
        _ => Err("expected error or warning".to_owned()),
    }
}

/// Reads one of these names.
fn named<T>(
    names: fn() -> Vec<&'static str>,
    read: impl Fn(&str) -> Option<T>,
) -> impl Fn(&str) -> Result<T, String> {
    move |name| read(name).ok_or_else(|| format!("expected {}", one_of(&names())))
}

/// Reads a text, a path or a number, of which the shape has made sure.
fn plain<T: FromStr<Err: ToString>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// All `texts`, read one by one.
fn all<T>(texts: Vec<String>, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let read = |text: String| read(&text).map_err(|error| format!("{text:?}: {error}"));
    texts.into_iter().map(read).collect()
}

/// Takes the one text, unless the flag has said another.
fn one<T>(
    flag: &mut Option<T>,
    texts: Vec<String>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<(), String> {
    if flag.is_none() {
        *flag = all(texts, read)?.pop();
    }
    Ok(())
}

fn yes(flag: &mut bool, texts: &[String]) -> Result<(), String> {
    *flag |= !texts.is_empty();
    Ok(())
}

/// Takes the texts, unless the flag has said any.
fn list(flag: &mut Vec<String>, texts: Vec<String>) -> Result<(), String> {
    if flag.is_empty() {
        *flag = texts;
    }
    Ok(())
}

/// Takes the values whose names the flag has not said.
fn by_name<T, N: PartialEq>(
    flag: &mut Vec<T>,
    texts: Vec<String>,
    read: impl Fn(&str) -> Result<T, String>,
    name: impl Fn(&T) -> N,
) -> Result<(), String> {
    let said: Vec<N> = flag.iter().map(&name).collect();
    let unsaid = |value: &T| !said.contains(&name(value));
    flag.extend(all(texts, read)?.into_iter().filter(unsaid));
    Ok(())
}

/// Takes the shares of scorecards of which the flag says none; where it says one of all
/// scorecards, none.
fn limits(flag: &mut Vec<Limit>, texts: Vec<String>) -> Result<(), String> {
    let is_general = flag.iter().any(|limit| limit.scorecard.is_none());
    let before = flag.len();
    by_name(flag, texts, check::limit, |limit| limit.scorecard.clone())?;
    if is_general {
        flag.truncate(before);
    }
    Ok(())
}

/// Takes the codes of which no flag has said anything.
fn codes(flag: &mut Vec<Code>, said: &[Code], texts: Vec<String>) -> Result<(), String> {
    let codes = all(texts, check::code)?.into_iter();
    flag.extend(codes.filter(|code| !said.contains(code)));
    Ok(())
}

/// The JSON Schema of the file.
pub(in crate::cli) fn schema() -> Value {
    let properties = KEYS.iter().map(|key| {
        let mut schema = key.shape.schema();
        schema["description"] = key.description.into();
        (key.name.to_owned(), schema)
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "clientype.toml",
        "description": "What the command line of clientype does not say.",
        "type": "object",
        "properties": properties.collect::<serde_json::Map<_, _>>(),
        "additionalProperties": false,
    })
}
