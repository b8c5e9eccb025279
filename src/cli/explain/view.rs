//! What is shown of a record, whatever the form, and its sentences.
//!
//! Owns what a page says. How a case becomes one is told elsewhere; knows nothing of
//! lines, colours or brackets.

use crate::engine::evaluate::Verdict;
use crate::error::Place;
use crate::find::Case;
use crate::rulebook::{Rulebook, Scorecard, UNDETERMINED};
use crate::value::Length;

use super::sentence::Sentence;

/// Name, version and hash of a rulebook.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) hash: String,
}

impl Named {
    pub(super) fn of(rulebook: &Rulebook) -> Self {
        Named {
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
    pub(super) rulebook: &'v Named,
    pub(super) parts: Vec<Part<'v>>,
    /// What fields say that counts nowhere.
    pub(super) uncounted: Vec<Said<'v>>,
}

/// One scorecard.
pub(super) struct Part<'v> {
    pub(super) card: &'v Scorecard,
    pub(super) verdict: Verdict,
    pub(super) label: &'v str,
    /// Labels of the bands that are open upwards and downwards, and where these
    /// begin.
    pub(super) upper: (&'v str, i32),
    pub(super) lower: (&'v str, i32),
    pub(super) rows: Vec<Row<'v>>,
    /// What is known, and has no attribute.
    pub(super) pointless: Vec<Row<'v>>,
    pub(super) gaps: Vec<Gap<'v>>,
    pub(super) changes: Vec<Changed<'v>>,
}

/// A field, what stands there, and what it is read as.
pub(super) struct Said<'v> {
    pub(super) criterion: &'v str,
    pub(super) column: &'v str,
    pub(super) text: &'v str,
    /// `None` if it is not read, not understood, or says nothing.
    pub(super) read_as: Option<String>,
    /// How it is read, or why it is not, where that is not plain.
    pub(super) note: Sentence,
}

/// A characteristic that counted, or would have if it had an attribute.
pub(super) struct Row<'v> {
    pub(super) criterion: &'v str,
    pub(super) said: Vec<Said<'v>>,
    /// The days between which a length was measured.
    pub(super) days: Option<[String; 2]>,
    /// What the record says for it, if that is more than what it is read as.
    pub(super) told: Sentence,
    /// As a record could say it, and as a person would.
    pub(super) read_as: String,
    pub(super) in_words: String,
    /// What other criteria had to say for it, and say.
    pub(super) given: Vec<(&'v str, String)>,
    pub(super) points: i32,
    pub(super) code: &'v str,
    pub(super) reason: &'v str,
    pub(super) sources: &'v [String],
}

/// A characteristic that had no evidence.
pub(super) struct Gap<'v> {
    pub(super) criterion: &'v str,
    /// What it is about.
    pub(super) about: &'v str,
    pub(super) why: Why,
    pub(super) said: Vec<Said<'v>>,
    /// Why in words, where the record says something, or could say nothing.
    pub(super) told: Sentence,
    /// What would be understood.
    pub(super) expected: Option<String>,
    pub(super) lowest: i32,
    pub(super) highest: i32,
}

/// Why there is no evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Why {
    /// Its name for a program.
    pub(super) fn name(self) -> &'static str {
        match self {
            Why::Missing => "missing",
            Why::SaysNothing => "says_nothing",
            Why::NotRead => "not_read",
            Why::NotUnderstood => "not_understood",
        }
    }
}

/// A change that would give another label.
pub(super) struct Changed<'v> {
    pub(super) to: &'v str,
    pub(super) moves: Vec<Moved<'v>>,
}

/// One criterion that would have to say something else.
pub(super) struct Moved<'v> {
    pub(super) criterion: &'v str,
    /// What it is read as now, if it is known; as a record could say it, and as a
    /// person would.
    pub(super) from: Option<(String, String)>,
    /// What it says now is not understood.
    pub(super) is_unread: bool,
    /// A text that would do.
    pub(super) to: String,
    /// What that is read as, if it is not the text itself.
    pub(super) read_as: Option<&'v str>,
    /// Other texts that would do as well.
    pub(super) or: Vec<String>,
    /// From which length on it would do, and below which.
    pub(super) range: Option<(Length, Option<Length>)>,
    /// All of them, as a person would say it.
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
        let labels = self.parts.iter();
        let labels: Vec<String> = labels
            .map(|part| format!("{}: {}", part.card.name, part.label))
            .collect();
        labels.join(", ")
    }

    /// Where the record stands, if it is in a file.
    pub(super) fn place(&self) -> Option<String> {
        let place = &self.case.place;
        (*place != Place::default()).then(|| place.to_string())
    }
}

