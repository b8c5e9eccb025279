//! Rulebooks as their owners write them: files that may extend another rulebook.
//!
//! Owns the way from a text to a whole rulebook. One way for everybody: what judges
//! records and what looks for flaws reads the same.

mod cases;
mod draft;
mod extend;
mod finding;
mod schema;
mod shape;
mod structure;
mod text;

use std::collections::BTreeSet;

use toml::de::DeTable;

pub use self::cases::RuleCase;
use self::cases::case_flaws;
use self::draft::Draft;
use self::extend::{Origins, extended};
use self::finding::{Finder, Told};
pub use self::finding::{Finding, Lines};
pub use self::schema::schema;
use self::structure::structure;
pub use self::text::written;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::rulebook::codes::{Code, Severity};
use crate::rulebook::diagnostic::{Flaw, Spot};
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
    pub findings: Vec<Finding>,
    /// The attributes that this file states, by scorecard, characteristic and
    /// attribute.
    pub stated: Vec<(usize, usize, usize)>,
}

impl RuleFile {
    /// Reads a rulebook file and finds its errors, but not what only looks odd.
    ///
    /// ```
    /// use clientype::rulebook::file::RuleFile;
    ///
    /// let file = RuleFile::read("name = \"mine\"\nversion = \"1\"\nextend = \"documents\"\nscorcard = []\n");
    /// assert_eq!(file.findings[0].code.name(), "unknown-key");
    /// assert_eq!(file.findings[0].mend, "did you mean `scorecard`?");
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
            return RuleFile::with_findings(vec![Finding::not_toml(first, text)]);
        }
        let (places, mut flaws) = structure(table.get_ref());
        let finder = Finder {
            text,
            places: &places,
        };
        let in_file = |flaws: &[Flaw]| -> Vec<Finding> {
            flaws.iter().map(|flaw| finder.in_file(flaw)).collect()
        };
        let draft: Draft = match toml::from_str(text) {
            Ok(draft) => draft,
            // What the structure does not tell of, such as a number that is too long
            // behind a key that is none.
            Err(error) if flaws.is_empty() => {
                return RuleFile::with_findings(vec![Finding::not_toml(&error, text)]);
            }
            Err(_) => return RuleFile::with_findings(in_file(&flaws)),
        };
        let is_extending = draft.extend.as_deref() == Some(BUILT_IN);
        if !is_extending && (draft.extend.is_some() || places.has(&Spot::default().key("extend"))) {
            // It is not known what is inherited, so nothing is known of the whole.
            return RuleFile::with_findings(in_file(&flaws));
        }
        let base = is_extending.then(Rulebook::documents).and_then(Result::ok);
        let (rulebook, origins, more) = extended(&draft, base.as_ref(), &places);
        flaws.extend(more);
        without_idle(&mut flaws);
        let mut file = RuleFile {
            cases: cases::cases(&draft.cases, &finder),
            findings: in_file(&flaws),
            base,
            ..RuleFile::default()
        };
        file.whole(rulebook, &draft, &origins, &finder, doubts);
        file.in_order()
    }

    /// Finds what is wrong with the whole rulebook.
    fn whole(
        &mut self,
        rulebook: Rulebook,
        draft: &Draft,
        origins: &Origins,
        finder: &Finder<'_>,
        doubts: bool,
    ) {
        let is_sound = !self.findings.iter().any(Finding::is_error);
        let mut flaws = lint::words::word_flaws(&rulebook);
        match CheckedRulebook::new(rulebook) {
            Ok(checked) => {
                // Of what is not right anyway, nothing is in doubt.
                if doubts && is_sound {
                    flaws.extend(lint::reach::doubts(&checked));
                    flaws.extend(borrowed(&checked.rulebook));
                }
                flaws.extend(case_flaws(&draft.cases, &checked.rulebook));
                self.stated = origins.attributes(&checked.rulebook);
                self.rulebook = Some(checked.rulebook);
            }
            Err(errors) => flaws.extend(errors),
        }
        // What the file leaves of what it inherits is its own business.
        flaws.retain(|flaw| match flaw.code {
            Code::UncitedStatement | Code::UnusedCriterion => origins.of(&flaw.at).is_some(),
            _ => true,
        });
        let errors = Told::new(self.findings.iter().filter(|one| one.is_error()));
        for flaw in &flaws {
            let finding = finder.in_whole(flaw, origins);
            // What is not right by itself is not complained of once more for what comes
            // of it.
            if !errors.tell_of(&finding) {
                self.findings.push(finding);
            }
        }
    }

    fn with_findings(findings: Vec<Finding>) -> Self {
        let file = RuleFile {
            findings,
            ..RuleFile::default()
        };
        file.in_order()
    }

    /// With its findings in the order of the text, and no rulebook if it has errors.
    fn in_order(mut self) -> Self {
        self.findings
            .sort_by_key(|finding| (finding.place.start, finding.code));
        self.findings.dedup();
        if self.findings.iter().any(Finding::is_error) {
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
        let first = self.findings.into_iter().find(Finding::is_error);
        let Some(first) = first else {
            let unread = || Error::new(ErrorKind::Rulebook, "it is no rulebook");
            return self.rulebook.ok_or_else(unread);
        };
        let mut advice = first.mend;
        if errors > 1 {
            advice += &format!(" (and {} more: clientype rules check)", errors - 1);
        }
        let (line, character) = Lines::of(text).place(first.place.start);
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
        let errors = self.findings.iter().filter(|one| one.is_error());
        let errors = errors.count();
        (errors, self.findings.len() - errors)
    }
}

impl Finding {
    /// Whether the rulebook cannot be used for it.
    pub fn is_error(&self) -> bool {
        self.code.severity() == Severity::Error
    }
}

/// Leaves out that a table changes nothing where something within it is not right.
fn without_idle(flaws: &mut Vec<Flaw>) {
    let spots: BTreeSet<Spot> = flaws.iter().map(|flaw| flaw.at.clone()).collect();
    flaws.retain(|flaw| {
        // What is within a table comes right behind it.
        let within = spots.range(flaw.at.then("/")..).next();
        let is_within = within.is_some_and(|spot| spot.below(&flaw.at).is_some());
        flaw.code != Code::ChangesNothing || !is_within
    });
}

/// The doubt about a rulebook that is called as the built-in one and is another.
fn borrowed(rulebook: &Rulebook) -> Option<Flaw> {
    let built_in = Rulebook::documents().ok()?;
    let is_other = rulebook.name == built_in.name && rulebook.hash() != built_in.hash();
    is_other.then(|| {
        Flaw::new(
            Code::BorrowedName,
            Spot::default().key("name"),
            format!(
                "{} is the built-in rulebook, and this one is another",
                quoted(&rulebook.name)
            ),
            "give it a name of its own",
        )
    })
}
