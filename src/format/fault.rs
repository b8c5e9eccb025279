//! What is wrong with a record, before file and line are known.
//!
//! Owns the wording of faults that several formats share. The place is one
//! within a batch; the pipeline makes it one within the file.

use crate::error::{Error, ErrorKind, Help, Phrase, Setting};
use crate::format::json::text::Broken;
use crate::input::{hex, readings};
use crate::text::quoted;

/// What is read, unless it is at fault.
pub(crate) type FaultResult<T = ()> = Result<T, Box<Fault>>;

/// A record that cannot be read or judged.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The place in the batch.
    pub(crate) at: usize,
    /// The record within the batch, from 1.
    pub(crate) record: Option<u64>,
    /// What to say; the pipeline adds file and line.
    pub(crate) error: Error,
    /// The character within the line helps.
    pub(crate) with_character: bool,
    pub(crate) column: Option<String>,
}

impl Fault {
    /// A fault at a place, which may be within a record.
    pub(crate) fn new(at: usize, record: impl Into<Option<u64>>, error: Error) -> Box<Self> {
        Box::new(Fault {
            at,
            record: record.into(),
            error,
            with_character: false,
            column: None,
        })
    }

    /// A fault of the whole input.
    pub(crate) fn of_input(at: usize, error: Error) -> Box<Self> {
        Fault::new(at, None, error)
    }

    /// Names the character within the line too.
    pub(crate) fn with_character(mut self: Box<Self>) -> Box<Self> {
        self.with_character = true;
        self
    }

    /// Text that is not UTF-8 from `at` on. The input's `beginning` may tell more
    /// about its encoding than the line.
    pub(crate) fn not_utf8(
        text: &[u8],
        at: usize,
        record: Option<u64>,
        beginning: &[u8],
    ) -> Box<Self> {
        let found = text.get(at).map_or("the end".to_owned(), |b| hex(&[*b]));
        let readings = readings(text, at, beginning);
        let labels: Vec<String> = readings.iter().map(|it| it.labels.join(", ")).collect();
        let width = labels.iter().map(String::len).max().unwrap_or(0);
        let lines = labels.iter().zip(&readings);
        let lines = lines.map(|(labels, one)| format!("\n    {labels:width$}  {}", one.text));
        let expected = match readings.is_empty() {
            true => String::new(),
            false => format!("; the line reads{}", lines.collect::<String>()),
        };
        let help = match readings.first().and_then(|reading| reading.labels.first()) {
            Some(label) => Phrase::from("name the encoding in which it reads right, such as ")
                .set(Setting::Encoding, label)
                .into(),
            None => Help::from("correct the line").or(Help::set(
                "name its encoding",
                Setting::Encoding,
                "LABEL",
            )),
        };
        let error = input(format!("the text is not UTF-8: found {found}"))
            .expected(
                Phrase::from("UTF-8, or an encoding named by ")
                    .setting(Setting::Encoding)
                    .text(expected),
            )
            .help(help);
        Fault::new(at, record, error)
    }

    /// True where the record itself cannot be read, rather than what it says.
    pub(crate) fn is_unreadable(&self) -> bool {
        self.error.kind() == ErrorKind::Input && self.column.is_none()
    }

    /// Broken JSON at `broken.at`; `help` is for what is not otherwise known to
    /// be taken for JSON.
    pub(crate) fn broken(
        text: &str,
        broken: &Broken,
        record: Option<u64>,
        help: Option<Help>,
    ) -> Box<Self> {
        let error = input(format!("this is no JSON: found {}", shown(text, broken.at)))
            .expected(broken.expected);
        let help = taken_for_json(text, broken).map(Help::from).or(help);
        let error = match help {
            Some(help) => error.help(help),
            None => error,
        };
        Fault::new(broken.at, record, error).with_character()
    }

    /// A field that already has the name of an added one.
    pub(crate) fn taken(at: usize, record: u64, name: &str) -> Box<Self> {
        Fault::new(at, record, taken(name))
    }
}

/// The error that a column already has the name of an added field.
pub(crate) fn taken(name: &str) -> Error {
    Error::new(
        ErrorKind::Columns,
        format!("the column {} is there already", quoted(name)),
    )
    .expected("no column with the name of an added field")
    .help(
        Phrase::from(Setting::Replace)
            .text(" overwrites it, ")
            .set(Setting::Prefix, "TEXT")
            .text(" names the added fields differently"),
    )
}

/// An error about the input.
pub(crate) fn input(found: impl Into<Phrase>) -> Error {
    Error::new(ErrorKind::Input, found)
}

/// What to do about what other notations than JSON allow.
fn taken_for_json(text: &str, broken: &Broken) -> Option<&'static str> {
    let (before, rest) = text.split_at_checked(broken.at)?;
    let word = rest
        .find(|c: char| !c.is_alphanumeric())
        .map_or(rest, |end| &rest[..end]);
    let is_value = matches!(broken.expected, "a value" | "a digit");
    Some(match word {
        "NaN" | "nan" | "Infinity" | "inf" | "undefined" | "None" | "NULL" | "nil" if is_value => {
            "JSON has no such value: write null"
        }
        "True" | "TRUE" | "False" | "FALSE" if is_value => "JSON writes true and false small",
        _ if rest.starts_with('\'') => "JSON has double quotes only",
        _ if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#') => {
            "JSON has no comments: take them out"
        }
        _ if rest.starts_with(['}', ']']) && before.trim_end().ends_with(',') => {
            "take out the comma before it"
        }
        _ if !word.is_empty() && broken.expected == "a key in double quotes" => {
            "JSON has its keys in double quotes"
        }
        _ => return None,
    })
}

/// What stands at `at`, for a message: a word or a sign.
pub(super) fn shown(text: &str, at: usize) -> String {
    let rest = text.get(at..).unwrap_or("");
    let word: String = rest
        .chars()
        .take_while(|c| c.is_alphanumeric())
        .take(20)
        .collect();
    match rest.chars().next() {
        None => "the end".to_owned(),
        Some(first) if word.is_empty() => quoted(&first.to_string()),
        Some(_) => quoted(&word),
    }
}
