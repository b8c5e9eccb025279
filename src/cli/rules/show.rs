//! `clientype rules show`: a rulebook in words, whole or where it differs.
//!
//! Owns the forms in which a rulebook is printed.

use std::process::ExitCode;

use crate::rulebook::difference::{band_in_words, condition_in_words, differences};
use crate::rulebook::file::written;
use crate::rulebook::{Criterion, Rulebook, Scorecard};
use anyhow::bail;
use serde_json::json;

use super::book::Book;
use super::{Show, ShowForm, differences};
use crate::cli::markdown::{code, escaped, shown};
use crate::cli::output::print;
use crate::cli::styled::{FAINT, LESS, MORE, PLAIN, STRONG, Screen, StyledText, span};

pub(super) fn run(args: &Show) -> anyhow::Result<ExitCode> {
    let path = args.which.path()?;
    let book = Book::open(path.as_deref())?;
    let rulebook = book.rulebook()?;
    let page = Screen::of_output(args.color);
    let text = match (args.diff, args.format) {
        (true, ShowForm::Toml) => bail!(
            "what differs is no rulebook file of its own\n  expected: --format text, json or markdown with --diff"
        ),
        (true, format) => {
            let base = match &book.file.base {
                Some(base) => base.clone(),
                None => Rulebook::documents()?,
            };
            let differences = differences(&base, &rulebook);
            match format {
                ShowForm::Json => {
                    format!("{}\n", differences::as_json(&base, &rulebook, &differences))
                }
                ShowForm::Markdown => {
                    shown(&differences::as_markdown(&base, &rulebook, &differences))
                }
                _ => differences::as_text(&base, &rulebook, &differences, &page),
            }
        }
        (false, ShowForm::Text) => as_text(&rulebook, book.file.base.as_ref(), &page),
        (false, ShowForm::Markdown) => shown(&as_markdown(&rulebook)),
        (false, ShowForm::Json) => format!("{:#}\n", as_json(&rulebook)),
        (false, ShowForm::Toml) => as_toml(&book, &rulebook),
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The file itself, with its comments, unless it leaves out what it inherits.
fn as_toml(book: &Book, rulebook: &Rulebook) -> String {
    let Some(base) = &book.file.base else {
        return book.text.clone().into_owned();
    };
    let comment = format!(
        "{} {} ({}), with all that it inherits from {} {}.",
        rulebook.name,
        rulebook.version,
        rulebook.hash(),
        base.name,
        base.version
    );
    written(rulebook, &[comment])
}

fn as_json(rulebook: &Rulebook) -> serde_json::Value {
    let mut all = json!(rulebook);
    if let serde_json::Value::Object(all) = &mut all {
        all.insert("hash".to_owned(), rulebook.hash().into());
    }
    all
}

/// Which label holds from where on.
fn bands(card: &Scorecard) -> String {
    let bands = card.bands.iter();
    let mut told: Vec<String> = bands
        .map(|band| format!("{} {}", band.label, band_in_words(band)))
        .collect();
    told.push("Undetermined between".to_owned());
    if card.initial_score != 0 {
        told.push(format!("and {:+} before any evidence", card.initial_score));
    }
    told.join(", ")
}

/// What a criterion's groups are, and what gives it where it is not stated.
fn notes(of: &Criterion) -> Vec<String> {
    let groups = of.groups.iter();
    let mut notes: Vec<String> = groups
        .map(|(group, values)| format!("{group} is {}", values.join(", ")))
        .collect();
    if let Some(means) = &of.length_means {
        notes.push(format!("a length of time means {means}"));
    }
    if let Some(dates) = &of.from_dates {
        notes.push(format!(
            "measured from {} to {}, or to the as-of date, where none is stated",
            dates.start, dates.end
        ));
    }
    notes
}

fn criterion<'r>(rulebook: &'r Rulebook, name: &str) -> Option<&'r Criterion> {
    rulebook.criteria.iter().find(|one| one.name == name)
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
    let mut paper = StyledText::new(page);
    let name = format!("{} {} ", rulebook.name, rulebook.version);
    let extends = base.map_or(String::new(), |base| {
        format!(", which extends {} {}", base.name, base.version)
    });
    let named = [
        span(STRONG, name),
        span(FAINT, rulebook.hash()),
        span(PLAIN, extends),
    ];
    paper.wrapped(0, &[], &named);
    for card in &rulebook.scorecards {
        paper.blank();
        let name = format!(" ({})", card.name);
        paper.wrapped(0, &[], &[span(STRONG, &*card.question), span(FAINT, name)]);
        paper.wrapped(0, &[], &[span(PLAIN, bands(card) + ".")]);
        let attributes = card.characteristics.iter().flat_map(|one| &one.attributes);
        let widest = attributes.map(|one| format!("{:+}", one.partial_score).len());
        let widest = widest.max().unwrap_or(2) + 2;
        for characteristic in &card.characteristics {
            paper.blank();
            let of = criterion(rulebook, &characteristic.criterion);
            let says = of.map_or(String::new(), |of| format!(": {}", of.says));
            paper.wrapped(
                2,
                &[],
                &[span(STRONG, &*characteristic.criterion), span(PLAIN, says)],
            );
            for note in of.map(notes).unwrap_or_default() {
                paper.wrapped(4, &[span(PLAIN, "  ")], &[span(FAINT, note)]);
            }
            for one in &characteristic.attributes {
                let style = match one.partial_score {
                    0 => PLAIN,
                    1.. => MORE,
                    _ => LESS,
                };
                let points = format!("{:>widest$}", format!("{:+}", one.partial_score));
                let head = [span(style, points), span(PLAIN, "  ")];
                let code = format!(" ({})", one.reason_code);
                let when = condition_in_words(&one.when, &characteristic.criterion);
                paper.wrapped(widest + 2, &head, &[span(STRONG, when), span(FAINT, code)]);
                let sources = match one.sources.is_empty() {
                    true => String::new(),
                    false => format!(" [{}]", one.sources.join(", ")),
                };
                let blank = [span(PLAIN, " ".repeat(widest + 2))];
                paper.wrapped(
                    widest + 2,
                    &blank,
                    &[span(PLAIN, &*one.reason), span(FAINT, sources)],
                );
            }
        }
    }
    let words = words(rulebook);
    if !words.is_empty() {
        paper.heading("Words beside the built-in ones");
        for (meaning, words) in words {
            let all = [span(STRONG, meaning), span(PLAIN, format!(": {words}"))];
            paper.wrapped(4, &[span(PLAIN, "  ")], &all);
        }
    }
    paper.text
}

