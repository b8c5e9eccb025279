//! Each value in a column that is read is understood, and so is each column that would
//! be read.

use super::Expectations;
use crate::check::Row;
use crate::check::context::{Context, Detail};
use crate::check::finding::Code;
use crate::check::share::counts;
use crate::columns::Why;
use crate::error::Setting;
use crate::run::Opened;
use crate::text::quoted;

/// No value may be left unread.
pub(in crate::check) struct UnreadValues {
    rule: usize,
    unread: u64,
}

impl UnreadValues {
    pub(super) fn new(expectations: &Expectations, context: &mut Context<'_>) -> Option<Self> {
        expectations.no_unread_values.then(|| UnreadValues {
            rule: context.rule(
                Setting::NoUnreadValues,
                "every value is understood".to_owned(),
            ),
            unread: 0,
        })
    }

    /// Looks for columns that are not read since nothing in them is understood.
    pub(super) fn open(&mut self, opened: &Opened<'_>, context: &mut Context<'_>) {
        for (column, why) in opened.names.iter().zip(&opened.mapping.unused) {
            let criterion = match why {
                Some(Why::NotUnderstood(of) | Why::Numbers(of) | Why::TooLong(of)) => *of,
                _ => continue,
            };
            let of = &context.rules.rulebook().criteria[criterion];
            let (name, shown) = (&of.name, quoted(column));
            let detail = Detail {
                message: format!("nothing in {shown} is understood as {name}, so it is not read"),
                column: Some(column.clone()),
                subject: Some(name.clone()),
                expected: of
                    .would_be_understood()
                    .text("; ")
                    .map(name, "")
                    .text(" says that it is none"),
                ..Detail::default()
            };
            let file = Some(opened.file);
            context.find_whole(Code::ColumnNotUnderstood, self.rule, file, detail);
        }
    }

    pub(super) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) {
        let unread: Vec<_> = row.unrecognized().cloned().collect();
        for unread in unread {
            self.unread += 1;
            let of = &context.rules.rulebook().criteria[unread.criterion];
            context.find(row, Code::ValueNotUnderstood, self.rule, || Detail {
                message: format!("{} is not understood as {}", quoted(&unread.text), of.name),
                column: Some(unread.column),
                subject: Some(of.name.clone()),
                found: Some(unread.text),
                expected: of.would_be_understood(),
                ..Detail::default()
            });
        }
    }

    pub(super) fn end(&self, context: &mut Context<'_>) {
        context.measure(self.rule, counts(&[(self.unread, "not")]));
    }
}
