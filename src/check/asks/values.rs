//! `--no-unread-values`: each value in a column that is read is understood, and so is each
//! column that would be.

use crate::check::asked::Asked;
use crate::check::desk::{Desk, Found};
use crate::check::finding::Code;
use crate::columns::Why;
use crate::pipeline::{Inspected, Opened};
use crate::text::{grouped, quoted};

/// The rule.
pub(in crate::check) struct Values {
    rule: usize,
    unread: u64,
}

impl Values {
    pub(super) fn new(asked: &Asked, desk: &mut Desk<'_>) -> Option<Self> {
        asked.no_unread_values.then(|| Values {
            rule: desk.rule("--no-unread-values", "every value is understood".to_owned()),
            unread: 0,
        })
    }

    /// Looks for columns that are not read since nothing in them is understood.
    pub(super) fn opens(&mut self, opened: &Opened<'_>, desk: &mut Desk<'_>) {
        for (column, why) in opened.names.iter().zip(&opened.mapping.unused) {
            let criterion = match why {
                Some(Why::NotUnderstood(of) | Why::Numbers(of) | Why::TooLong(of)) => *of,
                _ => continue,
            };
            let of = &desk.rules.rulebook().criteria[criterion];
            let (name, shown) = (&of.name, quoted(column));
            let found = Found {
                says: format!("nothing in {shown} is understood as {name}, so it is not read"),
                column: Some(column.clone()),
                subject: Some(name.clone()),
                found: None,
                expected: format!(
                    "{}; --map {name}= says that it is none",
                    of.would_be_understood()
                ),
            };
            let file = Some(opened.file);
            desk.find_whole(Code::ColumnNotUnderstood, self.rule, file, found);
        }
    }

    pub(super) fn inspect(&mut self, record: &mut Inspected<'_>, desk: &mut Desk<'_>) {
        let unread: Vec<_> = record.unread().cloned().collect();
        for unread in unread {
            self.unread += 1;
            let of = &desk.rules.rulebook().criteria[unread.criterion];
            desk.find(record, Code::ValueNotUnderstood, self.rule, None, || {
                Found {
                    says: format!("{} is not understood as {}", quoted(&unread.text), of.name),
                    column: Some(unread.column),
                    subject: Some(of.name.clone()),
                    found: Some(unread.text),
                    expected: of.would_be_understood().to_string(),
                }
            });
        }
    }

    pub(super) fn ends(&self, desk: &mut Desk<'_>) {
        let unread = self.unread;
        let told = (unread > 0).then(|| format!("{} not", grouped(unread)));
        desk.told[self.rule].measured = told;
    }
}
