//! Turns the flags into one call of the library, and writes the reports.
//!
//! Owns the order of these steps: reports are opened before anything is judged and written
//! in every case, so that none of an earlier run is left behind.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::check::{Baseline, Checked, Expectations, Level, RelatedMatch, check};
use crate::engine::compile::Rules;
use crate::error::{Part, Phrase, Setting};
use crate::related::{FileReport, Gathered};
use crate::run::Options;
use anyhow::{Context, bail};

use super::{Asking, Check};
use crate::cli::args as shared;
use crate::cli::classify::rules;
use crate::cli::inputs::Inputs;
use crate::cli::output::{Files, Output, REPORT};
use crate::cli::printed::{self, Printed, print};
use crate::cli::related::Stated;
use crate::cli::render::{Kind, Report, shown};
use crate::cli::styled::Screen;
use crate::cli::{config, report, wording};

/// A report that goes to a file.
type Sheet = (Kind, PathBuf, Output);

pub(in crate::cli) fn run(args: &mut Check) -> anyhow::Result<ExitCode> {
    let mut options = config::Options {
        reading: &mut args.reading,
        judging: &mut args.judging,
        asking: &mut args.asking,
    };
    let settled = options.fill(args.quiet);
    refuse_clashes(args)?;
    let mut sheets = Vec::new();
    let mut opened = settled;
    for (kind, path) in &args.asking.report {
        match Output::open(Some(path)) {
            Ok(output) => sheets.push((*kind, path.clone(), output)),
            Err(error) => opened = opened.and(Err(error)),
        }
    }
    let mut rejects = None;
    if let Some(path) = &args.rejects {
        match Output::open(Some(path)) {
            Ok(output) => rejects = Some(output),
            Err(error) => opened = opened.and(Err(error)),
        }
    }
    let judged = opened.and_then(|()| judge(args, rejects.as_mut()));
    let (rules, mut checked, written) = match judged {
        Ok(judged) => judged,
        Err(error) => {
            // An error of the run matters more than one of its reports.
            let (nothing, text) = (Checked::default(), wording::chain(&error));
            drop(write_reports(
                args,
                Report::of_error(&nothing, text),
                sheets,
            ));
            return Err(error);
        }
    };
    if let Some(file) = &args.rejects {
        name_rejects(&mut checked.notes, &printed::path(file));
    }
    let ended = write_reports(args, Report::of(&rules, &checked, args.summary), sheets);
    if let Some(error) = checked.error.take() {
        return Err(config::explained(error, &args.judging));
    }
    if let Some(rejects) = rejects {
        note(args, &rejects.finish()?);
    }
    // Last, so that the baseline is not replaced if anything failed.
    let code = ended?;
    if let (Some(file), true) = (written, checked.passed()) {
        note(args, &file.finish()?);
    }
    Ok(code)
}

/// Judges the records. Also returns the file of the baseline, if one was written.
fn judge(
    args: &Check,
    rejects: Option<&mut Output>,
) -> anyhow::Result<(Rules, Checked, Option<Output>)> {
    let rules = rules(&args.judging)?;
    let evidence = Stated::of(&args.judging, &args.files)?;
    let configured = &args.judging.configured;
    let is_flag = configured.key(Setting::MinMatch, None).is_none();
    if args.asking.min_match.is_some() && is_flag && args.judging.with.files.is_empty() {
        bail!("--min-match needs --with FILE, the file whose records should belong to others");
    }
    // What cannot be written is an error before anything is read.
    let mut written = None;
    let baseline = baseline(&args.asking, &mut written)?;
    let (inputs, openers) = Inputs::open_again(&args.files, evidence.is_some())?;
    let mut expectations = expectations(&args.asking)?;
    let mut options = Options {
        threads: args.threads,
        census: args.summary,
        ..shared::options(&args.reading, &args.judging)
    };
    let mut gathered = Gathered::default();
    if let Some(evidence) = &evidence {
        gathered = evidence.add(&rules, &args.judging, &mut options, &openers)?;
        expectations.related = gathered.files.iter().map(matched).collect();
    }
    let progress = inputs.progress(&mut options, !args.quiet);
    let mut opened = |opened: &crate::run::Opened<'_>| {
        if !args.quiet {
            printed::report(&report::opened(&rules, &args.judging, opened));
        }
    };
    let sources = inputs.sources;
    let (asked, opened) = (&expectations, &mut opened);
    let rejects = rejects.map(|rejects| rejects as &mut (dyn std::io::Write + Send));
    let checked = check(&rules, &options, asked, sources, baseline, rejects, opened);
    drop(progress);
    let checked = checked.map_err(|error| config::explained(error, &args.judging))?;
    if !args.quiet {
        printed::report(&report::related(&rules, &gathered, &checked.summary));
    }
    let mut late = report::late(&rules, &checked.summary);
    late.extend(report::furnished(&checked.summary));
    if !args.quiet && !late.is_empty() {
        printed::report(&report::ended(&late));
    }
    Ok((rules, checked, written))
}

/// Reports what is to be known of a file that was written.
fn note(args: &Check, note: &str) {
    if !args.quiet && !note.is_empty() {
        printed::report(note);
    }
}

/// How a related file fits, as the check takes it.
fn matched(file: &FileReport) -> RelatedMatch {
    RelatedMatch {
        file: file.file.clone(),
        theirs: file.theirs.clone(),
        ours: file.ours.clone(),
        found: file.found,
        orphans: if file.is_partial { 0 } else { file.orphans },
        places: file.orphan_places.clone(),
    }
}

