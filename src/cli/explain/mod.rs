//! `clientype explain`: one record, its labels, and the reasons.
//!
//! Owns the source of the record, words or a file, and the choice of the form. [`view`]
//! holds the content; each form has its own module.

mod bars;
mod build;
mod markdown;
mod related;
mod sources;
mod text;
mod view;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::columns::Columns;
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Help};
use crate::find::{Case, Filter, Looked, Selection, case_of};
use crate::rulebook::Statement;
use crate::text::quoted;
use anyhow::bail;
use clap::Args;

use self::view::View;
use super::args::{self, Color, Form, Judging, Reading, condition, counted};
use super::inputs::Inputs;
use super::output::Files;
use super::printed::{self, Printed, print};
use super::related::Stated;
use super::rules::RulebookId;
use super::styled::Screen;
use super::{classify, completions, config, report};

const EXAMPLES: &str = "\
Exit codes: 0 done, 2 it could not be done (the message says why).

Examples:
  Describe a buyer in your own words:
    clientype explain Vertrag=ja Laufzeit='3 Jahre' affiliation=employee

  See why a record of an export got its labels:
    clientype explain --row 17 examples/relationships.csv
    clientype explain --where Company='Globex' examples/relationships.csv

  Put it into a ticket, or a program:
    clientype explain --format markdown contract=yes duration=3y
    clientype explain --format json contract=yes duration=3y

Guide: clientype guide explaining, labels";

/// Label a record and show why
///
/// The record is described in words, or is one of a file. For each scorecard you see what
/// counted and how much, what gave no evidence and how much it could add, and the smallest
/// changes that would give another label.
#[derive(Debug, Args)]
#[command(
    after_help = super::LONGER,
    after_long_help = EXAMPLES,
    override_usage = "clientype explain [OPTIONS] KEY=VALUE...\n       clientype explain [OPTIONS] --row <N> [FILE]\n       clientype explain [OPTIONS] --where <COLUMN=VALUE> [FILE]"
)]
pub(super) struct Explain {
    /// What the record says, such as contract=yes
    #[arg(
        value_name = "KEY=VALUE",
        add = completions::words(),
        long_help = "What the record says: a criterion, or a column name for one, and a value in \
                     any language that is read. With --row or --where, the file"
    )]
    words: Vec<OsString>,

    /// Explain record N of FILE (a header isn't one).
    #[arg(
        long,
        value_name = "N",
        value_parser = counted,
        conflicts_with = "conditions",
        long_help = "Explain record N of FILE or of standard input. A CSV header is not a record"
    )]
    row: Option<NonZero<u64>>,

    /// Explain records with VALUE in COLUMN.
    #[arg(
        long = "where",
        value_name = "COLUMN=VALUE",
        value_parser = condition,
        long_help = "Explain the records of FILE, or of standard input, with exactly VALUE in \
                     COLUMN (except for spaces around it). Repeatable: all have to hold"
    )]
    conditions: Vec<Filter>,

    /// Explain at most N of the records that --where finds [default: 10]
    #[arg(
        long,
        value_name = "N",
        value_parser = counted,
        default_value = "10",
        hide_default_value = true,
        requires = "conditions",
        conflicts_with = "row",
        hide_short_help = true
    )]
    limit: NonZero<u64>,

    /// Output format: text, json or markdown.
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        long_help = "Output format: text, json (one object a line) or markdown [default: text]"
    )]
    format: Form,

    /// Show what the statements in brackets say.
    #[arg(
        long,
        long_help = "Show, at the end, what each statement in brackets says, and in which document"
    )]
    sources: bool,

    #[command(flatten)]
    color: Color,

    #[command(flatten)]
    reading: Reading,

    #[command(flatten)]
    judging: Judging,
}

pub(super) fn run(args: &mut Explain) -> anyhow::Result<ExitCode> {
    if let (None, Some(flag)) = (asked(args), args.reading.first_set()) {
        bail!(
            "{flag} is about reading a file, but the record is given as KEY=VALUE\n  expected: --row N FILE, or --where COLUMN=VALUE FILE"
        );
    }
    config::fill(&mut args.reading, &mut args.judging, false)?;
    let mut files = Files::of(&args.judging);
    files.prints();
    match asked(args) {
        Some(asked) => {
            let inputs: Vec<PathBuf> = args.words.iter().map(PathBuf::from).collect();
            files.reads_inputs(&inputs);
            files.check()?;
            from_file(args, &asked)
        }
        None => {
            files.check()?;
            from_words(args)
        }
    }
}

