//! `clientype classify`: what was said, turned into one call of the library.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::engine::compile::{AsOf, Rules};
use crate::run::{Options, Source};
use crate::value::Own;
use anyhow::{Context, bail};

use super::overview::Overview;
use super::progress::{Counted, Counts, Progress};
use super::rules::rulebook;
use super::{Classify, Judging, config, report};
use crate::cli::output;
use crate::cli::output::Output;

pub(super) fn run(args: &Classify) -> anyhow::Result<ExitCode> {
    let rules = rules(&args.judging)?;
    let mut options = options(args);
    let counts = Counts::default();
    let (sources, size) = sources(&args.files, args.quiet, &counts)?;
    check_targets(args)?;

    let mut output = Output::open(args.output.as_deref())?;
    let mut rejects = args
        .rejects
        .as_deref()
        .map(|path| Output::open(Some(path)))
        .transpose()?;
    let tell = |text: &str| {
        if !args.quiet {
            report::tell(text);
        }
    };
    let aside = args.output.is_some() || !io::stdout().is_terminal();
    options.records = Some(counts.records.clone());
    let progress = Progress::show(&counts, size, aside && !args.quiet);
    let summary = crate::run::classify(
        &rules,
        &options,
        sources,
        &mut output,
        rejects
            .as_mut()
            .map(|rejects| rejects as &mut (dyn Write + Send)),
        &mut |opened| tell(&report::opened(&rules, &args.judging, opened)),
    )
    .map_err(|error| config::explained(error, &args.judging))?;
    drop(progress);
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    output.finish()?;
    if summary.ends_within_line && args.output.is_none() && std::io::stdout().is_terminal() {
        tell("\n");
    }
    let place = args.rejects.as_deref().map(Path::to_string_lossy);
    match args.summary {
        true => {
            tell(&report::brief(&rules, &summary, place.as_deref()));
            tell("\n");
            report::tell(&Overview::new(&rules, &summary).plain());
        }
        false => tell(&report::summary(&rules, &summary, place.as_deref())),
    }
    Ok(ExitCode::SUCCESS)
}

/// The rulebook that is meant, ready to judge by.
pub(super) fn rules(args: &Judging) -> anyhow::Result<Rules> {
    let today = AsOf::WhenNeeded(|| jiff::Zoned::now().date());
    let path = args.rules.as_deref();
    let rules = Rules::compile(
        rulebook(path)?,
        &Own::new(&args.own),
        args.as_of.map_or(today, AsOf::Day),
    );
    let name = || path.map_or("built-in rulebook".into(), Path::to_string_lossy);
    Ok(rules.map_err(|error| error.in_file(&name()))?)
}

fn options(args: &Classify) -> Options {
    let terminal = std::io::stdout().is_terminal() && args.output.is_none();
    Options {
        layout: args.reading.layout(),
        format: args.format,
        overrides: args.judging.map.clone(),
        date_order: args.judging.date_order,
        details: args.details,
        prefix: args.prefix.clone(),
        replace: args.replace,
        strict: args.strict,
        threads: args.threads,
        census: args.summary,
        table_width: terminal
            .then(terminal_size::terminal_size)
            .flatten()
            .map(|(width, _)| usize::from(width.0)),
        ..Options::default()
    }
}

/// The inputs at these paths, standard input if there are none, and how many
/// bytes they have, if that is known. What is read of them is counted.
pub(super) fn sources(
    files: &[PathBuf],
    quiet: bool,
    counts: &Counts,
) -> anyhow::Result<(Vec<Source<'static>>, Option<u64>)> {
    let source = |name: &str, reader: Box<dyn Read + Send>| Source {
        name: name.to_owned(),
        reader: Box::new(Counted {
            reader,
            read: counts.read.clone(),
        }),
    };
    let stdin = || source("<stdin>", Box::new(io::stdin()));
    if files.is_empty() {
        if io::stdin().is_terminal() && !quiet {
            report::tell("reading records from the terminal; Ctrl-D ends them, --help helps\n");
        }
        return Ok((vec![stdin()], None));
    }
    let is_stdin = |path: &Path| path == Path::new("-");
    if files.iter().filter(|path| is_stdin(path)).count() > 1 {
        bail!("standard input (-) is named twice, and can be read once");
    }
    let mut size = Some(0);
    let mut sources = Vec::new();
    for path in files {
        if is_stdin(path) {
            size = None;
            sources.push(stdin());
            continue;
        }
        let cannot = || format!("{}: the file cannot be opened", path.display());
        let file = File::open(path).with_context(cannot)?;
        let metadata = file.metadata().with_context(cannot)?;
        if metadata.is_dir() {
            bail!("{}: this is a folder; name the files in it", path.display());
        }
        let reader: Box<dyn Read + Send> = if metadata.is_file() {
            size = size.map(|size| size + metadata.len());
            Box::new(InTurn::Closed(path.clone()))
        } else {
            // A pipe can be opened once only.
            size = None;
            Box::new(file)
        };
        sources.push(source(&path.to_string_lossy(), reader));
    }
    Ok((sources, size))
}

/// A file that is there, and is opened when its turn comes: there may be more
/// files than can be open at a time.
enum InTurn {
    Closed(PathBuf),
    Open(File),
}

impl Read for InTurn {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if let InTurn::Closed(path) = self {
            *self = InTurn::Open(File::open(path)?);
        }
        match self {
            InTurn::Open(file) => file.read(to),
            InTurn::Closed(_) => Ok(0),
        }
    }
}

/// Records that are set aside must not replace what they came from, nor the
/// output.
fn check_targets(args: &Classify) -> anyhow::Result<()> {
    let Some(rejects) = &args.rejects else {
        return Ok(());
    };
    let same = |path: &Path| output::behind_links(path) == output::behind_links(rejects);
    if args.output.as_deref().is_some_and(same) {
        bail!(
            "{}: --output and --rejects name the same file",
            rejects.display()
        );
    }
    if args.files.iter().any(|file| same(file)) {
        bail!(
            "{}: --rejects would replace an input file",
            rejects.display()
        );
    }
    Ok(())
}
