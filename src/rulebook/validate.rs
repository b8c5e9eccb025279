//! What a rulebook must satisfy before tables can be made of it.
//!
//! Owns the soundness of names, values, references, bands and points. What
//! conditions say is checked where they are made into tables.

use std::collections::BTreeMap;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path, one_of};
use crate::rulebook::{Attribute, Band, Criterion, MOST_POINTS, Rulebook, Scorecard, UNDETERMINED};
use crate::text::{did_you_mean, nearest, quoted};
use crate::value::Kind;
use crate::value::read::key_of;

/// What a record that is explained has beside its scorecards.
const NOT_SCORECARDS: [&str; 3] = ["record", "not_counted", "rulebook"];

/// So many values a criterion can have: each has a bit.
const MOST_VALUES: usize = 64;

/// What the tables rely on: names that are unique and can be printed, values
/// that fit, statements and groups that exist, bands that tell labels apart.
pub(crate) fn errors(rulebook: &Rulebook) -> Vec<Diagnostic> {
    let root = Path::default();
    let mut diagnostics = Vec::new();
    let ids = rulebook.statements.iter().map(|statement| &*statement.id);
    diagnostics.extend(twice("statement", "id", ids, &root));
    let names = || rulebook.criteria.iter().map(|criterion| &*criterion.name);
    diagnostics.extend(twice("criterion", "name", names(), &root));
    for (index, criterion) in rulebook.criteria.iter().enumerate() {
        criterion_diagnostics(
            rulebook,
            criterion,
            &root.item("criterion", index),
            &mut diagnostics,
        );
    }
    let names = rulebook.scorecards.iter().map(|scorecard| &*scorecard.name);
    diagnostics.extend(twice("scorecard", "name", names, &root));
    for (index, scorecard) in rulebook.scorecards.iter().enumerate() {
        scorecard_diagnostics(
            rulebook,
            scorecard,
            &root.item("scorecard", index),
            &mut diagnostics,
        );
    }
    diagnostics.extend(two_texts(rulebook));
    if rulebook.scorecards.is_empty() {
        diagnostics.push(Diagnostic::new(
            Code::MissingKey,
            root,
            "it has no scorecard",
            "add a [[scorecard]]: a question, two bands and at least one characteristic",
        ));
    }
    diagnostics
}

/// The diagnostics of names that are there more than once.
fn twice<'n>(
    what: &str,
    key: &str,
    names: impl Iterator<Item = &'n str>,
    at: &Path,
) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (index, name) in names.enumerate() {
        match first.get(name) {
            Some(first) => diagnostics.push(
                Diagnostic::new(
                    Code::DefinedTwice,
                    at.item(what, index).key(key),
                    format!("{what} {} is there twice", quoted(name)),
                    "make them one, or give this one another name",
                )
                .related(at.item(what, *first).key(key), "the first one"),
            ),
            None => {
                first.insert(name, index);
            }
        }
    }
    diagnostics
}

fn bad_name(what: &str, name: &str, joint: char, at: Path) -> Option<Diagnostic> {
    (!is_identifier(name, joint)).then(|| {
        Diagnostic::new(
            Code::BadName,
            at,
            format!("{what} {} cannot be called so", quoted(name)),
            format!("take a name of a-z, 0-9 and {joint}"),
        )
    })
}