/// The records of a file to explain; `None` if the record is given in words.
fn asked(args: &Explain) -> Option<Selection> {
    match args.row {
        Some(row) => Some(Selection::Record(row)),
        None if args.conditions.is_empty() => None,
        None => {
            let limit = usize::try_from(args.limit.get()).unwrap_or(usize::MAX);
            Some(Selection::Where(args.conditions.clone(), limit))
        }
    }
}

fn from_words(args: &Explain) -> anyhow::Result<ExitCode> {
    if args.words.is_empty() {
        bail!(
            "no record to explain\n  expected: KEY=VALUE, such as contract=yes duration=3y, or --row N FILE, or --where COLUMN=VALUE FILE"
        );
    }
    let words: Vec<(String, String)> = args.words.iter().map(word).collect::<Result<_, _>>()?;
    let rules = classify::rules(&args.judging)?;
    let explained = |error| config::explained(error, &args.judging);
    if args.judging.configured.criteria().next().is_some() {
        Columns::new(&rules, &args.judging.map).map_err(explained)?;
    }
    // A configuration is about files: here it counts only for columns that are given.
    let mut options = args::options(&args.reading, &args.judging);
    let is_given = |column: &str| {
        let mut keys = words.iter().map(|(key, _)| key.trim().to_lowercase());
        keys.any(|key| key == column.trim().to_lowercase())
    };
    options.overrides.retain(|one| {
        !args.judging.configured.names(&one.criterion)
            || one.column.as_deref().is_some_and(is_given)
    });
    let configured = args.judging.configured.file();
    if let (Some(_), "") = (args.judging.with.files.first(), configured) {
        bail!(
            "--with is about the records of a file, but the record is given as KEY=VALUE\n  expected: --row N FILE, or --where COLUMN=VALUE FILE"
        );
    }
    if let Some(assumed) = Stated::assumed(&args.judging) {
        assumed.add(&rules, &args.judging, &mut options, &[])?;
    }
    let case = case_of(&rules, &options, &words).map_err(explained)?;
    let mut shown = Shown::new(args, &rules);
    shown.show(&case)?;
    shown.end()?;
    // The process ends here, which frees all memory at once.
    std::mem::forget(rules);
    Ok(ExitCode::SUCCESS)
}

/// The key and the value of a word.
fn word(word: &OsString) -> anyhow::Result<(String, String)> {
    let Some(text) = word.to_str() else {
        bail!(
            "{} is not valid UTF-8\n  expected: KEY=VALUE, such as contract=yes",
            quoted(&word.to_string_lossy())
        );
    };
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.to_owned()))
        }
        _ if text == "-" || Path::new(text).is_file() => bail!(
            "{} is a file, but no record in it is chosen\n  expected: --row N FILE, or --where COLUMN=VALUE FILE",
            quoted(text)
        ),
        _ => bail!(
            "expected KEY=VALUE, got {}\n  help: give a criterion or a column and its value, such as contract=yes; to find a record in a file: --where COLUMN=VALUE FILE",
            quoted(text)
        ),
    }
}

fn from_file(args: &Explain, asked: &Selection) -> anyhow::Result<ExitCode> {
    let files: Vec<PathBuf> = args.words.iter().map(PathBuf::from).collect();
    if files.len() > 1 {
        bail!(
            "{} files given\n  expected: one FILE, or none for standard input; --row and --where take no KEY=VALUE",
            files.len()
        );
    }
    if let Some(word) = files.iter().find_map(|file| file.to_str())
        && word.contains('=')
        && !Path::new(word).exists()
    {
        bail!(
            "no such file: {}\n  expected: the FILE with the record; --row and --where take no KEY=VALUE",
            quoted(word)
        );
    }
    let rules = classify::rules(&args.judging)?;
    let evidence = Stated::of(&args.judging, &files)?;
    let (inputs, openers) = Inputs::open_again(&files, evidence.is_some())?;
    let mut options = args::options(&args.reading, &args.judging);
    if let Some(evidence) = &evidence {
        evidence.add(&rules, &args.judging, &mut options, &openers)?;
    }
    let progress = inputs.progress(&mut options, true);
    let mut shown = Shown::new(args, &rules);
    let source = inputs.one();
    let name = source.name.clone();
    // The records behind their evidence are read at the end, for all of them.
    let mut cases = Vec::new();
    let mut found = |case: Case| {
        printed::progress("");
        match evidence {
            Some(_) => {
                cases.push(case);
                Ok(())
            }
            None => shown.show(&case),
        }
    };
    let looked = crate::find::lookup(&rules, &options, asked, source, &mut found);
    drop(progress);
    if let Some(evidence) = &evidence {
        let files = evidence.records(&rules, &args.judging, &options, &openers, &cases)?;
        for mut case in cases {
            related::name_records(&rules, &files, &mut case);
            shown.show(&case)?;
        }
    }
    // The records before an error are shown with their statements too.
    shown.end()?;
    let looked = looked.map_err(|error| config::explained(error, &args.judging))?;
    if looked.found == 0 {
        return Err(not_found(asked, &looked).in_file(&name).into());
    }
    report_the_rest(&looked);
    Ok(ExitCode::SUCCESS)
}

