//! The state that all expectations of a check share.
//!
//! Owns the results by rule, the findings, the columns whose texts are needed, and the
//! files opened so far.

use super::finding::{Code, Finding, Findings, Reason, Scope};
use super::watch::Watch;
use super::{Expectations, Row, Rule};
use crate::engine::compile::Rules;
use crate::engine::waterfall::Waterfall;
use crate::error::{Phrase, Setting};
use crate::rulebook::Criterion;
use crate::text::{grouped, visible};
use crate::value::Value;

/// At most this many reasons are given for a label.
const REASONS: usize = 2;

/// The state that the expectations of a check share.
pub(super) struct Context<'c> {
    pub(super) rules: &'c Rules,
    pub(super) findings: Findings,
    pub(super) results: Vec<Rule>,
    pub(super) files: Vec<String>,
    pub(super) notes: Vec<Phrase>,
    /// The columns whose texts are needed.
    pub(super) watch: Watch,
    /// The index of the key's column in `watch`.
    pub(super) key: Option<usize>,
}

/// A reference to a record, small enough to be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordRef {
    /// The number of the file, from 1.
    pub(super) file: u32,
    /// The number of the record within it, from 1.
    pub(super) record: u64,
}

impl<'c> Context<'c> {
    pub(super) fn new(rules: &'c Rules, expectations: &Expectations) -> Self {
        let mut watch = Watch::default();
        let key = expectations.key.as_ref();
        Context {
            rules,
            findings: Findings {
                levels: expectations.levels.clone(),
                most: expectations.max_findings.unwrap_or(100),
                ..Findings::default()
            },
            results: Vec::new(),
            files: Vec::new(),
            notes: Vec::new(),
            key: key.map(|key| watch.add(Setting::Key, key, false)),
            watch,
        }
    }

    /// Adds a rule, and returns its index.
    pub(super) fn rule(&mut self, setting: Setting, says: String) -> usize {
        self.results.push(Rule {
            setting,
            says,
            measured: None,
            errors: 0,
            warnings: 0,
            allowed: 0,
        });
        self.results.len() - 1
    }

    /// Sets what was measured for a rule.
    pub(super) fn measure(&mut self, rule: usize, measured: impl Into<Option<String>>) {
        self.results[rule].measured = measured.into();
    }

    /// The name of the key's column, as the current file spells it.
    pub(super) fn key_column(&self) -> Option<String> {
        self.key.map(|key| self.watch.name(key))
    }

    /// The key of a record, if it has one.
    pub(super) fn key(&self, row: &Row<'_>) -> Option<String> {
        key(row, self.key?)
    }

    /// The name of a scorecard.
    pub(super) fn scorecard(&self, card: usize) -> &'c str {
        &self.rules.rulebook().scorecards[card].name
    }

    /// A criterion.
    pub(super) fn criterion(&self, criterion: usize) -> &'c Criterion {
        &self.rules.rulebook().criteria[criterion]
    }

    /// Adds a note, unless it is there already.
    pub(super) fn note(&mut self, note: Phrase) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Adds a finding about a record. `fill` sets the fields that are not known here.
    pub(super) fn find(
        &mut self,
        row: &mut Row<'_>,
        code: Code,
        rule: usize,
        fill: impl FnOnce(&mut Finding),
    ) {
        self.find_of(row, code, rule, false, |finding, _| fill(finding));
    }

    /// Adds a finding about the label of a record, with the reasons for it. If it is
    /// `tolerated`, it is only a warning.
    pub(super) fn find_label(
        &mut self,
        row: &mut Row<'_>,
        card: usize,
        code: Code,
        rule: usize,
        tolerated: bool,
        fill: impl FnOnce(&mut Finding),
    ) {
        let rulebook = self.rules.rulebook();
        self.find_of(row, code, rule, tolerated, |finding, row| {
            // Only what counted is needed, not the values that were read.
            let value = |_: &str| Value::Missing;
            let waterfall = Waterfall::new(rulebook, card, row.evaluation(0), value);
            let reasons = waterfall
                .applied()
                .take(REASONS)
                .map(|(of, attribute)| Reason {
                    criterion: of.criterion.to_owned(),
                    points: attribute.partial_score,
                    reason_code: attribute.reason_code.clone(),
                    reason: attribute.reason.clone(),
                });
            finding.reasons = reasons.collect();
            finding.subject = Some(rulebook.scorecards[card].name.clone());
            fill(finding);
        });
    }

    fn find_of(
        &mut self,
        row: &mut Row<'_>,
        code: Code,
        rule: usize,
        tolerated: bool,
        fill: impl FnOnce(&mut Finding, &mut Row<'_>),
    ) {
        let needed = self.key;
        let of = (rule, &mut self.results[rule]);
        self.findings
            .add(of, code, Scope::Record, tolerated, |finding| {
                finding.place = row.place();
                finding.key = needed.and_then(|needed| key(row, needed)).map(cut);
                fill(finding, row);
                finding.found = finding.found.take().map(cut);
            });
    }

    /// Adds a finding that is not about a record of these inputs. `fill` sets all its fields.
    pub(super) fn find_about(
        &mut self,
        scope: Scope,
        code: Code,
        rule: usize,
        fill: impl FnOnce(&mut Finding),
    ) {
        let of = (rule, &mut self.results[rule]);
        self.findings.add(of, code, scope, false, fill);
    }

    /// Adds a finding about a record of a related file. If it is `tolerated`, it is only a
    /// warning.
    pub(super) fn find_orphan(
        &mut self,
        rule: usize,
        tolerated: bool,
        fill: impl FnOnce(&mut Finding),
    ) {
        let of = (rule, &mut self.results[rule]);
        let code = Code::RelatedOrphan;
        self.findings
            .add(of, code, Scope::Record, tolerated, |finding| {
                fill(finding);
                finding.found = finding.found.take().map(cut);
            });
    }

    /// A reference to a record.
    pub(super) fn reference(&self, row: &Row<'_>) -> RecordRef {
        RecordRef {
            // Nobody passes 2^32 files.
            file: self.files.len() as u32,
            record: row.number(),
        }
    }

    /// Another record in words, with its file if that is not the current one.
    pub(super) fn in_words(&self, record: RecordRef) -> String {
        let number = grouped(record.record);
        let (file, files) = (record.file as usize, self.files.len());
        match file.checked_sub(1).and_then(|place| self.files.get(place)) {
            Some(name) if file != files => {
                format!("record {number} of {}", visible(name))
            }
            _ => format!("record {number}"),
        }
    }
}

/// `text`, cut to at most 200 characters.
fn cut(text: String) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The key of a record: its text in the key's column, if not blank.
fn key(row: &Row<'_>, needed: usize) -> Option<String> {
    let key = row.text(needed).map(str::trim);
    key.filter(|key| !key.is_empty()).map(str::to_owned)
}
