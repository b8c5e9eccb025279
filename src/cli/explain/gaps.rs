//! What does not count, put into words.
//!
//! Owns why a characteristic has no evidence, why a field is not read, and what
//! counts instead of one that is.

use crate::cli::wording;
use crate::columns::Why as Unread;
use crate::engine::evaluate::Evidence;
use crate::engine::explain;
use crate::find::{Fact, Ground, Unused};
use crate::rulebook::Criterion;
use crate::value::{Kind, Value};

use super::build::Builder;
use super::sentence::Sentence;
use super::view::{Field, Gap, Why, listed};

impl<'v> Builder<'v> {
    pub(super) fn gap(&self, gap: &explain::Gap<'v>) -> Gap<'v> {
        let criterion = gap.contribution.criterion;
        let index = self.index(criterion);
        let ground = &self.case.grounds[index];
        let of = self.criterion(index);
        let mut said = self.said(ground);
        let is_blank = said.iter().all(|said| said.text.trim().is_empty());
        let unused = (self.case.unused.iter())
            .filter(|unused| unused.why.criterion().map(|about| self.about(about)) == Some(index));
        let unused: Vec<Field<'v>> = unused
            .filter(|unused| !unused.text.trim().is_empty())
            .map(|unused| self.unused(unused))
            .collect();
        let why = match gap.contribution.evidence {
            Evidence::NotUnderstood => Why::NotUnderstood,
            _ if !unused.is_empty() => Why::NotRead,
            _ if is_blank => Why::Missing,
            _ => Why::SaysNothing,
        };
        let mut expected = None;
        let mut note = Sentence::joined(said.iter().map(Field::in_words), ", ");
        match why {
            Why::NotUnderstood => match self.contradiction(ground) {
                Some(contradiction) => note = note.ours(contradiction),
                None => {
                    let about = ground
                        .facts
                        .first()
                        .map(|fact| self.case.facts[*fact].criterion);
                    let text = self.criterion(about.unwrap_or(index)).would_be_understood();
                    let text = wording::phrase(&text);
                    note = note.ours(format!(
                        ", which is not understood; understood would be {text}"
                    ));
                    expected = Some(text);
                }
            },
            Why::SaysNothing => note = note.ours(", which tells nothing"),
            Why::Missing | Why::NotRead => {}
        }
        let mut all = Vec::new();
        if why == Why::Missing && !note.is_empty() {
            note = Sentence::of(format!("{} (", of.says)).then(note).ours(")");
        }
        all.extend((!note.is_empty()).then_some(note));
        all.extend(unused.iter().map(Field::in_words));
        if self.case.off.contains(&index) && unused.is_empty() {
            all.push(Sentence::of("it is switched off (--map)"));
        } else if why == Why::Missing && !self.rules.can_read(index) {
            let about = Sentence::of(of.says.as_str());
            all.push(about.ours(format!("; it counts only if --own {}", own(of))));
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
            note: Sentence::joined(all, "; "),
        }
    }

    /// Why days give no length, though they are understood, or could be.
    fn contradiction(&self, ground: &Ground) -> Option<String> {
        let facts = ground.facts.iter().map(|fact| &self.case.facts[*fact]);
        if let Some(fact) = facts.clone().find(|fact| !fact.orders.is_empty()) {
            let orders = fact.orders.iter();
            let orders: Vec<String> = orders
                .map(|order| format!("--date-order {}", order.name()))
                .collect();
            return Some(format!(
                ", which could be several days; say the order: {}",
                listed(&orders)
            ));
        }
        let (from, to) = ground.days?;
        Some(match (self.days(ground), from > to) {
            (1, true) => format!(", which is after the as-of date {to}: there is no length yet"),
            (1, false) => format!(", which is more than 100 years before the as-of date {to}"),
            (_, true) => ", so the end is before the start".to_owned(),
            (_, false) => ", which are more than 100 years apart".to_owned(),
        })
    }

    /// A column that could tell a criterion, and why it is not read.
    fn unused(&self, unused: &'v Unused) -> Field<'v> {
        let index = unused.why.criterion().unwrap_or_default();
        let but = Sentence::of(", but ");
        let note = match &unused.why {
            Unread::NotCompared(index) => Sentence::of(format!(
                ", which can be compared only if --own {}",
                own(self.criterion(*index))
            )),
            Unread::Unclear(_) => {
                but.ours("it is not clear whether this column tells it (--map tells)")
            }
            Unread::Tied(_, other) => but
                .ours("this column and ")
                .theirs(other)
                .ours(" disagree in some records (--map chooses)"),
            Unread::Less(_, other) => but
                .theirs(other)
                .ours(" tells it more clearly (--map chooses)"),
            Unread::Late(_, other) => but
                .ours("it turned up late, when ")
                .theirs(other)
                .ours(" told it (--map chooses)"),
            Unread::Elsewhere(_) => but
                .ours("other columns say that the records are about something else (--map tells)"),
            Unread::NotUnderstood(_) => but.ours("nothing in this column is understood"),
            Unread::Numbers(_) => but.ours("numbers are no words for it"),
            Unread::TooLong(_) => but.ours("so many months would be more than fifty years"),
            Unread::Stated(index) if self.case.off.contains(index) => {
                but.ours("this criterion is switched off (--map)")
            }
            Unread::Stated(_) => but.ours("--map names another column for it"),
            Unread::Twin(other) => but.theirs(other).ours(" has it in words"),
            Unread::Never(reason) => but.ours(*reason),
            Unread::Unknown => but.ours("the name of this column says nothing to us"),
        };
        Field {
            criterion: &self.criterion(index).name,
            column: &unused.column,
            text: &unused.text,
            read_as: None,
            note,
        }
    }

    /// Fields that say something and count nowhere, and why.
    pub(super) fn uncounted(&self) -> Vec<Field<'v>> {
        let cards = self.rules.rulebook().scorecards.iter();
        let characteristics = cards.flat_map(|card| &card.characteristics);
        let asked = characteristics.flat_map(|characteristic| {
            let attributes = characteristic.attributes.iter();
            let others = attributes.flat_map(|attribute| attribute.when.keys());
            std::iter::once(&characteristic.criterion).chain(others)
        });
        let counted: Vec<usize> = asked
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
        // What is not known is told to be so, with what is not read.
        let unused = self.case.unused.iter().filter(|unused| {
            let about = unused.why.criterion().map(|about| self.about(about));
            let is_known = about.is_some_and(|about| self.case.grounds[about].reading.is_known());
            is_known && !unused.text.trim().is_empty()
        });
        facts
            .chain(unused.map(|unused| self.unused(unused)))
            .collect()
    }

    /// What counts instead of the fact at a place.
    fn instead(&self, place: usize, fact: &Fact) -> Sentence {
        let ground = &self.case.grounds[self.about(fact.criterion)];
        if ground.facts.contains(&place) {
            return Sentence::of(", but no scorecard asks for it");
        }
        let first = ground.facts.first().map(|first| &self.case.facts[*first]);
        match first {
            Some(first) if !fact.reading.is_known() => {
                Sentence::of(", which is not understood, so ")
                    .theirs(&first.column)
                    .ours(" counts")
            }
            Some(first) if first.criterion == fact.criterion && first.reading == fact.reading => {
                Sentence::of(", as ")
                    .theirs(&first.column)
                    .ours(" does, which counts")
            }
            Some(first) => Sentence::of(", but ")
                .theirs(&first.column)
                .ours(" comes first"),
            None if self.about(fact.criterion) != fact.criterion => {
                Sentence::of(", which gives no length without a start")
            }
            None => Sentence::default(),
        }
    }
}

/// What it takes to compare a criterion with who we are.
fn own(criterion: &Criterion) -> &'static str {
    match criterion.kind {
        Kind::Address => "tells a mail domain of ours",
        _ => "tells a name of ours",
    }
}
