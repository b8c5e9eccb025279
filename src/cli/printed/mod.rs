//! What is printed: the one way to standard output and standard error.
//!
//! Owns the law of both: what comes from a file, a rulebook or the command line can neither
//! steer a terminal nor give a command to a CI runner that reads the log. What is
//! hidden in a text is shown in the escapes of its form. Only records, and programs for
//! others (SQL, a shell's script), pass as they are; and colours of ours. A lint keeps all
//! other code off both streams (`.clippy.toml`).
//!
//! A line break is the one sign that it cannot judge, since messages have lines: text from
//! data is escaped where it is put into one, by [`visible`] or [`quoted`](crate::text::quoted).

#![allow(clippy::disallowed_methods, reason = "what is printed passes here")]

mod toml;

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::text::{is_hidden, visible, without_commands};
use clap::builder::StyledStr;
use clap::error::ContextValue;

use super::args::{Form, When};
use super::output;
use super::styled::Screen;

/// The form of a printed text, which decides how it is escaped.
#[derive(Debug, Clone, Copy)]
pub(super) enum Printed {
    /// Lines for a person, without colours.
    Lines,
    /// Lines that may have our colours.
    Coloured,
    /// JSON, one value or one a line.
    Json,
    /// XML.
    Xml,
    /// A rulebook.
    Toml,
    /// A program or a file for others, and annotations, which are commands on purpose.
    AsIs,
}

impl Printed {
    /// Lines laid out for this screen.
    pub(super) fn on(screen: &Screen) -> Self {
        match screen.colour {
            true => Printed::Coloured,
            false => Printed::Lines,
        }
    }

    /// A text in this form, laid out for this screen if it is for a person.
    pub(super) fn of(form: Form, screen: &Screen) -> Self {
        match form {
            Form::Text => Printed::on(screen),
            Form::Markdown => Printed::Lines,
            Form::Json => Printed::Json,
        }
    }

    /// `text` with nothing in it that steers a terminal or a CI runner.
    pub(super) fn safe(self, text: &str) -> Cow<'_, str> {
        let line = match self {
            Printed::AsIs => return Cow::Borrowed(text),
            Printed::Toml => return Cow::Owned(toml::safe(text)),
            Printed::Lines => plain,
            Printed::Coloured => coloured,
            Printed::Json => json,
            Printed::Xml => xml,
        };
        Cow::Owned(
            text.split_inclusive('\n')
                .map(|whole| ended(whole, line))
                .collect(),
        )
    }
}

/// A line as `safe` has it, and its line break.
fn ended(line: &str, safe: fn(&str) -> String) -> String {
    match line.strip_suffix('\n') {
        Some(line) => safe(line) + "\n",
        None => safe(line),
    }
}

fn plain(line: &str) -> String {
    commands_apart(&visible(line), |c| c.escape_unicode().to_string())
}

fn commands_apart(line: &str, escape: impl Fn(char) -> String) -> String {
    without_commands(line, escape).into_owned()
}

/// The same, between colours: `ESC [ … m`. They don't count for where a line begins.
fn coloured(line: &str) -> String {
    let (mut safe, mut is_begun) = (String::new(), false);
    let mut add = |piece: &str, colour: &str| {
        match is_begun {
            true => safe += &plain(&format!(".{piece}"))[1..],
            false => safe += &plain(piece),
        }
        is_begun |= !piece.trim().is_empty();
        safe += colour;
    };
    let mut rest = line;
    while let Some(at) = rest.find("\u{1b}[") {
        let digits = &rest[at + 2..];
        let after = digits.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        rest = match after.strip_prefix('m') {
            Some(after) => {
                add(&rest[..at], &rest[at..rest.len() - after.len()]);
                after
            }
            None => {
                add(&rest[..=at], "");
                &rest[at + 1..]
            }
        };
    }
    add(rest, "");
    safe
}

/// Hidden characters occur within strings only, which have escapes for all of them.
fn json(line: &str) -> String {
    let escape = |c: char| {
        let mut units = [0; 2];
        let units = c.encode_utf16(&mut units).iter();
        units
            .map(|unit| format!("\\u{unit:04x}"))
            .collect::<String>()
    };
    escaped(line, escape)
}

