//! Which attribute of a characteristic applies, looked up in arrays.
//!
//! Owns the classes of a criterion: values that differ in no condition of the rulebook.
//! Class 0 has no value.

use super::code::{FIRST, UNREAD};
use super::slots::Slots;
use super::steps::Steps;
use crate::engine::compile::Rules;
use crate::rulebook::ir::{Characteristic, Condition, Test};
use crate::value::{Kind, Length, Value};

/// No array has more places; what would need more is compared step by step.
const MOST: usize = 2048;

/// A part of the values of a criterion, by one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sample {
    /// The bit of a choice.
    Choice(u64),
    /// The shortest length.
    Length(Length),
}

/// The classes of a criterion, from 1.
#[derive(Debug)]
struct Classes {
    samples: Vec<Sample>,
    /// By choice: its class.
    of_choice: Vec<usize>,
}

impl Classes {
    fn new(rules: &Rules, criterion: usize) -> Self {
        let cards = rules.scorecards().iter();
        let tests = cards
            .flat_map(|card| &card.characteristics)
            .flat_map(|one| &one.attributes)
            .flat_map(|one| &one.conditions)
            .filter(|one| one.criterion == criterion)
            .map(|one| one.test);
        let tests: Vec<Test> = tests.collect();
        let of = &rules.rulebook().criteria[criterion];
        let mut classes = Classes {
            samples: Vec::new(),
            of_choice: Vec::new(),
        };
        if of.kind == Kind::Length {
            let bounds = tests.iter().filter_map(|test| match test {
                Test::AtLeast(bound) | Test::Below(bound) => Some(*bound),
                Test::OneOf(_) => None,
            });
            let mut bounds: Vec<Length> = bounds.chain([Length::months(0)]).collect();
            bounds.sort_unstable();
            bounds.dedup();
            classes.samples = bounds.into_iter().map(Sample::Length).collect();
            return classes;
        }
        let mut seen: Vec<Vec<bool>> = Vec::new();
        for value in 0..of.values.len() {
            let sample = Sample::Choice(1_u64.checked_shl(value as u32).unwrap_or(0));
            let holds: Vec<bool> = tests.iter().map(|test| sample.passes(*test)).collect();
            let class = seen.iter().position(|one| *one == holds);
            let class = class.unwrap_or_else(|| {
                seen.push(holds);
                classes.samples.push(sample);
                seen.len() - 1
            });
            classes.of_choice.push(class + 1);
        }
        classes
    }

    /// The class of a known value.
    fn of(&self, value: Value) -> usize {
        match value {
            Value::Choice(value) => self.of_choice.get(usize::from(value)).copied(),
            Value::Length(length) => {
                let mut samples = self.samples.iter();
                let above =
                    samples.position(|one| matches!(one, Sample::Length(from) if *from > length));
                Some(above.unwrap_or(self.samples.len()))
            }
            Value::Missing | Value::NotRecognized | Value::Day(_) => None,
        }
        .unwrap_or(0)
    }

    /// The class of a code, as an expression.
    fn expression(&self, steps: &Steps, code: &str) -> String {
        if self.of_choice.is_empty() {
            let from = self.samples.iter().skip(1).zip(1..);
            let cases: String = from
                .map(|(sample, class)| match sample {
                    Sample::Length(from) => format!(" WHEN {code} < {} THEN {class}", from.parts()),
                    Sample::Choice(_) => String::new(),
                })
                .collect();
            let last = self.samples.len();
            return format!("CASE WHEN {code} < 0 THEN 0{cases} ELSE {last} END");
        }
        let none = (UNREAD..0).map(|_| 0);
        let classes: Vec<String> = none
            .chain(self.of_choice.iter().copied())
            .map(|class| class.to_string())
            .collect();
        let place = format!("{code} + {FIRST}");
        steps.dialect.one_of(&classes, "INTEGER", &place)
    }
}

impl Sample {
    fn passes(self, test: Test) -> bool {
        match (self, test) {
            (Sample::Choice(bit), Test::OneOf(bits)) => bits & bit != 0,
            (Sample::Length(length), Test::AtLeast(bound)) => length >= bound,
            (Sample::Length(length), Test::Below(bound)) => length < bound,
            _ => false,
        }
    }
}

/// What a record has for one criterion, once all is decided.
#[derive(Debug)]
pub(super) struct Known {
    classes: Classes,
    /// The class of what is assumed, 0 if nothing is.
    assumed: usize,
    /// The class of what columns say; `None` if none does.
    column: Option<String>,
    /// The class that counts; `None` if it is always the assumed one.
    counts: Option<String>,
}

