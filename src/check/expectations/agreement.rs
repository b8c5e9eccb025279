//! The labels that records carry are the computed ones, all or a share of them.

use super::labels::{LabelWords, Stored, StoredLabels};
use super::{Expectations, resolve};
use crate::check::context::{Context, Detail};
use crate::check::finding::Code;
use crate::check::share::{Share, measured};
use crate::check::{Row, UNDETERMINED, usage};
use crate::error::{Phrase, Place, Result, Setting};
use crate::run::Opened;
use crate::text::{grouped, quoted};

/// A scorecard whose labels are there already.
pub(in crate::check) struct Agreement {
    rule: usize,
    card: usize,
    column: String,
    needed: usize,
    stored: StoredLabels,
    at_least: Option<Share>,
    /// How many carry a label, in how many it is the computed one, and how many lack
    /// one.
    compared: u64,
    agree: u64,
    missing: u64,
}

impl Agreement {
    pub(super) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Result<Vec<Self>> {
        let rules = context.rules;
        let limits = resolve::limits(rules, Setting::MinAgreement, &expectations.min_agreement)?;
        let mut all: Vec<Agreement> = Vec::new();
        for (scorecard, column) in &expectations.expect {
            let card = resolve::scorecard(rules, Setting::Expect, scorecard).map_err(|error| {
                // The two are easily taken for each other.
                match resolve::scorecard(rules, Setting::Expect, column) {
                    Ok(_) => error.advice(format!("did you mean {column}={scorecard}?")),
                    Err(_) => error,
                }
            })?;
            if all.iter().any(|other| other.card == card) {
                let found = format!("names the scorecard {scorecard} twice");
                return Err(usage(
                    Setting::Expect,
                    found,
                    "one column for each scorecard",
                ));
            }
            let at_least = limits[card];
            let mut says = format!("{scorecard} agrees with {}", quoted(column));
            if let Some(share) = at_least {
                says.push_str(&format!(" in at least {share} of them"));
            }
            all.push(Agreement {
                rule: context.rule(Setting::Expect, says),
                card,
                column: column.clone(),
                needed: context.need(Setting::Expect, column),
                stored: StoredLabels::new(expectations.label_language),
                at_least,
                compared: 0,
                agree: 0,
                missing: 0,
            });
        }
        let is_expected =
            |name: &String| expectations.expect.iter().any(|(known, _)| known == name);
        let of_nothing = expectations
            .min_agreement
            .iter()
            .find(|limit| match &limit.scorecard {
                None => all.is_empty(),
                Some(name) => !is_expected(name),
            });
        match of_nothing {
            None => Ok(all),
            Some(limit) => {
                let of = limit.scorecard.as_deref().unwrap_or("relationship");
                let expected = Phrase::from("the column with the labels: ")
                    .set(Setting::Expect, format!("{of}=COLUMN"));
                let found = "asks how often labels agree, and nothing says with what";
                Err(usage(Setting::MinAgreement, found, expected))
            }
        }
    }

    pub(super) fn open(&mut self, opened: &Opened<'_>, context: &mut Context<'_>) {
        self.column = context.column(self.needed);
        let words = LabelWords::new(context.rules, self.card, &self.column);
        self.stored.open(words, opened.names);
        self.note_circle(opened, context);
    }

    /// Notes labels that are themselves evidence for what they are compared with.
    fn note_circle(&self, opened: &Opened<'_>, context: &mut Context<'_>) {
        let rulebook = context.rules.rulebook();
        let counts = |criterion: usize| {
            let name = &rulebook.criteria[criterion].name;
            let mut characteristics = rulebook.scorecards[self.card].characteristics.iter();
            characteristics.any(|of| {
                let mut attributes = of.attributes.iter();
                of.criterion == *name || attributes.any(|one| one.when.contains_key(name))
            })
        };
        let columns = opened.names.iter().zip(&opened.mapping.feeds);
        let own = columns.filter(|(name, _)| **name == self.column);
        let mut feeds = own.flat_map(|(_, feeds)| feeds);
        if let Some(feed) = feeds.find(|feed| counts(feed.criterion)) {
            let (column, criterion) = (
                quoted(&self.column),
                &rulebook.criteria[feed.criterion].name,
            );
            let read =
                format!("{column} is itself read as {criterion}, so that it agrees says little; ");
            let note = Phrase::from(read).map(criterion, "");
            context.note(note.text(" switches that off"));
        }
    }

    pub(super) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) -> Result<()> {
        let (rules, card, rule) = (context.rules, self.card, self.rule);
        let text = row.text(self.needed).map(str::trim).unwrap_or_default();
        let stored = match self.stored.read(rules, text) {
            Ok(stored) => stored,
            Err(error) => {
                let column = Some(self.column.clone());
                let place = row.place();
                return Err(error.at(Place { column, ..place }));
            }
        };
        if let Some(decided) = self.stored.take_decided() {
            let column = quoted(&self.column);
            let note = Phrase::from(format!("the labels in {column} are "));
            context.notes.push(note.then(decided));
        }
        let label = row.labels(0)[card];
        let code = match stored {
            Stored::Label(stored) if stored == label => {
                self.compared += 1;
                self.agree += 1;
                return Ok(());
            }
            // Nothing is said of a record of which nothing can be said.
            Stored::Missing if label == UNDETERMINED => return Ok(()),
            Stored::Missing => {
                self.missing += 1;
                Code::LabelMissing
            }
            Stored::NotUnderstood => {
                self.compared += 1;
                Code::LabelNotUnderstood
            }
            Stored::Label(_) => {
                self.compared += 1;
                Code::LabelDiffers
            }
        };
        let tolerated = self.at_least.is_some() && code != Code::LabelMissing;
        let text = text.to_owned();
        let (of, name) = (&self.stored, context.scorecard(card));
        context.find_unless(tolerated, row, code, rule, || {
            let is = rules.label(card, label);
            let message = match stored {
                Stored::Missing => format!("no label, where the record is {is}"),
                Stored::NotUnderstood => {
                    format!("{} is no label; the record is {is}", quoted(&text))
                }
                Stored::Label(stored) => {
                    let name = rules.label(card, stored);
                    let means = match text == name {
                        true => String::new(),
                        false => format!(" ({name})"),
                    };
                    format!("the label is {}{means}, the record is {is}", quoted(&text))
                }
            };
            Detail {
                column: Some(self.column.clone()),
                subject: Some(name.to_owned()),
                expected: match stored {
                    Stored::NotUnderstood => of.expected(&text).into(),
                    _ => is.into(),
                },
                found: (!text.is_empty()).then_some(text),
                message,
                card: Some(card),
                ..Detail::default()
            }
        });
        Ok(())
    }

    pub(super) fn end(&mut self, context: &mut Context<'_>) {
        let (agree, compared) = (self.agree, self.compared);
        let mut measured = measured(agree, compared, false)
            .unwrap_or_else(|| "no record carries a label".to_owned());
        let missed = self
            .at_least
            .filter(|share| !share.is_reached(agree, compared));
        if let Some(share) = missed {
            let name = context.scorecard(self.card);
            let detail = Detail {
                message: format!("{name} agrees with {} in {measured}", quoted(&self.column)),
                column: Some(self.column.clone()),
                subject: Some(name.to_owned()),
                found: Some(measured.clone()),
                expected: format!("at least {share}").into(),
                ..Detail::default()
            };
            context.find_whole(Code::AgreementTooLow, self.rule, None, detail);
        }
        if self.missing > 0 && compared > 0 {
            measured += &format!(", {} without a label", grouped(self.missing));
        }
        context.measure(self.rule, measured);
    }
}
