//! The checked form of a rulebook, with indexes for names.
//!
//! Owns the checks of conditions; [`validate`] checks names, bands and points. It is plain
//! data, made once, which the engine's tables and the linter read. Knows nothing of
//! records.

use std::collections::{BTreeMap, BTreeSet};

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Diagnostics, Path, one_of};
use crate::rulebook::partition::{Partition, PossibleOutcomes};
use crate::rulebook::related::checked::{self, RelatedKind};
use crate::rulebook::validate::criteria::MOST_VALUES;
use crate::rulebook::validate::{self, unknown_criterion};
use crate::rulebook::{self, Criterion, Rulebook, UNDETERMINED};
use crate::text::quoted;
use crate::value::read::Reader;
use crate::value::{Kind, Length, Value, Words};

/// A rulebook without errors, and its checked form.
#[derive(Debug)]
pub struct CheckedRulebook {
    /// The rulebook itself: names, reasons and sources.
    pub rulebook: Rulebook,
    /// Its scorecards, in the same order.
    pub scorecards: Vec<Scorecard>,
    pub(crate) derived: Vec<Derived>,
    pub(crate) in_force: Vec<InForce>,
    pub(crate) related: Vec<RelatedKind>,
    /// By criterion.
    pub(crate) partitions: Vec<Partition>,
    pub(crate) words: Words,
    /// By criterion.
    pub(crate) readers: Vec<Reader>,
    /// The criteria by their names: rulebooks may have thousands.
    places: BTreeMap<String, usize>,
}

/// The most words of bits in the tables of all characteristics: 256 MiB, which are copied
/// when they are compiled.
const MOST_WORDS: usize = 1 << 25;

/// A scorecard. Its labels are 0 for the band that is open upwards, 1 for the one that
/// is open downwards and 2 for neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scorecard {
    /// The score before any evidence, in points.
    pub initial_score: i32,
    /// The lowest score of the band that is open upwards.
    pub upper_from: i32,
    /// The highest score of the band that is open downwards.
    pub lower_from: i32,
    /// By number.
    pub labels: [String; 3],
    /// As in the rulebook.
    pub characteristics: Vec<Characteristic>,
}

/// A characteristic: the first of its attributes that holds gives points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Characteristic {
    /// The index of the criterion that has to be known.
    pub criterion: usize,
    /// As in the rulebook.
    pub attributes: Vec<Attribute>,
}

/// Conditions, and the points they give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What has to hold, all of it: one condition a criterion.
    pub conditions: Vec<Condition>,
    /// Points added to the score.
    pub points: i32,
    /// The short name of the reason.
    pub reason_code: String,
}

/// A test of a criterion's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// The index of the criterion.
    pub criterion: usize,
    /// What its value has to be.
    pub test: Test,
}

/// What a value has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// The choice whose bit is set.
    OneOf(u64),
    /// A length of at least this.
    AtLeast(Length),
    /// A length of less than this.
    Below(Length),
}

/// A length that two dates give where it is not stated; criteria by their indexes.
#[derive(Debug, Clone)]
pub(crate) struct Derived {
    pub(crate) length: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The slot, after those of the criteria, of a start that is known to be that of the
    /// relationship itself.
    pub(crate) since: usize,
    /// The slot of the length of a commitment.
    pub(crate) term: usize,
}

/// A choice that dates give where none is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InForce {
    /// The index of the criterion.
    pub(crate) criterion: usize,
    /// The criteria of its first and last day.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The values between and after these days.
    pub(crate) during: u8,
    pub(crate) after: u8,
    /// The slots, after those of [`Derived`], of days that are certainly its own.
    pub(crate) from: usize,
    pub(crate) until: usize,
    /// The slot of a text that shows a value only by being there.
    pub(crate) filled: usize,
    /// The slot of the day of signing, from which a commitment without a first day runs.
    pub(crate) signed: usize,
    /// The slot of the length of the commitment, if the rulebook has one.
    pub(crate) term: Option<usize>,
}

impl Condition {
    /// Whether it holds for values by criterion.
    pub(crate) fn holds(&self, values: &[Value]) -> bool {
        self.test.holds(values[self.criterion])
    }
}

