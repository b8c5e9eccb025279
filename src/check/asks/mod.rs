//! What can be asked of an export: one file each, and the one `match` over them.
//!
//! Owns what each of them is told, and when.

mod agreement;
mod amount;
mod baseline;
mod drift;
mod labels;
mod required;
mod seen;
mod undetermined;
mod unique;
mod values;

use self::agreement::Agreement;
use self::amount::Amount;
use self::drift::Drift;
use self::required::Required;
use self::undetermined::Undetermined;
use self::unique::Unique;
use self::values::Values;
use super::desk::Desk;
use super::{Against, Asked, Matched};
use crate::check::inspected::Inspected;
use crate::error::Result;
use crate::run::{Opened, Summary};

/// Something that is asked.
pub(super) enum Ask<'c> {
    Agreement(Box<Agreement>),
    Undetermined(Undetermined),
    Required(Required),
    Values(Values),
    Amount(Amount),
    Unique(Unique),
    Drift(Box<Drift<'c>>),
}

impl<'c> Ask<'c> {
    /// All that is `asked`, in the order in which it is told. What labels are compared
    /// with is read when all is settled: by [`begins`](Ask::begins).
    ///
    /// # Errors
    ///
    /// What contradicts itself or the rulebook.
    pub(super) fn all(
        asked: &Asked,
        against: Against<'c>,
        desk: &mut Desk<'_>,
    ) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        all.extend(
            Agreement::all(asked, desk)?
                .into_iter()
                .map(Box::new)
                .map(Ask::Agreement),
        );
        all.extend(
            Undetermined::all(asked, desk)?
                .into_iter()
                .map(Ask::Undetermined),
        );
        all.extend(Required::all(asked, desk)?.into_iter().map(Ask::Required));
        all.extend(Values::new(asked, desk).map(Ask::Values));
        all.extend(Amount::new(asked, desk).map(Ask::Amount));
        all.extend(Unique::all(asked, desk).into_iter().map(Ask::Unique));
        let drift = Drift::new(asked, against, desk)?;
        all.extend(drift.map(|drift| Ask::Drift(Box::new(drift))));
        Ok(all)
    }

    /// True if single values that are not understood matter.
    pub(super) fn needs_values(&self) -> bool {
        matches!(self, Ask::Values(_) | Ask::Required(_))
    }

    /// Before all inputs.
    pub(super) fn begins(&mut self, desk: &Desk<'_>) -> Result<()> {
        match self {
            Ask::Drift(drift) => drift.begins(desk),
            _ => Ok(()),
        }
    }

    /// Before the first record of an input.
    pub(super) fn opens(&mut self, opened: &Opened<'_>, desk: &mut Desk<'_>) {
        match self {
            Ask::Agreement(agreement) => agreement.opens(opened, desk),
            Ask::Required(required) => required.opens(opened, desk),
            Ask::Values(values) => values.opens(opened, desk),
            Ask::Undetermined(_) | Ask::Amount(_) | Ask::Unique(_) | Ask::Drift(_) => {}
        }
    }

    /// At a record.
    pub(super) fn inspect(
        &mut self,
        record: &mut Inspected<'_, '_>,
        desk: &mut Desk<'_>,
    ) -> Result<()> {
        match self {
            Ask::Agreement(agreement) => agreement.inspect(record, desk)?,
            Ask::Required(required) => required.inspect(record, desk),
            Ask::Values(values) => values.inspect(record, desk),
            Ask::Unique(unique) => unique.inspect(record, desk),
            Ask::Drift(drift) => drift.inspect(record, desk)?,
            Ask::Undetermined(_) | Ask::Amount(_) => {}
        }
        Ok(())
    }

    /// After the last record of the last input.
    pub(super) fn ends(&mut self, summary: &Summary, desk: &mut Desk<'_>) {
        match self {
            Ask::Agreement(agreement) => agreement.ends(desk),
            Ask::Undetermined(undetermined) => undetermined.ends(summary, desk),
            Ask::Required(required) => required.ends(desk),
            Ask::Amount(amount) => amount.ends(summary, desk),
            Ask::Drift(drift) => drift.ends(desk),
            Ask::Unique(unique) => unique.ends(desk),
            Ask::Values(values) => values.ends(desk),
        }
    }

    /// Whatever came of it: hands over what is to be written, and tells how many records
    /// of a baseline were, or what became of those that it knows.
    pub(super) fn closes(&mut self) -> Result<(Option<u64>, Option<Matched>)> {
        match self {
            Ask::Drift(drift) => drift.closes(),
            _ => Ok((None, None)),
        }
    }
}
