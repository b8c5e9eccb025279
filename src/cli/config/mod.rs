//! `clientype.toml`: options that the command line leaves open.
//!
//! Owns how the file is found and read, and that flags win. The keys are one table, in
//! [`keys`]; their values are handed to the flags' own parsers.

mod configured;
mod entry;
mod found;
mod freeze;
mod keys;
mod plan;
mod write;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as _;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use crate::cli::whole;
use crate::error::{ErrorKind, Part};
use crate::text::{did_you_mean, nearest, one_of, quoted};
use anyhow::{Context, anyhow};
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use toml::de::DeTable;

pub(super) use self::configured::Configured;
use self::configured::{Lines, line_at, lines};
pub(super) use self::entry::columns;
pub(super) use self::freeze::{Found, freeze};
pub(super) use self::keys::schema;
use self::keys::{KEYS, Key, Shape, Texts, flags};
pub(super) use self::plan::check as check_plan;
pub(super) use self::write::write;
pub(super) use self::written::{Written, path};
use super::args::{Judging, Reading};
use super::{Cli, printed, wording};
use crate::cli::check::Asking;
use crate::cli::related::WithFile;

/// Its name where none is given.
pub(super) const NAME: &str = "clientype.toml";

/// Flags that are not keys: what one run wants, and another does not.
const FLAGS: &str = "color details dialect escape-formulas format output part prefix quiet readings rejects replace strict summary table threads view write-baseline";

/// Keys of a plan that are about the layout of its export, besides the format.
const LAYOUT: [&str; 8] = [
    "delimiter",
    "encoding",
    "fields",
    "no-header",
    "ragged",
    "sheet",
    "skip-lines",
    "trailing-delimiter",
];

/// The options that the file can set.
pub(super) struct Options<'o> {
    pub(super) reading: &'o mut Reading,
    pub(super) judging: &'o mut Judging,
    pub(super) asking: &'o mut Asking,
}

/// Fills in what the command line leaves open, from the file that it names or else the one
/// in this folder. Reports that, unless `quiet`; of a file that was found it does so always.
pub(super) fn fill(
    reading: &mut Reading,
    judging: &mut Judging,
    quiet: bool,
) -> anyhow::Result<()> {
    let mut options = Options {
        reading,
        judging,
        asking: &mut Asking::default(),
    };
    options.fill(quiet)
}

