//! The values of a criterion, as far as the conditions of a rulebook distinguish them.
//!
//! Owns the numbers that stand for values in tables: choices by their place, lengths by
//! the last bound of the rulebook that they reach. Tables see nothing else of a record,
//! so that judging costs the same for every record.

use std::ops::Range;

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

    /// The bins of the lengths for which a comparison holds.
    fn reached(&self, test: Test) -> Range<usize> {
        let first = usize::from(Bin::KNOWN) + self.values;
        let from = |bound| first + self.bounds.partition_point(|other| *other < bound) + 1;
        match test {
            Test::OneOf(_) => 0..0,
            Test::AtLeast(bound) => from(bound)..first + self.bounds.len() + 1,
            Test::Below(bound) => first..from(bound),
        }
    }

    /// Whether a bin is that of one of these choices.
    fn is_one_of(&self, bits: u64, bin: Bin) -> bool {
        let place = bin.0.checked_sub(Bin::KNOWN).map(usize::from);
        place.is_some_and(|place| place < self.values && bits >> place & 1 == 1)
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
    /// The outcomes that `criterion`, with these bins, leaves possible; `on_it` are the
    /// conditions on it, each with the place of its attribute, which has only the one.
    ///
    /// A rulebook may compare with as many lengths as it has attributes, so the bits of a bin
    /// are made from those of the one before it: bins times attributes would be a square.
    pub(crate) fn new(
        of: &Characteristic,
        criterion: usize,
        on_it: &[(usize, Test)],
        partition: &Partition,
    ) -> Self {
        let is_own = criterion == of.criterion;
        let attributes = of.attributes.len();
        let words = PossibleOutcomes::words(of);
        let mut open = vec![0; words];
        (0..attributes).for_each(|place| set(&mut open, place, true));
        let mut turns: Vec<(usize, usize, bool)> = Vec::new();
        for (place, test) in on_it {
            set(&mut open, *place, false);
            let reached = partition.reached(*test);
            if !reached.is_empty() {
                turns.push((reached.start, *place, true));
                turns.push((reached.end, *place, false));
            }
        }
        turns.sort_unstable();
        let mut turns = turns.into_iter().peekable();
        let choices = on_it.iter().filter_map(|(place, test)| match test {
            Test::OneOf(bits) => Some((*place, *bits)),
            Test::AtLeast(_) | Test::Below(_) => None,
        });
        let choices: Vec<(usize, u64)> = choices.collect();
        let mut all = Vec::with_capacity(words * partition.count());
        for bin in partition.all() {
            while let Some((_, place, is_open)) = turns.next_if(|turn| turn.0 <= bin.index()) {
                set(&mut open, place, is_open);
            }
            let from = all.len();
            match bin.is_known() || !is_own {
                true => all.extend_from_slice(&open),
                false => all.resize(from + words, 0),
            }
            let bits = &mut all[from..];
            for (place, of_choice) in &choices {
                if partition.is_one_of(*of_choice, bin) {
                    set(bits, *place, true);
                }
            }
            let without = [
                bin.is_known(),
                bin == Bin::MISSING,
                bin == Bin::NOT_UNDERSTOOD,
            ];
            for (place, _) in without.iter().enumerate().filter(|(_, is)| **is || !is_own) {
                set(bits, attributes + place, true);
            }
        }
        PossibleOutcomes {
            criterion,
            words,
            bits: all,
        }
    }

    /// The number of words that hold a bit for each outcome of a characteristic.
    fn words(of: &Characteristic) -> usize {
        (of.attributes.len() + 3).div_ceil(64)
    }

    /// The number of words of such a table.
    pub(crate) fn size(of: &Characteristic, partition: &Partition) -> usize {
        PossibleOutcomes::words(of) * partition.count()
    }

    /// The bits of the outcomes that are possible with this bin.
    pub(crate) fn with(&self, bin: Bin) -> &[u64] {
        &self.bits[bin.index() * self.words..][..self.words]
    }
}

/// Sets or clears the bit with this place.
fn set(bits: &mut [u64], place: usize, is_set: bool) {
    let bit = 1 << (place % 64);
    match is_set {
        true => bits[place / 64] |= bit,
        false => bits[place / 64] &= !bit,
    }
}
