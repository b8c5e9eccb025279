//! The slots of a record: places for one value each.
//!
//! Owns how a slot is addressed. There is one for each criterion, then those of dates and
//! lengths that give another length, then those of other columns.

/// The index of a slot, which holds one value of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SlotId(u32);

impl SlotId {
    /// The slot with this index, which belongs to the criterion with the same index, if any.
    ///
    /// # Panics
    ///
    /// Beyond 4,294,967,295, which would take more columns than fit in memory.
    pub(crate) fn new(index: usize) -> Self {
        SlotId(u32::try_from(index).expect("memory holds fewer columns than that"))
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}
