//! Rulebooks as their owners write them: files that may extend another rulebook.
//!
//! Owns the way from a text to a whole rulebook, and back from each flaw to the
//! place in the text. One way for everybody: what judges records and what looks for
//! flaws reads the same.

mod draft;
mod extend;
mod schema;
mod shape;
mod structure;
mod text;

use std::ops::Range;

use toml::de::DeTable;

use self::draft::{CaseDraft, Draft};
use self::extend::{Origins, extended};
pub use self::schema::schema;
pub(super) use self::shape::MOST_POINTS;
use self::structure::{Places, structure};
pub use self::text::written;
use super::compile::{AsOf, Rules, UNDETERMINED};
use super::lint::{self, Code, Flaw, Spot, did_you_mean};
use super::{Own, Rulebook};
use crate::error::{Error, ErrorKind, Place, Result, quoted};
use crate::rules::compile::nearest;

/// The name of the rulebook that is built in, and that others may extend.
pub const BUILT_IN: &str = "documents";

/// A rulebook file, read.
#[derive(Debug)]
pub struct RuleFile {
    /// All that holds, with what is inherited; `None` where there are errors.
    pub rulebook: Option<Rulebook>,
    /// The rulebook that it extends, if it does.
    pub base: Option<Rulebook>,
    /// The cases of this file; what is extended has its own.
    pub cases: Vec<RuleCase>,
    /// What is wrong with it, or looks so, in the order of the text.
    pub findings: Vec<Finding>,
    /// The attributes that this file states, by scorecard, characteristic and
    /// attribute.
    pub stated: Vec<(usize, usize, usize)>,
}

/// One thing that is wrong with a rulebook file, or looks so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub code: Code,
    /// Where it stands, in bytes of the text.
    pub place: Range<usize>,
    /// What was found.
    pub found: String,
    /// What to do.
    pub mend: String,
    /// Other places that have to do with it, and how.
    pub beside: Vec<(Range<usize>, String)>,
}

/// A record, and the labels that a rulebook's owner expects for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCase {
    /// What it is about.
    pub name: String,
    /// What the record says: criteria, or names of columns, and texts.
    pub record: Vec<(String, String)>,
    /// Scorecards, and the labels expected.
    pub expect: Vec<(String, String)>,
    /// Reason codes that are expected to be among those that count.
    pub reasons: Vec<String>,
    /// Our own names and mail domains.
    pub own: Vec<String>,
    /// The day on which open-ended durations are measured.
    pub as_of: Option<jiff::civil::Date>,
    /// The physical line on which it begins, from 1.
    pub line: u64,
}