/// XML has no escapes for what it does not allow, so that is shown as in a message.
fn xml(line: &str) -> String {
    commands_apart(&visible(line), |c| format!("&#{};", c as u32))
}

fn escaped(line: &str, escape: impl Fn(char) -> String) -> String {
    let mut shown = String::new();
    for c in line.chars() {
        match is_hidden(c) {
            true => shown += &escape(c),
            false => shown.push(c),
        }
    }
    commands_apart(&shown, escape)
}

/// Prints `text` on standard output.
pub(super) fn print(text: &str, form: Printed) -> crate::error::Result<()> {
    output::print(&form.safe(text))
}

/// How wide the line is that shows progress, and that all else has to replace.
static SHOWN: Mutex<usize> = Mutex::new(0);

/// What is reported once it is known that standard error is not a file of the run, and
/// whether it is one, so that nothing may be written there.
static HELD: Mutex<(String, bool)> = Mutex::new((String::new(), false));

fn held() -> MutexGuard<'static, (String, bool)> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reports lines before all others, but not yet.
pub(super) fn hold(text: &str) {
    held().0 += text;
}

/// Reports what was held back.
pub(super) fn release() {
    report("");
}

/// Nothing goes to standard error any more.
pub(super) fn silence() {
    *held() = (String::new(), true);
}

/// Reports lines on standard error. One that is closed does not fail the run.
pub(super) fn report(text: &str) {
    to_stderr(&Printed::Lines.safe(text));
}

/// Reports the error that ends a run.
pub(super) fn error(message: &str) {
    report(&format!("error: {message}\n"));
}

/// Shows `line` on standard error, which the next replaces; an empty one takes it away.
pub(super) fn progress(line: &str) {
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // A line that wraps could not be taken away.
    let width = terminal_size::terminal_size_of(std::io::stderr());
    let width = width.map_or(80, |(width, _)| usize::from(width.0)).max(2) - 1;
    let line: String = line.chars().take(width).collect();
    let clear = clear(std::mem::replace(&mut *shown, line.chars().count()));
    let mut stderr = std::io::stderr().lock();
    drop(stderr.write_all((clear + &plain(&line)).as_bytes()));
    drop(stderr.flush());
}

/// Writes to standard error, after taking away the line that shows progress.
fn to_stderr(text: &str) {
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let (first, is_silent) = {
        let mut held = held();
        (std::mem::take(&mut held.0), held.1)
    };
    let text = Printed::Lines.safe(&first).into_owned() + text;
    if is_silent || text.is_empty() {
        return;
    }
    let clear = clear(std::mem::take(&mut *shown));
    let mut stderr = std::io::stderr().lock();
    drop(stderr.write_all((clear + &text).as_bytes()));
}

/// What takes a line of `width` characters away.
fn clear(width: usize) -> String {
    match width {
        0 => String::new(),
        width => format!("\r{}\r", " ".repeat(width)),
    }
}

/// Whether standard output is a terminal.
pub(super) fn is_to_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether standard error is a terminal.
pub(super) fn reports_to_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// The columns of the terminal that standard output is.
pub(super) fn terminal_width() -> Option<usize> {
    let size = terminal_size::terminal_size_of(std::io::stdout());
    size.map(|(width, _)| usize::from(width.0))
}

/// A path as messages name it: in one line, with nothing hidden.
pub(super) fn path(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}

