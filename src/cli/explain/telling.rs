//! A case put into words.
//!
//! Owns which facts belong to which row, and how values, lengths and changes are
//! said. What does not count has a file of its own.

use crate::columns::Role;
use crate::engine::compile::Rules;
use crate::engine::counterfactual::{Counterfactual, Target};
use crate::engine::evaluate::Evidence;
use crate::judge::{Case, Fact, Ground};
use crate::rulebook::{Attribute, Criterion, Scorecard};
use crate::value::Value;
use crate::value::{Kind, Length};

use super::sentence::Sentence;
use super::view::{Changed, Moved, Named, Part, Row, Said, View, listed};

impl<'v> View<'v> {
    pub(super) fn new(rules: &'v Rules, rulebook: &'v Named, case: &'v Case) -> Self {
        let telling = Telling { rules, case };
        let cards = rules.rulebook().scorecards.iter().enumerate();
        View {
            parts: cards
                .map(|(place, card)| telling.part(place, card))
                .collect(),
            uncounted: telling.uncounted(),
            case,
            rulebook,
        }
    }
}

/// What turns a case into words.
pub(super) struct Telling<'v> {
    pub(super) rules: &'v Rules,
    pub(super) case: &'v Case,
}

impl<'v> Telling<'v> {
    fn part(&self, place: usize, card: &'v Scorecard) -> Part<'v> {
        let verdict = self.case.evaluation.verdicts[place];
        let why = self.case.explanation(self.rules, place);
        let label = |label: u8| self.rules.label(place, label);
        let from = |score: fn(&crate::rulebook::Band) -> Option<i32>| {
            card.bands.iter().find_map(score).unwrap_or_default()
        };
        let criterion =
            |characteristic: usize| card.characteristics[characteristic].criterion.as_str();
        let rows = why.reasons.iter().map(|one| {
            let characteristic = &card.characteristics[one.characteristic];
            self.row(
                &characteristic.criterion,
                Some(&characteristic.attributes[one.attribute]),
            )
        });
        let (pointless, silent): (Vec<_>, Vec<_>) =
            (why.gaps.iter()).partition(|gap| gap.evidence == Evidence::NoAttribute);
        let pointless = pointless.iter();
        Part {
            card,
            verdict,
            label: label(verdict.label),
            upper: (label(0), from(|band| band.at_least)),
            lower: (label(1), from(|band| band.at_most)),
            rows: rows.collect(),
            pointless: pointless
                .map(|gap: &&crate::engine::explain::Gap| {
                    self.row(criterion(gap.characteristic), None)
                })
                .collect(),
            gaps: silent
                .iter()
                .map(|gap| self.gap(criterion(gap.characteristic), gap))
                .collect(),
            changes: (why.changes.iter())
                .filter_map(|change| self.changed(change, label(change.to)))
                .collect(),
        }
    }

    /// What is known of a criterion, and what an attribute makes of it.
    fn row(&self, criterion: &'v str, attribute: Option<&'v Attribute>) -> Row<'v> {
        let index = self.index(criterion);
        let ground = &self.case.grounds[index];
        let others = attribute
            .into_iter()
            .flat_map(|attribute| attribute.when.keys());
        let others = others.filter(|name| *name != criterion);
        Row {
            criterion,
            said: self.said(ground),
            days: ground
                .days
                .map(|(from, to)| [from.to_string(), to.to_string()]),
            told: self.told(index),
            read_as: self.as_said(index),
            in_words: self.in_words(index),
            given: others
                .map(|name| (name.as_str(), self.in_words(self.index(name))))
                .collect(),
            points: attribute.map_or(0, |attribute| attribute.partial_score),
            code: attribute.map_or("", |attribute| &attribute.reason_code),
            reason: attribute.map_or("The rulebook has no points for it", |attribute| {
                &attribute.reason
            }),
            sources: attribute.map_or(&[], |attribute| &attribute.sources),
        }
    }

    /// What the record says for a criterion, if that is more than what it is read as.
    fn told(&self, index: usize) -> Sentence {
        let ground = &self.case.grounds[index];
        let is_in_words = self.case.place.record.is_none();
        let said = self.said(ground);
        if is_in_words && said.iter().all(Said::is_plain) && ground.days.is_none() {
            return Sentence::default();
        }
        let as_written = said.iter().map(|said| said.text.trim().to_owned());
        let as_written: Vec<String> = as_written.collect();
        let told = Sentence::joined(said.iter().map(Said::in_words), ", ");
        let Some((from, to)) = ground.days else {
            return told;
        };
        let (from, to) = (from.to_string(), to.to_string());
        let is_open = self.days(ground) < 2;
        match &as_written[..] {
            [one, ..] if is_open && *one == from => {
                told.ours(format!(", until the as-of date {to}"))
            }
            _ if is_open => told.ours(format!(", so from {from} until the as-of date {to}")),
            both if *both == [from.clone(), to.clone()] => told,
            _ => told.ours(format!(", so from {from} to {to}")),
        }
    }

    /// How many days the facts of a length tell; where it is one, the other is the
    /// as-of date.
    pub(super) fn days(&self, ground: &Ground) -> usize {
        let facts = ground.facts.iter().map(|fact| &self.case.facts[*fact]);
        let days = facts.filter(|fact| matches!(fact.reading, Value::Day(_)));
        days.count()
    }

