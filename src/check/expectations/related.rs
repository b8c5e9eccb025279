//! The expectations about related files: their records belong to ours, and do not
//! contradict them.
//!
//! Owns the findings about keys on both sides, and about evidence that contradicts a record.

use super::Expectations;
use crate::check::context::Context;
use crate::check::finding::{Code, Scope};
use crate::check::share::counts;
use crate::check::{RelatedMatch, Row, percent};
use crate::error::Setting;
use crate::text::{quoted, visible};

/// A related file.
pub(crate) struct RelatedFile {
    place: usize,
    of: RelatedMatch,
    /// The rules about its keys, about ours and about contradictions.
    orphans: usize,
    twice: usize,
    contradicts: usize,
    /// The rule about the share of records that belong to ours, if one is set.
    share: Option<usize>,
    expected: Option<crate::check::Share>,
    /// By key of ours: a record has it.
    seen: Vec<bool>,
    repeated: u64,
    contradicted: u64,
}

impl RelatedFile {
    pub(crate) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Vec<Self> {
        let files = expectations.related.iter().enumerate();
        files
            .map(|(place, of)| {
                let file = visible(&of.file);
                let says = format!("each record of {file} belongs to one of ours");
                let orphans = context.rule(Setting::With, says);
                let says = format!(
                    "no two records have the same {} for {file}",
                    quoted(&of.ours)
                );
                let twice = context.rule(Setting::With, says);
                let says = format!("{file} contradicts no record");
                let contradicts = context.rule(Setting::With, says);
                let share = expectations.min_match.map(|share| {
                    let says = format!("at least {share} of the records of {file} belong to ours");
                    context.rule(Setting::MinMatch, says)
                });
                RelatedFile {
                    place,
                    of: of.clone(),
                    orphans,
                    twice,
                    contradicts,
                    share,
                    expected: expectations.min_match,
                    seen: Vec::new(),
                    repeated: 0,
                    contradicted: 0,
                }
            })
            .collect()
    }

    pub(crate) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) {
        if let Some(key) = row.related_key(self.place) {
            let key = key as usize;
            if self.seen.len() <= key {
                self.seen.resize(key + 1, false);
            }
            if std::mem::replace(&mut self.seen[key], true) {
                self.repeated += 1;
                let (file, ours) = (visible(&self.of.file), self.of.ours.clone());
                context.find(row, Code::RelatedKeyTwice, self.twice, |finding| {
                    finding.message = format!("an earlier record has the same {}, so the records of {file} count for both", quoted(&ours));
                    finding.column = Some(ours);
                    finding.expected = "a key that no other record has".into();
                });
            }
        }
        for (criterion, own, other) in row.contradicted(self.place) {
            self.contradicted += 1;
            let of = context.criterion(criterion);
            let (own, other) = (of.text_of(own), other.map(|other| of.text_of(other)));
            let (file, name) = (visible(&self.of.file), of.name.clone());
            context.find(row, Code::RelatedContradicts, self.contradicts, |finding| {
                finding.message = match &other {
                    Some(other) => format!("{name} is {own} here and {other} in {file}; {own} counts"),
                    None => format!("{name} is {own} here, and {file} has records that contradict it; {own} counts"),
                };
                finding.subject = Some(name);
                finding.found = Some(own);
                finding.expected = match other {
                    Some(other) => other.into(),
                    None => format!("no records in {file}, or another value").into(),
                };
            });
        }
    }

    pub(crate) fn end(&self, context: &mut Context<'_>) {
        let (of, all) = (&self.of, self.of.found + self.of.orphans);
        let is_tolerated = self.share.is_some();
        for place in 0..of.orphans {
            let known = usize::try_from(place)
                .ok()
                .and_then(|place| of.places.get(place));
            context.find_orphan(self.orphans, is_tolerated, |finding| {
                let ours = quoted(&of.ours);
                let key = known.map(|(_, key)| key.clone());
                if let Some((place, _)) = known {
                    finding.place = place.clone();
                }
                finding.message = match &key {
                    Some(key) => format!(
                        "{} is not in {ours}, so the record belongs to nobody",
                        quoted(key)
                    ),
                    None => format!("a key is not in {ours}, so the record belongs to nobody"),
                };
                finding.column = Some(of.theirs.clone());
                finding.found = key;
                finding.expected = format!("a key in {ours}").into();
            });
        }
        context.measure(
            self.orphans,
            counts(&[(of.orphans, "without a record of ours")]),
        );
        context.measure(self.twice, counts(&[(self.repeated, "repeated")]));
        context.measure(
            self.contradicts,
            counts(&[(self.contradicted, "contradicted")]),
        );
        if let (Some(rule), Some(expected)) = (self.share, self.expected) {
            let measured = percent(of.found, all, false);
            context.measure(rule, measured.clone());
            if !expected.is_reached(of.found, all) {
                let file = visible(&of.file);
                context.find_about(Scope::All, Code::RelatedMatchTooLow, rule, |finding| {
                    let measured = measured.unwrap_or_default();
                    finding.message = format!("{measured} of the records of {file} belong to ours");
                    finding.column = Some(of.theirs.clone());
                    finding.found = Some(measured);
                    finding.expected = format!("at least {expected}").into();
                });
            }
        }
    }
}
