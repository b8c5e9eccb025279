//! The checked form of the kinds of related files, with indexes for names.
//!
//! Owns their checks: names, states, rules, values and the bounds of a frequency.

use std::collections::BTreeMap;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostics, Path, one_of};
use crate::rulebook::ir::{CheckedRulebook, Condition, choices};
use crate::rulebook::related::{self, MONTHS, RECORDS, Related, State};
use crate::rulebook::validate::criteria::MOST_VALUES;
use crate::rulebook::validate::{bad_name, twice, unknown_criterion};
use crate::rulebook::{self, Criterion};
use crate::text::quoted;
use crate::value::Kind;
use crate::value::read::Reader;

/// A kind of related files; criteria by their indexes, values by their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedKind {
    /// Its name.
    pub name: String,
    /// What such files have, in one line.
    pub says: String,
    /// What the records are about: a place in the rulebook's choices that dates give.
    pub about: Option<usize>,
    /// The states in which a record counts: the [bit](State::bit) of each.
    pub counts: u8,
    /// How the values of several records become one, by criterion.
    pub take: Vec<(usize, FoldRule)>,
    /// Criterion and value that a record shows by being there.
    pub means: Vec<(usize, u8)>,
    /// The same where the records name goods.
    pub goods: Vec<(usize, u8)>,
    /// If any of these holds for the relationship, `means`, `goods` and `frequency` show
    /// nothing.
    pub unless: Vec<Condition>,
    /// What the records contradict in a record about the buyer.
    pub contradicts: Vec<Condition>,
    /// The kinds of which a record may be a part: then `means`, `goods` and `frequency` show
    /// nothing.
    pub part_of: Vec<String>,
    /// Few records of such a file belong to a relationship, or none.
    pub partial: bool,
    /// What the number of records and their days show.
    pub frequency: Option<Frequency>,
}

impl RelatedKind {
    /// Whether a record in this state counts.
    pub fn counts_in(&self, state: State) -> bool {
        self.counts & state.bit() != 0
    }
}

/// How the values of several records become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoldRule {
    /// The first of these choices that any record has.
    Any(Vec<u8>),
    /// The choice that all records have; no evidence if they differ.
    Agree,
    /// The choice of the first record by day.
    First,
    /// The choice of the last record by day.
    Last,
    /// The choice for which a column answers yes in any record.
    Flag,
    /// The length from the earliest start to the latest end.
    Span,
    /// The longest of the lengths.
    Longest,
    /// The sum of the lengths.
    Sum,
}

/// The rules for choices, and those for lengths, by name.
const RULES: [&[(&str, FoldRule)]; 2] = [
    &[
        ("agree", FoldRule::Agree),
        ("first", FoldRule::First),
        ("last", FoldRule::Last),
        ("flag", FoldRule::Flag),
    ],
    &[
        ("span", FoldRule::Span),
        ("longest", FoldRule::Longest),
        ("sum", FoldRule::Sum),
    ],
];

/// The choices that the number of records and their days show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frequency {
    /// The index of the criterion.
    pub criterion: usize,
    /// The value for exactly one record.
    pub once: u8,
    /// The value for several that are not regular.
    pub occasional: u8,
    /// The value for at least `records` over at least `span` without a gap longer than
    /// `gap`.
    pub regular: u8,
    /// From 2 to 6.
    pub records: u32,
    /// In months, from 1 to 60.
    pub span: u32,
    /// In months, from 1 to 60.
    pub gap: u32,
}

/// The checked form of a rulebook's kinds, as far as they are valid.
pub(crate) fn kinds(of: &CheckedRulebook, to: &mut Diagnostics) -> Vec<RelatedKind> {
    let all = &of.rulebook.related;
    let names = all.iter().map(|one| &*one.name);
    twice("related", "name", names, &Path::default(), to);
    let all = all.iter().enumerate();
    let mut kinds = Vec::new();
    for (index, one) in all {
        if to.is_full() {
            break;
        }
        kinds.push(Check { of, index, to }.kind(one));
    }
    kinds
}

/// The check of one kind.
struct Check<'c> {
    of: &'c CheckedRulebook,
    /// The place of the kind in the rulebook.
    index: usize,
    to: &'c mut Diagnostics,
}

