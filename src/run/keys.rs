//! Keys: the texts by which records of several files belong together.
//!
//! Owns how keys are compared, and the index of the keys of one column. Knows nothing of
//! columns, files or what a key is for.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::error::{Error, ErrorKind, Result};
use crate::lexicon::normalize::visible;

/// How two keys are compared. The forms ignore more and more, up to [`KeyForm::Numbers`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyForm {
    /// Byte by byte. A byte order mark, quotes around it and the `.0` of a number never
    /// matter.
    Exact,
    /// Case, spaces, `-`, `_` and leading zeros do not matter either.
    Loose,
    /// Nor does this prefix before a number.
    Numbers(String),
    /// The domain of a mail or web address.
    Domain,
}

impl KeyForm {
    /// What is ignored besides what never matters, in words.
    pub(crate) fn ignores(&self) -> Option<String> {
        let loose = "case, spaces, \"-\", \"_\" and leading zeros";
        match self {
            KeyForm::Exact => None,
            KeyForm::Loose => Some(loose.to_owned()),
            KeyForm::Numbers(prefix) => Some(format!("{loose}, and {prefix:?} before a number")),
            KeyForm::Domain => Some("all but the domain".to_owned()),
        }
    }

    /// Its name, which [`from_name`](KeyForm::from_name) takes: `exact`, `loose`, `domain`, or
    /// `numbers` with the prefix.
    pub(crate) fn name(&self) -> String {
        match self {
            KeyForm::Exact => "exact".to_owned(),
            KeyForm::Loose => "loose".to_owned(),
            KeyForm::Domain => "domain".to_owned(),
            KeyForm::Numbers(prefix) => format!("numbers {prefix}"),
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "exact" => Some(KeyForm::Exact),
            "loose" => Some(KeyForm::Loose),
            "domain" => Some(KeyForm::Domain),
            _ => {
                let prefix = name.strip_prefix("numbers ")?;
                Some(KeyForm::Numbers(prefix.to_owned()))
            }
        }
    }

    /// Writes the compared form of a text to `to`; empty if the text has no key.
    pub(crate) fn write(&self, text: &str, to: &mut Vec<u8>) {
        to.clear();
        let text = plain(text);
        match self {
            KeyForm::Exact => to.extend_from_slice(text.as_bytes()),
            KeyForm::Loose => loosen(text, to),
            KeyForm::Numbers(prefix) => {
                loosen(text, to);
                let rest = to.strip_prefix(prefix.as_bytes()).map(<[u8]>::to_vec);
                if let Some(rest) = rest.filter(|rest| rest.iter().all(u8::is_ascii_digit))
                    && !rest.is_empty()
                {
                    to.clear();
                    push_number(&rest, to);
                }
            }
            KeyForm::Domain => to.extend_from_slice(domain(text).as_bytes()),
        }
    }

    /// The letters before the number of a key in the loose form, if it is such a key.
    pub(crate) fn prefix(text: &str) -> Option<String> {
        let mut loose = Vec::new();
        loosen(plain(text), &mut loose);
        let letters = loose.iter().take_while(|byte| byte.is_ascii_alphabetic());
        let (letters, number) = loose.split_at(letters.count());
        let is_number = !number.is_empty() && number.iter().all(u8::is_ascii_digit);
        is_number.then(|| String::from_utf8_lossy(letters).into_owned())
    }
}

/// A key without what never matters.
fn plain(text: &str) -> &str {
    let is_sign = |byte: u8| matches!(byte, b'"' | b'\'' | b'.' | 0xef | 0xbb | 0xbf);
    if !text.bytes().any(is_sign) {
        return text;
    }
    let text = text.trim_matches('\u{feff}');
    let quotes = ['"', '\''];
    let inner = quotes
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    let text = inner.unwrap_or(text);
    let whole = text.trim_end_matches('0').strip_suffix('.');
    match whole.filter(|whole| whole.len() + 2 <= text.len()) {
        Some(number) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            number
        }
        _ => text,
    }
}

/// Writes a text without spaces, `-` and `_`, in lower case, its numbers without leading
/// zeros.
fn loosen(text: &str, to: &mut Vec<u8>) {
    let mut number = Vec::new();
    let mut buffer = [0; 4];
    for c in visible(text).chars().flat_map(char::to_lowercase) {
        match c {
            '0'..='9' => {
                number.push(c as u8);
                continue;
            }
            '-' | '_' => {}
            c if c.is_whitespace() => {}
            c => {
                push_number(&number, to);
                number.clear();
                to.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
                continue;
            }
        }
        // A sign between two numbers keeps them apart.
        if !number.is_empty() {
            push_number(&number, to);
            number.clear();
        }
    }
    push_number(&number, to);
}

/// Writes a number without its leading zeros, apart from a number before it.
fn push_number(number: &[u8], to: &mut Vec<u8>) {
    if number.is_empty() {
        return;
    }
    if to.last().is_some_and(u8::is_ascii_digit) {
        to.push(b'-');
    }
    let zeros = number.iter().take_while(|digit| **digit == b'0').count();
    to.extend_from_slice(&number[zeros.min(number.len() - 1)..]);
}

/// The domain of a mail or web address, in lower case; empty if there is none.
fn domain(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let host = text.rsplit('@').next().unwrap_or_default();
    let host = host.split_once("://").map_or(host, |(_, host)| host);
    let host = host.split(['/', '?', '#', ':', '>']).next();
    let host = host.unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host).trim_matches('.');
    match host.contains('.') && !host.contains(char::is_whitespace) {
        true => host.to_owned(),
        false => String::new(),
    }
}

