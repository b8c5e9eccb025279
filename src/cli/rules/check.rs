//! `clientype rules check`: the diagnostics of rulebooks.
//!
//! Owns how diagnostics are shown. The library finds them.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::rulebook::codes::{Code, Severity};
use crate::rulebook::diagnostic::{Diagnostic, MOST as MOST_FOUND};
use crate::rulebook::file::{Lines, RuleFile};
use crate::text::{did_you_mean, nearest, quoted, visible};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anyhow::bail;
use serde_json::json;

use super::book::Book;
use super::{Check, FailOn, TextOrJson, Which};
use crate::cli::output::Files;
use crate::cli::printed::{Printed, print};
use crate::cli::styled::{FAINT, PLAIN, STRONG, Screen, StyledText, span};
use crate::cli::{report, wording};

/// The most diagnostics that are shown as text.
const MOST: usize = 100;

pub(super) fn run(args: &Check) -> anyhow::Result<ExitCode> {
    if let Some(code) = &args.explain {
        return explain(args, code);
    }
    let page = Screen::of_output(args.color.when);
    let mut files: Vec<Option<PathBuf>> = args.files.iter().cloned().map(Some).collect();
    if files.is_empty() {
        let which = Which {
            file: None,
            rules: args.rules.clone(),
            config: args.config.clone(),
        };
        files.push(which.path()?);
    }
    let mut read = Files::default();
    for file in &files {
        read.reads_rulebook(file.as_deref());
    }
    read.reads_configuration(args.config.as_deref());
    read.prints();
    read.check()?;
    let (mut errors, mut warnings, mut shown, mut not_searched) = (0, 0, 0, 0);
    let mut has_more = false;
    let mut all = Vec::new();
    let mut text = String::new();
    let (mut names, mut unread) = (Vec::new(), Vec::new());
    for file in &files {
        let book = match Book::open(file.as_deref(), RuleFile::check) {
            Ok(book) => book,
            // The diagnostics of the others are shown first.
            Err(error) => {
                unread.push(error);
                continue;
            }
        };
        let lines = Lines::of(&book.text);
        let counts = book.file.counts();
        (errors, warnings) = (errors + counts.0, warnings + counts.1);
        not_searched += book.file.not_searched;
        has_more |= book.file.has_more;
        for one in &book.file.diagnostics {
            match args.format {
                TextOrJson::Json => all.push(as_json(&book, &lines, one)),
                TextOrJson::Text if shown < MOST => text += &as_text(&book, one, &page),
                TextOrJson::Text => {}
            }
            shown += 1;
        }
        names.push(visible(&book.name).into_owned());
    }
    if !unread.is_empty() {
        print(&text, Printed::on(&page))?;
        let unread: Vec<String> = unread.iter().map(wording::chain).collect();
        bail!("{}", unread.join("\nerror: "));
    }
    match args.format {
        TextOrJson::Text => {
            if let more @ 1.. = shown.saturating_sub(MOST) {
                let _ = writeln!(text, "and {more} more (--format json lists all)\n");
            }
            let counted = |count: usize, what: &str| report::count(count as u64, what);
            let _ = writeln!(
                text,
                "{}: {}, {}",
                names.join(", "),
                counted(errors, "error"),
                counted(warnings, "warning")
            );
            if has_more {
                let most = report::grouped(MOST_FOUND as u64);
                let _ = writeln!(
                    text,
                    "note: there may be more: of a rulebook, the first {most} errors and the first {most} warnings are counted"
                );
            }
            if not_searched > 0 {
                let _ = writeln!(
                    text,
                    "note: not all was searched for what never matches or has no effect: {not_searched} attributes, characteristics or scorecards would take too long"
                );
            }
        }
        TextOrJson::Json => {
            let mut all = json!({"errors": errors, "warnings": warnings, "findings": all});
            if has_more {
                all["has_more"] = true.into();
            }
            if not_searched > 0 {
                all["not_searched"] = not_searched.into();
            }
            text = format!("{all}\n");
        }
    }
    let printed = match args.format {
        TextOrJson::Text => Printed::on(&page),
        TextOrJson::Json => Printed::Json,
    };
    print(&text, printed)?;
    let fails = errors > 0 || args.fail_on == FailOn::Warning && warnings > 0;
    Ok(ExitCode::from(u8::from(fails)))
}

