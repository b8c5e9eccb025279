//! What an input is read for, and what comes of it beside what is written.
//!
//! Owns the terms in which the verbs ask for a run.

use super::Opened;
use super::page::Page;
use crate::error::Result;
use crate::judge::{Case, Selection, Survey, Testimony, Watched};

/// Who is told of the records that are asked for.
pub(super) type Tell<'t> = &'t mut (dyn FnMut(Case) -> Result<()> + Send);

/// Who is told of all records, batch by batch.
pub(super) type Enroll<'t> = &'t mut (dyn FnMut(Told<'_>) -> Result<()> + Send);

/// What is told of all records.
pub(super) enum Told<'o> {
    /// Before the first.
    Opened(&'o Opened<'o>),
    Page(Box<Page>),
}

/// What records are read for.
pub(super) enum Purpose<'t> {
    /// They are labelled.
    Label,
    /// Their columns are surveyed.
    Survey,
    /// Some are looked for, and told of.
    Lookup(Selection, Tell<'t>),
    /// What all of them come to is told.
    Enroll(Heard<'t>, Enroll<'t>),
}

/// What else is heard of all records than their labels.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Heard<'t> {
    /// What they say in these columns.
    pub(crate) columns: &'t [Watched],
    /// The values that are not understood.
    pub(crate) values: bool,
    /// They need no column that feeds a criterion: only what they say is asked for.
    pub(crate) unjudged: bool,
}

/// What came of reading an input, beside what is written.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) survey: Survey,
    pub(super) testimony: Testimony,
}
