//! A query in steps, each of which computes columns from those of the step before.
//!
//! Owns the chain of named queries and the names of computed columns, of which none is
//! used twice.

use std::collections::BTreeSet;

use super::Dialect;

/// The column that a record has at one point of the query, for one slot. `None` in its
/// place means that no record has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// A [code](super::code); never NULL.
    pub(super) code: String,
}

/// The steps so far.
#[derive(Debug)]
pub(super) struct Steps {
    pub(super) dialect: Dialect,
    /// Named queries, complete.
    queries: Vec<String>,
    /// The name of the last one.
    last: String,
    count: usize,
    /// The columns that the open step computes.
    open: Vec<(String, String)>,
    /// What it joins to the step before.
    joins: String,
    names: BTreeSet<String>,
}

impl Steps {
    /// Steps after these queries, of which the last is called `last`; it has columns of these
    /// `names`.
    pub(super) fn new(
        dialect: Dialect,
        queries: Vec<String>,
        last: &str,
        names: impl IntoIterator<Item = String>,
    ) -> Self {
        Steps {
            dialect,
            queries,
            last: last.to_owned(),
            count: 0,
            open: Vec::new(),
            joins: String::new(),
            names: names.into_iter().collect(),
        }
    }

    /// A name that no column has yet, from the words of `base`.
    pub(super) fn name(&mut self, base: &str) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let plain = |c: char| match is_plain(c) {
            true => c.to_ascii_lowercase(),
            false => '_',
        };
        let base: String = base.chars().map(plain).collect();
        let mut name = base.clone();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{base}_{number}");
        }
        name
    }

    /// Computes a column in the open step; returns its name. The expression may use columns
    /// of steps that are closed.
    pub(super) fn define(&mut self, base: &str, expression: String) -> String {
        let name = self.name(base);
        self.open.push((name.clone(), expression));
        name
    }

    /// The same for the column of a slot.
    pub(super) fn define_place(&mut self, base: &str, code: String) -> Place {
        Place {
            code: self.define(&format!("{base}_code"), code),
        }
    }

    /// Joins another query in the open step.
    pub(super) fn join(&mut self, join: &str) {
        self.joins += "\n  ";
        self.joins += join;
    }

    /// Ends the open step, if it computes anything. `what` it does stands above it.
    pub(super) fn close(&mut self, what: &str) {
        if self.open.is_empty() {
            return;
        }
        self.count += 1;
        let name = format!("step_{}", self.count);
        let joins = std::mem::take(&mut self.joins);
        // What is joined is used once more, at most.
        if let Some(fence) = self.dialect.fence().filter(|_| joins.is_empty()) {
            self.define("fence", fence.to_owned());
        }
        let columns = std::mem::take(&mut self.open).into_iter();
        let columns: String = columns
            .map(|(name, expression)| format!(",\n    {expression} AS {name}"))
            .collect();
        let last = &self.last;
        self.queries.push(format!(
            "-- {what}\n{name} AS (\n  SELECT {last}.*{columns}\n  FROM {last}{joins}\n)"
        ));
        self.last = name;
    }

    /// The named queries, and the name of the last one.
    pub(super) fn finish(self) -> (String, String) {
        (self.queries.join(",\n"), self.last)
    }
}
