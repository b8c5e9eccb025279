//! Flags and settings about evidence that stands outside of a record.
//!
//! Owns these flags, which belong to the `--with` before them, the table `[[with]]` of a
//! configuration.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::again::reopened;
use super::args::{Judging, override_};
use super::output::is_same;
use super::printed;
use crate::engine::compile::Rules;
use crate::find::Case;
use crate::input::{Encoding, Format, Layout, Ragged};
use crate::related::{FileReport, Gathered, Opener, Related, RelatedFile, gather_with};
use crate::run::Options;
use crate::text::visible;

/// Files with evidence, as they are stated.
#[derive(Debug, Clone, Default)]
pub(super) struct With {
    pub(super) files: Vec<WithFile>,
    /// What is wrong with the order of the flags.
    misplaced: Option<String>,
}

/// A related file, as a configuration states it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct WithFile {
    pub(super) file: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "as")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    only: BTreeMap<String, Texts>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    says: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    absent: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "toml::Table::is_empty")]
    map: toml::Table,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delimiter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_lines: Option<usize>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_header: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ragged: Option<String>,
}

/// A text, or several.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Texts {
    fn all(&self) -> Vec<String> {
        match self {
            Texts::One(text) => vec![text.clone()],
            Texts::Many(texts) => texts.clone(),
        }
    }
}

/// The flags, each as often as it is used.
#[derive(Debug, Args)]
#[command(next_help_heading = "Judging the records")]
struct Flags {
    /// Evidence in another file, by key. Repeatable.
    #[arg(
        long,
        value_name = "FILE",
        long_help = "A file with any number of records for each relationship: contracts, \
                     orders, staff. Repeatable: the first that shows something counts"
    )]
    with: Vec<PathBuf>,

    /// The key of the --with before it: its column, and the column of FILE with the same
    /// keys
    #[arg(long, value_name = "THEIRS=OURS", value_parser = key, hide_short_help = true)]
    on: Vec<String>,

    /// What each record of the --with before it says that counts, such as service=law.
    /// Repeatable
    #[arg(long, value_name = "CRITERION=VALUE", value_parser = pair, hide_short_help = true)]
    says: Vec<(String, String)>,

    /// What it means to have no record in the --with before it, such as contract=no.
    /// Repeatable
    #[arg(long, value_name = "CRITERION=VALUE", value_parser = pair, hide_short_help = true)]
    absent: Vec<(String, String)>,
}

impl Args for With {
    fn augment_args(command: Command) -> Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args_for_update(command)
    }
}

impl FromArgMatches for With {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let flags = Flags::from_arg_matches(matches)?;
        let places = |id: &str| -> Vec<usize> {
            matches
                .indices_of(id)
                .map_or_else(Vec::new, Iterator::collect)
        };
        let with = places("with");
        let mut files: Vec<WithFile> = flags.with.into_iter().map(WithFile::at).collect();
        // Each belongs to the last --with before it.
        let mut misplaced = None;
        let mut owner = |id: &str, place: usize| {
            let before = with.partition_point(|before| *before < place);
            if before == 0 {
                misplaced = Some(format!(
                    "--{id} belongs to the --with FILE before it, but none comes before"
                ));
            }
            before.checked_sub(1)
        };
        let mut twice = None;
        for (place, on) in places("on").into_iter().zip(flags.on) {
            if let Some(owner) = owner("on", place)
                && files[owner].on.replace(on).is_some()
            {
                twice = Some("--on is given twice for one --with FILE".to_owned());
            }
        }
        for (place, (criterion, value)) in places("says").into_iter().zip(flags.says) {
            if let Some(owner) = owner("says", place) {
                files[owner].says.insert(criterion, value);
            }
        }
        for (place, (criterion, value)) in places("absent").into_iter().zip(flags.absent) {
            if let Some(owner) = owner("absent", place) {
                files[owner].absent.insert(criterion, value);
            }
        }
        let misplaced = misplaced.or(twice);
        Ok(With { files, misplaced })
    }

    /// Settings of a configuration come as [`WithFile`]s.
    fn update_from_arg_matches(&mut self, _: &ArgMatches) -> Result<(), clap::Error> {
        Ok(())
    }
}

impl WithFile {
    fn at(file: PathBuf) -> Self {
        WithFile {
            file,
            ..WithFile::default()
        }
    }