impl Test {
    /// Whether it holds for a value. It does not hold for a missing or unrecognized one.
    pub fn holds(self, value: Value) -> bool {
        match (self, value) {
            (Test::OneOf(bits), Value::Choice(value)) => {
                bits.checked_shr(value.into()).unwrap_or(0) & 1 == 1
            }
            (Test::AtLeast(bound), Value::Length(length)) => length >= bound,
            (Test::Below(bound), Value::Length(length)) => length < bound,
            _ => false,
        }
    }
}

impl Characteristic {
    /// The indexes of the criteria that decide which attribute applies, its own first.
    pub(crate) fn criteria(&self) -> impl Iterator<Item = usize> {
        let conditions = self.attributes.iter().flat_map(|one| &one.conditions);
        let others = conditions.map(|condition| condition.criterion);
        let others: BTreeSet<usize> = others.filter(|other| *other != self.criterion).collect();
        std::iter::once(self.criterion).chain(others)
    }
}

impl CheckedRulebook {
    /// Checks `rulebook`; returns its diagnostics if it has errors.
    pub(crate) fn new(rulebook: Rulebook) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        validate::errors(&rulebook, &mut diagnostics);
        if diagnostics.is_full() {
            return Err(diagnostics);
        }
        let mut places = BTreeMap::new();
        for (index, criterion) in rulebook.criteria.iter().enumerate() {
            places.entry(criterion.name.clone()).or_insert(index);
        }
        let derived = derived(&rulebook, &places);
        let in_force = in_force(&rulebook, &places, &derived);
        let after = in_force.iter().map(|one| (one.criterion, one.after));
        let after: BTreeMap<usize, u8> = after.collect();
        let ends: BTreeSet<usize> = derived.iter().map(|one| one.end).collect();
        let criteria = rulebook.criteria.iter().enumerate();
        let readers = criteria.map(|(index, criterion)| {
            Reader::new(
                criterion.kind,
                &criterion.name,
                &criterion.values,
                criterion.length_means.as_deref(),
                after.get(&index).copied(),
                ends.contains(&index),
            )
        });
        let readers = readers.collect();
        let criteria = rulebook.criteria.iter();
        let kinds: Vec<_> = criteria.map(|one| (one.name.as_str(), one.kind)).collect();
        let words = Words::new(&rulebook.words, &kinds).map_err(|error| {
            let at = Path::default().key("words");
            let mut too_many = Diagnostics::default();
            too_many.push(Code::OutOfRange.at(&at, error.to_string(), "use fewer words"));
            too_many
        })?;
        let mut checked = CheckedRulebook {
            places,
            scorecards: Vec::new(),
            partitions: Vec::new(),
            rulebook,
            in_force,
            derived,
            related: Vec::new(),
            words,
            readers,
        };
        let mut scorecards = Vec::new();
        for (index, card) in checked.rulebook.scorecards.iter().enumerate() {
            let at = Path::default().item("scorecard", index);
            scorecards.extend(checked.scorecard(card, &at, &mut diagnostics));
        }
        checked.scorecards = scorecards;
        checked.partitions = checked.all_partitions(&mut diagnostics);
        if !diagnostics.has_errors() {
            diagnostics.extend(checked.too_large());
        }
        checked.related = checked::kinds(&checked, &mut diagnostics);
        match diagnostics.has_errors() {
            false => Ok(checked),
            true => Err(diagnostics),
        }
    }

    /// The outcomes of a characteristic that each deciding criterion leaves possible, its
    /// own criterion first.
    pub(crate) fn possible(&self, of: &Characteristic) -> Vec<PossibleOutcomes> {
        let mut on: BTreeMap<usize, Vec<(usize, Test)>> = BTreeMap::new();
        for (place, attribute) in of.attributes.iter().enumerate() {
            for one in &attribute.conditions {
                on.entry(one.criterion).or_default().push((place, one.test));
            }
        }
        let tables = of.criteria().map(|criterion| {
            let on_it = on.get(&criterion).map_or(&[][..], Vec::as_slice);
            PossibleOutcomes::new(of, criterion, on_it, &self.partitions[criterion])
        });
        tables.collect()
    }

    /// The diagnostic of a characteristic whose tables would take too much memory, with
    /// those before it.
    fn too_large(&self) -> Option<Diagnostic> {
        let mut words = 0;
        for (index, card) in self.scorecards.iter().enumerate() {
            for (place, one) in card.characteristics.iter().enumerate() {
                let tables = one.criteria().map(|criterion| &self.partitions[criterion]);
                words += tables
                    .map(|of| PossibleOutcomes::size(one, of))
                    .sum::<usize>();
                if words > MOST_WORDS {
                    let name = quoted(&self.rulebook.criteria[one.criterion].name);
                    let attributes = one.attributes.len();
                    let found = format!(
                        "with {attributes} attributes, {name} has more combinations with values than can be held"
                    );
                    let help = "use fewer attributes, or conditions on fewer criteria and lengths";
                    let at = Path::default().item("scorecard", index);
                    let at = at.item("characteristic", place);
                    return Some(Code::OutOfRange.at(&at, found, help));
                }
            }
        }
        None
    }

    /// The checked form of a scorecard; `None` if bands or criteria are missing, which is
    /// reported already.
    fn scorecard(
        &self,
        of: &rulebook::Scorecard,
        at: &Path,
        diagnostics: &mut Diagnostics,
    ) -> Option<Scorecard> {
        let mut characteristics = Vec::new();
        for (i, characteristic) in of.characteristics.iter().enumerate() {
            let at = at.item("characteristic", i);
            let attributes = characteristic.attributes.iter().enumerate();
            let attributes = attributes.map(|(j, attribute)| Attribute {
                conditions: {
                    let at = || at.item("attribute", j).key("when");
                    self.conditions(attribute, &at, diagnostics)
                },
                points: attribute.partial_score,
                reason_code: attribute.reason_code.clone(),
            });
            let attributes = attributes.collect();
            characteristics.push(self.criterion(&characteristic.criterion).map(|criterion| {
                Characteristic {
                    criterion,
                    attributes,
                }
            }));
        }
        let upper = of.bands.iter().find(|band| band.at_least.is_some())?;
        let lower = of.bands.iter().find(|band| band.at_most.is_some())?;
        let undetermined = UNDETERMINED.to_owned();
        Some(Scorecard {
            initial_score: of.initial_score,
            upper_from: upper.at_least?,
            lower_from: lower.at_most?,
            labels: [upper.label.clone(), lower.label.clone(), undetermined],
            characteristics: characteristics.into_iter().collect::<Option<_>>()?,
        })
    }

    /// The valid conditions of an attribute. `at` is called only for invalid ones.
    fn conditions(
        &self,
        of: &rulebook::Attribute,
        at: &dyn Fn() -> Path,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (name, condition) in &of.when {
            if diagnostics.is_full() {
                break;
            }
            let at = || at().key(name);
            let test = match self.criterion(name) {
                Some(criterion) => self
                    .test(criterion, condition, &at)
                    .map(|test| Condition { criterion, test }),
                None => Err(Box::new(unknown_criterion(
                    &self.rulebook,
                    name,
                    &at().name(),
                ))),
            };
            match test {
                Ok(condition) => conditions.push(condition),
                Err(diagnostic) => diagnostics.push(*diagnostic),
            }
        }
        conditions
    }

    /// The kinds of related files, as in the rulebook.
    pub fn related(&self) -> &[RelatedKind] {
        &self.related
    }

    /// The index of the criterion with this name.
    pub(crate) fn criterion(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    fn test(
        &self,
        index: usize,
        condition: &rulebook::Condition,
        at: &dyn Fn() -> Path,
    ) -> Result<Test, Box<Diagnostic>> {
        let criterion = &self.rulebook.criteria[index];
        let of = || quoted(&criterion.name);
        let bad =
            |found: String, help: &str| Err(Box::new(Code::BadComparison.at(&at(), found, help)));
        match criterion.kind {
            Kind::Choice | Kind::Organization | Kind::Address => choices(criterion, condition, at),
            Kind::Date => bad(
                format!("{} is a date, which conditions cannot test", of()),
                "test the length that it gives instead",
            ),
            Kind::Length => {
                let [text] = condition.alternatives() else {
                    return bad(
                        format!("{} is a length, and takes exactly one comparison", of()),
                        "write one, such as \">= 12 months\"; for another one add an attribute",
                    );
                };
                let length = |text: &str| self.readers[index].length(text, &self.words);
                if let Some(bound) = text.strip_prefix(">=").and_then(length) {
                    return Ok(Test::AtLeast(bound));
                }
                if let Some(bound) = text.strip_prefix('<').and_then(length) {
                    return Ok(Test::Below(bound));
                }
                let (text, of) = (quoted(text), of());
                bad(
                    format!("{of} is a length, and {text} is not a comparison of lengths"),
                    "write a comparison such as \">= 12 months\" or \"< 2 years\", up to 100 years",
                )
            }
        }
    }

    /// The partitions of all criteria, by the conditions on them.
    fn all_partitions(&self, diagnostics: &mut Diagnostics) -> Vec<Partition> {
        let mut bounds = vec![Vec::new(); self.rulebook.criteria.len()];
        let cards = self.scorecards.iter();
        let characteristics = cards.flat_map(|card| &card.characteristics);
        let attributes = characteristics.flat_map(|one| &one.attributes);
        for condition in attributes.flat_map(|one| &one.conditions) {
            if let Test::AtLeast(bound) | Test::Below(bound) = condition.test {
                bounds[condition.criterion].push(bound);
            }
        }
        let mut all = Vec::new();
        for (index, bounds) in bounds.into_iter().enumerate() {
            match Partition::new(&self.rulebook.criteria[index], bounds) {
                Ok(partition) => all.push(partition),
                Err(found) => {
                    let at = Path::default().item("criterion", index);
                    let help = "use fewer different lengths in conditions";
                    diagnostics.push(Code::OutOfRange.at(&at, found, help));
                }
            }
        }
        all
    }
}