/// Reports records beyond the limit and records that were skipped.
fn report_the_rest(looked: &Looked) {
    if looked.more {
        let shown = report::count(looked.found as u64, "record") + " shown; ";
        printed::report(&(shown + "more match (--limit N shows up to N)\n"));
    }
    if looked.rejected > 0 {
        let rejected = report::count(looked.rejected, "record");
        let why = "that cannot be read (classify reports why)";
        printed::report(&format!("skipped: {rejected} {why}\n"));
    }
}

/// The error that no record matches.
fn not_found(asked: &Selection, looked: &Looked) -> Error {
    match asked {
        Selection::Record(row) => {
            let has = match looked.records {
                0 => "a file with records: this one has none".to_owned(),
                1 => "record 1, the only one".to_owned(),
                last => format!("a record from 1 to {}", report::grouped(last)),
            };
            Error::new(ErrorKind::Usage, format!("there is no record {row}")).expected(has)
        }
        Selection::Where(conditions, _) => {
            let sought = conditions.iter();
            let sought =
                sought.map(|one| format!("{} in {}", quoted(&one.value), quoted(&one.column)));
            let found = format!("no record has {}", sought.collect::<Vec<_>>().join(" and "));
            let mut records = report::count(looked.records, "record");
            if looked.rejected > 0 {
                let rejected = report::grouped(looked.rejected);
                records += &format!(", {rejected} of which cannot be read (classify reports why)");
            }
            let expected = "an exact match, except for spaces at the ends, among";
            let error =
                Error::new(ErrorKind::Usage, found).expected(format!("{expected} {records}"));
            match &looked.near {
                Some(near) => error.help(Help::did_you_mean(near)),
                None => error,
            }
        }
    }
}

/// How records are shown, one after the other.
struct Shown<'s> {
    rules: &'s Rules,
    form: Form,
    screen: Screen,
    rulebook: RulebookId,
    /// At least one was shown.
    is_begun: bool,
    with_sources: bool,
    /// The statements that they cite, in order of first mention.
    cited: Vec<&'s Statement>,
    /// Their ids.
    ids: BTreeSet<&'s str>,
}

impl<'s> Shown<'s> {
    fn new(args: &Explain, rules: &'s Rules) -> Self {
        Shown {
            rules,
            form: args.format,
            screen: Screen::of_output(args.color.when),
            rulebook: RulebookId::of(rules.rulebook()),
            is_begun: false,
            with_sources: args.sources,
            cited: Vec::new(),
            ids: BTreeSet::new(),
        }
    }

    fn show(&mut self, case: &Case) -> crate::error::Result<()> {
        let view = View::new(self.rules, &self.rulebook, case, self.with_sources);
        let after = std::mem::replace(&mut self.is_begun, true);
        let text = match self.form {
            Form::Json => {
                let json = serde_json::to_string(&view);
                json.expect("texts, numbers and lists of these all have a form in JSON") + "\n"
            }
            Form::Markdown if after => format!("\n{}", markdown::shown(&view)),
            Form::Markdown => markdown::shown(&view),
            Form::Text => text::shown(&view, &self.screen, after),
        };
        for new in sources::cited(self.rules.rulebook(), &view.sections) {
            if self.ids.insert(&new.id) {
                self.cited.push(new);
            }
        }
        print(&text, Printed::of(self.form, &self.screen))
    }

    /// Ends the output: what the cited statements say, or how to show that.
    fn end(&self) -> crate::error::Result<()> {
        let text = match (self.form, self.with_sources) {
            _ if self.cited.is_empty() => return Ok(()),
            (Form::Text, true) => text::sources(&self.cited, &self.screen),
            (Form::Text, false) => text::sources_hint(&self.screen),
            (Form::Markdown, true) => markdown::sources(&self.cited),
            (Form::Markdown, false) | (Form::Json, _) => return Ok(()),
        };
        print(&text, Printed::of(self.form, &self.screen))
    }
}
