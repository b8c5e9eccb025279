//! Expectations that values are understood: those of required criteria, or all values.

use super::Expectations;
use crate::check::context::Context;
use crate::check::finding::{Code, Scope};
use crate::check::share::counts;
use crate::check::{Row, usage};
use crate::columns::{Why, no_criterion};
use crate::error::{Help, Phrase, Result, Setting};
use crate::run::Opened;
use crate::text::quoted;
use crate::value::Value;

/// A criterion that is required.
pub(crate) struct Required {
    rule: usize,
    criterion: usize,
    /// The column that feeds it in the current file.
    column: Option<String>,
    /// No column of the current file can feed it.
    is_absent: bool,
    missing: u64,
    not_understood: u64,
}

impl Required {
    pub(crate) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Result<Vec<Self>> {
        let rules = context.rules;
        let mut all: Vec<Required> = Vec::new();
        for name in &expectations.require {
            let criterion = rules.criterion(name);
            let criterion = criterion.ok_or_else(|| {
                let option = Phrase::default().set(Setting::Require, name);
                no_criterion(rules, option, name)
            })?;
            if !rules.can_read(criterion) {
                let found = format!("names {name}, which cannot be read without ");
                let found = Phrase::from(found).setting(Setting::Own);
                let expected = "the names or domains of our own organization, to compare it with";
                let help = Help::set("name them", Setting::Own, "NAME_OR_DOMAIN");
                return Err(usage(Setting::Require, found, expected).help(help));
            }
            if all.iter().all(|other| other.criterion != criterion) {
                let says = format!("{name} is filled in and understood");
                all.push(Required {
                    rule: context.rule(Setting::Require, says),
                    criterion,
                    column: None,
                    is_absent: false,
                    missing: 0,
                    not_understood: 0,
                });
            }
        }
        Ok(all)
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
            context.find_about(
                Scope::All,
                Code::RequiredColumnMissing,
                self.rule,
                |finding| {
                    let feeds = Phrase::from(format!("a column that feeds {name}; to name it: "));
                    finding.place.file = Some(opened.file.to_owned());
                    finding.subject = Some(name.clone());
                    finding.expected = feeds.map(name, "COLUMN");
                    finding.message = format!("no column feeds {name}");
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
            context.find(row, Code::RequiredNotUnderstood, self.rule, |finding| {
                finding.message = match &text {
                    Some(text) => format!("{} is not understood as {}", quoted(text), of.name),
                    None => format!("{} is not understood", of.name),
                };
                finding.column = column;
                finding.subject = Some(of.name.clone());
                finding.found = text;
                finding.expected = of.would_be_understood();
            });
        } else {
            self.missing += 1;
            context.find(row, Code::RequiredMissing, self.rule, |finding| {
                finding.column.clone_from(&self.column);
                finding.subject = Some(of.name.clone());
                finding.expected = of.would_be_understood();
                finding.message = format!("{} is missing", of.name);
            });
        }
    }

    pub(crate) fn end(&self, context: &mut Context<'_>) {
        let lacking = [
            (self.missing, "missing"),
            (self.not_understood, "not understood"),
        ];
        context.measure(self.rule, counts(&lacking));
    }
}

/// The expectation that every value is understood.
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

    /// Reports columns that are ignored because nothing in them is understood.
    pub(crate) fn open(&self, opened: &Opened<'_>, context: &mut Context<'_>) {
        for (column, why) in opened.names.iter().zip(&opened.mapping.unused) {
            let criterion = match why {
                Some(Why::NotUnderstood(of) | Why::Numbers(of) | Why::TooLong(of)) => *of,
                _ => continue,
            };
            let of = context.criterion(criterion);
            let (name, shown) = (&of.name, quoted(column));
            context.find_about(
                Scope::All,
                Code::ColumnNotUnderstood,
                self.rule,
                |finding| {
                    let understood = of.would_be_understood();
                    let otherwise = understood.text("; if it is something else: ");
                    finding.place.file = Some(opened.file.to_owned());
                    finding.message =
                        format!("nothing in {shown} is understood as {name}, so it is ignored");
                    finding.column = Some(column.clone());
                    finding.subject = Some(name.clone());
                    finding.expected = otherwise.map(name, "");
                },
            );
        }
    }

    pub(crate) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) {
        let unread: Vec<_> = row.unrecognized().cloned().collect();
        for unread in unread {
            self.unread += 1;
            let of = context.criterion(unread.criterion);
            context.find(row, Code::ValueNotUnderstood, self.rule, |finding| {
                let text = quoted(&unread.text);
                finding.message = format!("{text} is not understood as {}", of.name);
                finding.column = Some(unread.column);
                finding.subject = Some(of.name.clone());
                finding.found = Some(unread.text);
                finding.expected = of.would_be_understood();
            });
        }
    }

    pub(crate) fn end(&self, context: &mut Context<'_>) {
        context.measure(self.rule, counts(&[(self.unread, "not understood")]));
    }
}
