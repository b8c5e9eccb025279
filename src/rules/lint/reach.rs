//! What of a rulebook can come about, and what cannot.
//!
//! Owns the doubts about a rulebook that works: attributes that never match,
//! characteristics that change nothing, labels that no record can get. What is
//! told is certain; where it would take too long to be certain, nothing is told.

use std::collections::BTreeSet;

use super::{Code, Flaw, Spot};
use crate::error::quoted;
use crate::rules::bins::Bin;
use crate::rules::compile::{Card, Rules, Sight};
use crate::rules::evaluate::Evidence;
use crate::rules::{Kind, Length, Scorecard};

/// More different ways through the attributes of a characteristic are not looked at.
const MOST_WAYS: usize = 4096;
/// More different sums of points are not told apart.
const MOST_SUMS: usize = 200_000;

/// What looks as if somebody meant something else.
pub(in crate::rules) fn doubts(rules: &Rules) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for (index, card) in rules.cards.iter().enumerate() {
        let of = &rules.rulebook().scorecards[index];
        let at = Spot::default().item("scorecard", index);
        let mut points = Vec::new();
        for (place, sight) in card.characteristics.iter().enumerate() {
            let at = at.item("characteristic", place);
            let characteristic = &of.characteristics[place];
            let mut own = BTreeSet::from([0]);
            for (attribute, stands) in characteristic.attributes.iter().enumerate() {
                let at = at.item("attribute", attribute);
                match ways(rules, sight, attribute) {
                    Some(ways) if ways.reaches => {
                        own.insert(i64::from(stands.partial_score));
                    }
                    Some(ways) => {
                        let earlier = characteristic.attributes[..attribute].iter();
                        let earlier: Vec<&str> = earlier.map(|one| &*one.reason_code).collect();
                        flaws.push(never_matches(&stands.reason_code, &earlier, &ways, &at));
                    }
                    None => {
                        own.insert(i64::from(stands.partial_score));
                    }
                }
            }
            gaps(rules, sight, &characteristic.criterion, &at, &mut flaws);
            points.push(own);
        }
        sums(of, card, &points, &at, &mut flaws);
    }
    flaws.extend(unused(rules));
    flaws
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
fn ways(rules: &Rules, sight: &Sight, attribute: usize) -> Option<Ways> {
    let bit = |bits: &[u64], place: usize| bits[place / 64] >> (place % 64) & 1 == 1;
    let words = attribute / 64 + 1;
    let mut alive: BTreeSet<Vec<u64>> = BTreeSet::from([vec![u64::MAX; words]]);
    for look in &sight.looks {
        let mut patterns = BTreeSet::new();
        for bin in readable(rules, look.criterion) {
            let mut bits = look.of(bin)[..words].to_vec();
            // What comes later does not matter.
            bits[words - 1] &= u64::MAX >> (63 - attribute % 64);
            if bit(&bits, attribute) {
                patterns.insert(bits);
            }
        }
        let pairs = alive
            .iter()
            .flat_map(|way| patterns.iter().map(move |pattern| (way, pattern)));
        let both = |(way, pattern): (&Vec<u64>, &Vec<u64>)| -> Vec<u64> {
            way.iter().zip(pattern).map(|(a, b)| a & b).collect()
        };
        alive = pairs.map(both).collect();
        if alive.len() > MOST_WAYS {
            return None;
        }
    }
    let reaches = alive
        .iter()
        .any(|way| (0..attribute).all(|earlier| !bit(way, earlier)));
    let always = (0..attribute).filter(|earlier| alive.iter().all(|way| bit(way, *earlier)));
    Some(Ways {
        reaches,
        always: always.collect(),
    })
}

/// What a reading of a criterion can count as.
fn readable(rules: &Rules, criterion: usize) -> Vec<Bin> {
    let bins = rules.bins(criterion);
    let mut all = vec![Bin::MISSING, Bin::NOT_UNDERSTOOD];
    match rules.rulebook().criteria[criterion].kind {
        Kind::Length => all.extend(bins.ranges().map(|(bin, ..)| bin)),
        // No condition can test a day.
        Kind::Date => all.extend(bins.all().last()),
        Kind::Choice | Kind::Organization | Kind::Address => all.extend(bins.values()),
    }
    all
}

fn never_matches(code: &str, earlier: &[&str], ways: &Ways, at: &Spot) -> Flaw {
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
            earlier
                .iter()
                .map(|code| quoted(code))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    let flaw = Flaw::new(
        Code::NeverMatches,
        at.clone(),
        found,
        "put the narrower condition first, or take this one out",
    );
    match ways.always.first() {
        Some(first) => flaw.beside(parent(*first), "this one does first"),
        None => flaw,
    }
}