    /// The file as the library takes it. A path is one from this `folder`.
    fn related(&self) -> anyhow::Result<RelatedFile> {
        let name = self.file.to_string_lossy().into_owned();
        let wrong = |why: String| anyhow::anyhow!("{}: {why}", visible(&name));
        let pairs = |of: &BTreeMap<String, String>| {
            of.iter()
                .map(|(one, other)| (one.clone(), other.clone()))
                .collect()
        };
        let on = match &self.on {
            None => None,
            Some(on) => {
                let (theirs, ours) = on
                    .split_once('=')
                    .ok_or_else(|| wrong(format!("on = {on:?}: {KEY}")))?;
                Some((theirs.to_owned(), ours.to_owned()))
            }
        };
        if self.compared.is_some() && self.on.is_none() {
            let why = "compared is about a key that is stated\n  expected: on = \"THEIRS=OURS\"";
            return Err(wrong(why.to_owned()));
        }
        let map = super::config::columns(self.map.clone());
        let map = map.map_err(|(key, why)| wrong(format!("{key}: {why}")))?;
        let overrides = map.iter().map(|text| override_(text).map_err(&wrong));
        Ok(RelatedFile {
            open: reopened(&self.file)?,
            layout: self.layout().map_err(wrong)?,
            on,
            compared: self.compared.clone(),
            kind: self.kind.clone(),
            through: self.through.clone(),
            only: (self.only.iter())
                .map(|(column, texts)| (column.clone(), texts.all()))
                .collect(),
            says: pairs(&self.says),
            absent: pairs(&self.absent),
            overrides: overrides.collect::<anyhow::Result<_>>()?,
            name: name.clone(),
        })
    }

    fn layout(&self) -> Result<Layout, String> {
        let format = match &self.input_format {
            None => None,
            Some(name) => {
                let mut formats = Format::all().filter(|format| format.is_input());
                let format = formats.find(|format| format.name() == name);
                Some(format.ok_or_else(|| {
                    format!("input-format = {name:?}: expected csv, tsv, json or ndjson")
                })?)
            }
        };
        let delimiter = self
            .delimiter
            .as_deref()
            .map(super::args::delimiter)
            .transpose()?;
        let encoding = self
            .encoding
            .as_deref()
            .map(super::args::encoding)
            .transpose()?;
        Ok(Layout {
            format,
            delimiter,
            encoding: encoding as Option<Encoding>,
            sheet: self.sheet.clone(),
            skip_lines: self.skip_lines.unwrap_or_default(),
            no_header: self.no_header,
            fields: None,
            trailing_delimiter: false,
            frozen: false,
            max_record: None,
            ragged: match self.ragged.as_deref() {
                None | Some("error") => Ragged::Error,
                Some("pad") => Ragged::Pad,
                Some(other) => return Err(format!("ragged = {other:?}: expected error or pad")),
            },
        })
    }

    /// The same with its path from this folder.
    pub(super) fn from(mut self, folder: &Path) -> Self {
        self.file = folder.join(self.file);
        self
    }

    /// True if its key is stated, and how keys are compared.
    pub(super) fn is_settled(&self) -> bool {
        self.on.is_some() && self.compared.is_some()
    }

    /// The same with its key and kind as they were found; its path is `file`.
    pub(super) fn settled(&self, report: &FileReport, file: String) -> Self {
        WithFile {
            file: file.into(),
            on: Some(format!("{}={}", report.theirs, report.ours)),
            compared: Some(report.compared.clone()),
            kind: report.kind.as_ref().map(|(name, _)| name.clone()),
            ..self.clone()
        }
    }

