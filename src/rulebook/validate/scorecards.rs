//! The checks of a scorecard: its name, bands, points, codes and sources.

use std::collections::BTreeMap;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostics, Path, near};
use crate::rulebook::validate::{Known, bad_name, twice, unknown_criterion};
use crate::rulebook::{Attribute, MOST_POINTS, Rulebook, Scorecard, UNDETERMINED};
use crate::text::{did_you_mean, quoted};

/// Keys of an explained record that are not scorecards.
const NOT_SCORECARDS: [&str; 4] = ["record", "not_counted", "rulebook", "statements"];

/// Finds the diagnostics of one scorecard.
pub(super) fn scorecard(
    rulebook: &Rulebook,
    known: &Known<'_>,
    of: &Scorecard,
    at: &Path,
    to: &mut Diagnostics,
) {
    let name = quoted(&of.name);
    to.extend(bad_name("scorecard", &of.name, '_', || at.key("name")));
    if NOT_SCORECARDS.contains(&of.name.as_str()) {
        let found = format!("the name {name} is reserved: explanations use it for something else");
        let help = "give the scorecard another name";
        to.push(Code::BadName.at(&at.key("name"), found, help));
    }
    let criteria = of.characteristics.iter().map(|one| &*one.criterion);
    twice("characteristic", "criterion", criteria, at, to);
    if of.characteristics.len() > usize::from(u16::MAX) {
        let found = format!("{name} has too many characteristics");
        to.push(Code::OutOfRange.at(at, found, format!("keep at most {}", u16::MAX)));
    }
    for (index, characteristic) in of.characteristics.iter().enumerate() {
        let at = at.item("characteristic", index);
        if to.is_full() {
            return;
        }
        let name = &characteristic.criterion;
        if !known.criteria.contains(&**name) {
            to.push(unknown_criterion(rulebook, name, &at.key("criterion")));
        }
        if characteristic.attributes.len() > usize::from(u16::MAX) {
            let found = format!("{} has too many attributes", quoted(name));
            let help = format!("keep at most {}", u16::MAX);
            to.push(Code::OutOfRange.at(&at, found, help));
        }
        for (index, attribute) in characteristic.attributes.iter().enumerate() {
            let at = || at.item("attribute", index);
            attribute_diagnostics(rulebook, known, attribute, at, to);
        }
    }
    band_diagnostics(of, at, to);
    let mut reachable = i64::from(of.initial_score).abs();
    for characteristic in &of.characteristics {
        let points = characteristic.attributes.iter();
        let points = points.map(|one| i64::from(one.partial_score).abs());
        reachable += points.max().unwrap_or(0);
    }
    if reachable > i64::from(MOST_POINTS) {
        let found = format!("the scores of {name} can reach {reachable} points, which is too many");
        let help = format!("use fewer points: at most {MOST_POINTS} together");
        to.push(Code::OutOfRange.at(at, found, help));
    }
}

fn attribute_diagnostics(
    rulebook: &Rulebook,
    known: &Known<'_>,
    of: &Attribute,
    at: impl Fn() -> Path,
    to: &mut Diagnostics,
) {
    let at_code = || at().key("reason_code");
    to.extend(bad_name("reason code", &of.reason_code, '-', at_code));
    for (index, source) in of.sources.iter().enumerate() {
        if known.statements.contains(&**source) {
            continue;
        }
        if to.is_full() {
            return;
        }
        let ids = rulebook.statements.iter().map(|statement| &*statement.id);
        let help = match near(source, ids) {
            Some(near) => did_you_mean(near),
            None => "cite the id of a [[statement]], or add one with this id".into(),
        };
        let found = format!("unknown statement {}", quoted(source));
        to.push(Code::UnknownSource.at(&at().key("sources").at(index), found, help));
    }
}

fn band_diagnostics(of: &Scorecard, at: &Path, to: &mut Diagnostics) {
    for (index, band) in of.bands.iter().enumerate() {
        let at = at.item("band", index);
        let end = match (band.at_least, band.at_most) {
            (Some(end), None) | (None, Some(end)) => end,
            ends => {
                let found = match ends {
                    (None, _) => "the band has neither `at_least` nor `at_most`",
                    _ => "the band has both `at_least` and `at_most`",
                };
                let help =
                    "use `at_least` in the band that is open upwards, and `at_most` in the other";
                return to.push(Code::BadBands.at(&at, found, help));
            }
        };
        if end.unsigned_abs() > MOST_POINTS.unsigned_abs() {
            let found = format!("a band begins beyond {MOST_POINTS} points");
            return to.push(Code::OutOfRange.at(&at, found, "use a score closer to 0"));
        }
    }
    let bands = of.bands.iter().enumerate();
    let (upper, lower) = bands.partition::<Vec<_>, _>(|(_, band)| band.at_least.is_some());
    let ([(upper_place, upper)], [(lower_place, lower)]) = (&upper[..], &lower[..]) else {
        let (name, up, down) = (quoted(&of.name), upper.len(), lower.len());
        let found = format!("{name} has {up} band(s) open upwards and {down} open downwards");
        let help = "use two: one [[scorecard.band]] with `at_least`, one with `at_most`";
        return to.push(Code::BadBands.at(at, found, help));
    };
    let [at_upper, at_lower] = [*upper_place, *lower_place].map(|place| at.item("band", place));
    for (band, at) in [(upper, &at_upper), (lower, &at_lower)] {
        let is_none = band.label.to_lowercase() == UNDETERMINED.to_lowercase();
        if band.label.trim().is_empty() || is_none {
            let found = format!("a label cannot be {}", quoted(&band.label));
            let help = format!("use another label; {UNDETERMINED} is the one between the bands");
            to.push(Code::BadLabel.at(&at.key("label"), found, help));
        }
    }
    let [high, low] = [upper, lower].map(|band| quoted(&band.label));
    if upper.label.to_lowercase() == lower.label.to_lowercase() {
        let found = format!("the bands have the same label: {high} and {low}");
        let help = "give each band its own label";
        to.push(Code::BadLabel.at(&at_lower.key("label"), found, help));
    }
    if let (Some(from), Some(to_score)) = (upper.at_least, lower.at_most)
        && to_score >= from
    {
        let found = format!("the bands overlap: {low} up to {to_score} and {high} from {from} on");
        let (most, least) = (from - 1, to_score + 1);
        let help = format!(
            "leave a gap between them, which is Undetermined: at_most = {most} or less, or at_least = {least} or more"
        );
        let overlap = Code::BandOverlap.at(&at_lower.key("at_most"), found, help);
        to.push(overlap.related(at_upper.key("at_least"), "the other band"));
    }
}

/// Finds reason codes that stand for different reasons.
pub(super) fn two_texts(rulebook: &Rulebook, diagnostics: &mut Diagnostics) {
    let mut first: BTreeMap<&str, (&Attribute, [usize; 3])> = BTreeMap::new();
    let at = |place| Path::attribute(place).key("reason_code");
    for (place, attribute) in rulebook.attributes() {
        let code = &*attribute.reason_code;
        let (other, before) = *first.entry(code).or_insert((attribute, place));
        if other.reason != attribute.reason {
            let code = quoted(code);
            let [one, other] = [&other.reason, &attribute.reason].map(|reason| quoted(reason));
            let found = format!("the reason code {code} stands for two reasons: {one} and {other}");
            let help = "give this one its own code, or the same reason";
            let two = Code::CodeWithTwoTexts.at(&at(place), found, help);
            diagnostics.push(two.related(at(before), "the other reason"));
        }
    }
}
