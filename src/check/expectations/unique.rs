//! Each value of a column occurs once.

use super::Expectations;
use super::seen::Seen;
use crate::check::Row;
use crate::check::context::{Context, Detail};
use crate::check::finding::Code;
use crate::check::share::counts;
use crate::error::Setting;
use crate::text::quoted;

/// A column whose values are unique.
pub(in crate::check) struct Unique {
    rule: usize,
    name: String,
    column: usize,
    seen: Seen,
    repeated: u64,
}

impl Unique {
    pub(super) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Vec<Self> {
        let mut all: Vec<Unique> = Vec::new();
        for name in &expectations.unique {
            if all.iter().all(|other| other.name != *name) {
                let says = format!("{} is unique", quoted(name));
                all.push(Unique {
                    rule: context.rule(Setting::Unique, says),
                    name: name.clone(),
                    column: context.need(Setting::Unique, name),
                    seen: Seen::default(),
                    repeated: 0,
                });
            }
        }
        all
    }

    pub(super) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) {
        let text = row.text(self.column).map(str::trim).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        let Some(first) = self.seen.insert(text, context.reference(row)) else {
            return;
        };
        self.repeated += 1;
        let (text, other) = (text.to_owned(), context.in_words(first));
        let column = context.column(self.column);
        context.find(row, Code::DuplicateValue, self.rule, || Detail {
            message: format!("{} is there twice: {other} has it too", quoted(&text)),
            column: Some(column),
            found: Some(text),
            expected: "a value that no other record has".into(),
            ..Detail::default()
        });
    }

    pub(super) fn end(&self, context: &mut Context<'_>) {
        context.measure(self.rule, counts(&[(self.repeated, "there already")]));
    }
}