impl RuleFile {
    /// Reads a rulebook file.
    ///
    /// ```
    /// use clientype::rules::RuleFile;
    ///
    /// let file = RuleFile::read("name = \"mine\"\nversion = \"1\"\nextend = \"documents\"\nscorcard = []\n");
    /// assert_eq!(file.findings[0].code.name(), "unknown-key");
    /// assert_eq!(file.findings[0].mend, "did you mean `scorecard`?");
    /// ```
    pub fn read(text: &str) -> Self {
        let (table, broken) = DeTable::parse_recoverable(text);
        if !broken.is_empty() {
            let mut findings: Vec<Finding> = broken.iter().map(|one| not_toml(one, text)).collect();
            findings.sort_by_key(|finding| finding.place.start);
            return RuleFile::without_rules(findings);
        }
        let (places, mut flaws) = structure(table.get_ref());
        let draft: Option<Draft> = toml::from_str(text).ok();
        let Some(draft) = draft else {
            let mut findings: Vec<Finding> = flaws
                .iter()
                .map(|flaw| found(flaw, &places, None, text))
                .collect();
            if findings.is_empty() {
                findings.push(Finding {
                    code: Code::WrongType,
                    place: 0..0,
                    found: "it is no rulebook".to_owned(),
                    mend: "compare it with `clientype rules show --format toml`".to_owned(),
                    beside: Vec::new(),
                });
            }
            findings.sort_by_key(|finding| finding.place.start);
            return RuleFile::without_rules(findings);
        };
        let is_extending = draft.extend.as_deref() == Some(BUILT_IN);
        let base = is_extending.then(Rulebook::documents).and_then(Result::ok);
        let (rulebook, origins, more) = extended(&draft, base.as_ref(), &places);
        flaws.extend(more);
        // What has a flaw is not known to change nothing.
        let spots: Vec<Spot> = flaws.iter().map(|flaw| flaw.at.clone()).collect();
        flaws.retain(|flaw| {
            let mut within = spots.iter().filter(|spot| **spot != flaw.at);
            flaw.code != Code::ChangesNothing || within.all(|spot| spot.below(&flaw.at).is_none())
        });
        let mut findings: Vec<Finding> = flaws
            .iter()
            .map(|flaw| found(flaw, &places, None, text))
            .collect();
        let mut whole = Vec::new();
        let (mut kept, mut stated) = (None, Vec::new());
        if let (Some(name), false) = (&draft.extend, is_extending) {
            // Nothing is known of what is inherited.
            debug_assert!(!findings.is_empty(), "{name} cannot be extended");
        } else {
            whole.extend(lint::word_flaws(&rulebook));
            match Rules::make(
                rulebook,
                &Own::default(),
                AsOf::Day(jiff::civil::Date::ZERO),
            ) {
                Ok(rules) => {
                    whole.extend(lint::doubts(&rules));
                    whole.extend(borrowed(rules.rulebook()));
                    whole.extend(case_flaws(&draft.cases, rules.rulebook()));
                    stated = attributes(rules.rulebook(), &origins);
                    kept = Some(rules.into_rulebook());
                }
                Err(flaws) => {
                    whole.extend(flaws);
                }
            }
        }
        let known = findings.len();
        // What the file leaves of what it inherits is its own business.
        whole.retain(|flaw| match flaw.code {
            Code::UncitedStatement | Code::UnusedCriterion => in_file(&flaw.at, &origins).is_some(),
            _ => true,
        });
        for flaw in &whole {
            let finding = found(flaw, &places, Some(&origins), text);
            // What is not right by itself is not complained of once more for what comes
            // of it.
            let is_told = findings[..known].iter().any(|told| {
                let both = [told.code, finding.code];
                overlap(&told.place, &finding.place) || both == [Code::OutOfRange; 2]
            });
            if !is_told {
                findings.push(finding);
            }
        }
        findings.sort_by_key(|finding| (finding.place.start, finding.code));
        findings.dedup();
        let is_sound = findings
            .iter()
            .all(|one| one.code.severity() != lint::Severity::Error);
        RuleFile {
            rulebook: kept.filter(|_| is_sound),
            base,
            cases: draft
                .cases
                .iter()
                .enumerate()
                .map(|(index, case)| case_of(case, index, &places, text))
                .collect(),
            findings,
            stated,
        }
    }

    /// The rulebook.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rulebook`] with line and character for the first error in `text`,
    /// which is what was read.
    pub fn into_rulebook(self, text: &str) -> Result<Rulebook> {
        let (errors, _) = self.counts();
        let mut findings = self.findings.into_iter();
        let first = findings.find(|one| one.code.severity() == lint::Severity::Error);
        match (self.rulebook, first) {
            (Some(rulebook), None) => Ok(rulebook),
            (_, first) => {
                let found = first.as_ref().map_or("it is no rulebook", |one| &one.found);
                let mut advice = first.as_ref().map_or("", |one| &one.mend).to_owned();
                if errors > 1 {
                    advice += &format!(" (and {} more: clientype rules check)", errors - 1);
                }
                let at = first.as_ref().map_or(0, |one| one.place.start);
                let (line, character) = line_and_character(text, at);
                let place = Place {
                    line: Some(line),
                    character: Some(character),
                    ..Place::default()
                };
                Err(Error::new(ErrorKind::Rulebook, found)
                    .at(place)
                    .advice(advice))
            }
        }
    }

    fn without_rules(findings: Vec<Finding>) -> Self {
        RuleFile {
            rulebook: None,
            base: None,
            cases: Vec::new(),
            findings,
            stated: Vec::new(),
        }
    }

    /// How many errors, and how many warnings there are.
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.findings.iter();
        let errors = errors.filter(|one| one.code.severity() == lint::Severity::Error);
        let errors = errors.count();
        (errors, self.findings.len() - errors)
    }
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end.max(other.start + 1) && other.start < one.end.max(one.start + 1)
}

