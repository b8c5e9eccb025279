//! The vocabulary by the keys under which its words are looked up.
//!
//! Owns the finding of a word. The tables are made when the program is built,
//! so that none is filled when it begins, and what a lookup costs does not
//! depend on how many words there are.

use super::words::hash;

/// Words by cell key.
pub(crate) const CELLS: Lexicon = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/cells.txt")),
    places: include_bytes!(concat!(env!("OUT_DIR"), "/cells.places")),
};

/// Column names, fillers and units of time by header key.
pub(crate) const HEADERS: Lexicon = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/headers.txt")),
    places: include_bytes!(concat!(env!("OUT_DIR"), "/headers.places")),
};

/// Names of columns that are never read, by header key: language and reason.
pub(crate) const NEVER: Lexicon = Lexicon {
    text: include_str!(concat!(env!("OUT_DIR"), "/never.txt")),
    places: include_bytes!(concat!(env!("OUT_DIR"), "/never.places")),
};

/// Keys and what the vocabulary says of them.
pub(crate) struct Lexicon {
    /// A line for each key: the key, and for each of its rows a tab, the
    /// criterion, a comma and the value, in the order of the vocabulary.
    text: &'static str,
    /// By hash of the key: four bytes with the place of its line, counted from
    /// 1, the lowest first. Zero says that there is no more such key.
    places: &'static [u8],
}

/// Criterion and value of a row.
pub(crate) type Meaning = (&'static str, &'static str);

impl Lexicon {
    /// The rows that are found under `key`.
    pub(crate) fn get(&self, key: &str) -> impl DoubleEndedIterator<Item = Meaning> + Clone {
        meanings(self.find(key).unwrap_or_default())
    }

    /// All keys and their rows, by key.
    pub(crate) fn all(
        &self,
    ) -> impl Iterator<
        Item = (
            &'static str,
            impl DoubleEndedIterator<Item = Meaning> + Clone,
        ),
    > {
        self.text.lines().map(|line| {
            let (key, rows) = line.split_once('\t').unwrap_or((line, ""));
            (key, meanings(rows))
        })
    }

    fn find(&self, key: &str) -> Option<&'static str> {
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

fn meanings(rows: &'static str) -> impl DoubleEndedIterator<Item = Meaning> + Clone {
    rows.split('\t').filter_map(|row| row.split_once(','))
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
            for (key, rows) in lexicon.all() {
                assert!(
                    lexicon.get(key).eq(rows.clone()) && rows.count() > 0,
                    "{key}"
                );
                count += 1;
            }
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
