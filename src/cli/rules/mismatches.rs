//! A case whose result is not as expected.
//!
//! Owns how it is shown: how far off it is, what counted, and what differs from the
//! judgement by the rulebook that is extended.

use std::fmt;

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::cases::Mismatch;
use crate::cli::styled::{FAINT, LESS, MORE, PLAIN, STRONG, StyledText, span};
use crate::columns::Why;
use crate::engine::delta::{Delta, Pair, PartialScore};
use crate::engine::evaluate::Evidence;
use crate::engine::waterfall::{Bands, Contribution, Waterfall};
use crate::find::Case;
use crate::rulebook::Rulebook;
use crate::text::quoted;
use crate::value::Value;

/// A case as judged by a rulebook, and by the one that it extends.
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

/// All differences between two judgements of a case by one scorecard, which together lead
/// from one label to the other.
pub(super) fn delta_rows(delta: &Delta<'_>) -> Vec<DeltaRow> {
    let (before, after) = (&delta.before, &delta.after);
    let gives = |of: &PartialScore<'_>| match of.reason_code {
        Some(code) => format!("{:+} {code}", of.points),
        None => "nothing".to_owned(),
    };
    let bands = before
        .bands
        .in_words()
        .into_iter()
        .zip(after.bands.in_words());
    let [was, is] = [before, after].map(|one| format!("{:+}", one.initial_score));
    let initial = std::iter::once(("initial score", was, is));
    let characteristics = delta.characteristics.iter();
    let characteristics =
        characteristics.map(|one| (one.criterion, gives(&one.before), gives(&one.after)));
    let bands = bands
        .map(|((old, from), (new, to))| ("band", format!("{old} {from}"), format!("{new} {to}")));
    let all = initial.chain(characteristics).chain(bands);
    all.filter(|(_, before, after)| before != after)
        .map(|(what, before, after)| DeltaRow {
            what: what.to_owned(),
            before,
            after,
        })
        .collect()
}

/// How far a score is from the expected label.
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
    let by = by(points);
    format!("{score:+} is {by} inside the band that begins at {edge:+}")
}

impl<'f> FailedCase<'f> {
    /// The values of the record that are not understood, or not compared with anything.
    pub(super) fn unread(&self) -> Vec<String> {
        let facts = self.case.facts.iter();
        let facts = facts.filter(|fact| fact.reading == Value::NotRecognized);
        let facts = facts.map(|fact| {
            let criterion = &self.rulebook.criteria[fact.criterion].name;
            format!("{criterion}: {} is not understood", quoted(&fact.text))
        });
        let unused = self.case.unused.iter();
        let unused = unused.filter(|one| matches!(one.why, Why::NotCompared(_)));
        let unused = unused.map(|one| {
            let column = quoted(&one.column);
            format!("{column}: not compared, since our own names are not set (--own)")
        });
        facts.chain(unused).collect()
    }

    /// Shows a mismatch, and why.
    pub(super) fn show(&self, mismatch: &Mismatch, out: &mut StyledText) {
        let (card, expected) = match mismatch {
            Mismatch::Reason(code) => {
                let why = span(PLAIN, format!(" did not count: {}", self.why_not(code)));
                return out.hanging(2, 4, [span(STRONG, &**code), why]);
            }
            Mismatch::Label(card, expected) => (*card, expected),
        };
        let waterfall = self.case.waterfall(self.rulebook, card);
        let (scorecard, label) = (waterfall.scorecard, waterfall.label());
        let distance = distance(&waterfall.bands, waterfall.verdict.score, expected);
        let text = format!(": expected {expected}, got {label}: {distance}");
        out.hanging(2, 4, [span(STRONG, &*scorecard.name), span(PLAIN, text)]);
        let points = |points: i32| format!("{:>8}  ", format!("{points:+}"));
        if scorecard.initial_score != 0 {
            let head = [span(PLAIN, points(scorecard.initial_score))];
            out.wrapped(10, &head, &[span(PLAIN, "initial score")]);
        }
        if waterfall.applied().next().is_none() {
            out.hanging(10, 10, [span(PLAIN, "nothing counted")]);
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
            let (name, version) = (&base.name, &base.version);
            let rows = delta_rows(&delta);
            let end = match rows.is_empty() {
                true => "; only what the record says differs",
                false => ":",
            };
            let text = format!("by {name} {version}: {label} with {score:+}{end}");
            out.hanging(4, 4, [span(PLAIN, text)]);
            for row in rows {
                out.hanging(8, 10, [span(PLAIN, row.to_string())]);
            }
        }
    }

    pub(super) fn as_json(&self, mismatch: &Mismatch) -> Json {
        let (card, expected) = match mismatch {
            Mismatch::Reason(code) => {
                return json!({"reason_code": code, "why": self.why_not(code)});
            }
            Mismatch::Label(card, expected) => (*card, expected),
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

    /// The value of a criterion, in words.
    fn read_as(&self, of: &Contribution<'_>) -> String {
        match of.value {
            Value::Length(length) => length.in_words(),
            Value::Missing => "missing".to_owned(),
            Value::NotRecognized => "not understood".to_owned(),
            value => {
                let mut criteria = self.rulebook.criteria.iter();
                let criterion = criteria.find(|one| one.name == of.criterion);
                criterion.map_or(String::new(), |one| one.text_of(value))
            }
        }
    }

    /// Why a reason code did not count.
    fn why_not(&self, code: &str) -> String {
        let cards = 0..self.rulebook.scorecards.len();
        let with_it = cards.flat_map(|card| {
            let waterfall = self.case.waterfall(self.rulebook, card);
            let characteristics = &waterfall.scorecard.characteristics;
            let mut contributions = waterfall.contributions;
            contributions.sort_by_key(|one| one.characteristic);
            contributions.into_iter().filter(|one| {
                let mut attributes = characteristics[one.characteristic].attributes.iter();
                attributes.any(|one| one.reason_code == code)
            })
        });
        let Some(one) = { with_it }.next() else {
            return "no attribute has this code".to_owned();
        };
        let (criterion, read) = (one.criterion, self.read_as(&one));
        match (one.attribute, one.evidence) {
            (Some(other), _) => format!("{} did, since {criterion} is {read}", other.reason_code),
            (None, Evidence::NoAttribute) => {
                format!("no attribute covers {criterion}: {read}")
            }
            (None, _) => format!("{criterion} is {read}"),
        }
    }
}
