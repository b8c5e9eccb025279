//! The waterfall of a case that did not come out as expected.
//!
//! Owns what is told of it: how far off it is, what counted, and what counted
//! otherwise by the rulebook that is extended.

use crate::cases::{Miss, Tried};
use crate::columns::Why;
use crate::engine::evaluate::Evidence;
use crate::find::Case;
use crate::rulebook::difference::band_in_words;
use crate::rulebook::{Band, Criterion, Rulebook, Scorecard};
use crate::text::quoted;
use crate::value::Value;
use serde_json::json;

use crate::cli::paper::{FAINT, LESS, MORE, PLAIN, Paper, STRONG, span};

/// A case as a rulebook judges it.
pub(super) struct Fall<'f> {
    rulebook: &'f Rulebook,
    case: &'f Case,
}

/// What came of a characteristic.
struct Step<'f> {
    criterion: &'f str,
    points: i32,
    /// The reason code, if an attribute applied.
    code: Option<&'f str>,
    evidence: Evidence,
}

impl<'f> Fall<'f> {
    pub(super) fn new(rulebook: &'f Rulebook, case: &'f Case) -> Self {
        Fall { rulebook, case }
    }

    pub(super) fn card(&self, name: &str) -> Option<(usize, &'f Scorecard)> {
        let mut cards = self.rulebook.scorecards.iter().enumerate();
        cards.find(|(_, card)| card.name == name)
    }

    fn steps(&self, card: usize) -> Vec<Step<'f>> {
        let characteristics = self.rulebook.scorecards[card].characteristics.iter();
        let evidence = &self.case.evaluation.evidence[card];
        let steps = characteristics.zip(evidence).map(|(one, evidence)| {
            let attribute = match evidence {
                Evidence::Applied(place) => one.attributes.get(usize::from(*place)),
                _ => None,
            };
            Step {
                criterion: &one.criterion,
                points: attribute.map_or(0, |one| one.partial_score),
                code: attribute.map(|one| &*one.reason_code),
                evidence: *evidence,
            }
        });
        steps.collect()
    }

    /// Those that counted, the most points first.
    fn counted(&self, card: usize) -> Vec<Step<'f>> {
        let mut steps = self.steps(card);
        steps.retain(|step| step.code.is_some());
        steps.sort_by_key(|step| std::cmp::Reverse(step.points.unsigned_abs()));
        steps
    }

    pub(super) fn label(&self, card: usize) -> &'f str {
        let of = &self.rulebook.scorecards[card];
        let band = |upwards: bool| {
            let mut bands = of.bands.iter();
            bands.find(|band| band.at_least.is_some() == upwards)
        };
        let band = match self.case.evaluation.verdicts[card].label {
            0 => band(true),
            1 => band(false),
            _ => None,
        };
        band.map_or(crate::rulebook::UNDETERMINED, |band| &band.label)
    }

    pub(super) fn score(&self, card: usize) -> i32 {
        self.case.evaluation.verdicts[card].score
    }

    /// What a criterion was read as.
    fn read_as(&self, criterion: &str) -> String {
        let mut criteria = self.rulebook.criteria.iter();
        let place = criteria.position(|one| one.name == criterion);
        let of = place.map(|place| (&self.rulebook.criteria[place], &self.case.grounds[place]));
        of.map_or(String::new(), |(of, ground)| value(of, ground.reading))
    }
}

fn value(of: &Criterion, reading: Value) -> String {
    match reading {
        Value::Choice(place) => of
            .values
            .get(usize::from(place))
            .cloned()
            .unwrap_or_default(),
        Value::Length(length) => length.in_words(),
        Value::Day(date) => date.to_string(),
        Value::Missing => "missing".to_owned(),
        Value::NotRecognized => "not understood".to_owned(),
    }
}

