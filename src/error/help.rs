//! What to do about a failure, and the options that it is about.
//!
//! Owns the names of options and the sentences that have them as typed parts. Knows
//! no flag: [`Part`]'s `Display` form is the library's, which names an option in
//! backticks (`date_order`); the command line writes the same part as a flag.

use std::fmt;

use crate::text::{quoted, visible};

/// An option of a run that a message is about.
///
/// Its [`Display`](fmt::Display) form is its name in backticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Setting {
    /// The day on which open-ended lengths are measured.
    AsOf,
    /// The labels of an earlier run.
    Baseline,
    /// The order of day, month and year in dates of digits.
    DateOrder,
    /// The delimiter of CSV.
    Delimiter,
    /// The encoding of a text.
    Encoding,
    /// The column that holds a scorecard's labels.
    Expect,
    /// The format of the output.
    Format,
    /// The format of the input.
    InputFormat,
    /// The column that identifies a record.
    Key,
    /// The language of labels.
    LabelLanguage,
    /// The column of a criterion.
    Map,
    /// The highest share of undetermined records.
    MaxUndetermined,
    /// The lowest share of labels that agree.
    MinAgreement,
    /// The lowest number of records.
    MinRecords,
    /// The first line is a record.
    NoHeader,
    /// No value may be left unread.
    NoUnreadValues,
    /// Our own names and domains.
    Own,
    /// How the names of added fields begin.
    Prefix,
    /// What becomes of records with another number of fields.
    Ragged,
    /// Where records go that cannot be read.
    Rejects,
    /// Fields that are there already are overwritten.
    Replace,
    /// The criteria that each record has to state.
    Require,
    /// The sheet of a workbook.
    Sheet,
    /// The number of lines before the header.
    SkipLines,
    /// A value that is not recognized is an error.
    Strict,
    /// The column in which each value may occur once.
    Unique,
    /// A column and the value that a record has in it.
    Where,
    /// The labels of this run are written as a baseline.
    WriteBaseline,
}

impl Setting {
    /// Every option.
    pub const ALL: &[Setting] = &[
        Setting::AsOf,
        Setting::Baseline,
        Setting::DateOrder,
        Setting::Delimiter,
        Setting::Encoding,
        Setting::Expect,
        Setting::Format,
        Setting::InputFormat,
        Setting::Key,
        Setting::LabelLanguage,
        Setting::Map,
        Setting::MaxUndetermined,
        Setting::MinAgreement,
        Setting::MinRecords,
        Setting::NoHeader,
        Setting::NoUnreadValues,
        Setting::Own,
        Setting::Prefix,
        Setting::Ragged,
        Setting::Rejects,
        Setting::Replace,
        Setting::Require,
        Setting::Sheet,
        Setting::SkipLines,
        Setting::Strict,
        Setting::Unique,
        Setting::Where,
        Setting::WriteBaseline,
    ];

    /// Its name, such as `date_order`.
    pub fn name(self) -> &'static str {
        match self {
            Setting::AsOf => "as_of",
            Setting::Baseline => "baseline",
            Setting::DateOrder => "date_order",
            Setting::Delimiter => "delimiter",
            Setting::Encoding => "encoding",
            Setting::Expect => "expect",
            Setting::Format => "format",
            Setting::InputFormat => "input_format",
            Setting::Key => "key",
            Setting::LabelLanguage => "label_language",
            Setting::Map => "map",
            Setting::MaxUndetermined => "max_undetermined",
            Setting::MinAgreement => "min_agreement",
            Setting::MinRecords => "min_records",
            Setting::NoHeader => "no_header",
            Setting::NoUnreadValues => "no_unread_values",
            Setting::Own => "own",
            Setting::Prefix => "prefix",
            Setting::Ragged => "ragged",
            Setting::Rejects => "rejects",
            Setting::Replace => "replace",
            Setting::Require => "require",
            Setting::Sheet => "sheet",
            Setting::SkipLines => "skip_lines",
            Setting::Strict => "strict",
            Setting::Unique => "unique",
            Setting::Where => "where",
            Setting::WriteBaseline => "write_baseline",
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name())
    }
}

/// A part of a [`Phrase`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Words.
    Text(String),
    /// An option, with the value that it has or should have.
    Setting(Setting, Option<String>),
    /// A statement of a record that is described in words: criterion and value.
    Statement(String, String),
    /// A program whose output is read instead of the input (`FILE`), with an option.
    Program(String, Option<(Setting, String)>),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Text(text) => f.write_str(text),
            Part::Setting(setting, None) => setting.fmt(f),
            Part::Setting(setting, Some(value)) => {
                write!(f, "`{} {}`", setting.name(), visible(value))
            }
            Part::Statement(criterion, value) => write!(f, "`{criterion}={}`", visible(value)),
            Part::Program(command, None) => write!(f, "`{command}`"),
            Part::Program(command, Some((setting, value))) => {
                write!(f, "`{command}`, read with `{} {value}`", setting.name())
            }
        }
    }
}

/// A text for a person that names options and programs as typed parts, so that each
/// front end words them in its own way.
///
/// Its [`Display`](fmt::Display) form is the library's wording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase(Vec<Part>);

impl Phrase {
    /// Its parts, in order; what separates them is part of the texts.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Goes on with words.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.part(Part::Text(text.into()))
    }

    /// Goes on with the name of an option.
    #[must_use]
    pub fn setting(self, setting: Setting) -> Self {
        self.part(Part::Setting(setting, None))
    }

    /// Goes on with an option and its value.
    #[must_use]
    pub fn set(self, setting: Setting, value: impl Into<String>) -> Self {
        self.part(Part::Setting(setting, Some(value.into())))
    }

    /// Goes on with a column for a criterion; an empty `column` switches it off.
    #[must_use]
    pub fn map(self, criterion: &str, column: &str) -> Self {
        self.set(Setting::Map, format!("{criterion}={column}"))
    }

    /// Goes on with a statement of a record that is described in words.
    #[must_use]
    pub fn statement(self, criterion: &str, value: &str) -> Self {
        self.part(Part::Statement(criterion.to_owned(), value.to_owned()))
    }

    /// Goes on with a program whose output is read instead of the input.
    #[must_use]
    pub fn program(self, command: impl Into<String>) -> Self {
        self.part(Part::Program(command.into(), None))
    }

    /// Goes on with another phrase.
    #[must_use]
    pub fn then(mut self, other: Phrase) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Its parts, each written by `word`.
    pub fn worded(&self, word: impl Fn(&Part) -> String) -> String {
        self.0.iter().map(word).collect()
    }

    fn part(mut self, part: Part) -> Self {
        self.0.push(part);
        self
    }

    /// `items`, each added by `add`, with `between` before all but the first.
    fn each<T>(
        mut self,
        items: &[T],
        between: &str,
        mut add: impl FnMut(Self, &T) -> Self,
    ) -> Self {
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                self = self.text(between);
            }
            self = add(self, item);
        }
        self
    }
}

impl From<&str> for Phrase {
    fn from(text: &str) -> Self {
        Phrase::default().text(text)
    }
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        Phrase::default().text(text)
    }
}

impl From<Setting> for Phrase {
    fn from(setting: Setting) -> Self {
        Phrase::default().setting(setting)
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| part.fmt(f))
    }
}

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

    #[test]
    fn every_option_has_a_name_of_its_own() {
        let mut names: Vec<&str> = Setting::ALL.iter().map(|one| one.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Setting::ALL.len());
    }
}
