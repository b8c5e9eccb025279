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
    let inputs = Inputs::open(&args.files, args.quiet)?;
    check_targets(args)?;

    let mut output = Output::open(args.output.as_deref())?;
    let rejects = args.rejects.as_deref();
    let mut rejects = rejects.map(|path| Output::open(Some(path))).transpose()?;
    let tell = |text: &str| {
        if !args.quiet {
            report::tell(text);
        }
    };
    let is_terminal = args.output.is_none() && io::stdout().is_terminal();
    let mut options = options(args, is_terminal);
    let progress = inputs.progress(&mut options, !is_terminal && !args.quiet);
    let summary = crate::run::classify(
        &rules,
        &options,
        inputs.sources,
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
    if summary.ends_within_line && is_terminal {
        tell("\n");
    }
    let place = args.rejects.as_deref().map(Path::to_string_lossy);
    tell(&report::summary(
        &rules,
        &summary,
        place.as_deref(),
        args.summary,
    ));
    if args.summary {
        tell("\n");
        report::tell(&Overview::new(&rules, &summary).plain());
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

fn options(args: &Classify, is_terminal: bool) -> Options {
    let size = is_terminal.then(terminal_size::terminal_size).flatten();
    Options {
        format: args.format,
        details: args.details,
        prefix: args.prefix.clone(),
        replace: args.replace,
        strict: args.strict,
        threads: args.threads,
        census: args.summary,
        table_width: size.map(|(width, _)| usize::from(width.0)),
        ..super::options(&args.reading, &args.judging)
    }
}

/// What is to be read.
pub(super) struct Inputs {
    pub(super) sources: Vec<Source<'static>>,
    /// How many bytes they have, if that is known.
    size: Option<u64>,
    /// What is read of them.
    counts: Counts,
}

impl Inputs {
    /// The inputs at these paths, standard input if there are none.
    pub(super) fn open(files: &[PathBuf], quiet: bool) -> anyhow::Result<Self> {
        let counts = Counts::default();
        let source = |name: &str, reader: Box<dyn Read + Send>| Source {
            name: name.to_owned(),
            reader: Box::new(Counted {
                reader,
                read: counts.read.clone(),
            }),
        };
        let is_stdin = |path: &&PathBuf| **path == Path::new("-");
        if files.is_empty() && io::stdin().is_terminal() && !quiet {
            report::tell("reading records from the terminal; Ctrl-D ends them, --help helps\n");
        }
        if files.iter().filter(is_stdin).count() > 1 {
            bail!("standard input (-) is named twice, and can be read once");
        }
        let mut size = Some(0);
        let mut sources = Vec::new();
        let stdin = PathBuf::from("-");
        let none = [stdin];
        for path in if files.is_empty() { &none } else { files } {
            if is_stdin(&path) {
                size = None;
                sources.push(source("<stdin>", Box::new(io::stdin())));
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
        Ok(Inputs {
            sources,
            size,
            counts,
        })
    }

    /// Shows how far a run with these `options` is, on a terminal; `aside` says that the
    /// records themselves do not go there.
    pub(super) fn progress(&self, options: &mut Options, aside: bool) -> Option<Progress> {
        options.records = Some(self.counts.records.clone());
        Progress::show(&self.counts, self.size, aside)
    }

    /// The only source, of one path at most.
    pub(super) fn one(self) -> Source<'static> {
        let mut sources = self.sources.into_iter();
        sources
            .next()
            .expect("there is an input for each path, and one for none")
    }
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
    let rejects = rejects.display();
    if args.output.as_deref().is_some_and(same) {
        bail!("{rejects}: --output and --rejects name the same file");
    }
    if args.files.iter().any(|file| same(file)) {
        bail!("{rejects}: --rejects would replace an input file");
    }
    Ok(())
}
