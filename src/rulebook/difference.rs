//! The differences between two rulebooks.
//!
//! Owns which parts of the two correspond: by name, attributes by reason code, bands by
//! the side to which they are open. Knows nothing of records; the effect of a difference
//! on labels comes from judging them.

use std::collections::{BTreeMap, BTreeSet};

use crate::rulebook::{
    Attribute, Band, Characteristic, Condition, Criterion, OwnWords, Related, Rulebook, Scorecard,
    Statement,
};

/// One thing in which two rulebooks differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The scorecard that it is in, if any.
    pub scorecard: Option<String>,
    /// The characteristic that it is in, by its criterion, if any.
    pub characteristic: Option<String>,
    /// The kind of part: `name`, `version`, `statement`, `criterion`, `related file`,
    /// `words`, `scorecard`, `question`, `initial score`, `band`, `characteristic`, `attribute` or `order`.
    pub what: &'static str,
    /// Its name, where there are several of that kind.
    pub name: String,
    /// How it differs.
    pub how: How,
}

/// How a part of a rulebook differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// Only the second rulebook has it, described in words.
    Added(String),
    /// Only the first one has it, described in words.
    Removed(String),
    /// Both have it, with different values of a field.
    Changed {
        /// The field.
        field: String,
        /// Its value in the first.
        before: String,
        /// Its value in the second.
        after: String,
    },
}

/// What differs between `old` and `new`, in the order of `new`.
pub fn differences(old: &Rulebook, new: &Rulebook) -> Vec<Difference> {
    let mut found = Differences::default();
    found.field("name", "", "", &old.name, &new.name);
    found.field("version", "", "", &old.version, &new.version);
    let both = [old, new];
    let [old_statements, new_statements] = both.map(statements);
    let [old_criteria, new_criteria] = both.map(criteria);
    found.parts("statement", &old_statements, &new_statements);
    found.parts("criterion", &old_criteria, &new_criteria);
    found.order("statements", &old_statements, &new_statements);
    found.order("criteria", &old_criteria, &new_criteria);
    let [old_related, new_related] = both.map(related);
    found.parts("related file", &old_related, &new_related);
    found.order("related files", &old_related, &new_related);
    found.words(&old.words, &new.words);
    let [cards, others] = both.map(scorecards);
    for pair in paired(&cards, &others) {
        match pair {
            (Some(one), Some(other)) => {
                found.scorecard(&old.scorecards[one], &new.scorecards[other]);
            }
            (None, Some(added)) => found.added_scorecard(&new.scorecards[added]),
            pair => found.part("scorecard", pair, &cards, &others),
        }
    }
    found.order("scorecards", &cards, &others);
    found.all
}

/// An attribute's condition in words: `contract = yes & duration >= 12 months`.
pub fn condition_in_words(when: &BTreeMap<String, Condition>, own: &str) -> String {
    let mut all: Vec<(&String, &Condition)> = when.iter().collect();
    all.sort_by_key(|(name, _)| *name != own);
    let parts = all.into_iter().map(|(name, condition)| {
        let text = condition.alternatives().join(" or ");
        match (name == own, text.starts_with(['<', '>'])) {
            (true, _) => text,
            (false, true) => format!("{name} {text}"),
            (false, false) => format!("{name} = {text}"),
        }
    });
    match when.is_empty() {
        true => "any value".to_owned(),
        false => parts.collect::<Vec<_>>().join(" & "),
    }
}

/// The range of a band, in words.
pub fn band_in_words(band: &Band) -> String {
    match (band.at_least, band.at_most) {
        (Some(from), _) => format!("from {from:+} on"),
        (None, Some(to)) => format!("from {to:+} down"),
        (None, None) => "nowhere".to_owned(),
    }
}

/// Texts separated by commas, in quotes where a text contains a comma.
fn list(texts: &[String]) -> String {
    let quoted = texts.iter().map(|text| match text.contains(", ") {
        true => format!("{text:?}"),
        false => text.clone(),
    });
    quoted.collect::<Vec<_>>().join(", ")
}

/// A part of a rulebook of a kind that has several, in words.
struct Part {
    /// The name by which it corresponds to a part of another rulebook.
    name: String,
    /// All of it, in words.
    says: String,
    /// The values of its fields, by their place and name.
    fields: BTreeMap<(usize, String), String>,
}

impl Part {
    fn new<const N: usize>(name: &str, says: String, fields: [(&str, String); N]) -> Self {
        let fields = fields.into_iter().enumerate();
        let fields = fields.map(|(place, (field, value))| ((place, field.to_owned()), value));
        Part {
            name: name.to_owned(),
            says,
            fields: fields.collect(),
        }
    }
}

fn statements(of: &Rulebook) -> Vec<Part> {
    let part = |one: &Statement| {
        let why = one.not_a_rule.clone().unwrap_or_default();
        let fields = [("says", one.says.clone()), ("not a rule", why)];
        Part::new(&one.id, one.says.clone(), fields)
    };
    of.statements.iter().map(part).collect()
}