/// A diagnostic with its lines of the file, and carets under its span.
fn as_text(book: &Book, one: &Diagnostic, page: &Screen) -> String {
    let level = match one.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let name = visible(&book.name);
    let here = AnnotationKind::Primary.span(one.span.clone());
    let mut snippet = Snippet::source(&*book.text).path(&*name).annotation(here);
    for related in &one.related {
        let there = AnnotationKind::Context.span(related.span.clone());
        snippet = snippet.annotation(there.label(&related.label));
    }
    let found = visible(&one.found);
    let title = level.primary_title(&*found).id(one.code.name());
    let help = Level::HELP.message(visible(&one.help));
    let report: [Group<'_>; 1] = [title.element(snippet).element(help)];
    let renderer = match page.colour {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let renderer = renderer.term_width(page.width.max(40));
    format!("{}\n\n", renderer.render(&report))
}

fn as_json(book: &Book, lines: &Lines<'_>, one: &Diagnostic) -> serde_json::Value {
    let (line, column) = lines.place(one.span.start);
    let (end_line, end_column) = lines.place(one.span.end);
    json!({
        "code": one.code.name(),
        "severity": one.code.severity().name(),
        "file": book.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "found": one.found,
        "help": one.help,
    })
}

/// Prints the meaning of a code, with a rulebook that has it and one that does not.
fn explain(args: &Check, name: &str) -> anyhow::Result<ExitCode> {
    let mut paper = StyledText::new(&Screen::of_output(args.color.when));
    let (text, json) = if name == "all" {
        list(&mut paper);
        let all: Vec<_> = Code::all().map(Code::explained).collect();
        (paper, json!(all))
    } else {
        let Some(code) = Code::from_name(name) else {
            let known: Vec<&str> = Code::all().map(Code::name).collect();
            let near = nearest(name, known.iter().copied()).map(did_you_mean);
            let help = near.map(|near| format!("\n  help: {near}"));
            let (known, help) = (known.join(", "), help.unwrap_or_default());
            bail!(
                "unknown code {}\n  expected: one of {known}{help}",
                quoted(name)
            );
        };
        let explained = code.explained();
        let severity = span(PLAIN, format!(" ({})", explained.severity.name()));
        paper.hanging(0, 0, [span(STRONG, explained.name), severity]);
        paper.blank();
        paper.hanging(0, 0, [span(PLAIN, explained.says)]);
        for (heading, text) in [("Wrong:", explained.wrong), ("Right:", explained.right)] {
            paper.heading(heading);
            paper.blank();
            for line in text.lines() {
                paper.line(&[span(PLAIN, "    "), span(PLAIN, line)]);
            }
        }
        (paper, json!(explained))
    };
    match args.format {
        TextOrJson::Text => print(&text.text, Printed::on(&text.screen))?,
        TextOrJson::Json => print(&format!("{json}\n"), Printed::Json)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Lists all codes, each with the first sentence of its explanation.
fn list(paper: &mut StyledText) {
    let mut severity = None;
    for code in Code::all() {
        if severity.replace(code.severity()) != Some(code.severity()) {
            if !paper.text.is_empty() {
                paper.blank();
            }
            paper.line(&[span(FAINT, format!("{}s", code.severity().name()))]);
        }
        let says = code.explained().says;
        let first = says.split_inclusive(". ").next().unwrap_or(says).trim();
        let head = [span(STRONG, format!("  {:24}", code.name()))];
        paper.wrapped(26, &head, &[span(PLAIN, first)]);
    }
}
