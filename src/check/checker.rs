//! Whoever looks at the records of a check, one after the other.
//!
//! Owns the rules as they are applied: what each needs of a record, what it counts, and
//! how its findings are worded.

use super::asked::{self, Asked};
use super::baseline::{Baseline, Written, label_field};
use super::finding::{Code, Finding, Findings, Reason};
use super::labels::{LabelWords, Stored, StoredLabels};
use super::seen::{First, Seen};
use super::share::{Share, percent};
use super::{Checked, Matched, Rule, usage};
use crate::columns::Why;
use crate::error::{Error, Place, Result, grouped, quoted};
use crate::judge::Watched;
use crate::pipeline::{Inspected, Inspector, Opened, Summary};
use crate::rules::Bin;
use crate::rules::compile::Rules;
use crate::rules::evaluate::Evidence;

/// So many reasons are told of a label.
const REASONS: usize = 2;
/// The number of the label of a record that has none, as verdicts number them.
const UNDETERMINED: u8 = 2;
/// So many keys of stale entries are told of.
const STALE: usize = 3;

/// A check under way.
pub(super) struct Checker<'c> {
    rules: &'c Rules,
    asked: &'c Asked,
    opened: &'c mut (dyn FnMut(&Opened<'_>) + Send),
    findings: Findings,
    told: Vec<Rule>,
    files: Vec<String>,
    notes: Vec<String>,
    expected: Vec<Expected>,
    /// By scorecard.
    most_undetermined: Vec<Option<(usize, Share)>>,
    required: Vec<Required>,
    /// The rules on values, on the number of records, and on the baseline.
    on_values: Option<usize>,
    on_records: Option<(usize, u64)>,
    on_baseline: Option<usize>,
    unique: Vec<Unique>,
    keys: Seen,
    baseline: Option<Baseline>,
    matched: Matched,
    written: Option<Written<'c>>,
}

/// A scorecard whose labels are there already.
struct Expected {
    rule: usize,
    card: usize,
    column: String,
    stored: StoredLabels,
    at_least: Option<Share>,
    /// How many carry a label, in how many it is the computed one, and how many carry
    /// none.
    compared: u64,
    agree: u64,
    missing: u64,
}

/// A criterion that is required.
struct Required {
    rule: usize,
    criterion: usize,
    /// The column that feeds it in the file at hand.
    column: Option<String>,
    /// No column of that file can.
    is_absent: bool,
    missing: u64,
    not_understood: u64,
}

/// A column whose values are unique.
struct Unique {
    rule: usize,
    column: String,
    seen: Seen,
}

/// What is found in one place.
#[derive(Default)]
struct Found {
    column: Option<String>,
    found: Option<String>,
    expected: String,
    says: String,
}

