//! The library's errors in the words of the command line.
//!
//! Owns how a typed part of a message looks here: an option as its flag, a value and
//! a statement as a word of the shell, a program as the beginning of a pipe. Knows no
//! message: the sentences are the library's.

use crate::error::{Error, ErrorKind, Help, Part, Phrase, Setting};
use crate::text::{quoted, visible};

/// The whole message of an error.
pub(super) fn error(error: &Error) -> String {
    message(error, part, part)
}

/// The whole message of an error, with what helps worded by `help` and all else by `word`;
/// its last line names the topic of the guide that has more.
pub(super) fn message(
    error: &Error,
    word: impl Fn(&Part) -> String,
    help: impl Fn(&Part) -> String,
) -> String {
    let text = error.worded(word, help);
    match topic(error) {
        Some(topic) => format!("{text}\n  more: clientype guide {topic}"),
        None => text,
    }
}

/// The topic of the guide that an error is about.
fn topic(error: &Error) -> Option<&'static str> {
    let settings = [Some(error.found().clone()), error.helps().map(Help::phrase)];
    let parts = settings.iter().flatten().flat_map(|phrase| phrase.parts());
    let mut topics = parts.filter_map(|part| match part {
        Part::Setting(setting, _) => of_setting(*setting),
        _ => None,
    });
    match error.kind() {
        ErrorKind::Reading(_) | ErrorKind::Writing(_) => None,
        ErrorKind::Rulebook => Some("rulebooks"),
        ErrorKind::Columns => Some(topics.next().unwrap_or("columns")),
        ErrorKind::Input => {
            let is_closer = |topic: &&str| matches!(*topic, "checking" | "dates" | "values");
            Some(topics.find(is_closer).unwrap_or("formats"))
        }
        ErrorKind::Usage => topics.next(),
    }
}

/// The topic of the guide that has more about an option.
fn of_setting(setting: Setting) -> Option<&'static str> {
    Some(match setting {
        Setting::AsOf | Setting::DateOrder => "dates",
        Setting::Map | Setting::Own => "columns",
        Setting::Frozen | Setting::Rulebook => "plan",
        Setting::Absent | Setting::Assume | Setting::On | Setting::Says | Setting::With => {
            "related"
        }
        Setting::Delimiter
        | Setting::Encoding
        | Setting::EscapeFormulas
        | Setting::Fields
        | Setting::Format
        | Setting::InputFormat
        | Setting::MaxRecord
        | Setting::NoHeader
        | Setting::Ragged
        | Setting::Sheet
        | Setting::SkipLines
        | Setting::TrailingDelimiter => "formats",
        Setting::Baseline
        | Setting::Expect
        | Setting::Key
        | Setting::LabelLanguage
        | Setting::MaxUndetermined
        | Setting::MinAgreement
        | Setting::MinMatch
        | Setting::MinRecords
        | Setting::NoUnreadValues
        | Setting::Require
        | Setting::Unique
        | Setting::WriteBaseline => "checking",
        Setting::Strict => "values",
        Setting::Where => "explaining",
        Setting::Prefix | Setting::Rejects | Setting::Replace => "output",
    })
}

/// The whole message of an error and of what it is the cause of, as `{:#}` has it.
pub(super) fn chain(error: &anyhow::Error) -> String {
    let texts = error.chain().map(|cause| {
        let ours = cause.downcast_ref::<Error>();
        ours.map_or_else(|| cause.to_string(), self::error)
    });
    texts.collect::<Vec<_>>().join(": ")
}

/// A phrase.
pub(super) fn phrase(phrase: &Phrase) -> String {
    phrase.worded(part)
}

/// The flag of an option: `--date-order`.
pub(super) fn flag(setting: Setting) -> String {
    match setting {
        Setting::Format => "-f".to_owned(),
        _ => format!("--{}", setting.name().replace('_', "-")),
    }
}

/// A part of a message.
pub(super) fn part(part: &Part) -> String {
    match part {
        Part::Text(text) => text.clone(),
        Part::Quote(text) => quoted(text),
        Part::Setting(setting, None) => flag(*setting),
        Part::Setting(Setting::Delimiter, Some(value)) => delimiter(value),
        Part::Setting(setting, Some(value)) => {
            format!("{} {}", flag(*setting), shell_word(value))
        }
        Part::Statement(criterion, value) => shell_word(&format!("{criterion}={value}")),
        Part::Program(command, None) => format!("{command} | clientype classify"),
        Part::Program(command, Some((setting, value))) => {
            format!("{command} | clientype classify {} {value}", flag(*setting))
        }
    }
}

/// A delimiter as its flag takes it.
fn delimiter(sign: &str) -> String {
    let flag = flag(Setting::Delimiter);
    match sign.as_bytes() {
        b"\t" => format!("{flag} tab"),
        [b' '..=b'~'] => format!("{flag} '{sign}'"),
        [byte] => format!("{flag} \"$(printf '\\{byte:03o}')\""),
        _ => format!("{flag} {}", shell_word(sign)),
    }
}

/// `text` as one word of a shell.
pub(super) fn shell_word(text: &str) -> String {
    let plain = |c: char| {
        c.is_alphanumeric() || matches!(c, '_' | '-' | '=' | '.' | '/' | ':' | ',' | '@' | '+')
    };
    if text.chars().all(plain) && !text.is_empty() {
        text.to_owned()
    } else if visible(text) == text {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        // What cannot be seen is written as bytes, in the way of bash, ksh and zsh.
        let byte = |byte: u8| match byte {
            b'\'' | b'\\' => format!("\\{}", char::from(byte)),
            b' '..=b'~' => char::from(byte).to_string(),
            byte => format!("\\x{byte:02x}"),
        };
        format!("$'{}'", text.bytes().map(byte).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use clap::CommandFactory;

    #[test]
    fn every_option_is_a_flag_of_some_verb() {
        let command = super::super::Cli::command();
        let longs: Vec<&str> = (command.get_subcommands())
            .flat_map(|verb| std::iter::once(verb).chain(verb.get_subcommands()))
            .flat_map(|verb| verb.get_arguments().filter_map(clap::Arg::get_long))
            .collect();
        for setting in Setting::ALL {
            let long = setting.name().replace('_', "-");
            assert!(longs.contains(&long.as_str()), "--{long}");
        }
    }

    #[test]
    fn one_error_has_the_words_of_the_library_and_of_the_command_line() {
        let which = Phrase::from("say which one: ").map("contract", "Vertrag");
        let which = which.text(" or ").map("contract", "Vertrag alt");
        let error = Error::about(Setting::Map, ErrorKind::Usage, "is wrong").help(which);
        assert_eq!(
            error.to_string(),
            "`map` is wrong\n  help: say which one: `map contract=Vertrag` or `map contract=Vertrag alt`"
        );
        assert_eq!(
            self::error(&error),
            "--map is wrong\n  help: say which one: --map contract=Vertrag or --map 'contract=Vertrag alt'\n  more: clientype guide columns"
        );
        let said = Phrase::default().set(Setting::Delimiter, "\u{1}");
        assert_eq!(phrase(&said), r#"--delimiter "$(printf '\001')""#);
    }
}
