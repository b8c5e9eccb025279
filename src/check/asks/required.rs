//! `--require`: each record says something of a criterion, and it is understood.

use crate::check::asked;
use crate::check::asked::Asked;
use crate::check::desk::{Desk, Found};
use crate::check::finding::Code;
use crate::engine::bins::Bin;
use crate::error::Result;
use crate::pipeline::{Inspected, Opened};
use crate::text::{grouped, quoted};

/// A criterion that is required.
pub(in crate::check) struct Required {
    rule: usize,
    criterion: usize,
    /// The column that feeds it in the file at hand.
    column: Option<String>,
    /// No column of that file can.
    is_absent: bool,
    missing: u64,
    not_understood: u64,
}

impl Required {
    pub(super) fn all(asked: &Asked, desk: &mut Desk<'_>) -> Result<Vec<Self>> {
        let rules = desk.rules;
        let criteria = asked::required(rules, &asked.require)?.into_iter();
        let all = criteria.map(|criterion| {
            let name = &rules.rulebook().criteria[criterion].name;
            Required {
                rule: desk.rule("--require", format!("{name} is filled in and understood")),
                criterion,
                column: None,
                is_absent: false,
                missing: 0,
                not_understood: 0,
            }
        });
        Ok(all.collect())
    }

    pub(super) fn opens(&mut self, opened: &Opened<'_>, desk: &mut Desk<'_>) {
        let (rules, criterion) = (desk.rules, self.criterion);
        let may_feed = opened.may_feed(rules);
        let dates = (0..may_feed.len()).filter(|from| rules.gives(*from, criterion));
        let sources: Vec<usize> = std::iter::once(criterion).chain(dates).collect();
        let column_of = |source: &usize| {
            let mut columns = opened.names.iter().zip(&opened.mapping.feeds);
            let fed = columns.find(|(_, feeds)| feeds.iter().any(|feed| feed.criterion == *source));
            fed.map(|(name, _)| name.clone())
        };
        self.column = sources.iter().find_map(column_of);
        self.is_absent = sources.iter().all(|source| !may_feed[*source]);
        if self.is_absent {
            let name = &rules.rulebook().criteria[criterion].name;
            let found = Found {
                column: None,
                subject: Some(name.clone()),
                found: None,
                expected: format!("a column that feeds {name}; --map {name}=COLUMN names it"),
                says: format!("no column feeds {name}"),
            };
            let file = Some(opened.file);
            desk.find_whole(Code::RequiredColumnMissing, self.rule, file, found);
        }
    }

    pub(super) fn inspect(&mut self, record: &mut Inspected<'_>, desk: &mut Desk<'_>) {
        let (rules, criterion) = (desk.rules, self.criterion);
        let bin = record.bin(criterion);
        if self.is_absent || bin.is_known() {
            return;
        }
        let of = &rules.rulebook().criteria[criterion];
        if bin == Bin::NOT_UNDERSTOOD {
            self.not_understood += 1;
            let is_of = |from: usize| from == criterion || rules.gives(from, criterion);
            let unread = record.unread().find(|unread| is_of(unread.criterion));
            let unread = unread.cloned();
            let column = unread.as_ref().map(|one| one.column.clone());
            let column = column.or_else(|| self.column.clone());
            let text = unread.map(|unread| unread.text);
            desk.find(record, Code::RequiredNotUnderstood, self.rule, None, || {
                Found {
                    says: match &text {
                        Some(text) => format!("{} is not understood as {}", quoted(text), of.name),
                        None => format!("{} is not understood", of.name),
                    },
                    column,
                    subject: Some(of.name.clone()),
                    found: text,
                    expected: of.would_be_understood().to_string(),
                }
            });
        } else {
            self.missing += 1;
            desk.find(record, Code::RequiredMissing, self.rule, None, || Found {
                column: self.column.clone(),
                subject: Some(of.name.clone()),
                found: None,
                expected: of.would_be_understood().to_string(),
                says: format!("{} is not filled in", of.name),
            });
        }
    }

    pub(super) fn ends(&self, desk: &mut Desk<'_>) {
        let counts = [
            (self.missing, "not filled in"),
            (self.not_understood, "not understood"),
        ];
        let lacks = counts.iter().filter(|(count, _)| *count > 0);
        let lacks: Vec<String> = lacks
            .map(|(count, what)| format!("{} {what}", grouped(*count)))
            .collect();
        desk.told[self.rule].measured = (!lacks.is_empty()).then(|| lacks.join(", "));
    }
}
