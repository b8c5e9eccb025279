//! One desk at which records are judged, one after the other.
//!
//! Owns the row of slots that every format fills, what is counted while
//! judging, and the memory of texts that were just read. Knows nothing of how
//! records are cut or written. Each thread has a desk of its own.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::columns::Feed;
use crate::rules::Kind;
use crate::rules::compile::Rules;
use crate::rules::evaluate::{Evaluation, Plan};
use crate::rules::read::Reading;

/// A text that was not understood, where that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) criterion: usize,
    pub(crate) text: String,
    pub(crate) expected: String,
}

/// The slots of one record, and the verdict on it.
#[derive(Debug)]
pub(crate) struct Judge<'r> {
    pub(crate) rules: &'r Rules,
    plan: Plan,
    strict: bool,
    slots: Vec<Reading>,
    /// The text of the dates, which may turn out to contradict each other.
    dates: Vec<String>,
    memory: Vec<Memory>,
    is_address: Vec<bool>,
    key: String,
    pub(crate) evaluation: Evaluation,
    pub(crate) tally: Tally,
}

/// What was counted over some records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) records: u64,
    /// By scorecard: how often each of its three labels was given.
    pub(crate) labels: Vec<[u64; 3]>,
    /// By criterion: the texts that were not understood.
    pub(crate) unread: Vec<Unreads>,
}

/// Texts and how often each was met, in the order in which they were met.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unreads {
    index: HashMap<String, usize>,
    counts: Vec<(String, u64)>,
    /// Met after there was no room for more different texts.
    pub(crate) others: u64,
}

impl Unreads {
    /// So many different texts are told apart, so that memory stays flat.
    const MOST: usize = 1000;
    /// So many bytes of a text are kept.
    const LONGEST: usize = 200;

    /// Adds to the count of a text, and returns its place if it has one.
    fn add(&mut self, text: &str, count: u64) -> Option<usize> {
        let text = head(text, Self::LONGEST);
        if let Some(&at) = self.index.get(text) {
            self.counts[at].1 += count;
            return Some(at);
        }
        if self.counts.len() == Self::MOST {
            self.others += count;
            return None;
        }
        self.index.insert(text.to_owned(), self.counts.len());
        self.counts.push((text.to_owned(), count));
        Some(self.counts.len() - 1)
    }

    /// Counts once more what has this place.
    fn count(&mut self, place: usize) {
        self.counts[place].1 += 1;
    }

    /// The texts, most frequent first, then as met.
    pub(crate) fn ranked(&self) -> Vec<(&str, u64)> {
        let mut ranked: Vec<_> = self
            .counts
            .iter()
            .map(|(text, count)| (text.as_str(), *count))
            .collect();
        ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        ranked
    }
}

/// The longest beginning of `text` of at most `most` bytes.
fn head(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    &text[..end]
}

impl Tally {
    fn new(rules: &Rules) -> Self {
        Tally {
            records: 0,
            labels: vec![[0; 3]; rules.rulebook().scorecards.len()],
            unread: vec![Unreads::default(); rules.rulebook().criteria.len()],
        }
    }

    /// Adds what was counted after all that is in here.
    pub(crate) fn add(&mut self, later: &Tally) {
        self.records += later.records;
        if self.labels.is_empty() {
            self.labels.clone_from(&later.labels);
            self.unread.clone_from(&later.unread);
            return;
        }
        for (mine, theirs) in self.labels.iter_mut().zip(&later.labels) {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        }
        for (mine, theirs) in self.unread.iter_mut().zip(&later.unread) {
            for (text, count) in &theirs.counts {
                let _ = mine.add(text, *count);
            }
            mine.others += theirs.others;
        }
    }
}

impl<'r> Judge<'r> {
    /// A desk for records in which columns feed the criteria `fed`. `strict`
    /// makes it an error if a text is not understood.
    pub(crate) fn new(rules: &'r Rules, fed: &[bool], strict: bool) -> Self {
        let kinds = rules.rulebook().criteria.iter().map(|one| one.kind);
        let criteria = kinds.len();
        Judge {
            rules,
            plan: rules.plan(fed),
            strict,
            slots: vec![Reading::Missing; criteria],
            dates: vec![String::new(); criteria],
            memory: vec![Memory::default(); criteria],
            is_address: kinds.map(|kind| kind == Kind::Address).collect(),
            key: String::new(),
            evaluation: Evaluation::default(),
            tally: Tally::new(rules),
        }
    }

    /// Begins a record: all slots are empty.
    pub(crate) fn begin(&mut self) {
        self.slots.fill(Reading::Missing);
    }

