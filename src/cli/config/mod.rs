//! `clientype.toml`: what the command line does not say.
//!
//! Owns what comes of both: flags win. A key that is none is an error; which there are
//! is said in [`keys`].

mod keys;
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::check::{Code, Language, Limit, Severity};
use crate::columns::Override;
use crate::error::ErrorKind;
use crate::input::{Format, Ragged};
use crate::value::DateOrder;
use anyhow::{Context, anyhow, bail};
use serde::Deserialize;

use self::keys::KEYS;
pub(super) use self::keys::schema;
pub(super) use self::write::write;
use super::{Judging, Reading, date, delimiter, report};
use crate::cli::check;
use crate::cli::check::Asking;

/// Its name where none is given.
pub(super) const NAME: &str = "clientype.toml";

/// What the file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Config {
    own: OneOrMany,
    map: toml::Table,
    input_format: Option<String>,
    delimiter: Option<String>,
    encoding: Option<String>,
    sheet: Option<String>,
    skip_lines: Option<usize>,
    no_header: bool,
    ragged: Option<String>,
    date_order: Option<String>,
    as_of: Option<toml::Value>,
    rules: Option<PathBuf>,
    expect: Pairs,
    min_agreement: Pairs,
    max_undetermined: Pairs,
    require: OneOrMany,
    no_unread_values: bool,
    min_records: Option<u64>,
    unique: OneOrMany,
    key: Option<String>,
    baseline: Option<PathBuf>,
    strict_baseline: bool,
    label_language: Option<String>,
    warn: OneOrMany,
    allow: OneOrMany,
    fail_on: Option<String>,
    max_findings: Option<usize>,
    report: Pairs,
}

/// Flags that are no keys: what one run wants, and another does not.
const FLAGS: [&str; 12] = [
    "color",
    "details",
    "format",
    "output",
    "prefix",
    "quiet",
    "rejects",
    "replace",
    "strict",
    "summary",
    "threads",
    "write-baseline",
];

/// A text, or a list of texts.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a text, or a list of texts")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        OneOrMany::Many(Vec::new())
    }
}

impl OneOrMany {
    fn texts(self) -> Vec<String> {
        match self {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}

/// What a flag takes as `NAME=TEXT`, as it is written there or as a table.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a text as the flag takes it, a list of such texts, or a table of texts"
)]
enum Pairs {
    Texts(OneOrMany),
    Table(BTreeMap<String, String>),
}

impl Default for Pairs {
    fn default() -> Self {
        Pairs::Texts(OneOrMany::default())
    }
}

impl Pairs {
    /// As the flag takes them, with this sign between name and text.
    fn texts(self, sign: char) -> Vec<String> {
        match self {
            Pairs::Texts(texts) => texts.texts(),
            Pairs::Table(table) => {
                let pairs = table.into_iter();
                pairs
                    .map(|(name, text)| format!("{name}{sign}{text}"))
                    .collect()
            }
        }
    }
}

/// Fills in what the command line does not say, from the file that it names or
/// else the one that is here. Says so, unless `quiet`.
pub(super) fn fill(
    reading: &mut Reading,
    judging: &mut Judging,
    quiet: bool,
) -> anyhow::Result<()> {
    fill_all(reading, judging, &mut Asking::default(), quiet)
}

/// The same with what is asked of an export.
pub(super) fn fill_all(
    reading: &mut Reading,
    judging: &mut Judging,
    asking: &mut Asking,
    quiet: bool,
) -> anyhow::Result<()> {
    let here = Path::new(NAME);
    let Some(path) = judging
        .config
        .clone()
        .or_else(|| here.is_file().then(|| here.to_owned()))
    else {
        return Ok(());
    };
    let text = fs::read_to_string(&path)
        .with_context(|| format!("{}: the configuration cannot be read", path.display()))?;
    let named = |error: anyhow::Error| error.context(path.display().to_string());
    let config = parse(&text).map_err(named)?;
    apply(config, reading, judging, asking).map_err(named)?;
    if !quiet {
        report::tell(&format!(
            "{}: for what the command line does not say\n",
            path.display()
        ));
    }
    Ok(())
}

