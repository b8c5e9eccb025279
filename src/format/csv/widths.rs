//! How many fields records have, and what happens to records with another number.
//!
//! Owns what the first records show about it: a delimiter at the end of each record
//! that the header does not have, the greatest width if short records are filled up,
//! and a width that they share but the header does not have; and the error that reports
//! it.

use crate::error::{Help, Phrase, Setting};
use crate::format::csv::beginning::Row;
use crate::format::{Fault, input};
use crate::input::{Layout, Ragged};
use crate::text::quoted;

/// The widths of the header and of the records.
#[derive(Debug, Clone)]
pub(super) struct Widths {
    /// How many fields the header has, or the first record if there is none.
    header: usize,
    /// How many unnamed columns it gets.
    pub(super) unnamed: usize,
    /// 1 if each record ends with a delimiter that the header does not have.
    pub(super) trailing: usize,
    /// Short records are filled up.
    pub(super) pads: bool,
    /// The row whose fields are counted: the header, or the first record.
    first: &'static str,
    odd: Option<Odd>,
}

/// A width that nearly all of the first records have, but not the header.
#[derive(Debug, Clone)]
struct Odd {
    width: usize,
    /// How many of the records have it, for a message.
    which: String,
    /// The likely cause, for a message; empty if they are short.
    cause: String,
}

impl Widths {
    /// What the layout states, or else what the first `rows` show, including the header.
    pub(super) fn of(rows: &[Row<'_>], layout: &Layout) -> Self {
        let pads = layout.ragged == Ragged::Pad;
        let mut widths = Widths::find(rows, pads, layout.no_header);
        if layout.frozen || layout.fields.is_some() || layout.trailing_delimiter {
            let columns = layout.fields.unwrap_or(widths.header);
            widths.trailing = usize::from(layout.trailing_delimiter);
            match layout.no_header {
                true => (widths.header, widths.unnamed) = (columns, 0),
                false => widths.unnamed = columns.saturating_sub(widths.header),
            }
        }
        widths
    }

    /// What the first `rows` show, including the header.
    fn find(rows: &[Row<'_>], pads: bool, no_header: bool) -> Self {
        let (header, records) = match rows.split_first() {
            Some((header, records)) => (header.width(), records),
            None => (0, rows),
        };
        let mut widths = Widths {
            header,
            unnamed: 0,
            trailing: 0,
            pads,
            first: if no_header {
                "the first record"
            } else {
                "the header"
            },
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

    /// How many unnamed columns there are.
    pub(super) fn unnamed(&self) -> usize {
        self.unnamed
    }

    /// How many columns there are.
    pub(super) fn columns(&self) -> usize {
        self.header + self.unnamed
    }

    /// How many fields a record has.
    pub(super) fn record(&self) -> usize {
        self.columns() + self.trailing
    }

    /// The error for a record with another number of fields; `aside` means that such
    /// records can be set aside.
    pub(super) fn ragged(&self, at: usize, record: u64, found: usize, aside: bool) -> Box<Fault> {
        let fields = |n: usize| format!("{n} field{}", if n == 1 { "" } else { "s" });
        let (first, wanted) = (self.first, fields(self.columns()));
        let odd = self.odd.as_ref().filter(|odd| odd.width == found);
        let is_trailing = self.trailing == 1;
        let has = format!("have {}, {first} has {wanted}", fields(found));
        let mut message = format!("the record has {}, {first} has {wanted}", fields(found));
        let mut expected = format!("{wanted} in each record");
        if is_trailing && found == self.columns() {
            message =
                "the record does not end with a delimiter, as the first records do".to_owned();
            expected += ", then a delimiter at the end";
        } else if is_trailing && found == self.record() {
            expected += ", then a delimiter at the end, as in the first records";
        } else if let Some(Odd { which, cause, .. }) = odd {
            message = format!("{which} records at the beginning {has}{cause}");
        } else if self.unnamed > 0 {
            message += ", including unnamed ones";
        }
        let purpose = match found < self.record() {
            _ if self.pads => None,
            true => Some("fill up short records"),
            false => odd.map(|_| "add unnamed columns to the header"),
        };
        let correct =
            "correct the record (a field that contains the delimiter or a line break needs quotes)";
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
        Fault::new(at, record, input(message).expected(expected).help(help))
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
        let which = match count == records.len() {
            true => format!("all {count}"),
            false => format!("{count} of {}", records.len()),
        };
        // Text continues with a space after a delimiter.
        let goes_on = |row: &Row<'_>, column: usize| {
            let cell = row.cells.get(column);
            cell.is_some_and(|cell| cell.starts_with(b" "))
        };
        let behind = (1..width).find(|&column| {
            let often = alike.clone().filter(|row| goes_on(row, column)).count();
            !goes_on(header, column) && often * 2 > count
        });
        let name = behind.map(|column| header.text(column - 1));
        let cause = match name.filter(|name| !name.is_empty()) {
            _ if width < header.width() => String::new(),
            None => ": probably an unquoted field contains the delimiter".to_owned(),
            Some(name) => {
                let name = quoted(&name);
                format!(": probably an unquoted field in the column {name} contains the delimiter")
            }
        };
        Some(Odd {
            width,
            which,
            cause,
        })
    }
}