impl Options<'_> {
    /// The same with what is expected of an export. Where the file is at fault, the
    /// reports that it names are taken as far as they can be read, so that they report it.
    pub(super) fn fill(&mut self, quiet: bool) -> anyhow::Result<()> {
        let path = match &self.judging.config {
            Some(path) => path.clone(),
            None if Path::new(NAME).is_file() => {
                not_a_way_out()?;
                NAME.into()
            }
            None => return Ok(()),
        };
        let name = printed::path(&path);
        let cannot = || format!("{name}: the configuration cannot be read");
        let text = whole::configuration(&path).with_context(cannot)?;
        self.judging.configured = Configured::new(name.clone());
        let lines = lines(&text);
        let filled = parse(&text).and_then(|stated| self.take(stated, &lines));
        if let Err(Fault { line, message }) = filled {
            self.take_reports(&text);
            let line = line.map(|line| format!(", line {line}"));
            return Err(anyhow!("{name}{}: {message}", line.unwrap_or_default()));
        }
        // The user may not know of a file that was found.
        if !quiet || self.judging.config.is_none() {
            printed::hold(&format!("using settings from {name}\n"));
        }
        Ok(())
    }

    /// Takes what the file sets where no flag does: both are read by the flags' parsers
    /// as one command line.
    fn take(&mut self, mut stated: Stated, lines: &Lines) -> Result<(), Fault> {
        let codes = |key: &str| match stated.get(key) {
            Some(Ok(names)) => names.clone(),
            _ => Vec::new(),
        };
        let allowed = BTreeSet::from_iter(codes("allow"));
        if let Some(both) = codes("warn").iter().find(|name| allowed.contains(*name)) {
            let message = format!("{both:?} is in both warn and allow");
            return Err(Fault::at_key("warn", lines, message));
        }
        let folder = self.judging.config.as_deref().and_then(Path::parent);
        let folder = folder.unwrap_or(Path::new("")).to_owned();
        if let (Some(files), []) = (stated.remove("with"), &self.judging.with.files[..]) {
            let files =
                files.map_err(|(key, why)| Fault::at_key(&key, lines, format!("{key}: {why}")))?;
            let files = files
                .iter()
                .filter_map(|text| serde_json::from_str::<WithFile>(text).ok());
            let files: Vec<_> = files.map(|file| file.from(&folder)).collect();
            for file in &files {
                self.allow("with", "file", &file.file, &folder, lines)?;
            }
            self.judging.with.files = files;
        }
        let (command, line, mut words) = (flags(), line(), Vec::new());
        let is_frozen = matches!(stated.get("frozen"), Some(Ok(texts)) if !texts.is_empty());
        let is_restated = is_frozen && !given(&line, "input-format").is_empty();
        for flag in command.get_arguments() {
            let name = flag.get_long().unwrap_or_default();
            // These belong together in their order.
            if ["with", "on", "says", "absent"].contains(&name) {
                continue;
            }
            // Another layout than that of the export from which a plan was made.
            if is_restated && LAYOUT.contains(&name) {
                stated.remove(name);
            }
            let mut texts = given(&line, name);
            if let Some((key, stated)) = Key::of(name).zip(stated.remove(name)) {
                let given = match key.shape {
                    Shape::Codes(_) => [given(&line, "warn"), given(&line, "allow")].concat(),
                    _ => texts.clone(),
                };
                let given: Vec<_> = given.iter().map(|text| text.to_string_lossy()).collect();
                let stated = stated
                    .map_err(|(key, why)| Fault::at_key(&key, lines, format!("{key}: {why}")));
                for text in stated? {
                    if given.iter().any(|given| key.shape.replaces(given, &text)) {
                        continue;
                    }
                    self.judging.configured.add(name, &text, lines);
                    texts.push(match key.shape {
                        Shape::File => {
                            let path = folder.join(text);
                            self.allow(name, name, &path, &folder, lines)?;
                            path.into()
                        }
                        Shape::Files(_) => {
                            if let Some((kind, path)) = text.split_once('=') {
                                let within = format!("{name}.{}", kind.trim());
                                self.allow(&within, &within, Path::new(path), &folder, lines)?;
                            }
                            text.into()
                        }
                        _ => text.into(),
                    });
                }
            }
            words.extend(texts.iter().map(|text| {
                let mut word = OsString::from(format!("--{name}"));
                if flag.get_action().takes_values() {
                    word.push("=");
                    word.push(text);
                }
                word
            }));
        }
        let matches = command.try_get_matches_from(words);
        let matches = matches.map_err(|error| value_error(&error, lines))?;
        let taken = (self.reading.update_from_arg_matches(&matches))
            .and_then(|()| self.judging.update_from_arg_matches(&matches))
            .and_then(|()| self.asking.update_from_arg_matches(&matches));
        taken.map_err(|error| value_error(&error, lines))
    }

    /// Refuses a path outside its `folder` to a file that was found; `key` is where it
    /// stands, and `name` what it is called there.
    fn allow(
        &self,
        key: &str,
        name: &str,
        path: &Path,
        folder: &Path,
        lines: &Lines,
    ) -> Result<(), Fault> {
        if self.judging.config.is_some() || found::is_below(folder, path) {
            return Ok(());
        }
        let path = quoted(&path.to_string_lossy());
        let message = format!(
            "{name} = {path}: this file was found, so it may only name files below its own \
             folder\n  help: if you trust it, name it: --config {NAME}"
        );
        let key = if lines.contains_key(key) {
            key
        } else {
            key.split('.').next().unwrap_or(key)
        };
        Err(Fault::at_key(key, lines, message))
    }

    fn take_reports(&mut self, text: &str) {
        let table = text.parse::<toml::Table>().ok();
        let value = table.and_then(|mut table| table.remove("report"));
        if let (Some(key), Some(value)) = (Key::of("report"), value)
            && let Ok(texts) = key.shape.deserialize(value)
        {
            // What is wrong with the file is reported already.
            drop(self.take(Stated::from([(key.name, texts)]), &Lines::new()));
        }
    }
}

/// Refuses a file of this folder that is a link out of it.
fn not_a_way_out() -> anyhow::Result<()> {
    let is_there = std::fs::symlink_metadata(NAME).is_ok();
    match is_there && !found::is_below(Path::new(""), Path::new(NAME)) {
        true => Err(anyhow!(
            "{NAME}: this file was found, and leads out of its folder\n  help: if you trust it, name it: --config {NAME}"
        )),
        false => Ok(()),
    }
}

/// What is wrong with a file, and on which line, if that is known.
struct Fault {
    line: Option<usize>,
    message: String,
}

impl Fault {
    fn at_key(key: &str, lines: &Lines, message: String) -> Self {
        let line = lines.get(key).copied();
        Fault { line, message }
    }

    fn toml(error: &toml::de::Error, text: &str) -> Self {
        let line = error.span().map(|span| line_at(text, span.start));
        let message = error.message().trim_end().replace('\n', ", ");
        Fault { line, message }
    }
}

