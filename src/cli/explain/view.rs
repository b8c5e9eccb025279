//! The content of an explanation, the same for all forms, and its sentences.
//!
//! Owns the JSON object for programs, whose shape the README describes.
//! [`build`](super::build) makes a view of a case. Knows neither lines nor colours.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::engine::waterfall::Waterfall;
use crate::error::{Phrase, Place};
use crate::find::Case;
use crate::rulebook::{Statement, UNDETERMINED};
use crate::run::Furniture;

use super::sources;
use crate::cli::rules::RulebookId;
use crate::cli::{report, wording};

/// A record, its labels, and the reasons.
pub(super) struct View<'v> {
    pub(super) case: &'v Case,
    pub(super) rulebook: &'v RulebookId,
    /// By scorecard.
    pub(super) sections: Vec<Section<'v>>,
    /// Fields that have a value but count nowhere.
    pub(super) uncounted: Vec<Field<'v>>,
    /// The statements that the reasons cite, in order of first mention.
    pub(super) cited: Vec<&'v Statement>,
    /// Whether the JSON object has these statements.
    pub(super) with_statements: bool,
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let place = &self.case.place;
        if place.record.is_some() {
            let record = Record {
                file: place.file.as_deref(),
                number: place.record,
                line: place.line,
                sheet: place.sheet.as_deref(),
                row: place.row,
                is: self.case.furniture.map(report::furniture_kind),
            };
            map.serialize_entry("record", &record)?;
        }
        for section in &self.sections {
            map.serialize_entry(&section.waterfall.scorecard.name, section)?;
        }
        map.serialize_entry("not_counted", &self.uncounted)?;
        map.serialize_entry("rulebook", self.rulebook)?;
        if self.with_statements {
            map.serialize_entry("statements", &sources::ById(&self.cited))?;
        }
        map.end()
    }
}

/// The place of a record.
#[derive(Serialize)]
struct Record<'p> {
    file: Option<&'p str>,
    number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    /// What it is, if it is not about a buyer.
    #[serde(skip_serializing_if = "Option::is_none")]
    is: Option<&'static str>,
}

/// One scorecard.
#[derive(Serialize)]
pub(super) struct Section<'v> {
    #[serde(skip)]
    pub(super) waterfall: Waterfall<'v>,
    pub(super) label: &'v str,
    /// The score before any evidence, if not 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) initial_score: Option<i32>,
    pub(super) score: i32,
    pub(super) margin: i32,
    /// From 0 to 1, rounded as by `--details`.
    pub(super) coverage: f64,
    /// The attributes that counted, strongest first.
    pub(super) reasons: Vec<Row<'v>>,
    /// Known criteria without an attribute that applies.
    #[serde(serialize_with = "in_short")]
    pub(super) without_points: Vec<Row<'v>>,
    /// The criteria of the gaps.
    pub(super) no_evidence: Vec<&'v str>,
    pub(super) gaps: Vec<Gap<'v>>,
    #[serde(rename = "would_change")]
    pub(super) counterfactuals: Vec<Counterfactual<'v>>,
}

/// Rows without the members of an attribute.
fn in_short<S: Serializer>(rows: &[Row<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Known<'r> {
        criterion: &'r str,
        read_as: &'r str,
        said: &'r [Field<'r>],
    }
    serializer.collect_seq(rows.iter().map(|row| Known {
        criterion: row.criterion,
        read_as: &row.read_as,
        said: &row.said,
    }))
}

/// A field, its text, and what it is read as.
#[derive(Serialize)]
pub(super) struct Field<'v> {
    pub(super) criterion: &'v str,
    pub(super) column: &'v str,
    #[serde(rename = "value")]
    pub(super) text: &'v str,
    /// `None` if it is not read, not understood, or gives no evidence.
    pub(super) read_as: Option<String>,
    /// The related file that says it, if it is not the record; then the text names the
    /// records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<&'v str>,
    /// It is assumed of every record.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) assumed: bool,
    /// How it is read, or why it is not, if that is not obvious.
    #[serde(serialize_with = "remark", skip_serializing_if = "is_blank")]
    pub(super) note: Phrase,
}

/// A characteristic that counted, or that is known but has no attribute that applies.
#[derive(Serialize)]
pub(super) struct Row<'v> {
    pub(super) criterion: &'v str,
    /// The texts of its fields, joined by ` - `.
    pub(super) value: String,
    /// What they are read as, as a record could have it.
    pub(super) read_as: String,
    /// The same in words for a person.
    #[serde(skip)]
    pub(super) in_words: String,
    pub(super) points: i32,
    pub(super) reason_code: &'v str,
    pub(super) reason: &'v str,
    pub(super) sources: &'v [String],
    pub(super) said: Vec<Field<'v>>,
    /// Its fields in words, if they show more than what they are read as.
    #[serde(skip)]
    pub(super) statement: Phrase,
    /// The days between which a length was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) days: Option<[String; 2]>,
    /// The other criteria in the condition of the attribute, and their values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) given: Vec<Given<'v>>,
}

