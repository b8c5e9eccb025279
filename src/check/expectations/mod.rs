//! The expectations of a check, one file for each kind.
//!
//! Owns the types with which a caller states them.

mod agreement;
mod baseline;
mod earlier;
mod labels;
mod plan;
mod related;
mod totals;
mod understood;
mod unique;

use std::collections::BTreeMap;

pub(super) use self::agreement::Agreement;
pub(super) use self::baseline::BaselineLabels;
pub(super) use self::plan::PlanDrift;
pub(super) use self::related::RelatedFile;
pub(super) use self::totals::{MinRecords, Undetermined};
pub(super) use self::understood::{Required, UnreadValues};
pub(super) use self::unique::Unique;
use super::Severity;
use super::finding::{Code, Level};
use super::language::Language;
use super::share::Share;
use super::usage;
use crate::engine::compile::Rules;
use crate::error::{Place, Result, Setting};
use crate::text::{nearest, quoted};

/// The expectations that an export must meet; by default only that it can be read.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    /// Scorecards, each with the column whose labels must agree with the computed ones.
    pub expect: Vec<(String, String)>,
    /// The lowest share of these labels that must agree. If set, a single label that
    /// differs is only a warning.
    pub min_agreement: Vec<Limit>,
    /// The highest share of records that may be Undetermined.
    pub max_undetermined: Vec<Limit>,
    /// Criteria for which each record must have a value that is understood.
    pub require: Vec<String>,
    /// Whether each value that is not understood is a finding.
    pub no_unread_values: bool,
    /// The lowest allowed number of records.
    pub min_records: Option<u64>,
    /// Columns in which no value may occur twice.
    pub unique: Vec<String>,
    /// The column that identifies a record.
    pub key: Option<String>,
    /// The language of the labels that `expect` compares; if unset, it is detected from the
    /// headers.
    pub label_language: Option<Language>,
    /// Whether baseline entries that no longer have a record are findings.
    pub strict_baseline: bool,
    /// The lowest share of the records of each related file that must belong to a record. If
    /// set, a single one that does not is only a warning.
    pub min_match: Option<Share>,
    /// How the related files fit, if there are any.
    pub related: Vec<RelatedMatch>,
    /// Codes whose findings are not errors.
    pub levels: BTreeMap<Code, Level>,
    /// The lowest severity that fails the check.
    pub fail_on: Severity,
    /// At most this many findings are kept; 100 if unset. All are counted.
    pub max_findings: Option<usize>,
}

/// How a related file fits the records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelatedMatch {
    /// The file.
    pub file: String,
    /// The columns with its key and ours.
    pub theirs: String,
    /// The column of ours with the same keys.
    pub ours: String,
    /// How many of its records belong to a record, and how many to none.
    pub found: u64,
    /// How many have a key that no record has.
    pub orphans: u64,
    /// Where the first of these are, and their keys.
    pub places: Vec<(Place, String)>,
}

/// A bound on a share of the records, for one scorecard or for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The scorecard; `None` for all of them.
    pub scorecard: Option<String>,
    /// The bound.
    pub share: Share,
}

/// The index of a scorecard in the rulebook.
fn scorecard(rules: &Rules, setting: Setting, name: &str) -> Result<usize> {
    let cards = &rules.rulebook().scorecards;
    let place = cards.iter().position(|card| card.name == name);
    place.ok_or_else(|| {
        let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
        let found = format!("names the scorecard {}, which does not exist", quoted(name));
        let error = usage(setting, found, names.join(" or "));
        match nearest(name, names.iter().copied()) {
            Some(near) => error.help(format!("did you mean {near}?")),
            None => error,
        }
    })
}

/// By scorecard, its bound: its own, or else the one for all scorecards.
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
            let found = format!("sets a share for {of} twice");
            return Err(usage(setting, found, "one share for each scorecard"));
        }
    }
    Ok(bounds.into_iter().map(|bound| bound.or(general)).collect())
}