fn criterion_diagnostics(rulebook: &Rulebook, of: &Criterion, at: &Path, to: &mut Vec<Diagnostic>) {
    to.extend(bad_name("criterion", &of.name, '_', at.key("name")));
    if matches!(&*of.name, "length" | "date") {
        to.push(Diagnostic::new(
            Code::BadName,
            at.key("name"),
            format!(
                "{} is what words for all criteria of a kind are called",
                quoted(&of.name)
            ),
            "give the criterion another name",
        ));
    }
    let mut values = |at: Path, found: String, help: String| {
        to.push(Diagnostic::new(Code::BadValues, at, found, help));
    };
    let known = of.values.join(", ");
    if let Some(fixed) = of.kind.fixed_values()
        && of.values != fixed
    {
        let help = match fixed {
            [] => "leave `values` out".to_owned(),
            fixed => format!("say values = {fixed:?}"),
        };
        let found = format!(
            "a criterion of this kind has just the values [{}]",
            fixed.join(", ")
        );
        values(at.key("values"), found, help);
    }
    if of.kind == Kind::Choice && of.values.is_empty() {
        let found = format!("the choice {} has no values", quoted(&of.name));
        values(at.clone(), found, "add `values`, what it can be".to_owned());
    }
    if of.values.len() > MOST_VALUES {
        let found = format!("{} has {} values", quoted(&of.name), of.values.len());
        let help = format!("leave {MOST_VALUES} at most, or make it two criteria");
        values(at.key("values"), found, help);
    }
    for (index, value) in of.values.iter().enumerate() {
        let path = at.key("values").then(&format!("/{index}"));
        let key = key_of(value);
        let is_twice = |other: &String| other == value || !key.is_empty() && key_of(other) == key;
        if of.values[..index].iter().any(is_twice) {
            values(
                path,
                format!("value {} is there twice", quoted(value)),
                "take one out".into(),
            );
        }
    }
    let is_value = |name: &String| of.kind == Kind::Choice && of.values.contains(name);
    if let Some(means) = of.length_means.as_ref().filter(|means| !is_value(means)) {
        let found = format!("{} is no value of {}", quoted(means), quoted(&of.name));
        values(
            at.key("length_means"),
            found,
            format!("take one of {known}"),
        );
    }
    for (group, members) in &of.groups {
        let path = at.key("groups").key(group);
        if of.values.contains(group) {
            let found = format!("{} is both a value and a group", quoted(group));
            values(
                path.clone(),
                found,
                "give the group another name".to_owned(),
            );
        }
        for (index, member) in members.iter().enumerate() {
            if !is_value(member) {
                let found = format!("{} is no value of {}", quoted(member), quoted(&of.name));
                let help = one_of(member, of.values.iter().map(String::as_str));
                values(path.then(&format!("/{index}")), found, help);
            }
        }
    }
    if let Some(dates) = &of.from_dates {
        let at = at.key("from_dates");
        if of.kind != Kind::Length {
            values(
                at.clone(),
                format!("{} is no length, so no dates can give it", quoted(&of.name)),
                "leave `from_dates` out, or say kind = \"length\"".to_owned(),
            );
        }
        if dates.start == dates.end {
            let found = format!("{} cannot be both days", quoted(&dates.start));
            values(
                at.key("end"),
                found,
                "name another criterion that is a date".to_owned(),
            );
        }
        for (key, name) in [("start", &dates.start), ("end", &dates.end)] {
            let mut others = rulebook.criteria.iter();
            if !others.any(|other| other.name == *name && other.kind == Kind::Date) {
                let mut dates = rulebook
                    .criteria
                    .iter()
                    .filter(|one| one.kind == Kind::Date);
                let help = match dates.next() {
                    Some(date) => {
                        format!("name a criterion that is a date, such as {:?}", date.name)
                    }
                    None => "add a criterion of the kind \"date\"".to_owned(),
                };
                values(
                    at.key(key),
                    format!("{} is no criterion that is a date", quoted(name)),
                    help,
                );
            }
        }
    }
}