/// Names the file to which records went that could not be read.
fn name_rejects(notes: &mut [Phrase], file: &str) {
    for note in notes {
        let is_of_rejects = |part: &Part| matches!(part, Part::Setting(Setting::Rejects, _));
        if note.parts().iter().any(is_of_rejects) {
            *note = std::mem::take(note).text(format!(" {file}"));
        }
    }
}

/// The flags as expectations of the library.
fn expectations(asking: &Asking) -> anyhow::Result<Expectations> {
    let warn = asking.warn.iter().map(|code| (*code, Level::Warn));
    let allow = asking.allow.iter().map(|code| (*code, Level::Allow));
    if let Some(both) = asking.warn.iter().find(|code| asking.allow.contains(code)) {
        bail!("--warn and --allow both name {}", both.name());
    }
    Ok(Expectations {
        expect: asking.expect.clone(),
        min_agreement: asking.min_agreement.clone(),
        max_undetermined: asking.max_undetermined.clone(),
        require: asking.require.clone(),
        no_unread_values: asking.no_unread_values,
        min_records: asking.min_records,
        min_match: asking.min_match,
        related: Vec::new(),
        unique: asking.unique.clone(),
        key: asking.key.clone(),
        label_language: asking.label_language,
        strict_baseline: asking.strict_baseline,
        levels: warn.chain(allow).collect(),
        fail_on: asking.fail_on.unwrap_or_default(),
        max_findings: asking.max_findings,
    })
}

/// The baseline to compare with, or to write.
fn baseline<'o>(asking: &Asking, written: &'o mut Option<Output>) -> anyhow::Result<Baseline<'o>> {
    let Some(path) = &asking.baseline else {
        if asking.write_baseline {
            bail!("--write-baseline needs --baseline FILE, the file to write");
        }
        if asking.strict_baseline {
            bail!("--strict-baseline needs --baseline FILE, the file to compare with");
        }
        return Ok(Baseline::None);
    };
    let name = path.to_string_lossy().into_owned();
    if !asking.write_baseline {
        if path.try_exists().is_ok_and(|exists| !exists) {
            bail!(
                "{}: the baseline does not exist\n  help: to write the labels of this run there: --write-baseline",
                printed::path(path)
            );
        }
        let inputs = Inputs::open(std::slice::from_ref(path))?;
        return Ok(Baseline::Compare(inputs.one()));
    }
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    let ending = ending.as_deref().and_then(OsStr::to_str);
    let delimiter = match ending {
        Some("tsv" | "tab") => b'\t',
        Some("json" | "ndjson" | "jsonl" | "xlsx" | "gz" | "zst") => {
            bail!(
                "{}: a baseline is always written as CSV\n  help: give it a name that ends with .csv",
                printed::path(path)
            )
        }
        _ => b',',
    };
    let to = written.insert(Output::open(Some(path))?);
    Ok(Baseline::Write {
        name,
        delimiter,
        to,
    })
}

/// Refuses a run in which a written file would replace one that is read, or another
/// written one.
fn refuse_clashes(args: &Check) -> anyhow::Result<()> {
    let baseline = args.asking.baseline.as_deref();
    let mut files = Files::of(&args.judging);
    files.reads_inputs(&args.files);
    for (_, path) in &args.asking.report {
        files.writes(REPORT, path);
    }
    if let Some(path) = &args.rejects {
        files.writes("--rejects", path);
    }
    match (baseline, args.asking.write_baseline) {
        (Some(path), true) => files.writes("--write-baseline", path),
        (Some(path), false) => files.reads("the baseline", path),
        (None, _) => {}
    }
    files.prints();
    files.check()?;
    if baseline == Some(Path::new("-")) {
        bail!("--baseline cannot be standard input (-); name a file");
    }
    Ok(())
}

/// Writes all reports and shows the outcome, even if one of them cannot be written, which
/// is then the error. The exit code is that of the outcome, even if nobody reads it.
fn write_reports(args: &Check, report: Report<'_>, sheets: Vec<Sheet>) -> anyhow::Result<ExitCode> {
    let mut ended = Ok(ExitCode::from(report.exit_code()));
    for (kind, path, mut output) in sheets {
        let text = kind.write(&report, &Screen::of_file());
        let written = output.write_all(text.as_bytes());
        let written = written.and_then(|()| output.flush());
        let cannot = || format!("{}: the report cannot be written", printed::path(&path));
        let written = written.with_context(cannot).and_then(|()| output.finish());
        ended = ended.and_then(|code| {
            note(args, &written?);
            Ok(code)
        });
    }
    let printed = show(args, &report);
    ended.and_then(|code| printed.map(|()| code))
}

/// Shows the outcome. It is not an error if nobody reads it.
fn show(args: &Check, report: &Report<'_>) -> anyhow::Result<()> {
    let page = Screen::of_output(args.color.when);
    let text = match args.format {
        // Standard error shows the error, and there is nothing else to show.
        Kind::Text if report.rulebook.is_none() => String::new(),
        Kind::Text => shown(report, &page),
        kind => kind.write(report, &page),
    };
    let printed = match args.format {
        Kind::Text => Printed::on(&page),
        // Escaped as its form asks for.
        _ => Printed::AsIs,
    };
    match print(&text, printed) {
        Err(error) if !error.is_broken_pipe() => return Err(error.into()),
        _ => {}
    }
    let is_in_it = matches!(args.format, Kind::Text | Kind::Json | Kind::Markdown);
    if let (Some(overview), false) = (&report.overview, is_in_it) {
        printed::report(&overview.plain());
    }
    Ok(())
}