/// The value of another criterion, in words for a person.
#[derive(Serialize)]
pub(super) struct Given<'v> {
    pub(super) criterion: &'v str,
    pub(super) read_as: String,
}

/// A characteristic without evidence.
#[derive(Serialize)]
pub(super) struct Gap<'v> {
    pub(super) criterion: &'v str,
    /// What the criterion is about.
    #[serde(skip)]
    pub(super) about: &'v str,
    pub(super) why: Why,
    /// How far it could move the score, in points: at most down and at most up.
    pub(super) lowest: i32,
    pub(super) highest: i32,
    pub(super) said: Vec<Field<'v>>,
    /// What would be understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expected: Option<String>,
    /// The reason in words; empty if the field is simply missing.
    #[serde(serialize_with = "remark", skip_serializing_if = "is_blank")]
    pub(super) note: Phrase,
}

/// Why a characteristic has no evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Why {
    /// The record has no value.
    Missing,
    /// The value is understood, but deliberately gives no evidence.
    SaysNothing,
    /// The value is in a column that is not read.
    NotRead,
    /// The value is not understood.
    NotUnderstood,
}

/// Changes that would give another label.
#[derive(Serialize)]
pub(super) struct Counterfactual<'v> {
    pub(super) to: &'v str,
    pub(super) changes: Vec<Change<'v>>,
}

/// A change of one criterion.
#[derive(Serialize)]
pub(super) struct Change<'v> {
    pub(super) criterion: &'v str,
    /// What it is read as now, as a record could have it; `None` if unknown.
    pub(super) from: Option<String>,
    /// Its current value, in words for a person.
    #[serde(skip)]
    pub(super) now: String,
    /// A text that would have this effect.
    pub(super) to: String,
    /// What that text is read as, if different.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) read_as: Option<&'v str>,
    /// Other texts with the same effect.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) or: Vec<String>,
    /// The shortest length that has this effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at_least: Option<String>,
    /// The limit below which lengths have this effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) below: Option<String>,
    /// All these values, in words for a person.
    #[serde(skip)]
    pub(super) in_words: String,
}

/// A remark that stands alone: without the comma or brackets that join it to what precedes
/// it.
fn as_remark(sentence: &Phrase) -> String {
    let text = wording::phrase(sentence);
    let text = text.trim_start_matches([' ', ',']);
    let inner = text.strip_prefix('(');
    let inner = inner.and_then(|text| text.strip_suffix(')'));
    inner.unwrap_or(text).to_owned()
}

fn remark<S: Serializer>(sentence: &Phrase, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&as_remark(sentence))
}

/// True if the remark is empty.
fn is_blank(sentence: &Phrase) -> bool {
    as_remark(sentence).is_empty()
}

impl View<'_> {
    /// `relationship: Client, affiliation: External`.
    pub(super) fn labels(&self) -> String {
        let waterfalls = self.sections.iter().map(|section| &section.waterfall);
        let labels = waterfalls.map(|one| format!("{}: {}", one.scorecard.name, one.label()));
        labels.collect::<Vec<_>>().join(", ")
    }

    /// The rulebook, with its version and hash.
    pub(super) fn rulebook_in_words(&self) -> String {
        format!("rulebook {}", self.rulebook)
    }

    /// Why nothing in the record is read, if it is not about a buyer.
    pub(super) fn furniture(&self) -> Option<&'static str> {
        Some(match self.case.furniture? {
            Furniture::Total => {
                "The record is a total: one of its cells is a word for that, and the others are numbers or empty, or name a group. It gives no evidence."
            }
            Furniture::Footer => {
                "The record is the footer of a page or a report, its only cell. It gives no evidence."
            }
            Furniture::Header => "The record repeats the header. It gives no evidence.",
        })
    }

    /// Where the record stands, if it is in a file.
    pub(super) fn place(&self) -> Option<String> {
        let place = &self.case.place;
        (*place != Place::default()).then(|| place.to_string())
    }
}

impl<'v> Section<'v> {
    /// `at +5: Client begins at +3, Customer at -2. 3 points fewer: Undetermined. ...`.
    pub(super) fn in_words(&self) -> String {
        let (bands, verdict) = (&self.waterfall.bands, &self.waterfall.verdict);
        let [above, below, _] = bands.labels;
        let (upper, lower) = (signed(bands.upper_from), signed(bands.lower_from));
        let distances = self.distances().into_iter().map(|(by, label)| {
            let s = if by.abs() == 1 { "" } else { "s" };
            let way = if by > 0 { "more" } else { "fewer" };
            format!("{} point{s} {way}: {label}", by.abs())
        });
        let distances = distances.collect::<Vec<_>>().join("; ");
        let (known, of) = (verdict.known, verdict.characteristics);
        let are = if known == 1 { "is" } else { "are" };
        let score = signed(self.score);
        format!(
            "at {score}: {above} begins at {upper}, {below} at {lower}. {distances}. {known} of {of} characteristics {are} known."
        )
    }

