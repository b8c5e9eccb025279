//! What is wrong with a rulebook, or looks as if its owner meant something else.
//!
//! Owns diagnostics: each has a [`Code`], a path in the rulebook and what to do about
//! it, in terms of the whole rulebook. Their spans in the text of a file are found by
//! what has read the file.

use std::fmt;
use std::ops::Range;

use crate::rulebook::codes::Code;
use crate::text::{did_you_mean, nearest};

/// Stands for a key itself at the end of a path; no key is called so.
const KEY: &str = "\u{0}";

/// A place in a rulebook: `/scorecard/0/band/1/label`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Path(String);

impl Path {
    /// A key of the table that stands here.
    pub(crate) fn key(&self, name: &str) -> Self {
        Path(format!("{}/{name}", self.0))
    }

    /// The table with this number among those of the key `name`.
    pub(crate) fn item(&self, name: &str, index: usize) -> Self {
        Path(format!("{}/{name}/{index}", self.0))
    }

    /// An attribute, by the places of its scorecard, its characteristic and itself.
    pub(crate) fn attribute([card, characteristic, attribute]: [usize; 3]) -> Self {
        let at = Path::default().item("scorecard", card);
        at.item("characteristic", characteristic)
            .item("attribute", attribute)
    }

    /// Whether the key that stands here has this name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.0.rsplit('/').next() == Some(name)
    }

    /// The key that stands here, and not what it has.
    pub(crate) fn name(&self) -> Self {
        self.key(KEY)
    }

    /// The path of which this is the key, if it is one.
    pub(crate) fn named(&self) -> Option<Self> {
        let path = self.0.strip_suffix(KEY)?.strip_suffix('/')?;
        Some(Path(path.to_owned()))
    }

    /// The header of the tables that stand here, such as `scorecard.band`.
    pub(crate) fn header(&self) -> String {
        let parts = self.0.split('/').filter(|part| !part.is_empty());
        let names = parts.filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit()));
        names.collect::<Vec<_>>().join(".")
    }

    /// The path of what this is a part of.
    pub(crate) fn parent(&self) -> Option<Self> {
        let (parent, _) = self.0.rsplit_once('/')?;
        Some(Path(parent.to_owned()))
    }

    /// This path and those of what it is a part of, from the inside out.
    pub(crate) fn outward(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Path::parent)
    }

    /// The rest of this path behind `ancestor`, if it leads on from there.
    pub(crate) fn below(&self, ancestor: &Path) -> Option<&str> {
        let rest = self.0.strip_prefix(&ancestor.0)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }

    /// This path with a rest that [`below`](Path::below) has given.
    pub(crate) fn then(&self, rest: &str) -> Self {
        Path(format!("{}{rest}", self.0))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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

impl Diagnostic {
    pub(crate) fn new(
        code: Code,
        path: Path,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Diagnostic {
            code,
            path,
            span: 0..0,
            found: found.into(),
            help: help.into(),
            related: Vec::new(),
        }
    }

    /// With another place that has to do with it.
    pub(crate) fn related(mut self, path: Path, label: impl Into<String>) -> Self {
        self.related.push(Related {
            path,
            span: 0..0,
            label: label.into(),
        });
        self
    }

    /// Whether the rulebook cannot be used for it.
    pub fn is_error(&self) -> bool {
        self.code.is_error()
    }

    /// Whether both are the same to a reader of the text.
    pub(crate) fn reads_as(&self, other: &Self) -> bool {
        let of = |one: &Self| {
            let related = one.related.iter();
            let related: Vec<_> = related
                .map(|one| (one.span.clone(), one.label.clone()))
                .collect();
            (one.code, one.span.clone(), related)
        };
        of(self) == of(other) && self.found == other.found && self.help == other.help
    }
}

/// What to do about a name that is not there: take the known one that is most like it, or
/// any of them.
pub(crate) fn one_of<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(near) => did_you_mean(near),
        None => format!("take one of {}", known.collect::<Vec<_>>().join(", ")),
    }
}
