//! What a record says is understood: of the criteria that are required, or all of it.

use super::{Expectations, resolve};
use crate::check::Row;
use crate::check::context::Context;
use crate::check::finding::{Code, Finding, Scope};
use crate::check::share::counts;
use crate::columns::Why;
use crate::error::{Phrase, Result, Setting};
use crate::run::Opened;
use crate::text::quoted;
use crate::value::Value;

/// A criterion that is required.
pub(crate) struct Required {
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
    pub(crate) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Result<Vec<Self>> {
        let rules = context.rules;
        let criteria = resolve::required(rules, &expectations.require)?.into_iter();
        let all = criteria.map(|criterion| {
            let says = &context.criterion(criterion).name;
            let says = format!("{says} is filled in and understood");
            Required {
                rule: context.rule(Setting::Require, says),
                criterion,
                column: None,
                is_absent: false,
                missing: 0,
                not_understood: 0,
            }
        });
        Ok(all.collect())
    }

    pub(crate) fn open(&mut self, opened: &Opened<'_>, context: &mut Context<'_>) {
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
            let name = &context.criterion(criterion).name;
            context.add(
                Scope::All,
                Code::RequiredColumnMissing,
                self.rule,
                false,
                |mut blank| {
                    blank.place.file = Some(opened.file.to_owned());
                    Finding {
                        subject: Some(name.clone()),
                        expected: Phrase::from(format!("a column that feeds {name}; "))
                            .map(name, "COLUMN")
                            .text(" names it"),
                        message: format!("no column feeds {name}"),
                        ..blank
                    }
                },
            );
        }
    }

    pub(crate) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) {
        let (rules, criterion) = (context.rules, self.criterion);
        let value = row.value(0, criterion);
        if self.is_absent || value.is_known() {
            return;
        }
        let of = context.criterion(criterion);
        if value == Value::NotRecognized {
            self.not_understood += 1;
            let is_of = |from: usize| from == criterion || rules.gives(from, criterion);
            let unread = row.unrecognized().find(|unread| is_of(unread.criterion));
            let unread = unread.cloned();
            let column = unread.as_ref().map(|one| one.column.clone());
            let column = column.or_else(|| self.column.clone());
            let text = unread.map(|unread| unread.text);
            context.find(row, Code::RequiredNotUnderstood, self.rule, |blank| {
                Finding {
                    message: match &text {
                        Some(text) => format!("{} is not understood as {}", quoted(text), of.name),
                        None => format!("{} is not understood", of.name),
                    },
                    column,
                    subject: Some(of.name.clone()),
                    found: text,
                    expected: of.would_be_understood(),
                    ..blank
                }
            });
        } else {
            self.missing += 1;
            context.find(row, Code::RequiredMissing, self.rule, |blank| Finding {
                column: self.column.clone(),
                subject: Some(of.name.clone()),
                expected: of.would_be_understood(),
                message: format!("{} is not filled in", of.name),
                ..blank
            });
        }
    }

    pub(crate) fn end(&self, context: &mut Context<'_>) {
        let lacking = [
            (self.missing, "not filled in"),
            (self.not_understood, "not understood"),
        ];
        context.measure(self.rule, counts(&lacking));
    }
}

/// No value may be left unread.
pub(crate) struct UnreadValues {
    rule: usize,
    unread: u64,
}

impl UnreadValues {
    pub(crate) fn new(expectations: &Expectations, context: &mut Context<'_>) -> Option<Self> {
        expectations.no_unread_values.then(|| UnreadValues {
            rule: context.rule(
                Setting::NoUnreadValues,
                "every value is understood".to_owned(),
            ),
            unread: 0,
        })
    }

    /// Looks for columns that are not read since nothing in them is understood.
    pub(crate) fn open(&self, opened: &Opened<'_>, context: &mut Context<'_>) {
        for (column, why) in opened.names.iter().zip(&opened.mapping.unused) {
            let criterion = match why {
                Some(Why::NotUnderstood(of) | Why::Numbers(of) | Why::TooLong(of)) => *of,
                _ => continue,
            };
            let of = context.criterion(criterion);
            let (name, shown) = (&of.name, quoted(column));
            context.add(
                Scope::All,
                Code::ColumnNotUnderstood,
                self.rule,
                false,
                |mut blank| {
                    blank.place.file = Some(opened.file.to_owned());
                    let understood = of.would_be_understood().text("; ");
                    Finding {
                        message: format!(
                            "nothing in {shown} is understood as {name}, so it is not read"
                        ),
                        column: Some(column.clone()),
                        subject: Some(name.clone()),
                        expected: understood.map(name, "").text(" says that it is none"),
                        ..blank
                    }
                },
            );
        }
    }

    pub(crate) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) {
        let unread: Vec<_> = row.unrecognized().cloned().collect();
        for unread in unread {
            self.unread += 1;
            let of = context.criterion(unread.criterion);
            context.find(row, Code::ValueNotUnderstood, self.rule, |blank| Finding {
                message: format!("{} is not understood as {}", quoted(&unread.text), of.name),
                column: Some(unread.column),
                subject: Some(of.name.clone()),
                found: Some(unread.text),
                expected: of.would_be_understood(),
                ..blank
            });
        }
    }

    pub(crate) fn end(&self, context: &mut Context<'_>) {
        context.measure(self.rule, counts(&[(self.unread, "not")]));
    }
}