fn as_markdown(rulebook: &Rulebook) -> String {
    let mut lines = Vec::new();
    for card in &rulebook.scorecards {
        lines.push(format!("**{}**", escaped(&card.question)));
        lines.push(format!("{}.", escaped(&bands(card))));
        lines.push(String::new());
        lines.push("| criterion | if it is | points | reason | from |".to_owned());
        lines.push("| --- | --- | ---: | --- | --- |".to_owned());
        for characteristic in &card.characteristics {
            let says = criterion(rulebook, &characteristic.criterion);
            let says = says.map_or(String::new(), |of| format!(": {}", escaped(&of.says)));
            let mut first = format!("{}{says}", code(&characteristic.criterion));
            for one in &characteristic.attributes {
                lines.push(format!(
                    "| {} | {} | {:+} | {} | {} |",
                    std::mem::take(&mut first),
                    // Within code, only the end of a cell means anything.
                    code(&condition_in_words(&one.when, &characteristic.criterion))
                        .replace('|', "\\|"),
                    one.partial_score,
                    escaped(&one.reason),
                    escaped(&one.sources.join(", ")),
                ));
            }
        }
        lines.push(String::new());
    }
    for of in &rulebook.criteria {
        for note in notes(of) {
            lines.push(format!("- {}: {}.", code(&of.name), escaped(&note)));
        }
    }
    let words = words(rulebook);
    if !words.is_empty() {
        lines.push(String::new());
        lines.push("Words beside the built-in ones:".to_owned());
        lines.push(String::new());
        for (meaning, words) in words {
            lines.push(format!("- {}: {}", escaped(&meaning), escaped(&words)));
        }
    }
    lines.push(String::new());
    let (name, version, hash) = (&rulebook.name, &rulebook.version, rulebook.hash());
    lines.push(format!(
        "Rulebook {} {} {hash}.",
        escaped(name),
        escaped(version)
    ));
    lines.iter().map(|line| format!("{line}\n")).collect()
}
