//! Expectations about the whole run: the number of records, and the share of undetermined
//! ones.

use super::{Expectations, bounds};
use crate::check::UNDETERMINED;
use crate::check::context::Context;
use crate::check::finding::{Code, Scope};
use crate::check::share::{Share, measured};
use crate::error::{Result, Setting};
use crate::run::Summary;
use crate::text::grouped;

/// The highest allowed share of undetermined records on one scorecard.
pub(crate) struct Undetermined {
    rule: usize,
    card: usize,
    most: Share,
}

impl Undetermined {
    pub(crate) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Result<Vec<Self>> {
        let (rules, setting) = (context.rules, Setting::MaxUndetermined);
        let limits = bounds(rules, setting, &expectations.max_undetermined)?;
        let all = limits.into_iter().enumerate().filter_map(|(card, most)| {
            let most = most?;
            let (name, label) = (context.scorecard(card), rules.label(card, UNDETERMINED));
            let says = format!("{name} is {label} for at most {most} of the records");
            let rule = context.rule(setting, says);
            Some(Undetermined { rule, card, most })
        });
        Ok(all.collect())
    }

    pub(crate) fn end(&self, summary: &Summary, context: &mut Context<'_>) {
        let neither = summary.labels(self.card)[usize::from(UNDETERMINED)];
        let all = summary.records();
        let measured = measured(neither, all, true).unwrap_or_else(|| "no records".to_owned());
        if self.most.is_exceeded(neither, all) {
            let name = context.scorecard(self.card);
            let label = context.rules.label(self.card, UNDETERMINED);
            context.find_about(
                Scope::All,
                Code::TooManyUndetermined,
                self.rule,
                |finding| {
                    finding.message = format!("{name} is {label} for {measured}");
                    finding.subject = Some(name.to_owned());
                    finding.found = Some(measured.clone());
                    finding.expected = format!("at most {}", self.most).into();
                },
            );
        }
        context.measure(self.rule, measured);
    }
}

/// The lowest allowed number of records.
pub(crate) struct MinRecords {
    rule: usize,
    least: u64,
}

/// `there is 1 record`, `there are 2 records`, with words before the number.
fn there_are(before: &str, records: u64) -> String {
    match records {
        1 => format!("there is {before}1 record"),
        _ => format!("there are {before}{} records", grouped(records)),
    }
}

impl MinRecords {
    pub(crate) fn new(expectations: &Expectations, context: &mut Context<'_>) -> Option<Self> {
        let least = expectations.min_records?;
        let rule = context.rule(Setting::MinRecords, there_are("at least ", least));
        Some(MinRecords { rule, least })
    }

    pub(crate) fn end(&self, summary: &Summary, context: &mut Context<'_>) {
        let records = summary.records();
        let plural = if records == 1 { "" } else { "s" };
        let measured = format!("{} record{plural}", grouped(records));
        if records < self.least {
            context.find_about(Scope::All, Code::TooFewRecords, self.rule, |finding| {
                finding.message = there_are("", records);
                finding.found = Some(measured.clone());
                finding.expected = format!("at least {}", grouped(self.least)).into();
            });
        }
        context.measure(self.rule, measured);
    }
}
