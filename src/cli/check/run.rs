//! What was said, turned into one call of the library; and the reports on it.
//!
//! Owns the order of things: reports are opened before anything is judged, and written
//! whatever came of it, so that none of an earlier run is left behind.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clientype::check::{Against, Asked, Checked, Level, Severity, check};
use clientype::rules::compile::Rules;
use clientype::{Error, Options, Source};

use super::report::{Kind, Report};
use super::{Asking, Check};
use crate::cli::classify::{rules, sources};
use crate::cli::output::{Output, behind_links, print};
use crate::cli::paper::Page;
use crate::cli::progress::{Counts, Progress};
use crate::cli::{config, report};

/// A report that goes to a file.
struct Sheet {
    kind: Kind,
    path: PathBuf,
    output: Output,
}

pub(in crate::cli) fn run(args: &Check) -> anyhow::Result<ExitCode> {
    refuse_clashes(args)?;
    let mut sheets = Vec::new();
    for (kind, path) in &args.asking.report {
        sheets.push(Sheet {
            kind: *kind,
            path: path.clone(),
            output: Output::open(Some(path))?,
        });
    }
    match judge(args) {
        Ok((rules, mut checked, written)) => {
            if let (Some(file), None) = (written, &checked.error) {
                file.finish()?;
            }
            let report = Report::of(&rules, &checked, args.summary);
            let code = tell(args, report, sheets)?;
            match checked.error.take() {
                Some(error) => Err(config::explained(error, &args.judging)),
                None => Ok(code),
            }
        }
        Err(error) => {
            tell(args, Report::of_error(format!("{error:#}")), sheets)?;
            Err(error)
        }
    }
}

/// Judges the records. Returns the file of a baseline too, if one was written.
fn judge(args: &Check) -> anyhow::Result<(Rules, Checked, Option<Output>)> {
    let rules = rules(&args.judging)?;
    let counts = Counts::default();
    let (sources, size) = sources(&args.files, args.quiet, &counts)?;
    let asked = asked(&args.asking)?;
    let options = Options {
        layout: args.reading.layout(),
        overrides: args.judging.map.clone(),
        date_order: args.judging.date_order,
        threads: args.threads,
        census: args.summary,
        records: Some(counts.records.clone()),
        ..Options::default()
    };
    let mut written = None;
    let against = against(&args.asking, &mut written)?;
    let progress = Progress::show(&counts, size, !args.quiet);
    let mut opened = |opened: &clientype::Opened<'_>| {
        if !args.quiet {
            report::tell(&report::opened(&rules, &args.judging, opened));
        }
    };
    let checked = check(&rules, &options, &asked, sources, against, &mut opened);
    drop(progress);
    let checked = checked.map_err(|error| config::explained(error, &args.judging))?;
    let late = report::late(&rules, &checked.summary);
    if !args.quiet && !late.is_empty() {
        report::tell(&report::ended(&late));
    }
    Ok((rules, checked, written))
}

/// What is asked, in the library's terms.
fn asked(asking: &Asking) -> anyhow::Result<Asked> {
    let warn = asking.warn.iter().map(|code| (*code, Level::Warn));
    let allow = asking.allow.iter().map(|code| (*code, Level::Allow));
    if let Some(both) = asking.warn.iter().find(|code| asking.allow.contains(code)) {
        bail!("--warn and --allow both name {}", both.name());
    }
    let usual = Asked::default();
    Ok(Asked {
        expect: asking.expect.clone(),
        min_agreement: asking.min_agreement.clone(),
        max_undetermined: asking.max_undetermined.clone(),
        require: asking.require.clone(),
        no_unread_values: asking.no_unread_values,
        min_records: asking.min_records,
        unique: asking.unique.clone(),
        key: asking.key.clone(),
        label_language: asking.label_language,
        strict_baseline: asking.strict_baseline,
        levels: warn.chain(allow).collect(),
        fail_on: asking.fail_on.unwrap_or(Severity::Error),
        max_findings: asking.max_findings.unwrap_or(usual.max_findings),
    })
}

