//! The command line: its verbs, and what becomes of their results.
//!
//! Owns the way from words to a verb, and from a result to an exit code. Each verb has a
//! file of its own with its flags, and turns them into calls of the library; flags that
//! several verbs have stand in `args`.

mod advice;
mod again;
mod args;
mod check;
mod classify;
mod columns;
mod completions;
mod config;
mod explain;
mod guide;
mod inputs;
mod man;
mod markdown;
mod output;
mod overview;
mod printed;
mod progress;
mod read;
mod related;
mod render;
mod report;
mod rules;
mod sql;
mod standard;
mod styled;
mod whole;
mod wording;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};

use self::printed::Printed;

/// What each short help ends with.
const LONGER: &str = "--help lists all options, with examples.";

/// Labels each record of a CRM export as Customer or Client, and as Internal or External, by
/// rules that anybody can read
#[derive(Debug, Parser)]
#[command(
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "Start: clientype classify FILE. The manual: clientype guide.",
    after_long_help = "Example:\n    clientype classify examples/relationships.csv\n\nGuide: clientype guide"
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

/// It could not be done: usage, input, rulebook.
const FAILED: u8 = 2;

/// Does what the command line says, and returns the exit code.
pub fn main() -> ExitCode {
    output::survive_limits();
    if completions::answered() {
        return ExitCode::SUCCESS;
    }
    let result = match Cli::try_parse() {
        Ok(cli) => cli.run(),
        Err(error) => match without_verb(&error) {
            Some(message) => Err(anyhow::Error::msg(message)),
            None if error.use_stderr() => return printed::usage(error),
            None => printed::help(&error),
        },
    };
    printed::release();
    match result {
        Ok(code) => code,
        // The reader of our output has gone, as `head` does.
        Err(error)
            if error
                .downcast_ref()
                .is_some_and(crate::Error::is_broken_pipe) =>
        {
            ExitCode::SUCCESS
        }
        Err(error) => {
            // Where standard error is closed, the exit code still reports it.
            printed::error(&wording::chain(&error));
            ExitCode::from(FAILED)
        }
    }
}

/// The error where a file, or a record in words, stands where a verb belongs.
fn without_verb(error: &clap::Error) -> Option<String> {
    let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) =
        (error.kind(), error.get(ContextKind::InvalidSubcommand))
    else {
        return None;
    };
    let is_file = word == "-" || Path::new(word).exists() || word.contains(['.', '/']);
    let verb = match (is_file, word.contains('=')) {
        (true, _) => "classify",
        (false, true) => "explain",
        (false, false) => return None,
    };
    let words = std::env::args_os().skip(1);
    let words: Vec<String> = words
        .map(|word: OsString| wording::shell_word(&word.to_string_lossy()))
        .collect();
    let words = words.join(" ");
    let word = crate::text::quoted(word);
    Some(format!(
        "{word} isn't a verb\n  help: did you mean: clientype {verb} {words}\n  more: clientype --help lists the verbs"
    ))
}

#[derive(Debug, Subcommand)]
enum Verb {
    Classify(classify::Classify),
    Explain(explain::Explain),
    Check(Box<check::Check>),
    Columns(columns::Columns),
    Rules(rules::Rules),
    Sql(sql::Sql),
    Read(read::Read),
    Guide(guide::Guide),
    #[command(hide = true)]
    Help(guide::Help),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Cli {
    fn run(self) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::Classify(mut args) => {
                config::fill(&mut args.reading, &mut args.judging, args.quiet)?;
                classify::run(&args)
            }
            Verb::Explain(mut args) => explain::run(&mut args),
            Verb::Check(args) if args.schema => {
                printed::print(&format!("{:#}\n", config::schema()), Printed::Json)?;
                Ok(ExitCode::SUCCESS)
            }
            Verb::Check(mut args) => check::run(&mut args),
            Verb::Columns(mut args) => {
                config::fill(&mut args.reading, &mut args.judging, false)?;
                columns::run(&args)
            }
            Verb::Rules(args) => rules::run(args),
            Verb::Sql(mut args) => {
                config::fill(&mut args.reading, &mut args.judging, false)?;
                sql::run(&args)
            }
            Verb::Read(mut args) => {
                config::fill(&mut args.reading, &mut args.judging, false)?;
                read::run(&args)
            }
            Verb::Guide(args) => guide::run(&args),
            Verb::Help(args) => guide::help(&args),
            Verb::Completions(args) => completions::run(&args),
            Verb::Man(args) => man::run(&args),
        }
    }
}
