//! No label has changed since an earlier run; or the labels of this run are written.

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

/// The keys of stale entries that are shown, at most.
const STALE: usize = 3;

/// The labels of an earlier run, or of this one to be written.
pub(crate) struct BaselineLabels<'c> {
    rule: usize,
    /// What is read or written, until that begins.
    given: Baseline<'c>,
    is_strict: bool,
    /// Keys that the baseline does not know.
    keys: Seen,
    matched: Matched,
    /// Records without a key, and those with that of another.
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
                (source.name.clone(), format!("labels are those of {name}"))
            }
            Baseline::Write { name, .. } => {
                let shown = visible(name);
                let says = format!("labels go to {shown}, by a key that each record has");
                (name.clone(), says)
            }
        };
        let Some(key) = context.key_column() else {
            let found = "needs to know which record is which";
            let expected = Phrase::from("the column with the key: ").set(Setting::Key, "COLUMN");
            return Err(usage(Setting::Baseline, found, expected));
        };
        let mut cards = context.rules.rulebook().scorecards.iter();
        if cards.any(|card| header_key(&label_field(&card.name)) == header_key(&key)) {
            let found = format!("names {}, which is the field of a label", quoted(&key));
            let expected = "a column that says which record it is";
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

    /// Reads the baseline, or begins it.
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
                finding.expected = "a key, by which the baseline knows the record".into();
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
                finding.message = format!("the key {shown} is there twice: {other} has it too");
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
                finding.message = format!("{name} was {before}, now the record is {now}");
                finding.expected = before.into();
            });
        }
        Ok(())
    }

    /// Measures what became of the records, and looks for entries of the baseline whose
    /// records have gone.
    pub(crate) fn end(&mut self, context: &mut Context<'_>) {
        let (rule, matched) = (self.rule, &mut self.matched);
        // Findings that nobody will see are only counted.
        let most = STALE.max(usize::from(self.is_strict) * context.findings.most);
        let stale = self.baseline.as_ref().map(|baseline| baseline.stale(most));
        let (stale, gone) = stale.unwrap_or_default();
        matched.stale = gone;
        let measured = [
            (self.keyless, "without a key"),
            (self.twins, "with the key of another"),
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
                finding.expected = "records with the keys of the baseline".into();
                finding.message = format!("no record has a key of {file}");
            });
        }
        if context.rules.was_asked_for_the_day() {
            let note = "lengths are measured up to today, so labels change with it; ";
            let note = Phrase::from(note).set(Setting::AsOf, "DATE");
            context.note(note.text(" holds it"));
        }
        let mut stale = stale.into_iter();
        for _ in 0..if self.is_strict { gone } else { 0 } {
            let (one, column) = (stale.next(), column.clone());
            context.find_about(Scope::Record, Code::StaleBaselineEntry, rule, |finding| {
                let (key, place) = one.expect("as many are at hand as are kept");
                finding.place = place;
                finding.column = column;
                finding.expected = "a record with this key".into();
                finding.message = format!("the record with the key {} has gone", quoted(&key));
                finding.key = Some(key);
            });
        }
    }

    /// What became of the records, or the number of those that were written.
    pub(crate) fn close(self) -> Result<(Option<u64>, Option<Matched>)> {
        if let Some(mut written) = self.written {
            written.end()?;
            return Ok((Some(written.entries), None));
        }
        Ok((None, self.baseline.map(|_| self.matched)))
    }
}