/// What labels are compared with, or where they are written.
fn against<'o>(asking: &Asking, written: &'o mut Option<Output>) -> anyhow::Result<Against<'o>> {
    let Some(path) = &asking.baseline else {
        if asking.write_baseline {
            bail!("--write-baseline needs --baseline FILE, which says where");
        }
        if asking.strict_baseline {
            bail!("--strict-baseline needs --baseline FILE, whose entries it is about");
        }
        return Ok(Against::Nothing);
    };
    let name = path.to_string_lossy().into_owned();
    if !asking.write_baseline {
        if !path.exists() {
            bail!(
                "{name}: there is no such baseline\n  to mend it: --write-baseline writes the labels of this run there"
            );
        }
        let paths = std::slice::from_ref(path);
        let (mut sources, _) = sources(paths, true, &Counts::default())?;
        let source: Option<Source<'static>> = sources.pop();
        return Ok(source.map_or(Against::Nothing, Against::Baseline));
    }
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    let delimiter = match ending.as_deref() {
        Some("tsv" | "tab") => b'\t',
        Some("json" | "ndjson" | "jsonl" | "xlsx" | "gz" | "zst") => {
            bail!(
                "{name}: a baseline is written as CSV\n  to mend it: give it a name that ends with .csv"
            )
        }
        _ => b',',
    };
    let to = written.insert(Output::open(Some(path))?);
    Ok(Against::Write {
        name,
        delimiter,
        to,
    })
}

/// What is written must not replace what is read, nor what else is written.
fn refuse_clashes(args: &Check) -> anyhow::Result<()> {
    let asking = &args.asking;
    let mut written: Vec<(&str, &Path)> = Vec::new();
    let reports = asking
        .report
        .iter()
        .map(|(_, path)| ("--report", path.as_path()));
    written.extend(reports);
    let baseline = asking.baseline.as_deref();
    if let (Some(path), true) = (baseline, asking.write_baseline) {
        written.push(("--write-baseline", path));
    }
    let mut read: Vec<(&str, &Path)> = Vec::new();
    read.extend(
        args.files
            .iter()
            .map(|file| ("an input file", file.as_path())),
    );
    if let (Some(path), false) = (baseline, asking.write_baseline) {
        read.push(("the baseline", path));
    }
    read.extend(
        args.judging
            .rules
            .iter()
            .map(|path| ("the rulebook", path.as_path())),
    );
    for (place, (flag, path)) in written.iter().enumerate() {
        let same = |other: &Path| behind_links(other) == behind_links(path);
        if let Some((other, _)) = written[..place].iter().find(|(_, other)| same(other)) {
            bail!("{}: {other} and {flag} name the same file", path.display());
        }
        if let Some((what, _)) = read.iter().find(|(_, other)| same(other)) {
            bail!("{}: {flag} would replace {what}", path.display());
        }
    }
    if baseline == Some(Path::new("-")) {
        bail!("--baseline: standard input (-) is no baseline; name a file");
    }
    Ok(())
}

/// Shows the outcome and writes all reports. The exit code is that of the outcome,
/// whether anybody still reads it or not.
fn tell(args: &Check, report: Report<'_>, sheets: Vec<Sheet>) -> anyhow::Result<ExitCode> {
    for mut sheet in sheets {
        let text = sheet.kind.write(&report, &Page::of_file());
        let path = &sheet.path;
        sheet.output.write_all(text.as_bytes()).map_err(|error| {
            anyhow::anyhow!("{}: the report cannot be written: {error}", path.display())
        })?;
        sheet.output.finish()?;
    }
    // What could not be judged is told on standard error, in full.
    let is_told = report.error.is_some() && args.format == Kind::Text;
    if !is_told {
        let text = args.format.write(&report, &Page::of_output(args.color));
        let printed = print(&text);
        if !printed.as_ref().err().is_some_and(Error::is_broken_pipe) {
            printed?;
        }
    }
    if let (Some(overview), false) = (&report.overview, args.quiet) {
        let is_in_it = matches!(args.format, Kind::Text | Kind::Json | Kind::Markdown);
        if !is_in_it {
            report::tell(&overview.plain());
        }
    }
    Ok(ExitCode::from(report.exit_code()))
}
