//! What is run on inputs without end: each target takes any bytes, and finds fault with what the
//! program makes of them.
//!
//! Owns the list of targets. The crate in `tests/fuzz` runs them on inputs that it makes, and
//! `tests/it/fuzz.rs` on the stored ones.

mod case;
mod delimited;
mod labelled;
pub(crate) mod mutate;
mod objects;
mod packed;
mod parts;
mod program;
mod related_files;
mod rulebooks;
mod workbooks;

use std::panic::catch_unwind;

use self::case::Case;
use self::labelled::Find;
#[allow(unused_imports, reason = "the driver uses it, and the tests do not")]
pub(crate) use self::program::clean;

/// One target.
pub(crate) struct Target {
    /// Its name, and the folder of its stored inputs.
    pub(crate) name: &'static str,
    run: fn(&Case<'_>) -> Find,
    /// Words for the first line of an input.
    pub(crate) words: &'static [&'static str],
    /// Texts that mean something within one.
    pub(crate) tokens: &'static [&'static str],
    /// Its share of all runs.
    pub(crate) share: u64,
}

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "csv",
        run: delimited::run,
        words: labelled::WORDS,
        tokens: delimited::TOKENS,
        share: 10,
    },
    Target {
        name: "json",
        run: objects::run,
        words: labelled::WORDS,
        tokens: objects::TOKENS,
        share: 30,
    },
    Target {
        name: "several",
        run: delimited::several,
        words: labelled::WORDS,
        tokens: SEVERAL,
        share: 6,
    },
    Target {
        name: "packed",
        run: packed::run,
        words: packed::WORDS,
        tokens: packed::TOKENS,
        share: 12,
    },
    Target {
        name: "workbook",
        run: workbooks::run,
        words: workbooks::WORDS,
        tokens: workbooks::TOKENS,
        share: 10,
    },
    Target {
        name: "related",
        run: related_files::run,
        words: related_files::WORDS,
        tokens: related_files::TOKENS,
        share: 5,
    },
    Target {
        name: "plan",
        run: parts::planned,
        words: parts::PLAN_WORDS,
        tokens: parts::PLAN_TOKENS,
        share: 25,
    },
    Target {
        name: "explain",
        run: parts::explained,
        words: labelled::WORDS,
        tokens: parts::PLAN_TOKENS,
        share: 5,
    },
    Target {
        name: "words",
        run: parts::worded,
        words: parts::PLAN_WORDS,
        tokens: parts::PLAN_TOKENS,
        share: 10,
    },
    Target {
        name: "rulebook",
        run: rulebooks::run,
        words: &["details"],
        tokens: rulebooks::TOKENS,
        share: 1,
    },
    Target {
        name: "program",
        run: program::run,
        words: program::WORDS,
        tokens: program::TOKENS,
        share: 0,
    },
];

const SEVERAL: &[&str] = &[
    "=== b\n",
    "=== c\n",
    "\n=== d\n",
    "contract,duration\n",
    "{\"contract\":\"yes\"}\n",
    "[{\"contract\":\"no\"}]",
    "\"",
    ",",
    "\n",
    "\r\n",
    "01.02.2023",
    "02/13/2023",
    "start_date",
    "yes",
    "no",
    "[",
    "]",
    "{",
    "}",
    "sep=;\n",
    "\u{feff}",
    " ",
    "\u{1f}\u{8b}",
    "id",
    "1",
];

/// The target with this name.
pub(crate) fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

impl Target {
    /// Runs it on one input.
    pub(crate) fn run(&self, input: &[u8]) -> Find {
        let found = catch_unwind(|| (self.run)(&Case::of(input)));
        found.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied());
            Err(format!("panic: {}", text.unwrap_or("without a text")))
        })
    }
}
