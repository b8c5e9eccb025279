//! What several verbs can be asked: how an input is read, by what its records are judged,
//! how something is shown.
//!
//! Owns these flags and the parsers of their values. A flag's comment is its help: one
//! paragraph that fits two lines; `long_help` where the short help has to be shorter.

use std::num::NonZero;
use std::path::PathBuf;

use crate::columns::Override;
use crate::error::Setting;
use crate::find::Filter;
use crate::input::{Encoding, Format, Layout, Ragged};
use crate::run::{Options, Settling};
use crate::text::is_hidden;
use crate::value::DateOrder;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::completions;
use super::config::Configured;
use super::related::{With, pair};

/// No machine is quicker with more, and each takes some memory.
const MOST_THREADS: usize = 64;

/// How an input is read: the same for every verb that reads one.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Reading the input")]
pub(super) struct Reading {
    /// Format of the input: csv, tsv, json or ndjson [default: detected from its first bytes,
    /// or where these leave it open from the file's ending]
    #[arg(long, value_name = "FORMAT", value_parser = format(Format::is_input), hide_possible_values = true, hide_short_help = true)]
    pub(super) input_format: Option<Format>,

    /// Delimiter of CSV: a character, tab, comma, semicolon or pipe [default: as a first
    /// line sep=; says, else detected]
    #[arg(long, value_name = "CHAR", value_parser = delimiter, hide_short_help = true)]
    pub(super) delimiter: Option<u8>,

    /// Encoding of text that isn't UTF-8, such as windows-1252 or utf-16le. A byte order
    /// mark counts more. The output is UTF-8
    #[arg(long, value_name = "LABEL", value_parser = encoding, hide_short_help = true)]
    pub(super) encoding: Option<Encoding>,

    /// Sheet of a workbook, by name or number [default: the first]
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub(super) sheet: Option<String>,

    /// Pass N lines of CSV through before the header is read. A first line sep=; counts as
    /// one of them
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(super) skip_lines: Option<usize>,

    /// The first line of CSV is a record: columns are named 1, 2, 3, ... and only --map
    /// says what they are
    #[arg(long, hide_short_help = true)]
    pub(super) no_header: bool,

    /// CSV records with too many or too few fields: error, or pad, which fills short ones
    /// up with empty fields [default: error]
    #[arg(long, value_name = "WAY", value_parser = ragged(), hide_possible_values = true, hide_short_help = true)]
    pub(super) ragged: Option<Ragged>,

    /// Columns of CSV, if the header has fewer or there is none [default: as the first records
    /// show]
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(super) fields: Option<usize>,

    /// Every record is about a buyer: none is a total, a footer or the header again
    #[arg(long, hide_short_help = true)]
    pub(super) no_totals: bool,

    /// CSV records end with a delimiter that the header does not have [default: as the first
    /// records show]
    #[arg(long, hide_short_help = true)]
    pub(super) trailing_delimiter: bool,

    /// Longest record, such as 64KiB, 10MB or 1GiB: a longer one ends the run [default: 1GiB]
    #[arg(long, value_name = "SIZE", value_parser = size, hide_short_help = true)]
    pub(super) max_record: Option<Size>,
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size(pub(super) usize);

/// By what records are judged: the same for every verb that judges one.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Judging the records")]
pub(super) struct Judging {
    /// Our own name or mail domain. Repeatable.
    #[arg(
        long,
        value_name = "NAME_OR_DOMAIN",
        long_help = "A name or a mail domain of our own organization. Repeatable. Case, \
                     punctuation and legal forms (GmbH, Ltd) don't matter"
    )]
    pub(super) own: Vec<String>,

    /// Read CRITERION from COLUMN. Repeatable.
    #[arg(
        long,
        value_name = "CRITERION=COLUMN",
        value_parser = override_,
        add = completions::map(),
        long_help = "Read CRITERION from COLUMN, or none (`CRITERION=`). CRITERION:WORD: any \
                     text means this value; or a role, an order, a unit. Repeatable"
    )]
    pub(super) map: Vec<Override>,

    /// Order of 3/4/2024: dmy, mdy or ymd.
    #[arg(
        long,
        value_name = "ORDER",
        value_parser = date_order(),
        hide_possible_values = true,
        long_help = "Order of dates in digits: dmy, mdy or ymd. Without it, 3/4/2024 is not \
                     understood unless its column settles it"
    )]
    pub(super) date_order: Option<DateOrder>,

    /// Day up to which open-ended lengths run, as YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = date, hide_short_help = true)]
    pub(super) as_of: Option<jiff::civil::Date>,

    /// Use the rulebook in FILE.
    #[arg(
        long,
        add = completions::rulebook(),
        value_name = "FILE",
        long_help = "Use the rulebook in FILE [default: documents, the built-in one]"
    )]
    pub(super) rules: Option<PathBuf>,

    /// True of every record that says nothing else. Repeatable.
    #[arg(
        long,
        hide_short_help = true,
        value_name = "CRITERION=VALUE",
        value_parser = pair,
        long_help = "What is true of every record that says nothing else, such as service=law. \
                     Repeatable"
    )]
    pub(super) assume: Vec<(String, String)>,

    #[command(flatten)]
    pub(super) with: With,

    /// Read settings that aren't on the command line from FILE [default: clientype.toml, if
    /// this folder has one]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(super) config: Option<PathBuf>,

    /// Decide nothing by looking: only what is stated is read, as it is stated. columns
    /// --freeze writes it all down
    #[arg(long, hide_short_help = true)]
    pub(super) frozen: bool,

    /// Refuse to judge by another rulebook than this one: its name, version and hash
    #[arg(long, value_name = "NAME VERSION HASH", hide_short_help = true)]
    pub(super) rulebook: Option<String>,

    /// What that file sets.
    #[arg(skip)]
    pub(super) configured: Configured,
}

