//! What is wrong with the words that a rulebook brings.
//!
//! Owns the words that say nothing, that say two things, or that are about what
//! is not there.

use std::collections::BTreeMap;

use crate::lexicon::lookup::{CELLS, HEADERS};
use crate::lexicon::normalize::{cell_key, header_key, spellings};
use crate::lexicon::vocabulary;
use crate::rulebook::Rulebook;
use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::{Diagnostic, Path, one_of};
use crate::rulebook::validate::unknown_criterion;
use crate::text::quoted;
use crate::value::Kind;
use crate::value::length::Part;

/// What words can be for that are no criteria.
const ALL: [&str; 3] = ["*", "date", "length"];

/// What a word means, and where the rulebook says so.
struct Known<'w> {
    criterion: &'w str,
    value: &'w str,
    at: Path,
    /// It is written so, and not only with its accents dropped.
    exactly: bool,
}

/// The diagnostics of a rulebook's own words, and what its words mean otherwise.
pub(crate) fn word_diagnostics(rulebook: &Rulebook) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    // By criterion (of columns: any) and key.
    let mut known: BTreeMap<(&str, String), Known<'_>> = BTreeMap::new();
    let root = Path::default().key("words");
    for (language, criteria) in &rulebook.words {
        for (criterion, values) in criteria {
            let at = root.key(language).key(criterion);
            let is_known = rulebook.criteria.iter().any(|one| one.name == *criterion);
            if !is_known && !ALL.contains(&&**criterion) {
                let mut diagnostic = unknown_criterion(rulebook, criterion, at.name());
                diagnostic.help += "; words for all are those of *, length or date";
                diagnostics.push(diagnostic);
                continue;
            }
            for (value, words) in values {
                let at = at.key(value);
                diagnostics.extend(bad_value(rulebook, criterion, value, &at));
                for (index, word) in words.iter().enumerate() {
                    let at = at.then(&format!("/{index}"));
                    diagnostics.extend(word_diagnostic(
                        rulebook,
                        [criterion, value],
                        word,
                        at,
                        &mut known,
                    ));
                }
            }
        }
    }
    diagnostics
}