fn scorecard_diagnostics(rulebook: &Rulebook, of: &Scorecard, at: &Path, to: &mut Vec<Diagnostic>) {
    to.extend(bad_name("scorecard", &of.name, '_', at.key("name")));
    if NOT_SCORECARDS.contains(&of.name.as_str()) {
        to.push(Diagnostic::new(
            Code::BadName,
            at.key("name"),
            format!(
                "an explanation has something else under the name {}",
                quoted(&of.name)
            ),
            "give the scorecard another name",
        ));
    }
    let criteria = of.characteristics.iter().map(|one| &*one.criterion);
    to.extend(twice("characteristic", "criterion", criteria, at));
    for (index, characteristic) in of.characteristics.iter().enumerate() {
        let at = at.item("characteristic", index);
        let name = &characteristic.criterion;
        if rulebook.criteria.iter().all(|one| one.name != *name) {
            to.push(unknown_criterion(rulebook, name, at.key("criterion")));
        }
        if characteristic.attributes.len() > usize::from(u16::MAX) {
            to.push(Diagnostic::new(
                Code::OutOfRange,
                at.clone(),
                format!("{} has more attributes than can be counted", quoted(name)),
                format!("leave {} at most", u16::MAX),
            ));
        }
        for (index, attribute) in characteristic.attributes.iter().enumerate() {
            attribute_diagnostics(rulebook, attribute, &at.item("attribute", index), to);
        }
    }
    band_diagnostics(of, at, to);
    let most = i64::from(MOST_POINTS);
    let mut reachable = i64::from(of.initial_score).abs();
    for characteristic in &of.characteristics {
        let points = characteristic.attributes.iter();
        let points = points.map(|one| i64::from(one.partial_score).abs());
        reachable += points.max().unwrap_or(0);
    }
    if reachable > most {
        to.push(Diagnostic::new(
            Code::OutOfRange,
            at.clone(),
            format!(
                "the scores of {} can go to {reachable} points",
                quoted(&of.name)
            ),
            format!("take smaller points: together at most {MOST_POINTS}"),
        ));
    }
}

/// The diagnostic that `name` is no criterion.
pub(crate) fn unknown_criterion(rulebook: &Rulebook, name: &str, at: Path) -> Diagnostic {
    let names = || rulebook.criteria.iter().map(|one| &*one.name);
    if rulebook.criteria.is_empty() {
        let found = format!("{} is no criterion", quoted(name));
        return Diagnostic::new(Code::UnknownCriterion, at, found, "add a [[criterion]]");
    }
    let help = nearest(name, names()).map_or_else(
        || {
            format!(
                "take one of {}, or add a [[criterion]]",
                names().collect::<Vec<_>>().join(", ")
            )
        },
        did_you_mean,
    );
    Diagnostic::new(
        Code::UnknownCriterion,
        at,
        format!("{} is no criterion", quoted(name)),
        help,
    )
}

fn attribute_diagnostics(rulebook: &Rulebook, of: &Attribute, at: &Path, to: &mut Vec<Diagnostic>) {
    to.extend(bad_name(
        "reason code",
        &of.reason_code,
        '-',
        at.key("reason_code"),
    ));
    for (index, source) in of.sources.iter().enumerate() {
        let ids = || rulebook.statements.iter().map(|statement| &*statement.id);
        if ids().all(|id| id != source) {
            let help = nearest(source, ids()).map_or_else(
                || {
                    "cite the id of a [[statement]], or add one that says what it rests on"
                        .to_owned()
                },
                did_you_mean,
            );
            to.push(Diagnostic::new(
                Code::UnknownSource,
                at.key("sources").then(&format!("/{index}")),
                format!("{} is no statement", quoted(source)),
                help,
            ));
        }
    }
}

