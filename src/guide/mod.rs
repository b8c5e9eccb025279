//! The manual: one topic a module, each the text of a Markdown file.
//!
//! The command line prints the same texts with `clientype guide TOPIC`. What they show is
//! run by the crate's tests.

/// A topic of the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// Its name, such as `dates`.
    pub name: &'static str,
    /// What else it is asked for as, such as `date`.
    pub also: &'static [&'static str],
    /// Its text, as Markdown: a title, a line on what it is about, and sections.
    pub text: &'static str,
}

impl Topic {
    /// Every topic, in the order in which a reader meets them.
    pub const ALL: &[Topic] = &[
        topic("start", &["begin", "intro"], include_str!("start.md")),
        topic(
            "labels",
            &["criteria", "scorecards"],
            include_str!("labels.md"),
        ),
        topic("columns", &["column", "map"], include_str!("columns.md")),
        topic("plan", &["freeze", "frozen"], include_str!("plan.md")),
        topic("values", &["value", "words"], include_str!("values.md")),
        topic("dates", &["date", "lengths"], include_str!("dates.md")),
        topic(
            "related",
            &["with", "contracts"],
            include_str!("related.md"),
        ),
        topic(
            "formats",
            &["format", "csv", "json"],
            include_str!("formats.md"),
        ),
        topic("output", &["details", "report"], include_str!("output.md")),
        topic("explaining", &["explain"], include_str!("explaining.md")),
        topic("checking", &["check", "ci"], include_str!("checking.md")),
        topic(
            "rulebooks",
            &["rules", "rulebook"],
            include_str!("rulebooks.md"),
        ),
        topic("sql", &["read", "database"], include_str!("sql.md")),
        topic(
            "configuration",
            &["config", "clientype.toml"],
            include_str!("configuration.md"),
        ),
        topic(
            "engines",
            &["spark", "duckdb", "postgres"],
            include_str!("engines.md"),
        ),
        topic("errors", &["error", "exit"], include_str!("errors.md")),
        topic("limits", &["limit"], include_str!("limits.md")),
        topic(
            "performance",
            &["speed", "memory"],
            include_str!("performance.md"),
        ),
        topic("library", &["embed", "rust"], include_str!("library.md")),
        topic("glossary", &["terms"], include_str!("glossary.md")),
    ];

    /// The topic that is called so, or asked for so.
    pub fn find(name: &str) -> Option<&'static Topic> {
        let name = name.to_lowercase();
        let mut all = Topic::ALL.iter();
        all.find(|topic| topic.name == name || topic.also.contains(&name.as_str()))
    }

    /// The line on what it is about: the first paragraph.
    pub fn about(&self) -> &'static str {
        let mut paragraphs = self.text.split("\n\n");
        paragraphs.nth(1).unwrap_or_default()
    }
}

const fn topic(name: &'static str, also: &'static [&'static str], text: &'static str) -> Topic {
    Topic { name, also, text }
}

#[doc = include_str!("start.md")]
pub mod start {}
#[doc = include_str!("labels.md")]
pub mod labels {}
#[doc = include_str!("columns.md")]
pub mod columns {}
#[doc = include_str!("values.md")]
pub mod values {}
#[doc = include_str!("dates.md")]
pub mod dates {}
#[doc = include_str!("related.md")]
pub mod related {}
#[doc = include_str!("formats.md")]
pub mod formats {}
#[doc = include_str!("output.md")]
pub mod output {}
#[doc = include_str!("explaining.md")]
pub mod explaining {}
#[doc = include_str!("checking.md")]
pub mod checking {}
#[doc = include_str!("rulebooks.md")]
pub mod rulebooks {}
#[doc = include_str!("sql.md")]
pub mod sql {}
#[doc = include_str!("configuration.md")]
pub mod configuration {}
#[doc = include_str!("engines.md")]
pub mod engines {}
#[doc = include_str!("errors.md")]
pub mod errors {}
#[doc = include_str!("limits.md")]
pub mod limits {}
#[doc = include_str!("performance.md")]
pub mod performance {}
#[doc = include_str!("library.md")]
pub mod library {}
#[doc = include_str!("glossary.md")]
pub mod glossary {}
