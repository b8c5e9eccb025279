//! What is shown of a record, whatever the form, and its sentences.
//!
//! Owns what a report of one record says, and what a program gets of it: a JSON object
//! whose shape the README describes. How a case becomes one is said in
//! [`build`](super::build); knows nothing of lines or colours.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::engine::waterfall::Waterfall;
use crate::error::{Phrase, Place};
use crate::find::Case;
use crate::rulebook::UNDETERMINED;

use crate::cli::rules::RulebookId;
use crate::cli::wording;

/// A record, its labels, and why.
pub(super) struct View<'v> {
    pub(super) case: &'v Case,
    pub(super) rulebook: &'v RulebookId,
    /// By scorecard.
    pub(super) sections: Vec<Section<'v>>,
    /// What fields say that counts nowhere.
    pub(super) uncounted: Vec<Field<'v>>,
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
            };
            map.serialize_entry("record", &record)?;
        }
        for section in &self.sections {
            map.serialize_entry(&section.waterfall.scorecard.name, section)?;
        }
        map.serialize_entry("not_counted", &self.uncounted)?;
        map.serialize_entry("rulebook", self.rulebook)?;
        map.end()
    }
}

/// Where a record stands.
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
}

/// One scorecard.
#[derive(Serialize)]
pub(super) struct Section<'v> {
    #[serde(skip)]
    pub(super) waterfall: Waterfall<'v>,
    pub(super) label: &'v str,
    /// What the score begins at, if that is not 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) initial_score: Option<i32>,
    pub(super) score: i32,
    pub(super) margin: i32,
    /// As `--details` rounds it.
    pub(super) coverage: f64,
    /// What counted, strongest first.
    pub(super) reasons: Vec<Row<'v>>,
    /// What is known, and has no attribute.
    #[serde(serialize_with = "in_short")]
    pub(super) without_points: Vec<Row<'v>>,
    /// The criteria of the gaps.
    pub(super) no_evidence: Vec<&'v str>,
    pub(super) gaps: Vec<Gap<'v>>,
    #[serde(rename = "would_change")]
    pub(super) counterfactuals: Vec<Counterfactual<'v>>,
}

/// Rows without what an attribute would say.
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

/// A field, what stands there, and what it is read as.
#[derive(Serialize)]
pub(super) struct Field<'v> {
    pub(super) criterion: &'v str,
    pub(super) column: &'v str,
    #[serde(rename = "value")]
    pub(super) text: &'v str,
    /// `None` if it is not read, not understood, or says nothing.
    pub(super) read_as: Option<String>,
    /// How it is read, or why it is not, where that is not plain.
    #[serde(serialize_with = "remark", skip_serializing_if = "is_blank")]
    pub(super) note: Phrase,
}

/// A characteristic that counted, or would have if it had an attribute.
#[derive(Serialize)]
pub(super) struct Row<'v> {
    pub(super) criterion: &'v str,
    /// What the record says for it; several texts are joined.
    pub(super) value: String,
    /// What that is read as: as a record could say it.
    pub(super) read_as: String,
    /// The same, as a person would.
    #[serde(skip)]
    pub(super) in_words: String,
    pub(super) points: i32,
    pub(super) reason_code: &'v str,
    pub(super) reason: &'v str,
    pub(super) sources: &'v [String],
    pub(super) said: Vec<Field<'v>>,
    /// What the record says for it, if that is more than what it is read as.
    #[serde(skip)]
    pub(super) statement: Phrase,
    /// The days between which a length was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) days: Option<[String; 2]>,
    /// What other criteria had to say for it, and say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) given: Vec<Given<'v>>,
}

/// What another criterion says, as a person would.
#[derive(Serialize)]
pub(super) struct Given<'v> {
    pub(super) criterion: &'v str,
    pub(super) read_as: String,
}

/// A characteristic that had no evidence.
#[derive(Serialize)]
pub(super) struct Gap<'v> {
    pub(super) criterion: &'v str,
    /// What it is about.
    #[serde(skip)]
    pub(super) about: &'v str,
    pub(super) why: Why,
    /// How far it could move the score, in points.
    pub(super) lowest: i32,
    pub(super) highest: i32,
    pub(super) said: Vec<Field<'v>>,
    /// What would be understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expected: Option<String>,
    /// Why in words, where the record says something, or could say nothing.
    #[serde(serialize_with = "remark", skip_serializing_if = "is_blank")]
    pub(super) note: Phrase,
}

/// Why there is no evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Why {
    /// The record says nothing.
    Missing,
    /// It says something that tells nothing, on purpose.
    SaysNothing,
    /// It says something in a column that is not read.
    NotRead,
    /// It says something that is not understood.
    NotUnderstood,
}

/// What would give another label.
#[derive(Serialize)]
pub(super) struct Counterfactual<'v> {
    pub(super) to: &'v str,
    pub(super) changes: Vec<Change<'v>>,
}

