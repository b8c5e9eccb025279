//! What is wrong with a rulebook, or looks as if its owner meant something else.
//!
//! Owns the flaws: each has a [`Code`], a place in the rulebook and what to do
//! about it, in terms of the whole rulebook. Where that stands in a file is found by
//! whoever has read the file.

use std::fmt;

use crate::rulebook::codes::Code;

/// What stands for a key itself at the end of a way; no key is called so.
const NAME: &str = "\u{0}";

/// A place in a rulebook, as the way to it: `/scorecard/0/band/1/label`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Spot(String);

impl Spot {
    /// A key of the table that stands here.
    pub(crate) fn key(&self, name: &str) -> Self {
        Spot(format!("{}/{name}", self.0))
    }

    /// The table with this number among those of the key `name`.
    pub(crate) fn item(&self, name: &str, index: usize) -> Self {
        Spot(format!("{}/{name}/{index}", self.0))
    }

    /// Whether the key that stands here has this name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.0.rsplit('/').next() == Some(name)
    }

    /// The key that stands here, and not what it has.
    pub(crate) fn name(&self) -> Self {
        self.key(NAME)
    }

    /// The spot of which this is the key, if it is one.
    pub(crate) fn named(&self) -> Option<Self> {
        let spot = self.0.strip_suffix(NAME)?.strip_suffix('/')?;
        Some(Spot(spot.to_owned()))
    }

    /// The header of the tables that stand here, such as `scorecard.band`.
    pub(crate) fn header(&self) -> String {
        let parts = self.0.split('/').filter(|part| !part.is_empty());
        let names = parts.filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit()));
        names.collect::<Vec<_>>().join(".")
    }

    /// What this is a part of.
    pub(crate) fn parent(&self) -> Option<Self> {
        let (parent, _) = self.0.rsplit_once('/')?;
        Some(Spot(parent.to_owned()))
    }

    /// The way from `ancestor` to this.
    pub(crate) fn below(&self, ancestor: &Spot) -> Option<&str> {
        let way = self.0.strip_prefix(&ancestor.0)?;
        (way.is_empty() || way.starts_with('/')).then_some(way)
    }

    /// What is reached from here by a way that [`below`](Spot::below) has given.
    pub(crate) fn then(&self, way: &str) -> Self {
        Spot(format!("{}{way}", self.0))
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing that is wrong, or looks so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) code: Code,
    /// Where it is.
    pub(crate) at: Spot,
    /// What was found.
    pub(crate) found: String,
    /// What to do.
    pub(crate) mend: String,
    /// What else has to do with it, and how.
    pub(crate) beside: Vec<(Spot, String)>,
}

impl Flaw {
    pub(crate) fn new(
        code: Code,
        at: Spot,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Flaw {
            code,
            at,
            found: found.into(),
            mend: mend.into(),
            beside: Vec::new(),
        }
    }

    /// With another place that has to do with it.
    pub(crate) fn beside(mut self, at: Spot, how: impl Into<String>) -> Self {
        self.beside.push((at, how.into()));
        self
    }
}