/// The test that a value is one of those that a condition names, directly or by a group.
pub(crate) fn choices(
    criterion: &Criterion,
    condition: &rulebook::Condition,
    at: &dyn Fn() -> Path,
) -> Result<Test, Box<Diagnostic>> {
    let mut bits = 0;
    for (place, name) in condition.alternatives().iter().enumerate() {
        let group = criterion.groups.get(name).map(Vec::as_slice);
        let named = group.unwrap_or(std::slice::from_ref(name)).iter();
        for value in named.take(MOST_VALUES) {
            let mut values = criterion.values.iter().take(MOST_VALUES);
            match values.position(|own| own == value) {
                Some(bit) => bits |= 1 << bit,
                // An unknown value in a group is reported there.
                None if group.is_some() => {}
                None => {
                    let known = criterion.values.iter().chain(criterion.groups.keys());
                    let help = one_of(value, known.map(String::as_str), "");
                    let at = match condition {
                        rulebook::Condition::One(_) => at(),
                        rulebook::Condition::AnyOf(_) => at().at(place),
                    };
                    let [value, of] = [value, &criterion.name].map(|name| quoted(name));
                    let found = format!("{of} has no value or group {value}");
                    return Err(Box::new(Code::UnknownValue.at(&at, found, help)));
                }
            }
        }
    }
    Ok(Test::OneOf(bits))
}