/// Prints what the parser of the command line takes for an error: a help, or the version.
pub(super) fn help(error: &clap::Error) -> anyhow::Result<ExitCode> {
    let text = error.render();
    let text = match Screen::of_output(When::Auto).colour {
        true => text.ansi().to_string(),
        false => text.to_string(),
    };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Ends the run with an error of the parser, which repeats what was typed.
pub(super) fn usage(mut error: clap::Error) -> ExitCode {
    let typed: Vec<_> = error
        .context()
        .map(|(kind, value)| (kind, value.clone()))
        .collect();
    for (kind, value) in typed {
        error.insert(kind, typed_value(value));
    }
    let text = error.render().to_string();
    if Printed::Lines.safe(&text) != text.as_str() {
        report(&text);
        return ExitCode::from(super::FAILED);
    }
    // In colours, where the terminal has them.
    error.exit()
}

/// A part of such an error with nothing hidden in it.
fn typed_value(value: ContextValue) -> ContextValue {
    let shown = |text: String| visible(&text).into_owned();
    // Suggestions are in colours, and repeat a word in one line.
    let styled = |text: StyledStr| {
        let plain = text.to_string();
        match visible(&plain) {
            Cow::Borrowed(_) => text,
            Cow::Owned(shown) => shown.into(),
        }
    };
    match value {
        ContextValue::String(text) => ContextValue::String(shown(text)),
        ContextValue::Strings(texts) => {
            ContextValue::Strings(texts.into_iter().map(shown).collect())
        }
        ContextValue::StyledStrs(texts) => {
            ContextValue::StyledStrs(texts.into_iter().map(styled).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::cases;
    use proptest::prelude::*;

    /// Text that is likely to break something, and any other.
    fn text() -> impl Strategy<Value = String> {
        let signs = prop::sample::select(vec![
            "::error::",
            "##[x]",
            "##vso[x]",
            "##teamcity[x]",
            "#",
            "[",
            ":",
            "\n",
            "\r",
            "\t",
            "\u{1b}[31m",
            "\u{1b}]0;",
            "\u{9b}",
            "\u{202e}",
            "\u{2028}",
            "\u{200b}",
            "\u{feff}",
            "\u{fffe}",
            "\u{ffff}",
            "\u{10ffff}",
            "\u{e0041}",
            "\\",
            "\"",
            "]]>",
            "<&>",
            "%0A",
        ]);
        let piece = prop_oneof![
            signs.prop_map(str::to_owned),
            "\\PC{0,4}",
            any::<char>().prop_map(String::from)
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    fn is_safe(text: &str) -> bool {
        let is_command = |line: &str| {
            let commands = ["##[", "##vso[", "##teamcity["];
            line.trim_start().starts_with("::") || commands.iter().any(|one| line.contains(one))
        };
        !text.contains(|c| c != '\n' && is_hidden(c)) && !text.lines().any(is_command)
    }

    proptest! {
        #![proptest_config(cases(256, 4096))]

        #[test]
        fn every_form_is_safe_whatever_it_holds(text in text()) {
            for form in [Printed::Lines, Printed::Json, Printed::Xml] {
                let safe = form.safe(&text);
                prop_assert!(is_safe(&safe), "{form:?} {safe:?}");
            }
        }

        #[test]
        fn json_keeps_its_values(key in text(), value in text()) {
            let json = serde_json::json!([{ key: value }]);
            for written in [format!("{json}\n"), format!("{json:#}\n")] {
                let safe = Printed::Json.safe(&written);
                prop_assert!(is_safe(&safe), "{safe:?}");
                let read: serde_json::Value = serde_json::from_str(&safe).unwrap();
                prop_assert_eq!(&read, &json);
            }
        }

        #[test]
        fn only_colours_pass_beside_what_is_shown(before in text(), after in text()) {
            let shown = [&before, &after].map(|text| visible(text).into_owned());
            let text = format!("{}\u{1b}[1m{}\u{1b}[0m\n", shown[0], shown[1]);
            let safe = Printed::Coloured.safe(&text).into_owned();
            let is_coloured = safe.contains("\u{1b}[1m") && safe.ends_with("\u{1b}[0m\n");
            prop_assert!(is_coloured, "{safe:?}");
            let plain = safe.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
            prop_assert!(!plain.contains(|c| c != '\n' && is_hidden(c)), "{plain:?}");
        }
    }

    #[test]
    fn a_broken_escape_is_shown_and_a_colour_passes() {
        let text = "a\u{1b}[2Jb\u{1b}[1;31mc\u{1b}[0m\u{1b}[";
        assert_eq!(
            Printed::Coloured.safe(text),
            "a\\u{1b}[2Jb\u{1b}[1;31mc\u{1b}[0m\\u{1b}["
        );
        assert_eq!(
            Printed::Lines.safe("a\u{1b}[1m\n::error::\n"),
            "a\\u{1b}[1m\n\\u{3a}:error::\n"
        );
    }
}
