//! A plan, as SQL needs it: the numbered feeds of its columns.
//!
//! Owns these numbers and the fingerprint by which readings and a view recognize each
//! other.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::columns::{Columns, Feed, Mapping, Role};
use crate::engine::compile::Rules;
use crate::engine::evaluate::Keep;
use crate::run::judging::Judging;
use crate::value::{Kind, Value};

/// The columns of a plan and what each feeds.
#[derive(Debug)]
pub struct Planned<'r> {
    pub(super) rules: &'r Rules,
    pub(super) judging: Judging<'r>,
    pub(super) feeds: Vec<ColumnFeed>,
    /// The fingerprint of all that decides what a text is read as.
    pub(super) print: String,
    /// What is read, by slot; only a scratch buffer.
    pub(super) values: Vec<Value>,
}

/// One column's use, and its number in the table of readings, from 1.
#[derive(Debug, Clone)]
pub(super) struct ColumnFeed {
    pub(super) number: usize,
    pub(super) column: String,
    pub(super) feed: Feed,
}

impl<'r> Planned<'r> {
    /// The columns called `names`, which feed criteria as `mapping` says.
    pub fn new(
        rules: &'r Rules,
        columns: &Columns<'_>,
        mapping: &Mapping,
        names: &[String],
    ) -> Self {
        let judging = Judging::new(rules, columns, mapping, Keep::Verdicts);
        let columns = names.iter().zip(&mapping.feeds);
        let feeds = columns.flat_map(|(name, feeds)| feeds.iter().map(move |feed| (name, feed)));
        let feeds = (1..).zip(feeds).map(|(number, (column, feed))| ColumnFeed {
            number,
            column: column.clone(),
            feed: *feed,
        });
        let feeds: Vec<ColumnFeed> = feeds.collect();
        Planned {
            print: print(rules, &judging, &feeds),
            values: vec![Value::Missing; judging.slots()],
            rules,
            judging,
            feeds,
        }
    }

    /// The columns, in the plan's order.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        for feed in &self.feeds {
            if !columns.contains(&feed.column.as_str()) {
                columns.push(&feed.column);
            }
        }
        columns
    }

    /// The columns that may have a text of its own in almost every record: organizations,
    /// addresses, and texts that count by being there.
    pub fn open_columns(&self) -> Vec<&str> {
        let criteria = &self.rules.rulebook().criteria;
        let is_open = |of: &&ColumnFeed| {
            let kind = criteria[of.feed.criterion].kind;
            matches!(kind, Kind::Organization | Kind::Address)
                || matches!(of.feed.role, Role::Filled(..))
        };
        let mut columns: Vec<&str> = Vec::new();
        for feed in self.feeds.iter().filter(is_open) {
            if !columns.contains(&feed.column.as_str()) {
                columns.push(&feed.column);
            }
        }
        columns
    }
}

/// A fingerprint in hexadecimal digits. Readings of another plan, rulebook or release have
/// another one, so that a view finds none of them, instead of wrong ones.
fn print(rules: &Rules, judging: &Judging<'_>, feeds: &[ColumnFeed]) -> String {
    let mut digest = Sha256::new();
    let mut line = |text: String| {
        digest.update(text.as_bytes());
        digest.update([0]);
    };
    line(env!("CARGO_PKG_VERSION").to_owned());
    line(rules.rulebook().hash());
    for own in rules.own().names().iter().chain(rules.own().domains()) {
        line(own.clone());
    }
    for ColumnFeed {
        number,
        column,
        feed,
    } in feeds
    {
        let (criterion, sense, slot) = (feed.criterion, feed.sense, feed.slot);
        line(column.clone());
        line(format!("{number} {criterion} {sense:?} {slot:?}"));
    }
    for (slot, target) in judging.substitutes() {
        line(format!("{slot:?} {target:?}"));
    }
    let mut print = String::new();
    for byte in digest.finalize().iter().take(6) {
        // Writing to a string does not fail.
        let _ = write!(print, "{byte:02x}");
    }
    print
}