/// How far a score is from what was expected.
fn distance(card: &Scorecard, score: i32, expected: &str) -> String {
    let band = card.bands.iter().find(|band| band.label == expected);
    let by = |points: i32| match points {
        1 => "1 point".to_owned(),
        points => format!("{points} points"),
    };
    match band {
        Some(Band {
            at_least: Some(from),
            ..
        }) => {
            format!("{score:+} is {} short of {from:+}", by(from - score))
        }
        Some(Band {
            at_most: Some(to), ..
        }) => {
            format!("{score:+} is {} above {to:+}", by(score - to))
        }
        _ => {
            let edge = card
                .bands
                .iter()
                .find_map(|band| match (band.at_least, band.at_most) {
                    (Some(from), _) if score >= from => Some((from, score - from + 1)),
                    (_, Some(to)) if score <= to => Some((to, to - score + 1)),
                    _ => None,
                });
            let (edge, points) = edge.unwrap_or((score, 0));
            format!(
                "{score:+} is {} within the band that begins at {edge:+}",
                by(points)
            )
        }
    }
}

/// What differs between two judgements of a case by one scorecard: what it is, and what
/// it was before and is after. All of it together is the way from one label to the other.
pub(super) fn moved(
    before: &Fall<'_>,
    after: &Fall<'_>,
    name: &str,
) -> Vec<(String, String, String)> {
    let (Some((old, old_card)), Some((new, new_card))) = (before.card(name), after.card(name))
    else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let mut compare = |what: &str, before: String, after: String| {
        if before != after {
            all.push((what.to_owned(), before, after));
        }
    };
    let initial = |card: &Scorecard| format!("{:+}", card.initial_score);
    compare("before any evidence", initial(old_card), initial(new_card));
    let steps = |fall: &Fall<'_>, card| -> Vec<(String, String)> {
        let told = fall.steps(card).into_iter().map(|step| {
            let told = match step.code {
                Some(code) => format!("{:+} {code}", step.points),
                None => "nothing".to_owned(),
            };
            (step.criterion.to_owned(), told)
        });
        told.collect()
    };
    let (old, new) = (steps(before, old), steps(after, new));
    let find = |all: &[(String, String)], name: &str| {
        let mut all = all.iter();
        let found = all.find(|(criterion, _)| criterion == name);
        found.map_or("nothing".to_owned(), |(_, told)| told.clone())
    };
    let known = |name: &String| new.iter().any(|(other, _)| other == name);
    let gone = old.iter().filter(|(name, _)| !known(name));
    for (criterion, _) in new.iter().chain(gone) {
        compare(criterion, find(&old, criterion), find(&new, criterion));
    }
    for upwards in [true, false] {
        let band = |card: &Scorecard| {
            let mut bands = card.bands.iter();
            let band = bands.find(|band| band.at_least.is_some() == upwards);
            band.map_or(String::new(), |band| {
                format!("{} {}", band.label, band_in_words(band))
            })
        };
        compare("band", band(old_card), band(new_card));
    }
    all
}

/// What a record says that is not understood, or not compared with anything.
pub(super) fn unread(judged: &Case, rulebook: &Rulebook) -> Vec<String> {
    let facts = judged
        .facts
        .iter()
        .filter(|fact| fact.reading == Value::NotRecognized);
    let mut all: Vec<String> = facts
        .map(|fact| {
            let criterion = &rulebook.criteria[fact.criterion].name;
            format!("{criterion}: {} is not understood", quoted(&fact.text))
        })
        .collect();
    let idle = judged.unused.iter();
    let idle = idle.filter(|one| matches!(one.why, Why::NotCompared(_)));
    all.extend(idle.map(|one| {
        format!(
            "{}: not compared, since nobody says who we are",
            quoted(&one.column)
        )
    }));
    all
}

