//! What is wrong with columns, and what to do about it.
//!
//! Owns the errors: which columns, which criteria, and the mapping that helps.

use super::{Columns, Mapping, Why};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::lexicon::normalize::header_words;
use crate::text::{nearest, quoted};

/// How many unused columns are compared with all known names, at most.
const MOST_LOOKED_AT: usize = 40;

impl Columns<'_> {
    /// The error that two columns feed one criterion.
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
            Phrase::from("say which one: ").each([first, second], " or ", map)
        };
        Error::new(ErrorKind::Columns, found)
            .expected("one column for each criterion")
            .help(help)
    }

    /// The error that no column of `names` feeds any criterion.
    pub(crate) fn nothing_fed<S: AsRef<str>>(&self, names: &[S], mapping: &Mapping) -> Error {
        let criteria = &self.rules.rulebook().criteria;
        let mut whys = names.iter().zip(&mapping.unused);
        let tied = whys.find_map(|(name, why)| match why {
            Some(Why::Tied(criterion, other)) => Some((*criterion, name.as_ref(), other)),
            _ => None,
        });
        if let Some((criterion, first, second)) = tied {
            return self.two_columns(criterion, first, second);
        }
        let columns = names.iter().map(AsRef::as_ref).zip(&mapping.unused);
        let likely = |(name, why): (_, &Option<Why>)| {
            let criterion = match why {
                Some(Why::Unknown) | None => self.likely(name),
                Some(Why::Never(_) | Why::NotCompared(_)) => None,
                Some(why) => why.criterion(),
            };
            Some((name, criteria[criterion?].name.as_str()))
        };
        let looked_at = columns.clone().take(MOST_LOOKED_AT);
        let near: Vec<(&str, &str)> = looked_at.filter_map(likely).collect();
        let found = format!(
            "no column feeds any criterion; the columns are {}",
            listed(names)
        );
        let expected = format!(
            "a column for at least one of {}",
            criteria
                .iter()
                .map(|c| c.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        );
        let mut undated = mapping.undated.iter();
        if let Some((column, undecided)) = undated.next() {
            let orders = undecided.orders.iter().map(|order| order.name());
            let found = format!(
                "{} of the column {} could be two days",
                quoted(&undecided.text),
                quoted(names[*column].as_ref())
            );
            return Error::new(ErrorKind::Columns, found)
                .expected("days of which it can be told which number is the day")
                .help(Help::state_date_order(orders));
        }
        let idle = columns.filter(|(_, why)| matches!(why, Some(Why::NotCompared(_))));
        let compared: Vec<String> = idle.map(|(name, _)| quoted(name)).collect();
        let help = if !compared.is_empty() {
            let compared = compared.join(", ");
            let say = Phrase::from(format!("say who we are, to compare {compared}: "));
            let own = say.set(Setting::Own, "Our Name").text(" ");
            own.set(Setting::Own, "our.example")
        } else if near.is_empty() {
            Phrase::from("name the column of a criterion: ").map("CRITERION", "COLUMN")
        } else {
            // Each near miss; of those of one criterion only one can be meant.
            let mut likely: Vec<(&str, Vec<&str>)> = Vec::new();
            for (column, criterion) in near {
                match likely.iter_mut().find(|(of, _)| *of == criterion) {
                    Some((_, columns)) => columns.push(column),
                    None => likely.push((criterion, vec![column])),
                }
            }
            let mean = Phrase::from("if that is what they mean: ");
            mean.each(likely, " and ", |phrase, (criterion, columns)| {
                phrase.each(columns, " or ", |phrase, column| {
                    phrase.map(criterion, column)
                })
            })
        };
        Error::new(ErrorKind::Columns, found)
            .expected(expected)
            .help(help)
    }
}

/// The error that an option names a column that is not there.
pub(crate) fn not_there<S: AsRef<str>>(setting: Setting, column: &str, names: &[S]) -> Error {
    let found = format!("names the column {}, which is not there", quoted(column));
    let expected = match names.is_empty() {
        true => "an input with columns: this one has none".to_owned(),
        false => format!("one of the columns {}", listed(names)),
    };
    let error = Error::about(setting, ErrorKind::Columns, found).expected(expected);
    match nearest(column, names.iter().map(AsRef::as_ref)) {
        Some(near) => error.help(Help::did_you_mean(near)),
        None => error,
    }
}

