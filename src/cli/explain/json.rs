//! A record for a program: one JSON object on a line.
//!
//! Owns the shape of that object, which the README describes.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::view::{Changed, Gap, Moved, Named, Part, Row, Said, View};

/// The object, and a line break.
pub(super) fn shown(view: &View<'_>) -> String {
    let json = serde_json::to_string(&Record(view));
    json.expect("texts, numbers and lists of these all have a form in JSON") + "\n"
}

struct Record<'r>(&'r View<'r>);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let View {
            case,
            rulebook,
            parts,
            uncounted,
        } = self.0;
        let mut map = serializer.serialize_map(None)?;
        if case.place.record.is_some() {
            map.serialize_entry(
                "record",
                &Place {
                    file: case.place.file.as_deref(),
                    number: case.place.record,
                    line: case.place.line,
                    sheet: case.place.sheet.as_deref(),
                    row: case.place.row,
                },
            )?;
        }
        for part in parts {
            map.serialize_entry(&part.card.name, &Shown::new(part))?;
        }
        let uncounted: Vec<Field<'_>> = uncounted.iter().map(Field::new).collect();
        map.serialize_entry("not_counted", &uncounted)?;
        let Named {
            name,
            version,
            hash,
        } = rulebook;
        map.serialize_entry(
            "rulebook",
            &Rulebook {
                name,
                version,
                hash,
            },
        )?;
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
struct Rulebook<'r> {
    name: &'r str,
    version: &'r str,
    hash: &'r str,
}

/// One scorecard.
#[derive(Serialize)]
struct Shown<'s> {
    label: &'s str,
    /// What the score begins at, if that is not 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_score: Option<i32>,
    score: i32,
    margin: i32,
    /// As `--details` rounds it.
    coverage: f64,
    reasons: Vec<Reason<'s>>,
    without_points: Vec<Pointless<'s>>,
    no_evidence: Vec<&'s str>,
    gaps: Vec<Silence<'s>>,
    would_change: Vec<Change<'s>>,
}

#[derive(Serialize)]
struct Reason<'s> {
    criterion: &'s str,
    /// What the record says; several texts are joined.
    value: String,
    read_as: &'s str,
    points: i32,
    reason_code: &'s str,
    reason: &'s str,
    sources: &'s [String],
    said: Vec<Field<'s>>,
    /// The days between which a length was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<&'s [String; 2]>,
    /// What other criteria had to say for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    given: Vec<Given<'s>>,
}

#[derive(Serialize)]
struct Given<'s> {
    criterion: &'s str,
    read_as: &'s str,
}

/// What is known, and has no attribute.
#[derive(Serialize)]
struct Pointless<'s> {
    criterion: &'s str,
    read_as: &'s str,
    said: Vec<Field<'s>>,
}

#[derive(Serialize)]
struct Field<'s> {
    criterion: &'s str,
    column: &'s str,
    value: &'s str,
    read_as: Option<&'s str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A characteristic without evidence.
#[derive(Serialize)]
struct Silence<'s> {
    criterion: &'s str,
    why: &'s str,
    lowest: i32,
    highest: i32,
    said: Vec<Field<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'s str>,
    /// In words, if there is more to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize)]
struct Change<'s> {
    to: &'s str,
    changes: Vec<Move<'s>>,
}

#[derive(Serialize)]
struct Move<'s> {
    criterion: &'s str,
    from: Option<&'s str>,
    to: &'s str,
    /// If it is not the text itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_as: Option<&'s str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    or: &'s [String],
    /// Of lengths: all from here on would do,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<String>,
    /// and below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    below: Option<String>,
}

impl<'s> Shown<'s> {
    fn new(part: &'s Part<'s>) -> Self {
        Shown {
            label: part.label,
            initial_score: Some(part.card.initial_score).filter(|score| *score != 0),
            score: part.verdict.score,
            margin: part.verdict.margin,
            coverage: (part.verdict.coverage() * 100.0).round() / 100.0,
            reasons: part.rows.iter().map(Reason::new).collect(),
            without_points: part.pointless.iter().map(Pointless::new).collect(),
            no_evidence: part.gaps.iter().map(|gap| gap.criterion).collect(),
            gaps: part.gaps.iter().map(Silence::new).collect(),
            would_change: part.changes.iter().map(Change::new).collect(),
        }
    }
}

impl<'s> Reason<'s> {
    fn new(row: &'s Row<'s>) -> Self {
        let values: Vec<&str> = row.said.iter().map(|said| said.text).collect();
        Reason {
            criterion: row.criterion,
            value: values.join(" - "),
            read_as: &row.read_as,
            points: row.points,
            reason_code: row.code,
            reason: row.reason,
            sources: row.sources,
            said: row.said.iter().map(Field::new).collect(),
            days: row.days.as_ref(),
            given: (row.given.iter())
                .map(|(criterion, read_as)| Given { criterion, read_as })
                .collect(),
        }
    }
}

impl<'s> Pointless<'s> {
    fn new(row: &'s Row<'s>) -> Self {
        Pointless {
            criterion: row.criterion,
            read_as: &row.read_as,
            said: row.said.iter().map(Field::new).collect(),
        }
    }
}

impl<'s> Field<'s> {
    fn new(said: &'s Said<'s>) -> Self {
        Field {
            criterion: said.criterion,
            column: said.column,
            value: said.text,
            read_as: said.read_as.as_deref(),
            note: noted(said.note.text()),
        }
    }
}

impl<'s> Silence<'s> {
    fn new(gap: &'s Gap<'s>) -> Self {
        Silence {
            criterion: gap.criterion,
            why: gap.why.name(),
            lowest: gap.lowest,
            highest: gap.highest,
            said: gap.said.iter().map(Field::new).collect(),
            expected: gap.expected.as_deref(),
            note: noted(gap.told.text()),
        }
    }
}

/// A remark, if there is one, as words of its own.
fn noted(text: String) -> Option<String> {
    let text = text.trim_start_matches([' ', ',']);
    let inner = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    Some(inner.unwrap_or(text).to_owned()).filter(|text| !text.is_empty())
}

impl<'s> Change<'s> {
    fn new(change: &'s Changed<'s>) -> Self {
        Change {
            to: change.to,
            changes: change.moves.iter().map(Move::new).collect(),
        }
    }
}

impl<'s> Move<'s> {
    fn new(moved: &'s Moved<'s>) -> Self {
        let range = moved.range;
        Move {
            criterion: moved.criterion,
            from: moved.from.as_ref().map(|(from, _)| from.as_str()),
            to: &moved.to,
            read_as: moved.read_as,
            or: &moved.or,
            at_least: range.map(|(from, _)| from.exactly()),
            below: range.and_then(|(_, below)| Some(below?.exactly())),
        }
    }
}
