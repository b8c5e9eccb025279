//! The names in expectations, as a rulebook knows them.
//!
//! Owns which scorecards and criteria are meant, and the errors where there are none.

use super::Limit;
use crate::check::share::Share;
use crate::columns::no_criterion;
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::text::{nearest, quoted};

/// The place of a scorecard in the rulebook.
pub(super) fn scorecard(rules: &Rules, setting: Setting, name: &str) -> Result<usize> {
    let cards = &rules.rulebook().scorecards;
    let place = cards.iter().position(|card| card.name == name);
    place.ok_or_else(|| {
        let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
        let found = format!("names the scorecard {}, which is none", quoted(name));
        let error = Error::about(setting, ErrorKind::Usage, found).expected(names.join(" or "));
        match nearest(name, names.iter().copied()) {
            Some(near) => error.advice(format!("did you mean {near}?")),
            None => error,
        }
    })
}

/// By scorecard its bound, if it has one: its own, or else that of each.
pub(super) fn limits(
    rules: &Rules,
    setting: Setting,
    limits: &[Limit],
) -> Result<Vec<Option<Share>>> {
    let mut bounds = vec![None; rules.rulebook().scorecards.len()];
    let mut general = None;
    for limit in limits {
        let bound = match &limit.scorecard {
            Some(name) => &mut bounds[scorecard(rules, setting, name)?],
            None => &mut general,
        };
        if bound.replace(limit.share).is_some() {
            let of = limit.scorecard.as_deref().unwrap_or("all scorecards");
            let found = format!("names a share of {of} twice");
            let error = Error::about(setting, ErrorKind::Usage, found);
            return Err(error.expected("one share for each"));
        }
    }
    Ok(bounds.into_iter().map(|bound| bound.or(general)).collect())
}

/// The criteria that are required, in their order, each once.
pub(super) fn required(rules: &Rules, names: &[String]) -> Result<Vec<usize>> {
    let mut criteria = Vec::new();
    for name in names {
        let criterion = rules
            .criterion(name)
            .ok_or_else(|| no_criterion(rules, name))?;
        if !rules.can_read(criterion) {
            let found = format!("names {name}, which cannot be read without ");
            let found = Phrase::from(found).setting(Setting::Own);
            return Err(Error::about(Setting::Require, ErrorKind::Usage, found)
                .expected("who we are, since it is compared with that")
                .help(Help::set("say it", Setting::Own, "NAME_OR_DOMAIN")));
        }
        if !criteria.contains(&criterion) {
            criteria.push(criterion);
        }
    }
    Ok(criteria)
}
