//! Kinds of related files: files with any number of records for one relationship, such as
//! contracts or orders.
//!
//! Owns what a rulebook declares of a kind, and that in words. Its checked form is in
//! [`checked`]. Knows nothing of files: which one is of a kind, and what its records add
//! up to, is decided elsewhere.

pub mod checked;
mod state;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rulebook::Condition;
pub use crate::rulebook::related::state::State;
pub(crate) use crate::rulebook::related::state::StateWord;

/// The fewest and the most `records` of a [`Frequency`].
pub(crate) const RECORDS: (u32, u32) = (2, 6);

/// The shortest and the longest `span` and `gap` of a [`Frequency`], in months.
pub(crate) const MONTHS: (u32, u32) = (1, 60);

/// A kind of related files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// Its name.
    pub name: String,
    /// What such files have, in one line.
    pub says: String,
    /// The criterion, with dates between which it is in force, whose state, days and term
    /// the records have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The states in which a record counts, by their [names](State::name).
    pub counts: Vec<String>,
    /// How the values of several records become one, by criterion: a rule, or values, of
    /// which the first counts that any record has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub take: BTreeMap<String, Condition>,
    /// What a record that counts shows by being there: values by criterion.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub means: BTreeMap<String, String>,
    /// The same where the records name goods.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub goods: BTreeMap<String, String>,
    /// Values or groups by criterion: if the relationship has any of them, `means`,
    /// `goods` and `frequency` show nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unless: BTreeMap<String, Condition>,
    /// Values or groups by criterion that a record about the buyer may have, and that
    /// records of this kind contradict.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contradicts: BTreeMap<String, Condition>,
    /// The kinds of which a record may be a part, by a key that it has or through its file:
    /// then `means`, `goods` and `frequency` show nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub part_of: Vec<String>,
    /// Few records of such a file belong to a relationship, or none: for staff, none is the
    /// rule.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// What the number of records and their days show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
}

/// The values of a criterion that the number of records and their days show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// The criterion.
    pub criterion: String,
    /// The value for exactly one record.
    pub once: String,
    /// The value for several that are not regular.
    pub occasional: String,
    /// The value for at least `records` over at least `span` without a gap longer than
    /// `gap`.
    pub regular: String,
    /// From 2 to 6.
    pub records: u32,
    /// A length of whole months, from 1 to 60.
    pub span: String,
    /// A length of whole months, from 1 to 60.
    pub gap: String,
}

impl Frequency {
    fn in_words(&self) -> String {
        let (criterion, once, occasional) = (&self.criterion, &self.once, &self.occasional);
        let (regular, records) = (&self.regular, self.records);
        let (span, gap) = (&self.span, &self.gap);
        format!(
            "{criterion} is {once} for one record, {regular} for {records} over {span} with gaps up to {gap}, else {occasional}"
        )
    }
}

/// The names, if there are any.
fn joined(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(", "))
}

impl Related {
    /// Its keys after `says` in words, by their place and name.
    pub(crate) fn in_words(&self) -> BTreeMap<(usize, String), String> {
        let mut all = BTreeMap::new();
        let counts = self.counts.join(", ");
        for (place, key, words) in [
            (1, "about", self.about.clone()),
            (2, "counts", Some(counts)),
            (8, "part_of", joined(&self.part_of)),
            (9, "partial", self.partial.then(|| "true".to_owned())),
            (
                10,
                "frequency",
                self.frequency.as_ref().map(Frequency::in_words),
            ),
        ] {
            all.extend(words.map(|words| ((place, key.to_owned()), words)));
        }
        let mut add = |place, key: &str, criterion: &str, words: String| {
            all.insert((place, format!("{key} {criterion}")), words);
        };
        for (criterion, rule) in &self.take {
            add(3, "take", criterion, rule.alternatives().join(", "));
        }
        for (place, key, values) in [(4, "means", &self.means), (5, "goods", &self.goods)] {
            for (criterion, value) in values {
                add(place, key, criterion, value.clone());
            }
        }
        for (place, key, conditions) in [
            (6, "unless", &self.unless),
            (7, "contradicts", &self.contradicts),
        ] {
            for (criterion, condition) in conditions {
                add(place, key, criterion, condition.alternatives().join(" or "));
            }
        }
        all
    }
}