/// The command line of the verb.
fn line() -> ArgMatches {
    let mut matches = Cli::command().get_matches();
    while let Some((_, verb)) = matches.remove_subcommand() {
        matches = verb;
    }
    matches
}

/// The texts that the command line gives to a flag.
fn given(line: &ArgMatches, name: &str) -> Vec<OsString> {
    let id = name.replace('-', "_");
    match line.try_get_raw(&id) {
        Ok(Some(texts)) if line.value_source(&id) == Some(ValueSource::CommandLine) => {
            texts.map(ToOwned::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// The error that the flag of a key does not take its value.
fn value_error(error: &clap::Error, lines: &Lines) -> Fault {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let flag = context(ContextKind::InvalidArg).concat();
    let name = flag.trim_start_matches('-').split(' ').next();
    let name = name.unwrap_or_default();
    let value = context(ContextKind::InvalidValue).concat();
    let why = match (error.source(), Key::of(name).map(|key| &key.shape)) {
        (Some(why), _) => why.to_string(),
        (None, Some(Shape::Codes(codes))) => {
            format!("expected the code of a finding: {}", codes.join(", "))
        }
        (None, _) => match &context(ContextKind::ValidValue)[..] {
            [] => "expected a value that is not empty".to_owned(),
            names => format!("expected {}", one_of(names)),
        },
    };
    let of = value.split_once(['=', ':']);
    let within = of.map(|(of, _)| format!("{name}.{}", of.trim()));
    let within = within.filter(|within| lines.contains_key(within));
    let message = format!("{name} = {value:?}: {why}");
    Fault::at_key(within.as_deref().unwrap_or(name), lines, message)
}

/// An error of a run: an option that the configuration sets is named by its key there.
pub(super) fn explained(error: crate::error::Error, judging: &Judging) -> anyhow::Error {
    if error.is_broken_pipe() {
        return error.into();
    }
    let configured = &judging.configured;
    let key = |part: &Part| match part {
        Part::Setting(setting, value) => configured.key(*setting, value.as_deref()),
        _ => None,
    };
    // A flag helps with any file, since flags win. But one cannot be left out
    // that is not there.
    let text = wording::message(
        &error,
        |part| key(part).unwrap_or_else(|| wording::part(part)),
        |part| match part {
            Part::Setting(_, None) => key(part).unwrap_or_else(|| wording::part(part)),
            _ => wording::part(part),
        },
    );
    let mut criteria = configured.criteria().peekable();
    let names_no_column = error.kind() == ErrorKind::Columns && !text.contains(configured.file());
    if names_no_column && criteria.peek().is_some() {
        let (file, criteria) = (configured.file(), criteria.collect::<Vec<_>>().join(", "));
        return anyhow!("{text}\n  note: {file} names columns for {criteria}");
    }
    anyhow::Error::msg(text)
}

/// What a file sets, by key.
type Stated = BTreeMap<&'static str, Texts>;

fn parse(text: &str) -> Result<Stated, Fault> {
    let fault = |error: toml::de::Error| Fault::toml(&error, text);
    let table = DeTable::parse(text).map_err(fault)?;
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    let mut keys = table.get_ref().keys().map(|key| &**key.get_ref());
    if let Some(key) = keys.find(|key| Key::of(key).is_none()) {
        let message = match FLAGS.split(' ').any(|flag| flag == key) {
            true => format!("unknown key {key:?}\n  help: use it on the command line: --{key}"),
            false => {
                let near = nearest(key, names.iter().copied()).map(did_you_mean);
                let help = near.map(|near| format!("\n  help: {near}"));
                let (names, help) = (names.join(", "), help.unwrap_or_default());
                format!("unknown key {key:?}\n  expected: one of {names}{help}")
            }
        };
        return Err(Fault::at_key(key, &lines(text), message));
    }
    let stated = toml::Deserializer::from(table);
    stated.deserialize_map(Keys).map_err(|error| {
        let mut fault = fault(error);
        // The key that holds the value at fault is the last one before it.
        let lines = lines(text);
        let before = lines.iter().filter(|(_, line)| Some(**line) <= fault.line);
        if let Some((key, _)) = before.max_by_key(|(key, line)| (**line, key.len())) {
            fault.message = format!("{key}: {}", fault.message);
        }
        fault
    })
}

/// Reads each key as its row says.
struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Stated;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of keys")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Stated, M::Error> {
        let mut stated = Stated::new();
        while let Some(name) = map.next_key::<String>()? {
            if let Some(key) = Key::of(&name) {
                stated.insert(key.name, map.next_value_seed(&key.shape)?);
            }
        }
        Ok(stated)
    }
}