/// Takes the reports that a file names which is at fault otherwise, as far as they can be
/// read.
pub(super) fn take_reports(judging: &Judging, asking: &mut Asking) {
    let path = judging.config.as_deref().unwrap_or(Path::new(NAME));
    let Ok(text) = fs::read_to_string(path) else {
        return;
    };
    let Ok(mut table) = text.parse::<toml::Table>() else {
        return;
    };
    let named = table.remove("report").map(toml::Value::try_into::<Pairs>);
    if let Some(Ok(pairs)) = named
        && let Ok(reports) = parsed("report", pairs.texts('='), check::report)
    {
        unless_named(&mut asking.report, reports, |(kind, _)| *kind);
    }
}

/// An error about columns, with a word on who may have named them.
pub(super) fn explained(error: crate::error::Error, judging: &Judging) -> anyhow::Error {
    let is_about = matches!(error.kind(), ErrorKind::Columns | ErrorKind::Usage);
    if judging.configured.is_empty() || !is_about {
        return error.into();
    }
    let file = judging.config.as_deref().unwrap_or(Path::new(NAME));
    anyhow::anyhow!(
        "{error}\n  note: {} names columns too, for {}",
        file.display(),
        judging.configured.join(", ")
    )
}

fn parse(text: &str) -> anyhow::Result<Config> {
    let table: toml::Table = toml::from_str(text)?;
    let mut names = KEYS.iter().map(|key| key.name);
    if let Some(key) = table
        .keys()
        .find(|key| names.clone().all(|name| name != *key))
    {
        if FLAGS.contains(&key.as_str()) {
            bail!(
                "{key:?} is no key of a configuration\n  to mend it: say it on the command line: --{key}"
            );
        }
        let near = names.clone().max_by(|a, b| {
            let likeness = |known: &str| strsim::jaro_winkler(known, key);
            likeness(a).total_cmp(&likeness(b))
        });
        bail!(
            "{key:?} is no key of a configuration\n  expected: one of {}\n  to mend it: did you mean {:?}?",
            names.by_ref().collect::<Vec<_>>().join(", "),
            near.unwrap_or_default()
        );
    }
    Ok(toml::from_str(text)?)
}

/// Adds what `config` says to what the command line says, which wins.
fn apply(
    mut config: Config,
    reading: &mut Reading,
    judging: &mut Judging,
    asking: &mut Asking,
) -> anyhow::Result<()> {
    ask(&mut config, asking)?;
    for (criterion, columns) in &config.map {
        let mut told = judging.map.iter();
        if told.any(|told| told.criterion == *criterion) {
            continue;
        }
        let named = |column: &toml::Value| match column {
            toml::Value::String(column) => Ok(Override {
                criterion: criterion.clone(),
                column: (!column.is_empty()).then(|| column.clone()),
            }),
            _ => bail!("map.{criterion}: expected the name of a column, or a list of names"),
        };
        let several = match columns {
            toml::Value::Array(columns) => columns.iter().map(named).collect(),
            column => named(column).map(|one| vec![one]),
        };
        judging.map.extend::<Vec<Override>>(several?);
        judging.configured.push(criterion.clone());
    }
    if judging.own.is_empty() {
        judging.own = config.own.texts();
    }
    let format = |name: &str| Format::from_name(name).filter(|format| format.is_input());
    said(
        "input-format",
        &mut reading.input_format,
        config.input_format,
        |name| format(name).ok_or_else(|| "expected csv, tsv, json or ndjson".to_owned()),
    )?;
    said(
        "delimiter",
        &mut reading.delimiter,
        config.delimiter,
        delimiter,
    )?;
    said(
        "encoding",
        &mut reading.encoding,
        config.encoding,
        super::encoding,
    )?;
    said(
        "ragged",
        &mut reading.ragged,
        config.ragged,
        |way| match way {
            "error" => Ok(Ragged::Error),
            "pad" => Ok(Ragged::Pad),
            _ => Err("expected error or pad".to_owned()),
        },
    )?;
    said(
        "date-order",
        &mut judging.date_order,
        config.date_order,
        |name| DateOrder::from_name(name).ok_or_else(|| "expected dmy, mdy or ymd".to_owned()),
    )?;
    // A day of TOML needs no quotes.
    let as_of = config.as_of.map(|value| match value {
        toml::Value::String(text) => text,
        value => value.to_string(),
    });
    said("as-of", &mut judging.as_of, as_of, date)?;
    reading.sheet = reading.sheet.take().or(config.sheet);
    reading.skip_lines = reading.skip_lines.or(config.skip_lines);
    reading.no_header |= config.no_header;
    judging.rules = judging.rules.take().or(config.rules);
    Ok(())
}

