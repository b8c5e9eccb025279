//! Opens rulebooks by the names that users give them.
//!
//! Owns what such a name means: a file, standard input or the built-in rulebook.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::inputs::not_opened;
use crate::cli::output::opened;
use crate::cli::printed;
use crate::cli::standard::{self, Standard};
use crate::cli::whole;
use crate::rulebook::file::{BUILT_IN, RuleFile};
use crate::rulebook::{DOCUMENTS, Rulebook};
use anyhow::{Context, anyhow};
use serde::Serialize;

/// Name, version and hash of a rulebook.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct RulebookId {
    name: String,
    version: String,
    hash: String,
}

impl RulebookId {
    pub(in crate::cli) fn of(rulebook: &Rulebook) -> Self {
        RulebookId {
            name: rulebook.name.clone(),
            version: rulebook.version.clone(),
            hash: rulebook.hash(),
        }
    }
}

impl fmt::Display for RulebookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.name, self.version, self.hash)
    }
}

/// A rulebook that the user has named.
pub(super) struct Book {
    /// As the user named it.
    pub(super) name: String,
    /// Where it is; none if it is built in, or standard input.
    pub(super) path: Option<PathBuf>,
    pub(super) text: Cow<'static, str>,
    pub(super) file: RuleFile,
}

impl Book {
    /// The rulebook at `path`, or the built-in one; it may have errors. `reader` decides
    /// whether warnings are searched for, too.
    pub(super) fn open(path: Option<&Path>, reader: fn(&str) -> RuleFile) -> anyhow::Result<Self> {
        let path = path.filter(|path| *path != Path::new(BUILT_IN));
        let (name, text) = match path {
            None => (BUILT_IN.to_owned(), Cow::Borrowed(DOCUMENTS)),
            Some(path) if path == Path::new("-") => ("<stdin>".to_owned(), Cow::Owned(read(path)?)),
            Some(path) => (path.to_string_lossy().into_owned(), Cow::Owned(read(path)?)),
        };
        Ok(Book {
            name,
            path: path
                .filter(|path| *path != Path::new("-"))
                .map(Path::to_owned),
            file: reader(&text),
            text,
        })
    }

    /// The path of the CSV file with cases that belongs to it.
    pub(super) fn beside(&self) -> Option<PathBuf> {
        let path = self.path.as_ref();
        path.map(|path| path.with_extension("cases.csv"))
    }

    /// The rulebook itself.
    pub(super) fn rulebook(&self) -> anyhow::Result<Rulebook> {
        match &self.file.rulebook {
            Some(rulebook) => Ok(rulebook.clone()),
            None => Ok(Rulebook::parse(&self.text).map_err(|error| error.in_file(&self.name))?),
        }
    }
}

/// The rulebook at `path`, or the built-in one, which needs no parsing.
pub(in crate::cli) fn rulebook(path: Option<&Path>) -> anyhow::Result<Rulebook> {
    match path.filter(|path| *path != Path::new(BUILT_IN)) {
        None => Ok(Rulebook::documents()?),
        Some(path) => {
            let rulebook = Rulebook::parse(&read(path)?);
            Ok(rulebook.map_err(|error| error.in_file(&path.to_string_lossy()))?)
        }
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let cannot = || format!("{}: the rulebook cannot be read", printed::path(path));
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => standard::open(Standard::Input)
            .and_then(|input| whole::RULEBOOK.bytes(input))
            .map(|read| bytes = read),
        false => match opened(path).and_then(|file| whole::RULEBOOK.bytes(file)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let otherwise = "name a TOML file, or documents, the built-in rulebook";
                return Err(not_opened(path, &error, otherwise));
            }
            read => read.map(|read| bytes = read),
        },
    };
    let hint = "expected: a TOML file, or `documents` for the built-in rulebook";
    read.map_err(|error| anyhow!("{error}\n  {hint}"))
        .with_context(cannot)?;
    let text = String::from_utf8(bytes);
    let text = text.map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        anyhow!("line {line} is not UTF-8\n  expected: a TOML file in UTF-8")
    });
    let text = text.and_then(|text| Ok(whole::RULEBOOK.check(&text).map(|()| text)?));
    text.with_context(cannot)
}