/// What is wrong with one word; it is known from then on.
fn word_diagnostic<'w>(
    rulebook: &Rulebook,
    [criterion, value]: [&'w str; 2],
    word: &str,
    at: Path,
    known: &mut BTreeMap<(&'w str, String), Known<'w>>,
) -> Option<Diagnostic> {
    if matches!(word, "(yes)" | "(no)") {
        return None;
    }
    let is_name = vocabulary::is_of_headers(value);
    let key_of = |word: &str| match is_name {
        true => header_key(word),
        false => cell(word),
    };
    let key = key_of(word);
    if key.is_empty() {
        return Some(Diagnostic::new(
            Code::EmptyWord,
            at,
            format!("{} has no letter and no digit", quoted(word)),
            "take it out: nothing can be read by it",
        ));
    }
    // A word may be common, a filler, or a doubtful name of several, beside what it
    // means for sure.
    let is_sure = match is_name {
        true => {
            !value.starts_with("(fill") && !value.starts_with("(unless") && !value.ends_with("?)")
        }
        false => value != "(common)",
    };
    if !is_sure || value.starts_with("(filler") {
        return None;
    }
    let of = if is_name { "(column)" } else { criterion };
    let mut keys: Vec<String> = Vec::new();
    spellings(word, |spelling| keys.push(key_of(spelling)));
    let clash = keys.iter().find_map(|other| {
        let first = known.get(&(of, other.clone()))?;
        let differs = match is_name {
            true => first.criterion != criterion,
            false => first.value != value,
        };
        differs.then_some(first)
    });
    if let Some(first) = clash {
        let meanings = [[first.criterion, first.value], [criterion, value]];
        return Some(two_meanings(word, meanings, at, &first.at));
    }
    let diagnostic = match is_name {
        true => names_another(rulebook, &keys, word, criterion, &at),
        false => None,
    };
    let diagnostic =
        diagnostic.or_else(|| overrides(rulebook, is_name, &keys, word, [criterion, value], &at));
    for other in keys {
        let exactly = other == key;
        let new = || Known {
            criterion,
            value,
            at: at.clone(),
            exactly,
        };
        let one = known.entry((of, other)).or_insert_with(new);
        if exactly && !one.exactly {
            *one = new();
        }
    }
    diagnostic
}

fn cell(word: &str) -> String {
    let mut key = String::new();
    cell_key(word, &mut key);
    key
}

/// `contract = yes`, or `a column for contract`.
fn meaning(criterion: &str, value: &str) -> String {
    match value {
        "(column)" => format!("a column for {criterion}"),
        _ if criterion == "*" => format!("{value} everywhere"),
        _ => format!("{criterion} = {value}"),
    }
}

fn two_meanings(word: &str, meanings: [[&str; 2]; 2], at: Path, first: &Path) -> Diagnostic {
    let [one, other] = meanings.map(|[criterion, value]| meaning(criterion, value));
    Diagnostic::new(
        Code::WordWithTwoMeanings,
        at,
        format!("{} means two things: {one}, and {other}", quoted(word)),
        "leave it where it is meant, and take it out elsewhere",
    )
    .related(first.clone(), "its first meaning")
}

/// The doubt about a word that means something else without the rulebook, as it is
/// written or with its accents dropped.
fn overrides(
    rulebook: &Rulebook,
    is_name: bool,
    keys: &[String],
    word: &str,
    [criterion, value]: [&str; 2],
    at: &Path,
) -> Option<Diagnostic> {
    let lexicon = if is_name { HEADERS } else { CELLS };
    let of = rulebook.criteria.iter().find(|one| one.name == criterion);
    let can_mean = |meaning: &str| {
        meaning == "(missing)" || of.is_some_and(|of| of.values.iter().any(|one| one == meaning))
    };
    let other = keys.iter().find_map(|key| {
        let rows = || lexicon.get(key);
        if rows().any(|row| row == (criterion, value)) {
            return None;
        }
        rows().find(|(other, meaning)| match is_name {
            // That it may be a column for this very criterion is no other meaning.
            true => {
                *other != criterion
                    && vocabulary::is_of_headers(meaning)
                    && !meaning.starts_with("(filler")
            }
            false if matches!(*meaning, "(common)") => false,
            // A unit of time may be another word where no number is before it.
            false if criterion == "length" && is_unit(value) != is_unit(meaning) => false,
            false => *other == criterion || *other == "*" && *meaning != value && can_mean(meaning),
        })
    });
    let (other, means) = other?;
    Some(Diagnostic::new(
        Code::OverridesWord,
        at.clone(),
        format!(
            "{} is {} otherwise, and {} by this rulebook",
            quoted(word),
            meaning(other, means),
            meaning(criterion, value)
        ),
        "take it out if that was not meant",
    ))
}

fn is_unit(value: &str) -> bool {
    matches!(Part::from_value(value), Some(Part::Unit(_)))
}

/// The diagnostic of a column name that is the name of another criterion.
fn names_another(
    rulebook: &Rulebook,
    keys: &[String],
    word: &str,
    criterion: &str,
    at: &Path,
) -> Option<Diagnostic> {
    let mut others = rulebook.criteria.iter().filter(|one| one.name != criterion);
    let other = others.find(|one| keys.contains(&header_key(&one.name)))?;
    Some(Diagnostic::new(
        Code::WordWithTwoMeanings,
        at.clone(),
        format!(
            "{} is the name of the criterion {}, and cannot be a column for {criterion}",
            quoted(word),
            quoted(&other.name)
        ),
        "take it out, or give that criterion another name",
    ))
}

/// The diagnostic of a value that its criterion does not have.
fn bad_value(rulebook: &Rulebook, criterion: &str, value: &str, at: &Path) -> Option<Diagnostic> {
    let diagnostic = |help: String| {
        let found = format!(
            "{} is nothing that a word for {criterion} can mean",
            quoted(value)
        );
        Some(Diagnostic::new(Code::UnknownValue, at.name(), found, help))
    };
    let of = rulebook.criteria.iter().find(|one| one.name == criterion);
    let values = of.map_or(&[][..], |one| &one.values);
    let any_of = |names: &[&str]| format!("take one of {}", names.join(", "));
    if let Some(inner) = value
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        let (kind, means) = inner.split_once(' ').unwrap_or((inner, ""));
        let of_all = ["missing", "none", "common", "filler", "filler?"];
        let of_one = [
            "column", "column?", "since", "term", "unless", "missing", "common",
        ];
        return match (of, kind) {
            (None, kind) if of_all.contains(&kind) && criterion == "*" => None,
            (Some(_), "unless") if means == "bare" => None,
            (Some(of), "legal_form") if of.kind == Kind::Organization => None,
            (Some(_), kind) if of_one.contains(&kind) && means.is_empty() => None,
            (Some(_), "filled" | "flag" | "flag!" | "flag?") => {
                if values.iter().any(|one| one == means) {
                    return None;
                }
                diagnostic(format!("say which of its values: {}", values.join(", ")))
            }
            (Some(_), _) => diagnostic(any_of(&[
                "(column)",
                "(filled VALUE)",
                "(flag VALUE)",
                "(missing)",
            ])),
            (None, _) => diagnostic(any_of(&["(missing)", "(none)", "(filler)", "(common)"])),
        };
    }
    match (criterion, of.map(|of| of.kind)) {
        ("*", _) => {
            let mut all = rulebook.criteria.iter().flat_map(|one| &one.values);
            if all.any(|one| one == value) || matches!(value, "yes" | "no") {
                return None;
            }
            diagnostic("take a value that some criterion has, such as yes or no".to_owned())
        }
        ("length", _) | (_, Some(Kind::Length)) => {
            if Part::from_value(value).is_some() {
                return None;
            }
            diagnostic(any_of(&[
                "year",
                "month",
                "week",
                "day",
                "and",
                "plus_half",
                "since",
                "at_least",
                "or a number",
            ]))
        }
        ("date", _) | (_, Some(Kind::Date)) => {
            if value
                .parse::<u8>()
                .is_ok_and(|month| (1..=12).contains(&month))
            {
                return None;
            }
            diagnostic("take the number of a month, from 1 to 12".to_owned())
        }
        (_, Some(Kind::Address)) if value == "free_mail" => None,
        (_, Some(Kind::Address | Kind::Organization)) => diagnostic(
            "say (column): it is compared with our own, and not read by words".to_owned(),
        ),
        _ if values.iter().any(|one| one == value) => None,
        _ => {
            let names = values.iter().map(String::as_str).chain(["(column)"]);
            diagnostic(one_of(value, names))
        }
    }
}
