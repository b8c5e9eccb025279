//! Compares labels with those of an earlier run, or writes those of this run.

use super::Expectations;
use super::earlier::{BaselineWriter, EarlierRun, Match, label_field};
use super::unique::Seen;
use crate::check::context::Context;
use crate::check::finding::{Code, Scope};
use crate::check::share::counts;
use crate::check::{Baseline, Matched, Row, usage};
use crate::error::{Phrase, Result, Setting};
use crate::lexicon::normalize::header_key;
use crate::text::{quoted, visible};

/// At most this many keys of stale entries are shown.
const STALE: usize = 3;

/// The labels of an earlier run, or those of this run to be written.
pub(crate) struct BaselineLabels<'c> {
    rule: usize,
    /// The baseline to read or write, until that begins.
    given: Baseline<'c>,
    is_strict: bool,
    /// Keys that are not in the baseline.
    keys: Seen,
    matched: Matched,
    /// The number of records without a key, and of those with a duplicate key.
    keyless: u64,
    twins: u64,
    baseline: Option<EarlierRun>,
    written: Option<BaselineWriter<'c>>,
}

impl<'c> BaselineLabels<'c> {
    pub(crate) fn new(
        expectations: &Expectations,
        given: Baseline<'c>,
        context: &mut Context<'_>,
    ) -> Result<Option<Self>> {
        let (file, says) = match &given {
            Baseline::None => return Ok(None),
            Baseline::Compare(source) => {
                let name = visible(&source.name);
                (source.name.clone(), format!("labels match {name}"))
            }
            Baseline::Write { name, .. } => {
                let shown = visible(name);
                let says = format!("every record has its own key (for {shown})");
                (name.clone(), says)
            }
        };
        let Some(key) = context.key_column() else {
            let found = "needs a key";
            let expected = Phrase::from("the column with the key: ").set(Setting::Key, "COLUMN");
            return Err(usage(Setting::Baseline, found, expected));
        };
        let mut cards = context.rules.rulebook().scorecards.iter();
        if cards.any(|card| header_key(&label_field(&card.name)) == header_key(&key)) {
            let found = format!("names {}, which holds a label", quoted(&key));
            let expected = "a column that identifies the record";
            return Err(usage(Setting::Key, found, expected));
        }
        Ok(Some(BaselineLabels {
            rule: context.rule(Setting::Baseline, says),
            given,
            is_strict: expectations.strict_baseline,
            keys: Seen::default(),
            matched: Matched {
                file,
                ..Matched::default()
            },
            keyless: 0,
            twins: 0,
            baseline: None,
            written: None,
        }))
    }

    /// Reads the baseline, or begins to write it.
    pub(crate) fn begin(&mut self, context: &Context<'_>) -> Result<()> {
        let key = context.key_column().unwrap_or_default();
        match std::mem::take(&mut self.given) {
            Baseline::None => {}
            Baseline::Compare(source) => {
                self.baseline = Some(EarlierRun::read(context.rules, &key, source)?);
            }
            Baseline::Write { delimiter, to, .. } => {
                self.written = Some(BaselineWriter::new(context.rules, &key, delimiter, to)?);
            }
        }
        Ok(())
    }

