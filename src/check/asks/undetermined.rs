//! `--max-undetermined`: not too many records are undetermined.

use crate::check::asked::Asked;
use crate::check::desk::{Desk, Found};
use crate::check::finding::Code;
use crate::check::share::{Share, percent};
use crate::check::{UNDETERMINED, asked};
use crate::error::Result;
use crate::run::Summary;
use crate::text::grouped;

/// A bound for one scorecard.
pub(in crate::check) struct Undetermined {
    rule: usize,
    card: usize,
    most: Share,
}

impl Undetermined {
    pub(super) fn all(asked: &Asked, desk: &mut Desk<'_>) -> Result<Vec<Self>> {
        let rules = desk.rules;
        let limits = asked::limits(rules, "--max-undetermined", &asked.max_undetermined)?;
        let limits = limits.into_iter().enumerate();
        let all = limits.filter_map(|(card, most)| {
            let most = most?;
            let name = &rules.rulebook().scorecards[card].name;
            let label = rules.label(card, UNDETERMINED);
            let says = format!("{name} is {label} for at most {most} of the records");
            let rule = desk.rule("--max-undetermined", says);
            Some(Undetermined { rule, card, most })
        });
        Ok(all.collect())
    }

    pub(super) fn ends(&self, summary: &Summary, desk: &mut Desk<'_>) {
        let neither = summary.labels(self.card)[usize::from(UNDETERMINED)];
        let all = summary.records();
        let of = format!("{} of {}", grouped(neither), grouped(all));
        let measured = match percent(neither, all, true) {
            Some(share) => format!("{share} ({of})"),
            None => "no records".to_owned(),
        };
        if self.most.is_exceeded(neither, all) {
            let name = &desk.rules.rulebook().scorecards[self.card].name;
            let label = desk.rules.label(self.card, UNDETERMINED);
            let found = Found {
                says: format!("{name} is {label} for {measured}"),
                column: None,
                subject: Some(name.clone()),
                found: Some(measured.clone()),
                expected: format!("at most {}", self.most),
            };
            desk.find_whole(Code::TooManyUndetermined, self.rule, None, found);
        }
        desk.told[self.rule].measured = Some(measured);
    }
}