/// The different keys of one column, numbered in the order in which they first occur.
///
/// Takes the bytes of each key and about 40 bytes more. Keys are data, so they are hashed
/// with a random seed; their numbers do not depend on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyIndex {
    hasher: DefaultHashBuilder,
    numbers: HashTable<Entry>,
    bytes: Vec<u8>,
    /// By number: where the key ends in the bytes.
    ends: Vec<u32>,
}

/// A key in the table: its number, and its beginning, so that most keys are compared
/// without a look at the bytes.
#[derive(Debug, Clone, Copy)]
struct Entry {
    number: u32,
    head: Head,
}

/// The length of a key, if it is short, and its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    /// Its length, or one more than the bytes for a longer key.
    length: u8,
    bytes: [u8; Head::MOST],
}

impl Head {
    const MOST: usize = 11;

    #[inline]
    fn of(key: &[u8]) -> Self {
        let mut bytes = [0; Head::MOST];
        let most = key.len().min(Head::MOST);
        bytes[..most].copy_from_slice(&key[..most]);
        Head {
            length: key.len().min(Head::MOST + 1) as u8,
            bytes,
        }
    }

    /// Whether it is the whole key.
    fn is_whole(&self) -> bool {
        usize::from(self.length) <= Head::MOST
    }
}

impl KeyIndex {
    /// The number of keys.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The key with this number.
    pub(crate) fn key(&self, number: u32) -> &[u8] {
        key_in(&self.bytes, &self.ends, number)
    }

    /// The number of a key, if it is there.
    #[inline]
    pub(crate) fn find(&self, key: &[u8]) -> Option<u32> {
        self.find_hashed(key, self.hasher.hash_one(key))
    }

    /// Looks up many keys, and calls `found` with the place and the result of each.
    pub(crate) fn find_all<'k>(
        &self,
        keys: impl Iterator<Item = &'k [u8]> + Clone,
        mut found: impl FnMut(usize, Option<u32>),
    ) {
        let hashes: Vec<u64> = keys.clone().map(|key| self.hasher.hash_one(key)).collect();
        for (place, (key, hash)) in keys.zip(hashes).enumerate() {
            found(place, self.find_hashed(key, hash));
        }
    }

    #[inline]
    fn find_hashed(&self, key: &[u8], hash: u64) -> Option<u32> {
        let head = Head::of(key);
        let is_same = |entry: &Entry| {
            entry.head == head && (head.is_whole() || self.key(entry.number) == key)
        };
        self.numbers.find(hash, is_same).map(|entry| entry.number)
    }

    /// The number of a key, and whether it is new.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] if all keys together take 4 GiB.
    pub(crate) fn insert(&mut self, key: &[u8]) -> Result<(u32, bool)> {
        if let Some(number) = self.find(key) {
            return Ok((number, false));
        }
        let end = u32::try_from(self.bytes.len() + key.len());
        let (Ok(end), Ok(number)) = (end, u32::try_from(self.ends.len())) else {
            return Err(Error::new(
                ErrorKind::Input,
                "the keys take more than 4 GiB",
            ));
        };
        self.bytes.extend_from_slice(key);
        self.ends.push(end);
        let (bytes, ends, hasher) = (&self.bytes, &self.ends, &self.hasher);
        let hash_of = |entry: &Entry| hasher.hash_one(key_in(bytes, ends, entry.number));
        let entry = Entry {
            number,
            head: Head::of(key),
        };
        self.numbers
            .insert_unique(hasher.hash_one(key), entry, hash_of);
        Ok((number, true))
    }
}

fn key_in<'b>(bytes: &'b [u8], ends: &[u32], number: u32) -> &'b [u8] {
    let number = number as usize;
    let from = number.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[from as usize..ends[number] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: &KeyForm, text: &str) -> String {
        let mut to = Vec::new();
        form.write(text, &mut to);
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn a_mark_quotes_and_the_fraction_of_a_whole_number_never_matter() {
        for text in ["42", "\u{feff}42", "\"42\"", "'42'", "42.0", "42.00"] {
            assert_eq!(written(&KeyForm::Exact, text), "42");
        }
        for text in ["042", "42 ", "A-42", "42.", "42.10", "v4.0"] {
            assert_eq!(written(&KeyForm::Exact, text), text);
        }
    }

    #[test]
    fn the_loose_form_ignores_case_spaces_dashes_and_leading_zeros() {
        for text in ["PRJ-001", "prj_001", "PRJ001", " Prj 1", "PRJ-0001"] {
            assert_eq!(written(&KeyForm::Loose, text), "prj1");
            let numbers = KeyForm::Numbers("prj".to_owned());
            assert_eq!(written(&numbers, text), "1");
        }
        // The dash counts here: 1-23 is not 12-3.
        assert_ne!(
            written(&KeyForm::Loose, "1-23"),
            written(&KeyForm::Loose, "12-3")
        );
        assert_eq!(written(&KeyForm::Loose, "000"), "0");
    }

    #[test]
    fn only_the_domain_of_an_address_is_compared() {
        for text in [
            "anna@Acme.example",
            "https://www.acme.example/contact?x=1",
            "acme.example",
        ] {
            assert_eq!(written(&KeyForm::Domain, text), "acme.example");
        }
        assert_eq!(written(&KeyForm::Domain, "Acme"), "");
    }

    #[test]
    fn keys_are_numbered_in_the_order_in_which_they_occur() {
        let mut index = KeyIndex::default();
        let keys = ["b", "", "a", "b", "ab"];
        let numbers = keys.map(|key| index.insert(key.as_bytes()).unwrap().0);
        assert_eq!(numbers, [0, 1, 2, 0, 3]);
        assert_eq!(index.find(b"a"), Some(2));
        assert_eq!(index.find(b"c"), None);
        assert_eq!(index.key(3), b"ab");
    }
}
