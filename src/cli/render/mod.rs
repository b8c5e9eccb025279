//! The kinds of reports, and the one `match` over them.

mod github;
mod json;
mod junit;
mod markdown;
mod report;
mod sarif;
mod text;

pub(super) use self::report::Report;
pub(super) use self::text::shown;
use super::styled::Screen;

/// A kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Json,
    Junit,
    Sarif,
    Github,
    Markdown,
}

impl Kind {
    /// All of them.
    pub(super) const ALL: [Kind; 6] = [
        Kind::Text,
        Kind::Json,
        Kind::Junit,
        Kind::Sarif,
        Kind::Github,
        Kind::Markdown,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Json => "json",
            Kind::Junit => "junit",
            Kind::Sarif => "sarif",
            Kind::Github => "github",
            Kind::Markdown => "markdown",
        }
    }

    /// What it is for.
    pub(super) fn says(self) -> &'static str {
        match self {
            Kind::Text => "For a person: what was asked and what came of it, then the findings",
            Kind::Json => "For a program",
            Kind::Junit => "JUnit XML, which most CI systems show",
            Kind::Sarif => "SARIF 2.1.0, as code scanning reads it",
            Kind::Github => "Annotations of GitHub Actions",
            Kind::Markdown => "For the summary of a job, or a comment",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The whole report; text is laid out for `page`. Nothing that a file says is a
    /// command to GitHub's runner, which looks for them in every line of a log.
    pub(super) fn write(self, report: &Report<'_>, page: &Screen) -> String {
        match self {
            Kind::Text => text::write(report, page),
            Kind::Json => json::write(report).replace("##[", "#\\u0023["),
            Kind::Junit => junit::write(report).replace("##[", "#&#35;["),
            Kind::Sarif => sarif::write(report).replace("##[", "#\\u0023["),
            Kind::Github => github::write(report),
            Kind::Markdown => markdown::write(report),
        }
    }
}
