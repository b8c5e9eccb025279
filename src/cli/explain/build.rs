//! A case put into words.
//!
//! Owns which facts belong to which row, and how values, lengths and changes are
//! said. What does not count has a file of its own.

use crate::columns::Role;
use crate::engine::compile::Rules;
use crate::engine::counterfactual::{self, Target};
use crate::engine::evaluate::Evidence;
use crate::engine::explain;
use crate::find::{Case, Fact, Ground};
use crate::rulebook::{Attribute, Criterion};
use crate::value::{Kind, Length, Value};

use super::sentence::Sentence;
use super::view::{Change, Counterfactual, Field, Given, Row, RulebookId, Section, View, listed};

impl<'v> View<'v> {
    pub(super) fn new(rules: &'v Rules, rulebook: &'v RulebookId, case: &'v Case) -> Self {
        let builder = Builder { rules, case };
        let cards = 0..rules.rulebook().scorecards.len();
        View {
            sections: cards.map(|card| builder.section(card)).collect(),
            uncounted: builder.uncounted(),
            case,
            rulebook,
        }
    }
}

/// What makes a view of a case.
pub(super) struct Builder<'v> {
    pub(super) rules: &'v Rules,
    pub(super) case: &'v Case,
}

impl<'v> Builder<'v> {
    fn section(&self, card: usize) -> Section<'v> {
        let why = self.case.explanation(self.rules, card);
        let (known, silent): (Vec<&explain::Gap<'v>>, Vec<_>) =
            (why.gaps.iter()).partition(|gap| gap.contribution.evidence == Evidence::NoAttribute);
        let applied = why.waterfall.applied();
        let without_points = known.iter().map(|gap| gap.contribution.criterion);
        let counterfactuals = why.counterfactuals.iter();
        Section {
            reasons: applied
                .map(|(one, attribute)| self.row(one.criterion, Some(attribute)))
                .collect(),
            without_points: without_points
                .map(|criterion| self.row(criterion, None))
                .collect(),
            gaps: silent.iter().map(|gap| self.gap(gap)).collect(),
            counterfactuals: counterfactuals
                .filter_map(|one| self.counterfactual(one, self.rules.label(card, one.to)))
                .collect(),
            waterfall: why.waterfall,
        }
    }

    /// What is known of a criterion, and what an attribute makes of it.
    fn row(&self, criterion: &'v str, attribute: Option<&'v Attribute>) -> Row<'v> {
        let index = self.index(criterion);
        let ground = &self.case.grounds[index];
        let said = self.said(ground);
        let texts: Vec<&str> = said.iter().map(|field| field.text).collect();
        let others = attribute.into_iter().flat_map(|one| one.when.keys());
        let others = others.filter(|name| *name != criterion);
        let days = ground.days;
        Row {
            criterion,
            value: texts.join(" - "),
            read_as: self.as_said(index),
            in_words: self.in_words(index),
            points: attribute.map_or(0, |one| one.partial_score),
            reason_code: attribute.map_or("", |one| &one.reason_code),
            reason: attribute.map_or("The rulebook has no points for it", |one| &one.reason),
            sources: attribute.map_or(&[], |one| &one.sources),
            statement: self.statement(ground, &said),
            days: days.map(|(from, to)| [from.to_string(), to.to_string()]),
            given: others
                .map(|name| Given {
                    criterion: name,
                    read_as: self.in_words(self.index(name)),
                })
                .collect(),
            said,
        }
    }

    /// What the record says for a criterion, if that is more than what it is read as.
    fn statement(&self, ground: &Ground, said: &[Field<'v>]) -> Sentence {
        let is_in_words = self.case.place.record.is_none();
        if is_in_words && said.iter().all(Field::is_plain) && ground.days.is_none() {
            return Sentence::default();
        }
        let statement = Sentence::joined(said.iter().map(Field::in_words), ", ");
        let Some((from, to)) = ground.days else {
            return statement;
        };
        let (from, to) = (from.to_string(), to.to_string());
        let is_open = self.days(ground) < 2;
        let as_written: Vec<&str> = said.iter().map(|field| field.text.trim()).collect();
        match &as_written[..] {
            [one, ..] if is_open && *one == from => {
                statement.ours(format!(", until the as-of date {to}"))
            }
            _ if is_open => statement.ours(format!(", so from {from} until the as-of date {to}")),
            both if *both == [&from, &to] => statement,
            _ => statement.ours(format!(", so from {from} to {to}")),
        }
    }

    /// How many days the facts of a length tell; where it is one, the other is the
    /// as-of date.
    pub(super) fn days(&self, ground: &Ground) -> usize {
        let facts = ground.facts.iter().map(|fact| &self.case.facts[*fact]);
        let days = facts.filter(|fact| matches!(fact.reading, Value::Day(_)));
        days.count()
    }

    /// What a counterfactual says; nothing where no text could say it.
    fn counterfactual(
        &self,
        of: &counterfactual::Counterfactual,
        to: &'v str,
    ) -> Option<Counterfactual<'v>> {
        let changes = of.changes.iter().map(|one| self.change(one));
        Some(Counterfactual {
            to,
            changes: changes.collect::<Option<_>>()?,
        })
    }

    fn change(&self, change: &counterfactual::Change) -> Option<Change<'v>> {
        let index = change.criterion;
        let of = self.criterion(index);
        let now = self.case.grounds[index].reading;
        let to = self.rules.example(index, &change.to)?;
        let mut shown = Change {
            criterion: &of.name,
            from: now.is_known().then(|| self.as_said(index)),
            now: match now {
                Value::NotRecognized => "not understood now".to_owned(),
                Value::Missing => "not known now".to_owned(),
                _ => format!("now {}", self.in_words(index)),
            },
            to,
            read_as: None,
            or: Vec::new(),
            at_least: None,
            below: None,
            in_words: String::new(),
        };
        match &change.to {
            Target::OneOf(values) => {
                let names = values.iter().map(|value| value_of(of, *value));
                let in_words: Vec<&str> = names.map(|name| named(of, name)).collect();
                let first = values.first().map(|value| value_of(of, *value));
                shown.read_as = first.filter(|name| *name != shown.to);
                shown.in_words = match shown.read_as {
                    Some(_) => format!("{}, such as {}", listed(&in_words), shown.to),
                    None => listed(&in_words),
                };
                // Other texts that would do as well as the first.
                let others = values.iter().skip(1);
                let others = others.map(|value| Target::OneOf(vec![*value]));
                let texts = others.filter_map(|to| self.rules.example(index, &to));
                shown.or = texts.collect();
            }
            Target::Length { from, below, .. } => {
                shown.at_least = Some(from.exactly());
                shown.below = below.map(|below| below.exactly());
                shown.in_words = range_in_words(*from, *below);
            }
        }
        Some(shown)
    }

    pub(super) fn index(&self, criterion: &str) -> usize {
        // Rules are checked to name criteria only.
        self.rules.criterion(criterion).unwrap_or_default()
    }

    pub(super) fn criterion(&self, index: usize) -> &'v Criterion {
        &self.rules.rulebook().criteria[index]
    }

    /// The criterion to which a criterion contributes: a date, to a length.
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
    pub(super) fn said(&self, ground: &Ground) -> Vec<Field<'v>> {
        let facts = ground.facts.iter();
        facts
            .map(|fact| self.said_by(&self.case.facts[*fact]))
            .collect()
    }

    pub(super) fn said_by(&self, fact: &'v Fact) -> Field<'v> {
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
        Field {
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
