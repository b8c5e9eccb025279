//! The vocabulary by the keys under which its words are looked up.
//!
//! Owns the finding of a word. The tables are made when the program is built,
//! so that none is filled when it begins, and what a lookup costs does not
//! depend on how many words there are.

use super::table::Meaning;
use super::vocabulary;
use super::words::hash;

/// All words by which texts are read.
#[derive(Debug, Default)]
pub(crate) struct Words;

/// Words by cell key.
const CELLS: Lexicon<'_> = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/cells.txt")),
    places: include_bytes!(concat!(env!("OUT_DIR"), "/cells.places")),
};

/// Column names, fillers and units of time by header key.
const HEADERS: Lexicon<'_> = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/headers.txt")),
    places: include_bytes!(concat!(env!("OUT_DIR"), "/headers.places")),
};

/// Names of columns that are never read, by header key: language and reason.
const NEVER: Lexicon<'_> = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/never.txt")),
    places: include_bytes!(concat!(env!("OUT_DIR"), "/never.places")),
};

impl Words {
    /// What the text with this cell key means: criterion and value of each row.
    pub(crate) fn cells(&self, key: &str) -> Meanings<'_> {
        CELLS.get(key)
    }

    /// What the column name, or the part of one, with this header key means.
    pub(crate) fn headers(&self, key: &str) -> Meanings<'_> {
        HEADERS.get(key)
    }

    /// The header keys of all names, and of parts of names.
    pub(crate) fn header_keys(&self) -> impl Iterator<Item = &str> {
        HEADERS.keys()
    }

    /// Why columns whose name has this header key are never read, if they are not.
    pub(crate) fn never(&self, key: &str) -> Option<&'static str> {
        let (_, reason) = NEVER.get(key).next()?;
        Some(reason)
    }

    /// The legal forms in names of organizations.
    pub(crate) fn legal_forms(&self) -> impl Iterator<Item = &str> {
        vocabulary::beginning_with("organization,(legal_form),").map(|entry| entry.word)
    }

    /// The domains where anybody can have a mail address, in lower case.
    pub(crate) fn free_mail(&self) -> impl Iterator<Item = &'static str> {
        vocabulary::beginning_with("email,free_mail,").map(|entry| entry.word)
    }
}

/// A table of [`table`](super::table), as it was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexicon<'w> {
    pub(super) text: &'w str,
    pub(super) places: &'w [u8],
}

/// The rows under a key, in the order of the vocabulary.
#[derive(Debug, Clone)]
pub(crate) struct Meanings<'w>(std::str::Split<'w, char>);

impl<'w> Meanings<'w> {
    /// Those of the rows that follow a key.
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
    /// The rows that are found under `key`.
    pub(super) fn get(self, key: &str) -> Meanings<'w> {
        Meanings::of(self.find(key).unwrap_or_default())
    }

    /// All keys, in their order.
    pub(super) fn keys(self) -> impl Iterator<Item = &'w str> {
        let lines = self.text.lines();
        lines.map(|line| line.split_once('\t').map_or(line, |(key, _)| key))
    }

    /// What follows `key` in its line.
    fn find(self, key: &str) -> Option<&'w str> {
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
    use super::super::vocabulary;
    use super::super::words::cell_key;
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

    #[test]
    fn each_word_means_what_the_vocabulary_says() {
        let mut key = String::new();
        for entry in vocabulary::entries() {
            if vocabulary::is_of_headers(entry.value)
                || entry.value == "(legal_form)"
                || entry.word.starts_with('(')
            {
                continue;
            }
            cell_key(entry.word, &mut key);
            if key.is_empty() {
                continue;
            }
            let mut rows = CELLS.get(&key);
            assert!(
                rows.any(|row| row == (entry.criterion, entry.value)),
                "{entry:?}"
            );
        }
    }
}
