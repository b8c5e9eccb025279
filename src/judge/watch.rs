//! Columns that somebody wants to hear of, though they are no evidence.
//!
//! Owns which columns these are, and the slots by which formats hand their texts over.

use super::sought::places;
use crate::columns::{Columns, Feed, Mapping};
use crate::error::{Error, ErrorKind, Result, Setting};
use crate::text::quoted;

/// A column that is to be watched, and what asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watched {
    /// The option that names it.
    pub(crate) setting: Setting,
    pub(crate) column: String,
    /// It may be that it is not there.
    pub(crate) is_optional: bool,
}

/// What is heard beside what is judged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    /// The slots of the columns, one for each, behind all others.
    first: usize,
    columns: usize,
    /// The columns that no record of the sample has.
    late: Vec<(String, usize)>,
    /// By slot: the column that fills it.
    names: Vec<String>,
    /// Texts that are not understood are noted.
    pub(super) values: bool,
}

impl Watch {
    /// A watch over columns of an input whose columns feed criteria as `mapping` says,
    /// and over what is not understood if `values`; and a mapping in which these columns
    /// have slots too. `complete` says that these are all columns.
    ///
    /// # Errors
    ///
    /// A column that is not there, or is there twice.
    pub(crate) fn new(
        watched: &[Watched],
        values: bool,
        names: &[String],
        mapping: &Mapping,
        complete: bool,
        columns: &Columns<'_>,
    ) -> Result<(Self, Mapping)> {
        let mut heard = mapping.clone();
        let first = columns.slots(mapping);
        let mut watch = Watch {
            first,
            columns: watched.len(),
            values,
            ..Watch::default()
        };
        for (name, feeds) in names.iter().zip(&mapping.feeds) {
            watch.name_all(name, feeds);
        }
        for (
            place,
            Watched {
                setting,
                column,
                is_optional,
            },
        ) in watched.iter().enumerate()
        {
            let seat = first + place;
            match places(column, names)[..] {
                [one] => heard.feeds[one].push(Feed::surveyed(None, seat)),
                // Where there are no records, there are no columns to be missed.
                [] if complete && (*is_optional || names.is_empty()) => {}
                [] if complete => return Err(columns.not_there(*setting, column, names)),
                [] => watch.late.push((column.clone(), seat)),
                [..] => return Err(there_twice(*setting, column)),
            }
        }
        Ok((watch, heard))
    }

    /// So many slots there are, with those of the columns.
    pub(super) fn slots(&self) -> usize {
        self.first + self.columns
    }

    /// So many columns are watched.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The column that this slot belongs to, if it is watched.
    #[inline]
    pub(super) fn column_of(&self, seat: usize) -> Option<usize> {
        let column = seat.checked_sub(self.first)?;
        (column < self.columns).then_some(column)
    }

    /// The name of the column that fills a slot.
    pub(super) fn name(&self, seat: usize) -> &str {
        self.names.get(seat).map_or("", String::as_str)
    }

    /// Takes notice of a column that no record of the sample had: the slots that it
    /// fills, if it is to be watched. It is, if it is spelled just so.
    pub(super) fn turns_up(&mut self, name: &str, feeds: &[Feed]) -> Vec<Feed> {
        self.name_all(name, feeds);
        let late = self.late.iter().filter(|(column, _)| column == name);
        late.map(|(_, seat)| Feed::surveyed(None, *seat)).collect()
    }

    /// Remembers which column fills slots: of several the first.
    fn name_all(&mut self, name: &str, feeds: &[Feed]) {
        for feed in feeds {
            let slots = self.names.len().max(feed.seat + 1);
            self.names.resize(slots, String::new());
            if self.names[feed.seat].is_empty() {
                name.clone_into(&mut self.names[feed.seat]);
            }
        }
    }
}

fn there_twice(setting: Setting, column: &str) -> Error {
    let found = format!(
        "names the column {}, which is there more than once",
        quoted(column)
    );
    Error::about(setting, ErrorKind::Columns, found)
        .expected("a column whose name no other has")
        .help("rename one of them")
}
