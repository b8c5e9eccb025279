//! Where whatever is asked lays down what it finds.
//!
//! Owns what all of it shares: the rules as they are told, the findings, the columns that
//! have to be heard, and the files so far.

use super::finding::{Code, Finding, Findings, Reason};
use super::{Asked, Rule};
use crate::engine::compile::Rules;
use crate::engine::evaluate::Evidence;
use crate::error::{Place, Setting};
use crate::judge::Watched;
use crate::pipeline::Inspected;
use crate::text::grouped;

/// So many reasons are told of a label.
const REASONS: usize = 2;

/// What is shared by all that is asked.
pub(super) struct Desk<'c> {
    pub(super) rules: &'c Rules,
    pub(super) findings: Findings,
    pub(super) told: Vec<Rule>,
    pub(super) files: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) watched: Vec<Watched>,
    /// The same, as the file at hand spells them.
    columns: Vec<String>,
    /// The place of the key's column among those, and its name.
    pub(super) key: Option<(usize, String)>,
}

/// What is found in one place.
#[derive(Default)]
pub(super) struct Found {
    pub(super) column: Option<String>,
    /// The scorecard or the criterion.
    pub(super) subject: Option<String>,
    pub(super) found: Option<String>,
    pub(super) expected: String,
    pub(super) says: String,
}

/// Where a record is, to be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    /// The file: so many were opened.
    file: u32,
    record: u64,
}

#[cfg(test)]
impl At {
    /// A record of the first file.
    pub(super) fn of_test(record: u64) -> Self {
        At { file: 1, record }
    }
}

impl<'c> Desk<'c> {
    pub(super) fn new(rules: &'c Rules, asked: &Asked) -> Self {
        let mut desk = Desk {
            rules,
            findings: Findings::new(asked.levels.clone(), asked.max_findings),
            told: Vec::new(),
            files: Vec::new(),
            notes: Vec::new(),
            watched: Vec::new(),
            columns: Vec::new(),
            key: None,
        };
        if let Some(key) = &asked.key {
            desk.key = Some((desk.watch(Setting::Key, key), key.clone()));
        }
        desk
    }

    /// Adds a rule, and returns its place.
    pub(super) fn rule(&mut self, flag: &'static str, says: String) -> usize {
        self.told.push(Rule {
            flag,
            says,
            measured: None,
            errors: 0,
            warnings: 0,
            allowed: 0,
        });
        self.told.len() - 1
    }

    /// Has a column heard that an option names; returns where.
    pub(super) fn watch(&mut self, setting: Setting, column: &str) -> usize {
        self.watched.push(Watched {
            setting,
            column: column.to_owned(),
            is_optional: false,
        });
        self.watched.len() - 1
    }

    /// Takes notice of the columns of an input.
    pub(super) fn opens(&mut self, file: &str, names: &[String]) {
        self.files.push(file.to_owned());
        let asked = self.watched.iter();
        self.columns = (asked.map(|one| crate::judge::named(&one.column, names))).collect();
    }

    /// The name of a column that is heard, as the file at hand spells it.
    pub(super) fn column(&self, watched: usize) -> String {
        let column = self.columns.get(watched);
        column.map_or_else(|| self.watched[watched].column.clone(), String::clone)
    }

    /// Tells something that is to be known, once.
    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The name of the key's column, as the file at hand spells it.
    pub(super) fn key_column(&self) -> Option<String> {
        self.key.as_ref().map(|(watched, _)| self.column(*watched))
    }

    /// What a record says in the column of its key, if it says anything.
    pub(super) fn key(&self, record: &Inspected<'_>) -> Option<String> {
        let (watched, _) = self.key.as_ref()?;
        key(record, *watched)
    }

    /// Adds a finding about a record; about its label on `card`, if one is given.
    pub(super) fn find(
        &mut self,
        record: &mut Inspected<'_>,
        code: Code,
        rule: usize,
        card: Option<usize>,
        make: impl FnOnce() -> Found,
    ) {
        self.find_unless(false, record, code, rule, card, make);
    }

    /// The same; `tolerated` says that it is no error in itself.
    pub(super) fn find_unless(
        &mut self,
        tolerated: bool,
        record: &mut Inspected<'_>,
        code: Code,
        rule: usize,
        card: Option<usize>,
        make: impl FnOnce() -> Found,
    ) {
        let (rules, watched) = (self.rules, self.key.as_ref().map(|(watched, _)| *watched));
        self.findings.add(code, rule, tolerated, |severity| {
            let Found {
                column,
                subject,
                found,
                expected,
                says,
            } = make();
            Finding {
                code,
                severity,
                rule,
                place: record.place(),
                key: watched.and_then(|watched| key(record, watched).map(cut)),
                column,
                subject,
                found: found.map(cut),
                expected,
                says,
                reasons: card.map_or(Vec::new(), |card| reasons(rules, card, record)),
            }
        });
    }

    /// Adds a finding about all records, or about a file.
    pub(super) fn find_whole(&mut self, code: Code, rule: usize, file: Option<&str>, found: Found) {
        self.findings.add_whole(code, rule, |severity| Finding {
            code,
            severity,
            rule,
            place: Place {
                file: file.map(str::to_owned),
                ..Place::default()
            },
            key: None,
            column: found.column,
            subject: found.subject,
            found: found.found,
            expected: found.expected,
            says: found.says,
            reasons: Vec::new(),
        });
    }

    /// Where a record is.
    pub(super) fn at(&self, record: &Inspected<'_>) -> At {
        At {
            // Nobody names as many files.
            file: self.files.len() as u32,
            record: record.number(),
        }
    }

    /// Another record, in words.
    pub(super) fn other(&self, at: At) -> String {
        let number = grouped(at.record);
        let (file, files) = (at.file as usize, self.files.len());
        match file.checked_sub(1).and_then(|place| self.files.get(place)) {
            Some(name) if file != files => {
                format!("record {number} of {}", crate::visible(name))
            }
            _ => format!("record {number}"),
        }
    }
}

/// What is told of a text, however long it is.
fn cut(text: String) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What a record says in the column of its key, if it says anything.
fn key(record: &Inspected<'_>, watched: usize) -> Option<String> {
    let key = record.text(watched);
    key.filter(|key| !key.is_empty()).map(str::to_owned)
}

/// The strongest reasons for the label of a record on a scorecard.
fn reasons(rules: &Rules, card: usize, record: &mut Inspected<'_>) -> Vec<Reason> {
    let evidence = &record.evaluation().evidence[card];
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
