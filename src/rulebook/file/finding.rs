//! Flaws as findings in the text of a file.
//!
//! Owns the way from a part of the whole rulebook back to the place where the file
//! states it, or what else in the file has to do with it.

use std::ops::Range;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Flaw, Spot};
use crate::rulebook::file::extend::Origins;
use crate::rulebook::file::structure::Places;
use crate::text::quoted;

/// One thing that is wrong with a rulebook file, or looks so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub code: Code,
    /// Where it stands, in bytes of the text.
    pub place: Range<usize>,
    /// What was found.
    pub found: String,
    /// What to do.
    pub mend: String,
    /// Other places that have to do with it, and how.
    pub beside: Vec<(Range<usize>, String)>,
}

impl Finding {
    /// A place where the text is no TOML.
    pub(crate) fn not_toml(error: &toml::de::Error, text: &str) -> Self {
        let place = error.span().unwrap_or(0..0);
        let end = place.end.min(text.len());
        let rest = text.get(place.start.min(end)..).unwrap_or_default();
        let before = text.get(..place.start.min(end)).unwrap_or_default();
        let mut around = rest.chars().take(1).chain(before.chars().next_back());
        let mend = match around.any(|c| c.is_alphabetic() && !c.is_ascii()) {
            true => "put a key that has letters other than a-z in quotes",
            false => "mend the TOML here first; the rest is looked at then",
        };
        Finding {
            code: Code::NotToml,
            place: place.start.min(end)..end,
            found: error.message().trim_end().to_owned(),
            mend: mend.to_owned(),
            beside: Vec::new(),
        }
    }

    /// Where it ends; at least a byte behind its beginning.
    fn end(&self) -> usize {
        self.place.end.max(self.place.start + 1)
    }
}

/// The pieces of a text of which something is told already.
pub(crate) struct Told {
    /// Where they begin, in order, and where all up to there end at the latest.
    pieces: Vec<(usize, usize)>,
    /// Numbers that are out of range are among them.
    range: bool,
}

impl Told {
    pub(crate) fn new<'f>(findings: impl Iterator<Item = &'f Finding>) -> Self {
        let mut range = false;
        let piece = |one: &Finding| {
            range |= one.code == Code::OutOfRange;
            (one.place.start, one.end())
        };
        let mut pieces: Vec<(usize, usize)> = findings.map(piece).collect();
        pieces.sort_unstable();
        let mut latest = 0;
        for (_, end) in &mut pieces {
            latest = latest.max(*end);
            *end = latest;
        }
        Told { pieces, range }
    }

    /// True where that is about the same piece of the text, or comes of a number that
    /// is told of.
    pub(crate) fn tell_of(&self, finding: &Finding) -> bool {
        let before = self
            .pieces
            .partition_point(|(start, _)| *start < finding.end());
        let last = self.pieces[..before].last();
        let overlaps = last.is_some_and(|(_, end)| *end > finding.place.start);
        overlaps || self.range && finding.code == Code::OutOfRange
    }
}

/// What is known of a file to find flaws in it.
pub(crate) struct Finder<'f> {
    pub(crate) text: &'f str,
    pub(crate) places: &'f Places,
}

