//! What all expectations of a check share.
//!
//! Owns the results by rule, the findings, the columns whose texts are needed, and the
//! files so far.

use super::finding::{Code, Finding, Findings, Reason, Scope};
use super::{Expectations, Row, Rule};
use crate::check::watch::Watched;
use crate::engine::compile::Rules;
use crate::engine::evaluate::Evidence;
use crate::error::{Phrase, Place, Setting};
use crate::text::grouped;

/// The reasons that are given for a label, at most.
const REASONS: usize = 2;

/// What the expectations of a check share.
pub(super) struct Context<'c> {
    pub(super) rules: &'c Rules,
    pub(super) findings: Findings,
    pub(super) results: Vec<Rule>,
    pub(super) files: Vec<String>,
    pub(super) notes: Vec<Phrase>,
    /// The columns whose texts are needed, as they were named.
    pub(super) columns: Vec<Watched>,
    /// The same, as the file at hand spells them.
    spelled: Vec<String>,
    /// The place of the key's column among those.
    pub(super) key: Option<usize>,
}

/// What a finding says, but for its code and its severity.
#[derive(Default)]
pub(super) struct Detail {
    pub(super) place: Place,
    pub(super) key: Option<String>,
    pub(super) column: Option<String>,
    /// The scorecard or the criterion.
    pub(super) subject: Option<String>,
    pub(super) found: Option<String>,
    pub(super) expected: Phrase,
    pub(super) message: String,
    /// The scorecard whose label needs reasons.
    pub(super) card: Option<usize>,
}

/// A record, to be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordRef {
    /// The number of the file, from 1.
    file: u32,
    record: u64,
}

#[cfg(test)]
impl RecordRef {
    /// A record of the first file.
    pub(super) fn of_test(record: u64) -> Self {
        RecordRef { file: 1, record }
    }
}

impl<'c> Context<'c> {
    pub(super) fn new(rules: &'c Rules, expectations: &Expectations) -> Self {
        let mut context = Context {
            rules,
            findings: Findings::new(expectations.levels.clone(), expectations.max_findings),
            results: Vec::new(),
            files: Vec::new(),
            notes: Vec::new(),
            columns: Vec::new(),
            spelled: Vec::new(),
            key: None,
        };
        let key = expectations.key.as_ref();
        context.key = key.map(|key| context.need(Setting::Key, key));
        context
    }

    /// Adds a rule, and returns its place.
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

    /// Has the texts of a column kept that a setting names. Returns the place by which
    /// [`Row::text`] knows it.
    pub(super) fn need(&mut self, setting: Setting, column: &str) -> usize {
        self.columns.push(Watched {
            setting,
            column: column.to_owned(),
            is_optional: false,
        });
        self.columns.len() - 1
    }

    /// Begins an input with these columns.
    pub(super) fn open(&mut self, file: &str, names: &[String]) {
        self.files.push(file.to_owned());
        let needed = self.columns.iter();
        self.spelled = (needed.map(|one| crate::check::watch::named(&one.column, names))).collect();
    }

    /// The name of a column that is needed, as the file at hand spells it.
    pub(super) fn column(&self, needed: usize) -> String {
        let column = self.spelled.get(needed);
        column.map_or_else(|| self.columns[needed].column.clone(), String::clone)
    }

    /// The name of the key's column, as the file at hand spells it.
    pub(super) fn key_column(&self) -> Option<String> {
        self.key.map(|key| self.column(key))
    }

    /// The key of a record, if it has one.
    pub(super) fn key(&self, row: &Row<'_>) -> Option<String> {
        key(row, self.key?)
    }

