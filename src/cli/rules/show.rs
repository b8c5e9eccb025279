//! `clientype rules show`: a rulebook in words: whole, where it differs, or its statements.
//!
//! Owns the forms in which a rulebook is printed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::process::ExitCode;

use crate::rulebook::difference::{band_in_words, condition_in_words, differences};
use crate::rulebook::file::{RuleFile, written};
use crate::rulebook::{Criterion, Rulebook, Scorecard};
use anyhow::bail;
use serde_json::json;

use super::book::Book;
use super::{Show, ShowForm, differences, statements};
use crate::cli::markdown::{code, escaped};
use crate::cli::printed::{Printed, print};
use crate::cli::styled::{FAINT, LESS, MORE, PLAIN, STRONG, Screen, StyledText, span};

pub(super) fn run(args: &Show) -> anyhow::Result<ExitCode> {
    let path = args.which.path()?;
    args.which.files(path.as_deref()).check()?;
    let book = Book::open(path.as_deref(), RuleFile::read)?;
    let rulebook = book.rulebook()?;
    let page = Screen::of_output(args.color.when);
    let text = match (args.diff, args.format) {
        (_, ShowForm::Toml) if args.diff || !args.statements.is_empty() => {
            let flag = if args.diff { "--diff" } else { "--statement" };
            bail!(
                "--format toml prints a whole rulebook, so it cannot be used with {flag}\n  expected: --format text, json or markdown with {flag}"
            )
        }
        (_, format) if !args.statements.is_empty() => {
            let all = statements::cited(&rulebook, &args.statements)?;
            match format {
                ShowForm::Json => format!("{:#}\n", statements::as_json(&rulebook, &all)),
                ShowForm::Markdown => statements::as_markdown(&all),
                _ => statements::as_text(&all, &page),
            }
        }
        (true, format) => {
            let base = match &book.file.base {
                Some(base) => base.clone(),
                None => Rulebook::documents()?,
            };
            let all = differences(&base, &rulebook);
            match format {
                ShowForm::Json => format!("{}\n", differences::as_json(&base, &rulebook, &all)),
                ShowForm::Markdown => differences::as_markdown(&base, &rulebook, &all),
                _ => differences::as_text(&base, &rulebook, &all, &page),
            }
        }
        (false, ShowForm::Text) => as_text(&rulebook, book.file.base.as_ref(), &page),
        (false, ShowForm::Markdown) => as_markdown(&rulebook),
        (false, ShowForm::Json) => {
            let mut all = json!(rulebook);
            all["hash"] = rulebook.hash().into();
            format!("{all:#}\n")
        }
        (false, ShowForm::Toml) => as_toml(&book, &rulebook),
    };
    let printed = match args.format {
        ShowForm::Text => Printed::on(&page),
        ShowForm::Markdown => Printed::Lines,
        ShowForm::Json => Printed::Json,
        ShowForm::Toml => Printed::Toml,
    };
    print(&text, printed)?;
    Ok(ExitCode::SUCCESS)
}

/// The file itself with its comments, or the whole rulebook if the file extends another.
fn as_toml(book: &Book, rulebook: &Rulebook) -> String {
    let Some(base) = &book.file.base else {
        return book.text.clone().into_owned();
    };
    let (id, name, version) = (rulebook.hash(), &rulebook.name, &rulebook.version);
    let of = format!("{} {}", base.name, base.version);
    let comment = format!("{name} {version} ({id}), with all that it inherits from {of}.");
    written(rulebook, &[comment])
}

/// The bands and their labels, in words.
fn bands(card: &Scorecard) -> String {
    let bands = card.bands.iter();
    let bands = bands.map(|band| format!("{} {}", band.label, band_in_words(band)));
    let mut parts: Vec<String> = bands.collect();
    parts.push("Undetermined between".to_owned());
    if card.initial_score != 0 {
        parts.push(format!("initial score {:+}", card.initial_score));
    }
    parts.join(", ")
}

/// The groups of a criterion, and what gives its value where it is not stated.
fn notes(of: &Criterion) -> Vec<String> {
    let groups = of.groups.iter();
    let groups = groups.map(|(group, values)| format!("{group} is {}", values.join(", ")));
    let mut notes: Vec<String> = groups.collect();
    if let Some(means) = &of.length_means {
        notes.push(format!("a length of time means {means}"));
    }
    if let Some(dates) = &of.from_dates {
        let (from, to) = (&dates.start, &dates.end);
        let or = "or to the as-of date, where none is stated";
        notes.push(format!("measured from {from} to {to}, {or}"));
    }
    if let Some(dates) = &of.in_force {
        let (from, to) = (&dates.start, &dates.end);
        notes.push(format!(
            "where none is stated, by dates of its own: {} from {from} to {to}, {} after that",
            dates.during, dates.after
        ));
    }
    notes
}

fn by_name(rulebook: &Rulebook) -> BTreeMap<&str, &Criterion> {
    let criteria = rulebook.criteria.iter();
    criteria.map(|one| (&*one.name, one)).collect()
}

/// The kinds of related files: name, meaning, and their keys in words.
fn related(rulebook: &Rulebook) -> Vec<(&str, &str, String)> {
    let all = rulebook.related.iter().map(|one| {
        let mut keys: Vec<(String, String)> = Vec::new();
        let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
        for ((_, key), words) in one.in_words() {
            let (verb, criterion) = key.split_once(' ').unwrap_or((&key, ""));
            // Criteria of which the same holds are listed once.
            match places.entry((verb.to_owned(), words.clone())) {
                Entry::Occupied(place) => keys[*place.get()].0 += &format!(", {criterion}"),
                Entry::Vacant(place) => {
                    place.insert(keys.len());
                    keys.push((key, words));
                }
            }
        }
        let keys = keys.iter().map(|(key, words)| format!("{key}: {words}"));
        (&*one.name, &*one.says, keys.collect::<Vec<_>>().join("; "))
    });
    all.collect()
}

