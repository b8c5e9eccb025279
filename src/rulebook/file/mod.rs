//! Rulebooks as their owners write them: files that may extend another rulebook.
//!
//! Owns the way from a text to a whole rulebook. One way for everybody: what judges
//! records and what looks for mistakes reads the same.

mod cases;
mod locate;
mod merge;
mod schema;
mod shape;
mod structure;
mod text;
mod tree;

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
use crate::rulebook::diagnostic::{Diagnostic, Path};
use crate::rulebook::ir::CheckedRulebook;
use crate::rulebook::{Rulebook, lint};
use crate::text::quoted;

/// The name of the rulebook that is built in, and that others may extend.
pub const BUILT_IN: &str = "documents";

/// A rulebook file, read.
#[derive(Debug, Default)]
pub struct RuleFile {
    /// All that holds, with what is inherited; `None` where there are errors.
    pub rulebook: Option<Rulebook>,
    /// The rulebook that it extends, if it does.
    pub base: Option<Rulebook>,
    /// The cases of this file; what is extended has its own.
    pub cases: Vec<RuleCase>,
    /// What is wrong with it, or looks so, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The attributes that this file states, by scorecard, characteristic and
    /// attribute.
    pub stated: Vec<(usize, usize, usize)>,
}

impl RuleFile {
    /// Reads a rulebook file and finds its errors, but not what only looks odd.
    pub fn read(text: &str) -> Self {
        RuleFile::find(text, false)
    }

    /// Reads a rulebook file and finds all that there is to find.
    pub fn check(text: &str) -> Self {
        RuleFile::find(text, true)
    }

    fn find(text: &str, doubts: bool) -> Self {
        let mut read = RuleFile::default();
        let (table, broken) = DeTable::parse_recoverable(text);
        match broken.first() {
            // What follows may come of it.
            Some(first) => read.diagnostics.push(not_toml(first, text)),
            None => read.structured(structure(table.get_ref()), text, doubts),
        }
        read.diagnostics
            .sort_by_key(|one| (one.span.start, one.code));
        read.diagnostics.dedup();
        if read.diagnostics.iter().any(Diagnostic::is_error) {
            read.rulebook = None;
        }
        read
    }

    /// Lays the file over what it extends, and finds what is wrong with it.
    fn structured(&mut self, of: Structure, text: &str, doubts: bool) {
        self.diagnostics = of.diagnostics;
        let file = of.file;
        let is_extending = file.stated("extend").is_some();
        // Of what extends another rulebook than the built-in one the whole is not known.
        if !of.is_readable || is_extending && file.text("extend") != BUILT_IN {
            return;
        }
        self.base = is_extending.then(Rulebook::documents).and_then(Result::ok);
        let merged = merge(self.base.as_ref().map(Node::of), &file);
        self.diagnostics.extend(merged.diagnostics);
        self.cases = cases::cases(&file, text);
        let locator = Locator {
            text,
            tree: &merged.tree,
            removed: &merged.removed,
        };
        self.whole(&locator, doubts);
    }

    /// Finds what is wrong with the whole rulebook.
    fn whole(&mut self, locator: &Locator<'_>, doubts: bool) {
        let rulebook = locator.tree.to_rulebook();
        let rulebook = rulebook.expect("the merged tree has the shape of a rulebook");
        for one in &mut self.diagnostics {
            one.span = trimmed(locator.text, one.span.clone());
        }
        let is_sound = !self.diagnostics.iter().any(Diagnostic::is_error);
        let mut found = lint::words::word_diagnostics(&rulebook);
        match CheckedRulebook::new(rulebook) {
            Ok(checked) => {
                // Of what is not right anyway, nothing is in doubt.
                if doubts && is_sound {
                    found.extend(lint::reach::doubts(&checked));
                    found.extend(borrowed(&checked.rulebook));
                }
                found.extend(case_diagnostics(&self.cases, &checked.rulebook));
                let places = checked.rulebook.attributes().map(|(place, _)| place);
                let stated = places.filter(|place| locator.states(&Path::attribute(*place)));
                self.stated = stated.map(|[i, j, k]| (i, j, k)).collect();
                self.rulebook = Some(checked.rulebook);
            }
            Err(errors) => found.extend(errors),
        }
        // What the file leaves of what it inherits is its own business.
        found.retain(|one| match one.code {
            Code::UncitedStatement | Code::UnusedCriterion => locator.states(&one.path),
            _ => true,
        });
        let mut found: Vec<_> = found.into_iter().map(|one| locator.located(one)).collect();
        // What is not right by itself is not complained of once more for what comes of it.
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
            let unread = || Error::new(ErrorKind::Rulebook, "it is no rulebook");
            return self.rulebook.ok_or_else(unread);
        };
        let mut advice = first.help;
        if errors > 1 {
            advice += &format!(" (and {} more: clientype rules check)", errors - 1);
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

/// The doubt about a rulebook that is called as the built-in one and is another.
fn borrowed(rulebook: &Rulebook) -> Option<Diagnostic> {
    let built_in = Rulebook::documents().ok()?;
    let is_other = rulebook.name == built_in.name && rulebook.hash() != built_in.hash();
    let name = quoted(&rulebook.name);
    let found = format!("{name} is the built-in rulebook, and this one is another");
    let at = Path::default().key("name");
    is_other.then(|| Code::BorrowedName.at(&at, found, "give it a name of its own"))
}