    /// The name of a scorecard.
    pub(super) fn scorecard(&self, card: usize) -> &'c str {
        &self.rules.rulebook().scorecards[card].name
    }

    /// Adds a note, once.
    pub(super) fn note(&mut self, note: Phrase) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Adds a finding about a record.
    pub(super) fn find(
        &mut self,
        row: &mut Row<'_>,
        code: Code,
        rule: usize,
        make: impl FnOnce() -> Detail,
    ) {
        self.find_unless(false, row, code, rule, make);
    }

    /// The same; `tolerated` says that it is no error in itself.
    pub(super) fn find_unless(
        &mut self,
        tolerated: bool,
        row: &mut Row<'_>,
        code: Code,
        rule: usize,
        make: impl FnOnce() -> Detail,
    ) {
        let (rules, needed) = (self.rules, self.key);
        let make = || {
            let detail = make();
            let reasons = (detail.card).map_or(Vec::new(), |card| reasons(rules, card, row));
            let detail = Detail {
                place: row.place(),
                key: needed.and_then(|needed| key(row, needed)).map(cut),
                found: detail.found.map(cut),
                ..detail
            };
            (detail, reasons)
        };
        self.add(Scope::Record, tolerated, code, rule, make);
    }

    /// Adds a finding about a record of another file, which the detail names.
    pub(super) fn find_elsewhere(
        &mut self,
        code: Code,
        rule: usize,
        make: impl FnOnce() -> Detail,
    ) {
        self.add(Scope::Record, false, code, rule, || (make(), Vec::new()));
    }

    /// Adds a finding about all records, or about a file.
    pub(super) fn find_whole(&mut self, code: Code, rule: usize, file: Option<&str>, of: Detail) {
        let mut detail = of;
        detail.place.file = file.map(str::to_owned);
        self.add(Scope::All, false, code, rule, || (detail, Vec::new()));
    }

    fn add(
        &mut self,
        scope: Scope,
        tolerated: bool,
        code: Code,
        rule: usize,
        make: impl FnOnce() -> (Detail, Vec<Reason>),
    ) {
        self.findings.add(code, rule, scope, tolerated, |severity| {
            let (detail, reasons) = make();
            Finding {
                code,
                severity,
                rule,
                place: detail.place,
                key: detail.key,
                column: detail.column,
                subject: detail.subject,
                found: detail.found,
                expected: detail.expected,
                message: detail.message,
                reasons,
            }
        });
    }

    /// A reference to a record.
    pub(super) fn reference(&self, row: &Row<'_>) -> RecordRef {
        RecordRef {
            // Nobody names as many files.
            file: self.files.len() as u32,
            record: row.number(),
        }
    }

    /// Another record, in words.
    pub(super) fn in_words(&self, record: RecordRef) -> String {
        let number = grouped(record.record);
        let (file, files) = (record.file as usize, self.files.len());
        match file.checked_sub(1).and_then(|place| self.files.get(place)) {
            Some(name) if file != files => {
                format!("record {number} of {}", crate::text::visible(name))
            }
            _ => format!("record {number}"),
        }
    }
}

/// The beginning of a text, however long it is.
fn cut(text: String) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The text of a record in the column of its key, if there is any.
fn key(row: &Row<'_>, needed: usize) -> Option<String> {
    let key = row.text(needed).map(str::trim);
    key.filter(|key| !key.is_empty()).map(str::to_owned)
}

/// The strongest reasons for the label of a record on a scorecard.
fn reasons(rules: &Rules, card: usize, row: &mut Row<'_>) -> Vec<Reason> {
    let evidence = &row.evaluation(0).evidence[card];
    let characteristics = &rules.rulebook().scorecards[card].characteristics;
    let strongest = rules.strongest(card).iter();
    let applied = strongest.filter(|&&(characteristic, attribute)| {
        evidence[characteristic] == Evidence::Applied(attribute as u16)
    });
    let reason = |&(characteristic, attribute): &(usize, usize)| {
        let of = &characteristics[characteristic];
        let attribute = &of.attributes[attribute];
        Reason {
            criterion: of.criterion.clone(),
            points: attribute.partial_score,
            reason_code: attribute.reason_code.clone(),
            reason: attribute.reason.clone(),
        }
    };
    applied.take(REASONS).map(reason).collect()
}
