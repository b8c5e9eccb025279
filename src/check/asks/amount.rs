//! `--min-records`: there are as many records as there have to be.

use crate::check::asked::Asked;
use crate::check::desk::{Desk, Found};
use crate::check::finding::Code;
use crate::run::Summary;
use crate::text::grouped;

/// The rule.
pub(in crate::check) struct Amount {
    rule: usize,
    least: u64,
}

impl Amount {
    pub(super) fn new(asked: &Asked, desk: &mut Desk<'_>) -> Option<Self> {
        let least = asked.min_records?;
        let (are, records) = if least == 1 {
            ("is", "record")
        } else {
            ("are", "records")
        };
        let says = format!("there {are} at least {} {records}", grouped(least));
        let rule = desk.rule("--min-records", says);
        Some(Amount { rule, least })
    }

    pub(super) fn ends(&self, summary: &Summary, desk: &mut Desk<'_>) {
        let records = summary.records();
        let (are, measured) = match records {
            1 => ("is", "1 record".to_owned()),
            _ => ("are", format!("{} records", grouped(records))),
        };
        if records < self.least {
            let found = Found {
                says: format!("there {are} {measured}"),
                column: None,
                subject: None,
                found: Some(measured.clone()),
                expected: format!("at least {}", grouped(self.least)),
            };
            desk.find_whole(Code::TooFewRecords, self.rule, None, found);
        }
        desk.told[self.rule].measured = Some(measured);
    }
}