fn band_diagnostics(of: &Scorecard, at: &Path, to: &mut Vec<Diagnostic>) {
    let mut diagnostic = |code, at, found: String, help: &str| {
        to.push(Diagnostic::new(code, at, found, help));
    };
    for (index, band) in of.bands.iter().enumerate() {
        if band.at_least.is_some() == band.at_most.is_some() {
            let found = match band.at_least {
                Some(_) => "a band with both ends cannot be told from what is between the bands",
                None => "it is not said from which score on this label holds",
            };
            diagnostic(
                Code::BadBands,
                at.item("band", index),
                found.to_owned(),
                "say `at_least` in the band that is open upwards, `at_most` in the other",
            );
            return;
        }
    }
    for (index, band) in of.bands.iter().enumerate() {
        let beyond = |from: Option<i32>| {
            from.is_some_and(|from| from.unsigned_abs() > MOST_POINTS.unsigned_abs())
        };
        if beyond(band.at_least) || beyond(band.at_most) {
            diagnostic(
                Code::OutOfRange,
                at.item("band", index),
                format!("a band begins beyond {MOST_POINTS} points"),
                "let it begin nearer",
            );
            return;
        }
    }
    let up = |band: &&Band| band.at_least.is_some();
    let upper: Vec<&Band> = of.bands.iter().filter(up).collect();
    let lower: Vec<&Band> = of.bands.iter().filter(|band| !up(band)).collect();
    let ([upper], [lower]) = (&upper[..], &lower[..]) else {
        let found = format!(
            "{} has {} band(s) open upwards and {} open downwards",
            quoted(&of.name),
            upper.len(),
            lower.len()
        );
        let help = "have two: one [[scorecard.band]] with `at_least`, one with `at_most`";
        return diagnostic(Code::BadBands, at.clone(), found, help);
    };
    let place = |band: &Band| of.bands.iter().position(|one| std::ptr::eq(one, band));
    let path = |band: &Band, key: &str| at.item("band", place(band).unwrap_or(0)).key(key);
    for band in [upper, lower] {
        let is_none = band.label.to_lowercase() == UNDETERMINED.to_lowercase();
        if band.label.trim().is_empty() || is_none {
            let found = format!("a label cannot be {}", quoted(&band.label));
            let help = format!("name it; {UNDETERMINED} is what is between the bands");
            diagnostic(Code::BadLabel, path(band, "label"), found, &help);
        }
    }
    if upper.label.to_lowercase() == lower.label.to_lowercase() {
        let found = format!(
            "the bands have the labels {} and {}, which nobody tells apart",
            quoted(&upper.label),
            quoted(&lower.label)
        );
        diagnostic(
            Code::BadLabel,
            path(lower, "label"),
            found,
            "give each band a label of its own",
        );
    }
    if let (Some(from), Some(down_from)) = (upper.at_least, lower.at_most)
        && down_from >= from
    {
        let found = format!(
            "the bands overlap: {} up to {down_from} and {} from {from} on",
            quoted(&lower.label),
            quoted(&upper.label)
        );
        let help = format!(
            "leave a gap between them, which is Undetermined: at_most = {} or less, or at_least = {} or more",
            from - 1,
            down_from + 1
        );
        let overlap = Diagnostic::new(Code::BandOverlap, path(lower, "at_most"), found, help);
        to.push(overlap.related(path(upper, "at_least"), "the other band"));
    }
}

/// Reason codes that stand for different reasons.
fn two_texts(rulebook: &Rulebook) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, (&Attribute, Path)> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (i, scorecard) in rulebook.scorecards.iter().enumerate() {
        for (j, characteristic) in scorecard.characteristics.iter().enumerate() {
            for (k, attribute) in characteristic.attributes.iter().enumerate() {
                let at = Path::default().item("scorecard", i);
                let at = at.item("characteristic", j).item("attribute", k);
                match first.get(&*attribute.reason_code) {
                    Some((other, place)) if other.reason != attribute.reason => diagnostics.push(
                        Diagnostic::new(
                            Code::CodeWithTwoTexts,
                            at.key("reason_code"),
                            format!(
                                "the reason code {} stands for two reasons: {} and {}",
                                quoted(&attribute.reason_code),
                                quoted(&other.reason),
                                quoted(&attribute.reason)
                            ),
                            "give this one a code of its own, or the same reason",
                        )
                        .related(place.key("reason_code"), "the other reason"),
                    ),
                    Some(_) => {}
                    None => {
                        first.insert(&attribute.reason_code, (attribute, at));
                    }
                }
            }
        }
    }
    diagnostics
}

/// True for a name of `a-z`, `0-9` and `joint`, which can stand in a CSV cell,
/// a JSON key and a list of reasons as it is.
pub(crate) fn is_identifier(name: &str, joint: char) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint)
}