    /// Fills the slot of a criterion with what its column says: `text` of what
    /// stands there `raw`. Equal raw texts have to be equal texts.
    pub(crate) fn take<'t>(
        &mut self,
        feed: &Feed,
        raw: &'t str,
        text: impl FnOnce(&'t str) -> Cow<'t, str>,
    ) -> Result<(), Box<Unread>> {
        // Of an address only the domain is evidence, and that repeats.
        let telling = if self.is_address[feed.criterion] {
            domain_of(raw.as_bytes())
        } else {
            raw.as_bytes()
        };
        let all = telling.len() == raw.len();
        let digest =
            Digest::of(telling).map(|digest| if all { digest } else { digest.of_a_part() });
        if let Some(digest) = &digest
            && let Some(known) = self.memory[feed.criterion].recall(digest)
        {
            self.slots[feed.criterion] = known.reading;
            if known.reading == Reading::NotUnderstood {
                self.tally.unread[feed.criterion].count(known.counted);
            }
            return Ok(());
        }
        self.read(feed, digest, all, &text(raw))
    }

    /// Reads a `text` with this digest, which is that of `all` of it or of a
    /// part that alone tells what it is.
    fn read(
        &mut self,
        feed: &Feed,
        digest: Option<Digest>,
        all: bool,
        text: &str,
    ) -> Result<(), Box<Unread>> {
        let criterion = feed.criterion;
        let bare = feed.bare.unwrap_or_default();
        let reading = self.rules.read_in(criterion, text, bare, &mut self.key);
        self.slots[criterion] = reading;
        match (reading, digest) {
            (Reading::NotUnderstood, digest) => {
                let counted = self.not_understood(criterion, text)?;
                // What is counted is the whole text.
                if let (Some(digest), Some(counted), true) = (digest, counted, all) {
                    self.memory[criterion].remember(digest, reading, counted);
                }
            }
            // A text that may have to be counted is not remembered.
            (Reading::Date(_), _) => text.clone_into(&mut self.dates[criterion]),
            (_, Some(digest)) => self.memory[criterion].remember(digest, reading, 0),
            (_, None) => {}
        }
        Ok(())
    }

    /// Judges the record whose slots are filled.
    pub(crate) fn decide(&mut self) -> Result<(), Box<Unread>> {
        if let Some(date) = self.rules.derive(&mut self.slots) {
            let text = std::mem::take(&mut self.dates[date]);
            let told = self.not_understood(date, &text);
            self.dates[date] = text;
            told?;
        }
        self.rules
            .evaluate(&self.slots, &self.plan, &mut self.evaluation);
        self.tally.records += 1;
        for (counts, verdict) in self.tally.labels.iter_mut().zip(&self.evaluation.verdicts) {
            counts[usize::from(verdict.label)] += 1;
        }
        Ok(())
    }

    /// Hands over what was counted since the last time.
    pub(crate) fn take_tally(&mut self) -> Tally {
        for memory in &mut self.memory {
            memory.forget_counted();
        }
        std::mem::replace(&mut self.tally, Tally::new(self.rules))
    }

    /// Counts a text; returns where, if it has a place.
    fn not_understood(
        &mut self,
        criterion: usize,
        text: &str,
    ) -> Result<Option<usize>, Box<Unread>> {
        let text = text.trim();
        if self.strict {
            return Err(Box::new(Unread {
                criterion,
                text: head(text, Unreads::LONGEST).to_owned(),
                expected: self.would_be_understood(criterion),
            }));
        }
        Ok(self.tally.unread[criterion].add(text, 1))
    }

    /// What a text for this criterion could have been.
    fn would_be_understood(&self, criterion: usize) -> String {
        let criterion = &self.rules.rulebook().criteria[criterion];
        match criterion.kind {
            Kind::Choice => format!(
                "{}, or a word for one of them",
                criterion.values.join(", ")
            ),
            Kind::Length => {
                "a length of time such as \"18 months\", \"3y\", \"P1Y6M\" or a number of months"
                    .to_owned()
            }
            Kind::Date => {
                "a day such as 2024-06-14 or 14.06.2024, with the start before the end and not 100 years away"
                    .to_owned()
            }
            Kind::Organization => "the name of an organization".to_owned(),
            Kind::Address => "a mail address".to_owned(),
        }
    }
}

/// What follows the first `@`, where nothing before it can make a difference:
/// a plain user. Else all of it.
fn domain_of(raw: &[u8]) -> &[u8] {
    let plain = |byte: &u8| PLAIN[usize::from(*byte)];
    match memchr::memchr(b'@', raw) {
        Some(at) if at > 0 && raw[..at].iter().all(plain) => &raw[at..],
        _ => raw,
    }
}

/// The bytes of a plain user: none ends an address or makes it none.
const PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        table[byte] = c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-' | b'+');
        byte += 1;
    }
    table
};

/// The texts of one criterion that were read last: most columns repeat a few
/// words.
#[derive(Debug, Clone)]
struct Memory(Vec<[Remembered; 4]>);

