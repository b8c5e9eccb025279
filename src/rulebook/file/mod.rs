//! Rulebooks as their owners write them: files that may extend another rulebook.
//!
//! Owns the way from a text to a whole rulebook. Judging records and checking rulebooks
//! share it.

mod cases;
mod keys;
mod known;
mod locate;
mod merge;
mod overlay;
mod removed;
mod schema;
mod shape;
mod structure;
mod text;
mod tree;
mod wording;

use toml::de::DeTable;

pub use self::cases::RuleCase;
use self::cases::case_diagnostics;
pub use self::locate::Lines;
use self::locate::{Locator, is_reported, not_toml, trimmed};
use self::merge::merge;
pub use self::schema::schema;
use self::structure::{Structure, structure};
pub use self::text::written;
use self::tree::Node;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Diagnostics, Path};
use crate::rulebook::ir::CheckedRulebook;
use crate::rulebook::{Rulebook, lint};
use crate::text::quoted;

/// The name of the rulebook that is built in, and that others may extend.
pub const BUILT_IN: &str = "documents";

/// A rulebook file, read.
#[derive(Debug, Default)]
pub struct RuleFile {
    /// The whole rulebook, with what it inherits; `None` where there are errors.
    pub rulebook: Option<Rulebook>,
    /// The rulebook that it extends, if it does.
    pub base: Option<Rulebook>,
    /// The cases of this file, without those of the rulebook that it extends.
    pub cases: Vec<RuleCase>,
    /// Errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The attributes that this file states, by scorecard, characteristic and
    /// attribute.
    pub stated: Vec<(usize, usize, usize)>,
    /// There may be more errors or warnings than these.
    pub has_more: bool,
    /// How many attributes, characteristics and scorecards were too many, or too large, to
    /// search for warnings.
    pub not_searched: usize,
}

impl RuleFile {
    /// Reads a rulebook file and finds its errors, but no warnings that need a search.
    pub fn read(text: &str) -> Self {
        RuleFile::find(text, false)
    }

    /// Reads a rulebook file and finds all errors and warnings.
    pub fn check(text: &str) -> Self {
        RuleFile::find(text, true)
    }

    fn find(text: &str, lints: bool) -> Self {
        let mut read = RuleFile::default();
        // Each form of it takes as much memory as the one before, which is no longer needed.
        let structure = DeTable::parse(text).map(|table| structure(table.get_ref()));
        match structure {
            // Later ones may be consequences of it.
            Err(first) => read.diagnostics.push(not_toml(&first, text)),
            Ok(structure) => read.structured(structure, text, lints),
        }
        read.diagnostics
            .sort_by_key(|one| (one.span.start, one.code));
        read.diagnostics.dedup();
        let mut kept = Diagnostics::default();
        kept.extend(std::mem::take(&mut read.diagnostics));
        // Then the search has ended early.
        read.has_more |= kept.is_full();
        read.add(kept);
        if read.diagnostics.iter().any(Diagnostic::is_error) {
            read.rulebook = None;
        }
        read
    }

    /// Merges the file with the rulebook that it extends, and finds its diagnostics.
    fn structured(&mut self, of: Structure, text: &str, lints: bool) {
        let file = of.file;
        let is_extending = file.stated("extend").is_some();
        // Only the built-in rulebook can be extended.
        if !of.is_readable || is_extending && file.text("extend") != BUILT_IN {
            return self.add(of.diagnostics);
        }
        self.base = is_extending.then(Rulebook::documents).and_then(Result::ok);
        let merged = merge(self.base.as_ref().map(Node::of), &file, of.diagnostics);
        let is_full = merged.diagnostics.is_full();
        self.add(merged.diagnostics);
        if is_full {
            return;
        }
        self.cases = cases::cases(&file, text);
        drop(file);
        let locator = Locator {
            text,
            tree: &merged.tree,
            removed: &merged.removed,
        };
        self.whole(&locator, lints);
    }

    fn add(&mut self, found: Diagnostics) {
        self.has_more |= found.has_more;
        self.diagnostics.extend(found.into_vec());
    }

    /// Finds the diagnostics of the whole rulebook.
    fn whole(&mut self, locator: &Locator<'_>, lints: bool) {
        let rulebook = locator.tree.to_rulebook();
        let rulebook = rulebook.expect("the merged tree has the shape of a rulebook");
        for one in &mut self.diagnostics {
            one.span = trimmed(locator.text, one.span.clone());
        }
        let is_sound = !self.diagnostics.iter().any(Diagnostic::is_error);
        let mut found = Diagnostics::default();
        lint::words::word_diagnostics(&rulebook, &mut found);
        match CheckedRulebook::new(rulebook) {
            Ok(checked) => {
                // Warnings about a rulebook with errors would only distract.
                if lints && is_sound {
                    self.not_searched = lint::reach::warnings(&checked, &mut found);
                    found.extend(borrowed(&checked.rulebook));
                }
                case_diagnostics(&self.cases, &checked.rulebook, &mut found);
                let places = checked.rulebook.attributes().map(|(place, _)| place);
                let stated = places.filter(|place| locator.states(&Path::attribute(*place)));
                self.stated = stated.map(|[i, j, k]| (i, j, k)).collect();
                self.rulebook = Some(checked.rulebook);
            }
            Err(errors) => {
                self.has_more |= errors.has_more;
                found.extend(errors.into_vec());
            }
        }
        self.has_more |= found.has_more;
        let mut found = found.into_vec();
        // What is inherited may stay unused.
        found.retain(|one| match one.code {
            Code::UncitedStatement | Code::UnusedCriterion => locator.states(&one.path),
            _ => true,
        });
        let mut found: Vec<_> = found.into_iter().map(|one| locator.located(one)).collect();
        // One mistake is reported once, without its consequences.
        found.retain(|one| !is_reported(one, &self.diagnostics));
        self.diagnostics.extend(found);
    }

    /// The rulebook.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rulebook`] with line and character for the first error in `text`,
    /// which is what was read.
    pub fn into_rulebook(self, text: &str) -> Result<Rulebook> {
        let (errors, _) = self.counts();
        let first = self.diagnostics.into_iter().find(Diagnostic::is_error);
        let Some(first) = first else {
            let unread = || Error::new(ErrorKind::Rulebook, "this is not a rulebook");
            return self.rulebook.ok_or_else(unread);
        };
        let mut advice = first.help;
        if errors > 1 {
            let least = if self.has_more { "at least " } else { "" };
            advice += &format!(" (and {least}{} more: clientype rules check)", errors - 1);
        }
        let (line, character) = Lines::of(text).place(first.span.start);
        let place = Place {
            line: Some(line),
            character: Some(character),
            ..Place::default()
        };
        Err(Error::new(ErrorKind::Rulebook, first.found)
            .at(place)
            .help(advice))
    }

    /// How many errors, and how many warnings there are.
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.diagnostics.iter().filter(|one| one.is_error());
        let errors = errors.count();
        (errors, self.diagnostics.len() - errors)
    }
}

/// The warning about a rulebook that has the name of the built-in one, but differs.
fn borrowed(rulebook: &Rulebook) -> Option<Diagnostic> {
    let built_in = Rulebook::documents().ok()?;
    let is_other = rulebook.name == built_in.name && rulebook.hash() != built_in.hash();
    let name = quoted(&rulebook.name);
    let found = format!("{name} is the name of the built-in rulebook, but this one differs");
    let at = Path::default().key("name");
    is_other.then(|| Code::BorrowedName.at(&at, found, "give it another name"))
}
