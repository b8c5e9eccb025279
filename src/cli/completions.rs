//! `clientype completions`: what a shell needs to complete a command line.
//!
//! Owns the values that are completed beside those that clap knows: criteria, scorecards,
//! rulebook files. The script that a shell loads asks this program, so that it never lags
//! behind it.

use std::ffi::OsStr;
use std::process::ExitCode;

use crate::rulebook::Rulebook;
use crate::rulebook::file::BUILT_IN;
use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::engine::{PathCompleter, ValueCompleter};
use clap_complete::env::{Bash, CompleteEnv, Elvish, EnvCompleter, Fish, Powershell, Zsh};
use clap_complete::{ArgValueCompleter, CompletionCandidate};

use super::Cli;
use super::printed::{Printed, print};

/// The variable by which a script asks.
const ASKED: &str = "CLIENTYPE_COMPLETE";

const EXAMPLES: &str = "\
Load it where a shell starts:
    bash        source <(clientype completions bash)
    zsh         source <(clientype completions zsh)
    fish        clientype completions fish | source
    elvish      eval (clientype completions elvish | slurp)
    powershell  clientype completions powershell | Out-String | Invoke-Expression

Examples:
  See what a shell loads:
    clientype completions bash";

/// Print what a shell loads to complete options, criteria, codes and files
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// A shell that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Elvish,
    Powershell,
}

pub(super) fn run(args: &Completions) -> anyhow::Result<ExitCode> {
    let shell: &dyn EnvCompleter = match args.shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
        Shell::Elvish => &Elvish,
        Shell::Powershell => &Powershell,
    };
    let name = env!("CARGO_PKG_NAME");
    let mut script = Vec::new();
    shell.write_registration(ASKED, name, name, name, &mut script)?;
    print(&String::from_utf8(script)?, Printed::AsIs)?;
    Ok(ExitCode::SUCCESS)
}

/// Answers the script of a shell, if that is who asks.
pub(super) fn answered() -> bool {
    if std::env::var_os(ASKED).is_none() {
        return false;
    }
    let folder = std::env::current_dir().ok();
    let answer = CompleteEnv::with_factory(Cli::command).var(ASKED);
    let answered = answer.try_complete(std::env::args_os(), folder.as_deref());
    answered.unwrap_or_else(|error| error.exit())
}

/// A name of the built-in rulebook for each of its criteria, with what it is about.
fn criteria(end: &str) -> Vec<CompletionCandidate> {
    let rulebook = Rulebook::documents().ok();
    let criteria = rulebook.iter().flat_map(|rulebook| &rulebook.criteria);
    let candidate = |name: &str, about: &str| {
        CompletionCandidate::new(format!("{name}{end}")).help(Some(about.to_owned().into()))
    };
    let mut all: Vec<_> = criteria
        .map(|one| candidate(&one.name, &one.says))
        .collect();
    all.sort_by(|one, other| one.get_value().cmp(other.get_value()));
    all
}

fn scorecards(end: &str) -> Vec<CompletionCandidate> {
    let rulebook = Rulebook::documents().ok();
    let cards = rulebook.iter().flat_map(|rulebook| &rulebook.scorecards);
    let candidate = |name: &str| CompletionCandidate::new(format!("{name}{end}"));
    cards.map(|card| candidate(&card.name)).collect()
}

/// Those that begin as what is typed does.
fn begun(all: Vec<CompletionCandidate>, typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy().to_lowercase();
    let fits = |one: &CompletionCandidate| one.get_value().to_string_lossy().starts_with(&typed);
    all.into_iter().filter(fits).collect()
}

/// `CRITERION=`.
pub(super) fn map() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| begun(criteria("="), typed))
}

/// The name of a criterion.
pub(super) fn criterion() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| begun(criteria(""), typed))
}

/// `SCORECARD=`.
pub(super) fn expectation() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| begun(scorecards("="), typed))
}

/// `SCORECARD:`, of a share.
pub(super) fn limit() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| begun(scorecards(":"), typed))
}

/// The words that describe a record, or else a file.
pub(super) fn words() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let text = typed.to_string_lossy();
        if let Some((criterion, _)) = text.split_once('=') {
            return begun(values(criterion), typed);
        }
        let mut all = begun(criteria("="), typed);
        all.extend(PathCompleter::file().complete(typed));
        all
    })
}

/// `CRITERION=VALUE`, for each value of a criterion.
fn values(criterion: &str) -> Vec<CompletionCandidate> {
    let rulebook = Rulebook::documents().ok();
    let criteria = rulebook.iter().flat_map(|rulebook| &rulebook.criteria);
    let of = criteria.filter(|one| one.name == criterion);
    let values = of.flat_map(|one| &one.values);
    let value = |value: &String| CompletionCandidate::new(format!("{criterion}={value}"));
    values.map(value).collect()
}

/// The code of a diagnostic of rulebooks.
pub(super) fn diagnostic() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let codes = crate::rulebook::codes::Code::all();
        let codes = codes.map(|code| CompletionCandidate::new(code.name()));
        begun(
            codes.chain([CompletionCandidate::new("all")]).collect(),
            typed,
        )
    })
}

/// A rulebook: the built-in one, or a TOML file.
pub(super) fn rulebook() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let built_in = CompletionCandidate::new(BUILT_IN);
        let is_toml = |path: &std::path::Path| path.extension().is_some_and(|end| end == "toml");
        let mut all = begun(vec![built_in], typed);
        all.extend(PathCompleter::file().filter(is_toml).complete(typed));
        all
    })
}
