//! What scorecards tell apart of a criterion.
//!
//! Owns the numbers that stand for readings while records are judged: values by
//! their place, lengths by the last bound of the rulebook that they reach. The
//! scorecards see nothing else of a record, so that judging it costs the same
//! whatever it says.

use crate::engine::compile::Check;
use crate::rulebook::Criterion;
use crate::value::Length;
use crate::value::Value;

/// What a reading counts as, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Bin(u16);

impl Bin {
    pub(crate) const MISSING: Bin = Bin(0);
    pub(crate) const NOT_UNDERSTOOD: Bin = Bin(1);
    /// What is said says on purpose that nothing is known, so that no other column
    /// is asked; then as missing.
    pub(crate) const SILENT: Bin = Bin(u16::MAX);
    /// The first of those with evidence.
    const KNOWN: u16 = 2;

    pub(crate) fn is_known(self) -> bool {
        self.0 >= Bin::KNOWN
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The bins of one criterion.
#[derive(Debug)]
pub(crate) struct Bins {
    /// How many values the criterion has.
    values: usize,
    /// The bounds of its lengths, in order.
    bounds: Vec<Length>,
}

impl Bins {
    /// A criterion's bins; `bounds` are those of all conditions on it. No more
    /// bounds can be told apart than a bin has numbers.
    pub(crate) fn new(
        criterion: &Criterion,
        mut bounds: Vec<Length>,
    ) -> std::result::Result<Self, String> {
        bounds.sort_unstable();
        bounds.dedup();
        let bins = Bins {
            values: criterion.values.len(),
            bounds,
        };
        if bins.count() > usize::from(u16::MAX) {
            return Err(format!(
                "{} different lengths are more than conditions can tell apart",
                bins.bounds.len()
            ));
        }
        Ok(bins)
    }

    /// How many there are. The last one is for readings that no condition
    /// holds for, such as a date.
    fn count(&self) -> usize {
        usize::from(Bin::KNOWN) + self.values + self.bounds.len() + 2
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = Bin> {
        (0..=u16::MAX).take(self.count()).map(Bin)
    }

    /// The bin of a reading.
    pub(crate) fn of(&self, reading: Value) -> Bin {
        let place = match reading {
            Value::Missing => return Bin::MISSING,
            Value::NotRecognized => return Bin::NOT_UNDERSTOOD,
            Value::Choice(value) if usize::from(value) < self.values => usize::from(value),
            Value::Length(length) => {
                let reached = self.bounds.partition_point(|bound| *bound <= length);
                self.values + reached
            }
            Value::Choice(_) | Value::Day(_) => self.values + self.bounds.len() + 1,
        };
        // There are no more than `new` has allowed.
        Bin(u16::try_from(usize::from(Bin::KNOWN) + place).unwrap_or(u16::MAX))
    }

    /// The bins of the criterion's values, in their order.
    pub(crate) fn values(&self) -> impl Iterator<Item = Bin> {
        self.all().skip(usize::from(Bin::KNOWN)).take(self.values)
    }

    /// The bins of lengths in their order: from which length on, and below which.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (Bin, Length, Option<Length>)> {
        let from = std::iter::once(Length::default()).chain(self.bounds.iter().copied());
        let below = self.bounds.iter().copied().map(Some);
        let below = below.chain(std::iter::once(None));
        let bins = self.all().skip(usize::from(Bin::KNOWN) + self.values);
        let ranges = bins.zip(from.zip(below));
        ranges.map(|(bin, (from, below))| (bin, from, below))
    }

    /// Whether a check holds for all readings in a bin; it holds for all or none.
    pub(crate) fn holds(&self, check: &Check, bin: Bin) -> bool {
        let Some(place) = bin.0.checked_sub(Bin::KNOWN).map(usize::from) else {
            return false;
        };
        let is_value = place < self.values;
        let is_length = !is_value && place <= self.values + self.bounds.len();
        let reaches = |bound: &Length| {
            let before = self.bounds.partition_point(|other| other < bound);
            place > self.values + before
        };
        match check {
            Check::OneOf(bits) => is_value && bits >> place & 1 == 1,
            Check::AtLeast(bound) => is_length && reaches(bound),
            Check::Below(bound) => is_length && !reaches(bound),
        }
    }
}
