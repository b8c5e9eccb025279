//! `--baseline`: no label has changed since an earlier run; or its labels are written.

use super::baseline::{Baseline, Written, label_field};
use super::seen::Seen;
use crate::check::asked::Asked;
use crate::check::desk::{Desk, Found};
use crate::check::finding::{Code, Finding};
use crate::check::{Against, Matched, usage};
use crate::error::{Result, grouped, quoted};
use crate::pipeline::Inspected;

/// So many keys of stale entries are told of.
const STALE: usize = 3;

/// The rule.
pub(in crate::check) struct Drift<'c> {
    rule: usize,
    /// What is read or written, until that begins.
    against: Against<'c>,
    is_strict: bool,
    keys: Seen,
    matched: Matched,
    baseline: Option<Baseline>,
    written: Option<Written<'c>>,
}

impl<'c> Drift<'c> {
    pub(super) fn new(
        asked: &Asked,
        against: Against<'c>,
        desk: &mut Desk<'_>,
    ) -> Result<Option<Self>> {
        let (file, says) = match &against {
            Against::Nothing => return Ok(None),
            Against::Baseline(source) => {
                let name = crate::visible(&source.name);
                (source.name.clone(), format!("labels are those of {name}"))
            }
            Against::Write { name, .. } => {
                let shown = crate::visible(name);
                let says = format!("labels go to {shown}, by a key that each record has");
                (name.clone(), says)
            }
        };
        if desk.key.is_none() {
            return Err(usage(
                "--baseline needs to know which record is which",
                "the column with the key: --key COLUMN",
            ));
        }
        Ok(Some(Drift {
            rule: desk.rule("--baseline", says),
            against,
            is_strict: asked.strict_baseline,
            keys: Seen::default(),
            matched: Matched {
                file,
                ..Matched::default()
            },
            baseline: None,
            written: None,
        }))
    }

    /// Reads the baseline, or begins it.
    pub(super) fn begins(&mut self, desk: &Desk<'_>) -> Result<()> {
        let key = desk.key_column().unwrap_or_default();
        match std::mem::take(&mut self.against) {
            Against::Nothing => {}
            Against::Baseline(source) => {
                self.baseline = Some(Baseline::read(desk.rules, &key, source)?);
            }
            Against::Write { delimiter, to, .. } => {
                self.written = Some(Written::new(desk.rules, &key, delimiter, to)?);
            }
        }
        Ok(())
    }

    pub(super) fn inspect(
        &mut self,
        record: &mut Inspected<'_>,
        desk: &mut Desk<'_>,
    ) -> Result<()> {
        let (rule, rules) = (self.rule, desk.rules);
        let column = desk.key_column();
        let Some(key) = desk.key(record) else {
            desk.find(record, Code::KeyMissing, rule, None, || Found {
                column,
                found: None,
                expected: "a key, by which the baseline knows the record".to_owned(),
                says: "the record has no key".to_owned(),
            });
            return Ok(());
        };
        if let Some(first) = self.keys.meets(&key, desk.at(record)) {
            let other = desk.other(first);
            desk.find(record, Code::DuplicateKey, rule, None, || Found {
                column,
                says: format!(
                    "the key {} is there twice: {other} has it too",
                    quoted(&key)
                ),
                found: Some(key),
                expected: "a key that no other record has".to_owned(),
            });
            return Ok(());
        }
        if let Some(written) = &mut self.written {
            return written.entry(rules, &key, record.labels());
        }
        let before = self
            .baseline
            .as_mut()
            .and_then(|baseline| baseline.meets(&key));
        let Some(before) = before else {
            self.matched.new += 1;
            return Ok(());
        };
        let labels = record.labels().iter().enumerate();
        let changed = (labels.zip(before))
            .filter(|((card, label), before)| rules.label(*card, **label) != *before)
            .map(|((card, label), before)| (card, *label, before.to_owned()));
        let changed: Vec<(usize, u8, String)> = changed.collect();
        match changed.is_empty() {
            true => self.matched.unchanged += 1,
            false => self.matched.changed += 1,
        }
        for (card, label, before) in changed {
            desk.find(record, Code::LabelChanged, rule, Some(card), || {
                let name = &rules.rulebook().scorecards[card].name;
                let label = rules.label(card, label);
                Found {
                    column: Some(label_field(name)),
                    found: Some(label.to_owned()),
                    says: format!("{name} was {before}, now the record is {label}"),
                    expected: before,
                }
            });
        }
        Ok(())
    }

    /// Looks for entries of the baseline whose records have gone.
    pub(super) fn ends(&mut self, desk: &mut Desk<'_>) {
        let Some(baseline) = &self.baseline else {
            return;
        };
        let stale = baseline.stale();
        let matched = &mut self.matched;
        matched.entries = baseline.len();
        matched.stale = stale.len() as u64;
        matched.first_stale = stale
            .iter()
            .take(STALE)
            .map(|one| one.key.clone())
            .collect();
        let counts = [
            (matched.unchanged, "unchanged"),
            (matched.changed, "changed"),
            (matched.new, "new"),
            (matched.stale, "stale"),
        ];
        let told = counts.iter().filter(|(count, _)| *count > 0);
        let told: Vec<String> = told
            .map(|(count, what)| format!("{} {what}", grouped(*count)))
            .collect();
        desk.told[self.rule].measured = (!told.is_empty()).then(|| told.join(", "));
        if !self.is_strict {
            return;
        }
        for one in stale {
            let (code, rule, column) = (Code::StaleBaselineEntry, self.rule, desk.key_column());
            desk.findings.add(code, rule, false, |severity| Finding {
                code,
                severity,
                rule,
                place: one.place,
                column,
                found: None,
                expected: "a record with this key".to_owned(),
                says: format!("the record with the key {} has gone", quoted(&one.key)),
                key: Some(one.key),
                reasons: Vec::new(),
            });
        }
    }

    /// What became of the records, or how many were written.
    pub(super) fn closes(&mut self) -> Result<(Option<u64>, Option<Matched>)> {
        if let Some(mut written) = self.written.take() {
            written.end()?;
            return Ok((Some(written.entries), None));
        }
        let compared = self.baseline.is_some();
        Ok((None, compared.then(|| std::mem::take(&mut self.matched))))
    }
}