impl Check<'_> {
    fn kind(&mut self, kind: &Related) -> RelatedKind {
        let index = self.index;
        let at = || Path::default().item("related", index);
        let bad = bad_name("related file", &kind.name, '_', || at().key("name"));
        self.to.extend(bad);
        RelatedKind {
            name: kind.name.clone(),
            says: kind.says.clone(),
            about: kind.about.as_ref().and_then(|name| self.about(name)),
            counts: self.counts(kind),
            take: self.take(&kind.take),
            means: self.values("means", &kind.means),
            goods: self.values("goods", &kind.goods),
            unless: self.conditions("unless", &kind.unless),
            contradicts: self.conditions("contradicts", &kind.contradicts),
            part_of: kind.part_of.clone(),
            partial: kind.partial,
            frequency: kind.frequency.as_ref().and_then(|of| self.frequency(of)),
        }
    }

    /// A key of the kind.
    fn at(&self, key: &str) -> Path {
        Path::default().item("related", self.index).key(key)
    }

    fn push(&mut self, code: Code, at: &Path, found: String, help: impl Into<String>) {
        self.to.push(code.at(at, found, help));
    }

    fn criterion(&self, index: usize) -> &Criterion {
        &self.of.rulebook.criteria[index]
    }

    /// The index of a criterion. `at` is called only if it is unknown.
    fn known(&mut self, name: &str, at: impl FnOnce() -> Path) -> Option<usize> {
        let index = self.of.criterion(name);
        if index.is_none() {
            let unknown = unknown_criterion(&self.of.rulebook, name, &at());
            self.to.push(unknown);
        }
        index
    }

    /// The index of a criterion that is a choice.
    fn choice(&mut self, name: &str, at: impl Fn() -> Path) -> Option<usize> {
        let index = self.known(name, &at)?;
        let what = match self.criterion(index).kind {
            Kind::Choice | Kind::Organization | Kind::Address => return Some(index),
            Kind::Length => "length",
            Kind::Date => "date",
        };
        let found = format!("{} is a {what}, and not a choice", quoted(name));
        self.push(Code::BadComparison, &at(), found, "use a choice instead");
        None
    }

    /// The place of a value.
    fn value(&mut self, criterion: usize, name: &str, at: impl FnOnce() -> Path) -> Option<u8> {
        let of = self.criterion(criterion);
        let mut values = of.values.iter().take(MOST_VALUES);
        let place = values.position(|value| value == name);
        if place.is_none() {
            let help = one_of(name, of.values.iter().map(String::as_str), "");
            let found = format!("{} has no value {}", quoted(&of.name), quoted(name));
            self.push(Code::UnknownValue, &at(), found, help);
        }
        place.and_then(|place| u8::try_from(place).ok())
    }

    fn about(&mut self, name: &str) -> Option<usize> {
        let index = self.index;
        let at = || Path::default().item("related", index).key("about");
        let criterion = self.known(name, at)?;
        if self.criterion(criterion).in_force.is_none() {
            let found = format!("{} has no `in_force`", quoted(name));
            let help = "name a criterion that has it, such as a contract, or remove `about`";
            self.push(Code::BadValues, &at(), found, help);
        }
        let mut all = self.of.in_force.iter();
        all.position(|one| one.criterion == criterion)
    }

    fn counts(&mut self, kind: &Related) -> u8 {
        if kind.counts.is_empty() {
            let found = format!("the related file {} has no `counts`", quoted(&kind.name));
            let help = "add the states in which its records count, such as [\"none\", \"open\"]";
            self.push(Code::MissingKey, &self.at("counts"), found, help);
        }
        let mut bits = 0;
        for (place, name) in kind.counts.iter().enumerate() {
            if self.to.is_full() {
                break;
            }
            match State::from_name(name) {
                Some(state) => bits |= state.bit(),
                None => {
                    let found = format!("{} is not a state of records", quoted(name));
                    let help = one_of(name, State::ALL.into_iter().map(State::name), "");
                    let at = self.at("counts").at(place);
                    self.push(Code::UnknownValue, &at, found, help);
                }
            }
        }
        bits
    }

    fn take(&mut self, all: &BTreeMap<String, rulebook::Condition>) -> Vec<(usize, FoldRule)> {
        let mut take = Vec::new();
        let index = self.index;
        for (name, rule) in all {
            if self.to.is_full() {
                break;
            }
            let at = || Path::default().item("related", index).key("take").key(name);
            let Some(criterion) = self.known(name, || at().name()) else {
                continue;
            };
            let rule = match self.criterion(criterion).kind {
                Kind::Choice | Kind::Organization | Kind::Address => {
                    self.choice_rule(criterion, rule, &at)
                }
                Kind::Length => self.length_rule(name, rule, &at),
                Kind::Date => {
                    let found = format!("{} is a date, which `take` cannot take", quoted(name));
                    let help = "take the length that it gives instead";
                    self.push(Code::BadComparison, &at(), found, help);
                    None
                }
            };
            take.extend(rule.map(|rule| (criterion, rule)));
        }
        take
    }

    fn choice_rule(
        &mut self,
        criterion: usize,
        rule: &rulebook::Condition,
        at: &dyn Fn() -> Path,
    ) -> Option<FoldRule> {
        let [rules, _] = RULES;
        if let rulebook::Condition::One(name) = rule {
            if let Some((_, rule)) = rules.iter().find(|(known, _)| known == name) {
                return Some(rule.clone());
            }
            let of = self.criterion(criterion);
            let mut values = of.values.iter().take(MOST_VALUES);
            if values.all(|value| value != name) {
                let rules = rules.iter().map(|(name, _)| *name);
                let known = rules.chain(of.values.iter().map(String::as_str));
                let help = one_of(name, known, "");
                let [found, of] = [name, &of.name].map(|name| quoted(name));
                let found = format!("{found} is neither a rule nor a value of {of}");
                self.push(Code::UnknownValue, &at(), found, help);
                return None;
            }
        }
        // Each unknown one is reported.
        let mut values = Some(Vec::new());
        for (place, name) in rule.alternatives().iter().enumerate() {
            if self.to.is_full() {
                break;
            }
            let value = self.value(criterion, name, || at().at(place));
            values = values.zip(value).map(|(mut values, value)| {
                values.push(value);
                values
            });
        }
        values.map(FoldRule::Any)
    }

    fn length_rule(
        &mut self,
        name: &str,
        rule: &rulebook::Condition,
        at: &dyn Fn() -> Path,
    ) -> Option<FoldRule> {
        let [_, rules] = RULES;
        let known = rules.iter().map(|(name, _)| *name);
        let (found, help) = match rule {
            rulebook::Condition::One(stated) => {
                if let Some((_, rule)) = rules.iter().find(|(known, _)| known == stated) {
                    return Some(rule.clone());
                }
                let [found, of] = [stated, name].map(quoted);
                let found = format!("{found} is not a rule for {of}, which is a length");
                (found, one_of(stated, known, ""))
            }
            rulebook::Condition::AnyOf(_) => {
                let found = format!("{} is a length, and takes exactly one rule", quoted(name));
                let known: Vec<&str> = known.collect();
                (found, format!("use one of {}", known.join(", ")))
            }
        };
        self.push(Code::UnknownValue, &at(), found, help);
        None
    }

    fn values(&mut self, key: &str, all: &BTreeMap<String, String>) -> Vec<(usize, u8)> {
        let mut values = Vec::new();
        let index = self.index;
        for (name, value) in all {
            if self.to.is_full() {
                break;
            }
            let at = || Path::default().item("related", index).key(key).key(name);
            if let Some(criterion) = self.choice(name, || at().name())
                && let Some(value) = self.value(criterion, value, at)
            {
                values.push((criterion, value));
            }
        }
        values
    }

    fn conditions(
        &mut self,
        key: &str,
        all: &BTreeMap<String, rulebook::Condition>,
    ) -> Vec<Condition> {
        let mut conditions = Vec::new();
        let index = self.index;
        for (name, condition) in all {
            if self.to.is_full() {
                break;
            }
            let at = || Path::default().item("related", index).key(key).key(name);
            let Some(criterion) = self.choice(name, || at().name()) else {
                continue;
            };
            match choices(self.criterion(criterion), condition, &at) {
                Ok(test) => conditions.push(Condition { criterion, test }),
                Err(diagnostic) => self.to.push(*diagnostic),
            }
        }
        conditions
    }

    fn frequency(&mut self, of: &related::Frequency) -> Option<Frequency> {
        let index = self.index;
        let at = |key: &str| {
            Path::default()
                .item("related", index)
                .key("frequency")
                .key(key)
        };
        let (least, most) = RECORDS;
        if !(least..=most).contains(&of.records) {
            let found = format!("`records` is {}", of.records);
            let help = format!("write a whole number from {least} to {most}");
            self.push(Code::OutOfRange, &at("records"), found, help);
        }
        let span = self.months("span", &of.span, &at);
        let gap = self.months("gap", &of.gap, &at);
        let criterion = self.choice(&of.criterion, || at("criterion"))?;
        let once = self.value(criterion, &of.once, || at("once"));
        let occasional = self.value(criterion, &of.occasional, || at("occasional"));
        let regular = self.value(criterion, &of.regular, || at("regular"));
        Some(Frequency {
            criterion,
            once: once?,
            occasional: occasional?,
            regular: regular?,
            records: of.records,
            span: span?,
            gap: gap?,
        })
    }

    /// A length of whole months.
    fn months(&mut self, key: &str, text: &str, at: &dyn Fn(&str) -> Path) -> Option<u32> {
        let reader = Reader::new(Kind::Length, "", &[], None, None, false);
        let (least, most) = MONTHS;
        let help = format!("write whole months, from {least} to {most}, such as \"6 months\"");
        let Some(length) = reader.length(text, &self.of.words) else {
            let found = format!("`{key}` is {}, which is not a length", quoted(text));
            self.push(Code::BadComparison, &at(key), found, help);
            return None;
        };
        let months = (least..=most).find(|months| f64::from(*months) == length.in_months());
        if months.is_none() {
            let found = format!("`{key}` is {}, which is out of range", quoted(text));
            self.push(Code::OutOfRange, &at(key), found, help);
        }
        months
    }
}
