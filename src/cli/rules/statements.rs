//! What the ids in the sources of attributes stand for.
//!
//! Owns the forms in which single statements of a rulebook are printed.

use anyhow::bail;
use serde_json::{Value, json};

use super::RulebookId;
use crate::cli::markdown::{escaped, row};
use crate::cli::styled::{FAINT, LESS, MORE, PLAIN, STRONG, Screen, StyledText, span};
use crate::rulebook::difference::condition_in_words;
use crate::rulebook::{Attribute, Rulebook, Statement};
use crate::text::{did_you_mean, nearest, quoted};

/// A statement with its origin and the attributes that cite it.
pub(super) struct Cited<'r> {
    statement: &'r Statement,
    origin: String,
    attributes: Vec<CitingAttribute<'r>>,
}

struct CitingAttribute<'r> {
    scorecard: &'r str,
    criterion: &'r str,
    attribute: &'r Attribute,
}

impl CitingAttribute<'_> {
    /// `contract = yes`, naming every criterion.
    fn condition(&self) -> String {
        condition_in_words(&self.attribute.when, "")
    }

    fn points(&self) -> String {
        format!("{:+}", self.attribute.partial_score)
    }
}

/// Finds the statements with these ids.
///
/// # Errors
///
/// If the rulebook has no statement with one of the ids.
pub(super) fn cited<'r>(rulebook: &'r Rulebook, ids: &[String]) -> anyhow::Result<Vec<Cited<'r>>> {
    let built_in = Rulebook::documents()?;
    let mut all = Vec::new();
    for id in ids {
        let mut statements = rulebook.statements.iter();
        let Some(statement) = statements.find(|one| one.id == *id) else {
            let known = rulebook.statements.iter().map(|one| &*one.id);
            let name = &rulebook.name;
            bail!(
                "the rulebook {name} has no statement {}\n  {}",
                quoted(id),
                match nearest(id, known.clone()) {
                    None if known.clone().next().is_none() => {
                        "expected: a rulebook with statements; this one has none".to_owned()
                    }
                    Some(near) => format!("help: {}", did_you_mean(near)),
                    None => format!("expected: one of {}", known.collect::<Vec<_>>().join(", ")),
                }
            );
        };
        let is_built_in = built_in.statements.contains(statement);
        let document = is_built_in.then(|| document(id)).flatten();
        all.push(Cited {
            statement,
            origin: match document {
                Some(language) => format!("the {language} document"),
                None => format!("the rulebook {} {}", rulebook.name, rulebook.version),
            },
            attributes: citing(rulebook, id),
        });
    }
    Ok(all)
}

/// The language of the document that a built-in statement is from.
fn document(id: &str) -> Option<&'static str> {
    match id.split_once('.')?.0 {
        "vi" => Some("Vietnamese"),
        "de" => Some("German"),
        "fr" => Some("French"),
        "pl" => Some("Polish"),
        _ => None,
    }
}

fn citing<'r>(rulebook: &'r Rulebook, id: &str) -> Vec<CitingAttribute<'r>> {
    let all = rulebook.attributes();
    let citing = all.filter(|(_, one)| one.sources.iter().any(|source| source == id));
    let citing = citing.map(|([card, characteristic, _], attribute)| {
        let card = &rulebook.scorecards[card];
        CitingAttribute {
            scorecard: &card.name,
            criterion: &card.characteristics[characteristic].criterion,
            attribute,
        }
    });
    citing.collect()
}

pub(super) fn as_text(all: &[Cited<'_>], screen: &Screen) -> String {
    let mut out = StyledText::new(screen);
    for (place, one) in all.iter().enumerate() {
        if place > 0 {
            out.blank();
        }
        let id = span(STRONG, &*one.statement.id);
        out.hanging(0, 2, [id, span(FAINT, format!(" (from {})", one.origin))]);
        out.hanging(2, 2, [span(PLAIN, &*one.statement.says)]);
        if let Some(why) = &one.statement.not_a_rule {
            out.hanging(2, 4, [span(PLAIN, format!("not a rule: {why}"))]);
        }
        if one.attributes.is_empty() {
            out.hanging(2, 4, [span(PLAIN, "not cited by any attribute")]);
            continue;
        }
        out.hanging(2, 4, [span(PLAIN, "cited by:")]);
        let widest = one.attributes.iter().map(|one| one.points().len()).max();
        let widest = widest.unwrap_or(2) + 4;
        for citing in &one.attributes {
            let style = match citing.attribute.partial_score {
                0 => PLAIN,
                1.. => MORE,
                _ => LESS,
            };
            let points = format!("{:>widest$}", citing.points());
            let head = [span(style, points), span(PLAIN, "  ")];
            let code = span(STRONG, &*citing.attribute.reason_code);
            let place = format!(" ({}: {})", citing.scorecard, citing.condition());
            out.wrapped(widest + 2, &head, &[code, span(FAINT, place)]);
            let reason = span(PLAIN, &*citing.attribute.reason);
            out.hanging(widest + 2, widest + 2, [reason]);
        }
    }
    out.text
}

pub(super) fn as_markdown(all: &[Cited<'_>]) -> String {
    let mut text = String::new();
    for one in all {
        let (says, origin) = (escaped(&one.statement.says), escaped(&one.origin));
        text += &format!(
            "**{}** (from {origin}): {says}\n",
            escaped(&one.statement.id)
        );
        if let Some(why) = &one.statement.not_a_rule {
            text += &format!("\nNot a rule: {}\n", escaped(why));
        }
        text += match one.attributes.is_empty() {
            true => "\nNot cited by any attribute.\n",
            false => "\n| points | reason code | if | reason |\n| ---: | --- | --- | --- |\n",
        };
        for citing in &one.attributes {
            let of = citing.attribute;
            let when = format!("{}: {}", citing.scorecard, citing.condition());
            text += &row([&*citing.points(), &of.reason_code, &when, &of.reason]);
        }
        text.push('\n');
    }
    text
}

pub(super) fn as_json(rulebook: &Rulebook, all: &[Cited<'_>]) -> Value {
    let statements = all.iter().map(|one| {
        let cited_by = one.attributes.iter().map(|citing| {
            json!({
                "scorecard": citing.scorecard,
                "criterion": citing.criterion,
                "when": citing.condition(),
                "partial_score": citing.attribute.partial_score,
                "reason_code": citing.attribute.reason_code,
                "reason": citing.attribute.reason,
            })
        });
        json!({
            "id": one.statement.id,
            "says": one.statement.says,
            "from": one.origin,
            "not_a_rule": one.statement.not_a_rule,
            "cited_by": cited_by.collect::<Vec<_>>(),
        })
    });
    json!({
        "rulebook": RulebookId::of(rulebook),
        "statements": statements.collect::<Vec<_>>(),
    })
}
