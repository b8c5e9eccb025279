//! The expectation that the labels in a file, or a share of them, agree with the computed
//! ones.

use super::labels::{Stored, StoredLabels};
use super::{Expectations, bounds, scorecard};
use crate::check::Language;
use crate::check::context::Context;
use crate::check::finding::{Code, Scope};
use crate::check::share::{Share, measured};
use crate::check::{Row, UNDETERMINED, usage};
use crate::error::{Phrase, Place, Result, Setting};
use crate::run::Opened;
use crate::text::{grouped, quoted};

/// A scorecard for which the file already has labels.
pub(crate) struct Agreement {
    rule: usize,
    card: usize,
    column: String,
    needed: usize,
    /// The language of the labels, if the user names it.
    language: Option<Language>,
    stored: StoredLabels,
    at_least: Option<Share>,
    /// The number of records with a label, of those whose label agrees, and of records that
    /// lack one.
    compared: u64,
    agree: u64,
    missing: u64,
}

impl Agreement {
    pub(crate) fn all(expectations: &Expectations, context: &mut Context<'_>) -> Result<Vec<Self>> {
        let rules = context.rules;
        let limits = bounds(rules, Setting::MinAgreement, &expectations.min_agreement)?;
        let mut all: Vec<Agreement> = Vec::new();
        for (name, column) in &expectations.expect {
            let place = |name| scorecard(rules, Setting::Expect, name);
            let card = place(name).map_err(|error| match place(column) {
                // The two are easily mixed up.
                Ok(_) => error.help(format!("did you mean {column}={name}?")),
                Err(_) => error,
            })?;
            if all.iter().any(|other| other.card == card) {
                let found = format!("names the scorecard {name} twice");
                let expected = "one column for each scorecard";
                return Err(usage(Setting::Expect, found, expected));
            }
            let at_least = limits[card];
            let shown = quoted(column);
            let says = match at_least {
                Some(share) => {
                    format!("at least {share} of the labels in {shown} agree with {name}")
                }
                None => format!("labels in {shown} agree with {name}"),
            };
            all.push(Agreement {
                rule: context.rule(Setting::Expect, says),
                card,
                column: column.clone(),
                needed: context.watch.add(Setting::Expect, column, false),
                language: expectations.label_language,
                stored: StoredLabels::default(),
                at_least,
                compared: 0,
                agree: 0,
                missing: 0,
            });
        }
        let is_expected =
            |name: &String| expectations.expect.iter().any(|(known, _)| known == name);
        let mut limits = expectations.min_agreement.iter();
        let of_nothing = limits.find(|limit| match &limit.scorecard {
            None => all.is_empty(),
            Some(name) => !is_expected(name),
        });
        let Some(limit) = of_nothing else {
            return Ok(all);
        };
        let of = limit.scorecard.as_deref().unwrap_or("relationship");
        let expected = Phrase::from("the column with the labels: ")
            .set(Setting::Expect, format!("{of}=COLUMN"));
        let found = "needs a column of labels to compare with";
        Err(usage(Setting::MinAgreement, found, expected))
    }

    pub(crate) fn open(&mut self, opened: &Opened<'_>, context: &mut Context<'_>) {
        self.column = context.watch.name(self.needed);
        let (column, names) = (&self.column, opened.names);
        let place = names.iter().position(|name| name == column);
        let first = place.and_then(|place| opened.values.get(place));
        self.stored = StoredLabels::new(context.rules, self.card, column, names, self.language)
            .with_first(first.map_or(&[], Vec::as_slice));
        self.note_circle(opened, context);
    }

