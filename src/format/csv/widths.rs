//! How many fields records have, and what becomes of those that have others.
//!
//! Owns what the first records tell about it: a delimiter at the end of each
//! record that the header has not, the greatest width where short records are
//! filled up, and a width that they share against the header's; and the error
//! that says so.

use crate::error::{Help, Phrase, Setting};
use crate::format::csv::beginning::Row;
use crate::format::{Fault, input};
use crate::text::quoted;

/// The widths of the header and of the records.
#[derive(Debug, Clone)]
pub(super) struct Widths {
    /// How many fields the header has, or the first record if there is none.
    header: usize,
    /// How many unnamed columns it gets.
    pub(super) unnamed: usize,
    /// 1 where each record ends with a delimiter that the header has not.
    pub(super) trailing: usize,
    /// Short records are filled up.
    pub(super) pads: bool,
    /// What has the fields that are counted: the header, or the first record.
    first: &'static str,
    odd: Option<Odd>,
}

/// A width that nearly all of the first records have, and the header has not.
#[derive(Debug, Clone)]
struct Odd {
    width: usize,
    count: usize,
    records: usize,
    /// The name of the column behind which a delimiter seems to be text.
    behind: Option<String>,
}

impl Widths {
    /// What the first `rows` tell, the header among them.
    pub(super) fn find(rows: &[Row<'_>], pads: bool, no_header: bool) -> Self {
        let (header, records) = match rows.split_first() {
            Some((header, records)) => (header.width(), records),
            None => (0, rows),
        };
        let mut widths = Widths {
            header,
            unnamed: 0,
            trailing: 0,
            pads,
            first: if no_header { "the first" } else { "the header" },
            odd: None,
        };
        let has_trailing = |row: &Row<'_>| {
            row.width() == header + 1 && row.cells.last().is_some_and(|cell| cell.is_empty())
        };
        if !no_header && !records.is_empty() && records.iter().all(has_trailing) {
            widths.trailing = 1;
        } else if pads {
            let widest = records.iter().map(Row::width).max().unwrap_or(header);
            widths.unnamed = widest.saturating_sub(header);
        } else {
            widths.odd = Odd::find(rows);
        }
        widths
    }

    /// How many columns there are.
    pub(super) fn columns(&self) -> usize {
        self.header + self.unnamed
    }

    /// How many fields a record has.
    pub(super) fn record(&self) -> usize {
        self.columns() + self.trailing
    }

    /// The error of a record with another number of fields; `aside` says that such
    /// records can be set aside.
    pub(super) fn ragged(&self, at: usize, record: u64, found: usize, aside: bool) -> Box<Fault> {
        let fields = |n: usize| format!("{n} field{}", if n == 1 { "" } else { "s" });
        let (first, wanted) = (self.first, fields(self.columns()));
        let odd = self.odd.as_ref().filter(|odd| odd.width == found);
        let error = if self.trailing == 1 && found + 1 == self.record() {
            input("the record has no delimiter behind its fields, which the first records have")
                .expected(format!(
                    "{wanted} in each record, and a delimiter behind them"
                ))
        } else if self.trailing == 1 && found == self.record() {
            input(format!(
                "the record has {}, {first} has {wanted}",
                fields(found)
            ))
            .expected(format!(
                "{wanted} in each record, and a delimiter behind them as in the first records"
            ))
        } else if let Some(odd) = odd {
            let which = if odd.count == odd.records {
                format!("all {}", odd.records)
            } else {
                format!("{} of {}", odd.count, odd.records)
            };
            let cause = match &odd.behind {
                _ if found < self.header => "",
                None => ": likely a field holds the delimiter without quotes",
                Some(_) => {
                    ": likely a field holds the delimiter without quotes, that of the column "
                }
            };
            let column = odd
                .behind
                .as_deref()
                .filter(|_| found > self.header)
                .map(quoted);
            input(format!(
                "{which} records at the beginning have {}, {first} has {wanted}{cause}{}",
                fields(found),
                column.unwrap_or_default()
            ))
            .expected(format!("{wanted} in each record"))
        } else {
            let unnamed = if self.unnamed > 0 {
                ", unnamed ones with them"
            } else {
                ""
            };
            input(format!(
                "the record has {}, {first} has {wanted}{unnamed}",
                fields(found)
            ))
            .expected(format!("{wanted} in each record"))
        };
        let purpose = match (self.pads, found < self.columns()) {
            (true, _) => None,
            (false, true) => Some("fill short ones up"),
            (false, false) if self.trailing == 1 && found < self.record() => {
                Some("fill short ones up")
            }
            (false, false) if odd.is_some() => Some("give the header unnamed columns"),
            (false, false) => None,
        };
        let correct =
            "correct the record (a field that holds the delimiter or a line break needs quotes)";
        let pad = |purpose| Help::set(purpose, Setting::Ragged, "pad");
        let set_aside = Help::set("set such records aside", Setting::Rejects, "FILE");
        let help = match (purpose, aside) {
            (Some(purpose), true) => Help::from(correct).or(pad(purpose)).or(set_aside),
            (Some(purpose), false) => Phrase::from(format!("{correct}, "))
                .then(pad(purpose).phrase())
                .into(),
            (None, true) => Help::from(correct).or(set_aside),
            (None, false) => correct.into(),
        };
        Fault::new(at, record, error.help(help))
    }
}

impl Odd {
    fn find(rows: &[Row<'_>]) -> Option<Self> {
        let (header, records) = rows.split_first()?;
        let width = records.first()?.width();
        let alike = records.iter().filter(|row| row.width() == width);
        let count = alike.clone().count();
        if width == header.width() || records.len() < 2 || count * 10 < records.len() * 9 {
            return None;
        }
        // Where text goes on behind a delimiter, it does with a space.
        let goes_on = |row: &Row<'_>, column: usize| {
            row.cells
                .get(column)
                .is_some_and(|cell| cell.starts_with(b" "))
        };
        let behind = (1..width)
            .filter(|&column| !goes_on(header, column))
            .map(|column| {
                (
                    alike.clone().filter(|row| goes_on(row, column)).count(),
                    column,
                )
            })
            .filter(|(often, _)| often * 2 > count)
            .map(|(_, column)| header.text(column - 1))
            .next();
        Some(Odd {
            width,
            count,
            records: records.len(),
            behind: behind.filter(|name| !name.is_empty()),
        })
    }
}
