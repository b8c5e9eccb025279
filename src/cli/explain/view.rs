//! What is shown of a record, whatever the form, and its sentences.
//!
//! Owns what a report of one record says, and what a program gets of it. How a case
//! becomes one is said in [`build`](super::build); knows nothing of lines or colours.

use serde::Serialize;

use crate::engine::waterfall::Waterfall;
use crate::error::Place;
use crate::find::Case;
use crate::rulebook::{Rulebook, UNDETERMINED};

use super::sentence::Sentence;

/// Name, version and hash of a rulebook.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RulebookId {
    name: String,
    version: String,
    hash: String,
}

impl RulebookId {
    pub(super) fn of(rulebook: &Rulebook) -> Self {
        RulebookId {
            name: rulebook.name.clone(),
            version: rulebook.version.clone(),
            hash: rulebook.hash(),
        }
    }

    pub(super) fn in_words(&self) -> String {
        format!(
            "rulebook {} {} {}, whose statements are named in [ ]",
            self.name, self.version, self.hash
        )
    }
}

/// A record, its labels, and why.
pub(super) struct View<'v> {
    pub(super) case: &'v Case,
    pub(super) rulebook: &'v RulebookId,
    /// By scorecard.
    pub(super) sections: Vec<Section<'v>>,
    /// What fields say that counts nowhere.
    pub(super) uncounted: Vec<Field<'v>>,
}

/// One scorecard.
pub(super) struct Section<'v> {
    pub(super) waterfall: Waterfall<'v>,
    /// What counted, strongest first.
    pub(super) reasons: Vec<Row<'v>>,
    /// What is known, and has no attribute.
    pub(super) without_points: Vec<Row<'v>>,
    pub(super) gaps: Vec<Gap<'v>>,
    pub(super) counterfactuals: Vec<Counterfactual<'v>>,
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
    #[serde(skip_serializing_if = "Sentence::is_blank")]
    pub(super) note: Sentence,
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
    pub(super) statement: Sentence,
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
    #[serde(skip_serializing_if = "Sentence::is_blank")]
    pub(super) note: Sentence,
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

/// `a, b or c`.
pub(super) fn listed<S: AsRef<str>>(values: &[S]) -> String {
    let texts: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    match &texts[..] {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

impl View<'_> {
    /// `relationship: Client, affiliation: External`.
    pub(super) fn labels(&self) -> String {
        let waterfalls = self.sections.iter().map(|section| &section.waterfall);
        let labels: Vec<String> = waterfalls
            .map(|one| format!("{}: {}", one.scorecard.name, one.label()))
            .collect();
        labels.join(", ")
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
        let distances = self.distances().into_iter();
        let distances: Vec<String> = distances
            .map(|(by, label)| {
                let way = if by > 0 { "more" } else { "less" };
                format!("{} {way} would make it {label}", by.abs())
            })
            .collect();
        format!(
            "{} point{}, where {above} begins at {} and {below} at {}; {}. {} of {} characteristics {} known.",
            signed(verdict.score),
            if verdict.score.abs() == 1 { "" } else { "s" },
            signed(bands.upper_from),
            signed(bands.lower_from),
            distances.join(", "),
            verdict.known,
            verdict.characteristics,
            if verdict.known == 1 { "is" } else { "are" }
        )
    }

    /// Whether there is a score between the bands.
    fn has_between(&self) -> bool {
        self.waterfall.bands.upper_from - self.waterfall.bands.lower_from > 1
    }

    /// How many points less, or more, would give which label; the nearest first.
    fn distances(&self) -> Vec<(i32, &'v str)> {
        let (bands, verdict) = (&self.waterfall.bands, &self.waterfall.verdict);
        let [above, below, between] = bands.labels;
        let (from, to) = (
            bands.upper_from - verdict.score,
            bands.lower_from - verdict.score,
        );
        let mut distances = match (verdict.label, self.has_between()) {
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
            if label != self.waterfall.label() && is_any && !labels.contains(&label) {
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
    pub(super) fn in_words(&self) -> Sentence {
        let column = Sentence::default().theirs(self.column);
        let said = match self.text.trim() {
            "" => column.ours(" is empty"),
            text => column.ours(" says ").theirs(text),
        };
        said.then(self.note.clone())
    }

    /// The same where nothing else says what it is read as: `contract: yes, "Vertrag"
    /// says "ja"`.
    pub(super) fn apart(&self) -> Sentence {
        let read_as = self.read_as.as_deref();
        let read_as = read_as.map_or(String::new(), |read_as| format!(" {read_as},"));
        Sentence::of(format!("{}:{read_as} ", self.criterion)).then(self.in_words())
    }
}

impl Row<'_> {
    /// `contract: yes`, and what other criteria had to say for it.
    pub(super) fn heading(&self) -> (String, String) {
        let given = self.given.iter();
        let given: Vec<String> = given
            .map(|one| format!("{}: {}", one.criterion, one.read_as))
            .collect();
        let given = match given.is_empty() {
            true => String::new(),
            false => format!(", with {}", given.join(" and ")),
        };
        (format!("{}: {}", self.criterion, self.in_words), given)
    }
}

impl Gap<'_> {
    /// What it could add.
    pub(super) fn range(&self) -> String {
        match (self.lowest, self.highest) {
            (0, 0) => "0".to_owned(),
            (lowest, highest) => {
                let ends = [lowest, highest].map(signed);
                ends.join(" to ")
            }
        }
    }

    /// Why it is one, or what it is about.
    pub(super) fn in_words(&self) -> Sentence {
        match self.note.is_empty() {
            true => Sentence::of(self.about),
            false => self.note.clone(),
        }
    }
}

impl Counterfactual<'_> {
    /// `if contract were no (now yes) and frequency once (not known now)`.
    pub(super) fn in_words(&self) -> String {
        let changes: Vec<String> = (self.changes.iter().enumerate())
            .map(|(place, one)| {
                let were = if place == 0 { "were " } else { "" };
                format!("{} {were}{} ({})", one.criterion, one.in_words, one.now)
            })
            .collect();
        format!("if {}", changes.join(" and "))
    }
}

/// Points with their sign; none has no sign.
pub(super) fn signed(points: i32) -> String {
    match points {
        0 => "0".to_owned(),
        points => format!("{points:+}"),
    }
}
