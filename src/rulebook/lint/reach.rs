//! Which outcomes of a rulebook are possible.
//!
//! Owns the warnings about a rulebook that works: attributes that never match,
//! characteristics that change nothing, labels that no record can get. What is reported
//! is certain; where certainty would take too long, nothing is reported.

use std::collections::BTreeSet;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Diagnostics, Path};
use crate::rulebook::ir::{self, CheckedRulebook};
use crate::rulebook::partition::{Bin, PossibleOutcomes};
use crate::rulebook::{Characteristic, Scorecard};
use crate::text::quoted;
use crate::value::{Kind, Length};

/// The number of steps after which the search ends.
const MOST_STEPS: usize = 20_000_000;

/// The steps that are left.
struct Budget(usize);

impl Budget {
    /// Uses `steps`; `None` if fewer are left.
    fn take(&mut self, steps: usize) -> Option<()> {
        self.0 = self.0.checked_sub(steps)?;
        Some(())
    }
}

/// A criterion that decides which attribute applies: its table, and the bins that its
/// values can be in.
struct Deciding {
    table: PossibleOutcomes,
    bins: Vec<Bin>,
}

/// What was found, and whether anything was not searched.
struct Reach<'d> {
    diagnostics: &'d mut Diagnostics,
    /// The number of attributes, characteristics and scorecards that were not.
    not_searched: usize,
}

/// Finds what was probably not meant. Returns the number of attributes, characteristics and
/// scorecards that were not searched.
pub(crate) fn warnings(checked: &CheckedRulebook, diagnostics: &mut Diagnostics) -> usize {
    let mut reach = Reach {
        diagnostics,
        not_searched: 0,
    };
    let mut budget = Budget(MOST_STEPS);
    for (index, card) in checked.scorecards.iter().enumerate() {
        let of = &checked.rulebook.scorecards[index];
        let at = Path::default().item("scorecard", index);
        let mut points = Vec::new();
        for (place, conditions) in card.characteristics.iter().enumerate() {
            let possible = checked.possible(conditions).into_iter();
            let possible = possible.map(|table| Deciding {
                bins: readable(checked, table.criterion),
                table,
            });
            let possible: Vec<Deciding> = possible.collect();
            let at = at.item("characteristic", place);
            let characteristic = &of.characteristics[place];
            let mut own = BTreeSet::from([0]);
            for (attribute, stated) in characteristic.attributes.iter().enumerate() {
                let ways = ways(&possible, attribute, &mut budget);
                reach.not_searched += usize::from(ways.is_none());
                match ways {
                    Some(Ways::Blocked(first)) => {
                        let warning = never_matches(characteristic, attribute, first, &at);
                        reach.diagnostics.push(warning);
                    }
                    Some(Ways::Open) | None => {
                        own.insert(i64::from(stated.partial_score));
                    }
                }
            }
            gaps(checked, characteristic, &possible, &at, reach.diagnostics);
            points.push(own);
        }
        sums(of, card, &points, &at, &mut budget, &mut reach);
    }
    unused(checked, reach.diagnostics);
    reach.not_searched
}

/// Whether an attribute can be the first that holds.
enum Ways {
    Open,
    /// It cannot: others hold first. If one of them always does, it is this one.
    Blocked(Option<usize>),
}

fn has(bits: &[u64], place: usize) -> bool {
    bits[place / 64] >> (place % 64) & 1 == 1
}

/// Follows the attributes up to one through all values of the criteria; `None` if that
/// would take too long.
fn ways(possible: &[Deciding], attribute: usize, budget: &mut Budget) -> Option<Ways> {
    let words = attribute / 64 + 1;
    budget.take(words)?;
    let mut alive: BTreeSet<Vec<u64>> = BTreeSet::from([vec![u64::MAX; words]]);
    for Deciding { table, bins } in possible {
        let mut patterns = BTreeSet::new();
        budget.take(bins.len() * words)?;
        for bin in bins {
            let mut bits = table.with(*bin)[..words].to_vec();
            // Later attributes do not matter.
            bits[words - 1] &= u64::MAX >> (63 - attribute % 64);
            if has(&bits, attribute) {
                patterns.insert(bits);
            }
        }
        budget.take(alive.len() * patterns.len() * words)?;
        let pairs = alive
            .iter()
            .flat_map(|way| patterns.iter().map(move |pattern| (way, pattern)));
        let both = |(way, pattern): (&Vec<u64>, &Vec<u64>)| -> Vec<u64> {
            way.iter().zip(pattern).map(|(a, b)| a & b).collect()
        };
        alive = pairs.map(both).collect();
    }
    budget.take(alive.len() * attribute)?;
    if (alive.iter()).any(|way| (0..attribute).all(|earlier| !has(way, earlier))) {
        return Some(Ways::Open);
    }
    let mut earlier = 0..attribute;
    let first = earlier.find(|earlier| alive.iter().all(|way| has(way, *earlier)));
    Some(Ways::Blocked(first))
}