    /// Adds a note if the labels are also evidence for the scorecard they are compared with.
    fn note_circle(&self, opened: &Opened<'_>, context: &mut Context<'_>) {
        let rulebook = context.rules.rulebook();
        let counts = |criterion: usize| {
            let name = &rulebook.criteria[criterion].name;
            // A condition alone gives no points.
            let mut characteristics = rulebook.scorecards[self.card].characteristics.iter();
            characteristics.any(|of| of.criterion == *name)
        };
        let columns = opened.names.iter().zip(&opened.mapping.feeds);
        let own = columns.filter(|(name, _)| **name == self.column);
        let mut feeds = own.flat_map(|(_, feeds)| feeds);
        if let Some(feed) = feeds.find(|feed| counts(feed.criterion)) {
            let criterion = &rulebook.criteria[feed.criterion].name;
            let read = format!(
                " is also evidence for {criterion}, so agreement proves little; to leave it out of the evidence: "
            );
            let note = Phrase::default().quote(&*self.column).text(read);
            context.note(note.map(criterion, ""));
        }
    }

    pub(crate) fn row(&mut self, row: &mut Row<'_>, context: &mut Context<'_>) -> Result<()> {
        let (rules, card, rule) = (context.rules, self.card, self.rule);
        let text = row.text(self.needed).map(str::trim).unwrap_or_default();
        let stored = self.stored.read(rules, text);
        let text = text.to_owned();
        let stored = stored.map_err(|error| {
            error.at(Place {
                column: Some(self.column.clone()),
                ..row.place()
            })
        })?;
        if let Some(decided) = self.stored.news.take() {
            let column = quoted(&self.column);
            let note = Phrase::from(format!("the labels in {column} are "));
            context.notes.push(note.then(decided));
        }
        let label = row.labels(0)[card];
        let code = match stored {
            // A record that cannot be judged needs no label.
            Stored::Missing if label == UNDETERMINED => return Ok(()),
            Stored::Missing => Code::LabelMissing,
            Stored::NotUnderstood => Code::LabelNotUnderstood,
            Stored::Label(_) => Code::LabelDiffers,
        };
        let counter = match stored {
            Stored::Missing => &mut self.missing,
            Stored::NotUnderstood | Stored::Label(_) => &mut self.compared,
        };
        *counter += 1;
        if stored == Stored::Label(label) {
            self.agree += 1;
            return Ok(());
        }
        let tolerated = self.at_least.is_some() && code != Code::LabelMissing;
        let (of, is) = (&self.stored, rules.label(card, label));
        context.find_label(row, card, code, rule, tolerated, |finding| {
            let shown = quoted(&text);
            finding.column = Some(self.column.clone());
            finding.expected = is.into();
            finding.message = match stored {
                Stored::Missing => format!("no label, but the rules give {is}"),
                Stored::NotUnderstood => {
                    finding.expected = of.expected(&text).into();
                    format!("{shown} is not understood as a label; the rules give {is}")
                }
                Stored::Label(stored) => match rules.label(card, stored) {
                    name if text == name => format!("labelled {shown}, but the rules give {is}"),
                    name => format!("labelled {shown} ({name}), but the rules give {is}"),
                },
            };
            finding.found = (!text.is_empty()).then_some(text);
        });
        Ok(())
    }

    pub(crate) fn end(&mut self, context: &mut Context<'_>) {
        let (agree, compared) = (self.agree, self.compared);
        let measured = measured(agree, compared, false);
        let mut measured = measured.unwrap_or_else(|| "no record has a label".to_owned());
        let at_least = self.at_least;
        if let Some(share) = at_least.filter(|share| !share.is_reached(agree, compared)) {
            let name = context.scorecard(self.card);
            context.find_about(Scope::All, Code::AgreementTooLow, self.rule, |finding| {
                let column = quoted(&self.column);
                finding.message = format!("{measured} of the labels in {column} agree with {name}");
                finding.column = Some(self.column.clone());
                finding.subject = Some(name.to_owned());
                finding.found = Some(measured.clone());
                finding.expected = format!("at least {share}").into();
            });
        }
        if self.missing > 0 && compared > 0 {
            measured += &format!(", {} without a label", grouped(self.missing));
        }
        context.measure(self.rule, measured);
    }
}
