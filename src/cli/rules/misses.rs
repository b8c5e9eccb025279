//! A case that did not come out as expected.
//!
//! Owns what is shown of it: how far off it is, what counted, and what counted
//! otherwise by the rulebook that is extended.

use std::fmt;

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::cases::Miss;
use crate::cli::styled::{FAINT, LESS, MORE, PLAIN, STRONG, StyledText, span};
use crate::columns::Why;
use crate::engine::delta::{Delta, Pair, PartialScore};
use crate::engine::evaluate::Evidence;
use crate::engine::waterfall::{Bands, Contribution, Waterfall};
use crate::find::Case;
use crate::rulebook::Rulebook;
use crate::text::quoted;
use crate::value::Value;

/// A case as a rulebook judged it, and as the one that it extends did.
pub(super) struct FailedCase<'f> {
    pub(super) rulebook: &'f Rulebook,
    pub(super) case: &'f Case,
    pub(super) inherited: Option<(&'f Rulebook, &'f Case)>,
}

/// One thing that differs between two judgements, in words.
#[derive(Serialize)]
pub(super) struct DeltaRow {
    #[serde(rename = "criterion")]
    what: String,
    before: String,
    after: String,
}

impl fmt::Display for DeltaRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.what, self.before, self.after)
    }
}

/// All that differs between two judgements of a case by one scorecard: together it is the
/// way from one label to the other.
pub(super) fn delta_rows(delta: &Delta<'_>) -> Vec<DeltaRow> {
    let mut rows = Vec::new();
    let mut compare = |what: &str, before: String, after: String| {
        if before != after {
            let what = what.to_owned();
            rows.push(DeltaRow {
                what,
                before,
                after,
            });
        }
    };
    let (before, after) = (&delta.before, &delta.after);
    let initial = [before, after].map(|one| format!("{:+}", one.initial_score));
    let [was, is] = initial;
    compare("before any evidence", was, is);
    let gives = |of: &PartialScore<'_>| match of.reason_code {
        Some(code) => format!("{:+} {code}", of.points),
        None => "nothing".to_owned(),
    };
    for one in &delta.characteristics {
        compare(one.criterion, gives(&one.before), gives(&one.after));
    }
    let bands = before
        .bands
        .in_words()
        .into_iter()
        .zip(after.bands.in_words());
    for ((old, from), (new, to)) in bands {
        compare("band", format!("{old} {from}"), format!("{new} {to}"));
    }
    rows
}

/// How far a score is from what was expected.
fn distance(bands: &Bands<'_>, score: i32, expected: &str) -> String {
    let by = |points: i32| match points {
        1 => "1 point".to_owned(),
        points => format!("{points} points"),
    };
    let (from, to) = (bands.upper_from, bands.lower_from);
    let [above, below, _] = bands.labels;
    if expected == above {
        return format!("{score:+} is {} short of {from:+}", by(from - score));
    }
    if expected == below {
        return format!("{score:+} is {} above {to:+}", by(score - to));
    }
    let (edge, points) = match score >= from {
        true => (from, score - from + 1),
        false => (to, to - score + 1),
    };
    format!(
        "{score:+} is {} within the band that begins at {edge:+}",
        by(points)
    )
}

impl<'f> FailedCase<'f> {
    /// What the record says that is not understood, or not compared with anything.
    pub(super) fn unread(&self) -> Vec<String> {
        let facts = self.case.facts.iter();
        let facts = facts.filter(|fact| fact.reading == Value::NotRecognized);
        let mut all: Vec<String> = facts
            .map(|fact| {
                let criterion = &self.rulebook.criteria[fact.criterion].name;
                format!("{criterion}: {} is not understood", quoted(&fact.text))
            })
            .collect();
        let unused = self.case.unused.iter();
        let unused = unused.filter(|one| matches!(one.why, Why::NotCompared(_)));
        all.extend(unused.map(|one| {
            format!(
                "{}: not compared, since nobody says who we are",
                quoted(&one.column)
            )
        }));
        all
    }