impl Judging {
    /// The mapping. A flag for the order of dates holds for all columns of a plan.
    fn overrides(&self) -> Vec<Override> {
        let mut map = self.map.clone();
        let is_flag = self.configured.key(Setting::DateOrder, None).is_none();
        if self.frozen && self.date_order.is_some() && is_flag {
            for one in &mut map {
                one.read_as
                    .retain(|word| DateOrder::from_name(word).is_none());
            }
        }
        map
    }

    /// What named the column of this criterion.
    pub(super) fn named_by(&self, criterion: &str) -> &str {
        match self.configured.names(criterion) {
            true => self.configured.file(),
            false => "--map",
        }
    }
}

/// A form in which a record is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Form {
    /// For a person
    #[default]
    Text,
    /// For a program: JSON, each object on a line
    Json,
    /// For a ticket
    Markdown,
}

/// Whether a text has colours: the same for every verb that prints one.
#[derive(Debug, Args)]
pub(super) struct Color {
    /// When to colour: auto, always or never [default: auto]
    #[arg(
        long = "color",
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        hide_short_help = true
    )]
    pub(super) when: When,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also in a pipe or a file
    Always,
    /// Not even on a terminal
    Never,
}

pub(super) fn counted(text: &str) -> Result<NonZero<u64>, String> {
    let number = text.parse();
    number.map_err(|_| "expected a whole number of at least 1".to_owned())
}

pub(super) fn condition(text: &str) -> Result<Filter, String> {
    let (column, value) = text
        .split_once('=')
        .filter(|(column, _)| !column.trim().is_empty())
        .ok_or("expected COLUMN=VALUE, such as Company=Globex")?;
    Ok(Filter {
        column: column.to_owned(),
        value: value.to_owned(),
    })
}

impl Reading {
    /// One of the flags that are set, if any is.
    pub(super) fn first_set(&self) -> Option<&'static str> {
        let set = [
            (self.input_format.is_some(), "--input-format"),
            (self.delimiter.is_some(), "--delimiter"),
            (self.encoding.is_some(), "--encoding"),
            (self.sheet.is_some(), "--sheet"),
            (self.skip_lines.is_some(), "--skip-lines"),
            (self.no_header, "--no-header"),
            (self.ragged.is_some(), "--ragged"),
            (self.fields.is_some(), "--fields"),
            (self.trailing_delimiter, "--trailing-delimiter"),
            (self.no_totals, "--no-totals"),
            (self.max_record.is_some(), "--max-record"),
        ];
        set.iter().find(|(is, _)| *is).map(|(_, flag)| *flag)
    }

    pub(super) fn layout(&self) -> Layout {
        Layout {
            format: self.input_format,
            delimiter: self.delimiter,
            encoding: self.encoding,
            sheet: self.sheet.clone(),
            skip_lines: self.skip_lines.unwrap_or_default(),
            no_header: self.no_header,
            ragged: self.ragged.unwrap_or_default(),
            fields: self.fields,
            trailing_delimiter: self.trailing_delimiter,
            frozen: false,
            max_record: self.max_record.map(|size| size.0),
        }
    }
}

/// The beginning of a column's name.
pub(super) fn name_part(text: &str) -> Result<String, String> {
    match text.contains(is_hidden) {
        true => Err("expected a text without line breaks and invisible characters".to_owned()),
        false => Ok(text.to_owned()),
    }
}

