//! `clientype rules diff`: what differs between two rulebooks, and which labels change.
//!
//! Owns which records both judge: those of an export, or the cases of both rulebooks. The
//! modules beside it own how the result is shown.

use std::process::ExitCode;

use crate::cases::{CaseOptions, run_cases, run_csv_cases};
use crate::cli::whole;
use crate::compare::compare;
use crate::engine::compile::Rules;
use crate::rulebook::Rulebook;
use crate::rulebook::difference::differences;
use crate::rulebook::file::RuleFile;
use crate::value::Own;
use anyhow::{Context, bail};
use serde_json::Value;

use super::book::Book;
use super::cases::{self, ComparedCases};
use super::{CASES, Diff, differences, export};
use crate::cli::args::{self, Form};
use crate::cli::config;
use crate::cli::inputs::Inputs;
use crate::cli::output::Files;
use crate::cli::printed::{self, Printed, print};
use crate::cli::related::Stated;
use crate::cli::styled::Screen;

pub(super) fn run(args: &mut Diff) -> anyhow::Result<ExitCode> {
    if args.judging.rules.is_some() {
        bail!("--rules cannot be used here\n  expected: two rulebooks, OLD and NEW");
    }
    if let (None, Some(flag)) = (&args.export, args.reading.first_set()) {
        bail!("{flag} is about reading an export, but there is none\n  expected: OLD NEW EXPORT");
    }
    let quiet = args.export.is_none();
    config::fill(&mut args.reading, &mut args.judging, quiet)?;
    let mut files = Files::of(&args.judging);
    files.reads_rulebook(Some(&args.old));
    files.reads_rulebook(Some(&args.new));
    if let Some(export) = &args.export {
        files.reads_inputs(std::slice::from_ref(export));
    }
    let open = |path| Book::open(Some(path), RuleFile::read);
    let books = [open(&args.old)?, open(&args.new)?];
    if args.export.is_none() {
        for cases in books.iter().filter_map(Book::beside) {
            files.reads(CASES, &cases);
        }
    }
    files.prints();
    files.check()?;
    let [old, new] = [books[0].rulebook()?, books[1].rulebook()?];
    let changes = differences(&old, &new);
    let screen = Screen::of_output(args.color.when);
    let mut text = match args.format {
        Form::Text => differences::as_text(&old, &new, &changes, &screen),
        Form::Markdown => differences::as_markdown(&old, &new, &changes),
        Form::Json => String::new(),
    };
    let mut all = differences::as_json(&old, &new, &changes);
    let mut add = |name: &str, value: Value| {
        if let Value::Object(all) = &mut all {
            all.insert(name.to_owned(), value);
        }
    };
    match args.export.clone() {
        None => {
            let all = judged(args, &books, [&old, &new])?;
            match args.format {
                Form::Text => text += &cases::as_text(&all, &screen),
                Form::Markdown => text += &cases::as_markdown(&all),
                Form::Json => add("cases", cases::as_json(&all)),
            }
        }
        Some(path) => {
            // The same day for both, even around midnight.
            let day = args.judging.as_of;
            let day = day.unwrap_or_else(|| jiff::Zoned::now().date());
            let own = Own::new(&args.judging.own);
            let compile = |of: &Rulebook| Rules::compile(of.clone(), &own, day);
            let rules = [compile(&old)?, compile(&new)?];
            let mut options = args::options(&args.reading, &args.judging);
            let files = [path];
            let evidence = Stated::of(&args.judging, &files)?;
            let (inputs, openers) = Inputs::open_again(&files, evidence.is_some())?;
            if let Some(evidence) = &evidence {
                for rules in &rules {
                    evidence.add(rules, &args.judging, &mut options, &openers)?;
                }
            }
            let progress = inputs.progress(&mut options, true);
            let source = inputs.one();
            let name = source.name.clone();
            let compared = compare(&rules[0], &rules[1], &options, source, &mut |_| Ok(()))
                .map_err(|error| config::explained(error, &args.judging))?;
            drop(progress);
            let books = [&old, &new];
            match args.format {
                Form::Text => text += &export::as_text(&name, books, &compared, &screen),
                Form::Markdown => text += &export::as_markdown(&name, books, &compared),
                Form::Json => add("export", export::as_json(&name, books, &compared)),
            }
        }
    }
    match args.format {
        Form::Text | Form::Markdown => {}
        Form::Json => text = format!("{all}\n"),
    }
    print(&text, Printed::of(args.format, &screen))?;
    Ok(ExitCode::SUCCESS)
}

/// The cases of both rulebooks, judged by both.
fn judged<'r>(
    args: &Diff,
    books: &[Book; 2],
    rulebooks: [&'r Rulebook; 2],
) -> anyhow::Result<ComparedCases<'r>> {
    let options = CaseOptions {
        own: args.judging.own.clone(),
        as_of: args.judging.as_of,
        lenient: true,
    };
    let mut compared = ComparedCases::default();
    for (place, book) in books.iter().enumerate() {
        // A rulebook that is compared with itself has its cases only once.
        let [old, _] = books;
        if place == 1 && (&old.path, &old.name) == (&book.path, &book.name) {
            continue;
        }
        let [before, after] = rulebooks.map(|of| run_cases(of, &book.file.cases, &options));
        compared.add(&book.name, rulebooks, before?, after?);
        if let Some(file) = book.beside().filter(|file| file.is_file()) {
            let name = file.to_string_lossy();
            let csv = whole::bytes(&file)
                .with_context(|| format!("{}: the cases cannot be read", printed::path(&file)))?;
            let [before, after] = rulebooks.map(|of| run_csv_cases(of, &name, &csv, &options));
            compared.add(&name, rulebooks, before?, after?);
        }
    }
    Ok(compared)
}
