//! `--baseline`: no label has changed since an earlier run; or its labels are written.

use super::baseline::{Baseline, Known, Stale, Written, label_field};
use super::seen::Seen;
use crate::check::asked::Asked;
use crate::check::desk::{Desk, Found};
use crate::check::finding::{Code, Finding};
use crate::check::inspected::Inspected;
use crate::check::{Against, Matched, usage};
use crate::error::Result;
use crate::lexicon::normalize::header_key;
use crate::text::{grouped, quoted};

/// So many keys of stale entries are told of.
const STALE: usize = 3;

/// The rule.
pub(in crate::check) struct Drift<'c> {
    rule: usize,
    /// What is read or written, until that begins.
    against: Against<'c>,
    is_strict: bool,
    /// So many findings are kept.
    shown: usize,
    /// Keys that the baseline does not know.
    keys: Seen,
    matched: Matched,
    /// Records without a key, and those with that of another.
    keyless: u64,
    twins: u64,
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
        let key = desk.key_column().unwrap_or_default();
        let mut cards = desk.rules.rulebook().scorecards.iter();
        if cards.any(|card| header_key(&label_field(&card.name)) == header_key(&key)) {
            let found = format!(
                "--key names {}, which is the field of a label",
                quoted(&key)
            );
            return Err(usage(found, "a column that says which record it is"));
        }
        Ok(Some(Drift {
            rule: desk.rule("--baseline", says),
            against,
            is_strict: asked.strict_baseline,
            shown: asked.max_findings,
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
        record: &mut Inspected<'_, '_>,
        desk: &mut Desk<'_>,
    ) -> Result<()> {
        let (rule, rules) = (self.rule, desk.rules);
        let Some(key) = desk.key(record) else {
            self.keyless += 1;
            let column = desk.key_column();
            desk.find(record, Code::KeyMissing, rule, None, || Found {
                column,
                subject: None,
                found: None,
                expected: "a key, by which the baseline knows the record".to_owned(),
                says: "the record has no key".to_owned(),
            });
            return Ok(());
        };
        let at = desk.at(record);
        let known = match &mut self.baseline {
            Some(baseline) => baseline.meets(&key, at),
            None => Known::Not,
        };
        let (before, taken) = match known {
            Known::Not => (None, self.keys.meets(&key, at)),
            Known::Taken(first) => (None, Some(first)),
            Known::Labels(before) => (Some(before), None),
        };
        if let Some(first) = taken {
            self.twins += 1;
            let (other, column) = (desk.other(first), desk.key_column());
            desk.find(record, Code::DuplicateKey, rule, None, || Found {
                column,
                subject: None,
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
        let Some(before) = before else {
            self.matched.new += 1;
            return Ok(());
        };
        let labels = record.labels();
        let changed = (before.into_iter())
            .filter(|(card, before)| rules.label(*card, labels[*card]) != *before)
            .map(|(card, before)| (card, labels[card], before.to_owned()));
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
                    subject: Some(name.clone()),
                    found: Some(label.to_owned()),
                    says: format!("{name} was {before}, now the record is {label}"),
                    expected: before,
                }
            });
        }
        Ok(())
    }

    /// Tells what became of the records, and looks for entries of the baseline whose
    /// records have gone.
    pub(super) fn ends(&mut self, desk: &mut Desk<'_>) {
        let keys = [
            (self.keyless, "without a key"),
            (self.twins, "with the key of another"),
        ];
        desk.told[self.rule].measured = counted(&keys);
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
        let counts = [
            keys[0],
            keys[1],
            (matched.unchanged, "unchanged"),
            (matched.changed, "changed"),
            (matched.new, "new"),
            (matched.stale, "stale"),
        ];
        desk.told[self.rule].measured = counted(&counts);
        let known = matched.unchanged + matched.changed;
        if known == 0 && matched.new + matched.entries > 0 {
            let found = Found {
                column: desk.key_column(),
                subject: None,
                found: None,
                expected: "records with the keys of the baseline".to_owned(),
                says: format!("no record has a key of {}", crate::visible(&matched.file)),
            };
            desk.find_whole(Code::BaselineNotMatched, self.rule, None, found);
        }
        if desk.rules.was_asked_for_the_day() {
            desk.note(
                "lengths are measured up to today, so labels change with it; --as-of DATE holds it"
                    .to_owned(),
            );
        }
        if !self.is_strict {
            return;
        }
        let (code, rule) = (Code::StaleBaselineEntry, self.rule);
        let mut stale = stale.into_iter();
        for _ in 0..gone {
            let (one, column) = (stale.next(), desk.key_column());
            desk.findings.add(code, rule, false, |severity| {
                let Some(Stale { key, place }) = one else {
                    unreachable!("as many are at hand as are kept");
                };
                Finding {
                    code,
                    severity,
                    rule,
                    place,
                    column,
                    subject: None,
                    found: None,
                    expected: "a record with this key".to_owned(),
                    says: format!("the record with the key {} has gone", quoted(&key)),
                    key: Some(key),
                    reasons: Vec::new(),
                }
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

/// What there is any of, and how much.
fn counted(counts: &[(u64, &str)]) -> Option<String> {
    let told = counts.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}
