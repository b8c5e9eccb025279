//! What an input is read for, and what comes of it beside what is written.
//!
//! Owns the terms in which the verbs ask for a run.

use crate::error::Result;
use crate::intake::Position;
use crate::judge::{Case, Roll, Selection, Survey, Testimony};

/// Who is told of the records that are asked for.
pub(super) type Tell<'t> = &'t mut (dyn FnMut(Case) -> Result<()> + Send);

/// Who is told of all records, batch by batch.
pub(super) type Enroll<'t> = &'t mut (dyn FnMut(Page) -> Result<()> + Send);

/// What records are read for.
pub(super) enum Purpose<'t> {
    /// They are labelled.
    Label,
    /// Their columns are surveyed.
    Survey,
    /// Some are looked for, and told of.
    Lookup(Selection, Tell<'t>),
    /// What all of them come to is told.
    Enroll(Enroll<'t>),
}

/// What came of reading an input, beside what is written.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) survey: Survey,
    pub(super) testimony: Testimony,
}

/// What the records of a batch come to.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) roll: Roll,
    /// The batch.
    pub(super) bytes: Vec<u8>,
    /// Where it begins.
    pub(super) position: Position,
}
