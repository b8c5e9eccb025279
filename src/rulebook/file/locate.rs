//! The spans of diagnostics in the text of a file.
//!
//! Owns the way from a part of the whole rulebook to the span where the file states it, or
//! to a related span where the part is inherited.

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path};
use crate::rulebook::file::shape::{RULEBOOK, Takes};
use crate::rulebook::file::tree::{Holds, Node, Span};
use crate::text::quoted;

/// The diagnostic of a place where the text is not valid TOML.
pub(super) fn not_toml(error: &toml::de::Error, text: &str) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let end = span.end.min(text.len());
    let start = span.start.min(end);
    let rest = text.get(start..).unwrap_or_default();
    let before = text.get(..start).unwrap_or_default();
    let mut around = rest.chars().take(1).chain(before.chars().next_back());
    let help = match around.any(|c| c.is_alphabetic() && !c.is_ascii()) {
        true => "put keys with letters other than a-z in quotes",
        false => "fix the TOML here first; the rest is checked after that",
    };
    Code::NotToml.in_text(start..end, error.message().trim_end(), help)
}

/// Whether a diagnostic overlaps one of these errors, or follows from a number that is out
/// of range and reported already.
pub(super) fn is_reported(one: &Diagnostic, errors: &[Diagnostic]) -> bool {
    // An empty span counts as one byte.
    let end = |one: &Diagnostic| one.span.end.max(one.span.start + 1);
    let mut errors = errors.iter().filter(|error| error.is_error());
    errors.any(|error| {
        let overlaps = error.span.start < end(one) && end(error) > one.span.start;
        overlaps || error.code == Code::OutOfRange && one.code == Code::OutOfRange
    })
}

/// A span without the spaces at its ends.
pub(super) fn trimmed(text: &str, span: Span) -> Span {
    let Some(of) = text.get(span.clone()) else {
        return 0..0;
    };
    let start = span.start + (of.len() - of.trim_start().len());
    start..(start + of.trim().len()).max(start)
}

/// Finds the spans of diagnostics of the whole rulebook in the text of a file.
pub(super) struct Locator<'f> {
    pub(super) text: &'f str,
    /// The whole rulebook, and the cases of the file.
    pub(super) tree: &'f Node,
    /// The names of what the file removes, and the spans of `remove`.
    pub(super) removed: &'f [(String, Span)],
}

/// The place of a part of the whole rulebook, as far as the file has it.
#[derive(Default)]
struct Place {
    /// Where the file states it, or else the innermost enclosing part that it states.
    span: Option<Span>,
    /// The file states the part, or the table that it is in.
    is_stated: bool,
    /// The kind and name of the table that it is in.
    called: Option<String>,
}

impl Locator<'_> {
    /// Gives a diagnostic of the whole rulebook its span in the file.
    pub(super) fn located(&self, mut one: Diagnostic) -> Diagnostic {
        one.related.retain_mut(|related| {
            let place = self.place(&related.path);
            related.span = place.span.unwrap_or_default();
            related.path = Path::default();
            place.is_stated
        });
        let place = self.place(&std::mem::take(&mut one.path));
        one.span = match place.is_stated {
            true => place.span.unwrap_or_default(),
            false => self.instead(&mut one, place),
        };
        // Of two that clash, the later one is reported.
        let clash = matches!(one.code, Code::DefinedTwice | Code::WordWithTwoMeanings);
        if let Some(other) = one.related.first_mut().filter(|_| clash)
            && other.span.start > one.span.start
        {
            std::mem::swap(&mut other.span, &mut one.span);
        }
        one.span = trimmed(self.text, one.span);
        one
    }

    /// The span that stands in for an inherited part.
    fn instead(&self, one: &mut Diagnostic, place: Place) -> Span {
        match one.code {
            Code::NeverMatches => {
                one.found += " (inherited)";
                one.help = "narrow this condition, or remove the inherited attribute: its reason_code with `remove = true`".to_owned();
            }
            Code::CodeWithTwoTexts => one.found += " (inherited)",
            _ => {}
        }
        if !one.related.is_empty() {
            return one.related.remove(0).span;
        }
        let is_named = |name: &str| one.found.contains(&quoted(name));
        let around = place.called.as_deref().unwrap_or("what refers to it");
        if let Some((_, span)) = self.removed.iter().find(|(name, _)| is_named(name)) {
            one.help = format!("an inherited part needs it: keep it, or change {around} too");
            return span.clone();
        }
        let mut changed = self.tree.list("criterion").iter();
        let changed = changed.find(|of| of.key.is_some() && is_named(of.text("name")));
        if let Some(criterion) = changed {
            one.help = format!(
                "an inherited part needs the old values: keep them, or change {around} too"
            );
            return criterion.span_of("values");
        }
        let extend = self.tree.stated("extend").and_then(Node::span);
        place.span.or(extend).unwrap_or_default()
    }

    /// Whether the file states this part of the whole rulebook, or the table that it is in.
    pub(super) fn states(&self, path: &Path) -> bool {
        self.place(path).is_stated
    }

    fn place(&self, path: &Path) -> Place {
        let mut place = Place::default();
        let (mut node, mut table, mut kind) = (self.tree, &RULEBOOK, "");
        for step in &path.steps {
            let next = match &node.holds {
                Holds::List(all) => step.parse().ok().and_then(|index: usize| all.get(index)),
                _ => node.stated(step),
            };
            let Some(next) = next else {
                return place;
            };
            if let (Holds::List(_), Holds::Table(_)) = (&node.holds, &next.holds) {
                let name = quoted(next.text(table.keys[0].name));
                place.called = Some(format!("the {kind} {name}"));
                place.is_stated = next.key.is_some();
            }
            if let Some(span) = next.span() {
                place.span = Some(span);
                place.is_stated = true;
            }
            let mut keys = table.keys.iter();
            if let Some(key) = keys.find(|key| key.name == step)
                && let Takes::Tables(inner) = key.takes
            {
                (kind, table) = (key.noun(), inner);
            }
            node = next;
        }
        if path.is_name && node.key.is_some() {
            place.span.clone_from(&node.key);
        }
        place
    }
}

/// The byte offsets at which the lines of a text begin.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Finds the lines of `text`.
    pub fn of(text: &'t str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        Lines {
            text,
            starts: std::iter::once(0).chain(breaks.map(|at| at + 1)).collect(),
        }
    }

    /// The physical line and the character in it of a byte offset; both from 1.
    pub fn place(&self, byte: usize) -> (u64, u64) {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts[line.saturating_sub(1)];
        let before = self.text.get(start..byte).unwrap_or_default();
        (line as u64, 1 + before.chars().count() as u64)
    }
}
