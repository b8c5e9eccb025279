//! The differences between two rulebooks.
//!
//! Owns the forms in which they are printed.

use crate::rulebook::Rulebook;
use crate::rulebook::difference::{Difference, How};
use anstyle::Style;
use serde_json::{Value, json};

use super::RulebookId;
use crate::cli::markdown::{escaped, row};
use crate::cli::styled::{LESS, MORE, PLAIN, STRONG, Screen, StyledText, span};

/// A sign for how something differs, and its style.
fn sign(how: &How) -> (&'static str, Style) {
    match how {
        How::Added(_) => ("+", MORE),
        How::Removed(_) => ("-", LESS),
        How::Changed { .. } => ("~", PLAIN),
    }
}

/// The part that differs, and how it differs, in words.
fn in_words(one: &Difference) -> (String, String) {
    let name = match (one.what, &*one.name) {
        (what, "") => what.to_owned(),
        ("attribute", name) => name.to_owned(),
        (what, name) => format!("{what} {name}"),
    };
    let how = match &one.how {
        How::Added(what) | How::Removed(what) => what.clone(),
        How::Changed {
            field,
            before,
            after,
        } => {
            let [before, after] = [before, after].map(|text| match &**text {
                "" => "nothing",
                text => text,
            });
            match field.is_empty() {
                true => format!("{before} -> {after}"),
                false => format!("{field}: {before} -> {after}"),
            }
        }
    };
    (name, how)
}

/// The scorecard and the characteristic of a difference.
fn place(one: &Difference) -> Option<String> {
    let card = one.scorecard.as_deref()?;
    Some(match &one.characteristic {
        Some(characteristic) => format!("{card}, {characteristic}"),
        None => card.to_owned(),
    })
}

/// `documents 1.0.0 0123456789ab -> mine 2 ba9876543210`.
fn heading(old: &Rulebook, new: &Rulebook) -> String {
    format!("{} -> {}", RulebookId::of(old), RulebookId::of(new))
}

pub(super) fn as_text(
    old: &Rulebook,
    new: &Rulebook,
    all: &[Difference],
    screen: &Screen,
) -> String {
    let mut out = StyledText::new(screen);
    out.hanging(0, 0, [span(STRONG, heading(old, new))]);
    if all.is_empty() {
        out.hanging(0, 0, [span(PLAIN, "nothing differs")]);
    }
    let mut here = None;
    // The heading has name and version.
    let is_named = |one: &&Difference| matches!(one.what, "name" | "version");
    for one in all.iter().filter(|one| !is_named(one)) {
        let place = place(one);
        if here.as_ref() != Some(&place) {
            out.heading(place.as_deref().unwrap_or("all scorecards"));
            here = Some(place);
        }
        let (name, how) = in_words(one);
        let (sign, style) = sign(&one.how);
        let head = [span(style, format!("  {sign} "))];
        let how = span(PLAIN, format!(": {how}"));
        out.wrapped(6, &head, &[span(STRONG, name), how]);
    }
    out.text
}

pub(super) fn as_markdown(old: &Rulebook, new: &Rulebook, all: &[Difference]) -> String {
    let mut text = format!("{}\n\n", escaped(&heading(old, new)));
    if all.is_empty() {
        text += "Nothing differs.\n";
        return text;
    }
    text += "| where | | what | how |\n| --- | --- | --- | --- |\n";
    for one in all {
        let ((name, how), (sign, _)) = (in_words(one), sign(&one.how));
        text += &row([&*place(one).unwrap_or_default(), sign, &name, &how]);
    }
    text
}

/// Both rulebooks, and each difference.
pub(super) fn as_json(old: &Rulebook, new: &Rulebook, all: &[Difference]) -> Value {
    let differences = all.iter().map(|one| {
        let (how, field, before, after) = match &one.how {
            How::Added(after) => ("added", None, None, Some(after)),
            How::Removed(before) => ("removed", None, Some(before), None),
            How::Changed {
                field,
                before,
                after,
            } => {
                let field = Some(field).filter(|field| !field.is_empty());
                ("changed", field, Some(before), Some(after))
            }
        };
        json!({
            "what": one.what,
            "name": one.name,
            "scorecard": one.scorecard,
            "characteristic": one.characteristic,
            "how": how,
            "field": field,
            "before": before,
            "after": after,
        })
    });
    json!({
        "old": RulebookId::of(old),
        "new": RulebookId::of(new),
        "differences": differences.collect::<Vec<_>>(),
    })
}