/// The physical line, and the character in it, at which a byte of `text` stands; both
/// from 1.
pub fn line_and_character(text: &str, byte: usize) -> (u64, u64) {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = 1 + before.matches('\n').count() as u64;
    (line, 1 + before[line_start..].chars().count() as u64)
}

fn not_toml(error: &toml::de::Error, text: &str) -> Finding {
    let place = error.span().unwrap_or(0..0);
    let end = place.end.min(text.len());
    Finding {
        code: Code::NotToml,
        place: place.start.min(end)..end,
        found: error.message().trim_end().to_owned(),
        mend: "mend the TOML here; what follows may be well".to_owned(),
        beside: Vec::new(),
    }
}

/// A flaw as a finding in the text. `origins` are those of the whole rulebook, if the
/// flaw is about that.
fn found(flaw: &Flaw, places: &Places, origins: Option<&Origins>, text: &str) -> Finding {
    let place_of = |spot: &Spot| match origins {
        None => nearest_place(spot, places),
        Some(origins) => {
            let spot = in_file(spot, origins)?;
            nearest_place(&spot, places)
        }
    };
    let mut beside: Vec<(Range<usize>, String)> = Vec::new();
    for (spot, how) in &flaw.beside {
        if let Some(place) = place_of(spot) {
            beside.push((place, how.clone()));
        }
    }
    let (mut found, mut mend) = (flaw.found.clone(), flaw.mend.clone());
    let place = place_of(&flaw.at).or_else(|| {
        // What is inherited is not in the text; what has to do with it may be.
        let first = (!beside.is_empty()).then(|| beside.remove(0).0);
        if matches!(flaw.code, Code::NeverMatches | Code::CodeWithTwoTexts) {
            found += " (inherited)";
        }
        if flaw.code == Code::NeverMatches {
            mend = "narrow this condition, or say that the inherited one goes: its reason_code and `remove = true`".to_owned();
        }
        first
    });
    let place = place.or_else(|| {
        let origins = origins?;
        let mut up = flaw.at.parent();
        while let Some(spot) = up {
            if let Some(place) = origins.get(&spot).and_then(|at| nearest_place(at, places)) {
                return Some(place);
            }
            up = spot.parent();
        }
        places.of(&Spot::default().key("extend"))
    });
    let mut place = place.unwrap_or(0..0);
    // Of two that clash, the later one is to be mended.
    let clash = matches!(flaw.code, Code::DefinedTwice | Code::WordWithTwoMeanings);
    if let Some((other, _)) = beside.first_mut().filter(|_| clash)
        && other.start > place.start
    {
        std::mem::swap(other, &mut place);
    }
    Finding {
        code: flaw.code,
        place: trimmed(place, text),
        found,
        mend,
        beside,
    }
}

/// A place without the spaces at its ends.
fn trimmed(place: Range<usize>, text: &str) -> Range<usize> {
    let Some(of) = text.get(place.clone()) else {
        return 0..0;
    };
    let start = place.start + (of.len() - of.trim_start().len());
    start..(start + of.trim().len()).max(start)
}

/// Where the file states a part of the whole rulebook; `None` where that is inherited.
fn in_file(spot: &Spot, origins: &Origins) -> Option<Spot> {
    let mut up = Some(spot.clone());
    while let Some(part) = up {
        if let Some(at) = origins.get(&part) {
            let way = spot.below(&part)?;
            let parts = ["/band/", "/characteristic/", "/attribute/"];
            // A part of a table that is stated may be inherited itself.
            return (!parts.iter().any(|part| way.contains(part))).then(|| at.then(way));
        }
        up = part.parent();
    }
    None
}

/// Where `spot`, or else the table that it would be in, stands.
fn nearest_place(spot: &Spot, places: &Places) -> Option<Range<usize>> {
    let mut up = Some(spot.clone());
    while let Some(part) = up {
        if let Some(place) = places.of(&part) {
            return Some(place);
        }
        up = part.parent();
    }
    None
}

