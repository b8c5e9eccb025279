//! What to do about a failure.
//!
//! Owns how several alternatives are put together, and the sentences that messages
//! share. Options and programs in them are typed, so that each front end writes them in
//! its own way.

use std::fmt;

use super::{Part, Phrase, Setting};
use crate::text::quoted;

/// What to do about a failure: one thing, or one of several.
///
/// Its [`Display`](fmt::Display) form is the library's wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help(Vec<Way>);

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    phrase: Phrase,
    /// It helps in one case only, which the phrase names.
    is_conditional: bool,
}

impl Help {
    /// Set `setting` to `value`, in order to do what `purpose` says.
    pub fn set(purpose: &str, setting: Setting, value: impl Into<String>) -> Self {
        begun(purpose).set(setting, value).into()
    }

    /// Omit an option for this input.
    pub fn leave_out(setting: Setting) -> Self {
        let omit = Phrase::from("omit ").setting(setting);
        omit.text(" for this file").into()
    }

    /// Read the output of `command` on `FILE`, in order to do what `purpose` says.
    pub fn convert(purpose: &str, command: impl Into<String>) -> Self {
        begun(purpose).program(command).into()
    }

    /// The same, with an option for reading that output.
    pub fn convert_with(purpose: &str, command: String, setting: Setting, value: &str) -> Self {
        let with = Some((setting, value.to_owned()));
        begun(purpose).part(Part::Program(command, with)).into()
    }

    /// Suggests a similar name.
    pub fn did_you_mean(name: &str) -> Self {
        format!("did you mean {}?", quoted(name)).into()
    }

    /// State the order of day, month and year in dates, as one of these names (`dmy`).
    pub fn state_date_order<'o>(orders: impl Iterator<Item = &'o str>) -> Self {
        let state = Phrase::from("state the order: ");
        let set = |phrase: Phrase, order| phrase.set(Setting::DateOrder, order);
        state.each(orders, " or ", set).into()
    }

    /// This help if the `case` holds; the sentence begins with "if".
    #[must_use]
    pub fn in_case(self, case: &str) -> Self {
        let phrase = self.phrase();
        let comma = match phrase.parts() {
            [Part::Text(_), ..] => ", ",
            _ => ": ",
        };
        Help(vec![Way {
            phrase: Phrase::from(format!("if {case}{comma}")).then(phrase),
            is_conditional: true,
        }])
    }

    /// This help or another.
    #[must_use]
    pub fn or(mut self, other: impl Into<Help>) -> Self {
        self.0.extend(other.into().0);
        self
    }

    /// The help as one sentence; alternatives for one case only are separated by
    /// semicolons.
    pub fn phrase(&self) -> Phrase {
        let mut phrase = Phrase::default();
        for (place, way) in self.0.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| &self.0[before]);
            let follows = before.map(|before| before.is_conditional);
            let between = match (follows, way.is_conditional) {
                (None, _) => "",
                (Some(_), true) => "; ",
                (Some(true), false) => "; or ",
                (Some(false), false) if place + 1 == self.0.len() => ", or ",
                (Some(false), false) => ", ",
            };
            if !between.is_empty() {
                phrase = phrase.text(between);
            }
            phrase = phrase.then(way.phrase.clone());
        }
        phrase
    }
}

/// The purpose of a way, if there is one.
fn begun(purpose: &str) -> Phrase {
    match purpose {
        "" => Phrase::default(),
        purpose => format!("{purpose}: ").into(),
    }
}

impl<T: Into<Phrase>> From<T> for Help {
    fn from(sentence: T) -> Self {
        Help(vec![Way {
            phrase: sentence.into(),
            is_conditional: false,
        }])
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
        let ndjson = Help::set("", Setting::InputFormat, "ndjson");
        let aside = Help::set("set such records aside", Setting::Rejects, "FILE");
        let helps = [
            Help::from("correct the record").or(aside),
            Help::from("put a comma there").or(ndjson.in_case("each line is an object")),
        ];
        assert_eq!(
            helps.map(|help| help.to_string()),
            [
                "correct the record, or set such records aside: `rejects FILE`",
                "put a comma there; if each line is an object: `input_format ndjson`",
            ]
        );
    }
}
