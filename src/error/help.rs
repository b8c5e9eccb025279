//! What to do about a failure.
//!
//! Owns the kinds of help, with what each is about as typed values, and their
//! sentences.

use std::fmt;

use super::{Part, Phrase, Setting};
use crate::text::quoted;

/// What to do about a failure.
///
/// Its [`Display`](fmt::Display) form is the library's wording.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Help {
    /// What the phrase says.
    Say(Phrase),
    /// Another name was likely meant: one of these.
    DidYouMean(Vec<String>),
    /// Several columns feed a criterion: map one of them to it.
    ChooseColumn {
        /// The name of the criterion.
        criterion: String,
        /// The columns that feed it.
        columns: Vec<String>,
    },
    /// Columns whose names are nearly recognized: map them, if that is what they mean.
    MapColumns(Vec<LikelyColumns>),
    /// Map the column of any criterion.
    MapAnyColumn,
    /// State the order of dates in digits, by its name (`dmy`): one of these.
    StateDateOrder(Vec<&'static str>),
    /// State our own names and domains, so that these columns can be compared.
    StateOwn {
        /// The columns that hold organizations or addresses.
        compared: Vec<String>,
    },
    /// Set an option.
    Set {
        /// What that does, if that has to be said.
        purpose: Option<String>,
        /// The option.
        setting: Setting,
        /// Its value; `None` for an option that has none.
        value: Option<String>,
    },
    /// Leave an option out for this input.
    LeaveOut(Setting),
    /// Read what a program makes of the input.
    Convert {
        /// What the program does, if that has to be said.
        purpose: Option<String>,
        /// A command line of a shell; `FILE` stands for the input.
        command: String,
        /// An option with which its output is read, and the value.
        with: Option<(Setting, String)>,
    },
    /// Something that helps in one case only.
    If {
        /// The case, as it goes on after "if".
        case: String,
        /// What helps then.
        then: Box<Help>,
    },
    /// One of several.
    AnyOf(Vec<Help>),
}

/// The columns that are likely meant for a criterion, of which one may feed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikelyColumns {
    /// The name of the criterion.
    pub criterion: String,
    /// The names of the columns.
    pub columns: Vec<String>,
}

impl Help {
    /// Set `setting` to `value`, which does what `purpose` says.
    pub fn set(purpose: &str, setting: Setting, value: impl Into<String>) -> Self {
        Help::Set {
            purpose: (!purpose.is_empty()).then(|| purpose.to_owned()),
            setting,
            value: Some(value.into()),
        }
    }

    /// Read what `command` makes of `FILE`, which does what `purpose` says.
    pub fn convert(purpose: &str, command: impl Into<String>) -> Self {
        Help::Convert {
            purpose: (!purpose.is_empty()).then(|| purpose.to_owned()),
            command: command.into(),
            with: None,
        }
    }

    /// This help in the `case` that goes on after "if".
    #[must_use]
    pub fn in_case(self, case: &str) -> Self {
        Help::If {
            case: case.to_owned(),
            then: Box::new(self),
        }
    }

    /// This help or another.
    #[must_use]
    pub fn or(self, other: impl Into<Help>) -> Self {
        let other = other.into();
        match self {
            Help::AnyOf(mut all) => {
                all.push(other);
                Help::AnyOf(all)
            }
            one => Help::AnyOf(vec![one, other]),
        }
    }

    /// Its sentence.
    pub fn phrase(&self) -> Phrase {
        let begun = |purpose: &Option<String>| match purpose {
            Some(purpose) => Phrase::from(format!("{purpose}: ")),
            None => Phrase::default(),
        };
        match self {
            Help::Say(phrase) => phrase.clone(),
            Help::DidYouMean(names) => {
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                Phrase::from(format!("did you mean {}?", names.join(" or ")))
            }
            Help::ChooseColumn { criterion, columns } => {
                Phrase::from("say which one: ").each(columns, " or ", |phrase, column| {
                    phrase.map(criterion, column)
                })
            }
            Help::MapColumns(likely) => {
                Phrase::from("if that is what they mean: ").each(likely, " and ", |phrase, one| {
                    phrase.each(&one.columns, " or ", |phrase, column| {
                        phrase.map(&one.criterion, column)
                    })
                })
            }
            Help::MapAnyColumn => {
                Phrase::from("name the column of a criterion: ").map("CRITERION", "COLUMN")
            }
            Help::StateDateOrder(orders) => {
                Phrase::from("say the order: ").each(orders, " or ", |phrase, order| {
                    phrase.set(Setting::DateOrder, *order)
                })
            }
            Help::StateOwn { compared } => {
                let compared: Vec<String> = compared.iter().map(|name| quoted(name)).collect();
                let compared = compared.join(", ");
                Phrase::from(format!("say who we are, to compare {compared}: ")).each(
                    &["Our Name", "our.example"],
                    " ",
                    |phrase, own| phrase.set(Setting::Own, *own),
                )
            }
            Help::Set {
                purpose,
                setting,
                value,
            } => begun(purpose).part(Part::Setting(*setting, value.clone())),
            Help::LeaveOut(setting) => Phrase::from("leave ")
                .setting(*setting)
                .text(" out for this file"),
            Help::Convert {
                purpose,
                command,
                with,
            } => begun(purpose).part(Part::Program(command.clone(), with.clone())),
            Help::If { case, then } => {
                let comma = match **then {
                    Help::Say(_) => ", ",
                    _ => ": ",
                };
                Phrase::from(format!("if {case}{comma}")).then(then.phrase())
            }
            Help::AnyOf(all) => alternatives(all),
        }
    }
}

/// One help or another: what helps in one case only is set apart by semicolons.
fn alternatives(all: &[Help]) -> Phrase {
    let mut phrase = Phrase::default();
    for (place, help) in all.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| &all[before]);
        let is_last = place + 1 == all.len();
        phrase = match (before, help) {
            (None, _) => phrase,
            (Some(_), Help::If { .. }) => phrase.text("; "),
            (Some(Help::If { .. }), _) => phrase.text("; or "),
            (Some(_), _) if is_last => phrase.text(", or "),
            (Some(_), _) => phrase.text(", "),
        };
        phrase = phrase.then(help.phrase());
    }
    phrase
}

impl From<&str> for Help {
    fn from(sentence: &str) -> Self {
        Help::Say(sentence.into())
    }
}

impl From<String> for Help {
    fn from(sentence: String) -> Self {
        Help::Say(sentence.into())
    }
}

impl From<Phrase> for Help {
    fn from(phrase: Phrase) -> Self {
        Help::Say(phrase)
    }
}

impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_help_names_options_without_flags() {
        let help = Help::from("correct the record").or(Help::set(
            "set such records aside",
            Setting::Rejects,
            "FILE",
        ));
        assert_eq!(
            help.to_string(),
            "correct the record, or set such records aside: `rejects FILE`"
        );
        let help = Help::from("put a comma between two records").or(Help::set(
            "",
            Setting::InputFormat,
            "ndjson",
        )
        .in_case("each line is an object"));
        assert_eq!(
            help.to_string(),
            "put a comma between two records; if each line is an object: `input_format ndjson`"
        );
    }
}
