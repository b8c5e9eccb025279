//! Words by the keys under which they are looked up.
//!
//! Owns the lookup of a word in a table, built in or not, and the tables of the
//! vocabulary. These are generated at build time, so that none is filled at startup and
//! the cost of a lookup does not depend on the number of words. If a rulebook brings
//! words too, `value::Words` decides which ones count.

use super::normalize::hash;
use super::table::{Meaning, Written};

/// Words by cell key.
pub(crate) const CELLS: Lexicon<'_> = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/cells.txt")),
    places: include_bytes!(concat!(env!("OUT_DIR"), "/cells.places")),
};

/// Column names, fillers and units of time by header key.
pub(crate) const HEADERS: Lexicon<'_> = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/headers.txt")),
    places: include_bytes!(concat!(env!("OUT_DIR"), "/headers.places")),
};

/// Names of columns that are never read, by header key: language and reason.
pub(crate) const NEVER: Lexicon<'_> = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/never.txt")),
    places: include_bytes!(concat!(env!("OUT_DIR"), "/never.places")),
};

/// A table of [`table`](crate::lexicon::table), in its written form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lexicon<'w> {
    text: &'w str,
    places: &'w [u8],
}

/// The rows under a key, in order.
#[derive(Debug, Clone)]
pub(crate) struct Meanings<'w>(std::str::Split<'w, char>);

impl<'w> Meanings<'w> {
    /// The rows that follow a key.
    fn of(rows: &'w str) -> Self {
        Meanings(rows.split('\t'))
    }
}

impl<'w> Iterator for Meanings<'w> {
    type Item = Meaning<'w>;

    fn next(&mut self) -> Option<Meaning<'w>> {
        self.0.find_map(|row| row.split_once(','))
    }
}

impl DoubleEndedIterator for Meanings<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.by_ref().rev().find_map(|row| row.split_once(','))
    }
}

impl<'w> Lexicon<'w> {
    /// A table that was made at run time.
    pub(crate) fn of(table: &'w Written) -> Self {
        Lexicon {
            text: &table.text,
            places: &table.places,
        }
    }

    /// The rows under `key`; there may be none.
    pub(crate) fn get(self, key: &str) -> Meanings<'w> {
        Meanings::of(self.line(key).unwrap_or_default())
    }

    /// The rows under `key`, if the key exists.
    pub(crate) fn find(self, key: &str) -> Option<Meanings<'w>> {
        self.line(key).map(Meanings::of)
    }

    /// All keys, in order.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'w str> {
        let lines = self.text.lines();
        lines.map(|line| line.split_once('\t').map_or(line, |(key, _)| key))
    }

    /// The text after `key` in its line.
    fn line(self, key: &str) -> Option<&'w str> {
        let (places, _) = self.places.as_chunks::<4>();
        let mut place = hash(key) as usize % places.len();
        loop {
            let line = u32::from_le_bytes(places[place]).checked_sub(1)?;
            let text = &self.text[line as usize..];
            if let Some(rows) = text
                .strip_prefix(key)
                .and_then(|rows| rows.strip_prefix('\t'))
            {
                let end = memchr::memchr(b'\n', rows.as_bytes());
                return Some(&rows[..end.unwrap_or(rows.len())]);
            }
            place = (place + 1) % places.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_found() {
        for (lexicon, some) in [(CELLS, "ja"), (HEADERS, "laufzeit")] {
            let mut count = 0;
            for line in lexicon.text.lines() {
                let (key, rows) = line.split_once('\t').unwrap();
                let rows = Meanings::of(rows);
                assert!(
                    lexicon.get(key).eq(rows.clone()) && rows.count() > 0,
                    "{key}"
                );
                count += 1;
            }
            assert_eq!(lexicon.keys().count(), count);
            assert!(count > 1000 && lexicon.get(some).count() > 0);
            assert_eq!(lexicon.get("no such word").count(), 0);
            assert_eq!(lexicon.get("").count(), 0);
        }
    }
}
