//! Each record states a criterion, and it is understood.

use super::{Expectations, resolve};
use crate::check::Row;
use crate::check::context::{Context, Detail};
use crate::check::finding::Code;
use crate::check::share::counts;
use crate::error::{Phrase, Result, Setting};
use crate::run::Opened;
use crate::text::quoted;
use crate::value::Value;

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
    pub(super) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Result<Vec<Self>> {
        let rules = context.rules;
        let criteria = resolve::required(rules, &expectations.require)?.into_iter();
        let all = criteria.map(|criterion| {
            let name = &rules.rulebook().criteria[criterion].name;
            Required {
                rule: context.rule(
                    Setting::Require,
                    format!("{name} is filled in and understood"),
                ),
                criterion,
                column: None,
                is_absent: false,
                missing: 0,
                not_understood: 0,
            }
        });
        Ok(all.collect())
    }

    pub(super) fn open(&mut self, opened: &Opened<'_>, context: &mut Context<'_>) {
        let (rules, criterion) = (context.rules, self.criterion);
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
            let detail = Detail {
                subject: Some(name.clone()),
                expected: Phrase::from(format!("a column that feeds {name}; "))
                    .map(name, "COLUMN")
                    .text(" names it"),
                message: format!("no column feeds {name}"),
                ..Detail::default()
            };
            let file = Some(opened.file);
            context.find_whole(Code::RequiredColumnMissing, self.rule, file, detail);
        }
    }

    pub(super) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) {
        let (rules, criterion) = (context.rules, self.criterion);
        let value = row.value(0, criterion);
        if self.is_absent || value.is_known() {
            return;
        }
        let of = &rules.rulebook().criteria[criterion];
        if value == Value::NotRecognized {
            self.not_understood += 1;
            let is_of = |from: usize| from == criterion || rules.gives(from, criterion);
            let unread = row.unrecognized().find(|unread| is_of(unread.criterion));
            let unread = unread.cloned();
            let column = unread.as_ref().map(|one| one.column.clone());
            let column = column.or_else(|| self.column.clone());
            let text = unread.map(|unread| unread.text);
            context.find(row, Code::RequiredNotUnderstood, self.rule, || Detail {
                message: match &text {
                    Some(text) => format!("{} is not understood as {}", quoted(text), of.name),
                    None => format!("{} is not understood", of.name),
                },
                column,
                subject: Some(of.name.clone()),
                found: text,
                expected: of.would_be_understood(),
                ..Detail::default()
            });
        } else {
            self.missing += 1;
            context.find(row, Code::RequiredMissing, self.rule, || Detail {
                column: self.column.clone(),
                subject: Some(of.name.clone()),
                expected: of.would_be_understood(),
                message: format!("{} is not filled in", of.name),
                ..Detail::default()
            });
        }
    }

    pub(super) fn end(&self, context: &mut Context<'_>) {
        let lacking = [
            (self.missing, "not filled in"),
            (self.not_understood, "not understood"),
        ];
        context.measure(self.rule, counts(&lacking));
    }
}
