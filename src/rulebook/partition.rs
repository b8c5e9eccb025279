//! The values of a criterion, as far as the conditions of a rulebook distinguish them.
//!
//! Owns the numbers that stand for values in tables: choices by their place, lengths by
//! the last bound of the rulebook that they reach. Tables see nothing else of a record,
//! so that judging costs the same for every record.

use crate::rulebook::Criterion;
use crate::rulebook::ir::{Characteristic, Test};
use crate::value::{Length, Value};

/// The number of the set of values that a value belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Bin(u16);

impl Bin {
    pub(crate) const MISSING: Bin = Bin(0);
    pub(crate) const NOT_UNDERSTOOD: Bin = Bin(1);
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
pub(crate) struct Partition {
    /// How many choices the criterion has.
    values: usize,
    /// The bounds of its lengths, in order.
    bounds: Vec<Length>,
}

impl Partition {
    /// The bins of a criterion; `bounds` are those of all conditions on it. Fails if there
    /// are more bounds than bin numbers.
    pub(crate) fn new(
        criterion: &Criterion,
        mut bounds: Vec<Length>,
    ) -> std::result::Result<Self, String> {
        bounds.sort_unstable();
        bounds.dedup();
        let partition = Partition {
            values: criterion.values.len(),
            bounds,
        };
        if partition.count() > usize::from(u16::MAX) {
            return Err(format!(
                "conditions compare with {} different lengths, which is too many",
                partition.bounds.len()
            ));
        }
        Ok(partition)
    }

    /// The number of bins. The last one is for values that no condition can test, such as
    /// dates.
    fn count(&self) -> usize {
        usize::from(Bin::KNOWN) + self.values + self.bounds.len() + 2
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = Bin> {
        (0..=u16::MAX).take(self.count()).map(Bin)
    }

    /// The bin of a value.
    #[inline(always)]
    pub(crate) fn of(&self, value: Value) -> Bin {
        match value {
            Value::Missing => Bin::MISSING,
            Value::NotRecognized => Bin::NOT_UNDERSTOOD,
            // Its place in the criterion's list, so there are as many.
            Value::Choice(value) => Bin(Bin::KNOWN + u16::from(value)),
            Value::Length(length) => self.of_length(length),
            Value::Day(_) => self.place(self.bounds.len() + 1),
        }
    }

    /// The bin of a value of a criterion that has only choices, without a branch: to a
    /// processor's branch prediction the values of records are random.
    #[inline(always)]
    pub(crate) fn of_choice(value: Value) -> Bin {
        // Read as a whole; else the compiler would branch before it reads the choice.
        let value = std::hint::black_box(value);
        let choice = match value {
            Value::Choice(choice) => choice,
            _ => 0,
        };
        let first = match value {
            Value::Missing => 0,
            Value::NotRecognized => 1,
            Value::Choice(_) => Bin::KNOWN,
            // Does not occur for such a criterion.
            Value::Length(_) => 3,
            Value::Day(_) => 4,
        };
        Bin(first + u16::from(choice))
    }

    #[inline]
    fn of_length(&self, length: Length) -> Bin {
        self.place(self.bounds.partition_point(|bound| *bound <= length))
    }

    /// The bin with this place behind those of the choices.
    fn place(&self, place: usize) -> Bin {
        // `new` has checked that it fits.
        let place = usize::from(Bin::KNOWN) + self.values + place;
        Bin(u16::try_from(place).unwrap_or(u16::MAX))
    }

    /// The bins of the criterion's choices, in their order.
    pub(crate) fn choices(&self) -> impl Iterator<Item = Bin> {
        self.all().skip(usize::from(Bin::KNOWN)).take(self.values)
    }

    /// The bins of lengths in their order, each with its lower and upper bound.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (Bin, Length, Option<Length>)> {
        let from = std::iter::once(Length::default()).chain(self.bounds.iter().copied());
        let below = self.bounds.iter().copied().map(Some);
        let below = below.chain(std::iter::once(None));
        let bins = self.all().skip(usize::from(Bin::KNOWN) + self.values);
        let ranges = bins.zip(from.zip(below));
        ranges.map(|(bin, (from, below))| (bin, from, below))
    }

    /// Whether a test holds for the values in a bin: it holds for all or none.
    fn holds(&self, test: Test, bin: Bin) -> bool {
        let Some(place) = bin.0.checked_sub(Bin::KNOWN).map(usize::from) else {
            return false;
        };
        let is_choice = place < self.values;
        let is_length = !is_choice && place <= self.values + self.bounds.len();
        let reaches = |bound: Length| {
            let before = self.bounds.partition_point(|other| *other < bound);
            place > self.values + before
        };
        match test {
            Test::OneOf(bits) => is_choice && bits >> place & 1 == 1,
            Test::AtLeast(bound) => is_length && reaches(bound),
            Test::Below(bound) => is_length && !reaches(bound),
        }
    }
}

/// The outcomes of a characteristic that one criterion leaves possible. The outcomes are
/// its attributes, in their order, followed by three without an attribute: none applies,
/// the criterion is missing, it is not understood.
#[derive(Debug, Clone)]
pub(crate) struct PossibleOutcomes {
    pub(crate) criterion: usize,
    /// The number of words that hold a bit for each outcome.
    pub(crate) words: usize,
    /// By bin of the criterion: those words, with the bits of possible outcomes set.
    pub(crate) bits: Vec<u64>,
}

impl PossibleOutcomes {
    /// The outcomes that `criterion`, with these bins, leaves possible.
    pub(crate) fn new(of: &Characteristic, criterion: usize, partition: &Partition) -> Self {
        let is_own = criterion == of.criterion;
        let words = (of.attributes.len() + 3).div_ceil(64);
        let mut all = Vec::new();
        for bin in partition.all() {
            let mut bits = vec![0; words];
            let mut set = |place: usize| bits[place / 64] |= 1 << (place % 64);
            for (place, attribute) in of.attributes.iter().enumerate() {
                let conditions = attribute.conditions.iter();
                let mut on_it = conditions.filter(|condition| condition.criterion == criterion);
                if (bin.is_known() || !is_own) && on_it.all(|one| partition.holds(one.test, bin)) {
                    set(place);
                }
            }
            let without = [
                bin.is_known(),
                bin == Bin::MISSING,
                bin == Bin::NOT_UNDERSTOOD,
            ];
            for (place, _) in without.iter().enumerate().filter(|(_, is)| **is || !is_own) {
                set(of.attributes.len() + place);
            }
            all.extend(bits);
        }
        PossibleOutcomes {
            criterion,
            words,
            bits: all,
        }
    }

    /// The bits of the outcomes that are possible with this bin.
    pub(crate) fn with(&self, bin: Bin) -> &[u64] {
        &self.bits[bin.index() * self.words..][..self.words]
    }
}