impl<'v> Part<'v> {
    /// `+5 points, where Client begins at +3 and Customer at -2; ...`.
    pub(super) fn in_words(&self) -> String {
        let ((above, from), (below, to)) = (self.upper, self.lower);
        let score = self.verdict.score;
        let distances = self.distances().into_iter();
        let distances: Vec<String> = distances
            .map(|(by, label)| {
                let way = if by > 0 { "more" } else { "less" };
                format!("{} {way} would make it {label}", by.abs())
            })
            .collect();
        format!(
            "{} point{}, where {above} begins at {} and {below} at {}; {}. {} of {} characteristics {} known.",
            signed(score.into()),
            if score.abs() == 1 { "" } else { "s" },
            signed(from.into()),
            signed(to.into()),
            distances.join(", "),
            self.verdict.known,
            self.verdict.characteristics,
            if self.verdict.known == 1 { "is" } else { "are" }
        )
    }

    /// How many points less, or more, would give which label; the nearest first.
    fn distances(&self) -> Vec<(i32, &'v str)> {
        let score = self.verdict.score;
        let ((above, from), (below, to)) = (self.upper, self.lower);
        let between = (from - to > 1).then_some(UNDETERMINED);
        let mut distances = match self.verdict.label {
            0 => vec![match between {
                Some(between) => (from - 1 - score, between),
                None => (to - score, below),
            }],
            1 => vec![match between {
                Some(between) => (to + 1 - score, between),
                None => (from - score, above),
            }],
            _ => vec![(from - score, above), (to - score, below)],
        };
        distances.sort_by_key(|(by, _)| by.abs());
        distances
    }

    /// The changes to each label, those that are told of first.
    pub(super) fn by_label(&self) -> Vec<(&'v str, Vec<&Changed<'v>>)> {
        let mut labels: Vec<&'v str> = Vec::new();
        let others = [self.upper.0, self.lower.0, UNDETERMINED];
        let told = self.changes.iter().map(|change| change.to);
        for label in told.chain(others) {
            // There may be no score between the bands.
            let is_any = label != UNDETERMINED || self.upper.1 - self.lower.1 > 1;
            if label != self.label && is_any && !labels.contains(&label) {
                labels.push(label);
            }
        }
        let of = |label: &'v str| {
            let to = self.changes.iter().filter(|change| change.to == label);
            (label, to.collect())
        };
        labels.into_iter().map(of).collect()
    }

    /// What is told of a label that none of the changes gives.
    pub(super) fn unchanged(&self) -> &'static str {
        match self.changes.first().map(|change| change.moves.len()) {
            Some(1) => "by no single change",
            _ => "by no change of one criterion or two",
        }
    }
}

impl Said<'_> {
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
            .map(|(criterion, value)| format!("{criterion}: {value}"))
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
                let ends = [lowest, highest].map(|points| signed(points.into()));
                ends.join(" to ")
            }
        }
    }

    /// What is told of it: why, or what it is about.
    pub(super) fn in_words(&self) -> Sentence {
        match self.told.is_empty() {
            true => Sentence::of(self.about),
            false => self.told.clone(),
        }
    }
}

impl Changed<'_> {
    /// `if contract were no (now yes) and frequency once (not known now)`.
    pub(super) fn in_words(&self) -> String {
        let moves: Vec<String> = (self.moves.iter().enumerate())
            .map(|(place, moved)| {
                let now = match &moved.from {
                    Some((_, now)) => format!("now {now}"),
                    None if moved.is_unread => "not understood now".to_owned(),
                    None => "not known now".to_owned(),
                };
                let were = if place == 0 { "were " } else { "" };
                format!("{} {were}{} ({now})", moved.criterion, moved.in_words)
            })
            .collect();
        format!("if {}", moves.join(" and "))
    }
}

/// Points with their sign; none has no sign.
pub(super) fn signed(points: i64) -> String {
    match points {
        0 => "0".to_owned(),
        points => format!("{points:+}"),
    }
}