/// Tells what was missed, and why.
pub(super) fn told(
    fall: &Fall<'_>,
    miss: &Miss,
    before: Option<(&Rulebook, &Tried)>,
    paper: &mut Paper,
) {
    let blank = |width: usize| span(PLAIN, " ".repeat(width));
    match miss {
        Miss::Reason(code) => {
            let text = format!(" did not count: {}", why_not(fall, code));
            paper.wrapped(4, &[blank(2)], &[span(STRONG, &**code), span(PLAIN, text)]);
        }
        Miss::Label(card, expected) => {
            let of = &fall.rulebook.scorecards[*card];
            let text = format!(
                ": expected {expected}, and it is {}: {}",
                fall.label(*card),
                distance(of, fall.score(*card), expected)
            );
            paper.wrapped(
                4,
                &[blank(2)],
                &[span(STRONG, &*of.name), span(PLAIN, text)],
            );
            if of.initial_score != 0 {
                let points = format!("{:>8}  ", format!("{:+}", of.initial_score));
                paper.wrapped(
                    10,
                    &[span(PLAIN, points)],
                    &[span(PLAIN, "before any evidence")],
                );
            }
            let counted = fall.counted(*card);
            if counted.is_empty() {
                paper.wrapped(10, &[blank(10)], &[span(PLAIN, "nothing counted")]);
            }
            for step in counted {
                let style = if step.points < 0 { LESS } else { MORE };
                let points = format!("{:>8}  ", format!("{:+}", step.points));
                let code = step.code.unwrap_or_default().to_owned();
                let read = format!(" ({}: {})", step.criterion, fall.read_as(step.criterion));
                paper.wrapped(
                    10,
                    &[span(style, points)],
                    &[span(PLAIN, code), span(FAINT, read)],
                );
            }
            if let Some((base, tried)) = before
                && let Ok(judged) = &tried.judged
            {
                let old = Fall::new(base, judged);
                let Some((place, _)) = old.card(&of.name) else {
                    return;
                };
                let head = format!(
                    "by {} {} it is {}, with {:+}",
                    base.name,
                    base.version,
                    old.label(place),
                    old.score(place)
                );
                let moved = moved(&old, fall, &of.name);
                let end = if moved.is_empty() {
                    "; nothing differs but what the case says"
                } else {
                    ":"
                };
                paper.wrapped(4, &[blank(4)], &[span(PLAIN, head + end)]);
                for (criterion, before, after) in moved {
                    let text = format!("{criterion}: {before} -> {after}");
                    paper.wrapped(10, &[blank(8)], &[span(PLAIN, text)]);
                }
            }
        }
    }
}

/// Why a reason did not count.
fn why_not(fall: &Fall<'_>, code: &str) -> String {
    for (place, card) in fall.rulebook.scorecards.iter().enumerate() {
        for (step, one) in fall.steps(place).iter().zip(&card.characteristics) {
            if one.attributes.iter().all(|one| one.reason_code != code) {
                continue;
            }
            let read = fall.read_as(step.criterion);
            return match (step.code, step.evidence) {
                (Some(other), _) => format!("{other} did, since {} is {read}", step.criterion),
                (None, Evidence::NoAttribute) => {
                    format!("no attribute is there for {}: {read}", step.criterion)
                }
                (None, _) => format!("{} is {read}", step.criterion),
            };
        }
    }
    "no attribute has it".to_owned()
}

pub(super) fn as_json(
    fall: &Fall<'_>,
    miss: &Miss,
    before: Option<(&Rulebook, &Tried)>,
) -> serde_json::Value {
    match miss {
        Miss::Reason(code) => json!({"reason_code": code, "why": why_not(fall, code)}),
        Miss::Label(card, expected) => {
            let of = &fall.rulebook.scorecards[*card];
            let reasons = fall.counted(*card);
            let reasons = reasons.iter().map(|step| {
                json!({
                    "criterion": step.criterion,
                    "read_as": fall.read_as(step.criterion),
                    "points": step.points,
                    "reason_code": step.code,
                })
            });
            let mut told = json!({
                "scorecard": of.name,
                "expected": expected,
                "label": fall.label(*card),
                "score": fall.score(*card),
                "reasons": reasons.collect::<Vec<_>>(),
            });
            let base = before.and_then(|(base, tried)| Some((base, tried.judged.as_ref().ok()?)));
            if let (Some((base, judged)), serde_json::Value::Object(told)) = (base, &mut told) {
                let old = Fall::new(base, judged);
                if let Some((place, _)) = old.card(&of.name) {
                    let moved = moved(&old, fall, &of.name).into_iter();
                    let moved = moved.map(|(criterion, before, after)| {
                        json!({"criterion": criterion, "before": before, "after": after})
                    });
                    told.insert(
                        "inherited".to_owned(),
                        json!({
                            "rulebook": base.name,
                            "label": old.label(place),
                            "score": old.score(place),
                            "moved": moved.collect::<Vec<_>>(),
                        }),
                    );
                }
            }
            told
        }
    }
}