    /// Shows what was missed, and why.
    pub(super) fn show(&self, miss: &Miss, out: &mut StyledText) {
        let blank = |width: usize| span(PLAIN, " ".repeat(width));
        let (card, expected) = match miss {
            Miss::Reason(code) => {
                let text = format!(" did not count: {}", self.why_not(code));
                out.wrapped(4, &[blank(2)], &[span(STRONG, &**code), span(PLAIN, text)]);
                return;
            }
            Miss::Label(card, expected) => (*card, expected),
        };
        let waterfall = self.case.waterfall(self.rulebook, card);
        let scorecard = waterfall.scorecard;
        let text = format!(
            ": expected {expected}, and it is {}: {}",
            waterfall.label(),
            distance(&waterfall.bands, waterfall.verdict.score, expected)
        );
        let name = span(STRONG, &*scorecard.name);
        out.wrapped(4, &[blank(2)], &[name, span(PLAIN, text)]);
        let points = |points: i32| format!("{:>8}  ", format!("{points:+}"));
        if scorecard.initial_score != 0 {
            let head = [span(PLAIN, points(scorecard.initial_score))];
            out.wrapped(10, &head, &[span(PLAIN, "before any evidence")]);
        }
        if waterfall.applied().next().is_none() {
            out.wrapped(10, &[blank(10)], &[span(PLAIN, "nothing counted")]);
        }
        for (one, attribute) in waterfall.applied() {
            let style = if one.points() < 0 { LESS } else { MORE };
            let read = format!(" ({}: {})", one.criterion, self.read_as(one));
            let code = span(PLAIN, &*attribute.reason_code);
            let head = [span(style, points(one.points()))];
            out.wrapped(10, &head, &[code, span(FAINT, read)]);
        }
        if let Some((base, delta)) = self.delta(&waterfall) {
            let (label, score) = (delta.before.label(), delta.before.score);
            let head = format!(
                "by {} {} it is {label}, with {score:+}",
                base.name, base.version
            );
            let rows = delta_rows(&delta);
            let end = match rows.is_empty() {
                true => "; nothing differs but what the case says",
                false => ":",
            };
            out.wrapped(4, &[blank(4)], &[span(PLAIN, head + end)]);
            for row in rows {
                out.wrapped(10, &[blank(8)], &[span(PLAIN, row.to_string())]);
            }
        }
    }

    pub(super) fn as_json(&self, miss: &Miss) -> Json {
        let (card, expected) = match miss {
            Miss::Reason(code) => {
                return json!({"reason_code": code, "why": self.why_not(code)});
            }
            Miss::Label(card, expected) => (*card, expected),
        };
        let waterfall = self.case.waterfall(self.rulebook, card);
        let reasons = waterfall.applied().map(|(one, attribute)| {
            json!({
                "criterion": one.criterion,
                "read_as": self.read_as(one),
                "points": one.points(),
                "reason_code": attribute.reason_code,
            })
        });
        let mut shown = json!({
            "scorecard": waterfall.scorecard.name,
            "expected": expected,
            "label": waterfall.label(),
            "score": waterfall.verdict.score,
            "reasons": reasons.collect::<Vec<_>>(),
        });
        if let Some((base, delta)) = self.delta(&waterfall) {
            shown["inherited"] = json!({
                "rulebook": base.name,
                "label": delta.before.label(),
                "score": delta.before.score,
                "moved": delta_rows(&delta),
            });
        }
        shown
    }

    /// What differs from the judgement by the rulebook that is extended.
    fn delta(&self, waterfall: &Waterfall<'f>) -> Option<(&'f Rulebook, Delta<'f>)> {
        let (base, before) = self.inherited?;
        let pairs = Pair::all(base, self.rulebook);
        let mut pairs = pairs.iter();
        let pair = pairs.find(|pair| pair.name == waterfall.scorecard.name)?;
        Some((base, pair.delta(&before.evaluation, &self.case.evaluation)))
    }

    /// What a criterion was read as.
    fn read_as(&self, of: &Contribution<'_>) -> String {
        match of.value {
            Value::Choice(place) => {
                let mut criteria = self.rulebook.criteria.iter();
                let criterion = criteria.find(|one| one.name == of.criterion);
                let value = criterion.and_then(|one| one.values.get(usize::from(place)));
                value.cloned().unwrap_or_default()
            }
            Value::Length(length) => length.in_words(),
            Value::Day(date) => date.to_string(),
            Value::Missing => "missing".to_owned(),
            Value::NotRecognized => "not understood".to_owned(),
        }
    }

    /// Why a reason did not count.
    fn why_not(&self, code: &str) -> String {
        let has_it = |one: &&Contribution<'f>, waterfall: &Waterfall<'f>| {
            let characteristic = &waterfall.scorecard.characteristics[one.characteristic];
            let mut attributes = characteristic.attributes.iter();
            attributes.any(|one| one.reason_code == code)
        };
        for card in 0..self.rulebook.scorecards.len() {
            let waterfall = self.case.waterfall(self.rulebook, card);
            let contributions = waterfall.contributions.iter();
            let with_it = contributions.filter(|one| has_it(one, &waterfall));
            if let Some(one) = with_it.min_by_key(|one| one.characteristic) {
                let (criterion, read) = (one.criterion, self.read_as(one));
                return match (one.attribute, one.evidence) {
                    (Some(other), _) => {
                        format!("{} did, since {criterion} is {read}", other.reason_code)
                    }
                    (None, Evidence::NoAttribute) => {
                        format!("no attribute is there for {criterion}: {read}")
                    }
                    (None, _) => format!("{criterion} is {read}"),
                };
            }
        }
        "no attribute has it".to_owned()
    }
}
