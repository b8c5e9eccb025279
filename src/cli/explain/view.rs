//! What is shown of a record, whatever the form, and its sentences.
//!
//! Owns what a page says. How a case becomes one is told elsewhere; knows nothing of
//! lines, colours or brackets.

use clientype::rules::evaluate::{Evidence, Verdict};
use clientype::rules::{Rulebook, Scorecard};
use clientype::{Case, quoted};

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
    pub(super) silences: Vec<Silence<'v>>,
    pub(super) changes: Vec<Changed<'v>>,
}

/// A field, what stands there, and what it is read as.
pub(super) struct Said<'v> {
    pub(super) criterion: &'v str,
    pub(super) column: &'v str,
    pub(super) text: &'v str,
    /// `None` if it is not understood.
    pub(super) read_as: Option<String>,
    /// How the column is read, where that is not plain.
    pub(super) remark: Option<String>,
}

/// A characteristic that counted.
pub(super) struct Row<'v> {
    pub(super) criterion: &'v str,
    pub(super) said: Vec<Said<'v>>,
    /// The days between which a length was measured.
    pub(super) days: Option<String>,
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
pub(super) struct Silence<'v> {
    pub(super) criterion: &'v str,
    /// What it is about.
    pub(super) says: &'v str,
    pub(super) evidence: Evidence,
    pub(super) said: Vec<Said<'v>>,
    /// What it is read as, if the rulebook has nothing for that.
    pub(super) in_words: Option<String>,
    /// What would be understood.
    pub(super) expected: String,
    /// Columns that could tell, and why they are not read.
    pub(super) unread: Vec<String>,
    pub(super) lowest: i32,
    pub(super) highest: i32,
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
    /// Other values that would do as well.
    pub(super) or: Vec<&'v str>,
    /// All of them, as a person would say it.
    pub(super) in_words: String,
}

/// `a, b or c`.
pub(super) fn listed(values: &[&str]) -> String {
    match values {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

impl Part<'_> {
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
            "{} point{}, where {above} begins at {} and {below} at {}; {}. {} of {} characteristics are known.",
            signed(score.into()),
            if score.abs() == 1 { "" } else { "s" },
            signed(from.into()),
            signed(to.into()),
            distances.join(", "),
            self.verdict.known,
            self.verdict.characteristics
        )
    }

    /// How many points less, or more, would give which label; the nearest first.
    pub(super) fn distances(&self) -> Vec<(i32, &str)> {
        let score = self.verdict.score;
        let ((above, from), (below, to)) = (self.upper, self.lower);
        let between = (from - to > 1).then_some(clientype::rules::compile::UNDETERMINED);
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
}

impl Said<'_> {
    /// True where the words are those of the criteria themselves: there is nothing
    /// to tell beside what they are read as.
    pub(super) fn is_plain(&self) -> bool {
        self.column == self.criterion && self.read_as.as_deref() == Some(self.text.trim())
    }

    /// The same, where the row of another field does not say it: `contract: yes,
    /// "Vertrag" says "ja"`.
    pub(super) fn apart(&self) -> String {
        let read_as = self.read_as.as_deref().unwrap_or("not understood");
        format!("{}: {read_as}, {}", self.criterion, self.in_words())
    }

    /// `"Vertrag" says "ja"`.
    pub(super) fn in_words(&self) -> String {
        let column = quoted(self.column);
        if self.text.trim().is_empty() {
            return format!("{column} is empty");
        }
        let remark = self.remark.as_ref();
        let remark = remark.map_or(String::new(), |remark| format!(" ({remark})"));
        format!("{column} says {}{remark}", quoted(self.text.trim()))
    }
}

impl Row<'_> {
    /// What the record says for it, if that is more than what it is read as.
    pub(super) fn said_in_words(&self) -> Option<String> {
        let told = self.said.iter().filter(|said| !said.is_plain());
        let mut told: Vec<String> = told.map(Said::in_words).collect();
        told.extend(self.days.clone());
        (!told.is_empty()).then(|| told.join(", "))
    }

    /// What other criteria had to say for it.
    pub(super) fn given_in_words(&self) -> Option<String> {
        let given = self.given.iter();
        let given: Vec<String> = given
            .map(|(criterion, value)| format!("{criterion}: {value}"))
            .collect();
        (!given.is_empty()).then(|| format!("with {}", given.join(" and ")))
    }
}

impl Silence<'_> {
    /// Why it had no evidence.
    pub(super) fn in_words(&self) -> String {
        let said: Vec<String> = self.said.iter().map(Said::in_words).collect();
        let said = said.join(", ");
        let mut told = match self.evidence {
            Evidence::NotUnderstood => {
                format!(
                    "not understood: {said}; understood would be {}",
                    self.expected
                )
            }
            Evidence::NoAttribute => format!(
                "the rulebook has nothing for {}",
                self.in_words.clone().unwrap_or_default()
            ),
            Evidence::Missing | Evidence::Applied(_) if said.is_empty() => {
                format!("missing: {}", self.says)
            }
            Evidence::Missing | Evidence::Applied(_) => {
                format!("missing, {said}: {}", self.says)
            }
        };
        for unread in &self.unread {
            told += "; ";
            told += unread;
        }
        told
    }

    /// What it could add.
    pub(super) fn range(&self) -> String {
        let ends = [self.lowest, self.highest].map(|points| signed(points.into()));
        ends.join(" to ")
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
