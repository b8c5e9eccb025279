//! A record for a program: one JSON object on a line.
//!
//! Owns the shape of that object, which the README describes, where it is not that of
//! [`View`].

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::view::{Counterfactual, Field, Gap, Row, Section, View};

/// The object, and a line break.
pub(super) fn shown(view: &View<'_>) -> String {
    let json = serde_json::to_string(&Record(view));
    json.expect("texts, numbers and lists of these all have a form in JSON") + "\n"
}

struct Record<'r>(&'r View<'r>);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = self.0;
        let mut map = serializer.serialize_map(None)?;
        let place = &view.case.place;
        if place.record.is_some() {
            let place = Place {
                file: place.file.as_deref(),
                number: place.record,
                line: place.line,
                sheet: place.sheet.as_deref(),
                row: place.row,
            };
            map.serialize_entry("record", &place)?;
        }
        for section in &view.sections {
            let name = &section.waterfall.scorecard.name;
            map.serialize_entry(name, &Scorecard::new(section))?;
        }
        map.serialize_entry("not_counted", &view.uncounted)?;
        map.serialize_entry("rulebook", view.rulebook)?;
        map.end()
    }
}

#[derive(Serialize)]
struct Place<'p> {
    file: Option<&'p str>,
    number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
}

#[derive(Serialize)]
struct Scorecard<'s> {
    label: &'s str,
    /// What the score begins at, if that is not 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_score: Option<i32>,
    score: i32,
    margin: i32,
    /// As `--details` rounds it.
    coverage: f64,
    reasons: &'s [Row<'s>],
    without_points: Vec<WithoutPoints<'s>>,
    no_evidence: Vec<&'s str>,
    gaps: &'s [Gap<'s>],
    would_change: &'s [Counterfactual<'s>],
}

/// What is known, and has no attribute.
#[derive(Serialize)]
struct WithoutPoints<'s> {
    criterion: &'s str,
    read_as: &'s str,
    said: &'s [Field<'s>],
}

impl<'s> Scorecard<'s> {
    fn new(section: &'s Section<'s>) -> Self {
        let waterfall = &section.waterfall;
        let without_points = section.without_points.iter().map(|row| WithoutPoints {
            criterion: row.criterion,
            read_as: &row.read_as,
            said: &row.said,
        });
        Scorecard {
            label: waterfall.label(),
            initial_score: Some(waterfall.scorecard.initial_score).filter(|score| *score != 0),
            score: waterfall.verdict.score,
            margin: waterfall.verdict.margin,
            coverage: (waterfall.verdict.coverage() * 100.0).round() / 100.0,
            reasons: &section.reasons,
            without_points: without_points.collect(),
            no_evidence: section.gaps.iter().map(|gap| gap.criterion).collect(),
            gaps: &section.gaps,
            would_change: &section.counterfactuals,
        }
    }
}