    pub(crate) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) -> Result<()> {
        let (rule, rules) = (self.rule, context.rules);
        let Some(key) = context.key(row) else {
            self.keyless += 1;
            let column = context.key_column();
            context.find(row, Code::KeyMissing, rule, |finding| {
                finding.column = column;
                finding.expected = "a key that identifies the record in the baseline".into();
                finding.message = "the record has no key".to_owned();
            });
            return Ok(());
        };
        let at = context.reference(row);
        let baseline = self.baseline.as_mut();
        let known = baseline.map_or(Match::Not, |baseline| baseline.find(&key, at));
        let (before, taken) = match known {
            Match::Not => (None, self.keys.insert(&key, at)),
            Match::Taken(first) => (None, Some(first)),
            Match::Labels(before) => (Some(before), None),
        };
        if let Some(first) = taken {
            self.twins += 1;
            let (column, shown) = (context.key_column(), quoted(&key));
            let other = context.in_words(first);
            context.find(row, Code::DuplicateKey, rule, |finding| {
                finding.column = column;
                finding.message = format!("the key {shown} also occurs in {other}");
                finding.found = Some(key);
                finding.expected = "a key that no other record has".into();
            });
            return Ok(());
        }
        let labels = row.labels(0);
        if let Some(written) = &mut self.written {
            return written.entry(rules, &key, labels);
        }
        let Some(before) = before else {
            self.matched.new += 1;
            return Ok(());
        };
        let now = before.into_iter();
        let now = now.map(|(card, before)| (card, before, rules.label(card, labels[card])));
        let changed = now.filter(|(_, before, now)| before != now);
        let changed: Vec<(usize, &str, &str)> = changed.collect();
        match changed.is_empty() {
            true => self.matched.unchanged += 1,
            false => self.matched.changed += 1,
        }
        for (card, before, now) in changed {
            let name = context.scorecard(card);
            context.find_label(row, card, Code::LabelChanged, rule, false, |finding| {
                finding.column = Some(label_field(name));
                finding.found = Some(now.to_owned());
                finding.message = format!("{name} changed from {before} to {now}");
                finding.expected = before.into();
            });
        }
        Ok(())
    }

    /// Counts how the records compare with the baseline, and reports entries that no longer
    /// have a record.
    pub(crate) fn end(&mut self, context: &mut Context<'_>) {
        let (rule, matched) = (self.rule, &mut self.matched);
        // Findings that will not be kept are only counted.
        let most = STALE.max(usize::from(self.is_strict) * context.findings.most);
        let stale = self.baseline.as_ref().map(|baseline| baseline.stale(most));
        let (stale, gone) = stale.unwrap_or_default();
        matched.stale = gone;
        let measured = [
            (self.keyless, "without a key"),
            (self.twins, "with a duplicate key"),
            (matched.unchanged, "unchanged"),
            (matched.changed, "changed"),
            (matched.new, "new"),
            (matched.stale, "stale"),
        ];
        let Some(baseline) = &self.baseline else {
            return context.measure(rule, counts(&measured[..2]));
        };
        context.measure(rule, counts(&measured));
        matched.entries = baseline.len();
        let first = stale.iter().take(STALE);
        matched.first_stale = first.map(|(key, _)| key.clone()).collect();
        let known = matched.unchanged + matched.changed;
        let column = context.key_column();
        if known == 0 && matched.new + matched.entries > 0 {
            let (column, file) = (column.clone(), visible(&matched.file));
            context.find_about(Scope::All, Code::BaselineNotMatched, rule, |finding| {
                finding.column = column;
                finding.expected = "records with keys from the baseline".into();
                finding.message = format!("no record has a key from {file}");
            });
        }
        if context.rules.was_asked_for_the_day() {
            let note = "open-ended durations end today, so labels can change from day to day; to fix the day: ";
            context.note(Phrase::from(note).set(Setting::AsOf, "DATE"));
        }
        let mut stale = stale.into_iter();
        for _ in 0..if self.is_strict { gone } else { 0 } {
            let (one, column) = (stale.next(), column.clone());
            context.find_about(Scope::Record, Code::StaleBaselineEntry, rule, |finding| {
                let (key, place) = one.expect("no more findings are kept than keys were fetched");
                finding.place = place;
                finding.column = column;
                finding.expected = "a record with this key".into();
                finding.message = format!("no record has the key {} any more", quoted(&key));
                finding.key = Some(key);
            });
        }
    }

    /// The number of entries that were written, or how the records compare.
    pub(crate) fn close(self) -> Result<(Option<u64>, Option<Matched>)> {
        if let Some(mut written) = self.written {
            written.end()?;
            return Ok((Some(written.entries), None));
        }
        Ok((None, self.baseline.map(|_| self.matched)))
    }
}