fn criteria(of: &Rulebook) -> Vec<Part> {
    let part = |one: &Criterion| {
        let kind = one.kind.name().to_owned();
        let values = match one.values.is_empty() {
            true => kind.clone(),
            false => one.values.join(", "),
        };
        let dates = one.from_dates.as_ref();
        let dates = dates.map(|of| format!("{} and {}", of.start, of.end));
        let means = one.length_means.clone();
        let in_force = one.in_force.as_ref().map(|of| {
            let (start, end) = (&of.start, &of.end);
            format!("{} between {start} and {end}, then {}", of.during, of.after)
        });
        let fields = [
            ("says", one.says.clone()),
            ("kind", kind),
            ("values", list(&one.values)),
            ("groups", String::new()),
            ("a length means", means.unwrap_or_default()),
            ("dates", dates.unwrap_or_default()),
            ("in force", in_force.unwrap_or_default()),
        ];
        let mut part = Part::new(&one.name, format!("{} ({values})", one.says), fields);
        let groups = one.groups.iter();
        let groups = groups.map(|(group, of)| ((3, format!("group {group}")), list(of)));
        part.fields.extend(groups);
        part
    };
    of.criteria.iter().map(part).collect()
}

fn related(of: &Rulebook) -> Vec<Part> {
    let part = |one: &Related| {
        let fields = [("says", one.says.clone())];
        let mut part = Part::new(&one.name, one.says.clone(), fields);
        part.fields.extend(one.in_words());
        part
    };
    of.related.iter().map(part).collect()
}

/// The scorecards. Their fields are compared one by one.
fn scorecards(of: &Rulebook) -> Vec<Part> {
    let part = |one: &Scorecard| {
        let labels: Vec<&str> = one.bands.iter().map(|band| &*band.label).collect();
        let says = format!("{} {}", one.question, labels.join(" or "));
        Part::new(&one.name, says, [])
    };
    of.scorecards.iter().map(part).collect()
}

fn characteristics(of: &Scorecard) -> Vec<Part> {
    let part = |one: &Characteristic| {
        let says: Vec<String> = attributes(one).into_iter().map(|one| one.says).collect();
        Part::new(&one.criterion, says.join("; "), [])
    };
    of.characteristics.iter().map(part).collect()
}

/// The attributes. Several may share a code: the first of one rulebook corresponds to the
/// first of the other.
fn attributes<'a>(of: &'a Characteristic) -> Vec<Part> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let part = |one: &'a Attribute| {
        let code = &one.reason_code;
        let count = counts.entry(code).or_default();
        *count += 1;
        let name = match count {
            1 => code.clone(),
            count => format!("{code} ({count})"),
        };
        let points = format!("{:+}", one.partial_score);
        let when = condition_in_words(&one.when, &of.criterion);
        let says = format!("{points} if {when}: {}", one.reason);
        let fields = [
            ("points", points),
            ("when", when),
            ("reason", one.reason.clone()),
            ("sources", list(&one.sources)),
        ];
        Part::new(&name, says, fields)
    };
    of.attributes.iter().map(part).collect()
}

/// The places of corresponding parts in the old rulebook and in the new one.
type Places = (Option<usize>, Option<usize>);

/// The places of all parts, by name: those of `new` in their order, then those that only
/// `old` has.
fn paired(old: &[Part], new: &[Part]) -> Vec<Places> {
    let places = |of: &[Part]| -> BTreeMap<String, usize> {
        let places = of.iter().enumerate().rev();
        places
            .map(|(place, one)| (one.name.clone(), place))
            .collect()
    };
    let [of_old, of_new] = [old, new].map(places);
    let kept = new.iter().enumerate();
    let kept = kept.map(|(place, one)| (of_old.get(&one.name).copied(), Some(place)));
    let gone = old.iter().enumerate();
    let gone = gone.filter(|(_, one)| !of_new.contains_key(&one.name));
    kept.chain(gone.map(|(place, _)| (Some(place), None)))
        .collect()
}

#[derive(Default)]
struct Differences {
    all: Vec<Difference>,
    scorecard: Option<String>,
    characteristic: Option<String>,
}

impl Differences {
    fn push(&mut self, what: &'static str, name: &str, how: How) {
        self.all.push(Difference {
            scorecard: self.scorecard.clone(),
            characteristic: self.characteristic.clone(),
            what,
            name: name.to_owned(),
            how,
        });
    }

    fn field(&mut self, what: &'static str, name: &str, field: &str, before: &str, after: &str) {
        if before != after {
            let how = How::Changed {
                field: field.to_owned(),
                before: before.to_owned(),
                after: after.to_owned(),
            };
            self.push(what, name, how);
        }
    }