/// The bins that a value of a criterion can be in.
fn readable(checked: &CheckedRulebook, criterion: usize) -> Vec<Bin> {
    let bins = &checked.partitions[criterion];
    let mut all = vec![Bin::MISSING, Bin::NOT_UNDERSTOOD];
    match checked.rulebook.criteria[criterion].kind {
        Kind::Length => all.extend(bins.ranges().map(|(bin, ..)| bin)),
        // No condition can test a day.
        Kind::Date => all.extend(bins.all().last()),
        Kind::Choice | Kind::Organization | Kind::Address => all.extend(bins.choices()),
    }
    all
}

/// The warning about an attribute that never matches; `first` is the one that always holds
/// first, if a single one does.
fn never_matches(
    of: &Characteristic,
    attribute: usize,
    first: Option<usize>,
    at: &Path,
) -> Diagnostic {
    const MOST: usize = 5;
    let code = |place: usize| quoted(&of.attributes[place].reason_code);
    let earlier = match first {
        Some(first) => code(first),
        None => {
            let shown: Vec<String> = (0..attribute.min(MOST)).map(code).collect();
            match attribute.saturating_sub(MOST) {
                0 => format!("one of {}", shown.join(", ")),
                more => format!("one of {} and {more} more", shown.join(", ")),
            }
        }
    };
    let code = code(attribute);
    let found = format!("the attribute {code} can never match: {earlier} always matches first");
    let help = "put the narrower condition first, or remove this one";
    let warning = Code::NeverMatches.at(&at.item("attribute", attribute), found, help);
    match first {
        Some(first) => warning.related(at.item("attribute", first), "this one matches first"),
        None => warning,
    }
}

/// The values and lengths of a characteristic's own criterion without an attribute.
fn gaps(
    checked: &CheckedRulebook,
    of: &Characteristic,
    possible: &[Deciding],
    at: &Path,
    to: &mut Diagnostics,
) {
    let Some((Deciding { table: own, .. }, others)) = possible.split_first() else {
        return;
    };
    let (name, attributes) = (quoted(&of.criterion), of.attributes.len());
    if attributes == 0 {
        let found = format!("the characteristic {name} has no attributes");
        let help = "add an attribute, or remove the characteristic";
        return to.push(Code::NoEffect.at(at, found, help));
    }
    let criterion = &checked.rulebook.criteria[own.criterion];
    let bins = &checked.partitions[own.criterion];
    let values: Vec<(Bin, String)> = match criterion.kind {
        Kind::Date => Vec::new(),
        Kind::Length => {
            // A bound of zero leaves nothing below it.
            let ranges = bins.ranges();
            let ranges = ranges.filter(|(_, from, below)| below.is_none_or(|below| below > *from));
            let ranges = ranges.map(|(bin, from, below)| (bin, range(from, below)));
            ranges.collect()
        }
        _ => bins
            .choices()
            .zip(criterion.values.iter().cloned())
            .collect(),
    };
    // The bits of attributes, without those of what applies where none does.
    let mut of_attributes = vec![u64::MAX; own.words];
    (attributes..own.words * 64)
        .for_each(|place| of_attributes[place / 64] &= !(1 << (place % 64)));
    // Where nothing else is known, conditions on other criteria do not hold.
    let mut without = of_attributes.clone();
    for other in others {
        let missing = without.iter_mut().zip(other.table.with(Bin::MISSING));
        missing.for_each(|(bits, missing)| *bits &= missing);
    }
    let (mut never, mut alone) = (Vec::new(), Vec::new());
    for (bin, value) in values {
        let has_one = |of: &[u64]| {
            own.with(bin)
                .iter()
                .zip(of)
                .any(|(bits, of)| bits & of != 0)
        };
        if !has_one(&of_attributes) {
            never.push(value);
        } else if !has_one(&without) {
            alone.push(value);
        }
    }
    for (without, when) in [(never, ""), (alone, " while nothing else is known")] {
        if without.is_empty() {
            continue;
        }
        let (values, it) = (
            without.join(", "),
            if without.len() == 1 {
                "it scores"
            } else {
                "they score"
            },
        );
        let found = format!("no attribute of {name} covers {values}{when}, so {it} 0");
        let help = "add an attribute, with 0 points if it counts neither way";
        let values = Path::default().item("criterion", own.criterion);
        let gap = Code::Gap.at(at, found, help);
        to.push(gap.related(values.key("more_values"), "its values"));
    }
}

fn range(from: Length, below: Option<Length>) -> String {
    match below {
        Some(below) if from == Length::default() => format!("less than {}", below.exactly()),
        Some(below) => format!("{} up to {}", from.exactly(), below.exactly()),
        None => format!("{} and more", from.exactly()),
    }
}

