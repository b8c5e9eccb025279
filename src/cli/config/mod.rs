//! `clientype.toml`: options that the command line leaves open.
//!
//! Owns how the file is found and read, and that flags win. What it can say stands in
//! [`keys`], in one table; what stands there is handed to the flags' own parsers.

mod keys;
mod write;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::Path;

use crate::error::{ErrorKind, Part};
use crate::text::{did_you_mean, likeliest, one_of};
use anyhow::{Context, anyhow, bail};
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

pub(super) use self::keys::schema;
use self::keys::{KEYS, Key, Shape, Texts, flags};
pub(super) use self::write::write;
use super::{Cli, Judging, Reading, report, wording};
use crate::cli::check::Asking;

/// Its name where none is given.
pub(super) const NAME: &str = "clientype.toml";

/// Flags that are no keys: what one run wants, and another does not.
const FLAGS: &str = "color details format output prefix quiet rejects replace strict summary threads write-baseline";

/// The options that the file can set.
pub(super) struct Options<'o> {
    pub(super) reading: &'o mut Reading,
    pub(super) judging: &'o mut Judging,
    pub(super) asking: &'o mut Asking,
}

/// Fills in what the command line does not say, from the file that it names or
/// else the one that is here. Says so, unless `quiet`.
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
    /// reports that it names are taken, as far as they can be read: they will say so.
    pub(super) fn fill(&mut self, quiet: bool) -> anyhow::Result<()> {
        let path = match &self.judging.config {
            Some(path) => path.clone(),
            None if Path::new(NAME).is_file() => NAME.into(),
            None => return Ok(()),
        };
        let name = path.display();
        let cannot = || format!("{name}: the configuration cannot be read");
        let text = fs::read_to_string(&path).with_context(cannot)?;
        if let Err(error) = parse(&text).and_then(|stated| self.take(stated)) {
            self.take_reports(&text);
            return Err(error.context(name.to_string()));
        }
        if !quiet {
            report::tell(&format!("{name}: for what the command line does not say\n"));
        }
        Ok(())
    }

    /// Takes what the file says, where no flag says it: both are read by the flags'
    /// parsers as one command line.
    fn take(&mut self, mut stated: Stated) -> anyhow::Result<()> {
        let codes = |key: &str| match stated.get(key) {
            Some(Ok(names)) => names.clone(),
            _ => Vec::new(),
        };
        let allowed = codes("allow");
        if let Some(both) = codes("warn").iter().find(|name| allowed.contains(name)) {
            bail!("{both:?} is in warn and in allow");
        }
        let (command, line, mut words) = (flags(), line(), Vec::new());
        for flag in command.get_arguments() {
            let name = flag.get_long().unwrap_or_default();
            let mut texts = said(&line, name);
            if let Some((key, stated)) = Key::of(name).zip(stated.remove(name)) {
                let said = match key.shape {
                    Shape::Codes(_) => [said(&line, "warn"), said(&line, "allow")].concat(),
                    _ => texts.clone(),
                };
                let said: Vec<_> = said.iter().map(|text| text.to_string_lossy()).collect();
                for text in stated.map_err(|error| anyhow!(error))? {
                    if said.iter().any(|said| key.shape.replaces(said, &text)) {
                        continue;
                    }
                    if let (Shape::Columns, Some((of, _))) = (&key.shape, text.split_once('=')) {
                        self.judging.configured.push(of.to_owned());
                        self.judging.configured.dedup();
                    }
                    texts.push(text.into());
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
        let matches = command.try_get_matches_from(words).map_err(value_error)?;
        self.reading.update_from_arg_matches(&matches)?;
        self.judging.update_from_arg_matches(&matches)?;
        self.asking.update_from_arg_matches(&matches)?;
        Ok(())
    }

    fn take_reports(&mut self, text: &str) {
        let table = text.parse::<toml::Table>().ok();
        let value = table.and_then(|mut table| table.remove("report"));
        if let (Some(key), Some(value)) = (Key::of("report"), value)
            && let Ok(texts) = key.shape.deserialize(value)
        {
            // What is wrong with the file is reported already.
            drop(self.take(Stated::from([(key.name, texts)])));
        }
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

/// The texts that the command line says for a flag.
fn said(line: &ArgMatches, name: &str) -> Vec<OsString> {
    let id = name.replace('-', "_");
    match line.try_get_raw(&id) {
        Ok(Some(texts)) if line.value_source(&id) == Some(ValueSource::CommandLine) => {
            texts.map(ToOwned::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// The error that the flag of a key does not take its value.
fn value_error(error: clap::Error) -> anyhow::Error {
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
        (None, _) => format!("expected {}", one_of(&context(ContextKind::ValidValue))),
    };
    anyhow!("{name} = {value:?}: {why}")
}

/// An error of a run, with a note on the columns that the configuration names where
/// it is about columns.
pub(super) fn explained(error: crate::error::Error, judging: &Judging) -> anyhow::Error {
    explained_by(error, judging, wording::part)
}

/// As [`explained`], with each part of a phrase written by `word`.
pub(super) fn explained_by(
    error: crate::error::Error,
    judging: &Judging,
    word: fn(&Part) -> String,
) -> anyhow::Error {
    if error.is_broken_pipe() {
        return error.into();
    }
    let is_about = matches!(error.kind(), ErrorKind::Columns | ErrorKind::Usage);
    let mut text = error.worded(word);
    if is_about && !judging.configured.is_empty() {
        let file = judging.config.as_deref().unwrap_or(Path::new(NAME));
        let (file, criteria) = (file.display(), judging.configured.join(", "));
        text += &format!("\n  note: {file} names columns too, for {criteria}");
    }
    anyhow::Error::msg(text)
}

/// What a file says, by key.
type Stated = BTreeMap<&'static str, Texts>;

fn parse(text: &str) -> anyhow::Result<Stated> {
    let table: toml::Table = toml::from_str(text)?;
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    if let Some(key) = table.keys().find(|key| Key::of(key).is_none()) {
        if FLAGS.split(' ').any(|flag| flag == key) {
            bail!(
                "{key:?} is no key of a configuration\n  help: say it on the command line: --{key}"
            );
        }
        bail!(
            "{key:?} is no key of a configuration\n  expected: one of {}\n  help: {}",
            names.join(", "),
            did_you_mean(likeliest(key, names.iter().copied()))
        );
    }
    Ok(toml::Deserializer::parse(text)?.deserialize_map(Keys)?)
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
