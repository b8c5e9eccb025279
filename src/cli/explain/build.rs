//! Builds the view of a case.
//!
//! Owns which facts belong to which row, the wording of values, lengths and changes, and
//! the reasons why a characteristic has no evidence or a field does not count.

use std::collections::{BTreeMap, BTreeSet};

use crate::columns::{Role, Why as Unread};
use crate::engine::compile::Rules;
use crate::engine::counterfactual::{self, Target};
use crate::engine::evaluate::Evidence;
use crate::engine::explain;
use crate::error::{Help, Phrase};
use crate::find::{Case, Fact, FactSource, Ground, Unused};
use crate::rulebook::{Attribute, Criterion};
use crate::text::one_of;
use crate::value::{Kind, Length, Value};

use super::sources;
use super::view::{Change, Counterfactual, Field, Gap, Given, Row, Section, View, Why};
use crate::cli::columns::filled;
use crate::cli::rules::RulebookId;
use crate::cli::wording;

impl<'v> View<'v> {
    pub(super) fn new(
        rules: &'v Rules,
        rulebook: &'v RulebookId,
        case: &'v Case,
        with_statements: bool,
    ) -> Self {
        let builder = Builder::new(rules, case);
        let cards = 0..rules.rulebook().scorecards.len();
        let mut sections: Vec<Section<'v>> = cards.map(|card| builder.section(card)).collect();
        if case.furniture.is_some() {
            // No value would change what the record is.
            for section in &mut sections {
                section.counterfactuals.clear();
            }
        }
        View {
            uncounted: builder.uncounted(),
            cited: sources::cited(rules.rulebook(), &sections),
            with_statements,
            sections,
            case,
            rulebook,
        }
    }
}

/// Builds the view of a case.
struct Builder<'v> {
    rules: &'v Rules,
    case: &'v Case,
    /// By criterion: its value.
    values: Vec<Value>,
    /// By date: the length to which it contributes.
    lengths: BTreeMap<&'v str, usize>,
    /// The fields that have a value but are not read, by their criterion, if any.
    unused: BTreeMap<Option<usize>, Vec<&'v Unused>>,
}

impl<'v> Builder<'v> {
    fn new(rules: &'v Rules, case: &'v Case) -> Self {
        let mut lengths = BTreeMap::new();
        for (index, criterion) in rules.rulebook().criteria.iter().enumerate() {
            if let Some(dates) = &criterion.from_dates {
                lengths.entry(&*dates.start).or_insert(index);
                lengths.entry(&*dates.end).or_insert(index);
            }
        }
        let mut builder = Builder {
            rules,
            case,
            values: case.values(),
            lengths,
            unused: BTreeMap::new(),
        };
        for one in &case.unused {
            if !one.text.trim().is_empty() {
                let about = one.why.criterion().map(|about| builder.about(about));
                builder.unused.entry(about).or_default().push(one);
            }
        }
        builder
    }

    fn section(&self, card: usize) -> Section<'v> {
        let (case, values) = (self.case, &self.values);
        let why = (self.rules).explanation(card, &case.evaluation, values, &case.off);
        let (known, silent): (Vec<&explain::Gap<'v>>, Vec<_>) =
            (why.gaps.iter()).partition(|gap| gap.contribution.evidence == Evidence::NoAttribute);
        let applied = why.waterfall.applied();
        let reasons = applied.map(|(one, attribute)| self.row(one.criterion, Some(attribute)));
        let known = known.iter().map(|gap| gap.contribution.criterion);
        let known = known.map(|criterion| self.row(criterion, None));
        let silent = silent.iter().map(|gap| self.gap(gap));
        let gaps: Vec<Gap<'v>> = silent.collect();
        let counterfactuals = why.counterfactuals.iter();
        let counterfactuals = counterfactuals.filter_map(|one| {
            let changes = one.changes.iter().map(|change| self.change(change));
            Some(Counterfactual {
                to: self.rules.label(card, one.to),
                // `None` if no text could express it.
                changes: changes.collect::<Option<_>>()?,
            })
        });
        let (verdict, initial) = (why.waterfall.verdict, why.waterfall.scorecard.initial_score);
        Section {
            label: why.waterfall.label(),
            initial_score: (initial != 0).then_some(initial),
            score: verdict.score,
            margin: verdict.margin,
            coverage: (verdict.coverage() * 100.0).round() / 100.0,
            reasons: reasons.collect(),
            without_points: known.collect(),
            no_evidence: gaps.iter().map(|gap| gap.criterion).collect(),
            gaps,
            counterfactuals: counterfactuals.collect(),
            waterfall: why.waterfall,
        }
    }