    fn parts(&mut self, what: &'static str, old: &[Part], new: &[Part]) {
        for pair in paired(old, new) {
            self.part(what, pair, old, new);
        }
    }

    fn part(&mut self, what: &'static str, pair: Places, old: &[Part], new: &[Part]) {
        match (pair.0.map(|at| &old[at]), pair.1.map(|at| &new[at])) {
            (None, Some(new)) => self.push(what, &new.name, How::Added(new.says.clone())),
            (Some(old), None) => self.push(what, &old.name, How::Removed(old.says.clone())),
            (Some(old), Some(new)) => {
                let fields: BTreeSet<_> = old.fields.keys().chain(new.fields.keys()).collect();
                for field in fields {
                    let says = |of: &Part| of.fields.get(field).cloned().unwrap_or_default();
                    self.field(what, &new.name, &field.1, &says(old), &says(new));
                }
            }
            (None, None) => {}
        }
    }

    /// Reports what both have, in another order.
    fn order(&mut self, of: &str, old: &[Part], new: &[Part]) {
        let common = |one: &[Part], other: &[Part]| {
            let names: BTreeSet<&str> = other.iter().map(|one| &*one.name).collect();
            let is_kept = |one: &&Part| names.contains(&*one.name);
            let kept: Vec<&str> = one.iter().filter(is_kept).map(|one| &*one.name).collect();
            kept.join(", ")
        };
        self.field("order", of, "", &common(old, new), &common(new, old));
    }

    /// Compares the words of each language and meaning.
    fn words(&mut self, old: &OwnWords, new: &OwnWords) {
        let mut all: BTreeMap<String, [&[String]; 2]> = BTreeMap::new();
        for (place, of) in [old, new].into_iter().enumerate() {
            for (language, criteria) in of {
                for (criterion, values) in criteria {
                    for (value, words) in values {
                        let meaning = format!("{language}, {criterion} {value}");
                        all.entry(meaning).or_default()[place] = words;
                    }
                }
            }
        }
        for (meaning, [before, after]) in &all {
            let only = |one: &[String], other: &[String]| -> Vec<String> {
                let other: BTreeSet<&String> = other.iter().collect();
                let only = one.iter().filter(|word| !other.contains(word));
                only.cloned().collect()
            };
            let (added, removed) = (only(after, before), only(before, after));
            if added.is_empty() && removed.is_empty() {
                self.field("words", meaning, "", &list(before), &list(after));
            }
            if !added.is_empty() {
                self.push("words", meaning, How::Added(list(&added)));
            }
            if !removed.is_empty() {
                self.push("words", meaning, How::Removed(list(&removed)));
            }
        }
    }

    /// Reports a scorecard that only the second has, with all its parts.
    fn added_scorecard(&mut self, new: &Scorecard) {
        self.push("scorecard", &new.name, How::Added(new.question.clone()));
        self.scorecard = Some(new.name.clone());
        for band in &new.bands {
            self.push("band", &band.label, How::Added(band_in_words(band)));
        }
        for one in &new.characteristics {
            self.characteristic = Some(one.criterion.clone());
            for (part, attribute) in attributes(one).into_iter().zip(&one.attributes) {
                self.push("attribute", &attribute.reason_code, How::Added(part.says));
            }
            self.characteristic = None;
        }
        self.scorecard = None;
    }

    fn scorecard(&mut self, old: &Scorecard, new: &Scorecard) {
        self.scorecard = Some(new.name.clone());
        self.field("question", "", "", &old.question, &new.question);
        let points = |of: &Scorecard| format!("{:+}", of.initial_score);
        self.field("initial score", "", "", &points(old), &points(new));
        for side in [true, false] {
            let of = |card: &Scorecard| {
                let mut bands = card.bands.iter();
                bands.find(|band| band.at_least.is_some() == side).cloned()
            };
            if let (Some(one), Some(other)) = (of(old), of(new)) {
                self.field("band", &one.label, "label", &one.label, &other.label);
                let [before, after] = [&one, &other].map(band_in_words);
                self.field("band", &other.label, "begins", &before, &after);
            }
        }
        let sides = |of: &Scorecard| {
            let sides = of.bands.iter().map(|band| match band.at_least {
                Some(_) => "upwards",
                None => "downwards",
            });
            sides.collect::<Vec<_>>().join(", ")
        };
        self.field("order", "bands", "", &sides(old), &sides(new));
        let [ours, others] = [old, new].map(characteristics);
        for pair in paired(&ours, &others) {
            let (Some(one), Some(other)) = pair else {
                self.part("characteristic", pair, &ours, &others);
                continue;
            };
            self.characteristic = Some(others[other].name.clone());
            let one = attributes(&old.characteristics[one]);
            let other = attributes(&new.characteristics[other]);
            self.parts("attribute", &one, &other);
            self.order("attributes", &one, &other);
            self.characteristic = None;
        }
        self.order("characteristics", &ours, &others);
        self.scorecard = None;
    }
}