/// The doubt about a rulebook that is called as the built-in one and is another.
fn borrowed(rulebook: &Rulebook) -> Option<Flaw> {
    let built_in = Rulebook::documents().ok()?;
    let is_other = rulebook.name == built_in.name && rulebook.hash() != built_in.hash();
    is_other.then(|| {
        Flaw::new(
            Code::BorrowedName,
            Spot::default().key("name"),
            format!(
                "{} is the built-in rulebook, and this one is another",
                quoted(&rulebook.name)
            ),
            "give it a name of its own",
        )
    })
}

/// The attributes that the file states.
fn attributes(rulebook: &Rulebook, origins: &Origins) -> Vec<(usize, usize, usize)> {
    let mut stated = Vec::new();
    for (i, card) in rulebook.scorecards.iter().enumerate() {
        for (j, characteristic) in card.characteristics.iter().enumerate() {
            for k in 0..characteristic.attributes.len() {
                let spot = Spot::default().item("scorecard", i);
                let spot = spot.item("characteristic", j).item("attribute", k);
                if origins.contains_key(&spot) {
                    stated.push((i, j, k));
                }
            }
        }
    }
    stated
}

/// What is wrong with cases, beside what comes of them. Their places are those in the
/// file.
fn case_flaws(cases: &[CaseDraft], rulebook: &Rulebook) -> Vec<Flaw> {
    let mut flaws: Vec<Flaw> = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let at = Spot::default().item("case", index);
        if let Some(first) = cases[..index]
            .iter()
            .position(|other| other.name == case.name)
        {
            let flaw = Flaw::new(
                Code::DefinedTwice,
                at.key("name"),
                format!("case {} is there twice", quoted(&case.name)),
                "give this one another name",
            );
            let first = Spot::default().item("case", first).key("name");
            flaws.push(flaw.beside(first, "the first one"));
        }
        for (card, label) in &case.expect {
            let at = at.key("expect").key(card);
            let cards = || rulebook.scorecards.iter().map(|card| &*card.name);
            let Some(of) = rulebook.scorecards.iter().find(|one| one.name == *card) else {
                flaws.push(unknown(
                    Code::UnknownLabel,
                    at.name(),
                    "scorecard",
                    card,
                    cards(),
                ));
                continue;
            };
            let labels = of.bands.iter().map(|band| &*band.label);
            let mut labels = labels.chain(std::iter::once(UNDETERMINED));
            if labels.clone().all(|one| one != label) {
                let what = format!("label of {card}");
                flaws.push(unknown(Code::UnknownLabel, at, &what, label, &mut labels));
            }
        }
        let codes: Vec<&str> = (rulebook.scorecards.iter())
            .flat_map(|card| &card.characteristics)
            .flat_map(|one| one.attributes.iter().map(|one| &*one.reason_code))
            .collect();
        for (index, code) in case.reasons.iter().enumerate() {
            if !codes.contains(&&**code) {
                let at = at.key("reasons").then(&format!("/{index}"));
                let codes = codes.iter().copied();
                flaws.push(unknown(Code::UnknownReason, at, "reason code", code, codes));
            }
        }
    }
    flaws
}

fn unknown<'n>(
    code: Code,
    at: Spot,
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'n str>,
) -> Flaw {
    const MOST: usize = 8;
    let known: Vec<&str> = known.collect();
    let mend = match nearest(name, known.iter().copied()) {
        Some(near) => did_you_mean(near),
        None if known.len() <= MOST => format!("take one of {}", known.join(", ")),
        None => "`clientype rules show` lists them".to_owned(),
    };
    Flaw::new(code, at, format!("{} is no {what}", quoted(name)), mend)
}

fn case_of(case: &CaseDraft, index: usize, places: &Places, text: &str) -> RuleCase {
    let said = |value: &toml::Value| match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let place = nearest_place(&Spot::default().item("case", index), places);
    let record = case.record.iter();
    RuleCase {
        name: case.name.clone(),
        record: record
            .map(|(key, value)| (key.clone(), said(value)))
            .collect(),
        expect: case.expect.clone().into_iter().collect(),
        reasons: case.reasons.clone(),
        own: case.own.clone(),
        as_of: case.as_of.as_ref().and_then(|day| day.parse().ok()),
        line: line_and_character(text, place.map_or(0, |place| place.start)).0,
    }
}
