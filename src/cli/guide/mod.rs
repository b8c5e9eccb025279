//! `clientype guide`: the manual on a terminal, and `help`, which leads there.
//!
//! Owns which topic is meant, and the pager. What a page looks like is [`page`]'s, and how
//! its Markdown is read is [`block`]'s.

mod block;
mod page;

use std::io::{self, Write};
use std::process::{Command, ExitCode, Stdio};

use crate::guide::Topic;
use crate::text::{nearest, quoted};
use anyhow::bail;
use clap::{Args, CommandFactory};
use clap_complete::{ArgValueCandidates, CompletionCandidate};

use super::Cli;
use super::args::{Color, When};
use super::printed::{Printed, is_to_terminal, print};
use super::styled::{FAINT, PLAIN, STRONG, Screen, StyledText, span};

const EXAMPLES: &str = "\
Examples:
  List the topics:
    clientype guide

  Read one:
    clientype guide dates

  Find where something is explained:
    clientype guide --search baseline";

/// Read the manual
///
/// Without a TOPIC it lists the topics. On a terminal, a text goes through $PAGER if that
/// is set.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Guide {
    /// The topic to read; none lists them
    #[arg(value_name = "TOPIC", add = ArgValueCandidates::new(candidates))]
    topic: Option<String>,

    /// Show what the manual says about WORD, in TOPIC or in all topics
    #[arg(long, value_name = "WORD")]
    search: Option<String>,

    #[command(flatten)]
    color: Color,
}

/// Show a topic of the manual, or the help of a verb
#[derive(Debug, Args)]
pub(super) struct Help {
    /// A topic of the guide, or a verb
    #[arg(value_name = "TOPIC", add = ArgValueCandidates::new(candidates))]
    words: Vec<String>,
}

fn candidates() -> Vec<CompletionCandidate> {
    let candidate = |topic: &Topic| {
        let about = topic.about().replace('\n', " ");
        CompletionCandidate::new(topic.name).help(Some(about.into()))
    };
    Topic::ALL.iter().map(candidate).collect()
}

pub(super) fn run(args: &Guide) -> anyhow::Result<ExitCode> {
    let topic = args.topic.as_deref().map(find).transpose()?;
    let topics = match topic {
        Some(topic) => std::slice::from_ref(topic),
        None => Topic::ALL,
    };
    let mut page = StyledText::new(&screen(args.color.when));
    match (&args.search, topic) {
        (Some(word), _) if word.trim().is_empty() => {
            bail!("--search needs a word to look for, such as --search baseline")
        }
        (Some(word), _) => {
            let found = page::search(&mut page, topics, word.trim());
            if !found {
                let place = topic.map_or("the guide".to_owned(), |topic| {
                    format!("the topic {}", topic.name)
                });
                let names = names();
                bail!(
                    "{place} doesn't mention {}\n  help: try a shorter word, or read a topic: {names}",
                    quoted(word)
                );
            }
        }
        (None, Some(topic)) => page::topic(&mut page, topic),
        (None, None) => list(&mut page),
    }
    show(&page)
}

/// `help` without a word is `--help`; with one, a topic of the guide, or else the help of
/// the verb.
pub(super) fn help(args: &Help) -> anyhow::Result<ExitCode> {
    let [first, rest @ ..] = &args.words[..] else {
        return print_help(&mut Cli::command());
    };
    if let (Some(topic), []) = (Topic::find(first), rest) {
        let mut page = StyledText::new(&screen(When::Auto));
        page::topic(&mut page, topic);
        return show(&page);
    }
    let mut command = Cli::command();
    command.build();
    let mut of = &mut command;
    for word in &args.words {
        of = match of.find_subcommand_mut(word) {
            Some(found) => found,
            None => {
                let word = quoted(word);
                let names = names();
                bail!("no help on {word}\n  expected: a verb, or a topic: {names}");
            }
        };
    }
    print_help(of)
}

fn print_help(command: &mut clap::Command) -> anyhow::Result<ExitCode> {
    print(&command.render_long_help().to_string(), Printed::Lines)?;
    Ok(ExitCode::SUCCESS)
}

fn names() -> String {
    let names: Vec<&str> = Topic::ALL.iter().map(|topic| topic.name).collect();
    names.join(", ")
}

/// The topic that is meant.
fn find(name: &str) -> anyhow::Result<&'static Topic> {
    if let Some(topic) = Topic::find(name) {
        return Ok(topic);
    }
    let asked = Topic::ALL.iter();
    let asked = asked.flat_map(|topic| [&[topic.name], topic.also].concat());
    let near = nearest(name, asked).and_then(Topic::find);
    let help = match near {
        Some(topic) => format!("did you mean {}?", topic.name),
        None => format!(
            "to find a word: clientype guide --search {}",
            super::wording::shell_word(name)
        ),
    };
    bail!(
        "the guide has no topic {}\n  expected: one of {}\n  help: {help}",
        quoted(name),
        names()
    );
}

/// The topics, with a line each.
fn list(page: &mut StyledText) {
    page.hanging(
        0,
        0,
        [span(
            PLAIN,
            "The manual. To read a topic: clientype guide TOPIC",
        )],
    );
    page.blank();
    let width = Topic::ALL.iter().map(|topic| topic.name.len()).max();
    let width = width.unwrap_or(0);
    for topic in Topic::ALL {
        let head = [span(STRONG, format!("  {:width$}  ", topic.name))];
        page.wrapped(
            width + 4,
            &head,
            &[span(PLAIN, topic.about().replace('\n', " "))],
        );
    }
    page.blank();
    page.hanging(
        0,
        0,
        [span(FAINT, "To find a word: clientype guide --search WORD")],
    );
}

/// Standard output; colours pass a pager that shows them.
fn screen(color: When) -> Screen {
    let mut screen = Screen::of_output(color);
    let less = std::env::var("LESS").ok();
    if pager().is_some()
        && less.is_some_and(|less| !less.contains(['R', 'r']))
        && color == When::Auto
    {
        screen.colour = false;
    }
    screen
}

/// The pager that the user has set, where standard output is a terminal.
fn pager() -> Option<String> {
    let pager = std::env::var("PAGER").ok();
    let pager = pager.filter(|pager| !pager.trim().is_empty());
    pager.filter(|_| is_to_terminal())
}

/// Prints through the pager, if there is one that runs.
fn show(page: &StyledText) -> anyhow::Result<ExitCode> {
    let (text, printed) = (&page.text, Printed::on(&page.screen));
    let shown = pager().is_some_and(|pager| through(&pager, &printed.safe(text)).is_ok());
    if !shown {
        print(text, printed)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn through(pager: &str, text: &str) -> io::Result<()> {
    let mut command = Command::new(if cfg!(windows) { "cmd" } else { "sh" });
    command.args([if cfg!(windows) { "/C" } else { "-c" }, pager]);
    if std::env::var_os("LESS").is_none() {
        // A short text stays on the screen, and colours are shown.
        command.env("LESS", "FRX");
    }
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    if let Some(mut to) = child.stdin.take() {
        // A reader may stop at any page.
        drop(to.write_all(text.as_bytes()));
    }
    let ended = child.wait()?;
    // A shell that does not find the program says so with 127.
    match ended.code() {
        Some(126 | 127) => Err(io::ErrorKind::NotFound.into()),
        _ => Ok(()),
    }
}