impl Known {
    /// The class of each criterion.
    pub(super) fn all(slots: &mut Slots<'_>, assumed: &[(usize, Value)]) -> Vec<Known> {
        let rules = slots.planned.rules;
        let criteria = &rules.rulebook().criteria;
        let mut all = Vec::new();
        for (criterion, of) in criteria.iter().enumerate() {
            let classes = Classes::new(rules, criterion);
            let own = slots.place(criterion).map(|place| place.code.clone());
            let own = own.filter(|_| slots.planned.judging.is_used(criterion));
            let mut stated = assumed.iter().filter(|(stated, _)| *stated == criterion);
            let assumed = stated.next().map_or(0, |(_, value)| classes.of(*value));
            let column = own.map(|code| {
                let class = classes.expression(&slots.steps, &code);
                slots.steps.define(&format!("{}_class", of.name), class)
            });
            all.push(Known {
                classes,
                assumed,
                counts: column.clone(),
                column,
            });
        }
        slots
            .steps
            .close("the class of each value, of those alike to the rulebook; 0: no value");
        for (known, of) in all.iter_mut().zip(criteria) {
            if let (Some(column), 1..) = (&known.column, known.assumed) {
                let class = format!(
                    "CASE WHEN {column} = 0 THEN {} ELSE {column} END",
                    known.assumed
                );
                known.counts = Some(slots.steps.define(&format!("{}_class", of.name), class));
            }
        }
        slots
            .steps
            .close("what is assumed of records that say nothing else");
        all
    }

    /// Whether some record has evidence.
    fn is_ever_known(&self) -> bool {
        self.counts.is_some() || self.assumed > 0
    }

    /// The condition that it is assumed, if it may be.
    pub(super) fn is_assumed(&self) -> Option<String> {
        match (&self.column, self.assumed) {
            (_, 0) => None,
            (None, _) => Some("TRUE".to_owned()),
            (Some(column), _) => Some(format!("{column} = 0")),
        }
    }

    /// 1 if there is evidence, else 0.
    pub(super) fn counted(&self) -> String {
        match (&self.counts, self.assumed) {
            (None, 0) => "0".to_owned(),
            (Some(class), 0) => format!("CAST({class} > 0 AS INTEGER)"),
            (_, _) => "1".to_owned(),
        }
    }

    /// The classes that a record can have, and the column with its class if these are
    /// several.
    fn range(&self) -> (Vec<usize>, Option<&str>) {
        match (&self.counts, self.assumed) {
            (None, class) => (vec![class], None),
            (Some(column), _) => ((0..=self.classes.samples.len()).collect(), Some(column)),
        }
    }

    /// Whether a class passes a test.
    fn passes(&self, class: usize, test: Test) -> bool {
        let sample = class
            .checked_sub(1)
            .and_then(|at| self.classes.samples.get(at));
        sample.is_some_and(|sample| sample.passes(test))
    }
}

/// The attribute of a characteristic that applies, by classes.
#[derive(Debug)]
pub(super) struct Lookup<'k> {
    of: &'k Characteristic,
    known: &'k [Known],
    /// The criteria that decide, its own first, each with its classes.
    criteria: Vec<(usize, Vec<usize>, Option<&'k str>)>,
}

impl<'k> Lookup<'k> {
    /// `None` if no record has evidence.
    pub(super) fn new(of: &'k Characteristic, known: &'k [Known]) -> Option<Self> {
        if !known[of.criterion].is_ever_known() {
            return None;
        }
        let mut criteria: Vec<usize> = vec![of.criterion];
        for condition in of.attributes.iter().flat_map(|one| &one.conditions) {
            if !criteria.contains(&condition.criterion) {
                criteria.push(condition.criterion);
            }
        }
        let criteria = criteria.into_iter().map(|one| {
            let (classes, column) = known[one].range();
            (one, classes, column)
        });
        Some(Lookup {
            of,
            known,
            criteria: criteria.collect(),
        })
    }

    /// An expression with `value` of the attribute that applies, given by its place; of
    /// `None` if none does.
    pub(super) fn expression(
        &self,
        steps: &Steps,
        kind: &str,
        value: impl Fn(Option<usize>) -> String,
    ) -> String {
        let places = self.criteria.iter().map(|(_, classes, _)| classes.len());
        let places = places.fold(1, usize::saturating_mul);
        match places {
            1 => value(self.applies(&self.classes(0))),
            2..=MOST => {
                let all: Vec<String> = (0..places)
                    .map(|place| value(self.applies(&self.classes(place))))
                    .collect();
                steps.dialect.one_of(&all, kind, &self.place())
            }
            _ => self.cases(value),
        }
    }

