//! What of a rulebook can come about, and what cannot.
//!
//! Owns the doubts about a rulebook that works: attributes that never match,
//! characteristics that change nothing, labels that no record can get. What is
//! reported is certain; where it would take too long to be certain, nothing is.

use std::collections::BTreeSet;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path};
use crate::rulebook::ir::{self, CheckedRulebook};
use crate::rulebook::partition::{Bin, PossibleOutcomes};
use crate::rulebook::{Characteristic, Scorecard};
use crate::text::quoted;
use crate::value::{Kind, Length};

/// So many steps are taken in all; behind these nothing more is looked at.
const MOST_STEPS: usize = 20_000_000;

/// What is left of the steps that may be taken.
struct Budget(usize);

impl Budget {
    /// Takes so many steps, unless that is more than are left.
    fn take(&mut self, steps: usize) -> Option<()> {
        self.0 = self.0.checked_sub(steps)?;
        Some(())
    }
}

/// What looks as if somebody meant something else.
pub(crate) fn doubts(checked: &CheckedRulebook) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut budget = Budget(MOST_STEPS);
    for (index, card) in checked.scorecards.iter().enumerate() {
        let of = &checked.rulebook.scorecards[index];
        let at = Path::default().item("scorecard", index);
        let mut points = Vec::new();
        for (place, conditions) in card.characteristics.iter().enumerate() {
            let possible = checked.possible(conditions);
            let at = at.item("characteristic", place);
            let characteristic = &of.characteristics[place];
            let mut own = BTreeSet::from([0]);
            for (attribute, stands) in characteristic.attributes.iter().enumerate() {
                let at = at.item("attribute", attribute);
                match ways(checked, &possible, attribute, &mut budget) {
                    Some(ways) if ways.reaches => {
                        own.insert(i64::from(stands.partial_score));
                    }
                    Some(ways) => {
                        let earlier = characteristic.attributes[..attribute].iter();
                        let earlier: Vec<&str> = earlier.map(|one| &*one.reason_code).collect();
                        diagnostics.push(never_matches(&stands.reason_code, &earlier, &ways, &at));
                    }
                    None => {
                        own.insert(i64::from(stands.partial_score));
                    }
                }
            }
            gaps(checked, characteristic, &possible, &at, &mut diagnostics);
            points.push(own);
        }
        sums(of, card, &points, &at, &mut budget, &mut diagnostics);
    }
    diagnostics.extend(unused(checked));
    diagnostics
}

/// Whether an attribute can be the first that holds, and if not, which earlier ones
/// always hold where it does.
struct Ways {
    reaches: bool,
    /// Those of which each alone always holds first.
    always: Vec<usize>,
}