/// The choices that dates give.
fn in_force(
    rulebook: &Rulebook,
    places: &BTreeMap<String, usize>,
    derived: &[Derived],
) -> Vec<InForce> {
    let mut all: Vec<InForce> = Vec::new();
    let place = |name: &str| places.get(name).copied();
    let mut terms = BTreeMap::new();
    for one in derived {
        terms.entry(one.start).or_insert(one.term);
    }
    for (criterion, of) in rulebook.criteria.iter().enumerate() {
        let slot = rulebook.criteria.len() + 2 * derived.len() + 4 * all.len();
        let value = |name: &str| {
            let mut values = of.values.iter().take(MOST_VALUES);
            let place = values.position(|value| value == name)?;
            u8::try_from(place).ok()
        };
        if let Some(dates) = &of.in_force
            && let (Some(start), Some(end)) = (place(&dates.start), place(&dates.end))
            && let (Some(during), Some(after)) = (value(&dates.during), value(&dates.after))
        {
            all.push(InForce {
                criterion,
                start,
                end,
                during,
                after,
                from: slot,
                until: slot + 1,
                filled: slot + 2,
                signed: slot + 3,
                term: terms.get(&start).copied(),
            });
        }
    }
    all
}

/// The lengths that dates give.
fn derived(rulebook: &Rulebook, places: &BTreeMap<String, usize>) -> Vec<Derived> {
    let mut derived: Vec<Derived> = Vec::new();
    let place = |name: &str| places.get(name).copied();
    for (length, criterion) in rulebook.criteria.iter().enumerate() {
        let slot = rulebook.criteria.len() + 2 * derived.len();
        if let Some(dates) = &criterion.from_dates
            && let (Some(start), Some(end)) = (place(&dates.start), place(&dates.end))
        {
            derived.push(Derived {
                length,
                start,
                end,
                since: slot,
                term: slot + 1,
            });
        }
    }
    derived
}
