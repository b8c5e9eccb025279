//! `clientype explain`: one record, its labels, and why.
//!
//! Owns where the record comes from, words or a file, and in which form it is
//! shown. What is shown is [`view`]'s; each form has a file of its own.

mod bars;
mod json;
mod markdown;
mod telling;
mod text;
mod view;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use anyhow::bail;
use clientype::columns::Mapping;
use clientype::rules::compile::Rules;
use clientype::{Asked, Case, Error, ErrorKind, Looked, Options, case_of, quoted};

use self::view::View;
use super::progress::{Counts, Progress};
use super::{Explain, classify, config, report};

/// Where the width of a terminal is not known.
const WIDTH: usize = 80;

pub(super) fn run(args: &mut Explain) -> anyhow::Result<ExitCode> {
    config::fill(&mut args.reading, &mut args.judging, false)?;
    match asked(args) {
        Some(asked) => from_file(args, &asked),
        None => from_words(args),
    }
}

/// Which records of a file are asked for, if any.
fn asked(args: &Explain) -> Option<Asked> {
    match args.row {
        Some(row) => Some(Asked::Record(row)),
        None if args.conditions.is_empty() => None,
        None => {
            let limit = usize::try_from(args.limit.get()).unwrap_or(usize::MAX);
            Some(Asked::Where(args.conditions.clone(), limit))
        }
    }
}

fn options(args: &Explain) -> Options {
    Options {
        layout: args.reading.layout(),
        overrides: args.judging.map.clone(),
        date_order: args.judging.date_order,
        ..Options::default()
    }
}

fn from_words(args: &mut Explain) -> anyhow::Result<ExitCode> {
    if args.words.is_empty() {
        bail!(
            "no record to explain\n  expected: words such as contract=yes duration=3y, or --row N FILE, or --where COLUMN=VALUE FILE"
        );
    }
    let words: Vec<(String, String)> = args.words.iter().map(word).collect::<Result<_, _>>()?;
    // A configuration is about files: what it names counts only if it is there.
    let configured = std::mem::take(&mut args.judging.configured);
    args.judging.map.retain(|told| {
        let column = told.column.as_deref();
        !configured.contains(&told.criterion)
            || words.iter().any(|(key, _)| Some(key.as_str()) == column)
    });
    let rules = classify::rules(&args.judging)?;
    let (case, mapping) = case_of(&rules, &options(args), &words)?;
    let names: Vec<String> = words.into_iter().map(|(key, _)| key).collect();
    let mut shown = Shown::new(args, &rules);
    shown.show(&case, &names, &mapping)?;
    Ok(ExitCode::SUCCESS)
}

/// Key and value of a word.
fn word(word: &OsString) -> anyhow::Result<(String, String)> {
    let Some(text) = word.to_str() else {
        bail!(
            "{} is no UTF-8\n  expected: KEY=VALUE, such as contract=yes",
            quoted(&word.to_string_lossy())
        );
    };
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ if text == "-" || Path::new(text).is_file() => bail!(
            "{text}: this is a file, and it is not said which of its records to explain\n  expected: --row N {text}, or --where COLUMN=VALUE {text}"
        ),
        _ => bail!(
            "{} is no KEY=VALUE\n  expected: a criterion or the name of a column, and what it says, such as contract=yes",
            quoted(text)
        ),
    }
}

fn from_file(args: &Explain, asked: &Asked) -> anyhow::Result<ExitCode> {
    let files: Vec<PathBuf> = args.words.iter().map(PathBuf::from).collect();
    if files.len() > 1 {
        bail!(
            "{} files are named\n  expected: one FILE, or none for standard input; with --row and --where, a record is not told in words",
            files.len()
        );
    }
    let rules = classify::rules(&args.judging)?;
    let counts = Counts::default();
    let (sources, size) = classify::sources(&files, false, &counts)?;
    let mut options = options(args);
    options.records = Some(counts.records.clone());
    let progress = Progress::show(&counts, size, true);
    let mut shown = Shown::new(args, &rules);
    let Some(source) = sources.into_iter().next() else {
        bail!("there is no file to look into");
    };
    let name = source.name.clone();
    let columns = Mutex::new((Vec::new(), Mapping::default()));
    let columns_now = || columns.lock().unwrap_or_else(PoisonError::into_inner);
    let mut opened = |opened: &clientype::Opened<'_>| {
        *columns_now() = (opened.names.to_vec(), opened.mapping.clone());
    };
    let mut tell = |case: Case| {
        report::progress("");
        let (names, mapping) = &*columns_now();
        shown.show(&case, names, mapping)
    };
    let looked = clientype::lookup(&rules, &options, asked, source, &mut opened, &mut tell)
        .map_err(|error| config::explained(error, &args.judging))?;
    drop(progress);
    if looked.found == 0 {
        return Err(not_found(asked, &looked).in_file(&name).into());
    }
    tell_the_rest(&looked);
    Ok(ExitCode::SUCCESS)
}