/// The possible sums of the points of all characteristics, sorted; `None` if that would
/// take too long. Criteria are assumed to be independent, so no possible sum is missing.
fn all_sums<'p>(
    initial: i64,
    points: impl Iterator<Item = &'p BTreeSet<i64>>,
    budget: &mut Budget,
) -> Option<Vec<i64>> {
    let mut sums = vec![initial];
    for own in points {
        budget.take(sums.len() * own.len())?;
        let before = std::mem::take(&mut sums);
        for points in own {
            sums.extend(before.iter().map(|sum| sum + points));
        }
        sums.sort_unstable();
        sums.dedup();
    }
    Some(sums)
}

/// Reports characteristics that change no label, labels that no record can get, and labels
/// that an empty record gets.
fn sums(
    of: &Scorecard,
    card: &ir::Scorecard,
    points: &[BTreeSet<i64>],
    at: &Path,
    budget: &mut Budget,
    reach: &mut Reach<'_>,
) {
    let to = &mut *reach.diagnostics;
    let (upper, lower) = (i64::from(card.upper_from), i64::from(card.lower_from));
    let label = |sum: i64| match sum {
        sum if sum >= upper => 0,
        sum if sum <= lower => 1,
        _ => 2,
    };
    let initial = i64::from(card.initial_score);
    let band = |label: usize| {
        let mut bands = of.bands.iter();
        let place = bands.position(|band| band.at_least.is_some() == (label == 0));
        at.item("band", place.unwrap_or(0))
    };
    let Some(all) = all_sums(initial, points.iter(), budget) else {
        reach.not_searched += 1 + points.len();
        return;
    };
    let ends = [(upper, all.last(), "most"), (lower, all.first(), "least")];
    for (number, (edge, end, which)) in ends.into_iter().enumerate() {
        if all.iter().all(|sum| label(*sum) != number) {
            let (name, end) = (quoted(&card.labels[number]), end.unwrap_or(&initial));
            let found = format!(
                "no record can get the label {name}: its band begins at {edge:+}, and scores are {end:+} at {which}"
            );
            let help = "move the band, or give more points";
            to.push(Code::UnreachableLabel.at(&band(number), found, help));
        }
    }
    if label(initial) != 2 {
        let found = match upper - lower {
            1 => "the bands leave nothing between them".to_owned(),
            _ => format!("the initial score, {initial:+}, is within a band"),
        };
        let name = quoted(&card.labels[label(initial)]);
        let found = format!("{found}: an empty record gets the label {name}");
        let help =
            format!("leave a gap between the bands around {initial:+}, which is then Undetermined");
        to.push(Code::LabelWithoutEvidence.at(&band(label(initial)), found, help));
    }
    for (place, own) in points.iter().enumerate() {
        let characteristic = &of.characteristics[place];
        if characteristic.attributes.is_empty() {
            continue;
        }
        let others = points.iter().enumerate();
        let others = others.filter(|(other, _)| *other != place);
        let Some(others) = all_sums(initial, others.map(|(_, own)| own), budget) else {
            reach.not_searched += 1;
            continue;
        };
        let changes = |sum: &i64| own.iter().any(|points| label(sum + points) != label(*sum));
        if !others.iter().any(changes) {
            let name = quoted(&characteristic.criterion);
            let found = format!("the characteristic {name} never changes a label");
            let help = "give its attributes points that matter, or remove it";
            to.push(Code::NoEffect.at(&at.item("characteristic", place), found, help));
        }
    }
}

/// Reports criteria that no scorecard uses, and statements that no attribute cites.
fn unused(checked: &CheckedRulebook, to: &mut Diagnostics) {
    let rulebook = &checked.rulebook;
    let cards = checked.scorecards.iter();
    let mut used: BTreeSet<usize> = cards
        .flat_map(|card| &card.characteristics)
        .flat_map(ir::Characteristic::criteria)
        .collect();
    let derived = checked.derived.iter();
    used.extend(derived.flat_map(|one| [one.start, one.end]));
    for (index, criterion) in rulebook.criteria.iter().enumerate() {
        if !used.contains(&index) {
            let name = quoted(&criterion.name);
            let found = format!("no scorecard uses the criterion {name}");
            let help = "add a [[scorecard.characteristic]] for it, or remove it";
            let at = Path::default().item("criterion", index);
            to.push(Code::UnusedCriterion.at(&at, found, help));
        }
    }
    let cited = rulebook.attributes().flat_map(|(_, one)| &one.sources);
    let cited: BTreeSet<&String> = cited.collect();
    for (index, statement) in rulebook.statements.iter().enumerate() {
        let is_cited = cited.contains(&statement.id);
        if !is_cited && statement.not_a_rule.is_none() {
            let id = quoted(&statement.id);
            let found = format!("no attribute cites the statement {id}");
            let help =
                "cite it in the `sources` of an attribute, or give the reason in `not_a_rule`";
            let at = Path::default().item("statement", index);
            to.push(Code::UncitedStatement.at(&at, found, help));
        }
    }
}
