//! Whole files, from a reader to a writer.
//!
//! Owns the labelling options that a service may need.

use std::io::{Read, Write};
use std::num::NonZero;

use super::Engine;
use crate::error::Result;
use crate::input::{Format, Layout};
use crate::run::{Options, Source, Summary, classify};

/// Labels the records of files, and keeps everything else byte for byte.
///
/// ```
/// let engine = clientype::Engine::builder().build()?;
/// let mut labelled = Vec::new();
/// let export = &b"id;Vertrag\n1;ja\n"[..];
/// let summary = engine.labeler().label("export.csv", export, &mut labelled)?;
/// assert_eq!(summary.records(), 1);
/// assert_eq!(labelled, b"id;Vertrag;relationship_label;affiliation_label\n1;ja;Client;Undetermined\n");
/// # Ok::<(), clientype::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Labeler<'e> {
    pub(super) engine: &'e Engine,
    pub(super) options: Options,
}

impl Labeler<'_> {
    /// Adds the details of each label: score, margin, coverage, reasons and rulebook.
    pub fn details(mut self, details: bool) -> Self {
        self.options.details = details;
        self
    }

    /// Writes records in this format instead of the input's.
    pub fn format(mut self, format: Format) -> Self {
        self.options.format = Some(format);
        self
    }

    /// States the layout of the inputs, where their first bytes do not show it.
    pub fn layout(mut self, layout: Layout) -> Self {
        self.options.layout = layout;
        self
    }

    /// Adds a prefix to the name of each added field.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.options.prefix = prefix.into();
        self
    }

    /// Overwrites fields that have the name of an added one, instead of returning an
    /// error.
    pub fn replace(mut self, replace: bool) -> Self {
        self.options.replace = replace;
        self
    }

    /// Makes a value that is not recognized an error.
    pub fn strict(mut self, strict: bool) -> Self {
        self.options.strict = strict;
        self
    }

    /// The number of threads, at most 64; by default one for each core, at most 8. The
    /// output does not depend on it.
    pub fn threads(mut self, threads: NonZero<usize>) -> Self {
        self.options.threads = Some(threads);
        self
    }

    /// Labels all records from `input`. `name` is its name in messages, and its
    /// extension may decide the format. Memory does not grow with the input, only with
    /// its longest record.
    ///
    /// # Errors
    ///
    /// The first record that cannot be read or written; all records before it are in
    /// `out`.
    pub fn label(
        &self,
        name: &str,
        input: impl Read + Send,
        out: &mut (dyn Write + Send),
    ) -> Result<Summary> {
        let source = Source {
            name: name.to_owned(),
            reader: Box::new(input),
        };
        let (rules, sources) = (&self.engine.rules, vec![source]);
        classify(rules, &self.options, sources, out, None, &mut |_| {})
    }
}