/// A number of bytes, with a unit of 1000 or of 1024.
fn size(text: &str) -> Result<Size, String> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "kb" => Some(1000),
        "kib" | "k" => Some(1 << 10),
        "mb" => Some(1_000_000),
        "mib" | "m" => Some(1 << 20),
        "gb" => Some(1_000_000_000),
        "gib" | "g" => Some(1 << 30),
        _ => None,
    };
    let number = number.parse::<usize>().ok().filter(|number| *number > 0);
    let size = number
        .zip(unit)
        .and_then(|(number, unit)| number.checked_mul(unit));
    // Twice as much has to be a size too.
    let size = size.filter(|size| *size <= usize::MAX / 4);
    size.map(Size).ok_or_else(|| {
        "expected a whole number of bytes, more than 0, alone or with one of the units kB, MB, \
             GB (1000) and KiB, MiB, GiB (1024), such as 10MB or 1GiB"
            .to_owned()
    })
}

/// The options of a run with these flags.
pub(super) fn options(reading: &Reading, judging: &Judging) -> Options {
    Options {
        layout: reading.layout(),
        overrides: judging.overrides(),
        date_order: judging.date_order,
        no_totals: reading.no_totals,
        settling: match judging.frozen {
            true => Settling::Plan,
            false => Settling::Looking,
        },
        ..Options::default()
    }
}

pub(super) fn encoding(text: &str) -> Result<Encoding, String> {
    Encoding::from_label(text).ok_or_else(|| {
        "expected a label of the WHATWG Encoding Standard, such as windows-1252, windows-1250, windows-1258 or utf-16le, or a code page of DOS: cp437, cp850, cp852".to_owned()
    })
}

/// Takes one of these names.
pub(super) fn choices<T: Copy + Send + Sync + 'static>(
    all: impl IntoIterator<Item = (&'static str, T)>,
) -> impl TypedValueParser<Value = T> {
    let all: Vec<_> = all.into_iter().collect();
    let names = all.iter().map(|(name, _)| PossibleValue::new(*name));
    PossibleValuesParser::new(names).map(move |name| {
        let of = all.iter().find(|(known, _)| *known == name);
        of.expect("only these names are taken").1
    })
}

fn ragged() -> impl TypedValueParser<Value = Ragged> {
    choices([("error", Ragged::Error), ("pad", Ragged::Pad)])
}

/// Takes the names of those formats.
pub(super) fn format(fits: fn(Format) -> bool) -> impl TypedValueParser<Value = Format> {
    let formats = Format::all().filter(move |format| fits(*format));
    choices(formats.map(|format| (format.name(), format)))
}

fn date_order() -> impl TypedValueParser<Value = DateOrder> {
    choices([
        ("dmy", DateOrder::Dmy),
        ("mdy", DateOrder::Mdy),
        ("ymd", DateOrder::Ymd),
    ])
}

pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "pipe" => Ok(b'|'),
        _ => match text.as_bytes() {
            [b'"' | b'\n' | b'\r'] => {
                Err("a quote or a line break cannot delimit fields".to_owned())
            }
            [byte] if byte.is_ascii() => Ok(*byte),
            [_, _, ..] if text.chars().all(|c| !c.is_alphanumeric()) => Err(
                "a delimiter is one ASCII character; to replace a longer one by a tab that no field \
                 contains: sed 's/.../\\t/g'"
                    .to_owned(),
            ),
            _ => Err("expected one ASCII character, or tab, comma, semicolon or pipe".to_owned()),
        },
    }
}

pub(super) fn threads(text: &str) -> Result<NonZero<usize>, String> {
    let number = text.parse().ok().filter(|number| *number <= MOST_THREADS);
    let number = number.and_then(NonZero::new);
    number.ok_or_else(|| format!("expected a number from 1 to {MOST_THREADS}"))
}

pub(super) fn override_(text: &str) -> Result<Override, String> {
    let (criterion, column) = text
        .split_once('=')
        .ok_or("expected CRITERION=COLUMN, such as contract=Vertrag")?;
    let mut words = criterion.split(':').map(|word| word.trim().to_owned());
    Ok(Override {
        criterion: words.next().unwrap_or_default(),
        read_as: words.collect(),
        column: (!column.is_empty()).then(|| column.to_owned()),
    })
}

pub(super) fn date(text: &str) -> Result<jiff::civil::Date, String> {
    jiff::civil::Date::strptime("%Y-%m-%d", text)
        .map_err(|_| "expected a day such as 2026-01-31".to_owned())
}
