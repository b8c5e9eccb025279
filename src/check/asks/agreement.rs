//! `--expect` and `--min-agreement`: labels that are there already are the computed ones.

use super::labels::{LabelWords, Stored, StoredLabels};
use crate::check::asked::Asked;
use crate::check::desk::{Desk, Found};
use crate::check::finding::Code;
use crate::check::share::{Share, percent};
use crate::check::{UNDETERMINED, asked, usage};
use crate::error::{Place, Result, Setting};
use crate::pipeline::{Inspected, Opened};
use crate::text::{grouped, quoted};

/// A scorecard whose labels are there already.
pub(in crate::check) struct Agreement {
    rule: usize,
    card: usize,
    column: String,
    watched: usize,
    stored: StoredLabels,
    at_least: Option<Share>,
    /// How many carry a label, in how many it is the computed one, and how many lack
    /// one.
    compared: u64,
    agree: u64,
    missing: u64,
}

impl Agreement {
    pub(super) fn all(asked: &Asked, desk: &mut Desk<'_>) -> Result<Vec<Self>> {
        let rules = desk.rules;
        let limits = asked::limits(rules, "--min-agreement", &asked.min_agreement)?;
        let mut all: Vec<Agreement> = Vec::new();
        for (scorecard, column) in &asked.expect {
            let card = asked::scorecard(rules, "--expect", scorecard).map_err(|error| {
                // The two are easily taken for each other.
                match asked::scorecard(rules, "--expect", column) {
                    Ok(_) => error.advice(format!("did you mean {column}={scorecard}?")),
                    Err(_) => error,
                }
            })?;
            if all.iter().any(|other| other.card == card) {
                let found = format!("--expect names the scorecard {scorecard} twice");
                return Err(usage(found, "one column for each scorecard"));
            }
            let at_least = limits[card];
            let mut says = format!("{scorecard} agrees with {}", quoted(column));
            if let Some(share) = at_least {
                says.push_str(&format!(" in at least {share} of them"));
            }
            all.push(Agreement {
                rule: desk.rule("--expect", says),
                card,
                column: column.clone(),
                watched: desk.watch(Setting::Expect, column),
                stored: StoredLabels::new(asked.label_language),
                at_least,
                compared: 0,
                agree: 0,
                missing: 0,
            });
        }
        let is_expected = |name: &String| asked.expect.iter().any(|(known, _)| known == name);
        let of_nothing = asked
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
                Err(usage(
                    "--min-agreement asks how often labels agree, and nothing says with what",
                    format!("the column with the labels: --expect {of}=COLUMN"),
                ))
            }
        }
    }

    pub(super) fn opens(&mut self, opened: &Opened<'_>, desk: &mut Desk<'_>) {
        self.column = desk.column(self.watched);
        let words = LabelWords::new(desk.rules, self.card, &self.column);
        self.stored.opens(words, opened.names);
        self.note_circle(opened, desk);
    }

    /// Notes labels that are themselves evidence for what they are compared with.
    fn note_circle(&self, opened: &Opened<'_>, desk: &mut Desk<'_>) {
        let rulebook = desk.rules.rulebook();
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
            desk.note(format!(
                "{column} is itself read as {criterion}, so that it agrees says little; --map {criterion}= switches that off"
            ));
        }
    }

    pub(super) fn inspect(
        &mut self,
        record: &mut Inspected<'_>,
        desk: &mut Desk<'_>,
    ) -> Result<()> {
        let (rules, card, rule) = (desk.rules, self.card, self.rule);
        let text = record.text(self.watched).unwrap_or_default();
        let stored = match self.stored.read(rules, text) {
            Ok(stored) => stored,
            Err(error) => {
                let column = Some(self.column.clone());
                let place = record.place();
                return Err(error.at(Place { column, ..place }));
            }
        };
        if let Some(decided) = self.stored.take_decided() {
            let column = quoted(&self.column);
            desk.notes
                .push(format!("the labels in {column} are {decided}"));
        }
        let label = record.labels()[card];
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
        let of = &self.stored;
        desk.find_unless(tolerated, record, code, rule, Some(card), || {
            let is = rules.label(card, label);
            let says = match stored {
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
            Found {
                column: Some(self.column.clone()),
                subject: Some(rules.rulebook().scorecards[card].name.clone()),
                expected: match stored {
                    Stored::NotUnderstood => of.expected(&text),
                    _ => is.to_owned(),
                },
                found: (!text.is_empty()).then_some(text),
                says,
            }
        });
        Ok(())
    }

    pub(super) fn ends(&mut self, desk: &mut Desk<'_>) {
        let (agree, compared) = (self.agree, self.compared);
        let of = format!("{} of {}", grouped(agree), grouped(compared));
        let mut measured = match percent(agree, compared, false) {
            Some(share) => format!("{share} ({of})"),
            None => "no record carries a label".to_owned(),
        };
        let missed = self
            .at_least
            .filter(|share| !share.is_reached(agree, compared));
        if let Some(share) = missed {
            let name = &desk.rules.rulebook().scorecards[self.card].name;
            let found = Found {
                says: format!("{name} agrees with {} in {measured}", quoted(&self.column)),
                column: Some(self.column.clone()),
                subject: Some(name.clone()),
                found: Some(measured.clone()),
                expected: format!("at least {share}"),
            };
            desk.find_whole(Code::AgreementTooLow, self.rule, None, found);
        }
        if self.missing > 0 && compared > 0 {
            measured += &format!(", {} without a label", grouped(self.missing));
        }
        desk.told[self.rule].measured = Some(measured);
    }
}