impl<'c> Checker<'c> {
    /// `compares` is the name of a baseline, if there is one.
    pub(super) fn new(
        rules: &'c Rules,
        asked: &'c Asked,
        compares: Option<String>,
        opened: &'c mut (dyn FnMut(&Opened<'_>) + Send),
    ) -> Result<Self> {
        let mut told: Vec<Rule> = Vec::new();
        let mut rule = |flag, says: String| {
            told.push(Rule {
                flag,
                says,
                measured: None,
                errors: 0,
                warnings: 0,
            });
            told.len() - 1
        };
        let name = |card: usize| rules.rulebook().scorecards[card].name.as_str();
        let agreements = asked::limits(rules, "--min-agreement", &asked.min_agreement)?;
        let mut expected: Vec<Expected> = Vec::new();
        for (scorecard, column) in &asked.expect {
            let card = asked::scorecard(rules, "--expect", scorecard)?;
            if expected.iter().any(|other| other.card == card) {
                let found = format!("--expect names the scorecard {scorecard} twice");
                return Err(usage(found, "one column for each scorecard"));
            }
            let at_least = agreements[card];
            let mut says = format!("{scorecard} agrees with {}", quoted(column));
            if let Some(share) = at_least {
                says.push_str(&format!(" in at least {share} of the records"));
            }
            let words = LabelWords::new(rules, card, column);
            expected.push(Expected {
                rule: rule("--expect", says),
                card,
                column: column.clone(),
                stored: StoredLabels::new(words, asked.label_language),
                at_least,
                compared: 0,
                agree: 0,
                missing: 0,
            });
        }
        let of_nothing = asked
            .min_agreement
            .iter()
            .find(|limit| match &limit.scorecard {
                None => expected.is_empty(),
                Some(name_of) => expected.iter().all(|one| name(one.card) != name_of),
            });
        if let Some(limit) = of_nothing {
            let of = limit.scorecard.as_deref().unwrap_or("relationship");
            return Err(usage(
                "--min-agreement asks how often labels agree, and nothing says with what",
                format!("the column with the labels: --expect {of}=COLUMN"),
            ));
        }
        let bounds = asked::limits(rules, "--max-undetermined", &asked.max_undetermined)?;
        let bounds = bounds.into_iter().enumerate().map(|(card, share)| {
            let share = share?;
            let neither = rules.label(card, 2);
            let says = format!(
                "{} is {neither} for at most {share} of the records",
                name(card)
            );
            Some((rule("--max-undetermined", says), share))
        });
        let most_undetermined = bounds.collect();
        let required = asked::required(rules, &asked.require)?.into_iter();
        let required = required.map(|criterion| {
            let name = &rules.rulebook().criteria[criterion].name;
            Required {
                rule: rule("--require", format!("{name} is filled in and understood")),
                criterion,
                column: None,
                is_absent: false,
                missing: 0,
                not_understood: 0,
            }
        });
        let required: Vec<Required> = required.collect();
        let on_values = asked
            .no_unread_values
            .then(|| rule("--no-unread-values", "every value is understood".to_owned()));
        let on_records = asked.min_records.map(|least| {
            let records = if least == 1 { "record" } else { "records" };
            let says = format!("there are at least {} {records}", grouped(least));
            (rule("--min-records", says), least)
        });
        let mut unique: Vec<Unique> = Vec::new();
        for column in &asked.unique {
            if unique.iter().all(|other| other.column != *column) {
                unique.push(Unique {
                    rule: rule("--unique", format!("{} is unique", quoted(column))),
                    column: column.clone(),
                    seen: Seen::default(),
                });
            }
        }
        if compares.is_some() && asked.key.is_none() {
            return Err(usage(
                "--baseline needs to know which record is which",
                "the column with the key: --key COLUMN",
            ));
        }
        let on_baseline = compares.as_ref().map(|file| {
            let says = format!("labels are those of {}", crate::visible(file));
            rule("--baseline", says)
        });
        Ok(Checker {
            rules,
            asked,
            opened,
            findings: Findings::new(asked.levels.clone(), asked.max_findings, told.len()),
            told,
            files: Vec::new(),
            notes: Vec::new(),
            expected,
            most_undetermined,
            required,
            on_values,
            on_records,
            on_baseline,
            unique,
            keys: Seen::default(),
            baseline: None,
            matched: Matched {
                file: compares.unwrap_or_default(),
                ..Matched::default()
            },
            written: None,
        })
    }

    pub(super) fn compare_with(&mut self, baseline: Baseline) {
        self.baseline = Some(baseline);
    }

    pub(super) fn write_to(&mut self, written: Written<'c>) {
        if let Some(rule) = self.on_baseline {
            let name = crate::visible(&self.matched.file).into_owned();
            self.told[rule].says = format!("labels go to {name}, by a key that each record has");
        }
        self.written = Some(written);
    }

    /// The columns that have to be heard: those of labels, those that are unique, and
    /// that of the key.
    pub(super) fn watched(&self) -> Vec<Watched> {
        let watched = |flag, column: &str| Watched {
            flag,
            column: column.to_owned(),
        };
        let labels = self.expected.iter();
        let labels = labels.map(|one| watched("--expect", &one.column));
        let unique = self.unique.iter();
        let unique = unique.map(|one| watched("--unique", &one.column));
        let key = self.asked.key.iter().map(|key| watched("--key", key));
        labels.chain(unique).chain(key).collect()
    }

    /// True if single values that are not understood matter.
    pub(super) fn needs_values(&self) -> bool {
        self.on_values.is_some() || !self.required.is_empty()
    }

    /// The place of the key's column among those that are heard.
    fn key_place(&self) -> usize {
        self.expected.len() + self.unique.len()
    }

    /// Adds a finding about a record; about its label on `card`, if one is given.
    fn find(
        &mut self,
        record: &mut Inspected<'_>,
        code: Code,
        (rule, tolerated): (usize, bool),
        card: Option<usize>,
        make: impl FnOnce() -> Found,
    ) {
        let rules = self.rules;
        let watched = self.asked.key.as_ref().map(|_| self.key_place());
        self.findings.add(code, rule, tolerated, |severity| {
            let key = watched.and_then(|watched| key(record, watched));
            let Found {
                column,
                found,
                expected,
                says,
            } = make();
            Finding {
                code,
                severity,
                rule,
                place: record.place(),
                key,
                column,
                found,
                expected,
                says,
                reasons: card.map_or(Vec::new(), |card| reasons(rules, card, record)),
            }
        });
    }

    /// Adds a finding about all records, or about a file.
    fn find_whole(&mut self, code: Code, rule: usize, file: Option<&str>, found: Found) {
        self.findings.add_whole(code, rule, |severity| Finding {
            code,
            severity,
            rule,
            place: Place {
                file: file.map(str::to_owned),
                ..Place::default()
            },
            key: None,
            column: found.column,
            found: found.found,
            expected: found.expected,
            says: found.says,
            reasons: Vec::new(),
        });
    }

    /// Compares the labels that a record carries.
    fn compare_labels(&mut self, record: &mut Inspected<'_>) -> Result<()> {
        for place in 0..self.expected.len() {
            let one = &mut self.expected[place];
            let (rules, card, rule) = (self.rules, one.card, one.rule);
            let text = record.text(place).unwrap_or_default().to_owned();
            let stored = match one.stored.read(rules, &text) {
                Ok(stored) => stored,
                Err(error) => {
                    let column = Some(one.column.clone());
                    let place = record.place();
                    return Err(error.at(Place { column, ..place }));
                }
            };
            let label = record.labels()[card];
            let column = one.column.clone();
            let is = label_in_words(rules, card, label);
            let tolerated = one.at_least.is_some();
            let found = |found: Option<String>, expected: String, says: String| Found {
                column: Some(column),
                found,
                expected,
                says,
            };
            match stored {
                // Nothing is said of a record of which nothing can be said.
                Stored::Missing if label == UNDETERMINED => {}
                Stored::Missing => {
                    one.missing += 1;
                    let expected = rules.label(card, label).to_owned();
                    self.find(
                        record,
                        Code::LabelMissing,
                        (rule, false),
                        Some(card),
                        || {
                            let says = format!("no label, where the record {is}");
                            found((!text.is_empty()).then_some(text), expected, says)
                        },
                    );
                }
                Stored::NotUnderstood => {
                    one.compared += 1;
                    let expected = one.stored.expected();
                    let code = Code::LabelNotUnderstood;
                    self.find(record, code, (rule, tolerated), Some(card), || {
                        let says = format!("{} is no label; the record {is}", quoted(&text));
                        found(Some(text), expected, says)
                    });
                }
                Stored::Label(stored) => {
                    one.compared += 1;
                    if stored == label {
                        one.agree += 1;
                        continue;
                    }
                    let name = rules.label(card, stored);
                    let expected = rules.label(card, label).to_owned();
                    let code = Code::LabelDiffers;
                    self.find(record, code, (rule, tolerated), Some(card), || {
                        let means = match text == name {
                            true => String::new(),
                            false => format!(" ({name})"),
                        };
                        let says =
                            format!("the label is {}{means}, the record {is}", quoted(&text));
                        found(Some(text), expected, says)
                    });
                }
            }
        }
        Ok(())
    }

    /// Looks at what is required of a record.
    fn require(&mut self, record: &mut Inspected<'_>) {
        for place in 0..self.required.len() {
            let one = &mut self.required[place];
            let bin = record.bin(one.criterion);
            if one.is_absent || bin.is_known() {
                continue;
            }
            let of = &self.rules.rulebook().criteria[one.criterion];
            let rule = one.rule;
            let mut column = one.column.clone();
            if bin == Bin::NOT_UNDERSTOOD {
                one.not_understood += 1;
                let criterion = one.criterion;
                let rules = self.rules;
                let is_of = |from: usize| from == criterion || rules.gives(from, criterion);
                let unread = record.unread().find(|unread| is_of(unread.criterion));
                let unread = unread.cloned();
                column = unread.as_ref().map(|one| one.column.clone()).or(column);
                let text = unread.map(|unread| unread.text);
                let code = Code::RequiredNotUnderstood;
                self.find(record, code, (rule, false), None, || Found {
                    says: match &text {
                        Some(text) => format!("{} is not understood as {}", quoted(text), of.name),
                        None => format!("{} is not understood", of.name),
                    },
                    column,
                    found: text,
                    expected: of.would_be_understood(),
                });
            } else {
                one.missing += 1;
                let code = Code::RequiredMissing;
                self.find(record, code, (rule, false), None, || Found {
                    column,
                    found: None,
                    expected: of.would_be_understood(),
                    says: format!("{} is not filled in", of.name),
                });
            }
        }
    }

    /// Looks at the values of a record that are not understood.
    fn look_at_values(&mut self, record: &mut Inspected<'_>) {
        let Some(rule) = self.on_values else { return };
        let unread: Vec<_> = record.unread().cloned().collect();
        for unread in unread {
            let of = &self.rules.rulebook().criteria[unread.criterion];
            let code = Code::ValueNotUnderstood;
            self.find(record, code, (rule, false), None, || Found {
                says: format!("{} is not understood as {}", quoted(&unread.text), of.name),
                column: Some(unread.column),
                found: Some(unread.text),
                expected: of.would_be_understood(),
            });
        }
    }

    /// Where a record is, to be remembered.
    fn first(&self, record: &Inspected<'_>) -> First {
        First {
            // Nobody names as many files.
            file: self.files.len() as u32,
            record: record.number(),
        }
    }

    /// Another record, in words.
    fn other(&self, first: First) -> String {
        let number = grouped(first.record);
        let file = (first.file as usize).checked_sub(1);
        match file.and_then(|file| self.files.get(file)) {
            Some(file) if first.file as usize != self.files.len() => {
                format!("record {number} of {}", crate::visible(file))
            }
            _ => format!("record {number}"),
        }
    }

    /// Looks whether the values of a record are unique.
    fn look_for_twins(&mut self, record: &mut Inspected<'_>) {
        for place in 0..self.unique.len() {
            let at = self.first(record);
            let text = record.text(self.expected.len() + place).unwrap_or_default();
            if text.is_empty() {
                continue;
            }
            let one = &mut self.unique[place];
            let Some(first) = one.seen.meets(text, at) else {
                continue;
            };
            let (rule, column, text) = (one.rule, one.column.clone(), text.to_owned());
            let other = self.other(first);
            self.find(record, Code::DuplicateValue, (rule, false), None, || {
                Found {
                    says: format!("{} is there twice: {other} has it too", quoted(&text)),
                    column: Some(column),
                    found: Some(text),
                    expected: "a value that no other record has".to_owned(),
                }
            });
        }
    }

    /// Compares a record with the baseline, or writes it there.
    fn match_baseline(&mut self, record: &mut Inspected<'_>) -> Result<()> {
        let Some(rule) = self.on_baseline else {
            return Ok(());
        };
        let column = self.asked.key.clone();
        let Some(key) = key(record, self.key_place()) else {
            self.find(record, Code::KeyMissing, (rule, false), None, || Found {
                column,
                found: None,
                expected: "a key, by which the baseline knows the record".to_owned(),
                says: "the record has no key".to_owned(),
            });
            return Ok(());
        };
        let at = self.first(record);
        if let Some(first) = self.keys.meets(&key, at) {
            let other = self.other(first);
            self.find(record, Code::DuplicateKey, (rule, false), None, || Found {
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
            return written.entry(self.rules, &key, record.labels());
        }
        let Some(baseline) = &mut self.baseline else {
            return Ok(());
        };
        let Some(before) = baseline.meets(&key) else {
            self.matched.new += 1;
            return Ok(());
        };
        let rules = self.rules;
        let labels = record.labels().iter().enumerate();
        let changed = labels.zip(before).filter_map(|((card, label), before)| {
            (rules.label(card, *label) != before).then(|| (card, *label, before.to_owned()))
        });
        let changed: Vec<(usize, u8, String)> = changed.collect();
        match changed.is_empty() {
            true => self.matched.unchanged += 1,
            false => self.matched.changed += 1,
        }
        for (card, label, before) in changed {
            let code = Code::LabelChanged;
            self.find(record, code, (rule, false), Some(card), || {
                let name = &rules.rulebook().scorecards[card].name;
                let is = label_in_words(rules, card, label);
                Found {
                    column: Some(label_field(name)),
                    found: Some(rules.label(card, label).to_owned()),
                    says: format!("{name} was {before}, now the record {is}"),
                    expected: before,
                }
            });
        }
        Ok(())
    }

    /// What the rules have measured over all records, and what is wrong with that.
    fn measure(&mut self, summary: &Summary) {
        for place in 0..self.expected.len() {
            let one = &self.expected[place];
            let (agree, compared) = (one.agree, one.compared);
            let of = format!("{} of {}", grouped(agree), grouped(compared));
            let mut measured = match percent(agree, compared, false) {
                Some(share) => format!("{share} ({of})"),
                None => "no record carries a label".to_owned(),
            };
            let (rule, share, column) = (one.rule, one.at_least, one.column.clone());
            let name = self.rules.rulebook().scorecards[one.card].name.clone();
            if let Some(share) = share.filter(|share| !share.is_reached(agree, compared)) {
                let found = Found {
                    says: format!("{name} agrees with {} in {measured}", quoted(&column)),
                    column: Some(column),
                    found: Some(measured.clone()),
                    expected: format!("at least {share}"),
                };
                self.find_whole(Code::AgreementTooLow, rule, None, found);
            }
            let missing = self.expected[place].missing;
            if missing > 0 && compared > 0 {
                measured += &format!(", {} without a label", grouped(missing));
            }
            self.told[rule].measured = Some(measured);
        }
        for card in 0..self.most_undetermined.len() {
            let Some((rule, share)) = self.most_undetermined[card] else {
                continue;
            };
            let [_, _, neither] = summary.labels(card);
            let all = summary.records();
            let of = format!("{} of {}", grouped(neither), grouped(all));
            let measured = match percent(neither, all, true) {
                Some(share) => format!("{share} ({of})"),
                None => "no records".to_owned(),
            };
            if share.is_exceeded(neither, all) {
                let name = &self.rules.rulebook().scorecards[card].name;
                let label = self.rules.label(card, 2);
                let found = Found {
                    says: format!("{name} is {label} for {measured}"),
                    column: None,
                    found: Some(measured.clone()),
                    expected: format!("at most {share}"),
                };
                self.find_whole(Code::TooManyUndetermined, rule, None, found);
            }
            self.told[rule].measured = Some(measured);
        }
        for one in &self.required {
            let mut lacks = Vec::new();
            if one.missing > 0 {
                lacks.push(format!("{} not filled in", grouped(one.missing)));
            }
            if one.not_understood > 0 {
                lacks.push(format!("{} not understood", grouped(one.not_understood)));
            }
            let lacks = (!lacks.is_empty()).then(|| lacks.join(", "));
            self.told[one.rule].measured = lacks;
        }
        if let Some((rule, least)) = self.on_records {
            let records = summary.records();
            let measured = match records {
                1 => "1 record".to_owned(),
                _ => format!("{} records", grouped(records)),
            };
            if records < least {
                let are = if records == 1 { "is" } else { "are" };
                let found = Found {
                    says: format!("there {are} {measured}"),
                    column: None,
                    found: Some(measured.clone()),
                    expected: format!("at least {}", grouped(least)),
                };
                self.find_whole(Code::TooFewRecords, rule, None, found);
            }
            self.told[rule].measured = Some(measured);
        }
    }

    /// Looks for entries of the baseline whose records have gone.
    fn look_for_stale(&mut self) {
        let (Some(baseline), Some(rule)) = (&self.baseline, self.on_baseline) else {
            return;
        };
        let stale = baseline.stale();
        self.matched.entries = baseline.len();
        self.matched.stale = stale.len() as u64;
        let keys = stale.iter().take(STALE).map(|one| one.key.clone());
        self.matched.first_stale = keys.collect();
        let Matched {
            unchanged,
            changed,
            new,
            ..
        } = self.matched;
        let counts = [
            (unchanged, "unchanged"),
            (changed, "changed"),
            (new, "new"),
            (self.matched.stale, "stale"),
        ];
        let told = counts.iter().filter(|(count, _)| *count > 0);
        let told: Vec<String> = told
            .map(|(count, what)| format!("{} {what}", grouped(*count)))
            .collect();
        self.told[rule].measured = (!told.is_empty()).then(|| told.join(", "));
        if !self.asked.strict_baseline {
            return;
        }
        let column = self.asked.key.clone();
        for one in stale {
            let code = Code::StaleBaselineEntry;
            let column = column.clone();
            self.findings.add(code, rule, false, |severity| Finding {
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

    /// What it has come to, if it ended with this `error` or none.
    pub(super) fn end(mut self, summary: Summary, error: Option<Error>) -> Checked {
        let written = self.written.take().map(|mut written| {
            let told = written.end();
            (written.entries, told.err())
        });
        let (written, unwritten) =
            written.map_or((None, None), |(entries, error)| (Some(entries), error));
        let error = error.or(unwritten);
        if error.is_none() {
            self.measure(&summary);
            self.look_for_stale();
        }
        for (place, rule) in self.told.iter_mut().enumerate() {
            [rule.errors, rule.warnings] = self.findings.by_rule(place);
        }
        let compared = self.baseline.is_some() && error.is_none();
        Checked {
            files: self.files,
            rules: self.told,
            counts: self.findings.counts(),
            findings: self.findings.kept(),
            notes: self.notes,
            summary,
            baseline: compared.then_some(self.matched),
            written: written.filter(|_| error.is_none()),
            fail_on: self.asked.fail_on,
            error,
        }
    }
}

impl Inspector for Checker<'_> {
    fn opens(&mut self, opened: &Opened<'_>) -> Result<()> {
        (self.opened)(opened);
        self.files.push(opened.file.to_owned());
        for one in &mut self.expected {
            one.stored.opens(opened.names);
        }
        self.note_circles(opened);
        self.look_at_columns(opened);
        let may_feed = opened.may_feed(self.rules);
        let columns = opened.names.iter().zip(&opened.mapping.feeds);
        let mut absent = Vec::new();
        for (place, one) in self.required.iter_mut().enumerate() {
            let feeds = |criterion: usize| {
                let mut columns = columns.clone();
                let fed =
                    columns.find(|(_, feeds)| feeds.iter().any(|feed| feed.criterion == criterion));
                fed.map(|(name, _)| name.clone())
            };
            let dates = (0..may_feed.len()).filter(|from| self.rules.gives(*from, one.criterion));
            let dates: Vec<usize> = dates.collect();
            one.column =
                feeds(one.criterion).or_else(|| dates.iter().find_map(|from| feeds(*from)));
            one.is_absent = !may_feed[one.criterion] && dates.iter().all(|from| !may_feed[*from]);
            if one.is_absent {
                absent.push(place);
            }
        }
        for place in absent {
            let Required {
                rule, criterion, ..
            } = self.required[place];
            let name = &self.rules.rulebook().criteria[criterion].name;
            let found = Found {
                column: None,
                found: None,
                expected: format!("a column that feeds {name}; --map {name}=COLUMN names it"),
                says: format!("no column feeds {name}"),
            };
            let file = Some(opened.file);
            self.find_whole(Code::RequiredColumnMissing, rule, file, found);
        }
        Ok(())
    }

    fn inspect(&mut self, record: &mut Inspected<'_>) -> Result<()> {
        self.compare_labels(record)?;
        self.require(record);
        self.look_at_values(record);
        self.look_for_twins(record);
        self.match_baseline(record)?;
        for place in 0..self.expected.len() {
            if let Some(decided) = self.expected[place].stored.take_decided() {
                let column = quoted(&self.expected[place].column);
                self.notes
                    .push(format!("the labels in {column} are {decided}"));
            }
        }
        Ok(())
    }
}

impl Checker<'_> {
    /// Looks for columns that are not read since nothing in them is understood.
    fn look_at_columns(&mut self, opened: &Opened<'_>) {
        let Some(rule) = self.on_values else { return };
        for (column, why) in opened.names.iter().zip(&opened.mapping.unused) {
            let Some(
                Why::NotUnderstood(criterion) | Why::Numbers(criterion) | Why::TooLong(criterion),
            ) = why
            else {
                continue;
            };
            let of = &self.rules.rulebook().criteria[*criterion];
            let name = &of.name;
            let found = Found {
                says: format!(
                    "nothing in {} is understood as {name}, so it is not read",
                    quoted(column)
                ),
                column: Some(column.clone()),
                found: None,
                expected: format!(
                    "{}; --map {name}= says that it is none",
                    of.would_be_understood()
                ),
            };
            let file = Some(opened.file);
            self.find_whole(Code::ColumnNotUnderstood, rule, file, found);
        }
    }

    /// Notes labels that are themselves evidence for what they are compared with.
    fn note_circles(&mut self, opened: &Opened<'_>) {
        for one in &self.expected {
            let columns = opened.names.iter().zip(&opened.mapping.feeds);
            let mut own = columns.filter(|(name, _)| **name == one.column);
            let counts = |criterion: usize| {
                let name = &self.rules.rulebook().criteria[criterion].name;
                let mut characteristics = self.rules.rulebook().scorecards[one.card]
                    .characteristics
                    .iter();
                characteristics.any(|of| {
                    let mut attributes = of.attributes.iter();
                    of.criterion == *name || attributes.any(|one| one.when.contains_key(name))
                })
            };
            let feed = own.find_map(|(_, feeds)| feeds.iter().find(|feed| counts(feed.criterion)));
            if let Some(feed) = feed {
                let criterion = &self.rules.rulebook().criteria[feed.criterion].name;
                let column = quoted(&one.column);
                self.notes.push(format!(
                    "{column} is itself read as {criterion}, so that it agrees says little; --map {criterion}= switches that off"
                ));
            }
        }
    }
}

/// What a record says in the column of its key, if it says anything.
fn key(record: &Inspected<'_>, watched: usize) -> Option<String> {
    let key = record.text(watched);
    key.filter(|key| !key.is_empty()).map(str::to_owned)
}

/// What a record is, in words.
fn label_in_words(rules: &Rules, card: usize, label: u8) -> String {
    format!("is {}", rules.label(card, label))
}

/// The strongest reasons for the label of a record on a scorecard.
fn reasons(rules: &Rules, card: usize, record: &mut Inspected<'_>) -> Vec<Reason> {
    let evidence = &record.evaluation().evidence[card];
    let characteristics = &rules.rulebook().scorecards[card].characteristics;
    let strongest = rules.strongest(card).iter();
    let applied = strongest.filter(|&&(characteristic, attribute)| {
        evidence[characteristic] == Evidence::Applied(attribute as u16)
    });
    let reason = |&(characteristic, attribute): &(usize, usize)| {
        let of = &characteristics[characteristic];
        let attribute = &of.attributes[attribute];
        Reason {
            criterion: of.criterion.clone(),
            points: attribute.partial_score,
            reason_code: attribute.reason_code.clone(),
            reason: attribute.reason.clone(),
        }
    };
    applied.take(REASONS).map(reason).collect()
}
