//! What the columns of a whole input hold, instead of labels.
//!
//! Owns the counts of a survey: each column takes the place of a criterion's
//! slot, and what would be read for a record is counted instead.

use rustc_hash::FxHashMap;

use super::Judge;
use super::tally::Unreads;
use crate::columns::{Feed, Mapping};
use crate::engine::compile::Rules;
use crate::value::Kind;
use crate::value::Value;

/// So many different values of a column are kept to be shown.
const SAMPLES: usize = 3;

/// What is known of the columns so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Survey {
    pub(crate) columns: Vec<Seen>,
}

/// One column, and what was met in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Its place among the columns of the sample.
    pub(crate) column: usize,
    /// Its name, if no record of the sample had it.
    pub(crate) name: Option<String>,
    /// How it is read, if it is.
    pub(crate) feed: Option<Feed>,
    /// So many values say something.
    pub(crate) filled: u64,
    /// So many of these were not understood.
    pub(crate) unread: u64,
    /// The first different ones that say something.
    pub(crate) samples: Vec<String>,
    pub(crate) unreads: Unreads,
    /// What was found of texts that may come again.
    known: FxHashMap<String, Found>,
}

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Something,
    NotUnderstood,
}

/// So many texts of a column are remembered, of so many bytes at most.
const REMEMBERED: usize = 1000;
const SHORT: usize = 64;

impl Survey {
    /// A survey of columns that feed criteria as `mapping` says; and a mapping
    /// in which each column feeds a slot of its own.
    pub(crate) fn new(mapping: &Mapping) -> (Self, Mapping) {
        let mut survey = Survey::default();
        let mut apart = mapping.clone();
        for (column, feeds) in apart.feeds.iter_mut().enumerate() {
            let read: Vec<Option<Feed>> = match feeds.is_empty() {
                true => vec![None],
                false => feeds.drain(..).map(Some).collect(),
            };
            for feed in read {
                let seat = survey.columns.len();
                feeds.push(Feed::surveyed(feed.as_ref(), seat));
                survey.columns.push(Seen {
                    column,
                    feed,
                    ..Seen::default()
                });
            }
        }
        (survey, apart)
    }

    fn take(&mut self, rules: &Rules, seat: usize, text: &str, key: &mut String) {
        let Some(seen) = self.columns.get_mut(seat) else {
            return;
        };
        let known = seen.known.get(text).copied();
        let found = known.unwrap_or_else(|| seen.read(rules, text, key));
        if known.is_none() && text.len() <= SHORT && seen.known.len() < REMEMBERED {
            seen.known.insert(text.to_owned(), found);
        }
        if found == Found::Nothing {
            return;
        }
        seen.filled += 1;
        if seen.samples.len() < SAMPLES {
            let text = crate::format::sampled(text.trim());
            if !seen.samples.contains(&text) {
                seen.samples.push(text);
            }
        }
        if found == Found::NotUnderstood {
            seen.unread += 1;
            seen.unreads.add_bounded(text.trim());
        }
    }
}

impl Seen {
    fn read(&self, rules: &Rules, text: &str, key: &mut String) -> Found {
        if rules.is_blank(text, key) {
            return Found::Nothing;
        }
        match &self.feed {
            Some(feed)
                if rules.read_in(feed.criterion, text, feed.sense, key) == Value::NotRecognized =>
            {
                Found::NotUnderstood
            }
            _ => Found::Something,
        }
    }
}

impl<'r> Judge<'r> {
    /// A desk that surveys columns and judges nothing.
    pub(crate) fn surveying(rules: &'r Rules, survey: Survey) -> Self {
        let criteria = rules.rulebook().criteria.len();
        let mut judge = Judge::new(rules, &vec![false; criteria], &[], false, false);
        let seats = judge.seats.len().max(survey.columns.len());
        // Of a choice nothing is recalled that was not remembered, and a survey
        // remembers nothing.
        judge.seats = vec![super::Seat::new(Kind::Choice); seats];
        judge.slots.resize(seats, super::Bin::MISSING);
        judge.days.resize(seats, Default::default());
        judge.survey = Some(survey);
        judge
    }

    /// What was found, if this is a survey.
    pub(crate) fn take_survey(&mut self) -> Option<Survey> {
        self.survey.take()
    }

    /// Lets a column that no record of the sample had take part, if this is a
    /// survey and it `has_room`; returns what it feeds then. As when records are
    /// labelled, what other columns feed it does not.
    pub(crate) fn admit(
        &mut self,
        name: &str,
        feeds: &[Feed],
        has_room: bool,
    ) -> Option<Vec<Feed>> {
        let survey = self.survey.as_mut()?;
        if !has_room {
            return Some(Vec::new());
        }
        let seat = survey.columns.len();
        let open = feeds.iter().find(|feed| {
            let mut fed = survey.columns.iter().filter_map(|seen| seen.feed);
            self.rules.can_read(feed.criterion) && fed.all(|other| other.seat != feed.seat)
        });
        survey.columns.push(Seen {
            name: Some(name.to_owned()),
            feed: open.copied(),
            ..Seen::default()
        });
        let seats = self.seats.len().max(seat + 1);
        self.seats.resize(seats, super::Seat::new(Kind::Choice));
        self.slots.resize(seats, super::Bin::MISSING);
        self.days.resize(seats, Default::default());
        Some(vec![Feed::surveyed(open, seat)])
    }

    /// Counts a text; false if this is no survey.
    pub(super) fn surveys(&mut self, feed: &Feed, text: &str) -> bool {
        let Some(survey) = &mut self.survey else {
            return false;
        };
        survey.take(self.rules, feed.seat, text, &mut self.key);
        true
    }
}