/// What there is beside the records that are shown.
fn tell_the_rest(looked: &Looked) {
    if looked.more {
        report::tell(&format!(
            "only the first {}; more match (--limit N shows up to N)\n",
            report::count(looked.found as u64, "record")
        ));
    }
    if looked.rejected > 0 {
        report::tell(&format!(
            "passed over: {} that cannot be read (classify tells why)\n",
            report::count(looked.rejected, "record")
        ));
    }
}

/// The error that there is no record that is asked for.
fn not_found(asked: &Asked, looked: &Looked) -> Error {
    match asked {
        Asked::Record(row) => {
            let has = match looked.records {
                0 => "a file with records: this one has none".to_owned(),
                1 => "record 1, the only one".to_owned(),
                last => format!("a record from 1 to {}", report::grouped(last)),
            };
            Error::new(ErrorKind::Input, format!("there is no record {row}"))
                .expected(format!("{has} (a CSV header is no record)"))
        }
        Asked::Where(conditions, _) => {
            let sought: Vec<String> = conditions
                .iter()
                .map(|one| format!("{} in {}", quoted(&one.value), quoted(&one.column)))
                .collect();
            let found = format!("no record has {}", sought.join(" and "));
            let records = report::count(looked.records, "record");
            let error = Error::new(ErrorKind::Input, found).expected(format!(
                "one that says just that, but for spaces around it; {records} read"
            ));
            match &looked.near {
                Some(near) => error.advice(format!("did you mean {}?", quoted(near))),
                None => error,
            }
        }
    }
}

/// How records are shown, one after the other.
struct Shown<'s> {
    rules: &'s Rules,
    format: &'s str,
    page: text::Page,
    rulebook: view::Named,
    /// How many were shown.
    shown: usize,
}

impl<'s> Shown<'s> {
    fn new(args: &'s Explain, rules: &'s Rules) -> Self {
        Shown {
            rules,
            format: &args.format,
            page: text::Page {
                width: width(),
                colour: is_coloured(&args.color),
            },
            rulebook: view::Named::of(rules.rulebook()),
            shown: 0,
        }
    }

    fn show(&mut self, case: &Case, names: &[String], mapping: &Mapping) -> clientype::Result<()> {
        let view = View::new(self.rules, &self.rulebook, case, names, mapping);
        let mut text = match self.format {
            "json" => json::shown(&view),
            "markdown" => markdown::shown(&view),
            _ => text::shown(&view, &self.page),
        };
        if self.shown > 0 && self.format != "json" {
            text.insert(0, '\n');
        }
        self.shown += 1;
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| {
                let found = format!("the output cannot be written: {error}");
                Error::new(ErrorKind::Writing(error.kind()), found)
            })
    }
}

/// How wide a line may be.
fn width() -> usize {
    let told = || std::env::var("COLUMNS").ok()?.parse().ok();
    let terminal = terminal_size::terminal_size_of(io::stdout());
    let width = terminal.map(|(width, _)| usize::from(width.0));
    width
        .or_else(told)
        .filter(|width| *width > 0)
        .unwrap_or(WIDTH)
}

/// Whether to colour, where the user says `told`.
fn is_coloured(told: &str) -> bool {
    colours(told, io::stdout().is_terminal(), &|name| {
        std::env::var_os(name)
    })
}

/// The same, by whether the output is a terminal, and by the environment.
fn colours(told: &str, is_terminal: bool, variable: &dyn Fn(&str) -> Option<OsString>) -> bool {
    match told {
        "always" => true,
        "never" => false,
        _ => {
            let says_no = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
            let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
            is_terminal && !says_no && !is_dumb
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_for_terminals_that_want_it() {
        let set = |name: &'static str, value: &'static str| {
            move |asked: &str| (asked == name).then(|| OsString::from(value))
        };
        assert!(colours("auto", true, &|_| None));
        assert!(colours("auto", true, &set("NO_COLOR", "")));
        assert!(!colours("auto", false, &|_| None));
        assert!(!colours("auto", true, &set("NO_COLOR", "1")));
        assert!(!colours("auto", true, &set("TERM", "dumb")));
        assert!(!colours("never", true, &|_| None));
        // What the command line says counts more.
        assert!(colours("always", false, &set("NO_COLOR", "1")));
    }
}