/// The words that a rulebook brings, by what they mean.
fn words(rulebook: &Rulebook) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (language, criteria) in &rulebook.words {
        for (criterion, values) in criteria {
            for (value, words) in values {
                all.push((format!("{language}, {criterion} {value}"), words.join(", ")));
            }
        }
    }
    all
}

fn as_text(rulebook: &Rulebook, base: Option<&Rulebook>, page: &Screen) -> String {
    let criteria = by_name(rulebook);
    let mut paper = StyledText::new(page);
    let name = span(STRONG, format!("{} {} ", rulebook.name, rulebook.version));
    let extends = base.map_or(String::new(), |base| {
        format!(", which extends {} {}", base.name, base.version)
    });
    paper.hanging(
        0,
        0,
        [name, span(FAINT, rulebook.hash()), span(PLAIN, extends)],
    );
    for card in &rulebook.scorecards {
        paper.blank();
        let name = span(FAINT, format!(" ({})", card.name));
        paper.hanging(0, 0, [span(STRONG, &*card.question), name]);
        paper.hanging(0, 0, [span(PLAIN, bands(card) + ".")]);
        let attributes = card.characteristics.iter().flat_map(|one| &one.attributes);
        let widest = attributes.map(|one| format!("{:+}", one.partial_score).len());
        let widest = widest.max().unwrap_or(2) + 2;
        for characteristic in &card.characteristics {
            paper.blank();
            let of = criteria.get(&*characteristic.criterion);
            let says = span(
                PLAIN,
                of.map_or(String::new(), |of| format!(": {}", of.says)),
            );
            paper.hanging(0, 2, [span(STRONG, &*characteristic.criterion), says]);
            for note in of.map(|of| notes(of)).unwrap_or_default() {
                paper.hanging(2, 4, [span(FAINT, note)]);
            }
            for one in &characteristic.attributes {
                let style = match one.partial_score {
                    0 => PLAIN,
                    1.. => MORE,
                    _ => LESS,
                };
                let points = format!("{:>widest$}", format!("{:+}", one.partial_score));
                let head = [span(style, points), span(PLAIN, "  ")];
                let code = span(FAINT, format!(" ({})", one.reason_code));
                let when = condition_in_words(&one.when, &characteristic.criterion);
                paper.wrapped(widest + 2, &head, &[span(STRONG, when), code]);
                let sources = match one.sources.is_empty() {
                    true => String::new(),
                    false => format!(" [{}]", one.sources.join(", ")),
                };
                let reason = [span(PLAIN, &*one.reason), span(FAINT, sources)];
                paper.hanging(widest + 2, widest + 2, reason);
            }
        }
    }
    let related = related(rulebook);
    if !related.is_empty() {
        paper.heading("Related files");
    }
    for (name, says, notes) in related {
        paper.hanging(2, 4, [span(STRONG, name), span(PLAIN, format!(": {says}"))]);
        paper.hanging(4, 6, [span(FAINT, notes)]);
    }
    let words = words(rulebook);
    if !words.is_empty() {
        paper.heading("Words added to the built-in ones");
    }
    for (meaning, words) in words {
        paper.hanging(
            2,
            4,
            [span(STRONG, meaning), span(PLAIN, format!(": {words}"))],
        );
    }
    let cited = rulebook.attributes().flat_map(|(_, one)| &one.sources);
    if let Some(id) = { cited }.next() {
        let text = format!("to print a statement named in [ ], add its id: --statement {id}");
        paper.blank();
        paper.hanging(0, 0, [span(FAINT, text)]);
    }
    paper.text
}

fn as_markdown(rulebook: &Rulebook) -> String {
    let criteria = by_name(rulebook);
    let mut text = String::new();
    for card in &rulebook.scorecards {
        let (question, bands) = (escaped(&card.question), escaped(&bands(card)));
        text += &format!("**{question}**\n{bands}.\n\n");
        text += "| criterion | if it is | points | reason | from |\n";
        text += "| --- | --- | ---: | --- | --- |\n";
        for characteristic in &card.characteristics {
            let says = criteria.get(&*characteristic.criterion);
            let says = says.map_or(String::new(), |of| format!(": {}", escaped(&of.says)));
            let mut first = format!("{}{says}", code(&characteristic.criterion));
            for one in &characteristic.attributes {
                let when = code(&condition_in_words(&one.when, &characteristic.criterion));
                text += &format!(
                    "| {} | {} | {:+} | {} | {} |\n",
                    std::mem::take(&mut first),
                    // Within code, only the end of a cell means anything.
                    when.replace('|', "\\|"),
                    one.partial_score,
                    escaped(&one.reason),
                    escaped(&one.sources.join(", ")),
                );
            }
        }
        text.push('\n');
    }
    for of in &rulebook.criteria {
        for note in notes(of) {
            text += &format!("- {}: {}.\n", code(&of.name), escaped(&note));
        }
    }
    let related = related(rulebook);
    if !related.is_empty() {
        text += "\nRelated files:\n\n";
    }
    for (name, says, notes) in related {
        let says = escaped(&format!("{says}. {notes}"));
        text += &format!("- {}: {says}.\n", code(name));
    }
    let words = words(rulebook);
    if !words.is_empty() {
        text += "\nWords added to the built-in ones:\n\n";
    }
    for (meaning, words) in words {
        text += &format!("- {}: {}\n", escaped(&meaning), escaped(&words));
    }
    let (name, version) = (escaped(&rulebook.name), escaped(&rulebook.version));
    text + &format!("\nRulebook {name} {version} {}.\n", rulebook.hash())
}
