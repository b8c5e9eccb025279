//! No label has changed since an earlier run; or the labels of this run are written.

use super::Expectations;
use super::earlier::{BaselineWriter, EarlierRun, Match, StaleEntry, label_field};
use super::seen::Seen;
use crate::check::context::{Context, Detail};
use crate::check::finding::Code;
use crate::check::share::counts;
use crate::check::{Baseline, Matched, Row, usage};
use crate::error::{Phrase, Result, Setting};
use crate::lexicon::normalize::header_key;
use crate::text::quoted;

/// The keys of stale entries that are shown, at most.
const STALE: usize = 3;

/// The labels of an earlier run, or of this one to be written.
pub(in crate::check) struct BaselineLabels<'c> {
    rule: usize,
    /// What is read or written, until that begins.
    given: Baseline<'c>,
    is_strict: bool,
    /// The number of findings that are kept.
    shown: usize,
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
    pub(super) fn new(
        expectations: &Expectations,
        given: Baseline<'c>,
        context: &mut Context<'_>,
    ) -> Result<Option<Self>> {
        let (file, says) = match &given {
            Baseline::None => return Ok(None),
            Baseline::Compare(source) => {
                let name = crate::text::visible(&source.name);
                (source.name.clone(), format!("labels are those of {name}"))
            }
            Baseline::Write { name, .. } => {
                let shown = crate::text::visible(name);
                let says = format!("labels go to {shown}, by a key that each record has");
                (name.clone(), says)
            }
        };
        if context.key.is_none() {
            let found = "needs to know which record is which";
            let expected = Phrase::from("the column with the key: ").set(Setting::Key, "COLUMN");
            return Err(usage(Setting::Baseline, found, expected));
        }
        let key = context.key_column().unwrap_or_default();
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
            shown: expectations.max_findings,
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
    pub(super) fn begin(&mut self, context: &Context<'_>) -> Result<()> {
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

    pub(super) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) -> Result<()> {
        let (rule, rules) = (self.rule, context.rules);
        let Some(key) = context.key(row) else {
            self.keyless += 1;
            let column = context.key_column();
            context.find(row, Code::KeyMissing, rule, || Detail {
                column,
                expected: "a key, by which the baseline knows the record".into(),
                message: "the record has no key".to_owned(),
                ..Detail::default()
            });
            return Ok(());
        };
        let at = context.reference(row);
        let known = match &mut self.baseline {
            Some(baseline) => baseline.find(&key, at),
            None => Match::Not,
        };
        let (before, taken) = match known {
            Match::Not => (None, self.keys.insert(&key, at)),
            Match::Taken(first) => (None, Some(first)),
            Match::Labels(before) => (Some(before), None),
        };
        if let Some(first) = taken {
            self.twins += 1;
            let (other, column) = (context.in_words(first), context.key_column());
            context.find(row, Code::DuplicateKey, rule, || Detail {
                column,
                message: format!(
                    "the key {} is there twice: {other} has it too",
                    quoted(&key)
                ),
                found: Some(key),
                expected: "a key that no other record has".into(),
                ..Detail::default()
            });
            return Ok(());
        }
        if let Some(written) = &mut self.written {
            return written.entry(rules, &key, row.labels(0));
        }
        let Some(before) = before else {
            self.matched.new += 1;
            return Ok(());
        };
        let labels = row.labels(0);
        let changed = (before.into_iter())
            .filter(|(card, before)| rules.label(*card, labels[*card]) != *before)
            .map(|(card, before)| (card, labels[card], before.to_owned()));
        let changed: Vec<(usize, u8, String)> = changed.collect();
        match changed.is_empty() {
            true => self.matched.unchanged += 1,
            false => self.matched.changed += 1,
        }
        for (card, label, before) in changed {
            let name = context.scorecard(card);
            context.find(row, Code::LabelChanged, rule, || {
                let label = rules.label(card, label);
                Detail {
                    column: Some(label_field(name)),
                    subject: Some(name.to_owned()),
                    found: Some(label.to_owned()),
                    message: format!("{name} was {before}, now the record is {label}"),
                    expected: before.into(),
                    card: Some(card),
                    ..Detail::default()
                }
            });
        }
        Ok(())
    }

    /// Measures what became of the records, and looks for entries of the baseline whose
    /// records have gone.
    pub(super) fn end(&mut self, context: &mut Context<'_>) {
        let keys = [
            (self.keyless, "without a key"),
            (self.twins, "with the key of another"),
        ];
        context.measure(self.rule, counts(&keys));
        let Some(baseline) = &self.baseline else {
            return;
        };
        // Findings that nobody will see are only counted.
        let most = if self.is_strict {
            STALE.max(self.shown)
        } else {
            STALE
        };
        let (stale, gone) = baseline.stale(most);
        let matched = &mut self.matched;
        matched.entries = baseline.len();
        matched.stale = gone;
        let first = stale.iter().take(STALE);
        matched.first_stale = first.map(|one| one.key.clone()).collect();
        let all = [
            keys[0],
            keys[1],
            (matched.unchanged, "unchanged"),
            (matched.changed, "changed"),
            (matched.new, "new"),
            (matched.stale, "stale"),
        ];
        context.measure(self.rule, counts(&all));
        let known = matched.unchanged + matched.changed;
        if known == 0 && matched.new + matched.entries > 0 {
            let detail = Detail {
                column: context.key_column(),
                expected: "records with the keys of the baseline".into(),
                message: format!(
                    "no record has a key of {}",
                    crate::text::visible(&matched.file)
                ),
                ..Detail::default()
            };
            context.find_whole(Code::BaselineNotMatched, self.rule, None, detail);
        }
        if context.rules.was_asked_for_the_day() {
            let note = "lengths are measured up to today, so labels change with it; ";
            let note = Phrase::from(note).set(Setting::AsOf, "DATE");
            context.note(note.text(" holds it"));
        }
        if !self.is_strict {
            return;
        }
        let mut stale = stale.into_iter();
        for _ in 0..gone {
            let (one, column) = (stale.next(), context.key_column());
            context.find_elsewhere(Code::StaleBaselineEntry, self.rule, || {
                let Some(StaleEntry { key, place }) = one else {
                    unreachable!("as many are at hand as are kept");
                };
                Detail {
                    place,
                    column,
                    expected: "a record with this key".into(),
                    message: format!("the record with the key {} has gone", quoted(&key)),
                    key: Some(key),
                    ..Detail::default()
                }
            });
        }
    }

    /// What became of the records, or the number of those that were written.
    pub(super) fn close(&mut self) -> Result<(Option<u64>, Option<Matched>)> {
        if let Some(mut written) = self.written.take() {
            written.end()?;
            return Ok((Some(written.entries), None));
        }
        let compared = self.baseline.is_some();
        Ok((None, compared.then(|| std::mem::take(&mut self.matched))))
    }
}
