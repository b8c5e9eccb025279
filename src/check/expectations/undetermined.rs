//! Not too many records are undetermined.

use super::{Expectations, resolve};
use crate::check::UNDETERMINED;
use crate::check::context::{Context, Detail};
use crate::check::finding::Code;
use crate::check::share::{Share, measured};
use crate::error::{Result, Setting};
use crate::run::Summary;

/// The highest share of undetermined records on one scorecard.
pub(in crate::check) struct Undetermined {
    rule: usize,
    card: usize,
    most: Share,
}

impl Undetermined {
    pub(super) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Result<Vec<Self>> {
        let (rules, setting) = (context.rules, Setting::MaxUndetermined);
        let limits = resolve::limits(rules, setting, &expectations.max_undetermined)?;
        let limits = limits.into_iter().enumerate();
        let all = limits.filter_map(|(card, most)| {
            let most = most?;
            let (name, label) = (context.scorecard(card), rules.label(card, UNDETERMINED));
            let says = format!("{name} is {label} for at most {most} of the records");
            let rule = context.rule(setting, says);
            Some(Undetermined { rule, card, most })
        });
        Ok(all.collect())
    }

    pub(super) fn end(&self, summary: &Summary, context: &mut Context<'_>) {
        let neither = summary.labels(self.card)[usize::from(UNDETERMINED)];
        let all = summary.records();
        let measured = measured(neither, all, true).unwrap_or_else(|| "no records".to_owned());
        if self.most.is_exceeded(neither, all) {
            let name = context.scorecard(self.card);
            let label = context.rules.label(self.card, UNDETERMINED);
            let detail = Detail {
                message: format!("{name} is {label} for {measured}"),
                subject: Some(name.to_owned()),
                found: Some(measured.clone()),
                expected: format!("at most {}", self.most).into(),
                ..Detail::default()
            };
            context.find_whole(Code::TooManyUndetermined, self.rule, None, detail);
        }
        context.measure(self.rule, measured);
    }
}
