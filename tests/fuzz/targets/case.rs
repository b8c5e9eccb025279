//! One input of a target, as it is stored.
//!
//! Owns its form: a line of words, which are options, then the text of the main file, and
//! after lines `=== NAME` the texts of others. Any bytes are an input.

/// What one run is about.
pub(crate) struct Case<'c> {
    words: Vec<&'c str>,
    /// Names and texts; the main file is the first.
    pub(crate) files: Vec<(&'c str, &'c [u8])>,
}

const MARK: &[u8] = b"=== ";

impl<'c> Case<'c> {
    pub(crate) fn of(bytes: &'c [u8]) -> Self {
        let (head, mut rest) = line(bytes);
        let head = std::str::from_utf8(head).unwrap_or_default();
        let mut files = Vec::new();
        let mut name = "main";
        loop {
            let end = end_of_file(rest);
            files.push((name, &rest[..end]));
            if end == rest.len() || files.len() == 8 {
                break;
            }
            let (mark, after) = line(&rest[end..]);
            name = std::str::from_utf8(&mark[MARK.len()..]).unwrap_or("other");
            rest = after;
        }
        Case {
            words: head.split_ascii_whitespace().collect(),
            files,
        }
    }

    /// The text of the main file.
    pub(crate) fn main(&self) -> &'c [u8] {
        self.files[0].1
    }

    /// True if the word is there.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    /// All values of words `name=value`, in which `~` stands for a space.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = String> + use<> {
        let words = self.words.iter();
        let values = words.filter_map(|word| {
            let value = word.strip_prefix(name)?.strip_prefix('=')?;
            Some(value.replace('~', " "))
        });
        values.collect::<Vec<_>>().into_iter()
    }

    /// The first of them.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.all(name).next()
    }

    /// Such a number, from 1 to `most`.
    pub(crate) fn number(&self, name: &str, most: usize) -> Option<usize> {
        let number = self.value(name)?.parse::<usize>().ok()?;
        Some(number.clamp(1, most))
    }
}

/// The first line, and what follows its line feed.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[]),
    }
}

/// Where the next mark begins.
fn end_of_file(bytes: &[u8]) -> usize {
    if bytes.starts_with(MARK) {
        return 0;
    }
    let mut marks = bytes.windows(MARK.len() + 1);
    let mark = marks.position(|at| at[0] == b'\n' && &at[1..] == MARK);
    mark.map_or(bytes.len(), |at| at + 1)
}
