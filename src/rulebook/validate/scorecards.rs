//! What a scorecard must satisfy: its name, bands, points, codes and sources.

use std::collections::BTreeMap;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path};
use crate::rulebook::validate::{bad_name, twice, unknown_criterion};
use crate::rulebook::{Attribute, Band, MOST_POINTS, Rulebook, Scorecard, UNDETERMINED};
use crate::text::{did_you_mean, nearest, quoted};

/// What a record that is explained has beside its scorecards.
const NOT_SCORECARDS: [&str; 3] = ["record", "not_counted", "rulebook"];

/// The diagnostics of one scorecard.
pub(super) fn scorecard(rulebook: &Rulebook, of: &Scorecard, at: &Path, to: &mut Vec<Diagnostic>) {
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
pub(super) fn two_texts(rulebook: &Rulebook) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, (&Attribute, Path)> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (place, attribute) in rulebook.attributes() {
        let at = Path::attribute(place);
        match first.get(&*attribute.reason_code) {
            Some((other, path)) if other.reason != attribute.reason => {
                let found = format!(
                    "the reason code {} stands for two reasons: {} and {}",
                    quoted(&attribute.reason_code),
                    quoted(&other.reason),
                    quoted(&attribute.reason)
                );
                let help = "give this one a code of its own, or the same reason";
                let at = at.key("reason_code");
                let two = Diagnostic::new(Code::CodeWithTwoTexts, at, found, help);
                diagnostics.push(two.related(path.key("reason_code"), "the other reason"));
            }
            Some(_) => {}
            None => {
                first.insert(&attribute.reason_code, (attribute, at));
            }
        }
    }
    diagnostics
}
