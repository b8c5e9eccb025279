//! `clientype.toml`: options that the command line leaves open.
//!
//! Owns how the file is found and read, and that flags win. What it can say stands in
//! [`keys`], in one table.

mod keys;
mod shape;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use crate::check::Code;
use crate::error::{ErrorKind, Part};
use anyhow::{Context, anyhow, bail};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

pub(super) use self::keys::{Flags, schema};
use self::keys::{KEYS, Key};
use self::shape::Texts;
pub(super) use self::write::write;
use super::{Judging, Reading, report, wording};
use crate::cli::check::Asking;

/// Its name where none is given.
pub(super) const NAME: &str = "clientype.toml";

/// Flags that are no keys: what one run wants, and another does not.
const FLAGS: &str = "color details format output prefix quiet rejects replace strict summary threads write-baseline";

/// Fills in what the command line does not say, from the file that it names or
/// else the one that is here. Says so, unless `quiet`.
pub(super) fn fill(
    reading: &mut Reading,
    judging: &mut Judging,
    quiet: bool,
) -> anyhow::Result<()> {
    Flags::new(reading, judging, &mut Asking::default()).fill(quiet)
}

impl<'f> Flags<'f> {
    pub(super) fn new(
        reading: &'f mut Reading,
        judging: &'f mut Judging,
        asking: &'f mut Asking,
    ) -> Self {
        let named = asking.warn.iter().chain(&asking.allow).copied().collect();
        Flags {
            reading,
            judging,
            asking,
            named,
        }
    }

    /// The same with what is asked of an export. Where the file is at fault, the reports
    /// that it names are taken, as far as they can be read: they will say so.
    pub(super) fn fill(&mut self, quiet: bool) -> anyhow::Result<()> {
        let path = match &self.judging.config {
            Some(path) => path.clone(),
            None if Path::new(NAME).is_file() => NAME.into(),
            None => return Ok(()),
        };
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}: the configuration cannot be read", path.display()))?;
        if let Err(error) = parse(&text).and_then(|stated| self.take(stated)) {
            self.take_reports(&text);
            return Err(error.context(path.display().to_string()));
        }
        if !quiet {
            report::tell(&format!(
                "{}: for what the command line does not say\n",
                path.display()
            ));
        }
        Ok(())
    }

    /// Takes what the file says, where no flag says it.
    fn take(&mut self, mut stated: Stated) -> anyhow::Result<()> {
        let codes = |key: &str| -> Vec<Code> {
            let texts = stated.get(key).and_then(|texts| texts.as_ref().ok());
            let names = texts.into_iter().flatten();
            names.filter_map(|name| Code::from_name(name)).collect()
        };
        let allowed = codes("allow");
        if let Some(both) = codes("warn").iter().find(|code| allowed.contains(code)) {
            bail!("{:?} is in warn and in allow", both.name());
        }
        for key in &KEYS {
            if let Some(texts) = stated.remove(key.name) {
                let texts = texts.map_err(|error| anyhow!(error))?;
                (key.set)(self, texts).map_err(|error| anyhow!("{} = {error}", key.name))?;
            }
        }
        Ok(())
    }

    fn take_reports(&mut self, text: &str) {
        let table = text.parse::<toml::Table>().ok();
        let value = table.and_then(|mut table| table.remove("report"));
        if let (Some(key), Some(value)) = (Key::of("report"), value)
            && let Ok(Ok(texts)) = key.shape.deserialize(value)
        {
            // What is wrong with the file is told already.
            drop((key.set)(self, texts));
        }
    }
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
        text += &format!(
            "\n  note: {} names columns too, for {}",
            file.display(),
            judging.configured.join(", ")
        );
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
                "{key:?} is no key of a configuration\n  to mend it: say it on the command line: --{key}"
            );
        }
        let likeness = |known: &str| strsim::jaro_winkler(known, key);
        let near = names
            .iter()
            .copied()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        bail!(
            "{key:?} is no key of a configuration\n  expected: one of {}\n  to mend it: did you mean {:?}?",
            names.join(", "),
            near.unwrap_or_default()
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
                stated.insert(key.name, map.next_value_seed(key.shape)?);
            }
        }
        Ok(stated)
    }
}
