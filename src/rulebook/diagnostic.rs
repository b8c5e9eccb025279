//! The diagnostics of a rulebook: errors, and warnings about what was probably not meant.
//!
//! Owns their form: a [`Code`], a path in the whole rulebook and what to do about it. Their
//! spans in the text of a file are set by the code that has read the file.

use std::ops::Range;

use crate::rulebook::codes::Code;
use crate::text::{did_you_mean, nearest};

/// How many errors of a rulebook are reported, and how many warnings. What is wrong with it
/// shows in the first ones, and each takes memory and time.
pub const MOST: usize = 1_000;

/// A place in a rulebook, such as `scorecard`, `0`, `band`, `1`, `label`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Path {
    /// Keys, and the numbers of tables and texts, from the outside in.
    pub(crate) steps: Vec<String>,
    /// It is the last key itself, and not its value.
    pub(crate) is_name: bool,
}

impl Path {
    /// A key of the table at this path.
    pub(crate) fn key(&self, name: &str) -> Self {
        let mut path = self.clone();
        path.steps.push(name.to_owned());
        path
    }

    /// The table or text with this number in the list at this path.
    pub(crate) fn at(&self, index: usize) -> Self {
        self.key(&index.to_string())
    }

    /// The table with this number among those of the key `name`.
    pub(crate) fn item(&self, name: &str, index: usize) -> Self {
        self.key(name).at(index)
    }

    /// An attribute, by the places of its scorecard, its characteristic and itself.
    pub(crate) fn attribute([card, characteristic, attribute]: [usize; 3]) -> Self {
        let at = Path::default().item("scorecard", card);
        at.item("characteristic", characteristic)
            .item("attribute", attribute)
    }

    /// The key at this path, and not its value.
    pub(crate) fn name(mut self) -> Self {
        self.is_name = true;
        self
    }

    /// The header of the tables at this path, such as `scorecard.band`.
    pub(crate) fn header(&self) -> String {
        let is_number = |step: &str| step.bytes().all(|byte| byte.is_ascii_digit());
        let names = self.steps.iter().filter(|step| !is_number(step));
        names.map(String::as_str).collect::<Vec<_>>().join(".")
    }
}

/// One error or warning about a rulebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind, which has a severity.
    pub code: Code,
    /// Where it is in the rulebook.
    pub(crate) path: Path,
    /// Its span in the text, in bytes; empty at 0 until it is known.
    pub span: Range<usize>,
    /// What is wrong.
    pub found: String,
    /// What to do.
    pub help: String,
    /// Related places.
    pub related: Vec<Related>,
}

/// A place related to a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    pub(crate) path: Path,
    /// Its span in the text, in bytes.
    pub span: Range<usize>,
    /// How it is related.
    pub label: String,
}

/// Diagnostics in the order in which they are found: at most [`MOST`] errors, and as many
/// warnings.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    all: Vec<Diagnostic>,
    errors: usize,
    /// There were more.
    pub(crate) has_more: bool,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, one: Diagnostic) {
        let is_error = one.is_error();
        let like = match is_error {
            true => self.errors,
            false => self.all.len() - self.errors,
        };
        match like < MOST {
            true => self.all.push(one),
            false => self.has_more = true,
        }
        self.errors += usize::from(is_error && like < MOST);
    }

    /// Whether there are enough errors, so that the search for more can end.
    pub(crate) fn is_full(&self) -> bool {
        self.errors >= MOST
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn into_vec(self) -> Vec<Diagnostic> {
        self.all
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, more: T) {
        more.into_iter().for_each(|one| self.push(one));
    }
}

impl Code {
    /// A diagnostic of this place of the whole rulebook.
    pub(crate) fn at(
        self,
        path: &Path,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            code: self,
            path: path.clone(),
            span: 0..0,
            found: found.into(),
            help: help.into(),
            related: Vec::new(),
        }
    }

    /// A diagnostic of this piece of the text.
    pub(crate) fn in_text(
        self,
        span: Range<usize>,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            span,
            ..self.at(&Path::default(), found, help)
        }
    }
}

impl Diagnostic {
    /// Adds a related place of the whole rulebook.
    pub(crate) fn related(self, path: Path, label: &str) -> Self {
        self.with(path, 0..0, label)
    }

    /// Adds a related piece of the text.
    pub(crate) fn beside(self, span: Range<usize>, label: &str) -> Self {
        self.with(Path::default(), span, label)
    }

    fn with(mut self, path: Path, span: Range<usize>, label: &str) -> Self {
        let label = label.to_owned();
        self.related.push(Related { path, span, label });
        self
    }

    /// Whether it makes the rulebook unusable.
    pub fn is_error(&self) -> bool {
        self.code.is_error()
    }
}

/// The most known names that an unknown one is compared with, and the most that are listed.
const MOST_COMPARED: usize = 1_000;
const MOST_LISTED: usize = 100;

/// The most similar of the known names, for each of up to [`MOST`] unknown ones.
pub(crate) fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    nearest(name, known.take(MOST_COMPARED))
}

/// The help for an unknown name: the most similar known one, or else the known ones and
/// `or`; if none is known, to leave it out.
pub(crate) fn one_of<'n>(
    name: &str,
    mut known: impl Iterator<Item = &'n str> + Clone,
    or: &str,
) -> String {
    if let Some(near) = near(name, known.clone()) {
        return did_you_mean(near);
    }
    let listed: Vec<&str> = known.by_ref().take(MOST_LISTED).collect();
    let others = if known.next().is_some() { ", …" } else { "" };
    match &listed[..] {
        [] => "remove it: there is none to name here".to_owned(),
        listed => format!("use one of {}{others}{or}", listed.join(", ")),
    }
}
