//! What is wrong with columns, and what to do about it.
//!
//! Owns the errors: which columns, which criteria, and the mapping that helps.

use super::{Columns, Mapping, Why};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::lexicon::normalize::header_words;
use crate::text::{joined, nearest, quoted};

/// How many unused columns are compared with all known names, at most.
const MOST_LOOKED_AT: usize = 40;

impl Columns<'_> {
    /// The error for two columns that feed one criterion.
    pub(crate) fn two_columns(&self, criterion: usize, first: &str, second: &str) -> Error {
        let criterion = &self.rules.rulebook().criteria[criterion].name;
        let found = format!(
            "two columns feed the criterion {criterion:?}: {} and {}",
            quoted(first),
            quoted(second)
        );
        let help = if first == second {
            Phrase::from("rename one of them, or switch the criterion off: ").map(criterion, "")
        } else {
            let map = |phrase: Phrase, column| phrase.map(criterion, column);
            Phrase::from("choose one: ").each([first, second], " or ", map)
        };
        Error::new(ErrorKind::Columns, found)
            .expected("one column for each criterion")
            .help(help)
    }

    /// The error for a column of numbers that the user named for a yes or no.
    pub(super) fn codes(&self, criterion: usize, column: &str, number: &str) -> Error {
        let criterion = &self.rules.rulebook().criteria[criterion].name;
        let found = Phrase::default().map(criterion, column);
        let found = found
            .text(" names a column of numbers such as ")
            .quote(number);
        let found = found.text(", where 1 would be read as yes and 0 as no");
        let help = Phrase::from("if any number means yes: ");
        let help = help.map(&format!("{criterion}:yes"), column);
        Error::new(ErrorKind::Columns, found)
            .expected("a column of answers, or words for them")
            .help(help.text("; to read no column: ").map(criterion, ""))
    }

    /// The error if no column of `names` feeds any criterion.
    pub(crate) fn nothing_fed<S: AsRef<str>>(&self, names: &[S], mapping: &Mapping) -> Error {
        let criteria = &self.rules.rulebook().criteria;
        let columns = names.iter().map(AsRef::as_ref).zip(&mapping.unused);
        let tied = columns.clone().find_map(|(name, why)| match why {
            Some(Why::Tied(criterion, other)) => Some((*criterion, name, other)),
            _ => None,
        });
        if let Some((criterion, first, second)) = tied {
            return self.two_columns(criterion, first, second);
        }
        if let Some((column, undecided)) = mapping.undated.first() {
            let orders = undecided.orders.iter().map(|order| order.name());
            let (text, column) = (quoted(&undecided.text), quoted(names[*column].as_ref()));
            let found = format!("{text} in the column {column} could be two different days");
            return Error::new(ErrorKind::Columns, found)
                .expected("dates that show which number is the day")
                .help(Help::state_date_order(orders));
        }
        let idle = columns.clone();
        let idle = idle.filter(|(_, why)| matches!(why, Some(Why::NotCompared(_))));
        let compared: Vec<String> = idle.map(|(name, _)| quoted(name)).collect();
        // Each near miss; of several for one criterion, only one can be meant.
        let mut likely: Vec<(&str, Vec<&str>)> = Vec::new();
        for (column, why) in columns.take(MOST_LOOKED_AT) {
            let criterion = match why {
                Some(Why::Unknown) | None => self.likely(column),
                Some(Why::NotCompared(_)) => None,
                Some(why) => why.criterion(),
            };
            let Some(criterion) = criterion.map(|criterion| &*criteria[criterion].name) else {
                continue;
            };
            match likely.iter_mut().find(|(of, _)| *of == criterion) {
                Some((_, columns)) => columns.push(column),
                None => likely.push((criterion, vec![column])),
            }
        }
        let elsewhere = "; or name a file with what is known of these buyers: ";
        let help = if !compared.is_empty() {
            let compared = compared.join(", ");
            let name = format!("name your organization, to compare {compared}: ");
            let own = Phrase::from(name).set(Setting::Own, "Our Name").text(" ");
            let own = own.set(Setting::Own, "our.example");
            own.text(elsewhere).set(Setting::With, "FILE")
        } else if likely.is_empty() {
            let map = Phrase::from("map a column to a criterion: ").map("CRITERION", "COLUMN");
            map.text(elsewhere).set(Setting::With, "FILE")
        } else {
            let mean = Phrase::from(match mapping.subject {
                Some(_) => "if they are about buyers after all: ",
                None => "if this mapping is right: ",
            });
            mean.each(likely, " and ", |phrase, (criterion, columns)| {
                phrase.each(columns, " or ", |phrase, column| {
                    phrase.map(criterion, column)
                })
            })
        };
        let listed = listed(names);
        let why = match &mapping.subject {
            Some((subject, shown)) => {
                let verb = if shown.len() == 1 { "shows" } else { "show" };
                let shown: Vec<String> = shown.iter().map(|name| quoted(name)).collect();
                let (about, shown) = (subject.name(), joined(&shown, "and"));
                format!(", since the records are about {about}, as {shown} {verb}")
            }
            None => String::new(),
        };
        let found = format!("no column feeds any criterion{why}; the columns are {listed}");
        Error::new(ErrorKind::Columns, found)
            .expected(format!("a column for at least one of {}", self.criteria()))
            .help(help)
    }

    /// The names of all criteria.
    fn criteria(&self) -> String {
        let names = self.rules.rulebook().criteria.iter();
        names.map(|one| &*one.name).collect::<Vec<_>>().join(", ")
    }
}

