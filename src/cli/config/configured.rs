//! What a configuration sets, and where it does so.
//!
//! Owns the way from an option to the key, the file and the line that set it, so that a
//! message never names a flag that nobody used.

use std::collections::BTreeMap;

use crate::error::Setting;
use toml::de::{DeTable, DeValue};

use crate::cli::wording;

/// The keys of a file that count, since no flag beats them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cli) struct Configured {
    file: String,
    /// By key (`rules`, `map.contract`), each with its line, from 1.
    lines: BTreeMap<String, usize>,
}

/// The line of each key of a table, and of those within its tables (`map.contract`).
pub(super) type Lines = BTreeMap<String, usize>;

/// The lines of the keys in `text`; none if it is not TOML.
pub(super) fn lines(text: &str) -> Lines {
    let mut lines = Lines::new();
    let Ok(table) = DeTable::parse(text) else {
        return lines;
    };
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
    let breaks: Vec<usize> = breaks.collect();
    let line_at = |byte: usize| 1 + breaks.partition_point(|at| *at < byte);
    for (key, value) in table.get_ref() {
        let name = key.get_ref().to_string();
        if let DeValue::Table(inner) = value.get_ref() {
            for key in inner.keys() {
                let within = format!("{name}.{}", key.get_ref());
                lines.insert(within, line_at(key.span().start));
            }
        }
        lines.insert(name, line_at(key.span().start));
    }
    lines
}

/// The line on which this byte stands, from 1.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().iter().take(byte);
    1 + before.filter(|byte| **byte == b'\n').count()
}

impl Configured {
    pub(super) fn new(file: String) -> Self {
        Configured {
            file,
            lines: Lines::new(),
        }
    }

    /// Notes that `key` counts; `text` is what its flag would be given.
    pub(super) fn add(&mut self, key: &str, text: &str, lines: &Lines) {
        for name in names(key, Some(text)) {
            if let Some(line) = lines.get(&name) {
                self.lines.insert(name, *line);
            }
        }
    }

    /// The file, as the user named it.
    pub(in crate::cli) fn file(&self) -> &str {
        &self.file
    }

    /// The criteria whose columns it names.
    pub(in crate::cli) fn criteria(&self) -> impl Iterator<Item = &str> {
        self.lines.keys().filter_map(|key| key.strip_prefix("map."))
    }

    /// True if it names the column of this criterion.
    pub(in crate::cli) fn names(&self, criterion: &str) -> bool {
        self.lines.contains_key(&format!("map.{criterion}"))
    }

    /// The key that sets an option, with its place: `skip-lines (clientype.toml, line 3)`.
    pub(in crate::cli) fn key(&self, setting: Setting, value: Option<&str>) -> Option<String> {
        let flag = wording::flag(setting);
        let key = flag.trim_start_matches('-');
        let mut names = names(key, value).into_iter().rev();
        let (name, line) = names.find_map(|name| Some((name.clone(), self.lines.get(&name)?)))?;
        Some(format!("{name} ({}, line {line})", self.file))
    }
}

/// The keys that a flag with this value comes from: its own, and one within its table.
fn names(key: &str, text: Option<&str>) -> Vec<String> {
    let within = text.and_then(|text| text.split_once(['=', ':']));
    let within = within.map(|(name, _)| format!("{key}.{}", name.trim()));
    [Some(key.to_owned()), within]
        .into_iter()
        .flatten()
        .collect()
}
