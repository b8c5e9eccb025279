//! A record for a program: one JSON object on a line.
//!
//! Owns the shape of that object, which the README describes.

use clientype::rules::evaluate::Evidence;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::view::{Changed, Moved, Named, Part, Row, Said, Silence, View};

/// The object, and a line break.
pub(super) fn shown(view: &View<'_>) -> String {
    // Texts, numbers and lists of these: nothing that JSON has no form for.
    serde_json::to_string(&Record(view)).unwrap_or_default() + "\n"
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
    score: i32,
    margin: i32,
    /// As `--details` rounds it.
    coverage: f64,
    reasons: Vec<Reason<'s>>,
    no_evidence: Vec<&'s str>,
    not_understood: Vec<Unread<'s>>,
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
}

#[derive(Serialize)]
struct Field<'s> {
    criterion: &'s str,
    column: &'s str,
    value: &'s str,
    read_as: Option<&'s str>,
}

#[derive(Serialize)]
struct Unread<'s> {
    criterion: &'s str,
    said: Vec<Field<'s>>,
    expected: &'s str,
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
    or: &'s [&'s str],
}

impl<'s> Shown<'s> {
    fn new(part: &'s Part<'s>) -> Self {
        let unread = part.silences.iter();
        let unread = unread.filter(|silence| silence.evidence == Evidence::NotUnderstood);
        Shown {
            label: part.label,
            score: part.verdict.score,
            margin: part.verdict.margin,
            coverage: (part.verdict.coverage() * 100.0).round() / 100.0,
            reasons: part.rows.iter().map(Reason::new).collect(),
            no_evidence: (part.silences.iter())
                .filter(|silence| silence.evidence != Evidence::NoAttribute)
                .map(|silence| silence.criterion)
                .collect(),
            not_understood: unread.map(Unread::new).collect(),
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
        }
    }
}

impl<'s> Unread<'s> {
    fn new(silence: &'s Silence<'s>) -> Self {
        Unread {
            criterion: silence.criterion,
            said: silence.said.iter().map(Field::new).collect(),
            expected: &silence.expected,
        }
    }
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
        Move {
            criterion: moved.criterion,
            from: moved.from.as_ref().map(|(from, _)| from.as_str()),
            to: &moved.to,
            read_as: moved.read_as,
            or: &moved.or,
        }
    }
}