/// One criterion that would have to say something else.
#[derive(Serialize)]
pub(super) struct Change<'v> {
    pub(super) criterion: &'v str,
    /// What it is read as now, if it is known: as a record could say it.
    pub(super) from: Option<String>,
    /// What is known now, as a person would say it.
    #[serde(skip)]
    pub(super) now: String,
    /// A text that would do.
    pub(super) to: String,
    /// What that is read as, if it is not the text itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) read_as: Option<&'v str>,
    /// Other texts that would do as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) or: Vec<String>,
    /// Of lengths: all from this one on would do,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at_least: Option<String>,
    /// and below this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) below: Option<String>,
    /// All of them, as a person would say it.
    #[serde(skip)]
    pub(super) in_words: String,
}

/// A sentence as words of its own: without what joins it to those before it.
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

/// True where a program gets nothing of it.
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

    /// The rulebook, and what its sources are.
    pub(super) fn rulebook_in_words(&self) -> String {
        let rulebook = self.rulebook;
        format!("rulebook {rulebook}, whose statements are named in [ ]")
    }

    /// Where the record stands, if it is in a file.
    pub(super) fn place(&self) -> Option<String> {
        let place = &self.case.place;
        (*place != Place::default()).then(|| place.to_string())
    }
}

impl<'v> Section<'v> {
    /// `+5 points, where Client begins at +3 and Customer at -2; ...`.
    pub(super) fn in_words(&self) -> String {
        let (bands, verdict) = (&self.waterfall.bands, &self.waterfall.verdict);
        let [above, below, _] = bands.labels;
        let s = if self.score.abs() == 1 { "" } else { "s" };
        let (upper, lower) = (signed(bands.upper_from), signed(bands.lower_from));
        let begins = format!("{above} begins at {upper} and {below} at {lower}");
        let distances = self.distances().into_iter().map(|(by, label)| {
            let way = if by > 0 { "more" } else { "less" };
            format!("{} {way} would make it {label}", by.abs())
        });
        let distances = distances.collect::<Vec<_>>().join(", ");
        let (known, of) = (verdict.known, verdict.characteristics);
        let are = if known == 1 { "is" } else { "are" };
        let score = signed(self.score);
        format!(
            "{score} point{s}, where {begins}; {distances}. {known} of {of} characteristics {are} known."
        )
    }

    /// Whether there is a score between the bands.
    fn has_between(&self) -> bool {
        self.waterfall.bands.upper_from - self.waterfall.bands.lower_from > 1
    }

    /// How many points less, or more, would give which label; the nearest first.
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

    /// What would give each of the other labels; those that something gives come first.
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

    /// What is said of a label that nothing gives.
    pub(super) fn unchanged(&self) -> &'static str {
        match self.counterfactuals.first().map(|one| one.changes.len()) {
            Some(1) => "by no single change",
            _ => "by no change of one criterion or two",
        }
    }
}

impl Field<'_> {
    /// True where the words are those of the criterion itself: there is nothing to
    /// tell beside what they are read as.
    pub(super) fn is_plain(&self) -> bool {
        self.column == self.criterion && self.read_as.as_deref() == Some(self.text.trim())
    }

    /// `"Vertrag" says "ja"`.
    pub(super) fn in_words(&self) -> Phrase {
        let column = Phrase::default().quote(self.column);
        let said = match self.text.trim() {
            "" => column.text(" is empty"),
            text => column.text(" says ").quote(text),
        };
        said.then(self.note.clone())
    }

    /// The same where nothing else says what it is read as: `contract: yes, "Vertrag"
    /// says "ja"`.
    pub(super) fn apart(&self) -> Phrase {
        let read_as = self.read_as.as_deref();
        let read_as = read_as.map_or(String::new(), |read_as| format!(" {read_as},"));
        Phrase::from(format!("{}:{read_as} ", self.criterion)).then(self.in_words())
    }
}

impl Row<'_> {
    /// `contract: yes`, and what other criteria had to say for it.
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
    /// What it could add.
    pub(super) fn range(&self) -> String {
        match (self.lowest, self.highest) {
            (0, 0) => "0".to_owned(),
            (lowest, highest) => format!("{} to {}", signed(lowest), signed(highest)),
        }
    }

    /// Why it is one, or what it is about.
    pub(super) fn in_words(&self) -> Phrase {
        match self.note.parts() {
            [] => Phrase::from(self.about),
            _ => self.note.clone(),
        }
    }
}

impl Counterfactual<'_> {
    /// `if contract were no (now yes) and frequency once (not known now)`.
    pub(super) fn in_words(&self) -> String {
        let mut text = String::new();
        for one in &self.changes {
            let (before, were) = match text.is_empty() {
                true => ("if", "were "),
                false => (" and", ""),
            };
            let (criterion, in_words, now) = (one.criterion, &one.in_words, &one.now);
            text += &format!("{before} {criterion} {were}{in_words} ({now})");
        }
        text
    }
}

/// Points with their sign; none has no sign.
pub(super) fn signed(points: i32) -> String {
    match points {
        0 => "0".to_owned(),
        points => format!("{points:+}"),
    }
}