    /// The classes at a place of the array.
    fn classes(&self, mut place: usize) -> Vec<usize> {
        let each = self.criteria.iter().map(|(_, classes, _)| {
            let class = classes[place % classes.len()];
            place /= classes.len();
            class
        });
        each.collect()
    }

    /// The place of a record's classes in the array, from 1.
    fn place(&self) -> String {
        let (mut place, mut unit) = (String::new(), 1);
        for (_, classes, column) in &self.criteria {
            if let Some(column) = column {
                match unit {
                    1 => place += &format!("{column} + "),
                    _ => place += &format!("{column} * {unit} + "),
                }
            }
            unit *= classes.len();
        }
        place + "1"
    }

    /// The attribute that applies to a record of these classes.
    fn applies(&self, classes: &[usize]) -> Option<usize> {
        if classes[0] == 0 {
            return None;
        }
        let holds = |condition: &Condition| {
            let mut criteria = self.criteria.iter().zip(classes);
            criteria.any(|((criterion, ..), class)| {
                *criterion == condition.criterion
                    && self.known[*criterion].passes(*class, condition.test)
            })
        };
        let mut attributes = self.of.attributes.iter();
        attributes.position(|one| one.conditions.iter().all(holds))
    }

    /// The same, compared step by step.
    fn cases(&self, value: impl Fn(Option<usize>) -> String) -> String {
        let mut cases = String::new();
        let condition = |of: &Condition| {
            let mut criteria = self.criteria.iter();
            let (criterion, classes, column) =
                criteria.find(|(criterion, ..)| *criterion == of.criterion)?;
            let passes = classes
                .iter()
                .filter(|class| self.known[*criterion].passes(**class, of.test));
            let passes: Vec<String> = passes.map(usize::to_string).collect();
            match (column, passes.is_empty()) {
                (_, true) => None,
                (Some(column), false) => Some(format!("{column} IN ({})", passes.join(", "))),
                (None, false) => Some("TRUE".to_owned()),
            }
        };
        if let (own, _, Some(column)) = &self.criteria[0]
            && self.known[*own].assumed == 0
        {
            cases += &format!(" WHEN {column} = 0 THEN {}", value(None));
        }
        for (place, attribute) in self.of.attributes.iter().enumerate() {
            let conditions: Option<Vec<String>> =
                attribute.conditions.iter().map(condition).collect();
            let Some(mut conditions) = conditions else {
                continue;
            };
            if conditions.is_empty() {
                conditions.push("TRUE".to_owned());
            }
            cases += &format!(
                " WHEN {} THEN {}",
                conditions.join(" AND "),
                value(Some(place))
            );
        }
        format!("CASE{cases} ELSE {} END", value(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::Rulebook;
    use crate::value::Own;

    #[test]
    fn values_of_one_class_pass_the_same_conditions() {
        let rulebook = Rulebook::documents().unwrap();
        let day = jiff::civil::date(2026, 1, 31);
        let rules = Rules::compile(rulebook, &Own::new(["Acme"]), day).unwrap();
        let cards = rules.scorecards().iter();
        let conditions: Vec<Condition> = cards
            .flat_map(|card| &card.characteristics)
            .flat_map(|one| &one.attributes)
            .flat_map(|one| one.conditions.clone())
            .collect();
        for condition in conditions {
            let classes = Classes::new(&rules, condition.criterion);
            let holds = |value: Value| match (value, condition.test) {
                (Value::Choice(value), Test::OneOf(bits)) => bits >> value & 1 == 1,
                (Value::Length(length), Test::AtLeast(bound)) => length >= bound,
                (Value::Length(length), Test::Below(bound)) => length < bound,
                _ => false,
            };
            let of = &rules.rulebook().criteria[condition.criterion];
            let choices = (0..of.values.len() as u8).map(Value::Choice);
            let lengths = (0..60).map(|months| Value::Length(Length::months(months)));
            let values: Vec<Value> = match of.kind {
                Kind::Length => lengths.collect(),
                _ => choices.collect(),
            };
            for value in values {
                let sample = classes.samples[classes.of(value) - 1];
                assert_eq!(sample.passes(condition.test), holds(value), "{value:?}");
            }
        }
    }
}
