//! Counts taken while records are judged.
//!
//! Owns the counts of a batch and how those of several add up, in the order of the
//! records.

use std::collections::HashMap;

use super::evidence::EvidenceCounts;
use crate::engine::compile::Rules;
use crate::engine::evaluate::CardVerdict;
use crate::value::Value;

/// The counts over some records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) records: u64,
    /// By scorecard: how often each of its three labels was given.
    pub(crate) labels: Vec<[u64; 3]>,
    /// By criterion: the texts that were not understood.
    pub(crate) unread: Vec<Unrecognized>,
    /// Counts that take longer, if requested.
    pub(crate) census: Option<Box<Census>>,
    /// How records and other evidence come together, if there is any.
    pub(crate) evidence: Option<Box<EvidenceCounts>>,
}

/// How labels combine, and how often each criterion is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// By the first scorecard's label and the second's, as
    /// [`CardVerdict::label`](crate::engine::evaluate::CardVerdict::label) numbers
    /// them: the number of records. If there is only one scorecard, its labels are all
    /// in the first column.
    pub together: [[u64; 3]; 3],
    /// By criterion: the number of records in which it is known.
    pub known: Vec<u64>,
    /// By criterion: the number of records with a text that is not understood, and
    /// without one that is.
    pub not_understood: Vec<u64>,
}

impl Census {
    pub(crate) fn new(rules: &Rules) -> Self {
        let criteria = rules.rulebook().criteria.len();
        Census {
            together: [[0; 3]; 3],
            known: vec![0; criteria],
            not_understood: vec![0; criteria],
        }
    }

    /// Counts a record. A start that is known as that of the relationship itself, which
    /// has its own slot, counts as known.
    pub(crate) fn count(&mut self, rules: &Rules, slots: &[Value], verdicts: &[CardVerdict]) {
        let label = |card: usize| verdicts.get(card).map_or(0, |one| usize::from(one.label));
        self.together[label(0)][label(1)] += 1;
        let counts = self.known.iter_mut().zip(&mut self.not_understood);
        for ((known, not_understood), slot) in counts.zip(slots) {
            if slot.is_known() {
                *known += 1;
            } else if *slot == Value::NotRecognized {
                *not_understood += 1;
            }
        }
        // Undo the count just made for the other slot.
        for one in rules.derived() {
            if slots[one.since].is_known() && !slots[one.start].is_known() {
                self.known[one.start] += 1;
                let is_unread = slots[one.start] == Value::NotRecognized;
                self.not_understood[one.start] -= u64::from(is_unread);
            } else if slots[one.since] == Value::NotRecognized && slots[one.start] == Value::Missing
            {
                self.not_understood[one.start] += 1;
            }
        }
    }

    fn add(&mut self, later: &Census) {
        let mine = self.together.iter_mut().flatten();
        for (mine, theirs) in mine.zip(later.together.iter().flatten()) {
            *mine += theirs;
        }
        self.known.resize(later.known.len(), 0);
        self.not_understood.resize(later.not_understood.len(), 0);
        let mine = self.known.iter_mut().chain(&mut self.not_understood);
        let theirs = later.known.iter().chain(&later.not_understood);
        for (mine, theirs) in mine.zip(theirs) {
            *mine += theirs;
        }
    }
}

/// Texts and how often each occurs, in the order of their first occurrence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unrecognized {
    /// The place of each text.
    places: HashMap<String, u32>,
    /// By place.
    counts: Vec<u64>,
    /// Occurrences after there was no more room for different texts.
    pub(crate) others: u64,
}

impl Unrecognized {
    /// How many different texts are counted separately over all batches, so that memory
    /// stays flat. In a single batch it is all of them, so that batch limits do not
    /// matter.
    const MOST: usize = 1000;
    /// How many bytes of a text are kept.
    pub(crate) const LONGEST: usize = 200;

    /// Adds to the count of a text, and returns its place.
    pub(crate) fn add(&mut self, text: &str, count: u64) -> u32 {
        let text = head(text, Self::LONGEST);
        let known = self.places.get(text).copied();
        let place = known.unwrap_or_else(|| {
            // No batch has more texts than that.
            let place = self.counts.len() as u32;
            self.places.insert(text.to_owned(), place);
            self.counts.push(0);
            place
        });
        self.counts[place as usize] += count;
        place
    }

    /// Adds the counts of a later batch, as far as there is room.
    pub(crate) fn add_all(&mut self, later: &Unrecognized) {
        for (text, count) in later.in_order() {
            self.add_bounded(text, count);
        }
        self.others += later.others;
    }

    /// Adds to the count of a text, if there is room.
    pub(crate) fn add_bounded(&mut self, text: &str, count: u64) {
        let text = head(text, Self::LONGEST);
        if self.counts.len() < Self::MOST || self.places.contains_key(text) {
            self.add(text, count);
        } else {
            self.others += count;
        }
    }

    /// Adds one to the count of the text with this place.
    pub(crate) fn count(&mut self, place: u32) {
        self.counts[place as usize] += 1;
    }

    /// The texts in the order of their occurrence.
    fn in_order(&self) -> Vec<(&str, u64)> {
        let mut texts = vec![("", 0); self.counts.len()];
        // Each goes to its own place, so the order does not matter.
        #[allow(clippy::iter_over_hash_type)]
        for (text, place) in &self.places {
            let place = *place as usize;
            texts[place] = (text, self.counts[place]);
        }
        texts
    }

    /// The texts, most frequent first, then in the order of their occurrence.
    pub(crate) fn ranked(&self) -> Vec<(&str, u64)> {
        let mut ranked = self.in_order();
        ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        ranked
    }
}

/// The longest beginning of `text` with at most `most` bytes.
pub(crate) fn head(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut ends = (0..=most).rev();
    &text[..ends.find(|at| text.is_char_boundary(*at)).unwrap_or(0)]
}

impl Tally {
    pub(crate) fn new(rules: &Rules) -> Self {
        Tally {
            records: 0,
            labels: vec![[0; 3]; rules.rulebook().scorecards.len()],
            unread: vec![Unrecognized::default(); rules.rulebook().criteria.len()],
            census: None,
            evidence: None,
        }
    }

    /// Adds counts that come after these.
    pub(crate) fn add(&mut self, later: &Tally) {
        self.records += later.records;
        let (cards, criteria) = (later.labels.len(), later.unread.len());
        self.labels.resize(cards, [0; 3]);
        self.unread.resize_with(criteria, Unrecognized::default);
        for (mine, theirs) in self.labels.iter_mut().zip(&later.labels) {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        }
        for (mine, theirs) in self.unread.iter_mut().zip(&later.unread) {
            mine.add_all(theirs);
        }
        if let Some(theirs) = &later.census {
            self.census.get_or_insert_default().add(theirs);
        }
        if let Some(theirs) = &later.evidence {
            self.evidence.get_or_insert_default().add(theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_counted_too() {
        let tally = |from: u64, to: u64| {
            let mut unread = Unrecognized::default();
            for i in from..to {
                unread.add(&i.to_string(), 1);
            }
            Tally {
                records: to - from,
                labels: vec![[0; 3]],
                unread: vec![unread],
                census: None,
                evidence: None,
            }
        };
        let mut all = Tally::default();
        all.add(&tally(0, 600));
        all.add(&tally(600, 2000));
        assert_eq!(all.records, 2000);
        assert_eq!(all.unread[0].counts.len(), Unrecognized::MOST);
        assert_eq!(all.unread[0].others, 1000);
    }
}