    /// The row for a known criterion, and for the attribute that applies.
    fn row(&self, criterion: &'v str, attribute: Option<&'v Attribute>) -> Row<'v> {
        let index = self.index(criterion);
        let ground = &self.case.grounds[index];
        let said = self.said(ground);
        let texts: Vec<&str> = said.iter().map(|field| field.text).collect();
        let others = attribute.into_iter().flat_map(|one| one.when.keys());
        let others = others.filter(|name| *name != criterion);
        let given = others.map(|name| Given {
            criterion: name,
            read_as: self.in_words(self.index(name)),
        });
        let days = ground.days;
        Row {
            criterion,
            value: texts.join(" - "),
            read_as: self.as_said(index),
            in_words: self.in_words(index),
            points: attribute.map_or(0, |one| one.partial_score),
            reason_code: attribute.map_or("", |one| &one.reason_code),
            reason: attribute.map_or("No rule covers it, so it scores 0", |one| &one.reason),
            sources: attribute.map_or(&[], |one| &one.sources),
            statement: self.statement(ground, &said),
            days: days.map(|(from, to)| [from.to_string(), to.to_string()]),
            given: given.collect(),
            said,
        }
    }

    /// The fields for a criterion, if they show more than what they are read as.
    fn statement(&self, ground: &Ground, said: &[Field<'v>]) -> Phrase {
        let is_in_words = self.case.place.record.is_none();
        if is_in_words && said.iter().all(Field::is_plain) && ground.days.is_none() {
            return Phrase::default();
        }
        let statement = Phrase::joined(said.iter().map(Field::in_words), ", ");
        let Some((from, to)) = ground.days else {
            return statement;
        };
        let (from, to) = (from.to_string(), to.to_string());
        let is_open = self.days(ground) < 2;
        let as_written: Vec<&str> = said.iter().map(|field| field.text.trim()).collect();
        match &as_written[..] {
            [one, ..] if is_open && *one == from => {
                statement.text(format!(", up to the as-of date {to}"))
            }
            _ if is_open => statement.text(format!(", so from {from} up to the as-of date {to}")),
            both if *both == [&from, &to] => statement,
            _ => statement.text(format!(", so from {from} to {to}")),
        }
    }

    /// How many dates the facts of a length give; if only one, the other is the as-of
    /// date.
    fn days(&self, ground: &Ground) -> usize {
        let is_day = |fact: &&Fact| matches!(fact.reading, Value::Day(_));
        self.facts(ground).filter(is_day).count()
    }

    /// The facts that decide the value of a criterion.
    fn facts(&self, ground: &Ground) -> impl Iterator<Item = &'v Fact> {
        let (case, facts) = (self.case, ground.facts.clone());
        facts.into_iter().map(|fact| &case.facts[fact])
    }

    /// The change in words; `None` if no text could express it.
    fn change(&self, change: &counterfactual::Change) -> Option<Change<'v>> {
        let index = change.criterion;
        let of = self.criterion(index);
        let now = self.case.grounds[index].reading;
        let to = self.rules.example(index, &change.to)?;
        let mut shown = Change {
            criterion: &of.name,
            from: now.is_known().then(|| self.as_said(index)),
            now: match now {
                Value::NotRecognized => "now not understood".to_owned(),
                Value::Missing => "now unknown".to_owned(),
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
                let names = values.iter().map(|value| of.value(*value));
                let in_words: Vec<&str> = names.map(|name| named(of, name)).collect();
                let first = values.first().map(|value| of.value(*value));
                shown.read_as = first.filter(|name| *name != shown.to);
                shown.in_words = match shown.read_as {
                    Some(_) => format!("{}, such as {}", one_of(&in_words), shown.to),
                    None => one_of(&in_words),
                };
                // Other texts with the same effect as the first.
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

    fn index(&self, criterion: &str) -> usize {
        // Validation ensures that the rules name only criteria that exist.
        self.rules.criterion(criterion).unwrap_or_default()
    }

    fn criterion(&self, index: usize) -> &'v Criterion {
        &self.rules.rulebook().criteria[index]
    }

    /// The criterion that a criterion contributes to: for a date, its length.
    fn about(&self, index: usize) -> usize {
        let name = &*self.criterion(index).name;
        self.lengths.get(name).copied().unwrap_or(index)
    }

    /// The fields that decide the value of a criterion.
    fn said(&self, ground: &Ground) -> Vec<Field<'v>> {
        let facts = self.facts(ground);
        facts.map(|fact| self.said_by(fact)).collect()
    }

    fn said_by(&self, fact: &'v Fact) -> Field<'v> {
        let of = self.criterion(fact.criterion);
        let value = |value: u8| of.value(value);
        let is_read = fact.reading.is_known();
        let note = match fact.role {
            Role::Filled(means, filling) if fact.reading == Value::Choice(means) => {
                Some(format!(" ({})", filled(value(means), filling)))
            }
            Role::Before(means) | Role::Flag(means) if is_read => {
                Some(format!(" (yes means {})", value(means)))
            }
            Role::Term if is_read => Some(" (the agreed term)".to_owned()),
            // An end date that is given as open.
            _ if of.kind == Kind::Date && fact.reading == Value::Missing => {
                (!fact.text.trim().is_empty()).then(|| " (no date)".to_owned())
            }
            _ => None,
        };
        Field {
            criterion: &of.name,
            column: &fact.column,
            text: &fact.text,
            read_as: is_read.then(|| of.text_of(fact.reading)),
            file: file_of(fact.source, &fact.column),
            assumed: fact.source == FactSource::Assumed,
            note: note.map_or(Phrase::default(), Phrase::from),
        }
    }

    /// What a criterion is read as, as a record could have it.
    fn as_said(&self, index: usize) -> String {
        self.criterion(index)
            .text_of(self.case.grounds[index].reading)
    }

    /// What a criterion is read as, for a person.
    fn in_words(&self, index: usize) -> String {
        match self.case.grounds[index].reading {
            Value::Length(length) => length.in_words(),
            _ => self.as_said(index),
        }
    }

    fn gap(&self, gap: &explain::Gap<'v>) -> Gap<'v> {
        let criterion = gap.contribution.criterion;
        let index = self.index(criterion);
        let ground = &self.case.grounds[index];
        let of = self.criterion(index);
        let mut said = self.said(ground);
        let is_blank = said.iter().all(|said| said.text.trim().is_empty());
        let unused = self.unused.get(&Some(index)).into_iter().flatten();
        let unused: Vec<Field<'v>> = unused.map(|unused| self.not_read(unused)).collect();
        let why = match gap.contribution.evidence {
            Evidence::NotUnderstood => Why::NotUnderstood,
            _ if !unused.is_empty() => Why::NotRead,
            _ if is_blank => Why::Missing,
            _ => Why::SaysNothing,
        };
        let mut expected = None;
        let mut note = Phrase::joined(said.iter().map(Field::in_words), ", ");
        match why {
            Why::NotUnderstood => match self.contradiction(ground) {
                Some(contradiction) => note = note.then(contradiction),
                None => {
                    let first = self.facts(ground).next();
                    let about = first.map_or(index, |fact| fact.criterion);
                    let understood = self.criterion(about).would_be_understood();
                    expected = Some(wording::phrase(&understood));
                    let not = ", which is not understood; expected: ";
                    note = note.text(not).then(understood);
                }
            },
            Why::SaysNothing => note = note.text(", which gives no evidence"),
            Why::Missing | Why::NotRead => {}
        }
        let mut all = Vec::new();
        if why == Why::Missing && !note.parts().is_empty() {
            note = Phrase::from(format!("{} (", of.says)).then(note).text(")");
        }
        all.extend((!note.parts().is_empty()).then_some(note));
        all.extend(unused.iter().map(Field::in_words));
        if self.case.off.contains(&index) && unused.is_empty() {
            all.push(Phrase::from("switched off (--map)"));
        } else if why == Why::Missing && !self.rules.can_read(index) {
            let about = Phrase::from(of.says.as_str());
            all.push(about.text(format!("; counts only with --own {}", own(of))));
        }
        said.extend(unused);
        Gap {
            criterion,
            about: &of.says,
            why,
            said,
            lowest: gap.lowest,
            highest: gap.highest,
            expected,
            note: Phrase::joined(all, "; "),
        }
    }

    /// Why dates give no length although they are understood, or could be.
    fn contradiction(&self, ground: &Ground) -> Option<Phrase> {
        if let Some(fact) = self.facts(ground).find(|fact| !fact.orders.is_empty()) {
            let orders = fact.orders.iter().map(|order| order.name());
            let several = Phrase::from(", which could be several dates; ");
            return Some(several.then(Help::state_date_order(orders).phrase()));
        }
        let (from, to) = ground.days?;
        let text = match (self.days(ground), from > to) {
            (1, true) => format!(", which is after the as-of date {to}: there is no length yet"),
            (1, false) => format!(", which is more than 100 years before the as-of date {to}"),
            (_, true) => ", so the end is before the start".to_owned(),
            (_, false) => ", which are more than 100 years apart".to_owned(),
        };
        Some(text.into())
    }

    /// A column that could feed a criterion, and why it is not read.
    fn not_read(&self, unused: &'v Unused) -> Field<'v> {
        let index = unused.why.criterion().unwrap_or_default();
        // A reason in another column, or in this one.
        let other = |name: &str, what: &str| Phrase::from(", but ").quote(name).text(what);
        let but = |what: &str| Phrase::from(format!(", but {what}"));
        let note = match &unused.why {
            Unread::NotCompared(index) => {
                let own = own(self.criterion(*index));
                Phrase::from(format!(", which can be compared only with --own {own}"))
            }
            Unread::Unclear(_) => {
                but("it is unclear whether this column is meant (choose with --map)")
            }
            Unread::Tied(_, other) => but("this column and ")
                .quote(other)
                .text(" disagree in some records (choose with --map)"),
            Unread::Less(_, name) => other(name, " is a clearer column for it (choose with --map)"),
            Unread::Late(_, other) => but("it appeared late, when ")
                .quote(other)
                .text(" already fed it (choose with --map)"),
            Unread::Elsewhere(_, subject, name) => other(
                name,
                &format!(
                    " shows that it is about {} (choose with --map)",
                    subject.name()
                ),
            ),
            Unread::OneForAll(_) => but("all records have the same address"),
            Unread::NotUnderstood(_) => but("nothing in this column is understood"),
            Unread::Numbers(_) => but("it cannot be read from numbers"),
            Unread::TooLong(_) => but("its numbers may not be months"),
            Unread::Stated(index) if self.case.off.contains(index) => {
                but("this criterion is switched off (--map)")
            }
            Unread::Stated(_) => but("--map names another column for it"),
            Unread::Twin(name) => other(name, " has the same in words"),
            Unread::Contradicts(_) => but("what the record says of itself comes first"),
            Unread::NotTaken(_) => but("that shows nothing of it"),
            Unread::Never(reason) => but(reason),
            Unread::NotPlanned => but("the plan does not name this column"),
            Unread::Unknown => but("no criterion matches the name of this column"),
        };
        Field {
            criterion: &self.criterion(index).name,
            column: &unused.column,
            text: &unused.text,
            read_as: None,
            file: file_of(unused.source, &unused.column),
            assumed: false,
            note,
        }
    }

    /// Fields that have a value but count nowhere, and why.
    fn uncounted(&self) -> Vec<Field<'v>> {
        let cards = self.rules.rulebook().scorecards.iter();
        let characteristics = cards.flat_map(|card| &card.characteristics);
        let asked = characteristics.flat_map(|characteristic| {
            let attributes = characteristic.attributes.iter();
            let others = attributes.flat_map(|attribute| attribute.when.keys());
            std::iter::once(&characteristic.criterion).chain(others)
        });
        let counted: BTreeSet<usize> = asked
            .flat_map(|name| self.case.grounds[self.index(name)].facts.iter().copied())
            .collect();
        let facts = self.case.facts.iter().enumerate();
        let facts = facts
            .filter(|(place, fact)| !counted.contains(place) && fact.reading != Value::Missing)
            .map(|(place, fact)| {
                let mut said = self.said_by(fact);
                said.note = said.note.then(self.instead(place, fact));
                said
            });
        // Unread columns of an unknown criterion are shown with its gap instead.
        let unused = self.case.unused.iter();
        let unused = unused.filter(|one| !one.text.trim().is_empty());
        let unused = unused.filter(|one| {
            let about = one.why.criterion().map(|about| self.about(about));
            about.is_some_and(|about| self.case.grounds[about].reading.is_known())
        });
        let unused = unused.map(|unused| self.not_read(unused));
        facts.chain(unused).collect()
    }

    /// What counts instead of the fact at index `place`.
    fn instead(&self, place: usize, fact: &Fact) -> Phrase {
        let ground = &self.case.grounds[self.about(fact.criterion)];
        if ground.facts.contains(&place) {
            return Phrase::from(", but no scorecard uses it");
        }
        let first = self.facts(ground).next();
        let (before, after) = match first {
            Some(_) if !fact.reading.is_known() => (", which is not understood, so ", " counts"),
            Some(first) if first.criterion == fact.criterion && first.reading == fact.reading => {
                (", but ", " has the same value and comes first")
            }
            Some(_) => (", but ", " comes first"),
            None if self.about(fact.criterion) != fact.criterion => {
                return Phrase::from(", which gives no length without a start");
            }
            None => return Phrase::default(),
        };
        let column = first.map_or("", |first| &first.column);
        Phrase::from(before).quote(column).text(after)
    }
}

/// The related file, if one says it.
fn file_of(source: FactSource, name: &str) -> Option<&str> {
    matches!(source, FactSource::File(_)).then_some(name)
}

/// A value in words for a person.
fn named<'n>(criterion: &Criterion, value: &'n str) -> &'n str {
    match (criterion.kind, value) {
        (Kind::Organization | Kind::Address, "own") => "our own",
        (Kind::Organization | Kind::Address, "other") => "another's",
        (Kind::Address, "free_mail") => "a free-mail provider's",
        _ => value,
    }
}

/// A range of lengths in words, exactly.
fn range_in_words(from: Length, below: Option<Length>) -> String {
    // As a rulebook would write it, unless months and years are exact.
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

/// The value of `--own` that a criterion is compared with.
fn own(criterion: &Criterion) -> &'static str {
    match criterion.kind {
        Kind::Address => "DOMAIN",
        _ => "NAME",
    }
}
