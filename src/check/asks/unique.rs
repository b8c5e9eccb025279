//! `--unique`: no value of a column is there twice.

use super::seen::Seen;
use crate::check::asked::Asked;
use crate::check::desk::{Desk, Found};
use crate::check::finding::Code;
use crate::error::Setting;
use crate::pipeline::Inspected;
use crate::text::{grouped, quoted};

/// A column whose values are unique.
pub(in crate::check) struct Unique {
    rule: usize,
    column: String,
    watched: usize,
    seen: Seen,
    twins: u64,
}

impl Unique {
    pub(super) fn all(asked: &Asked, desk: &mut Desk<'_>) -> Vec<Self> {
        let mut all: Vec<Unique> = Vec::new();
        for column in &asked.unique {
            if all.iter().all(|other| other.column != *column) {
                all.push(Unique {
                    rule: desk.rule("--unique", format!("{} is unique", quoted(column))),
                    column: column.clone(),
                    watched: desk.watch(Setting::Unique, column),
                    seen: Seen::default(),
                    twins: 0,
                });
            }
        }
        all
    }

    pub(super) fn inspect(&mut self, record: &mut Inspected<'_>, desk: &mut Desk<'_>) {
        let text = record.text(self.watched).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        let Some(first) = self.seen.meets(text, desk.at(record)) else {
            return;
        };
        self.twins += 1;
        let (text, other) = (text.to_owned(), desk.other(first));
        let column = desk.column(self.watched);
        desk.find(record, Code::DuplicateValue, self.rule, None, || Found {
            says: format!("{} is there twice: {other} has it too", quoted(&text)),
            column: Some(column),
            subject: None,
            found: Some(text),
            expected: "a value that no other record has".to_owned(),
        });
    }

    pub(super) fn ends(&self, desk: &mut Desk<'_>) {
        let twins = self.twins;
        let told = (twins > 0).then(|| format!("{} there already", grouped(twins)));
        desk.told[self.rule].measured = told;
    }
}