/// The values, and lengths, of a characteristic's own criterion for which it has no
/// attribute.
fn gaps(rules: &Rules, sight: &Sight, name: &str, at: &Spot, to: &mut Vec<Flaw>) {
    let Some(look) = sight.looks.first() else {
        return;
    };
    let attributes = sight
        .outcomes
        .iter()
        .filter(|outcome| matches!(outcome.evidence, Evidence::Applied(_)))
        .count();
    let criterion = &rules.rulebook().criteria[look.criterion];
    let bins = rules.bins(look.criterion);
    let has_one = |bin| {
        let bits = look.of(bin);
        (0..attributes).any(|place| bits[place / 64] >> (place % 64) & 1 == 1)
    };
    let without: Vec<String> = match criterion.kind {
        Kind::Date => Vec::new(),
        Kind::Length => {
            let ranges = bins.ranges().filter(|(bin, ..)| !has_one(*bin));
            ranges.map(|(_, from, below)| range(from, below)).collect()
        }
        _ => {
            let values = criterion.values.iter().zip(bins.values());
            let values = values.filter(|(_, bin)| !has_one(*bin));
            values.map(|(value, _)| value.clone()).collect()
        }
    };
    if !without.is_empty() && attributes > 0 {
        let flaw = Flaw::new(
            Code::Gap,
            at.clone(),
            format!(
                "{} has no attribute for {}, which then count as known and give no points",
                quoted(name),
                without.join(", ")
            ),
            "add an attribute, with 0 points if it tells neither way",
        );
        let values = Spot::default().item("criterion", look.criterion);
        to.push(flaw.beside(values.key("more_values"), "its values"));
    }
    if attributes == 0 {
        to.push(Flaw::new(
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

/// What the points of all characteristics can add up to, if there are not too many
/// sums. Criteria are taken to be independent, so no sum is left out.
fn add_up<'p>(
    initial: i64,
    points: impl Iterator<Item = &'p BTreeSet<i64>>,
) -> Option<BTreeSet<i64>> {
    let mut sums = BTreeSet::from([initial]);
    for own in points {
        let added = |sum: &i64| own.iter().map(|points| sum + points).collect::<Vec<_>>();
        sums = sums.iter().flat_map(added).collect();
        if sums.len() > MOST_SUMS {
            return None;
        }
    }
    Some(sums)
}

/// Characteristics that change no label, labels that no record can get, and labels
/// that a record gets that says nothing.
fn sums(of: &Scorecard, card: &Card, points: &[BTreeSet<i64>], at: &Spot, to: &mut Vec<Flaw>) {
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
    let Some(all) = add_up(initial, points.iter()) else {
        return;
    };
    for (number, name) in card.labels.iter().take(2).enumerate() {
        if !all.iter().any(|sum| label(*sum) == number) {
            let (edge, most) = match number {
                0 => (upper, all.last()),
                _ => (lower, all.first()),
            };
            to.push(Flaw::new(
                Code::UnreachableLabel,
                band(number == 0),
                format!(
                    "no record can get the label {}: it begins at {edge:+}, and the points come to {:+} at most",
                    quoted(name),
                    most.copied().unwrap_or(initial)
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
        to.push(Flaw::new(
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
        let Some(others) = add_up(initial, others) else {
            continue;
        };
        let changes = |sum: &i64| own.iter().any(|points| label(sum + points) != label(*sum));
        if !others.iter().any(changes) {
            to.push(Flaw::new(
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
fn unused(rules: &Rules) -> Vec<Flaw> {
    let rulebook = rules.rulebook();
    let mut flaws = Vec::new();
    let attributes = || {
        let cards = rulebook.scorecards.iter();
        let characteristics = cards.flat_map(|card| &card.characteristics);
        characteristics.flat_map(|one| &one.attributes)
    };
    let looked_at: BTreeSet<usize> = (rules.cards.iter())
        .flat_map(|card| &card.characteristics)
        .flat_map(|sight| sight.looks.iter().map(|look| look.criterion))
        .collect();
    let gives_length = |criterion: usize| {
        let mut derived = rules.derived.iter();
        derived.any(|one| one.start == criterion || one.end == criterion)
    };
    for (index, criterion) in rulebook.criteria.iter().enumerate() {
        if !looked_at.contains(&index) && !gives_length(index) {
            flaws.push(Flaw::new(
                Code::UnusedCriterion,
                Spot::default().item("criterion", index),
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
            flaws.push(Flaw::new(
                Code::UncitedStatement,
                Spot::default().item("statement", index),
                format!(
                    "no attribute rests on the statement {}",
                    quoted(&statement.id)
                ),
                "cite it in the `sources` of an attribute, or say `not_a_rule`, and why",
            ));
        }
    }
    flaws
}