    fn changed(&self, change: &Counterfactual, to: &'v str) -> Option<Changed<'v>> {
        let moved = |one: &crate::engine::counterfactual::Change| {
            let of = self.criterion(one.criterion);
            let text = self.rules.example(one.criterion, &one.to)?;
            let now = self.case.grounds[one.criterion].reading;
            let values: Vec<&'v str> = match &one.to {
                Target::OneOf(values) => values.iter().map(|value| value_of(of, *value)).collect(),
                Target::Length { .. } => Vec::new(),
            };
            let read_as = values.first().copied().filter(|value| *value != text);
            let in_words = match &one.to {
                Target::OneOf(_) => {
                    let values: Vec<&str> = values.iter().map(|value| named(of, value)).collect();
                    match read_as {
                        Some(_) => format!("{}, such as {text}", listed(&values)),
                        None => listed(&values),
                    }
                }
                Target::Length { from, below, .. } => range_in_words(*from, *below),
            };
            Some(Moved {
                criterion: &of.name,
                from: now
                    .is_known()
                    .then(|| (self.as_said(one.criterion), self.in_words(one.criterion))),
                is_unread: now == Value::NotRecognized,
                read_as,
                or: self.others(one),
                range: match &one.to {
                    Target::Length { from, below, .. } => Some((*from, *below)),
                    Target::OneOf(_) => None,
                },
                in_words,
                to: text,
            })
        };
        Some(Changed {
            to,
            moves: change.changes.iter().map(moved).collect::<Option<_>>()?,
        })
    }

    /// Other texts that would do as well as the first.
    fn others(&self, one: &crate::engine::counterfactual::Change) -> Vec<String> {
        let Target::OneOf(values) = &one.to else {
            return Vec::new();
        };
        let values = values
            .iter()
            .skip(1)
            .map(|value| Target::OneOf(vec![*value]));
        values
            .filter_map(|to| self.rules.example(one.criterion, &to))
            .collect()
    }

    pub(super) fn index(&self, criterion: &str) -> usize {
        // Rules are checked to name criteria only.
        self.rules.criterion(criterion).unwrap_or_default()
    }

    pub(super) fn criterion(&self, index: usize) -> &'v Criterion {
        &self.rules.rulebook().criteria[index]
    }

    /// The criterion that a criterion tells of: a date tells of a length.
    pub(super) fn about(&self, index: usize) -> usize {
        let name = &self.criterion(index).name;
        let mut criteria = self.rules.rulebook().criteria.iter();
        let length = criteria.position(|criterion| {
            let dates = criterion.from_dates.as_ref();
            dates.is_some_and(|dates| dates.start == *name || dates.end == *name)
        });
        length.unwrap_or(index)
    }

    /// The fields that tell what counts for a criterion.
    pub(super) fn said(&self, ground: &Ground) -> Vec<Said<'v>> {
        let facts = ground.facts.iter();
        facts
            .map(|fact| self.said_by(&self.case.facts[*fact]))
            .collect()
    }

    pub(super) fn said_by(&self, fact: &'v Fact) -> Said<'v> {
        let of = self.criterion(fact.criterion);
        let value = |value: u8| value_of(of, value);
        let is_read = fact.reading.is_known();
        let note = match fact.role {
            Role::Filled(means) if fact.reading == Value::Choice(means) => {
                format!(" (filled in means {})", value(means))
            }
            Role::Before(means) | Role::Flag(means) if is_read => {
                format!(" (yes means {})", value(means))
            }
            Role::Term if is_read => " (how long it was agreed for)".to_owned(),
            // An end that is said to be open, or one that says nothing.
            _ if of.kind == Kind::Date && !is_read && fact.reading == Value::Missing => {
                match fact.text.trim() {
                    "" => String::new(),
                    _ => " (no day)".to_owned(),
                }
            }
            _ => String::new(),
        };
        Said {
            criterion: &of.name,
            column: &fact.column,
            text: &fact.text,
            read_as: is_read.then(|| said(of, fact.reading)),
            note: match note.is_empty() {
                true => Sentence::default(),
                false => Sentence::of(note),
            },
        }
    }

    /// What a criterion is read as, as a record could say it.
    fn as_said(&self, index: usize) -> String {
        said(self.criterion(index), self.case.grounds[index].reading)
    }

    /// The same, as a person would.
    fn in_words(&self, index: usize) -> String {
        match self.case.grounds[index].reading {
            Value::Length(length) => length.in_words(),
            _ => self.as_said(index),
        }
    }
}

fn value_of(criterion: &Criterion, value: u8) -> &str {
    let value = criterion.values.get(usize::from(value));
    value.map_or("", String::as_str)
}

/// A value as a person would say it.
fn named<'n>(criterion: &Criterion, value: &'n str) -> &'n str {
    match (criterion.kind, value) {
        (Kind::Organization | Kind::Address, "own") => "our own",
        (Kind::Organization | Kind::Address, "other") => "another's",
        (Kind::Address, "free_mail") => "a free-mail provider's",
        _ => value,
    }
}

fn said(criterion: &Criterion, reading: Value) -> String {
    match reading {
        Value::Missing | Value::NotRecognized => String::new(),
        Value::Choice(value) => value_of(criterion, value).to_owned(),
        Value::Length(length) => length.to_string(),
        Value::Day(day) => day.to_string(),
    }
}

/// A range of lengths, exactly.
fn range_in_words(from: Length, below: Option<Length>) -> String {
    // As a rulebook would write it, unless that is the same.
    let exact = |length: Length| match length.exactly() {
        months if months.ends_with("month") || months.ends_with("months") => length.in_words(),
        days => days,
    };
    match (from == Length::default(), below) {
        (_, None) => format!("{} or longer", exact(from)),
        (true, Some(below)) => format!("less than {}", exact(below)),
        (false, Some(below)) => {
            format!("{} or longer, but less than {}", exact(from), exact(below))
        }
    }
}