    /// What JSON Schema says of it.
    pub(super) fn schema(columns: &Value) -> Value {
        let text = json!({"type": "string"});
        let texts = json!({"anyOf": [text, {"type": "array", "items": text}]});
        let of_text = json!({"type": "object", "additionalProperties": text});
        let says = |says: &str, mut schema: Value| {
            schema["description"] = says.into();
            schema
        };
        json!({
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "file": says("The file, from the folder of this one", text.clone()),
                    "on": says("Its key and ours: THEIRS=OURS", json!({"type": "string", "pattern": "^[^=]+=[\\s\\S]+$"})),
                    "compared": says("How keys are compared, if that is settled", json!({"type": "string", "pattern": "^(exact|loose|domain|numbers .*)$"})),
                    "as": says("Its kind, such as contracts or orders", text.clone()),
                    "through": says("The related file whose key it has", text.clone()),
                    "only": says("Only records count with one of these texts, by column", json!({"type": "object", "additionalProperties": texts})),
                    "says": says("What each record that counts says, by criterion", of_text.clone()),
                    "absent": says("What it means to have no record, by criterion", of_text),
                    "map": says("Which of its columns feed which criteria", columns.clone()),
                    "input-format": {"enum": ["csv", "tsv", "json", "ndjson"]},
                    "delimiter": text,
                    "encoding": text,
                    "sheet": text,
                    "skip-lines": {"type": "integer", "minimum": 0},
                    "no-header": {"type": "boolean"},
                    "ragged": {"enum": ["error", "pad"]},
                },
                "required": ["file"],
                "additionalProperties": false,
            },
        })
    }
}

const KEY: &str = "expected THEIRS=OURS, such as customer_id=id";

fn key(text: &str) -> Result<String, String> {
    let pair = text.split_once('=');
    let is_whole =
        pair.is_some_and(|(theirs, ours)| !theirs.trim().is_empty() && !ours.trim().is_empty());
    is_whole
        .then(|| text.to_owned())
        .ok_or_else(|| KEY.to_owned())
}

pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text
        .split_once('=')
        .filter(|(criterion, value)| !criterion.trim().is_empty() && !value.trim().is_empty());
    let (criterion, value) = pair.ok_or("expected CRITERION=VALUE, such as service=law")?;
    Ok((criterion.trim().to_owned(), value.trim().to_owned()))
}

/// Evidence that is stated, for the records of one input.
pub(super) struct Stated {
    related: Related,
}

impl Stated {
    /// What is stated for these `files`, if anything is.
    pub(super) fn of(judging: &Judging, files: &[PathBuf]) -> anyhow::Result<Option<Self>> {
        if let Some(misplaced) = &judging.with.misplaced {
            bail!("{misplaced}\n  expected: --with FILE --on THEIRS=OURS");
        }
        if judging.with.files.is_empty() && judging.assume.is_empty() {
            return Ok(None);
        }
        let mut related = Related {
            files: Vec::new(),
            assume: judging.assume.clone(),
        };
        for file in &judging.with.files {
            let is_main = |main: &PathBuf| is_same(main, &file.file);
            if files.iter().any(is_main) {
                let name = printed::path(&file.file);
                bail!(
                    "{name}: --with names the input itself\n  help: name another file with records that belong to those of the input"
                );
            }
            related.files.push(file.related()?);
        }
        Ok(Some(Stated { related }))
    }

    /// What is assumed, if anything is.
    pub(super) fn assumed(judging: &Judging) -> Option<Self> {
        let related = Related {
            files: Vec::new(),
            assume: judging.assume.clone(),
        };
        (!judging.assume.is_empty()).then_some(Stated { related })
    }

    /// Reads it for the records of `main`, and adds it to `options`.
    pub(super) fn add(
        &self,
        rules: &Rules,
        judging: &Judging,
        options: &mut Options,
        main: &[Opener],
    ) -> anyhow::Result<Gathered> {
        let gathered = gather_with(rules, options, &self.related, main, &[]);
        let gathered = gathered.map_err(|error| super::config::explained(error, judging))?;
        options.evidence.push(gathered.evidence());
        Ok(gathered)
    }

    /// Reads the records behind the evidence of `cases`, by file.
    pub(super) fn records(
        &self,
        rules: &Rules,
        judging: &Judging,
        options: &Options,
        main: &[Opener],
        cases: &[Case],
    ) -> anyhow::Result<Vec<FileReport>> {
        let files = 0..self.related.files.len();
        let watched = files.map(|file| {
            let keys = cases.iter().filter_map(|case| *case.keys.get(file)?);
            let mut keys: Vec<u32> = keys.collect();
            keys.sort_unstable();
            keys.dedup();
            keys
        });
        let watched: Vec<Vec<u32>> = watched.collect();
        let gathered = gather_with(rules, options, &self.related, main, &watched);
        let gathered = gathered.map_err(|error| super::config::explained(error, judging))?;
        Ok(gathered.files)
    }
}