/// The error for an option that names a column that does not exist.
pub(crate) fn not_there<S: AsRef<str>>(
    option: impl Into<Phrase>,
    column: &str,
    names: &[S],
) -> Error {
    let found = option.into().text(" names the column ").quote(column);
    let found = found.text(", which the input does not have");
    let expected = match names.is_empty() {
        true => "an input with columns, but this one has none".to_owned(),
        false => format!("one of {}", listed(names)),
    };
    let error = Error::new(ErrorKind::Columns, found).expected(expected);
    with_nearest(error, column, names.iter().map(AsRef::as_ref))
}

impl Columns<'_> {
    /// Refuses a record that is described in words if one of its `names` feeds nothing,
    /// unless it only lacks our own names for comparison.
    pub(crate) fn all_used(
        &self,
        names: &[String],
        values: &[Vec<String>],
        mapping: &Mapping,
    ) -> Result<()> {
        for ((name, values), why) in names.iter().zip(values).zip(&mapping.unused) {
            let value = values.first().map_or("", String::as_str);
            let error = why
                .as_ref()
                .and_then(|why| self.unused_word(name, value, why));
            error.map_or(Ok(()), Err)?;
        }
        Ok(())
    }

    /// What is wrong with a word that feeds nothing, if anything.
    fn unused_word(&self, name: &str, value: &str, why: &Why) -> Option<Error> {
        let criteria = &self.rules.rulebook().criteria;
        let called = |criterion: usize| criteria[criterion].name.as_str();
        let quoted_name = quoted(name);
        const LEAVE_OUT: &str = "leave one out";
        Some(match why {
            // The judgement shows that its criterion has no evidence, and why.
            Why::NotCompared(_) | Why::NotTaken(_) | Why::Contradicts(_) | Why::NotPlanned => {
                return None;
            }
            Why::Unknown => {
                let found = format!("{quoted_name} is not a criterion or a known column name");
                let help = match &self.nearest_criteria(name)[..] {
                    [] => "leave it out if it means none of these".to_owned(),
                    near => format!("did you mean {}?", near.join(" or ")),
                };
                let expected = format!("one of {}, or a column name for one", self.criteria());
                unusable(found, expected, help)
            }
            Why::Unclear(of)
            | Why::NotUnderstood(of)
            | Why::OneForAll(of)
            | Why::Numbers(of)
            | Why::Elsewhere(of, ..) => {
                let (of, value_of) = (called(*of), &criteria[*of]);
                let quoted_value = quoted(value);
                let found = format!(
                    "{quoted_name} could mean {of} or something else, and its value {quoted_value} does not show which"
                );
                let help = match self.rules.read(why.criterion()?, value).is_known() {
                    true => Phrase::from(format!("if it means {of}: ")).statement(of, value),
                    false => Phrase::from("write ")
                        .statement(of, "VALUE")
                        .text(", where VALUE is ")
                        .then(value_of.would_be_understood()),
                };
                let expected = "the name of a criterion, or a name with only one meaning";
                unusable(found, expected, help)
            }
            Why::TooLong(of) => {
                let months = "as months, that would be more than twenty years";
                let found = format!("{quoted_name} is {}: {months}", quoted(value));
                let expected = criteria[*of].would_be_understood();
                unusable(found, expected, "state the unit, such as \"3 years\"")
            }
            Why::Never(reason) => {
                let found = format!("{quoted_name} is never read: {reason}");
                let expected = "information about the relationship";
                unusable(found, expected, "leave it out")
            }
            Why::Twin(other) => {
                let other = quoted(other);
                let found = format!("{quoted_name} has codes, and {other} has their words");
                unusable(found, "only one of them", LEAVE_OUT)
            }
            Why::Tied(of, other) => {
                let of = called(*of);
                let found = match other == name {
                    true => format!("{quoted_name} is given twice with different values"),
                    false => {
                        let both = format!("{quoted_name} and {} both mean {of}", quoted(other));
                        format!("{both}, with different values")
                    }
                };
                unusable(found, "one of them, or the same value for both", LEAVE_OUT)
            }
            Why::Less(of, other) | Why::Late(of, other) => {
                let (of, other) = (called(*of), quoted(other));
                let found = format!("{quoted_name} is not used: {other} gives {of} more clearly");
                unusable(found, "only one of them", LEAVE_OUT)
            }
            Why::Stated(of) if self.switched_off().contains(of) => {
                let of = called(*of);
                let found = format!("{quoted_name} means {of}, which is switched off");
                let help = Phrase::from("leave it out, or omit ").map(of, "");
                unusable(found, "a criterion that is not switched off", help)
            }
            Why::Stated(of) => {
                let found = format!("{quoted_name} means {}, for which ", called(*of));
                let found = Phrase::from(found).setting(Setting::Map);
                unusable(
                    found.text(" names another column"),
                    "only one of them",
                    LEAVE_OUT,
                )
            }
        })
    }

    /// The criteria that `name` may be meant for, likeliest first; at most three.
    fn nearest_criteria(&self, name: &str) -> Vec<&str> {
        let criteria = &self.rules.rulebook().criteria;
        let likely = self.likely(name);
        let mut near: Vec<&str> = likely.map(|of| &*criteria[of].name).into_iter().collect();
        let key = name.to_lowercase();
        let like = criteria.iter().map(|one| &*one.name);
        let like = like.map(|name| (strsim::jaro_winkler(name, &key), name));
        let mut like: Vec<(f64, &str)> = like.filter(|(likeness, _)| *likeness > 0.75).collect();
        like.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, name) in like {
            if !near.contains(&name) {
                near.push(name);
            }
        }
        near.truncate(3);
        near
    }

    /// The criterion that an unknown name is nearest to.
    pub(crate) fn likely(&self, name: &str) -> Option<usize> {
        let words = self.names.by_words(&header_words(name), true);
        let words = words.map(|(criterion, _)| criterion);
        words.or_else(|| self.names.misspelled(name))
    }
}

