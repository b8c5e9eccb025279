//! What is asked of an export.
//!
//! Owns the terms, and what they come to for one rulebook: which scorecards, criteria and
//! columns are meant.

use std::collections::BTreeMap;

use super::Severity;
use super::finding::{Code, Level};
use super::language::Language;
use super::share::Share;
use crate::columns::no_criterion;
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Result};
use crate::text::{nearest, quoted};

/// What an export has to hold; by itself it asks only that it can be read.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Scorecards, and the columns with the labels that have to agree with the computed
    /// ones.
    pub expect: Vec<(String, String)>,
    /// At least so many of them have to agree; single ones that do not are warnings
    /// then.
    pub min_agreement: Vec<Limit>,
    /// At most so many records may be undetermined.
    pub max_undetermined: Vec<Limit>,
    /// Criteria of which each record has to say something that is understood.
    pub require: Vec<String>,
    /// Each value that is not understood is a finding.
    pub no_unread_values: bool,
    /// So many records there have to be.
    pub min_records: Option<u64>,
    /// Columns in which no value may be there twice.
    pub unique: Vec<String>,
    /// The column that says which record it is.
    pub key: Option<String>,
    /// The language of the labels that `expect` compares, if the headers do not tell.
    pub label_language: Option<Language>,
    /// Entries of a baseline whose records have gone are findings.
    pub strict_baseline: bool,
    /// What becomes of findings with these codes.
    pub levels: BTreeMap<Code, Level>,
    /// From which severity on a finding fails the check.
    pub fail_on: Severity,
    /// So many findings are kept; all are counted.
    pub max_findings: usize,
}

impl Default for Asked {
    fn default() -> Self {
        Asked {
            expect: Vec::new(),
            min_agreement: Vec::new(),
            max_undetermined: Vec::new(),
            require: Vec::new(),
            no_unread_values: false,
            min_records: None,
            unique: Vec::new(),
            key: None,
            label_language: None,
            strict_baseline: false,
            levels: BTreeMap::new(),
            fail_on: Severity::Error,
            max_findings: 100,
        }
    }
}

/// A bound on a share of the records, of one scorecard or of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The scorecard; each of them unless given.
    pub scorecard: Option<String>,
    /// The bound.
    pub share: Share,
}

/// The place of a scorecard in the rulebook.
pub(super) fn scorecard(rules: &Rules, flag: &str, name: &str) -> Result<usize> {
    let cards = &rules.rulebook().scorecards;
    let place = cards.iter().position(|card| card.name == name);
    place.ok_or_else(|| {
        let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
        let found = format!("{flag} names the scorecard {}, which is none", quoted(name));
        let error = Error::new(ErrorKind::Usage, found).expected(names.join(" or "));
        match nearest(name, names.iter().copied()) {
            Some(near) => error.advice(format!("did you mean {near}?")),
            None => error,
        }
    })
}

/// By scorecard its bound, if it has one: its own, or else that of each.
pub(super) fn limits(rules: &Rules, flag: &str, limits: &[Limit]) -> Result<Vec<Option<Share>>> {
    let mut bounds = vec![None; rules.rulebook().scorecards.len()];
    let mut general = None;
    for limit in limits {
        let bound = match &limit.scorecard {
            Some(name) => &mut bounds[scorecard(rules, flag, name)?],
            None => &mut general,
        };
        if bound.replace(limit.share).is_some() {
            let of = limit.scorecard.as_deref().unwrap_or("all scorecards");
            let found = format!("{flag} names a share of {of} twice");
            return Err(Error::new(ErrorKind::Usage, found).expected("one share for each"));
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
            let found = format!("--require names {name}, which cannot be read without --own");
            return Err(Error::new(ErrorKind::Usage, found)
                .expected("who we are, since it is compared with that")
                .advice("say it: --own NAME_OR_DOMAIN"));
        }
        if !criteria.contains(&criterion) {
            criteria.push(criterion);
        }
    }
    Ok(criteria)
}
