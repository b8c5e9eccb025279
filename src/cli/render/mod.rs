//! The formats of reports, and the one `match` over them.

mod github;
mod json;
mod junit;
mod markdown;
mod report;
mod sarif;
mod text;

pub(super) use self::report::Report;
pub(super) use self::text::shown;
use super::printed::Printed;
use super::styled::Screen;
use clap::ValueEnum;

/// A format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Kind {
    /// For a person: the conditions and their results, then the findings
    #[default]
    Text,
    /// For a program
    Json,
    /// JUnit XML, which most CI systems show
    Junit,
    /// SARIF 2.1.0, as code scanning reads it
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Markdown, for a job summary or a comment
    Markdown,
}

impl Kind {
    /// The names of all formats, as on the command line.
    pub(super) fn names() -> Vec<String> {
        let kinds = Kind::value_variants().iter();
        let values = kinds.filter_map(Kind::to_possible_value);
        values.map(|value| value.get_name().to_owned()).collect()
    }

    /// The whole report; text is laid out for `page`. It is escaped as its form asks for.
    pub(super) fn write(self, report: &Report<'_>, page: &Screen) -> String {
        let (text, printed) = match self {
            Kind::Text => (text::write(report, page), Printed::on(page)),
            Kind::Json => (json::write(report), Printed::Json),
            Kind::Junit => (junit::write(report), Printed::Xml),
            Kind::Sarif => (sarif::write(report), Printed::Json),
            Kind::Github => (github::write(report), Printed::AsIs),
            Kind::Markdown => (markdown::write(report), Printed::Lines),
        };
        printed.safe(&text).into_owned()
    }
}