#[derive(Debug, Clone, Copy)]
struct Remembered {
    text: Digest,
    reading: Reading,
    /// Where it is counted, if it was not understood.
    counted: usize,
}

impl Remembered {
    /// No text is longer than its digest holds, so nothing equals this one.
    const NOTHING: Self = Remembered {
        text: Digest {
            length: usize::MAX,
            words: [0; 4],
        },
        reading: Reading::Missing,
        counted: 0,
    };
}

impl Default for Memory {
    fn default() -> Self {
        Memory(vec![[Remembered::NOTHING; 4]; Memory::PLACES])
    }
}

impl Memory {
    const PLACES: usize = 32;

    fn recall(&self, digest: &Digest) -> Option<&Remembered> {
        self.0[digest.place()]
            .iter()
            .find(|known| known.text == *digest)
    }

    fn remember(&mut self, text: Digest, reading: Reading, counted: usize) {
        // The last of those that share the place is forgotten.
        let here = &mut self.0[text.place()];
        here.rotate_right(1);
        here[0] = Remembered {
            text,
            reading,
            counted,
        };
    }

    /// Forgets what is counted, since counting begins anew.
    fn forget_counted(&mut self) {
        for known in self.0.iter_mut().flatten() {
            if known.reading == Reading::NotUnderstood {
                *known = Remembered::NOTHING;
            }
        }
    }
}

/// A short text as a few words of the machine: equal digests are equal texts.
#[derive(Debug, Clone, Copy)]
struct Digest {
    length: usize,
    words: [u64; 4],
}

impl PartialEq for Digest {
    /// Word by word: they were written one by one a moment ago, and a wider
    /// load of them would have to wait.
    fn eq(&self, other: &Self) -> bool {
        let [a, b, c, d] = self.words;
        let [e, f, g, h] = other.words;
        (a ^ e) | (b ^ f) | (c ^ g) | (d ^ h) | (self.length ^ other.length) as u64 == 0
    }
}

impl Digest {
    /// The digest of a text of at most 32 bytes. Its words overlap where they
    /// do not fill up.
    fn of(bytes: &[u8]) -> Option<Self> {
        let length = bytes.len();
        let eight = |at: usize| {
            bytes
                .get(at..at + 8)
                .and_then(|b| b.try_into().ok())
                .map_or(0, u64::from_le_bytes)
        };
        let four = |at: usize| {
            bytes
                .get(at..at + 4)
                .and_then(|b| b.try_into().ok())
                .map_or(0, u32::from_le_bytes)
        };
        let words = match length {
            0 => [0; 4],
            1..=3 => [
                u64::from(bytes[0])
                    | u64::from(bytes[length / 2]) << 8
                    | u64::from(bytes[length - 1]) << 16,
                0,
                0,
                0,
            ],
            4..=7 => [u64::from(four(0)), u64::from(four(length - 4)), 0, 0],
            8..=16 => [eight(0), eight(length - 8), 0, 0],
            17..=32 => [eight(0), eight(8), eight(length - 16), eight(length - 8)],
            _ => return None,
        };
        Some(Digest { length, words })
    }

    /// The digest of the same bytes where they are but a part of a text, which
    /// equals that of no whole one.
    fn of_a_part(self) -> Self {
        Digest {
            length: self.length + 64,
            ..self
        }
    }

    fn place(&self) -> usize {
        let [a, b, c, d] = self.words;
        let mixed = (a ^ c)
            .wrapping_add((b ^ d).rotate_left(29))
            .wrapping_add(self.length as u64);
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_has_no_room_is_counted_too() {
        let tally = |from: u64, to: u64| {
            let mut unread = Unreads::default();
            for i in from..to {
                let _ = unread.add(&i.to_string(), 1);
            }
            Tally {
                records: to - from,
                labels: vec![[0; 3]],
                unread: vec![unread],
            }
        };
        let mut all = tally(0, 600);
        all.add(&tally(600, 2000));
        assert_eq!(all.records, 2000);
        assert_eq!(all.unread[0].counts.len(), Unreads::MOST);
        assert_eq!(all.unread[0].others, 1000);
    }

    proptest! {
        #[test]
        fn equal_digests_are_equal_texts(a in "[ab]{0,34}", b in "[ab]{0,34}", at in 0..34_usize) {
            prop_assert_eq!(Digest::of(a.as_bytes()).is_none(), a.len() > 32);
            if Digest::of(a.as_bytes()).is_some() {
                prop_assert_eq!(Digest::of(a.as_bytes()) == Digest::of(b.as_bytes()), a == b);
                // One byte makes the difference, wherever it is.
                if at < a.len() {
                    let mut other = a.clone();
                    other.replace_range(at..=at, "c");
                    prop_assert_ne!(Digest::of(a.as_bytes()), Digest::of(other.as_bytes()));
                }
            }
        }
    }
}
