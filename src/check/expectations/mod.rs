//! What an export has to hold: one file for each kind of expectation.
//!
//! Owns the terms in which a caller states expectations.

mod agreement;
mod baseline;
mod earlier;
mod labels;
mod totals;
mod understood;
mod unique;

use std::collections::BTreeMap;

pub(super) use self::agreement::Agreement;
pub(super) use self::baseline::BaselineLabels;
pub(super) use self::totals::{MinRecords, Undetermined};
pub(super) use self::understood::{Required, UnreadValues};
pub(super) use self::unique::Unique;
use super::Severity;
use super::finding::{Code, Level};
use super::language::Language;
use super::share::Share;
use super::usage;
use crate::engine::compile::Rules;
use crate::error::{Result, Setting};
use crate::text::{nearest, quoted};

/// What an export has to hold; by default only that it can be read.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    /// Scorecards, and the columns with the labels that have to agree with the computed
    /// ones.
    pub expect: Vec<(String, String)>,
    /// The lowest share of them that has to agree; a single one that does not is a
    /// warning then.
    pub min_agreement: Vec<Limit>,
    /// The highest share of records that may be undetermined.
    pub max_undetermined: Vec<Limit>,
    /// Criteria that each record has to state so that they are understood.
    pub require: Vec<String>,
    /// Each value that is not understood is a finding.
    pub no_unread_values: bool,
    /// The lowest number of records.
    pub min_records: Option<u64>,
    /// Columns in which each value may occur once.
    pub unique: Vec<String>,
    /// The column that identifies a record.
    pub key: Option<String>,
    /// The language of the labels that `expect` compares, if the headers do not tell.
    pub label_language: Option<Language>,
    /// Entries of a baseline whose records have gone are findings.
    pub strict_baseline: bool,
    /// What becomes of findings with these codes.
    pub levels: BTreeMap<Code, Level>,
    /// From which severity on a finding fails the check.
    pub fail_on: Severity,
    /// The number of findings that are kept, 100 unless given; all are counted.
    pub max_findings: Option<usize>,
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
fn scorecard(rules: &Rules, setting: Setting, name: &str) -> Result<usize> {
    let cards = &rules.rulebook().scorecards;
    let place = cards.iter().position(|card| card.name == name);
    place.ok_or_else(|| {
        let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
        let found = format!("names the scorecard {}, which is none", quoted(name));
        let error = usage(setting, found, names.join(" or "));
        match nearest(name, names.iter().copied()) {
            Some(near) => error.help(format!("did you mean {near}?")),
            None => error,
        }
    })
}

/// By scorecard its bound, if it has one: its own, or else that of each.
fn bounds(rules: &Rules, setting: Setting, limits: &[Limit]) -> Result<Vec<Option<Share>>> {
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
            return Err(usage(setting, found, "one share for each"));
        }
    }
    Ok(bounds.into_iter().map(|bound| bound.or(general)).collect())
}
