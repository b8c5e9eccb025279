//! Where diagnostics stand in the text of a file.
//!
//! Owns the way from a part of the whole rulebook back to the span where the file
//! states it, or what else in the file has to do with it.

use std::ops::Range;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path};
use crate::rulebook::file::origins::Origins;
use crate::rulebook::file::structure::Spans;
use crate::text::quoted;

impl Diagnostic {
    /// A place where the text is no TOML.
    pub(crate) fn not_toml(error: &toml::de::Error, text: &str) -> Self {
        let span = error.span().unwrap_or(0..0);
        let end = span.end.min(text.len());
        let start = span.start.min(end);
        let rest = text.get(start..).unwrap_or_default();
        let before = text.get(..start).unwrap_or_default();
        let mut around = rest.chars().take(1).chain(before.chars().next_back());
        let help = match around.any(|c| c.is_alphabetic() && !c.is_ascii()) {
            true => "put a key that has letters other than a-z in quotes",
            false => "mend the TOML here first; the rest is looked at then",
        };
        let found = error.message().trim_end();
        Diagnostic {
            span: start..end,
            ..Diagnostic::new(Code::NotToml, Path::default(), found, help)
        }
    }

    /// Where its span ends; at least a byte behind its beginning.
    fn end(&self) -> usize {
        self.span.end.max(self.span.start + 1)
    }
}

/// The pieces of a text that have errors already.
pub(crate) struct Reported {
    /// Where they begin, in order, and where all up to there end at the latest.
    pieces: Vec<(usize, usize)>,
    /// Numbers that are out of range are among them.
    range: bool,
}

impl Reported {
    pub(crate) fn new<'f>(errors: impl Iterator<Item = &'f Diagnostic>) -> Self {
        let mut range = false;
        let piece = |one: &Diagnostic| {
            range |= one.code == Code::OutOfRange;
            (one.span.start, one.end())
        };
        let mut pieces: Vec<(usize, usize)> = errors.map(piece).collect();
        pieces.sort_unstable();
        let mut latest = 0;
        for (_, end) in &mut pieces {
            latest = latest.max(*end);
            *end = latest;
        }
        Reported { pieces, range }
    }

    /// Whether a diagnostic is about the same piece of the text, or comes of a number
    /// that is out of range.
    pub(crate) fn has(&self, one: &Diagnostic) -> bool {
        let before = self.pieces.partition_point(|(start, _)| *start < one.end());
        let last = self.pieces[..before].last();
        let overlaps = last.is_some_and(|(_, end)| *end > one.span.start);
        overlaps || self.range && one.code == Code::OutOfRange
    }
}

/// Finds the spans of diagnostics in the text of a file.
pub(crate) struct Locator<'f> {
    pub(crate) text: &'f str,
    pub(crate) spans: &'f Spans,
}

impl Locator<'_> {
    /// A diagnostic whose path is one of the file.
    pub(crate) fn in_file(&self, mut one: Diagnostic) -> Diagnostic {
        self.locate(&mut one, |path| self.near(path));
        one
    }

    /// A diagnostic whose path is one of the whole rulebook.
    pub(crate) fn in_whole(&self, mut one: Diagnostic, origins: &Origins) -> Diagnostic {
        if self.locate(&mut one, |path| self.near(&origins.of(path)?)) {
            return one;
        }
        // What is inherited is not in the text; what has to do with it may be.
        match one.code {
            Code::NeverMatches => {
                one.found += " (inherited)";
                one.help = "narrow this condition, or say that the inherited one goes: its reason_code and `remove = true`".to_owned();
            }
            Code::CodeWithTwoTexts => one.found += " (inherited)",
            _ => {}
        }
        if !one.related.is_empty() {
            one.span = self.trimmed(one.related.remove(0).span);
            return one;
        }
        let is_named = |(name, _): &&(String, Path)| one.found.contains(&quoted(name));
        let removed = origins.removed.iter().find(is_named);
        let changed = origins.criteria.iter().find(is_named);
        let span = match (removed, changed) {
            (Some((_, path)), _) => {
                one.help = format!(
                    "something that is inherited needs it: keep it, or change {} too",
                    around(&one, origins)
                );
                self.near(path)
            }
            (None, Some((_, path))) => {
                one.help = format!(
                    "something that is inherited needs it so: keep it, or change {} too",
                    around(&one, origins)
                );
                self.near(&path.key("values"))
            }
            (None, None) => {
                // The smallest thing around it that the file states.
                let mut outward = one.path.outward().skip(1);
                let stated = outward.find_map(|path| origins.stated(&path).cloned());
                stated.and_then(|path| self.near(&path))
            }
        };
        let span = span.or_else(|| self.spans.of(&Path::default().key("extend")));
        one.span = self.trimmed(span.unwrap_or(0..0));
        one
    }

    /// Finds the span of a diagnostic by that of a path; false if that is not known.
    fn locate(
        &self,
        one: &mut Diagnostic,
        span_of: impl Fn(&Path) -> Option<Range<usize>>,
    ) -> bool {
        one.related.retain_mut(|related| {
            let span = span_of(&related.path);
            related.span = span.clone().unwrap_or(0..0);
            span.is_some()
        });
        let span = span_of(&one.path);
        let is_known = span.is_some();
        let mut span = span.unwrap_or(0..0);
        // Of two that clash, the later one is to be changed.
        let clash = matches!(one.code, Code::DefinedTwice | Code::WordWithTwoMeanings);
        if let Some(other) = one.related.first_mut().filter(|_| clash)
            && other.span.start > span.start
        {
            std::mem::swap(&mut other.span, &mut span);
        }
        one.span = self.trimmed(span);
        is_known
    }

    /// A span without the spaces at its ends.
    fn trimmed(&self, span: Range<usize>) -> Range<usize> {
        let Some(of) = self.text.get(span.clone()) else {
            return 0..0;
        };
        let start = span.start + (of.len() - of.trim_start().len());
        start..(start + of.trim().len()).max(start)
    }

    /// Where a path, or else the table that it would be in, stands.
    pub(crate) fn near(&self, path: &Path) -> Option<Range<usize>> {
        path.outward().find_map(|path| self.spans.of(&path))
    }
}

/// What an inherited part is in, in words.
fn around(one: &Diagnostic, origins: &Origins) -> String {
    let mut outward = one.path.outward();
    let name = outward.find_map(|path| origins.names.get(&path).cloned());
    name.unwrap_or_else(|| "what names it".to_owned())
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
    /// assert_eq!(clientype::internals::rulebook::file::Lines::of("a\nbü!").place("a\nbü".len()), (2, 3));
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