    /// Whether any score lies between the bands.
    fn has_between(&self) -> bool {
        self.waterfall.bands.upper_from - self.waterfall.bands.lower_from > 1
    }

    /// The changes of the score, in points, that would give another label; smallest first.
    fn distances(&self) -> Vec<(i32, &'v str)> {
        let bands = &self.waterfall.bands;
        let [above, below, between] = bands.labels;
        let (from, to) = (bands.upper_from - self.score, bands.lower_from - self.score);
        let mut distances = match (self.waterfall.verdict.label, self.has_between()) {
            (0, true) => vec![(from - 1, between)],
            (0, false) => vec![(to, below)],
            (1, true) => vec![(to + 1, between)],
            (1, false) => vec![(from, above)],
            _ => vec![(from, above), (to, below)],
        };
        distances.sort_by_key(|(by, _)| by.abs());
        distances
    }

    /// The changes to each other label; labels without a change come last.
    pub(super) fn by_label(&self) -> Vec<(&'v str, Vec<&Counterfactual<'v>>)> {
        let mut labels: Vec<&'v str> = Vec::new();
        let given = self.counterfactuals.iter().map(|one| one.to);
        for label in given.chain(self.waterfall.bands.labels) {
            let is_any = label != UNDETERMINED || self.has_between();
            if label != self.label && is_any && !labels.contains(&label) {
                labels.push(label);
            }
        }
        let of = |label: &'v str| {
            let to = self.counterfactuals.iter().filter(|one| one.to == label);
            (label, to.collect())
        };
        labels.into_iter().map(of).collect()
    }

    /// The words for a label that no shown change gives.
    pub(super) fn unchanged(&self) -> &'static str {
        match self.counterfactuals.first().map(|one| one.changes.len()) {
            Some(1) => "no single change would",
            _ => "no change of one or two criteria would",
        }
    }
}

impl Field<'_> {
    /// True if the column and the text are those of the criterion itself, so that they show
    /// no more than what they are read as.
    pub(super) fn is_plain(&self) -> bool {
        self.file.is_none()
            && self.column == self.criterion
            && self.read_as.as_deref() == Some(self.text.trim())
    }

    /// `"Vertrag" is "ja"`.
    pub(super) fn in_words(&self) -> Phrase {
        if self.assumed {
            return Phrase::from("as assumed");
        }
        if let Some(file) = self.file {
            let records = format!("{file}, {}", self.text);
            return Phrase::from(records).then(self.note.clone());
        }
        let column = Phrase::default().quote(self.column);
        let said = match self.text.trim() {
            "" => column.text(" is empty"),
            text => column.text(" is ").quote(text),
        };
        said.then(self.note.clone())
    }

    /// The field with what it is read as: `contract: yes, "Vertrag" is "ja"`.
    pub(super) fn apart(&self) -> Phrase {
        let read_as = self.read_as.as_deref();
        let read_as = read_as.map_or(String::new(), |read_as| format!(" {read_as},"));
        Phrase::from(format!("{}:{read_as} ", self.criterion)).then(self.in_words())
    }
}

impl Row<'_> {
    /// `duration: 3 years`, and the other criteria in its condition: `, with contract: yes`.
    pub(super) fn heading(&self) -> (String, String) {
        let mut given = String::new();
        for one in &self.given {
            given += if given.is_empty() { ", with " } else { " and " };
            given += &format!("{}: {}", one.criterion, one.read_as);
        }
        (format!("{}: {}", self.criterion, self.in_words), given)
    }
}

impl Gap<'_> {
    /// The points it could add: `-3 to +1`.
    pub(super) fn range(&self) -> String {
        match (self.lowest, self.highest) {
            (0, 0) => "0".to_owned(),
            (lowest, highest) => format!("{} to {}", signed(lowest), signed(highest)),
        }
    }

    /// Why it has no evidence, or else what it is about.
    pub(super) fn in_words(&self) -> Phrase {
        match self.note.parts() {
            [] => Phrase::from(self.about),
            _ => self.note.clone(),
        }
    }
}

impl Counterfactual<'_> {
    /// `with contract: no (now yes) and frequency: once (now unknown)`.
    pub(super) fn in_words(&self) -> String {
        let mut text = String::new();
        for one in &self.changes {
            text += if text.is_empty() { "with " } else { " and " };
            text += &format!("{}: {} ({})", one.criterion, one.in_words, one.now);
        }
        text
    }
}

/// Points with their sign; 0 has none.
pub(super) fn signed(points: i32) -> String {
    match points {
        0 => "0".to_owned(),
        points => format!("{points:+}"),
    }
}
