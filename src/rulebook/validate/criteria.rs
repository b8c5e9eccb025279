//! The checks of a criterion: its name, values, groups and dates.

use std::collections::BTreeSet;

use crate::lexicon::vocabulary;
use crate::rulebook::Criterion;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostics, Path, one_of};
use crate::rulebook::validate::{Known, bad_name};
use crate::text::quoted;
use crate::value::Kind;
use crate::value::read::key_of;

/// The most values that a criterion can have: each has a bit.
pub(crate) const MOST_VALUES: usize = 64;

/// Finds the diagnostics of one criterion.
pub(super) fn criterion(known: &Known<'_>, of: &Criterion, at: &Path, to: &mut Diagnostics) {
    let name = quoted(&of.name);
    to.extend(bad_name("criterion", &of.name, '_', || at.key("name")));
    if vocabulary::is_reserved(&of.name) {
        let found = format!("{name} is reserved for words of all criteria of a kind");
        let help = "give the criterion another name";
        to.push(Code::BadName.at(&at.key("name"), found, help));
    }
    // Whether there are enough errors now.
    let mut bad = |at: &Path, found: String, help: &str| {
        to.push(Code::BadValues.at(at, found, help));
        to.is_full()
    };
    let at_values = at.key("values");
    if let Some(fixed) = of.kind.fixed_values()
        && of.values != fixed
    {
        let help = match fixed {
            [] => "remove `values`".to_owned(),
            fixed => format!("use values = {fixed:?}"),
        };
        let fixed = fixed.join(", ");
        let found = format!("a criterion of this kind has exactly the values [{fixed}]");
        bad(&at_values, found, &help);
    }
    if of.kind == Kind::Choice && of.values.is_empty() {
        let found = format!("the choice {name} has no values");
        bad(at, found, "add `values`: a list of its values");
    }
    if of.values.len() > MOST_VALUES {
        let found = format!("{name} has {} values, which is too many", of.values.len());
        let help = format!("keep at most {MOST_VALUES}, or split it into two criteria");
        bad(&at_values, found, &help);
    }
    let mut values: BTreeSet<&String> = BTreeSet::new();
    let mut keys: BTreeSet<String> = BTreeSet::new();
    for (index, value) in of.values.iter().enumerate() {
        let key = key_of(value);
        // Without letters and digits, there is no key.
        let is_like = !key.is_empty() && !keys.insert(key);
        if !values.insert(value) || is_like {
            let found = format!("value {} is defined twice", quoted(value));
            if bad(&at_values.at(index), found, "remove one") {
                return;
            }
        }
    }
    let is_value = |name: &String| of.kind == Kind::Choice && values.contains(name);
    if let Some(means) = of.length_means.as_ref().filter(|means| !is_value(means)) {
        let found = format!("{name} has no value {}", quoted(means));
        let help = match of.kind {
            Kind::Choice => one_of(means, of.values.iter().map(String::as_str), ""),
            _ => "remove it: only a choice has values to name".to_owned(),
        };
        bad(&at.key("length_means"), found, &help);
    }
    for (group, members) in &of.groups {
        let at = at.key("groups").key(group);
        if values.contains(group) {
            let found = format!("{} is both a value and a group", quoted(group));
            bad(&at, found, "give the group another name");
        }
        if members.len() > MOST_VALUES {
            let found = format!("the group {} has too many values", quoted(group));
            bad(&at, found, "name each of its values once");
            continue;
        }
        for (index, member) in members.iter().enumerate() {
            if !is_value(member) {
                let found = format!("{name} has no value {}", quoted(member));
                let help = one_of(member, of.values.iter().map(String::as_str), "");
                if bad(&at.at(index), found, &help) {
                    return;
                }
            }
        }
    }
    if let Some(dates) = &of.from_dates {
        let at = at.key("from_dates");
        if of.kind != Kind::Length {
            let found = format!("{name} is not a length, so dates cannot give it");
            let help = "remove `from_dates`, or set kind = \"length\"";
            bad(&at, found, help);
        }
        days(known, &at, [&dates.start, &dates.end], &mut bad);
    }
    if let Some(dates) = &of.in_force {
        let at = at.key("in_force");
        for (key, value) in [("during", &dates.during), ("after", &dates.after)] {
            if !is_value(value) {
                let found = format!("{name} has no value {}", quoted(value));
                let help = one_of(value, of.values.iter().map(String::as_str), "");
                bad(&at.key(key), found, &help);
            }
        }
        days(known, &at, [&dates.start, &dates.end], &mut bad);
    }
}

/// Checks the names of a first and a last day.
fn days(
    known: &Known<'_>,
    at: &Path,
    [start, end]: [&String; 2],
    bad: &mut impl FnMut(&Path, String, &str) -> bool,
) {
    if start == end {
        let found = format!("{} cannot be both start and end", quoted(start));
        bad(
            &at.key("end"),
            found,
            "use another criterion that is a date",
        );
    }
    for (key, name) in [("start", start), ("end", end)] {
        if !known.dates.contains(&**name) {
            let help = match known.date {
                Some(date) => format!("use a criterion that is a date, such as {date:?}"),
                None => "add a criterion of the kind \"date\"".to_owned(),
            };
            let found = format!("{} is not a criterion that is a date", quoted(name));
            bad(&at.key(key), found, &help);
        }
    }
}