/// Takes the value of a key, unless a flag has said it.
fn said<T>(
    key: &str,
    flag: &mut Option<T>,
    value: Option<String>,
    read: impl Fn(&str) -> Result<T, String>,
) -> anyhow::Result<()> {
    if let (None, Some(value)) = (&flag, value) {
        let read = read(&value).map_err(|error| anyhow::anyhow!("{key} = {value:?}: {error}"))?;
        *flag = Some(read);
    }
    Ok(())
}

/// Adds what `config` asks of an export to what the command line asks, which wins.
fn ask(config: &mut Config, asking: &mut Asking) -> anyhow::Result<()> {
    use std::mem::take;

    let expect = take(&mut config.expect).texts('=');
    let expect = parsed("expect", expect, check::expectation)?;
    unless_named(&mut asking.expect, expect, |(scorecard, _)| {
        scorecard.clone()
    });
    let shares = take(&mut config.min_agreement).texts(':');
    let shares = parsed("min-agreement", shares, check::limit)?;
    unless_limited(&mut asking.min_agreement, shares);
    let shares = take(&mut config.max_undetermined).texts(':');
    let shares = parsed("max-undetermined", shares, check::limit)?;
    unless_limited(&mut asking.max_undetermined, shares);
    unless_told(&mut asking.require, take(&mut config.require).texts());
    unless_told(&mut asking.unique, take(&mut config.unique).texts());
    let reports = take(&mut config.report).texts('=');
    let reports = parsed("report", reports, check::report)?;
    unless_named(&mut asking.report, reports, |(kind, _)| *kind);
    let code = |name: &str| check::code(name);
    let warn = parsed("warn", take(&mut config.warn).texts(), code)?;
    let allow = parsed("allow", take(&mut config.allow).texts(), code)?;
    if let Some(both) = warn.iter().find(|code| allow.contains(code)) {
        bail!("{:?} is in warn and in allow", both.name());
    }
    // What a flag says of a code beats what the file says of it.
    let told: Vec<Code> = asking.warn.iter().chain(&asking.allow).copied().collect();
    let untold = |code: &Code| !told.contains(code);
    asking.warn.extend(warn.into_iter().filter(untold));
    asking.allow.extend(allow.into_iter().filter(untold));
    said(
        "label-language",
        &mut asking.label_language,
        config.label_language.take(),
        |code| Language::from_code(code).ok_or_else(|| "expected de, en, fr, pl or vi".to_owned()),
    )?;
    said(
        "fail-on",
        &mut asking.fail_on,
        config.fail_on.take(),
        |name| match name {
            "error" => Ok(Severity::Error),
            "warning" => Ok(Severity::Warning),
            _ => Err("expected error or warning".to_owned()),
        },
    )?;
    asking.no_unread_values |= config.no_unread_values;
    asking.strict_baseline |= config.strict_baseline;
    asking.min_records = asking.min_records.or(config.min_records);
    asking.max_findings = asking.max_findings.or(config.max_findings);
    asking.key = asking.key.take().or(config.key.take());
    asking.baseline = asking.baseline.take().or(config.baseline.take());
    Ok(())
}

/// Takes those values of a key whose names no flag has named.
fn unless_named<T, N: PartialEq>(flags: &mut Vec<T>, values: Vec<T>, name: impl Fn(&T) -> N) {
    let told: Vec<N> = flags.iter().map(&name).collect();
    flags.extend(
        values
            .into_iter()
            .filter(|value| !told.contains(&name(value))),
    );
}

/// Takes the shares of scorecards of which no flag says one; where a flag says one of
/// all, none.
fn unless_limited(flags: &mut Vec<Limit>, values: Vec<Limit>) {
    if flags.iter().all(|limit| limit.scorecard.is_some()) {
        unless_named(flags, values, |limit| limit.scorecard.clone());
    }
}

/// Takes the values of a key where no flag has named any.
fn unless_told<T>(flags: &mut Vec<T>, values: Vec<T>) {
    if flags.is_empty() {
        *flags = values;
    }
}

/// The values of a key, read as its flag reads them.
fn parsed<T>(
    key: &str,
    values: Vec<String>,
    read: impl Fn(&str) -> Result<T, String>,
) -> anyhow::Result<Vec<T>> {
    let read = |value: String| read(&value).map_err(|error| anyhow!("{key} = {value:?}: {error}"));
    values.into_iter().map(read).collect()
}