impl Columns<'_> {
    /// Refuses a record that is described in words if one of its `names` feeds nothing,
    /// unless only our own names are missing to compare it with.
    pub(crate) fn all_used(
        &self,
        names: &[String],
        values: &[Vec<String>],
        mapping: &Mapping,
    ) -> Result<()> {
        for (place, name) in names.iter().enumerate() {
            let Some(why) = &mapping.unused[place] else {
                continue;
            };
            let value = values[place].first().map_or("", String::as_str);
            if let Some(error) = self.unused_word(name, value, why) {
                return Err(error);
            }
        }
        Ok(())
    }

    /// What is wrong with a word that feeds nothing, if anything is.
    fn unused_word(&self, name: &str, value: &str, why: &Why) -> Option<Error> {
        let criteria = &self.rules.rulebook().criteria;
        let called = |criterion: usize| criteria[criterion].name.as_str();
        let quoted_name = quoted(name);
        Some(match why {
            // The judgement shows that its criterion has no evidence, and why.
            Why::NotCompared(_) => return None,
            Why::Twin(other) => unusable(format!(
                "{quoted_name} has codes of which {} has the words",
                quoted(other)
            ))
            .expected("one of them")
            .help("leave one out"),
            Why::Unknown => {
                let names: Vec<&str> = criteria.iter().map(|one| one.name.as_str()).collect();
                let near = self.nearest_criteria(name);
                let error = unusable(format!(
                    "{quoted_name} is no criterion, nor the name of a column for one"
                ))
                .expected(format!("one of {}, or a name for it", names.join(", ")));
                match &near[..] {
                    [] => error.help("leave it out, if it tells none of these"),
                    near => error.help(format!("did you mean {}?", near.join(" or "))),
                }
            }
            Why::Never(reason) => unusable(format!("{quoted_name} is never read: {reason}"))
                .expected("what tells something about the relationship")
                .help("leave it out"),
            Why::Unclear(criterion)
            | Why::NotUnderstood(criterion)
            | Why::Numbers(criterion)
            | Why::TooLong(criterion)
            | Why::Elsewhere(criterion) => {
                let error = unusable(format!(
                    "{quoted_name} may mean {}, or something else, and {} does not settle it",
                    called(*criterion),
                    quoted(value)
                ))
                .expected("the name of a criterion, or a name that means but one");
                match self.rules.read(*criterion, value).is_known() {
                    true => error.help(
                        Phrase::from("if that is what it says: ")
                            .statement(called(*criterion), value),
                    ),
                    false => error.help(
                        Phrase::from("say ")
                            .statement(called(*criterion), "VALUE")
                            .text(", where VALUE is ")
                            .then(criteria[*criterion].would_be_understood()),
                    ),
                }
            }
            Why::Tied(criterion, other) if other == name => unusable(format!(
                "{quoted_name} is said twice, and tells {} two things",
                called(*criterion)
            ))
            .expected("one of them, or both with the same meaning")
            .help("leave one out"),
            Why::Tied(criterion, other) => unusable(format!(
                "{quoted_name} and {} both tell {}, and contradict each other",
                quoted(other),
                called(*criterion)
            ))
            .expected("one of them, or both with the same meaning")
            .help("leave one out"),
            Why::Less(criterion, other) | Why::Late(criterion, other) => unusable(format!(
                "{quoted_name} tells {}, which {} tells more clearly",
                called(*criterion),
                quoted(other)
            ))
            .expected("one of them")
            .help("leave one out"),
            Why::Stated(criterion) if self.switched_off().contains(criterion) => unusable(format!(
                "{quoted_name} tells {}, which is switched off",
                called(*criterion)
            ))
            .expected("a criterion that is not")
            .help(Phrase::from("leave out the word, or ").map(called(*criterion), "")),
            Why::Stated(criterion) => unusable(
                Phrase::from(format!(
                    "{quoted_name} tells {}, for which ",
                    called(*criterion)
                ))
                .setting(Setting::Map)
                .text(" names another"),
            )
            .expected("one of them")
            .help("leave one out"),
        })
    }

    /// The criteria that `name` may be meant for, the likeliest first; at most
    /// three.
    fn nearest_criteria(&self, name: &str) -> Vec<&str> {
        let criteria = &self.rules.rulebook().criteria;
        let mut near: Vec<&str> = Vec::new();
        near.extend(
            self.likely(name)
                .map(|criterion| criteria[criterion].name.as_str()),
        );
        let key = name.to_lowercase();
        let mut like: Vec<(f64, &str)> = (criteria.iter())
            .map(|one| (strsim::jaro_winkler(&one.name, &key), one.name.as_str()))
            .filter(|(likeness, _)| *likeness > 0.75)
            .collect();
        like.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, name) in like {
            if near.len() < 3 && !near.contains(&name) {
                near.push(name);
            }
        }
        near
    }

    /// The criterion that a name of which nothing is known is nearest to.
    pub(crate) fn likely(&self, name: &str) -> Option<usize> {
        let words = self.names.by_words(&header_words(name), true);
        let words = words.map(|(criterion, _)| criterion);
        words.or_else(|| self.names.misspelled(name))
    }
}

/// The error that `name` is no criterion.
pub(crate) fn no_criterion(rules: &Rules, name: &str) -> Error {
    let names = || {
        rules
            .rulebook()
            .criteria
            .iter()
            .map(|criterion| criterion.name.as_str())
    };
    let error = Error::new(ErrorKind::Usage, format!("{name:?} is no criterion"))
        .expected(format!("one of {}", names().collect::<Vec<_>>().join(", ")));
    match nearest(name, names()) {
        Some(near) => error.help(Help::did_you_mean(near)),
        None => error,
    }
}

fn unusable(found: impl Into<Phrase>) -> Error {
    Error::new(ErrorKind::Columns, found)
}

/// At most twenty names, in quotes.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    const MOST: usize = 20;
    if names.is_empty() {
        return "none".to_owned();
    }
    let mut list: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| quoted(name.as_ref()))
        .collect();
    if names.len() > MOST {
        list.push(format!("and {} more", names.len() - MOST));
    }
    list.join(", ")
}
