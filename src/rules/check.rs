//! What a rulebook must satisfy before tables can be made of it.
//!
//! Owns the soundness of names, values and references. What points and bands
//! add up to is checked where they are made into tables.

use super::compile::Derived;
use super::read::value_index;
use super::{Criterion, Kind, Rulebook};
use crate::error::{Error, ErrorKind, Result};

/// What a record that is explained has beside its scorecards.
const NOT_SCORECARDS: [&str; 3] = ["record", "not_counted", "rulebook"];

/// What the tables rely on: names that are unique and can be printed, values
/// that fit, sources and groups that exist.
pub(super) fn check_names(rulebook: &Rulebook) -> Result<()> {
    let wrong = |what: String| Err(Error::new(ErrorKind::Rulebook, what));
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let mut once = |what: &'static str, name| {
        let new = !seen.contains(&(what, name));
        seen.push((what, name));
        new
    };
    for statement in &rulebook.statements {
        if !once("statement", &statement.id) {
            return wrong(format!("statement {:?} is there twice", statement.id));
        }
    }
    for criterion in &rulebook.criteria {
        if !is_identifier(&criterion.name, '_') {
            return wrong(format!(
                "criterion {:?}: a name is made of a-z, 0-9 and _",
                criterion.name
            ));
        }
        if !once("criterion", &criterion.name) {
            return wrong(format!("criterion {:?} is there twice", criterion.name));
        }
        check_values(criterion)
            .or_else(|what| wrong(format!("criterion {:?}: {what}", criterion.name)))?;
    }
    for scorecard in &rulebook.scorecards {
        if !is_identifier(&scorecard.name, '_') {
            return wrong(format!(
                "scorecard {:?}: a name is made of a-z, 0-9 and _",
                scorecard.name
            ));
        }
        if NOT_SCORECARDS.contains(&scorecard.name.as_str()) {
            return wrong(format!(
                "scorecard {:?}: an explanation has something else under this name",
                scorecard.name
            ));
        }
        if !once("scorecard", &scorecard.name) {
            return wrong(format!("scorecard {:?} is there twice", scorecard.name));
        }
        for attribute in scorecard.characteristics.iter().flat_map(|c| &c.attributes) {
            let code = &attribute.reason_code;
            if !is_identifier(code, '-') {
                return wrong(format!(
                    "reason code {code:?}: it is made of a-z, 0-9 and -"
                ));
            }
            if !once("reason code", code) {
                return wrong(format!("reason code {code:?} is there twice"));
            }
            for source in &attribute.sources {
                if !rulebook
                    .statements
                    .iter()
                    .any(|statement| statement.id == *source)
                {
                    return wrong(format!(
                        "reason code {code:?}: source {source:?} is no statement"
                    ));
                }
            }
        }
    }
    if rulebook.scorecards.is_empty() {
        return wrong("it has no scorecard".into());
    }
    Ok(())
}

fn check_values(criterion: &Criterion) -> std::result::Result<(), String> {
    let values = &criterion.values;
    if let Some(fixed) = criterion.kind.fixed_values()
        && values != fixed
    {
        return Err(format!("its kind has the values [{}]", fixed.join(", ")));
    }
    if criterion.kind == Kind::Choice && values.is_empty() {
        return Err("a choice needs values".into());
    }
    if values.len() > 64 {
        return Err("it has more than 64 values".into());
    }
    if let Some(twice) = values
        .iter()
        .enumerate()
        .find(|(i, value)| values[..*i].contains(value))
    {
        return Err(format!("value {:?} is there twice", twice.1));
    }
    if let Some(means) = &criterion.length_means
        && value_index(criterion.kind, values, means).is_none()
    {
        return Err(format!("length_means: {means:?} is no value"));
    }
    for (group, members) in &criterion.groups {
        if values.contains(group) {
            return Err(format!("{group:?} is both a value and a group"));
        }
        if let Some(stranger) = members
            .iter()
            .find(|member| value_index(criterion.kind, values, member).is_none())
        {
            return Err(format!("group {group:?}: {stranger:?} is no value"));
        }
    }
    Ok(())
}

/// True for a name of `a-z`, `0-9` and `joint`, which can stand in a CSV cell,
/// a JSON key and a list of reasons as it is.
fn is_identifier(name: &str, joint: char) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint)
}

/// The lengths that dates give, by the places of the criteria.
pub(super) fn derived(rulebook: &Rulebook) -> Result<Vec<Derived>> {
    let mut derived = Vec::new();
    for (length, criterion) in rulebook.criteria.iter().enumerate() {
        let Some(dates) = &criterion.from_dates else {
            continue;
        };
        let date = |name: &str| {
            rulebook
                .criteria
                .iter()
                .position(|other| other.name == name && other.kind == Kind::Date)
                .ok_or_else(|| {
                    let what = format!(
                        "criterion {:?}: {name:?} is no date criterion",
                        criterion.name
                    );
                    Error::new(ErrorKind::Rulebook, what)
                })
        };
        if criterion.kind != Kind::Length {
            let what = format!(
                "criterion {:?} is no length, so no dates can give it",
                criterion.name
            );
            return Err(Error::new(ErrorKind::Rulebook, what));
        }
        let slot = rulebook.criteria.len() + 2 * derived.len();
        derived.push(Derived {
            length,
            start: date(&dates.start)?,
            end: date(&dates.end)?,
            since: slot,
            term: slot + 1,
        });
    }
    Ok(derived)
}
