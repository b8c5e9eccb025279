//! What a rulebook file says, before what it extends is added.
//!
//! Owns the file as types: every part may be left out, since it may be
//! inherited. The structure is checked before, so that reading cannot fail.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rules::{Condition, FromDates, Kind};

#[derive(Debug, Deserialize)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) extend: Option<String>,
    #[serde(rename = "statement", default)]
    pub(super) statements: Vec<StatementDraft>,
    #[serde(rename = "criterion", default)]
    pub(super) criteria: Vec<CriterionDraft>,
    #[serde(rename = "scorecard", default)]
    pub(super) scorecards: Vec<ScorecardDraft>,
    #[serde(default)]
    pub(super) words: crate::rules::OwnWords,
    #[serde(rename = "case", default)]
    pub(super) cases: Vec<CaseDraft>,
}

#[derive(Debug, Deserialize)]
pub(super) struct StatementDraft {
    pub(super) id: String,
    pub(super) says: Option<String>,
    pub(super) not_a_rule: Option<String>,
    #[serde(default)]
    pub(super) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct CriterionDraft {
    pub(super) name: String,
    pub(super) says: Option<String>,
    pub(super) kind: Option<Kind>,
    pub(super) values: Option<Vec<String>>,
    #[serde(default)]
    pub(super) more_values: Vec<String>,
    #[serde(default)]
    pub(super) groups: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) more_groups: BTreeMap<String, Vec<String>>,
    pub(super) length_means: Option<String>,
    pub(super) from_dates: Option<FromDates>,
    #[serde(default)]
    pub(super) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct ScorecardDraft {
    pub(super) name: String,
    pub(super) question: Option<String>,
    pub(super) initial_score: Option<i32>,
    #[serde(rename = "band", default)]
    pub(super) bands: Vec<BandDraft>,
    #[serde(rename = "characteristic", default)]
    pub(super) characteristics: Vec<CharacteristicDraft>,
    #[serde(default)]
    pub(super) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct BandDraft {
    pub(super) label: Option<String>,
    pub(super) at_least: Option<i32>,
    pub(super) at_most: Option<i32>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CharacteristicDraft {
    pub(super) criterion: String,
    #[serde(rename = "attribute", default)]
    pub(super) attributes: Vec<AttributeDraft>,
    #[serde(default)]
    pub(super) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct AttributeDraft {
    pub(super) reason_code: String,
    #[serde(default)]
    pub(super) when: BTreeMap<String, Condition>,
    pub(super) partial_score: Option<i32>,
    pub(super) reason: Option<String>,
    pub(super) sources: Option<Vec<String>>,
    pub(super) after: Option<String>,
    #[serde(default)]
    pub(super) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct CaseDraft {
    pub(super) name: String,
    pub(super) record: BTreeMap<String, toml::Value>,
    pub(super) expect: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) reasons: Vec<String>,
    pub(super) own: Option<Vec<String>>,
    pub(super) as_of: Option<String>,
}
