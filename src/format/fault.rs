//! What is wrong with a record, before file and line are known.
//!
//! Owns the wording of faults that several formats share. The place is one in a batch;
//! the pipeline turns it into one in the file.

use crate::error::{Error, ErrorKind, Help, Phrase, Setting};
use crate::format::json::text::Broken;
use crate::format::json::walk::AT_MOST;
use crate::input::{hex, readings};
use crate::text::quoted;

/// A result, or the fault of a record.
pub(crate) type FaultResult<T = ()> = Result<T, Box<Fault>>;

/// A record that cannot be read or judged.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The place in the batch.
    pub(crate) at: usize,
    /// The record within the batch, from 1.
    pub(crate) record: Option<u64>,
    /// The error; the pipeline adds file and line.
    pub(crate) error: Error,
    /// Report the character in the line too.
    pub(crate) with_character: bool,
    pub(crate) column: Option<String>,
}

impl Fault {
    /// A fault at a place, which may be inside a record.
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

    /// Reports the character in the line too.
    pub(crate) fn with_character(mut self: Box<Self>) -> Box<Self> {
        self.with_character = true;
        self
    }

    /// Text that is not UTF-8 from `at` on. The input's `beginning` may show more about
    /// its encoding than the line.
    pub(crate) fn not_utf8(
        text: &[u8],
        at: usize,
        record: Option<u64>,
        beginning: &[u8],
    ) -> Box<Self> {
        let found = text
            .get(at)
            .map_or("the end of the text".to_owned(), |b| hex(&[*b]));
        let readings = readings(text, at, beginning);
        let labels: Vec<String> = readings.iter().map(|it| it.labels.join(", ")).collect();
        let width = labels.iter().map(String::len).max().unwrap_or(0);
        let lines = labels.iter().zip(&readings);
        let lines = lines.map(|(labels, one)| format!("\n    {labels:width$}  {}", one.text));
        let expected = match readings.is_empty() {
            true => String::new(),
            false => format!("; the line would read{}", lines.collect::<String>()),
        };
        let help = match readings.first().and_then(|reading| reading.labels.first()) {
            Some(label) => Phrase::from("set the encoding in which it reads right, such as ")
                .set(Setting::Encoding, label)
                .into(),
            None => Help::from("correct the line").or(Help::set(
                "set its encoding",
                Setting::Encoding,
                "LABEL",
            )),
        };
        let error = input(format!("the text is not UTF-8: found {found}"))
            .expected(
                Phrase::from("UTF-8, or an encoding given by ")
                    .setting(Setting::Encoding)
                    .text(expected),
            )
            .help(help);
        Fault::new(at, record, error)
    }

    /// True if the record itself cannot be read, rather than a value in it.
    pub(crate) fn is_unreadable(&self) -> bool {
        self.error.kind() == ErrorKind::Input && self.column.is_none()
    }

    /// Invalid JSON at `broken.at`; `help` is for text that does not look like another
    /// notation taken for JSON.
    pub(crate) fn broken(
        text: &str,
        broken: &Broken,
        record: Option<u64>,
        help: Option<Help>,
    ) -> Box<Self> {
        let found = match broken.expected {
            AT_MOST => "the record has too many keys".to_owned(),
            _ => format!("invalid JSON: found {}", shown(text, broken.at)),
        };
        let error = input(found).expected(broken.expected);
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

/// The error for something longer than the longest record may be.
pub(crate) fn too_long(what: &str, longest: usize) -> Error {
    let (gib, mib, kib) = (longest >> 30, longest >> 20, longest >> 10);
    let size = match longest {
        _ if gib << 30 == longest && gib > 0 => format!("{gib} GiB"),
        _ if mib << 20 == longest && mib > 0 => format!("{mib} MiB"),
        _ if kib << 10 == longest && kib > 0 => format!("{kib} KiB"),
        1 => "1 byte".to_owned(),
        _ => format!("{longest} bytes"),
    };
    input(format!("{what} {size}"))
        .expected("records that end; a quote or a bracket may not be closed")
        .help(Phrase::from("if it is meant to be that long, set ").setting(Setting::MaxRecord))
}

/// The error for a column that already has the name of an added field.
pub(crate) fn taken(name: &str) -> Error {
    Error::new(
        ErrorKind::Columns,
        format!("the input already has a column {}", quoted(name)),
    )
    .expected("no column with the name of an added field")
    .help(
        Phrase::from("overwrite it with ")
            .setting(Setting::Replace)
            .text(", or rename the added fields with ")
            .set(Setting::Prefix, "TEXT"),
    )
}

/// What to do about an empty file.
pub(crate) const CHECK_EXPORT: &str =
    "check that this is the right file and that its export succeeded";

/// An error about the input.
pub(crate) fn input(found: impl Into<Phrase>) -> Error {
    Error::new(ErrorKind::Input, found)
}

/// What to do about text that is valid in other notations, but not in JSON.
fn taken_for_json(text: &str, broken: &Broken) -> Option<&'static str> {
    let (before, rest) = text.split_at_checked(broken.at)?;
    let word = rest
        .find(|c: char| !c.is_alphanumeric())
        .map_or(rest, |end| &rest[..end]);
    let is_value = matches!(broken.expected, "a value" | "a digit");
    Some(match word {
        "NaN" | "nan" | "Infinity" | "inf" | "undefined" | "None" | "NULL" | "nil" if is_value => {
            "write null: JSON has no such value"
        }
        "True" | "TRUE" | "False" | "FALSE" if is_value => "write true and false in lower case",
        _ if rest.starts_with('\'') => "use double quotes",
        _ if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#') => {
            "remove the comment: JSON has no comments"
        }
        _ if rest.starts_with(['}', ']']) && before.trim_end().ends_with(',') => {
            "remove the comma before it"
        }
        _ if !word.is_empty() && broken.expected == "a key in double quotes" => {
            "put the key in double quotes"
        }
        _ => return None,
    })
}

/// The word or character at `at`, for a message.
pub(super) fn shown(text: &str, at: usize) -> String {
    let rest = text.get(at..).unwrap_or("");
    let word: String = rest
        .chars()
        .take_while(|c| c.is_alphanumeric())
        .take(20)
        .collect();
    match rest.chars().next() {
        None => "the end of the text".to_owned(),
        Some(first) if word.is_empty() => quoted(&first.to_string()),
        Some(_) => quoted(&word),
    }
}
