//! What is wrong with a rulebook, or looks as if its owner meant something else.
//!
//! Owns diagnostics: each has a [`Code`], a path in the rulebook and what to do about
//! it, in terms of the whole rulebook. Their spans in the text of a file are found by
//! what has read the file.

use std::ops::Range;

use crate::rulebook::codes::Code;
use crate::text::{did_you_mean, nearest};

/// A place in a rulebook, such as `scorecard`, `0`, `band`, `1`, `label`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Path {
    /// Keys, and the numbers of tables and texts, from the outside in.
    pub(crate) steps: Vec<String>,
    /// It is the last key itself, and not what it has.
    pub(crate) is_name: bool,
}

impl Path {
    /// A key of the table that stands here.
    pub(crate) fn key(&self, name: &str) -> Self {
        let mut path = self.clone();
        path.steps.push(name.to_owned());
        path
    }

    /// The table or text with this number in the list that stands here.
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

    /// The key that stands here, and not what it has.
    pub(crate) fn name(mut self) -> Self {
        self.is_name = true;
        self
    }

    /// The header of the tables that stand here, such as `scorecard.band`.
    pub(crate) fn header(&self) -> String {
        let is_number = |step: &str| step.bytes().all(|byte| byte.is_ascii_digit());
        let names = self.steps.iter().filter(|step| !is_number(step));
        names.map(String::as_str).collect::<Vec<_>>().join(".")
    }
}

/// One thing that is wrong with a rulebook, or looks so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of thing, and how much it matters.
    pub code: Code,
    /// Where it is in the rulebook.
    pub(crate) path: Path,
    /// Where it stands, in bytes of the text; empty at 0 until that is known.
    pub span: Range<usize>,
    /// What was found.
    pub found: String,
    /// What to do.
    pub help: String,
    /// Other places that have to do with it.
    pub related: Vec<Related>,
}

/// A place that has to do with a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    pub(crate) path: Path,
    /// Where it stands, in bytes of the text.
    pub span: Range<usize>,
    /// What it has to do with it.
    pub label: String,
}

impl Code {
    /// A diagnostic of what stands at this place of the whole rulebook.
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
    /// With another place of the whole rulebook that has to do with it.
    pub(crate) fn related(self, path: Path, label: &str) -> Self {
        self.with(path, 0..0, label)
    }

    /// With another piece of the text that has to do with it.
    pub(crate) fn beside(self, span: Range<usize>, label: &str) -> Self {
        self.with(Path::default(), span, label)
    }

    fn with(mut self, path: Path, span: Range<usize>, label: &str) -> Self {
        let label = label.to_owned();
        self.related.push(Related { path, span, label });
        self
    }

    /// Whether the rulebook cannot be used for it.
    pub fn is_error(&self) -> bool {
        self.code.is_error()
    }
}

/// What to do about a name that is not there: take the known one that is most like it, or
/// any of them, `or` something else.
pub(crate) fn one_of<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
    or: &str,
) -> String {
    match nearest(name, known.clone()) {
        Some(near) => did_you_mean(near),
        None => format!("take one of {}{or}", known.collect::<Vec<_>>().join(", ")),
    }
}
