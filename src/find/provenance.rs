//! The origin of each criterion's value in one record.
//!
//! Owns how a case is made from a record's texts. It is read and judged like any other
//! record; the steps are noted.

use jiff::civil::Date;

use super::case::{Case, Fact, FactSource, Ground, Unused};
use crate::columns::{Feed, Role, Why};
use crate::engine::compile::Rules;
use crate::engine::slot::SlotId;
use crate::error::Place;
use crate::run::evidence::{Evidence, EvidenceCounts, NOT_FOUND, Origin};
use crate::run::judging::{Judging, Trace};
use crate::value::{DateOrder, Value};

/// Evidence from elsewhere for one record: all of it, and the results of its lookups.
pub(super) type Elsewhere<'e> = (&'e Evidence, Vec<u32>);

/// Makes a case of texts and how each is read: the column, the feed and the text.
pub(super) fn case<'t>(
    judging: &mut Judging<'_>,
    texts: impl Iterator<Item = (&'t str, Feed, &'t str)>,
    elsewhere: Option<Elsewhere<'_>>,
) -> Case {
    let mut facts = Vec::new();
    let mut values = vec![Value::Missing; judging.slots()];
    let mut grounds = vec![Ground::default(); judging.slots()];
    let mut key = String::new();
    for (column, feed, text) in texts {
        let (value, _) = judging.read(&mut values, &feed, text, &mut key);
        facts.push(Fact {
            criterion: feed.criterion,
            role: feed.role,
            column: column.to_owned(),
            text: text.to_owned(),
            reading: value,
            orders: match value {
                Value::NotRecognized if feed.date_order().is_none() => DateOrder::open(text),
                _ => Vec::new(),
            },
            source: FactSource::Record,
        });
        grounds[feed.slot.index()] = Ground {
            reading: value,
            facts: vec![facts.len() - 1],
            days: None,
        };
    }
    let rules = judging.rules;
    let mut provenance = Provenance {
        facts: &facts,
        grounds,
        as_of: &|| rules.as_of(),
    };
    judging.settle(&mut values, &mut provenance);
    let mut grounds = provenance.grounds;
    grounds.truncate(rules.rulebook().criteria.len());
    let mut joined = Joined::default();
    if let Some((evidence, hits)) = &elsewhere {
        joined = join(rules, evidence, hits, &mut values);
        for fact in joined.facts.drain(..) {
            grounds[fact.criterion] = Ground {
                reading: fact.reading,
                facts: vec![facts.len()],
                days: None,
            };
            facts.push(fact);
        }
    }
    judging.evaluate(&values);
    Case {
        place: Place::default(),
        furniture: None,
        facts,
        unused: joined.unused,
        grounds,
        off: Vec::new(),
        evaluation: judging.evaluation.clone(),
        keys: joined.keys,
    }
}

/// What evidence from elsewhere adds to a record.
#[derive(Default)]
struct Joined {
    facts: Vec<Fact>,
    unused: Vec<Unused>,
    keys: Vec<Option<u32>>,
}

/// Joins evidence from elsewhere to the `values` of a record.
fn join(rules: &Rules, evidence: &Evidence, hits: &[u32], values: &mut [Value]) -> Joined {
    let mut joined = Joined::default();
    for (place, file) in evidence.files.iter().enumerate() {
        let hit = hits[file.lookup];
        joined.keys.push((hit < NOT_FOUND).then_some(hit));
        let denied = file.denied(rules, values, hit);
        joined.unused.extend(denied.map(|criterion| Unused {
            column: file.name.clone(),
            text: String::new(),
            why: Why::Contradicts(criterion),
            source: FactSource::File(place),
        }));
    }
    let mut origins = vec![Origin::Own; rules.rulebook().criteria.len()];
    let (criteria, mut counts) = (evidence.criteria(), EvidenceCounts::default());
    evidence.join(rules, &criteria, values, hits, &mut origins, &mut counts);
    let elsewhere = origins.iter().enumerate();
    let facts = elsewhere.filter_map(|(criterion, origin)| {
        let (column, source) = match origin {
            Origin::Own => return None,
            Origin::File(place) => {
                let place = usize::from(*place);
                (evidence.files[place].name.clone(), FactSource::File(place))
            }
            Origin::Assumed => ("assumed".to_owned(), FactSource::Assumed),
        };
        Some(Fact {
            criterion,
            role: Role::Plain,
            column,
            text: String::new(),
            reading: values[criterion],
            orders: Vec::new(),
            source,
        })
    });
    joined.facts = facts.collect();
    joined
}

/// The case of a record that is not about a buyer.
pub(super) fn nothing(judging: &mut Judging<'_>) -> Case {
    judging.abandon();
    let case = case(judging, std::iter::empty(), None);
    judging.judge_nothing();
    Case {
        evaluation: judging.evaluation.clone(),
        ..case
    }
}

/// The origin of the values of slots.
struct Provenance<'p> {
    facts: &'p [Fact],
    /// By slot.
    grounds: Vec<Ground>,
    as_of: &'p dyn Fn() -> Date,
}

impl Trace for Provenance<'_> {
    fn substitutes(&mut self, slot: SlotId, target: SlotId, _: Value, is_silent: bool) {
        let (slot, target) = (slot.index(), target.index());
        // A column without a value takes nothing from one that has a value.
        let says_nothing =
            self.grounds[slot].reading == Value::Missing && !self.grounds[target].facts.is_empty();
        if !says_nothing || is_silent {
            self.grounds[target] = self.grounds[slot].clone();
        }
    }

    fn measured(&mut self, length: SlotId, value: Value, days: [SlotId; 2], ends: bool) {
        let (length, [from, to]) = (length.index(), days.map(SlotId::index));
        if !value.is_known() && self.grounds[length].reading == Value::NotRecognized {
            return;
        }
        let mut facts = self.grounds[from].facts.clone();
        // An open end is shown too; an end in the future does not count.
        let end = &self.grounds[to];
        if ends || end.reading == Value::Missing {
            let stated = end.facts.iter().copied();
            facts.extend(stated.filter(|fact| !self.facts[*fact].text.trim().is_empty()));
        }
        let day = |slot: usize| self.day(slot);
        let days = day(from).and_then(|first| {
            let last = if ends { day(to)? } else { (self.as_of)() };
            Some((first, last))
        });
        self.grounds[length] = Ground {
            reading: value,
            facts,
            days,
        };
    }

    fn withheld(&mut self, criterion: usize) {
        self.grounds[criterion] = Ground::default();
    }

    fn dated(&mut self, choice: SlotId, value: Value, days: [SlotId; 2], last: Option<Date>) {
        let [from, until] = days.map(SlotId::index);
        let facts = [from, until].map(|slot| self.grounds[slot].facts.iter().copied());
        let facts = facts.into_iter().flatten();
        let facts = facts.filter(|fact| !self.facts[*fact].text.trim().is_empty());
        let first = self.day(from).filter(|_| value != Value::Missing);
        let last = self
            .day(until)
            .or(last)
            .or_else(|| first.map(|_| (self.as_of)()));
        self.grounds[choice.index()] = Ground {
            reading: value,
            facts: facts.collect(),
            days: first.zip(last),
        };
    }
}

impl Provenance<'_> {
    /// The day in a slot.
    fn day(&self, slot: usize) -> Option<Date> {
        match self.grounds[slot].reading {
            Value::Day(day) => Some(day),
            _ => None,
        }
    }
}