/// The error for columns of a plan that the input lacks.
pub(super) fn not_planned(missing: &[&str], names: &[&str]) -> Error {
    let plural = if missing.len() == 1 { "" } else { "s" };
    let found = format!(
        "the plan reads the column{plural} {}, which the input does not have",
        listed(missing)
    );
    let error = Error::new(ErrorKind::Columns, found)
        .expected(format!("each column of the plan among {}", listed(names)));
    let near = missing
        .iter()
        .find_map(|column| Some((*column, nearest(column, names.iter().copied())?)));
    error.help(match near {
        Some((column, near)) => {
            format!("{} may be called {} now", quoted(column), quoted(near))
        }
        None => "write the plan again, if the export has changed for good".to_owned(),
    })
}

/// The error for an unknown criterion.
pub(crate) fn no_criterion(rules: &Rules, option: Phrase, name: &str) -> Error {
    let names = rules.rulebook().criteria.iter().map(|one| &*one.name);
    let expected = names.clone().collect::<Vec<_>>().join(", ");
    let found = option.text(": unknown criterion ").quote(name);
    let error = Error::new(ErrorKind::Usage, found).expected(format!("one of {expected}"));
    with_nearest(error, name, names)
}

/// The error, with a suggestion if a known name is similar.
fn with_nearest<'n>(error: Error, name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    match nearest(name, known) {
        Some(near) => error.help(Help::did_you_mean(near)),
        None => error,
    }
}

fn unusable(found: impl Into<Phrase>, expected: impl Into<Phrase>, help: impl Into<Help>) -> Error {
    let error = Error::new(ErrorKind::Columns, found);
    error.expected(expected).help(help)
}

/// At most twenty names, in quotes.
fn listed<S: AsRef<str>>(names: &[S]) -> String {
    const MOST: usize = 20;
    let shown = names.iter().take(MOST).map(|name| quoted(name.as_ref()));
    let mut list: Vec<String> = shown.collect();
    match names.len() {
        0 => list.push("none".to_owned()),
        all if all > MOST => list.push(format!("and {} more", all - MOST)),
        _ => {}
    }
    list.join(", ")
}