impl Finder<'_> {
    /// A flaw whose spot is one of the file.
    pub(crate) fn in_file(&self, flaw: &Flaw) -> Finding {
        self.finding(flaw, |spot| self.near(spot)).0
    }

    /// A flaw whose spot is one of the whole rulebook.
    pub(crate) fn in_whole(&self, flaw: &Flaw, origins: &Origins) -> Finding {
        let place_of = |spot: &Spot| self.near(&origins.of(spot)?);
        let (mut finding, is_inherited) = self.finding(flaw, place_of);
        if !is_inherited {
            return finding;
        }
        // What is inherited is not in the text; what has to do with it may be.
        match flaw.code {
            Code::NeverMatches => {
                finding.found += " (inherited)";
                finding.mend = "narrow this condition, or say that the inherited one goes: its reason_code and `remove = true`".to_owned();
            }
            Code::CodeWithTwoTexts => finding.found += " (inherited)",
            _ => {}
        }
        if !finding.beside.is_empty() {
            finding.place = self.trimmed(finding.beside.remove(0).0);
            return finding;
        }
        let removed = origins.removed.iter();
        let mut removed = removed.filter(|(name, _)| flaw.found.contains(&quoted(name)));
        let mut changed = origins.criteria.iter();
        let changed = changed.find(|(name, _)| flaw.found.contains(&quoted(name)));
        let place = match (removed.next(), changed) {
            (Some((_, spot)), _) => {
                finding.mend = format!(
                    "something that is inherited needs it: keep it, or change {} too",
                    self.around(flaw, origins)
                );
                self.near(spot)
            }
            (None, Some((_, spot))) => {
                finding.mend = format!(
                    "something that is inherited needs it so: keep it, or change {} too",
                    self.around(flaw, origins)
                );
                self.near(&spot.key("values"))
            }
            (None, None) => self.nearest_stated(flaw, origins),
        };
        let place = place.or_else(|| self.places.of(&Spot::default().key("extend")));
        finding.place = self.trimmed(place.unwrap_or(0..0));
        finding
    }

    /// What an inherited flaw is in, in words.
    fn around(&self, flaw: &Flaw, origins: &Origins) -> String {
        let mut up = Some(flaw.at.clone());
        while let Some(spot) = up {
            if let Some(name) = origins.names.get(&spot) {
                return name.clone();
            }
            up = spot.parent();
        }
        "what names it".to_owned()
    }

    /// The smallest thing around a part that the file states.
    fn nearest_stated(&self, flaw: &Flaw, origins: &Origins) -> Option<Range<usize>> {
        let mut up = flaw.at.parent();
        while let Some(spot) = up {
            if let Some(at) = origins.stated(&spot) {
                return self.near(at);
            }
            up = spot.parent();
        }
        None
    }

    /// A flaw, with its place if `place_of` knows it, and whether it does not.
    fn finding(
        &self,
        flaw: &Flaw,
        place_of: impl Fn(&Spot) -> Option<Range<usize>>,
    ) -> (Finding, bool) {
        let beside = flaw.beside.iter();
        let beside = beside.filter_map(|(spot, how)| Some((place_of(spot)?, how.clone())));
        let mut beside: Vec<(Range<usize>, String)> = beside.collect();
        let place = place_of(&flaw.at);
        let is_inherited = place.is_none();
        let mut place = place.unwrap_or(0..0);
        // Of two that clash, the later one is to be mended.
        let clash = matches!(flaw.code, Code::DefinedTwice | Code::WordWithTwoMeanings);
        if let Some((other, _)) = beside.first_mut().filter(|_| clash)
            && other.start > place.start
        {
            std::mem::swap(other, &mut place);
        }
        let finding = Finding {
            code: flaw.code,
            place: self.trimmed(place),
            found: flaw.found.clone(),
            mend: flaw.mend.clone(),
            beside,
        };
        (finding, is_inherited)
    }

    /// A place without the spaces at its ends.
    fn trimmed(&self, place: Range<usize>) -> Range<usize> {
        let Some(of) = self.text.get(place.clone()) else {
            return 0..0;
        };
        let start = place.start + (of.len() - of.trim_start().len());
        start..(start + of.trim().len()).max(start)
    }

    /// Where `spot`, or else the table that it would be in, stands.
    pub(crate) fn near(&self, spot: &Spot) -> Option<Range<usize>> {
        let mut up = Some(spot.clone());
        while let Some(part) = up {
            if let Some(place) = self.places.of(&part) {
                return Some(place);
            }
            up = part.parent();
        }
        None
    }
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Finds the lines of `text`.
    ///
    /// ```
    /// assert_eq!(clientype::rulebook::file::Lines::of("a\nbü!").place("a\nbü".len()), (2, 3));
    /// ```
    pub fn of(text: &'t str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        Lines {
            text,
            starts: std::iter::once(0).chain(breaks.map(|at| at + 1)).collect(),
        }
    }

    /// The physical line, and the character in it, at which a byte stands; both from 1.
    pub fn place(&self, byte: usize) -> (u64, u64) {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts[line.saturating_sub(1)];
        let before = self.text.get(start..byte).unwrap_or_default();
        (line as u64, 1 + before.chars().count() as u64)
    }
}
