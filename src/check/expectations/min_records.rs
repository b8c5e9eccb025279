//! The expectation of a minimum number of records.

use super::Expectations;
use crate::check::context::{Context, Detail};
use crate::check::finding::Code;
use crate::error::Setting;
use crate::run::Summary;
use crate::text::grouped;

/// The lowest number of records.
pub(in crate::check) struct MinRecords {
    rule: usize,
    least: u64,
}

impl MinRecords {
    pub(super) fn new(expectations: &Expectations, context: &mut Context<'_>) -> Option<Self> {
        let least = expectations.min_records?;
        let (are, records) = if least == 1 {
            ("is", "record")
        } else {
            ("are", "records")
        };
        let says = format!("there {are} at least {} {records}", grouped(least));
        let rule = context.rule(Setting::MinRecords, says);
        Some(MinRecords { rule, least })
    }

    pub(super) fn end(&self, summary: &Summary, context: &mut Context<'_>) {
        let records = summary.records();
        let (are, measured) = match records {
            1 => ("is", "1 record".to_owned()),
            _ => ("are", format!("{} records", grouped(records))),
        };
        if records < self.least {
            let detail = Detail {
                message: format!("there {are} {measured}"),
                found: Some(measured.clone()),
                expected: format!("at least {}", grouped(self.least)).into(),
                ..Detail::default()
            };
            context.find_whole(Code::TooFewRecords, self.rule, None, detail);
        }
        context.measure(self.rule, measured);
    }
}
