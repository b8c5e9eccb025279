//! Rulebooks as their owners write them: files that may extend another rulebook.
//!
//! Owns the way from a text to a whole rulebook. One way for everybody: what judges
//! records and what looks for mistakes reads the same.

mod cases;
mod locate;
mod merge;
mod origins;
mod schema;
mod shape;
mod structure;
mod text;
mod tree;

use std::collections::BTreeSet;

use toml::de::DeTable;

pub use self::cases::RuleCase;
use self::cases::case_diagnostics;
pub use self::locate::Lines;
use self::locate::{Locator, Reported};
use self::merge::merge;
use self::origins::Origins;
pub use self::schema::schema;
use self::structure::{Structure, structure};
pub use self::text::written;
use self::tree::Tree;
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
    ///
    /// ```
    /// use clientype::internals::rulebook::file::RuleFile;
    ///
    /// let file = RuleFile::read("name = \"mine\"\nversion = \"1\"\nextend = \"documents\"\nscorcard = []\n");
    /// assert_eq!(file.diagnostics[0].code.name(), "unknown-key");
    /// assert_eq!(file.diagnostics[0].help, "did you mean `scorecard`?");
    /// ```
    pub fn read(text: &str) -> Self {
        RuleFile::find(text, false)
    }

    /// Reads a rulebook file and finds all that there is to find.
    pub fn check(text: &str) -> Self {
        RuleFile::find(text, true)
    }

    fn find(text: &str, doubts: bool) -> Self {
        let (table, broken) = DeTable::parse_recoverable(text);
        if let Some(first) = broken.first() {
            // What follows may come of it.
            return RuleFile::with_diagnostics(vec![Diagnostic::not_toml(first, text)]);
        }
        let Structure {
            tree,
            spans,
            mut diagnostics,
        } = structure(table.get_ref());
        let locator = Locator {
            text,
            spans: &spans,
        };
        let in_file = |all: Vec<Diagnostic>| -> Vec<Diagnostic> {
            all.into_iter().map(|one| locator.in_file(one)).collect()
        };
        // Of what extends another rulebook than the built-in one the whole is not known.
        let is_extending = spans.has(&Path::default().key("extend"));
        let is_known = |tree: &Tree| !is_extending || tree.text("extend") == BUILT_IN;
        let Some(tree) = tree.filter(is_known) else {
            return RuleFile::with_diagnostics(in_file(diagnostics));
        };
        let base = is_extending.then(Rulebook::documents).and_then(Result::ok);
        let mut merged = merge(base.as_ref().map(Tree::of), &tree, &spans);
        let origins = Origins::of_merged(&merged);
        diagnostics.append(&mut merged.diagnostics);
        without_idle(&mut diagnostics);
        let mut file = RuleFile {
            cases: cases::cases(tree.tables("case"), &locator),
            diagnostics: in_file(diagnostics),
            base,
            ..RuleFile::default()
        };
        let rulebook = merged.tree.into_rulebook();
        let rulebook = rulebook.expect("the merged tree has the shape of a rulebook");
        file.whole(rulebook, &origins, &locator, doubts);
        file.in_order()
    }

    /// Finds what is wrong with the whole rulebook.
    fn whole(
        &mut self,
        rulebook: Rulebook,
        origins: &Origins,
        locator: &Locator<'_>,
        doubts: bool,
    ) {
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
                self.stated = origins.attributes(&checked.rulebook);
                self.rulebook = Some(checked.rulebook);
            }
            Err(errors) => found.extend(errors),
        }
        // What the file leaves of what it inherits is its own business.
        found.retain(|one| match one.code {
            Code::UncitedStatement | Code::UnusedCriterion => origins.of(&one.path).is_some(),
            _ => true,
        });
        let reported = Reported::new(self.diagnostics.iter().filter(|one| one.is_error()));
        let located = found.into_iter().map(|one| locator.in_whole(one, origins));
        // What is not right by itself is not complained of once more for what comes of it.
        self.diagnostics
            .extend(located.filter(|one| !reported.has(one)));
    }

    fn with_diagnostics(diagnostics: Vec<Diagnostic>) -> Self {
        let file = RuleFile {
            diagnostics,
            ..RuleFile::default()
        };
        file.in_order()
    }

    /// With its diagnostics in the order of the text, and no rulebook if it has errors.
    fn in_order(mut self) -> Self {
        self.diagnostics
            .sort_by_key(|one| (one.span.start, one.code));
        self.diagnostics.dedup_by(|one, other| one.reads_as(other));
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            self.rulebook = None;
        }
        self
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

/// Leaves out that a table changes nothing where something within it is not right.
fn without_idle(diagnostics: &mut Vec<Diagnostic>) {
    let paths: BTreeSet<Path> = diagnostics.iter().map(|one| one.path.clone()).collect();
    diagnostics.retain(|one| {
        // What is within a table comes right behind it.
        let within = paths.range(one.path.then("/")..).next();
        let is_within = within.is_some_and(|path| path.below(&one.path).is_some());
        one.code != Code::ChangesNothing || !is_within
    });
}

/// The doubt about a rulebook that is called as the built-in one and is another.
fn borrowed(rulebook: &Rulebook) -> Option<Diagnostic> {
    let built_in = Rulebook::documents().ok()?;
    let is_other = rulebook.name == built_in.name && rulebook.hash() != built_in.hash();
    is_other.then(|| {
        Diagnostic::new(
            Code::BorrowedName,
            Path::default().key("name"),
            format!(
                "{} is the built-in rulebook, and this one is another",
                quoted(&rulebook.name)
            ),
            "give it a name of its own",
        )
    })
}