/// Follows the attributes up to one through all that the criteria can say; `None` if
/// that would take too long.
fn ways(
    checked: &CheckedRulebook,
    possible: &[PossibleOutcomes],
    attribute: usize,
    budget: &mut Budget,
) -> Option<Ways> {
    let bit = |bits: &[u64], place: usize| bits[place / 64] >> (place % 64) & 1 == 1;
    let words = attribute / 64 + 1;
    let mut alive: BTreeSet<Vec<u64>> = BTreeSet::from([vec![u64::MAX; words]]);
    for table in possible {
        let mut patterns = BTreeSet::new();
        let bins = readable(checked, table.criterion);
        budget.take(bins.len() * words)?;
        for bin in bins {
            let mut bits = table.with(bin)[..words].to_vec();
            // What comes later does not matter.
            bits[words - 1] &= u64::MAX >> (63 - attribute % 64);
            if bit(&bits, attribute) {
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
    let reaches = alive
        .iter()
        .any(|way| (0..attribute).all(|earlier| !bit(way, earlier)));
    if reaches {
        return Some(Ways {
            reaches,
            always: Vec::new(),
        });
    }
    let always = (0..attribute).filter(|earlier| alive.iter().all(|way| bit(way, *earlier)));
    Some(Ways {
        reaches,
        always: always.collect(),
    })
}

/// What a value of a criterion can count as.
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

fn never_matches(code: &str, earlier: &[&str], ways: &Ways, at: &Path) -> Diagnostic {
    let parent = |place: usize| {
        let up = at.parent().and_then(|list| list.parent());
        up.unwrap_or_default().item("attribute", place)
    };
    let found = match ways.always.first() {
        Some(first) => format!(
            "the attribute {} can never match: where it would, {} does first",
            quoted(code),
            quoted(earlier[*first])
        ),
        None => format!(
            "the attribute {} can never match: where it would, one of {} does first",
            quoted(code),
            few(earlier)
        ),
    };
    let diagnostic = Diagnostic::new(
        Code::NeverMatches,
        at.clone(),
        found,
        "put the narrower condition first, or take this one out",
    );
    match ways.always.first() {
        Some(first) => diagnostic.related(parent(*first), "this one does first"),
        None => diagnostic,
    }
}

/// Some reason codes, at most five.
fn few(codes: &[&str]) -> String {
    const MOST: usize = 5;
    let told: Vec<String> = codes.iter().take(MOST).map(|code| quoted(code)).collect();
    match codes.len() > MOST {
        true => format!("{} and {} more", told.join(", "), codes.len() - MOST),
        false => told.join(", "),
    }
}

/// The values, and lengths, of a characteristic's own criterion for which it has no
/// attribute.
fn gaps(
    checked: &CheckedRulebook,
    of: &Characteristic,
    possible: &[PossibleOutcomes],
    at: &Path,
    to: &mut Vec<Diagnostic>,
) {
    let Some((own, others)) = possible.split_first() else {
        return;
    };
    let (name, attributes) = (&of.criterion, of.attributes.len());
    let criterion = &checked.rulebook.criteria[own.criterion];
    let bins = &checked.partitions[own.criterion];
    // Where nothing else is known, only what others do not rule out applies.
    let has_one = |bin, alone: bool| {
        let mut bits = own.with(bin).to_vec();
        for other in others.iter().filter(|_| alone) {
            let missing = bits.iter_mut().zip(other.with(Bin::MISSING));
            missing.for_each(|(bits, missing)| *bits &= missing);
        }
        (0..attributes).any(|place| bits[place / 64] >> (place % 64) & 1 == 1)
    };
    let without = |alone: bool| -> Vec<String> {
        match criterion.kind {
            Kind::Date => Vec::new(),
            Kind::Length => {
                // A bound of no length at all leaves nothing below it.
                let ranges = bins.ranges();
                let ranges =
                    ranges.filter(|(_, from, below)| below.is_none_or(|below| below > *from));
                let ranges = ranges.filter(|(bin, ..)| !has_one(*bin, alone));
                ranges.map(|(_, from, below)| range(from, below)).collect()
            }
            _ => {
                let values = criterion.values.iter().zip(bins.choices());
                let values = values.filter(|(_, bin)| !has_one(*bin, alone));
                values.map(|(value, _)| value.clone()).collect()
            }
        }
    };
    let never = without(false);
    let mut alone = without(true);
    alone.retain(|one| !never.contains(one));
    let holes = [(never, ""), (alone, " where nothing else is known")];
    for (without, when) in holes {
        if without.is_empty() || attributes == 0 {
            continue;
        }
        let diagnostic = Diagnostic::new(
            Code::Gap,
            at.clone(),
            format!(
                "{} has no attribute for {}{when}: known then, and without points",
                quoted(name),
                without.join(", ")
            ),
            "add an attribute, with 0 points if it tells neither way",
        );
        let values = Path::default().item("criterion", own.criterion);
        to.push(diagnostic.related(values.key("more_values"), "its values"));
    }
    if attributes == 0 {
        to.push(Diagnostic::new(
            Code::NoEffect,
            at.clone(),
            format!("the characteristic {} has no attributes", quoted(name)),
            "add an attribute, or take the characteristic out",
        ));
    }
}

fn range(from: Length, below: Option<Length>) -> String {
    match below {
        Some(below) if from == Length::default() => format!("less than {}", below.exactly()),
        Some(below) => format!("{} up to {}", from.exactly(), below.exactly()),
        None => format!("{} and more", from.exactly()),
    }
}

/// What points can add up to: a bit for each sum from the least on.
struct Sums {
    least: i64,
    bits: Vec<u64>,
}

impl Sums {
    /// What the points of all characteristics can add up to; `None` if that would take
    /// too long. Criteria are taken to be independent, so no sum is left out.
    fn of<'p>(
        initial: i64,
        points: impl Iterator<Item = &'p BTreeSet<i64>> + Clone,
        budget: &mut Budget,
    ) -> Option<Self> {
        let ends = |own: &BTreeSet<i64>| {
            let ends = (own.first().copied(), own.last().copied());
            (ends.0.unwrap_or(0), ends.1.unwrap_or(0))
        };
        let (mut least, mut most, mut ways) = (initial, initial, 0);
        for own in points.clone() {
            let (lowest, highest) = ends(own);
            (least, most) = (least + lowest, most + highest);
            ways += own.len();
        }
        let words = usize::try_from(most - least).ok()? / 64 + 1;
        budget.take(words.checked_mul(ways + 1)?)?;
        let mut bits = vec![0_u64; words];
        bits[0] = 1;
        for own in points {
            let (lowest, _) = ends(own);
            let mut next = vec![0_u64; words];
            for points in own {
                let by = usize::try_from(points - lowest).ok()?;
                add_shifted(&mut next, &bits, by);
            }
            bits = next;
        }
        Some(Sums { least, bits })
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = i64> {
        let bits = self.bits.iter().enumerate();
        bits.flat_map(move |(word, bits)| {
            let set = (0..64).filter(move |bit| bits >> bit & 1 == 1);
            set.map(move |bit| self.least + word as i64 * 64 + bit)
        })
    }
}

/// Sets the bits of `from` in `to`, each so many places further.
fn add_shifted(to: &mut [u64], from: &[u64], by: usize) {
    let (words, bits) = (by / 64, by % 64);
    for (place, word) in from.iter().enumerate() {
        if let Some(to) = to.get_mut(place + words) {
            *to |= word << bits;
        }
        if bits > 0
            && let Some(to) = to.get_mut(place + words + 1)
        {
            *to |= word >> (64 - bits);
        }
    }
}

/// Characteristics that change no label, labels that no record can get, and labels
/// that a record gets that says nothing.
fn sums(
    of: &Scorecard,
    card: &ir::Scorecard,
    points: &[BTreeSet<i64>],
    at: &Path,
    budget: &mut Budget,
    to: &mut Vec<Diagnostic>,
) {
    let (upper, lower) = (i64::from(card.upper_from), i64::from(card.lower_from));
    let label = |sum: i64| match sum {
        sum if sum >= upper => 0,
        sum if sum <= lower => 1,
        _ => 2,
    };
    let initial = i64::from(card.initial_score);
    let band = |is_upper: bool| {
        let place = of
            .bands
            .iter()
            .position(|band| band.at_least.is_some() == is_upper);
        at.item("band", place.unwrap_or(0))
    };
    let Some(all) = Sums::of(initial, points.iter(), budget) else {
        return;
    };
    for (number, name) in card.labels.iter().take(2).enumerate() {
        if !all.iter().any(|sum| label(sum) == number) {
            let (edge, most) = match number {
                0 => (upper, all.iter().next_back()),
                _ => (lower, all.iter().next()),
            };
            let most = most.unwrap_or(initial);
            to.push(Diagnostic::new(
                Code::UnreachableLabel,
                band(number == 0),
                format!(
                    "no record can get the label {}: it begins at {edge:+}, and the points come to {most:+} at {}",
                    quoted(name),
                    if number == 0 { "most" } else { "least" }
                ),
                "move the band, or give more points",
            ));
        }
    }
    if label(initial) != 2 {
        let (found, which) = match upper - lower {
            1 => (
                "the bands leave nothing between them".to_owned(),
                label(initial) == 0,
            ),
            _ => (
                format!("the points before any evidence, {initial:+}, are within a band"),
                label(initial) == 0,
            ),
        };
        to.push(Diagnostic::new(
            Code::LabelWithoutEvidence,
            band(which),
            format!(
                "{found}: a record that says nothing is called {}",
                quoted(&card.labels[label(initial)])
            ),
            format!("leave a gap between the bands around {initial:+}, so that it is Undetermined"),
        ));
    }
    for (place, own) in points.iter().enumerate() {
        let characteristic = &of.characteristics[place];
        if characteristic.attributes.is_empty() {
            continue;
        }
        let others = points.iter().enumerate();
        let others = others
            .filter(|(other, _)| *other != place)
            .map(|(_, own)| own);
        let Some(others) = Sums::of(initial, others, budget) else {
            continue;
        };
        let changes = |sum: i64| own.iter().any(|points| label(sum + points) != label(sum));
        if !others.iter().any(changes) {
            to.push(Diagnostic::new(
                Code::NoEffect,
                at.item("characteristic", place),
                format!(
                    "the characteristic {} can change no label, whatever else a record says",
                    quoted(&characteristic.criterion)
                ),
                "give its attributes points that matter beside the others and the bands, or take it out",
            ));
        }
    }
}

/// Criteria that nothing looks at, and statements that nothing rests on.
fn unused(checked: &CheckedRulebook) -> Vec<Diagnostic> {
    let rulebook = &checked.rulebook;
    let mut diagnostics = Vec::new();
    let attributes = || {
        let cards = rulebook.scorecards.iter();
        let characteristics = cards.flat_map(|card| &card.characteristics);
        characteristics.flat_map(|one| &one.attributes)
    };
    let looked_at: BTreeSet<usize> = (checked.scorecards.iter())
        .flat_map(|card| &card.characteristics)
        .flat_map(ir::Characteristic::criteria)
        .collect();
    let gives_length = |criterion: usize| {
        let mut derived = checked.derived.iter();
        derived.any(|one| one.start == criterion || one.end == criterion)
    };
    for (index, criterion) in rulebook.criteria.iter().enumerate() {
        if !looked_at.contains(&index) && !gives_length(index) {
            diagnostics.push(Diagnostic::new(
                Code::UnusedCriterion,
                Path::default().item("criterion", index),
                format!(
                    "no scorecard looks at the criterion {}",
                    quoted(&criterion.name)
                ),
                "add a [[scorecard.characteristic]] for it, or take it out",
            ));
        }
    }
    for (index, statement) in rulebook.statements.iter().enumerate() {
        let is_cited = attributes().any(|one| one.sources.contains(&statement.id));
        if !is_cited && statement.not_a_rule.is_none() {
            diagnostics.push(Diagnostic::new(
                Code::UncitedStatement,
                Path::default().item("statement", index),
                format!(
                    "no attribute rests on the statement {}",
                    quoted(&statement.id)
                ),
                "cite it in the `sources` of an attribute, or say `not_a_rule`, and why",
            ));
        }
    }
    diagnostics
}
