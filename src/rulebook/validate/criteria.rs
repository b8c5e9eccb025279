//! What a criterion must satisfy: its name, values, groups and dates.

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path, one_of};
use crate::rulebook::validate::bad_name;
use crate::rulebook::{Criterion, Rulebook};
use crate::text::quoted;
use crate::value::Kind;
use crate::value::read::key_of;

/// The most values that a criterion can have: each has a bit.
const MOST_VALUES: usize = 64;

/// The diagnostics of one criterion.
pub(super) fn criterion(rulebook: &Rulebook, of: &Criterion, at: &Path, to: &mut Vec<Diagnostic>) {
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
