//! What a rulebook file says, before what it extends is added.
//!
//! Owns the file as types: every part may be left out, since it may be
//! inherited. The structure is checked before, so that reading cannot fail.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rulebook::{Condition, FromDates};
use crate::value::Kind;

#[derive(Debug, Deserialize)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) extend: Option<String>,
    #[serde(rename = "statement", default)]
    pub(crate) statements: Vec<StatementDraft>,
    #[serde(rename = "criterion", default)]
    pub(crate) criteria: Vec<CriterionDraft>,
    #[serde(rename = "scorecard", default)]
    pub(crate) scorecards: Vec<ScorecardDraft>,
    #[serde(default)]
    pub(crate) words: crate::rulebook::OwnWords,
    #[serde(rename = "case", default)]
    pub(crate) cases: Vec<CaseDraft>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct StatementDraft {
    pub(crate) id: String,
    pub(crate) says: Option<String>,
    pub(crate) not_a_rule: Option<String>,
    #[serde(default)]
    pub(crate) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CriterionDraft {
    pub(crate) name: String,
    pub(crate) says: Option<String>,
    pub(crate) kind: Option<Kind>,
    pub(crate) values: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) more_values: Vec<String>,
    #[serde(default)]
    pub(crate) groups: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) more_groups: BTreeMap<String, Vec<String>>,
    pub(crate) length_means: Option<String>,
    pub(crate) from_dates: Option<FromDates>,
    #[serde(default)]
    pub(crate) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ScorecardDraft {
    pub(crate) name: String,
    pub(crate) question: Option<String>,
    pub(crate) initial_score: Option<i32>,
    #[serde(rename = "band", default)]
    pub(crate) bands: Vec<BandDraft>,
    #[serde(rename = "characteristic", default)]
    pub(crate) characteristics: Vec<CharacteristicDraft>,
    #[serde(default)]
    pub(crate) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BandDraft {
    pub(crate) label: Option<String>,
    pub(crate) at_least: Option<i32>,
    pub(crate) at_most: Option<i32>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CharacteristicDraft {
    pub(crate) criterion: String,
    #[serde(rename = "attribute", default)]
    pub(crate) attributes: Vec<AttributeDraft>,
    #[serde(default)]
    pub(crate) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AttributeDraft {
    pub(crate) reason_code: String,
    #[serde(default)]
    pub(crate) when: BTreeMap<String, Condition>,
    pub(crate) partial_score: Option<i32>,
    pub(crate) reason: Option<String>,
    pub(crate) sources: Option<Vec<String>>,
    pub(crate) after: Option<String>,
    #[serde(default)]
    pub(crate) remove: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CaseDraft {
    pub(crate) name: String,
    pub(crate) record: BTreeMap<String, toml::Value>,
    pub(crate) expect: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) reasons: Vec<String>,
    pub(crate) own: Option<Vec<String>>,
    pub(crate) as_of: Option<String>,
}
