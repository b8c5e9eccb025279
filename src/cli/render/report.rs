//! The outcome of a check, as all reports share it.
//!
//! Owns the words for its parts, and those of the command line for its options.

use crate::check::{Checked, Code, Finding, Matched, Rule, Severity};
use crate::engine::compile::Rules;
use crate::error::Place;
use crate::text::grouped;

use crate::cli::overview::Overview;
use crate::cli::wording;

/// What there is to report.
pub(in crate::cli) struct Report<'r> {
    /// What was found; none if it did not come to that.
    pub(in crate::cli) checked: Option<&'r Checked>,
    /// Why it could not be judged, if so, and where.
    pub(super) error: Option<(String, Place)>,
    pub(in crate::cli) overview: Option<Overview<'r>>,
    /// Remarks on how it was judged.
    pub(super) notes: Vec<String>,
    /// The rulebook by which it was judged: its name, version and hash.
    pub(super) rulebook: Option<[String; 3]>,
}

impl<'r> Report<'r> {
    /// A report on what was `checked`, with a summary if that is `asked`.
    pub(in crate::cli) fn of(rules: &'r Rules, checked: &'r Checked, asked: bool) -> Self {
        let error = checked.error.as_ref();
        let is_whole = asked && error.is_none();
        let rulebook = rules.rulebook();
        Report {
            checked: Some(checked),
            error: error.map(|error| {
                (
                    error.worded(wording::part_without_rejects),
                    error.place().clone(),
                )
            }),
            overview: is_whole.then(|| Overview::new(rules, &checked.summary)),
            notes: checked.notes.iter().map(wording::phrase).collect(),
            rulebook: Some([
                rulebook.name.clone(),
                rulebook.version.clone(),
                rulebook.hash(),
            ]),
        }
    }

    /// A report that nothing was judged.
    pub(in crate::cli) fn of_error(error: String) -> Self {
        Report {
            checked: None,
            error: Some((error, Place::default())),
            overview: None,
            notes: Vec::new(),
            rulebook: None,
        }
    }

    pub(super) fn passed(&self) -> bool {
        self.error.is_none() && self.checked.is_some_and(Checked::passed)
    }

    pub(in crate::cli) fn exit_code(&self) -> u8 {
        match (&self.error, self.passed()) {
            (Some(_), _) => 2,
            (None, false) => 1,
            (None, true) => 0,
        }
    }

    pub(super) fn records(&self) -> u64 {
        self.checked.map_or(0, |checked| checked.records)
    }

    pub(super) fn files(&self) -> &'r [String] {
        self.checked.map_or(&[], |checked| &checked.files)
    }

    pub(super) fn rules(&self) -> &'r [Rule] {
        self.checked.map_or(&[], |checked| &checked.rules)
    }

    pub(super) fn findings(&self) -> &'r [Finding] {
        self.checked.map_or(&[], |checked| &checked.findings)
    }

    pub(super) fn baseline(&self) -> Option<&'r Matched> {
        self.checked.and_then(|checked| checked.baseline.as_ref())
    }

    /// By code, errors and warnings.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Code, [u64; 2])> {
        let counts = self.checked.map(|checked| checked.counts.iter());
        counts.into_iter().flatten().map(|(code, of)| (*code, *of))
    }

    /// How many findings are errors, and how many warnings.
    pub(super) fn totals(&self) -> [u64; 2] {
        self.checked.map_or([0, 0], Checked::totals)
    }

    /// True if warnings fail it too.
    pub(super) fn fails_on_warnings(&self) -> bool {
        self.checked
            .is_some_and(|checked| checked.fail_on == Severity::Warning)
    }

    /// How many findings are not shown.
    pub(super) fn hidden(&self) -> u64 {
        self.totals().iter().sum::<u64>() - self.findings().len() as u64
    }

    /// How it came out, in a word.
    pub(super) fn outcome(&self) -> &'static str {
        match self.exit_code() {
            0 => "passed",
            1 => "failed",
            _ => "not judged",
        }
    }

    /// What was judged and what was found, in a line.
    pub(super) fn headline(&self) -> String {
        let files = match self.files() {
            [] => String::new(),
            [file] => format!("{}: ", crate::text::visible(file)),
            files => format!("{} files: ", grouped(files.len() as u64)),
        };
        let [errors, warnings] = self.totals();
        let mut parts = vec![counted(self.records(), "record")];
        if errors > 0 {
            parts.push(counted(errors, "error"));
        }
        if warnings > 0 {
            parts.push(counted(warnings, "warning"));
        }
        format!("{files}{}", parts.join(", "))
    }
}

/// How an expectation came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Met,
    /// Findings that are allowed speak against it.
    Allowed,
    Warned,
    Failed,
    /// It could not be judged.
    NotJudged,
}

impl Report<'_> {
    pub(super) fn status(&self, rule: &Rule) -> Status {
        let fails = rule.errors > 0 || self.fails_on_warnings() && rule.warnings > 0;
        match fails {
            _ if self.error.is_some() => Status::NotJudged,
            true => Status::Failed,
            false if rule.warnings > 0 => Status::Warned,
            false if rule.allowed > 0 => Status::Allowed,
            false => Status::Met,
        }
    }
}

/// A number of things, in words.
pub(super) fn counted(number: u64, what: &str) -> String {
    crate::cli::report::count(number, what)
}

/// A reason, in words: `+3 contract-signed`.
pub(super) fn reasons(finding: &Finding) -> String {
    let reasons = finding.reasons.iter();
    let reasons = reasons.map(|reason| format!("{} {:+}", reason.reason_code, reason.points));
    reasons.collect::<Vec<_>>().join(", ")
}

/// What was expected instead of a finding.
pub(super) fn expected(finding: &Finding) -> String {
    wording::phrase(&finding.expected)
}

/// All of a finding but its file and line, on a line.
pub(super) fn sentence(finding: &Finding) -> String {
    let about = about(finding);
    let about = match about.is_empty() {
        true => about,
        false => format!("{about}: "),
    };
    let mut sentence = format!(
        "{about}{}; expected: {}",
        finding.message,
        expected(finding)
    );
    if !finding.reasons.is_empty() {
        sentence.push_str(&format!("; {}", reasons(finding)));
    }
    sentence
}

/// Where a finding is: `customers.csv:17`.
pub(super) fn place(finding: &Finding) -> Option<String> {
    let place = &finding.place;
    let file = crate::text::visible(place.file.as_deref()?);
    Some(match place.line {
        Some(line) => format!("{file}:{line}"),
        None => file.into_owned(),
    })
}

/// Which record it is about: its row in a workbook, its number, its key and its column.
pub(super) fn about(finding: &Finding) -> String {
    let mut parts = Vec::new();
    if let (Some(row), Some(sheet)) = (finding.place.row, &finding.place.sheet) {
        parts.push(format!("sheet {}, row {row}", crate::text::quoted(sheet)));
    }
    if let Some(record) = finding.place.record {
        parts.push(format!("record {}", grouped(record)));
    }
    if let Some(key) = &finding.key {
        parts.push(format!("key {}", crate::text::quoted(key)));
    }
    if let Some(column) = &finding.column {
        parts.push(format!("column {}", crate::text::quoted(column)));
    }
    parts.join(", ")
}
